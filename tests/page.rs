//! What the page's server does, without a browser: `.ci/run browser` tests the page itself.

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use iqtibas::library::Library;
use iqtibas::page;
use serde_json::{Value, json};
use teloxide::net::default_reqwest_settings;
use tokio::sync::oneshot;

/// The project's own library, its segments in a place of their own.
static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| {
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("index");
    Arc::new(Library::open(&index, segments.path()).expect("the library opens"))
});

/// A page that is up, and how to reach it.
struct Stage {
    url: String,
    client: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

impl Stage {
    async fn open() -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let address = Arc::new(Mutex::new(String::new()));
        let told = Arc::clone(&address);
        let ready = move |url: &str| url.clone_into(&mut told.lock().expect("nobody panics"));
        tokio::spawn(async move {
            let shutdown = async { _ = stopped.await };
            page::run(Arc::clone(&LIBRARY), 0, ready, shutdown).await
        });
        while address.lock().expect("nobody panics").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let url = address.lock().expect("nobody panics").clone();
        let client = default_reqwest_settings().no_proxy();
        Self {
            url,
            client: client.build().expect("a client with default settings"),
            _stop: stop,
        }
    }

    async fn get(&self, path: &str) -> (u16, String, String) {
        let response = self.client.get(format!("{}{path}", self.url)).send().await;
        let response = response.expect("the page answers");
        let policy = response.headers().get("content-security-policy");
        let policy = policy.and_then(|it| it.to_str().ok()).unwrap_or_default();
        (
            response.status().as_u16(),
            policy.to_owned(),
            response.text().await.expect("text"),
        )
    }

    async fn act(&self, deed: &Value) -> (u16, Value) {
        let response = self
            .client
            .post(format!("{}do", self.url))
            .header("content-type", "application/json")
            .body(deed.to_string())
            .send()
            .await
            .expect("the page answers");
        let status = response.status().as_u16();
        let text = response.text().await.expect("text");
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Who there is, as the first event tells.
    async fn hello(&self) -> Value {
        let request = self.client.get(format!("{}events", self.url)).send();
        let mut events = request.await.expect("events");
        let mut text = String::new();
        while !text.contains("\n\n") {
            let chunk = events.chunk().await.expect("it goes on").expect("more");
            text.push_str(std::str::from_utf8(&chunk).expect("the first event is one chunk"));
        }
        let line = text.lines().next().and_then(|it| it.strip_prefix("data: "));
        let event: Value = serde_json::from_str(line.expect("data")).expect("JSON");
        event[0]["hello"].clone()
    }
}

#[tokio::test]
async fn every_file_is_sealed_against_what_is_elsewhere() {
    let stage = Stage::open().await;
    for path in [
        "",
        "page.css",
        "page.js",
        "read/",
        "read/deepseek",
        "read/deepseek/",
        "reader.css",
    ] {
        let (status, policy, text) = stage.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!text.is_empty(), "{path}");
    }
    assert_eq!(stage.get("read/nothing").await.0, 404);
}

#[tokio::test]
async fn a_page_on_the_web_cannot_reach_it() {
    let stage = Stage::open().await;
    let renamed = stage
        .client
        .get(&stage.url)
        .header("host", "evil.example:80");
    assert_eq!(renamed.send().await.expect("an answer").status(), 403);
    // What a form on another page can send without asking first.
    let deed = json!({ "do": "reads_all", "on": true }).to_string();
    let form = stage.client.post(format!("{}do", stage.url));
    let form = form.header("content-type", "text/plain").body(deed);
    assert_eq!(form.send().await.expect("an answer").status(), 415);
}

#[tokio::test]
async fn a_question_is_explained() {
    let stage = Stage::open().await;
    let hello = stage.hello().await;
    let (sara, group) = (&hello["people"][0]["id"], &hello["group"]);
    let say = json!({ "do": "say", "person": sara, "chat": group, "text": "@iqtibas_bot كم انخفض سهم إنفيديا؟" });
    let (status, outcome) = stage.act(&say).await;
    assert_eq!(status, 200);
    let why = &outcome["why"];
    assert_eq!(why["question"], "كم انخفض سهم إنفيديا؟");
    assert_eq!(why["verdict"], "answer");
    assert_eq!(why["quotes"][0]["href"], "/read/deepseek/#p23");
    let (quote, matched) = (&why["quotes"][0]["text"], &why["quotes"][0]["matched"]);
    let units = |at: usize, name: &str| matched[at][name].as_u64().expect("a number");
    let quote: Vec<u16> = quote.as_str().expect("text").encode_utf16().collect();
    let words = (0..3).map(|at| {
        let from = usize::try_from(units(at, "offset")).expect("small");
        let length = usize::try_from(units(at, "length")).expect("small");
        String::from_utf16(&quote[from..from + length]).expect("whole characters")
    });
    assert_eq!(words.collect::<Vec<_>>(), ["انخفض", "سهم", "Nvidia"]);
    let message = &outcome["message"]["message_id"];
    let edit = |person: &Value| json!({ "do": "edit", "person": person, "chat": group, "message": message, "text": "شكرا" });
    assert_eq!(
        stage.act(&edit(&hello["people"][1]["id"])).await.0,
        404,
        "it is another's"
    );
    let (_, outcome) = stage.act(&edit(sara)).await;
    assert_eq!(outcome["why"]["verdict"], "none");
    let help = json!({ "do": "say", "person": sara, "chat": sara, "text": "/help nvidia" });
    assert_eq!(stage.act(&help).await.1["why"]["question"], "");
    let nobody = json!({ "do": "say", "person": 1, "chat": group, "text": "?" });
    assert_eq!(stage.act(&nobody).await.0, 404);
}

#[tokio::test]
async fn it_begins_with_questions_that_are_answered_in_every_language() {
    let stage = Stage::open().await;
    let hello = stage.hello().await;
    for language in ["ar", "en", "zh"] {
        let starters = hello["starters"][language].as_array().expect("questions");
        assert_eq!(starters.len(), 3, "{starters:?}");
    }
}

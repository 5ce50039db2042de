//! Row by row what a fault may cost, where no other conversation shows it.

use std::time::{Duration, Instant};

use iqtibas::sandbox::{Fault, Standing};
use iqtibas::store::{Counts, Store};
use iqtibas::telegram::Webhook;
use serde_json::json;

use super::outages::State;
use super::{Stage, quoted, refusal, sandbox};

const QUESTION: &str = "بكم انخفض سهم Nvidia؟";

/// A bot on a state on disk, and a way to its file for whoever wants to harm it.
struct Harmed {
    state: State,
    store: Store,
}

impl Harmed {
    async fn new() -> Self {
        let state = State::new();
        let store = state.open().await;
        Self { state, store }
    }

    fn counts(&self) -> Counts {
        self.store.counts().expect("read")
    }

    fn run(&self, statements: &str) {
        let connection = rusqlite::Connection::open(self.state.place().file);
        let connection = connection.expect("it opens");
        connection.execute_batch(statements).expect("it is done");
    }

    /// From now on the disk refuses this, as one that is full does.
    fn refuses(&self, what: &str) {
        self.run(&format!(
            "CREATE TRIGGER full BEFORE {what} BEGIN SELECT raise(FAIL, 'the disk is full'); END"
        ));
    }

    fn has_room_again(&self) {
        self.run("DROP TRIGGER full");
    }
}

fn webhook() -> (Webhook, String) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let url = format!("http://{address}/iqtibas");
    let webhook = Webhook::new(&url, address, "a-secret").expect("a webhook");
    (webhook, url)
}

/// Posts an update as Telegram does.
async fn posted(url: String, update: String) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build();
    let request = client.expect("a client").post(url).body(update);
    let answer = request.header("X-Telegram-Bot-Api-Secret-Token", "a-secret");
    answer.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn whatever_hides_an_answer_it_is_sent_twice_at_most_and_then_left_to_the_operator() {
    for fault in [Fault::EmptyBody, Fault::CutBody, Fault::CloseAfter] {
        let disk = Harmed::new().await;
        let stage = Stage::with(sandbox().await, disk.store.clone());
        let sara = stage.sandbox.person("سارة");
        stage.sandbox.fail(fault.at("sendMessage").times(2));
        sara.writes(QUESTION);
        sara.hears().await;
        sara.hears().await;
        sara.hears_nothing().await;
        let uncertain = Counts {
            uncertain: 1,
            ..Counts::default()
        };
        assert_eq!(disk.counts(), uncertain);
        let failed = disk.store.pending().expect("read");
        assert_eq!(failed[0].state, "uncertain");
        assert!(
            disk.store
                .discard(failed[0].id.clone())
                .await
                .expect("written")
        );
        // What comes after it is answered as ever.
        sara.writes("ماذا عن تسلا؟");
        sara.hears().await;
        stage.close().await;
        assert_eq!(disk.counts(), Counts::default());
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_any_more_keeps_no_other_chat_waiting() {
    let stage = Stage::open().await;
    let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("عمر"));
    let silence = Fault::Silence.at("sendMessage").in_chat(sara.id());
    stage.sandbox.fail(silence);
    sara.writes(QUESTION);
    stage
        .sandbox
        .request("sendMessage", 0)
        .await
        .expect("a try");
    let asked = Instant::now();
    for _ in 0..5 {
        omar.writes(QUESTION);
        omar.hears().await;
    }
    assert!(asked.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn what_an_update_leads_to_is_never_sent_again_because_the_disk_is_full() {
    let disk = Harmed::new().await;
    let stage = Stage::with(sandbox().await, disk.store.clone());
    let sara = stage.sandbox.person("سارة");
    disk.refuses("DELETE ON outbox");
    let asked = sara.writes(QUESTION);
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    sara.hears_nothing().await;
    disk.has_room_again();
    sara.writes("ماذا عن تسلا؟");
    sara.hears().await;
    sara.hears_nothing().await;
    stage.close().await;
    assert_eq!(disk.counts(), Counts::default());
}

#[tokio::test]
async fn a_stop_waits_for_what_is_in_flight_and_notes_what_came_of_it() {
    let disk = Harmed::new().await;
    let stage = Stage::with(sandbox().await, disk.store.clone());
    let sara = stage.sandbox.person("سارة");
    let slow = Fault::Delay(Duration::from_millis(500)).at("sendMessage");
    stage.sandbox.fail(slow);
    sara.writes(QUESTION);
    stage
        .sandbox
        .request("sendMessage", 0)
        .await
        .expect("a try");
    stage.close().await;
    assert_eq!(disk.counts(), Counts::default());
}

#[tokio::test]
async fn while_the_disk_is_full_nothing_is_confirmed_and_health_says_so() {
    let disk = Harmed::new().await;
    let stage = Stage::with(sandbox().await, disk.store.clone());
    let health = stage.health.clone();
    let well = || health.report(Instant::now()).is_well();
    let sara = stage.sandbox.person("سارة");
    sara.writes("/help");
    sara.hears().await;
    assert!(well());
    disk.refuses("INSERT ON inbox");
    let asked = sara.writes(QUESTION);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!well());
    assert_eq!(stage.sandbox.pending(), 1);
    disk.has_room_again();
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    assert!(well());
    stage.close().await;
}

#[tokio::test]
async fn while_the_disk_is_full_no_post_is_acknowledged() {
    let (disk, sandbox) = (Harmed::new().await, sandbox().await);
    let (webhook, url) = webhook();
    let sara = sandbox.person("سارة");
    disk.refuses("INSERT ON inbox");
    let asked = sara.writes(QUESTION);
    let stage = Stage::configured(sandbox, disk.store.clone(), |service| {
        service.webhook = Some(webhook);
    });
    stage
        .sandbox
        .request("setWebhook", 0)
        .await
        .expect("it is set");
    let update = json!({"update_id": 1, "message": asked.json()}).to_string();
    assert_eq!(posted(url, update).await, 503);
    disk.has_room_again();
    // Telegram brings it again.
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    stage.close().await;
}

#[tokio::test]
async fn one_update_posted_fifty_times_at_once_is_one_answer() {
    let sandbox = sandbox().await;
    let (webhook, url) = webhook();
    let sara = sandbox.person("سارة");
    let asked = sara.writes(QUESTION);
    let store = Store::in_memory().expect("memory");
    let stage = Stage::configured(sandbox, store, |service| {
        service.webhook = Some(webhook);
    });
    let update = json!({"update_id": 1, "message": asked.json()}).to_string();
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    let posts: Vec<_> = (0..50)
        .map(|_| tokio::spawn(posted(url.clone(), update.clone())))
        .collect();
    for post in posts {
        assert_eq!(post.await.expect("posted"), 200);
    }
    sara.hears_nothing().await;
    stage.close().await;
}

#[tokio::test]
async fn who_cannot_be_written_to_is_owed_nothing_and_keeps_nobody_waiting() {
    for (code, words) in [
        (403, "Forbidden: user is deactivated"),
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (400, "Bad Request: chat not found"),
    ] {
        let disk = Harmed::new().await;
        let stage = Stage::with(sandbox().await, disk.store.clone());
        let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("عمر"));
        let gone = refusal(code, words).at("sendMessage").in_chat(sara.id());
        stage.sandbox.fail(gone);
        sara.writes(QUESTION);
        stage
            .sandbox
            .request("sendMessage", 0)
            .await
            .expect("a try");
        omar.writes(QUESTION);
        omar.hears().await;
        stage.close().await;
        assert_eq!(disk.counts(), Counts::default(), "{words}");
    }
}

#[tokio::test]
async fn where_its_topic_is_gone_a_reply_is_sent_once_without_it() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let forum = stage.sandbox.forum("قرّاء");
    let topic = forum.topic("DeepSeek", &sara);
    let gone = refusal(400, "Bad Request: message thread not found");
    stage.sandbox.fail(gone.at("sendMessage").always());
    topic.says(&sara, &format!("/ask {QUESTION}"));
    topic.stays_quiet().await;
    let sent = stage.sandbox.requests_of("sendMessage");
    let in_topic = |at: usize| sent[at].params.get("message_thread_id").is_some();
    assert_eq!(sent.len(), 2);
    assert!(in_topic(0) && !in_topic(1));
    assert!(sent[1].params.get("reply_parameters").is_some());
    stage.close().await;
}

#[tokio::test]
async fn what_somebody_waits_for_is_not_said_after_a_restart() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let disk = Harmed::new().await;
    let stage = Stage::with(sandbox, disk.store.clone());
    sara.writes(QUESTION);
    let answer = sara.hears().await;
    for method in ["answerCallbackQuery", "answerInlineQuery"] {
        stage.sandbox.fail(Fault::Silence.at(method));
    }
    sara.chat().taps_data(&sara, &answer, "1w");
    sara.asks_inline("nvidia", "");
    for method in ["answerCallbackQuery", "answerInlineQuery"] {
        stage.sandbox.request(method, 0).await.expect("a try");
    }
    stage.bot.abort();
    _ = stage.bot.await;
    let stage = Stage::with(stage.sandbox, disk.store.clone());
    sara.writes("ماذا عن تسلا؟");
    sara.hears().await;
    for method in ["answerCallbackQuery", "answerInlineQuery"] {
        assert_eq!(stage.sandbox.requests_of(method).len(), 1, "{method}");
    }
    stage.close().await;
}

#[tokio::test]
async fn ids_of_52_bits_and_what_nobody_knows_yet_are_answered_as_any() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let mut asked = sara.writes(QUESTION).json().clone();
    sara.hears().await;
    asked["from"]["id"] = json!((1_i64 << 52) - 1);
    asked["message_id"] = json!(i32::MAX);
    asked["text"] = json!("ماذا عن تسلا؟");
    asked["new"] = json!({"kind": [1.5, null]});
    asked["entities"] = json!([{"type": "new", "offset": 0, "length": 4}, 7]);
    let request = stage.sandbox.requests_of("sendMessage").len();
    stage
        .sandbox
        .push(json!({"message": asked, "new_kind_beside": {}}));
    stage
        .sandbox
        .push(json!({"new_kind": {"chat": {"id": (1_i64 << 62)}}}));
    let sent = stage.sandbox.request("sendMessage", request).await;
    let sent = sent.expect("an answer").params;
    assert_eq!(sent["reply_parameters"]["message_id"], i32::MAX);
    sara.writes(QUESTION);
    assert!(!quoted(&sara.hears().await).is_empty());
    stage.close().await;
}

#[tokio::test]
async fn a_webhook_that_is_set_is_waited_out() {
    let sandbox = sandbox().await;
    let conflict = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    sandbox.fail(refusal(409, conflict).at("getUpdates").times(2));
    let sara = sandbox.person("سارة");
    let asked = sara.writes(QUESTION);
    let stage = Stage::on(sandbox);
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    // Twice it has stood back, each time for longer.
    let calls = stage.sandbox.requests_of("getUpdates");
    let waited = calls[2].at.duration_since(calls[0].at).expect("later");
    assert!(waited >= Duration::from_millis(750), "{waited:?}");
    stage.close().await;
}

#[tokio::test]
async fn while_telegram_does_not_say_who_is_an_administrator_nobody_is() {
    let stage = Stage::open().await;
    let (admin, group) = (
        stage.sandbox.person("أمل"),
        stage.sandbox.supergroup("قرّاء"),
    );
    group.puts(&admin, Standing::Administrator);
    stage.sandbox.fail(Fault::InternalError.at("getChatMember"));
    for is_panel in [false, true] {
        group.says(&admin, "/settings");
        assert_eq!(group.hears().await.buttons().is_empty(), !is_panel);
    }
    stage.close().await;
}

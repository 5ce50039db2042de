//! What tests need besides the sandbox: the Bot API as data, against which every request is checked,
//! and a client that calls the sandbox as a bot would.

#![allow(dead_code, reason = "each test file uses its own part")]

mod botapi;

use iqtibas::sandbox::Sandbox;
use serde_json::Value;
use teloxide::net::default_reqwest_settings;

pub(crate) use botapi::conforms;

/// Checks every request the sandbox has seen.
///
/// # Panics
/// With everything that is wrong.
pub(crate) fn all_conform(sandbox: &Sandbox) {
    let wrong: Vec<String> = sandbox
        .requests()
        .iter()
        .filter_map(|request| conforms(&request.method, &request.params).err())
        .collect();
    assert!(
        wrong.is_empty(),
        "the bot sent what the Bot API does not know:\n{}",
        wrong.join("\n")
    );
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// The body, which must be JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error} in {:?}", self.text))
    }

    /// The result of a call that succeeded.
    pub(crate) fn result(&self) -> Value {
        let json = self.json();
        assert_eq!(json["ok"], true, "refused: {json}");
        json["result"].clone()
    }

    /// The description of a call that was refused.
    pub(crate) fn refusal(&self) -> String {
        let json = self.json();
        assert_eq!(
            (json["ok"].as_bool(), json["error_code"].as_u64()),
            (Some(false), Some(self.status.into()))
        );
        json["description"]
            .as_str()
            .expect("a refusal has a description")
            .to_owned()
    }
}

/// Calls `method` as a bot would; none where the connection breaks.
pub(crate) async fn try_call(sandbox: &Sandbox, method: &str, params: &Value) -> Option<Answer> {
    let url = format!("{}/bot{}/{method}", sandbox.url(), sandbox.token());
    post(&url, "application/json", params.to_string()).await
}

/// Calls `method` as a bot would.
pub(crate) async fn call(sandbox: &Sandbox, method: &str, params: Value) -> Answer {
    try_call(sandbox, method, &params)
        .await
        .expect("the sandbox answers")
}

/// Posts to any address.
pub(crate) async fn post(url: &str, content_type: &str, body: String) -> Option<Answer> {
    let client = default_reqwest_settings()
        .no_proxy()
        .build()
        .expect("a client with default settings");
    let response = client
        .post(url)
        .header("content-type", content_type)
        .body(body)
        .send()
        .await
        .ok()?;
    Some(Answer {
        status: response.status().as_u16(),
        text: response.text().await.ok()?,
    })
}

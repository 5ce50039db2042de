//! Updates: the queue, how it is confirmed, and its two ways out.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use iqtibas::sandbox::Standing;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::sandbox;
use crate::support::call;

fn texts(updates: &Value) -> Vec<&str> {
    updates
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|update| update["message"]["text"].as_str())
        .collect()
}

#[tokio::test]
async fn an_update_comes_again_until_a_higher_offset_confirms_it() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    for text in ["أ", "ب", "ج"] {
        sara.writes(text);
    }
    let first = call(&sandbox, "getUpdates", json!({ "limit": 2 }))
        .await
        .result();
    assert_eq!(texts(&first), ["أ", "ب"]);
    let id = first[0]["update_id"].as_i64().expect("an update has an id");
    let rest = call(&sandbox, "getUpdates", json!({ "offset": id + 1 }))
        .await
        .result();
    assert_eq!(texts(&rest), ["ب", "ج"]);
    assert_eq!(sandbox.pending(), 2);
    let last = call(&sandbox, "getUpdates", json!({ "offset": -1 }))
        .await
        .result();
    assert_eq!(texts(&last), ["ج"]);
    call(&sandbox, "getUpdates", json!({ "offset": id + 3 }))
        .await
        .result();
    assert!(sandbox.all_read().await);
}

#[tokio::test]
async fn who_asks_again_at_once_gets_one_update() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    sara.writes("أ");
    sara.writes("ب");
    assert_eq!(
        texts(&call(&sandbox, "getUpdates", json!({})).await.result()),
        ["أ", "ب"]
    );
    assert_eq!(
        texts(&call(&sandbox, "getUpdates", json!({})).await.result()),
        ["أ"]
    );
}

#[tokio::test]
async fn a_long_poll_ends_with_the_first_update_or_with_its_time() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let begun = Instant::now();
    let poll = tokio::spawn({
        let sandbox = sandbox.clone();
        async move {
            call(&sandbox, "getUpdates", json!({ "timeout": 30 }))
                .await
                .result()
        }
    });
    sandbox
        .next_request("getUpdates")
        .await
        .expect("the poll begins");
    sara.writes("أ");
    assert_eq!(texts(&poll.await.expect("the poll ends")), ["أ"]);
    assert!(begun.elapsed() < Duration::from_secs(10));
    let none = call(
        &sandbox,
        "getUpdates",
        json!({ "offset": i32::MAX, "timeout": 1 }),
    )
    .await
    .result();
    assert_eq!(none, json!([]));
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_second_poller_ends_the_first_and_a_webhook_ends_both() {
    let sandbox = sandbox().await;
    let poll = || {
        let sandbox = sandbox.clone();
        tokio::spawn(async move { call(&sandbox, "getUpdates", json!({ "timeout": 30 })).await })
    };
    let first = poll();
    sandbox
        .request("getUpdates", 0)
        .await
        .expect("the first polls");
    let second = poll();
    let answer = first.await.expect("the first is answered");
    assert_eq!(answer.status, 409);
    assert_eq!(
        answer.refusal(),
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    );
    call(
        &sandbox,
        "setWebhook",
        json!({ "url": "https://example.org/" }),
    )
    .await
    .result();
    let answer = second.await.expect("the second is answered");
    assert_eq!(
        answer.refusal(),
        "Conflict: terminated by setWebhook request"
    );
    assert_eq!(
        call(&sandbox, "getUpdates", json!({})).await.refusal(),
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    );
    call(&sandbox, "deleteWebhook", json!({})).await.result();
    call(&sandbox, "getUpdates", json!({})).await.result();
}

#[tokio::test]
async fn a_call_that_does_not_wait_disturbs_nobody() {
    let sandbox = sandbox().await;
    let poll = {
        let sandbox = sandbox.clone();
        tokio::spawn(async move { call(&sandbox, "getUpdates", json!({ "timeout": 30 })).await })
    };
    sandbox.request("getUpdates", 0).await.expect("it polls");
    let look = async || call(&sandbox, "getUpdates", json!({})).await.result();
    assert_eq!(look().await, json!([]));
    let sara = sandbox.person("سارة");
    sara.writes("أ");
    assert_eq!(texts(&poll.await.expect("it ends").result()), ["أ"]);
    assert_eq!(texts(&look().await), ["أ"], "to look confirms nothing");
}

#[tokio::test]
async fn only_the_kinds_asked_for_are_queued_and_some_only_on_request() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let group = sandbox.supergroup("قرّاء");
    group.puts_bot(&sara, Standing::Administrator);
    group.puts(&sara, Standing::Creator);
    let kinds = |updates: Value| -> Vec<String> {
        let names = updates
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .flat_map(|it| it.keys().cloned());
        names.filter(|name| name != "update_id").collect()
    };
    assert_eq!(
        kinds(call(&sandbox, "getUpdates", json!({})).await.result()),
        ["my_chat_member"]
    );
    let only = json!({ "offset": -1, "allowed_updates": ["chat_member", "message"] });
    call(&sandbox, "getUpdates", only).await.result();
    group.puts(&sara, Standing::Administrator);
    let said = group.says(&sara, "أ");
    group.edits(&said, "ب");
    let found = call(&sandbox, "getUpdates", json!({ "offset": 0 }))
        .await
        .result();
    assert_eq!(kinds(found), ["my_chat_member", "chat_member", "message"]);
}

#[tokio::test]
async fn a_webhook_gets_each_update_with_the_secret_until_it_takes_it() {
    let received: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let hook = {
        let received = Arc::clone(&received);
        post(move |headers: HeaderMap, body: String| async move {
            let secret = headers
                .get("x-telegram-bot-api-secret-token")
                .and_then(|it| it.to_str().ok());
            let mut received = received.lock().expect("no test panics here");
            received.push((secret.unwrap_or_default().to_owned(), body));
            if received.len() == 1 {
                StatusCode::INTERNAL_SERVER_ERROR
            } else {
                StatusCode::OK
            }
        })
    };
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("loopback has a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", hook)).await });

    let sandbox = sandbox().await;
    let url = format!("http://{address}/hook");
    call(
        &sandbox,
        "setWebhook",
        json!({ "url": url, "secret_token": "s-1" }),
    )
    .await
    .result();
    let sara = sandbox.person("سارة");
    sara.writes("أ");
    sara.writes("ب");
    assert!(sandbox.all_read().await);
    let info = call(&sandbox, "getWebhookInfo", json!({})).await.result();
    assert_eq!(
        info["last_error_message"],
        "Wrong response from the webhook: 500 Internal Server Error"
    );
    let received = received.lock().expect("no test panics here");
    let texts: Vec<String> = received
        .iter()
        .map(|(secret, body)| {
            assert_eq!(secret, "s-1");
            let update: Value = serde_json::from_str(body).expect("an update is JSON");
            update["message"]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert_eq!(texts, ["أ", "أ", "ب"]);
}

#[tokio::test]
async fn any_update_can_be_pushed_as_it_is() {
    let sandbox = sandbox().await;
    let id = sandbox.push(json!({ "telepathy": { "text": "؟" } }));
    assert_eq!(
        sandbox.push(json!({ "update_id": id, "telepathy": {} })),
        id,
        "also twice under one id"
    );
    let updates = call(&sandbox, "getUpdates", json!({})).await.result();
    assert_eq!(
        updates[0],
        json!({ "update_id": id, "telepathy": { "text": "؟" } })
    );
    assert_eq!(updates[1]["update_id"], id);
}

//! The sandbox's own behaviour, through real HTTP: a test bot is only as good as the Telegram it is
//! tested on.

#[path = "../support/mod.rs"]
mod support;

mod conformity;
mod conversation;
mod faults;
mod files;
mod refusals;
mod updates;
mod watching;

use iqtibas::sandbox::Sandbox;
use serde_json::json;
use support::{call, post, try_call};
use teloxide::prelude::*;

async fn sandbox() -> Sandbox {
    Sandbox::start().await.expect("loopback has a free port")
}

#[tokio::test]
async fn teloxide_talks_to_it_as_to_telegram() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    sara.writes("/start");
    let url = sandbox.url().parse().expect("an address is a URL");
    let bot = Bot::new(sandbox.token()).set_api_url(url);

    let me = bot.get_me().await.expect("getMe works");
    assert_eq!(me.username(), "iqtibas_bot");
    assert!(me.can_read_all_group_messages);
    bot.send_message(UserId(sara.id().unsigned_abs()), "أهلا")
        .await
        .expect("sendMessage works");
    assert_eq!(sara.hears().await.text(), "أهلا");

    let error = bot
        .send_message(ChatId(12), "?")
        .await
        .expect_err("nobody is there");
    assert!(
        matches!(
            error,
            teloxide::RequestError::Api(teloxide::ApiError::ChatNotFound)
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_method_is_known_in_any_case_and_by_post_of_json_or_of_a_form() {
    let sandbox = sandbox().await;
    for spelling in ["getMe", "GetMe", "getme"] {
        assert_eq!(
            call(&sandbox, spelling, json!({})).await.result()["is_bot"],
            true
        );
    }
    let url = format!("{}/bot{}/setWebhook", sandbox.url(), sandbox.token());
    let form = "--x\r\ncontent-disposition: form-data; name=\"url\"\r\n\r\nhttps://example.org/hook\r\n\
                --x\r\ncontent-disposition: form-data; name=\"max_connections\"\r\n\r\n7\r\n--x--\r\n";
    let answer = post(&url, "multipart/form-data; boundary=x", form.to_owned())
        .await
        .expect("an answer");
    assert_eq!(answer.result(), true);
    let info = call(&sandbox, "getWebhookInfo", json!({})).await.result();
    assert_eq!(
        (&info["url"], &info["max_connections"]),
        (&json!("https://example.org/hook"), &json!(7))
    );
}

#[tokio::test]
async fn a_strange_method_is_not_found_and_a_strange_token_is_not_let_in() {
    let sandbox = sandbox().await;
    let answer = call(&sandbox, "sendTelepathy", json!({})).await;
    assert_eq!(
        (answer.status, answer.refusal().as_str()),
        (404, "Not Found: method not found")
    );
    let answer = post(
        &format!("{}/bot1:wrong/getMe", sandbox.url()),
        "application/json",
        "{}".to_owned(),
    )
    .await;
    let answer = answer.expect("an answer");
    assert_eq!(
        (answer.status, answer.refusal().as_str()),
        (401, "Unauthorized")
    );
    assert_eq!(
        sandbox.requests().len(),
        1,
        "who is not let in is not heard"
    );
}

#[tokio::test]
async fn menus_are_kept_by_scope_and_language() {
    let sandbox = sandbox().await;
    let menu = json!([{ "command": "ask", "description": "اسأل المقالة" }]);
    let private = json!({ "type": "all_private_chats" });
    let set = json!({ "commands": menu, "scope": private, "language_code": "ar" });
    assert_eq!(call(&sandbox, "setMyCommands", set).await.result(), true);
    let place = json!({ "scope": private, "language_code": "ar" });
    assert_eq!(
        call(&sandbox, "getMyCommands", place.clone())
            .await
            .result(),
        menu
    );
    assert_eq!(
        call(&sandbox, "getMyCommands", json!({ "language_code": "ar" }))
            .await
            .result(),
        json!([])
    );
    call(&sandbox, "deleteMyCommands", place.clone())
        .await
        .result();
    assert_eq!(
        call(&sandbox, "getMyCommands", place).await.result(),
        json!([])
    );
}

#[tokio::test]
async fn it_closes_when_its_last_handle_is_gone() {
    let sandbox = sandbox().await;
    let url = format!("{}/bot{}/getMe", sandbox.url(), sandbox.token());
    let sara = sandbox.person("سارة");
    drop(sandbox);
    assert!(
        post(&url, "application/json", "{}".to_owned())
            .await
            .is_some(),
        "a person keeps it open"
    );
    drop(sara);
    tokio::task::yield_now().await;
    assert!(
        post(&url, "application/json", "{}".to_owned())
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_request_can_be_awaited() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let action = json!({ "chat_id": sara.id(), "action": "typing" });
    let (request, _) = tokio::join!(
        sandbox.next_request("sendChatAction"),
        try_call(&sandbox, "sendChatAction", &action)
    );
    assert_eq!(request.expect("it comes").params, action);
}

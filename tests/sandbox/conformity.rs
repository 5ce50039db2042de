//! The check of requests against the Bot API's own description bites.

use serde_json::json;

use crate::sandbox;
use crate::support::{all_conform, call, conforms};

#[test]
fn a_right_request_conforms() {
    for (method, params) in [
        ("getMe", json!({})),
        (
            "SendMessage",
            json!({
                "chat_id": 1, "text": "نص", "parse_mode": null,
                "entities": [{ "type": "expandable_blockquote", "offset": 0, "length": 2 }],
                "reply_parameters": { "message_id": 3, "allow_sending_without_reply": true, "quote": "س" },
                "reply_markup": { "inline_keyboard": [[{ "text": "▶", "callback_data": "n" }]] },
            }),
        ),
        (
            "setMyCommands",
            json!({
                "commands": [{ "command": "ask", "description": "اسأل" }], "scope": { "type": "chat", "chat_id": "@a" },
            }),
        ),
        (
            "sendRichMessage",
            json!({ "chat_id": 1, "rich_message": { "is_rtl": true, "blocks": [
            { "type": "heading", "size": 1, "text": "عنوان" },
            { "type": "blockquote", "blocks": [{ "type": "paragraph", "text": ["نص ", { "type": "bold", "text": "غليظ" }] }] },
        ] } }),
        ),
        (
            "answerInlineQuery",
            json!({ "inline_query_id": "1", "results": [
            { "type": "article", "id": "1", "title": "نص", "input_message_content": { "message_text": "نص" } },
        ] }),
        ),
    ] {
        assert_eq!(conforms(method, &params), Ok(()));
    }
}

#[test]
fn a_wrong_request_does_not_and_the_place_is_named() {
    for (method, params, wrong) in [
        ("sendTelepathy", json!({}), "sendTelepathy: no such method"),
        (
            "sendMessage",
            json!({ "chat_id": 1 }),
            "sendMessage: text is missing",
        ),
        (
            "sendMessage",
            json!({ "chat_id": 1, "text": null }),
            "sendMessage: text is missing",
        ),
        (
            "sendMessage",
            json!({ "chat_id": 1, "text": "نص", "volume": 11 }),
            "sendMessage: no such field: volume",
        ),
        (
            "sendMessage",
            json!({ "chat_id": 1, "text": 5 }),
            "sendMessage.text: \"string\" wanted, not 5",
        ),
        (
            "sendMessage",
            json!({ "chat_id": true, "text": "نص" }),
            "sendMessage.chat_id: none of [\"integer\",\"string\"] is true",
        ),
        (
            "sendMessage",
            json!({ "chat_id": 1, "text": "نص", "entities": [{ "type": "bold", "offset": 0, "len": 2 }] }),
            "sendMessage.entities[0]: MessageEntity: no such field: len",
        ),
        (
            "sendMessage",
            json!({ "chat_id": 1, "text": "نص", "reply_markup": { "inline_keyboard": [[{ "callback_data": "n" }]] } }),
            "sendMessage.reply_markup: none of",
        ),
        (
            "setMyCommands",
            json!({ "commands": [], "scope": { "type": "chat" } }),
            "setMyCommands.scope: BotCommandScopeChat: chat_id is missing",
        ),
        (
            "sendRichMessage",
            json!({ "chat_id": 1, "rich_message": { "blocks": [{ "type": "heading", "text": "عنوان" }] } }),
            "sendRichMessage.rich_message: InputRichMessage.blocks[0]: InputRichBlockSectionHeading: size is missing",
        ),
    ] {
        let error = conforms(method, &params).expect_err("this is wrong");
        assert!(error.starts_with(wrong), "{error}\n{wrong}");
    }
}

#[tokio::test]
#[should_panic(expected = "sendMessage: no such field: volume")]
async fn a_wrong_request_to_the_sandbox_is_found() {
    let sandbox = sandbox().await;
    let group = sandbox.supergroup("قرّاء");
    call(
        &sandbox,
        "sendMessage",
        json!({ "chat_id": group.id(), "text": "نص" }),
    )
    .await
    .result();
    all_conform(&sandbox);
    call(
        &sandbox,
        "sendMessage",
        json!({ "chat_id": group.id(), "text": "نص", "volume": 11 }),
    )
    .await
    .result();
    all_conform(&sandbox);
}

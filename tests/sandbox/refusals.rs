//! It refuses what Telegram refuses, in Telegram's words.

use iqtibas::sandbox::{Chat, Message, Person, Sandbox, Standing};
use serde_json::{Value, json};

use crate::sandbox;
use crate::support::call;

/// A world in which most things can go wrong.
struct Scene {
    sandbox: Sandbox,
    sara: Person,
    group: Chat,
    asked: Message,
    answered: Message,
}

impl Scene {
    async fn new() -> Self {
        let sandbox = sandbox().await;
        let sara = sandbox.person("سارة");
        let group = sandbox.supergroup("قرّاء");
        let asked = group.says(&sara, "من قال هذا؟");
        call(
            &sandbox,
            "sendMessage",
            json!({ "chat_id": group.id(), "text": "أهلا" }),
        )
        .await
        .result();
        let answered = group.hears().await;
        Self {
            sandbox,
            sara,
            group,
            asked,
            answered,
        }
    }

    /// What `method` is refused with, in the group where `params` name no chat.
    async fn refusal(&self, method: &str, mut params: Value) -> String {
        if params.get("chat_id").is_none() {
            params["chat_id"] = self.group.id().into();
        }
        let answer = call(&self.sandbox, method, params).await;
        answer.refusal()
    }
}

fn entity(kind: &str, offset: i64, length: i64) -> Value {
    json!({ "type": kind, "offset": offset, "length": length })
}

fn with_button(button: &Value) -> Value {
    json!({ "text": "أهلا", "reply_markup": { "inline_keyboard": [[button]] } })
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
async fn a_wrong_call_is_refused_in_telegrams_words() {
    let scene = Scene::new().await;
    let (asked, answered) = (scene.asked.id(), scene.answered.id());
    let commands = |command: &str, description: &str, count: usize| json!({ "commands": vec![json!({ "command": command, "description": description }); count] });
    let article = |id: &str| json!({ "type": "article", "id": id, "title": "عنوان", "input_message_content": { "message_text": "نص" } });
    for (method, params, words) in [
        (
            "sendMessage",
            json!({ "text": "" }),
            "message text is empty",
        ),
        (
            "sendMessage",
            json!({ "text": " \n " }),
            "text must be non-empty",
        ),
        (
            "sendMessage",
            json!({ "text": "ا".repeat(4097) }),
            "message is too long",
        ),
        (
            "sendMessage",
            json!({ "text": "🐘".repeat(2049) }),
            "message is too long",
        ),
        (
            "sendMessage",
            json!({ "text": "ا", "chat_id": 99 }),
            "chat not found",
        ),
        (
            "sendMessage",
            json!({ "text": "ا", "chat_id": "@nobody" }),
            "chat not found",
        ),
        (
            "sendMessage",
            json!({ "text": "abc", "entities": [entity("bold", 1, 3)] }),
            "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 4",
        ),
        (
            "sendMessage",
            json!({ "text": "🐘", "entities": [entity("bold", 0, 1)] }),
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at UTF-16 offset 1",
        ),
        (
            "sendMessage",
            json!({ "text": "abc", "entities": [entity("bold", -1, 1)] }),
            "receive an entity with incorrect offset -1",
        ),
        (
            "sendMessage",
            json!({ "text": "abc", "entities": [entity("blockquote", 0, 3), entity("expandable_blockquote", 1, 1)] }),
            "can't parse entities: blockquote entities can't be nested",
        ),
        (
            "sendMessage",
            json!({ "text": "ا", "reply_parameters": { "message_id": 999 } }),
            "message to be replied not found",
        ),
        (
            "sendMessage",
            json!({ "text": "ا", "reply_parameters": { "message_id": asked, "quote": "ليس هنا" } }),
            "QUOTE_TEXT_INVALID",
        ),
        (
            "sendMessage",
            with_button(&json!({ "text": "▶", "callback_data": "" })),
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            with_button(&json!({ "text": "▶", "callback_data": "ا".repeat(33) })),
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            with_button(&json!({ "text": "▶", "url": "a", "callback_data": "b" })),
            "BUTTON_TYPE_INVALID",
        ),
        (
            "sendMessage",
            with_button(&json!({ "text": "▶", "copy_text": { "text": "ا".repeat(257) } })),
            "BUTTON_COPY_TEXT_INVALID",
        ),
        (
            "sendMessage",
            with_button(&json!({ "text": "↗", "url": "http://localhost:80/a" })),
            "inline keyboard button URL 'http://localhost:80/a' is invalid: Wrong HTTP URL",
        ),
        (
            "sendMessage",
            with_button(&json!({ "text": "↗", "url": "ftp://example.org" })),
            "inline keyboard button URL 'ftp://example.org' is invalid: Unsupported URL protocol",
        ),
        (
            "sendRichMessage",
            json!({ "rich_message": { "blocks": [] } }),
            "rich message is empty",
        ),
        (
            "sendChatAction",
            json!({ "action": "dancing" }),
            "wrong parameter action in request",
        ),
        (
            "editMessageText",
            json!({ "message_id": answered, "text": "أهلا" }),
            "message is not modified: specified new message content and reply markup are exactly the same as a current \
             content and reply markup of the message",
        ),
        (
            "editMessageText",
            json!({ "message_id": 999, "text": "ا" }),
            "message to edit not found",
        ),
        (
            "editMessageText",
            json!({ "message_id": asked, "text": "ا" }),
            "message can't be edited",
        ),
        (
            "editMessageReplyMarkup",
            json!({ "message_id": 999 }),
            "message to edit not found",
        ),
        (
            "deleteMessage",
            json!({ "message_id": 999 }),
            "message to delete not found",
        ),
        (
            "deleteMessage",
            json!({ "message_id": asked }),
            "message can't be deleted",
        ),
        (
            "answerCallbackQuery",
            json!({ "callback_query_id": "1" }),
            "query is too old and response timeout expired or query ID is invalid",
        ),
        (
            "answerCallbackQuery",
            json!({ "callback_query_id": "1", "text": "ا".repeat(201) }),
            "MESSAGE_TOO_LONG",
        ),
        (
            "answerInlineQuery",
            json!({ "inline_query_id": "1", "results": vec![article("1"); 51] }),
            "too many inline query results specified",
        ),
        (
            "answerInlineQuery",
            json!({ "inline_query_id": "1", "results": [article("1"), article("1")] }),
            "RESULT_ID_DUPLICATE",
        ),
        (
            "answerGuestQuery",
            json!({ "guest_query_id": "1", "result": article(&"1".repeat(65)) }),
            "RESULT_ID_INVALID",
        ),
        (
            "answerGuestQuery",
            json!({ "guest_query_id": "1", "result": article("1") }),
            "query is too old and response timeout expired or query ID is invalid",
        ),
        (
            "setMyCommands",
            commands("ask", "اسأل", 101),
            "BOT_COMMANDS_TOO_MUCH",
        ),
        (
            "setMyCommands",
            commands("Ask", "اسأل", 1),
            "BOT_COMMAND_INVALID",
        ),
        (
            "setMyCommands",
            commands(&"a".repeat(33), "اسأل", 1),
            "BOT_COMMAND_INVALID",
        ),
        (
            "setMyCommands",
            commands("ask", "", 1),
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            "setMyCommands",
            commands("ask", &"ا".repeat(257), 1),
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            "setMyShortDescription",
            json!({ "short_description": "ا".repeat(121) }),
            "short description is too long",
        ),
        (
            "setWebhook",
            json!({ "url": "https://a.org", "secret_token": "كلمة" }),
            "secret token contains unallowed characters",
        ),
        (
            "getChatMember",
            json!({ "user_id": 5 }),
            "PARTICIPANT_ID_INVALID",
        ),
        (
            "getChatAdministrators",
            json!({ "chat_id": scene.sara.id() }),
            "there are no administrators in the private chat",
        ),
    ] {
        let shown = params.to_string().chars().take(120).collect::<String>();
        let answer = match method {
            "getChatAdministrators" => {
                scene.sara.writes("/start");
                scene.refusal(method, params).await
            }
            _ => scene.refusal(method, params).await,
        };
        assert_eq!(answer, format!("Bad Request: {words}"), "{method} {shown}");
    }
    assert_eq!(
        scene.group.messages().len(),
        2,
        "what is refused is not done"
    );
}

#[tokio::test]
async fn what_is_just_within_the_limits_is_done() {
    let scene = Scene::new().await;
    let reply = json!({ "message_id": scene.asked.id(), "quote": "قال هذا" });
    for params in [
        json!({ "text": "🐘".repeat(2048) }),
        json!({ "text": "abc", "entities": [entity("blockquote", 0, 2), entity("blockquote", 2, 1), entity("bold", 0, 3)] }),
        json!({ "text": "ا", "reply_parameters": { "message_id": 999, "allow_sending_without_reply": true } }),
        json!({ "text": "ا", "reply_parameters": reply }),
        with_button(&json!({ "text": "▶", "callback_data": "ا".repeat(32) })),
        with_button(&json!({ "text": "↗", "url": "https://example.org/read/#p8" })),
        with_button(&json!({ "text": "↗", "url": "http://[::1]/" })),
    ] {
        let mut params = params;
        params["chat_id"] = scene.group.id().into();
        call(&scene.sandbox, "sendMessage", params).await.result();
    }
    let quoting = scene
        .group
        .messages()
        .into_iter()
        .find(|message| message.quote().is_some());
    assert_eq!(quoting.expect("one quotes").json()["quote"]["position"], 3);
}

#[tokio::test]
async fn entities_beyond_the_hundredth_are_dropped_in_silence() {
    let scene = Scene::new().await;
    let entities: Vec<Value> = (0..120).map(|at| entity("bold", at, 1)).collect();
    let params =
        json!({ "chat_id": scene.group.id(), "text": "a".repeat(120), "entities": entities });
    let sent = call(&scene.sandbox, "sendMessage", params).await.result();
    assert_eq!(sent["entities"].as_array().map(Vec::len), Some(100));
}

#[tokio::test]
async fn where_the_bot_may_not_write_it_is_told_why() {
    let text = || json!({ "text": "أهلا" });
    for (standing, words) in [
        (
            Standing::Kicked,
            "Forbidden: bot was kicked from the supergroup chat",
        ),
        (
            Standing::Left,
            "Forbidden: bot is not a member of the supergroup chat",
        ),
        (
            Standing::Restricted,
            "Bad Request: not enough rights to send text messages to the chat",
        ),
    ] {
        let scene = Scene::new().await;
        scene.group.puts_bot(&scene.sara, standing);
        assert_eq!(scene.refusal("sendMessage", text()).await, words);
    }
    let scene = Scene::new().await;
    let private = || json!({ "chat_id": scene.sara.id(), "text": "أهلا" });
    let answer = scene.refusal("sendMessage", private()).await;
    assert_eq!(
        answer,
        "Forbidden: bot can't initiate conversation with a user"
    );
    scene.sara.blocks();
    assert_eq!(
        scene.refusal("sendMessage", private()).await,
        "Forbidden: bot was blocked by the user"
    );
    scene.sara.unblocks();
    call(&scene.sandbox, "sendMessage", private())
        .await
        .result();
}

#[tokio::test]
async fn a_topic_that_is_closed_or_gone_takes_no_message() {
    let scene = Scene::new().await;
    let forum = scene.sandbox.forum("ساحة");
    let topic = forum.topic("Tesla", &scene.sara);
    let asked = topic.says(&scene.sara, "سؤال");
    let there =
        json!({ "chat_id": forum.id(), "message_thread_id": topic.thread(), "text": "جواب" });
    let reply = json!({ "chat_id": forum.id(), "reply_parameters": { "message_id": asked.id() }, "text": "جواب" });
    assert_eq!(
        call(&scene.sandbox, "sendMessage", reply.clone())
            .await
            .result()["message_thread_id"],
        json!(topic.thread())
    );
    topic.closes();
    assert_eq!(
        scene.refusal("sendMessage", there.clone()).await,
        "Bad Request: TOPIC_CLOSED"
    );
    assert_eq!(
        scene.refusal("sendMessage", reply).await,
        "Bad Request: TOPIC_CLOSED"
    );
    topic.vanishes();
    assert_eq!(
        scene.refusal("sendMessage", there).await,
        "Bad Request: message thread not found"
    );
}

#[tokio::test]
async fn a_group_that_moved_says_where_it_went() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let group = sandbox.group("قرّاء");
    let supergroup = group.becomes_supergroup(&sara);
    let answer = call(
        &sandbox,
        "sendMessage",
        json!({ "chat_id": group.id(), "text": "أهلا" }),
    )
    .await;
    assert_eq!(
        answer.refusal(),
        "Bad Request: group chat was upgraded to a supergroup chat"
    );
    assert_eq!(
        answer.json()["parameters"]["migrate_to_chat_id"],
        supergroup.id()
    );
    call(
        &sandbox,
        "sendMessage",
        json!({ "chat_id": supergroup.id(), "text": "أهلا" }),
    )
    .await
    .result();
    let updates = call(&sandbox, "getUpdates", json!({})).await.result();
    assert_eq!(updates[0]["message"]["migrate_to_chat_id"], supergroup.id());
    assert_eq!(updates[1]["message"]["migrate_from_chat_id"], group.id());
}

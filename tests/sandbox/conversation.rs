//! What people do becomes the updates that Telegram would send, and what the bot does can be heard.

use iqtibas::sandbox::{Deed, Options, Sandbox, Standing};
use serde_json::{Value, json};

use crate::sandbox;
use crate::support::call;

/// The content of the newest update.
async fn newest(sandbox: &Sandbox) -> Value {
    let updates = call(sandbox, "getUpdates", json!({ "offset": -1 }))
        .await
        .result();
    let update = updates[0].as_object().expect("there is an update");
    update
        .iter()
        .find(|(name, _)| *name != "update_id")
        .map(|(_, content)| content.clone())
        .expect("it has content")
}

#[tokio::test]
async fn a_question_reaches_the_bot_and_the_answer_the_group() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة").speaking("ar").named("sara");
    let group = sandbox.supergroup("قرّاء");
    let asked = group.says(&sara, "/ask@iqtibas_bot ما هي البجعة السوداء؟");
    let update = newest(&sandbox).await;
    assert_eq!(
        update["entities"],
        json!([{ "type": "bot_command", "offset": 0, "length": 16 }])
    );
    assert_eq!(update["from"]["language_code"], "ar");

    let reply = json!({ "message_id": asked.id() });
    let answer = json!({ "chat_id": group.id(), "text": "قال: «نص»", "reply_parameters": reply,
        "entities": [{ "type": "blockquote", "offset": 6, "length": 2 }] });
    call(&sandbox, "sendMessage", answer).await.result();
    let answer = group.hears().await;
    assert_eq!(
        (answer.reply_to(), answer.quotations()),
        (Some(asked.id()), vec!["نص".to_owned()])
    );
    assert_eq!(
        answer.thread(),
        Some(asked.id()),
        "below a message of a plain supergroup there is a thread, too"
    );
}

#[tokio::test]
async fn entities_are_found_in_utf_16_units_whatever_the_script() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    for (text, found) in [
        ("🐘 @iqtibas_bot 你好", json!([["mention", 3, 12]])),
        ("سؤال/ask", Value::Null),
        (
            "/ask، ثم /find_2@other_bot",
            json!([["bot_command", 0, 4], ["bot_command", 9, 17]]),
        ),
        ("a@b.org /", Value::Null),
        (
            "#اقتباس https://example.org/ا؟",
            json!([["hashtag", 0, 7], ["url", 8, 21]]),
        ),
    ] {
        sara.writes(text);
        let entities = newest(&sandbox).await["entities"].clone();
        let shown = entities.as_array().map(|all| {
            let each = all
                .iter()
                .map(|it| json!([it["type"], it["offset"], it["length"]]));
            each.collect::<Value>()
        });
        assert_eq!(shown.unwrap_or_default(), found, "{text}");
    }
}

#[tokio::test]
async fn a_reply_shows_its_message_but_not_what_that_replied_to() {
    let sandbox = sandbox().await;
    let (sara, omar) = (sandbox.person("سارة"), sandbox.person("عمر"));
    let group = sandbox.supergroup("قرّاء");
    let first = group.says(&sara, "أولا");
    let second = group.replies(&omar, &first, "🐘 ثانيا وأخيرا");
    group.replies_to_fragment(&sara, &second, "ثانيا", "ماذا؟");
    let update = newest(&sandbox).await;
    assert_eq!(update["reply_to_message"]["text"], "🐘 ثانيا وأخيرا");
    assert_eq!(update["reply_to_message"]["reply_to_message"], Value::Null);
    assert_eq!(
        update["quote"],
        json!({ "text": "ثانيا", "position": 3, "is_manual": true })
    );
    assert_eq!(update["message_thread_id"], first.id());
    assert_eq!(update["is_topic_message"], Value::Null);
}

#[tokio::test]
async fn in_a_topic_a_message_bears_its_thread_and_replies_to_the_topics_beginning() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let forum = sandbox.forum("ساحة");
    let topic = forum.topic("Tesla", &sara);
    topic.says(&sara, "سؤال");
    let update = newest(&sandbox).await;
    assert_eq!(update["message_thread_id"], json!(topic.thread()));
    assert_eq!(update["is_topic_message"], true);
    assert_eq!(
        update["reply_to_message"]["forum_topic_created"]["name"],
        "Tesla"
    );
    let sent =
        json!({ "chat_id": forum.id(), "message_thread_id": topic.thread(), "text": "جواب" });
    call(&sandbox, "sendMessage", sent).await.result();
    assert_eq!(topic.hears().await.text(), "جواب");
    forum.says(&sara, "في العام");
    assert_eq!(newest(&sandbox).await["message_thread_id"], Value::Null);
}

#[tokio::test]
async fn those_who_are_not_people_look_as_at_telegram() {
    let sandbox = sandbox().await;
    let (sara, bot) = (sandbox.person("سارة"), sandbox.other_bot("آلي"));
    let group = sandbox.discussion("قناة");
    group.puts(&sara, Standing::Anonymous);
    group.says(&sara, "أنا المجموعة");
    let update = newest(&sandbox).await;
    assert_eq!(update["from"]["id"], 1_087_968_824);
    assert_eq!(update["sender_chat"], group.json());

    let post = group.gets_post("منشور");
    let update = newest(&sandbox).await;
    assert_eq!(
        (&update["from"]["id"], &update["is_automatic_forward"]),
        (&json!(777_000), &json!(true))
    );
    assert_eq!(update["sender_chat"]["type"], "channel");
    assert_eq!(update["forward_origin"]["chat"], update["sender_chat"]);
    let chat = call(&sandbox, "getChat", json!({ "chat_id": group.id() }))
        .await
        .result();
    assert_eq!(chat["linked_chat_id"], update["sender_chat"]["id"]);

    group.replies(&bot, &post, "آلي أنا");
    let update = newest(&sandbox).await;
    assert_eq!(
        (&update["from"]["is_bot"], &update["message_thread_id"]),
        (&json!(true), &json!(post.id()))
    );
    group
        .draft(&sara)
        .text("منقول")
        .forwarded_from(&bot)
        .via(None)
        .whispered()
        .send();
    let update = newest(&sandbox).await;
    assert_eq!(update["forward_origin"]["sender_user"], bot.json());
    assert_eq!(update["via_bot"]["username"], "iqtibas_bot");
    assert_eq!(
        (&update["message_id"], &update["ephemeral_message_id"]),
        (&json!(0), &json!(1))
    );
}

#[tokio::test]
async fn an_edit_comes_as_an_edit_also_where_the_text_stays() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let asked = sara.writes("سؤال");
    sara.chat().edits(&asked, "سؤال آخر");
    let update = newest(&sandbox).await;
    assert_eq!(
        (&update["message_id"], &update["text"]),
        (&json!(asked.id()), &json!("سؤال آخر"))
    );
    sara.chat().touches(&asked);
    assert_eq!(newest(&sandbox).await["text"], "سؤال");
    assert!(newest(&sandbox).await["edit_date"].is_i64());
}

#[tokio::test]
async fn a_tap_an_inline_query_and_a_guest_each_wait_for_one_answer() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let asked = sara.writes("/start");
    let keyboard = json!({ "inline_keyboard": [[{ "text": "▶", "callback_data": "next:1" }]] });
    let sent = json!({ "chat_id": sara.id(), "text": "جواب", "reply_markup": keyboard });
    call(&sandbox, "sendMessage", sent).await.result();
    let answer = sara.hears().await;
    let tap = sara.chat().taps(&sara, &answer, "▶");
    let update = newest(&sandbox).await;
    assert_eq!(
        (&update["data"], &update["message"]["message_id"]),
        (&json!("next:1"), &json!(answer.id()))
    );
    let reply = json!({ "callback_query_id": tap.id(), "text": "لا مزيد" });
    call(&sandbox, "answerCallbackQuery", reply.clone())
        .await
        .result();
    assert_eq!(tap.answer().await["text"], "لا مزيد");
    assert!(
        call(&sandbox, "answerCallbackQuery", reply)
            .await
            .refusal()
            .contains("query is too old")
    );

    let inline = sara.asks_inline("البجعة", "");
    assert_eq!(newest(&sandbox).await["query"], "البجعة");
    let results = json!({ "inline_query_id": inline.id(), "results": [] });
    call(&sandbox, "answerInlineQuery", results).await.result();
    assert_eq!(inline.answer().await["results"], json!([]));

    let guest = sara.calls_as_guest(
        "@iqtibas_bot من قال هذا؟",
        Some((&sandbox.person("عمر"), "كلام")),
    );
    let update = newest(&sandbox).await;
    assert_eq!(
        (
            &update["guest_query_id"],
            &update["reply_to_message"]["text"]
        ),
        (&json!(guest.id()), &json!("كلام"))
    );
    guest.expires();
    let result = json!({ "type": "article", "id": "1", "title": "نص", "input_message_content": { "message_text": "نص" } });
    let late = json!({ "guest_query_id": guest.id(), "result": result });
    assert!(
        call(&sandbox, "answerGuestQuery", late)
            .await
            .refusal()
            .contains("query is too old")
    );
    assert_eq!(asked.id(), 1);
}

#[tokio::test]
async fn edits_and_deletions_by_the_bot_are_seen() {
    let sandbox = sandbox().await;
    let group = sandbox.supergroup("قرّاء");
    call(
        &sandbox,
        "sendMessage",
        json!({ "chat_id": group.id(), "text": "جواب" }),
    )
    .await
    .result();
    let answer = group.hears().await;
    let place = json!({ "chat_id": group.id(), "message_id": answer.id() });
    for text in ["أصح", "أصح من الأصح"] {
        let mut params = place.clone();
        params["text"] = text.into();
        call(&sandbox, "editMessageText", params).await.result();
        assert_eq!(group.sees_edit(&answer).await.text(), text);
    }
    call(&sandbox, "deleteMessage", place).await.result();
    group.sees_deleted(&answer).await;
    assert_eq!(group.message(answer.id()), None);
    call(&sandbox, "leaveChat", json!({ "chat_id": group.id() }))
        .await
        .result();
    assert_eq!(sandbox.deeds().last(), Some(&Deed::Left(group.id())));
}

#[tokio::test]
async fn in_privacy_mode_the_bot_sees_only_what_concerns_it() {
    let options = Options {
        reads_all: false,
        ..Options::default()
    };
    let sandbox = Sandbox::with(options)
        .await
        .expect("loopback has a free port");
    let (sara, omar) = (sandbox.person("سارة"), sandbox.person("عمر"));
    let group = sandbox.supergroup("قرّاء");
    call(
        &sandbox,
        "sendMessage",
        json!({ "chat_id": group.id(), "text": "جواب" }),
    )
    .await
    .result();
    let answer = group.hears().await;
    let chatter = group.says(&omar, "صباح الخير");
    group.replies(&sara, &chatter, "صباح النور");
    group.says(&sara, "/ask@other_bot سؤال");
    assert_eq!(sandbox.pending(), 0);
    group.says(&sara, "/ask سؤال");
    group.says(&sara, "/ask@Iqtibas_Bot سؤال");
    group.says(&sara, "يا @iqtibas_bot");
    group.replies(&sara, &answer, "شكرا");
    group
        .draft(&sara)
        .field("new_chat_title", "قرّاء وكتّاب".into())
        .send();
    assert_eq!(sandbox.pending(), 5);
    group.puts_bot(&omar, Standing::Administrator);
    group.says(&sara, "صباح الخير");
    assert_eq!(
        sandbox.pending(),
        7,
        "a promotion is told, and an administrator sees all"
    );
}

#[tokio::test]
async fn the_standing_of_a_member_is_told() {
    let sandbox = sandbox().await;
    let sara = sandbox.person("سارة");
    let group = sandbox.supergroup("قرّاء");
    let standing = async || {
        let params = json!({ "chat_id": group.id(), "user_id": sara.id() });
        call(&sandbox, "getChatMember", params).await.result()["status"].clone()
    };
    assert_eq!(standing().await, "left");
    group.says(&sara, "أنا هنا");
    assert_eq!(standing().await, "member");
    group.puts(&sara, Standing::Creator);
    assert_eq!(standing().await, "creator");
    let admins = call(
        &sandbox,
        "getChatAdministrators",
        json!({ "chat_id": group.id() }),
    )
    .await
    .result();
    assert_eq!(admins[0]["user"], sara.json());
    group.puts_bot(&sara, Standing::Kicked);
    let change = newest(&sandbox).await;
    assert_eq!(
        (
            &change["old_chat_member"]["status"],
            &change["new_chat_member"]["status"]
        ),
        (&json!("member"), &json!("kicked"))
    );
}

#[tokio::test]
#[should_panic(expected = "the bot should have been quiet")]
async fn quiet_is_not_quiet_where_the_bot_speaks() {
    let sandbox = sandbox().await;
    let group = sandbox.supergroup("قرّاء");
    call(
        &sandbox,
        "sendMessage",
        json!({ "chat_id": group.id(), "text": "جواب" }),
    )
    .await
    .result();
    group.stays_quiet().await;
}

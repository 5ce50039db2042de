//! When the bot speaks in a group, where it puts its answer, and when it stays silent.

use iqtibas::sandbox::{Chat, Standing};
use serde_json::json;

use super::{QUESTION, Stage, quoted};

#[tokio::test]
async fn a_group_calls_the_bot_by_command_by_name_and_by_reply() {
    let (stage, group, sara) = Stage::in_group().await;
    for call in [
        &format!("/ask {QUESTION}"),
        "/ask@iqtibas_bot هل DeepSeek مفتوح المصدر؟",
        "@iqtibas_bot كم تكلفة تدريب DeepSeek؟",
    ] {
        let asked = group.says(&sara, call);
        let answer = group.hears().await;
        assert_eq!(answer.reply_to(), Some(asked.id()));
        assert!(!quoted(&answer).is_empty(), "{}", answer.text());
    }
    let answer = group.messages().pop().expect("an answer");
    let asked = group.replies(&sara, &answer, "وماذا قال عن تسلا؟");
    assert_eq!(group.hears().await.reply_to(), Some(asked.id()));
    stage.close().await;
}

#[tokio::test]
async fn somebody_elses_message_or_a_part_of_it_can_be_the_question() {
    let stage = Stage::open().await;
    let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("عمر"));
    let group = stage.sandbox.supergroup("قرّاء");
    let wondered = group.says(&omar, &format!("صباح الخير يا جماعة. {QUESTION}"));
    group.stays_quiet().await;
    for (call, said) in [("/ask", ""), ("@iqtibas_bot", "أجبت عن هذا قبل قليل")] {
        let asked = group.replies(&sara, &wondered, call);
        let answer = group.hears().await;
        assert_eq!(answer.reply_to(), Some(asked.id()));
        assert_eq!(quoted(&answer).is_empty(), !said.is_empty());
        assert!(answer.text().contains(said), "{}", answer.text());
    }
    let other = stage.sandbox.supergroup("قرّاء آخرون");
    let wondered = other.says(&omar, &format!("صباح الخير يا جماعة. {QUESTION}"));
    other.replies_to_fragment(&sara, &wondered, QUESTION, "/ask");
    assert!(quoted(&other.hears().await)[0].contains("Nvidia"));
    group.says(&sara, "/ask");
    assert!(group.hears().await.text().contains("اكتب سؤالك بعد"));
    stage.close().await;
}

#[tokio::test]
async fn what_is_not_addressed_to_the_bot_is_left_alone() {
    let stage = Stage::open().await;
    let (sara, other) = (
        stage.sandbox.person("سارة"),
        stage.sandbox.other_bot("غيره"),
    );
    let group = stage.sandbox.discussion("قناة");
    let said = group.says(&sara, QUESTION);
    group.replies(&sara, &said, "سؤال جيد");
    group.says(&sara, &format!("/ask@another_bot {QUESTION}"));
    group.says(&sara, "/start");
    group.says(&sara, "/unknown");
    group.says(&other, &format!("/ask {QUESTION}"));
    group.gets_post(&format!("/ask {QUESTION}"));
    group
        .draft(&sara)
        .text(&format!("/ask {QUESTION}"))
        .via(None)
        .send();
    group
        .draft(&sara)
        .text("")
        .field("sticker", json!({"file_id": "x"}))
        .send();
    group.edits(&said, &format!("/ask {QUESTION}"));
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn a_topic_is_answered_in_the_topic_and_a_comment_below_its_post() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let topic = stage.sandbox.forum("منتدى").topic("المقال", &sara);
    let asked = topic.says(&sara, &format!("/ask {QUESTION}"));
    let answer = topic.hears().await;
    assert_eq!(
        (answer.reply_to(), answer.thread()),
        (Some(asked.id()), topic.thread())
    );
    topic.says(&sara, "/ask");
    assert!(topic.hears().await.text().contains("اكتب سؤالك بعد"));

    let group = stage.sandbox.discussion("قناة");
    let post = group.gets_post("مقال جديد");
    let comment = group.replies(&sara, &post, &format!("@iqtibas_bot {QUESTION}"));
    assert_eq!(group.hears().await.reply_to(), Some(comment.id()));
    let sent = stage.sandbox.requests_of("sendMessage");
    let in_topic = |at: usize| sent[at].params.get("message_thread_id").is_some();
    assert!(in_topic(0) && !in_topic(sent.len() - 1));
    stage.close().await;
}

#[tokio::test]
async fn what_telegram_adds_costs_no_question() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let new = json!([{"type": "date_time", "offset": 0, "length": 3, "unix_time": 1}, {"type": "later", "offset": 0, "length": 1}]);
    sara.chat()
        .draft(&sara)
        .text(QUESTION)
        .entities(new)
        .field("new_field", json!({"a": [1]}))
        .send();
    assert!(!quoted(&sara.hears().await).is_empty());
    stage.sandbox.push(json!({"new_kind": {"text": "x"}}));
    stage.sandbox.push(json!({"message": "odd"}));
    sara.writes(QUESTION);
    assert!(!quoted(&sara.hears().await).is_empty());
    stage.close().await;
}

#[tokio::test]
async fn what_is_forwarded_into_a_group_asks_nothing_there() {
    let (stage, group, sara) = Stage::in_group().await;
    let omar = stage.sandbox.person("عمر");
    let call = format!("/ask@iqtibas_bot {QUESTION}");
    let forwarded = |chat: &Chat| chat.draft(&sara).text(&call).forwarded_from(&omar).send();
    forwarded(&group);
    group.stays_quiet().await;
    let asked = forwarded(&sara.chat());
    assert_eq!(sara.hears().await.reply_to(), Some(asked.id()));
    stage.close().await;
}

#[tokio::test]
async fn a_caption_that_calls_the_bot_is_answered_and_what_has_no_words_is_not() {
    let (stage, group, sara) = Stage::in_group().await;
    let caption = |text: &str| {
        let draft = group.draft(&sara).field("photo", json!([]));
        draft.field("caption", text.into()).send()
    };
    let asked = caption(&format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    assert_eq!(answer.reply_to(), Some(asked.id()));
    caption("صورة من الافتتاح؟");
    for (kind, what) in [
        (
            "poll",
            json!({"id": "1", "question": "بكم انخفض سهم Nvidia؟"}),
        ),
        ("voice", json!({"file_id": "x", "duration": 2})),
        ("video_note", json!({"file_id": "x"})),
        ("sticker", json!({"file_id": "x"})),
        ("dice", json!({"emoji": "🎲", "value": 3})),
        ("new_chat_members", json!([sara.json()])),
    ] {
        group.draft(&sara).field(kind, what.clone()).send();
        let reply = group.draft(&sara).field(kind, what).reply_to(&answer);
        reply.send();
    }
    for wordless in [
        "?",
        "؟",
        "？？",
        "🤔",
        "https://example.org/?q=1",
        "example.org/x",
    ] {
        group.replies(&sara, &answer, wordless);
    }
    group.stays_quiet().await;
    sara.chat()
        .draft(&sara)
        .field("voice", json!({"file_id": "x"}))
        .send();
    assert!(sara.hears().await.text().starts_with("لا أفهم الصوت بعد."));
    stage.close().await;
}

#[tokio::test]
async fn who_writes_in_a_chats_name_is_answered_as_everybody_is() {
    let stage = Stage::open().await;
    let group = stage.sandbox.discussion("قناة");
    let amal = stage.sandbox.person("أمل");
    group.puts(&amal, Standing::Anonymous);
    let asked = group.says(&amal, &format!("/ask {QUESTION}"));
    assert_eq!(group.hears().await.reply_to(), Some(asked.id()));
    let channel = json!({"id": -1_009_999_999_999_i64, "type": "channel", "title": "قناتي"});
    let from = json!({"id": 136_817_688, "is_bot": true, "first_name": "Channel"});
    let sara = stage.sandbox.person("سارة");
    let asked = group
        .draft(&sara)
        .text("/ask هل DeepSeek مفتوح المصدر؟")
        .field("from", from)
        .field("sender_chat", channel)
        .send();
    assert_eq!(group.hears().await.reply_to(), Some(asked.id()));
    stage.close().await;
}

#[tokio::test]
async fn beside_another_bot_only_what_calls_this_one_is_answered() {
    let (stage, group, sara) = Stage::in_group().await;
    let other = stage.sandbox.other_bot("غيره");
    let theirs = group.says(&other, "جواب آخر");
    group.replies(&sara, &theirs, "ليش؟");
    group.says(&sara, &format!("/ask@other_bot {QUESTION}"));
    group.says(&sara, &format!("@other_bot {QUESTION}"));
    let asked = group.says(&sara, &format!("/ask@iqtibas_bot {QUESTION}"));
    let answer = group.hears().await;
    assert_eq!(answer.reply_to(), Some(asked.id()));
    group.replies(&other, &answer, "وماذا عن تسلا؟");
    group.replies(&sara, &answer, "/ask@other_bot وماذا عن تسلا؟");
    group.stays_quiet().await;
    stage.close().await;
}

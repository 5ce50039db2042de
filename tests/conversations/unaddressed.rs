//! A group whose administrator lets the bot answer questions that nobody in particular is asked.

use iqtibas::sandbox::{Chat, Person};
use serde_json::json;

use super::{Stage, choose, quoted};

/// A question that the article clearly answers.
const CLEAR: &str = "شلون راح يفيد ديب سيك الشركات الصغيرة والمتوسطة؟";

/// A group in which the bot may speak up, and a member of it.
async fn open_group() -> (Stage, Chat, Person) {
    let (stage, group, admin, _) = Stage::in_group_with_admin().await;
    choose(&group, &admin, &["1s0.1"]).await;
    let sara = stage.sandbox.person("سارة");
    (stage, group, sara)
}

#[tokio::test]
async fn a_question_to_everybody_is_answered_where_the_answer_is_clear() {
    let (stage, group, sara) = open_group().await;
    for question in [
        CLEAR,
        "do chinese teams stand a chance in crypto AI agents?",
        "朱啸虎当初为什么死活不投国产大模型？",
    ] {
        let asked = group.says(&sara, question);
        let answer = group.hears().await;
        assert_eq!(answer.reply_to(), Some(asked.id()), "{question}");
        assert!(!quoted(&answer).is_empty(), "{}", answer.text());
    }
    stage.close().await;
}

#[tokio::test]
async fn other_talk_is_left_alone() {
    let (stage, group, sara) = open_group().await;
    let omar = stage.sandbox.person("عمر");
    let said = group.says(&omar, "انخفض سهم Nvidia بأكثر من 10%");
    for talk in [
        "nvidia is down 10% again",
        "كم سعر البيتكوين الآن؟",
        "@omar how much did nvidia fall on monday?",
        "Omar, how much did nvidia fall on monday?",
        "do you think nvidia will recover?",
        "wen listing?",
        "صباح الخير يا جماعة، كيفكم؟",
    ] {
        group.says(&sara, talk);
    }
    group.replies(&sara, &said, CLEAR);
    group.draft(&sara).text(CLEAR).forwarded_from(&omar).send();
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn what_is_asked_of_a_picture_or_with_a_link_is_left_alone() {
    let (stage, group, sara) = open_group().await;
    let question = CLEAR;
    let draft = || group.draft(&sara);
    draft()
        .field("photo", json!([]))
        .field("caption", question.into())
        .send();
    draft().field("poll", json!({"question": question})).send();
    for said in ["example.org/x?nvidia", "nvidia?? 🚀", "؟", "🤔"] {
        group.says(&sara, said);
    }
    group.says(&sara, &format!("{question} example.org/x"));
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn an_answer_to_nobody_in_particular_follows_its_question_and_goes_with_it() {
    let (stage, group, sara) = open_group().await;
    let asked = group.says(&sara, CLEAR);
    let answer = group.hears().await;
    group.edits(&asked, "朱啸虎当初为什么死活不投国产大模型？");
    let now = group.sees_edit(&answer).await;
    assert_ne!(quoted(&now), quoted(&answer));
    group.edits(&asked, "كم سعر البيتكوين الآن؟");
    group.sees_deleted(&answer).await;
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn an_hour_has_room_for_a_few_answers_that_nobody_asked_for() {
    let (stage, group, sara) = open_group().await;
    let questions = [
        CLEAR,
        "how long can tesla keep its data lead?",
        "特斯拉还剩下什么优势？",
        "deepseek最直接的冲击是什么？",
        "香港的大学复现了deepseek的结果吗？",
        "what did yann lecun say about deepseek?",
        "用差一点的芯片能不能训出好模型？",
        "有了deepseek之后做agent是不是更容易了",
        "朱啸虎当初为什么死活不投国产大模型？",
    ];
    for question in questions {
        group.says(&sara, question);
    }
    for _ in 0..6 {
        group.hears().await;
    }
    group.stays_quiet().await;
    // Who calls the bot is answered all the same.
    group.says(&sara, "/ask هل DeepSeek مفتوح المصدر؟");
    assert!(!quoted(&group.hears().await).is_empty());
    stage.close().await;
}

//! Answers that only the asker sees.

use iqtibas::sandbox::{Chat, Fault, Message, Person};

use super::{QUESTION, Stage, a_moment_later, choose, labels, quoted};

const UNKNOWN: &str = "كيف أطبخ الكبسة باللحم؟";

/// A group in which an administrator chose who sees answers, by the number of the choice.
async fn group(stage: &Stage, seen_by: u8) -> (Chat, Person) {
    let (group, admin, _) = stage.group_with_admin();
    choose(&group, &admin, &[&format!("1s1.{seen_by}")]).await;
    (group, stage.sandbox.person("سارة"))
}

fn seen_by(message: &Message) -> Option<i64> {
    message.json()["receiver_user"]["id"].as_i64()
}

#[tokio::test]
async fn a_chat_may_have_answers_for_the_asker_alone_with_a_button_that_shows_them() {
    let stage = Stage::open().await;
    let (group, sara) = group(&stage, 1).await;
    let asked = group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    assert_eq!(seen_by(&answer), Some(sara.id()));
    assert!(!quoted(&answer).is_empty());
    a_moment_later().await;
    group.taps(&sara, &answer, "بعده ◀");
    let longer = group.sees_edit(&answer).await;
    assert!(quoted(&longer)[0].len() > quoted(&answer)[0].len());
    let omar = stage.sandbox.person("عمر");
    let word = group.taps(&omar, &answer, "أظهره للجميع").answer().await;
    assert_eq!(word["text"], "هذا الزر لصاحب السؤال.");
    group.taps(&sara, &answer, "أظهره للجميع");
    let open = group.hears().await;
    assert_eq!((seen_by(&open), open.reply_to()), (None, Some(asked.id())));
    assert_eq!(quoted(&open), quoted(&longer));
    let word = group.taps(&sara, &answer, "أظهره للجميع").answer().await;
    assert!(
        word["text"]
            .as_str()
            .is_some_and(|it| it.contains("لم يعد")),
        "{word}"
    );
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn a_question_that_only_the_bot_sees_is_answered_in_the_same_way() {
    let (stage, group, sara) = Stage::in_group().await;
    let ask = |text: &str| group.draft(&sara).text(text).whispered().send();
    let asked = ask(&format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    assert_eq!(seen_by(&answer), Some(sara.id()));
    let sent = &stage.sandbox.requests_of("sendMessage")[0].params;
    assert_eq!(
        sent["reply_parameters"]["ephemeral_message_id"],
        asked.json()["ephemeral_message_id"]
    );
    group.taps(&sara, &answer, "أظهره للجميع");
    let open = group.hears().await;
    assert_eq!((seen_by(&open), open.reply_to()), (None, None));
    stage.close().await;
}

#[tokio::test]
async fn only_that_there_is_no_answer_may_be_for_the_asker_alone() {
    let stage = Stage::open().await;
    let (group, sara) = group(&stage, 2).await;
    group.says(&sara, &format!("/ask {UNKNOWN}"));
    let none = group.hears().await;
    assert_eq!((seen_by(&none), none.buttons().len()), (Some(sara.id()), 0));
    group.says(&sara, &format!("/ask {QUESTION}"));
    assert_eq!(seen_by(&group.hears().await), None);
    stage.close().await;
}

#[tokio::test]
async fn an_edit_is_followed_where_only_the_asker_sees_it() {
    let stage = Stage::open().await;
    let (group, sara) = group(&stage, 1).await;
    let asked = group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    group.edits(&asked, "/ask هل DeepSeek مفتوح المصدر؟");
    let now = group.sees_edit(&answer).await;
    assert_eq!(seen_by(&now), Some(sara.id()));
    assert_ne!(quoted(&now), quoted(&answer));
    assert!(labels(&now).contains(&"أظهره للجميع".to_owned()));
    group.edits(&asked, "لا شيء");
    group.stays_quiet().await;
    assert_eq!(stage.sandbox.requests_of("deleteEphemeralMessage").len(), 1);
    stage.close().await;
}

#[tokio::test]
async fn where_telegram_refuses_it_the_answer_comes_once_for_all_to_see() {
    let stage = Stage::open().await;
    let (group, sara) = group(&stage, 1).await;
    let refused = Fault::Refuse {
        code: 400,
        description: "Bad Request: EPHEMERAL_NOT_ALLOWED".to_owned(),
    };
    stage.sandbox.fail(refused.at("sendMessage"));
    let asked = group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    assert_eq!(
        (seen_by(&answer), answer.reply_to()),
        (None, Some(asked.id()))
    );
    group.stays_quiet().await;
    a_moment_later().await;
    group.taps(&sara, &answer, "بعده ◀");
    group.sees_edit(&answer).await;
    stage.close().await;
}

#[tokio::test]
async fn the_chats_menu_says_that_its_questions_are_seen_by_the_bot_alone() {
    let stage = Stage::open().await;
    let (group, _) = group(&stage, 1).await;
    stage.sandbox.all_read().await;
    let here =
        |request: &&iqtibas::sandbox::Request| request.params["scope"]["chat_id"] == group.id();
    stage
        .sandbox
        .request("setMyCommands", 19)
        .await
        .expect("twelve for all, eight for the chat");
    let menus = stage.sandbox.requests_of("setMyCommands");
    let menus: Vec<_> = menus.iter().filter(here).collect();
    assert_eq!(menus.len(), 8);
    for menu in menus {
        let commands = menu.params["commands"].as_array().expect("commands");
        let ephemeral: Vec<_> = commands
            .iter()
            .filter(|command| command["is_ephemeral"] == true)
            .map(|command| command["command"].as_str())
            .collect();
        assert_eq!(ephemeral, ["ask", "topics", "cost", "crypto"].map(Some));
    }
    stage.close().await;
}

//! A group whose administrator lets the bot answer questions that nobody in particular is asked.

use iqtibas::sandbox::{Chat, Person, Standing};

use super::{Stage, quoted};

/// A group in which the bot may speak up, and a member of it.
async fn open_group(stage: &Stage) -> (Chat, Person) {
    let group = stage.sandbox.supergroup("قرّاء");
    let admin = stage.sandbox.person("Amal").speaking("en");
    group.puts(&admin, Standing::Administrator);
    group.says(&admin, "/settings");
    let panel = group.hears().await;
    let buttons = panel.buttons();
    let when = buttons.iter().find(|it| it.text().starts_with("I answer"));
    group.taps(&admin, &panel, when.expect("the setting").text());
    let now = group.sees_edit(&panel).await;
    assert!(
        now.buttons()
            .iter()
            .any(|it| it.text() == "I answer: open questions, too")
    );
    (group, stage.sandbox.person("سارة"))
}

#[tokio::test]
async fn a_question_to_everybody_is_answered_where_the_answer_is_clear() {
    let stage = Stage::open().await;
    let (group, sara) = open_group(&stage).await;
    for question in [
        "بكم انخفض سهم Nvidia يوم الاثنين؟",
        "do chinese teams stand a chance in crypto AI agents?",
        "朱啸虎为什么不投大模型？",
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
    let stage = Stage::open().await;
    let (group, sara) = open_group(&stage).await;
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
    group.replies(&sara, &said, "بكم انخفض سهم Nvidia يوم الاثنين؟");
    group
        .draft(&sara)
        .text("بكم انخفض سهم Nvidia يوم الاثنين؟")
        .forwarded_from(&omar)
        .send();
    group.stays_quiet().await;
    stage.close().await;
}

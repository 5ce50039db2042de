//! An edit of a question is followed by an edit of its answer.

use super::{QUESTION, Stage, choose, quoted};

const OTHER: &str = "كم تكلفة تدريب DeepSeek؟";

#[tokio::test]
async fn an_edited_question_has_its_answer_edited_and_no_second_one() {
    let (stage, group, sara) = Stage::in_group().await;
    for (chat, call) in [(group, "/ask "), (sara.chat(), "")] {
        let asked = chat.says(&sara, &format!("{call}{QUESTION}"));
        let answer = chat.hears().await;
        chat.edits(&asked, &format!("{call}{OTHER}"));
        let now = chat.sees_edit(&answer).await;
        assert_ne!(quoted(&now)[0], quoted(&answer)[0]);
        assert!(!now.buttons().is_empty());
        chat.edits(&asked, &format!("{call}{QUESTION}"));
        assert_eq!(chat.sees_edit(&answer).await.text(), answer.text());
        chat.stays_quiet().await;
    }
    stage.close().await;
}

#[tokio::test]
async fn an_edit_that_leaves_the_text_alone_does_nothing() {
    let (stage, group, sara) = Stage::in_group().await;
    let asked = group.says(&sara, &format!("/ask {QUESTION}"));
    group.hears().await;
    group.touches(&asked);
    group.stays_quiet().await;
    assert!(stage.sandbox.requests_of("editMessageText").is_empty());
    stage.close().await;
}

#[tokio::test]
async fn an_edit_that_asks_nothing_any_more_withdraws_the_answer() {
    let (stage, group, sara) = Stage::in_group().await;
    for now in ["لا شيء", "/ask شكرا جزيلا"] {
        let asked = group.says(&sara, &format!("/ask {QUESTION}"));
        let answer = group.hears().await;
        group.edits(&asked, now);
        group.sees_deleted(&answer).await;
        // Asked again by an edit it stays so: an edit never makes a message.
        group.edits(&asked, &format!("/ask {QUESTION}"));
        group.stays_quiet().await;
    }
    stage.close().await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_deleted_says_that_it_is_withdrawn() {
    let (stage, group, sara) = Stage::in_group().await;
    let asked = group.says(&sara, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    let refused = iqtibas::sandbox::Fault::Refuse {
        code: 400,
        description: "Bad Request: message can't be deleted".to_owned(),
    };
    stage.sandbox.fail(refused.at("deleteMessage"));
    group.edits(&asked, "لا شيء");
    let now = group.sees_edit(&answer).await;
    assert_eq!(now.text(), "تغيّر السؤال، فسحبت إجابتي.");
    assert!(now.buttons().is_empty());
    stage.close().await;
}

#[tokio::test]
async fn who_edits_more_than_may_be_asked_has_the_answer_withdrawn() {
    let (stage, group, admin, member) = Stage::in_group_with_admin().await;
    // Two questions a minute.
    choose(&group, &admin, &["1s5.2"]).await;
    let asked = group.says(&member, &format!("/ask {QUESTION}"));
    let answer = group.hears().await;
    group.edits(&asked, &format!("/ask {OTHER}"));
    group.sees_edit(&answer).await;
    group.edits(&asked, &format!("/ask {QUESTION}"));
    group.sees_deleted(&answer).await;
    group.stays_quiet().await;
    stage.close().await;
}

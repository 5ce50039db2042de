//! What people hear when they ask.

use iqtibas::analysis::Language;
use iqtibas::wording;

use super::{Stage, quoted};

const NVIDIA: &str = "انخفض سهم Nvidia بأكثر من 10%";

#[tokio::test]
async fn a_question_in_private_gets_the_articles_own_words() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let asked = sara.writes("بكم انخفض سهم Nvidia يوم الاثنين؟");
    let answer = sara.hears().await;
    assert_eq!(answer.reply_to(), Some(asked.id()));
    assert!(
        answer.text().starts_with("من المقال:\n\n"),
        "{}",
        answer.text()
    );
    assert!(quoted(&answer)[0].starts_with(NVIDIA));
    assert!(
        answer
            .styled("bold")
            .iter()
            .any(|bold| bold.contains("Nvidia")),
        "{:?}",
        answer.styled("bold")
    );
    assert!(answer.styled("italic")[0].contains("Daoshuo Blockchain"));
    let request = &stage.sandbox.requests_of("sendMessage")[0].params;
    assert_eq!(request["link_preview_options"]["is_disabled"], true);
    assert!(request.get("parse_mode").is_none());
    stage.close().await;
}

#[tokio::test]
async fn who_asks_in_another_language_gets_a_translation_marked_as_one() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("Sara");
    for (question, framing, label) in [
        (
            "How much did Nvidia's stock fall on Monday?",
            "From the article:",
            "Translation, not the article's own words:",
        ),
        (
            "英伟达的股票周一跌了多少？",
            "文章原文：",
            "译文，并非文章原文：",
        ),
    ] {
        sara.writes(question);
        let answer = sara.hears().await;
        assert!(answer.text().starts_with(framing), "{}", answer.text());
        assert!(quoted(&answer)[0].starts_with(NVIDIA));
        assert!(
            answer.quotations()[1].starts_with(label),
            "{:?}",
            answer.quotations()
        );
    }
    stage.close().await;
}

#[tokio::test]
async fn where_the_article_is_silent_the_bot_says_so() {
    let (stage, group, sara) = Stage::in_group().await;
    for question in [
        "كيف أطبخ الكبسة باللحم؟",
        "متى تبدأ مباراة ريال مدريد وبرشلونة؟",
    ] {
        sara.writes(question);
        group.says(&sara, &format!("/ask {question}"));
        for answer in [sara.hears().await, group.hears().await] {
            assert_eq!(answer.text(), "لا يقول المقال شيئًا عن هذا.");
        }
    }
    stage.close().await;
}

#[tokio::test]
async fn thanks_get_a_friendly_word_in_private_and_none_in_a_group() {
    let (stage, group, sara) = Stage::in_group().await;
    sara.writes("شكرا جزيلا");
    assert!(sara.hears().await.text().starts_with("أهلًا بك!"));
    sara.writes("👍");
    assert!(sara.hears().await.text().starts_with("أهلًا بك!"));
    group.says(&sara, "/ask بكم انخفض سهم Nvidia؟");
    let answer = group.hears().await;
    group.replies(&sara, &answer, "شكرا جزيلا");
    group.replies(&sara, &answer, "👍");
    group.says(&sara, "@iqtibas_bot السلام عليكم");
    group.stays_quiet().await;
    // A command without an answer would look broken.
    for said in [
        "/ask 🚀🚀",
        "/ask https://example.org",
        "/ask example.org/x",
        "/ask شكرا",
    ] {
        group.says(&sara, said);
        assert!(group.hears().await.text().starts_with("أهلًا بك!"), "{said}");
    }
    stage.close().await;
}

#[tokio::test]
async fn commands_explain_the_bot_and_the_article() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة").speaking("ar");
    let wang = stage.sandbox.person("王").speaking("zh-hans");
    for (command, holds) in [
        ("/start", "أهلًا بك، أنا اقتباس."),
        ("/help", "/privacy"),
        ("/article", "Daoshuo Blockchain"),
        ("/privacy", "لا أحتفظ به"),
        ("/unknown", "/privacy"),
        ("/ask", "اكتب سؤالك بعد"),
    ] {
        sara.writes(command);
        let heard = sara.hears().await;
        assert!(heard.text().contains(holds), "{command}: {}", heard.text());
    }
    wang.writes("/start");
    assert!(wang.hears().await.text().starts_with("您好"));
    stage.close().await;
}

#[tokio::test]
async fn the_example_that_is_shown_is_answered() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    for language in Language::ALL {
        sara.writes(wording::example(language));
        let answer = sara.hears().await;
        let framing = wording::from_the_article(language);
        assert!(answer.text().starts_with(framing), "{}", answer.text());
    }
    stage.close().await;
}

#[tokio::test]
async fn menus_of_commands_are_set_in_every_language_for_every_audience() {
    let stage = Stage::open().await;
    stage
        .sandbox
        .request("setMyCommands", 11)
        .await
        .expect("twelve menus");
    let menus: Vec<(String, String)> = stage
        .sandbox
        .requests_of("setMyCommands")
        .iter()
        .map(|request| {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            (
                text(&request.params["scope"]["type"]),
                text(&request.params["language_code"]),
            )
        })
        .collect();
    for audience in [
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
    ] {
        for language in ["ar", "en", "zh", ""] {
            assert!(
                menus.contains(&(audience.to_owned(), language.to_owned())),
                "{audience} {language}"
            );
        }
    }
    stage.close().await;
}

#[tokio::test]
async fn whatever_is_written_is_answered_and_ends_nothing() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    for hostile in [
        "(".repeat(4096),
        "\"".repeat(4000),
        "AND OR NOT ".repeat(300),
        "*".repeat(4096),
        "[a TO z] {a TO z} field:(x".to_owned(),
        "a\0b\u{200D}\u{200D} \u{202E}".to_owned(),
        format!("ق{}", "\u{064B}".repeat(4000)),
        "👨‍👩‍👧‍👦".repeat(300),
        "https://example.org/x".to_owned(),
    ] {
        sara.writes(&hostile);
        quoted(&sara.hears().await);
    }
    sara.writes("بكم انخفض سهم Nvidia؟");
    assert!(quoted(&sara.hears().await)[0].starts_with(NVIDIA));
    stage.close().await;
}

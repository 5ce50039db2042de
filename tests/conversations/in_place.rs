//! A button below every quote opens it in its place, where the articles can be read by everybody.

use iqtibas::sandbox::{Message, Standing};
use iqtibas::store::Store;
use serde_json::Value;

use super::a_moment_later;
use super::{Stage, sandbox};

/// Where the article says what the model costs.
const COST: &str = "https://example.org/articles/read/deepseek/#p8";
const LABELS: [&str; 3] = ["اقرأه في موضعه", "Read in place", "在原文中阅读"];

async fn stage() -> Stage {
    let store = Store::in_memory().expect("SQLite has memory");
    Stage::configured(sandbox().await, store, |service| {
        let site = "https://example.org/articles/".parse();
        service.settings.site = Some(site.expect("a site"));
    })
}

/// Where the button leads, and what is written on it.
fn link(keyboard: &Value) -> Option<(String, String)> {
    let rows = keyboard["inline_keyboard"].as_array()?;
    let mut buttons = rows.iter().filter_map(Value::as_array).flatten();
    let button = buttons.find(|button| button.get("url").is_some())?;
    let text = |name: &str| button[name].as_str().unwrap_or_default().to_owned();
    Some((text("url"), text("text")))
}

fn below(message: &Message) -> Option<(String, String)> {
    link(&message.json()["reply_markup"])
}

fn to_cost(label: &str) -> (String, String) {
    (COST.to_owned(), label.to_owned())
}

#[tokio::test]
async fn every_answer_has_it_in_the_language_of_the_question() {
    let stage = stage().await;
    let sara = stage.sandbox.person("سارة");
    let questions = [
        "هل ديب سيك رخيص؟",
        "is DeepSeek cheap?",
        "DeepSeek 便宜吗？",
    ];
    for (question, label) in questions.into_iter().zip(LABELS) {
        sara.writes(question);
        assert_eq!(below(&sara.hears().await), Some(to_cost(label)));
    }
    sara.writes("كيف أطبخ الكبسة باللحم؟");
    assert_eq!(below(&sara.hears().await), None, "nothing is quoted");
    stage.close().await;
}

#[tokio::test]
async fn it_follows_what_is_shown() {
    let stage = stage().await;
    let group = stage.sandbox.supergroup("قرّاء");
    let sara = stage.sandbox.person("سارة");
    group.says(&sara, "/ask هل ديب سيك رخيص؟");
    let answer = group.hears().await;
    group.taps(&sara, &answer, "اقتباس آخر");
    let other = below(&group.sees_edit(&answer).await).expect("a link");
    assert_ne!(other.0, COST);
    a_moment_later().await;
    group.taps(&sara, &answer, "عودة");
    let again = group.sees_edit(&answer).await;
    assert_eq!(below(&again), Some(to_cost(LABELS[0])));
    group.says(&sara, "/cost");
    assert_eq!(below(&group.hears().await), Some(to_cost(LABELS[0])));
    stage.close().await;
}

#[tokio::test]
async fn who_alone_sees_an_answer_has_it_too() {
    let stage = stage().await;
    let group = stage.sandbox.supergroup("قرّاء");
    let admin = stage.sandbox.person("أمل");
    group.puts(&admin, Standing::Administrator);
    group.says(&admin, "/settings");
    let panel = group.hears().await;
    group.taps_data(&admin, &panel, "1s1.1");
    group.sees_edit(&panel).await;
    group.says(&admin, "/ask هل ديب سيك رخيص؟");
    let answer = group.hears().await;
    assert_eq!(answer.json()["receiver_user"]["id"], admin.id());
    assert_eq!(below(&answer), Some(to_cost(LABELS[0])));
    stage.close().await;
}

#[tokio::test]
async fn what_is_inserted_elsewhere_has_it() {
    let stage = stage().await;
    let john = stage.sandbox.person("John").speaking("en");
    let answer = john.asks_inline("nvidia", "").answer().await;
    let results = answer["results"].as_array().expect("results");
    assert!(!results.is_empty());
    for result in results {
        let (place, label) = link(&result["reply_markup"]).expect("a link");
        assert!(place.starts_with("https://example.org/articles/read/deepseek/#p"));
        assert_eq!(label, LABELS[1]);
    }
    let guest = john.calls_as_guest("@iqtibas_bot is DeepSeek cheap?", None);
    let given = guest.answer().await;
    assert_eq!(
        link(&given["result"]["reply_markup"]),
        Some(to_cost(LABELS[1]))
    );
    stage.close().await;
}

#[tokio::test]
async fn without_such_a_place_there_is_no_button() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    for text in ["هل ديب سيك رخيص؟", "/cost"] {
        sara.writes(text);
        let answer = sara.hears().await;
        assert_eq!(below(&answer), None);
        assert!(!answer.buttons().is_empty());
    }
    stage.close().await;
}

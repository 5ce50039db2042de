//! The article read by subject, by link, and whole.

use iqtibas::analysis::Language;
use iqtibas::sandbox::Fault;
use iqtibas::wording;
use serde_json::Value;

use super::{LIBRARY, Stage, a_moment_later, labels, quoted};

/// The words of the passages with these ids.
fn passages(ids: &[&str]) -> Vec<String> {
    let article = &LIBRARY.articles()[0];
    let of = |id: &&str| {
        let mut all = article.passages().iter();
        let passage = all.find(|passage| passage.id() == *id).expect("a passage");
        passage.span().of(article.text()).to_owned()
    };
    ids.iter().map(of).collect()
}

fn bare(text: &str) -> String {
    text.replace(['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'], "")
}

#[tokio::test]
async fn topics_are_buttons_and_a_tap_turns_them_into_the_articles_words() {
    let stage = Stage::open().await;
    let (sara, omar) = (
        stage.sandbox.person("سارة").speaking("ar"),
        stage.sandbox.person("Omar").speaking("en"),
    );
    let group = stage.sandbox.supergroup("قرّاء");
    let asked = group.says(&sara, "/topics@iqtibas_bot");
    let menu = group.hears().await;
    assert_eq!(menu.reply_to(), Some(asked.id()));
    let titles: Vec<String> = labels(&menu).iter().map(|title| bare(title)).collect();
    for title in [
        "تكلفة DeepSeek",
        "الأسهم الأمريكية",
        "المصدر المفتوح",
        "فرق الصين",
    ] {
        assert!(titles.iter().any(|it| it == title), "{titles:?}");
    }
    let tesla = titles
        .iter()
        .position(|it| it.contains("تسلا"))
        .expect("Tesla");
    let tap = group.taps(&omar, &menu, &labels(&menu)[tesla]);
    tap.answer().await;
    let first = group.sees_edit(&menu).await;
    assert_eq!(quoted(&first), passages(&["p24", "p25", "p26"]));
    assert!(
        bare(first.text()).starts_with("من المقال · تسلا والقيادة الذاتية (1–3 من 4):"),
        "{}",
        first.text()
    );
    assert_eq!(labels(&first), ["☰ المواضيع", "▶"]);

    let hasty = group.taps(&sara, &menu, "▶").answer().await;
    assert_eq!(hasty["text"], wording::Toast::Moment.text(Language::Arabic));
    a_moment_later().await;
    group.taps(&sara, &menu, "▶").answer().await;
    let second = group.sees_edit(&menu).await;
    assert_eq!(quoted(&second), passages(&["p27"]));
    assert_eq!(labels(&second), ["◀", "☰ المواضيع"]);
    a_moment_later().await;
    group.taps(&sara, &menu, "◀").answer().await;
    assert_eq!(quoted(&group.sees_edit(&menu).await), quoted(&first));
    a_moment_later().await;
    group.taps(&sara, &menu, "☰ المواضيع").answer().await;
    assert_eq!(labels(&group.sees_edit(&menu).await), labels(&menu));
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn cost_and_crypto_quote_their_topics_in_the_articles_order() {
    let stage = Stage::open().await;
    let (sara, john) = (
        stage.sandbox.person("سارة"),
        stage.sandbox.person("John").speaking("en"),
    );
    let group = stage.sandbox.supergroup("قرّاء");
    for (command, first, rest) in [
        ("/cost", ["p8", "p9", "p10"], &["p15", "p22"][..]),
        ("/crypto@iqtibas_bot", ["p28", "p29", "p30"], &["p31"]),
    ] {
        let asked = group.says(&sara, command);
        let answer = group.hears().await;
        assert_eq!(answer.reply_to(), Some(asked.id()));
        assert_eq!(quoted(&answer), passages(&first));
        group.taps(&sara, &answer, "▶").answer().await;
        assert_eq!(quoted(&group.sees_edit(&answer).await), passages(rest));
    }
    group.says(&sara, "/cost@another_bot");
    group.says(&sara, "/costs");
    group.stays_quiet().await;
    john.writes("/CRYPTO");
    let answer = john.hears().await;
    assert!(
        answer.text().starts_with("From the article · "),
        "{}",
        answer.text()
    );
    let label = wording::translation(Language::English);
    assert!(answer.quotations().iter().any(|it| it.starts_with(label)));
    stage.close().await;
}

#[tokio::test]
async fn the_menu_of_commands_shows_those_of_the_guide() {
    let stage = Stage::open().await;
    stage
        .sandbox
        .request("setMyCommands", 11)
        .await
        .expect("twelve menus");
    for request in stage.sandbox.requests_of("setMyCommands") {
        let commands = request.params["commands"].as_array().expect("commands");
        let named = |name: &str| commands.iter().find(|it| it["command"] == name);
        for name in ["topics", "cost", "crypto"] {
            assert!(named(name).is_some(), "{name}: {}", request.params);
        }
        if request.params["language_code"] == "en" {
            let about = named("cost").expect("there")["description"].as_str();
            assert!(bare(about.expect("said")).ends_with("DeepSeek's cost"));
        }
    }
    stage.close().await;
}

#[tokio::test]
async fn a_link_opens_on_its_passage_and_a_wrong_one_begins_as_usual() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    sara.writes("/start p23");
    let opened = sara.hears().await;
    assert_eq!(quoted(&opened)[0], passages(&["p23"])[0]);
    sara.chat().taps(&sara, &opened, "▶").answer().await;
    assert_eq!(
        quoted(&sara.chat().sees_edit(&opened).await)[0],
        passages(&["p26"])[0]
    );
    for wrong in [
        "p19",
        "p99",
        "p",
        "p8x",
        "other_p8",
        "ask",
        &"p8".repeat(40),
        "ص٨",
    ] {
        sara.writes(&format!("/start {wrong}"));
        let heard = sara.hears().await;
        assert!(
            heard.text().starts_with("أهلًا بك، أنا اقتباس."),
            "{wrong}: {}",
            heard.text()
        );
    }
    let group = stage.sandbox.supergroup("قرّاء");
    group.says(&sara, "/start p8");
    group.stays_quiet().await;
    stage.close().await;
}

/// Everything written in a rich message's blocks of this type.
fn written(rich: &Value, kind: &str) -> Vec<String> {
    fn text(value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().map(text).collect(),
            other => other.get("text").map(text).unwrap_or_default(),
        }
    }
    let blocks = rich["blocks"].as_array().expect("blocks").iter();
    blocks
        .filter(|block| block["type"] == kind)
        .map(text)
        .collect()
}

#[tokio::test]
async fn the_whole_text_comes_as_a_rich_message_with_an_anchor_at_every_passage() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    sara.writes("/article");
    let about = sara.hears().await;
    assert_eq!(labels(&about), ["📖 النص كاملًا", "☰ المواضيع"]);
    sara.chat()
        .taps(&sara, &about, "📖 النص كاملًا")
        .answer()
        .await;
    let whole = sara.hears().await;
    let rich = whole.rich().expect("a rich message");
    assert_eq!(
        (&rich["is_rtl"], &rich["skip_entity_detection"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    let paragraphs = written(rich, "paragraph");
    let article = &LIBRARY.articles()[0];
    for passage in article.passages() {
        let words = passage.span().of(article.text());
        assert!(paragraphs.iter().any(|it| it == words), "{words}");
        let anchor = format!("{{\"name\":\"{}\",\"type\":\"anchor\"}}", passage.id());
        assert!(rich.to_string().contains(&anchor), "{anchor}");
    }
    assert!(written(rich, "heading")[0].contains(article.title()));
    assert!(rich.to_string().contains("\"anchor_name\":\"p24\""));
    stage.close().await;
}

#[tokio::test]
async fn where_rich_messages_are_refused_the_text_comes_as_pages() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    stage.sandbox.fail(
        Fault::Refuse {
            code: 400,
            description: "Bad Request: RICH_MESSAGE_UNSUPPORTED".to_owned(),
        }
        .at("sendRichMessage")
        .always(),
    );
    sara.writes("/article");
    let about = sara.hears().await;
    sara.chat()
        .taps(&sara, &about, "📖 النص كاملًا")
        .answer()
        .await;
    let page = sara.hears().await;
    assert_eq!(quoted(&page), passages(&["p1", "p2", "p3"]));
    sara.chat().taps(&sara, &page, "▶").answer().await;
    assert_eq!(
        quoted(&sara.chat().sees_edit(&page).await),
        passages(&["p4", "p5", "p6"])
    );
    stage.close().await;
}

#[tokio::test]
async fn a_group_is_not_given_the_whole_text_but_led_to_it() {
    let (stage, group, sara) = Stage::in_group().await;
    group.says(&sara, "/article");
    let about = group.hears().await;
    let answer = group.taps(&sara, &about, "📖 النص كاملًا").answer().await;
    assert_eq!(answer["url"], "https://t.me/iqtibas_bot?start=p1");
    group.stays_quiet().await;
    stage.close().await;
}

#[tokio::test]
async fn an_old_or_forged_button_is_answered_and_changes_nothing() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة").speaking("zh");
    sara.writes("/topics");
    let menu = sara.hears().await;
    let own = menu.buttons()[0].data().expect("data").to_owned();
    let beyond = own.replace(":0", ":999999");
    for forged in [
        "r1",
        "r1:ar",
        "r1:ar:m::99",
        "r1:ar:m::-1",
        "r1:xx:m::0",
        "r1:ar:p:0123456789abcdef:0",
        "r1:ar:w:0123456789abcdef:0",
        "r1:ar:q:0123456789abcdef:0",
        "r1:ar:p:ffffffffffffffffff:0",
        &beyond,
    ] {
        let answer = sara.chat().taps_data(&sara, &menu, forged).answer().await;
        assert_eq!(
            answer["text"],
            wording::old_button(Language::Chinese),
            "{forged}"
        );
    }
    sara.hears_nothing().await;
    assert!(stage.sandbox.requests_of("editMessageText").is_empty());
    stage.close().await;
}

#[tokio::test]
async fn every_button_fits_into_telegrams_64_bytes() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    for command in ["/topics", "/article", "/cost"] {
        sara.writes(command);
        for button in sara.hears().await.buttons() {
            assert!((1..=64).contains(&button.data().expect("data").len()));
        }
    }
    stage.close().await;
}

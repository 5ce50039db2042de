//! Inline mode and guest mode: chats in which the bot is not.

use iqtibas::analysis::Language;
use iqtibas::sandbox::Deed;
use iqtibas::wording;
use serde_json::{Value, json};

use super::{LIBRARY, Stage};

const NVIDIA: &str = "انخفض سهم Nvidia بأكثر من 10%";

fn results(answer: &Value) -> &Vec<Value> {
    answer["results"].as_array().expect("results")
}

fn message(result: &Value) -> &str {
    let content = &result["input_message_content"];
    assert!(content.get("parse_mode").is_none());
    content["message_text"].as_str().expect("a text")
}

/// What is set as a quotation in a result's message, and is no translation.
fn quoted(result: &Value) -> Vec<String> {
    let units: Vec<u16> = message(result).encode_utf16().collect();
    let at = |entity: &Value, key: &str| {
        usize::try_from(entity[key].as_u64().expect("a number")).expect("small")
    };
    let entities = result["input_message_content"]["entities"].as_array();
    let quotes = entities.expect("styles").iter().filter(|entity| {
        entity["type"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("blockquote"))
    });
    let texts = quotes.map(|entity| {
        let from = at(entity, "offset");
        String::from_utf16(&units[from..from + at(entity, "length")]).expect("whole characters")
    });
    let translated = |text: &String| {
        Language::ALL
            .iter()
            .any(|language| text.starts_with(wording::translation(*language)))
    };
    let quotes: Vec<String> = texts.filter(|text| !translated(text)).collect();
    for quote in &quotes {
        assert!(
            LIBRARY.articles()[0].text().contains(quote.as_str()),
            "{quote}"
        );
    }
    quotes
}

#[tokio::test]
async fn a_word_typed_after_the_bots_name_lists_passages_that_speak_of_it() {
    let stage = Stage::open().await;
    let john = stage.sandbox.person("John").speaking("en");
    let answer = john.asks_inline("nvidia", "").answer().await;
    let found = results(&answer);
    assert!(quoted(&found[0])[0].starts_with(NVIDIA));
    assert!(
        found[0]["title"]
            .as_str()
            .expect("a title")
            .contains("paragraph 23")
    );
    let preview = found[0]["description"].as_str().expect("a preview");
    assert!(
        preview.contains("Nvidia") && preview.is_ascii(),
        "{preview}"
    );
    assert!(message(&found[0]).contains("Translation, not the article's own words:"));
    assert!(message(&found[0]).contains("Daoshuo Blockchain"));
    // The other passage that names the company.
    assert!(
        found
            .iter()
            .any(|result| quoted(result)[0].contains("NVIDIA"))
    );
    assert_eq!(answer["is_personal"], true);
    assert_eq!(answer["next_offset"], "");
    stage.close().await;
}

#[tokio::test]
async fn words_in_arabic_or_chinese_are_answered_in_kind_for_everybody() {
    let stage = Stage::open().await;
    let john = stage.sandbox.person("John").speaking("en");
    for (words, title, preview) in [
        ("إنفيديا", "الفقرة 23", NVIDIA),
        ("英伟达", "第 23 段", "英伟达"),
    ] {
        let answer = john.asks_inline(words, "").answer().await;
        let first = &results(&answer)[0];
        assert!(
            first["title"].as_str().expect("a title").contains(title),
            "{first}"
        );
        assert!(
            first["description"]
                .as_str()
                .expect("a preview")
                .contains(preview),
            "{first}"
        );
        assert_eq!(answer["is_personal"], false);
    }
    stage.close().await;
}

#[tokio::test]
async fn without_words_the_topics_are_offered_and_read_on_where_they_are_inserted() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة").speaking("ar");
    let answer = sara.asks_inline(" ", "").answer().await;
    let offered = results(&answer);
    let cost = &offered[0];
    assert_eq!(cost["title"], "\u{2067}تكلفة DeepSeek\u{2069}");
    assert!(quoted(cost)[0].starts_with("الصدمة الأكثر مباشرة"));
    let row = cost["reply_markup"]["inline_keyboard"][0]
        .as_array()
        .expect("a row");
    let onward = row.last().expect("a button")["callback_data"].clone();
    stage.sandbox.push(json!({"callback_query": {
        "id": "7", "from": sara.json(), "inline_message_id": "inserted", "chat_instance": "x", "data": onward,
    }}));
    stage
        .sandbox
        .request("editMessageText", 0)
        .await
        .expect("an edit");
    let edited = stage
        .sandbox
        .deeds()
        .into_iter()
        .find_map(|deed| match deed {
            Deed::Edited(message) => Some(message),
            _ => None,
        });
    let edited = edited.expect("the sandbox took the edit");
    assert_eq!(edited["inline_message_id"], "inserted");
    assert!(
        edited["text"]
            .as_str()
            .expect("a text")
            .contains("أولاً: إنه يقلل")
    );
    stage.close().await;
}

#[tokio::test]
async fn a_long_list_goes_on_where_it_ended() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة").speaking("ar");
    let (mut seen, mut offset) = (Vec::new(), String::new());
    loop {
        let answer = sara
            .asks_inline("الذكاء الاصطناعي DeepSeek", &offset)
            .answer()
            .await;
        assert!((1..=10).contains(&results(&answer).len()));
        seen.extend(
            results(&answer)
                .iter()
                .map(|result| result["id"].to_string()),
        );
        offset = answer["next_offset"]
            .as_str()
            .expect("an offset")
            .to_owned();
        if offset.is_empty() {
            break;
        }
    }
    assert!(seen.len() > 10, "{seen:?}");
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
    for odd in ["x", "-3", "99999999999999999999", "5000"] {
        sara.asks_inline("DeepSeek", odd).answer().await;
    }
    stage.close().await;
}

#[tokio::test]
async fn where_nothing_is_found_the_list_leads_to_the_bot() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة").speaking("ar");
    for words in ["كبسة باللحم", "🍕", "((((", "شكرا"] {
        let answer = sara.asks_inline(words, "").answer().await;
        assert!(results(&answer).is_empty(), "{words}");
        assert_eq!(
            answer["button"]["text"],
            wording::nothing_found(Language::Arabic)
        );
    }
    stage.close().await;
}

#[tokio::test]
async fn a_guest_is_answered_once_with_the_articles_words() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    let call = sara.calls_as_guest("@iqtibas_bot بكم انخفض سهم Nvidia؟", None);
    let answer = call.answer().await;
    assert!(quoted(&answer["result"])[0].starts_with(NVIDIA));
    let call = sara.calls_as_guest("@iqtibas_bot /cost", None);
    let cost = call.answer().await;
    assert!(quoted(&cost["result"])[0].starts_with("الصدمة الأكثر"));
    assert!(cost["result"]["reply_markup"]["inline_keyboard"].is_array());
    let call = sara.calls_as_guest("@iqtibas_bot", None);
    assert!(message(&call.answer().await["result"]).contains("اكتب سؤالك بعد"));
    assert_eq!(stage.sandbox.requests_of("answerGuestQuery").len(), 3);
    assert!(stage.sandbox.requests_of("sendMessage").is_empty());
    stage.close().await;
}

#[tokio::test]
async fn a_guest_may_mean_the_message_that_he_replies_to() {
    let stage = Stage::open().await;
    let (sara, omar) = (stage.sandbox.person("سارة"), stage.sandbox.person("عمر"));
    for call in ["@iqtibas_bot", "@iqtibas_bot ؟", "/ask@iqtibas_bot"] {
        let below = Some((&omar, "بكم انخفض سهم Nvidia؟"));
        let answer = sara.calls_as_guest(call, below).answer().await;
        assert!(quoted(&answer["result"])[0].starts_with(NVIDIA), "{call}");
    }
    let below = Some((&omar, "انخفض سهم Nvidia بأكثر من 10% في افتتاح يوم الاثنين"));
    let answer = sara
        .calls_as_guest("@iqtibas_bot ليش؟", below)
        .answer()
        .await;
    assert!(!quoted(&answer["result"]).is_empty());
    stage.close().await;
}

#[tokio::test]
async fn the_guest_chats_id_stands_in_no_request() {
    let stage = Stage::open().await;
    let sara = stage.sandbox.person("سارة");
    sara.calls_as_guest("@iqtibas_bot بكم انخفض سهم Nvidia؟", None)
        .answer()
        .await;
    let sandbox = stage.close().await;
    for request in sandbox.requests() {
        assert!(
            !request.params.to_string().contains("-100"),
            "{}",
            request.params
        );
    }
}

#[tokio::test]
async fn taps_on_an_inserted_message_change_it_once_a_second() {
    let stage = Stage::open().await;
    let people: Vec<_> = (0..10)
        .map(|n| stage.sandbox.person(&format!("عضو {n}")))
        .collect();
    let answer = people[0].asks_inline("", "").answer().await;
    let row = &results(&answer)[0]["reply_markup"]["inline_keyboard"][0];
    let onward = row.as_array().and_then(|row| row.last()).expect("a button");
    for (n, person) in people.iter().enumerate() {
        stage.sandbox.push(json!({"callback_query": {
            "id": n.to_string(), "from": person.json(), "inline_message_id": "inserted",
            "chat_instance": "x", "data": onward["callback_data"],
        }}));
    }
    let last = stage.sandbox.request("answerCallbackQuery", 9).await;
    let words = stage.sandbox.requests_of("answerCallbackQuery");
    let moment = wording::Toast::Moment.text(Language::Arabic);
    let waiting = words.iter().filter(|it| it.params["text"] == moment);
    assert_eq!((last.is_some(), waiting.count()), (true, 9));
    stage.sandbox.all_read().await;
    assert_eq!(stage.sandbox.requests_of("editMessageText").len(), 1);
    // Another message has a second of its own.
    stage.sandbox.push(json!({"callback_query": {
        "id": "other", "from": people[0].json(), "inline_message_id": "other",
        "chat_instance": "x", "data": onward["callback_data"],
    }}));
    let other = stage.sandbox.request("editMessageText", 1).await;
    assert_eq!(other.expect("an edit").params["inline_message_id"], "other");
    stage.close().await;
}

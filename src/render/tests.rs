//! Answers in, messages out.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::answer::Why;
use crate::guide::Guide;
use crate::text::utf16_len;

const ARTICLE: &str = "---\ntitle: البجعة السوداء\nauthor: Daoshuo Blockchain\n---\n\
    انخفض سهم Nvidia بأكثر من 10%.\nفكرت على الفور في تسلا.\n";
const GUIDE: &str =
    "[[passage]]\ntext = 'انخفض سهم Nvidia بأكثر من 10%.'\nen = 'Nvidia fell by more than 10%.'\n";

fn parse(text: &str) -> Article {
    Article::parse("a", Path::new("a.md"), text.as_bytes().to_vec()).expect("an article")
}

fn library() -> (Article, Guide) {
    let (article, mut guide) = (parse(ARTICLE), Guide::default());
    guide
        .add(&article, Path::new("guide.toml"), GUIDE)
        .expect("a guide");
    (article, guide)
}

fn quoting<'l>(article: &'l Article, guide: &'l Guide, number: usize, words: &[&str]) -> Quote<'l> {
    let span = article.passages()[number].span();
    let place = |word: &&str| {
        let at = span.start() + span.of(article.text()).find(word).expect("a word of it");
        Span::new(article.text(), at..at + word.len()).expect("a place")
    };
    Quote::new(
        article,
        guide,
        number,
        span,
        0.9,
        words.iter().map(place).collect(),
    )
}

fn answering(verdict: Verdict, quotes: Vec<Quote<'_>>) -> Answer<'_> {
    Answer {
        verdict,
        quotes,
        why: Why::default(),
    }
}

/// The text that an entity covers.
fn covered(body: &Body, entity: &Entity) -> String {
    Span::of_utf16(body.text(), entity.offset, entity.length)
        .expect("entities lie on characters")
        .of(body.text())
        .to_owned()
}

fn set(body: &Body, style: Style) -> Vec<String> {
    body.entities()
        .iter()
        .filter(|e| e.style == style)
        .map(|e| covered(body, e))
        .collect()
}

#[test]
fn a_quote_stands_under_its_framing_and_over_its_source() {
    let (article, guide) = library();
    let quote = quoting(&article, &guide, 0, &["انخفض", "سهم", "10%"]);
    let body = answer(&answering(Verdict::Answer, vec![quote]), Language::Arabic);
    assert_eq!(
        body.text(),
        "من المقال:\n\nانخفض سهم Nvidia بأكثر من 10%.\n\
         \u{2068}Daoshuo Blockchain\u{2069} · \u{2067}البجعة السوداء\u{2069} · الفقرة 1"
    );
    assert_eq!(
        set(&body, Style::Blockquote),
        ["انخفض سهم Nvidia بأكثر من 10%."]
    );
    assert_eq!(set(&body, Style::Bold), ["انخفض سهم", "10%"]);
}

#[test]
fn a_translation_follows_and_says_that_it_is_one() {
    let (article, guide) = library();
    let quote = quoting(&article, &guide, 0, &[]);
    let body = answer(&answering(Verdict::Nearest, vec![quote]), Language::English);
    assert!(body.text().starts_with("The article may not answer this."));
    assert_eq!(
        set(&body, Style::ExpandableBlockquote),
        ["Translation, not the article's own words:\nNvidia fell by more than 10%."]
    );
}

#[test]
fn quotes_after_the_first_are_folded() {
    let (article, guide) = library();
    let quotes = vec![
        quoting(&article, &guide, 0, &[]),
        quoting(&article, &guide, 1, &[]),
    ];
    let body = answer(&answering(Verdict::Answer, quotes), Language::Arabic);
    assert_eq!(
        set(&body, Style::ExpandableBlockquote),
        ["فكرت على الفور في تسلا."]
    );
}

#[test]
fn silence_is_one_sentence_without_quotes() {
    let body = answer(&answering(Verdict::None, Vec::new()), Language::Chinese);
    assert_eq!(body.text(), "文章没有提到这一点。");
    assert!(body.entities().is_empty());
}

#[test]
fn an_article_is_introduced_with_what_is_in_it() {
    let body = articles(&[library().0], Language::English);
    assert_eq!(set(&body, Style::Bold), ["\u{2067}البجعة السوداء\u{2069}"]);
    assert!(
        body.text()
            .contains("Author: \u{2068}Daoshuo Blockchain\u{2069}")
    );
    assert!(body.text().contains("(2 paragraphs):\n1 · انخفض سهم"));
}

#[test]
fn many_articles_fit_into_one_message() {
    let text = format!(
        "---\ntitle: {0}\nauthor: {0}\nsource: {0}\n---\n{1}",
        "ع".repeat(900),
        "نص طويل جدا. ".repeat(2000)
    );
    let many: Vec<Article> = (0..40).map(|_| parse(&text)).collect();
    let body = articles(&many, Language::Arabic);
    assert!(utf16_len(body.text()) <= MAX_UNITS && utf16_len(body.text()) > 2000);
}

#[test]
fn a_message_as_json_is_the_body_of_a_request() {
    let to = Destination {
        chat: -100,
        topic: Some(5),
        reply_to: 7,
        even_if_gone: false,
    };
    let message = OutgoingMessage::new(to, say("نعم"));
    assert_eq!(
        serde_json::to_value(&message).expect("JSON"),
        serde_json::json!({
            "chat_id": -100,
            "message_thread_id": 5,
            "text": "نعم",
            "link_preview_options": {"is_disabled": true},
            "reply_parameters": {"message_id": 7, "allow_sending_without_reply": false},
        })
    );
}

/// Passages of up to 600 characters, with everything in them that is counted differently.
fn passages() -> impl Strategy<Value = Vec<String>> {
    let passage = prop_oneof![
        "[ ا-ي]{1,600}",
        "[a-z👍🏽 \u{301}\u{202E}]{1,600}",
        "[字👨‍👩‍👧𠀀]{1,600}"
    ]
    .prop_map(|text| format!("ق{}", text.trim().chars().take(598).collect::<String>()));
    prop::collection::vec(passage, 3)
}

#[test]
fn passages_read_on_stand_as_in_the_article_and_a_heading_parts_them() {
    let article = parse("أول نص.\nثان نص.\n\n# عنوان\nثالث نص.\n");
    let guide = Guide::default();
    let all: Vec<Quote<'_>> = (0..3)
        .map(|number| quoting(&article, &guide, number, &["نص"]))
        .collect();
    let body = reading("من المقال:", &all, Language::Arabic, true).expect("it fits");
    assert_eq!(
        set(&body, Style::Blockquote),
        ["أول نص.\nثان نص.", "ثالث نص."]
    );
    assert_eq!(set(&body, Style::Bold), ["نص", "نص", "نص"]);
    assert!(
        body.text().ends_with("الفقرات من 1 إلى 4"),
        "{}",
        body.text()
    );
    assert_eq!(reading("من المقال:", &[], Language::Arabic, true), None);
}

#[test]
fn passages_that_do_not_fit_are_not_read_on_and_renderings_give_way() {
    let article = parse(&format!("{}\n", "كلمة ".repeat(110)).repeat(9));
    let guide = Guide::default();
    let all: Vec<Quote<'_>> = (0..9)
        .map(|number| quoting(&article, &guide, number, &[]))
        .collect();
    let fits = |n: usize| reading("x", &all[..n], Language::Arabic, true).is_some();
    let most = (1..=9).take_while(|n| fits(*n)).count();
    assert_eq!(most, 7);
    assert!(!fits(8) && !fits(9));
    let (article, guide) = library();
    let one = [quoting(&article, &guide, 0, &[])];
    let of = |gloss| reading("x", &one, Language::English, gloss).expect("it fits");
    assert!(of(true).text().contains("Nvidia fell by more than 10%."));
    assert!(!of(false).text().contains("Nvidia fell"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_answer_is_over_the_limits_and_every_quote_in_it_is_whole(
        texts in passages(),
        gloss in "[a-z ]{1,2000}x",
        speaker in "\\PC{0,200}",
        name in "\\PC{0,200}",
        language in 0usize..3,
    ) {
        let name = format!("ن{}", name.replace(['\n', '"'], " "));
        let article = parse(&format!("---\ntitle: {name}\nauthor: {name}\n---\n{}", texts.join("\n")));
        let mut guide = Guide::default();
        for passage in article.passages() {
            let row = serde_json::json!({"text": passage.span().of(article.text()), "en": gloss, "speaker.en": speaker});
            let pairs: Vec<_> = row.as_object().expect("a row").iter()
                .map(|(key, value)| format!("{key} = '''{}'''", value.as_str().expect("text").replace('\'', " ")))
                .collect();
            // A passage that TOML cannot hold, or that stands twice, goes without a row.
            let _ = guide.add(&article, Path::new("g.toml"), &format!("[[passage]]\n{}\n", pairs.join("\n")));
        }
        let quotes: Vec<_> = (0..article.passages().len().min(3)).map(|number| {
            let span = article.passages()[number].span();
            let letters = span.of(article.text()).char_indices().step_by(2);
            let matched = letters.filter_map(|(at, c)| Span::new(article.text(), span.start() + at..span.start() + at + c.len_utf8()));
            Quote::new(&article, &guide, number, span, 0.5, matched.collect())
        }).collect();
        let asked = quotes.clone();
        let body = answer(&answering(Verdict::Nearest, quotes), Language::ALL[language]);
        prop_assert!(utf16_len(body.text()) <= MAX_UNITS);
        prop_assert!(body.entities().len() <= MAX_ENTITIES);
        prop_assert_eq!(body.text(), body.text().trim());
        let quoted: Vec<String> = body.entities().iter()
            .filter(|e| matches!(e.style, Style::Blockquote | Style::ExpandableBlockquote))
            .map(|e| covered(&body, e))
            .filter(|text| !text.starts_with(wording::translation(Language::ALL[language])))
            .collect();
        let expected: Vec<&str> = asked.iter().map(Quote::text).take(quoted.len()).collect();
        prop_assert_eq!(&quoted, &expected);
        // Beyond the Basic Multilingual Plane a character counts twice; there two may be all.
        if texts.iter().all(|text| utf16_len(text) <= 600) {
            prop_assert_eq!(quoted.len(), asked.len());
        }
        for bold in body.entities().iter().filter(|e| e.style == Style::Bold) {
            prop_assert!(body.entities().iter().any(|quote| quote.style != Style::Bold
                && quote.offset <= bold.offset && bold.offset + bold.length <= quote.offset + quote.length));
        }
    }
}

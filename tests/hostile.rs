//! Whatever is asked, the answer is quotes or none: nothing panics, nothing overflows the stack.

use std::sync::LazyLock;

use iqtibas::analysis::Language;
use iqtibas::answer::{MAX_QUOTES, Verdict};
use iqtibas::library::{Context, Library};
use iqtibas::passage::MAX_CHARS;
use iqtibas::render::{self, MAX_UNITS};
use iqtibas::text::{char_len, utf16_len};
use proptest::prelude::*;

/// The stack of a thread of the bot.
const STACK: usize = 2 * 1024 * 1024;

/// The library that ships, whose passages a guide leads to, and one beside it without a guide.
static LIBRARIES: LazyLock<[Library; 2]> = LazyLock::new(|| {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let segments = tempfile::tempdir().expect("a folder for the segments");
    let plain = tempfile::tempdir().expect("a folder for a library");
    let article = root.join("index/deepseek/article.md");
    std::fs::copy(article, plain.path().join("plain.md")).expect("the article is copied");
    let open = |dir: &std::path::Path, name: &str| {
        Library::open(dir, &segments.path().join(name)).expect("the library opens")
    };
    [
        open(&root.join("index"), "guided"),
        open(plain.path(), "plain"),
    ]
});

/// Asks both libraries, alone and as a reply to a text, and checks all that holds of any answer.
fn ask(message: &str) -> Result<(), TestCaseError> {
    for library in LIBRARIES.iter() {
        let question = library.question(message);
        for text in [None, Some(message)] {
            let answer = library
                .answer(
                    &question,
                    Context {
                        text,
                        ..Context::default()
                    },
                )
                .map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(answer.quotes.len() <= MAX_QUOTES);
            prop_assert_eq!(answer.quotes.is_empty(), answer.verdict == Verdict::None);
            for (at, quote) in answer.quotes.iter().enumerate() {
                let place = quote.span();
                let text = quote.article().text();
                prop_assert_eq!(text.get(place.range()), Some(quote.text()));
                prop_assert!(!quote.text().trim().is_empty());
                prop_assert!(char_len(quote.text()) <= MAX_CHARS);
                prop_assert!((0.0..=1.0).contains(&quote.score()), "{}", quote.score());
                for matched in quote.matched() {
                    prop_assert!(place.start() <= matched.start() && matched.end() <= place.end());
                    prop_assert!(text.get(matched.range()).is_some());
                }
                for other in &answer.quotes[..at] {
                    prop_assert_ne!(other.text(), quote.text());
                    let apart =
                        other.span().end() <= place.start() || place.end() <= other.span().start();
                    prop_assert!(apart || other.article().id() != quote.article().id());
                }
            }
            for language in Language::ALL {
                let body = serde_json::to_value(render::answer(&answer, language)).expect("JSON");
                let shown = body["text"].as_str().expect("a message has a text");
                prop_assert!(!shown.is_empty() && utf16_len(shown) <= MAX_UNITS);
            }
        }
    }
    Ok(())
}

/// Asks from a thread with the stack of one of the bot's.
fn ask_on_a_small_stack(message: String) {
    LazyLock::force(&LIBRARIES); // building them is no member's doing
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || ask(&message))
        .expect("a thread starts")
        .join()
        .expect("no panic")
        .expect("an answer like any other");
}

#[test]
fn ten_thousand_of_what_query_parsers_choke_on() {
    for part in [
        "(",
        ")",
        "()",
        "\"",
        "'",
        "«",
        "“",
        "*",
        "?",
        "؟",
        "~",
        "^",
        ":",
        "\\",
        "+",
        "-",
        "[a TO z]",
        "{a TO *}",
        "AND ",
        "OR ",
        "NOT ",
        "AND OR NOT ",
        "a:b ",
        "/.*/ ",
        "\0",
        "\u{FFFD}",
        "%s",
        "{}",
        "<b>",
        "&amp;",
        "\r\n",
        "\t",
        "1,",
        "1.",
        "9",
        ".",
        "'a",
        "a-",
    ] {
        ask_on_a_small_stack(part.repeat(10_000));
        ask_on_a_small_stack(format!("البجعة {part} السوداء {part}"));
    }
}

#[test]
fn what_cannot_be_seen() {
    for part in [
        "\u{200B}",
        "\u{200C}",
        "\u{200D}",
        "\u{200E}",
        "\u{200F}",
        "\u{202A}",
        "\u{202E}",
        "\u{2066}",
        "\u{2067}",
        "\u{2068}",
        "\u{2069}",
        "\u{061C}",
        "\u{2060}",
        "\u{FEFF}",
        "\u{00AD}",
        "\u{FE0F}",
        "\u{E0001}",
        "\u{E007F}",
        "\u{10FFFF}",
    ] {
        ask_on_a_small_stack(part.to_owned());
        ask_on_a_small_stack(part.repeat(4_096));
        ask_on_a_small_stack(format!("{part}البجعة{part}السوداء{part}"));
        ask_on_a_small_stack(format!("ال{part}بجعة السو{part}داء"));
    }
}

#[test]
fn marks_upon_marks() {
    for mark in [
        "\u{064B}", "\u{0651}", "\u{0670}", "\u{0301}", "\u{0489}", "\u{20DD}", "\u{1AB0}",
    ] {
        ask_on_a_small_stack(mark.repeat(4_096));
        ask_on_a_small_stack(format!("ما البجعة{} السوداء؟", mark.repeat(4_096)));
        ask_on_a_small_stack(format!("nvidia{}", mark.repeat(4_096)));
        ask_on_a_small_stack(format!("芯{}片", mark.repeat(4_096)));
    }
}

#[test]
fn long_runs_without_a_space() {
    for part in [
        "芯片英伟达为什么下跌",
        "ツ",
        "한국어",
        "ال",
        "وبالسوداء",
        "nvidia",
        "ـ",
        "ß",
        "İ",
        "ﷺ",
        "㍿",
    ] {
        ask_on_a_small_stack(part.repeat(10_000));
    }
}

#[test]
fn floods_of_emoji_and_letters_of_every_kind() {
    for part in ["😂", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇸🇦", "❤️", "1️⃣", "👍🏽 "]
    {
        ask_on_a_small_stack(part.repeat(5_000));
        ask_on_a_small_stack(format!("ليش نزل سهم نفيديا {}", part.repeat(5_000)));
    }
    let all: String = (0..=0xFFFF).filter_map(char::from_u32).collect();
    ask_on_a_small_stack(all.clone());
    for chunk in all.chars().collect::<Vec<_>>().chunks(500) {
        ask_on_a_small_stack(chunk.iter().collect());
    }
}

#[test]
fn a_megabyte() {
    for words in [
        "ما هي البجعة السوداء؟ ",
        "why did nvidia fall? ",
        "英伟达为什么下跌？",
        "a",
        "و",
    ] {
        ask_on_a_small_stack(words.repeat(1_000_000 / words.len()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered_with_places_or_not_at_all(message: String) {
        ask(&message)?;
    }

    #[test]
    fn so_is_any_mixture_of_words_that_the_article_may_know(
        message in r#"((ما|ليش|البجعة|السوداء|سهم|nvidia|NVDA|why|مسك|特斯拉|英伟达|为什么|وكيل|10%|DeepSeek|el|leh|\(|"|\*|\n|👍|ـ|\u{202E}|\u{064B}) ?){0,40}"#
    ) {
        ask(&message)?;
    }
}

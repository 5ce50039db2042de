//! Whatever is asked, the answer is quotes or none: nothing panics, nothing overflows the stack.

use proptest::prelude::*;

#[path = "support/laws/mod.rs"]
mod laws;

fn ask_on_a_small_stack(message: impl AsRef<str>) {
    laws::question::holds(message.as_ref());
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
        ask_on_a_small_stack(part);
        ask_on_a_small_stack(part.repeat(4_096));
        ask_on_a_small_stack(format!("{part}البجعة{part}السوداء{part}"));
        ask_on_a_small_stack(format!("ال{part}بجعة السو{part}داء"));
    }
}

#[test]
fn controls_and_joiners_inside_a_word_change_nothing() {
    let forms = |message: &str| -> Vec<String> {
        let question = laws::LIBRARIES[0].question(message);
        question.tokens().iter().map(|it| it.form.clone()).collect()
    };
    for part in [
        "\u{200B}", "\u{200C}", "\u{200D}", "\u{200E}", "\u{200F}", "\u{061C}", "\u{202A}",
        "\u{202E}", "\u{2066}", "\u{2068}", "\u{2069}", "\u{2060}", "\u{FEFF}", "\u{00AD}",
    ] {
        let hidden = format!("ال{part}بجعة السو{part}داء nvi{part}dia");
        assert_eq!(forms(&hidden), forms("البجعة السوداء nvidia"), "{part:?}");
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
    ask_on_a_small_stack(&all);
    for chunk in all.chars().collect::<Vec<_>>().chunks(500) {
        ask_on_a_small_stack(chunk.iter().collect::<String>());
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
        laws::question::holds(&message);
    }

    #[test]
    fn so_is_any_mixture_of_words_that_the_article_may_know(
        message in r#"((ما|ليش|البجعة|السوداء|سهم|nvidia|NVDA|why|مسك|特斯拉|英伟达|为什么|وكيل|10%|DeepSeek|el|leh|\(|"|\*|\n|👍|ـ|\u{202E}|\u{064B}) ?){0,40}"#
    ) {
        laws::question::holds(&message);
    }
}

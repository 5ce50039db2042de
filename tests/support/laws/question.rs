//! A question, whatever it says, is answered with places of an article or not at all.

use std::collections::HashSet;
use std::sync::LazyLock;

use iqtibas::analysis::Language;
use iqtibas::answer::{MAX_QUOTES, Verdict};
use iqtibas::library::Context;
use iqtibas::passage::MAX_CHARS;
use iqtibas::question;
use iqtibas::render::{self, MAX_UNITS};
use iqtibas::text::{char_len, utf16_len};

use super::{LIBRARIES, on_a_small_stack};

/// Asks from a thread as small as the bot's.
pub(crate) fn holds(message: &str) {
    LazyLock::force(&LIBRARIES); // building them is no member's doing
    on_a_small_stack(|| ask(message));
}

/// Asks both libraries, alone and as a reply to a text.
fn ask(message: &str) {
    for library in LIBRARIES.iter() {
        let question = library.question(message);
        let distinct: HashSet<&String> = question.tokens().iter().map(|it| &it.form).collect();
        assert!(char_len(question.text()) <= question::MAX_CHARS);
        assert!(distinct.len() <= question::MAX_TERMS);
        for text in [None, Some(message)] {
            let context = Context {
                text,
                ..Context::default()
            };
            let answer = library.answer(&question, context);
            let answer = answer.expect("the segments can be read");
            assert!(answer.quotes.len() <= MAX_QUOTES);
            assert_eq!(answer.quotes.is_empty(), answer.verdict == Verdict::None);
            for (at, quote) in answer.quotes.iter().enumerate() {
                let place = quote.span();
                let text = quote.article().text();
                assert_eq!(text.get(place.range()), Some(quote.text()));
                assert!(!quote.text().trim().is_empty());
                assert!(char_len(quote.text()) <= MAX_CHARS);
                assert!((0.0..=1.0).contains(&quote.score()), "{}", quote.score());
                for matched in quote.matched() {
                    assert!(place.start() <= matched.start() && matched.end() <= place.end());
                    assert!(text.get(matched.range()).is_some());
                }
                for other in &answer.quotes[..at] {
                    assert_ne!(other.text(), quote.text());
                    let apart =
                        other.span().end() <= place.start() || place.end() <= other.span().start();
                    assert!(apart || other.article().id() != quote.article().id());
                }
            }
            for language in Language::ALL {
                let body = serde_json::to_value(render::answer(&answer, language)).expect("JSON");
                let shown = body["text"].as_str().expect("a message has a text");
                assert!(!shown.is_empty() && utf16_len(shown) <= MAX_UNITS);
            }
        }
    }
}

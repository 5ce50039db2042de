//! The talk of loud groups in `tests/data/chatter*.jsonl`, put to the bot message by message as if an
//! administrator had let it answer the unaddressed.

use std::collections::BTreeMap;
use std::path::Path;

use iqtibas::bot::{Event, unaddressed};
use iqtibas::library::{Context, Library};
use serde::Deserialize;
use serde_json::json;

/// Of the first set the rules were chosen by the even lines, and mended by the second. The third was
/// written after that and changed nothing.
const SETS: [(&str, &str); 3] = [
    ("first", include_str!("../data/chatter.jsonl")),
    ("second", include_str!("../data/chatter-second.jsonl")),
    ("third", include_str!("../data/chatter-third.jsonl")),
];

#[derive(Deserialize)]
struct Row {
    lang: String,
    kind: String,
    text: String,
}

/// What was counted.
#[derive(Default)]
pub(crate) struct Tally {
    /// Messages that ask nothing of the article, and how many of them the bot answered.
    pub(crate) others: usize,
    pub(crate) interrupted: usize,
    /// Questions that the article answers, and how many of them the bot answered.
    pub(crate) questions: usize,
    pub(crate) answered: usize,
}

impl Tally {
    /// False interruptions per 1,000 messages.
    #[allow(clippy::cast_precision_loss)] // counts of messages
    pub(crate) fn rate(&self) -> f64 {
        1000.0 * self.interrupted as f64 / self.others.max(1) as f64
    }
}

/// Counts by set and language, where `all` is every one.
pub(crate) fn measure(segments: &Path) -> BTreeMap<(&'static str, String), Tally> {
    let index = Path::new(env!("CARGO_MANIFEST_DIR")).join("index");
    let library = Library::open(&index, segments).expect("the project's library opens");
    let mut tallies: BTreeMap<(&str, String), Tally> = BTreeMap::new();
    for (set, messages) in SETS {
        for (line, row) in (1..).zip(messages.lines()) {
            let row: Row = serde_json::from_str(row).expect("a message a line");
            let speaks = usize::from(speaks_up(&row.text, &library));
            let half = (set == "first" && line % 2 == 1).then_some("first, unseen half");
            for set in [set, "all"].into_iter().chain(half) {
                for lang in [row.lang.as_str(), "all"] {
                    let tally = tallies.entry((set, lang.to_owned())).or_default();
                    if row.kind == "question_article" {
                        tally.questions += 1;
                        tally.answered += speaks;
                    } else {
                        tally.others += 1;
                        tally.interrupted += speaks;
                    }
                }
            }
        }
    }
    tallies
}

/// Whether the bot answers this message of a group.
fn speaks_up(text: &str, library: &Library) -> bool {
    let update = json!({"message": {
        "message_id": 7, "chat": {"id": -1, "type": "supergroup"}, "from": {"id": 5}, "text": text,
    }});
    let Event::Message(message) = Event::read(&update) else {
        return false;
    };
    let answer = || library.answer(&library.question(text), Context::default());
    unaddressed::is_question(&message)
        && unaddressed::is_clear(&answer().expect("the library can be read"))
}

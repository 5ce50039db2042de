//! How good the answers are: the figures of a question set.
//!
//! A set is a file of one JSON object a line: `id`, `lang`, `kind` (answerable, unanswerable,
//! chitchat; others are passed over), `question`, and `gold`, substrings of the article of which a
//! right quote contains one. A quote of over 600 characters is wrong whatever it contains.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::answer::{Answer, Verdict};
use crate::passage::MAX_CHARS;
use crate::text::char_len;

/// A question with what is right.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// Its name in the set.
    pub id: String,
    /// The language it counts under.
    pub lang: String,
    /// What it is.
    pub kind: Kind,
    /// What is asked.
    pub question: String,
    /// Substrings of right quotes; any of them will do.
    #[serde(default)]
    pub gold: Vec<String>,
}

/// What a question of a set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // each says itself
pub enum Kind {
    Answerable,
    Unanswerable,
    Chitchat,
    #[serde(other)]
    Other,
}

impl Case {
    /// Whether `quote` is right.
    #[must_use]
    pub fn accepts(&self, quote: &str) -> bool {
        char_len(quote) <= MAX_CHARS && self.gold.iter().any(|gold| quote.contains(gold))
    }
}

/// Counts of one language, or of all.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    answerable: f64,
    hit1: f64,
    hit3: f64,
    answered: f64,
    right: f64,
    unanswerable: f64,
    false_answers: f64,
    chitchat: f64,
    quiet: f64,
    quoted: f64,
    chars: f64,
}

/// The figures of a set, by language and over all.
#[derive(Debug, Default)]
pub struct Figures {
    by_language: BTreeMap<String, Counts>,
    all: Counts,
}

impl Figures {
    /// Adds one answer.
    pub fn add(&mut self, case: &Case, answer: &Answer<'_>) {
        if case.kind == Kind::Other {
            return;
        }
        let one = Counts::of(case, answer);
        self.by_language
            .entry(case.lang.clone())
            .or_default()
            .add(&one);
        self.all.add(&one);
    }

    /// A figure over all, by the name of its column.
    #[must_use]
    pub fn overall(&self, column: &str) -> Option<f64> {
        self.all
            .columns()
            .into_iter()
            .find(|(name, _)| *name == column)
            .map(|(_, value)| value)
    }
}

impl Counts {
    fn of(case: &Case, answer: &Answer<'_>) -> Self {
        let flag = |yes: bool| f64::from(u8::from(yes));
        let said = answer.verdict == Verdict::Answer;
        let mut hits = answer
            .quotes
            .iter()
            .take(3)
            .map(|quote| case.accepts(quote.text()));
        let first = hits.next().unwrap_or_default();
        let any = first || hits.any(|hit| hit);
        let mut counts = Self::default();
        if let Some(quote) = answer.quotes.first() {
            counts.quoted = 1.0;
            #[allow(clippy::cast_precision_loss)] // a passage's length
            let chars = char_len(quote.text()) as f64;
            counts.chars = chars;
        }
        match case.kind {
            Kind::Answerable => {
                counts.answerable = 1.0;
                counts.hit1 = flag(first);
                counts.hit3 = flag(any);
                counts.answered = flag(said);
                counts.right = flag(said && first);
            }
            Kind::Unanswerable => {
                counts.unanswerable = 1.0;
                counts.false_answers = flag(said);
            }
            Kind::Chitchat | Kind::Other => {
                counts.chitchat = 1.0;
                counts.quiet = flag(answer.verdict == Verdict::None);
            }
        }
        counts
    }

    fn add(&mut self, other: &Self) {
        self.answerable += other.answerable;
        self.hit1 += other.hit1;
        self.hit3 += other.hit3;
        self.answered += other.answered;
        self.right += other.right;
        self.unanswerable += other.unanswerable;
        self.false_answers += other.false_answers;
        self.chitchat += other.chitchat;
        self.quiet += other.quiet;
        self.quoted += other.quoted;
        self.chars += other.chars;
    }

    fn columns(&self) -> [(&'static str, f64); 10] {
        let all = self.answerable + self.unanswerable + self.chitchat;
        [
            ("questions", all),
            ("hit@1", self.hit1 / self.answerable),
            ("hit@3", self.hit3 / self.answerable),
            ("answered", self.answered / self.answerable),
            ("right", self.right / self.answerable),
            ("precision", self.right / self.answered),
            ("false", self.false_answers / self.unanswerable),
            ("quiet", self.quiet / self.chitchat),
            ("chars", self.chars / self.quoted),
            (
                "useful",
                (self.right + self.unanswerable - self.false_answers + self.quiet) / all,
            ),
        ]
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lang ")?;
        for (name, _) in self.all.columns() {
            write!(f, "{name:>11}")?;
        }
        for (language, counts) in self
            .by_language
            .iter()
            .map(|(l, c)| (l.as_str(), c))
            .chain([("all", &self.all)])
        {
            write!(f, "\n{language:<5}")?;
            for (name, value) in counts.columns() {
                let decimals = if matches!(name, "questions" | "chars") {
                    0
                } else {
                    3
                };
                write!(f, "{value:11.decimals$}")?;
            }
        }
        Ok(())
    }
}

//! What is remembered of an answer, so that it can be read on, follow an edit of its question, be
//! pointed to, and be the context of a reply: places in the article and ids, never a text.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::{Note, NoteId};
use super::event::MessageId;
use super::memory::{Memory, recall};
use crate::analysis::Language;
use crate::answer::{Answer, Quote, Verdict};
use crate::library::Library;
use crate::wording;

/// How long an answer is remembered.
const LASTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Among how many of a chat's last answers the one to a question is looked for.
const RECENT: usize = 100;

/// What is claimed of an answer's quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Claim {
    /// They answer.
    Answers,
    /// They may.
    Nearest,
    /// The article is silent; this is what comes nearest.
    Silent,
    /// They follow in the article what was quoted before.
    GoesOn,
    /// They are read by subject, in the article's order; a menu of subjects has none.
    Reads,
}

impl Claim {
    pub(super) fn of(answer: &Answer<'_>) -> Self {
        match answer.verdict {
            Verdict::Answer => Self::Answers,
            Verdict::Nearest if !answer.is_silent() => Self::Nearest,
            Verdict::Nearest | Verdict::None => Self::Silent,
        }
    }

    pub(super) fn framing(self, language: Language) -> &'static str {
        match self {
            Self::Answers | Self::Reads => wording::from_the_article(language),
            Self::Nearest => wording::nearest(language),
            Self::Silent => wording::silent(language),
            Self::GoesOn => wording::goes_on(language),
        }
    }
}

/// A quote, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    article: u64,
    passage: usize,
    span: (usize, usize),
    #[serde(default)]
    matched: Vec<(usize, usize)>,
}

impl Place {
    pub(super) fn of(quote: &Quote<'_>) -> Self {
        let range = |span: crate::text::Span| (span.start(), span.end());
        Self {
            article: quote.article().fingerprint(),
            passage: quote.number(),
            span: range(quote.span()),
            matched: quote.matched().iter().copied().map(range).collect(),
        }
    }

    /// The quote again; none where the article has changed since.
    pub(super) fn quote<'l>(&self, library: &'l Library) -> Option<Quote<'l>> {
        let matched: Vec<_> = self.matched.iter().map(|(from, to)| *from..*to).collect();
        let place = self.span.0..self.span.1;
        library.quote(self.article, self.passage, place, &matched)
    }

    fn is_same(&self, other: &Self) -> bool {
        (self.article, self.span) == (other.article, other.span)
    }
}

/// Which quote is read, and how far around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its rank among the quotes.
    pub which: usize,
    /// How many passages before it.
    pub before: usize,
    /// How many after it.
    pub after: usize,
}

/// What is remembered of one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The message answered.
    pub question: i64,
    /// Who asked.
    pub asker: Option<i64>,
    /// What the question's text was, as a number that says nothing without it.
    pub print: u64,
    /// The language of the answer.
    pub language: Language,
    /// The topic.
    pub topic: Option<i64>,
    /// When it was answered, in milliseconds since 1970.
    pub at: i64,
    /// What is claimed of the quotes.
    pub claim: Claim,
    /// All quotes that were found, best first.
    pub places: Vec<Place>,
    /// How many of them the answer shows.
    pub shown: usize,
    /// What is shown now; none: the answer as it was given.
    pub view: Option<View>,
}

impl Answered {
    /// Whether both show the same quotes.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let shown = |it: &Self| it.places.get(..it.shown).unwrap_or_default().to_vec();
        let (one, two) = (shown(self), shown(other));
        !one.is_empty()
            && one.len() == two.len()
            && one.iter().zip(&two).all(|(one, two)| one.is_same(two))
    }

    /// The note that keeps it, of the message that shows it. Until that is sent, its id is unknown.
    pub(super) fn note(&self, chat: i64, message: MessageId) -> Note {
        Note {
            id: id_of(chat, message),
            member: self.asker,
            value: json!(self),
            lasts: Some(LASTS),
        }
    }

    /// The note that leads from these quotes to the message that shows them, for as long as that is
    /// not to be done again; none where there are none.
    pub(super) fn pointer(&self, chat: i64) -> Option<Note> {
        let shown = self.places.get(..self.shown).filter(|it| !it.is_empty())?;
        let mut hasher = DefaultHasher::new();
        self.topic.hash(&mut hasher);
        for place in shown {
            (place.article, place.span).hash(&mut hasher);
        }
        Some(Note {
            id: NoteId {
                kind: SHOWN.to_owned(),
                chat,
                key: hasher.finish().cast_signed(),
            },
            member: None,
            value: json!(null),
            lasts: Some(AGAIN),
        })
    }

    /// What is remembered of a message of the bot.
    pub(super) fn recall(memory: &dyn Memory, chat: i64, message: MessageId) -> Option<Self> {
        let id = id_of(chat, message);
        recall(memory, &id.kind, chat, id.key)
    }

    /// The answer to a message, and the message that shows it, whoever sees that.
    pub(super) fn to(memory: &dyn Memory, chat: i64, question: i64) -> Option<(MessageId, Self)> {
        let last = |kind, id: fn(i64) -> MessageId| {
            let notes = memory.notes(kind, chat, RECENT).into_iter();
            notes.filter_map(move |(key, value)| {
                Some((id(key), serde_json::from_value::<Self>(value).ok()?))
            })
        };
        last(OPEN, MessageId::Open)
            .chain(last(WHISPER, MessageId::Whisper))
            .find(|(_, answered)| answered.question == question)
    }
}

/// Within what time the same quotes are not shown again.
pub(super) const AGAIN: Duration = Duration::from_secs(10 * 60);
/// The kind of the notes on answers that everybody sees; their key is the message.
const OPEN: &str = "answer";
/// The kind of those that one member sees.
const WHISPER: &str = "whisper";

/// The kind of the notes on what was shown lately; their key is a number for the quotes, their value
/// the message.
const SHOWN: &str = "shown";

pub(super) fn id_of(chat: i64, message: MessageId) -> NoteId {
    let (kind, key) = match message {
        MessageId::Open(id) => (OPEN, id),
        MessageId::Whisper(id) => (WHISPER, id),
    };
    NoteId {
        kind: kind.to_owned(),
        chat,
        key,
    }
}

/// A text as a number: enough to see whether it has changed. The chat and the message go into it,
/// so that equal texts elsewhere have other numbers.
pub(super) fn print(chat: i64, message: i64, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (chat, message, text).hash(&mut hasher);
    hasher.finish()
}

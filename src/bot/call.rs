//! What an update leads to: calls of the Bot API, and notes to be kept. Data: the edge makes the
//! calls and keeps the notes, and what must happen together is kept together.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::analysis::Language;
use crate::answer::Verdict;
use crate::render::OutgoingMessage;

/// How long Telegram waits for the answer to a tap, or to a message that only the bot sees.
const AT_ONCE: Duration = Duration::from_secs(15);

/// The most different names that an object of numbers takes when another is added to it.
const MOST_NAMES: usize = 500;

/// One thing to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Call the Bot API.
    Call(Call),
    /// Keep a note, in place of the one with the same kind, chat and key.
    Keep(Note),
    /// Add the numbers in a note to those of the one with the same kind, chat and key; see
    /// [`Note::add`].
    Add(Note),
    /// Forget a note.
    Drop(NoteId),
    /// The group has become a supergroup: what was kept of it, and what is to be sent to it, moves.
    Move {
        /// The group.
        from: i64,
        /// The supergroup.
        to: i64,
    },
    /// Forget a chat: the bot is no longer in it.
    Purge(i64),
    /// Forget a member, in all chats.
    Forget(i64),
    /// Count a question for the figures.
    Count {
        /// How it was answered.
        verdict: Verdict,
        /// In which language.
        language: Language,
    },
}

/// One call of a Bot API method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The method's name, as Telegram spells it.
    pub method: String,
    /// Its parameters.
    pub body: Map<String, Value>,
    /// How long after the update came it still makes sense, where that is short: an answer to a tap,
    /// to an inline query or to a guest. It is tried within that time only, and never after a restart.
    pub within: Option<Duration>,
    /// What to keep once it has succeeded. The note's key becomes the id of the message sent: its
    /// `ephemeral_message_id` where one member alone sees it, else its `message_id`.
    pub note: Option<Note>,
    /// A second one, by which that message is found: its value becomes the message's id.
    #[serde(default)]
    pub pointer: Option<Box<Note>>,
    /// What to call instead, once, where Telegram refuses this one for good.
    #[serde(default)]
    pub fallback: Option<Box<Call>>,
}

/// Which note.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NoteId {
    /// What it is about: `answer`, `settings` …
    pub kind: String,
    /// The chat it belongs to; it goes when the chat goes, and moves when the chat moves, unless it
    /// lasts for minutes only.
    pub chat: i64,
    /// Which one of its kind in that chat: a message, a topic, a member.
    pub key: i64,
}

/// The kinds of notes of which those of a chat can be listed.
const LISTED: [&str; 4] = ["answer", "whisper", "unanswered", "library"];

/// Whether [`Memory::notes`](super::Memory::notes) lists the notes of a kind.
#[must_use]
pub fn is_listed(kind: &str) -> bool {
    LISTED.contains(&kind)
}

/// Something to be remembered about a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Which one.
    pub id: NoteId,
    /// Whom it is about. It goes when the member asks to be forgotten.
    pub member: Option<i64>,
    /// What is noted.
    pub value: Value,
    /// How long it is kept; without end where there is none.
    pub lasts: Option<Duration>,
}

impl Note {
    /// Adds the numbers in `more`, however deep, to those of the same names here. None becomes
    /// negative; an object takes 500 and no more.
    pub fn add(&mut self, more: &Value) {
        add(&mut self.value, more);
    }
}

/// Adds the numbers in `more` to `sum`, as [`Note::add`] says.
pub(super) fn add(sum: &mut Value, more: &Value) {
    let Value::Object(more) = more else {
        let number = |it: &Value| it.as_i64().unwrap_or_default();
        *sum = number(sum).saturating_add(number(more)).max(0).into();
        return;
    };
    if !sum.is_object() {
        *sum = json!({});
    }
    let Value::Object(sum) = sum else { return };
    for (name, more) in more {
        if sum.len() < MOST_NAMES || sum.contains_key(name) {
            add(sum.entry(name).or_insert(Value::Null), more);
        }
    }
}

impl Call {
    /// A call that is made whenever it can be.
    ///
    /// # Panics
    /// Where the parameters are no JSON object.
    #[must_use]
    pub fn new(method: &str, parameters: Value) -> Self {
        let Value::Object(body) = parameters else {
            panic!("{method}: parameters are an object");
        };
        Self {
            method: method.to_owned(),
            body,
            within: None,
            note: None,
            pointer: None,
            fallback: None,
        }
    }

    /// With a note that is kept once it has succeeded.
    #[must_use]
    pub fn noting(self, note: Note) -> Self {
        Self {
            note: Some(note),
            ..self
        }
    }

    /// With a note whose value becomes the id of the message sent.
    #[must_use]
    pub fn found_by(self, pointer: Option<Note>) -> Self {
        let pointer = pointer.map(Box::new);
        Self { pointer, ..self }
    }

    /// What is to be kept now that it has made this message.
    pub fn kept(&self, message: i64) -> impl Iterator<Item = Note> {
        let note = self.note.clone().map(|mut note| {
            note.id.key = message;
            note
        });
        let pointer = self.pointer.as_deref().cloned().map(|pointer| Note {
            value: message.into(),
            ..pointer
        });
        note.into_iter().chain(pointer)
    }

    /// With another call in its place where this one is refused.
    #[must_use]
    pub fn or(self, fallback: Self) -> Self {
        Self {
            fallback: Some(Box::new(fallback)),
            ..self
        }
    }

    /// Only while somebody waits for it.
    #[must_use]
    pub fn at_once(self) -> Self {
        Self {
            within: Some(AT_ONCE),
            ..self
        }
    }

    /// Whether it is not worth being kept: it makes sense at once or not at all. Where something can
    /// be called in its place, that is owed, and so the whole is kept.
    #[must_use]
    pub fn is_fleeting(&self) -> bool {
        self.within.is_some() && self.fallback.is_none()
    }

    /// A message to be sent.
    #[must_use]
    pub fn send(message: &OutgoingMessage) -> Self {
        Self::new("sendMessage", json!(message))
    }

    /// The chat it is made in, where it is made in one.
    #[must_use]
    pub fn chat(&self) -> Option<i64> {
        self.body.get("chat_id").and_then(Value::as_i64)
    }

    /// The same for the supergroup that its group has become, where messages have other ids.
    #[must_use]
    pub fn moved_to(mut self, chat: i64) -> Self {
        self.body.insert("chat_id".to_owned(), chat.into());
        self.body.remove("message_thread_id");
        self.body.remove("reply_parameters");
        for note in self.note.iter_mut().chain(self.pointer.as_deref_mut()) {
            note.id.chat = chat;
        }
        self.fallback = self.fallback.map(|call| Box::new(call.moved_to(chat)));
        self
    }

    /// The same without its topic: the message it replies to says where it belongs. `None` where it
    /// names no topic, or replies to nothing and would land in the general one.
    #[must_use]
    pub fn without_topic(mut self) -> Option<Self> {
        let replies = self.body.contains_key("reply_parameters");
        self.body.remove("message_thread_id").filter(|_| replies)?;
        Some(self)
    }
}

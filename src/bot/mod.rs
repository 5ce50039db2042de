//! When to speak, to whom, about what: from an update to actions, and from an action to a message.
//! No network, no clock, nothing remembered.
//!
//! [`Event::read`] makes an event of a raw update, [`decide`] says what to do about it, [`respond()`]
//! puts it into words. In a direct message everything written is a question; in a group only what
//! is addressed to the bot is.

mod address;
mod call;
mod event;
mod membership;
mod respond;

pub use call::{Call, Effect, Note, NoteId};
pub use event::{ChatKind, Entity, EntityKind, Event, Message, Referred, chat_of};
pub use membership::Membership;
pub use respond::{respond, trouble};

use crate::analysis::Language;
use crate::render::Destination;
use crate::wording::Command;
use address::Address;

/// Telegram itself, in whose name a channel's posts come into its discussion group.
const TELEGRAM: i64 = 777_000;

/// Who the bot is, as Telegram knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// Its user id.
    pub id: i64,
    /// Its name, without `@`.
    pub username: String,
}

/// What an operator can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The language in which the bot speaks of itself to those whose own it does not speak.
    pub language: Language,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::Arabic,
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look a question up and answer it.
    Answer {
        /// Where the answer goes.
        to: Destination,
        /// Whether in a direct message or a group.
        chat: ChatKind,
        /// What is asked.
        question: String,
        /// What the question refers to: the message it replies to, or a part of it.
        context: Option<String>,
        /// The asker's language, should the question be in none.
        language: Language,
    },
    /// Say something of the bot's own.
    Say {
        /// Where it goes.
        to: Destination,
        /// What to say.
        what: Saying,
        /// In which language.
        language: Language,
    },
}

/// What the bot can say of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// The first words of a conversation.
    Start,
    /// How to ask.
    Help,
    /// What the articles are.
    Article,
    /// What is kept of a user.
    Privacy,
    /// That a member is forgotten.
    Forgotten,
    /// That there is too much to be answered.
    TooMuch,
    /// That there was too much to be answered, and it has become too old.
    TooLate,
    /// How to use a command that came without a question.
    Usage,
    /// That a voice message is not understood.
    TextOnly,
}

impl Action {
    /// The same, with something else to be said.
    #[must_use]
    pub fn saying(self, what: Saying) -> Self {
        let (Self::Answer { to, language, .. } | Self::Say { to, language, .. }) = self;
        Self::Say { to, what, language }
    }
}

/// What to do about an event. One message leads to one action at most.
#[must_use]
pub fn decide(event: &Event, me: &Me, settings: &Settings) -> Vec<Action> {
    match event {
        Event::Message(message) if !left_alone(message, me) => {
            heed(message, me, settings).into_iter().collect()
        }
        Event::Message(_) | Event::Other => Vec::new(),
    }
}

/// Whether nobody asks here: other bots, the channel's posts, what came through the bot itself.
/// An anonymous administrator writes under a bot's name, and so does who writes as a channel.
fn left_alone(message: &Message, me: &Me) -> bool {
    message.automatic_forward
        || message.author == Some(TELEGRAM)
        || message.author_is_bot && message.sender_chat.is_none()
        || message.via_bot == Some(me.id)
}

fn heed(message: &Message, me: &Me, settings: &Settings) -> Option<Action> {
    use ChatKind::{Group, Private};
    let (address, rest) = address::read(message, me);
    let what = match (address, message.chat_kind) {
        (Address::Command(Command::Start), Private) => Saying::Start,
        (Address::Command(Command::Help), _) | (Address::UnknownCommand, Private) => Saying::Help,
        (Address::Command(Command::Article), _) => Saying::Article,
        (Address::Command(Command::Privacy), _) => Saying::Privacy,
        (Address::Command(Command::Forget), _) => Saying::Forgotten,
        (Address::Nobody, Private) if message.spoken && rest.is_empty() => Saying::TextOnly,
        (Address::Command(Command::Start) | Address::UnknownCommand, Group) => return None,
        (Address::Nobody, _) if rest.is_empty() => return None,
        (Address::Nobody, Group) if !replies_to(message, me) => return None,
        (Address::Command(Command::Ask) | Address::Mention | Address::Nobody, _) => {
            return Some(ask(message, rest, me, settings));
        }
    };
    Some(say(message, what, settings))
}

fn replies_to(message: &Message, me: &Me) -> bool {
    let reply = message.reply.as_ref();
    reply.is_some_and(|reply| reply.author == Some(me.id))
}

/// A question: what was written, or else what the message refers to. The bot's own words are never
/// a question, but a part of them that somebody selected is.
fn ask(message: &Message, written: String, me: &Me, settings: &Settings) -> Action {
    let selected = message.selected.clone();
    let reply = message.reply.as_ref();
    // "@bot ?" below a message asks about that message.
    let refers = selected.is_some() || reply.is_some_and(|reply| reply.author != Some(me.id));
    let wordless = !written.chars().any(char::is_alphanumeric);
    if !(written.is_empty() || wordless && refers) {
        let replied = reply.map(|reply| reply.text.clone());
        return answer(message, written, selected.or(replied), settings);
    }
    let theirs = reply.filter(|reply| reply.author != Some(me.id));
    match selected.or_else(|| theirs.map(|reply| reply.text.clone())) {
        Some(text) if !text.trim().is_empty() => answer(message, text, None, settings),
        _ => say(message, Saying::Usage, settings),
    }
}

fn answer(
    message: &Message,
    question: String,
    context: Option<String>,
    settings: &Settings,
) -> Action {
    Action::Answer {
        to: destination(message),
        chat: message.chat_kind,
        question,
        context: context.filter(|text| !text.trim().is_empty()),
        language: language(message, settings),
    }
}

fn say(message: &Message, what: Saying, settings: &Settings) -> Action {
    Action::Say {
        to: destination(message),
        what,
        language: language(message, settings),
    }
}

/// The language of the author's Telegram, where the bot speaks it.
fn language(message: &Message, settings: &Settings) -> Language {
    let own = message.language.as_deref().and_then(Language::from_code);
    own.unwrap_or(settings.language)
}

/// A reply to the message, in its topic. Who deletes a question in a group withdraws it.
fn destination(message: &Message) -> Destination {
    Destination {
        chat: message.chat,
        topic: message.topic,
        reply_to: message.id,
        even_if_gone: message.chat_kind == ChatKind::Private,
    }
}

#[cfg(test)]
mod tests;

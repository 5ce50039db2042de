//! Whom a message addresses: the bot by a command or by its name, somebody else, or nobody; and
//! what remains of the text without the address.
//!
//! Telegram marks commands and mentions; where it marks nothing (some clients and bridges), they
//! are read from the text by Telegram's own rules.

use super::Me;
use super::event::{Entity, EntityKind, Message};
use crate::text::Span;
use crate::wording::Command;

/// Whom a message addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// The bot, by a command.
    Command(Command),
    /// The bot, by a command of the articles' guides.
    Subject(String),
    /// A command that the bot does not know or that is another bot's.
    UnknownCommand,
    /// The bot, by its name.
    Mention,
    /// Nobody in particular.
    Nobody,
}

/// Reads the address, and what is left of the text.
pub(super) fn read(message: &Message, me: &Me) -> (Address, String) {
    let text = message.text.as_str();
    let marks = if message.entities.is_empty() {
        marks(text)
    } else {
        message.entities.clone()
    };
    let of_me = |mark: &&Entity| match mark.kind {
        EntityKind::Mention => is_name(mark.span.of(text).strip_prefix('@'), me),
        EntityKind::TextMention(id) => id == me.id,
        EntityKind::Command | EntityKind::Other => false,
    };
    let mentions: Vec<Span> = marks.iter().filter(of_me).map(|mark| mark.span).collect();
    let opening = marks
        .iter()
        .find(|mark| mark.kind == EntityKind::Command && opens(text, &mentions, mark.span));
    let Some(command) = opening.map(|mark| mark.span) else {
        let address = if mentions.is_empty() {
            Address::Nobody
        } else {
            Address::Mention
        };
        return (address, without(text, &mentions));
    };
    let (name, to) = match command.of(text).split_once('@') {
        Some((name, to)) => (name, Some(to)),
        None => (command.of(text), None),
    };
    let ours = to.is_none() || is_name(to, me);
    let name = name.strip_prefix('/').filter(|_| ours).unwrap_or_default();
    let of_guide = || {
        let mut commands = me.topics.iter().filter_map(|topic| topic.command.as_ref());
        commands.find(|own| own.eq_ignore_ascii_case(name))
    };
    let whom = Command::from_name(name)
        .map(Address::Command)
        .or_else(|| of_guide().map(|own| Address::Subject(own.clone())));
    let mut address: Vec<Span> = mentions;
    address.push(command);
    address.sort();
    (
        whom.unwrap_or(Address::UnknownCommand),
        without(text, &address),
    )
}

fn is_name(name: Option<&str>, me: &Me) -> bool {
    name.is_some_and(|name| name.eq_ignore_ascii_case(&me.username))
}

/// Whether nothing but the bot's name stands before `mark`.
fn opens(text: &str, mentions: &[Span], mark: Span) -> bool {
    let before: Vec<Span> = mentions
        .iter()
        .copied()
        .filter(|m| m.end() <= mark.start())
        .collect();
    without(text.get(..mark.start()).unwrap_or_default(), &before).is_empty()
}

/// `text` without `spans` (in order), and without the comma or colon that followed the address.
fn without(text: &str, spans: &[Span]) -> String {
    let mut parts = Vec::new();
    let mut at = 0;
    for span in spans {
        parts.push(text.get(at..span.start()).unwrap_or_default().trim());
        at = span.end();
    }
    parts.push(text.get(at..).unwrap_or_default().trim());
    parts.retain(|part| !part.is_empty());
    let rest = parts.join(" ");
    if spans.is_empty() {
        return rest;
    }
    rest.trim_start_matches(|c: char| c.is_whitespace() || ",،:：，;؛-".contains(c))
        .to_owned()
}

/// Commands and mentions as Telegram would mark them: a sign, a name in ASCII letters, digits and
/// underscores, and no letter on either side.
fn marks(text: &str) -> Vec<Entity> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut marks: Vec<Entity> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
        let free = before.is_none_or(|c: char| !is_word(c) && c != '/' && c != '@');
        let inside = marks.last().is_some_and(|last| at < last.span.end());
        before = Some(c);
        let kind = match c {
            '/' => EntityKind::Command,
            '@' => EntityKind::Mention,
            _ => continue,
        };
        let name = name_len(rest);
        let suffix = rest
            .get(name..)
            .and_then(|rest| rest.strip_prefix('@'))
            .map_or(0, name_len);
        let length = match kind {
            EntityKind::Command if suffix > 0 => name + 1 + suffix,
            _ => name,
        };
        let after = rest.get(length..).and_then(|rest| rest.chars().next());
        if free && !inside && name > 0 && !after.is_some_and(|c| is_word(c) || c == '/') {
            let span = Span::new(text, at..at + 1 + length).expect("signs and names are ASCII");
            marks.push(Entity { kind, span });
        }
    }
    marks
}

fn name_len(text: &str) -> usize {
    text.bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count()
}

//! What happened, read from a raw update.
//!
//! Every field is looked up on its own in the JSON, so that a field or a kind that is new to us
//! never costs one that is known: Telegram adds some every month.

use serde_json::Value;

use crate::text::Span;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody wrote a message in a direct message or a group.
    Message(Box<Message>),
    /// Anything that the bot does not act on.
    Other,
}

/// Where a message was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// In a direct message.
    Private,
    /// In a group or supergroup.
    Group,
}

/// A message, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id in the chat.
    pub id: i64,
    /// The chat's id.
    pub chat: i64,
    /// Where it was written.
    pub chat_kind: ChatKind,
    /// The topic, in a chat with topics.
    pub topic: Option<i64>,
    /// Who wrote it.
    pub author: Option<i64>,
    /// Whether that is a bot.
    pub author_is_bot: bool,
    /// The language of the author's Telegram.
    pub language: Option<String>,
    /// The chat in whose name it was written.
    pub sender_chat: Option<i64>,
    /// Whether it is a channel's post, forwarded into the discussion group by Telegram.
    pub automatic_forward: bool,
    /// The inline bot that it came through.
    pub via_bot: Option<i64>,
    /// The text or the caption.
    pub text: String,
    /// What is marked in it.
    pub entities: Vec<Entity>,
    /// Whether it is a voice or a video message.
    pub spoken: bool,
    /// The message that it replies to.
    pub reply: Option<Referred>,
    /// The part of that message that was selected.
    pub selected: Option<String>,
}

/// A message that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referred {
    /// Who wrote it.
    pub author: Option<i64>,
    /// Its text or caption.
    pub text: String,
}

/// A marked part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Where it is.
    pub span: Span,
}

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityKind {
    /// `/command`, `/command@bot`.
    Command,
    /// `@name`.
    Mention,
    /// A user without such a name, mentioned.
    TextMention(i64),
    /// Anything else.
    Other,
}

/// The chat that an update belongs to, so that what happens in it is served in order.
#[must_use]
pub fn chat_of(update: &Value) -> Option<i64> {
    int(update.get("message")?.get("chat")?, "id")
}

impl Event {
    /// Reads an update as Telegram sends it.
    #[must_use]
    pub fn read(update: &Value) -> Self {
        update
            .get("message")
            .and_then(Message::read)
            .map_or(Self::Other, |message| Self::Message(Box::new(message)))
    }
}

impl Message {
    fn read(message: &Value) -> Option<Self> {
        let chat = message.get("chat")?;
        let from = message.get("from").unwrap_or(&Value::Null);
        let (text, entities) = written(message);
        Some(Self {
            id: int(message, "message_id")?,
            chat: int(chat, "id")?,
            chat_kind: match str(chat, "type")? {
                "private" => ChatKind::Private,
                "group" | "supergroup" => ChatKind::Group,
                _ => return None,
            },
            topic: int(message, "message_thread_id").filter(|_| flag(message, "is_topic_message")),
            author: int(from, "id"),
            author_is_bot: flag(from, "is_bot"),
            language: str(from, "language_code").map(str::to_owned),
            sender_chat: message.get("sender_chat").and_then(|chat| int(chat, "id")),
            automatic_forward: flag(message, "is_automatic_forward"),
            via_bot: message.get("via_bot").and_then(|bot| int(bot, "id")),
            entities: entities.iter().map(|e| Entity::read(e, text)).collect(),
            text: text.to_owned(),
            spoken: ["voice", "video_note", "audio"]
                .iter()
                .any(|kind| message.get(kind).is_some()),
            reply: message.get("reply_to_message").and_then(Referred::read),
            selected: message
                .get("quote")
                .and_then(|quote| str(quote, "text"))
                .map(str::to_owned),
        })
    }
}

impl Referred {
    /// In a topic every message that replies to none replies to the topic's beginning: no reply.
    fn read(message: &Value) -> Option<Self> {
        message.get("forum_topic_created").is_none().then(|| Self {
            author: message.get("from").and_then(|from| int(from, "id")),
            text: written(message).0.to_owned(),
        })
    }
}

impl Entity {
    /// An entity that lies outside the text or inside a character covers nothing.
    fn read(entity: &Value, text: &str) -> Self {
        let units = |key| {
            entity
                .get(key)
                .and_then(Value::as_u64)
                .and_then(|n| usize::try_from(n).ok())
        };
        let span = units("offset")
            .zip(units("length"))
            .and_then(|(offset, length)| Span::of_utf16(text, offset, length));
        let kind = match str(entity, "type") {
            Some("bot_command") => EntityKind::Command,
            Some("mention") => EntityKind::Mention,
            Some("text_mention") => entity
                .get("user")
                .and_then(|user| int(user, "id"))
                .map_or(EntityKind::Other, EntityKind::TextMention),
            _ => EntityKind::Other,
        };
        match (span, Span::new(text, 0..0)) {
            (Some(span), _) => Self { kind, span },
            (None, nowhere) => Self {
                kind: EntityKind::Other,
                span: nowhere.expect("every text has a beginning"),
            },
        }
    }
}

/// What was written, as a text or under a picture, and what is marked in it.
fn written(message: &Value) -> (&str, &[Value]) {
    let entities = |key| {
        message
            .get(key)
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice)
    };
    match str(message, "text") {
        Some(text) => (text, entities("entities")),
        None => (
            str(message, "caption").unwrap_or_default(),
            entities("caption_entities"),
        ),
    }
}

fn int(value: &Value, key: &str) -> Option<i64> {
    value.get(key).and_then(Value::as_i64)
}

fn str<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool) == Some(true)
}

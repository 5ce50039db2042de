//! What happened, read from a raw update.
//!
//! Every field is looked up on its own in the JSON, so that a field or a kind that is new to us
//! never costs one that is known: Telegram adds some every month.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::text::Span;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody wrote a message in a direct message or a group.
    Message(Box<Message>),
    /// A message was changed, perhaps not its text.
    Edited(Box<Message>),
    /// Somebody tapped a button below one of the bot's messages.
    Tap(Box<Tap>),
    /// The same below a message that was inserted into a chat through the bot.
    TapElsewhere(Box<TapElsewhere>),
    /// Somebody types the bot's name and perhaps some words in any chat.
    Inline(Box<InlineQuery>),
    /// The bot was called into a chat where it is no member.
    Guest(Box<GuestCall>),
    /// The bot itself was added to a chat, given other rights there, or thrown out.
    Standing(Box<Standing>),
    /// A group has become a supergroup.
    Moved {
        /// The group.
        from: i64,
        /// The supergroup.
        to: i64,
    },
    /// What lies in the library's folder was refused, for this reason: no update of Telegram's.
    Refused(String),
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

/// Which of a chat's messages. Those that one member alone sees are numbered apart from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageId {
    /// One that everybody sees.
    Open(i64),
    /// One that one member sees.
    Whisper(i64),
}

/// A button tapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tap {
    /// What Telegram waits to have answered.
    pub query: String,
    /// The chat of the message.
    pub chat: i64,
    /// Whether that is a direct message or a group.
    pub chat_kind: ChatKind,
    /// The message below which the button stands.
    pub message: MessageId,
    /// Who tapped: always a user, also where an administrator is anonymous.
    pub user: i64,
    /// The language of the user's Telegram.
    pub language: Option<String>,
    /// What the button holds, or what somebody's app pretends that it holds.
    pub data: String,
}

/// A button tapped below a message that was inserted into a chat through the bot. Which chat that is
/// nobody says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TapElsewhere {
    /// What Telegram waits to have answered.
    pub query: String,
    /// The message below which the button stands.
    pub message: String,
    /// The language of the user's Telegram.
    pub language: Option<String>,
    /// What the button holds, or what somebody's app pretends that it holds.
    pub data: String,
}

/// What somebody types after the bot's name, in any chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineQuery {
    /// What Telegram waits to have answered.
    pub query: String,
    /// Who types.
    pub user: Option<i64>,
    /// Whether in the direct message with the bot. Which other chat it is nobody says.
    pub here: bool,
    /// The words.
    pub words: String,
    /// From where on the list is wanted, as the bot said it; nothing at first.
    pub offset: String,
    /// The language of the user's Telegram.
    pub language: Option<String>,
}

/// A message that calls the bot into a chat where it is no member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestCall {
    /// What Telegram waits to have answered.
    pub query: String,
    /// The message. Its chat may have the id of one that the bot knows: it says nothing.
    pub message: Message,
}

/// Where the bot stands in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The chat.
    pub chat: i64,
    /// What it is; none for a channel.
    pub chat_kind: Option<ChatKind>,
    /// The language of the one who changed it.
    pub language: Option<String>,
    /// Where it stood before.
    pub before: Rank,
    /// Where it stands now.
    pub now: Rank,
}

/// What the bot is in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// Not in it.
    Outside,
    /// A member that may not write.
    Mute,
    /// A member.
    Member,
    /// An administrator, who sees all that is said.
    Admin,
}

/// A message, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id in the chat.
    pub id: i64,
    /// Its number among those that only the bot sees, where it is one of them; `id` is then 0.
    pub whisper: Option<i64>,
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
    /// Whose words it brings.
    pub origin: Origin,
    /// The inline bot that it came through.
    pub via_bot: Option<i64>,
    /// The text or the caption.
    pub text: String,
    /// What is marked in it.
    pub entities: Vec<Entity>,
    /// Whether it is a voice or a video message.
    pub spoken: bool,
    /// The file that it brings.
    pub document: Option<Document>,
    /// The message that it replies to.
    pub reply: Option<Referred>,
    /// The part of that message that was selected.
    pub selected: Option<String>,
}

/// A file that a message brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Under what Telegram has it.
    pub file: String,
    /// What its sender's machine calls it.
    pub name: String,
    /// Its size in bytes, where Telegram says it.
    pub size: Option<u64>,
}

/// Whose words a message brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Its author's, written here.
    Author,
    /// Somebody's, forwarded by its author.
    Elsewhere,
    /// A channel's, forwarded into the discussion group by Telegram.
    Channel,
}

/// A message that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referred {
    /// Its id in the chat.
    pub id: i64,
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

/// The kinds of updates that are read, as Telegram names them.
pub const KINDS: [&str; 6] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "inline_query",
    "guest_message",
];

/// How the update is called that says that a library was refused.
const REFUSED: &str = "library_refused";

impl Event {
    /// An update that reads as [`Event::Refused`]; each `id` is one of its own.
    #[must_use]
    pub fn refused(id: i64, wrong: &str) -> Value {
        json!({ "update_id": id, REFUSED: wrong })
    }

    /// Reads an update as Telegram sends it.
    #[must_use]
    pub fn read(update: &Value) -> Self {
        let of = |kind| update.get(kind);
        let message = || {
            let message = of("message")?;
            moved(message).or_else(|| Some(Self::Message(Box::new(Message::read(message)?))))
        };
        let edited = || {
            Some(Self::Edited(Box::new(Message::read(of(
                "edited_message",
            )?)?)))
        };
        let tap = || {
            let query = of("callback_query")?;
            let here = Tap::read(query).map(|tap| Self::Tap(Box::new(tap)));
            here.or_else(|| Some(Self::TapElsewhere(Box::new(TapElsewhere::read(query)?))))
        };
        let inline = || {
            let query = InlineQuery::read(of("inline_query")?)?;
            Some(Self::Inline(Box::new(query)))
        };
        let guest = || {
            let call = GuestCall::read(of("guest_message")?)?;
            Some(Self::Guest(Box::new(call)))
        };
        let standing = || {
            Some(Self::Standing(Box::new(Standing::read(of(
                "my_chat_member",
            )?)?)))
        };
        let refused = || {
            let wrong = of(REFUSED)?.as_str()?;
            Some(Self::Refused(wrong.to_owned()))
        };
        message()
            .or_else(refused)
            .or_else(edited)
            .or_else(tap)
            .or_else(inline)
            .or_else(guest)
            .or_else(standing)
            .unwrap_or(Self::Other)
    }
}

/// Both chats say that a group has moved; each knows the other.
fn moved(message: &Value) -> Option<Event> {
    let here = int(message.get("chat")?, "id")?;
    let there = |key| int(message, key);
    match (there("migrate_to_chat_id"), there("migrate_from_chat_id")) {
        (Some(to), _) => Some(Event::Moved { from: here, to }),
        (None, Some(from)) => Some(Event::Moved { from, to: here }),
        (None, None) => None,
    }
}

fn chat_kind(chat: &Value) -> Option<ChatKind> {
    match str(chat, "type")? {
        "private" => Some(ChatKind::Private),
        "group" | "supergroup" => Some(ChatKind::Group),
        _ => None,
    }
}

impl Tap {
    fn read(query: &Value) -> Option<Self> {
        let (message, from) = (query.get("message")?, query.get("from")?);
        let chat = message.get("chat")?;
        Some(Self {
            query: str(query, "id")?.to_owned(),
            chat: int(chat, "id")?,
            chat_kind: chat_kind(chat)?,
            message: match int(message, "ephemeral_message_id") {
                Some(id) => MessageId::Whisper(id),
                None => MessageId::Open(int(message, "message_id")?),
            },
            user: int(from, "id")?,
            language: language_of(query),
            data: str(query, "data").unwrap_or_default().to_owned(),
        })
    }
}

impl TapElsewhere {
    fn read(query: &Value) -> Option<Self> {
        Some(Self {
            query: str(query, "id")?.to_owned(),
            message: str(query, "inline_message_id")?.to_owned(),
            language: language_of(query),
            data: str(query, "data").unwrap_or_default().to_owned(),
        })
    }
}

impl InlineQuery {
    fn read(query: &Value) -> Option<Self> {
        Some(Self {
            query: str(query, "id")?.to_owned(),
            user: query.get("from").and_then(|from| int(from, "id")),
            here: str(query, "chat_type") == Some("sender"),
            words: str(query, "query")?.to_owned(),
            offset: str(query, "offset").unwrap_or_default().to_owned(),
            language: language_of(query),
        })
    }
}

impl GuestCall {
    fn read(message: &Value) -> Option<Self> {
        Some(Self {
            query: str(message, "guest_query_id")?.to_owned(),
            message: Message::read(message)?,
        })
    }
}

/// The language of the Telegram of whoever did something.
fn language_of(what: &Value) -> Option<String> {
    str(what.get("from")?, "language_code").map(str::to_owned)
}

impl Standing {
    fn read(change: &Value) -> Option<Self> {
        let chat = change.get("chat")?;
        Some(Self {
            chat: int(chat, "id")?,
            chat_kind: chat_kind(chat),
            language: language_of(change),
            before: Rank::read(change.get("old_chat_member")?),
            now: Rank::read(change.get("new_chat_member")?),
        })
    }
}

impl Rank {
    fn read(member: &Value) -> Self {
        match str(member, "status") {
            Some("left" | "kicked") | None => Self::Outside,
            Some("restricted") if !flag(member, "is_member") => Self::Outside,
            Some("restricted") if !flag(member, "can_send_messages") => Self::Mute,
            Some(_) if is_admin(member) => Self::Admin,
            Some(_) => Self::Member,
        }
    }
}

/// Whether a `ChatMember` object is that of an administrator.
#[must_use]
pub fn is_admin(member: &Value) -> bool {
    matches!(str(member, "status"), Some("creator" | "administrator"))
}

impl Message {
    fn read(message: &Value) -> Option<Self> {
        let chat = message.get("chat")?;
        let from = message.get("from").unwrap_or(&Value::Null);
        let (text, entities) = written(message);
        Some(Self {
            id: int(message, "message_id")?,
            whisper: int(message, "ephemeral_message_id"),
            chat: int(chat, "id")?,
            chat_kind: chat_kind(chat)?,
            topic: int(message, "message_thread_id").filter(|_| flag(message, "is_topic_message")),
            author: int(from, "id"),
            author_is_bot: flag(from, "is_bot"),
            language: language_of(message),
            sender_chat: message.get("sender_chat").and_then(|chat| int(chat, "id")),
            origin: match message.get("forward_origin") {
                _ if flag(message, "is_automatic_forward") => Origin::Channel,
                Some(_) => Origin::Elsewhere,
                None => Origin::Author,
            },
            via_bot: message.get("via_bot").and_then(|bot| int(bot, "id")),
            entities: entities.iter().map(|e| Entity::read(e, text)).collect(),
            text: text.to_owned(),
            spoken: ["voice", "video_note", "audio"]
                .iter()
                .any(|kind| message.get(kind).is_some()),
            document: message.get("document").and_then(Document::read),
            reply: message.get("reply_to_message").and_then(Referred::read),
            selected: message
                .get("quote")
                .and_then(|quote| str(quote, "text"))
                .map(str::to_owned),
        })
    }
}

impl Document {
    fn read(document: &Value) -> Option<Self> {
        Some(Self {
            file: str(document, "file_id")?.to_owned(),
            name: str(document, "file_name").unwrap_or_default().to_owned(),
            size: document.get("file_size").and_then(Value::as_u64),
        })
    }
}

impl Referred {
    /// In a topic every message that replies to none replies to the topic's beginning: no reply.
    fn read(message: &Value) -> Option<Self> {
        message.get("forum_topic_created").is_none().then(|| Self {
            id: int(message, "message_id").unwrap_or_default(),
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

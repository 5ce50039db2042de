//! A message that somebody is about to send: who and what, and all that can be attached. It becomes
//! the update that Telegram would make of it.

#![allow(
    clippy::must_use_candidate,
    reason = "what is sent is sent for its effect; the message is often not needed"
)]

use std::sync::Arc;

use serde_json::{Value, json};

use super::chat::Chat;
use super::entities::found_in;
use super::message::Message;
use super::person::Person;
use super::room::{Kind, Standing};
use super::world::World;
use crate::text::utf16_len;

/// The account in whose name Telegram shows anonymous administrators.
const ANONYMOUS: i64 = 1_087_968_824;
/// Telegram's own account, which brings a channel's posts to its discussion group.
const TELEGRAM: i64 = 777_000;

/// A message not yet sent; [`Draft::send`] sends it.
#[must_use = "a draft says nothing until it is sent"]
pub struct Draft {
    chat: Chat,
    author: Author,
    reply_to: Option<i64>,
    quote: Option<String>,
    whispered: bool,
    fields: Value,
}

enum Author {
    Person(Value),
    Channel,
}

impl Draft {
    pub(super) fn by(chat: &Chat, person: &Person) -> Self {
        Self::new(chat, Author::Person(person.json()))
    }

    pub(super) fn post(chat: &Chat) -> Self {
        Self::new(chat, Author::Channel)
    }

    fn new(chat: &Chat, author: Author) -> Self {
        Self {
            chat: chat.clone(),
            author,
            reply_to: None,
            quote: None,
            whispered: false,
            fields: json!({}),
        }
    }

    /// With this text; its commands, mentions, hashtags and links are found as Telegram finds them.
    pub fn text(self, text: &str) -> Self {
        self.field("text", text.into())
            .field("entities", found_in(text).into())
    }

    /// With these entities instead of those that are found.
    pub fn entities(self, entities: Value) -> Self {
        self.field("entities", entities)
    }

    /// In reply to a message of the chat.
    pub fn reply_to(mut self, message: &Message) -> Self {
        self.reply_to = Some(message.id());
        self
    }

    /// With a fragment of the message replied to, selected by hand.
    pub fn quote(mut self, fragment: &str) -> Self {
        self.quote = Some(fragment.to_owned());
        self
    }

    /// In reply to a message of another chat.
    pub fn reply_elsewhere(self, author: &Person, quote: &str) -> Self {
        let origin = json!({ "type": "user", "date": World::now(), "sender_user": author.json() });
        self.field("external_reply", json!({ "origin": origin }))
            .field(
                "quote",
                json!({ "text": quote, "position": 0, "is_manual": true }),
            )
    }

    /// Forwarded from somebody.
    pub fn forwarded_from(self, author: &Person) -> Self {
        let origin = json!({ "type": "user", "date": World::now(), "sender_user": author.json() });
        self.field("forward_origin", origin)
    }

    /// Sent through a bot's inline results; none for the bot under test.
    pub fn via(self, bot: Option<&Person>) -> Self {
        let bot = bot.map_or_else(|| self.chat.sandbox().hall.look(World::bot), Person::json);
        self.field("via_bot", bot)
    }

    /// With a file of this name.
    pub fn document(self, name: &str, content: &[u8]) -> Self {
        let hall = Arc::clone(&self.chat.sandbox().hall);
        let document = hall.change(|world| world.store(name, content));
        self.field("document", document)
    }

    /// An ephemeral message, which only the bot gets.
    pub fn whispered(mut self) -> Self {
        self.whispered = true;
        self
    }

    /// With any field of `Message`; the last word on that field.
    pub fn field(mut self, name: &str, value: Value) -> Self {
        self.fields[name] = value;
        self
    }

    /// Sends it.
    pub fn send(self) -> Message {
        let chat = self.chat.clone();
        chat.sandbox().hall.change(|world| self.send_in(world))
    }

    fn send_in(mut self, world: &mut World) -> Message {
        if self.fields["entities"]
            .as_array()
            .is_some_and(Vec::is_empty)
        {
            self.fields
                .as_object_mut()
                .and_then(|fields| fields.remove("entities"));
        }
        let mut message = json!({ "message_id": 0, "date": World::now() });
        let channel = self.sign(world, &mut message);
        let room = world.room_mut(self.chat.id());
        message["chat"] = room.json();
        room.place(&mut message, self.chat.thread(), self.reply_to);
        if let Some(quote) = self.quote {
            let source = message["reply_to_message"]["text"]
                .as_str()
                .unwrap_or_default();
            let position = source
                .find(&quote)
                .map_or(0, |at| utf16_len(source.get(..at).unwrap_or_default()));
            message["quote"] = json!({ "text": quote, "position": position, "is_manual": true });
        }
        if let (Some(message), Value::Object(fields)) = (message.as_object_mut(), self.fields) {
            message.extend(channel);
            message.extend(fields);
        }
        let message = if self.whispered {
            room.whisper(message)
        } else {
            room.keep(message)
        };
        world.show("message", &message);
        Message::new(message)
    }

    /// Sets who speaks, and lets newcomers in.
    fn sign(&self, world: &mut World, message: &mut Value) -> Option<(String, Value)> {
        let bot = world.bot_id();
        let room = world.room(self.chat.id());
        let Author::Person(person) = &self.author else {
            let channel = room.linked.map(|id| world.room(id).json());
            message["from"] = json!({ "id": TELEGRAM, "is_bot": false, "first_name": "Telegram" });
            message["is_automatic_forward"] = true.into();
            message["forward_origin"] = json!({
                "type": "channel", "date": World::now(), "chat": channel, "message_id": room.last_message + 100,
            });
            return channel.map(|channel| ("sender_chat".to_owned(), channel));
        };
        let user = person["id"].as_i64().unwrap_or_default();
        if room.standing(user) == Standing::Anonymous {
            message["from"] = json!({
                "id": ANONYMOUS, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot",
            });
            return Some(("sender_chat".to_owned(), room.json()));
        }
        message["from"] = person.clone();
        let newcomer = !room.standing(user).is_inside();
        let room = world.room_mut(self.chat.id());
        if newcomer {
            room.members.insert(user, Standing::Member);
        }
        if room.kind == Kind::Private && room.standing(bot) == Standing::Left {
            room.members.insert(bot, Standing::Member);
        }
        None
    }
}

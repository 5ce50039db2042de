//! Somebody with an account: what they do alone with the bot.

#![allow(
    clippy::must_use_candidate,
    reason = "what is done is done for its effect; its outcome is often not needed"
)]

use serde_json::{Value, json};

use super::Sandbox;
use super::chat::Chat;
use super::message::Message;
use super::query::Query;
use super::room::{Kind, Room, Standing};
use super::world::{Asked, World};

/// A person, or another bot.
#[derive(Clone)]
pub struct Person {
    sandbox: Sandbox,
    id: i64,
}

impl Person {
    pub(super) fn new(sandbox: &Sandbox, name: &str, is_bot: bool) -> Self {
        let id = sandbox.hall.change(|world| {
            let id = world.fresh_id();
            let mut person = json!({ "id": id, "is_bot": is_bot, "first_name": name });
            if is_bot {
                person["username"] = format!("other_{id}_bot").into();
            }
            world.people.insert(id, person);
            world.rooms.insert(id, Room::new(id, Kind::Private, name));
            id
        });
        Self {
            sandbox: sandbox.clone(),
            id,
        }
    }

    /// The same person with an app in this language (`language_code`).
    #[must_use]
    pub fn speaking(self, language: &str) -> Self {
        self.with("language_code", language)
    }

    /// The same person with this username.
    #[must_use]
    pub fn named(self, username: &str) -> Self {
        self.sandbox
            .hall
            .change(|world| world.room_mut(self.id).username = Some(username.to_owned()));
        self.with("username", username)
    }

    fn with(self, field: &str, value: &str) -> Self {
        self.sandbox.hall.change(|world| {
            if let Some(person) = world.people.get_mut(&self.id) {
                person[field] = value.into();
            }
        });
        self
    }

    /// Their user id, which is also the id of their private chat.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Their `User` object.
    #[must_use]
    pub fn json(&self) -> Value {
        self.sandbox.hall.look(|world| world.person(self.id))
    }

    /// Their private chat with the bot.
    #[must_use]
    pub fn chat(&self) -> Chat {
        Chat::new(&self.sandbox, self.id)
    }

    /// Writes to the bot in private.
    pub fn writes(&self, text: &str) -> Message {
        self.chat().says(self, text)
    }

    /// Sends the bot a file in private.
    pub fn sends(&self, name: &str, content: &[u8]) -> Message {
        self.chat().draft(self).document(name, content).send()
    }

    /// The bot's next message to them in private.
    ///
    /// # Panics
    /// Where there is none while patience lasts.
    pub async fn hears(&self) -> Message {
        self.chat().hears().await
    }

    /// Sees that the bot writes nothing in private.
    ///
    /// # Panics
    /// Where it does.
    pub async fn hears_nothing(&self) {
        self.chat().stays_quiet().await;
    }

    /// Blocks the bot.
    pub fn blocks(&self) {
        self.puts_bot(Standing::Kicked);
    }

    /// Lets the bot write again.
    pub fn unblocks(&self) {
        self.puts_bot(Standing::Member);
    }

    fn puts_bot(&self, standing: Standing) {
        let by = self.json();
        self.sandbox
            .hall
            .change(|world| world.set_standing(self.id, world.bot_id(), standing, &by));
    }

    /// Types `@iqtibas_bot` and this text in some chat, for inline results from `offset` on.
    pub fn asks_inline(&self, text: &str, offset: &str) -> Query {
        self.asks_inline_in("supergroup", text, offset)
    }

    /// The same in a chat of this `chat_type`; the direct message with the bot is `sender`.
    pub fn asks_inline_in(&self, chat_type: &str, text: &str, offset: &str) -> Query {
        let query = Query::open(&self.sandbox, Asked::Inline);
        let content = json!({
            "id": query.id(), "from": self.json(), "query": text, "offset": offset, "chat_type": chat_type,
        });
        self.sandbox
            .hall
            .change(|world| world.deliver("inline_query", content));
        query
    }

    /// Takes one of the results of an inline query.
    pub fn chooses(&self, result: &str, text: &str) {
        let content = json!({ "result_id": result, "from": self.json(), "query": text });
        self.sandbox
            .hall
            .change(|world| world.deliver("chosen_inline_result", content));
    }

    /// Calls the bot into a chat where it is not, perhaps below another's message. The chat has the
    /// id of nobody's chat here, though at Telegram it may be anybody's.
    pub fn calls_as_guest(&self, text: &str, below: Option<(&Person, &str)>) -> Query {
        let query = Query::open(&self.sandbox, Asked::Guest);
        let from = self.json();
        let reply = below.map(|(author, words)| (author.json(), words));
        self.sandbox.hall.change(|world| {
            let room = Room::new(-1_000_000_000_000 - world.fresh_id(), Kind::Supergroup, "Somewhere else");
            let mut message = json!({
                "message_id": 12, "date": World::now(), "chat": room.json(), "from": from,
                "guest_query_id": query.id(), "text": text, "entities": super::entities::found_in(text),
            });
            if let Some((author, words)) = reply {
                message["reply_to_message"] = json!({
                    "message_id": 11, "date": World::now(), "chat": room.json(), "from": author, "text": words,
                });
            }
            world.deliver("guest_message", message);
        });
        query
    }
}

//! The whole state of the sandbox in one plain value: people, chats, the queue of updates, open
//! queries, what the bot did and what it was told. Its methods are the sandbox; the server only
//! carries them.

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::fault::Order;
use super::files::Stored;
use super::refusal::Refusal;
use super::request::Request;
use super::room::{Kind, Room, Standing, without_reply};
use super::updates::Updates;
use super::{Options, entities};

/// Something that the bot did, in the order in which it did it.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// It sent a message.
    Posted(Arc<Value>),
    /// It changed a message.
    Edited(Arc<Value>),
    /// It took a message away.
    Deleted {
        /// The chat.
        chat: i64,
        /// The message.
        message: i64,
    },
    /// It showed that it is at work.
    Acted {
        /// The chat.
        chat: i64,
        /// `typing` and the like.
        action: String,
    },
    /// It answered a callback, inline or guest query; with the parameters of the answer.
    Answered {
        /// The query.
        query: String,
        /// All that was sent.
        params: Value,
    },
    /// It left a chat.
    Left(i64),
}

/// What kind of question waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Callback,
    Inline,
    Guest,
}

pub(super) struct World {
    pub(super) options: Options,
    pub(super) people: BTreeMap<i64, Value>,
    pub(super) rooms: BTreeMap<i64, Room>,
    pub(super) updates: Updates,
    /// Queries that may still be answered.
    pub(super) open: BTreeMap<String, Asked>,
    /// Menus by scope and language, and descriptions by field and language.
    pub(super) commands: BTreeMap<(String, String), Value>,
    pub(super) descriptions: BTreeMap<(&'static str, String), String>,
    pub(super) files: Vec<Stored>,
    pub(super) requests: Vec<Request>,
    pub(super) deeds: Vec<Deed>,
    pub(super) orders: Vec<Order>,
    /// Up to which deed people have heard, by chat and topic, and have seen edits, by message.
    pub(super) heard: BTreeMap<(i64, Option<i64>), usize>,
    pub(super) seen: BTreeMap<(i64, i64), usize>,
    last_id: i64,
}

impl World {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            people: BTreeMap::new(),
            rooms: BTreeMap::new(),
            updates: Updates::default(),
            open: BTreeMap::new(),
            commands: BTreeMap::new(),
            descriptions: BTreeMap::new(),
            files: Vec::new(),
            requests: Vec::new(),
            deeds: Vec::new(),
            orders: Vec::new(),
            heard: BTreeMap::new(),
            seen: BTreeMap::new(),
            // Ids beyond 32 bits, as many people's are today.
            last_id: 7_000_000_000,
        }
    }

    /// A number that nobody has yet.
    pub(super) fn fresh_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn bot_id(&self) -> i64 {
        self.options
            .token
            .split(':')
            .next()
            .and_then(|id| id.parse().ok())
            .unwrap_or(1)
    }

    /// Hands over what the bot called and did, and keeps only the newest messages.
    pub(super) fn forget(&mut self) -> (Vec<Request>, Vec<Deed>) {
        self.heard.clear();
        self.seen.clear();
        self.rooms.values_mut().for_each(Room::forget);
        (take(&mut self.requests), take(&mut self.deeds))
    }

    /// The bot as others see it.
    pub(super) fn bot(&self) -> Value {
        json!({ "id": self.bot_id(), "is_bot": true, "first_name": "Iqtibas", "username": self.options.username })
    }

    pub(super) fn now() -> i64 {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    /// The chat of that id, which the sandbox itself has made.
    pub(super) fn room(&self, chat: i64) -> &Room {
        self.rooms
            .get(&chat)
            .expect("a chat's handle is made together with the chat")
    }

    /// As [`World::room`], to be changed.
    pub(super) fn room_mut(&mut self, chat: i64) -> &mut Room {
        self.rooms
            .get_mut(&chat)
            .expect("a chat's handle is made together with the chat")
    }

    pub(super) fn add_room(&mut self, kind: Kind, title: &str) -> i64 {
        let number = self.fresh_id();
        let id = match kind {
            Kind::Private | Kind::Group => -number,
            Kind::Supergroup | Kind::Channel => -1_000_000_000_000 - number,
        };
        self.rooms.insert(id, Room::new(id, kind, title));
        id
    }

    /// The chat a request names, by number or by username.
    pub(super) fn room_of(&mut self, request: &Request) -> Result<&mut Room, Refusal> {
        let given = request
            .get("chat_id")
            .ok_or_else(|| Refusal::bad("chat_id is empty"))?;
        let username = given.as_str().and_then(|name| name.strip_prefix('@'));
        let room = match username {
            Some(name) => self.rooms.values_mut().find(|room| {
                let known = room.username.as_ref();
                known.is_some_and(|known| known.eq_ignore_ascii_case(name))
            }),
            None => request
                .integer("chat_id")
                .and_then(|chat| self.rooms.get_mut(&chat)),
        };
        room.ok_or_else(|| Refusal::bad("chat not found"))
    }

    /// Puts an update into the bot's queue, where the bot wants that kind.
    pub(super) fn deliver(&mut self, kind: &str, content: Value) {
        let mut update = json!({});
        update[kind] = content;
        if self.updates.wants(kind) {
            self.updates.push(update);
        }
    }

    /// Delivers a message, where the bot may see it.
    pub(super) fn show(&mut self, kind: &str, message: &Value) {
        if self.is_seen(message) {
            self.deliver(kind, message.clone());
        }
    }

    /// What the bot is given to see: everything in private, as an administrator and without privacy
    /// mode; else commands to it or to nobody, replies to it, mentions of it, what came through it,
    /// and service messages. Nothing where it is not, and nothing of its own.
    fn is_seen(&self, message: &Value) -> bool {
        let bot = self.bot_id();
        let room = message["chat"]["id"]
            .as_i64()
            .and_then(|chat| self.rooms.get(&chat));
        let Some(room) = room.filter(|room| room.standing(bot).is_inside()) else {
            return false;
        };
        if message["from"]["id"] == bot {
            return false;
        }
        if self.options.reads_all || room.kind == Kind::Private || room.standing(bot).is_admin() {
            return true;
        }
        let Some(text) = message["text"].as_str() else {
            return true;
        };
        message["reply_to_message"]["from"]["id"] == bot
            || message["via_bot"]["id"] == bot
            || message["entities"]
                .as_array()
                .is_some_and(|all| all.iter().any(|entity| self.is_called(text, entity)))
    }

    fn is_called(&self, text: &str, entity: &Value) -> bool {
        let covered = entities::covered(text, entity).unwrap_or_default();
        let named = covered
            .split_once('@')
            .map(|(_, name)| name.eq_ignore_ascii_case(&self.options.username));
        match entity["type"].as_str() {
            Some("bot_command") => named.unwrap_or(true),
            Some("mention") => named == Some(true),
            Some("text_mention") => entity["user"]["id"] == self.bot_id(),
            _ => false,
        }
    }

    /// Gives somebody another standing, and tells the bot where it is the one.
    pub(super) fn set_standing(&mut self, chat: i64, user: i64, standing: Standing, by: &Value) {
        let bot = self.bot();
        let member = if user == self.bot_id() {
            bot.clone()
        } else {
            self.person(user)
        };
        let room = self.room_mut(chat);
        let before = room.members.insert(user, standing).unwrap_or_default();
        if before == standing {
            return;
        }
        let change = json!({
            "chat": room.json(), "from": by, "date": Self::now(),
            "old_chat_member": before.json(&member), "new_chat_member": standing.json(&member),
        });
        if user == self.bot_id() {
            self.deliver("my_chat_member", change);
        } else if self.room(chat).standing(self.bot_id()).is_admin() {
            self.deliver("chat_member", change);
        }
    }

    pub(super) fn person(&self, id: i64) -> Value {
        self.people
            .get(&id)
            .cloned()
            .unwrap_or_else(|| json!({ "id": id, "is_bot": false, "first_name": "?" }))
    }

    /// Opens a query that the bot may answer once.
    pub(super) fn open_query(&mut self, kind: Asked) -> String {
        let id = self.fresh_id().to_string();
        self.open.insert(id.clone(), kind);
        id
    }

    /// What changed in `message` as people see it: its text and its keyboard.
    pub(super) fn shown(message: &Value) -> Value {
        let mut shown = without_reply(message);
        if let Some(fields) = shown.as_object_mut() {
            fields.retain(|name, _| {
                matches!(
                    name.as_str(),
                    "text" | "entities" | "rich_message" | "reply_markup" | "link_preview_options"
                )
            });
        }
        shown
    }
}

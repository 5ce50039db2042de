//! Somebody who watches the whole sandbox: all there is to see at first, then what changes. A page
//! that shows the chats lives on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::Sandbox;
use super::request::Request;
use super::room::{Kind, Room};
use super::world::{Deed, World};

/// Something to be seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// A chat that is new or has changed: the `Chat` object with `members` and `topics`.
    Chat(Value),
    /// A message that is new or has changed.
    Message(Value),
    /// A message that only one member sees.
    Whisper(Value),
    /// A message is gone.
    Gone {
        /// Its chat.
        chat: i64,
        /// Its number.
        message: i64,
    },
    /// The bot shows that it is at work.
    Acted {
        /// In which chat.
        chat: i64,
    },
    /// The bot called a method; `at` is in milliseconds of Unix time.
    Request {
        /// The method.
        method: String,
        /// Its parameters.
        params: Value,
        /// When it came.
        at: u64,
    },
}

/// Gets every sight once, in order.
pub struct Watcher {
    sandbox: Sandbox,
    bell: watch::Receiver<()>,
    chats: BTreeMap<i64, Value>,
    messages: BTreeMap<(i64, i64), Arc<Value>>,
    deeds: usize,
    requests: usize,
}

impl Sandbox {
    /// Begins to watch; the first look shows all there is.
    #[must_use]
    pub fn watcher(&self) -> Watcher {
        let mut bell = self.hall.listen();
        bell.mark_changed();
        Watcher {
            sandbox: self.clone(),
            bell,
            chats: BTreeMap::new(),
            messages: BTreeMap::new(),
            deeds: 0,
            requests: 0,
        }
    }
}

impl Watcher {
    /// Waits until there is something new to see.
    pub async fn next(&mut self) -> Vec<Sight> {
        loop {
            // The hall, which holds the bell, lives as long as the handle.
            let _ = self.bell.changed().await;
            let sandbox = self.sandbox.clone();
            let sights = sandbox.hall.look(|world| self.look(world));
            if !sights.is_empty() {
                return sights;
            }
        }
    }

    fn look(&mut self, world: &World) -> Vec<Sight> {
        let mut sights = Vec::new();
        for (id, room) in &world.rooms {
            let chat = described(world, room);
            if self.chats.get(id) != Some(&chat) {
                self.chats.insert(*id, chat.clone());
                sights.push(Sight::Chat(chat));
            }
            for (number, message) in &room.messages {
                let key = (*id, *number);
                let seen = self.messages.get(&key);
                if !seen.is_some_and(|seen| Arc::ptr_eq(seen, message)) {
                    self.messages.insert(key, Arc::clone(message));
                    sights.push(Sight::Message(Value::clone(message)));
                }
            }
        }
        let there = |(chat, message): &(i64, i64)| {
            let room = world.rooms.get(chat);
            room.is_some_and(|room| room.messages.contains_key(message))
        };
        self.messages.retain(|key, _| {
            let stays = there(key);
            if !stays {
                let (chat, message) = *key;
                sights.push(Sight::Gone { chat, message });
            }
            stays
        });
        let deeds = world.deeds.iter().skip(self.deeds);
        sights.extend(deeds.filter_map(|deed| match deed {
            Deed::Posted(message) | Deed::Edited(message)
                if message.get("ephemeral_message_id").is_some() =>
            {
                Some(Sight::Whisper(Value::clone(message)))
            }
            Deed::Acted { chat, .. } => Some(Sight::Acted { chat: *chat }),
            _ => None,
        }));
        self.deeds = world.deeds.len();
        let requests = world.requests.iter().skip(self.requests);
        sights.extend(
            requests
                .filter(|request| !request.method.eq_ignore_ascii_case("getUpdates"))
                .map(called),
        );
        self.requests = world.requests.len();
        sights
    }
}

fn called(request: &Request) -> Sight {
    let since = request.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    Sight::Request {
        method: request.method.clone(),
        params: request.params.clone(),
        at: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
    }
}

/// A chat with those who are in it and its topics by name.
fn described(world: &World, room: &Room) -> Value {
    let mut chat = room.json();
    chat["members"] = room
        .members
        .iter()
        .map(|(user, standing)| json!({ "id": user, "admin": standing.is_admin(), "inside": standing.is_inside() }))
        .collect();
    chat["topics"] = room
        .topics
        .keys()
        .map(|topic| {
            let opened = room.messages.get(topic);
            json!({ "id": topic, "name": opened.map(|it| it["forum_topic_created"]["name"].clone()) })
        })
        .collect();
    if room.kind != Kind::Private {
        chat["reads_all"] = world.options.reads_all.into();
    }
    chat
}

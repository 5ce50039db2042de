//! A chat in which people and the bot talk: what people do there, and what they hear of the bot.

#![allow(
    clippy::must_use_candidate,
    reason = "what is said is said for its effect; the message is often not needed"
)]

use std::sync::Arc;

use serde_json::{Value, json};

use super::Sandbox;
use super::draft::Draft;
use super::message::Message;
use super::person::Person;
use super::query::Query;
use super::world::{Asked, Deed, World};

/// A chat, or one topic of a forum; cheap to clone.
#[derive(Clone)]
pub struct Chat {
    pub(super) sandbox: Sandbox,
    pub(super) id: i64,
    pub(super) thread: Option<i64>,
}

impl Chat {
    pub(super) fn new(sandbox: &Sandbox, id: i64) -> Self {
        Self {
            sandbox: sandbox.clone(),
            id,
            thread: None,
        }
    }

    pub(super) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The topic, where it is one.
    #[must_use]
    pub fn thread(&self) -> Option<i64> {
        self.thread
    }

    /// Its `Chat` object.
    #[must_use]
    pub fn json(&self) -> Value {
        self.sandbox.hall.look(|world| world.room(self.id).json())
    }

    /// Begins a message; for whatever [`Chat::says`] and [`Chat::replies`] do not cover.
    pub fn draft(&self, person: &Person) -> Draft {
        Draft::by(self, person)
    }

    /// Somebody says something.
    pub fn says(&self, person: &Person, text: &str) -> Message {
        self.draft(person).text(text).send()
    }

    /// Somebody replies to a message.
    pub fn replies(&self, person: &Person, to: &Message, text: &str) -> Message {
        self.draft(person).text(text).reply_to(to).send()
    }

    /// Somebody selects a fragment of a message and replies to that.
    pub fn replies_to_fragment(
        &self,
        person: &Person,
        to: &Message,
        fragment: &str,
        text: &str,
    ) -> Message {
        self.draft(person)
            .text(text)
            .reply_to(to)
            .quote(fragment)
            .send()
    }

    /// The channel's next post arrives in its discussion group.
    pub fn gets_post(&self, text: &str) -> Message {
        Draft::post(self).text(text).send()
    }

    /// Somebody changes the text of a message.
    pub fn edits(&self, message: &Message, text: &str) -> Message {
        self.changes(message, |json| {
            json["text"] = text.into();
            json["entities"] = super::entities::found_in(text).into();
        })
    }

    /// A message changes, but not its text: Telegram reports that as an edit, too.
    pub fn touches(&self, message: &Message) -> Message {
        self.changes(message, |json| {
            json["link_preview_options"] = json!({ "is_disabled": true });
        })
    }

    fn changes(&self, message: &Message, change: impl FnOnce(&mut Value)) -> Message {
        self.sandbox.hall.change(|world| {
            let mut json = message.json().clone();
            change(&mut json);
            json["edit_date"] = World::now().into();
            let json = Arc::new(json);
            world
                .room_mut(self.id)
                .messages
                .insert(message.id(), Arc::clone(&json));
            world.show("edited_message", &json);
            Message::new(json)
        })
    }

    /// Somebody deletes a message; bots are not told.
    pub fn deletes(&self, message: &Message) {
        self.sandbox
            .hall
            .change(|world| world.room_mut(self.id).messages.remove(&message.id()));
    }

    /// Somebody taps the button of that text below a message.
    ///
    /// # Panics
    /// Where there is no such button.
    pub fn taps(&self, person: &Person, message: &Message, button: &str) -> Query {
        let now = self
            .message(message.id())
            .unwrap_or_else(|| message.clone());
        let buttons = now.buttons();
        let data = buttons
            .iter()
            .find(|it| it.text() == button)
            .and_then(|it| it.data());
        let data = data.unwrap_or_else(|| panic!("no button {button:?} to tap among {buttons:?}"));
        self.taps_data(person, &now, data)
    }

    /// Somebody's app sends a button's data, which may be forged.
    pub fn taps_data(&self, person: &Person, message: &Message, data: &str) -> Query {
        let query = Query::open(&self.sandbox, Asked::Callback);
        let content = json!({
            "id": query.id(), "from": person.json(), "message": message.json(),
            "chat_instance": format!("instance-{}", self.id), "data": data,
        });
        self.sandbox
            .hall
            .change(|world| world.deliver("callback_query", content));
        query
    }

    /// The message of that number as it stands now; none where it is gone.
    #[must_use]
    pub fn message(&self, id: i64) -> Option<Message> {
        self.sandbox.hall.look(|world| {
            world
                .room(self.id)
                .messages
                .get(&id)
                .cloned()
                .map(Message::new)
        })
    }

    /// The ephemeral message of that number as the bot last made it.
    #[must_use]
    pub fn whisper(&self, id: i64) -> Option<Message> {
        self.sandbox.hall.look(|world| {
            let made = world.deeds.iter().rev().filter_map(|deed| match deed {
                Deed::Posted(json) | Deed::Edited(json) => Some(json),
                _ => None,
            });
            made.filter(|json| json["chat"]["id"] == self.id)
                .find(|json| json["ephemeral_message_id"] == id)
                .cloned()
                .map(Message::new)
        })
    }

    /// All that stands in the chat, in order.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.sandbox.hall.look(|world| {
            world
                .room(self.id)
                .messages
                .values()
                .cloned()
                .map(Message::new)
                .collect()
        })
    }

    /// The bot's next message here that was not heard yet.
    ///
    /// # Panics
    /// Where there is none while patience lasts.
    pub async fn hears(&self) -> Message {
        let heard = self.sandbox.until(|world| self.unheard(world)).await;
        let (place, message) = heard.unwrap_or_else(|| {
            panic!(
                "nothing to hear in chat {}; {}",
                self.id,
                self.sandbox.lately()
            )
        });
        self.sandbox
            .hall
            .change(|world| world.heard.insert((self.id, self.thread), place + 1));
        message
    }

    /// The bot reads all there is and says nothing here.
    ///
    /// # Panics
    /// Where it says something, or does not read.
    pub async fn stays_quiet(&self) {
        assert!(
            self.sandbox.all_read().await,
            "the bot does not read; {}",
            self.sandbox.lately()
        );
        let heard = self.sandbox.while_quiet(|world| self.unheard(world)).await;
        assert!(heard.is_none(), "the bot should have been quiet: {heard:?}");
    }

    fn unheard(&self, world: &World) -> Option<(usize, Message)> {
        let from = world
            .heard
            .get(&(self.id, self.thread))
            .copied()
            .unwrap_or(0);
        world
            .deeds
            .iter()
            .enumerate()
            .skip(from)
            .find_map(|(place, deed)| match deed {
                // Not copied where it is another chat's: who listens looks at all, again and again.
                Deed::Posted(json) if json["chat"]["id"] == self.id => {
                    let message = Message::new(json.clone());
                    let here = self.thread.is_none() || message.thread() == self.thread;
                    here.then_some((place, message))
                }
                _ => None,
            })
    }

    /// The bot's next change of this message that was not seen yet.
    ///
    /// # Panics
    /// Where there is none while patience lasts.
    pub async fn sees_edit(&self, message: &Message) -> Message {
        let key = (self.id, message.id());
        let seen = self.sandbox.until(|world| {
            let from = world.seen.get(&key).copied().unwrap_or(0);
            world
                .deeds
                .iter()
                .enumerate()
                .skip(from)
                .find_map(|(place, deed)| match deed {
                    Deed::Edited(json)
                        if json["chat"]["id"] == key.0 && json["message_id"] == key.1 =>
                    {
                        Some((place, Message::new(json.clone())))
                    }
                    _ => None,
                })
        });
        let seen = seen.await;
        let (place, edited) = seen.unwrap_or_else(|| {
            panic!(
                "message {} is not edited; {}",
                message.id(),
                self.sandbox.lately()
            )
        });
        self.sandbox
            .hall
            .change(|world| world.seen.insert(key, place + 1));
        edited
    }

    /// The bot deletes this message.
    ///
    /// # Panics
    /// Where it does not while patience lasts.
    pub async fn sees_deleted(&self, message: &Message) {
        let wanted = Deed::Deleted {
            chat: self.id,
            message: message.id(),
        };
        let seen = self
            .sandbox
            .until(|world| world.deeds.contains(&wanted).then_some(()))
            .await;
        assert!(
            seen.is_some(),
            "message {} is not deleted; {}",
            message.id(),
            self.sandbox.lately()
        );
    }
}

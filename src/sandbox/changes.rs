//! What becomes of a chat: who stands where in it, its topics, and its move to a supergroup.

use std::sync::Arc;

use serde_json::{Value, json};

use super::chat::Chat;
use super::person::Person;
use super::room::{Kind, Standing, Topic};

impl Chat {
    /// Somebody gets another standing, which makes them a member where they were none.
    pub fn puts(&self, person: &Person, standing: Standing) {
        let by = person.json();
        self.sandbox
            .hall
            .change(|world| world.set_standing(self.id, person.id(), standing, &by));
    }

    /// Somebody gives the bot another standing: adds it, promotes it, restricts it, throws it out.
    pub fn puts_bot(&self, by: &Person, standing: Standing) {
        let by = by.json();
        self.sandbox
            .hall
            .change(|world| world.set_standing(self.id, world.bot_id(), standing, &by));
    }

    /// Whether this text is a command that the menu here says only the bot gets: an app then sends it
    /// as an ephemeral message.
    #[must_use]
    pub fn whispers(&self, text: &str) -> bool {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let Some(command) = text.strip_prefix('/') else {
            return false;
        };
        let name = command.split(|c| !word(c)).next().unwrap_or_default();
        let here = |scope: &str| {
            let scope: Value = serde_json::from_str(scope).unwrap_or_default();
            scope.get("chat_id").is_none_or(|chat| *chat == self.id)
                && scope["type"] != "all_private_chats"
        };
        self.id < 0
            && self.sandbox.hall.look(|world| {
                let menus = world.commands.iter().filter(|((scope, _), _)| here(scope));
                menus
                    .filter_map(|(_, commands)| commands.as_array())
                    .flatten()
                    .any(|it| it["command"] == name && it["is_ephemeral"] == true)
            })
    }

    /// The supergroup becomes a forum; what was said stays in its general topic.
    pub fn opens_topics(&self) {
        self.sandbox
            .hall
            .change(|world| world.room_mut(self.id).is_forum = true);
    }

    /// The topic of that number; none where there is none.
    #[must_use]
    pub fn topic_of(&self, thread: i64) -> Option<Self> {
        let known = self
            .sandbox
            .hall
            .look(|world| world.room(self.id).topics.contains_key(&thread));
        known.then(|| Self {
            thread: Some(thread),
            ..self.clone()
        })
    }

    /// A new topic of the forum; what is said and heard through it is said and heard there.
    #[must_use]
    pub fn topic(&self, name: &str, by: &Person) -> Self {
        let opened = json!({ "name": name, "icon_color": 7_322_096 });
        let message = self.draft(by).field("forum_topic_created", opened).send();
        let thread = message.id();
        self.sandbox.hall.change(|world| {
            let room = world.room_mut(self.id);
            room.topics.insert(thread, Topic::Open);
            if let Some(message) = room.messages.get_mut(&thread).map(Arc::make_mut) {
                message["message_thread_id"] = thread.into();
                message["is_topic_message"] = true.into();
            }
        });
        Self {
            thread: Some(thread),
            ..self.clone()
        }
    }

    /// Closes the topic.
    pub fn closes(&self) {
        self.sandbox.hall.change(|world| {
            let topics = &mut world.room_mut(self.id).topics;
            if let Some(topic) = self.thread.and_then(|thread| topics.get_mut(&thread)) {
                *topic = Topic::Closed;
            }
        });
    }

    /// Deletes the topic with all that was said in it.
    pub fn vanishes(&self) {
        self.sandbox.hall.change(|world| {
            let room = world.room_mut(self.id);
            if let Some(thread) = self.thread {
                room.topics.remove(&thread);
                room.messages
                    .retain(|_, message| message["message_thread_id"] != thread);
            }
        });
    }

    /// The group becomes a supergroup, which is a new chat; the old one only points to it.
    #[must_use]
    pub fn becomes_supergroup(&self, by: &Person) -> Self {
        let (title, members) = self.sandbox.hall.look(|world| {
            let room = world.room(self.id);
            (room.title.clone(), room.members.clone())
        });
        let id = self.sandbox.hall.change(|world| {
            let id = world.add_room(Kind::Supergroup, &title);
            world.room_mut(id).members = members;
            id
        });
        let supergroup = Self::new(&self.sandbox, id);
        self.draft(by).field("migrate_to_chat_id", id.into()).send();
        supergroup
            .draft(by)
            .field("migrate_from_chat_id", self.id.into())
            .send();
        self.sandbox
            .hall
            .change(|world| world.room_mut(self.id).migrated_to = Some(id));
        supergroup
    }
}

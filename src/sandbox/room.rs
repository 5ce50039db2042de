//! A chat as Telegram keeps it: who is in it and with which rights, its topics and its messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::refusal::Refusal;

/// The four kinds of chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Private,
    Group,
    Supergroup,
    Channel,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup => "supergroup",
            Self::Channel => "channel",
        }
    }
}

/// Where somebody stands in a chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// The owner.
    Creator,
    /// An administrator.
    Administrator,
    /// An administrator who writes in the group's name.
    Anonymous,
    /// A member.
    Member,
    /// A member who may not write.
    Restricted,
    /// Not, or no longer, in the chat.
    #[default]
    Left,
    /// Banned; for a bot in a private chat: blocked.
    Kicked,
}

impl Standing {
    /// Whether administrators' rights come with it.
    #[must_use]
    pub fn is_admin(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator | Self::Anonymous)
    }

    pub(super) fn is_inside(self) -> bool {
        !matches!(self, Self::Left | Self::Kicked)
    }

    /// The `ChatMember` object of `user`.
    pub(super) fn json(self, user: &Value) -> Value {
        let granted = |member: &mut Value, rights: &[&str], value: bool| {
            for right in rights {
                member[*right] = Value::Bool(value);
            }
        };
        let mut member = json!({ "user": user });
        match self {
            Self::Creator => {
                member["status"] = "creator".into();
                member["is_anonymous"] = false.into();
            }
            Self::Administrator | Self::Anonymous => {
                member["status"] = "administrator".into();
                granted(&mut member, &ADMIN_RIGHTS, true);
                granted(&mut member, &["is_anonymous"], self == Self::Anonymous);
                granted(
                    &mut member,
                    &["can_be_edited", "can_promote_members"],
                    false,
                );
            }
            Self::Member => member["status"] = "member".into(),
            Self::Restricted => {
                member["status"] = "restricted".into();
                member["is_member"] = true.into();
                member["until_date"] = 0.into();
                granted(&mut member, &MEMBER_RIGHTS, false);
            }
            Self::Left => member["status"] = "left".into(),
            Self::Kicked => {
                member["status"] = "kicked".into();
                member["until_date"] = 0.into();
            }
        }
        member
    }
}

const ADMIN_RIGHTS: [&str; 12] = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_send_welcome_messages",
];

const MEMBER_RIGHTS: [&str; 16] = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
];

/// A forum's topic; its id is that of the service message that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Open,
    Closed,
}

/// How many messages of a chat are kept where the older ones are forgotten.
const KEPT: i64 = 1000;

/// One chat.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) id: i64,
    pub(super) kind: Kind,
    /// A person's first name, or a group's title.
    pub(super) title: String,
    pub(super) username: Option<String>,
    pub(super) is_forum: bool,
    /// The channel of a discussion group, or the discussion group of a channel.
    pub(super) linked: Option<i64>,
    pub(super) migrated_to: Option<i64>,
    pub(super) members: BTreeMap<i64, Standing>,
    pub(super) topics: BTreeMap<i64, Topic>,
    pub(super) messages: BTreeMap<i64, Arc<Value>>,
    /// What one member sees, by its number among these.
    pub(super) whispers: BTreeMap<i64, Arc<Value>>,
    /// The id that the last message, or the last ephemeral message, got.
    pub(super) last_message: i64,
    pub(super) last_ephemeral: i64,
}

impl Room {
    pub(super) fn new(id: i64, kind: Kind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            username: None,
            is_forum: false,
            linked: None,
            migrated_to: None,
            members: BTreeMap::new(),
            topics: BTreeMap::new(),
            messages: BTreeMap::new(),
            whispers: BTreeMap::new(),
            last_message: 0,
            last_ephemeral: 0,
        }
    }

    /// The `Chat` object.
    pub(super) fn json(&self) -> Value {
        let name = if self.kind == Kind::Private {
            "first_name"
        } else {
            "title"
        };
        let mut chat = json!({ "id": self.id, "type": self.kind.name() });
        chat[name] = self.title.clone().into();
        if let Some(username) = &self.username {
            chat["username"] = username.clone().into();
        }
        if self.is_forum {
            chat["is_forum"] = true.into();
        }
        chat
    }

    pub(super) fn standing(&self, user: i64) -> Standing {
        self.members.get(&user).copied().unwrap_or_default()
    }

    /// Forgets all but the newest messages.
    pub(super) fn forget(&mut self) {
        let oldest = self.last_message - KEPT;
        if self
            .messages
            .first_key_value()
            .is_some_and(|(id, _)| *id < oldest)
        {
            self.messages = self.messages.split_off(&oldest);
        }
    }

    /// Keeps `message` under the next id.
    pub(super) fn keep(&mut self, mut message: Value) -> Arc<Value> {
        self.last_message += 1;
        message["message_id"] = self.last_message.into();
        let message = Arc::new(message);
        self.messages
            .insert(self.last_message, Arc::clone(&message));
        message
    }

    /// Keeps an ephemeral message under its own number.
    pub(super) fn whisper(&mut self, mut message: Value) -> Arc<Value> {
        self.last_ephemeral += 1;
        message["message_id"] = 0.into();
        message["ephemeral_message_id"] = self.last_ephemeral.into();
        let message = Arc::new(message);
        self.whispers
            .insert(self.last_ephemeral, Arc::clone(&message));
        message
    }

    /// Whether `bot` may read here.
    pub(super) fn admit(&self, bot: i64) -> Result<(), Refusal> {
        if let Some(chat) = self.migrated_to {
            return Err(Refusal::migrated(chat));
        }
        let kind = self.kind.name();
        match self.standing(bot) {
            Standing::Kicked if self.kind == Kind::Private => {
                Err(Refusal::forbidden("bot was blocked by the user"))
            }
            Standing::Kicked => Err(Refusal::forbidden(&format!(
                "bot was kicked from the {kind} chat"
            ))),
            Standing::Left if self.kind == Kind::Private => Err(Refusal::forbidden(
                "bot can't initiate conversation with a user",
            )),
            Standing::Left => Err(Refusal::forbidden(&format!(
                "bot is not a member of the {kind} chat"
            ))),
            _ => Ok(()),
        }
    }

    /// Whether `bot` may write in the topic, or outside of topics.
    pub(super) fn admit_writing(&self, bot: i64, thread: Option<i64>) -> Result<(), Refusal> {
        self.admit(bot)?;
        if self.standing(bot) == Standing::Restricted {
            return Err(Refusal::bad(
                "not enough rights to send text messages to the chat",
            ));
        }
        let Some(thread) = thread.filter(|_| self.is_forum) else {
            return Ok(());
        };
        let topic = self
            .topics
            .get(&thread)
            .ok_or_else(|| Refusal::bad("message thread not found"))?;
        if *topic == Topic::Closed && !self.standing(bot).is_admin() {
            return Err(Refusal::bad("TOPIC_CLOSED"));
        }
        Ok(())
    }

    /// `message` with where it stands among the others: what it replies to and in which thread.
    ///
    /// A reply is shown without its own reply. Below a message of a plain supergroup the thread is
    /// that of the message replied to; in a forum it is the topic, and who replies to nothing there
    /// replies to the message that opened the topic.
    pub(super) fn place(&self, message: &mut Value, thread: Option<i64>, reply_to: Option<i64>) {
        let target = reply_to.and_then(|id| self.messages.get(&id));
        let thread = match thread {
            Some(thread) if self.is_forum => Some(thread),
            _ if self.kind == Kind::Supergroup => target.and_then(|target| {
                target["message_thread_id"]
                    .as_i64()
                    .or_else(|| target["message_id"].as_i64().filter(|_| !self.is_forum))
            }),
            _ => None,
        };
        if let Some(thread) = thread {
            message["message_thread_id"] = thread.into();
            if self.is_forum {
                message["is_topic_message"] = true.into();
            }
        }
        if let Some(shown) =
            target.or_else(|| self.messages.get(&thread.filter(|_| self.is_forum)?))
        {
            message["reply_to_message"] = without_reply(shown);
        }
    }
}

/// A message as it is shown inside another.
pub(super) fn without_reply(message: &Value) -> Value {
    let mut shown = message.clone();
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("reply_to_message");
    }
    shown
}

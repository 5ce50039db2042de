//! Where the bot may be: what becomes of its place in a chat, read from a raw update.

use serde_json::Value;

/// A change of the bot's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// It may be and write in this chat.
    In(i64),
    /// It is in this chat no more, or its user has blocked it.
    Out(i64),
    /// The group has become a supergroup.
    Moved {
        /// The group.
        from: i64,
        /// The supergroup.
        to: i64,
    },
}

impl Membership {
    /// Reads a change, where the update is one.
    #[must_use]
    pub fn read(update: &Value) -> Option<Self> {
        if let Some(change) = update.get("my_chat_member") {
            let chat = id(change.get("chat")?)?;
            let member = change.get("new_chat_member")?;
            let mute = member.get("can_send_messages").and_then(Value::as_bool) == Some(false);
            return match member.get("status")?.as_str()? {
                "left" | "kicked" => Some(Self::Out(chat)),
                "restricted" if mute => None,
                _ => Some(Self::In(chat)),
            };
        }
        let message = update.get("message")?;
        let here = id(message.get("chat")?)?;
        let there = |key| message.get(key).and_then(Value::as_i64);
        if let Some(to) = there("migrate_to_chat_id") {
            return Some(Self::Moved { from: here, to });
        }
        let from = there("migrate_from_chat_id")?;
        Some(Self::Moved { from, to: here })
    }
}

fn id(chat: &Value) -> Option<i64> {
    chat.get("id").and_then(Value::as_i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_change_of_place_is_read() {
        let member = |status: &str| json!({"my_chat_member": {"chat": {"id": -5}, "new_chat_member": {"status": status}}});
        for (update, change) in [
            (member("member"), Some(Membership::In(-5))),
            (member("administrator"), Some(Membership::In(-5))),
            (member("left"), Some(Membership::Out(-5))),
            (member("kicked"), Some(Membership::Out(-5))),
            (
                json!({"message": {"chat": {"id": -5}, "migrate_to_chat_id": -100}}),
                Some(Membership::Moved { from: -5, to: -100 }),
            ),
            (
                json!({"message": {"chat": {"id": -100}, "migrate_from_chat_id": -5}}),
                Some(Membership::Moved { from: -5, to: -100 }),
            ),
            (json!({"message": {"chat": {"id": -5}, "text": "hi"}}), None),
            (json!({"my_chat_member": {}}), None),
            (json!({}), None),
        ] {
            assert_eq!(Membership::read(&update), change, "{update}");
        }
    }
}

//! What is taken in of an update: what makes it the same when it comes again, what must wait for
//! what, and whose it is. What the bot leaves alone is not taken in, and so never kept.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::bot::Event;
use crate::store::{Incoming, Millis};

/// Reads an update for the inbox.
#[must_use]
pub fn read(update: &Value, now: Millis) -> Incoming {
    let (kind, content) = content(update);
    let chat = chat_of(content);
    let from = content.get("from").and_then(|from| int(from, "id"));
    let date = int(content, "edit_date").or_else(|| int(content, "date"));
    let event = Event::read(update);
    let lane = match (kind, chat, from) {
        // A tap wants an answer at once, whatever its chat waits for.
        ("callback_query", Some(chat), _) => ("tap", chat),
        // So does a list while it is typed, though a message inserted before may have to wait. Whoever
        // taps below one: it is changed by one tap after the other.
        ("callback_query", None, _) => ("inserted", inserted(content)),
        ("guest_message", ..) => ("guest", int(update, "update_id").unwrap_or_default()),
        (_, Some(chat), _) => ("chat", chat),
        (_, None, Some(user)) => ("user", user),
        (_, None, None) => ("any", 0),
    };
    Incoming {
        identity: identity(update, kind, content),
        lane,
        chat: chat.filter(|_| kind != "guest_message"),
        member: from,
        reopens: matches!(&event, Event::Standing(standing) if standing.now.may_write()),
        vital: event.is_vital(),
        sent: date
            .filter(|_| !event.is_vital())
            .map_or(now, |date| date.saturating_mul(1000)),
        update: update.clone(),
    }
}

/// The kind of an update, and what it holds: the one field beside its id.
fn content(update: &Value) -> (&str, &Value) {
    let fields = update.as_object().into_iter().flatten();
    let mut kinds = fields.filter(|(name, _)| *name != "update_id");
    kinds.next().map_or(("", &Value::Null), |(name, content)| {
        (name.as_str(), content)
    })
}

/// A number for the message that a tap is below, where it was inserted into some chat.
fn inserted(tap: &Value) -> i64 {
    let mut hasher = DefaultHasher::new();
    let message = tap.get("inline_message_id").and_then(Value::as_str);
    message.hash(&mut hasher);
    hasher.finish().cast_signed()
}

fn chat_of(content: &Value) -> Option<i64> {
    let message = content.get("message").unwrap_or(content);
    int(message.get("chat")?, "id")
}

/// A message is the same one under any update's id: ids begin anew when a bot was idle for a week,
/// and a switch between polling and a webhook delivers again. Edits of one message differ by date,
/// which counts seconds, and by text. Whoever keeps this keeps no more than a keyed hash of it.
fn identity(update: &Value, kind: &str, content: &Value) -> String {
    if let Some(id) = content.get("id").and_then(Value::as_str) {
        return format!("{kind} {id}");
    }
    let number = |key| int(content, key).unwrap_or_default();
    match (chat_of(content), int(content, "message_id")) {
        (Some(chat), Some(message)) => format!(
            "{kind} {chat} {message} {} {} {} {}",
            number("ephemeral_message_id"),
            number("date"),
            number("edit_date"),
            edited_to(content),
        ),
        _ => format!(
            "{kind} {} {}",
            int(update, "update_id").unwrap_or_default(),
            number("date")
        ),
    }
}

/// What an edit has made of a text; nothing where the message is as it was sent.
fn edited_to(message: &Value) -> &str {
    let text = message.get("text").or_else(|| message.get("caption"));
    let edited = message.get("edit_date").and(text);
    edited.and_then(Value::as_str).unwrap_or_default()
}

fn int(value: &Value, key: &str) -> Option<i64> {
    value.get(key).and_then(Value::as_i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Millis = 1_800_000_000_000;

    fn message(id: i64, more: &Value) -> Value {
        let mut message =
            json!({"message_id": 7, "date": 9, "chat": {"id": -5}, "from": {"id": 3}});
        for (key, value) in more.as_object().expect("fields") {
            message[key] = value.clone();
        }
        json!({"update_id": id, "message": message})
    }

    #[test]
    fn a_message_is_the_same_whatever_number_its_update_has() {
        let one = read(&message(1, &json!({})), NOW);
        assert_eq!(one.identity, read(&message(2, &json!({})), NOW).identity);
        for other in [
            json!({"message_id": 8}),
            json!({"date": 10}),
            json!({"chat": {"id": 5}}),
            json!({"ephemeral_message_id": 1}),
        ] {
            let other = read(&message(1, &other), NOW);
            assert_ne!(one.identity, other.identity);
        }
        let mut edit = json!({"update_id": 1, "edited_message": message(1, &json!({}))["message"]});
        edit["edited_message"]["edit_date"] = json!(10);
        let first = read(&edit, NOW);
        assert_ne!(one.identity, first.identity);
        assert_eq!(first.identity, read(&edit, NOW).identity);
        edit["edited_message"]["text"] = json!("again, in the same second");
        assert_ne!(first.identity, read(&edit, NOW).identity);
    }

    #[test]
    fn what_must_wait_for_what_is_read_from_every_kind() {
        for (update, lane, chat) in [
            (message(1, &json!({})), ("chat", -5), Some(-5)),
            (
                json!({"update_id": 1, "callback_query": {"id": "q", "from": {"id": 3},
                    "message": {"chat": {"id": -5}, "message_id": 7}}}),
                ("tap", -5),
                Some(-5),
            ),
            (
                json!({"update_id": 1, "callback_query": {"id": "q", "from": {"id": 3},
                    "inline_message_id": "x"}}),
                ("inserted", inserted(&json!({"inline_message_id": "x"}))),
                None,
            ),
            (
                json!({"update_id": 1, "inline_query": {"id": "q", "from": {"id": 3}}}),
                ("user", 3),
                None,
            ),
            (
                json!({"update_id": 4, "guest_message": {"message_id": 7, "chat": {"id": -5}}}),
                ("guest", 4),
                None,
            ),
            (json!({"update_id": 1, "new_kind": 5}), ("any", 0), None),
            (json!({"update_id": 1}), ("any", 0), None),
            (json!([]), ("any", 0), None),
        ] {
            let read = read(&update, NOW);
            assert_eq!((read.lane, read.chat), (lane, chat), "{update}");
        }
    }

    #[test]
    fn where_the_bot_may_be_is_never_too_late_to_know() {
        for (status, reopens) in [("member", true), ("left", false), ("restricted", false)] {
            let member = json!({ "status": status });
            let change = json!({"my_chat_member": {"chat": {"id": -5}, "date": 9,
                "old_chat_member": {"status": "member"}, "new_chat_member": member}});
            let read = read(&change, NOW);
            assert_eq!(
                (read.vital, read.sent, read.reopens),
                (true, NOW, reopens),
                "{status}"
            );
        }
        let moved = read(&message(1, &json!({"migrate_to_chat_id": -100})), NOW);
        assert_eq!((moved.vital, moved.sent), (true, NOW));
        let other = read(&message(1, &json!({})), NOW);
        assert_eq!((other.vital, other.sent), (false, 9000));
    }

    #[test]
    fn what_has_no_date_happened_now() {
        assert_eq!(read(&message(1, &json!({})), NOW).sent, 9000);
        assert_eq!(read(&json!({"update_id": 1}), NOW).sent, NOW);
    }
}

//! Calls that put messages into chats, change them and take them away, and the short words to a tap.

use serde_json::{Value, json};

use super::answered::{Answered, id_of};
use super::call::{Call, Effect};
use super::event::MessageId;
use super::{Asked, ChatKind};
use crate::render::{self, Body, Keyboard, OutgoingMessage};
use crate::wording;

/// A message in reply to the one asked, that everybody sees.
pub(super) fn openly(asked: &Asked, body: Body, keyboard: Keyboard) -> Call {
    let message = OutgoingMessage::new(asked.to, body).with(keyboard);
    // Nobody can reply to what only the bot has seen.
    if asked.whisper.is_some() {
        Call::send(&message.unasked())
    } else {
        Call::send(&message)
    }
}

/// The same for the asker alone; none where nobody in particular asked.
pub(super) fn whispered(asked: &Asked, body: Body, keyboard: Keyboard) -> Option<Call> {
    let receiver = asked.asker.filter(|_| asked.chat == ChatKind::Group)?;
    let mut call = openly(asked, body, keyboard);
    let whom = json!({ "receiver_user_id": receiver });
    call.body
        .insert("ephemeral_message_parameters".to_owned(), whom);
    if let Some(whisper) = asked.whisper {
        let reply = json!({ "ephemeral_message_id": whisper });
        call.body.insert("reply_parameters".to_owned(), reply);
    }
    Some(call.at_once())
}

/// One of the bot's messages, changed. One that a single member sees is changed for `receiver`.
pub(super) fn edit(
    chat: i64,
    (message, receiver): (MessageId, Option<i64>),
    body: &Body,
    keyboard: &Keyboard,
) -> Call {
    let mut fields = content(body, keyboard);
    let method = address(&mut fields, chat, message, receiver);
    Call::new(method.0, fields)
}

/// A message that was inserted elsewhere, changed.
pub(super) fn edit_elsewhere(message: &str, body: &Body, keyboard: &Keyboard) -> Call {
    let mut fields = content(body, keyboard);
    fields["inline_message_id"] = message.into();
    Call::new("editMessageText", fields)
}

fn content(body: &Body, keyboard: &Keyboard) -> Value {
    let mut fields = json!(body);
    fields["link_preview_options"] = json!({ "is_disabled": true });
    if !keyboard.is_empty() {
        fields["reply_markup"] = json!(keyboard);
    }
    fields
}

/// One of the bot's messages, taken away.
pub(super) fn delete(chat: i64, message: MessageId, receiver: Option<i64>) -> Call {
    let mut fields = json!({});
    let method = address(&mut fields, chat, message, receiver);
    Call::new(method.1, fields)
}

/// Names the message, and the methods that change it and take it away.
fn address(
    fields: &mut Value,
    chat: i64,
    message: MessageId,
    receiver: Option<i64>,
) -> (&'static str, &'static str) {
    fields["chat_id"] = chat.into();
    match message {
        MessageId::Open(id) => {
            fields["message_id"] = id.into();
            ("editMessageText", "deleteMessage")
        }
        MessageId::Whisper(id) => {
            fields["ephemeral_message_id"] = id.into();
            fields["receiver_user_id"] = receiver.into();
            ("editEphemeralMessageText", "deleteEphemeralMessage")
        }
    }
}

/// Takes back an answer whose question is none any more; where it is too old for that, it says so.
pub(super) fn withdraw(chat: i64, message: MessageId, answered: &Answered) -> Vec<Effect> {
    let instead = render::say(wording::withdrawn(answered.language));
    let place = (message, answered.asker);
    let instead = edit(chat, place, &instead, &Keyboard::default());
    vec![
        Effect::Call(delete(chat, message, answered.asker).or(instead)),
        Effect::Drop(id_of(chat, message)),
    ]
}

/// The answer to a tap: nothing, or a short word that only its user sees.
pub(super) fn toast(query: &str, text: Option<&str>) -> Effect {
    let mut answer = json!({ "callback_query_id": query });
    if let Some(text) = text {
        answer["text"] = text.into();
    }
    Effect::Call(Call::new("answerCallbackQuery", answer).at_once())
}

/// Another answer to a tap: its user is led to this address.
pub(super) fn lead(query: &str, url: &str) -> Effect {
    let answer = json!({ "callback_query_id": query, "url": url });
    Effect::Call(Call::new("answerCallbackQuery", answer).at_once())
}

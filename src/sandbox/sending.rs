//! The methods that put messages into chats, change them and take them away.

use std::sync::Arc;

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::request::Request;
use super::room::{Room, Standing};
use super::world::{Deed, World};
use super::{entities, keyboard};
use crate::text::utf16_len;

/// The most that a message's text may have, in UTF-16 units.
const LONGEST_TEXT: usize = 4096;
/// The most that a rich message's text may have, in UTF-16 units.
const LONGEST_RICH_TEXT: usize = 32_768;
/// The most that the quotation in a reply may have, in UTF-16 units.
const LONGEST_QUOTE: usize = 1024;

const ACTIONS: [&str; 12] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
    "cancel",
];

impl World {
    pub(super) fn send_message(&mut self, request: &Request) -> Result<Arc<Value>, Refusal> {
        let content = text_content(
            request.text("text"),
            request.text("parse_mode"),
            request.json("entities"),
        )?;
        self.post(request, content)
    }

    pub(super) fn send_rich_message(&mut self, request: &Request) -> Result<Arc<Value>, Refusal> {
        let content = rich_content(request.json("rich_message"))?;
        self.post(request, content)
    }

    pub(super) fn send_chat_action(&mut self, request: &Request) -> Result<Value, Refusal> {
        let bot = self.bot_id();
        let action = request.text("action").to_owned();
        if !ACTIONS.contains(&action.as_str()) {
            return Err(Refusal::bad("wrong parameter action in request"));
        }
        let room = self.room_of(request)?;
        room.admit_writing(bot, request.integer("message_thread_id"))?;
        let chat = room.id;
        self.deeds.push(Deed::Acted { chat, action });
        Ok(Value::Bool(true))
    }

    fn post(&mut self, request: &Request, content: Value) -> Result<Arc<Value>, Refusal> {
        let bot = self.bot();
        let bot_id = self.bot_id();
        let markup = keyboard::checked(request.json("reply_markup"))?;
        let receiver = request
            .json("ephemeral_message_parameters")
            .map(|it| it["receiver_user_id"].clone());
        let receiver = receiver.and_then(|id| Some(self.person(id.as_i64()?)));
        let room = self.room_of(request)?;
        let thread = request.integer("message_thread_id");
        room.admit_writing(bot_id, thread)?;
        let reply = request.json("reply_parameters").unwrap_or_default();
        let target = reply_target(room, &reply)?;
        room.admit_writing(
            bot_id,
            target.and_then(|id| room.messages.get(&id)?["message_thread_id"].as_i64()),
        )?;

        let mut message = content;
        message["message_id"] = 0.into();
        message["from"] = bot;
        message["chat"] = room.json();
        message["date"] = Self::now().into();
        if let Some(markup) = markup {
            message["reply_markup"] = markup;
        }
        room.place(&mut message, thread, target);
        if let (Some(target), Some(quote)) = (
            target,
            reply["quote"].as_str().filter(|quote| !quote.is_empty()),
        ) {
            let source = room
                .messages
                .get(&target)
                .and_then(|it| it["text"].as_str())
                .unwrap_or_default();
            message["quote"] = quoted(source, quote, reply["quote_position"].as_i64())?;
        }
        let message = match receiver {
            Some(receiver) => {
                message["receiver_user"] = receiver;
                room.whisper(message)
            }
            None => room.keep(message),
        };
        self.deeds.push(Deed::Posted(Arc::clone(&message)));
        Ok(message)
    }

    pub(super) fn edit_message_text(&mut self, request: &Request) -> Result<Value, Refusal> {
        let content = match request.json("rich_message") {
            Some(rich) => rich_content(Some(rich))?,
            None => text_content(
                request.text("text"),
                request.text("parse_mode"),
                request.json("entities"),
            )?,
        };
        self.edit(request, Some(content))
    }

    pub(super) fn edit_message_reply_markup(
        &mut self,
        request: &Request,
    ) -> Result<Value, Refusal> {
        self.edit(request, None)
    }

    /// Replaces the keyboard of one of the bot's messages, and its content where there is a new one.
    fn edit(&mut self, request: &Request, content: Option<Value>) -> Result<Value, Refusal> {
        let bot = self.bot_id();
        let markup = keyboard::checked(request.json("reply_markup"))?;
        if let Some(id) = request.get("inline_message_id").and_then(Value::as_str) {
            let mut message = content.unwrap_or_default();
            message["inline_message_id"] = id.into();
            self.deeds.push(Deed::Edited(message.into()));
            return Ok(Value::Bool(true));
        }
        let room = self.room_of(request)?;
        room.admit(bot)?;
        let message = match request.integer("ephemeral_message_id") {
            Some(id) => room.whispers.get_mut(&id).filter(|whisper| {
                Some(&whisper["receiver_user"]["id"]) == request.get("receiver_user_id")
            }),
            None => request
                .integer("message_id")
                .and_then(|id| room.messages.get_mut(&id)),
        };
        let message = message.ok_or_else(|| Refusal::bad("message to edit not found"))?;
        if message["from"]["id"] != bot {
            return Err(Refusal::bad("message can't be edited"));
        }
        let mut edited = Value::clone(message);
        if let Some(fields) = edited.as_object_mut() {
            fields.remove("reply_markup");
            if let Some(Value::Object(content)) = content {
                fields.retain(|name, _| {
                    !matches!(name.as_str(), "text" | "entities" | "rich_message")
                });
                fields.extend(content);
            }
            fields.extend(markup.map(|markup| ("reply_markup".to_owned(), markup)));
        }
        if Self::shown(&edited) == Self::shown(message) {
            return Err(Refusal::bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a \
                 current content and reply markup of the message",
            ));
        }
        edited["edit_date"] = Self::now().into();
        *message = Arc::new(edited.clone());
        let deed = Deed::Edited(Arc::clone(message));
        self.deeds.push(deed);
        Ok(edited)
    }

    /// Changes what one member sees; the answer is not the message.
    pub(super) fn edit_ephemeral_message_text(
        &mut self,
        request: &Request,
    ) -> Result<Value, Refusal> {
        self.edit_message_text(request).map(|_| Value::Bool(true))
    }

    pub(super) fn delete_ephemeral_message(&mut self, request: &Request) -> Result<Value, Refusal> {
        let room = self.room_of(request)?;
        request
            .integer("ephemeral_message_id")
            .and_then(|id| room.whispers.remove(&id))
            .ok_or_else(|| Refusal::bad("message to delete not found"))?;
        Ok(Value::Bool(true))
    }

    pub(super) fn delete_message(&mut self, request: &Request) -> Result<Value, Refusal> {
        let bot = self.bot_id();
        let room = self.room_of(request)?;
        room.admit(bot)?;
        let id = request
            .integer("message_id")
            .filter(|id| room.messages.contains_key(id))
            .ok_or_else(|| Refusal::bad("message to delete not found"))?;
        let own = room
            .messages
            .get(&id)
            .is_some_and(|message| message["from"]["id"] == bot);
        let private = room.standing(bot) == Standing::Member && room.id > 0;
        if !own && !private && !room.standing(bot).is_admin() {
            return Err(Refusal::bad("message can't be deleted"));
        }
        room.messages.remove(&id);
        let chat = room.id;
        self.deeds.push(Deed::Deleted { chat, message: id });
        Ok(Value::Bool(true))
    }
}

/// A text with its entities, as a message keeps it.
pub(super) fn text_content(
    text: &str,
    parse_mode: &str,
    given: Option<Value>,
) -> Result<Value, Refusal> {
    if text.is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if !parse_mode.is_empty() {
        return Err(Refusal::bad(
            "the sandbox reads no parse_mode: send entities",
        ));
    }
    if text.trim().is_empty() {
        return Err(Refusal::bad("text must be non-empty"));
    }
    if utf16_len(text) > LONGEST_TEXT {
        return Err(Refusal::bad("message is too long"));
    }
    let entities = entities::checked(text, given)?;
    let mut content = json!({ "text": text });
    if !entities.is_empty() {
        content["entities"] = entities.into();
    }
    Ok(content)
}

/// A rich message, kept as it was sent.
fn rich_content(rich: Option<Value>) -> Result<Value, Refusal> {
    let rich = rich.ok_or_else(|| Refusal::bad("rich message is empty"))?;
    let forms = ["blocks", "html", "markdown"]
        .iter()
        .filter(|form| rich.get(**form).is_some())
        .count();
    if forms != 1 {
        return Err(Refusal::bad(
            "exactly one of the fields blocks, html and markdown must be used",
        ));
    }
    if rich["blocks"].as_array().is_some_and(Vec::is_empty) {
        return Err(Refusal::bad("rich message is empty"));
    }
    if written_in(&rich) > LONGEST_RICH_TEXT {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(json!({ "rich_message": rich }))
}

/// The UTF-16 units of all the text in a rich message.
fn written_in(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(written_in).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if matches!(name.as_str(), "text" | "html" | "markdown") => {
                    utf16_len(text)
                }
                Value::String(_) => 0,
                _ => written_in(value),
            })
            .sum(),
        Value::String(text) => utf16_len(text),
        _ => 0,
    }
}

/// The message to reply to; none where there is none and that is allowed.
fn reply_target(room: &Room, reply: &Value) -> Result<Option<i64>, Refusal> {
    let Some(id) = reply["message_id"].as_i64().filter(|id| *id > 0) else {
        return Ok(None);
    };
    if room.messages.contains_key(&id) {
        return Ok(Some(id));
    }
    if reply["allow_sending_without_reply"] == true {
        return Ok(None);
    }
    Err(Refusal::bad("message to be replied not found"))
}

/// The quotation of a reply, which must stand word for word in the message replied to.
fn quoted(source: &str, quote: &str, position: Option<i64>) -> Result<Value, Refusal> {
    if utf16_len(quote) > LONGEST_QUOTE {
        return Err(Refusal::bad("QUOTE_TEXT_INVALID"));
    }
    let places: Vec<usize> = source
        .match_indices(quote)
        .map(|(at, _)| utf16_len(source.get(..at).unwrap_or_default()))
        .collect();
    let wanted = position
        .and_then(|at| usize::try_from(at).ok())
        .filter(|at| places.contains(at));
    let place = wanted
        .or_else(|| places.first().copied())
        .ok_or_else(|| Refusal::bad("QUOTE_TEXT_INVALID"))?;
    Ok(json!({ "text": quote, "position": place, "is_manual": true }))
}

//! What somebody does on the page, and what comes of it at once. What else comes of it is seen.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Stage;
use super::why::explained;
use crate::sandbox::{Message, Standing};

/// A chat, or a topic in it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Place {
    pub(super) chat: i64,
    #[serde(default)]
    pub(super) topic: Option<i64>,
}

/// Something that a member does.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(super) enum Deed {
    /// Writes, perhaps in reply to a message or to a fragment of it.
    Say {
        person: i64,
        #[serde(flatten)]
        place: Place,
        text: String,
        reply_to: Option<i64>,
        quote: Option<String>,
    },
    /// Changes a message of their own.
    Edit {
        person: i64,
        #[serde(flatten)]
        place: Place,
        message: i64,
        text: String,
    },
    /// Deletes a message.
    Delete {
        #[serde(flatten)]
        place: Place,
        message: i64,
    },
    /// Taps a button below a message, or below an ephemeral one.
    Tap {
        person: i64,
        #[serde(flatten)]
        place: Place,
        message: i64,
        whisper: Option<i64>,
        data: String,
    },
    /// Types the bot's name and a text, for inline results.
    Inline {
        person: i64,
        text: String,
        #[serde(default)]
        offset: String,
    },
    /// Takes one of them.
    Choose {
        person: i64,
        #[serde(flatten)]
        place: Place,
        query: String,
        result: String,
        text: String,
    },
    /// Opens a topic in the group.
    Topic { person: i64, name: String },
    /// Becomes an administrator of the group, or is one no more.
    Admin { person: i64, on: bool },
    /// Turns privacy mode off, or on.
    ReadsAll { on: bool },
}

impl Deed {
    /// Does it; none where somebody or something in it does not exist.
    pub(super) async fn done(self, stage: &Stage) -> Option<Value> {
        let cast = &stage.cast;
        let person = |id| cast.person(id);
        match self {
            Self::Say {
                person: id,
                place,
                text,
                reply_to,
                quote,
            } => {
                let chat = cast.chat(place)?;
                let mut draft = chat.draft(person(id)?).text(&text);
                if let Some(to) = reply_to.and_then(|to| chat.message(to)) {
                    draft = draft.reply_to(&to);
                }
                if let Some(quote) = quote {
                    draft = draft.quote(&quote);
                }
                if chat.whispers(&text) {
                    draft = draft.whispered();
                }
                Some(explained(stage, || draft.send()))
            }
            Self::Edit {
                person: id,
                place,
                message,
                text,
            } => {
                let chat = cast.chat(place)?;
                let message = chat.message(message).filter(|it| is_by(it, id))?;
                Some(explained(stage, || chat.edits(&message, &text)))
            }
            Self::Delete { place, message } => {
                let chat = cast.chat(place)?;
                chat.deletes(&chat.message(message)?);
                Some(json!({}))
            }
            Self::Tap {
                person: id,
                place,
                message,
                whisper,
                data,
            } => {
                let chat = cast.chat(place)?;
                let message = match whisper {
                    Some(whisper) => chat.whisper(whisper)?,
                    None => chat.message(message)?,
                };
                let tapped = chat.taps_data(person(id)?, &message, &data);
                Some(json!({ "answer": tapped.awaited().await }))
            }
            Self::Inline {
                person: id,
                text,
                offset,
            } => {
                let query = person(id)?.asks_inline(&text, &offset);
                Some(json!({ "query": query.id(), "answer": query.awaited().await }))
            }
            Self::Choose {
                person: id,
                place,
                query,
                result,
                text,
            } => {
                let query = cast.sandbox.query(&query);
                let chat = cast.chat(place)?;
                let sent = chat.gets_result(person(id)?, &query, &result, &text)?;
                Some(json!({ "message": sent.json() }))
            }
            Self::Topic { person: id, name } => {
                cast.group.opens_topics();
                let topic = cast.group.topic(&name, person(id)?);
                Some(json!({ "topic": topic.thread() }))
            }
            Self::Admin { person: id, on } => {
                let standing = if on {
                    Standing::Administrator
                } else {
                    Standing::Member
                };
                cast.group.puts(person(id)?, standing);
                Some(json!({}))
            }
            Self::ReadsAll { on } => {
                cast.sandbox.set_reads_all(on);
                Some(json!({}))
            }
        }
    }
}

fn is_by(message: &Message, person: i64) -> bool {
    message.json()["from"]["id"] == person
}

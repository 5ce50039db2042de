//! What comes of an inline query: somebody takes one of the bot's results, and it is sent in their
//! name through the bot.

#![allow(
    clippy::must_use_candidate,
    reason = "what is sent is sent for its effect; the message is often not needed"
)]

use serde_json::Value;

use super::Sandbox;
use super::chat::Chat;
use super::message::Message;
use super::person::Person;
use super::query::Query;

impl Sandbox {
    /// The query of that id, as somebody's app remembers it.
    #[must_use]
    pub fn query(&self, id: &str) -> Query {
        Query::known(self, id)
    }
}

impl Chat {
    /// Somebody takes the result of that id, which is sent here; none where the bot offered no such
    /// result. `typed` is the text of the query.
    pub fn gets_result(
        &self,
        person: &Person,
        query: &Query,
        result: &str,
        typed: &str,
    ) -> Option<Message> {
        let answer = query.answered()?;
        let offered = as_json(&answer["results"])?;
        let chosen = offered
            .as_array()?
            .iter()
            .find(|offer| offer["id"] == result)?;
        let content = &chosen["input_message_content"];
        let mut draft = self.draft(person).via(None);
        draft = match content["message_text"].as_str() {
            Some(text) => draft.text(text),
            None => draft.field("rich_message", content.get("rich_message")?.clone()),
        };
        if let Some(entities) = content["entities"].as_array() {
            draft = draft.entities(entities.clone().into());
        }
        if let Some(markup) = chosen.get("reply_markup") {
            draft = draft.field("reply_markup", markup.clone());
        }
        let sent = draft.send();
        person.chooses(result, typed);
        Some(sent)
    }
}

/// A parameter that may have come as JSON text.
fn as_json(value: &Value) -> Option<Value> {
    match value.as_str() {
        Some(text) => serde_json::from_str(text).ok(),
        None => Some(value.clone()),
    }
}

//! A message as people see it, with questions a test asks of it.

use std::sync::Arc;

use serde_json::Value;

use super::entities::covered;

/// A message of a chat, said by anybody.
#[derive(Clone, Debug, PartialEq)]
pub struct Message(Arc<Value>);

/// A button of an inline keyboard.
#[derive(Clone, Debug, PartialEq)]
pub struct Button(Value);

impl Message {
    pub(super) fn new(json: impl Into<Arc<Value>>) -> Self {
        Self(json.into())
    }

    /// The whole `Message` object of the Bot API.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// Its number in its chat.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.0["message_id"].as_i64().unwrap_or_default()
    }

    /// The chat it stands in.
    #[must_use]
    pub fn chat_id(&self) -> i64 {
        self.0["chat"]["id"].as_i64().unwrap_or_default()
    }

    /// Its thread or topic.
    #[must_use]
    pub fn thread(&self) -> Option<i64> {
        self.0["message_thread_id"].as_i64()
    }

    /// Its text; empty for a rich message.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0["text"].as_str().unwrap_or_default()
    }

    /// The blocks and the like of a rich message.
    #[must_use]
    pub fn rich(&self) -> Option<&Value> {
        self.0.get("rich_message")
    }

    /// The message it replies to, as it was then.
    #[must_use]
    pub fn replied_to(&self) -> Option<Self> {
        self.0.get("reply_to_message").cloned().map(Self::new)
    }

    /// The number of the message it replies to.
    #[must_use]
    pub fn reply_to(&self) -> Option<i64> {
        self.0["reply_to_message"]["message_id"].as_i64()
    }

    /// The words it quotes of the message it replies to.
    #[must_use]
    pub fn quote(&self) -> Option<&str> {
        self.0["quote"]["text"].as_str()
    }

    /// The pieces of its text that have an entity of this kind.
    #[must_use]
    pub fn styled(&self, kind: &str) -> Vec<String> {
        let entities = self.0["entities"].as_array().into_iter().flatten();
        entities
            .filter(|entity| entity["type"] == kind)
            .filter_map(|entity| covered(self.text(), entity))
            .collect()
    }

    /// The pieces of its text that stand in block quotations, folded or not, in order.
    #[must_use]
    pub fn quotations(&self) -> Vec<String> {
        let entities = self.0["entities"].as_array().into_iter().flatten();
        entities
            .filter(|entity| {
                matches!(
                    entity["type"].as_str(),
                    Some("blockquote" | "expandable_blockquote")
                )
            })
            .filter_map(|entity| covered(self.text(), entity))
            .collect()
    }

    /// Its buttons, row after row.
    #[must_use]
    pub fn buttons(&self) -> Vec<Button> {
        let rows = self.0["reply_markup"]["inline_keyboard"]
            .as_array()
            .into_iter()
            .flatten();
        rows.filter_map(Value::as_array)
            .flatten()
            .cloned()
            .map(Button)
            .collect()
    }
}

impl Button {
    /// What is written on it.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0["text"].as_str().unwrap_or_default()
    }

    /// What the bot is told when it is tapped.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.0["callback_data"].as_str()
    }

    /// The whole `InlineKeyboardButton` object.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.0
    }
}

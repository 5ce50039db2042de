//! A message on its way to Telegram. As JSON it is the body of `sendMessage`.

use serde::Serialize;

use super::block::Body;
use super::keyboard::Keyboard;

/// Where a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The chat.
    pub chat: i64,
    /// The topic in it, where the chat has topics.
    pub topic: Option<i64>,
    /// The message it replies to.
    pub reply_to: i64,
    /// Whether it is sent although that message is gone.
    pub even_if_gone: bool,
}

/// A message ready to be sent: text with entities, never parsed, no link previews.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutgoingMessage {
    chat_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_thread_id: Option<i64>,
    #[serde(flatten)]
    body: Body,
    link_preview_options: LinkPreviewOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_parameters: Option<ReplyParameters>,
    #[serde(skip_serializing_if = "Keyboard::is_empty")]
    reply_markup: Keyboard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct LinkPreviewOptions {
    is_disabled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct ReplyParameters {
    message_id: i64,
    allow_sending_without_reply: bool,
}

impl OutgoingMessage {
    /// `body`, to be sent to `destination`.
    #[must_use]
    pub fn new(destination: Destination, body: Body) -> Self {
        Self {
            chat_id: destination.chat,
            message_thread_id: destination.topic,
            body,
            link_preview_options: LinkPreviewOptions { is_disabled: true },
            reply_parameters: Some(ReplyParameters {
                message_id: destination.reply_to,
                allow_sending_without_reply: destination.even_if_gone,
            }),
            reply_markup: Keyboard::default(),
        }
    }

    /// The same with these buttons.
    #[must_use]
    pub fn with(self, keyboard: Keyboard) -> Self {
        Self {
            reply_markup: keyboard,
            ..self
        }
    }

    /// The same in reply to nothing.
    #[must_use]
    pub fn unasked(self) -> Self {
        Self {
            reply_parameters: None,
            ..self
        }
    }

    /// The chat it goes to.
    #[must_use]
    pub fn chat(&self) -> i64 {
        self.chat_id
    }

    /// What it says.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }
}

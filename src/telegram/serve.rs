//! One update served: read, decided on, answered, sent.

use std::sync::Arc;

use serde_json::Value;

use super::call::Client;
use super::send;
use crate::bot::{self, Event, Me, Settings};
use crate::library::Library;

/// What is needed to serve.
pub(super) struct Desk {
    pub(super) client: Client,
    pub(super) library: Arc<Library>,
    pub(super) me: Me,
    pub(super) settings: Settings,
}

impl Desk {
    /// Does what an update asks for. The library is asked right here: an answer takes well under a
    /// millisecond, less than a thread for it would cost.
    pub(super) async fn serve(&self, update: &Value) {
        for action in bot::decide(&Event::read(update), &self.me, &self.settings) {
            let message = match bot::respond(&action, &self.library, &self.me) {
                Ok(Some(message)) => message,
                Ok(None) => continue,
                Err(error) => {
                    tracing::error!(%error, "the library cannot be read");
                    bot::trouble(&action)
                }
            };
            let chat = message.chat();
            match send::send(&self.client, message).await {
                Ok(()) => tracing::debug!(chat, "sent"),
                Err(error) => {
                    tracing::warn!(%error, "an answer was given up");
                    tracing::debug!(chat, "it was meant for this chat");
                }
            }
        }
    }
}

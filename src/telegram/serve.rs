//! One update served: read, decided on, put into words.

use std::sync::Arc;

use serde_json::Value;

use super::engine::Desk;
use crate::bot::{self, Action, Call, Effect, Event, Me, Membership, Saying, Settings};
use crate::library::Library;
use crate::store::{Errand, Task};

/// What is needed to serve.
pub(super) struct Counter {
    pub(super) library: Arc<Library>,
    pub(super) me: Me,
    pub(super) settings: Settings,
}

impl Desk for Counter {
    fn wants(&self, update: &Value) -> bool {
        Membership::read(update).is_some() || !self.decide(update).is_empty()
    }

    /// The library is asked right here: an answer takes well under a millisecond, less than a thread
    /// for it would cost.
    async fn serve(&self, task: &Task) -> Vec<Effect> {
        let update = &task.update;
        let mut effects: Vec<Effect> = self.membership(update).into_iter().collect();
        for action in self.decide(update) {
            let action = match task.errand {
                Errand::Serve => action,
                Errand::Flood => action.saying(Saying::TooMuch),
                Errand::Late => action.saying(Saying::TooLate),
            };
            effects.extend(forget(&action, update));
            effects.extend(self.respond(&action));
        }
        effects
    }
}

impl Counter {
    fn decide(&self, update: &Value) -> Vec<Action> {
        bot::decide(&Event::read(update), &self.me, &self.settings)
    }

    fn membership(&self, update: &Value) -> Option<Effect> {
        match Membership::read(update)? {
            Membership::In(_) => None,
            Membership::Out(chat) => Some(Effect::Purge(chat)),
            Membership::Moved { from, to } => Some(Effect::Move { from, to }),
        }
    }

    fn respond(&self, action: &Action) -> Option<Effect> {
        let message = bot::respond(action, &self.library, &self.me).unwrap_or_else(|error| {
            tracing::error!(%error, "the library cannot be read");
            Some(bot::trouble(action))
        });
        message.map(|message| Effect::Call(Call::send(&message)))
    }
}

/// Who asks to be forgotten is forgotten before he is told so.
fn forget(action: &Action, update: &Value) -> Option<Effect> {
    let Action::Say {
        what: Saying::Forgotten,
        ..
    } = action
    else {
        return None;
    };
    let author = update.get("message")?.get("from")?.get("id")?.as_i64()?;
    Some(Effect::Forget(author))
}

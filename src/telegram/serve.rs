//! One update served: read, decided on, put into words.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::call::{Api, Client, DEADLINE};
use super::clock::{Clock, SystemClock};
use super::engine::Desk;
use crate::bot::{self, Action, Effect, Event, Known, Me, Membership, Saying, Settings};
use crate::library::Library;
use crate::store::{Errand, Millis, Store, StoreError, Task};

/// How long Telegram's word on who is an administrator is believed.
const BELIEVED: Millis = 30_000;

/// What is needed to serve.
pub(super) struct Counter {
    client: Client,
    library: Arc<Library>,
    store: Store,
    me: Me,
    settings: Settings,
    /// Who is an administrator of which chat, and when Telegram said so.
    admins: Mutex<HashMap<(i64, i64), (Millis, bool)>>,
}

impl Desk for Counter {
    fn wants(&self, update: &Value) -> Result<bool, StoreError> {
        Ok(Membership::read(update).is_some()
            || self.known(|known| bot::wants(&Event::read(update), known))?)
    }

    /// The library is asked right here: an answer takes well under a millisecond, less than a thread
    /// for it would cost.
    async fn serve(&self, task: &Task) -> Result<Vec<Effect>, StoreError> {
        let event = Event::read(&task.update);
        let mut effects = Vec::new();
        for action in self.known(|known| bot::decide(&event, known))? {
            let action = match task.errand {
                Errand::Serve => action,
                Errand::Flood => action.saying(Saying::TooMuch),
                Errand::Late => action.saying(Saying::TooLate),
            };
            let action = match action.depends_on() {
                Some((chat, user)) => action.settled(self.is_admin(chat, user).await),
                None => action,
            };
            effects.extend(self.respond(&action)?);
        }
        Ok(effects)
    }
}

impl Counter {
    pub(super) fn new(
        client: Client,
        library: Arc<Library>,
        store: Store,
        me: Me,
        settings: Settings,
    ) -> Self {
        Self {
            client,
            library,
            store,
            me,
            settings,
            admins: Mutex::default(),
        }
    }

    fn known<T>(&self, then: impl FnOnce(&Known<'_>) -> T) -> Result<T, StoreError> {
        let now = SystemClock.now();
        let memory = self.store.memory(now);
        let concluded = then(&Known {
            me: &self.me,
            settings: &self.settings,
            memory: &memory,
            now,
        });
        memory.behind(concluded)
    }

    fn respond(&self, action: &Action) -> Result<Vec<Effect>, StoreError> {
        self.known(|known| {
            bot::respond(action, &self.library, known).unwrap_or_else(|error| {
                tracing::error!(%error, "the library cannot be read");
                bot::trouble(action, known)
            })
        })
    }

    /// Whether Telegram says so. Where it says nothing, nobody is.
    async fn is_admin(&self, chat: i64, user: i64) -> bool {
        let now = SystemClock.now();
        let known = self.admins().get(&(chat, user)).copied();
        if let Some((_, is)) = known.filter(|(at, _)| now < at + BELIEVED) {
            return is;
        }
        let whom: Map<String, Value> = [("chat_id", chat), ("user_id", user)]
            .map(|(name, id)| (name.to_owned(), json!(id)))
            .into_iter()
            .collect();
        let member = self.client.call("getChatMember", &whom, DEADLINE).await;
        let is = match member {
            Ok(member) => bot::is_admin(&member),
            Err(error) => {
                tracing::warn!(%error, "Telegram does not say who is an administrator");
                return false;
            }
        };
        let mut admins = self.admins();
        admins.retain(|_, (at, _)| now < *at + BELIEVED);
        admins.insert((chat, user), (now, is));
        is
    }

    fn admins(&self) -> MutexGuard<'_, HashMap<(i64, i64), (Millis, bool)>> {
        self.admins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

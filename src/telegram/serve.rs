//! One update served: read, decided on, put into words.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::call::{Api, Client, DEADLINE, FetchError};
use super::clock::{Clock, SystemClock};
use super::engine::Desk;
use super::shared;
use crate::article::MAX_BYTES;
use crate::bot::{
    self, Action, By, Document, Done, Effect, Event, GuideTopic, Hindrance, Known, Me, Saying,
    Settings, Upkeep,
};
use crate::library::{FileName, Library, Offer};
use crate::live::{Change, Deed, LiveError, LiveLibrary, Sent};
use crate::store::{Errand, Millis, Store, StoreError, Task};
use crate::wording::Understood;

/// How long Telegram's word on who is an administrator is believed.
const BELIEVED: Millis = 5_000;

/// What is needed to serve.
pub(super) struct Counter {
    client: Client,
    library: LiveLibrary,
    /// The library that served last, and the bot as it goes with it.
    edition: Mutex<Arc<Edition>>,
    store: Store,
    settings: Settings,
    /// Who is an administrator of which chat, and when Telegram said so.
    admins: Mutex<HashMap<(i64, i64), (Millis, bool)>>,
}

/// A library, and the bot with the topics of its guides. One serves an update from its
/// beginning to its end.
struct Edition {
    library: Arc<Library>,
    me: Me,
}

impl Edition {
    fn new(library: Arc<Library>, me: &Me) -> Arc<Self> {
        let me = Me {
            topics: GuideTopic::all(&library),
            ..me.clone()
        };
        Arc::new(Self { library, me })
    }
}

impl Desk for Counter {
    fn wants(&self, update: &Value) -> Result<bool, StoreError> {
        let event = Event::read(update);
        Ok(event.is_vital() || self.known(&self.edition(), |known| bot::wants(&event, known))?)
    }

    /// The library is asked right here: an answer takes well under a millisecond, less than a thread
    /// for it would cost.
    async fn serve(&self, task: &Task) -> Result<Vec<Effect>, StoreError> {
        let edition = self.edition();
        let event = Event::read(&task.update);
        let mut effects = Vec::new();
        for action in self.known(&edition, |known| bot::decide(&event, known))? {
            let action = match task.errand {
                Errand::Serve => action,
                Errand::Flood => action.saying(Saying::TooMuch),
                Errand::Late => action.saying(Saying::TooLate),
            };
            let action = match action.depends_on() {
                Some((chat, user)) => action.settled(self.is_admin(chat, user).await),
                None => action,
            };
            effects.extend(match action {
                Action::Upkeep { by, upkeep } => self.carry_out(&by, &upkeep, task.seq).await?,
                action => self.respond(&action, &edition)?,
            });
        }
        Ok(effects)
    }
}

impl Counter {
    pub(super) fn new(
        client: Client,
        library: LiveLibrary,
        store: Store,
        me: &Me,
        settings: Settings,
    ) -> Self {
        Self {
            client,
            edition: Mutex::new(Edition::new(library.current(), me)),
            library,
            store,
            settings,
            admins: Mutex::default(),
        }
    }

    /// What serves now.
    fn edition(&self) -> Arc<Edition> {
        let library = self.library.current();
        let mut edition = self.edition.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&edition.library, &library) {
            *edition = Edition::new(library, &edition.me);
        }
        Arc::clone(&edition)
    }

    fn known<T>(
        &self,
        edition: &Edition,
        then: impl FnOnce(&Known<'_>) -> T,
    ) -> Result<T, StoreError> {
        let now = SystemClock.now();
        let memory = self.store.memory(now);
        let concluded = then(&Known {
            me: &edition.me,
            settings: &self.settings,
            memory: &memory,
            now,
        });
        memory.behind(concluded)
    }

    fn respond(&self, action: &Action, edition: &Edition) -> Result<Vec<Effect>, StoreError> {
        self.known(edition, |known| {
            bot::respond(action, &edition.library, known).unwrap_or_else(|error| {
                tracing::error!(%error, "the library cannot be read");
                bot::trouble(action, known)
            })
        })
    }

    /// Works on the library. What is said of it goes by the library that serves then. Other replicas
    /// do the same to theirs.
    async fn carry_out(
        &self,
        by: &By,
        upkeep: &Upkeep,
        number: i64,
    ) -> Result<Vec<Effect>, StoreError> {
        let is_shared = self.is_shared();
        if is_shared {
            // An operator goes on from where others stopped.
            shared::catch_up(&self.library, &self.store).await?;
        }
        let mut kept = Vec::new();
        let change = |article: &str, deed, sent| {
            if is_shared {
                let article = article.to_owned();
                let change = Change {
                    number,
                    article,
                    deed,
                };
                kept = shared::keep(&change, sent);
            }
        };
        // Where it lies aside must be the same everywhere.
        let place = if is_shared { number } else { 1 };
        let outcome = self.upkeep(upkeep, place, change).await;
        let edition = self.edition();
        let said = self.known(&edition, |known| {
            bot::carried_out(by, &outcome, upkeep, &edition.library, known)
        })?;
        Ok(kept.into_iter().chain(said).collect())
    }

    /// Whether other replicas work too.
    fn is_shared(&self) -> bool {
        self.store.pulse().is_some()
    }

    /// Does it, and tells `change` which article is another than before.
    async fn upkeep(
        &self,
        upkeep: &Upkeep,
        number: i64,
        change: impl FnOnce(&str, Deed, Option<Sent>),
    ) -> Result<Done, Hindrance> {
        let library = &self.library;
        let done = match upkeep {
            Upkeep::Reload => library.reload().await.map(Done::Reloaded),
            Upkeep::Look(document) => {
                let (name, content) = self.document(document).await?;
                let offer = library.look(name, content).await;
                offer.map(|offer| Done::Understood(Box::new(understood(&offer))))
            }
            Upkeep::Install(document) => {
                let (name, content) = self.document(document).await?;
                let sent = self.is_shared().then(|| Sent {
                    number,
                    name: name.clone(),
                    text: String::from_utf8_lossy(&content).into_owned(),
                });
                let installed = library.install(name, content).await;
                installed.map(|article| {
                    change(&article, Deed::Installed, sent);
                    Done::Installed(article)
                })
            }
            Upkeep::Remove(article) => {
                let removed = library.remove(article.clone(), number).await;
                // It may have been, by this very tap, in a process that died before it could say so.
                if matches!(removed, Ok(_) | Err(LiveError::Gone)) {
                    change(article, Deed::Removed, None);
                }
                removed.map(Done::Removed)
            }
            Upkeep::Restore(place) => {
                let restored = library.restore(place.clone()).await;
                restored.map(|article| {
                    change(&article, Deed::Restored(place.clone()), None);
                    Done::Restored
                })
            }
        };
        done.map_err(|error| match error {
            LiveError::Fixed => Hindrance::Fixed,
            LiveError::Gone => Hindrance::Gone,
            LiveError::Unwritable { .. } => Hindrance::Unwritable(error.to_string()),
            LiveError::Refused(_) | LiveError::Panicked => Hindrance::Refused(error.to_string()),
        })
    }

    /// Fetches a document, as long as it is no larger than an article may be.
    async fn document(&self, document: &Document) -> Result<(FileName, Vec<u8>), Hindrance> {
        let name = FileName::read(&document.name).ok_or(Hindrance::Gone)?;
        if document.size.is_some_and(|size| size > MAX_BYTES as u64) {
            return Err(Hindrance::TooLarge);
        }
        match self.client.fetch(&document.file, MAX_BYTES).await {
            Ok(content) => Ok((name, content)),
            Err(FetchError::TooLarge) => Err(Hindrance::TooLarge),
            Err(FetchError::Failed(error)) => {
                tracing::warn!(%error, "an operator's document is not fetched");
                Err(Hindrance::NotFetched)
            }
        }
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

fn understood(offer: &Offer) -> Understood {
    let article = &offer.article;
    Understood {
        name: article.id().to_owned(),
        title: article.title().to_owned(),
        author: article.author().map(str::to_owned),
        language: article.language(),
        passages: article.passages().len(),
        replaces: offer.replaces,
        questions: offer.guide.examples().len(),
        warnings: article.warnings(),
    }
}

//! Where all meet: the world behind a lock, and a bell that rings at every change, so that anybody
//! can wait until the world is as they wish.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;
use tokio::time::timeout_at;

use super::world::World;

pub(super) struct Hall {
    world: Mutex<World>,
    bell: watch::Sender<()>,
}

impl Hall {
    pub(super) fn new(world: World) -> Self {
        Self {
            world: Mutex::new(world),
            bell: watch::Sender::new(()),
        }
    }

    /// Reads from the world.
    pub(super) fn look<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&self.lock())
    }

    /// Changes the world, and rings.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let outcome = change(&mut self.lock());
        self.bell.send_replace(());
        outcome
    }

    /// The bell, to be listened to.
    pub(super) fn listen(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    /// Waits until `found` finds something, at most until the deadline.
    pub(super) async fn until<T>(
        &self,
        deadline: Instant,
        found: impl Fn(&World) -> Option<T>,
    ) -> Option<T> {
        let mut bell = self.bell.subscribe();
        loop {
            bell.mark_unchanged();
            if let Some(it) = self.look(&found) {
                return Some(it);
            }
            if timeout_at(deadline.into(), bell.changed()).await.is_err() {
                return self.look(&found);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

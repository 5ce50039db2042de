//! Whether the bot works: what its parts report of themselves, and what that amounts to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// How long a receiver may go without progress. A call of `getUpdates` waits up to 50 seconds for
/// something to happen, and is given 20 more to answer.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the parts of the bot report. Cheap to clone; all clones tell the same.
#[derive(Clone, Debug)]
pub struct Health(Arc<Mutex<Known>>);

#[derive(Clone, Copy, Debug)]
struct Known {
    progress: Instant,
    store: bool,
    library: bool,
}

/// How the bot is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The receiver's loop comes round.
    pub receiver: Condition,
    /// What comes in can be stored.
    pub store: Condition,
    /// There is something to answer from.
    pub library: Condition,
}

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// It does its work.
    Ok,
    /// It does not.
    Ill,
}

impl Condition {
    fn of(ok: bool) -> Self {
        if ok { Self::Ok } else { Self::Ill }
    }
}

impl Report {
    /// Whether no part is ill.
    #[must_use]
    pub fn is_well(self) -> bool {
        let Self {
            receiver,
            store,
            library,
        } = self;
        [receiver, store, library]
            .iter()
            .all(|&part| part == Condition::Ok)
    }
}

impl Health {
    /// At the start: the receiver has its whole time to come round, the store and the library are
    /// ill until they say that they are well.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self(Arc::new(Mutex::new(Known {
            progress: now,
            store: false,
            library: false,
        })))
    }

    /// The receiver has come round once more. To be said after a call that failed too: no restart
    /// helps where it is Telegram that does not answer. Behind a webhook it is to be said at an
    /// interval, because silence there is nobody's fault.
    pub fn progressed(&self, now: Instant) {
        self.change(|known| known.progress = known.progress.max(now));
    }

    /// The store could be written, or could not.
    pub fn store_writable(&self, writable: bool) {
        self.change(|known| known.store = writable);
    }

    /// The library is loaded, or is not any more.
    pub fn library_loaded(&self, loaded: bool) {
        self.change(|known| known.library = loaded);
    }

    /// How the bot is.
    #[must_use]
    pub fn report(&self, now: Instant) -> Report {
        let known = self.change(|known| *known);
        let idle = now.saturating_duration_since(known.progress);
        Report {
            receiver: Condition::of(idle <= PATIENCE),
            store: Condition::of(known.store),
            library: Condition::of(known.library),
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Condition::{Ill, Ok};

    fn parts(health: &Health, now: Instant) -> [Condition; 3] {
        let report = health.report(now);
        [report.receiver, report.store, report.library]
    }

    #[test]
    fn a_part_is_ill_until_it_is_well() {
        let start = Instant::now();
        let health = Health::new(start);
        assert_eq!(parts(&health, start), [Ok, Ill, Ill]);
        health.store_writable(true);
        assert_eq!(parts(&health, start), [Ok, Ok, Ill]);
        assert!(!health.report(start).is_well());
        health.clone().library_loaded(true);
        assert!(health.report(start).is_well());
        health.store_writable(false);
        assert_eq!(parts(&health, start), [Ok, Ill, Ok]);
    }

    #[test]
    fn a_receiver_is_alive_for_as_long_as_it_comes_round() {
        let start = Instant::now();
        let health = Health::new(start);
        let receiver = |after| health.report(start + after).receiver;
        assert_eq!(receiver(PATIENCE), Ok);
        assert_eq!(receiver(PATIENCE + Duration::from_millis(1)), Ill);
        health.progressed(start + PATIENCE);
        // What another thread says late does not turn the time back.
        health.progressed(start);
        assert_eq!(receiver(PATIENCE * 2), Ok);
        assert_eq!(receiver(PATIENCE * 2 + Duration::from_millis(1)), Ill);
    }
}

//! Time and chance, which a test can have as it likes.

use std::hash::{BuildHasher, RandomState};
use std::time::SystemTime;

use crate::store::Millis;

/// What time it is, and what chance says.
pub(super) trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Millis;
    /// A number from 0 to 1 that differs each time.
    fn chance(&self) -> f64;
}

/// The system's clock.
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
    }

    /// The keys of a new hasher are random.
    fn chance(&self) -> f64 {
        let hash = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or_default();
        f64::from(hash) / f64::from(u32::MAX)
    }
}

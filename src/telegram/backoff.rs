//! How long to wait before trying again: longer each time, and never everybody at the same moment.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// Growing delays.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The next delay: between the half and the whole of one that doubles each time.
    pub(super) fn delay(&mut self) -> Duration {
        let whole = FIRST
            .saturating_mul(2_u32.saturating_pow(self.tries))
            .min(LONGEST);
        self.tries += 1;
        whole / 2 + whole.mul_f64(chance() / 2.0)
    }

    /// Begins anew, after a success.
    pub(super) fn reset(&mut self) {
        self.tries = 0;
    }
}

/// A number from 0 to 1 that differs each time: the keys of a new hasher are random.
fn chance() -> f64 {
    let hash = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or_default();
    f64::from(hash) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_limit_and_begin_anew() {
        let mut backoff = Backoff::default();
        for tries in 0..100 {
            let whole = FIRST
                .saturating_mul(2_u32.saturating_pow(tries))
                .min(LONGEST);
            let delay = backoff.delay();
            assert!(whole / 2 <= delay && delay <= whole, "{tries}: {delay:?}");
        }
        backoff.reset();
        assert!(backoff.delay() <= FIRST);
    }
}

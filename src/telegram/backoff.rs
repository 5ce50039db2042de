//! How long to wait before trying again: longer each time, and never everybody at the same moment.

use std::time::Duration;

use super::clock::Clock;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// The longest for what is one's own, and may be asked often.
const BRIEF: Duration = Duration::from_secs(1);

/// The delay after so many tries: between the half and the whole of one that doubles each time.
pub(super) fn delay(tries: u32, clock: &impl Clock) -> Duration {
    let whole = FIRST
        .saturating_mul(2_u32.saturating_pow(tries))
        .min(LONGEST);
    whole / 2 + whole.mul_f64(clock.chance() / 2.0)
}

/// Growing delays.
#[derive(Debug)]
pub(super) struct Backoff {
    tries: u32,
    longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            tries: 0,
            longest: LONGEST,
        }
    }
}

impl Backoff {
    /// Delays until the store is asked again.
    pub(super) fn brief() -> Self {
        Self {
            tries: 0,
            longest: BRIEF,
        }
    }

    /// The next delay.
    pub(super) fn delay(&mut self, clock: &impl Clock) -> Duration {
        self.tries += 1;
        delay(self.tries - 1, clock).min(self.longest)
    }

    /// Begins anew, after a success.
    pub(super) fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::SystemClock;
    use super::*;

    #[test]
    fn delays_grow_to_a_limit_and_begin_anew() {
        let mut backoff = Backoff::default();
        for tries in 0..100 {
            let whole = FIRST
                .saturating_mul(2_u32.saturating_pow(tries))
                .min(LONGEST);
            let delay = backoff.delay(&SystemClock);
            assert!(whole / 2 <= delay && delay <= whole, "{tries}: {delay:?}");
        }
        backoff.reset();
        assert!(backoff.delay(&SystemClock) <= FIRST);
    }
}

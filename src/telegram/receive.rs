//! Updates by long polling, as raw JSON, each confirmed only after it was accepted.
//!
//! Telegram gives them to one program at a time: a call that has to wait ends, with a 409, the one
//! that waits already. Two programs that both simply tried again would end each other's calls for
//! ever. Here whoever has received undisturbed for a while asks again at once, and so ends the
//! newcomer's call; anybody else stands by. One that stands by only looks, with calls that do not
//! wait and so disturb nobody, and takes over when an update is left lying.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::backoff::Backoff;
use super::call::{Api, CallError, DEADLINE};
use super::clock::Clock;
use crate::bot::KINDS;
use crate::store::Millis;
use crate::systemd;

/// How long Telegram may hold a call back until there is something to deliver, in seconds.
const HOLD: u32 = 50;

/// Who has received undisturbed for so long does not make room for another program.
const SETTLED: Millis = 10_000;
/// How often one that stands by looks, in the mean. Telegram lets a call that repeats the last one
/// within 3 seconds wait all the same.
const LOOK: Duration = Duration::from_secs(5);

/// What the operator is told where Telegram does not know the token.
pub(super) const BAD_TOKEN: &str =
    "Telegram refuses the token: it is wrong or was revoked; take a valid one from @BotFather";

/// The stream of updates.
pub(super) struct Updates<A> {
    api: A,
    /// The update after the last one accepted; what lies before is confirmed by asking for it.
    offset: Option<i64>,
    /// Since when nothing has come between.
    since: Option<Millis>,
    backoff: Backoff,
}

/// The id by which an update is confirmed.
pub(super) fn id_of(update: &Value) -> Option<i64> {
    update.get("update_id").and_then(Value::as_i64)
}

/// A call for updates.
fn ask(offset: Option<i64>, timeout: u32) -> Map<String, Value> {
    let mut ask = Map::new();
    ask.extend(offset.map(|offset| ("offset".to_owned(), json!(offset))));
    ask.insert("timeout".to_owned(), json!(timeout));
    ask.insert("allowed_updates".to_owned(), json!(KINDS));
    ask
}

impl<A: Api> Updates<A> {
    pub(super) fn new(api: A) -> Self {
        Self {
            api,
            offset: None,
            since: None,
            backoff: Backoff::default(),
        }
    }

    /// The next updates, as soon as there are any. Waits and asks again where Telegram cannot be
    /// reached; only a refused token is an error. `progressed` is told of every round, a vain one too.
    pub(super) async fn next(
        &mut self,
        clock: &impl Clock,
        progressed: impl Fn(),
    ) -> anyhow::Result<Vec<Value>> {
        loop {
            let deadline = DEADLINE + Duration::from_secs(HOLD.into());
            let ask = ask(self.offset, HOLD);
            let since = *self.since.get_or_insert(clock.now());
            let answer = self.api.call("getUpdates", &ask, deadline).await;
            progressed();
            let error = match answer {
                Ok(Value::Array(updates)) => {
                    self.backoff.reset();
                    return Ok(updates);
                }
                Ok(_) => CallError::Unanswered("no list of updates".to_owned()),
                Err(error) => error,
            };
            self.since = None;
            if error.is_conflict() {
                if clock.now() < since + SETTLED {
                    self.stand_by(clock, &progressed).await?;
                } else {
                    tracing::warn!(
                        "another program has begun to receive this bot's updates: stop it, or give it a token of its own; going on here"
                    );
                }
                continue;
            }
            let delay = error
                .retry_after()
                .unwrap_or_else(|| self.backoff.delay(clock));
            match &error {
                CallError::Refused { code: 401, .. } => anyhow::bail!(BAD_TOKEN),
                CallError::Refused { code: 409, .. } => tracing::warn!(
                    ?delay,
                    "a webhook is set for this bot, so its updates go there: remove it with deleteWebhook"
                ),
                _ => tracing::warn!(%error, ?delay, "no updates received; trying again"),
            }
            tokio::time::sleep(delay).await;
        }
    }

    /// Leaves the updates to another program for as long as it takes them: until one is still there
    /// at the next look. To look confirms nothing.
    async fn stand_by(&mut self, clock: &impl Clock, progressed: impl Fn()) -> anyhow::Result<()> {
        tracing::warn!(
            "another program receives this bot's updates: standing by, to go on when it ends"
        );
        systemd::status("standing by: another program receives this bot's updates");
        self.offset = None;
        let look = ask(None, 0);
        let mut lying = None;
        loop {
            tokio::time::sleep(LOOK.mul_f64(0.8 + 0.4 * clock.chance())).await;
            let answer = self.api.call("getUpdates", &look, DEADLINE).await;
            progressed();
            let first = match answer {
                Ok(Value::Array(updates)) => updates.first().and_then(id_of),
                Err(CallError::Refused { code: 401, .. }) => anyhow::bail!(BAD_TOKEN),
                Ok(_) | Err(_) => None,
            };
            if first.is_some() && first == lying {
                tracing::warn!("nobody takes this bot's updates any more: going on here");
                systemd::status("receiving");
                return Ok(());
            }
            lying = first;
        }
    }

    /// An update is in safe hands: the next call confirms it. Ids may begin anew at a smaller one
    /// when a bot was idle for a week, so the last one counts and not the largest.
    pub(super) fn accept(&mut self, id: Option<i64>) {
        self.offset = id.and_then(|id| id.checked_add(1)).or(self.offset);
    }

    /// Somebody else goes on: what is to be confirmed is no longer known.
    pub(super) fn forget(&mut self) {
        self.offset = None;
    }

    /// Confirms what was accepted without waiting for more: the last call of all.
    pub(super) async fn confirm(&self) {
        let Some(offset) = self.offset else { return };
        let ask = ask(Some(offset), 0);
        if let Err(error) = self
            .api
            .call("getUpdates", &ask, Duration::from_secs(5))
            .await
        {
            tracing::warn!(%error, "the last updates are not confirmed; Telegram will deliver them again");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::sync::watch;
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep, timeout};

    use super::*;

    /// Telegram, as far as this goes: what was not confirmed, and who waits for more.
    #[derive(Default)]
    struct Queue {
        updates: Vec<i64>,
        waiting: u64,
        conflicts: usize,
    }

    #[derive(Clone)]
    struct Telegram(Arc<watch::Sender<Queue>>, Instant);

    impl Telegram {
        fn new() -> Self {
            Self(Arc::default(), Instant::now())
        }

        fn brings(&self, id: i64) {
            self.0.send_modify(|queue| queue.updates.push(id));
        }

        fn conflicts(&self) -> usize {
            self.0.borrow().conflicts
        }

        /// A program that receives; what it got is in its list.
        fn program(&self) -> (JoinHandle<()>, Arc<Mutex<Vec<i64>>>) {
            let (telegram, got) = (self.clone(), Arc::<Mutex<Vec<i64>>>::default());
            let list = Arc::clone(&got);
            let receiving = tokio::spawn(async move {
                let mut updates = Updates::new(telegram.clone());
                loop {
                    let next = updates.next(&telegram, || ()).await.expect("a good token");
                    let ids: Vec<i64> = next.iter().filter_map(id_of).collect();
                    updates.accept(ids.last().copied());
                    list.lock().expect("no panic").extend(ids);
                }
            });
            (receiving, got)
        }
    }

    impl Clock for Telegram {
        fn now(&self) -> Millis {
            Millis::try_from(self.1.elapsed().as_millis()).expect("a short test")
        }

        fn chance(&self) -> f64 {
            0.5
        }
    }

    impl Api for Telegram {
        async fn call(
            &self,
            _method: &str,
            body: &Map<String, Value>,
            _deadline: Duration,
        ) -> Result<Value, CallError> {
            let offset = body.get("offset").and_then(Value::as_i64).unwrap_or(0);
            let hold = body["timeout"].as_u64().expect("a time");
            let (mut changes, mut number) = (self.0.subscribe(), 0);
            self.0.send_modify(|queue| {
                queue.updates.retain(|id| *id >= offset);
                queue.waiting += u64::from(hold > 0 && queue.updates.is_empty());
                number = queue.waiting;
            });
            let ready = |queue: &Queue| !queue.updates.is_empty() || queue.waiting != number;
            _ = timeout(Duration::from_secs(hold), changes.wait_for(ready)).await;
            let mut ended = false;
            self.0.send_modify(|queue| {
                ended = queue.updates.is_empty() && queue.waiting != number;
                queue.conflicts += usize::from(ended);
            });
            if ended {
                return Err(CallError::Refused {
                    code: 409,
                    description: "Conflict: terminated by other getUpdates request".to_owned(),
                    retry_after: None,
                    migrate_to: None,
                });
            }
            let updates = self.0.borrow();
            let updates = updates.updates.iter();
            Ok(updates.map(|id| json!({ "update_id": id })).collect())
        }
    }

    async fn seconds(seconds: u64) {
        sleep(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_has_worked_goes_on_and_a_newcomer_takes_over_only_when_it_ends() {
        let telegram = Telegram::new();
        let (first, by_first) = telegram.program();
        seconds(60).await;
        let (_second, by_second) = telegram.program();
        seconds(600).await;
        assert_eq!(telegram.conflicts(), 2, "each was told once, and no more");
        for id in 1..=3 {
            telegram.brings(id);
            seconds(20).await;
        }
        assert_eq!(*by_first.lock().expect("no panic"), [1, 2, 3]);
        first.abort();
        seconds(1).await;
        telegram.brings(4);
        seconds(20).await;
        assert_eq!(*by_second.lock().expect("no panic"), [4]);
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_that_begin_together_one_stands_by() {
        let telegram = Telegram::new();
        let (_first, by_first) = telegram.program();
        seconds(1).await;
        let (_second, by_second) = telegram.program();
        seconds(600).await;
        assert_eq!(telegram.conflicts(), 1);
        telegram.brings(1);
        seconds(60).await;
        assert_eq!(*by_first.lock().expect("no panic"), [] as [i64; 0]);
        assert_eq!(*by_second.lock().expect("no panic"), [1]);
    }
}

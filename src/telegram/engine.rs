//! The work: lanes side by side, each in order, out of the inbox and through the outbox.
//!
//! A lane is worked on while it has something to do. What it does next the store says, after each
//! step and in the same transaction; so whenever the process ends, the next one goes on from there.
//! A lane that must wait is left: the alarm comes back to it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore, watch};

use super::backoff::Backoff;
use super::call::{Api, CallError, DEADLINE};
use super::clock::Clock;
use super::{intake, send};
use crate::bot::{Call, Effect};
use crate::metrics::{Dead, Metrics, Retry};
use crate::store::{Lane, Millis, Next, Outcome, Parcel, Reason, Store, StoreError, Task};
use crate::web::Health;

/// The most lanes that are worked on at once.
const LANES: usize = 256;
/// So many chats told to wait within [`FLOOD`] mean that all have to.
const FLOODED: usize = 4;
const FLOOD: Millis = 2000;
/// The longest that all chats wait because some were told to.
const LONGEST_PAUSE: Millis = 30_000;
/// How often what has aged is forgotten, and what an operator changed is noticed.
const ROUND: Millis = 60_000;

/// When a process has lived so long, what was put aside gets its second chance.
const STEADY: Millis = 20_000;

/// Whoever knows what an update leads to.
pub(super) trait Desk: Send + Sync + 'static {
    /// Whether it leads to anything. What does not is never kept.
    fn wants(&self, update: &Value) -> Result<bool, StoreError>;
    /// What it leads to.
    fn serve(&self, task: &Task) -> impl Future<Output = Result<Vec<Effect>, StoreError>> + Send;
}

/// The work on everything that was taken in.
pub(super) struct Engine<A, C, D> {
    pub(super) api: A,
    pub(super) clock: C,
    pub(super) desk: D,
    pub(super) store: Store,
    metrics: Metrics,
    lanes: Mutex<HashMap<Lane, Working>>,
    room: Semaphore,
    /// One at a time of what may have ended the last process, so that it is known which one did.
    suspects: tokio::sync::Mutex<()>,
    alarm: Alarm,
    /// All chats wait until then.
    pause: AtomicI64,
    floods: Mutex<Vec<(Millis, Option<i64>)>>,
    stopping: AtomicBool,
    idle: Notify,
    closed: watch::Sender<bool>,
    token_refused: Notify,
}

/// While it is there, lanes are worked on; when it is gone, none is.
pub(super) struct Shift<A, C, D>(pub(super) Arc<Engine<A, C, D>>);

impl<A, C, D> Drop for Shift<A, C, D> {
    fn drop(&mut self) {
        self.0.closed.send_replace(true);
    }
}

/// A lane at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Working {
    /// It has seen all that there is.
    Once,
    /// Something came meanwhile.
    Again,
}

impl<A: Api, C: Clock, D: Desk> Engine<A, C, D> {
    pub(super) fn new(api: A, clock: C, desk: D, store: Store, metrics: Metrics) -> Arc<Self> {
        Arc::new(Self {
            api,
            clock,
            desk,
            store,
            metrics,
            lanes: Mutex::default(),
            room: Semaphore::new(LANES),
            suspects: tokio::sync::Mutex::default(),
            alarm: Alarm::default(),
            pause: AtomicI64::new(0),
            floods: Mutex::default(),
            stopping: AtomicBool::new(false),
            idle: Notify::new(),
            closed: watch::Sender::new(false),
            token_refused: Notify::new(),
        })
    }

    /// Takes updates in. Once this has succeeded they outlive the process.
    pub(super) async fn take(self: &Arc<Self>, updates: &[Value]) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.metrics
            .updates(updates.len().try_into().unwrap_or(u64::MAX));
        let mut wanted = Vec::new();
        for update in updates {
            if self.wants(update)? {
                wanted.push(intake::read(update, now));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let accepted = self.store.accept(wanted, now).await?;
        for _ in 0..accepted.turned_away {
            self.metrics.turned_away();
        }
        if accepted.turned_away > 0 {
            tracing::warn!(
                updates = accepted.turned_away,
                "too much at once from one chat: turned away"
            );
        }
        for lane in accepted.lanes {
            self.wake(lane);
        }
        Ok(())
    }

    /// What cannot even be looked at is taken in, to be put aside like all that cannot be worked on.
    fn wants(&self, update: &Value) -> Result<bool, StoreError> {
        catch_unwind(AssertUnwindSafe(|| self.desk.wants(update))).unwrap_or(Ok(true))
    }

    /// Waits until Telegram refuses the token at a call.
    pub(super) async fn token_refused(&self) {
        self.token_refused.notified().await;
    }

    /// Begins with what is there, and comes back to lanes that wait, for as long as it is polled; to
    /// what other replicas took in or left behind, too.
    pub(super) async fn watch(self: &Arc<Self>, health: &Health) {
        let (mut backoff, mut rounds) = (Backoff::brief(), 0);
        let (pulse, mut ill) = (self.store.pulse().map(millis), false);
        let mut steady = Some(self.clock.now() + STEADY);
        loop {
            let now = self.clock.now();
            if steady.is_some_and(|at| now >= at) {
                steady = match self.store.second_chance().await {
                    Ok(_) => None,
                    Err(error) => {
                        tracing::error!(%error, "what was put aside has to wait");
                        Some(now + STEADY)
                    }
                };
            }
            if now >= rounds {
                rounds = now + ROUND;
                if let Err(error) = self.store.prune(now).await {
                    tracing::error!(%error, "what has aged is not forgotten");
                }
            }
            let next = match self.store.due(now).await {
                Ok((mut lanes, next)) => {
                    backoff.reset();
                    if std::mem::take(&mut ill) {
                        health.store_writable(true);
                    }
                    // In another order each time: were it always the same and the process killed
                    // again and again, always the same update would be at work then.
                    lanes.sort_by_cached_key(|_| self.clock.chance().to_bits());
                    for lane in lanes {
                        // Whoever comes back soon need not disturb who is at work.
                        if pulse.is_none() || !self.lanes().contains_key(&lane) {
                            self.wake(lane);
                        }
                    }
                    let times = [next, steady, pulse.map(|pulse| now + pulse)];
                    times.into_iter().flatten().fold(rounds, Millis::min)
                }
                Err(error) => {
                    tracing::error!(%error, "what waits cannot be read; trying again");
                    ill = true;
                    health.store_writable(false);
                    now + millis(backoff.delay(&self.clock))
                }
            };
            self.alarm.sleep(next, &self.clock).await;
        }
    }

    /// Takes up no more updates, and waits until what is in hand has ended, at most for `limit`; says
    /// whether it has.
    pub(super) async fn stop(&self, limit: Duration) -> bool {
        self.stopping.store(true, Ordering::Release);
        let ended = async {
            loop {
                let idle = self.idle.notified();
                if self.lanes().is_empty() {
                    return;
                }
                idle.await;
            }
        };
        tokio::time::timeout(limit, ended).await.is_ok()
    }

    fn wake(self: &Arc<Self>, lane: Lane) {
        if self.stopping.load(Ordering::Acquire) {
            return;
        }
        {
            let mut lanes = self.lanes();
            if let Some(working) = lanes.get_mut(&lane) {
                *working = Working::Again;
                return;
            }
            lanes.insert(lane, Working::Once);
        }
        let engine = Arc::clone(self);
        let mut closed = self.closed.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                _ = closed.wait_for(|closed| *closed) => {}
                () = engine.work(lane) => {}
            }
        });
    }

    async fn work(self: Arc<Self>, lane: Lane) {
        let _room = self.room.acquire().await.expect("never closed");
        self.count_lanes(self.lanes().len());
        loop {
            if let Err(error) = self.run(lane).await {
                tracing::error!(%error, "a chat's work cannot go on; trying again");
                self.alarm.set(self.clock.now() + 1000);
            }
            let mut lanes = self.lanes();
            let stopping = self.stopping.load(Ordering::Acquire);
            match lanes.get_mut(&lane) {
                Some(working) if *working == Working::Again && !stopping => {
                    *working = Working::Once;
                }
                _ => {
                    lanes.remove(&lane);
                    self.count_lanes(lanes.len());
                    self.idle.notify_waiters();
                    return;
                }
            }
        }
    }

    /// Works a lane off, as far as it can be.
    async fn run(self: &Arc<Self>, lane: Lane) -> Result<(), StoreError> {
        let mut next = self.store.next(lane, self.clock.now()).await?;
        loop {
            next = match next {
                Next::Work(_) if self.stopping.load(Ordering::Acquire) => return Ok(()),
                Next::Work(task) => self.serve(lane, task).await?,
                Next::Send(parcel) => self.send(lane, parcel).await,
                Next::Wait(until) => {
                    self.alarm.set(until);
                    return Ok(());
                }
                Next::Idle => return Ok(()),
            }
        }
    }

    /// Works on an update. One that may have ended a process is worked on alone.
    async fn serve(self: &Arc<Self>, lane: Lane, task: Task) -> Result<Next, StoreError> {
        let alone = if task.survivor {
            Some(self.suspects.lock().await)
        } else {
            None
        };
        if task.survivor && !self.store.attempt(&task).await? {
            return self.store.next(lane, self.clock.now()).await;
        }
        let task = Arc::new(task);
        let (mut backoff, started) = (Backoff::brief(), Instant::now());
        let effects = loop {
            // A panic ends this work alone.
            match AssertUnwindSafe(self.desk.serve(&task))
                .catch_unwind()
                .await
            {
                Ok(Ok(effects)) => break effects,
                Ok(Err(error)) => {
                    tracing::error!(%error, "what was noted cannot be read; trying again");
                    tokio::time::sleep(backoff.delay(&self.clock)).await;
                }
                Err(_) => {
                    self.metrics.panicked();
                    tracing::error!("the work on an update ended in a panic; all else goes on");
                    drop(alone);
                    return self.store.next(lane, self.clock.now()).await;
                }
            }
        };
        drop(alone);
        let took = started.elapsed();
        let (mut lasting, mut fleeting) = (Vec::new(), Vec::new());
        for effect in effects {
            match effect {
                Effect::Count { verdict, language } => {
                    self.metrics.answered(verdict, language, took);
                }
                Effect::Call(call) if call.is_fleeting() => fleeting.push(call),
                effect => lasting.push(effect),
            }
        }
        let next = self
            .store
            .worked(lane, &task, lasting, self.clock.now())
            .await?;
        for call in &fleeting {
            let within = call.within.map_or(0, millis);
            self.hurry(call, task.received + within).await;
        }
        Ok(next)
    }

    /// Makes a call that makes sense only until a certain time, and is not kept beyond.
    async fn hurry(&self, call: &Call, until: Millis) {
        let mut backoff = Backoff::default();
        loop {
            let left = until - self.clock.now();
            let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else {
                tracing::info!(method = call.method, "too late");
                return;
            };
            let deadline = DEADLINE.min(Duration::from_millis(left));
            match self.api.call(&call.method, &call.body, deadline).await {
                Ok(_) => return,
                Err(
                    CallError::Unreachable(_)
                    | CallError::Refused {
                        code: 429 | 500.., ..
                    },
                ) => {
                    tokio::time::sleep(backoff.delay(&self.clock)).await;
                }
                Err(error) => {
                    tracing::info!(method = call.method, %error, "not made");
                    return;
                }
            }
        }
    }

    /// Makes a call. What came of it is kept whatever happens: to forget it would be to repeat it.
    async fn send(self: &Arc<Self>, lane: Lane, parcel: Parcel) -> Next {
        let parcel = Arc::new(parcel);
        let outcome = self.tried(&parcel).await;
        let mut backoff = Backoff::brief();
        loop {
            let outcome = outcome.clone();
            match self
                .store
                .settle(lane, &parcel, outcome, self.clock.now())
                .await
            {
                Ok(next) => return next,
                Err(error) => {
                    tracing::error!(%error, "what came of a call cannot be kept; trying again");
                    tokio::time::sleep(backoff.delay(&self.clock)).await;
                }
            }
        }
    }

    async fn tried(&self, parcel: &Parcel) -> Outcome {
        let pause = self.pause.load(Ordering::Acquire);
        if pause > self.clock.now() {
            return Outcome::Again {
                at: pause,
                doubt: false,
            };
        }
        let call = &parcel.call;
        if let Some(late) = send::too_late(parcel, self.clock.now()) {
            return late;
        }
        let answer = self.api.call(&call.method, &call.body, DEADLINE).await;
        if let Err(error) = &answer {
            tracing::debug!(chat = call.chat(), method = call.method, %error, "not made");
            if matches!(error, CallError::Refused { code: 401, .. }) {
                self.token_refused.notify_one();
            }
        }
        let outcome = send::outcome(parcel, answer, &self.clock);
        self.measure(parcel, &outcome);
        match &outcome {
            Outcome::Hold(until) => self.flooded(call.chat(), *until),
            Outcome::Uncertain | Outcome::Dead(_) => tracing::warn!(
                method = call.method,
                id = format!("out:{}", parcel.id),
                "an answer could not be delivered, see `iqtibas state`"
            ),
            _ => {}
        }
        outcome
    }

    fn measure(&self, parcel: &Parcel, outcome: &Outcome) {
        let metrics = &self.metrics;
        match outcome {
            Outcome::Sent(_) => {
                let took = self.clock.now() - parcel.since;
                metrics.sent();
                metrics.delivered(Duration::from_millis(took.try_into().unwrap_or_default()));
            }
            Outcome::Withdrawn => {}
            Outcome::Again { doubt: true, .. } => metrics.retried(Retry::Connection),
            Outcome::Again { .. } => metrics.retried(Retry::Server),
            Outcome::Hold(_) => metrics.retried(Retry::Flood),
            Outcome::Instead(call) if parcel.call.fallback.as_deref() == Some(call) => {}
            Outcome::Instead(_) => metrics.retried(Retry::Topic),
            Outcome::Moved(_) => metrics.retried(Retry::Moved),
            Outcome::Uncertain => metrics.uncertain(),
            Outcome::Gone => metrics.dead(Dead::Gone),
            Outcome::Muted(_) => metrics.dead(Dead::Muted),
            Outcome::Dead(Reason::Topic) => metrics.dead(Dead::Topic),
            Outcome::Dead(Reason::Unreadable) => metrics.dead(Dead::Unreadable),
            Outcome::Dead(_) => metrics.dead(Dead::Refused),
        }
    }

    /// A chat was told to wait. When several are at once, it is the bot that is meant.
    fn flooded(&self, chat: Option<i64>, until: Millis) {
        let now = self.clock.now();
        let mut floods = self.floods.lock().unwrap_or_else(PoisonError::into_inner);
        floods.retain(|(at, other)| *at + FLOOD > now && *other != chat);
        floods.push((now, chat));
        if floods.len() >= FLOODED {
            let pause = until.min(now + LONGEST_PAUSE);
            self.pause.fetch_max(pause, Ordering::AcqRel);
            tracing::warn!(
                ms = pause - now,
                "Telegram wants fewer calls: all chats wait"
            );
        }
    }

    fn count_lanes(&self, lanes: usize) {
        self.metrics
            .lanes_active(lanes.try_into().unwrap_or(u32::MAX));
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<Lane, Working>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes at the earliest time that anybody has asked for.
#[derive(Default)]
struct Alarm {
    earlier: Notify,
    at: Mutex<Option<Millis>>,
}

impl Alarm {
    /// Asks to be woken at this time.
    fn set(&self, at: Millis) {
        let mut earliest = self.earliest();
        if earliest.is_none_or(|earliest| at < earliest) {
            *earliest = Some(at);
            self.earlier.notify_one();
        }
    }

    /// Sleeps until this time, or an earlier one that somebody asks for.
    async fn sleep(&self, until: Millis, clock: &impl Clock) {
        loop {
            let until = self.earliest().map_or(until, |at| at.min(until));
            let Some(left) = u64::try_from(until - clock.now()).ok().filter(|it| *it > 0) else {
                *self.earliest() = None;
                return;
            };
            tokio::select! {
                biased;
                () = self.earlier.notified() => {}
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
            }
        }
    }

    fn earliest(&self) -> MutexGuard<'_, Option<Millis>> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}

//! Work in order within a chat, chats side by side, and not too much of it at once.
//!
//! A chat has a lane while there is work in it. When all lanes together are full, whoever brings
//! more waits, and with him the updates that Telegram still keeps; when one chat's lane is full, only
//! what that chat brings is turned away.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most jobs in all lanes.
const ALL: u32 = 4096;
/// The most jobs that wait in one lane.
const ONE: usize = 256;

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;
type Waiting = HashMap<i64, VecDeque<(Job, OwnedSemaphorePermit)>>;

/// The lanes of all chats.
pub(super) struct Lanes {
    room: Arc<Semaphore>,
    /// What waits behind the job in hand; a chat is in it exactly while its lane is worked on.
    waiting: Arc<Mutex<Waiting>>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(ALL as usize)),
            waiting: Arc::default(),
        }
    }
}

impl Lanes {
    /// Puts a job at the end of a chat's lane, waiting for room; `false` where the lane is full.
    pub(super) async fn push(
        &self,
        chat: i64,
        job: impl Future<Output = ()> + Send + 'static,
    ) -> bool {
        let room = Arc::clone(&self.room)
            .acquire_owned()
            .await
            .expect("never closed");
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = waiting.get_mut(&chat) {
            let fits = lane.len() < ONE;
            if fits {
                lane.push_back((Box::pin(job), room));
            }
            return fits;
        }
        waiting.insert(chat, VecDeque::new());
        tokio::spawn(work(chat, Box::pin(job), room, Arc::clone(&self.waiting)));
        true
    }

    /// Waits until all jobs have ended, at most for `limit`; says whether they have.
    pub(super) async fn drain(&self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.room.acquire_many(ALL))
            .await
            .is_ok()
    }
}

/// Does a chat's jobs one after the other until there are none. A job that panics ends alone.
async fn work(chat: i64, job: Job, room: OwnedSemaphorePermit, waiting: Arc<Mutex<Waiting>>) {
    let mut next = Some((job, room));
    while let Some((job, _room)) = next {
        if tokio::spawn(job).await.is_err_and(|error| error.is_panic()) {
            tracing::error!("a job ended in a panic; the others go on");
        }
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        next = waiting.get_mut(&chat).and_then(VecDeque::pop_front);
        if next.is_none() {
            waiting.remove(&chat);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::{Notify, mpsc};

    const SOON: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn a_chat_is_served_in_order_and_waits_for_no_other() {
        let (lanes, gate) = (Lanes::default(), Arc::new(Notify::new()));
        let (done, mut ended) = mpsc::unbounded_channel();
        let held = Arc::clone(&gate);
        assert!(lanes.push(1, async move { held.notified().await }).await);
        for (chat, n) in [(1, 10), (1, 11), (2, 20), (2, 21)] {
            let done = done.clone();
            assert!(
                lanes
                    .push(chat, async move { done.send(n).expect("somebody listens") })
                    .await
            );
        }
        assert_eq!(
            (ended.recv().await, ended.recv().await),
            (Some(20), Some(21))
        );
        assert!(!lanes.drain(Duration::from_millis(10)).await);
        gate.notify_one();
        assert_eq!(
            (ended.recv().await, ended.recv().await),
            (Some(10), Some(11))
        );
        assert!(lanes.drain(SOON).await);
    }

    #[tokio::test]
    async fn a_panic_ends_one_job() {
        let lanes = Lanes::default();
        let (done, mut ended) = mpsc::unbounded_channel();
        assert!(lanes.push(1, async { panic!("on purpose") }).await);
        assert!(
            lanes
                .push(1, async move { done.send(()).expect("somebody listens") })
                .await
        );
        assert_eq!(ended.recv().await, Some(()));
        assert!(lanes.drain(SOON).await);
    }

    #[tokio::test]
    async fn one_chat_cannot_take_all_the_room() {
        let (lanes, gate) = (Lanes::default(), Arc::new(Notify::new()));
        let held = Arc::clone(&gate);
        assert!(lanes.push(1, async move { held.notified().await }).await);
        for _ in 0..ONE {
            assert!(lanes.push(1, async {}).await);
        }
        assert!(!lanes.push(1, async {}).await);
        assert!(lanes.push(2, async {}).await);
        gate.notify_one();
        assert!(lanes.drain(SOON).await);
    }
}

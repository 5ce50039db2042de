//! What is read at once, beside whatever is being written.
#![cfg_attr(
    not(feature = "postgres"),
    allow(dead_code, reason = "a file is read by whoever asks")
)]

use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use super::StoreError;
use super::journal::Journal;
use super::thread::Thread;

/// How long whoever reads is held up at most.
const PATIENCE: Duration = Duration::from_secs(2);

type Look = Box<dyn FnOnce(&Journal) + Send>;

/// Who reads.
#[derive(Clone)]
pub(super) enum Reader {
    /// Whoever asks, from a file.
    Inline(Arc<Mutex<Journal>>),
    /// A thread of its own: a client of a server blocks, and must not do so inside a runtime.
    Thread(Arc<Thread<Look>>),
}

impl Reader {
    pub(super) fn inline(journal: Journal) -> Self {
        Self::Inline(Arc::new(Mutex::new(journal)))
    }

    /// Opens a journal and starts the thread that works with it.
    pub(super) fn spawn(
        open: impl FnOnce() -> Result<Journal, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let serve = |journal: &Journal, looks: &mpsc::Receiver<Look>| {
            for look in looks {
                look(journal);
            }
        };
        let thread = Thread::spawn("store reader", open, serve)?;
        Ok(Self::Thread(Arc::new(thread)))
    }

    pub(super) fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Journal) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        match self {
            Self::Inline(journal) => look(&journal.lock().unwrap_or_else(PoisonError::into_inner)),
            Self::Thread(thread) => {
                let (tell, told) = mpsc::sync_channel(1);
                // Who has stopped waiting does not want to know.
                thread.send(Box::new(move |journal| _ = tell.send(look(journal))))?;
                told.recv_timeout(PATIENCE).map_err(|error| match error {
                    RecvTimeoutError::Timeout => StoreError::Unanswered,
                    RecvTimeoutError::Disconnected => StoreError::NotWritten,
                })?
            }
        }
    }
}

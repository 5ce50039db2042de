//! Operations in transactions: many share one commit, and none is answered before it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use tokio::sync::oneshot;

use super::StoreError;
use super::journal::Journal;
use super::thread::Thread;

/// The most operations that share a commit.
const SHARED: usize = 512;

/// An operation: it is done in a transaction and gives what is to be said once that is committed,
/// or has failed.
pub(super) type Operation = Box<dyn FnOnce(&Journal) -> Answer + Send>;
/// What is said when the commit was made, or was not.
pub(super) struct Answer {
    /// Whether the operation itself went well.
    done: bool,
    say: Box<dyn FnOnce(bool) + Send>,
}

/// Who runs the operations.
#[derive(Clone)]
pub(super) enum Writer {
    /// A thread of its own, so that no worker waits for the disk.
    Thread(Arc<Thread<Operation>>),
    /// Whoever asks: for a state in memory.
    Inline(Arc<Mutex<Journal>>),
}

impl Writer {
    /// Opens a journal and starts the thread that works with it.
    pub(super) fn spawn(
        open: impl FnOnce() -> Result<Journal, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let thread = Thread::spawn("store", open, serve)?;
        Ok(Self::Thread(Arc::new(thread)))
    }

    pub(super) fn inline(journal: Arc<Mutex<Journal>>) -> Self {
        Self::Inline(journal)
    }

    /// Runs an operation; its result comes once it is committed.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Journal) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (tell, told) = oneshot::channel();
        let operation: Operation = Box::new(move |journal| {
            let result = operation(journal);
            Answer {
                done: result.is_ok(),
                say: Box::new(move |committed| {
                    let written = |it| committed.then_some(it).ok_or(StoreError::NotWritten);
                    // Who has stopped waiting does not want to know.
                    _ = tell.send(result.and_then(written));
                }),
            }
        });
        match self {
            Self::Thread(thread) => thread.send(operation)?,
            Self::Inline(journal) => {
                let journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
                commit(&journal, vec![operation]);
            }
        }
        told.await.map_err(|_| StoreError::NotWritten)?
    }
}

fn serve(journal: &Journal, operations: &mpsc::Receiver<Operation>) {
    while let Ok(first) = operations.recv() {
        let mut shared = vec![first];
        shared.extend(operations.try_iter().take(SHARED - 1));
        commit(journal, shared);
    }
}

/// All or nothing: where one fails, nothing is written, and each of those who asked may try again.
fn commit(journal: &Journal, operations: Vec<Operation>) {
    if let Err(error) = journal.begin() {
        // Operations that are dropped are answered: nothing was written.
        tracing::warn!(%error, "no transaction");
        return;
    }
    let mut whole = true;
    let mut answers = Vec::with_capacity(operations.len());
    for operation in operations {
        // One that panics is dropped; the others are told that nothing was written.
        match catch_unwind(AssertUnwindSafe(|| operation(journal))) {
            Ok(answer) => {
                whole &= answer.done;
                answers.push(answer);
            }
            Err(_) => whole = false,
        }
    }
    let committed = whole
        && journal
            .commit()
            .inspect_err(|error| tracing::warn!(%error, "no commit"))
            .is_ok();
    if !committed {
        journal.sql.roll_back();
    }
    for answer in answers {
        (answer.say)(committed);
    }
}

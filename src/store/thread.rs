//! A thread that owns a journal and does one job after another with it.

use std::sync::mpsc;
use std::thread;

use super::StoreError;
use super::journal::Journal;

/// The thread; it ends, and has closed the database, when the last who could ask it is gone.
pub(super) struct Thread<J> {
    jobs: Option<mpsc::Sender<J>>,
    handle: Option<thread::JoinHandle<()>>,
}

impl<J: Send + 'static> Thread<J> {
    /// Starts it; comes back when the journal is open.
    pub(super) fn spawn(
        name: &str,
        open: impl FnOnce() -> Result<Journal, StoreError> + Send + 'static,
        serve: impl FnOnce(&Journal, &mpsc::Receiver<J>) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (jobs, received) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let work = move || match open() {
            Ok(journal) => {
                _ = tell.send(Ok(()));
                serve(&journal, &received);
            }
            Err(error) => _ = tell.send(Err(error)),
        };
        let handle = thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)
            .expect("the system has room for a thread");
        told.recv().map_err(|_| StoreError::NotWritten)??;
        Ok(Self {
            jobs: Some(jobs),
            handle: Some(handle),
        })
    }

    /// Hands it a job.
    pub(super) fn send(&self, job: J) -> Result<(), StoreError> {
        let sent = self.jobs.as_ref().map(|jobs| jobs.send(job));
        sent.and_then(Result::ok).ok_or(StoreError::NotWritten)
    }
}

impl<J> Drop for Thread<J> {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(handle) = self.handle.take() {
            // One that panicked has nothing more to close.
            _ = handle.join();
        }
    }
}

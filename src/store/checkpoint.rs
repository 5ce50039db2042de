//! Checkpoints: what was committed is moved from the write-ahead log to its place in the file. That
//! waits for the disk, so it is done beside the writer, by a thread with a connection of its own.

use std::ffi::c_int;
use std::sync::mpsc;
use std::thread;

use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, MAIN_DB};

use super::StoreError;

/// So many new pages in the log are worth a checkpoint.
const MANY: c_int = 500;
/// So many are too many. The log begins anew only when all of it was moved, and while commits go on
/// nobody but the writer can come to its end; the thread has left it little to do.
const TOO_MANY: c_int = 16_000;

/// Has `beside` make the checkpoints for `writer`, for as long as that is open.
pub(super) fn make(writer: &mut Connection, beside: Connection) -> Result<(), StoreError> {
    // A connection that has read nothing yet does not know of the log, and would leave it as it is.
    beside.execute_batch("SELECT 1 FROM sqlite_schema")?;
    let (tell, told) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("checkpoints".to_owned())
        .spawn(move || {
            while told.recv().is_ok() {
                let made = beside.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE);
                if let Err(error) = made {
                    tracing::warn!(%error, "no checkpoint");
                }
            }
        })
        .expect("the system has room for a thread");
    let mut due = MANY;
    let committed = move |wal: &mut Wal, pages| {
        due = due.min(pages + MANY);
        if pages >= TOO_MANY {
            // Where the thread is at it, the next commit tries again.
            _ = wal.checkpoint();
        } else if pages >= due {
            due = pages + MANY;
            // Whoever is told already comes anyway.
            _ = tell.try_send(());
        }
        Ok(())
    };
    Ok(writer.wal_hook(Some(committed))?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_log_is_moved_into_the_file_and_begins_anew() {
        let dir = tempfile::tempdir().expect("a folder");
        let open = || Connection::open(dir.path().join("state")).expect("a file");
        let size = |name| fs::metadata(dir.path().join(name)).map_or(0, |it| it.len());
        let mut writer = open();
        writer
            .execute_batch("PRAGMA journal_mode = wal; CREATE TABLE blob (content BLOB)")
            .expect("made");
        make(&mut writer, open()).expect("a hook");
        let write = || {
            let blob = "INSERT INTO blob VALUES (zeroblob(4096000))";
            writer.execute(blob, []).expect("written");
        };
        write();
        for _ in 0..1000 {
            if size("state") < 4_000_000 {
                thread::sleep(Duration::from_millis(10));
            }
        }
        assert!(size("state") > 4_000_000, "moved by the thread");
        for _ in 0..20 {
            write();
        }
        assert!(size("state-wal") < 18_000 * 4_200, "moved to its end");
    }
}

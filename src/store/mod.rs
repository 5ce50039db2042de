//! What must outlive the process: updates until they are worked on, calls until they are made, and
//! the bot's notes. One SQLite file, its key beside it; or a PostgreSQL, for several replicas of the
//! bot that share the work lane by lane.
//!
//! A [`Store`] runs each operation in a transaction on a thread of its own. Operations that come
//! while one is at work share the next commit, so that a loaded bot commits rarely and an idle one
//! at once.

#[cfg(feature = "postgres")]
mod address;
mod checkpoint;
mod journal;
#[cfg(feature = "postgres")]
mod postgres;
mod reader;
mod recent;
mod schema;
mod seal;
mod sql;
mod thread;
mod writer;

use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

pub use journal::{Accepted, BACKLOG};
pub use seal::KeyError;

use crate::bot::{Call, Effect, Memory, NoteId};
use journal::Journal;
use reader::Reader;
use recent::Recent;
use seal::Seal;
use sql::Sqlite;
use writer::Writer;

/// Milliseconds since 1970.
pub type Millis = i64;

/// How long another process may hold the file before an operation fails.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a replica looks for what others took in or left behind.
const PULSE: Duration = Duration::from_millis(100);

/// How much a commit survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Durability {
    /// The end of the process, however it ends.
    #[default]
    Process,
    /// A loss of power too; each commit waits for the disk.
    Power,
}

/// What must outlive the process. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: Writer,
    /// For notes: read at once, beside whatever is being written.
    reader: Reader,
    /// Notes that need not even be read, where nobody else writes them.
    recent: Option<Arc<Recent>>,
    /// Held for as long as this process works; another one stands by.
    _lock: Option<Arc<File>>,
    /// Whether other replicas work with it too.
    shared: bool,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

/// Why a store cannot be opened, or an operation has failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database says so.
    #[error("the state cannot be read or written: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file is damaged.
    #[error(
        "{path} is damaged ({detail}): put a backup in its place (iqtibas backup makes one), or move it away to begin anew; what Telegram has not delivered yet is not lost"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        detail: String,
    },
    /// A newer program has written it.
    #[error(
        "the state has version {found} and this program knows versions up to {known}: use the newer program, or a backup from before"
    )]
    Newer {
        /// The version of the file.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// Another key is needed.
    #[error(
        "the state was written with another key: name the right one with IQTIBAS_KEY_FILE; all replicas need the same"
    )]
    WrongKey,
    /// No key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The state is another bot's.
    #[error(
        "the state belongs to another bot: give this one a state of its own with --state or --database-url"
    )]
    OtherBot,
    /// There is none.
    #[error("there is no state at {0}: name it with --state; `iqtibas run` makes one")]
    Missing(PathBuf),
    /// The lock file cannot be used.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: std::io::Error,
    },
    /// The operation shared its commit with one that failed, or the writer has ended.
    #[error("the state could not be written")]
    NotWritten,
    /// Reading takes too long.
    #[error("the state does not answer")]
    Unanswered,
    /// PostgreSQL says so, or cannot be reached.
    #[error("the database cannot be used: {said}")]
    Postgres {
        /// What is wrong.
        said: String,
        /// Whether it may be right again after a while, without anybody doing anything here.
        passing: bool,
    },
    /// This is no address of a PostgreSQL. It is not shown: it may hold a password.
    #[error(
        "DATABASE_URL is no address of a PostgreSQL: it looks like postgres://user:password@host/database"
    )]
    DatabaseUrl,
    /// Something in it is not understood.
    #[error(
        "DATABASE_URL: {0}: leave it out; sslmode may be disable, prefer, require, verify-ca or verify-full, and sslrootcert a file or system"
    )]
    DatabaseOption(String),
    /// Those who are to be trusted cannot be read.
    #[error(
        "sslrootcert in DATABASE_URL: {}: {said}: name a file of PEM certificates, or write sslrootcert=system to trust those that the system does", .file.display()
    )]
    RootFile {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        said: String,
    },
    /// The server cannot prove who it is.
    #[error(
        "the database's certificate is not believed: {0}: name the file of its authority with ?sslrootcert=FILE in DATABASE_URL, and the server by a name that stands in the certificate"
    )]
    Certificate(String),
    /// There is somebody else's data.
    #[error(
        "DATABASE_URL leads to tables of something else: give the bot a database of its own, or a schema with ?options=-csearch_path%3DNAME"
    )]
    Foreign,
    /// There is no state in the database.
    #[error("there is no state in the database: `iqtibas run` makes one")]
    Empty,
    /// Claims would be whoever's the pooler likes.
    #[error(
        "DATABASE_URL leads to a pooler that shares sessions: name PostgreSQL itself, or let the pooler keep a session for each client"
    )]
    Pooled,
    /// No certificate is trusted.
    #[error(
        "the system trusts no certificate: install its CA certificates, name a file of them with SSL_CERT_FILE, or add ?sslmode=disable to DATABASE_URL where nobody else is on the network"
    )]
    NoRoots,
    /// The program does not know PostgreSQL.
    #[error("this program was built without PostgreSQL: build it with --features postgres")]
    NoPostgres,
    /// PostgreSQL has its own way of making copies.
    #[error(
        "the state lies in PostgreSQL: copy it with pg_dump, and keep a copy of the key elsewhere"
    )]
    NotCopied,
}

impl StoreError {
    /// Whether it may be right again after a while, without anybody doing anything here.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Postgres { passing: true, .. })
    }
}

/// Where a state lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePlace {
    /// The file, where there is no database.
    pub file: PathBuf,
    /// The key.
    pub key: PathBuf,
    /// A PostgreSQL that several replicas share.
    pub database: Option<DatabaseUrl>,
}

/// The address of a PostgreSQL. Does not show itself: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    #[cfg(feature = "postgres")]
    fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for DatabaseUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl")
    }
}

/// Work that must happen in order. Different lanes go side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane(i64);

/// An update to be taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// What makes it the same update when it comes again.
    pub identity: String,
    /// What must wait for what: a class, and an id in it.
    pub lane: (&'static str, i64),
    /// The chat it comes from.
    pub chat: Option<i64>,
    /// Who caused it.
    pub member: Option<i64>,
    /// Whether it says that the bot may write to the chat.
    pub reopens: bool,
    /// Whether it is taken in however much waits.
    pub vital: bool,
    /// When it happened.
    pub sent: Millis,
    /// The update as it came.
    pub update: Value,
}

/// What a lane has to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Work on an update.
    Work(Task),
    /// Make a call.
    Send(Parcel),
    /// Nothing before this time.
    Wait(Millis),
    /// Nothing.
    Idle,
}

/// An update to be worked on.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its place in the inbox.
    pub seq: i64,
    /// The update as it came.
    pub update: Value,
    /// When it was taken in.
    pub received: Millis,
    /// What to do about it.
    pub errand: Errand,
    /// Whether it has waited since before this process began or was tried before, and may be what
    /// ended the last one.
    /// Then an attempt has to be counted before it is made; else it is already.
    pub survivor: bool,
    /// Who caused it, by a keyed name.
    member: Option<i64>,
}

/// What to do about an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Errand {
    /// What it asks for.
    Serve = 0,
    /// Say that there was too much at once.
    Flood = 1,
    /// Say that it came too late.
    Late = 2,
}

impl Errand {
    fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Flood,
            2 => Self::Late,
            _ => Self::Serve,
        }
    }
}

/// A call to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Its place in the outbox.
    pub id: i64,
    /// The call.
    pub call: Call,
    /// When the update that it answers was taken in.
    pub since: Millis,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it was tried without an answer.
    pub doubts: u32,
}

/// What came of a call, and so what becomes of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was made; the id of the message, where there is one.
    Sent(Option<i64>),
    /// It is no longer wanted.
    Withdrawn,
    /// It is tried again at this time.
    Again {
        /// When.
        at: Millis,
        /// Whether it may have been made.
        doubt: bool,
    },
    /// Its chat must be left alone until this time.
    Hold(Millis),
    /// This is tried in its place.
    Instead(Call),
    /// Its chat has become this supergroup.
    Moved(i64),
    /// It may have been made, twice: it is left to the operator.
    Uncertain,
    /// It can never be made.
    Dead(Reason),
    /// Its chat is gone, or has blocked the bot.
    Gone,
    /// The bot may not write in its chat; to be found out again at this time.
    Muted(Millis),
}

/// Why a call can never be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its topic is closed or gone, and it must not be spilled into another one.
    Topic,
    /// Telegram refuses it.
    Refused,
    /// Telegram could not be reached for too long.
    Unreachable,
    /// It cannot be opened any more.
    Unreadable,
}

impl Reason {
    fn words(self) -> &'static str {
        match self {
            Self::Topic => "its topic is closed or gone",
            Self::Refused => "Telegram refuses it",
            Self::Unreachable => "Telegram was out of reach for too long",
            Self::Unreadable => "it cannot be opened",
        }
    }
}

/// How much waits and how much failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Updates to be worked on.
    pub waiting: u32,
    /// Calls to be made.
    pub owed: u32,
    /// Updates that were put aside.
    pub aside: u32,
    /// Calls of which nobody knows whether they were made.
    pub uncertain: u32,
    /// Calls that cannot be made.
    pub dead: u32,
}

/// Something that waits or failed, without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// By which the operator names it.
    pub id: String,
    /// How it stands.
    pub state: String,
    /// An update, or a call's method.
    pub what: String,
    /// Since when.
    pub since: Millis,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed.
    pub reason: Option<String>,
}

/// The notes in a store, as they are at some time. What is concluded from them counts only where
/// all could be read.
#[derive(Debug)]
pub struct Notes<'s> {
    store: &'s Store,
    now: Millis,
    failed: RefCell<Option<StoreError>>,
}

impl Notes<'_> {
    /// The value, where all notes that it was concluded from could be read.
    ///
    /// # Errors
    /// Where one could not.
    pub fn behind<T>(self, value: T) -> Result<T, StoreError> {
        self.failed.into_inner().map_or(Ok(value), Err)
    }

    fn read<T: Default>(&self, note: Result<T, StoreError>) -> T {
        note.unwrap_or_else(|error| {
            *self.failed.borrow_mut() = Some(error);
            T::default()
        })
    }
}

impl Memory for Notes<'_> {
    fn note(&self, id: &NoteId) -> Option<Value> {
        self.read(self.store.note(id, self.now))
    }

    fn notes(&self, kind: &str, chat: i64, most: usize) -> Vec<(i64, Value)> {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        self.read(self.store.notes(kind, chat, most, self.now))
    }
}

impl Store {
    /// Opens the state for work, making it where there is none. `None` while another process works
    /// with it, and cannot share it. PostgreSQL says itself what its commits survive.
    ///
    /// # Errors
    /// Where it cannot be used, with the way out.
    pub fn open(place: &StatePlace, durability: Durability) -> Result<Option<Self>, StoreError> {
        if let Some(url) = &place.database {
            return Self::shared(url, &place.key, true).map(Some);
        }
        let Some(lock) = lock(&place.file)? else {
            return Ok(None);
        };
        let fresh = !place.file.exists();
        let seal = Seal::from_file(&place.key, fresh)?;
        let mut connection = connect(&place.file, OpenFlags::default())?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        let synchronous = match durability {
            Durability::Process => "normal",
            Durability::Power => "full",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        schema::migrate(&mut connection)?;
        checkpoint::make(&mut connection, Connection::open(&place.file)?)?;
        let alone = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = connect(&place.file, alone)?;
        let reader = Box::new(Sqlite::new(reader)?);
        let reader = Journal::read(reader, Seal::from_file(&place.key, false)?)?;
        let recent = Recent::new();
        let journal = Journal::take_over(Box::new(Sqlite::new(connection)?), seal)?.alone(&recent);
        Ok(Some(Self {
            writer: Writer::spawn(|| Ok(journal))?,
            reader: Reader::inline(reader),
            recent: Some(recent),
            _lock: Some(Arc::new(lock)),
            shared: false,
        }))
    }

    /// A store that ends with the process.
    ///
    /// # Errors
    /// Where SQLite has no memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self::alone(memory()?))
    }

    /// As the next process finds it, for a world in which processes end.
    #[cfg(test)]
    pub(crate) fn restarted(self) -> Self {
        let Self { writer, reader, .. } = self;
        drop(writer);
        let Reader::Inline(journal) = reader else {
            unreachable!("it is in memory");
        };
        let journal = Arc::into_inner(journal).expect("nobody else works with it");
        let Journal { sql, seal, .. } = journal
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Self::alone(Journal::take_over(sql, seal).expect("it was there before"))
    }

    /// From now on, or no longer, a store in memory cannot be written.
    #[cfg(test)]
    pub(crate) fn refuses(&self, refuses: bool) {
        let pragma = format!("PRAGMA query_only = {refuses}");
        let set = self.reader.read(move |it| it.sql.execute(&pragma, &[]));
        set.expect("SQLite knows how");
    }

    fn alone(journal: Journal) -> Self {
        let recent = Recent::new();
        Self::inline(journal.alone(&recent), Some(recent))
    }

    fn inline(journal: Journal, recent: Option<Arc<Recent>>) -> Self {
        let journal = Arc::new(Mutex::new(journal));
        Self {
            writer: Writer::inline(Arc::clone(&journal)),
            reader: Reader::Inline(journal),
            recent,
            _lock: None,
            shared: false,
        }
    }

    #[cfg(feature = "postgres")]
    fn shared(url: &DatabaseUrl, key: &Path, work: bool) -> Result<Self, StoreError> {
        let place = || (url.clone(), key.to_owned());
        let (url, key) = place();
        let open = if work { postgres::work } else { postgres::look };
        let writer = Writer::spawn(move || open(&url, &key))?;
        let (url, key) = place();
        Ok(Self {
            writer,
            reader: Reader::spawn(move || postgres::look(&url, &key))?,
            recent: None,
            _lock: None,
            shared: true,
        })
    }

    #[cfg(not(feature = "postgres"))]
    fn shared(_: &DatabaseUrl, _: &Path, _: bool) -> Result<Self, StoreError> {
        Err(StoreError::NoPostgres)
    }

    /// Opens the state beside whoever works with it, to look and to mend.
    ///
    /// # Errors
    /// Where there is none or it cannot be used.
    pub fn visit(place: &StatePlace) -> Result<Self, StoreError> {
        if let Some(url) = &place.database {
            return Self::shared(url, &place.key, false);
        }
        if !place.file.exists() {
            return Err(StoreError::Missing(place.file.clone()));
        }
        let seal = Seal::from_file(&place.key, false)?;
        let mut connection = connect(&place.file, OpenFlags::default())?;
        schema::migrate(&mut connection)?;
        let sqlite = Box::new(Sqlite::new(connection)?);
        let journal = Journal::read(sqlite, seal)?;
        Ok(Self::inline(journal, None))
    }

    /// Copies the state to a file of its own, whoever works with it.
    ///
    /// # Errors
    /// Where there is no state, or the file is there already or cannot be written.
    pub fn backup(place: &StatePlace, to: &Path) -> Result<(), StoreError> {
        if place.database.is_some() {
            return Err(StoreError::NotCopied);
        }
        if !place.file.exists() {
            return Err(StoreError::Missing(place.file.clone()));
        }
        let failed = |error| StoreError::File {
            path: to.to_owned(),
            error,
        };
        // Made here, so that it is its owner's alone and nothing is written over.
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(to).map_err(failed)?;
        let connection = connect(&place.file, OpenFlags::default())?;
        connection.execute("VACUUM INTO ?", [to.to_string_lossy()])?;
        Ok(())
    }

    /// The state is this bot's from now on.
    ///
    /// # Errors
    /// Where it is another's.
    pub async fn belongs_to(&self, bot: i64) -> Result<(), StoreError> {
        self.run(move |journal| {
            journal.set_meta("bot", &bot)?;
            match journal.meta::<i64>("bot")? {
                Some(owner) if owner == bot => Ok(()),
                _ => Err(StoreError::OtherBot),
            }
        })
        .await
    }

    /// How often one must look for what other replicas took in or left behind, where there may be
    /// others.
    #[must_use]
    pub fn pulse(&self) -> Option<Duration> {
        self.shared.then_some(PULSE)
    }

    /// Whether this is the process that asks Telegram for updates: of several replicas only one does.
    ///
    /// # Errors
    /// Where it cannot be found out.
    pub async fn lead(&self) -> Result<bool, StoreError> {
        if self.shared {
            self.run(Journal::lead).await
        } else {
            Ok(true)
        }
    }

    /// Takes updates in, each once.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn accept(
        &self,
        updates: Vec<Incoming>,
        now: Millis,
    ) -> Result<Accepted, StoreError> {
        self.run(move |journal| journal.accept(&updates, now)).await
    }

    /// What a lane has to do next.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn next(&self, lane: Lane, now: Millis) -> Result<Next, StoreError> {
        self.run(move |journal| journal.next(lane, now)).await
    }

    /// Counts an attempt at a survivor; `false` where there were enough, and it was put aside.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn attempt(&self, task: &Task) -> Result<bool, StoreError> {
        let seq = task.seq;
        self.run(move |journal| journal.attempt(seq)).await
    }

    /// An update was worked on, and this is what it leads to. Says what its lane does next.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn worked(
        &self,
        lane: Lane,
        task: &Arc<Task>,
        effects: Vec<Effect>,
        now: Millis,
    ) -> Result<Next, StoreError> {
        let task = Arc::clone(task);
        self.run(move |journal| journal.worked(lane, &task, effects, now))
            .await
    }

    /// A call was tried. Says what its lane does next.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn settle(
        &self,
        lane: Lane,
        parcel: &Arc<Parcel>,
        outcome: Outcome,
        now: Millis,
    ) -> Result<Next, StoreError> {
        let parcel = Arc::clone(parcel);
        self.run(move |journal| {
            journal.settle(&parcel, &outcome, now)?;
            journal.next(lane, now)
        })
        .await
    }

    /// The lanes that have something to do, and when the next one will have.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn due(&self, now: Millis) -> Result<(Vec<Lane>, Option<Millis>), StoreError> {
        self.run(move |journal| journal.due(now)).await
    }

    /// Tries what was put aside once more. Says whether there is any.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn second_chance(&self) -> Result<bool, StoreError> {
        self.run(Journal::second_chance).await
    }

    /// Forgets what has aged.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn prune(&self, now: Millis) -> Result<(), StoreError> {
        self.run(move |journal| journal.prune(now)).await
    }

    /// A note that has not expired.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn note(&self, id: &NoteId, now: Millis) -> Result<Option<Value>, StoreError> {
        let look = || {
            let id = id.clone();
            self.reader.read(move |journal| journal.note(&id))
        };
        let held = match &self.recent {
            Some(recent) => recent.read(id, look),
            None => look(),
        };
        Ok(held?.and_then(|it| it.value(now)))
    }

    /// The notes of a kind in a chat, the newest first, with their keys.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn notes(
        &self,
        kind: &str,
        chat: i64,
        most: u32,
        now: Millis,
    ) -> Result<Vec<(i64, Value)>, StoreError> {
        debug_assert!(crate::bot::is_listed(kind), "{kind} is not listed");
        let kind = kind.to_owned();
        let look = move |journal: &Journal| journal.notes(&kind, chat, most, now);
        self.reader.read(look)
    }

    /// The notes, as they are at `now`.
    #[must_use]
    pub fn memory(&self, now: Millis) -> Notes<'_> {
        Notes {
            store: self,
            now,
            failed: RefCell::default(),
        }
    }

    /// How much waits and how much failed.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.reader.read(Journal::counts)
    }

    /// Everything that waits or failed.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn pending(&self) -> Result<Vec<Pending>, StoreError> {
        self.reader.read(Journal::pending)
    }

    /// Tries what failed once more; `false` where nothing of that name has failed.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn retry(&self, id: String) -> Result<bool, StoreError> {
        self.run(move |journal| journal.retry(&id)).await
    }

    /// Forgets what waits or failed; `false` where there is nothing of that name.
    ///
    /// # Errors
    /// Where nothing was written.
    pub async fn discard(&self, id: String) -> Result<bool, StoreError> {
        self.run(move |journal| journal.discard(&id)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Journal) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.run(operation).await
    }
}

/// The right to work with a state: a lock that the system gives back when the process ends.
fn lock(state: &Path) -> Result<Option<File>, StoreError> {
    let mut path = state.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let failed = |error| StoreError::File {
        path: path.clone(),
        error,
    };
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Opens a database that is whole.
fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let damaged = |detail: String| StoreError::Damaged {
        path: path.to_owned(),
        detail,
    };
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| StoreError::File {
            path: path.to_owned(),
            error: std::io::Error::other(error),
        })?;
    connection.busy_timeout(PATIENCE)?;
    let found: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                damaged(error.to_string())
            }
            _ => error.into(),
        })?;
    if found == "ok" {
        Ok(connection)
    } else {
        Err(damaged(found))
    }
}

fn memory() -> Result<Journal, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    schema::migrate(&mut connection)?;
    Journal::take_over(Box::new(Sqlite::new(connection)?), Seal::random())
}

#[cfg(test)]
mod tests;

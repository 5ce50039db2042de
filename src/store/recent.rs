//! Notes in memory, where one process alone writes them: those that were read or written lately, as
//! the last commit has left them, for what one question asks of them, the next one asks again; and
//! those that are soon over, which are never written at all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::Weighter;
use quick_cache::unsync::Cache;

use super::{Millis, StoreError};
use crate::bot::NoteId;

/// How much memory they may take, in bytes.
const ROOM: u64 = 4 * 1024 * 1024;
/// How much one takes, about.
const USUAL: u64 = 256;

/// A note that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// Its key and its value, as JSON.
    pub(super) plain: Arc<[u8]>,
    /// Whom it is about, by his keyed name.
    pub(super) member: Option<i64>,
    /// Until when it counts.
    pub(super) expires: Option<Millis>,
}

impl Held {
    /// What is noted, where that still counts.
    pub(super) fn value(&self, now: Millis) -> Option<serde_json::Value> {
        let counts = self.expires.is_none_or(|expires| expires >= now);
        let plain = counts.then(|| serde_json::from_slice::<(i64, _)>(&self.plain));
        plain?.ok().map(|(_, value)| value)
    }
}

/// What a transaction does to notes.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Those in whose stead there is something else now.
    others: Vec<Kin>,
    /// Those that were written or dropped since.
    notes: HashMap<NoteId, Option<Held>>,
}

/// Notes that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kin {
    /// Of this chat.
    Chat(i64),
    /// About the member with this keyed name.
    Member(i64),
}

impl Kin {
    fn has(self, id: &NoteId, note: Option<&Held>) -> bool {
        match self {
            Self::Chat(chat) => id.chat == chat,
            Self::Member(member) => note.is_some_and(|note| note.member == Some(member)),
        }
    }
}

impl Changes {
    /// A note was written, or dropped.
    pub(super) fn set(&mut self, id: NoteId, note: Option<Held>) {
        self.notes.insert(id, note);
    }

    /// All of a kin have changed or gone.
    pub(super) fn set_all(&mut self, kin: Kin) {
        self.notes.retain(|id, note| !kin.has(id, note.as_ref()));
        self.others.push(kin);
    }

    /// How a note stands now, as far as this says so.
    pub(super) fn get(&self, id: &NoteId) -> Option<&Option<Held>> {
        self.notes.get(id)
    }

    /// Whether it may have changed otherwise.
    pub(super) fn concern(&self, id: &NoteId) -> bool {
        let may = |kin: &Kin| matches!(kin, Kin::Member(_)) || kin.has(id, None);
        self.others.iter().any(may)
    }
}

/// Notes in memory.
pub(super) struct Recent(Mutex<Notes>);

struct Notes {
    /// Of some it is known that there is none.
    notes: Cache<NoteId, Option<Held>, Size>,
    commits: u64,
}

/// What a note weighs is the memory that it takes.
#[derive(Clone, Debug)]
struct Size;

impl Weighter<NoteId, Option<Held>> for Size {
    fn weight(&self, id: &NoteId, note: &Option<Held>) -> u64 {
        let plain = note.as_ref().map_or(0, |note| note.plain.len());
        (size_of::<(NoteId, Option<Held>)>() + id.kind.len() + plain) as u64
    }
}

impl Recent {
    pub(super) fn new() -> Arc<Self> {
        let usual = usize::try_from(ROOM / USUAL).unwrap_or(usize::MAX);
        Arc::new(Self(Mutex::new(Notes {
            notes: Cache::with_weighter(usual, ROOM, Size),
            commits: 0,
        })))
    }

    /// A note, as it is known or as `look` finds it.
    pub(super) fn read(
        &self,
        id: &NoteId,
        look: impl FnOnce() -> Result<Option<Held>, StoreError>,
    ) -> Result<Option<Held>, StoreError> {
        let before = {
            let known = self.notes();
            if let Some(note) = known.notes.get(id) {
                return Ok(note.clone());
            }
            known.commits
        };
        let found = look()?;
        let mut known = self.notes();
        // A commit may have changed what was found.
        if known.commits == before {
            known.notes.insert(id.clone(), found.clone());
        }
        Ok(found)
    }

    /// A transaction was committed.
    pub(super) fn commit(&self, changes: Changes) {
        let mut known = self.notes();
        known.commits += 1;
        for kin in changes.others {
            known.notes.retain(|id, note| !kin.has(id, note.as_ref()));
        }
        for (id, note) in changes.notes {
            known.notes.insert(id, note);
        }
    }

    /// It is not known whether one was.
    pub(super) fn forget(&self) {
        let mut known = self.notes();
        known.commits += 1;
        known.notes.clear();
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

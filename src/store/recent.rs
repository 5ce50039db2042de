//! Notes in memory, where one process alone writes them: those that were read lately, as the last
//! commit has left them, for what one question asks of them, the next one asks again; and those that
//! are soon over, which are not written at all while there is room for them here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quick_cache::Weighter;
use quick_cache::unsync::Cache;

use super::{Millis, StoreError};
use crate::bot::NoteId;

/// How much memory those may take that are in the table too, in bytes.
const ROOM: u64 = 4 * 1024 * 1024;
/// How much one takes, about.
const USUAL: u64 = 256;
/// The most that are here alone. They take some 250 bytes each.
const MOST_BRIEF: usize = 20_000;

/// A note that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// Its key and its value, as JSON.
    pub(super) plain: Arc<[u8]>,
    /// Whom it is about, by his keyed name.
    pub(super) member: Option<i64>,
    /// Until when it counts.
    pub(super) expires: Option<Millis>,
    /// Whether it is here alone.
    pub(super) brief: bool,
}

impl Held {
    /// What is noted, where that still counts.
    pub(super) fn value(&self, now: Millis) -> Option<serde_json::Value> {
        let plain = self.counts(now).then_some(&self.plain)?;
        let (_, value) = serde_json::from_slice::<(i64, _)>(plain).ok()?;
        Some(value)
    }

    fn counts(&self, now: Millis) -> bool {
        self.expires.is_none_or(|expires| expires >= now)
    }
}

/// What a transaction does to notes.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Those of which it is not said one by one.
    others: Vec<Kin>,
    /// Those that were written or dropped since.
    notes: HashMap<NoteId, Option<Held>>,
}

/// Notes that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kin {
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

    /// All notes about a member are gone.
    pub(super) fn forget(&mut self, member: i64) {
        let kin = Kin::Member(member);
        for (id, note) in &mut self.notes {
            if kin.has(id, note.as_ref()) {
                *note = None;
            }
        }
        self.others.push(kin);
    }

    /// The notes of a chat are others now, or none.
    pub(super) fn replace(&mut self, chat: i64) {
        self.notes.retain(|id, _| id.chat != chat);
        self.others.push(Kin::Chat(chat));
    }

    /// How a note stands now, as far as this says so.
    pub(super) fn get(&self, id: &NoteId) -> Option<&Option<Held>> {
        self.notes.get(id)
    }

    /// Whether it says so of every note that it changes.
    pub(super) fn are_all(&self) -> bool {
        self.others.is_empty()
    }
}

/// Notes in memory.
pub(super) struct Recent(Mutex<Notes>);

struct Notes {
    /// Those that are here alone.
    brief: HashMap<NoteId, Held>,
    /// The others. Of some it is known that there is none.
    read: Cache<NoteId, Option<Held>, Size>,
    commits: u64,
}

impl Notes {
    fn retain(&mut self, stays: impl Fn(&NoteId, Option<&Held>) -> bool) {
        self.brief.retain(|id, note| stays(id, Some(note)));
        self.read.retain(|id, note| stays(id, note.as_ref()));
    }

    fn set(&mut self, id: NoteId, note: Option<Held>) {
        if let Some(note) = note.as_ref().filter(|note| note.brief) {
            self.brief.insert(id, note.clone());
            return;
        }
        self.brief.remove(&id);
        // Who has not asked for it yet may never do so.
        if self.read.contains_key(&id) {
            self.read.insert(id, note);
        }
    }
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
            brief: HashMap::new(),
            read: Cache::with_weighter(usual, ROOM, Size),
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
            if let Some(note) = known.brief.get(id) {
                return Ok(Some(note.clone()));
            }
            if let Some(note) = known.read.get(id) {
                return Ok(note.clone());
            }
            known.commits
        };
        let found = look()?;
        let mut known = self.notes();
        // A commit may have changed what was found.
        if known.commits == before {
            known.read.insert(id.clone(), found.clone());
        }
        Ok(found)
    }

    /// Whether there is room for another note that is here alone.
    pub(super) fn has_room(&self) -> bool {
        self.notes().brief.len() < MOST_BRIEF
    }

    /// A transaction was committed.
    pub(super) fn commit(&self, changes: Changes) {
        let mut known = self.notes();
        known.commits += 1;
        for kin in changes.others {
            known.retain(|id, note| !kin.has(id, note));
        }
        for (id, note) in changes.notes {
            known.set(id, note);
        }
    }

    /// It is not known whether one was.
    pub(super) fn forget(&self) {
        let mut known = self.notes();
        known.commits += 1;
        known.read.clear();
    }

    /// Lets go of what counts no more.
    pub(super) fn prune(&self, now: Millis) {
        self.notes()
            .retain(|_, note| note.is_none_or(|note| note.counts(now)));
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(chat: i64, key: i64) -> NoteId {
        NoteId {
            kind: "answer".to_owned(),
            chat,
            key,
        }
    }

    fn held(value: &str, brief: bool) -> Held {
        Held {
            plain: format!("[1,{value:?}]").into_bytes().into(),
            member: Some(2),
            expires: Some(1000),
            brief,
        }
    }

    fn change(id: NoteId, note: Option<Held>) -> Changes {
        let mut changes = Changes::default();
        changes.set(id, note);
        changes
    }

    fn known(recent: &Recent, id: &NoteId) -> Option<String> {
        let note = recent.read(id, || Ok(Some(held("table", false))));
        let value = note.expect("read")?.value(0)?;
        Some(value.as_str()?.to_owned())
    }

    #[test]
    fn what_was_found_before_a_commit_is_not_kept_after_it() {
        let recent = Recent::new();
        let found = recent.read(&id(1, 1), || {
            recent.commit(change(id(1, 1), Some(held("new", false))));
            Ok(Some(held("old", false)))
        });
        assert_eq!(found.expect("read"), Some(held("old", false)));
        assert_eq!(known(&recent, &id(1, 1)).as_deref(), Some("table"));
        recent.commit(change(id(1, 1), Some(held("new", false))));
        assert_eq!(known(&recent, &id(1, 1)).as_deref(), Some("new"));
        recent.forget();
        assert_eq!(known(&recent, &id(1, 1)).as_deref(), Some("table"));
    }

    #[test]
    fn what_is_here_alone_stays_until_it_is_over_forgotten_or_written() {
        let recent = Recent::new();
        let keys = 1..=i64::try_from(MOST_BRIEF).expect("few");
        for key in keys.clone() {
            assert!(recent.has_room());
            recent.commit(change(id(1, key), Some(held("brief", true))));
        }
        assert!(!recent.has_room());
        for key in keys {
            let other = id(3, key);
            assert_eq!(known(&recent, &other).as_deref(), Some("table"));
            assert_eq!(known(&recent, &id(1, key)).as_deref(), Some("brief"));
        }
        recent.forget();
        recent.commit(change(id(1, 1), Some(held("written", false))));
        assert_eq!(known(&recent, &id(1, 1)).as_deref(), Some("table"));
        recent.commit(change(id(1, 2), None));
        assert_eq!(known(&recent, &id(1, 2)).as_deref(), Some("table"));
        recent.prune(1000);
        assert_eq!(known(&recent, &id(1, 3)).as_deref(), Some("brief"));
        recent.prune(1001);
        assert!(recent.has_room());
        assert_eq!(known(&recent, &id(1, 3)).as_deref(), Some("table"));
        for changes in [Changes::forget as fn(&mut Changes, i64), Changes::replace] {
            recent.commit(change(id(2, 1), Some(held("brief", true))));
            let mut gone = Changes::default();
            changes(&mut gone, 3);
            recent.commit(std::mem::take(&mut gone));
            assert_eq!(known(&recent, &id(2, 1)).as_deref(), Some("brief"));
            changes(&mut gone, 2);
            recent.commit(gone);
            assert_eq!(known(&recent, &id(2, 1)).as_deref(), Some("table"));
        }
    }

    #[test]
    fn what_was_kept_and_forgotten_in_one_transaction_is_none() {
        let recent = Recent::new();
        let before = Held {
            member: None,
            ..held("before", false)
        };
        let found = recent.read(&id(1, 1), || Ok(Some(before)));
        assert!(found.expect("read").is_some());
        let mut changes = change(id(1, 1), Some(held("kept", false)));
        changes.forget(2);
        assert_eq!(changes.get(&id(1, 1)), Some(&None));
        recent.commit(changes);
        assert_eq!(known(&recent, &id(1, 1)), None);
    }
}

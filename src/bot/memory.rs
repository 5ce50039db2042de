//! What was noted before, as the decisions see it. Whoever keeps the notes implements [`Memory`];
//! [`Remembered`] keeps them as long as the process lives.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Effect, Note, NoteId};

/// What was noted before, as far as an update may need it.
pub trait Memory {
    /// The note, where there is one that has not aged out.
    fn note(&self, id: &NoteId) -> Option<Value>;

    /// The notes of a kind in a chat, newest first, at most `most`.
    fn notes(&self, kind: &str, chat: i64, most: usize) -> Vec<(i64, Value)>;
}

/// A note, read; none where there is none or it is of an older make.
pub(super) fn recall<T: DeserializeOwned>(
    memory: &dyn Memory,
    kind: &str,
    chat: i64,
    key: i64,
) -> Option<T> {
    let kind = kind.to_owned();
    let value = memory.note(&NoteId { kind, chat, key })?;
    serde_json::from_value(value).ok()
}

/// Notes in the process's own memory. Ages do not count here.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    notes: BTreeMap<NoteId, (u64, Note)>,
    kept: u64,
}

impl Remembered {
    /// Keeps a note.
    pub fn keep(&mut self, note: Note) {
        self.kept += 1;
        self.notes.insert(note.id.clone(), (self.kept, note));
    }

    /// Does what an effect does to notes.
    pub fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::Call(_) | Effect::Count { .. } => {}
            Effect::Keep(note) => self.keep(note.clone()),
            Effect::Add(note) => {
                let value = self.note(&note.id).unwrap_or_default();
                let mut sum = Note {
                    value,
                    ..note.clone()
                };
                sum.add(&note.value);
                self.keep(sum);
            }
            Effect::Drop(id) => _ = self.notes.remove(id),
            Effect::Move { from, to } => {
                let moving: Vec<NoteId> = self.of_chat(*from).cloned().collect();
                for id in moving {
                    if let Some((at, mut note)) = self.notes.remove(&id) {
                        note.id.chat = *to;
                        self.notes.insert(note.id.clone(), (at, note));
                    }
                }
            }
            Effect::Purge(chat) => self.notes.retain(|id, _| id.chat != *chat),
            Effect::Forget(member) => {
                self.notes
                    .retain(|_, (_, note)| note.member != Some(*member));
            }
        }
    }

    fn of_chat(&self, chat: i64) -> impl Iterator<Item = &NoteId> {
        self.notes.keys().filter(move |id| id.chat == chat)
    }
}

impl Memory for Remembered {
    fn note(&self, id: &NoteId) -> Option<Value> {
        self.notes.get(id).map(|(_, note)| note.value.clone())
    }

    fn notes(&self, kind: &str, chat: i64, most: usize) -> Vec<(i64, Value)> {
        let mut found: Vec<_> = self
            .notes
            .iter()
            .filter(|(id, _)| id.kind == kind && id.chat == chat)
            .map(|(id, (at, note))| (*at, id.key, &note.value))
            .collect();
        found.sort_by_key(|(at, _, _)| std::cmp::Reverse(*at));
        found
            .into_iter()
            .take(most)
            .map(|(_, key, value)| (key, value.clone()))
            .collect()
    }
}

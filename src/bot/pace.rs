//! How often the bot speaks: a bucket for each member and one for the chat, filled again with time.
//! Who empties one hears it once, and then nothing until there is room again. And how often taps
//! change a message: once a second, however many tap.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::call::{Note, NoteId};
use super::memory::{Memory, recall};

/// The kind of the notes that hold buckets of questions; the key is the member, or 0 for the chat.
pub(super) const QUESTIONS: &str = "pace";
/// The kind of those for what was answered although nobody asked the bot.
pub(super) const UNASKED: &str = "unasked";

/// The kind of the notes on messages that a tap has changed; their value is when.
const TURNED: &str = "turned";
/// The chat that stands for all those of which nothing is known.
pub(super) const ELSEWHERE: i64 = 0;
/// The least time between two changes of a message.
const BETWEEN_TURNS: Duration = Duration::from_secs(1);

/// How much was taken, as of when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Bucket {
    taken: f64,
    at: i64,
    told: bool,
}

/// What one more leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// There is room.
    Free,
    /// There is none, and it has to be said.
    Full,
    /// There is none, and it was said.
    StillFull,
}

/// Takes one of `most` in `per` for a member, or for the chat where there is none; with the note
/// that says so.
pub(super) fn take(
    memory: &dyn Memory,
    kind: &str,
    (chat, member): (i64, Option<i64>),
    (most, per): (u32, Duration),
    now: i64,
) -> (Room, Note) {
    let key = member.unwrap_or(0);
    let full = f64::from(most);
    let bucket = recall::<Bucket>(memory, kind, chat, key);
    #[allow(clippy::cast_precision_loss)] // milliseconds
    let since = bucket.map_or(0.0, |bucket| now.saturating_sub(bucket.at).max(0) as f64);
    let drained = full * since / 1000.0 / per.as_secs_f64();
    let taken = bucket.map_or(0.0, |bucket| (bucket.taken - drained).max(0.0));
    let (room, taken) = match bucket {
        _ if taken + 1.0 <= full => (Room::Free, taken + 1.0),
        Some(bucket) if bucket.told => (Room::StillFull, taken),
        _ => (Room::Full, taken),
    };
    // Who goes on asking at the limit has been told.
    let told = room != Room::Free || bucket.is_some_and(|it| it.told) && taken > full / 2.0;
    let note = Note {
        id: NoteId {
            kind: kind.to_owned(),
            chat,
            key,
        },
        member,
        value: json!(Bucket {
            taken,
            at: now,
            told
        }),
        lasts: Some(per),
    };
    (room, note)
}

/// Whether a tap has changed this message of a chat so lately that another change has to wait.
pub(super) fn is_turning(memory: &dyn Memory, chat: i64, message: impl Hash, now: i64) -> bool {
    let turned: Option<i64> = recall(memory, TURNED, chat, key_of(message));
    let since = turned.and_then(|at| u64::try_from(now.saturating_sub(at)).ok());
    since.is_some_and(|since| Duration::from_millis(since) < BETWEEN_TURNS)
}

/// The note that a tap changes it now.
pub(super) fn turned(chat: i64, message: impl Hash, now: i64) -> Note {
    Note {
        id: NoteId {
            kind: TURNED.to_owned(),
            chat,
            key: key_of(message),
        },
        member: None,
        value: json!(now),
        lasts: Some(BETWEEN_TURNS),
    }
}

fn key_of(message: impl Hash) -> i64 {
    let mut hasher = DefaultHasher::new();
    message.hash(&mut hasher);
    hasher.finish().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bot::memory::Remembered;

    #[test]
    fn who_asks_too_often_is_told_once_and_heard_again_later() {
        let mut memory = Remembered::default();
        let mut take = |now| {
            let limit = (3, Duration::from_secs(60));
            let (room, note) = take(&memory, QUESTIONS, (-1, Some(5)), limit, now);
            memory.keep(note);
            room
        };
        let rooms: Vec<Room> = (0..5).map(&mut take).collect();
        assert_eq!(
            rooms,
            [
                Room::Free,
                Room::Free,
                Room::Free,
                Room::Full,
                Room::StillFull
            ]
        );
        assert_eq!(take(21_000), Room::Free);
        assert_eq!(take(21_001), Room::StillFull);
        assert_eq!(take(20_000), Room::StillFull, "a clock may be set back");
        let later: Vec<Room> = (0..5).map(|_| take(9_000_000)).collect();
        assert_eq!(later, rooms, "a new round");
    }
}

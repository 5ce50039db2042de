//! The operations on the tables, each a part of somebody else's transaction; no clock, no thread.
//!
//! An update waits in the inbox until it was worked on; the calls that it leads to wait in the
//! outbox until they were made. Both happen lane by lane, in order: a lane first makes the calls that
//! it owes, then works on its next update. So [`Journal::next`] is the whole scheduler of a lane.

use rusqlite::{Connection, OptionalExtension, params};

use super::seal::Seal;
use super::{
    Counts, Errand, Incoming, Lane, Millis, Next, Outcome, Parcel, Pending, Reason, StoreError,
    Task,
};
use crate::bot::{Call, Effect, Note, NoteId};

/// The most updates of one lane that may wait; what comes beyond is turned away.
pub const BACKLOG: i64 = 256;
/// How often a chat is told at most that something was turned away, or came too late.
const TELL_AGAIN: Millis = 60 * 60 * 1000;
/// How old a question may be when it is answered.
const TIME_TO_LIVE: Millis = 6 * 60 * 60 * 1000;
/// How often an update is worked on before it is put aside.
const ATTEMPTS: u32 = 3;
/// How long the name of an update is kept, so that it is not taken in twice. Telegram delivers for
/// 24 hours.
const REMEMBERED: Millis = 48 * 60 * 60 * 1000;
/// How long what failed is kept for the operator.
const KEPT: Millis = 7 * 24 * 60 * 60 * 1000;

/// States of an update in the inbox.
mod inbox {
    pub(super) const WAITING: u8 = 0;
    pub(super) const DONE: u8 = 1;
    pub(super) const ASIDE: u8 = 2;
}

/// States of a call in the outbox.
mod outbox {
    pub(super) const READY: u8 = 0;
    pub(super) const SENDING: u8 = 1;
    pub(super) const UNCERTAIN: u8 = 2;
    pub(super) const DEAD: u8 = 3;
}

/// Why a chat cannot be written to.
mod closed {
    pub(super) const GONE: u8 = 1;
    pub(super) const MUTED: u8 = 2;
}

/// The tables.
pub(super) struct Journal {
    pub(super) connection: Connection,
    pub(super) seal: Seal,
    /// What waits since before this process began: something in it may be what ended the last one.
    survivors_to: i64,
}

impl Journal {
    /// The tables beside whoever works with them.
    pub(super) fn read(connection: Connection, seal: Seal) -> Result<Self, StoreError> {
        let journal = Self {
            connection,
            seal,
            survivors_to: 0,
        };
        // Opens with the right key only.
        journal.meta::<()>("key")?;
        Ok(journal)
    }

    /// Takes the tables over from the process before.
    pub(super) fn take_over(connection: Connection, seal: Seal) -> Result<Self, StoreError> {
        let mut journal = Self::read(connection, seal)?;
        journal.set_meta("key", &())?;
        let connection = &journal.connection;
        let survivors_to =
            connection.query_row("SELECT ifnull(max(seq), 0) FROM inbox", [], |row| {
                row.get(0)
            })?;
        connection.execute(
            "UPDATE outbox SET state = ? WHERE state = ?",
            params![outbox::READY, outbox::SENDING],
        )?;
        journal.survivors_to = survivors_to;
        Ok(journal)
    }

    /// Takes updates in, each once, and names the lanes that have something new. An update beyond
    /// a lane's backlog is only remembered; the first one is kept, to be told so.
    pub(super) fn accept(&self, updates: &[Incoming], now: Millis) -> Result<Accepted, StoreError> {
        let mut accepted = Accepted::default();
        for update in updates {
            let lane = self.lane(update.lane);
            let chat = update.chat.map(|chat| self.seal.number("chat", chat));
            let member = update.member.map(|id| self.seal.number("member", id));
            let identity = self.seal.name("update", &update.identity);
            let known = self
                .connection
                .prepare_cached("SELECT 1 FROM inbox WHERE identity = ?")?
                .exists([identity])?;
            if known {
                continue;
            }
            let waiting: i64 = self
                .connection
                .prepare_cached(
                    "SELECT count(*) FROM
                     (SELECT 1 FROM inbox WHERE lane = ? AND state = 0 LIMIT ?)",
                )?
                .query_row(params![lane.0, BACKLOG], |row| row.get(0))?;
            let crowded = waiting >= BACKLOG && !update.vital;
            let errand = if crowded {
                Errand::Flood
            } else {
                Errand::Serve
            };
            let told = match chat.filter(|_| crowded) {
                Some(chat) => self.tell_again(chat, "flood_told", now)?,
                None => !crowded,
            };
            let state = if told { inbox::WAITING } else { inbox::DONE };
            let content = told.then(|| self.seal.seal("update", &update.update));
            self.connection
                .prepare_cached(
                    "INSERT INTO inbox
                     (identity, lane, chat, member, sent, received, errand, state, content)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                )?
                .execute(params![
                    identity,
                    lane.0,
                    chat,
                    member,
                    update.sent,
                    now,
                    errand as u8,
                    state,
                    content
                ])?;
            if let Some(chat) = chat {
                self.reopen(chat, update.reopens)?;
            }
            accepted.new += 1;
            accepted.turned_away += usize::from(crowded);
            if told && !accepted.lanes.contains(&lane) {
                accepted.lanes.push(lane);
            }
        }
        Ok(accepted)
    }

    /// What a lane has to do next.
    pub(super) fn next(&self, lane: Lane, now: Millis) -> Result<Next, StoreError> {
        match self.next_call(lane, now)? {
            Some(next) => Ok(next),
            None => self.next_update(lane, now),
        }
    }

    fn next_call(&self, lane: Lane, now: Millis) -> Result<Option<Next>, StoreError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT id, content, created, attempts, doubts,
                        max(outbox.not_before, ifnull(chat.not_before, 0))
                 FROM outbox LEFT JOIN chat USING (chat)
                 WHERE lane = ? AND state <= 1 ORDER BY id LIMIT 1",
            )?
            .query_row([lane.0], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, Vec<u8>>(1)?,
                    row.get::<_, Millis>(2)?,
                    row.get::<_, u32>(3)?,
                    row.get::<_, u32>(4)?,
                    row.get::<_, Millis>(5)?,
                ))
            })
            .optional()?;
        let Some((id, content, since, attempts, doubts, not_before)) = found else {
            return Ok(None);
        };
        if not_before > now {
            return Ok(Some(Next::Wait(not_before)));
        }
        let Ok(call) = self.seal.open("call", &content) else {
            self.leave(id, outbox::DEAD, Reason::Unreadable.words())?;
            return self.next_call(lane, now);
        };
        self.connection
            .prepare_cached("UPDATE outbox SET state = ?, attempts = attempts + 1 WHERE id = ?")?
            .execute(params![outbox::SENDING, id])?;
        Ok(Some(Next::Send(Parcel {
            id,
            call,
            since,
            attempts,
            doubts,
        })))
    }

    fn next_update(&self, lane: Lane, now: Millis) -> Result<Next, StoreError> {
        loop {
            let found = self
                .connection
                .prepare_cached(
                    "SELECT seq, content, sent, received, errand, chat FROM inbox
                     WHERE lane = ? AND state = 0 ORDER BY seq LIMIT 1",
                )?
                .query_row([lane.0], |row| {
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get::<_, Option<Vec<u8>>>(1)?,
                        row.get::<_, Millis>(2)?,
                        row.get::<_, Millis>(3)?,
                        row.get::<_, u8>(4)?,
                        row.get::<_, Option<i64>>(5)?,
                    ))
                })
                .optional()?;
            let Some((seq, content, sent, received, errand, chat)) = found else {
                return Ok(Next::Idle);
            };
            let content = content.unwrap_or_default();
            let Ok(update) = self.seal.open("update", &content) else {
                self.put_aside(seq)?;
                continue;
            };
            let mut errand = Errand::from_code(errand);
            if sent + TIME_TO_LIVE < now {
                let tell = match chat {
                    Some(chat) => self.tell_again(chat, "late_told", now)?,
                    None => false,
                };
                if !tell {
                    self.finish(seq)?;
                    continue;
                }
                errand = Errand::Late;
            }
            let survivor = seq <= self.survivors_to;
            // What waits for its turn among the survivors is counted when that comes.
            if !survivor && !self.attempt(seq)? {
                continue;
            }
            return Ok(Next::Work(Task {
                seq,
                update,
                received,
                errand,
                survivor,
            }));
        }
    }

    /// Counts an attempt at an update before it is made; false where there were enough, and it is put
    /// aside.
    pub(super) fn attempt(&self, seq: i64) -> Result<bool, StoreError> {
        let attempts: u32 = self
            .connection
            .prepare_cached(
                "UPDATE inbox SET attempts = attempts + 1 WHERE seq = ? RETURNING attempts",
            )?
            .query_row([seq], |row| row.get(0))?;
        // After these attempts comes one that is refused, and then the second chance.
        let go = attempts <= ATTEMPTS || attempts == ATTEMPTS + 2;
        if !go {
            self.put_aside(seq)?;
        }
        Ok(go)
    }

    /// Tries what was put aside once more, and never again: where processes were ended from outside,
    /// it was only in hand when that happened. Says whether there is any.
    pub(super) fn second_chance(&self) -> Result<bool, StoreError> {
        let waiting = self.connection.execute(
            "UPDATE inbox SET state = ? WHERE state = 2 AND attempts = ?",
            params![inbox::WAITING, ATTEMPTS + 1],
        )?;
        Ok(waiting > 0)
    }

    /// An update was worked on: it is done, and what it leads to is kept with the same stroke.
    pub(super) fn worked(
        &self,
        lane: Lane,
        task: &Task,
        effects: &[Effect],
        now: Millis,
    ) -> Result<(), StoreError> {
        let seq = task.seq;
        let member: Option<i64> = self
            .connection
            .prepare_cached("SELECT member FROM inbox WHERE seq = ?")?
            .query_row([seq], |row| row.get(0))
            .optional()?
            .flatten();
        for (op, effect) in (0_i64..).zip(effects) {
            match effect {
                Effect::Call(call) if call.is_fleeting() => {}
                Effect::Call(call) => self.owe(lane, task, op, (member, now), call)?,
                Effect::Keep(note) => self.keep(note, now)?,
                Effect::Drop(id) => self.drop_note(id)?,
                Effect::Move { from, to } => self.relocate(*from, *to)?,
                Effect::Purge(chat) => self.purge(*chat, seq)?,
                Effect::Forget(member) => self.forget(*member, seq)?,
                Effect::Count { .. } => {}
            }
        }
        self.finish(seq)
    }

    fn owe(
        &self,
        lane: Lane,
        task: &Task,
        op: i64,
        (member, now): (Option<i64>, Millis),
        call: &Call,
    ) -> Result<(), StoreError> {
        let chat = call.chat().map(|chat| self.seal.number("chat", chat));
        if let Some(chat) = chat
            && self.is_closed(chat, now)?
        {
            return Ok(());
        }
        self.connection
            .prepare_cached(
                "INSERT OR IGNORE INTO outbox
                 (update_seq, op, lane, chat, member, method, created, state, content)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                task.seq,
                op,
                lane.0,
                chat,
                member,
                call.method,
                task.received,
                outbox::READY,
                self.seal.seal("call", call)
            ])?;
        Ok(())
    }

    /// A call was tried.
    pub(super) fn settle(
        &self,
        parcel: &Parcel,
        outcome: &Outcome,
        now: Millis,
    ) -> Result<(), StoreError> {
        let id = parcel.id;
        let chat = parcel.call.chat();
        match outcome {
            Outcome::Sent(message) => {
                if let (Some(note), Some(message)) = (&parcel.call.note, message) {
                    let mut note = note.clone();
                    note.id.key = *message;
                    self.keep(&note, now)?;
                }
                self.delete_call(id)?;
            }
            Outcome::Withdrawn => self.delete_call(id)?,
            Outcome::Again { at, doubt } => {
                self.connection
                    .prepare_cached(
                        "UPDATE outbox SET state = ?, not_before = ?, doubts = doubts + ?
                         WHERE id = ?",
                    )?
                    .execute(params![outbox::READY, at, doubt, id])?;
            }
            Outcome::Hold(at) => {
                self.connection
                    .prepare_cached("UPDATE outbox SET state = ?, not_before = ? WHERE id = ?")?
                    .execute(params![outbox::READY, at, id])?;
                if let Some(chat) = chat {
                    self.connection
                        .prepare_cached(
                            "INSERT INTO chat (chat, not_before) VALUES (?1, ?2)
                             ON CONFLICT DO UPDATE SET not_before = ?2",
                        )?
                        .execute(params![self.seal.number("chat", chat), at])?;
                }
            }
            Outcome::Instead(call) => {
                self.connection
                    .prepare_cached("UPDATE outbox SET state = ?, content = ? WHERE id = ?")?
                    .execute(params![outbox::READY, self.seal.seal("call", call), id])?;
            }
            Outcome::Moved(to) => {
                let moved = parcel.call.clone().moved_to(*to);
                self.settle(parcel, &Outcome::Instead(moved), now)?;
                if let Some(from) = chat {
                    self.relocate(from, *to)?;
                }
            }
            Outcome::Uncertain => self.leave(id, outbox::UNCERTAIN, "no answer, twice")?,
            Outcome::Dead(reason) => self.leave(id, outbox::DEAD, reason.words())?,
            Outcome::Gone => self.close(id, chat, closed::GONE, Millis::MAX)?,
            Outcome::Muted(to) => self.close(id, chat, closed::MUTED, *to)?,
        }
        Ok(())
    }

    /// The lanes that have something to do now, and when the next one will have.
    pub(super) fn due(&self, now: Millis) -> Result<(Vec<Lane>, Option<Millis>), StoreError> {
        let mut lanes = self.connection.prepare_cached(
            "SELECT DISTINCT lane FROM inbox WHERE state = 0
                 AND lane NOT IN (SELECT lane FROM outbox WHERE state <= 1)
             UNION
             SELECT DISTINCT lane FROM outbox LEFT JOIN chat USING (chat)
                 WHERE state <= 1 AND max(outbox.not_before, ifnull(chat.not_before, 0)) <= ?",
        )?;
        let lanes = lanes
            .query_map([now], |row| row.get(0).map(Lane))?
            .collect::<Result<_, _>>()?;
        let next = self
            .connection
            .prepare_cached(
                "SELECT min(max(outbox.not_before, ifnull(chat.not_before, 0)))
                 FROM outbox LEFT JOIN chat USING (chat)
                 WHERE state <= 1 AND max(outbox.not_before, ifnull(chat.not_before, 0)) > ?",
            )?
            .query_row([now], |row| row.get(0))?;
        Ok((lanes, next))
    }

    /// Forgets what has aged.
    pub(super) fn prune(&self, now: Millis) -> Result<(), StoreError> {
        for (statement, age) in [
            (
                "DELETE FROM inbox WHERE received < ? AND state = 1",
                REMEMBERED,
            ),
            ("DELETE FROM inbox WHERE received < ? AND state = 2", KEPT),
            ("DELETE FROM outbox WHERE created < ? AND state > 1", KEPT),
            ("DELETE FROM note WHERE expires < ?", 0),
            (
                "DELETE FROM chat WHERE max(not_before, flood_told, late_told) < ? AND closed = 0",
                REMEMBERED,
            ),
        ] {
            self.connection
                .prepare_cached(statement)?
                .execute([now - age])?;
        }
        Ok(())
    }

    /// What waits and what failed.
    pub(super) fn counts(&self) -> Result<Counts, StoreError> {
        let count = |what| {
            self.connection
                .prepare_cached(what)?
                .query_row([], |row| row.get::<_, u32>(0))
        };
        Ok(Counts {
            waiting: count("SELECT count(*) FROM inbox WHERE state = 0")?,
            owed: count("SELECT count(*) FROM outbox WHERE state <= 1")?,
            aside: count("SELECT count(*) FROM inbox WHERE state = 2")?,
            uncertain: count("SELECT count(*) FROM outbox WHERE state = 2")?,
            dead: count("SELECT count(*) FROM outbox WHERE state = 3")?,
        })
    }

    /// Every update that waits or was put aside, every call that is owed or failed.
    pub(super) fn pending(&self) -> Result<Vec<Pending>, StoreError> {
        let mut rows = self.connection.prepare(
            "SELECT 'in', seq, iif(state = 0, 'waiting', 'aside'), 'update', received, attempts, NULL
                 FROM inbox WHERE state IN (0, 2)
             UNION ALL
             SELECT 'out', id,
                    CASE state WHEN 1 THEN 'sending' WHEN 2 THEN 'uncertain' WHEN 3 THEN 'dead' ELSE 'owed' END,
                    method, created, attempts, reason FROM outbox
             ORDER BY 5, 1, 2",
        )?;
        let rows = rows.query_map([], |row| {
            Ok(Pending {
                id: format!("{}:{}", row.get::<_, String>(0)?, row.get::<_, i64>(1)?),
                state: row.get(2)?,
                what: row.get(3)?,
                since: row.get(4)?,
                attempts: row.get(5)?,
                reason: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Tries what failed once more; false where nothing of that name has failed.
    pub(super) fn retry(&self, id: &str) -> Result<bool, StoreError> {
        self.manage(
            id,
            "UPDATE inbox SET state = 0, attempts = 0 WHERE seq = ? AND state = 2",
            "UPDATE outbox SET state = 0, attempts = 0, doubts = 0, not_before = 0, reason = NULL
             WHERE id = ? AND state > 1",
        )
    }

    /// Forgets what waits or failed; false where there is nothing of that name.
    pub(super) fn discard(&self, id: &str) -> Result<bool, StoreError> {
        self.manage(
            id,
            "UPDATE inbox SET state = 1, content = NULL WHERE seq = ? AND state IN (0, 2)",
            "DELETE FROM outbox WHERE id = ?",
        )
    }

    fn manage(&self, id: &str, inbox: &str, outbox: &str) -> Result<bool, StoreError> {
        let (statement, number) = match id.split_once(':') {
            Some(("in", number)) => (inbox, number),
            Some(("out", number)) => (outbox, number),
            _ => return Ok(false),
        };
        let Ok(number) = number.parse::<i64>() else {
            return Ok(false);
        };
        Ok(self.connection.execute(statement, [number])? > 0)
    }

    /// Keeps a note in place of the one of the same name.
    pub(super) fn keep(&self, note: &Note, now: Millis) -> Result<(), StoreError> {
        let expires = note.lasts.map(|age| {
            now.saturating_add(Millis::try_from(age.as_millis()).unwrap_or(Millis::MAX))
        });
        let (kind, chat, key) = self.note_name(&note.id);
        self.connection
            .prepare_cached(
                "INSERT OR REPLACE INTO note (kind, chat, key, member, written, expires, content)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                kind,
                chat,
                key,
                note.member.map(|id| self.seal.number("member", id)),
                now,
                expires,
                self.seal.seal("note", &(note.id.key, &note.value))
            ])?;
        Ok(())
    }

    fn drop_note(&self, id: &NoteId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM note WHERE kind = ? AND chat = ? AND key = ?")?
            .execute(self.note_name(id))?;
        Ok(())
    }

    fn note_name<'n>(&self, id: &'n NoteId) -> (&'n str, i64, i64) {
        let chat = self.seal.number("chat", id.chat);
        (&id.kind, chat, self.seal.number("key", id.key))
    }

    /// A note that has not expired.
    pub(super) fn note(
        &self,
        id: &NoteId,
        now: Millis,
    ) -> Result<Option<serde_json::Value>, StoreError> {
        let (kind, chat, key) = self.note_name(id);
        let content: Option<Vec<u8>> = self
            .connection
            .prepare_cached(
                "SELECT content FROM note WHERE kind = ? AND chat = ? AND key = ?
                 AND ifnull(expires, ?4) >= ?4",
            )?
            .query_row(params![kind, chat, key, now], |row| row.get(0))
            .optional()?;
        let opened = content.and_then(|it| self.seal.open::<(i64, _)>("note", &it).ok());
        Ok(opened.map(|(_, value)| value))
    }

    /// The notes of a kind in a chat, the newest first, with their keys.
    pub(super) fn notes(
        &self,
        kind: &str,
        chat: i64,
        most: u32,
        now: Millis,
    ) -> Result<Vec<(i64, serde_json::Value)>, StoreError> {
        let mut rows = self.connection.prepare_cached(
            "SELECT content FROM note WHERE kind = ? AND chat = ? AND ifnull(expires, ?3) >= ?3
             ORDER BY written DESC LIMIT ?4",
        )?;
        let chat = self.seal.number("chat", chat);
        let rows = rows.query_map(params![kind, chat, now, most], |row| row.get(0))?;
        let contents: Vec<Vec<u8>> = rows.collect::<Result<_, _>>()?;
        let open = |content: Vec<u8>| self.seal.open("note", &content).ok();
        Ok(contents.into_iter().filter_map(open).collect())
    }

    /// Something small about this state itself.
    pub(super) fn meta<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let content: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT content FROM meta WHERE name = ?", [name], |row| {
                row.get(0)
            })
            .optional()?;
        content
            .map(|content| self.seal.open("meta", &content))
            .transpose()
            .map_err(|_| StoreError::WrongKey)
    }

    pub(super) fn set_meta(
        &self,
        name: &str,
        value: &impl serde::Serialize,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO meta (name, content) VALUES (?, ?)",
            params![name, self.seal.seal("meta", value)],
        )?;
        Ok(())
    }

    fn lane(&self, (class, id): (&str, i64)) -> Lane {
        Lane(self.seal.number(class, id))
    }

    fn finish(&self, seq: i64) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE inbox SET state = ?, content = NULL WHERE seq = ?")?
            .execute(params![inbox::DONE, seq])?;
        Ok(())
    }

    fn put_aside(&self, seq: i64) -> Result<(), StoreError> {
        tracing::error!(
            id = format!("in:{seq}"),
            "an update cannot be worked on: it is put aside, see `iqtibas state`"
        );
        self.connection
            .prepare_cached("UPDATE inbox SET state = ? WHERE seq = ?")?
            .execute(params![inbox::ASIDE, seq])?;
        Ok(())
    }

    fn delete_call(&self, id: i64) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM outbox WHERE id = ?")?
            .execute([id])?;
        Ok(())
    }

    fn leave(&self, id: i64, state: u8, reason: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE outbox SET state = ?, reason = ? WHERE id = ?")?
            .execute(params![state, reason, id])?;
        Ok(())
    }

    /// A chat cannot be written to: nothing is owed to it any more.
    fn close(&self, id: i64, chat: Option<i64>, why: u8, to: Millis) -> Result<(), StoreError> {
        let Some(chat) = chat.map(|chat| self.seal.number("chat", chat)) else {
            return self.delete_call(id);
        };
        self.connection.execute(
            "INSERT INTO chat (chat, closed, closed_to) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET closed = ?2, closed_to = ?3",
            params![chat, why, to],
        )?;
        self.connection
            .execute("DELETE FROM outbox WHERE chat = ?", [chat])?;
        Ok(())
    }

    fn is_closed(&self, chat: i64, now: Millis) -> Result<bool, StoreError> {
        let to: Option<Millis> = self
            .connection
            .prepare_cached("SELECT closed_to FROM chat WHERE chat = ? AND closed > 0")?
            .query_row([chat], |row| row.get(0))
            .optional()?;
        Ok(to.is_some_and(|to| to > now))
    }

    /// Something came from a chat. Who writes to the bot has not blocked it; whether it may write
    /// where it was muted only a change of its rights says.
    fn reopen(&self, chat: i64, rights_changed: bool) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE chat SET closed = 0 WHERE chat = ? AND (closed = ? OR ?)")?
            .execute(params![chat, closed::GONE, rights_changed])?;
        Ok(())
    }

    /// Whether a chat may be told something again; if so, it counts as told.
    fn tell_again(&self, chat: i64, what: &str, now: Millis) -> Result<bool, StoreError> {
        let told = self
            .connection
            .prepare_cached(&format!(
                "INSERT INTO chat (chat, {what}) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET {what} = ?2 WHERE {what} <= ?2 - ?3"
            ))?
            .execute(params![chat, now, TELL_AGAIN])?;
        Ok(told > 0)
    }

    /// A group has become a supergroup. Calls name the chat inside, so each is sealed anew.
    fn relocate(&self, from: i64, to: i64) -> Result<(), StoreError> {
        let (old, new) = (self.seal.number("chat", from), self.seal.number("chat", to));
        let mut rows = self
            .connection
            .prepare_cached("SELECT id, content FROM outbox WHERE chat = ?")?;
        let rows = rows.query_map([old], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (id, content) in rows.collect::<Result<Vec<(i64, Vec<u8>)>, _>>()? {
            let Ok(call) = self.seal.open::<Call>("call", &content) else {
                continue;
            };
            let moved = if call.chat() == Some(to) {
                call
            } else {
                call.moved_to(to)
            };
            self.connection.execute(
                "UPDATE outbox SET chat = ?, content = ? WHERE id = ?",
                params![new, self.seal.seal("call", &moved), id],
            )?;
        }
        self.connection.execute(
            "UPDATE OR REPLACE note SET chat = ? WHERE chat = ?",
            [new, old],
        )?;
        self.connection
            .execute("DELETE FROM chat WHERE chat = ?", [old])?;
        Ok(())
    }

    /// Forgets a chat; not what came from it after the update in place `seq`.
    fn purge(&self, chat: i64, seq: i64) -> Result<(), StoreError> {
        let chat = self.seal.number("chat", chat);
        for statement in [
            "DELETE FROM note WHERE chat = ?",
            "DELETE FROM outbox WHERE chat = ?",
            "DELETE FROM chat WHERE chat = ?",
        ] {
            self.connection.execute(statement, [chat])?;
        }
        self.connection.execute(
            "UPDATE inbox SET state = 1, content = NULL, chat = NULL, member = NULL
             WHERE chat = ? AND seq <= ?",
            [chat, seq],
        )?;
        Ok(())
    }

    /// Forgets a member, in all chats; not what he did after the update in place `seq`.
    fn forget(&self, member: i64, seq: i64) -> Result<(), StoreError> {
        let member = self.seal.number("member", member);
        for statement in [
            "DELETE FROM note WHERE member = ?",
            "DELETE FROM outbox WHERE member = ?",
        ] {
            self.connection.execute(statement, [member])?;
        }
        self.connection.execute(
            "UPDATE inbox SET state = 1, content = NULL, member = NULL
             WHERE member = ? AND seq <= ?",
            [member, seq],
        )?;
        Ok(())
    }
}

/// What came of taking updates in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The lanes that have something new.
    pub lanes: Vec<Lane>,
    /// How many updates had not been there before.
    pub new: usize,
    /// How many of them found their lane full.
    pub turned_away: usize,
}

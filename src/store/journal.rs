//! The operations on the tables, each a part of somebody else's transaction; no clock, no thread.
//!
//! An update waits in the inbox until it was worked on; the calls that it leads to wait in the
//! outbox until they were made. Both happen lane by lane, in order: a lane first makes the calls that
//! it owes, then works on its next update. So [`Journal::next`] is the whole scheduler of a lane.
//!
//! Of several replicas one works on a lane at a time: who asks what it has to do next claims it, until
//! that is nothing. A replica may lose its claim with its connection while it is at work. What it then
//! says of that work still counts, if nobody was faster: an update is worked on while its row says
//! that it waits, a call is settled while its row is there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::params;

use super::recent::{Changes, Held, Recent};
use super::seal::{self, Seal};
use super::sql::Sql;
use super::{
    Counts, Errand, Incoming, Lane, Millis, Next, Outcome, Parcel, Pending, Reason, StoreError,
    Task,
};
use crate::bot::{Call, Effect, Note, NoteId, is_listed};

/// The most updates of one lane that may wait; what comes beyond is turned away.
pub const BACKLOG: i64 = 256;
/// A note that lasts no longer need not outlive the process, nor the chat's id.
const BRIEF: Millis = 10 * 60 * 1000;
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

/// Keeps a note, whatever was there.
const KEEP: &str = "INSERT INTO note (kind, chat, key, member, written, expires, content)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (kind, chat, key) DO UPDATE
     SET member = $4, written = $5, expires = $6, content = $7";
/// Keeps a note where there is none.
const KEEP_NEW: &str = "INSERT INTO note (kind, chat, key, member, written, expires, content)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, chat, key) DO NOTHING";

/// The tables.
pub(super) struct Journal {
    pub(super) sql: Box<dyn Sql>,
    pub(super) seal: Seal,
    /// What waits since before this process began: something in it may be what ended the last one.
    survivors_to: i64,
    /// What this transaction adds to notes.
    added: RefCell<BTreeMap<NoteId, Vec<(Note, Millis)>>>,
    /// What it has done to them.
    changes: RefCell<Changes>,
    /// Where nobody else writes notes: those that need not be read again.
    recent: Option<Arc<Recent>>,
}

impl Journal {
    /// The tables beside whoever works with them.
    pub(super) fn read(sql: Box<dyn Sql>, seal: Seal) -> Result<Self, StoreError> {
        let journal = Self {
            sql,
            seal,
            survivors_to: 0,
            added: RefCell::default(),
            changes: RefCell::default(),
            recent: None,
        };
        // Opens with the right key only.
        journal.meta::<()>("key")?;
        Ok(journal)
    }

    /// The tables, to work with them from where the process before has left them.
    pub(super) fn take_over(sql: Box<dyn Sql>, seal: Seal) -> Result<Self, StoreError> {
        let mut journal = Self::read(sql, seal)?;
        journal.set_meta("key", &())?;
        let last = "SELECT coalesce(max(seq), 0) FROM inbox";
        let last = journal.sql.first(last, &[], |row| row.get(0))?;
        journal.survivors_to = last.unwrap_or(0);
        Ok(journal)
    }

    /// The same for whoever is the only one to write notes.
    pub(super) fn alone(self, recent: &Arc<Recent>) -> Self {
        let recent = Some(Arc::clone(recent));
        Self { recent, ..self }
    }

    /// Begins a transaction.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        self.added.take();
        self.changes.take();
        self.sql.begin()
    }

    /// Ends it well. An error may mean that it is not known whether it has.
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        self.write_sums()?;
        let committed = self.sql.commit();
        if let Some(recent) = &self.recent {
            match &committed {
                Ok(()) => recent.commit(self.changes.take()),
                Err(_) => recent.forget(),
            }
        }
        committed
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
            let waiting: Option<i64> = self.sql.first(
                "SELECT count(*) FROM
                     (SELECT 1 FROM inbox WHERE lane = $1 AND state = 0 LIMIT $2) AS few",
                params![lane.0, BACKLOG],
                |row| row.get(0),
            )?;
            let crowded = waiting >= Some(BACKLOG) && !update.vital;
            if crowded {
                // Nobody is told of what has come before.
                let known = "SELECT 1 FROM inbox WHERE identity = $1";
                let known = self.sql.first(known, params![identity], |_| Ok(()))?;
                if known.is_some() {
                    continue;
                }
            }
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
            let new = self.sql.execute(
                "INSERT INTO inbox
                     (identity, lane, chat, member, sent, received, errand, state, content)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                     ON CONFLICT (identity) DO NOTHING",
                params![
                    identity,
                    lane.0,
                    chat.filter(|_| told),
                    member.filter(|_| told),
                    update.sent,
                    now,
                    errand as u8,
                    state,
                    content
                ],
            )?;
            if new == 0 {
                // It has come before, or another replica was faster.
                continue;
            }
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

    /// What a lane has to do next; nothing while another replica works on it.
    pub(super) fn next(&self, lane: Lane, now: Millis) -> Result<Next, StoreError> {
        if !self.sql.claim(lane.0)? {
            return Ok(Next::Idle);
        }
        let next = match self.next_call(lane, now)? {
            Some(next) => next,
            None => self.next_update(lane, now)?,
        };
        if matches!(next, Next::Wait(_) | Next::Idle) {
            self.sql.release(lane.0);
        }
        Ok(next)
    }

    /// Whether this is the replica that asks Telegram for updates.
    pub(super) fn lead(&self) -> Result<bool, StoreError> {
        self.sql.claim(self.lane(("leader", 0)).0)
    }

    fn next_call(&self, lane: Lane, now: Millis) -> Result<Option<Next>, StoreError> {
        let found = self.sql.first(
            "SELECT id, content, created, attempts, doubts,
                        CASE WHEN chat.not_before > outbox.not_before
                             THEN chat.not_before ELSE outbox.not_before END
                 FROM outbox LEFT JOIN chat USING (chat)
                 WHERE lane = $1 AND state <= 1 ORDER BY id LIMIT 1",
            params![lane.0],
            |row| {
                Ok((
                    row.get::<i64>(0)?,
                    row.get::<Vec<u8>>(1)?,
                    row.get::<Millis>(2)?,
                    row.get::<u32>(3)?,
                    row.get::<u32>(4)?,
                    row.get::<Millis>(5)?,
                ))
            },
        )?;
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
        self.sql.execute(
            "UPDATE outbox SET state = $1, attempts = attempts + 1 WHERE id = $2",
            params![outbox::SENDING, id],
        )?;
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
            let found = self.sql.first(
                "SELECT seq, content, sent, received, errand, chat, attempts, member FROM inbox
                     WHERE lane = $1 AND state = 0 ORDER BY seq LIMIT 1",
                params![lane.0],
                |row| {
                    Ok((
                        row.get::<i64>(0)?,
                        row.get::<Option<Vec<u8>>>(1)?,
                        row.get::<Millis>(2)?,
                        row.get::<Millis>(3)?,
                        row.get::<u8>(4)?,
                        row.get::<Option<i64>>(5)?,
                        row.get::<u32>(6)?,
                        row.get::<Option<i64>>(7)?,
                    ))
                },
            )?;
            let Some((seq, content, sent, received, errand, chat, attempts, member)) = found else {
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
            // The process that tried it before may have been another replica.
            let survivor = seq <= self.survivors_to || attempts > 0;
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
                member,
            }));
        }
    }

    /// Counts an attempt at an update before it is made; false where there were enough, and it is put
    /// aside.
    pub(super) fn attempt(&self, seq: i64) -> Result<bool, StoreError> {
        let attempts = self.sql.first(
            "UPDATE inbox SET attempts = attempts + 1 WHERE seq = $1 AND state = 0
             RETURNING attempts",
            params![seq],
            |row| row.get::<u32>(0),
        )?;
        let Some(attempts) = attempts else {
            // It was worked on or dropped meanwhile.
            return Ok(false);
        };
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
        let waiting = self.sql.execute(
            "UPDATE inbox SET state = $1 WHERE state = 2 AND attempts = $2",
            params![inbox::WAITING, ATTEMPTS + 1],
        )?;
        Ok(waiting > 0)
    }

    /// An update was worked on: it is done, and what it leads to is kept with the same stroke. Says
    /// what its lane does next.
    pub(super) fn worked(
        &self,
        lane: Lane,
        task: &Task,
        effects: Vec<Effect>,
        now: Millis,
    ) -> Result<Next, StoreError> {
        let seq = task.seq;
        let done = self.sql.execute(
            "UPDATE inbox SET state = 1, content = NULL, chat = NULL, member = NULL
             WHERE seq = $1 AND state = 0",
            params![seq],
        )?;
        if done == 0 {
            // Whoever was faster has said what it leads to.
            return self.next(lane, now);
        }
        // A lane that works on an update owes nothing yet, so its first call is what it does next;
        // but not where that call may become another one, or none.
        let touches_calls = |effect: &Effect| {
            matches!(
                effect,
                Effect::Move { .. } | Effect::Purge(_) | Effect::Forget(_)
            )
        };
        // Nor where another replica has taken the lane over.
        let mut at_once = !effects.iter().any(touches_calls) && self.sql.claim(lane.0)?;
        let mut first = None;
        for (op, effect) in (0_i64..).zip(effects) {
            match effect {
                Effect::Call(call) if call.is_fleeting() => {}
                Effect::Call(call) => {
                    let parcel = self.owe(lane, task, (op, call), at_once, now)?;
                    at_once = false;
                    first = first.or(parcel);
                }
                Effect::Keep(note) => self.keep(&note, now)?,
                Effect::Add(note) => self.add(note, now),
                Effect::Drop(id) => self.drop_note(&id)?,
                Effect::Move { from, to } => self.relocate(from, to)?,
                Effect::Purge(chat) => self.purge(chat, seq)?,
                Effect::Forget(member) => self.forget(member, seq)?,
                Effect::Count { .. } => {}
            }
        }
        match first {
            Some(parcel) => Ok(Next::Send(parcel)),
            None => self.next(lane, now),
        }
    }

    /// Owes a call, and begins with it where that is to be `at_once` and its chat need not wait.
    fn owe(
        &self,
        lane: Lane,
        task: &Task,
        (op, call): (i64, Call),
        at_once: bool,
        now: Millis,
    ) -> Result<Option<Parcel>, StoreError> {
        let chat = call.chat().map(|chat| self.seal.number("chat", chat));
        let standing = chat.map(|chat| self.standing(chat)).transpose()?;
        let (closed_to, not_before) = standing.unwrap_or_default();
        if closed_to > now {
            return Ok(None);
        }
        let at_once = at_once && not_before <= now;
        let state = if at_once {
            outbox::SENDING
        } else {
            outbox::READY
        };
        let id = self.sql.first(
            "INSERT INTO outbox (update_seq, op, lane, chat, member, method, created, state,
                 attempts, content)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (update_seq, op) DO NOTHING RETURNING id",
            params![
                task.seq,
                op,
                lane.0,
                chat,
                task.member,
                call.method,
                task.received,
                state,
                at_once,
                self.seal.seal("call", &call)
            ],
            |row| row.get(0),
        )?;
        let id = id.filter(|_| at_once);
        Ok(id.map(|id| Parcel {
            id,
            call,
            since: task.received,
            attempts: 0,
            doubts: 0,
        }))
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
                for note in message.iter().flat_map(|it| parcel.call.kept(*it)) {
                    self.keep(&note, now)?;
                }
                self.delete_call(id)?;
            }
            Outcome::Withdrawn => self.delete_call(id)?,
            Outcome::Again { at, doubt } => {
                self.sql.execute(
                    "UPDATE outbox SET state = $1, not_before = $2, doubts = doubts + $3
                         WHERE id = $4",
                    params![outbox::READY, at, doubt, id],
                )?;
            }
            Outcome::Hold(at) => {
                self.sql.execute(
                    "UPDATE outbox SET state = $1, not_before = $2 WHERE id = $3",
                    params![outbox::READY, at, id],
                )?;
                if let Some(chat) = chat {
                    self.sql.execute(
                        "INSERT INTO chat (chat, not_before) VALUES ($1, $2)
                             ON CONFLICT (chat) DO UPDATE SET not_before = $2",
                        params![self.seal.number("chat", chat), at],
                    )?;
                }
            }
            Outcome::Instead(call) => {
                self.sql.execute(
                    "UPDATE outbox SET state = $1, content = $2 WHERE id = $3",
                    params![outbox::READY, self.seal.seal("call", call), id],
                )?;
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

    /// The lanes that have something to do now, not those in another replica's hands, and when the next one will have.
    pub(super) fn due(&self, now: Millis) -> Result<(Vec<Lane>, Option<Millis>), StoreError> {
        let elsewhere = self.sql.elsewhere()?;
        let mut lanes = self.sql.all(
            "SELECT DISTINCT lane FROM inbox WHERE state = 0
                 AND lane NOT IN (SELECT lane FROM outbox WHERE state <= 1)
             UNION
             SELECT DISTINCT lane FROM outbox LEFT JOIN chat USING (chat)
                 WHERE state <= 1
                 AND outbox.not_before <= $1 AND coalesce(chat.not_before, 0) <= $1",
            params![now],
            |row| row.get(0),
        )?;
        lanes.retain(|lane| !elsewhere.contains(lane));
        let next = self.sql.first(
            "SELECT min(CASE WHEN chat.not_before > outbox.not_before
                             THEN chat.not_before ELSE outbox.not_before END)
                 FROM outbox LEFT JOIN chat USING (chat)
                 WHERE state <= 1 AND (outbox.not_before > $1 OR chat.not_before > $1)",
            params![now],
            |row| row.get(0),
        )?;
        let lanes = lanes.into_iter().map(Lane).collect();
        Ok((lanes, next.flatten()))
    }

    /// Forgets what has aged.
    pub(super) fn prune(&self, now: Millis) -> Result<(), StoreError> {
        if let Some(recent) = &self.recent {
            recent.prune(now);
        }
        for (statement, age) in [
            (
                "DELETE FROM inbox WHERE received < $1 AND state = 1",
                REMEMBERED,
            ),
            ("DELETE FROM inbox WHERE received < $1 AND state = 2", KEPT),
            ("DELETE FROM outbox WHERE created < $1 AND state > 1", KEPT),
            ("DELETE FROM note WHERE expires < $1", 0),
            (
                "DELETE FROM chat WHERE not_before < $1 AND flood_told < $1 AND late_told < $1
                 AND closed = 0",
                REMEMBERED,
            ),
        ] {
            self.sql.execute(statement, params![now - age])?;
        }
        Ok(())
    }

    /// What waits and what failed.
    pub(super) fn counts(&self) -> Result<Counts, StoreError> {
        let count = |what| {
            let count = self.sql.first(what, &[], |row| row.get::<u32>(0));
            count.map(Option::unwrap_or_default)
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
        let all = "SELECT 'in', seq, CASE state WHEN 0 THEN 'waiting' ELSE 'aside' END,
                    'update', received, attempts, NULL
                 FROM inbox WHERE state IN (0, 2)
             UNION ALL
             SELECT 'out', id,
                    CASE state WHEN 1 THEN 'sending' WHEN 2 THEN 'uncertain' WHEN 3 THEN 'dead' ELSE 'owed' END,
                    method, created, attempts, reason FROM outbox
             ORDER BY 5, 1, 2";
        self.sql.all(all, &[], |row| {
            Ok(Pending {
                id: format!("{}:{}", row.get::<String>(0)?, row.get::<i64>(1)?),
                state: row.get(2)?,
                what: row.get(3)?,
                since: row.get(4)?,
                attempts: row.get(5)?,
                reason: row.get(6)?,
            })
        })
    }

    /// Tries what failed once more; false where nothing of that name has failed.
    pub(super) fn retry(&self, id: &str) -> Result<bool, StoreError> {
        self.manage(
            id,
            "UPDATE inbox SET state = 0, attempts = 0 WHERE seq = $1 AND state = 2",
            "UPDATE outbox SET state = 0, attempts = 0, doubts = 0, not_before = 0, reason = NULL
             WHERE id = $1 AND state > 1",
        )
    }

    /// Forgets what waits or failed; false where there is nothing of that name.
    pub(super) fn discard(&self, id: &str) -> Result<bool, StoreError> {
        self.manage(
            id,
            "UPDATE inbox SET state = 1, content = NULL, chat = NULL, member = NULL
             WHERE seq = $1 AND state IN (0, 2)",
            "DELETE FROM outbox WHERE id = $1",
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
        Ok(self.sql.execute(statement, params![number])? > 0)
    }

    /// Keeps a note in place of the one of the same name.
    pub(super) fn keep(&self, note: &Note, now: Millis) -> Result<(), StoreError> {
        self.write_note(KEEP, note, now)?;
        Ok(())
    }

    /// Says whether it was written. What is soon over stays in memory where nobody else asks for it.
    fn write_note(&self, statement: &str, note: &Note, now: Millis) -> Result<bool, StoreError> {
        let lasts = note
            .lasts
            .map(|age| Millis::try_from(age.as_millis()).unwrap_or(Millis::MAX));
        let held = Held {
            plain: seal::plain(&(note.id.key, &note.value)).into(),
            member: note.member.map(|id| self.seal.number("member", id)),
            expires: lasts.map(|lasts| now.saturating_add(lasts)),
            brief: lasts.is_some_and(|lasts| lasts <= BRIEF)
                && self.recent.as_ref().is_some_and(|it| it.has_room()),
        };
        if !held.brief {
            let (kind, chat, key) = self.note_name(&note.id);
            let content = self.seal.seal_plain("note", &held.plain);
            let written = if is_listed(&note.id.kind) { now } else { 0 };
            let values = params![kind, chat, key, held.member, written, held.expires, content];
            if self.sql.execute(statement, values)? == 0 {
                return Ok(false);
            }
        }
        self.changes.borrow_mut().set(note.id.clone(), Some(held));
        Ok(true)
    }

    /// Adds to a note, at the end of the transaction: most are added to by many at once.
    fn add(&self, note: Note, now: Millis) {
        let mut added = self.added.borrow_mut();
        let more = added.entry(note.id.clone()).or_default();
        more.push((note, now));
    }

    /// Writes what was added to notes, in the order of their names: so replicas that add to the same
    /// notes never wait for each other in a circle.
    fn write_sums(&self) -> Result<(), StoreError> {
        for more in self.added.take().into_values() {
            while !self.write_sum(&more)? {}
        }
        Ok(())
    }

    /// False where another replica has written the note just now.
    fn write_sum(&self, more: &[(Note, Millis)]) -> Result<bool, StoreError> {
        let Some((note, now)) = more.last() else {
            return Ok(true);
        };
        let (ours, held) = self.hold(&note.id)?;
        let mut sum = Note {
            value: held.and_then(|it| it.value(*now)).unwrap_or_default(),
            ..note.clone()
        };
        for (more, _) in more {
            sum.add(&more.value);
        }
        self.write_note(if ours { KEEP } else { KEEP_NEW }, &sum, *now)
    }

    /// A note as it stands now, and whether nobody else can write it until the transaction ends.
    fn hold(&self, id: &NoteId) -> Result<(bool, Option<Held>), StoreError> {
        let changes = self.changes.borrow();
        if let Some(held) = changes.get(id) {
            return Ok((true, held.clone()));
        }
        let Some(recent) = &self.recent else {
            let held = self.find(
                "UPDATE note SET content = content WHERE kind = $1 AND chat = $2 AND key = $3
                 RETURNING content, member, expires",
                id,
            )?;
            return Ok((held.is_some(), held));
        };
        let held = if changes.are_all() {
            recent.read(id, || self.note(id))?
        } else {
            self.note(id)?
        };
        Ok((true, held))
    }

    fn drop_note(&self, id: &NoteId) -> Result<(), StoreError> {
        let (kind, chat, key) = self.note_name(id);
        let gone = "DELETE FROM note WHERE kind = $1 AND chat = $2 AND key = $3";
        self.sql.execute(gone, params![kind, chat, key])?;
        self.changes.borrow_mut().set(id.clone(), None);
        Ok(())
    }

    fn note_name<'n>(&self, id: &'n NoteId) -> (&'n str, i64, i64) {
        let chat = self.seal.number("chat", id.chat);
        (&id.kind, chat, self.seal.number("key", id.key))
    }

    /// A note, as it was written.
    pub(super) fn note(&self, id: &NoteId) -> Result<Option<Held>, StoreError> {
        self.find(
            "SELECT content, member, expires FROM note WHERE kind = $1 AND chat = $2 AND key = $3",
            id,
        )
    }

    fn find(&self, statement: &str, id: &NoteId) -> Result<Option<Held>, StoreError> {
        let (kind, chat, key) = self.note_name(id);
        self.sql.first(statement, params![kind, chat, key], |row| {
            let opened = self.seal.open_plain("note", &row.get::<Vec<u8>>(0)?);
            Ok(Held {
                // What cannot be opened says nothing.
                plain: opened.unwrap_or_default().into(),
                member: row.get(1)?,
                expires: row.get(2)?,
                brief: false,
            })
        })
    }

    /// The notes of a kind in a chat, the newest first, with their keys.
    pub(super) fn notes(
        &self,
        kind: &str,
        chat: i64,
        most: u32,
        now: Millis,
    ) -> Result<Vec<(i64, serde_json::Value)>, StoreError> {
        let contents = self.sql.all(
            "SELECT content FROM note
             WHERE kind = $1 AND chat = $2 AND coalesce(expires, $3) >= $3 AND written > 0
             ORDER BY written DESC LIMIT $4",
            params![kind, self.seal.number("chat", chat), now, most],
            |row| row.get(0),
        )?;
        let open = |content: Vec<u8>| self.seal.open("note", &content).ok();
        Ok(contents.into_iter().filter_map(open).collect())
    }

    /// Something small about this state itself.
    pub(super) fn meta<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        let content = "SELECT content FROM meta WHERE name = $1";
        let content: Option<Vec<u8>> = self.sql.first(content, params![name], |row| row.get(0))?;
        content
            .map(|content| self.seal.open("meta", &content))
            .transpose()
            .map_err(|_| StoreError::WrongKey)
    }

    /// Says it once and for all: what is known already stays.
    pub(super) fn set_meta(
        &self,
        name: &str,
        value: &impl serde::Serialize,
    ) -> Result<(), StoreError> {
        self.sql.execute(
            "INSERT INTO meta (name, content) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            params![name, self.seal.seal("meta", value)],
        )?;
        Ok(())
    }

    fn lane(&self, (class, id): (&str, i64)) -> Lane {
        Lane(self.seal.number(class, id))
    }

    fn finish(&self, seq: i64) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE inbox SET state = $1, content = NULL, chat = NULL, member = NULL
             WHERE seq = $2",
            params![inbox::DONE, seq],
        )?;
        Ok(())
    }

    fn put_aside(&self, seq: i64) -> Result<(), StoreError> {
        tracing::error!(
            id = format!("in:{seq}"),
            "an update cannot be worked on: it is put aside, see `iqtibas state`"
        );
        self.sql.execute(
            "UPDATE inbox SET state = $1 WHERE seq = $2 AND state = 0",
            params![inbox::ASIDE, seq],
        )?;
        Ok(())
    }

    fn delete_call(&self, id: i64) -> Result<(), StoreError> {
        self.sql
            .execute("DELETE FROM outbox WHERE id = $1", params![id])?;
        Ok(())
    }

    fn leave(&self, id: i64, state: u8, reason: &str) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE outbox SET state = $1, reason = $2 WHERE id = $3",
            params![state, reason, id],
        )?;
        Ok(())
    }

    /// A chat cannot be written to: nothing is owed to it any more.
    fn close(&self, id: i64, chat: Option<i64>, why: u8, to: Millis) -> Result<(), StoreError> {
        let Some(chat) = chat.map(|chat| self.seal.number("chat", chat)) else {
            return self.delete_call(id);
        };
        self.sql.execute(
            "INSERT INTO chat (chat, closed, closed_to) VALUES ($1, $2, $3)
             ON CONFLICT (chat) DO UPDATE SET closed = $2, closed_to = $3",
            params![chat, why, to],
        )?;
        self.sql
            .execute("DELETE FROM outbox WHERE chat = $1", params![chat])?;
        Ok(())
    }

    /// Until when a chat cannot be written to, and until when it has to wait.
    fn standing(&self, chat: i64) -> Result<(Millis, Millis), StoreError> {
        let standing = self.sql.first(
            "SELECT CASE WHEN closed > 0 THEN closed_to ELSE 0 END, not_before
                 FROM chat WHERE chat = $1",
            params![chat],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(standing.unwrap_or_default())
    }

    /// Something came from a chat. Who writes to the bot has not blocked it; whether it may write
    /// where it was muted only a change of its rights says.
    fn reopen(&self, chat: i64, rights_changed: bool) -> Result<(), StoreError> {
        self.sql.execute(
            "UPDATE chat SET closed = 0 WHERE chat = $1 AND (closed = $2 OR $3)",
            params![chat, closed::GONE, rights_changed],
        )?;
        Ok(())
    }

    /// Whether a chat may be told something again; if so, it counts as told.
    fn tell_again(&self, chat: i64, what: &str, now: Millis) -> Result<bool, StoreError> {
        let told = self.sql.execute(
            &format!(
                "INSERT INTO chat (chat, {what}) VALUES ($1, $2)
                 ON CONFLICT (chat) DO UPDATE SET {what} = $2 WHERE chat.{what} <= $2 - $3"
            ),
            params![chat, now, TELL_AGAIN],
        )?;
        Ok(told > 0)
    }

    /// A group has become a supergroup. Calls name the chat inside, so each is sealed anew.
    fn relocate(&self, from: i64, to: i64) -> Result<(), StoreError> {
        for (mut note, at) in self.added.take().into_values().flatten() {
            if note.id.chat == from {
                note.id.chat = to;
            }
            self.add(note, at);
        }
        for chat in [from, to] {
            self.changes.borrow_mut().replace(chat);
        }
        let (old, new) = (self.seal.number("chat", from), self.seal.number("chat", to));
        let calls = self.sql.all(
            "SELECT id, content FROM outbox WHERE chat = $1",
            params![old],
            |row| Ok((row.get::<i64>(0)?, row.get::<Vec<u8>>(1)?)),
        )?;
        for (id, content) in calls {
            let Ok(call) = self.seal.open::<Call>("call", &content) else {
                continue;
            };
            let moved = if call.chat() == Some(to) {
                call
            } else {
                call.moved_to(to)
            };
            self.sql.execute(
                "UPDATE outbox SET chat = $1, content = $2 WHERE id = $3",
                params![new, self.seal.seal("call", &moved), id],
            )?;
        }
        // What it brings along takes the place of what is there.
        self.sql.execute(
            "DELETE FROM note WHERE chat = $1 AND EXISTS (SELECT 1 FROM note AS old
                 WHERE old.chat = $2 AND old.kind = note.kind AND old.key = note.key)",
            params![new, old],
        )?;
        self.sql.execute(
            "UPDATE note SET chat = $1 WHERE chat = $2",
            params![new, old],
        )?;
        self.sql
            .execute("DELETE FROM chat WHERE chat = $1", params![old])?;
        Ok(())
    }

    /// Forgets a chat; not what came from it after the update in place `seq`.
    fn purge(&self, chat: i64, seq: i64) -> Result<(), StoreError> {
        self.added.borrow_mut().retain(|id, _| id.chat != chat);
        self.changes.borrow_mut().replace(chat);
        let chat = self.seal.number("chat", chat);
        for statement in [
            "DELETE FROM note WHERE chat = $1",
            "DELETE FROM outbox WHERE chat = $1",
            "DELETE FROM chat WHERE chat = $1",
        ] {
            self.sql.execute(statement, params![chat])?;
        }
        self.sql.execute(
            "UPDATE inbox SET state = 1, content = NULL, chat = NULL, member = NULL
             WHERE chat = $1 AND seq <= $2",
            params![chat, seq],
        )?;
        Ok(())
    }

    /// Forgets a member, in all chats; not what he did after the update in place `seq`.
    fn forget(&self, member: i64, seq: i64) -> Result<(), StoreError> {
        for more in self.added.borrow_mut().values_mut() {
            more.retain(|(note, _)| note.member != Some(member));
        }
        let member = self.seal.number("member", member);
        self.changes.borrow_mut().forget(member);
        for statement in [
            "DELETE FROM note WHERE member = $1",
            "DELETE FROM outbox WHERE member = $1",
        ] {
            self.sql.execute(statement, params![member])?;
        }
        self.sql.execute(
            "UPDATE inbox SET state = 1, content = NULL, chat = NULL, member = NULL
             WHERE member = $1 AND seq <= $2",
            params![member, seq],
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

//! The tables, and how they come to be: each version of the schema is one step from the last.

use rusqlite::Connection;

use super::StoreError;

/// The newest version.
#[allow(clippy::cast_possible_truncation)] // a few steps
pub(super) const KNOWN: u32 = STEPS.len() as u32;

/// Each step leads from the version of its place to the next. Steps are added, never changed.
///
/// Lanes, chats and members are keyed names of ids, contents are sealed, times are milliseconds
/// since 1970; see `journal.rs` for the states. Written for SQLite; [`in_postgres`] says the rest.
const STEPS: [&str; 2] = [
    "
CREATE TABLE inbox (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    identity BLOB    NOT NULL UNIQUE,
    lane     INTEGER NOT NULL,
    chat     INTEGER,
    member   INTEGER,
    sent     INTEGER NOT NULL,
    received INTEGER NOT NULL,
    errand   INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    content  BLOB
) STRICT;
CREATE INDEX inbox_waiting ON inbox (lane, seq) WHERE state = 0;
CREATE INDEX inbox_aside ON inbox (seq) WHERE state = 2;
CREATE INDEX inbox_age ON inbox (received);
CREATE INDEX inbox_member ON inbox (member) WHERE member IS NOT NULL;

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    update_seq INTEGER NOT NULL,
    op         INTEGER NOT NULL,
    lane       INTEGER NOT NULL,
    chat       INTEGER,
    member     INTEGER,
    method     TEXT    NOT NULL,
    created    INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    doubts     INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    reason     TEXT,
    content    BLOB    NOT NULL,
    UNIQUE (update_seq, op)
) STRICT;
CREATE INDEX outbox_open ON outbox (lane, id) WHERE state <= 1;
CREATE INDEX outbox_chat ON outbox (chat);

CREATE TABLE chat (
    chat       INTEGER PRIMARY KEY,
    not_before INTEGER NOT NULL DEFAULT 0,
    closed     INTEGER NOT NULL DEFAULT 0,
    closed_to  INTEGER NOT NULL DEFAULT 0,
    flood_told INTEGER NOT NULL DEFAULT 0,
    late_told  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE note (
    kind    TEXT    NOT NULL,
    chat    INTEGER NOT NULL,
    key     INTEGER NOT NULL,
    member  INTEGER,
    written INTEGER NOT NULL,
    expires INTEGER,
    content BLOB    NOT NULL,
    PRIMARY KEY (kind, chat, key)
) STRICT;
CREATE INDEX note_age ON note (expires) WHERE expires IS NOT NULL;
CREATE INDEX note_order ON note (kind, chat, written);
CREATE INDEX note_member ON note (member) WHERE member IS NOT NULL;

CREATE TABLE meta (
    name    TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;
",
    "
-- Notes that are never listed are written at 0.
DROP INDEX note_order;
CREATE INDEX note_order ON note (kind, chat, written) WHERE written > 0;
",
];

/// What leads from a version to the newest. A version that only a newer program knows is refused.
pub(super) fn steps_from(found: u32) -> Result<&'static [&'static str], StoreError> {
    let known = KNOWN;
    let steps = STEPS.get(found as usize..);
    steps.ok_or(StoreError::Newer { found, known })
}

/// Brings the tables of a file to the newest version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let steps = steps_from(found)?;
    if steps.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", KNOWN)?;
    Ok(transaction.commit()?)
}

/// A step in the words of PostgreSQL.
#[cfg(feature = "postgres")]
pub(super) fn in_postgres(step: &str) -> String {
    [
        (
            "INTEGER PRIMARY KEY AUTOINCREMENT",
            "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        ),
        ("INTEGER", "BIGINT"),
        ("BLOB", "BYTEA"),
        (") STRICT", ")"),
    ]
    .iter()
    .fold(step.to_owned(), |step, (here, there)| {
        step.replace(here, there)
    })
}

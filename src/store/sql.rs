//! What the journal asks of a database: statements that are written once, in the words that SQLite
//! and PostgreSQL share. Parameters are `$1`, `$2`… in the order in which they first appear; integers
//! have 64 bits. Values are SQLite's, and the other database translates them.

use std::collections::HashSet;

use rusqlite::config::DbConfig;
use rusqlite::types::{FromSql, ValueRef};
use rusqlite::{Connection, ToSql};

use super::StoreError;

/// The most statements that are kept prepared: more than there are.
const STATEMENTS: usize = 64;

/// What stands for the parameters of a statement.
pub(super) type Values<'v> = &'v [&'v dyn ToSql];

/// A database.
pub(super) trait Sql: Send {
    /// Begins a transaction that sees what others commit while it goes on.
    fn begin(&self) -> Result<(), StoreError>;

    /// Ends it well. An error may mean that it is not known whether it has.
    fn commit(&self) -> Result<(), StoreError>;

    /// Ends it as if it had not been, where there is one.
    fn roll_back(&self);

    /// Runs a statement; says how many rows it has changed.
    fn execute(&self, statement: &str, values: Values<'_>) -> Result<usize, StoreError>;

    /// Shows each row that a statement gives.
    fn each(
        &self,
        statement: &str,
        values: Values<'_>,
        show: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;

    /// Claims a lane for this process, until it is released or the process is gone. False while it
    /// is another's.
    fn claim(&self, _lane: i64) -> Result<bool, StoreError> {
        Ok(true)
    }

    /// Lets go of a lane, once the transaction is committed.
    fn release(&self, _lane: i64) {}

    /// The lanes that others have claimed.
    fn elsewhere(&self) -> Result<HashSet<i64>, StoreError> {
        Ok(HashSet::new())
    }
}

impl dyn Sql {
    /// What is read from each row.
    pub(super) fn all<T>(
        &self,
        statement: &str,
        values: Values<'_>,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        self.each(statement, values, &mut |row| {
            all.push(read(row)?);
            Ok(())
        })?;
        Ok(all)
    }

    /// What is read from the one row, where there is one.
    pub(super) fn first<T>(
        &self,
        statement: &str,
        values: Values<'_>,
        read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(statement, values, read)?.into_iter().next())
    }
}

/// A row, by its columns.
pub(super) struct Row<'r>(pub(super) &'r dyn Fn(usize) -> Result<ValueRef<'r>, StoreError>);

impl Row<'_> {
    pub(super) fn get<T: FromSql>(&self, column: usize) -> Result<T, StoreError> {
        let value = T::column_result((self.0)(column)?);
        Ok(value.map_err(rusqlite::Error::from)?)
    }
}

/// SQLite, in one file for one process.
pub(super) struct Sqlite(pub(super) Connection);

impl Sqlite {
    pub(super) fn new(connection: Connection) -> Result<Self, StoreError> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else a statement that might gain by a partial index is prepared anew for every value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(Self(connection))
    }
}

impl Sql for Sqlite {
    fn begin(&self) -> Result<(), StoreError> {
        Ok(self.0.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn commit(&self) -> Result<(), StoreError> {
        Ok(self.0.execute_batch("COMMIT")?)
    }

    fn roll_back(&self) {
        if !self.0.is_autocommit() {
            _ = self.0.execute_batch("ROLLBACK");
        }
    }

    fn execute(&self, statement: &str, values: Values<'_>) -> Result<usize, StoreError> {
        Ok(self.0.prepare_cached(statement)?.execute(values)?)
    }

    fn each(
        &self,
        statement: &str,
        values: Values<'_>,
        show: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.0.prepare_cached(statement)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            show(&Row(&|column| Ok(row.get_ref(column)?)))?;
        }
        Ok(())
    }
}

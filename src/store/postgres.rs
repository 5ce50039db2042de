//! PostgreSQL as the database of the journal, for several replicas at once.
//!
//! A replica claims a lane by an advisory lock of its session. So PostgreSQL itself frees the claims of
//! a replica that dies, and at once: its connections end with it. One that hangs, or whose machine is
//! gone, is idle for [`IDLE`] or silent for as long on the wire, and then PostgreSQL ends its session.
//! Whatever it wanted to write after that fails, for it would have had to write it in that session.
//!
//! When the connection is lost, what was claimed is claimed again in the next session, before anything
//! else; and for [`GRACE`] nothing new is, so that after a restart of PostgreSQL each replica finds
//! its own lanes, and can say what came of the calls that it had under way.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::error::Error as _;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use postgres::config::TargetSessionAttrs;
use postgres::error::{Severity, SqlState};
use postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use postgres::{Client, Config, Error, NoTls, Statement};
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Address;
use super::journal::Journal;
use super::schema;
use super::seal::Seal;
use super::sql::{Row, Sql, Values};
use super::{DatabaseUrl, StoreError};

/// How long a session with claims may be idle before PostgreSQL ends it. One that works asks ten
/// times a second what there is to do.
const IDLE: &str = "10s";
/// How long after a lost connection only those lanes are claimed that were before.
const GRACE: Duration = Duration::from_secs(2);
/// How long a connection may take to be made, and how long a server may be silent.
const CONNECT: Duration = Duration::from_secs(3);
const SILENCE: Duration = Duration::from_secs(10);
/// Who brings the tables to the newest version holds this lock. It spells "iqtibas".
const MIGRATION: i64 = 0x69_7174_6962_6173;

/// How a replica's session is set up. A commit that PostgreSQL may still lose is none.
const SESSION: &str = "
SET idle_in_transaction_session_timeout = '10s';
SET lock_timeout = '5s';
SET statement_timeout = '30s';
SET tcp_keepalives_idle = 5;
SET tcp_keepalives_interval = 2;
SET tcp_keepalives_count = 3;
SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off';
";

/// The journal of a replica, with its tables, which are made where there are none.
pub(super) fn work(url: &DatabaseUrl, key: &Path) -> Result<Journal, StoreError> {
    let postgres = Postgres::new(url, Claims::Held)?;
    postgres.begin()?;
    // Until the commit no other replica can make tables or a key.
    postgres.migrate(true)?;
    let fresh = "SELECT 1 FROM meta LIMIT 1";
    let sql: Box<dyn Sql> = Box::new(postgres);
    let fresh = sql.first(fresh, &[], |_| Ok(()))?.is_none();
    let journal = Journal::take_over(sql, Seal::from_file(key, fresh)?)?;
    journal.sql.commit()?;
    Ok(journal)
}

/// The journal beside whoever works with it.
pub(super) fn look(url: &DatabaseUrl, key: &Path) -> Result<Journal, StoreError> {
    let postgres = Postgres::new(url, Claims::None)?;
    postgres.begin()?;
    postgres.migrate(false)?;
    postgres.commit()?;
    Journal::read(Box::new(postgres), Seal::from_file(key, false)?)
}

/// Whether a session may claim lanes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claims {
    Held,
    None,
}

/// A database, with one connection to it at a time.
struct Postgres {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    kind: Claims,
    session: RefCell<Option<Session>>,
    in_transaction: Cell<bool>,
    /// The lanes whose locks the session holds; those that the last one held, until there is a new one.
    claims: RefCell<HashSet<i64>>,
    /// Those to let go of with the next commit.
    released: RefCell<HashSet<i64>>,
    /// When a session took the place of one that was lost.
    resumed: Cell<Option<Instant>>,
}

struct Session {
    client: Client,
    /// Who serves it at PostgreSQL.
    server: i32,
    statements: HashMap<String, Statement>,
}

impl Session {
    fn prepared(&mut self, statement: &str) -> Result<Statement, Error> {
        if let Some(prepared) = self.statements.get(statement) {
            return Ok(prepared.clone());
        }
        let prepared = self.client.prepare(statement)?;
        self.statements
            .insert(statement.to_owned(), prepared.clone());
        Ok(prepared)
    }

    fn query(&mut self, statement: &str, values: &[Sent<'_>]) -> Result<Vec<postgres::Row>, Error> {
        let prepared = self.prepared(statement)?;
        self.client.query(&prepared, &parameters(values))
    }
}

impl Postgres {
    fn new(url: &DatabaseUrl, kind: Claims) -> Result<Self, StoreError> {
        let Address { mut config, tls } = Address::read(url)?;
        if config.get_application_name().is_none() {
            config.application_name("iqtibas");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            // Of several servers the one that can be written.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let postgres = Self {
            config,
            tls,
            kind,
            session: RefCell::default(),
            in_transaction: Cell::new(false),
            claims: RefCell::default(),
            released: RefCell::default(),
            resumed: Cell::new(None),
        };
        *postgres.session.borrow_mut() = Some(postgres.connect()?);
        Ok(postgres)
    }

    fn connect(&self) -> Result<Session, StoreError> {
        let client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        };
        let mut client = client.map_err(failed)?;
        client.batch_execute(SESSION).map_err(failed)?;
        if self.kind == Claims::Held {
            let idle = format!("SET idle_session_timeout = '{IDLE}'");
            client.batch_execute(&idle).map_err(failed)?;
        }
        let server = client.query_one("SELECT pg_backend_pid()", &[]);
        Ok(Session {
            server: server.map_err(failed)?.get(0),
            client,
            statements: HashMap::new(),
        })
    }

    /// A session in the place of a lost one: as far as nobody else has them, with its claims.
    fn resume(&self) -> Result<Session, StoreError> {
        let mut session = self.connect()?;
        let version = session.client.query_one("SELECT version FROM iqtibas", &[]);
        let version: i64 = version.map_err(failed)?.get(0);
        schema::steps_from(u32::try_from(version).unwrap_or(u32::MAX))?;
        let claims = &mut *self.claims.borrow_mut();
        let before: Vec<i64> = claims.drain().collect();
        let again = session.client.query(
            "SELECT lane FROM unnest($1::bigint[]) AS lane WHERE pg_try_advisory_lock(lane)",
            &[&before],
        );
        claims.extend(
            again
                .map_err(failed)?
                .iter()
                .map(|row| row.get::<_, i64>(0)),
        );
        self.resumed.set(Some(Instant::now()));
        tracing::info!("connected to the database again");
        Ok(session)
    }

    /// Does something on the connection. Where that is lost, a transaction is; outside of one it is
    /// done again on a new connection.
    fn with<T>(&self, work: impl Fn(&mut Session) -> Result<T, Error>) -> Result<T, StoreError> {
        let mut slot = self.session.borrow_mut();
        if let Some(session) = slot.as_mut() {
            match work(session) {
                Err(error) if is_lost(&error) => {
                    *slot = None;
                    if self.in_transaction.get() {
                        return Err(failed(error));
                    }
                }
                done => return done.map_err(failed),
            }
        }
        if self.in_transaction.get() {
            return Err(StoreError::NotWritten);
        }
        work(slot.insert(self.resume()?)).map_err(failed)
    }

    /// Brings the tables to the newest version, one replica at a time. Those of somebody else, and
    /// those of a newer program, are left alone.
    fn migrate(&self, make: bool) -> Result<(), StoreError> {
        self.with(|session| {
            session
                .client
                .execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION])
        })?;
        let found = self.with(|session| {
            session.client.query_one(
                "SELECT count(*) FILTER (WHERE tablename = 'iqtibas'), count(*)
                 FROM pg_tables WHERE schemaname = current_schema()",
                &[],
            )
        })?;
        let (own, tables): (i64, i64) = (found.get(0), found.get(1));
        if own == 0 {
            if tables > 0 {
                return Err(StoreError::Foreign);
            }
            if !make {
                return Err(StoreError::Empty);
            }
            self.batch(
                "CREATE TABLE iqtibas (version BIGINT NOT NULL); INSERT INTO iqtibas VALUES (0)",
            )?;
        }
        let version =
            self.with(|session| session.client.query_one("SELECT version FROM iqtibas", &[]))?;
        let version = u32::try_from(version.get::<_, i64>(0)).unwrap_or(u32::MAX);
        let steps = schema::steps_from(version)?;
        for step in steps {
            self.batch(&schema::in_postgres(step))?;
        }
        if !steps.is_empty() {
            self.batch(&format!("UPDATE iqtibas SET version = {}", schema::KNOWN))?;
        }
        Ok(())
    }

    fn batch(&self, statements: &str) -> Result<(), StoreError> {
        self.with(|session| session.client.batch_execute(statements))
    }
}

impl Sql for Postgres {
    fn begin(&self) -> Result<(), StoreError> {
        self.in_transaction.set(false);
        // Whatever the server's default: after a claim, what was committed before it must be seen.
        self.batch("BEGIN ISOLATION LEVEL READ COMMITTED")?;
        self.in_transaction.set(true);
        Ok(())
    }

    fn commit(&self) -> Result<(), StoreError> {
        let mut statements = "COMMIT".to_owned();
        // Where the commit fails, PostgreSQL does nothing of what follows it.
        for lane in self.released.borrow().iter() {
            _ = write!(statements, "; SELECT pg_advisory_unlock({lane})");
        }
        self.batch(&statements)?;
        self.in_transaction.set(false);
        let released = std::mem::take(&mut *self.released.borrow_mut());
        self.claims
            .borrow_mut()
            .retain(|lane| !released.contains(lane));
        Ok(())
    }

    fn roll_back(&self) {
        self.released.borrow_mut().clear();
        if self.in_transaction.get() {
            _ = self.batch("ROLLBACK");
            self.in_transaction.set(false);
        }
    }

    fn execute(&self, statement: &str, values: Values<'_>) -> Result<usize, StoreError> {
        let values = sent(values)?;
        let changed = self.with(|session| {
            let prepared = session.prepared(statement)?;
            session.client.execute(&prepared, &parameters(&values))
        })?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    fn each(
        &self,
        statement: &str,
        values: Values<'_>,
        show: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let values = sent(values)?;
        let rows = self.with(|session| session.query(statement, &values))?;
        for row in &rows {
            show(&Row(&|column| {
                let cell: Received<'_> = row.try_get(column).map_err(failed)?;
                Ok(cell.0)
            }))?;
        }
        Ok(())
    }

    fn claim(&self, lane: i64) -> Result<bool, StoreError> {
        if self.claims.borrow().contains(&lane) {
            self.released.borrow_mut().remove(&lane);
            return Ok(true);
        }
        if self.resumed.get().is_some_and(|at| at.elapsed() < GRACE) {
            return Ok(false);
        }
        let (claimed, server, expected) = self.with(|session| {
            let claim = "SELECT pg_try_advisory_lock($1), pg_backend_pid()";
            let prepared = session.prepared(claim)?;
            let row = session.client.query_one(&prepared, &[&lane])?;
            Ok((row.get::<_, bool>(0), row.get::<_, i32>(1), session.server))
        })?;
        if server != expected {
            return Err(StoreError::Pooled);
        }
        if claimed {
            self.claims.borrow_mut().insert(lane);
        }
        Ok(claimed)
    }

    fn release(&self, lane: i64) {
        self.released.borrow_mut().insert(lane);
    }

    /// A lock's number is shown in two halves.
    fn elsewhere(&self) -> Result<HashSet<i64>, StoreError> {
        let sql: &dyn Sql = self;
        let lanes = sql.all(
            "SELECT classid::bigint << 32 | objid::bigint FROM pg_locks
             WHERE locktype = 'advisory' AND objsubid = 1 AND pid <> pg_backend_pid()
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            &[],
            |row| row.get(0),
        )?;
        Ok(lanes.into_iter().collect())
    }
}

/// Whether the session has ended with this error.
fn is_lost(error: &Error) -> bool {
    error.as_db_error().is_none_or(|said| {
        matches!(
            said.parsed_severity(),
            Some(Severity::Fatal | Severity::Panic)
        )
    })
}

/// In words without details: these may hold values.
#[allow(clippy::needless_pass_by_value)] // for `map_err`
fn failed(error: Error) -> StoreError {
    if let Some(said) = error.as_db_error() {
        let code = said.code();
        let passing = ["08", "40", "53", "57P"].map(|class| code.code().starts_with(class));
        let also = [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::READ_ONLY_SQL_TRANSACTION,
        ];
        return StoreError::Postgres {
            said: format!("{}: {}", said.severity(), said.message()),
            passing: passing.contains(&true) || also.contains(code),
        };
    }
    let cause = error.source();
    let io = cause.and_then(|cause| cause.downcast_ref::<std::io::Error>());
    // What cannot be understood will not be later.
    let refused = [
        std::io::ErrorKind::InvalidData,
        std::io::ErrorKind::InvalidInput,
    ];
    let tls = io.and_then(|io| io.get_ref()?.downcast_ref::<rustls::Error>());
    if let Some(rustls::Error::InvalidCertificate(why)) = tls {
        return StoreError::Certificate(why.to_string());
    }
    StoreError::Postgres {
        said: cause.map_or(error.to_string(), |cause| format!("{error}: {cause}")),
        passing: io.map_or(error.is_closed(), |io| !refused.contains(&io.kind())),
    }
}

/// A value on its way to PostgreSQL.
#[derive(Debug)]
struct Sent<'v>(ToSqlOutput<'v>);

fn sent(values: Values<'_>) -> Result<Vec<Sent<'_>>, StoreError> {
    let sent = values.iter().map(|value| Ok(Sent(value.to_sql()?)));
    sent.collect()
}

fn parameters<'v>(values: &'v [Sent<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

impl ToSql for Sent<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let value = match &self.0 {
            ToSqlOutput::Borrowed(value) => *value,
            ToSqlOutput::Owned(value) => ValueRef::from(value),
            _ => return Err("a value that only SQLite knows".into()),
        };
        match value {
            ValueRef::Null => Ok(IsNull::Yes),
            ValueRef::Integer(value) if *ty == Type::BOOL => (value != 0).to_sql(ty, out),
            ValueRef::Integer(value) => value.to_sql_checked(ty, out),
            ValueRef::Text(value) => std::str::from_utf8(value)?.to_sql_checked(ty, out),
            ValueRef::Blob(value) => value.to_sql_checked(ty, out),
            ValueRef::Real(_) => Err("no number here has a fraction".into()),
        }
    }

    fn accepts(_ty: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value that has come from PostgreSQL.
struct Received<'r>(ValueRef<'r>);

impl<'r> FromSql<'r> for Received<'r> {
    fn from_sql(
        ty: &Type,
        raw: &'r [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(match *ty {
            Type::INT8 => ValueRef::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => ValueRef::Integer(i32::from_sql(ty, raw)?.into()),
            Type::BOOL => ValueRef::Integer(bool::from_sql(ty, raw)?.into()),
            Type::TEXT => ValueRef::Text(raw),
            Type::BYTEA => ValueRef::Blob(raw),
            _ => return Err(format!("a column of type {ty}").into()),
        }))
    }

    fn from_sql_null(_ty: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(ValueRef::Null))
    }

    fn accepts(_ty: &Type) -> bool {
        true
    }
}

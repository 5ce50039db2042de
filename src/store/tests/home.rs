//! Where a test keeps its state: a file, or tables of its own in the PostgreSQL that
//! `IQTIBAS_TEST_DATABASE` names while the tests are built. `tests/postgres.sh` starts one.

use tempfile::TempDir;

use super::super::*;

/// A place of a test's own; gone when the test has ended.
pub(super) struct Home {
    pub(super) folder: TempDir,
    #[cfg(feature = "postgres")]
    pub(super) tables: Option<tables::Tables>,
}

impl Home {
    pub(super) fn file() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            #[cfg(feature = "postgres")]
            tables: None,
        }
    }

    #[cfg(feature = "postgres")]
    pub(super) fn postgres() -> Self {
        Self {
            tables: Some(tables::Tables::new()),
            ..Self::file()
        }
    }

    pub(super) fn place(&self) -> StatePlace {
        StatePlace {
            file: self.folder.path().join("iqtibas.db"),
            key: self.folder.path().join("iqtibas.key"),
            #[cfg(feature = "postgres")]
            database: self.tables.as_ref().map(|tables| tables.url("iqtibas")),
            #[cfg(not(feature = "postgres"))]
            database: None,
        }
    }

    pub(super) fn open(&self) -> Store {
        Store::open(&self.place(), Durability::Process)
            .expect("it opens")
            .expect("nobody else has it")
    }

    /// Everything that is kept, as it is kept.
    pub(super) fn bytes(&self) -> Vec<u8> {
        #[cfg(feature = "postgres")]
        if let Some(tables) = &self.tables {
            return tables.bytes();
        }
        let files = ["iqtibas.db", "iqtibas.db-wal"].map(|name| self.folder.path().join(name));
        let read = |file| std::fs::read(file).unwrap_or_default();
        files.into_iter().flat_map(read).collect()
    }

    /// As if a program of version 1 had written it.
    pub(super) fn written_by_the_first_program(&self) {
        let index = "DROP INDEX note_order;
            CREATE INDEX note_order ON note (kind, chat, written);";
        #[cfg(feature = "postgres")]
        if let Some(tables) = &self.tables {
            return tables.batch(&format!("{index} UPDATE iqtibas SET version = 1"));
        }
        let connection = Connection::open(self.place().file).expect("opens");
        let made = connection.execute_batch(&format!("{index} PRAGMA user_version = 1"));
        made.expect("written");
    }

    /// As if a program of version 99 had written it.
    pub(super) fn written_by_a_newer_program(&self) {
        #[cfg(feature = "postgres")]
        if let Some(tables) = &self.tables {
            return tables.batch("UPDATE iqtibas SET version = 99");
        }
        let connection = Connection::open(self.place().file).expect("opens");
        let version = connection.pragma_update(None, "user_version", 99);
        version.expect("written");
    }
}

#[cfg(feature = "postgres")]
pub(super) mod tables {
    //! Tables of a test's own.

    use std::io::Read;
    use std::sync::atomic::{AtomicU32, Ordering};

    use ::postgres::{Client, NoTls};

    use super::DatabaseUrl;

    const DATABASE: Option<&str> = option_env!("IQTIBAS_TEST_DATABASE");
    const TLS: Option<&str> = option_env!("IQTIBAS_TEST_TLS");

    static NUMBER: AtomicU32 = AtomicU32::new(0);

    /// A schema, which is gone when the test has ended.
    pub(in super::super) struct Tables(String);

    impl Tables {
        /// # Panics
        /// Where the database holds anything but what these tests have made: nothing is to be spoiled.
        pub(super) fn new() -> Self {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("iqtibas_test_{}_{number}", std::process::id());
            administer(|client| {
                let strange = client.query_one(
                    "SELECT count(*) FROM pg_tables WHERE schemaname NOT LIKE 'iqtibas\\_test\\_%'
                     AND schemaname NOT IN ('pg_catalog', 'information_schema')",
                    &[],
                );
                let strange: i64 = strange.expect("counted").get(0);
                assert_eq!(
                    strange, 0,
                    "the database is not empty and not these tests' own"
                );
                let made = client.batch_execute(&format!("CREATE SCHEMA {name}"));
                made.expect("made");
            });
            Self(name)
        }

        /// The address for a client of that name.
        pub(in super::super) fn url(&self, client: &str) -> DatabaseUrl {
            let (database, schema) = (DATABASE.expect("it was there"), &self.0);
            let url = format!(
                "{database}&application_name={client}_{schema}&options=-csearch_path%3D{schema}"
            );
            DatabaseUrl::from(url.as_str())
        }

        /// The address by TLS, with the authority to be trusted.
        pub(in super::super) fn by_tls(&self) -> String {
            let server = TLS.expect("tests/postgres.sh sets it");
            format!("{server}&options=-csearch_path%3D{}", self.0)
        }

        pub(in super::super) fn batch(&self, statements: &str) {
            let statements = format!("SET search_path = {}; {statements}", self.0);
            administer(|client| client.batch_execute(&statements).expect("done"));
        }

        /// Ends the sessions of a client, as a network does that breaks.
        pub(in super::super) fn cut(&self, client: &str) {
            let name = format!("{client}_{}", self.0);
            administer(|admin| {
                let ended = admin.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                     WHERE application_name = $1",
                    &[&name],
                );
                assert!(ended.expect("ended") > 0, "{name} has no session");
            });
        }

        pub(super) fn bytes(&self) -> Vec<u8> {
            let mut bytes = Vec::new();
            for table in ["inbox", "outbox", "chat", "note", "meta"] {
                let copy = format!("COPY {}.{table} TO STDOUT (FORMAT binary)", self.0);
                administer(|client| {
                    let mut rows = client.copy_out(&copy).expect("copied");
                    rows.read_to_end(&mut bytes).expect("read");
                });
            }
            bytes
        }
    }

    impl Drop for Tables {
        fn drop(&mut self) {
            let gone = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.0);
            administer(|client| _ = client.batch_execute(&gone));
        }
    }

    /// On a thread of its own: the client blocks.
    fn administer<T: Send>(work: impl FnOnce(&mut Client) -> T + Send) -> T {
        let database = DATABASE.expect("IQTIBAS_TEST_DATABASE names none: run tests/postgres.sh");
        std::thread::scope(|scope| {
            let work = || work(&mut Client::connect(database, NoTls).expect("it is there"));
            scope.spawn(work).join().expect("no panic")
        })
    }
}

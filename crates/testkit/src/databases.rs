//! One test on every kind of database: SQLite in memory, SQLite in a file, PostgreSQL.

use crate::postgres::{TempDatabase, database};
use tempfile::TempDir;

/// A database of a test, gone when this value is.
#[derive(Debug)]
pub struct Fresh {
    url: String,
    keep: Keep,
}

#[derive(Debug)]
enum Keep {
    Nothing,
    Folder(TempDir),
    Database(TempDatabase),
}

impl Fresh {
    /// SQLite in memory: empty, and another one for each opening.
    #[must_use]
    pub fn memory() -> Self {
        Self { url: "sqlite::memory:".to_owned(), keep: Keep::Nothing }
    }

    /// SQLite in a file that is not there yet.
    ///
    /// # Panics
    /// When there is no temporary folder.
    #[must_use]
    pub fn file() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|why| panic!("no temporary folder: {why}"));
        Self { url: format!("sqlite:{}", folder.path().join("regua.db").display()), keep: Keep::Folder(folder) }
    }

    /// PostgreSQL, as [`database`] gives it.
    ///
    /// # Panics
    /// Without PostgreSQL.
    #[must_use]
    pub fn postgres(key: &str, prepare: impl FnOnce(&str)) -> Self {
        let own = database(key, prepare);
        Self { url: own.url().to_owned(), keep: Keep::Database(own) }
    }

    /// A copy of it as it is now, which nobody else may have open; of SQLite in memory there is none.
    ///
    /// # Panics
    /// When it cannot be copied.
    #[must_use]
    pub fn copied(&self) -> Self {
        match &self.keep {
            Keep::Nothing => panic!("SQLite in memory cannot be copied"),
            Keep::Folder(from) => {
                let copy = Self::file();
                if let Keep::Folder(to) = &copy.keep {
                    for name in ["regua.db", "regua.db-wal"] {
                        let (from, to) = (from.path().join(name), to.path().join(name));
                        // The log of writes is gone when the last one closed the file.
                        if from.exists() {
                            std::fs::copy(from, to).unwrap_or_else(|why| panic!("the database cannot be copied: {why}"));
                        }
                    }
                }
                copy
            }
            Keep::Database(own) => {
                let own = own.copied();
                Self { url: own.url().to_owned(), keep: Keep::Database(own) }
            }
        }
    }

    /// Its address, as the store opens it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Runs a test on each kind of database, and says which one it failed on.
///
/// * `key` — as for [`database`]: what `prepare` makes of an empty PostgreSQL, made once and copied. SQLite starts empty, so
///   the test prepares too; on the copy there is nothing left to do.
///
/// # Panics
/// When the test does, and without PostgreSQL.
pub fn on_both(key: &str, prepare: impl FnOnce(&str), test: impl Fn(&str)) {
    let mut prepare = Some(prepare);
    for kind in ["SQLite in memory", "SQLite in a file", "PostgreSQL"] {
        let fresh = match kind {
            "SQLite in memory" => Fresh::memory(),
            "SQLite in a file" => Fresh::file(),
            _ => Fresh::postgres(key, |url| prepare.take().into_iter().for_each(|prepare| prepare(url))),
        };
        // Shown when the test fails.
        eprintln!("on {kind}");
        test(fresh.url());
    }
}

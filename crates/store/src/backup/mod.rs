//! A whole database as one file, made while others write, and back again.
//!
//! The file says which database and which migrations it is of, holds one state of all tables, and ends with a hash over
//! everything before, which is looked at before anything is restored. SQLite's is the database file itself, PostgreSQL's each
//! table as its own binary `COPY`. A backup is restored into an empty database of the same kind and the same migrations: a
//! backup of an older program is restored by that program and migrated then. Deliberately absent: keys. What was sealed stays
//! sealed, and the master key is kept elsewhere.

mod file;
mod postgres;
mod sqlite;

use crate::db::{Conn, Db, Dialect, Scope, StoreError, Tx};
use file::{Reader, Writer};
use regua_core::time::Instant;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backup {
    /// Which database it is of.
    pub dialect: Dialect,
    /// When it was made.
    pub at: Instant,
    /// The last migration of the database.
    pub schema: String,
    /// Tables in the order of the file, each with its rows.
    pub tables: Vec<(String, i64)>,
    /// Length of the file.
    pub bytes: u64,
}

/// The beginning of a file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
struct Head {
    /// `sqlite` or `postgres`.
    database: String,
    /// Microseconds after the Unix epoch.
    at: i64,
    /// Number, name and hash of each migration that has run.
    steps: Vec<(i64, String, String)>,
    tables: Vec<Table>,
}

/// A table as the backup saw it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
struct Table {
    name: String,
    /// Name and type of each column.
    columns: Vec<(String, String)>,
    rows: i64,
}

const STEPS: &str = "SELECT number, name, hash FROM regua_migration ORDER BY number";

impl Db {
    /// Writes one state of the whole database into a file that is not there yet.
    ///
    /// Others may write meanwhile. An error leaves no file.
    ///
    /// # Errors
    /// [`StoreError::File`] when there is such a file already or it cannot be written; what the database says.
    pub fn backup(&self, to: &Path, now: Instant) -> Result<Backup, StoreError> {
        let mut writer = Writer::create(to)?;
        let mut lease = self.lease_to_read()?;
        let conn = lease.conn();
        let head = match conn {
            Conn::Sqlite(_) => sqlite::write(conn, now, &mut writer)?,
            Conn::Postgres(_) => postgres::write(conn, now, &mut writer)?,
        };
        drop(lease);
        let bytes = writer.finish()?;
        head.told(bytes)
    }

    /// Copies one state of SQLite into a database file that is not there yet: what lived in memory goes on in a file.
    ///
    /// # Errors
    /// [`StoreError::File`] when there is such a file already, [`StoreError::Mismatch`] on PostgreSQL; what the database says.
    pub fn copy(&self, to: &Path) -> Result<(), StoreError> {
        let mut lease = self.lease_to_read()?;
        match lease.conn() {
            Conn::Sqlite(one) => sqlite::copy(one, to),
            Conn::Postgres(_) => Err(StoreError::Mismatch { why: "PostgreSQL has no file to copy into; make a backup".to_owned() }),
        }
    }

    /// Fills this database, which must be empty and have the same migrations, with what a file holds: all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the file is not whole, [`StoreError::Mismatch`] when it is of another kind of database or of
    /// other migrations, [`StoreError::NotEmpty`]; what the database says.
    pub fn restore(&self, from: &Path) -> Result<Backup, StoreError> {
        let (head, bytes) = checked(from)?;
        if head.dialect()? != self.dialect() {
            return Err(StoreError::Mismatch { why: format!("the backup is of {}, and this database is not", head.database) });
        }
        let mut reader = Reader::open(from)?;
        reader.head()?;
        let mut lease = self.lease()?;
        let conn = lease.conn();
        match conn {
            Conn::Sqlite(_) => sqlite::read(conn, &head, &mut reader, from)?,
            Conn::Postgres(_) => postgres::read(conn, &head, &mut reader)?,
        }
        drop(lease);
        self.forget();
        head.told(bytes)
    }
}

/// Looks at a whole file and says what it holds.
///
/// # Errors
/// [`StoreError::Damaged`] when it is not whole, [`StoreError::File`] when it cannot be read.
pub fn inspect(from: &Path) -> Result<Backup, StoreError> {
    let (head, bytes) = checked(from)?;
    head.told(bytes)
}

/// The head of a file whose hash is right, and the file's length.
fn checked(from: &Path) -> Result<(Head, u64), StoreError> {
    let mut reader = Reader::open(from)?;
    let bytes = reader.check()?;
    let head = Reader::open(from)?.head()?;
    Ok((head, bytes))
}

impl Head {
    fn dialect(&self) -> Result<Dialect, StoreError> {
        match self.database.as_str() {
            SQLITE => Ok(Dialect::Sqlite),
            POSTGRES => Ok(Dialect::Postgres),
            other => {
                Err(StoreError::Mismatch { why: format!("the backup is of `{}`, which this program does not know", other.escape_debug()) })
            }
        }
    }

    fn told(self, bytes: u64) -> Result<Backup, StoreError> {
        let schema = self.steps.last().map_or("nothing", |(_, name, _)| name).to_owned();
        let tables = self.tables.iter().map(|table| (table.name.clone(), table.rows)).collect();
        Ok(Backup { dialect: self.dialect()?, at: Instant::from_micros(self.at), schema, tables, bytes })
    }
}

const SQLITE: &str = "sqlite";
const POSTGRES: &str = "postgres";

/// The migrations that a database has run.
fn steps(tx: &mut Tx<'_>) -> Result<Vec<(i64, String, String)>, StoreError> {
    tx.rows(STEPS, &[], |row| Ok((row.int(0)?, row.text(1)?, row.text(2)?)))
}

/// The database takes this backup: the same migrations, and nothing in any table.
fn takes(conn: &mut Conn, head: &Head, tables: &[Table]) -> Result<(), StoreError> {
    let mut tx = Tx::new(conn, Scope::Owner);
    let own = steps(&mut tx)?;
    if own != head.steps {
        let name = |steps: &[(i64, String, String)]| steps.last().map_or("nothing", |(_, name, _)| name).to_owned();
        let (backup, database) = (name(&head.steps), name(&own));
        let why = format!(
            "the backup is of a database with the migrations up to {backup}, and this one has those up to {database}{}; \
             restore with the program that made the backup, and migrate then",
            if backup == database { " with other texts" } else { "" }
        );
        return Err(StoreError::Mismatch { why });
    }
    match tables.iter().find(|table| table.rows > 0) {
        Some(table) => Err(StoreError::NotEmpty { table: table.name.clone() }),
        None => Ok(()),
    }
}

/// What a damaged file is told to be.
fn damaged(why: &str) -> StoreError {
    StoreError::Damaged { why: why.to_owned() }
}

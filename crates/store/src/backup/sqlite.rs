//! A backup of SQLite: the pages of one state, copied by SQLite itself.

use super::file::{Reader, Writer, beside};
use super::{Head, SQLITE, Table, damaged, takes};
use crate::db::sqlite::{Sqlite, failure};
use crate::db::{Conn, Place, StoreError};
use regua_core::time::Instant;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const PLACE: Place = Place("copying the database");

/// Copies one state into a file beside the backup, and from there into it.
pub(super) fn write(conn: &mut Conn, now: Instant, writer: &mut Writer) -> Result<Head, StoreError> {
    let copy = Copy::new(beside(writer.path(), ".copy"))?;
    if let Conn::Sqlite(one) = conn {
        let mut to = open(&copy.0)?;
        pages(&one.connection, &mut to)?;
        to.close().map_err(|(_, error)| failure(PLACE, &error))?;
    }
    let from = open(&copy.0)?;
    let head = Head { database: SQLITE.to_owned(), at: now.micros(), steps: of_copy(&from)?, tables: tables(&from)? };
    from.close().map_err(|(_, error)| failure(PLACE, &error))?;
    writer.head(&head)?;
    let mut file = File::open(&copy.0).map_err(|why| StoreError::File { why: format!("cannot read {}: {why}", copy.0.display()) })?;
    writer.section(&mut file)?;
    Ok(head)
}

/// Copies one state into a file of SQLite's own.
pub(super) fn copy(from: &Sqlite, to: &Path) -> Result<(), StoreError> {
    let there = |why: std::io::Error| StoreError::File { why: format!("cannot make {}: {why}", to.display()) };
    File::options().write(true).create_new(true).open(to).map_err(there)?;
    let mut copy = open(to)?;
    pages(&from.connection, &mut copy)?;
    copy.close().map_err(|(_, error)| failure(PLACE, &error))
}

/// Takes the database out of the backup and copies its pages over this one.
pub(super) fn read(conn: &mut Conn, head: &Head, reader: &mut Reader, from: &Path) -> Result<(), StoreError> {
    if let Conn::Sqlite(one) = conn {
        let own = tables(&one.connection)?;
        takes(conn, head, &own)?;
    }
    let copy = Copy::new(beside(from, ".copy"))?;
    let failed = |why: std::io::Error| StoreError::File { why: format!("cannot write {}: {why}", copy.0.display()) };
    let mut file = File::create(&copy.0).map_err(failed)?;
    reader.section(|chunk| file.write_all(chunk).map_err(failed))?;
    drop(file);
    let whole = open(&copy.0)?;
    let sound: String = whole.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|error| failure(PLACE, &error))?;
    if sound != "ok" || of_copy(&whole)? != head.steps {
        return Err(damaged("the database in it is not sound"));
    }
    if let Conn::Sqlite(one) = conn {
        pages(&whole, &mut one.connection)?;
        one.connection.flush_prepared_statement_cache();
    }
    Ok(())
}

/// All pages in one step: the state at its beginning, however much others write meanwhile.
fn pages(from: &Connection, to: &mut Connection) -> Result<(), StoreError> {
    let backup = Backup::new(from, to).map_err(|error| failure(PLACE, &error))?;
    if backup.step(-1).map_err(|error| failure(PLACE, &error))? == StepResult::Done {
        Ok(())
    } else {
        Err(StoreError::Busy { why: "the database is being written to".to_owned() })
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| failure(PLACE, &error))
}

/// The migrations of a copy.
fn of_copy(copy: &Connection) -> Result<Vec<(i64, String, String)>, StoreError> {
    let failure = |error: rusqlite::Error| failure(PLACE, &error);
    let mut statement = copy.prepare(super::STEPS).map_err(failure)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(failure)?;
    rows.collect::<Result<_, _>>().map_err(failure)
}

/// Every table but the one of the migrations, with its rows.
fn tables(of: &Connection) -> Result<Vec<Table>, StoreError> {
    let failure = |error: rusqlite::Error| failure(PLACE, &error);
    let sql =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'regua_migration' ORDER BY name";
    let mut statement = of.prepare(sql).map_err(failure)?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).map_err(failure)?.collect::<Result<_, _>>().map_err(failure)?;
    let mut tables = Vec::new();
    for name in names {
        // A name that we made, from the catalogue.
        let rows = of.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0)).map_err(failure)?;
        tables.push(Table { name, columns: Vec::new(), rows });
    }
    Ok(tables)
}

/// A file that is gone when this is, with what SQLite keeps beside it.
struct Copy(PathBuf);

impl Copy {
    fn new(path: PathBuf) -> Result<Self, StoreError> {
        let copy = Self(path);
        copy.remove();
        // Made by us first, for our eyes only.
        let mut options = File::options();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let made = options.write(true).create_new(true).open(&copy.0);
        made.map_err(|why| StoreError::File { why: format!("cannot write {}: {why}", copy.0.display()) })?;
        Ok(copy)
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(beside(&self.0, ending));
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}

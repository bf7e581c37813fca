//! One connection to SQLite.

use super::dialect::{Dialect, Translated};
use super::encode::bind;
use super::{Insert, Key, Options, Place, Row, StoreError, Type, Value};
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ffi};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Prepared statements kept per connection: more than there are.
const STATEMENTS_MAX: usize = 1024;

/// A connection, and its statements by the address of their text.
pub(crate) struct Sqlite {
    pub(crate) connection: Connection,
    /// Memory has one connection, for readers too.
    memory: bool,
    /// Whether a transaction of that connection only reads. SQLite's own switch forgets every statement that is made ready.
    reads: Cell<bool>,
    texts: BTreeMap<Key, Arc<Translated>>,
}

impl Sqlite {
    /// The connection that writes: the only one that sets what the file remembers.
    pub(crate) fn writer(path: Option<&Path>, options: &Options) -> Result<Self, StoreError> {
        let one = Self::open(path, options)?;
        one.batch("PRAGMA journal_mode = WAL")?;
        Ok(one)
    }

    /// A connection that only reads.
    pub(crate) fn reader(path: &Path, options: &Options) -> Result<Self, StoreError> {
        let one = Self::open(Some(path), options)?;
        one.batch("PRAGMA query_only = ON")?;
        Ok(one)
    }

    fn open(path: Option<&Path>, options: &Options) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = match path {
            Some(path) => Connection::open_with_flags(path, flags),
            None => Connection::open_in_memory_with_flags(flags),
        };
        let place = Place("opening the file");
        let connection = opened.map_err(|error| match path {
            Some(path) if matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen)) => StoreError::Address {
                why: format!("SQLite cannot open or make the file {}; make its folder, or mend its rights", path.display()),
            },
            Some(_) | None => failure(place, &error),
        })?;
        connection.busy_timeout(options.busy_timeout).map_err(|error| failure(place, &error))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        // Otherwise a statement that compares a parameter with a word of a partial index is planned anew with every value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|error| failure(place, &error))?;
        rusqlite::vtab::array::load_module(&connection).map_err(|error| failure(place, &error))?;
        let one = Self { connection, memory: path.is_none(), reads: Cell::new(false), texts: BTreeMap::new() };
        one.batch(&format!(
            "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
             PRAGMA secure_delete = FAST;
             PRAGMA cache_size = -{}",
            options.cache_kib
        ))?;
        Ok(one)
    }

    /// Runs statements that have neither parameters nor answers.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|error| failure(Place("a batch"), &error))
    }

    pub(crate) fn begin(&self, write: bool) -> Result<(), StoreError> {
        self.reads.set(self.memory && !write);
        self.batch(if write { "BEGIN IMMEDIATE" } else { "BEGIN" })
    }

    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.reads.set(false);
        self.connection.execute_batch("COMMIT").map_err(|error| failure(Place("COMMIT"), &error))
    }

    /// Ends a transaction if there is one: some errors of SQLite end it by themselves.
    pub(crate) fn rollback(&self) -> Result<(), StoreError> {
        self.reads.set(false);
        if self.connection.is_autocommit() { Ok(()) } else { self.batch("ROLLBACK") }
    }

    fn text(&mut self, sql: &'static str) -> Result<Arc<Translated>, StoreError> {
        if let Some(text) = self.texts.get(&Key::of(sql)) {
            return Ok(Arc::clone(text));
        }
        let text = Arc::new(Dialect::Sqlite.translate(sql)?);
        self.texts.insert(Key::of(sql), Arc::clone(&text));
        Ok(text)
    }

    /// A statement made ready; one that writes is none for a transaction that reads.
    fn ready(&self, place: Place, text: &str) -> Result<CachedStatement<'_>, StoreError> {
        let statement = self.connection.prepare_cached(text).map_err(|error| failure(place, &error))?;
        if self.reads.get() && !statement.readonly() {
            let code = ffi::SQLITE_READONLY.to_string();
            return Err(StoreError::Other { place, code, why: "attempt to write in a transaction that reads".to_owned() });
        }
        Ok(statement)
    }

    pub(crate) fn each<E: From<StoreError>>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        row: &mut dyn FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let place = Place(sql);
        let text = self.text(sql)?;
        place.count(params.len(), text.params)?;
        let failure = |error: rusqlite::Error| failure(place, &error);
        let mut statement = self.ready(place, &text.text)?;
        for (index, value) in params.iter().enumerate() {
            bind(&mut statement, index + 1, value).map_err(failure)?;
        }
        let mut rows = statement.raw_query();
        while let Some(found) = rows.next().map_err(failure)? {
            row(&Row::sqlite(place, found))?;
        }
        Ok(())
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let place = Place(sql);
        let text = self.text(sql)?;
        place.count(params.len(), text.params)?;
        let failure = |error: rusqlite::Error| failure(place, &error);
        let mut statement = self.ready(place, &text.text)?;
        place.answers(statement.column_count())?;
        for (index, value) in params.iter().enumerate() {
            bind(&mut statement, index + 1, value).map_err(failure)?;
        }
        statement.raw_execute().map(count).map_err(failure)
    }

    pub(crate) fn explain(&mut self, sql: &'static str) -> Result<Vec<String>, StoreError> {
        let failure = |error: rusqlite::Error| failure(Place(sql), &error);
        let text = self.text(sql)?;
        let mut statement = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {}", text.text)).map_err(failure)?;
        let mut lines = Vec::new();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failure)? {
            lines.push(row.get(3).map_err(failure)?);
        }
        Ok(lines)
    }

    /// Runs a statement with `/*+rows: …*/` once per row.
    pub(crate) fn update<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let place = Place(sql);
        let text = self.text(sql)?;
        place.count(params.len(), text.params)?;
        place.takes_rows(&text)?;
        self.many(place, &text.text, params, text.rows.iter().map(|(name, kind)| (name.as_str(), *kind)).collect(), rows)
    }

    pub(crate) fn insert<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        insert: &'static Insert,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let key = Key::insert(insert);
        let text = if let Some(text) = self.texts.get(&key) {
            Arc::clone(text)
        } else {
            let names: Vec<&str> = insert.columns.iter().map(|(name, _)| *name).collect();
            let numbers: Vec<String> = (1..=names.len()).map(|number| format!("?{number}")).collect();
            let leave = if insert.leave { " ON CONFLICT DO NOTHING" } else { "" };
            let text = format!("INSERT INTO {} ({}) VALUES ({}){leave}", insert.table, names.join(", "), numbers.join(", "));
            let text = Arc::new(Translated { text, params: 0, rows: Vec::new() });
            self.texts.insert(key, Arc::clone(&text));
            text
        };
        self.many(Place(insert.table), &text.text, &[], insert.columns.to_vec(), rows)
    }

    fn many<'v, R: AsRef<[Value<'v>]>>(
        &self,
        place: Place,
        text: &str,
        params: &[Value<'_>],
        columns: Vec<(&str, Type)>,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let failure = |error: rusqlite::Error| failure(place, &error);
        let mut statement = self.ready(place, text)?;
        place.answers(statement.column_count())?;
        for (index, value) in params.iter().enumerate() {
            bind(&mut statement, index + 1, value).map_err(failure)?;
        }
        let mut changed = 0;
        for row in rows {
            let row = row.as_ref();
            place.width(row.len(), columns.len())?;
            for (index, (value, (name, kind))) in row.iter().zip(&columns).enumerate() {
                place.fits(name, *kind, value)?;
                bind(&mut statement, params.len() + index + 1, value).map_err(failure)?;
            }
            changed += statement.raw_execute().map(count).map_err(failure)?;
        }
        Ok(changed)
    }
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// SQLite's errors in the kinds that callers branch on.
pub(crate) fn failure(place: Place, error: &rusqlite::Error) -> StoreError {
    let (code, message) = if let rusqlite::Error::SqliteFailure(code, message) = error {
        (*code, message.clone().unwrap_or_else(|| code.to_string()))
    } else if let rusqlite::Error::SqlInputError { error, msg, .. } = error {
        (*error, msg.clone())
    } else {
        return StoreError::Other { place, code: "driver".to_owned(), why: error.to_string() };
    };
    let is = |wanted: ErrorCode| code.code == wanted;
    if is(ErrorCode::ConstraintViolation) {
        return match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
                StoreError::Unique { constraint: constraint(&message) }
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => StoreError::Foreign { place },
            _ => StoreError::Check { why: message, place },
        };
    }
    if is(ErrorCode::DatabaseBusy) || is(ErrorCode::DatabaseLocked) {
        StoreError::Busy { why: "another process is writing".to_owned() }
    } else if is(ErrorCode::DiskFull) {
        StoreError::Full { why: message }
    } else if is(ErrorCode::DatabaseCorrupt) || is(ErrorCode::NotADatabase) {
        StoreError::Damaged { why: message }
    } else {
        StoreError::Other { place, code: code.extended_code.to_string(), why: message }
    }
}

/// `UNIQUE constraint failed: t.a, t.b` as `t(a, b)`.
fn constraint(message: &str) -> String {
    let names = message.split_once(": ").map_or(message, |(_, names)| names);
    let Some((table, _)) = names.split_once('.') else { return names.to_owned() };
    let columns: Vec<&str> = names.split(", ").map(|name| name.split_once('.').map_or(name, |(_, column)| column)).collect();
    format!("{table}({})", columns.join(", "))
}

//! A backup of PostgreSQL: each of our tables as its binary `COPY`, all of one snapshot.

use super::file::{Reader, Writer};
use super::{Head, POSTGRES, Table, damaged, steps, takes};
use crate::db::postgres::Postgres;
use crate::db::{Conn, Place, Scope, StoreError, Tx};
use regua_core::time::Instant;
use std::io::Write as _;

const PLACE: Place = Place("copying a table");

/// A backup takes as long as it takes.
const PATIENT: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";

/// Table, column and type of every table of ours.
const COLUMNS: &str = "
    SELECT t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
     WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
       AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = t.oid AND o.attname = 'tenant' AND NOT o.attisdropped)
     ORDER BY t.relname, a.attnum";

/// Which table names which other.
const PARENTS: &str = "
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
     WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid";

/// Pages that come get numbers behind those that a backup has.
const RESUME: &str = "SELECT setval('log_page_order', (SELECT COALESCE(MAX(unfed), 0) + 1 FROM log_pages))";

/// Writes every table; parents come before those that name them.
pub(super) fn write(conn: &mut Conn, now: Instant, writer: &mut Writer) -> Result<Head, StoreError> {
    begin(conn, false)?;
    let steps = steps(&mut Tx::new(conn, Scope::Owner))?;
    let head = Head { database: POSTGRES.to_owned(), at: now.micros(), steps, tables: tables(conn)? };
    writer.head(&head)?;
    let Conn::Postgres(one) = conn else { return Ok(head) };
    for table in &head.tables {
        let sql = format!("COPY {} TO STDOUT (FORMAT binary)", columns(table));
        let mut rows = one.client.copy_out(&sql).map_err(|error| one_failure(&error))?;
        writer.section(&mut rows)?;
    }
    one.commit()?;
    Ok(head)
}

/// Fills every table, in one transaction.
pub(super) fn read(conn: &mut Conn, head: &Head, reader: &mut Reader) -> Result<(), StoreError> {
    begin(conn, true)?;
    // Nobody else fills a table between the look and the copying.
    let names: Vec<String> = tables(conn)?.iter().map(|table| quoted(&table.name)).collect();
    if let Conn::Postgres(one) = conn
        && !names.is_empty()
    {
        one.batch(PLACE, &format!("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", names.join(", ")))?;
    }
    let own = tables(conn)?;
    takes(conn, head, &own)?;
    let Conn::Postgres(one) = conn else { return Ok(()) };
    for table in &head.tables {
        let same = own.iter().find(|own| own.name == table.name).is_some_and(|own| own.columns == table.columns);
        if !same {
            let why = format!("the table {} of the backup has other columns than the database's", table.name);
            return Err(StoreError::Mismatch { why });
        }
        let rows = fill(one, table, reader)?;
        if i64::try_from(rows) != Ok(table.rows) {
            return Err(damaged("a table in it has fewer or more rows than its head says"));
        }
    }
    if head.tables.iter().any(|table| table.name == "log_pages") {
        one.batch(PLACE, RESUME)?;
    }
    one.commit()?;
    // What follows should not plan for empty tables.
    one.batch(Place("ANALYZE"), "ANALYZE")
}

fn fill(one: &mut Postgres, table: &Table, reader: &mut Reader) -> Result<u64, StoreError> {
    let sql = format!("COPY {} FROM STDIN (FORMAT binary)", columns(table));
    let mut rows = one.client.copy_in(&sql).map_err(|error| one_failure(&error))?;
    let lost = |why: std::io::Error| StoreError::Gone { why: format!("while filling {}: {why}", table.name) };
    reader.section(|chunk| rows.write_all(chunk).map_err(lost))?;
    rows.finish().map_err(|error| one_failure(&error))
}

fn one_failure(error: &postgres::Error) -> StoreError {
    crate::db::postgres::failure(PLACE, error, &std::collections::BTreeMap::new())
}

fn begin(conn: &mut Conn, write: bool) -> Result<(), StoreError> {
    let Conn::Postgres(one) = conn else { return Ok(()) };
    one.begin(Scope::Owner, write)?;
    one.batch(PLACE, PATIENT)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `table (a, b)`, quoted.
fn columns(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|(name, _)| quoted(name)).collect();
    format!("{} ({})", quoted(&table.name), names.join(", "))
}

/// Every table of ours with columns and rows, parents before those that name them.
fn tables(conn: &mut Conn) -> Result<Vec<Table>, StoreError> {
    let mut tx = Tx::new(conn, Scope::Owner);
    let mut found: Vec<Table> = Vec::new();
    tx.each(COLUMNS, &[], |row| {
        let (name, column) = (row.text(0)?, (row.text(1)?, row.text(2)?));
        match found.last_mut().filter(|last| last.name == name) {
            Some(last) => last.columns.push(column),
            None => found.push(Table { name, columns: vec![column], rows: 0 }),
        }
        Ok(())
    })?;
    let parents = tx.rows(PARENTS, &[], |row| Ok((row.text(0)?, row.text(1)?)))?;
    if let Conn::Postgres(one) = conn {
        for table in &mut found {
            let sql = format!("SELECT count(*) FROM {}", quoted(&table.name));
            let row = one.client.query_one(&sql, &[]).map_err(|error| one_failure(&error))?;
            table.rows = row.try_get(0).map_err(|error| one_failure(&error))?;
        }
    }
    let mut sorted: Vec<Table> = Vec::new();
    while !found.is_empty() {
        let waits = |table: &Table, found: &[Table]| {
            parents.iter().any(|(child, parent)| *child == table.name && found.iter().any(|other| other.name == *parent))
        };
        let (ready, waiting): (Vec<Table>, Vec<Table>) = found.iter().cloned().partition(|table| !waits(table, &found));
        if ready.is_empty() {
            return Err(StoreError::Mismatch { why: "tables name each other in a circle, so none can be filled first".to_owned() });
        }
        sorted.extend(ready);
        found = waiting;
    }
    Ok(sorted)
}

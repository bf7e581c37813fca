//! One connection to PostgreSQL.

use super::dialect::{Dialect, Translated};
use super::encode::{Column, Misfit, framed};
use super::{Insert, Key, Options, Place, Row, Scope, StoreError, Value};
use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, SimpleQueryMessage, Statement};
use std::collections::BTreeMap;
use std::error::Error as _;
use std::io::Write as _;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Rows sent at once, so that memory stays bounded and the server's arrays small.
const ROWS_MAX: usize = 10_000;
/// Bytes sent at once.
const BYTES_MAX: usize = 8 << 20;

/// How long a connection may be silent before the system asks whether the other side is there.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The role of everything that a tenant's rows are touched with.
pub const APP_ROLE: &str = "regua_app";
/// The narrow role that finds what is due across tenants.
pub const CLAIM_ROLE: &str = "regua_claim";

/// A connection, and its statements by the address of their text.
pub(crate) struct Postgres {
    pub(crate) client: Client,
    statements: BTreeMap<Key, (Statement, Arc<Translated>)>,
    /// Table and columns by the name of a unique index: an error only names the index, since row security hides the rest.
    uniques: BTreeMap<String, String>,
    /// Whether a transaction is open.
    open: bool,
}

/// The driver's settings for an address.
pub(crate) fn settings(url: &str, options: &Options) -> Result<Config, StoreError> {
    let mut config = Config::from_str(url).map_err(|error| StoreError::Address {
        // The source names the key or the place, never the value.
        why: format!("{error}{}", error.source().map_or(String::new(), |source| format!(": {source}"))),
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        let why = "it asks for sslmode=require, and this program speaks to PostgreSQL without TLS; use a unix socket or a tunnel, and sslmode=disable";
        return Err(StoreError::Address { why: why.to_owned() });
    }
    config.connect_timeout(options.connect_timeout).tcp_user_timeout(SILENCE_MAX).keepalives_idle(SILENCE_MAX);
    if config.get_application_name().is_none() {
        config.application_name("regua");
    }
    Ok(config)
}

impl Postgres {
    pub(crate) fn open(config: &Config, options: &Options) -> Result<Self, StoreError> {
        let place = Place("connecting");
        let client = config.connect(NoTls).map_err(|error| failure(place, &error, &BTreeMap::new()))?;
        let mut one = Self { client, statements: BTreeMap::new(), uniques: BTreeMap::new(), open: false };
        one.batch(
            place,
            &format!(
                "SET client_min_messages = warning; SET statement_timeout = {}; SET lock_timeout = {}; \
                 SET idle_in_transaction_session_timeout = {}",
                options.statement_timeout.as_millis(),
                options.lock_timeout.as_millis(),
                options.idle_timeout.as_millis()
            ),
        )?;
        let found = one.client.query(UNIQUES, &[]).map_err(|error| one.failure(place, &error))?;
        for row in found {
            let text = |index: usize| row.try_get::<_, &str>(index).map(str::to_owned).map_err(|error| one.failure(place, &error));
            let (name, columns) = (text(0)?, text(1)?);
            one.uniques.insert(name, columns);
        }
        Ok(one)
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    pub(crate) const fn is_open(&self) -> bool {
        self.open
    }

    /// Runs statements that have no parameters, in one round trip.
    pub(crate) fn batch(&mut self, place: Place, sql: &str) -> Result<(), StoreError> {
        self.client.batch_execute(sql).map_err(|error| self.failure(place, &error))
    }

    pub(crate) fn begin(&mut self, scope: Scope, write: bool) -> Result<(), StoreError> {
        let mode = if write { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        let role = if scope == Scope::Owner { String::new() } else { role(scope) };
        // One message: if any part fails, the server ends all of it, but for the transaction that BEGIN opened.
        self.open = true;
        self.batch(Place("BEGIN"), &format!("{mode};{role}"))
    }

    pub(crate) fn scope(&mut self, scope: Scope) -> Result<(), StoreError> {
        self.batch(Place("SET LOCAL ROLE"), &role(scope))
    }

    pub(crate) fn commit(&mut self) -> Result<(), StoreError> {
        self.batch(Place("COMMIT"), "COMMIT")?;
        self.open = false;
        Ok(())
    }

    pub(crate) fn rollback(&mut self) -> Result<(), StoreError> {
        self.batch(Place("ROLLBACK"), "ROLLBACK")?;
        self.open = false;
        Ok(())
    }

    fn failure(&self, place: Place, error: &postgres::Error) -> StoreError {
        failure(place, error, &self.uniques)
    }

    fn statement(&mut self, sql: &'static str) -> Result<(Statement, Arc<Translated>), StoreError> {
        if let Some(found) = self.statements.get(&Key::of(sql)) {
            return Ok(found.clone());
        }
        let text = Dialect::Postgres.translate(sql)?;
        self.prepare(Key::of(sql), Place(sql), text)
    }

    fn prepare(&mut self, key: Key, place: Place, text: Translated) -> Result<(Statement, Arc<Translated>), StoreError> {
        let statement = self.client.prepare(&text.text).map_err(|error| self.failure(place, &error))?;
        let made = (statement, Arc::new(text));
        self.statements.insert(key, made.clone());
        Ok(made)
    }

    pub(crate) fn each<E: From<StoreError>>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        row: &mut dyn FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let place = Place(sql);
        let (statement, text) = self.statement(sql)?;
        place.count(params.len(), text.params)?;
        let uniques = &self.uniques;
        let refused = |error: &postgres::Error| misfit(place, error, params).unwrap_or_else(|| failure(place, error, uniques));
        // Rows come as the server sends them and wait in the socket until they are asked for.
        let mut rows = self.client.query_raw(&statement, params).map_err(|error| refused(&error))?;
        while let Some(found) = rows.next().map_err(|error| refused(&error))? {
            row(&Row::postgres(place, &found))?;
        }
        Ok(())
    }

    pub(crate) fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        let place = Place(sql);
        let (statement, text) = self.statement(sql)?;
        place.count(params.len(), text.params)?;
        place.answers(statement.columns().len())?;
        let params_dyn: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect();
        self.client
            .execute(&statement, &params_dyn)
            .map_err(|error| misfit(place, &error, params).unwrap_or_else(|| self.failure(place, &error)))
    }

    pub(crate) fn explain(&mut self, sql: &'static str) -> Result<Vec<String>, StoreError> {
        let place = Place(sql);
        let text = Dialect::Postgres.translate(sql)?;
        // A statement stays with its connection when the rest fails, so each has a name of its own.
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        let name = format!("regua_explained_{}", NUMBERS.fetch_add(1, Ordering::Relaxed));
        self.batch(place, &format!("PREPARE {name} AS {}", text.text))?;
        let nothing = vec!["NULL"; text.params + text.rows.len()].join(", ");
        let given = if nothing.is_empty() { String::new() } else { format!("({nothing})") };
        let told = self.client.simple_query(&format!("EXPLAIN (COSTS OFF) EXECUTE {name}{given}"));
        let told = told.map_err(|error| self.failure(place, &error))?;
        self.batch(place, &format!("DEALLOCATE {name}"))?;
        let line = |message: &SimpleQueryMessage| {
            if let SimpleQueryMessage::Row(row) = message { row.get(0).map(str::to_owned) } else { None }
        };
        Ok(told.iter().filter_map(line).collect())
    }

    /// Runs a statement with `/*+rows: …*/` over many rows at once.
    pub(crate) fn update<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let place = Place(sql);
        let (statement, text) = self.statement(sql)?;
        place.count(params.len(), text.params)?;
        place.takes_rows(&text)?;
        place.answers(statement.columns().len())?;
        let columns: Vec<_> = text.rows.iter().map(|(name, kind)| (name.as_str(), Column::new(*kind))).collect();
        self.many(place, &statement, params, columns, rows)
    }

    pub(crate) fn insert<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        insert: &'static Insert,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let place = Place(insert.table);
        let key = Key::insert(insert);
        let statement = match self.statements.get(&key) {
            Some((statement, _)) => statement.clone(),
            None => self.prepare(key, place, insert_text(insert))?.0,
        };
        let columns = insert.columns.iter().map(|(name, kind)| (*name, Column::new(*kind))).collect();
        self.many(place, &statement, &[], columns, rows)
    }

    /// The same through `COPY`, which row security forbids to everybody but the owner: it takes some 15 % less of the
    /// processors for batches of 5,000 rows, 30 % for 500.
    pub(crate) fn copy<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        insert: &'static Insert,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let place = Place(insert.table);
        let key = Key::copy(insert);
        let statement = match self.statements.get(&key) {
            Some((statement, _)) => statement.clone(),
            None => self.prepare(key, place, copy_text(insert))?.0,
        };
        let uniques = &self.uniques;
        let failed = |error: postgres::Error| failure(place, &error, uniques);
        let lost = |error: std::io::Error| StoreError::Gone { why: error.to_string() };
        let mut writer = self.client.copy_in(&statement).map_err(failed)?;
        let width = i16::try_from(insert.columns.len()).unwrap_or(i16::MAX).to_be_bytes();
        let mut out = COPY_HEAD.to_vec();
        for row in rows {
            let row = row.as_ref();
            place.width(row.len(), insert.columns.len())?;
            out.extend_from_slice(&width);
            for (value, (name, kind)) in row.iter().zip(insert.columns) {
                place.fits(name, *kind, value)?;
                framed(value, &mut out).map_err(|misfit| place.misfit(name, &misfit.wanted, value.kind()))?;
            }
            if out.len() > COPY_BYTES {
                writer.write_all(&out).map_err(lost)?;
                out.clear();
            }
        }
        out.extend_from_slice(&(-1_i16).to_be_bytes());
        writer.write_all(&out).map_err(lost)?;
        writer.finish().map_err(failed)
    }

    fn many<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        place: Place,
        statement: &Statement,
        params: &[Value<'_>],
        mut columns: Vec<(&str, Column)>,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        let (mut changed, mut waiting) = (0, 0);
        for row in rows {
            let row = row.as_ref();
            place.width(row.len(), columns.len())?;
            let mut size = 0;
            for (value, (name, column)) in row.iter().zip(&mut columns) {
                place.fits(name, column.kind(), value)?;
                column.push(value).map_err(|misfit| place.misfit(name, &misfit.wanted, value.kind()))?;
                size += column.size();
            }
            waiting += 1;
            if waiting >= ROWS_MAX || size >= BYTES_MAX {
                changed += self.send(place, statement, params, &mut columns)?;
                waiting = 0;
            }
        }
        if waiting > 0 {
            changed += self.send(place, statement, params, &mut columns)?;
        }
        Ok(changed)
    }

    fn send(
        &mut self,
        place: Place,
        statement: &Statement,
        params: &[Value<'_>],
        columns: &mut [(&str, Column)],
    ) -> Result<u64, StoreError> {
        let all = params.iter().map(|value| -> &(dyn ToSql + Sync) { value });
        let all: Vec<_> = all.chain(columns.iter().map(|(_, column)| -> &(dyn ToSql + Sync) { column })).collect();
        let done = self.client.execute(statement, &all);
        let changed = done.map_err(|error| misfit(place, &error, params).unwrap_or_else(|| self.failure(place, &error)))?;
        for (_, column) in columns {
            column.clear();
        }
        Ok(changed)
    }
}

/// How a binary `COPY` begins: its signature, no flags, no extension.
const COPY_HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Bytes of a `COPY` sent at once.
const COPY_BYTES: usize = 1 << 16;

fn copy_text(insert: &Insert) -> Translated {
    let names: Vec<&str> = insert.columns.iter().map(|(name, _)| *name).collect();
    let text = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", insert.table, names.join(", "));
    Translated { text, params: 0, rows: Vec::new() }
}

/// A bulk insert from arrays, for tables with row security.
fn insert_text(insert: &Insert) -> Translated {
    let names: Vec<&str> = insert.columns.iter().map(|(name, _)| *name).collect();
    let plain = |kind: &super::Type| Dialect::Postgres.column(*kind).split(' ').next().unwrap_or("TEXT");
    let arrays: Vec<String> =
        insert.columns.iter().enumerate().map(|(index, (_, kind))| format!("${}::{}[]", index + 1, plain(kind))).collect();
    let leave = if insert.leave { " ON CONFLICT DO NOTHING" } else { "" };
    let text = format!("INSERT INTO {} ({}) SELECT * FROM unnest({}){leave}", insert.table, names.join(", "), arrays.join(", "));
    Translated { text, params: 0, rows: Vec::new() }
}

/// What makes a transaction see what its scope allows, and nothing more.
fn role(scope: Scope) -> String {
    match scope {
        Scope::Tenant(tenant) => {
            let mut hex = String::with_capacity(32);
            for byte in tenant.to_bytes() {
                for digit in [byte >> 4, byte & 15] {
                    hex.extend(char::from_digit(u32::from(digit), 16));
                }
            }
            format!("SET LOCAL ROLE {APP_ROLE}; SET LOCAL regua.tenant = '{hex}'")
        }
        Scope::Claim => format!("SET LOCAL ROLE {CLAIM_ROLE}; SET LOCAL regua.tenant = ''"),
        Scope::Owner => "SET LOCAL ROLE NONE; SET LOCAL regua.tenant = ''".to_owned(),
    }
}

/// Every unique index with its table and columns.
const UNIQUES: &str = "SELECT i.relname::text, t.relname || '(' || string_agg(a.attname, ', ' ORDER BY k.place) || ')'
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    CROSS JOIN LATERAL unnest(x.indkey::smallint[]) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
    WHERE x.indisunique AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') GROUP BY i.relname, t.relname";

/// The driver refused a value before it sent anything.
fn misfit(place: Place, error: &postgres::Error, params: &[Value<'_>]) -> Option<StoreError> {
    // The driver counts parameters from 0 and says so only in its text.
    let text = error.to_string();
    let index: usize = text.strip_prefix("error serializing parameter ")?.split(':').next()?.trim().parse().ok()?;
    let wanted = error.source().map_or(String::new(), |source| match source.downcast_ref::<Misfit>() {
        Some(misfit) => misfit.wanted.clone(),
        None => source.to_string(),
    });
    let given = params.get(index).map_or("an array", Value::kind);
    Some(place.misfit(&format!("${}", index + 1), &wanted, given))
}

/// PostgreSQL's errors in the kinds that callers branch on.
pub(crate) fn failure(place: Place, error: &postgres::Error, uniques: &BTreeMap<String, String>) -> StoreError {
    let Some(told) = error.as_db_error() else {
        let why = format!("{error}{}", error.source().map_or(String::new(), |source| format!(": {source}")));
        // Without an answer of the server it is the connection, or the driver's own refusal.
        let lost = error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()) || place.0 == "connecting";
        return if lost { StoreError::Gone { why } } else { StoreError::Other { place, code: "driver".to_owned(), why } };
    };
    let code = told.code();
    let why = told.message().to_owned();
    if *code == SqlState::UNIQUE_VIOLATION {
        let name = told.constraint().unwrap_or("a unique index");
        return StoreError::Unique { constraint: uniques.get(name).cloned().unwrap_or_else(|| name.to_owned()) };
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION || *code == SqlState::RESTRICT_VIOLATION {
        return StoreError::Foreign { place };
    }
    let busy = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::QUERY_CANCELED,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    match code.code() {
        _ if busy.contains(code) => StoreError::Busy { why },
        // Class 23: what remains are missing values and checks; the message names constraint or column, the detail a row.
        code if code.starts_with("23") => StoreError::Check { why, place },
        // Class 08: connections. Class 57P: the server ends them.
        code if code.starts_with("08") || code.starts_with("57P") || code == "25P03" => StoreError::Gone { why },
        "53100" => StoreError::Full { why },
        // Corrupt data, corrupt index.
        "XX001" | "XX002" => StoreError::Damaged { why },
        code => StoreError::Other { place, code: code.to_owned(), why },
    }
}

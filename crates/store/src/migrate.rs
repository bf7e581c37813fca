//! Bringing a database to the schema of this program, once, whoever comes first.
//!
//! All steps that are missing run in one transaction under a lock; each leaves its number, name and the hash of its text, so
//! that a database of a newer program and a step that was edited are noticed and refused. On PostgreSQL, afterwards every table
//! that has a column `tenant` and no policy of its own for the role `regua_app` gets row security: that role sees the rows of
//! the tenant that the transaction named, and none without a name. A policy for another role, such as the narrow one that
//! claims, is the business of the step's own file. Deliberately absent: going back.

use crate::db::{APP_ROLE, CLAIM_ROLE, Conn, Db, Dialect, Place, Scope, StoreError, Tx, Value};
use crate::migrations::MIGRATIONS;
use regua_core::time::Instant;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Counted from 1 without gaps.
    pub number: i64,
    /// `NNNN_name`.
    pub name: &'static str,
    /// Runs on both databases, with type words.
    pub common: &'static str,
    /// Runs after it on SQLite, as it is.
    pub sqlite: &'static str,
    /// Runs after it on PostgreSQL, as it is.
    pub postgres: &'static str,
}

impl Migration {
    /// No step.
    pub const EMPTY: Self = Self { number: 0, name: "", common: "", sqlite: "", postgres: "" };

    /// Names the texts, the same on both databases.
    fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for text in [self.common, self.sqlite, self.postgres] {
            // Lengths keep the texts apart.
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        }
        hex(&hash.finalize())
    }
}

/// Names what some steps make of an empty database, the runner's own part included: for tests that keep such a database.
#[must_use]
pub fn fingerprint(migrations: &[Migration]) -> String {
    let mut hash = Sha256::new();
    for text in [TABLE, &roles(), &row_security()] {
        hash.update(text);
    }
    for migration in migrations {
        hash.update(migration.hash());
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A step that a database has run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// When it ran.
    pub at: Instant,
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS regua_migration
    (number {int} NOT NULL PRIMARY KEY, name {text} NOT NULL, hash {text} NOT NULL, at {at} NOT NULL) {strict}";
const APPLIED: &str = "SELECT number, name, hash FROM regua_migration ORDER BY number";
const RECORD: &str = "INSERT INTO regua_migration (number, name, hash, at) VALUES ($1, $2, $3, $4)";
const THERE_SQLITE: &str = "SELECT count(*) FROM sqlite_master WHERE name = 'regua_migration'";
const THERE_POSTGRES: &str = "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('regua_migration')";

/// Any number, as long as it stays the same: it keeps two processes from migrating at once.
const LOCK: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(7234017283807667300); \
    SET LOCAL lock_timeout = '30s'";

impl Db {
    /// Runs the steps that this database lacks and returns them.
    ///
    /// * `now` — what is recorded as their moment.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::Edited`], or what a step failed with; then the database is as it was.
    pub fn migrate(&self, now: Instant) -> Result<Vec<Applied>, StoreError> {
        self.migrate_with(MIGRATIONS, now)
    }

    /// As [`Db::migrate`], with other steps: tests of the layer itself.
    ///
    /// # Errors
    /// As [`Db::migrate`].
    pub fn migrate_with(&self, migrations: &[Migration], now: Instant) -> Result<Vec<Applied>, StoreError> {
        let mut lease = self.lease()?;
        let done = match lease.conn() {
            Conn::Sqlite(one) => {
                // Tables that others name are rebuilt by dropping them, and the switch does nothing inside a transaction.
                one.batch("PRAGMA foreign_keys = OFF; BEGIN EXCLUSIVE")?;
                let done = run(lease.conn(), migrations, now);
                let Conn::Sqlite(one) = lease.conn() else { return done };
                let done = done.and_then(|done| one.commit().map(|()| done));
                one.rollback()?;
                one.batch("PRAGMA foreign_keys = ON")?;
                done?
            }
            Conn::Postgres(one) => {
                one.begin(Scope::Owner, true)?;
                one.batch(Place("locking the schema"), LOCK)?;
                let done = run(lease.conn(), migrations, now)?;
                if let Conn::Postgres(one) = lease.conn() {
                    one.commit()?;
                }
                done
            }
        };
        drop(lease);
        if !done.is_empty() {
            self.forget();
        }
        Ok(done)
    }

    /// Whether the database has exactly the schema of this program.
    ///
    /// # Errors
    /// [`StoreError::Older`], [`StoreError::Newer`] or [`StoreError::Edited`].
    pub fn check_schema(&self) -> Result<(), StoreError> {
        self.check_schema_with(MIGRATIONS)
    }

    /// As [`Db::check_schema`], with other steps.
    ///
    /// # Errors
    /// As [`Db::check_schema`].
    pub fn check_schema_with(&self, migrations: &[Migration]) -> Result<(), StoreError> {
        self.read(Scope::Owner, |tx| {
            let sql = if tx.dialect() == Dialect::Sqlite { THERE_SQLITE } else { THERE_POSTGRES };
            let there = tx.one(sql, &[], |row| row.int(0))? == Some(1);
            let applied = if there { applied(tx)? } else { Vec::new() };
            match missing(&applied, migrations)?.first() {
                Some(next) => Err(StoreError::Older { next: next.name.to_owned() }),
                None => Ok(()),
            }
        })
    }
}

/// Everything inside the transaction.
fn run(conn: &mut Conn, migrations: &[Migration], now: Instant) -> Result<Vec<Applied>, StoreError> {
    let mut tx = Tx::new(conn, Scope::Owner);
    let dialect = tx.dialect();
    tx.batch(&dialect.migration(TABLE)?)?;
    let missing = missing(&applied(&mut tx)?, migrations)?;
    let mut done = Vec::new();
    if !missing.is_empty() && dialect == Dialect::Postgres {
        tx.batch(&roles())?;
    }
    for migration in missing {
        tx.batch(&dialect.migration(migration.common)?)?;
        tx.batch(if dialect == Dialect::Sqlite { migration.sqlite } else { migration.postgres })?;
        let hash = migration.hash();
        tx.execute(RECORD, &[Value::Int(migration.number), migration.name.into(), (&hash).into(), now.into()])?;
        done.push(Applied { number: migration.number, name: migration.name.to_owned(), at: now });
    }
    if !done.is_empty() {
        match dialect {
            Dialect::Postgres => tx.batch(&row_security())?,
            Dialect::Sqlite => {
                if !tx.rows("PRAGMA foreign_key_check", &[], |row| row.opt_text(0))?.is_empty() {
                    return Err(StoreError::Foreign { place: Place("PRAGMA foreign_key_check after the migrations") });
                }
            }
        }
    }
    Ok(done)
}

/// Numbers, names and hashes of what has run.
fn applied(tx: &mut Tx<'_>) -> Result<Vec<(i64, String, String)>, StoreError> {
    tx.rows(APPLIED, &[], |row| Ok((row.int(0)?, row.text(1)?, row.text(2)?)))
}

/// The steps still to run, after a look at those that have.
fn missing<'m>(applied: &[(i64, String, String)], known: &'m [Migration]) -> Result<&'m [Migration], StoreError> {
    if let Some((_, name, _)) = applied.get(known.len()) {
        let known = known.last().map_or("nothing", |last| last.name).to_owned();
        let found = applied.last().map_or(name, |last| &last.1).clone();
        return Err(StoreError::Newer { found, known });
    }
    for ((number, name, hash), known) in applied.iter().zip(known) {
        let why = if *number != known.number || name != known.name {
            "another name"
        } else if *hash != known.hash() {
            "another text"
        } else {
            continue;
        };
        return Err(StoreError::Edited { migration: format!("{number} ({name})"), why });
    }
    Ok(known.get(applied.len()..).unwrap_or(&[]))
}

/// Makes the roles, which all databases of a server share, so that another may be doing the same.
fn roles() -> String {
    let mut sql = "DO $$ BEGIN\n".to_owned();
    for role in [APP_ROLE, CLAIM_ROLE] {
        let _ = writeln!(
            sql,
            "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
               BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END;
             END IF;
             IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN GRANT {role} TO CURRENT_USER; END IF;"
        );
    }
    sql.push_str(
        "EXCEPTION WHEN insufficient_privilege THEN RAISE EXCEPTION USING MESSAGE = 'this user may not make roles; ask an administrator for: \
         CREATE ROLE regua_app NOLOGIN; CREATE ROLE regua_claim NOLOGIN; GRANT regua_app, regua_claim TO ' || quote_ident(current_user);
         END $$",
    );
    sql
}

/// Tables to whose rows the program only adds: on PostgreSQL its role may neither change nor delete what is there.
pub const APPEND_ONLY: [&str; 10] =
    ["policies", "ledger_entries", "payments", "decisions", "dropped_items", "events", "day_roots", "feed", "plans", "invoice_receivables"];

/// Row security for every table with a column `tenant` that has none for the role of the program yet.
fn row_security() -> String {
    let append_only = APPEND_ONLY.join("', '");
    format!(
        "DO $$ DECLARE t record; BEGIN
           EXECUTE format('GRANT USAGE ON SCHEMA %I TO {APP_ROLE}, {CLAIM_ROLE}', current_schema());
           FOR t IN SELECT c.oid, c.relname, c.relrowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
               WHERE a.attname = 'tenant' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
           LOOP
             IF NOT t.relrowsecurity THEN EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t.relname); END IF;
             IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = t.oid AND '{APP_ROLE}'::regrole = ANY (polroles)) THEN
               EXECUTE format('CREATE POLICY regua_tenant ON %I TO {APP_ROLE} USING
                 (tenant = (SELECT nullif(current_setting(''regua.tenant'', true), '''')::uuid))', t.relname);
               EXECUTE format('GRANT SELECT, INSERT ON %I TO {APP_ROLE}', t.relname);
               IF NOT t.relname IN ('{append_only}') THEN EXECUTE format('GRANT UPDATE, DELETE ON %I TO {APP_ROLE}', t.relname); END IF;
             END IF;
           END LOOP;
         END $$"
    )
}

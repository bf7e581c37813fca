//! One database, SQLite or PostgreSQL: transactions over statements that are written once.
//!
//! A transaction is a closure over [`Tx`]: it commits on `Ok` and rolls back on `Err`. Everything is synchronous, and a
//! transaction keeps its connection for as long as it lasts. The eight traps between the two databases, each with a test in
//! `tests/contract/`, stand in `docs/store.md`. Deliberately absent: SQL itself, which stands in the modules of the nouns.

mod check;
mod dialect;
mod encode;
mod error;
mod pool;
pub(crate) mod postgres;
mod row;
pub(crate) mod sqlite;
mod tx;
mod value;

pub use dialect::Dialect;
pub use error::{Place, StoreError};
pub use postgres::{APP_ROLE, CLAIM_ROLE};
pub use row::Row;
pub use tx::Tx;
pub use value::{Insert, Type, Value};

use pool::{Lease, Pool};
use regua_core::ids::TenantId;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How a database is opened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Connections to PostgreSQL at most; as many as there are workers.
    pub pool: usize,
    /// Connections that read a SQLite file at once; one more writes.
    pub readers: usize,
    /// How long to wait for a connection of ours to become free.
    pub wait: Duration,
    /// How long to wait while another process writes to a SQLite file.
    pub busy_timeout: Duration,
    /// Memory of each connection to SQLite for pages of the file, in KiB.
    pub cache_kib: u32,
    /// How long to wait for PostgreSQL to answer a new connection.
    pub connect_timeout: Duration,
    /// How long one statement may take on PostgreSQL. Migrations have no limit.
    pub statement_timeout: Duration,
    /// How long a statement may wait for another transaction's lock on PostgreSQL.
    pub lock_timeout: Duration,
    /// How long a transaction may do nothing before PostgreSQL ends it and frees its locks: a process that hangs.
    pub idle_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pool: 8,
            readers: 4,
            wait: Duration::from_secs(30),
            busy_timeout: Duration::from_secs(30),
            cache_kib: 64 << 10,
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(120),
            lock_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(300),
        }
    }
}

/// Whose rows a transaction touches. PostgreSQL enforces it by row security; SQLite has one user and does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// The rows of one tenant.
    Tenant(TenantId),
    /// Finding what is due across tenants, and nothing else.
    Claim,
    /// Everything: migrations, backups, `verify`, tests.
    Owner,
}

/// A statement's identity: texts and bulk inserts are static, so their address is enough.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Key(usize, usize);

impl Key {
    fn of(sql: &'static str) -> Self {
        Self(sql.as_ptr().addr(), sql.len())
    }

    /// No text is as long as that.
    fn insert(insert: &'static Insert) -> Self {
        Self(std::ptr::from_ref(insert).addr(), usize::MAX)
    }

    fn copy(insert: &'static Insert) -> Self {
        Self(std::ptr::from_ref(insert).addr(), usize::MAX - 1)
    }
}

/// A connection.
pub(crate) enum Conn {
    Sqlite(Box<sqlite::Sqlite>),
    Postgres(Box<postgres::Postgres>),
}

/// A database and its connections; shared between threads by reference.
pub struct Db {
    dialect: Dialect,
    /// Tells this one from others of the process.
    number: usize,
    writers: Pool,
    /// Absent when the writers read too.
    readers: Option<Pool>,
    options: Options,
    /// The file, if it is one.
    path: Option<PathBuf>,
}

impl Db {
    /// Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…`, and connects once to see that it is there.
    ///
    /// It does not migrate; see [`Db::migrate`].
    ///
    /// # Errors
    /// [`StoreError::Address`] for an address that cannot be used, [`StoreError::Gone`] when no server answers.
    pub fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        let own = options.clone();
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let options = options.clone();
        let pool = |max: usize, open: pool::Open| Pool::new(max, options.wait, open);
        let db = if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let path = match path {
                "" => return Err(StoreError::Address { why: "`sqlite:` is followed by a path, or by `:memory:`".to_owned() }),
                ":memory:" => None,
                path => Some(PathBuf::from(path)),
            };
            let (file, settings) = (path.clone(), own.clone());
            let writer = move || sqlite::Sqlite::writer(file.as_deref(), &settings).map(|one| Conn::Sqlite(Box::new(one)));
            let readers = path.clone().map(|file| {
                let settings = own.clone();
                let reader = move || sqlite::Sqlite::reader(&file, &settings).map(|one| Conn::Sqlite(Box::new(one)));
                pool(options.readers, Box::new(reader))
            });
            Self { dialect: Dialect::Sqlite, number, writers: pool(1, Box::new(writer)), readers, options, path }
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let config = postgres::settings(url, &own)?;
            let writer = move || postgres::Postgres::open(&config, &own).map(|one| Conn::Postgres(Box::new(one)));
            Self { dialect: Dialect::Postgres, number, writers: pool(options.pool, Box::new(writer)), readers: None, options, path: None }
        } else {
            let why = "it begins with `sqlite:` and a path, or with `postgres://`".to_owned();
            return Err(StoreError::Address { why });
        };
        drop(db.writers.take()?);
        Ok(db)
    }

    /// Which database this is.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How it was opened.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// The file, if it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Runs a transaction that may write: READ COMMITTED on PostgreSQL, the only writer on SQLite.
    ///
    /// # Errors
    /// What `work` returned, after rolling back. [`StoreError::Busy`] and [`StoreError::Gone`] when the transaction could not
    /// begin; [`StoreError::Aborted`] when `work` went on after a failed statement; what committing says. After a
    /// [`StoreError::Gone`] of committing, whether it happened must be looked up.
    pub fn write<T, E: From<StoreError>>(&self, scope: Scope, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.transact(&self.writers, scope, true, work)
    }

    /// Runs a transaction that sees one state throughout and writes nothing.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn read<T, E: From<StoreError>>(&self, scope: Scope, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.transact(self.readers.as_ref().unwrap_or(&self.writers), scope, false, work)
    }

    fn transact<T, E: From<StoreError>>(
        &self,
        pool: &Pool,
        scope: Scope,
        write: bool,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _inside = pool::Inside::enter(self.number)?;
        let mut lease = Self::begin(pool, scope, write)?;
        let mut tx = Tx::new(lease.conn(), scope);
        let done = work(&mut tx);
        let failed = tx.failed();
        match (done, failed) {
            (Ok(value), None) => {
                lease.conn().commit()?;
                Ok(value)
            }
            (Ok(_), Some(place)) => Err(StoreError::Aborted { place }.into()),
            // The lease rolls back when it is dropped.
            (Err(error), _) => Err(error),
        }
    }

    /// Begins on a connection of the pool; one that was lost while it rested is replaced.
    fn begin(pool: &Pool, scope: Scope, write: bool) -> Result<Lease<'_>, StoreError> {
        loop {
            let mut lease = pool.take()?;
            match lease.conn().begin(scope, write) {
                Ok(()) => return Ok(lease),
                Err(StoreError::Gone { .. }) if lease.rested() => lease.discard(),
                Err(error) => return Err(error),
            }
        }
    }

    /// Lets PostgreSQL look at its tables, as it is wise after the first large import: until it has, it knows a table as it was
    /// when a statement was first made ready, which may be empty, and takes any index. SQLite goes by the shape of the keys.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn analyze(&self) -> Result<(), StoreError> {
        self.write(Scope::Owner, |tx| if self.dialect == Dialect::Postgres { tx.batch("ANALYZE") } else { Ok(()) })
    }

    /// Closes connections that rest, after their statements may have changed their meaning.
    pub(crate) fn forget(&self) {
        self.writers.forget(self.path.is_none() && self.dialect == Dialect::Sqlite);
        if let Some(readers) = &self.readers {
            readers.forget(false);
        }
    }

    /// A connection outside of a transaction that only reads, where there are such.
    pub(crate) fn lease_to_read(&self) -> Result<Lease<'_>, StoreError> {
        self.readers.as_ref().unwrap_or(&self.writers).take()
    }

    /// A connection outside of a transaction, for migrations and backups.
    pub(crate) fn lease(&self) -> Result<Lease<'_>, StoreError> {
        self.writers.take()
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the address, which may hold a password.
        f.debug_struct("Db").field("dialect", &self.dialect).field("path", &self.path).finish_non_exhaustive()
    }
}

impl Conn {
    fn begin(&mut self, scope: Scope, write: bool) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(one) => one.begin(write),
            Self::Postgres(one) => one.begin(scope, write),
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(one) => one.commit(),
            Self::Postgres(one) => one.commit(),
        }
    }
}

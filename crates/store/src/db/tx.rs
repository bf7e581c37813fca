//! One transaction: statements in, rows out.

use super::{Conn, Dialect, Insert, Place, Row, Scope, StoreError, Value};

/// A transaction under way. Whoever holds it may run statements; who gave it ends it.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    scope: Scope,
    failed: Option<Place>,
}

impl<'c> Tx<'c> {
    pub(crate) const fn new(conn: &'c mut Conn, scope: Scope) -> Self {
        Self { conn, scope, failed: None }
    }

    pub(crate) const fn failed(&self) -> Option<Place> {
        self.failed
    }

    /// Which database this is.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Goes on as somebody else. On SQLite there is nobody else.
    ///
    /// # Errors
    /// What the database says.
    pub fn scope(&mut self, scope: Scope) -> Result<(), StoreError> {
        if scope != self.scope {
            self.run(Place("SET LOCAL ROLE"), |conn| match conn {
                Conn::Sqlite(_) => Ok(()),
                Conn::Postgres(one) => one.scope(scope),
            })?;
            self.scope = scope;
        }
        Ok(())
    }

    /// All rows that a statement finds, each read by `row`.
    ///
    /// # Errors
    /// What the database says, or what `row` returned.
    pub fn rows<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut row: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, params, |one| {
            found.push(row(one)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The row that a statement finds, if it finds one.
    ///
    /// # Errors
    /// What the database says, what `row` returned, or [`StoreError::Many`].
    pub fn one<T>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut row: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.each(sql, params, |one| {
            if found.is_some() {
                return Err(StoreError::Many { place: Place(sql) });
            }
            found = Some(row(one)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Looks at each row that a statement finds, as it comes: memory does not grow with their number.
    ///
    /// # Errors
    /// What the database says, or what `row` returned, after which no more rows are read.
    pub fn each(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        row: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.try_each(sql, params, row)
    }

    /// As [`Tx::each`], with errors of the caller's own.
    ///
    /// # Errors
    /// What the database says, or what `row` returned, after which no more rows are read.
    pub fn try_each<E: From<StoreError>>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        mut row: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        // An error of the reader is no error of the statement: the transaction may go on.
        let mut read = Ok(());
        let done = self.run(Place(sql), |conn| {
            let mut stop = |found: &Row<'_>| {
                row(found).map_err(|error| {
                    read = Err(error);
                    Stopped(None)
                })
            };
            let done = match conn {
                Conn::Sqlite(one) => one.each(sql, params, &mut stop),
                Conn::Postgres(one) => one.each(sql, params, &mut stop),
            };
            match done {
                Ok(()) | Err(Stopped(None)) => Ok(()),
                Err(Stopped(Some(error))) => Err(error),
            }
        });
        done?;
        read
    }

    /// Runs a statement that finds nothing and returns how many rows it changed.
    ///
    /// # Errors
    /// What the database says.
    pub fn execute(&mut self, sql: &'static str, params: &[Value<'_>]) -> Result<u64, StoreError> {
        self.run(Place(sql), |conn| match conn {
            Conn::Sqlite(one) => one.execute(sql, params),
            Conn::Postgres(one) => one.execute(sql, params),
        })
    }

    /// Inserts many rows and returns how many: a prepared statement on SQLite, arrays on PostgreSQL, for the owner `COPY`.
    ///
    /// Rows are taken one by one and sent by the thousand, so memory does not grow with their number.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Parameter`] for a value of another kind than its column.
    pub fn insert<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        insert: &'static Insert,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        // Row security forbids COPY, and COPY cannot leave a row that is there.
        let copies = self.scope == Scope::Owner && !insert.leave;
        self.run(Place(insert.table), |conn| match conn {
            Conn::Sqlite(one) => one.insert(insert, rows),
            Conn::Postgres(one) if copies => one.copy(insert, rows),
            Conn::Postgres(one) => one.insert(insert, rows),
        })
    }

    /// Runs a statement with `FROM /*+rows: id id, a int*/ AS v` for many rows and returns how many it changed.
    ///
    /// No two rows may change the same row of the table: PostgreSQL would take one of them, SQLite the last.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Parameter`] for a value of another kind than its column.
    pub fn update<'v, R: AsRef<[Value<'v>]>>(
        &mut self,
        sql: &'static str,
        params: &[Value<'_>],
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, StoreError> {
        self.run(Place(sql), |conn| match conn {
            Conn::Sqlite(one) => one.update(sql, params, rows),
            Conn::Postgres(one) => one.update(sql, params, rows),
        })
    }

    /// How the database would run a statement, in its own words; nothing is done.
    ///
    /// # Errors
    /// What the database says.
    pub fn explain(&mut self, sql: &'static str) -> Result<Vec<String>, StoreError> {
        self.run(Place(sql), |conn| match conn {
            Conn::Sqlite(one) => one.explain(sql),
            Conn::Postgres(one) => one.explain(sql),
        })
    }

    /// Runs text that is not a statement of ours: tests, explanations.
    ///
    /// # Errors
    /// What the database says.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.run(Place("a batch"), |conn| match conn {
            Conn::Sqlite(one) => one.batch(sql),
            Conn::Postgres(one) => one.batch(Place("a batch"), sql),
        })
    }

    /// Runs a step, unless an earlier one failed: PostgreSQL refuses what follows, so SQLite must not carry on.
    fn run<T>(&mut self, place: Place, step: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(place) = self.failed {
            return Err(StoreError::Aborted { place });
        }
        step(self.conn).inspect_err(|_| self.failed = Some(place))
    }
}

/// Why reading ended early: an error of the database, or the reader's own, kept aside.
struct Stopped(Option<StoreError>);

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self(Some(error))
    }
}

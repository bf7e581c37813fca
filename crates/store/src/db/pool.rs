//! Connections that rest between transactions.
//!
//! Deliberately absent: health checks and ageing. A connection that was lost while it rested is noticed when a transaction
//! begins on it, and replaced.

use super::{Conn, StoreError};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Makes a connection.
pub(crate) type Open = Box<dyn Fn() -> Result<Conn, StoreError> + Send + Sync>;

pub(crate) struct Pool {
    state: Mutex<State>,
    freed: Condvar,
    max: usize,
    wait: Duration,
    open: Open,
}

#[derive(Default)]
struct State {
    resting: Vec<Conn>,
    /// Resting and lent.
    open: usize,
    /// Grows when resting connections are forgotten, so that those lent meanwhile are not kept either.
    age: u64,
}

impl Pool {
    pub(crate) fn new(max: usize, wait: Duration, open: Open) -> Self {
        Self { state: Mutex::default(), freed: Condvar::new(), max: max.max(1), wait, open }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is changed in one step each, so a panic elsewhere leaves it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection, new or rested.
    pub(crate) fn take(&self) -> Result<Lease<'_>, StoreError> {
        let until = Instant::now() + self.wait;
        let mut state = self.state();
        loop {
            let age = state.age;
            if let Some(conn) = state.resting.pop() {
                if conn.is_lost() {
                    state.open -= 1;
                    continue;
                }
                return Ok(Lease { pool: self, conn: Some(conn), age, rested: true });
            }
            if state.open < self.max {
                state.open += 1;
                drop(state);
                // If opening fails or panics, the lease without a connection gives the place back.
                let mut lease = Lease { pool: self, conn: None, age, rested: false };
                lease.conn = Some((self.open)()?);
                return Ok(lease);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy { why: format!("all {} connections of this process are in use", self.max) });
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Closes what rests; `keep` when closing would lose the data, which is so in memory.
    pub(crate) fn forget(&self, keep: bool) {
        if keep {
            return;
        }
        let mut state = self.state();
        state.age += 1;
        let closed = std::mem::take(&mut state.resting);
        state.open -= closed.len();
        self.freed.notify_all();
        drop(state);
        drop(closed);
    }

    fn give_back(&self, conn: Option<Conn>, age: u64) {
        let mut state = self.state();
        let unfit = match conn {
            Some(conn) if state.age == age => {
                state.resting.push(conn);
                None
            }
            unfit => {
                state.open -= 1;
                unfit
            }
        };
        self.freed.notify_one();
        drop(state);
        // Closing may take a while and needs no lock.
        drop(unfit);
    }
}

/// A connection on loan.
pub(crate) struct Lease<'p> {
    pool: &'p Pool,
    conn: Option<Conn>,
    age: u64,
    rested: bool,
}

impl Lease<'_> {
    pub(crate) fn conn(&mut self) -> &mut Conn {
        self.conn.as_mut().expect("a lease has its connection until it is dropped")
    }

    /// Whether the connection served before.
    pub(crate) const fn rested(&self) -> bool {
        self.rested
    }

    /// Closes the connection.
    pub(crate) fn discard(mut self) {
        self.conn = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let conn = self.conn.take();
        // What was not committed is rolled back; a connection that cannot do that is closed.
        let fit = conn.and_then(|mut conn| if conn.rest().is_ok() { Some(conn) } else { None });
        self.pool.give_back(fit, self.age);
    }
}

impl Conn {
    fn is_lost(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(one) => one.is_lost(),
        }
    }

    fn rest(&mut self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(one) => one.rollback(),
            Self::Postgres(one) if one.is_open() => one.rollback(),
            Self::Postgres(_) => Ok(()),
        }
    }
}

thread_local! {
    /// The databases that this thread has a transaction on.
    static INSIDE: RefCell<BTreeSet<usize>> = const { RefCell::new(BTreeSet::new()) };
}

/// While it lives, this thread is inside a transaction of a database.
pub(crate) struct Inside(usize);

impl Inside {
    /// Refuses a second transaction, which could wait for the first for ever.
    pub(crate) fn enter(number: usize) -> Result<Self, StoreError> {
        let entered = INSIDE.with_borrow_mut(|inside| inside.insert(number));
        if entered { Ok(Self(number)) } else { Err(StoreError::Nested) }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|inside| inside.remove(&self.0));
    }
}

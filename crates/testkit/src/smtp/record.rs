//! What a sink remembers, and what its threads share.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Options;
use super::script::{Act, Fault, Hook, Stage};

/// How much of each transaction is kept. Counts are always exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// Envelope and every byte.
    Everything,
    /// Envelope and the header section, for runs of millions.
    Heads,
    /// Nothing but numbers.
    Nothing,
}

/// One mail transaction as the server saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transaction {
    /// Its number, from 0 over all connections, in the order of the `MAIL` commands.
    pub n: u64,
    /// Which connection it came over, from 0.
    pub connection: u64,
    /// The reverse path, without its brackets.
    pub from: String,
    /// What `MAIL` said after the path, such as `SIZE=512 BODY=8BITMIME`.
    pub parameters: String,
    /// The recipients that the server took.
    pub to: Vec<String>,
    /// The mail after dot-unstuffing, without the line of the final dot. Cut short if the client broke off.
    pub data: Vec<u8>,
    /// The last stage that it reached.
    pub stage: Stage,
    /// Whether the far side has the mail: the final dot came and was not refused. The client may not know it.
    pub accepted: bool,
    /// What a strict server objects to, in words; empty for a good client.
    pub violations: Vec<String>,
}

/// Numbers over the life of a sink.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Connections accepted.
    pub connections: u64,
    /// Connections that are open.
    pub open: u64,
    /// `MAIL` commands.
    pub begun: u64,
    /// Final dots received.
    pub dots: u64,
    /// Final dots received and not refused: mails that the far side has, even if the answer was lost.
    pub accepted: u64,
    /// Things a strict server objects to.
    pub violations: u64,
}

/// What acceptor, sessions and owner share.
pub(super) struct Shared {
    pub(super) options: Options,
    pub(super) changed: Condvar,
    counts: Mutex<Counts>,
    records: Mutex<Vec<Transaction>>,
    faults: Mutex<Vec<Fault>>,
    /// Read without a lock: the usual sink has no faults and no hook.
    scripted: AtomicBool,
    hook: Mutex<Option<Hook>>,
    streams: Mutex<BTreeMap<u64, TcpStream>>,
    stopped: Mutex<bool>,
    bell: Condvar,
}

/// A thread that panicked holding a lock has failed its own test; the others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            changed: Condvar::new(),
            counts: Mutex::default(),
            records: Mutex::default(),
            faults: Mutex::default(),
            scripted: AtomicBool::new(false),
            hook: Mutex::default(),
            streams: Mutex::default(),
            stopped: Mutex::new(false),
            bell: Condvar::new(),
        }
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        lock(&self.counts)
    }

    pub(super) fn records(&self) -> MutexGuard<'_, Vec<Transaction>> {
        lock(&self.records)
    }

    /// Changes the numbers and tells who waits for them.
    pub(super) fn count<T>(&self, change: impl FnOnce(&mut Counts) -> T) -> T {
        let changed = change(&mut self.counts());
        self.changed.notify_all();
        changed
    }

    pub(super) fn script(&self, faults: Vec<Fault>) {
        *lock(&self.faults) = faults;
        self.scripted.store(true, Ordering::Release);
    }

    pub(super) fn hook(&self, hook: Hook) {
        *lock(&self.hook) = Some(hook);
        self.scripted.store(true, Ordering::Release);
    }

    /// What the script says at this moment.
    pub(super) fn act(&self, stage: Stage, n: u64, recipients: &[String]) -> Option<Act> {
        if !self.scripted.load(Ordering::Acquire) {
            return None;
        }
        lock(&self.faults).iter_mut().find_map(|fault| fault.strikes(stage, n, recipients))
    }

    /// Tells the owner's hook. Not under the lock: a hook may take long, and may replace itself.
    pub(super) fn tell(&self, stage: Stage, n: u64) {
        if self.scripted.load(Ordering::Acquire) {
            let hook = lock(&self.hook).clone();
            if let Some(hook) = hook {
                hook(stage, n);
            }
        }
    }

    pub(super) fn connected(&self, stream: &TcpStream) -> u64 {
        let connection = self.count(|counts| {
            counts.connections += 1;
            counts.open += 1;
            counts.connections - 1
        });
        if let Ok(stream) = stream.try_clone() {
            lock(&self.streams).insert(connection, stream);
        }
        connection
    }

    pub(super) fn disconnected(&self, connection: u64) {
        if let Some(stream) = lock(&self.streams).remove(&connection) {
            // The clone here would keep the socket open after the session's own end.
            drop(stream.shutdown(Shutdown::Both));
        }
        self.count(|counts| counts.open -= 1);
    }

    pub(super) fn stop(&self) {
        *lock(&self.stopped) = true;
        self.bell.notify_all();
        for stream in lock(&self.streams).values() {
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        *lock(&self.stopped)
    }

    /// Lets time pass, or returns at once when the sink stops; says whether it goes on.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let waited = self.bell.wait_timeout_while(lock(&self.stopped), time, |stopped| !*stopped);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

//! An SMTP server that takes mail, remembers every transaction, and misbehaves on request.
//!
//! It speaks the protocol strictly (RFC 5321, pipelining, 8-bit, size), so that a client that passes here passes at a
//! careful server; what it saw and did not like is in [`Transaction::violations`]. Deliberately absent: delivering.

mod record;
mod script;
mod session;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub use record::{Counts, Keep, Transaction};
pub use script::{Act, Fault, Stage};

use record::Shared;

/// The authority that signed the certificate of every sink, for `localhost` and `127.0.0.1`, in PEM.
pub const AUTHORITY: &str = include_str!("../tls/authority.pem");

/// Whether a sink speaks TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tls {
    /// Not at all.
    No,
    /// After `STARTTLS`.
    Offered,
    /// From the first byte.
    FromStart,
}

/// How a sink behaves from the start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How much of each transaction is kept.
    pub keep: Keep,
    /// The most bytes of a mail, announced with `SIZE` and enforced.
    pub size_max: usize,
    /// Announce `PIPELINING`.
    pub pipelining: bool,
    /// Announce `8BITMIME`.
    pub eight_bit: bool,
    /// Announce `SMTPUTF8`.
    pub utf8: bool,
    /// Whether it speaks TLS.
    pub tls: Tls,
    /// The one user who may send, with the password; none lets everybody.
    pub login: Option<(String, String)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            keep: Keep::Everything,
            size_max: 10_000_000,
            pipelining: true,
            eight_bit: true,
            utf8: false,
            tls: Tls::No,
            login: None,
        }
    }
}

/// A running sink. It stops, and forgets, when it is dropped.
pub struct Sink {
    shared: Arc<Shared>,
    address: SocketAddr,
    acceptor: Option<JoinHandle<()>>,
}

impl Sink {
    /// Starts one with the usual behaviour on a free port of this machine.
    ///
    /// # Errors
    /// When no port can be opened.
    pub fn start() -> io::Result<Self> {
        Self::with(Options::default())
    }

    /// Starts one.
    ///
    /// # Errors
    /// When the port cannot be opened.
    pub fn with(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(options.listen)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(options));
        let acceptor = {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name("smtp-sink".to_owned()).spawn(move || accept(&listener, &shared))?
        };
        Ok(Self { shared, address, acceptor: Some(acceptor) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Replaces what is to go wrong from now on.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.script(faults.into_iter().collect());
    }

    /// Calls `hook` at every stage, with the number of the transaction (before the first `MAIL`: of the connection),
    /// when the command has arrived and before it is answered. The connection waits until the hook returns, so a
    /// client that the hook kills has seen no answer.
    pub fn on_stage(&self, hook: impl Fn(Stage, u64) + Send + Sync + 'static) {
        self.shared.hook(Arc::new(hook));
    }

    /// Every transaction so far, in the order in which they ended: at the final dot, or where they broke off.
    #[must_use]
    pub fn transactions(&self) -> Vec<Transaction> {
        self.shared.records().clone()
    }

    /// As [`Sink::transactions`], which are forgotten here.
    #[must_use]
    pub fn take(&self) -> Vec<Transaction> {
        std::mem::take(&mut *self.shared.records())
    }

    /// Exact numbers, whatever is kept.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.shared.counts()
    }

    /// Waits until the numbers satisfy `enough`, at most `patience`; says whether they do.
    pub fn wait(&self, patience: Duration, enough: impl Fn(&Counts) -> bool) -> bool {
        let counts = self.shared.counts();
        let waited = self.shared.changed.wait_timeout_while(counts, patience, |counts| !enough(counts));
        enough(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.stop();
        // Wakes the acceptor, which then sees the stop.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut sessions = Vec::new();
    for stream in listener.incoming() {
        if shared.is_stopped() {
            break;
        }
        let Ok(stream) = stream else { continue };
        let connection = shared.connected(&stream);
        let shared = Arc::clone(shared);
        let session = move || {
            session::run(stream, connection, &shared);
            shared.disconnected(connection);
        };
        if let Ok(thread) = std::thread::Builder::new().name(format!("smtp-sink-{connection}")).spawn(session) {
            sessions.push(thread);
        }
        sessions.retain(|session| !session.is_finished());
    }
    for session in sessions {
        drop(session.join());
    }
}

#[cfg(test)]
mod tests;

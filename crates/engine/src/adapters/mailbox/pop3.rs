//! A mailbox on a server, over POP3 (RFC 1939): a queue with names, which is all that bounces need.
//!
//! A session lists the letters by their unique ids, fetches some, and marks as deleted what is done; the server deletes when
//! the session ends well. If it does not, the letters come again under the same ids.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use super::LETTER_BYTES_MAX;
use crate::adapters::net::{Peer, Roots, Security, is_host, is_this_machine};
use crate::ports::{Letter, Mailbox, Unreadable};
use crate::secret::Secret;

/// Bytes of a line of an answer, and lines of a listing.
const LINE_MAX: usize = 2_048;
const LISTED_MAX: usize = 100_000;
/// Lines fetched of the body of a letter that is too big.
const TOP_LINES: usize = 500;

/// Where the mailbox is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The server's name, as its certificate has it.
    pub host: String,
    /// 995 with TLS, 110 with STLS.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who may have signed the server's certificate.
    pub roots: Roots,
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
    /// Leave letters that are done on the server. Each start of this program then fetches them again.
    pub keep: bool,
    /// How long the connection, and each answer, may take.
    pub patience: Duration,
}

impl Settings {
    /// Settings with TLS on its own port and the public authorities.
    #[must_use]
    pub fn new(host: &str, user: &str, password: Secret) -> Self {
        let (security, roots, patience) = (Security::Tls, Roots::Public, Duration::from_secs(60));
        Self { host: host.to_owned(), port: 995, security, roots, user: user.to_owned(), password, keep: false, patience }
    }
}

/// Settings with which no mailbox can be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadSettings {
    /// The host is no name.
    #[error("`{0}` is not the name of a mail server; write a domain such as `pop.example.com`")]
    Host(String),
    /// The password would be readable on its way.
    #[error("the password would go to {0} unprotected; use `tls` (port 995) or `starttls` (port 110)")]
    OpenPassword(String),
    /// User or password cannot be sent.
    #[error("user and password must not be empty or hold control characters, and the user no space")]
    Login,
    /// No time.
    #[error("the time limit must be longer than zero")]
    Limit,
    /// The authorities are not usable.
    #[error("{0}")]
    Roots(String),
}

/// The mailbox.
pub struct Pop3 {
    settings: Settings,
    tls: Arc<ClientConfig>,
    session: Option<Session>,
    /// What is done and may still be on the server.
    done: BTreeSet<String>,
}

struct Session {
    peer: Peer,
    /// The numbers of this session.
    numbers: BTreeMap<String, usize>,
}

fn bad(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl Session {
    fn begin(settings: &Settings, tls: &Arc<ClientConfig>) -> io::Result<Self> {
        let mut peer = Peer::connect(&settings.host, settings.port, settings.patience)?;
        if settings.security == Security::Tls {
            peer.secure(&settings.host, Arc::clone(tls))?;
        }
        let mut session = Self { peer, numbers: BTreeMap::new() };
        session.answer("the greeting")?;
        if settings.security == Security::StartTls {
            session.ask("STLS", "STLS")?;
            session.peer.secure(&settings.host, Arc::clone(tls))?;
        }
        session.ask(&format!("USER {}", settings.user), "the user")?;
        session.ask(&format!("PASS {}", settings.password.expose()), "the password")?;
        Ok(session)
    }

    /// The rest of a good answer; `what` was asked, for the error.
    fn answer(&mut self, what: &str) -> io::Result<String> {
        let line = self.peer.line(LINE_MAX)?;
        let line = String::from_utf8_lossy(&line).chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        match line.strip_prefix("+OK") {
            Some(rest) => Ok(rest.trim().to_owned()),
            None => Err(bad(format!("the server answers {what} with `{}`", line.chars().take(200).collect::<String>()))),
        }
    }

    fn ask(&mut self, command: &str, what: &str) -> io::Result<String> {
        if !self.peer.is_quiet() {
            return Err(bad("the server speaks before it is asked".to_owned()));
        }
        self.peer.write(format!("{command}\r\n").as_bytes())?;
        self.answer(what)
    }

    /// The lines after a good answer, up to the dot, each number with its word.
    fn list(&mut self, command: &str) -> io::Result<BTreeMap<usize, String>> {
        self.ask(command, command)?;
        let mut list = BTreeMap::new();
        loop {
            let line = self.peer.line(LINE_MAX)?;
            if line == b"." {
                return Ok(list);
            }
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Some((number, word)) = line.trim().split_once(' ').and_then(|(number, word)| Some((number.parse().ok()?, word.trim()))) {
                list.insert(number, word.to_owned());
            }
            if list.len() > LISTED_MAX {
                return Err(bad(format!("the mailbox holds more than {LISTED_MAX} letters; empty it once by hand")));
            }
        }
    }

    /// A letter, or its beginning if it is too big.
    fn letter(&mut self, number: usize, size: usize) -> io::Result<Vec<u8>> {
        if size <= LETTER_BYTES_MAX {
            self.ask(&format!("RETR {number}"), "RETR")?;
        } else if let Err(error) = self.ask(&format!("TOP {number} {TOP_LINES}"), "TOP") {
            // Not every server knows TOP. Such a letter cannot be read, but it must not stand in the way of the others.
            return if error.kind() == io::ErrorKind::InvalidData && self.peer.is_quiet() { Ok(Vec::new()) } else { Err(error) };
        }
        let mut bytes = Vec::with_capacity(size.min(LETTER_BYTES_MAX) + 2);
        loop {
            // One line may be the whole letter.
            let line = self.peer.line(2 * LETTER_BYTES_MAX)?;
            if line == b"." {
                return Ok(bytes);
            }
            if bytes.len() < LETTER_BYTES_MAX {
                bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                bytes.extend_from_slice(b"\r\n");
            }
        }
    }

    /// Ends well: only then the server deletes what is done.
    fn end(mut self) -> io::Result<()> {
        self.ask("QUIT", "QUIT").map(drop)
    }
}

impl Pop3 {
    /// Checks the settings; connects only when letters are fetched.
    ///
    /// # Errors
    /// [`BadSettings`] says what to write instead.
    pub fn new(settings: Settings) -> Result<Self, BadSettings> {
        if !is_host(&settings.host) {
            return Err(BadSettings::Host(settings.host));
        }
        let word = |text: &str| !text.is_empty() && !text.contains(char::is_control);
        if !word(&settings.user) || settings.user.contains(' ') || !word(settings.password.expose()) {
            return Err(BadSettings::Login);
        }
        if settings.security == Security::Plain && !is_this_machine(&settings.host) {
            return Err(BadSettings::OpenPassword(settings.host));
        }
        if settings.patience.is_zero() {
            return Err(BadSettings::Limit);
        }
        let tls = settings.roots.client().map_err(BadSettings::Roots)?;
        Ok(Self { settings, tls, session: None, done: BTreeSet::new() })
    }

    fn unreadable(&self, error: &io::Error) -> Unreadable {
        Unreadable(format!("mailbox of {} at {}:{}: {error}", self.settings.user, self.settings.host, self.settings.port))
    }

    fn try_fetch(&mut self, max: usize) -> io::Result<Vec<Letter>> {
        if let Some(session) = self.session.take() {
            // If it does not end well, what was done is still listed, and is deleted again below.
            drop(session.end());
        }
        let mut session = Session::begin(&self.settings, &self.tls)?;
        let uids = session.list("UIDL")?;
        let sizes = session.list("LIST")?;
        let listed: BTreeSet<&String> = uids.values().collect();
        self.done.retain(|uid| listed.contains(uid));
        let mut letters = Vec::new();
        for (number, uid) in uids {
            if self.done.contains(&uid) {
                if !self.settings.keep {
                    session.ask(&format!("DELE {number}"), "DELE")?;
                }
            } else if letters.len() < max {
                let size = sizes.get(&number).and_then(|size| size.parse().ok()).unwrap_or(usize::MAX);
                let bytes = session.letter(number, size)?;
                session.numbers.insert(uid.clone(), number);
                letters.push(Letter { uid, bytes });
            }
        }
        if letters.is_empty() {
            // Nobody will call `done`: the mailbox is locked no longer than needed.
            session.end()?;
        } else {
            self.session = Some(session);
        }
        Ok(letters)
    }
}

impl Mailbox for Pop3 {
    fn fetch(&mut self, max: usize) -> Result<Vec<Letter>, Unreadable> {
        self.try_fetch(max).map_err(|error| self.unreadable(&error))
    }

    fn done(&mut self, uid: &str) -> Result<(), Unreadable> {
        self.done.insert(uid.to_owned());
        let Some(session) = self.session.as_mut() else { return Ok(()) };
        let Some(number) = session.numbers.remove(uid) else { return Ok(()) };
        let deleted = if self.settings.keep { Ok(String::new()) } else { session.ask(&format!("DELE {number}"), "DELE") };
        let last = session.numbers.is_empty();
        // With the last letter the session ends, and the server deletes. What fails is done again by the next fetch.
        if last || deleted.is_err() {
            let ended = self.session.take().map_or(Ok(()), Session::end);
            return deleted.and(ended).map_err(|error| self.unreadable(&error));
        }
        Ok(())
    }
}

impl Drop for Pop3 {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            drop(session.end());
        }
    }
}

#[cfg(test)]
mod tests;

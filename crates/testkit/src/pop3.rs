//! A POP3 server with letters in it (RFC 1939, STLS of RFC 2595), which breaks off on request.
//!
//! Deliberately absent: taking mail; the letters are put in by the test.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::smtp::Tls;
use crate::wire::Wire;

/// How long a test may leave a connection idle.
const PATIENCE: Duration = Duration::from_secs(30);

/// A letter in the mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// Its unique id, which stays.
    pub uid: String,
    /// Its bytes, lines ended by CRLF.
    pub bytes: Vec<u8>,
}

/// What happens in place of an answer to a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// The connection is closed.
    Drop,
    /// These bytes are sent.
    Raw(Vec<u8>),
}

struct State {
    letters: Vec<Letter>,
    /// The next command that goes wrong: its first letters, and what happens.
    fault: Option<(String, Act)>,
    commands: Vec<String>,
    stopped: bool,
}

/// A running server. It stops when it is dropped.
pub struct Mailbox {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
    acceptor: Option<JoinHandle<()>>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mailbox {
    /// The user's name.
    pub const USER: &str = "bounces";
    /// The user's password.
    pub const PASSWORD: &str = "segredo";

    /// Starts a server with letters in the mailbox of its one user.
    ///
    /// # Errors
    /// When no port can be opened.
    pub fn start(tls: Tls, letters: impl IntoIterator<Item = Letter>) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let letters = letters.into_iter().collect();
        let state = Arc::new(Mutex::new(State { letters, fault: None, commands: Vec::new(), stopped: false }));
        let shared = Arc::clone(&state);
        // One connection at a time, as a mailbox is locked by its session.
        let serve = move || {
            for stream in listener.incoming() {
                if lock(&shared).stopped {
                    break;
                }
                if let Ok(stream) = stream {
                    drop(Session::talk(stream, tls, &shared));
                }
            }
        };
        let acceptor = std::thread::Builder::new().name("pop3".to_owned()).spawn(serve)?;
        Ok(Self { state, address, acceptor: Some(acceptor) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The letters that are there now.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.state).letters.clone()
    }

    /// Puts another letter in.
    pub fn put(&self, letter: Letter) {
        lock(&self.state).letters.push(letter);
    }

    /// The next command that begins so goes wrong, once.
    pub fn fail(&self, command: &str, act: Act) {
        lock(&self.state).fault = Some((command.to_owned(), act));
    }

    /// Every command so far, passwords included.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        lock(&self.state).commands.clone()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        lock(&self.state).stopped = true;
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

struct Session<'s> {
    state: &'s Mutex<State>,
    tls: Tls,
    reader: BufReader<Wire>,
    user: String,
    known: bool,
    letters: Vec<Letter>,
    deleted: Vec<usize>,
}

impl<'s> Session<'s> {
    fn talk(stream: TcpStream, tls: Tls, state: &'s Mutex<State>) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let reader = BufReader::new(Wire::new(stream, tls == Tls::FromStart)?);
        let mut session = Self { state, tls, reader, user: String::new(), known: false, letters: Vec::new(), deleted: Vec::new() };
        session.say("+OK ready")?;
        let mut line = String::new();
        loop {
            line.clear();
            if (&mut session.reader).take(1_024).read_line(&mut line)? == 0 {
                return Ok(());
            }
            let command = line.trim_end();
            let fault = {
                let mut state = lock(state);
                state.commands.push(command.to_owned());
                let fits = state.fault.as_ref().is_some_and(|(start, _)| command.starts_with(start));
                if fits { state.fault.take() } else { None }
            };
            match fault {
                Some((_, Act::Drop)) => return session.reader.get_ref().socket().shutdown(Shutdown::Both),
                Some((_, Act::Raw(bytes))) => session.send(&bytes)?,
                None if session.command(command)? => {}
                None => return Ok(()),
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.reader.get_mut().write_all(bytes)?;
        self.reader.get_mut().flush()
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        self.send(format!("{line}\r\n").as_bytes())
    }

    /// A letter that the number in a command names and that is still there.
    fn letter(&self, number: &str) -> Option<(usize, &Letter)> {
        let index = number.parse::<usize>().ok()?.checked_sub(1)?;
        self.letters.get(index).filter(|_| !self.deleted.contains(&index)).map(|letter| (index, letter))
    }

    fn list(&self, what: impl Fn(&Letter) -> String) -> String {
        let left = self.letters.iter().enumerate().filter(|(index, _)| !self.deleted.contains(index));
        left.fold("+OK\r\n".to_owned(), |list, (index, letter)| format!("{list}{} {}\r\n", index + 1, what(letter))) + ".\r\n"
    }

    /// Carries out a command; false when it was the last.
    fn command(&mut self, command: &str) -> io::Result<bool> {
        let mut words = command.split(' ');
        let (verb, first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match (verb.to_ascii_uppercase().as_str(), self.known) {
            ("QUIT", _) => {
                if self.known {
                    let gone: Vec<&str> =
                        self.deleted.iter().filter_map(|index| self.letters.get(*index)).map(|letter| letter.uid.as_str()).collect();
                    lock(self.state).letters.retain(|letter| !gone.contains(&letter.uid.as_str()));
                }
                self.say("+OK bye")?;
                return Ok(false);
            }
            ("STLS", false) if self.tls == Tls::Offered && !self.reader.get_ref().is_secure() => {
                self.say("+OK go on")?;
                let socket = self.reader.get_ref().socket().try_clone()?;
                self.reader = BufReader::new(Wire::new(socket, true)?);
            }
            ("USER", false) => {
                first.clone_into(&mut self.user);
                self.say("+OK")?;
            }
            ("PASS", false) => {
                self.known = self.user == Mailbox::USER && command.get(5..) == Some(Mailbox::PASSWORD);
                self.letters.clone_from(&lock(self.state).letters);
                self.say(if self.known { "+OK come in" } else { "-ERR wrong user or password" })?;
            }
            ("LIST", true) => {
                let list = self.list(|letter| letter.bytes.len().to_string());
                self.send(list.as_bytes())?;
            }
            ("UIDL", true) => {
                let list = self.list(|letter| letter.uid.clone());
                self.send(list.as_bytes())?;
            }
            ("RETR", true) => {
                let text = self.letter(first).map(|(_, letter)| stuffed(&letter.bytes, usize::MAX));
                self.send(&text.unwrap_or_else(|| b"-ERR no such letter\r\n".to_vec()))?;
            }
            ("TOP", true) => {
                let lines = second.parse().unwrap_or(0);
                let text = self.letter(first).map(|(_, letter)| stuffed(&letter.bytes, lines));
                self.send(&text.unwrap_or_else(|| b"-ERR no such letter\r\n".to_vec()))?;
            }
            ("DELE", true) => match self.letter(first).map(|(index, _)| index) {
                Some(index) => {
                    self.deleted.push(index);
                    self.say("+OK")?;
                }
                None => self.say("-ERR no such letter")?,
            },
            _ => self.say("-ERR not now")?,
        }
        Ok(true)
    }
}

/// A letter as an answer: its head, at most `lines` of its body, dots stuffed.
fn stuffed(bytes: &[u8], lines: usize) -> Vec<u8> {
    let mut out = b"+OK\r\n".to_vec();
    let mut in_body: Option<usize> = None;
    let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    for line in bytes.split(|byte| *byte == b'\n') {
        if in_body.is_some_and(|seen| seen >= lines) {
            break;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.first() == Some(&b'.') {
            out.push(b'.');
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
        in_body = in_body.map(|seen| seen + 1).or(line.is_empty().then_some(0));
    }
    out.extend_from_slice(b".\r\n");
    out
}

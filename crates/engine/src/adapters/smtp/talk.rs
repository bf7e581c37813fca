//! One connection to a mail server, and exactly how far a mail came over it.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::ClientConfig;

use super::content::Content;
use super::reply::Reply;
use super::{Login, Settings, is_path};
use crate::adapters::net::{Peer, Security};
use crate::ports::{Outgoing, Sent};

/// How long a server that is left may take for what it still says.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A connection that may send mails, one after another.
pub(super) struct Talk {
    peer: Peer,
    features: Features,
    /// Mails tried so far.
    pub(super) tried: u32,
    pub(super) used_at: Instant,
}

/// What the server's EHLO offered.
#[derive(Default)]
struct Features {
    pipelining: bool,
    eight_bit: bool,
    start_tls: bool,
    size_max: Option<usize>,
    plain: bool,
    login: bool,
}

/// What became of a mail, and of the connection it was tried on.
pub(super) struct Outcome {
    pub(super) sent: Sent,
    /// Whether the connection can be used again.
    pub(super) usable: bool,
    /// Whether the connection had died, or its server was tired of it, before it was given the mail: a new one may do better.
    pub(super) stale: bool,
}

fn later(what: &str, error: &io::Error) -> Sent {
    Sent::Later { code: None, reply: format!("{what}: {error}") }
}

/// The mail was surely not sent, and the connection cannot be used again.
fn broken(what: &str, error: &io::Error) -> Outcome {
    Outcome { sent: later(what, error), usable: false, stale: true }
}

fn out_of_step(what: &'static str) -> Outcome {
    broken("the server does not keep to SMTP", &io::Error::new(io::ErrorKind::InvalidData, what))
}

impl Talk {
    /// Connects, greets, turns to TLS and logs in, as the settings say. Nothing here is about a mail: all of it may be tried again.
    pub(super) fn begin(settings: &Settings, tls: &Arc<ClientConfig>) -> Result<Self, Sent> {
        let (host, port, limits) = (settings.host.as_str(), settings.port, &settings.limits);
        let at = format!("{host}:{port}");
        let peer = Peer::connect(host, port, limits.connect).map_err(|error| later(&format!("no connection to {at}"), &error))?;
        let mut talk = Self { peer, features: Features::default(), tried: 0, used_at: Instant::now() };
        if settings.security == Security::Tls {
            talk.secure(settings, tls)?;
        }
        talk.peer.patience(limits.greeting).map_err(|error| later(&at, &error))?;
        let greeting = Reply::read(&mut talk.peer, limits.greeting).map_err(|error| later(&format!("no greeting from {at}"), &error))?;
        expect(&at, "greets with", &greeting)?;
        talk.hello(settings)?;
        if settings.security == Security::StartTls {
            if !talk.features.start_tls {
                let reply =
                    format!("{at} does not offer STARTTLS, and nothing is sent without; use `tls` if the port speaks it from the start");
                return Err(Sent::Later { code: None, reply });
            }
            let answer = talk.ask(settings, "STARTTLS\r\n")?;
            expect(&at, "answers STARTTLS with", &answer)?;
            talk.secure(settings, tls)?;
            talk.hello(settings)?;
        }
        if let Some(login) = &settings.login {
            talk.login(settings, login)?;
        }
        Ok(talk)
    }

    fn secure(&mut self, settings: &Settings, tls: &Arc<ClientConfig>) -> Result<(), Sent> {
        let done = self.peer.secure(&settings.host, Arc::clone(tls));
        done.map_err(|error| later(&format!("no TLS with {}:{}", settings.host, settings.port), &error))
    }

    fn ask(&mut self, settings: &Settings, command: &str) -> Result<Reply, Sent> {
        let answer = self.peer.patience(settings.limits.command).and_then(|()| self.peer.write(command.as_bytes()));
        let answer = answer.and_then(|()| Reply::read(&mut self.peer, settings.limits.command));
        answer.map_err(|error| later(&format!("no answer from {}:{}", settings.host, settings.port), &error))
    }

    fn hello(&mut self, settings: &Settings) -> Result<(), Sent> {
        let answer = self.ask(settings, &format!("EHLO {}\r\n", settings.hello))?;
        expect(&settings.host, "answers EHLO with", &answer)?;
        self.features = Features::default();
        for line in answer.lines.iter().skip(1) {
            let mut words = line.split(' ').map(str::to_ascii_uppercase);
            match words.next().unwrap_or_default().as_str() {
                "PIPELINING" => self.features.pipelining = true,
                "8BITMIME" => self.features.eight_bit = true,
                "STARTTLS" => self.features.start_tls = true,
                "SIZE" => self.features.size_max = words.next().and_then(|size| size.parse().ok()).filter(|size| *size > 0),
                "AUTH" => {
                    for word in words {
                        self.features.plain |= word == "PLAIN";
                        self.features.login |= word == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn login(&mut self, settings: &Settings, login: &Login) -> Result<(), Sent> {
        let (user, password) = (&login.user, login.password.expose());
        let answer = if self.features.plain {
            let word = BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
            self.ask(settings, &format!("AUTH PLAIN {word}\r\n"))?
        } else if self.features.login {
            let mut answer = self.ask(settings, "AUTH LOGIN\r\n")?;
            for word in [user.as_str(), password] {
                if answer.code == 334 {
                    answer = self.ask(settings, &format!("{}\r\n", BASE64_STANDARD.encode(word)))?;
                }
            }
            answer
        } else {
            let reply = format!("{} offers no login by PLAIN or LOGIN; some servers do only after STARTTLS, or need none", settings.host);
            return Err(Sent::Later { code: None, reply });
        };
        expect(&settings.host, "answers the login with", &answer)
    }

    /// Sends one mail. How far it came decides what the answer means.
    pub(super) fn send(&mut self, settings: &Settings, mail: &Outgoing, content: &Content) -> Outcome {
        self.tried += 1;
        let outcome = match self.open(settings, mail, content) {
            Ok(()) => self.hand_over(settings, content),
            Err(Outcome { usable: true, sent, .. }) => Outcome { usable: self.reset(settings), sent, stale: false },
            Err(outcome) => outcome,
        };
        self.used_at = Instant::now();
        outcome
    }

    /// Brings the transaction to the point at which the server waits for the mail.
    fn open(&mut self, settings: &Settings, mail: &Outgoing, content: &Content) -> Result<(), Outcome> {
        let unfit = |reply: String| Outcome { sent: Sent::Refused { code: None, reply }, usable: true, stale: false };
        let max = self.features.size_max.unwrap_or(usize::MAX);
        if content.size > max {
            return Err(unfit(format!("the mail has {} bytes, and the server takes {max}", content.size)));
        }
        if content.eight_bit && !self.features.eight_bit {
            return Err(unfit("the mail has 8-bit text, which the server does not take".to_owned()));
        }
        if !self.peer.is_quiet() {
            return Err(out_of_step("it speaks before it is asked"));
        }
        let size = if self.features.size_max.is_some() { format!(" SIZE={}", content.size) } else { String::new() };
        let body = if content.eight_bit { " BODY=8BITMIME" } else { "" };
        let mut commands = vec![format!("MAIL FROM:<{}>{size}{body}\r\n", mail.from), format!("RCPT TO:<{}>\r\n", mail.to)];
        commands.extend(mail.copies.iter().filter(|copy| is_path(copy)).map(|copy| format!("RCPT TO:<{copy}>\r\n")));
        let optional = 2..commands.len();
        commands.push("DATA\r\n".to_owned());
        let exchanged = self.exchange(settings, &commands, optional);
        let (replies, alive) = exchanged.map_err(|error| broken("no answer before the mail was sent", &error))?;
        let refused = match replies.as_slice() {
            [mail, rcpt, .., data] if mail.is_done() && rcpt.is_done() && data.code == 354 => return Ok(()),
            [mail, rcpt, ..] if mail.is_done() && rcpt.is_done() && !alive => return Err(out_of_step("it hangs up on a copy")),
            [mail, ..] if !mail.is_done() => mail,
            [_, rcpt, ..] if !rcpt.is_done() => rcpt,
            [.., last] => last,
            [] => return Err(out_of_step("it says nothing")),
        };
        // A server that waits for a mail in spite of a refusal cannot be told apart from one that will take it.
        let waits = replies.iter().any(|reply| reply.code == 354);
        let leaves = replies.iter().any(|reply| reply.code == 421);
        let usable = matches!(refused.code, 400..=599) && alive && !waits && !leaves;
        Err(Outcome { sent: refused.refusal(), usable, stale: leaves })
    }

    /// Ends a transaction that was refused half-way; says whether another can begin.
    fn reset(&mut self, settings: &Settings) -> bool {
        self.ask(settings, "RSET\r\n").is_ok_and(|reply| reply.is_done())
    }

    /// Sends the mail and then its end. Up to the end the server surely has not taken it; from there on only its answer tells.
    fn hand_over(&mut self, settings: &Settings, content: &Content) -> Outcome {
        let limits = &settings.limits;
        if !self.peer.is_quiet() {
            return out_of_step("it answers before it has the mail");
        }
        let handed = self.peer.patience(limits.content).and_then(|()| self.peer.write(&content.bytes));
        // The last moment to notice that the server is gone: once the end is out, nobody can tell whether it was heard.
        if let Err(error) = handed.and_then(|()| self.peer.listen()) {
            // It may have said why it hung up.
            let said = Reply::read(&mut self.peer, LAST_WORDS).ok().filter(|reply| matches!(reply.code, 400..=599));
            let sent = said.map_or_else(|| later("the connection broke before the end of the mail", &error), |reply| reply.refusal());
            return Outcome { sent, usable: false, stale: false };
        }
        let answer = self.peer.write(b".\r\n").and_then(|()| Reply::read(&mut self.peer, limits.end));
        match answer {
            Err(error) => {
                let why = format!("the whole mail was sent and no answer came: {error}");
                Outcome { sent: Sent::Unknown { why }, usable: false, stale: false }
            }
            Ok(reply) if reply.is_done() => Outcome { sent: Sent::Accepted { reply: reply.text() }, usable: true, stale: false },
            Ok(reply) if matches!(reply.code, 400..=599) => Outcome { sent: reply.refusal(), usable: reply.code != 421, stale: false },
            Ok(reply) => {
                let why = format!("the whole mail was sent and the answer is no answer: {}", reply.text());
                Outcome { sent: Sent::Unknown { why }, usable: false, stale: false }
            }
        }
    }

    /// Says good-bye without waiting for the answer.
    pub(super) fn quit(mut self) {
        drop(self.peer.patience(LAST_WORDS).and_then(|()| self.peer.write(b"QUIT\r\n")));
    }

    /// Sends commands together if the server allows it (RFC 2920), else one by one up to the first refusal of one that is not
    /// optional. With the answers, whether the server still talks: one that hangs up after a refusal has said what matters.
    fn exchange(&mut self, settings: &Settings, commands: &[String], optional: Range<usize>) -> io::Result<(Vec<Reply>, bool)> {
        let patience = settings.limits.command;
        self.peer.patience(patience)?;
        let together = self.features.pipelining;
        if together {
            self.peer.write(commands.concat().as_bytes())?;
        }
        let mut replies: Vec<Reply> = Vec::with_capacity(commands.len());
        for command in commands {
            let refused = replies.last().is_some_and(|reply| reply.code >= 400);
            let matters = !optional.contains(&replies.len().saturating_sub(1));
            if refused && matters && !together {
                break;
            }
            let sent = if together { Ok(()) } else { self.peer.write(command.as_bytes()) };
            match sent.and_then(|()| Reply::read(&mut self.peer, patience)) {
                Ok(reply) => replies.push(reply),
                Err(_) if replies.iter().any(|reply| reply.code >= 400) => return Ok((replies, false)),
                Err(error) => return Err(error),
            }
        }
        Ok((replies, true))
    }
}

fn expect(who: &str, verb: &str, reply: &Reply) -> Result<(), Sent> {
    if reply.is_done() {
        return Ok(());
    }
    Err(Sent::Later { code: Some(reply.code), reply: format!("{who} {verb} {}", reply.text()) })
}

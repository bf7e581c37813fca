//! E-mail over SMTP: the [`Mailer`] port.
//!
//! Why a client of our own: SMTP has no key that would make a second try harmless, so everything hangs on knowing whether
//! the end of a mail may have reached the server. A library that reports one error for all of `DATA` cannot say.
//!
//! Deliberately absent: queues and retries (the outbox's), DKIM and direct delivery (the relay's).

mod content;
mod reply;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;

use super::net::{Roots, Security, is_host, is_this_machine};
use crate::ports::{Mailer, Outgoing, Sent};
use crate::secret::Secret;

use content::Content;
use talk::Talk;

/// Where mail is handed over.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The relay's name, as its certificate has it, or its address.
    pub host: String,
    /// 587 with STARTTLS, 465 with TLS, 25 for a relay on this machine.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who may have signed the relay's certificate.
    pub roots: Roots,
    /// Who we are to the relay, if it asks.
    pub login: Option<Login>,
    /// What this machine calls itself: a domain, or an address in brackets.
    pub hello: String,
    /// How long each part may take.
    pub limits: Limits,
    /// After so many mails a connection is closed and a new one opened: relays count.
    pub mails_max: u32,
    /// A connection that was not used for so long is not tried again.
    pub idle_max: Duration,
}

impl Settings {
    /// Settings with the usual limits, the public authorities and no login.
    #[must_use]
    pub fn new(host: &str, port: u16, security: Security, hello: &str) -> Self {
        Self {
            host: host.to_owned(),
            port,
            security,
            roots: Roots::Public,
            login: None,
            hello: hello.to_owned(),
            limits: Limits::default(),
            mails_max: 1_000,
            idle_max: Duration::from_secs(30),
        }
    }
}

/// User and password.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// How long each part of a talk may take. RFC 5321 §4.5.3.2 asks for patience at the end: a client that hangs up early does
/// not know what became of its mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Until the connection stands, per address of the host.
    pub connect: Duration,
    /// Until the server greets.
    pub greeting: Duration,
    /// Per answer to a command.
    pub command: Duration,
    /// For all of the mail's content.
    pub content: Duration,
    /// For the answer to the mail's end.
    pub end: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(15), greeting: seconds(60), command: seconds(60), content: seconds(180), end: seconds(600) }
    }
}

/// Settings with which no mail can be sent.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadSettings {
    /// The host is no name.
    #[error("`{0}` is not the name of a mail server; write a domain such as `smtp.example.com`")]
    Host(String),
    /// The name for EHLO is none.
    #[error("`{0}` is not a name for this machine; write a domain such as `billing.example.com`")]
    Hello(String),
    /// The password would be readable on its way.
    #[error("the password would go to {0} unprotected; use `starttls` (port 587) or `tls` (port 465)")]
    OpenPassword(String),
    /// User or password cannot be sent.
    #[error("user and password must not be empty or hold control characters")]
    Login,
    /// A limit of no time.
    #[error("a time limit must be longer than zero")]
    Limit,
    /// The authorities are not usable.
    #[error("{0}")]
    Roots(String),
}

/// The mailer. It keeps one connection open between mails.
pub struct Smtp {
    settings: Settings,
    tls: Arc<ClientConfig>,
    talk: Option<Talk>,
}

impl Smtp {
    /// Checks the settings; connects only when there is a mail.
    ///
    /// # Errors
    /// [`BadSettings`] says what to write instead.
    pub fn new(settings: Settings) -> Result<Self, BadSettings> {
        if !is_host(&settings.host) {
            return Err(BadSettings::Host(settings.host));
        }
        if !is_host(&settings.hello) {
            return Err(BadSettings::Hello(settings.hello));
        }
        if let Some(login) = &settings.login {
            let word = |text: &str| !text.is_empty() && !text.contains(char::is_control);
            if !word(&login.user) || !word(login.password.expose()) {
                return Err(BadSettings::Login);
            }
            if settings.security == Security::Plain && !is_this_machine(&settings.host) {
                return Err(BadSettings::OpenPassword(settings.host));
            }
        }
        let Limits { connect, greeting, command, content, end } = settings.limits;
        if [connect, greeting, command, content, end].iter().any(Duration::is_zero) {
            return Err(BadSettings::Limit);
        }
        let tls = settings.roots.client().map_err(BadSettings::Roots)?;
        Ok(Self { settings, tls, talk: None })
    }

    /// Connects, greets and logs in without sending anything: for `regua doctor`.
    ///
    /// # Errors
    /// What the server, or the way to it, says.
    pub fn greet(&mut self) -> Result<(), Sent> {
        self.talk = Some(Talk::begin(&self.settings, &self.tls)?);
        Ok(())
    }

    /// The open connection, if it is still worth a try.
    fn take(&mut self) -> Option<Talk> {
        let talk = self.talk.take()?;
        if talk.tried < self.settings.mails_max && talk.used_at.elapsed() < self.settings.idle_max {
            return Some(talk);
        }
        talk.quit();
        None
    }
}

impl Mailer for Smtp {
    fn send(&mut self, mail: &Outgoing) -> Sent {
        let unfit = |reply: &str| Sent::Refused { code: None, reply: reply.to_owned() };
        if !mail.from.is_empty() && !is_path(&mail.from) {
            return unfit("the sender's address cannot be written in SMTP");
        }
        if !is_path(&mail.to) {
            return unfit("the recipient's address cannot be written in SMTP");
        }
        let content = Content::of(&mail.bytes);
        loop {
            let (mut talk, reused) = match self.take() {
                Some(talk) => (talk, true),
                None => match Talk::begin(&self.settings, &self.tls) {
                    Ok(talk) => (talk, false),
                    Err(sent) => return sent,
                },
            };
            let outcome = talk.send(&self.settings, mail, &content);
            if outcome.usable {
                self.talk = Some(talk);
            }
            // Servers close connections that waited; the mail was not sent, so a new one takes it.
            if !(outcome.stale && reused) {
                return outcome.sent;
            }
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        if let Some(talk) = self.talk.take() {
            talk.quit();
        }
    }
}

/// An address that can stand between `<` and `>` without ending the command.
fn is_path(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"<>".contains(&byte);
    address.len() <= 320 && address.contains('@') && address.bytes().all(plain)
}

#[cfg(test)]
mod tests;

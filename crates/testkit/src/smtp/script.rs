//! What goes wrong, when, and how: the script of a sink.

use std::sync::Arc;
use std::time::Duration;

/// Called at a stage with the number of the transaction.
pub(super) type Hook = Arc<dyn Fn(Stage, u64) + Send + Sync>;

/// Where a client is in its talk with the server. Each begins when the server has the client's bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    /// Connected; the greeting comes next.
    Connect,
    /// `EHLO` or `HELO`.
    Hello,
    /// `STARTTLS`.
    StartTls,
    /// `AUTH`, with everything that belongs to it.
    Auth,
    /// `MAIL FROM`: a transaction begins.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`.
    Data,
    /// The first line of the mail.
    Body,
    /// The line with the final dot: the far side has the mail, whatever it answers.
    Dot,
    /// `RSET`.
    Reset,
    /// `NOOP`.
    Noop,
    /// `QUIT`.
    Quit,
}

impl Stage {
    /// Every stage in the order of a talk.
    pub const ALL: &[Self] = &[
        Self::Connect,
        Self::Hello,
        Self::StartTls,
        Self::Auth,
        Self::Mail,
        Self::Rcpt,
        Self::Data,
        Self::Body,
        Self::Dot,
        Self::Reset,
        Self::Noop,
        Self::Quit,
    ];
}

/// What the server does in place of the usual answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// Answers this: `Reply(450, "4.2.1 later")`.
    Reply(u16, &'static str),
    /// Answers this and closes the connection, as a server does with 421.
    ReplyAndDrop(u16, &'static str),
    /// Answers as usual and closes the connection.
    AnswerAndDrop,
    /// Closes the connection without an answer.
    Drop,
    /// Never answers, until the client goes away.
    Silence,
    /// Waits, then answers as usual.
    Delay(Duration),
    /// Answers as usual, one byte at a time with this wait before each.
    Slowly(Duration),
    /// Sends these bytes in place of an answer.
    Raw(Vec<u8>),
}

impl Act {
    /// Whether the final dot was answered with a refusal; anything else is a mail that the far side has.
    pub(super) fn refuses(&self) -> bool {
        match self {
            Self::Reply(code, _) | Self::ReplyAndDrop(code, _) => *code >= 400,
            Self::AnswerAndDrop | Self::Drop | Self::Silence | Self::Delay(_) | Self::Slowly(_) | Self::Raw(_) => false,
        }
    }
}

/// One thing that goes wrong at a stage. All conditions must hold; the first fault that fits is taken.
///
/// ```
/// # use regua_testkit::smtp::{Act, Fault, Stage};
/// let greylisted = Fault::at(Stage::Rcpt, Act::Reply(451, "4.7.1 come back")).to("ana@example.com").times(2);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    stage: Stage,
    act: Act,
    nth: Option<u64>,
    every: Option<u64>,
    to: Option<String>,
    times: Option<u64>,
}

impl Fault {
    /// A fault that happens whenever the stage is reached.
    #[must_use]
    pub const fn at(stage: Stage, act: Act) -> Self {
        Self { stage, act, nth: None, every: None, to: None, times: None }
    }

    /// Only in the transaction of this number, counted from 0 over all connections (before `MAIL`: in this connection).
    #[must_use]
    pub fn nth(self, nth: u64) -> Self {
        Self { nth: Some(nth), ..self }
    }

    /// Only in each transaction whose number is a multiple of `every`.
    #[must_use]
    pub fn every(self, every: u64) -> Self {
        Self { every: Some(every.max(1)), ..self }
    }

    /// Only towards this recipient: from `RCPT` on, when the address is among those of the transaction.
    #[must_use]
    pub fn to(self, address: &str) -> Self {
        Self { to: Some(address.to_owned()), ..self }
    }

    /// At most so often.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    /// What to do if this fault fits, and counts it.
    pub(super) fn strikes(&mut self, stage: Stage, n: u64, recipients: &[String]) -> Option<Act> {
        let fits = self.stage == stage
            && self.nth.is_none_or(|nth| nth == n)
            && self.every.is_none_or(|every| n.is_multiple_of(every))
            && self.to.as_ref().is_none_or(|to| recipients.contains(to));
        if !fits {
            return None;
        }
        match &mut self.times {
            Some(0) => return None,
            Some(left) => *left -= 1,
            None => {}
        }
        Some(self.act.clone())
    }
}

//! What an account has: senders, messages and what becomes of them, who said stop.
//!
//! Deliberately absent: reading requests.

use std::collections::BTreeSet;

use base64::Engine as _;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::hooks::Hooks;
use crate::serve::{Ask, Reply};

/// Seconds until each try of a callback: the provider tries again soon, and not for long.
const LADDER: &[i64] = &[0, 2, 15];

/// An account. Its token does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// `AC…`
    pub sid: String,
    /// The password of basic authentication, and the key of signatures.
    pub token: String,
    /// Numbers that send.
    pub numbers: Vec<String>,
    /// A service that sends from any of them.
    pub service: String,
    /// Whether nothing goes out.
    pub suspended: bool,
    /// Beginnings of numbers that may be sent to; empty for all.
    pub countries: Vec<String>,
    /// Where messages of people are posted.
    pub inbound: Option<String>,
    /// Whether `OptOutType` is told, as services with advanced opt-out do.
    pub tells_opt_out: bool,
}

impl Account {
    /// An account that may send everywhere.
    #[must_use]
    pub fn new(sid: &str, token: &str, numbers: &[&str], service: &str) -> Self {
        Self {
            sid: sid.to_owned(),
            token: token.to_owned(),
            numbers: numbers.iter().map(|&number| number.to_owned()).collect(),
            service: service.to_owned(),
            suspended: false,
            countries: Vec::new(),
            inbound: None,
            tells_opt_out: false,
        }
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.sid)
    }
}

/// A message as the account holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// `SM…`
    pub sid: String,
    /// Whose: its place among the accounts.
    pub account: usize,
    /// From which number.
    pub from: String,
    /// By which service.
    pub service: Option<String>,
    /// To whom.
    pub to: String,
    /// What.
    pub body: String,
    /// How far it came.
    pub status: String,
    /// Why not further.
    pub error: Option<u32>,
    /// Where its statuses are posted.
    pub callback: Option<String>,
    /// When it was taken.
    pub at: i64,
    /// What it becomes, and when.
    pub(crate) future: Vec<(i64, &'static str, Option<u32>)>,
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) accounts: Vec<Account>,
    pub(crate) messages: Vec<Message>,
    pub(crate) hooks: Hooks,
    pub(crate) latency: (i64, i64),
    pub(crate) queue: usize,
    pub(crate) made: u64,
    per_second: u32,
    asked: (i64, u32),
    stopped: BTreeSet<(String, String)>,
}

impl State {
    pub(crate) fn new(clock: Clock, accounts: Vec<Account>, latency: (i64, i64), per_second: u32, queue: usize) -> Self {
        Self {
            clock,
            accounts,
            messages: Vec::new(),
            hooks: Hooks::new(LADDER),
            latency,
            queue,
            made: 0,
            per_second,
            asked: (0, 0),
            stopped: BTreeSet::new(),
        }
    }

    /// A new name of a thing: two letters and 32 digits.
    pub(crate) fn id(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}{:032x}", self.made)
    }

    /// Whose request it is: basic authentication with the account and its token, or with a key's.
    pub(crate) fn enter(&mut self, ask: &Ask, account: &str) -> Result<usize, Box<Reply>> {
        let said = ask.header("authorization").and_then(|header| header.strip_prefix("Basic "));
        let said = said.and_then(|pair| base64::engine::general_purpose::STANDARD.decode(pair).ok());
        let place = self.accounts.iter().position(|known| {
            let pair = format!("{}:{}", known.sid, known.token);
            known.sid == account && said.as_deref() == Some(pair.as_bytes())
        });
        let place = place.ok_or_else(|| wrong(401, 20_003, "Authenticate"))?;
        let now = self.clock.now();
        self.asked = if self.asked.0 == now { (now, self.asked.1 + 1) } else { (now, 1) };
        if self.per_second > 0 && self.asked.1 > self.per_second {
            return Err(wrong(429, 20_429, "Too Many Requests"));
        }
        Ok(place)
    }

    /// Somebody said stop to a sender, or takes it back. A number of a service speaks for the service.
    pub(crate) fn stop(&mut self, sender: &str, to: &str, stop: bool) {
        let pair = (self.service_of(sender), to.to_owned());
        if stop {
            self.stopped.insert(pair);
        } else {
            self.stopped.remove(&pair);
        }
    }

    pub(crate) fn is_stopped(&self, sender: &str, to: &str) -> bool {
        self.stopped.contains(&(self.service_of(sender), to.to_owned()))
    }

    fn service_of(&self, sender: &str) -> String {
        let of = self.accounts.iter().find(|account| account.numbers.iter().any(|number| number == sender));
        of.map_or_else(|| sender.to_owned(), |account| account.service.clone())
    }

    /// Everything becomes what it is by now, and what is to be told is put on its way.
    pub(crate) fn advance(&mut self) {
        let now = self.clock.now();
        let mut told = Vec::new();
        for message in &mut self.messages {
            while let Some((at, status, error)) = message.future.first().copied().filter(|(at, ..)| *at <= now) {
                message.future.remove(0);
                status.clone_into(&mut message.status);
                message.error = error;
                if let Some(url) = &message.callback {
                    let event = format!("{}:{status}", message.sid);
                    told.push((at, event, url.clone(), message.account, callback(message, &self.accounts)));
                }
            }
        }
        told.sort_by_key(|(at, ..)| *at);
        for (at, event, url, account, body) in told {
            self.hooks.push(&event, &url, account, body, at);
        }
    }
}

/// What is posted of a message's status.
fn callback(message: &Message, accounts: &[Account]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("SmsSid", &message.sid).append_pair("SmsStatus", &message.status).append_pair("MessageStatus", &message.status);
    form.append_pair("To", &message.to).append_pair("MessageSid", &message.sid);
    form.append_pair("AccountSid", accounts.get(message.account).map_or("", |account| &account.sid));
    form.append_pair("From", &message.from).append_pair("ApiVersion", "2010-04-01");
    if let Some(service) = &message.service {
        form.append_pair("MessagingServiceSid", service);
    }
    if let Some(error) = message.error {
        form.append_pair("ErrorCode", &error.to_string());
    }
    form.finish().into_bytes()
}

/// A refusal as the provider words it.
pub(crate) fn wrong(status: u16, code: u32, message: &str) -> Box<Reply> {
    let more = format!("https://www.twilio.com/docs/errors/{code}");
    let body: Value = json!({"code": code, "message": message, "more_info": more, "status": status});
    Box::new(Reply::json(status, &body))
}

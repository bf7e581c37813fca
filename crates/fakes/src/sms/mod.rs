//! A provider of SMS of our own: an account behind HTTP that behaves as Twilio's pages say, with a clock that a test sets.
//!
//! Read from Twilio's documentation, not from `wire`. Magic numbers: those of Twilio's test credentials (`+15005550001` and so on)
//! are refused as there; a number that ends in `30003` … `30008` or another code of a carrier is taken and not delivered for that
//! code; one that ends in `40000` stays `sent`. Deliberately absent: pictures, schedules, and paging of lists.

mod messages;
mod state;

use serde_json::Value;

pub use state::{Account, Message};

use crate::client::{Client, PATIENCE};
use crate::clock::Clock;
use crate::faults::{Faults, Rule};
use crate::hooks::{Hook, Order, Sent, send_as};
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use state::{State, wrong};

/// The account, unless a script says others.
pub const ACCOUNT: &str = "ACfake0000000000000000000000000001";
/// Its token, unless a script says others.
pub const TOKEN: &str = "fake-token";
/// Its number, unless a script says others.
pub const NUMBER: &str = "+15005550006";
/// Its messaging service, unless a script says others.
pub const SERVICE: &str = "MGfake0000000000000000000000000001";

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Seconds until a message is `sent`, and from then until it has arrived or not.
    pub latency: (i64, i64),
    /// Requests that an account may make in one second; 0 for any number.
    pub per_second: u32,
    /// Messages that wait before a sender's queue is full.
    pub queue: usize,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: 1_796_040_000,
            running: false,
            port: 0,
            accounts: vec![Account::new(ACCOUNT, TOKEN, &[NUMBER], SERVICE)],
            latency: (1, 3),
            per_second: 0,
            queue: 10_000,
            faults: Faults::default(),
        }
    }
}

/// A running fake.
#[derive(Debug)]
pub struct FakeSms {
    server: Server<State>,
}

impl FakeSms {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let state = State::new(clock.clone(), script.accounts, script.latency, script.per_second, script.queue);
        Ok(Self { server: Server::start(script.port, state, script.faults, clock, None)? })
    }

    /// `http://127.0.0.1:port`; paths begin with `/2010-04-01`.
    #[must_use]
    pub fn base(&self) -> String {
        self.server.base()
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.server.stop();
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.server.clock()
    }

    /// One more thing that goes wrong.
    pub fn fault(&self, rule: Rule) {
        self.server.faults(|faults| faults.add(rule));
    }

    /// Changes what goes wrong.
    pub fn faults<R>(&self, work: impl FnOnce(&mut Faults) -> R) -> R {
        self.server.faults(work)
    }

    /// Every request.
    #[must_use]
    pub fn log(&self) -> Log {
        self.server.log()
    }

    /// Every message that was taken, in the order in which they came.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.server.with(|state| {
            state.advance();
            state.messages.clone()
        })
    }

    /// Changes an account: suspends it, takes its countries away, tells it where messages of people go.
    pub fn account<R>(&self, sid: &str, work: impl FnOnce(&mut Account) -> R) -> Option<R> {
        self.server.with(|state| state.accounts.iter_mut().find(|account| account.sid == sid).map(work))
    }

    /// Somebody writes to a number of an account; what a carrier takes for stop or start is done at once. The id of the message.
    ///
    /// # Errors
    /// When no account has the number.
    pub fn write(&self, from: &str, to: &str, text: &str) -> Result<String, String> {
        self.server.with(|state| messages::inbound(state, from, to, text))
    }

    /// Whether somebody said stop to a number or its service.
    #[must_use]
    pub fn stopped(&self, sender: &str, to: &str) -> bool {
        self.server.with(|state| state.is_stopped(sender, to))
    }

    /// Posts what is due, each once, and tells what was answered.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn deliver(&self, order: Order) -> Result<Vec<Sent>, String> {
        let client = Client::plain(PATIENCE)?;
        let now = self.server.clock().now();
        let due = self.server.with(|state| {
            state.advance();
            state.hooks.due(now, order)
        });
        let mut sent = Vec::with_capacity(due.len());
        for hook in due {
            let token = self.server.with(|state| state.accounts.get(hook.target).map(|account| account.token.clone()));
            let header = ("x-twilio-signature".to_owned(), signature(&token.unwrap_or_default(), &hook.url, &hook.body));
            let one = send_as(&client, &hook, "application/x-www-form-urlencoded; charset=UTF-8", &[header]);
            self.server.with(|state| state.hooks.settle(hook.number, one.taken(), now));
            sent.push(one);
        }
        Ok(sent)
    }

    /// Everything that was posted waits again.
    pub fn deliver_again(&self) {
        let now = self.server.clock().now();
        self.server.with(|state| state.hooks.again(now));
    }

    /// Everything that was or will be posted.
    #[must_use]
    pub fn hooks(&self) -> Vec<Hook> {
        self.server.with(|state| state.hooks.all().to_vec())
    }
}

/// What `X-Twilio-Signature` says of a form posted to an address: HMAC-SHA1 of the address and, by name, each name and its value.
#[must_use]
pub fn signature(token: &str, url: &str, form: &[u8]) -> String {
    use base64::Engine as _;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut fields: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    let text = fields.iter().fold(url.to_owned(), |text, (name, value)| text + name + value);
    let Ok(mac) = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()) else { return String::new() };
    base64::engine::general_purpose::STANDARD.encode(mac.chain_update(text).finalize().into_bytes())
}

impl Service for State {
    fn answer(&mut self, ask: &Ask) -> Reply {
        self.advance();
        match act(self, ask) {
            Ok((status, value)) => Reply::json(status, &value),
            Err(reply) => *reply,
        }
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(wait) => {
                let reply = *wrong(429, 20_429, "Too Many Requests");
                match wait {
                    Some(wait) => reply.with("retry-after", &wait.to_string()),
                    None => reply,
                }
            }
            Refusal::Broken(503) => *wrong(503, 20_503, "Service unavailable"),
            Refusal::Broken(status) => *wrong(status, 20_500, "Internal Server Error"),
        }
    }
}

fn act(state: &mut State, ask: &Ask) -> Result<(u16, Value), Box<Reply>> {
    let parts = ask.parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let ["2010-04-01", "Accounts", account, rest @ ..] = parts.as_slice() else { return Err(unknown(ask)) };
    let place = state.enter(ask, account)?;
    match (ask.verb.as_str(), rest) {
        ("POST", ["Messages.json"]) => messages::create(state, place, &ask.body).map(|message| (201, message)),
        ("GET", ["Messages.json"]) => Ok((200, messages::list(state, place, ask))),
        ("GET", ["Messages", name]) => {
            let sid = name.strip_suffix(".json").ok_or_else(|| unknown(ask))?;
            messages::one(state, place, sid).map(|message| (200, message)).ok_or_else(|| unknown(ask))
        }
        _ => Err(unknown(ask)),
    }
}

fn unknown(ask: &Ask) -> Box<Reply> {
    wrong(404, 20_404, &format!("The requested resource {} was not found", ask.path))
}

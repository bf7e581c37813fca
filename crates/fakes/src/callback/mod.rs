//! A carrier of our own for voice, letters and anything: it takes signed messages, and tells what became of them.
//!
//! Written from the specification of Standard Webhooks, not from `wire`. Magic endings of an address: `#bad_address`, `#opted_out`,
//! `#other_channel`, `#later` are refused with 422, `#fails` is taken and told as failed, `#silent` is taken and never told of, `#read`
//! is told as read. Deliberately absent: a telephone and a printer.

mod state;

use serde_json::{Value, json};

pub use state::{Message, sign};

use crate::client::{Client, PATIENCE};
use crate::clock::{Clock, rfc3339};
use crate::faults::{Faults, Rule};
use crate::hooks::{Hook, Order, Sent, send};
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use state::State;

/// The secret of both sides, unless a script says another.
pub const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// The secret that signs, both ways.
    pub secret: String,
    /// Where statuses and answers go.
    pub status: Option<String>,
    /// Seconds until a message is `sent`, and from then until it has arrived or not.
    pub latency: (i64, i64),
    /// Messages that it takes in one second; 0 for any number.
    pub per_second: usize,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: 1_796_040_000,
            running: false,
            port: 0,
            secret: SECRET.to_owned(),
            status: None,
            latency: (1, 5),
            per_second: 0,
            faults: Faults::default(),
        }
    }
}

/// A running fake.
#[derive(Debug)]
pub struct FakeCallback {
    server: Server<State>,
}

impl FakeCallback {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had, or its secret is none.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let (port, faults) = (script.port, script.faults.clone());
        let state = State::new(clock.clone(), script).ok_or_else(|| std::io::Error::other("the secret is none"))?;
        Ok(Self { server: Server::start(port, state, faults, clock, None)? })
    }

    /// `http://127.0.0.1:port`; any path takes messages.
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

    /// Every message that was taken, each once, in the order in which they came.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        self.server.with(|state| {
            state.advance();
            state.messages.clone()
        })
    }

    /// Where statuses and answers go from now on.
    pub fn status(&self, url: &str) {
        self.server.with(|state| state.status = Some(url.to_owned()));
    }

    /// The carrier wants no more messages: 410 from now on; or wants them again.
    pub fn closed(&self, closed: bool) {
        self.server.with(|state| state.closed = closed);
    }

    /// Somebody answers, to a message or out of the blue.
    pub fn reply(&self, from: &str, text: &str, message: Option<&str>) {
        self.server.with(|state| {
            let mut data = json!({"from": from, "text": text});
            if let (Some(fields), Some(message)) = (data.as_object_mut(), message) {
                fields.insert("message".to_owned(), json!(message));
            }
            state.tell("message.reply", &data);
        });
    }

    /// Posts what is due, each once, and tells what was answered.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn deliver(&self, order: Order) -> Result<Vec<Sent>, String> {
        let client = Client::plain(PATIENCE)?;
        let now = self.server.clock().now();
        let (due, key) = self.server.with(|state| {
            state.advance();
            (state.hooks.due(now, order), state.key.clone())
        });
        let mut sent = Vec::with_capacity(due.len());
        for hook in due {
            let signature = sign(&key, &hook.event, now, &hook.body);
            let headers = [("webhook-id", hook.event.clone()), ("webhook-timestamp", now.to_string()), ("webhook-signature", signature)];
            let one = send(&client, &hook, &headers.map(|(name, value)| (name.to_owned(), value)));
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

impl State {
    /// Puts something on its way.
    fn tell(&mut self, kind: &str, data: &Value) {
        let Some(url) = self.status.clone() else { return };
        self.made += 1;
        let (id, now) = (format!("evt_fake{}", self.made), self.clock.now());
        let body = json!({"id": id, "type": kind, "timestamp": rfc3339(now), "data": data});
        self.hooks.push(&id, &url, 0, body.to_string().into_bytes(), now);
    }
}

impl Service for State {
    fn answer(&mut self, ask: &Ask) -> Reply {
        self.advance();
        if ask.verb != "POST" {
            return Reply::empty(405);
        }
        self.take(ask)
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(Some(wait)) => Reply::empty(429).with("retry-after", &wait.to_string()),
            Refusal::Busy(None) => Reply::empty(429),
            Refusal::Broken(status) => Reply::empty(status),
        }
    }
}

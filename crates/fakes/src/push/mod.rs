//! A push service and its browsers of our own: subscriptions behind HTTP that behave as the standards say, with a clock that a test
//! sets. Each browser really opens what it is sent.
//!
//! Written from RFC 8030, 8188, 8291 and 8292, not from `wire`; keys are agreed with another function, and tokens verified by another
//! library. Deliberately absent: receipts, and pushing to a real browser.

mod open;
mod state;
mod vapid;

use serde_json::{Value, json};

pub use state::Received;

use crate::clock::Clock;
use crate::faults::{Faults, Rule};
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use state::{Browser, State};

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// Messages that one subscription takes in a minute; 0 for any number.
    pub per_minute: usize,
    /// From which number the browsers' keys are made.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self { now: 1_796_040_000, running: false, port: 0, per_minute: 0, seed: 1, faults: Faults::default() }
    }
}

/// A running fake.
#[derive(Debug)]
pub struct FakePush {
    server: Server<State>,
}

impl FakePush {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let state = State::new(clock.clone(), script.per_minute, script.seed);
        let this = Self { server: Server::start(script.port, state, script.faults, clock, None)? };
        let base = this.base();
        this.server.with(|state| state.base = base);
        Ok(this)
    }

    /// `http://127.0.0.1:port`: the origin for which tokens are signed.
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

    /// A browser subscribes; what `PushSubscription.toJSON()` gives.
    ///
    /// * `sender` — the `applicationServerKey` of the page: only its holder may send. Anybody may without it.
    ///
    /// # Errors
    /// When the key is no point.
    pub fn subscribe(&self, sender: Option<&str>) -> Result<Value, String> {
        let sender = sender.map(|sender| vapid::point(sender).ok_or("the applicationServerKey is no point of P-256")).transpose()?;
        let base = self.base();
        self.server.with(|state| {
            let browser = Browser::new(state.draw()?, sender)?;
            let token = format!("fake-{}", state.browsers.len() + 1);
            let keys = json!({"p256dh": vapid::encode(&browser.point), "auth": vapid::encode(&browser.secret)});
            let told = json!({"endpoint": format!("{base}/push/{token}"), "expirationTime": null, "keys": keys});
            state.browsers.insert(token, browser);
            Ok(told)
        })
    }

    /// A subscription ends: 410 from now on, or 404 when the service forgot it.
    pub fn end(&self, endpoint: &str, forgotten: bool) {
        self.server.with(|state| {
            if forgotten {
                state.browsers.remove(token(endpoint));
            } else if let Some(browser) = state.browsers.get_mut(token(endpoint)) {
                browser.ended = Some(i64::MIN);
            }
        });
    }

    /// A subscription ends by itself at a moment.
    pub fn end_at(&self, endpoint: &str, moment: i64) {
        self.server.with(|state| {
            if let Some(browser) = state.browsers.get_mut(token(endpoint)) {
                browser.ended = Some(moment);
            }
        });
    }

    /// A browser goes away: what is sent waits until it is back, as long as it may. Back, it takes what still waits.
    pub fn online(&self, endpoint: &str, online: bool) {
        self.server.with(|state| {
            let now = state.clock.now();
            if let Some(browser) = state.browsers.get_mut(token(endpoint)) {
                browser.online = online;
                browser.take(now);
            }
        });
    }

    /// What a browser was shown, in the order in which it came.
    #[must_use]
    pub fn received(&self, endpoint: &str) -> Vec<Received> {
        self.server.with(|state| {
            let now = state.clock.now();
            let browser = state.browsers.get_mut(token(endpoint));
            browser.map_or_else(Vec::new, |browser| {
                browser.take(now);
                browser.received.clone()
            })
        })
    }

    /// How many messages a browser could not open: it drops them without a word, so a sender never knows.
    #[must_use]
    pub fn unopened(&self, endpoint: &str) -> usize {
        self.server.with(|state| state.browsers.get(token(endpoint)).map_or(0, |browser| browser.unopened))
    }
}

fn token(endpoint: &str) -> &str {
    endpoint.rsplit('/').next().unwrap_or_default()
}

impl Service for State {
    fn answer(&mut self, ask: &Ask) -> Reply {
        let parts = ask.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match (ask.verb.as_str(), parts.as_slice()) {
            ("POST", ["push", token]) => self.push(token, ask),
            (_, ["push", _]) => Reply::empty(405),
            _ => Reply::empty(404),
        }
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(wait) => {
                let reply = state::wrong(429, "too many messages");
                match wait {
                    Some(wait) => reply.with("retry-after", &wait.to_string()),
                    None => reply,
                }
            }
            Refusal::Broken(status) => Reply::empty(status),
        }
    }
}

//! A WhatsApp of our own: a business account behind HTTP that behaves as Meta's pages of the Cloud API say, with a clock that a test
//! sets.
//!
//! Read from Meta's documentation, not from `wire`. Magic numbers: one that ends in the six digits of a code is refused with it
//! (`131031`, `131042`, `131000`, `131016`, `131056`, `000368`) or taken and told as failed (`131026`, `131048`, `131049`, `131050`, `130472`,
//! `130497`); one that ends in `000001` is read without having been told as delivered, one in `000002` never arrives. Deliberately
//! absent: files, lists and flows, the limit of people a day, and making templates over HTTP.

mod people;
mod send;
mod state;

use serde_json::{Value, json};

pub use state::{Message, Number, Template};

use crate::client::{Client, PATIENCE};
use crate::clock::Clock;
use crate::faults::{Faults, Rule};
use crate::hooks::{Hook, Order, Sent};
use crate::serve::{Ask, Log, Refusal, Reply, Server, Service};
use state::{State, wrong};

/// The token, unless a script says another.
pub const TOKEN: &str = "EAAfake";
/// The app's secret, which signs webhooks, unless a script says another.
pub const SECRET: &str = "fake-app-secret";
/// What a webhook's address is asked for, unless a script says another.
pub const VERIFY: &str = "fake-verify-token";
/// The id of the number that sends, unless a script says others.
pub const NUMBER: &str = "106540352242922";
/// The id of the account.
pub const ACCOUNT: &str = "102290129340398";

/// How a fake begins.
#[derive(Clone, Debug)]
pub struct Script {
    /// What its clock shows, seconds since 1970; it stands until a test sets it, unless `running`.
    pub now: i64,
    /// Whether the clock goes on by itself.
    pub running: bool,
    /// 0 for any free one.
    pub port: u16,
    /// The bearer token.
    pub token: String,
    /// The app's secret.
    pub secret: String,
    /// Where webhooks go.
    pub webhook: Option<String>,
    /// Numbers that send.
    pub numbers: Vec<Number>,
    /// Templates.
    pub templates: Vec<Template>,
    /// Seconds until a message is `sent`, from then `delivered`, and from then `read`; never read without the last.
    pub latency: (i64, i64, Option<i64>),
    /// Messages that a number may send in one second; 0 for any number.
    pub per_second: usize,
    /// Messages that one person may be sent in six seconds; 0 for any number.
    pub per_pair: usize,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            now: 1_796_040_000,
            running: false,
            port: 0,
            token: TOKEN.to_owned(),
            secret: SECRET.to_owned(),
            webhook: None,
            numbers: vec![Number::new(NUMBER, "+55 11 3000-0000")],
            templates: vec![Template::new("fatura_vence", "pt_BR", 3, true), Template::new("invoice_due", "en", 3, true)],
            latency: (1, 2, None),
            per_second: 80,
            per_pair: 45,
            faults: Faults::default(),
        }
    }
}

/// A running fake.
#[derive(Debug)]
pub struct FakeWhatsapp {
    server: Server<State>,
}

impl FakeWhatsapp {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is not to be had.
    pub fn start(script: Script) -> std::io::Result<Self> {
        let clock = if script.running { Clock::running(script.now) } else { Clock::standing(script.now) };
        let (port, faults) = (script.port, script.faults.clone());
        Ok(Self { server: Server::start(port, State::new(clock.clone(), script), faults, clock, None)? })
    }

    /// `http://127.0.0.1:port`; paths begin with a version, as `/v23.0`.
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

    /// Where webhooks go from now on.
    pub fn webhook(&self, url: &str) {
        self.server.with(|state| state.webhook = Some(url.to_owned()));
    }

    /// Asks an address whether it is ours, as Meta does when one is entered, with the token that both agreed on.
    ///
    /// # Errors
    /// When nobody answers there.
    pub fn handshake(&self, url: &str, token: &str) -> Result<bool, String> {
        let challenge = "1158201444";
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("hub.mode", "subscribe").append_pair("hub.challenge", challenge).append_pair("hub.verify_token", token);
        let answer = Client::plain(PATIENCE)?.send("GET", &format!("{url}?{}", query.finish()), &[], &[])?;
        Ok(answer.status == 200 && answer.body == challenge.as_bytes())
    }

    /// Somebody writes to a number: the window is open for a day. The message's id.
    #[must_use]
    pub fn write(&self, from: &str, number: &str, text: &str) -> String {
        self.server.with(|state| people::write(state, from, number, "text", &json!({"body": text}), None))
    }

    /// Somebody sends anything else, in the shape that a webhook has: `button`, `reaction`, `image`, `unsupported`.
    #[must_use]
    pub fn send_kind(&self, from: &str, number: &str, kind: &str, content: &Value, answers: Option<&str>) -> String {
        self.server.with(|state| people::write(state, from, number, kind, content, answers))
    }

    /// Somebody wants no more offers: the next one fails with 131050.
    pub fn no_offers(&self, from: &str) {
        self.server.with(|state| state.no_offers.insert(state::digits(from)));
    }

    /// A template is approved, rejected, paused, disabled; the account is told.
    pub fn template(&self, name: &str, language: &str, event: &str) {
        self.server.with(|state| people::template(state, name, language, event));
    }

    /// A template is put into another category; the account is told.
    pub fn recategorise(&self, name: &str, language: &str, category: &str) {
        self.server.with(|state| people::recategorise(state, name, language, category));
    }

    /// A number may write to other many people from now on: `UPGRADE`, `TIER_10K`.
    pub fn quality(&self, number: &str, event: &str, tier: &str) {
        self.server.with(|state| {
            let display = state.display(number);
            for known in state.numbers.iter_mut().filter(|known| known.id == number) {
                tier.clone_into(&mut known.tier);
                match event {
                    "FLAGGED" => "RED".clone_into(&mut known.quality),
                    "UNFLAGGED" => "GREEN".clone_into(&mut known.quality),
                    _ => {}
                }
            }
            state.tell("phone_number_quality_update", &json!({"display_phone_number": display, "event": event, "current_limit": tier}));
        });
    }

    /// Posts what is due, each once, and tells what was answered.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn deliver(&self, order: Order) -> Result<Vec<Sent>, String> {
        let client = Client::plain(PATIENCE)?;
        let now = self.server.clock().now();
        let (due, secret) = self.server.with(|state| {
            state.advance();
            (state.hooks.due(now, order), state.secret.clone())
        });
        let mut sent = Vec::with_capacity(due.len());
        for hook in due {
            let header = ("x-hub-signature-256".to_owned(), signature(&secret, &hook.body));
            let one = crate::hooks::send(&client, &hook, &[header]);
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

/// What `X-Hub-Signature-256` says of a body.
#[must_use]
pub fn signature(secret: &str, body: &[u8]) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let hex: String = ring::hmac::sign(&key, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// The fields of a number that were asked for; its id is always there.
fn shown(number: &Number, fields: &str) -> Value {
    let all = json!({
        "display_phone_number": number.display, "quality_rating": number.quality, "messaging_limit_tier": number.tier, "verified_name": "Fake",
    });
    let mut shown = json!({"id": number.id});
    for field in fields.split(',').filter(|field| !all[*field].is_null()) {
        shown[field] = all[field].clone();
    }
    shown
}

impl Service for State {
    fn answer(&mut self, ask: &Ask) -> Reply {
        self.advance();
        let parts = ask.parts();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let known = |version: &str| version.strip_prefix('v').is_some_and(|number| number.ends_with(".0"));
        let bearer = ask.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        if bearer.is_none_or(str::is_empty) {
            return *wrong(401, 0, "Authentication Error", "");
        }
        if bearer != Some(self.token.as_str()) {
            return *wrong(401, 190, "Invalid OAuth access token", "Cannot parse access token");
        }
        match (ask.verb.as_str(), parts.as_slice()) {
            ("POST", [version, number, "messages"]) if known(version) => match send::send(self, number, &ask.body) {
                Ok(taken) => Reply::json(200, &taken),
                Err(refused) => *refused,
            },
            ("GET", [version, account, "message_templates"]) if known(version) && *account == ACCOUNT => {
                let all: Vec<Value> = self.templates.iter().map(Template::shown).collect();
                Reply::json(200, &json!({"data": all}))
            }
            ("GET", [version, number]) if known(version) => match self.numbers.iter().find(|known| known.id == *number) {
                Some(number) => Reply::json(200, &shown(number, &ask.asked("fields").unwrap_or_default())),
                None => *wrong(404, 100, "Unsupported get request", "The object does not exist or the token may not see it"),
            },
            _ => *wrong(404, 100, "Unsupported request", "The object does not exist or the path is not known"),
        }
    }

    fn refusal(&self, refusal: Refusal) -> Reply {
        match refusal {
            Refusal::Busy(wait) => {
                let reply = *wrong(429, 130_429, "Rate limit hit", "Cloud API message throughput has been reached.");
                match wait {
                    Some(wait) => reply.with("retry-after", &wait.to_string()),
                    None => reply,
                }
            }
            Refusal::Broken(503) => *wrong(503, 131_016, "Service unavailable", "A service is temporarily unavailable."),
            // What stands before the API answers without a body of its.
            Refusal::Broken(status) => Reply::empty(status),
        }
    }
}

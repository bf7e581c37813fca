//! Browsers, what waits for them, and what must be right of a message.
//!
//! Deliberately absent: opening a message and verifying a token.

use std::collections::BTreeMap;

use p256::SecretKey;
use serde_json::json;

use super::{open, vapid};
use crate::clock::Clock;
use crate::faults::roll;
use crate::serve::{Ask, Reply};

/// Bytes of a body at most.
const BODY_MAX: usize = 4_096;
/// Seconds that anything is kept at most.
const KEPT_MAX: i64 = 2_419_200;
/// The words of a header.
const URGENCIES: [&str; 4] = ["very-low", "low", "normal", "high"];

/// What a browser was shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Received {
    /// The words.
    pub plain: Vec<u8>,
    /// When it came to the browser.
    pub at: i64,
    /// How soon it should come.
    pub urgency: String,
    /// What it takes the place of.
    pub topic: Option<String>,
}

/// What waits for a browser.
#[derive(Debug)]
struct Waiting {
    sealed: Vec<u8>,
    until: i64,
    urgency: String,
    topic: Option<String>,
}

/// A browser with one subscription.
#[derive(Debug)]
pub(crate) struct Browser {
    key: SecretKey,
    pub(crate) point: Vec<u8>,
    pub(crate) secret: [u8; 16],
    sender: Option<Vec<u8>>,
    pub(crate) online: bool,
    pub(crate) ended: Option<i64>,
    waiting: Vec<Waiting>,
    pub(crate) received: Vec<Received>,
    pub(crate) unopened: usize,
    came: Vec<i64>,
}

impl Browser {
    pub(crate) fn new((key, secret): ([u8; 32], [u8; 16]), sender: Option<Vec<u8>>) -> Result<Self, String> {
        let key = SecretKey::from_slice(&key).map_err(|error| error.to_string())?;
        let point = key.public_key().to_sec1_bytes().to_vec();
        let (waiting, received, came) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { key, point, secret, sender, online: true, ended: None, waiting, received, unopened: 0, came })
    }

    /// Takes what waits and may still come.
    pub(crate) fn take(&mut self, now: i64) {
        if !self.online {
            return;
        }
        for waiting in std::mem::take(&mut self.waiting).into_iter().filter(|waiting| waiting.until >= now) {
            match open::open(&self.key, &self.point, &self.secret, &waiting.sealed) {
                Ok(plain) => self.received.push(Received { plain, at: now, urgency: waiting.urgency, topic: waiting.topic }),
                Err(_) => self.unopened += 1,
            }
        }
    }
}

/// Everything.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) base: String,
    pub(crate) browsers: BTreeMap<String, Browser>,
    per_minute: usize,
    dice: u64,
    made: u64,
}

impl State {
    pub(crate) fn new(clock: Clock, per_minute: usize, seed: u64) -> Self {
        Self { clock, base: String::new(), browsers: BTreeMap::new(), per_minute, dice: seed, made: 0 }
    }

    /// A private key and a shared secret, by chance from the seed.
    pub(crate) fn draw(&mut self) -> Result<([u8; 32], [u8; 16]), String> {
        let bytes: Vec<u8> = (0..6).flat_map(|_| roll(&mut self.dice).to_be_bytes()).collect();
        let key = bytes.first_chunk::<32>().copied().ok_or("no key")?;
        let secret = bytes.last_chunk::<16>().copied().ok_or("no secret")?;
        Ok((key, secret))
    }

    pub(crate) fn push(&mut self, token: &str, ask: &Ask) -> Reply {
        let now = self.clock.now();
        let Some(browser) = self.browsers.get_mut(token) else { return wrong(404, "there is no such subscription") };
        if browser.ended.is_some_and(|ended| ended <= now) {
            return wrong(410, "the subscription has ended");
        }
        if let Err(refused) = vapid::verify(ask.header("authorization"), &self.base, browser.sender.as_deref(), now) {
            return refused;
        }
        let ttl = ask.header("ttl").and_then(|ttl| ttl.parse::<u32>().ok()).map(i64::from);
        let Some(ttl) = ttl else { return wrong(400, "a message needs a TTL of whole seconds") };
        let urgency = ask.header("urgency").unwrap_or("normal");
        if !URGENCIES.contains(&urgency) {
            return wrong(400, "the urgency is very-low, low, normal or high");
        }
        let topic = ask.header("topic");
        let safe = |topic: &str| topic.len() <= 32 && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if topic.is_some_and(|topic| topic.is_empty() || !safe(topic)) {
            return wrong(400, "a topic has up to 32 letters of base 64 for addresses");
        }
        if ask.body.len() > BODY_MAX {
            return wrong(413, "a payload has at most 4096 bytes");
        }
        if !ask.body.is_empty() && ask.header("content-encoding") != Some("aes128gcm") {
            return wrong(400, "a payload is encoded as aes128gcm");
        }
        browser.came.retain(|came| now - came < 60);
        if self.per_minute > 0 && browser.came.len() >= self.per_minute {
            let wait = browser.came.first().map_or(60, |first| 60 - (now - first)).max(1);
            return wrong(429, "too many messages").with("retry-after", &wait.to_string());
        }
        browser.came.push(now);
        if let Some(topic) = topic {
            browser.waiting.retain(|waiting| waiting.topic.as_deref() != Some(topic));
        }
        let (ttl, topic) = (ttl.min(KEPT_MAX), topic.map(str::to_owned));
        browser.waiting.push(Waiting { sealed: ask.body.clone(), until: now + ttl, urgency: urgency.to_owned(), topic });
        // A message that may not wait is gone when nobody is there.
        if ttl == 0 && !browser.online {
            browser.waiting.pop();
        }
        browser.take(now);
        self.made += 1;
        Reply::empty(201).with("location", &format!("{}/message/{}", self.base, self.made)).with("ttl", &ttl.to_string())
    }
}

/// A refusal, in the shape that Mozilla's service has.
pub(crate) fn wrong(status: u16, why: &str) -> Reply {
    Reply::json(status, &json!({"code": status, "errno": 999, "error": "refused", "message": why}))
}

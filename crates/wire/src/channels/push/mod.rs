//! Web push: what is sent to a browser's push service, and what is answered.
//!
//! `seal` the encryption that only the browser opens, `vapid` who sends. A payload is as long as its words: whoever wants the push
//! service not to see how long pads it. Deliberately absent: sockets, random bytes (both are arguments), receipts, and keeping
//! subscriptions.
//!
//! Source: RFC 8030, RFC 8188, RFC 8291, RFC 8292.

mod seal;
mod vapid;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

pub use seal::{PLAIN_BYTES_MAX, seal};
pub use vapid::VapidKey;

use super::answer::{Answer, Next, Refusal, name, wait};
use crate::gateways::{Request, Response, Verb};

/// Bytes of what a browser tells of its subscription.
const SUBSCRIPTION_BYTES_MAX: usize = 4_096;
/// Bytes of an address of a push service.
const ENDPOINT_BYTES_MAX: usize = 2_048;
/// Characters of a topic.
const TOPIC_CHARS_MAX: usize = 32;
/// Seconds that a push service keeps a message at most: four weeks, as the large ones do.
pub const TTL_SECS_MAX: u32 = 2_419_200;

/// Where a browser takes messages, and the keys that seal them. Whoever has the address can send: it does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Scheme and host: `https://push.example.net`.
    origin: String,
    /// Path and query.
    path: String,
    /// The browser's public key: a point, uncompressed.
    point: [u8; 65],
    /// The secret that both share.
    secret: [u8; 16],
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Subscription({})", self.origin)
    }
}

/// Why something is no subscription or key. It quotes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Wrong {
    /// Not what `PushSubscription.toJSON()` gives.
    #[error("a subscription is what the browser's `PushSubscription.toJSON()` gives: endpoint, keys.p256dh, keys.auth")]
    Shape,
    /// Not an address that may be sent to.
    #[error("a push service has an https address of printable letters, without a name or password in it")]
    Endpoint,
    /// Not a point of P-256.
    #[error("the public key is no point of P-256 in base 64 for addresses")]
    Point,
    /// Not sixteen bytes.
    #[error("the shared secret is not 16 bytes in base 64 for addresses")]
    Secret,
    /// Not a private key of P-256.
    #[error("a private key of P-256 is 32 bytes, not zero and below the order of the curve")]
    Key,
    /// Too much at once.
    #[error("a payload has at most {PLAIN_BYTES_MAX} bytes, padding included")]
    Long,
}

impl Subscription {
    /// Of what a browser tells as JSON.
    ///
    /// # Errors
    /// [`Wrong`] when a part is missing or is none.
    pub fn parse(json: &[u8]) -> Result<Self, Wrong> {
        if json.len() > SUBSCRIPTION_BYTES_MAX {
            return Err(Wrong::Shape);
        }
        let value: serde_json::Value = serde_json::from_slice(json).or(Err(Wrong::Shape))?;
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned).ok_or(Wrong::Shape);
        Self::new(&text(&value["endpoint"])?, &text(&value["keys"]["p256dh"])?, &text(&value["keys"]["auth"])?)
    }

    /// Of its three parts.
    ///
    /// # Errors
    /// [`Wrong`] when one of them is none.
    pub fn new(endpoint: &str, p256dh: &str, auth: &str) -> Result<Self, Wrong> {
        let (origin, path) = split(endpoint)?;
        let point = decode(p256dh).and_then(|bytes| <[u8; 65]>::try_from(bytes).ok()).ok_or(Wrong::Point)?;
        seal::point(&point)?;
        let secret = decode(auth).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).ok_or(Wrong::Secret)?;
        Ok(Self { origin, path, point, secret })
    }

    /// Scheme and host, to which a request goes and for which it is signed.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it is on this machine, as those of tests are: from a stranger's browser it must not be taken, nor any address that
    /// only this machine can reach.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.origin.starts_with("http:")
    }

    /// The whole address, to be kept sealed.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// As JSON in the browser's shape, to be kept sealed.
    #[must_use]
    pub fn json(&self) -> String {
        let keys = serde_json::json!({"p256dh": encode(&self.point), "auth": encode(&self.secret)});
        serde_json::json!({"endpoint": self.endpoint(), "keys": keys}).to_string()
    }
}

/// Scheme and host, and the rest. Plain http is for this machine alone: tests and stand-ins.
fn split(endpoint: &str) -> Result<(String, String), Wrong> {
    let rest = ["https://", "http://127.0.0.1:", "http://localhost:"].into_iter().find_map(|scheme| endpoint.strip_prefix(scheme));
    let rest = rest.filter(|_| endpoint.len() <= ENDPOINT_BYTES_MAX && endpoint.bytes().all(|byte| byte.is_ascii_graphic()));
    let rest = rest.ok_or(Wrong::Endpoint)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Of this machine only the port is left to be named.
    let strays = endpoint.starts_with("http://") && !host.bytes().all(|byte| byte.is_ascii_digit());
    let named = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':'));
    if host.is_empty() || strays || !named || endpoint.contains('#') {
        return Err(Wrong::Endpoint);
    }
    let (origin, path) = endpoint.split_at(endpoint.len() - rest.len() + host.len());
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    // A service's own port is left out, as browsers leave it out of an origin.
    let origin = if endpoint.starts_with("https://") { origin.strip_suffix(":443").unwrap_or(origin) } else { origin };
    Ok((origin.to_ascii_lowercase(), path))
}

/// How soon a message should wake a phone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// On power and wireless network alone.
    VeryLow,
    /// On either.
    Low,
    /// As soon as the phone is awake.
    Normal,
    /// Now.
    High,
}

impl Urgency {
    /// The word of the header.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VeryLow => "very-low",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// How a message is sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Manner<'a> {
    /// Seconds that it may wait for the browser; 0 for now or never.
    pub ttl_secs: u32,
    /// How soon.
    pub urgency: Urgency,
    /// A later message of the same topic takes the place of one that still waits: up to 32 letters, digits, `-` and `_`. With one,
    /// sending twice does what sending once does, as long as the browser has not taken it.
    pub topic: Option<&'a str>,
}

/// The request that sends sealed bytes ([`seal()`]) to [`Subscription::origin`]. The adapter adds [`VapidKey::authorization`].
#[must_use]
pub fn send(to: &Subscription, sealed: Vec<u8>, manner: &Manner<'_>) -> Request {
    let mut headers = vec![
        ("content-type", "application/octet-stream".to_owned()),
        ("content-encoding", "aes128gcm".to_owned()),
        ("ttl", manner.ttl_secs.min(TTL_SECS_MAX).to_string()),
        ("urgency", manner.urgency.as_str().to_owned()),
    ];
    let is_topic = |topic: &&str| (1..=TOPIC_CHARS_MAX).contains(&topic.len()) && topic.bytes().all(is_safe);
    let topic = manner.topic.filter(is_topic);
    headers.extend(topic.map(|topic| ("topic", topic.to_owned())));
    Request { method: Verb::Post, path: to.path.clone(), headers, body: sealed, repeatable: topic.is_some() }
}

fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// What became of [`send`].
#[must_use]
pub fn answer(response: &Response) -> Answer {
    let status = response.status;
    let later = Next::Later { wait_secs: wait(response) };
    let (next, why) = match status {
        200..=299 => {
            let place = response.headers.iter().find(|(name, _)| name == "location").map(|(_, place)| name(place));
            return Answer::Taken { reference: place.unwrap_or_default() };
        }
        300..=399 => (Next::Alert, "the push service points elsewhere"),
        401 | 403 => (Next::Alert, "the push service does not take our key: the subscription was made for another"),
        404 | 410 => (Next::BadAddress, "the subscription has ended"),
        413 => (Next::Mend, "the payload is too long"),
        408 | 429 => (later, "too many requests"),
        400..=499 => (Next::Mend, "the push service refuses the request"),
        // A message that arrives twice replaces itself, or is shown twice: less harm than none.
        _ => (later, "the push service has trouble of its own"),
    };
    Answer::Refused(Refusal::new(&status.to_string(), next, why))
}

/// Bytes as base 64 for addresses, without padding.
fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The inverse; padding may be there, as some browsers' libraries write it.
fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok().or_else(|| URL_SAFE.decode(text).ok())
}

#[cfg(test)]
mod tests;

//! Who asks: keys and what they may do, how often each asked, and idempotency keys with the answers kept under them.
//!
//! Deliberately absent: what the requests do.

use std::collections::BTreeMap;

use super::errors::{Wrong, wrong};
use super::form::Form;
use crate::clock::DAY;
use crate::serve::{Ask, Reply};

/// Longest idempotency key.
const KEY_MAX: usize = 255;
/// How long an answer is kept under its key.
const KEPT: i64 = DAY;

/// What a key may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// Everything.
    Full,
    /// Only what changes nothing: a restricted key.
    Reads,
}

/// How often a key asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Uses {
    /// Requests that change nothing.
    pub reads: u64,
    /// Requests that were done and may have changed something.
    pub writes: u64,
    /// Requests that would have changed something and were refused for the key.
    pub refused: u64,
}

#[derive(Debug)]
struct Kept {
    fingerprint: String,
    reply: Reply,
    at: i64,
}

/// Keys of both kinds.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    access: BTreeMap<String, Access>,
    uses: BTreeMap<String, Uses>,
    kept: BTreeMap<String, Kept>,
    working: BTreeMap<String, String>,
}

impl Doors {
    pub(crate) fn new(keys: impl IntoIterator<Item = (String, Access)>) -> Self {
        Self { access: keys.into_iter().collect(), ..Self::default() }
    }

    pub(crate) fn uses(&self) -> &BTreeMap<String, Uses> {
        &self.uses
    }

    /// The key that a request shows, as a bearer or as the user of basic authentication.
    fn shown(ask: &Ask) -> Option<String> {
        let header = ask.header("authorization")?;
        if let Some(key) = header.strip_prefix("Bearer ") {
            return Some(key.trim().to_owned());
        }
        let decoded = decode64(header.strip_prefix("Basic ")?.trim())?;
        String::from_utf8(decoded).ok()?.split(':').next().map(str::to_owned)
    }

    /// Refuses who may not ask this, and counts.
    pub(crate) fn enter(&mut self, ask: &Ask) -> Result<(), Wrong> {
        let refused = |text: &str| wrong(401, "invalid_request_error", "", "", text);
        let key = Self::shown(ask).ok_or_else(|| refused("You did not provide an API key."))?;
        let access = *self.access.get(&key).ok_or_else(|| refused("Invalid API Key provided."))?;
        let uses = self.uses.entry(key).or_default();
        if !ask.writes() {
            uses.reads += 1;
            return Ok(());
        }
        if access == Access::Reads {
            uses.refused += 1;
            let text = "The provided key does not have the required permissions for this endpoint.";
            return Err(wrong(403, "invalid_request_error", "", "", text));
        }
        uses.writes += 1;
        Ok(())
    }

    /// Before a request with an idempotency key is done: the answer that is kept, or a refusal.
    pub(crate) fn before(&mut self, ask: &Ask, now: i64) -> Option<Reply> {
        let key = Self::idempotency(ask)?;
        if key.len() > KEY_MAX {
            let text = "Idempotency keys may be at most 255 characters long.";
            return Some(*wrong(400, "invalid_request_error", "", "", text));
        }
        if self.kept.get(&key).is_some_and(|kept| kept.at + KEPT <= now) {
            self.kept.remove(&key);
        }
        let fingerprint = fingerprint(ask);
        let other = |have: &String| *have != fingerprint;
        if self.kept.get(&key).map(|kept| &kept.fingerprint).or(self.working.get(&key)).is_some_and(other) {
            let text = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            return Some(*wrong(400, "idempotency_error", "", "", text));
        }
        if let Some(kept) = self.kept.get(&key) {
            return Some(kept.reply.clone().with("idempotent-replayed", "true"));
        }
        if self.working.contains_key(&key) {
            let text = "There is currently another in-progress request using this Idempotent Key.";
            return Some(*wrong(409, "invalid_request_error", "idempotency_key_in_use", "", text));
        }
        self.working.insert(key, fingerprint);
        None
    }

    /// After it was done.
    pub(crate) fn after(&mut self, ask: &Ask, reply: &Reply, now: i64) {
        let Some(key) = Self::idempotency(ask) else { return };
        if super::errors::began(reply) {
            self.kept.insert(key, Kept { fingerprint: fingerprint(ask), reply: reply.clone(), at: now });
        }
    }

    pub(crate) fn end(&mut self, ask: &Ask) {
        if let Some(key) = Self::idempotency(ask) {
            self.working.remove(&key);
        }
    }

    /// The key of a request that may have one; quotes of the draft standard are taken off.
    pub(crate) fn idempotency(ask: &Ask) -> Option<String> {
        let key = ask.header("idempotency-key").filter(|_| ask.verb == "POST")?.trim_matches('"');
        (!key.is_empty()).then(|| key.to_owned())
    }
}

fn fingerprint(ask: &Ask) -> String {
    format!("{} {} {}", ask.verb, ask.path, Form::of(ask).fingerprint())
}

/// Base 64 as basic authentication has it.
fn decode64(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0x00FF_FFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).unwrap_or(0));
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_read_as_basic_authentication_has_it() {
        assert_eq!(decode64("c2tfdGVzdDo=").as_deref(), Some(&b"sk_test:"[..]));
        assert_eq!(decode64("c2s=").as_deref(), Some(&b"sk"[..]));
        assert_eq!(decode64("c2s*"), None);
    }
}

//! Webhooks: whether Stripe sent them, and what they say.
//!
//! Deliberately absent: remembering which events were seen. Stripe sends an event again and in any order; who takes it in
//! keeps its id.

use hmac::{Hmac, KeyInit, Mac};
use regua_core::time::{Instant, Zone};
use serde_json::Value;
use sha2::Sha256;

use super::super::{Heard, HookRefused};
use super::events;

/// Seconds that the time of a signature may lie away from now, before and behind. Stripe's own libraries take any time in the
/// future; one that lies there is another machine's clock, or a signature to be used later.
pub const TOLERANCE_SECS: i64 = 300;
/// Bytes of a body. The largest events, of invoices with many lines, have some hundred thousand.
pub const BODY_MAX: usize = 4 << 20;
/// Bytes of a signature header.
const HEADER_MAX: usize = 4_096;
/// Signatures that are compared: while a secret is replaced there are two.
const SIGNATURES_MAX: usize = 16;

/// Looks whether Stripe signed this body with this secret, not long ago.
///
/// * `header` — `Stripe-Signature`, when there is one.
/// * `body` — as it came, byte for byte.
/// * `secret` — of the endpoint, as Stripe shows it, with `whsec_`: its text is the key, unlike in Standard Webhooks.
///
/// # Errors
/// [`HookRefused::Unsigned`], [`HookRefused::Forged`], [`HookRefused::Stale`].
///
/// ```
/// # use regua_core::time::Instant;
/// use regua_wire::gateways::stripe::webhook;
/// let body = br#"{"id":"evt_1","object":"event"}"#;
/// let header = webhook::sign("whsec_test_secret", 1_700_000_000, body);
/// let now = Instant::from_secs(1_700_000_060);
/// assert_eq!(webhook::verify(Some(&header), body, "whsec_test_secret", now), Ok(()));
/// assert!(webhook::verify(Some(&header), b"{}", "whsec_test_secret", now).is_err());
/// ```
pub fn verify(header: Option<&str>, body: &[u8], secret: &str, now: Instant) -> Result<(), HookRefused> {
    let header = header.filter(|header| header.len() <= HEADER_MAX).ok_or(HookRefused::Unsigned)?;
    let parts = || header.split(',').filter_map(|part| part.split_once('='));
    let time = parts().find(|(scheme, _)| *scheme == "t").map(|(_, time)| time).ok_or(HookRefused::Unsigned)?;
    let secs = whole_secs(time).ok_or(HookRefused::Unsigned)?;
    let mut signatures = parts().filter(|(scheme, _)| *scheme == "v1").map(|(_, signature)| signature).take(SIGNATURES_MAX).peekable();
    if signatures.peek().is_none() {
        return Err(HookRefused::Unsigned);
    }
    // A secret that was left empty would let anybody sign.
    let signed = mac(secret, time, body).filter(|_| !secret.trim().is_empty()).ok_or(HookRefused::Forged)?;
    // Each is compared in constant time; one that is no signature at all tells nothing about the right one.
    if !signatures.filter_map(bytes).any(|signature| signed.clone().verify_slice(&signature).is_ok()) {
        return Err(HookRefused::Forged);
    }
    let age = now.secs().saturating_sub(secs);
    if (-TOLERANCE_SECS..=TOLERANCE_SECS).contains(&age) { Ok(()) } else { Err(HookRefused::Stale) }
}

/// The header that Stripe would send with a body, at a time in seconds after the epoch: for tests, and for stand-ins that play
/// Stripe.
#[must_use]
pub fn sign(secret: &str, secs: i64, body: &[u8]) -> String {
    let time = secs.to_string();
    let signature = mac(secret, &time, body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={time},v1={hex}")
}

/// What a webhook says; its signature was looked at before.
///
/// * `zone` — of the account: the payer's day of a payment is a day there.
///
/// # Errors
/// [`HookRefused::Unreadable`] when it is no event, or lacks what makes it mean something; a person looks at it then.
pub fn hear(body: &[u8], zone: Zone) -> Result<Vec<Heard>, HookRefused> {
    if body.len() > BODY_MAX {
        return Err(HookRefused::Unreadable(format!("it is longer than {BODY_MAX} bytes")));
    }
    // The parser names a place in the body and what it expected there, never what it found.
    let event: Value = serde_json::from_slice(body)
        .map_err(|error| HookRefused::Unreadable(format!("no JSON at line {}, column {}", error.line(), error.column())))?;
    events::heard(&event, zone).map_err(HookRefused::Unreadable)
}

fn mac(secret: &str, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

/// Digits alone: a sign or a space would be signed as another text than Stripe's libraries make of it.
fn whole_secs(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The 32 bytes of a signature in lower-case hexadecimal.
fn bytes(hex: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let hex: &[u8; 64] = hex.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test_secret";
    const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;
    /// Made by the Python and the Node library of Stripe alike.
    const HEADER: &str = "t=1700000000,v1=0c8670ed117751cc551a20e35839447075c42800ea3cf3e8a2fbda99cd1e6edd";

    fn at(secs: i64) -> Instant {
        Instant::from_secs(1_700_000_000 + secs)
    }

    #[test]
    fn the_vector_of_stripes_own_libraries_is_signed_and_verified() {
        assert_eq!(sign(SECRET, 1_700_000_000, BODY), HEADER);
        assert_eq!(verify(Some(HEADER), BODY, SECRET, at(0)), Ok(()));
    }

    #[test]
    fn one_of_several_signatures_is_enough_and_other_schemes_are_none() {
        let (_, good) = HEADER.split_once(",v1=").unwrap();
        let wrong = "0".repeat(64);
        let many = |count: usize| format!("t=1700000000{},v1={good}", format!(",v1={wrong}").repeat(count));
        for (header, expected) in [
            (format!("t=1700000000,v1={wrong},v1={good}"), Ok(())),
            (format!("v1={good},t=1700000000,v0={wrong}"), Ok(())),
            (format!("t=1700000000,v0={good}"), Err(HookRefused::Unsigned)),
            (format!("t=1700000000,v1={wrong}"), Err(HookRefused::Forged)),
            (format!("t=1700000000,v1={}", good.to_uppercase()), Err(HookRefused::Forged)),
            (format!("t=1700000000,v1={}", &good[1..]), Err(HookRefused::Forged)),
            (format!("t=1700000001,v1={good}"), Err(HookRefused::Forged)),
            (format!("t=+1700000000,v1={good}"), Err(HookRefused::Unsigned)),
            (format!("v1={good}"), Err(HookRefused::Unsigned)),
            ("t=1700000000".to_owned(), Err(HookRefused::Unsigned)),
            (String::new(), Err(HookRefused::Unsigned)),
            (",=,t=,v1=".to_owned(), Err(HookRefused::Unsigned)),
            (many(SIGNATURES_MAX - 1), Ok(())),
            (many(SIGNATURES_MAX), Err(HookRefused::Forged)),
            (many(HEADER_MAX), Err(HookRefused::Unsigned)),
        ] {
            let shown = &header[..header.len().min(80)];
            assert_eq!(verify(Some(&header), BODY, SECRET, at(0)), expected, "{shown}");
        }
        assert_eq!(verify(None, BODY, SECRET, at(0)), Err(HookRefused::Unsigned));
    }

    #[test]
    fn a_signature_holds_for_five_minutes_before_and_behind() {
        for (secs, expected) in [(300, Ok(())), (-300, Ok(())), (301, Err(HookRefused::Stale)), (-301, Err(HookRefused::Stale))] {
            assert_eq!(verify(Some(HEADER), BODY, SECRET, at(secs)), expected, "{secs}");
        }
        // Who cannot sign learns nothing about the clock.
        assert_eq!(verify(Some(HEADER), b"{}", SECRET, at(301)), Err(HookRefused::Forged));
    }

    #[test]
    fn an_empty_secret_accepts_nothing_and_any_bytes_are_signed() {
        for secret in ["", "  "] {
            let header = sign(secret, 1_700_000_000, BODY);
            assert_eq!(verify(Some(&header), BODY, secret, at(0)), Err(HookRefused::Forged), "`{secret}`");
        }
        let odd = [0xff, 0x00, b'.', b'{'];
        assert_eq!(verify(Some(&sign(SECRET, 1_700_000_000, &odd)), &odd, SECRET, at(0)), Ok(()));
        assert_eq!(verify(Some(HEADER), BODY, "test_secret", at(0)), Err(HookRefused::Forged));
    }
}

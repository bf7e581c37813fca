//! Webhooks that go out, as <https://github.com/standard-webhooks/standard-webhooks> writes them: one body, three headers, and
//! signatures with the secrets of the one who receives them.
//!
//! Deliberately absent: public-key signatures (`v1a`): whoever receives our webhooks has a secret with us.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use regua_core::time::Instant;
use sha2::Sha256;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a key: at least, at most.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The header that names the event, the same in every try: receivers know by it what they had before.
pub const ID: &str = "webhook-id";
/// The header with the second in which it was sent.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, a blank between two.
pub const SIGNATURE: &str = "webhook-signature";

/// A secret that signs: `whsec_` and 24 to 64 bytes in base 64. It does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Box<[u8]>);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// A text or bytes that are no secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a webhook secret is `whsec_` and 24 to 64 bytes in base 64")]
pub struct NoKey;

impl SigningKey {
    /// Of random bytes.
    ///
    /// # Errors
    /// [`NoKey`] unless they are 24 to 64.
    pub fn new(bytes: &[u8]) -> Result<Self, NoKey> {
        if KEY_BYTES.contains(&bytes.len()) { Ok(Self(bytes.into())) } else { Err(NoKey) }
    }

    /// As people and settings have it; the prefix may be left out.
    ///
    /// # Errors
    /// [`NoKey`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NoKey> {
        let text = text.trim();
        Self::new(&BASE64.decode(text.strip_prefix(PREFIX).unwrap_or(text)).or(Err(NoKey))?)
    }

    /// As people and settings have it: to be shown once.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&self.0))
    }

    /// The bytes, to be kept sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// One signature: `v1,` and the HMAC in base 64.
    ///
    /// * `secs` — the second in which it is sent, after the Unix epoch.
    #[must_use]
    pub fn sign(&self, id: &str, secs: i64, body: &[u8]) -> String {
        // A key of any length is one.
        let mac = self.mac(id, secs, body).map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
        format!("v1,{}", BASE64.encode(mac))
    }

    /// Whether one of the signatures of a header is ours; compared in constant time. Whether the second is recent, the caller
    /// knows.
    #[must_use]
    pub fn verify(&self, id: &str, secs: i64, body: &[u8], signatures: &str) -> bool {
        signatures.split(' ').filter_map(|one| one.strip_prefix("v1,")).filter_map(|one| BASE64.decode(one).ok()).any(|one| {
            let mac = self.mac(id, secs, body);
            mac.is_some_and(|mac| mac.verify_slice(&one).is_ok())
        })
    }

    fn mac(&self, id: &str, secs: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(id.as_bytes());
        mac.update(format!(".{secs}.").as_bytes());
        mac.update(body);
        Some(mac)
    }
}

/// What is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told<'a> {
    /// The event's id.
    pub id: &'a str,
    /// The word of its type.
    pub kind: &'a str,
    /// When it happened.
    pub at: Instant,
    /// Its data, a JSON object.
    pub data: &'a str,
}

/// The body: `{"id":…,"type":…,"timestamp":…,"data":{…}}`, the same bytes in every try.
///
/// ```
/// # use regua_core::time::Instant;
/// # use regua_wire::webhooks_out::{Told, body};
/// let told = Told { id: "evt_1", kind: "receivable.paid", at: Instant::from_secs(1_800_000_000), data: r#"{"customer":"cus_1"}"# };
/// let expected = r#"{"id":"evt_1","type":"receivable.paid","timestamp":"2027-01-15T08:00:00Z","data":{"customer":"cus_1"}}"#;
/// assert_eq!(String::from_utf8(body(&told))?, expected);
/// # Ok::<(), std::string::FromUtf8Error>(())
/// ```
#[must_use]
pub fn body(told: &Told<'_>) -> Vec<u8> {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    // A moment can always be written.
    let at = serde_json::to_string(&told.at).unwrap_or_default();
    format!(r#"{{"id":{},"type":{},"timestamp":{at},"data":{}}}"#, text(told.id), text(told.kind), told.data).into_bytes()
}

/// The three headers of one try, signed with every key that holds.
#[must_use]
pub fn headers(id: &str, secs: i64, body: &[u8], keys: &[SigningKey]) -> Vec<(&'static str, String)> {
    let signatures: Vec<String> = keys.iter().map(|key| key.sign(id, secs, body)).collect();
    vec![(ID, id.to_owned()), (TIMESTAMP, secs.to_string()), (SIGNATURE, signatures.join(" "))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_has_its_signature() {
        // Of the specification's own reference implementations.
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(key.verify("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body, &format!("v1,bm9wZQ== {signature} v2,x")));
    }

    #[test]
    fn every_part_is_signed_and_another_key_signs_otherwise() {
        let (key, other) = (SigningKey::new(&[1; 24]).unwrap(), SigningKey::new(&[2; 64]).unwrap());
        let signed = key.sign("evt_1", 7, b"{}");
        assert!(key.verify("evt_1", 7, b"{}", &signed));
        for (id, secs, body) in [("evt_2", 7, &b"{}"[..]), ("evt_1", 8, b"{}"), ("evt_1", 7, b"{ }")] {
            assert!(!key.verify(id, secs, body, &signed));
        }
        assert!(!other.verify("evt_1", 7, b"{}", &signed));
        for odd in ["", "v1,", "v1,?", &signed[3..], &signed.replace("v1,", "v1a,"), &signed[..signed.len() - 4]] {
            assert!(!key.verify("evt_1", 7, b"{}", odd), "{odd}");
        }
        // While one key takes the place of another, either is enough.
        let headers = headers("evt_1", 7, b"{}", &[other.clone(), key.clone()]);
        assert_eq!(headers[..2], [(ID, "evt_1".to_owned()), (TIMESTAMP, "7".to_owned())]);
        assert_eq!(headers[2].1.split(' ').count(), 2);
        assert!(key.verify("evt_1", 7, b"{}", &headers[2].1) && other.verify("evt_1", 7, b"{}", &headers[2].1));
    }

    #[test]
    fn a_secret_has_a_length_and_does_not_show() {
        for bytes in [0, 23, 65] {
            assert_eq!(SigningKey::new(&vec![7; bytes]), Err(NoKey));
        }
        let key = SigningKey::new(&[7; 32]).unwrap();
        assert_eq!((SigningKey::parse(&key.text()), key.text().starts_with(PREFIX)), (Ok(key.clone()), true));
        assert_eq!(SigningKey::parse(&key.text()[PREFIX.len()..]), Ok(key.clone()));
        assert_eq!(SigningKey::parse("whsec_not base 64"), Err(NoKey));
        assert_eq!(format!("{key:?}"), "SigningKey(…)");
    }

    #[test]
    fn a_body_is_json_whatever_stands_in_it() {
        let told = Told { id: "evt_\"", kind: "a.b", at: Instant::DAWN, data: r#"{"é":"\u0000"}"# };
        let read: serde_json::Value = serde_json::from_slice(&body(&told)).unwrap();
        assert_eq!((&read["id"], &read["data"]["é"]), (&serde_json::json!("evt_\""), &serde_json::json!("\u{0}")));
    }
}

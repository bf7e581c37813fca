//! Who sends: a token signed with the sender's key, which the browser was told when it subscribed.
//!
//! Signatures are made without chance (RFC 6979): the same second gives the same token. Deliberately absent: keys of other kinds,
//! and the older scheme `WebPush`.
//!
//! Source: RFC 8292.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use regua_core::time::Instant;

use super::{Subscription, Wrong, decode, encode};

/// Seconds that a token lives: push services refuse more than a day, and clocks differ.
const LIFE_SECS: i64 = 12 * 3_600;

/// The key of a sender. It does not show.
#[derive(Clone)]
pub struct VapidKey(SigningKey);

impl std::fmt::Debug for VapidKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VapidKey(…)")
    }
}

impl VapidKey {
    /// Of 32 random bytes.
    ///
    /// # Errors
    /// [`Wrong::Key`] for bytes that are no private key: draw others (one in 2³² is none).
    pub fn new(bytes: &[u8]) -> Result<Self, Wrong> {
        let bytes: &[u8; 32] = bytes.try_into().or(Err(Wrong::Key))?;
        SigningKey::from_slice(bytes).map(Self).or(Err(Wrong::Key))
    }

    /// As settings have it: base 64 for addresses, as tools for web push print it.
    ///
    /// # Errors
    /// [`Wrong::Key`].
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        Self::new(&decode(text.trim()).ok_or(Wrong::Key)?)
    }

    /// The public key: what a page gives as `applicationServerKey` when it subscribes.
    #[must_use]
    pub fn public(&self) -> String {
        encode(self.0.verifying_key().to_sec1_point(false).as_bytes())
    }

    /// The header `authorization` of a request to a subscription's origin: good for twelve hours, so it may be kept for as long as
    /// the key is used there.
    ///
    /// * `contact` — `mailto:` or `https:` of whoever the push service may turn to.
    ///
    /// ```
    /// # use regua_core::time::Instant;
    /// # use regua_wire::channels::push::{Subscription, VapidKey};
    /// let key = VapidKey::new(&[7; 32])?;
    /// let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    /// let to = Subscription::new("https://push.example.net/p/1", point, "BTBZMqHH6r4Tts7J_aSIgg")?;
    /// let header = key.authorization(&to, "mailto:us@example.com", Instant::from_secs(1_453_480_568));
    /// assert!(header.starts_with("vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.") && header.ends_with(&key.public()));
    /// # Ok::<(), regua_wire::channels::push::Wrong>(())
    /// ```
    #[must_use]
    pub fn authorization(&self, to: &Subscription, contact: &str, now: Instant) -> String {
        let expires = now.secs().saturating_add(LIFE_SECS);
        let claims = serde_json::json!({"aud": to.origin(), "exp": expires, "sub": contact}).to_string();
        let signed = format!("{}.{}", encode(br#"{"typ":"JWT","alg":"ES256"}"#), encode(claims.as_bytes()));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", encode(&signature.to_bytes()), self.public())
    }
}

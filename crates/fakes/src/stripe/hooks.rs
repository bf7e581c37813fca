//! Webhooks of Stripe: where they go, in which shape, and the signature they carry.
//!
//! Deliberately absent: when they go, which `crate::hooks` knows and a test orders.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::state::Generation;

/// Seconds until each try: growing, three days in all.
pub(crate) const LADDER: &[i64] = &[0, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 57_600, 86_400];

/// Where webhooks go.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The receiver.
    pub url: String,
    /// What is signed with, with its `whsec_`.
    pub secret: String,
    /// In which shape.
    pub generation: Generation,
    /// Only these kinds; empty for all.
    pub kinds: Vec<String>,
}

/// The secret does not show.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Endpoint({}, {:?})", self.url, self.generation)
    }
}

impl Endpoint {
    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind)
    }
}

/// The value of `Stripe-Signature` for a body that is sent at a moment.
#[must_use]
pub fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    // HMAC takes a key of any length, so that there is always one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let digest: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_that_two_of_stripes_own_libraries_agree_on() {
        let signed = signature("whsec_test_secret", 1_700_000_000, br#"{"id":"evt_1","object":"event"}"#);
        assert_eq!(signed, "t=1700000000,v1=0c8670ed117751cc551a20e35839447075c42800ea3cf3e8a2fbda99cd1e6edd");
    }
}

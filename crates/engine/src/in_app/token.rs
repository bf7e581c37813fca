//! Tokens that a company's server signs for a customer of its own, so that the customer's browser may ask what the app shows.
//!
//! `ia_<tenant>_<secret>_<payload>_<signature>`: ids are 32 hexadecimal digits, the payload is JSON in base 64 as addresses
//! write it, without padding, and the signature is HMAC-SHA256 of everything before its `_`, in hexadecimal digits. A token says
//! who may look and for how long, and opens nothing else. Deliberately absent: secrets, which `secrets` has.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use serde::Deserialize;
use sha2::Sha256;

use super::hex::{hex, unhex};

/// The longest time for which a token is good, in seconds: an hour.
pub const LIFE_SECS_MAX: i64 = 60 * 60;
/// By how much the clock of a company's server may be ahead of ours, in seconds.
const AHEAD_SECS: i64 = 60;
/// The longest token, in bytes.
const TOKEN_MAX: usize = 2_000;
/// The longest id of a customer, in characters; as long as names are everywhere.
const CUSTOMER_MAX: usize = 200;
/// The longest origin, in bytes: a scheme, a name of 253 and a port.
const ORIGIN_MAX: usize = 300;

/// A token that somebody shows, taken apart and not yet believed.
pub(super) struct Claimed<'t> {
    /// Whose secret it names.
    pub(super) tenant: TenantId,
    /// Which one.
    pub(super) secret: [u8; 16],
    /// What is signed.
    signed: &'t str,
    signature: [u8; 32],
    /// What it says.
    pub(super) says: Says,
}

/// What a token says. Members that are not known are left out of account.
#[derive(Deserialize)]
pub(super) struct Says {
    /// The customer: our id, or what its source calls it.
    pub(super) customer: String,
    /// The second after the Unix epoch from which on it is not good any more.
    pub(super) exp: i64,
    /// The one page's origin from which it is good; any that the settings list when absent.
    #[serde(default)]
    pub(super) origin: Option<String>,
}

impl<'t> Claimed<'t> {
    /// Reads one: exactly as it is described, or not at all.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        if text.len() > TOKEN_MAX || !text.is_ascii() {
            return None;
        }
        let (signed, signature) = text.rsplit_once('_')?;
        let mut parts = signed.splitn(4, '_');
        if parts.next()? != "ia" {
            return None;
        }
        let tenant = TenantId::from_bytes(unhex(parts.next()?)?).ok()?;
        let secret = unhex(parts.next()?)?;
        let payload = BASE64.decode(parts.next()?).ok()?;
        let says: Says = serde_json::from_slice(&payload).ok()?;
        let customer = says.customer.chars().count();
        let fits = (1..=CUSTOMER_MAX).contains(&customer) && !says.customer.contains('\0');
        let origin = says.origin.as_ref().is_none_or(|origin| origin.len() <= ORIGIN_MAX);
        (fits && origin).then_some(Self { tenant, secret, signed, signature: unhex(signature)?, says })
    }

    /// Whether a secret signed it. Takes as long whatever differs.
    pub(super) fn is_signed_by(&self, key: &[u8]) -> bool {
        mac(key, self.signed).is_some_and(|mac| mac.verify_slice(&self.signature).is_ok())
    }

    /// Whether it is good at a moment: not over, and not made to last.
    pub(super) fn is_good_at(&self, now: Instant) -> bool {
        let left = self.says.exp.saturating_sub(now.secs());
        (1..=LIFE_SECS_MAX.saturating_add(AHEAD_SECS)).contains(&left)
    }
}

/// A token as a company's server makes it: for tests, examples, and the page that tries it out.
pub(super) fn sign(tenant: TenantId, secret: [u8; 16], key: &[u8], payload: &str) -> String {
    let signed = format!("ia_{}_{}_{}", hex(&tenant.to_bytes()), hex(&secret), BASE64.encode(payload));
    let signature = mac(key, &signed).map(|mac| hex(&mac.finalize().into_bytes())).unwrap_or_default();
    format!("{signed}_{signature}")
}

fn mac(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [7; 32];
    const SECRET: [u8; 16] = [9; 16];

    fn tenant() -> TenantId {
        TenantId::new(1_700_000_000_000, [3; 10])
    }

    fn token(payload: &str) -> String {
        sign(tenant(), SECRET, &KEY, payload)
    }

    #[test]
    fn a_token_is_read_as_it_was_signed() {
        let text = token(r#"{"customer":"C_1 é","exp":1000,"origin":"https://app.example","iat":5}"#);
        let read = Claimed::parse(&text).unwrap();
        assert_eq!((read.tenant, read.secret, read.says.customer.as_str()), (tenant(), SECRET, "C_1 é"));
        assert_eq!(read.says.origin.as_deref(), Some("https://app.example"));
        assert!(read.is_signed_by(&KEY));
        assert!(!read.is_signed_by(&[8; 32]));
    }

    #[test]
    fn a_token_is_good_for_an_hour_at_most() {
        let read = |exp: i64| token(&format!(r#"{{"customer":"C1","exp":{exp}}}"#));
        let good = |exp: i64, now: i64| Claimed::parse(&read(exp)).unwrap().is_good_at(Instant::from_secs(now));
        assert!(good(1_001, 1_000) && good(4_600, 1_000) && good(4_660, 1_000));
        assert!(!good(1_000, 1_000) && !good(999, 1_000) && !good(4_661, 1_000) && !good(i64::MAX, 0) && !good(i64::MIN, 0));
    }

    #[test]
    fn what_is_no_token_is_none() {
        let good = token(r#"{"customer":"C1","exp":1000}"#);
        let long = token(&format!(r#"{{"customer":"{}","exp":1000}}"#, "x".repeat(201)));
        let nobody = token(r#"{"customer":"","exp":1000}"#);
        let list = token("[]");
        let upper = good.to_uppercase();
        for bad in ["", "ia", "ia_", "____", &good[1..], &good[..good.len() - 1], &long, &nobody, &list, &upper, &format!("{good}_")] {
            assert!(Claimed::parse(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        /// Whatever byte of a token is another, nobody believes it.
        #[test]
        fn no_altered_token_is_believed(place in 0_usize..200, other in "[ -~]") {
            let good = token(r#"{"customer":"C1","exp":1000,"origin":"https://app.example"}"#);
            let place = place % good.len();
            let altered = format!("{}{other}{}", &good[..place], &good[place + 1..]);
            prop_assume!(altered != good);
            let believed = Claimed::parse(&altered).is_some_and(|read| {
                (read.tenant, read.secret) == (tenant(), SECRET) && read.is_signed_by(&KEY)
            });
            prop_assert!(!believed, "{altered}");
        }

        /// No text makes it panic.
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,300}") {
            drop(Claimed::parse(&text));
        }
    }
}

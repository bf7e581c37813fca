//! What is remembered of a sign-in while the browser is at the provider: sealed, in the browser's own cookie.
//!
//! Sealed under the installation's key for one issuer, client and return address, so that neither the browser nor another
//! installation can read or make one, and changed settings end those on their way. Deliberately absent: the person; nobody
//! knows yet.

use regua_core::time::Instant;
use regua_store::seal::MasterKey;
use regua_wire::oidc::{decode, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{OidcError, Settings};
use crate::ports::Rng;

/// What the seal is for.
const PURPOSE: &str = "openid sign-in 1";
/// Characters of a cookie's value; browsers take 4,096 bytes of name, value and attributes.
const SEALED_MAX: usize = 3_500;
/// Bytes of a page's path.
const RETURN_MAX: usize = 1_024;

/// A sign-in on its way.
#[derive(Serialize, Deserialize)]
pub(super) struct Trip {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) return_to: String,
    /// Seconds since 1970.
    pub(super) until: i64,
}

impl Trip {
    /// Three random words of 256 bits each.
    pub(super) fn new(rng: &mut dyn Rng, return_to: &str, until: i64) -> Self {
        let mut word = || encode(&rng.bytes::<32>());
        Self { state: word(), nonce: word(), verifier: word(), return_to: page(return_to).to_owned(), until }
    }

    pub(super) fn seal(&self, key: &MasterKey, settings: &Settings) -> Result<String, OidcError> {
        let plain = postcard::to_allocvec(self).or(Err(OidcError::Sealed))?;
        let sealed = key.seal(PURPOSE, &owner(settings), &plain).or(Err(OidcError::Sealed))?;
        Ok(encode(&sealed))
    }

    pub(super) fn open(sealed: &str, key: &MasterKey, settings: &Settings, now: Instant) -> Result<Self, OidcError> {
        if sealed.len() > SEALED_MAX {
            return Err(OidcError::Sealed);
        }
        let bytes = decode(sealed).ok_or(OidcError::Sealed)?;
        let plain = key.open(PURPOSE, &owner(settings), &bytes).or(Err(OidcError::Sealed))?;
        let trip: Self = postcard::from_bytes(&plain).or(Err(OidcError::Sealed))?;
        if now.secs() >= trip.until { Err(OidcError::Late) } else { Ok(trip) }
    }

    /// Whether a return is of this sign-in. Hashes are compared, so that the time it takes says nothing.
    pub(super) fn is_state(&self, state: &str) -> bool {
        Sha256::digest(state.as_bytes()) == Sha256::digest(self.state.as_bytes())
    }
}

/// Whose seal it is. Each part has its length in front, so that none runs into the next.
fn owner(settings: &Settings) -> Vec<u8> {
    let mut owner = Vec::new();
    for part in [&settings.issuer, &settings.client_id, &settings.redirect_uri] {
        owner.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        owner.extend_from_slice(part.as_bytes());
    }
    owner
}

/// A path of ours, or `/`. Browsers read `//host` and `/\host` as addresses elsewhere.
fn page(path: &str) -> &str {
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && path.len() <= RETURN_MAX;
    if ours && path.bytes().all(|byte| byte.is_ascii_graphic()) { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_gone_to() {
        for good in ["/", "/customers/cus_1?tab=2#x", "/a//b"] {
            assert_eq!(page(good), good);
        }
        let long = format!("/{}", "a".repeat(RETURN_MAX));
        for bad in ["", "//evil.example", "/\\evil.example", "/a\\b", "https://evil.example", "a", "/a b", "/a\r\nx: y", "/é", &long] {
            assert_eq!(page(bad), "/", "{bad}");
        }
    }
}

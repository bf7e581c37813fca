//! What is known of a provider: its document and its keys, and when they were read.
//!
//! Nobody holds a lock while the network is waited for, so a slow provider holds up nobody but those who ask it. Deliberately
//! absent: keys that outlive their hour. A key that the provider withdrew is not good for longer.

use std::sync::{Arc, Mutex};

use regua_core::time::Instant;
use regua_wire::oidc::{Discovery, Jwks, Token, What};

use super::fetch::Sent;
use super::{OidcError, Settings, locked};

/// How long a document, and keys, are good for.
const GOOD_SECS: i64 = 3_600;
/// How long nobody reads the keys again over a name that they do not hold.
const AGAIN_SECS: i64 = 60;

/// Something that was read, and when.
struct Read<T> {
    what: Arc<T>,
    at: Instant,
}

impl<T> Read<T> {
    /// As long as it is good. A clock that was set back makes it old.
    fn good(&self, secs: i64, now: Instant) -> Option<Arc<T>> {
        let age = now.secs().saturating_sub(self.at.secs());
        (0..secs).contains(&age).then(|| Arc::clone(&self.what))
    }
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Known {
    discovery: Mutex<Option<Read<Discovery>>>,
    keys: Mutex<Option<Read<Jwks>>>,
    /// When somebody last went to read the keys, whatever came of it.
    asked: Mutex<Option<Instant>>,
}

impl Known {
    /// The provider's document.
    pub(super) fn discovery(&self, settings: &Settings, sent: &mut Sent<'_>, now: Instant) -> Result<Arc<Discovery>, OidcError> {
        let known = locked(&self.discovery).as_ref().and_then(|read| read.good(GOOD_SECS, now));
        if let Some(known) = known {
            return Ok(known);
        }
        let address = Discovery::address(&settings.issuer, settings.allow_local)?;
        let body = sent.get(What::Discovery, &address, None)?;
        let what = Arc::new(Discovery::read(&body, &settings.issuer, settings.allow_local)?);
        *locked(&self.discovery) = Some(Read { what: Arc::clone(&what), at: now });
        Ok(what)
    }

    /// Keys of which one has the name that a token says, read again once when none has it.
    pub(super) fn keys(&self, discovery: &Discovery, token: &Token<'_>, sent: &mut Sent<'_>, now: Instant) -> Result<Arc<Jwks>, OidcError> {
        let has = |keys: &Jwks| !keys.candidates(token.algorithm, token.key.as_deref()).is_empty();
        let known = locked(&self.keys).as_ref().and_then(|read| read.good(GOOD_SECS, now));
        if let Some(known) = known {
            if has(&known) {
                return Ok(known);
            }
            // Who sends tokens with made-up names does not make us ask the provider each time.
            let mut asked = locked(&self.asked);
            if asked.is_some_and(|at| (0..AGAIN_SECS).contains(&now.secs().saturating_sub(at.secs()))) {
                return Err(OidcError::UnknownKey);
            }
            *asked = Some(now);
        }
        let keys = self.all_keys(discovery, sent, now)?;
        if has(&keys) { Ok(keys) } else { Err(OidcError::UnknownKey) }
    }

    /// Every key, read anew.
    pub(super) fn all_keys(&self, discovery: &Discovery, sent: &mut Sent<'_>, now: Instant) -> Result<Arc<Jwks>, OidcError> {
        *locked(&self.asked) = Some(now);
        let what = Arc::new(Jwks::read(&sent.get(What::Keys, &discovery.keys, None)?)?);
        *locked(&self.keys) = Some(Read { what: Arc::clone(&what), at: now });
        Ok(what)
    }

    /// Nothing is known any more.
    pub(super) fn forget(&self) {
        *locked(&self.discovery) = None;
        *locked(&self.keys) = None;
    }
}

//! Signing in with OpenID Connect: a browser is sent to a provider, comes back with a code, and the code becomes a person.
//!
//! The code flow with PKCE, and nothing else. What must be remembered between the two visits travels sealed in a cookie
//! (`sealed`), so that no table is needed and any process may finish what another began. Deliberately absent: who the person is
//! here; sessions; any wait without an end.

mod error;
mod fetch;
mod known;
mod sealed;
mod verify;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use regua_core::time::Instant;
use regua_store::seal::MasterKey;
use regua_wire::oidc::{Callback, ClientBy, Discovery, Expected, Outcome, Profile, Reply, SignIn, Token, Userinfo, What, Wrong, exchange};

use super::http::{BadSettings, Credential};
use super::net::Roots;
use crate::ports::Rng;
use crate::secret::Secret;
pub use error::OidcError;
use fetch::{Fetch, Sent};
use known::Known;
use sealed::Trip;

/// How long a person may take at the provider.
pub const TRIP_SECS: i64 = 600;
/// How long a sign-in may wait for the provider, all of its requests together.
const PATIENCE: Duration = Duration::from_secs(10);
/// Sign-ins that were finished and are remembered, so that none is finished twice.
const USED_MAX: usize = 10_000;

/// Where people sign in, and who we are there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The provider's issuer, to the letter.
    pub issuer: String,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: Secret,
    /// Our address to which the provider sends browsers back, to the letter as it is registered there.
    pub redirect_uri: String,
    /// Whether a provider on this machine may be spoken with over http: for tests and demonstrations.
    pub allow_local: bool,
    /// Who may have signed the provider's certificate.
    pub roots: Roots,
}

impl Settings {
    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        let bad = |why: &str| Err(BadSettings(why.to_owned()));
        if let Err(wrong) = Discovery::address(&self.issuer, self.allow_local) {
            return Err(BadSettings(wrong.to_string()));
        }
        if self.client_id.is_empty() || self.client_id.chars().any(char::is_control) {
            return bad("the client's id is empty; the provider shows it beside the client that was made for this installation");
        }
        if self.client_secret.expose().is_empty() {
            return bad(
                "the client's secret is empty; a client without one is not for a server, make one of the kind `web` or `confidential`",
            );
        }
        let redirect = &self.redirect_uri;
        if regua_wire::oidc::Address::read(redirect, true).is_none() {
            return bad("the return address is none; write https:// and our own host and path, as it is registered at the provider");
        }
        Fetch::new(&self.roots, PATIENCE).map(drop)
    }
}

/// A sign-in that begins.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the browser is to be sent.
    pub url: String,
    /// What the provider will bring back; it is in `sealed` too.
    pub state: String,
    /// The value of a cookie that is to come back with the browser: `HttpOnly`, `Secure`, `SameSite=Lax`, good for
    /// [`TRIP_SECS`], and taken away when the browser is back.
    pub sealed: String,
}

/// Shows nothing: whoever has it can finish the sign-in.
impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Begun")
    }
}

/// Who signed in, in the provider's words. It does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The provider's id of the person: with the issuer the one thing that stays.
    pub subject: String,
    /// The e-mail address, if the provider verified it.
    pub email: Option<String>,
    /// The name, if the provider tells one.
    pub name: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.issuer)
    }
}

/// A sign-in that ended well.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    /// Who it is.
    pub identity: Identity,
    /// The page of ours that was asked for: begins with one `/`.
    pub return_to: String,
}

/// One provider. Any number of threads may use it at a time.
pub struct Provider {
    settings: Settings,
    key: MasterKey,
    fetch: Fetch,
    known: Known,
    /// States of sign-ins that were finished, and until when each would be good.
    used: Mutex<BTreeMap<String, Instant>>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({})", self.settings.issuer)
    }
}

impl Provider {
    /// Gets ready; nothing is sent.
    ///
    /// * `key` — the installation's, under which sign-ins are sealed.
    ///
    /// # Errors
    /// [`BadSettings`], as [`Settings::check`].
    pub fn new(settings: Settings, key: MasterKey) -> Result<Self, BadSettings> {
        settings.check()?;
        let fetch = Fetch::new(&settings.roots, PATIENCE)?;
        Ok(Self { settings, key, fetch, known: Known::default(), used: Mutex::default() })
    }

    /// Begins a sign-in: where the browser is to be sent, and what it is to carry meanwhile.
    ///
    /// * `return_to` — the page of ours to go to afterwards. One that is not a path of ours becomes `/`, so that nobody is
    ///   sent elsewhere by a link.
    ///
    /// # Errors
    /// When the provider cannot be reached, or says of itself what cannot be used.
    pub fn begin(&self, rng: &mut dyn Rng, return_to: &str, now: Instant) -> Result<Begun, OidcError> {
        let discovery = self.known.discovery(&self.settings, &mut self.fetch.start(), now)?;
        let trip = Trip::new(rng, return_to, now.secs().saturating_add(TRIP_SECS));
        let url = self.sign_in(&trip).url(&discovery.authorization);
        let sealed = trip.seal(&self.key, &self.settings)?;
        Ok(Begun { url, state: trip.state, sealed })
    }

    /// Finishes a sign-in.
    ///
    /// * `sealed` — the cookie's value.
    /// * `callback` — what the browser brought back.
    ///
    /// # Errors
    /// [`OidcError`] says why it is nobody. Nothing of a sign-in can be used again, whether it ended well or not.
    pub fn finish(&self, sealed: &str, callback: &Callback, now: Instant) -> Result<SignedIn, OidcError> {
        let trip = Trip::open(sealed, &self.key, &self.settings, now)?;
        if !trip.is_state(&callback.state) {
            return Err(OidcError::State);
        }
        self.use_up(&trip, now)?;
        let mut sent = self.fetch.start();
        let discovery = self.known.discovery(&self.settings, &mut sent, now)?;
        let named = callback.issuer.as_deref() == Some(self.settings.issuer.as_str());
        if !named && (callback.issuer.is_some() || discovery.returns_issuer) {
            return Err(Wrong::IssuerOfCallback.into());
        }
        let code = match &callback.outcome {
            Outcome::Code(code) => code,
            Outcome::Refused(wrong) => return Err(wrong.clone().into()),
        };
        let reply = self.exchange(&discovery, &trip, code, &mut sent)?;
        let token = Token::read(&reply.id_token)?;
        let keys = self.known.keys(&discovery, &token, &mut sent, now)?;
        let candidates = keys.candidates(token.algorithm, token.key.as_deref());
        let claims = token.claims(|token| candidates.iter().any(|key| verify::holds(key, token)))?;
        claims.check(&Expected { issuer: &self.settings.issuer, client: &self.settings.client_id, nonce: &trip.nonce, now })?;
        let profile = self.more(&discovery, &reply, &claims.subject, claims.profile, &mut sent)?;
        let identity = Identity { issuer: claims.issuer, subject: claims.subject, email: profile.email, name: profile.name };
        Ok(SignedIn { identity, return_to: trip.return_to })
    }

    /// Whether the provider can be used, as far as can be told without a person: its document and its keys are read anew.
    ///
    /// # Errors
    /// Why not, and the mend.
    pub fn check(&self, now: Instant) -> Result<String, OidcError> {
        let mut sent = self.fetch.start();
        self.known.forget();
        let discovery = self.known.discovery(&self.settings, &mut sent, now)?;
        let keys = self.known.all_keys(&discovery, &mut sent, now)?;
        Ok(format!("{}: {} keys for signatures", self.settings.issuer, keys.keys().len()))
    }

    fn sign_in<'a>(&'a self, trip: &'a Trip) -> SignIn<'a> {
        let Settings { client_id, redirect_uri, .. } = &self.settings;
        SignIn { client: client_id, redirect: redirect_uri, state: &trip.state, nonce: &trip.nonce, verifier: &trip.verifier }
    }

    /// Changes the code for tokens.
    fn exchange(&self, discovery: &Discovery, trip: &Trip, code: &str, sent: &mut Sent<'_>) -> Result<Reply, OidcError> {
        let secret = &self.settings.client_secret;
        let (credential, in_form) = match discovery.client_by {
            ClientBy::Basic => {
                let id = regua_wire::oidc::word(&self.settings.client_id);
                (Some(Credential::basic(&id, &Secret::new(&regua_wire::oidc::word(secret.expose())))), None)
            }
            ClientBy::Post => (None, Some(secret.expose())),
        };
        let form = exchange(&self.sign_in(trip), code, in_form);
        let answer = sent.post(What::Reply, &discovery.token, form, credential.as_ref())?;
        match Reply::read(answer.status, &answer.body) {
            Some(read) => Ok(read?),
            None => Err(OidcError::Answered { what: What::Reply, status: answer.status }),
        }
    }

    /// What the userinfo endpoint tells besides, where the ID token tells no e-mail address.
    fn more(&self, discovery: &Discovery, reply: &Reply, subject: &str, told: Profile, sent: &mut Sent<'_>) -> Result<Profile, OidcError> {
        let (None, Some(address), Some(access)) = (&told.email, &discovery.userinfo, &reply.access_token) else { return Ok(told) };
        let body = sent.get(What::Userinfo, address, Some(&Credential::bearer(&Secret::new(access))))?;
        let more = Userinfo::read(&body)?;
        if more.subject != subject {
            return Err(Wrong::OtherPerson.into());
        }
        Ok(Profile { email: more.profile.email, name: told.name.or(more.profile.name) })
    }

    /// A sign-in is finished once. Processes beside this one do not know of it: there the provider refuses the code, which is
    /// good once.
    fn use_up(&self, trip: &Trip, now: Instant) -> Result<(), OidcError> {
        let mut used = locked(&self.used);
        used.retain(|_, until| *until > now);
        if used.contains_key(&trip.state) {
            return Err(OidcError::Used);
        }
        if used.len() >= USED_MAX {
            let oldest = used.iter().min_by_key(|(_, until)| **until).map(|(state, _)| state.clone());
            oldest.and_then(|oldest| used.remove(&oldest));
        }
        used.insert(trip.state.clone(), Instant::from_secs(trip.until));
        Ok(())
    }
}

/// What a lock holds is whole also when a thread ended while it held it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

//! Signing in: by password and second factor, or on the word of another system.

use std::fmt;

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::db::{Scope as Rows, Tx};
use regua_store::people::identities::{self, IdentityRow};
use regua_store::people::persons::{self, PersonRow};
use regua_store::people::{failures, tokens};

use super::events::{self, Happened, tell};
use super::password::{self, Checked};
use super::session::{Begin, SignedIn};
use super::throttle::Turn;
use super::totp;
use crate::Engine;
use crate::error::{Error, Result};
use crate::ports::Rng;

/// Octets of an address at most (RFC 5321): what is longer is nobody's.
const TYPED_MAX: usize = 254;
/// Octets of an issuer and of a subject at most; OpenID Connect allows 255 of the latter.
const ISSUER_MAX: usize = 512;
const SUBJECT_MAX: usize = 255;

/// What somebody types.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The address, in any case.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// A one-time code or a recovery code, where asked for.
    pub code: Option<&'a str>,
}

/// Shows nothing.
impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// Whom another system vouches for, after its answer was checked.
#[derive(Clone, Copy)]
pub struct External<'a> {
    /// Whose word it is: the issuer's address.
    pub issuer: &'a str,
    /// What the issuer calls them.
    pub subject: &'a str,
    /// Their address, only if the issuer says that it has verified it.
    pub email_verified: Option<&'a str>,
}

/// Shows nothing of the person.
impl fmt::Debug for External<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("External").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What signing in came to.
#[derive(Debug)]
pub enum SignIn {
    /// They are in.
    Done(Box<SignedIn>),
    /// The password is right; a code is wanted as well: ask again with all of it.
    NeedsCode,
    /// Nobody has that address, or the password or the code is wrong, or the person is disabled: all one.
    Refused,
    /// Too many have failed for this address: nobody is let try before.
    Throttled {
        /// Until when, a quarter of an hour from now at most.
        until: Instant,
    },
}

impl Engine {
    /// Signs a person in, with a new session.
    ///
    /// * `from` — the address that they come from, as text. Kept is only a hash that changes by the day.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a tenant; [`crate::Kind::Busy`] when too many sign in at once; whatever the database
    /// says. That somebody may not come in is no error.
    pub fn sign_in(&self, tenant: TenantId, typed: Credentials<'_>, from: &str, now: Instant, rng: &mut dyn Rng) -> Result<SignIn> {
        let email = address(typed.email);
        let counted = match self.begin_try(tenant, &email, now)? {
            Turn::Wait(until) => return Ok(SignIn::Throttled { until }),
            Turn::Try(counted) => counted,
        };
        let known = self.db.read(Rows::Tenant(tenant), |tx| persons::by_email(tx, tenant, &email).map_err(Error::from))?;
        // Whoever is not known costs the same.
        let checked = password::check(typed.password, known.as_ref().and_then(|person| person.password.as_deref()))?;
        let Some(known) = known.filter(|person| person.disabled_at.is_none() && checked != Checked::Wrong) else {
            return Ok(SignIn::Refused);
        };
        let code = typed.code.filter(|code| !code.trim().is_empty());
        if known.totp_at.is_some() && code.is_none() {
            self.uncount(tenant, counted)?;
            return Ok(SignIn::NeedsCode);
        }
        let fresh = match checked {
            Checked::RightButOld => Some(password::hash(typed.password, rng)?),
            Checked::Right | Checked::Wrong => None,
        };
        let done = self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            // What was looked at is looked at again: somebody may have changed it meanwhile.
            let person = persons::one(tx, tenant, known.person)?;
            let Some(person) = person.filter(|now| now.disabled_at.is_none() && now.password == known.password) else { return Ok(None) };
            let Some(with) = self.second_factor(tx, tenant, &person, code, now)? else { return Ok(None) };
            if let (Some(old), Some(new)) = (&person.password, &fresh) {
                persons::rehash(tx, tenant, person.person, old, new)?;
            }
            failures::clear(tx, tenant, counted.mark)?;
            self.begin_session(tx, &mut stored, &person, Begin { from, with: with.word() }, now, rng).map(Some)
        })?;
        Ok(done.map_or(SignIn::Refused, |done| SignIn::Done(Box::new(done))))
    }

    /// Uses the second factor up; nothing when it is wrong or was used before.
    pub(super) fn second_factor(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        person: &PersonRow,
        code: Option<&str>,
        now: Instant,
    ) -> Result<Option<With>> {
        if person.totp_at.is_none() {
            return Ok(Some(With::Password));
        }
        let Some(code) = code else { return Ok(None) };
        let secret = self.totp_secret(tenant, person)?;
        if let Some(step) = totp::matching(&secret, code, now) {
            return Ok(persons::use_step(tx, tenant, person.person, step)?.then_some(With::Code));
        }
        let used = tokens::use_code(tx, tenant, person.person, self.recovery_mark(tenant, person.person, code))?;
        Ok(used.then_some(With::RecoveryCode))
    }

    /// Signs a person in on the word of another system, whose second factor stands for ours.
    ///
    /// Whoever is not known there yet is found by a verified address, and linked from then on; nobody is made.
    ///
    /// # Errors
    /// As [`Engine::sign_in`].
    pub fn sign_in_external(&self, tenant: TenantId, word: External<'_>, from: &str, now: Instant, rng: &mut dyn Rng) -> Result<SignIn> {
        let fits = |text: &str, most: usize| !text.is_empty() && text.len() <= most && !text.chars().any(char::is_control);
        if !fits(word.issuer, ISSUER_MAX) || !fits(word.subject, SUBJECT_MAX) {
            return Ok(SignIn::Refused);
        }
        self.db.write(Rows::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let linked = identities::one(tx, tenant, word.issuer, word.subject)?;
            let person = match (linked, word.email_verified) {
                (Some(id), _) => persons::one(tx, tenant, id)?,
                (None, Some(email)) => persons::by_email(tx, tenant, &address(email))?,
                (None, None) => None,
            };
            let Some(person) = person.filter(|person| person.disabled_at.is_none()) else { return Ok(SignIn::Refused) };
            if linked.is_none() {
                // An address that went to somebody else at the issuer does not bring the person here with it.
                if identities::of(tx, tenant, person.person)?.iter().any(|known| known.issuer == word.issuer) {
                    return Ok(SignIn::Refused);
                }
                let (issuer, subject) = (word.issuer.to_owned(), word.subject.to_owned());
                identities::add(tx, tenant, &IdentityRow { issuer, subject, person: person.person, linked_at: now })?;
                let told = Happened { with: Some(word.issuer.to_owned()), ..Happened::to(person.person) };
                tell(tx, &mut stored, now, events::LINKED, &told)?;
            }
            let begin = Begin { from, with: Some(word.issuer) };
            self.begin_session(tx, &mut stored, &person, begin, now, rng).map(|done| SignIn::Done(Box::new(done)))
        })
    }
}

/// With what somebody proved who they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum With {
    /// There is no second factor.
    Password,
    /// A one-time code.
    Code,
    /// A code for who has lost the other.
    RecoveryCode,
}

impl With {
    const fn word(self) -> Option<&'static str> {
        match self {
            Self::Password => None,
            Self::Code => Some("code"),
            Self::RecoveryCode => Some("recovery_code"),
        }
    }
}

/// An address as it is stored: without space around it, in lower case. What cannot be one is nobody's.
pub(super) fn address(typed: &str) -> String {
    let typed = typed.trim();
    let fits = typed.len() <= TYPED_MAX && !typed.chars().any(char::is_control);
    if fits { typed.to_lowercase() } else { String::new() }
}

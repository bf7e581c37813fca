//! Secrets with which a company's server signs for its customers: made, put in place of one another, ended.
//!
//! A secret is shown once and stored sealed. Whoever makes or ends one is an event of the tenant's chain.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Instant;
use regua_store::db::Scope;
use regua_store::in_app::{self as rows, SecretRow};
use serde_json::json;
use zeroize::Zeroizing;

use super::hex::{hex, unhex};
use super::token::{self, Claimed};
use crate::Engine;
use crate::commands::tell::{About, find};
use crate::commands::tenant::note;
use crate::error::{Error, Kind, Result};
use crate::log::{self, Act};
use crate::ports::Rng;
use crate::secret::Secret;

/// For how long the secret before may go on counting at most, in seconds: seven days.
pub const OVERLAP_SECS_MAX: u32 = 7 * 24 * 60 * 60;
/// Secrets that count at the same time at most: whoever changes more often waits for one to end.
pub const SECRETS_MAX: usize = 5;
/// What they are sealed for.
const PURPOSE: &str = "in-app secret";
/// What the text of one begins with.
const PREFIX: &str = "is";

/// A secret as people see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SecretView {
    /// What its text begins with, by which it is recognised; no part of what is secret.
    pub begins: String,
    /// When it was made.
    pub made_at: Instant,
    /// Until when it counts; none for the one that signs now.
    pub ends_at: Option<Instant>,
}

/// For whom a token is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reader {
    /// Whose customer.
    pub tenant: TenantId,
    /// The customer; none while nothing is known of it, as before its first bill.
    pub customer: Option<CustomerId>,
    /// The one page's origin from which it is good; any that the settings list when absent.
    pub origin: Option<String>,
    /// From when on it is not good any more.
    pub expires_at: Instant,
}

impl Engine {
    /// Makes a secret that signs from now on, and shows it this once. Those before it count for `overlap_secs` longer.
    ///
    /// # Errors
    /// [`Kind::Refused`] for more than [`OVERLAP_SECS_MAX`], or beyond [`SECRETS_MAX`]; whatever the database says.
    pub fn make_in_app_secret(
        &self,
        tenant: TenantId,
        overlap_secs: u32,
        act: &Act,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<(SecretView, Secret)> {
        if overlap_secs > OVERLAP_SECS_MAX {
            return Err(Error::refused("overlap_too_long", "the secret before counts for seven days at most (604800 seconds)"));
        }
        let id = rng.bytes::<16>();
        let key = Zeroizing::new(rng.bytes::<32>());
        let sealed = self.master.seal(PURPOSE, &owner(tenant, id), key.as_slice());
        let sealed = sealed.map_err(|why| Error::bug("sealed", format!("a secret cannot be sealed: {why}")))?;
        let row = SecretRow { secret: id, sealed, made_at: now, ends_at: None };
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            rows::end(tx, tenant, Instant::from_micros(now.micros().saturating_add(i64::from(overlap_secs).saturating_mul(1_000_000))))?;
            rows::forget(tx, tenant, now)?;
            if rows::secrets(tx, tenant)?.len() >= SECRETS_MAX {
                let told = format!("{SECRETS_MAX} secrets count already; end them all, or wait until the oldest has ended");
                return Err(Error::refused("too_many_secrets", told));
            }
            rows::add(tx, tenant, &row)?;
            let payload = log::json(&json!({"secret": hex(&id), "overlap_secs": overlap_secs, "act": act}))?;
            note(tx, &mut stored, now, "in_app_secret_made", payload)
        })?;
        let begins = begins(tenant, id);
        let secret = Secret::new(&Zeroizing::new(format!("{begins}{}", hex(key.as_slice()))));
        Ok((SecretView { begins, made_at: now, ends_at: None }, secret))
    }

    /// Ends every secret at once: no token is good any more. Whether there was one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn end_in_app_secrets(&self, tenant: TenantId, act: &Act, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            rows::end(tx, tenant, now)?;
            if rows::forget(tx, tenant, now)? == 0 {
                return Ok(false);
            }
            note(tx, &mut stored, now, "in_app_secrets_ended", log::json(&json!({"act": act}))?)?;
            Ok(true)
        })
    }

    /// The secrets that count, the oldest first.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn in_app_secrets(&self, tenant: TenantId, now: Instant) -> Result<Vec<SecretView>> {
        let all = self.db.read(Scope::Tenant(tenant), |tx| rows::secrets(tx, tenant))?;
        let counts = all.into_iter().filter(|row| row.ends_at.is_none_or(|at| at > now));
        Ok(counts.map(|row| SecretView { begins: begins(tenant, row.secret), made_at: row.made_at, ends_at: row.ends_at }).collect())
    }

    /// For whom a token is; nobody when it is none, is over, or is signed by no secret that counts. Which of these is not told.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn in_app_reader(&self, token: &str, now: Instant) -> Result<Option<Reader>> {
        let Some(claimed) = Claimed::parse(token).filter(|claimed| claimed.is_good_at(now)) else { return Ok(None) };
        let tenant = claimed.tenant;
        self.db.read(Scope::Tenant(tenant), |tx| {
            let row = rows::secret(tx, tenant, claimed.secret)?.filter(|row| row.ends_at.is_none_or(|at| at > now));
            let Some(row) = row else { return Ok(None) };
            let key = self.master.open(PURPOSE, &owner(tenant, row.secret), &row.sealed);
            let key =
                key.map_err(|why| Error::bug("sealed", format!("an in-app secret cannot be opened: {why}; is this the right key file?")))?;
            if !claimed.is_signed_by(&Zeroizing::new(key)) {
                return Ok(None);
            }
            let customer = match find(tx, tenant, &About::Customer(claimed.says.customer.clone())) {
                Ok(found) => Some(found.customer),
                Err(unknown) if unknown.kind == Kind::NotFound => None,
                Err(other) => return Err(other),
            };
            let expires_at = Instant::from_secs(claimed.says.exp);
            Ok(Some(Reader { tenant, customer, origin: claimed.says.origin.clone(), expires_at }))
        })
    }
}

/// A token for a customer, as a company's server makes it with its secret: for programs of ours that try it out.
///
/// * `secret` — the text that [`Engine::make_in_app_secret`] showed; nothing for any other.
/// * `secs` — how long it is good, an hour at most.
///
/// ```
/// # use regua_core::time::Instant;
/// # use regua_engine::{in_app, secret::Secret};
/// let secret = Secret::new(&format!("is_{}_{}_{}", "0".repeat(32), "1".repeat(32), "2".repeat(64)));
/// assert!(in_app::token_for(&secret, "C-1", None, Instant::from_secs(0), 600).is_none(), "zeros are no tenant");
/// ```
#[must_use]
pub fn token_for(secret: &Secret, customer: &str, origin: Option<&str>, now: Instant, secs: i64) -> Option<String> {
    let mut parts = secret.expose().split('_');
    if parts.next()? != PREFIX {
        return None;
    }
    let tenant = TenantId::from_bytes(unhex(parts.next()?)?).ok()?;
    let (id, key) = (unhex(parts.next()?)?, Zeroizing::new(unhex::<32>(parts.next()?)?));
    let mut says = json!({"customer": customer, "exp": now.secs().saturating_add(secs.clamp(1, token::LIFE_SECS_MAX))});
    if let Some(origin) = origin {
        says["origin"] = origin.into();
    }
    parts.next().is_none().then(|| token::sign(tenant, id, key.as_slice(), &says.to_string()))
}

fn begins(tenant: TenantId, id: [u8; 16]) -> String {
    format!("{PREFIX}_{}_{}_", hex(&tenant.to_bytes()), hex(&id))
}

fn owner(tenant: TenantId, id: [u8; 16]) -> [u8; 32] {
    let mut owner = [0; 32];
    owner[..16].copy_from_slice(&tenant.to_bytes());
    owner[16..].copy_from_slice(&id);
    owner
}

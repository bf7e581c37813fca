//! Endpoints: where a tenant's webhooks go, their secrets, and what went there.
//!
//! Whoever acts, and on which endpoint, is an event of the tenant's chain; addresses and secrets are not in it. Deliberately
//! absent: sockets, which the port [`crate::ports::Deliver`] has.

mod deliver;
mod history;
mod url;

use regua_core::ids::{EndpointId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope, Tx};
use regua_store::endpoints::{self as rows, EndpointRow};
use regua_store::tenants::StoredTenant;
use regua_wire::webhooks_out::SigningKey;
use serde_json::json;

use crate::Engine;
use crate::commands::tenant::{millis, note};
use crate::error::{Error, Result};
use crate::events::Type;
use crate::log::{self, Act};
use crate::ports::Rng;
use crate::secret::Secret;

pub use deliver::{Delivered, TRIES_MAX};
pub use history::{Delivery, DeliveryPage, DeliveryState, REPLAY_MAX};
pub(crate) use url::is_public;
pub use url::{Reach, check as check_url};

/// Endpoints that a tenant can have.
pub const ENDPOINTS_MAX: usize = 20;
/// The longest time for which an old secret signs beside the new one, in seconds: a day.
pub const OVERLAP_SECS_MAX: u32 = 86_400;
/// Characters of a description, at most.
const DESCRIPTION_MAX: usize = 200;
/// What secrets are sealed for.
const PURPOSE: &str = "endpoint secret";

/// Where an endpoint stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// Webhooks go there.
    Active,
    /// A person has stopped them; what happens meanwhile waits, for thirty days.
    Paused,
    /// It was given up; what happens meanwhile does not wait, and can be replayed.
    Disabled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Disabled];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}

/// An endpoint as people see it. Its secret was shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Which.
    pub id: EndpointId,
    /// Where it is.
    pub url: String,
    /// What is told there; everything when empty.
    pub types: Vec<Type>,
    /// What people call it.
    pub description: String,
    /// Where it stands.
    pub state: State,
    /// Why it is disabled: `gone` (it answered 410) or `failing` (nothing arrived for five days).
    pub reason: Option<String>,
    /// When it was added.
    pub added_at: Instant,
    /// When somebody changed it last.
    pub changed_at: Instant,
    /// Since when nothing arrived; none while things do.
    pub failing_since: Option<Instant>,
    /// Until when the secret before signs too.
    pub rotating_until: Option<Instant>,
}

/// Addresses may hold secrets.
impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Endpoint({}, {})", self.id, self.state.word())
    }
}

/// A new endpoint.
#[derive(Clone, Copy, Debug)]
pub struct NewEndpoint<'a> {
    /// Where it is.
    pub url: &'a str,
    /// What is told there; everything when empty.
    pub types: &'a [Type],
    /// What people call it.
    pub description: &'a str,
}

/// What of an endpoint changes; nothing of what is absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct EndpointChange<'a> {
    /// Where it is.
    pub url: Option<&'a str>,
    /// What is told there.
    pub types: Option<&'a [Type]>,
    /// What people call it.
    pub description: Option<&'a str>,
}

impl Engine {
    /// Adds an endpoint; its secret is shown this once.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] for an address that webhooks do not go to, a description that is too long, and beyond
    /// [`ENDPOINTS_MAX`]; whatever the database says.
    pub fn add_endpoint(
        &self,
        tenant: TenantId,
        new: &NewEndpoint<'_>,
        reach: Reach,
        act: &Act,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<(Endpoint, Secret)> {
        let url = url::check(new.url, reach)?;
        let id = EndpointId::new(millis(now), rng.bytes());
        let key = fresh(rng)?;
        let row = EndpointRow {
            endpoint: id,
            url,
            types: words(new.types),
            description: described(new.description)?,
            state: State::Active.word().to_owned(),
            reason: None,
            secret: self.seal_key(tenant, id, &key)?,
            old_secret: None,
            old_until: None,
            added_at: now,
            changed_at: now,
            failing_since: None,
            due_at: None,
        };
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let there = rows::all(tx, tenant)?.iter().filter(|row| row.state != REMOVED).count();
            if there >= ENDPOINTS_MAX {
                let why = format!("a company has {ENDPOINTS_MAX} endpoints at most; remove one that nobody needs");
                return Err(Error::refused("too_many_endpoints", why));
            }
            rows::add(tx, tenant, &row)?;
            audit(tx, &mut stored, now, "endpoint_added", &row, act)
        })?;
        Ok((shown(&row, now)?, Secret::new(&key.text())))
    }

    /// Changes an endpoint, as it is then.
    ///
    /// # Errors
    /// As [`Engine::add_endpoint`]; [`crate::Kind::NotFound`] when there is no such endpoint.
    pub fn change_endpoint(
        &self,
        tenant: TenantId,
        id: EndpointId,
        change: &EndpointChange<'_>,
        reach: Reach,
        act: &Act,
        now: Instant,
    ) -> Result<Endpoint> {
        let url = change.url.map(|url| url::check(url, reach)).transpose()?;
        let description = change.description.map(described).transpose()?;
        self.on_endpoint(tenant, id, act, now, "endpoint_changed", |row| {
            if let Some(url) = url {
                row.url = url;
            }
            if let Some(types) = change.types {
                row.types = words(types);
            }
            if let Some(description) = description {
                row.description = description;
            }
            Ok(())
        })
    }

    /// Stops webhooks to an endpoint; what happens meanwhile waits.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint, [`crate::Kind::Refused`] when it is disabled.
    pub fn pause_endpoint(&self, tenant: TenantId, id: EndpointId, act: &Act, now: Instant) -> Result<Endpoint> {
        self.on_endpoint(tenant, id, act, now, "endpoint_paused", |row| {
            if row.state == State::Disabled.word() {
                return Err(Error::refused("endpoint_disabled", "it is disabled already; resume it when it works again"));
            }
            State::Paused.word().clone_into(&mut row.state);
            row.due_at = None;
            Ok(())
        })
    }

    /// Lets webhooks go to an endpoint again, what has waited first. What happened while it was disabled is replayed on demand.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint.
    pub fn resume_endpoint(&self, tenant: TenantId, id: EndpointId, act: &Act, now: Instant) -> Result<Endpoint> {
        self.on_endpoint(tenant, id, act, now, "endpoint_resumed", |row| {
            State::Active.word().clone_into(&mut row.state);
            (row.reason, row.failing_since, row.due_at) = (None, None, Some(now));
            Ok(())
        })
    }

    /// Removes an endpoint: nothing goes there any more, and its secrets are gone at once.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint.
    pub fn remove_endpoint(&self, tenant: TenantId, id: EndpointId, act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let mut row = locked(tx, tenant, id)?;
            REMOVED.clone_into(&mut row.state);
            (row.url, row.description, row.secret, row.old_secret) = (String::new(), String::new(), Vec::new(), None);
            (row.reason, row.due_at, row.changed_at) = (None, None, now);
            rows::set(tx, tenant, &row)?;
            audit(tx, &mut stored, now, "endpoint_removed", &row, act)
        })
    }

    /// Gives an endpoint a new secret, which is shown this once. The one before signs too for `overlap_secs`, a day at most.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint; [`crate::Kind::Refused`] for a longer time.
    pub fn rotate_endpoint(
        &self,
        tenant: TenantId,
        id: EndpointId,
        overlap_secs: u32,
        act: &Act,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<(Endpoint, Secret)> {
        if overlap_secs > OVERLAP_SECS_MAX {
            return Err(Error::refused("overlap_too_long", "the secret before signs for a day at most (86400 seconds)"));
        }
        let key = fresh(rng)?;
        let sealed = self.seal_key(tenant, id, &key)?;
        let endpoint = self.on_endpoint(tenant, id, act, now, "endpoint_rotated", |row| {
            let before = std::mem::replace(&mut row.secret, sealed);
            let overlaps = overlap_secs > 0;
            row.old_secret = overlaps.then_some(before);
            row.old_until = overlaps.then(|| after_secs(now, overlap_secs.into()));
            Ok(())
        })?;
        Ok((endpoint, Secret::new(&key.text())))
    }

    /// Asks for a webhook of type `endpoint.test` to an endpoint, whatever its filter. It comes by way of the feed, as all do.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint; [`crate::Kind::Refused`] unless it is active.
    pub fn test_endpoint(&self, tenant: TenantId, id: EndpointId, act: &Act, now: Instant) -> Result<Endpoint> {
        self.on_endpoint(tenant, id, act, now, "endpoint_tested", |row| {
            if row.state == State::Active.word() {
                return Ok(());
            }
            Err(Error::refused("endpoint_not_active", "nothing goes to it now; resume it first"))
        })
    }

    /// The endpoints of a tenant, in the order in which they were added.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn endpoints(&self, tenant: TenantId, now: Instant) -> Result<Vec<Endpoint>> {
        let all = self.db.read(Scope::Tenant(tenant), |tx| rows::all(tx, tenant))?;
        all.iter().filter(|row| row.state != REMOVED).map(|row| shown(row, now)).collect()
    }

    /// One endpoint.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such endpoint; whatever the database says.
    pub fn endpoint(&self, tenant: TenantId, id: EndpointId, now: Instant) -> Result<Endpoint> {
        let row = self.db.read(Scope::Tenant(tenant), |tx| rows::one(tx, tenant, id))?;
        shown(&row.filter(|row| row.state != REMOVED).ok_or_else(missing)?, now)
    }

    /// Changes an endpoint under the locks of its tenant and its own, and says so in the tenant's chain.
    fn on_endpoint(
        &self,
        tenant: TenantId,
        id: EndpointId,
        act: &Act,
        now: Instant,
        kind: &'static str,
        change: impl FnOnce(&mut EndpointRow) -> Result<()>,
    ) -> Result<Endpoint> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let mut row = locked(tx, tenant, id)?;
            change(&mut row)?;
            row.changed_at = now;
            rows::set(tx, tenant, &row)?;
            audit(tx, &mut stored, now, kind, &row, act)?;
            shown(&row, now)
        })
    }

    /// A secret sealed for its endpoint: no row can be given that of another.
    fn seal_key(&self, tenant: TenantId, id: EndpointId, key: &SigningKey) -> Result<Vec<u8>> {
        let sealed = self.master.seal(PURPOSE, &owner(tenant, id), key.bytes());
        sealed.map_err(|why| Error::bug("sealed", format!("a secret cannot be sealed: {why}")))
    }

    /// The secrets that sign at a moment: the present one first.
    fn open_keys(&self, tenant: TenantId, row: &EndpointRow, now: Instant) -> Result<Vec<SigningKey>> {
        let old = row.old_secret.as_ref().filter(|_| row.old_until.is_some_and(|until| now < until));
        let open = |sealed: &Vec<u8>| {
            let bytes = self.master.open(PURPOSE, &owner(tenant, row.endpoint), sealed);
            let bad = |why: String| {
                Error::bug("sealed", format!("a secret of {} cannot be opened: {why}; is this the right key file?", row.endpoint))
            };
            SigningKey::new(&bytes.map_err(|why| bad(why.to_string()))?).map_err(|why| bad(why.to_string()))
        };
        std::iter::once(&row.secret).chain(old).map(open).collect()
    }
}

/// The state of an endpoint that is gone, until its deliveries are.
const REMOVED: &str = "removed";

fn missing() -> Error {
    Error::not_found("no_endpoint", "there is no such endpoint; the list of endpoints has their ids")
}

/// An endpoint under its lock.
fn locked(tx: &mut Tx<'_>, tenant: TenantId, id: EndpointId) -> Result<EndpointRow> {
    let row = rows::lock(tx, tenant, &[id.to_bytes()])?.pop();
    row.filter(|row| row.state != REMOVED).ok_or_else(missing)
}

/// The event of the tenant's chain: which endpoint, how it stands, who did it.
fn audit(tx: &mut Tx<'_>, stored: &mut StoredTenant, now: Instant, kind: &'static str, row: &EndpointRow, act: &Act) -> Result<()> {
    let payload = log::json(&json!({ "endpoint": row.endpoint.to_string(), "state": row.state, "act": act }))?;
    note(tx, stored, now, kind, payload)
}

fn fresh(rng: &mut dyn Rng) -> Result<SigningKey> {
    SigningKey::new(&rng.bytes::<32>()).map_err(|why| Error::bug("secret", why.to_string()))
}

fn owner(tenant: TenantId, id: EndpointId) -> [u8; 32] {
    let mut owner = [0; 32];
    owner[..16].copy_from_slice(&tenant.to_bytes());
    owner[16..].copy_from_slice(&id.to_bytes());
    owner
}

/// Types as a row holds them, each once.
fn words(types: &[Type]) -> String {
    let types: std::collections::BTreeSet<Type> = types.iter().copied().collect();
    types.into_iter().map(Type::word).collect::<Vec<_>>().join(" ")
}

fn described(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > DESCRIPTION_MAX || text.chars().any(char::is_control) {
        return Err(Error::refused("bad_description", "a description is one line of 200 characters at most"));
    }
    Ok(text.to_owned())
}

fn shown(row: &EndpointRow, now: Instant) -> Result<Endpoint> {
    let state = State::ALL.into_iter().find(|state| state.word() == row.state);
    Ok(Endpoint {
        id: row.endpoint,
        url: row.url.clone(),
        types: row.types.split(' ').filter_map(|word| word.parse().ok()).collect(),
        description: row.description.clone(),
        state: state.ok_or_else(|| Error::bug("endpoint", format!("`{}` is no state of an endpoint", row.state)))?,
        reason: row.reason.clone(),
        added_at: row.added_at,
        changed_at: row.changed_at,
        failing_since: row.failing_since,
        rotating_until: row.old_until.filter(|until| now < *until),
    })
}

/// A moment some seconds later.
fn after_secs(at: Instant, secs: i64) -> Instant {
    Instant::from_micros(at.micros().saturating_add(secs.saturating_mul(1_000_000)))
}

//! Pausing the whole tenant, or whatever a filter matches, and going on.
//!
//! A customer or a receivable alone is paused by telling the fact. Deliberately absent: touching customers one by one: a
//! pause is laid over receivables whenever something is decided or about to be sent, so it holds at once for all.

use regua_core::ids::{HoldId, TenantId};
use regua_core::time::Instant;
use regua_store::db::Scope;
use regua_store::tenants::{self, StoredPause};

use crate::Engine;
use crate::commands::tenant::{millis, note};
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::ports::Rng;
use crate::tenancy::condition;

impl Engine {
    /// Pauses what `filter` matches, or everything without one, from `now` until a moment or until resumed.
    ///
    /// Everybody is looked at again: who is paused learns when it ends, since announcements do not outlive a pause.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] for a filter that cannot be used or an end that has passed.
    pub fn pause(
        &self,
        tenant: TenantId,
        filter: Option<&str>,
        until: Option<Instant>,
        act: &Act,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<HoldId> {
        if until.is_some_and(|until| until <= now) {
            return Err(Error::refused("bad_end", "a pause ends after it begins; name a later moment, or none"));
        }
        let pause = StoredPause {
            pause: HoldId::new(millis(now), rng.bytes()),
            filter: filter.map(str::to_owned),
            reason: act.reason.clone().unwrap_or_default(),
            from_at: now,
            until_at: until.unwrap_or(Instant::NEVER),
        };
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            if let Some(filter) = filter {
                let tenancy = self.tenancies.read(tx, tenant)?;
                condition(filter, tenancy.published.currency())?;
            }
            tenants::add_pause(tx, tenant, &pause)?;
            let payload =
                log::json(&serde_json::json!({ "pause": pause.pause.to_string(), "filter": filter, "until": until, "act": act }))?;
            note(tx, &mut stored, now, "paused", payload)?;
            tenants::wake_all(tx, tenant, now)?;
            Ok(pause.pause)
        })
    }

    /// Ends a pause; whether it was still running. Everybody is looked at again.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn resume(&self, tenant: TenantId, pause: HoldId, act: &Act, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            if !tenants::end_pause(tx, tenant, pause, now)? {
                return Ok(false);
            }
            let payload = log::json(&serde_json::json!({ "pause": pause.to_string(), "act": act }))?;
            note(tx, &mut stored, now, "resumed", payload)?;
            tenants::wake_all(tx, tenant, now)?;
            Ok(true)
        })
    }
}

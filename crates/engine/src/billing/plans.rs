//! Publishing plans, and what a customer's first invoices would be.

use regua_core::billing::{DraftInvoice, NewSubscription, Plan, preview};
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::billing::{self, StoredPlan};
use regua_store::db::{Scope, Tx};

use super::refused;
use crate::Engine;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};

impl Engine {
    /// Publishes a plan: subscriptions that begin from now on can have it. Those that have an earlier version keep it.
    ///
    /// Returns its version; the same plan again changes nothing.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn publish_plan(&self, tenant: TenantId, plan: &Plan, act: &Act, now: Instant) -> Result<i64> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let latest = billing::latest(tx, tenant, plan.key())?;
            let body = log::json(plan)?;
            if let Some(known) = latest.as_ref().filter(|known| known.body == body) {
                return Ok(known.version);
            }
            let version = latest.map_or(1, |known| known.version + 1);
            let new = StoredPlan { plan: plan.key().to_owned(), version, body, published_at: now };
            billing::add_plan(tx, tenant, &new)?;
            let payload = serde_json::json!({ "plan": new.plan, "version": version, "body": new.body, "act": act });
            note(tx, &mut stored, now, "plan_published", log::json(&payload)?)?;
            Ok(version)
        })
    }

    /// The newest version of a plan.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when none was published.
    pub fn plan(&self, tenant: TenantId, key: &str) -> Result<Plan> {
        self.db.read(Scope::Tenant(tenant), |tx| newest(tx, tenant, key))
    }

    /// The first three invoices that a customer would get; nothing is stored.
    ///
    /// * `usage` — what is used of each meter in every period.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when it could not be billed.
    pub fn preview_subscription(&self, new: NewSubscription, usage: &[(Box<str>, u64)]) -> Result<[DraftInvoice; 3]> {
        let key = new.key.clone();
        preview(new, usage).map_err(|why| refused(&key, &why))
    }
}

fn newest(tx: &mut Tx<'_>, tenant: TenantId, key: &str) -> Result<Plan> {
    let missing = || Error::not_found("no_plan", format!("no plan `{key}` is published; publish it first"));
    let stored = billing::latest(tx, tenant, key)?.ok_or_else(missing)?;
    serde_json::from_str(&stored.body).map_err(|why| Error::bug("plan_read", format!("the plan `{key}` cannot be read: {why}")))
}

/// Refuses a plan that is not the newest version of a published one.
pub(super) fn check_published(tx: &mut Tx<'_>, tenant: TenantId, plan: &Plan) -> Result<()> {
    if newest(tx, tenant, plan.key())? == *plan {
        return Ok(());
    }
    Err(Error::refused(
        "other_plan",
        format!("the plan `{}` was published otherwise; take its newest version, or publish this one", plan.key()),
    ))
}

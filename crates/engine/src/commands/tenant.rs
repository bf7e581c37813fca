//! Making a tenant, and saying how real its decisions are.

use regua_core::facts::Fact;
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::lookup;
use regua_store::tenants::{self, StoredTenant};

use crate::case::{self, Case};
use crate::commands::PAGE;
use crate::error::{Error, Result};
use crate::log::{self, Act, Chain};
use crate::{Engine, ports::Rng};

/// The name of the source whose files are imported by hand.
pub const FILES: &str = "files";

impl Engine {
    /// Makes a tenant, in shadow: it decides and shows, and sends nothing.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn add_tenant(&self, name: &str, now: Instant, rng: &mut dyn Rng) -> Result<TenantId> {
        let tenant = TenantId::new(millis(now), rng.bytes());
        self.db.write(Scope::Owner, |tx| {
            let mut stored = StoredTenant {
                tenant,
                name: name.to_owned(),
                mode: Mode::Shadow.as_str().to_owned(),
                redirect_to: None,
                created_at: now,
                seq: 0,
                head: [0; 32],
            };
            let payload = log::json(&serde_json::json!({ "name": name, "mode": stored.mode, "source": FILES }))?;
            tenants::add(tx, &stored)?;
            tenants::read(tx, tenant, FILES, Instant::DAWN)?;
            note(tx, &mut stored, now, "tenant_added", payload)
        })?;
        Ok(tenant)
    }

    /// The tenants of this installation, at most a thousand.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn tenants(&self) -> Result<Vec<StoredTenant>> {
        self.db.read(Scope::Owner, |tx| tenants::all(tx, 1_000).map_err(Error::from))
    }

    /// Makes a tenant's decisions as real as `mode`. Out of shadow this is an entry of everything open (SPEC §3.13).
    ///
    /// Customers are moved page by page; a run in between finds each in one mode or the other, never in both.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] without an address for redirect mode; whatever the database says.
    pub fn set_mode(&self, tenant: TenantId, mode: Mode, redirect_to: Option<&str>, act: &Act, now: Instant) -> Result<u64> {
        if mode == Mode::Redirect && redirect_to.is_none() {
            return Err(Error::refused("no_redirect", "redirect mode sends everything to one address; say which"));
        }
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            mode.as_str().clone_into(&mut stored.mode);
            stored.redirect_to = redirect_to.map(|to| to.as_bytes().to_vec());
            let payload = log::json(&serde_json::json!({ "mode": stored.mode, "redirect_to": redirect_to, "act": act }))?;
            note(tx, &mut stored, now, "mode_set", payload)
        })?;
        self.each_customer(tenant, Which::All, now, |case, tenancy| {
            if case.facts.mode != mode {
                case.act = Some(act.clone());
                case.tell(tenancy, None, Fact::WentTo { mode }, now).map_err(|bad| Error::refused("mode", bad.to_string()))?;
            }
            Ok(())
        })
    }

    /// Lets `change` work on every customer of a tenant, page by page, each page one transaction; how many it changed.
    pub(crate) fn each_customer(
        &self,
        tenant: TenantId,
        which: Which,
        now: Instant,
        mut change: impl FnMut(&mut Case, &crate::tenancy::Tenancy) -> Result<()>,
    ) -> Result<u64> {
        let (mut after, mut changed) = ([0; 16], 0);
        loop {
            let (last, count) = self.db.write(Scope::Tenant(tenant), |tx| {
                let page = lookup::page(tx, tenant, after, PAGE)?;
                let Some(last) = page.last().map(|(id, _)| id.to_bytes()) else { return Ok((None, 0)) };
                let ids: Vec<[u8; 16]> = page.iter().map(|(id, _)| id.to_bytes()).collect();
                due::lock(tx, tenant, &ids)?;
                let tenancy = self.tenancies.read(tx, tenant)?;
                let mut batch = Batch::default();
                let mut count = 0;
                for (_, case) in case::load(tx, &tenancy, &self.master, &ids, which)? {
                    let Ok(mut case) = case else { continue }; // parked: shown by doctor
                    change(&mut case, &tenancy)?;
                    if !case.noted.is_empty() {
                        count += 1;
                        case.save(&tenancy, now, now, &mut batch)?;
                    }
                }
                batch.write(tx, tenant)?;
                Ok::<_, Error>((Some(last), count))
            })?;
            changed += count;
            match last {
                Some(last) => after = last,
                None => return Ok(changed),
            }
        }
    }

    pub(crate) fn locked_tenant(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<StoredTenant> {
        tenants::lock(tx, tenant)?
            .ok_or_else(|| Error::not_found("no_tenant", "this database has no such tenant; make one with: regua init"))
    }
}

/// Enters an event of the tenant's own chain, and what else changed of it.
pub(crate) fn note(tx: &mut Tx<'_>, stored: &mut StoredTenant, now: Instant, kind: &'static str, payload: String) -> Result<()> {
    let mut chain = Chain { stream: stored.tenant.to_bytes(), seq: stored.seq, head: stored.head };
    let event = chain.append(stored.tenant, now, kind, payload, None);
    stored.seq = chain.seq;
    stored.head = chain.head;
    tenants::set(tx, stored)?;
    let batch = Batch { events: vec![event], ..Batch::default() };
    batch.write(tx, stored.tenant).map_err(Error::from)
}

/// Milliseconds of a moment, for ids.
pub(crate) fn millis(at: Instant) -> u64 {
    u64::try_from(at.micros() / 1_000).unwrap_or(0)
}

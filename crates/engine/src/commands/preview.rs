//! What an act would do, without doing it: customers are taken in hand as they are, changed, and put back unwritten.

use std::collections::BTreeMap;

use regua_core::decide::{Decisions, View, decide};
use regua_core::facts::Fact;
use regua_core::ids::TenantId;
use regua_core::policy::Verdict;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_store::db::Scope;
use regua_store::due::Which;
use regua_store::lookup;
use regua_store::tenants::{self, StoredPause};

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::PAGE;
use crate::error::{Error, Result};
use crate::tenancy::{Tenancy, condition};

/// What making decisions more real would mean.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entering {
    /// Customers who owe something.
    pub customers: u64,
    /// Receivables that are open and enter anew.
    pub receivables: u64,
    /// Messages that would go out until the moment asked for.
    pub messages: u64,
    /// Steps that would be carried out until then, by name.
    pub steps: BTreeMap<String, u64>,
}

/// Whom a condition matches now.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Matching {
    /// Customers with such a receivable.
    pub customers: u64,
    /// Open receivables.
    pub receivables: u64,
}

impl Engine {
    /// What would happen until a moment if the tenant's decisions were as real as `mode` from now on and nobody paid.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn preview_mode(&self, tenant: TenantId, mode: Mode, now: Instant, until: Instant) -> Result<Entering> {
        let mut found = Entering::default();
        let mut decisions = Decisions::default();
        self.look_at_each(tenant, Which::All, |case, tenancy| {
            if case.facts.mode != mode {
                case.tell(tenancy, None, Fact::WentTo { mode }, now).map_err(|bad| Error::refused("mode", bad.to_string()))?;
            }
            let open = case.facts.walks.iter().filter(|walk| walk.closed.is_none()).count();
            found.receivables += case::count_u64(open);
            found.customers += u64::from(open > 0);
            let policies = tenancy.policies(case.customer);
            case.facts.approvals = self.tenancies.approvals();
            let mut at = now;
            while at < until {
                case.keep_time(tenancy, Instant::from_micros(at.micros().saturating_add(1)));
                case.pause(tenancy, at);
                decisions.clear();
                let next = decide(&mut case.facts, policies, at, &mut decisions);
                found.messages += case::count_u64(decisions.messages.len());
                for row in decisions.rows.iter().filter(|row| row.outcome == regua_core::decide::Outcome::Done) {
                    let walk = case.facts.walks.get(row.walk);
                    let names = walk.and_then(|walk| Some((walk, tenancy.published.names.get(walk.policy)?)));
                    if let Some(name) = names.and_then(|(walk, names)| names.name(policies, walk, row.step)) {
                        *found.steps.entry(name.to_string()).or_default() += 1;
                    }
                }
                if next <= at {
                    break; // parked when it is decided in earnest
                }
                at = case
                    .facts
                    .next_break()
                    .map_or(next, |broken| broken.at.min(next))
                    .max(Instant::from_micros(at.micros().saturating_add(1)));
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The pauses by condition and of everything, ended ones included.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn pauses(&self, tenant: TenantId) -> Result<Vec<StoredPause>> {
        self.db.read(Scope::Tenant(tenant), |tx| tenants::pauses(tx, tenant).map_err(Error::from))
    }

    /// Whom a condition matches now; without one everybody who owes.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] for a condition that is none; whatever the database says.
    pub fn matching(&self, tenant: TenantId, filter: Option<&str>, now: Instant) -> Result<Matching> {
        let tenancy = self.db.read(Scope::Tenant(tenant), |tx| self.tenancies.read(tx, tenant))?;
        let filter = filter.map(|text| condition(text, tenancy.published.currency())).transpose()?;
        let mut found = Matching::default();
        self.look_at_each(tenant, Which::Live, |case, tenancy| {
            let policies = tenancy.policies(case.customer);
            let matches = case.facts.walks.iter().filter(|walk| {
                let open = walk.closed.is_none();
                open && filter.as_ref().is_none_or(|filter| filter.eval(&View::new(&case.facts, walk, policies, now)) == Verdict::True)
            });
            let count = case::count_u64(matches.count());
            found.receivables += count;
            found.customers += u64::from(count > 0);
            Ok(())
        })?;
        Ok(found)
    }

    /// Shows every customer of a tenant, page by page, with what is known now; nothing is locked and nothing written.
    pub(crate) fn look_at_each(&self, tenant: TenantId, which: Which, look: impl FnMut(&mut Case, &Tenancy) -> Result<()>) -> Result<()> {
        self.look_at_each_in(tenant, which, None, look)
    }

    /// As [`Self::look_at_each`], as customers are in a tenancy that is not the one that is stored.
    pub(crate) fn look_at_each_in(
        &self,
        tenant: TenantId,
        which: Which,
        other: Option<&Tenancy>,
        mut look: impl FnMut(&mut Case, &Tenancy) -> Result<()>,
    ) -> Result<()> {
        let mut after = [0; 16];
        loop {
            let last = self.db.read(Scope::Tenant(tenant), |tx| {
                let page = lookup::page(tx, tenant, after, PAGE)?;
                let ids: Vec<[u8; 16]> = page.iter().map(|(id, _)| id.to_bytes()).collect();
                let stored = if other.is_none() { Some(self.tenancies.read(tx, tenant)?) } else { None };
                let Some(tenancy) = other.or(stored.as_ref()) else { return Ok(None) };
                for (_, case) in case::load(tx, tenancy, &self.master, &ids, which)? {
                    let Ok(mut case) = case else { continue }; // parked: shown by doctor
                    look(&mut case, tenancy)?;
                }
                Ok::<_, Error>(ids.last().copied())
            })?;
            match last {
                Some(last) => after = last,
                None => return Ok(()),
            }
        }
    }
}

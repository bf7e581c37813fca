//! Steps that wait until a person releases or refuses them.

use regua_core::decide::StepRef;
use regua_core::facts::{SlotKind, Stand};
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::DeferReason;
use regua_store::db::Scope;
use regua_store::due::Which;
use regua_store::lookup;

use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

/// A step that waits for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Awaiting {
    /// The receivable, as its source calls it.
    pub receivable: String,
    /// The customer, as its source calls it.
    pub customer: String,
    /// The step's id.
    pub step: String,
    /// Since when.
    pub since: Instant,
    /// What is due now.
    pub due: Money,
}

impl Engine {
    /// What waits for a person, of at most `customers` customers, who waits longest first.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn awaiting(&self, tenant: TenantId, customers: i64, now: Instant) -> Result<Vec<Awaiting>> {
        let mut found = Vec::new();
        self.db.read(Scope::Tenant(tenant), |tx| {
            let ids: Vec<[u8; 16]> = lookup::awaiting(tx, tenant, customers)?.iter().map(|id| id.to_bytes()).collect();
            let tenancy = self.tenancies.read(tx, tenant)?;
            for (_, case) in case::load(tx, &tenancy, &self.master, &ids, Which::Live)? {
                let Ok(case) = case else { continue }; // parked: shown by doctor
                found.extend(of(&case, &tenancy, now));
            }
            Ok::<_, Error>(())
        })?;
        found.sort_by(|a, b| (a.since, &a.receivable, &a.step).cmp(&(b.since, &b.receivable, &b.step)));
        Ok(found)
    }
}

fn of(case: &Case, tenancy: &Tenancy, now: Instant) -> Vec<Awaiting> {
    let policies = tenancy.policies(case.customer);
    let today = case.facts.zone.day_of(now);
    let mut found = Vec::new();
    for (walk, held) in case.facts.walks.iter().zip(&case.held).filter(|(walk, _)| walk.closed.is_none()) {
        let Some(names) = tenancy.published.names.get(walk.policy) else { continue };
        let Some(segment) = policies.get(walk.policy).segments.get(walk.segment) else { continue };
        let slots = policies.slots(walk.policy, segment.ladder).iter().zip(&walk.slots);
        let waiting = slots.filter(|(slot, state)| slot.kind != SlotKind::Notice && state.stand == Stand::Open);
        let steps = waiting.filter_map(|(slot, state)| Some((StepRef::Step(slot.step), state.deferral?)));
        let reactions = walk.reactions.iter().filter(|known| known.stand == Stand::Open);
        let reactions = reactions.filter_map(|known| Some((StepRef::Reaction(known.reaction), known.deferral?)));
        for (step, deferral) in steps.chain(reactions).filter(|(_, deferral)| deferral.reason == DeferReason::Approval) {
            let Some(name) = names.name(policies, walk, step) else { continue };
            found.push(Awaiting {
                receivable: held.external_id.clone(),
                customer: case.external_id.clone(),
                step: name.to_string(),
                since: deferral.since,
                due: walk.ledger.amount_due(&walk.terms(policies), today).total,
            });
        }
    }
    found
}

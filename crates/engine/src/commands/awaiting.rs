//! Steps that wait until a person releases or refuses them.

use regua_core::decide::StepRef;
use regua_core::facts::{Fact, SlotKind, Stand};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::DeferReason;
use regua_store::db::Scope;
use regua_store::due::Which;
use regua_store::lookup;

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::found;
use crate::log::Act;
use crate::tenancy::Tenancy;

/// A step that waits for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Awaiting {
    /// Our id of the receivable.
    pub receivable_id: ReceivableId,
    /// Our id of the customer.
    pub customer_id: CustomerId,
    /// The receivable, as its source calls it.
    pub receivable: String,
    /// The customer, as its source calls it.
    pub customer: String,
    /// The step's id.
    pub step: String,
    /// What it does, as policies say it: notify, offer, charge, access, fee, report, assign, task, write_off.
    pub verb: &'static str,
    /// The template of its message, if it is one.
    pub template: Option<String>,
    /// Since when.
    pub since: Instant,
    /// When waiting ends by itself; [`Instant::NEVER`] when only a person or another fact can end it.
    pub until: Instant,
    /// What is due now.
    pub due: Money,
}

/// A place among what waits: the customer, what its source calls the receivable, and the step.
pub type Place = ([u8; 16], String, String);

/// Sorts behind whatever a source calls a receivable.
const END: &str = "\u{10ffff}";

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

    /// What waits of one customer.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn awaiting_of(&self, tenant: TenantId, customer: CustomerId, now: Instant) -> Result<Vec<Awaiting>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let tenancy = self.tenancies.read(tx, tenant)?;
            let mut found = Vec::new();
            for (_, case) in case::load(tx, &tenancy, &self.master, &[customer.to_bytes()], Which::Live)? {
                found.extend(of(&case?, &tenancy, now));
            }
            found.sort_by(|a, b| (&a.receivable, &a.step).cmp(&(&b.receivable, &b.step)));
            Ok(found)
        })
    }

    /// What waits for a person behind a place, customer by customer in the order of their ids.
    ///
    /// * `after` — the customer, receivable and step that the page before ended with.
    /// * `limit` — entries at most; of customers as many are looked at.
    ///
    /// Also tells where the next page begins, if there may be more; a page may be empty and not the last.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn awaiting_page(
        &self,
        tenant: TenantId,
        after: Option<&Place>,
        limit: usize,
        now: Instant,
    ) -> Result<(Vec<Awaiting>, Option<Place>)> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let mut ids: Vec<[u8; 16]> = after.map(|(customer, _, _)| *customer).into_iter().collect();
            let behind = after.map_or([0; 16], |(customer, _, _)| *customer);
            let more = lookup::awaiting_after(tx, tenant, behind, case::count(limit))?;
            let full = more.len() >= limit;
            ids.extend(more.iter().map(|id| id.to_bytes()));
            let tenancy = self.tenancies.read(tx, tenant)?;
            let mut found: Vec<Awaiting> = Vec::new();
            let mut last: Option<Place> = None;
            for (customer, loaded) in case::load(tx, &tenancy, &self.master, &ids, Which::Live)? {
                let customer = customer.to_bytes();
                let own = loaded.as_ref().map(|case| of(case, &tenancy, now)).unwrap_or_default(); // parked: shown by doctor
                let mut own: Vec<Awaiting> = own;
                own.sort_by(|a, b| (&a.receivable, &a.step).cmp(&(&b.receivable, &b.step)));
                for one in own {
                    let seen =
                        after.is_some_and(|(of, receivable, step)| *of == customer && (&one.receivable, &one.step) <= (receivable, step));
                    if seen {
                        continue;
                    }
                    if found.len() == limit {
                        return Ok((found, last));
                    }
                    last = Some((customer, one.receivable.clone(), one.step.clone()));
                    found.push(one);
                }
                // Behind everything of this customer.
                last = Some((customer, END.to_owned(), String::new()));
            }
            Ok((found, last.filter(|_| full)))
        })
    }

    /// Releases or refuses one step that waits; whether it waited. What somebody answered meanwhile, or what waits no more, is left alone.
    ///
    /// * `receivable` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such receivable; [`crate::Kind::Refused`] when it does not fit any more.
    pub fn answer_awaiting(
        &self,
        tenant: TenantId,
        (receivable, step): (&str, &str),
        is_released: bool,
        act: &Act,
        now: Instant,
    ) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, &About::Receivable(receivable.to_owned()))?;
            self.with_case(tx, tenant, found.customer, &[], now, |case, tenancy| {
                let is_meant = |one: &Awaiting| Some(one.receivable_id) == found.receivable && one.step == step;
                if !of(case, tenancy, now).iter().any(is_meant) {
                    return Ok(false);
                }
                case.act = Some(act.clone());
                let walk = case.held.iter().position(|held| Some(held.receivable) == found.receivable);
                let step = step.into();
                let fact = if is_released { Fact::Released { step } } else { Fact::Rejected { step } };
                let told = case.tell(tenancy, walk, fact, now);
                told.map_err(|bad| Error::refused("does_not_fit", format!("{receivable}: {bad}")))?;
                Ok(true)
            })
        })
    }

    /// Releases every step of a customer that waits for a person, at once; what that was.
    ///
    /// * `customer` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn release_all(&self, tenant: TenantId, customer: &str, act: &Act, now: Instant) -> Result<Vec<Awaiting>> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, &About::Customer(customer.to_owned()))?;
            self.with_case(tx, tenant, found.customer, &[], now, |case, tenancy| {
                case.act = Some(act.clone());
                let waiting = of(case, tenancy, now);
                for one in &waiting {
                    let walk = case.held.iter().position(|held| held.external_id == one.receivable);
                    let told = case.tell(tenancy, walk, Fact::Released { step: one.step.as_str().into() }, now);
                    told.map_err(|bad| Error::refused("does_not_fit", format!("{}: {bad}", one.receivable)))?;
                }
                Ok(waiting)
            })
        })
    }
}

/// What waits of one customer.
pub(crate) fn of(case: &Case, tenancy: &Tenancy, now: Instant) -> Vec<Awaiting> {
    let policies = tenancy.policies(case.customer);
    let today = case.facts.zone.day_of(now);
    let mut found = Vec::new();
    for (walk, held) in case.facts.walks.iter().zip(&case.held).filter(|(walk, _)| walk.closed.is_none()) {
        let Some(names) = tenancy.published.names.get(walk.policy) else { continue };
        let Some(segment) = policies.get(walk.policy).segments.get(walk.segment) else { continue };
        let slots = policies.slots(walk.policy, segment.ladder).iter().zip(&walk.slots);
        // What a person has answered waits for the next decision only, which carries it out or lets it be.
        let waiting =
            slots.filter(|(slot, state)| slot.kind != SlotKind::Notice && state.stand == Stand::Open && !walk.is_step_answered(slot.step));
        let steps = waiting.filter_map(|(slot, state)| Some((StepRef::Step(slot.step), state.deferral?)));
        let reactions = walk.reactions.iter().filter(|known| known.stand == Stand::Open);
        let reactions = reactions.filter(|known| !walk.is_reaction_answered(known.reaction, policies));
        let reactions = reactions.filter_map(|known| Some((StepRef::Reaction(known.reaction), known.deferral?)));
        for (step, deferral) in steps.chain(reactions).filter(|(_, deferral)| deferral.reason == DeferReason::Approval) {
            let Some(name) = names.name(policies, walk, step) else { continue };
            let Some(act) = found::find(policies, walk, step).and_then(found::Found::act) else { continue };
            found.push(Awaiting {
                receivable_id: held.receivable,
                customer_id: case.customer,
                verb: found::verb(act),
                template: act.contact().map(|contact| contact.template.clone()),
                until: deferral.until,
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

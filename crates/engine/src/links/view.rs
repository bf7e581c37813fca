//! What a customer is shown behind a link: what is owed and why, what comes, what was paid, and the rule.

use std::collections::BTreeMap;

use regua_core::billing::Plan;
use regua_core::currency::Currency;
use regua_core::facts::{Cause, Closed, Facts, Policies, SecondCopy, Walk};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::party::{ContactPoint, Customer};
use regua_core::policy::program::Act;
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::{Language, Mode};
use regua_store::billing;
use regua_store::db::{Scope, Tx};
use regua_store::due::Which;
use regua_store::lists::customers::open_at_rest;
use regua_store::person;

use super::acts::{PROMISE_DAYS_MAX, PROMISES_MAX};
use super::open::Visitor;
use super::rule::{self, Rule};
use crate::Engine;
use crate::billing::Of;
use crate::brands::{self, Brand};
use crate::case;
use crate::error::{Error, Result};
use crate::letters::default_language;

/// Everything that a page shows of a customer.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Whose link it is.
    pub customer: CustomerId,
    /// What the source calls the customer.
    pub external_id: String,
    /// What the company is called.
    pub company: String,
    /// The brand that writes to the customer; none when that is as the settings say.
    pub brand: Option<Brand>,
    /// Who the customer is.
    pub profile: Customer,
    /// The language in which the customer is spoken to.
    pub language: Language,
    /// How real decisions are.
    pub mode: Mode,
    /// Where the customer's days are counted.
    pub zone: Zone,
    /// The customer's today.
    pub today: Day,
    /// What is open, the longest due first.
    pub owed: Vec<Owed>,
    /// Credit that is not zero, one amount a currency.
    pub credit: Vec<Money>,
    /// The rule.
    pub rule: Rule,
    /// The contact point that the link was sent to, as a place among the profile's.
    pub point: Option<usize>,
}

/// A receivable that is open.
#[derive(Clone, Debug)]
pub struct Owed {
    /// Which.
    pub receivable: ReceivableId,
    /// What its source calls it: what stands on the customer's document.
    pub external_id: String,
    /// The name of the plan that it bills, where it is known.
    pub plan: Option<String>,
    /// What settles it today, by its parts.
    pub copy: SecondCopy,
    /// The latest day for which payment was promised.
    pub promised_on: Option<Day>,
    /// Whether it is contested.
    pub disputed: bool,
    /// Whether a payment is on its way or was claimed.
    pub on_its_way: bool,
    /// Whether the last charge failed.
    pub failed: bool,
    /// Which days may be promised; none when none may.
    pub promise: Option<PromiseRoom>,
}

/// Which days may be promised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PromiseRoom {
    /// The first.
    pub from: Day,
    /// The last.
    pub until: Day,
}

/// A bill that will come, as things stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coming {
    /// When it will be due.
    pub on: Day,
    /// What for.
    pub what: String,
    /// How much.
    pub amount: Money,
    /// Whether it is billed already; otherwise it is reckoned from the subscription as it is.
    pub is_billed: bool,
}

/// A receivable that was paid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    /// Which.
    pub receivable: ReceivableId,
    /// What its source calls it.
    pub external_id: String,
    /// What was billed.
    pub amount: Money,
    /// When it was settled.
    pub at: Instant,
}

/// Subscriptions that are looked at, and bills that are shown of what comes.
const SUBSCRIPTIONS_MAX: usize = 50;
const COMING_MAX: usize = 120;
/// How far what comes is shown, in days.
const YEAR: i32 = 365;

impl Portal {
    /// The contact point that the link was sent to.
    #[must_use]
    pub fn reached_at(&self) -> Option<&ContactPoint> {
        self.profile.contacts.get(self.point?)
    }

    /// One that is open.
    #[must_use]
    pub fn owed(&self, receivable: ReceivableId) -> Option<&Owed> {
        self.owed.iter().find(|owed| owed.receivable == receivable)
    }

    /// What settles everything today, one amount a currency.
    #[must_use]
    pub fn totals(&self) -> Vec<Money> {
        let mut totals: Vec<Money> = Vec::new();
        for owed in &self.owed {
            let amount = owed.copy.amount.total;
            match totals.iter_mut().find(|sum| sum.currency() == amount.currency()) {
                Some(sum) => *sum = Money::new(sum.minor().saturating_add(amount.minor()), sum.currency()),
                None => totals.push(amount),
            }
        }
        totals
    }
}

impl Engine {
    /// What a visitor is shown.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when the person was erased meanwhile; whatever the database says.
    pub fn portal(&self, visitor: &Visitor, now: Instant) -> Result<Portal> {
        let (tenant, customer) = (visitor.tenant, visitor.customer);
        self.db.read(Scope::Tenant(tenant), |tx| {
            let ids = [customer.to_bytes()];
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let at_rest = open_at_rest(tx, tenant, customer)?;
            let loaded = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &at_rest)?.pop();
            let mut case = loaded.ok_or_else(missing)?.1?;
            if case.key.is_none() {
                return Err(missing());
            }
            case.keep_time(&tenancy, Instant::from_micros(now.micros().saturating_add(1)));
            let (facts, policies) = (&case.facts, tenancy.policies(customer));
            let today = facts.zone.day_of(now);
            let open = facts.walks.iter().zip(&case.held).filter(|(walk, _)| walk.closed.is_none());
            let mut owed: Vec<Owed> = open
                .map(|(walk, held)| Owed {
                    receivable: held.receivable,
                    external_id: held.external_id.clone(),
                    plan: walk.subscription.as_ref().and_then(|known| known.plan.as_deref()).map(str::to_owned),
                    copy: walk.second_copy(policies, today),
                    promised_on: walk.promises.iter().map(|promise| promise.on).max(),
                    disputed: walk.causes.contains(&Cause::Dispute) || facts.causes.contains(&Cause::Dispute),
                    on_its_way: walk.in_flight.iter().any(|span| span.holds(now)),
                    failed: !walk.failures.is_empty(),
                    promise: promise_room(facts, walk, policies, today),
                })
                .collect();
            owed.retain(|one| !one.copy.amount.total.is_zero());
            name_plans(tx, tenant, &mut owed)?;
            owed.sort_by(|a, b| (a.copy.due, &a.external_id).cmp(&(b.copy.due, &b.external_id)));
            let walked = facts.walks.iter().filter(|walk| walk.closed.is_none()).min_by_key(|walk| walk.due);
            let rule = walked.map_or_else(|| rule::of_newest(policies), |walk| rule::of_walk(policies, walk));
            let balances = regua_store::account::balances(tx, tenant, &ids)?;
            let credit = balances.iter().filter_map(|row| Some(facts.account.credit(Currency::parse(&row.currency)?)));
            let profile = facts.customer.clone().into_owned();
            let brand = brands::of_customer(tx, tenant, &profile)?;
            let reached = self.point_behind(visitor, &profile).map(|point| (point.channel, point.address.clone()));
            let point = reached.and_then(|(channel, address)| {
                profile.contacts.iter().position(|point| point.channel == channel && point.address == address)
            });
            Ok(Portal {
                customer,
                external_id: case.external_id.clone(),
                company: brand.as_ref().map_or_else(|| tenancy.stored.name.clone(), |brand| brand.name.clone()),
                language: profile.language.unwrap_or_else(|| default_language(policies)),
                brand,
                mode: facts.mode,
                zone: facts.zone,
                today,
                credit: credit.filter(|credit| !credit.is_zero()).collect(),
                owed,
                rule,
                point,
                profile,
            })
        })
    }

    /// The bills of the next twelve months, the next one first: those that are open and not due yet, and those that subscriptions
    /// will bring as they stand today. What is used by then is not known.
    ///
    /// # Errors
    /// As [`Engine::portal`].
    pub fn portal_coming(&self, visitor: &Visitor, portal: &Portal) -> Result<Vec<Coming>> {
        let last = portal.today.plus(YEAR);
        let billed = portal.owed.iter().filter(|owed| owed.copy.due >= portal.today).map(|owed| Coming {
            on: owed.copy.due,
            what: owed.plan.clone().unwrap_or_else(|| owed.external_id.clone()),
            amount: owed.copy.amount.total,
            is_billed: true,
        });
        let mut all: Vec<Coming> = billed.collect();
        let id = visitor.customer.to_string();
        for listed in self.subscriptions(visitor.tenant, Of::Customer(&id), SUBSCRIPTIONS_MAX, &|_| true)? {
            let mut subscription = listed.subscribed.subscription;
            for _ in 0..COMING_MAX {
                // What cannot be reckoned further ends here: it is a look ahead, and nothing is billed by it.
                let Ok(Some(on)) = subscription.next_billing() else { break };
                if on > last {
                    break;
                }
                let what = subscription.plan(on).name().to_owned();
                let Ok(Some(draft)) = subscription.bill(on) else { break };
                if draft.total > 0 && draft.due_on >= portal.today {
                    all.push(Coming { on: draft.due_on, what, amount: Money::new(draft.total, draft.currency), is_billed: false });
                }
            }
        }
        all.sort_by(|a, b| (a.on, &a.what).cmp(&(b.on, &b.what)));
        all.truncate(COMING_MAX);
        Ok(all)
    }

    /// What the customer has paid, the newest first, at most `limit`.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn portal_settled(&self, visitor: &Visitor, limit: usize) -> Result<Vec<Settled>> {
        self.db.read(Scope::Tenant(visitor.tenant), |tx| {
            let rows = person::receivables(tx, visitor.tenant, visitor.customer)?.into_iter();
            let mut paid: Vec<Settled> = rows
                .filter(|row| row.status == "paid")
                .filter_map(|row| {
                    let amount = Money::new(row.amount, Currency::parse(&row.currency)?);
                    Some(Settled { receivable: row.receivable, external_id: row.external_id, amount, at: row.closed_at? })
                })
                .collect();
            paid.sort_by(|a, b| (b.at, &b.external_id).cmp(&(a.at, &a.external_id)));
            paid.truncate(limit);
            Ok(paid)
        })
    }
}

/// Plans are called by their names; one that only its source knows, by what its source calls it.
fn name_plans(tx: &mut Tx<'_>, tenant: TenantId, owed: &mut [Owed]) -> Result<()> {
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    for plan in owed.iter_mut().filter_map(|one| one.plan.as_mut()) {
        if !names.contains_key(plan.as_str()) {
            let stored = billing::latest(tx, tenant, plan)?;
            // One that cannot be read is a matter for who bills by it.
            let read = stored.and_then(|stored| serde_json::from_str::<Plan>(&stored.body).ok());
            names.insert(plan.clone(), read.map(|read| read.name().to_owned()));
        }
        if let Some(Some(name)) = names.get(plan.as_str()) {
            plan.clone_from(name);
        }
    }
    Ok(())
}

/// Which days a customer may promise for a receivable: none once it is closed or contested, while as many promises stand or were
/// broken as may be, or when the rule ends the debt or hands it over before.
pub(super) fn promise_room(facts: &Facts<'_>, walk: &Walk, policies: &Policies, today: Day) -> Option<PromiseRoom> {
    let closed = match walk.closed {
        None => false,
        Some(Closed::Paid(_) | Closed::Void(_) | Closed::WrittenOff(_) | Closed::Assigned(_)) => true,
    };
    let held = walk.causes.contains(&Cause::Dispute) || facts.causes.contains(&Cause::Dispute);
    let standing = walk.promises.len() >= usize::from(PROMISES_MAX);
    if closed || held || standing || facts.broken_promises >= u32::from(PROMISES_MAX) {
        return None;
    }
    let policy = policies.get(walk.policy);
    let ladder = policy.segments.get(walk.segment)?.ladder;
    let steps = &policy.ladders.get(ladder)?.steps;
    let hands_over = |step: usize| match steps.get(step).map(|step| &step.act) {
        Some(Act::Report(_) | Act::Assign(_) | Act::WriteOff) => true,
        Some(Act::Notify(_) | Act::Offer(..) | Act::Charge | Act::Access(_) | Act::Fee(_) | Act::Task(_)) | None => false,
    };
    let slots = policies.slots(walk.policy, ladder).iter().zip(&walk.slots);
    let ends = slots.filter(|(slot, state)| hands_over(slot.step) && state.stand.is_open() && state.raw != Instant::NEVER);
    let ends = ends.map(|(_, state)| facts.zone.day_of(state.raw)).filter(|day| *day > today).min();
    let far = today.plus(PROMISE_DAYS_MAX);
    let until = ends.map_or(far, |day| far.min(day.plus(-1)));
    (until >= today).then_some(PromiseRoom { from: today, until })
}

//! What a customer may use: the state of each subscription, why, what changes it next, and how it came about (SPEC §8).
//!
//! The state is read off the facts, so that asking is cheap; the timeline is the past carried out again, so that it is
//! what happened. Deliberately absent: what a product makes of a state.

use std::collections::BTreeMap;

use regua_core::billing::{State, Subscription};
use regua_core::decide::{self, Outcome, StepRef};
use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::policy::program::Act;
use regua_core::time::{Day, Instant};
use regua_core::words::{AccessState, DeferReason};
use regua_store::billing;
use regua_store::db::{Scope, Tx};
use regua_store::due::Which;

use crate::Engine;
use crate::blob;
use crate::case::{self, Case};
use crate::commands::ahead::Ahead;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::found;
use crate::replay::{Moment, Recalled, past};
use crate::tenancy::Tenancy;

/// What may be used of one subscription now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// The subscription's key; none for what receivables without a subscription share.
    pub subscription: Option<String>,
    /// Its plan, where one is known.
    pub plan: Option<String>,
    /// The state.
    pub state: AccessState,
    /// Since when, where a step or an end brought it about.
    pub since: Option<Instant>,
    /// The receivable and the step that brought it about.
    pub because: Option<(String, String)>,
    /// What has to be paid for it to be restored: receivables, as their source calls them, and what settles each today.
    pub owed: Vec<(String, Money)>,
    /// What changes it next, should nothing be paid.
    pub next: Option<Coming>,
}

/// A change of access to come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Coming {
    /// The state.
    pub state: AccessState,
    /// The local day before which it does not come.
    pub not_before: Day,
    /// Whether a message has announced it. An end that was ordered is known to who ordered it.
    pub announced: bool,
    /// The receivable and the step that will bring it about; none when the subscription ends.
    pub because: Option<(String, String)>,
    /// Why it waits beyond its own instant, if it does.
    pub waits: Option<DeferReason>,
}

/// A change of access that was.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// When.
    pub at: Instant,
    /// The subscription's key; none for what receivables without a subscription share.
    pub subscription: Option<String>,
    /// The state before.
    pub was: AccessState,
    /// The state from then on.
    pub state: AccessState,
    /// The receivable that brought it about, as its source calls it.
    pub receivable: Option<String>,
    /// What brought it about.
    pub why: Why,
}

/// What changed access.
#[derive(Clone, PartialEq, Debug)]
pub enum Why {
    /// A step of a ladder.
    Step(String),
    /// Something that became known.
    Told(Box<Fact>),
    /// Nothing that can be named.
    Unknown,
}

impl Engine {
    /// The access of each subscription of a customer.
    ///
    /// * `id` — a customer or one of its receivables: ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such thing; whatever the database says.
    pub fn access(&self, tenant: TenantId, id: &str, now: Instant) -> Result<Vec<Access>> {
        let about = self.resolve(tenant, id)?;
        self.db.read(Scope::Tenant(tenant), |tx| Ok(self.access_of(tx, tenant, &about, now)?.1))
    }

    /// As [`Engine::access`], with whose it is and the moment until which it does not change by itself: a decision, a promise that
    /// breaks, or the end of the customer's day, after which other amounts are owed.
    ///
    /// * `customer` — ours, or what its source calls it.
    ///
    /// # Errors
    /// As [`Engine::access`].
    pub fn access_until(&self, tenant: TenantId, customer: &str, now: Instant) -> Result<(CustomerId, Vec<Access>, Instant)> {
        let about = About::Customer(customer.to_owned());
        self.db.read(Scope::Tenant(tenant), |tx| self.access_of(tx, tenant, &about, now))
    }

    fn access_of(&self, tx: &mut Tx<'_>, tenant: TenantId, about: &About, now: Instant) -> Result<(CustomerId, Vec<Access>, Instant)> {
        let customer = find(tx, tenant, about)?.customer;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let (_, loaded) = case::load(tx, &tenancy, &self.master, &[customer.to_bytes()], Which::Live)?.pop().ok_or_else(missing)?;
        let mut case = loaded?;
        case.keep_time(&tenancy, Instant::from_micros(now.micros().saturating_add(1)));
        case.pause(&tenancy, now);
        let mut all = stands(&case, &tenancy, now);
        for row in billing::of_customers(tx, tenant, &[customer.to_bytes()])? {
            let subscription: Subscription = blob::decode(&row.body, "a subscription")?;
            with_end(&mut all, &case, &row.external_id, &subscription, now);
        }
        if all.is_empty() {
            all.push(Access::of(None)); // nothing is known that would restrict it
        }
        all.sort_by(|a, b| (a.subscription.is_none(), &a.subscription).cmp(&(b.subscription.is_none(), &b.subscription)));
        let zone = case.facts.zone;
        let midnight = zone.midnight(zone.day_of(now).plus(1));
        let breaks = case.facts.next_break().map_or(Instant::NEVER, |broken| broken.at);
        Ok((customer, all, case.wakes_at().min(midnight).min(breaks)))
    }

    /// Every change of a customer's access, oldest first, and how far the past could be shown.
    ///
    /// # Errors
    /// As [`Engine::access`].
    pub fn access_timeline(&self, tenant: TenantId, id: &str) -> Result<(Vec<Change>, Recalled)> {
        let about = self.resolve(tenant, id)?;
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &about)?.customer;
            timeline(self, tx, tenant, customer)
        })
    }
}

impl Access {
    /// Nothing restricts it.
    const fn of(subscription: Option<String>) -> Self {
        Self { subscription, plan: None, state: AccessState::Active, since: None, because: None, owed: Vec::new(), next: None }
    }
}

/// The strictest state of a customer in hand, its subscriptions given.
pub(crate) fn strictest(case: &Case, tenancy: &Tenancy, subscriptions: &[billing::SubscriptionRow], now: Instant) -> Result<AccessState> {
    let mut all = stands(case, tenancy, now);
    for row in subscriptions {
        let subscription: Subscription = blob::decode(&row.body, "a subscription")?;
        with_end(&mut all, case, &row.external_id, &subscription, now);
    }
    Ok(all.iter().map(|one| one.state).max().unwrap_or(AccessState::Active))
}

/// What the facts say of access now.
fn stands(case: &Case, tenancy: &Tenancy, now: Instant) -> Vec<Access> {
    let (facts, policies) = (&case.facts, tenancy.policies(case.customer));
    let today = facts.zone.day_of(now);
    let named = |walk: usize, step: Option<usize>| {
        let receivable = case.held.get(walk)?.external_id.clone();
        let found = found::find(policies, facts.walks.get(walk)?, StepRef::Step(step?))?;
        Some((receivable, found.name()))
    };
    let owed = |walk: &usize| {
        let (receivable, held) = (facts.walks.get(*walk)?, case.held.get(*walk)?);
        Some((held.external_id.clone(), receivable.second_copy(policies, today).amount.total))
    };
    let plan = |key: &Option<Box<str>>| {
        let mut of_key = facts.walks.iter().rev().filter_map(|walk| walk.subscription.as_ref());
        of_key.find(|sub| Some(&sub.key) == key.as_ref()).and_then(|sub| sub.plan.as_deref().map(str::to_owned))
    };
    let found = decide::access(facts, policies, now).into_iter().map(|one| Access {
        plan: plan(&one.subscription),
        state: one.state,
        since: one.because.and_then(|because| because.since),
        because: one.because.and_then(|because| named(because.walk, because.step)),
        owed: one.restored_by.iter().filter_map(owed).collect(),
        next: one.next.map(|next| Coming {
            state: next.state,
            not_before: next.not_before,
            announced: next.announced,
            because: named(next.walk, Some(next.step)),
            waits: next.waits,
        }),
        subscription: one.subscription.map(String::from),
    });
    found.collect()
}

/// Lays over what the facts say that a subscription ends or has ended; one of which nothing is owed is active.
fn with_end(all: &mut Vec<Access>, case: &Case, key: &str, subscription: &Subscription, now: Instant) {
    let (zone, today) = (case.facts.zone, case.facts.zone.day_of(now));
    let place = all.iter().position(|known| known.subscription.as_deref() == Some(key)).unwrap_or_else(|| {
        all.push(Access::of(Some(key.to_owned())));
        all.len() - 1
    });
    let Some(known) = all.get_mut(place) else { return };
    known.plan = Some(subscription.plan(today).key().to_owned());
    match subscription.state(today) {
        State::Ended { on } => {
            let (subscription, plan) = (known.subscription.take(), known.plan.take());
            *known = Access { plan, state: AccessState::Cancelled, since: Some(zone.midnight(on)), ..Access::of(subscription) };
        }
        State::Ending { on } if known.next.as_ref().is_none_or(|next| on <= next.not_before) => {
            known.next = Some(Coming { state: AccessState::Cancelled, not_before: on, announced: true, because: None, waits: None });
        }
        State::Ending { .. } | State::Upcoming { .. } | State::Trialing { .. } | State::Active | State::Paused { .. } => {}
    }
}

fn timeline(engine: &Engine, tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<(Vec<Change>, Recalled)> {
    let mut states: BTreeMap<Option<Box<str>>, AccessState> = BTreeMap::new();
    let (mut changes, mut told) = (Vec::new(), Vec::<(Option<String>, Fact)>::new());
    let recalled = past(engine, tx, tenant, customer, &mut |moment| match moment {
        Moment::Told { receivable, fact, .. } => told.push((receivable.map(str::to_owned), fact.clone())),
        Moment::Known { at, facts, policies } => {
            // What was told last of a receivable is what changed it.
            let last = told.drain(..).rfind(|(receivable, _)| receivable.is_some());
            for (key, was, state) in changed(&mut states, &decide::access(facts, policies, at)) {
                let (receivable, why) = last.clone().map_or((None, Why::Unknown), |(of, fact)| (of, Why::Told(Box::new(fact))));
                changes.push(Change { at, subscription: key.map(String::from), was, state, receivable, why });
            }
        }
        Moment::Decided(ahead) => {
            for (key, was, state) in changed(&mut states, &decide::access(ahead.facts, ahead.policies, ahead.now)) {
                let (receivable, why) = decided(&ahead, key.as_deref(), state);
                changes.push(Change { at: ahead.now, subscription: key.map(String::from), was, state, receivable, why });
            }
        }
        Moment::Message { .. } | Moment::Heard { .. } | Moment::Noted { .. } | Moment::Worked { .. } | Moment::Now(_) => {}
    })?;
    Ok((changes, recalled))
}

/// The subscriptions whose state is another than it was. One that has no receivable in hand any more is restricted by none.
fn changed(
    states: &mut BTreeMap<Option<Box<str>>, AccessState>,
    now: &[decide::Access],
) -> Vec<(Option<Box<str>>, AccessState, AccessState)> {
    for key in now.iter().map(|one| &one.subscription) {
        states.entry(key.clone()).or_insert(AccessState::Active);
    }
    let of = |key: &Option<Box<str>>| now.iter().find(|one| one.subscription == *key).map_or(AccessState::Active, |one| one.state);
    let mut found = Vec::new();
    for (key, known) in states.iter_mut() {
        let (was, state) = (*known, of(key));
        if was != state {
            *known = state;
            found.push((key.clone(), was, state));
        }
    }
    found
}

/// The receivable and the step that brought a state about in a decision.
fn decided(ahead: &Ahead<'_>, key: Option<&str>, state: AccessState) -> (Option<String>, Why) {
    let step = ahead.decisions.rows.iter().filter(|row| row.outcome == Outcome::Done).find_map(|row| {
        let walk = ahead.facts.walks.get(row.walk)?;
        let found = found::find(ahead.policies, walk, row.step)?;
        let own = walk.subscription.as_ref().map(|sub| &*sub.key) == key && matches!(found.act(), Some(Act::Access(to)) if *to == state);
        own.then(|| (ahead.receivables.get(row.walk).map(|id| (*id).to_owned()), Why::Step(found.name())))
    });
    step.unwrap_or((None, Why::Unknown))
}

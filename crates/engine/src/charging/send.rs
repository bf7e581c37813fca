//! Attempts on their way: a last look, then `sending` is written down, then the first byte, then what came of it.
//!
//! One transaction writes what came of a group and takes the next. An attempt found `sending` after its lease is asked
//! about. Deliberately absent: what an answer means for facts and money, which is `answer`'s.

use std::collections::BTreeMap;

use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::rulebook::{self, ChargeAnswer};
use regua_core::time::{Day, Instant};
use regua_store::batch::Batch;
use regua_store::charging::charges::{self, ChargeRow};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_wire::gateways::{self, ChargeOrder, Trouble};

use super::answer::Work;
use super::order::moves_money;
use super::{Charged, Charging, Gateways};
use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::pass::patiently;
use crate::tenancy::Tenancy;

/// Attempts on a receivable that are looked through for the first one.
const TRIES_SEEN: i64 = 200;

/// What the gateway is called with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Call {
    /// For the first time, or again with the same key.
    Order,
    /// It may have it: what became of it.
    Ask,
}

/// An attempt that is written down as being sent or asked about.
pub(super) struct Going {
    pub(super) tenant: TenantId,
    pub(super) row: ChargeRow,
    order: ChargeOrder,
    call: Call,
}

/// An attempt and what the gateway said.
pub(super) struct Answered {
    pub(super) going: Going,
    pub(super) said: Result<gateways::Charged, Trouble>,
    /// Whether the same order sent again takes money at most once.
    pub(super) repeats: bool,
}

impl Engine {
    /// Sends and asks about every attempt that is due, group after group.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the database is; whatever else it says. What a gateway says is no error.
    pub fn charge_due(&self, clock: &dyn Fn() -> Instant, gateways: &mut Gateways, how: Charging) -> Result<Charged> {
        let mut all = Charged::default();
        let mut answered: Vec<Answered> = Vec::new();
        loop {
            let mut turned = None;
            let turn = &mut || self.charge_turn(clock(), &answered, how);
            patiently(turn, &mut |done| {
                turned = Some(done);
                false
            })?;
            let (going, done) = turned.unwrap_or_default();
            all.add(done);
            let still = answered.is_empty() && done.taken == 0;
            answered = going.into_iter().map(|going| carry(going, gateways)).collect();
            if still && answered.is_empty() {
                return Ok(all);
            }
        }
    }

    fn charge_turn(&self, now: Instant, answered: &[Answered], how: Charging) -> Result<(Vec<Going>, Charged)> {
        self.db.write(Scope::Claim, |tx| {
            let taken = charges::take(tx, now, how.group)?;
            let mut tenants: Vec<TenantId> = taken.iter().map(|due| due.tenant).collect();
            tenants.extend(answered.iter().map(|one| one.going.tenant));
            tenants.sort_unstable();
            tenants.dedup();
            let (mut going, mut done) = (Vec::new(), Charged::default());
            for tenant in tenants {
                tx.scope(Scope::Tenant(tenant))?;
                let mut ids: Vec<[u8; 16]> = taken.iter().filter(|due| due.tenant == tenant).map(|due| due.charge.to_bytes()).collect();
                let own: Vec<&Answered> = answered.iter().filter(|one| one.going.tenant == tenant).collect();
                ids.extend(own.iter().map(|one| one.going.row.charge.to_bytes()));
                let mut work = Work::new(tenant, now, how);
                going.extend(self.charge_turn_of(tx, &ids, &own, &mut work)?);
                work.write(tx)?;
                done.add(work.done);
            }
            Ok::<_, Error>((going, done))
        })
    }

    fn charge_turn_of(&self, tx: &mut Tx<'_>, ids: &[[u8; 16]], answered: &[&Answered], work: &mut Work) -> Result<Vec<Going>> {
        let (tenant, now) = (work.tenant, work.now);
        let rows = charges::load(tx, tenant, ids)?;
        let mut customers: Vec<[u8; 16]> = rows.iter().map(|row| row.customer.to_bytes()).collect();
        customers.sort_unstable();
        customers.dedup();
        due::lock(tx, tenant, &customers)?;
        // Under the customers' locks they stand as they are now.
        let rows = charges::load(tx, tenant, ids)?;
        let about: Vec<[u8; 16]> = rows.iter().map(|row| row.receivable.to_bytes()).collect();
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut cases: BTreeMap<CustomerId, Result<Case>> =
            case::load_also(tx, &tenancy, &self.master, &customers, Which::Live, &about)?.into_iter().collect();
        let mut going = Vec::new();
        for row in rows {
            let Some(Ok(case)) = cases.get_mut(&row.customer) else {
                // Parked: looked at again later, as it is.
                work.put_off(row, now.plus_hours(1));
                continue;
            };
            let known = answered.iter().find(|one| one.going.row.charge == row.charge);
            match known {
                Some(one) if one.going.row.status == row.status && one.going.row.tries == row.tries => {
                    work.answer(tx, case, &tenancy, row, one)?;
                }
                // A webhook told it in between, or another process asked: what was written then stands.
                Some(_) => {}
                None if row.due_at.is_some_and(|due| due <= now) => {
                    work.done.taken += 1;
                    going.extend(self.take_charge(tx, case, &tenancy, row, work)?);
                }
                None => {}
            }
        }
        for case in cases.into_values().flatten() {
            work.keep(case, &tenancy)?;
        }
        Ok(going)
    }

    /// A last look at one attempt; what goes out is written down as `sending`.
    fn take_charge(
        &self,
        tx: &mut Tx<'_>,
        case: &mut Case,
        tenancy: &Tenancy,
        mut row: ChargeRow,
        work: &mut Work,
    ) -> Result<Option<Going>> {
        let now = work.now;
        case.keep_time(tenancy, Instant::from_micros(now.micros().saturating_add(1)));
        case.pause(tenancy, now);
        let Some(walk) = case.walk_of(row.receivable) else { return Err(Error::bug("walk", "an attempt's receivable is not there")) };
        let call = if row.status == "ordered" { Call::Order } else { Call::Ask };
        if call == Call::Order {
            let gateway = regua_store::charging::gateways::one(tx, work.tenant, &row.gateway)?;
            if gateway.is_some_and(|gateway| gateway.role == "mirror") {
                let why = "another biller collects by its gateway: control was handed back, or never taken";
                work.drop_charge(case, tenancy, walk, row, why)?;
                return Ok(None);
            }
            match look(case, tenancy, walk, &mut row, now) {
                Look::Go => {}
                Look::NoMethod => {
                    work.no_method(case, tenancy, walk, row)?;
                    return Ok(None);
                }
                Look::Later(until) => {
                    work.done.later += 1;
                    work.put_off(row, until);
                    return Ok(None);
                }
                Look::Drop(why) => {
                    work.drop_charge(case, tenancy, walk, row, why)?;
                    return Ok(None);
                }
            }
        }
        let Some(order) = self.order_of(tx, case, walk, &row, tenancy, now)? else {
            work.drop_charge(case, tenancy, walk, row, "the gateway's names of the method are gone")?;
            return Ok(None);
        };
        let lease = Instant::from_micros(now.micros().saturating_add(work.how.lease_micros));
        row.tries += 1;
        if call == Call::Order {
            row.status = "sending".to_owned();
            row.sent_at = row.sent_at.or(Some(now));
        } else if row.status == "sending" {
            row.status = "unknown".to_owned(); // whoever sent it is gone
        }
        row.due_at = Some(lease);
        work.rows.push(row.clone());
        Ok(Some(Going { tenant: work.tenant, row, order, call }))
    }

    /// What the gateway is told of an attempt.
    fn order_of(
        &self,
        tx: &mut Tx<'_>,
        case: &Case,
        walk: usize,
        row: &ChargeRow,
        tenancy: &Tenancy,
        now: Instant,
    ) -> Result<Option<ChargeOrder>> {
        let (Some(method), Some(held)) = (row.method, case.held.get(walk)) else { return Ok(None) };
        let Some(tokens) = self.tokens_of(tx, tenancy.stored.tenant, case, method)? else { return Ok(None) };
        let currency = case.facts.walks[walk].ledger.currency();
        let first = charges::of_receivable(tx, tenancy.stored.tenant, row.customer, row.receivable, TRIES_SEEN)?;
        let first = first
            .into_iter()
            .rev()
            .filter(|other| other.cycle == row.cycle && other.charge != row.charge)
            .find_map(|other| other.reference);
        Ok(Some(ChargeOrder {
            charge: row.charge,
            receivable: row.receivable,
            reference: held.external_id.clone(),
            method,
            scheme: row.scheme,
            customer_token: tokens.customer,
            method_token: tokens.method,
            amount: Money::new(row.amount, currency),
            description: tenancy.stored.name.clone(),
            on: taken_on(case, walk, row, now),
            retry: u16::try_from(row.retry).unwrap_or(u16::MAX),
            first,
        }))
    }
}

/// On which day money is asked for: the due date, or as soon as the scheme takes it.
fn taken_on(case: &Case, walk: usize, row: &ChargeRow, now: Instant) -> Day {
    let today = case.facts.zone.day_of(now);
    let earliest = today.plus(rulebook::lead_days(row.scheme));
    case.facts.walks.get(walk).map_or(earliest, |walk| walk.due.max(earliest))
}

/// What the last look says.
enum Look {
    Go,
    NoMethod,
    Later(Instant),
    Drop(&'static str),
}

fn look(case: &Case, tenancy: &Tenancy, walk: usize, row: &mut ChargeRow, now: Instant) -> Look {
    let receivable = &case.facts.walks[walk];
    if receivable.has_ended() {
        return Look::Drop("it was paid or closed meanwhile");
    }
    if !moves_money(case.facts.mode) {
        return Look::Drop("the mode is shadow or redirect now: no money moves");
    }
    if case.facts.is_frozen(walk, now) {
        return Look::Later(now.plus_hours(1));
    }
    let Some(method) = row.method else { return Look::NoMethod };
    let Some(known) = case.facts.methods.iter().find(|known| known.id == method) else { return Look::NoMethod };
    let policies = tenancy.policies(case.customer);
    let due = receivable.ledger.amount_due(&receivable.terms(policies), case.facts.zone.day_of(now)).total;
    if due.minor() <= 0 {
        return Look::Drop("nothing is due any more");
    }
    // Less is due than was ordered: part of it was paid.
    row.amount = row.amount.min(due.minor());
    let others: Vec<_> = case.facts.tried.iter().copied().filter(|tried| tried.charge != Some(row.charge)).collect();
    let amount = Money::new(row.amount, due.currency());
    let ask = case.facts.ask(receivable, known, &others, (amount, row.trigger), now);
    match rulebook::charge(ask) {
        ChargeAnswer::Allowed(_) => Look::Go,
        ChargeAnswer::Until(until, _) => Look::Later(until),
        ChargeAnswer::Never(_) => Look::NoMethod,
    }
}

/// Hands one attempt to its gateway.
fn carry(going: Going, gateways: &mut Gateways) -> Answered {
    let Some(gateway) = gateways.get(going.tenant, &going.row.gateway) else {
        let why = format!("this process has no gateway `{}`; add it to the settings", going.row.gateway);
        return Answered { going, said: Err(Trouble::Outage { why, wait_secs: Some(3_600) }), repeats: true };
    };
    let repeats = gateway.repeats_safely();
    let said = match going.call {
        Call::Order => gateway.charge(&going.order),
        Call::Ask => gateway.ask(&going.order, going.row.reference.as_deref()),
    };
    Answered { going, said, repeats }
}

impl Answered {
    /// Whether it was asked about, so that "not known" means that the far side never had it.
    pub(super) fn was_asked(&self) -> bool {
        self.going.call == Call::Ask
    }
}

/// Saves a case when anything of it changed.
pub(super) fn save(mut case: Case, tenancy: &Tenancy, now: Instant, batch: &mut Batch) -> Result<()> {
    case.save_if_changed(tenancy, now, batch)
}

/// A fact that cannot be refused where it is told.
pub(super) fn tell(case: &mut Case, tenancy: &Tenancy, walk: Option<usize>, fact: Fact, now: Instant) -> Result<()> {
    case.tell(tenancy, walk, fact, now).map(drop).map_err(|bad| Error::bug("charging", bad.to_string()))
}

//! Attempts that are ordered: by a decision, by a new method, by a person, by the payer. At most one of a receivable is
//! under way, which the facts refuse and the database proves.

use regua_core::charging::{Method, MethodStatus, Scheme, Tried, Trigger};
use regua_core::decide::{Charge, Decisions};
use regua_core::facts::{Fact, FactError};
use regua_core::ids::{ChargeId, PaymentMethodId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::rulebook::{self, ChargeAnswer};
use regua_core::time::{Instant, Zone};
use regua_core::words::Mode;
use regua_store::batch::Batch;
use regua_store::charging::charges::ChargeRow;
use regua_store::db::Scope;
use sha2::{Digest as _, Sha256};

use crate::Engine;
use crate::case::{Case, count};
use crate::commands::tell::{About, find};
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::log::Act;
use crate::order::name;
use crate::tenancy::Tenancy;

/// What makes an attempt that one.
struct Key<'k> {
    receivable: ReceivableId,
    mode: &'k str,
    step: &'k str,
    cycle: i64,
    occurrence: i64,
}

/// The id of an attempt: a hash of what it is about, behind the moment; the same on every node and every replay.
fn charge_id(key: &Key<'_>, now: Instant) -> ChargeId {
    let mut hash = Sha256::new();
    hash.update(key.receivable.to_bytes());
    for word in [key.mode, key.step] {
        hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(word);
    }
    hash.update(key.cycle.to_be_bytes());
    hash.update(key.occurrence.to_be_bytes());
    let digest = hash.finalize();
    let mut bits = [0; 10];
    bits.iter_mut().zip(digest).for_each(|(bit, byte)| *bit = byte);
    ChargeId::new(millis(now), bits)
}

/// The attempts that a decision ordered: their rows, and their ids in the facts.
pub(crate) fn enter_charges(case: &mut Case, tenancy: &Tenancy, decisions: &Decisions, now: Instant, batch: &mut Batch) -> Result<()> {
    // Where nobody charges by itself, a charge is recorded and no more.
    for charge in decisions.charges.iter().filter(|charge| charge.method.is_some() || tenancy.charges) {
        let row = of_decision(case, tenancy, decisions, charge, now)?;
        let own = |known: &&mut Tried| known.charge.is_none() && known.series == row.series && known.at == now;
        if let Some(known) = case.facts.tried.iter_mut().rev().find(own) {
            known.charge = Some(row.charge);
        }
        batch.charges.push(row);
    }
    Ok(())
}

fn of_decision(case: &Case, tenancy: &Tenancy, decisions: &Decisions, charge: &Charge, now: Instant) -> Result<ChargeRow> {
    let missing = || Error::bug("charge", "a charge is of a step that its policy has not");
    let row = decisions.rows.get(charge.row).ok_or_else(missing)?;
    let held = case.held.get(charge.walk).ok_or_else(missing)?;
    let step = name(case, tenancy, charge.walk, row.step).ok_or_else(missing)?;
    let (cycle, occurrence) = (i64::from(row.cycle), i64::from(row.occurrence));
    let key = Key { receivable: held.receivable, mode: row.mode.as_str(), step, cycle, occurrence };
    let id = charge_id(&key, now);
    let method = charge.method.and_then(|place| case.facts.methods.get(place));
    let place = (Some(step.to_string()), cycle, occurrence);
    let row = ordered(case, held.receivable, id, method, charge.amount, charge.trigger, place, now);
    Ok(ChargeRow { discount: charge.discount.minor(), ..row })
}

/// The row of an attempt that is ordered now.
#[expect(clippy::too_many_arguments, reason = "a row is exactly these")]
fn ordered(
    case: &Case,
    receivable: ReceivableId,
    charge: ChargeId,
    method: Option<&Method>,
    amount: Money,
    trigger: Trigger,
    (step, cycle, occurrence): (Option<String>, i64, i64),
    now: Instant,
) -> ChargeRow {
    let series = receivable.to_bytes();
    let retry = case.facts.tried.iter().filter(|known| known.series == series && known.charge != Some(charge) && known.at < now).count();
    ChargeRow {
        charge,
        customer: case.customer,
        receivable,
        gateway: method.map(|method| method.gateway.to_string()).unwrap_or_default(),
        method: method.map(|method| method.id),
        scheme: method.map_or(Scheme::OtherCard, |method| method.scheme),
        credential: method.map(|method| method.credential).unwrap_or_default(),
        trigger,
        step,
        cycle,
        occurrence,
        retry: count(retry),
        series,
        currency: amount.currency().code().to_owned(),
        amount: amount.minor(),
        status: "ordered".to_owned(),
        reference: None,
        ordered_at: now,
        sent_at: None,
        due_at: Some(now),
        tries: 0,
        finished_at: None,
        reason: None,
        signals: None,
        said: None,
        propensity: None,
        features: None,
        discount: 0,
    }
}

/// Why an attempt is not ordered outside the ladder.
fn refused(external_id: &str, why: &str) -> Error {
    Error::refused("no_charge", format!("{external_id} is not charged: {why}"))
}

/// Orders an attempt outside the ladder's steps: with one method, or with the first that can work.
pub(crate) fn order_now(
    case: &mut Case,
    tenancy: &Tenancy,
    walk: usize,
    method: Option<PaymentMethodId>,
    trigger: Trigger,
    now: Instant,
) -> Result<ChargeRow> {
    let held = case.held.get(walk).ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?;
    let (receivable, external_id) = (held.receivable, held.external_id.clone());
    let policies = tenancy.policies(case.customer);
    let Some(known) = case.facts.walks.get(walk) else { return Err(Error::bug("walk", "the receivable is not there")) };
    if known.has_ended() {
        return Err(refused(&external_id, "nothing of it is open"));
    }
    if !moves_money(case.facts.mode) {
        return Err(refused(&external_id, "in mode shadow or redirect no money moves; `regua mode live` ends that"));
    }
    if case.facts.is_frozen(walk, now) {
        return Err(refused(&external_id, "it is frozen, by a dispute, a promise, a hold or a pause; lift that first"));
    }
    let terms = known.terms(policies);
    let amount = known.ledger.amount_due(&terms, case.facts.zone.day_of(now)).total;
    if amount.minor() <= 0 {
        return Err(refused(&external_id, "nothing is due"));
    }
    let (mut chosen, mut why) = (None, "no stored method can be charged; the customer gives one by a link".to_owned());
    for candidate in case.facts.methods.iter().filter(|known| method.is_none_or(|id| known.id == id)) {
        let ask = case.facts.ask(known, candidate, &case.facts.tried, (amount, trigger), now);
        match rulebook::charge(ask) {
            ChargeAnswer::Allowed(_) => {
                chosen = Some(candidate.clone());
                break;
            }
            ChargeAnswer::Until(until, rule) => why = format!("not before {}: {}", case.facts.zone.rfc3339(until), rule.says),
            ChargeAnswer::Never(rule) => why = rule.says.to_owned(),
        }
    }
    let Some(chosen) = chosen else { return Err(refused(&external_id, &why)) };
    let nth = count(case.facts.tried.iter().filter(|known| known.series == receivable.to_bytes()).count());
    let key = Key { receivable, mode: case.facts.mode.as_str(), step: trigger.as_str(), cycle: i64::from(known.cycle), occurrence: nth };
    let id = charge_id(&key, now);
    let row = ordered(case, receivable, id, Some(&chosen), amount, trigger, (None, key.cycle, nth), now);
    let (credential, series) = (chosen.credential, row.series);
    let tried = Tried { charge: Some(id), credential, at: now, amount, trigger, failed: None, series, settled: false };
    case.tell(tenancy, Some(walk), Fact::Tried { tried }, now).map_err(|bad| {
        if bad == FactError::UnderWay { refused(&external_id, &bad.to_string()) } else { Error::bug("tried", bad.to_string()) }
    })?;
    case.name_attempt(&row);
    Ok(row)
}

impl Engine {
    /// Charges a receivable now, by a person's or the payer's wish.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when nothing is due, it is frozen, an attempt is under way, or no stored method may be charged.
    pub fn charge_now(
        &self,
        tenant: TenantId,
        about: &About,
        method: Option<PaymentMethodId>,
        trigger: Trigger,
        act: &Act,
        now: Instant,
    ) -> Result<ChargeId> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let receivable = found.receivable.ok_or_else(|| Error::refused("receivable", "a receivable is charged, not a customer"))?;
            self.biller_is_done(tx, tenant, receivable)?;
            let row = self.with_case(tx, tenant, found.customer, &[receivable], now, |case, tenancy| {
                case.act = Some(act.clone());
                let walk = case.walk_of(receivable).ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?;
                order_now(case, tenancy, walk, method, trigger, now)
            })?;
            let id = row.charge;
            regua_store::charging::charges::enter(tx, tenant, &[row])?;
            Ok(id)
        })
    }
}

/// Whether anything real is charged in that mode: a message can be redirected, money cannot.
pub(super) const fn moves_money(mode: Mode) -> bool {
    match mode {
        Mode::Approve | Mode::Live => true,
        Mode::Shadow | Mode::Redirect => false,
    }
}

/// A method that can be charged: what a new one must be for the failed charges to be tried again at once.
pub(crate) fn is_chargeable(method: &Method, now: Instant, zone: Zone) -> bool {
    method.status == MethodStatus::Active && method.expires_on.is_none_or(|last| zone.day_of(now) <= last)
}

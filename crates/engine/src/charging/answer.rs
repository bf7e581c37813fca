//! What a gateway said of an attempt: what it means for the facts, the money, and where the attempt stands.

use regua_core::charging::choose::{Choose, Chosen, choose};
use regua_core::charging::timing::{Funding, Timing};
use regua_core::charging::{Advice, Again, Category, MethodStatus, Reason, Signal, Trigger, declines};
use regua_core::facts::Fact;
use regua_core::ids::{PaymentMethodId, TenantId};
use regua_core::money::Money;
use regua_core::policy::program::Retry;
use regua_core::time::Instant;
use regua_store::batch::{Batch, EffectRow};
use regua_store::charging::charges::{self, ChargeRow};
use regua_store::charging::{codes, timings};
use regua_store::db::Tx;
use regua_wire::gateways::{self, Trouble};

use super::send::{Answered, save, tell};
use super::{Charged, Charging};
use crate::case::Case;
use crate::error::{Error, Result};
use crate::log;
use crate::tenancy::Tenancy;

/// What a transaction with gateways gathers.
pub(crate) struct Work {
    pub(super) tenant: TenantId,
    pub(crate) now: Instant,
    pub(super) how: Charging,
    pub(super) done: Charged,
    /// Where attempts stand from now on.
    pub(super) rows: Vec<ChargeRow>,
    pub(super) batch: Batch,
    unmapped: Vec<Signal>,
    /// Whether another biller's account is told of: what was paid too much there is never sent back by us.
    pub(crate) mirrored: bool,
    /// Methods that a code has ended.
    pub(super) statuses: Vec<(PaymentMethodId, MethodStatus)>,
}

impl Work {
    pub(crate) fn new(tenant: TenantId, now: Instant, how: Charging) -> Self {
        Self {
            tenant,
            now,
            how,
            done: Charged::default(),
            rows: Vec::new(),
            batch: Batch::default(),
            unmapped: Vec::new(),
            mirrored: false,
            statuses: Vec::new(),
        }
    }

    /// Writes all of it.
    pub(crate) fn write(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.batch.write(tx, self.tenant)?;
        charges::set(tx, self.tenant, &self.rows)?;
        self.set_statuses(tx)?;
        codes::count(tx, self.tenant, &std::mem::take(&mut self.unmapped), self.now)?;
        Ok(())
    }

    /// Saves a customer when anything happened.
    pub(crate) fn keep(&mut self, case: Case, tenancy: &Tenancy) -> Result<()> {
        save(case, tenancy, self.now, &mut self.batch)
    }

    /// The attempt stays as it is, and is looked at again.
    pub(super) fn put_off(&mut self, row: ChargeRow, until: Instant) {
        self.rows.push(ChargeRow { due_at: Some(until), ..row });
    }

    /// What the gateway said of an attempt that was sent or asked about.
    pub(super) fn answer(&mut self, tx: &mut Tx<'_>, case: &mut Case, tenancy: &Tenancy, row: ChargeRow, one: &Answered) -> Result<()> {
        match &one.said {
            Ok(charged) => self.charged(tx, case, tenancy, row, charged),
            Err(Trouble::Outage { why, wait_secs }) => {
                self.done.later += 1;
                let wait = wait_secs.and_then(|secs| i64::try_from(secs).ok()).map_or(0, |secs| secs.saturating_mul(1_000_000));
                let until = self.after(self.how.back_off(row.tries).max(wait.min(24 * 3_600_000_000)));
                // It surely was not made: sent again with the same key, and no budget is used.
                let status = if one.was_asked() { row.status.clone() } else { "ordered".to_owned() };
                self.rows.push(ChargeRow { status, due_at: Some(until), said: Some(why.clone()), ..row });
                Ok(())
            }
            Err(Trouble::Unknown { why }) => {
                self.done.unknown += 1;
                let until = self.after(self.how.back_off(row.tries));
                self.rows.push(ChargeRow { status: "unknown".to_owned(), due_at: Some(until), said: Some(why.clone()), ..row });
                Ok(())
            }
            Err(Trouble::NotFound) if one.was_asked() => self.never_arrived(case, tenancy, row, one.repeats),
            Err(refused @ (Trouble::NotFound | Trouble::Refused { .. })) => {
                let walk = walk_of(case, &row)?;
                self.mend(case, &row, &refused.to_string());
                self.drop_charge(case, tenancy, walk, row, &refused.to_string())
            }
        }
    }

    /// The gateway never had it. Sent again only where that is safe; else given up after a while, and shown.
    fn never_arrived(&mut self, case: &mut Case, tenancy: &Tenancy, row: ChargeRow, repeats: bool) -> Result<()> {
        if repeats {
            self.rows.push(ChargeRow { status: "ordered".to_owned(), due_at: Some(self.now), ..row });
            return Ok(());
        }
        let age = self.now.micros().saturating_sub(row.sent_at.unwrap_or(row.ordered_at).micros());
        if age < self.how.lost_micros {
            let until = self.after(self.how.back_off(row.tries));
            self.rows.push(ChargeRow { status: "unknown".to_owned(), due_at: Some(until), ..row });
            return Ok(());
        }
        let walk = walk_of(case, &row)?;
        self.mend(case, &row, "the gateway does not know an attempt that was sent to it; look there by its id");
        tell(case, tenancy, Some(walk), Fact::TryDropped { charge: row.charge }, self.now)?;
        self.end(case, tenancy, row, "lost", None)
    }

    /// Where the gateway says that an attempt stands.
    pub(super) fn charged(
        &mut self,
        tx: &mut Tx<'_>,
        case: &mut Case,
        tenancy: &Tenancy,
        row: ChargeRow,
        charged: &gateways::Charged,
    ) -> Result<()> {
        match charged {
            gateways::Charged::Settled(settlement) => {
                self.done.settled += 1;
                let discount = self.take_money(tx, case, tenancy, (&row.gateway, row.receivable, Some(row.charge)), settlement)?.discount;
                let row = ChargeRow { reference: Some(settlement.reference.clone()), discount, ..row };
                self.end(case, tenancy, row, "settled", None)
            }
            gateways::Charged::Pending { reference } => {
                self.done.unknown += 1;
                let until = self.after(self.how.back_off_max_micros.max(3_600_000_000));
                let (status, reference) = ("pending".to_owned(), Some(reference.clone()));
                self.rows.push(ChargeRow { status, reference, due_at: Some(until), ..row });
                Ok(())
            }
            gateways::Charged::Declined { reference, signals } => {
                let row = ChargeRow { reference: reference.clone().or(row.reference.clone()), ..row };
                self.declined(tx, case, tenancy, row, signals)
            }
            gateways::Charged::NeedsPayer { reference, link, signals } => {
                let row = ChargeRow { reference: Some(reference.clone()), ..row };
                self.offer_link(tx, case, &row, reference, link.as_deref())?;
                self.declined(tx, case, tenancy, row, signals)
            }
        }
    }

    /// An attempt failed: what its codes mean, and when it is tried again.
    fn declined(&mut self, tx: &mut Tx<'_>, case: &mut Case, tenancy: &Tenancy, row: ChargeRow, signals: &[Signal]) -> Result<()> {
        self.done.declined += 1;
        let advice = declines::read(signals);
        if advice.unmapped {
            self.unmapped.extend(signals.iter().cloned());
        }
        let walk = walk_of(case, &row)?;
        let counts = row.trigger.counts();
        let mut row = ChargeRow { reason: Some(advice.reason), signals: Some(log::json(&signals)?), discount: 0, ..row };
        // The attempt counts before the next is chosen.
        if let Some(known) = case.facts.tried.iter_mut().find(|known| known.charge == Some(row.charge)) {
            known.failed = Some(advice);
        }
        let next = if counts { self.next_try(tx, case, tenancy, walk, &row)? } else { None };
        row.propensity = next.map(|next| i64::from(next.propensity_bp));
        row.features = next.map(|next| log::json(&next.features)).transpose()?;
        let fact = Fact::ChargeFailed {
            reason: advice.reason.as_str().into(),
            needs_payer: advice.action.needs_payer(),
            step: row.step.as_deref().filter(|_| counts).map(Into::into),
            charge: Some(row.charge),
            advice: Some(advice),
            retry_at: next.map(|next| next.at),
        };
        tell(case, tenancy, Some(walk), fact, self.now)?;
        self.method_broke(case, tenancy, &row, advice)?;
        self.end(case, tenancy, row, "declined", None)
    }

    /// No stored method can be charged: the charge fails without an attempt.
    pub(super) fn no_method(&mut self, case: &mut Case, tenancy: &Tenancy, walk: usize, row: ChargeRow) -> Result<()> {
        self.done.declined += 1;
        let fact = Fact::ChargeFailed {
            reason: Reason::NoMethod.as_str().into(),
            needs_payer: true,
            step: row.step.as_deref().map(Into::into),
            charge: None,
            advice: None,
            retry_at: None,
        };
        // What was under way is not made, so that no budget counts it.
        tell(case, tenancy, Some(walk), Fact::TryDropped { charge: row.charge }, self.now)?;
        tell(case, tenancy, Some(walk), fact, self.now)?;
        let row = ChargeRow { reason: Some(Reason::NoMethod), ..row };
        self.end(case, tenancy, row, "declined", Some("no stored method can be charged"))
    }

    /// An attempt is not made.
    pub(super) fn drop_charge(&mut self, case: &mut Case, tenancy: &Tenancy, walk: usize, row: ChargeRow, why: &str) -> Result<()> {
        self.done.dropped += 1;
        tell(case, tenancy, Some(walk), Fact::TryDropped { charge: row.charge }, self.now)?;
        self.end(case, tenancy, row, "dropped", Some(why))
    }

    /// When a failed charge is tried again, where the policy has that chosen; with the exact share of such choices.
    fn next_try(&self, tx: &mut Tx<'_>, case: &Case, tenancy: &Tenancy, walk: usize, row: &ChargeRow) -> Result<Option<Chosen>> {
        let policies = tenancy.policies(case.customer);
        let Some(receivable) = case.facts.walks.get(walk) else { return Ok(None) };
        let Some(Retry::Smart { window_days, max }) = receivable.retry_of(policies) else { return Ok(None) };
        let Some(method) = case.facts.methods.iter().find(|known| Some(known.id) == row.method) else { return Ok(None) };
        // What was learnt by another version is learnt anew, and until then the shipped weights count.
        let learnt = timings::newest(tx, self.tenant)?.and_then(|row| serde_json::from_str::<Timing>(&row.body).ok());
        let amount = Money::new(row.amount, receivable.ledger.currency());
        let ask = case.facts.ask(receivable, method, &case.facts.tried, (amount, Trigger::Retry), self.now);
        let seed = row.charge.to_bytes().into_iter().rev().take(8).fold(0_u64, |seed, byte| (seed << 8) | u64::from(byte));
        Ok(choose(Choose {
            ask,
            calendar: policies.get(receivable.policy).calendar,
            funding: Funding::Unknown,
            window_days: u16::try_from(*window_days).unwrap_or(0),
            tries_max: *max,
            timing: learnt.as_ref().unwrap_or_else(|| Timing::shipped()),
            floor_bp: self.how.explore_bp,
            seed,
        }))
    }

    /// A code that says that the method itself cannot work any more ends it for every receivable.
    fn method_broke(&mut self, case: &mut Case, tenancy: &Tenancy, row: &ChargeRow, advice: Advice) -> Result<()> {
        let status = match (advice.again, advice.category) {
            (Again::Never, Category::Hard | Category::Fraud) => MethodStatus::Dead,
            (Again::AfterUpdate, Category::Hard | Category::Data) => MethodStatus::Broken,
            _ => return Ok(()),
        };
        let known = case.facts.methods.iter().find(|known| Some(known.id) == row.method && known.status == MethodStatus::Active);
        let Some(known) = known.cloned() else { return Ok(()) };
        self.statuses.push((known.id, status));
        tell(case, tenancy, None, Fact::MethodKnown { method: regua_core::charging::Method { status, ..known } }, self.now)
    }

    /// The attempt has ended, and the log says how.
    pub(super) fn end(&mut self, case: &mut Case, tenancy: &Tenancy, row: ChargeRow, status: &str, why: Option<&str>) -> Result<()> {
        let note = log::ChargeNote::of(&row, status);
        case.note(tenancy, self.now, "charge", (log::json(&note)?, None), &mut self.batch)?;
        let said = why.map(str::to_owned).or(row.said.clone());
        self.rows.push(ChargeRow { status: status.to_owned(), due_at: None, finished_at: Some(self.now), said, ..row });
        Ok(())
    }

    /// A person must look: a task beside the receivable.
    fn mend(&mut self, case: &Case, row: &ChargeRow, why: &str) {
        self.batch.effects.push(EffectRow {
            receivable: row.receivable,
            mode: case.facts.mode.as_str(),
            step: format!("charge#{}", row.charge).into(),
            cycle: row.cycle,
            occurrence: row.occurrence,
            customer: case.customer,
            kind: "mend",
            detail: format!("a charge could not be made: {why}"),
            at: self.now,
            status: "open",
        });
    }

    pub(super) fn after(&self, micros: i64) -> Instant {
        Instant::from_micros(self.now.micros().saturating_add(micros))
    }
}

/// The walk of an attempt's receivable.
pub(super) fn walk_of(case: &Case, row: &ChargeRow) -> Result<usize> {
    case.walk_of(row.receivable).ok_or_else(|| Error::bug("walk", "an attempt's receivable is not among its customer's"))
}

//! One batch of what is due: claim, load, decide and write in one transaction under the customers' locks.
//!
//! The level decides: a batch looks at facts as they are, so that one that is cut off anywhere is done again as if it had
//! never begun. Deliberately absent: sending, which is the outbox's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use regua_core::decide::{Decisions, Outcome, Row, StepRef, decide};
use regua_core::facts::Approvals;
use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::policy::program::Act as StepAct;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_store::batch::{Batch, DecisionRow, EffectRow};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Claimed, Which};

use crate::Engine;
use crate::case::{self, Case};
use crate::charging;
use crate::error::{Error, Kind, Result};
use crate::log::{self, Decided};
use crate::order;
use crate::tenancy::Tenancy;

/// How much one transaction takes on.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most customers.
    pub customers: i64,
    /// Most receivables; a customer who has more is a batch alone.
    pub receivables: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { customers: 500, receivables: 4_000 }
    }
}

/// What a batch, or many of them, did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ticked {
    /// Customers looked at.
    pub customers: u64,
    /// Receivables looked at.
    pub receivables: u64,
    /// Final decisions.
    pub decisions: u64,
    /// Messages ordered.
    pub messages: u64,
    /// Other effects recorded.
    pub effects: u64,
    /// Customers set aside because they could not be decided.
    pub parked: u64,
}

impl Ticked {
    /// Adds what another batch did.
    pub fn add(&mut self, other: Self) {
        self.customers += other.customers;
        self.receivables += other.receivables;
        self.decisions += other.decisions;
        self.messages += other.messages;
        self.effects += other.effects;
        self.parked += other.parked;
    }
}

/// Memory that is kept from one batch to the next.
#[derive(Default)]
pub struct Scratch {
    decisions: Decisions,
    /// Tenants that had a whole batch to themselves since the others were asked for.
    sated: Vec<[u8; 16]>,
    batches: u32,
}

/// After so many batches, tenants that had a batch to themselves stand back once.
const FAIR_EVERY: u32 = 8;

impl Engine {
    /// Decides one batch of what is due at `now`. Nothing looked at means that nothing is due.
    ///
    /// # Errors
    /// [`Kind::Busy`] when the database is; whatever else it says. A customer that cannot be decided is no error: it is
    /// parked with why.
    pub fn tick(&self, now: Instant, scratch: &mut Scratch) -> Result<Ticked> {
        self.tick_then(now, scratch, &mut |_, _| {})
    }

    /// As [`Engine::tick`]; `written` is shown what was committed, for measurements.
    ///
    /// # Errors
    /// As [`Engine::tick`].
    pub fn tick_then(&self, now: Instant, scratch: &mut Scratch, written: &mut dyn FnMut(TenantId, &Batch)) -> Result<Ticked> {
        let fair = scratch.batches % FAIR_EVERY == FAIR_EVERY - 1;
        scratch.batches = scratch.batches.wrapping_add(1);
        if fair && !scratch.sated.is_empty() {
            let sated = std::mem::take(&mut scratch.sated);
            let others = self.batch(now, &sated, scratch, written)?;
            if others.customers > 0 {
                return Ok(others);
            }
        }
        self.batch(now, &[], scratch, written)
    }

    fn batch(&self, now: Instant, sated: &[[u8; 16]], scratch: &mut Scratch, written: &mut dyn FnMut(TenantId, &Batch)) -> Result<Ticked> {
        let (mut claimed, mut batches) = (Vec::new(), Vec::new());
        let done = self.db.write(Scope::Claim, |tx| {
            claimed = self.claim(tx, now, sated)?;
            let mut ticked = Ticked::default();
            for group in claimed.chunk_by(|a, b| a.tenant == b.tenant) {
                let Some(first) = group.first() else { continue };
                let ids: Vec<[u8; 16]> = group.iter().map(|one| one.customer.to_bytes()).collect();
                tx.scope(Scope::Tenant(first.tenant))?;
                let (one, batch) = self.decide_in(tx, first.tenant, &ids, now, &mut scratch.decisions)?;
                ticked.add(one);
                batches.push((first.tenant, batch));
            }
            Ok::<_, Error>(ticked)
        });
        if done.is_ok() {
            for (tenant, batch) in &batches {
                written(*tenant, batch);
            }
        }
        if let [first, rest @ ..] = claimed.as_slice()
            && rest.iter().all(|other| other.tenant == first.tenant)
        {
            scratch.sated.push(first.tenant.to_bytes());
        }
        match done {
            Err(error) if error.kind != Kind::Busy && !claimed.is_empty() => self.one_by_one(&claimed, now, scratch),
            done => done,
        }
    }

    /// The customers of one batch, by tenant: never more receivables than a batch may hold, but at least one customer.
    fn claim(&self, tx: &mut Tx<'_>, now: Instant, sated: &[[u8; 16]]) -> Result<Vec<Claimed>> {
        let mut claimed = due::claim(tx, now, self.limits.customers, sated)?;
        let mut receivables = 0;
        let fits = claimed.iter().take_while(|one| {
            receivables += one.live;
            receivables <= self.limits.receivables
        });
        let fits = fits.count().max(1);
        claimed.truncate(fits); // the others stay locked until this batch is written, which is soon
        claimed.sort_by_key(|one| (one.tenant, one.customer));
        Ok(claimed)
    }

    fn decide_in(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        ids: &[[u8; 16]],
        now: Instant,
        scratch: &mut Decisions,
    ) -> Result<(Ticked, Batch)> {
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut batch = Batch::default();
        let mut ticked = Ticked::default();
        for (customer, case) in case::load(tx, &tenancy, &self.master, ids, Which::Live)? {
            let decided = case.and_then(|case| {
                let before = Lengths::of(&batch);
                // A panic would be a mistake of ours in one customer's facts: the others go on.
                let caught = catch_unwind(AssertUnwindSafe(|| self.decide_case(case, &tenancy, now, scratch, &mut batch)));
                caught
                    .unwrap_or_else(|_| Err(Error::bug("panicked", "deciding this customer failed; this is a bug, please report it")))
                    .inspect_err(|_| before.cut(&mut batch))
            });
            match decided {
                Ok(one) => ticked.add(one),
                Err(error) => {
                    park(tx, tenant, customer, &error)?;
                    ticked.customers += 1;
                    ticked.parked += 1;
                }
            }
        }
        batch.write(tx, tenant)?;
        Ok((ticked, batch))
    }

    /// A batch that cannot be written: each customer alone, so that one bad one does not hold up the rest.
    fn one_by_one(&self, claimed: &[Claimed], now: Instant, scratch: &mut Scratch) -> Result<Ticked> {
        let mut ticked = Ticked::default();
        for one in claimed {
            let ids = [one.customer.to_bytes()];
            let done = self.db.write(Scope::Tenant(one.tenant), |tx| {
                if due::lock_due(tx, one.tenant, one.customer, now)? {
                    self.decide_in(tx, one.tenant, &ids, now, &mut scratch.decisions).map(|(ticked, _)| ticked)
                } else {
                    Ok(Ticked::default()) // somebody else has decided it since
                }
            });
            match done {
                Ok(done) => ticked.add(done),
                Err(error) if error.kind == Kind::Busy => return Err(error),
                Err(error) => {
                    self.db.write(Scope::Tenant(one.tenant), |tx| park(tx, one.tenant, one.customer, &error))?;
                    ticked.customers += 1;
                    ticked.parked += 1;
                }
            }
        }
        Ok(ticked)
    }

    fn decide_case(&self, mut case: Case, tenancy: &Tenancy, now: Instant, scratch: &mut Decisions, batch: &mut Batch) -> Result<Ticked> {
        case.facts.approvals = self.tenancies.approvals();
        case.keep_time(tenancy, Instant::from_micros(now.micros().saturating_add(1)));
        case.pause(tenancy, now);
        case.log_told(tenancy, now, batch)?;
        conclude(&mut case, tenancy, now, scratch, batch)
    }
}

/// Decides and writes what follows: the whole of a pass over a customer of whom everything is known.
pub(crate) fn conclude(case: &mut Case, tenancy: &Tenancy, now: Instant, scratch: &mut Decisions, batch: &mut Batch) -> Result<Ticked> {
    scratch.clear();
    let next = decide(&mut case.facts, tenancy.policies(case.customer), now, scratch);
    if next <= now {
        return Err(Error::bug("stuck", "the decision does not move on; this is a bug, please report it"));
    }
    let mut ticked = Ticked { customers: 1, receivables: case::count_u64(case.held.len()), ..Ticked::default() };
    let orders = order::messages(case, tenancy, scratch, now)?;
    let from = batch.decisions.len();
    for row in &scratch.rows {
        let order = row.message.and_then(|message| orders.get(message)).map(|order| order.id);
        enter_row(case, tenancy, row, (now, order), batch, &mut ticked)?;
    }
    charging::enter_charges(case, tenancy, scratch, now, batch)?;
    ticked.messages += case::count_u64(orders.len());
    batch.messages.extend(orders.into_iter().map(|order| order.row));
    let concluded = !scratch.rows.is_empty() || !scratch.deferrals.is_empty();
    let rows = batch.decisions.get(from..).unwrap_or_default();
    let payload = payload(case, tenancy, scratch, rows)?;
    case.save_decided(tenancy, now, next, payload, concluded, batch)?;
    Ok(ticked)
}

/// A final decision as a row, with what else it ordered.
fn enter_row(
    case: &Case,
    tenancy: &Tenancy,
    row: &Row,
    (now, message): (Instant, Option<MessageId>),
    batch: &mut Batch,
    ticked: &mut Ticked,
) -> Result<()> {
    let policies = tenancy.policies(case.customer);
    let missing = || Error::bug("row", "a decision names a step that its policy has not");
    let (walk, held) = case.facts.walks.get(row.walk).zip(case.held.get(row.walk)).ok_or_else(missing)?;
    let names = tenancy.published.names.get(walk.policy).ok_or_else(missing)?;
    let name = names.name(policies, walk, row.step).ok_or_else(missing)?;
    let mode = row.mode.as_str();
    let outcome = match row.outcome {
        Outcome::Done => "done",
        Outcome::Skipped(reason) => reason.as_str(),
    };
    batch.decisions.push(DecisionRow {
        receivable: held.receivable,
        mode,
        step: name.clone(),
        cycle: row.cycle.into(),
        occurrence: row.occurrence.into(),
        outcome,
        decided_at: now,
        message,
        rule: row.rule.map(|rule| rule.id),
        policy: case::count(walk.policy + 1),
        seq: case.chain.seq + 1,
    });
    ticked.decisions += 1;
    if let Some((kind, detail, status)) = effect(case, tenancy, row) {
        batch.effects.push(EffectRow {
            receivable: held.receivable,
            mode,
            step: name.clone(),
            cycle: row.cycle.into(),
            occurrence: row.occurrence.into(),
            customer: case.customer,
            kind,
            detail,
            at: now,
            status,
        });
        ticked.effects += 1;
    }
    Ok(())
}

/// The payload of the event that holds the receipt: versions, what was known, and what was concluded.
fn payload(case: &Case, tenancy: &Tenancy, decisions: &Decisions, rows: &[DecisionRow]) -> Result<String> {
    let newest = case::count(tenancy.policies(case.customer).newest_index() + 1);
    let mut payload = Decided::new(newest, case.facts.source_read_at, case.facts.approvals == Approvals::AtOnce);
    for (walk, held) in case.facts.walks.iter().zip(&case.held) {
        payload.paused.extend(walk.paused.iter().map(|span| (held.receivable.to_string(), span.from, span.until)));
    }
    payload.attempted = tenancy.charges && decisions.charges.iter().any(|charge| charge.method.is_none());
    payload.rows = rows
        .iter()
        .map(|row| {
            let (cycle, occurrence) = (row.cycle, row.occurrence);
            let message = row.message.map(|message| message.to_string());
            (row.receivable.to_string(), row.step.to_string(), cycle, occurrence, row.outcome.to_owned(), message)
        })
        .collect();
    if rows.iter().any(|row| row.mode != Mode::Live.as_str()) {
        payload.modes = rows.iter().map(|row| row.mode.to_owned()).collect();
    }
    payload.became = case.became();
    for wait in &decisions.deferrals {
        let (Some(held), Some(name)) = (case.held.get(wait.walk), order::name(case, tenancy, wait.walk, wait.step)) else { continue };
        payload.waits.push((held.receivable.to_string(), name.to_string(), wait.occurrence, wait.reason.as_str().to_owned(), wait.until));
    }
    log::json(&payload)
}

/// What a row orders besides a message: its kind, its detail and where it stands.
fn effect(case: &Case, tenancy: &Tenancy, row: &Row) -> Option<(&'static str, String, &'static str)> {
    use regua_core::words::SkipReason;
    // Nobody can mend the data of a person who was erased.
    if row.outcome == Outcome::Skipped(SkipReason::Unreachable) && case.key.is_some() {
        return Some(("mend", "nobody can be reached; mend the contact data".to_owned(), "open"));
    }
    if row.outcome != Outcome::Done {
        return None;
    }
    let walk = case.facts.walks.get(row.walk)?;
    let rules = tenancy.policies(case.customer).get(walk.policy);
    let act = match row.step {
        StepRef::Step(step) => &rules.ladders.get(rules.segments.get(walk.segment)?.ladder)?.steps.get(step)?.act,
        StepRef::Reaction(reaction) => &rules.reactions.get(reaction)?.act,
        StepRef::Notice(_) => return None,
    };
    match act {
        StepAct::Access(state) => Some(("access", state.as_str().to_owned(), "recorded")),
        StepAct::Task(queue) => Some(("task", queue.clone(), "open")),
        // With a stored method it is an attempt, with a row of its own.
        StepAct::Charge if !case.facts.methods.is_empty() && matches!(row.mode, Mode::Live | Mode::Approve) => None,
        StepAct::Charge => Some(("charge", String::new(), "recorded")),
        StepAct::Fee(fee) => Some(("fee", fee.to_string(), "recorded")),
        StepAct::Report(bureau) => Some(("report", bureau.clone(), "recorded")),
        StepAct::Assign(agency) => Some(("assign", agency.clone(), "recorded")),
        StepAct::WriteOff => Some(("write_off", String::new(), "recorded")),
        StepAct::Notify(_) | StepAct::Offer(..) => None,
    }
}

fn park(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId, error: &Error) -> Result<()> {
    due::park(tx, tenant, customer, &format!("{}: {}", error.code, error.detail)).map_err(Error::from)
}

/// How long the lists of a batch were before a customer, so that a failed one leaves nothing behind.
struct Lengths([usize; 13]);

impl Lengths {
    fn of(batch: &Batch) -> Self {
        Self([
            batch.new_customers.len(),
            batch.profiles.len(),
            batch.facts.len(),
            batch.new_receivables.len(),
            batch.receivables.len(),
            batch.entries.len(),
            batch.payments.len(),
            batch.accounts.len(),
            batch.decisions.len(),
            batch.messages.len(),
            batch.effects.len(),
            batch.events.len(),
            batch.charges.len(),
        ])
    }

    fn cut(&self, batch: &mut Batch) {
        let [customers, profiles, facts, new, receivables, entries, payments, accounts, decisions, messages, effects, events, charges] =
            self.0;
        batch.new_customers.truncate(customers);
        batch.profiles.truncate(profiles);
        batch.facts.truncate(facts);
        batch.new_receivables.truncate(new);
        batch.receivables.truncate(receivables);
        batch.entries.truncate(entries);
        batch.payments.truncate(payments);
        batch.accounts.truncate(accounts);
        batch.decisions.truncate(decisions);
        batch.messages.truncate(messages);
        batch.effects.truncate(effects);
        batch.events.truncate(events);
        batch.charges.truncate(charges);
    }
}

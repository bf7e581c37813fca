//! The billing run: whoever is due is claimed, what is due of it is drawn up and enters the rule, in one transaction.
//!
//! The level decides: a subscription says itself what it has to bill by today, so a run that is cut off anywhere is done
//! again as if it had never begun, and one that comes late makes up for all that was missed, with today as the day of issue.

use std::collections::BTreeMap;

use regua_core::facts::{Entry, Fact, FactError};
use regua_core::ids::{CustomerId, InvoiceId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::{Mode, Rail};
use regua_store::batch::Batch;
use regua_store::billing::{self, BillingRows, OpenCredit, SubscriptionRow};
use regua_store::db::{Scope, StoreError, Tx};
use regua_store::due::{self, Which};

use super::subscriptions::keep_told;
use super::{BilledNote, Drawn, Lapsed, draw_up, refused};
use crate::Engine;
use crate::case::{self, Case, count_u64};
use crate::commands::tenant::note;
use crate::error::{Error, Kind, Result};
use crate::log::{self, Act};
use crate::pass;
use crate::tenancy::Tenancy;

/// What a billing run did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Billed {
    /// Customers looked at.
    pub customers: u64,
    /// Invoices made.
    pub invoices: u64,
    /// Documents that give money back.
    pub credits: u64,
    /// Receivables that entered.
    pub receivables: u64,
    /// Customers of whom something could not be billed: it is set aside.
    pub parked: u64,
}

/// What a billing run wrote for a tenant in one transaction.
#[derive(Default)]
pub struct Wrote {
    batch: Batch,
    rows: BillingRows,
}

impl Wrote {
    /// Writes it: for the run, and for a measurement into a copy of the database.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> std::result::Result<(), StoreError> {
        self.batch.write(tx, tenant)?;
        self.rows.write(tx, tenant)
    }

    /// How many rows that is, less those that only change.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batch.rows() + self.rows.invoices.len() + self.rows.parts.len() + self.rows.changed.len()
    }
}

impl Billed {
    /// Adds what another batch did.
    pub fn add(&mut self, other: Self) {
        self.customers += other.customers;
        self.invoices += other.invoices;
        self.credits += other.credits;
        self.receivables += other.receivables;
        self.parked += other.parked;
    }
}

impl Engine {
    /// Bills everything that is due at `now`, on `workers` threads.
    ///
    /// # Errors
    /// What [`Engine::bill_batch`] says, after a bounded number of tries while the database is busy.
    pub fn bill_due(&self, now: Instant, workers: usize) -> Result<Billed> {
        let parts = pass::together(workers, &|| {
            let mut all = Billed::default();
            pass::patiently(&mut || self.bill_batch(now, &mut |_| Ok(())), &mut |done: Billed| {
                all.add(done);
                done.customers > 0
            })?;
            Ok(all)
        })?;
        let mut all = Billed::default();
        parts.into_iter().for_each(|part| all.add(part));
        Ok(all)
    }

    /// Lets the next run try a subscription again that could not be billed, once its cause is mended; whether it was set aside.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn bill_again(&self, tenant: TenantId, key: &str, act: &Act, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let was_aside = billing::unpark(tx, tenant, key)?;
            if was_aside {
                let payload = log::json(&serde_json::json!({ "subscription": key, "act": act }))?;
                note(tx, &mut stored, now, "billed_again", payload)?;
            }
            Ok(was_aside)
        })
    }

    /// Bills one batch of what is due at `now`. Nobody looked at means that nothing is due.
    ///
    /// * `agreed` — is shown what would be committed, for measurements and tests: an error of kind [`Kind::Busy`] undoes it.
    ///
    /// # Errors
    /// [`Kind::Busy`] when the database is; whatever else it says. What cannot be billed is no error: it is set aside with why.
    pub fn bill_batch(&self, now: Instant, agreed: &mut dyn FnMut(&Billed) -> Result<()>) -> Result<Billed> {
        self.bill_batch_then(now, agreed, &mut |_, _| {})
    }

    /// As [`Engine::bill_batch`].
    ///
    /// * `wrote` — is shown the rows of each tenant once they are committed, for measurements.
    ///
    /// # Errors
    /// As [`Engine::bill_batch`].
    pub fn bill_batch_then(
        &self,
        now: Instant,
        agreed: &mut dyn FnMut(&Billed) -> Result<()>,
        wrote: &mut dyn FnMut(TenantId, &Wrote),
    ) -> Result<Billed> {
        let (mut claimed, mut written) = (Vec::new(), Vec::new());
        let done = self.db.write(Scope::Claim, |tx| {
            written.clear();
            claimed = billing::claim(tx, now, self.limits.customers)?;
            let mut billed = Billed::default();
            for group in claimed.chunk_by(|a, b| a.0 == b.0) {
                let Some(&(tenant, _)) = group.first() else { continue };
                let ids: Vec<[u8; 16]> = group.iter().map(|(_, customer)| customer.to_bytes()).collect();
                tx.scope(Scope::Tenant(tenant))?;
                let (done, rows) = self.bill_in(tx, tenant, &ids, now)?;
                billed.add(done);
                written.push((tenant, rows));
            }
            agreed(&billed)?;
            Ok::<_, Error>(billed)
        });
        if done.is_ok() {
            written.iter().for_each(|(tenant, rows)| wrote(*tenant, rows));
        }
        match done {
            Err(error) if error.kind != Kind::Busy && !claimed.is_empty() => self.bill_one_by_one(&claimed, now),
            done => done,
        }
    }

    /// A batch that cannot be written: each customer alone, so that one bad one does not hold up the rest.
    fn bill_one_by_one(&self, claimed: &[(TenantId, CustomerId)], now: Instant) -> Result<Billed> {
        let mut billed = Billed::default();
        for &(tenant, customer) in claimed {
            let ids = [customer.to_bytes()];
            let done = self.db.write(Scope::Tenant(tenant), |tx| {
                due::lock(tx, tenant, &ids)?;
                self.bill_in(tx, tenant, &ids, now)
            });
            match done {
                Ok((done, _)) => billed.add(done),
                Err(error) if error.kind == Kind::Busy => return Err(error),
                Err(error) => {
                    let why = format!("{}: {}", error.code, error.detail);
                    self.db.write(Scope::Tenant(tenant), |tx| billing::park(tx, tenant, customer, now, &why).map_err(Error::from))?;
                    billed.add(Billed { customers: 1, parked: 1, ..Billed::default() });
                }
            }
        }
        Ok(billed)
    }

    /// Bills what is due of customers whose rows are locked.
    fn bill_in(&self, tx: &mut Tx<'_>, tenant: TenantId, ids: &[[u8; 16]], now: Instant) -> Result<(Billed, Wrote)> {
        let mut billed = Billed { customers: count_u64(ids.len()), ..Billed::default() };
        let mut due: BTreeMap<CustomerId, Vec<SubscriptionRow>> = BTreeMap::new();
        // Looked at again under the lock: somebody else may have billed it since it was found.
        for row in billing::due(tx, tenant, ids, now)? {
            due.entry(row.customer).or_default().push(row);
        }
        if due.is_empty() {
            return Ok((billed, Wrote::default()));
        }
        let subscriptions: Vec<[u8; 16]> = due.values().flatten().map(|row| row.subscription.to_bytes()).collect();
        let credits = billing::credits(tx, tenant, &subscriptions)?;
        let customers: Vec<[u8; 16]> = due.keys().map(|customer| customer.to_bytes()).collect();
        let tenancy = self.tenancies.read(tx, tenant)?;
        let (mut batch, mut rows) = (Batch::default(), BillingRows::default());
        for (customer, case) in case::load(tx, &tenancy, &self.master, &customers, Which::Live)? {
            let mut case = case?;
            if case.key.is_none() {
                billing::rest(tx, tenant, customer)?; // erased since: nobody is there to bill
                continue;
            }
            let own = due.remove(&customer).unwrap_or_default();
            let mut billing = Billing { case: &mut case, tenancy: &tenancy, now, rows: &mut rows, billed: &mut billed };
            let note = billing.bill(&own, &credits)?;
            case.note(&tenancy, now, "billed", (log::json(&note)?, None), &mut batch)?;
            case.save(&tenancy, now, now, &mut batch)?;
        }
        let wrote = Wrote { batch, rows };
        wrote.write(tx, tenant)?;
        Ok((billed, wrote))
    }
}

/// A customer being billed.
struct Billing<'a> {
    case: &'a mut Case,
    tenancy: &'a Tenancy,
    now: Instant,
    rows: &'a mut BillingRows,
    billed: &'a mut Billed,
}

impl Billing<'_> {
    fn bill(&mut self, due: &[SubscriptionRow], credits: &[OpenCredit]) -> Result<BilledNote> {
        let zone = self.case.facts.zone;
        let issued_on = zone.day_of(self.now);
        let mut note = BilledNote::new(self.tenancy.seen(self.case.customer), issued_on);
        for row in due {
            let (moved, subscription, drawn) = draw_up(self.tenancy.stored.tenant, row, zone, issued_on, self.now)?;
            let told = subscription.as_fact(issued_on).map_err(|why| refused(&row.external_id, &why))?;
            for one in &drawn {
                self.take_in(row, one, &told)?;
            }
            self.case.rank();
            keep_told(self.case, self.tenancy, &told, self.now)?;
            let own = credits.iter().filter(|credit| credit.subscription == row.subscription);
            let mut pool = own.map(|credit| Pool::of(credit.invoice, credit.left, &credit.currency)).collect::<Vec<_>>();
            let known = pool.len();
            pool.extend(drawn.iter().map(|one| Pool::of(one.invoice, one.credit(), one.draft.currency.code())));
            note.applied.extend(apply(self.case, self.tenancy, (&row.external_id, &[]), &mut pool, (issued_on, self.now))?);
            let (before, new) = pool.split_at(known);
            self.rows.credits.extend(before.iter().filter(|credit| credit.used).map(|credit| (credit.invoice, credit.left)));
            for (one, credit) in drawn.iter().zip(new) {
                one.enter(row, credit.left, self.now, self.rows)?;
                let is_credit = one.credit() > 0;
                self.billed.invoices += u64::from(!is_credit);
                self.billed.credits += u64::from(is_credit);
            }
            note.subscriptions.push(Lapsed::of(row.subscription.to_string(), &drawn));
            self.rows.changed.push(moved);
        }
        Ok(note)
    }

    /// The parts of a document enter the rule.
    fn take_in(&mut self, row: &SubscriptionRow, drawn: &Drawn, told: &regua_core::facts::Subscription) -> Result<()> {
        let draft = &drawn.draft;
        let unread = |bad: regua_core::words::UnknownWord| Error::bug("subscription_read", format!("{}: {bad}", row.external_id));
        let method = row.method.as_deref().map(str::parse::<Rail>).transpose().map_err(unread)?;
        for (part, (instalment, &receivable)) in draft.instalments.iter().zip(&drawn.receivables).enumerate() {
            let entry = Entry {
                issued_on: draft.issued_on,
                due_on: instalment.due_on,
                amount: Money::new(instalment.amount, draft.currency),
                method,
                subscription: Some(told.clone()),
                policy: None,
                mode: Mode::Live,
            };
            let name = drawn.external_id(part);
            let misfit = |bad: FactError| Error::refused("does_not_enter", format!("{name}: {bad}"));
            self.case.take_in(self.tenancy, receivable, &name, entry, self.now).map_err(misfit)?;
            self.billed.receivables += 1;
        }
        Ok(())
    }
}

/// What credits took off receivables: credit, receivable, minor units.
pub(super) type Taken = Vec<(String, String, i64)>;

/// Credits lower what is open of their subscription, never below nothing: the parts that they are for, then the newest.
///
/// * `key` — the subscription's.
/// * `for_parts` — receivables that a credit is for; none when it is for the subscription as a whole.
pub(super) fn apply(
    case: &mut Case,
    tenancy: &Tenancy,
    (key, for_parts): (&str, &[ReceivableId]),
    pool: &mut [Pool],
    (on, now): (Day, Instant),
) -> Result<Taken> {
    let mut taken = Taken::new();
    if pool.iter().all(|credit| credit.left == 0) {
        return Ok(taken);
    }
    let walks = &case.facts.walks;
    let of = |walk: &usize| walks.get(*walk).is_some_and(|walk| walk.closed.is_none() && is_of(walk.subscription.as_ref(), key));
    let mut open: Vec<usize> = (0..walks.len()).filter(of).collect();
    open.sort_by_key(|&walk| {
        let meant = case.held.get(walk).is_some_and(|held| for_parts.contains(&held.receivable));
        (!meant, walks.get(walk).map(|walk| std::cmp::Reverse((walk.due_on, walk.rank))))
    });
    for credit in pool.iter_mut() {
        for &walk in &open {
            let (Some(known), Some(held)) = (case.facts.walks.get(walk), case.held.get(walk)) else { continue };
            let (currency, receivable) = (known.ledger.currency(), held.receivable);
            let amount = credit.left.min(known.ledger.principal_open().minor());
            if amount <= 0 || currency.code() != credit.currency || known.closed.is_some() {
                continue;
            }
            let fact = Fact::Credited { on, amount: Money::new(amount, currency) };
            let misfit = |bad: FactError| Error::bug("credit", format!("{key}: a credit does not fit {receivable}: {bad}"));
            match case.tell(tenancy, Some(walk), fact, now).map_err(misfit)? {
                regua_core::facts::Applied::Known | regua_core::facts::Applied::Entered(_) | regua_core::facts::Applied::Moved(_) => {}
            }
            credit.left -= amount;
            credit.used = true;
            taken.push((credit.invoice.to_string(), receivable.to_string(), amount));
        }
    }
    Ok(taken)
}

/// A credit, and what is left of it.
pub(super) struct Pool {
    invoice: InvoiceId,
    pub(super) left: i64,
    currency: String,
    used: bool,
}

impl Pool {
    pub(super) fn of(invoice: InvoiceId, left: i64, currency: &str) -> Self {
        Self { invoice, left, currency: currency.to_owned(), used: false }
    }
}

/// Whether what a receivable bills is the subscription of this key.
pub(super) fn is_of(told: Option<&regua_core::facts::Subscription>, key: &str) -> bool {
    told.is_some_and(|told| *told.key == *key)
}

//! How a receivable or a customer stands: what somebody who acted on it is answered.
//!
//! Deliberately absent: what comes next, which [`crate::commands::ahead`] looks for, and how it came about, which is
//! [`crate::commands::explain`]'s.

use regua_core::facts::{Cause, Closed, Walk};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::ledger::EntryKind;
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::time::{Day, Instant};
use regua_core::words::Mode;
use regua_store::account;
use regua_store::db::{Scope, Tx};
use regua_store::due::Which;

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::tell::{About, Found, find};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

/// A receivable as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceivableState {
    /// Our id.
    pub id: ReceivableId,
    /// What its source calls it.
    pub external_id: String,
    /// Our id of its customer.
    pub customer: CustomerId,
    /// What the source calls the customer.
    pub customer_external_id: String,
    /// `open`, `paid`, `void`, `written_off` or `assigned`.
    pub status: &'static str,
    /// What was billed.
    pub amount: Money,
    /// What is entered and not paid.
    pub balance: Money,
    /// What settles it today, what lateness costs included.
    pub due: Money,
    /// The money of payments that is not given or taken back.
    pub paid: Money,
    /// The due date as written.
    pub due_on: Day,
    /// What it stands still for, by itself.
    pub causes: Vec<Cause>,
    /// What its customer stands still for.
    pub customer_causes: Vec<Cause>,
    /// The last day for which payment is promised.
    pub promised_on: Option<Day>,
}

/// A customer as it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomerState {
    /// Our id.
    pub id: CustomerId,
    /// What its source calls it; ours once the person is erased.
    pub external_id: String,
    /// Whether the person was erased.
    pub erased: bool,
    /// How real the decisions are.
    pub mode: Mode,
    /// Who it is; nothing once the person is erased.
    pub customer: Customer,
    /// What it stands still for.
    pub causes: Vec<Cause>,
    /// Receivables that are open.
    pub open: u64,
    /// What of them is entered and not paid, one amount a currency.
    pub owes: Vec<Money>,
    /// Credit that is not zero, one amount a currency.
    pub credit: Vec<Money>,
}

impl Engine {
    /// How a receivable stands.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none; [`crate::Kind::Refused`] when it is about a customer.
    pub fn receivable_state(&self, tenant: TenantId, about: &About, now: Instant) -> Result<ReceivableState> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let id = found.receivable.ok_or_else(|| Error::refused("of_receivable", "this is asked of a receivable, not of a customer"))?;
            let (case, tenancy) = self.looked_at(tx, tenant, &found)?;
            let place = case.walk_of(id).ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?;
            let walk = case.facts.walks.get(place).ok_or_else(|| Error::bug("walk", "the receivable has no walk"))?;
            let (policies, today) = (tenancy.policies(case.customer), case.facts.zone.day_of(now));
            Ok(ReceivableState {
                id,
                external_id: found.external_id,
                customer: case.customer,
                customer_external_id: case.external_id.clone(),
                status: status(walk),
                amount: walk.ledger.billed(),
                balance: walk.ledger.balance(),
                due: walk.ledger.amount_due(&walk.terms(policies), today).total,
                paid: paid(walk),
                due_on: walk.due_on,
                causes: walk.causes.clone(),
                customer_causes: case.facts.causes.clone(),
                promised_on: walk.promises.iter().map(|promise| promise.on).max(),
            })
        })
    }

    /// How a customer stands.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn customer_state(&self, tenant: TenantId, id: &str) -> Result<CustomerState> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, &About::Customer(id.to_owned()))?;
            let (case, _) = self.looked_at(tx, tenant, &found)?;
            let balances = account::balances(tx, tenant, &[case.customer.to_bytes()])?;
            let mut owes: Vec<Money> = Vec::new();
            let open = case.facts.walks.iter().filter(|walk| walk.closed.is_none());
            for walk in open.clone() {
                add(&mut owes, walk.ledger.balance())?;
            }
            let credit = balances.iter().filter_map(|row| {
                let currency = regua_core::currency::Currency::parse(&row.currency)?;
                Some(case.facts.account.credit(currency)).filter(|credit| !credit.is_zero())
            });
            Ok(CustomerState {
                id: case.customer,
                external_id: found.external_id,
                erased: case.key.is_none(),
                mode: case.facts.mode,
                causes: case.facts.causes.clone(),
                open: case::count_u64(open.count()),
                credit: credit.collect(),
                customer: case.facts.customer.clone().into_owned(),
                owes,
            })
        })
    }

    fn looked_at(&self, tx: &mut Tx<'_>, tenant: TenantId, found: &Found) -> Result<(Case, Tenancy)> {
        let tenancy = self.tenancies.read(tx, tenant)?;
        let about: Vec<[u8; 16]> = found.receivable.iter().map(|id| id.to_bytes()).collect();
        let missing = || Error::not_found("no_customer", "the customer is not there any more");
        let loaded = case::load_also(tx, &tenancy, &self.master, &[found.customer.to_bytes()], Which::Live, &about)?;
        let (_, case) = loaded.into_iter().next().ok_or_else(missing)?;
        Ok((case?, tenancy))
    }
}

/// Adds an amount to those of its currency.
fn add(sums: &mut Vec<Money>, amount: Money) -> Result<()> {
    match sums.iter_mut().find(|sum| sum.currency() == amount.currency()) {
        Some(sum) => {
            let both = sum.minor().checked_add(amount.minor()).ok_or_else(|| Error::bug("sum", "what is owed is beyond counting"))?;
            *sum = Money::new(both, amount.currency());
        }
        None => sums.push(amount),
    }
    Ok(())
}

const fn status(walk: &Walk) -> &'static str {
    match walk.closed {
        None => "open",
        Some(Closed::Paid(_)) => "paid",
        Some(Closed::Void(_)) => "void",
        Some(Closed::WrittenOff(_)) => "written_off",
        Some(Closed::Assigned(_)) => "assigned",
    }
}

/// The money of payments without what went back.
fn paid(walk: &Walk) -> Money {
    let moves = walk.ledger.entries().filter(|entry| matches!(entry.kind, EntryKind::Payment | EntryKind::Refund | EntryKind::Chargeback));
    let sum = moves.fold(0_i64, |sum, entry| sum.saturating_sub(entry.amount.minor()));
    Money::new(sum, walk.ledger.currency())
}

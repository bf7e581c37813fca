//! A customer's statement of account: every entry in the order of days, with what was open and what was credit after it.
//!
//! It is of a day and says what was known at the end of that day: what became known later, for whatever day, is not on it.
//! Terms are those of the policy that a receivable walks today. Deliberately absent: drawing it.

use std::collections::BTreeMap;

use regua_core::account::AccountKind;
use regua_core::currency::Currency;
use regua_core::ids::TenantId;
use regua_core::ledger::EntryKind;
use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use regua_store::account;
use regua_store::db::Scope;
use regua_store::due::Which;

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::tenancy::Tenancy;

/// A customer's statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// What its source calls the customer.
    pub customer: String,
    /// Who it is, when the person is not erased and has a name.
    pub name: Option<String>,
    /// The last day on it.
    pub as_of: Day,
    /// Where the customer's days are counted.
    pub zone: Zone,
    /// One for each currency, in the order of their codes.
    pub accounts: Vec<Account>,
}

/// What a customer owes and has in one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The currency.
    pub currency: Currency,
    /// What was open before the first day.
    pub opening: Money,
    /// The credit before the first day.
    pub opening_credit: Money,
    /// Every entry in the order of days, then of becoming known.
    pub lines: Vec<Line>,
    /// What is open at the end: the sum of all entries of receivables.
    pub closing: Money,
    /// The customer's credit at the end.
    pub credit: Money,
    /// What settles everything on that day, charges that run included.
    pub due: Money,
}

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The day for which it counts.
    pub on: Day,
    /// When it became known.
    pub at: Instant,
    /// The receivable, as its source calls it; nothing for what is the customer's alone.
    pub receivable: Option<String>,
    /// What it is: a word of [`EntryKind`] or of [`AccountKind`].
    pub kind: &'static str,
    /// Signed: what raises what is owed is positive; of credit alone, what raises the credit.
    pub amount: Money,
    /// What is open after it.
    pub balance: Money,
    /// The customer's credit after it.
    pub credit: Money,
}

/// An entry before it has its place.
struct Entry {
    on: Day,
    at: Instant,
    receivable: Option<String>,
    kind: &'static str,
    amount: Money,
    /// What it does to what is open, and to the credit, in minor units.
    moves: (i64, i64),
}

impl Engine {
    /// The statement of a customer as of the end of a day.
    ///
    /// * `from` — the first day with entries of its own; what came before is the opening balance. All of them when absent.
    /// * `as_of` — the last day; today when absent.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn statement(&self, tenant: TenantId, id: &str, from: Option<Day>, as_of: Option<Day>, now: Instant) -> Result<Statement> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let loaded = case::load(tx, &tenancy, &self.master, &[customer.to_bytes()], Which::All)?;
            let case = loaded.into_iter().next().ok_or_else(missing)?.1?;
            let zone = case.facts.zone;
            let as_of = as_of.unwrap_or_else(|| zone.day_of(now));
            let before = zone.midnight(as_of.plus(1));
            let mut entries: Vec<Entry> = of_receivables(&case);
            for row in account::of(tx, tenant, customer)? {
                entries.extend(of_account(&row)?);
            }
            entries.retain(|entry| entry.on <= as_of && entry.at < before);
            // Sorting is stable: entries of one receivable and day stay as they became known.
            entries.sort_by_key(|entry| (entry.on, entry.at));
            let due = due(&case, &tenancy, as_of, before);
            let accounts = accounts(entries, &due, from);
            let name = case.facts.customer.name.as_deref().map(str::to_owned);
            Ok(Statement { customer: case.external_id, name, as_of, zone, accounts })
        })
    }
}

fn of_receivables(case: &Case) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (walk, held) in case.facts.walks.iter().zip(&case.held) {
        for entry in walk.ledger.entries() {
            let minor = entry.amount.minor();
            let credit = if matches!(entry.kind, EntryKind::Overpayment | EntryKind::Application) { minor } else { 0 };
            entries.push(Entry {
                on: entry.on,
                at: entry.at,
                receivable: Some(held.external_id.clone()),
                kind: entry.kind.as_str(),
                amount: entry.amount,
                moves: (minor, credit),
            });
        }
    }
    entries
}

/// What is the customer's alone; the rest of an account stands in the ledgers of receivables.
fn of_account(row: &account::AccountRow) -> Result<Option<Entry>> {
    let bad = || Error::bug("account_read", format!("entry {} of the account cannot be read; run: regua verify", row.seq));
    let kind: AccountKind = row.kind.parse().map_err(|_unknown| bad())?;
    if matches!(kind, AccountKind::Overpaid | AccountKind::Applied) {
        return Ok(None);
    }
    let amount = Money::new(row.amount, Currency::parse(&row.currency).ok_or_else(bad)?);
    let (on, at) = (row.counts_on, row.known_at);
    Ok(Some(Entry { on, at, receivable: None, kind: kind.as_str(), amount, moves: (0, row.amount) }))
}

/// What settles everything, by currency, as it was known before a moment.
fn due(case: &Case, tenancy: &Tenancy, as_of: Day, before: Instant) -> BTreeMap<&'static str, i64> {
    let policies = tenancy.policies(case.customer);
    let mut due: BTreeMap<&'static str, i64> = BTreeMap::new();
    for walk in &case.facts.walks {
        let terms = walk.terms(policies);
        // A bill of a day to come is not on it yet.
        let issued = |ledger: &regua_core::ledger::Ledger| ledger.entries().next().is_some_and(|charge| charge.on <= as_of);
        if let Some(ledger) = walk.ledger.known_before(&terms, before).filter(issued) {
            let sum = due.entry(ledger.currency().code()).or_default();
            *sum = sum.saturating_add(ledger.amount_due_then(&terms, as_of).total.minor());
        }
    }
    due
}

fn accounts(entries: Vec<Entry>, due: &BTreeMap<&'static str, i64>, from: Option<Day>) -> Vec<Account> {
    let mut accounts: BTreeMap<&'static str, Account> = BTreeMap::new();
    for entry in entries {
        let currency = entry.amount.currency();
        let zero = Money::zero(currency);
        let account = accounts.entry(currency.code()).or_insert_with(|| Account {
            currency,
            opening: zero,
            opening_credit: zero,
            lines: Vec::new(),
            closing: zero,
            credit: zero,
            due: Money::new(due.get(currency.code()).copied().unwrap_or(0), currency),
        });
        let (open, credit) = entry.moves;
        account.closing = Money::new(account.closing.minor().saturating_add(open), currency);
        account.credit = Money::new(account.credit.minor().saturating_add(credit), currency);
        if from.is_some_and(|from| entry.on < from) {
            (account.opening, account.opening_credit) = (account.closing, account.credit);
            continue;
        }
        let Entry { on, at, receivable, kind, amount, .. } = entry;
        account.lines.push(Line { on, at, receivable, kind, amount, balance: account.closing, credit: account.credit });
    }
    accounts.into_values().collect()
}

//! Customers as they stand: who they are, what is open, what holds them still.

use std::collections::BTreeMap;

use regua_core::currency::Currency;
use regua_core::facts::{Cause, Span};
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::time::{Instant, Zone};
use regua_core::words::Mode;
use regua_store::account;
use regua_store::db::Scope;
use regua_store::due::Which;
use regua_store::lists::customers::{self, ListedCustomer};

use crate::Engine;
use crate::case;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::profile;

/// A customer with its profile opened.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its row.
    pub row: ListedCustomer,
    /// Who it is; nothing once it is erased.
    pub profile: Option<Customer>,
}

/// A customer as it stands.
#[derive(Clone, Debug)]
pub struct CustomerView {
    /// Who.
    pub card: Card,
    /// What is open, by currency.
    pub open: Vec<Open>,
    /// What it has, by currency, of those in which it ever had something.
    pub credit: Vec<Money>,
    /// How it stands; nothing when it cannot be read, which `card` says why.
    pub stands: Option<Stands>,
}

/// What is open of a customer in one currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Open {
    /// How many receivables.
    pub receivables: i64,
    /// What of the amounts billed is open.
    pub balance: Money,
    /// What settles all of it today.
    pub due: Money,
}

/// What bears on all receivables of a customer.
#[derive(Clone, Debug)]
pub struct Stands {
    /// How real its decisions are.
    pub mode: Mode,
    /// Its zone.
    pub zone: Zone,
    /// What holds it still without a known end, and since when.
    pub causes: Vec<(Cause, Option<Instant>)>,
    /// Whether something holds it still now, with a known end or without.
    pub still: bool,
    /// Until when, where that is known.
    pub still_until: Option<Instant>,
    /// How many of its receivables in hand the company pauses.
    pub paused: usize,
    /// How often it promised and did not pay.
    pub broken_promises: u32,
    /// When something can change next without news; nothing when nothing can.
    pub wakes_at: Option<Instant>,
}

impl Engine {
    /// A customer as it stands.
    ///
    /// * `id` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn customer_view(&self, tenant: TenantId, id: &str, now: Instant) -> Result<CustomerView> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            let ids = [customer.to_bytes()];
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let row = customers::these(tx, tenant, &ids)?.pop().ok_or_else(missing)?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let at_rest = customers::open_at_rest(tx, tenant, customer)?;
            let loaded = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &at_rest)?.pop();
            let mut due: BTreeMap<&'static str, i64> = BTreeMap::new();
            let stands = loaded.and_then(|(_, loaded)| loaded.ok()).map(|mut case| {
                case.keep_time(&tenancy, Instant::from_micros(now.micros().saturating_add(1)));
                case.pause(&tenancy, now);
                let (facts, policies) = (&case.facts, tenancy.policies(customer));
                let today = facts.zone.day_of(now);
                for walk in facts.walks.iter().filter(|walk| walk.closed.is_none()) {
                    let sum = due.entry(walk.ledger.currency().code()).or_default();
                    *sum = sum.saturating_add(walk.ledger.amount_due(&walk.terms(policies), today).total.minor());
                }
                let since = open_since(&facts.freezes, now);
                let holding = facts.freezes.iter().filter(|span| span.holds(now));
                Stands {
                    mode: facts.mode,
                    zone: facts.zone,
                    causes: facts.causes.iter().map(|cause| (*cause, since)).collect(),
                    still: facts.freezes.iter().any(|span| span.holds(now)),
                    still_until: holding.map(|span| span.until).max().filter(|until| *until != Instant::NEVER),
                    paused: facts.walks.iter().filter(|walk| walk.paused.iter().any(|span| span.holds(now))).count(),
                    broken_promises: facts.broken_promises,
                    wakes_at: Some(case.wakes_at()).filter(|at| *at != Instant::NEVER),
                }
            });
            let bad = |code: &str| Error::bug("currency_read", format!("`{code}` is no currency"));
            let mut open = Vec::new();
            for (code, receivables, balance) in customers::open(tx, tenant, customer)? {
                let currency = Currency::parse(&code).ok_or_else(|| bad(&code))?;
                let due = due.get(currency.code()).copied().unwrap_or(balance);
                open.push(Open { receivables, balance: Money::new(balance, currency), due: Money::new(due, currency) });
            }
            let credit = account::balances(tx, tenant, &ids)?.into_iter().map(|known| {
                let currency = Currency::parse(&known.currency).ok_or_else(|| bad(&known.currency))?;
                Ok(Money::new(known.amount, currency))
            });
            let credit = credit.collect::<Result<Vec<Money>>>()?;
            Ok(CustomerView { card: self.card(tenant, row)?, open, credit, stands })
        })
    }

    pub(crate) fn card(&self, tenant: TenantId, row: ListedCustomer) -> Result<Card> {
        let key = row.key.as_deref().map(|key| profile::unwrap(&self.master, tenant, row.customer, key)).transpose()?;
        let opened = key.map(|key| profile::open(&key, tenant, row.customer, &row.profile)).transpose()?;
        Ok(Card { row, profile: opened.map(|opened| opened.customer) })
    }
}

/// Since when something without a known end holds.
pub(super) fn open_since(spans: &[Span], now: Instant) -> Option<Instant> {
    spans.iter().rev().find(|span| span.holds(now) && span.until == Instant::NEVER).map(|span| span.from)
}

//! Customers in lists: who they are, what they owe today, what holds all of it, what they may use.
//!
//! What a row shows beyond its columns is read for the customers of a page alone, in a few statements for all of them.

use std::collections::BTreeMap;

use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::AccessState;
use regua_store::billing;
use regua_store::db::{Scope, Tx};
use regua_store::due::Which;
use regua_store::lists::NEWEST;
use regua_store::lists::customers::{self, ListedCustomer, Wanted};
use regua_store::lookup;

use super::book::{FOUND_MAX, READ_MAX, Search};
use super::customers::Card;
use super::receivables::money;
use crate::Engine;
use crate::case;
use crate::commands::access::strictest;
use crate::error::Result;
use crate::tenancy::Tenancy;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AskCustomers<'a> {
    /// Which.
    pub wanted: Wanted,
    /// Only those that somebody looks for so.
    pub search: Option<Search<'a>>,
    /// Before which id.
    pub before: Option<[u8; 16]>,
    /// How many, at most.
    pub limit: i64,
}

/// A customer in a list.
#[derive(Clone, Debug)]
pub struct Debtor {
    /// Who.
    pub card: Card,
    /// What settles everything today, by currency: late charges included, unless the customers of the page have so many
    /// receivables in hand that nobody would wait for it.
    pub due: Vec<Money>,
    /// What all of its receivables stand still for: words of [`regua_core::facts::Cause`].
    pub held_for: Vec<&'static str>,
    /// The strictest of what its subscriptions may use; nothing while it cannot be read.
    pub access: Option<AccessState>,
}

impl Engine {
    /// Customers that are wanted, newest first.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn customer_page(&self, tenant: TenantId, ask: AskCustomers<'_>, now: Instant) -> Result<Vec<Debtor>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let before = ask.before.unwrap_or(NEWEST);
            let ids = match ask.search {
                None => customers::ids(tx, tenant, ask.wanted, before, ask.limit)?,
                Some(search) => self.found_debtors(tx, tenant, search, &ask)?.0,
            };
            self.debtors(tx, tenant, &ids, now)
        })
    }

    /// The customer whom a source calls so, if there is one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn customer_named(&self, tenant: TenantId, external_id: &str, now: Instant) -> Result<Option<Debtor>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let ids: Vec<[u8; 16]> = lookup::customers(tx, tenant, &[external_id])?.into_iter().map(|(id, _)| id.to_bytes()).collect();
            Ok(self.debtors(tx, tenant, &ids, now)?.pop())
        })
    }

    /// How many customers are wanted, counted up to so many, and whether there may be more.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn count_customers(&self, tenant: TenantId, wanted: Wanted, search: Option<Search<'_>>, most: i64) -> Result<(i64, bool)> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let (ids, cut) = match search {
                None => (customers::ids(tx, tenant, wanted, NEWEST, most)?, false),
                Some(sought) => self.found_debtors(tx, tenant, sought, &AskCustomers { wanted, search, before: None, limit: most })?,
            };
            let count = case::count(ids.len());
            Ok((count, cut || count >= most))
        })
    }

    fn debtors(&self, tx: &mut Tx<'_>, tenant: TenantId, ids: &[[u8; 16]], now: Instant) -> Result<Vec<Debtor>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = customers::these(tx, tenant, ids)?;
        let mut due: BTreeMap<CustomerId, BTreeMap<&'static str, Money>> = BTreeMap::new();
        for (customer, currency, minor) in customers::owed(tx, tenant, ids)? {
            let open = money(minor, &currency)?;
            due.entry(customer).or_default().insert(open.currency().code(), open);
        }
        let mut stands = match self.tenancies.read(tx, tenant) {
            Ok(tenancy) => self.standing_of(tx, &tenancy, &rows, &mut due, now)?,
            // Before anything is published there are no receivables.
            Err(error) if error.code == "no_policy" => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        let debtor = |row: ListedCustomer| {
            let (held_for, access) = stands.remove(&row.customer).map_or((Vec::new(), None), |(held, access)| (held, Some(access)));
            let due = due.remove(&row.customer).unwrap_or_default().into_values().collect();
            Ok(Debtor { card: self.card(tenant, row)?, due, held_for, access })
        };
        rows.into_iter().map(debtor).collect()
    }

    /// What holds each customer that can be read, and what it may use; puts late charges on what is due.
    fn standing_of(
        &self,
        tx: &mut Tx<'_>,
        tenancy: &Tenancy,
        rows: &[ListedCustomer],
        due: &mut BTreeMap<CustomerId, BTreeMap<&'static str, Money>>,
        now: Instant,
    ) -> Result<BTreeMap<CustomerId, (Vec<&'static str>, AccessState)>> {
        let tenant = tenancy.stored.tenant;
        let mut known = BTreeMap::new();
        let mut ids: Vec<[u8; 16]> = rows.iter().map(|row| row.customer.to_bytes()).collect();
        ids.sort_unstable();
        let live = rows.iter().fold(0_i64, |sum, row| sum.saturating_add(row.live));
        let at_rest = customers::at_rest(tx, tenant, &ids, READ_MAX)?;
        let loaded = if live.saturating_add(case::count(at_rest.len())) < READ_MAX {
            case::load_also(tx, tenancy, &self.master, &ids, Which::Live, &at_rest)?
        } else {
            return Ok(known);
        };
        let mut subscriptions: BTreeMap<CustomerId, Vec<billing::SubscriptionRow>> = BTreeMap::new();
        for row in billing::of_customers(tx, tenant, &ids)? {
            subscriptions.entry(row.customer).or_default().push(row);
        }
        for (customer, case) in loaded {
            let Ok(mut case) = case else { continue };
            case.keep_time(tenancy, Instant::from_micros(now.micros().saturating_add(1)));
            case.pause(tenancy, now);
            let (facts, policies) = (&case.facts, tenancy.policies(customer));
            let today = facts.zone.day_of(now);
            let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
            for walk in facts.walks.iter().filter(|walk| walk.closed.is_none()) {
                let total = walk.ledger.amount_due(&walk.terms(policies), today).total;
                let sum = sums.entry(total.currency().code()).or_insert(Money::new(0, total.currency()));
                *sum = Money::new(sum.minor().saturating_add(total.minor()), total.currency());
            }
            due.insert(customer, sums);
            let held = if facts.freezes.iter().any(|span| span.holds(now)) {
                facts.causes.iter().map(|cause| cause.as_str()).collect()
            } else {
                Vec::new()
            };
            let own = subscriptions.get(&customer).map_or(&[][..], Vec::as_slice);
            let access = strictest(&case, tenancy, own, now)?;
            known.insert(customer, (held, access));
        }
        Ok(known)
    }

    /// The customers that a search comes by and that are wanted, newest first, and whether it may have come by more.
    fn found_debtors(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        search: Search<'_>,
        ask: &AskCustomers<'_>,
    ) -> Result<(Vec<[u8; 16]>, bool)> {
        let (found, cut) = self.sought(tx, tenant, search, FOUND_MAX)?;
        let mut ids: Vec<[u8; 16]> = found.into_iter().map(CustomerId::to_bytes).collect();
        match ask.wanted {
            Wanted::All => {}
            Wanted::Owing => {
                let owing: Vec<CustomerId> = customers::owed(tx, tenant, &ids)?.into_iter().map(|(customer, _, _)| customer).collect();
                ids.retain(|id| owing.iter().any(|customer| customer.to_bytes() == *id));
            }
            Wanted::Parked | Wanted::Erased => {
                let rows = if ids.is_empty() { Vec::new() } else { customers::these(tx, tenant, &ids)? };
                let is = |row: &ListedCustomer| if ask.wanted == Wanted::Parked { row.parked.is_some() } else { row.erased_at.is_some() };
                ids = rows.into_iter().filter(is).map(|row| row.customer.to_bytes()).collect();
            }
        }
        ids.retain(|id| ask.before.is_none_or(|before| *id < before));
        ids.truncate(usize::try_from(ask.limit).unwrap_or(0));
        Ok((ids, cut))
    }
}

//! Lists of receivables and customers as people read them: each row with whose it is, what settles it today and what holds it.
//!
//! What a row shows beyond its columns is read for the rows of a page alone, in a few statements for all of them.

use std::collections::BTreeMap;

use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_store::db::{Scope, Tx};
use regua_store::due::Which;
use regua_store::lists::customers::{self, ListedCustomer};
use regua_store::lists::receivables::{self, Among, ListedReceivable, Place, Sort, Wanted};
use regua_store::lookup;

use super::receivables::{holds, money};
use crate::Engine;
use crate::case::{self, Case};
use crate::error::Result;
use crate::tenancy::Tenancy;

/// Receivables that a search finds, at most, by their own numbers; customers that it finds; and receivables of those.
pub const FOUND_MAX: i64 = 500;
/// Receivables of the customers of a page that are read together with it, at most, where what pauses them may depend on them.
pub(super) const READ_MAX: i64 = 5_000;

/// What somebody typed to find receivables and customers.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The beginning of a number, or beginnings of the words of a name.
    pub text: &'a str,
    /// Whether who asks may know what customers are called.
    pub names: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Which.
    pub wanted: Wanted<'a>,
    /// Only those that somebody looks for so.
    pub search: Option<Search<'a>>,
    /// In which order.
    pub sort: Sort,
    /// Behind which place.
    pub after: Option<Place>,
    /// How many, at most.
    pub limit: i64,
}

/// A receivable in a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its row.
    pub listed: ListedReceivable,
    /// What the source calls its customer; our id once that is erased.
    pub customer_external_id: String,
    /// What the person or company is called.
    pub customer_name: Option<String>,
    /// What settles it today, late charges included; nothing when it is closed, or its customer cannot be read.
    pub due: Option<Money>,
    /// Days late.
    pub days_late: i64,
    /// What holds it still: words of [`super::receivables::Hold`].
    pub held_for: Vec<&'static str>,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct BookPage {
    /// What was found.
    pub items: Vec<Entry>,
    /// Behind which place the next part begins; nothing when this was the last.
    pub next: Option<Place>,
}

/// How many there are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counted {
    /// As many were counted.
    pub count: i64,
    /// What is open of those, by currency.
    pub totals: Vec<Money>,
    /// Whether there may be more.
    pub about: bool,
}

impl Engine {
    /// Receivables in the order that is asked for.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn receivable_page(&self, tenant: TenantId, ask: Ask<'_>, now: Instant) -> Result<BookPage> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = ask.search.map(|search| self.receivables_sought(tx, tenant, search)).transpose()?;
            let among = found.as_ref().map_or(ask.wanted.among, |(ids, _)| Among::These(ids));
            let page = receivables::page(tx, tenant, &Wanted { among, ..ask.wanted }, ask.sort, ask.after, ask.limit)?;
            Ok(BookPage { items: self.entries(tx, tenant, page.rows, now)?, next: page.next })
        })
    }

    /// How many receivables are wanted, counted up to so many, and what is open of those, by currency.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn count_receivables(&self, tenant: TenantId, wanted: Wanted<'_>, search: Option<Search<'_>>, most: i64) -> Result<Counted> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = search.map(|search| self.receivables_sought(tx, tenant, search)).transpose()?;
            let among = found.as_ref().map_or(wanted.among, |(ids, _)| Among::These(ids));
            let counted = receivables::count(tx, tenant, &Wanted { among, ..wanted }, most)?;
            let totals = counted.totals.iter().map(|(currency, minor)| money(*minor, currency)).collect::<Result<_>>()?;
            let cut = found.as_ref().is_some_and(|(_, cut)| *cut);
            Ok(Counted { count: counted.count, totals, about: counted.about || cut })
        })
    }

    /// These rows of receivables as people read them, in their order.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn receivable_entries(&self, tenant: TenantId, rows: Vec<ListedReceivable>, now: Instant) -> Result<Vec<Entry>> {
        self.db.read(Scope::Tenant(tenant), |tx| self.entries(tx, tenant, rows, now))
    }

    /// The receivables that a search comes by, and whether there may be more: whose own number begins so, and those of the customers
    /// that it comes by.
    fn receivables_sought(&self, tx: &mut Tx<'_>, tenant: TenantId, search: Search<'_>) -> Result<(Vec<[u8; 16]>, bool)> {
        let (mut ids, mut cut) = (Vec::new(), false);
        for begin in spellings(search.text) {
            let own = lookup::receivables_begin(tx, tenant, &begin, FOUND_MAX)?;
            cut |= case::count(own.len()) >= FOUND_MAX;
            ids.extend(own.into_iter().map(|(id, _, _)| id.to_bytes()));
        }
        let (customers, more) = self.sought(tx, tenant, search, FOUND_MAX)?;
        cut |= more;
        let mut left = FOUND_MAX;
        for customer in customers {
            if left <= 0 {
                cut = true;
                break;
            }
            let own = lookup::of_customer(tx, tenant, customer, left)?;
            cut |= case::count(own.len()) >= left;
            left = left.saturating_sub(case::count(own.len()));
            ids.extend(own);
        }
        ids.sort_unstable();
        ids.dedup();
        Ok((ids, cut))
    }

    /// The customers that a search comes by, the newest first, and whether there may be more: whose number begins so, and who are
    /// called so.
    pub(super) fn sought(&self, tx: &mut Tx<'_>, tenant: TenantId, search: Search<'_>, most: i64) -> Result<(Vec<CustomerId>, bool)> {
        let (mut found, mut cut) = (Vec::new(), false);
        for begin in spellings(search.text) {
            let own = lookup::customers_begin(tx, tenant, &begin, most)?;
            cut |= case::count(own.len()) >= most;
            found.extend(own.into_iter().map(|(customer, _)| customer));
        }
        if search.names {
            let (called, more) = self.called(tx, tenant, search.text, usize::try_from(most).unwrap_or(0))?;
            cut |= more;
            found.extend(called);
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.dedup();
        Ok((found, cut))
    }

    fn entries(&self, tx: &mut Tx<'_>, tenant: TenantId, rows: Vec<ListedReceivable>, now: Instant) -> Result<Vec<Entry>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut whose: Vec<[u8; 16]> = rows.iter().map(|one| one.customer.to_bytes()).collect();
        whose.sort_unstable();
        whose.dedup();
        let cards: Vec<ListedCustomer> = customers::these(tx, tenant, &whose)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let open = rows.iter().filter(|one| one.row.closed_at.is_none()).map(|one| one.row.receivable.to_bytes()).collect();
        let cases = self.cases(tx, &tenancy, &cards, open, now)?;
        let mut known = BTreeMap::new();
        for card in cards {
            let card = self.card(tenant, card)?;
            let name = card.profile.and_then(|profile| profile.name).map(String::from);
            known.insert(card.row.customer, (card.row.external_id, name));
        }
        let entry = |listed: ListedReceivable| {
            let (customer_external_id, customer_name) = known.get(&listed.customer).cloned().unwrap_or_default();
            let stands = cases.get(&listed.customer).and_then(|case| stands(case, &tenancy, &listed, now));
            let (due, days_late, held_for) = stands.map_or((None, 0, Vec::new()), |(due, late, held)| (Some(due), late, held));
            Entry { listed, customer_external_id, customer_name, due, days_late, held_for }
        };
        Ok(rows.into_iter().map(entry).collect())
    }

    /// The customers of a page in hand, with what of them is open on it, as they stand at a moment. One that cannot be read is
    /// left out.
    fn cases(
        &self,
        tx: &mut Tx<'_>,
        tenancy: &Tenancy,
        cards: &[ListedCustomer],
        open: Vec<[u8; 16]>,
        now: Instant,
    ) -> Result<BTreeMap<CustomerId, Case>> {
        if open.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids: Vec<[u8; 16]> = cards.iter().map(|card| card.customer.to_bytes()).collect();
        let live = cards.iter().fold(0_i64, |sum, card| sum.saturating_add(card.live));
        // A pause may ask for sums over all that a customer owes.
        let whole = tenancy.pauses.iter().any(|pause| pause.filter.is_some() && pause.span.holds(now)) && live <= READ_MAX;
        let loaded = if whole {
            case::load_also(tx, tenancy, &self.master, &ids, Which::Live, &open)?
        } else {
            case::load_these(tx, tenancy, &self.master, &ids, &open)?
        };
        let readable = loaded.into_iter().filter_map(|(customer, case)| Some((customer, case.ok()?)));
        Ok(readable
            .map(|(customer, mut case)| {
                case.keep_time(tenancy, Instant::from_micros(now.micros().saturating_add(1)));
                case.pause(tenancy, now);
                (customer, case)
            })
            .collect())
    }
}

/// What settles a receivable today, how late it is, and what holds it.
fn stands(case: &Case, tenancy: &Tenancy, of: &ListedReceivable, now: Instant) -> Option<(Money, i64, Vec<&'static str>)> {
    let walk = case.facts.walks.get(case.walk_of(of.row.receivable)?)?;
    let due = walk.ledger.amount_due(&walk.terms(tenancy.policies(case.customer)), case.facts.zone.day_of(now));
    let mut held: Vec<&'static str> = holds(&case.facts, walk, now).into_iter().map(|hold| hold.cause).collect();
    held.sort_unstable();
    held.dedup();
    Some((due.total, i64::from(due.days_late.max(0)), held))
}

/// How what was typed may be written in names: as it is, in capitals, in small letters.
pub(super) fn spellings(typed: &str) -> Vec<String> {
    let mut all = vec![typed.to_owned()];
    for other in [typed.to_uppercase(), typed.to_lowercase()] {
        if !all.contains(&other) {
            all.push(other);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_looked_for_in_capitals_and_small_letters_too() {
        assert_eq!(spellings("inv-1"), ["inv-1", "INV-1"]);
        assert_eq!(spellings("Inv"), ["Inv", "INV", "inv"]);
        assert_eq!(spellings("12"), ["12"]);
    }
}

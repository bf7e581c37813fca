//! Reading a biller's account: in full once, page by page and going on where it stopped; afterwards what changed since.
//!
//! A page is taken in by one transaction, and then the place of the next is written down. A page that is read twice does no
//! harm: what is known as it is told is left. Deliberately absent: waiting: whoever calls tries again.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::charging::gateways::{self, SyncRow};
use regua_store::db::Scope;
use regua_store::tenants;
use regua_wire::gateways::mirror::{
    Billed, BilledCustomer, BilledInvoice, BilledObject, BilledStatus, CUSTOMER, Collection, INVOICE, SUBSCRIPTION, Switch,
};
use regua_wire::gateways::{MethodNews, Trouble};
use serde::{Deserialize, Serialize};

use super::attempts::COUNTED_DAYS;
use super::invoices::News;
use super::{Site, SwitchCount, Synced, Syncing, no_gateway, source_of};
use crate::Engine;
use crate::error::{Error, Result};
use crate::log;
use crate::ports::{Biller, Rng};

/// How far behind the last reading the next begins: clocks differ, and what is under way is listed late.
const OVERLAP_HOURS: i64 = 1;
/// The same of attempts: a bank debit is listed when it is made and fails days later.
const ATTEMPTS_OVERLAP_HOURS: i64 = 15 * 24;
/// Pages of one reading; more is a biller that never ends.
const PAGES_MAX: u64 = 1_000_000;

/// What is read, in this order: who owes, what is owed, what was tried.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Customers,
    Invoices,
    Attempts,
}

/// How far a reading has got.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Place {
    /// Whether all is read; else what may have changed since `since`.
    full: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Instant>,
    /// When it began: what changes from then on is the next reading's.
    until: Instant,
    phase: Phase,
    /// Where the next page begins, in the biller's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// Why the reading could not go on here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

impl Place {
    fn begin(full: bool, synced_at: Option<Instant>, now: Instant) -> Self {
        let since = synced_at.filter(|_| !full).map(|at| at.plus_hours(-OVERLAP_HOURS));
        Self { full: since.is_none(), since, until: now, phase: Phase::Customers, at: None, trouble: None }
    }

    /// Since when attempts are read: all that a scheme still counts.
    fn attempts_since(&self) -> Instant {
        let counted = self.until.plus_hours(-24 * COUNTED_DAYS);
        self.since.map_or(counted, |since| since.plus_hours(OVERLAP_HOURS - ATTEMPTS_OVERLAP_HOURS).max(counted))
    }

    /// Behind a page; nothing when that was the last.
    fn behind(mut self, next: Option<String>) -> Option<Self> {
        if next.is_none() {
            self.phase = match self.phase {
                Phase::Customers => Phase::Invoices,
                Phase::Invoices => Phase::Attempts,
                Phase::Attempts => return None,
            };
        }
        (self.at, self.trouble) = (next, None);
        Some(self)
    }

    /// Whether nothing of it was read yet.
    fn is_first(&self) -> bool {
        self.phase == Phase::Customers && self.at.is_none()
    }
}

/// Why the last reading of an account could not go on.
pub(super) fn trouble_of(row: &SyncRow) -> Option<String> {
    serde_json::from_str::<Place>(row.place.as_deref()?).ok()?.trouble
}

impl Engine {
    /// Reads a biller's account at a gateway and takes in what is new. Interrupted, the next call goes on where this one
    /// stopped; one that has nothing new to read changes nothing.
    ///
    /// `progress` is told what was brought so far, after every page.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such gateway; [`crate::Kind::Busy`] when the biller cannot be read now: call
    /// again. What cannot be taken in is no error but a [`super::Refused`].
    #[expect(clippy::too_many_arguments, reason = "whose, what, how, when, and what the world gives")]
    pub fn sync(
        &self,
        tenant: TenantId,
        gateway: &str,
        biller: &mut dyn Biller,
        how: Syncing,
        now: Instant,
        rng: &mut dyn Rng,
        progress: &mut dyn FnMut(&Synced),
    ) -> Result<Synced> {
        let site = Site { tenant, gateway, dry_run: how.dry_run, now };
        let stored = self.db.read(Scope::Tenant(tenant), |tx| gateways::sync(tx, tenant, gateway).map_err(Error::from))?;
        let stored = match stored {
            None if how.dry_run => SyncRow::default(),
            stored => stored.ok_or_else(|| no_gateway(gateway))?,
        };
        let left = stored.place.as_deref().and_then(|text| serde_json::from_str::<Place>(text).ok());
        // A reading in full is not ended by one of what changed, nor the other way round.
        let left = left.filter(|place| !how.dry_run && (place.full || !how.full));
        // One that was stopped before its first page begins now, so that it reads up to now.
        let (begun, full) = (left.clone().filter(|place| !place.is_first()), how.full || left.is_some_and(|place| place.full));
        let mut synced = Synced { resumed: begun.is_some(), ..Synced::default() };
        let mut place = begun.unwrap_or_else(|| Place::begin(full, stored.synced_at, now));
        synced.full = place.full;
        if !how.dry_run {
            // New customers have their payments reported by it from now on.
            self.db.write(Scope::Tenant(tenant), |tx| {
                self.locked_tenant(tx, tenant)?;
                tenants::read(tx, tenant, &source_of(gateway), Instant::DAWN).map_err(Error::from)
            })?;
        }
        let (mut acting, until) = (BTreeMap::new(), place.until);
        loop {
            let next = match self.sync_page(site, biller, &place, &mut synced, &mut acting, rng) {
                Ok(next) => next,
                Err(error) => {
                    self.stopped_at(site, &stored, place, &error);
                    return Err(error);
                }
            };
            synced.pages += 1;
            progress(&synced);
            let Some(behind) = place.behind(next) else {
                self.synced_until(site, &SyncRow { synced_at: Some(until), place: None })?;
                break;
            };
            place = behind;
            self.synced_until(site, &SyncRow { synced_at: stored.synced_at, place: Some(log::json(&place)?) })?;
            if how.pages.is_some_and(|most| synced.pages >= most) {
                synced.more = true;
                return Ok(synced);
            }
            if synced.pages >= PAGES_MAX {
                return Err(Error::busy("endless", format!("gateway `{gateway}` lists without an end; sync again to go on")));
            }
        }
        if how.dry_run {
            synced.switches = acting.into_iter().map(|(switch, receivables)| SwitchCount { switch, receivables }).collect();
        } else {
            // One that went on where another had stopped has read nothing that came after that began.
            self.source_read(tenant, &source_of(gateway), until)?;
            synced.switches = self.biller_switches(tenant, gateway)?;
        }
        Ok(synced)
    }

    /// Keeps why a reading could not go on, for whoever looks later. An account that nobody has read yet stays one.
    fn stopped_at(&self, site: Site<'_>, stored: &SyncRow, place: Place, error: &Error) {
        let is_first = place.is_first() && stored.synced_at.is_none() && stored.place.is_none();
        if is_first || error.store().is_some() {
            return;
        }
        let place = Place { trouble: Some(error.detail.clone()), ..place };
        let kept = log::json(&place).and_then(|text| {
            let row = SyncRow { synced_at: stored.synced_at, place: Some(text) };
            self.synced_until(site, &row)
        });
        // The caller hears of the trouble itself; that it could not be kept is the lesser one.
        drop(kept);
    }

    fn synced_until(&self, site: Site<'_>, row: &SyncRow) -> Result<()> {
        if site.dry_run {
            return Ok(());
        }
        self.db.write(Scope::Tenant(site.tenant), |tx| gateways::set_sync(tx, site.tenant, site.gateway, row).map_err(Error::from))
    }

    /// Reads one page and takes it in; where the next begins.
    fn sync_page(
        &self,
        site: Site<'_>,
        biller: &mut dyn Biller,
        place: &Place,
        synced: &mut Synced,
        acting: &mut BTreeMap<Switch, u64>,
        rng: &mut dyn Rng,
    ) -> Result<Option<String>> {
        let unreadable = |trouble| unreadable(site.gateway, &trouble);
        let at = place.at.as_deref();
        match place.phase {
            Phase::Customers => {
                let page = biller.customers(place.since, at).map_err(unreadable)?;
                refuse_unread("customer", &page, synced);
                self.take_customer_page(site, &page.items, synced, rng)?;
                Ok(page.next)
            }
            Phase::Invoices => {
                let page = biller.invoices(place.since, at).map_err(unreadable)?;
                refuse_unread("invoice", &page, synced);
                for switch in page.items.iter().filter_map(|item| item.acts.as_ref()).flat_map(|acts| &acts.switches) {
                    *acting.entry(*switch).or_insert(0) += 1;
                }
                self.take_invoice_page(site, biller, &page.items, synced, rng)?;
                Ok(page.next)
            }
            Phase::Attempts => {
                let page = biller.attempts(Some(place.attempts_since()), at).map_err(unreadable)?;
                refuse_unread("attempt", &page, synced);
                let before = synced.clone();
                self.db.write(Scope::Tenant(site.tenant), |tx| {
                    synced.clone_from(&before); // a transaction that is tried again counts anew
                    self.take_attempts(tx, site, &page.items, synced)
                })?;
                Ok(page.next)
            }
        }
    }

    fn take_customer_page(&self, site: Site<'_>, items: &[BilledCustomer], synced: &mut Synced, rng: &mut dyn Rng) -> Result<()> {
        let before = synced.clone();
        self.db.write(Scope::Tenant(site.tenant), |tx| {
            synced.clone_from(&before);
            self.take_customers(tx, site, items, synced, rng)
        })
    }

    /// Takes a page of invoices in, behind customers that no list told of and the methods of those that are charged.
    fn take_invoice_page(
        &self,
        site: Site<'_>,
        biller: &mut dyn Biller,
        items: &[BilledInvoice],
        synced: &mut Synced,
        rng: &mut dyn Rng,
    ) -> Result<()> {
        let before = synced.clone();
        let (news, unknown) = self.db.read(Scope::Tenant(site.tenant), |tx| {
            synced.clone_from(&before);
            let news = self.new_of_invoices(tx, site, items, synced)?;
            let named: BTreeSet<&str> = news.iter().filter_map(|(item, _)| item.customer.as_deref()).collect();
            let named: Vec<&str> = named.into_iter().collect();
            let known = self.billed_customers(tx, site, &named)?;
            let unknown = named.into_iter().filter(|&reference| !known.contains_key(reference)).map(str::to_owned).collect::<Vec<_>>();
            Ok::<_, Error>((news, unknown))
        })?;
        if site.dry_run || news.is_empty() {
            return Ok(());
        }
        let mut found = Vec::new();
        for reference in unknown {
            found.push(read_customer(site, biller, &reference)?);
        }
        self.take_customer_page(site, &found, synced, rng)?;
        let methods = read_methods(site, biller, &news)?;
        let before = synced.clone();
        self.db.write(Scope::Tenant(site.tenant), |tx| {
            synced.clone_from(&before);
            self.take_invoices(tx, site, &news, synced, rng)?;
            self.take_methods(tx, site, &methods, synced)
        })
    }

    /// Reads one object anew that a webhook told of, and takes it in; whether it is mirrored.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the biller cannot be read now.
    pub fn mirror_again(
        &self,
        tenant: TenantId,
        gateway: &str,
        biller: &mut dyn Biller,
        (object, reference): (&str, &str),
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<bool> {
        if ![CUSTOMER, INVOICE, SUBSCRIPTION].contains(&object) {
            return Ok(false);
        }
        let site = Site { tenant, gateway, dry_run: false, now };
        let found = match biller.read(object, reference) {
            Ok(found) => found,
            // It was taken away there, and the next reading tells what that means.
            Err(Trouble::NotFound) => return Ok(false),
            Err(trouble) => return Err(unreadable(gateway, &trouble)),
        };
        self.db.write(Scope::Tenant(tenant), |tx| {
            self.locked_tenant(tx, tenant)?;
            gateways::one(tx, tenant, gateway)?.ok_or_else(|| no_gateway(gateway))?;
            // That it is known as a source is all: one object is not a reading of it.
            tenants::read(tx, tenant, &source_of(gateway), Instant::DAWN).map_err(Error::from)
        })?;
        let (mut synced, mut customers, mut invoices) = (Synced::default(), Vec::new(), Vec::new());
        for one in found {
            match one {
                BilledObject::Customer(customer) => customers.push(customer),
                BilledObject::Invoice(invoice) => invoices.push(invoice),
            }
        }
        self.take_customer_page(site, &customers, &mut synced, rng)?;
        self.take_invoice_page(site, biller, &invoices, &mut synced, rng)?;
        Ok(!customers.is_empty() || !invoices.is_empty())
    }
}

/// A customer that no list told of: made meanwhile, or taken away there, of whom then nothing is known.
fn read_customer(site: Site<'_>, biller: &mut dyn Biller, reference: &str) -> Result<BilledCustomer> {
    let blank = || BilledCustomer { reference: reference.to_owned(), ..BilledCustomer::default() };
    match biller.read(CUSTOMER, reference) {
        Ok(found) => {
            let own = found.into_iter().find_map(|one| match one {
                BilledObject::Customer(customer) if customer.reference == reference => Some(customer),
                BilledObject::Customer(_) | BilledObject::Invoice(_) => None,
            });
            // Somebody owes, so somebody is known here, also when the biller says that they were taken away.
            Ok(own.map_or_else(blank, |own| BilledCustomer { deleted: false, ..own }))
        }
        Err(Trouble::NotFound) => Ok(blank()),
        Err(trouble) => Err(unreadable(site.gateway, &trouble)),
    }
}

/// The stored methods of those who owe something that is charged by itself.
fn read_methods(site: Site<'_>, biller: &mut dyn Biller, news: &[News<'_>]) -> Result<BTreeMap<String, Vec<MethodNews>>> {
    let charged = news.iter().filter(|(item, _)| item.collection == Collection::Automatic && item.status == BilledStatus::Open);
    let named: BTreeSet<&str> = charged.filter_map(|(item, _)| item.customer.as_deref()).collect();
    let mut methods = BTreeMap::new();
    for reference in named {
        match biller.methods(reference) {
            Ok(all) if all.is_empty() => {}
            Ok(all) => {
                methods.insert(reference.to_owned(), all);
            }
            Err(Trouble::NotFound) => {}
            Err(trouble) => return Err(unreadable(site.gateway, &trouble)),
        }
    }
    Ok(methods)
}

/// What the dialect could not read is told, and does not hold up the others.
fn refuse_unread<T>(object: &'static str, page: &Billed<T>, synced: &mut Synced) {
    for (reference, why) in &page.unreadable {
        synced.refuse(object, reference, format!("it cannot be read: {why}"));
    }
}

fn unreadable(gateway: &str, trouble: &Trouble) -> Error {
    let told = format!("gateway `{gateway}` cannot be read: {trouble}");
    match trouble {
        Trouble::Refused { .. } => Error::refused("gateway", told),
        Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::NotFound => {
            Error::busy("gateway", format!("{told}; sync again to go on"))
        }
    }
}

//! Invoices of a biller: each becomes a receivable, and what was paid on it, went back of it or ended it becomes known.
//!
//! All of a page is one transaction: nobody ever sees a receivable whose payments are not booked yet. Deliberately absent:
//! lines and taxes; and receipts for what was paid before Régua knew of it, which is told at its own moment.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::facts::{Entry, Fact, FactError, Subscription};
use regua_core::ids::{ChargeId, CustomerId, ReceivableId};
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_store::batch::Batch;
use regua_store::charging::mirrored::{self, MirroredRow};
use regua_store::charging::{charges, instruments};
use regua_store::db::Tx;
use regua_store::due::{self, Which};
use regua_store::lookup;
use regua_wire::gateways::MethodNews;
use regua_wire::gateways::mirror::{BilledInvoice, BilledStatus, INVOICE};

use super::settling::{One, Taking};
use super::{Site, Synced};
use crate::Engine;
use crate::case::{self, Case};
use crate::charging::{Charging, Work};
use crate::commands::tenant::millis;
use crate::error::{Kind, Result};
use crate::ports::Rng;
use crate::tenancy::Tenancy;

/// What a mirror calls a stored method.
const METHOD: &str = "method";

/// An invoice that says something new, with its digest.
pub(super) type News<'p> = (&'p BilledInvoice, [u8; 32]);

/// The receivables of a page, by the biller's name.
#[derive(Default)]
struct Entered {
    receivables: BTreeMap<String, (ReceivableId, CustomerId)>,
    /// Those that entered in this transaction.
    new: BTreeSet<ReceivableId>,
}

impl Engine {
    /// Those invoices of a page that say something new; the others are counted.
    pub(super) fn new_of_invoices<'p>(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        items: &'p [BilledInvoice],
        synced: &mut Synced,
    ) -> Result<Vec<News<'p>>> {
        let items: BTreeMap<&str, &BilledInvoice> = items.iter().map(|item| (item.reference.as_str(), item)).collect();
        let references: Vec<&str> = items.keys().copied().collect();
        let before = self.mirrored(tx, site, INVOICE, &references)?;
        let keys: Vec<&str> = items.values().filter_map(|item| item.ours.as_deref()).collect();
        let ours = self.made_by_us(tx, site, &keys)?;
        let mut news = Vec::new();
        for &item in items.values() {
            let made_by_us = item.ours.as_ref().is_some_and(|key| ours.contains(key));
            if item.status == BilledStatus::Draft || item.amount.minor() <= 0 || made_by_us {
                synced.invoices.left += 1;
                continue;
            }
            let digest = self.understood(site, &format!("{item:?}"));
            if before.get(&item.reference).is_some_and(|row| row.digest == digest) {
                synced.invoices.same += 1;
                continue;
            }
            if item.customer.is_none() {
                synced.refuse("invoice", &item.reference, "the biller names no customer; correct it there");
                continue;
            }
            if site.dry_run {
                let told = if before.contains_key(&item.reference) { &mut synced.invoices.changed } else { &mut synced.invoices.new };
                *told += 1;
            }
            news.push((item, digest));
        }
        Ok(news)
    }

    /// Those of these keys that are of something to pay by, or of an attempt, that we made.
    fn made_by_us(&self, tx: &mut Tx<'_>, site: Site<'_>, keys: &[&str]) -> Result<BTreeSet<String>> {
        let mut ours = BTreeSet::new();
        if keys.is_empty() {
            return Ok(ours);
        }
        ours.extend(instruments::by_key(tx, site.tenant, site.gateway, keys)?.into_iter().map(|row| row.key));
        let attempts: Vec<[u8; 16]> = keys.iter().filter_map(|key| Some(key.parse::<ChargeId>().ok()?.to_bytes())).collect();
        if !attempts.is_empty() {
            ours.extend(charges::load(tx, site.tenant, &attempts)?.into_iter().map(|row| row.charge.to_string()));
        }
        Ok(ours)
    }

    /// Takes invoices in that say something new.
    pub(super) fn take_invoices(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        news: &[News<'_>],
        synced: &mut Synced,
        rng: &mut dyn Rng,
    ) -> Result<()> {
        let named: Vec<&str> = news.iter().filter_map(|(item, _)| item.customer.as_deref()).collect();
        let customers = self.billed_customers(tx, site, &named)?;
        let mut groups: BTreeMap<CustomerId, Vec<News<'_>>> = BTreeMap::new();
        for &(item, digest) in news {
            match item.customer.as_ref().and_then(|customer| customers.get(customer)) {
                Some(customer) => groups.entry(*customer).or_default().push((item, digest)),
                None => synced.refuse("invoice", &item.reference, "its customer cannot be read at the biller; look there, and sync again"),
            }
        }
        for group in groups.values_mut() {
            // As they became known, so that what a segment asks of the past is there when a receivable enters.
            group.sort_by_key(|(item, _)| (item.issued_on, item.reference.as_str()));
        }
        let ids: Vec<[u8; 16]> = groups.keys().map(|id| id.to_bytes()).collect();
        due::lock(tx, site.tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, site.tenant)?;
        let entered = self.enter_invoices(tx, (site, &tenancy), &groups, synced, rng)?;
        self.settle_invoices(tx, (site, &tenancy), &groups, &entered, synced)
    }

    /// Receivables enter, and what is told otherwise of those that are known.
    fn enter_invoices(
        &self,
        tx: &mut Tx<'_>,
        (site, tenancy): (Site<'_>, &Tenancy),
        groups: &BTreeMap<CustomerId, Vec<News<'_>>>,
        synced: &mut Synced,
        rng: &mut dyn Rng,
    ) -> Result<Entered> {
        let external: Vec<&str> = groups.values().flatten().map(|(item, _)| item.reference.as_str()).collect();
        let found = lookup::receivables(tx, site.tenant, &external)?;
        let known: BTreeMap<String, (ReceivableId, CustomerId)> =
            found.into_iter().map(|(id, customer, external)| (external, (id, customer))).collect();
        let also: Vec<[u8; 16]> = known.values().map(|(id, _)| id.to_bytes()).collect();
        let ids: Vec<[u8; 16]> = groups.keys().map(|id| id.to_bytes()).collect();
        let (mut batch, mut entered, mut place) = (Batch::default(), Entered::default(), 0_u32);
        for (customer, case) in case::load_also(tx, tenancy, &self.master, &ids, Which::Live, &also)? {
            let Some(group) = groups.get(&customer) else { continue };
            let mut case = match case {
                Ok(case) => case,
                Err(error) => {
                    group.iter().for_each(|(item, _)| synced.refuse("invoice", &item.reference, error.to_string()));
                    continue;
                }
            };
            let before = case.held.len();
            for &(item, _) in group {
                place = place.wrapping_add(1);
                let fresh = || ReceivableId::placed(millis(site.now), place, rng.bytes());
                match enter_one(&mut case, tenancy, site, item, known.get(&item.reference), fresh) {
                    Ok((id, told)) => {
                        if told == Told::New {
                            entered.new.insert(id);
                        }
                        let count = match told {
                            Told::New => &mut synced.invoices.new,
                            Told::Known => &mut synced.invoices.changed,
                        };
                        *count += 1;
                        entered.receivables.insert(item.reference.clone(), (id, customer));
                    }
                    Err(why) => synced.refuse("invoice", &item.reference, why),
                }
            }
            if case.held.len() > before {
                case.rank();
            }
            case.save_if_changed(tenancy, site.now, &mut batch)?;
        }
        batch.write(tx, site.tenant)?;
        Ok(entered)
    }

    /// Payments, returns, ends and pauses, on receivables that are all there now.
    fn settle_invoices(
        &self,
        tx: &mut Tx<'_>,
        (site, tenancy): (Site<'_>, &Tenancy),
        groups: &BTreeMap<CustomerId, Vec<News<'_>>>,
        entered: &Entered,
        synced: &mut Synced,
    ) -> Result<()> {
        let also: Vec<[u8; 16]> = entered.receivables.values().map(|(id, _)| id.to_bytes()).collect();
        let references: Vec<&str> = entered.receivables.keys().map(String::as_str).collect();
        let mut work = Work::new(site.tenant, site.now, Charging::default());
        work.mirrored = true;
        let laid = self.laid(tx, site, &references, &also)?;
        let mut taking = Taking { site, tenancy, work, laid, synced, rows: BTreeMap::new() };
        let ids: Vec<[u8; 16]> = groups.keys().map(|id| id.to_bytes()).collect();
        for (customer, case) in case::load_also(tx, tenancy, &self.master, &ids, Which::Live, &also)? {
            // One that cannot be loaded was told of above.
            let (Some(group), Ok(mut case)) = (groups.get(&customer), case) else { continue };
            for &(item, digest) in group {
                let Some((receivable, _)) = entered.receivables.get(&item.reference) else { continue };
                let one = One { item, receivable: *receivable, new: entered.new.contains(receivable) };
                taking.settle(tx, &mut case, one)?;
                taking.remember(self, &case, one, digest);
            }
            taking.work.keep(case, tenancy)?;
        }
        taking.work.write(tx)?;
        let rows: Vec<MirroredRow> = taking.rows.into_values().collect();
        mirrored::put(tx, site.tenant, site.gateway, &rows).map_err(Into::into)
    }

    /// Takes a customer's stored methods in, as the biller has them.
    pub(super) fn take_methods(
        &self,
        tx: &mut Tx<'_>,
        site: Site<'_>,
        methods: &BTreeMap<String, Vec<MethodNews>>,
        synced: &mut Synced,
    ) -> Result<()> {
        let named: Vec<&str> = methods.keys().map(String::as_str).collect();
        let customers = self.billed_customers(tx, site, &named)?;
        // A token is the customer's: the row is named by its mark.
        let name = |news: &MethodNews| {
            let mark = self.token_mark(site.tenant, site.gateway, &news.method_token);
            mark.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let names: Vec<String> = methods.values().flatten().map(name).collect();
        let before = self.mirrored(tx, site, METHOD, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mut rows: BTreeMap<String, MirroredRow> = BTreeMap::new();
        for (reference, all) in methods {
            let Some(&customer) = customers.get(reference) else { continue };
            for news in all {
                let (name, digest) = (name(news), self.understood(site, &format!("{reference}|{news:?}")));
                if before.get(&name).is_some_and(|row| row.digest == digest) {
                    continue;
                }
                match self.enter_method(tx, site.tenant, site.gateway, customer, (news, None, None), site.now) {
                    Ok(_) => synced.methods += 1,
                    Err(error) if error.kind == Kind::Refused => {
                        synced.refuse("method", reference, error.to_string());
                        continue;
                    }
                    Err(error) => return Err(error),
                }
                rows.insert(name.clone(), mirrored_row(site, METHOD, &name, (customer, None), digest));
            }
        }
        let rows: Vec<MirroredRow> = rows.into_values().collect();
        if rows.is_empty() { Ok(()) } else { mirrored::put(tx, site.tenant, site.gateway, &rows).map_err(Into::into) }
    }
}

/// What an invoice was before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    New,
    Known,
}

/// One invoice becomes a receivable, or is told anew of the one that it is.
fn enter_one(
    case: &mut Case,
    tenancy: &Tenancy,
    site: Site<'_>,
    item: &BilledInvoice,
    known: Option<&(ReceivableId, CustomerId)>,
    fresh: impl FnOnce() -> ReceivableId,
) -> Result<(ReceivableId, Told), String> {
    match known {
        Some((_, owner)) if *owner != case.customer => {
            Err("it is known as another customer's; correct the customer at the biller".to_owned())
        }
        Some((id, _)) => {
            let walk = case.walk_of(*id).ok_or("it is not among its customer's; run: regua verify")?;
            amend(case, tenancy, walk, item, site.now).map_err(|bad| bad.to_string())?;
            Ok((*id, Told::Known))
        }
        None => {
            let id = fresh();
            let entry = Entry {
                issued_on: item.issued_on,
                due_on: item.due_on,
                amount: item.amount,
                method: item.rail,
                subscription: subscription(item, None),
                policy: None,
                mode: Mode::Live,
            };
            case.take_in(tenancy, id, &item.reference, entry, site.now).map_err(|bad| bad.to_string())?;
            Ok((id, Told::New))
        }
    }
}

/// What the biller tells otherwise of a receivable that is known.
fn amend(case: &mut Case, tenancy: &Tenancy, walk: usize, item: &BilledInvoice, now: Instant) -> Result<(), FactError> {
    let known = &case.facts.walks[walk];
    let method = item.rail.or(known.method);
    let (told, was) = ((item.issued_on, item.due_on, method), (known.issued_on, known.due_on, known.method));
    let differs = known.ledger.billed() != item.amount || (!known.has_ended() && told != was);
    let subscribed = subscription(item, known.subscription.as_ref()).filter(|told| known.subscription.as_ref() != Some(told));
    if differs {
        let fact = Fact::Amended { issued_on: item.issued_on, due_on: item.due_on, amount: item.amount, method };
        case.tell(tenancy, Some(walk), fact, now)?;
    }
    if let Some(subscribed) = subscribed {
        case.tell(tenancy, Some(walk), Fact::Subscribed(subscribed), now)?;
    }
    Ok(())
}

/// The subscription that an invoice bills; what else is known of it stays.
fn subscription(item: &BilledInvoice, known: Option<&Subscription>) -> Option<Subscription> {
    let key: Box<str> = item.subscription.as_deref()?.into();
    let blank = Subscription { key: key.clone(), plan: None, collection: None, renewal_on: None, renewal_price: None };
    let known = known.filter(|known| known.key == key).cloned().unwrap_or(blank);
    Some(Subscription { collection: Some(item.collection.as_str().into()), ..known })
}

/// A row of the mirror.
pub(super) fn mirrored_row(
    site: Site<'_>,
    object: &str,
    reference: &str,
    (customer, receivable): (CustomerId, Option<ReceivableId>),
    digest: [u8; 32],
) -> MirroredRow {
    MirroredRow {
        object: object.to_owned(),
        reference: reference.to_owned(),
        customer: Some(customer),
        receivable,
        biller_acts: false,
        digest,
        seen_at: site.now,
    }
}

//! Subscriptions begin and change: under the customer's lock, each with an event.

use regua_core::billing::{Change, DraftInvoice, InvoiceStatus, NewSubscription, Outcome, Subscription};
use regua_core::facts::{self, Fact};
use regua_core::ids::{CustomerId, SubscriptionId, TenantId};
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use regua_store::batch::Batch;
use regua_store::billing::{self, BillingRows, InvoiceRow, PartState, SubscriptionRow};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::seal::CustomerKey;
use regua_store::{lookup, tenants};
use regua_wire::files::portfolio::CustomerRow;

use super::plans::check_published;
use super::run::is_of;
use super::{SELF, SubscriptionNote, What, first_row, refused, row_of};
use crate::Engine;
use crate::blob;
use crate::case::{self, Case};
use crate::commands::tell::{About, find};
use crate::commands::tenant::millis;
use crate::error::{Error, Kind, Result};
use crate::log::{self, Act};
use crate::ports::Rng;
use crate::profile::{self, Profile};
use crate::tenancy::Tenancy;

/// What begins.
#[derive(Clone)]
pub struct Subscribe<'a> {
    /// Whose it is: known by this id, or else a new customer with these data.
    pub customer: &'a CustomerRow,
    /// What reports the payments of a new customer: [`SELF`], or another source, for which overdue steps wait.
    pub source: &'a str,
    /// How it begins; its plan is the newest version of a published one.
    pub new: NewSubscription,
    /// The rail on which its receivables are expected.
    pub method: Option<Rail>,
}

/// What became of a subscription that was to begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begun {
    /// It began.
    New(SubscriptionId),
    /// There is one of this name and customer already; it stays as it is.
    Known(SubscriptionId),
}

/// A subscription as it is.
#[derive(Clone, Debug)]
pub struct Subscribed {
    /// Which.
    pub id: SubscriptionId,
    /// Whose.
    pub customer: CustomerId,
    /// When a document is due next; [`Instant::NEVER`] when none is to come.
    pub bill_at: Instant,
    /// The rail on which its receivables are expected, as it is stored.
    pub method: Option<String>,
    /// All of it.
    pub subscription: Subscription,
}

/// An invoice with where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoiced {
    /// Its row.
    pub row: InvoiceRow,
    /// What it says.
    pub draft: DraftInvoice,
    /// Where it stands, seen from its receivables.
    pub status: InvoiceStatus,
    /// Minor units that are open of it, late charges that were entered included.
    pub open: i64,
}

/// The code of the error that undoes what was only looked at.
pub(super) const ONLY_LOOKED: &str = "only_looked";

/// Most characters of a subscription's name.
const KEY_MAX: usize = 100;

impl Engine {
    /// Begins a subscription; its customer becomes known if it is not. Billed is it by the next pass.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when its name is taken, its plan is not published, or it cannot be billed.
    pub fn subscribe(
        &self,
        tenant: TenantId,
        subscribe: &Subscribe<'_>,
        act: &Act,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<SubscriptionId> {
        self.db.write(Scope::Tenant(tenant), |tx| match self.subscribe_in(tx, tenant, subscribe, (act, now), rng)? {
            Begun::New(id) => Ok(id),
            Begun::Known(_) => Err(Error::refused(
                "subscription_known",
                format!("there is a subscription `{}` already; name this one otherwise", subscribe.new.key),
            )),
        })
    }

    /// Begins subscriptions in one transaction, each by itself: what cannot begin is told and holds up no other. One that is known
    /// already, of the same customer, stays as it is.
    ///
    /// * `only_look` — nothing is written.
    ///
    /// # Errors
    /// Whatever the database says; what is refused is in what is returned, in the same order.
    pub fn subscribe_all(
        &self,
        tenant: TenantId,
        all: &[Subscribe<'_>],
        (act, now, only_look): (&Act, Instant, bool),
        rng: &mut dyn Rng,
    ) -> Result<Vec<Result<Begun>>> {
        let mut begun = Vec::with_capacity(all.len());
        let done = self.db.write(Scope::Tenant(tenant), |tx| {
            begun.clear();
            for one in all {
                match self.subscribe_in(tx, tenant, one, (act, now), rng) {
                    // What is refused is refused before anything of it is written.
                    Err(error) if matches!(error.kind, Kind::Refused | Kind::NotFound) => begun.push(Err(error)),
                    done => begun.push(Ok(done?)),
                }
            }
            // What is only looked at is undone with its transaction.
            if only_look { Err(Error::busy(ONLY_LOOKED, "nothing was to be written")) } else { Ok(()) }
        });
        match done {
            Err(error) if error.code != ONLY_LOOKED => Err(error),
            Ok(()) | Err(_) => Ok(begun),
        }
    }

    fn subscribe_in(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        subscribe: &Subscribe<'_>,
        (act, now): (&Act, Instant),
        rng: &mut dyn Rng,
    ) -> Result<Begun> {
        let key = &*subscribe.new.key;
        check_key(key)?;
        if let Some(known) = billing::named(tx, tenant, key)? {
            let whose = lookup::customer_of(tx, tenant, known.customer)?.unwrap_or_default();
            if whose == *subscribe.customer.id {
                return Ok(Begun::Known(known.subscription));
            }
            let told = format!("there is a subscription `{key}` already, of the customer `{whose}`; name this one otherwise");
            return Err(Error::refused("subscription_known", told));
        }
        check_published(tx, tenant, &subscribe.new.plan)?;
        let subscription = Subscription::new(subscribe.new.clone()).map_err(|why| refused(key, &why))?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut case = self.customer_of(tx, &tenancy, subscribe, now, rng)?;
        let id = SubscriptionId::new(millis(now), rng.bytes());
        let on = case.facts.zone.day_of(now);
        let row = first_row((id, case.customer), &subscription, subscribe.method, case.facts.zone, (on, now))?;
        let what = What::Begun { method: subscribe.method, new: Box::new(subscribe.new.clone()) };
        let rows = BillingRows { begun: vec![row], ..BillingRows::default() };
        write(tx, &tenancy, &mut case, (id, what, on), act, now, &rows)?;
        Ok(Begun::New(id))
    }

    /// Something happens to a subscription, on the customer's today or on another day.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none of this name, [`crate::Kind::Refused`] when it cannot happen.
    pub fn change_subscription(
        &self,
        tenant: TenantId,
        key: &str,
        change: &Change,
        on: Option<Day>,
        act: &Act,
        now: Instant,
    ) -> Result<Outcome> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            if let Change::PlanChanged { plan, .. } = change {
                check_published(tx, tenant, plan)?;
            }
            let found = named(tx, tenant, key)?;
            let ids = [found.customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            let row = named(tx, tenant, key)?; // as it is under the lock
            let tenancy = self.tenancies.read(tx, tenant)?;
            let mut case = load(self, tx, &tenancy, &ids)?;
            let mut subscription: Subscription = blob::decode(&row.body, "a subscription")?;
            let today = case.facts.zone.day_of(now);
            let on = on.unwrap_or(today);
            match subscription.apply(change.clone(), on).map_err(|why| refused(key, &why))? {
                Outcome::Unchanged => return Ok(Outcome::Unchanged),
                Outcome::Changed => {}
            }
            let told = subscription.as_fact(today).map_err(|why| refused(key, &why))?;
            case.act = Some(act.clone());
            keep_told(&mut case, &tenancy, &told, now)?;
            let rows = BillingRows { changed: vec![row_of(&row, &subscription, case.facts.zone, today)?], ..BillingRows::default() };
            write(tx, &tenancy, &mut case, (row.subscription, What::Changed(Box::new(change.clone())), on), act, now, &rows)?;
            Ok(Outcome::Changed)
        })
    }

    /// The subscription of this name.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is none.
    pub fn subscription(&self, tenant: TenantId, key: &str) -> Result<Subscribed> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let row = named(tx, tenant, key)?;
            let subscription = blob::decode(&row.body, "a subscription")?;
            Ok(Subscribed { id: row.subscription, customer: row.customer, bill_at: row.bill_at, method: row.method, subscription })
        })
    }

    /// The invoices of a customer, oldest first.
    ///
    /// * `customer` — ours, or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer.
    pub fn invoices(&self, tenant: TenantId, customer: &str) -> Result<Vec<Invoiced>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(customer.to_owned()))?.customer;
            let rows = billing::invoices_of(tx, tenant, customer)?;
            let ids: Vec<[u8; 16]> = rows.iter().map(|row| row.invoice.to_bytes()).collect();
            let parts = billing::parts(tx, tenant, &ids)?;
            rows.into_iter().map(|row| invoiced(row, &parts)).collect()
        })
    }

    /// The customer, locked, or a new one.
    fn customer_of(&self, tx: &mut Tx<'_>, tenancy: &Tenancy, of: &Subscribe<'_>, now: Instant, rng: &mut dyn Rng) -> Result<Case> {
        let (tenant, file) = (tenancy.stored.tenant, of.customer);
        if let Some((known, _)) = lookup::customers(tx, tenant, &[&file.id])?.pop() {
            let ids = [known.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            return load(self, tx, tenancy, &ids);
        }
        if file.customer.name.is_none() && file.customer.contacts.is_empty() {
            let told = format!("there is no customer `{}`; give a name or an e-mail address for it to become known", file.id);
            return Err(Error::not_found("no_customer", told));
        }
        // What this system is paid itself is always read.
        tenants::read(tx, tenant, of.source, if of.source == SELF { Instant::NEVER } else { Instant::DAWN })?;
        let customer = CustomerId::new(millis(now), rng.bytes());
        let key = CustomerKey::new(rng.bytes());
        let wrapped = profile::wrap(&self.master, tenant, customer, &key)?;
        let profile = Profile { external_id: file.id.to_string(), customer: file.customer.clone() };
        Ok(Case::new(tenancy, customer, profile, of.source, (key, wrapped), now))
    }
}

fn check_key(key: &str) -> Result<()> {
    let plain = !key.is_empty() && key.chars().count() <= KEY_MAX && key.chars().all(|c| !c.is_whitespace() && !c.is_control());
    let told = format!("a subscription's name has 1 to {KEY_MAX} characters without spaces; it begins the keys of its invoices");
    if plain { Ok(()) } else { Err(Error::refused("bad_subscription", told)) }
}

pub(crate) fn named(tx: &mut Tx<'_>, tenant: TenantId, key: &str) -> Result<SubscriptionRow> {
    let missing = || Error::not_found("no_subscription", format!("there is no subscription `{key}`"));
    billing::named(tx, tenant, key)?.ok_or_else(missing)
}

/// A customer whose row is locked, with what can change by itself.
fn load(engine: &Engine, tx: &mut Tx<'_>, tenancy: &Tenancy, ids: &[[u8; 16]]) -> Result<Case> {
    let missing = || Error::not_found("no_customer", "the customer is not there any more");
    let (_, case) = case::load(tx, tenancy, &engine.master, ids, Which::Live)?.pop().ok_or_else(missing)?;
    let case = case?;
    if case.key.is_none() {
        return Err(Error::refused("erased", "this customer was erased; nothing is billed to it any more"));
    }
    Ok(case)
}

fn write(
    tx: &mut Tx<'_>,
    tenancy: &Tenancy,
    case: &mut Case,
    (id, what, on): (SubscriptionId, What, Day),
    act: &Act,
    now: Instant,
    rows: &BillingRows,
) -> Result<()> {
    let note = SubscriptionNote { subscription: id.to_string(), seen: tenancy.seen(case.customer), act: act.clone(), on, what };
    let mut batch = Batch::default();
    case.note(tenancy, now, "subscription", (log::json(&note)?, None), &mut batch)?;
    case.save(tenancy, now, now, &mut batch)?;
    batch.write(tx, tenancy.stored.tenant)?;
    rows.write(tx, tenancy.stored.tenant).map_err(Error::from)
}

/// Receivables of a subscription to which something can happen yet hear what it is now: its plan, how it is collected, when it
/// renews.
pub(super) fn keep_told(case: &mut Case, tenancy: &Tenancy, told: &facts::Subscription, now: Instant) -> Result<()> {
    for walk in 0..case.facts.walks.len() {
        let known = &case.facts.walks[walk];
        let is_live = !known.is_at_rest() && is_of(known.subscription.as_ref(), &told.key);
        if !is_live || known.subscription.as_ref() == Some(told) {
            continue;
        }
        let fact = Fact::Subscribed(told.clone());
        case.tell(tenancy, Some(walk), fact, now).map(drop).map_err(|bad| Error::bug("subscribed", bad.to_string()))?;
    }
    Ok(())
}

pub(crate) fn invoiced(row: InvoiceRow, parts: &[PartState]) -> Result<Invoiced> {
    let unread = |why: serde_json::Error| Error::bug("invoice_read", format!("the invoice {} cannot be read: {why}", row.key));
    let draft = serde_json::from_str(&row.body).map_err(unread)?;
    let own = || parts.iter().filter(|part| part.invoice == row.invoice);
    let any = |status: &str| own().any(|part| part.status == status);
    let status = if row.voided_at.is_some() {
        InvoiceStatus::Void
    } else if any("open") {
        InvoiceStatus::Open
    } else if any("written_off") || any("assigned") {
        InvoiceStatus::Uncollectible
    } else {
        InvoiceStatus::Paid // or nothing was owed
    };
    let open = own().filter(|part| part.status == "open").map(|part| part.balance).sum();
    Ok(Invoiced { row, draft, status, open })
}

pub(super) fn invoice_of(tx: &mut Tx<'_>, tenant: TenantId, name: &str) -> Result<(Invoiced, Vec<PartState>)> {
    let missing = || Error::not_found("no_invoice", format!("there is no invoice `{name}`"));
    let row = match name.parse() {
        Ok(id) => billing::invoice(tx, tenant, id)?,
        Err(_) => billing::invoice_named(tx, tenant, name)?,
    };
    let row = row.ok_or_else(missing)?;
    let parts = billing::parts(tx, tenant, &[row.invoice.to_bytes()])?;
    Ok((invoiced(row, &parts)?, parts))
}

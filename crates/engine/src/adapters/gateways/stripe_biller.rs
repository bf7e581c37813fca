//! Stripe as another biller: its account read with a key that may only read, over a carrier that sends nothing else.
//!
//! What changed is found twice: every open invoice is read again, since a switch of the account changes none of them, and what
//! events of the last thirty days name is read as it stands. Deliberately absent: writing; refunds, which come as events of
//! their payments; lines and prices.

use std::collections::BTreeSet;

use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use regua_wire::gateways::mirror::{
    Acts, Billed, BilledAttempt, BilledCustomer, BilledInvoice, BilledObject, BilledPayment, BilledStatus, Collection, Outcome, Switch,
};
use regua_wire::gateways::stripe::mirror::{self as stripe, CameTo, InvoicePayment, InvoiceStatus, MirroredInvoice};
use regua_wire::gateways::stripe::{events, reading, replies, requests};
use regua_wire::gateways::{MethodNews, News, Request, Response, Settlement, Trouble};

use super::stripe::{Stripe, StripeSettings};
use crate::adapters::http::{BadSettings, Carrier, Http, ReadOnly};
use crate::ports::Biller;

/// Pages of methods or payments of one thing that are read at most: of a hundred each.
const PAGES_MAX: usize = 20;
/// How many payments an invoice shows by itself; one with as many may have more.
const SHOWN: usize = 10;
/// For how long Stripe keeps events, less a day for clocks that differ.
const EVENT_HOURS: i64 = 29 * 24;
/// A place among open invoices, and one among events.
const OPEN: &str = "open:";
const EVENTS: &str = "events:";

/// An account that Stripe bills.
pub struct StripeBiller<C: Carrier = ReadOnly<Http>> {
    stripe: Stripe<C>,
    zone: Zone,
    clock: Box<dyn FnMut() -> Instant + Send>,
}

impl<C: Carrier> std::fmt::Debug for StripeBiller<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StripeBiller")
    }
}

impl StripeBiller {
    /// Gets ready; nothing is sent, and nothing but reading ever is.
    ///
    /// # Errors
    /// [`BadSettings`], as [`StripeSettings::check`].
    pub fn new(settings: StripeSettings, clock: impl Fn() -> Instant + Clone + Send + 'static) -> Result<Self, BadSettings> {
        settings.check()?;
        let carrier = ReadOnly(Http::new(&settings.api)?);
        let zone = settings.zone;
        let stripe = Stripe::over(settings, carrier, clock.clone());
        Ok(Self { stripe, zone, clock: Box::new(clock) })
    }
}

impl<C: Carrier> StripeBiller<C> {
    fn call(&mut self, request: &Request) -> Result<Response, Trouble> {
        debug_assert!(request.method.only_reads());
        self.stripe.call(request)
    }

    /// An invoice with all its payments.
    fn whole(&mut self, mut invoice: MirroredInvoice) -> Result<BilledInvoice, Trouble> {
        if invoice.payments.len() >= SHOWN {
            let (mut all, mut after): (Vec<InvoicePayment>, Option<String>) = (Vec::new(), None);
            for _ in 0..PAGES_MAX {
                let request = reading::invoice_payments(&invoice.reference, after.as_deref());
                let page = stripe::page(&self.call(&request)?, stripe::invoice_payment)?;
                all.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            invoice.payments = all;
        }
        Ok(billed(invoice, self.zone))
    }

    fn invoice(&mut self, reference: &str) -> Result<BilledInvoice, Trouble> {
        let zone = self.zone;
        let invoice = stripe::one(&self.call(&reading::invoice(reference))?, |value| stripe::invoice(value, zone))?;
        self.whole(invoice)
    }

    /// A page of invoices as they are listed.
    fn listed(&mut self, status: Option<&str>, after: Option<&str>) -> Result<Billed<BilledInvoice>, Trouble> {
        let zone = self.zone;
        let page = stripe::page(&self.call(&reading::invoices(status, None, None, after))?, |value| stripe::invoice(value, zone))?;
        let items = page.items.into_iter().map(|invoice| self.whole(invoice)).collect::<Result<Vec<_>, Trouble>>()?;
        Ok(Billed { items, unreadable: owned(page.unreadable), next: page.next })
    }

    /// What a page of events names of one kind of object; and where the next begins.
    fn named(&mut self, object: &str, since: Instant, after: Option<&str>) -> Result<(BTreeSet<String>, Option<String>), Trouble> {
        let until = (self.clock)().plus_hours(1);
        let page = events::listed(&self.call(&reading::events(since, until, after))?, self.zone)?;
        let named = page.heard.into_iter().filter_map(|heard| match heard.news {
            News::Mirror { object: told, reference } if told == object => Some(reference),
            News::Mirror { .. }
            | News::Charge { .. }
            | News::Instrument { .. }
            | News::Refunded { .. }
            | News::ChargedBack { .. }
            | News::DisputeWon { .. }
            | News::Method(_)
            | News::Nothing => None,
        });
        Ok((named.collect(), page.next))
    }

    /// Whether events reach back that far.
    fn reaches(&mut self, since: Instant) -> bool {
        since >= (self.clock)().plus_hours(-EVENT_HOURS)
    }
}

impl<C: Carrier> Biller for StripeBiller<C> {
    fn customers(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledCustomer>, Trouble> {
        let by_events = place.map_or_else(|| since.is_some_and(|since| self.reaches(since)), |place| place.starts_with(EVENTS));
        let Some(since) = since.filter(|_| by_events) else {
            let page = stripe::page(&self.call(&reading::customers(place))?, stripe::customer)?;
            let items = page.items.into_iter().map(person).collect();
            return Ok(Billed { items, unreadable: owned(page.unreadable), next: page.next });
        };
        let after = place.and_then(|place| place.strip_prefix(EVENTS)).filter(|after| !after.is_empty());
        let (named, next) = self.named(stripe::CUSTOMER, since, after)?;
        let mut page = Billed { next: next.map(|next| format!("{EVENTS}{next}")), ..Billed::default() };
        for reference in named {
            match stripe::one(&self.call(&reading::customer(&reference))?, stripe::customer) {
                Ok(customer) => page.items.push(person(customer)),
                Err(Trouble::NotFound) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(page)
    }

    fn invoices(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledInvoice>, Trouble> {
        let by_events = match place {
            Some(place) => place.starts_with(OPEN) || place.starts_with(EVENTS),
            None => since.is_some_and(|since| self.reaches(since)),
        };
        let Some(since) = since.filter(|_| by_events) else { return self.listed(None, place) };
        if let Some(after) = place.and_then(|place| place.strip_prefix(EVENTS)) {
            let (named, next) = self.named(stripe::INVOICE, since, Some(after).filter(|after| !after.is_empty()))?;
            let mut page = Billed { next: next.map(|next| format!("{EVENTS}{next}")), ..Billed::default() };
            for reference in named {
                match self.invoice(&reference) {
                    Ok(invoice) => page.items.push(invoice),
                    // A draft that was deleted was owed by nobody.
                    Err(Trouble::NotFound) => {}
                    Err(trouble) => return Err(trouble),
                }
            }
            return Ok(page);
        }
        let after = place.and_then(|place| place.strip_prefix(OPEN));
        let page = self.listed(Some("open"), after)?;
        let next = page.next.map_or_else(|| EVENTS.to_owned(), |next| format!("{OPEN}{next}"));
        Ok(Billed { next: Some(next), ..page })
    }

    fn attempts(&mut self, since: Option<Instant>, place: Option<&str>) -> Result<Billed<BilledAttempt>, Trouble> {
        let zone = self.zone;
        let page = stripe::page(&self.call(&reading::charges(None, since, place))?, |value| stripe::attempt(value, zone))?;
        let items = page.items.into_iter().map(attempted).collect();
        Ok(Billed { items, unreadable: owned(page.unreadable), next: page.next })
    }

    fn methods(&mut self, customer: &str) -> Result<Vec<MethodNews>, Trouble> {
        let (mut all, mut after): (Vec<MethodNews>, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let page = replies::methods(&self.call(&requests::methods(customer, None, after.as_deref()))?)?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(all)
    }

    fn read(&mut self, object: &str, reference: &str) -> Result<Vec<BilledObject>, Trouble> {
        match object {
            stripe::CUSTOMER => {
                let customer = stripe::one(&self.call(&reading::customer(reference))?, stripe::customer)?;
                Ok(vec![BilledObject::Customer(person(customer))])
            }
            stripe::INVOICE => Ok(vec![BilledObject::Invoice(self.invoice(reference)?)]),
            stripe::SUBSCRIPTION => {
                let subscription = stripe::one(&self.call(&reading::subscription(reference))?, stripe::subscription)?;
                let newest = subscription.latest_invoice.map(|invoice| self.invoice(&invoice)).transpose()?;
                Ok(newest.into_iter().map(BilledObject::Invoice).collect())
            }
            _ => Ok(Vec::new()),
        }
    }
}

fn owned(unreadable: Vec<(String, &'static str)>) -> Vec<(String, String)> {
    unreadable.into_iter().map(|(reference, lacks)| (reference, lacks.to_owned())).collect()
}

fn person(customer: stripe::MirroredCustomer) -> BilledCustomer {
    BilledCustomer {
        reference: customer.reference,
        name: customer.name,
        email: customer.email,
        phones: customer.phone.into_iter().collect(),
        tax_id: None,
        country: customer.country,
        languages: customer.locales,
        deleted: customer.deleted,
    }
}

fn billed(invoice: MirroredInvoice, zone: Zone) -> BilledInvoice {
    let acts = stripe::biller_acts(&invoice).map(|acts| Acts {
        charges: acts.charges,
        reminds: acts.reminds,
        switches: acts.switches.iter().filter_map(|words| switch(words)).collect(),
    });
    let (status, collection) = (status(invoice.status), collection(invoice.collection));
    let rail = if collection == Collection::Automatic { Rail::Card } else { Rail::Other };
    let money = |reference: &str, amount, at: Option<Instant>| Settlement {
        reference: reference.to_owned(),
        amount,
        paid_on: at.map_or(invoice.issued_on, |at| zone.day_of(at)),
        at,
        rail,
        fee: None,
    };
    let mut payments: Vec<BilledPayment> = invoice
        .payments
        .iter()
        .map(|payment| BilledPayment {
            reference: payment.payment.clone(),
            settled: payment.paid.then(|| money(&payment.payment, payment.amount.unwrap_or(invoice.amount_paid), payment.paid_at)),
            added: None,
        })
        .collect();
    // Paid by a way that Stripe did not see, such as a transfer that somebody entered.
    if status == BilledStatus::Paid && invoice.amount_paid.minor() > 0 && payments.iter().all(|payment| payment.settled.is_none()) {
        let reference = format!("{}:outside", invoice.reference);
        let settled = Some(Settlement { rail: Rail::Other, ..money(&reference, invoice.amount_paid, None) });
        payments.push(BilledPayment { reference, settled, added: None });
    }
    BilledInvoice {
        reference: invoice.reference,
        number: invoice.number,
        customer: invoice.customer,
        subscription: invoice.subscription,
        ours: None,
        status,
        collection,
        amount: invoice.amount_due,
        issued_on: invoice.issued_on,
        due_on: invoice.due_on.unwrap_or(invoice.issued_on),
        rail: (collection == Collection::Automatic).then_some(Rail::Card),
        payments,
        returned: Vec::new(),
        acts,
    }
}

const fn status(status: InvoiceStatus) -> BilledStatus {
    match status {
        InvoiceStatus::Draft => BilledStatus::Draft,
        InvoiceStatus::Open => BilledStatus::Open,
        InvoiceStatus::Paid => BilledStatus::Paid,
        InvoiceStatus::Uncollectible => BilledStatus::Uncollectible,
        InvoiceStatus::Void => BilledStatus::Void,
    }
}

const fn collection(collection: stripe::Collection) -> Collection {
    match collection {
        stripe::Collection::Charges => Collection::Automatic,
        stripe::Collection::Sends => Collection::Invoice,
    }
}

/// The switch that the dialect's words are about.
fn switch(words: &str) -> Option<Switch> {
    let all = [
        (stripe::SWITCH_INVOICE, Switch::StripeInvoice),
        (stripe::SWITCH_RETRIES, Switch::StripeRetries),
        (stripe::SWITCH_FAILED_MAILS, Switch::StripeFailedMails),
        (stripe::SWITCH_REMINDERS, Switch::StripeReminders),
    ];
    all.into_iter().find(|(known, _)| *known == words).map(|(_, switch)| switch)
}

fn attempted(attempt: stripe::MirroredAttempt) -> BilledAttempt {
    BilledAttempt {
        reference: attempt.reference,
        payment: Some(attempt.payment),
        invoice: attempt.invoice,
        ours: attempt.ours.is_some(),
        method: attempt.method,
        scheme: attempt.scheme,
        fingerprint: attempt.fingerprint,
        expires_on: attempt.expires_on,
        at: attempt.at,
        amount: attempt.amount,
        reached_scheme: attempt.reached_network,
        outcome: match attempt.came_to {
            CameTo::Settled(_) => Outcome::Settled,
            CameTo::Pending => Outcome::Pending,
            CameTo::Failed(signals) => Outcome::Failed(signals),
        },
    }
}

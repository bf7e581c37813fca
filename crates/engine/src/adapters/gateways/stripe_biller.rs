//! Stripe as another biller: its account read with a key that may only read, over a carrier that sends nothing else.
//!
//! What changed is found twice: every open invoice is read again, since a switch of the account changes none of them, and what
//! events of the last thirty days name is read as it stands. Deliberately absent: writing; refunds, which come as events of
//! their payments; lines and prices.

use std::collections::BTreeSet;

use regua_core::time::{Instant, Zone};
use regua_wire::gateways::mirror::{
    Billed, BilledAttempt, BilledCustomer, BilledInvoice, BilledObject, BilledPayment, CUSTOMER, INVOICE, SUBSCRIPTION,
};
use regua_wire::gateways::stripe::{events, mirror, reading, replies, requests};
use regua_wire::gateways::{MethodNews, News, Request, Response, Trouble};

use super::stripe::{Stripe, StripeSettings};
use crate::adapters::http::{BadSettings, Carrier, Http, ReadOnly};
use crate::ports::Biller;

/// Pages of methods or payments of one thing that are read at most: of a hundred each.
const PAGES_MAX: usize = 20;
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
    fn whole(&mut self, shown: mirror::Shown) -> Result<BilledInvoice, Trouble> {
        if !shown.may_have_more() {
            return Ok(shown.billed(None));
        }
        let (mut all, mut after): (Vec<BilledPayment>, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let request = reading::invoice_payments(shown.reference(), after.as_deref());
            let page = mirror::page(&self.call(&request)?, |value| shown.payment(value))?;
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(shown.billed(Some(all)))
    }

    fn invoice(&mut self, reference: &str) -> Result<BilledInvoice, Trouble> {
        let zone = self.zone;
        let shown = mirror::one(&self.call(&reading::invoice(reference))?, |value| mirror::invoice(value, zone))?;
        self.whole(shown)
    }

    /// A page of invoices as they are listed.
    fn listed(&mut self, status: Option<&str>, after: Option<&str>) -> Result<Billed<BilledInvoice>, Trouble> {
        let zone = self.zone;
        let page = mirror::page(&self.call(&reading::invoices(status, None, None, after))?, |value| mirror::invoice(value, zone))?;
        let items = page.items.into_iter().map(|shown| self.whole(shown)).collect::<Result<Vec<_>, Trouble>>()?;
        Ok(Billed { items, unreadable: page.unreadable, next: page.next })
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
            | News::Channel(_)
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
            return mirror::page(&self.call(&reading::customers(place))?, mirror::customer);
        };
        let after = place.and_then(|place| place.strip_prefix(EVENTS)).filter(|after| !after.is_empty());
        let (named, next) = self.named(CUSTOMER, since, after)?;
        let mut page = Billed { next: next.map(|next| format!("{EVENTS}{next}")), ..Billed::default() };
        for reference in named {
            match mirror::one(&self.call(&reading::customer(&reference))?, mirror::customer) {
                Ok(customer) => page.items.push(customer),
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
            let (named, next) = self.named(INVOICE, since, Some(after).filter(|after| !after.is_empty()))?;
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
        mirror::page(&self.call(&reading::charges(None, since, place))?, |value| mirror::attempt(value, zone))
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
            CUSTOMER => {
                let customer = mirror::one(&self.call(&reading::customer(reference))?, mirror::customer)?;
                Ok(vec![BilledObject::Customer(customer)])
            }
            INVOICE => Ok(vec![BilledObject::Invoice(self.invoice(reference)?)]),
            SUBSCRIPTION => {
                let newest = mirror::one(&self.call(&reading::subscription(reference))?, mirror::newest_invoice)?;
                let newest = newest.map(|invoice| self.invoice(&invoice)).transpose()?;
                Ok(newest.into_iter().map(BilledObject::Invoice).collect())
            }
            _ => Ok(Vec::new()),
        }
    }
}

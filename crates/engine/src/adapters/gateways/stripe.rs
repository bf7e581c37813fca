//! Stripe as a gateway: charges off session, pages that take a card, refunds, customers and their methods.
//!
//! An answer that leaves it open is asked about at once: by the intent's name, or by our id in the metadata of the customer's
//! intents. Deliberately absent: the mirror of a biller's objects, which reads with the same carrier, and webhooks.

use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use regua_wire::gateways::stripe::replies::{self, Page};
use regua_wire::gateways::stripe::requests::{self, Dialect, Return};
use regua_wire::gateways::stripe::{events, reading};
use regua_wire::gateways::{
    ChargeOrder, Charged, CustomerOrder, Instrument, InstrumentOrder, InstrumentStanding, Listing, MethodNews, Refund, RefundOrder,
    Request, Response, Trouble, Verb,
};

use super::settle;
use crate::adapters::http::{self, BadSettings, Carrier, Credential, Http};
use crate::ports::Gateway;
use crate::secret::Secret;

/// Stripe's address.
const BASE: &str = "https://api.stripe.com";
/// Pages of a list that are read for one thing at most: of a hundred each.
const PAGES_MAX: usize = 20;
/// How long after it was made an attempt that shows no try may still be at one.
const UNTRIED_HOURS: i64 = 1;
/// How far back a page of ours is looked for that nobody named; Stripe's live a day.
const PAGE_BACK_HOURS: i64 = 24 * 31;

/// One account at Stripe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StripeSettings {
    /// The API: its address and patience.
    pub api: http::Settings,
    /// The secret key, or a restricted one.
    pub key: Secret,
    /// The account's zone: its days are those of payments.
    pub zone: Zone,
    /// Where Stripe's page sends the payer afterwards; without it no page is issued.
    pub back: Option<Return>,
    /// Whether the account is only mirrored: what is checked is what a mirror reads.
    pub mirror: bool,
    /// Whether Stripe's fee is asked for too, which needs the right to read the balance.
    pub with_fee: bool,
    /// To whom it is said.
    pub dialect: Dialect,
}

impl StripeSettings {
    /// Stripe itself, by a key.
    #[must_use]
    pub fn new(key: Secret, zone: Zone) -> Self {
        let api = http::Settings::new(BASE);
        Self { api, key, zone, back: None, mirror: false, with_fee: false, dialect: Dialect::Stripe }
    }

    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        self.api.check()?;
        let key = self.key.expose();
        if !(key.starts_with("sk_") || key.starts_with("rk_")) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let why =
                "the key of Stripe is none: a secret one begins sk_, a restricted one rk_; both stand under API keys in its dashboard";
            return Err(BadSettings(why.to_owned()));
        }
        Ok(())
    }
}

/// Stripe over a carrier.
pub struct Stripe<C = Http> {
    carrier: C,
    key: Credential,
    settings: StripeSettings,
    clock: Box<dyn FnMut() -> Instant + Send>,
}

impl<C> std::fmt::Debug for Stripe<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stripe({})", self.settings.api.base)
    }
}

impl Stripe {
    /// Gets ready; nothing is sent.
    ///
    /// # Errors
    /// [`BadSettings`], as [`StripeSettings::check`].
    pub fn new(settings: StripeSettings, clock: impl FnMut() -> Instant + Send + 'static) -> Result<Self, BadSettings> {
        settings.check()?;
        let carrier = Http::new(&settings.api)?;
        Ok(Self::over(settings, carrier, clock))
    }
}

impl<C: Carrier> Stripe<C> {
    /// The same over another carrier, such as one that only reads.
    #[must_use]
    pub fn over(settings: StripeSettings, carrier: C, clock: impl FnMut() -> Instant + Send + 'static) -> Self {
        Self { carrier, key: Credential::bearer(&settings.key), settings, clock: Box::new(clock) }
    }

    /// Carries any request of the dialect, such as those of the mirror.
    ///
    /// # Errors
    /// As [`Carrier::carry`].
    pub fn call(&mut self, request: &Request) -> Result<Response, Trouble> {
        self.carrier.carry(request, std::slice::from_ref(&self.key))
    }

    /// The first of what is looked for in a list, page by page.
    fn first_of<T>(
        &mut self,
        ask: impl Fn(Option<&str>) -> Request,
        read: impl Fn(&Response) -> Result<Page<T>, Trouble>,
    ) -> Result<Option<T>, Trouble> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let response = self.call(&ask(after.as_deref()))?;
            let page = read(&response)?;
            if let Some(item) = page.items.into_iter().next() {
                return Ok(Some(item));
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(None),
            }
        }
        Err(endless())
    }

    /// Our attempt among the intents of its customer.
    fn find(&mut self, order: &ChargeOrder) -> Result<Charged, Trouble> {
        let (zone, dialect) = (self.settings.zone, self.settings.dialect);
        let since = requests::since(order.charge);
        let found = self.first_of(
            |after| requests::intents_of(&order.customer_token, Some(since), after, dialect),
            |response| replies::found(response, order.charge, zone),
        )?;
        let found = found.ok_or(Trouble::NotFound)?;
        self.tried(order, found)
    }

    /// An intent is made, and then tried: one that shows neither success nor a refusal may be between the two right now.
    fn tried(&mut self, order: &ChargeOrder, charged: Charged) -> Result<Charged, Trouble> {
        let untried = matches!(&charged, Charged::Declined { signals, .. } if signals.is_empty());
        let made = Instant::from_secs(i64::try_from(order.charge.millis() / 1000).unwrap_or(i64::MAX));
        if untried && (self.clock)() < made.plus_hours(UNTRIED_HOURS) {
            return Err(Trouble::Unknown { why: "Stripe has it and shows no try of it yet; ask again later".to_owned() });
        }
        Ok(charged)
    }

    fn find_page(&mut self, key: &str, customer: Option<&str>) -> Result<Instrument, Trouble> {
        let (zone, since) = (self.settings.zone, (self.clock)().plus_hours(-PAGE_BACK_HOURS));
        let found = self.first_of(|after| requests::pages(customer, since, after), |response| replies::page_found(response, key, zone))?;
        found.ok_or(Trouble::NotFound)
    }

    fn look_at_page(&mut self, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        let Some(reference) = reference else { return self.find_page(key, None) };
        let response = self.call(&requests::page_look(reference))?;
        replies::pay_page(&response, Verb::Get, self.settings.zone)
    }

    /// A customer of ours that Stripe's search knows, or, where there is no search, one with the same address.
    fn known(&mut self, order: &CustomerOrder) -> Result<Option<String>, Trouble> {
        if self.settings.dialect == Dialect::Stripe {
            let response = self.call(&requests::customer_search(&order.key))?;
            match replies::customer_found(&response, &order.key) {
                Ok(page) => return Ok(page.items.into_iter().next()),
                // Not in every country, and not for every key.
                Err(Trouble::Refused { .. } | Trouble::NotFound) => {}
                Err(trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. })) => return Err(trouble),
            }
        }
        let Some(email) = order.payer.email.as_deref().filter(|email| !email.is_empty()) else { return Ok(None) };
        self.first_of(|after| requests::customers_with(email, after), |response| replies::customer_found(response, &order.key))
    }
}

/// More pages than there can be of what is looked for.
fn endless() -> Trouble {
    let why = format!("Stripe lists more than {PAGES_MAX} pages of what should be a few; look at this customer in its dashboard");
    Trouble::Outage { why, wait_secs: None }
}

fn only_card(rail: Rail) -> Result<(), Trouble> {
    if rail == Rail::Card {
        return Ok(());
    }
    Err(Trouble::Refused { code: "rail".to_owned(), why: format!("{rail} is not issued over Stripe here; use another gateway for it") })
}

impl<C: Carrier> Gateway for Stripe<C> {
    fn charge(&mut self, order: &ChargeOrder) -> Result<Charged, Trouble> {
        let request = requests::charge(order, self.settings.dialect)?;
        let zone = self.settings.zone;
        let ordered = self.call(&request).and_then(|response| replies::charged(&response, zone));
        settle(ordered, || self.find(order))
    }

    fn ask(&mut self, order: &ChargeOrder, reference: Option<&str>) -> Result<Charged, Trouble> {
        if let Some(reference) = reference.filter(|reference| reference.starts_with("pi_")) {
            let response = self.call(&requests::intent(reference, self.settings.with_fee))?;
            match replies::asked(&response, self.settings.zone) {
                Err(Trouble::NotFound) => {}
                Err(trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::Refused { .. })) => return Err(trouble),
                Ok(charged) => return self.tried(order, charged),
            }
        }
        self.find(order)
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    fn issue(&mut self, order: &InstrumentOrder) -> Result<Instrument, Trouble> {
        only_card(order.rail)?;
        let back = self.settings.back.as_ref().ok_or_else(|| Trouble::Refused {
            code: "back".to_owned(),
            why: "the settings of this gateway name no address to which Stripe's page sends the payer afterwards".to_owned(),
        })?;
        let request = requests::pay_page(order, back)?;
        let zone = self.settings.zone;
        let ordered = self.call(&request).and_then(|response| replies::pay_page(&response, Verb::Post, zone));
        settle(ordered, || self.find_page(&order.key, order.customer_token.as_deref()))
    }

    fn look(&mut self, rail: Rail, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        only_card(rail)?;
        self.look_at_page(key, reference)
    }

    fn cancel(&mut self, rail: Rail, key: &str, reference: Option<&str>) -> Result<Instrument, Trouble> {
        only_card(rail)?;
        let reference = match reference {
            Some(reference) => reference.to_owned(),
            None => self.find_page(key, None)?.reference,
        };
        let zone = self.settings.zone;
        let closed = self.call(&requests::page_close(&reference)).and_then(|response| replies::pay_page(&response, Verb::Post, zone));
        match closed {
            // It is not open any more, or nobody knows: it says itself.
            Err(trouble @ (Trouble::Refused { .. } | Trouble::Unknown { .. })) => match self.look_at_page(key, Some(&reference)) {
                Ok(instrument) if instrument.standing != InstrumentStanding::Open => Ok(instrument),
                Ok(_) | Err(_) => Err(trouble),
            },
            Err(trouble @ (Trouble::Outage { .. } | Trouble::NotFound)) => Err(trouble),
            Ok(instrument) => Ok(instrument),
        }
    }

    fn refund(&mut self, order: &RefundOrder) -> Result<Refund, Trouble> {
        let request = requests::refund(order)?;
        let ordered = self.call(&request).and_then(|response| replies::refunded(&response));
        settle(ordered, || {
            let found =
                self.first_of(|after| requests::refunds_of(&order.payment, after), |response| replies::refund_found(response, &order.key))?;
            found.ok_or(Trouble::NotFound)
        })
    }

    fn customer(&mut self, order: &CustomerOrder) -> Result<String, Trouble> {
        if let Some(known) = self.known(order)? {
            return Ok(known);
        }
        // Search lags behind: the key of the order makes it one customer all the same.
        let response = self.call(&requests::customer_create(order))?;
        replies::customer(&response)
    }

    fn methods(&mut self, customer_token: &str) -> Result<Vec<MethodNews>, Trouble> {
        // A stand-in lists one kind only.
        let kind = if self.settings.dialect == Dialect::Plain { Some("card") } else { None };
        let mut methods = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let response = self.call(&requests::methods(customer_token, kind, after.as_deref()))?;
            let page = replies::methods(&response)?;
            methods.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(methods),
            }
        }
        Err(endless())
    }

    fn list(&mut self, since: Instant, until: Instant, place: Option<&str>) -> Result<Listing, Trouble> {
        let response = self.call(&reading::events(since, until, place))?;
        events::listed(&response, self.settings.zone)
    }

    fn check(&mut self) -> Result<String, Trouble> {
        let mut read = Vec::new();
        for (right, request) in reading::checks(self.settings.mirror) {
            let response = self.call(&request)?;
            match replies::readable(&response) {
                Ok(()) => read.push(right),
                Err(Trouble::Refused { code, why }) => return Err(Trouble::Refused { code, why: format!("{right}: {why}") }),
                Err(trouble @ (Trouble::Outage { .. } | Trouble::Unknown { .. } | Trouble::NotFound)) => return Err(trouble),
            }
        }
        Ok(format!("the key reads {}", read.join(", ")))
    }
}

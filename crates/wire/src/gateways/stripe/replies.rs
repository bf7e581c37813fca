//! Stripe's replies to what was asked: what became of it, in words that every gateway shares.
//!
//! Deliberately absent: asking again. A reply says what it says; who asks decides what to ask next.

use regua_core::ids::ChargeId;
use regua_core::time::{Instant, Zone};
use serde_json::Value;

use super::super::{Charged, Instrument, InstrumentStanding, MethodNews, Refund, RefundStanding, Response, Settlement, Trouble, Verb};
use super::errors::{Answer, unreadable};
use super::intents::{self, declined, latest_charge, meta};
use super::methods::method;
use super::read::{items, link, moment, name, next, object, own_name, text, whole};
use super::signals::Failure;
use super::{META_CHARGE, META_CUSTOMER, META_INSTRUMENT, META_REFUND, money};

/// What a page of a list held of what was looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page<T> {
    /// It, in Stripe's order: the newest first; where several can be the one that is looked for, the likeliest first.
    pub items: Vec<T>,
    /// Behind what the next page begins; none when this is the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Reads a page, item by item; what `read` has nothing for is left out.
    pub(super) fn of(response: &Response, read: impl FnMut(&Value) -> Option<T>) -> Result<Self, Trouble> {
        let page = Answer::of(response, Verb::Get).good()?;
        Ok(Self { items: items(&page).iter().filter_map(read).collect(), next: next(&page) })
    }
}

/// What became of an attempt that was just ordered ([`super::requests::charge`]).
///
/// # Errors
/// [`Trouble::Unknown`] when it may have happened.
pub fn charged(response: &Response, zone: Zone) -> Result<Charged, Trouble> {
    match Answer::of(response, Verb::Post) {
        Answer::Good(intent) => standing(&intent, zone, Verb::Post),
        Answer::Declined(error) => refused(&error, zone),
        // What was asked for is made by this request: not found is the address.
        Answer::Bad(Trouble::NotFound, _) => Err(Trouble::Refused {
            code: "not_found".to_owned(),
            why: "404; look at the base address in the settings, or at what this stand-in knows".to_owned(),
        }),
        Answer::Bad(trouble, _) => Err(trouble),
    }
}

/// Where an attempt stands ([`super::requests::intent`]).
///
/// # Errors
/// [`Trouble::NotFound`] when Stripe does not have it.
pub fn asked(response: &Response, zone: Zone) -> Result<Charged, Trouble> {
    standing(&Answer::of(response, Verb::Get).good()?, zone, Verb::Get)
}

/// Our attempt among the intents of a customer ([`super::requests::intents_of`]): what became of it, what took money first.
///
/// # Errors
/// [`Trouble::Outage`] when it cannot be read now.
pub fn found(response: &Response, charge: ChargeId, zone: Zone) -> Result<Page<Charged>, Trouble> {
    let id = charge.to_string();
    let mut page = Page::of(response, |intent| {
        let ours = meta(intent, META_CHARGE) == Some(&id);
        ours.then(|| standing(intent, zone, Verb::Get))
    })?;
    let mut items = page.items.drain(..).collect::<Result<Vec<Charged>, Trouble>>()?;
    // Two can only be there when the same attempt was sent again after Stripe had forgotten its key.
    items.sort_by_key(|charged| match charged {
        Charged::Settled(_) => 0,
        Charged::Pending { .. } => 1,
        Charged::NeedsPayer { .. } => 2,
        Charged::Declined { .. } => 3,
    });
    Ok(Page { items, next: page.next })
}

/// Where an intent stands after it was asked to be cancelled ([`super::requests::intent_cancel`]).
///
/// # Errors
/// [`Trouble::Refused`] when Stripe does not say where it stands: ask.
pub fn cancelled(response: &Response, zone: Zone) -> Result<Charged, Trouble> {
    match Answer::of(response, Verb::Post) {
        Answer::Good(intent) => standing(&intent, zone, Verb::Post),
        // The payer, or the bank, was faster: the refusal holds the intent as it stands.
        Answer::Bad(trouble, error) => {
            let intent = error.as_ref().and_then(|error| object(error, "payment_intent"));
            intent.map_or(Err(trouble), |intent| standing(intent, zone, Verb::Post))
        }
        Answer::Declined(error) => refused(&error, zone),
    }
}

fn standing(intent: &Value, zone: Zone, verb: Verb) -> Result<Charged, Trouble> {
    let attempt = intents::intent(intent, zone, None).map_err(|lacks| unreadable(verb, lacks))?;
    // Ours are confirmed as they are made: one that was never tried took nothing, and nobody will try it.
    Ok(attempt.charged.unwrap_or(Charged::Declined { reference: Some(attempt.payment), signals: Vec::new() }))
}

/// A decline, with what its intent adds.
fn refused(error: &Value, zone: Zone) -> Result<Charged, Trouble> {
    let intent = object(error, "payment_intent");
    let stands = intent.and_then(|intent| intents::intent(intent, zone, None).ok()).and_then(|attempt| attempt.charged);
    match stands {
        // Not what a decline says; but what took money, or still may, is never called declined.
        Some(stands @ (Charged::Settled(_) | Charged::Pending { .. })) => Ok(stands),
        Some(Charged::NeedsPayer { reference, link, .. }) if link.is_some() => {
            Ok(Charged::NeedsPayer { reference, link, signals: failure(error, intent).signals() })
        }
        Some(Charged::NeedsPayer { .. } | Charged::Declined { .. }) | None => {
            Ok(declined(name(error, "payment_intent").map(str::to_owned), failure(error, intent)))
        }
    }
}

fn failure<'a>(error: &'a Value, intent: Option<&'a Value>) -> Failure<'a> {
    Failure { error: Some(error), charge: intent.and_then(latest_charge) }
}

/// What became of a refund that was just ordered.
///
/// # Errors
/// As [`charged`].
pub fn refunded(response: &Response) -> Result<Refund, Trouble> {
    let refund = Answer::of(response, Verb::Post).good()?;
    refund_of(&refund).ok_or_else(|| unreadable(Verb::Post, "a refund without a name"))
}

/// Our refund among those of its payment.
///
/// # Errors
/// As [`found`].
pub fn refund_found(response: &Response, key: &str) -> Result<Page<Refund>, Trouble> {
    Page::of(response, |refund| refund_of(refund).filter(|_| meta(refund, META_REFUND) == Some(key)))
}

fn refund_of(refund: &Value) -> Option<Refund> {
    let standing = match text(refund, "status") {
        // The oldest refunds had no status: they were done as they were made.
        Some("succeeded") | None => RefundStanding::Done,
        Some("failed" | "canceled") => {
            RefundStanding::Refused { why: text(refund, "failure_reason").filter(|why| why.len() <= 80).unwrap_or("not told").to_owned() }
        }
        Some(_) => RefundStanding::Pending,
    };
    Some(Refund { reference: own_name(refund)?.to_owned(), standing })
}

/// Stripe's name of a customer that was just made, or read.
///
/// # Errors
/// As [`charged`].
pub fn customer(response: &Response) -> Result<String, Trouble> {
    let customer = Answer::of(response, Verb::Post).good()?;
    own_name(&customer).map(str::to_owned).ok_or_else(|| unreadable(Verb::Post, "a customer without a name"))
}

/// Our customer among those of a search or a list.
///
/// # Errors
/// As [`found`].
pub fn customer_found(response: &Response, key: &str) -> Result<Page<String>, Trouble> {
    Page::of(response, |customer| own_name(customer).filter(|_| meta(customer, META_CUSTOMER) == Some(key)).map(str::to_owned))
}

/// The stored methods of a customer; those that are no scheme of ours are left out.
///
/// # Errors
/// [`Trouble::NotFound`] when Stripe does not know the customer.
pub fn methods(response: &Response) -> Result<Page<MethodNews>, Trouble> {
    Page::of(response, |value| method(value, false))
}

/// The method that came of a set-up, once there is one ([`super::requests::setup`]).
///
/// # Errors
/// As [`asked`].
pub fn set_up(response: &Response) -> Result<Option<MethodNews>, Trouble> {
    let setup = Answer::of(response, Verb::Get).good()?;
    Ok(object(&setup, "payment_method").and_then(|value| method(value, false)))
}

/// A page as it was just made, looked at, or closed.
///
/// # Errors
/// As [`charged`]; [`Trouble::Refused`] when it was to be closed and is not open any more: look.
pub fn pay_page(response: &Response, verb: Verb, zone: Zone) -> Result<Instrument, Trouble> {
    let session = Answer::of(response, verb).good()?;
    page_of(&session, zone, None).map_err(|lacks| unreadable(verb, lacks))
}

/// Our page among those of a list.
///
/// # Errors
/// As [`found`].
pub fn page_found(response: &Response, key: &str, zone: Zone) -> Result<Page<Instrument>, Trouble> {
    Page::of(response, |session| page_of(session, zone, None).ok().filter(|_| page_key(session) == Some(key)))
}

/// Our key of a page.
pub(super) fn page_key(session: &Value) -> Option<&str> {
    meta(session, META_INSTRUMENT).or_else(|| text(session, "client_reference_id"))
}

/// A page as it stands.
pub(super) fn page_of(session: &Value, zone: Zone, told: Option<Instant>) -> Result<Instrument, &'static str> {
    let reference = own_name(session).ok_or("a page without a name")?.to_owned();
    let is_paid = text(session, "payment_status") == Some("paid");
    let standing = match text(session, "status") {
        _ if is_paid && text(session, "mode") == Some("payment") => InstrumentStanding::Paid(vec![paid(session, zone, told)?]),
        Some("expired") => InstrumentStanding::Closed,
        // Complete without being paid: the money is on its way, and whether it comes is told later.
        Some(_) | None => InstrumentStanding::Open,
    };
    Ok(Instrument { reference, brcode: None, boleto_line: None, link: link(session, "url"), standing })
}

fn paid(session: &Value, zone: Zone, told: Option<Instant>) -> Result<Settlement, &'static str> {
    if let Some(intent) = object(session, "payment_intent")
        && let Some(Charged::Settled(settlement)) = intents::intent(intent, zone, told)?.charged
    {
        return Ok(settlement);
    }
    let reference = name(session, "payment_intent").ok_or("a paid page without a payment")?.to_owned();
    let amount = whole(session, "amount_total").zip(text(session, "currency")).and_then(|(number, currency)| money::read(number, currency));
    let at = told.or_else(|| moment(session, "created")).ok_or("a paid page without a moment")?;
    let amount = amount.ok_or("a paid page without an amount")?;
    Ok(Settlement { reference, amount, paid_on: zone.day_of(at), at: Some(at), rail: regua_core::words::Rail::Card, fee: None })
}

/// Whether something can be read with the key ([`super::reading::checks`]).
///
/// # Errors
/// Why not, and the mend.
pub fn readable(response: &Response) -> Result<(), Trouble> {
    Answer::of(response, Verb::Get).good().map(drop)
}

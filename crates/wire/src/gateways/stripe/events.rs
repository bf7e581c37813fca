//! What an event says, of any version since 2013.
//!
//! An event says what was so when it happened; it can be old, come twice, or come before an earlier one. So what it says of a
//! biller's objects is only that there is something to read anew, and what it says of money names the payment, so that it is
//! booked once. Three things are told by several events, on purpose: an endpoint may be subscribed to any of them.
//!
//! Until March 2025 (`basil`) an invoice named its intent, charge and subscription, and an intent its invoice; since then the
//! invoice has a list of payments. Here that only decides whether an attempt also points to an invoice; [`super::mirror`] reads
//! either shape.
//!
//! Deliberately absent: events of connected accounts, quotes, payouts, products. They are nothing here.

use regua_core::time::{Instant, Zone};
use serde_json::Value;

use super::super::{Charged, Heard, InstrumentStanding, Listing, News, Response, Trouble, mirror};
use super::intents::{self, Attempt};
use super::methods::{mandate, method};
use super::money;
use super::read::{list, moment, name, object, own_name, text, whole};
use super::replies::{Page, page_key, page_of};

/// Bytes of an event's kind that are kept for people.
const KIND_MAX: usize = 100;

/// A page of the list of events ([`super::reading::events`]).
///
/// An event that cannot be read does not hold up the others: it is told as nothing, and its kind says so.
///
/// # Errors
/// [`Trouble::Outage`] when it cannot be read now.
pub fn listed(response: &Response, zone: Zone) -> Result<Listing, Trouble> {
    let page = Page::of(response, |event| {
        Some(heard(event, zone).unwrap_or_else(|_| {
            let kind = format!("{} (cannot be read)", kind_of(event).unwrap_or("event"));
            let event_id = own_name(event).unwrap_or("without a name").to_owned();
            vec![Heard { event: event_id, kind, news: News::Nothing, at: moment(event, "created") }]
        }))
    })?;
    Ok(Listing { heard: page.items.into_iter().flatten().collect(), next: page.next })
}

/// What one event says; the reason when it cannot be read, without anything of a person.
pub(super) fn heard(event: &Value, zone: Zone) -> Result<Vec<Heard>, String> {
    let id = own_name(event).ok_or("an event without a name")?;
    let kind = kind_of(event).ok_or("an event without a type")?;
    let thin = text(event, "object") == Some("v2.core.event") || event.get("related_object").is_some();
    let at = if thin { text(event, "created").and_then(|at| Instant::parse(at).ok()) } else { moment(event, "created") };
    let news = if thin {
        of_thin(event)
    } else {
        let data = object(event, "data").and_then(|data| object(data, "object")).ok_or_else(|| format!("{kind}: no object"))?;
        let previous = object(event, "data").and_then(|data| object(data, "previous_attributes"));
        let said = Said { object: data, previous, at, zone };
        news(kind, &said).map_err(|lacks| format!("{kind}: {lacks}"))?
    };
    let news = if news.is_empty() { vec![News::Nothing] } else { news };
    // Several things that one event says stay apart, and are the same when it comes again.
    let event_id = |place: usize| if place == 0 { id.to_owned() } else { format!("{id}/{place}") };
    let heard = news.into_iter().enumerate();
    Ok(heard.map(|(place, news)| Heard { event: event_id(place), kind: kind.to_owned(), news, at }).collect())
}

fn kind_of(event: &Value) -> Option<&str> {
    text(event, "type").filter(|kind| kind.len() <= KIND_MAX && kind.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// What an event is about.
struct Said<'a> {
    object: &'a Value,
    previous: Option<&'a Value>,
    at: Option<Instant>,
    zone: Zone,
}

type Told = Result<Vec<News>, &'static str>;

fn news(kind: &str, said: &Said<'_>) -> Told {
    let value = said.object;
    match kind {
        "payment_intent.succeeded"
        | "payment_intent.processing"
        | "payment_intent.requires_action"
        | "payment_intent.payment_failed"
        | "payment_intent.canceled" => Ok(attempt(intents::intent(value, said.zone, said.at)?)),
        "charge.succeeded" | "charge.failed" | "charge.captured" | "charge.updated" | "charge.pending" => {
            Ok(attempt(intents::charge(value, said.zone, said.at)?))
        }
        "charge.expired" => {
            // What was held for a capture that never came is free again.
            let mut expired = intents::charge(value, said.zone, said.at)?;
            expired.charged = Some(Charged::Declined { reference: Some(expired.payment.clone()), signals: Vec::new() });
            Ok(attempt(expired))
        }
        "charge.refunded" => {
            // Since 2022 the list of refunds is not in it; then `refund.created` tells of each.
            let payment = name(value, "payment_intent").or_else(|| own_name(value)).ok_or("a charge without a name")?;
            let each = list(value, "refunds").iter().map(|refund| refunded(refund, Some(payment), said));
            each.filter_map(Result::transpose).collect()
        }
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.created" | "charge.refund.updated" => {
            Ok(refunded(value, None, said)?.into_iter().collect())
        }
        "charge.dispute.created" | "charge.dispute.funds_withdrawn" | "charge.dispute.funds_reinstated" | "charge.dispute.closed" => {
            Ok(disputed(kind, said)?.into_iter().collect())
        }
        "payment_method.attached"
        | "payment_method.updated"
        | "payment_method.automatically_updated"
        | "payment_method.card_automatically_updated"
        | "customer.source.created"
        | "customer.source.updated"
        | "customer.source.expiring" => Ok(method(value, false).map(News::Method).into_iter().collect()),
        "payment_method.detached" | "customer.source.deleted" => Ok(taken_away(said)),
        "mandate.updated" => Ok(mandate(value).map(News::Method).into_iter().collect()),
        "setup_intent.succeeded" => {
            Ok(object(value, "payment_method").and_then(|value| method(value, false)).map(News::Method).into_iter().collect())
        }
        _ if kind.starts_with("checkout.session.") => page(kind, said),
        _ => Ok(mirrored(kind, value)),
    }
}

/// An attempt, and the invoice that it names.
fn attempt(attempt: Attempt) -> Vec<News> {
    let mut news = Vec::new();
    let reference = attempt.reference().to_owned();
    match (attempt.charged, attempt.instrument) {
        (Some(Charged::Settled(settlement)), Some(key)) => {
            let standing = InstrumentStanding::Paid(vec![settlement]);
            news.push(News::Instrument { reference: attempt.payment, key: Some(key), standing });
        }
        (Some(charged @ Charged::Settled(_)), None) => news.push(News::Charge { charge: attempt.ours, reference, charged }),
        // Of somebody else's only what became a charge was an attempt: an intent may be made, held or cancelled without one.
        (Some(charged), _) if attempt.ours.is_some() || attempt.charge.is_some() => {
            news.push(News::Charge { charge: attempt.ours, reference, charged });
        }
        (Some(_) | None, _) => {}
    }
    news.extend(attempt.invoice.map(|reference| News::Mirror { object: mirror::INVOICE.to_owned(), reference }));
    news
}

/// A refund that is done; one that is on its way, or failed, is nothing yet.
fn refunded(refund: &Value, payment: Option<&str>, said: &Said<'_>) -> Result<Option<News>, &'static str> {
    if !matches!(text(refund, "status"), Some("succeeded") | None) {
        return Ok(None);
    }
    let named = payment.or_else(|| name(refund, "payment_intent")).or_else(|| name(refund, "charge"));
    let payment = named.ok_or("a refund without its payment")?.to_owned();
    let name = own_name(refund).ok_or("a refund without a name")?.to_owned();
    let amount = whole(refund, "amount").zip(text(refund, "currency")).and_then(|(number, currency)| money::read(number, currency));
    let amount = amount.ok_or("a refund without an amount")?;
    let at = moment(refund, "created").or(said.at).ok_or("a refund without a moment")?;
    Ok(Some(News::Refunded { payment, refund: name, amount, on: said.zone.day_of(at) }))
}

/// Money that the payer's bank took back, or gave again.
fn disputed(kind: &str, said: &Said<'_>) -> Result<Option<News>, &'static str> {
    let dispute = said.object;
    let status = text(dispute, "status").unwrap_or_default();
    // An inquiry takes no money, and neither does one that was prevented.
    let asks_only = status.starts_with("warning_") || status == "prevented";
    let won = kind == "charge.dispute.funds_reinstated" || (kind == "charge.dispute.closed" && status == "won");
    if !won && (asks_only || (kind == "charge.dispute.closed" && status != "lost")) {
        return Ok(None);
    }
    let payment = name(dispute, "payment_intent").or_else(|| name(dispute, "charge")).ok_or("a dispute without its payment")?.to_owned();
    // The first ones had no name of their own: a charge had one dispute.
    let name = own_name(dispute).or_else(|| name(dispute, "charge")).ok_or("a dispute without a name")?.to_owned();
    let amount = whole(dispute, "amount").zip(text(dispute, "currency")).and_then(|(number, currency)| money::read(number, currency));
    let amount = amount.ok_or("a dispute without an amount")?;
    let created = moment(dispute, "created");
    let at = if won { said.at.or(created) } else { created.or(said.at) };
    let on = said.zone.day_of(at.ok_or("a dispute without a moment")?);
    Ok(Some(if won {
        News::DisputeWon { payment, dispute: name, amount, on }
    } else {
        News::ChargedBack { payment, dispute: name, amount, on }
    }))
}

/// A method without its customer: whose it was stands in what it was before.
fn taken_away(said: &Said<'_>) -> Vec<News> {
    let mut gone = method(said.object, true);
    if let Some(gone) = &mut gone
        && gone.customer_token.is_none()
    {
        gone.customer_token = said.previous.and_then(|previous| name(previous, "customer")).map(str::to_owned);
    }
    gone.map(News::Method).into_iter().collect()
}

/// A page of ours; others are the merchant's own business, and their payments are told by their intents.
fn page(kind: &str, said: &Said<'_>) -> Told {
    let Some(key) = page_key(said.object).map(str::to_owned) else { return Ok(Vec::new()) };
    let page = page_of(said.object, said.zone, said.at)?;
    let standing = match (kind, page.standing) {
        (_, paid @ InstrumentStanding::Paid(_)) => paid,
        ("checkout.session.expired" | "checkout.session.async_payment_failed", _) | (_, InstrumentStanding::Closed) => {
            InstrumentStanding::Closed
        }
        (_, InstrumentStanding::Open) => return Ok(Vec::new()),
    };
    Ok(vec![News::Instrument { reference: page.reference, key: Some(key), standing }])
}

/// Objects of a biller, to be read anew.
fn mirrored(kind: &str, value: &Value) -> Vec<News> {
    let found = match kind {
        "customer.created" | "customer.updated" | "customer.deleted" => own_name(value).map(|name| (mirror::CUSTOMER, name)),
        // A look ahead: no invoice yet.
        "invoice.upcoming" => None,
        _ if kind.starts_with("customer.subscription.") => own_name(value).map(|name| (mirror::SUBSCRIPTION, name)),
        _ if kind.starts_with("invoice.") => own_name(value).map(|name| (mirror::INVOICE, name)),
        _ if kind.starts_with("invoice_payment.") => name(value, "invoice").map(|name| (mirror::INVOICE, name)),
        _ if kind.starts_with("subscription_schedule.") => {
            let named = name(value, "subscription").or_else(|| name(value, "released_subscription"));
            named.map(|name| (mirror::SUBSCRIPTION, name))
        }
        _ => None,
    };
    found.map(|(object, reference)| News::Mirror { object: object.to_owned(), reference: reference.to_owned() }).into_iter().collect()
}

/// An event that only names what it is about: it is read anew.
fn of_thin(event: &Value) -> Vec<News> {
    let Some((related, reference)) = object(event, "related_object").and_then(|related| Some((related, own_name(related)?))) else {
        return Vec::new();
    };
    let reference = reference.to_owned();
    match text(related, "type").unwrap_or_default() {
        object @ (mirror::CUSTOMER | mirror::INVOICE | mirror::SUBSCRIPTION) => vec![News::Mirror { object: object.to_owned(), reference }],
        "payment_intent" => {
            vec![News::Charge { charge: None, reference: reference.clone(), charged: Charged::Pending { reference } }]
        }
        _ => Vec::new(),
    }
}

//! Stripe's objects of billing, read in the shape of any version: what moved or vanished is looked for where it was before.
//!
//! Until March 2025 (`basil`) an invoice named its intent, its charge and its subscription, and a subscription its period; since
//! then an invoice has a list of payments and a parent, and each price of a subscription a period of its own.
//!
//! Deliberately absent: refusing what is unknown. A field that came later is left alone, a word that came later is kept.

use regua_core::time::Zone;
use serde_json::Value;

use super::{
    CameTo, Collection, InvoicePayment, InvoiceStatus, MirroredAttempt, MirroredCustomer, MirroredInvoice, MirroredSubscription,
    SubscriptionStatus,
};
use crate::gateways::Charged;
use crate::gateways::stripe::methods::charged_with;
use crate::gateways::stripe::read::{at, link, list, moment, name, object, own_name, text, truth, whole};
use crate::gateways::stripe::{META_CUSTOMER, intents, money};

/// Payments on one invoice that are kept; an invoice with more is read through its own list.
const PAYMENTS_MAX: usize = 100;
/// Languages of a customer that are kept.
const LOCALES_MAX: usize = 10;
/// Characters of a text of a person.
const TEXT_MAX: usize = 500;

/// A customer as it stands.
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn customer(value: &Value) -> Result<MirroredCustomer, &'static str> {
    let told = |key: &str| text(value, key).map(|text| text.chars().take(TEXT_MAX).collect::<String>());
    let settings = object(value, "invoice_settings");
    let method = settings.and_then(|settings| name(settings, "default_payment_method")).or_else(|| name(value, "default_source"));
    let balance = whole(value, "balance").or_else(|| whole(value, "account_balance")).zip(text(value, "currency"));
    let locales = list(value, "preferred_locales").iter().filter_map(Value::as_str).take(LOCALES_MAX);
    Ok(MirroredCustomer {
        reference: own_name(value).ok_or("a customer without a name")?.to_owned(),
        key: intents::meta(value, META_CUSTOMER).map(str::to_owned),
        name: told("name"),
        email: told("email"),
        phone: told("phone"),
        country: at(value, &["address", "country"]).and_then(Value::as_str).filter(|country| country.len() == 2).map(str::to_owned),
        locales: locales.map(str::to_owned).collect(),
        default_method: method.map(str::to_owned),
        balance: balance.and_then(|(number, currency)| money::read(number, currency)),
        delinquent: truth(value, "delinquent") == Some(true),
        deleted: truth(value, "deleted") == Some(true),
        created_at: moment(value, "created"),
    })
}

/// An invoice as it stands, of the versions before and since `basil`.
///
/// * `zone` — of the account: its days are days there.
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn invoice(value: &Value, zone: Zone) -> Result<MirroredInvoice, &'static str> {
    let currency = text(value, "currency").ok_or("an invoice without a currency")?;
    let amount = |number: i64| money::read(number, currency).ok_or("an invoice with an amount that cannot be read");
    let status = invoice_status(value);
    let due = whole(value, "amount_due").or_else(|| whole(value, "total")).ok_or("an invoice without an amount")?;
    let of_paid = if status == InvoiceStatus::Paid { due } else { 0 };
    let paid = whole(value, "amount_paid").unwrap_or(of_paid);
    let remaining = whole(value, "amount_remaining").unwrap_or_else(|| due.saturating_sub(paid).max(0));
    let transitions = object(value, "status_transitions");
    let issued = moment(value, "effective_at").or_else(|| transitions.and_then(|moments| moment(moments, "finalized_at")));
    let issued = issued.or_else(|| moment(value, "created")).or_else(|| moment(value, "date")).ok_or("an invoice without a moment")?;
    let parent = at(value, &["parent", "subscription_details"]);
    let subscription = parent.and_then(|details| name(details, "subscription")).or_else(|| name(value, "subscription"));
    Ok(MirroredInvoice {
        reference: own_name(value).ok_or("an invoice without a name")?.to_owned(),
        number: text(value, "number").map(|number| number.chars().take(TEXT_MAX).collect()),
        customer: name(value, "customer").map(str::to_owned),
        status,
        collection: collection(value),
        amount_due: amount(due)?,
        amount_paid: amount(paid)?,
        amount_remaining: amount(remaining)?,
        issued_on: zone.day_of(issued),
        due_on: moment(value, "due_date").map(|due| zone.day_of(due)),
        attempt_count: whole(value, "attempt_count"),
        attempted: truth(value, "attempted") == Some(true),
        next_payment_attempt: moment(value, "next_payment_attempt"),
        // Before 2018 `closed` said the same, the other way round.
        auto_advance: truth(value, "auto_advance").or_else(|| truth(value, "closed").map(|closed| !closed)),
        payments: payments(value, currency),
        subscription: subscription.map(str::to_owned),
        link: link(value, "hosted_invoice_url"),
    })
}

fn invoice_status(value: &Value) -> InvoiceStatus {
    let is = |key: &str| truth(value, key) == Some(true);
    match text(value, "status") {
        Some("draft") => InvoiceStatus::Draft,
        Some("paid") => InvoiceStatus::Paid,
        Some("uncollectible") => InvoiceStatus::Uncollectible,
        Some("void" | "deleted") => InvoiceStatus::Void,
        // A word that came later is looked at as what is owed; the amounts say how much.
        Some(_) => InvoiceStatus::Open,
        // Before 2018 an invoice had no status.
        None if is("paid") => InvoiceStatus::Paid,
        None if is("forgiven") => InvoiceStatus::Uncollectible,
        None if is("deleted") => InvoiceStatus::Void,
        None => InvoiceStatus::Open,
    }
}

fn collection(value: &Value) -> Collection {
    match text(value, "collection_method").or_else(|| text(value, "billing")) {
        Some("send_invoice") => Collection::Sends,
        Some(_) | None => Collection::Charges,
    }
}

/// What was tried on an invoice: its list of payments, else the one payment that older versions name.
fn payments(value: &Value, currency: &str) -> Vec<InvoicePayment> {
    let listed = list(value, "payments");
    if !listed.is_empty() {
        return listed.iter().take(PAYMENTS_MAX).filter_map(|payment| invoice_payment(payment).ok()).collect();
    }
    let payment = name(value, "payment_intent").or_else(|| name(value, "charge"));
    let paid = truth(value, "paid") == Some(true) || text(value, "status") == Some("paid");
    let amount = if paid { whole(value, "amount_paid").and_then(|number| money::read(number, currency)) } else { None };
    let paid_at = object(value, "status_transitions").and_then(|moments| moment(moments, "paid_at"));
    payment.map(|payment| InvoicePayment { payment: payment.to_owned(), paid, amount, paid_at }).into_iter().collect()
}

/// A payment on an invoice, of the invoice's list or of its own.
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn invoice_payment(value: &Value) -> Result<InvoicePayment, &'static str> {
    let payment = object(value, "payment").ok_or("a payment of an invoice without what was paid")?;
    let named = name(payment, "payment_intent").or_else(|| name(payment, "charge")).or_else(|| name(payment, "payment_record"));
    let amount = whole(value, "amount_paid").zip(text(value, "currency"));
    Ok(InvoicePayment {
        payment: named.ok_or("a payment of an invoice without a name")?.to_owned(),
        paid: text(value, "status") == Some("paid"),
        amount: amount.and_then(|(number, currency)| money::read(number, currency)),
        paid_at: object(value, "status_transitions").and_then(|moments| moment(moments, "paid_at")),
    })
}

/// A subscription as it stands.
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn subscription(value: &Value) -> Result<MirroredSubscription, &'static str> {
    let status = match text(value, "status").ok_or("a subscription without a status")? {
        "incomplete" => SubscriptionStatus::Incomplete,
        "incomplete_expired" => SubscriptionStatus::IncompleteExpired,
        "trialing" => SubscriptionStatus::Trialing,
        "active" => SubscriptionStatus::Active,
        "past_due" => SubscriptionStatus::PastDue,
        "unpaid" => SubscriptionStatus::Unpaid,
        "canceled" => SubscriptionStatus::Canceled,
        "paused" => SubscriptionStatus::Paused,
        other => SubscriptionStatus::Other(other.chars().take(TEXT_MAX).collect()),
    };
    // Since 2025 each price has a period of its own.
    let of_items = || list(value, "items").iter().filter_map(|item| moment(item, "current_period_end")).max();
    let method = name(value, "default_payment_method").or_else(|| name(value, "default_source"));
    let why = at(value, &["cancellation_details", "reason"]).and_then(Value::as_str);
    let pause = at(value, &["pause_collection", "behavior"]).and_then(Value::as_str);
    let word = |word: &str| word.chars().take(TEXT_MAX).collect::<String>();
    Ok(MirroredSubscription {
        reference: own_name(value).ok_or("a subscription without a name")?.to_owned(),
        customer: name(value, "customer").map(str::to_owned),
        status,
        collection: collection(value),
        current_period_end: moment(value, "current_period_end").or_else(of_items),
        cancel_at_period_end: truth(value, "cancel_at_period_end") == Some(true),
        ended_at: moment(value, "ended_at").or_else(|| moment(value, "cancel_at")),
        ended_why: why.map(word),
        pause: pause.map(word),
        default_method: method.map(str::to_owned),
        latest_invoice: name(value, "latest_invoice").map(str::to_owned),
        days_until_due: whole(value, "days_until_due"),
        trial_end: moment(value, "trial_end"),
        created_at: moment(value, "created").or_else(|| moment(value, "start")),
    })
}

/// An attempt by its charge.
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn attempt(value: &Value, zone: Zone) -> Result<MirroredAttempt, &'static str> {
    let read = intents::charge(value, zone, None)?;
    let currency = text(value, "currency").ok_or("a charge without a currency")?;
    let amount = whole(value, "amount").and_then(|number| money::read(number, currency)).ok_or("a charge without an amount")?;
    let outcome = object(value, "outcome");
    let stopped = outcome.and_then(|outcome| text(outcome, "network_status")) == Some("not_sent_to_network");
    let (scheme, fingerprint, expires_on) = match charged_with(value) {
        Some((scheme, fingerprint, expires_on)) => (Some(scheme), fingerprint, expires_on),
        None => (None, None, None),
    };
    let method = name(value, "payment_method").or_else(|| name(value, "source")).or_else(|| name(value, "card"));
    let came_to = match read.charged {
        Some(Charged::Settled(settlement)) => CameTo::Settled(settlement),
        Some(Charged::Pending { .. }) | None => CameTo::Pending,
        Some(Charged::Declined { signals, .. } | Charged::NeedsPayer { signals, .. }) => CameTo::Failed(signals),
    };
    Ok(MirroredAttempt {
        reference: own_name(value).ok_or("a charge without a name")?.to_owned(),
        payment: read.payment,
        invoice: read.invoice,
        ours: read.ours,
        customer: name(value, "customer").map(str::to_owned),
        method: method.map(str::to_owned),
        scheme,
        fingerprint,
        expires_on,
        at: moment(value, "created").ok_or("a charge without a moment")?,
        amount,
        reached_network: !stopped,
        came_to,
    })
}

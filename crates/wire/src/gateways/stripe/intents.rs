//! Payment intents and charges: who tried, with what, and what became of it, in every version's shape.
//!
//! Deliberately absent: the secret of an intent, with which a browser could pay it. It is never read.

use regua_core::charging::{Scheme, Signal};
use regua_core::ids::ChargeId;
use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use serde_json::Value;

use super::super::{Charged, Settlement};
use super::methods::scheme_of_kind;
use super::read::{at, items, link, list, moment, name, object, own_name, text, truth, whole};
use super::signals::Failure;
use super::{META_CHARGE, META_INSTRUMENT, money};

/// An attempt as an intent or a charge shows it.
pub(super) struct Attempt {
    /// Ours, when its metadata repeats it.
    pub ours: Option<ChargeId>,
    /// The intent, or the charge where there is none: what the payment is named by.
    pub payment: String,
    /// The charge, when one was made.
    pub charge: Option<String>,
    /// Our key of the page that it was made on.
    pub instrument: Option<String>,
    /// The biller's invoice, where an old version says so.
    pub invoice: Option<String>,
    /// What became of it; none when nobody tried yet.
    pub charged: Option<Charged>,
}

impl Attempt {
    /// What the attempt is named by: ours by the payment, somebody else's by its charge, since each charge counts.
    pub(super) fn reference(&self) -> &str {
        match (self.ours, &self.charge) {
            (None, Some(charge)) => charge,
            (Some(_), _) | (None, None) => &self.payment,
        }
    }
}

/// An intent as it stands.
///
/// * `told` — when whoever tells of it says that it happened, for an intent whose charge did not come with it.
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub(super) fn intent(value: &Value, zone: Zone, told: Option<Instant>) -> Result<Attempt, &'static str> {
    let payment = own_name(value).ok_or("a payment intent without a name")?.to_owned();
    let whole_charge = latest_charge(value);
    let error = object(value, "last_payment_error");
    let failure = Failure { error, charge: whole_charge };
    let charged = match text(value, "status").unwrap_or_default() {
        "succeeded" => {
            let amount = amount(value, "amount_received").ok_or("a payment without an amount")?;
            let at = whole_charge.and_then(|charge| moment(charge, "created")).or(told).or_else(|| moment(value, "created"));
            let at = at.ok_or("a payment without a moment")?;
            let (rail, fee) = (rail(value, whole_charge), whole_charge.and_then(fee));
            Some(Charged::Settled(Settlement { reference: payment.clone(), amount, paid_on: zone.day_of(at), at: Some(at), rail, fee }))
        }
        // An intent that waits to be captured holds the money of a card without taking it.
        "processing" | "requires_capture" => Some(Charged::Pending { reference: payment.clone() }),
        "requires_action" | "requires_source_action" => {
            Some(Charged::NeedsPayer { reference: payment.clone(), link: next_link(value), signals: failure.signals() })
        }
        "canceled" => Some(Charged::Declined { reference: Some(payment.clone()), signals: failure.signals() }),
        "requires_payment_method" | "requires_source" if error.is_some() => Some(declined(Some(payment.clone()), failure)),
        // Nobody tried: it was made a moment ago, or waits for a page.
        _ => None,
    };
    let charge = name(value, "latest_charge").or_else(|| whole_charge.and_then(own_name));
    let charge = charge.or_else(|| error.and_then(|error| name(error, "charge")));
    Ok(Attempt {
        ours: ours(value),
        charge: charge.map(str::to_owned),
        instrument: meta(value, META_INSTRUMENT).map(str::to_owned),
        invoice: name(value, "invoice").map(str::to_owned),
        charged,
        payment,
    })
}

/// A charge as it stands, of any year.
///
/// # Errors
/// As [`intent`].
pub(super) fn charge(value: &Value, zone: Zone, told: Option<Instant>) -> Result<Attempt, &'static str> {
    let own = own_name(value).ok_or("a charge without a name")?.to_owned();
    let payment = name(value, "payment_intent").map_or_else(|| own.clone(), str::to_owned);
    let failure = Failure { error: None, charge: Some(value) };
    // Before 2014 a charge had no status.
    let paid = truth(value, "paid") == Some(true);
    let status = text(value, "status").unwrap_or(if paid { "succeeded" } else { "failed" });
    let charged = match status {
        "succeeded" | "paid" if truth(value, "captured") == Some(false) => Charged::Pending { reference: payment.clone() },
        "succeeded" | "paid" => {
            let amount = amount(value, "amount_captured").ok_or("a charge without an amount")?;
            let at = moment(value, "created").or(told).ok_or("a charge without a moment")?;
            let (rail, fee) = (rail(value, Some(value)), fee(value));
            Charged::Settled(Settlement { reference: payment.clone(), amount, paid_on: zone.day_of(at), at: Some(at), rail, fee })
        }
        "pending" => Charged::Pending { reference: payment.clone() },
        _ => declined(Some(payment.clone()), failure),
    };
    Ok(Attempt {
        ours: ours(value),
        charge: Some(own),
        instrument: meta(value, META_INSTRUMENT).map(str::to_owned),
        invoice: name(value, "invoice").map(str::to_owned),
        charged: Some(charged),
        payment,
    })
}

/// A failed attempt: a decline, or one that only the payer can complete.
pub(super) fn declined(reference: Option<String>, failure: Failure<'_>) -> Charged {
    let signals: Vec<Signal> = failure.signals();
    match reference {
        Some(reference) if failure.needs_payer() => Charged::NeedsPayer { reference, link: None, signals },
        reference => Charged::Declined { reference, signals },
    }
}

/// The newest charge, when it came whole: on its own, or in the list of older versions.
pub(super) fn latest_charge(intent: &Value) -> Option<&Value> {
    let listed = || list(intent, "charges").iter().max_by_key(|charge| whole(charge, "created").unwrap_or_default());
    object(intent, "latest_charge").or_else(listed)
}

/// The first of the amounts that is more than nothing: what was received, else what was asked for.
fn amount(value: &Value, received: &str) -> Option<Money> {
    let currency = text(value, "currency")?;
    let number = whole(value, received).filter(|number| *number > 0).or_else(|| whole(value, "amount"))?;
    money::read(number, currency)
}

/// What Stripe keeps, when the movement on its balance came with the charge.
fn fee(charge: &Value) -> Option<Money> {
    let movement = object(charge, "balance_transaction")?;
    money::read(whole(movement, "fee")?, text(movement, "currency")?)
}

/// Over which rail, by the charge, else by the method, else by the one kind that the intent takes.
fn rail(value: &Value, charge: Option<&Value>) -> Rail {
    let of_charge = charge.and_then(|charge| at(charge, &["payment_method_details", "type"]));
    let of_method = || at(value, &["payment_method", "type"]);
    let of_intent = || value.get("payment_method_types").map(items).filter(|kinds| kinds.len() == 1).and_then(|kinds| kinds.first());
    let kind = of_charge.or_else(of_method).or_else(of_intent).and_then(Value::as_str);
    match kind {
        // Of a charge from before there were kinds.
        None | Some("card" | "card_present" | "link") => Rail::Card,
        Some("pix") => Rail::Pix,
        Some("boleto") => Rail::Boleto,
        Some("customer_balance" | "ach_credit_transfer" | "us_bank_transfer" | "sepa_credit_transfer") => Rail::Transfer,
        Some(kind) => scheme_of_kind(kind).map_or(Rail::Other, Scheme::rail),
    }
}

/// Where the payer goes on, when Stripe has a page for it.
fn next_link(intent: &Value) -> Option<String> {
    let action = object(intent, "next_action").or_else(|| object(intent, "next_source_action"))?;
    let page = |part: &str, key: &str| object(action, part).and_then(|part| link(part, key));
    page("redirect_to_url", "url")
        .or_else(|| page("verify_with_microdeposits", "hosted_verification_url"))
        .or_else(|| page("boleto_display_details", "hosted_voucher_url"))
        .or_else(|| page("pix_display_qr_code", "hosted_instructions_url"))
}

fn ours(value: &Value) -> Option<ChargeId> {
    meta(value, META_CHARGE).and_then(|id| id.parse().ok())
}

/// A text of the metadata.
pub(super) fn meta<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    object(value, "metadata").and_then(|metadata| text(metadata, key))
}

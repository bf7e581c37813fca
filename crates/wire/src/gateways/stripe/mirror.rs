//! A biller's account as Stripe shows it, read in the shape of any version: what moved or vanished is looked for where it was
//! before.
//!
//! Until March 2025 (`basil`) an invoice named its intent, its charge and its subscription; since then it has a list of payments
//! and a parent. Attempts are charges. `attempt_count` of an invoice is for people: Stripe raises it by its own retries alone,
//! also by those that it never sends, and not by a payment made by hand.
//!
//! Deliberately absent: writing, of anything; refusing what is unknown: a field that came later is left alone, and so is a word;
//! lines, taxes and discounts of invoices; refunds, which come as events of their payments.

use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_core::words::Rail;
use serde_json::Value;

use super::errors::{Answer, unreadable};
use super::methods::charged_with;
use super::read::{at, list, moment, name, object, own_name, text, truth, whole};
use super::replies::Page;
use super::{intents, money};
use crate::gateways::mirror::{
    Acts, Billed, BilledAttempt, BilledCustomer, BilledInvoice, BilledPayment, BilledStatus, Collection, Outcome, Switch,
};
use crate::gateways::{Charged, Response, Settlement, Trouble, Verb};

/// How many payments Stripe shows with an invoice; one with as many may have more.
const SHOWN: usize = 10;
/// Payments on one invoice that are kept of what came with it.
const PAYMENTS_MAX: usize = 100;
/// Languages of a customer that are kept.
const LANGUAGES_MAX: usize = 10;
/// Characters of a text of a person.
const TEXT_MAX: usize = 500;

/// Reads a page of one of the lists of [`super::reading`], the newest first. One object that cannot be read is named with what
/// it lacks, and does not hold up the others.
///
/// # Errors
/// [`Trouble::Outage`] when it cannot be read now; [`Trouble::Refused`] when the key lacks the right.
pub fn page<T>(response: &Response, read: impl Fn(&Value) -> Result<T, &'static str>) -> Result<Billed<T>, Trouble> {
    let named = |value: &Value| own_name(value).unwrap_or("without a name").to_owned();
    let page = Page::of(response, |value| Some(read(value).map_err(|lacks| (named(value), lacks.to_owned()))))?;
    let mut billed = Billed { next: page.next, ..Billed::default() };
    for item in page.items {
        match item {
            Ok(item) => billed.items.push(item),
            Err(unreadable) => billed.unreadable.push(unreadable),
        }
    }
    Ok(billed)
}

/// Reads one object of [`super::reading`].
///
/// # Errors
/// [`Trouble::NotFound`] when Stripe does not have it any more.
pub fn one<T>(response: &Response, read: impl Fn(&Value) -> Result<T, &'static str>) -> Result<T, Trouble> {
    let value = Answer::of(response, Verb::Get).good()?;
    read(&value).map_err(|lacks| unreadable(Verb::Get, lacks))
}

/// A customer as it stands. Of one that was deleted nothing else is told.
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn customer(value: &Value) -> Result<BilledCustomer, &'static str> {
    let told = |key: &str| text(value, key).map(|text| text.chars().take(TEXT_MAX).collect::<String>());
    let country = at(value, &["address", "country"]).and_then(Value::as_str).filter(|country| country.len() == 2);
    let languages = list(value, "preferred_locales").iter().filter_map(Value::as_str).take(LANGUAGES_MAX);
    Ok(BilledCustomer {
        reference: own_name(value).ok_or("a customer without a name")?.to_owned(),
        name: told("name"),
        email: told("email"),
        phones: told("phone").into_iter().collect(),
        tax_id: None,
        country: country.map(str::to_owned),
        languages: languages.map(str::to_owned).collect(),
        deleted: truth(value, "deleted") == Some(true),
    })
}

/// An invoice with the payments that Stripe shows with it: of older versions the newest alone, else the first ten.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    invoice: BilledInvoice,
    paid: Money,
    zone: Zone,
}

/// An invoice as it stands, of the versions before and since `basil`.
///
/// * `zone` — of the account: its days are days there.
///
/// Whether retries or mails are on is a setting of the dashboard, which Stripe's API does not show: that counts as acting.
///
/// ```
/// # use regua_core::time::Zone;
/// use regua_wire::gateways::mirror::Switch;
/// use regua_wire::gateways::stripe::mirror::invoice;
/// let mut open = serde_json::json!({ "id": "in_1", "status": "open", "collection_method": "charge_automatically",
///     "auto_advance": true, "amount_due": 21990, "currency": "brl", "created": 1_700_000_000 });
/// let acts = invoice(&open, Zone::utc())?.billed(None).acts.expect("Stripe tries again by itself");
/// assert!(acts.charges && acts.switches.contains(&Switch::StripeInvoice));
/// open["auto_advance"] = false.into();
/// assert_eq!(invoice(&open, Zone::utc())?.billed(None).acts, None);
/// # Ok::<(), &'static str>(())
/// ```
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn invoice(value: &Value, zone: Zone) -> Result<Shown, &'static str> {
    let currency = text(value, "currency").ok_or("an invoice without a currency")?;
    let amount = |number: i64| money::read(number, currency).ok_or("an invoice with an amount that cannot be read");
    let (status, collection) = (status(value), collection(value));
    let due = whole(value, "amount_due").or_else(|| whole(value, "total")).ok_or("an invoice without an amount")?;
    let of_paid = if status == BilledStatus::Paid { due } else { 0 };
    let paid = whole(value, "amount_paid").unwrap_or(of_paid);
    let transitions = object(value, "status_transitions");
    let issued = moment(value, "effective_at").or_else(|| transitions.and_then(|moments| moment(moments, "finalized_at")));
    let issued = issued.or_else(|| moment(value, "created")).or_else(|| moment(value, "date")).ok_or("an invoice without a moment")?;
    let issued_on = zone.day_of(issued);
    let parent = at(value, &["parent", "subscription_details"]);
    let subscription = parent.and_then(|details| name(details, "subscription")).or_else(|| name(value, "subscription"));
    let invoice = BilledInvoice {
        reference: own_name(value).ok_or("an invoice without a name")?.to_owned(),
        number: text(value, "number").map(|number| number.chars().take(TEXT_MAX).collect()),
        customer: name(value, "customer").map(str::to_owned),
        subscription: subscription.map(str::to_owned),
        ours: None,
        status,
        collection,
        amount: amount(due)?,
        issued_on,
        due_on: moment(value, "due_date").map_or(issued_on, |due| zone.day_of(due)),
        rail: (collection == Collection::Automatic).then_some(Rail::Card),
        payments: Vec::new(),
        returned: Vec::new(),
        acts: acts(value, status, collection),
    };
    let mut shown = Shown { invoice, paid: amount(paid)?, zone };
    shown.invoice.payments = shown.payments(value);
    Ok(shown)
}

impl Shown {
    /// Stripe's name of the invoice.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.invoice.reference
    }

    /// Whether these may be not all of its payments: then they are listed by [`super::reading::invoice_payments`].
    #[must_use]
    pub fn may_have_more(&self) -> bool {
        self.invoice.payments.len() >= SHOWN
    }

    /// A payment on this invoice, of its own list or of the invoice's. One that does not say how much it paid paid what the
    /// invoice says, and one that does not say when did it on the day of issue.
    ///
    /// # Errors
    /// What it lacks, as a part of a sentence.
    pub fn payment(&self, value: &Value) -> Result<BilledPayment, &'static str> {
        let payment = object(value, "payment").ok_or("a payment of an invoice without what was paid")?;
        let named = name(payment, "payment_intent").or_else(|| name(payment, "charge")).or_else(|| name(payment, "payment_record"));
        let named = named.ok_or("a payment of an invoice without a name")?;
        let amount = whole(value, "amount_paid").zip(text(value, "currency")).and_then(|(number, currency)| money::read(number, currency));
        let is_paid = text(value, "status") == Some("paid");
        let settled = is_paid.then(|| self.settled(named, amount.unwrap_or(self.paid), paid_at(value)));
        Ok(BilledPayment { reference: named.to_owned(), settled, added: None })
    }

    /// The invoice with all its payments: those that came with it, or as they were listed.
    ///
    /// One that is paid by none of them was paid by a way that Stripe did not see, such as a transfer that somebody entered.
    #[must_use]
    pub fn billed(mut self, listed: Option<Vec<BilledPayment>>) -> BilledInvoice {
        if let Some(listed) = listed {
            self.invoice.payments = listed;
        }
        let unseen = self.invoice.payments.iter().all(|payment| payment.settled.is_none());
        if self.invoice.status == BilledStatus::Paid && self.paid.minor() > 0 && unseen {
            let reference = format!("{}:outside", self.invoice.reference);
            let settled = Some(Settlement { rail: Rail::Other, ..self.settled(&reference, self.paid, None) });
            self.invoice.payments.push(BilledPayment { reference, settled, added: None });
        }
        self.invoice
    }

    /// What was tried on the invoice: its list of payments, else the one payment that older versions name.
    fn payments(&self, value: &Value) -> Vec<BilledPayment> {
        let listed = list(value, "payments");
        if !listed.is_empty() {
            return listed.iter().take(PAYMENTS_MAX).filter_map(|payment| self.payment(payment).ok()).collect();
        }
        let Some(named) = name(value, "payment_intent").or_else(|| name(value, "charge")) else { return Vec::new() };
        let is_paid = truth(value, "paid") == Some(true) || text(value, "status") == Some("paid");
        let settled = is_paid.then(|| self.settled(named, self.paid, paid_at(value)));
        vec![BilledPayment { reference: named.to_owned(), settled, added: None }]
    }

    fn settled(&self, reference: &str, amount: Money, at: Option<Instant>) -> Settlement {
        Settlement {
            reference: reference.to_owned(),
            amount,
            paid_on: at.map_or(self.invoice.issued_on, |at| self.zone.day_of(at)),
            at,
            rail: self.invoice.rail.unwrap_or(Rail::Other),
            fee: None,
        }
    }
}

fn paid_at(value: &Value) -> Option<Instant> {
    object(value, "status_transitions").and_then(|moments| moment(moments, "paid_at"))
}

fn status(value: &Value) -> BilledStatus {
    let is = |key: &str| truth(value, key) == Some(true);
    match text(value, "status") {
        Some("draft") => BilledStatus::Draft,
        Some("paid") => BilledStatus::Paid,
        Some("uncollectible") => BilledStatus::Uncollectible,
        Some("void" | "deleted") => BilledStatus::Void,
        // A word that came later is looked at as what is owed; the amounts say how much.
        Some(_) => BilledStatus::Open,
        // Before 2018 an invoice had no status.
        None if is("paid") => BilledStatus::Paid,
        None if is("forgiven") => BilledStatus::Uncollectible,
        None if is("deleted") => BilledStatus::Void,
        None => BilledStatus::Open,
    }
}

fn collection(value: &Value) -> Collection {
    match text(value, "collection_method").or_else(|| text(value, "billing")) {
        Some("send_invoice") => Collection::Invoice,
        Some(_) | None => Collection::Automatic,
    }
}

/// Whether Stripe still acts on an invoice by itself; none when it does not.
fn acts(value: &Value, status: BilledStatus, collection: Collection) -> Option<Acts> {
    match status {
        BilledStatus::Paid | BilledStatus::Void | BilledStatus::Uncollectible => return None,
        // A draft that does not advance stays one; any other is issued and collected within the hour.
        BilledStatus::Draft | BilledStatus::Open => {}
    }
    // Before 2018 `closed` said the same, the other way round. What is not told counts as acting.
    let advances = truth(value, "auto_advance").or_else(|| truth(value, "closed").map(|closed| !closed)) != Some(false);
    match collection {
        // A planned attempt counts whenever it is planned for: one in the past is about to be made.
        Collection::Automatic => (advances || moment(value, "next_payment_attempt").is_some()).then(|| Acts {
            charges: true,
            reminds: true,
            switches: vec![Switch::StripeInvoice, Switch::StripeRetries, Switch::StripeFailedMails],
        }),
        Collection::Invoice => {
            advances.then(|| Acts { charges: false, reminds: true, switches: vec![Switch::StripeInvoice, Switch::StripeReminders] })
        }
    }
}

/// The newest invoice of a subscription, by Stripe's name: all that a mirror needs of one.
///
/// # Errors
/// What the subscription lacks, as a part of a sentence.
pub fn newest_invoice(value: &Value) -> Result<Option<String>, &'static str> {
    text(value, "status").ok_or("a subscription without a status")?;
    own_name(value).ok_or("a subscription without a name")?;
    Ok(name(value, "latest_invoice").map(str::to_owned))
}

/// An attempt by its charge, named by its intent where it has one. Since 2025 its invoice is found by [`BilledPayment`].
///
/// # Errors
/// What it lacks, as a part of a sentence.
pub fn attempt(value: &Value, zone: Zone) -> Result<BilledAttempt, &'static str> {
    let read = intents::charge(value, zone, None)?;
    let currency = text(value, "currency").ok_or("a charge without a currency")?;
    let amount = whole(value, "amount").and_then(|number| money::read(number, currency)).ok_or("a charge without an amount")?;
    // Stripe stops some by itself.
    let stopped = object(value, "outcome").and_then(|outcome| text(outcome, "network_status")) == Some("not_sent_to_network");
    let (scheme, fingerprint, expires_on) = match charged_with(value) {
        Some((scheme, fingerprint, expires_on)) => (Some(scheme), fingerprint, expires_on),
        None => (None, None, None),
    };
    let method = name(value, "payment_method").or_else(|| name(value, "source")).or_else(|| name(value, "card"));
    let outcome = match read.charged {
        Some(Charged::Settled(_)) => Outcome::Settled,
        Some(Charged::Pending { .. }) | None => Outcome::Pending,
        Some(Charged::Declined { signals, .. } | Charged::NeedsPayer { signals, .. }) => Outcome::Failed(signals),
    };
    Ok(BilledAttempt {
        reference: own_name(value).ok_or("a charge without a name")?.to_owned(),
        payment: Some(read.payment),
        invoice: read.invoice,
        ours: read.ours.is_some(),
        method: method.map(str::to_owned),
        scheme,
        fingerprint,
        expires_on,
        at: moment(value, "created").ok_or("a charge without a moment")?,
        amount,
        reached_scheme: !stopped,
        outcome,
    })
}

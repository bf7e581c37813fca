//! An existing account read as it is, for a company that lets Régua collect over Asaas: customers and payments.
//!
//! Every request here only reads. What is told of a payment is also whether Asaas itself still reminds or charges, and which
//! switch ends that: Régua does neither while Asaas does. Asaas reminds by customer, so whether it does is asked beside.
//! Deliberately absent: turning the switch, which a person does, and what a mirrored payment means to a policy.

use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

use super::customer::Customer;
use super::list::{self, Page, moment};
use super::payment::{Back, Payment, Standing};
use crate::gateways::br::{day, read};
use crate::gateways::mirror::{
    Acts, Billed, BilledCustomer, BilledInvoice, BilledPayment, BilledReturn, BilledStatus, CUSTOMER, Collection, INVOICE, SUBSCRIPTION,
    Switch,
};
use crate::gateways::{Heard, HookRefused, News, Request, Settlement};

/// A page of customers.
#[must_use]
pub fn customers(offset: u32) -> Request {
    list::request("/customers", &[], offset)
}

/// A page of payments, all of them or those made from a day on.
#[must_use]
pub fn payments(created_from: Option<Day>, offset: u32) -> Request {
    match created_from {
        Some(day) => list::request("/payments", &[("dateCreated[ge]", day.to_string().as_str())], offset),
        None => list::request("/payments", &[], offset),
    }
}

/// A page of payments in one state, such as `PENDING` or `OVERDUE`: what is owed, whenever it was made.
#[must_use]
pub fn owed(status: &str, offset: u32) -> Request {
    list::request("/payments", &[("status", status)], offset)
}

/// A page of payments of which the money came in a time: how one that was made long ago is seen to be paid.
#[must_use]
pub fn paid(from: Instant, until: Instant, offset: u32) -> Request {
    let day = |at| day(at).to_string();
    list::request("/payments", &[("paymentDate[ge]", day(from).as_str()), ("paymentDate[le]", day(until).as_str())], offset)
}

/// Reads a page of customers.
///
/// # Errors
/// Where it cannot be read.
pub fn read_customers(body: &[u8]) -> Result<Billed<BilledCustomer>, String> {
    let page: Page<Customer> = Page::read(body)?;
    let next = page.next().map(|next| next.to_string());
    Ok(Billed { items: page.data.iter().map(customer).collect(), unreadable: Vec::new(), next })
}

/// A customer as it stands: the mobile number first. Asaas is in Brazil, and so are those who owe there.
#[must_use]
pub fn customer(one: &Customer) -> BilledCustomer {
    let phones = [&one.mobile_phone, &one.phone].into_iter().flatten().filter(|phone| !phone.is_empty());
    BilledCustomer {
        reference: one.id.clone(),
        name: one.name.clone(),
        email: one.email.clone().filter(|email| !email.is_empty()),
        phones: phones.cloned().collect(),
        tax_id: one.cpf_cnpj.clone(),
        country: Some("BR".to_owned()),
        languages: vec!["pt-BR".to_owned()],
        deleted: one.deleted == Some(true),
    }
}

/// A payment as something owed, due when it was due at first; nothing of one that no day is told of. Nothing in it changes by
/// time alone.
///
/// * `is_reminded` — whether Asaas itself writes to its customer.
#[must_use]
pub fn invoice(payment: &Payment, is_reminded: bool) -> Option<BilledInvoice> {
    let due_on = payment.original_due_date.or(payment.due_date)?;
    let (status, owed) = match payment.standing() {
        Standing::Open => (BilledStatus::Open, payment.value),
        // Also when the money went back afterwards, which is told beside.
        Standing::Taken => (BilledStatus::Paid, payment.original_value.unwrap_or(payment.value)),
        Standing::Gone => (BilledStatus::Void, payment.value),
    };
    let (amount, rail, paid) = (owed.money(), payment.rail(), payment.settlement(None));
    let added = paid.as_ref().and_then(|paid| paid.amount.minus(amount).ok()).filter(|added| added.minor() > 0);
    let returned = paid.as_ref().map(|paid| returned(payment, paid)).unwrap_or_default();
    let paid = paid.map(|paid| BilledPayment { reference: payment.id.clone(), settled: Some(paid), added });
    Some(BilledInvoice {
        reference: payment.id.clone(),
        number: None,
        customer: payment.customer.clone(),
        subscription: payment.subscription.clone(),
        ours: payment.external_reference.clone(),
        status,
        collection: if rail == Rail::Card { Collection::Automatic } else { Collection::Invoice },
        amount,
        issued_on: payment.date_created.unwrap_or(due_on).min(due_on),
        due_on,
        rail: Some(rail).filter(|rail| *rail != Rail::Other),
        payments: paid.into_iter().collect(),
        returned,
        acts: acts(payment, is_reminded),
    })
}

/// What Asaas itself still does about a payment: of an unpaid one of a card, it takes it on the due date.
fn acts(payment: &Payment, is_reminded: bool) -> Option<Acts> {
    if payment.standing() != Standing::Open {
        return None;
    }
    let charges = payment.billing_type.as_deref() == Some("CREDIT_CARD");
    let switches = [charges.then_some(Switch::AsaasCard), is_reminded.then_some(Switch::AsaasMessages)];
    let switches: Vec<Switch> = switches.into_iter().flatten().collect();
    (charges || is_reminded).then_some(Acts { charges, reminds: is_reminded, switches })
}

/// What went back for good, by the names that webhooks tell.
fn returned(payment: &Payment, paid: &Settlement) -> Vec<BilledReturn> {
    let on = |back: &Back| back.date_created.as_deref().and_then(moment).map_or(paid.paid_on, day);
    let done = payment.refunds.iter().flatten().filter(|back| back.status == "DONE");
    let mut all: Vec<BilledReturn> = done
        .map(|back| BilledReturn {
            payment: payment.id.clone(),
            reference: back.reference(&payment.id),
            taken_back: false,
            amount: back.value.money(),
            on: on(back),
        })
        .collect();
    // Of what went back as a whole no day is told.
    let whole = |name: &str, taken_back| BilledReturn {
        payment: payment.id.clone(),
        reference: format!("{}/{name}", payment.id),
        taken_back,
        amount: paid.amount,
        on: paid.paid_on,
    };
    match payment.status.as_str() {
        "REFUNDED" if all.is_empty() => all.push(whole("all", false)),
        "CHARGEBACK_REQUESTED" | "CHARGEBACK_DISPUTE" => all.push(whole("chargeback", true)),
        _ => {}
    }
    all
}

/// Reads the body of a webhook of a mirrored account: what to read anew. Its token is checked before, by [`super::verify`].
///
/// # Errors
/// [`HookRefused::Unreadable`] with the place.
pub fn heard(body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    let event: super::webhook::Event = read(body).map_err(HookRefused::Unreadable)?;
    let at = event.at();
    let objects = [(INVOICE, event.payment_id()), (SUBSCRIPTION, event.subscription_id()), (CUSTOMER, event.customer_id())];
    let named = objects.into_iter().find_map(|(object, id)| id.map(|id| (object, id)));
    let news = named.map_or(News::Nothing, |(object, reference)| News::Mirror { object: object.to_owned(), reference });
    Ok(vec![Heard { event: event.sound_id()?, kind: event.kind(), news, at }])
}

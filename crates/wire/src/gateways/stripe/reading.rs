//! What the mirror of a biller asks, and the listing of events: reading alone. Nothing in this file can change anything.
//!
//! Deliberately absent: prices, products and lines of invoices. What is owed is what the invoice says.

use regua_core::time::Instant;

use super::super::Request;
use super::forms::{Form, segment};
use super::requests::{get, page, secs};

/// Customers, the newest first.
#[must_use]
pub fn customers(after: Option<&str>) -> Request {
    page(Form::new(), "/v1/customers", after)
}

/// A customer.
#[must_use]
pub fn customer(reference: &str) -> Request {
    get(format!("/v1/customers/{}", segment(reference)))
}

/// Invoices, the newest first.
///
/// * `status` — `open` for what is owed; none for all.
/// * `customer` — of one; none for all.
/// * `since` — made since then.
#[must_use]
pub fn invoices(status: Option<&str>, customer: Option<&str>, since: Option<Instant>, after: Option<&str>) -> Request {
    let form = Form::new().maybe("status", status).maybe("customer", customer).expand("data.payments");
    page(from(form, since), "/v1/invoices", after)
}

/// An invoice, with the payments on it.
#[must_use]
pub fn invoice(reference: &str) -> Request {
    let form = Form::new().expand("payments.data.payment.payment_intent");
    get(form.behind(&format!("/v1/invoices/{}", segment(reference))))
}

/// Which payments were tried on an invoice: what joins charges to it since 2025.
#[must_use]
pub fn invoice_payments(invoice: &str, after: Option<&str>) -> Request {
    page(Form::new().put("invoice", invoice), "/v1/invoice_payments", after)
}

/// Subscriptions, also those that ended.
#[must_use]
pub fn subscriptions(customer: Option<&str>, after: Option<&str>) -> Request {
    page(Form::new().put("status", "all").maybe("customer", customer), "/v1/subscriptions", after)
}

/// A subscription.
#[must_use]
pub fn subscription(reference: &str) -> Request {
    get(format!("/v1/subscriptions/{}", segment(reference)))
}

/// Charges, the newest first: each is an attempt, also those that failed.
#[must_use]
pub fn charges(customer: Option<&str>, since: Option<Instant>, after: Option<&str>) -> Request {
    page(from(Form::new().maybe("customer", customer), since), "/v1/charges", after)
}

/// A charge.
#[must_use]
pub fn charge(reference: &str) -> Request {
    get(format!("/v1/charges/{}", segment(reference)))
}

/// Events from a moment to another, the newest first. Stripe keeps them for 30 days; what is older is read from the objects.
#[must_use]
pub fn events(since: Instant, until: Instant, after: Option<&str>) -> Request {
    let form = Form::new().nest(&["created", "gte"], &secs(since)).nest(&["created", "lt"], &secs(until));
    page(form, "/v1/events", after)
}

/// Since a moment, when there is one.
fn from(form: Form, since: Option<Instant>) -> Form {
    match since {
        Some(since) => form.nest(&["created", "gte"], &secs(since)),
        None => form,
    }
}

/// What a key must be able to read, one request each, with the name of the right in Stripe's dashboard.
///
/// * `mirror` — for an account that another biller charges; else for one of ours.
#[must_use]
pub fn checks(mirror: bool) -> Vec<(&'static str, Request)> {
    let one = |path: &str| get(Form::new().put("limit", "1").behind(path));
    let both = [
        ("Customers", one("/v1/customers")),
        ("PaymentIntents", one("/v1/payment_intents")),
        ("Charges and Refunds", one("/v1/charges")),
        ("Events", one("/v1/events")),
    ];
    let more = if mirror {
        vec![("Invoices", one("/v1/invoices")), ("Subscriptions", one("/v1/subscriptions"))]
    } else {
        vec![("Checkout Sessions", one("/v1/checkout/sessions"))]
    };
    both.into_iter().chain(more).collect()
}

//! What is asked of Stripe to charge: customers, methods, intents, refunds, pages.
//!
//! What makes something new carries our key as `Idempotency-Key`, so that sending it twice does it once; its body depends on
//! the order alone, since Stripe refuses the same key with other fields. What only moves something on (cancel, expire, attach,
//! detach) carries none: it is done once by its nature, and Stripe would answer a second cancellation with what it said to
//! the first, when the payment may have been on its way.
//!
//! Deliberately absent: what the payer reads on a statement, whose allowed characters depend on the account (the description is
//! for receipts and the dashboard); fees of connected accounts; tax ids of customers, which Stripe would check.

use regua_core::ids::ChargeId;
use regua_core::time::Instant;
use regua_core::words::Rail;

use super::super::{ChargeOrder, CustomerOrder, InstrumentOrder, RefundOrder, Request, Trouble, Verb};
use super::forms::{Form, segment};
use super::methods::kind_of_scheme;
use super::{META_CHARGE, META_CUSTOMER, META_INSTRUMENT, META_RECEIVABLE, META_REFUND, VERSION, money};

/// Objects of a page of a list: Stripe's most.
pub const PAGE: u8 = 100;
/// Characters of a value that Stripe keeps in metadata.
const META_MAX: usize = 500;
/// Characters of a description; Stripe takes more than anybody reads.
const DESCRIPTION_MAX: usize = 500;

/// To whom it is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dialect {
    /// Stripe.
    #[default]
    Stripe,
    /// A stand-in for tests that knows only the fields that have been there for years, and lists without filters.
    Plain,
}

/// Where Stripe's page sends the payer afterwards.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Return {
    /// When it was paid.
    pub done: String,
    /// When the payer turns back.
    pub back: String,
}

/// Reads: changes nothing at the other end.
pub(super) fn get(path: String) -> Request {
    Request { method: Verb::Get, path, headers: vec![("stripe-version", VERSION.to_owned())], body: Vec::new(), repeatable: true }
}

/// A page of a list.
pub(super) fn page(form: Form, path: &str, after: Option<&str>) -> Request {
    get(form.put("limit", &PAGE.to_string()).maybe("starting_after", after).behind(path))
}

fn post(path: String, form: Form, key: Option<String>) -> Request {
    let mut headers = vec![("stripe-version", VERSION.to_owned()), ("content-type", "application/x-www-form-urlencoded".to_owned())];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    Request { method: Verb::Post, path, headers, body: form.body(), repeatable: true }
}

fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}

/// Seconds after the epoch, for a filter.
pub(super) fn secs(at: Instant) -> String {
    at.secs().max(0).to_string()
}

/// Makes a customer known.
#[must_use]
pub fn customer_create(order: &CustomerOrder) -> Request {
    let name = Some(order.payer.name.as_str()).filter(|name| !name.is_empty());
    let form = Form::new().maybe("name", name).maybe("email", order.payer.email.as_deref());
    let form = form.nest(&["metadata", META_CUSTOMER], &cut(&order.key, META_MAX));
    post("/v1/customers".to_owned(), form, Some(format!("{}-customer", order.key)))
}

/// Finds a customer by our key. Stripe's search lags behind by up to a minute and is not there in every country: what it does
/// not find may be there.
#[must_use]
pub fn customer_search(key: &str) -> Request {
    let quoted = key.replace('\\', "\\\\").replace('\'', "\\'");
    let query = format!("metadata['{META_CUSTOMER}']:'{quoted}'");
    get(Form::new().put("query", &query).put("limit", "10").behind("/v1/customers/search"))
}

/// Customers with an address, among which ours is found by its key; where there is no search.
#[must_use]
pub fn customers_with(email: &str, after: Option<&str>) -> Request {
    page(Form::new().put("email", email), "/v1/customers", after)
}

/// The stored methods of a customer, of every kind or of one (`card`).
#[must_use]
pub fn methods(customer: &str, kind: Option<&str>, after: Option<&str>) -> Request {
    page(Form::new().put("customer", customer).maybe("type", kind), "/v1/payment_methods", after)
}

/// Gives a method to a customer.
#[must_use]
pub fn attach(method: &str, customer: &str) -> Request {
    post(format!("/v1/payment_methods/{}/attach", segment(method)), Form::new().put("customer", customer), None)
}

/// Takes a method away from its customer: it can never be used again.
#[must_use]
pub fn detach(method: &str) -> Request {
    post(format!("/v1/payment_methods/{}/detach", segment(method)), Form::new(), None)
}

/// Takes money with a stored method, its payer absent.
///
/// # Errors
/// [`Trouble::Refused`] for a scheme that Stripe does not have, or an amount that it cannot write.
pub fn charge(order: &ChargeOrder, dialect: Dialect) -> Result<Request, Trouble> {
    let kind = kind_of_scheme(order.scheme).ok_or_else(|| Trouble::Refused {
        code: "scheme".to_owned(),
        why: format!("Stripe has no {}; use another gateway for it", order.scheme),
    })?;
    let (number, currency) = money::written(order.amount)?;
    let form = Form::new().put("amount", &number).put("currency", &currency);
    let form = form.put("customer", &order.customer_token).put("payment_method", &order.method_token);
    // Named, since Stripe's own choice would take in methods that lead the payer away and demand an address to come back to.
    let form = form.nest(&["payment_method_types", "0"], kind).put("confirm", "true").put("off_session", "true");
    let form = form.nest(&["metadata", META_CHARGE], &order.charge.to_string());
    let form = form.nest(&["metadata", META_RECEIVABLE], &order.receivable.to_string());
    let form = match dialect {
        Dialect::Stripe => {
            let description = match (order.description.is_empty(), order.reference.is_empty()) {
                (false, false) => format!("{} ({})", order.description, order.reference),
                (false, true) => order.description.clone(),
                (true, _) => order.reference.clone(),
            };
            let description = Some(cut(&description, DESCRIPTION_MAX)).filter(|text| !text.is_empty());
            // Without it an intent that needs the payer stays behind, open, and could be paid a second time later.
            let form = form.put("error_on_requires_action", "true").maybe("description", description.as_deref());
            form.expand("latest_charge")
        }
        Dialect::Plain => form,
    };
    Ok(post("/v1/payment_intents".to_owned(), form, Some(order.charge.to_string())))
}

/// An intent, with its charge.
///
/// * `with_fee` — also what Stripe keeps of it: needs the right to read the balance.
#[must_use]
pub fn intent(reference: &str, with_fee: bool) -> Request {
    let whole = if with_fee { "latest_charge.balance_transaction" } else { "latest_charge" };
    get(Form::new().expand(whole).behind(&format!("/v1/payment_intents/{}", segment(reference))))
}

/// Intents of a customer since a moment, the newest first, among which ours is found by its metadata
/// ([`super::replies::found`]). Stripe's search is not used for it: it lags behind, and what it does not find may be there.
#[must_use]
pub fn intents_of(customer: &str, since: Option<Instant>, after: Option<&str>, dialect: Dialect) -> Request {
    let form = match dialect {
        Dialect::Stripe => {
            let form = Form::new().put("customer", customer).expand("data.latest_charge");
            match since {
                Some(since) => form.nest(&["created", "gte"], &secs(since)),
                None => form,
            }
        }
        Dialect::Plain => Form::new(),
    };
    page(form, "/v1/payment_intents", after)
}

/// Since when an attempt can be at Stripe: a day before its id was made, for clocks that differ.
#[must_use]
pub fn since(charge: ChargeId) -> Instant {
    let secs = i64::try_from(charge.millis() / 1_000).unwrap_or(0);
    Instant::from_secs(secs).plus_hours(-24)
}

/// Cancels an intent that was not paid. A later [`intent`] says where it stands when Stripe refuses.
#[must_use]
pub fn intent_cancel(reference: &str) -> Request {
    let form = Form::new().put("cancellation_reason", "abandoned");
    post(format!("/v1/payment_intents/{}/cancel", segment(reference)), form, None)
}

/// Gives money back.
///
/// # Errors
/// [`Trouble::Refused`] for an amount that Stripe cannot write.
pub fn refund(order: &RefundOrder) -> Result<Request, Trouble> {
    let (number, _) = money::written(order.amount)?;
    let form = Form::new().put(of_payment(&order.payment), &order.payment).put("amount", &number);
    let form = form.nest(&["metadata", META_REFUND], &cut(&order.key, META_MAX));
    let description = Some(cut(&order.description, META_MAX)).filter(|text| !text.is_empty());
    let form = match description {
        Some(description) => form.nest(&["metadata", "regua_description"], &description),
        None => form,
    };
    Ok(post("/v1/refunds".to_owned(), form, Some(order.key.clone())))
}

/// Refunds of a payment, among which ours is found by its metadata: where one stands, since the answer to the same order sent
/// again is the first one.
#[must_use]
pub fn refunds_of(payment: &str, after: Option<&str>) -> Request {
    page(Form::new().put(of_payment(payment), payment), "/v1/refunds", after)
}

/// The field that a payment is named in: by its intent, or by the charge of an old one.
fn of_payment(payment: &str) -> &'static str {
    if payment.starts_with("pi_") { "payment_intent" } else { "charge" }
}

/// A page on which the payer pays once with a card. It lives for a day at most, whatever the order says: a new one is made
/// when the payer asks for it.
///
/// # Errors
/// [`Trouble::Refused`] for another rail, or an amount that Stripe cannot write.
pub fn pay_page(order: &InstrumentOrder, to: &Return) -> Result<Request, Trouble> {
    if order.rail != Rail::Card {
        return Err(Trouble::Refused {
            code: "rail".to_owned(),
            why: format!("{} is not issued over Stripe here; use another gateway for it", order.rail),
        });
    }
    let (number, currency) = money::written(order.amount)?;
    let title = if order.description.is_empty() { &order.reference } else { &order.description };
    let title = if title.is_empty() { order.key.clone() } else { cut(title, DESCRIPTION_MAX) };
    let key = cut(&order.key, META_MAX);
    let form = Form::new().put("mode", "payment").maybe("customer", order.customer_token.as_deref());
    let form = match (&order.customer_token, &order.payer.email) {
        (None, Some(email)) => form.put("customer_email", email),
        (Some(_), _) | (None, None) => form,
    };
    let form = form.nest(&["payment_method_types", "0"], "card").put("client_reference_id", &key);
    let line = |keys: &[&'static str]| [&["line_items", "0"][..], keys].concat();
    let form = form.nest(&line(&["price_data", "currency"]), &currency).nest(&line(&["price_data", "unit_amount"]), &number);
    let form = form.nest(&line(&["price_data", "product_data", "name"]), &title).nest(&line(&["quantity"]), "1");
    let form = form.nest(&["metadata", META_INSTRUMENT], &key);
    let receivable = order.receivable.to_string();
    let form = form.nest(&["payment_intent_data", "metadata", META_INSTRUMENT], &key);
    let form = form.nest(&["payment_intent_data", "metadata", META_RECEIVABLE], &receivable);
    let form = form.put("success_url", &to.done).put("cancel_url", &to.back);
    Ok(post("/v1/checkout/sessions".to_owned(), form, Some(order.key.clone())))
}

/// A page on which a customer stores another card; nothing is paid there.
///
/// * `key` — ours, the same on every try.
#[must_use]
pub fn card_page(customer: &str, key: &str, to: &Return) -> Request {
    let form = Form::new().put("mode", "setup").put("customer", customer).nest(&["payment_method_types", "0"], "card");
    let form = form.put("success_url", &to.done).put("cancel_url", &to.back);
    post("/v1/checkout/sessions".to_owned(), form, Some(key.to_owned()))
}

/// A page, with its intent.
#[must_use]
pub fn page_look(reference: &str) -> Request {
    get(Form::new().expand("payment_intent.latest_charge").behind(&format!("/v1/checkout/sessions/{}", segment(reference))))
}

/// Pages since a moment, the newest first, among which ours is found by its key.
#[must_use]
pub fn pages(customer: Option<&str>, since: Instant, after: Option<&str>) -> Request {
    let form = Form::new().maybe("customer", customer).nest(&["created", "gte"], &secs(since));
    page(form, "/v1/checkout/sessions", after)
}

/// Closes a page, so that nobody can pay there any more. Refused once it was paid: [`page_look`] says so.
#[must_use]
pub fn page_close(reference: &str) -> Request {
    post(format!("/v1/checkout/sessions/{}/expire", segment(reference)), Form::new(), None)
}

/// A set-up of a method, with the method that came of it.
#[must_use]
pub fn setup(reference: &str) -> Request {
    get(Form::new().expand("payment_method").behind(&format!("/v1/setup_intents/{}", segment(reference))))
}

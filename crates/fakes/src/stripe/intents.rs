//! Payment intents: made, confirmed, authenticated, cancelled. One intent takes money at most once.
//!
//! Deliberately absent: manual capture and partial capture.

use serde_json::{Value, json};

use super::cards::{Decline, Outcome};
use super::errors::{Wrong, invalid};
use super::form::Form;
use super::state::{State, set};
use crate::serve::Reply;

const CREATE: &[&str] = &[
    "amount",
    "currency",
    "customer",
    "payment_method",
    "confirm",
    "off_session",
    "metadata",
    "description",
    "payment_method_types",
    "automatic_payment_methods",
    "error_on_requires_action",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "return_url",
    "setup_future_usage",
    "receipt_email",
    "payment_method_options",
    "mandate",
    "capture_method",
    "confirmation_method",
    "mandate_data",
];
const CONFIRM: &[&str] = &[
    "payment_method",
    "off_session",
    "error_on_requires_action",
    "return_url",
    "mandate",
    "mandate_data",
    "setup_future_usage",
    "payment_method_options",
    "payment_method_types",
    "receipt_email",
    "use_stripe_sdk",
];
const UPDATE: &[&str] =
    &["amount", "currency", "customer", "payment_method", "metadata", "description", "setup_future_usage", "receipt_email"];
/// The reasons that a cancellation may give.
const REASONS: [&str; 4] = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
/// The largest amount that Stripe takes, in minor units.
const AMOUNT_MAX: i64 = 99_999_999;

/// How a confirmation is asked.
#[derive(Clone, Copy)]
pub(crate) struct How {
    pub(crate) off_session: bool,
    pub(crate) error_on_action: bool,
}

pub(crate) fn create(state: &mut State, form: &Form) -> Result<Value, Wrong> {
    form.only(CREATE)?;
    let amount = positive(form)?;
    let currency = currency(form.needed("currency")?)?;
    let customer = form.text("customer").map(|id| state.named("customer", id, "customer")).transpose()?;
    let method = form.text("payment_method").map(|id| usable(state, id, customer.as_ref())).transpose()?;
    let confirm = form.truth("confirm")?;
    let how = How { off_session: off_session(form), error_on_action: form.truth("error_on_requires_action")? };
    if !confirm && (how.off_session || how.error_on_action) {
        let param = if how.off_session { "off_session" } else { "error_on_requires_action" };
        return Err(invalid("", param, &format!("You can only set `{param}` when `confirm` is true.")));
    }
    if confirm && method.is_none() {
        let text = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(invalid("payment_intent_unexpected_state", "payment_method", text));
    }
    let types: Vec<&str> = form.list("payment_method_types");
    let types = if types.is_empty() { vec!["card"] } else { types };
    let status = if method.is_some() { "requires_confirmation" } else { "requires_payment_method" };
    let intent = open(state, amount, &currency, status);
    let id = text_of(&intent, "id");
    let mut fields = vec![
        ("customer", customer.map_or(Value::Null, |customer| customer["id"].clone())),
        ("payment_method", method.clone().map_or(Value::Null, |method| method["id"].clone())),
        ("metadata", form.metadata(&json!({}))),
        ("payment_method_types", json!(types)),
    ];
    for name in ["description", "setup_future_usage", "receipt_email", "statement_descriptor", "statement_descriptor_suffix"] {
        fields.push((name, form.text(name).map_or(Value::Null, |text| json!(text))));
    }
    let intent = state.change(&id, fields);
    state.emit("payment_intent.created", &intent);
    if confirm { attempt(state, &id, how) } else { Ok(intent) }
}

/// A new intent, kept.
pub(crate) fn open(state: &mut State, amount: i64, currency: &str, status: &str) -> Value {
    let id = state.id("pi");
    let created = state.now();
    state.put(json!({
        "id": id, "object": "payment_intent", "amount": amount, "amount_capturable": 0, "amount_received": 0,
        "automatic_payment_methods": null, "canceled_at": null, "cancellation_reason": null, "capture_method": "automatic",
        "client_secret": format!("{id}_secret_fake"), "confirmation_method": "automatic", "created": created, "currency": currency,
        "customer": null, "description": null, "last_payment_error": null, "latest_charge": null, "livemode": false, "metadata": {},
        "next_action": null, "payment_method": null, "payment_method_options": {}, "payment_method_types": ["card"],
        "processing": null, "receipt_email": null, "setup_future_usage": null, "shipping": null, "statement_descriptor": null,
        "statement_descriptor_suffix": null, "status": status, "_invoice": null,
    }))
}

pub(crate) fn update(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(UPDATE)?;
    let intent = state.find("payment_intent", id)?;
    let mut fields = vec![("metadata", form.metadata(&intent["metadata"]))];
    if form.text("amount").is_some() {
        expect(&intent, &["requires_payment_method", "requires_confirmation", "requires_action"], "update")?;
        fields.push(("amount", json!(positive(form)?)));
    }
    if let Some(text) = form.said("description") {
        fields.push(("description", json!(text)));
    }
    Ok(state.change(id, fields))
}

pub(crate) fn confirm(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(CONFIRM)?;
    let intent = state.find("payment_intent", id)?;
    expect(&intent, &["requires_payment_method", "requires_confirmation", "requires_action"], "confirm")?;
    let how = How { off_session: off_session(form), error_on_action: form.truth("error_on_requires_action")? };
    if let Some(method) = form.text("payment_method") {
        let customer = intent["customer"].as_str().map(|customer| state.named("customer", customer, "customer")).transpose()?;
        let method = usable(state, method, customer.as_ref())?;
        state.change(id, vec![("payment_method", method["id"].clone())]);
    } else if intent["payment_method"].is_null() {
        let text = "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(invalid("payment_intent_unexpected_state", "payment_method", text));
    }
    attempt(state, id, how)
}

pub(crate) fn cancel(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(&["cancellation_reason"])?;
    let reason = form.text("cancellation_reason");
    if let Some(reason) = reason.filter(|reason| !REASONS.contains(reason)) {
        return Err(invalid("", "cancellation_reason", &format!("Invalid cancellation_reason: {reason}")));
    }
    let intent = state.find("payment_intent", id)?;
    expect(&intent, &["requires_payment_method", "requires_confirmation", "requires_action", "processing"], "cancel")?;
    let now = state.now();
    let fields = vec![
        ("status", json!("canceled")),
        ("canceled_at", json!(now)),
        ("cancellation_reason", json!(reason)),
        ("next_action", Value::Null),
    ];
    let intent = state.change(id, fields);
    state.emit("payment_intent.canceled", &intent);
    Ok(intent)
}

/// Tries to take the money of an intent that may be confirmed.
pub(crate) fn attempt(state: &mut State, id: &str, how: How) -> Result<Value, Wrong> {
    let intent = state.find("payment_intent", id)?;
    let method = text_of(&intent, "payment_method");
    match state.try_method(&method) {
        Outcome::Succeeds => Ok(succeed(state, id)),
        Outcome::Declines(decline) => Err(fail(state, id, &decline)),
        Outcome::Authenticates if how.off_session || how.error_on_action => Err(fail(state, id, &Decline::of("authentication_required"))),
        Outcome::Authenticates => {
            let link = format!("{}/authenticate/{id}", "https://hooks.stripe.example");
            let action = json!({"type": "redirect_to_url", "redirect_to_url": {"url": link, "return_url": null}});
            let intent = state.change(id, vec![("status", json!("requires_action")), ("next_action", action)]);
            state.emit("payment_intent.requires_action", &intent);
            Ok(intent)
        }
        Outcome::Processes => {
            let intent = state.change(id, vec![("status", json!("processing")), ("next_action", Value::Null)]);
            state.emit("payment_intent.processing", &intent);
            Ok(intent)
        }
    }
}

/// The payer went through authentication, or failed it.
pub(crate) fn authenticated(state: &mut State, id: &str, passed: bool) -> Result<Value, Wrong> {
    let intent = state.find("payment_intent", id)?;
    expect(&intent, &["requires_action"], "authenticate")?;
    if passed { Ok(succeed(state, id)) } else { Err(fail(state, id, &Decline::of("authentication_not_handled"))) }
}

/// A bank debit came to its end.
pub(crate) fn processed(state: &mut State, id: &str, failed: Option<&Decline>) -> Result<Value, Wrong> {
    let intent = state.find("payment_intent", id)?;
    expect(&intent, &["processing"], "settle")?;
    match failed {
        None => Ok(succeed(state, id)),
        Some(decline) => Err(fail(state, id, decline)),
    }
}

/// The money is taken: the one place where it is.
fn succeed(state: &mut State, id: &str) -> Value {
    let Ok(intent) = state.find("payment_intent", id) else { return Value::Null };
    if intent["status"] == "succeeded" {
        return intent;
    }
    let amount = intent["amount"].as_i64().unwrap_or(0);
    let charge = charge(state, &intent, None);
    let key = money_key(&intent);
    let now = state.now();
    state.ledger.take(&key, id, amount, now);
    let fields = vec![
        ("status", json!("succeeded")),
        ("amount_received", json!(amount)),
        ("latest_charge", charge["id"].clone()),
        ("last_payment_error", Value::Null),
        ("next_action", Value::Null),
    ];
    let intent = state.change(id, fields);
    state.emit("charge.succeeded", &charge);
    state.emit("payment_intent.succeeded", &intent);
    super::invoices::paid_by_intent(state, &intent);
    intent
}

/// It is not taken; the answer that says so.
fn fail(state: &mut State, id: &str, decline: &Decline) -> Wrong {
    let intent = state.find("payment_intent", id).unwrap_or_default();
    let charge = charge(state, &intent, Some(decline));
    let method = state.find("payment_method", intent["payment_method"].as_str().unwrap_or_default()).unwrap_or_default();
    let error = json!({
        "type": "card_error", "code": decline.code, "decline_code": decline.decline_code, "advice_code": decline.advice_code,
        "network_decline_code": decline.network_decline_code, "network_advice_code": decline.network_advice_code,
        "charge": charge["id"], "message": "Your card was declined.", "payment_method": method,
        "doc_url": "https://stripe.com/docs/error-codes",
    });
    let fields = vec![
        ("status", json!("requires_payment_method")),
        ("latest_charge", charge["id"].clone()),
        ("last_payment_error", error.clone()),
        ("next_action", Value::Null),
        ("payment_method", Value::Null),
        ("_failed_method", intent["payment_method"].clone()),
    ];
    let intent = state.change(id, fields);
    state.emit("charge.failed", &charge);
    state.emit("payment_intent.payment_failed", &intent);
    let mut error = error;
    set(&mut error, "payment_intent", state.show(&intent, state.generation));
    Box::new(Reply::json(402, &json!({ "error": error })))
}

/// A charge of an intent, kept.
fn charge(state: &mut State, intent: &Value, decline: Option<&Decline>) -> Value {
    let id = state.id("ch");
    let created = state.now();
    let amount = &intent["amount"];
    let method = state.find("payment_method", intent["payment_method"].as_str().unwrap_or_default()).unwrap_or_default();
    let card = &method["card"];
    let outcome = match decline {
        None => json!({
            "advice_code": null, "network_advice_code": null, "network_decline_code": null, "network_status": "approved_by_network",
            "reason": null, "risk_level": "normal", "seller_message": "Payment complete.", "type": "authorized",
        }),
        Some(decline) => json!({
            "advice_code": decline.advice_code, "network_advice_code": decline.network_advice_code,
            "network_decline_code": decline.network_decline_code,
            "network_status": if decline.blocked { "not_sent_to_network" } else { "declined_by_network" },
            "reason": decline.reason.as_deref().unwrap_or(&decline.decline_code), "risk_level": "normal",
            "seller_message": "The bank did not approve.", "type": if decline.blocked { "blocked" } else { "issuer_declined" },
        }),
    };
    let taken = if decline.is_none() { amount.clone() } else { json!(0) };
    let balance = if decline.is_none() { balance(state, intent, &id) } else { Value::Null };
    state.put(json!({
        "id": id, "object": "charge", "amount": amount, "amount_captured": taken, "amount_refunded": 0, "balance_transaction": balance,
        "captured": decline.is_none(), "created": created, "currency": intent["currency"], "customer": intent["customer"],
        "description": intent["description"], "disputed": false,
        "failure_code": decline.map(|decline| decline.code.as_str()), "failure_message": decline.map(|_| "Your card was declined."),
        "livemode": false, "metadata": intent["metadata"], "outcome": outcome, "paid": decline.is_none(),
        "payment_intent": intent["id"], "payment_method": intent["payment_method"],
        "payment_method_details": {"type": method["type"], "card": {
            "brand": card["brand"], "country": card["country"], "exp_month": card["exp_month"], "exp_year": card["exp_year"],
            "fingerprint": card["fingerprint"], "funding": card["funding"], "last4": card["last4"], "network": card["brand"],
            "network_token": {"used": false}, "network_transaction_id": format!("nt_{id}"), "three_d_secure": null,
        }},
        "refunded": false, "status": if decline.is_none() { "succeeded" } else { "failed" }, "_invoice": intent["_invoice"],
    }))
}

/// What Stripe keeps of a charge: 2.9 percent and 30 of the minor unit.
fn balance(state: &mut State, intent: &Value, charge: &str) -> Value {
    let id = state.id("txn");
    let (amount, created) = (intent["amount"].as_i64().unwrap_or(0), state.now());
    let fee = (amount * 29 / 1_000 + 30).min(amount);
    let balance = state.put(json!({
        "id": id, "object": "balance_transaction", "amount": amount, "created": created, "currency": intent["currency"], "fee": fee,
        "net": amount - fee, "source": charge, "status": "pending", "type": "charge",
    }));
    balance["id"].clone()
}

/// What the money of an intent is counted under.
pub(crate) fn money_key(intent: &Value) -> String {
    let named = receivable(&intent["metadata"]).or(intent["_invoice"].as_str()).or(intent["id"].as_str());
    named.unwrap_or_default().to_owned()
}

/// The value of `receivable`, or of a key that ends so after a prefix of its owner's.
pub(crate) fn receivable(metadata: &Value) -> Option<&str> {
    let mut fields = metadata.as_object()?.iter();
    fields.find(|(name, _)| *name == "receivable" || name.ends_with("_receivable"))?.1.as_str()
}

/// `off_session` is a boolean, or a word that says which kind of payment off session it is.
fn off_session(form: &Form) -> bool {
    form.text("off_session").is_some_and(|text| matches!(text, "true" | "one_off" | "recurring"))
}

fn positive(form: &Form) -> Result<i64, Wrong> {
    form.needed("amount")?;
    match form.whole("amount")? {
        Some(amount) if (1..=AMOUNT_MAX).contains(&amount) => Ok(amount),
        Some(amount) if amount > AMOUNT_MAX => Err(invalid("amount_too_large", "amount", "Amount must be no more than 99,999,999.")),
        Some(_) | None => Err(invalid("parameter_invalid_integer", "amount", "This value must be greater than or equal to 1.")),
    }
}

fn currency(text: &str) -> Result<String, Wrong> {
    let fits = text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic());
    if fits { Ok(text.to_ascii_lowercase()) } else { Err(invalid("", "currency", &format!("Invalid currency: {text}"))) }
}

/// A method that may be charged for a customer: attached to them and to nobody else.
fn usable(state: &mut State, id: &str, customer: Option<&Value>) -> Result<Value, Wrong> {
    let method = super::customers::method_or_token(state, id)?;
    let owner = method["customer"].as_str();
    match (owner, customer.and_then(|customer| customer["id"].as_str())) {
        (Some(owner), Some(customer)) if owner != customer => {
            Err(invalid("", "payment_method", "The payment method supplied does not belong to the supplied customer."))
        }
        (Some(_), None) => Err(invalid("", "payment_method", "The PaymentMethod belongs to a customer; include that customer.")),
        _ if method["_gone"] == true => {
            let text = "The provided PaymentMethod was previously detached from a Customer and may not be used again.";
            Err(invalid("", "payment_method", text))
        }
        _ => Ok(method),
    }
}

/// Refuses what an intent's status does not allow.
fn expect(intent: &Value, allowed: &[&str], verb: &str) -> Result<(), Wrong> {
    let status = text_of(intent, "status");
    if allowed.contains(&status.as_str()) {
        return Ok(());
    }
    let text = format!("You cannot {verb} this PaymentIntent because it has a status of {status}.");
    Err(invalid("payment_intent_unexpected_state", "", &text))
}

pub(crate) fn text_of(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

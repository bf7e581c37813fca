//! Customers and their stored methods.
//!
//! Deliberately absent: sources and cards of the older API, and set-up intents: a test stores a method by its token.

use serde_json::{Value, json};

use super::cards::{Behaviour, Card};
use super::errors::{Wrong, invalid, no_such, wrong};
use super::form::Form;
use super::state::{State, set};

const CUSTOMER: &[&str] = &[
    "name",
    "email",
    "phone",
    "description",
    "metadata",
    "invoice_settings",
    "preferred_locales",
    "address",
    "tax_exempt",
    "payment_method",
    "default_source",
];
const TEXTS: &[&str] = &["name", "email", "phone", "description", "tax_exempt"];
const KINDS: [&str; 6] = ["card", "us_bank_account", "sepa_debit", "bacs_debit", "au_becs_debit", "acss_debit"];

pub(crate) fn create(state: &mut State, form: &Form) -> Result<Value, Wrong> {
    form.only(CUSTOMER)?;
    let id = state.id("cus");
    let created = state.now();
    state.put(json!({
        "id": id, "object": "customer", "address": null, "balance": 0, "created": created, "currency": null, "default_source": null,
        "delinquent": false, "description": null, "email": null,
        "invoice_settings": {"custom_fields": null, "default_payment_method": null, "footer": null}, "livemode": false, "metadata": {},
        "name": null, "phone": null, "preferred_locales": [], "shipping": null, "tax_exempt": "none",
    }));
    if let Some(method) = form.text("payment_method") {
        attach_to(state, method, &id)?;
    }
    let customer = filled(state, &id, form)?;
    state.emit("customer.created", &customer);
    Ok(customer)
}

pub(crate) fn update(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(CUSTOMER)?;
    state.find("customer", id)?;
    let customer = filled(state, id, form)?;
    state.emit("customer.updated", &customer);
    Ok(customer)
}

fn filled(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    let customer = state.find("customer", id)?;
    let mut changed = customer.clone();
    for (name, value) in form.texts(TEXTS) {
        set(&mut changed, &name, value);
    }
    set(&mut changed, "metadata", form.metadata(&customer["metadata"]));
    let locales = form.list("preferred_locales");
    if !locales.is_empty() {
        set(&mut changed, "preferred_locales", json!(locales));
    }
    if let Some(method) = form.said("invoice_settings[default_payment_method]") {
        let mut settings = customer["invoice_settings"].clone();
        let value = if method.is_empty() { Value::Null } else { json!(owned(state, method, id)?["id"]) };
        set(&mut settings, "default_payment_method", value);
        set(&mut changed, "invoice_settings", settings);
    }
    Ok(state.put(changed))
}

fn owned(state: &State, method: &str, customer: &str) -> Result<Value, Wrong> {
    let found = state.named("payment_method", method, "invoice_settings[default_payment_method]")?;
    if found["customer"] == customer {
        return Ok(found);
    }
    Err(invalid(
        "resource_missing",
        "invoice_settings[default_payment_method]",
        "The customer does not have a payment method with that ID.",
    ))
}

pub(crate) fn delete(state: &mut State, id: &str) -> Result<Value, Wrong> {
    let customer = state.find("customer", id)?;
    state.remove(id);
    state.emit("customer.deleted", &customer);
    Ok(json!({"id": id, "object": "customer", "deleted": true}))
}

pub(crate) fn create_method(state: &mut State, form: &Form) -> Result<Value, Wrong> {
    form.only(&["type", "card", "us_bank_account", "sepa_debit", "billing_details", "metadata", "allow_redisplay"])?;
    let kind = form.needed("type")?;
    if !KINDS.contains(&kind) {
        return Err(invalid("", "type", &format!("Invalid type: {kind}")));
    }
    if kind != "card" {
        let behaviour = Behaviour::always(super::cards::Outcome::Processes);
        let method = make(state, kind, &Card::new("", form.text("sepa_debit[iban]").map_or("6789", last4), behaviour));
        return Ok(method);
    }
    let named = form.text("card[token]").map(|token| token.replacen("tok_", "pm_card_", 1));
    let number = named.as_deref().or(form.text("card[number]")).ok_or_else(|| super::errors::missing("card[number]"))?;
    let card = match state.cards.get(number) {
        Some(card) => card.clone(),
        None if luhn(number) => Card::new("visa", last4(number), Behaviour::always(super::cards::Outcome::Succeeds)),
        None => return Err(wrong(402, "card_error", "incorrect_number", "number", "Your card number is incorrect.")),
    };
    let method = make(state, "card", &card);
    let mut method = method;
    set(&mut method, "metadata", form.metadata(&json!({})));
    Ok(state.put(method))
}

/// A new method that nobody owns yet, kept with its behaviour.
pub(crate) fn make(state: &mut State, kind: &str, card: &Card) -> Value {
    let id = state.id("pm");
    let created = state.now();
    state.behaviours.insert(id.clone(), (card.behaviour.clone(), 0));
    let mut method = json!({
        "id": id, "object": "payment_method", "allow_redisplay": "unspecified", "billing_details": {
            "address": {"city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null},
            "email": null, "name": null, "phone": null, "tax_id": null,
        },
        "created": created, "customer": null, "livemode": false, "metadata": {}, "type": kind, "_gone": false,
    });
    let details = if kind == "card" {
        json!({
            "brand": card.brand, "checks": {"address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass"},
            "country": "US", "display_brand": card.brand, "exp_month": 12, "exp_year": 2034,
            "fingerprint": format!("Fp{}{}", card.brand, card.last4), "funding": "credit", "generated_from": null, "last4": card.last4,
            "networks": {"available": [card.brand], "preferred": null}, "regulated_status": null,
            "three_d_secure_usage": {"supported": true}, "wallet": null,
        })
    } else {
        json!({"fingerprint": format!("Fp{kind}{}", card.last4), "last4": card.last4})
    };
    set(&mut method, kind, details);
    state.put(method)
}

/// A method by its id, or a new one when the id is the token of a test card.
pub(crate) fn method_or_token(state: &mut State, id: &str) -> Result<Value, Wrong> {
    if let Some(card) = state.cards.get(id).cloned() {
        return Ok(make(state, "card", &card));
    }
    state.named("payment_method", id, "payment_method")
}

pub(crate) fn attach(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(&["customer"])?;
    let customer = form.needed("customer")?.to_owned();
    attach_to(state, id, &customer)
}

pub(crate) fn attach_to(state: &mut State, id: &str, customer: &str) -> Result<Value, Wrong> {
    state.named("customer", customer, "customer")?;
    let refused = state.cards.get(id).and_then(|card| card.refuses_attachment.clone());
    if let Some(decline) = refused {
        return Err(wrong(402, "card_error", &decline.code, "", "Your card was declined."));
    }
    let method = if state.cards.contains_key(id) { method_or_token(state, id)? } else { state.find("payment_method", id)? };
    if method["_gone"] == true {
        return Err(invalid("", "", "This PaymentMethod was previously detached and may not be used again."));
    }
    if method["customer"].as_str().is_some_and(|owner| owner != customer) {
        return Err(invalid("", "", "The payment method you provided has already been attached to a customer."));
    }
    let id = super::intents::text_of(&method, "id");
    let method = state.change(&id, vec![("customer", json!(customer))]);
    state.emit("payment_method.attached", &method);
    Ok(method)
}

pub(crate) fn detach(state: &mut State, id: &str) -> Result<Value, Wrong> {
    let method = state.find("payment_method", id)?;
    let Some(owner) = method["customer"].as_str() else {
        return Err(invalid("", "", "The payment method you provided is not attached to a customer so detachment is impossible."));
    };
    if let Ok(customer) = state.find("customer", owner)
        && customer["invoice_settings"]["default_payment_method"] == id
    {
        let mut settings = customer["invoice_settings"].clone();
        set(&mut settings, "default_payment_method", Value::Null);
        state.change(owner, vec![("invoice_settings", settings)]);
    }
    let method = state.change(id, vec![("customer", Value::Null), ("_gone", json!(true))]);
    state.emit("payment_method.detached", &method);
    Ok(method)
}

/// Of a customer that is named: 400 or 404 when there is none.
pub(crate) fn need(state: &State, id: &str) -> Result<(), Wrong> {
    state.get("customer", id).map(|_| ()).ok_or_else(|| no_such("customer", id, "customer", 404))
}

fn last4(text: &str) -> &str {
    text.get(text.len().saturating_sub(4)..).unwrap_or(text)
}

/// Whether a card number's check digit fits.
fn luhn(number: &str) -> bool {
    let digits = number.bytes().rev().enumerate().map(|(place, byte)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        let doubled = if place % 2 == 1 { digit * 2 } else { digit };
        if doubled > 9 { doubled - 9 } else { doubled }
    });
    (12..=19).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && digits.sum::<u32>() % 10 == 0
}

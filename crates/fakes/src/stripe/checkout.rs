//! Hosted pages (`checkout.session`) on which a payer pays once or stores a card, and the search for customers.
//!
//! Deliberately absent: the pages themselves. A test says what the payer does on one.

use serde_json::{Map, Value, json};

use super::cards::Card;
use super::errors::{Wrong, invalid, missing};
use super::form::Form;
use super::intents::{How, attempt, open, text_of};
use super::state::State;
use crate::clock::DAY;

const KNOWN: &[&str] = &[
    "mode",
    "customer",
    "customer_email",
    "payment_method_types",
    "client_reference_id",
    "line_items",
    "metadata",
    "payment_intent_data",
    "setup_intent_data",
    "success_url",
    "cancel_url",
    "expires_at",
    "currency",
    "locale",
    "ui_mode",
    "customer_creation",
];
/// How long Stripe's search may not know what was just made.
const SEARCH_LAG: i64 = 60;

pub(crate) fn create(state: &mut State, form: &Form) -> Result<Value, Wrong> {
    form.only(KNOWN)?;
    let mode = form.needed("mode")?.to_owned();
    form.needed("success_url")?;
    let customer = form.text("customer").map(|id| state.named("customer", id, "customer")).transpose()?;
    let line = |name: &str| format!("line_items[0]{name}");
    let (amount, currency) = match mode.as_str() {
        "setup" => (None, None),
        "payment" => {
            let amount = form.whole(&line("[price_data][unit_amount]"))?.filter(|amount| *amount > 0);
            let count = form.whole(&line("[quantity]"))?.unwrap_or(1);
            let amount = amount.and_then(|amount| amount.checked_mul(count)).ok_or_else(|| missing("line_items"))?;
            form.needed(&line("[price_data][product_data][name]"))?;
            (Some(amount), Some(form.needed(&line("[price_data][currency]"))?.to_owned()))
        }
        other => return Err(invalid("", "mode", &format!("Invalid mode: {other}"))),
    };
    let (id, now) = (state.id("cs_test"), state.now());
    let ends = form.whole("expires_at")?.unwrap_or(now + DAY);
    if !(now + 1_800..=now + DAY).contains(&ends) {
        return Err(invalid("", "expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."));
    }
    let paid_by = inner(form, "payment_intent_data[metadata][");
    let session = state.put(json!({
        "id": id, "object": "checkout.session", "amount_subtotal": amount, "amount_total": amount, "cancel_url": form.text("cancel_url"),
        "client_reference_id": form.text("client_reference_id"), "created": now, "currency": currency,
        "customer": customer.map(|customer| customer["id"].clone()), "customer_email": form.text("customer_email"), "expires_at": ends,
        "livemode": false, "metadata": form.metadata(&json!({})), "mode": mode, "payment_intent": null,
        "payment_method_types": form.list("payment_method_types"),
        "payment_status": if amount.is_some() { "unpaid" } else { "no_payment_required" }, "setup_intent": null, "status": "open",
        "success_url": form.text("success_url"), "url": format!("https://checkout.stripe.example/c/pay/{id}"), "_metadata": paid_by,
    }));
    Ok(session)
}

/// Names in brackets behind a beginning.
fn inner(form: &Form, begin: &str) -> Value {
    let own = form.under(begin).map(|(name, value)| (name.trim_end_matches(']').to_owned(), json!(value)));
    Value::Object(own.collect::<Map<String, Value>>())
}

/// Pages whose time is over are closed before anybody looks.
pub(crate) fn lapse(state: &mut State) {
    let now = state.now();
    let over = |session: &&Value| session["status"] == "open" && session["expires_at"].as_i64().is_some_and(|at| at <= now);
    let over: Vec<String> = state.all("checkout.session").filter(over).map(|session| text_of(session, "id")).collect();
    for id in over {
        let session = state.change(&id, vec![("status", json!("expired")), ("url", Value::Null)]);
        state.emit("checkout.session.expired", &session);
    }
}

pub(crate) fn expire(state: &mut State, id: &str) -> Result<Value, Wrong> {
    let session = open_one(state, id)?;
    let session = state.change(&text_of(&session, "id"), vec![("status", json!("expired")), ("url", Value::Null)]);
    state.emit("checkout.session.expired", &session);
    Ok(session)
}

fn open_one(state: &mut State, id: &str) -> Result<Value, Wrong> {
    lapse(state);
    let session = state.find("checkout.session", id)?;
    if session["status"] == "open" {
        return Ok(session);
    }
    Err(invalid("", "", &format!("Only Checkout Sessions with a status in [\"open\"] can be used; this one is {}.", session["status"])))
}

/// The payer pays on a page with a card, present: a decline leaves the page open.
pub(crate) fn pay(state: &mut State, id: &str, card: &Card) -> Result<Value, Wrong> {
    let session = open_one(state, id)?;
    let method = super::customers::make(state, "card", card);
    if session["mode"] == "setup" {
        return set_up(state, &session, &method);
    }
    let known = session["payment_intent"].as_str().map(str::to_owned);
    let intent = known.unwrap_or_else(|| {
        let amount = session["amount_total"].as_i64().unwrap_or(0);
        let intent = open(state, amount, session["currency"].as_str().unwrap_or_default(), "requires_payment_method");
        let made = text_of(&intent, "id");
        let fields = vec![("customer", session["customer"].clone()), ("metadata", session["_metadata"].clone())];
        let intent = state.change(&made, fields);
        state.change(id, vec![("payment_intent", json!(made))]);
        state.emit("payment_intent.created", &intent);
        made
    });
    state.change(&intent, vec![("payment_method", method["id"].clone())]);
    attempt(state, &intent, How { off_session: false, error_on_action: false })?;
    let fields = vec![("status", json!("complete")), ("payment_status", json!("paid")), ("url", Value::Null)];
    let session = state.change(id, fields);
    state.emit("checkout.session.completed", &session);
    Ok(session)
}

fn set_up(state: &mut State, session: &Value, method: &Value) -> Result<Value, Wrong> {
    let method = text_of(method, "id");
    if let Some(customer) = session["customer"].as_str() {
        super::customers::attach_to(state, &method, customer)?;
    }
    let (own, created) = (state.id("seti"), state.now());
    let setup = state.put(json!({
        "id": own, "object": "setup_intent", "created": created, "customer": session["customer"], "last_setup_error": null,
        "livemode": false, "metadata": {}, "payment_method": method, "payment_method_types": ["card"], "status": "succeeded",
        "usage": "off_session",
    }));
    state.emit("setup_intent.succeeded", &setup);
    let fields = vec![("status", json!("complete")), ("setup_intent", setup["id"].clone()), ("url", Value::Null)];
    let session = state.change(&text_of(session, "id"), fields);
    state.emit("checkout.session.completed", &session);
    Ok(session)
}

/// `metadata['key']:'value'` or `field:'value'`, one clause; what is younger than a minute is not found yet.
pub(crate) fn search(state: &State, kind: &str, path: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(&["query", "limit", "page"])?;
    let query = form.needed("query")?;
    let wrong = || invalid("", "query", "This search query is not understood here: one clause, such as metadata['key']:'value'.");
    let (field, value) = query.split_once(':').ok_or_else(wrong)?;
    let value = value.trim().strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).ok_or_else(wrong)?;
    let value = value.replace("\\'", "'").replace("\\\\", "\\");
    let key = field.trim().strip_prefix("metadata['").and_then(|key| key.strip_suffix("']"));
    let before = state.now() - SEARCH_LAG;
    let fits = |object: &&Value| {
        let have = key.map_or(&object[field.trim()], |key| &object["metadata"][key]);
        *have == value.as_str() && object["created"].as_i64().is_some_and(|at| at <= before)
    };
    let found: Vec<&Value> = state.all(kind).rev().filter(fits).collect();
    Ok(json!({"object": "search_result", "url": path, "has_more": false, "next_page": null, "data": found}))
}

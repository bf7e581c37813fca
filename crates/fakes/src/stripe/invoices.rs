//! Invoices, and the account's own biller: it charges open ones by itself when its clock is moved.
//!
//! Deliberately absent: invoice items, tax, subscriptions that renew. A test makes an invoice with its amount.

use serde_json::{Value, json};

use super::cards::Decline;
use super::errors::{Wrong, invalid};
use super::form::Form;
use super::intents::{How, attempt, open, text_of};
use super::state::{State, set};
use crate::clock::DAY;

/// How long after it was made the biller charges an invoice for the first time.
const FIRST: i64 = 3_600;

/// An invoice that a test orders.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Bill {
    /// Whose.
    pub customer: String,
    /// Minor units.
    pub amount: i64,
    /// Lower case, ISO 4217.
    pub currency: String,
    /// What the invoice carries; `receivable` is what its money is counted under.
    pub metadata: Vec<(String, String)>,
    /// A subscription that it belongs to.
    pub subscription: Option<String>,
    /// When it is due; with it, the invoice is sent and not charged by itself.
    pub due: Option<i64>,
}

/// Makes an open invoice.
pub(crate) fn bill(state: &mut State, bill: &Bill) -> Value {
    let id = state.id("in");
    let now = state.now();
    let number = format!("FAKE-{:04}", state.all("invoice").count() + 1);
    let metadata: serde_json::Map<String, Value> = bill.metadata.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let charged = bill.due.is_none();
    let customer = state.get("customer", &bill.customer).cloned().unwrap_or_default();
    let parent = bill.subscription.as_ref().map(|subscription| {
        json!({"type": "subscription_details", "quote_details": null,
            "subscription_details": {"metadata": {}, "subscription": subscription}})
    });
    let invoice = state.put(json!({
        "id": id, "object": "invoice", "amount_due": bill.amount, "amount_overpaid": 0, "amount_paid": 0,
        "amount_remaining": bill.amount, "attempt_count": 0, "attempted": false, "auto_advance": true,
        "billing_reason": if bill.subscription.is_some() { "subscription_cycle" } else { "manual" },
        "collection_method": if charged { "charge_automatically" } else { "send_invoice" }, "created": now, "currency": bill.currency,
        "customer": bill.customer, "customer_email": customer["email"], "customer_name": customer["name"],
        "default_payment_method": null, "description": null, "due_date": bill.due, "effective_at": now, "ending_balance": 0,
        "hosted_invoice_url": format!("https://invoice.stripe.example/{id}"), "invoice_pdf": null, "last_finalization_error": null,
        "lines": {"object": "list", "has_more": false, "data": [{
            "id": format!("il_{id}"), "object": "line_item", "amount": bill.amount, "currency": bill.currency, "description": "Service",
            "metadata": {}, "quantity": 1, "period": {"start": now, "end": now + 30 * DAY},
        }]},
        "livemode": false, "metadata": metadata, "next_payment_attempt": if charged { json!(now + FIRST) } else { Value::Null },
        "number": number, "parent": parent, "payments": {"object": "list", "has_more": false, "data": []},
        "payment_settings": {"default_mandate": null, "payment_method_options": null, "payment_method_types": null},
        "period_end": now, "period_start": now, "starting_balance": 0, "status": "open",
        "status_transitions": {"finalized_at": now, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null},
        "subtotal": bill.amount, "total": bill.amount, "_intent": null, "_charge": null, "_blocked_method": null,
    }));
    state.emit("invoice.created", &invoice);
    state.emit("invoice.finalized", &invoice);
    if !charged {
        state.emit("invoice.sent", &invoice);
    }
    invoice
}

pub(crate) fn update(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(&["auto_advance", "metadata", "description", "default_payment_method", "collection_method", "due_date", "days_until_due"])?;
    let invoice = state.find("invoice", id)?;
    let mut fields = vec![("metadata", form.metadata(&invoice["metadata"]))];
    if form.text("auto_advance").is_some() {
        let on = form.truth("auto_advance")?;
        fields.push(("auto_advance", json!(on)));
        if !on {
            fields.push(("next_payment_attempt", Value::Null));
        }
    }
    if let Some(method) = form.text("default_payment_method") {
        let method = state.named("payment_method", method, "default_payment_method")?;
        fields.push(("default_payment_method", method["id"].clone()));
    }
    let invoice = state.change(id, fields);
    state.emit("invoice.updated", &invoice);
    Ok(invoice)
}

pub(crate) fn pay(state: &mut State, id: &str, form: &Form) -> Result<Value, Wrong> {
    form.only(&["payment_method", "off_session", "paid_out_of_band", "forgive", "mandate"])?;
    let invoice = state.find("invoice", id)?;
    expect_open(&invoice)?;
    if form.truth("paid_out_of_band")? {
        return Ok(paid(state, id, None));
    }
    let method = form.text("payment_method").map(str::to_owned).or_else(|| default_method(state, &invoice));
    let Some(method) = method else {
        return Err(invalid(
            "invoice_payment_intent_requires_action",
            "",
            "There is no payment method that can be charged for this invoice.",
        ));
    };
    // Who says nothing is off session, as a biller is.
    let off_session = form.text("off_session").is_none() || form.truth("off_session")?;
    charge(state, id, &method, How { off_session, error_on_action: false })?;
    state.find("invoice", id)
}

pub(crate) fn void(state: &mut State, id: &str) -> Result<Value, Wrong> {
    close(state, id, "void", "voided_at", "invoice.voided")
}

pub(crate) fn uncollectible(state: &mut State, id: &str) -> Result<Value, Wrong> {
    close(state, id, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")
}

fn close(state: &mut State, id: &str, status: &str, when: &str, event: &str) -> Result<Value, Wrong> {
    let invoice = state.find("invoice", id)?;
    expect_open(&invoice)?;
    let mut transitions = invoice["status_transitions"].clone();
    set(&mut transitions, when, json!(state.now()));
    let fields = vec![("status", json!(status)), ("status_transitions", transitions), ("next_payment_attempt", Value::Null)];
    let invoice = state.change(id, fields);
    state.emit(event, &invoice);
    Ok(invoice)
}

fn expect_open(invoice: &Value) -> Result<(), Wrong> {
    match invoice["status"].as_str() {
        Some("open" | "uncollectible") => Ok(()),
        Some("paid") => Err(invalid("invoice_already_paid", "", "Invoice is already paid")),
        Some(_) | None => Err(invalid("invoice_not_editable", "", "This invoice can no longer be paid.")),
    }
}

/// When the biller charges next.
pub(crate) fn next(state: &State) -> Option<i64> {
    let open = state.all("invoice").filter(|invoice| invoice["status"] == "open" && invoice["auto_advance"] == true);
    open.filter_map(|invoice| invoice["next_payment_attempt"].as_i64()).min()
}

/// Charges every invoice whose time has come.
pub(crate) fn run(state: &mut State) {
    let now = state.now();
    let due = |invoice: &&Value| {
        invoice["status"] == "open"
            && invoice["auto_advance"] == true
            && invoice["next_payment_attempt"].as_i64().is_some_and(|at| at <= now)
    };
    let due: Vec<String> = state.all("invoice").filter(due).map(|invoice| text_of(invoice, "id")).collect();
    for id in due {
        let Ok(invoice) = state.find("invoice", &id) else { continue };
        let method = default_method(state, &invoice);
        let count = invoice["attempt_count"].as_i64().unwrap_or(0) + 1;
        state.change(&id, vec![("attempt_count", json!(count)), ("attempted", json!(true))]);
        let blocked = method.is_none() || method.as_deref() == invoice["_blocked_method"].as_str();
        if let (Some(method), false) = (method, blocked) {
            let _ = charge(state, &id, &method, How { off_session: true, error_on_action: false });
        }
        let Ok(invoice) = state.find("invoice", &id) else { continue };
        if invoice["status"] == "open" {
            let place = usize::try_from(count - 1).unwrap_or(usize::MAX);
            let next = state.biller_days.get(place).map_or(Value::Null, |days| json!(now + days * DAY));
            let invoice = state.change(&id, vec![("next_payment_attempt", next)]);
            state.emit("invoice.updated", &invoice);
        }
    }
}

/// Charges an invoice with a method, on its intent if it has one that still can be.
fn charge(state: &mut State, id: &str, method: &str, how: How) -> Result<(), Wrong> {
    let invoice = state.find("invoice", id)?;
    let method = super::customers::method_or_token(state, method)?;
    let intent = match invoice["_intent"].as_str().and_then(|intent| state.get("payment_intent", intent)) {
        Some(intent) if intent["status"] != "canceled" => intent.clone(),
        Some(_) | None => {
            let amount = invoice["amount_remaining"].as_i64().unwrap_or(0);
            let intent = open(state, amount, &text_of(&invoice, "currency"), "requires_confirmation");
            let fields =
                vec![("customer", invoice["customer"].clone()), ("metadata", invoice["metadata"].clone()), ("_invoice", json!(id))];
            let intent = state.change(&text_of(&intent, "id"), fields);
            let payment = payment(state, &invoice, &intent);
            state.change(id, vec![("_intent", intent["id"].clone()), ("payments", payment)]);
            state.emit("payment_intent.created", &intent);
            intent
        }
    };
    let intent = text_of(&intent, "id");
    state.change(&intent, vec![("payment_method", method["id"].clone())]);
    let first = invoice["attempt_count"].as_i64() == Some(0);
    if first {
        state.change(id, vec![("attempt_count", json!(1)), ("attempted", json!(true))]);
    }
    let tried = attempt(state, &intent, how);
    let after = state.find("payment_intent", &intent)?;
    let invoice = state.change(id, vec![("_charge", after["latest_charge"].clone())]);
    match tried {
        Ok(intent) if intent["status"] == "requires_action" => state.emit("invoice.payment_action_required", &invoice),
        Ok(_) => {}
        Err(declined) => {
            let blocked = !Decline::of(after["last_payment_error"]["decline_code"].as_str().unwrap_or_default()).retried_by_biller();
            let invoice = state.change(id, vec![("_blocked_method", if blocked { method["id"].clone() } else { Value::Null })]);
            state.emit("invoice.payment_failed", &invoice);
            return Err(declined);
        }
    }
    Ok(())
}

fn payment(state: &mut State, invoice: &Value, intent: &Value) -> Value {
    let id = state.id("inpay");
    let created = state.now();
    let payment = state.put(json!({
        "id": id, "object": "invoice_payment", "amount_paid": null, "amount_requested": intent["amount"], "created": created,
        "currency": intent["currency"], "invoice": invoice["id"], "is_default": true, "livemode": false,
        "payment": {"type": "payment_intent", "payment_intent": intent["id"]}, "status": "open",
        "status_transitions": {"canceled_at": null, "paid_at": null},
    }));
    json!({"object": "list", "has_more": false, "data": [payment]})
}

/// An intent took the money of the invoice that it belongs to.
pub(crate) fn paid_by_intent(state: &mut State, intent: &Value) {
    if let Some(id) = intent["_invoice"].as_str() {
        paid(state, id, Some(intent));
    }
}

fn paid(state: &mut State, id: &str, intent: Option<&Value>) -> Value {
    let Ok(invoice) = state.find("invoice", id) else { return Value::Null };
    let now = state.now();
    let mut transitions = invoice["status_transitions"].clone();
    set(&mut transitions, "paid_at", json!(now));
    let mut fields = vec![
        ("status", json!("paid")),
        ("amount_paid", invoice["amount_due"].clone()),
        ("amount_remaining", json!(0)),
        ("next_payment_attempt", Value::Null),
        ("status_transitions", transitions),
    ];
    if let Some(intent) = intent {
        let mut payments = invoice["payments"].clone();
        if let Some(payment) = payments.pointer_mut("/data/0") {
            set(payment, "amount_paid", intent["amount"].clone());
            set(payment, "status", json!("paid"));
            set(payment, "status_transitions", json!({"canceled_at": null, "paid_at": now}));
            let payment = payment.clone();
            state.put(payment.clone());
            state.emit("invoice_payment.paid", &payment);
        }
        fields.push(("payments", payments));
        fields.push(("_charge", intent["latest_charge"].clone()));
    }
    let invoice = state.change(id, fields);
    state.emit("invoice.paid", &invoice);
    state.emit("invoice.payment_succeeded", &invoice);
    invoice
}

/// The method that the biller charges: the invoice's, the subscription's, the customer's.
fn default_method(state: &State, invoice: &Value) -> Option<String> {
    let subscription = invoice["parent"]["subscription_details"]["subscription"].as_str().and_then(|id| state.get("subscription", id));
    let customer = state.get("customer", invoice["customer"].as_str().unwrap_or_default());
    let named = invoice["default_payment_method"]
        .as_str()
        .or_else(|| subscription?["default_payment_method"].as_str())
        .or_else(|| customer?["invoice_settings"]["default_payment_method"].as_str());
    named.map(str::to_owned)
}

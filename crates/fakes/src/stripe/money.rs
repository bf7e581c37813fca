//! Money going back: refunds, and disputes that a payer's bank opens.
//!
//! Deliberately absent: balances and payouts.

use serde_json::{Value, json};

use super::errors::{Wrong, invalid, missing};
use super::form::Form;
use super::intents::{money_key, receivable, text_of};
use super::state::State;

const REFUND: &[&str] = &["payment_intent", "charge", "amount", "metadata", "reason"];
const REASONS: [&str; 3] = ["duplicate", "fraudulent", "requested_by_customer"];

pub(crate) fn refund(state: &mut State, form: &Form) -> Result<Value, Wrong> {
    form.only(REFUND)?;
    if let Some(reason) = form.text("reason").filter(|reason| !REASONS.contains(reason)) {
        return Err(invalid("", "reason", &format!("Invalid reason: {reason}")));
    }
    let charge = match (form.text("charge"), form.text("payment_intent")) {
        (Some(id), _) => state.named("charge", id, "charge")?,
        (None, Some(id)) => {
            let intent = state.named("payment_intent", id, "payment_intent")?;
            let latest = intent["latest_charge"].as_str().filter(|_| intent["status"] == "succeeded");
            let Some(latest) = latest else {
                let text = "This PaymentIntent does not have a successful charge to refund.";
                return Err(invalid("payment_intent_unexpected_state", "payment_intent", text));
            };
            state.named("charge", latest, "charge")?
        }
        (None, None) => return Err(missing("charge")),
    };
    let id = text_of(&charge, "id");
    let (amount, back) = (charge["amount"].as_i64().unwrap_or(0), charge["amount_refunded"].as_i64().unwrap_or(0));
    if charge["disputed"] == true {
        return Err(invalid("charge_disputed", "", &format!("Charge {id} has been charged back; cannot issue a refund.")));
    }
    if charge["paid"] != true || back >= amount {
        return Err(invalid("charge_already_refunded", "", &format!("Charge {id} has already been refunded.")));
    }
    let asked = form.whole("amount")?.unwrap_or(amount - back);
    if asked <= 0 {
        return Err(invalid("parameter_invalid_integer", "amount", "Invalid positive integer"));
    }
    if asked > amount - back {
        return Err(invalid("", "amount", "Refund amount is greater than unrefunded amount on charge."));
    }
    Ok(give_back(state, &charge, asked, form))
}

fn give_back(state: &mut State, charge: &Value, amount: i64, form: &Form) -> Value {
    let refund = state.id("re");
    let now = state.now();
    state.ledger.give_back(&money_key_of(charge), &refund, amount, now);
    let refund = state.put(json!({
        "id": refund, "object": "refund", "amount": amount, "balance_transaction": null, "charge": charge["id"], "created": now,
        "currency": charge["currency"], "metadata": form.metadata(&json!({})), "payment_intent": charge["payment_intent"],
        "reason": form.text("reason"), "receipt_number": null, "status": "succeeded",
    }));
    let back = charge["amount_refunded"].as_i64().unwrap_or(0) + amount;
    let whole = json!(charge["amount"].as_i64() == Some(back));
    let charge = state.change(&text_of(charge, "id"), vec![("amount_refunded", json!(back)), ("refunded", whole)]);
    state.emit("charge.refunded", &charge);
    state.emit("refund.created", &refund);
    refund
}

/// The payer's bank takes a charge back.
pub(crate) fn dispute(state: &mut State, intent: &str, reason: &str) -> Result<Value, Wrong> {
    let intent = state.find("payment_intent", intent)?;
    let charge = state.find("charge", intent["latest_charge"].as_str().unwrap_or_default())?;
    let id = state.id("dp");
    let (now, amount) = (state.now(), charge["amount"].as_i64().unwrap_or(0));
    state.ledger.give_back(&money_key(&intent), &id, amount, now);
    state.change(&text_of(&charge, "id"), vec![("disputed", json!(true))]);
    let dispute = state.put(json!({
        "id": id, "object": "dispute", "amount": amount, "balance_transactions": [], "charge": charge["id"], "created": now,
        "currency": charge["currency"], "is_charge_refundable": false, "livemode": false, "metadata": {},
        "payment_intent": intent["id"], "reason": reason, "status": "needs_response",
    }));
    state.emit("charge.dispute.created", &dispute);
    state.emit("charge.dispute.funds_withdrawn", &dispute);
    Ok(dispute)
}

/// A dispute ends; a won one brings the money back.
pub(crate) fn close_dispute(state: &mut State, id: &str, won: bool) -> Result<Value, Wrong> {
    let dispute = state.find("dispute", id)?;
    if dispute["status"] != "needs_response" {
        return Err(invalid("", "", "This dispute is already closed."));
    }
    let dispute = state.change(id, vec![("status", json!(if won { "won" } else { "lost" }))]);
    if won {
        let intent = state.find("payment_intent", dispute["payment_intent"].as_str().unwrap_or_default())?;
        let (amount, now) = (dispute["amount"].as_i64().unwrap_or(0), state.now());
        // The same payment came again: what went back is taken off, so that it is not counted as a second one.
        state.ledger.give_back(&money_key(&intent), id, -amount, now);
        state.emit("charge.dispute.funds_reinstated", &dispute);
    }
    state.emit("charge.dispute.closed", &dispute);
    Ok(dispute)
}

fn money_key_of(charge: &Value) -> String {
    let named = receivable(&charge["metadata"]).or(charge["_invoice"].as_str()).or(charge["payment_intent"].as_str());
    named.unwrap_or_default().to_owned()
}

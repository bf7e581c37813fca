//! What acts have in common: how a receivable or customer stands afterwards, and where the engine's refusals belong in the input.

use regua_core::facts::Cause;
use regua_core::money::Money;
use regua_engine::commands::state::{CustomerState, ReceivableState};
use regua_engine::commands::tell::About;
use regua_engine::{Error, Kind as Failure};
use serde_json::{Value, json};

use super::super::op::Call;
use super::super::problem::{FieldError, Problem};
use super::super::reply::{self, Reply};
use super::super::shape::{Field, Kind, Schema, may, must};
use crate::office::Ground;

/// Why something is done: every act takes it.
pub(in crate::api) const REASON: Field = may("reason", Kind::Text(500), "Why; it is kept with the act.");

/// What can hold a receivable or a customer.
pub(super) const CAUSES: &[&str] = &["dispute", "hold", "pause", "complaint", "lawyer", "insolvency", "death", "agreement"];
/// Ways to reach a person.
pub(super) const CHANNELS: &[&str] = &["email", "sms", "whatsapp", "push", "in_app", "voice", "letter"];
/// Ways that money moves.
pub(super) const RAILS: &[&str] =
    &["pix", "pix_automatico", "boleto", "card", "ach", "sepa", "bacs", "direct_debit", "transfer", "cash", "check", "other"];
/// How real decisions are.
pub(super) const MODES: &[&str] = &["shadow", "redirect", "approve", "live"];

/// How a receivable stands after an act.
pub(super) static RECEIVABLE: Schema = Schema {
    name: "ReceivableStanding",
    doc: "How a receivable stands after an act.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("external_id", Kind::Name, "What its source calls it."),
        must("customer", Kind::Name, "Our id of its customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("status", Kind::Word(&["open", "paid", "void", "written_off", "assigned"]), "Where it stands."),
        must("amount", Kind::Money, "What was billed."),
        must("balance", Kind::Money, "What is entered and not paid."),
        must("due", Kind::Money, "What settles it today, what lateness costs included."),
        must("due_on", Kind::Day, "The due date as written."),
        must("held_for", Kind::List(&Kind::Word(CAUSES), 20), "What it stands still for, by itself."),
        must("customer_held_for", Kind::List(&Kind::Word(CAUSES), 20), "What its customer stands still for."),
        may("promised_on", Kind::Day, "The last day for which payment is promised."),
    ],
};

/// How a customer stands after an act.
pub(super) static CUSTOMER: Schema = Schema {
    name: "CustomerStanding",
    doc: "How a customer stands after an act.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("external_id", Kind::Name, "What its source calls it; ours once the person is erased."),
        must("erased", Kind::Bool, "Whether the person was erased."),
        must("mode", Kind::Word(MODES), "How real decisions about it are."),
        must("held_for", Kind::List(&Kind::Word(CAUSES), 20), "What it stands still for."),
        must("open_receivables", Kind::Int(0, i64::MAX), "How many receivables are open."),
        must("owes", Kind::List(&Kind::Money, 200), "What is entered of them and not paid, one amount a currency."),
        must("credit", Kind::List(&Kind::Money, 200), "Credit that is not zero, one amount a currency."),
    ],
};

fn causes(causes: &[Cause]) -> Vec<&'static str> {
    causes.iter().map(|cause| cause.as_str()).collect()
}

/// A receivable as JSON.
pub(super) fn receivable(state: &ReceivableState) -> Value {
    json!({
        "id": state.id.to_string(),
        "external_id": state.external_id,
        "customer": state.customer.to_string(),
        "customer_external_id": state.customer_external_id,
        "status": state.status,
        "amount": reply::money(state.amount),
        "balance": reply::money(state.balance),
        "due": reply::money(state.due),
        "due_on": reply::day(state.due_on),
        "held_for": causes(&state.causes),
        "customer_held_for": causes(&state.customer_causes),
        "promised_on": reply::opt_day(state.promised_on),
    })
}

/// A customer as JSON.
pub(super) fn customer(state: &CustomerState) -> Value {
    json!({
        "id": state.id.to_string(),
        "external_id": state.external_id,
        "erased": state.erased,
        "mode": state.mode.as_str(),
        "held_for": causes(&state.causes),
        "open_receivables": i64::try_from(state.open).unwrap_or(i64::MAX),
        "owes": state.owes.iter().map(|sum| reply::money(*sum)).collect::<Vec<_>>(),
        "credit": state.credit.iter().map(|sum| reply::money(*sum)).collect::<Vec<_>>(),
    })
}

/// The receivable that the path names.
pub(super) fn of_path(call: &Call<'_>) -> About {
    About::Receivable(call.at(0).to_owned())
}

/// The customer that the path names.
pub(super) fn customer_of_path(call: &Call<'_>) -> About {
    About::Customer(call.at(0).to_owned())
}

/// How the receivable of the path stands.
pub(super) fn receivable_now(call: &Call<'_>) -> Result<ReceivableState, Problem> {
    Ok(call.engine().receivable_state(call.tenant, &of_path(call), call.now)?)
}

/// Answers with how the receivable of the path stands, and lets the workers look.
pub(super) fn receivable_stands(call: &Call<'_>) -> Result<Reply, Problem> {
    call.host.ring();
    Ok(Reply::one(receivable(&receivable_now(call)?)))
}

/// Answers with how a customer stands, and lets the workers look.
pub(super) fn customer_stands(call: &Call<'_>, id: &str) -> Result<Reply, Problem> {
    call.host.ring();
    Ok(Reply::one(customer(&call.engine().customer_state(call.tenant, id)?)))
}

/// The same problem, with the place in the input that it is about.
pub(super) fn at(problem: Problem, place: &str, code: &'static str) -> Problem {
    let field = FieldError::new(place, code, problem.detail.clone());
    Problem { fields: vec![field], ..problem }
}

/// An error of the engine whose code belongs to a place of the input: codes with their places. What the body names and is not there
/// is the input's mistake, not a wrong address.
pub(in crate::api) fn placed(error: Error, places: &[(&str, &str)]) -> Problem {
    let place = places.iter().find(|(code, _)| *code == error.code).map(|(_, place)| *place);
    let (kind, code) = (error.kind, error.code);
    let problem = Problem::from(error);
    match (place, kind) {
        (Some(place), Failure::NotFound) => at(Problem { status: 422, ..problem }, place, code),
        (Some(place), Failure::Refused) => at(problem, place, code),
        (Some(_) | None, Failure::NotFound | Failure::Stale | Failure::Refused | Failure::Busy | Failure::Bug) => problem,
    }
}

/// An amount of the body that must be above zero.
pub(super) fn above_zero(call: &Call<'_>) -> Result<Money, Problem> {
    let amount = call.body.must_money("amount")?;
    if amount.minor() > 0 { Ok(amount) } else { Err(Problem::field("/amount", "money", "write an amount above zero")) }
}

/// The same, where it may be left out.
pub(super) fn maybe_above_zero(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    if call.body.money("amount").is_some() { above_zero(call).map(Some) } else { Ok(None) }
}

/// What a fitting name of a source's is: the bytes that ids have at most, and none that does not show.
pub(super) fn external_id(text: &str, place: &str) -> Result<String, Problem> {
    const BYTES_MAX: usize = 128;
    let text = text.trim();
    if text.is_empty() || text.len() > BYTES_MAX || text.chars().any(char::is_control) {
        return Err(Problem::field(place, "text", "write an id of at most 128 bytes on one line"));
    }
    Ok(text.to_owned())
}

/// What the settings say that acts go by; a server without settings says nothing.
pub(super) fn ground(call: &Call<'_>) -> Ground {
    call.office().map_or_else(Ground::default, |office| office.ground())
}

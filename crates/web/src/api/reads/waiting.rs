//! What waits for a person's approval: steps to release or refuse.

use regua_engine::commands::awaiting::Awaiting;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, must};
use super::page::{self, cursor, hex};
use super::parts::moment;

static APPROVAL: Schema = Schema {
    name: "AwaitedApproval",
    doc: "A step that waits until a person releases or refuses it.",
    fields: &[
        must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("step", Kind::Text(100), "The step."),
        must("since", Kind::Moment, "Since when it waits."),
        must("due", Kind::Money, "What settles the receivable now."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[Op {
    path: "/approvals",
    id: "list_approvals",
    tag: "Work",
    summary: "Steps that wait for a person's approval",
    doc: "Customer by customer in the order of their ids. A page may hold fewer than were asked for, or none, and not be the last.",
    needs: Needs::Scope(Scope::ReceivablesRead),
    answer: Answer::Page(&APPROVAL),
    run: approvals,
    ..PLAIN
}];

fn approvals(call: &Call<'_>) -> Result<Reply, Problem> {
    let place = page::place(call, 3)?;
    let after = place.map(|place| Ok::<_, Problem>((place.id(0)?, place.text(1)?, place.text(2)?))).transpose()?;
    let limit = usize::try_from(call.limit()).unwrap_or(1);
    let (found, next) = call.engine().awaiting_page(call.tenant, after.as_ref(), limit, call.now)?;
    let next = next.map(|(customer, receivable, step)| cursor(&json!([hex(&customer), receivable, step])));
    Ok(Reply::Page(found.iter().map(approval).collect(), next))
}

fn approval(one: &Awaiting) -> Value {
    json!({
        "receivable_external_id": one.receivable,
        "customer_external_id": one.customer,
        "step": one.step,
        "since": moment(one.since),
        "due": reply::money(one.due),
    })
}

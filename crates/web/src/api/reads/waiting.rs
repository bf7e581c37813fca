//! What waits for a person: tasks, and steps to release or refuse.

use regua_core::words::Mode;
use regua_engine::commands::awaiting::Awaiting;
use regua_engine::people::Scope;
use regua_store::links::{self, RequestRow};
use regua_store::lists::decisions::{self, OpenEffect};
use regua_store::lists::names;
use serde_json::{Value, json};

use super::super::asked;
use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, may, must};
use super::page::{self, cursor, hex};
use super::parts::{COUNT, MODES, filled, moment};
use super::records::key;

/// What a customer asked of a person.
const REQUEST: &str = "request";
const KINDS: &[&str] = &["task", "mend", REQUEST];
const KINDS_DOC: &str = "task: a step put it on a queue. mend: nobody can be reached. request: a customer asked.";

static TASK: Schema = Schema {
    name: "Task",
    doc: "Something that a person is to do.",
    fields: &[
        may("receivable", Kind::Name, "Our id of the receivable; a request may be about none."),
        may("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("customer", Kind::Name, "Our id of the customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("kind", Kind::Word(KINDS), KINDS_DOC),
        may("detail", Kind::Text(2_000), "The queue, what is to be mended, or what is asked: a word of `asks` of CustomerRequest."),
        may("request", Kind::Name, "Of a request, its id: list_customer_requests tells the words, close_customer_request ends it."),
        must("step", Kind::Text(100), "The step that asked for it; `portal` for a request."),
        must("cycle", COUNT, "The cycle of the step."),
        must("occurrence", COUNT, "Which time, of a step that repeats."),
        must("mode", Kind::Word(MODES), "How real."),
        must("since", Kind::Moment, "Since when it waits."),
    ],
};

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
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/tasks",
        id: "list_tasks",
        tag: "Work",
        summary: "Tasks that are open",
        doc: "Who waits longest first.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: &[may(
            "kind",
            Kind::Word(KINDS),
            "task: a step put it on a queue; mend: contact data by which nobody can be reached; request: a customer asked by the link of a \
             message. task when nothing is said.",
        )],
        answer: Answer::Page(&TASK),
        run: tasks,
        ..PLAIN
    },
    Op {
        path: "/approvals",
        id: "list_approvals",
        tag: "Work",
        summary: "Steps that wait for a person's approval",
        doc: "Customer by customer in the order of their ids. A page may hold fewer than were asked for, or none, and not be the last.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        answer: Answer::Page(&APPROVAL),
        run: approvals,
        ..PLAIN
    },
];

fn tasks(call: &Call<'_>) -> Result<Reply, Problem> {
    let kind = call.query.text("kind").unwrap_or("task");
    if kind == REQUEST {
        return requests(call);
    }
    let place = page::place(call, 6)?;
    let after = place.map(|place| Ok::<_, Problem>((place.moment(0)?, place.id(1)?, key(&place, 2)?))).transpose()?;
    let (rows, customers, receivables) = call.read(|tx| {
        let rows = decisions::open(tx, call.tenant, kind, after.as_ref(), page::one_more(call))?;
        let customers = names::customers(tx, call.tenant, rows.iter().map(|row| row.customer))?;
        let receivables = names::receivables(tx, call.tenant, rows.iter().map(|row| row.receivable))?;
        Ok((rows, customers, receivables))
    })?;
    let place = |row: &OpenEffect| {
        let (mode, step, cycle, occurrence) = &row.key;
        cursor(&json!([row.at.micros(), hex(&row.receivable.to_bytes()), mode, step, cycle, occurrence]))
    };
    page::page(call, rows, place, |row| {
        let (mode, step, cycle, occurrence) = &row.key;
        Ok(json!({
            "receivable": row.receivable.to_string(),
            "receivable_external_id": receivables.get(&row.receivable),
            "customer": row.customer.to_string(),
            "customer_external_id": customers.get(&row.customer),
            "kind": kind,
            "detail": filled(&row.detail),
            "request": null,
            "step": step,
            "cycle": cycle,
            "occurrence": occurrence,
            "mode": mode,
            "since": moment(row.at),
        }))
    })
}

/// What customers asked by their links, who waits longest first: what they wrote is told by another operation.
fn requests(call: &Call<'_>) -> Result<Reply, Problem> {
    let after = page::place(call, 1)?.map(|place| place.id(0)).transpose()?.unwrap_or_default();
    let (rows, customers, receivables) = call.read(|tx| {
        let rows = links::waiting(tx, call.tenant, after, page::one_more(call))?;
        let customers = names::customers(tx, call.tenant, rows.iter().map(|row| row.customer))?;
        let receivables = names::receivables(tx, call.tenant, rows.iter().filter_map(|row| row.receivable))?;
        Ok((rows, customers, receivables))
    })?;
    let place = |row: &RequestRow| cursor(&json!([hex(&row.request)]));
    page::page(call, rows, place, |row| {
        Ok(json!({
            "receivable": row.receivable.map(|id| id.to_string()),
            "receivable_external_id": row.receivable.and_then(|id| receivables.get(&id)),
            "customer": row.customer.to_string(),
            "customer_external_id": customers.get(&row.customer),
            "kind": REQUEST,
            "detail": row.what,
            "request": asked::hex(&row.request),
            "step": "portal",
            "cycle": 0,
            "occurrence": 0,
            "mode": Mode::Live.as_str(),
            "since": moment(row.asked_at),
        }))
    })
}

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

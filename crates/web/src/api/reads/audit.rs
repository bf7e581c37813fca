//! Who did what: chains of events, their heads, and the roots over each day.

use regua_core::time::Day;
use regua_engine::people::Scope;
use regua_store::{log, tenants};
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, must};
use super::page::{self, cursor, hex};
use super::parts::{COUNT, moment};

static ROOT: Schema = Schema {
    name: "DayRoot",
    doc: "A day's root: a digest over everything that the log gained on that day and over the root before.",
    fields: &[
        must("day", Kind::Day, "The day, of UTC."),
        must("pages", COUNT, "How many pages of the log it is over."),
        must("root", Kind::Text(64), "The root, in hexadecimal digits."),
    ],
};

static HEAD: Schema = Schema {
    name: "ChainHead",
    doc: "Where a chain of events ends.",
    fields: &[
        must("chain", Kind::Name, "The customer, or the company for its own chain."),
        must("events", COUNT, "How many events it has."),
        must("head", Kind::Text(64), "The hash of the last, in hexadecimal digits."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/audit/roots",
        id: "list_day_roots",
        tag: "Audit",
        summary: "The roots of days, the newest first",
        doc: "Kept elsewhere, they show that nothing of the log was cut off since.",
        needs: Needs::Scope(Scope::AuditRead),
        answer: Answer::Page(&ROOT),
        run: roots,
        ..PLAIN
    },
    Op {
        path: "/audit/heads",
        id: "list_chain_heads",
        tag: "Audit",
        summary: "Where the chains of events end",
        doc: "The company's own chain first, then those of customers in the order of their ids.",
        needs: Needs::Scope(Scope::AuditRead),
        answer: Answer::Page(&HEAD),
        run: heads,
        ..PLAIN
    },
];

fn roots(call: &Call<'_>) -> Result<Reply, Problem> {
    let before = page::place(call, 1)?.map(|place| place.day(0)).transpose()?.unwrap_or(Day::MAX);
    let rows = call.read(|tx| log::roots_before(tx, call.tenant, before, page::one_more(call)))?;
    page::page(
        call,
        rows,
        |row| cursor(&json!([row.day.to_string()])),
        |row| Ok(json!({"day": reply::day(row.day), "pages": row.pages, "root": hex(&row.root)})),
    )
}

fn heads(call: &Call<'_>) -> Result<Reply, Problem> {
    let after = page::place(call, 1)?.map(|place| place.id(0)).transpose()?;
    let mut rows: Vec<([u8; 16], Value)> = Vec::new();
    if after.is_none() {
        let own = call.read(|tx| tenants::one(tx, call.tenant))?.ok_or_else(|| Problem::not_found("company"))?;
        rows.push(([0; 16], json!({"chain": own.tenant.to_string(), "events": own.seq, "head": hex(&own.head)})));
    }
    let known = call.read(|tx| log::heads(tx, call.tenant, after.unwrap_or([0; 16]), page::one_more(call)))?;
    rows.extend(
        known
            .into_iter()
            .map(|(customer, seq, head)| (customer.to_bytes(), json!({"chain": customer.to_string(), "events": seq, "head": hex(&head)}))),
    );
    page::page(call, rows, |(id, _)| cursor(&json!([hex(id)])), |(_, value)| Ok(value.clone()))
}

/// A chain of events, the newest first.
pub(super) fn chain(call: &Call<'_>, stream: [u8; 16]) -> Result<Reply, Problem> {
    let before = page::place(call, 1)?.map(|place| place.int(0)).transpose()?.unwrap_or(i64::MAX);
    let rows = call.read(|tx| log::before(tx, call.tenant, stream, before, page::one_more(call)))?;
    page::page(
        call,
        rows,
        |row| cursor(&json!([row.seq])),
        |row| {
            // What is no object is given as it stands.
            let read = serde_json::from_str::<Value>(&row.payload).ok().filter(Value::is_object);
            let payload = read.unwrap_or_else(|| json!({"text": row.payload}));
            Ok(json!({"seq": row.seq, "at": moment(row.at), "kind": row.kind, "payload": payload, "hash": hex(&row.hash)}))
        },
    )
}

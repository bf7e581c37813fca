//! Sources of payments: that one was read and had nothing more to tell.

use regua_engine::people::Scope;
use serde_json::json;

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, must};
use super::shared::REASON;

static SOURCE_READ: Schema = Schema {
    name: "SourceRead",
    doc: "Up to when a source of payments is known to have told everything.",
    fields: &[
        must("source", Kind::Name, "The source."),
        must("read_at", Kind::Moment, "Up to when."),
        must("woken", Kind::Int(0, i64::MAX), "How many customers had waited for that."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[Op {
    method: Method::Post,
    path: "/sources/{source}/read",
    id: "tell_source_read",
    tag: "Receivables",
    summary: "Say that a source of payments has told everything by now",
    doc: "Adverse steps wait until the source that reports a customer's payments was read after the day that they look at. Whoever sends \
          payments as they come says here, at least once a day, that there were no others.",
    needs: Needs::Scope(Scope::ReceivablesAct),
    body: Body::Json(&[REASON]),
    answer: Answer::One(&SOURCE_READ),
    run,
    ..PLAIN
}];

fn run(call: &Call<'_>) -> Result<Reply, Problem> {
    let woken = call.engine().tell_source_read(call.tenant, call.at(0), &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::one(json!({"source": call.at(0), "read_at": reply::moment(call.now), "woken": woken})))
}

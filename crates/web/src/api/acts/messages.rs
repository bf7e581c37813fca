//! What a person says of a message whose fate nobody else can know.

use regua_engine::commands::messages::Settled;
use regua_engine::people::Scope;
use serde_json::json;

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Kind, Schema, may, must};
use super::shared::REASON;

static SETTLED: Schema = Schema {
    name: "SettledMessage",
    doc: "A message after somebody said what became of it.",
    fields: &[
        must("id", Kind::Name, "Which."),
        must("customer", Kind::Name, "To whom, as the source calls them."),
        must("status", Kind::Text(40), "Where it stands."),
        may("due_at", Kind::Moment, "When it is tried next."),
        may("finished_at", Kind::Moment, "When it ended."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[Op {
    method: Method::Post,
    path: "/messages/{message}/settle",
    id: "settle_message",
    tag: "Messages",
    summary: "Say what became of a message",
    doc: "Of one that is `unknown`: it counts as `sent`, goes out `again` if it still should, or `failed`, and what it announced was not \
          announced. One that is `failed` can go out `again`.",
    needs: Needs::Scope(Scope::MessagesAct),
    body: Body::Json(&[must("outcome", Kind::Word(&["sent", "again", "failed"]), "What became of it."), REASON]),
    answer: Answer::One(&SETTLED),
    run,
    ..PLAIN
}];

fn run(call: &Call<'_>) -> Result<Reply, Problem> {
    let outcome = match call.body.must_text("outcome")? {
        "sent" => Settled::Sent,
        "again" => Settled::Again,
        _ => Settled::Failed,
    };
    call.engine().settle(call.tenant, call.at(0), outcome, &call.act()?, call.now)?;
    call.host.ring();
    let one = call.engine().message(call.tenant, call.at(0))?.overview;
    Ok(Reply::one(json!({
        "id": one.message.to_string(),
        "customer": one.customer,
        "status": one.status,
        "due_at": reply::opt_moment(one.due_at),
        "finished_at": reply::opt_moment(one.finished_at),
    })))
}

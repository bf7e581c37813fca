//! Many steps that wait for a person, answered in one act.

use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::Reply;
use super::super::shape::{Kind, Schema, may, must};
use super::shared::REASON;

/// Steps that are answered at once, at most.
const ITEMS_MAX: usize = 500;

static ANSWERED: Schema = Schema {
    name: "AnsweredApprovals",
    doc: "What became of each.",
    fields: &[
        must("answered", Kind::Int(0, i64::MAX), "How many were approved or refused."),
        must(
            "results",
            Kind::List(
                &Kind::Object(&[
                    must("receivable", Kind::Name, "The receivable, as it was named."),
                    must("step", Kind::Name, "The step."),
                    must(
                        "outcome",
                        Kind::Word(&["answered", "gone", "failed"]),
                        "answered: as was said. gone: it waits no more, or somebody answered it before. failed: it could not be entered.",
                    ),
                    may("code", Kind::Text(100), "Why it failed, in one word."),
                    may("detail", Kind::Text(4_000), "Why it failed."),
                ]),
                ITEMS_MAX,
            ),
            "In the order in which they were named.",
        ),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[Op {
    method: Method::Post,
    path: "/approvals/bulk",
    id: "answer_approvals",
    tag: "Work",
    summary: "Approve or refuse many steps that wait",
    doc: "Each by itself, and each once: what waits no more is told and left alone. Nothing is sent before this is answered.",
    needs: Needs::Scope(Scope::ReceivablesAct),
    body: Body::Json(&[
        must("act", Kind::Word(&["approve", "refuse"]), "What is done with them."),
        must(
            "items",
            Kind::List(
                &Kind::Object(&[
                    must("receivable", Kind::Name, "Our id of the receivable, or what its source calls it."),
                    must("step", Kind::Name, "The id of the step."),
                ]),
                ITEMS_MAX,
            ),
            "Which.",
        ),
        REASON,
    ]),
    answer: Answer::One(&ANSWERED),
    run,
    ..PLAIN
}];

fn run(call: &Call<'_>) -> Result<Reply, Problem> {
    let is_released = call.body.must_text("act")? == "approve";
    let act = call.act()?;
    let (mut results, mut answered): (Vec<Value>, u32) = (Vec::new(), 0);
    for item in call.body.objects("items") {
        let (receivable, step) = (item.must_text("receivable")?, item.must_text("step")?);
        let done = call.engine().answer_awaiting(call.tenant, (receivable, step), is_released, &act, call.now);
        let (outcome, code, detail) = match done {
            Ok(true) => ("answered", None, None),
            Ok(false) => ("gone", None, None),
            Err(error) if error.store().is_none() => {
                let problem = Problem::from(error);
                ("failed", Some(problem.code), Some(problem.detail))
            }
            // The database is away: what was answered stays answered, and the same request goes on where it ended.
            Err(error) => return Err(error.into()),
        };
        answered += u32::from(outcome == "answered");
        results.push(json!({"receivable": receivable, "step": step, "outcome": outcome, "code": code, "detail": detail}));
    }
    if answered > 0 {
        call.host.ring();
    }
    Ok(Reply::one(json!({ "answered": answered, "results": results })))
}

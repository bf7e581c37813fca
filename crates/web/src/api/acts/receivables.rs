//! Acts on one receivable that move no money.

use regua_core::facts::{Cause, Fact};
use regua_core::money::Money;
use regua_engine::commands::import::{Doing, Import};
use regua_engine::people::Scope;

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::Reply;
use super::super::shape::{Kind, must};
use super::records::{self, Records, source};
use super::shared::{CAUSES, REASON, RECEIVABLE, of_path, receivable, receivable_now, receivable_stands};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Put,
        path: "/receivables/{receivable}",
        id: "put_receivable",
        tag: "Receivables",
        summary: "Enter a receivable",
        doc: "By what your source calls it, with its customer. A known one is amended to what is said. 201 when it is new. Payments, and \
              an amount lower than before, count against an authority limit.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(records::PUT),
        answer: Answer::Created(&RECEIVABLE),
        stake: Some(put_stake),
        run: put,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/hold",
        id: "hold_receivable",
        tag: "Receivables",
        summary: "Let a receivable stand still",
        doc: "Until the cause is lifted. Messages on their way are held back too.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[must("cause", Kind::Word(CAUSES), "What it stands still for."), REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| freeze(call, true),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/release",
        id: "release_receivable",
        tag: "Receivables",
        summary: "Lift what a receivable stands still for",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[must("cause", Kind::Word(CAUSES), "What is lifted."), REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| freeze(call, false),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/pause",
        id: "pause_receivable",
        tag: "Receivables",
        summary: "Pause a receivable until it is resumed",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::Froze { cause: Cause::Pause }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/resume",
        id: "resume_receivable",
        tag: "Receivables",
        summary: "Let a paused receivable go on",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::Thawed { cause: Cause::Pause }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/promises",
        id: "promise_receivable",
        tag: "Receivables",
        summary: "Enter a promise to pay",
        doc: "Until its day nobody is reminded.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[must("on", Kind::Day, "The day for which payment is promised."), REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::Promised { on: call.body.must_day("on")? }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/withdraw-promise",
        id: "withdraw_promise",
        tag: "Receivables",
        summary: "Take a promise to pay back",
        doc: "As if it had not been made: the rule goes on at once, nothing counts as broken, and what follows a promise and was not \
              decided yet is skipped; a message in the queue goes out. 422 when no promise for that day stands.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[must("on", Kind::Day, "The day that was promised."), REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::PromiseWithdrawn { on: call.body.must_day("on")? }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/dispute",
        id: "dispute_receivable",
        tag: "Receivables",
        summary: "Enter that a receivable is disputed",
        doc: "Nothing happens to it until that is settled.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::Froze { cause: Cause::Dispute }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/settle-dispute",
        id: "settle_dispute",
        tag: "Receivables",
        summary: "Enter that a dispute is settled",
        doc: "The rule goes on.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::Thawed { cause: Cause::Dispute }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/approve",
        id: "approve_step",
        tag: "Receivables",
        summary: "Release a step that waits for a person",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[must("step", Kind::Name, "The id of the step."), REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::Released { step: call.body.must_text("step")?.into() }),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/reject",
        id: "reject_step",
        tag: "Receivables",
        summary: "Refuse a step that waits for a person",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[must("step", Kind::Name, "The id of the step."), REASON]),
        answer: Answer::One(&RECEIVABLE),
        run: |call| tell(call, Fact::Rejected { step: call.body.must_text("step")?.into() }),
        ..PLAIN
    },
];

fn records(call: &Call<'_>) -> Result<Records, Problem> {
    let mut records = Records::default();
    records.take((0, &external_name(call)?), &call.body, "").map_err(Problem::fields)?;
    Ok(records)
}

/// What the source calls the receivable of the path; an id of ours names one that is known.
fn external_name(call: &Call<'_>) -> Result<String, Problem> {
    if call.at(0).parse::<regua_core::ids::ReceivableId>().is_ok() {
        Ok(receivable_now(call)?.external_id)
    } else {
        Ok(call.at(0).to_owned())
    }
}

fn put_stake(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    if call.who()?.limit.is_none() { Ok(None) } else { records(call)?.at_stake(call) }
}

fn put(call: &Call<'_>) -> Result<Reply, Problem> {
    let records = records(call)?;
    let (source, act) = (source(call)?, call.act()?);
    let import =
        Import { portfolio: &records.portfolio, source: &source, subscriptions: &records.subscriptions, reads: false, act: Some(&act) };
    let mut rng = call.host.rng();
    let done = call.engine().import(call.tenant, import, Doing::Write, call.now, rng.as_mut(), &mut |_| {})?;
    call.host.ring();
    if let Some(refusal) = done.refused.into_iter().next() {
        return Err(Problem::new(422, "refused", refusal.reason));
    }
    let state = receivable(&receivable_now(call)?);
    Ok(if done.receivables_new > 0 { Reply::created(state) } else { Reply::one(state) })
}

fn freeze(call: &Call<'_>, froze: bool) -> Result<Reply, Problem> {
    let cause: Cause = call.body.must_text("cause")?.parse().map_err(|_unknown| Problem::bug())?;
    tell(call, if froze { Fact::Froze { cause } } else { Fact::Thawed { cause } })
}

fn tell(call: &Call<'_>, fact: Fact) -> Result<Reply, Problem> {
    call.engine().tell(call.tenant, &of_path(call), fact, Some(&call.act()?), call.now)?;
    receivable_stands(call)
}

//! Acts that wait for a second person: seen, approved and carried out, refused or taken back.

use regua_core::ids::ActId;
use regua_engine::people::{Caller, Scope, Who};
use regua_engine::requests::{HeldAct, HeldState};
use serde_json::{Value, json};

use super::answer;
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, cursor_of};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Kind, Schema, may, must};

const STATES: &[&str] = &["waiting", "running", "done", "refused", "expired"];

static HELD: Schema = Schema {
    name: "HeldAct",
    doc: "An act beyond the limit of whoever asked for it.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("operation", Kind::Text(100), "Which operation of this API was asked for."),
        must("stake", Kind::Money, "How much it is about."),
        must("asked_by", Kind::Text(400), "Who asked."),
        must("own", Kind::Bool, "Whether that was you: then somebody else approves it."),
        may("reason", Kind::Text(4_000), "Why, in their words."),
        must("request", Kind::Json, "What was asked for: path, query and body."),
        must("state", Kind::Word(STATES), "Where it stands."),
        must("unknown", Kind::Bool, "It was approved, and the server was cut off: look whether it happened."),
        must("created_at", Kind::Moment, "When it was asked for."),
        must("expires_at", Kind::Moment, "From when on nobody may approve it."),
        may("decided_by", Kind::Text(400), "Who approved or refused it."),
        may("decided_at", Kind::Moment, "When they did."),
        may("refused_because", Kind::Text(4_000), "Why they refused, in their words."),
        may("status", Kind::Int(100, 599), "What carrying it out was answered with: a status of HTTP."),
        may("answer", Kind::Json, "And the answer."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/held-acts",
        id: "list_held_acts",
        tag: "Held acts",
        summary: "Acts that wait for a second person, or did",
        doc: "The newest first. Shown are those that you may approve, and your own.",
        query: &[may("state", Kind::Word(STATES), "Only those that stand here.")],
        answer: Answer::Page(&HELD),
        run: |call| {
            let caller = call.who()?;
            let state = call.query.text("state").and_then(HeldState::parse);
            let acts = call.engine().held_acts(call.tenant, state, call.cursor_id()?, call.limit())?;
            let whole = i64::try_from(acts.len()) == Ok(call.limit());
            let next = acts.last().filter(|_| whole).map(|last| cursor_of(&last.id.to_bytes()));
            let shown = acts.iter().filter(|act| sees(caller, act)).map(|act| view(call, caller, act)).collect();
            Ok(Reply::Page(shown, next))
        },
        ..PLAIN
    },
    Op {
        path: "/held-acts/{act}",
        id: "get_held_act",
        tag: "Held acts",
        summary: "One of them",
        answer: Answer::One(&HELD),
        run: |call| {
            let act = found(call)?;
            Ok(Reply::one(view(call, call.who()?, &act)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/held-acts/{act}/approve",
        id: "approve_held_act",
        tag: "Held acts",
        summary: "Approve an act, and carry it out",
        doc: "By a person who is not the one who asked, has the scope of the operation, and whose own limit it does not exceed. It is \
              carried out once, now; `status` and `answer` say what came of it. The record names both.",
        needs: Needs::Person,
        answer: Answer::One(&HELD),
        run: |call| {
            let caller = call.who()?;
            let act = found(call)?;
            let op = operation(&act)?;
            if !may_do(caller, op) {
                return Err(Problem::forbidden("approving this needs the scope of what was asked for; an owner can give it"));
            }
            let act = call.engine().approve_act(call.tenant, act.id, caller, call.now)?;
            let done = answer::replay(call, op, &act.by, &act.request);
            let (status, body) = answer::kept(&done);
            call.engine().finish_act(call.tenant, act.id, status, body.as_bytes(), call.host.now())?;
            let act = call.engine().held_act(call.tenant, act.id)?;
            Ok(Reply::one(view(call, caller, &act)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/held-acts/{act}/refuse",
        id: "refuse_held_act",
        tag: "Held acts",
        summary: "Refuse an act, or take one's own back",
        body: Body::Json(&[may("reason", Kind::Text(2_000), "Why; whoever asked reads it.")]),
        answer: Answer::One(&HELD),
        run: |call| {
            let caller = call.who()?;
            let act = found(call)?;
            call.engine().refuse_act(call.tenant, act.id, caller, call.body.text("reason"), call.now)?;
            let act = call.engine().held_act(call.tenant, act.id)?;
            Ok(Reply::one(view(call, caller, &act)))
        },
        ..PLAIN
    },
];

/// The act that the path names, as far as whoever asks may see it.
fn found(call: &Call<'_>) -> Result<HeldAct, Problem> {
    let id: ActId = call.id(0, "act that waits or waited")?;
    let act = call.engine().held_act(call.tenant, id)?;
    if sees(call.who()?, &act) { Ok(act) } else { Err(Problem::not_found("act that waits or waited")) }
}

fn operation(act: &HeldAct) -> Result<&'static Op, Problem> {
    let gone = || Problem::conflict("no_operation", "this version does not have the operation any more; ask for it anew");
    super::ops().find(|op| op.id == act.operation).ok_or_else(gone)
}

/// Whether somebody sees an act of an operation that somebody asked for: their own, or what they might do themselves. What nobody can
/// do any more, whoever moves money.
pub(super) fn concerns(caller: &Caller, operation: &str, asked_by: [u8; 16]) -> bool {
    let known = super::ops().find(|op| op.id == operation);
    id_of(caller) == asked_by || known.map_or_else(|| caller.scopes.has(Scope::MoneyAct), |op| may_do(caller, op))
}

fn may_do(caller: &Caller, op: &Op) -> bool {
    match op.needs {
        Needs::Scope(scope) => caller.scopes.has(scope),
        Needs::Anybody | Needs::Nobody => true,
        Needs::Person => matches!(caller.who, Who::Person(_)),
    }
}

/// Whoever asks, as acts name them.
const fn id_of(caller: &Caller) -> [u8; 16] {
    match caller.who {
        Who::Person(id) => id.to_bytes(),
        Who::Key(id) => id.to_bytes(),
    }
}

fn is_own(caller: &Caller, act: &HeldAct) -> bool {
    id_of(caller) == act.by_id
}

fn sees(caller: &Caller, act: &HeldAct) -> bool {
    concerns(caller, &act.operation, act.by_id)
}

fn view(call: &Call<'_>, caller: &Caller, act: &HeldAct) -> Value {
    let answered = act.answer.as_ref();
    let body = answered.and_then(|(_, body)| serde_json::from_slice::<Value>(body).ok()).filter(Value::is_object);
    json!({
        "id": act.id.to_string(),
        "operation": act.operation,
        "stake": reply::money(act.stake),
        "asked_by": act.by,
        "own": is_own(caller, act),
        "reason": act.reason,
        "request": answer::shown(&act.request),
        "state": act.state.as_str(),
        "unknown": act.is_unknown(call.now),
        "created_at": reply::moment(act.created_at),
        "expires_at": reply::moment(act.expires_at),
        "decided_by": act.decided_by,
        "decided_at": reply::opt_moment(act.decided_at),
        "refused_because": act.refused_because,
        "status": answered.map(|(status, _)| *status),
        "answer": body,
    })
}

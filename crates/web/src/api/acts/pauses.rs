//! Pauses of whatever a condition matches, and of everything; what they would stop is shown before.

use regua_core::ids::HoldId;
use regua_core::time::Instant;
use regua_engine::commands::preview::Matching;
use regua_engine::people::Scope;
use regua_store::tenants::StoredPause;
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::shared::{REASON, placed};

/// Whom a condition matches.
static MATCHING: Schema = Schema {
    name: "Matching",
    doc: "Whom a condition matches now.",
    fields: &[
        must("receivables", Kind::Int(0, i64::MAX), "Open receivables."),
        must("customers", Kind::Int(0, i64::MAX), "Customers with such a receivable."),
    ],
};

static PAUSED: Schema = Schema {
    name: "PauseStanding",
    doc: "A pause of what a condition matches, or of everything.",
    fields: &[
        must("id", Kind::Name, "Its id, by which it is ended."),
        may("filter", Kind::Text(2_000), "The condition; everything when null."),
        may("until", Kind::Moment, "When it ends by itself; null when it is resumed by somebody."),
        must("running", Kind::Bool, "Whether it holds now."),
    ],
};

static RESUMED: Schema = Schema {
    name: "Resumed",
    doc: "Pauses of everything that ended.",
    fields: &[must("ended", Kind::Int(0, i64::MAX), "How many had been running.")],
};

const FILTER: Kind = Kind::Text(2_000);
const UNTIL: Field = may("until", Kind::Moment, "When it ends by itself.");

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/pauses/matching",
        id: "preview_pause",
        tag: "Pauses",
        summary: "What a pause would stop",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: &[may("filter", FILTER, "A condition in the words of policies; everything when nothing is said.")],
        answer: Answer::One(&MATCHING),
        problems: &[422],
        run: |call| Ok(Reply::one(matching(call, call.query.text("filter"), "query/filter")?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/pauses",
        id: "pause_matching",
        tag: "Pauses",
        summary: "Pause whatever a condition matches, now and later",
        doc: "Messages on their way are held back too. GET /pauses/matching shows before whom it stops.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[must("filter", FILTER, "A condition in the words of policies."), UNTIL, REASON]),
        answer: Answer::Created(&PAUSED),
        run: |call| pause(call, Some(call.body.must_text("filter")?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/pause-everything",
        id: "pause_everything",
        tag: "Pauses",
        summary: "Let everything stand still",
        doc: "Every open receivable, whatever comes in, and messages on their way.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[UNTIL, REASON]),
        answer: Answer::Created(&PAUSED),
        run: |call| pause(call, None),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/resume-everything",
        id: "resume_everything",
        tag: "Pauses",
        summary: "End every pause of everything",
        doc: "What was announced before the pause does not count any more: adverse steps are announced anew.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&RESUMED),
        run: resume_everything,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/pauses/{pause}/resume",
        id: "resume_matching",
        tag: "Pauses",
        summary: "End a pause of what a condition matches",
        doc: "What was announced before the pause does not count any more: adverse steps are announced anew.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&PAUSED),
        run: resume,
        ..PLAIN
    },
];

fn matching(call: &Call<'_>, filter: Option<&str>, place: &str) -> Result<Value, Problem> {
    let found = call.engine().matching(call.tenant, filter, call.now).map_err(|error| placed(error, &[("bad_filter", place)]))?;
    let Matching { customers, receivables } = found;
    Ok(json!({"receivables": receivables, "customers": customers}))
}

fn paused(call: &Call<'_>, pause: &StoredPause) -> Value {
    json!({
        "id": pause.pause.to_string(),
        "filter": pause.filter,
        "until": reply::moment(pause.until_at),
        "running": pause.until_at > call.now,
    })
}

fn find(call: &Call<'_>, id: HoldId) -> Result<StoredPause, Problem> {
    call.engine().pauses(call.tenant)?.into_iter().find(|pause| pause.pause == id).ok_or_else(|| Problem::not_found("pause"))
}

fn pause(call: &Call<'_>, filter: Option<&str>) -> Result<Reply, Problem> {
    let (until, act) = (call.body.moment("until"), call.act()?);
    let mut rng = call.host.rng();
    let id = call.engine().pause(call.tenant, filter, until, &act, call.now, rng.as_mut());
    let id = id.map_err(|error| placed(error, &[("bad_end", "/until"), ("bad_filter", "/filter")]))?;
    call.host.ring();
    Ok(Reply::created(paused(call, &find(call, id)?)))
}

fn resume(call: &Call<'_>) -> Result<Reply, Problem> {
    let id: HoldId = call.id(0, "pause")?;
    if find(call, id)?.filter.is_none() {
        return Err(Problem::conflict("of_everything", "this pause is of everything; POST /resume-everything ends it"));
    }
    call.engine().resume(call.tenant, id, &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::one(paused(call, &find(call, id)?)))
}

fn resume_everything(call: &Call<'_>) -> Result<Reply, Problem> {
    let (act, now): (_, Instant) = (call.act()?, call.now);
    let mut ended = 0_u64;
    for pause in call.engine().pauses(call.tenant)?.iter().filter(|pause| pause.filter.is_none() && pause.until_at > now) {
        ended += u64::from(call.engine().resume(call.tenant, pause.pause, &act, now)?);
    }
    call.host.ring();
    Ok(Reply::one(json!({"ended": ended})))
}

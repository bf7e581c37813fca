//! What a customer may use: the answer that a product asks for again and again, and how it came about.

use regua_core::time::Instant;
use regua_core::words::DeferReason;
use regua_engine::commands::access::{Access, Change, Coming, Why};
use regua_engine::people::Scope;
use regua_engine::replay::Ended;
use regua_engine::telling::meaning;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::page;
use super::parts::{ACCESS as STATES, filled, moment};

/// How long an answer may be kept at most, in seconds: what becomes known is not foreseen.
const KEPT_MAX: u32 = 60;

const BECAUSE: &[Field] = &[
    must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
    must("step", Kind::Text(100), "The step of its ladder."),
];

static ACCESS: Schema = Schema {
    name: "Access",
    doc: "What a customer may use now, by subscription.",
    fields: &[
        must("customer", Kind::Name, "Our id of the customer."),
        must("state", Kind::Word(STATES), "The most restricted state of all."),
        must(
            "access",
            Kind::List(
                &Kind::Object(&[
                    may("subscription", Kind::Name, "The subscription's key; null for what receivables without one share."),
                    may("plan", Kind::Name, "Its plan, where one is known."),
                    must("state", Kind::Word(STATES), "The state."),
                    may("since", Kind::Moment, "Since when, where a step or an end brought it about."),
                    may("because", Kind::Object(BECAUSE), "What brought it about."),
                    must(
                        "owed",
                        Kind::List(
                            &Kind::Object(&[
                                must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
                                must("due", Kind::Money, "What settles it today."),
                            ]),
                            100_000,
                        ),
                        "What has to be paid for it to be restored, which happens at once.",
                    ),
                    may(
                        "next",
                        Kind::Object(&[
                            must("state", Kind::Word(STATES), "The state."),
                            must("not_before", Kind::Day, "The day before which it does not come."),
                            must("announced", Kind::Bool, "Whether the customer knows."),
                            may("because", Kind::Object(BECAUSE), "What will bring it about; null when the subscription ends."),
                            may("waits", Kind::Text(40), "Why it waits beyond its own moment, if it does."),
                        ]),
                        "What changes it next, should nothing be paid.",
                    ),
                ]),
                100_000,
            ),
            "One for each subscription.",
        ),
    ],
};

static CHANGE: Schema = Schema {
    name: "AccessChange",
    doc: "A change of access that was.",
    fields: &[
        must("at", Kind::Moment, "When."),
        may("subscription", Kind::Name, "The subscription's key; null for what receivables without one share."),
        must("was", Kind::Word(STATES), "The state before."),
        must("state", Kind::Word(STATES), "The state from then on."),
        may("receivable_external_id", Kind::Name, "The receivable that brought it about."),
        may("why", Kind::Text(2_000), "The step, or what became known, in words."),
        may("ended", Kind::Text(2_000), "Of the last change, if later ones cannot be shown: why."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/customers/{customer}/access",
        id: "get_access",
        tag: "Access",
        summary: "What a customer may use now",
        doc: "Made to be asked often: it has an ETag, and `Cache-Control` says until when it cannot change by itself, a minute at most.",
        needs: Needs::Scope(Scope::AccessRead),
        answer: Answer::Cached(&ACCESS),
        run: access,
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/access/timeline",
        id: "list_access_changes",
        tag: "Access",
        summary: "How a customer's access came about",
        doc: "Every change, oldest first, decided again from the log.",
        needs: Needs::Scope(Scope::AccessRead),
        answer: Answer::Page(&CHANGE),
        run: timeline,
        ..PLAIN
    },
];

fn access(call: &Call<'_>) -> Result<Reply, Problem> {
    let (customer, all, until) = call.engine().access_until(call.tenant, call.at(0), call.now)?;
    let state = all.iter().map(|one| one.state).max().map_or("active", |state| state.as_str());
    let value = json!({"customer": customer.to_string(), "state": state, "access": all.iter().map(shown).collect::<Vec<_>>()});
    Ok(Reply::Cached(value, seconds(call.now, until)))
}

/// How long it stays so by itself, a minute at most.
fn seconds(now: Instant, until: Instant) -> u32 {
    u32::try_from(until.secs().saturating_sub(now.secs())).unwrap_or(if until > now { KEPT_MAX } else { 0 }).min(KEPT_MAX)
}

fn shown(one: &Access) -> Value {
    let owed = one.owed.iter().map(|(receivable, due)| json!({"receivable_external_id": receivable, "due": reply::money(*due)}));
    json!({
        "subscription": one.subscription,
        "plan": one.plan,
        "state": one.state.as_str(),
        "since": opt_moment(one.since),
        "because": because(one.because.as_ref()),
        "owed": owed.collect::<Vec<_>>(),
        "next": one.next.as_ref().map(coming),
    })
}

fn coming(next: &Coming) -> Value {
    json!({
        "state": next.state.as_str(),
        "not_before": reply::day(next.not_before),
        "announced": next.announced,
        "because": because(next.because.as_ref()),
        "waits": next.waits.map(DeferReason::as_str),
    })
}

fn because(because: Option<&(String, String)>) -> Value {
    because.map_or(Value::Null, |(receivable, step)| json!({"receivable_external_id": receivable, "step": step}))
}

fn timeline(call: &Call<'_>) -> Result<Reply, Problem> {
    let (changes, recalled) = call.engine().access_timeline(call.tenant, &format!("cus:{}", call.at(0)))?;
    let last = changes.len();
    let ended = recalled.ended.as_ref().map(ended);
    let shown = changes
        .iter()
        .enumerate()
        .map(|(place, change)| (place.to_string(), change_shown(change, ended.as_deref().filter(|_| place + 1 == last))));
    page::part(call, shown.collect())
}

/// Why a past cannot be shown to its end.
pub(super) fn ended(ended: &Ended) -> String {
    match ended {
        Ended::Erased => "the person was erased".to_owned(),
        Ended::OtherVersion => "another version of the program decided from here on".to_owned(),
        Ended::Broken(why) => format!("the log does not come to the same again: {why}"),
    }
}

fn change_shown(change: &Change, ended: Option<&str>) -> Value {
    let why = match &change.why {
        Why::Step(step) => Value::from(step.as_str()),
        Why::Told(fact) => filled(&meaning::fact(fact)),
        Why::Unknown => Value::Null,
    };
    json!({
        "at": moment(change.at),
        "subscription": change.subscription,
        "was": change.was.as_str(),
        "state": change.state.as_str(),
        "receivable_external_id": change.receivable,
        "why": why,
        "ended": ended,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_until_the_next_change_and_a_minute_at_most() {
        let now = Instant::from_secs(1_800_000_000);
        for (until, expected) in [
            (now, 0),
            (Instant::from_secs(1_800_000_007), 7),
            (Instant::from_secs(1_800_009_000), 60),
            (Instant::NEVER, 60),
            (Instant::DAWN, 0),
        ] {
            assert_eq!(seconds(now, until), expected, "{until:?}");
        }
    }
}

//! How much waits for people, of what whoever asks may look at.

use regua_engine::people::Scope;
use regua_store::needs::{self, Sort};
use serde_json::{Map, Value};

use super::held;
use super::op::{Answer, Call, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::Reply;
use super::shape::{Kind, Schema, may, must};
use super::tasks;

/// Beyond this nobody counts.
const MOST: i64 = 10_000;
const COUNT: Kind = Kind::Int(0, MOST);

static NEEDS: Schema = Schema {
    name: "WaitingForPeople",
    doc: "How much waits for people. What you may not look at is left out.",
    fields: &[
        may("held", COUNT, "Acts that wait for a second person: yours, and those that you may approve."),
        may("approvals", COUNT, "Customers with a step to release or refuse."),
        may("tasks", COUNT, "Tasks that wait now and that nobody else has."),
        may("mend", COUNT, "Contact data to be mended, likewise."),
        may("requests", COUNT, "What customers asked, likewise."),
        may("replies", COUNT, "Answers of customers that nobody is done with."),
        may("messages", COUNT, "Messages that failed, or of which nobody knows whether they went."),
        may("charges", COUNT, "Attempts to charge of which nobody knows what became of them."),
        may("bank_lines", COUNT, "Lines of banks that nobody could match."),
        may("failed_webhooks", COUNT, "Webhooks of gateways that could not be processed."),
        may("stopped_channels", COUNT, "Troubles that carriers tell of channels."),
        must("about", Kind::Bool, "Whether one of them is 10000 and may be more."),
    ],
};

/// What is counted, under which name and for whom.
const SORTS: &[(&str, Scope, Sort)] = &[
    ("approvals", Scope::ReceivablesRead, Sort::Approvals),
    ("replies", Scope::MessagesRead, Sort::Replies),
    ("messages", Scope::MessagesRead, Sort::Messages),
    ("charges", Scope::ChargingRead, Sort::Charges),
    ("bank_lines", Scope::BankRead, Sort::BankLines),
    ("failed_webhooks", Scope::ChargingRead, Sort::Webhooks),
    ("stopped_channels", Scope::MessagesRead, Sort::Channels),
];
/// Tasks, by their kind.
const TASKS: &[(&str, Scope, &str)] =
    &[("tasks", Scope::ReceivablesRead, "task"), ("mend", Scope::ReceivablesRead, "mend"), ("requests", Scope::CustomersRead, "request")];

pub(super) const OPS: &[Op] = &[Op {
    path: "/needs",
    id: "count_needs",
    tag: "Work",
    summary: "How much waits for people",
    doc: "Counted up to 10000 of each; what waits is listed by other operations.",
    needs: Needs::Anybody,
    answer: Answer::One(&NEEDS),
    run: count,
    ..PLAIN
}];

fn count(call: &Call<'_>) -> Result<Reply, Problem> {
    let caller = call.who()?;
    let me = tasks::me(call)?;
    let (own, now) = (call.tenant, call.now);
    let (counted, waiting) = call.read(|tx| {
        let mut counted: Vec<(&str, i64)> = Vec::with_capacity(SORTS.len() + TASKS.len());
        for (name, scope, sort) in SORTS {
            if caller.allows(*scope) {
                counted.push((name, needs::count(tx, own, *sort, MOST)?));
            }
        }
        for (name, scope, kind) in TASKS {
            if caller.allows(*scope) {
                counted.push((name, needs::tasks(tx, own, kind, me, now, MOST)?));
            }
        }
        Ok((counted, needs::held(tx, own, MOST)?))
    })?;
    let seen = waiting.iter().filter(|(operation, by)| held::concerns(caller, operation, *by)).count();
    let mut told: Map<String, Value> = counted.iter().map(|(name, count)| ((*name).to_owned(), Value::from(*count))).collect();
    told.insert("about".to_owned(), Value::from(counted.iter().any(|(_, count)| *count >= MOST)));
    told.insert("held".to_owned(), Value::from(seen));
    Ok(Reply::one(Value::Object(told)))
}

//! Receivables: lists, and one as it stands.

use regua_core::ids::ReceivableId;
use regua_core::time::Day;
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_engine::views::receivables::{Hold, Now, ReceivableView};
use regua_store::lists::receivables::{self, ListedReceivable, Wanted};
use regua_store::lists::{NEWEST, names};
use regua_store::lookup;
use regua_store::person::OwedRow;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::page;
use super::parts::{self, ACCESS, DUE, MODES, RAILS, STATUSES, amount, moment};

/// What every receivable has, with more behind it.
macro_rules! with_receivable {
    ($($more:expr),* $(,)?) => {
        &[
            must("id", Kind::Name, "Our id."),
            must("external_id", Kind::Name, "What its source calls it."),
            must("customer", Kind::Name, "Our id of its customer."),
            must("customer_external_id", Kind::Name, "What the source calls the customer."),
            must("status", Kind::Word(STATUSES), "Where it stands."),
            must("amount", Kind::Money, "What was billed."),
            must("balance", Kind::Money, "What is entered and not paid."),
            must("issued_on", Kind::Day, "The day of issue."),
            must("due_on", Kind::Day, "The due date as written."),
            may("method", Kind::Word(RAILS), "The rail on which it is expected."),
            must("policy_version", Kind::Int(1, i64::MAX), "The version of the policy that it walks."),
            must("entered_at", Kind::Moment, "When it became known."),
            may("closed_at", Kind::Moment, "When it ended."),
            $($more),*
        ]
    };
}

static LISTED: Schema = Schema { name: "ReceivableInList", doc: "A receivable in a list.", fields: with_receivable![] };

static RECEIVABLE: Schema = Schema {
    name: "Receivable",
    doc: "A receivable as it stands.",
    fields: with_receivable![
        may("policy_name", Kind::Text(300), "The name of that version's file."),
        may("policy_hash", Kind::Text(64), "Its hash."),
        may("stands", Kind::Object(STANDS), "How it stands; null while its customer is parked and cannot be read."),
    ],
};

const STANDS: &[Field] = &[
    must("due_rolled", Kind::Day, "Its due date rolled to an open day."),
    must("due", Kind::Object(DUE), "What settles it today, by parts."),
    must("paid", Kind::Money, "What was paid on it."),
    must("lowered", Kind::Money, "What credits and discounts took off."),
    must("segment", Kind::Text(100), "The segment that it entered with."),
    must("ladder", Kind::Text(100), "The ladder that it walks."),
    must("mode", Kind::Word(MODES), "How real decisions about it are."),
    must("access", Kind::Word(ACCESS), "What its own steps made of access."),
    may(
        "subscription",
        Kind::Object(&[
            must("key", Kind::Name, "Its key."),
            may("plan", Kind::Name, "Its plan."),
            may("renews_on", Kind::Day, "When it renews."),
        ]),
        "The subscription that it bills.",
    ),
    must("cycle", Kind::Int(0, i64::MAX), "How often it began its ladder anew."),
    may(
        "last_step",
        Kind::Object(&[
            must("step", Kind::Text(100), "Its name."),
            must("at", Kind::Moment, "When it was decided."),
            must("done", Kind::Bool, "Whether it was carried out, not skipped."),
        ]),
        "The step of its ladder that was decided last.",
    ),
    may(
        "next_step",
        Kind::Object(&[
            must("step", Kind::Text(100), "Its name."),
            may("at", Kind::Moment, "Its moment; null while something that only news can end holds it back."),
            may("waits", Kind::Text(40), "Why it waits beyond its moment, if it does."),
        ]),
        "The step that comes next, should nothing be paid.",
    ),
    must(
        "holds",
        Kind::List(
            &Kind::Object(&[
                must("cause", Kind::Text(40), "Why: dispute, hold, promise, paused, in_flight …"),
                must("of_customer", Kind::Bool, "Whether it holds all receivables of the customer."),
                may("since", Kind::Moment, "Since when."),
                may("until", Kind::Moment, "Until when; null until it is lifted."),
            ]),
            1_000,
        ),
        "What holds it still.",
    ),
    must("promises", Kind::List(&Kind::Day, 1_000), "Days on which payment was promised."),
    must(
        "waits",
        Kind::List(
            &Kind::Object(&[
                must("step", Kind::Text(100), "The step."),
                must("reason", Kind::Text(40), "Why it waits."),
                must("since", Kind::Moment, "Since when."),
                may("until", Kind::Moment, "Until when; null until news end it."),
                must("sentence", Kind::Text(4_000), "All of that in a sentence."),
            ]),
            10_000,
        ),
        "Steps that wait beyond their moment.",
    ),
    must(
        "comes",
        Kind::List(&Kind::Object(&[must("step", Kind::Text(100), "The step."), may("at", Kind::Moment, "Its moment.")]), 10_000),
        "Steps to come, the first one first.",
    ),
    must("unknown", Kind::List(&Kind::Text(100), 10_000), "Steps whose moment nobody knows yet."),
];

const FILTERS: &[Field] = &[
    may("status", Kind::Word(STATUSES), "Only those that stand so."),
    may("currency", Kind::Currency, "Only those in a currency."),
    may("due_from", Kind::Day, "Due on this day or later."),
    may("due_until", Kind::Day, "Due on this day or earlier."),
    may("external_id", Kind::Name, "Only the one that its source calls so."),
    may("customer", Kind::Name, "Only a customer's: our id, or what its source calls it."),
    SORT,
];

const SORT: Field = may(
    "sort",
    Kind::Word(&["newest", "due_on"]),
    "The newest first, or by the due date; a list of everybody's with a filter is by the due date, and others are newest first when \
     nothing is said.",
);

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/receivables",
        id: "list_receivables",
        tag: "Receivables",
        summary: "Receivables",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: FILTERS,
        answer: Answer::Page(&LISTED),
        run: |call| list(call, call.query.text("customer")),
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/receivables",
        id: "list_receivables_of_customer",
        tag: "Customers",
        summary: "The receivables of a customer",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: &[
            may("status", Kind::Word(STATUSES), "Only those that stand so."),
            may("currency", Kind::Currency, "Only those in a currency."),
            may("due_from", Kind::Day, "Due on this day or later."),
            may("due_until", Kind::Day, "Due on this day or earlier."),
            SORT,
        ],
        answer: Answer::Page(&LISTED),
        run: |call| list(call, Some(call.at(0))),
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}",
        id: "get_receivable",
        tag: "Receivables",
        summary: "A receivable: what is due, where it is on its ladder, what comes next",
        doc: "By our id or by what its source calls it.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        answer: Answer::One(&RECEIVABLE),
        run: |call| Ok(Reply::one(shown(&call.engine().receivable_view(call.tenant, call.at(0), call.now)?)?)),
        ..PLAIN
    },
];

fn list(call: &Call<'_>, customer: Option<&str>) -> Result<Reply, Problem> {
    let query = &call.query;
    let customer = customer.map(|name| call.engine().found(call.tenant, &About::Customer(name.to_owned()))).transpose()?;
    let (from, until) = (query.day("due_from").unwrap_or(Day::MIN), query.day("due_until").unwrap_or(Day::MAX));
    let customer = customer.map(|found| found.customer);
    let wanted = Wanted { customer, status: query.text("status"), currency: query.text("currency"), from, until };
    let filtered = ["status", "currency", "due_from", "due_until"].iter().any(|name| query.has(name));
    let by_due = match query.text("sort") {
        Some("newest") if filtered && wanted.customer.is_none() => {
            let told = "everybody's receivables are by the due date when there is a filter; leave out `sort`, or the filter";
            return Err(Problem::field("query/sort", "does_not_fit", told));
        }
        Some(sort) => sort == "due_on",
        None => filtered && wanted.customer.is_none(),
    };
    if let Some(name) = query.text("external_id") {
        return named(call, name, &wanted);
    }
    let limit = page::one_more(call);
    let (rows, place): (_, fn(&ListedReceivable) -> String) = if by_due {
        let place = page::place(call, 2)?;
        let after = place.map(|place| Ok::<_, Problem>((place.day(0)?, place.id(1)?))).transpose()?;
        (call.read(|tx| receivables::by_due(tx, call.tenant, wanted, after, limit))?, due_place)
    } else {
        let before = page::place(call, 1)?.map(|place| place.id(0)).transpose()?.unwrap_or(NEWEST);
        (call.read(|tx| receivables::newest(tx, call.tenant, wanted, before, limit))?, id_place)
    };
    paged(call, rows, place)
}

fn due_place(one: &ListedReceivable) -> String {
    page::cursor(&json!([one.row.due_on.to_string(), page::hex(&one.row.receivable.to_bytes())]))
}

fn id_place(one: &ListedReceivable) -> String {
    page::cursor(&json!([page::hex(&one.row.receivable.to_bytes())]))
}

/// The one of a name, if the other filters let it through.
fn named(call: &Call<'_>, name: &str, wanted: &Wanted<'_>) -> Result<Reply, Problem> {
    let first = call.cursor().is_none();
    let mut rows = call.read(|tx| {
        let ids: Vec<ReceivableId> = lookup::receivables(tx, call.tenant, &[name])?.into_iter().map(|(id, _, _)| id).collect();
        receivables::these(tx, call.tenant, &ids)
    })?;
    rows.retain(|one| {
        first
            && wanted.customer.is_none_or(|of| of == one.customer)
            && wanted.status.is_none_or(|status| status == one.row.status)
            && wanted.currency.is_none_or(|currency| currency == one.row.currency)
            && (wanted.from..=wanted.until).contains(&one.row.due_on)
    });
    paged(call, rows, id_place)
}

fn paged(call: &Call<'_>, rows: Vec<ListedReceivable>, place: fn(&ListedReceivable) -> String) -> Result<Reply, Problem> {
    let names = call.read(|tx| names::customers(tx, call.tenant, rows.iter().map(|one| one.customer)))?;
    page::page(call, rows, place, |one| row(&one.row, &one.customer.to_string(), names.get(&one.customer).map_or("", String::as_str)))
}

fn row(row: &OwedRow, customer: &str, name: &str) -> Result<Value, Problem> {
    Ok(json!({
        "id": row.receivable.to_string(),
        "external_id": row.external_id,
        "customer": customer,
        "customer_external_id": name,
        "status": row.status,
        "amount": amount(row.amount, &row.currency)?,
        "balance": amount(row.balance, &row.currency)?,
        "issued_on": reply::day(row.issued_on),
        "due_on": reply::day(row.due_on),
        "method": row.method,
        "policy_version": row.policy,
        "entered_at": moment(row.entered_at),
        "closed_at": opt_moment(row.closed_at),
    }))
}

fn shown(view: &ReceivableView) -> Result<Value, Problem> {
    let mut value = row(&view.row, &view.customer.to_string(), &view.customer_name)?;
    value["policy_name"] = parts::filled(&view.policy.0);
    value["policy_hash"] = parts::filled(&view.policy.1);
    value["stands"] = view.now.as_ref().map_or(Value::Null, stands);
    Ok(value)
}

fn stands(now: &Now) -> Value {
    let standing = &now.standing;
    let waits = standing.waits.iter().map(|wait| {
        json!({
            "step": wait.step, "reason": wait.reason.as_str(), "since": moment(wait.since), "until": moment(wait.until),
            "sentence": format!("{}; {}", wait.reason, wait.why),
        })
    });
    let subscription =
        now.subscription.as_ref().map(|known| json!({"key": known.key, "plan": known.plan, "renews_on": reply::opt_day(known.renewal_on)}));
    json!({
        "due_rolled": reply::day(now.due),
        "due": parts::due(&now.amount),
        "paid": reply::money(now.paid),
        "lowered": reply::money(now.lowered),
        "segment": now.segment,
        "ladder": now.ladder,
        "mode": now.mode.as_str(),
        "access": now.access.as_str(),
        "subscription": subscription,
        "cycle": now.cycle,
        "last_step": now.last.as_ref().map(|(step, at, done)| json!({"step": step, "at": moment(*at), "done": done})),
        "next_step": next(now),
        "holds": now.holds.iter().map(hold).collect::<Vec<_>>(),
        "promises": now.promises.iter().map(|day| reply::day(*day)).collect::<Vec<_>>(),
        "waits": waits.collect::<Vec<_>>(),
        "comes": standing.comes.iter().map(|(step, at)| json!({"step": step, "at": moment(*at)})).collect::<Vec<_>>(),
        "unknown": standing.unknown,
    })
}

/// What comes first of what waits and what comes.
fn next(now: &Now) -> Value {
    if now.standing.closed {
        return Value::Null;
    }
    let waits = now.standing.waits.iter().map(|wait| (wait.until, wait.step.as_str(), Some(wait.reason.as_str())));
    let comes = now.standing.comes.iter().map(|(step, at)| (*at, step.as_str(), None));
    let first = waits.chain(comes).min();
    first.map_or(Value::Null, |(at, step, waits)| json!({"step": step, "at": moment(at), "waits": waits}))
}

fn hold(hold: &Hold) -> Value {
    json!({
        "cause": hold.cause, "of_customer": hold.of_customer, "since": opt_moment(hold.since), "until": opt_moment(hold.until),
    })
}

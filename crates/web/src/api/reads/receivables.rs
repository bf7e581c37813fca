//! Receivables: lists, and one as it stands.

use regua_engine::people::Scope;
use regua_engine::views::book::{Ask, BookPage, Entry};
use regua_engine::views::receivables::{Hold, Now, ReceivableView};
use regua_store::lists::receivables::{self, Among, ListedReceivable, Sort, Wanted};
use regua_store::lookup;
use regua_store::person::OwedRow;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::book::{self, Asked};
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

static LISTED: Schema = Schema {
    name: "ReceivableInList",
    doc: "A receivable in a list.",
    fields: with_receivable![
        may(
            "customer_name",
            Kind::Text(300),
            "What the customer is called; null where the caller may not read customers, or it is erased."
        ),
        may(
            "due",
            Kind::Money,
            "What settles it today, late charges included; null once it is closed, or while its customer cannot be read."
        ),
        must("days_late", Kind::Int(0, i64::MAX), "Days since its due date, rolled to an open day; 0 before, and once it is closed."),
        must("held_for", Kind::List(&Kind::Text(40), 20), "What holds it still now: dispute, hold, promise, paused, in_flight …"),
    ],
};

static RECEIVABLE: Schema = Schema {
    name: "Receivable",
    doc: "A receivable as it stands.",
    fields: with_receivable![
        may("policy_name", Kind::Text(300), "The name of that version's file."),
        may("policy_hash", Kind::Text(64), "Its hash."),
        may("stands", Kind::Object(STANDS), "How it stands; null while its customer is parked and cannot be read."),
    ],
};

static COUNTED: Schema = Schema {
    name: "CountOfReceivables",
    doc: "How many receivables there are.",
    fields: &[
        must("count", Kind::Int(0, book::COUNTED_MAX), "As many were counted."),
        must("totals", Kind::List(&Kind::Money, 200), "What is entered of those and not paid, one amount a currency."),
        must("about", Kind::Bool, "Whether there may be more: nobody looks at more than 10000, and a search comes by 500."),
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
    may("promised_on", Kind::Day, "The last day for which payment is promised, where a promise stands."),
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

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/receivables",
        id: "list_receivables",
        tag: "Receivables",
        summary: "Receivables",
        doc: "With filters beside the order's own (a balance in a list by due date, a due date in one by balance or by entry) a page may \
              hold fewer than were asked for, or none, and not be the last: follow `next` until it is null. A search finds 500 by \
              their own numbers and 500 by those of customers.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: book::LISTED,
        answer: Answer::Page(&LISTED),
        run: |call| list(call, &book::asked(call, call.query.text("customer"))?),
        ..PLAIN
    },
    Op {
        path: "/receivables/count",
        id: "count_receivables",
        tag: "Receivables",
        summary: "How many receivables there are, and what is open of them",
        doc: "Counted up to 10000 looked at. A receivable that its source calls `count` is found by our id.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: book::COUNTED,
        answer: Answer::One(&COUNTED),
        run: count,
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
            book::SORT,
        ],
        answer: Answer::Page(&LISTED),
        run: |call| list(call, &book::asked(call, Some(call.at(0)))?),
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

fn list(call: &Call<'_>, asked: &Asked<'_>) -> Result<Reply, Problem> {
    let page = if let Some(name) = call.query.text("external_id") {
        BookPage { items: named(call, name, &asked.wanted)?, next: None }
    } else {
        let ask = Ask { wanted: asked.wanted, search: asked.search, sort: asked.sort, after: book::place(call)?, limit: call.limit() };
        call.engine().receivable_page(call.tenant, ask, call.now)?
    };
    let names = book::sees_names(call);
    let items = page.items.iter().map(|entry| listed(entry, names)).collect::<Result<_, _>>()?;
    Ok(Reply::Page(items, page.next.as_ref().map(book::cursor)))
}

fn count(call: &Call<'_>) -> Result<Reply, Problem> {
    let asked = book::asked(call, call.query.text("customer"))?;
    let counted = call.engine().count_receivables(call.tenant, asked.wanted, asked.search, book::COUNTED_MAX)?;
    let totals: Vec<Value> = counted.totals.iter().map(|total| reply::money(*total)).collect();
    Ok(Reply::one(json!({"count": counted.count, "totals": totals, "about": counted.about})))
}

/// The one of a name, if the other filters let it through.
fn named(call: &Call<'_>, name: &str, wanted: &Wanted<'_>) -> Result<Vec<Entry>, Problem> {
    let rows = call.read(|tx| {
        let ids: Vec<[u8; 16]> = lookup::receivables(tx, call.tenant, &[name])?.into_iter().map(|(id, _, _)| id.to_bytes()).collect();
        let one = Wanted { among: Among::These(&ids), ..*wanted };
        Ok(receivables::page(tx, call.tenant, &one, Sort::Newest, None, 1)?.rows)
    })?;
    let theirs = |one: &ListedReceivable| match wanted.among {
        Among::Customer(customer) => one.customer == customer,
        Among::All | Among::These(_) => true,
    };
    let rows = rows.into_iter().filter(|one| call.cursor().is_none() && theirs(one)).collect();
    Ok(call.engine().receivable_entries(call.tenant, rows, call.now)?)
}

fn listed(entry: &Entry, names: bool) -> Result<Value, Problem> {
    let mut value = row(&entry.listed.row, &entry.listed.customer.to_string(), &entry.customer_external_id)?;
    value["customer_name"] = json!(entry.customer_name.as_deref().filter(|_| names));
    value["due"] = entry.due.map_or(Value::Null, reply::money);
    value["days_late"] = Value::from(entry.days_late);
    value["held_for"] = json!(entry.held_for);
    Ok(value)
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
        "promised_on": reply::opt_day(now.promised_on),
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

//! A customer's money and what it pays by: statement, second copies, stored methods.

use regua_engine::commands::statement::{Account, Line, Statement};
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_day};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::page;
use super::parts::{self, COPY, moment};

const ENTRY: &[Field] = &[
    must("on", Kind::Day, "The day for which it counts."),
    must("known_at", Kind::Moment, "When it became known."),
    must("entry", Kind::Text(40), "What it is: charge, payment, fine, interest, fee, credit, refund …"),
    may("receivable_external_id", Kind::Name, "What the source calls the receivable; null for what is the customer's alone."),
    must("amount", Kind::Money, "Signed: what raises what is owed is positive; of credit alone, what raises the credit."),
    must("open", Kind::Money, "What is open after it."),
    must("credit", Kind::Money, "The customer's credit after it."),
];

static STATEMENT: Schema = Schema {
    name: "Statement",
    doc: "What a customer owes and has, entry by entry, as it was known at the end of a day.",
    fields: &[
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        may("name", Kind::Text(300), "Who it is."),
        must("as_of", Kind::Day, "The last day on it."),
        must(
            "accounts",
            Kind::List(
                &Kind::Object(&[
                    must("currency", Kind::Currency, "The currency."),
                    must("opening", Kind::Money, "What was open before the first day."),
                    must("opening_credit", Kind::Money, "The credit before the first day."),
                    must("entries", Kind::List(&Kind::Object(ENTRY), 1_000_000), "Every entry in the order of days."),
                    must("closing", Kind::Money, "What is open at the end."),
                    must("credit", Kind::Money, "The credit at the end."),
                    must("due", Kind::Money, "What settles everything on that day, charges that run included."),
                ]),
                200,
            ),
            "One for each currency.",
        ),
    ],
};

static METHOD: Schema = Schema {
    name: "PaymentMethod",
    doc: "A stored way to charge a customer; never a card number.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("gateway", Kind::Name, "The gateway that keeps it."),
        must("scheme", Kind::Text(40), "Whose rules bind it: visa, mastercard, sepa, pix_automatico …"),
        may("last4", Kind::Text(10), "Its last four characters."),
        may("expires_on", Kind::Day, "The last day of its validity."),
        must("status", Kind::Word(&["active", "pending", "broken", "dead", "removed"]), "Whether it can be charged."),
        must("added_at", Kind::Moment, "When it became known."),
    ],
};

static SECOND_COPY: Schema = Schema { name: "SecondCopy", doc: "What settles a receivable on a day, by parts.", fields: COPY };

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/customers/{customer}/statement",
        id: "get_statement",
        tag: "Customers",
        summary: "A customer's statement of account",
        needs: Needs::Scope(Scope::MoneyRead),
        query: &[
            may("from", Kind::Day, "The first day with entries of its own; all of them when nothing is said."),
            may("as_of", Kind::Day, "The last day; today when nothing is said."),
        ],
        answer: Answer::One(&STATEMENT),
        run: |call| {
            let (from, as_of) = (call.query.day("from"), call.query.day("as_of"));
            Ok(Reply::one(statement(&call.engine().statement(call.tenant, call.at(0), from, as_of, call.now)?)))
        },
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/second-copies",
        id: "list_second_copies",
        tag: "Customers",
        summary: "What settles each open receivable of a customer",
        doc: "By what the source calls the receivables.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: &[may("on", Kind::Day, "The day, today or later; today when nothing is said.")],
        answer: Answer::Page(&SECOND_COPY),
        run: |call| copies(call, &format!("cus:{}", call.at(0))),
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}/second-copy",
        id: "get_second_copy",
        tag: "Receivables",
        summary: "What settles a receivable on a day",
        doc: "Its second copy (segunda via): always of today or a day to come.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: &[may("on", Kind::Day, "The day, today or later; today when nothing is said.")],
        answer: Answer::One(&SECOND_COPY),
        run: |call| {
            let all = call.engine().second_copy(call.tenant, &format!("rcv:{}", call.at(0)), call.query.day("on"), call.now)?;
            let (name, copy) = all.first().ok_or_else(|| Problem::not_found("receivable"))?;
            Ok(Reply::one(parts::copy(name, copy)))
        },
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/methods",
        id: "list_methods",
        tag: "Charging",
        summary: "The stored methods of a customer",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::Page(&METHOD),
        run: methods,
        ..PLAIN
    },
];

fn copies(call: &Call<'_>, id: &str) -> Result<Reply, Problem> {
    let all = call.engine().second_copy(call.tenant, id, call.query.day("on"), call.now)?;
    page::part(call, all.iter().map(|(name, copy)| (name.clone(), parts::copy(name, copy))).collect())
}

fn methods(call: &Call<'_>) -> Result<Reply, Problem> {
    let all = call.engine().methods(call.tenant, &About::Customer(call.at(0).to_owned()))?;
    let shown = all.into_iter().map(|one| {
        let value = json!({
            "id": one.method.to_string(),
            "gateway": one.gateway,
            "scheme": one.scheme.as_str(),
            "last4": one.last4.as_deref().map(parts::filled),
            "expires_on": opt_day(one.expires_on),
            "status": one.status.as_str(),
            "added_at": moment(one.added_at),
        });
        (one.method.to_string(), value)
    });
    page::part(call, shown.collect())
}

fn statement(statement: &Statement) -> Value {
    json!({
        "customer_external_id": statement.customer,
        "name": statement.name,
        "as_of": reply::day(statement.as_of),
        "accounts": statement.accounts.iter().map(account).collect::<Vec<_>>(),
    })
}

fn account(account: &Account) -> Value {
    json!({
        "currency": account.currency.code(),
        "opening": reply::money(account.opening),
        "opening_credit": reply::money(account.opening_credit),
        "entries": account.lines.iter().map(line).collect::<Vec<_>>(),
        "closing": reply::money(account.closing),
        "credit": reply::money(account.credit),
        "due": reply::money(account.due),
    })
}

fn line(line: &Line) -> Value {
    json!({
        "on": reply::day(line.on),
        "known_at": moment(line.at),
        "entry": line.kind,
        "receivable_external_id": line.receivable,
        "amount": reply::money(line.amount),
        "open": reply::money(line.balance),
        "credit": reply::money(line.credit),
    })
}

//! Attempts to take money, money that came twice, money that goes back, and codes that nobody knows.

use regua_core::charging::Reason;
use regua_core::ids::ChargeId;
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_store::charging::charges as attempts;
use regua_store::charging::charges::ChargeRow;
use regua_store::charging::refunds::RefundRow;
use regua_store::lists::charges::{self, SecondPayment, Wanted};
use regua_store::lists::{NEWEST, names};
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN, cursor_of};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Kind, Schema, may, must};
use super::page::{self, cursor, hex};
use super::parts::{COUNT, RAILS, amount, filled, moment};

static CHARGE: Schema = Schema {
    name: "Charge",
    doc: "An attempt to take money, whoever made it.",
    fields: &[
        must("id", Kind::Name, "Our id; also the idempotency key at the gateway."),
        must("receivable", Kind::Name, "Our id of the receivable."),
        must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("customer", Kind::Name, "Our id of the customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("gateway", Kind::Name, "The gateway."),
        may("method", Kind::Name, "The stored method; null when another system made the attempt with one that is not known."),
        must("scheme", Kind::Text(40), "Whose rules bind it."),
        must("trigger", Kind::Word(&["schedule", "retry", "new_method", "operator", "payer", "biller"]), "What made somebody try."),
        may("step", Kind::Text(100), "The step, when a decision ordered it."),
        must("retry", COUNT, "The try of the same thing, from 0."),
        must("amount", Kind::Money, "How much."),
        must("discount", Kind::Money, "What the progressive discount for automatic payment took off."),
        must(
            "status",
            Kind::Word(&["ordered", "sending", "pending", "unknown", "settled", "declined", "dropped", "lost"]),
            "Where it stands.",
        ),
        may("reference", Kind::Text(400), "The gateway's name of it."),
        must("ordered_at", Kind::Moment, "When it was ordered."),
        may("sent_at", Kind::Moment, "When it was sent."),
        may("due_at", Kind::Moment, "When somebody looks at it next."),
        may("finished_at", Kind::Moment, "When it ended."),
        may("reason", Kind::Text(40), "Of a failed one: the normalised reason."),
        may("said", Kind::Text(2_000), "Why it was dropped, or what the gateway said."),
    ],
};

static REFUND: Schema = Schema {
    name: "Refund",
    doc: "Money that goes back, ordered by us or told by the gateway.",
    fields: &[
        must("id", Kind::Text(32), "Names it."),
        must("gateway", Kind::Name, "The gateway."),
        must("payment", Kind::Text(400), "The gateway's name of the payment that goes back."),
        may("reference", Kind::Text(400), "The gateway's name of the refund or dispute."),
        must("receivable", Kind::Name, "Our id of the receivable."),
        must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("customer", Kind::Name, "Our id of the customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("kind", Kind::Word(&["refund", "chargeback", "dispute_won"]), "What it is."),
        must("amount", Kind::Money, "How much."),
        must("counts_on", Kind::Day, "The day for which it counts."),
        must("status", Kind::Word(&["ordered", "sending", "pending", "unknown", "done", "refused"]), "Where it stands."),
        must("ordered_at", Kind::Moment, "When it was ordered or told."),
        may("finished_at", Kind::Moment, "When it ended."),
        may("said", Kind::Text(2_000), "What the gateway said."),
    ],
};

static SECOND: Schema = Schema {
    name: "SecondPayment",
    doc: "A payment that came when nothing was owed any more.",
    fields: &[
        must("gateway", Kind::Name, "The gateway that took it."),
        must("reference", Kind::Text(400), "Its name of the payment."),
        must("receivable", Kind::Name, "Our id of the receivable that it was for."),
        must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("customer", Kind::Name, "Our id of the customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("rail", Kind::Word(RAILS), "How it was paid."),
        must("amount", Kind::Money, "How much."),
        may("fee", Kind::Money, "What the gateway kept."),
        must("paid_on", Kind::Day, "The payer's day."),
        must("known_at", Kind::Moment, "When it became known."),
        must("fate", Kind::Word(&["kept", "credited", "refunding", "refunded", "charged_back"]), "What became of it."),
        must("returned", Kind::Money, "What of it went back."),
    ],
};

static CODE: Schema = Schema {
    name: "UnmappedCode",
    doc: "A code of failed attempts that no row of the table of decline codes fits.",
    fields: &[
        must("space", Kind::Text(60), "Where it comes from."),
        must("code", Kind::Text(200), "The code."),
        must("seen", COUNT, "How often it came."),
        must("first_at", Kind::Moment, "When it came first."),
        must("last_at", Kind::Moment, "When it came last."),
    ],
};

/// Codes that are read at most: there are as many as gateways have, not as there are attempts.
const CODES_MAX: i64 = 10_000;

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/charges",
        id: "list_charges",
        tag: "Charging",
        summary: "Attempts to take money, the newest first",
        needs: Needs::Scope(Scope::ChargingRead),
        query: &[
            may("standing", Kind::Word(&["needing", "under_way"]), "needing: a person must look. under_way: not ended."),
            may("receivable", Kind::Name, "Only those on a receivable: our id, or what its source calls it."),
            may("customer", Kind::Name, "Only those of a customer: our id, or what its source calls it."),
        ],
        answer: Answer::Page(&CHARGE),
        run: list,
        ..PLAIN
    },
    Op {
        path: "/charges/{charge}",
        id: "get_charge",
        tag: "Charging",
        summary: "An attempt to take money",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::One(&CHARGE),
        run: |call| {
            let id: ChargeId = call.id(0, "charge")?;
            let found = call.read(|tx| attempts::just(tx, call.tenant, id))?.ok_or_else(|| Problem::not_found("charge"))?;
            Ok(Reply::one(charge(&found.row, Some(&found.receivable), Some(&found.customer))?))
        },
        ..PLAIN
    },
    Op {
        path: "/refunds",
        id: "list_refunds",
        tag: "Money",
        summary: "Money that goes back, the newest first",
        needs: Needs::Scope(Scope::MoneyRead),
        answer: Answer::Page(&REFUND),
        run: refunds,
        ..PLAIN
    },
    Op {
        path: "/second-payments",
        id: "list_second_payments",
        tag: "Money",
        summary: "Payments that came when nothing was owed any more, the newest first",
        needs: Needs::Scope(Scope::MoneyRead),
        answer: Answer::Page(&SECOND),
        run: seconds,
        ..PLAIN
    },
    Op {
        path: "/unmapped-codes",
        id: "list_unmapped_codes",
        tag: "Charging",
        summary: "Codes of failed attempts that nobody knows",
        doc: "The most frequent first.",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::Page(&CODE),
        run: codes,
        ..PLAIN
    },
];

fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let query = &call.query;
    let about = match (query.text("receivable"), query.text("customer")) {
        (Some(receivable), _) => Some(About::Receivable(receivable.to_owned())),
        (None, Some(customer)) => Some(About::Customer(customer.to_owned())),
        (None, None) => None,
    };
    let found = about.map(|about| call.engine().found(call.tenant, &about)).transpose()?;
    if let (Some(found), Some(customer)) = (&found, query.text("customer")) {
        let of = call.engine().found(call.tenant, &About::Customer(customer.to_owned()))?;
        if of.customer != found.customer {
            return Err(Problem::field("query/customer", "does_not_fit", "the receivable is another customer's"));
        }
    }
    let wanted = match (found, query.text("standing")) {
        (Some(_), Some(_)) => {
            let told = "what needs a person, or is under way, is few: leave out `standing`, or the receivable and the customer";
            return Err(Problem::field("query/standing", "does_not_fit", told));
        }
        (Some(found), None) => Wanted::Of(found.customer, found.receivable),
        (None, Some("needing")) => Wanted::Needing,
        (None, Some(_)) => Wanted::UnderWay,
        (None, None) => Wanted::All,
    };
    let before = call.cursor_id()?.unwrap_or(NEWEST);
    let (rows, receivables, customers) = call.read(|tx| {
        let rows = charges::newest(tx, call.tenant, wanted, before, page::one_more(call))?;
        let receivables = names::receivables(tx, call.tenant, rows.iter().map(|row| row.receivable))?;
        let customers = names::customers(tx, call.tenant, rows.iter().map(|row| row.customer))?;
        Ok((rows, receivables, customers))
    })?;
    page::page(
        call,
        rows,
        |row| cursor_of(&row.charge.to_bytes()),
        |row| charge(row, receivables.get(&row.receivable), customers.get(&row.customer)),
    )
}

fn charge(row: &ChargeRow, receivable: Option<&String>, customer: Option<&String>) -> Result<Value, Problem> {
    Ok(json!({
        "id": row.charge.to_string(),
        "receivable": row.receivable.to_string(),
        "receivable_external_id": receivable,
        "customer": row.customer.to_string(),
        "customer_external_id": customer,
        "gateway": row.gateway,
        "method": row.method.map(|id| id.to_string()),
        "scheme": row.scheme.as_str(),
        "trigger": row.trigger.as_str(),
        "step": row.step,
        "retry": row.retry,
        "amount": amount(row.amount, &row.currency)?,
        "discount": amount(row.discount, &row.currency)?,
        "status": row.status,
        "reference": row.reference,
        "ordered_at": moment(row.ordered_at),
        "sent_at": opt_moment(row.sent_at),
        "due_at": opt_moment(row.due_at),
        "finished_at": opt_moment(row.finished_at),
        "reason": row.reason.map(Reason::as_str),
        "said": row.said.as_deref().map(filled),
    }))
}

fn refunds(call: &Call<'_>) -> Result<Reply, Problem> {
    let place = page::place(call, 2)?;
    let before = place.map(|place| Ok::<_, Problem>((place.moment(0)?, place.id(1)?))).transpose()?;
    let (rows, receivables, customers) = call.read(|tx| {
        let rows = charges::refunds(tx, call.tenant, before, page::one_more(call))?;
        let receivables = names::receivables(tx, call.tenant, rows.iter().map(|row| row.receivable))?;
        let customers = names::customers(tx, call.tenant, rows.iter().map(|row| row.customer))?;
        Ok((rows, receivables, customers))
    })?;
    let place = |row: &RefundRow| cursor(&json!([row.ordered_at.micros(), hex(&row.refund)]));
    page::page(call, rows, place, |row| {
        Ok(json!({
            "id": hex(&row.refund),
            "gateway": row.gateway,
            "payment": row.payment,
            "reference": row.reference,
            "receivable": row.receivable.to_string(),
            "receivable_external_id": receivables.get(&row.receivable),
            "customer": row.customer.to_string(),
            "customer_external_id": customers.get(&row.customer),
            "kind": row.kind,
            "amount": amount(row.amount, &row.currency)?,
            "counts_on": reply::day(row.counts_on),
            "status": row.status,
            "ordered_at": moment(row.ordered_at),
            "finished_at": opt_moment(row.finished_at),
            "said": row.said.as_deref().map(filled),
        }))
    })
}

fn seconds(call: &Call<'_>) -> Result<Reply, Problem> {
    let place = page::place(call, 3)?;
    let before = place.map(|place| Ok::<_, Problem>((place.moment(0)?, place.text(1)?, place.text(2)?))).transpose()?;
    let (rows, receivables, customers) = call.read(|tx| {
        let rows = charges::seconds(tx, call.tenant, before.as_ref(), page::one_more(call))?;
        let receivables = names::receivables(tx, call.tenant, rows.iter().map(|row| row.receivable))?;
        let customers = names::customers(tx, call.tenant, rows.iter().map(|row| row.customer))?;
        Ok((rows, receivables, customers))
    })?;
    let place = |row: &SecondPayment| cursor(&json!([row.known_at.micros(), row.gateway, row.reference]));
    page::page(call, rows, place, |row| {
        Ok(json!({
            "gateway": row.gateway,
            "reference": row.reference,
            "receivable": row.receivable.to_string(),
            "receivable_external_id": receivables.get(&row.receivable),
            "customer": row.customer.to_string(),
            "customer_external_id": customers.get(&row.customer),
            "rail": row.rail,
            "amount": amount(row.amount, &row.currency)?,
            "fee": row.fee.map(|fee| amount(fee, &row.currency)).transpose()?,
            "paid_on": reply::day(row.paid_on),
            "known_at": moment(row.known_at),
            "fate": row.fate,
            "returned": amount(row.returned, &row.currency)?,
        }))
    })
}

fn codes(call: &Call<'_>) -> Result<Reply, Problem> {
    let rows = call.engine().unmapped_codes(call.tenant, CODES_MAX)?;
    let shown = rows.into_iter().map(|row| {
        let name = format!("{} {}", row.space, row.code);
        let value = json!({
            "space": row.space, "code": row.code, "seen": row.seen, "first_at": moment(row.first_at), "last_at": moment(row.last_at),
        });
        (name, value)
    });
    page::part(call, shown.collect())
}

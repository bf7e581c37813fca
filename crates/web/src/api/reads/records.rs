//! What a receivable's books hold: entries, payments, decisions, slips, things to pay by; and payments of everybody.

use std::collections::BTreeMap;

use regua_core::ids::ReceivableId;
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_store::charging::instruments;
use regua_store::lists::decisions::{self, Key};
use regua_store::lists::receivables::ListedReceivable;
use regua_store::lists::{names, payments, receivables};
use regua_store::lookup::StoredPayment;
use regua_store::{bank, due};
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Kind, Schema, may, must};
use super::page::{self, cursor};
use super::parts::{COUNT, MODES, RAILS, amount, filled, moment};

static ENTRY: Schema = Schema {
    name: "LedgerEntry",
    doc: "An immutable movement; their sum is the balance.",
    fields: &[
        must("number", COUNT, "Its place in the ledger, from 0."),
        must("kind", Kind::Text(40), "What it is: charge, payment, fine, interest, fee, credit, refund, chargeback …"),
        must("amount", Kind::Money, "Signed: what raises what is owed is positive."),
        must("counts_on", Kind::Day, "The day for which it counts."),
        must("known_at", Kind::Moment, "When it became known."),
        must("derived", Kind::Bool, "Whether it follows from the others and the terms, and was not told."),
        may("of_entry", COUNT, "The entry that it happened to, if it happened to one."),
    ],
};

static PAYMENT: Schema = Schema {
    name: "Payment",
    doc: "A payment as its source tells it.",
    fields: &[
        must("receivable", Kind::Name, "Our id of the receivable."),
        must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
        must("external_id", Kind::Text(400), "What the source calls the payment, or what makes it the same."),
        must("customer", Kind::Name, "Our id of whose it is."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        may("amount", Kind::Money, "How much; null for all that was due."),
        must("billed", Kind::Money, "What was billed with the receivable."),
        must("paid_on", Kind::Day, "The payer's day."),
        must("known_at", Kind::Moment, "When it became known."),
    ],
};

static DECISION: Schema = Schema {
    name: "Decision",
    doc: "A final decision: what is carried out once.",
    fields: &[
        must("step", Kind::Text(100), "The step."),
        must("cycle", COUNT, "How often the ladder had begun anew."),
        must("occurrence", COUNT, "Which time, of a step that repeats."),
        must("mode", Kind::Word(MODES), "How real."),
        must("outcome", Kind::Text(40), "done, or why it was skipped."),
        must("decided_at", Kind::Moment, "When."),
        may("message", Kind::Name, "The message that it became part of."),
        may("rule", Kind::Text(100), "The rule of law that was looked at or that forbade it."),
        must("policy_version", Kind::Int(1, i64::MAX), "The version of the policy."),
        must("event", COUNT, "The event of the customer's chain that holds the receipt."),
    ],
};

static SLIP: Schema = Schema {
    name: "Slip",
    doc: "A bank slip (boleto) of a receivable.",
    fields: &[
        must("account", Kind::Name, "The company's account."),
        must("number", Kind::Text(40), "The bank's number of it (nosso número)."),
        must("amount", Kind::Money, "As it was issued."),
        must("due_on", Kind::Day, "Its due date."),
        must("issued_at", Kind::Moment, "When it was issued."),
        may("file", COUNT, "The file to the bank that it went out in."),
        must("status", Kind::Word(&["issued", "sent", "registered", "rejected", "paid", "closed"]), "Where it stands."),
    ],
};

static INSTRUMENT: Schema = Schema {
    name: "Instrument",
    doc: "Something that waits for the payer: a charge of a Pix, a boleto at a gateway, a page.",
    fields: &[
        must("id", Kind::Text(32), "Names it."),
        must("gateway", Kind::Name, "The gateway that made it."),
        must("rail", Kind::Word(RAILS), "How it is paid."),
        may("reference", Kind::Text(400), "The gateway's name of it."),
        must("amount", Kind::Money, "How much."),
        must("valid_until", Kind::Day, "The last day on which it can be paid."),
        must("status", Kind::Word(&["ordered", "sending", "open", "closing", "paid", "closed", "refused"]), "Where it stands."),
        must("issued_at", Kind::Moment, "When it was asked for."),
        may("finished_at", Kind::Moment, "When it ended."),
        may("said", Kind::Text(2_000), "What the gateway said."),
        may("pix_code", Kind::Text(2_000), "The text of its QR code."),
        may("boleto_line", Kind::Text(100), "Its line."),
        may("link", Kind::Text(2_000), "Its page."),
    ],
};

/// Things to pay by of one receivable that are read at most.
const INSTRUMENTS_MAX: i64 = 1_000;

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/receivables/{receivable}/entries",
        id: "list_entries",
        tag: "Receivables",
        summary: "The ledger of a receivable",
        doc: "In the order of becoming known.",
        needs: Needs::Scope(Scope::MoneyRead),
        answer: Answer::Page(&ENTRY),
        run: entries,
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}/payments",
        id: "list_payments_of_receivable",
        tag: "Receivables",
        summary: "The payments of a receivable, as its source tells them",
        doc: "By what their source calls them.",
        needs: Needs::Scope(Scope::MoneyRead),
        answer: Answer::Page(&PAYMENT),
        run: payments_of,
        ..PLAIN
    },
    Op {
        path: "/payments",
        id: "list_payments",
        tag: "Money",
        summary: "Payments, those that became known last first",
        needs: Needs::Scope(Scope::MoneyRead),
        query: &[
            may("known_from", Kind::Day, "Only those that became known on this day or later."),
            may("known_until", Kind::Day, "Only those that became known on this day or earlier."),
        ],
        answer: Answer::Page(&PAYMENT),
        run: payments_newest,
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}/decisions",
        id: "list_decisions",
        tag: "Receivables",
        summary: "What was decided of a receivable",
        doc: "In the order in which it was decided.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        answer: Answer::Page(&DECISION),
        run: decided,
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}/slips",
        id: "list_slips",
        tag: "Bank",
        summary: "The bank slips of a receivable",
        needs: Needs::Scope(Scope::BankRead),
        answer: Answer::Page(&SLIP),
        run: slips,
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}/instruments",
        id: "list_instruments",
        tag: "Charging",
        summary: "What a receivable can be paid by at gateways",
        doc: "The newest first, ended ones included; codes and links while they can be paid.",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::Page(&INSTRUMENT),
        run: of_gateways,
        ..PLAIN
    },
];

/// The receivable of the path, and its currency.
fn asked(call: &Call<'_>) -> Result<(ReceivableId, String), Problem> {
    let found = call.engine().found(call.tenant, &About::Receivable(call.at(0).to_owned()))?;
    let id = found.receivable.ok_or_else(|| Problem::not_found("receivable"))?;
    let currency = call.read(|tx| due::currency(tx, call.tenant, id))?;
    Ok((id, currency.unwrap_or_default()))
}

fn entries(call: &Call<'_>) -> Result<Reply, Problem> {
    let (id, currency) = asked(call)?;
    let after = page::place(call, 1)?.map(|place| place.int(0)).transpose()?.unwrap_or(-1);
    let rows = call.read(|tx| payments::entries(tx, call.tenant, id, after, page::one_more(call)))?;
    page::page(
        call,
        rows,
        |row| cursor(&json!([row.number])),
        |row| {
            let of = row.origin.filter(|origin| *origin > 0).map(|origin| origin - 1);
            Ok(json!({
                "number": row.number,
                "kind": row.kind,
                "amount": amount(row.amount, &currency)?,
                "counts_on": reply::day(row.counts_on),
                "known_at": moment(row.known_at),
                "derived": row.origin.is_none(),
                "of_entry": of,
            }))
        },
    )
}

fn payments_of(call: &Call<'_>) -> Result<Reply, Problem> {
    let (id, _) = asked(call)?;
    let after = page::place(call, 1)?.map(|place| place.text(0)).transpose()?.unwrap_or_default();
    let rows = call.read(|tx| payments::of(tx, call.tenant, id, &after, page::one_more(call)))?;
    let whose = whose(call, &rows)?;
    page::page(call, rows, |row| cursor(&json!([row.external_id])), |row| payment(row, &whose))
}

fn payments_newest(call: &Call<'_>) -> Result<Reply, Problem> {
    let place = page::place(call, 3)?;
    let before = place.map(|place| Ok::<_, Problem>((place.moment(0)?, place.id(1)?, place.text(2)?))).transpose()?;
    let zone = call.engine().zone(call.tenant)?;
    let until = call.query.day("known_until").map(|day| (zone.midnight(day.plus(1)), [0; 16], String::new()));
    let before = match (before, until) {
        (Some(place), Some(until)) => Some(place.min(until)),
        (place, until) => place.or(until),
    };
    let mut rows = call.read(|tx| payments::newest(tx, call.tenant, before.as_ref(), page::one_more(call)))?;
    if let Some(from) = call.query.day("known_from") {
        let from = zone.midnight(from);
        rows.retain(|row| row.known_at >= from);
    }
    let whose = whose(call, &rows)?;
    let place = |row: &StoredPayment| cursor(&json!([row.known_at.micros(), page::hex(&row.receivable.to_bytes()), row.external_id]));
    page::page(call, rows, place, |row| payment(row, &whose))
}

/// The receivables of some payments, with what the source calls their customers.
type Whose = BTreeMap<ReceivableId, (ListedReceivable, String)>;

fn whose(call: &Call<'_>, rows: &[StoredPayment]) -> Result<Whose, Problem> {
    let mut ids: Vec<ReceivableId> = rows.iter().map(|row| row.receivable).collect();
    ids.sort_unstable();
    ids.dedup();
    let (owed, names) = call.read(|tx| {
        let owed = receivables::these(tx, call.tenant, &ids)?;
        let names = names::customers(tx, call.tenant, owed.iter().map(|one| one.customer))?;
        Ok((owed, names))
    })?;
    // Several may be one customer's.
    let named = owed.into_iter().map(|one| {
        let name = names.get(&one.customer).cloned().unwrap_or_default();
        (one.row.receivable, (one, name))
    });
    Ok(named.collect())
}

fn payment(row: &StoredPayment, whose: &Whose) -> Result<Value, Problem> {
    let (of, customer) = whose.get(&row.receivable).ok_or_else(Problem::bug)?;
    Ok(json!({
        "receivable": row.receivable.to_string(),
        "receivable_external_id": of.row.external_id,
        "external_id": row.external_id,
        "customer": of.customer.to_string(),
        "customer_external_id": customer,
        "amount": row.amount.map(|minor| amount(minor, &of.row.currency)).transpose()?,
        "billed": amount(of.row.amount, &of.row.currency)?,
        "paid_on": reply::day(row.paid_on),
        "known_at": moment(row.known_at),
    }))
}

fn decided(call: &Call<'_>) -> Result<Reply, Problem> {
    let (id, _) = asked(call)?;
    let after = page::place(call, 5)?.map(|place| Ok::<_, Problem>((place.int(0)?, key(&place, 1)?))).transpose()?;
    let rows = call.read(|tx| decisions::of(tx, call.tenant, id, after.as_ref(), page::one_more(call)))?;
    let place = |row: &regua_store::person::StoredDecision| cursor(&json!([row.seq, row.mode, row.step, row.cycle, row.occurrence]));
    page::page(call, rows, place, |row| {
        Ok(json!({
            "step": row.step,
            "cycle": row.cycle,
            "occurrence": row.occurrence,
            "mode": row.mode,
            "outcome": row.outcome,
            "decided_at": moment(row.decided_at),
            "message": row.message.map(|id| id.to_string()),
            "rule": row.rule,
            "policy_version": row.policy,
            "event": row.seq,
        }))
    })
}

/// What tells decisions of a receivable apart, from a place on.
pub(super) fn key(place: &page::Place, from: usize) -> Result<Key, Problem> {
    Ok((place.text(from)?, place.text(from + 1)?, place.int(from + 2)?, place.int(from + 3)?))
}

fn slips(call: &Call<'_>) -> Result<Reply, Problem> {
    let (id, currency) = asked(call)?;
    let mut rows = call.read(|tx| bank::slips_of(tx, call.tenant, &[id.to_bytes()]))?;
    rows.sort_by(|a, b| (b.issued_at, &b.account, &b.number).cmp(&(a.issued_at, &a.account, &a.number)));
    let shown = rows.into_iter().map(|row| {
        let value = json!({
            "account": row.account,
            "number": row.number,
            "amount": amount(row.amount, &currency)?,
            "due_on": reply::day(row.due_on),
            "issued_at": moment(row.issued_at),
            "file": row.file,
            "status": row.status,
        });
        Ok((format!("{} {}", row.account, row.number), value))
    });
    page::part(call, shown.collect::<Result<Vec<_>, Problem>>()?)
}

fn of_gateways(call: &Call<'_>) -> Result<Reply, Problem> {
    let (id, _) = asked(call)?;
    let rows = call.read(|tx| instruments::every_of(tx, call.tenant, id, INSTRUMENTS_MAX))?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let (row, given) = call.engine().instrument(call.tenant, row.instrument)?;
        let given = given.filter(|_| row.status == "open").unwrap_or_default();
        let name = page::hex(&row.instrument);
        let value = json!({
            "id": name,
            "gateway": row.gateway,
            "rail": row.rail.as_str(),
            "reference": row.reference,
            "amount": amount(row.amount, &row.currency)?,
            "valid_until": reply::day(row.valid_until),
            "status": row.status,
            "issued_at": moment(row.issued_at),
            "finished_at": opt_moment(row.finished_at),
            "said": row.said.as_deref().map(filled),
            "pix_code": given.brcode,
            "boleto_line": given.boleto_line,
            "link": given.link,
        });
        shown.push((name, value));
    }
    page::part(call, shown)
}

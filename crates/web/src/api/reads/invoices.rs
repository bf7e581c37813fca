//! Invoices and credits of subscriptions.

use regua_core::billing::{DraftInvoice, InvoiceStatus};
use regua_core::money::Money;
use regua_engine::billing::{ListedInvoice, Of};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN, cursor_of};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::parts::{COUNT, STATUSES, amount};

const KINDS: &[&str] = &["invoice", "credit"];
const STANDS: &[&str] = &["open", "paid", "void", "uncollectible", "applied"];

/// What every invoice has, with more behind it.
macro_rules! with_invoice {
    ($($more:expr),* $(,)?) => {
        &[
            must("id", Kind::Name, "Our id."),
            must("invoice", Kind::Name, "Its key: subscription, period and purpose."),
            must("customer", Kind::Name, "Our id of the customer."),
            must("customer_external_id", Kind::Name, "What the source calls the customer."),
            must("subscription", Kind::Name, "Our id of the subscription."),
            must("kind", Kind::Word(KINDS), "invoice, or credit when it gives money back."),
            must("status", Kind::Word(STANDS), "Where it stands; a credit is open while something of it is left, and applied then."),
            must("issued_on", Kind::Day, "The day of issue."),
            must("due_on", Kind::Day, "The due date."),
            must("total", Kind::Money, "Below zero for a credit."),
            must("open", Kind::Money, "What of it is open."),
            must("credit_left", Kind::Money, "What of a credit was not applied yet."),
            may("voided_at", Kind::Moment, "When it was taken back as a whole."),
            must("created_at", Kind::Moment, "When it was made."),
            $($more),*
        ]
    };
}

static LISTED: Schema = Schema { name: "InvoiceInList", doc: "An invoice or a credit in a list.", fields: with_invoice![] };

static INVOICE: Schema = Schema {
    name: "Invoice",
    doc: "An invoice or a credit with its lines and parts.",
    fields: with_invoice![
        must("parts", Kind::List(&Kind::Object(PART), 1_000), "The receivables in which it is due."),
        must("document", Kind::Object(DOCUMENT), "The document."),
    ],
};

const PART: &[Field] = &[
    must("receivable", Kind::Name, "Our id of the receivable."),
    must("due_on", Kind::Day, "Its due date."),
    must("amount", Kind::Money, "Its amount."),
    must("balance", Kind::Money, "What is entered and not paid."),
    must("status", Kind::Word(STATUSES), "Where it stands."),
];

const DOCUMENT: &[Field] = &[
    may("period_from", Kind::Day, "The first day of the period."),
    may("period_to", Kind::Day, "The day after its last."),
    must(
        "lines",
        Kind::List(
            &Kind::Object(&[
                must("kind", Kind::Text(40), "What the line is."),
                may("plan", Kind::Name, "The plan's key."),
                may("price", Kind::Name, "The price's key."),
                must("name", Kind::Text(300), "What it is called."),
                must("quantity", COUNT, "How many."),
                must("from", Kind::Day, "From this day."),
                must("to", Kind::Day, "Until before this day."),
                must("amount", Kind::Money, "Its amount."),
            ]),
            10_000,
        ),
        "Its lines.",
    ),
    must(
        "discounts",
        Kind::List(
            &Kind::Object(&[must("code", Kind::Text(200), "The coupon."), must("amount", Kind::Money, "What it takes off.")]),
            1_000,
        ),
        "What coupons take off.",
    ),
    must(
        "taxes",
        Kind::List(
            &Kind::Object(&[
                must("name", Kind::Text(100), "Its name."),
                must("rate", Kind::Text(40), "Its rate."),
                must("mode", Kind::Text(40), "Whether prices hold it."),
                must("base", Kind::Money, "Of what it is taken."),
                must("amount", Kind::Money, "How much it is."),
            ]),
            1_000,
        ),
        "Its taxes.",
    ),
    must("collection", Kind::Text(60), "How it is collected."),
    may("purchase_order", Kind::Text(300), "The customer's purchase order."),
];

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/invoices",
        id: "list_invoices",
        tag: "Invoices",
        summary: "Invoices and credits, the newest first",
        doc: "With a filter a page may hold fewer than were asked for, or none, and not be the last.",
        needs: Needs::Scope(Scope::BillingRead),
        query: &[
            may("status", Kind::Word(&["open", "paid", "void", "uncollectible"]), "Only those that stand so."),
            may("customer", Kind::Name, "Only a customer's: our id, or what its source calls it."),
            may("subscription", Kind::Name, "Only those of a subscription, by its key."),
        ],
        answer: Answer::Page(&LISTED),
        run: list,
        ..PLAIN
    },
    Op {
        path: "/invoices/{invoice}",
        id: "get_invoice",
        tag: "Invoices",
        summary: "An invoice or a credit with its lines",
        doc: "By our id or its key; a `/` in the key is written %2F.",
        needs: Needs::Scope(Scope::BillingRead),
        answer: Answer::One(&INVOICE),
        run: |call| Ok(Reply::one(shown(&call.engine().invoice(call.tenant, call.at(0))?)?)),
        ..PLAIN
    },
];

fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let query = &call.query;
    let of = match (query.text("customer"), query.text("subscription")) {
        (Some(_), Some(_)) => {
            return Err(Problem::field("query/subscription", "does_not_fit", "a subscription has one customer; leave one of them out"));
        }
        (Some(customer), None) => Of::Customer(customer),
        (None, Some(subscription)) => Of::Subscription(subscription),
        (None, None) => Of::All,
    };
    let status = query.text("status").and_then(|word| word.parse::<InvoiceStatus>().ok());
    let limit = usize::try_from(call.limit()).unwrap_or(1);
    let page = call.engine().invoices_page(call.tenant, of, status, call.cursor_id()?, limit)?;
    let next = page.next.map(|id| cursor_of(&id.to_bytes()));
    Ok(Reply::Page(page.items.iter().map(listed).collect::<Result<_, _>>()?, next))
}

fn listed(one: &ListedInvoice) -> Result<Value, Problem> {
    let row = &one.invoiced.row;
    let status = if row.total >= 0 || row.voided_at.is_some() {
        one.invoiced.status.as_str()
    } else if row.credit_left > 0 {
        "open"
    } else {
        "applied"
    };
    Ok(json!({
        "id": row.invoice.to_string(),
        "invoice": row.key,
        "customer": row.customer.to_string(),
        "customer_external_id": one.customer,
        "subscription": row.subscription.to_string(),
        "kind": row.kind,
        "status": status,
        "issued_on": reply::day(row.issued_on),
        "due_on": reply::day(row.due_on),
        "total": amount(row.total, &row.currency)?,
        "open": amount(one.invoiced.open, &row.currency)?,
        "credit_left": amount(row.credit_left, &row.currency)?,
        "voided_at": opt_moment(row.voided_at),
        "created_at": reply::moment(row.created_at),
    }))
}

fn shown(one: &ListedInvoice) -> Result<Value, Problem> {
    let mut value = listed(one)?;
    let draft = &one.invoiced.draft;
    let money = |minor: i64| reply::money(Money::new(minor, draft.currency));
    let parts = one.parts.iter().zip(&draft.instalments).map(|(part, instalment)| {
        json!({
            "receivable": part.receivable.to_string(), "due_on": reply::day(instalment.due_on), "amount": money(instalment.amount),
            "balance": money(part.balance), "status": part.status,
        })
    });
    value["parts"] = parts.collect();
    value["document"] = document(draft);
    Ok(value)
}

fn document(draft: &DraftInvoice) -> Value {
    let money = |minor: i64| reply::money(Money::new(minor, draft.currency));
    let lines = draft.lines.iter().map(|line| {
        json!({
            "kind": line.kind.as_str(), "plan": line.plan, "price": line.price, "name": line.name, "quantity": line.quantity,
            "from": reply::day(line.from), "to": reply::day(line.to), "amount": money(line.amount),
        })
    });
    let taxes = draft.taxes.iter().map(|tax| {
        json!({
            "name": tax.name, "rate": tax.rate.to_string(), "mode": tax.mode.as_str(), "base": money(tax.base),
            "amount": money(tax.amount),
        })
    });
    json!({
        "period_from": draft.period.map(|(from, _)| reply::day(from)),
        "period_to": draft.period.map(|(_, to)| reply::day(to)),
        "lines": lines.collect::<Vec<_>>(),
        "discounts": draft.discounts.iter().map(|off| json!({"code": off.code, "amount": money(off.amount)})).collect::<Vec<_>>(),
        "taxes": taxes.collect::<Vec<_>>(),
        "collection": draft.collection.as_str(),
        "purchase_order": draft.purchase_order,
    })
}

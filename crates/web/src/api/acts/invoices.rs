//! Invoices taken back: as a whole, or in part by a credit note, which is shown before it is made.

use regua_core::billing::{CreditOf, CreditShare, DraftInvoice, Line};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_engine::billing::ListedInvoice;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::shared::{REASON, placed};
use super::terms::{DRAFT, draft};

static STANDING: Schema = Schema {
    name: "InvoiceStanding",
    doc: "How an invoice stands after an act.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("key", Kind::Name, "What it is called."),
        must("customer", Kind::Name, "Its customer, as the source calls it."),
        must("status", Kind::Text(40), "Where it stands."),
        must("total", Kind::Money, "What it is over."),
        must("open", Kind::Money, "What of it is open."),
        may("voided_at", Kind::Moment, "Since when it is void."),
    ],
};

static CREDITED: Schema = Schema {
    name: "CreditNote",
    doc: "A credit note as it was made, or would be.",
    fields: &[
        must("made", Kind::Bool, "Whether it was made; false in a preview."),
        must("key", Kind::Name, "What it is called."),
        must("applied", Kind::Money, "What it takes off what is open."),
        must("left", Kind::Money, "What stays as credit for the next invoice."),
        must("document", Kind::Of(&DRAFT), "The document."),
        must("invoice", Kind::Of(&STANDING), "How the invoice stands."),
    ],
};

const CREDIT: &[Field] = &[
    may("all", Kind::Bool, "All that was not credited yet."),
    may("amount", Kind::Money, "So much, taxes included."),
    may(
        "lines",
        Kind::List(
            &Kind::Object(&[
                must("line", Kind::Int(1, 10_000), "The place of the line on the invoice, from 1."),
                may("amount", Kind::Money, "How much of it; all that was charged for it when nothing is said."),
            ]),
            1_000,
        ),
        "Parts of lines.",
    ),
    must("reason", Kind::Text(500), "Why; the customer reads it."),
];

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/invoices/{invoice}/void",
        id: "void_invoice",
        tag: "Billing",
        summary: "Take an invoice back as a whole",
        doc: "Which nobody has paid anything on. It is named by its id or its key.",
        needs: Needs::Scope(Scope::BillingAct),
        body: Body::Json(&[REASON]),
        answer: Answer::One(&STANDING),
        stake: Some(whole),
        run: void,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/invoices/{invoice}/credits",
        id: "credit_invoice",
        tag: "Billing",
        summary: "Make a credit note on an invoice",
        doc: "Say `all`, an `amount`, or `lines`. It takes off what is open; what is left of it stays as credit for the next invoice.",
        needs: Needs::Scope(Scope::BillingAct),
        body: Body::Json(CREDIT),
        answer: Answer::Created(&CREDITED),
        stake: Some(credit_stake),
        run: |call| credit(call, false),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/invoices/{invoice}/credits/preview",
        id: "preview_credit",
        tag: "Billing",
        summary: "What a credit note would be",
        doc: "Nothing is made.",
        needs: Needs::Scope(Scope::BillingRead),
        body: Body::Json(CREDIT),
        answer: Answer::One(&CREDITED),
        run: |call| credit(call, true),
        ..PLAIN
    },
];

fn money(one: &ListedInvoice, minor: i64) -> Result<Money, Problem> {
    Currency::parse(&one.invoiced.row.currency).map(|currency| Money::new(minor, currency)).ok_or_else(Problem::bug)
}

fn standing(call: &Call<'_>) -> Result<Value, Problem> {
    let one = call.engine().invoice(call.tenant, call.at(0))?;
    let row = &one.invoiced.row;
    Ok(json!({
        "id": row.invoice.to_string(),
        "key": row.key,
        "customer": one.customer,
        "status": one.invoiced.status.as_str(),
        "total": reply::money(money(&one, row.total)?),
        "open": reply::money(money(&one, one.invoiced.open)?),
        "voided_at": reply::opt_moment(row.voided_at),
    }))
}

fn whole(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    let one = call.engine().invoice(call.tenant, call.at(0))?;
    money(&one, one.invoiced.row.total).map(Some)
}

fn void(call: &Call<'_>) -> Result<Reply, Problem> {
    call.engine().void_invoice(call.tenant, call.at(0), &call.act()?, call.now)?;
    call.host.ring();
    Ok(Reply::one(standing(call)?))
}

/// What was really charged for a line: without its share of what coupons took off.
fn charged(draft: &DraftInvoice, line: &Line) -> i64 {
    let lines: i128 = draft.lines.iter().map(|line| i128::from(line.amount)).sum();
    let off: i128 = draft.discounts.iter().map(|off| i128::from(off.amount)).sum();
    if off == 0 || lines <= 0 {
        return line.amount;
    }
    // Down: together they are never more than was charged.
    i64::try_from(i128::from(line.amount) * (lines + off) / lines).unwrap_or(line.amount)
}

/// What is credited, as it was said.
fn credited(call: &Call<'_>, one: &ListedInvoice) -> Result<CreditOf, Problem> {
    let draft = &one.invoiced.draft;
    let fits = |amount: Money, place: &str| {
        if amount.currency() != draft.currency {
            return Err(Problem::field(&format!("{place}/currency"), "currency", format!("the invoice is in {}", draft.currency.code())));
        }
        if amount.minor() > 0 { Ok(amount.minor()) } else { Err(Problem::field(place, "money", "write an amount above zero")) }
    };
    let lines: Vec<_> = call.body.objects("lines").collect();
    match (call.body.is("all"), call.body.money("amount"), lines.is_empty()) {
        (true, None, true) => Ok(CreditOf::All),
        (false, Some(amount), true) => fits(amount, "/amount").map(CreditOf::Amount),
        (false, None, false) => {
            let share = |(n, said): (usize, &super::super::input::Input)| {
                let place = said.int("line").and_then(|line| u32::try_from(line - 1).ok());
                let known = place.and_then(|place| Some((place, draft.lines.get(usize::try_from(place).ok()?)?)));
                let told =
                    || Problem::field(&format!("/lines/{n}/line"), "no_line", format!("the invoice has {} lines", draft.lines.len()));
                let (line, known) = known.ok_or_else(told)?;
                let amount = match said.money("amount") {
                    Some(amount) => fits(amount, &format!("/lines/{n}/amount"))?,
                    None => charged(draft, known),
                };
                Ok(CreditShare { line, amount })
            };
            Ok(CreditOf::Lines(lines.into_iter().enumerate().map(share).collect::<Result<_, Problem>>()?))
        }
        (false, None, true) => Err(Problem::field("/all", "required", "say what is credited: `all`, an `amount`, or `lines`")),
        (true | false, _, _) => Err(Problem::field("/all", "twice", "say `all`, an `amount` or `lines`, and only one of them")),
    }
}

fn credit_stake(call: &Call<'_>) -> Result<Option<Money>, Problem> {
    let one = call.engine().invoice(call.tenant, call.at(0))?;
    let what = credited(call, &one)?;
    let would = call.engine().credit_invoice(call.tenant, call.at(0), &what, &call.act()?, call.now, true)?;
    money(&one, would.applied.saturating_add(would.left)).map(Some)
}

fn credit(call: &Call<'_>, only_look: bool) -> Result<Reply, Problem> {
    let one = call.engine().invoice(call.tenant, call.at(0))?;
    let what = credited(call, &one)?;
    let made = call.engine().credit_invoice(call.tenant, call.at(0), &what, &call.act()?, call.now, only_look);
    let made = made.map_err(|error| placed(error, &[("no_reason", "/reason")]))?;
    if !only_look {
        call.host.ring();
    }
    let told = json!({
        "made": !only_look,
        "key": made.key,
        "applied": reply::money(money(&one, made.applied)?),
        "left": reply::money(money(&one, made.left)?),
        "document": draft(&made.document),
        "invoice": standing(call)?,
    });
    Ok(if only_look { Reply::one(told) } else { Reply::created(told) })
}

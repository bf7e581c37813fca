//! Money by the bank: the company's accounts, lines that wait for a person, and what all lines come to.

use regua_core::bank::Line;
use regua_engine::bank::{Asked, NamedAccount};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_day};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::page::{self, cursor, hex};
use super::parts::{COUNT, amount, filled};

static ACCOUNT: Schema = Schema {
    name: "BankAccount",
    doc: "An account of the company's.",
    fields: &[
        must("account", Kind::Name, "What people call it."),
        must("bank", Kind::Text(60), "The bank: three digits in Brazil, else what identifies it."),
        may("branch", Kind::Text(60), "The branch."),
        must("number", Kind::Text(60), "The account."),
        may("wallet", Kind::Text(60), "Portfolio of its slips (carteira)."),
        may("agreement", Kind::Text(60), "What the bank calls the company (convênio)."),
        may("post", Kind::Text(60), "Post of a cooperative (posto)."),
        may("pix_key", Kind::Text(200), "The key that Pix charges are paid to."),
        must("next_slip", COUNT, "The number of its next slip."),
    ],
};

static WAITING: Schema = Schema {
    name: "BankLine",
    doc: "A line of a bank's file that waits for a person.",
    fields: &[
        must("id", Kind::Text(32), "Names it."),
        must("account", Kind::Name, "The company's account."),
        may("posted_on", Kind::Day, "The bank's day."),
        must("why", Kind::Text(40), "Why it was not booked."),
        may("told", Kind::Object(TOLD), "What the bank said; null once its customer was erased."),
        must(
            "suggestions",
            Kind::List(
                &Kind::Object(&[
                    must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
                    must("customer_external_id", Kind::Name, "What the source calls the customer."),
                    must("owes", Kind::Money, "What settles it on the payer's day."),
                    must("found_by", Kind::Word(&["txid", "our_number", "document", "text", "payer", "name"]), "By what it was found."),
                    must("percent", Kind::Int(0, 100), "How sure that is."),
                ]),
                100,
            ),
            "What it may be, the most likely first.",
        ),
    ],
};

const TOLD: &[Field] = &[
    must("place", COUNT, "Where it begins in its file."),
    must("event", Kind::Text(40), "What happened: paid, returned …"),
    may("amount", Kind::Money, "How much money moved."),
    may("paid_on", Kind::Day, "The payer's day."),
    may("payer_name", Kind::Text(1_000), "Who paid."),
    may("payer_tax_id", Kind::Text(100), "The payer's tax id."),
    may("payer_account", Kind::Text(200), "The account that it came from."),
    may("text", Kind::Text(10_000), "What the bank wrote beside it."),
    must("names", Kind::Texts(20), "What the line is called by."),
    must("codes", Kind::List(&Kind::Text(200), 1_000), "The bank's own codes."),
];

static SUM: Schema = Schema {
    name: "BankSum",
    doc: "What the lines of an account come to, by event and where they stand.",
    fields: &[
        must("account", Kind::Name, "The company's account."),
        must("event", Kind::Text(40), "What happened."),
        must("status", Kind::Text(40), "Where they stand."),
        must("lines", COUNT, "How many."),
        must("amount", Kind::Money, "What they come to."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/bank-accounts",
        id: "list_bank_accounts",
        tag: "Bank",
        summary: "The company's bank accounts, by name",
        needs: Needs::Scope(Scope::BankRead),
        answer: Answer::Page(&ACCOUNT),
        run: |call| {
            let all = call.engine().bank_accounts(call.tenant)?;
            page::part(call, all.iter().map(|one| (one.name.clone(), account(one))).collect())
        },
        ..PLAIN
    },
    Op {
        path: "/bank-lines",
        id: "list_bank_lines",
        tag: "Bank",
        summary: "Lines of banks that wait for a person",
        doc: "By the bank's day, each with what it may be.",
        needs: Needs::Scope(Scope::BankRead),
        answer: Answer::Page(&WAITING),
        run: waiting,
        ..PLAIN
    },
    Op {
        path: "/bank-sums",
        id: "list_bank_sums",
        tag: "Bank",
        summary: "What all lines of banks come to",
        needs: Needs::Scope(Scope::BankRead),
        answer: Answer::Page(&SUM),
        run: sums,
        ..PLAIN
    },
];

fn account(one: &NamedAccount) -> Value {
    let account = &one.account;
    json!({
        "account": one.name,
        "bank": account.bank,
        "branch": filled(&account.branch),
        "number": account.number,
        "wallet": filled(&account.wallet),
        "agreement": filled(&account.agreement),
        "post": filled(&account.post),
        "pix_key": filled(&account.pix_key),
        "next_slip": one.next_number,
    })
}

fn waiting(call: &Call<'_>) -> Result<Reply, Problem> {
    let place = page::place(call, 2)?;
    let after = place.map(|place| Ok::<_, Problem>((place.day(0)?, place.id(1)?))).transpose()?;
    let limit = u16::try_from(page::one_more(call)).unwrap_or(u16::MAX);
    let rows = call.engine().bank_waiting(call.tenant, after, limit, call.now)?;
    let place = |one: &Asked| {
        let day = one.posted_on.map_or_else(String::new, |day| day.to_string());
        cursor(&json!([day, hex(&one.id)]))
    };
    page::page(call, rows, place, |one| Ok(asked(one)))
}

fn asked(one: &Asked) -> Value {
    let suggestions = one.suggestions.iter().map(|may| {
        json!({
            "receivable_external_id": may.receivable, "customer_external_id": may.customer, "owes": reply::money(may.owes),
            "found_by": may.found.by.as_str(), "percent": may.found.percent,
        })
    });
    json!({
        "id": hex(&one.id),
        "account": one.account,
        "posted_on": opt_day(one.posted_on),
        "why": one.why,
        "told": one.line.as_ref().map(told),
        "suggestions": suggestions.collect::<Vec<_>>(),
    })
}

fn told(line: &Line) -> Value {
    let names = &line.names;
    let named = [
        ("bank_id", &names.bank_id),
        ("our_number", &names.our_number),
        ("document", &names.document),
        ("company_use", &names.company_use),
        ("end_to_end", &names.end_to_end),
        ("txid", &names.txid),
        ("of", &names.of),
    ];
    let named: serde_json::Map<String, Value> =
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value.as_deref()?)))).collect();
    json!({
        "place": line.place,
        "event": line.event.as_str(),
        "amount": line.amount.map(reply::money),
        "paid_on": opt_day(line.paid_on),
        "payer_name": line.payer.name,
        "payer_tax_id": line.payer.tax_id,
        "payer_account": line.payer.account,
        "text": filled(&line.text),
        "names": named,
        "codes": line.codes,
    })
}

fn sums(call: &Call<'_>) -> Result<Reply, Problem> {
    let rows = call.engine().bank_sums(call.tenant)?;
    let shown = rows.into_iter().map(|row| {
        let name = format!("{} {} {} {}", row.account, row.currency, row.event, row.status);
        let value = json!({
            "account": row.account, "event": row.event, "status": row.status, "lines": row.count,
            "amount": amount(row.amount, &row.currency)?,
        });
        Ok((name, value))
    });
    page::part(call, shown.collect::<Result<Vec<_>, Problem>>()?)
}

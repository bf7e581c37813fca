//! Documents as PDF, what will happen, and files in.

use regua_core::currency::Currency;
use regua_core::words::Language;
use regua_engine::people::Scope;

use super::acts::policies::{TEXT, compiled};
use super::host::{LANGUAGES, office, printed};
use super::input::Input;
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::reply::Reply;
use super::shape::{Field, Kind, Schema, may, must};
use crate::office::{Ahead, Paper, Reading};

/// Steps of a plan at most.
const STEPS_MAX: i64 = 10_000;
/// Days ahead at most: a year takes minutes in a large book.
const DAYS_MAX: i64 = 92;
/// Bytes of a file at most.
const FILE_MAX: usize = 32 << 20;

pub(super) static LETTER: Schema = Schema {
    name: "PlannedLetter",
    doc: "A message as its reader would get it.",
    fields: &[
        must("channel", Kind::Text(20), "How it goes."),
        must("template", Kind::Text(200), "Its template."),
        must("tone", Kind::Text(20), "How it is said."),
        may("to", Kind::Text(400), "Where it goes, masked."),
        may("subject", Kind::Text(1_000), "Its subject, on channels that have one."),
        must("text", Kind::Text(100_000), "Its text."),
    ],
};

static STEP: Schema = Schema {
    name: "PlannedStep",
    doc: "A step that would be decided.",
    fields: &[
        must("at", Kind::Moment, "When."),
        must("customer", Kind::Name, "The customer, as its source calls it."),
        may("customer_name", Kind::Text(400), "What it is called."),
        must("receivable", Kind::Name, "The receivable, as its source calls it."),
        must("step", Kind::Text(200), "The step of its ladder."),
        may("cycle", Kind::Text(40), "Which round and occurrence of it; null for what waits."),
        must("outcome", Kind::Word(&["done", "skipped", "deferred"]), "What becomes of it then."),
        may("reason", Kind::Text(100), "Why it is skipped or waits."),
        may("until", Kind::Moment, "Until when it waits; null when a fact ends it."),
        may("due", Kind::Money, "What settles the receivable on that day."),
        must("channels", Kind::List(&Kind::Text(20), 10), "Where its message goes."),
        must("sentence", Kind::Text(4_000), "The same in a sentence."),
        must("letters", Kind::List(&Kind::Of(&LETTER), 10), "Its message over each channel, where `render` asks for it."),
        may("unwritten", Kind::Text(1_000), "Why the message cannot be written."),
    ],
};

static PLAN: Schema = Schema {
    name: "Plan",
    doc: "What will happen if nobody pays before.",
    fields: &[
        must("from", Kind::Moment, "From when."),
        must("to", Kind::Moment, "Until before when."),
        must("steps", Kind::List(&Kind::Of(&STEP), 10_000), "The steps, the earliest first."),
        must("more", Kind::Int(0, i64::MAX), "How many later ones there are beside those."),
    ],
};

static PLAN_UNDER: Schema = Schema {
    name: "PlanUnderPolicy",
    doc: "What would happen under a policy if nobody pays before.",
    fields: &[
        must("from", Kind::Moment, "From when."),
        must("to", Kind::Moment, "Until before when."),
        must("steps", Kind::List(&Kind::Of(&STEP), 10_000), "The steps, the earliest first."),
        must("more", Kind::Int(0, i64::MAX), "How many later ones there are beside those."),
        must(
            "moves",
            Kind::Object(&[
                must("moved", Kind::Int(0, i64::MAX), "Receivables that would move to it."),
                must("there", Kind::Int(0, i64::MAX), "Receivables that walk it already."),
                must("kept_steps", Kind::Int(0, i64::MAX), "Their steps that would stay decided."),
                must("open_steps", Kind::Int(0, i64::MAX), "Their steps that would be open."),
                must("refused_count", Kind::Int(0, i64::MAX), "Receivables that it would refuse."),
            ]),
            "What moving every open receivable to it would do.",
        ),
    ],
};

const COUNTS: &[Field] = &[
    must("new", Kind::Int(0, i64::MAX), "That came in."),
    must("changed", Kind::Int(0, i64::MAX), "That are told otherwise than before."),
    may("same", Kind::Int(0, i64::MAX), "That are told as before."),
];

static IMPORTED: Schema = Schema {
    name: "Imported",
    doc: "What became of a file.",
    fields: &[
        must("written", Kind::Bool, "Whether it was taken in; false for a dry run."),
        must("customers", Kind::Object(COUNTS), "Customers."),
        must("receivables", Kind::Object(COUNTS), "Receivables."),
        must("payments", Kind::Object(COUNTS), "Payments."),
        must("rejected", Kind::Int(0, i64::MAX), "Rows that could not be used."),
        must(
            "changes",
            Kind::List(
                &Kind::Object(&[
                    must("id", Kind::Text(400), "Of what."),
                    must("what", Kind::Text(100), "What of it."),
                    may("was", Kind::Text(1_000), "What was known."),
                    may("is", Kind::Text(1_000), "What the file says."),
                ]),
                1_000,
            ),
            "The first changes.",
        ),
        must(
            "columns",
            Kind::List(
                &Kind::Object(&[
                    must("column", Kind::Text(400), "What the file calls it."),
                    must("meaning", Kind::Text(400), "As what it was understood."),
                    may("format", Kind::Text(400), "How its values are written."),
                    may("example", Kind::Text(1_000), "Its first value."),
                ]),
                1_000,
            ),
            "Every column and what it was taken for: nobody should have to guess what was guessed.",
        ),
        must(
            "warnings",
            Kind::List(
                &Kind::Object(&[
                    must("row", Kind::Int(0, i64::MAX), "The first row."),
                    may("column", Kind::Text(400), "The column."),
                    must("text", Kind::Text(1_000), "What is worth a look."),
                    must("times", Kind::Int(0, i64::MAX), "How often."),
                ]),
                1_000,
            ),
            "The first warnings.",
        ),
        must(
            "rejects",
            Kind::List(
                &Kind::Object(&[
                    must("row", Kind::Int(0, i64::MAX), "Which row; 0 for what is about no row."),
                    may("column", Kind::Text(400), "Which column."),
                    must("reason", Kind::Text(1_000), "Why it could not be used."),
                    may("mend", Kind::Text(1_000), "What to do."),
                    may("original", Kind::Text(4_000), "What stood there."),
                ]),
                1_000,
            ),
            "The first rejected rows.",
        ),
    ],
};

const LANGUAGE: Field = may("language", Kind::Word(LANGUAGES), "In which language; the customer's when nothing is said.");

/// The language that the query names.
fn language(call: &Call<'_>) -> Option<Language> {
    call.query.text("language").and_then(|word| word.parse().ok())
}

fn plan(call: &Call<'_>, customer: Option<String>) -> Result<Reply, super::Problem> {
    let (days, most) = span(&call.query);
    let asked = Ahead { customer, days, render: call.query.is("render"), most, under: None };
    Ok(Reply::one(office(call)?.plan(&asked)?))
}

/// What would happen under a policy that is published nowhere.
fn plan_under(call: &Call<'_>) -> Result<Reply, super::Problem> {
    let (days, most) = span(&call.body);
    let text = call.body.must_text("text")?;
    compiled(text, "/text")?;
    let asked = Ahead { customer: None, days, render: false, most, under: Some(text.to_owned()) };
    Ok(Reply::one(office(call)?.plan(&asked)?))
}

/// How many days to look ahead, and how many steps to tell.
fn span(said: &Input) -> (u16, usize) {
    let days = said.int("days").unwrap_or(7).clamp(1, DAYS_MAX);
    let most = said.int("most").unwrap_or(1_000).clamp(1, STEPS_MAX);
    (u16::try_from(days).unwrap_or(7), usize::try_from(most).unwrap_or(1_000))
}

const DAYS: Field = may("days", Kind::Int(1, DAYS_MAX), "How many days to look ahead; 7 when nothing is said.");
const MOST: Field = may("most", Kind::Int(1, STEPS_MAX), "How many steps at most, the earliest first; 1000 when nothing is said.");
const PLANNING: &[Field] = &[DAYS, may("render", Kind::Bool, "Whether the messages are written too."), MOST];

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/invoices/{invoice}/document",
        id: "print_invoice",
        tag: "Documents",
        summary: "An invoice as PDF",
        needs: Needs::Scope(Scope::BillingRead),
        query: &[LANGUAGE],
        answer: Answer::File("application/pdf"),
        problems: &[404, 409, 422],
        run: |call| printed(call, &Paper::Invoice(call.at(0).to_owned()), language(call)),
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}/receipt",
        id: "print_receipt",
        tag: "Documents",
        summary: "A receipt of the newest payment on a receivable, as PDF",
        needs: Needs::Scope(Scope::MoneyRead),
        query: &[LANGUAGE],
        answer: Answer::File("application/pdf"),
        problems: &[404, 409, 422],
        run: |call| printed(call, &Paper::Receipt(call.at(0).to_owned()), language(call)),
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/statement.pdf",
        id: "print_statement",
        tag: "Documents",
        summary: "A statement of account as PDF",
        needs: Needs::Scope(Scope::MoneyRead),
        query: &[
            LANGUAGE,
            may("from", Kind::Day, "Its first day; the day of the first entry when nothing is said."),
            may("until", Kind::Day, "Its last day; today when nothing is said."),
            may("currency", Kind::Currency, "Of which currency, where a customer has several."),
        ],
        answer: Answer::File("application/pdf"),
        problems: &[404, 409, 422],
        run: |call| {
            let paper = Paper::Statement {
                customer: call.at(0).to_owned(),
                from: call.query.day("from"),
                until: call.query.day("until"),
                currency: call.query.text("currency").and_then(Currency::parse),
            };
            printed(call, &paper, language(call))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/receivables/{receivable}/slip.pdf",
        id: "print_slip",
        tag: "Documents",
        summary: "The bank slip of a receivable as PDF",
        doc: "It is issued when none is out that can still be paid; sent again, the same one is printed.",
        needs: Needs::Scope(Scope::BankAct),
        query: &[LANGUAGE, may("account", Kind::Name, "Of which bank account; the only one that has slips when nothing is said.")],
        answer: Answer::File("application/pdf"),
        problems: &[404, 409, 422],
        run: |call| {
            let account = call.query.text("account").map(str::to_owned);
            printed(call, &Paper::Slip { receivable: call.at(0).to_owned(), account }, language(call))
        },
        ..PLAIN
    },
    Op {
        path: "/plan",
        id: "plan",
        tag: "Plan",
        summary: "What will happen to everybody if nobody pays",
        doc: "Decided by the same function that decides in earnest, and nothing is kept. In a large book, ask for few days.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: PLANNING,
        answer: Answer::One(&PLAN),
        problems: &[409, 422],
        run: |call| plan(call, None),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/policies/plan",
        id: "plan_under_policy",
        tag: "Plan",
        summary: "What would happen to everybody under a policy that is not published",
        doc: "As if the text were published for everybody now and every open receivable moved to it. Decided by the same function that \
              decides in earnest; nothing is kept, the text neither. In a large book, ask for few days.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        body: Body::Json(&[must("text", TEXT, "The text."), DAYS, MOST]),
        answer: Answer::One(&PLAN_UNDER),
        problems: &[409, 422],
        run: plan_under,
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/plan",
        id: "plan_customer",
        tag: "Plan",
        summary: "What will happen to a customer who does not pay",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: PLANNING,
        answer: Answer::One(&PLAN),
        problems: &[404, 422],
        run: |call| plan(call, Some(call.at(0).to_owned())),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/imports",
        id: "import",
        tag: "Files",
        summary: "Take a file of receivables or payments in",
        doc: "The body is the file: CSV, JSON Lines, XLSX or Parquet, gzipped or not. The same file again changes nothing. Good rows \
              are taken in beside bad ones, which are told. A large file may take longer than a request: send an Idempotency-Key, \
              and when the answer is 503, ask again with it.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        query: &[
            may("what", Kind::Word(&["receivables", "payments"]), "What it holds; receivables with their customers when nothing is said."),
            may("name", Kind::Text(100), "What the file is called in what is told of it."),
            may("dry_run", Kind::Bool, "Whether nothing is written."),
            may("map", Kind::Text(8_000), "The text of a mapping file, for files of another shape."),
            may("dates", Kind::Word(&["ymd", "dmy", "mdy"]), "The order of dates such as 01/02/2026."),
            may("decimal", Kind::Word(&["comma", "point"]), "The decimal mark of amounts."),
            may("delimiter", Kind::Word(&["comma", "semicolon", "tab"]), "The column separator."),
            may("encoding", Kind::Word(&["utf-8", "latin1", "utf-16le", "utf-16be"]), "The text encoding."),
            may("currency", Kind::Currency, "The currency of a file without a column for it."),
            may("country", Kind::Text(2), "The country of tax ids and of phone numbers without `+`, such as BR."),
        ],
        body: Body::File(FILE_MAX),
        answer: Answer::One(&IMPORTED),
        problems: &[409, 413, 422],
        run: |call| {
            let text = |name: &str| call.query.text(name).map(str::to_owned);
            let how = Reading {
                payments: call.query.text("what") == Some("payments"),
                name: text("name").unwrap_or_else(|| "the file".to_owned()),
                dry_run: call.query.is("dry_run"),
                map: text("map"),
                dates: text("dates"),
                decimal: text("decimal"),
                delimiter: text("delimiter"),
                encoding: text("encoding"),
                currency: text("currency"),
                country: text("country"),
            };
            let told = office(call)?.import(&call.file, &how, &call.act()?)?;
            if !how.dry_run {
                call.host.ring();
            }
            Ok(Reply::one(told))
        },
        ..PLAIN
    },
];

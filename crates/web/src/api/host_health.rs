//! The installation itself: its health, the proof that it is whole, its work at once, and how its messages read.

use regua_core::words::{Channel, Language, Tone};
use regua_engine::people::Scope;

use super::host::{LANGUAGES, office};
use super::input::Input;
use regua_engine::commands::tell::About;

use super::op::{Answer, Body, Method, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::Reply;
use super::shape::{Field, Kind, Schema, may, must};
use crate::office::Sample;

static FINDING: Schema = Schema {
    name: "DoctorFinding",
    doc: "Something that an installation needs, and how it is.",
    fields: &[
        must("what", Kind::Text(100), "What was looked at."),
        must("state", Kind::Word(&["works", "look", "wrong"]), "How it is; look: it works, and somebody should look."),
        must("found", Kind::Text(4_000), "What was found."),
        may("mend", Kind::Text(4_000), "What to do."),
    ],
};

static MONEY: Schema = Schema {
    name: "VerifiedMoney",
    doc: "What the ledgers of a currency add up to, in minor units.",
    fields: &[
        must("currency", Kind::Text(3), "Which currency."),
        must("billed_minor", Kind::Int(i64::MIN, i64::MAX), "Billed."),
        must("paid_minor", Kind::Int(i64::MIN, i64::MAX), "Paid."),
        must("applied_minor", Kind::Int(i64::MIN, i64::MAX), "Paid and set against what was billed."),
        must("credit_minor", Kind::Int(i64::MIN, i64::MAX), "Credit of customers."),
        must("returned_minor", Kind::Int(i64::MIN, i64::MAX), "Given or taken back."),
        must("balance_minor", Kind::Int(i64::MIN, i64::MAX), "Owed."),
    ],
};

const COUNT: Kind = Kind::Int(0, i64::MAX);

static VERDICT: Schema = Schema {
    name: "Verdict",
    doc: "What a proof found.",
    fields: &[
        must("clean", Kind::Bool, "Whether nothing is wrong."),
        must("customers", COUNT, "Customers."),
        must("events", COUNT, "Events, each with its place in a chain and its hash."),
        must("rows", COUNT, "Rows, made again from the events and compared."),
        must("pages", COUNT, "Pages of the log."),
        must("erased", COUNT, "Customers who were erased: checked, and not decided again."),
        must("other_version", COUNT, "Customers of whom another version decided: checked as erased ones."),
        must("broken", COUNT, "Customers whose rows cannot be compared."),
        may(
            "root",
            Kind::Object(&[must("day", Kind::Day, "Of which day."), must("root", Kind::Text(64), "The root, in hexadecimal digits.")]),
            "What to write down elsewhere: with it nobody can change unseen what happened until then.",
        ),
        must("money", Kind::List(&Kind::Of(&MONEY), 200), "What the ledgers add up to."),
        must(
            "findings",
            Kind::List(
                &Kind::Object(&[must("sort", Kind::Text(100), "Which sort."), must("what", Kind::Text(2_000), "What is wrong.")]),
                1_000,
            ),
            "The first that are wrong.",
        ),
        must("more", COUNT, "How many more are wrong."),
    ],
};

static VERIFYING: Schema = Schema {
    name: "Verifying",
    doc: "Where a proof stands.",
    fields: &[
        must("running", Kind::Bool, "Whether one is under way."),
        may("began_at", Kind::Moment, "When the last one began."),
        may("ended_at", Kind::Moment, "When it ended."),
        may("verdict", Kind::Of(&VERDICT), "What the last one found that ended."),
        may("failed", Kind::Text(1_000), "Why the last one could not be carried out."),
    ],
};

static READS: Schema = Schema {
    name: "SampleMessage",
    doc: "How a message reads.",
    fields: &[
        must("template", Kind::Name, "The template."),
        must("language", Kind::Word(LANGUAGES), "In which language."),
        must("tone", Kind::Word(TONES), "How it is said."),
        may("customer", Kind::Name, "What its source calls the customer; null of made-up facts."),
        must("receivables", Kind::List(&Kind::Name, 500), "What their source calls what it speaks of; none of made-up facts."),
        may("step", Kind::Text(200), "The step whose message it is, where one uses the template."),
        may("subject", Kind::Text(1_000), "Its subject, on channels that have one."),
        must("text", Kind::Text(100_000), "Its text."),
        may("html", Kind::Text(1_000_000), "Its HTML, of an e-mail."),
    ],
};

const TONES: &[&str] = &["friendly", "neutral", "firm"];
const CHANNELS: &[&str] = &["email", "sms", "whatsapp", "push", "in_app", "voice", "letter"];

const SAMPLE: [Field; 8] = [
    may("template", Kind::Name, "The template, such as `overdue`; the step's when nothing is said."),
    may("text", TEXT, "A file in place of the template's, to look at before it is published."),
    may("customer", Kind::Name, "About this customer: our id, or what its source calls it."),
    may("receivable", Kind::Name, "About this receivable: our id, or what its source calls it."),
    may("step", Kind::Name, "The step of its ladder whose message it is, with its tone and what it announces."),
    may("language", Kind::Word(LANGUAGES), "In which language; the company's when nothing is said."),
    may("tone", Kind::Word(TONES), "How it is said; neutral when nothing is said."),
    may("channel", Kind::Word(CHANNELS), "On which channel; email when nothing is said."),
];

/// Bytes of a template's file at most.
const TEXT: Kind = Kind::Text(100_000);

fn sample(body: &Input) -> Result<Sample, Problem> {
    let (customer, receivable, step) = (body.text("customer"), body.text("receivable"), body.text("step"));
    let about = match (customer, receivable) {
        (Some(_), Some(_)) => return Err(Problem::field("/receivable", "twice", "say a customer or a receivable, not both")),
        (Some(id), None) => Some(About::Customer(id.to_owned())),
        (None, Some(id)) => Some(About::Receivable(id.to_owned())),
        (None, None) => None,
    };
    if step.is_some() && about.is_none() {
        return Err(Problem::field("/step", "alone", "say whose step it is: a receivable or a customer"));
    }
    if step.is_none() && body.text("template").is_none() {
        return Err(Problem::field("/template", "required", "say a template, or a step of a receivable"));
    }
    let unknown = |at: &str| Problem::field(at, "word", "is not known");
    Ok(Sample {
        template: body.text("template").map(str::to_owned),
        text: body.text("text").map(str::to_owned),
        about,
        step: step.map(str::to_owned),
        language: body.text("language").map(|word| word.parse::<Language>().map_err(|_bad| unknown("/language"))).transpose()?,
        tone: body.text("tone").map(|word| word.parse::<Tone>().map_err(|_bad| unknown("/tone"))).transpose()?,
        channel: body.text("channel").unwrap_or("email").parse::<Channel>().map_err(|_bad| unknown("/channel"))?,
    })
}

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/doctor",
        id: "doctor",
        tag: "Installation",
        summary: "What works, what is wrong, the mend",
        doc: "Settings, key, clock, database, mail server and gateways are looked at; all findings in one page.",
        needs: Needs::Scope(Scope::SettingsRead),
        answer: Answer::Page(&FINDING),
        problems: &[409],
        run: |call| Ok(Reply::Page(office(call)?.doctor()?, None)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/verify",
        id: "verify",
        tag: "Installation",
        summary: "Begin to prove that ledger, log and decisions are whole",
        doc: "It runs by itself, one at a time in each process; ask `GET /v1/verify` for what it found.",
        needs: Needs::Scope(Scope::AuditRead),
        answer: Answer::One(&VERIFYING),
        problems: &[409],
        run: |call| Ok(Reply::one(office(call)?.verify()?)),
        ..PLAIN
    },
    Op {
        path: "/verify",
        id: "verdict",
        tag: "Installation",
        summary: "Where the proof stands, and what the last one found",
        needs: Needs::Scope(Scope::AuditRead),
        answer: Answer::One(&VERIFYING),
        run: |call| Ok(Reply::one(office(call)?.verdict())),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/run",
        id: "run",
        tag: "Installation",
        summary: "Carry out what is due now, without waiting for the next pass",
        doc: "It is begun, not waited for.",
        needs: Needs::Scope(Scope::ReceivablesAct),
        answer: Answer::Nothing,
        run: |call| {
            call.host.ring();
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/messages/preview",
        id: "preview_message",
        tag: "Installation",
        summary: "How a message of a template reads",
        doc: "About made-up facts, or about a customer or receivable as they stand: nothing is sent, and the links are the company's.",
        needs: Needs::Scope(Scope::MessagesRead),
        body: Body::Json(&SAMPLE),
        answer: Answer::One(&READS),
        problems: &[404, 422],
        run: |call| Ok(Reply::one(office(call)?.sample(&sample(&call.body)?)?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/messages/test",
        id: "test_message",
        tag: "Installation",
        summary: "Send such a message by e-mail, to look at it",
        doc: "Only to people who may sign in here, about made-up facts, and its subject says that it is a test.",
        needs: Needs::Scope(Scope::SettingsAct),
        body: Body::Json(&[
            must("to", Kind::Text(254), "The e-mail address of somebody who may sign in."),
            must("template", Kind::Name, "The template, such as `overdue`."),
            may("text", TEXT, "A file in place of the template's, to look at before it is published."),
            may("language", Kind::Word(LANGUAGES), "In which language; the company's when nothing is said."),
            may("tone", Kind::Word(TONES), "How it is said; neutral when nothing is said."),
        ]),
        answer: Answer::Nothing,
        problems: &[404, 409, 422],
        run: |call| {
            office(call)?.send_sample(&sample(&call.body)?, call.body.must_text("to")?)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
];

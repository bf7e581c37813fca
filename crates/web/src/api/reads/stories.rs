//! Why something did or did not happen: the past decided again from the log, how things stand, and what was ordered.

use regua_core::time::Instant;
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_engine::telling::story::{Line, Story};
use regua_engine::telling::why::moment as said_moment;
use regua_store::person;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::access::ended;
use super::page;
use super::parts::{COUNT, MODES, filled, moment};

const MOMENT: &[Field] = &[
    must("at", Kind::Moment, "When."),
    must("kind", Kind::Word(&["told", "done", "skipped", "deferred", "message", "note", "task"]), "What sort of moment."),
    may("receivable_external_id", Kind::Name, "What the source calls the receivable; null for the customer with all of them."),
    may("step", Kind::Text(100), "The step that it is about."),
    may("cycle", Kind::Text(40), "Cycle and occurrence of the step."),
    may("reason", Kind::Text(100), "The reason's word."),
    may("until", Kind::Moment, "Until when it waits."),
    may("channels", Kind::Text(200), "The channels, joined by `;`."),
    may("rule", Kind::Text(100), "The rule of law behind it."),
    may("message", Kind::Name, "The message that it is about."),
    must("sentence", Kind::Text(10_000), "What happened, in a sentence."),
];

static MOMENT_OF: Schema = Schema { name: "TimelineMoment", doc: "A moment of a customer's life.", fields: MOMENT };

static EXPLAINED: Schema = Schema {
    name: "Explanation",
    doc: "Why something did or did not happen: what was, and how it stands.",
    fields: &[
        must("customer", Kind::Name, "Our id of the customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        may("parked", Kind::Text(2_000), "Why nothing is decided until somebody looks."),
        may("past_ends", Kind::Text(2_000), "Why the past cannot be shown to its end; then decisions are told as they are stored."),
        must("past", Kind::List(&Kind::Object(MOMENT), 1_000_000), "What happened, oldest first."),
        must(
            "stands",
            Kind::List(
                &Kind::Object(&[
                    must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
                    must("walks", Kind::Text(1_000), "Segment, ladder and policy."),
                    must("due", Kind::Text(200), "When it is due, in words."),
                    must("owes", Kind::Text(500), "What settles it today, in words."),
                    must("closed", Kind::Bool, "Whether it is closed."),
                    must("still", Kind::List(&Kind::Text(500), 1_000), "What holds it still."),
                    must("waits", Kind::List(&Kind::Text(4_000), 10_000), "Steps that wait, and why."),
                    must("comes", Kind::List(&Kind::Text(500), 10_000), "Steps that come, and when."),
                    must("unknown", Kind::List(&Kind::Text(100), 10_000), "Steps whose moment nobody knows yet."),
                ]),
                100_000,
            ),
            "How receivables stand.",
        ),
    ],
};

static EFFECT: Schema = Schema {
    name: "Effect",
    doc: "What a decision brought about besides a message.",
    fields: &[
        must("receivable", Kind::Name, "Our id of the receivable."),
        must("step", Kind::Text(100), "The step."),
        must("mode", Kind::Word(MODES), "How real."),
        must("kind", Kind::Text(40), "access, task, charge, fee, report, assign, write_off, mend."),
        may("detail", Kind::Text(2_000), "The state, queue, bureau …"),
        must("at", Kind::Moment, "When."),
        must("status", Kind::Text(40), "Where it stands."),
    ],
};

const STEP: &[Field] = &[may("step", Kind::Text(100), "Only what is about a step.")];

static EVENT: Schema = Schema {
    name: "ChainEvent",
    doc: "An event of a chain: who did what, when and why.",
    fields: &[
        must("seq", COUNT, "Its place in the chain, from 1."),
        must("at", Kind::Moment, "When."),
        must("kind", Kind::Text(100), "What sort."),
        must("payload", Kind::Json, "What happened; personal data are sealed beside it and not shown."),
        must("hash", Kind::Text(64), "Its hash, over the one before."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/customers/{customer}/timeline",
        id: "list_timeline",
        tag: "Customers",
        summary: "A customer's life, moment by moment",
        doc: "Oldest first: what became known, what was decided and why, what became of messages.",
        needs: Needs::Scope(Scope::CustomersRead),
        answer: Answer::Page(&MOMENT_OF),
        run: timeline,
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/explain",
        id: "explain_customer",
        tag: "Customers",
        summary: "Why something did or did not happen to a customer",
        needs: Needs::Scope(Scope::CustomersRead),
        query: STEP,
        answer: Answer::One(&EXPLAINED),
        run: |call| explain(call, &format!("cus:{}", call.at(0))),
        ..PLAIN
    },
    Op {
        path: "/receivables/{receivable}/explain",
        id: "explain_receivable",
        tag: "Receivables",
        summary: "Why something did or did not happen to a receivable",
        needs: Needs::Scope(Scope::ReceivablesRead),
        query: STEP,
        answer: Answer::One(&EXPLAINED),
        run: |call| explain(call, &format!("rcv:{}", call.at(0))),
        ..PLAIN
    },
    Op {
        path: "/messages/{message}/explain",
        id: "explain_message",
        tag: "Messages",
        summary: "Why a message was or was not sent",
        needs: Needs::Scope(Scope::MessagesRead),
        query: STEP,
        answer: Answer::One(&EXPLAINED),
        run: |call| {
            let id: regua_core::ids::MessageId = call.id(0, "message")?;
            explain(call, &id.to_string())
        },
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/effects",
        id: "list_effects",
        tag: "Customers",
        summary: "What decisions about a customer brought about besides messages",
        doc: "Oldest first.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        answer: Answer::Page(&EFFECT),
        run: effects,
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/events",
        id: "list_events_of_customer",
        tag: "Audit",
        summary: "A customer's own chain of events",
        doc: "The newest first: who did what, when and why.",
        needs: Needs::Scope(Scope::AuditRead),
        answer: Answer::Page(&EVENT),
        run: |call| {
            let found = call.engine().found(call.tenant, &About::Customer(call.at(0).to_owned()))?;
            super::audit::chain(call, found.customer.to_bytes())
        },
        ..PLAIN
    },
    Op {
        path: "/audit",
        id: "list_audit",
        tag: "Audit",
        summary: "The company's own chain of events",
        doc: "The newest first: everything that concerns nobody alone, such as policies, modes, pauses, people and keys. What was done to \
              a customer is in the customer's chain.",
        needs: Needs::Scope(Scope::AuditRead),
        answer: Answer::Page(&EVENT),
        run: |call| super::audit::chain(call, call.tenant.to_bytes()),
        ..PLAIN
    },
];

fn story(call: &Call<'_>, id: &str) -> Result<Story, Problem> {
    Ok(call.engine().story(call.tenant, id, call.engine().zone(call.tenant)?, call.now)?)
}

fn timeline(call: &Call<'_>) -> Result<Reply, Problem> {
    let story = story(call, &format!("cus:{}", call.at(0)))?;
    // What happens at one moment stays in its order, which is always the same.
    let mut nth = 0;
    let mut last = None;
    let named = story.lines.iter().map(|line| {
        nth = if last == Some(line.at) { nth + 1 } else { 0 };
        last = Some(line.at);
        (format!("{} {nth}", line.at.micros()), shown(line))
    });
    page::part(call, named.collect())
}

fn shown(line: &Line) -> Value {
    json!({
        "at": moment(line.at),
        "kind": line.outcome,
        "receivable_external_id": line.receivable,
        "step": filled(&line.step),
        "cycle": filled(&line.cycle),
        "reason": filled(&line.reason),
        "until": opt_moment(line.until),
        "channels": filled(&line.channel),
        "rule": line.rule.map(|rule| rule.id),
        "message": line.message,
        "sentence": line.sentence,
    })
}

fn explain(call: &Call<'_>, id: &str) -> Result<Reply, Problem> {
    let mut story = story(call, id)?;
    if let Some(step) = call.query.text("step") {
        let told = |known: Vec<String>| {
            let known = if known.is_empty() { "none at all".to_owned() } else { known.join(", ") };
            Problem::field("query/step", "unknown", format!("there is no such step here; there are {known}"))
        };
        story.keep_step(step).map_err(told)?;
    }
    let zone = story.zone;
    let explained = &story.explained;
    let stands = story.standings.iter().map(|(of, standing)| {
        let waits = standing.waits.iter().map(|wait| format!("{} {}", wait.step, wait.sentence(zone)));
        let comes = standing.comes.iter().filter(|(_, at)| *at != Instant::NEVER);
        json!({
            "receivable_external_id": of,
            "walks": standing.walks,
            "due": standing.due,
            "owes": standing.owes,
            "closed": standing.closed,
            "still": standing.still,
            "waits": waits.collect::<Vec<_>>(),
            "comes": comes.map(|(step, at)| format!("{step} {}", said_moment(zone, *at))).collect::<Vec<_>>(),
            "unknown": standing.unknown,
        })
    });
    let customer = explained.customer;
    Ok(Reply::one(json!({
        "customer": customer.to_string(),
        "customer_external_id": explained.external_id,
        "parked": explained.parked,
        "past_ends": explained.past.ended.as_ref().map(ended),
        "past": story.lines.iter().map(shown).collect::<Vec<_>>(),
        "stands": stands.collect::<Vec<_>>(),
    })))
}

fn effects(call: &Call<'_>) -> Result<Reply, Problem> {
    let found = call.engine().found(call.tenant, &About::Customer(call.at(0).to_owned()))?;
    let rows = call.read(|tx| person::effects(tx, call.tenant, found.customer))?;
    let shown = rows.into_iter().enumerate().map(|(nth, row)| {
        let name = format!("{} {} {} {} {nth}", row.at.micros(), row.receivable, row.mode, row.step);
        let value = json!({
            "receivable": row.receivable.to_string(),
            "step": row.step,
            "mode": row.mode,
            "kind": row.kind,
            "detail": filled(&row.detail),
            "at": moment(row.at),
            "status": row.status,
        });
        (name, value)
    });
    page::part(call, shown.collect())
}

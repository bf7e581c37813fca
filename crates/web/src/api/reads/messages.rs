//! Messages: lists, and one as its reader got it.

use regua_core::ids::MessageId;
use regua_engine::commands::messages::{Shown, receivables_of};
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_store::lists::messages::{self, ListedMessage, REACHED, STANDINGS, STATUSES, Wanted};
use regua_store::lists::{NEWEST, names};
use regua_store::outbox::{self, Overview};
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN, cursor_of};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::page;
use super::parts::{CHANNELS, COUNT, MODES, filled, moment};

/// What every message has, with more behind it.
macro_rules! with_message {
    ($($more:expr),* $(,)?) => {
        &[
            must("id", Kind::Name, "Our id."),
            must("customer_external_id", Kind::Name, "What the source calls the customer."),
            must("status", Kind::Word(STANDINGS), "Where it stands; `shadow` is one that was decided in shadow mode, and never leaves."),
            must("mode", Kind::Word(MODES), "How real."),
            must("channels", Kind::List(&Kind::Word(CHANNELS), 20), "The channels that it was decided for."),
            may("channel", Kind::Word(CHANNELS), "The one that carried it last."),
            must("tone", Kind::Text(40), "How it speaks."),
            must("decided_at", Kind::Moment, "When it was decided."),
            may("due_at", Kind::Moment, "When somebody looks at it next."),
            must("tries", COUNT, "How often it was tried."),
            may("finished_at", Kind::Moment, "When it ended."),
            may("reply", Kind::Text(4_000), "What the far side said."),
            $($more),*
        ]
    };
}

static LISTED: Schema = Schema {
    name: "MessageInList",
    doc: "A message in a list.",
    fields: with_message![
        must("customer", Kind::Name, "Our id of the customer."),
        may("step", Kind::Text(100), "The step that leads it: its most severe item."),
        must("receivables", Kind::List(&Kind::Name, 1_000), "Our ids of what it is about, the most severe first."),
        must(
            "receivables_external_ids",
            Kind::List(&Kind::Name, 1_000),
            "What their source calls them, in the same order; what is not there any more is empty.",
        ),
        may("standing", Kind::Word(REACHED), "How far it came, as its carriers tell; null where none told."),
        must("class", Kind::Word(&["informative", "collection"]), "What it is to the law."),
    ],
};

static MESSAGE: Schema = Schema {
    name: "Message",
    doc: "A message with all that is kept of it.",
    fields: with_message![
        must("items", Kind::List(&Kind::Object(ITEM), 100_000), "What it is about, the most severe first."),
        must(
            "announces",
            Kind::List(
                &Kind::Object(&[
                    must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
                    must("step", Kind::Text(100), "The step."),
                    must("on", Kind::Day, "Its day."),
                ]),
                100_000,
            ),
            "What it announces.",
        ),
        must(
            "dropped",
            Kind::List(
                &Kind::Object(&[
                    must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
                    must("step", Kind::Text(100), "The step."),
                    must("reason", Kind::Text(100), "Why."),
                    must("at", Kind::Moment, "When."),
                ]),
                100_000,
            ),
            "What fell out of it before it was sent.",
        ),
        may(
            "letter",
            Kind::Object(&[
                must("channel", Kind::Word(CHANNELS), "What carried it."),
                may("to", Kind::Text(2_000), "The address."),
                may("subject", Kind::Text(2_000), "The subject, on channels that have one."),
                may("text", Kind::Text(100_000), "The text."),
            ]),
            "As it was sent; null before that, and once the person is erased.",
        ),
        may("opened_at", Kind::Moment, "When the picture of an e-mail was first fetched by its reader, as far as that can be told."),
        may("prefetched_at", Kind::Moment, "When a program fetched it before any reader."),
        may("clicked_at", Kind::Moment, "When its link was first followed."),
    ],
};

const ITEM: &[Field] =
    &[must("receivable_external_id", Kind::Name, "What the source calls the receivable."), must("step", Kind::Text(100), "The step.")];

static NEEDING: Schema =
    Schema { name: "MessageThatNeedsAPerson", doc: "A message whose fate nobody but a person can find out.", fields: with_message![] };

const STATUS: Field = may("status", Kind::Word(STATUSES), "Only those that stand so.");
const STEP: Field = may("step", Kind::Name, "Only those that this step leads.");
const CHANNEL: Field = may("channel", Kind::Word(CHANNELS), "Only those that this channel carried last.");
const STANDING: Field = may("standing", Kind::Word(REACHED), "Only those that came so far, as their carriers tell.");
const FROM: Field = may("from", Kind::Day, "Only those decided on this day of the company's or later.");
const UNTIL: Field = may("until", Kind::Day, "Only those decided on this day of the company's or earlier.");

/// Receivables of one message that a list names.
const RECEIVABLES_MAX: usize = 1_000;
/// Messages that need a person of one page.
const NEEDING_MAX: i64 = 10_000;

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/messages",
        id: "list_messages",
        tag: "Messages",
        summary: "Messages, the newest first",
        doc: "With several filters a page may hold fewer than were asked for, or none, and not be the last.",
        needs: Needs::Scope(Scope::MessagesRead),
        query: &[
            STATUS,
            may("customer", Kind::Name, "Only those to a customer: our id, or what its source calls it."),
            STEP,
            CHANNEL,
            STANDING,
            FROM,
            UNTIL,
        ],
        answer: Answer::Page(&LISTED),
        run: |call| list(call, call.query.text("customer")),
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/messages",
        id: "list_messages_of_customer",
        tag: "Customers",
        summary: "The messages to a customer, the newest first",
        needs: Needs::Scope(Scope::MessagesRead),
        query: &[STATUS],
        answer: Answer::Page(&LISTED),
        run: |call| list(call, Some(call.at(0))),
        ..PLAIN
    },
    Op {
        path: "/messages/{message}",
        id: "get_message",
        tag: "Messages",
        summary: "A message with its text as it was sent",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::One(&MESSAGE),
        run: |call| {
            let _ours: MessageId = call.id(0, "message")?;
            Ok(Reply::one(shown(&call.engine().message(call.tenant, call.at(0))?)))
        },
        ..PLAIN
    },
    Op {
        path: "/reports/messages-in-need",
        id: "list_messages_in_need",
        tag: "Reports",
        summary: "Messages that need a person",
        doc: "Those that failed, and those of which nobody knows whether they arrived; oldest first.",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::Page(&NEEDING),
        run: |call| {
            let rows = call.read(|tx| outbox::needing(tx, call.tenant, NEEDING_MAX))?;
            page::part(call, rows.iter().map(|one| (one.message.to_string(), overview(one))).collect())
        },
        ..PLAIN
    },
];

fn list(call: &Call<'_>, customer: Option<&str>) -> Result<Reply, Problem> {
    let found = customer.map(|name| call.engine().found(call.tenant, &About::Customer(name.to_owned()))).transpose()?;
    let zone = call.engine().zone(call.tenant)?;
    let wanted = Wanted {
        of: found.map(|found| found.customer),
        status: call.query.text("status"),
        step: call.query.text("step"),
        channel: call.query.text("channel"),
        standing: call.query.text("standing"),
        from: call.query.day("from").map(|day| messages::edge(zone.midnight(day))),
    };
    let until = call.query.day("until").map_or(NEWEST, |day| messages::edge(zone.midnight(day.plus(1))));
    let before = call.cursor_id()?.unwrap_or(NEWEST).min(until);
    let (rows, next, customers) = call.read(|tx| {
        let (rows, next) = messages::page(tx, call.tenant, &wanted, before, call.limit())?;
        let customers = names::customers(tx, call.tenant, rows.iter().map(|one| one.customer))?;
        Ok((rows, next, customers))
    })?;
    let mut about = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut receivables = receivables_of(&row.plan)?;
        receivables.truncate(RECEIVABLES_MAX);
        about.push(receivables);
    }
    let receivables = call.read(|tx| names::receivables(tx, call.tenant, about.iter().flatten().copied()))?;
    let shown = rows.iter().zip(&about).map(|(row, about)| {
        let mut value = listed(row, customers.get(&row.customer).map_or("", String::as_str));
        value["receivables"] = about.iter().map(|id| Value::from(id.to_string())).collect();
        value["receivables_external_ids"] = about.iter().map(|id| Value::from(receivables.get(id).map_or("", String::as_str))).collect();
        value
    });
    Ok(Reply::Page(shown.collect(), next.map(|id| cursor_of(&id))))
}

fn listed(one: &ListedMessage, customer: &str) -> Value {
    json!({
        "id": one.message.to_string(),
        "customer": one.customer.to_string(),
        "customer_external_id": customer,
        "status": one.status,
        "mode": one.mode,
        "channels": channels(&one.channels),
        "channel": one.channel,
        "tone": one.tone,
        "class": one.class,
        "step": one.step.as_deref().map(filled),
        "standing": one.standing,
        "decided_at": moment(one.decided_at),
        "due_at": opt_moment(one.due_at),
        "tries": one.tries,
        "finished_at": opt_moment(one.finished_at),
        "reply": one.reply.as_deref().map(filled),
    })
}

fn channels(joined: &str) -> Vec<&str> {
    joined.split(';').filter(|channel| !channel.is_empty()).collect()
}

fn overview(one: &Overview) -> Value {
    json!({
        "id": one.message.to_string(),
        "customer_external_id": one.customer,
        "status": one.status,
        "mode": one.mode,
        "channels": channels(&one.channels),
        "channel": one.channel,
        "tone": one.tone,
        "decided_at": moment(one.decided_at),
        "due_at": opt_moment(one.due_at),
        "tries": one.tries,
        "finished_at": opt_moment(one.finished_at),
        "reply": one.reply.as_deref().map(filled),
    })
}

fn shown(shown: &Shown) -> Value {
    let mut value = overview(&shown.overview);
    let items = shown.items.iter().map(|(receivable, step)| json!({"receivable_external_id": receivable, "step": step}));
    let announces = shown
        .announces
        .iter()
        .map(|(receivable, step, on)| json!({"receivable_external_id": receivable, "step": step, "on": reply::day(*on)}));
    let dropped = shown.dropped.iter().map(
        |(receivable, step, reason, at)| json!({"receivable_external_id": receivable, "step": step, "reason": reason, "at": moment(*at)}),
    );
    let letter = shown.letter.as_ref().map(|letter| {
        json!({
            "channel": letter.channel.as_str(), "to": filled(&letter.to), "subject": letter.subject.as_deref().map(filled),
            "text": filled(&letter.text),
        })
    });
    value["items"] = items.collect();
    value["announces"] = announces.collect();
    value["dropped"] = dropped.collect();
    value["letter"] = letter.unwrap_or(Value::Null);
    value["opened_at"] = opt_moment(shown.opens.opened_at);
    value["prefetched_at"] = opt_moment(shown.opens.prefetched_at);
    value["clicked_at"] = opt_moment(shown.clicked_at);
    value
}

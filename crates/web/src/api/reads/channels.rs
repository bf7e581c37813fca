//! Channels: what carriers tell of messages and of themselves, what people answer, and addresses that are left alone.

use regua_core::ids::MessageId;
use regua_core::time::Instant;
use regua_engine::channels::Reply as Answered;
use regua_engine::commands::tell::About;
use regua_engine::people::Scope;
use regua_store::channels::{self, BEGINNING};
use regua_store::lists::names;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::page;
use super::parts::{CHANNELS, filled, moment};

/// How far a message can have come.
const STANDINGS: &[&str] = &["taken", "sent", "failed", "delivered", "read"];
/// What a short answer can ask for.
const WISHES: &[&str] = &["stop", "start", "help"];
/// Answers of one customer of one page.
const OF_CUSTOMER_MAX: i64 = 1_000;

static STATE: Schema = Schema {
    name: "ChannelState",
    doc: "What the carrier of a channel tells of itself.",
    fields: &[
        must("channel", Kind::Word(CHANNELS), "Which channel."),
        must("kind", Kind::Word(&["template", "category", "number", "tier", "trouble"]), "What it is about."),
        must("name", Kind::Text(1_100), "Of which: a template with its language, a number."),
        must("state", Kind::Text(400), "The carrier's word."),
        may("detail", Kind::Text(2_000), "What else it says."),
        must("at", Kind::Moment, "Since when."),
    ],
};

static DELIVERY: Schema = Schema {
    name: "MessageDelivery",
    doc: "A message with whoever carries it.",
    fields: &[
        must("channel", Kind::Word(CHANNELS), "Over which channel."),
        must("reference", Kind::Text(400), "The carrier's name of it; ours where it gives none."),
        must("standing", Kind::Word(STANDINGS), "How far it came: `sent` is no proof of delivery."),
        may("code", Kind::Text(400), "The carrier's code of why it came no further."),
        must("handed_over_at", Kind::Moment, "When it was handed over."),
        must("changed_at", Kind::Moment, "When that was last told."),
        may("clicked_at", Kind::Moment, "When its link was first followed."),
    ],
};

/// What every answer has.
pub(in crate::api) const REPLY_FIELDS: &[Field] = &[
    must("id", Kind::Text(32), "Which answer."),
    must("channel", Kind::Word(CHANNELS), "Over which channel it came."),
    may("customer", Kind::Name, "Our id of who wrote; null when the address is nobody's."),
    may("customer_external_id", Kind::Name, "What the source calls the customer."),
    may("message", Kind::Name, "The message of ours that it answers, when that is known."),
    may("wish", Kind::Word(WISHES), "What it asks for, where that is plain; `stop` and `start` are done already."),
    must("received_at", Kind::Moment, "When it came."),
    must("status", Kind::Word(&["open", "done"]), "Whether somebody should look."),
    may("done_at", Kind::Moment, "When somebody was done with it."),
    may("done_by", Kind::Text(400), "Who."),
    may("from", Kind::Text(400), "The address that wrote; null once the person is erased."),
    may("text", Kind::Text(100_000), "What; null once the person is erased."),
];

static REPLY: Schema = Schema { name: "CustomerReply", doc: "What somebody wrote to the company.", fields: REPLY_FIELDS };

static CONVERSATION: Schema = Schema {
    name: "Conversation",
    doc: "The newest that came from an address.",
    fields: &[
        must("channel", Kind::Word(CHANNELS), "Over which channel."),
        must("mark", Kind::Text(32), "What stands for the address: equal for the same one."),
        may("customer", Kind::Name, "Our id of who writes."),
        may("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("wrote_at", Kind::Moment, "When they wrote last; for a day free text may be sent there by WhatsApp."),
    ],
};

static SUPPRESSION: Schema = Schema {
    name: "Suppression",
    doc: "An address that is left alone until a person lifts that.",
    fields: &[
        must("channel", Kind::Word(CHANNELS), "On which channel."),
        must("mark", Kind::Text(32), "What stands for the address."),
        must("why", Kind::Word(&["bounced", "complaint", "opted_out", "person"]), "Why."),
        may("customer", Kind::Name, "Our id of who had the address then."),
        may("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("since", Kind::Moment, "Since when."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/channel-states",
        id: "list_channel_states",
        tag: "Messages",
        summary: "What the carriers of channels tell of themselves",
        doc: "Templates, numbers, tiers, and what stopped a channel until a person has looked.",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::Page(&STATE),
        run: |call| {
            let rows = call.read(|tx| channels::states(tx, call.tenant))?;
            let shown = rows.iter().filter(|row| row.name != "counted").map(|row| {
                let value = json!({
                    "channel": row.channel, "kind": row.kind, "name": row.name, "state": row.state, "detail": row.detail, "at": moment(row.at),
                });
                (format!("{} {} {}", row.channel, row.kind, row.name), value)
            });
            page::part(call, shown.collect())
        },
        ..PLAIN
    },
    Op {
        path: "/messages/{message}/deliveries",
        id: "list_message_deliveries",
        tag: "Messages",
        summary: "How far a message came, as its carriers tell",
        doc: "One for each channel and address that it went to, the first first.",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::Page(&DELIVERY),
        run: deliveries,
        ..PLAIN
    },
    Op {
        path: "/replies",
        id: "list_replies",
        tag: "Messages",
        summary: "What people wrote to the company, the newest first",
        needs: Needs::Scope(Scope::MessagesRead),
        query: &[may("status", Kind::Word(&["open"]), "Only those that somebody should look at.")],
        answer: Answer::Page(&REPLY),
        run: replies,
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/replies",
        id: "list_replies_of_customer",
        tag: "Customers",
        summary: "What a customer wrote to the company, the newest first",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::Page(&REPLY),
        run: |call| {
            let found = call.engine().found(call.tenant, &About::Customer(call.at(0).to_owned()))?;
            let all = call.engine().replies_of(call.tenant, found.customer, OF_CUSTOMER_MAX)?;
            page::part(call, all.iter().map(|one| (page::hex(&one.row.reply), reply(one))).collect())
        },
        ..PLAIN
    },
    Op {
        path: "/conversations",
        id: "list_conversations",
        tag: "Messages",
        summary: "Who wrote, those who wrote last first",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::Page(&CONVERSATION),
        run: conversations,
        ..PLAIN
    },
    Op {
        path: "/suppressions",
        id: "list_suppressions",
        tag: "Messages",
        summary: "Addresses that are left alone, the newest first",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::Page(&SUPPRESSION),
        run: suppressions,
        ..PLAIN
    },
];

fn deliveries(call: &Call<'_>) -> Result<Reply, Problem> {
    let message: MessageId = call.id(0, "message")?;
    call.engine().message(call.tenant, call.at(0))?;
    let rows = call.read(|tx| channels::carriages_of(tx, call.tenant, message))?;
    let shown = rows.iter().map(|row| {
        let value = json!({
            "channel": row.channel,
            "reference": row.reference,
            "standing": row.standing,
            "code": row.code,
            "handed_over_at": moment(row.sent_at),
            "changed_at": moment(row.changed_at),
            "clicked_at": opt_moment(row.clicked_at),
        });
        (format!("{} {}", row.channel, row.reference), value)
    });
    page::part(call, shown.collect())
}

fn replies(call: &Call<'_>) -> Result<Reply, Problem> {
    let before = match page::place(call, 2)? {
        Some(place) => (place.moment(0)?, place.id(1)?),
        None => (Instant::NEVER, [0; 16]),
    };
    let open = call.query.text("status") == Some("open");
    let rows = call.engine().replies(call.tenant, open, before, page::one_more(call))?;
    page::page(call, rows, |one| page::cursor(&json!([one.row.received_at.micros(), page::hex(&one.row.reply)])), |one| Ok(reply(one)))
}

/// An answer as JSON.
pub(in crate::api) fn reply(one: &Answered) -> Value {
    let row = &one.row;
    json!({
        "id": page::hex(&row.reply),
        "channel": row.channel,
        "customer": row.customer.map(|id| id.to_string()),
        "customer_external_id": one.external_id,
        "message": row.message.map(|id| id.to_string()),
        "wish": row.wish,
        "received_at": moment(row.received_at),
        "status": row.status,
        "done_at": opt_moment(row.done_at),
        "done_by": row.done_by.as_deref().map(filled),
        "from": one.words.as_ref().map(|words| filled(&words.from)),
        "text": one.words.as_ref().map(|words| filled(&words.text)),
    })
}

/// Where a page of what has a moment, a channel and a mark begins.
fn place(call: &Call<'_>) -> Result<(Instant, String, [u8; 16]), Problem> {
    Ok(match page::place(call, 3)? {
        Some(place) => (place.moment(0)?, place.text(1)?, place.id(2)?),
        None => (BEGINNING.0, BEGINNING.1.to_owned(), BEGINNING.2),
    })
}

fn cursor(at: Instant, channel: &str, mark: &[u8; 16]) -> String {
    page::cursor(&json!([at.micros(), channel, page::hex(mark)]))
}

fn conversations(call: &Call<'_>) -> Result<Reply, Problem> {
    let (before, channel, mark) = place(call)?;
    let (rows, known) = call.read(|tx| {
        let rows = channels::conversations(tx, call.tenant, (before, &channel, mark), page::one_more(call))?;
        let known = names::customers(tx, call.tenant, rows.iter().filter_map(|row| row.customer))?;
        Ok((rows, known))
    })?;
    page::page(
        call,
        rows,
        |row| cursor(row.wrote_at, &row.channel, &row.mark),
        |row| {
            Ok(json!({
                "channel": row.channel,
                "mark": page::hex(&row.mark),
                "customer": row.customer.map(|id| id.to_string()),
                "customer_external_id": row.customer.and_then(|id| known.get(&id)),
                "wrote_at": moment(row.wrote_at),
            }))
        },
    )
}

fn suppressions(call: &Call<'_>) -> Result<Reply, Problem> {
    let (before, channel, mark) = place(call)?;
    let (rows, known) = call.read(|tx| {
        let rows = channels::suppressions(tx, call.tenant, (before, &channel, mark), page::one_more(call))?;
        let known = names::customers(tx, call.tenant, rows.iter().filter_map(|row| row.customer))?;
        Ok((rows, known))
    })?;
    page::page(
        call,
        rows,
        |row| cursor(row.begun_at, &row.channel, &row.mark),
        |row| {
            Ok(json!({
                "channel": row.channel,
                "mark": page::hex(&row.mark),
                "why": row.why,
                "customer": row.customer.map(|id| id.to_string()),
                "customer_external_id": row.customer.and_then(|id| known.get(&id)),
                "since": moment(row.begun_at),
            }))
        },
    )
}

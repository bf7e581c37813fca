//! The event feed: pages of it, its types, and the stream. `stream` carries what is told here.

use regua_core::ids::{CustomerId, TenantId};
use regua_engine::events::{Event, Shape, Type};
use regua_engine::people::{Scope, Who};
use regua_store::lookup;
use serde_json::{Value, json};

use super::answer::{self, Around, Asked};
use super::op::{Answer, Call, Needs, Op, PLAIN};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Field, Kind, Schema, may, must};
use crate::Host;

/// Words of all types.
pub(super) static TYPES: [&str; Type::ALL.len()] = {
    let (mut words, mut at) = ([""; Type::ALL.len()], 0);
    while at < words.len() {
        words[at] = Type::ALL[at].word();
        at += 1;
    }
    words
};

/// Types that a filter names at most.
const NAMED_MAX: usize = 100;
/// Events that a stream tells at once.
const AT_ONCE: usize = 200;

static EVENT: Schema = Schema {
    name: "Event",
    doc: "Something that happened. Its data holds ids, amounts, days and words, and nothing of persons.",
    fields: &[
        must("position", Kind::Int(1, i64::MAX), "Its place in the feed, from 1 and without gaps."),
        must("id", Kind::Name, "Its id, the same for ever; a webhook has it as `webhook-id`."),
        must("type", Kind::Word(&TYPES), "What sort; `/events/types` explains each."),
        must("at", Kind::Moment, "When it happened."),
        may("customer", Kind::Name, "The customer whom it is about, if one."),
        must("data", Kind::Json, "What there is to say, by type."),
    ],
};

static TYPE: Schema = Schema {
    name: "EventType",
    doc: "A type of events, and what its data says.",
    fields: &[
        must("type", Kind::Word(&TYPES), "Its word."),
        must("summary", Kind::Text(400), "When it is told."),
        must("fields", Kind::List(&Kind::Of(&FIELD), 50), "The fields of its data."),
    ],
};

static FIELD: Schema = Schema {
    name: "EventField",
    doc: "A field of an event's data.",
    fields: &[
        must("name", Kind::Text(100), "Its name."),
        must("kind", Kind::Word(&["id", "money", "day", "moment", "word", "text", "int", "bool", "ids"]), "What it holds, as JSON."),
        must("always", Kind::Bool, "Whether every event of the type has it."),
        must("summary", Kind::Text(400), "What that is."),
    ],
};

const BY_TYPES: Field =
    may("types", Kind::Text(4_000), "Only these types: their words with commas between, `receivable.paid,access.changed`.");
const BY_CUSTOMER: Field = may("customer", Kind::Name, "Only of this customer: its id, or what its source calls it.");

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/events",
        id: "list_events",
        tag: "Events",
        summary: "What happened, in order",
        doc: "The oldest first. The `position` of any event is a cursor too, and 0 is the beginning: keep the last one that you have \
              seen, and ask again with it. With a narrow filter a page may hold less than `limit`, or nothing, and yet have a `next`.",
        needs: Needs::Scope(Scope::EventsRead),
        query: &[BY_TYPES, BY_CUSTOMER],
        answer: Answer::Page(&EVENT),
        run: |call| {
            let after = call.cursor().map(position).transpose()?.unwrap_or(0);
            let types = types(call.query.text("types"))?;
            let customer = call.query.text("customer").map(|named| customer(call, named)).transpose()?;
            let limit = usize::try_from(call.limit()).unwrap_or(1);
            let page = call.engine().events(call.tenant, after, &types, customer, limit)?;
            let items = page.items.iter().map(event).collect::<Result<Vec<_>, _>>()?;
            Ok(Reply::Page(items, page.next.map(|next| next.to_string())))
        },
        ..PLAIN
    },
    Op {
        path: "/events/types",
        id: "list_event_types",
        tag: "Events",
        summary: "What can be told",
        doc: "A closed list: types and fields are added, and never renamed.",
        needs: Needs::Scope(Scope::EventsRead),
        answer: Answer::Page(&TYPE),
        run: |_| Ok(Reply::Page(Type::ALL.iter().map(|kind| described(*kind)).collect(), None)),
        ..PLAIN
    },
    Op {
        path: "/events/stream",
        id: "stream_events",
        tag: "Events",
        summary: "What happens, as it happens",
        doc: "Server-sent events: `id` is the position, `event` the type, `data` the event as `/events` lists it. It begins behind \
              `Last-Event-ID` or `after`, and with what happens from now on when neither is said. It ends after a quarter of an hour, \
              and with the session or key; readers such as `EventSource` come again by themselves and miss nothing.",
        needs: Needs::Scope(Scope::EventsRead),
        query: &[
            BY_TYPES,
            BY_CUSTOMER,
            may("after", Kind::Int(0, i64::MAX), "The position behind which it begins; the header Last-Event-ID goes before it."),
        ],
        answer: Answer::Stream,
        problems: &[429],
        ..PLAIN
    },
    Op {
        path: "/events/{event}",
        id: "get_event",
        tag: "Events",
        summary: "One thing that happened",
        needs: Needs::Scope(Scope::EventsRead),
        answer: Answer::One(&EVENT),
        run: |call| Ok(Reply::one(event(&call.engine().event(call.tenant, call.at(0))?)?)),
        ..PLAIN
    },
];

/// What a stream tells, and whose it is.
#[derive(Clone)]
pub(crate) struct Wanted {
    /// The id of the person or key.
    pub(crate) caller: [u8; 16],
    /// The same with its prefix, for the log.
    pub(crate) name: String,
    /// Behind which position.
    pub(crate) after: i64,
    tenant: TenantId,
    types: Vec<Type>,
    customer: Option<CustomerId>,
}

/// What is new.
pub(crate) struct Told {
    /// Frames of events, in order.
    pub(crate) events: Vec<String>,
    /// Up to where everything was looked at.
    pub(crate) after: i64,
    /// Whether there is more at once.
    pub(crate) more: bool,
}

/// Reads what a stream is asked for.
pub(crate) fn wanted(host: &dyn Host, around: &Around, op: &'static Op, asked: &Asked) -> Result<Wanted, Problem> {
    let caller = answer::admitted(host, around, op, asked)?;
    let call = answer::read(host, around, op, asked, caller.as_ref())?;
    let who = call.who()?.who;
    let last = match asked.headers.get("last-event-id") {
        Some(last) => Some(
            last.to_str()
                .ok()
                .and_then(|text| text.trim().parse().ok())
                .filter(|at: &i64| *at >= 0)
                .ok_or_else(|| Problem::field("header/Last-Event-ID", "range", "is the position of an event, as the stream gave it"))?,
        ),
        None => call.query.int("after"),
    };
    let customer = call.query.text("customer").map(|named| customer(&call, named)).transpose()?;
    Ok(Wanted {
        caller: match who {
            Who::Person(id) => id.to_bytes(),
            Who::Key(id) => id.to_bytes(),
        },
        name: who.to_string(),
        after: match last {
            Some(after) => after,
            None => call.engine().latest_position(call.tenant)?,
        },
        tenant: call.tenant,
        types: types(call.query.text("types"))?,
        customer,
    })
}

/// Whether whoever opened a stream may still read it. Nobody loses one because the database cannot be asked.
pub(crate) fn still(host: &dyn Host, op: &'static Op, asked: &Asked) -> bool {
    match answer::authenticated(host, op, asked) {
        Ok(caller) => caller.scopes.has(Scope::EventsRead),
        Err(problem) => problem.status >= 500,
    }
}

/// What is new for a stream.
pub(crate) fn told(host: &dyn Host, wanted: &Wanted) -> Result<Told, Problem> {
    let page = host.engine().events(wanted.tenant, wanted.after, &wanted.types, wanted.customer, AT_ONCE)?;
    let frame = |told: &Event| Ok(format!("id: {}\nevent: {}\ndata: {}\n\n", told.position, told.kind, event(told)?));
    let events = page.items.iter().map(frame).collect::<Result<Vec<_>, Problem>>()?;
    Ok(Told { events, after: page.seen, more: page.next.is_some() })
}

/// An event as it is listed.
fn event(event: &Event) -> Result<Value, Problem> {
    let data: Value = serde_json::from_str(&event.data).map_err(|_bad| {
        tracing::error!(position = event.position, "an event of the feed cannot be read");
        Problem::bug()
    })?;
    Ok(json!({
        "position": event.position,
        "id": event.id,
        "type": event.kind.word(),
        "at": reply::moment(event.at),
        "customer": event.customer.map(|id| id.to_string()),
        "data": data,
    }))
}

fn described(kind: Type) -> Value {
    let field = |field: &regua_engine::events::Field| {
        let kind = match field.shape {
            Shape::Id(_) => "id",
            Shape::Money => "money",
            Shape::Day => "day",
            Shape::Instant => "moment",
            Shape::Word => "word",
            Shape::Text => "text",
            Shape::Int => "int",
            Shape::Bool => "bool",
            Shape::Ids(_) => "ids",
        };
        json!({"name": field.name, "kind": kind, "always": field.always, "summary": field.says})
    };
    json!({"type": kind.word(), "summary": kind.says(), "fields": kind.fields().iter().map(field).collect::<Vec<_>>()})
}

fn position(cursor: &str) -> Result<i64, Problem> {
    cursor.parse().ok().filter(|at| *at >= 0).ok_or_else(super::op::bad_cursor)
}

/// Types by their words with commas between; none for all.
fn types(words: Option<&str>) -> Result<Vec<Type>, Problem> {
    let words = words.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
    let bad = |word: &str| Problem::field("query/types", "word", format!("`{word}` is no type of events; /v1/events/types lists them"));
    let known = words.map(|word| word.parse().map_err(|_no_type| bad(word))).collect::<Result<Vec<Type>, _>>()?;
    if known.len() > NAMED_MAX {
        return Err(Problem::field("query/types", "too_many", format!("at most {NAMED_MAX} types are named")));
    }
    Ok(known)
}

/// A customer by its id, or by what its source calls it.
fn customer(call: &Call<'_>, named: &str) -> Result<CustomerId, Problem> {
    if let Ok(id) = named.parse() {
        let found = call.read(|tx| lookup::customer_of(tx, call.tenant, id))?;
        return found.map(|_| id).ok_or_else(|| Problem::not_found("customer"));
    }
    let found = call.read(|tx| lookup::customers(tx, call.tenant, &[named]))?;
    found.first().map(|(id, _)| *id).ok_or_else(|| Problem::not_found("customer"))
}

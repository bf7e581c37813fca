//! Endpoints: where webhooks go, their secrets, and what went there.

use regua_core::ids::EndpointId;
use regua_engine::endpoints::{Delivery, DeliveryState, Endpoint, EndpointChange, NewEndpoint, OVERLAP_SECS_MAX};
use regua_engine::events::Type;
use regua_engine::people::Scope;
use regua_engine::secret::Secret;
use serde_json::{Value, json};

use super::events::TYPES;
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, bad_cursor};
use super::problem::Problem;
use super::reply::{self, Reply};
use super::shape::{Field, Kind, Schema, may, must};

static TYPE: Kind = Kind::Word(&TYPES);
/// Types that an endpoint names at most.
const TYPES_MAX: usize = 100;
/// Positions of the feed that one request replays at most: as many as are ordered in a few seconds.
const REPLAYED_MAX: i64 = 10_000;
/// Seconds for which the secret before signs too when nothing is said.
const OVERLAP_SECS: i64 = 3_600;
const STATES: &[&str] = &["waiting", "sending", "delivered", "failed"];

static ENDPOINT: Schema = Schema {
    name: "Endpoint",
    doc: "Where webhooks go.",
    fields: &[
        must("id", Kind::Name, "Its id."),
        must("url", Kind::Text(2_000), "Where it is."),
        must("types", Kind::List(&TYPE, TYPES_MAX), "What is told there; everything when empty."),
        may("description", Kind::Text(200), "What people call it."),
        must("state", Kind::Word(&["active", "paused", "disabled"]), "paused: by a person, and what happens waits. disabled: given up."),
        may("reason", Kind::Text(40), "Why it is disabled: gone (it answered 410), or failing (nothing arrived for five days)."),
        must("added_at", Kind::Moment, "When it was added."),
        must("changed_at", Kind::Moment, "When somebody changed it last."),
        may("failing_since", Kind::Moment, "Since when nothing arrives."),
        may("rotating_until", Kind::Moment, "Until when the secret before signs too."),
    ],
};

static NEW: Schema = Schema {
    name: "NewEndpoint",
    doc: "An endpoint with its secret, which is shown this once.",
    fields: &[
        must("endpoint", Kind::Of(&ENDPOINT), "The endpoint."),
        must("secret", Kind::Text(200), "What its webhooks are signed with, as Standard Webhooks has it: `whsec_…`."),
    ],
};

static DELIVERY: Schema = Schema {
    name: "Delivery",
    doc: "One event to one endpoint.",
    fields: &[
        must("event", Kind::Name, "The event's id, which is the webhook's."),
        must("position", Kind::Int(1, i64::MAX), "The event's place in the feed."),
        may("type", Kind::Word(&TYPES), "The event's type."),
        must("state", Kind::Word(STATES), "Where it stands."),
        must("created_at", Kind::Moment, "When it was ordered."),
        may("due_at", Kind::Moment, "When it goes next."),
        must("tries", Kind::Int(0, i64::MAX), "How often it was tried."),
        may("tried_at", Kind::Moment, "When it was tried last."),
        may("finished_at", Kind::Moment, "When it arrived, or was given up."),
        may("code", Kind::Int(0, 999), "The status of the last answer."),
        may("error", Kind::Text(200), "A word that says why the last try did not arrive."),
    ],
};

static REPLAYED: Schema = Schema {
    name: "Replayed",
    doc: "How much goes once more.",
    fields: &[must("deliveries", Kind::Int(0, i64::MAX), "How many deliveries were ordered.")],
};

const TYPES_TOLD: Field = may("types", Kind::List(&TYPE, TYPES_MAX), "What is told there; everything when empty or not said.");
const DESCRIPTION: Field = may("description", Kind::Text(200), "What people call it.");

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/endpoints",
        id: "list_endpoints",
        tag: "Endpoints",
        summary: "Where webhooks go",
        doc: "In the order in which they were added; a company has 20 at most.",
        needs: Needs::Scope(Scope::EventsRead),
        answer: Answer::Page(&ENDPOINT),
        run: |call| {
            let endpoints = call.engine().endpoints(call.tenant, call.now)?;
            Ok(Reply::Page(endpoints.iter().map(view).collect(), None))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/endpoints",
        id: "add_endpoint",
        tag: "Endpoints",
        summary: "Add an endpoint",
        doc: "Its secret is shown this once.",
        needs: Needs::Scope(Scope::EndpointsAct),
        body: Body::Json(&[must("url", Kind::Text(2_000), "Where it is: https, and not inside a network."), TYPES_TOLD, DESCRIPTION]),
        answer: Answer::Created(&NEW),
        run: |call| {
            let types = types(call);
            let description = call.body.text("description").unwrap_or_default();
            let new = NewEndpoint { url: call.body.must_text("url")?, types: &types, description };
            let (act, reach, mut rng) = (call.act()?, call.host.reach(), call.host.rng());
            let (endpoint, secret) = call.engine().add_endpoint(call.tenant, &new, reach, &act, call.now, rng.as_mut())?;
            Ok(Reply::created(with_secret(&endpoint, &secret)))
        },
        ..PLAIN
    },
    Op {
        path: "/endpoints/{endpoint}",
        id: "get_endpoint",
        tag: "Endpoints",
        summary: "One of them",
        needs: Needs::Scope(Scope::EventsRead),
        answer: Answer::One(&ENDPOINT),
        run: |call| Ok(Reply::one(view(&call.engine().endpoint(call.tenant, endpoint(call)?, call.now)?))),
        ..PLAIN
    },
    Op {
        method: Method::Patch,
        path: "/endpoints/{endpoint}",
        id: "change_endpoint",
        tag: "Endpoints",
        summary: "Change where it is, what is told there, or what people call it",
        doc: "What is not said stays.",
        needs: Needs::Scope(Scope::EndpointsAct),
        body: Body::Json(&[may("url", Kind::Text(2_000), "Where it is: https, and not inside a network."), TYPES_TOLD, DESCRIPTION]),
        answer: Answer::One(&ENDPOINT),
        run: |call| {
            let told = types(call);
            let types = call.body.has("types").then_some(told.as_slice());
            let description = call.body.has("description").then(|| call.body.text("description").unwrap_or_default());
            let change = EndpointChange { url: call.body.text("url"), types, description };
            let (id, act) = (endpoint(call)?, call.act()?);
            Ok(Reply::one(view(&call.engine().change_endpoint(call.tenant, id, &change, call.host.reach(), &act, call.now)?)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Delete,
        path: "/endpoints/{endpoint}",
        id: "remove_endpoint",
        tag: "Endpoints",
        summary: "Remove an endpoint",
        doc: "Nothing goes there any more, and its secrets are gone at once.",
        needs: Needs::Scope(Scope::EndpointsAct),
        answer: Answer::Nothing,
        run: |call| {
            call.engine().remove_endpoint(call.tenant, endpoint(call)?, &call.act()?, call.now)?;
            Ok(Reply::Nothing)
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/endpoints/{endpoint}/pause",
        id: "pause_endpoint",
        tag: "Endpoints",
        summary: "Stop webhooks to an endpoint for a while",
        doc: "What happens meanwhile waits, for thirty days.",
        needs: Needs::Scope(Scope::EndpointsAct),
        answer: Answer::One(&ENDPOINT),
        run: |call| Ok(Reply::one(view(&call.engine().pause_endpoint(call.tenant, endpoint(call)?, &call.act()?, call.now)?))),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/endpoints/{endpoint}/resume",
        id: "resume_endpoint",
        tag: "Endpoints",
        summary: "Let webhooks go to an endpoint again",
        doc: "What has waited goes first. What happened while it was disabled can be replayed.",
        needs: Needs::Scope(Scope::EndpointsAct),
        answer: Answer::One(&ENDPOINT),
        run: |call| Ok(Reply::one(view(&call.engine().resume_endpoint(call.tenant, endpoint(call)?, &call.act()?, call.now)?))),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/endpoints/{endpoint}/rotate",
        id: "rotate_endpoint",
        tag: "Endpoints",
        summary: "Give an endpoint another secret",
        doc: "It is shown this once; the one before signs too for a while, so that a receiver can change over.",
        needs: Needs::Scope(Scope::EndpointsAct),
        body: Body::Json(&[may("overlap_seconds", Kind::Int(0, 86_400), "For how many seconds; an hour when nothing is said.")]),
        answer: Answer::Created(&NEW),
        run: |call| {
            let overlap = call.body.int("overlap_seconds").unwrap_or(OVERLAP_SECS);
            let overlap = u32::try_from(overlap).unwrap_or(OVERLAP_SECS_MAX);
            let (id, act, mut rng) = (endpoint(call)?, call.act()?, call.host.rng());
            let (endpoint, secret) = call.engine().rotate_endpoint(call.tenant, id, overlap, &act, call.now, rng.as_mut())?;
            Ok(Reply::created(with_secret(&endpoint, &secret)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/endpoints/{endpoint}/test",
        id: "test_endpoint",
        tag: "Endpoints",
        summary: "Send a webhook of type endpoint.test",
        doc: "It comes by way of the feed, as all do, whatever the endpoint's filter.",
        needs: Needs::Scope(Scope::EndpointsAct),
        answer: Answer::One(&ENDPOINT),
        run: |call| Ok(Reply::one(view(&call.engine().test_endpoint(call.tenant, endpoint(call)?, &call.act()?, call.now)?))),
        ..PLAIN
    },
    Op {
        path: "/endpoints/{endpoint}/deliveries",
        id: "list_deliveries",
        tag: "Endpoints",
        summary: "What went to an endpoint, waits, or could not go",
        doc: "The newest event first. Kept for thirty days.",
        needs: Needs::Scope(Scope::EventsRead),
        query: &[may("state", Kind::Word(STATES), "Only those that stand here.")],
        answer: Answer::Page(&DELIVERY),
        run: |call| {
            let before = call.cursor().map(|cursor| cursor.parse::<i64>().map_err(|_no_position| bad_cursor())).transpose()?;
            let state = call.query.text("state").and_then(DeliveryState::parse);
            let limit = usize::try_from(call.limit()).unwrap_or(1);
            let page = call.engine().deliveries(call.tenant, endpoint(call)?, state, before, limit)?;
            Ok(Reply::Page(page.items.iter().map(delivery).collect(), page.next.map(|next| next.to_string())))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/endpoints/{endpoint}/deliveries/{event}/replay",
        id: "replay_delivery",
        tag: "Endpoints",
        summary: "Send one event to an endpoint once more, or for the first time",
        needs: Needs::Scope(Scope::EndpointsAct),
        answer: Answer::One(&DELIVERY),
        run: |call| {
            let again = call.engine().replay_delivery(call.tenant, endpoint(call)?, call.at(1), &call.act()?, call.now)?;
            Ok(Reply::one(delivery(&again)))
        },
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/endpoints/{endpoint}/replay",
        id: "replay_deliveries",
        tag: "Endpoints",
        summary: "Send events from one position to another once more",
        doc: "As far as the endpoint takes their types; 10,000 positions at most at once. Receivers know by the id what they had before.",
        needs: Needs::Scope(Scope::EndpointsAct),
        body: Body::Json(&[
            must("from", Kind::Int(1, i64::MAX), "The first position."),
            must("to", Kind::Int(1, i64::MAX), "The last position."),
        ]),
        answer: Answer::One(&REPLAYED),
        run: |call| {
            let (from, to) = (call.body.int("from").unwrap_or(1), call.body.int("to").unwrap_or(1));
            if to < from || to.saturating_sub(from) >= REPLAYED_MAX {
                return Err(Problem::field("/to", "range", format!("is at least `from`, and less than `from` + {REPLAYED_MAX}")));
            }
            let count = call.engine().replay_deliveries(call.tenant, endpoint(call)?, (from, to), &call.act()?, call.now)?;
            Ok(Reply::one(json!({"deliveries": count})))
        },
        ..PLAIN
    },
];

fn endpoint(call: &Call<'_>) -> Result<EndpointId, Problem> {
    call.id(0, "endpoint")
}

fn types(call: &Call<'_>) -> Vec<Type> {
    call.body.texts_of("types").iter().filter_map(|word| word.parse().ok()).collect()
}

fn with_secret(endpoint: &Endpoint, secret: &Secret) -> Value {
    json!({"endpoint": view(endpoint), "secret": secret.expose()})
}

fn view(endpoint: &Endpoint) -> Value {
    json!({
        "id": endpoint.id.to_string(),
        "url": endpoint.url,
        "types": endpoint.types.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "description": Some(&endpoint.description).filter(|text| !text.is_empty()),
        "state": endpoint.state.word(),
        "reason": endpoint.reason,
        "added_at": reply::moment(endpoint.added_at),
        "changed_at": reply::moment(endpoint.changed_at),
        "failing_since": reply::opt_moment(endpoint.failing_since),
        "rotating_until": reply::opt_moment(endpoint.rotating_until),
    })
}

fn delivery(one: &Delivery) -> Value {
    json!({
        "event": one.event,
        "position": one.position,
        "type": one.kind.map(Type::word),
        "state": one.state.word(),
        "created_at": reply::moment(one.created_at),
        "due_at": reply::opt_moment(one.due_at),
        "tries": one.tries,
        "tried_at": reply::opt_moment(one.tried_at),
        "finished_at": reply::opt_moment(one.finished_at),
        "code": one.code,
        "error": one.error,
    })
}

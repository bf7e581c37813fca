//! The document itself, and who asks.

use regua_engine::people::{Caller, Who};
use serde_json::{Value, json};

use super::op::{Answer, Needs, Op, PLAIN};
use super::openapi;
use super::reply::Reply;
use super::shape::{Kind, Schema, may, must};

/// Who asks, and what they may do.
pub(super) static CALLER: Schema = Schema {
    name: "Caller",
    doc: "Who asks, and what they may do.",
    fields: &[
        must("tenant", Kind::Name, "Whose rows these are."),
        must("id", Kind::Name, "The id of the person or key."),
        must("kind", Kind::Word(&["person", "key"]), "A person who is signed in, or a key of a program."),
        must("name", Kind::Text(200), "What the record calls them."),
        may("role", Kind::Word(&["owner", "manager", "collector", "analyst", "reader"]), "The role of a person."),
        must("scopes", Kind::List(&Kind::Text(40), 100), "What they may do."),
        may("limit", Kind::Int(0, i64::MAX), "How much they may move alone, in minor units; null is without limit."),
    ],
};

pub(super) const OPS: &[Op] = &[
    Op {
        path: "/openapi.json",
        id: "openapi",
        tag: "Self",
        summary: "This document",
        doc: "OpenAPI 3.1, made from the same rows that answer.",
        needs: Needs::Nobody,
        answer: Answer::File("application/json"),
        run: |_| Ok(Reply::File { kind: "application/json", name: "openapi.json".to_owned(), bytes: openapi::text().into_bytes() }),
        ..PLAIN
    },
    Op {
        path: "/me",
        id: "me",
        tag: "Self",
        summary: "Who asks, and what they may do",
        needs: Needs::Anybody,
        answer: Answer::One(&CALLER),
        run: |call| Ok(Reply::one(caller_view(call.who()?))),
        ..PLAIN
    },
];

/// Who asks, as it is answered.
pub(super) fn caller_view(caller: &Caller) -> Value {
    let kind = match caller.who {
        Who::Person(_) => "person",
        Who::Key(_) => "key",
    };
    let scopes: Vec<&str> = caller.scopes.iter().map(|scope| scope.word()).collect();
    json!({
        "tenant": caller.tenant.to_string(),
        "id": caller.who.to_string(),
        "kind": kind,
        "name": caller.name,
        "role": caller.role.map(|role| role.word()),
        "scopes": scopes,
        "limit": caller.limit.map(|limit| limit.minor),
    })
}

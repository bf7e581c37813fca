//! The OpenAPI 3.1 document, made of the rows that answer.

use serde_json::{Map, Value, json};

use super::answer::{CSRF, SESSION};
use super::op::{Answer, Body, Needs, Op, PAGING};
use super::shape::{self, Field, Kind, NAME_MAX, Schema};

/// The document as text, members in a stable order.
#[must_use]
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut named: Vec<&'static Schema> = Vec::new();
    let mut paths: Map<String, Value> = Map::new();
    let mut tags: Vec<&str> = Vec::new();
    for op in super::ops() {
        if !tags.contains(&op.tag) {
            tags.push(op.tag);
        }
        let path = paths.entry(op.full_path()).or_insert_with(|| json!({}));
        path[op.method.as_str().to_ascii_lowercase()] = operation(op, &mut named);
    }
    let mut schemas = Map::new();
    schemas.insert("Money".to_owned(), money());
    schemas.insert("Problem".to_owned(), problem());
    schemas.insert("HeldAct202".to_owned(), held());
    // Describing one may name others: the list grows while it is walked.
    let mut at = 0;
    while let Some(schema) = named.get(at).copied() {
        let mut object = shape::object(schema.fields, &mut named);
        object["description"] = Value::from(schema.doc);
        schemas.insert(schema.name.to_owned(), object);
        at += 1;
    }
    let tags: Vec<Value> = tags.iter().map(|tag| json!({"name": tag})).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Régua",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Collections and dunning for companies that sell subscriptions. Amounts are decimal texts with their \
                currency, moments are RFC 3339, days are civil days. What went wrong is told as RFC 9457 has it, with the place in the \
                input. Send `Idempotency-Key` with whatever changes something: the same request sent again is answered the same and not \
                carried out twice.",
        },
        "servers": [{"url": "/", "description": "This server"}],
        "tags": tags,
        "security": [{"key": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key: `rk_…`."},
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION,
                    "description": format!("The session of a person; whatever changes something also sends the header `{CSRF}`.")},
            },
        },
    })
}

fn operation(op: &'static Op, named: &mut Vec<&'static Schema>) -> Value {
    let mut parameters: Vec<Value> = op
        .parameters()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1, "maxLength": NAME_MAX}}))
        .collect();
    let paging: &[Field] = if matches!(op.answer, Answer::Page(_)) { PAGING } else { &[] };
    for field in op.query.iter().chain(paging) {
        parameters.push(json!({
            "name": field.name, "in": "query", "required": field.required, "description": field.doc, "schema": field.kind.schema(named),
        }));
    }
    if !op.method.is_safe() && op.needs != Needs::Nobody {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same request sent again with it is answered the same and not carried out twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }));
    }
    if matches!(op.answer, Answer::Cached(_)) {
        parameters.push(json!({
            "name": "If-None-Match", "in": "header", "required": false, "description": "The ETag of the answer that you have.",
            "schema": {"type": "string", "maxLength": 200},
        }));
    }
    let mut operation = json!({
        "operationId": op.id,
        "tags": [op.tag],
        "summary": op.summary,
        "parameters": parameters,
        "responses": responses(op, named),
    });
    let doc = match op.needs {
        Needs::Scope(scope) => format!("{}\n\nNeeds the scope `{}`.", op.doc, scope.word()),
        Needs::Person => format!("{}\n\nFor people who are signed in.", op.doc),
        Needs::Anybody | Needs::Nobody => op.doc.to_owned(),
    };
    operation["description"] = Value::from(doc.trim());
    match op.needs {
        Needs::Scope(scope) => operation["x-scope"] = Value::from(scope.word()),
        Needs::Nobody => operation["security"] = json!([]),
        Needs::Person => operation["security"] = json!([{"session": []}]),
        Needs::Anybody => {}
    }
    match op.body {
        Body::None => {}
        Body::Json(fields) => {
            let required = fields.iter().any(|field| field.required);
            let schema = shape::object(fields, named);
            operation["requestBody"] = json!({"required": required, "content": {"application/json": {"schema": schema}}});
        }
        Body::File(max) => {
            operation["requestBody"] = json!({
                "required": true, "description": format!("The file as it is, at most {} MiB.", max >> 20),
                "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            });
        }
    }
    operation
}

fn responses(op: &'static Op, named: &mut Vec<&'static Schema>) -> Value {
    let mut all = Map::new();
    let json_of = |schema: Value| json!({"application/json": {"schema": schema}});
    match op.answer {
        Answer::One(schema) | Answer::Cached(schema) => {
            all.insert("200".to_owned(), json!({"description": schema.doc, "content": json_of(Kind::Of(schema).into_schema(named))}));
        }
        Answer::Created(schema) => {
            let made = json!({"description": schema.doc, "content": json_of(Kind::Of(schema).into_schema(named))});
            all.insert("201".to_owned(), made.clone());
            all.insert("200".to_owned(), made);
        }
        Answer::Page(schema) => {
            let items = Kind::Of(schema).into_schema(named);
            let page = json!({
                "type": "object", "additionalProperties": false, "required": ["items", "next"],
                "properties": {
                    "items": {"type": "array", "items": items, "maxItems": super::op::PAGE_MAX},
                    "next": {"type": ["string", "null"], "description": "The cursor of the next page; null when this is the last."},
                },
            });
            all.insert("200".to_owned(), json!({"description": "A part of the list.", "content": json_of(page)}));
        }
        Answer::Nothing => {
            all.insert("204".to_owned(), json!({"description": "Done."}));
        }
        Answer::File(kind) => {
            let schema = if kind == "application/json" { json!({"type": "object"}) } else { json!({"type": "string", "format": "binary"}) };
            all.insert("200".to_owned(), json!({"description": "The file.", "content": {kind: {"schema": schema}}}));
        }
        Answer::Stream => {
            let stream = json!({"text/event-stream": {}});
            all.insert("200".to_owned(), json!({"description": "Events as they come.", "content": stream}));
        }
        Answer::Redirect => {
            all.insert("302".to_owned(), json!({"description": "Go there.", "headers": {"Location": {"schema": {"type": "string"}}}}));
        }
    }
    if matches!(op.answer, Answer::Cached(_)) {
        all.insert("304".to_owned(), json!({"description": "It is the one that you have."}));
    }
    if op.stake.is_some() {
        let held = json_of(json!({"$ref": "#/components/schemas/HeldAct202"}));
        all.insert("202".to_owned(), json!({"description": "It is above your limit and waits for a second person.", "content": held}));
    }
    for status in statuses(op) {
        let description = match status {
            400 => "The request cannot be read.",
            401 => "Nobody is signed in, and no key was sent.",
            403 => "Who asks may not.",
            404 => "There is no such thing.",
            405 => "There is no such method here.",
            408 => "The body did not come in time.",
            409 => "Something else happened meanwhile.",
            413 => "The body is too long.",
            415 => "The body is no JSON.",
            422 => "The input is wrong, or does not fit as things are; `fields` names the places.",
            429 => "Too many requests.",
            431 => "The head of the request is too long.",
            500 => "A mistake of ours.",
            503 => "Nobody can answer now.",
            _ => "It did not go well.",
        };
        let content = json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
        // Of a head that is too long nothing was read, so nothing is said of it.
        let answer =
            if status == 431 { json!({"description": description}) } else { json!({"description": description, "content": content}) };
        all.insert(status.to_string(), answer);
    }
    Value::Object(all)
}

/// The problems that an operation can have.
fn statuses(op: &Op) -> Vec<u16> {
    let mut all = vec![400, 404, 422, 429, 431, 503];
    if op.needs != Needs::Nobody {
        all.extend([401, 403]);
    }
    if !op.method.is_safe() {
        all.extend([403, 408, 409, 413]);
    }
    if matches!(op.body, Body::Json(_)) {
        all.push(415);
    }
    all.extend(op.problems);
    all.sort_unstable();
    all.dedup();
    all
}

impl Kind {
    /// The schema of a kind that is made on the way.
    fn into_schema(self, named: &mut Vec<&'static Schema>) -> Value {
        let Kind::Of(schema) = self else { return json!({}) };
        if !named.iter().any(|known| known.name == schema.name) {
            named.push(schema);
        }
        json!({"$ref": format!("#/components/schemas/{}", schema.name)})
    }
}

fn money() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["amount", "currency"],
        "description": "An exact amount.",
        "properties": {
            "amount": {"type": "string", "pattern": "^-?[0-9]{1,18}(\\.[0-9]{1,4})?$", "description": "With the currency's own digits: 102.03."},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217: BRL."},
        },
    })
}

fn problem() -> Value {
    json!({
        "type": "object", "required": ["type", "title", "status", "code", "detail", "fields"],
        "description": "What went wrong (RFC 9457).",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "Names it; stable."},
            "detail": {"type": "string", "description": "What is wrong, and the mend."},
            "fields": {"type": "array", "items": {
                "type": "object", "required": ["at", "code", "detail"],
                "properties": {
                    "at": {"type": "string", "description": "A JSON pointer into the body, `query/NAME` or `header/NAME`."},
                    "code": {"type": "string"}, "detail": {"type": "string"},
                },
            }},
        },
    })
}

fn held() -> Value {
    json!({
        "type": "object", "required": ["held_act", "detail"],
        "description": "What was asked for waits for a second person.",
        "properties": {"held_act": {"type": "string"}, "detail": {"type": "string"}},
    })
}

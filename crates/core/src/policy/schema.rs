//! The file's JSON Schema, made from the same keys that the reader knows.

use serde_json::{Map, Value, json};

use super::condition::vocabulary;
use super::keys::{self, FORMS, Form, Key, Object, POLICY, Shape, Verb};
use super::program::Event;

/// JSON Schema 2020-12 of the régua file, for editors: completion, hints and first errors.
///
/// It says what each value looks like. What needs the whole file (announcements, the order of steps, types of conditions)
/// only [`super::check`] knows.
#[must_use]
pub fn schema() -> Value {
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:regua:policy:1",
        "title": "Régua policy",
    });
    let mut defs = Map::new();
    let top = object(&POLICY, &mut defs);
    for form in FORMS {
        defs.insert(form.name.to_owned(), of_form(form));
    }
    defs.insert(
        "id".to_owned(),
        json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$", "description": "Letters, digits, `_` and `-`." }),
    );
    defs.insert("condition".to_owned(), condition());
    defs.insert("amount".to_owned(), amount());
    let step = step(&mut defs);
    defs.insert("step".to_owned(), step);
    defs.sort_keys();
    merge(&mut schema, top);
    merge(&mut schema, json!({ "$defs": defs }));
    schema
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// The schema of a map with known keys.
fn object(object: &Object, defs: &mut Map<String, Value>) -> Value {
    let mut properties = Map::new();
    for key in object.keys() {
        properties.insert(key.name.to_owned(), property(key, defs));
    }
    let required: Vec<&str> = object.keys().filter(|key| key.required).map(|key| key.name).collect();
    let mut made = json!({ "description": object.doc, "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        merge(&mut made, json!({ "required": required }));
    }
    made
}

fn property(key: &Key, defs: &mut Map<String, Value>) -> Value {
    let mut made = json!({ "description": key.doc });
    merge(&mut made, shape(key.shape, defs));
    made
}

fn shape(shape: Shape, defs: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string", "minLength": 1, "maxLength": 100 }),
        Shape::Id => json!({ "$ref": "#/$defs/id" }),
        Shape::Whole(min, max) if min == max => json!({ "const": min }),
        Shape::Whole(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Yes => json!({ "type": "boolean" }),
        Shape::Word(words) => json!({ "enum": words() }),
        Shape::Form(form) => json!({ "$ref": format!("#/$defs/{}", form.name) }),
        Shape::Condition => json!({ "$ref": "#/$defs/condition" }),
        Shape::Money => json!({ "anyOf": [
            { "$ref": "#/$defs/amount" },
            { "type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": { "$ref": "#/$defs/currency" }, "additionalProperties": { "$ref": "#/$defs/amount" } },
        ] }),
        Shape::Amounts => {
            json!({ "type": "object", "propertyNames": { "$ref": "#/$defs/currency" }, "additionalProperties": { "$ref": "#/$defs/amount" } })
        }
        Shape::Clearing => {
            json!({ "type": "object", "propertyNames": { "enum": keys::rails() }, "additionalProperties": { "$ref": "#/$defs/delay" } })
        }
        Shape::Of(inner) => {
            if !defs.contains_key(inner.name) {
                let made = with_rules(inner, object(inner, defs));
                defs.insert(inner.name.to_owned(), made);
            }
            json!({ "$ref": format!("#/$defs/{}", inner.name) })
        }
        Shape::List(item) => {
            let items = self::shape(*item, defs);
            json!({ "type": "array", "minItems": 1, "maxItems": 200, "items": items })
        }
        Shape::Ladders => json!({
            "type": "object",
            "minProperties": 1,
            "maxProperties": 50,
            "propertyNames": { "$ref": "#/$defs/id" },
            "additionalProperties": { "type": "array", "minItems": 1, "maxItems": 200, "items": { "$ref": "#/$defs/step" } },
        }),
    }
}

/// What one key asks of another, where the table of keys cannot say it.
fn with_rules(object: &Object, mut made: Value) -> Value {
    let when =
        |key: &str, is: &str, then: Value| json!({ "if": { "properties": { key: { "const": is } }, "required": [key] }, "then": then });
    let rules = match object.name {
        "retry" => json!([
            when("mode", "fixed", json!({ "required": ["at"], "properties": { "window": false, "max": false } })),
            when("mode", "smart", json!({ "required": ["window", "max"], "properties": { "at": false } })),
        ]),
        "terms" => json!([{ "anyOf": [{ "required": ["instalments"] }, { "required": ["discount"] }] }]),
        "reaction" => {
            let not_a_message = json!({
                "required": ["queue"],
                "properties": { "template": false, "tone": false, "channels": false, "send": false, "to": false, "cc": false, "terms": false, "by_reason": false },
            });
            let [notify, offer, task] = [Verb::Notify, Verb::Offer, Verb::Task].map(Verb::as_str);
            json!([
                when("do", notify, json!({ "required": ["template"], "properties": { "terms": false, "queue": false } })),
                when("do", offer, json!({ "required": ["terms"], "properties": { "queue": false } })),
                when("do", task, not_a_message),
                { "if": { "required": ["by_reason"] }, "then": { "properties": { "on": { "const": Event::PaymentFailed.as_str() } } } },
            ])
        }
        _ => return made,
    };
    merge(&mut made, json!({ "allOf": rules }));
    made
}

/// A step: one schema per verb.
fn step(defs: &mut Map<String, Value>) -> Value {
    let verbs: Vec<Value> = Verb::ALL
        .iter()
        .map(|verb| {
            let table = keys::step(*verb);
            let mut made = object(table, defs);
            if let Some(word) = made.pointer_mut("/properties/do") {
                *word = json!({ "const": verb.as_str(), "description": table.doc });
            }
            merge(&mut made, json!({ "oneOf": [{ "required": ["at"] }, { "required": ["after"] }] }));
            if table.keys().any(|key| key.name == "every") {
                merge(&mut made, json!({ "dependentRequired": { "every": ["until"], "until": ["every"] } }));
            }
            defs.insert(format!("step_{}", table.name), made);
            json!({ "if": { "properties": { "do": { "const": verb.as_str() } } }, "then": { "$ref": format!("#/$defs/step_{}", table.name) } })
        })
        .collect();
    let words: Vec<&str> = Verb::ALL.iter().map(|verb| verb.as_str()).collect();
    json!({
        "description": "When, if, do. Its keys depend on its verb.",
        "type": "object",
        "required": ["id", "do"],
        "properties": { "do": { "enum": words } },
        "allOf": verbs,
    })
}

fn of_form(form: &Form) -> Value {
    let text = json!({ "type": "string", "pattern": format!("^({})$", form.pattern) });
    let mut made = json!({ "description": form.doc, "examples": [form.example] });
    // A bare number of days is a number to YAML.
    let bare = form.name == "every";
    merge(&mut made, if bare { json!({ "anyOf": [text, { "type": "integer", "minimum": 1, "maximum": 366 }] }) } else { text });
    made
}

fn amount() -> Value {
    json!({
        "description": "A decimal with at most the currency's decimals. It is read as written, never as a float.",
        "anyOf": [{ "type": "number", "minimum": 0 }, { "type": "string", "pattern": "^[0-9]{1,15}(\\.[0-9]{1,4})?$" }],
        "examples": ["10.00"],
    })
}

fn condition() -> Value {
    let names: Vec<Value> =
        vocabulary().iter().map(|row| json!({ "name": row.name, "type": row.kind.as_str(), "meaning": row.meaning })).collect();
    json!({
        "description": "A CEL condition over the names in `x-vocabulary` and `customer.attributes.<key>`. Amounts are written `money('10.00')` or `money('10.00','USD')`, dates `date('2026-01-31')`. A comparison with an absent value is false.",
        "type": "string",
        "minLength": 1,
        "maxLength": 1000,
        "examples": ["receivable.amount_due > money('150.00')", "customer.attributes.tier == 'gold'"],
        "x-vocabulary": names,
    })
}

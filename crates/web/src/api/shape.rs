//! What bodies, queries and answers look like: one description that reads input, says what is wrong with it by its place, and
//! becomes the JSON Schema of the OpenAPI document. So a document that says otherwise than the program cannot be written.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use serde_json::{Map, Value, json};

use super::input::{Input, Parsed};
use super::problem::FieldError;

/// A named object: it stands once in the document and is referred to.
#[derive(Debug)]
pub struct Schema {
    /// Its name in the document.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its members.
    pub fields: &'static [Field],
}

/// One member of an object, or one parameter of a query.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there; in answers one that need not be is there all the same and may be null.
    pub required: bool,
    /// What it is for, in a sentence.
    pub doc: &'static str,
}

/// What a member holds.
#[derive(Debug)]
pub enum Kind {
    /// A text of 1 to so many characters, without control characters but line breaks and tabs.
    Text(usize),
    /// One of a closed list of words.
    Word(&'static [&'static str]),
    /// An id of ours, or what the source calls the thing.
    Name,
    /// A whole number from … to.
    Int(i64, i64),
    /// Yes or no.
    Bool,
    /// A civil day, `2026-12-24`.
    Day,
    /// A moment by RFC 3339, `2026-12-24T09:00:00Z`.
    Moment,
    /// An exact amount with its currency, `{"amount":"102.03","currency":"BRL"}`.
    Money,
    /// The code of a currency, `BRL`.
    Currency,
    /// At most so many of a kind.
    List(&'static Kind, usize),
    /// At most so many named objects of which each is taken or refused by itself: what is wrong with one is no matter of the others.
    Rows(&'static Schema, usize),
    /// A named object.
    Of(&'static Schema),
    /// An object that stands only here.
    Object(&'static [Field]),
    /// At most so many texts by name.
    Texts(usize),
    /// Any JSON object; it is described in words. Only in answers: what is taken is described exactly.
    Json,
}

/// The longest name of anything, in characters.
pub(crate) const NAME_MAX: usize = 200;

/// A member that must be there.
pub(crate) const fn must(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: true, doc }
}

/// A member that may be missing or null.
pub(crate) const fn may(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, required: false, doc }
}

/// Reads an object's members; everything that is wrong with them is told at once.
pub(super) fn read(fields: &'static [Field], value: &Value, at: &str, errors: &mut Vec<FieldError>) -> Input {
    let mut input = Input::default();
    let Value::Object(members) = value else {
        errors.push(FieldError::new(at, "type", "write an object here: {…}"));
        return input;
    };
    for name in members.keys() {
        if !fields.iter().any(|field| field.name == name) {
            let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
            let told = if known.is_empty() {
                "nothing is expected here".to_owned()
            } else {
                format!("no such field; there are {}", known.join(", "))
            };
            errors.push(FieldError::new(&place(at, name), "unknown", told));
        }
    }
    for field in fields {
        let at = place(at, field.name);
        match members.get(field.name) {
            None | Some(Value::Null) if field.required => {
                errors.push(FieldError::new(&at, "required", format!("is missing: {}", field.doc)))
            }
            None => {}
            Some(Value::Null) => input.put(field.name, Parsed::Null),
            Some(value) => {
                if let Some(parsed) = one(&field.kind, value, &at, errors) {
                    input.put(field.name, parsed);
                }
            }
        }
    }
    input
}

/// The place of a member inside another, as a JSON pointer (RFC 6901).
fn place(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn one(kind: &'static Kind, value: &Value, at: &str, errors: &mut Vec<FieldError>) -> Option<Parsed> {
    match (kind, value) {
        (Kind::Int(..), Value::Number(number)) => match number.as_i64() {
            Some(_) => text(kind, &number.to_string(), at, errors),
            None => wrong(at, "type", "write a whole number", errors),
        },
        (Kind::Int(..), _) => wrong(at, "type", "write a whole number, without quotes", errors),
        (Kind::Bool, Value::Bool(is)) => Some(Parsed::Bool(*is)),
        (Kind::Bool, _) => wrong(at, "type", "write true or false", errors),
        (Kind::Money, _) => match money(value, at, errors) {
            Some(Parsed::Money(money)) if money.minor() < 0 => wrong(at, "money", "write an amount that is not below zero", errors),
            other => other,
        },
        (Kind::List(of, max), Value::Array(items)) => {
            if items.len() > *max {
                return wrong(at, "too_many", format!("at most {max} are taken at once; there are {}", items.len()), errors);
            }
            let before = errors.len();
            let read: Vec<Parsed> = items.iter().enumerate().filter_map(|(n, item)| one(of, item, &format!("{at}/{n}"), errors)).collect();
            (errors.len() == before).then_some(Parsed::List(read))
        }
        (Kind::Rows(_, max), Value::Array(items)) if items.len() > *max => {
            wrong(at, "too_many", format!("at most {max} are taken at once; there are {}", items.len()), errors)
        }
        (Kind::Rows(schema, _), Value::Array(items)) => {
            let row = |(n, item): (usize, &Value)| {
                let mut own = Vec::new();
                let input = read(schema.fields, item, &format!("{at}/{n}"), &mut own);
                if own.is_empty() { Parsed::Object(input) } else { Parsed::Wrong(own) }
            };
            Some(Parsed::List(items.iter().enumerate().map(row).collect()))
        }
        (Kind::List(..) | Kind::Rows(..), _) => wrong(at, "type", "write a list: […]", errors),
        (Kind::Of(schema), _) => Some(Parsed::Object(read(schema.fields, value, at, errors))),
        (Kind::Object(fields), _) => Some(Parsed::Object(read(fields, value, at, errors))),
        (Kind::Texts(max), Value::Object(members)) => {
            if members.len() > *max {
                return wrong(at, "too_many", format!("at most {max} are taken; there are {}", members.len()), errors);
            }
            let mut texts = Vec::new();
            for (name, value) in members {
                match value {
                    Value::String(text) if fits(name, NAME_MAX) && (text.is_empty() || fits(text, 2_000)) => {
                        texts.push((name.clone(), text.clone()));
                    }
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                        errors.push(FieldError::new(&place(at, name), "type", "write a text of at most 2000 characters"))
                    }
                }
            }
            Some(Parsed::Texts(texts))
        }
        (Kind::Texts(_) | Kind::Json, _) => wrong(at, "type", "write an object: {…}", errors),
        (_, Value::String(words)) => text(kind, words, at, errors),
        (_, _) => wrong(at, "type", "write a text, in quotes", errors),
    }
}

/// Reads a value from text: a parameter of a query, or a text in a body.
pub(super) fn text(kind: &'static Kind, words: &str, at: &str, errors: &mut Vec<FieldError>) -> Option<Parsed> {
    match kind {
        Kind::Text(max) if fits(words, *max) => Some(Parsed::Text(words.to_owned())),
        Kind::Text(max) => wrong(at, "text", format!("write 1 to {max} characters, none of them invisible"), errors),
        Kind::Name if fits(words, NAME_MAX) && !words.contains(['\n', '\t', '\r']) => Some(Parsed::Text(words.to_owned())),
        Kind::Name => wrong(at, "text", format!("write an id or a name of 1 to {NAME_MAX} characters"), errors),
        Kind::Word(words_known) => match words_known.iter().find(|known| **known == words) {
            Some(_) => Some(Parsed::Text(words.to_owned())),
            None => wrong(at, "word", format!("write one of {}", words_known.join(", ")), errors),
        },
        Kind::Int(min, max) => match words.parse::<i64>() {
            Ok(number) if (*min..=*max).contains(&number) => Some(Parsed::Int(number)),
            Ok(_) | Err(_) => wrong(at, "range", format!("write a whole number from {min} to {max}"), errors),
        },
        Kind::Bool => match words {
            "true" => Some(Parsed::Bool(true)),
            "false" => Some(Parsed::Bool(false)),
            _ => wrong(at, "type", "write true or false", errors),
        },
        Kind::Day => Day::parse(words).map(Parsed::Day).ok().or_else(|| wrong(at, "day", "write a day such as 2026-12-24", errors)),
        Kind::Moment => {
            let told = "write a moment with its offset, such as 2026-12-24T09:00:00-03:00";
            Instant::parse(words).map(Parsed::Moment).ok().or_else(|| wrong(at, "moment", told, errors))
        }
        Kind::Currency => match Currency::parse(words) {
            Some(currency) => Some(Parsed::Text(currency.code().to_owned())),
            None => wrong(at, "currency", "write the code of a currency, such as BRL", errors),
        },
        Kind::Money | Kind::List(..) | Kind::Rows(..) | Kind::Of(_) | Kind::Object(_) | Kind::Texts(_) | Kind::Json => {
            wrong(at, "type", "is not written as a text", errors)
        }
    }
}

fn money(value: &Value, at: &str, errors: &mut Vec<FieldError>) -> Option<Parsed> {
    let told = "write {\"amount\":\"102.03\",\"currency\":\"BRL\"}";
    let (Some(Value::String(amount)), Some(Value::String(code))) = (value.get("amount"), value.get("currency")) else {
        return wrong(at, "money", told, errors);
    };
    if value.as_object().is_some_and(|members| members.len() > 2) {
        return wrong(at, "money", told, errors);
    }
    let Some(currency) = Currency::parse(code) else {
        return wrong(&place(at, "currency"), "currency", "write the code of a currency, such as BRL", errors);
    };
    match Money::parse(amount, currency) {
        Ok(money) => Some(Parsed::Money(money)),
        Err(bad) => wrong(&place(at, "amount"), "money", format!("{bad}"), errors),
    }
}

fn wrong(at: &str, code: &'static str, told: impl Into<String>, errors: &mut Vec<FieldError>) -> Option<Parsed> {
    errors.push(FieldError::new(at, code, told));
    None
}

/// Whether a text has 1 to so many characters and none that does not show.
fn fits(text: &str, max: usize) -> bool {
    let invisible = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    !text.is_empty() && text.chars().count() <= max && !text.chars().any(invisible) && !text.trim().is_empty()
}

impl Kind {
    /// The JSON Schema of it; names that are referred to are gathered.
    pub(super) fn schema(&'static self, named: &mut Vec<&'static Schema>) -> Value {
        match self {
            Kind::Text(max) => json!({"type": "string", "minLength": 1, "maxLength": max}),
            Kind::Name => json!({"type": "string", "minLength": 1, "maxLength": NAME_MAX}),
            Kind::Word(words) => json!({"type": "string", "enum": words}),
            Kind::Int(min, max) => json!({"type": "integer", "minimum": min, "maximum": max}),
            Kind::Bool => json!({"type": "boolean"}),
            Kind::Day => json!({"type": "string", "format": "date"}),
            Kind::Moment => json!({"type": "string", "format": "date-time"}),
            Kind::Money => json!({"$ref": "#/components/schemas/Money"}),
            Kind::Currency => json!({"type": "string", "pattern": "^[A-Z]{3}$"}),
            Kind::List(of, max) => json!({"type": "array", "items": of.schema(named), "maxItems": max}),
            Kind::Rows(schema, max) => json!({"type": "array", "items": name(schema, named), "maxItems": max}),
            Kind::Of(schema) => name(schema, named),
            Kind::Object(fields) => object(fields, named),
            Kind::Texts(max) => {
                json!({"type": "object", "maxProperties": max, "additionalProperties": {"type": "string", "maxLength": 2000}})
            }
            Kind::Json => json!({"type": "object"}),
        }
    }
}

/// A named object, gathered and referred to.
fn name(schema: &'static Schema, named: &mut Vec<&'static Schema>) -> Value {
    if !named.iter().any(|known| known.name == schema.name) {
        named.push(schema);
    }
    json!({"$ref": format!("#/components/schemas/{}", schema.name)})
}

/// The JSON Schema of an object: of input, where members may be missing, and of answers alike.
pub(super) fn object(fields: &'static [Field], named: &mut Vec<&'static Schema>) -> Value {
    let mut members = Map::new();
    for field in fields {
        let plain = field.kind.schema(named);
        let mut schema = if field.required { plain } else { or_null(plain) };
        if let Value::Object(members) = &mut schema {
            members.insert("description".to_owned(), Value::from(field.doc));
        }
        members.insert(field.name.to_owned(), schema);
    }
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut object = json!({"type": "object", "additionalProperties": false, "properties": members});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn or_null(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

/// What of an answer is not as its description says: its place and why. Checked in tests and debug builds, where a mismatch
/// fails the request.
pub(super) fn unlike(kind: &'static Kind, value: &Value, at: &str) -> Option<String> {
    let bad = |why: &str| Some(format!("{at}: {why}, found {value}"));
    match (kind, value) {
        (Kind::Text(_) | Kind::Name, Value::String(_)) | (Kind::Bool, Value::Bool(_)) | (Kind::Json | Kind::Texts(_), Value::Object(_)) => {
            None
        }
        (Kind::Word(words), Value::String(word)) if words.contains(&word.as_str()) => None,
        (Kind::Word(words), _) => bad(&format!("not one of {words:?}")),
        (Kind::Int(min, max), Value::Number(number)) if number.as_i64().is_some_and(|number| (*min..=*max).contains(&number)) => None,
        (Kind::Day, Value::String(day)) if Day::parse(day).is_ok() => None,
        (Kind::Moment, Value::String(at)) if Instant::parse(at).is_ok() => None,
        (Kind::Currency, Value::String(code)) if Currency::parse(code).is_some() => None,
        (Kind::Money, _) => {
            let mut errors = Vec::new();
            if money(value, at, &mut errors).is_some() { None } else { bad("no money") }
        }
        (Kind::List(of, _), Value::Array(items)) => items.iter().enumerate().find_map(|(n, item)| unlike(of, item, &format!("{at}/{n}"))),
        (Kind::Of(schema), Value::Object(_)) => unlike_object(schema.fields, value, at),
        (Kind::Object(fields), Value::Object(_)) => unlike_object(fields, value, at),
        (_, _) => bad("of another kind"),
    }
}

pub(super) fn unlike_object(fields: &'static [Field], value: &Value, at: &str) -> Option<String> {
    let Value::Object(members) = value else { return Some(format!("{at}: no object")) };
    if let Some(extra) = members.keys().find(|name| !fields.iter().any(|field| field.name == **name)) {
        return Some(format!("{at}/{extra}: is not described"));
    }
    fields.iter().find_map(|field| {
        let at = place(at, field.name);
        match members.get(field.name) {
            None | Some(Value::Null) if field.required => Some(format!("{at}: is missing")),
            None | Some(Value::Null) => None,
            Some(value) => unlike(&field.kind, value, &at),
        }
    })
}

//! The page that explains the API: every operation with what it takes and answers, made of the rows that answer. Without
//! scripts: an operation unfolds by itself, and every heading is a link.

use std::fmt::Write as _;
use std::sync::OnceLock;

use axum::response::Response;

use super::op::{Answer, Body, Needs, Op, PAGING};
use super::shape::{Field, Kind, Schema};
use crate::looks::{self, escaped};

/// The page.
pub(crate) fn page() -> Response {
    static BODY: OnceLock<String> = OnceLock::new();
    looks::page("Régua API", BODY.get_or_init(body))
}

fn body() -> String {
    let mut tags: Vec<&str> = Vec::new();
    let mut schemas: Vec<&'static Schema> = Vec::new();
    for op in super::ops() {
        if !tags.contains(&op.tag) {
            tags.push(op.tag);
        }
    }
    let mut html = String::from(
        "<a class=\"skip\" href=\"#operations\">To the operations</a>\n<div class=\"shell\">\n<nav class=\"side\" aria-label=\"Operations by \
         noun\">\n<div class=\"brand\">Régua API</div>\n<ul>\n",
    );
    for tag in &tags {
        let _ = writeln!(html, "<li><a href=\"#{}\">{}</a></li>", anchor(tag), escaped(tag));
    }
    html.push_str("<li><a href=\"#objects\">Objects</a></li>\n</ul>\n</nav>\n<main class=\"main\" id=\"operations\">\n");
    html.push_str(INTRODUCTION);
    for tag in &tags {
        let _ = writeln!(html, "<h2 id=\"{}\">{}</h2>", anchor(tag), escaped(tag));
        for op in super::ops().filter(|op| op.tag == *tag) {
            operation(op, &mut schemas, &mut html);
        }
    }
    objects(schemas, &mut html);
    html.push_str("</main>\n</div>\n");
    html
}

const INTRODUCTION: &str = "<h1>Régua API</h1>\n<p class=\"soft\">Everything below is made of the rows that answer, so it cannot say something \
    else than the server does. The same as a document for programs: <a href=\"/v1/openapi.json\">OpenAPI 3.1</a>.</p>\n\
    <p>Send a key with each request: <code>Authorization: Bearer rk_…</code>. Amounts are decimal texts with their currency, \
    <code>{\"amount\":\"102.03\",\"currency\":\"BRL\"}</code>; moments are RFC 3339 and days <code>2026-12-24</code>. A list answers \
    <code>items</code> and <code>next</code>, which is the <code>cursor</code> of the page behind it. Whatever changes something takes an \
    <code>Idempotency-Key</code>: sent again, it is answered the same and not carried out twice. What went wrong is told as \
    <code>application/problem+json</code>, with the places in the input under <code>fields</code>.</p>\n";

fn operation(op: &'static Op, schemas: &mut Vec<&'static Schema>, html: &mut String) {
    let how = op.method.as_str();
    let _ = writeln!(
        html,
        "<details class=\"op\" id=\"{}\">\n<summary><span class=\"how {}\">{how}</span><span class=\"where mono\">{}</span><span \
         class=\"what\">{}</span></summary>\n<div class=\"in\">",
        op.id,
        how.to_ascii_lowercase(),
        escaped(&op.full_path()),
        escaped(op.summary)
    );
    if !op.doc.is_empty() {
        let _ = writeln!(html, "<p>{}</p>", escaped(op.doc));
    }
    let needs = match op.needs {
        Needs::Scope(scope) => format!("Scope <code>{}</code>", scope.word()),
        Needs::Anybody => "Any key or person".to_owned(),
        Needs::Person => "People who are signed in".to_owned(),
        Needs::Nobody => "Open to everybody".to_owned(),
    };
    let stake = if op.stake.is_some() {
        " <span class=\"soft\">· above the caller’s limit it waits for a second person (202)</span>"
    } else {
        ""
    };
    let _ = writeln!(html, "<p class=\"soft\">{needs}{stake}</p>");
    let paging: &'static [Field] = if matches!(op.answer, Answer::Page(_)) { PAGING } else { &[] };
    if !op.query.is_empty() || !paging.is_empty() {
        html.push_str("<h3>Query</h3>\n");
        fields(op.query.iter().chain(paging), schemas, html);
    }
    match op.body {
        Body::None => {}
        Body::Json(members) => {
            html.push_str("<h3>Body</h3>\n");
            fields(members.iter(), schemas, html);
        }
        Body::File(max) => {
            let _ = writeln!(html, "<h3>Body</h3>\n<p>A file as it is, at most {} MiB.</p>", max >> 20);
        }
    }
    html.push_str("<h3>Answer</h3>\n");
    let (status, what) = match op.answer {
        Answer::One(schema) => ("200", link(schema, schemas)),
        Answer::Cached(schema) => ("200", format!("{}, with an ETag; 304 when it is the one that you have", link(schema, schemas))),
        Answer::Created(schema) => ("201", link(schema, schemas)),
        Answer::Page(schema) => ("200", format!("<code>items</code> of {} and <code>next</code>", link(schema, schemas))),
        Answer::Nothing => ("204", "nothing".to_owned()),
        Answer::File(kind) => ("200", format!("a file, <code>{}</code>", escaped(kind))),
        Answer::Stream => ("200", "events as they come, <code>text/event-stream</code>".to_owned()),
        Answer::Redirect => ("302", "go there".to_owned()),
    };
    let _ = writeln!(html, "<p><code>{status}</code> {what}</p>\n</div>\n</details>");
}

fn fields(fields: impl Iterator<Item = &'static Field>, schemas: &mut Vec<&'static Schema>, html: &mut String) {
    html.push_str("<table>\n<thead><tr><th>Name</th><th>Holds</th><th>What for</th></tr></thead>\n<tbody>\n");
    for field in fields {
        let need = if field.required { " <span class=\"need\" title=\"must be there\">required</span>" } else { "" };
        let _ = writeln!(
            html,
            "<tr><td><code>{}</code>{need}</td><td>{}</td><td>{}</td></tr>",
            field.name,
            holds(&field.kind, schemas),
            escaped(field.doc)
        );
    }
    html.push_str("</tbody>\n</table>\n");
}

fn holds(kind: &'static Kind, schemas: &mut Vec<&'static Schema>) -> String {
    match kind {
        Kind::Text(max) => format!("text, at most {max}"),
        Kind::Word(words) => words.iter().map(|word| format!("<code>{}</code>", escaped(word))).collect::<Vec<_>>().join(" "),
        Kind::Name => "id or name".to_owned(),
        Kind::Int(min, max) if *max == i64::MAX => format!("number from {min}"),
        Kind::Int(min, max) => format!("number, {min} to {max}"),
        Kind::Bool => "true or false".to_owned(),
        Kind::Day => "day".to_owned(),
        Kind::Moment => "moment".to_owned(),
        Kind::Money => "amount".to_owned(),
        Kind::Currency => "currency".to_owned(),
        Kind::List(of, _) => format!("list of {}", holds(of, schemas)),
        Kind::Rows(schema, _) => format!("list of {}", link(schema, schemas)),
        Kind::Of(schema) => link(schema, schemas),
        Kind::Object(members) => {
            let names: Vec<String> = members.iter().map(|field| format!("<code>{}</code>", field.name)).collect();
            format!("object: {}", names.join(" "))
        }
        Kind::Texts(_) => "texts by name".to_owned(),
        Kind::Json => "object".to_owned(),
    }
}

fn link(schema: &'static Schema, schemas: &mut Vec<&'static Schema>) -> String {
    if !schemas.iter().any(|known| known.name == schema.name) {
        schemas.push(schema);
    }
    format!("<a href=\"#object-{0}\">{0}</a>", schema.name)
}

/// What operations take and answer; describing one may name others.
fn objects(mut schemas: Vec<&'static Schema>, html: &mut String) {
    html.push_str("<h2 id=\"objects\">Objects</h2>\n");
    let mut at = 0;
    while let Some(schema) = schemas.get(at).copied() {
        let _ = writeln!(
            html,
            "<section class=\"op\" id=\"object-{0}\"><div class=\"in\" style=\"border-top:0\">\n<h3 style=\"text-transform:none\">{0}</h3>\n<p>{1}</p>",
            schema.name,
            escaped(schema.doc)
        );
        fields(schema.fields.iter(), &mut schemas, html);
        html.push_str("</div></section>\n");
        at += 1;
    }
}

fn anchor(tag: &str) -> String {
    tag.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

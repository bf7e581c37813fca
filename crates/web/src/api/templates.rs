//! Texts of messages: which there are, how they read in their files, and a company's own in place of those that ship.

use std::collections::BTreeMap;

use regua_core::words::{Language, Tone};
use regua_engine::people::Scope;
use regua_engine::texts;
use regua_store::texts as rows;
use regua_store::texts::TextRow;
use regua_wire::messages::{Remark, Templates};
use serde_json::json;

use super::acts::policies::FINDING;
use super::acts::shared::REASON;
use super::host::{LANGUAGES, paperwork};
use super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN, bad_cursor};
use super::problem::{FieldError, Problem};
use super::reply::{self, Reply};
use super::shape::{Field, Kind, Schema, may, must};

/// Bytes of a template's file at most.
const TEXT: Kind = Kind::Text(100_000);
const TONES: &[&str] = &["friendly", "neutral", "firm"];
const CHANNELS: &[&str] = &["email", "sms", "whatsapp", "push", "in_app", "voice", "letter"];
/// Templates of one page: fewer than a hundred ship.
const TEMPLATES_MAX: usize = 1_000;
const LANGUAGE: Field = must("language", Kind::Word(LANGUAGES), "In which language.");

static TEMPLATE: Schema = Schema {
    name: "Template",
    doc: "A template of messages.",
    fields: &[
        must("name", Kind::Name, "What policies call it."),
        must("languages", Kind::List(&Kind::Word(LANGUAGES), 20), "The languages that it is written in."),
        must(
            "tones",
            Kind::List(&Kind::Word(TONES), 3),
            "Tones that have an e-mail of their own in some language; others take the common one.",
        ),
        must("channels", Kind::List(&Kind::Word(CHANNELS), 10), "The channels that it can be sent on."),
        must("own", Kind::List(&Kind::Word(LANGUAGES), 20), "The languages whose text was published here in place of the one that ships."),
        must("used_by", Kind::List(&Kind::Text(200), 1_000), "The steps of the newest policy that use it."),
    ],
};

static READ: Schema = Schema {
    name: "TemplateText",
    doc: "A template as it is written in a language.",
    fields: &[
        must("name", Kind::Name, "What policies call it."),
        must("language", Kind::Word(LANGUAGES), "The language."),
        must("own", Kind::Bool, "Whether it was published here in place of the one that ships."),
        may("number", Kind::Int(1, i64::MAX), "Its version, when it was published here."),
        may("published_at", Kind::Moment, "When."),
        may("published_by", Kind::Text(400), "Who."),
        must("text", TEXT, "The whole file: sections by kind and tone."),
        must("shipped", TEXT, "The one that ships, or that the settings' folder has over it."),
        may("section", TEXT, "Its text for the channel and tone that the query names."),
        may("section_tone", Kind::Word(TONES), "The tone, when that text is one tone's own; null for the common one."),
        may("subject", TEXT, "The subject for the tone."),
        must("variables", Kind::List(&Kind::Text(200), 1_000), "The facts that the file prints or asks for."),
    ],
};

static VERSION: Schema = Schema {
    name: "TemplateVersion",
    doc: "A version of a template's file that was published here.",
    fields: &[
        must("number", Kind::Int(1, i64::MAX), "Its place among all that were published."),
        may("text", TEXT, "The file; null when from then on the one that ships counts."),
        must("published_at", Kind::Moment, "When."),
        must("published_by", Kind::Text(400), "Who."),
        may("reason", Kind::Text(4_000), "Why."),
    ],
};

static CHECKED: Schema = Schema {
    name: "CheckedTemplate",
    doc: "What there is to say of a template's file.",
    fields: &[
        must("right", Kind::Bool, "Whether it can be published."),
        must("findings", Kind::List(&Kind::Of(&FINDING), 10_000), "Errors and warnings, in the order of the file."),
    ],
};

static PUBLISHED: Schema = Schema {
    name: "PublishedTemplate",
    doc: "A template's text after it was published or withdrawn.",
    fields: &[
        must("name", Kind::Name, "What policies call it."),
        must("language", Kind::Word(LANGUAGES), "The language."),
        must("own", Kind::Bool, "Whether messages are written with a text that was published here."),
        may("number", Kind::Int(1, i64::MAX), "The version; null where none was ever published."),
        must("unchanged", Kind::Bool, "Whether that was so already."),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/templates",
        id: "list_templates",
        tag: "Messages",
        summary: "The templates of messages, by name",
        doc: "All of them, in one page.",
        needs: Needs::Scope(Scope::MessagesRead),
        answer: Answer::Page(&TEMPLATE),
        run: list,
        ..PLAIN
    },
    Op {
        path: "/templates/{template}",
        id: "get_template",
        tag: "Messages",
        summary: "A template as it is written in a language",
        needs: Needs::Scope(Scope::MessagesRead),
        query: &[
            may("language", Kind::Word(LANGUAGES), "In which language; the company's when nothing is said."),
            may("tone", Kind::Word(TONES), "Whose section; neutral when nothing is said."),
            may("channel", Kind::Word(CHANNELS), "For which channel; email when nothing is said."),
        ],
        answer: Answer::One(&READ),
        run: one,
        ..PLAIN
    },
    Op {
        path: "/templates/{template}/versions",
        id: "list_template_versions",
        tag: "Messages",
        summary: "What was published of a template in a language, the newest first",
        needs: Needs::Scope(Scope::MessagesRead),
        query: &[may("language", Kind::Word(LANGUAGES), "In which language; the company's when nothing is said.")],
        answer: Answer::Page(&VERSION),
        run: versions,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/templates/check",
        id: "check_template",
        tag: "Messages",
        summary: "Check the file of a template",
        doc: "It is read as it is written, and on made-up messages of every kind: threats, pressure, names that no message has, what must \
              stand in it. Nothing is changed.",
        needs: Needs::Scope(Scope::MessagesRead),
        body: Body::Json(&[must("name", Kind::Name, "The template that it is of."), LANGUAGE, must("text", TEXT, "The file.")]),
        answer: Answer::One(&CHECKED),
        problems: &[404],
        run: check,
        ..PLAIN
    },
    Op {
        method: Method::Put,
        path: "/templates/{template}",
        id: "publish_template",
        tag: "Messages",
        summary: "Publish a text of your own for a template",
        doc: "Messages that are written from now on say it, those that wait included; what was sent keeps its words. The same text again \
              changes nothing.",
        needs: Needs::Scope(Scope::PolicyAct),
        body: Body::Json(&[LANGUAGE, must("text", TEXT, "The file."), REASON]),
        answer: Answer::One(&PUBLISHED),
        run: |call| put(call, Some(call.body.must_text("text")?)),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/templates/{template}/withdraw",
        id: "withdraw_template",
        tag: "Messages",
        summary: "Write with the text that ships again",
        needs: Needs::Scope(Scope::PolicyAct),
        body: Body::Json(&[LANGUAGE, REASON]),
        answer: Answer::One(&PUBLISHED),
        run: |call| put(call, None),
        ..PLAIN
    },
];

fn words<'w>(all: &[&'w str], has: impl Fn(&str) -> bool) -> Vec<&'w str> {
    all.iter().copied().filter(|word| has(word)).collect()
}

/// The newest version of each file, by language and name; those that gave way again are not in it.
fn own(call: &Call<'_>) -> Result<BTreeMap<(String, String), TextRow>, Problem> {
    let newest = call.read(|tx| rows::newest(tx, call.tenant))?;
    Ok(newest.into_iter().filter(|row| row.body.is_some()).map(|row| ((row.language.clone(), row.name.clone()), row)).collect())
}

fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let base = paperwork(call)?.templates;
    let (own, users) = (own(call)?, call.engine().template_users(call.tenant)?);
    let mut found: BTreeMap<&str, Vec<Language>> = BTreeMap::new();
    for language in base.languages() {
        for name in base.names(language) {
            found.entry(name).or_default().push(language);
        }
    }
    let shown = found.iter().take(TEMPLATES_MAX).map(|(name, languages)| {
        let has_tone = |word: &str| languages.iter().any(|language| base.tones(*language, name).any(|tone| tone.as_str() == word));
        let used_by: Vec<&String> = users.get(*name).into_iter().flatten().take(TEMPLATES_MAX).collect();
        json!({
            "name": name,
            "languages": languages.iter().map(|language| language.as_str()).collect::<Vec<_>>(),
            "tones": words(TONES, has_tone),
            // A push has the common text where it has none of its own.
            "channels": CHANNELS,
            "own": words(LANGUAGES, |language| own.contains_key(&(language.to_owned(), (*name).to_owned()))),
            "used_by": used_by,
        })
    });
    Ok(Reply::Page(shown.collect(), None))
}

/// The language that is asked for, or the company's.
fn language(call: &Call<'_>, company: Option<Language>) -> Language {
    call.query.text("language").and_then(|word| word.parse().ok()).or(company).unwrap_or(Language::PtBr)
}

/// A template that there is in a language.
fn known(base: &Templates, language: Language, name: &str) -> Result<(), Problem> {
    if base.names(language).any(|known| known == name) { Ok(()) } else { Err(Problem::not_found("template in this language")) }
}

fn one(call: &Call<'_>) -> Result<Reply, Problem> {
    let (name, paper) = (call.at(0), paperwork(call)?);
    let language = language(call, paper.company.language);
    known(&paper.templates, language, name)?;
    let templates = call.engine().texts(call.tenant, &paper.templates)?;
    let row = own(call)?.remove(&(language.as_str().to_owned(), name.to_owned()));
    let tone = call.query.text("tone").and_then(|word| word.parse().ok()).unwrap_or(Tone::Neutral);
    let channel = call.query.text("channel").unwrap_or("email").parse().map_err(|_bad| Problem::not_found("channel"))?;
    let section = templates.section(language, name, channel, tone);
    Ok(Reply::one(json!({
        "name": name,
        "language": language.as_str(),
        "own": row.is_some(),
        "number": row.as_ref().map(|row| row.number),
        "published_at": reply::opt_moment(row.as_ref().map(|row| row.published_at)),
        "published_by": row.as_ref().map(|row| row.by.as_str()),
        "text": templates.source(language, name),
        "shipped": paper.templates.source(language, name),
        "section": section.map(|(text, _)| text),
        "section_tone": section.and_then(|(_, tone)| tone).map(Tone::as_str),
        "subject": templates.subject(language, name, tone),
        "variables": templates.variables(language, name),
    })))
}

fn versions(call: &Call<'_>) -> Result<Reply, Problem> {
    let (name, paper) = (call.at(0), paperwork(call)?);
    let language = language(call, paper.company.language);
    known(&paper.templates, language, name)?;
    let before = call.cursor().map_or(Ok(i64::MAX), |text| text.parse::<i64>().map_err(|_bad| bad_cursor()))?;
    let limit = call.limit();
    let found = call.read(|tx| rows::of(tx, call.tenant, (language.as_str(), name), before, limit))?;
    let next = found.last().filter(|_| i64::try_from(found.len()) == Ok(limit)).map(|row| row.number.to_string());
    let shown = found.iter().map(|row| {
        json!({
            "number": row.number, "text": row.body, "published_at": reply::moment(row.published_at), "published_by": row.by,
            "reason": row.reason,
        })
    });
    Ok(Reply::Page(shown.collect(), next))
}

/// The language that the body names.
fn said(call: &Call<'_>) -> Result<Language, Problem> {
    call.body.must_text("language")?.parse().map_err(|_bad| Problem::field("/language", "word", "is not known"))
}

const fn severity(remark: &Remark) -> &'static str {
    if remark.is_warning { "warning" } else { "error" }
}

fn check(call: &Call<'_>) -> Result<Reply, Problem> {
    let (name, language, base) = (call.body.must_text("name")?, said(call)?, paperwork(call)?.templates);
    known(&base, language, name)?;
    let found = texts::check(&base, language, name, call.body.must_text("text")?);
    let findings = found.iter().map(|remark| {
        json!({
            "line": remark.line, "column": remark.column, "severity": severity(remark), "message": remark.message, "mend": remark.mend,
        })
    });
    let right = found.iter().all(|remark| remark.is_warning);
    Ok(Reply::one(json!({ "right": right, "findings": findings.collect::<Vec<_>>() })))
}

fn put(call: &Call<'_>, text: Option<&str>) -> Result<Reply, Problem> {
    let (name, language, base) = (call.at(0), said(call)?, paperwork(call)?.templates);
    known(&base, language, name)?;
    let found = text.map(|text| texts::check(&base, language, name, text)).unwrap_or_default();
    let told = |remark: &Remark| format!("line {}, column {}: {}; {}", remark.line, remark.column, remark.message, remark.mend);
    let wrong: Vec<FieldError> =
        found.iter().filter(|remark| !remark.is_warning).map(|remark| FieldError::new("/text", "bad_text", told(remark))).collect();
    if !wrong.is_empty() {
        return Err(Problem::fields(wrong));
    }
    let done = call.engine().put_text(call.tenant, &base, (language, name), text, &call.act()?, call.now)?;
    Ok(Reply::one(json!({
        "name": name, "language": language.as_str(), "own": text.is_some(), "number": Some(done.number).filter(|number| *number > 0),
        "unchanged": done.unchanged,
    })))
}

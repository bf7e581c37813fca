//! Policies: checked, compared, published, and open receivables moved to one, which is shown before.

use regua_core::policy::{Finding, Names, Policy, Severity, check, diff};
use regua_core::words::Language;
use regua_engine::commands::policy::Migration;
use regua_engine::people::Scope;
use regua_store::tenants;
use serde_json::{Value, json};

use super::super::input::Input;
use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::{FieldError, Problem};
use super::super::reply::Reply;
use super::super::shape::{Field, Kind, Schema, may, must};
use super::shared::{REASON, placed};

/// Characters of a policy.
pub(in crate::api) const TEXT: Kind = Kind::Text(300_000);
/// All customers, in basis points.
const EVERYBODY_BP: i64 = 10_000;

/// Of a policy's text and of a template's file alike.
pub(in crate::api) static FINDING: Schema = Schema {
    name: "Finding",
    doc: "Something about a text: where, what, and the mend.",
    fields: &[
        must("line", Kind::Int(1, i64::MAX), "The line, from 1."),
        must("column", Kind::Int(1, i64::MAX), "The column in characters, from 1."),
        must("severity", Kind::Word(&["error", "warning"]), "Whether it is refused for it."),
        must("message", Kind::Text(2_000), "What is wrong."),
        must("mend", Kind::Text(2_000), "What to do about it."),
    ],
};

static CHECKED: Schema = Schema {
    name: "CheckedPolicy",
    doc: "What there is to say of a policy's text.",
    fields: &[
        must("right", Kind::Bool, "Whether it can be published."),
        may("name", Kind::Text(300), "Its name, when it is right."),
        may("hash", Kind::Text(64), "The hash of its text, when it is right."),
        must("findings", Kind::List(&Kind::Of(&FINDING), 100_000), "Errors and warnings, in the order of the text."),
    ],
};

static DIFFERENCES: Schema = Schema {
    name: "PolicyDifferences",
    doc: "What changes from one policy to another.",
    fields: &[
        must("same_text", Kind::Bool, "Whether both are the same text."),
        must(
            "changes",
            Kind::List(
                &Kind::Object(&[
                    must("subject", Kind::Text(400), "What it is about."),
                    may("part", Kind::Text(100), "The part of it; null when the whole of it came or went."),
                    may("before", Kind::Text(10_000), "How it was; null when it is new."),
                    may("after", Kind::Text(10_000), "How it is; null when it is gone."),
                ]),
                100_000,
            ),
            "The differences; none where only words differ.",
        ),
    ],
};

static PUBLISHED: Schema = Schema {
    name: "PublishedVersion",
    doc: "A policy as it was published.",
    fields: &[
        must("number", Kind::Int(1, i64::MAX), "Its place in the order of publication."),
        must("hash", Kind::Text(64), "The hash of its text."),
        must("share_bp", Kind::Int(1, EVERYBODY_BP), "The share of customers that it covers, in basis points."),
        must("unchanged", Kind::Bool, "Whether it was the newest already, so that nothing changed."),
    ],
};

static MIGRATION: Schema = Schema {
    name: "PolicyMigration",
    doc: "What moving open receivables to a policy does.",
    fields: &[
        must("done", Kind::Bool, "Whether it was done; false in a preview."),
        must("moved", Kind::Int(0, i64::MAX), "Receivables that move."),
        must("there", Kind::Int(0, i64::MAX), "Receivables that walk it already."),
        must("kept_steps", Kind::Int(0, i64::MAX), "Their steps that stay decided."),
        must("open_steps", Kind::Int(0, i64::MAX), "Their steps that are open."),
        must("refused_count", Kind::Int(0, i64::MAX), "Receivables that it refuses."),
        must(
            "refused",
            Kind::List(
                &Kind::Object(&[must("receivable", Kind::Name, "What its source calls it."), must("why", Kind::Text(2_000), "Why.")]),
                REFUSED_MAX,
            ),
            "The first of them.",
        ),
    ],
};

/// Refused receivables that are listed; all are counted.
const REFUSED_MAX: usize = 200;

/// A policy, published or not.
pub(in crate::api) const SIDE: Kind =
    Kind::Object(&[may("hash", Kind::Name, "Of a published policy, or how it begins."), may("text", TEXT, "A policy's text.")]);
const FILTER: Field = may("filter", Kind::Text(2_000), "Only receivables that a condition matches, in the words of policies.");

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/policies/check",
        id: "check_policy",
        tag: "Policies",
        summary: "Check a policy's text",
        doc: "Every finding with line, column and mend. Nothing is changed.",
        needs: Needs::Scope(Scope::PolicyRead),
        body: Body::Json(&[must("text", TEXT, "The text.")]),
        answer: Answer::One(&CHECKED),
        run: check_text,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/policies/diff",
        id: "compare_policies",
        tag: "Policies",
        summary: "Compare two policies",
        doc: "Each is a text, or published and named by its hash. Nothing is changed.",
        needs: Needs::Scope(Scope::PolicyRead),
        body: Body::Json(&[must("before", SIDE, "The one."), must("after", SIDE, "The other.")]),
        answer: Answer::One(&DIFFERENCES),
        run: compare,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/policies",
        id: "publish_policy",
        tag: "Policies",
        summary: "Publish a policy",
        doc: "Receivables that enter from now on walk it; those that have entered stay with theirs until they are moved. The same text \
              again changes nothing and is answered with 200.",
        needs: Needs::Scope(Scope::PolicyAct),
        body: Body::Json(&[
            must("text", TEXT, "The text."),
            may("share_bp", Kind::Int(1, EVERYBODY_BP), "Only for this share of customers, always the same ones, in basis points."),
            REASON,
        ]),
        answer: Answer::Created(&PUBLISHED),
        run: publish,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/policies/{policy}/migration-preview",
        id: "preview_migration",
        tag: "Policies",
        summary: "What moving open receivables to a policy would do",
        doc: "The policy is named by its hash, or how that begins. Nothing is changed.",
        needs: Needs::Scope(Scope::PolicyRead),
        body: Body::Json(&[FILTER]),
        answer: Answer::One(&MIGRATION),
        run: |call| migrate(call, true),
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/policies/{policy}/migrate",
        id: "migrate_receivables",
        tag: "Policies",
        summary: "Move open receivables to a policy",
        doc: "Steps that both versions have stay decided; adverse steps are announced anew before they happen.",
        needs: Needs::Scope(Scope::PolicyAct),
        body: Body::Json(&[FILTER, REASON]),
        answer: Answer::One(&MIGRATION),
        run: |call| migrate(call, false),
        ..PLAIN
    },
];

fn names() -> Names {
    Names::shipped(Language::ALL)
}

const fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn check_text(call: &Call<'_>) -> Result<Reply, Problem> {
    let outcome = check(call.body.must_text("text")?, &names());
    let findings = outcome.findings.iter().map(|finding| {
        json!({
            "line": finding.line, "column": finding.column, "severity": severity(finding),
            "message": finding.message, "mend": finding.mend,
        })
    });
    let (name, hash) = outcome.policy.as_ref().map_or((None, None), |policy| (Some(&policy.name), Some(&policy.hash)));
    Ok(Reply::one(json!({
        "right": outcome.policy.is_some(), "name": name, "hash": hash, "findings": findings.collect::<Vec<_>>(),
    })))
}

/// A text as a policy; each error is told with its line.
pub(in crate::api) fn compiled(text: &str, place: &str) -> Result<Policy, Problem> {
    let outcome = check(text, &names());
    let errors = outcome.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let told = |finding: &Finding| format!("line {}, column {}: {}; {}", finding.line, finding.column, finding.message, finding.mend);
    let fields: Vec<FieldError> = errors.map(|finding| FieldError::new(place, "bad_policy", told(finding))).collect();
    outcome.policy.ok_or_else(|| Problem::fields(fields))
}

/// The text that a side names by its hash or says, and which is right.
pub(in crate::api) fn text_of(call: &Call<'_>, said: &Input, name: &str) -> Result<String, Problem> {
    let text = match (said.text("hash"), said.text("text")) {
        (None, Some(text)) => text.to_owned(),
        (Some(hash), None) => {
            let found = call.read(|tx| tenants::policies(tx, call.tenant, 0))?.into_iter().find(|row| row.hash.starts_with(hash));
            let missing = || Problem::field(&format!("/{name}/hash"), "no_policy", "no published policy has this hash");
            found.ok_or_else(missing)?.body
        }
        (Some(_), Some(_)) => return Err(Problem::field(&format!("/{name}/text"), "twice", "say its hash or its text, not both")),
        (None, None) => return Err(Problem::field(&format!("/{name}/text"), "required", "say its hash or its text")),
    };
    compiled(&text, &format!("/{name}/text"))?;
    Ok(text)
}

fn side(call: &Call<'_>, name: &str) -> Result<(Policy, String), Problem> {
    let text = text_of(call, &call.body.object(name).cloned().unwrap_or_default(), name)?;
    Ok((compiled(&text, &format!("/{name}/text"))?, text))
}

fn compare(call: &Call<'_>) -> Result<Reply, Problem> {
    let ((before, one), (after, other)) = (side(call, "before")?, side(call, "after")?);
    let changes = diff(&before, &after).into_iter().map(|change| {
        let part = Some(change.part).filter(|part| !part.is_empty());
        json!({"subject": change.subject, "part": part, "before": change.before, "after": change.after})
    });
    Ok(Reply::one(json!({"same_text": one == other, "changes": changes.collect::<Vec<_>>()})))
}

fn publish(call: &Call<'_>) -> Result<Reply, Problem> {
    let text = call.body.must_text("text")?;
    let policy = compiled(text, "/text")?;
    let share_bp = call.body.int("share_bp").unwrap_or(EVERYBODY_BP);
    let name = format!("{}.yaml", policy.name);
    let published = call.engine().publish(call.tenant, &name, text, share_bp, &call.act()?, call.now);
    let published = published.map_err(|error| placed(error, &[("bad_policy", "/text"), ("first_policy", "/share_bp")]))?;
    call.host.ring();
    let told = json!({
        "number": published.number, "hash": published.hash, "share_bp": share_bp, "unchanged": published.unchanged,
    });
    Ok(if published.unchanged { Reply::one(told) } else { Reply::created(told) })
}

fn migrate(call: &Call<'_>, preview: bool) -> Result<Reply, Problem> {
    let hash = call.at(0);
    if !call.read(|tx| tenants::policies(tx, call.tenant, 0))?.iter().any(|row| row.hash.starts_with(hash)) {
        return Err(Problem::not_found("policy"));
    }
    let found = call.engine().migrate_receivables(call.tenant, hash, call.body.text("filter"), preview, &call.act()?, call.now);
    let Migration { there, moved, refused, kept_steps, open_steps } = found.map_err(|error| placed(error, &[("bad_filter", "/filter")]))?;
    if !preview {
        call.host.ring();
    }
    let shown: Vec<Value> =
        refused.iter().take(REFUSED_MAX).map(|(receivable, why)| json!({"receivable": receivable, "why": why})).collect();
    Ok(Reply::one(json!({
        "done": !preview, "moved": moved, "there": there, "kept_steps": kept_steps, "open_steps": open_steps,
        "refused_count": refused.len(), "refused": shown,
    })))
}

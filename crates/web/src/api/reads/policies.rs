//! Policies: the published versions of the régua file, and the schema that such a file follows.

use regua_core::policy::schema;
use regua_engine::people::Scope;
use regua_store::tenants::{self, StoredPolicy};
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{Reply, moment};
use super::super::shape::{Kind, Schema, must};
use super::page;

/// What every version has, with more behind it.
macro_rules! with_policy {
    ($($more:expr),* $(,)?) => {
        &[
            must("version", Kind::Int(1, i64::MAX), "Its place among the versions."),
            must("name", Kind::Text(300), "The name of its file."),
            must("hash", Kind::Text(64), "Its hash."),
            must("share_bp", Kind::Int(0, 10_000), "The share of customers that enter under it, in hundredths of a percent."),
            must("published_at", Kind::Moment, "When it was published."),
            $($more),*
        ]
    };
}

static LISTED: Schema = Schema { name: "PolicyInList", doc: "A published version of the régua file.", fields: with_policy![] };

static POLICY: Schema = Schema {
    name: "Policy",
    doc: "A published version of the régua file with its text; never changed.",
    fields: with_policy![must("body", Kind::Text(1_000_000), "The file.")],
};

static SCHEMA: Schema =
    Schema { name: "PolicySchema", doc: "JSON Schema 2020-12 of the régua file.", fields: &[must("schema", Kind::Json, "The schema.")] };

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/policies",
        id: "list_policies",
        tag: "Policies",
        summary: "Published versions of the régua file, the newest first",
        needs: Needs::Scope(Scope::PolicyRead),
        answer: Answer::Page(&LISTED),
        run: |call| {
            let mut rows = call.read(|tx| tenants::policies(tx, call.tenant, 0))?;
            rows.reverse();
            page::part(call, rows.iter().map(|row| (row.number.to_string(), shown(row))).collect())
        },
        ..PLAIN
    },
    Op {
        path: "/policies/schema",
        id: "get_policy_schema",
        tag: "Policies",
        summary: "The JSON Schema of the régua file",
        doc: "For editors: completion, hints and first errors.",
        needs: Needs::Scope(Scope::PolicyRead),
        answer: Answer::One(&SCHEMA),
        run: |_| Ok(Reply::one(json!({"schema": schema()}))),
        ..PLAIN
    },
    Op {
        path: "/policies/{policy}",
        id: "get_policy",
        tag: "Policies",
        summary: "A published version with its text",
        doc: "By its number, or by its hash or the beginning of it, of twelve characters or more.",
        needs: Needs::Scope(Scope::PolicyRead),
        answer: Answer::One(&POLICY),
        run: get,
        ..PLAIN
    },
];

/// The shortest beginning of a hash that names a version.
const HASH_MIN: usize = 12;

fn get(call: &Call<'_>) -> Result<Reply, Problem> {
    let rows = call.read(|tx| tenants::policies(tx, call.tenant, 0))?;
    let (name, number) = (call.at(0), call.at(0).parse::<i64>().ok());
    let is = |row: &&StoredPolicy| Some(row.number) == number || (name.len() >= HASH_MIN && row.hash.starts_with(name));
    let row = rows.iter().rfind(is).ok_or_else(|| Problem::not_found("policy"))?;
    let mut value = shown(row);
    value["body"] = Value::from(row.body.as_str());
    Ok(Reply::one(value))
}

fn shown(row: &StoredPolicy) -> Value {
    json!({
        "version": row.number,
        "name": row.name,
        "hash": row.hash,
        "share_bp": row.share_bp,
        "published_at": moment(row.published_at),
    })
}

//! Plans: published, and what a customer's first invoices would be.

use regua_core::billing::{NewSubscription, Plan, preview};
use regua_engine::people::Scope;
use regua_wire::billing::parse_plan;
use serde_json::{Value, json};

use super::super::op::{Answer, Body, Call, Method, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::Reply;
use super::super::shape::{Kind, Schema, may, must};
use super::shared::{REASON, placed};
use super::terms::{DRAFT, TERMS, desk, draft, refused, said};

const TEXT: Kind = Kind::Text(100_000);

static PUBLISHED: Schema = Schema {
    name: "PublishedPlan",
    doc: "A plan as it was published.",
    fields: &[
        must("key", Kind::Name, "Its key."),
        must("name", Kind::Text(300), "What it is called."),
        must("currency", Kind::Currency, "Its currency."),
        must("version", Kind::Int(1, i64::MAX), "Its place among the versions."),
        must("unchanged", Kind::Bool, "Whether it was published so already, so that nothing changed."),
    ],
};

/// What would be billed.
pub(super) static FORESEEN: Schema = Schema {
    name: "ForeseenDocuments",
    doc: "Documents as they would be.",
    fields: &[must("documents", Kind::List(&Kind::Of(&DRAFT), 2_000), "In order.")],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        method: Method::Post,
        path: "/plans",
        id: "publish_plan",
        tag: "Billing",
        summary: "Publish a plan",
        doc: "Subscriptions that begin from now on can have it; those that have an earlier version keep it. The same plan again changes \
              nothing and is answered with 200.",
        needs: Needs::Scope(Scope::BillingAct),
        body: Body::Json(&[must("text", TEXT, "The plan, as a plan file is written."), REASON]),
        answer: Answer::Created(&PUBLISHED),
        run: publish,
        ..PLAIN
    },
    Op {
        method: Method::Post,
        path: "/plans/preview",
        id: "preview_plan",
        tag: "Billing",
        summary: "The first three invoices of a plan",
        doc: "Of a text, or of a published one. Nothing is changed.",
        needs: Needs::Scope(Scope::BillingRead),
        body: Body::Json(&[
            may("text", TEXT, "The plan, as a plan file is written."),
            may("plan", Kind::Name, "The key of a published one."),
            may("quantity", Kind::Int(0, 1_000_000_000), "How many are bought; 1 when nothing is said."),
            may("from", Kind::Day, "The first day; today when nothing is said."),
            may(
                "usage",
                Kind::List(
                    &Kind::Object(&[
                        must("meter", Kind::Name, "The meter."),
                        must("quantity", Kind::Int(0, 1_000_000_000_000), "What is used in each period."),
                    ]),
                    50,
                ),
                "What is used.",
            ),
            may("terms", Kind::Of(&TERMS), "On what terms."),
        ]),
        answer: Answer::One(&FORESEEN),
        run: foresee,
        ..PLAIN
    },
];

fn read(text: &str) -> Result<Plan, Problem> {
    parse_plan(text).map_err(|error| {
        let place = error.place.map_or_else(String::new, |(line, column)| format!("line {line}, column {column}: "));
        Problem::field("/text", "bad_plan", format!("{place}{}; {}", error.message, error.mend))
    })
}

fn publish(call: &Call<'_>) -> Result<Reply, Problem> {
    let plan = read(call.body.must_text("text")?)?;
    let known = call.engine().plans(call.tenant)?.into_iter().rfind(|known| known.plan.key() == plan.key());
    let unchanged = known.is_some_and(|known| known.plan == plan);
    let version = call.engine().publish_plan(call.tenant, &plan, &call.act()?, call.now)?;
    let told = json!({
        "key": plan.key(), "name": plan.name(), "currency": plan.currency().code(), "version": version, "unchanged": unchanged,
    });
    Ok(if unchanged { Reply::one(told) } else { Reply::created(told) })
}

fn foresee(call: &Call<'_>) -> Result<Reply, Problem> {
    let plan = match (call.body.text("text"), call.body.text("plan")) {
        (Some(text), None) => read(text)?,
        (None, Some(key)) => call.engine().plan(call.tenant, key).map_err(|error| placed(error, &[("no_plan", "/plan")]))?,
        (Some(_), Some(_)) => return Err(Problem::field("/plan", "twice", "say the text or the key of a plan, not both")),
        (None, None) => return Err(Problem::field("/text", "required", "say the text of a plan, or the key of a published one")),
    };
    let desk = desk(call)?;
    let number = |value: Option<i64>| value.and_then(|count| u64::try_from(count).ok());
    let new = NewSubscription {
        key: "preview".into(),
        plan,
        quantity: number(call.body.int("quantity")).unwrap_or(1),
        begins_on: call.body.day("from").unwrap_or(desk.today),
        trial_until: None,
        anchor: None,
        terms: desk.terms(call, said(call.body.object("terms"), "/terms")?),
        coupons: Vec::new(),
    };
    let usage = call.body.objects("usage");
    let usage: Vec<(Box<str>, u64)> =
        usage.map(|one| (one.text("meter").unwrap_or_default().into(), number(one.int("quantity")).unwrap_or(0))).collect();
    let counts = |meter: &str| {
        new.plan.prices().iter().any(|price| match &price.kind {
            regua_core::billing::Kind::Metered { meter: own, .. } => **own == *meter,
            regua_core::billing::Kind::Flat { .. } | regua_core::billing::Kind::PerUnit { .. } => false,
        })
    };
    if let Some(place) = usage.iter().position(|(meter, _)| !counts(meter)) {
        return Err(Problem::field(&format!("/usage/{place}/meter"), "unknown", "the plan counts nothing of this name"));
    }
    let drafts: Vec<Value> = preview(new, &usage).map_err(refused)?.iter().map(draft).collect();
    Ok(Reply::one(json!({"documents": drafts})))
}

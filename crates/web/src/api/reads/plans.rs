//! Price plans and their published versions.

use regua_core::billing::{Kind as Priced, Plan, Price, Rates, Scale};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_engine::billing::Published;
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, moment};
use super::super::shape::{Kind, Schema, may, must};
use super::page;
use super::parts::COUNT;

static PLAN: Schema = Schema {
    name: "PricePlan",
    doc: "A published version of a plan with its prices; never changed.",
    fields: &[
        must("key", Kind::Name, "Its key."),
        must("version", Kind::Int(1, i64::MAX), "Its place among the versions."),
        must("name", Kind::Text(300), "What customers know it as."),
        must("currency", Kind::Currency, "What it costs in."),
        must("every", COUNT, "How many units one period has."),
        must("unit", Kind::Word(&["day", "week", "month", "year"]), "What a cycle counts."),
        must("published_at", Kind::Moment, "When it was published."),
        must(
            "prices",
            Kind::List(
                &Kind::Object(&[
                    must("key", Kind::Name, "Its key."),
                    must("name", Kind::Text(300), "What customers know it as."),
                    must("kind", Kind::Word(&["flat", "per_unit", "metered"]), "What it counts by."),
                    must("timing", Kind::Word(&["advance", "arrears"]), "Whether it is billed before or after the period."),
                    may("amount", Kind::Money, "What it costs each period; of a flat price."),
                    may("meter", Kind::Name, "What is counted; of a metered price."),
                    may("aggregate", Kind::Text(40), "How what was used is put together."),
                    may("minimum", Kind::Money, "What is billed each period at least; of a metered price."),
                    may("per", COUNT, "How many units a rate is for."),
                    may("rates", Kind::Word(&["unit", "graduated", "volume"]), "How rates apply."),
                    must(
                        "tiers",
                        Kind::List(
                            &Kind::Object(&[
                                may("up_to", COUNT, "The last unit of it; null for all beyond."),
                                must("unit", Kind::Money, "What so many units cost."),
                                must("fixed", Kind::Money, "What it costs once."),
                            ]),
                            1_000,
                        ),
                        "Its rates; none of a flat price.",
                    ),
                ]),
                1_000,
            ),
            "Its prices.",
        ),
    ],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/plans",
        id: "list_plans",
        tag: "Plans",
        summary: "Price plans, in the order of their keys",
        needs: Needs::Scope(Scope::BillingRead),
        query: &[may("all_versions", Kind::Bool, "Earlier versions too; only the newest of each when nothing is said.")],
        answer: Answer::Page(&PLAN),
        run: list,
        ..PLAIN
    },
    Op {
        path: "/plans/{plan}",
        id: "get_plan",
        tag: "Plans",
        summary: "A price plan",
        doc: "By its key; the newest version, or the one that is said.",
        needs: Needs::Scope(Scope::BillingRead),
        query: &[may("version", Kind::Int(1, i64::MAX), "Which version.")],
        answer: Answer::One(&PLAN),
        run: |call| {
            let version = call.query.int("version");
            let all = call.engine().plans(call.tenant)?;
            let found = all.iter().rfind(|one| one.plan.key() == call.at(0) && version.is_none_or(|version| version == one.version));
            Ok(Reply::one(shown(found.ok_or_else(|| Problem::not_found("plan"))?)))
        },
        ..PLAIN
    },
];

fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let all = call.engine().plans(call.tenant)?;
    let every = call.query.is("all_versions");
    let newest = |place: usize, one: &Published| all.get(place + 1).is_none_or(|after| after.plan.key() != one.plan.key());
    let wanted = all.iter().enumerate().filter(|(place, one)| every || newest(*place, one));
    page::part(call, wanted.map(|(_, one)| (format!("{} {}", one.plan.key(), one.version), shown(one))).collect())
}

fn shown(one: &Published) -> Value {
    let plan: &Plan = &one.plan;
    let cycle = plan.cycle();
    json!({
        "key": plan.key(),
        "version": one.version,
        "name": plan.name(),
        "currency": plan.currency().code(),
        "every": cycle.every.get(),
        "unit": cycle.unit.as_str(),
        "published_at": moment(one.at),
        "prices": plan.prices().iter().map(|one| price(one, plan.currency())).collect::<Vec<_>>(),
    })
}

fn price(price: &Price, currency: Currency) -> Value {
    let money = |minor: i64| reply::money(Money::new(minor, currency));
    let mut value = json!({"key": price.key, "name": price.name, "timing": price.timing().as_str(), "tiers": []});
    match &price.kind {
        Priced::Flat { amount, .. } => {
            value["kind"] = "flat".into();
            value["amount"] = money(*amount);
        }
        Priced::PerUnit { scale, .. } => {
            value["kind"] = "per_unit".into();
            scaled(&mut value, scale, currency);
        }
        Priced::Metered { meter, aggregate, scale, minimum } => {
            value["kind"] = "metered".into();
            value["meter"] = (**meter).into();
            value["aggregate"] = aggregate.to_string().into();
            value["minimum"] = money(*minimum);
            scaled(&mut value, scale, currency);
        }
    }
    value
}

fn scaled(value: &mut Value, scale: &Scale, currency: Currency) {
    let money = |minor: i64| reply::money(Money::new(minor, currency));
    let (word, tiers) = match &scale.rates {
        Rates::Unit(amount) => ("unit", vec![json!({"up_to": null, "unit": money(*amount), "fixed": money(0)})]),
        Rates::Graduated(tiers) | Rates::Volume(tiers) => {
            let word = if matches!(scale.rates, Rates::Volume(_)) { "volume" } else { "graduated" };
            let rows = tiers.rows().map(|(up_to, tier)| json!({"up_to": up_to, "unit": money(tier.unit), "fixed": money(tier.fixed)}));
            (word, rows.collect())
        }
    };
    value["per"] = scale.per.get().into();
    value["rates"] = word.into();
    value["tiers"] = Value::Array(tiers);
}

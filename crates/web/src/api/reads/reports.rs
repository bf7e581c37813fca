//! Reports: what is open by age, what the discount for automatic payment cost, how retries are timed.

use std::collections::BTreeMap;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_engine::people::Scope;
use regua_store::reports;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::page;
use super::parts::{COUNT, amount};

/// Days late that each band ends with; what is beyond all of them is the last.
const BANDS: [(i32, &str); 6] = [(0, "not_due"), (30, "1-30"), (60, "31-60"), (90, "61-90"), (180, "91-180"), (360, "181-360")];
const BEYOND: &str = "over_360";
const NAMES: &[&str] = &["not_due", "1-30", "31-60", "61-90", "91-180", "181-360", "over_360"];

const BAND: &[Field] = &[
    must("days_late", Kind::Word(NAMES), "How long after the due date as written."),
    must("receivables", COUNT, "How many."),
    must("balance", Kind::Money, "Their balance."),
];

static AGING: Schema = Schema {
    name: "Aging",
    doc: "What was open at the end of a day, by how long it was late.",
    fields: &[
        must("on", Kind::Day, "The day."),
        must("hindsight", Kind::Bool, "Whether what became known later counts too."),
        must(
            "currencies",
            Kind::List(
                &Kind::Object(&[
                    must("currency", Kind::Currency, "The currency."),
                    must("receivables", COUNT, "How many are open."),
                    must("balance", Kind::Money, "Their balance."),
                    must("bands", Kind::List(&Kind::Object(BAND), 7), "By age; those with none are left out."),
                ]),
                200,
            ),
            "One for each currency.",
        ),
    ],
};

static DISCOUNT: Schema = Schema {
    name: "DiscountCost",
    doc: "What the progressive discount for automatic payment cost in one currency.",
    fields: &[
        must("payments", COUNT, "How many payments had it."),
        must("cost", Kind::Money, "What it took off."),
        must("paid", Kind::Money, "What was paid with it."),
    ],
};

static RETRIES: Schema = Schema {
    name: "RetryTiming",
    doc: "How the moments of retries are chosen, and what came of them.",
    fields: &[
        must("weights", Kind::Word(&["shipped", "learnt"]), "Which weights count."),
        may("learnt_at", Kind::Moment, "When they were learnt."),
        may("learnt_from", COUNT, "Of how many retries."),
        must("retries", COUNT, "Retries at chosen moments that have ended; two million for more."),
        must("paid", COUNT, "How many of these took the money."),
    ],
};

/// Retries that are counted at most.
const OUTCOMES_MAX: usize = 2_000_000;

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/reports/aging",
        id: "report_aging",
        tag: "Reports",
        summary: "What was open at the end of a day, by age",
        doc: "It reads the whole book.",
        needs: Needs::Scope(Scope::ReportsRead),
        query: &[
            may("on", Kind::Day, "The day; today when nothing is said."),
            may("hindsight", Kind::Bool, "Count what became known later too."),
        ],
        answer: Answer::One(&AGING),
        run: aging,
        ..PLAIN
    },
    Op {
        path: "/reports/discounts",
        id: "report_discounts",
        tag: "Reports",
        summary: "What the progressive discount for automatic payment cost",
        doc: "By currency.",
        needs: Needs::Scope(Scope::ReportsRead),
        query: &[
            may("from", Kind::Day, "The first day; from the beginning when nothing is said."),
            may("until", Kind::Day, "The last day; until now when nothing is said."),
        ],
        answer: Answer::Page(&DISCOUNT),
        run: discounts,
        ..PLAIN
    },
    Op {
        path: "/reports/retries",
        id: "report_retries",
        tag: "Reports",
        summary: "How retries are timed, and what came of them",
        needs: Needs::Scope(Scope::ReportsRead),
        answer: Answer::One(&RETRIES),
        run: retries,
        ..PLAIN
    },
];

fn aging(call: &Call<'_>) -> Result<Reply, Problem> {
    let zone = call.engine().zone(call.tenant)?;
    let on = call.query.day("on").unwrap_or_else(|| zone.day_of(call.now));
    let hindsight = call.query.is("hindsight");
    let known_before = if hindsight { Instant::NEVER } else { zone.midnight(on.plus(1)) };
    let mut sums: BTreeMap<(String, usize), (u64, i128)> = BTreeMap::new();
    call.read(|tx| {
        reports::aging(tx, call.tenant, on, known_before, |row| {
            let late = on.since(row.due_on);
            let band = BANDS.iter().position(|&(most, _)| late <= most).unwrap_or(BANDS.len());
            let (count, sum) = sums.entry((row.currency, band)).or_default();
            *count += 1;
            *sum += i128::from(row.balance);
            Ok(())
        })
    })?;
    let mut currencies: BTreeMap<String, (u64, i128, Vec<Value>)> = BTreeMap::new();
    for ((currency, band), (count, sum)) in sums {
        let (receivables, balance, bands) = currencies.entry(currency.clone()).or_default();
        *receivables += count;
        *balance += sum;
        let name = BANDS.get(band).map_or(BEYOND, |&(_, name)| name);
        bands.push(json!({"days_late": name, "receivables": count, "balance": large(sum, &currency)?}));
    }
    let shown = currencies.into_iter().map(|(currency, (receivables, balance, bands))| {
        Ok(json!({"currency": currency, "receivables": receivables, "balance": large(balance, &currency)?, "bands": bands}))
    });
    let shown = shown.collect::<Result<Vec<Value>, Problem>>()?;
    Ok(Reply::one(json!({"on": reply::day(on), "hindsight": hindsight, "currencies": shown})))
}

/// A sum of many balances, which ends at the largest amount there is.
pub(super) fn large(minor: i128, code: &str) -> Result<Value, Problem> {
    let currency = Currency::parse(code).ok_or_else(Problem::bug)?;
    Ok(reply::money(Money::new(i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX }), currency)))
}

fn discounts(call: &Call<'_>) -> Result<Reply, Problem> {
    let zone = call.engine().zone(call.tenant)?;
    let from = call.query.day("from").map_or(Instant::DAWN, |day| zone.midnight(day));
    let until = call.query.day("until").map_or(Instant::NEVER, |day| zone.midnight(day.plus(1)));
    let rows = call.engine().autopay_discounts(call.tenant, from, until)?;
    let shown = rows.into_iter().map(|one| {
        let value = json!({
            "payments": one.payments, "cost": amount(one.discount, &one.currency)?, "paid": amount(one.paid, &one.currency)?,
        });
        Ok((one.currency, value))
    });
    page::part(call, shown.collect::<Result<Vec<_>, Problem>>()?)
}

fn retries(call: &Call<'_>) -> Result<Reply, Problem> {
    let engine = call.engine();
    let outcomes = engine.retry_outcomes(call.tenant, OUTCOMES_MAX)?;
    let timing = engine.timing(call.tenant)?;
    Ok(Reply::one(json!({
        "weights": if timing.is_some() { "learnt" } else { "shipped" },
        "learnt_at": opt_moment(timing.map(|(at, _)| at)),
        "learnt_from": timing.map(|(_, attempts)| attempts),
        "retries": outcomes.len(),
        "paid": outcomes.iter().filter(|one| one.settled).count(),
    })))
}

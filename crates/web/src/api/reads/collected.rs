//! Reports of what came in: the funnel, curves, DSO and CEI, what was overdue, days, what became of messages.

use std::collections::BTreeMap;

use regua_core::time::{Day, Zone};
use regua_engine::collected::{self, BANDS, HORIZONS, Month};
use regua_engine::people::Scope;
use regua_store::collected::{self as store, Delivered, Fate, Movement, Standing};
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::parts::COUNT;
use super::reports::large;

/// Days of a span at most.
const DAYS_MAX: i32 = 400;
/// Months of a span at most.
const MONTHS_MAX: usize = 60;
/// Days that a span has when nothing is said.
const QUARTER: i32 = 90;
/// The same of reports by month.
const YEAR: i32 = 365;

const PART: Kind = Kind::Object(&[must("receivables", COUNT, "How many."), must("amount", Kind::Money, "What they come to.")]);

static COLLECTION: Schema = Schema {
    name: "Collection",
    doc: "How far the receivables got that fell due in a span, and how soon they were paid. Void ones are left out; late is what was \
          open when the due date as written had ended.",
    fields: &[
        must("from", Kind::Day, "The first due date."),
        must("until", Kind::Day, "The last one; yesterday at the latest."),
        must(
            "currencies",
            Kind::List(
                &Kind::Object(&[
                    must("currency", Kind::Currency, "The currency."),
                    must("due", PART, "That fell due, as billed."),
                    must("on_time", PART, "Settled when the due date had ended; the amount is what was, of all."),
                    must("late", PART, "Open then, with what was open."),
                    must("contacted", PART, "Of the late ones, those that a message spoke of, before or after."),
                    must(
                        "recovered",
                        PART,
                        "Of the late ones, those that are paid now; the amount is what came after the due date, of all.",
                    ),
                    must("open", PART, "Of the late ones, those that are open now, with what is."),
                    must("given_up", PART, "Of the late ones, those written off or handed over, with what was open when they were due."),
                ]),
                200,
            ),
            "One for each currency.",
        ),
        must(
            "cohorts",
            Kind::List(
                &Kind::Object(&[
                    must("month", Kind::Text(7), "When it fell due, such as 2026-03."),
                    must("currency", Kind::Currency, "The currency."),
                    must("billed", Kind::Money, "What was billed."),
                    must(
                        "paid",
                        Kind::List(
                            &Kind::Object(&[
                                must("days", Kind::Int(0, 400), "Days after the due date."),
                                may(
                                    "share_bp",
                                    Kind::Int(0, 10_000),
                                    "What was paid by then, in basis points; null while it is not over for all.",
                                ),
                            ]),
                            20,
                        ),
                        "How soon.",
                    ),
                ]),
                10_000,
            ),
            "Month by month of the due dates: recovery curves.",
        ),
    ],
};

static RATIOS: Schema = Schema {
    name: "CollectionRatios",
    doc: "DSO and CEI by month. DSO: what was open at the end, as days of what was billed in the 90 days before. CEI: of what was open at \
          the beginning and billed, less what was given up and what was not due yet, the share that was collected.",
    fields: &[must(
        "months",
        Kind::List(
            &Kind::Object(&[
                must("month", Kind::Text(7), "Which, such as 2026-03; the last may be under way."),
                must("currency", Kind::Currency, "The currency."),
                must("open_before", Kind::Money, "Open when it began."),
                must("billed", Kind::Money, "Billed in it."),
                must("written_off", Kind::Money, "Given up in it."),
                must("open_after", Kind::Money, "Open when it ended."),
                must("current_after", Kind::Money, "Of it, not due yet."),
                may("cei_bp", Kind::Int(0, 10_000), "CEI in basis points; null where nothing could be collected."),
                may("dso_tenths", Kind::Int(0, i64::MAX), "DSO in tenths of a day; null where nothing was billed."),
            ]),
            12_000,
        ),
        "Each month of each currency.",
    )],
};

static OVERDUE: Schema = Schema {
    name: "OverdueTrend",
    doc: "What was overdue at the ends of some days, by how long.",
    fields: &[must(
        "points",
        Kind::List(
            &Kind::Object(&[
                must("on", Kind::Day, "The day."),
                must("currency", Kind::Currency, "The currency."),
                must("balance", Kind::Money, "What was overdue."),
                must(
                    "bands",
                    Kind::List(
                        &Kind::Object(&[must("days_late", Kind::Word(BAND_NAMES), "How long."), must("balance", Kind::Money, "What.")]),
                        6,
                    ),
                    "The same by age.",
                ),
            ]),
            80_000,
        ),
        "Each day of each currency that had something overdue.",
    )],
};

const BAND_NAMES: &[&str] = &["1-30", "31-60", "61-90", "91-180", "181-360", "over_360"];

static DAYS: Schema = Schema {
    name: "CollectionDays",
    doc: "What went out and what came in, day by day.",
    fields: &[must(
        "days",
        Kind::List(
            &Kind::Object(&[
                must("day", Kind::Day, "Which."),
                must("messages", COUNT, "Messages decided on it, trials in shadow left out."),
                must("sent", COUNT, "Of them, those that went out."),
                must("failed", COUNT, "Of them, those that failed, or of which nobody knows."),
                must(
                    "paid",
                    Kind::List(
                        &Kind::Object(&[
                            must("on_time", Kind::Money, "What was paid on it on or before the due date, rolled to an open day."),
                            must("late", Kind::Money, "What was paid on it after."),
                        ]),
                        200,
                    ),
                    "By the payers' days, one for each currency; less what went back.",
                ),
            ]),
            400,
        ),
        "Every day of the span.",
    )],
};

static MESSAGES: Schema = Schema {
    name: "MessageResults",
    doc: "What became of messages, by the step that led them and the channel.",
    fields: &[must(
        "rows",
        Kind::List(
            &Kind::Object(&[
                must("step", Kind::Text(200), "The step."),
                may("channel", Kind::Text(20), "The channel that carried them; null while none did."),
                must("messages", COUNT, "How many were decided, trials in shadow left out."),
                must("sent", COUNT, "That went out."),
                must("delivered", COUNT, "That arrived, as the carrier told; not every carrier does."),
                must("read", COUNT, "That were read, as the carrier told."),
                must("clicked", COUNT, "Whose link was followed."),
                must("failed", COUNT, "That could not be sent or delivered."),
                must("unknown", COUNT, "Of which nobody knows whether they went out."),
            ]),
            20_000,
        ),
        "By step, then by channel.",
    )],
};

const FROM: Field = may("from", Kind::Day, "The first day; so many days before the last one when nothing is said.");
const UNTIL: Field = may("until", Kind::Day, "The last day; today when nothing is said.");

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/reports/collection",
        id: "report_collection",
        tag: "Reports",
        summary: "The recovery funnel and how soon was paid, by due date",
        doc: "It reads the whole book.",
        needs: Needs::Scope(Scope::ReportsRead),
        query: &[FROM, UNTIL],
        answer: Answer::One(&COLLECTION),
        problems: &[422],
        run: collection,
        ..PLAIN
    },
    Op {
        path: "/reports/ratios",
        id: "report_ratios",
        tag: "Reports",
        summary: "DSO and CEI by month",
        doc: "It reads the whole book.",
        needs: Needs::Scope(Scope::ReportsRead),
        query: &[FROM, UNTIL],
        answer: Answer::One(&RATIOS),
        problems: &[422],
        run: ratios,
        ..PLAIN
    },
    Op {
        path: "/reports/overdue",
        id: "report_overdue",
        tag: "Reports",
        summary: "What was overdue, over time",
        doc: "It reads the whole book, once.",
        needs: Needs::Scope(Scope::ReportsRead),
        query: &[FROM, UNTIL, may("every", Kind::Int(1, 31), "Days from one point to the one before; 7 when nothing is said.")],
        answer: Answer::One(&OVERDUE),
        problems: &[422],
        run: overdue,
        ..PLAIN
    },
    Op {
        path: "/reports/days",
        id: "report_days",
        tag: "Reports",
        summary: "What went out and what came in, day by day",
        doc: "It reads the whole book, and every message of the span.",
        needs: Needs::Scope(Scope::ReportsRead),
        query: &[FROM, UNTIL],
        answer: Answer::One(&DAYS),
        problems: &[422],
        run: days,
        ..PLAIN
    },
    Op {
        path: "/reports/messages",
        id: "report_messages",
        tag: "Reports",
        summary: "What became of messages, by step and channel",
        doc: "It reads every message of the span.",
        needs: Needs::Scope(Scope::ReportsRead),
        query: &[FROM, UNTIL],
        answer: Answer::One(&MESSAGES),
        problems: &[422],
        run: messages,
        ..PLAIN
    },
];

/// The span of days that is asked for, of at most so many, and today.
fn span(call: &Call<'_>, usual: i32, most: i32) -> Result<(Day, Day, Day, Zone), Problem> {
    let zone = call.engine().zone(call.tenant)?;
    let today = zone.day_of(call.now);
    let until = call.query.day("until").unwrap_or(today);
    let from = call.query.day("from").unwrap_or_else(|| until.plus(1 - usual));
    if from > until {
        return Err(Problem::field("query/from", "does_not_fit", "the first day lies behind the last one"));
    }
    if until.since(from) >= most {
        return Err(Problem::field("query/from", "too_far", format!("a span has {most} days at most")));
    }
    Ok((from, until, today, zone))
}

/// Everything that moved, summed by due date and day.
fn book(call: &Call<'_>) -> Result<Vec<Movement>, Problem> {
    let mut movements = Vec::new();
    call.read(|tx| {
        store::movements(tx, call.tenant, |one| {
            movements.push(one);
            Ok(())
        })
    })?;
    Ok(movements)
}

fn months(call: &Call<'_>) -> Result<(Month, Month, Day), Problem> {
    let most = i32::try_from(MONTHS_MAX).unwrap_or(0).saturating_mul(30);
    let (from, until, today, _) = span(call, YEAR, most)?;
    Ok((Month::of(from), Month::of(until), today))
}

fn collection(call: &Call<'_>) -> Result<Reply, Problem> {
    let (from, until, today, _) = span(call, YEAR, i32::try_from(MONTHS_MAX).unwrap_or(0).saturating_mul(30))?;
    let until = until.min(today.plus(-1));
    let fates = call.read(|tx| store::fates(tx, call.tenant, from, until))?;
    let mut by_currency: BTreeMap<&str, Vec<&Fate>> = BTreeMap::new();
    for fate in &fates {
        by_currency.entry(&fate.currency).or_default().push(fate);
    }
    let currencies = by_currency.into_iter().map(|(currency, fates)| funnel(currency, &fates)).collect::<Result<Vec<_>, _>>()?;
    let cohorts = collected::cohorts(&book(call)?, (Month::of(from), Month::of(until)), today);
    let cohorts = cohorts.into_iter().map(|one| {
        let paid = HORIZONS.iter().zip(one.paid_bp).map(|(days, share_bp)| json!({ "days": days, "share_bp": share_bp }));
        Ok(json!({
            "month": one.month.text(), "currency": one.currency, "billed": large(one.billed, &one.currency)?,
            "paid": paid.collect::<Vec<_>>(),
        }))
    });
    let cohorts = cohorts.collect::<Result<Vec<Value>, Problem>>()?;
    Ok(Reply::one(json!({ "from": reply::day(from), "until": reply::day(until), "currencies": currencies, "cohorts": cohorts })))
}

fn funnel(currency: &str, fates: &[&Fate]) -> Result<Value, Problem> {
    let part = |of: &dyn Fn(&Fate) -> bool, amount: &dyn Fn(&Fate) -> i64| {
        let wanted = fates.iter().filter(|fate| of(fate));
        let (count, sum) =
            wanted.fold((0_i64, 0_i128), |(count, sum), fate| (count.saturating_add(fate.count), sum + i128::from(amount(fate))));
        Ok::<_, Problem>(json!({ "receivables": count, "amount": large(sum, currency)? }))
    };
    let settled_when_due = |fate: &Fate| fate.billed.saturating_sub(fate.open_when_due);
    // Counted of those on time, summed over all: part of what is late was paid in time too.
    let mut on_time = part(&|fate| !fate.late, &settled_when_due)?;
    on_time["amount"] = part(&|_| true, &settled_when_due)?["amount"].take();
    let mut recovered = part(&|fate| fate.late && fate.status == "paid", &|fate| fate.came)?;
    recovered["amount"] = part(&|fate| fate.late, &|fate| fate.came)?["amount"].take();
    Ok(json!({
        "currency": currency,
        "due": part(&|_| true, &|fate| fate.billed)?,
        "on_time": on_time,
        "late": part(&|fate| fate.late, &|fate| fate.open_when_due)?,
        "contacted": part(&|fate| fate.late && fate.contacted, &|fate| fate.open_when_due)?,
        "recovered": recovered,
        "open": part(&|fate| fate.late && fate.status == "open", &|fate| fate.balance)?,
        "given_up": part(&|fate| fate.late && matches!(fate.status.as_str(), "written_off" | "assigned"), &|fate| fate.open_when_due)?,
    }))
}

fn ratios(call: &Call<'_>) -> Result<Reply, Problem> {
    let (from, until, today) = months(call)?;
    let found = collected::ratios(&book(call)?, (from, until), today);
    let shown = found.into_iter().map(|one| {
        let money = |minor| large(minor, &one.currency);
        Ok(json!({
            "month": one.month.text(), "currency": one.currency, "open_before": money(one.open_before)?, "billed": money(one.billed)?,
            "written_off": money(one.written_off)?, "open_after": money(one.open_after)?, "current_after": money(one.current_after)?,
            "cei_bp": one.cei_bp, "dso_tenths": one.dso_tenths,
        }))
    });
    Ok(Reply::one(json!({ "months": shown.collect::<Result<Vec<Value>, Problem>>()? })))
}

fn overdue(call: &Call<'_>) -> Result<Reply, Problem> {
    let (from, until, _, _) = span(call, QUARTER, DAYS_MAX)?;
    let every = call.query.int("every").and_then(|days| i32::try_from(days).ok()).unwrap_or(7).max(1);
    let mut days: Vec<Day> = Vec::new();
    let mut on = until;
    while on >= from {
        days.push(on);
        on = on.plus(-every);
    }
    let points = collected::overdue(&book(call)?, &days).into_iter().map(|one| {
        let bands = BAND_NAMES.iter().zip(one.bands).filter(|(_, sum)| *sum != 0);
        let bands = bands.map(|(name, sum)| Ok(json!({ "days_late": name, "balance": large(sum, &one.currency)? })));
        Ok(json!({
            "on": reply::day(one.on), "currency": one.currency, "balance": large(one.bands.iter().sum(), &one.currency)?,
            "bands": bands.collect::<Result<Vec<Value>, Problem>>()?,
        }))
    });
    Ok(Reply::one(json!({ "points": points.collect::<Result<Vec<Value>, Problem>>()? })))
}

fn days(call: &Call<'_>) -> Result<Reply, Problem> {
    let (from, until, _, zone) = span(call, QUARTER, DAYS_MAX)?;
    let mut messages: BTreeMap<Day, (u64, u64, u64)> = BTreeMap::new();
    call.read(|tx| {
        store::decided(tx, call.tenant, zone.midnight(from), zone.midnight(until.plus(1)), |at, status| {
            let (all, sent, failed) = messages.entry(zone.day_of(at)).or_default();
            *all += 1;
            *sent += u64::from(status == "sent");
            *failed += u64::from(matches!(status, "failed" | "unknown"));
            Ok(())
        })
    })?;
    let mut paid: BTreeMap<Day, Vec<Value>> = BTreeMap::new();
    let calendar = call.engine().calendar(call.tenant)?;
    for ((day, currency), sums) in collected::paid(&book(call)?, from, until, |day| calendar.roll(day)) {
        let value = json!({ "on_time": large(sums.on_time, &currency)?, "late": large(sums.late, &currency)? });
        paid.entry(day).or_default().push(value);
    }
    let shown = (0..=until.since(from)).map(|after| {
        let day = from.plus(after);
        let (all, sent, failed) = messages.get(&day).copied().unwrap_or_default();
        json!({
            "day": reply::day(day), "messages": all, "sent": sent, "failed": failed, "paid": paid.remove(&day).unwrap_or_default(),
        })
    });
    Ok(Reply::one(json!({ "days": shown.collect::<Vec<_>>() })))
}

/// What became of the messages of a step and channel.
#[derive(Default)]
struct Results {
    messages: i64,
    sent: i64,
    delivered: i64,
    read: i64,
    clicked: i64,
    failed: i64,
    unknown: i64,
}

impl Results {
    fn add(&mut self, one: &Delivered) {
        self.messages += one.count;
        let sent = one.status == "sent";
        let of = |so: bool| if so { one.count } else { 0 };
        self.sent += of(sent);
        self.delivered += of(sent && matches!(one.standing, Standing::Delivered | Standing::Read));
        self.read += of(sent && one.standing == Standing::Read);
        self.clicked += of(one.clicked);
        self.failed += of(one.status == "failed" || (sent && one.standing == Standing::Failed));
        self.unknown += of(one.status == "unknown");
    }
}

fn messages(call: &Call<'_>) -> Result<Reply, Problem> {
    let (from, until, _, zone) = span(call, QUARTER, DAYS_MAX)?;
    let found = call.read(|tx| store::deliveries(tx, call.tenant, zone.midnight(from), zone.midnight(until.plus(1))))?;
    let mut rows: BTreeMap<(String, String), Results> = BTreeMap::new();
    for one in found {
        rows.entry((one.step.clone(), one.channel.clone())).or_default().add(&one);
    }
    let rows = rows.into_iter().map(|((step, channel), all)| {
        json!({
            "step": step, "channel": Some(channel).filter(|channel| !channel.is_empty()), "messages": all.messages, "sent": all.sent,
            "delivered": all.delivered, "read": all.read, "clicked": all.clicked, "failed": all.failed, "unknown": all.unknown,
        })
    });
    Ok(Reply::one(json!({ "rows": rows.collect::<Vec<_>>() })))
}

// The names of bands are those of the engine's, and one more for what is beyond them.
const _: () = assert!(BAND_NAMES.len() == BANDS.len() + 1, "a name for each band");

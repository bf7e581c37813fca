//! The company as a whole: its name and mode, pauses, sources, mirrored billers, webhooks by gateway.

use regua_core::calendar::Calendar;
use regua_core::time::{Day, Instant};
use regua_engine::people::Scope;
use regua_store::{lookup, tenants};
use serde_json::json;

use super::super::op::{Answer, Call, Needs, Op, PLAIN};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Kind, Schema, may, must};
use super::page;
use super::parts::{COUNT, MODES, moment};

static COMPANY: Schema = Schema {
    name: "Company",
    doc: "The company.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("name", Kind::Text(300), "Its name."),
        must("mode", Kind::Word(MODES), "How real decisions are."),
        must("redirect_set", Kind::Bool, "Whether there is an address that everything goes to in redirect mode."),
        must("time_zone", Kind::Text(60), "Where days that are nobody's are counted."),
        must("created_at", Kind::Moment, "When it was set up."),
        must("policy_versions", COUNT, "How many versions of the régua file were published."),
        must("parked_customers", COUNT, "Customers of whom nothing is decided until somebody looks; 1000 for a thousand or more."),
    ],
};

static PAUSE: Schema = Schema {
    name: "Pause",
    doc: "A pause of everything, or of what a condition matches.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        may("filter", Kind::Text(10_000), "The condition; null for everything."),
        may("reason", Kind::Text(1_000), "Why."),
        must("from", Kind::Moment, "Since when."),
        may("until", Kind::Moment, "Until when; null until it is lifted."),
        must("holds", Kind::Bool, "Whether it holds now."),
    ],
};

static SOURCE: Schema = Schema {
    name: "Source",
    doc: "What reports payments.",
    fields: &[
        must("source", Kind::Name, "Its name."),
        may("read_at", Kind::Moment, "When it was read last; null before it ever was."),
        must("always_read", Kind::Bool, "Whether what is paid is known at once, so that nothing waits for it."),
    ],
};

static PARKED: Schema = Schema {
    name: "ParkedCustomer",
    doc: "A customer of whom nothing is decided until somebody looks.",
    fields: &[must("customer_external_id", Kind::Name, "What the source calls the customer."), must("why", Kind::Text(2_000), "Why.")],
};

static MIRROR: Schema = Schema {
    name: "Mirror",
    doc: "A biller's account that is mirrored.",
    fields: &[
        must("gateway", Kind::Name, "Its name."),
        may("synced_at", Kind::Moment, "What changed until then is known; null before all of it was read once."),
        may("trouble", Kind::Text(2_000), "Why the last reading could not go on, while none has gone on since."),
        must(
            "switches",
            Kind::List(
                &Kind::Object(&[
                    must("switch", Kind::Text(100), "A switch by which the biller still acts."),
                    must("receivables", COUNT, "On how many receivables it does."),
                ]),
                20,
            ),
            "By what the biller still acts.",
        ),
    ],
};

static COUNTED: Schema = Schema {
    name: "WebhookCount",
    doc: "How many webhooks of a gateway are kept that stand so.",
    fields: &[
        must("gateway", Kind::Name, "The gateway."),
        must("status", Kind::Word(&["waiting", "done", "nothing", "poison"]), "Where they stand."),
        must("webhooks", COUNT, "How many."),
    ],
};

static CALENDAR: Schema = Schema {
    name: "Calendar",
    doc: "The days of a year on which a place does no business, weekends left out.",
    fields: &[
        must("name", Kind::Name, "As a policy names it."),
        must("year", Kind::Int(YEARS.0, YEARS.1), "Of which year."),
        must("holidays", Kind::List(&Kind::Day, 100), "Holidays that are no Saturday or Sunday, in order; none of `none`."),
    ],
};

/// The first day of a weekend.
const SATURDAY: i32 = 5;
/// Years of which calendars know.
const YEARS: (i64, i64) = (1950, 2150);

/// Parked customers that are listed and counted at most.
const PARKED_MAX: i64 = 1_000;

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/company",
        id: "get_company",
        tag: "Settings",
        summary: "The company: its name, its mode",
        doc: "Whoever works with it may know how real its decisions are.",
        needs: Needs::Anybody,
        answer: Answer::One(&COMPANY),
        run: company,
        ..PLAIN
    },
    Op {
        path: "/calendars/{calendar}",
        id: "get_calendar",
        tag: "Settings",
        summary: "The holidays of a calendar",
        doc: "Calendars come with Régua: `br-banking`, `us-federal`, `eu-target2`, `uk-banking`, `none`.",
        needs: Needs::Anybody,
        query: &[may("year", Kind::Int(YEARS.0, YEARS.1), "Of which year; this one when nothing is said.")],
        answer: Answer::One(&CALENDAR),
        problems: &[404],
        run: calendar,
        ..PLAIN
    },
    Op {
        path: "/pauses",
        id: "list_pauses",
        tag: "Pauses",
        summary: "Pauses of everything and of what conditions match, the newest first",
        doc: "Those that have ended too.",
        needs: Needs::Scope(Scope::ReceivablesRead),
        answer: Answer::Page(&PAUSE),
        run: pauses,
        ..PLAIN
    },
    Op {
        path: "/sources",
        id: "list_sources",
        tag: "Sources",
        summary: "What reports payments, and when it was read",
        needs: Needs::Scope(Scope::MoneyRead),
        answer: Answer::Page(&SOURCE),
        run: sources,
        ..PLAIN
    },
    Op {
        path: "/parked-customers",
        id: "list_parked_customers",
        tag: "Work",
        summary: "Customers of whom nothing is decided until somebody looks",
        needs: Needs::Scope(Scope::CustomersRead),
        answer: Answer::Page(&PARKED),
        run: |call| {
            let rows = call.read(|tx| lookup::parked(tx, call.tenant, PARKED_MAX))?;
            let shown = rows.into_iter().map(|(customer, why)| {
                let value = json!({"customer_external_id": customer, "why": why});
                (customer, value)
            });
            page::part(call, shown.collect())
        },
        ..PLAIN
    },
    Op {
        path: "/mirrors",
        id: "list_mirrors",
        tag: "Gateways",
        summary: "Billers that are mirrored: how far they are read, and by what they still act",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::Page(&MIRROR),
        run: mirrors,
        ..PLAIN
    },
    Op {
        path: "/webhook-counts",
        id: "list_webhook_counts",
        tag: "Gateways",
        summary: "How many webhooks there are of each gateway",
        needs: Needs::Scope(Scope::ChargingRead),
        answer: Answer::Page(&COUNTED),
        run: |call| {
            let rows = call.engine().count_hooks(call.tenant)?;
            let shown = rows.into_iter().map(|row| {
                (format!("{} {}", row.gateway, row.status), json!({"gateway": row.gateway, "status": row.status, "webhooks": row.count}))
            });
            page::part(call, shown.collect())
        },
        ..PLAIN
    },
];

fn company(call: &Call<'_>) -> Result<Reply, Problem> {
    let (own, policies, parked) = call.read(|tx| {
        let own = tenants::one(tx, call.tenant)?;
        let policies = tenants::policies(tx, call.tenant, 0)?.len();
        Ok((own, policies, lookup::parked(tx, call.tenant, PARKED_MAX)?.len()))
    })?;
    let own = own.ok_or_else(|| Problem::not_found("company"))?;
    Ok(Reply::one(json!({
        "id": own.tenant.to_string(),
        "name": own.name,
        "mode": own.mode,
        "redirect_set": own.redirect_to.is_some(),
        "time_zone": call.engine().zone(call.tenant)?.name(),
        "created_at": moment(own.created_at),
        "policy_versions": policies,
        "parked_customers": parked,
    })))
}

fn calendar(call: &Call<'_>) -> Result<Reply, Problem> {
    let calendar: Calendar = call.at(0).parse().map_err(|_unknown| Problem::not_found("calendar"))?;
    let this = i64::from(call.engine().zone(call.tenant)?.day_of(call.now).civil().year());
    let year = call.query.int("year").unwrap_or(this);
    let first = i16::try_from(year).ok().and_then(|year| Day::new(year, 1, 1)).ok_or_else(Problem::bug)?;
    let days = (0..366).map(|after| first.plus(after)).filter(|day| i64::from(day.civil().year()) == year);
    // A weekday counts from Monday.
    let closed = days.filter(|day| calendar.is_holiday(*day) && !calendar.is_open(*day) && day.weekday() < SATURDAY);
    Ok(Reply::one(json!({ "name": calendar.as_str(), "year": year, "holidays": closed.map(reply::day).collect::<Vec<_>>() })))
}

fn pauses(call: &Call<'_>) -> Result<Reply, Problem> {
    let mut rows = call.engine().pauses(call.tenant)?;
    rows.reverse();
    let shown = rows.into_iter().map(|row| {
        let value = json!({
            "id": row.pause.to_string(),
            "filter": row.filter,
            "reason": super::parts::filled(&row.reason),
            "from": moment(row.from_at),
            "until": moment(row.until_at),
            "holds": row.from_at <= call.now && call.now < row.until_at,
        });
        (row.pause.to_string(), value)
    });
    page::part(call, shown.collect())
}

fn sources(call: &Call<'_>) -> Result<Reply, Problem> {
    let rows = call.read(|tx| tenants::sources(tx, call.tenant))?;
    let shown = rows.into_iter().map(|(source, read_at)| {
        let read = Some(read_at).filter(|at| *at != Instant::DAWN && *at != Instant::NEVER);
        let value = json!({"source": source, "read_at": opt_moment(read), "always_read": read_at == Instant::NEVER});
        (source, value)
    });
    page::part(call, shown.collect())
}

fn mirrors(call: &Call<'_>) -> Result<Reply, Problem> {
    let engine = call.engine();
    let mut shown = Vec::new();
    for gateway in engine.gateways(call.tenant)? {
        let Some(mirrored) = engine.mirror_of(call.tenant, &gateway.gateway)? else { continue };
        let switches = engine.biller_switches(call.tenant, &gateway.gateway)?;
        let switches = switches.iter().map(|one| json!({"switch": one.switch.as_str(), "receivables": one.receivables}));
        let value = json!({
            "gateway": gateway.gateway,
            "synced_at": opt_moment(mirrored.synced_at),
            "trouble": mirrored.trouble,
            "switches": switches.collect::<Vec<_>>(),
        });
        shown.push((gateway.gateway, value));
    }
    page::part(call, shown)
}

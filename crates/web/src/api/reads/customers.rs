//! Customers: who they are and how they stand.

use regua_core::party::{Attribute, Consent, ContactPoint, Customer, Health};
use regua_core::time::Instant;
use regua_core::words::{AccessState, Channel, Language, Role};
use regua_engine::people::Scope;
use regua_engine::views::customers::{CustomerView, Stands};
use regua_engine::views::debtors::{AskCustomers, Debtor};
use regua_store::lists::customers::Wanted;
use serde_json::{Map, Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN, cursor_of};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_moment};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::parts::{ACCESS, CHANNELS, COUNT, MODES, moment};
use super::{book, page};

const LANGUAGES: &[&str] = &["pt-BR", "en", "es", "it", "fr", "de"];
const ROLES: &[&str] = &["owner", "billing", "accountant", "technical", "legal", "guarantor"];
const CONSENTS: &[&str] = &["contract", "opted_in", "opted_out", "none"];
const HEALTH: &[&str] = &["usable", "bounced", "suppressed"];
const CAUSES: &[&str] = &["dispute", "hold", "pause", "complaint", "lawyer", "insolvency", "death", "agreement"];

/// Who a customer is; all null once it is erased.
const PROFILE: &[Field] = &[
    may("name", Kind::Text(300), "What the person or company is called."),
    may("tax_id", Kind::Text(40), "CPF, CNPJ or a foreign number."),
    may("language", Kind::Word(LANGUAGES), "The language of messages; the company's when null."),
    may("time_zone", Kind::Text(60), "The time zone; the policy's when null."),
    may("state", Kind::Text(20), "The state, where law differs by it."),
    may("preferred_channel", Kind::Word(CHANNELS), "The channel that the customer chose."),
    must("contacts", Kind::List(&Kind::Object(CONTACT), 1_000), "All ways to reach the customer, in order of preference."),
    must("attributes", Kind::Texts(10_000), "What else is known, for conditions and templates."),
];

const CONTACT: &[Field] = &[
    must("channel", Kind::Word(CHANNELS), "The channel that this reaches."),
    must("address", Kind::Text(2_000), "The address on it."),
    may("role", Kind::Word(ROLES), "What the person is to the customer."),
    must("consent", Kind::Word(CONSENTS), "On what ground it may be used."),
    must("health", Kind::Word(HEALTH), "Whether messages arrive there."),
];

static LISTED: Schema = Schema {
    name: "CustomerInList",
    doc: "A customer in a list.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("external_id", Kind::Name, "What its source calls it; ours once the person is erased."),
        must("source", Kind::Name, "What reports its payments."),
        may("name", Kind::Text(300), "What the person or company is called."),
        must("created_at", Kind::Moment, "When it became known."),
        may("erased_at", Kind::Moment, "When the person was erased."),
        must("live_receivables", COUNT, "Receivables that something can happen to."),
        may("parked", Kind::Text(2_000), "Why nothing is decided of it until somebody looks."),
        may("wakes_at", Kind::Moment, "When it is looked at next."),
        must(
            "due",
            Kind::List(&Kind::Money, 200),
            "What settles everything today, one amount a currency: late charges included, unless the customers of the page have more than \
             5000 receivables in hand.",
        ),
        must("held_for", Kind::List(&Kind::Word(CAUSES), 20), "What all of it stands still for now."),
        may(
            "access",
            Kind::Word(ACCESS),
            "The strictest of what its subscriptions may use; null while it cannot be read, and where the caller may not read access.",
        ),
    ],
};

static COUNTED: Schema = Schema {
    name: "CountOfCustomers",
    doc: "How many customers there are.",
    fields: &[
        must("count", Kind::Int(0, book::COUNTED_MAX), "As many were counted."),
        must("about", Kind::Bool, "Whether there may be more: nobody counts beyond 10000, and a search comes by 500."),
    ],
};

/// Which customers.
macro_rules! with_filters {
    ($($more:expr),* $(,)?) => {
        &[
            may("q", Kind::Text(200), "Only those whose number begins so, and who are called so: each word that was typed begins a word of the name, accents apart, one of them with three letters. 500 are found by each."),
            may("owing", Kind::Bool, "`true`: only those who have something open."),
            may("parked", Kind::Bool, "`true`: only those of whom nothing is decided until somebody looks."),
            may("erased", Kind::Bool, "`true`: only those who were erased."),
            $($more),*
        ]
    };
}

const FILTERS: &[Field] = with_filters![];
const LIST_FILTERS: &[Field] = with_filters![may("external_id", Kind::Name, "Only the one whom its source calls so.")];

static CUSTOMER: Schema = Schema {
    name: "Customer",
    doc: "A customer as it stands.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("external_id", Kind::Name, "What its source calls it; ours once the person is erased."),
        must("source", Kind::Name, "What reports its payments."),
        must("created_at", Kind::Moment, "When it became known."),
        may("erased_at", Kind::Moment, "When the person was erased; who it was is gone then."),
        may("parked", Kind::Text(2_000), "Why nothing is decided of it until somebody looks."),
        may("profile", Kind::Object(PROFILE), "Who it is; null once the person is erased."),
        must(
            "balances",
            Kind::List(
                &Kind::Object(&[
                    must("open_receivables", COUNT, "How many receivables are open."),
                    must("balance", Kind::Money, "What is entered of them and not paid."),
                    must("due", Kind::Money, "What settles all of them today, what lateness costs included."),
                ]),
                200,
            ),
            "What it owes, one entry a currency.",
        ),
        must("credit", Kind::List(&Kind::Money, 200), "What it has, one amount a currency."),
        may(
            "stands",
            Kind::Object(&[
                must("mode", Kind::Word(MODES), "How real decisions about it are."),
                must("time_zone", Kind::Text(60), "Where its days are counted."),
                must(
                    "held_for",
                    Kind::List(&Kind::Object(&[must("cause", Kind::Word(CAUSES), "Why."), may("since", Kind::Moment, "Since when.")]), 20),
                    "What all of it stands still for until it is lifted.",
                ),
                must("still", Kind::Bool, "Whether all of it stands still now."),
                may("still_until", Kind::Moment, "Until when, where that is known."),
                must("paused_receivables", COUNT, "Receivables that the company pauses."),
                must("broken_promises", COUNT, "How often it promised and did not pay."),
                may("wakes_at", Kind::Moment, "When something can change next without news."),
            ]),
            "How it stands; null while it is parked and cannot be read.",
        ),
    ],
};

static PERSONAL: Schema = Schema {
    name: "PersonalData",
    doc: "Everything that is held about one customer.",
    fields: &[must("data", Kind::Json, "The document.")],
};

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/customers",
        id: "list_customers",
        tag: "Customers",
        summary: "Customers, the newest first",
        needs: Needs::Scope(Scope::CustomersRead),
        query: LIST_FILTERS,
        answer: Answer::Page(&LISTED),
        run: list,
        ..PLAIN
    },
    Op {
        path: "/customers/count",
        id: "count_customers",
        tag: "Customers",
        summary: "How many customers there are",
        doc: "Counted up to 10000. A customer whom its source calls `count` is found by our id.",
        needs: Needs::Scope(Scope::CustomersRead),
        query: FILTERS,
        answer: Answer::One(&COUNTED),
        run: |call| {
            let (count, about) = call.engine().count_customers(call.tenant, wanted(call)?, book::searched(call), book::COUNTED_MAX)?;
            Ok(Reply::one(json!({"count": count, "about": about})))
        },
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}",
        id: "get_customer",
        tag: "Customers",
        summary: "A customer: who it is and how it stands",
        doc: "By our id or by what its source calls it.",
        needs: Needs::Scope(Scope::CustomersRead),
        answer: Answer::One(&CUSTOMER),
        run: |call| Ok(Reply::one(customer(&call.engine().customer_view(call.tenant, call.at(0), call.now)?))),
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/export",
        id: "export_customer",
        tag: "Customers",
        summary: "Everything that is held about a person",
        doc: "For the person who asks what is known of them.",
        needs: Needs::Scope(Scope::PersonalExport),
        answer: Answer::One(&PERSONAL),
        run: |call| Ok(Reply::one(json!({"data": call.engine().export(call.tenant, call.at(0), call.now)?}))),
        ..PLAIN
    },
];

fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let before = call.cursor_id()?;
    let debtors = match call.query.text("external_id") {
        None => {
            let ask = AskCustomers { wanted: wanted(call)?, search: book::searched(call), before, limit: page::one_more(call) };
            call.engine().customer_page(call.tenant, ask, call.now)?
        }
        Some(name) => call.engine().customer_named(call.tenant, name, call.now)?.filter(|_| before.is_none()).into_iter().collect(),
    };
    let access = call.caller.is_some_and(|caller| caller.allows(Scope::AccessRead));
    page::page(call, debtors, |one| cursor_of(&one.card.row.customer.to_bytes()), |one| Ok(listed(one, access)))
}

/// Which are asked for.
fn wanted(call: &Call<'_>) -> Result<Wanted, Problem> {
    let asked = [("owing", Wanted::Owing), ("parked", Wanted::Parked), ("erased", Wanted::Erased)];
    let mut asked = asked.into_iter().filter(|(name, _)| call.query.is(name));
    let Some((name, wanted)) = asked.next() else { return Ok(Wanted::All) };
    match asked.next() {
        None => Ok(wanted),
        Some((other, _)) => Err(Problem::field(&format!("query/{other}"), "does_not_fit", format!("leave out `{name}`, or `{other}`"))),
    }
}

fn listed(one: &Debtor, access: bool) -> Value {
    let row = &one.card.row;
    json!({
        "id": row.customer.to_string(),
        "external_id": row.external_id,
        "source": row.source,
        "name": one.card.profile.as_ref().and_then(|profile| profile.name.as_deref()),
        "created_at": moment(row.created_at),
        "erased_at": opt_moment(row.erased_at),
        "live_receivables": row.live,
        "parked": row.parked,
        "wakes_at": moment(row.wake_at),
        "due": one.due.iter().map(|due| reply::money(*due)).collect::<Vec<_>>(),
        "held_for": one.held_for,
        "access": one.access.filter(|_| access).map(AccessState::as_str),
    })
}

fn customer(view: &CustomerView) -> Value {
    let row = &view.card.row;
    let balance = |open: &regua_engine::views::customers::Open| json!({"open_receivables": open.receivables, "balance": reply::money(open.balance), "due": reply::money(open.due)});
    json!({
        "id": row.customer.to_string(),
        "external_id": row.external_id,
        "source": row.source,
        "created_at": moment(row.created_at),
        "erased_at": opt_moment(row.erased_at),
        "parked": row.parked,
        "profile": view.card.profile.as_ref().map(profile),
        "balances": view.open.iter().map(balance).collect::<Vec<_>>(),
        "credit": view.credit.iter().map(|credit| reply::money(*credit)).collect::<Vec<_>>(),
        "stands": view.stands.as_ref().map(stands),
    })
}

fn stands(stands: &Stands) -> Value {
    let cause =
        |(cause, since): &(regua_core::facts::Cause, Option<Instant>)| json!({"cause": cause.as_str(), "since": opt_moment(*since)});
    json!({
        "mode": stands.mode.as_str(),
        "time_zone": stands.zone.name(),
        "held_for": stands.causes.iter().map(cause).collect::<Vec<_>>(),
        "still": stands.still,
        "still_until": opt_moment(stands.still_until),
        "paused_receivables": stands.paused,
        "broken_promises": stands.broken_promises,
        "wakes_at": opt_moment(stands.wakes_at),
    })
}

fn profile(customer: &Customer) -> Value {
    let texts: Map<String, Value> =
        customer.attributes.iter().map(|(name, value)| (name.to_string(), Value::from(attribute(value)))).collect();
    json!({
        "name": customer.name,
        "tax_id": customer.tax_id.as_ref().map(|id| id.to_formatted()),
        "language": customer.language.map(Language::as_str),
        "time_zone": customer.zone.map(|zone| zone.name()),
        "state": customer.state,
        "preferred_channel": customer.preferred.map(Channel::as_str),
        "contacts": customer.contacts.iter().map(contact).collect::<Vec<_>>(),
        "attributes": texts,
    })
}

fn contact(point: &ContactPoint) -> Value {
    let consent = match point.consent {
        Consent::Contract => "contract",
        Consent::OptedIn => "opted_in",
        Consent::OptedOut => "opted_out",
        Consent::None => "none",
    };
    let health = match point.health {
        Health::Usable => "usable",
        Health::Bounced => "bounced",
        Health::Suppressed => "suppressed",
    };
    json!({
        "channel": point.channel.as_str(),
        "address": point.address.as_str(),
        "role": point.role.map(Role::as_str),
        "consent": consent,
        "health": health,
    })
}

/// An attribute as a text, as one is entered.
fn attribute(value: &Attribute) -> String {
    match value {
        Attribute::Bool(is) => is.to_string(),
        Attribute::Text(text) => text.to_string(),
        Attribute::Number(millionths) => {
            let (whole, part) = (millionths.unsigned_abs() / 1_000_000, millionths.unsigned_abs() % 1_000_000);
            let sign = if *millionths < 0 { "-" } else { "" };
            let part = format!("{part:06}");
            let part = part.trim_end_matches('0');
            if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_read_as_they_are_entered() {
        for (value, expected) in [
            (Attribute::Bool(true), "true"),
            (Attribute::Number(2_500_000), "2.5"),
            (Attribute::Number(-3_000_000), "-3"),
            (Attribute::Text("gold".into()), "gold"),
        ] {
            assert_eq!(attribute(&value), expected);
        }
    }
}

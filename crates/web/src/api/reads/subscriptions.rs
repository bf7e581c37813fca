//! Subscriptions: what is billed in cycles.

use regua_core::billing::{State, Subscription};
use regua_core::time::{Day, Instant, Zone};
use regua_engine::billing::{Listed, Of};
use regua_engine::people::Scope;
use serde_json::{Value, json};

use super::super::op::{Answer, Call, Needs, Op, PLAIN, cursor_of};
use super::super::problem::Problem;
use super::super::reply::{self, Reply, opt_day};
use super::super::shape::{Field, Kind, Schema, may, must};
use super::parts::{COUNT, RAILS};

const STATES: &[&str] = &["upcoming", "trialing", "active", "paused", "ending", "ended"];

static SUBSCRIPTION: Schema = Schema {
    name: "Subscription",
    doc: "A subscription as it is today.",
    fields: &[
        must("id", Kind::Name, "Our id."),
        must("subscription", Kind::Name, "Its key."),
        must("customer", Kind::Name, "Our id of the customer."),
        must("customer_external_id", Kind::Name, "What the source calls the customer."),
        must("plan", Kind::Name, "The key of its plan today."),
        must("plan_name", Kind::Text(300), "What that is called."),
        must("quantity", COUNT, "How many units today."),
        must("state", Kind::Word(STATES), "Where it stands today."),
        may("state_until", Kind::Day, "When that ends, where it is known: the trial, the pause, the subscription itself."),
        must("begins_on", Kind::Day, "When it begins."),
        must("billed_from", Kind::Day, "From when it is billed."),
        may("next_on", Kind::Day, "The day of its next document."),
        may("renews_on", Kind::Day, "The next renewal."),
        may("renewal_price", Kind::Money, "What it costs then, without taxes."),
        must("coupons", Kind::List(&Kind::Text(200), 1_000), "Its coupons."),
        may("method", Kind::Word(RAILS), "The rail on which its receivables are expected."),
        may("set_aside", Kind::Text(2_000), "Why it could not be billed; then nothing is billed until somebody looks."),
        must("collection", Kind::Text(60), "How what it bills is collected."),
    ],
};

const FILTERS: [Field; 2] =
    [may("plan", Kind::Name, "Only those with a plan today."), may("state", Kind::Word(STATES), "Only those that stand so today.")];

/// The rows.
pub(super) const OPS: &[Op] = &[
    Op {
        path: "/subscriptions",
        id: "list_subscriptions",
        tag: "Subscriptions",
        summary: "Subscriptions, the newest first",
        doc: "With a filter a page may hold fewer than were asked for, or none, and not be the last.",
        needs: Needs::Scope(Scope::BillingRead),
        query: &[
            may("plan", Kind::Name, "Only those with a plan today."),
            may("state", Kind::Word(STATES), "Only those that stand so today."),
            may("customer", Kind::Name, "Only a customer's: our id, or what its source calls it."),
        ],
        answer: Answer::Page(&SUBSCRIPTION),
        run: |call| list(call, call.query.text("customer").map_or(Of::All, Of::Customer)),
        ..PLAIN
    },
    Op {
        path: "/customers/{customer}/subscriptions",
        id: "list_subscriptions_of_customer",
        tag: "Customers",
        summary: "The subscriptions of a customer, the newest first",
        doc: "With a filter a page may hold fewer than were asked for, or none, and not be the last.",
        needs: Needs::Scope(Scope::BillingRead),
        query: &FILTERS,
        answer: Answer::Page(&SUBSCRIPTION),
        run: |call| list(call, Of::Customer(call.at(0))),
        ..PLAIN
    },
    Op {
        path: "/subscriptions/{subscription}",
        id: "get_subscription",
        tag: "Subscriptions",
        summary: "A subscription",
        doc: "By its key.",
        needs: Needs::Scope(Scope::BillingRead),
        answer: Answer::One(&SUBSCRIPTION),
        run: |call| {
            let found = call.engine().subscriptions_page(call.tenant, Of::Subscription(call.at(0)), None, 1, None)?;
            let zone = call.engine().zone(call.tenant)?;
            let one = found.items.first().ok_or_else(|| Problem::not_found("subscription"))?;
            Ok(Reply::one(shown(one, zone, call.now)))
        },
        ..PLAIN
    },
];

fn list(call: &Call<'_>, of: Of<'_>) -> Result<Reply, Problem> {
    let zone = call.engine().zone(call.tenant)?;
    let today = zone.day_of(call.now);
    let (plan, state) = (call.query.text("plan"), call.query.text("state"));
    let wanted = |one: &Listed| {
        let subscription = &one.subscribed.subscription;
        plan.is_none_or(|plan| subscription.plan(today).key() == plan)
            && state.is_none_or(|state| word(subscription.state(today)).0 == state)
    };
    let wanted: Option<&dyn Fn(&Listed) -> bool> = if plan.is_some() || state.is_some() { Some(&wanted) } else { None };
    let limit = usize::try_from(call.limit()).unwrap_or(1);
    let page = call.engine().subscriptions_page(call.tenant, of, call.cursor_id()?, limit, wanted)?;
    let next = page.next.map(|id| cursor_of(&id.to_bytes()));
    Ok(Reply::Page(page.items.iter().map(|one| shown(one, zone, call.now)).collect(), next))
}

/// A state's word, and the day on which it ends.
fn word(state: State) -> (&'static str, Option<Day>) {
    match state {
        State::Upcoming { from } => ("upcoming", Some(from)),
        State::Trialing { until } => ("trialing", Some(until)),
        State::Active => ("active", None),
        State::Paused { until } => ("paused", until),
        State::Ending { on } => ("ending", Some(on)),
        State::Ended { on } => ("ended", Some(on)),
    }
}

fn shown(one: &Listed, zone: Zone, now: Instant) -> Value {
    let today = zone.day_of(now);
    let subscribed = &one.subscribed;
    let subscription: &Subscription = &subscribed.subscription;
    let (state, until) = word(subscription.state(today));
    let next = Some(subscribed.bill_at).filter(|at| *at != Instant::NEVER).map(|at| zone.day_of(at));
    let price = subscription.renewal_price(today).ok().flatten();
    json!({
        "id": subscribed.id.to_string(),
        "subscription": subscription.key(),
        "customer": subscribed.customer.to_string(),
        "customer_external_id": one.customer,
        "plan": subscription.plan(today).key(),
        "plan_name": subscription.plan(today).name(),
        "quantity": subscription.quantity(today),
        "state": state,
        "state_until": opt_day(until),
        "begins_on": reply::day(subscription.begins_on()),
        "billed_from": reply::day(subscription.billed_from()),
        "next_on": opt_day(next),
        "renews_on": opt_day(subscription.renewal_on(today).ok().flatten()),
        "renewal_price": price.map(reply::money),
        "coupons": subscription.coupons().collect::<Vec<_>>(),
        "method": subscribed.method,
        "set_aside": one.parked,
        "collection": subscription.terms().collection.to_string(),
    })
}

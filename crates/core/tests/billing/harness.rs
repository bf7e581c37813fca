//! What the tests of billing share: short ways to write plans, days and subscriptions, and random ones.

use std::num::{NonZeroU16, NonZeroU32};

use proptest::prelude::*;
use regua_core::billing::{
    Aggregate, Change, Cycle, DocumentKind, DraftInvoice, Effect, Kind, NewSubscription, Plan, Price, Rates, Scale, Settle, Subscription,
    TaxMode, Terms, Tier, Tiers, Timing, Unit,
};
use regua_core::currency::Currency;
use regua_core::time::Day;

pub(crate) const NOW: Effect = Effect::Now(Settle::NextInvoice);
pub(crate) const NOW_OWN: Effect = Effect::Now(Settle::OwnInvoice);

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn cycle(every: u16, unit: Unit) -> Cycle {
    Cycle::new(NonZeroU16::new(every).expect("a cycle in a test"), unit)
}

pub(crate) fn flat(amount: i64) -> Price {
    price("fee", Kind::Flat { amount, timing: Timing::Advance })
}

pub(crate) fn seat(amount: i64) -> Price {
    price("seat", Kind::PerUnit { scale: Scale::each(amount), timing: Timing::Advance })
}

/// API calls: so much per thousand, summed.
pub(crate) fn calls(amount: i64) -> Price {
    let scale = Scale { per: NonZeroU32::new(1_000).expect("a thousand"), rates: Rates::Unit(amount) };
    price("calls", Kind::Metered { meter: "calls".into(), aggregate: Aggregate::Sum, scale, minimum: 0 })
}

pub(crate) fn price(key: &str, kind: Kind) -> Price {
    Price { key: key.into(), name: key.into(), kind }
}

pub(crate) fn plan(key: &str, cycle: Cycle, prices: Vec<Price>) -> Plan {
    Plan::new(key, key, Currency::BRL, cycle, prices).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn new(plan: Plan, begins_on: &str) -> NewSubscription {
    NewSubscription {
        key: "sub_a".into(),
        plan,
        quantity: 1,
        begins_on: day(begins_on),
        trial_until: None,
        anchor: None,
        terms: Terms::default(),
        coupons: Vec::new(),
    }
}

pub(crate) fn begin(plan: Plan, begins_on: &str) -> Subscription {
    Subscription::new(new(plan, begins_on)).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn quantity(quantity: u64, effect: Effect) -> Change {
    Change::QuantityChanged { quantity, effect }
}

pub(crate) fn plan_change(plan: Plan, effect: Effect) -> Change {
    Change::PlanChanged { plan: Box::new(plan), effect }
}

pub(crate) fn usage(key: &str, quantity: u64) -> Change {
    Change::UsageReported { key: key.into(), meter: "calls".into(), quantity }
}

/// Every document due by a day, each issued on its own day.
pub(crate) fn bill_until(subscription: &mut Subscription, last: Day) -> Vec<DraftInvoice> {
    let mut documents = Vec::new();
    while let Some(on) = subscription.next_billing().expect("the next billing").filter(|&on| on <= last) {
        documents.push(subscription.bill(on).expect("a bill").expect("it is due"));
    }
    documents
}

/// What a person reads: `seat × 3 2026-11-21..2026-12-01 3000`.
pub(crate) fn shown(invoice: &DraftInvoice) -> Vec<String> {
    let line = |line: &regua_core::billing::Line| {
        format!("{} {} × {} {}..{} {}", line.kind, line.price, line.quantity, line.from, line.to, line.amount)
    };
    let lines = invoice.lines.iter().map(line);
    lines.chain(invoice.discounts.iter().map(|discount| format!("{} {}", discount.code, discount.amount))).collect()
}

/// What must hold of every document: its total is the sum of what is on it, its parts are the total.
pub(crate) fn assert_sums(invoice: &DraftInvoice) {
    let lines: i64 = invoice.lines.iter().map(|line| line.amount).sum();
    let discounts: i64 = invoice.discounts.iter().map(|discount| discount.amount).sum();
    let on_top: i64 = invoice.taxes.iter().filter(|tax| tax.mode == TaxMode::Exclusive).map(|tax| tax.amount).sum();
    assert_eq!(lines + discounts + on_top, invoice.total, "{invoice:?}");
    let parts: Vec<i64> = invoice.instalments.iter().map(|part| part.amount).collect();
    assert_eq!(invoice.kind == DocumentKind::Credit, invoice.total < 0);
    assert_eq!(parts.iter().sum::<i64>(), invoice.total.max(0));
    if let (Some(least), Some(most)) = (parts.iter().min(), parts.iter().max()) {
        assert!(most - least <= 1 && *least > 0, "{parts:?}");
    }
    assert!(invoice.instalments.windows(2).all(|pair| pair[0].due_on <= pair[1].due_on));
}

pub(crate) fn any_cycle() -> impl Strategy<Value = Cycle> {
    prop_oneof![
        (1..45_u16).prop_map(|every| cycle(every, Unit::Day)),
        (1..9_u16).prop_map(|every| cycle(every, Unit::Week)),
        (1..14_u16).prop_map(|every| cycle(every, Unit::Month)),
        (1..3_u16).prop_map(|every| cycle(every, Unit::Year)),
    ]
}

pub(crate) fn any_timing() -> impl Strategy<Value = Timing> {
    prop_oneof![3 => Just(Timing::Advance), 1 => Just(Timing::Arrears)]
}

fn any_tiers() -> impl Strategy<Value = Tiers> {
    let tier = || (0..5_000_i64, 0..2_000_i64).prop_map(|(unit, fixed)| Tier { unit, fixed });
    (proptest::collection::btree_map(1..40_u64, tier(), 0..4), tier())
        .prop_map(|(upto, above)| Tiers::new(upto.into_iter().collect(), above).expect("rising"))
}

pub(crate) fn any_scale() -> impl Strategy<Value = Scale> {
    let rates =
        prop_oneof![(0..9_999_i64).prop_map(Rates::Unit), any_tiers().prop_map(Rates::Graduated), any_tiers().prop_map(Rates::Volume)];
    (1..9_u32, rates).prop_map(|(per, rates)| Scale { per: NonZeroU32::new(per).expect("above zero"), rates })
}

/// A plan with one to three prices of all kinds.
pub(crate) fn any_plan(key: &'static str, cycle: impl Strategy<Value = Cycle>) -> impl Strategy<Value = Plan> {
    let fee = (0..20_000_i64, any_timing()).prop_map(|(amount, timing)| price("fee", Kind::Flat { amount, timing }));
    let seat = (any_scale(), any_timing()).prop_map(|(scale, timing)| price("seat", Kind::PerUnit { scale, timing }));
    let meter = (any_scale(), 0..3_usize, prop_oneof![Just(0), 1..9_000_i64]).prop_map(|(scale, which, minimum)| {
        price("calls", Kind::Metered { meter: "calls".into(), aggregate: Aggregate::ALL[which], scale, minimum })
    });
    (cycle, fee, seat, meter, 1..8_u8).prop_map(move |(cycle, fee, seat, meter, which)| {
        let prices = [(1, fee), (2, seat), (4, meter)].into_iter().filter(|(bit, _)| which & bit != 0).map(|(_, price)| price);
        plan(key, cycle, prices.collect())
    })
}

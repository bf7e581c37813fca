//! Whole lives: two years of random changes, billed promptly, late, or after the changes of a day.

use std::collections::BTreeMap;

use proptest::prelude::*;
use regua_core::billing::{
    Anchor, Change, Coupon, DraftInvoice, Effect, Lasts, NewSubscription, Off, Plan, Purpose, Settle, Subscription, Terms, Timing, Unit,
};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::rate::Rate;
use regua_core::time::Day;

use crate::harness::{any_cycle, any_plan, assert_sums, cycle, day, flat, plan, seat};

/// A change at so many days after the beginning.
type Script = Vec<(i32, Change)>;

const TWO_YEARS: i32 = 731;

fn any_effect() -> impl Strategy<Value = Effect> {
    prop_oneof![Just(Effect::Now(Settle::NextInvoice)), Just(Effect::Now(Settle::OwnInvoice)), Just(Effect::PeriodEnd)]
}

fn any_change(other: impl Strategy<Value = Plan> + 'static) -> impl Strategy<Value = Change> {
    let settle = prop_oneof![Just(Settle::NextInvoice), Just(Settle::OwnInvoice)];
    prop_oneof![
        4 => (0..60_u64, any_effect()).prop_map(|(quantity, effect)| Change::QuantityChanged { quantity, effect }),
        2 => (other, any_effect()).prop_map(|(plan, effect)| Change::PlanChanged { plan: Box::new(plan), effect }),
        2 => (any_effect(), proptest::option::of(1..99_i32)).prop_map(|(effect, days)| {
            // Days after the change: `dated` makes a day of them.
            Change::Paused { effect, until: days.map(Day::from_epoch) }
        }),
        3 => settle.prop_map(|settle| Change::Resumed { settle }),
        1 => Just(Change::CancelledAtPeriodEnd),
        2 => Just(Change::Continued),
        1 => any::<bool>().prop_map(|credit| Change::CancelledNow { credit }),
        3 => (0..500_u64, any::<u32>()).prop_map(|(quantity, key)| {
            Change::UsageReported { key: format!("{key}").into(), meter: "calls".into(), quantity }
        }),
    ]
}

/// A change whose days are counted from its own on.
fn dated(change: &Change, on: Day) -> Change {
    let mut change = change.clone();
    if let Change::Paused { until: Some(days), .. } = &mut change {
        *days = on.plus(days.epoch());
    }
    change
}

fn any_script(other: impl Strategy<Value = Plan> + 'static) -> impl Strategy<Value = Script> {
    proptest::collection::vec((0..TWO_YEARS, any_change(other)), 0..14).prop_map(|mut script| {
        script.sort_by_key(|step| step.0);
        script
    })
}

fn any_begin(plan: impl Strategy<Value = Plan>) -> impl Strategy<Value = NewSubscription> {
    (plan, 0..60_u64, 0..1_500_i32, prop_oneof![Just(0), 1..40_i32], proptest::option::of(28..32_u8)).prop_map(
        |(plan, quantity, begins, trial, anchor)| {
            let begins_on = day("2026-01-01").plus(begins);
            NewSubscription {
                key: "sub_a".into(),
                plan,
                quantity,
                begins_on,
                trial_until: (trial > 0).then(|| begins_on.plus(trial)),
                anchor: anchor.map(|day| Anchor::with_day(begins_on, day).expect("28 to 31")),
                terms: Terms::default(),
                coupons: Vec::new(),
            }
        },
    )
}

/// When an engine bills: before the changes of each day, after them, or only every so many days.
#[derive(Clone, Copy)]
enum Habit {
    Prompt,
    ChangesFirst,
    Every(i32),
}

/// Lives a script to its end, is cancelled with credit, and gives every document and what each change came to.
fn live(new: &NewSubscription, script: &Script, habit: Habit) -> (Vec<DraftInvoice>, Vec<bool>) {
    let mut subscription = Subscription::new(new.clone()).expect("a subscription");
    let (mut documents, mut outcomes) = (Vec::new(), Vec::new());
    let mut bill = |subscription: &mut Subscription, on: Day| {
        while let Some(due) = subscription.next_due().expect("a day").filter(|due| due.on <= on) {
            let document = subscription.bill(on).expect("a bill").expect("it is due");
            assert_eq!(document.key, due.key);
            assert_sums(&document);
            documents.push(document);
        }
    };
    for days in 0..=TWO_YEARS {
        let on = new.begins_on.plus(days);
        match habit {
            Habit::Prompt => bill(&mut subscription, on),
            Habit::ChangesFirst => {}
            Habit::Every(every) if days % every == 0 => bill(&mut subscription, on),
            Habit::Every(_) => {}
        }
        for (_, change) in script.iter().filter(|step| step.0 == days) {
            let before = subscription.clone();
            let outcome = subscription.apply(dated(change, on), on);
            if outcome.is_err() {
                assert_eq!(subscription, before, "a refused change changes nothing");
            }
            outcomes.push(outcome.is_ok());
        }
        match habit {
            Habit::ChangesFirst => bill(&mut subscription, on),
            Habit::Prompt | Habit::Every(_) => {}
        }
    }
    let last = new.begins_on.plus(TWO_YEARS + 1);
    if let Habit::Prompt = habit {
        bill(&mut subscription, last);
    }
    // May have ended before.
    let _ = subscription.apply(Change::CancelledNow { credit: true }, last);
    bill(&mut subscription, last.plus(800));
    assert_eq!(subscription.next_billing(), Ok(None));
    (documents, outcomes)
}

/// A monthly plan of a fee and a price per seat, billed in advance.
fn in_advance(key: &'static str) -> impl Strategy<Value = Plan> {
    (0..20_000_i64, 0..9_999_i64).prop_map(move |(fee, each)| plan(key, cycle(1, Unit::Month), vec![flat(fee), seat(each)]))
}

fn forever(code: &str, off: Off) -> Coupon {
    Coupon { code: code.into(), off, lasts: Lasts::Forever, expires_on: None }
}

fn money(documents: &[DraftInvoice]) -> i64 {
    documents.iter().map(|document| document.total).sum()
}

/// Each key once; the periods' numbers rise.
fn assert_once(documents: &[DraftInvoice]) {
    let mut keys: Vec<_> = documents.iter().map(|document| &document.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), documents.len(), "each document once");
    let periods: Vec<i32> = periods(documents).map(|document| document.key.period).collect();
    assert!(periods.windows(2).all(|pair| pair[0] < pair[1]), "{periods:?}");
    assert!(documents.iter().filter(|document| document.key.purpose == Purpose::Final).count() <= 1);
}

fn periods(documents: &[DraftInvoice]) -> impl Iterator<Item = &DraftInvoice> {
    documents.iter().filter(|document| document.key.purpose == Purpose::Period)
}

/// What holds of one day in the plain model: plan, quantity and whether it runs.
#[derive(Clone)]
struct Daily {
    plan: Plan,
    quantity: u64,
    running: bool,
}

/// Written without the code under test: a list of days, each change painting over all days from its own on.
fn painted(new: &NewSubscription, script: &Script, outcomes: &[bool], period_at: impl Fn(Day) -> Day) -> (Vec<Daily>, Day) {
    let first_on = new.trial_until.unwrap_or(new.begins_on);
    let length = usize::try_from(TWO_YEARS + 900).expect("days");
    let mut days = vec![Daily { plan: new.plan.clone(), quantity: new.quantity, running: true }; length];
    let mut end = new.begins_on.plus(TWO_YEARS + 1);
    for ((at, change), _) in script.iter().zip(outcomes).filter(|(_, known)| **known) {
        let on = new.begins_on.plus(*at);
        let effective = |effect: &Effect| match effect {
            Effect::Now(_) => on,
            Effect::PeriodEnd if on < first_on => first_on,
            Effect::PeriodEnd => period_at(on),
        };
        let from = |day: Day| usize::try_from(day.since(new.begins_on)).expect("after the beginning");
        match &dated(change, on) {
            Change::QuantityChanged { quantity, effect } => {
                days[from(effective(effect))..].iter_mut().for_each(|day| day.quantity = *quantity);
            }
            Change::PlanChanged { plan, effect } => {
                days[from(effective(effect))..].iter_mut().for_each(|day| day.plan = (**plan).clone());
            }
            Change::Paused { effect, until } => {
                days[from(effective(effect))..].iter_mut().for_each(|day| day.running = false);
                if let Some(until) = until {
                    days[from(*until)..].iter_mut().for_each(|day| day.running = true);
                }
            }
            Change::CancelledNow { credit: true } => end = on,
            // What is billed in advance is owed to the end of the period; nothing else is in these plans.
            Change::CancelledNow { credit: false } if on < first_on => end = on,
            Change::CancelledNow { credit: false } => end = period_at(on),
            Change::Resumed { .. } => days[from(on)..].iter_mut().for_each(|day| day.running = true),
            Change::CancelledAtPeriodEnd => end = effective(&Effect::PeriodEnd).min(new.begins_on.plus(TWO_YEARS + 1)),
            Change::Continued => end = new.begins_on.plus(TWO_YEARS + 1),
            Change::CouponApplied(_) | Change::CouponRemoved { .. } | Change::UsageReported { .. } | Change::TermsChanged(_) => {}
        }
    }
    (days, end)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn money_does_not_depend_on_when_it_was_billed(
        new in any_begin(any_plan("first", any_cycle())),
        script in any_script(any_plan("other", any_cycle())),
        every in 2..120_i32,
    ) {
        let (prompt, outcomes) = live(&new, &script, Habit::Prompt);
        assert_once(&prompt);
        for habit in [Habit::ChangesFirst, Habit::Every(every), Habit::Every(TWO_YEARS + 1)] {
            let (documents, known) = live(&new, &script, habit);
            assert_once(&documents);
            prop_assert_eq!(&outcomes, &known);
            prop_assert_eq!(money(&prompt), money(&documents));
        }
    }

    #[test]
    fn money_with_coupons_differs_by_roundings_only(
        new in any_begin(any_plan("first", any_cycle())),
        script in any_script(any_plan("other", any_cycle())),
        shares in proptest::collection::vec(0..10_001_i32, 1..3),
        every in 2..120_i32,
    ) {
        let coupons = shares.iter().zip(["A", "B"]).map(|(bps, code)| forever(code, Off::Percent(Rate::from_bps(*bps)))).collect();
        let new = NewSubscription { coupons, ..new };
        let (prompt, _) = live(&new, &script, Habit::Prompt);
        let (late, _) = live(&new, &script, Habit::Every(every));
        let cents = i64::try_from(8 * (script.len() + 2)).unwrap();
        prop_assert!((money(&prompt) - money(&late)).abs() <= cents, "{} {}", money(&prompt), money(&late));
    }

    #[test]
    fn a_sum_off_belongs_to_the_days_it_was_taken_off(
        new in any_begin(in_advance("first")),
        script in any_script(in_advance("other")),
        amount in 0..30_000_i64,
        every in 2..120_i32,
    ) {
        let off = Off::Amount(Money::new(amount, Currency::BRL));
        let new = NewSubscription { coupons: vec![forever("A", off)], ..new };
        let (prompt, _) = live(&new, &script, Habit::Prompt);
        let (late, _) = live(&new, &script, Habit::Every(every));
        let cents = i64::try_from(8 * (script.len() + 2)).unwrap();
        prop_assert!((money(&prompt) - money(&late)).abs() <= cents, "{} {}", money(&prompt), money(&late));
    }

    #[test]
    fn each_period_has_one_invoice_and_each_gap_was_a_pause(
        new in any_begin(any_plan("first", Just(cycle(1, Unit::Month)))),
        script in any_script(any_plan("other", Just(cycle(1, Unit::Month)))),
        every in 1..90_i32,
    ) {
        let (documents, outcomes) = live(&new, &script, Habit::Every(every));
        let fresh = Subscription::new(new.clone()).unwrap();
        let (days, end) = painted(&new, &script, &outcomes, |on| fresh.period_at(on).unwrap().to);
        let billed: BTreeMap<i32, &DraftInvoice> = periods(&documents).map(|document| (document.key.period, document)).collect();
        prop_assert_eq!(billed.len(), periods(&documents).count());
        for index in 0.. {
            let period = fresh.period(index).unwrap();
            if period.from >= end {
                break;
            }
            let within = |day: Day| usize::try_from(day.since(new.begins_on)).ok().and_then(|day| days.get(day));
            // Something is billed in advance for it, or the one before it is billed afterwards.
            let runs = |from: Day, to: Day, timing: Timing| {
                (from.epoch()..to.min(end).epoch()).any(|day| {
                    within(Day::from_epoch(day)).is_some_and(|day| day.running && day.plan.prices().iter().any(|price| price.timing() == timing))
                })
            };
            let before = if index == 0 { None } else { Some(fresh.period(index - 1).unwrap()) };
            let runs = runs(period.from, period.to, Timing::Advance)
                || before.is_some_and(|before| runs(before.from, before.to, Timing::Arrears));
            if runs {
                prop_assert!(billed.contains_key(&index), "period {} of {:?} has no invoice", index, billed.keys());
            }
            if let Some(document) = billed.get(&index) {
                prop_assert_eq!(document.period, Some((period.from, period.to)));
            }
        }
    }

    #[test]
    fn a_day_by_day_reckoning_comes_to_the_same(
        new in any_begin(in_advance("first")),
        script in any_script(in_advance("other")),
    ) {
        let (documents, outcomes) = live(&new, &script, Habit::Prompt);
        let fresh = Subscription::new(new.clone()).unwrap();
        let (days, end) = painted(&new, &script, &outcomes, |on| fresh.period_at(on).unwrap().to);
        let first_on = new.trial_until.unwrap_or(new.begins_on);
        // Per day the exact share of what a period costs that day, in parts that all lengths of months divide; the sum of
        // roundings is off by less than a cent per cut.
        let parts = 28 * 29 * 30 * 31_i128;
        let (mut exact, mut cuts) = (0_i128, 0_i128);
        for on in first_on.epoch()..end.epoch() {
            let on = Day::from_epoch(on);
            let place = usize::try_from(on.since(new.begins_on)).unwrap();
            let today = &days[place];
            if today.running {
                let period = fresh.period_at(on).unwrap();
                let cost: i64 = today.plan.prices().iter().map(|price| match &price.kind {
                    regua_core::billing::Kind::Flat { amount, .. } => *amount,
                    regua_core::billing::Kind::PerUnit { scale, .. } => {
                        scale.amount(today.quantity, regua_core::policy::program::Rounding::HalfEven).unwrap()
                    }
                    regua_core::billing::Kind::Metered { .. } => 0,
                }).sum();
                exact += i128::from(cost) * (parts / i128::from(period.whole_days()));
            }
            cuts += i128::from(script.iter().any(|(at, _)| *at == on.since(new.begins_on))) * 4;
        }
        let off = (i128::from(money(&documents)) * parts - exact).abs();
        prop_assert!(off <= (cuts + 8) * parts, "{} against {}: {:?}", money(&documents), exact / parts, documents);
    }
}

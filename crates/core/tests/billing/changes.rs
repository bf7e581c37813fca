//! Changes with their money written out.

use proptest::prelude::*;
use regua_core::billing::{
    Anchor, BillingError, Change, Collection, Cycle, DocumentKind, Effect, NewSubscription, Outcome, Purpose, Settle, State, Subscription,
    Terms, Unit,
};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;

use crate::harness::{
    NOW, NOW_OWN, begin, bill_until, calls, cycle, day, flat, new, plan, plan_change, price, quantity, seat, shown, usage,
};

#[test]
fn more_seats_in_the_middle_are_credited_and_charged_in_days() {
    let mut subscription = begin(plan("team", Cycle::MONTHLY, vec![flat(10_000), seat(3_000)]), "2026-11-01");
    assert_eq!(bill_until(&mut subscription, day("2026-11-01"))[0].total, 13_000);
    assert_eq!(subscription.renewal_price(day("2026-11-02")), Ok(Some(Money::new(13_000, Currency::BRL))));
    subscription.apply(quantity(3, NOW), day("2026-11-21")).unwrap();
    // What renews is told at what its invoice will say, the change included.
    assert_eq!(subscription.renewal_price(day("2026-11-21")), Ok(Some(Money::new(21_000, Currency::BRL))));
    let december = bill_until(&mut subscription, day("2026-12-01")).remove(0);
    // 10 of 30 days: 30.00 / 3 = 10.00 back, 90.00 / 3 = 30.00 more; the flat fee does not change.
    assert_eq!(
        shown(&december),
        [
            "charge fee × 1 2026-12-01..2027-01-01 10000",
            "charge seat × 3 2026-12-01..2027-01-01 9000",
            "credit seat × 1 2026-11-21..2026-12-01 -1000",
            "charge seat × 3 2026-11-21..2026-12-01 3000",
        ]
    );
    assert_eq!(december.total, 10_000 + 9_000 - 1_000 + 3_000);
}

#[test]
fn fewer_seats_at_the_period_end_cost_less_from_there_on() {
    let mut subscription = begin(plan("team", Cycle::MONTHLY, vec![seat(3_000)]), "2026-11-01");
    subscription.apply(quantity(5, NOW), day("2026-11-01")).unwrap();
    let mut totals = bill_until(&mut subscription, day("2026-11-01"));
    subscription.apply(quantity(2, Effect::PeriodEnd), day("2026-11-10")).unwrap();
    assert_eq!((subscription.quantity(day("2026-11-30")), subscription.quantity(day("2026-12-01"))), (5, 2));
    totals.extend(bill_until(&mut subscription, day("2026-12-31")));
    assert_eq!(totals.iter().map(|invoice| invoice.total).collect::<Vec<_>>(), [15_000, 6_000]);
}

#[test]
fn a_change_may_be_invoiced_on_its_own() {
    let mut subscription = begin(plan("team", Cycle::MONTHLY, vec![seat(3_000)]), "2026-11-01");
    bill_until(&mut subscription, day("2026-11-01"));
    subscription.apply(quantity(2, NOW_OWN), day("2026-11-16")).unwrap();
    assert_eq!(subscription.next_billing(), Ok(Some(day("2026-11-16"))));
    let invoice = subscription.bill(day("2026-11-16")).unwrap().unwrap();
    // 15 of 30 days.
    assert_eq!((invoice.key.purpose, invoice.total), (Purpose::Change(0), -1_500 + 3_000));
    assert_eq!(invoice.key.to_string(), "sub_a/0/change-0");
    assert_eq!(subscription.bill(day("2026-11-16")), Ok(None));
    subscription.apply(quantity(1, NOW_OWN), day("2026-11-26")).unwrap();
    let credit = subscription.bill(day("2026-11-26")).unwrap().unwrap();
    // 5 of 30 days: 10.00 back, 5.00 again.
    assert_eq!((credit.kind, credit.total, credit.key.purpose), (DocumentKind::Credit, -500, Purpose::Change(1)));
    assert!(credit.instalments.is_empty());
}

#[test]
fn a_longer_cycle_now_begins_today_and_at_the_period_end_keeps_the_day() {
    let (monthly, yearly) = (plan("m", Cycle::MONTHLY, vec![flat(3_100)]), plan("y", Cycle::YEARLY, vec![flat(36_500)]));
    let mut now = begin(monthly.clone(), "2027-01-31");
    bill_until(&mut now, day("2027-02-28"));
    now.apply(plan_change(yearly.clone(), NOW), day("2027-03-10")).unwrap();
    let invoice = bill_until(&mut now, day("2027-03-10")).remove(0);
    // 28 February to 31 March has 31 days, 21 of them left.
    assert_eq!(shown(&invoice), ["charge fee × 1 2027-03-10..2028-03-10 36500", "credit fee × 1 2027-03-10..2027-03-31 -2100"]);
    let mut later = begin(monthly, "2027-01-31");
    bill_until(&mut later, day("2027-02-28"));
    later.apply(plan_change(yearly, Effect::PeriodEnd), day("2027-03-10")).unwrap();
    assert_eq!(later.renewal_on(day("2027-03-10")), Ok(Some(day("2027-03-31"))));
    let invoices = bill_until(&mut later, day("2028-03-31"));
    let periods: Vec<String> =
        invoices.iter().map(|invoice| invoice.period.map_or(String::new(), |p| format!("{}..{}", p.0, p.1))).collect();
    assert_eq!(periods, ["2027-03-31..2028-03-31", "2028-03-31..2029-03-31"]);
    assert_eq!(invoices.iter().map(|invoice| invoice.total).sum::<i64>(), 73_000);
}

#[test]
fn a_longer_cycle_on_the_first_day_takes_the_billed_period_back_whole() {
    let (monthly, yearly) = (plan("m", Cycle::MONTHLY, vec![flat(3_000)]), plan("y", Cycle::YEARLY, vec![flat(36_500)]));
    let (mut prompt, mut late) = (begin(monthly.clone(), "2026-11-01"), begin(monthly, "2026-11-01"));
    let month = bill_until(&mut prompt, day("2026-11-01"));
    for subscription in [&mut prompt, &mut late] {
        subscription.apply(plan_change(yearly.clone(), NOW_OWN), day("2026-11-01")).unwrap();
    }
    let year = bill_until(&mut prompt, day("2027-10-31"));
    assert_eq!((month.len(), year.len(), year[0].key.period), (1, 1, 1));
    assert_eq!(shown(&year[0]), ["charge fee × 1 2026-11-01..2027-11-01 36500", "credit fee × 1 2026-11-01..2026-12-01 -3000"]);
    let only = bill_until(&mut late, day("2027-10-31"));
    assert_eq!(only.iter().map(shown).collect::<Vec<_>>(), [["charge fee × 1 2026-11-01..2027-11-01 36500"]]);
}

#[test]
fn a_day_of_the_month_survives_february_and_a_quarter() {
    let (monthly, quarterly) = (plan("m", Cycle::MONTHLY, vec![flat(100)]), plan("q", cycle(3, Unit::Month), vec![flat(300)]));
    let mut subscription = begin(monthly, "2027-01-31");
    bill_until(&mut subscription, day("2027-01-31"));
    subscription.apply(plan_change(quarterly, Effect::PeriodEnd), day("2027-02-01")).unwrap();
    let starts: Vec<String> =
        bill_until(&mut subscription, day("2027-08-31")).iter().map(|invoice| invoice.issued_on.to_string()).collect();
    assert_eq!(starts, ["2027-02-28", "2027-05-31", "2027-08-31"]);
}

#[test]
fn a_plan_may_change_to_and_fro_on_one_day() {
    let (monthly, yearly) = (plan("m", Cycle::MONTHLY, vec![flat(3_000)]), plan("y", Cycle::YEARLY, vec![flat(36_500)]));
    let mut subscription = begin(monthly.clone(), "2026-11-10");
    bill_until(&mut subscription, day("2026-11-10"));
    let before = subscription.clone();
    subscription.apply(plan_change(yearly, NOW_OWN), day("2026-11-20")).unwrap();
    subscription.apply(plan_change(monthly, NOW_OWN), day("2026-11-20")).unwrap();
    assert_eq!(subscription, before);
}

#[test]
fn a_trial_is_not_billed_and_the_anchor_stands_at_its_end() {
    let trial = |anchor| NewSubscription {
        trial_until: Some(day("2027-02-14")),
        anchor,
        ..new(plan("p", Cycle::MONTHLY, vec![flat(2_800), calls(15)]), "2027-01-31")
    };
    let mut subscription = Subscription::new(trial(None)).unwrap();
    assert_eq!(subscription.state(day("2027-01-30")), State::Upcoming { from: day("2027-01-31") });
    assert_eq!(subscription.state(day("2027-02-13")), State::Trialing { until: day("2027-02-14") });
    assert_eq!(subscription.state(day("2027-02-14")), State::Active);
    assert_eq!(subscription.renewal_on(day("2027-02-01")), Ok(Some(day("2027-02-14"))));
    assert_eq!(subscription.apply(usage("u", 900_000), day("2027-02-01")), Ok(Outcome::Unchanged));
    let first = bill_until(&mut subscription, day("2027-02-14"));
    assert_eq!((first.len(), first[0].total, first[0].period), (1, 2_800, Some((day("2027-02-14"), day("2027-03-14")))));
    // Anchored on the first of the month: 15 of February's 28 days first.
    let mut anchored = Subscription::new(trial(Some(Anchor::on(day("2027-01-01"))))).unwrap();
    let invoices = bill_until(&mut anchored, day("2027-03-01"));
    assert_eq!(shown(&invoices[0]), ["charge fee × 1 2027-02-14..2027-03-01 1500"]);
    assert_eq!(invoices[1].issued_on, day("2027-03-01"));
    // Cancelled within the trial, nothing is ever billed.
    for cancel in [Change::CancelledAtPeriodEnd, Change::CancelledNow { credit: false }, Change::CancelledNow { credit: true }] {
        let mut cancelled = Subscription::new(trial(None)).unwrap();
        cancelled.apply(cancel, day("2027-02-10")).unwrap();
        assert_eq!(cancelled.next_billing(), Ok(None));
        assert_eq!(cancelled.bill(day("2030-01-01")), Ok(None));
    }
}

#[test]
fn cancelling_now_gives_back_what_is_left_if_wanted() {
    for (credit, expected) in [(true, vec!["credit fee × 1 2026-11-21..2026-12-01 -1000"]), (false, vec![])] {
        let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![flat(3_000)]), "2026-11-01");
        bill_until(&mut subscription, day("2026-11-01"));
        subscription.apply(Change::CancelledNow { credit }, day("2026-11-21")).unwrap();
        assert_eq!(subscription.state(day("2026-11-20")), State::Ending { on: day("2026-11-21") });
        assert_eq!(subscription.state(day("2026-11-21")), State::Ended { on: day("2026-11-21") });
        let documents = bill_until(&mut subscription, day("2030-01-01"));
        assert_eq!(documents.iter().flat_map(shown).collect::<Vec<_>>(), expected);
        assert!(documents.iter().all(|document| document.key.purpose == Purpose::Final));
        assert_eq!(subscription.apply(quantity(2, NOW), day("2026-11-21")), Err(BillingError::Ended(day("2026-11-21"))));
    }
}

#[test]
fn what_was_used_is_billed_at_the_end_of_the_period_and_at_the_end_of_all() {
    let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![flat(3_000), calls(15)]), "2026-11-01");
    bill_until(&mut subscription, day("2026-11-01"));
    subscription.apply(usage("a", 90_000), day("2026-11-05")).unwrap();
    assert_eq!(subscription.apply(usage("a", 90_000), day("2026-11-05")), Ok(Outcome::Unchanged), "the same report again");
    assert_eq!(subscription.apply(usage("a", 1), day("2026-11-05")), Err(BillingError::UsageDiffers("a".into())));
    subscription.apply(usage("b", 10_000), day("2026-11-30")).unwrap();
    subscription.apply(usage("c", 2_000), day("2026-12-01")).unwrap();
    let december = bill_until(&mut subscription, day("2026-12-01")).remove(0);
    // 100,000 calls at 0.15 per thousand are 15.00.
    assert_eq!(shown(&december), ["charge fee × 1 2026-12-01..2027-01-01 3000", "usage calls × 100000 2026-11-01..2026-12-01 1500"]);
    assert_eq!(subscription.apply(usage("much", u64::MAX), day("2026-12-02")), Err(BillingError::Overflow));
    let late = subscription.apply(usage("d", 1), day("2026-11-30"));
    assert_eq!(late, Err(BillingError::TooEarly { on: day("2026-11-30"), from: day("2026-12-01") }));
    subscription.apply(Change::CancelledAtPeriodEnd, day("2026-12-05")).unwrap();
    let last = bill_until(&mut subscription, day("2030-01-01"));
    assert_eq!(last.iter().map(shown).collect::<Vec<_>>(), [["usage calls × 2000 2026-12-01..2027-01-01 30"]]);
    assert_eq!((last[0].key.purpose, last[0].issued_on), (Purpose::Final, day("2027-01-01")));
}

#[test]
fn a_minimum_is_filled_up_and_shared_by_days() {
    let mut metered = calls(15);
    if let regua_core::billing::Kind::Metered { minimum, .. } = &mut metered.kind {
        *minimum = 3_000;
    }
    let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![metered]), "2026-11-01");
    subscription.apply(usage("a", 100_000), day("2026-11-05")).unwrap();
    subscription.apply(Change::Paused { effect: NOW, until: None }, day("2026-11-21")).unwrap();
    // 20 of 30 days: at least 20.00, of which 15.00 were used.
    let invoice = bill_until(&mut subscription, day("2027-01-01")).remove(0);
    assert_eq!(shown(&invoice), ["usage calls × 100000 2026-11-01..2026-11-21 1500", "minimum calls × 1 2026-11-01..2026-11-21 500"]);
    assert_eq!(subscription.apply(usage("b", 1), day("2026-12-05")), Err(BillingError::NotRunning(day("2026-12-05"))));
}

#[test]
fn a_pause_stops_billing_and_resuming_keeps_the_anchor() {
    let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![flat(3_000)]), "2026-10-31");
    bill_until(&mut subscription, day("2026-10-31"));
    subscription.apply(Change::Paused { effect: Effect::PeriodEnd, until: None }, day("2026-11-10")).unwrap();
    assert_eq!(subscription.state(day("2026-11-29")), State::Active);
    assert_eq!(subscription.state(day("2026-11-30")), State::Paused { until: None });
    assert_eq!((subscription.next_billing(), subscription.renewal_on(day("2026-11-10"))), (Ok(None), Ok(None)));
    let again = subscription.apply(Change::Paused { effect: NOW, until: None }, day("2026-12-05"));
    assert_eq!(again, Err(BillingError::Paused(day("2026-11-30"))));
    subscription.apply(Change::Resumed { settle: Settle::NextInvoice }, day("2027-02-13")).unwrap();
    let invoices = bill_until(&mut subscription, day("2027-02-28"));
    // 31 January to 28 February has 28 days, 15 of them left: 30.00 − 13/28 = 30.00 − 13.93.
    assert_eq!(shown(&invoices[0]), ["charge fee × 1 2027-02-13..2027-02-28 1607"]);
    assert_eq!((invoices[0].issued_on, invoices[1].issued_on, invoices[1].total), (day("2027-02-13"), day("2027-02-28"), 3_000));
    assert_eq!(invoices[0].key.period + 1, invoices[1].key.period);
}

#[test]
fn a_pause_now_gives_days_back_and_resuming_charges_them() {
    let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![flat(3_000)]), "2026-11-01");
    bill_until(&mut subscription, day("2026-11-01"));
    subscription.apply(Change::Paused { effect: NOW, until: Some(day("2026-11-21")) }, day("2026-11-11")).unwrap();
    assert_eq!(subscription.state(day("2026-11-15")), State::Paused { until: Some(day("2026-11-21")) });
    let december = bill_until(&mut subscription, day("2026-12-01")).remove(0);
    assert_eq!(
        shown(&december),
        [
            "charge fee × 1 2026-12-01..2027-01-01 3000",
            "credit fee × 1 2026-11-11..2026-12-01 -2000",
            "charge fee × 1 2026-11-21..2026-12-01 1000",
        ]
    );
    let errors = [
        (
            Change::Paused { effect: NOW, until: Some(day("2026-12-05")) },
            BillingError::PauseEnd { from: day("2026-12-05"), until: day("2026-12-05") },
        ),
        (Change::Resumed { settle: Settle::NextInvoice }, BillingError::NotPaused),
        (Change::Continued, BillingError::NotEnding),
        (Change::CouponRemoved { code: "X".into() }, BillingError::NoCoupon("X".into())),
        (Change::UsageReported { key: "k".into(), meter: "m".into(), quantity: 1 }, BillingError::NoMeter("m".into())),
        (quantity(u64::MAX, NOW), BillingError::Overflow),
    ];
    let mut seats = begin(plan("p", Cycle::MONTHLY, vec![seat(3_000)]), "2026-12-01");
    for (change, error) in errors {
        assert_eq!(seats.apply(change, day("2026-12-05")), Err(error));
    }
}

#[test]
fn another_currency_needs_another_subscription() {
    let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![flat(3_000)]), "2026-11-01");
    let dollars = regua_core::billing::Plan::new("d", "D", Currency::USD, Cycle::MONTHLY, vec![flat(1)]).unwrap();
    let error = BillingError::Currencies { expected: Currency::BRL, found: Currency::USD };
    assert_eq!(subscription.apply(plan_change(dollars, NOW), day("2026-11-02")), Err(error));
}

#[test]
fn the_rule_sees_plan_collection_and_renewal() {
    let terms = Terms { collection: Collection::Automatic, ..Terms::default() };
    let mut subscription =
        Subscription::new(NewSubscription { terms, ..new(plan("gold", Cycle::YEARLY, vec![flat(1)]), "2026-11-30") }).unwrap();
    let fact = subscription.as_fact(day("2026-12-24")).unwrap();
    assert_eq!((fact.key.as_ref(), fact.plan.as_deref(), fact.collection.as_deref()), ("sub_a", Some("gold"), Some("automatic")));
    assert_eq!(fact.renewal_on, Some(day("2027-11-30")));
    subscription.apply(Change::CancelledAtPeriodEnd, day("2026-12-24")).unwrap();
    assert_eq!(subscription.as_fact(day("2026-12-24")).unwrap().renewal_on, None);
    subscription.apply(Change::Continued, day("2026-12-25")).unwrap();
    assert_eq!(subscription.renewal_on(day("2026-12-25")), Ok(Some(day("2027-11-30"))));
}

#[test]
fn an_end_of_the_calendar_is_an_error_and_no_panic() {
    let mut subscription = begin(plan("p", cycle(50, Unit::Year), vec![flat(1)]), "2140-01-01");
    assert!(subscription.bill(Day::MAX).unwrap().is_some());
    assert_eq!(subscription.bill(Day::MAX), Err(BillingError::OutOfRange));
    assert_eq!(subscription.next_billing(), Err(BillingError::OutOfRange));
}

proptest! {
    #[test]
    fn the_parts_of_a_period_come_to_the_whole(amount in 0..9_999_999_i64, cuts in proptest::collection::btree_set(1..364_i32, 0..9), year in 2024..2030_i16) {
        // The same price under another plan's name: credit and charge at each cut.
        let begins = Day::new(year, 1, 1).unwrap();
        let mut subscription = begin(plan("p0", Cycle::YEARLY, vec![seat(amount)]), &begins.to_string());
        subscription.bill(begins).unwrap();
        for (n, cut) in cuts.iter().enumerate() {
            let key = format!("p{}", n + 1);
            subscription.apply(plan_change(plan(&key, Cycle::YEARLY, vec![seat(amount)]), NOW_OWN), begins.plus(*cut)).unwrap();
            let document = subscription.bill(begins.plus(*cut)).unwrap();
            prop_assert_eq!(document.map_or(0, |document| document.total), 0);
        }
        // Not billed yet, the parts are charged one by one and come to the whole.
        let mut late = begin(plan("p0", Cycle::YEARLY, vec![seat(amount)]), &begins.to_string());
        for (n, cut) in cuts.iter().enumerate() {
            late.apply(plan_change(plan(&format!("p{}", n + 1), Cycle::YEARLY, vec![seat(amount)]), NOW), begins.plus(*cut)).unwrap();
        }
        let invoice = late.bill(begins).unwrap().unwrap();
        prop_assert_eq!((invoice.lines.len(), invoice.total), (cuts.len() + 1, amount));
    }

    #[test]
    fn a_pause_never_moves_the_anchor(begins in 0..800_i32, length in 1..500_i32, first in 1..300_i32, cycle in crate::harness::any_cycle()) {
        let begins = day("2026-01-31").plus(begins);
        let offered = plan("p", cycle, vec![flat(1_000)]);
        let (mut paused, straight) = (begin(offered.clone(), &begins.to_string()), begin(offered, &begins.to_string()));
        bill_until(&mut paused, begins.plus(first));
        paused.apply(Change::Paused { effect: NOW, until: None }, begins.plus(first)).unwrap();
        paused.apply(Change::Resumed { settle: Settle::NextInvoice }, begins.plus(first + length)).unwrap();
        for later in bill_until(&mut paused, begins.plus(first + length + 900)) {
            let period = straight.period(later.key.period).unwrap();
            prop_assert_eq!(later.period, Some((period.from, period.to)));
        }
    }

    #[test]
    fn changes_of_different_things_on_one_day_come_to_the_same_in_any_order(order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(), on in 0..30_i32, own in any::<bool>()) {
        let on = day("2026-11-01").plus(on);
        let effect = if own { NOW_OWN } else { NOW };
        let changes = [
            quantity(7, effect),
            plan_change(plan("other", Cycle::MONTHLY, vec![flat(7_777), seat(1_234), calls(11)]), effect),
            usage("a", 5_000),
            usage("b", 7_000),
            Change::CancelledAtPeriodEnd,
            Change::TermsChanged(Box::new(Terms { purchase_order: Some("PO 7".into()), ..Terms::default() })),
        ];
        let lived = |order: &[usize]| {
            let mut subscription = begin(plan("team", Cycle::MONTHLY, vec![flat(9_900), seat(3_000), calls(15)]), "2026-11-01");
            bill_until(&mut subscription, day("2026-11-01"));
            for &place in order {
                subscription.apply(changes[place].clone(), on).unwrap();
            }
            bill_until(&mut subscription, day("2027-12-31"))
        };
        prop_assert_eq!(lived(&order), lived(&[0, 1, 2, 3, 4, 5]));
    }
}

#[test]
fn prices_billed_afterwards_follow_the_days_they_ran() {
    use regua_core::billing::{Kind, Scale, Timing};
    let after = price("seat", Kind::PerUnit { scale: Scale::each(3_000), timing: Timing::Arrears });
    let mut subscription = begin(plan("p", Cycle::MONTHLY, vec![after]), "2026-11-01");
    assert_eq!(subscription.next_billing(), Ok(Some(day("2026-12-01"))));
    subscription.apply(quantity(2, NOW_OWN), day("2026-11-16")).unwrap();
    subscription.apply(Change::CancelledNow { credit: false }, day("2026-12-11")).unwrap();
    let documents = bill_until(&mut subscription, day("2030-01-01"));
    let lines: Vec<_> = documents.iter().map(shown).collect();
    // Half of November with one, half with two; ten of December's 31 days: 60.00 × 10 / 31 = 19.35.
    assert_eq!(
        lines,
        [
            vec!["charge seat × 1 2026-11-01..2026-11-16 1500", "charge seat × 2 2026-11-16..2026-12-01 3000"],
            vec!["charge seat × 2 2026-12-01..2026-12-11 1935"],
        ]
    );
    assert_eq!(documents[1].key.purpose, Purpose::Final);
}

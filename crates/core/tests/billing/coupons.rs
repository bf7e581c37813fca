//! Coupons: what they take off, for how long, and what happens to them when something changes.

use std::num::NonZeroU16;

use proptest::prelude::*;
use regua_core::billing::{BillingError, Change, Coupon, Cycle, DocumentKind, Lasts, LineKind, NewSubscription, Off, Settle, Subscription};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::rate::Rate;
use regua_core::time::Day;

use crate::harness::{NOW, any_cycle, any_plan, assert_sums, begin, bill_until, calls, day, flat, new, plan, quantity, seat, shown, usage};

fn coupon(code: &str, off: Off, lasts: Lasts) -> Coupon {
    Coupon { code: code.into(), off, lasts, expires_on: None }
}

fn percent(bps: i32) -> Off {
    Off::Percent(Rate::from_bps(bps))
}

fn reais(minor: i64) -> Off {
    Off::Amount(Money::new(minor, Currency::BRL))
}

fn begin_with(coupons: Vec<Coupon>, amount: i64) -> Subscription {
    let new = NewSubscription { coupons, ..new(plan("p", Cycle::MONTHLY, vec![flat(amount)]), "2026-11-01") };
    Subscription::new(new).expect("a subscription in a test")
}

#[test]
fn coupons_last_once_for_some_periods_or_for_ever() {
    let three = Lasts::Periods(NonZeroU16::new(3).unwrap());
    for (lasts, expected) in [
        (Lasts::Once, [7_500, 10_000, 10_000, 10_000]),
        (three, [7_500, 7_500, 7_500, 10_000]),
        (Lasts::Forever, [7_500, 7_500, 7_500, 7_500]),
    ] {
        let mut subscription = begin_with(vec![coupon("A", percent(2_500), lasts)], 10_000);
        let totals: Vec<i64> = bill_until(&mut subscription, day("2027-02-28")).iter().map(|invoice| invoice.total).collect();
        assert_eq!(totals, expected, "{lasts:?}");
    }
}

#[test]
fn coupons_follow_each_other_and_never_take_more_than_there_is() {
    // 100.00 − 30.00 = 70.00, half of it 35.00, less 50.00 is nothing.
    let coupons = vec![
        coupon("THIRTY", reais(3_000), Lasts::Forever),
        coupon("HALF", percent(5_000), Lasts::Forever),
        coupon("FIFTY", reais(5_000), Lasts::Once),
        coupon("MORE", reais(5_000), Lasts::Once),
    ];
    let mut subscription = begin_with(coupons, 10_000);
    let invoices = bill_until(&mut subscription, day("2026-12-31"));
    let discounts = |place: usize| shown(&invoices[place]).split_off(1);
    assert_eq!(discounts(0), ["THIRTY -3000", "HALF -3500", "FIFTY -3500"]);
    assert_eq!((invoices[0].total, invoices[0].kind, invoices[0].instalments.len()), (0, DocumentKind::Invoice, 0));
    // What took nothing off is still there once.
    assert_eq!(discounts(1), ["THIRTY -3000", "HALF -3500", "MORE -3500"]);
}

#[test]
fn a_coupon_is_refused_when_it_cannot_be() {
    let mut subscription = begin_with(vec![coupon("A", percent(100), Lasts::Once)], 10_000);
    let on = day("2026-11-02");
    let expired = Coupon { expires_on: Some(day("2026-11-01")), ..coupon("B", percent(100), Lasts::Once) };
    let dollars = Off::Amount(Money::new(1, Currency::USD));
    for (coupon, error) in [
        (expired.clone(), BillingError::Expired { code: "B".into(), until: day("2026-11-01") }),
        (coupon("A", percent(1), Lasts::Once), BillingError::CouponTwice("A".into())),
        (coupon("C", percent(10_001), Lasts::Once), BillingError::Percentage("C".into())),
        (coupon("C", percent(-1), Lasts::Once), BillingError::Percentage("C".into())),
        (coupon("C", reais(-1), Lasts::Once), BillingError::Negative("C".into())),
        (coupon("C", dollars, Lasts::Once), BillingError::Currencies { expected: Currency::BRL, found: Currency::USD }),
    ] {
        assert_eq!(subscription.apply(Change::CouponApplied(coupon), on), Err(error));
    }
    // The last day counts.
    let today = Coupon { expires_on: Some(on), ..expired };
    assert!(subscription.apply(Change::CouponApplied(today), on).is_ok());
    assert!(subscription.apply(Change::CouponRemoved { code: "B".into() }, on).is_ok());
}

#[test]
fn what_was_paid_with_a_coupon_is_credited_with_it() {
    for (off, expected) in [
        // Paid 50.00; 10 of 30 days are 33.33, of which a half was paid.
        (percent(5_000), (-3_333 + 1_666, "A 1666")),
        // Paid 80.00; a third of the coupon's 20.00 goes back to us.
        (reais(2_000), (-3_333 + 667, "A 667")),
    ] {
        let mut subscription = begin_with(vec![coupon("A", off, Lasts::Once)], 10_000);
        bill_until(&mut subscription, day("2026-11-01"));
        subscription.apply(Change::CancelledNow { credit: true }, day("2026-11-21")).unwrap();
        let credit = bill_until(&mut subscription, day("2026-11-21")).remove(0);
        assert_eq!(shown(&credit), ["credit fee × 1 2026-11-21..2026-12-01 -3333", expected.1]);
        assert_eq!(credit.total, expected.0);
    }
}

#[test]
fn more_seats_keep_the_coupon_of_the_period() {
    for (off, november, expected) in [
        // Half off both: −10.00 + 5.00, +20.00 − 10.00.
        (percent(5_000), 1_500, 500),
        // The sum was taken off once and stays so: −10.00 + 20.00.
        (reais(600), 2_400, 1_000),
    ] {
        let coupons = vec![coupon("A", off, Lasts::Once)];
        let new = NewSubscription { coupons, ..new(plan("p", Cycle::MONTHLY, vec![seat(3_000)]), "2026-11-01") };
        let mut subscription = Subscription::new(new).unwrap();
        assert_eq!(bill_until(&mut subscription, day("2026-11-01"))[0].total, november);
        subscription.apply(quantity(2, crate::harness::NOW_OWN), day("2026-11-21")).unwrap();
        let invoice = bill_until(&mut subscription, day("2026-11-21")).remove(0);
        assert_eq!(invoice.total, expected, "{:?}", shown(&invoice));
    }
}

#[test]
fn a_coupon_that_was_taken_away_still_reduces_what_was_due_before() {
    let mut prompt = begin_with(vec![coupon("A", percent(5_000), Lasts::Forever)], 10_000);
    let mut late = prompt.clone();
    let first = bill_until(&mut prompt, day("2026-11-01"));
    for subscription in [&mut prompt, &mut late] {
        subscription.apply(Change::CouponRemoved { code: "A".into() }, day("2026-11-20")).unwrap();
        let again = Change::CouponRemoved { code: "A".into() };
        assert_eq!(subscription.apply(again, day("2026-11-20")), Err(BillingError::NoCoupon("A".into())));
    }
    let rest = bill_until(&mut prompt, day("2026-12-01"));
    let all = bill_until(&mut late, day("2026-12-01"));
    assert_eq!(all.iter().map(|invoice| invoice.total).collect::<Vec<_>>(), [5_000, 10_000]);
    assert_eq!([first, rest].concat(), all);
}

#[test]
fn what_was_used_is_reduced_too() {
    let coupons = vec![coupon("A", percent(1_000), Lasts::Forever), coupon("B", reais(500), Lasts::Forever)];
    let new = NewSubscription { coupons, ..new(plan("p", Cycle::MONTHLY, vec![calls(15)]), "2026-11-01") };
    let mut subscription = Subscription::new(new).unwrap();
    subscription.apply(usage("u", 100_000), day("2026-11-02")).unwrap();
    let invoice = bill_until(&mut subscription, day("2026-12-01")).remove(0);
    // 15.00 − 10 % = 13.50, − 5.00 = 8.50.
    assert_eq!(invoice.total, 850);
}

fn any_coupon(code: &'static str) -> impl Strategy<Value = Coupon> {
    let off = prop_oneof![(0..10_001_i32).prop_map(percent), (0..40_000_i64).prop_map(reais)];
    let periods = (1..9_u16).prop_map(|periods| Lasts::Periods(NonZeroU16::new(periods).expect("above zero")));
    let lasts = prop_oneof![Just(Lasts::Once), periods, Just(Lasts::Forever)];
    (off, lasts).prop_map(move |(off, lasts)| coupon(code, off, lasts))
}

proptest! {
    #[test]
    fn a_coupon_never_makes_a_total_negative(
        offered in any_plan("p", any_cycle()),
        coupons in (any_coupon("A"), any_coupon("B"), any_coupon("C")),
        changes in proptest::collection::vec((0..700_i32, 0..40_u64, 0..4_u8), 0..8),
    ) {
        let mut subscription = begin(offered, "2026-01-31");
        for coupon in [coupons.0, coupons.1] {
            subscription.apply(Change::CouponApplied(coupon), day("2026-01-31")).unwrap();
        }
        let mut changes = changes;
        changes.sort_unstable();
        let (mut documents, mut late) = (Vec::new(), Some(coupons.2));
        for (at, many, what) in changes {
            let on = day("2026-01-31").plus(at);
            documents.extend(bill_until(&mut subscription, on));
            let change = match what {
                0 => Change::Paused { effect: NOW, until: None },
                1 => Change::Resumed { settle: Settle::OwnInvoice },
                2 => late.take().map_or(Change::Continued, Change::CouponApplied),
                _ => quantity(many, NOW),
            };
            let _ = subscription.apply(change, on);
        }
        documents.extend(bill_until(&mut subscription, Day::from_epoch(21_500)));
        for document in documents {
            assert_sums(&document);
            if document.lines.iter().all(|line| line.kind != LineKind::Credit) {
                prop_assert!(document.total >= 0, "{:?}", document);
            }
        }
    }
}

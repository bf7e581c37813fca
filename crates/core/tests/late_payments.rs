//! What lateness costs where it is paid in parts, waived or a fixed sum: cases reckoned by hand, the arithmetic beside each.
//!
//! Rates: Brazil's usual 2 % once and 1 % a month of 30 days; Late Payment of Commercial Debts (Interest) Act 1998 with
//! 11.75 % a year and GBP 40, 70, 100; Directive 2011/7 with 10.15 % a year and EUR 40.

use regua_core::calendar::Calendar;
use regua_core::charges::Terms;
use regua_core::currency::Currency;
use regua_core::ledger::{EntryKind, Ledger};
use regua_core::money::Money;
use regua_core::policy::program::{FixedSum, Interest, LateCharges};
use regua_core::rate::Rate;
use regua_core::time::{Day, Instant};

fn day(text: &str) -> Day {
    Day::parse(text).expect("a date in a test")
}

fn money(text: &str, currency: Currency) -> Money {
    Money::parse(text, currency).expect("an amount in a test")
}

/// 2 % once, 1 % per 30 days.
fn brazil() -> LateCharges {
    LateCharges { fine: Rate::from_bps(200), interest: Interest { rate: Rate::from_bps(100), base_days: 30 }, ..LateCharges::default() }
}

fn yearly(bps: i32, currency: Currency, sums: &[(&str, &str)]) -> LateCharges {
    let fixed = sums.iter().map(|(from, sum)| FixedSum { from: money(from, currency), sum: money(sum, currency) }).collect();
    LateCharges { interest: Interest { rate: Rate::from_bps(bps), base_days: 365 }, fixed, ..LateCharges::default() }
}

/// Of a bill due on a day, after payments of days, what settles it on another; and what settling it then brings in all.
fn check(late: &LateCharges, currency: Currency, (principal, due_on): (&str, &str), paid: &[(&str, &str)], on: &str, due: &str) {
    let terms = Terms::new(late, &[], if currency == Currency::BRL { Calendar::BrBanking } else { Calendar::None }, day(due_on));
    let mut ledger = Ledger::new(money(principal, currency), day(due_on).plus(-30), Instant::default()).expect("an amount");
    for (on, amount) in paid {
        ledger.pay(&terms, day(on), Some(money(amount, currency)), Instant::default()).expect("a payment");
    }
    let told = format!("{principal} due {due_on}, paid {paid:?}, on {on}");
    assert_eq!(ledger.amount_due(&terms, day(on)).total, money(due, currency), "{told}");
    ledger.pay(&terms, day(on), None, Instant::default()).expect("a payment in full");
    let sum = |kind| ledger.entries().filter(|entry| entry.kind == kind).map(|entry| entry.amount.minor()).sum::<i64>();
    let charges = sum(EntryKind::Fine) + sum(EntryKind::Interest) + sum(EntryKind::Compensation);
    assert_eq!(-sum(EntryKind::Payment), money(principal, currency).minor() + charges, "{told}: what came in is bill and charges");
    assert!(ledger.is_paid(), "{told}");
}

#[test]
fn brazilian_charges_run_on_what_each_payment_leaves() {
    let late = brazil();
    let bill = ("1000.00", "2026-12-14");
    // 400 in time. Fine 2 % × 600 = 12.00; interest 600 × 1 % × 15/30 = 3.00.
    check(&late, Currency::BRL, bill, &[("2026-12-14", "400.00")], "2026-12-29", "615.00");
    // On the 19th fine 20.00 and interest 1000 × 1 % × 5/30 = 1.67 are paid first: 500 − 21.67 = 478.33 of principal, 521.67
    // are left. Ten days on: 521.67 × 1 % × 10/30 = 1.7389.
    check(&late, Currency::BRL, bill, &[("2026-12-19", "500.00")], "2026-12-29", "523.41");
    // The 15th: interest 0.33, fine 20.00, principal 79.67, left 920.33. The 24th: 920.33 × 1 % × 9/30 = 2.76, principal
    // 297.24, left 623.09. Ten days on: 623.09 × 1 % × 10/30 = 2.077.
    check(&late, Currency::BRL, bill, &[("2026-12-15", "100.00"), ("2026-12-24", "300.00")], "2027-01-03", "625.17");
    // Less than the charges: 10 of 21.67 are paid, interest first. The rest of the fine, 11.67, bears nothing:
    // 1000 × 1 % × 10/30 = 3.33 on the principal.
    check(&late, Currency::BRL, bill, &[("2026-12-19", "10.00")], "2026-12-29", "1015.00");
    // Told out of order it comes to the same.
    check(&late, Currency::BRL, bill, &[("2026-12-24", "300.00"), ("2026-12-15", "100.00")], "2027-01-03", "625.17");
    // Saturday the 12th rolls to Monday the 14th: half on Monday is in time. Fine 2 % × 50 = 1.00, interest 50 × 1 % × 1/30 = 0.02.
    check(&late, Currency::BRL, ("100.00", "2026-12-12"), &[("2026-12-14", "50.00")], "2026-12-15", "51.02");
}

#[test]
fn british_debts_bear_interest_and_a_sum_by_their_size() {
    let late = yearly(1_175, Currency::GBP, &[("0.00", "40.00"), ("1000.00", "70.00"), ("10000.00", "100.00")]);
    for (principal, due) in [
        // 999.99 × 11.75 % × 30/365 = 9.657, and 40.
        ("999.99", "1049.65"),
        // 9.658, and 70.
        ("1000.00", "1079.66"),
        // 96.575, and 70.
        ("9999.99", "10166.57"),
        // 96.575, and 100.
        ("10000.00", "10196.58"),
    ] {
        check(&late, Currency::GBP, (principal, "2026-07-01"), &[], "2026-07-31", due);
    }
    // Half in time: the sum is that of the 5000 that are late. 5000 × 11.75 % × 30/365 = 48.288, and 70.
    check(&late, Currency::GBP, ("10000.00", "2026-07-01"), &[("2026-07-01", "5000.00")], "2026-07-31", "5118.29");
    // Ten days: interest 32.19 and 100 first, so 3867.81 of principal, left 6132.19; × 11.75 % × 20/365 = 39.481. No second sum.
    check(&late, Currency::GBP, ("10000.00", "2026-07-01"), &[("2026-07-11", "4000.00")], "2026-07-31", "6171.67");
}

#[test]
fn european_debts_bear_interest_and_forty_euros_each() {
    let late = yearly(1_015, Currency::EUR, &[("0.00", "40.00")]);
    // 1000 × 10.15 % × 45/365 = 12.514, and 40.
    check(&late, Currency::EUR, ("1000.00", "2026-01-15"), &[], "2026-03-01", "1052.51");
    // Two instalments of one contract: 40 for each (CJEU C-370/21). 500 × 10.15 % × 45/365 = 6.257.
    for _instalment in 0..2 {
        check(&late, Currency::EUR, ("500.00", "2026-01-15"), &[], "2026-03-01", "546.26");
    }
    // Twenty days: 5.56 and 40 first, so 254.44 of principal, left 745.56; × 10.15 % × 25/365 = 5.183.
    check(&late, Currency::EUR, ("1000.00", "2026-01-15"), &[("2026-02-04", "300.00")], "2026-03-01", "750.74");
    // In time: nothing.
    check(&late, Currency::EUR, ("1000.00", "2026-01-15"), &[("2026-01-15", "1000.00")], "2026-03-01", "0.00");
}

#[test]
fn a_policy_may_ask_for_nothing_and_a_person_may_waive() {
    check(&LateCharges::default(), Currency::BRL, ("1000.00", "2026-12-14"), &[], "2027-12-14", "1000.00");
    // A sum from 500 on only.
    let from_500 = yearly(0, Currency::EUR, &[("500.00", "40.00")]);
    check(&from_500, Currency::EUR, ("499.99", "2026-01-15"), &[], "2026-03-01", "499.99");
    check(&from_500, Currency::EUR, ("500.00", "2026-01-15"), &[], "2026-03-01", "540.00");
    // Five days late 1000 are 1021.67; the charges are waived by a reduction of as much.
    let late = brazil();
    let terms = Terms::new(&late, &[], Calendar::BrBanking, day("2026-12-14"));
    let mut ledger = Ledger::new(money("1000.00", Currency::BRL), day("2026-11-14"), Instant::default()).expect("an amount");
    ledger.credit(&terms, money("21.67", Currency::BRL), day("2026-12-19"), Instant::default()).expect("a reduction");
    assert_eq!(ledger.amount_due(&terms, day("2026-12-19")).total, money("1000.00", Currency::BRL));
    ledger.pay(&terms, day("2026-12-19"), Some(money("1000.00", Currency::BRL)), Instant::default()).expect("a payment");
    assert!(ledger.is_paid());
}

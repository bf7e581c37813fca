//! Periods of cycles: they tile time, and their day of the month never drifts.

use proptest::prelude::*;
use regua_core::billing::{Anchor, BillingError, Cycle, Unit};
use regua_core::time::Day;

use crate::harness::{any_cycle, cycle, day};

fn starts(cycle: Cycle, anchor: Anchor, numbers: std::ops::Range<i32>) -> Vec<String> {
    numbers.map(|k| cycle.period(anchor, k).expect("a period in a test").from.to_string()).collect()
}

#[test]
fn the_last_day_of_a_month_comes_back_after_february() {
    for (cycle, on, expected) in [
        (Cycle::MONTHLY, "2027-12-31", ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        (Cycle::MONTHLY, "2027-01-29", ["2027-01-29", "2027-02-28", "2027-03-29", "2027-04-29", "2027-05-29"]),
        (cycle(3, Unit::Month), "2026-11-30", ["2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30", "2027-11-30"]),
        (Cycle::YEARLY, "2028-02-29", ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (cycle(2, Unit::Week), "2026-12-28", ["2026-12-28", "2027-01-11", "2027-01-25", "2027-02-08", "2027-02-22"]),
        (cycle(10, Unit::Day), "2028-02-20", ["2028-02-20", "2028-03-01", "2028-03-11", "2028-03-21", "2028-03-31"]),
    ] {
        assert_eq!(starts(cycle, Anchor::on(day(on)), 0..5), expected, "{cycle:?}");
    }
}

#[test]
fn an_anchor_may_aim_at_another_day_than_its_own() {
    let anchor = Anchor::with_day(day("2027-02-28"), 31).unwrap();
    assert_eq!(starts(Cycle::MONTHLY, anchor, -1..3), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]);
    for bad in [0, 32, 255] {
        assert_eq!(Anchor::with_day(day("2027-02-28"), bad), Err(BillingError::DayOfMonth(bad)));
    }
}

#[test]
fn a_period_outside_the_calendar_is_refused() {
    let anchor = Anchor::on(day("2027-01-31"));
    for k in [i32::MIN, -2_000, 3_000, i32::MAX] {
        for unit in [Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
            let period = cycle(u16::MAX, unit).period(anchor, k);
            assert_eq!(period, Err(BillingError::OutOfRange), "{unit} {k}");
        }
    }
    assert_eq!(Cycle::MONTHLY.index_at(Anchor::on(Day::MIN), Day::MIN), Ok(0));
}

proptest! {
    #[test]
    fn periods_tile_thirty_years_without_gap_or_overlap(cycle in any_cycle(), first in 18_000..21_000_i32, day_of_month in 28..32_u8, own in any::<bool>()) {
        let on = Day::from_epoch(first);
        let anchor = if own { Anchor::on(on) } else { Anchor::with_day(on, day_of_month).unwrap() };
        let mut k = cycle.index_at(anchor, on).unwrap();
        let mut before = cycle.period(anchor, k).unwrap();
        prop_assert!(before.from <= on && on < before.to);
        while before.to < on.plus(30 * 366) {
            k += 1;
            let period = cycle.period(anchor, k).unwrap();
            prop_assert_eq!(period.from, before.to);
            prop_assert!(period.from < period.to);
            for inside in [period.from, period.from.plus(period.days() / 2), period.to.plus(-1)] {
                prop_assert_eq!(cycle.index_at(anchor, inside), Ok(k));
            }
            if matches!(cycle.unit, Unit::Month | Unit::Year) {
                let date = period.from.civil();
                let wanted = i8::try_from(anchor.day_of_month()).unwrap();
                prop_assert_eq!(date.day(), wanted.min(date.days_in_month()), "never drifts");
            } else {
                let length = i32::from(cycle.every.get()) * if cycle.unit == Unit::Week { 7 } else { 1 };
                prop_assert_eq!(period.days(), length);
            }
            before = period;
        }
    }

    #[test]
    fn every_anchor_from_the_28th_to_the_31st_bills_each_month_once(year in 2024..2040_i16, day_of_month in 28..32_u8, months in 1..13_u16) {
        let anchor = Anchor::with_day(Day::new(year, 1, 28).unwrap(), day_of_month).unwrap();
        let cycle = cycle(months, Unit::Month);
        for k in 0..i32::from(360 / months) {
            let from = cycle.period(anchor, k).unwrap().from.civil();
            let month = i32::from(year) * 12 + k * i32::from(months);
            prop_assert_eq!(i32::from(from.year()) * 12 + i32::from(from.month()) - 1, month);
        }
    }
}

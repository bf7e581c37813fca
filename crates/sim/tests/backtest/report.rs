//! The numbers of a report, checked by hand on a handful of receivables.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_sim::backtest::{Backtest, Span, Spill};
use regua_sim::report::{Report, Reporter, Sums};

use crate::town::{SPEC, Town, midnight, policies};

fn reported(town: &Town, until: &str) -> Report {
    let (policies, until) = (policies(SPEC), midnight(until));
    let backtest = Backtest::new(&policies, &town.0, &[], &Span { until: Some(until), down: Vec::new() }).expect("small");
    let walked = backtest.run(Spill::to(std::env::temp_dir()), || Reporter::new(&backtest, until, 7), |_| ()).expect("walks");
    walked.watch.report(&walked.summary)
}

fn brl(minor: i64) -> Sums {
    let mut sums = Sums::default();
    sums.add(Money::new(minor, Currency::BRL));
    sums
}

#[test]
fn money_ages_and_days_are_counted_as_by_hand() {
    let town = Town::default()
        .customer("c1", None, &[])
        // On the day; the day after `late2`: fine 2.00 and three days' interest 0.10; in two parts, late, not settled.
        .owes("r1", "2026-09-01", "2026-09-10", "100.00", &["2026-09-10"])
        .owes("r2", "2026-09-01", "2026-09-14", "100.00", &["2026-09-17"])
        .customer("c2", None, &[])
        .owes("r3", "2026-09-01", "2026-09-10", "200.00", &["2026-09-10 150.00"])
        .owes("r4", "2026-11-01", "2026-11-10", "80.00", &[]);
    let report = reported(&town, "2026-11-01");
    let totals = &report.totals;
    // r4 is issued on the last day, which the end does not include.
    assert_eq!((totals.customers, totals.receivables, totals.paid, totals.paid_on_time), (2, 3, 2, 1));
    assert_eq!((totals.on_time(), totals.days_late_tenths()), (Some(5_000), Some(15)));
    assert_eq!(totals.billed, brl(40_000));
    assert_eq!(totals.received, brl(10_000 + 10_210 + 15_000));
    assert_eq!(totals.late_charges, brl(210));
    // 50.00 of r3, 52 days late: fine 1.00, interest 50.00 × 1 % × 52 / 30 = 0.87.
    assert_eq!(totals.open, brl(5_187));
    assert_eq!(totals.overdue, totals.open);
    let aged: Vec<_> = report.aging.iter().filter(|line| line.receivables > 0).map(|line| (line.from_days, line.due.clone())).collect();
    assert_eq!(aged, [(Some(31), brl(5_187))]);
    let after =
        |step: &str| report.steps.iter().find(|line| line.step == step).map(|line| (line.payments_after, line.received_after.clone()));
    assert_eq!(after("late2"), Some((1, brl(10_210))), "r2, the day after");
    assert_eq!(after("due"), Some((0, Sums::default())), "a date says no hour: r1 and r3 may have been paid before 09:00");
    assert_eq!(after("upcoming"), Some((2, brl(25_000))));
    assert_eq!(totals.followed, brl(10_210));
    assert_eq!(report.cohorts.len(), 1);
    let cohort = &report.cohorts[0];
    assert_eq!((cohort.month.as_str(), cohort.billed, cohort.receivables), ("2026-09", 40_000, 3));
    // D: 100 + 150 of 400; 7 days: + 100; 60 days are not over.
    assert_eq!(cohort.collected, [Some(6_250), Some(8_750), Some(8_750), Some(8_750), None, None]);
    assert_eq!(report.most_overdue.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["c2"]);
    assert_eq!(report.contacts_per_day.values().sum::<u64>(), totals.messages);
    assert_eq!(report.months.iter().map(|month| month.messages).sum::<u64>(), totals.messages);
}

#[test]
fn a_contact_long_ago_brought_nothing() {
    let town = Town::default().customer("c1", None, &[]).owes("r1", "2026-09-01", "2026-09-10", "100.00", &["2027-03-20"]);
    let report = reported(&town, "2027-04-01");
    assert_eq!(report.totals.paid, 1);
    assert!(report.steps.iter().all(|line| line.payments_after == 0), "{:#?}", report.steps);
    assert!(report.totals.followed.is_zero());
}

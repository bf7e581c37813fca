//! The demo under the shipped policies: every reason occurs, and neither threads nor files change a byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::facts::Policies;
use regua_core::policy::{Names, compile};
use regua_sim::backtest::{Backtest, Span, Spill, Summary};
use regua_sim::demo::Demo;
use regua_sim::facts_file;
use regua_sim::report::{Story, Sums};

const BRASIL: &str = include_str!("../../../../policies/brasil-saas.yaml");
const SPEC: &str = include_str!("../../../../policies/spec-example.yaml");

fn policies(file: &str) -> Policies {
    let policy = compile(file, &Names::any()).unwrap_or_else(|findings| panic!("{findings:#?}"));
    Policies::new(vec![Arc::new(policy)]).expect("one policy")
}

/// The decisions and their counts, with facts that went through their file.
fn run(policy: &str, demo: &Demo, budget_bytes: usize) -> (Vec<u8>, Summary) {
    let policies = policies(policy);
    let portfolio = demo.portfolio().expect("the demo reads");
    let mut file = Vec::new();
    facts_file::write(&demo.facts, &mut file).expect("memory");
    let (facts, bad) = facts_file::read(&mut file.as_slice()).expect("memory");
    assert_eq!(bad, []);
    let backtest = Backtest::new(&policies, &portfolio, &facts, &Span::default()).expect("small enough");
    let spill = Spill { budget_bytes, dir: std::env::temp_dir() };
    let mut walked = backtest.run(spill, || (), |_| ()).expect("walks");
    assert_eq!(walked.rejects, []);
    let mut csv = Vec::new();
    walked.write_csv(&mut csv).expect("memory");
    (csv, walked.summary)
}

#[test]
fn every_reason_occurs() {
    let demo = Demo::seeded(2026);
    let mut seen: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (name, policy) in [("brasil-saas", BRASIL), ("spec-example", SPEC)] {
        let (_, summary) = run(policy, &demo, usize::MAX);
        println!("{name}: {} decisions, {} messages, {:?}", summary.decisions, summary.messages, summary.contacts);
        println!("  done {} · skipped {:?}\n  deferred {:?}", summary.total.done, summary.total.skipped, summary.total.deferred);
        for (kind, counts) in [("skipped", &summary.total.skipped), ("deferred", &summary.total.deferred)] {
            for (reason, count) in counts {
                *seen.entry((kind, reason)).or_default() += count;
            }
        }
    }
    assert_eq!(seen.len(), 15 + 9);
    for (reason, count) in seen {
        assert!(count > 0, "{reason:?} never occurs");
    }
}

#[test]
fn threads_and_memory_do_not_change_a_byte() {
    let demo = Demo::seeded(2026);
    let on = |threads: usize, budget_bytes| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run(BRASIL, &demo, budget_bytes))
    };
    let expected = on(1, usize::MAX);
    assert_eq!(expected.0.iter().filter(|byte| **byte == b'\n').count(), usize::try_from(expected.1.decisions).expect("small") + 1);
    for (threads, budget_bytes) in [(2, usize::MAX), (2, 100_000), (3, 0)] {
        let (csv, summary) = on(threads, budget_bytes);
        assert!(csv == expected.0, "{threads} threads, {budget_bytes} bytes");
        assert_eq!(summary, expected.1);
    }
}

#[test]
fn the_story_adds_up_and_plans_next_week() {
    let demo = Demo::seeded(2026);
    let policies = policies(BRASIL);
    let portfolio = demo.portfolio().expect("the demo reads");
    let now = Demo::now(policies.newest());
    let story = Story::tell(&policies, &portfolio, &demo.facts, now, 7, &Spill::to(std::env::temp_dir())).expect("walks");
    let (report, totals) = (&story.report, &story.report.totals);
    println!("{totals:#?}\n{} planned", story.plan.len());
    assert_eq!(totals.receivables, u64::try_from(portfolio.receivables.len()).expect("small"));
    let sum = |lines: &mut dyn Iterator<Item = &Sums>| {
        let mut sum = Sums::default();
        lines.for_each(|line| sum.absorb(line));
        sum
    };
    assert_eq!(sum(&mut report.aging.iter().map(|line| &line.due)), totals.open);
    assert_eq!(sum(&mut report.aging.iter().skip(1).map(|line| &line.due)), totals.overdue);
    assert_eq!(sum(&mut report.months.iter().map(|month| &month.billed)), totals.billed);
    assert_eq!(sum(&mut report.months.iter().map(|month| &month.received)), totals.received);
    assert_eq!(report.contacts_per_day.values().sum::<u64>(), story.summary.messages);
    assert_eq!(report.steps.iter().map(|line| line.done).sum::<u64>(), story.summary.total.done);
    // Believable: most pay, two thirds or more in time; something is late, and it is a small part.
    assert!(totals.on_time() > Some(6_000) && totals.on_time() < Some(9_500), "{:?}", totals.on_time());
    let (open, billed) = (totals.overdue.of(Currency::BRL).minor(), totals.billed.of(Currency::BRL).minor());
    assert!(open * 200 > billed && open * 10 < billed, "{open} of {billed} is late");
    assert!(report.cohorts.iter().all(|cohort| cohort.collected.is_sorted_by(|a, b| b.is_none() || a <= b)), "a curve falls");
    assert!((20..400).contains(&story.plan.len()), "{}", story.plan.len());
    assert!(story.plan.iter().all(|item| item.at >= now && !item.steps.is_empty()));
    assert!(story.plan.is_sorted_by_key(|item| item.at));
}

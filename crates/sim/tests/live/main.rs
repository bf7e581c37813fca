//! A living engine on real databases takes the decisions that the backtest takes (SPEC §17), whenever it wakes.
//!
//! By default every n-th customer lives, so that the gate stays quick; with `REGUA_FULL=1` all do.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![expect(clippy::print_stdout, reason = "the counts are part of the result")]

mod backlog;
mod compare;
mod data;
mod pains;
mod town;
mod world;

use regua_sim::backtest::{Backtest, Span, Spill};
use regua_sim::demo::Demo;
use regua_sim::facts_file::FactEvent;
use regua_sim::live::{self, Post};
use regua_wire::files::Portfolio;
use std::time::Instant as Stopwatch;

use regua_engine::outbox::Dispatched;
use world::{Captured, Living, policies};

const BRASIL: &str = include_str!("../../../../policies/brasil-saas.yaml");
const SPEC: &str = include_str!("../../../../policies/spec-example.yaml");

/// Lives a portfolio on a kind of database, and compares. Unless in full, only `some` customers live.
fn same(kind: &str, policy: &str, portfolio: &Portfolio, facts: &[FactEvent], span: &Span, some: &[u32]) {
    let policies = policies(policy);
    let backtest = Backtest::new(&policies, portfolio, facts, span).unwrap();
    let all: Vec<u32> = (0..).take(portfolio.customers.len()).collect();
    let customers = if world::in_full() { all.as_slice() } else { some };
    let mut walked = backtest.run_of(customers, Spill::to(std::env::temp_dir()), || (), |_| ()).unwrap();
    let expected = compare::walked(&backtest, &mut walked);
    let living = Living::on(kind, policy, backtest.start());
    let watch = world::stopwatch();
    let (mut captured, stationery) = (Captured::default(), world::stationery());
    let post = Post { courier: &mut captured, stationery: &stationery };
    let lived = live::live(&living.engine, living.tenant, &backtest, customers, Some(post)).unwrap();
    println!(
        "{kind}: {} customers, {} rows in {:.1?}; {} moments, {} customers looked at, {} messages, {} told",
        customers.len(),
        expected.len(),
        Stopwatch::duration_since(&world::stopwatch(), watch),
        lived.moments,
        lived.ticked.customers,
        lived.ticked.messages,
        lived.told,
    );
    // Every message went out when it was decided, once, and nothing else did.
    let messages = lived.ticked.messages;
    assert_eq!(lived.dispatched, Dispatched { taken: messages, sent: messages, ..Dispatched::default() }, "{kind}");
    captured.assert_once(usize::try_from(messages).unwrap());
    compare::assert_nobody_parked(&living.engine, living.tenant);
    assert_eq!(lived.rejects.len(), walked.rejects.len(), "{kind}: {:?}", lived.rejects);
    compare::assert_same(kind, &compare::lived(&living.engine, living.tenant), &expected);
    living.assert_comes_to_the_same(kind);
}

/// Every third of those of the demo who play a scene, from one on: together what files cannot express, and every zone.
fn cast(demo: &Demo, portfolio: &Portfolio, from: usize) -> Vec<u32> {
    let third: Vec<&str> = demo.cast.iter().skip(from).step_by(3).map(|one| one.customer.as_str()).collect();
    (0..).zip(&portfolio.customers).filter(|(_, row)| third.contains(&&*row.id)).map(|(number, _)| number).collect()
}

/// Five customers of one zone and one of another: most moments are midnights of zones.
const SOME: [u32; 6] = [0, 1, 216, 432, 648, 864];

/// One pass a day at 12:00, for as long as anything can happen.
fn at_noon(policy: &str, backtest_start: regua_core::time::Instant) -> Span {
    let policies = policies(policy);
    let zone = policies.newest().zone;
    live::daily(zone, regua_core::time::LocalTime::hour(12), zone.day_of(backtest_start).plus(-1), 6 * 366)
}

fn start(policy: &str, portfolio: &Portfolio) -> regua_core::time::Instant {
    Backtest::new(&policies(policy), portfolio, &[], &Span::default()).unwrap().start()
}

fn demo(kind: &str) {
    let demo = Demo::seeded(2026);
    let portfolio = demo.portfolio().unwrap();
    same(kind, BRASIL, &portfolio, &demo.facts, &Span::default(), &cast(&demo, &portfolio, 0));
}

fn demo_under_another_policy(kind: &str) {
    let demo = Demo::seeded(7);
    let portfolio = demo.portfolio().unwrap();
    same(kind, SPEC, &portfolio, &demo.facts, &Span::default(), &cast(&demo, &portfolio, 2));
}

fn demo_at_noon(kind: &str) {
    let demo = Demo::seeded(2026);
    let portfolio = demo.portfolio().unwrap();
    let span = at_noon(BRASIL, start(BRASIL, &portfolio));
    same(kind, BRASIL, &portfolio, &demo.facts, &span, &cast(&demo, &portfolio, 1));
}

#[test]
fn the_demo_lives_on_sqlite_as_it_is_walked() {
    demo("SQLite");
}

#[test]
fn the_demo_lives_on_postgresql_as_it_is_walked() {
    demo("PostgreSQL");
}

#[test]
fn the_demo_lives_on_sqlite_as_it_is_walked_under_another_policy() {
    demo_under_another_policy("SQLite");
}

#[test]
fn the_demo_lives_on_postgresql_as_it_is_walked_under_another_policy() {
    demo_under_another_policy("PostgreSQL");
}

#[test]
fn the_demo_with_one_pass_a_day_lives_on_sqlite_as_the_backtest_that_sleeps_in_between() {
    demo_at_noon("SQLite");
}

#[test]
fn the_demo_with_one_pass_a_day_lives_on_postgresql_as_the_backtest_that_sleeps_in_between() {
    demo_at_noon("PostgreSQL");
}

mod real {
    use super::*;

    fn datarisk(kind: &str) {
        let Some(portfolio) = data::datarisk("datarisk, from wake to wake,") else { return };
        same(kind, BRASIL, &portfolio, &[], &Span::default(), &SOME);
    }

    fn datarisk_at_noon(kind: &str) {
        let Some(portfolio) = data::datarisk("datarisk with one pass a day") else { return };
        let span = at_noon(BRASIL, start(BRASIL, &portfolio));
        same(kind, BRASIL, &portfolio, &[], &span, &SOME);
    }

    #[test]
    fn datarisk_lives_on_sqlite_as_it_is_walked() {
        datarisk("SQLite");
    }

    #[test]
    fn datarisk_lives_on_postgresql_as_it_is_walked() {
        datarisk("PostgreSQL");
    }

    #[test]
    fn datarisk_with_one_pass_a_day_lives_on_sqlite_as_the_backtest_that_sleeps_in_between() {
        datarisk_at_noon("SQLite");
    }

    #[test]
    fn datarisk_with_one_pass_a_day_lives_on_postgresql_as_the_backtest_that_sleeps_in_between() {
        datarisk_at_noon("PostgreSQL");
    }
}

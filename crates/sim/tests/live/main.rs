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

/// Lives a portfolio on each kind of database, and compares. Unless in full, only `some` customers live.
fn same(name: &str, policy: &str, portfolio: &Portfolio, facts: &[FactEvent], span: &Span, some: &[u32]) {
    let policies = policies(policy);
    let backtest = Backtest::new(&policies, portfolio, facts, span).unwrap();
    let all: Vec<u32> = (0..).take(portfolio.customers.len()).collect();
    let customers = if world::in_full() { all.as_slice() } else { some };
    let mut walked = backtest.run_of(customers, Spill::to(std::env::temp_dir()), || (), |_| ()).unwrap();
    let expected = compare::walked(&backtest, &mut walked);
    for kind in world::databases() {
        let living = Living::on(kind, policy, backtest.start());
        let watch = world::stopwatch();
        let (mut captured, stationery) = (Captured::default(), world::stationery());
        let post = Post { courier: &mut captured, stationery: &stationery };
        let lived = live::live(&living.engine, living.tenant, &backtest, customers, Some(post)).unwrap();
        println!(
            "{name}, {kind}: {} customers, {} rows in {:.1?}; {} moments, {} customers looked at, {} messages, {} told",
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
        assert_eq!(lived.dispatched, Dispatched { taken: messages, sent: messages, ..Dispatched::default() }, "{name}, {kind}");
        captured.assert_once(usize::try_from(messages).unwrap());
        compare::assert_nobody_parked(&living.engine, living.tenant);
        assert_eq!(lived.rejects.len(), walked.rejects.len(), "{name}, {kind}: {:?}", lived.rejects);
        compare::assert_same(&format!("{name}, {kind}"), &compare::lived(&living.engine, living.tenant), &expected);
    }
}

/// Every third of those of the demo who play a scene, from one on: together what files cannot express, and every zone.
fn cast(demo: &Demo, portfolio: &Portfolio, from: usize) -> Vec<u32> {
    let third: Vec<&str> = demo.cast.iter().skip(from).step_by(3).map(|one| one.customer.as_str()).collect();
    (0..).zip(&portfolio.customers).filter(|(_, row)| third.contains(&&*row.id)).map(|(number, _)| number).collect()
}

/// Every n-th customer.
fn every(nth: usize, portfolio: &Portfolio) -> Vec<u32> {
    (0..).take(portfolio.customers.len()).step_by(nth).collect()
}

/// One pass a day at 12:00, for as long as anything can happen.
fn at_noon(policy: &str, backtest_start: regua_core::time::Instant) -> Span {
    let policies = policies(policy);
    let zone = policies.newest().zone;
    live::daily(zone, regua_core::time::LocalTime::hour(12), zone.day_of(backtest_start).plus(-1), 6 * 366)
}

fn start(policy: &str, portfolio: &Portfolio) -> regua_core::time::Instant {
    Backtest::new(&policies(policy), portfolio, &[], &Span::default()).unwrap().start()
}

#[test]
fn the_demo_lives_as_it_is_walked() {
    let demo = Demo::seeded(2026);
    let portfolio = demo.portfolio().unwrap();
    same("demo", BRASIL, &portfolio, &demo.facts, &Span::default(), &cast(&demo, &portfolio, 0));
}

#[test]
fn the_demo_lives_as_it_is_walked_under_another_policy() {
    let demo = Demo::seeded(7);
    let portfolio = demo.portfolio().unwrap();
    same("demo, specification's policy", SPEC, &portfolio, &demo.facts, &Span::default(), &cast(&demo, &portfolio, 1));
}

#[test]
fn the_demo_with_one_pass_a_day_lives_as_the_backtest_that_sleeps_in_between() {
    let demo = Demo::seeded(2026);
    let portfolio = demo.portfolio().unwrap();
    let span = at_noon(BRASIL, start(BRASIL, &portfolio));
    same("demo at noon", BRASIL, &portfolio, &demo.facts, &span, &cast(&demo, &portfolio, 2));
}

mod real {
    use super::*;

    #[test]
    fn datarisk_lives_as_it_is_walked() {
        let Some(portfolio) = data::datarisk("datarisk_lives_as_it_is_walked") else { return };
        same("datarisk", BRASIL, &portfolio, &[], &Span::default(), &every(101, &portfolio));
    }

    #[test]
    fn datarisk_with_one_pass_a_day_lives_as_the_backtest_that_sleeps_in_between() {
        let Some(portfolio) = data::datarisk("datarisk_with_one_pass_a_day_lives_as_the_backtest_that_sleeps_in_between") else { return };
        let span = at_noon(BRASIL, start(BRASIL, &portfolio));
        same("datarisk at noon", BRASIL, &portfolio, &[], &span, &every(101, &portfolio));
    }
}

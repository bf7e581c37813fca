//! A world for measuring, walked with and without keeping what was decided.

use std::sync::Arc;

use regua_core::facts::Policies;
use regua_core::policy::{Names, compile};
use regua_sim::backtest::{Backtest, Span, Spill};
use regua_sim::world::{World, decide_all};
use regua_wire::files::{Options, Portfolio, RejectList, read_receivables};

const BRASIL: &str = include_str!("../../../../policies/brasil-saas.yaml");

#[test]
fn counting_and_keeping_agree() {
    let world = World { seed: 1, customers: 400, receivables_each: 4 };
    let mut file = Vec::new();
    world.write(&mut file).expect("memory");
    let mut rejects = RejectList::new(1);
    let read = read_receivables(file.as_slice(), "world.csv", &Options::default(), Portfolio::default(), &mut rejects).expect("reads");
    let policy = compile(BRASIL, &Names::any()).expect("a shipped policy");
    let policies = Policies::new(vec![Arc::new(policy)]).expect("one policy");
    let span = Span { until: Some(World::until()), down: Vec::new() };
    let backtest = Backtest::new(&policies, &read.portfolio, &[], &span).expect("small enough");
    let decided = decide_all(&backtest).expect("walks");
    let walked = backtest.run(Spill::to(std::env::temp_dir()), || (), |_| ()).expect("walks");
    assert_eq!((decided.decisions, decided.messages), (walked.summary.decisions, walked.summary.messages));
    let each = decided.decisions / u64::from(world.customers * world.receivables_each);
    assert!((3..15).contains(&each), "{each} decisions a receivable");
}

//! Retries on the simulator of failed payments: the reference outcomes, the controls in which nothing can be won, and the
//! budgets. Seeds are fixed, so each figure is the same on each run.
//!
//! With `REGUA_FULL=1` as many payments as the facts had. Deliberately absent: how good the choice is, which `make bench` says.

use std::io::Read as _;
use std::path::PathBuf;

use regua_core::charging::timing::Timing;
use regua_core::policy::program::Retry;
use regua_core::policy::{Names, compile};
use regua_model::calibration::calibrate;
use regua_model::interval::{paired, wilson};
use regua_model::uplift::{Logged, inverse_propensity};
use regua_sim::failures::cause::Parameters;
use regua_sim::failures::control;
use regua_sim::failures::plans::{Plan, referenced, rivals};
use regua_sim::failures::school::teach;
use regua_sim::failures::tally::{Pairs, Tally};
use regua_sim::failures::walk::{Chooser, Law, Outcome, World, run};

fn full() -> bool {
    std::env::var_os("REGUA_FULL").is_some_and(|full| full == "1")
}

fn world(parameters: Parameters, payments: u64) -> World {
    World { parameters, seed: 1, payments }
}

fn shipped() -> Chooser<'static> {
    Chooser { timing: Timing::shipped(), floor_bp: 0 }
}

/// Every smart try keeps to budget, window and number; fixed ones to the budgets.
fn lawful(name: &str, plan: &Plan, outcomes: &[Outcome]) {
    let tally = Tally::of(outcomes);
    assert_eq!((tally.excess, tally.unlawful), (0, 0), "{name}: a budget was exceeded, or a choice was refused by the rulebook");
    for outcome in outcomes {
        assert!(outcome.tries <= plan.tries, "{name}: {} tries of {}", outcome.tries, plan.tries);
        // A day more for schedules by local hour, which end on the last civil day.
        let end = (i64::from(plan.window_days) + 1) * 86_400;
        assert!(outcome.paid_after.is_none_or(|after| after > 0 && after <= end), "{name}: paid after {:?}", outcome.paid_after);
    }
}

#[test]
fn without_rules_the_reference_outcomes_of_the_facts_come_out() {
    let (payments, tolerance) = if full() { (60_000, 150) } else { (12_000, 250) };
    for (plan, expected) in referenced() {
        let (outcomes, _) = run(&world(Parameters::REFERENCE, payments), &plan, Law::None, shipped());
        let tally = Tally::of(&outcomes);
        let got = i64::try_from(tally.share_bp()).unwrap();
        assert!((got - i64::from(expected)).abs() <= tolerance, "{}: {got} basis points instead of {expected}", plan.name);
    }
}

#[test]
fn mean_days_and_the_share_within_ten_are_those_of_the_facts_too() {
    let payments = if full() { 60_000 } else { 12_000 };
    // Hundredths of days, percent within ten days.
    for (plan, days, within) in [(Plan::days(&[3, 8, 14, 21]), 800, 75), (Plan::even(8, 14), 500, 88), (Plan::even(15, 30), 680, 83)] {
        let tally = Tally::of(&run(&world(Parameters::REFERENCE, payments), &plan, Law::None, shipped()).0);
        assert!((tally.days_hundredths() - days).abs() <= 40, "{}: {}", plan.name, tally.days_hundredths());
        let got = tally.within_10_days * 100 / tally.recovered;
        assert!(got.abs_diff(within) <= 3, "{}: {got} %", plan.name);
    }
}

#[test]
fn no_plan_exceeds_a_budget_and_smart_is_not_worse_than_the_best_fixed_one() {
    let payments = if full() { 60_000 } else { 3_000 };
    for (tries, window) in [(4, 21), (8, 14), (15, 30)] {
        let world = world(Parameters::USUAL_DAYS, payments);
        let mut best: Option<(Plan, Vec<Outcome>)> = None;
        for plan in rivals(tries, window) {
            let (outcomes, _) = run(&world, &plan, Law::Rulebook, shipped());
            lawful(&plan.name, &plan, &outcomes);
            if best.as_ref().is_none_or(|(_, best)| Tally::of(best).recovered < Tally::of(&outcomes).recovered) {
                best = Some((plan, outcomes));
            }
        }
        let (rival, baseline) = best.unwrap();
        for floor_bp in [0, 1000] {
            let plan = Plan::smart("smart", tries, window);
            let (outcomes, log) = run(&world, &plan, Law::Rulebook, Chooser { floor_bp, ..shipped() });
            lawful("smart", &plan, &outcomes);
            assert_eq!(u64::try_from(log.len()).unwrap(), Tally::of(&outcomes).tries, "each try is logged with its propensity");
            assert!(log.iter().all(|logged| (1..=10_000).contains(&logged.propensity_bp)));
            let mut pairs = Pairs::default();
            pairs.add(&outcomes, &baseline);
            let apart = paired(pairs.only_one, pairs.only_other, pairs.of);
            // What is drawn instead of chosen may cost a little; two points are far beyond chance here.
            assert!(apart.mid > -0.02, "{tries} in {window} d: {} points against {}", apart.percent(), rival.name);
        }
    }
}

#[test]
fn where_the_moment_does_not_matter_nothing_is_won() {
    let world = world(Parameters::MEMORYLESS, if full() { 60_000 } else { 4_000 });
    let (smart, _) = run(&world, &Plan::smart("smart", 8, 14), Law::Rulebook, shipped());
    for plan in rivals(8, 14) {
        let (fixed, _) = run(&world, &plan, Law::Rulebook, shipped());
        let mut pairs = Pairs::default();
        pairs.add(&smart, &fixed);
        let apart = paired(pairs.only_one, pairs.only_other, pairs.of);
        // A schedule may lose a try to a wait that the choice avoids: that is its number of tries, not the moment.
        assert!(apart.mid.abs() < 0.035, "{} points against {}, tries {}", apart.percent(), plan.name, pairs.tries);
    }
}

#[test]
fn what_was_learnt_in_one_world_describes_a_fresh_one_better_than_what_shipped() {
    let plan = Plan::smart("smart", 8, 14);
    let school = World { parameters: Parameters::USUAL_DAYS, seed: 0x5c00_1000, payments: if full() { 8_000 } else { 1_500 } };
    let taught = teach(&school, &plan, 3, 1000).unwrap();
    assert_eq!(taught.months.len(), 3);
    assert_ne!(taught.timing.version(), Timing::shipped().version());
    let fresh = world(Parameters::USUAL_DAYS, 3_000);
    let (_, log) = run(&fresh, &plan, Law::Rulebook, Chooser { floor_bp: 10_000, ..shipped() });
    let judged = |timing: &Timing| {
        let pairs: Vec<(u16, bool)> = log.iter().map(|logged| (timing.probability_bp(logged.features), logged.success)).collect();
        calibrate(&pairs)
    };
    let (before, after) = (judged(Timing::shipped()), judged(&taught.timing));
    assert!(after.log_loss < before.log_loss, "{} then {}", before.log_loss, after.log_loss);
    assert!(after.brier < after.brier_of_base_rate, "it says more than the base rate: {} and {}", after.brier, after.brier_of_base_rate);
}

#[test]
fn logged_propensities_tell_what_choosing_without_drawing_would_bring() {
    let plan = Plan::smart("smart", 8, 14);
    let first = |floor_bp: u16, seed: u64| {
        let world = World { parameters: Parameters::USUAL_DAYS, seed, payments: if full() { 30_000 } else { 6_000 } };
        let (_, log) = run(&world, &plan, Law::Rulebook, Chooser { floor_bp, ..shipped() });
        log.into_iter().filter(|logged| logged.features.attempts == 1).collect::<Vec<_>>()
    };
    // Half are drawn, in another world; the best moment has more than half of the probability, all others less.
    let log: Vec<Logged> = first(5_000, 3)
        .iter()
        .map(|logged| {
            let other_bp = if logged.propensity_bp >= 5_000 { 10_000 } else { 0 };
            Logged { success: logged.success, propensity_bp: logged.propensity_bp, other_bp }
        })
        .collect();
    let valued = inverse_propensity(&log).unwrap();
    let chosen = first(0, 4);
    let hits = chosen.iter().filter(|logged| logged.success).count();
    let direct = wilson(u64::try_from(hits).unwrap(), u64::try_from(chosen.len()).unwrap());
    assert!(valued.share.low <= direct.high && direct.low <= valued.share.high, "{} estimated, {direct} seen", valued.share);
    assert!(valued.effective > 1_000.0, "{}", valued.effective);
}

#[test]
fn the_same_seed_gives_the_same_outcomes_whatever_the_threads() {
    let world = world(Parameters::USUAL_DAYS, 300);
    let plan = Plan::smart("smart", 8, 14);
    let chooser = Chooser { floor_bp: 3000, ..shipped() };
    assert_eq!(run(&world, &plan, Law::Rulebook, chooser), run(&world, &plan, Law::Rulebook, chooser));
    let other = World { seed: 2, ..world };
    assert_ne!(run(&world, &plan, Law::Rulebook, chooser).0, run(&other, &plan, Law::Rulebook, chooser).0);
}

#[test]
fn retries_of_the_shipped_baselines_are_read_from_their_files() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../policies/baselines");
    let mut found: Vec<(String, u16, u16)> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let policy = compile(&std::fs::read_to_string(&path).unwrap(), &Names::any()).unwrap_or_else(|findings| panic!("{findings:#?}"));
        if let Some(retry) = &policy.retry {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let plan = Plan::of(&name, retry);
            assert_eq!(plan.tries, retry.max(), "{name}");
            assert!(plan.moments.is_some(), "{name}: a baseline has moments of its own");
            if let Retry::Smart { window_days, .. } = retry {
                assert_eq!(i32::from(plan.window_days), *window_days, "{name}");
            }
            found.push((name, plan.tries, plan.window_days));
        }
    }
    found.sort();
    let expected = [("gocardless", 3, 28), ("recurly-commerce", 5, 10), ("recurly-monthly", 20, 28), ("stripe", 8, 14)];
    assert_eq!(found, expected.map(|(name, tries, days)| (name.to_owned(), tries, days)));
}

#[test]
fn in_attempts_without_a_timing_effect_none_is_found_and_the_provider_is() {
    let Some(data) = std::env::var_os("REGUA_DATA").map(PathBuf::from) else {
        println!("skipped: REGUA_DATA is not set, the negative control on card attempts did not run");
        return;
    };
    let path = data.join("psp_card_attempts/attempts_2019-01.csv.gz");
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let effects = control::effects(&text).unwrap();
    assert!(effects.attempts > 26_000 && effects.retries > 11_000, "{effects:?}");
    assert!(effects.delay.holds(0.0), "a best delay was found in noise: {effects:?}");
    assert!(effects.night.holds(0.0), "a best hour was found in noise: {effects:?}");
    assert!(effects.provider.low > 0.3, "the provider's effect was missed: {effects:?}");
}

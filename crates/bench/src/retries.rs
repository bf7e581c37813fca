//! Smart retries beside fixed ones on simulated failed payments, and two controls in which nothing can be won.
//!
//! Every plan gets the same payments under the same rulebook, so differences are paired. Weights are learnt in worlds of other
//! seeds than those that judge. Deliberately absent: any claim about a real portfolio; `docs/retries-evidence.md` says why.

use std::hint::black_box;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Instant as Clock;

use anyhow::{Context as _, Result};
use regua_core::charging::timing::Timing;
use regua_core::policy::{Names, compile};
use regua_model::calibration::calibrate;
use regua_model::interval::{bootstrap, paired, wilson};
use regua_sim::failures::cause::Parameters;
use regua_sim::failures::plans::{Plan, referenced, rivals};
use regua_sim::failures::school::teach;
use regua_sim::failures::tally::{Pairs, Tally};
use regua_sim::failures::walk::{Chooser, Law, Outcome, World, choices, run};
use regua_sim::failures::{Payment, control};

use crate::{rate, row};

/// Months that weights are learnt in.
const MONTHS: u64 = 6;
/// The share of drawn moments meanwhile, in basis points.
const SCHOOL_FLOOR_BP: u16 = 1_000;
/// The share of drawn moments while it is judged, in basis points: what a running installation would have.
const FLOOR_BP: u16 = 200;
/// Its seed, far from those that judge: 1, 2, 3, …
const SCHOOL_SEED: u64 = 0x5c00_1000;
/// Seed of the bootstrap.
const RESAMPLED: u64 = 17;

/// The shipped baselines that try again.
const BASELINES: [(&str, &str); 4] = [
    ("Stripe", include_str!("../../../policies/baselines/stripe.yaml")),
    ("GoCardless", include_str!("../../../policies/baselines/gocardless.yaml")),
    ("Recurly Commerce", include_str!("../../../policies/baselines/recurly-commerce.yaml")),
    ("Recurly, monthly", include_str!("../../../policies/baselines/recurly-monthly.yaml")),
];

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Failed payments for each plan, over all seeds.
    pub(crate) failed: u64,
    /// Seeds.
    pub(crate) seeds: u64,
    /// Failed payments of each month in which weights are learnt.
    pub(crate) learnt: u64,
}

/// Measures everything about retries.
pub(crate) fn measure(size: Size) -> Result<()> {
    let size = Size { seeds: size.seeds.max(1), ..size };
    reference(size);
    for (name, parameters, budgets) in [
        ("paydays mostly on usual days", Parameters::USUAL_DAYS, &[(3, 28), (4, 21), (5, 10), (8, 14), (12, 28), (15, 30), (20, 28)][..]),
        ("paydays on any day", Parameters::REFERENCE, &[(4, 21), (8, 14)][..]),
        ("most paid once a month", Parameters::MONTHLY, &[(4, 21), (8, 14), (8, 28)][..]),
        ("control: the moment does not matter", Parameters::MEMORYLESS, &[(4, 21), (8, 14)][..]),
    ] {
        world(size, name, parameters, budgets)?;
    }
    attempts()?;
    speed();
    Ok(())
}

fn worlds(size: Size, parameters: Parameters) -> impl Iterator<Item = World> {
    (1..=size.seeds).map(move |seed| World { parameters, seed, payments: (size.failed / size.seeds).max(1) })
}

fn head(title: &str) {
    println!();
    println!("{title:<60} {:>20} {:>6} {:>6} {:>7} {:>8}", "recovered, %", "days", "tries", "excess", "net, ¢");
}

fn line(name: &str, tally: &Tally) {
    let share = wilson(tally.recovered, tally.payments).percent().to_string();
    let (days, tries) = (tally.days_hundredths(), tally.tries_hundredths());
    let hundredths = |whole: String, rest: String| format!("{whole}.{rest}");
    println!(
        "{name:<60} {share:>20} {:>6} {:>6} {:>7} {:>8}",
        hundredths((days / 100).to_string(), format!("{:02}", days % 100)),
        hundredths((tries / 100).to_string(), format!("{:02}", tries % 100)),
        tally.excess,
        tally.net_each(),
    );
}

/// The schedules whose outcomes the facts give, without any rule, as there.
fn reference(size: Size) {
    head(&format!("retries: without rules, {} failed payments a plan", size.failed));
    for (plan, expected) in referenced() {
        let tally = all(size, Parameters::REFERENCE, &plan, Law::None, shipped()).into_iter().flatten().collect::<Vec<_>>();
        line(&format!("{} (facts: {}.{} %)", plan.name, expected / 100, expected % 100 / 10), &Tally::of(&tally));
    }
}

const fn chooser(timing: &Timing) -> Chooser<'_> {
    Chooser { timing, floor_bp: FLOOR_BP }
}

fn shipped() -> Chooser<'static> {
    chooser(Timing::shipped())
}

/// Outcomes by seed.
fn all(size: Size, parameters: Parameters, plan: &Plan, law: Law, chooser: Chooser<'_>) -> Vec<Vec<Outcome>> {
    worlds(size, parameters).map(|world| run(&world, plan, law, chooser).0).collect()
}

fn sum(outcomes: &[Vec<Outcome>]) -> Tally {
    outcomes.iter().map(|outcomes| Tally::of(outcomes)).fold(Tally::default(), Tally::and)
}

/// The plans of one budget beside each other: fixed ones, the choice as shipped, the choice after learning.
fn world(size: Size, name: &str, parameters: Parameters, budgets: &[(u16, u16)]) -> Result<()> {
    head(&format!("retries by the rulebook: {name}"));
    for &(tries, window) in budgets {
        let mut best: Option<(String, Vec<Vec<Outcome>>)> = None;
        for plan in named(tries, window)? {
            let outcomes = all(size, parameters, &plan, Law::Rulebook, shipped());
            line(&plan.name, &sum(&outcomes));
            if best.as_ref().is_none_or(|(_, best)| sum(best).recovered < sum(&outcomes).recovered) {
                best = Some((plan.name.clone(), outcomes));
            }
        }
        let (rival, baseline) = best.context("no fixed plan to compare with")?;
        let plan = Plan::smart("smart", tries, window);
        let school = World { parameters, seed: SCHOOL_SEED, payments: size.learnt };
        let taught = teach(&school, &plan, MONTHS, SCHOOL_FLOOR_BP).context("learn weights")?;
        for (how, timing) in [("as shipped", Timing::shipped()), ("after learning", &taught.timing)] {
            let outcomes = all(size, parameters, &plan, Law::Rulebook, chooser(timing));
            let tally = sum(&outcomes);
            anyhow::ensure!(tally.unlawful == 0 && tally.excess == 0, "{} choices were not lawful", tally.unlawful + tally.excess);
            line(&format!("{tries} smart in {window} d, {how}"), &tally);
            against(&rival, &outcomes, &baseline);
        }
    }
    let plan = Plan::smart("smart", 8, 14);
    reliability(size, parameters, &plan)
}

/// Fixed plans of one budget, the shipped baselines among them.
fn named(tries: u16, window: u16) -> Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for (name, text) in BASELINES {
        let policy = compile(text, &Names::any()).map_err(|findings| anyhow::anyhow!("baseline {name}: {} mistakes", findings.len()))?;
        let plan = policy.retry.as_ref().map(|retry| Plan::of(&format!("baseline {name}: {tries} in {window} d"), retry));
        plans.extend(plan.filter(|plan| (plan.tries, plan.window_days) == (tries, window)));
    }
    let known: Vec<_> = plans.iter().map(|plan| plan.moments.clone()).collect();
    plans.extend(rivals(tries, window).into_iter().filter(|plan| !known.contains(&plan.moments)));
    Ok(plans)
}

fn against(rival: &str, one: &[Vec<Outcome>], other: &[Vec<Outcome>]) {
    let mut pairs = Pairs::default();
    for (one, other) in one.iter().zip(other) {
        pairs.add(one, other);
    }
    let points = paired(pairs.only_one, pairs.only_other, pairs.of).percent().to_string();
    let net = bootstrap(&pairs.net, RESAMPLED);
    println!("{:<60} {points:>20}   net {:+.0} ¢ [{:+.0}, {:+.0}]", format!("  less {rival}, paired"), net.mid, net.low, net.high);
}

/// Whether the learnt estimates come true in worlds that they were not learnt in.
fn reliability(size: Size, parameters: Parameters, plan: &Plan) -> Result<()> {
    let school = World { parameters, seed: SCHOOL_SEED, payments: size.learnt };
    let taught = teach(&school, plan, MONTHS, SCHOOL_FLOOR_BP).context("learn weights")?;
    for (how, timing) in [("as shipped", Timing::shipped()), ("after learning", &taught.timing)] {
        let mut log = Vec::new();
        for world in worlds(size, parameters) {
            log.extend(run(&world, plan, Law::Rulebook, chooser(timing)).1);
        }
        let pairs: Vec<(u16, bool)> = log.iter().map(|logged| (timing.probability_bp(logged.features), logged.success)).collect();
        let found = calibrate(&pairs);
        println!(
            "  estimates {how}: Brier {:.4} (base rate {:.4}), log loss {:.4}, error {:.4}, {} tries",
            found.brier, found.brier_of_base_rate, found.log_loss, found.error, found.count
        );
    }
    Ok(())
}

/// The card attempts, in which there is nothing to find but the provider.
fn attempts() -> Result<()> {
    println!();
    let Some(data) = std::env::var_os("REGUA_DATA").map(PathBuf::from) else {
        println!("control on card attempts: skipped, REGUA_DATA is not set");
        return Ok(());
    };
    let path = data.join("psp_card_attempts/attempts_2019-01.csv.gz");
    let file = std::fs::File::open(&path).with_context(|| format!("open {}", path.display()))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).context("unpack the card attempts")?;
    let found = control::effects(&text)?;
    println!("control on {} card attempts, {} retries: log-odds of success", found.attempts, found.retries);
    for (what, effect, there) in [
        ("retry after 45 to 60 s against within 15 s", found.delay, false),
        ("retry from 01:00 to 04:59 against the day", found.night, false),
        ("provider Goldcard against Simplecard", found.provider, true),
    ] {
        let verdict = match (effect.holds(0.0), there) {
            (true, false) => "none found, as it should be",
            (false, true) => "found, as it should be",
            (true, true) => "MISSED",
            (false, false) => "FOUND IN NOISE",
        };
        println!("{:<60} {:>24}   {verdict}", format!("  {what}"), effect.to_string());
    }
    Ok(())
}

/// Choices a second, beside the bare reading of as many moments as a choice looks at.
fn speed() {
    const CHOICES: u64 = 5_000;
    println!();
    let payments: Vec<Payment> = (0..CHOICES).map(|number| Payment::draw(&Parameters::USUAL_DAYS, 1, number)).collect();
    let plan = Plan::smart("smart", 8, 14);
    let begun = Clock::now();
    let found = payments.iter().filter(|payment| black_box(choices::first(payment, &plan, shipped())).is_some()).count();
    let own = begun.elapsed();
    let begun = Clock::now();
    let scores: i64 = payments.iter().map(|payment| black_box(choices::bare(payment, &plan, Timing::shipped()))).sum();
    let floor = begun.elapsed();
    black_box((found, scores));
    let times = own.as_micros() * 100 / floor.as_micros().max(1);
    let what = "choices a second; floor: reading as many hours";
    row("retries", what, rate(CHOICES, own), &rate(CHOICES, floor), &format!("{}.{:02}", times / 100, times % 100));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many as `make bench` has with `REGUA_FULL=1`.
    #[test]
    fn every_table_is_printed_and_nothing_unlawful_is_chosen() {
        let full = std::env::var_os("REGUA_FULL").is_some_and(|full| full == "1");
        let size = if full { Size { failed: 60_000, seeds: 3, learnt: 5_000 } } else { Size { failed: 200, seeds: 2, learnt: 50 } };
        measure(size).expect("every section runs");
    }
}

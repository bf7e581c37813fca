//! What learning must and must not do.

use regua_core::charging::Reason;
use regua_core::charging::timing::Funding;
use regua_core::words::Rail;

use super::*;
use crate::number::{Bits, logistic};

fn features(bits: &mut Bits) -> Features {
    let mut small = |limit: usize| u8::try_from(bits.below(limit)).unwrap();
    let reason = [Reason::InsufficientFunds, Reason::Technical, Reason::Generic][usize::from(small(3))];
    let clock = [0, 2, 3, 4, 5, 6, 7][usize::from(small(7))];
    Features {
        reason,
        age: small(12),
        clock,
        weekday: small(7),
        month_day: small(8),
        payday: small(5),
        attempts: 1 + small(7),
        amount: small(6),
        rail: Rail::Card,
        funding: Funding::Unknown,
        gap: small(10),
        fresh: small(22),
    }
}

/// Outcomes of a world in which `truth` holds.
fn world(truth: &Timing, count: usize, seed: u64) -> Vec<Outcome> {
    let mut bits = Bits(seed);
    (0..count)
        .map(|_| {
            let features = features(&mut bits);
            let chance = logistic(f64::from(truth.log_odds(features)) / 1000.0);
            let success = float(u64::try_from(bits.below(1_000_000)).unwrap()) < chance * 1_000_000.0;
            Outcome { features, success, propensity_bp: 10_000 }
        })
        .collect()
}

/// The prior with some weights moved.
fn moved(by: &[(usize, i32)]) -> Timing {
    let mut weights = Timing::shipped().weights().to_vec();
    for &(place, change) in by {
        weights[place] += change;
    }
    Timing::from_weights(weights).unwrap()
}

/// The places of a moment's weights.
fn of(change: impl Fn(&mut Features)) -> [usize; Features::SLOTS] {
    let mut features = features(&mut Bits(1));
    features.reason = Reason::InsufficientFunds;
    change(&mut features);
    features.slots()
}

#[test]
fn no_outcome_leaves_the_prior_to_the_bit() {
    let learnt = learn(Timing::shipped(), &[], Weigh::Even).unwrap();
    assert_eq!((&learnt.timing, learnt.outcomes, learnt.change_max), (Timing::shipped(), 0, 0));
}

#[test]
fn few_outcomes_change_little_and_many_change_much() {
    let change = |count: usize| {
        let mut bits = Bits(5);
        let outcomes: Vec<_> =
            (0..count).map(|_| Outcome { features: features(&mut bits), success: true, propensity_bp: 10_000 }).collect();
        learn(Timing::shipped(), &outcomes, Weigh::Even).unwrap().change_max
    };
    let (few, many) = (change(10), change(5000));
    assert!(few < 500, "{few}");
    assert!(many > 2 * few, "{few} {many}");
}

#[test]
fn what_holds_in_a_simulated_world_is_found_again() {
    // Fridays are better and the second day after a payday worse than anybody expected.
    let friday = of(|features| features.weekday = 4);
    let payday = of(|features| features.payday = 2);
    let other = of(|features| {
        features.weekday = if features.weekday == 4 { 3 } else { features.weekday };
        features.payday = if features.payday == 2 { 1 } else { features.payday };
    });
    let only = |slots: [usize; Features::SLOTS]| slots.into_iter().filter(|place| !other.contains(place)).collect::<Vec<_>>();
    let (friday, payday) = (only(friday), only(payday));
    assert_eq!((friday.len(), payday.len()), (1, 1), "each stands in a block of its own");
    let truth = moved(&[(friday[0], 900), (payday[0], -700)]);
    let outcomes = world(&truth, 120_000, 11);
    let learnt = learn(Timing::shipped(), &outcomes, Weigh::Even).unwrap();
    // Single weights of overlapping blocks are not determined; what a moment is worth is.
    let mut bits = Bits(99);
    let wrong: Vec<i32> = (0..500)
        .map(|_| features(&mut bits))
        .filter(|features| features.reason == Reason::InsufficientFunds)
        .map(|features| (learnt.timing.log_odds(features) - truth.log_odds(features)).abs())
        .collect();
    let mean = wrong.iter().sum::<i32>() / i32::try_from(wrong.len()).unwrap();
    assert!(mean < 130, "{mean} thousandths of log-odds off in the mean");
    let gained = learnt.timing.weights()[friday[0]] - Timing::shipped().weights()[friday[0]];
    let lost = learnt.timing.weights()[payday[0]] - Timing::shipped().weights()[payday[0]];
    assert!((450..1100).contains(&gained) && (-900..-350).contains(&lost), "{gained} {lost}");
}

#[test]
fn a_world_as_shipped_moves_nothing_far() {
    let learnt = learn(Timing::shipped(), &world(Timing::shipped(), 40_000, 3), Weigh::Even).unwrap();
    assert!(learnt.change_max < 350, "{}", learnt.change_max);
}

#[test]
fn the_order_of_outcomes_does_not_matter_and_their_content_does() {
    let outcomes = world(&moved(&[(0, 500)]), 2000, 4);
    let mut turned = outcomes.clone();
    turned.reverse();
    let (one, other) = (learn(Timing::shipped(), &outcomes, Weigh::Even).unwrap(), learn(Timing::shipped(), &turned, Weigh::Even).unwrap());
    assert_eq!(one, other);
    turned.iter_mut().for_each(|outcome| outcome.success = !outcome.success);
    assert_ne!(one.timing.version(), learn(Timing::shipped(), &turned, Weigh::Even).unwrap().timing.version());
}

#[test]
fn weighing_by_propensity_hears_the_rare_and_keeps_the_sum() {
    let mut common = features(&mut Bits(1));
    common.reason = Reason::InsufficientFunds;
    let outcome = |success, propensity_bp| Outcome { features: common, success, propensity_bp };
    let mut outcomes = vec![outcome(false, 9000); 90];
    outcomes.extend(vec![outcome(true, 1000); 10]);
    let even = learn(Timing::shipped(), &outcomes, Weigh::Even).unwrap().timing.log_odds(common);
    let inverse = learn(Timing::shipped(), &outcomes, Weigh::Inverse { times_max: 20 }).unwrap().timing.log_odds(common);
    let held = learn(Timing::shipped(), &outcomes, Weigh::Inverse { times_max: 1 }).unwrap().timing.log_odds(common);
    assert!(inverse > even, "{inverse} {even}");
    assert_eq!(held, even, "with no more than once the even weight, all weigh the same");
}

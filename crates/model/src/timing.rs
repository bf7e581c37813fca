//! Weights of moments, learnt from what came of attempts.
//!
//! The shipped weights are the prior, and each outcome pulls a little: what a tenant has not seen stays as it shipped.
//! Deliberately absent: where outcomes are kept, when to learn again, and the choice itself (`regua_core::charging::choose`).

use std::collections::BTreeMap;

use regua_core::charging::timing::{Features, Timing};

use crate::logistic::{Group, fit};
use crate::number::{float, length, nearest, share};

/// How sure the shipped weights are: the precision of each, so that its standard deviation is a quarter of log-odds.
///
/// In words: a bucket moves half of the way to what its outcomes say after some 100 to 200 attempts in it, the number for
/// which `count · p · (1 − p)` is 16 at p between 0.1 and 0.3.
const PRECISION: f64 = 16.0;

/// One attempt and what came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// What the chooser saw of the moment, as it was logged.
    pub features: Features,
    /// Whether money came.
    pub success: bool,
    /// The chance with which the moment was chosen, in basis points, as it was logged.
    pub propensity_bp: u16,
}

/// How outcomes count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Weigh {
    /// Each the same: right as far as the features hold all that the chooser looked at, which they do for choices of ours.
    #[default]
    Even,
    /// The rarely chosen more, by their propensities, up to so many times the even weight: for outcomes that came about in
    /// another way. The sum of weights stays the number of outcomes.
    Inverse {
        /// The most that one counts before all are brought to their sum; at least 1.
        times_max: u16,
    },
}

/// Weights and where they come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Learnt {
    /// To choose by; its version is a hash of its weights.
    pub timing: Timing,
    /// Outcomes that it learnt from.
    pub outcomes: u64,
    /// Newton's steps.
    pub rounds: u32,
    /// The largest change of a weight against the prior, in thousandths of log-odds.
    pub change_max: i32,
}

/// Why nothing was learnt.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CannotLearn {
    /// The numbers went out of range.
    #[error("the weights cannot be computed from these outcomes; keep the weights that were")]
    Numbers,
    /// The search did not end.
    #[error("the weights did not settle; keep the weights that were")]
    Unsettled,
}

/// The most probable weights, given the prior and the outcomes, rounded to thousandths.
///
/// The same outcomes in any order give the same weights; none give the prior itself. A weight is held within
/// ±[`Timing::WEIGHT_MAX`].
///
/// # Errors
/// [`CannotLearn`] when numbers or search fail: weights that were stay.
///
/// ```
/// # use regua_core::charging::timing::Timing;
/// # use regua_model::timing::{Weigh, learn};
/// let learnt = learn(Timing::shipped(), &[], Weigh::Even)?;
/// assert_eq!(learnt.timing.version(), Timing::shipped().version());
/// # Ok::<(), regua_model::timing::CannotLearn>(())
/// ```
pub fn learn(prior: &Timing, outcomes: &[Outcome], weigh: Weigh) -> Result<Learnt, CannotLearn> {
    let scale = scale(outcomes, weigh);
    // Sums of floats depend on their order, so each cell counts in whole thousandths first.
    let mut whole: BTreeMap<[usize; Features::SLOTS], (u64, u64)> = BTreeMap::new();
    for outcome in outcomes {
        let weight = milli(outcome, weigh);
        let (count, hits) = whole.entry(outcome.features.slots()).or_default();
        *count = count.saturating_add(weight);
        *hits = hits.saturating_add(if outcome.success { weight } else { 0 });
    }
    let part = |milli: u64| float(milli) / 1000.0 * scale;
    let groups: Vec<_> = whole.into_iter().map(|(places, (count, hits))| Group { places, count: part(count), hits: part(hits) }).collect();
    let priors: Vec<f64> = prior.weights().iter().map(|&weight| f64::from(weight) / 1000.0).collect();
    let fitted = fit(&priors, PRECISION, &groups).ok_or(CannotLearn::Numbers)?;
    if !fitted.converged {
        return Err(CannotLearn::Unsettled);
    }
    let weights: Vec<i32> = fitted.weights.iter().map(|weight| nearest(weight * 1000.0, Timing::WEIGHT_MAX)).collect();
    let change_max = weights.iter().zip(prior.weights()).map(|(new, old)| (new - old).abs()).max().unwrap_or(0);
    // Number and range of the weights were just made right.
    let timing = Timing::from_weights(weights).or(Err(CannotLearn::Numbers))?;
    Ok(Learnt {
        timing,
        outcomes: u64::try_from(outcomes.len()).unwrap_or(u64::MAX),
        rounds: u32::try_from(fitted.rounds).unwrap_or(u32::MAX),
        change_max,
    })
}

/// What one outcome counts, in thousandths, before all are brought to their sum.
fn milli(outcome: &Outcome, weigh: Weigh) -> u64 {
    match weigh {
        Weigh::Even => 1000,
        Weigh::Inverse { times_max } => {
            let times = (1.0 / share(outcome.propensity_bp.max(1))).min(f64::from(times_max.max(1)));
            u64::try_from(nearest(times * 1000.0, i32::MAX)).unwrap_or(1000)
        }
    }
}

/// What brings the weights to the number of outcomes.
fn scale(outcomes: &[Outcome], weigh: Weigh) -> f64 {
    let total: u64 = outcomes.iter().map(|outcome| milli(outcome, weigh)).fold(0, u64::saturating_add);
    if total == 0 { 1.0 } else { length(outcomes) * 1000.0 / float(total) }
}

#[cfg(test)]
mod tests;

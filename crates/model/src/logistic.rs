//! Logistic regression on tables: each case adds up one weight of each of its buckets.
//!
//! Weights start at a prior and are pulled back to it, so that a few cases change little. Deliberately absent: stochastic
//! descent, early stopping and every other source of a different answer for the same cases.

use crate::interval::Interval;
use crate::matrix::{Factor, Symmetric};
use crate::number::{logistic, softplus};

/// The 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;
/// Newton's steps, at most: a handful is enough, since the objective is convex.
const ROUNDS_MAX: usize = 60;
/// Halvings of one step, at most.
const HALVINGS_MAX: usize = 60;
/// A step below this, in log-odds, is the end.
const STEP_MIN: f64 = 1e-8;

/// Cases with the same buckets.
#[derive(Clone, PartialEq, Debug)]
pub struct Group<S> {
    /// The places of their weights, each once; a place that does not exist is not counted.
    pub places: S,
    /// How many, or what they weigh together.
    pub count: f64,
    /// How many of them succeeded, or what those weigh.
    pub hits: f64,
}

/// Weights, and how sure they are.
pub struct Fit {
    /// Log-odds, one for each place.
    pub weights: Vec<f64>,
    /// Newton's steps that were taken.
    pub rounds: usize,
    /// Whether the last step was as good as none.
    pub converged: bool,
    factor: Factor,
}

impl Fit {
    /// A weighed sum of weights with its 95 % interval, e.g. the difference of two buckets; none when a place does not exist.
    #[must_use]
    pub fn contrast(&self, sum: &[(usize, f64)]) -> Option<Interval> {
        let mut row = vec![0.0; self.weights.len()];
        for &(place, share) in sum {
            *row.get_mut(place)? += share;
        }
        let spread = self.factor.solve(&row)?;
        let variance: f64 = row.iter().zip(&spread).map(|(a, b)| a * b).sum();
        let mid: f64 = row.iter().zip(&self.weights).map(|(a, b)| a * b).sum();
        let half = Z * variance.max(0.0).sqrt();
        Some(Interval { low: mid - half, mid, high: mid + half })
    }
}

/// The most probable weights when each has a normal prior of mean `priors` and precision `precision`; none when that is not
/// above 0, or a count is not finite.
///
/// Newton's method on a strictly convex objective: one answer, whatever the order of the groups.
#[must_use]
pub fn fit<S: AsRef<[usize]>>(priors: &[f64], precision: f64, groups: &[Group<S>]) -> Option<Fit> {
    let mut weights = priors.to_vec();
    let mut now = loss(&weights, priors, precision, groups);
    for round in 0..ROUNDS_MAX {
        let (downhill, factor) = slope(&weights, priors, precision, groups)?;
        let step = factor.solve(&downhill)?;
        if step.iter().all(|change| change.abs() < STEP_MIN) {
            return Some(Fit { weights, rounds: round, converged: true, factor });
        }
        let mut scale = 1.0;
        let better = (0..HALVINGS_MAX).find_map(|_| {
            let moved: Vec<f64> = weights.iter().zip(&step).map(|(weight, change)| weight + scale * change).collect();
            let then = loss(&moved, priors, precision, groups);
            scale /= 2.0;
            (then < now).then_some((moved, then))
        });
        // No step is better within what floats can tell: this is the minimum.
        let Some((moved, then)) = better else {
            return Some(Fit { weights, rounds: round, converged: true, factor });
        };
        (weights, now) = (moved, then);
    }
    let (_, factor) = slope(&weights, priors, precision, groups)?;
    Some(Fit { weights, rounds: ROUNDS_MAX, converged: false, factor })
}

fn odds<S: AsRef<[usize]>>(weights: &[f64], group: &Group<S>) -> f64 {
    group.places.as_ref().iter().filter_map(|&place| weights.get(place)).sum()
}

/// The negative log-posterior.
fn loss<S: AsRef<[usize]>>(weights: &[f64], priors: &[f64], precision: f64, groups: &[Group<S>]) -> f64 {
    let cases = |group: &Group<S>| {
        let odds = odds(weights, group);
        group.count * softplus(odds) - group.hits * odds
    };
    let away: f64 = weights.iter().zip(priors).map(|(weight, prior)| (weight - prior).powi(2)).sum();
    groups.iter().map(cases).sum::<f64>() + precision / 2.0 * away
}

/// The downhill direction and the curvature, factored.
fn slope<S: AsRef<[usize]>>(weights: &[f64], priors: &[f64], precision: f64, groups: &[Group<S>]) -> Option<(Vec<f64>, Factor)> {
    let mut curve = Symmetric::zero(weights.len());
    let mut down: Vec<f64> = weights.iter().zip(priors).map(|(weight, prior)| precision * (prior - weight)).collect();
    for place in 0..weights.len() {
        curve.add(place, place, precision);
    }
    for group in groups {
        let chance = logistic(odds(weights, group));
        let (pull, bend) = (group.hits - group.count * chance, group.count * chance * (1.0 - chance));
        let places = group.places.as_ref();
        for (rank, &place) in places.iter().enumerate() {
            if let Some(cell) = down.get_mut(place) {
                *cell += pull;
            }
            for &other in places.iter().take(rank + 1).filter(|&&other| other < weights.len() && place < weights.len()) {
                curve.add(place, other, bend);
            }
        }
    }
    Some((down, curve.factor()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(places: &[usize], count: f64, hits: f64) -> Group<Vec<usize>> {
        Group { places: places.to_vec(), count, hits }
    }

    #[test]
    fn with_a_weak_prior_two_groups_get_their_own_log_odds() {
        let fitted = fit(&[0.0, 0.0], 1e-6, &[group(&[0], 1000.0, 800.0), group(&[0, 1], 1000.0, 500.0)]).unwrap();
        assert!((fitted.weights[0] - 4.0_f64.ln()).abs() < 1e-3 && (fitted.weights[1] + 4.0_f64.ln()).abs() < 1e-3);
        assert!(fitted.converged);
        let apart = fitted.contrast(&[(1, 1.0)]).unwrap();
        // The standard error of a log odds ratio: the root of the sum of the reciprocals of the four cells.
        let error = (1.0_f64 / 800.0 + 1.0 / 200.0 + 1.0 / 500.0 + 1.0 / 500.0).sqrt();
        assert!((apart.high - apart.mid - Z * error).abs() < 1e-3, "{apart}");
        assert!(fitted.contrast(&[(2, 1.0)]).is_none());
    }

    #[test]
    fn without_cases_the_prior_stays_to_the_bit() {
        let priors = [0.25, -1.5];
        let fitted = fit::<Vec<usize>>(&priors, 16.0, &[]).unwrap();
        assert_eq!((fitted.weights.as_slice(), fitted.rounds), (priors.as_slice(), 0));
        assert!(fit::<Vec<usize>>(&priors, 0.0, &[]).is_none());
    }

    #[test]
    fn the_surer_the_prior_the_less_the_cases_move_it() {
        let moved = |precision| fit(&[0.0], precision, &[group(&[0], 10.0, 10.0)]).unwrap().weights[0];
        assert!(moved(100.0) < moved(10.0) && moved(10.0) < moved(1.0) && moved(100.0) > 0.0);
    }

    #[test]
    fn extreme_cases_neither_overflow_nor_wander() {
        let fitted = fit(&[50.0, -50.0], 1e-3, &[group(&[0, 1, 9], 1e9, 0.0), group(&[1], 1e9, 1e9)]).unwrap();
        assert!(fitted.weights.iter().all(|weight| weight.is_finite()));
        assert!(fit(&[0.0], 1.0, &[group(&[0], f64::NAN, 0.0)]).is_none());
    }
}

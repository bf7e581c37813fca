//! Whether estimates come true: reliability by bins, Brier score, log loss.
//!
//! Deliberately absent: drawing. A report gets numbers.

use crate::interval::{Interval, wilson};
use crate::number::{float, share};

/// Bins of equal width in the estimate.
pub const BINS: usize = 10;

/// Estimates between two ends, and what came of them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bin {
    /// The lower end of its estimates, in basis points; the upper is that of the next bin.
    pub from_bp: u16,
    /// Attempts in it.
    pub count: u64,
    /// The mean estimate.
    pub estimated: f64,
    /// The share that succeeded, with its interval.
    pub observed: Interval,
}

/// How well estimates and outcomes agree.
#[derive(Clone, PartialEq, Debug)]
pub struct Calibration {
    /// Attempts.
    pub count: u64,
    /// Bins that hold an attempt, ascending.
    pub bins: Vec<Bin>,
    /// The mean squared error of the estimate: 0 is perfect; always saying the base rate p gives p(1 − p).
    pub brier: f64,
    /// The Brier score of always saying the base rate.
    pub brier_of_base_rate: f64,
    /// The mean negative log-likelihood, in natural units.
    pub log_loss: f64,
    /// The mean distance of estimate and outcome over bins, weighed by their attempts.
    pub error: f64,
}

/// Holds estimates, in basis points, against outcomes.
///
/// ```
/// let calibration = regua_model::calibration::calibrate(&[(2500, true), (2500, false), (2500, false), (2500, false)]);
/// assert_eq!(calibration.bins.len(), 1);
/// assert!(calibration.error < 1e-9);
/// ```
#[must_use]
pub fn calibrate(pairs: &[(u16, bool)]) -> Calibration {
    let mut gathered = [(0_u64, 0_u64, 0.0_f64); BINS];
    let (mut squares, mut loss, mut all_hits) = (0.0, 0.0, 0_u64);
    for &(estimate, success) in pairs {
        let estimate = estimate.clamp(1, 9999);
        let (odds, truth) = (share(estimate), if success { 1.0 } else { 0.0 });
        squares += (odds - truth).powi(2);
        loss -= if success { odds.ln() } else { (1.0 - odds).ln() };
        all_hits += u64::from(success);
        if let Some((count, hits, sum)) = gathered.get_mut(usize::from(estimate) * BINS / 10_000) {
            *count += 1;
            *hits += u64::from(success);
            *sum += odds;
        }
    }
    let count = u64::try_from(pairs.len()).unwrap_or(u64::MAX);
    let n = float(count.max(1));
    let width = 10_000 / u16::try_from(BINS).unwrap_or(1);
    let bins: Vec<Bin> = (0_u16..)
        .zip(gathered)
        .filter(|(_, (count, _, _))| *count > 0)
        .map(|(place, (count, hits, sum))| Bin {
            from_bp: place * width,
            count,
            estimated: sum / float(count),
            observed: wilson(hits, count),
        })
        .collect();
    let error = bins.iter().map(|bin| float(bin.count) * (bin.estimated - bin.observed.mid).abs()).sum::<f64>() / n;
    let base = float(all_hits) / n;
    Calibration { count, bins, brier: squares / n, brier_of_base_rate: base * (1.0 - base), log_loss: loss / n, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_honest_estimate_has_no_error_and_a_boastful_one_its_excess() {
        let outcomes = |estimate: u16| (0..1000).map(move |place| (estimate, place % 4 == 0)).collect::<Vec<_>>();
        let (honest, boastful) = (calibrate(&outcomes(2500)), calibrate(&outcomes(7500)));
        assert!(honest.error < 1e-9, "{}", honest.error);
        assert!((honest.brier - honest.brier_of_base_rate).abs() < 1e-9);
        assert!((boastful.error - 0.5).abs() < 1e-9, "{}", boastful.error);
        assert!(boastful.brier > honest.brier && boastful.log_loss > honest.log_loss);
    }

    #[test]
    fn every_estimate_is_in_a_bin_and_nothing_is_no_bin() {
        let all: Vec<(u16, bool)> = (0..=10_000).map(|estimate| (estimate, estimate % 2 == 0)).collect();
        let calibration = calibrate(&all);
        assert_eq!(calibration.bins.len(), BINS);
        assert_eq!(calibration.bins.iter().map(|bin| bin.count).sum::<u64>(), 10_001);
        assert!(calibration.log_loss.is_finite());
        assert!(calibrate(&[]).bins.is_empty());
    }
}

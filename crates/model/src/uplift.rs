//! What another way of choosing would have brought, from choices whose probabilities were logged.
//!
//! Deliberately absent: models of the outcome. The estimate needs only that each moment had a known chance, which is why the
//! chooser keeps a floor of exploration and logs it.

use crate::interval::Interval;
use crate::number::share;

/// The 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A choice as it was logged, and the chance that the other way would have made the same one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Logged {
    /// Whether it succeeded.
    pub success: bool,
    /// The chance with which it was chosen, in basis points; 0 counts as 1.
    pub propensity_bp: u16,
    /// The chance with which the other way chooses it, in basis points.
    pub other_bp: u16,
}

/// What the other way would have brought.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Valued {
    /// Its share of successes.
    pub share: Interval,
    /// As many choices would say the same if they had been made the other way: far below the number of choices, the log
    /// says little about it.
    pub effective: f64,
}

/// The self-normalised estimate by inverse propensities, with the interval of its linearised variance; none when no logged
/// choice could have been made the other way.
///
/// Source: Owen, "Monte Carlo theory, methods and examples", 2013, chapter 9.2 (estimate, variance) and 9.3 (effective size).
#[must_use]
pub fn inverse_propensity(log: &[Logged]) -> Option<Valued> {
    let weight = |one: &Logged| share(one.other_bp) / share(one.propensity_bp.max(1));
    let truth = |one: &Logged| if one.success { 1.0 } else { 0.0 };
    let total: f64 = log.iter().map(weight).sum();
    if total <= 0.0 {
        return None;
    }
    let mid = log.iter().map(|one| weight(one) * truth(one)).sum::<f64>() / total;
    let variance = log.iter().map(|one| (weight(one) * (truth(one) - mid)).powi(2)).sum::<f64>() / (total * total);
    let squares: f64 = log.iter().map(|one| weight(one).powi(2)).sum();
    let half = Z * variance.sqrt();
    let share = Interval { low: (mid - half).max(0.0), mid, high: (mid + half).min(1.0) };
    Some(Valued { share, effective: total * total / squares })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Bits;

    /// Morning succeeds half of the time and is chosen once in ten, evening three times in ten.
    fn log(other_morning_bp: u16) -> Vec<Logged> {
        let mut bits = Bits(3);
        (0..20_000)
            .map(|_| {
                let morning = bits.below(10) == 0;
                let success = bits.below(10) < if morning { 5 } else { 3 };
                let (propensity_bp, other_bp) = if morning { (1000, other_morning_bp) } else { (9000, 10_000 - other_morning_bp) };
                Logged { success, propensity_bp, other_bp }
            })
            .collect()
    }

    #[test]
    fn a_way_that_was_hardly_taken_is_valued_rightly_and_less_surely() {
        let (morning, same) = (inverse_propensity(&log(10_000)).unwrap(), inverse_propensity(&log(1000)).unwrap());
        assert!(morning.share.holds(0.5) && !morning.share.holds(0.32), "{}", morning.share);
        assert!(same.share.holds(0.32), "{}", same.share);
        assert!(morning.effective < 2200.0 && same.effective > 19_999.0, "{} {}", morning.effective, same.effective);
    }

    #[test]
    fn what_was_never_tried_has_no_value() {
        let log = [Logged { success: true, propensity_bp: 10_000, other_bp: 0 }];
        assert_eq!((inverse_propensity(&log), inverse_propensity(&[])), (None, None));
    }
}

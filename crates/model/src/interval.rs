//! How sure a share, a mean or a difference is: 95 % intervals.
//!
//! Deliberately absent: tests of significance. An interval says what a p-value says, and how much besides.

use std::fmt;

use crate::number::{Bits, float, length, signed};

/// The 97.5th percentile of the normal distribution: two-sided 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// Resamples of a bootstrap.
const RESAMPLES: usize = 1000;

/// An estimate with its 95 % interval.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The estimate.
    pub mid: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether the interval holds a value.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Shares as percent, or differences of shares as points.
    #[must_use]
    pub fn percent(&self) -> Percent {
        Percent(Self { low: self.low * 100.0, mid: self.mid * 100.0, high: self.high * 100.0 })
    }

    /// The estimate in basis points, rounded.
    #[must_use]
    pub fn basis_points(&self) -> i32 {
        crate::number::nearest(self.mid * 10_000.0, i32::MAX)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:.3} [{:.3}, {:.3}]", self.mid, self.low, self.high)
    }
}

/// An interval in percent or points, written with two decimals.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Percent(Interval);

impl fmt::Display for Percent {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Interval { low, mid, high } = self.0;
        write!(to, "{mid:.2} [{low:.2}, {high:.2}]")
    }
}

/// A share of hits.
///
/// ```
/// let share = regua_model::interval::wilson(8, 10);
/// assert!(share.low > 0.48 && share.low < 0.50 && share.high > 0.94 && share.high < 0.95);
/// ```
///
/// Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
#[must_use]
pub fn wilson(hits: u64, of: u64) -> Interval {
    if of == 0 {
        return Interval { low: 0.0, mid: 0.0, high: 1.0 };
    }
    let n = float(of);
    let mid = float(hits.min(of)) / n;
    let centre = (mid + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (mid * (1.0 - mid) / n + Z * Z / (4.0 * n * n)).sqrt();
    Interval { low: (centre - half).max(0.0), mid, high: (centre + half).min(1.0) }
}

/// The first share less the second, of two independent groups, each as `(hits, of)`.
///
/// Source: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 1998,
/// method 10.
#[must_use]
pub fn difference(one: (u64, u64), other: (u64, u64)) -> Interval {
    let (a, b) = (wilson(one.0, one.1), wilson(other.0, other.1));
    let mid = a.mid - b.mid;
    let below = ((a.mid - a.low).powi(2) + (b.high - b.mid).powi(2)).sqrt();
    let above = ((a.high - a.mid).powi(2) + (b.mid - b.low).powi(2)).sqrt();
    Interval { low: mid - below, mid, high: mid + above }
}

/// The first share less the second over the same units: `only_one` succeeded only the first way, `only_other` only the
/// second, of `of` in all.
///
/// Source: Agresti and Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in Medicine
/// 2005: half a unit is added to each of the four cells.
#[must_use]
pub fn paired(only_one: u64, only_other: u64, of: u64) -> Interval {
    if of == 0 {
        return Interval { low: -1.0, mid: 0.0, high: 1.0 };
    }
    let (one, other, n) = (float(only_one) + 0.5, float(only_other) + 0.5, float(of) + 2.0);
    let centre = (one - other) / n;
    let half = Z * ((one + other) - (one - other).powi(2) / n).max(0.0).sqrt() / n;
    let mid = (float(only_one) - float(only_other)) / float(of);
    Interval { low: (centre - half).max(-1.0), mid, high: (centre + half).min(1.0) }
}

/// The mean of values, with the normal interval of a large sample; of nothing, nothing is known.
#[must_use]
pub fn mean(values: &[i64]) -> Interval {
    let n = length(values);
    if values.is_empty() {
        return Interval { low: f64::NEG_INFINITY, mid: 0.0, high: f64::INFINITY };
    }
    let mid = values.iter().map(|&value| signed(value)).sum::<f64>() / n;
    let spread = values.iter().map(|&value| (signed(value) - mid).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    let half = Z * (spread / n).sqrt();
    Interval { low: mid - half, mid, high: mid + half }
}

/// The mean of values, with the percentile interval of a bootstrap that `seed` fixes: for values that are far from normal.
///
/// Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
#[must_use]
pub fn bootstrap(values: &[i64], seed: u64) -> Interval {
    if values.is_empty() {
        return Interval { low: f64::NEG_INFINITY, mid: 0.0, high: f64::INFINITY };
    }
    let n = length(values);
    let mid = values.iter().map(|&value| signed(value)).sum::<f64>() / n;
    let mut bits = Bits(seed);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| values.iter().map(|_| values.get(bits.below(values.len())).map_or(0.0, |&value| signed(value))).sum::<f64>() / n)
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |place: usize| means.get(place).copied().unwrap_or(mid);
    Interval { low: at(RESAMPLES / 40), mid, high: at(RESAMPLES - RESAMPLES / 40 - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, expected: f64) {
        assert!((got - expected).abs() < 5e-4, "{got} instead of {expected}");
    }

    #[test]
    fn wilson_gives_the_published_intervals() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
        for (hits, of, low, high) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)] {
            let share = wilson(hits, of);
            near(share.low, low);
            near(share.high, high);
        }
        assert!(wilson(0, 0).holds(0.5));
    }

    #[test]
    fn newcombe_gives_the_published_differences() {
        // Newcombe 1998, table II, method 10.
        for (one, other, low, high) in
            [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)]
        {
            let apart = difference(one, other);
            near(apart.low, low);
            near(apart.high, high);
        }
    }

    #[test]
    fn a_paired_difference_is_surer_than_one_of_two_groups() {
        let pairs = paired(60, 40, 1000);
        let groups = difference((560, 1000), (540, 1000));
        near(pairs.mid, 0.02);
        assert!(pairs.high - pairs.low < groups.high - groups.low);
        assert!(paired(0, 0, 1000).holds(0.0) && paired(0, 0, 1000).high > 0.0, "no difference seen is not a difference excluded");
        assert!(!paired(100, 40, 1000).holds(0.0));
    }

    #[test]
    fn a_bootstrap_agrees_with_the_normal_interval_and_only_a_seed_moves_it() {
        let values: Vec<i64> = (0..2000).map(|place| (place * 7919) % 1000).collect();
        let (normal, resampled) = (mean(&values), bootstrap(&values, 7));
        assert!((normal.low - resampled.low).abs() < 3.0 && (normal.high - resampled.high).abs() < 3.0, "{normal} {resampled}");
        assert_eq!(resampled, bootstrap(&values, 7));
        assert_ne!(resampled, bootstrap(&values, 8));
    }

    #[test]
    fn nine_in_ten_and_more_intervals_hold_the_truth() {
        let mut bits = Bits(1);
        let held = (0..400)
            .filter(|_| {
                let hits = (0..500).filter(|_| bits.below(10) < 3).count();
                wilson(u64::try_from(hits).unwrap_or(0), 500).holds(0.3)
            })
            .count();
        assert!((360..=398).contains(&held), "{held} of 400");
    }
}

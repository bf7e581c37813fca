//! The border between integers and floats, and seeded bits for resampling. Deliberately absent: anything else.

/// A count as a float; exact up to 2⁵³.
pub(crate) fn float(count: u64) -> f64 {
    let high = u32::try_from(count >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(count & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// A length as a float.
pub(crate) fn length<T>(list: &[T]) -> f64 {
    float(u64::try_from(list.len()).unwrap_or(u64::MAX))
}

/// A signed amount as a float; exact up to 2⁵³.
pub(crate) fn signed(amount: i64) -> f64 {
    let size = float(amount.unsigned_abs());
    if amount < 0 { -size } else { size }
}

/// Basis points as a share.
pub(crate) fn share(basis_points: u16) -> f64 {
    f64::from(basis_points) / 10_000.0
}

/// The nearest whole number, held within ±`limit`; 0 when it is not a number.
pub(crate) fn nearest(value: f64, limit: i32) -> i32 {
    let limit = f64::from(limit);
    let held = if value.is_nan() { 0.0 } else { value.round().clamp(-limit, limit) };
    #[expect(clippy::as_conversions, reason = "held within the range of i32 just above, and whole: nothing is lost")]
    let whole = held as i32;
    whole
}

/// The standard logistic function.
pub(crate) fn logistic(odds: f64) -> f64 {
    if odds >= 0.0 {
        1.0 / (1.0 + (-odds).exp())
    } else {
        let power = odds.exp();
        power / (1.0 + power)
    }
}

/// `ln(1 + exp(odds))` without overflow.
pub(crate) fn softplus(odds: f64) -> f64 {
    odds.max(0.0) + (-odds.abs()).exp().ln_1p()
}

/// Seeded bits: SplitMix64, so that a resample is the same on each machine. Not for secrets.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
pub(crate) struct Bits(pub(crate) u64);

impl Bits {
    /// An even number below `limit`; 0 when that is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let wide = u128::from(mixed) * u128::try_from(limit).unwrap_or(0);
        usize::try_from(wide >> 64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_cross_the_border_exactly() {
        for (count, expected) in [(0, 0.0), (1, 1.0), (u64::from(u32::MAX) + 1, 4_294_967_296.0), (1 << 53, 9_007_199_254_740_992.0)] {
            assert!((float(count) - expected).abs() < 0.5, "{count}");
        }
        assert!((signed(-3) + 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_float_ends_as_the_nearest_integer_within_its_limit() {
        for (value, expected) in [(1.5, 2), (-1.5, -2), (0.4, 0), (1e300, 8000), (-1e300, -8000), (f64::NAN, 0), (f64::INFINITY, 8000)] {
            assert_eq!(nearest(value, 8000), expected, "{value}");
        }
    }

    #[test]
    fn the_logistic_function_is_total_and_symmetric() {
        for odds in [-1e6, -30.0, -1.0, 0.0, 1.0, 30.0, 1e6] {
            let sum = logistic(odds) + logistic(-odds);
            assert!((sum - 1.0).abs() < 1e-12, "{odds}");
            assert!(softplus(odds).is_finite(), "{odds}");
        }
        assert!((softplus(0.0) - 2.0_f64.ln()).abs() < 1e-12);
    }
}

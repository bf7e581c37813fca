//! Draws from the distributions of the simulator, in integers: the same on each machine.
//!
//! Deliberately absent: floats, whose logarithm differs from one library to the next.

use crate::draw::Draw;

/// One in parts per million.
pub(super) const MILLION: u64 = 1_000_000;

/// The natural logarithm of 2, in 2⁻³².
const LN_2: u128 = 2_977_044_472;

/// The binary logarithm in 2⁻³², rounded down, by repeated squaring; 0 of 0.
fn log_2(number: u64) -> u64 {
    if number == 0 {
        return 0;
    }
    let zeros = number.leading_zeros();
    // Between 1 and 2, in 2⁻⁶³.
    let mut mantissa = number << zeros;
    let mut log = u64::from(63 - zeros) << 32;
    for bit in (0..32).rev() {
        let square = (u128::from(mantissa) * u128::from(mantissa)) >> 63;
        let two = square >> 64 != 0;
        // Halved where it reached 2, so it fits.
        mantissa = u64::try_from(if two { square >> 1 } else { square }).unwrap_or(u64::MAX);
        log |= u64::from(two) << bit;
    }
    log
}

/// Seconds until something that happens on average every `mean_secs` happens.
///
/// By inversion: −ln U times the mean.
pub(super) fn exponential(draw: &mut Draw, mean_secs: u64) -> i64 {
    // Never 0, whose logarithm does not exist.
    let uniform = draw.bits() | 1;
    let less = (64_u64 << 32) - log_2(uniform);
    let natural = (u128::from(less) * LN_2) >> 32;
    i64::try_from((natural * u128::from(mean_secs)) >> 32).unwrap_or(i64::MAX)
}

/// `whole · (1 − √U)`: what is left of a cycle when something happened late in it rather than early.
pub(super) fn late(draw: &mut Draw, whole: i64) -> i64 {
    // The root of 64 even bits is below 2³².
    let left = (1_u64 << 32).saturating_sub(draw.bits().isqrt());
    let product = i128::from(whole) * i128::from(left);
    i64::try_from(product >> 32).unwrap_or(whole)
}

/// True so many times in a million.
pub(super) fn happens(draw: &mut Draw, ppm: u64) -> bool {
    draw.below(MILLION) < ppm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_exact_at_powers_and_close_between() {
        for power in 0..64_u64 {
            assert_eq!(log_2(1_u64 << power), power << 32, "{power}");
        }
        // log2(3) = 1.584962500721156, log2(10) = 3.321928094887362.
        for (number, expected) in [(3, 6_807_362_105_u64), (10, 14_267_572_527)] {
            assert!(log_2(number).abs_diff(expected) < 8, "{number}: {}", log_2(number));
        }
    }

    #[test]
    fn waiting_times_have_the_mean_and_the_half_life_of_their_distribution() {
        let mut draw = Draw::new(3);
        let mut times: Vec<i64> = (0..100_000).map(|_| exponential(&mut draw, 1_000_000)).collect();
        times.sort_unstable();
        let mean = times.iter().sum::<i64>() / 100_000;
        assert!((985_000..1_015_000).contains(&mean), "{mean}");
        // Half of them are over by ln 2 of the mean.
        assert!((680_000..706_000).contains(&times[50_000]), "{}", times[50_000]);
        assert!(times[0] >= 0);
    }

    #[test]
    fn what_is_left_of_a_cycle_is_a_third_on_average() {
        let mut draw = Draw::new(4);
        let left: Vec<i64> = (0..100_000).map(|_| late(&mut draw, 900_000)).collect();
        let mean = left.iter().sum::<i64>() / 100_000;
        assert!((297_000..303_000).contains(&mean), "{mean}");
        assert!(left.iter().all(|left| (0..=900_000).contains(left)));
    }
}

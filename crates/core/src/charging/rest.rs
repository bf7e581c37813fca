//! What the tries that are left are worth, by the day on which the next one is made: so that one try does not spoil the next.
//!
//! All further tries are planned on a grid of days: the worth of `n` tries after a failure on day `s` is the best, over each
//! later day `t`, of the chance at `t` plus, if that fails, the worth of `n − 1` tries after `t`. Deliberately absent: hours, what
//! is lawful, and anything but an estimate: only the next try is ever made by it.

use super::timing::{Features, Situation, Timing, fresh_bucket, fresher, gap_bucket, income};
use crate::time::{Day, Instant, LocalTime};

/// Days of the grid, at most: a longer window is looked at in longer strides.
const GRID_MAX: i32 = 40;
/// Tries that are planned ahead, at most.
const TRIES_MAX: usize = 20;
/// One, in the unit of worth: hundredths of basis points.
const WHOLE: i64 = 1_000_000;

/// The worth of the tries after the next one.
pub(super) struct Rest {
    from: Day,
    stride: i32,
    worth: Vec<i64>,
}

impl Rest {
    /// Of so many tries after the next one, within the days up to the end of the window.
    pub(super) fn of(situation: &Situation, end: Instant, tries: usize, timing: &Timing) -> Self {
        let from = situation.zone.day_of(situation.last_failed_at);
        let days = situation.zone.day_of(end).since(from).max(0);
        let stride = (days / GRID_MAX + 1).max(1);
        let places = usize::try_from(days / stride).unwrap_or(0) + 1;
        let tries = tries.min(TRIES_MAX);
        let mut worth = vec![0; places];
        if tries == 0 {
            return Self { from, stride, worth };
        }
        let chances = chances(situation, from, stride, places, timing);
        for _ in 0..tries {
            // From the worth of n − 1 tries to that of n, for each day of a failure.
            worth = chances
                .iter()
                .enumerate()
                .map(|(failed, row)| {
                    let later = worth.iter().skip(failed + 1);
                    row.iter().zip(later).map(|(chance, rest)| with_rest(*chance, *rest)).max().unwrap_or(0)
                })
                .collect();
        }
        Self { from, stride, worth }
    }

    /// A chance now, in basis points, with the worth of what is left should it fail on that day.
    pub(super) fn with(&self, chance_bp: u16, day: Day) -> i64 {
        let place = usize::try_from(day.since(self.from) / self.stride).unwrap_or(0);
        with_rest(i64::from(chance_bp) * 100, self.worth.get(place).copied().unwrap_or(0))
    }
}

const fn with_rest(chance: i64, rest: i64) -> i64 {
    chance + (WHOLE - chance) * rest / WHOLE
}

/// The chance at noon of each later day after a failure on each day, in the unit of worth: row by row.
fn chances(situation: &Situation, from: Day, stride: i32, places: usize, timing: &Timing) -> Vec<Vec<i64>> {
    let day = |place: usize| from.plus(i32::try_from(place).unwrap_or(i32::MAX).saturating_mul(stride));
    // What changes with the day alone is read once.
    let noons: Vec<Features> =
        (0..places).map(|place| Features::with(situation, situation.zone.at(day(place), LocalTime::hour(12)), 0)).collect();
    let days = i32::try_from(places).unwrap_or(i32::MAX).saturating_mul(stride);
    let incomes: Vec<i64> = (0..days).map(|back| income(situation.calendar, from.plus(back))).collect();
    (0..places)
        .map(|failed| {
            let mut fresh = 0;
            let mut hours = 0;
            noons
                .iter()
                .enumerate()
                .skip(failed + 1)
                .map(|(place, noon)| {
                    let strides = usize::try_from(stride).unwrap_or(1);
                    // The days after the one before, up to this one.
                    for at in (place - 1) * strides + 1..=place * strides {
                        fresh = fresher(fresh, incomes.get(at).copied().unwrap_or(0));
                        hours += 24;
                    }
                    let features = Features { gap: gap_bucket(hours), fresh: fresh_bucket(fresh), ..*noon };
                    i64::from(timing.probability_bp(features)) * 100
                })
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::charging::Reason;
    use crate::charging::timing::Funding;
    use crate::currency::Currency;
    use crate::money::Money;
    use crate::time::Zone;
    use crate::words::Rail;

    fn situation() -> Situation {
        let failed = Instant::parse("2026-12-01T09:30:00Z").unwrap();
        Situation {
            reason: Reason::InsufficientFunds,
            rail: Rail::Card,
            funding: Funding::Unknown,
            amount: Money::new(9900, Currency::USD),
            first_failed_at: failed,
            last_failed_at: failed,
            attempts: 1,
            zone: Zone::utc(),
            calendar: Calendar::None,
        }
    }

    #[test]
    fn more_tries_are_worth_more_and_a_later_day_leaves_less() {
        let situation = situation();
        let end = situation.first_failed_at.plus_hours(14 * 24);
        let rests: Vec<Rest> = (0..6).map(|tries| Rest::of(&situation, end, tries, Timing::shipped())).collect();
        let day = Day::parse("2026-12-03").unwrap();
        assert!(rests.windows(2).all(|pair| pair[0].with(1000, day) < pair[1].with(1000, day)));
        assert_eq!(rests[0].with(1000, day), 100_000, "with no try left, the chance alone");
        let (early, late) = (rests[3].with(1000, day), rests[3].with(1000, Day::parse("2026-12-14").unwrap()));
        assert!(late < early, "{late} {early}");
    }

    #[test]
    fn windows_of_any_length_are_bounded_and_no_day_is_outside() {
        let situation = situation();
        for days in [0, 1, 39, 40, 41, 190, 100_000] {
            let end = situation.first_failed_at.plus_hours(days * 24);
            let rest = Rest::of(&situation, end, 1000, Timing::shipped());
            assert!(rest.worth.len() <= usize::try_from(GRID_MAX).unwrap() + 1, "{days}: {}", rest.worth.len());
            for day in [Day::MIN, Day::MAX, rest.from] {
                assert!((0..=WHOLE).contains(&rest.with(9999, day)));
            }
        }
    }
}

//! The due date of a boleto as four digits, which repeat every 9000 days.
//!
//! Counted in days from 7 October 1997; 9999 was 21 February 2025, and the day after it is 1000 again, as 14 October 2049
//! will be if the rule is kept. Deliberately absent: rolling over closed days, and what a bank takes after the due date.
//!
//! Source: FEBRABAN, Manual Operacional do Fator de Vencimento (2012), and its notice on 22 February 2025.

use regua_core::time::Day;

use super::BadSlip;

/// 1997-10-07, of which the factor would be 0.
const BASE: i32 = 10_141;
/// Lowest and highest factor. A first digit of 0 means that the slip has none.
const FACTORS: std::ops::RangeInclusive<u16> = 1000..=9999;
/// Days after which factors repeat.
const CYCLE_DAYS: i32 = 9000;
/// How far before the reference day a due date may lie so that it is preferred to the one 9000 days later.
///
/// Banks look 3000 days back and 5500 ahead (brcobranca and Caelum Stella both implement this reading), which leaves 500 of
/// the 9000 days that belong to neither. We give one half of these to each side, so that every factor has one answer.
const PAST_DAYS_MAX: i32 = 3000 + (CYCLE_DAYS - 3000 - 5500) / 2;

/// The due-date factor (fator de vencimento), 1000 to 9999.
///
/// ```
/// # use regua_core::time::Day;
/// # use regua_wire::boleto::DueFactor;
/// let due = DueFactor::of(Day::parse("2026-12-10")?)?;
/// assert_eq!(due.number(), 1656);
/// assert_eq!(due.day(Day::parse("2026-11-21")?), Day::parse("2026-12-10")?);
/// assert_eq!(due.day(Day::parse("2002-01-01")?), Day::parse("2002-04-20")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DueFactor(u16);

impl DueFactor {
    /// From its number.
    ///
    /// # Errors
    /// [`BadSlip::Factor`] outside 1000 to 9999.
    pub fn new(number: u16) -> Result<Self, BadSlip> {
        if FACTORS.contains(&number) { Ok(Self(number)) } else { Err(BadSlip::Factor) }
    }

    /// The factor of a day.
    ///
    /// # Errors
    /// [`BadSlip::DueDay`] before 2000-07-03, when factors began.
    pub fn of(day: Day) -> Result<Self, BadSlip> {
        let first = i32::from(*FACTORS.start());
        let behind = day.epoch() - BASE - first;
        if behind < 0 {
            return Err(BadSlip::DueDay(day));
        }
        u16::try_from(behind % CYCLE_DAYS + first).map(Self).or(Err(BadSlip::DueDay(day)))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The day that it means, seen from a reference day: when the slip was made, entered or paid.
    ///
    /// Of the days that share a factor exactly one lies from 3250 days before the reference to 5749 behind it; that one is
    /// meant. A reference before the first cycle means the first cycle.
    #[must_use]
    pub fn day(self, reference: Day) -> Day {
        let earliest = reference.epoch() - PAST_DAYS_MAX;
        let first = BASE + i32::from(self.0);
        let mut days = (0..).map(|cycle| first + cycle * CYCLE_DAYS).take_while(|day| *day <= Day::MAX.epoch());
        // The last cycle that the calendar has answers for references near its end.
        let day = days.by_ref().find(|day| *day >= earliest);
        Day::from_epoch(day.unwrap_or_else(|| first + (Day::MAX.epoch() - first) / CYCLE_DAYS * CYCLE_DAYS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_500_days_between_past_and_future_are_halved() {
        let reference = Day::parse("2026-11-21").unwrap();
        for (ahead, expected) in [(-3250, -3250), (-3251, 5749), (-3000, -3000), (5500, 5500), (5749, 5749), (5750, -3250), (0, 0)] {
            let factor = DueFactor::of(reference.plus(ahead)).unwrap();
            assert_eq!(factor.day(reference).since(reference), expected, "{ahead}");
        }
    }

    #[test]
    fn days_before_factors_have_none() {
        let first = Day::parse("2000-07-03").unwrap();
        assert_eq!(DueFactor::of(first).map(DueFactor::number), Ok(1000));
        assert_eq!(DueFactor::of(first.plus(-1)), Err(BadSlip::DueDay(first.plus(-1))));
        assert_eq!(DueFactor::of(Day::MIN), Err(BadSlip::DueDay(Day::MIN)));
        assert_eq!((DueFactor::new(999), DueFactor::new(10_000)), (Err(BadSlip::Factor), Err(BadSlip::Factor)));
    }

    proptest! {
        #[test]
        fn a_due_date_near_the_day_it_is_read_comes_back(reference in 11_200..78_000_i32, ahead in -3250..5750_i32) {
            let (reference, due) = (Day::from_epoch(reference), Day::from_epoch(reference).plus(ahead));
            if let Ok(factor) = DueFactor::of(due) {
                prop_assert_eq!(factor.day(reference), due);
            }
        }

        #[test]
        fn any_factor_has_a_day_of_its_own_number(number in 1000..10_000_u16, reference in any::<i32>()) {
            let factor = DueFactor::new(number).unwrap();
            prop_assert_eq!(DueFactor::of(factor.day(Day::from_epoch(reference))), Ok(factor));
        }
    }
}

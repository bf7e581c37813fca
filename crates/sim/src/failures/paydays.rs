//! On which local dates a payer is paid.
//!
//! Deliberately absent: what a policy knows of it, which is nothing: the chooser has paydays of its own, made from the
//! calendar and not from here.

use regua_core::time::Day;

use super::cause::Period;
use crate::draw::Draw;

const FRIDAY: i32 = 4;

/// A payer's paydays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Habit {
    /// A weekday, each week.
    Weekday(i32),
    /// A weekday, each second week: those whose number since 1970 leaves this rest.
    Fortnight(i32, i32),
    /// Two days of the month; 31 means its last.
    Twice(i8, i8),
    /// A day of the month; 31 means its last.
    Once(i8),
}

impl Habit {
    /// How somebody who is paid so often is usually paid. An assumption: Fridays first for weekly and biweekly pay, ends
    /// and middles of months for the others.
    pub(super) fn usual(period: Period, draw: &mut Draw) -> Self {
        let mut weekday = || draw.weighted(&[(FRIDAY, 60), (3, 20), (2, 15), (0, 5)]).unwrap_or(FRIDAY);
        match period {
            Period::Weekly => Self::Weekday(weekday()),
            Period::Biweekly => {
                let day = weekday();
                Self::Fortnight(day, i32::from(draw.chance(50)))
            }
            Period::Semimonthly => draw.weighted(&[(Self::Twice(15, 31), 70), (Self::Twice(1, 15), 30)]).unwrap_or(Self::Twice(15, 31)),
            Period::Monthly => draw
                .weighted(&[(Self::Once(31), 40), (Self::Once(1), 30), (Self::Once(25), 20), (Self::Once(15), 10)])
                .unwrap_or(Self::Once(31)),
        }
    }

    /// Whether a date is one of them. A day of the month that falls on a weekend is paid on the Friday before.
    fn falls_on(self, day: Day) -> bool {
        match self {
            Self::Weekday(weekday) => day.weekday() == weekday,
            Self::Fortnight(weekday, rest) => day.weekday() == weekday && (day.epoch() / 7) % 2 == rest,
            Self::Twice(one, other) => moved(one, day) || moved(other, day),
            Self::Once(date) => moved(date, day),
        }
    }

    /// The paydays of so many days from a date on.
    pub(super) fn days(self, from: Day, days: i32) -> impl Iterator<Item = Day> {
        (0..days).map(move |step| from.plus(step)).filter(move |day| self.falls_on(*day))
    }
}

/// Whether the pay of a date of the month is paid on this day.
fn moved(date: i8, day: Day) -> bool {
    let fits = |day: Day| {
        let civil = day.civil();
        civil.day() == date.min(civil.days_in_month())
    };
    day.weekday() <= FRIDAY && (fits(day) || (day.weekday() == FRIDAY && (fits(day.plus(1)) || fits(day.plus(2)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pay_days_are_where_a_calendar_has_them() {
        let january = Day::parse("2026-01-01").unwrap();
        // 31 January and 15 February 2026 are a Saturday and a Sunday, 31 May a Sunday.
        for (habit, expected) in [
            (Habit::Weekday(4), "2026-01-02 2026-01-09 2026-01-16 2026-01-23 2026-01-30"),
            (Habit::Twice(15, 31), "2026-01-15 2026-01-30 2026-02-13 2026-02-27 2026-03-13"),
            (Habit::Once(31), "2026-01-30 2026-02-27 2026-03-31 2026-04-30 2026-05-29"),
            (Habit::Once(1), "2026-01-01 2026-01-30 2026-02-27 2026-04-01 2026-05-01"),
        ] {
            let days: Vec<String> = habit.days(january, 200).take(5).map(|day| day.to_string()).collect();
            assert_eq!(days.join(" "), expected, "{habit:?}");
        }
        let fortnight: Vec<Day> = Habit::Fortnight(4, 1).days(january, 60).collect();
        assert!(fortnight.windows(2).all(|pair| pair[1].since(pair[0]) == 14) && fortnight.len() >= 4);
    }
}

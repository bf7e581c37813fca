//! Business calendars, computed for any year from 1900 to 2199.
//!
//! Each calendar's rules stand in a file of their own with their sources; a [`table`] is filled from
//! them once, after which every question costs one or two loads. Deliberately absent: state and
//! municipal holidays, and closings that were proclaimed for a single place.

mod br;
mod easter;
mod eu;
mod table;
mod uk;
mod us;

use std::sync::OnceLock;

use crate::time::Day;
use crate::words::text_enum;

use table::Table;

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
        self.table().is_none_or(|table| table.is_open(day))
    }

    /// Whether this is a holiday of the calendar, weekend or not. `none` has no holidays.
    ///
    /// Where a holiday on a weekend is observed on another day, both are holidays.
    #[must_use]
    pub fn is_holiday(self, day: Day) -> bool {
        self.table().is_some_and(|table| table.is_holiday(day))
    }

    /// This day if open, else the next open one. Held at [`Day::MAX`].
    ///
    /// ```
    /// # use regua_core::{calendar::Calendar, time::Day};
    /// let saturday = Day::parse("2026-02-14")?; // before Carnival
    /// assert_eq!(Calendar::BrBanking.roll(saturday), Day::parse("2026-02-18")?);
    /// # Ok::<(), regua_core::time::BadTime>(())
    /// ```
    #[must_use]
    pub fn roll(self, day: Day) -> Day {
        self.table().map_or(day, |table| table.nth_from(day, 0))
    }

    /// The `n`-th open day strictly after `day` (before it when `n` is negative); `day` itself when `n` is 0.
    /// Held within [`Day::MIN`] and [`Day::MAX`].
    #[must_use]
    pub fn add_open_days(self, day: Day, n: i32) -> Day {
        let Some(table) = self.table() else { return day.plus(n) };
        match n {
            0 => day,
            1.. if day == Day::MAX => day,
            1.. => table.nth_from(day.plus(1), n - 1),
            _ => table.nth_from(day, n),
        }
    }

    /// How many open days lie after `from`, up to and including `to`; negative when `to` is before `from`.
    ///
    /// ```
    /// # use regua_core::{calendar::Calendar, time::Day};
    /// let (friday, monday) = (Day::parse("2026-12-04")?, Day::parse("2026-12-14")?);
    /// assert_eq!(Calendar::BrBanking.open_days_between(friday, monday), 6);
    /// # Ok::<(), regua_core::time::BadTime>(())
    /// ```
    #[must_use]
    pub fn open_days_between(self, from: Day, to: Day) -> i32 {
        self.table().map_or_else(|| to.since(from), |table| table.open_through(to) - table.open_through(from))
    }

    /// The filled table; `none` needs none.
    fn table(self) -> Option<&'static Table> {
        static BR: OnceLock<Table> = OnceLock::new();
        static US: OnceLock<Table> = OnceLock::new();
        static EU: OnceLock<Table> = OnceLock::new();
        static UK: OnceLock<Table> = OnceLock::new();
        match self {
            Self::BrBanking => Some(BR.get_or_init(|| Table::build(br::holidays))),
            Self::UsFederal => Some(US.get_or_init(|| Table::build(us::holidays))),
            Self::EuTarget2 => Some(EU.get_or_init(|| Table::build(eu::holidays))),
            Self::UkBanking => Some(UK.get_or_init(|| Table::build(uk::holidays))),
            Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests;

//! Which days are open, counted once so that walking over open days is a lookup.

use crate::time::Day;

use super::easter::{SATURDAY, YEARS};

/// Open days and holidays of one calendar over [`Day::MIN`]`..=`[`Day::MAX`].
pub(super) struct Table {
    /// By days after `Day::MIN`: how many open days there are before that day. One entry more than days.
    open_before: Box<[i32]>,
    /// The open days in order.
    open: Box<[Day]>,
    /// By days after `Day::MIN`: whether that day is a holiday, on a weekend or not.
    holiday: Box<[bool]>,
}

impl Table {
    /// Fills the table from the holidays of each year.
    ///
    /// A rule may name a day of a neighbouring year, such as a New Year's Day observed on 31 December.
    pub(super) fn build(rules: fn(i16, &mut Vec<Day>)) -> Self {
        let mut holidays = Vec::new();
        for year in YEARS {
            rules(year, &mut holidays);
        }
        holidays.sort_unstable();
        holidays.dedup();

        let mut open_before = vec![0];
        let mut open = Vec::new();
        let mut counted = 0;
        let mut coming = holidays.into_iter().peekable();
        let mut holiday = Vec::new();
        for day in (Day::MIN.epoch()..=Day::MAX.epoch()).map(Day::from_epoch) {
            let is_holiday = coming.next_if_eq(&day).is_some();
            if day.weekday() < SATURDAY && !is_holiday {
                open.push(day);
                counted += 1;
            }
            open_before.push(counted);
            holiday.push(is_holiday);
        }
        Self { open_before: open_before.into(), open: open.into(), holiday: holiday.into() }
    }

    pub(super) fn is_open(&self, day: Day) -> bool {
        self.open_through(day) != self.open_before(day)
    }

    pub(super) fn is_holiday(&self, day: Day) -> bool {
        usize::try_from(day.since(Day::MIN)).ok().and_then(|index| self.holiday.get(index)).copied().unwrap_or(false)
    }

    /// The open day `n` places after (before) the first open day on or after `day`, held within the table.
    pub(super) fn nth_from(&self, day: Day, n: i32) -> Day {
        match usize::try_from(self.open_before(day).saturating_add(n)) {
            Ok(place) => self.open.get(place).copied().unwrap_or(Day::MAX),
            Err(_) => Day::MIN,
        }
    }

    /// Open days from the beginning of the table up to and including `day`.
    pub(super) fn open_through(&self, day: Day) -> i32 {
        self.count(day.since(Day::MIN) + 1)
    }

    /// Open days from the beginning of the table up to, but not including `day`.
    fn open_before(&self, day: Day) -> i32 {
        self.count(day.since(Day::MIN))
    }

    /// `open_before` at a distance from `Day::MIN`, which every `Day` keeps within the table.
    fn count(&self, index: i32) -> i32 {
        usize::try_from(index).ok().and_then(|index| self.open_before.get(index)).copied().unwrap_or(0)
    }
}

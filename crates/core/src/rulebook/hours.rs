//! Hours of the week in which a contact may be made.

use crate::calendar::Calendar;
use crate::rulebook::{Class, Rule};
use crate::time::{Instant, LocalTime, Zone};
use crate::words::Channel;

/// For each weekday from Monday the open span, in whole hours: from, to (exclusive; 24 is midnight).
pub type Week = [Option<(u16, u16)>; 7];

/// When contacts of some classes may be made over some channels.
#[derive(Debug)]
pub struct Hours {
    /// What it binds.
    pub classes: &'static [Class],
    /// Over what.
    pub channels: &'static [Channel],
    /// The debtor's state; everywhere else when absent.
    pub state: Option<&'static str>,
    /// The open hours of a week.
    pub week: Week,
    /// Whether holidays are closed.
    pub closed_on_holidays: bool,
    /// The rule.
    pub rule: &'static Rule,
}

/// A year has no longer run of closed days than this.
///
/// Source: ours, a bound of the search.
const DAYS_TRIED: i32 = 30;

impl Hours {
    /// The first permitted moment from `now` on; `None` if there is none within a month.
    #[must_use]
    pub fn next(&self, zone: Zone, now: Instant, holidays: Calendar) -> Option<Instant> {
        let today = zone.day_of(now);
        (0..=DAYS_TRIED).find_map(|ahead| {
            let day = today.plus(ahead);
            let (from, to) = self.week[usize::try_from(day.weekday()).ok()?]?;
            if self.closed_on_holidays && holidays.is_holiday(day) {
                return None;
            }
            let opens = zone.at(day, LocalTime::new(from, 0)?);
            let closes = LocalTime::new(to, 0).map_or_else(|| zone.midnight(day.plus(1)), |to| zone.at(day, to));
            (now < closes).then(|| now.max(opens))
        })
    }

    /// Whether on some weekday the hours have not ended by a local time.
    #[must_use]
    pub fn ever_open_after(&self, time: LocalTime) -> bool {
        self.week.iter().flatten().any(|&(_, to)| time.minutes() < to.saturating_mul(60))
    }
}

/// Every day the same hours.
pub(super) const fn daily(from: u16, to: u16) -> Week {
    [Some((from, to)); 7]
}

/// Monday to Friday, Saturday, Sunday.
pub(super) const fn week(weekdays: (u16, u16), saturday: Option<(u16, u16)>, sunday: Option<(u16, u16)>) -> Week {
    let day = Some(weekdays);
    [day, day, day, day, day, saturday, sunday]
}

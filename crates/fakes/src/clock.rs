//! The clock of a fake, which a test sets, and civil days counted by whole numbers.
//!
//! Deliberately absent: time zones. Each fake says which offset its dates are in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// What time it is for a fake: seconds since 1970 in UTC. Copies share one time.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Arc<AtomicI64>,
    running: Option<Instant>,
}

impl Clock {
    /// A clock that stands at a moment until it is set.
    #[must_use]
    pub fn standing(seconds: i64) -> Self {
        Self { base: Arc::new(AtomicI64::new(seconds)), running: None }
    }

    /// A clock that goes on from a moment: for a program that is used by hand.
    #[must_use]
    pub fn running(seconds: i64) -> Self {
        Self { base: Arc::new(AtomicI64::new(seconds)), running: Some(Instant::now()) }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> i64 {
        let gone = self.running.map_or(0, |since| i64::try_from(since.elapsed().as_secs()).unwrap_or(i64::MAX));
        self.base.load(Ordering::SeqCst).saturating_add(gone)
    }

    /// Sets the time, backwards too.
    pub fn set(&self, seconds: i64) {
        let gone = self.now().saturating_sub(self.base.load(Ordering::SeqCst));
        self.base.store(seconds.saturating_sub(gone), Ordering::SeqCst);
    }

    /// Lets so many seconds go by.
    pub fn advance(&self, seconds: i64) {
        self.set(self.now().saturating_add(seconds));
    }
}

/// The day that a moment is in, counted from 1970-01-01; `offset` is the zone's, in seconds east of UTC.
#[must_use]
pub fn day_of(seconds: i64, offset: i64) -> i64 {
    seconds.saturating_add(offset).div_euclid(DAY)
}

/// Year, month and day of a day counted from 1970-01-01 (the proleptic Gregorian calendar in eras of 400 years).
#[must_use]
pub fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted_month + 2) / 5 + 1)
}

/// The inverse of [`civil`]; the day of the month is not checked here.
#[must_use]
pub fn day(year: i64, month: i64, of_month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + of_month - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `2026-12-01`.
#[must_use]
pub fn date(day: i64) -> String {
    let (year, month, of_month) = civil(day);
    format!("{year:04}-{month:02}-{of_month:02}")
}

/// Reads `2026-12-01`; none when there is no such day.
#[must_use]
pub fn parse_date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let number = |part: Option<&str>| part.filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse::<i64>().ok();
    let found = day(number(text.get(0..4))?, number(text.get(5..7))?, number(text.get(8..10))?);
    (date(found) == text).then_some(found)
}

/// `2026-12-01 13:05:09`, at an offset.
#[must_use]
pub fn date_time(seconds: i64, offset: i64) -> String {
    let of_day = seconds.saturating_add(offset).rem_euclid(DAY);
    format!("{} {:02}:{:02}:{:02}", date(day_of(seconds, offset)), of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// `2026-12-01T13:05:09.000Z`.
#[must_use]
pub fn rfc3339(seconds: i64) -> String {
    format!("{}.000Z", date_time(seconds, 0).replacen(' ', "T", 1))
}

/// Reads a moment of RFC 3339 with `Z` or an offset; fractions of a second are left out.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let day = parse_date(text.get(0..10)?)?;
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) {
        return None;
    }
    let number = |part: Option<&str>| part.filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse::<i64>().ok();
    let (hour, minute, second) = (number(text.get(11..13))?, number(text.get(14..16))?, number(text.get(17..19))?);
    if text.get(13..14) != Some(":") || text.get(16..17) != Some(":") || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = text.get(19..)?;
    let rest = rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let offset = if rest == "Z" || rest == "z" {
        0
    } else {
        let sign = if rest.starts_with('-') { -1 } else { 1 };
        let signed = rest.strip_prefix(['+', '-'])?;
        if signed.len() != 5 || signed.get(2..3) != Some(":") {
            return None;
        }
        sign * (number(signed.get(0..2))? * 3600 + number(signed.get(3..5))? * 60)
    };
    Some(day * DAY + hour * 3600 + minute * 60 + second - offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse_over_eight_centuries() {
        for number in -150_000..150_000 {
            let (year, month, of_month) = civil(number);
            assert_eq!(day(year, month, of_month), number);
        }
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(parse_date("2026-02-29"), None);
        assert_eq!(parse_date("2028-02-29").map(date).as_deref(), Some("2028-02-29"));
    }

    #[test]
    fn moments_are_read_with_offset_and_fraction() {
        assert_eq!(parse_rfc3339("1970-01-02T00:00:00Z"), Some(DAY));
        assert_eq!(parse_rfc3339("1970-01-01T21:00:00.123-03:00"), Some(DAY));
        assert_eq!(rfc3339(DAY + 3661), "1970-01-02T01:01:01.000Z");
        for wrong in ["1970-01-02", "1970-01-02T25:00:00Z", "1970-01-02T00:00:00", "1970-01-02T00:00:00+3"] {
            assert_eq!(parse_rfc3339(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_standing_clock_moves_only_when_it_is_set_and_its_copies_with_it() {
        let clock = Clock::standing(100);
        let copy = clock.clone();
        copy.advance(5);
        assert_eq!(clock.now(), 105);
        clock.set(7);
        assert_eq!(copy.now(), 7);
    }
}

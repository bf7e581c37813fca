//! Instants, civil days, local hours and time zones.
//!
//! Deliberately absent: `now`. All arithmetic on the hot path is on integers; jiff supplies the zone
//! rules once per zone, after which a local time costs one binary search.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MICROS: i64 = 1_000_000;
const DAY_SECS: i64 = 86_400;

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Instant(i64);

impl Instant {
    /// Later than anything that happens.
    pub const NEVER: Self = Self(i64::MAX);
    /// Earlier than anything that happened.
    pub const DAWN: Self = Self(i64::MIN);

    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the Unix epoch.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(MICROS))
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// This instant moved by whole hours, saturating at the ends of time.
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours.saturating_mul(3600 * MICROS)))
    }

    /// Parses RFC 3339 with an offset, e.g. `2026-12-16T09:00:00-03:00`.
    ///
    /// # Errors
    /// [`BadTime`] when the text is not such a time or lies outside the years 1900 to 2199.
    pub fn parse(text: &str) -> Result<Self, BadTime> {
        let bad = || BadTime(text.to_owned(), "an RFC 3339 time with an offset, such as 2026-12-16T09:00:00-03:00");
        let at: Timestamp = text.parse().or(Err(bad()))?;
        let instant = Self(at.as_microsecond());
        let day = Zone::utc().day_of(instant);
        if day < Day::MIN || day > Day::MAX { Err(bad()) } else { Ok(instant) }
    }
}

/// A civil date: days since 1970-01-01, within the years 1900 to 2199.
///
/// ```
/// # use regua_core::time::Day;
/// let due = Day::parse("2026-12-12")?;
/// assert_eq!(due.plus(2).to_string(), "2026-12-14");
/// assert_eq!(due.weekday(), 5); // Saturday
/// # Ok::<(), regua_core::time::BadTime>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(i32);

impl Day {
    /// 1900-01-01.
    pub const MIN: Self = Self(-25_567);
    /// 2199-12-31.
    pub const MAX: Self = Self(84_005);

    /// From days since 1970-01-01, held within [`Day::MIN`] and [`Day::MAX`].
    #[must_use]
    pub const fn from_epoch(days: i32) -> Self {
        if days < Self::MIN.0 {
            Self::MIN
        } else if days > Self::MAX.0 {
            Self::MAX
        } else {
            Self(days)
        }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn epoch(self) -> i32 {
        self.0
    }

    /// The date of a year, month and day, if there is one.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().and_then(Self::from_civil)
    }

    /// From jiff's civil date, if within range.
    #[must_use]
    pub fn from_civil(date: Date) -> Option<Self> {
        let days = date.since(Date::constant(1970, 1, 1)).ok()?.get_days();
        (Self::MIN.0..=Self::MAX.0).contains(&days).then_some(Self(days))
    }

    /// Jiff's civil date of this day.
    #[must_use]
    pub fn civil(self) -> Date {
        // Days within MIN..=MAX are always representable; the epoch is the harmless fallback.
        Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(self.0)).unwrap_or(Date::constant(1970, 1, 1))
    }

    /// This day moved by civil days, held within the range.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self::from_epoch(self.0.saturating_add(days))
    }

    /// Civil days from `earlier` to this day; negative when this day is before it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// 0 is Monday, 6 is Sunday.
    #[must_use]
    pub const fn weekday(self) -> i32 {
        (self.0 + 3).rem_euclid(7)
    }

    /// Jiff's weekday.
    #[must_use]
    pub fn jiff_weekday(self) -> Weekday {
        self.civil().weekday()
    }

    /// Parses `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`BadTime`] when the text is not such a date within the years 1900 to 2199.
    pub fn parse(text: &str) -> Result<Self, BadTime> {
        let bad = || BadTime(text.to_owned(), "a date such as 2026-12-31");
        let bytes = text.as_bytes();
        if bytes.len() != 10 {
            return Err(bad());
        }
        let date: Date = text.parse().or(Err(bad()))?;
        Self::from_civil(date).ok_or_else(bad)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.civil();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A local hour and minute, in minutes after midnight (0 to 1439).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LocalTime(u16);

impl LocalTime {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);

    /// From an hour and a minute, if there is such a time.
    #[must_use]
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// An hour known at compile time.
    ///
    /// # Panics
    /// At compile time when `hour` is 24 or more.
    #[must_use]
    pub const fn hour(hour: u16) -> Self {
        assert!(hour < 24, "an hour is 0 to 23");
        Self(hour * 60)
    }

    /// Minutes after midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Parses `HH:MM`.
    ///
    /// # Errors
    /// [`BadTime`] when the text is not such a time.
    pub fn parse(text: &str) -> Result<Self, BadTime> {
        let bad = || BadTime(text.to_owned(), "a local hour such as 09:00");
        let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
        if hour.len() != 2 || minute.len() != 2 || !text.bytes().all(|b| b == b':' || b.is_ascii_digit()) {
            return Err(bad());
        }
        let part = |digits: &str| digits.parse::<u16>().or(Err(bad()));
        Self::new(part(hour)?, part(minute)?).ok_or_else(bad)
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An IANA time zone, shared and cheap to copy.
///
/// A local time that summer time skips moves forward by the gap; one that it repeats means its first.
///
/// ```
/// # use regua_core::time::{Day, LocalTime, Zone};
/// let zone = Zone::parse("America/Sao_Paulo")?;
/// let at = zone.at(Day::parse("2026-12-16")?, LocalTime::hour(9));
/// assert_eq!(zone.rfc3339(at), "2026-12-16T09:00:00-03:00");
/// # Ok::<(), regua_core::time::BadTime>(())
/// ```
#[derive(Clone, Copy)]
pub struct Zone(&'static ZoneRules);

struct ZoneRules {
    name: String,
    /// `(from, offset)`: from this second of UTC on, local time is UTC + offset seconds. The first is the dawn of time.
    spans: Vec<(i64, i32)>,
}

impl Zone {
    /// Looks an IANA name up, e.g. `America/Sao_Paulo`.
    ///
    /// The rules are read once per zone and kept: there are some 600, so the cache is bounded.
    ///
    /// # Errors
    /// [`BadTime`] when the bundled time zone database has no such zone.
    pub fn parse(name: &str) -> Result<Self, BadTime> {
        static ZONES: OnceLock<Mutex<BTreeMap<String, Zone>>> = OnceLock::new();
        let zones = ZONES.get_or_init(|| Mutex::new(BTreeMap::new()));
        let mut zones = zones.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&zone) = zones.get(name) {
            return Ok(zone);
        }
        let bad = || BadTime(name.to_owned(), "an IANA time zone such as America/Sao_Paulo");
        let rules = TimeZone::get(name).or(Err(bad()))?;
        // The look-up ignores case: only the zone's own spelling is kept, so that spellings cannot fill the memory.
        let name = rules.iana_name().ok_or_else(bad)?;
        let zone = zones.entry(name.to_owned()).or_insert_with(|| Self(Box::leak(Box::new(ZoneRules::read(name, &rules)))));
        Ok(*zone)
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        static UTC: OnceLock<ZoneRules> = OnceLock::new();
        Self(UTC.get_or_init(|| ZoneRules { name: "UTC".to_owned(), spans: vec![(i64::MIN, 0)] }))
    }

    /// The IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// Seconds that local time is ahead of UTC at an instant.
    #[must_use]
    pub fn offset_secs(self, at: Instant) -> i32 {
        self.span(at.secs()).1
    }

    /// The local date of an instant.
    #[must_use]
    pub fn day_of(self, at: Instant) -> Day {
        self.local(at).0
    }

    /// The local date of an instant and the seconds after its local midnight.
    #[must_use]
    pub fn local(self, at: Instant) -> (Day, i64) {
        let secs = at.secs();
        let local = secs.saturating_add(i64::from(self.span(secs).1));
        let day = local.div_euclid(DAY_SECS).clamp(i64::from(Day::MIN.0), i64::from(Day::MAX.0));
        (Day(i32::try_from(day).unwrap_or(0)), local.rem_euclid(DAY_SECS))
    }

    /// The instant of a local date and hour.
    #[must_use]
    pub fn at(self, day: Day, time: LocalTime) -> Instant {
        let local = i64::from(day.0) * DAY_SECS + i64::from(time.0) * 60;
        let spans = &self.0.spans;
        let guess = self.index(local);
        // Around a change at most three spans can hold the local time: take the earliest that does.
        for index in guess.saturating_sub(1)..=(guess + 1).min(spans.len() - 1) {
            let secs = local - i64::from(spans[index].1);
            let until = spans.get(index + 1).map_or(i64::MAX, |next| next.0);
            if spans[index].0 <= secs && secs < until {
                return Instant::from_secs(secs);
            }
        }
        // In the gap: read with the offset before the change, which moves it forward by the gap.
        for index in guess.saturating_sub(1)..=guess {
            let secs = local - i64::from(spans[index].1);
            let until = spans.get(index + 1).map_or(i64::MAX, |next| next.0);
            if secs >= until {
                let after = spans.get(index + 1).map_or(0, |next| next.1);
                if local - i64::from(after) < until {
                    return Instant::from_secs(secs);
                }
            }
        }
        Instant::from_secs(local - i64::from(spans[guess].1))
    }

    /// 00:00 of a local date (the first moment of the day where summer time skips midnight).
    #[must_use]
    pub fn midnight(self, day: Day) -> Instant {
        self.at(day, LocalTime::MIDNIGHT)
    }

    /// RFC 3339 to the second, with the zone's offset at that instant.
    #[must_use]
    pub fn rfc3339(self, at: Instant) -> String {
        let mut text = String::with_capacity(25);
        self.write_rfc3339(at, &mut text);
        text
    }

    /// Appends what [`Zone::rfc3339`] returns.
    pub fn write_rfc3339(self, at: Instant, out: &mut String) {
        use fmt::Write as _;
        let (day, secs) = self.local(at);
        let date = day.civil();
        let offset = self.offset_secs(at) / 60;
        let sign = if offset < 0 { '-' } else { '+' };
        let ahead = offset.abs();
        let (hour, minute, second) = (secs / 3600, secs / 60 % 60, secs % 60);
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
            date.year(),
            date.month(),
            date.day(),
            ahead / 60,
            ahead % 60
        );
    }

    fn index(self, secs: i64) -> usize {
        self.0.spans.partition_point(|span| span.0 <= secs).saturating_sub(1)
    }

    fn span(self, secs: i64) -> (i64, i32) {
        self.0.spans[self.index(secs)]
    }
}

impl ZoneRules {
    fn read(name: &str, rules: &TimeZone) -> Self {
        let start = Timestamp::from_second(i64::from(Day::MIN.0) * DAY_SECS).unwrap_or(Timestamp::UNIX_EPOCH);
        let end = i64::from(Day::MAX.0 + 2) * DAY_SECS;
        let mut spans = vec![(i64::MIN, rules.to_offset(start).seconds())];
        for change in rules.following(start) {
            let from = change.timestamp().as_second();
            if from > end {
                break;
            }
            let offset = change.offset().seconds();
            if spans.last().is_some_and(|last| last.1 != offset) {
                spans.push((from, offset));
            }
        }
        Self { name: name.to_owned(), spans }
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}

/// Text where people read it (`2026-12-15`), days since 1970 in compact forms.
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() { to.collect_str(self) } else { to.serialize_i32(self.0) }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            return Self::parse(&String::deserialize(from)?).map_err(D::Error::custom);
        }
        i32::deserialize(from).map(Self::from_epoch)
    }
}

/// RFC 3339 in UTC to the microsecond where people read it (`never` and `dawn` for the ends of time), microseconds
/// since 1970 in compact forms.
impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if !to.is_human_readable() {
            return to.serialize_i64(self.0);
        }
        match *self {
            Self::NEVER => to.serialize_str("never"),
            Self::DAWN => to.serialize_str("dawn"),
            Self(micros) => match Timestamp::from_microsecond(micros) {
                Ok(at) => to.collect_str(&at),
                Err(_) => to.serialize_str(if micros > 0 { "never" } else { "dawn" }),
            },
        }
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if !from.is_human_readable() {
            return i64::deserialize(from).map(Self);
        }
        match String::deserialize(from)?.as_str() {
            "never" => Ok(Self::NEVER),
            "dawn" => Ok(Self::DAWN),
            text => Self::parse(text).map_err(D::Error::custom),
        }
    }
}

/// The IANA name.
impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

/// A text that is not the date, time or zone it should be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not {1}")]
pub struct BadTime(String, &'static str);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).expect("a zone of the bundled database")
    }

    #[test]
    fn skipped_hours_move_forward_and_repeated_hours_mean_the_first() {
        // São Paulo skipped midnight on 2018-11-04; Rome skips 02:00 and repeats it in autumn.
        for (name, day, time, expected) in [
            ("America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T01:00:00-02:00"),
            ("America/Sao_Paulo", "2018-11-04", "00:30", "2018-11-04T01:30:00-02:00"),
            ("America/Sao_Paulo", "2019-02-17", "00:00", "2019-02-17T00:00:00-03:00"),
            ("America/Sao_Paulo", "2019-02-16", "23:30", "2019-02-16T23:30:00-02:00"),
            ("Europe/Rome", "2026-03-29", "02:30", "2026-03-29T03:30:00+02:00"),
            ("Europe/Rome", "2026-10-25", "02:30", "2026-10-25T02:30:00+02:00"),
            ("Asia/Kathmandu", "2026-10-25", "09:00", "2026-10-25T09:00:00+05:45"),
        ] {
            let zone = zone(name);
            let at = zone.at(Day::parse(day).unwrap(), LocalTime::parse(time).unwrap());
            assert_eq!(zone.rfc3339(at), expected, "{name} {day} {time}");
        }
    }

    #[test]
    fn bad_texts_are_refused() {
        for text in ["2026-02-30", "2026-2-3", "20260203", "0026-02-03", "2200-01-01", "", "2026-02-03T"] {
            assert!(Day::parse(text).is_err(), "{text}");
        }
        for text in ["9:00", "24:00", "09:60", "+9:00", "0900", ""] {
            assert!(LocalTime::parse(text).is_err(), "{text}");
        }
        assert!(Instant::parse("2026-12-16T09:00:00").is_err(), "no offset");
        assert!(Zone::parse("Mars/Olympus").is_err());
        assert_eq!(zone("america/SAO_paulo").name(), "America/Sao_Paulo");
    }

    proptest! {
        #[test]
        fn local_times_agree_with_jiff(
            days in -25_000..84_000i32,
            minutes in 0..1440u16,
            which in 0..5usize,
        ) {
            let name = ["America/Sao_Paulo", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"][which];
            let (zone, day, time) = (zone(name), Day::from_epoch(days), LocalTime(minutes));
            let civil = day.civil().at(i8::try_from(minutes / 60).unwrap(), i8::try_from(minutes % 60).unwrap(), 0, 0);
            let expected = TimeZone::get(name).unwrap().to_ambiguous_zoned(civil).compatible().unwrap();
            prop_assert_eq!(zone.at(day, time).secs(), expected.timestamp().as_second());
            let (back, secs) = zone.local(zone.at(day, time));
            let (date, clock) = (expected.datetime().date(), expected.datetime().time());
            prop_assert_eq!(back, Day::from_civil(date).unwrap());
            prop_assert_eq!(secs, i64::from(clock.hour()) * 3600 + i64::from(clock.minute()) * 60 + i64::from(clock.second()));
        }
    }
}

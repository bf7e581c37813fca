//! Days of a year that are found by counting: Easter, the third Monday, the last Thursday.

use crate::time::Day;

/// Years that a table covers: those of [`Day::MIN`] to [`Day::MAX`].
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;

/// Weekdays as [`Day::weekday`] counts them.
pub(super) const MONDAY: i32 = 0;
/// See [`MONDAY`].
pub(super) const THURSDAY: i32 = 3;
/// See [`MONDAY`].
pub(super) const SATURDAY: i32 = 5;
/// See [`MONDAY`].
pub(super) const SUNDAY: i32 = 6;

/// A date that exists in every year of [`YEARS`].
pub(super) fn date(year: i16, month: i8, day: i8) -> Day {
    Day::new(year, month, day).expect("the rules name only dates that every year from 1900 to 2199 has")
}

/// Easter Sunday of the Gregorian calendar.
///
/// Source: the anonymous Gregorian algorithm (Nature, 20 April 1876; Meeus, *Astronomical Algorithms*, ch. 8).
pub(super) fn easter(year: i16) -> Day {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    // Days after 22 March, the earliest Easter.
    date(year, 3, 22).plus(h + l - 7 * m)
}

/// The `n`-th such weekday of a month, counted from 1.
pub(super) fn nth(n: i32, weekday: i32, year: i16, month: i8) -> Day {
    let first = date(year, month, 1);
    first.plus((weekday - first.weekday()).rem_euclid(7) + 7 * (n - 1))
}

/// The last such weekday of a month.
pub(super) fn last(weekday: i32, year: i16, month: i8) -> Day {
    let fifth = nth(5, weekday, year, month);
    if fifth.civil().month() == month { fifth } else { fifth.plus(-7) }
}

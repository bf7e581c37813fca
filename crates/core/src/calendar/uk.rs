//! `uk-banking`: bank holidays of England and Wales.
//!
//! Sources: Banking and Financial Dealings Act 1971, s. 1 and sch. 1 para. 1, with the royal proclamations under
//! s. 1(2) and (3) (New Year's Day since 1974, early May since 1978, days in lieu, days of one year); Good Friday and
//! Christmas Day by common law; before 1971 the Bank Holidays Act 1871. Later one-off days: gov.uk/bank-holidays.
//!
//! Absent: the trial dates of the spring and August holidays in 1965 to 1970, Scotland and Northern Ireland.

use crate::time::Day;

use super::easter::{MONDAY, SATURDAY, SUNDAY, date, easter, last, nth};

pub(super) fn holidays(year: i16, out: &mut Vec<Day>) {
    let easter = easter(year);
    out.extend([easter.plus(-2), easter.plus(1)]); // Good Friday, Easter Monday
    if year >= 1974 {
        let new_year = date(year, 1, 1);
        out.extend([new_year, monday_in_lieu(new_year)]);
    }
    out.extend(early_may(year));
    out.push(spring(year));
    out.push(if year >= 1971 { last(MONDAY, year, 8) } else { nth(1, MONDAY, year, 8) });
    christmas(year, out);
    out.extend(ONCE.iter().filter(|once| once.0 == year).map(|&(year, month, day)| date(year, month, day)));
}

/// Holidays that were proclaimed for one year.
const ONCE: [(i16, i8, i8); 10] = [
    (1973, 11, 14), // wedding of Princess Anne
    (1977, 6, 7),   // Silver Jubilee
    (1981, 7, 29),  // wedding of the Prince of Wales
    (1999, 12, 31), // the millennium
    (2002, 6, 3),   // Golden Jubilee
    (2011, 4, 29),  // wedding of Prince William
    (2012, 6, 5),   // Diamond Jubilee
    (2022, 6, 3),   // Platinum Jubilee
    (2022, 9, 19),  // state funeral of Queen Elizabeth II
    (2023, 5, 8),   // coronation of King Charles III
];

/// The first Monday of May since 1978; in 1995 and 2020 moved to Victory in Europe Day.
fn early_may(year: i16) -> Option<Day> {
    match year {
        1995 | 2020 => Some(date(year, 5, 8)),
        1978.. => Some(nth(1, MONDAY, year, 5)),
        _ => None,
    }
}

/// The last Monday of May since 1971, moved into June in jubilee years; Whit Monday before.
fn spring(year: i16) -> Day {
    match year {
        2002 | 2012 => date(year, 6, 4),
        2022 => date(year, 6, 2),
        1971.. => last(MONDAY, year, 5),
        _ => easter(year).plus(50),
    }
}

/// Christmas Day, Boxing Day and the days in lieu of those that fall on a weekend.
fn christmas(year: i16, out: &mut Vec<Day>) {
    let christmas = date(year, 12, 25);
    out.extend([christmas, christmas.plus(1)]);
    match christmas.weekday() {
        SATURDAY => out.extend([christmas.plus(2), christmas.plus(3)]),
        SUNDAY => out.push(christmas.plus(2)), // Boxing Day keeps its Monday
        _ => out.push(monday_in_lieu(christmas.plus(1))),
    }
}

/// The Monday after a day that falls on a weekend; else the day itself.
fn monday_in_lieu(day: Day) -> Day {
    match day.weekday() {
        SATURDAY => day.plus(2),
        SUNDAY => day.plus(1),
        _ => day,
    }
}

//! `us-federal`: legal public holidays of the United States.
//!
//! Source: 5 U.S.C. 6103(a), as amended by Pub. L. 90-363 (Mondays since 1971), 94-97 (Veterans Day back on
//! 11 November since 1978), 98-144 (Martin Luther King Jr. since 1986) and 117-17 (Juneteenth since 2021).
//! A holiday on a Saturday is observed on the Friday before, 5 U.S.C. 6103(b); one on a Sunday on the Monday
//! after, Executive Order 11582. Both rules are applied to every year.
//!
//! The Federal Reserve Banks, and so ACH and Fedwire, stay open on such a Friday. We follow the statute, as the
//! calendar's name says: it is the stricter one for contacts, and a due date that falls on that Friday waits.
//! Absent: days that a president closed the offices for once, and Inauguration Day (Washington area only).

use crate::time::Day;

use super::easter::{MONDAY, SATURDAY, SUNDAY, THURSDAY, date, last, nth};

pub(super) fn holidays(year: i16, out: &mut Vec<Day>) {
    let mut fixed = vec![date(year, 1, 1), date(year, 7, 4), date(year, 12, 25)];
    out.push(nth(1, MONDAY, year, 9)); // Labor Day
    out.push(thanksgiving(year));
    if year >= 1986 {
        out.push(nth(3, MONDAY, year, 1)); // Birthday of Martin Luther King, Jr.
    }
    if year >= 1971 {
        out.push(nth(3, MONDAY, year, 2)); // Washington's Birthday
        out.push(last(MONDAY, year, 5)); // Memorial Day
        out.push(nth(2, MONDAY, year, 10)); // Columbus Day
    } else {
        fixed.push(date(year, 2, 22));
        fixed.push(date(year, 5, 30));
    }
    if year >= 2021 {
        fixed.push(date(year, 6, 19)); // Juneteenth
    }
    match year {
        1971..=1977 => out.push(nth(4, MONDAY, year, 10)), // Veterans Day
        1938.. => fixed.push(date(year, 11, 11)),          // and Armistice Day before 1954
        _ => {}
    }
    out.extend(fixed.into_iter().flat_map(|day| [day, observed(day)]));
}

/// The working day on which a holiday with a fixed date is kept.
fn observed(day: Day) -> Day {
    match day.weekday() {
        SATURDAY => day.plus(-1),
        SUNDAY => day.plus(1),
        _ => day,
    }
}

/// The fourth Thursday of November since 1942 (55 Stat. 862); before that the last one, or the one before it in
/// the years 1939 to 1941 (by proclamation).
fn thanksgiving(year: i16) -> Day {
    match year {
        1942.. => nth(4, THURSDAY, year, 11),
        1939..=1941 => last(THURSDAY, year, 11).plus(-7),
        _ => last(THURSDAY, year, 11),
    }
}

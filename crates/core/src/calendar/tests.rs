use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a date in a test")
}

/// Every weekday of a year on which a calendar is closed, as `MM-DD`.
fn closed_weekdays(calendar: Calendar, year: i16) -> String {
    let first = Day::new(year, 1, 1).expect("a year in a test");
    let closed = (0..366).map(|n| first.plus(n)).filter(|day| day.civil().year() == year);
    let closed = closed.filter(|day| day.weekday() < 5 && !calendar.is_open(*day));
    closed.map(|day| day.to_string()[5..].to_owned()).collect::<Vec<_>>().join(" ")
}

#[test]
fn years_close_on_the_published_days() {
    use Calendar::{BrBanking, EuTarget2, UkBanking, UsFederal};
    // br: ANBIMA's table; us: opm.gov; eu: the ECB's calendars; uk: gov.uk and the London Gazette. Weekdays only.
    for (calendar, year, expected) in [
        (BrBanking, 2023, "02-20 02-21 04-07 04-21 05-01 06-08 09-07 10-12 11-02 11-15 12-25"),
        (BrBanking, 2024, "01-01 02-12 02-13 03-29 05-01 05-30 11-15 11-20 12-25"),
        (BrBanking, 2026, "01-01 02-16 02-17 04-03 04-21 05-01 06-04 09-07 10-12 11-02 11-20 12-25"),
        (UsFederal, 1969, "01-01 02-21 05-30 07-04 09-01 11-11 11-27 12-25"),
        (UsFederal, 1975, "01-01 02-17 05-26 07-04 09-01 10-13 10-27 11-27 12-25"),
        (UsFederal, 2020, "01-01 01-20 02-17 05-25 07-03 09-07 10-12 11-11 11-26 12-25"),
        (UsFederal, 2021, "01-01 01-18 02-15 05-31 06-18 07-05 09-06 10-11 11-11 11-25 12-24 12-31"),
        (UsFederal, 2022, "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26"),
        (UsFederal, 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
        (EuTarget2, 2001, "01-01 04-13 04-16 05-01 12-25 12-26 12-31"),
        (EuTarget2, 2024, "01-01 03-29 04-01 05-01 12-25 12-26"),
        (EuTarget2, 2026, "01-01 04-03 04-06 05-01 12-25"),
        (EuTarget2, 2027, "01-01 03-26 03-29"),
        (UkBanking, 1977, "01-03 04-08 04-11 05-30 06-07 08-29 12-26 12-27"),
        (UkBanking, 1995, "01-02 04-14 04-17 05-08 05-29 08-28 12-25 12-26"),
        (UkBanking, 1999, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28 12-31"),
        (UkBanking, 2002, "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26"),
        (UkBanking, 2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
        (UkBanking, 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
        (UkBanking, 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (UkBanking, 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (UkBanking, 2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
        (UkBanking, 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
    ] {
        assert_eq!(closed_weekdays(calendar, year), expected, "{calendar} {year}");
    }
}

#[test]
fn easter_is_where_the_church_put_it() {
    // Earliest, latest and leap-century Easters of the tables in the Book of Common Prayer and by the US Naval Observatory.
    for (year, expected) in [
        (1900, "1900-04-15"),
        (1943, "1943-04-25"),
        (1954, "1954-04-18"),
        (1981, "1981-04-19"),
        (2000, "2000-04-23"),
        (2008, "2008-03-23"),
        (2038, "2038-04-25"),
        (2100, "2100-03-28"),
        (2199, "2199-04-14"),
    ] {
        assert_eq!(easter::easter(year).to_string(), expected);
    }
}

#[test]
fn a_holiday_on_a_weekend_is_one_beside_the_day_it_is_observed_on() {
    for (calendar, kept, date) in [(Calendar::UsFederal, "2021-12-31", "2022-01-01"), (Calendar::UkBanking, "2022-12-27", "2022-12-25")] {
        assert!(calendar.is_holiday(day(kept)) && calendar.is_holiday(day(date)), "{calendar} {date}");
    }
    assert!(!Calendar::BrBanking.is_holiday(day("2026-12-12")), "a plain Saturday is closed but no holiday");
    assert!(!Calendar::None.is_holiday(day("2026-12-25")));
}

#[test]
fn the_ends_of_the_range_hold() {
    for calendar in Calendar::ALL {
        for n in [i32::MIN, -1, 0, 1, i32::MAX] {
            for day in [Day::MIN, Day::MAX] {
                let there = calendar.add_open_days(day, n);
                assert!(Day::MIN <= there && there <= Day::MAX, "{calendar} {day} {n}");
            }
        }
        assert_eq!(calendar.add_open_days(Day::MAX, 1), Day::MAX, "{calendar}");
    }
}

/// The definition, a day at a time.
fn walked(calendar: Calendar, from: Day, n: i32) -> Day {
    let mut day = from;
    let mut left = n.abs();
    while left > 0 && day < Day::MAX && day > Day::MIN {
        day = day.plus(n.signum());
        left -= i32::from(calendar.is_open(day));
    }
    day
}

proptest! {
    #[test]
    fn lookups_agree_with_walking(which in 0..Calendar::ALL.len(), days in -25_000..83_000i32, n in -500..500i32) {
        let (calendar, day) = (Calendar::ALL[which], Day::from_epoch(days));
        prop_assert_eq!(calendar.add_open_days(day, n), walked(calendar, day, n));
        let rolled = calendar.roll(day);
        prop_assert!(calendar.is_open(rolled) && rolled >= day);
        prop_assert!((day.epoch()..rolled.epoch()).all(|closed| !calendar.is_open(Day::from_epoch(closed))));
        let to = day.plus(n);
        let counted = (day.min(to).epoch() + 1..=day.max(to).epoch()).filter(|&d| calendar.is_open(Day::from_epoch(d))).count();
        prop_assert_eq!(calendar.open_days_between(day, to), i32::try_from(counted).unwrap() * n.signum());
    }
}

//! Days as banks write them. Deliberately absent: zones. A day is the one that is written, which is the bank's own.

use regua_core::time::Day;

/// Two-digit years below this are of this century.
const PIVOT: i16 = 80;

/// A number of ASCII digits, at most four of them.
pub(super) fn number(text: &str) -> Option<i16> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A day from texts of digits.
fn civil(year: i16, month: &str, day: &str) -> Option<Day> {
    Day::new(year, i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?)
}

/// `YYYYMMDD`, exactly.
pub(super) fn yyyymmdd(text: &str) -> Option<Day> {
    if text.len() != 8 {
        return None;
    }
    civil(number(text.get(..4)?)?, text.get(4..6)?, text.get(6..8)?)
}

/// `YYMMDD`, exactly: 1980 to 2079.
pub(super) fn yymmdd(text: &str) -> Option<Day> {
    if text.len() != 6 {
        return None;
    }
    let year = number(text.get(..2)?)?;
    civil(if year < PIVOT { 2000 + year } else { 1900 + year }, text.get(2..4)?, text.get(4..6)?)
}

/// `MMDD` in the year in which it is nearest to another day.
pub(super) fn mmdd(text: &str, near: Day) -> Option<Day> {
    if text.len() != 4 {
        return None;
    }
    let year = near.civil().year();
    let days = (-1..=1).filter_map(|more| civil(year + more, text.get(..2)?, text.get(2..4)?));
    days.min_by_key(|day| day.since(near).abs())
}

/// The `n`th day of the year (1 to 366), in the year in which it is nearest to another day.
pub(super) fn julian(text: &str, near: Day) -> Option<Day> {
    let n = number(text).filter(|n| (1..=366).contains(n))?;
    let year = near.civil().year();
    let days = (-1..=1).filter_map(|more| Day::new(year + more, 1, 1)).map(|first| first.plus(i32::from(n) - 1));
    days.min_by_key(|day| day.since(near).abs())
}

/// `YYYY-MM-DD`, alone or with a time or a zone behind it, as XML has it.
pub(super) fn iso(text: &str) -> Option<Day> {
    let text = text.trim();
    let rest = text.get(10..)?;
    let timed = rest.is_empty() || rest.starts_with(['T', 'Z', '+', '-', ' ']);
    timed.then(|| Day::parse(text.get(..10)?).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(day: Option<Day>) -> String {
        day.map_or_else(|| "-".to_owned(), |day| day.to_string())
    }

    #[test]
    fn days_that_exist_are_read_as_they_are_written() {
        assert_eq!(shown(yyyymmdd("20170901")), "2017-09-01");
        assert_eq!(shown(yymmdd("791231")), "2079-12-31");
        assert_eq!(shown(yymmdd("800101")), "1980-01-01");
        assert_eq!(shown(iso("2015-03-10T23:59:59-03:00")), "2015-03-10");
        assert_eq!(shown(iso(" 2015-03-10 ")), "2015-03-10");
        let near = yyyymmdd("20261231").unwrap();
        assert_eq!(shown(mmdd("0102", near)), "2027-01-02");
        assert_eq!(shown(mmdd("1230", near)), "2026-12-30");
        assert_eq!(shown(julian("001", near)), "2027-01-01");
        assert_eq!(shown(julian("365", near)), "2026-12-31");
    }

    #[test]
    fn days_that_do_not_exist_are_none() {
        for day in [yyyymmdd("20110230"), yyyymmdd("2011023"), yyyymmdd("2011 230"), yymmdd("110230"), yymmdd("é1011"), iso("2015-02-30")]
        {
            assert_eq!(day, None);
        }
        assert_eq!(iso("2015-03-10x"), None);
        assert_eq!(iso("2015-03-1"), None);
        assert_eq!(mmdd("0230", Day::from_epoch(0)), None);
        assert_eq!(julian("000", Day::from_epoch(0)), None);
    }
}

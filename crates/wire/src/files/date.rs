//! Dates and times as files write them, and how a column's order of day and month is found out.

use regua_core::time::{Day, Instant};

use super::options::DateOrder;
use super::portfolio::When;

/// How a column writes its dates.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct DateFormat {
    /// What `01/02/2026` means; none: such a date cannot be read here. Year-first dates are read always.
    pub(super) slashed: Option<Slashed>,
    /// The sample held both orders, or none: a date that could be either is rejected.
    pub(super) mixed: bool,
}

/// The order of a date that ends with its year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Slashed {
    DayFirst,
    MonthFirst,
}

/// Why a text is not the date that a column wants: reason (to follow the quoted text) and mend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct NoDate(pub(super) &'static str, pub(super) &'static str);

const WRITE_ISO: &str = "write the date as 2026-12-31";
const NOT_A_DATE: NoDate = NoDate("is not a date", WRITE_ISO);
const NO_SUCH_DAY: NoDate = NoDate("is not a day of the calendar", WRITE_ISO);
const OUT_OF_RANGE: NoDate = NoDate("lies outside the years 1900 to 2199", "write the right year");
const TWO_DIGITS: NoDate = NoDate("has a year of two digits", "write the year with four digits, as in 2026-12-31");
const OTHER_ORDER: NoDate = NoDate("is not in the order of the column's other dates", WRITE_ISO);
const EITHER: NoDate = NoDate("could be day-first or month-first", "write the date as 2026-12-31, or say `--dates dmy|mdy`");
const NO_OFFSET: NoDate =
    NoDate("has no time with an offset", "write it as 2026-12-31T09:00:00-03:00, or name the column by its date (`_on`)");
const MOMENT: NoDate = NoDate("is a moment, not a date", WRITE_ISO);
const BAD_TIME: NoDate = NoDate("has a time that cannot be read", "write it as 2026-12-31T09:00:00-03:00, or the date alone");

/// The numbers of a date, in the order in which they stand, and what follows them.
struct Numbers<'t> {
    year_first: bool,
    numbers: [u32; 3],
    rest: &'t str,
}

/// Takes the date at the start of a text apart.
fn numbers(text: &str) -> Result<Numbers<'_>, NoDate> {
    let mut numbers = [0; 3];
    let mut lens = [0; 3];
    let mut rest = text;
    let mut separator = None;
    for (place, (number, len)) in numbers.iter_mut().zip(&mut lens).enumerate() {
        *len = rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = rest.get(..*len).unwrap_or_default();
        if place == 0 && *len == 8 {
            let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse().ok()).unwrap_or(0);
            return Ok(Numbers {
                year_first: true,
                numbers: [part(0, 4), part(4, 6), part(6, 8)],
                rest: rest.get(8..).unwrap_or_default(),
            });
        }
        if *len == 0 || *len > 4 {
            return Err(NOT_A_DATE);
        }
        *number = digits.parse().or(Err(NOT_A_DATE))?;
        rest = rest.get(*len..).unwrap_or_default();
        if place < 2 {
            let found = rest.bytes().next().filter(|byte| matches!(byte, b'-' | b'/' | b'.')).ok_or(NOT_A_DATE)?;
            if *separator.get_or_insert(found) != found {
                return Err(NOT_A_DATE);
            }
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    match lens {
        [4, 1 | 2, 1 | 2] => Ok(Numbers { year_first: true, numbers, rest }),
        [1 | 2, 1 | 2, 4] => Ok(Numbers { year_first: false, numbers, rest }),
        [1 | 2, 1 | 2, 2] => Err(TWO_DIGITS),
        _ => Err(NOT_A_DATE),
    }
}

/// The day of a year, month and day of month.
fn day(year: u32, month: u32, day: u32) -> Result<Day, NoDate> {
    if !(1900..=2199).contains(&year) {
        return Err(OUT_OF_RANGE);
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days_in_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return Err(NO_SUCH_DAY),
    };
    if !(1..=days_in_month).contains(&day) {
        return Err(NO_SUCH_DAY);
    }
    // Days since 1970-01-01 by years that begin in March, so that the leap day is the last one of a year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    i32::try_from(days).map(|days| Day::from_epoch(days - 719_469)).or(Err(OUT_OF_RANGE))
}

/// What follows a date: nothing, a local time, or a time with an offset.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    None,
    Local,
    Offset { midnight: bool },
}

fn clock(rest: &str) -> Result<Clock, NoDate> {
    if rest.is_empty() {
        return Ok(Clock::None);
    }
    let time = rest.strip_prefix(['T', 't', ' ']).ok_or(NOT_A_DATE)?.trim_start();
    let len = time.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b',')).count();
    let (digits, offset) = time.split_at_checked(len).ok_or(BAD_TIME)?;
    let mut parts = digits.splitn(3, ':');
    let two = |part: Option<&str>, below: u32| {
        part.filter(|part| part.len() == 2).and_then(|part| part.parse::<u32>().ok()).filter(|&n| n < below)
    };
    let (hour, minute) = (two(parts.next(), 24).ok_or(BAD_TIME)?, two(parts.next(), 60).ok_or(BAD_TIME)?);
    let seconds = parts.next().unwrap_or("00");
    if two(seconds.get(..2), 61).is_none() {
        return Err(BAD_TIME);
    }
    let midnight = hour == 0 && minute == 0 && seconds.bytes().all(|byte| !byte.is_ascii_digit() || byte == b'0');
    if offset.is_empty() { Ok(Clock::Local) } else { Ok(Clock::Offset { midnight }) }
}

impl DateFormat {
    /// The format that a user's answer asks for.
    pub(super) const fn of(order: DateOrder) -> Self {
        let slashed = match order {
            DateOrder::YearFirst => None,
            DateOrder::DayFirst => Some(Slashed::DayFirst),
            DateOrder::MonthFirst => Some(Slashed::MonthFirst),
        };
        Self { slashed, mixed: false }
    }

    /// The date of a text; a local time of day is dropped.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn date(self, text: &str) -> Result<Day, NoDate> {
        let found = numbers(text)?;
        let day = self.order(&found)?;
        match clock(found.rest)? {
            Clock::None | Clock::Local | Clock::Offset { midnight: true } => Ok(day),
            Clock::Offset { midnight: false } => Err(MOMENT),
        }
    }

    /// The date of a text, or its moment when it has a time with an offset.
    ///
    /// # Errors
    /// Why it is neither.
    pub(super) fn when(self, text: &str) -> Result<When, NoDate> {
        let found = numbers(text)?;
        let day = self.order(&found)?;
        match clock(found.rest)? {
            Clock::None | Clock::Local => Ok(When::On(day)),
            Clock::Offset { .. } if found.year_first => Instant::parse(text).map(When::At).or(Err(BAD_TIME)),
            Clock::Offset { .. } => Err(BAD_TIME),
        }
    }

    fn order(self, found: &Numbers<'_>) -> Result<Day, NoDate> {
        let [first, second, third] = found.numbers;
        if found.year_first {
            return day(first, second, third);
        }
        let (day_first, month_first) = (day(third, second, first), day(third, first, second));
        match self.slashed {
            None if day_first.is_ok() || month_first.is_ok() => Err(OTHER_ORDER),
            None => day_first,
            Some(_) if self.mixed && first != second && day_first.is_ok() && month_first.is_ok() => Err(EITHER),
            Some(Slashed::DayFirst) if day_first.is_err() && month_first.is_ok() => Err(OTHER_ORDER),
            Some(Slashed::MonthFirst) if month_first.is_err() && day_first.is_ok() => Err(OTHER_ORDER),
            Some(Slashed::DayFirst) => day_first,
            Some(Slashed::MonthFirst) => month_first,
        }
    }
}

/// The moment of a text that must have a time with an offset.
///
/// # Errors
/// Why it has none.
pub(super) fn moment(text: &str) -> Result<Instant, NoDate> {
    match DateFormat::default().when(text)? {
        When::At(instant) => Ok(instant),
        When::On(_) => Err(NO_OFFSET),
    }
}

/// What the values of a column say about its order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct DateVotes {
    year_first: usize,
    day_first: usize,
    month_first: usize,
    either: usize,
    /// A value that could be either.
    example: Option<String>,
}

/// What a sample decides about a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Decided {
    As(DateFormat),
    /// Both readings fit every value; here is one.
    Open(String),
    /// The sample has no date.
    Unseen,
    /// Only dates such as `05/05/2026`, which are one day in both orders.
    Same,
}

impl DateVotes {
    /// Looks at one value of the sample.
    pub(super) fn look(&mut self, text: &str) {
        let Ok(found) = numbers(text) else { return };
        let [first, second, third] = found.numbers;
        if found.year_first {
            self.year_first += 1;
            return;
        }
        match (day(third, second, first).is_ok(), day(third, first, second).is_ok()) {
            (true, false) => self.day_first += 1,
            (false, true) => self.month_first += 1,
            (true, true) if first != second => {
                self.either += 1;
                self.example.get_or_insert_with(|| text.to_owned());
            }
            (true, true) => self.either += 1, // 05/05/2026 is one day in both orders, and tells nothing
            (false, false) => {}
        }
    }

    /// The column's format. A few slashed dates among year-first ones do not make a format: they are rejected.
    pub(super) fn decide(&self) -> Decided {
        if *self == Self::default() {
            return Decided::Unseen;
        }
        if self.year_first >= self.day_first + self.month_first + self.either {
            return Decided::As(DateFormat::default());
        }
        let mixed = self.day_first > 0 && self.month_first > 0;
        match (self.day_first.cmp(&self.month_first), &self.example) {
            (std::cmp::Ordering::Greater, _) => Decided::As(DateFormat { slashed: Some(Slashed::DayFirst), mixed }),
            (std::cmp::Ordering::Less, _) => Decided::As(DateFormat { slashed: Some(Slashed::MonthFirst), mixed }),
            (std::cmp::Ordering::Equal, Some(example)) => Decided::Open(example.clone()),
            (std::cmp::Ordering::Equal, None) => Decided::Same,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ISO: DateFormat = DateFormat { slashed: None, mixed: false };
    const DMY: DateFormat = DateFormat { slashed: Some(Slashed::DayFirst), mixed: false };
    const MDY: DateFormat = DateFormat { slashed: Some(Slashed::MonthFirst), mixed: false };
    const MIXED: DateFormat = DateFormat { slashed: Some(Slashed::DayFirst), mixed: true };

    #[test]
    fn dates_are_read_in_their_columns_order() {
        for (format, text, expected) in [
            (ISO, "2026-12-31", Ok("2026-12-31")),
            (ISO, "2026/1/5", Ok("2026-01-05")),
            (ISO, "20260105", Ok("2026-01-05")),
            (ISO, "2024-02-29", Ok("2024-02-29")),
            (ISO, "2026-02-29", Err(NO_SUCH_DAY)),
            (ISO, "2026-13-01", Err(NO_SUCH_DAY)),
            (ISO, "1899-12-31", Err(OUT_OF_RANGE)),
            (ISO, "1900-01-01", Ok("1900-01-01")),
            (ISO, "2199-12-31", Ok("2199-12-31")),
            (ISO, "2200-01-01", Err(OUT_OF_RANGE)),
            (ISO, "31/12/2026", Err(OTHER_ORDER)),
            (ISO, "2026-12/31", Err(NOT_A_DATE)),
            (ISO, "soon", Err(NOT_A_DATE)),
            (ISO, "2026-12-31x", Err(NOT_A_DATE)),
            (ISO, "2026-12-31 00:00:00", Ok("2026-12-31")),
            (ISO, "2026-12-31T23:59:59.999", Ok("2026-12-31")),
            (ISO, "2026-12-31T00:00:00Z", Ok("2026-12-31")),
            (ISO, "2026-12-31T03:00:00Z", Err(MOMENT)),
            (ISO, "2026-12-31 25:00", Err(BAD_TIME)),
            (DMY, "31/12/2026", Ok("2026-12-31")),
            (DMY, "01.02.2026", Ok("2026-02-01")),
            (DMY, "1-2-2026", Ok("2026-02-01")),
            (DMY, "12/31/2026", Err(OTHER_ORDER)),
            (DMY, "31/12/26", Err(TWO_DIGITS)),
            (DMY, "2026-02-01", Ok("2026-02-01")),
            (MDY, "01/02/2026", Ok("2026-01-02")),
            (MDY, "30/02/2026", Err(NO_SUCH_DAY)),
            (MIXED, "01/02/2026", Err(EITHER)),
            (MIXED, "31/12/2026", Ok("2026-12-31")),
            (MIXED, "05/05/2026", Ok("2026-05-05")),
        ] {
            assert_eq!(format.date(text).map(|day| day.to_string()), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_moment_needs_an_offset() {
        assert_eq!(moment("2026-12-31T09:00:00-03:00"), Ok(Instant::from_secs(1_798_718_400)));
        assert_eq!(moment("2026-12-31 09:00:00-03:00"), Ok(Instant::from_secs(1_798_718_400)));
        assert_eq!(moment("2026-12-31T09:00:00"), Err(NO_OFFSET));
        assert_eq!(moment("2026-12-31"), Err(NO_OFFSET));
        assert_eq!(moment("2026-12-31T09:00:00 local"), Err(BAD_TIME));
    }

    #[test]
    fn a_column_decides_by_its_values() {
        let decide = |values: &[&str]| {
            let mut votes = DateVotes::default();
            values.iter().for_each(|value| votes.look(value));
            votes.decide()
        };
        assert_eq!(decide(&[]), Decided::Unseen);
        assert_eq!(decide(&["2026-01-02", "2026-01-03", "03/04/2026"]), Decided::As(ISO));
        assert_eq!(decide(&["01/02/2026", "13/02/2026"]), Decided::As(DMY));
        assert_eq!(decide(&["01/02/2026", "02/13/2026"]), Decided::As(MDY));
        assert_eq!(decide(&["13/02/2026", "14/02/2026", "02/13/2026"]), Decided::As(MIXED));
        assert_eq!(decide(&["01/02/2026", "02/02/2026"]), Decided::Open("01/02/2026".to_owned()));
        assert_eq!(decide(&["13/02/2026", "02/13/2026", "01/02/2026"]), Decided::Open("01/02/2026".to_owned()));
    }

    proptest! {
        #[test]
        fn every_day_reads_back(days in -25_567..=84_005i32) {
            let day = Day::from_epoch(days);
            prop_assert_eq!(ISO.date(&day.to_string()), Ok(day));
            let civil = day.civil();
            prop_assert_eq!(DMY.date(&format!("{:02}/{:02}/{:04}", civil.day(), civil.month(), civil.year())), Ok(day));
            prop_assert_eq!(MDY.date(&format!("{}/{}/{}", civil.month(), civil.day(), civil.year())), Ok(day));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _any = (ISO.date(&text), DMY.when(&text), moment(&text));
        }
    }
}

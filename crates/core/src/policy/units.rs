//! The small languages inside values: `D+5bd 10:00`, `3bd`, `2%`, `3/week`, `12-24`, `10.00`.
//!
//! Each function reads one whole text or says what it should have been. All numbers are bounded here.

use super::finding::Complaint;
use super::program::{Anchor, Caps, Delay, Offset};
use crate::currency::Currency;
use crate::money::Money;
use crate::rate::Rate;
use crate::time::LocalTime;

/// Farthest civil or open days from an anchor: ten years.
pub(super) const OFFSET_DAYS_MAX: i32 = 3660;
/// Farthest elapsed hours from an anchor.
pub(super) const OFFSET_HOURS_MAX: i32 = 8784;

type Read<T> = Result<T, Complaint>;

/// An anchor's letter, as in `D+5`.
pub(super) fn anchor(letter: char) -> Option<Anchor> {
    Some(match letter {
        'I' => Anchor::Issue,
        'D' => Anchor::Due,
        'F' => Anchor::Failed,
        'P' => Anchor::Promise,
        'X' => Anchor::Expiry,
        'R' => Anchor::Renewal,
        _ => return None,
    })
}

/// A moment as written: `D`, `D-5`, `D+5bd 10:00`, `F+6h`.
pub(super) struct Moment {
    pub(super) anchor: Anchor,
    pub(super) offset: Offset,
    pub(super) time: Option<LocalTime>,
}

/// Reads `ANCHOR[OFFSET][ HH:MM]`.
pub(super) fn moment(text: &str) -> Read<Moment> {
    let (place, time) = split_time(text)?;
    let mut letters = place.chars();
    let found = letters.next().and_then(anchor);
    let rest = letters.as_str();
    let Some(anchor) = found.filter(|_| rest.is_empty() || rest.starts_with(['+', '-'])) else {
        return Err(Complaint::new(
            format!("`{text}` is not a moment"),
            "an anchor I, D, F, P, X or R, an offset and perhaps an hour, as in `D+5bd 10:00`",
        ));
    };
    let offset = if rest.is_empty() { Offset::Days(0) } else { offset(rest)? };
    check_time(offset, time)?;
    Ok(Moment { anchor, offset, time })
}

/// Reads `STEP[+OFFSET][ HH:MM]`; the step's name is returned as written, a negative offset is refused.
pub(super) fn after(text: &str, is_step: impl Fn(&str) -> bool) -> Read<(&str, Offset, Option<LocalTime>)> {
    let (place, time) = split_time(text)?;
    if is_step(place) {
        return Ok((place, Offset::Days(0), time));
    }
    if let Some(at) = place.rfind('+') {
        let (name, rest) = place.split_at(at);
        let offset = offset(rest)?;
        check_time(offset, time)?;
        return Ok((name.trim_end(), offset, time));
    }
    // A hyphen may belong to a name, so it is an offset only when what stands before it is a step.
    if let Some(at) = place.rfind('-')
        && is_step(place.get(..at).unwrap_or_default())
    {
        return Err(Complaint::new(
            format!("`{text}` lies before the step that it follows"),
            "`after` takes an offset of zero or more, as in `after: charge+2d`",
        ));
    }
    Ok((place, Offset::Days(0), time))
}

fn split_time(text: &str) -> Read<(&str, Option<LocalTime>)> {
    match text.split_once(' ') {
        None => Ok((text, None)),
        Some((place, hour)) => Ok((place, Some(time(hour.trim_start())?))),
    }
}

fn check_time(offset: Offset, time: Option<LocalTime>) -> Read<()> {
    match (offset, time) {
        (Offset::Hours(_), Some(_)) => {
            Err(Complaint::new("elapsed hours have no local hour", "leave out the hour, or count in days as in `F+1d 10:00`"))
        }
        (Offset::Hours(_) | Offset::Days(_) | Offset::OpenDays(_), _) => Ok(()),
    }
}

/// Reads `HH:MM`.
pub(super) fn time(text: &str) -> Read<LocalTime> {
    LocalTime::parse(text).map_err(|bad| Complaint::new(bad.to_string(), "two digits, a colon, two digits, from 00:00 to 23:59"))
}

/// Reads a signed offset: `+5`, `-5d`, `+5bd`, `+6h`.
pub(super) fn offset(text: &str) -> Read<Offset> {
    let bad =
        || Complaint::new(format!("`{text}` is not an offset"), "`+5` or `+5d` days, `+5bd` open days, `+6h` hours, or `-` for before");
    let (sign, rest) = if let Some(rest) = text.strip_prefix('+') {
        (1, rest)
    } else if let Some(rest) = text.strip_prefix('-') {
        (-1, rest)
    } else {
        return Err(bad());
    };
    let (count, unit) = count(rest).ok_or_else(bad)?;
    let far = |max: i32, what: &str| Complaint::new(format!("`{text}` is farther than {max} {what}"), "name a nearer day");
    match unit {
        "" | "d" if count > OFFSET_DAYS_MAX => Err(far(OFFSET_DAYS_MAX, "days")),
        "" | "d" => Ok(Offset::Days(sign * count)),
        "bd" if count == 0 => Err(Complaint::new(
            "the 0th open day does not exist",
            "write the anchor alone, as in `D`: a due date is already rolled to an open day",
        )),
        "bd" if count > OFFSET_DAYS_MAX => Err(far(OFFSET_DAYS_MAX, "open days")),
        "bd" => Ok(Offset::OpenDays(sign * count)),
        "h" if sign < 0 => {
            Err(Complaint::new(format!("`{text}` counts hours backwards"), "hours elapse: write `+6h`, or days as in `-1d`"))
        }
        "h" if count > OFFSET_HOURS_MAX => Err(far(OFFSET_HOURS_MAX, "hours")),
        "h" => Ok(Offset::Hours(count)),
        _ => Err(bad()),
    }
}

/// Reads a length: `3d`, `3bd`.
pub(super) fn delay(text: &str) -> Read<Delay> {
    let bad = || Complaint::new(format!("`{text}` is not a length"), "days as in `3d` or open days as in `3bd`");
    let (count, unit) = count(text).ok_or_else(bad)?;
    if count > 366 {
        return Err(Complaint::new(format!("`{text}` is longer than a year"), "at most `366d`"));
    }
    match unit {
        "d" => Ok(Delay::Days(count)),
        "bd" => Ok(Delay::OpenDays(count)),
        _ => Err(bad()),
    }
}

/// Reads a length between occurrences: `7d`, `7` or `5bd`, at least one day.
pub(super) fn every(text: &str) -> Read<Offset> {
    let bad = || Complaint::new(format!("`{text}` is not a length"), "days as in `7d` or open days as in `5bd`");
    let (count, unit) = count(text).ok_or_else(bad)?;
    if !(1..=366).contains(&count) {
        return Err(Complaint::new(format!("a step cannot repeat every `{text}`"), "from `1d` to `366d`"));
    }
    match unit {
        "" | "d" => Ok(Offset::Days(count)),
        "bd" => Ok(Offset::OpenDays(count)),
        _ => Err(bad()),
    }
}

/// Splits digits from the unit behind them.
fn count(text: &str) -> Option<(i32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    // Nine digits fit into an i32; the bounds of each use are tighter.
    if digits.is_empty() || digits.len() > 9 { None } else { digits.parse().ok().map(|count| (count, unit)) }
}

/// Reads a share such as `2%` or `0.0333%`, at most 100 %.
pub(super) fn percent(text: &str) -> Read<Rate> {
    let bad = |_| Complaint::new(format!("`{text}` is not a percentage"), "digits and a percent sign, as in `2%` or `0.0333%`");
    let rate = Rate::parse(text).map_err(bad)?;
    if rate.units() > Rate::ONE {
        return Err(Complaint::new(format!("`{text}` is more than the whole"), "at most `100%`"));
    }
    Ok(rate)
}

/// Reads an amount such as `10.00` in minor units of the currency.
pub(super) fn amount(text: &str, currency: Currency) -> Read<Money> {
    match decimal(text, currency.digits()) {
        Some(minor) => Ok(Money::new(minor, currency)),
        None => Err(Complaint::new(
            format!("`{text}` is not an amount in {currency}"),
            match currency.digits() {
                0 => "digits only, as in `10`".to_owned(),
                digits => format!("digits, a point and at most {digits} decimals, as in `10.00`"),
            },
        )),
    }
}

/// An unsigned decimal in units of 10^-`digits`; exact, or nothing.
pub(super) fn decimal(text: &str, digits: u32) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digit = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digit(whole) || !digit(fraction) || (text.contains('.') && fraction.is_empty()) {
        return None;
    }
    let missing = digits.checked_sub(u32::try_from(fraction.len()).ok()?)?;
    let written: i64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    whole.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(digits)?)?.checked_add(written.checked_mul(10_i64.checked_pow(missing)?)?)
}

/// Puts one cap such as `3/week` into `caps`.
pub(super) fn cap(text: &str, caps: &mut Caps) -> Read<()> {
    let bad = || Complaint::new(format!("`{text}` is not a cap"), "a number per day, week or month, as in `3/week`");
    let (number, period) = text.split_once('/').ok_or_else(bad)?;
    let (count, rest) = count(number.trim()).ok_or_else(bad)?;
    let count = u16::try_from(count).ok().filter(|_| rest.is_empty()).ok_or_else(bad)?;
    if count == 0 {
        return Err(Complaint::new(
            format!("`{text}` lets no contact through, ever"),
            "at least 1, or remove the cap; to stop contacts use a pause",
        ));
    }
    let slot = match period.trim() {
        "day" => &mut caps.per_day,
        "week" => &mut caps.per_week,
        "month" => &mut caps.per_month,
        _ => return Err(bad()),
    };
    match slot.replace(count) {
        None => Ok(()),
        Some(first) => Err(Complaint::new(format!("a second cap per {}, after {first}", period.trim()), "keep the stricter one")),
    }
}

/// Days of each month in the longest year.
pub(super) const MONTH_DAYS: [i8; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Reads a day of the year `MM-DD`; 29 February is one.
pub(super) fn month_day(text: &str) -> Read<(i8, i8)> {
    let bad = || Complaint::new(format!("`{text}` is not a day of the year"), "month and day, as in `12-24`");
    let (month, day) = text.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2).ok_or_else(bad)?;
    let part = |digits: &str| {
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i8>().ok()).flatten();
        number.filter(|number| *number > 0).ok_or_else(bad)
    };
    let (month, day) = (part(month)?, part(day)?);
    let days = usize::try_from(month - 1).ok().and_then(|index| MONTH_DAYS.get(index)).ok_or_else(bad)?;
    if day > *days { Err(bad()) } else { Ok((month, day)) }
}

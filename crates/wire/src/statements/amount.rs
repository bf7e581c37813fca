//! Amounts as banks write them, exactly: signs, a point or a comma, superfluous zeros.
//!
//! Deliberately absent: rounding. An amount that is no whole number of minor units is refused.

/// Longest text that may be an amount: 18 digits, their separators, and zeros in front.
const AMOUNT_CHARS_MAX: usize = 48;

/// Minor units (cents) of an amount with `digits` digits behind the point, with its sign.
///
/// One `.` or `,` is the decimal mark. With both, the last one is, and the others must cut the digits into threes; so must
/// several of one kind, which then mark no decimals. Zeros in front and behind are harmless: `18.150` of euros is 18.15.
///
/// # Errors
/// What is wrong with it, in words that go behind "…: "; never the text itself.
pub(super) fn minor(text: &str, digits: u32) -> Result<i64, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("an amount is missing");
    }
    if text.len() > AMOUNT_CHARS_MAX {
        return Err("longer than an amount can be");
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text).trim_start()),
    };
    let (whole, fraction) = split(unsigned)?;
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return Err("not an amount; write digits with one point or comma, such as 150.00");
    }
    let kept = usize::try_from(digits).unwrap_or(0);
    let exact = fraction.trim_end_matches('0');
    if exact.len() > kept {
        return Err("more digits behind the point than the currency has, and it cannot be rounded");
    }
    let number = format!("{whole}{exact:0<kept$}");
    let number = number.trim_start_matches('0');
    let minor = if number.is_empty() { 0 } else { number.parse::<i64>().or(Err("too large"))? };
    Ok(if negative { -minor } else { minor })
}

/// The digits before and behind the decimal mark.
fn split(text: &str) -> Result<(String, &str), &'static str> {
    let marks = |mark: char| text.matches(mark).count();
    let (points, commas) = (marks('.'), marks(','));
    let at = match (points, commas) {
        (0, 0) => return Ok((text.to_owned(), "")),
        (1, 0) => text.find('.'),
        (0, 1) => text.find(','),
        (_, 0) | (0, _) => None,
        (_, _) => text.rfind(['.', ',']),
    };
    let (whole, fraction) = match at.and_then(|at| text.split_at_checked(at)) {
        Some((whole, rest)) => (whole, rest.get(1..).unwrap_or("")),
        None => (text, ""),
    };
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().unwrap_or("").len();
    let grouped = whole.contains(['.', ',']);
    let mixed = whole.contains('.') && whole.contains(',');
    if grouped && (mixed || !(1..=3).contains(&first) || groups.any(|group| group.len() != 3)) {
        return Err("its points and commas do not cut it into thousands");
    }
    Ok((whole.replace(['.', ','], ""), fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_refused() {
        for (text, digits, expected) in [
            ("12.34", 2, Some(1_234)),
            ("            -11,76", 2, Some(-1_176)),
            ("-80", 2, Some(-8_000)),
            ("+00000000000115.8300", 2, Some(11_583)),
            ("115.8331", 2, None),
            ("764.6", 2, Some(76_460)),
            ("5,", 2, Some(500)),
            (".5", 2, Some(50)),
            ("1.234,56", 2, Some(123_456)),
            ("1,234.56", 2, Some(123_456)),
            ("1.234.567", 2, Some(123_456_700)),
            ("1.234.56", 2, None),
            ("1,2,3.4", 2, None),
            ("1.234", 2, None),
            ("1.234", 3, Some(1_234)),
            ("2700", 0, Some(2_700)),
            ("2700.5", 0, None),
            ("0", 2, Some(0)),
            ("-0.00", 2, Some(0)),
            ("92233720368547758.07", 2, Some(i64::MAX)),
            ("92233720368547758.08", 2, None),
            ("$120", 2, None),
            ("1e3", 2, None),
            ("", 2, None),
            ("-", 2, None),
            (".", 2, None),
            ("- 5", 2, Some(-500)),
            ("1 000", 2, None),
            ("٣", 2, None),
        ] {
            assert_eq!(minor(text, digits).ok(), expected, "{text}");
        }
    }
}

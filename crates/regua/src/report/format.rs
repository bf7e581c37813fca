//! Numbers as people read them at a glance: rounded amounts, shares, counts.
//!
//! Exact amounts, dates and separators come from `regua_wire::messages::locale`. Deliberately absent: floats.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_wire::messages::locale;

use super::data::Lang;

/// Numbers of one language and one currency.
#[derive(Clone, Copy, Debug)]
pub(super) struct Format {
    /// Of separators and words.
    pub(super) lang: Lang,
    /// Of amounts.
    pub(super) currency: Currency,
}

impl Format {
    /// An exact amount, e.g. `R$ 1.234,56`.
    pub(super) fn money(self, minor: i64) -> String {
        locale::money(self.lang.language(), Money::new(minor, self.currency))
    }

    /// An amount in three digits or four, e.g. `R$ 58,3 mil`; for axes and tiles.
    pub(super) fn money_short(self, minor: i64) -> String {
        let unit = 10_i128.pow(self.currency.digits().min(9));
        let short = self.short(i128::from(minor.unsigned_abs()), unit);
        let zero = locale::money(self.lang.language(), Money::zero(self.currency));
        // The language's own place for the symbol: put the number where the zero stands.
        let digits = |c: char| c.is_ascii_digit();
        let before = zero.split(digits).next().unwrap_or_default();
        let after = zero.rsplit(digits).next().unwrap_or_default();
        let sign = if minor < 0 { "-" } else { "" };
        format!("{sign}{before}{short}{after}")
    }

    /// A count, e.g. `1.204`.
    pub(super) fn count(self, count: i64) -> String {
        let sign = if count < 0 { "-" } else { "" };
        format!("{sign}{}", locale::number(self.lang.language(), count.unsigned_abs()))
    }

    /// A count in full up to some ten millions, then rounded: what fits a tile or a bar.
    pub(super) fn count_fit(self, count: i64) -> String {
        if count.unsigned_abs() < 10_000_000 { self.count(count) } else { self.count_short(count) }
    }

    /// A count in at most four digits, e.g. `12,3 mil`.
    pub(super) fn count_short(self, count: i64) -> String {
        let sign = if count < 0 { "-" } else { "" };
        format!("{sign}{}", self.short(i128::from(count.unsigned_abs()), 1))
    }

    /// A share given in basis points, e.g. `95,2%`.
    pub(super) fn percent(self, bps: i64) -> String {
        let tenths = div_round(i128::from(bps.unsigned_abs()), 10);
        let sign = if bps < 0 { "-" } else { "" };
        format!("{sign}{}%", self.decimal(tenths, 1))
    }

    /// A ratio given in basis points with one decimal, e.g. `2,4`.
    pub(super) fn ratio(self, bps: i64) -> String {
        self.decimal(div_round(i128::from(bps.unsigned_abs()), 1_000), 1)
    }

    /// A part of a whole as a percentage; a dash when there is no whole. Something is never told as nothing, nor most
    /// of it as all.
    pub(super) fn share(self, part: i64, whole: i64) -> String {
        match share_bps(part, whole) {
            None => "–".to_owned(),
            Some(..=4) if part > 0 => format!("<\u{a0}{}", self.percent(10)),
            Some(9_995..) if part < whole => format!(">\u{a0}{}", self.percent(9_990)),
            Some(bps) => self.percent(bps),
        }
    }

    /// `value / unit`, whole below ten thousand, else in thousands, millions and so on.
    fn short(self, value: i128, unit: i128) -> String {
        let names = match self.lang {
            Lang::PtBr => ["\u{a0}mil", "\u{a0}mi", "\u{a0}bi", "\u{a0}tri", "\u{a0}quatri"],
            Lang::En => ["K", "M", "B", "T", "Q"],
        };
        if value < unit * 10_000 {
            return self.whole(div_round(value, unit));
        }
        let mut scale = unit * 1_000;
        let mut names = names.into_iter();
        let mut name = names.next().unwrap_or_default();
        // What would be rounded to a thousand of one is one of the next.
        while value >= scale * 1_000 - scale / 2 {
            let Some(next) = names.next() else { break };
            (scale, name) = (scale * 1_000, next);
        }
        let of = |by: i128| div_round(value * by, scale);
        let number = if of(100) < 1_000 {
            self.decimal(of(100), 2)
        } else if of(10) < 1_000 {
            self.decimal(of(10), 1)
        } else {
            self.whole(of(1))
        };
        format!("{number}{name}")
    }

    /// `digits` decimals of a number given without its point, zeros at the end left out.
    fn decimal(self, scaled: i128, digits: u32) -> String {
        let scale = 10_i128.pow(digits.min(9));
        let (whole, rest) = (self.whole(scaled / scale), scaled % scale);
        let point = match self.lang {
            Lang::PtBr => ',',
            Lang::En => '.',
        };
        if rest == 0 {
            return whole;
        }
        let width = usize::try_from(digits).unwrap_or(0);
        let rest = format!("{rest:0width$}");
        format!("{whole}{point}{}", rest.trim_end_matches('0'))
    }

    fn whole(self, value: i128) -> String {
        locale::number(self.lang.language(), u64::try_from(value).unwrap_or(u64::MAX))
    }
}

/// A part of a whole in basis points, rounded to the nearest; nothing when there is no whole.
pub(super) fn share_bps(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let exact = i128::from(part) * 10_000;
    let half = i128::from(whole) / 2;
    let rounded = if exact < 0 { (exact - half) / i128::from(whole) } else { (exact + half) / i128::from(whole) };
    Some(i64::try_from(rounded).unwrap_or(if part < 0 { i64::MIN } else { i64::MAX }))
}

/// A quotient of two non-negative numbers rounded half up.
fn div_round(value: i128, by: i128) -> i128 {
    (value + by / 2) / by
}

/// A text that begins a line.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A template whose `{0}`, `{1}` … are replaced, and whose `{0|one|many}` become `one` when that part is `1`, else
/// `many`; data in the parts is never read as a template.
pub(super) fn fill(template: &str, parts: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((slot, behind)) = after.split_once('}') else {
            rest = after;
            break;
        };
        let (index, words) = slot.split_once('|').map_or((slot, None), |(index, words)| (index, Some(words)));
        let part = index.parse::<usize>().ok().and_then(|index| parts.get(index)).copied().unwrap_or_default();
        out.push_str(match words.and_then(|words| words.split_once('|')) {
            None => part,
            Some((one, many)) => {
                if part == "1" {
                    one
                } else {
                    many
                }
            }
        });
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lang: Lang, code: &str) -> Format {
        Format { lang, currency: Currency::parse(code).expect("a currency") }
    }

    #[test]
    fn amounts_are_short_in_the_reader_s_words() {
        for (lang, code, minor, short) in [
            (Lang::PtBr, "BRL", 0, "R$ 0"),
            (Lang::PtBr, "BRL", 49, "R$ 0"),
            (Lang::PtBr, "BRL", 50, "R$ 1"),
            (Lang::PtBr, "BRL", 123_456, "R$ 1.235"),
            (Lang::PtBr, "BRL", 999_999, "R$ 10.000"),
            (Lang::PtBr, "BRL", 1_000_000, "R$ 10 mil"),
            (Lang::PtBr, "BRL", 5_832_099, "R$ 58,3 mil"),
            (Lang::PtBr, "BRL", 58_320_999, "R$ 583 mil"),
            (Lang::PtBr, "BRL", 99_949_999, "R$ 999 mil"),
            (Lang::PtBr, "BRL", 99_950_000, "R$ 1 mi"),
            (Lang::PtBr, "BRL", 124_000_000, "R$ 1,24 mi"),
            (Lang::PtBr, "BRL", -124_000_000, "-R$ 1,24 mi"),
            (Lang::En, "USD", 124_000_000, "$1.24M"),
            (Lang::En, "JPY", 1_240_000, "¥1.24M"),
            (Lang::En, "KWD", 1_240_000_000, "KWD 1.24M"),
            (Lang::PtBr, "BRL", i64::MAX, "R$ 92,2 quatri"),
            (Lang::En, "JPY", i64::MIN, "-¥9,223Q"),
        ] {
            assert_eq!(of(lang, code).money_short(minor).replace('\u{a0}', " "), short, "{lang:?} {code} {minor}");
        }
    }

    #[test]
    fn shares_round_and_never_divide_by_nothing() {
        for (part, whole, share) in [
            (952, 1_000, "95,2%"),
            (1, 3, "33,3%"),
            (2, 3, "66,7%"),
            (1, 1, "100%"),
            (0, 5, "0%"),
            (1, 100_000, "< 0,1%"),
            (99_999, 100_000, "> 99,9%"),
            (5, 0, "–"),
            (-1, 4, "-25%"),
            (i64::MAX, i64::MAX, "100%"),
        ] {
            assert_eq!(of(Lang::PtBr, "BRL").share(part, whole).replace('\u{a0}', " "), share, "{part} of {whole}");
        }
        assert_eq!(share_bps(i64::MAX, 1), Some(i64::MAX), "more than fits is as much as fits");
    }

    #[test]
    fn templates_take_their_parts_and_never_read_them() {
        assert_eq!(fill("{1} de {0}", &["a {1}", "b"]), "b de a {1}");
        assert_eq!(fill("{7}{x}-{", &["a"]), "-");
        for (count, told) in [("0", "0 passos"), ("1", "1 passo"), ("11", "11 passos")] {
            assert_eq!(fill("{0} {0|passo|passos}", &[count]), told);
        }
    }
}

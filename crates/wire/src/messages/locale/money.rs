//! Amounts: sign, digits, separators, symbol and its place.

use regua_core::money::Money;
use regua_core::words::Language;

use super::symbols::symbol;

const NBSP: char = '\u{a0}';

/// An amount with its currency, e.g. `R$ 1.234,56` in Portuguese and `1.234,56 €` in German.
///
/// ```
/// # use regua_core::{currency::Currency, money::Money, words::Language};
/// # use regua_wire::messages::locale::money;
/// assert_eq!(money(Language::PtBr, Money::new(123_456, Currency::BRL)), "R$\u{a0}1.234,56");
/// assert_eq!(money(Language::En, Money::new(-123_456, Currency::EUR)), "-€1,234.56");
/// assert_eq!(money(Language::It, Money::new(123_456, Currency::EUR)), "1234,56\u{a0}€");
/// ```
#[must_use]
pub fn money(language: Language, amount: Money) -> String {
    let currency = amount.currency();
    let mark = symbol(language, currency.code());
    let sign = if amount.minor() < 0 { "-" } else { "" };
    let digits = scaled(language, amount.minor().unsigned_abs(), currency.digits());
    match language {
        Language::PtBr => format!("{sign}{mark}{NBSP}{digits}"),
        // A sign stands at the number; a code, or a symbol that ends in a letter or a dot, stands apart.
        Language::En if mark.ends_with(|c: char| c.is_alphabetic() || c == '.') => format!("{sign}{mark}{NBSP}{digits}"),
        Language::En => format!("{sign}{mark}{digits}"),
        Language::Es | Language::It | Language::Fr | Language::De => format!("{sign}{digits}{NBSP}{mark}"),
    }
}

/// A whole number with its separators, e.g. `12.345`.
#[must_use]
pub fn number(language: Language, value: u64) -> String {
    scaled(language, value, 0)
}

fn scaled(language: Language, minor: u64, decimals: u32) -> String {
    let (group, point) = match language {
        Language::PtBr | Language::Es | Language::It | Language::De => ('.', ','),
        Language::En => (',', '.'),
        Language::Fr => (NBSP, ','),
    };
    // Spanish and Italian leave four digits together.
    let group_from = match language {
        Language::Es | Language::It => 5,
        Language::PtBr | Language::En | Language::Fr | Language::De => 4,
    };
    let scale = 10_u64.saturating_pow(decimals);
    let whole = (minor / scale).to_string();
    let mut out = String::with_capacity(whole.len() * 2 + 4);
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if at > 0 && left.is_multiple_of(3) && whole.len() >= group_from {
            out.push(group);
        }
        out.push(digit);
    }
    if decimals > 0 {
        let width = usize::try_from(decimals).unwrap_or(0);
        out.push(point);
        out.push_str(&format!("{:0width$}", minor % scale));
    }
    out
}

//! Money, dates, numbers and plurals as each language writes them.
//!
//! Follows Unicode CLDR as Node's `Intl` prints it (`tests/messages/vectors/SOURCE.md`), with two choices of ours: every
//! narrow no-break space is the plain one (U+00A0), and the first of the month is an ordinal in Portuguese and French
//! (`1º de janeiro`, `1er janvier`), as people write it there. No floats: amounts are minor units.

mod date;
mod money;
mod symbols;

use regua_core::words::Language;

pub use date::{date, date_long, date_short, month, weekday};
pub use money::{money, number};

/// Whether a count takes the singular: one, and in Portuguese and French also zero.
#[must_use]
pub const fn is_singular(language: Language, count: u64) -> bool {
    match language {
        Language::PtBr | Language::Fr => count <= 1,
        Language::En | Language::Es | Language::It | Language::De => count == 1,
    }
}

/// Joins names or amounts as a sentence does: `a, b, and c`.
#[must_use]
pub fn list(language: Language, parts: &[String]) -> String {
    let and = match language {
        Language::PtBr | Language::It => " e ",
        Language::En => " and ",
        Language::Es => " y ",
        Language::Fr => " et ",
        Language::De => " und ",
    };
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        // English sets a comma before the last of three.
        Some((last, rest)) if language == Language::En && rest.len() > 1 => [rest.join(", ").as_str(), ",", and, last].concat(),
        Some((last, rest)) => [rest.join(", ").as_str(), and, last].concat(),
    }
}

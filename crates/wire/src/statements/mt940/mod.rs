//! MT940, a customer's statement, and MT942, the report during the day.
//!
//! | field | becomes |
//! | --- | --- |
//! | `:20:` | a statement begins |
//! | `:25:` | the account: `bank/number`, or an IBAN, perhaps with its currency behind |
//! | `:28C:`, `:28:` | the statement's number |
//! | `:60F:`, `:62F:` (`M` between pages) | currency; opening and movements must make the closing balance; `:62F:` is `until` |
//! | `:61:` | a line, see `movement` |
//! | `:86:`, `:NS:` behind it | its text, payer and codes, see `info` |
//! | `:90C:`, `:90D:` | counts and sums of MT942, checked |
//! | `:13D:` | `made_on` |
//!
//! Deliberately absent: `:64:` and `:65:` (balances that nothing can be checked against), `:86:` of a whole statement, the
//! headers of SWIFT. A line is found again by the bank's reference behind `//`, else by day, amount and text; banks that
//! write the same reference for many lines are why day and amount always belong to it, see [`regua_core::bank::matching::identity`].
//! Where it is from: `SOURCE.md` beside the module.

mod fields;
mod info;
mod movement;
mod statement;

use regua_core::bank::{BankFile, Format};

use super::gather::Gathered;
use super::{Unreadable, text};

/// Tags without which there is nothing to read.
const TAGS: [&str; 8] = ["20", "25", "28", "28C", "60F", "60M", "61", "62F"];

/// Reads an MT940 or MT942 file.
///
/// A `:61:` that is wrong (a 30th of February, no amount) is refused with its line, the others stay; a `:86:` never refuses.
/// `posted_on` is the entry day, else the value day. A statement without a balance has no currency and is refused as one.
///
/// # Errors
/// [`Unreadable`] when it is too large, or has no field of a statement.
///
/// ```
/// let file = regua_wire::statements::mt940::read(
///     b":20:X\r\n:25:DE1\r\n:60F:C261129EUR1000,00\r\n:61:2611301130C150,00NTRFNONREF//B7\r\n:86:Rent\r\n:62F:C261130EUR1150,00\r\n-",
/// )?;
/// let line = &file.statements[0].lines[0];
/// assert_eq!((line.names.bank_id.as_deref(), &*line.text, file.checks[0].holds()), (Some("B7"), "Rent", true));
/// # Ok::<(), regua_wire::statements::Unreadable>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<BankFile, Unreadable> {
    super::bounded(bytes)?;
    let text = text::decode(bytes, None);
    let fields = fields::fields(&text);
    if !fields.iter().any(|field| TAGS.contains(&field.tag)) {
        return Err(Unreadable::Not { format: Format::Mt940, looked_for: "a line that begins with `:20:`, `:25:`, `:60F:` or `:61:`" });
    }
    let mut gathered = Gathered::default();
    statement::read(&fields, &mut gathered);
    if let Some(last) = fields.get(fields::FIELDS_MAX - 1) {
        gathered
            .refuse(last.place, format!("{} fields are read of one file, the rest is not; ask for shorter periods", fields::FIELDS_MAX));
    }
    Ok(gathered.into_file(Format::Mt940))
}

/// Whether a text has a line that begins as those of a statement do.
pub(super) fn begins(text: &str) -> bool {
    let starts = |line: &str| [":20:", ":25:", ":60F:", ":61:"].iter().any(|tag| line.starts_with(tag)) || line.starts_with("{1:F");
    text.lines().take(64).any(|line| starts(line.trim_start_matches('\u{1}')))
}

//! OFX: statements of banks, cards and brokers. 1.x is SGML, 2.x is XML; QFX is either, with elements of its own.
//!
//! One reader for all, since files claim one and are the other. Deliberately absent: the OFX protocol (requests,
//! sign-on), positions, prices, securities.
//!
//! A line is found again by `FITID`, else by day, amount and text; see [`regua_core::bank::matching::identity`]. Some banks number anew in
//! every file, so that a `FITID` alone is never enough.
//!
//! `LEDGERBAL` is the balance at the end and the format has none of the beginning: it is checked only where a file holds two
//! statements of one account in a row, the second beginning the day after the first ends, both with their balance of that end.
//!
//! Where it is from: `SOURCE.md` beside the module.

mod scan;
mod statement;
mod transaction;

use regua_core::bank::{BankFile, Format};

use super::gather::Gathered;
use super::{Unreadable, text};

/// How far into a file its header may reach.
const HEADER_BYTES_MAX: usize = 2_048;

/// Reads an OFX or QFX file.
///
/// A transaction that is broken is refused with the line of the element that is wrong, and the others stay. Amounts must be
/// whole minor units. `posted_on` is the day as it is written (`DTPOSTED`), whatever zone stands behind it, `paid_on` the
/// day on which the payer acted (`DTUSER`), `until` the day of `DTEND`: if `made_on` is not later, that day was not over yet.
///
/// # Errors
/// [`Unreadable`] when it is too large, or no `<OFX>` is in it.
///
/// ```
/// # use regua_core::bank::Event;
/// let file = regua_wire::statements::ofx::read(
///     b"OFXHEADER:100\n<OFX><STMTRS><CURDEF>BRL<BANKACCTFROM><BANKID>0341<ACCTID>123-4</BANKACCTFROM><BANKTRANLIST>\
///       <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261130120000[-3:BRT]<TRNAMT>150,00<FITID>7</STMTTRN>\
///       </BANKTRANLIST></STMTRS></OFX>",
/// )?;
/// let line = &file.statements[0].lines[0];
/// assert_eq!((line.event, line.amount.map(|amount| amount.minor())), (Event::Paid, Some(15_000)));
/// # Ok::<(), regua_wire::statements::Unreadable>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<BankFile, Unreadable> {
    super::bounded(bytes)?;
    let text = text::decode(bytes, label(bytes).as_deref());
    if !begins(&text) {
        return Err(Unreadable::Not { format: Format::Ofx, looked_for: "a tag `<OFX>`" });
    }
    let mut gathered = Gathered::default();
    statement::read(&text, &mut gathered);
    Ok(gathered.into_file(Format::Ofx))
}

/// Whether the root is there; any case, since some banks write `<ofx>`.
pub(super) fn begins(text: &str) -> bool {
    let tags = text.match_indices('<').take(64).map(|(at, _)| text.get(at..at + 5).unwrap_or(""));
    tags.into_iter().any(|tag| tag.eq_ignore_ascii_case("<OFX>") || tag.eq_ignore_ascii_case("<OFX "))
}

/// The encoding that the header claims: `CHARSET:1252`, or `encoding="…"` of XML.
fn label(bytes: &[u8]) -> Option<String> {
    let header = String::from_utf8_lossy(bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes));
    let after = |key: &str| {
        let rest = header.split_once(key)?.1;
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_').unwrap_or(rest.len());
        rest.get(..end).filter(|label| !label.is_empty()).map(|label| label.to_owned())
    };
    after("CHARSET:").or_else(|| after("encoding=\"")).or_else(|| after("encoding='"))
}

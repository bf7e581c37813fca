//! camt.052 (during the day), camt.053 (end of day) and camt.054 (notification), versions 1 to 8 and later ones of their kind.
//!
//! Elements are found by their local names, so that a file with another namespace, a prefix or none is read alike.
//! Deliberately absent: validation against the schemas, securities, `camt.029` and its like.
//!
//! A line is found again by `AcctSvcrRef` of its transaction, else `UETR` or `TxId`; a transaction of a batch without any by
//! its entry's reference, `/` and its number in the batch; else by day, amount and text; see [`regua_core::bank::matching::identity`].
//!
//! Opening balance (`OPBD`, `PRCD`) and booked entries must make the closing one (`CLBD`), transactions their entry, and
//! `TxsSummry` and `NbOfTxs` what was read. A debit with `RtrInf` or `RvslInd` is `returned`; a credit with them is `other`:
//! what the company itself had paid came back, and no customer paid. Where it is from: `SOURCE.md` beside the module.

mod detail;
mod entry;
mod statement;
mod tree;

use regua_core::bank::{BankFile, Format};

use super::{Unreadable, text};

/// Reads a camt.052, camt.053 or camt.054 file.
///
/// An entry that is wrong is refused with the line of the element, the others stay; broken markup costs what stands between
/// it and the next entry. `posted_on` is the booking day as it is written, else the value day; `paid_on` the day on which
/// the payer's bank accepted it, where that is told; `until` the day of the closing balance, else of `ToDtTm`.
///
/// # Errors
/// [`Unreadable`] when it is too large, has none of the three roots, or a document type.
///
/// ```
/// # use regua_core::bank::Event;
/// let file = regua_wire::statements::camt::read(
///     br#"<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="EUR">8.850</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
///         <BookgDt><Dt>2026-11-30</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"#,
/// )?;
/// let line = &file.statements[0].lines[0];
/// assert_eq!((line.event, line.amount.map(|amount| amount.minor())), (Event::Paid, Some(885)));
/// # Ok::<(), regua_wire::statements::Unreadable>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<BankFile, Unreadable> {
    super::bounded(bytes)?;
    let text = text::decode(bytes, label(bytes).as_deref());
    if !begins(&text) {
        return Err(Unreadable::Not {
            format: Format::Camt,
            looked_for: "an element `BkToCstmrStmt`, `BkToCstmrAcctRpt` or `BkToCstmrDbtCdtNtfctn`",
        });
    }
    let mut reader = statement::Reader::default();
    tree::walk(&text, &mut reader)?;
    Ok(reader.gathered.into_file(Format::Camt))
}

/// Whether one of the roots opens in a text, with any prefix.
pub(super) fn begins(text: &str) -> bool {
    let opens =
        |root: &str| text.match_indices(root).take(8).any(|(at, _)| text.get(..at).is_some_and(|before| before.ends_with(['<', ':'])));
    tree::ROOTS.iter().any(|root| opens(root))
}

/// The encoding that the declaration claims.
fn label(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..256).unwrap_or(bytes)).into_owned();
    let rest = head.split_once("encoding=")?.1;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest.get(1..)?.split_once(quote).map(|(label, _)| label.to_owned())
}

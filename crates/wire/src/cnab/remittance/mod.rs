//! Remittances: what the company asks of its bank, written and read again.
//!
//! CNAB 240 goes by FEBRABAN's segments P, Q and R, filled as each bank wants; CNAB 400 is Itaú's and Bradesco's. A field that
//! does not fit is an error that names it; only names and places are cut. Deliberately absent: Itaú's CNAB 240, protest,
//! guarantors, shares of a credit.

mod amounts;
mod c240;
mod c400;
mod tables;

use regua_core::bank::{BadLine, Check, Format};

use super::title::{Company, Title};
use super::{first_lines, sniff, tables240, tables400};
use crate::fixed::{BadField, BadFile, Letters, measure};

/// How many titles a file may have: their number has six digits in both formats.
pub const TITLES_MAX: usize = 300_000;

/// A remittance as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remittance {
    /// Who asks; none when the header cannot be read.
    pub company: Option<Company>,
    /// What is asked, in the file's order.
    pub titles: Vec<Title>,
    /// Titles that cannot be read.
    pub refused: Vec<BadLine>,
    /// What the trailers say beside what was read.
    pub checks: Vec<Check>,
}

/// Writes a remittance; lines have 240 or 400 bytes and end with CR LF.
///
/// # Errors
/// [`BadField`] names what does not fit, or what this format or bank has no column for.
///
/// ```
/// # use regua_core::bank::Format;
/// # use regua_core::{currency::Currency, money::Money, party::TaxId, time::{Day, LocalTime}};
/// # use regua_wire::cnab::{Company, Instruction, Place, Title, remittance};
/// # let company = Company {
/// #     bank: "237".into(), name: "ACME".into(), tax_id: TaxId::parse("11222333000181", "BR")?, branch: "1234".into(),
/// #     branch_digit: "5".into(), account: "56789".into(), account_digit: "0".into(), agreement: "4321".into(),
/// #     portfolio: "9".into(), file_number: 1, made_on: Day::parse("2026-12-01")?, made_at: LocalTime::hour(9),
/// # };
/// # let payer = Place {
/// #     tax_id: TaxId::parse("52998224725", "BR")?, name: "Maria da Conceição".into(), street: "Rua A, 1".into(),
/// #     district: "Centro".into(), postcode: "01310000".into(), city: "São Paulo".into(), state: "SP".into(),
/// # };
/// let title = Title {
///     instruction: Instruction::Register,
///     our_number: "12345678901".into(),
///     check_digit: Some('7'),
///     document: "FAT0001".into(),
///     company_use: "CLI42".into(),
///     due: Day::parse("2026-12-10")?,
///     amount: Money::new(21_990, Currency::BRL),
///     issued_on: Day::parse("2026-12-01")?,
///     sort: "02".into(),
///     fine: None,
///     interest: None,
///     discounts: Vec::new(),
///     abatement: None,
///     payer,
///     write_off_days: None,
///     messages: Vec::new(),
/// };
/// let file = remittance::write(Format::Cnab400, &company, &[title])?;
/// let again = remittance::read(&file)?;
/// assert_eq!(&*again.titles[0].payer.name, "MARIA DA CONCEICAO");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(format: Format, company: &Company, titles: &[Title]) -> Result<Vec<u8>, BadField> {
    if titles.len() > TITLES_MAX {
        return Err(BadField::new("titles", format!("are more than {TITLES_MAX}; write several files")));
    }
    if format == Format::Cnab400 {
        c400::write(company, titles)
    } else if format == Format::Cnab240 {
        c240::write(company, titles)
    } else {
        Err(BadField::new("format", "not CNAB 240 or CNAB 400"))
    }
}

/// Reads a remittance that [`write()`] could have written.
///
/// # Errors
/// [`BadFile`] when it is no remittance, is too big, or is of a bank whose columns are not known here.
pub fn read(bytes: &[u8]) -> Result<Remittance, BadFile> {
    measure(bytes)?;
    let no = || BadFile::new("not a remittance of CNAB 240 or 400", "give the file that went to the bank, often named .REM");
    let format = sniff(bytes).ok_or_else(no)?;
    if format == Format::Cnab400 {
        if first_lines(bytes).first().is_none_or(|line| !line.raw.starts_with(b"01REMESSA")) {
            return Err(no());
        }
        c400::read(bytes, Letters::of(bytes, tables400::WIDTH))
    } else {
        c240::read(bytes, Letters::of(bytes, tables240::WIDTH))
    }
}

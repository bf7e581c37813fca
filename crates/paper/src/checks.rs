//! What a document must be before it is printed: of one currency, adding up, and no longer than paper.
//! Deliberately absent: repairs. A document that does not add up is refused, not corrected.

use regua_core::money::Money;
use regua_wire::boleto::{Barcode, DueFactor};

use crate::documents::{Brand, Invoice, Logo, Party, Receipt, Slip, Statement};
use crate::error::PaperError;

/// Most characters of a name, a number, or a line of an address.
pub(crate) const NAME_MAX: usize = 160;
/// Most characters of a description in a table.
pub(crate) const DESCRIPTION_MAX: usize = 600;
/// Most characters of a note.
pub(crate) const NOTE_MAX: usize = 4_000;
/// Most lines of an address or of contacts.
pub(crate) const ADDRESS_LINES_MAX: usize = 6;
/// Most lines of ways to pay, of instructions of a slip, of notes, of taxes and of discounts.
pub(crate) const FEW_MAX: usize = 24;
/// Most rows of a table.
pub(crate) const ROWS_MAX: usize = 5_000;
/// Most characters of a copy-and-paste code, as the Pix API has it.
pub(crate) const PIX_MAX: usize = 512;
/// Digits of a boleto's barcode.
const BARCODE_DIGITS: usize = 44;
/// Most bytes of a logo.
const LOGO_BYTES_MAX: usize = 512 * 1024;

type Checked = Result<(), PaperError>;

pub(crate) fn brand(brand: &Brand) -> Checked {
    name("brand.name", &brand.name)?;
    name("brand.legal_name", &brand.legal_name)?;
    few_lines("brand.address", &brand.address)?;
    few_lines("brand.contact", &brand.contact)?;
    match &brand.logo {
        Some(Logo::Png(bytes) | Logo::Jpeg(bytes)) if bytes.len() > LOGO_BYTES_MAX => {
            Err(PaperError::Logo(format!("it has {} bytes, at most {LOGO_BYTES_MAX}; make it smaller", bytes.len())))
        }
        Some(_) | None => Ok(()),
    }
}

pub(crate) fn invoice(invoice: &Invoice) -> Checked {
    name("invoice.number", &invoice.number)?;
    party("invoice.customer", &invoice.customer)?;
    if let Some(order) = &invoice.purchase_order {
        short("invoice.purchase_order", order)?;
    }
    rows("invoice.lines", invoice.lines.len())?;
    if invoice.lines.is_empty() {
        return Err(PaperError::Empty { place: "invoice.lines" });
    }
    for (at, line) in invoice.lines.iter().enumerate() {
        long(|| format!("invoice.lines[{at}].description"), &line.description, DESCRIPTION_MAX)?;
        long(|| format!("invoice.lines[{at}].detail"), line.detail.as_deref().unwrap_or_default(), DESCRIPTION_MAX)?;
        same("invoice.lines", line.unit_price.unwrap_or(line.amount), invoice.total)?;
    }
    many("invoice.discounts", invoice.discounts.len(), FEW_MAX)?;
    for discount in &invoice.discounts {
        short("invoice.discounts", &discount.label)?;
    }
    many("invoice.taxes", invoice.taxes.len(), FEW_MAX)?;
    for tax in &invoice.taxes {
        short("invoice.taxes", &tax.name)?;
        same("invoice.taxes", tax.amount, invoice.total)?;
    }
    rows("invoice.instalments", invoice.instalments.len())?;
    texts("invoice.how_to_pay", &invoice.how_to_pay, DESCRIPTION_MAX)?;
    texts("invoice.notes", &invoice.notes, NOTE_MAX)?;
    invoice.pix.as_deref().map_or(Ok(()), pix)?;
    let on_top = invoice.taxes.iter().filter(|tax| !tax.is_contained).map(|tax| tax.amount);
    let discounts = invoice.discounts.iter().map(|discount| discount.amount);
    let parts = invoice.lines.iter().map(|line| line.amount).chain(discounts).chain(on_top);
    adds_up("invoice.total", parts, invoice.total)?;
    if invoice.instalments.is_empty() {
        return Ok(());
    }
    adds_up("invoice.instalments", invoice.instalments.iter().map(|part| part.amount), invoice.total)
}

pub(crate) fn slip(slip: &Slip) -> Checked {
    for (place, text) in [("slip.bank.name", &slip.bank.name), ("slip.bank.code", &slip.bank.code), ("slip.line", &slip.line)] {
        name(place, text)?;
    }
    if slip.barcode.len() != BARCODE_DIGITS {
        return Err(PaperError::BarcodeLength(slip.barcode.chars().count()));
    }
    let barcode = Barcode::parse(&slip.barcode).map_err(|why| PaperError::Barcode(why.to_string()))?;
    // A scanner reads the barcode, a person the rest: both must pay the same.
    let line: String = slip.line.chars().filter(char::is_ascii_digit).collect();
    let is_due = barcode.due().is_none_or(|due| DueFactor::of(slip.due_on) == Ok(due));
    let says_so = [
        ("slip.line", line == barcode.line_digits()),
        ("slip.amount", barcode.amount().is_none_or(|amount| amount == slip.amount)),
        ("slip.due_on", is_due),
    ];
    if let Some((place, _)) = says_so.into_iter().find(|(_, same)| !same) {
        return Err(PaperError::OtherSlip { place });
    }
    slip.pix.as_deref().map_or(Ok(()), pix)?;
    party("slip.beneficiary", &slip.beneficiary)?;
    party("slip.payer", &slip.payer)?;
    slip.guarantor.as_ref().map_or(Ok(()), |guarantor| party("slip.guarantor", guarantor))?;
    for (place, text) in [
        ("slip.place_of_payment", &slip.place_of_payment),
        ("slip.agency_and_code", &slip.agency_and_code),
        ("slip.our_number", &slip.our_number),
        ("slip.document_number", &slip.document_number),
        ("slip.document_kind", &slip.document_kind),
        ("slip.portfolio", &slip.portfolio),
    ] {
        short(place, text)?;
    }
    texts("slip.instructions", &slip.instructions, DESCRIPTION_MAX)
}

pub(crate) fn receipt(receipt: &Receipt) -> Checked {
    name("receipt.number", &receipt.number)?;
    party("receipt.payer", &receipt.payer)?;
    if let Some(reference) = &receipt.reference {
        short("receipt.reference", reference)?;
    }
    rows("receipt.paid", receipt.paid.len())?;
    for (at, paid) in receipt.paid.iter().enumerate() {
        long(|| format!("receipt.paid[{at}].document"), &paid.document, NAME_MAX)?;
        long(|| format!("receipt.paid[{at}].description"), &paid.description, DESCRIPTION_MAX)?;
    }
    texts("receipt.notes", &receipt.notes, NOTE_MAX)?;
    if receipt.paid.is_empty() && receipt.credit.is_none() {
        return Ok(());
    }
    adds_up("receipt.amount", receipt.paid.iter().map(|paid| paid.amount).chain(receipt.credit), receipt.amount)
}

pub(crate) fn statement(statement: &Statement) -> Checked {
    party("statement.customer", &statement.customer)?;
    rows("statement.movements", statement.movements.len())?;
    for (at, movement) in statement.movements.iter().enumerate() {
        long(|| format!("statement.movements[{at}].description"), &movement.description, DESCRIPTION_MAX)?;
        long(|| format!("statement.movements[{at}].document"), movement.document.as_deref().unwrap_or_default(), NAME_MAX)?;
    }
    texts("statement.notes", &statement.notes, NOTE_MAX)?;
    let movements = statement.movements.iter().map(|movement| movement.amount);
    adds_up("statement.closing", std::iter::once(statement.opening).chain(movements), statement.closing)
}

fn party(place: &'static str, party: &Party) -> Checked {
    name(place, &party.name)?;
    few_lines(place, &party.address)
}

fn name(place: &'static str, text: &str) -> Checked {
    if text.trim().is_empty() {
        return Err(PaperError::Empty { place });
    }
    short(place, text)
}

fn short(place: &'static str, text: &str) -> Checked {
    long(|| place.to_owned(), text, NAME_MAX)
}

fn long(place: impl FnOnce() -> String, text: &str, max: usize) -> Checked {
    // A text of as many bytes has no more characters.
    if text.len() <= max {
        return Ok(());
    }
    let chars = text.chars().count();
    if chars > max { Err(PaperError::TooLong { place: place(), chars, max }) } else { Ok(()) }
}

fn few_lines(place: &'static str, lines: &[String]) -> Checked {
    many(place, lines.len(), ADDRESS_LINES_MAX)?;
    lines.iter().try_for_each(|line| short(place, line))
}

fn texts(place: &'static str, texts: &[String], max: usize) -> Checked {
    many(place, texts.len(), FEW_MAX)?;
    texts.iter().enumerate().try_for_each(|(at, text)| long(|| format!("{place}[{at}]"), text, max))
}

fn rows(place: &'static str, count: usize) -> Checked {
    many(place, count, ROWS_MAX)
}

fn many(place: &'static str, count: usize, max: usize) -> Checked {
    if count > max { Err(PaperError::TooMany { place, count, max }) } else { Ok(()) }
}

fn pix(code: &str) -> Checked {
    let chars = code.chars().count();
    if code.is_empty() || chars > PIX_MAX || code.chars().any(char::is_control) {
        return Err(PaperError::PixCode { chars, max: PIX_MAX });
    }
    Ok(())
}

fn same(place: &'static str, amount: Money, total: Money) -> Checked {
    if amount.currency() == total.currency() { Ok(()) } else { Err(PaperError::Currencies { place }) }
}

fn adds_up(place: &'static str, mut parts: impl Iterator<Item = Money>, total: Money) -> Checked {
    let sum = parts.try_fold(Money::zero(total.currency()), Money::plus).or(Err(PaperError::Currencies { place }))?;
    if sum == total { Ok(()) } else { Err(PaperError::DoesNotAddUp { place }) }
}

//! Typed documents to PDF: invoice, hybrid slip (boleto and Pix), receipt, statement of account.
//!
//! Every file is PDF/A-2a and PDF/UA-1: tagged, with its fonts, a title, a language and a reading order. The same input
//! gives the same bytes. Deliberately absent: files, sockets, clocks, parsing of other people's data, and anything about
//! stores; what a document says comes in as a plain struct.

mod checks;
pub mod colour;
pub mod documents;
mod error;
mod layout;
mod parts;
mod pdf;
mod picture;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use colour::Colour;
pub use documents::{
    Adjustment, Brand, Instalment, Invoice, InvoiceKind, InvoiceLine, Logo, Movement, Paid, Party, Receipt, Slip, SlipBank, Statement,
    TaxLine,
};
pub use error::PaperError;

use layout::Sheet;
use text::Faces;

/// A printed document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printed {
    /// The PDF.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters that the fonts do not have, each printed as `□`.
    pub missing: usize,
    /// Texts that did not fit into their box of a form and end in `…`.
    pub shortened: usize,
}

/// What prints: the fonts, read once. Use one for many documents, from as many threads as there are.
pub struct Press {
    faces: Faces,
}

impl Press {
    /// Reads the fonts that are compiled in.
    ///
    /// # Errors
    /// [`PaperError::Pdf`] when they cannot be read, which a test excludes.
    pub fn new() -> Result<Self, PaperError> {
        Ok(Self { faces: Faces::embedded()? })
    }

    /// An invoice or credit note; with a slip it can be paid by Pix and boleto, on the same page where there is room.
    ///
    /// # Errors
    /// [`PaperError`] names what cannot be printed.
    ///
    /// ```
    /// # use regua_core::{currency::Currency, money::Money, time::Day, words::Language};
    /// # use regua_paper::{Brand, Colour, Invoice, InvoiceLine, Party, Press};
    /// let brand = Brand::named("Aurora", Colour::new(24, 90, 157));
    /// let (day, sum) = (Day::parse("2026-12-01")?, Money::parse("219.90", Currency::BRL)?);
    /// let mut invoice = Invoice::new(Language::PtBr, "2026-0184", Party::named("Padaria do Porto Ltda"), day, day.plus(9), sum);
    /// invoice.lines.push(InvoiceLine::new("Plano Time", sum));
    /// let printed = Press::new()?.invoice(&brand, &invoice, None)?;
    /// assert!(printed.bytes.starts_with(b"%PDF-1.7") && printed.pages == 1 && printed.missing == 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn invoice(&self, brand: &Brand, invoice: &Invoice, slip: Option<&Slip>) -> Result<Printed, PaperError> {
        pdf::write(&self.faces, &self.lay_invoice(brand, invoice, slip)?)
    }

    /// A slip of its own: what is owed, the Pix code, and the form that a bank reads.
    ///
    /// # Errors
    /// [`PaperError`] names what cannot be printed.
    pub fn slip(&self, brand: &Brand, slip: &Slip) -> Result<Printed, PaperError> {
        pdf::write(&self.faces, &self.lay_slip(brand, slip)?)
    }

    /// A receipt of a payment.
    ///
    /// # Errors
    /// [`PaperError`] names what cannot be printed.
    pub fn receipt(&self, brand: &Brand, receipt: &Receipt) -> Result<Printed, PaperError> {
        pdf::write(&self.faces, &self.lay_receipt(brand, receipt)?)
    }

    /// A statement of account over as many pages as it needs.
    ///
    /// # Errors
    /// [`PaperError`] names what cannot be printed.
    pub fn statement(&self, brand: &Brand, statement: &Statement) -> Result<Printed, PaperError> {
        pdf::write(&self.faces, &self.lay_statement(brand, statement)?)
    }

    fn lay_invoice<'a>(&'a self, brand: &'a Brand, invoice: &'a Invoice, slip: Option<&Slip>) -> Result<Sheet<'a>, PaperError> {
        checks::brand(brand)?;
        checks::invoice(invoice)?;
        slip.map(checks::slip).transpose()?;
        parts::invoice(&self.faces, brand, invoice, slip)
    }

    fn lay_slip<'a>(&'a self, brand: &'a Brand, slip: &'a Slip) -> Result<Sheet<'a>, PaperError> {
        checks::brand(brand)?;
        checks::slip(slip)?;
        parts::slip_alone(&self.faces, brand, slip)
    }

    fn lay_receipt<'a>(&'a self, brand: &'a Brand, receipt: &'a Receipt) -> Result<Sheet<'a>, PaperError> {
        checks::brand(brand)?;
        checks::receipt(receipt)?;
        parts::receipt(&self.faces, brand, receipt)
    }

    fn lay_statement<'a>(&'a self, brand: &'a Brand, statement: &'a Statement) -> Result<Sheet<'a>, PaperError> {
        checks::brand(brand)?;
        checks::statement(statement)?;
        parts::statement(&self.faces, brand, statement)
    }
}

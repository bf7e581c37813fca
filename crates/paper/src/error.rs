//! Why a document is not printed. Deliberately absent: what stood in the place, which may be a person's.

/// Why a document is not printed; each names the place and the mend.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PaperError {
    /// A text is longer than its place on paper.
    #[error("{place} has {chars} characters, at most {max}: shorten it, or put the rest into a note")]
    TooLong {
        /// The place, e.g. `invoice.lines[3].description`.
        place: String,
        /// Characters that it has.
        chars: usize,
        /// Characters that it may have.
        max: usize,
    },
    /// A list is longer than a document may have.
    #[error("{place} has {count} entries, at most {max}: print several documents")]
    TooMany {
        /// The place, e.g. `statement.movements`.
        place: &'static str,
        /// Entries that it has.
        count: usize,
        /// Entries that it may have.
        max: usize,
    },
    /// A list that a document cannot do without is empty, or a text is.
    #[error("{place} is empty: fill it in")]
    Empty {
        /// The place.
        place: &'static str,
    },
    /// Amounts of two currencies, or a sum that does not fit.
    #[error("{place} is in another currency than the document, or too large to add up: print one document for each currency")]
    Currencies {
        /// The place.
        place: &'static str,
    },
    /// The parts of a document do not give its total.
    #[error("{place} does not add up: what stands above it gives another amount; correct one of them")]
    DoesNotAddUp {
        /// The place of the total.
        place: &'static str,
    },
    /// A slip's barcode is no boleto's: a digit is wrong.
    #[error("slip.barcode: {0}")]
    Barcode(String),
    /// The number of a slip's barcode has another length.
    #[error("slip.barcode has {0} digits, and a boleto has 44: give the number of the barcode, not the line that people type")]
    BarcodeLength(usize),
    /// What people read on a slip is not what its barcode says.
    #[error("{place} is not what slip.barcode says: take both from the same slip")]
    OtherSlip {
        /// The place.
        place: &'static str,
    },
    /// A copy-and-paste code that no bank's app reads.
    #[error("the Pix code has {chars} characters, or one that cannot be printed: at most {max}, all of them visible or spaces")]
    PixCode {
        /// Characters that it has.
        chars: usize,
        /// Characters that it may have.
        max: usize,
    },
    /// The logo is no PNG or JPEG that can be printed.
    #[error("brand.logo cannot be printed: {0}")]
    Logo(String),
    /// The PDF writer found the document to be no PDF/A-2a or PDF/UA-1. A mistake of this crate.
    #[error("the document could not be written as PDF ({0}): report this with the document's kind")]
    Pdf(String),
}

//! What a document says, as plain structs: texts, amounts, days. Deliberately absent: layout, words of a language, ids.

mod brand;
mod invoice;
mod receipt;
mod slip;
mod statement;

pub use brand::{Brand, Logo, Party};
pub use invoice::{Adjustment, Instalment, Invoice, InvoiceKind, InvoiceLine, TaxLine};
pub use receipt::{Paid, Receipt};
pub use slip::{Slip, SlipBank};
pub use statement::{Movement, Statement};

//! Receivables and payments files: bytes → a portfolio, with every bad row named.
//!
//! [`read_receivables`] and [`read_payments`] take any reader and a name for messages; what the file does not say
//! of itself is in [`Options`]. Rows that cannot be used go to a [`Rejects`] sink one by one; a file that cannot be
//! read at all is [`Refused`]. Deliberately absent: opening files, and guessing where two readings are possible.

mod amount;
#[cfg(feature = "parquet")]
mod columnar;
mod columns;
mod contact;
mod customer;
mod date;
mod decode;
mod delimited;
mod events;
mod field;
mod header;
mod ids;
mod index;
mod json_lines;
mod ledger;
mod lines;
mod mapping;
mod open;
mod options;
mod payments;
pub mod portfolio;
mod receivables;
mod refused;
mod reject;
mod report;
mod rows;
mod source;
mod table;
mod workbook;

pub use customer::attribute_of;
pub use header::Field;
pub use mapping::Mapping;
pub use options::{DateOrder, DecimalMark, Delimiter, Encoding, Options};
pub use payments::{payment_receivables, read_payments};
pub use portfolio::{CustomerRow, PaymentRow, Portfolio, ReceivableRow, When};
pub use receivables::read_receivables;
pub use refused::{Refused, RefusedKind};
pub use reject::{Reject, RejectList, RejectWriter, Rejects};
pub use report::{ColumnUnderstood, Counts, Meaning, Reading, Report, Warning};

//! Boletos and slips of utilities: the number under the barcode, the barcode, and what they say.

mod digits;
pub mod itf;

pub use digits::BadDigits;

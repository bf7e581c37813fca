//! CNAB 240, CNAB 400 and direct debit: vectors, what must hold for any file, public files.
#![expect(clippy::unwrap_used, reason = "a test stops where its data are not what they should be")]
#![expect(clippy::print_stdout, reason = "what public files hold is a part of the result")]

mod properties;
mod real;
mod remittances;
mod returns;

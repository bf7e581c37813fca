//! CNAB 240, CNAB 400 and direct debit: vectors, what must hold for any file, public files.

mod properties;
mod real;
mod remittances;
mod returns;

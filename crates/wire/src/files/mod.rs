//! Receivables and payments files: bytes → a portfolio, with every bad row named.

pub mod portfolio;

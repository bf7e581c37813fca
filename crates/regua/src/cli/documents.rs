//! Arguments of the verbs that print.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use regua_core::currency::Currency;
use regua_core::time::Day;
use regua_core::words::Language;

use super::live::day;
use super::money::{ToldArgs, currency};

/// The verbs of `document`.
#[derive(Subcommand)]
pub(crate) enum DocumentVerb {
    /// Print an invoice or credit note
    #[command(
        after_help = "Examples:\n  regua document invoice sub-1042/3/period --out invoice.pdf\n  regua document invoice sub-1042/3/period --slip --out invoice.pdf"
    )]
    Invoice {
        /// Its number, or its id
        id: String,
        /// Print a slip with it: boleto, and Pix where the account has a key
        #[arg(long)]
        slip: bool,
        /// The account of the slip [default: the only one with slips]
        #[arg(long, value_name = "NAME", requires = "slip")]
        account: Option<String>,
        #[command(flatten)]
        paper: PaperArgs,
    },
    /// Print the receipt of the newest payment on a receivable
    #[command(after_help = "Example:\n  regua document receipt R-1042 --out receipt.pdf")]
    Receipt {
        /// A receivable, as the imported file calls it
        id: String,
        #[command(flatten)]
        paper: PaperArgs,
    },
    /// Print what a customer owes and has, entry by entry
    #[command(after_help = "Example:\n  regua document statement C-7 --from 2026-12-01 --out statement.pdf")]
    Statement {
        /// A customer, as the imported file calls it
        id: String,
        /// The first day with entries of its own [default: that of the first]
        #[arg(long, value_name = "DAY", value_parser = day)]
        from: Option<Day>,
        /// The last day [default: today]
        #[arg(long, value_name = "DAY", value_parser = day)]
        until: Option<Day>,
        /// The currency, where the customer has several
        #[arg(long, value_name = "CODE", value_parser = currency)]
        currency: Option<Currency>,
        #[command(flatten)]
        paper: PaperArgs,
    },
}

/// What every printed document has.
#[derive(Args)]
pub(crate) struct PaperArgs {
    /// Where the PDF goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The language: pt-BR, en, es or it [default: the customer's, else the company's]
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<Language>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

//! Arguments of the verbs on banks: accounts, files, the lines that a person is asked about, slips.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListingArgs;
use super::live::{LookArgs, PlaceArgs};
use super::money::ToldArgs;

/// The verbs of `bank`.
#[derive(Subcommand)]
pub(crate) enum BankVerb {
    /// Add an account of the company's
    #[command(after_help = ADD)]
    Add(AddAccountArgs),
    /// List accounts and what banks told of each
    List(LookArgs),
    /// Read returns and statements: each line is booked once, and what is not sure is asked
    #[command(after_help = READ)]
    Read(BankReadArgs),
    /// List the lines that wait for a person, each with what it may be
    Lines(LinesArgs),
    /// Book a line that waits, on receivables in this order or on what is open of a customer
    #[command(after_help = "Examples:\n  regua bank book 3fa9c1 R-1042\n  regua bank book 3fa9c1 cus:C-7 --reason \"told by telephone\"")]
    Book(BookArgs),
    /// Say of a line that it is no customer's business
    #[command(name = "set-aside", after_help = "Example:\n  regua bank set-aside 3fa9c1 --reason \"loan of the owner\"")]
    SetAside(LineArgs),
    /// Take back what a line was booked on; book the money anew with `regua payment`
    #[command(after_help = "Example:\n  regua bank undo 3fa9c1 --reason \"another customer's\"")]
    Undo(LineArgs),
    /// Issue the slip (boleto) of a receivable, or show the one that is out
    #[command(after_help = SLIP)]
    Slip(SlipArgs),
    /// Write the file that asks the bank to register the slips that it does not know yet
    #[command(after_help = REMIT)]
    Remit(RemitArgs),
}

const ADD: &str = "\
Examples:
  regua bank add itau --bank 341 --branch 0811 --number 53678-8 --wallet 109
  regua bank add sicoob --bank 756 --branch 3069 --number 1234-5 --wallet 1 --agreement 1234567 --first 1001
  regua bank add conta --bank 260 --branch 0001 --number 9876543-2 --pix-key financeiro@acme.example

What slips of a bank need is in docs/banks.md. Without a wallet an account takes statements and Pix only.";

const READ: &str = "\
Examples:
  regua bank read CN21116A.RET
  regua bank read march.ofx extrato.xml --account itau
  cat *.ret | regua bank read -

CNAB 240 and 400 returns, FEBRABAN 150, OFX, camt.052/053/054, MT940 and NACHA returns are told apart by their content.
The same file or the same line again changes nothing. Lines that cannot be read are listed; the others are taken in.";

const SLIP: &str = "\
Examples:
  regua bank slip R-1042 --account itau
  regua bank slip R-1042 --account itau --pdf R-1042.pdf

One slip of a receivable can be paid at a time: asking again shows it, a closed or refused one is replaced.";

const REMIT: &str = "\
Examples:
  regua bank remit itau --out CB2911.REM
  regua bank remit itau --again 7 --out CB2911.REM

A slip goes out in one file. If that file was lost, --again writes it once more under its own number.";

/// Arguments of `bank add`.
#[derive(Args)]
pub(crate) struct AddAccountArgs {
    /// What people call it: letters, digits and `-`
    pub(crate) name: String,
    /// The bank: three digits in Brazil, else its BIC or routing number
    #[arg(long, value_name = "CODE")]
    pub(crate) bank: String,
    /// The branch (agência)
    #[arg(long, value_name = "NUMBER", default_value = "")]
    pub(crate) branch: String,
    /// The account, with its check digit behind `-`; an IBAN as it is
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: String,
    /// The portfolio of its slips (carteira)
    #[arg(long, value_name = "CODE", default_value = "")]
    pub(crate) wallet: String,
    /// What the bank calls the company (convênio, código do beneficiário)
    #[arg(long, value_name = "CODE", default_value = "")]
    pub(crate) agreement: String,
    /// The post of a cooperative (posto)
    #[arg(long, value_name = "CODE", default_value = "")]
    pub(crate) post: String,
    /// The key that Pix charges are paid to
    #[arg(long, value_name = "KEY", default_value = "")]
    pub(crate) pix_key: String,
    /// The number of the first slip, beyond those that were issued elsewhere
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) first: i64,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Arguments of `bank read`.
#[derive(Args)]
pub(crate) struct BankReadArgs {
    /// Files as the bank wrote them; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The account that they are of [default: the one that each names]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Only read them, and show what they say
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Arguments of `bank lines`.
#[derive(Args)]
pub(crate) struct LinesArgs {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Arguments of `bank book`.
#[derive(Args)]
pub(crate) struct BookArgs {
    /// The line, by the beginning of its id
    pub(crate) line: String,
    /// Receivables in the order in which they are paid, or a customer
    #[arg(required = true)]
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Arguments of `bank set-aside` and `bank undo`.
#[derive(Args)]
pub(crate) struct LineArgs {
    /// The line, by the beginning of its id
    pub(crate) line: String,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Arguments of `bank slip`.
#[derive(Args)]
pub(crate) struct SlipArgs {
    /// A receivable, as the imported file calls it
    pub(crate) id: String,
    /// The account that it is paid on [default: the only one with a wallet]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// Write the slip as a PDF
    #[arg(long, value_name = "FILE")]
    pub(crate) pdf: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Arguments of `bank remit`.
#[derive(Args)]
pub(crate) struct RemitArgs {
    /// The account
    pub(crate) account: String,
    /// Where the file goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write the file of this number once more
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) again: Option<i64>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

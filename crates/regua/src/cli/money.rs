//! Arguments of the verbs that enter money, and of the statement.

use clap::{Args, Subcommand};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::ListingArgs;
use super::live::{ActArgs, PlaceArgs, day};
use crate::time::Moment;

/// The verbs on money.
#[derive(Subcommand)]
pub(crate) enum MoneyVerb {
    /// Enter a payment of a customer, or on a receivable
    #[command(after_help = PAYMENT)]
    Payment(PaymentArgs),
    /// Enter that a payment or credit was given back
    #[command(after_help = "Examples:\n  regua refund R-1042 40.00 --reason \"paid twice\"\n  regua refund C-7")]
    Refund(BackArgs),
    /// Enter that a payment was taken back, as if it had never come
    #[command(after_help = "Example:\n  regua chargeback R-1042 --on 2026-12-18 --reason \"card dispute\"")]
    Chargeback(BackArgs),
    /// Lower what is owed on a receivable
    #[command(after_help = "Example:\n  regua credit R-1042 15.00 --reason \"one seat less\"")]
    Credit(LowerArgs),
    /// Enter a tax that the payer withheld
    #[command(after_help = "Example:\n  regua withheld R-1042 4.65 --reason \"CSRF\"")]
    Withheld(LowerArgs),
    /// Add a fee to a receivable; one that was paid is open again
    #[command(after_help = "Example:\n  regua fee R-1042 5.00 --reason \"returned slip\"")]
    Fee(LowerArgs),
    /// Let the credit of a customer pay
    #[command(name = "apply-credit", after_help = "Examples:\n  regua apply-credit C-7\n  regua apply-credit R-1042 20.00")]
    ApplyCredit(ApplyArgs),
    /// Give up what is due on a receivable; what is paid later is a recovery
    #[command(name = "write-off", after_help = "Example:\n  regua write-off R-1042 --reason insolvent")]
    WriteOff(EndArgs),
    /// Cancel a receivable as if it had never been billed
    #[command(after_help = "Example:\n  regua void R-1042 --reason \"billed twice\"")]
    Void(EndArgs),
    /// Print what a customer owes and has, entry by entry
    #[command(after_help = STATEMENT)]
    Statement(StatementArgs),
}

const PAYMENT: &str = "\
Examples:
  regua payment R-1042 102.03 --on 2026-12-15 --id E2E-77
  regua payment C-7 500.00 --for R-1043 --for R-1042

The same --id again changes nothing, so a payment is never entered twice. Without one each is another payment.";

const STATEMENT: &str = "\
Examples:
  regua statement C-7
  regua statement C-7 --from 2026-12-01 --as-of 2026-12-31 --format csv

A statement of a past day says what was known by its end: what became known later is not on it.";

/// What every entry has.
#[derive(Args)]
pub(crate) struct EntryArgs {
    /// The currency of the amount [default: the receivable's, else the company's]
    #[arg(long, value_name = "CODE", value_parser = currency)]
    pub(crate) currency: Option<Currency>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Who tells it, and when.
#[derive(Args)]
pub(crate) struct ToldArgs {
    /// Enter it as if it were this date or time; a date means 00:00 in the policy's zone
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<Moment>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `payment`.
#[derive(Args)]
pub(crate) struct PaymentArgs {
    /// A receivable or a customer, as the imported file calls it
    pub(crate) id: String,
    /// How much, such as 102.03
    pub(crate) amount: String,
    /// The day on which the payer paid [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Option<Day>,
    /// A receivable that the payer named; several are paid in this order
    #[arg(long = "for", value_name = "RECEIVABLE")]
    pub(crate) named: Vec<String>,
    /// What the bank or gateway calls the payment
    #[arg(long = "id", value_name = "PAYMENT")]
    pub(crate) payment: Option<String>,
    #[command(flatten)]
    pub(crate) entry: EntryArgs,
}

/// Arguments of `refund` and `chargeback`.
#[derive(Args)]
pub(crate) struct BackArgs {
    /// A receivable or a customer, as the imported file calls it
    pub(crate) id: String,
    /// How much [default: all of the newest payment, or all of the credit]
    pub(crate) amount: Option<String>,
    /// The day on which it went back [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Option<Day>,
    #[command(flatten)]
    pub(crate) entry: EntryArgs,
}

/// Arguments of `credit`, `withheld` and `fee`.
#[derive(Args)]
pub(crate) struct LowerArgs {
    /// A receivable, as the imported file calls it
    pub(crate) id: String,
    /// How much, such as 15.00
    pub(crate) amount: String,
    /// The day for which it counts [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Option<Day>,
    #[command(flatten)]
    pub(crate) entry: EntryArgs,
}

/// Arguments of `apply-credit`.
#[derive(Args)]
pub(crate) struct ApplyArgs {
    /// A receivable or a customer, as the imported file calls it
    pub(crate) id: String,
    /// At most so much [default: all of the credit]
    pub(crate) amount: Option<String>,
    #[command(flatten)]
    pub(crate) entry: EntryArgs,
}

/// Arguments of `write-off` and `void`.
#[derive(Args)]
pub(crate) struct EndArgs {
    /// A receivable, as the imported file calls it
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Arguments of `statement`.
#[derive(Args)]
pub(crate) struct StatementArgs {
    /// A customer, as the imported file calls it
    pub(crate) id: String,
    /// The first day with entries of its own [default: that of the first]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) from: Option<Day>,
    /// The last day [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) as_of: Option<Day>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

pub(super) fn currency(text: &str) -> Result<Currency, String> {
    Currency::parse(text).ok_or_else(|| format!("`{text}` is no currency; write one such as BRL"))
}

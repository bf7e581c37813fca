//! Arguments of the verbs that say what a customer may use and what settles a debt.

use clap::Args;
use regua_core::time::Day;

use super::ListingArgs;
use super::live::{PlaceArgs, day};

pub(super) const ACCESS: &str = "\
Examples:
  regua access C-7
  regua access C-7 --timeline
  regua access C-7 --format json";

/// Arguments of `access`.
#[derive(Args)]
pub(crate) struct AccessArgs {
    /// A customer or a receivable, as the imported file calls it
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Every change that was, oldest first, instead of what holds now
    #[arg(long)]
    pub(crate) timeline: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

pub(super) const SECOND_COPY: &str = "\
Examples:
  regua second-copy R-1042
  regua second-copy C-7 --on 2026-12-24";

/// Arguments of `second-copy`.
#[derive(Args)]
pub(crate) struct SecondCopyArgs {
    /// A receivable, or a customer for each open one, as the imported file calls it
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The day on which it is to be paid [default: today, where the customer is]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Option<Day>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

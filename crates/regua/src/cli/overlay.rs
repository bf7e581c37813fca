//! Arguments of the verbs over another biller: reading its account, its switches, handing control back.

use std::path::PathBuf;

use clap::Args;

use super::ListingArgs;
use super::live::{ActArgs, PlaceArgs};

/// What follows the help of `sync`.
pub(super) const SYNC: &str = "\
Examples:
  regua sync stripe --dry-run
  regua sync stripe
  regua sync asaas --format json

The first reading takes in everything and goes on where it stopped; later ones take in what changed. Nothing is written at the
biller: a key that only reads is enough. While the biller itself charges or reminds for an invoice, its receivable is paused here,
and the switches that end that are listed.

Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 finished with objects that could not be taken in (written to rejects.csv)";

/// What follows the help of `gateway switch`.
pub(super) const SWITCHES: &str = "Example:\n  regua gateway switch stripe";

/// What follows the help of `eject`.
pub(super) const EJECT: &str = "\
Examples:
  regua eject stripe --dry-run
  regua eject stripe --out handed.csv --reason \"back to smart retries\"

Nothing is charged by the gateway any more, every mirrored receivable is held, and what the biller must know is written as CSV. Turn
its switches on once this says that control is back. Doing it again changes nothing.";

/// Arguments of `sync`.
#[derive(Args)]
pub(crate) struct SyncArgs {
    /// Whose account: stripe or asaas
    pub(crate) gateway: String,
    /// Read everything again, also what is known
    #[arg(long)]
    pub(crate) full: bool,
    /// Only read, and show what would be taken in and which switches to turn
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// From now on charge by this gateway what the biller does not charge itself
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) take_over: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Arguments of `gateway switch`.
#[derive(Args)]
pub(crate) struct SwitchesArgs {
    /// Whose account: stripe or asaas
    pub(crate) gateway: String,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Arguments of `eject`.
#[derive(Args)]
pub(crate) struct EjectArgs {
    /// To whom: stripe or asaas
    pub(crate) gateway: String,
    /// Where the file for the biller goes [default: NAME-handed-back.csv in the installation's folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Only show what would be handed back; the file is written all the same
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

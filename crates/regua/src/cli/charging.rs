//! Arguments of the verbs on gateways: stored methods, attempts, ways to pay, webhooks.

use clap::{Args, Subcommand, ValueEnum};
use regua_core::time::Day;

use super::ListingArgs;
use super::live::{LookArgs, PlaceArgs, day};
use super::money::ToldArgs;
use super::overlay::{self, SwitchesArgs};

/// The verbs of `gateway`.
#[derive(Subcommand)]
pub(crate) enum GatewayVerb {
    /// List the gateways of the settings, and whether each can be used
    List(LookArgs),
    /// Read what a gateway lists since the last time: payments, refunds, disputes that no webhook told of
    #[command(after_help = "Example:\n  regua gateway read stripe")]
    Read(GatewayReadArgs),
    /// List webhooks that could not be processed
    Poison(LookArgs),
    /// Process such a webhook again
    #[command(after_help = "Example:\n  regua gateway replay stripe 3fa9c1d2")]
    Replay(ReplayArgs),
    /// List codes of failed charges that nobody knows: they are tried again slowly
    Codes(LookArgs),
    /// Show by which switches another biller still charges or reminds by itself
    #[command(after_help = overlay::SWITCHES)]
    Switch(SwitchesArgs),
}

/// Arguments of `gateway read`.
#[derive(Args)]
pub(crate) struct GatewayReadArgs {
    /// The gateway, as the settings call it
    pub(crate) gateway: String,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `gateway replay`.
#[derive(Args)]
pub(crate) struct ReplayArgs {
    /// The gateway, as the settings call it
    pub(crate) gateway: String,
    /// The webhook, by the beginning of its name in `gateway poison`
    pub(crate) hook: String,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// The verbs of `method`.
#[derive(Subcommand)]
pub(crate) enum MethodVerb {
    /// Store a way to charge a customer: a token of a gateway, never a card number
    #[command(after_help = METHOD)]
    Add(Box<AddMethodArgs>),
    /// List the stored methods of a customer
    List(MethodListArgs),
    /// Take a stored method away: it is charged no more
    Remove(RemoveMethodArgs),
    /// Ask a customer to authorise debits by Pix Automático: by a code, or by a notice of the payer's bank
    #[command(after_help = ASK)]
    Ask(Box<AskMethodArgs>),
    /// Look at its bank where an authorisation stands; given meanwhile, it is charged from now on
    Show(ShowMethodArgs),
    /// End an authorisation at its bank: it is charged no more
    #[command(after_help = "Example:\n  regua method cancel mth_01k9… --reason \"asked by telephone\"")]
    Cancel(RemoveMethodArgs),
}

const ASK: &str = "\
Examples:
  regua method ask C-7 --what \"Plano Pro\" --every month
  regua method ask C-7 --what \"Plano Pro\" --every month --fixed 99.90 --allows-retry
  regua method ask C-7 --what \"Plano Pro\" --every month --bank 99999004 --branch 0001 --account 123456

Without --bank a code is printed: whoever reads it in the bank's app authorises. With it the payer's bank shows a notice.
Until the payer has said yes the method is pending and is never charged. What the payer said comes by webhook and listing;
`regua method show` asks at once.";

/// Arguments of `method ask`.
#[derive(Args)]
pub(crate) struct AskMethodArgs {
    /// The customer, as the imported file calls it
    pub(crate) customer: String,
    /// The gateway, as the settings call it
    #[arg(long, value_name = "NAME", default_value = "pix")]
    pub(crate) gateway: String,
    /// What for, as the payer reads it: at most 35 characters
    #[arg(long, value_name = "WORDS")]
    pub(crate) what: String,
    /// How often it is charged
    #[arg(long)]
    pub(crate) every: Every,
    /// The first day on which money may be asked for [default: tomorrow]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) from: Option<Day>,
    /// The same amount each time, such as 99.90 [default: what comes, up to the payer's own limit]
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) fixed: Option<String>,
    /// A debit that failed may be tried again, three times in seven days
    #[arg(long)]
    pub(crate) allows_retry: bool,
    /// The payer's bank, to be asked by a notice there: its eight characters in the payments system (ISPB)
    #[arg(long, value_name = "ISPB", requires = "account")]
    pub(crate) bank: Option<String>,
    /// The payer's branch, when the account has one
    #[arg(long, requires = "bank")]
    pub(crate) branch: Option<String>,
    /// The payer's account
    #[arg(long, requires = "bank")]
    pub(crate) account: Option<String>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// How often an authorisation charges.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Every {
    Week,
    Month,
    Quarter,
    HalfYear,
    Year,
}

/// Arguments of `method show`.
#[derive(Args)]
pub(crate) struct ShowMethodArgs {
    /// The method, as `method list` calls it
    pub(crate) method: String,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

const METHOD: &str = "\
Examples:
  regua method add C-7 --gateway sandbox --token sandbox_ok --scheme visa
  regua method add C-7 --gateway stripe --customer-token cus_9 --token pm_1 --scheme visa --expires 2028-04-30 \\
    --consent \"terms 3.1, accepted 2026-11-30 by C-7\"

Failed charges of the customer are tried again at once with it, which uses up none of the policy's tries.";

/// Arguments of `method add`.
#[derive(Args)]
pub(crate) struct AddMethodArgs {
    /// The customer, as the imported file calls it
    pub(crate) customer: String,
    /// The gateway that holds it, as the settings call it
    #[arg(long, value_name = "NAME")]
    pub(crate) gateway: String,
    /// What the gateway calls it
    #[arg(long)]
    pub(crate) token: String,
    /// What the gateway calls the customer
    #[arg(long = "customer-token", value_name = "TOKEN", default_value = "")]
    pub(crate) customer_token: String,
    /// The card network or scheme: visa, mastercard, elo, amex, pix_automatico, sepa, ach …
    #[arg(long)]
    pub(crate) scheme: String,
    /// What tells the same card from another, where the gateway gives it
    #[arg(long)]
    pub(crate) fingerprint: Option<String>,
    /// The last four characters, for people
    #[arg(long, value_name = "DIGITS")]
    pub(crate) last4: Option<String>,
    /// The last day of its validity
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: Option<String>,
    /// Of Pix Automático: the authorisation allows three further tries in seven days
    #[arg(long)]
    pub(crate) allows_retry: bool,
    /// How the customer agreed to be charged by itself
    #[arg(long, value_name = "WORDS")]
    pub(crate) consent: Option<String>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Arguments of `method list`.
#[derive(Args)]
pub(crate) struct MethodListArgs {
    /// The customer, as the imported file calls it
    pub(crate) customer: String,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// Arguments of `method remove`.
#[derive(Args)]
pub(crate) struct RemoveMethodArgs {
    /// The method, as `method list` calls it
    pub(crate) method: String,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// The verbs of `charge`.
#[derive(Subcommand)]
pub(crate) enum ChargeVerb {
    /// Charge a receivable now, with a stored method
    #[command(after_help = "Example:\n  regua charge now R-1042 --reason \"asked by telephone\"")]
    Now(ChargeNowArgs),
    /// List attempts: under way, or of a customer or receivable
    #[command(after_help = "Examples:\n  regua charge list\n  regua charge list R-1042\n  regua charge list --needing")]
    List(ChargeListArgs),
    /// List payments that came when nothing was owed any more, and what became of each
    Second(LookArgs),
}

/// Arguments of `charge now`.
#[derive(Args)]
pub(crate) struct ChargeNowArgs {
    /// The receivable, as the imported file calls it
    pub(crate) id: String,
    /// The method, as `method list` calls it [default: the first that can be charged]
    #[arg(long)]
    pub(crate) method: Option<String>,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Arguments of `charge list`.
#[derive(Args)]
pub(crate) struct ChargeListArgs {
    /// A receivable or a customer, as the imported file calls it
    pub(crate) id: Option<String>,
    /// Only those that a person must look at
    #[arg(long)]
    pub(crate) needing: bool,
    /// At most so many
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub(crate) limit: i64,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// Ways to pay that a gateway makes.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Way {
    /// A Pix code
    Pix,
    /// A boleto
    Boleto,
    /// A page that takes a card
    Card,
}

/// Arguments of `pay-by`.
#[derive(Args)]
pub(crate) struct PayByArgs {
    /// The receivable, as the imported file calls it
    pub(crate) id: String,
    /// How
    #[arg(value_enum)]
    pub(crate) way: Way,
    /// By which gateway, as the settings call it
    #[arg(long, value_name = "NAME")]
    pub(crate) gateway: String,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// The verbs of `retries`.
#[derive(Subcommand)]
pub(crate) enum RetriesVerb {
    /// Show what the moments of retries are chosen by, and what came of those that were chosen
    Show(LookArgs),
    /// Learn anew from every retry that is stored: from then on moments are chosen by it
    #[command(after_help = "Example:\n  regua retries learn")]
    Learn(LookArgs),
}

/// Arguments of `sandbox`.
#[derive(Subcommand)]
pub(crate) enum SandboxVerb {
    /// Pay something of the sandbox's, as a payer would: its webhook comes as a gateway's would
    #[command(after_help = "Example:\n  regua sandbox pay R-1042")]
    Pay(SandboxPayArgs),
}

/// Arguments of `sandbox pay`.
#[derive(Args)]
pub(crate) struct SandboxPayArgs {
    /// The receivable whose open Pix, boleto or page is paid
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) told: ToldArgs,
}

/// Arguments of `serve`.
#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Where to listen, in place of the settings
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

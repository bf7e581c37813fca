//! Arguments of the verbs for billing: prices, subscriptions and invoices.

use std::num::NonZeroU16;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use regua_core::billing::{Collection, InvoiceStatus, Net, Tax};
use regua_core::time::Day;
use regua_core::words::{Language, Rail};
use regua_wire::billing::{AnchorWords, net, tax};

use super::ListingArgs;
use super::live::{ActArgs, LookArgs, PlaceArgs, SureArgs, day};
use crate::time::Moment;

/// The verbs of `price`.
#[derive(Subcommand)]
pub(crate) enum PriceVerb {
    /// Read a plan file and show the first three invoices that a customer would get
    #[command(after_help = "Examples:\n  regua price check team.yaml\n  regua price check team.yaml --quantity 12 --from 2027-01-31")]
    Check(Box<PriceArgs>),
    /// Publish a plan: subscriptions that begin from now on can have it; its first three invoices are shown first
    #[command(after_help = PUBLISH)]
    Publish(Box<PublishPriceArgs>),
    /// List published plans
    List {
        /// Every version instead of the newest
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Show what a published plan costs
    #[command(after_help = "Example:\n  regua price show team")]
    Show {
        /// Its key
        key: String,
        /// One version instead of the newest
        #[arg(long, value_name = "N")]
        version: Option<i64>,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Print the JSON Schema of plan files, for editors
    #[command(after_help = "Example:\n  regua price schema > plan.schema.json")]
    Schema,
}

const PUBLISH: &str = "\
Examples:
  regua price publish team.yaml
  regua price publish team.yaml --quantity 12 --usage calls=25000 --yes

Subscriptions keep the version that they began with; `regua subscription change ID --plan KEY` moves one to the newest.";

/// Arguments of `price check`, and what `price publish` shows first.
#[derive(Args)]
pub(crate) struct PriceArgs {
    /// The plan: a YAML file; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// How many are bought, in the invoices that are shown
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) quantity: u64,
    /// What is used of a meter in each period; may be repeated
    #[arg(long, value_name = "METER=N", value_parser = used)]
    pub(crate) usage: Vec<(String, u64)>,
    /// The first day of the subscription that is shown [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) from: Option<Day>,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    /// The language of the invoices [default: that of the company]
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<Language>,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// Arguments of `price publish`.
#[derive(Args)]
pub(crate) struct PublishPriceArgs {
    #[command(flatten)]
    pub(crate) price: PriceArgs,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
}

/// When something is done.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct WhenArgs {
    /// Do it as if it were this date or time; a date means 00:00 in the policy's zone
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<Moment>,
}

/// On what terms something is invoiced. What is not said is that of `[billing]` in `regua.toml`, or what it was.
#[derive(Args, Clone, Debug)]
pub(crate) struct TermsArgs {
    /// When an invoice is due after its issue: 10d, 10bd (open days) or 10d-open (on the next open day)
    #[arg(long, value_name = "DAYS", value_parser = net)]
    pub(crate) net: Option<Net>,
    /// automatic (charged to a stored method) or invoice (sent to be paid)
    #[arg(long, value_name = "HOW")]
    pub(crate) collection: Option<Collection>,
    /// In how many monthly parts an invoice is due
    #[arg(long, value_name = "N")]
    pub(crate) instalments: Option<NonZeroU16>,
    /// A tax, such as ISS=5%:within, VAT=22%:inclusive or VAT=22%:exclusive; may be repeated
    #[arg(long = "tax", value_name = "NAME=RATE:MODE", value_parser = tax)]
    pub(crate) taxes: Vec<Tax>,
    /// No tax, whatever regua.toml says
    #[arg(long, conflicts_with = "taxes")]
    pub(crate) no_tax: bool,
    /// The customer's purchase-order number; empty takes it away
    #[arg(long, value_name = "NUMBER")]
    pub(crate) purchase_order: Option<String>,
    /// What goes with every invoice: a file, of which name and digest are kept, or an address; may be repeated
    #[arg(long, value_name = "FILE|URL")]
    pub(crate) attach: Vec<String>,
}

/// The verbs of `subscription`.
#[derive(Subcommand)]
pub(crate) enum SubscriptionVerb {
    /// Begin a subscription
    #[command(after_help = ADD)]
    Add(Box<AddArgs>),
    /// Show a subscription: what it is, and its next invoice as it stands
    #[command(after_help = "Example:\n  regua subscription show sub-1042")]
    Show {
        /// The subscription
        id: String,
        #[command(flatten)]
        when: WhenArgs,
        #[command(flatten)]
        look: LookArgs,
    },
    /// List subscriptions, the newest first
    #[command(after_help = "Examples:\n  regua subscription list --customer C-7\n  regua subscription list --state paused --format csv")]
    List(SubscriptionListArgs),
    /// Change quantity, plan, coupons or terms; what it costs is shown first
    #[command(after_help = CHANGE)]
    Change(Box<ChangeArgs>),
    /// Bill nothing until it is resumed, from the period's end or now
    #[command(after_help = "Examples:\n  regua subscription pause sub-1042\n  regua subscription pause sub-1042 --now --until 2027-03-01")]
    Pause(PauseSubscriptionArgs),
    /// Let a paused subscription run again; the days left of the period are charged
    #[command(after_help = "Example:\n  regua subscription resume sub-1042")]
    Resume(ResumeSubscriptionArgs),
    /// End a subscription with its period, or now
    #[command(after_help = CANCEL)]
    Cancel(CancelArgs),
    /// Report what was used of a meter
    #[command(after_help = "Example:\n  regua subscription usage sub-1042 calls 25000 --report 2026-12-calls")]
    Usage(UsageArgs),
    /// Begin many subscriptions from a file; the same file again changes nothing
    #[command(after_help = IMPORT)]
    Import(ImportSubscriptionsArgs),
}

const ADD: &str = "\
Examples:
  regua subscription add sub-1042 --customer C-7 --plan team --quantity 12 --net 10d --purchase-order PO-4711
  regua subscription add sub-1043 --customer C-9 --name \"Ana Souza\" --email ana@acme.example --plan basic --trial-until 2027-01-15
  regua subscription add sub-1044 --customer C-7 --plan basic --from 2027-01-31 --anchor 31 --coupon HALF=50%:3";

const CHANGE: &str = "\
Examples:
  regua subscription change sub-1042 --quantity 15
  regua subscription change sub-1042 --plan team-plus --at period-end
  regua subscription change sub-1042 --quantity 15 --settle next --on 2026-12-10
  regua subscription change sub-1042 --coupon FRIEND=20%:forever
  regua subscription change sub-1042 --net 30d --purchase-order PO-4712";

const CANCEL: &str = "\
Examples:
  regua subscription cancel sub-1042
  regua subscription cancel sub-1042 --now
  regua subscription cancel sub-1042 --now --no-credit
  regua subscription cancel sub-1042 --undo";

const IMPORT: &str = "\
Examples:
  regua subscription import subscriptions.csv --dry-run
  regua subscription import subscriptions.csv

The file is CSV with the columns subscription_id, customer_id, plan and started_on, and those of docs/billing.md. One that
began long ago needs billed_from, the first day that is billed here. Rows that cannot be taken go to rejects.csv.";

/// Arguments of `subscription add`.
#[derive(Args)]
pub(crate) struct AddArgs {
    /// What it is called; its invoices' numbers begin so
    pub(crate) id: String,
    /// Whose it is
    #[arg(long, value_name = "ID")]
    pub(crate) customer: String,
    /// The name of a customer who is not known yet
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The e-mail address of a customer who is not known yet
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// The key of a published plan
    #[arg(long, value_name = "KEY")]
    pub(crate) plan: String,
    /// How many
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) quantity: u64,
    /// The first day [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) from: Option<Day>,
    /// The first billed day, after a trial
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) trial_until: Option<Day>,
    /// Where periods begin: a day of the month or a date [default: the first billed day]
    #[arg(long, value_name = "DAY", value_parser = AnchorWords::parse)]
    pub(crate) anchor: Option<AnchorWords>,
    /// A coupon: CODE=OFF:LASTS, such as HALF=50%:once, TEN=10.00:3 or FRIEND=20%:forever; may be repeated
    #[arg(long = "coupon", value_name = "COUPON")]
    pub(crate) coupons: Vec<String>,
    /// The rail on which it is paid, such as pix, boleto or card
    #[arg(long, value_name = "RAIL")]
    pub(crate) method: Option<Rail>,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `subscription list`.
#[derive(Args)]
pub(crate) struct SubscriptionListArgs {
    /// Only those of a customer
    #[arg(long, value_name = "ID")]
    pub(crate) customer: Option<String>,
    /// Only those of a plan
    #[arg(long, value_name = "KEY")]
    pub(crate) plan: Option<String>,
    /// Only those that are so
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) state: Option<StateWord>,
    #[command(flatten)]
    pub(crate) limit: LimitArgs,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// What a subscription is on a day, in one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum StateWord {
    // It has not begun.
    Upcoming,
    // It is not billed yet.
    Trialing,
    // It runs.
    Active,
    // Nothing is billed.
    Paused,
    // It runs and ends.
    Ending,
    // It has ended.
    Ended,
}

/// How many rows a list has.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct LimitArgs {
    /// How many rows at most
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) limit: usize,
}

/// From when a change holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum At {
    // From the day of the change on.
    Now,
    // From the end of its period.
    PeriodEnd,
}

/// Where credits and charges of a change go.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum SettleOn {
    // Onto an invoice of their own.
    Own,
    // Onto the invoice of the next period.
    Next,
}

/// Arguments of `subscription change`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("what").args(["quantity", "plan", "coupon", "remove_coupon"]))]
pub(crate) struct ChangeArgs {
    /// The subscription
    pub(crate) id: String,
    /// Another quantity
    #[arg(long, value_name = "N")]
    pub(crate) quantity: Option<u64>,
    /// Another plan: the newest version of a published one
    #[arg(long, value_name = "KEY")]
    pub(crate) plan: Option<String>,
    /// One more coupon
    #[arg(long, value_name = "COUPON")]
    pub(crate) coupon: Option<String>,
    /// A coupon takes nothing off any more
    #[arg(long, value_name = "CODE")]
    pub(crate) remove_coupon: Option<String>,
    /// From when a quantity or plan holds
    #[arg(long, value_enum, default_value = "now", value_name = "WHEN")]
    pub(crate) at: At,
    /// Where days that are charged or given back go: an invoice of their own, or that of the next period
    #[arg(long, value_enum, default_value = "own", value_name = "INVOICE")]
    pub(crate) settle: SettleOn,
    #[command(flatten)]
    pub(crate) terms: TermsArgs,
    #[command(flatten)]
    pub(crate) doing: DoingArgs,
}

/// How a change of a subscription is done.
#[derive(Args)]
pub(crate) struct DoingArgs {
    /// The day for which it counts [default: today]; it can lie in the period that is billed
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Option<Day>,
    /// Only show what it would do
    #[arg(long, conflicts_with = "yes")]
    pub(crate) preview: bool,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `subscription pause`.
#[derive(Args)]
pub(crate) struct PauseSubscriptionArgs {
    /// The subscription
    pub(crate) id: String,
    /// From today on instead of from the period's end; the days that were billed are given back
    #[arg(long)]
    pub(crate) now: bool,
    /// The day on which it runs again by itself
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) until: Option<Day>,
    #[command(flatten)]
    pub(crate) doing: DoingArgs,
}

/// Arguments of `subscription resume`.
#[derive(Args)]
pub(crate) struct ResumeSubscriptionArgs {
    /// The subscription
    pub(crate) id: String,
    /// Where the days that are charged go: an invoice of their own, or that of the next period
    #[arg(long, value_enum, default_value = "own", value_name = "INVOICE")]
    pub(crate) settle: SettleOn,
    #[command(flatten)]
    pub(crate) doing: DoingArgs,
}

/// Arguments of `subscription cancel`.
#[derive(Args)]
pub(crate) struct CancelArgs {
    /// The subscription
    pub(crate) id: String,
    /// Now instead of at the period's end; what was billed for later days is given back
    #[arg(long)]
    pub(crate) now: bool,
    /// Give nothing back: the period is owed as a whole
    #[arg(long, requires = "now")]
    pub(crate) no_credit: bool,
    /// It does not end after all
    #[arg(long, conflicts_with = "now")]
    pub(crate) undo: bool,
    #[command(flatten)]
    pub(crate) doing: DoingArgs,
}

/// Arguments of `subscription usage`.
#[derive(Args)]
pub(crate) struct UsageArgs {
    /// The subscription
    pub(crate) id: String,
    /// The meter that a price of its plan names
    pub(crate) meter: String,
    /// How much
    pub(crate) quantity: u64,
    /// What the report is called: the same name again changes nothing [default: the day and the meter]
    #[arg(long, value_name = "NAME")]
    pub(crate) report: Option<String>,
    /// The day of the use [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Option<Day>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `subscription import`.
#[derive(Args)]
pub(crate) struct ImportSubscriptionsArgs {
    /// The file: CSV in UTF-8; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Bill every period since started_on where a row has no billed_from, with today as the day of issue
    #[arg(long)]
    pub(crate) bill_past: bool,
    /// Only show what would be taken
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// The verbs of `invoice`.
#[derive(Subcommand)]
pub(crate) enum InvoiceVerb {
    /// List invoices and credits, the newest first
    #[command(after_help = "Examples:\n  regua invoice list --status open\n  regua invoice list --customer C-7 --format csv")]
    List(InvoiceListArgs),
    /// Show an invoice as the customer sees it, and where it stands
    #[command(after_help = "Examples:\n  regua invoice show sub-1042/3/period\n  regua invoice show sub-1042/3/period --language en")]
    Show {
        /// Its number, or its id
        id: String,
        /// The language [default: that of the company]
        #[arg(long, value_name = "CODE")]
        language: Option<Language>,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Take an unpaid invoice back as a whole
    #[command(after_help = "Example:\n  regua invoice void sub-1042/3/period --reason \"billed twice by hand\"")]
    Void {
        /// Its number, or its id
        id: String,
        #[command(flatten)]
        act: ActArgs,
        #[command(flatten)]
        sure: SureArgs,
        #[command(flatten)]
        when: WhenArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Make a credit note on an invoice: all that is left of it, an amount, or lines
    #[command(after_help = CREDIT)]
    Credit(Box<CreditArgs>),
}

const CREDIT: &str = "\
Examples:
  regua invoice credit sub-1042/3/period --amount 25.00 --reason \"two days down\"
  regua invoice credit sub-1042/3/period --line 2 --reason \"not ordered\"
  regua invoice credit sub-1042/3/period --all --reason \"agreed by phone\"

It lowers what is open of the invoice, then of the subscription; what is left waits for the subscription's next invoice.
The customer reads the reason.";

/// Arguments of `invoice list`.
#[derive(Args)]
pub(crate) struct InvoiceListArgs {
    /// Only those of a customer
    #[arg(long, value_name = "ID")]
    pub(crate) customer: Option<String>,
    /// Only those of a subscription
    #[arg(long, value_name = "ID", conflicts_with = "customer")]
    pub(crate) subscription: Option<String>,
    /// Only those that stand so: open, paid, void or uncollectible
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) status: Option<InvoiceStatus>,
    #[command(flatten)]
    pub(crate) limit: LimitArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// Arguments of `invoice credit`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("credited").required(true).args(["all", "amount", "lines"]))]
pub(crate) struct CreditArgs {
    /// Its number, or its id
    pub(crate) id: String,
    /// All that was not credited yet
    #[arg(long)]
    pub(crate) all: bool,
    /// An amount with its taxes
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) amount: Option<String>,
    /// A line, counted from 1, as a whole or an amount of it: 2 or 2=10.00; may be repeated
    #[arg(long = "line", value_name = "N[=AMOUNT]")]
    pub(crate) lines: Vec<String>,
    /// Only show what it would be
    #[arg(long, conflicts_with = "yes")]
    pub(crate) preview: bool,
    /// The language in which it is shown [default: that of the company]
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<Language>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// `METER=N`
fn used(text: &str) -> Result<(String, u64), String> {
    let read = || {
        let (meter, quantity) = text.split_once('=')?;
        Some((meter.trim().to_owned(), quantity.trim().parse().ok()?))
    };
    read().ok_or_else(|| format!("`{text}` does not say what is used; write a meter and a number, such as calls=25000"))
}

fn status(text: &str) -> Result<InvoiceStatus, String> {
    match text.parse() {
        Ok(InvoiceStatus::Draft) => Err("drafts are not kept; `regua subscription show ID` shows the next invoice as it stands".to_owned()),
        Ok(status) => Ok(status),
        Err(bad) => Err(format!("{bad}")),
    }
}

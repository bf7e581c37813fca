//! Arguments of the verbs that work on an installation.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use regua_core::time::Day;
use regua_core::words::{Language, Mode};

use super::bank::BankVerb;
use super::billing::{InvoiceVerb, PriceVerb, SubscriptionVerb};
use super::channels::ChannelVerb;
use super::charging::{ChargeVerb, GatewayVerb, MethodVerb, PayByArgs, RetriesVerb, SandboxVerb, ServeArgs};
use super::documents::DocumentVerb;
use super::feed::{self, BrandVerb, EndpointVerb, EventsArgs, HeldVerb};
use super::money::MoneyVerb;
use super::overlay::{self, EjectArgs, SyncArgs};
use super::owed::{self, AccessArgs, SecondCopyArgs};
use super::people::{KeyVerb, PersonVerb};
use super::{ListingArgs, ReadingArgs};
use crate::time::{Moment, Span};

/// The verbs that work on an installation.
#[derive(Subcommand)]
pub(crate) enum LiveVerb {
    /// Make an installation: a folder with settings, a policy, a key and a database
    #[command(after_help = INIT)]
    Init(Box<InitArgs>),
    /// Show the settings of an installation and where each comes from
    #[command(after_help = CONFIG)]
    Config(ConfigArgs),
    /// Take customers, receivables and payments of files into an installation
    #[command(after_help = IMPORT)]
    Import(Box<ImportArgs>),
    /// Publish what is billed: plans with their prices
    #[command(subcommand)]
    Price(PriceVerb),
    /// Begin, change, pause and end what is billed in cycles
    #[command(subcommand)]
    Subscription(SubscriptionVerb),
    /// List, show, credit and void invoices
    #[command(subcommand)]
    Invoice(InvoiceVerb),
    /// Carry out everything that is due
    #[command(after_help = RUN)]
    Run(RunArgs),
    /// Show or change how real decisions are: shadow, redirect, approve or live
    #[command(after_help = MODE)]
    Mode(ModeArgs),
    /// Let a receivable or customer stand still until it is released
    #[command(after_help = HOLD)]
    Hold(HoldArgs),
    /// Let go on what was held
    Release(HoldArgs),
    /// Let a receivable, a customer, what a filter matches or everything stand still, at once
    #[command(after_help = PAUSE)]
    Pause(PauseArgs),
    /// Let go on what was paused
    Resume(ResumeArgs),
    /// Enter a promise to pay: until its day nobody is reminded
    #[command(after_help = "Example:\n  regua promise R-1042 --on 2026-12-20 --reason \"by phone\"")]
    Promise(PromiseArgs),
    /// Enter that a receivable is disputed: until it is settled nothing happens to it
    #[command(after_help = "Examples:\n  regua dispute R-1042 --reason \"never ordered\"\n  regua dispute R-1042 --settled")]
    Dispute(DisputeArgs),
    /// Release a step that waits for a person; without a receivable, list what waits
    #[command(after_help = "Examples:\n  regua approve\n  regua approve R-1042 --step bureau")]
    Approve(VerdictArgs),
    /// Refuse a step that waits for a person
    #[command(after_help = "Example:\n  regua reject R-1042 --step bureau --reason \"talks with us\"")]
    Reject(VerdictArgs),
    /// Read files of banks, answer what they leave open, issue slips
    #[command(subcommand)]
    Bank(BankVerb),
    /// Look after channels: what is set up, what people answer, who is left alone
    #[command(subcommand)]
    Channel(ChannelVerb),
    /// Look after gateways: what they list, and the webhooks that they send
    #[command(subcommand)]
    Gateway(GatewayVerb),
    /// Store, list and take away ways to charge a customer
    #[command(subcommand)]
    Method(MethodVerb),
    /// Charge now, and see what became of attempts
    #[command(subcommand)]
    Charge(ChargeVerb),
    /// Make something to pay a receivable by: a Pix code, a boleto, a page
    #[command(name = "pay-by", after_help = "Example:\n  regua pay-by R-1042 pix --gateway sandbox")]
    PayBy(PayByArgs),
    /// Learn from your own retries when a charge succeeds, and see what is known
    #[command(subcommand)]
    Retries(RetriesVerb),
    /// Try out what a payer would do, at the gateway that moves no money
    #[command(subcommand)]
    Sandbox(SandboxVerb),
    /// Answer the API, take webhooks in and carry out what is due, until interrupted
    #[command(after_help = SERVE)]
    Serve(ServeArgs),
    /// Say who may sign in, with which role and limit
    #[command(subcommand)]
    Person(PersonVerb),
    /// Make, list and end keys of programs
    #[command(subcommand)]
    Key(KeyVerb),
    /// Deliver events to addresses of yours, and see how that goes
    #[command(subcommand)]
    Endpoint(EndpointVerb),
    /// List what happened, one thing after the other
    #[command(after_help = feed::EVENTS)]
    Events(EventsArgs),
    /// See acts that wait for a second person, and refuse them
    #[command(subcommand)]
    Held(HeldVerb),
    /// Write to customers under several names
    #[command(subcommand)]
    Brand(BrandVerb),
    /// Print invoices, receipts and statements as PDF
    #[command(subcommand)]
    Document(DocumentVerb),
    /// Take in what another biller has, and show what it still does by itself
    #[command(after_help = overlay::SYNC)]
    Sync(SyncArgs),
    /// Hand control back to another biller
    #[command(after_help = overlay::EJECT)]
    Eject(EjectArgs),
    #[command(flatten)]
    Money(MoneyVerb),
    /// List messages that wait or need a person
    #[command(after_help = MESSAGES)]
    Messages(MessagesArgs),
    /// Reports on the books of an installation
    #[command(subcommand)]
    Report(ReportVerb),
    /// Export or erase what is kept of a customer
    #[command(subcommand)]
    Customer(CustomerVerb),
    /// Show what a customer may use, why, and what changes it next
    #[command(after_help = owed::ACCESS)]
    Access(AccessArgs),
    /// Show what settles a debt today or on a day to come, by its parts
    #[command(after_help = owed::SECOND_COPY)]
    SecondCopy(SecondCopyArgs),
    /// Copy the database of an installation into a file while it works
    #[command(after_help = "Example:\n  regua backup /backups/acme-2026-12-24.db")]
    Backup(CopyArgs),
    /// Bring a copy back into an installation whose database is empty
    #[command(after_help = "Example:\n  regua restore /backups/acme-2026-12-24.db")]
    Restore(CopyArgs),
    /// Prove that ledger, log and decisions are whole
    #[command(after_help = "Examples:\n  regua verify\n  regua verify --format json")]
    Verify(LookArgs),
    /// Look at settings, key, clock, database and mail server: what works, what is wrong, the mend
    #[command(after_help = "Examples:\n  regua doctor\n  regua doctor --format json")]
    Doctor(LookArgs),
}

const SERVE: &str = "\
Examples:
  regua serve
  regua serve --listen 127.0.0.1:8420

Any number of processes may serve one PostgreSQL database; they share the work. Set the first
owner up with `regua person set-up`, and make a key for a program with `regua key create`. The API
is explained at /v1/docs.";

/// Which installation.
#[derive(Args, Clone, Debug)]
pub(crate) struct PlaceArgs {
    /// The folder of the installation [default: this one if it has a regua.toml, else that of REGUA_DIR]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Who acts, and why.
#[derive(Args, Clone, Debug)]
pub(crate) struct ActArgs {
    /// Why; it is kept with the act
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Who does it [default: the user of this shell]
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

/// Whether what concerns many is done without asking.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct SureArgs {
    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,
}

const INIT: &str = "\
Examples:
  regua init acme --name \"Acme Ltda\" --policy brasil-saas
  regua init acme --name Acme --policy us-saas --database postgres://regua@db.example/regua";

/// Arguments of `init`.
#[derive(Args)]
pub(crate) struct InitArgs {
    /// The folder; it is made
    pub(crate) dir: PathBuf,
    /// The policy to begin with: a file, or the name of a shipped one (`regua policy list`)
    #[arg(long, default_value = "brasil-saas", value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// What customers call the company [default: the folder's name]
    #[arg(long, value_name = "COMPANY")]
    pub(crate) name: Option<String>,
    /// Its postal address in one line
    #[arg(long, value_name = "TEXT")]
    pub(crate) address: Option<String>,
    /// Its number with its label, such as "CNPJ 12.345.678/0001-95"
    #[arg(long, value_name = "TEXT")]
    pub(crate) tax_id: Option<String>,
    /// Where a person answers: an e-mail address or a phone number
    #[arg(long, value_name = "TEXT")]
    pub(crate) contact: Option<String>,
    /// Where customers see and pay what they owe
    #[arg(long, value_name = "URL")]
    pub(crate) link: Option<String>,
    /// The language of customers who stated none [default: that of the policy's rulebook]
    #[arg(long, value_name = "CODE")]
    pub(crate) language: Option<Language>,
    /// Who e-mails come from, such as "Acme <billing@acme.example>"
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) from: Option<String>,
    /// Another database than a file in the folder: postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

const CONFIG: &str = "\
Examples:
  regua config
  regua config --manual | less";

/// Arguments of `config`.
#[derive(Args)]
pub(crate) struct ConfigArgs {
    /// Print the manual instead: every key with its default
    #[arg(long)]
    pub(crate) manual: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

const IMPORT: &str = "\
Examples:
  regua import receivables.csv --dry-run
  regua import receivables.csv --payments payments.csv
  regua import erp.xlsx --map erp.yaml
  regua import --payments statement.csv

The same file again changes nothing; what it tells otherwise than before is shown. Payments are read to the moment of the
import, so import them before `regua run`: nobody is reminded of what is paid.";

/// Arguments of `import`.
#[derive(Args)]
pub(crate) struct ImportArgs {
    /// Receivables with their customers: CSV, JSON Lines, XLSX or Parquet, gzipped or not; `-` is standard input
    #[arg(value_name = "FILE", required_unless_present = "payments")]
    pub(crate) files: Vec<PathBuf>,
    /// Payments, when the files do not hold them all
    #[arg(long, value_name = "FILE")]
    pub(crate) payments: Option<PathBuf>,
    /// What the columns of files of another shape mean: a mapping file
    #[arg(long, value_name = "MAP")]
    pub(crate) map: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    /// Only show what was understood and what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Import as if it were this date or time; a date means 00:00 in the policy's zone
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<Moment>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

const RUN: &str = "\
Examples:
  regua run
  regua run --follow
  regua run --as-of 2026-12-24T09:00:00-03:00

Any number of processes may run on one PostgreSQL database; they share the work. Whatever ends one of them, running again
repeats nothing and loses nothing.";

/// Arguments of `run`.
#[derive(Args)]
pub(crate) struct RunArgs {
    /// Run as if it were this date or time; a later one than now only where e-mails are captured
    #[arg(long, value_name = "T", conflicts_with = "follow")]
    pub(crate) as_of: Option<Moment>,
    /// Keep running: carry out each step when its moment comes, until interrupted
    #[arg(long)]
    pub(crate) follow: bool,
    /// Decide, and send nothing: messages stay queued
    #[arg(long)]
    pub(crate) no_send: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// What a receivable or customer can stand still for besides a pause and a dispute, which have verbs of their own.
const CAUSES: [&str; 5] = ["hold", "complaint", "lawyer", "insolvency", "death"];

const HOLD: &str = "\
Examples:
  regua hold R-1042 --reason \"waits for the credit note\"
  regua hold C-7 --cause lawyer --reason \"letter of 2 December\"";

/// Arguments of `hold` and `release`.
#[derive(Args)]
pub(crate) struct HoldArgs {
    /// A receivable or a customer, as the imported file calls it
    pub(crate) id: String,
    /// What it stands still for
    #[arg(long, default_value = "hold", value_name = "CAUSE", value_parser = CAUSES)]
    pub(crate) cause: String,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

const PAUSE: &str = "\
Examples:
  regua pause R-1042
  regua pause --filter \"customer.attributes.region == 'south'\" --reason \"flood\" --until 2027-01-15
  regua pause --tenant --reason \"wrong amounts in the last import\"
  regua pause --list";

/// Arguments of `pause`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("whom").required(true).args(["id", "filter", "tenant", "list"]))]
pub(crate) struct PauseArgs {
    /// A receivable or a customer, as the imported file calls it
    pub(crate) id: Option<String>,
    /// Every receivable that a condition matches, those that come later too; its words are those of policies
    #[arg(long, value_name = "CEL")]
    pub(crate) filter: Option<String>,
    /// Everything
    #[arg(long)]
    pub(crate) tenant: bool,
    /// List what is paused by a filter or as a whole
    #[arg(long)]
    pub(crate) list: bool,
    /// End the pause by itself on this date or at this time; only with --filter and --tenant
    #[arg(long, value_name = "T", conflicts_with = "id")]
    pub(crate) until: Option<Moment>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Arguments of `resume`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("whom").required(true).args(["id", "filter", "tenant"]))]
pub(crate) struct ResumeArgs {
    /// A receivable or a customer, or a pause (`regua pause --list`)
    pub(crate) id: Option<String>,
    /// What was paused by exactly this condition
    #[arg(long, value_name = "CEL")]
    pub(crate) filter: Option<String>,
    /// What was paused as a whole
    #[arg(long)]
    pub(crate) tenant: bool,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `promise`.
#[derive(Args)]
pub(crate) struct PromiseArgs {
    /// A receivable, as the imported file calls it
    pub(crate) id: String,
    /// The day for which payment is promised
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(crate) on: Day,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `dispute`.
#[derive(Args)]
pub(crate) struct DisputeArgs {
    /// A receivable, as the imported file calls it
    pub(crate) id: String,
    /// The dispute is over: the rule goes on
    #[arg(long)]
    pub(crate) settled: bool,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `approve` and `reject`.
#[derive(Args)]
pub(crate) struct VerdictArgs {
    /// A receivable, as the imported file calls it; without one, what waits is listed
    #[arg(requires = "step")]
    pub(crate) id: Option<String>,
    /// The step that waits
    #[arg(long, value_name = "STEP", requires = "id")]
    pub(crate) step: Option<String>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

const MODE: &str = "\
Examples:
  regua mode
  regua mode redirect me@acme.example
  regua mode live

shadow decides and shows, and sends nothing; redirect sends everything to one address; approve waits for a person with
every step; live does it. What leaving the shadow means is shown first: every open receivable enters anew, with nothing
announced, so that no backlog bursts out.";

/// Arguments of `mode`.
#[derive(Args)]
pub(crate) struct ModeArgs {
    /// shadow, redirect, approve or live; without one, the mode is shown
    #[arg(value_name = "MODE", value_parser = mode)]
    pub(crate) mode: Option<Mode>,
    /// Where everything goes in redirect mode
    #[arg(value_name = "ADDRESS")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `policy publish`.
#[derive(Args)]
pub(crate) struct PublishArgs {
    /// The policy: a file, or the name of a shipped one; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only for this share of customers, always the same ones, such as 5%
    #[arg(long, value_name = "SHARE", value_parser = share_bp)]
    pub(crate) share: Option<i64>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `policy migrate`.
#[derive(Args)]
pub(crate) struct MigrateArgs {
    /// The hash of a published policy, or how it begins (`regua policy list --published`)
    #[arg(long, value_name = "HASH")]
    pub(crate) to: String,
    /// Only receivables that a condition matches; its words are those of policies
    #[arg(long, value_name = "CEL")]
    pub(crate) filter: Option<String>,
    /// Only show what would move
    #[arg(long, conflicts_with = "yes")]
    pub(crate) preview: bool,
    #[command(flatten)]
    pub(crate) act: ActArgs,
    #[command(flatten)]
    pub(crate) sure: SureArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// The verbs of `report`.
#[derive(Subcommand)]
pub(crate) enum ReportVerb {
    /// What the progressive discount for automatic payment cost
    #[command(after_help = "Example:\n  regua report discounts --in 2026-11-01..2026-12-01")]
    Discounts {
        /// From a day until just before another [default: everything]
        #[arg(long = "in", value_name = "FROM..TO")]
        span: Option<Span>,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        listing: ListingArgs,
    },
    /// What is open by how long it is late, at the end of any day
    #[command(after_help = "Examples:\n  regua report aging\n  regua report aging --on 2026-11-30 --format csv")]
    Aging {
        /// The day at whose end it is looked at [default: now]
        #[arg(long, value_name = "DAY", value_parser = day)]
        on: Option<Day>,
        /// Count what became known after that day too, such as what an import brought later
        #[arg(long)]
        hindsight: bool,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        listing: ListingArgs,
    },
}

/// The verbs of `customer`.
#[derive(Subcommand)]
pub(crate) enum CustomerVerb {
    /// Print all that is kept of a customer, as JSON
    #[command(after_help = "Example:\n  regua customer export C-7 > C-7.json")]
    Export {
        /// A customer, as the imported file calls it
        id: String,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Erase a customer's personal data for good; amounts and the log stay
    #[command(after_help = "Example:\n  regua customer erase C-7 --reason \"request of 3 March\"")]
    Erase {
        /// A customer, as the imported file calls it
        id: String,
        #[command(flatten)]
        act: ActArgs,
        #[command(flatten)]
        sure: SureArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// Arguments of `backup` and `restore`.
#[derive(Args)]
pub(crate) struct CopyArgs {
    /// The file of the copy
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of verbs that only look.
#[derive(Args)]
pub(crate) struct LookArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

const MESSAGES: &str = "\
Examples:
  regua messages
  regua messages --status unknown
  regua messages show msg_01jd…
  regua messages settle msg_01jd… --as sent";

/// Arguments of `messages`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct MessagesArgs {
    #[command(subcommand)]
    pub(crate) verb: Option<MessagesVerb>,
    /// All messages to a customer, instead of those that wait or need a person
    #[arg(long, value_name = "ID")]
    pub(crate) customer: Option<String>,
    /// Only messages that stand so
    #[arg(long, value_enum, value_name = "STATUS")]
    pub(crate) status: Option<Status>,
    #[command(flatten)]
    pub(crate) look: LookArgs,
}

/// Where a message stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Status {
    // It goes out when its time comes.
    Queued,
    // It went out.
    Sent,
    // Nobody took it.
    Failed,
    // Whether it went out cannot be known.
    Unknown,
    // It was not sent: what it was about was over.
    Cancelled,
}

/// The verbs of `messages`.
#[derive(Subcommand)]
pub(crate) enum MessagesVerb {
    /// Show a message as its reader got it, what it is about and what became of it
    Show {
        /// The message
        id: String,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Say what became of a message that is unknown, or send one again that failed
    Settle {
        /// The message
        id: String,
        /// sent: it arrived; again: it did not, and goes out again; failed: it did not, and shall not
        #[arg(long = "as", value_enum, value_name = "OUTCOME")]
        outcome: Outcome,
        #[command(flatten)]
        act: ActArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

/// What became of an unknown message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Outcome {
    // Plain comments: documented values would make the help page three times as long.
    // It arrived.
    Sent,
    // It did not: send it again.
    Again,
    // It did not, and shall not go out any more.
    Failed,
}

pub(crate) fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|_bad| format!("`{text}` is not a day; write one such as 2026-12-31"))
}

fn mode(text: &str) -> Result<Mode, String> {
    text.parse().map_err(|bad: regua_core::words::UnknownWord| bad.to_string())
}

/// A share such as `5%` or `0.5%`, in basis points.
fn share_bp(text: &str) -> Result<i64, String> {
    let told = || format!("`{text}` is not a share; write one such as 5% or 0.25%, up to 100%");
    let number = text.strip_suffix('%').ok_or_else(told)?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.len() <= 3 && text.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.is_empty() || part.len() > 2 {
        return Err(told());
    }
    let bp: i64 = format!("{whole}{part:0<2}").parse().map_err(|_bad| told())?;
    if (1..=10_000).contains(&bp) { Ok(bp) } else { Err(told()) }
}

//! The command line: verbs, their arguments, and who carries them out.

pub(crate) mod bank;
pub(crate) mod billing;
pub(crate) mod channels;
pub(crate) mod charging;
pub(crate) mod documents;
pub(crate) mod feed;
pub(crate) mod live;
pub(crate) mod money;
pub(crate) mod overlay;
pub(crate) mod owed;
pub(crate) mod people;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::exit::Exit;
use crate::output::{Format, Out};
use crate::time::{Moment, Span};
use crate::world::World;
use crate::{backtest, bench, demo, explain, plan, policy};
use live::{LiveVerb, MigrateArgs, PlaceArgs, PublishArgs};

/// Collections and dunning for companies that sell subscriptions
///
/// The collection rule (régua de cobrança) is one versioned file. It says when a customer is contacted or charged, how
/// and where. `demo`, `backtest`, `plan` and `explain` walk it over files and send nothing; `init` makes an installation,
/// which sends nothing either until `mode live`.
#[derive(Parser)]
#[command(name = "regua", version, max_term_width = 100, disable_help_subcommand = true, after_help = START)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

const START: &str = "\
Start with:
  regua demo
  regua backtest --receivables receivables.csv --policy brasil-saas
  regua init acme --name Acme

Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 finished with rejected rows";

#[derive(Subcommand)]
enum Verb {
    /// Walk the Brazilian rule over a made-up company and tell what came of it
    #[command(after_help = DEMO)]
    Demo(DemoArgs),
    /// Walk a policy over real receivables: what is done when, and why
    #[command(after_help = BACKTEST)]
    Backtest(Box<BacktestArgs>),
    /// Show what will happen next, to whom and why
    #[command(after_help = PLAN)]
    Plan(Box<PlanArgs>),
    /// Tell why each step of a receivable did or did not happen
    #[command(after_help = EXPLAIN)]
    Explain(ExplainArgs),
    /// Check, compare and describe policy files
    #[command(subcommand)]
    Policy(PolicyVerb),
    #[command(flatten)]
    Live(LiveVerb),
    /// Measure decisions a second and a big backtest, beside the floor
    #[command(hide = true)]
    Bench(BenchArgs),
}

const DEMO: &str = "\
Examples:
  regua demo
  regua demo --seed 7 --out my-demo --open
  regua demo --no-serve

On a terminal the company is served afterwards until you interrupt it: the API on its day, with
everything captured.";

const BACKTEST: &str = "\
Examples:
  regua backtest --receivables receivables.csv --payments payments.csv --policy brasil-saas
  regua backtest --receivables erp.csv.gz --map erp.yaml --policy mine.yaml --report
  regua backtest --receivables r.csv --policy mine.yaml --down 2026-12-10..2026-12-26
  zcat r.csv.gz | regua backtest --receivables - --policy mine.yaml --format json";

const PLAN: &str = "\
Examples:
  regua plan --days 14 --render
  regua plan --receivables receivables.csv --payments payments.csv --policy brasil-saas
  regua plan --receivables receivables.csv --policy mine.yaml --as-of 2026-12-01 --days 14 --render";

const EXPLAIN: &str = "\
Examples:
  regua explain R-1042
  regua explain msg_06F5Q3ZC8W2E7Q0V4M1N9K3T5R
  regua explain R-1042 --in backtest
  regua explain R-1042 --in backtest --step suspend
  regua explain C-7 --in regua-demo";

/// Arguments of `demo`.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// The seed: the same one makes the same company
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// The folder for the report, the files and the decisions
    #[arg(long, default_value = "regua-demo", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Open the report in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// Serve the company afterwards at this address, until interrupted [default on a terminal: 127.0.0.1:8420]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "no_serve")]
    pub(crate) listen: Option<std::net::SocketAddr>,
    /// End after the story, on a terminal too
    #[arg(long)]
    pub(crate) no_serve: bool,
}

/// Which files are read, and how; of `backtest` and `plan`.
#[derive(Args)]
pub(crate) struct InputArgs {
    /// The receivables: CSV, JSON Lines, XLSX or Parquet, gzipped or not; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) receivables: PathBuf,
    /// The payments, when the receivables file does not hold them all
    #[arg(long, value_name = "FILE")]
    pub(crate) payments: Option<PathBuf>,
    /// The policy: a file, or the name of a shipped one (`regua policy list`)
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// What the columns of files of another shape mean: a mapping file
    #[arg(long, value_name = "MAP")]
    pub(crate) map: Option<PathBuf>,
    /// Disputes, promises, holds and whatever else the files cannot say: JSON Lines
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
}

/// What the user says of a file that it does not say itself.
#[derive(Args, Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct ReadingArgs {
    /// The order of dates such as 01/02/2026
    #[arg(long, value_name = "ORDER", value_parser = ["ymd", "dmy", "mdy"])]
    pub(crate) dates: Option<String>,
    /// The decimal mark of amounts
    #[arg(long, value_name = "MARK", value_parser = ["comma", "point"])]
    pub(crate) decimal: Option<String>,
    /// The column separator
    #[arg(long, value_name = "MARK", value_parser = ["comma", "semicolon", "tab"])]
    pub(crate) delimiter: Option<String>,
    /// The text encoding
    #[arg(long, value_name = "NAME", value_parser = ["utf-8", "latin1", "utf-16le", "utf-16be"])]
    pub(crate) encoding: Option<String>,
    /// The currency of a file without a currency column, such as BRL
    #[arg(long, value_name = "CODE")]
    pub(crate) currency: Option<String>,
    /// The country of tax ids and of phone numbers without `+`, such as BR
    #[arg(long, value_name = "CODE")]
    pub(crate) country: Option<String>,
}

/// Arguments of `backtest`.
#[derive(Args)]
pub(crate) struct BacktestArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The folder for decisions.csv, summary.json and rejects.csv
    #[arg(long, default_value = "backtest", value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Stop before this date or time; a date means 00:00 in the policy's zone
    #[arg(long, value_name = "T")]
    pub(crate) until: Option<Moment>,
    /// Keep the engine asleep from one date or time to another; may be repeated
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) down: Vec<Span>,
    /// Write report.html too: up to --until, else to the last day of the files, and a week ahead
    #[arg(long)]
    pub(crate) report: bool,
    /// Who signs the messages of the report: YAML with name, address, tax_id, contact and link
    #[arg(long, value_name = "FILE")]
    pub(crate) company: Option<PathBuf>,
    /// Only read the files and show what was understood; nothing is decided or written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How many cores to work on [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Arguments of `plan`.
#[derive(Args)]
pub(crate) struct PlanArgs {
    /// Plan over this file instead of an installation
    #[arg(long, value_name = "FILE", requires = "policy", conflicts_with = "dir")]
    pub(crate) receivables: Option<PathBuf>,
    /// The payments, when the receivables file does not hold them all
    #[arg(long, value_name = "FILE", requires = "receivables")]
    pub(crate) payments: Option<PathBuf>,
    /// The policy of the file: a file, or the name of a shipped one (`regua policy list`)
    #[arg(long, value_name = "FILE", requires = "receivables")]
    pub(crate) policy: Option<PathBuf>,
    /// What the columns of files of another shape mean: a mapping file
    #[arg(long, value_name = "MAP", requires = "receivables")]
    pub(crate) map: Option<PathBuf>,
    /// Disputes, promises, holds and whatever else the files cannot say: JSON Lines
    #[arg(long, value_name = "FILE", requires = "receivables")]
    pub(crate) facts: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// Plan from this date or time instead of now, knowing nothing later; a date means 00:00 in the policy's zone
    #[arg(long, value_name = "T")]
    pub(crate) as_of: Option<Moment>,
    /// How many days to look ahead
    #[arg(long, default_value_t = 7, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=3660))]
    pub(crate) days: u16,
    /// Show each message as the debtor gets it
    #[arg(long)]
    pub(crate) render: bool,
    /// Who signs the messages: YAML with name, address, tax_id, contact, link and, if you like, language
    #[arg(long, value_name = "FILE")]
    pub(crate) company: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

impl PlanArgs {
    /// The files, when it is over files.
    pub(crate) fn input(&self) -> Option<InputArgs> {
        Some(InputArgs {
            receivables: self.receivables.clone()?,
            payments: self.payments.clone(),
            policy: self.policy.clone()?,
            map: self.map.clone(),
            facts: self.facts.clone(),
            reading: self.reading.clone(),
        })
    }
}

/// Arguments of `explain`.
#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// A receivable or a customer; of an installation also a message
    pub(crate) id: String,
    /// The output folder of a backtest, instead of an installation
    #[arg(long = "in", value_name = "DIR", conflicts_with = "dir")]
    pub(crate) backtest: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// Only this step
    #[arg(long, value_name = "STEP")]
    pub(crate) step: Option<String>,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// How a listing is written.
#[derive(Args)]
pub(crate) struct ListingArgs {
    /// How the listing is written
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT", hide_default_value = true)]
    pub(crate) format: Format,
}

/// The verbs of `policy`.
#[derive(Subcommand)]
pub(crate) enum PolicyVerb {
    /// Say what is wrong with policy files, where, and the mend
    #[command(after_help = "Examples:\n  regua policy check mine.yaml\n  regua policy check rules/*.yaml --format json")]
    Check {
        /// Policy files, or names of shipped ones; `-` is standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        listing: ListingArgs,
    },
    /// Print the JSON Schema of policy files, for editors
    #[command(after_help = "Example:\n  regua policy schema > regua.schema.json")]
    Schema,
    /// Say what changes from one policy to another
    #[command(after_help = "Example:\n  regua policy diff brasil-saas mine.yaml")]
    Diff {
        /// The policy as it was
        old: PathBuf,
        /// The policy as it shall be
        new: PathBuf,
        #[command(flatten)]
        listing: ListingArgs,
    },
    /// List what conditions can read: names, types and meaning
    Vocabulary {
        #[command(flatten)]
        listing: ListingArgs,
    },
    /// List the shipped policies and baselines
    List {
        /// List the published versions of an installation instead
        #[arg(long)]
        published: bool,
        #[command(flatten)]
        place: PlaceArgs,
        #[command(flatten)]
        listing: ListingArgs,
    },
    /// Publish a policy in an installation: receivables that enter from now on walk it
    #[command(after_help = "Examples:\n  regua policy publish mine.yaml\n  regua policy publish mine.yaml --share 5%")]
    Publish(PublishArgs),
    /// Move open receivables to a published policy
    #[command(
        after_help = "Examples:\n  regua policy migrate --to 3f9a --preview\n  regua policy migrate --to 3f9a --filter \"receivable.days_late < 1\""
    )]
    Migrate(MigrateArgs),
    /// Print a shipped policy, to begin one's own with
    #[command(after_help = "Example:\n  regua policy show brasil-saas > mine.yaml")]
    Show {
        /// Its name (`regua policy list`)
        name: PathBuf,
    },
}

/// Arguments of `bench`.
#[derive(Args)]
pub(crate) struct BenchArgs {
    /// Receivables of the big backtest
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    pub(crate) receivables: u32,
    /// Receivables that are only decided, in memory
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    pub(crate) decided: u32,
    /// How many cores the big backtest works on [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) listing: ListingArgs,
}

/// Reads the arguments and carries them out.
pub(crate) fn run() -> anyhow::Result<Exit> {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Help and version come this way too; who asked for them may have gone already.
            let _unheard = told.print();
            return Ok(if told.use_stderr() { Exit::Input } else { Exit::Done });
        }
    };
    let world = World::read();
    let mut out = Out::new(&world);
    let exit = match cli.verb {
        Verb::Demo(args) => demo::run(&args, &world, &mut out),
        Verb::Backtest(args) => backtest::run(&args, &world, &mut out),
        Verb::Plan(args) => plan::run(&args, &world, &mut out),
        Verb::Explain(args) => explain::run(&args, &world, &mut out),
        Verb::Bench(args) => bench::run(&args, &world, &mut out),
        Verb::Policy(verb) => policy::run(&verb, &world, &mut out),
        Verb::Live(verb) => crate::live::run(&verb, &world, &mut out),
    };
    // What was written before an error belongs before its message.
    let flushed = out.flush();
    let exit = exit?;
    flushed?;
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn no_two_arguments_of_a_verb_have_one_name() {
        Cli::command().debug_assert();
    }
}

//! `regua demo`: a made-up company, an installation in which the Brazilian rule lived with it, and what a founder wants to
//! read of it.
//!
//! The books are walked as a backtest too, for the report: both take the same decisions, or the demo fails.

mod desk;
mod shown;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regua_sim::backtest::{Backtest, Span};
use regua_sim::demo::Demo;
use regua_sim::facts_file;
use regua_sim::report::Reporter;

use crate::backtest::{clear, in_pool, policies, walk, write_decisions, write_summary};
use crate::both::Both;
use crate::cli::{DemoArgs, ReadingArgs};
use crate::exit::{Exit, note};
use crate::input::{Loaded, Wanted};
use crate::letters;
use crate::lived::{self, Lived};
use crate::open::open;
use crate::output::Out;
use crate::page::Page;
use crate::rejects::RejectFile;
use crate::report::Gather;
use crate::run::Run;
use crate::shipped;
use crate::source::{self, PolicyText};
use crate::tale::Tale;
use crate::witness;
use crate::world::World;

/// Days after a contact within which a payment is said to follow it.
const WITHIN_DAYS: i32 = 7;

/// Carries out `demo`.
pub(crate) fn run(args: &DemoArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let shipped = shipped::find(shipped::BRAZIL).context("the demo's policy does not ship")?;
    let demo = Demo::seeded(args.seed);
    lived::clear(&args.out)?;
    let files = Files::write(&demo, shipped.text, &args.out)?;
    let source = PolicyText { name: files.policy.display().to_string(), text: shipped.text.to_owned() };
    let policy = source::compiled(&source)?;
    let loaded = files.load()?;
    let policies = policies(&policy)?;
    let company = letters::example();
    let now = Demo::now(&policy);
    let past = Span { until: Some(now), down: Vec::new() };
    let page = Page {
        policies: &policies,
        loaded: &loaded,
        title: company.name().to_owned(),
        company: Some(&company),
        seed: Some(args.seed),
        commands: vec![format!("regua demo --seed {}", args.seed)],
    };
    let (told, report) = in_pool(world.threads, || {
        let backtest = Backtest::new(&policies, &loaded.portfolio, &loaded.events, &past)?;
        let both = || Both(Reporter::new(&backtest, now, WITHIN_DAYS), Gather::new(&backtest, now));
        let mut walked = walk(&backtest, &args.out, both)?;
        write_decisions(&mut walked, &args.out)?;
        let (summary, Both(reporter, gather)) = (walked.summary, walked.watch);
        write_summary(&summary, &args.out)?;
        let coming = page.coming(now, &args.out)?;
        let path = page.write(gather, &summary, &coming, now, &args.out)?;
        let report = reporter.report(&summary);
        let lived = lived::live(&args.out, &company, (&policy, shipped.text), &backtest, &summary, now)?;
        Ok((Told { summary, lived, report, coming, zones: page.zones() }, path))
    })?;
    Run::of(&source, &loaded, &past, &ReadingArgs::default(), &policy, &args.out).write(&args.out)?;
    let until = page.plan_ends(now);
    let tale = Tale { told: &told, loaded: &loaded, policy: &policy, company: company.name(), seed: args.seed, now, until };
    tale.tell(&demo.cast, &args.out, out)?;
    if args.open && !open(&report) {
        note(&format!("nothing here opens pages; look at {} yourself", report.display()));
    }
    match args.listen {
        Some(listen) => shown::serve(&args.out, listen, now, world, out),
        None if world.terminal && !args.no_serve => shown::serve(&args.out, shown::usual(), now, world, out),
        None => Ok(Exit::Done),
    }
}

/// What the demo came to.
pub(crate) struct Told {
    /// What the installation holds.
    pub(crate) lived: Lived,
    /// Counts up to now.
    pub(crate) summary: regua_sim::backtest::Summary,
    /// Numbers up to now.
    pub(crate) report: regua_sim::report::Report,
    /// What happens from now on, in order.
    pub(crate) coming: Vec<witness::Event>,
    /// The zone of each customer.
    pub(crate) zones: Vec<regua_core::time::Zone>,
}

/// The demo's books as files, which anyone can read and change.
struct Files {
    receivables: PathBuf,
    payments: PathBuf,
    facts: PathBuf,
    policy: PathBuf,
}

impl Files {
    fn write(demo: &Demo, policy: &str, dir: &Path) -> anyhow::Result<Self> {
        clear(dir)?;
        let file = |name: &str, bytes: &[u8]| {
            let path = dir.join(name);
            fs::write(&path, bytes).with_context(|| format!("failed to write {}", path.display()))?;
            anyhow::Ok(path)
        };
        let mut facts = Vec::new();
        facts_file::write(&demo.facts, &mut facts)?;
        Ok(Self {
            receivables: file("receivables.csv", demo.receivables_csv.as_bytes())?,
            payments: file("payments.csv", demo.payments_csv.as_bytes())?,
            facts: file("facts.jsonl", &facts)?,
            policy: file("policy.yaml", policy.as_bytes())?,
        })
    }

    /// Reads the files as anybody's: the demo goes the way of a real portfolio.
    fn load(&self) -> anyhow::Result<Loaded> {
        let wanted = Wanted::of(&self.receivables, Some(&self.payments), Some(&self.facts), &ReadingArgs::default(), None)?;
        let mut rejects = RejectFile::unwritten();
        let loaded = wanted.load(&mut rejects)?;
        match rejects.count() {
            0 => Ok(loaded),
            count => anyhow::bail!("{count} rows of the demo's own files do not read back; this is a bug, please report it with the seed"),
        }
    }
}

//! `regua demo`: a made-up company, the Brazilian rule walked over its books, and what a founder wants to read of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regua_core::time::LocalTime;
use regua_sim::backtest::{Backtest, Span};
use regua_sim::demo::Demo;
use regua_sim::facts_file;
use regua_sim::report::Reporter;
use regua_wire::messages::Templates;

use crate::backtest::{clear, in_pool, policies, walk, write_decisions, write_summary};
use crate::cli::{DemoArgs, ReadingArgs};
use crate::exit::Exit;
use crate::input::{Loaded, Wanted};
use crate::letters::{Company, Letters};
use crate::output::Out;
use crate::rejects::RejectFile;
use crate::run::Run;
use crate::shipped;
use crate::source::{self, PolicyText};
use crate::tale::Tale;
use crate::witness::{self, Witness};
use crate::world::World;

/// Days after a contact within which a payment is said to follow it.
const WITHIN_DAYS: i32 = 7;
/// Days that the plan looks ahead.
const PLAN_DAYS: i32 = 7;

/// Carries out `demo`.
pub(crate) fn run(args: &DemoArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let shipped = shipped::find(shipped::BRAZIL).context("the demo's policy does not ship")?;
    let demo = Demo::seeded(args.seed);
    let files = Files::write(&demo, shipped.text, &args.out)?;
    let source = PolicyText { name: files.policy.display().to_string(), text: shipped.text.to_owned() };
    let policy = source::compiled(&source)?;
    let loaded = files.load()?;
    let policies = policies(&policy)?;
    let (templates, company) = (Templates::shipped(), Company::example());
    let now = Demo::now(&policy);
    let (zone, today) = (policy.zone, policy.zone.day_of(now));
    let until = zone.at(today.plus(PLAN_DAYS), LocalTime::MIDNIGHT);
    let (portfolio, events) = (&loaded.portfolio, loaded.events.as_slice());
    let [past, coming] = [now, until].map(|until| Span { until: Some(until), down: Vec::new() });
    let told = in_pool(world.threads, || {
        let backtest = Backtest::new(&policies, portfolio, events, &past)?;
        let mut walked = walk(&backtest, &args.out, || Reporter::new(&backtest, now, WITHIN_DAYS))?;
        write_decisions(&mut walked, &args.out)?;
        write_summary(&walked.summary, &args.out)?;
        let report = walked.watch.report(&walked.summary);
        let ahead = Backtest::new(&policies, portfolio, events, &coming)?;
        let letters = Letters { templates: &templates, company: &company, events };
        let wanted = witness::Wanted { backtest: &ahead, from: now, to: until, letters: Some(&letters), ends: false };
        let seen = walk(&ahead, &args.out, || Witness::new(wanted))?;
        let zones = portfolio.customers.iter().map(|row| row.customer.zone.unwrap_or(zone)).collect();
        Ok(Told { summary: walked.summary, report, coming: seen.watch.in_order(), zones })
    })?;
    Run::of(&source, &loaded, &past, &ReadingArgs::default(), &policy, &args.out).write(&args.out)?;
    let tale = Tale { told: &told, loaded: &loaded, policy: &policy, company: company.name(), seed: args.seed, now, until };
    tale.tell(&demo.cast, &args.out, out)?;
    Ok(Exit::Done)
}

/// What the demo came to.
pub(crate) struct Told {
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

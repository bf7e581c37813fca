//! `regua verify`: what the database holds, held against its own log; what is wrong, and the root to write down elsewhere.
//!
//! Deliberately absent: mending. A row that the log does not know is a question for a person.

use anyhow::Context as _;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Day;
use regua_engine::replay::{self, FINDINGS_MAX, Finding, MoneyLine, Stage, Verdict};
use serde_json::json;

use super::installation::Installation;
use crate::cli::live::LookArgs;
use crate::exit::Exit;
use crate::output::{Format, Listing, Out, Paint, clean, counted, grouped};
use crate::progress::Progress;
use crate::world::World;

/// Carries out `verify`.
pub(crate) fn run(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let stored = installation.stored()?;
    // A folder of its own: two may verify at a time.
    let scratch = tempfile::tempdir_in(&world.temp_dir).context("failed to make a folder for the second database")?;
    let mut bars = Bars::default();
    let verdict = replay::verify(&installation.engine, installation.tenant, scratch.path(), &mut |stage, count| bars.reach(stage, count))?;
    drop(bars);
    match args.listing.format {
        Format::Table => told(&stored.name, &verdict, out)?,
        Format::Json => out.json(&as_json(&verdict))?,
        Format::Csv => out.listing(&rows(&verdict), Format::Csv)?,
    }
    Ok(if verdict.is_clean() { Exit::Done } else { Exit::Failed })
}

/// How far it has come: a bar for each stage.
#[derive(Default)]
struct Bars(Option<(Stage, Progress)>);

impl Bars {
    fn reach(&mut self, stage: Stage, count: u64) {
        if self.0.as_ref().is_none_or(|(at, _)| *at != stage) {
            // The old one is taken away before the new one shows.
            self.0 = None;
            let (message, what) = match stage {
                Stage::Events => ("deciding again", "events"),
                Stage::Rows => ("comparing", "rows"),
                Stage::Pages => ("checking the log", "pages"),
                Stage::Sums => ("adding up", "ledgers"),
            };
            self.0 = Some((stage, Progress::of_count(message, what)));
        }
        if let Some((_, bar)) = &self.0 {
            bar.reach(count);
        }
    }
}

/// What was looked at: its key, its number, what was seen to.
fn checked(verdict: &Verdict) -> Vec<(&'static str, u64, &'static str)> {
    let always = [
        ("customers", verdict.customers, ""),
        ("events", verdict.events, "each has its place in a chain and its hash"),
        ("rows", verdict.rows, "made again from the events, and compared"),
        ("pages", verdict.pages, "of the log"),
    ];
    let rare = [
        ("erased", verdict.erased, "customers: their events and decisions are checked, and cannot be decided again"),
        ("other_version", verdict.other_version, "customers of whom another version decided: checked as erased ones"),
        ("broken", verdict.broken, "customers whose rows cannot be compared"),
    ];
    always.into_iter().chain(rare.into_iter().filter(|(_, count, _)| *count > 0)).collect()
}

fn told(name: &str, verdict: &Verdict, out: &mut Out) -> anyhow::Result<()> {
    let wrong = u64::try_from(verdict.findings.len()).unwrap_or(u64::MAX).saturating_add(verdict.more);
    let (paint, head) = match wrong {
        0 => (Paint::Green, "nothing is wrong".to_owned()),
        1 => (Paint::Red, "1 thing is wrong".to_owned()),
        many => (Paint::Red, format!("{} things are wrong", grouped(many))),
    };
    out.aside(paint, &format!("{}: {head}.", clean(name)))?;
    findings(verdict, out)?;
    out.gap()?;
    let checked = checked(verdict);
    let width = checked.iter().map(|(_, count, _)| grouped(*count).len()).max().unwrap_or(0);
    for (key, count, says) in checked {
        out.hanging(&format!("{:13}  {:>width$}  ", key.replace('_', " "), grouped(count)), says)?;
    }
    for line in &verdict.money {
        out.hanging(&format!("{:13}  ", line.currency), &sums(line))?;
    }
    match &verdict.root {
        Some((day, root)) => {
            out.hanging(&format!("{:13}  ", "root"), &format!("{} of {day}", hex(root)))?;
            out.aside(Paint::Dim, "Write the root down elsewhere: with it nobody can change what happened until then unseen.")?;
        }
        None => out.hanging(&format!("{:13}  ", "root"), "none yet: `regua run` makes one for each day that has ended")?,
    }
    Ok(())
}

fn findings(verdict: &Verdict, out: &mut Out) -> anyhow::Result<()> {
    if verdict.is_clean() {
        return Ok(());
    }
    out.gap()?;
    let width = verdict.findings.iter().map(|finding| finding.sort.as_str().len()).max().unwrap_or(0);
    for Finding { sort, what } in &verdict.findings {
        out.hanging(&format!("{:width$}  ", sort.as_str()), &clean(what))?;
    }
    if verdict.more > 0 {
        out.line(&format!("and {} more; the first {FINDINGS_MAX} are told", grouped(verdict.more)))?;
    }
    out.gap()?;
    out.paragraph(
        0,
        "Somebody or something changed the database past Régua. Keep a copy as it is, and compare with a backup: `regua restore` \
         brings one back into an empty database.",
    )?;
    Ok(())
}

fn sums(line: &MoneyLine) -> String {
    let money = |minor: i64| {
        let currency = Currency::parse(&line.currency);
        currency.map_or_else(|| minor.to_string(), |currency| Money::new(minor, currency).to_string())
    };
    let mut told = format!("billed {}, paid {}, balance {}", money(line.billed), money(line.paid), money(line.balance));
    for (what, minor) in [("credit of customers", line.credit), ("given or taken back", line.returned)] {
        if minor != 0 {
            told.push_str(&format!("; {what}: {}", money(minor)));
        }
    }
    told
}

/// A verdict for programs.
pub(super) fn as_json(verdict: &Verdict) -> serde_json::Value {
    let root = verdict.root.as_ref().map(|(day, root): &(Day, [u8; 32])| json!({ "day": day.to_string(), "root": hex(root) }));
    let money = verdict.money.iter().map(|line| {
        let MoneyLine { currency, billed, paid, applied, credit, returned, balance } = line;
        json!({
            "currency": currency, "billed_minor": billed, "paid_minor": paid, "applied_minor": applied, "credit_minor": credit,
            "returned_minor": returned, "balance_minor": balance,
        })
    });
    json!({
        "clean": verdict.is_clean(),
        "customers": verdict.customers,
        "events": verdict.events,
        "rows": verdict.rows,
        "pages": verdict.pages,
        "erased": verdict.erased,
        "other_version": verdict.other_version,
        "broken": verdict.broken,
        "root": root,
        "money": money.collect::<Vec<_>>(),
        "findings": verdict.findings.iter().map(|found| json!({ "sort": found.sort.as_str(), "what": found.what })).collect::<Vec<_>>(),
        "more": verdict.more,
    })
}

fn rows(verdict: &Verdict) -> Listing {
    let mut rows = Listing::new(&[("what", "what"), ("found", "found")]);
    for (key, count, _) in checked(verdict) {
        rows.row([key.into(), count.to_string().into()]);
    }
    for line in &verdict.money {
        rows.row([line.currency.as_str().into(), sums(line).into()]);
    }
    if let Some((day, root)) = &verdict.root {
        rows.row(["root".into(), format!("{} of {day}", hex(root)).into()]);
    }
    for Finding { sort, what } in &verdict.findings {
        rows.row([sort.as_str().into(), what.as_str().into()]);
    }
    if verdict.more > 0 {
        rows.row(["more".into(), counted(verdict.more, "finding").into()]);
    }
    rows
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

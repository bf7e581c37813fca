//! `regua backtest`: a policy over real receivables, every decision written, outcomes and reasons counted.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use regua_core::facts::Policies;
use regua_core::policy::Policy;
use regua_core::time::Zone;
use regua_engine::letters::Company;
use regua_sim::backtest::{self as sim, Backtest, Counts, Spill, Summary, Walked, Watch};
use regua_wire::files::{Reject, Rejects as _};

use crate::cli::BacktestArgs;
use crate::exit::{BadInput, Exit, note};
use crate::input::{Loaded, Role, Wanted};
use crate::letters;
use crate::output::{Cell, Format, Listing, Out, Paint, counted, grouped};
use crate::page::{self, Page};
use crate::progress::Progress;
use crate::rejects::RejectFile;
use crate::run::{DECISIONS_FILE, Run};
use crate::source;
use crate::understood::understood;
use crate::world::World;

/// Carries out `backtest`.
pub(crate) fn run(args: &BacktestArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let wanted = Wanted::new(&args.input)?;
    let (source, policy) = source::policy(&args.input.policy)?;
    let span = span(args, policy.zone)?;
    if args.dry_run {
        return dry_run(&wanted, args.listing.format, out);
    }
    clear(&args.out)?;
    let mut rejects = RejectFile::at(args.out.join("rejects.csv"));
    let loaded = wanted.load(&mut rejects)?;
    if out.terminal && args.listing.format == Format::Table {
        understood(&loaded.reports, args.listing.format, out)?;
    }
    let policies = policies(&policy)?;
    let company = args.company.as_deref().map(letters::company).transpose()?;
    let summary = in_pool(args.threads.map_or(world.threads, usize::from), || {
        let backtest = Backtest::new(&policies, &loaded.portfolio, &loaded.events, &span).map_err(anyhow::Error::from)?;
        let mut walked = walk(&backtest, &args.out, || ())?;
        write_decisions(&mut walked, &args.out)?;
        reject(&walked.rejects, &loaded, &mut rejects)?;
        if args.report {
            report(&policies, &loaded, company.as_ref(), &span, &args.out)?;
        }
        // The walk counts what it could not use itself; the caller wants all rows.
        Ok(Summary { rejected: usize::try_from(rejects.count()).unwrap_or(usize::MAX), ..walked.summary })
    })?;
    write_summary(&summary, &args.out)?;
    Run::of(&source, &loaded, &span, &args.input.reading, &policy, &args.out).write(&args.out)?;
    tell(&summary, &policy, args, &rejects, out)?;
    Ok(if rejects.count() == 0 { Exit::Done } else { Exit::Rejected })
}

/// Moments of the command line, read in the policy's zone.
fn span(args: &BacktestArgs, zone: Zone) -> anyhow::Result<sim::Span> {
    let down = args.down.iter().map(|span| span.instants(zone).map_err(|told| BadInput::new(format!("--down {told}"))));
    Ok(sim::Span { until: args.until.map(|until| until.instant(zone)), down: down.collect::<Result<_, _>>()? })
}

/// Writes `report.html`: up to `--until`, else up to where the files end, and a week ahead.
fn report(policies: &Policies, loaded: &Loaded, company: Option<&Company>, span: &sim::Span, dir: &Path) -> anyhow::Result<()> {
    let policy = policies.newest();
    let Some(as_of) = span.until.or_else(|| page::data_ends(loaded, policy)) else { return Ok(()) };
    let file = loaded.files.first().map_or("", |file| file.path.as_str());
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or(file);
    let title = company.map_or_else(|| name.to_owned(), |company| company.name().to_owned());
    let page = Page { policies, loaded, title, company, seed: None, commands: Vec::new() };
    page.walked(as_of, &span.down, dir)?;
    Ok(())
}

/// Only reads, and shows what was understood.
fn dry_run(wanted: &Wanted<'_>, format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    let mut rejects = RejectFile::unwritten();
    let loaded = wanted.load(&mut rejects)?;
    understood(&loaded.reports, format, out)?;
    if rejects.count() == 0 {
        return Ok(Exit::Done);
    }
    if format == Format::Table {
        out.heading(&format!("{} would be rejected", counted(rejects.count(), "row")))?;
        out.listing(&rejects.listing(), format)?;
    }
    Ok(Exit::Rejected)
}

/// Makes the output folder and takes away what an earlier run left there: old results must not pass for new ones.
pub(crate) fn clear(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir)
        .map_err(|error| BadInput::new(format!("--out {}: {error}; name a folder that can be written to", dir.display())))?;
    for name in [DECISIONS_FILE, "summary.json", "rejects.csv", "report.html", crate::run::RUN_FILE] {
        match fs::remove_file(dir.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("failed to replace {}", dir.join(name).display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// The published policies of a run: one.
pub(crate) fn policies(policy: &Arc<Policy>) -> anyhow::Result<Policies> {
    Policies::new(vec![Arc::clone(policy)]).context("failed to publish the policy")
}

/// Works on as many threads as asked for.
pub(crate) fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> anyhow::Result<T> + Send) -> anyhow::Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().context("failed to start threads")?;
    pool.install(work)
}

/// Walks every customer with a progress bar; what does not fit into memory goes to unnamed files in `dir`.
pub(crate) fn walk<'a, W: Watch>(
    backtest: &'a Backtest<'a>,
    dir: &Path,
    watch: impl Fn() -> W + Sync + Send,
) -> anyhow::Result<Walked<'a, W>> {
    let progress = Progress::of_customers("walking", backtest.portfolio().customers.len());
    let walked = backtest.run(Spill::to(dir), watch, |customers| progress.advance(length(customers)));
    Ok(walked?)
}

/// Writes `decisions.csv` under another name first, so that a file of that name is always whole.
pub(crate) fn write_decisions<W>(walked: &mut Walked<'_, W>, dir: &Path) -> anyhow::Result<()> {
    let (part, path) = (dir.join("decisions.csv.part"), dir.join(DECISIONS_FILE));
    let wrong = || format!("failed to write {}", path.display());
    let mut file = File::create(&part).with_context(wrong)?;
    if let Err(error) = walked.write_csv(&mut file) {
        // What was written is no file of decisions; that it stays behind would be the smaller harm.
        let _left = fs::remove_file(&part);
        return Err(error.into());
    }
    fs::rename(&part, &path).with_context(wrong)
}

/// Writes `summary.json`.
pub(crate) fn write_summary(summary: &Summary, dir: &Path) -> anyhow::Result<()> {
    let path = dir.join("summary.json");
    fs::write(&path, summary.to_json()).with_context(|| format!("failed to write {}", path.display()))
}

/// Receivables and facts that the walk could not use, told as rows of the files they came from.
pub(crate) fn reject(found: &[sim::Reject], loaded: &Loaded, rejects: &mut RejectFile) -> anyhow::Result<()> {
    let file = |role| loaded.files.iter().find(|file| file.role == role).map_or("", |file| file.path.as_str());
    for reject in found {
        rejects.begin(file(if reject.line.is_some() { Role::Facts } else { Role::Receivables }));
        let (reason, mend) = reject.reason.split_once("; ").unwrap_or((&reject.reason, ""));
        let row = Reject {
            row: reject.line.map_or(0, u64::from),
            column: String::new(),
            reason: reason.to_owned(),
            mend: mend.to_owned(),
            original: reject.receivable.as_deref().unwrap_or_default().to_owned(),
        };
        rejects.reject(row).context("failed to write the rejected rows")?;
    }
    rejects.finish().context("failed to write the rejected rows")
}

/// What came of it: the listing, and around it, for people, what it is about and where to go on.
fn tell(summary: &Summary, policy: &Policy, args: &BacktestArgs, rejects: &RejectFile, out: &mut Out) -> anyhow::Result<()> {
    let format = args.listing.format;
    if format != Format::Table {
        if rejects.count() > 0 {
            note(&format!("{} rejected, see {}", counted(rejects.count(), "row"), args.out.join("rejects.csv").display()));
        }
        return out.listing(&long(summary, policy), format);
    }
    out.listing(&wide(summary, policy), format)?;
    out.gap()?;
    let days = summary.first_instant.as_deref().zip(summary.last_instant.as_deref());
    let days = days.map_or(String::new(), |(first, last)| format!(", {} to {}", day(first), day(last)));
    let contacts = summary.contacts.iter().filter(|(_, count)| **count > 0);
    let contacts: Vec<String> = contacts.map(|(channel, count)| format!("{channel} {}", grouped(*count))).collect();
    let contacts = if contacts.is_empty() { String::new() } else { format!(" ({})", contacts.join(", ")) };
    let (receivables, customers) = (length(summary.receivables), length(summary.customers));
    out.paragraph(
        0,
        &format!(
            "{} of {} under \"{}\"{days}: {}, {}{contacts}.",
            counted(receivables, "receivable"),
            counted(customers, "customer"),
            summary.policy,
            counted(summary.decisions, "decision"),
            counted(summary.messages, "message"),
        ),
    )?;
    let silent: Vec<String> = steps(summary, policy).into_iter().filter(|(_, counts)| is_silent(counts)).map(|(name, _)| name).collect();
    if !silent.is_empty() {
        out.aside(Paint::Dim, &format!("never reached: {}", silent.join(", ")))?;
    }
    if rejects.count() > 0 {
        let told =
            format!("{} rejected, listed with reasons in {}:", counted(rejects.count(), "row"), args.out.join("rejects.csv").display());
        let told = out.paint(Paint::Yellow, &told);
        out.line(&told)?;
        out.listing(&rejects.listing(), format)?;
    }
    let dir = out.paint(Paint::Cyan, &args.out.display().to_string());
    let more = [(rejects.count() > 0, ", rejects.csv"), (args.report, ", report.html")];
    let more: String = more.into_iter().filter(|(written, _)| *written).map(|(_, name)| name).collect();
    out.line(&format!("Written to {dir}: {DECISIONS_FILE}, summary.json{more}"))?;
    out.line(&format!("Ask why:   {}", out.paint(Paint::Cyan, &format!("regua explain RECEIVABLE --in {}", args.out.display()))))?;
    Ok(())
}

fn day(instant: &str) -> &str {
    instant.split('T').next().unwrap_or(instant)
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The steps in the order of the file, each notice before its step; those of one name in several ladders stand once.
fn steps<'s>(summary: &'s Summary, policy: &Policy) -> Vec<(String, &'s Counts)> {
    let ladders = policy.ladders.iter().flat_map(|ladder| &ladder.steps);
    let names = ladders.flat_map(|step| [format!("{}.notice", step.id), step.id.clone()]);
    let names = names.chain(policy.reactions.iter().map(|reaction| reaction.id.clone()));
    let mut found: Vec<(String, &Counts)> = Vec::new();
    for name in names {
        if found.iter().all(|(known, _)| *known != name)
            && let Some(counts) = summary.steps.get(&name)
        {
            found.push((name, counts));
        }
    }
    found
}

/// One row a step, for people: how often done, skipped, waited, and the reasons.
fn wide(summary: &Summary, policy: &Policy) -> Listing {
    let columns = [("step", "step"), ("done", "done"), ("skipped", "skipped"), ("waited", "waited"), ("why", "why")];
    let mut rows = Listing::new(&columns);
    let mut row = |name: &str, counts: &Counts| {
        let why = [told("skipped", &counts.skipped), told("waited", &counts.deferred)];
        let why: Vec<String> = why.into_iter().flatten().collect();
        rows.row([name.into(), counts.done.into(), counts.skipped_total.into(), counts.deferred_total.into(), why.join(" · ").into()]);
    };
    for (name, counts) in steps(summary, policy).iter().filter(|(_, counts)| !is_silent(counts)) {
        row(name, counts);
    }
    row("all", &summary.total);
    rows
}

/// Whether no receivable ever came to a step.
const fn is_silent(counts: &Counts) -> bool {
    counts.decisions() == 0 && counts.deferred_total == 0
}

/// `skipped: closed 10, stale 2`, most frequent first.
fn told(what: &str, reasons: &std::collections::BTreeMap<&'static str, u64>) -> Option<String> {
    let mut found: Vec<(&str, u64)> = reasons.iter().filter(|(_, count)| **count > 0).map(|(reason, count)| (*reason, *count)).collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let texts: Vec<String> = found.iter().map(|(reason, count)| format!("{reason} {}", grouped(*count))).collect();
    (!texts.is_empty()).then(|| format!("{what}: {}", texts.join(", ")))
}

/// One row a step and outcome, for programs.
fn long(summary: &Summary, policy: &Policy) -> Listing {
    let mut rows = Listing::new(&["step", "outcome", "reason", "count"].map(|name| (name, name)));
    for (name, counts) in steps(summary, policy) {
        rows.row([name.as_str().into(), "done".into(), Cell::Empty, counts.done.into()]);
        for (outcome, reasons) in [("skipped", &counts.skipped), ("deferred", &counts.deferred)] {
            for (reason, count) in reasons.iter().filter(|(_, count)| **count > 0) {
                rows.row([name.as_str().into(), outcome.into(), (*reason).into(), (*count).into()]);
            }
        }
    }
    rows
}

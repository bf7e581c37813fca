//! `regua explain`: why each step of a receivable did or did not happen, told by deciding it again.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use regua_core::decide::{ENGINE_VERSION, Outcome};
use regua_core::facts::Policies;
use regua_core::rulebook::{self, Rule};
use regua_core::time::{Instant, Zone};
use regua_sim::backtest::{Backtest, Spill, Walked};
use regua_sim::facts_file::{About, FactEvent};
use regua_wire::files::When;

use crate::backtest::policies;
use crate::cli::ExplainArgs;
use crate::config;
use crate::exit::{BadInput, Exit};
use crate::input::{InputFile, Loaded, Role, Wanted};
use crate::letters::at;
use crate::meaning;
use crate::output::{Format, Listing, Out, Paint, clean};
use crate::rejects::RejectFile;
use crate::run::{DECISIONS_FILE, Run};
use crate::source::{self, PolicyText};
use crate::why::{day, moment};
use crate::witness::{self, End, Event, What, Witness};
use crate::world::World;

/// Where `backtest` writes when nothing is said.
const USUAL: &str = "backtest";

/// The folder of the backtest that is meant; none when an installation is.
fn folder(args: &ExplainArgs, world: &World) -> Option<PathBuf> {
    if let Some(dir) = &args.backtest {
        return Some(dir.clone());
    }
    let usual = PathBuf::from(USUAL);
    let live = args.place.dir.is_some() || Path::new(config::FILE).exists();
    let nothing_here = !usual.exists() && config::folder(None, &world.environment).is_ok();
    (!live && !nothing_here).then_some(usual)
}

/// Carries out `explain`.
pub(crate) fn run(args: &ExplainArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let Some(dir) = folder(args, world) else { return crate::live::explain(args, world, out) };
    let run = Run::read(&dir)?;
    let source = PolicyText { name: run.policy.clone(), text: run.policy_text.clone() };
    let policies = policies(&source::compiled(&source)?)?;
    let loaded = again(&run, &dir)?;
    let span = run.span()?;
    let backtest = Backtest::new(&policies, &loaded.portfolio, &loaded.events, &span)?;
    let subject = Subject::find(&backtest, &args.id)?;
    let wanted = witness::Wanted { backtest: &backtest, from: Instant::DAWN, to: Instant::NEVER, letters: None, ends: true };
    let spill = Spill::to(&world.temp_dir);
    let mut walked = backtest.run_of(&[subject.customer], spill, || Witness::new(wanted), |_| ())?;
    let changed = changes(&run, &loaded);
    same_as_stored(&mut walked, &subject, &changed, &loaded, &dir)?;
    let Witness { ends, .. } = &walked.watch;
    let ends: BTreeMap<u32, End> = ends.iter().map(|end| (end.receivable, end.clone())).collect();
    let mut events = walked.watch.in_order();
    events.retain(|event| subject.receivables.contains(&event.receivable));
    let story = Story {
        backtest: &backtest,
        policies: &policies,
        subject: &subject,
        ends: &ends,
        events: &events,
        step: args.step.as_deref(),
        changed: &changed,
    };
    story.check_step()?;
    match args.listing.format {
        Format::Table => story.tell(&source.name, &loaded.events, out)?,
        format @ (Format::Json | Format::Csv) => out.listing(&story.rows(), format)?,
    }
    Ok(Exit::Done)
}

/// Reads the files of a backtest again. What was rejected then is rejected now, and was told then.
fn again(run: &Run, dir: &Path) -> anyhow::Result<Loaded> {
    let path = |role: Role| run.inputs.iter().find(|file| file.role == role).map(|file| place(file, dir)).transpose();
    let receivables = path(Role::Receivables)?.context("run.json names no receivables file")?;
    let (payments, facts) = (path(Role::Payments)?, path(Role::Facts)?);
    let wanted = Wanted::of(&receivables, payments.as_deref(), facts.as_deref(), &run.reading, run.map.clone())?;
    wanted.load(&mut RejectFile::unwritten())
}

/// Where a file of the run lies.
fn place(file: &InputFile, dir: &Path) -> anyhow::Result<PathBuf> {
    if file.path == "-" {
        let what = format!("the {} of this backtest came from standard input and are gone; run it again from a file", file.role.as_str());
        return Err(BadInput::new(what).into());
    }
    Ok(dir.join(&file.path))
}

/// Whom or what is asked about.
struct Subject {
    customer: u32,
    /// The receivable asked about, or all of the customer's.
    receivables: Vec<u32>,
}

impl Subject {
    fn find(backtest: &Backtest<'_>, id: &str) -> anyhow::Result<Self> {
        let portfolio = backtest.portfolio();
        if let Some(receivable) = backtest.find(id)
            && let Some(row) = at(&portfolio.receivables, receivable)
        {
            return Ok(Self { customer: row.customer, receivables: vec![receivable] });
        }
        let customer = portfolio.customers.iter().zip(0..).find(|(row, _)| *row.id == *id).map(|(_, customer)| customer);
        let customer = customer.ok_or_else(|| {
            BadInput::new(format!(
                "no receivable and no customer `{id}` in this backtest; {DECISIONS_FILE} has the ids in its first columns"
            ))
        })?;
        Ok(Self { customer, receivables: backtest.receivables_of(customer).to_vec() })
    }
}

/// Holds what was decided again against what was stored, and says what is different when they are.
fn same_as_stored(
    walked: &mut Walked<'_, Witness<'_>>,
    subject: &Subject,
    changed: &[String],
    loaded: &Loaded,
    dir: &Path,
) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    walked.write_csv(&mut bytes)?;
    let mut now = Vec::new();
    for record in csv::Reader::from_reader(bytes.as_slice()).into_records() {
        now.push(record?);
    }
    let customer = at(&loaded.portfolio.customers, subject.customer).map_or("", |row| &*row.id);
    let path = dir.join(DECISIONS_FILE);
    let file = File::open(&path).map_err(|error| source::unreadable(&path, &error))?;
    let mut stored = Vec::new();
    for record in csv::Reader::from_reader(file).into_records() {
        let record = record.map_err(|error| BadInput::new(format!("{}: {error}; run the backtest again", path.display())))?;
        if record.get(1) == Some(customer) {
            stored.push(record);
        }
    }
    if stored == now {
        return Ok(());
    }
    let why = if changed.is_empty() {
        format!("{DECISIONS_FILE} itself was changed, or this build of the engine decides otherwise")
    } else {
        changed.join("; ")
    };
    Err(BadInput::new(format!(
        "the decisions stored for customer `{customer}` are not those of today's files: {why}; run the backtest again"
    ))
    .into())
}

/// What is not as it was when the backtest ran.
fn changes(run: &Run, loaded: &Loaded) -> Vec<String> {
    let was = |role: Role| run.inputs.iter().find(|file| file.role == role);
    let files = loaded.files.iter().filter(|file| was(file.role).is_some_and(|was| was.sha256 != file.sha256));
    let files = files.map(|file| format!("{} has changed since", file.path));
    let versions = [("engine", run.engine.as_str(), ENGINE_VERSION), ("rulebook", run.rulebook.as_str(), rulebook::VERSION)];
    let versions = versions.into_iter().filter(|(_, was, is)| was != is);
    files.chain(versions.map(|(what, was, is)| format!("the {what} was {was} and is {is}"))).collect()
}

/// What there is to tell.
struct Story<'s> {
    backtest: &'s Backtest<'s>,
    policies: &'s Policies,
    subject: &'s Subject,
    ends: &'s BTreeMap<u32, End>,
    events: &'s [Event],
    step: Option<&'s str>,
    /// What is not as it was when the backtest ran.
    changed: &'s [String],
}

impl Story<'_> {
    fn zone(&self) -> Zone {
        self.backtest.zone_of(self.subject.customer)
    }

    fn name(&self, receivable: u32) -> String {
        at(&self.backtest.portfolio().receivables, receivable).map_or_else(String::new, |row| clean(&row.id))
    }

    /// A step that the policy does not have is a slip.
    fn check_step(&self) -> anyhow::Result<()> {
        let Some(wanted) = self.step else { return Ok(()) };
        let policy = self.policies.newest();
        let steps = policy.ladders.iter().flat_map(|ladder| ladder.steps.iter().map(|step| step.id.as_str()));
        let mut names: Vec<&str> = steps.chain(policy.reactions.iter().map(|reaction| reaction.id.as_str())).collect();
        if names.contains(&wanted.strip_suffix(".notice").unwrap_or(wanted)) {
            return Ok(());
        }
        names.sort_unstable();
        names.dedup();
        Err(BadInput::new(format!("--step {wanted}: the policy has no such step; it has {}", names.join(", "))).into())
    }

    /// Whether an event is of the step asked about; of all steps when none is. Its notice belongs to a step.
    fn asked(&self, event: &Event) -> bool {
        let Some(wanted) = self.step else { return true };
        event.step().is_some_and(|step| step == wanted || step.strip_suffix(".notice") == Some(wanted))
    }

    fn rows(&self) -> Listing {
        let columns =
            ["instant", "receivable_id", "customer_id", "step", "cycle", "outcome", "reason", "until", "channel", "rule", "sentence"];
        let mut rows = Listing::new(&columns.map(|name| (name, name)));
        let zone = self.zone();
        let customer = at(&self.backtest.portfolio().customers, self.subject.customer).map_or("", |row| &*row.id);
        for event in self.events.iter().filter(|event| self.asked(event)) {
            let (cycle, outcome, channel) = match &event.what {
                What::Decided(decided) => {
                    let outcome = if decided.outcome == Outcome::Done { "done" } else { "skipped" };
                    (decided.cycle.as_str(), outcome, decided.sent.as_ref().map(|sent| sent.channels.to_string()))
                }
                What::Waits { .. } => ("", "deferred", None),
                What::Paid { .. } => ("", "paid", None),
            };
            let until = match event.what {
                What::Waits { until, .. } if until != Instant::NEVER => zone.rfc3339(until),
                What::Waits { .. } | What::Decided(_) | What::Paid { .. } => String::new(),
            };
            rows.row([
                zone.rfc3339(event.at).into(),
                at(&self.backtest.portfolio().receivables, event.receivable).map_or("", |row| &*row.id).into(),
                customer.into(),
                event.step().unwrap_or_default().into(),
                cycle.into(),
                outcome.into(),
                event.reason().unwrap_or_default().into(),
                until.into(),
                channel.into(),
                event.rule().map(|rule| rule.id).into(),
                event.sentence(zone, |receivable| self.name(receivable)).into(),
            ]);
        }
        rows
    }

    fn tell(&self, policy_name: &str, facts: &[FactEvent], out: &mut Out) -> anyhow::Result<()> {
        let portfolio = self.backtest.portfolio();
        let customer = at(&portfolio.customers, self.subject.customer);
        let id = customer.map_or("", |row| &*row.id);
        let who = customer.and_then(|row| row.customer.name.as_deref()).map_or_else(|| clean(id), |name| clean(&format!("{name} ({id})")));
        let mut rules: BTreeMap<&str, &Rule> = BTreeMap::new();
        for (place, &receivable) in self.subject.receivables.iter().enumerate() {
            if place > 0 {
                out.gap()?;
            }
            self.head(receivable, &who, out)?;
            let mut lines = self.told(receivable, facts);
            for event in self.events.iter().filter(|event| event.receivable == receivable && self.asked(event)) {
                rules.extend(event.rule().map(|rule| (rule.id, rule)));
                lines.push((event.at, event.label(), self.line(event)));
            }
            // Stable: what is known at a moment stands before what follows from it.
            lines.sort_by_key(|(at, ..)| *at);
            let width = lines.iter().map(|(_, step, _)| step.chars().count()).max().unwrap_or(0);
            for (at, step, text) in &lines {
                let head = format!("{}  {step:width$}  ", moment(self.zone(), *at));
                out.hanging(&head, text)?;
            }
            self.tail(receivable, out)?;
        }
        self.foot(policy_name, &rules, out)
    }

    fn head(&self, receivable: u32, who: &str, out: &mut Out) -> anyhow::Result<()> {
        let Some(row) = at(&self.backtest.portfolio().receivables, receivable) else { return Ok(()) };
        let id = out.paint(Paint::Bold, &clean(&row.id));
        let due = match self.ends.get(&receivable) {
            Some(end) if end.due != row.due_on => format!("due {}, which rolls to {}", day(row.due_on), day(end.due)),
            Some(_) | None => format!("due {}", day(row.due_on)),
        };
        let walks = self
            .ends
            .get(&receivable)
            .map_or_else(|| "never known within the backtest".to_owned(), |end| format!("segment {}, ladder {}", end.segment, end.ladder));
        out.paragraph(0, &format!("{id} of {who}: {}, {due}; {walks}", row.amount))?;
        Ok(())
    }

    /// What the files told of the receivable, besides payments.
    fn told(&self, receivable: u32, facts: &[FactEvent]) -> Vec<(Instant, String, String)> {
        if self.step.is_some() {
            return Vec::new();
        }
        let (zone, portfolio) = (self.zone(), self.backtest.portfolio());
        let id = at(&portfolio.receivables, receivable).map_or("", |row| &*row.id);
        let customer = at(&portfolio.customers, self.subject.customer).map_or("", |row| &*row.id);
        let entered = self.ends.get(&receivable).map(|end| (end.entered_at, String::new(), "becomes known".to_owned()));
        let about = facts.iter().filter(|fact| match &fact.about {
            About::Receivable(about) => **about == *id,
            About::Customer(about) => **about == *customer,
        });
        let told = about.map(|fact| {
            let at = match fact.at {
                When::On(day) => zone.at(day, self.policies.newest().time),
                When::At(at) => at,
            };
            let whom = if matches!(fact.about, About::Customer(_)) { " of the customer" } else { "" };
            (at, String::new(), format!("{}{whom}", clean(&meaning::told(&fact.told))))
        });
        entered.into_iter().chain(told).collect()
    }

    fn line(&self, event: &Event) -> String {
        let sentence = event.sentence(self.zone(), |receivable| self.name(receivable));
        event.rule().map_or(sentence.clone(), |rule| format!("{sentence} [{}]", rule.id))
    }

    /// The steps that have no decision, and why.
    fn tail(&self, receivable: u32, out: &mut Out) -> anyhow::Result<()> {
        let Some(end) = self.ends.get(&receivable) else { return Ok(()) };
        let open: Vec<&str> = end.open.iter().map(String::as_str).filter(|step| self.step.is_none_or(|wanted| wanted == *step)).collect();
        if open.is_empty() {
            return Ok(());
        }
        let why = if end.closed { "the receivable was closed before" } else { "their moment had not come, or no event started them" };
        out.aside(Paint::Dim, &format!("not decided: {} ({why})", open.join(", ")))?;
        Ok(())
    }

    /// The receipt: by what it was decided, with the sources of the rules.
    fn foot(&self, policy_name: &str, rules: &BTreeMap<&str, &Rule>, out: &mut Out) -> anyhow::Result<()> {
        out.gap()?;
        for rule in rules.values() {
            out.hanging(&format!("[{}]  ", rule.id), &format!("{} ({})", rule.says, rule.source))?;
        }
        if !rules.is_empty() {
            out.gap()?;
        }
        let policy = self.policies.newest();
        let receipt = format!(
            "Decided by \"{}\" ({policy_name}), hash {}, calendar {}, rulebook {} {}, engine {ENGINE_VERSION}; decided again now, with the same result{}.",
            policy.name,
            policy.hash,
            policy.calendar.as_str(),
            policy.contact.rulebook,
            rulebook::VERSION,
            if self.changed.is_empty() { String::new() } else { format!(", though {}", self.changed.join("; ")) },
        );
        out.aside(Paint::Dim, &receipt)?;
        Ok(())
    }
}

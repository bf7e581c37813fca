//! `regua explain` on an installation: why something did or did not happen, from the log and from how things stand now.
//!
//! The past is decided again from the log, so that each reason has the numbers of its moment. Where that cannot be, since the
//! person was erased or another version decided, decisions are told as they are stored.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::decide::Outcome;
use regua_core::ledger::StoredEntry;
use regua_core::money::Money;
use regua_core::rulebook::Rule;
use regua_core::time::{Instant, Zone};
use regua_core::words::{Channel, Mode};
use regua_engine::Act;
use regua_engine::commands::ahead::Ahead;
use regua_engine::commands::explain::{Explained, Stored};
use regua_engine::replay::{Ended, Moment};
use regua_store::outbox::Overview;
use regua_store::person::OwedRow;

use super::installation::Installation;
use super::standing::{self, Standing};
use crate::cli::ExplainArgs;
use crate::exit::{BadInput, Exit};
use crate::meaning;
use crate::output::{Format, Listing, Out, Paint, clean};
use crate::why::{day, moment};
use crate::witness::{Event, Scene, What};
use crate::world::World;

/// Carries out `explain`.
pub(crate) fn run(args: &ExplainArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let mut seen = Seen { zone: installation.zone()?, lines: Vec::new(), standings: BTreeMap::new(), names: Vec::new() };
    let explained = installation.engine.explain(installation.tenant, &args.id, world.now, &mut |moment| seen.see(&moment))?;
    let mut story = Story { lines: seen.lines, standings: seen.standings, zone: seen.zone, explained };
    story.add_stored();
    story.keep(args.step.as_deref())?;
    match args.listing.format {
        Format::Table => story.tell(out)?,
        format @ (Format::Json | Format::Csv) => out.listing(&story.rows(), format)?,
    }
    Ok(Exit::Done)
}

/// Something that happened, or would with the next run.
struct Line {
    at: Instant,
    /// The receivable; the customer, with all of them, when absent.
    receivable: Option<String>,
    step: String,
    /// The step for people: with its occurrence.
    label: String,
    cycle: String,
    /// told, done, skipped, deferred, message.
    outcome: &'static str,
    reason: String,
    until: Option<Instant>,
    channel: String,
    rule: Option<&'static Rule>,
    /// The message that it is about.
    message: Option<String>,
    sentence: String,
}

/// Gathers moments as the engine shows them.
struct Seen {
    zone: Zone,
    lines: Vec<Line>,
    standings: BTreeMap<String, Standing>,
    /// What receivables are called, in the order in which they were seen.
    names: Vec<String>,
}

impl Seen {
    fn see(&mut self, seen: &Moment<'_>) {
        match seen {
            Moment::Told { at, receivable, fact, act } => {
                let sentence = format!("{}{}", meaning::fact(fact), by(*act));
                self.lines.push(Line { receivable: receivable.map(str::to_owned), ..Line::told(*at, sentence) });
            }
            Moment::Known { .. } => {}
            Moment::Decided(ahead) => self.decided(ahead, false),
            Moment::Message { at, message, items, status, channel, dropped, reply, act } => {
                let said = reply.map(|reply| format!(": {reply}")).unwrap_or_default();
                let sentence = format!("{message} is {status}{}{said}{}", over(*channel), by(*act));
                for (receivable, step) in *items {
                    let fell = dropped.iter().find(|(of, which, _)| (of, which) == (receivable, step));
                    let sentence = fell.map_or_else(|| sentence.clone(), |(_, _, why)| format!("it falls out of {message} ({why})"));
                    self.lines.push(Line {
                        receivable: Some(receivable.clone()),
                        step: step.clone(),
                        label: step.clone(),
                        outcome: "message",
                        reason: fell.map_or_else(|| (*status).to_owned(), |(_, _, why)| why.clone()),
                        channel: channel.map_or("", Channel::as_str).to_owned(),
                        message: Some((*message).to_owned()),
                        ..Line::told(*at, sentence)
                    });
                }
            }
            Moment::Now(ahead) => {
                self.zone = ahead.facts.zone;
                self.decided(ahead, true);
                self.standings = standing::of(ahead);
            }
        }
    }

    /// What was decided; what would be with the next run.
    fn decided(&mut self, ahead: &Ahead<'_>, next: bool) {
        let zone = ahead.facts.zone;
        let receivables: Vec<u32> = ahead.receivables.iter().map(|id| self.number(id)).collect();
        let scene = Scene {
            now: ahead.now,
            customer: 0,
            facts: ahead.facts,
            policies: ahead.policies,
            decisions: ahead.decisions,
            receivables: &receivables,
            id: &|walk| ahead.receivables.get(walk).copied(),
        };
        for event in scene.events(None) {
            if next && matches!(event.what, What::Waits { .. }) {
                continue; // told with what waits
            }
            let line = self.line(&event, zone);
            let sentence = if next { format!("with the next run: {}", line.sentence) } else { line.sentence };
            self.lines.push(Line { sentence, ..line });
        }
    }

    /// The place of a receivable among those that were seen.
    fn number(&mut self, id: &str) -> u32 {
        let place = self.names.iter().position(|name| name == id).unwrap_or_else(|| {
            self.names.push(id.to_owned());
            self.names.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    fn name(&self, receivable: u32) -> String {
        usize::try_from(receivable).ok().and_then(|place| self.names.get(place)).cloned().unwrap_or_default()
    }

    fn line(&self, event: &Event, zone: Zone) -> Line {
        let (cycle, outcome, channel) = match &event.what {
            What::Decided(decided) => {
                let outcome = if decided.outcome == Outcome::Done { "done" } else { "skipped" };
                (decided.cycle.clone(), outcome, decided.sent.as_ref().map(|sent| sent.channels.to_string()))
            }
            What::Waits { .. } => (String::new(), "deferred", None),
            What::Paid { .. } => (String::new(), "told", None),
        };
        let until = if let What::Waits { until, .. } = event.what { Some(until).filter(|until| *until != Instant::NEVER) } else { None };
        Line {
            receivable: Some(self.name(event.receivable)),
            step: event.step().unwrap_or_default().to_owned(),
            label: event.label(),
            cycle,
            outcome,
            reason: event.reason().unwrap_or_default().to_owned(),
            until,
            channel: channel.unwrap_or_default(),
            rule: event.rule(),
            ..Line::told(event.at, event.sentence(zone, |receivable| clean(&self.name(receivable))))
        }
    }
}

impl Line {
    /// A sentence about the customer.
    const fn told(at: Instant, sentence: String) -> Self {
        Self {
            at,
            receivable: None,
            step: String::new(),
            label: String::new(),
            cycle: String::new(),
            outcome: "told",
            reason: String::new(),
            until: None,
            channel: String::new(),
            rule: None,
            message: None,
            sentence,
        }
    }
}

fn over(channel: Option<Channel>) -> String {
    channel.map_or_else(String::new, |channel| format!(" by {channel}"))
}

/// Who did something, and why.
fn by(act: Option<&Act>) -> String {
    act.map_or_else(String::new, |act| match &act.reason {
        Some(reason) => format!(" (by {}: {reason})", act.by),
        None => format!(" (by {})", act.by),
    })
}

/// All there is to tell.
struct Story {
    lines: Vec<Line>,
    standings: BTreeMap<String, Standing>,
    zone: Zone,
    explained: Explained,
}

impl Story {
    /// Adds the decisions that could not be decided again.
    fn add_stored(&mut self) {
        for Stored { receivable, step, key: (cycle, occurrence), at, outcome, says, rule } in std::mem::take(&mut self.explained.stored) {
            let skipped = outcome != "done";
            let cited = rule.map(|rule| format!(" [{rule}]")).unwrap_or_default();
            self.lines.push(Line {
                receivable: Some(receivable),
                label: if occurrence == 0 { step.clone() } else { format!("{step} {occurrence}") },
                cycle: if occurrence == 0 { cycle.to_string() } else { format!("{cycle}.{occurrence}") },
                outcome: if skipped { "skipped" } else { "done" },
                reason: if skipped { outcome.clone() } else { String::new() },
                ..Line::told(at, format!("{}{cited}", says.unwrap_or_else(|| format!("`{step}`: {outcome}"))))
            });
            if let Some(line) = self.lines.last_mut() {
                line.step = step;
            }
        }
        self.lines.sort_by_key(|line| line.at);
    }

    /// Leaves out what was not asked for.
    fn keep(&mut self, step: Option<&str>) -> anyhow::Result<()> {
        let asked: BTreeSet<String> = self.explained.owed.iter().map(|(row, _)| row.external_id.clone()).collect();
        self.lines.retain(|line| line.receivable.as_ref().is_none_or(|of| asked.contains(of)));
        self.standings.retain(|of, _| asked.contains(of));
        if let Some((overview, items)) = self.explained.message.and_then(|_| self.explained.messages.first()) {
            let (id, decided) = (overview.message.to_string(), overview.decided_at);
            let is_of = |line: &Line| items.iter().any(|(of, step)| line.receivable.as_ref() == Some(of) && line.step == *step);
            self.lines.retain(|line| line.message.as_ref() == Some(&id) || (line.at == decided && line.outcome == "done" && is_of(line)));
        }
        let Some(wanted) = step else { return Ok(()) };
        let of_step = |name: &str| name == wanted || name.strip_suffix(".notice") == Some(wanted);
        let first = |label: &str| label.split(' ').next().unwrap_or_default().to_owned();
        let mut known: BTreeSet<String> = self.lines.iter().map(|line| line.step.clone()).filter(|step| !step.is_empty()).collect();
        for standing in self.standings.values_mut() {
            known.extend(standing.waits.iter().map(|wait| first(&wait.step)));
            known.extend(standing.comes.iter().map(|(step, _)| first(step)));
            known.extend(standing.unknown.iter().map(|step| first(step)));
            standing.waits.retain(|wait| of_step(&first(&wait.step)));
            standing.comes.retain(|(step, _)| of_step(&first(step)));
            standing.unknown.retain(|step| of_step(&first(step)));
        }
        if !known.iter().any(|step| of_step(step)) {
            let known: Vec<String> = known.into_iter().collect();
            return Err(BadInput::new(format!("--step {wanted}: there is no such step here; there are {}", known.join(", "))).into());
        }
        self.lines.retain(|line| of_step(&line.step));
        Ok(())
    }

    fn rows(&self) -> Listing {
        let columns =
            ["instant", "receivable_id", "customer_id", "step", "cycle", "outcome", "reason", "until", "channel", "rule", "sentence"];
        let mut rows = Listing::new(&columns.map(|name| (name, name)));
        let (zone, customer) = (self.zone, self.explained.external_id.as_str());
        for line in &self.lines {
            rows.row([
                zone.rfc3339(line.at).into(),
                line.receivable.clone().into(),
                customer.into(),
                line.step.as_str().into(),
                line.cycle.as_str().into(),
                line.outcome.into(),
                line.reason.as_str().into(),
                line.until.map(|until| zone.rfc3339(until)).into(),
                line.channel.as_str().into(),
                line.rule.map(|rule| rule.id).into(),
                line.sentence.as_str().into(),
            ]);
        }
        let mut open = |at: Option<Instant>, of: &str, step: &str, what: (&str, &str), until: Option<Instant>, sentence: String| {
            let (at, until) = (at.map(|at| zone.rfc3339(at)), until.map(|until| zone.rfc3339(until)));
            let (outcome, reason) = what;
            let empty = || "".into();
            rows.row([
                at.into(),
                of.into(),
                customer.into(),
                step.into(),
                empty(),
                outcome.into(),
                reason.into(),
                until.into(),
                empty(),
                empty(),
                sentence.into(),
            ]);
        };
        for (of, standing) in self.standings.iter().filter(|_| self.explained.message.is_none()) {
            for wait in &standing.waits {
                let until = Some(wait.until).filter(|until| *until != Instant::NEVER);
                open(Some(wait.since), of, &wait.step, ("waits", wait.reason.as_str()), until, wait.sentence(zone));
            }
            for (step, at) in standing.comes.iter().filter(|_| !standing.closed) {
                open(None, of, step, ("comes", ""), Some(*at), format!("comes {}", moment(zone, *at)));
            }
        }
        rows
    }

    fn tell(&self, out: &mut Out) -> anyhow::Result<()> {
        let explained = &self.explained;
        let id = clean(&explained.external_id);
        let who = explained.name.as_deref().map_or_else(|| id.clone(), |name| clean(&format!("{name} ({id})")));
        if explained.owed.is_empty() {
            out.line(&format!("{who} owes nothing and never did."))?;
        }
        for (place, (row, ledger)) in explained.owed.iter().enumerate() {
            if place > 0 {
                out.gap()?;
            }
            self.receivable(row, ledger, &who, out)?;
        }
        let mut rules: BTreeMap<&str, &Rule> = BTreeMap::new();
        rules.extend(self.lines.iter().filter_map(|line| line.rule.map(|rule| (rule.id, rule))));
        if !rules.is_empty() {
            out.gap()?;
        }
        for rule in rules.values() {
            out.hanging(&format!("[{}]  ", rule.id), &format!("{} ({})", rule.says, rule.source))?;
        }
        out.gap()?;
        self.foot(out)
    }

    fn receivable(&self, row: &OwedRow, ledger: &[StoredEntry], who: &str, out: &mut Out) -> anyhow::Result<()> {
        let id = out.paint(Paint::Bold, &clean(&row.external_id));
        let standing = self.standings.get(&row.external_id);
        let due = standing.map_or_else(|| day(row.due_on), |standing| standing.due.clone());
        let walks = standing.map_or_else(String::new, |standing| format!("; {}", standing.walks));
        out.paragraph(0, &format!("{id} of {who}: {}, due {due}, {}{walks}", money(row.amount, row), row.status.replace('_', " ")))?;
        let of = |line: &&Line| line.receivable.as_ref().is_none_or(|of| *of == row.external_id);
        let lines: Vec<&Line> = self.lines.iter().filter(of).collect();
        let width = lines.iter().map(|line| line.label.chars().count()).max().unwrap_or(0);
        for line in lines {
            let head = format!("{}  {:width$}  ", moment(self.zone, line.at), line.label);
            let cited = line.rule.map(|rule| format!(" [{}]", rule.id)).unwrap_or_default();
            let whom = if line.receivable.is_none() { "the customer: " } else { "" };
            out.hanging(&head, &clean(&format!("{whom}{}{cited}", line.sentence)))?;
        }
        if self.explained.message.is_none() {
            if let Some(standing) = standing {
                self.now(standing, out)?;
            }
            let entries: Vec<String> =
                ledger.iter().map(|entry| format!("{} {} {}", entry.on, entry.kind.as_str().replace('_', " "), entry.amount)).collect();
            let owes = standing.filter(|standing| !standing.closed).map(|standing| format!("; {}", standing.owes)).unwrap_or_default();
            let balance = format!("{}; {} open{owes}", entries.join(", "), money(row.balance, row));
            out.hanging("ledger        ", &balance)?;
        }
        for (overview, items) in &self.explained.messages {
            let own: Vec<&str> = items.iter().filter(|(of, _)| *of == row.external_id).map(|(_, step)| step.as_str()).collect();
            if !own.is_empty() {
                out.hanging("message       ", &clean(&self.message(overview, &own)))?;
            }
        }
        Ok(())
    }

    fn now(&self, standing: &Standing, out: &mut Out) -> anyhow::Result<()> {
        for held in &standing.still {
            out.hanging("stands still  ", held)?;
        }
        for wait in &standing.waits {
            out.hanging("waits         ", &format!("{} {}", wait.step, wait.sentence(self.zone)))?;
        }
        if standing.closed {
            return Ok(());
        }
        if !standing.comes.is_empty() {
            let comes: Vec<String> = standing.comes.iter().map(|(step, at)| format!("{step} {}", moment(self.zone, *at))).collect();
            out.hanging("comes         ", &comes.join(", "))?;
        }
        if !standing.unknown.is_empty() {
            out.hanging("no moment yet ", &standing.unknown.join(", "))?;
        }
        Ok(())
    }

    fn message(&self, overview: &Overview, steps: &[&str]) -> String {
        let Overview { message, status, channels, channel, mode, decided_at, due_at, finished_at, tries, reply, .. } = overview;
        let over = channel.as_ref().unwrap_or(channels);
        let nobody = if mode == Mode::Shadow.as_str() { ": nobody got it" } else { "" };
        let mut told = format!("{message} for {} by {over}, {status}{nobody}", steps.join(", "));
        match (finished_at, due_at) {
            (Some(at), _) => told.push_str(&format!(" {}", moment(self.zone, *at))),
            (None, Some(at)) => told.push_str(&format!(", looked at next {}", moment(self.zone, *at))),
            (None, None) => told.push_str(&format!(", decided {}", moment(self.zone, *decided_at))),
        }
        if *tries > 1 {
            told.push_str(&format!(", tried {tries} times"));
        }
        if let Some(reply) = reply {
            told.push_str(&format!("; {reply}"));
        }
        told
    }

    /// How far the past was decided again, and what stops everything.
    fn foot(&self, out: &mut Out) -> anyhow::Result<()> {
        if let Some(why) = &self.explained.parked {
            out.aside(Paint::Red, &format!("Nothing is decided: the customer was set aside ({}).", clean(why)))?;
        }
        let told = match &self.explained.past.ended {
            None => "Decided again now from the log, with the same result.".to_owned(),
            Some(Ended::Erased) => {
                let at = self.explained.erased_at.map_or_else(String::new, |at| format!(" {}", moment(self.zone, at)));
                format!("The person was erased{at}: what was known of them is gone, so decisions are told as they are stored.")
            }
            Some(Ended::OtherVersion) => {
                "From some moment on another version of this program decided: its decisions are told as they are stored.".to_owned()
            }
            Some(Ended::Broken(why)) => {
                let told = format!("The log does not come to the same again ({}); run: regua verify", clean(why));
                out.aside(Paint::Red, &told)?;
                return Ok(());
            }
        };
        out.aside(Paint::Dim, &told)?;
        Ok(())
    }
}

fn money(minor: i64, row: &OwedRow) -> String {
    let currency = regua_core::currency::Currency::parse(&row.currency);
    currency.map_or_else(|| minor.to_string(), |currency| Money::new(minor, currency).to_string())
}

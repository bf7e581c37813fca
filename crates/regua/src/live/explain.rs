//! `regua explain` on an installation: why something did or did not happen, from the log and from how things stand now.
//!
//! The engine tells the story; this prints it.

use std::collections::BTreeMap;

use regua_core::ledger::StoredEntry;
use regua_core::money::Money;
use regua_core::rulebook::Rule;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_engine::replay::Ended;
use regua_engine::telling::standing::Standing;
use regua_engine::telling::story::{Line, Story};
use regua_engine::telling::why::{day, moment};
use regua_store::outbox::Overview;
use regua_store::person::OwedRow;

use super::installation::Installation;
use crate::cli::ExplainArgs;
use crate::exit::{BadInput, Exit};
use crate::output::{Format, Listing, Out, Paint, clean};
use crate::world::World;

/// Carries out `explain`.
pub(crate) fn run(args: &ExplainArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let mut story = installation.engine.story(installation.tenant, &args.id, installation.zone()?, world.now)?;
    if let Some(wanted) = &args.step {
        let none =
            |known: Vec<String>| BadInput::new(format!("--step {wanted}: there is no such step here; there are {}", known.join(", ")));
        story.keep_step(wanted).map_err(none)?;
    }
    let told = Told(story);
    match args.listing.format {
        Format::Table => told.tell(out)?,
        format @ (Format::Json | Format::Csv) => out.listing(&told.rows(), format)?,
    }
    Ok(Exit::Done)
}

/// A story to print.
struct Told(Story);

impl Told {
    fn rows(&self) -> Listing {
        let columns =
            ["instant", "receivable_id", "customer_id", "step", "cycle", "outcome", "reason", "until", "channel", "rule", "sentence"];
        let mut rows = Listing::new(&columns.map(|name| (name, name)));
        let (zone, customer) = (self.0.zone, self.0.explained.external_id.as_str());
        for line in &self.0.lines {
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
        for (of, standing) in self.0.standings.iter().filter(|_| self.0.explained.message.is_none()) {
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
        let explained = &self.0.explained;
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
        rules.extend(self.0.lines.iter().filter_map(|line| line.rule.map(|rule| (rule.id, rule))));
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
        let standing = self.0.standings.get(&row.external_id);
        let due = standing.map_or_else(|| day(row.due_on), |standing| standing.due.clone());
        let walks = standing.map_or_else(String::new, |standing| format!("; {}", standing.walks));
        out.paragraph(0, &format!("{id} of {who}: {}, due {due}, {}{walks}", money(row.amount, row), row.status.replace('_', " ")))?;
        let of = |line: &&Line| line.receivable.as_ref().is_none_or(|of| *of == row.external_id);
        let lines: Vec<&Line> = self.0.lines.iter().filter(of).collect();
        let width = lines.iter().map(|line| line.label.chars().count()).max().unwrap_or(0);
        for line in lines {
            let head = format!("{}  {:width$}  ", moment(self.0.zone, line.at), line.label);
            let cited = line.rule.map(|rule| format!(" [{}]", rule.id)).unwrap_or_default();
            let whom = if line.receivable.is_none() { "the customer: " } else { "" };
            out.hanging(&head, &clean(&format!("{whom}{}{cited}", line.sentence)))?;
        }
        if self.0.explained.message.is_none() {
            if let Some(standing) = standing {
                self.now(standing, out)?;
            }
            let entries: Vec<String> =
                ledger.iter().map(|entry| format!("{} {} {}", entry.on, entry.kind.as_str().replace('_', " "), entry.amount)).collect();
            let owes = standing.filter(|standing| !standing.closed).map(|standing| format!("; {}", standing.owes)).unwrap_or_default();
            let balance = format!("{}; {} open{owes}", entries.join(", "), money(row.balance, row));
            out.hanging("ledger        ", &balance)?;
        }
        for (overview, items) in &self.0.explained.messages {
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
            out.hanging("waits         ", &format!("{} {}", wait.step, wait.sentence(self.0.zone)))?;
        }
        if standing.closed {
            return Ok(());
        }
        if !standing.comes.is_empty() {
            let comes: Vec<String> = standing.comes.iter().map(|(step, at)| format!("{step} {}", moment(self.0.zone, *at))).collect();
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
            (Some(at), _) => told.push_str(&format!(" {}", moment(self.0.zone, *at))),
            (None, Some(at)) => told.push_str(&format!(", looked at next {}", moment(self.0.zone, *at))),
            (None, None) => told.push_str(&format!(", decided {}", moment(self.0.zone, *decided_at))),
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
        if let Some(why) = &self.0.explained.parked {
            out.aside(Paint::Red, &format!("Nothing is decided: the customer was set aside ({}).", clean(why)))?;
        }
        let told = match &self.0.explained.past.ended {
            None => "Decided again now from the log, with the same result.".to_owned(),
            Some(Ended::Erased) => {
                let at = self.0.explained.erased_at.map_or_else(String::new, |at| format!(" {}", moment(self.0.zone, at)));
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

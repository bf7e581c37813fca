//! The story of a receivable, a customer or a message: every moment of its past as a line, and how things stand now.
//!
//! The past is decided again from the log, so that each reason has the numbers of its moment. Where that cannot be, since the
//! person was erased or another version decided, decisions are told as they are stored.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::decide::{Announced, Deferred, Message, Outcome, Row, StepRef};
use regua_core::ids::TenantId;
use regua_core::rulebook::Rule;
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::{Channel, Mode};

use super::happened::{self, InMessage};
use super::meaning;
use super::standing::{self, Standing};
use super::why::Case;
use crate::Engine;
use crate::commands::ahead::Ahead;
use crate::commands::explain::{Explained, Stored};
use crate::error::Result;
use crate::found;
use crate::log::Act;
use crate::replay::Moment;

/// Something that happened, or would with the next run.
#[derive(Clone, Debug)]
pub struct Line {
    /// When.
    pub at: Instant,
    /// The receivable, as its source calls it; the customer, with all of them, when absent.
    pub receivable: Option<String>,
    /// The step's name; empty when it is about none.
    pub step: String,
    /// The step for people: with its occurrence.
    pub label: String,
    /// Cycle and occurrence, as `decisions.csv` has them.
    pub cycle: String,
    /// told, done, skipped, deferred, message, note, task.
    pub outcome: &'static str,
    /// The reason's word; empty when there is none.
    pub reason: String,
    /// Until when it waits.
    pub until: Option<Instant>,
    /// The channels, joined by `;`; empty when there are none.
    pub channel: String,
    /// The rule of law behind it.
    pub rule: Option<&'static Rule>,
    /// The message that it is about.
    pub message: Option<String>,
    /// What happened, in a sentence.
    pub sentence: String,
}

/// All there is to tell.
#[derive(Clone, Debug)]
pub struct Story {
    /// What happened, oldest first.
    pub lines: Vec<Line>,
    /// How receivables stand, by what their source calls them.
    pub standings: BTreeMap<String, Standing>,
    /// The zone that sentences tell times in.
    pub zone: Zone,
    /// What there is to tell besides.
    pub explained: Explained,
}

impl Engine {
    /// The story of a receivable, a customer or a message.
    ///
    /// * `id` — ours, or what its source calls it; `rcv:` or `cus:` before it says which.
    /// * `zone` — for sentences, until the customer's own is known.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such thing; whatever the database says.
    pub fn story(&self, tenant: TenantId, id: &str, zone: Zone, now: Instant) -> Result<Story> {
        let mut seen = Seen { zone, lines: Vec::new(), standings: BTreeMap::new() };
        let explained = self.explain(tenant, id, now, &mut |moment| seen.see(&moment))?;
        let mut story = Story { lines: seen.lines, standings: seen.standings, zone: seen.zone, explained };
        story.add_stored();
        story.keep_asked();
        Ok(story)
    }
}

impl Story {
    /// Adds the decisions that could not be decided again.
    fn add_stored(&mut self) {
        for Stored { receivable, step, key: (cycle, occurrence), at, outcome, says, rule } in std::mem::take(&mut self.explained.stored) {
            let skipped = outcome != "done";
            let cited = rule.map(|rule| format!(" [{rule}]")).unwrap_or_default();
            let told = format!("{}{cited}", says.unwrap_or_else(|| format!("`{step}`: {outcome}")));
            self.lines.push(Line {
                receivable: Some(receivable),
                label: if occurrence == 0 { step.clone() } else { format!("{step} {occurrence}") },
                cycle: cycle_of(cycle, occurrence),
                outcome: if skipped { "skipped" } else { "done" },
                reason: if skipped { outcome } else { String::new() },
                step,
                ..Line::told(at, told)
            });
        }
        self.lines.sort_by_key(|line| line.at);
    }

    /// Leaves out what was not asked for.
    fn keep_asked(&mut self) {
        let asked: BTreeSet<String> = self.explained.owed.iter().map(|(row, _)| row.external_id.clone()).collect();
        self.lines.retain(|line| line.receivable.as_ref().is_none_or(|of| asked.contains(of)));
        self.standings.retain(|of, _| asked.contains(of));
        if let Some((overview, items)) = self.explained.message.and_then(|_| self.explained.messages.first()) {
            let (id, decided) = (overview.message.to_string(), overview.decided_at);
            let is_of = |line: &Line| items.iter().any(|(of, step)| line.receivable.as_ref() == Some(of) && line.step == *step);
            self.lines.retain(|line| line.message.as_ref() == Some(&id) || (line.at == decided && line.outcome == "done" && is_of(line)));
        }
    }

    /// Leaves out what is not about a step.
    ///
    /// # Errors
    /// The steps that there are, when this is none of them.
    pub fn keep_step(&mut self, wanted: &str) -> Result<(), Vec<String>> {
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
            return Err(known.into_iter().collect());
        }
        self.lines.retain(|line| of_step(&line.step));
        Ok(())
    }
}

impl Line {
    /// A sentence about the customer.
    #[must_use]
    pub const fn told(at: Instant, sentence: String) -> Self {
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

/// Gathers moments as the engine shows them.
struct Seen {
    zone: Zone,
    lines: Vec<Line>,
    standings: BTreeMap<String, Standing>,
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
            Moment::Heard { at, is, channel, message } => self.lines.push(Line {
                outcome: "message",
                reason: (*is).to_owned(),
                channel: channel.as_str().to_owned(),
                message: message.map(str::to_owned),
                ..Line::told(*at, heard(is, *channel, *message))
            }),
            Moment::Noted { at, receivable, text, by } => {
                let sentence = format!("{by} noted: {text}");
                self.lines.push(Line { receivable: receivable.map(str::to_owned), outcome: "note", ..Line::told(*at, sentence) });
            }
            Moment::Worked { at, receivable, is, code, back_on, by } => {
                if let Some(sentence) = worked(is, *code, *back_on, by) {
                    let told = Line::told(*at, sentence);
                    let reason = code.unwrap_or(is).to_string();
                    self.lines.push(Line { receivable: receivable.map(str::to_owned), outcome: "task", reason, ..told });
                }
            }
            Moment::Now(ahead) => {
                self.zone = ahead.facts.zone;
                self.decided(ahead, true);
                self.standings = standing::of(ahead);
            }
        }
    }

    /// What was decided; what would be with the next run, whose waiting is told with what waits.
    fn decided(&mut self, ahead: &Ahead<'_>, next: bool) {
        let rows = ahead.decisions.rows.iter().enumerate().filter_map(|(index, row)| decided(ahead, row, index));
        for line in rows {
            let sentence = if next { format!("with the next run: {}", line.sentence) } else { line.sentence };
            self.lines.push(Line { sentence, ..line });
        }
        if !next {
            self.lines.extend(ahead.decisions.deferrals.iter().filter_map(|deferred| waits(ahead, deferred)));
        }
    }
}

fn decided(ahead: &Ahead<'_>, row: &Row, index: usize) -> Option<Line> {
    let walk = ahead.facts.walks.get(row.walk)?;
    let receivable = *ahead.receivables.get(row.walk)?;
    let found = found::find(ahead.policies, walk, row.step)?;
    let case = Case { policies: ahead.policies, facts: ahead.facts, walk, found, now: ahead.now, rule: row.rule };
    let (why, outcome, reason) = match row.outcome {
        Outcome::Done => (found.says(), "done", ""),
        Outcome::Skipped(reason) => (case.skipped(reason), "skipped", reason.as_str()),
    };
    let message = row.message.and_then(|message| ahead.decisions.messages.get(message));
    let others = message.map(|message| others(ahead, message, receivable)).unwrap_or_default();
    let announces: Vec<(String, Day)> = message.map(|message| announces(ahead, message, row.walk)).unwrap_or_default();
    let part = message.map(|message| InMessage {
        channels: message.channels,
        others: &others,
        leads: message.lead == index,
        announces: &announces,
    });
    let name = found.name();
    let sentence = happened::decided(row.outcome, &why, row.mode == Mode::Shadow, part);
    Some(Line {
        receivable: Some(receivable.to_owned()),
        label: if row.occurrence == 0 { name.clone() } else { format!("{name} {}", row.occurrence) },
        step: name,
        cycle: cycle_of(row.cycle.into(), row.occurrence.into()),
        outcome,
        reason: reason.to_owned(),
        channel: message.map(|message| message.channels.to_string()).unwrap_or_default(),
        rule: row.rule,
        ..Line::told(ahead.now, sentence)
    })
}

fn waits(ahead: &Ahead<'_>, deferred: &Deferred) -> Option<Line> {
    let walk = ahead.facts.walks.get(deferred.walk)?;
    let receivable = *ahead.receivables.get(deferred.walk)?;
    let found = found::find(ahead.policies, walk, deferred.step)?;
    let case = Case { policies: ahead.policies, facts: ahead.facts, walk, found, now: ahead.now, rule: deferred.rule };
    let sentence = happened::waits(ahead.facts.zone, deferred.until, deferred.reason, &case.waits(deferred.reason));
    Some(Line {
        receivable: Some(receivable.to_owned()),
        label: found.name(),
        step: found.name(),
        outcome: "deferred",
        reason: deferred.reason.as_str().to_owned(),
        until: Some(deferred.until).filter(|until| *until != Instant::NEVER),
        rule: deferred.rule,
        ..Line::told(ahead.now, sentence)
    })
}

/// The other receivables of a message, each once.
fn others(ahead: &Ahead<'_>, message: &Message, own: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let items = message.rows.iter().filter_map(|&row| ahead.receivables.get(ahead.decisions.rows.get(row)?.walk));
    for item in items.filter(|item| **item != own) {
        if !found.iter().any(|known| known == item) {
            found.push((*item).to_owned());
        }
    }
    found
}

/// What a message announces of a receivable.
fn announces(ahead: &Ahead<'_>, message: &Message, walk: usize) -> Vec<(String, Day)> {
    let name = |named: &Announced| {
        let found = found::find(ahead.policies, ahead.facts.walks.get(named.walk)?, StepRef::Step(named.step))?;
        Some((found.name(), named.named))
    };
    message.announces.iter().filter(|named| named.walk == walk).filter_map(name).collect()
}

fn cycle_of(cycle: i64, occurrence: i64) -> String {
    if occurrence == 0 { cycle.to_string() } else { format!("{cycle}.{occurrence}") }
}

fn over(channel: Option<Channel>) -> String {
    channel.map_or_else(String::new, |channel| format!(" by {channel}"))
}

/// What a person did about a task, in a sentence; nothing for who took it and gave it back.
fn worked(is: &str, code: Option<&str>, back_on: Option<Day>, by: &str) -> Option<String> {
    let came = match (is, code) {
        ("claimed" | "released", _) => return None,
        ("worked", Some("promised")) => "they promised to pay",
        ("worked", Some("no_answer")) => "nobody was reached",
        ("worked", Some("wrong_number")) => "the number is somebody else's",
        ("worked", Some("disputes")) => "they contest the debt",
        ("worked", Some("pays_later")) => "they pay later",
        ("worked", Some("paid_already")) => "they say that they paid",
        ("worked", _) => "the task was worked",
        (_, _) => "the task waits again",
    };
    let back = back_on.map_or_else(String::new, |day| format!("; somebody looks again on {day}"));
    Some(format!("{came}{back} (by {by})"))
}

/// What was heard of a message or of its reader, in a sentence.
fn heard(is: &str, channel: Channel, message: Option<&str>) -> String {
    let message = message.unwrap_or("a message");
    match is {
        "delivered" => format!("{message} arrived by {channel}, as its carrier tells"),
        "failed" => format!("{message} did not arrive by {channel}, as its carrier tells"),
        "read" => format!("{message} was seen by its reader"),
        "clicked" => format!("the link of {message} was followed"),
        "opened" => format!("the picture of {message} was fetched, by its reader as far as that can be told"),
        "prefetched" => format!("the picture of {message} was fetched by a program"),
        "replied" => format!("the customer wrote by {channel}; a person should look"),
        other => format!("{message}: {other}"),
    }
}

/// Who did something, and why.
fn by(act: Option<&Act>) -> String {
    act.map_or_else(String::new, |act| match &act.reason {
        Some(reason) => format!(" (by {}: {reason})", act.by),
        None => format!(" (by {})", act.by),
    })
}

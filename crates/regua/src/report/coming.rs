//! What comes next, from a walk ahead: the plan day by day and messages as they will be sent.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use regua_core::decide::Outcome;
use regua_core::policy::Policy;
use regua_core::policy::program::{Act, Ladder, Step};
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::Tone;
use regua_wire::files::Portfolio;
use regua_wire::messages::locale;

use super::data::{Kind, Lang, Message, Plan, PlanDay, PlanRow};
use super::format::fill;
use super::steps;
use crate::letters::Letter;
use crate::witness::{Decided, Event, Sent, What};

/// Rows of one day that the page shows.
const ROWS_MAX: usize = 6;
/// Messages that the page shows.
const MESSAGES: usize = 3;

/// What a walk ahead saw, and what it is about.
#[derive(Clone, Copy)]
pub(crate) struct Coming<'a> {
    /// In order of time.
    pub(crate) events: &'a [Event],
    /// The zone of each customer, by index.
    pub(crate) zones: &'a [Zone],
    /// Whom the events are about.
    pub(crate) portfolio: &'a Portfolio,
    /// The policy walked.
    pub(crate) policy: &'a Policy,
    /// The language of the page.
    pub(crate) lang: Lang,
}

/// A step by its name in `decisions.csv`.
struct Named {
    label: String,
    kind: Kind,
    /// Along the due date, for a step that has such a place.
    when: Option<String>,
}

impl Coming<'_> {
    /// What will be done on the days from the first to the last: one row a message, or a step without one.
    pub(crate) fn plan(&self, span: (Day, Day)) -> Plan {
        let mut days: BTreeMap<Day, Vec<PlanRow>> = BTreeMap::new();
        let mut messages: BTreeMap<(Instant, u32), usize> = BTreeMap::new();
        for (event, decided) in self.done() {
            let (on, at) = self.local(event);
            let named = self.named(&decided.step);
            let rows = days.entry(on).or_default();
            if let Some(sent) = &decided.sent {
                // What goes out in one message is one row, named after the step that leads it.
                let known = messages.get(&(event.at, event.customer)).and_then(|place| rows.get_mut(*place));
                if let Some(row) = known {
                    row.amount = row.amount.plus(decided.due).unwrap_or(row.amount);
                    if sent.leads {
                        (row.step, row.kind) = (named.label, named.kind);
                    }
                    continue;
                }
                messages.insert((event.at, event.customer), rows.len());
            }
            let channel = decided.sent.as_ref().and_then(|sent| sent.channels.iter().next());
            let customer = self.customer(event.customer);
            rows.push(PlanRow { at, customer, step: named.label, kind: named.kind, channel, amount: decided.due });
        }
        Plan { span, days: days.into_iter().map(|(on, rows)| day(on, rows)).collect() }
    }

    /// Messages that differ in tone, else in template, each as its reader gets it.
    pub(crate) fn messages(&self, from: &str) -> Vec<Message> {
        let letters = || {
            self.done().filter_map(|(event, decided)| {
                let sent = decided.sent.as_ref()?;
                sent.letters.first().map(|letter| (event, decided, sent, letter))
            })
        };
        let (mut templates, mut channels, mut customers) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let mut chosen: Vec<Message> = Vec::new();
        for tone in [Some(Tone::Friendly), Some(Tone::Neutral), Some(Tone::Firm), None, None] {
            if chosen.len() == MESSAGES {
                break;
            }
            let fits = |letter: &Letter| tone.is_none_or(|tone| letter.tone == tone) && !templates.contains(letter.template.as_str());
            // A step of the rule tells more than a reaction, another channel and another customer more than the same.
            let known = |(event, decided, _, letter): &(&Event, &Decided, &Sent, &Letter)| {
                (self.named(&decided.step).when.is_none(), channels.contains(&letter.channel), customers.contains(&event.customer))
            };
            let found = letters().filter(|(.., letter)| fits(letter)).min_by_key(known);
            if let Some((event, decided, sent, letter)) = found {
                templates.insert(letter.template.as_str());
                channels.insert(letter.channel);
                customers.insert(event.customer);
                chosen.push(self.message(event, decided, sent, letter, from));
            }
        }
        chosen.sort_by_key(|message| (message.tone, message.on, message.at));
        chosen
    }

    fn done(&self) -> impl Iterator<Item = (&Event, &Decided)> {
        self.events.iter().filter_map(|event| match &event.what {
            What::Decided(decided) if decided.outcome == Outcome::Done => Some((event, decided)),
            What::Decided(_) | What::Waits { .. } | What::Paid { .. } => None,
        })
    }

    fn message(&self, event: &Event, decided: &Decided, sent: &Sent, letter: &Letter, from: &str) -> Message {
        let (on, at) = self.local(event);
        let named = self.named(&decided.step);
        let texts = self.lang.texts();
        let mut why = match named.when {
            Some(when) => fill(texts.why_step, &[&decided.step, &when]),
            None => fill(texts.why_event, &[&named.label]),
        };
        for (step, day) in &sent.announces {
            let what = self.named(step).label;
            why = format!("{why} {}", fill(texts.why_announces, &[&what, &locale::date_short(self.lang.language(), *day)]));
        }
        let to = match self.customer(event.customer) {
            name if letter.to.is_empty() => name,
            name => format!("{name} · {}", letter.to),
        };
        let (subject, body) = (letter.subject.clone(), letter.body.clone());
        Message { on, at, channel: letter.channel, tone: letter.tone, from: from.to_owned(), to, subject, body, why }
    }

    fn local(&self, event: &Event) -> (Day, LocalTime) {
        let zone = usize::try_from(event.customer).ok().and_then(|place| self.zones.get(place)).copied().unwrap_or(self.policy.zone);
        let (day, secs) = zone.local(event.at);
        let minutes = u16::try_from(secs / 60).unwrap_or(0);
        (day, LocalTime::new(minutes / 60, minutes % 60).unwrap_or(LocalTime::MIDNIGHT))
    }

    fn customer(&self, customer: u32) -> String {
        let row = usize::try_from(customer).ok().and_then(|place| self.portfolio.customers.get(place));
        row.map_or_else(String::new, |row| row.customer.name.as_deref().unwrap_or(&row.id).to_owned())
    }

    /// The step of a name: in a ladder, the notice of one, or a reaction. Ladders that share a name share its meaning.
    fn named(&self, name: &str) -> Named {
        if let Some((ladder, step)) = self.step(name) {
            let when = steps::when(self.lang, ladder, step);
            return Named { label: steps::label(self.lang, &step.act), kind: steps::kind(&step.act), when: Some(when) };
        }
        if let Some((_, step)) = name.strip_suffix(".notice").and_then(|name| self.step(name)) {
            return Named { label: steps::notice(self.lang, &step.act), kind: Kind::Contact(Tone::Firm), when: None };
        }
        match self.policy.reactions.iter().find(|reaction| reaction.id == name) {
            Some(reaction) => Named { label: steps::reaction(self.lang, reaction), kind: steps::kind(&reaction.act), when: None },
            None => Named { label: name.to_owned(), kind: steps::kind(&Act::WriteOff), when: None },
        }
    }

    fn step(&self, name: &str) -> Option<(&Ladder, &Step)> {
        self.policy.ladders.iter().find_map(|ladder| Some((ladder, ladder.steps.iter().find(|step| step.id == name)?)))
    }
}

/// One day: how often each step happens, and the rows that weigh most.
fn day(on: Day, mut rows: Vec<PlanRow>) -> PlanDay {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &rows {
        *counts.entry(&row.step).or_default() += 1;
    }
    let mut steps: Vec<(String, i64)> = counts.into_iter().map(|(step, count)| (step.to_owned(), count)).collect();
    steps.sort_by_key(|(_, count)| Reverse(*count));
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    rows.sort_by_key(|row| (Reverse(weight(row.kind)), Reverse(row.amount.minor())));
    rows.truncate(ROWS_MAX);
    PlanDay { on, steps, rows, total }
}

/// What a person wants to see first.
const fn weight(kind: Kind) -> u8 {
    match kind {
        Kind::Adverse => 5,
        Kind::Neutral => 4,
        Kind::Contact(Tone::Firm) => 3,
        Kind::Contact(Tone::Neutral) => 2,
        Kind::Charge => 1,
        Kind::Contact(Tone::Friendly) => 0,
    }
}

//! How a receivable stands now: what waits and why, what comes when, what stands still, what is due.
//!
//! Deliberately absent: deciding. The engine has decided at this moment and shows the facts behind it.

use std::collections::BTreeMap;

use super::happened;
use super::why::{Case, day, moment};
use crate::commands::ahead::Ahead;
use crate::found::{self, Found};
use regua_core::decide::StepRef;
use regua_core::facts::{Cause, Deferral, Span, Stand, Walk};
use regua_core::time::{Instant, Zone};
use regua_core::words::DeferReason;

/// A receivable now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The segment it entered with, and its ladder.
    pub walks: String,
    /// When it is due, and what that rolls to.
    pub due: String,
    /// What settles it today, in words.
    pub owes: String,
    /// What holds it.
    pub still: Vec<String>,
    /// Steps that wait.
    pub waits: Vec<Wait>,
    /// Steps whose moment comes, the first one first.
    pub comes: Vec<(String, Instant)>,
    /// Steps whose moment nobody knows yet.
    pub unknown: Vec<String>,
    /// Whether it is closed.
    pub closed: bool,
}

/// A step that waits.
#[derive(Clone, Debug)]
pub struct Wait {
    /// Its name, with its occurrence when it repeats.
    pub step: String,
    /// Why.
    pub reason: DeferReason,
    /// [`Instant::NEVER`] until a fact ends it.
    pub until: Instant,
    /// Since when.
    pub since: Instant,
    /// Why, in a sentence.
    pub why: String,
}

impl Wait {
    /// Until when and why, in a sentence.
    #[must_use]
    pub fn sentence(&self, zone: Zone) -> String {
        let told = happened::waits(zone, self.until, self.reason, &self.why);
        format!("{told}; since {}", moment(zone, self.since))
    }
}

/// Every receivable of a customer, by what its source calls it.
#[must_use]
pub fn of(ahead: &Ahead<'_>) -> BTreeMap<String, Standing> {
    let walks = ahead.facts.walks.iter().zip(ahead.receivables);
    walks.filter_map(|(walk, id)| Some(((*id).to_owned(), one(ahead, walk)?))).collect()
}

fn one(ahead: &Ahead<'_>, walk: &Walk) -> Option<Standing> {
    let policies = ahead.policies;
    let policy = policies.get(walk.policy);
    let segment = policy.segments.get(walk.segment)?;
    let ladder = policy.ladders.get(segment.ladder)?;
    let mut own = Standing {
        walks: format!("segment {}, ladder {} of \"{}\"", segment.name, ladder.name, policy.name),
        due: if walk.due == walk.due_on { day(walk.due_on) } else { format!("{}, which rolls to {}", day(walk.due_on), day(walk.due)) },
        owes: owes(ahead, walk),
        still: still(ahead, walk),
        waits: Vec::new(),
        comes: Vec::new(),
        unknown: Vec::new(),
        closed: walk.closed.is_some(),
    };
    for (slot, state) in policies.slots(walk.policy, segment.ladder).iter().zip(&walk.slots) {
        if state.stand != Stand::Open || state.settled_before {
            continue;
        }
        let notice = slot.kind == regua_core::facts::SlotKind::Notice;
        let step = if notice { StepRef::Notice(slot.step) } else { StepRef::Step(slot.step) };
        let Some(found) = found::find(policies, walk, step) else { continue };
        let name = if slot.occurrence == 0 { found.name() } else { format!("{} {}", found.name(), slot.occurrence) };
        match &state.deferral {
            Some(deferral) => own.waits.push(waits(ahead, walk, found, name, deferral)),
            // A notice has no moment of its own: it comes when its step must be announced.
            None if notice => {}
            None if state.raw == Instant::NEVER => own.unknown.push(name),
            None => own.comes.push((name, state.raw)),
        }
    }
    for known in walk.reactions.iter().filter(|known| known.stand == Stand::Open) {
        let Some(found) = found::find(policies, walk, StepRef::Reaction(known.reaction)) else { continue };
        match &known.deferral {
            Some(deferral) => own.waits.push(waits(ahead, walk, found, found.name(), deferral)),
            None => own.comes.push((found.name(), known.raw)),
        }
    }
    own.comes.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    own.unknown.dedup();
    Some(own)
}

fn waits(ahead: &Ahead<'_>, walk: &Walk, found: Found<'_>, step: String, deferral: &Deferral) -> Wait {
    let case = Case { policies: ahead.policies, facts: ahead.facts, walk, found, now: ahead.now, rule: None };
    let Deferral { reason, until, since } = *deferral;
    Wait { step, reason, until, since, why: case.waits(reason) }
}

/// What settles it today, and what of that is not principal.
fn owes(ahead: &Ahead<'_>, walk: &Walk) -> String {
    let due = walk.ledger.amount_due(&walk.terms(ahead.policies), ahead.facts.zone.day_of(ahead.now));
    let parts = [("fine", due.fine), ("interest", due.interest), ("fees", due.fixed), ("discount", due.discount)];
    let parts: Vec<String> = parts.iter().filter(|(_, part)| part.minor() != 0).map(|(name, part)| format!("{name} {part}")).collect();
    let with = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let late = match due.days_late {
        0 => String::new(),
        1 => ", 1 day late".to_owned(),
        many => format!(", {many} days late"),
    };
    format!("{} settles it today{with}{late}", due.total)
}

/// What freezes it, the customer's own causes included.
fn still(ahead: &Ahead<'_>, walk: &Walk) -> Vec<String> {
    let (facts, now) = (ahead.facts, ahead.now);
    let mut still = Vec::new();
    let open = |spans: &[Span]| spans.iter().rev().find(|span| span.holds(now) && span.until == Instant::NEVER).map(|span| span.from);
    let mut named = |causes: &[Cause], spans: &[Span], whose: &str| {
        if causes.is_empty() {
            return;
        }
        let words: Vec<&str> = causes.iter().map(|cause| cause.as_str()).collect();
        let since = open(spans).map_or_else(String::new, |from| format!(", since {}", moment(facts.zone, from)));
        still.push(format!("{}{whose}{since}", words.join(" and ")));
    };
    named(&walk.causes, &walk.freezes, "");
    named(&facts.causes, &facts.freezes, " of the customer");
    let until = |span: &Span| {
        let until = if span.until == Instant::NEVER { "it is lifted".to_owned() } else { moment(facts.zone, span.until) };
        format!("since {}, until {until}", moment(facts.zone, span.from))
    };
    let promised: Vec<String> = walk.promises.iter().map(|promise| format!("promise to pay on {}", day(promise.on))).collect();
    let frozen = walk.freezes.iter().filter(|span| span.holds(now) && span.until != Instant::NEVER);
    let frozen = frozen.map(|span| {
        let what = if promised.is_empty() { "frozen".to_owned() } else { promised.join(", ") };
        format!("{what}, {}", until(span))
    });
    still.extend(frozen);
    still.extend(walk.paused.iter().filter(|span| span.holds(now)).map(|span| format!("paused by the company, {}", until(span))));
    still.extend(walk.in_flight.iter().filter(|span| span.holds(now)).map(|span| format!("a payment is on its way, {}", until(span))));
    still
}

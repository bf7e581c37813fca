//! One customer's life as a script of facts, walked by `decide`.

use std::borrow::Cow;
use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::decide::{Decisions, Message, Outcome, StepRef, decide};
use regua_core::facts::{Approvals, Facts, Failure, NewWalk, Policies};
use regua_core::ledger::Ledger;
use regua_core::money::Money;
use regua_core::party::{Address, Consent, ContactPoint, Customer, Health};
use regua_core::policy;
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::{Channel, DeferReason, Rail};

/// A fact of the script.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Enter { issued_on: Day, due_on: Day, minor: i64, currency: Currency, method: Option<Rail> },
    Pay { receivable: usize, on: Day, minor: Option<i64> },
    Hold { receivable: Option<usize> },
    Release { receivable: Option<usize> },
    Promise { receivable: usize, on: Day },
    Initiated { receivable: usize },
    ChargeFailed { receivable: usize, needs_payer: bool },
    Reopen { receivable: usize },
    Reject { receivable: usize, step: usize },
    Withhold { receivable: usize, step: usize },
}

/// What was decided, as a line of text and as parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub at: Instant,
    pub receivable: usize,
    pub order: u16,
    pub step: String,
    pub cycle: u16,
    pub occurrence: u16,
    pub outcome: Outcome,
    pub message: Option<usize>,
}

/// A customer's life as decided.
#[derive(Default)]
pub(crate) struct Life {
    pub rows: Vec<Told>,
    pub messages: Vec<(Instant, Message)>,
    pub deferrals: Vec<(Instant, usize, String, DeferReason)>,
}

impl Life {
    /// One line per row in the order of `decisions.csv`: `step[.occurrence] outcome local-time [channel]`.
    pub(crate) fn lines(&self, zone: Zone) -> Vec<String> {
        self.rows
            .iter()
            .map(|row| {
                let outcome = match row.outcome {
                    Outcome::Done => "done".to_owned(),
                    Outcome::Skipped(reason) => reason.to_string(),
                };
                let channel = row.message.map(|message| format!(" {}", self.messages[message].1.channels)).unwrap_or_default();
                let occurrence = if row.occurrence == 0 { String::new() } else { format!(".{}", row.occurrence) };
                let cycle = if row.cycle == 0 { String::new() } else { format!("/{}", row.cycle) };
                format!("r{} {}{occurrence}{cycle} {outcome} {}{channel}", row.receivable, row.step, &zone.rfc3339(row.at)[..16])
            })
            .collect()
    }
}

/// How the engine is driven.
#[derive(Clone, Default)]
pub(crate) struct Drive {
    /// Asleep in these spans.
    pub down: Vec<(Instant, Instant)>,
    /// Decides at these instants too, with every cache dropped.
    pub extra: Vec<Instant>,
    /// Drops every cache before each decision.
    pub touch: bool,
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).expect("a date")
}

pub(crate) fn policies(text: &str) -> Policies {
    let policy = policy::compile(text, &policy::Names::default()).unwrap_or_else(|findings| panic!("{findings:?}"));
    Policies::new(vec![Arc::new(policy)]).expect("one policy")
}

pub(crate) fn customer(channels: &[(Channel, Consent)]) -> Customer {
    let contacts = channels.iter().map(|&(channel, consent)| ContactPoint {
        channel,
        address: Address::Token("somewhere".into()),
        role: None,
        consent,
        health: Health::Usable,
    });
    Customer { contacts: contacts.collect(), ..Customer::default() }
}

/// Walks a script to its end (or to a bound that no real life reaches).
pub(crate) fn live(policies: &Policies, customer: &Customer, zone: Zone, script: &[(Instant, Fact)], drive: &Drive) -> Life {
    let mut facts = Facts::new(Cow::Borrowed(customer), zone);
    facts.approvals = Approvals::AtOnce;
    let mut pending: Vec<(Instant, Fact)> = script.to_vec();
    pending.sort_by_key(|(at, _)| *at);
    pending.reverse();
    let mut extra: Vec<Instant> = drive.extra.clone();
    extra.sort();
    extra.reverse();
    let mut breaks: Vec<(Instant, usize, Day)> = Vec::new();
    let (mut life, mut out) = (Life::default(), Decisions::default());
    let (mut next, mut woke, mut ranks) = (Instant::NEVER, Instant::DAWN, 0);
    for _ in 0..200_000 {
        let soonest = breaks.iter().map(|known| known.0).min().unwrap_or(Instant::NEVER);
        let fact = pending.last().map_or(Instant::NEVER, |(at, _)| *at);
        let tick = extra.last().copied().unwrap_or(Instant::NEVER);
        let mut now = next.min(fact).min(soonest).min(tick);
        if now == Instant::NEVER {
            return life;
        }
        if let Some(&(_, until)) = drive.down.iter().find(|(from, until)| *from <= now && now < *until) {
            now = until;
            woke = until;
        }
        while extra.last().is_some_and(|&at| at <= now) {
            extra.pop();
            facts.touch();
        }
        while pending.last().is_some_and(|(at, _)| *at <= now) {
            let (at, fact) = pending.pop().expect("just seen");
            apply(&mut facts, policies, &mut breaks, &mut ranks, at, fact);
        }
        breaks.retain(|&(at, receivable, on)| {
            if at <= now && !facts.walks[receivable].ledger.is_settled() {
                facts.promise_broken(receivable, on, at, policies);
            }
            at > now
        });
        let today = facts.zone.midnight(facts.zone.day_of(now));
        let read = if drive.down.iter().any(|(from, until)| *from <= today && today < *until) { woke } else { today };
        facts.source_read_at = read.max(woke);
        if drive.touch {
            facts.touch();
        }
        out.clear();
        next = decide(&mut facts, policies, now, &mut out);
        assert!(next > now, "the next instant is in the future");
        record(&mut life, &facts, policies, now, &out);
    }
    panic!("a life without end");
}

fn apply(facts: &mut Facts<'_>, policies: &Policies, breaks: &mut Vec<(Instant, usize, Day)>, ranks: &mut u32, at: Instant, fact: Fact) {
    match fact {
        Fact::Enter { issued_on, due_on, minor, currency, method } => {
            let ledger = Ledger::new(Money::new(minor, currency), issued_on, at).expect("an amount");
            let new = NewWalk { rank: *ranks, issued_on, due_on, ledger, method, subscription: None };
            *ranks += 1;
            facts.enter(new, at, policies, policies.newest_index()).expect("a segment");
        }
        Fact::Pay { receivable, on, minor } if receivable < facts.walks.len() => {
            let currency = facts.walks[receivable].ledger.currency();
            facts.pay(receivable, on, minor.map(|minor| Money::new(minor, currency)), at, policies).expect("a payment");
        }
        Fact::Hold { receivable } if receivable.is_none_or(|index| index < facts.walks.len()) => {
            facts.freeze(receivable, at, Instant::NEVER);
        }
        Fact::Release { receivable } if receivable.is_none_or(|index| index < facts.walks.len()) => facts.thaw(receivable, at),
        Fact::Promise { receivable, on } if receivable < facts.walks.len() => {
            breaks.push((facts.promise(receivable, on, at, policies), receivable, on));
        }
        Fact::Initiated { receivable } if receivable < facts.walks.len() => facts.initiated(receivable, None, at, policies),
        Fact::ChargeFailed { receivable, needs_payer } if receivable < facts.walks.len() => {
            facts.charge_failed(receivable, Failure { at, step: None, reason: "insufficient_funds".into(), needs_payer }, policies);
        }
        Fact::Reopen { receivable } if receivable < facts.walks.len() => {
            let on = facts.zone.day_of(at);
            // Nothing was paid: nothing comes back.
            let _ = facts.reopen(receivable, None, on, at, policies);
        }
        Fact::Reject { receivable, step } if receivable < facts.walks.len() => {
            facts.walks[receivable].verdicts.rejected.push(step);
            facts.touch();
        }
        Fact::Withhold { receivable, step } if receivable < facts.walks.len() => {
            facts.walks[receivable].verdicts.withheld.push(step);
            facts.touch();
        }
        // A fact about a receivable that is not known yet says nothing.
        Fact::Pay { .. }
        | Fact::Hold { .. }
        | Fact::Release { .. }
        | Fact::Promise { .. }
        | Fact::Initiated { .. }
        | Fact::ChargeFailed { .. }
        | Fact::Reopen { .. }
        | Fact::Reject { .. }
        | Fact::Withhold { .. } => {}
    }
}

fn record(life: &mut Life, facts: &Facts<'_>, policies: &Policies, now: Instant, out: &Decisions) {
    let name = |walk: usize, step: StepRef| {
        let walk = &facts.walks[walk];
        let rules = policies.get(walk.policy);
        let ladder = &rules.ladders[rules.segments[walk.segment].ladder];
        match step {
            StepRef::Step(index) => ladder.steps[index].id.clone(),
            StepRef::Notice(index) => format!("{}.notice", ladder.steps[index].id),
            StepRef::Reaction(index) => rules.reactions[index].id.clone(),
        }
    };
    let base = life.messages.len();
    let first = life.rows.len();
    life.messages.extend(out.messages.iter().map(|message| (now, message.clone())));
    life.rows.extend(out.rows.iter().map(|row| Told {
        at: now,
        receivable: row.walk,
        order: row.order,
        step: name(row.walk, row.step),
        cycle: row.cycle,
        occurrence: row.occurrence,
        outcome: row.outcome,
        message: row.message.map(|message| base + message),
    }));
    life.rows[first..].sort_by_key(|row| (row.receivable, row.order, row.cycle, row.occurrence));
    life.deferrals.extend(out.deferrals.iter().map(|wait| (now, wait.walk, name(wait.walk, wait.step), wait.reason)));
}

/// The moment at which a receivable known by date becomes known.
pub(crate) fn known(zone: Zone, on: Day, hour: u16) -> Instant {
    zone.at(on, LocalTime::hour(hour))
}

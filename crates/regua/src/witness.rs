//! Looks on while customers are walked and keeps what happened as sentences: for `plan`, `explain` and `demo`.

use regua_core::decide::{Decisions, Deferred, Message, Outcome, Row};
use regua_core::facts::{Channels, Facts, Policies, SlotKind, SlotState};
use regua_core::money::Money;
use regua_core::rulebook::Rule;
use regua_core::time::{Day, Instant};
use regua_core::words::{DeferReason, Mode, SkipReason};
use regua_sim::backtest::{Backtest, Paid, Step, Watch};

use crate::letters::{Letter, Letters};
use regua_engine::found::{self, Found, Sort};
use regua_engine::telling::happened::{self, InMessage};
use regua_engine::telling::why::{Case, day};

/// Something that happened to a receivable.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// When it was decided or became known.
    pub(crate) at: Instant,
    /// Index into the portfolio's customers.
    pub(crate) customer: u32,
    /// Index into the portfolio's receivables.
    pub(crate) receivable: u32,
    /// What.
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A final decision.
    Decided(Decided),
    /// A step began to wait, or waits for another reason.
    Waits {
        /// The step's name.
        step: String,
        /// Why.
        reason: DeferReason,
        /// Until when; [`Instant::NEVER`] until a fact ends it.
        until: Instant,
        /// Why, in a sentence.
        why: String,
        /// The rule of law behind it.
        rule: Option<&'static Rule>,
    },
    /// A payment became known.
    Paid {
        /// The money that moved.
        amount: Money,
        /// The payer's day.
        on: Day,
        /// Whether nothing is open now.
        settled: bool,
    },
}

/// A final decision, as told.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    /// The step's name.
    pub(crate) step: String,
    /// The cycle and occurrence, as `decisions.csv` has them.
    pub(crate) cycle: String,
    /// Its place among the decisions of one moment.
    pub(crate) order: u16,
    /// Done, or skipped and why.
    pub(crate) outcome: Outcome,
    /// What it is to the customer.
    pub(crate) sort: Sort,
    /// What was done, or why not, in a sentence.
    pub(crate) why: String,
    /// The amount due on that day.
    pub(crate) due: Money,
    /// The rule of law that was looked at.
    pub(crate) rule: Option<&'static Rule>,
    /// Whether only shadow sees it.
    pub(crate) shadow: bool,
    /// The message, if there is one.
    pub(crate) sent: Option<Sent>,
}

/// The message that a decision became part of.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Where it went.
    pub(crate) channels: Channels,
    /// The receivables that it is about, the most severe first.
    pub(crate) items: Vec<u32>,
    /// Whether this decision gave it template, tone and channels.
    pub(crate) leads: bool,
    /// The adverse steps of this receivable that it names, with their dates.
    pub(crate) announces: Vec<(String, Day)>,
    /// The message as its reader gets it, with the leading decision, where letters are asked for.
    pub(crate) letters: Vec<Letter>,
    /// Why it could not be rendered.
    pub(crate) unwritten: Option<String>,
}

/// What a receivable came to.
#[derive(Clone, Debug)]
pub(crate) struct End {
    /// Index into the portfolio's receivables.
    pub(crate) receivable: u32,
    /// The segment it entered with.
    pub(crate) segment: String,
    /// The ladder it walks.
    pub(crate) ladder: String,
    /// D: the due date rolled to an open day.
    pub(crate) due: Day,
    /// When it became known.
    pub(crate) entered_at: Instant,
    /// Whether it is paid, void, written off or assigned.
    pub(crate) closed: bool,
    /// Steps without a final decision, in the order of the file.
    pub(crate) open: Vec<String>,
}

/// What is kept.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The walk that is looked at.
    pub(crate) backtest: &'a Backtest<'a>,
    /// The first moment of interest …
    pub(crate) from: Instant,
    /// … and the first after it.
    pub(crate) to: Instant,
    /// Writes the messages, where they are wanted.
    pub(crate) letters: Option<&'a Letters<'a>>,
    /// Whether what each receivable came to is kept.
    pub(crate) ends: bool,
}

/// One who looks on.
pub(crate) struct Witness<'a> {
    wanted: Wanted<'a>,
    /// What happened, in the order of customers.
    pub(crate) events: Vec<Event>,
    /// What receivables came to.
    pub(crate) ends: Vec<End>,
}

impl<'a> Witness<'a> {
    /// One who saw nothing yet.
    pub(crate) const fn new(wanted: Wanted<'a>) -> Self {
        Self { wanted, events: Vec::new(), ends: Vec::new() }
    }

    /// The events in the global order: moment, receivable, file order.
    pub(crate) fn in_order(self) -> Vec<Event> {
        let rows = &self.wanted.backtest.portfolio().receivables;
        in_order(self.events, |receivable| crate::letters::at(rows, receivable).map_or("", |row| &*row.id))
    }

    fn wants(&self, at: Instant) -> bool {
        self.wanted.from <= at && at < self.wanted.to
    }
}

/// One customer at a moment of decision: what was concluded, and what it rests on.
pub(crate) struct Scene<'s> {
    pub(crate) now: Instant,
    /// Index into the customers that are looked at.
    pub(crate) customer: u32,
    /// Everything known, the decisions included.
    pub(crate) facts: &'s Facts<'s>,
    pub(crate) policies: &'s Policies,
    /// The decisions of this moment.
    pub(crate) decisions: &'s Decisions,
    /// Per walk of the facts: its index into the receivables that are looked at.
    pub(crate) receivables: &'s [u32],
    /// Per walk: what its source calls it.
    pub(crate) id: &'s dyn Fn(usize) -> Option<&'s str>,
}

impl Scene<'_> {
    /// What happened, as sentences; messages are written where somebody writes them.
    pub(crate) fn events(&self, letters: Option<&Letters<'_>>) -> Vec<Event> {
        let rows = self.decisions.rows.iter().enumerate().filter_map(|(index, row)| self.row(row, index, letters));
        let mut events: Vec<Event> = rows.collect();
        events.extend(self.decisions.deferrals.iter().filter_map(|deferred| self.waits(deferred)));
        events
    }

    fn row(&self, row: &Row, index: usize, letters: Option<&Letters<'_>>) -> Option<Event> {
        let receivable = *self.receivables.get(row.walk)?;
        let policies = self.policies;
        let walk = self.facts.walks.get(row.walk)?;
        let found = found::find(policies, walk, row.step)?;
        let case = Case { policies, facts: self.facts, walk, found, now: self.now, rule: row.rule };
        let sent =
            row.message.and_then(|message| self.decisions.messages.get(message)).map(|message| self.sent(message, row, index, letters));
        let why = match row.outcome {
            Outcome::Done => found.says(),
            Outcome::Skipped(reason) => case.skipped(reason),
        };
        let cycle = if row.occurrence == 0 { row.cycle.to_string() } else { format!("{}.{}", row.cycle, row.occurrence) };
        let due = walk.ledger.amount_due(&walk.terms(policies), self.facts.zone.day_of(self.now)).total;
        let (step_name, order, outcome, rule) = (found.name(), row.order, row.outcome, row.rule);
        let shadow = row.mode == Mode::Shadow;
        let decided = Decided { step: step_name, cycle, order, outcome, sort: found.sort(), why, due, rule, shadow, sent };
        Some(Event { at: self.now, customer: self.customer, receivable, what: What::Decided(decided) })
    }

    fn sent(&self, message: &Message, row: &Row, index: usize, letters: Option<&Letters<'_>>) -> Sent {
        let receivable = |walk: usize| self.receivables.get(walk).copied();
        let mut items: Vec<u32> = Vec::new();
        for item in message.rows.iter().filter_map(|&row| receivable(self.decisions.rows.get(row)?.walk)) {
            if !items.contains(&item) {
                items.push(item);
            }
        }
        let own = message.announces.iter().filter(|named| named.walk == row.walk);
        let name = |named: &regua_core::decide::Announced| {
            let walk = self.facts.walks.get(named.walk)?;
            let found: Found<'_> = found::find(self.policies, walk, regua_core::decide::StepRef::Step(named.step))?;
            Some((found.name(), named.named))
        };
        let leads = message.lead == index;
        let written = match letters {
            Some(letters) if leads => letters.write(self, message),
            Some(_) | None => Ok(Vec::new()),
        };
        let (letters, unwritten) = match written {
            Ok(letters) => (letters, None),
            Err(told) => (Vec::new(), Some(told)),
        };
        Sent { channels: message.channels, items, leads, announces: own.filter_map(name).collect(), letters, unwritten }
    }

    fn waits(&self, deferred: &Deferred) -> Option<Event> {
        let receivable = *self.receivables.get(deferred.walk)?;
        let policies = self.policies;
        let walk = self.facts.walks.get(deferred.walk)?;
        let found = found::find(policies, walk, deferred.step)?;
        let case = Case { policies, facts: self.facts, walk, found, now: self.now, rule: deferred.rule };
        let why = case.waits(deferred.reason);
        let what = What::Waits { step: found.name(), reason: deferred.reason, until: deferred.until, why, rule: deferred.rule };
        Some(Event { at: self.now, customer: self.customer, receivable, what })
    }
}

/// Events in the global order: moment, receivable, file order.
pub(crate) fn in_order<'n>(mut events: Vec<Event>, id: impl Fn(u32) -> &'n str) -> Vec<Event> {
    let order = |what: &What| match what {
        What::Paid { .. } => (0, 0),
        What::Decided(decided) => (1, decided.order),
        What::Waits { .. } => (2, 0),
    };
    events.sort_by(|a, b| {
        let by_id = || id(a.receivable).cmp(id(b.receivable));
        a.at.cmp(&b.at).then_with(by_id).then_with(|| order(&a.what).cmp(&order(&b.what)))
    });
    events
}

impl Watch for Witness<'_> {
    fn paid(&mut self, paid: &Paid) {
        if self.wants(paid.at)
            && let Some(row) = crate::letters::at(&self.wanted.backtest.portfolio().receivables, paid.receivable)
        {
            let what = What::Paid { amount: paid.amount, on: paid.paid_on, settled: paid.settled };
            self.events.push(Event { at: paid.at, customer: row.customer, receivable: paid.receivable, what });
        }
    }

    fn decided(&mut self, step: &Step<'_>) {
        if !self.wants(step.now) {
            return;
        }
        let rows = &self.wanted.backtest.portfolio().receivables;
        let scene = Scene {
            now: step.now,
            customer: step.customer,
            facts: step.facts,
            policies: self.wanted.backtest.policies(),
            decisions: step.decisions,
            receivables: step.receivables,
            id: &|walk| crate::letters::at(rows, *step.receivables.get(walk)?).map(|row| &*row.id),
        };
        self.events.extend(scene.events(self.wanted.letters));
    }

    fn ended(&mut self, _customer: u32, facts: &Facts<'_>, receivables: &[u32]) {
        if !self.wanted.ends {
            return;
        }
        let policies = self.wanted.backtest.policies();
        for (walk, &receivable) in facts.walks.iter().zip(receivables) {
            let policy = policies.get(walk.policy);
            let Some(segment) = policy.segments.get(walk.segment) else { continue };
            let Some(ladder) = policy.ladders.get(segment.ladder) else { continue };
            let slots = policies.slots(walk.policy, segment.ladder).iter().zip(&walk.slots);
            let is_open = |state: &SlotState| state.stand.is_open() && !state.settled_before;
            let open = slots.filter(|(slot, state)| is_open(state) && slot.kind != SlotKind::Notice);
            let mut names: Vec<String> = open.filter_map(|(slot, _)| ladder.steps.get(slot.step).map(|step| step.id.clone())).collect();
            names.dedup();
            self.ends.push(End {
                receivable,
                segment: segment.name.clone(),
                ladder: ladder.name.clone(),
                due: walk.due,
                entered_at: walk.entered_at,
                closed: walk.closed.is_some(),
                open: names,
            });
        }
    }

    fn absorb(&mut self, other: Self) {
        self.events.extend(other.events);
        self.ends.extend(other.ends);
    }
}

impl Event {
    /// What happened in one sentence without its subject, times in a zone; `name` gives receivables their ids.
    pub(crate) fn sentence(&self, zone: regua_core::time::Zone, name: impl Fn(u32) -> String) -> String {
        match &self.what {
            What::Decided(Decided { outcome, why, shadow, sent, .. }) => {
                let others = sent.as_ref().map(|sent| sent.others(self.receivable, name)).unwrap_or_default();
                let part = sent.as_ref().map(|Sent { channels, leads, announces, .. }| InMessage {
                    channels: *channels,
                    others: &others,
                    leads: *leads,
                    announces,
                });
                happened::decided(*outcome, why, *shadow, part)
            }
            What::Waits { reason, until, why, .. } => happened::waits(zone, *until, *reason, why),
            What::Paid { amount, on, settled } => {
                format!("{amount} paid on {}{}", day(*on), if *settled { "; nothing is open any more" } else { "" })
            }
        }
    }

    /// The step it is about.
    pub(crate) fn step(&self) -> Option<&str> {
        match &self.what {
            What::Decided(decided) => Some(&decided.step),
            What::Waits { step, .. } => Some(step),
            What::Paid { .. } => None,
        }
    }

    /// The step with its occurrence, for people.
    pub(crate) fn label(&self) -> String {
        match &self.what {
            What::Decided(decided) => decided.label(),
            What::Waits { step, .. } => step.clone(),
            What::Paid { .. } => String::new(),
        }
    }

    /// The rule of law behind it.
    pub(crate) const fn rule(&self) -> Option<&'static Rule> {
        match &self.what {
            What::Decided(decided) => decided.rule,
            What::Waits { rule, .. } => *rule,
            What::Paid { .. } => None,
        }
    }

    /// The reason's word, when there is one.
    pub(crate) const fn reason(&self) -> Option<&'static str> {
        match &self.what {
            What::Decided(Decided { outcome: Outcome::Skipped(reason), .. }) => Some(SkipReason::as_str(*reason)),
            What::Decided(Decided { outcome: Outcome::Done, .. }) | What::Paid { .. } => None,
            What::Waits { reason, .. } => Some(reason.as_str()),
        }
    }
}

impl Decided {
    /// The step's name with its occurrence, when it repeats: `weekly 2`.
    pub(crate) fn label(&self) -> String {
        self.cycle.split_once('.').map_or_else(|| self.step.clone(), |(_, occurrence)| format!("{} {occurrence}", self.step))
    }
}

impl Sent {
    /// The other receivables that it is about.
    fn others(&self, of: u32, name: impl Fn(u32) -> String) -> Vec<String> {
        self.items.iter().filter(|item| **item != of).map(|item| name(*item)).collect()
    }
}

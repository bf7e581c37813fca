//! The decision: facts of one customer, policies, rulebook, now → decisions and the next instant (SPEC §3).
//!
//! Level-triggered: the answer depends only on the arguments, never on what woke us, so deciding twice is harmless and
//! a lost wake-up is repaired by the next one. Deliberately absent: effects, ids, a clock, chance.
//!
//! One pass closes ladders that ended and carries out `steps` (adverse, neutral, charge), goes through `contacts` (windows
//! and the reasons against a contact), the notices that `adverse` steps ask for and `reactions`, and lets `voice` make
//! messages of what the caps leave. `legal` and `wait` answer for all of them. What a pass changes is taken up by another.

mod access;
mod adverse;
mod again;
mod charge;
mod contacts;
mod legal;
mod modes;
mod reactions;
mod steps;
mod view;
mod voice;
mod wait;

use crate::charging::Trigger;
use crate::facts::{Channels, Facts, Layout, Policies, Slot, SlotKind, Stand, Walk};
use crate::money::Money;
use crate::rulebook::{ChargePermit, Class, Permit, Rule};
use crate::time::{Day, Instant};
use crate::words::{DeferReason, Mode, SkipReason, Tone};

pub use access::{Access, Because, Next, access};
pub use again::{Fresh, LastLook, Queued, QueuedItem, look_again};
pub use view::View;

/// The version of this engine: part of every decision's receipt. Raise it when the same facts may be decided otherwise.
pub const ENGINE_VERSION: &str = "4";

/// What was concluded in one call, with scratch space that is kept between calls.
#[derive(Default, Debug)]
pub struct Decisions {
    /// Final decisions.
    pub rows: Vec<Row>,
    /// The messages that contacts became.
    pub messages: Vec<Message>,
    /// Steps that began to wait, or wait for another reason.
    pub deferrals: Vec<Deferred>,
    /// Attempts to take money that `charge` steps ordered.
    pub charges: Vec<Charge>,
    candidates: Vec<voice::Candidate>,
}

impl Decisions {
    /// Empties the lists for the next call.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.messages.clear();
        self.deferrals.clear();
        self.charges.clear();
    }
}

/// One final decision. Its receipt is the policy of its receivable, the rulebook's and engine's versions, and this.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Index into [`Facts::walks`].
    pub walk: usize,
    /// Which step.
    pub step: StepRef,
    /// Its place in the file: ladder, notices directly before their step, then reactions.
    pub order: u16,
    /// The cycle of the receivable.
    pub cycle: u16,
    /// 0 for a plain step.
    pub occurrence: u16,
    /// How real it is: part of its key (SPEC §3.13).
    pub mode: Mode,
    /// Done, or skipped and why.
    pub outcome: Outcome,
    /// Index into [`Decisions::messages`].
    pub message: Option<usize>,
    /// The rule of law that was looked at or that forbade it.
    pub rule: Option<&'static Rule>,
}

/// An attempt to take money that was ordered, or that cannot be made for want of a method.
#[derive(PartialEq, Debug)]
pub struct Charge {
    /// Index into [`Decisions::rows`]: the step that ordered it.
    pub row: usize,
    /// Index into [`Facts::walks`].
    pub walk: usize,
    /// Index into [`Facts::methods`]; none when no stored method can be charged.
    pub method: Option<usize>,
    /// What the rulebook gave for it.
    pub permit: Option<ChargePermit>,
    /// How much is taken: what is due without the discount.
    pub amount: Money,
    /// What the progressive discount for automatic payment takes off when it succeeds.
    pub discount: Money,
    /// The first try, or a retry.
    pub trigger: Trigger,
}

/// Names a step of a receivable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepRef {
    /// A step of its ladder.
    Step(usize),
    /// The notice of an adverse step's own.
    Notice(usize),
    /// A reaction of its policy.
    Reaction(usize),
}

/// Carried out, or finally not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Carried out.
    Done,
    /// Finally not carried out.
    Skipped(SkipReason),
}

/// One message to one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Where it goes.
    pub channels: Channels,
    /// The row of the most severe item: it gives template, channels, roles and language.
    pub lead: usize,
    /// How real it is: shadow sends nothing, redirect goes to one address.
    pub mode: Mode,
    /// The tone of the most severe item.
    pub tone: Tone,
    /// Whether it speaks of anything overdue.
    pub class: Class,
    /// The rulebook's leave: without one there is no message.
    pub permit: Permit,
    /// The adverse steps that it names, with their dates.
    pub announces: Vec<Announced>,
    /// Its items, as rows.
    pub rows: Vec<usize>,
}

/// An adverse step that a message names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Index into [`Facts::walks`].
    pub walk: usize,
    /// Index of the step in the ladder.
    pub step: usize,
    /// The date named.
    pub named: Day,
}

/// A step that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferred {
    /// Index into [`Facts::walks`].
    pub walk: usize,
    /// Which step.
    pub step: StepRef,
    /// 0 for a plain step.
    pub occurrence: u16,
    /// Why.
    pub reason: DeferReason,
    /// Until when; [`Instant::NEVER`] when only a fact can end it.
    pub until: Instant,
    /// The rule of law behind it.
    pub rule: Option<&'static Rule>,
}

/// What every stage looks at.
#[derive(Clone, Copy)]
pub(crate) struct Tick<'p> {
    pub(crate) policies: &'p Policies,
    pub(crate) now: Instant,
    pub(crate) today: Day,
}

/// More passes than any chain of consequences at one instant can need.
const PASSES_MAX: usize = 64;

/// Decides everything that is due for one customer at `now` and enters it into the facts.
///
/// Returns the next instant at which something can change without a new fact, [`Instant::NEVER`] if none. A promise
/// that breaks by itself is a new fact and counts all the same, so that somebody is awake to enter it.
/// Total: no facts make it panic or loop.
pub fn decide(facts: &mut Facts<'_>, policies: &Policies, now: Instant, out: &mut Decisions) -> Instant {
    let tick = Tick { policies, now, today: facts.zone.day_of(now) };
    for _ in 0..PASSES_MAX {
        out.candidates.clear();
        let mut awake = false;
        // Steps first: what they bring about makes notices of others needless.
        for place in 0..facts.by_rank.len() {
            let walk = facts.by_rank[place];
            let receivable = &mut facts.walks[walk];
            receivable.looking = receivable.quiet_until <= now;
            if receivable.looking {
                awake = true;
                receivable.quiet_until = Instant::NEVER;
                facts.wake_at_thaw(walk, now);
                tick.look_at_end(facts, walk, out);
                tick.close(facts, walk, out);
                tick.look_at_steps(facts, walk, out);
            }
        }
        if !awake {
            break;
        }
        for walk in 0..facts.walks.len() {
            if facts.walks[walk].looking {
                tick.look_at_contacts(facts, walk, out);
                tick.look_at_notices(facts, walk, out);
                tick.look_at_reactions(facts, walk, out);
            }
        }
        tick.speak(facts, out);
    }
    let breaks = facts.next_break().map(|broken| broken.at).filter(|&at| at > now);
    let quiet = facts.walks.iter().map(|walk| walk.quiet_until);
    quiet.chain(breaks).min().unwrap_or(Instant::NEVER)
}

impl<'p> Tick<'p> {
    /// A closed ladder: one `closed` row for the first undecided step in order of instants (SPEC §3.11).
    fn close(self, facts: &mut Facts<'_>, walk: usize, out: &mut Decisions) {
        let receivable = &mut facts.walks[walk];
        if receivable.closed.is_none() || receivable.closed_told {
            return;
        }
        receivable.closed_told = true;
        // Steps in shadow are a ladder of their own.
        let mut told = [false, false];
        for place in 0..receivable.order.len() {
            let receivable = &facts.walks[walk];
            let index = usize::from(receivable.order[place]);
            let (slot, state) = (self.slot(receivable, index), receivable.slots[index]);
            let undecided = state.stand.is_open() && !state.settled_before && state.raw != Instant::NEVER;
            let world = usize::from(self.is_shadow(facts, receivable, slot));
            if !undecided || slot.kind == SlotKind::Notice || told[world] {
                continue;
            }
            if self.precedes_entry(receivable, slot, state.raw) {
                self.skip(facts, walk, index, SkipReason::BeforeEntry, None, out);
            } else {
                self.skip(facts, walk, index, SkipReason::Closed, None, out);
                told[world] = true;
            }
        }
    }

    pub(crate) fn slot(self, receivable: &Walk, index: usize) -> Slot {
        let ladder = self.policies.get(receivable.policy).segments[receivable.segment].ladder;
        self.policies.slots(receivable.policy, ladder)[index]
    }

    /// Adverse and neutral steps from before the receivable was known are not carried out (SPEC §3.4).
    pub(crate) fn precedes_entry(self, receivable: &Walk, slot: Slot, raw: Instant) -> bool {
        match slot.kind {
            SlotKind::Adverse | SlotKind::Task | SlotKind::WriteOff => raw < receivable.entered_at,
            SlotKind::Contact | SlotKind::Notice | SlotKind::Charge => false,
        }
    }

    /// Enters a final skip.
    pub(crate) fn skip(
        self,
        facts: &mut Facts<'_>,
        walk: usize,
        index: usize,
        reason: SkipReason,
        rule: Option<&'static Rule>,
        out: &mut Decisions,
    ) {
        self.row(facts, walk, index, Outcome::Skipped(reason), None, rule, out);
        let shadow = self.is_shadow(facts, &facts.walks[walk], self.slot(&facts.walks[walk], index));
        let receivable = &mut facts.walks[walk];
        let state = &mut receivable.slots[index];
        state.stand = Stand::Skipped(reason, self.now);
        state.shadow = shadow;
        state.deferral = None;
        if self.layout(receivable).dynamic {
            receivable.touch(); // steps `after` this one are skipped with it
        }
    }

    pub(crate) fn layout(self, receivable: &Walk) -> &'p Layout {
        let ladder = self.policies.get(receivable.policy).segments[receivable.segment].ladder;
        self.policies.layout(receivable.policy, ladder)
    }

    /// Enters that a slot was carried out.
    pub(crate) fn done(
        self,
        facts: &mut Facts<'_>,
        walk: usize,
        index: usize,
        message: Option<usize>,
        rule: Option<&'static Rule>,
        out: &mut Decisions,
    ) {
        self.row(facts, walk, index, Outcome::Done, message, rule, out);
        let zone = facts.zone;
        let shadow = self.is_shadow(facts, &facts.walks[walk], self.slot(&facts.walks[walk], index));
        let receivable = &mut facts.walks[walk];
        let state = &mut receivable.slots[index];
        state.stand = Stand::Done(self.now);
        state.shadow = shadow;
        state.deferral = None;
        if self.layout(receivable).dynamic {
            receivable.place(zone, self.policies);
            receivable.touch();
        }
    }

    /// The step of a slot, and which of its occurrences.
    pub(crate) fn named(self, receivable: &Walk, index: usize) -> (StepRef, u16) {
        let slot = self.slot(receivable, index);
        match slot.kind {
            SlotKind::Notice => (StepRef::Notice(slot.step), receivable.slots[index].again),
            SlotKind::Contact | SlotKind::Adverse | SlotKind::Task | SlotKind::WriteOff | SlotKind::Charge => {
                (StepRef::Step(slot.step), slot.occurrence)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a row is exactly these")]
    fn row(
        self,
        facts: &Facts<'_>,
        walk: usize,
        index: usize,
        outcome: Outcome,
        message: Option<usize>,
        rule: Option<&'static Rule>,
        out: &mut Decisions,
    ) {
        let receivable = &facts.walks[walk];
        let (step, occurrence) = self.named(receivable, index);
        out.rows.push(Row {
            walk,
            step,
            order: u16::try_from(index).unwrap_or(u16::MAX),
            cycle: receivable.cycle,
            occurrence,
            mode: self.mode(facts, receivable, self.slot(receivable, index)),
            outcome,
            message,
            rule,
        });
    }
}

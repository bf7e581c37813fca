//! One receivable on its way down its ladder.

use serde::{Deserialize, Serialize};

use crate::charges::Terms;
use crate::facts::fact::Cause;
use crate::facts::plan::Policies;
use crate::facts::{Deferral, Failure, Stand, Verdicts};
use crate::ledger::Ledger;
use crate::money::Money;
use crate::policy::program::{At, Delay, LateCharges, Offset, Step};
use crate::policy::{Policy, program};
use crate::time::{Day, Instant, LocalTime, Zone};
use crate::words::{AccessState, Mode, Rail};

/// One receivable on its way down its ladder: facts of it, and where each of its steps stands.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Its place among the customer's receivables in the order of their ids.
    pub rank: u32,
    /// Index of the policy version it entered with.
    pub policy: usize,
    /// Index of the segment it entered with.
    pub segment: usize,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// D: the due date rolled to an open day.
    pub due: Day,
    /// When it became known (or its scope left shadow).
    pub entered_at: Instant,
    /// The latest reopening or policy migration: announcements before it do not stand.
    pub renewed_at: Instant,
    /// How it is expected to be paid.
    pub method: Option<Rail>,
    /// What it bills, when known.
    pub subscription: Option<Subscription>,
    /// The how-manieth receivable of the customer by entry, from 1.
    pub sequence: u32,
    /// What is owed and was paid.
    pub ledger: Ledger,
    /// Names it to schemes that count re-presentments of the same thing. Set by whoever knows ids; zeros elsewhere.
    pub series: [u8; 16],
    /// 0 from entry, one more at each reopening.
    pub cycle: u16,
    /// Paid, void or written off; since when.
    pub closed: Option<Closed>,
    /// The strictest access state that it brought about and that still stands.
    pub access: AccessState,
    /// The same of what was decided in shadow.
    pub shadow_access: AccessState,
    /// Whether `closed` is the doing of a ladder in shadow: outside of it the receivable is open.
    pub closed_in_shadow: bool,
    /// How real the policy that it walks is for it: with the customer's mode, the less real holds.
    pub mode: Mode,
    /// Disputes, promises, agreements, holds and pauses of this receivable.
    pub freezes: Vec<Span>,
    /// Pauses of the tenant or of a filter that lie over it: laid on by whoever asks for a decision, and not kept.
    pub paused: Vec<Span>,
    /// What freezes it without a known end; while there is any, the last of `freezes` is open.
    pub causes: Vec<Cause>,
    /// Promises that will break by themselves, oldest first.
    pub promises: Vec<Promise>,
    /// Payments on their way, initiated or claimed.
    pub in_flight: Vec<Span>,
    /// Failed charges, oldest first.
    pub failures: Vec<Failure>,
    /// What people said to requests for approval.
    pub verdicts: Verdicts,
    /// When a person last released it: charging may go on after a failure that stopped it.
    pub released_at: Option<Instant>,
    /// Contacts that named an adverse step and its date.
    pub announcements: Vec<Announcement>,
    /// Where each slot of the ladder stands, in the order of [`Policies::slots`].
    pub slots: Vec<SlotState>,
    /// Reactions to events, pending and decided.
    pub reactions: Vec<super::events::Reacting>,
    /// What was decided of steps that its policy does not have any more.
    pub(crate) parted: Vec<Parted>,
    /// Slot indices in the order of their instants.
    pub(crate) order: Vec<u16>,
    /// Overdue contacts and adverse steps wait for this: 00:00 of the day after D plus the rail's clearing.
    pub(crate) overdue_from: Instant,
    /// 00:00 of the day after D.
    pub(crate) due_ends: Instant,
    /// Before this, overdue contacts and adverse steps are skipped.
    pub(crate) not_before: Instant,
    /// From when on the debt is too old to be collected; [`Instant::NEVER`] where no law says so.
    pub(crate) prescribed_at: Instant,
    /// Whether this cycle's `closed` row was written.
    pub(crate) closed_told: bool,
    /// The local date of the last adverse step: at most one a day.
    pub(crate) adverse_on: Option<Day>,
    /// The same of steps in shadow.
    pub(crate) shadow_adverse_on: Option<Day>,
    /// Nothing about this receivable changes before this: a cache, not a fact.
    pub(crate) quiet_until: Instant,
    /// Contacts whose condition was judged at their decision: slots, and behind them reactions. Scratch of the last look.
    pub(crate) judged: Vec<usize>,
    /// Whether this pass looks at it: scratch of `decide`.
    pub(crate) looking: bool,
}

/// What a receivable bills.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Subscription {
    /// Names it among the customer's subscriptions.
    #[serde(default)]
    pub key: Box<str>,
    /// The plan.
    #[serde(default)]
    pub plan: Option<Box<str>>,
    /// `automatic` or `invoice`.
    #[serde(default)]
    pub collection: Option<Box<str>>,
    /// When it renews.
    #[serde(default)]
    pub renewal_on: Option<Day>,
    /// What the period that begins then will be billed at, as far as is known.
    #[serde(default)]
    pub renewal_price: Option<Money>,
}

/// A promise to pay that has neither been broken nor outlived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Promise {
    /// The day promised.
    pub on: Day,
    /// When it breaks: the end of the first business day after it, or when it was made if that is later.
    pub breaks: Instant,
}

/// What was decided of a step or reaction that the policy of today does not have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Parted {
    /// The id of the step or reaction.
    pub(crate) id: Box<str>,
    pub(crate) key: PartedKey,
    pub(crate) state: SlotState,
}

/// What of a step or reaction was decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PartedKey {
    /// An occurrence of a step.
    Step(u16),
    /// The notice of a step's own.
    Notice,
    /// A subject of a reaction.
    Reaction { cycle: u16, subject: u16 },
}

/// How a receivable ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closed {
    /// Paid in full.
    Paid(Instant),
    /// Cancelled as if never billed.
    Void(Instant),
    /// Given up.
    WrittenOff(Instant),
    /// Its ladder ended by handing it to an agency; the debt stands.
    Assigned(Instant),
}

/// A span of time; `until` is [`Instant::NEVER`] while its end is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// Its first moment.
    pub from: Instant,
    /// The first moment after it.
    pub until: Instant,
}

impl Span {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }
}

/// A delivered contact named an adverse step and its date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Announcement {
    /// The slot of the step.
    pub slot: usize,
    /// When the contact was delivered.
    pub at: Instant,
    /// The date it named.
    pub named: Day,
    /// Whether only shadow sees it.
    pub shadow: bool,
}

/// Where one slot stands in this cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotState {
    /// Anchor plus offset at the local hour, before any shift; [`Instant::NEVER`] while the anchor is unknown.
    pub raw: Instant,
    /// What was decided.
    pub stand: Stand,
    /// Why it waits.
    pub deferral: Option<Deferral>,
    /// How often the slot was decided before in this cycle (notices only: a thaw asks for a new one).
    pub again: u16,
    /// Whether it was carried out in an earlier cycle and is not decided again.
    pub settled_before: bool,
    /// Whether it was decided in shadow.
    pub shadow: bool,
}

impl SlotState {
    /// Nothing known, nothing decided.
    pub(crate) const fn blank() -> Self {
        Self { raw: Instant::NEVER, stand: Stand::Open, deferral: None, again: 0, settled_before: false, shadow: false }
    }
}

/// What is known of a receivable when it enters.
#[derive(Clone, Debug)]
pub struct NewWalk {
    /// Its place among the customer's receivables in the order of their ids.
    pub rank: u32,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// What is owed.
    pub ledger: Ledger,
    /// How it is expected to be paid.
    pub method: Option<Rail>,
    /// What it bills, when known.
    pub subscription: Option<Subscription>,
}

impl Walk {
    pub(crate) fn new(new: NewWalk, sequence: u32, at: Instant, zone: Zone, policies: &Policies, policy: usize, segment: usize) -> Self {
        let mut walk = Self::unplaced(new, sequence, at, policies, policy, segment);
        walk.schedule(zone, policies);
        walk.place(zone, policies);
        walk
    }

    /// A walk whose instants are not yet computed.
    pub(crate) fn unplaced(new: NewWalk, sequence: u32, at: Instant, policies: &Policies, policy: usize, segment: usize) -> Self {
        let slots = policies.slots(policy, policies.get(policy).segments[segment].ladder).len();
        Self {
            rank: new.rank,
            policy,
            segment,
            issued_on: new.issued_on,
            due_on: new.due_on,
            due: new.due_on,
            entered_at: at,
            renewed_at: at,
            method: new.method,
            subscription: new.subscription,
            sequence,
            ledger: new.ledger,
            series: [0; 16],
            cycle: 0,
            closed: None,
            access: AccessState::Active,
            shadow_access: AccessState::Active,
            closed_in_shadow: false,
            mode: Mode::Live,
            freezes: Vec::new(),
            paused: Vec::new(),
            causes: Vec::new(),
            promises: Vec::new(),
            in_flight: Vec::new(),
            failures: Vec::new(),
            verdicts: Verdicts::default(),
            released_at: None,
            announcements: Vec::new(),
            slots: vec![SlotState::blank(); slots],
            reactions: Vec::new(),
            parted: Vec::new(),
            order: Vec::with_capacity(slots),
            overdue_from: Instant::NEVER,
            due_ends: Instant::NEVER,
            not_before: Instant::DAWN,
            prescribed_at: Instant::NEVER,
            closed_told: false,
            adverse_on: None,
            shadow_adverse_on: None,
            quiet_until: Instant::DAWN,
            judged: Vec::new(),
            looking: false,
        }
    }

    /// Computes what follows from due date, rail, policy and zone alone.
    pub(crate) fn schedule(&mut self, zone: Zone, policies: &Policies) {
        let rules = policies.get(self.policy);
        let due = rules.calendar.roll(self.due_on);
        let cleared = self.method.map_or(due, |rail| rules.cleared_on(rail, due));
        self.due = due;
        self.overdue_from = zone.midnight(cleared.plus(1));
        self.due_ends = zone.midnight(due.plus(1));
        let not_before = rules.segments[self.segment].not_before;
        self.not_before = not_before.map_or(Instant::DAWN, |offset| zone.at(rules.shift_day(due, offset), LocalTime::MIDNIGHT));
        self.prescribed_at = policies.rulebook().prescribed_on(due).map_or(Instant::NEVER, |day| zone.midnight(day));
    }

    /// The policy it walks.
    pub(crate) fn rules<'p>(&self, policies: &'p Policies) -> &'p Policy {
        policies.get(self.policy)
    }

    /// The ladder it walks.
    pub(crate) fn ladder<'p>(&self, policies: &'p Policies) -> &'p program::Ladder {
        let rules = self.rules(policies);
        &rules.ladders[rules.segments[self.segment].ladder]
    }

    /// The step of a slot.
    pub(crate) fn step<'p>(&self, policies: &'p Policies, slot: super::Slot) -> &'p Step {
        &self.ladder(policies).steps[slot.step]
    }

    /// The place of a reaction among the verdicts, which stands behind those of the steps.
    pub(crate) fn verdict_of_reaction(&self, reaction: usize, policies: &Policies) -> usize {
        self.ladder(policies).steps.len() + reaction
    }

    /// Whether it is late: the due date is over, and so is the time that money of its rail takes to arrive.
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.overdue_from <= now
    }

    /// Whether the debt is too old to be collected.
    #[must_use]
    pub fn is_prescribed(&self, now: Instant) -> bool {
        self.prescribed_at <= now
    }

    /// Whether a person has released or refused a step of its ladder.
    #[must_use]
    pub fn is_step_answered(&self, step: usize) -> bool {
        self.verdicts.released.contains(&step) || self.verdicts.rejected.contains(&step)
    }

    /// Whether a person has released or refused a reaction of its policy.
    #[must_use]
    pub fn is_reaction_answered(&self, reaction: usize, policies: &Policies) -> bool {
        self.is_step_answered(self.verdict_of_reaction(reaction, policies))
    }

    /// Whether it has ended outside of shadow.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.closed.is_some() && !self.closed_in_shadow
    }

    /// The late charges that hold for it.
    #[must_use]
    pub fn late_charges<'p>(&self, policies: &'p Policies) -> &'p LateCharges {
        let rules = self.rules(policies);
        rules.segments[self.segment].late_charges.as_ref().unwrap_or(&rules.late_charges)
    }

    /// What the amount due goes by.
    #[must_use]
    pub fn terms<'p>(&self, policies: &'p Policies) -> Terms<'p> {
        let rules = self.rules(policies);
        Terms {
            late: self.late_charges(policies),
            calendar: rules.calendar,
            due_on: self.due_on,
            adjusted: self.due,
            early: &rules.early_discounts,
        }
    }

    /// How its failed charges are tried again.
    #[must_use]
    pub fn retry_of<'p>(&self, policies: &'p Policies) -> Option<&'p program::Retry> {
        self.rules(policies).retry.as_ref()
    }

    /// The progressive discounts for automatic payment.
    #[must_use]
    pub fn autopay_discounts<'p>(&self, policies: &'p Policies) -> &'p [crate::rate::Rate] {
        &self.rules(policies).autopay_discounts
    }

    /// The amount due on a day, in minor units.
    pub(crate) fn due_now(&self, policies: &Policies, day: Day) -> i64 {
        self.ledger.amount_due(&self.terms(policies), day).total.minor()
    }

    /// Makes it be looked at again: call it when a fact of it changed.
    pub fn touch(&mut self) {
        self.quiet_until = Instant::DAWN;
    }

    /// Computes the instants of all slots that have one, and their order.
    pub(crate) fn place(&mut self, zone: Zone, policies: &Policies) {
        let ladder = policies.get(self.policy).segments[self.segment].ladder;
        let layout = policies.layout(self.policy, ladder);
        for (index, slot) in layout.slots.iter().enumerate() {
            if !self.slots[index].stand.is_open() {
                continue; // what was decided keeps the instant it was decided by
            }
            let step = self.step(policies, *slot);
            let raw = self.instant_of(*slot, step, zone, policies);
            self.slots[index].raw = raw;
        }
        self.order.clear();
        self.order.extend((0..self.slots.len()).map(|index| u16::try_from(index).unwrap_or(u16::MAX)));
        let slots = &self.slots;
        self.order.sort_by_key(|&index| (slots[usize::from(index)].raw, index));
    }

    fn instant_of(&self, slot: super::Slot, step: &Step, zone: Zone, policies: &Policies) -> Instant {
        let rules = self.rules(policies);
        if matches!(step.act, program::Act::Charge) && slot.occurrence > 0 && step.every.is_none() {
            return self.retry_instant(slot, zone, policies);
        }
        let Some(every) = &step.every else {
            return self.anchored(step.at, step.mode, zone, policies);
        };
        let repeats = i32::from(slot.occurrence.saturating_sub(1));
        let Some(first) = self.anchor_day(step.at, step.mode, zone, policies).map(|day| rules.shift_day(day, step.at.offset)) else {
            return Instant::NEVER;
        };
        let day = match every.step {
            Offset::Days(days) => first.plus(days.saturating_mul(repeats)),
            Offset::OpenDays(days) => rules.calendar.add_open_days(first, days.saturating_mul(repeats)),
            Offset::Hours(hours) => first.plus(hours.saturating_mul(repeats) / 24),
        };
        let last = self.anchor_day(every.until, step.mode, zone, policies).map(|anchor| rules.shift_day(anchor, every.until.offset));
        if last.is_some_and(|last| day <= last) { zone.at(day, step.at.time) } else { Instant::NEVER }
    }

    /// The instant of an anchor plus offset, [`Instant::NEVER`] while the anchor is unknown.
    pub(crate) fn anchored(&self, at: At, own: Option<Mode>, zone: Zone, policies: &Policies) -> Instant {
        if let Offset::Hours(hours) = at.offset {
            let from = match at.anchor {
                program::Anchor::Failed => self.failures.last().map(|failure| failure.at),
                program::Anchor::After(step) => self.last_done(step, own, policies),
                program::Anchor::Issue
                | program::Anchor::Due
                | program::Anchor::Promise
                | program::Anchor::Expiry
                | program::Anchor::Renewal => self.anchor_day(at, own, zone, policies).map(|day| zone.at(day, at.time)),
            };
            return from.map_or(Instant::NEVER, |from| from.plus_hours(i64::from(hours)));
        }
        let day = self.anchor_day(at, own, zone, policies).map(|day| self.rules(policies).shift_day(day, at.offset));
        day.map_or(Instant::NEVER, |day| zone.at(day, at.time))
    }

    fn anchor_day(&self, at: At, own: Option<Mode>, zone: Zone, policies: &Policies) -> Option<Day> {
        match at.anchor {
            program::Anchor::Issue => Some(self.issued_on),
            program::Anchor::Due => Some(self.due),
            program::Anchor::Failed => self.failures.last().map(|failure| zone.day_of(failure.at)),
            program::Anchor::Renewal => self.subscription.as_ref().and_then(|sub| sub.renewal_on),
            program::Anchor::After(step) => self.last_done(step, own, policies).map(|at| zone.day_of(at)),
            // Promises and methods are subjects of reactions, which carry their own date.
            program::Anchor::Promise | program::Anchor::Expiry => None,
        }
    }

    fn retry_instant(&self, slot: super::Slot, zone: Zone, policies: &Policies) -> Instant {
        let rules = self.rules(policies);
        let tried = self.failures.iter().filter(|failure| failure.step == Some(slot.step)).count();
        let first = self.failures.iter().find(|failure| failure.step == Some(slot.step));
        if tried < usize::from(slot.occurrence) {
            return Instant::NEVER; // the try before it has not failed
        }
        let (Some(first), Some(retry)) = (first, &rules.retry) else { return Instant::NEVER };
        let program::Retry::Fixed { at } = retry else {
            // Chosen when the try before it failed, and told with that.
            let of_step = self.failures.iter().filter(|failure| failure.step == Some(slot.step));
            let before = of_step.skip(usize::from(slot.occurrence) - 1).map(|failure| failure.retry_at).next();
            return before.flatten().unwrap_or(Instant::NEVER);
        };
        let Some(at) = at.get(usize::from(slot.occurrence) - 1) else {
            return Instant::NEVER;
        };
        match at.offset {
            Offset::Hours(hours) => first.at.plus_hours(i64::from(hours)),
            Offset::Days(_) | Offset::OpenDays(_) => zone.at(rules.shift_day(zone.day_of(first.at), at.offset), at.time),
        }
    }

    /// When a step was last carried out in this cycle. One that is in shadow by itself is not done for a follower that is
    /// not; `own` is the mode that the follower names.
    pub(crate) fn last_done(&self, step: usize, own: Option<Mode>, policies: &Policies) -> Option<Instant> {
        let apart = self.ladder(policies).steps[step].mode == Some(Mode::Shadow) && own != Some(Mode::Shadow);
        let ladder = policies.get(self.policy).segments[self.segment].ladder;
        let layout = policies.layout(self.policy, ladder);
        let of_step = |index: &usize| layout.slots[*index].step == step && layout.slots[*index].kind != super::SlotKind::Notice;
        (layout.first[step]..layout.slots.len())
            .take_while(|index| layout.slots[*index].step == step)
            .filter(of_step)
            .filter(|&index| !(apart && self.slots[index].shadow))
            .filter_map(|index| if let Stand::Done(at) = self.slots[index].stand { Some(at) } else { None })
            .max()
    }
}

impl Policy {
    /// A day moved by an offset on this policy's calendar (hours move it by whole days).
    pub(crate) fn shift_day(&self, day: Day, offset: Offset) -> Day {
        match offset {
            Offset::Days(days) => day.plus(days),
            Offset::OpenDays(days) => self.calendar.add_open_days(day, days),
            Offset::Hours(hours) => day.plus(hours / 24),
        }
    }

    /// A day moved by a delay on this policy's calendar.
    pub(crate) fn delay_day(&self, day: Day, delay: Delay) -> Day {
        match delay {
            Delay::Days(days) => day.plus(days),
            Delay::OpenDays(days) => self.calendar.add_open_days(day, days),
        }
    }

    /// The last day on which a payment of `day` may still become known on a rail.
    pub(crate) fn cleared_on(&self, rail: Rail, day: Day) -> Day {
        self.clearing.iter().find(|(known, _)| *known == rail).map_or(day, |&(_, delay)| self.delay_day(day, delay))
    }
}

impl program::Anchor {
    /// Whether it is known from the receivable alone and never moves.
    pub(crate) const fn is_fixed(self) -> bool {
        match self {
            Self::Issue | Self::Due | Self::Renewal => true,
            Self::Failed | Self::Promise | Self::Expiry | Self::After(_) => false,
        }
    }
}

//! The facts as they are kept between two decisions: what a row holds and what follows from the policy is left out.
//!
//! The order of the fields is the format (`postcard` has no names), so a field is never moved or removed; a new form is a
//! new struct and a new version byte in front. A plain walk is some eighty bytes. Deliberately absent: ids, names,
//! addresses and amounts, which are columns, sealed, or ledger entries.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::charging::{Method, Tried};
use crate::facts::events::{Failure, Reacting, Verdicts};
use crate::facts::fact::Cause;
use crate::facts::plan::Policies;
use crate::facts::walk::{Announcement, Closed, NewWalk, Parted, PartedKey, Promise, SlotState, Span, Subscription, Walk};
use crate::facts::{Channels, Contacted, Deferral, Facts, PaidFact, Stand};
use crate::ledger::Ledger;
use crate::party::Customer;
use crate::time::{Day, Instant, Zone};
use crate::words::{AccessState, DeferReason, Mode, Rail, SkipReason};

/// What is kept of a customer besides profile and receivables.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SavedCustomer {
    mode: Mode,
    entered: u32,
    broken_promises: u32,
    contacts: Vec<(i32, u8, bool)>,
    history: Vec<(i32, i32)>,
    freezes: Vec<(Stamp, Stamp)>,
    causes: Vec<Cause>,
    renewals: Vec<(Box<str>, i32)>,
    /// Since format 2, as what follows.
    autopaid: u16,
    methods: Vec<Method>,
    tried: Vec<Tried>,
    /// Attempts, by their place, that took the money.
    settled: Vec<u16>,
    released_at: Option<Stamp>,
}

/// What is kept of a walk besides the columns of its row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SavedWalk {
    segment: u16,
    sequence: u32,
    cycle: u16,
    renewed_at: Option<Stamp>,
    closed: Option<(u8, Stamp, bool)>,
    access: AccessState,
    mode: Mode,
    subscription: Option<Subscription>,
    slots: Vec<(u16, SavedSlot)>,
    more: Option<Box<SavedMore>>,
}

/// What few walks have.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
struct SavedMore {
    adverse_on: Option<i32>,
    shadow_adverse_on: Option<i32>,
    shadow_access: Option<AccessState>,
    closed_in_shadow: bool,
    announcements: Vec<(u16, Stamp, i32, bool)>,
    reactions: Vec<(u16, u16, u16, SavedSlot)>,
    freezes: Vec<(Stamp, Stamp)>,
    causes: Vec<Cause>,
    promises: Vec<(i32, Stamp)>,
    in_flight: Vec<(Stamp, Stamp)>,
    failures: Vec<(Stamp, Option<u16>, Box<str>, bool)>,
    rejected: Vec<u16>,
    released: Vec<u16>,
    withheld: Vec<u16>,
    parted: Vec<(Box<str>, SavedKey, SavedSlot)>,
    /// Since format 2, as what follows: failures, by their place, that are tried again at a chosen moment.
    retries: Vec<(u16, Stamp)>,
    released_at: Option<Stamp>,
}

/// Where a slot or a reaction stands; what most of them are takes few bytes.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
enum SavedSlot {
    /// Carried out at its very instant, in shadow or not.
    Prompt(Stamp, bool),
    /// Skipped at its very instant, in shadow or not.
    Missed(SkipReason, Stamp, bool),
    /// Anything else.
    Full(FullSlot),
}

/// `raw` of an open slot follows from the policy.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct FullSlot {
    stand: SavedStand,
    raw: Option<Stamp>,
    wait: Option<(DeferReason, Stamp, Stamp)>,
    again: u16,
    settled: bool,
    shadow: bool,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
enum SavedStand {
    Open,
    Done(Stamp),
    Skipped(SkipReason, Stamp),
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
enum SavedKey {
    Step(u16),
    Notice,
    Reaction(u16, u16),
}

/// A moment in few bytes: whole seconds where it is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stamp(Instant);

const MICROS: i64 = 1_000_000;

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Two bits say what follows; the ends of time have no seconds.
        let coded = match self.0 {
            Instant::NEVER => 2,
            Instant::DAWN => 6,
            at if at.micros() % MICROS == 0 => i128::from(at.secs()) << 2,
            at => (i128::from(at.micros()) << 2) | 1,
        };
        // Moments between 1900 and 2199 fit, the bits included.
        i64::try_from(coded).unwrap_or(2).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let coded = i64::deserialize(from)?;
        Ok(Self(match coded & 3 {
            0 => Instant::from_micros((coded >> 2).saturating_mul(MICROS)),
            1 => Instant::from_micros(coded >> 2),
            _ if coded == 6 => Instant::DAWN,
            _ => Instant::NEVER,
        }))
    }
}

/// The columns of a receivable's row that a walk is made of.
#[derive(Clone, Debug)]
pub struct WalkColumns {
    /// Its place among the customer's receivables in the order of their ids.
    pub rank: u32,
    /// Index of the policy version that it walks.
    pub policy: usize,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// How it is expected to be paid.
    pub method: Option<Rail>,
    /// When it became known.
    pub entered_at: Instant,
    /// Its entries, the charge first.
    pub entries: Vec<crate::ledger::StoredEntry>,
}

/// Saved state that does not fit the policy that it names.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the saved state does not fit its policy ({0})")]
pub struct Unfit(&'static str);

impl Facts<'_> {
    /// What to keep of the customer.
    #[must_use]
    pub fn save(&self) -> SavedCustomer {
        SavedCustomer {
            mode: self.mode,
            entered: self.entered,
            broken_promises: self.broken_promises,
            contacts: self.contacts.iter().map(|known| (known.day.epoch(), known.channels.bits(), known.shadow)).collect(),
            history: self.history.iter().map(|paid| (paid.paid_on.epoch(), paid.days_late)).collect(),
            freezes: save_spans(&self.freezes),
            causes: self.causes.clone(),
            renewals: self.renewals.iter().map(|(key, day)| (key.clone(), day.epoch())).collect(),
            autopaid: self.autopaid,
            methods: self.methods.clone(),
            tried: self.tried.clone(),
            settled: self.tried.iter().enumerate().filter(|(_, known)| known.settled).map(|(place, _)| narrow(place)).collect(),
            released_at: self.released_at.map(Stamp),
        }
    }

    /// Whether some step waits for the source of payments to be read, which nothing but a reading ends.
    #[must_use]
    pub fn awaits_source(&self) -> bool {
        self.waits(|known| known.reason == DeferReason::StaleSource)
    }

    /// Whether some step waits for a person to release it.
    #[must_use]
    pub fn awaits_release(&self) -> bool {
        self.waits(|known| known.reason == DeferReason::Approval)
    }

    fn waits(&self, how: impl Fn(&Deferral) -> bool) -> bool {
        self.walks.iter().filter(|walk| walk.closed.is_none()).any(|walk| {
            let slots = walk.slots.iter().filter(|state| state.stand.is_open()).filter_map(|state| state.deferral.as_ref());
            let reactions = walk.reactions.iter().filter(|known| known.stand.is_open()).filter_map(|known| known.deferral.as_ref());
            slots.chain(reactions).any(&how)
        })
    }

    /// Puts a saved walk among the others; call it in the order of ids. Those at rest may be left out.
    ///
    /// What is read back is looked at whole by the next decision, which may tell a wait that nobody was woken for: a replay
    /// of the log calls [`Facts::touch`] before each decision.
    ///
    /// # Errors
    /// [`Unfit`] when the policy has no such segment or slot, or the ledger's entries are none.
    pub fn restore_walk(&mut self, saved: SavedWalk, columns: WalkColumns, policies: &Policies) -> Result<usize, Unfit> {
        let walk = Walk::restore(saved, columns, self.zone, policies)?;
        let index = self.walks.len();
        let place = self.by_rank.partition_point(|&other| self.walks[other].rank <= walk.rank);
        self.by_rank.insert(place, index);
        self.walks.push(walk);
        Ok(index)
    }
}

impl<'a> Facts<'a> {
    /// The facts of a customer without its receivables, which [`Facts::restore_walk`] puts in.
    #[must_use]
    pub fn restore(saved: SavedCustomer, customer: Cow<'a, Customer>, zone: Zone) -> Self {
        let contacts = saved.contacts.into_iter();
        let history = saved.history.into_iter();
        let mut tried = saved.tried;
        for place in saved.settled {
            if let Some(known) = tried.get_mut(usize::from(place)) {
                known.settled = true;
            }
        }
        Self {
            mode: saved.mode,
            entered: saved.entered,
            broken_promises: saved.broken_promises,
            contacts: contacts
                .map(|(day, bits, shadow)| Contacted { day: Day::from_epoch(day), channels: Channels::from_bits(bits), shadow })
                .collect(),
            history: history.map(|(day, days_late)| PaidFact { paid_on: Day::from_epoch(day), days_late }).collect(),
            freezes: restore_spans(saved.freezes),
            causes: saved.causes,
            renewals: saved.renewals.into_iter().map(|(key, day)| (key, Day::from_epoch(day))).collect(),
            autopaid: saved.autopaid,
            methods: saved.methods,
            tried,
            released_at: saved.released_at.map(|stamp| stamp.0),
            ..Self::new(customer, zone)
        }
    }
}

impl Walk {
    /// Whether nothing can happen to it without a new fact, so that decisions about others may leave it out.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.closed.is_some()
            && self.closed_told
            && self.access == AccessState::Active
            && self.shadow_access == AccessState::Active
            && !self.closed_in_shadow
            && self.reactions.iter().all(|known| !known.stand.is_open())
    }

    /// What to keep of the walk besides the columns of its row.
    #[must_use]
    pub fn save(&self) -> SavedWalk {
        let slots = self.slots.iter().zip(0_u16..).filter(|(state, _)| kept(state));
        SavedWalk {
            segment: narrow(self.segment),
            sequence: self.sequence,
            cycle: self.cycle,
            renewed_at: (self.renewed_at != self.entered_at).then_some(Stamp(self.renewed_at)),
            closed: self.closed.map(|closed| {
                let (how, at) = match closed {
                    Closed::Paid(at) => (0, at),
                    Closed::Void(at) => (1, at),
                    Closed::WrittenOff(at) => (2, at),
                    Closed::Assigned(at) => (3, at),
                };
                (how, Stamp(at), self.closed_told)
            }),
            access: self.access,
            mode: self.mode,
            subscription: self.subscription.clone(),
            slots: slots.map(|(state, index)| (index, save_slot(state))).collect(),
            more: self.save_more(),
        }
    }

    fn save_more(&self) -> Option<Box<SavedMore>> {
        let steps = |steps: &[usize]| steps.iter().map(|&step| narrow(step)).collect();
        let more = SavedMore {
            adverse_on: self.adverse_on.map(Day::epoch),
            shadow_adverse_on: self.shadow_adverse_on.map(Day::epoch),
            shadow_access: (self.shadow_access != AccessState::Active).then_some(self.shadow_access),
            closed_in_shadow: self.closed_in_shadow,
            announcements: self
                .announcements
                .iter()
                .map(|known| (narrow(known.slot), Stamp(known.at), known.named.epoch(), known.shadow))
                .collect(),
            reactions: self.reactions.iter().map(save_reaction).collect(),
            freezes: save_spans(&self.freezes),
            causes: self.causes.clone(),
            promises: self.promises.iter().map(|promise| (promise.on.epoch(), Stamp(promise.breaks))).collect(),
            in_flight: save_spans(&self.in_flight),
            failures: self
                .failures
                .iter()
                .map(|failure| (Stamp(failure.at), failure.step.map(narrow), failure.reason.clone(), failure.needs_payer))
                .collect(),
            rejected: steps(&self.verdicts.rejected),
            released: steps(&self.verdicts.released),
            withheld: steps(&self.verdicts.withheld),
            parted: self.parted.iter().map(save_parted).collect(),
            retries: self
                .failures
                .iter()
                .enumerate()
                .filter_map(|(place, failure)| Some((narrow(place), Stamp(failure.retry_at?))))
                .collect(),
            released_at: self.released_at.map(Stamp),
        };
        (more != SavedMore::default()).then(|| Box::new(more))
    }

    fn restore(saved: SavedWalk, columns: WalkColumns, zone: Zone, policies: &Policies) -> Result<Self, Unfit> {
        let segment = usize::from(saved.segment);
        if columns.policy > policies.newest_index().max(policies.last_index()) {
            return Err(Unfit("there is no such policy"));
        }
        if segment >= policies.get(columns.policy).segments.len() {
            return Err(Unfit("the policy has fewer segments"));
        }
        let terms_of =
            |walk: &Self, entries| Ledger::restore(entries, &walk.terms(policies)).map_err(|_bad| Unfit("its ledger has no charge"));
        let first = columns.entries.first().map(|entry| (entry.amount, entry.on, entry.at));
        let (amount, on, at) = first.ok_or(Unfit("its ledger has no charge"))?;
        let new = NewWalk {
            rank: columns.rank,
            issued_on: columns.issued_on,
            due_on: columns.due_on,
            ledger: Ledger::new(amount, on, at).map_err(|_bad| Unfit("its ledger has no charge"))?,
            method: columns.method,
            subscription: saved.subscription,
        };
        let mut walk = Self::unplaced(new, saved.sequence, columns.entered_at, policies, columns.policy, segment);
        for (index, slot) in saved.slots {
            *walk.slots.get_mut(usize::from(index)).ok_or(Unfit("the policy has fewer steps"))? = restore_slot(slot);
        }
        walk.cycle = saved.cycle;
        walk.renewed_at = saved.renewed_at.map_or(columns.entered_at, |stamp| stamp.0);
        if let Some((how, Stamp(at), told)) = saved.closed {
            walk.closed_told = told;
            walk.closed = Some(match how {
                0 => Closed::Paid(at),
                1 => Closed::Void(at),
                2 => Closed::WrittenOff(at),
                _ => Closed::Assigned(at),
            });
        }
        walk.access = saved.access;
        walk.mode = saved.mode;
        if let Some(more) = saved.more {
            walk.restore_more(*more);
        }
        walk.schedule(zone, policies);
        if columns.entries.len() > 1 {
            walk.ledger = terms_of(&walk, columns.entries)?;
        }
        walk.place(zone, policies);
        Ok(walk)
    }

    fn restore_more(&mut self, more: SavedMore) {
        let steps = |steps: Vec<u16>| steps.into_iter().map(usize::from).collect();
        self.adverse_on = more.adverse_on.map(Day::from_epoch);
        self.shadow_adverse_on = more.shadow_adverse_on.map(Day::from_epoch);
        self.shadow_access = more.shadow_access.unwrap_or(AccessState::Active);
        self.closed_in_shadow = more.closed_in_shadow;
        let announcements = more.announcements.into_iter();
        self.announcements = announcements
            .map(|(slot, at, named, shadow)| Announcement { slot: usize::from(slot), at: at.0, named: Day::from_epoch(named), shadow })
            .collect();
        self.reactions = more.reactions.into_iter().map(restore_reaction).collect();
        self.freezes = restore_spans(more.freezes);
        self.causes = more.causes;
        self.promises = more.promises.into_iter().map(|(on, breaks)| Promise { on: Day::from_epoch(on), breaks: breaks.0 }).collect();
        self.in_flight = restore_spans(more.in_flight);
        let failures = more.failures.into_iter();
        self.failures = failures
            .map(|(at, step, reason, needs_payer)| Failure { at: at.0, step: step.map(usize::from), reason, needs_payer, retry_at: None })
            .collect();
        for (place, at) in more.retries {
            if let Some(failure) = self.failures.get_mut(usize::from(place)) {
                failure.retry_at = Some(at.0);
            }
        }
        self.verdicts = Verdicts { rejected: steps(more.rejected), released: steps(more.released), withheld: steps(more.withheld) };
        self.parted = more.parted.into_iter().map(restore_parted).collect();
        self.released_at = more.released_at.map(|stamp| stamp.0);
    }
}

/// Whether anything is known of a slot that does not follow from the policy.
fn kept(state: &SlotState) -> bool {
    !state.stand.is_open() || state.deferral.is_some() || state.again > 0 || state.settled_before
}

fn save_slot(state: &SlotState) -> SavedSlot {
    let full = FullSlot {
        stand: save_stand(state.stand),
        raw: (!state.stand.is_open()).then_some(Stamp(state.raw)),
        wait: state.deferral.map(save_deferral),
        again: state.again,
        settled: state.settled_before,
        shadow: state.shadow,
    };
    full.shortened()
}

impl FullSlot {
    fn shortened(self) -> SavedSlot {
        let plain = self.wait.is_none() && self.again == 0 && !self.settled;
        match self.stand {
            SavedStand::Done(at) if plain && self.raw == Some(at) => SavedSlot::Prompt(at, self.shadow),
            SavedStand::Skipped(reason, at) if plain && self.raw == Some(at) => SavedSlot::Missed(reason, at, self.shadow),
            SavedStand::Open | SavedStand::Done(_) | SavedStand::Skipped(..) => SavedSlot::Full(self),
        }
    }
}

fn restore_slot(saved: SavedSlot) -> SlotState {
    let full = match saved {
        SavedSlot::Prompt(at, shadow) => {
            FullSlot { stand: SavedStand::Done(at), raw: Some(at), wait: None, again: 0, settled: false, shadow }
        }
        SavedSlot::Missed(reason, at, shadow) => {
            FullSlot { stand: SavedStand::Skipped(reason, at), raw: Some(at), wait: None, again: 0, settled: false, shadow }
        }
        SavedSlot::Full(full) => full,
    };
    SlotState {
        raw: full.raw.map_or(Instant::NEVER, |raw| raw.0),
        stand: restore_stand(full.stand),
        deferral: full.wait.map(restore_deferral),
        again: full.again,
        settled_before: full.settled,
        shadow: full.shadow,
    }
}

fn save_reaction(known: &Reacting) -> (u16, u16, u16, SavedSlot) {
    let slot = FullSlot {
        stand: save_stand(known.stand),
        raw: Some(Stamp(known.raw)),
        wait: known.deferral.map(save_deferral),
        again: 0,
        settled: false,
        shadow: false,
    };
    (narrow(known.reaction), known.subject, known.cycle, slot.shortened())
}

fn restore_reaction((reaction, subject, cycle, saved): (u16, u16, u16, SavedSlot)) -> Reacting {
    let SlotState { raw, stand, deferral, .. } = restore_slot(saved);
    Reacting { reaction: usize::from(reaction), subject, cycle, raw, stand, deferral }
}

fn save_parted(known: &Parted) -> (Box<str>, SavedKey, SavedSlot) {
    let key = match known.key {
        PartedKey::Step(occurrence) => SavedKey::Step(occurrence),
        PartedKey::Notice => SavedKey::Notice,
        PartedKey::Reaction { cycle, subject } => SavedKey::Reaction(cycle, subject),
    };
    (known.id.clone(), key, save_slot(&known.state))
}

fn restore_parted((id, key, saved): (Box<str>, SavedKey, SavedSlot)) -> Parted {
    let key = match key {
        SavedKey::Step(occurrence) => PartedKey::Step(occurrence),
        SavedKey::Notice => PartedKey::Notice,
        SavedKey::Reaction(cycle, subject) => PartedKey::Reaction { cycle, subject },
    };
    Parted { id, key, state: restore_slot(saved) }
}

fn save_stand(stand: Stand) -> SavedStand {
    match stand {
        Stand::Open => SavedStand::Open,
        Stand::Done(at) => SavedStand::Done(Stamp(at)),
        Stand::Skipped(reason, at) => SavedStand::Skipped(reason, Stamp(at)),
    }
}

fn restore_stand(saved: SavedStand) -> Stand {
    match saved {
        SavedStand::Open => Stand::Open,
        SavedStand::Done(at) => Stand::Done(at.0),
        SavedStand::Skipped(reason, at) => Stand::Skipped(reason, at.0),
    }
}

fn save_deferral(known: Deferral) -> (DeferReason, Stamp, Stamp) {
    (known.reason, Stamp(known.until), Stamp(known.since))
}

fn restore_deferral((reason, until, since): (DeferReason, Stamp, Stamp)) -> Deferral {
    Deferral { reason, until: until.0, since: since.0 }
}

fn save_spans(spans: &[Span]) -> Vec<(Stamp, Stamp)> {
    spans.iter().map(|span| (Stamp(span.from), Stamp(span.until))).collect()
}

fn restore_spans(saved: Vec<(Stamp, Stamp)>) -> Vec<Span> {
    saved.into_iter().map(|(from, until)| Span { from: from.0, until: until.0 }).collect()
}

/// Policies have fewer steps than this; a number beyond it fits no policy and is refused on the way back.
fn narrow(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

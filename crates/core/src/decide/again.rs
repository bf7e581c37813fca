//! The last look between decision and effect (SPEC §3.10): would this message still be decided?
//!
//! On a copy of the facts the message's items are open again, what it announced and its count under the caps are taken
//! back, and the same `decide` is asked. So every rule that kept a contact back keeps a queued message back, and none is
//! written twice. A condition was judged at the decision and is not judged again (SPEC §3.3). Deliberately absent: changing
//! the facts, which the caller does by telling what was concluded.

use crate::decide::{Announced, Decisions, Outcome, StepRef, decide};
use crate::facts::{Channels, Facts, Policies, SlotKind, Stand};
use crate::party::Health;
use crate::policy::program::{Act, Event};
use crate::time::{Day, Instant};
use crate::words::{DeferReason, SkipReason, Tone};

/// A message that was decided and waits to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Queued<'a> {
    /// Its items, the most severe first.
    pub items: &'a [QueuedItem],
    /// The channels it was decided for.
    pub channels: Channels,
    /// When it was decided, or last looked at.
    pub decided_at: Instant,
    /// Contact points that it was tried at in vain, as places among the customer's.
    pub failed: &'a [u16],
    /// The channels that can carry anything at all here.
    pub carried: Channels,
}

/// An item of such a message: a decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueuedItem {
    /// Index into [`Facts::walks`]; nothing when the receivable is at rest or the step is no more.
    pub of: Option<(usize, StepRef)>,
    /// The cycle in which it was decided.
    pub cycle: u16,
    /// Which occurrence.
    pub occurrence: u16,
}

/// What a last look concluded.
#[derive(Clone, PartialEq, Debug)]
pub enum LastLook {
    /// It goes out now.
    Go(Fresh),
    /// The law does not let it go now; it may at this moment.
    Later(Instant),
    /// Nothing of it is left: per item, why.
    Nothing(Vec<SkipReason>),
}

/// A message as it goes out now.
#[derive(Clone, PartialEq, Debug)]
pub struct Fresh {
    /// The items that are left, as places among the queued ones, the most severe first.
    pub kept: Vec<usize>,
    /// Those that fell out, and why.
    pub dropped: Vec<(usize, SkipReason)>,
    /// Where it goes.
    pub channels: Channels,
    /// How it speaks: the most severe item's tone.
    pub tone: Tone,
    /// The adverse steps that it names, with the days that hold now.
    pub announces: Vec<Announced>,
    /// Whether it counts under the caps.
    pub counts: bool,
}

/// What became of an item on the copy.
enum Verdict {
    Kept { message: usize, row: usize },
    Dropped(SkipReason),
    Illegal(Instant),
}

/// Looks at a queued message once more, as things stand at `now`; the message itself is not counted under the caps.
///
/// Total, as [`decide`] is.
#[must_use]
pub fn look_again(facts: &Facts<'_>, policies: &Policies, now: Instant, queued: &Queued<'_>) -> LastLook {
    let mut copy = facts.clone();
    copy.forget_points(queued.failed, queued.carried);
    copy.uncount(facts.zone.day_of(queued.decided_at), queued.channels);
    let opened: Vec<Result<(), SkipReason>> = queued.items.iter().map(|item| copy.open_again(*item, queued.decided_at, policies)).collect();
    copy.touch();
    let mut out = Decisions::default();
    decide(&mut copy, policies, now, &mut out);
    let verdicts: Vec<Verdict> = queued
        .items
        .iter()
        .zip(opened)
        .map(|(item, opened)| opened.map_or_else(Verdict::Dropped, |()| verdict(&copy, &out, *item, policies)))
        .collect();
    conclude(&copy, policies, &out, queued, &verdicts)
}

fn conclude(copy: &Facts<'_>, policies: &Policies, out: &Decisions, queued: &Queued<'_>, verdicts: &[Verdict]) -> LastLook {
    let kept = |verdict: &Verdict| if let Verdict::Kept { message, row } = *verdict { Some((message, row)) } else { None };
    let Some((message, _)) = verdicts.iter().find_map(kept) else {
        let opens = verdicts.iter().filter_map(|verdict| if let Verdict::Illegal(until) = *verdict { Some(until) } else { None });
        if let Some(until) = opens.min() {
            return LastLook::Later(until);
        }
        return LastLook::Nothing(verdicts.iter().map(|verdict| reason(verdict).unwrap_or(SkipReason::Stale)).collect());
    };
    // Rows are in the order of severity; what is not ours was decided on the copy only.
    let mut ours: Vec<(usize, usize)> = Vec::new();
    let mut dropped = Vec::new();
    for (place, verdict) in verdicts.iter().enumerate() {
        match verdict {
            Verdict::Kept { message: own, row } if *own == message => ours.push((*row, place)),
            // What may not be said in this message any more waits for no other one.
            Verdict::Kept { .. } | Verdict::Illegal(_) => dropped.push((place, SkipReason::NoLegalMoment)),
            Verdict::Dropped(reason) => dropped.push((place, *reason)),
        }
    }
    ours.sort_unstable();
    let walks = |named: &&Announced| ours.iter().any(|&(row, _)| out.rows.get(row).is_some_and(|row| row.walk == named.walk));
    let said = out.messages.get(message);
    let lead = ours.first().and_then(|&(_, place)| queued.items.get(place)).and_then(|item| item.of);
    LastLook::Go(Fresh {
        channels: said.map_or(queued.channels, |said| said.channels),
        tone: lead.map_or(Tone::Friendly, |(walk, step)| tone(copy, policies, walk, step)),
        announces: said.map_or_else(Vec::new, |said| said.announces.iter().filter(walks).copied().collect()),
        counts: lead.is_some_and(|(walk, step)| counts(copy, policies, walk, step)),
        kept: ours.into_iter().map(|(_, place)| place).collect(),
        dropped,
    })
}

const fn reason(verdict: &Verdict) -> Option<SkipReason> {
    match verdict {
        Verdict::Dropped(reason) => Some(*reason),
        Verdict::Kept { .. } | Verdict::Illegal(_) => None,
    }
}

/// What `decide` made of an item on the copy.
fn verdict(copy: &Facts<'_>, out: &Decisions, item: QueuedItem, policies: &Policies) -> Verdict {
    let Some((walk, step)) = item.of else { return Verdict::Dropped(SkipReason::Closed) };
    let own = out.rows.iter().enumerate().find(|(_, row)| (row.walk, row.step, row.occurrence) == (walk, step, item.occurrence));
    if let Some((place, row)) = own {
        return match (row.outcome, row.message) {
            (Outcome::Done, Some(message)) => Verdict::Kept { message, row: place },
            (Outcome::Done, None) => Verdict::Dropped(SkipReason::Superseded),
            (Outcome::Skipped(reason), _) => Verdict::Dropped(reason),
        };
    }
    let receivable = &copy.walks[walk];
    if receivable.closed.is_some() {
        return Verdict::Dropped(SkipReason::Closed);
    }
    let deferral = match step {
        StepRef::Reaction(reaction) => receivable
            .reactions
            .iter()
            .find(|known| (known.reaction, known.subject) == (reaction, item.occurrence))
            .and_then(|known| known.deferral),
        StepRef::Step(_) | StepRef::Notice(_) => {
            copy.slot_of(walk, step, item.occurrence, policies).and_then(|slot| receivable.slots[slot].deferral)
        }
    };
    match deferral.map(|known| (known.reason, known.until)) {
        Some((DeferReason::NoLegalMoment | DeferReason::Blackout, until)) if until != Instant::NEVER => Verdict::Illegal(until),
        Some((DeferReason::Frozen | DeferReason::InFlight, _)) => Verdict::Dropped(SkipReason::Frozen),
        Some((DeferReason::Capped, _)) => Verdict::Dropped(SkipReason::Capped),
        Some((DeferReason::Approval, _)) => Verdict::Dropped(SkipReason::NotApproved),
        Some((DeferReason::NoLegalMoment | DeferReason::Blackout, _)) => Verdict::Dropped(SkipReason::NoLegalMoment),
        // Its notice is not asked for any more: the step is announced, or does not come.
        Some((DeferReason::StaleSource | DeferReason::Unannounced | DeferReason::OnePerDay, _)) | None => {
            Verdict::Dropped(SkipReason::Superseded)
        }
    }
}

fn act<'p>(copy: &Facts<'_>, policies: &'p Policies, walk: usize, step: StepRef) -> Option<&'p Act> {
    let receivable = &copy.walks[walk];
    let rules = policies.get(receivable.policy);
    match step {
        StepRef::Step(step) => Some(&rules.ladders[rules.segments[receivable.segment].ladder].steps.get(step)?.act),
        StepRef::Notice(_) => None,
        StepRef::Reaction(reaction) => Some(&rules.reactions.get(reaction)?.act),
    }
}

fn tone(copy: &Facts<'_>, policies: &Policies, walk: usize, step: StepRef) -> Tone {
    let contact = act(copy, policies, walk, step).and_then(Act::contact);
    contact.map_or(if matches!(step, StepRef::Notice(_)) { Tone::Firm } else { Tone::Friendly }, |contact| contact.tone)
}

/// Receipts and answers to a request count under no cap.
fn counts(copy: &Facts<'_>, policies: &Policies, walk: usize, step: StepRef) -> bool {
    let StepRef::Reaction(reaction) = step else { return true };
    let event = policies.get(copy.walks[walk].policy).reactions.get(reaction).map(|reaction| reaction.on);
    event.is_none_or(|event| match event {
        Event::Paid | Event::PromiseMade | Event::DisputeOpened | Event::AccessRestored => false,
        Event::PaymentFailed | Event::MethodExpiring | Event::PromiseBroken | Event::Renewal => true,
    })
}

impl Facts<'_> {
    /// Contact points that failed and channels that nothing carries are as good as none.
    fn forget_points(&mut self, failed: &[u16], carried: Channels) {
        let lost = |place: usize, channel| !carried.meets(Channels::of(channel)) || failed.iter().any(|&known| usize::from(known) == place);
        if self.customer.contacts.iter().enumerate().any(|(place, point)| lost(place, point.channel)) {
            for (place, point) in self.customer.to_mut().contacts.iter_mut().enumerate() {
                if lost(place, point.channel) {
                    point.health = Health::Bounced;
                }
            }
        }
    }

    /// Takes a message's count back. What waits to be sent is never in shadow.
    fn uncount(&mut self, day: Day, channels: Channels) {
        if let Some(place) = self.contacts.iter().rposition(|known| !known.shadow && known.day == day && known.channels == channels) {
            self.contacts.remove(place);
        }
    }

    /// Opens an item again, and takes back what its message announced.
    fn open_again(&mut self, item: QueuedItem, decided_at: Instant, policies: &Policies) -> Result<(), SkipReason> {
        let (walk, step) = item.of.ok_or(SkipReason::Closed)?;
        let slot = match step {
            StepRef::Reaction(reaction) => {
                let receivable = &mut self.walks[walk];
                let slots = receivable.slots.len();
                let known = receivable.reactions.iter_mut().enumerate();
                let own = |(_, known): &(usize, &mut crate::facts::Reacting)| {
                    (known.reaction, known.subject, known.cycle) == (reaction, item.occurrence, item.cycle)
                };
                let (place, known) = known.into_iter().find(own).ok_or(SkipReason::Superseded)?;
                known.stand = Stand::Open;
                known.deferral = None;
                receivable.judged.push(slots + place);
                return Ok(());
            }
            StepRef::Step(_) | StepRef::Notice(_) => self.slot_of(walk, step, item.occurrence, policies).ok_or(SkipReason::Superseded)?,
        };
        let receivable = &mut self.walks[walk];
        if receivable.cycle != item.cycle {
            return Err(SkipReason::Superseded); // reopened since: what it said was of another time
        }
        receivable.announcements.retain(|known| known.at != decided_at);
        let state = &mut receivable.slots[slot];
        state.stand = Stand::Open;
        state.deferral = None;
        receivable.judged.push(slot);
        Ok(())
    }

    /// The slot of a step's occurrence, or of a notice that was asked for so many times before.
    fn slot_of(&self, walk: usize, step: StepRef, occurrence: u16, policies: &Policies) -> Option<usize> {
        let receivable = &self.walks[walk];
        let slots = policies.slots(receivable.policy, policies.get(receivable.policy).segments[receivable.segment].ladder);
        slots.iter().zip(&receivable.slots).position(|(slot, state)| match step {
            StepRef::Step(step) => slot.step == step && slot.occurrence == occurrence && slot.kind != SlotKind::Notice,
            StepRef::Notice(step) => slot.step == step && slot.kind == SlotKind::Notice && state.again == occurrence,
            StepRef::Reaction(_) => false,
        })
    }
}

//! Access as it stands, why, and what would change it next (SPEC §8): what a product asks before it opens its doors.
//!
//! Read off the facts and decided by nobody: a ladder restricts, payment restores. Deliberately absent: what a person's
//! own product makes of a state, and states in shadow, which restrict nobody.

use crate::decide::Tick;
use crate::facts::{Facts, Policies, SlotKind, Stand, Walk};
use crate::policy::program::Act;
use crate::time::{Day, Instant};
use crate::words::{AccessState, DeferReason};

/// What may be used of one subscription.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// The subscription's key; none for what receivables without a subscription share.
    pub subscription: Option<Box<str>>,
    /// The strictest state that its receivables have brought about and payment has not lifted.
    pub state: AccessState,
    /// What brought it about; none while nothing is restricted.
    pub because: Option<Because>,
    /// Indices into [`Facts::walks`] of the receivables whose payment restores it.
    pub restored_by: Vec<usize>,
    /// The next stricter state, should nothing be paid; none when no step of an open ladder is stricter.
    pub next: Option<Next>,
}

/// What brought a state about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Because {
    /// Index into [`Facts::walks`].
    pub walk: usize,
    /// Index of the step in its ladder; none when a policy was left whose step it was.
    pub step: Option<usize>,
    /// When it was carried out, if the step is known.
    pub since: Option<Instant>,
}

/// A stricter state that is to come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Next {
    /// Index into [`Facts::walks`].
    pub walk: usize,
    /// Index of the step in its ladder.
    pub step: usize,
    /// The state.
    pub state: AccessState,
    /// The local day before which it does not come: as announced, or its own if it were announced today.
    pub not_before: Day,
    /// Whether a message has announced it.
    pub announced: bool,
    /// Why it waits beyond its own instant, if it does.
    pub waits: Option<DeferReason>,
}

/// The access of each subscription of a customer at `now`, those first that have a key, in the order of their keys.
///
/// It changes nothing: two calls give the same.
///
/// ```
/// # use std::{borrow::Cow, sync::Arc};
/// # use regua_core::{decide::access, facts::{Facts, Policies}, party::Customer, policy, time::{Instant, Zone}};
/// # let text = "regua: 1\nname: T\ncurrency: BRL\ntimezone: America/Sao_Paulo\nsegments: [{ name: default }]\nladders:\n  default:\n    - { id: due, at: D, do: notify, template: due_today }\n";
/// # let policy = policy::compile(text, &policy::Names::default()).map_err(|findings| format!("{findings:?}"))?;
/// # let policies = Policies::new(vec![Arc::new(policy)]).ok_or("no policy")?;
/// let facts = Facts::new(Cow::Owned(Customer::default()), Zone::parse("America/Sao_Paulo")?);
/// assert!(access(&facts, &policies, Instant::default()).is_empty(), "nothing is owed, so nothing restricts");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn access(facts: &Facts<'_>, policies: &Policies, now: Instant) -> Vec<Access> {
    let tick = Tick { policies, now, today: facts.zone.day_of(now) };
    let key = |walk: &Walk| walk.subscription.as_ref().map(|sub| sub.key.clone());
    let mut keys: Vec<Option<Box<str>>> = facts.walks.iter().map(key).collect();
    keys.sort_by(|a, b| (a.is_none(), a).cmp(&(b.is_none(), b)));
    keys.dedup();
    keys.into_iter().map(|key| tick.access_of(facts, key)).collect()
}

impl Tick<'_> {
    fn access_of(self, facts: &Facts<'_>, key: Option<Box<str>>) -> Access {
        let of_key = |walk: &&(usize, &Walk)| walk.1.subscription.as_ref().map(|sub| &sub.key) == key.as_ref();
        let numbered: Vec<(usize, &Walk)> = facts.walks.iter().enumerate().collect();
        let own: Vec<&(usize, &Walk)> = numbered.iter().filter(of_key).collect();
        let state = own.iter().map(|(_, walk)| walk.access).max().unwrap_or(AccessState::Active);
        let restricting = || own.iter().filter(|(_, walk)| walk.access != AccessState::Active);
        let because = restricting().filter(|(_, walk)| walk.access == state).map(|&&(index, walk)| self.because(index, walk));
        let next = own.iter().filter_map(|&&(index, walk)| self.next_access(facts, index, walk, state));
        Access {
            state,
            because: because.min_by_key(|because| because.since.unwrap_or(Instant::NEVER)),
            restored_by: restricting().map(|(index, _)| *index).collect(),
            next: next.min_by_key(|next| (next.not_before, next.state, next.walk)),
            subscription: key,
        }
    }

    /// The step that restricted a receivable: the latest that was carried out with its state.
    fn because(self, index: usize, walk: &Walk) -> Because {
        let done = self.layout(walk).slots.iter().zip(&walk.slots).filter_map(|(slot, state)| {
            match (state.stand, &walk.step(self.policies, *slot).act) {
                (Stand::Done(at), Act::Access(to)) if slot.kind == SlotKind::Adverse && *to == walk.access && !state.shadow => {
                    Some((at, slot.step))
                }
                _ => None,
            }
        });
        let latest = done.max();
        Because { walk: index, step: latest.map(|(_, step)| step), since: latest.map(|(at, _)| at) }
    }

    /// The first undecided step of a receivable that restricts further.
    fn next_access(self, facts: &Facts<'_>, index: usize, walk: &Walk, state: AccessState) -> Option<Next> {
        if walk.closed.is_some() {
            return None;
        }
        let order = walk.order.iter().map(|&slot| usize::from(slot));
        order.filter_map(|place| self.stricter(facts, index, place, state)).min_by_key(|next| next.not_before)
    }

    fn stricter(self, facts: &Facts<'_>, index: usize, place: usize, state: AccessState) -> Option<Next> {
        let walk = facts.walks.get(index)?;
        let (slot, known) = (self.slot(walk, place), walk.slots.get(place)?);
        let Act::Access(to) = walk.step(self.policies, slot).act else { return None };
        let open = slot.kind == SlotKind::Adverse && known.stand.is_open() && !known.settled_before && known.raw != Instant::NEVER;
        // A condition may turn until its instant; one that precedes the entry or is in shadow never restricts.
        if !open || to <= state || self.precedes_entry(walk, slot, known.raw) || self.is_shadow(facts, walk, slot) {
            return None;
        }
        let announced = self.standing(facts, walk, place).next().is_some();
        Some(Next {
            walk: index,
            step: slot.step,
            state: to,
            not_before: if announced {
                self.adverse_day(facts, index, place, self.today)
            } else {
                self.unannounced_day(facts, walk, place)
            },
            announced,
            waits: known.deferral.map(|waits| waits.reason),
        })
    }

    /// The first day on which a step may come of which nothing was said yet: its own, and `notice` days from today.
    fn unannounced_day(self, facts: &Facts<'_>, walk: &Walk, place: usize) -> Day {
        const DAYS_TRIED: i32 = 400;
        let (rules, slot) = (walk.rules(self.policies), self.slot(walk, place));
        let own = walk.slots.get(place).map_or(self.today, |known| facts.zone.day_of(known.raw));
        let first = own.max(rules.delay_day(self.today, walk.step(self.policies, slot).notice));
        let blocked = |day: Day| rules.blackout_ends(day, |blackout| blackout.adverse).is_some() || !rules.calendar.is_open(day);
        (0..DAYS_TRIED).map(|ahead| first.plus(ahead)).find(|&day| !blocked(day)).unwrap_or(first)
    }
}

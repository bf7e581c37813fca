//! Published policies with each ladder laid out as slots: one per step, occurrence and notice, in file order.

use std::sync::Arc;

use crate::policy::Policy;
use crate::policy::program::{Act, Ladder, Retry, Step};
use crate::rulebook::Rulebook;

/// The published policies, oldest first, and the rulebook of today.
///
/// A receivable walks the version it entered with; caps, channels and consolidation come from the newest.
pub struct Policies {
    plans: Vec<Plan>,
    newest: usize,
    rulebook: &'static Rulebook,
}

/// A policy with its ladders laid out.
#[derive(Clone)]
struct Plan {
    policy: Arc<Policy>,
    ladders: Arc<[Layout]>,
}

pub(crate) struct Layout {
    pub(crate) slots: Vec<Slot>,
    /// Per step: its first slot (its notice for an adverse step).
    pub(crate) first: Vec<usize>,
    /// The slots that end the ladder: write-offs and assignments.
    pub(crate) ends: Vec<usize>,
    /// Per step: the contacts that announce it.
    pub(crate) announcers: Vec<Vec<usize>>,
    /// Whether an instant can depend on anything but issue and due date.
    pub(crate) dynamic: bool,
}

/// One thing that can be decided once per cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    /// Index of the step in its ladder.
    pub step: usize,
    /// 0 for a plain step, 1, 2, … for a repeated one, retries of a charge from 1.
    pub occurrence: u16,
    /// The step itself or its own notice.
    pub kind: SlotKind,
}

/// What a slot stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotKind {
    /// `notify`, `offer`.
    Contact,
    /// `<id>.notice` of an adverse step.
    Notice,
    /// `access`, `fee`, `report`, `assign`.
    Adverse,
    /// `task`.
    Task,
    /// `write_off`.
    WriteOff,
    /// `charge`.
    Charge,
}

impl SlotKind {
    fn of(step: &Step) -> Self {
        match step.act {
            Act::Notify(_) | Act::Offer(..) => Self::Contact,
            Act::Charge => Self::Charge,
            Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_) => Self::Adverse,
            Act::Task(_) => Self::Task,
            Act::WriteOff => Self::WriteOff,
        }
    }
}

impl Policies {
    /// The published policies, oldest first; the newest one's rulebook is in force.
    ///
    /// Returns nothing when there is no policy at all.
    #[must_use]
    pub fn new(policies: Vec<Arc<Policy>>) -> Option<Self> {
        let rulebook = Rulebook::named(policies.last()?.contact.rulebook);
        let plans = policies
            .into_iter()
            .map(|policy| Plan { ladders: policy.ladders.iter().map(|ladder| Layout::of(ladder, policy.retry.as_ref())).collect(), policy })
            .collect();
        let plans: Vec<Plan> = plans;
        Some(Self { newest: plans.len() - 1, plans, rulebook })
    }

    /// The policy of an index given at entry.
    #[must_use]
    pub fn get(&self, index: usize) -> &Policy {
        &self.plans[index].policy
    }

    /// The index of the policy with this hash.
    #[must_use]
    pub fn find(&self, hash: &str) -> Option<usize> {
        self.plans.iter().rposition(|plan| plan.policy.hash == hash)
    }

    /// The index of the newest policy.
    #[must_use]
    pub const fn newest_index(&self) -> usize {
        self.newest
    }

    /// The same policies as those see them whom the ones after `index` do not cover: that one is the newest, and its
    /// rulebook is in force. Nothing when there is no such policy.
    #[must_use]
    pub fn with_newest(self, index: usize) -> Option<Self> {
        let rulebook = Rulebook::named(self.plans.get(index)?.policy.contact.rulebook);
        Some(Self { newest: index, rulebook, ..self })
    }

    /// The index of the policy that was published last, whomever it covers.
    pub(crate) fn last_index(&self) -> usize {
        self.plans.len().saturating_sub(1)
    }

    /// The newest policy.
    #[must_use]
    pub fn newest(&self) -> &Policy {
        self.get(self.newest_index())
    }

    /// The rulebook in force.
    #[must_use]
    pub const fn rulebook(&self) -> &'static Rulebook {
        self.rulebook
    }

    pub(crate) fn layout(&self, policy: usize, ladder: usize) -> &Layout {
        &self.plans[policy].ladders[ladder]
    }

    /// The slots of a ladder, in file order.
    #[must_use]
    pub fn slots(&self, policy: usize, ladder: usize) -> &[Slot] {
        &self.layout(policy, ladder).slots
    }
}

impl Layout {
    fn of(ladder: &Ladder, retry: Option<&Retry>) -> Self {
        let mut slots = Vec::new();
        let mut first = Vec::with_capacity(ladder.steps.len());
        for (step, file) in ladder.steps.iter().enumerate() {
            first.push(slots.len());
            let kind = SlotKind::of(file);
            if kind == SlotKind::Adverse {
                slots.push(Slot { step, occurrence: 0, kind: SlotKind::Notice });
            }
            let (from, to) = match (&file.every, kind) {
                (Some(every), _) => (1, every.max),
                (None, SlotKind::Charge) => (0, retry.map_or(0, Retry::max)),
                (None, SlotKind::Contact | SlotKind::Notice | SlotKind::Adverse | SlotKind::Task | SlotKind::WriteOff) => (0, 0),
            };
            slots.extend((from..=to).map(|occurrence| Slot { step, occurrence, kind }));
        }
        let dynamic = ladder.steps.iter().any(|step| !step.at.anchor.is_fixed() || matches!(step.act, Act::Charge));
        let announcing = |step: usize| {
            let names = |other: &(usize, &Step)| other.1.announces.contains(&step);
            ladder.steps.iter().enumerate().filter(names).map(|(index, _)| index).collect()
        };
        let announcers = (0..ladder.steps.len()).map(announcing).collect();
        let ending = |index: &usize| {
            let slot: &Slot = &slots[*index];
            slot.kind != SlotKind::Notice && matches!(ladder.steps[slot.step].act, Act::WriteOff | Act::Assign(_))
        };
        let ends = (0..slots.len()).filter(ending).collect();
        Self { slots, first, ends, announcers, dynamic }
    }
}

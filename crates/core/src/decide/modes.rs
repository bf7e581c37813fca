//! How real a decision is (SPEC §3.13): of customer, policy and step the least real holds.
//!
//! There are two worlds. What is in shadow sees everything as done, sent and counted; what is not sees nothing of what is.

use crate::decide::Tick;
use crate::facts::{Announcement, Approvals, Facts, Slot, Walk};
use crate::words::Mode;

impl Facts<'_> {
    /// How real a receivable's decisions are where a step says nothing of its own.
    #[must_use]
    pub fn mode_of(&self, walk: &Walk) -> Mode {
        self.mode.min(walk.mode)
    }

    /// How real a step of a receivable is; `own` is what the step says.
    pub(crate) fn mode_with(&self, walk: &Walk, own: Option<Mode>) -> Mode {
        let scope = self.mode_of(walk);
        own.filter(|_| self.step_modes).map_or(scope, |own| own.min(scope))
    }
}

impl Tick<'_> {
    /// How real a slot of a receivable is.
    pub(super) fn mode(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot) -> Mode {
        facts.mode_with(receivable, receivable.step(self.policies, slot).mode)
    }

    /// Whether a slot is decided in shadow.
    pub(super) fn is_shadow(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot) -> bool {
        self.mode(facts, receivable, slot) == Mode::Shadow
    }

    /// Whether a slot is of the world that another is decided in.
    pub(super) fn is_seen(self, facts: &Facts<'_>, receivable: &Walk, slot: Slot, in_shadow: bool) -> bool {
        in_shadow || !self.is_shadow(facts, receivable, slot)
    }

    /// The announcements of an adverse step that stand (SPEC §3.4): valid, and sent.
    pub(super) fn standing<'w>(
        self,
        facts: &'w Facts<'_>,
        receivable: &'w Walk,
        index: usize,
    ) -> impl Iterator<Item = &'w Announcement> + Clone {
        // What is said at this moment is on its way, not late.
        let sent = move |known: &&Announcement| known.at == self.now || known.shadow || !facts.unsent.contains(&known.at);
        self.made(facts, receivable, index).filter(sent)
    }

    /// The announcements of an adverse step that will stand once they are sent.
    pub(super) fn made<'w>(
        self,
        facts: &'w Facts<'_>,
        receivable: &'w Walk,
        index: usize,
    ) -> impl Iterator<Item = &'w Announcement> + Clone {
        let from = receivable.stands_from(&facts.freezes, self.now);
        let in_shadow = self.is_shadow(facts, receivable, self.slot(receivable, index));
        let stands = move |known: &&Announcement| known.slot == index && known.at >= from && (in_shadow || !known.shadow);
        receivable.announcements.iter().filter(stands)
    }

    /// Whether a person must release a step or reaction and has not; `own` is what it says of its mode, `verdict` its
    /// place among the verdicts.
    pub(super) fn awaits_release(self, facts: &Facts<'_>, receivable: &Walk, verdict: usize, approval: bool, own: Option<Mode>) -> bool {
        let real = facts.mode_with(receivable, own) != Mode::Shadow;
        let scoped = [Some(facts.mode), Some(receivable.mode), own].contains(&Some(Mode::Approve));
        let verdicts = &receivable.verdicts;
        (approval || (scoped && real))
            && !verdicts.released.contains(&verdict)
            && (facts.approvals == Approvals::Asked || verdicts.withheld.contains(&verdict))
    }
}

//! Decisions told in one sentence each (SPEC §3.11).
//!
//! English only: what customers read is written by message templates, what operators read in other languages comes with
//! the console. Deliberately absent: looking anything up; the caller hands in what a decision refers to.

use crate::decide::Outcome;
use crate::facts::Channels;
use crate::policy::program::Act;
use crate::rulebook::Rule;
use crate::words::{DeferReason, SkipReason};

/// What a decision was about.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// The step's id as in `decisions.csv`, e.g. `late2` or `limit.notice`.
    pub step: &'a str,
    /// What the step does.
    pub act: &'a Act,
    /// Where its message went.
    pub channels: Channels,
    /// How many receivables the message spoke of.
    pub items: usize,
    /// The rule of law that was looked at.
    pub rule: Option<&'static Rule>,
}

/// One sentence for a final decision, without a full stop.
///
/// ```
/// # use regua_core::{decide::Outcome, explain::{Telling, decided}, facts::Channels, policy::program::Act, words::SkipReason};
/// let act = Act::Charge;
/// let telling = Telling { step: "charge", act: &act, channels: Channels::default(), items: 0, rule: None };
/// assert_eq!(decided(telling, Outcome::Done), "`charge` charged the stored method");
/// assert_eq!(decided(telling, Outcome::Skipped(SkipReason::Closed)), "`charge` was skipped: nothing is owed any more (closed)");
/// ```
#[must_use]
pub fn decided(telling: Telling<'_>, outcome: Outcome) -> String {
    let Telling { step, channels, items, rule, .. } = telling;
    let cited = rule.map(|rule| format!("; {} ({})", rule.says, rule.source)).unwrap_or_default();
    match outcome {
        Outcome::Skipped(reason) => format!("`{step}` was skipped: {} ({reason}){cited}", skipped(reason)),
        Outcome::Done if !channels.is_empty() && items > 1 => {
            format!("`{step}` went out by {channels} in one message about {items} receivables{cited}")
        }
        Outcome::Done if !channels.is_empty() => format!("`{step}` went out by {channels}{cited}"),
        Outcome::Done => format!("`{step}` {}", did(telling.act)),
    }
}

/// One sentence for a step that began to wait, without a full stop.
#[must_use]
pub fn waits(step: &str, reason: DeferReason, until: Option<&str>, rule: Option<&'static Rule>) -> String {
    let until = until.map_or_else(|| "until that changes".to_owned(), |until| format!("until {until}"));
    let cited = rule.map(|rule| format!("; {} ({})", rule.says, rule.source)).unwrap_or_default();
    format!("`{step}` waits {until}: {} ({reason}){cited}", deferred(reason))
}

fn did(act: &Act) -> String {
    match act {
        Act::Notify(_) | Act::Offer(..) => "went out".to_owned(),
        Act::Charge => "charged the stored method".to_owned(),
        Act::Access(state) => format!("set access to {state}"),
        Act::Fee(amount) => format!("added a fee of {amount}"),
        Act::Report(bureau) => format!("reported the debt to {bureau}"),
        Act::Assign(agency) => format!("handed the debt to {agency}"),
        Act::Task(queue) => format!("put a task on the queue {queue}"),
        Act::WriteOff => "wrote the amount off".to_owned(),
    }
}

/// What a skip reason means, as the end of "it was skipped because …".
#[must_use]
pub const fn skipped(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::BeforeEntry => "its instant had passed before the receivable was known",
        SkipReason::Closed => "nothing is owed any more",
        SkipReason::NotBefore => "this segment is left in peace for longer",
        SkipReason::Condition => "its condition did not hold",
        SkipReason::Currency => "its condition compares amounts of two currencies",
        SkipReason::Superseded => "a later step took its place, or what it would bring about stands already",
        SkipReason::Minimum => "the amount due is too small to chase",
        SkipReason::Unreachable => "no channel has a usable, consented contact point: the contact data need mending",
        SkipReason::Forbidden => "the rulebook forbids it",
        SkipReason::Rejected => "a person refused it",
        SkipReason::Frozen => "a hold, dispute or promise lasted longer than its window",
        SkipReason::NoLegalMoment => "its window ended before the rulebook allowed it",
        SkipReason::Capped => "its window ended before the contact caps left room",
        SkipReason::NotApproved => "nobody approved it in time",
        SkipReason::Stale => "it would have come too late to make sense",
    }
}

/// What a defer reason means, as the end of "it waits because …".
#[must_use]
pub const fn deferred(reason: DeferReason) -> &'static str {
    match reason {
        DeferReason::Frozen => "a hold, dispute, promise or pause freezes the ladder",
        DeferReason::InFlight => "a payment is on its way",
        DeferReason::StaleSource => "a payment may have been made that the source has not yet told",
        DeferReason::Unannounced => "it must be announced first, and long enough before",
        DeferReason::Blackout => "a blackout of the policy holds",
        DeferReason::NoLegalMoment => "this is not an hour or day for it",
        DeferReason::Capped => "the contact caps are used up",
        DeferReason::OnePerDay => "at most one adverse step happens a day, in order",
        DeferReason::Approval => "it waits for a person's approval",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_of_its_own() {
        let mut said: Vec<&str> = SkipReason::ALL.iter().map(|&reason| skipped(reason)).collect();
        said.extend(DeferReason::ALL.iter().map(|&reason| deferred(reason)));
        let all = said.len();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), all);
    }

    #[test]
    fn a_wait_names_its_end_and_its_rule() {
        assert_eq!(
            waits("late2", DeferReason::Capped, Some("Thu 12 Mar 09:00"), None),
            "`late2` waits until Thu 12 Mar 09:00: the contact caps are used up (capped)"
        );
        assert_eq!(
            waits("late2", DeferReason::Frozen, None, None),
            "`late2` waits until that changes: a hold, dispute, promise or pause freezes the ladder (frozen)"
        );
    }
}

//! The rule as its customer may read it: what lateness costs and which steps follow when, without the names of segments and steps and
//! without the conditions that tell what the company thinks of somebody.

use regua_core::facts::{Policies, Walk};
use regua_core::money::Money;
use regua_core::policy::program::{Act, At, Caps, EarlyDiscount, LateCharges, Policy, Terms};
use regua_core::rulebook::RulebookName;
use regua_core::time::LocalTime;
use regua_core::words::{AccessState, Channel};

/// A rule in the parts that can be said in words.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What lateness costs.
    pub late: LateCharges,
    /// What paying early saves.
    pub early: Vec<EarlyDiscount>,
    /// Most messages of a day, a week and a month.
    pub caps: Caps,
    /// Whose law holds for hours and days of messages.
    pub rulebook: RulebookName,
    /// The hour at which steps begin where none is said.
    pub time: LocalTime,
    /// By which messages come, the first that works first.
    pub channels: Vec<Channel>,
    /// The steps, in the order of the file. What happens inside the company is left out.
    pub steps: Vec<RuleStep>,
}

/// One step.
#[derive(Clone, PartialEq, Debug)]
pub struct RuleStep {
    /// When.
    pub at: At,
    /// Whether it repeats.
    pub repeats: bool,
    /// What.
    pub what: Doing,
    /// Whether it happens only in some cases, which are not said.
    pub perhaps: bool,
    /// Whether it is announced before.
    pub announced: bool,
}

/// What a step does to its customer.
#[derive(Clone, PartialEq, Debug)]
pub enum Doing {
    /// A message.
    Message,
    /// A message with an offer.
    Offer(Terms),
    /// The stored way to pay is charged.
    Charge,
    /// What may be used becomes less.
    Access(AccessState),
    /// A fee.
    Fee(Money),
    /// A credit bureau is told.
    Report(String),
    /// An agency takes over.
    Assign(String),
    /// Nobody asks any more.
    End,
}

/// The rule that a receivable walks.
pub(super) fn of_walk(policies: &Policies, walk: &Walk) -> Rule {
    let policy = policies.get(walk.policy);
    of(policy, Some(walk.segment), walk.late_charges(policies).clone())
}

/// The rule of somebody who owes nothing: what holds for everybody that no segment singles out.
pub(super) fn of_newest(policies: &Policies) -> Rule {
    let policy = policies.newest();
    let open = policy.segments.iter().position(|segment| segment.when.is_none());
    of(policy, open, policy.late_charges.clone())
}

fn of(policy: &Policy, segment: Option<usize>, late: LateCharges) -> Rule {
    let segment = segment.and_then(|segment| policy.segments.get(segment));
    let ladder = segment.and_then(|segment| policy.ladders.get(segment.ladder));
    let steps = ladder.into_iter().flat_map(|ladder| &ladder.steps).filter_map(|step| {
        let what = match &step.act {
            Act::Notify(_) => Doing::Message,
            Act::Offer(_, terms) => Doing::Offer(terms.clone()),
            Act::Charge => Doing::Charge,
            Act::Access(state) => Doing::Access(*state),
            Act::Fee(fee) => Doing::Fee(*fee),
            Act::Report(bureau) => Doing::Report(bureau.clone()),
            Act::Assign(agency) => Doing::Assign(agency.clone()),
            Act::WriteOff => Doing::End,
            Act::Task(_) => return None,
        };
        let announced = step.act.is_adverse();
        Some(RuleStep { at: step.at, repeats: step.every.is_some(), what, perhaps: step.condition.is_some() || step.approval, announced })
    });
    Rule {
        late,
        early: policy.early_discounts.clone(),
        caps: segment.and_then(|segment| segment.caps).unwrap_or(policy.contact.caps),
        rulebook: policy.contact.rulebook,
        time: policy.time,
        channels: policy.contact.channels.clone(),
        steps: steps.collect(),
    }
}

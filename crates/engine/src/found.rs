//! A step as its policy has it, and what it does in words.

use regua_core::decide::StepRef;
use regua_core::facts::{Policies, Walk};
use regua_core::policy::Condition;
use regua_core::policy::program::{Act, Contact, Ladder, Reaction, Step};

/// Where a step of a receivable stands in its policy.
#[derive(Clone, Copy)]
pub struct Found<'p> {
    /// The ladder that the receivable walks.
    pub ladder: &'p Ladder,
    /// Which step it is.
    pub place: Place<'p>,
}

/// A step of the ladder, the notice of one, or a reaction.
#[derive(Clone, Copy)]
pub enum Place<'p> {
    /// A step.
    Step(&'p Step),
    /// The notice of an adverse step's own.
    Notice(&'p Step),
    /// A reaction to an event.
    Reaction(&'p Reaction),
}

/// What a step is to the customer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sort {
    /// A message.
    Contact,
    /// A charge of the stored method.
    Charge,
    /// A restriction, a fee, a report, an agency.
    Adverse,
    /// A task or a write-off: the customer sees nothing.
    Neutral,
}

/// Finds a step of a walk; nothing when the policy has none such, which decisions of that policy never name.
#[must_use]
pub fn find<'p>(policies: &'p Policies, walk: &Walk, step: StepRef) -> Option<Found<'p>> {
    let policy = policies.get(walk.policy);
    let ladder = policy.ladders.get(policy.segments.get(walk.segment)?.ladder)?;
    let place = match step {
        StepRef::Step(step) => Place::Step(ladder.steps.get(step)?),
        StepRef::Notice(step) => Place::Notice(ladder.steps.get(step)?),
        StepRef::Reaction(reaction) => Place::Reaction(policy.reactions.get(reaction)?),
    };
    Some(Found { ladder, place })
}

impl<'p> Found<'p> {
    /// Its name, as in `decisions.csv`.
    #[must_use]
    pub fn name(self) -> String {
        match self.place {
            Place::Step(step) => step.id.clone(),
            Place::Notice(step) => format!("{}.notice", step.id),
            Place::Reaction(reaction) => reaction.id.clone(),
        }
    }

    /// What it does, but for a notice, which only announces.
    #[must_use]
    pub const fn act(self) -> Option<&'p Act> {
        match self.place {
            Place::Step(step) => Some(&step.act),
            Place::Notice(_) => None,
            Place::Reaction(reaction) => Some(&reaction.act),
        }
    }

    /// Its `if`.
    #[must_use]
    pub const fn condition(self) -> Option<&'p Condition> {
        match self.place {
            Place::Step(step) => step.condition.as_ref(),
            Place::Notice(_) => None,
            Place::Reaction(reaction) => reaction.condition.as_ref(),
        }
    }

    /// Its message, when it is one with a text of its own.
    #[must_use]
    pub fn contact(self) -> Option<&'p Contact> {
        self.act().and_then(Act::contact)
    }

    /// What it is to the customer.
    #[must_use]
    pub const fn sort(self) -> Sort {
        match self.act() {
            None | Some(Act::Notify(_) | Act::Offer(..)) => Sort::Contact,
            Some(Act::Charge) => Sort::Charge,
            Some(Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_)) => Sort::Adverse,
            Some(Act::Task(_) | Act::WriteOff) => Sort::Neutral,
        }
    }

    /// What carrying it out means, as the end of "done: …".
    #[must_use]
    pub fn says(self) -> String {
        match (self.place, self.act()) {
            (Place::Notice(step), _) => format!("a firm notice of its own that {}", consequence(&step.act)),
            (_, Some(act)) => act_says(act),
            (_, None) => String::new(),
        }
    }
}

/// What an act is called in policies.
#[must_use]
pub const fn verb(act: &Act) -> &'static str {
    match act {
        Act::Notify(_) => "notify",
        Act::Offer(..) => "offer",
        Act::Charge => "charge",
        Act::Access(_) => "access",
        Act::Fee(_) => "fee",
        Act::Report(_) => "report",
        Act::Assign(_) => "assign",
        Act::Task(_) => "task",
        Act::WriteOff => "write_off",
    }
}

/// What an act means, as the end of "done: …".
#[must_use]
pub fn act_says(act: &Act) -> String {
    match act {
        Act::Notify(contact) => format!("{} {}", contact.tone, contact.template),
        Act::Offer(contact, terms) => {
            let parts = if terms.instalments > 1 { format!(" in {} parts", terms.instalments) } else { String::new() };
            format!("{} {}{parts}", contact.tone, contact.template)
        }
        Act::Charge | Act::Access(_) | Act::Fee(_) | Act::Report(_) | Act::Assign(_) | Act::Task(_) | Act::WriteOff => consequence(act),
    }
}

/// What an act without a message brings about.
fn consequence(act: &Act) -> String {
    match act {
        Act::Notify(_) | Act::Offer(..) => String::new(),
        Act::Charge => "the stored method is charged".to_owned(),
        Act::Access(state) => format!("access becomes {state}"),
        Act::Fee(fee) => format!("a fee of {fee} is added"),
        Act::Report(bureau) => format!("the debt is reported to {bureau}"),
        Act::Assign(agency) => format!("the debt goes to {agency}"),
        Act::Task(queue) => format!("a task is put on the queue {queue}"),
        Act::WriteOff => "the amount is written off".to_owned(),
    }
}

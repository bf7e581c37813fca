//! The names of a policy's steps, as rows and events have them, made once per policy.

use std::sync::Arc;

use regua_core::decide::StepRef;
use regua_core::facts::{Policies, Walk};
use regua_core::policy::Policy;
use regua_store::batch::Name;

/// The names of all steps of one policy: `id`, `id.notice`, and a reaction's own.
#[derive(Debug)]
pub(crate) struct Names {
    /// Per ladder and step: the step's name and its notice's.
    ladders: Vec<Vec<(Name, Name)>>,
    reactions: Vec<Name>,
}

impl Names {
    /// Of one policy.
    pub(crate) fn of(policy: &Policy) -> Self {
        let ladder = |ladder: &regua_core::policy::program::Ladder| {
            ladder.steps.iter().map(|step| (Arc::from(step.id.as_str()), Arc::from(format!("{}.notice", step.id)))).collect()
        };
        Self {
            ladders: policy.ladders.iter().map(ladder).collect(),
            reactions: policy.reactions.iter().map(|reaction| Arc::from(reaction.id.as_str())).collect(),
        }
    }

    /// The name of a step of a walk under this policy.
    pub(crate) fn name(&self, policies: &Policies, walk: &Walk, step: StepRef) -> Option<&Name> {
        let ladder = policies.get(walk.policy).segments.get(walk.segment)?.ladder;
        match step {
            StepRef::Step(step) => Some(&self.ladders.get(ladder)?.get(step)?.0),
            StepRef::Notice(step) => Some(&self.ladders.get(ladder)?.get(step)?.1),
            StepRef::Reaction(reaction) => self.reactions.get(reaction),
        }
    }

    /// The step of a walk that has this name.
    pub(crate) fn find(&self, policies: &Policies, walk: &Walk, name: &str) -> Option<StepRef> {
        let ladder = self.ladders.get(policies.get(walk.policy).segments.get(walk.segment)?.ladder)?;
        let step = ladder.iter().position(|(step, _)| **step == *name).map(StepRef::Step);
        let notice = || ladder.iter().position(|(_, notice)| **notice == *name).map(StepRef::Notice);
        let reaction = || self.reactions.iter().position(|reaction| **reaction == *name).map(StepRef::Reaction);
        step.or_else(notice).or_else(reaction)
    }
}

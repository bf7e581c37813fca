//! Every step of a policy in file order, numbered, so that a decision holds a number and a name costs a look-up.

use regua_core::decide::StepRef;
use regua_core::policy::Policy;

/// The steps of all ladders, each notice directly before its step, then the reactions.
#[derive(Debug)]
pub(crate) struct StepTable {
    /// The place of each ladder's first step.
    ladders: Vec<usize>,
    reactions: usize,
    places: Vec<Place>,
}

/// A step at its place.
#[derive(Debug)]
pub(crate) struct Place {
    /// As in `decisions.csv`: `id`, `id.notice`, or a reaction's id.
    pub(crate) name: Box<str>,
    /// Index of its ladder; none for a reaction.
    pub(crate) ladder: Option<usize>,
    /// Its place in the ladder or among the reactions.
    pub(crate) step: StepRef,
}

impl StepTable {
    /// Of one policy; nothing when it has more steps than 16 bits can number.
    pub(crate) fn new(policy: &Policy) -> Option<Self> {
        let (mut ladders, mut places) = (Vec::with_capacity(policy.ladders.len()), Vec::new());
        for (ladder, file) in policy.ladders.iter().enumerate() {
            ladders.push(places.len());
            for (step, file) in file.steps.iter().enumerate() {
                let ladder = Some(ladder);
                places.push(Place { name: format!("{}.notice", file.id).into(), ladder, step: StepRef::Notice(step) });
                places.push(Place { name: file.id.as_str().into(), ladder, step: StepRef::Step(step) });
            }
        }
        let reactions = places.len();
        let names = policy.reactions.iter().map(|reaction| reaction.id.as_str()).enumerate();
        places.extend(names.map(|(step, name)| Place { name: name.into(), ladder: None, step: StepRef::Reaction(step) }));
        u16::try_from(places.len()).is_ok().then_some(Self { ladders, reactions, places })
    }

    /// The place of a step of a ladder.
    pub(crate) fn place(&self, ladder: usize, step: StepRef) -> u16 {
        let first = self.ladders.get(ladder).copied().unwrap_or(0);
        let place = match step {
            StepRef::Notice(step) => first + 2 * step,
            StepRef::Step(step) => first + 2 * step + 1,
            StepRef::Reaction(reaction) => self.reactions + reaction,
        };
        // All places fit: `new` saw to it.
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// What stands at a place.
    pub(crate) fn at(&self, place: u16) -> Option<&Place> {
        self.places.get(usize::from(place))
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }
}

//! Where in time a step can lie, as far as the file alone tells.

use super::Steps;
use crate::policy::program::{Act, Anchor, Offset};
use crate::policy::read::Reader;
use crate::policy::steps::{earliest_days, latest_days};
use crate::time::LocalTime;

/// Civil days from an anchor between which a step's instants lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    /// Never [`Anchor::After`].
    pub(super) anchor: Anchor,
    pub(super) earliest: i32,
    /// Not known for a step that follows another: it may be delayed.
    pub(super) latest: Option<i32>,
    /// The local hour, when the days are exact.
    time: Option<LocalTime>,
}

impl Span {
    /// The span of a step; `after` is followed to the step that has an anchor.
    pub(super) fn of(steps: &Steps<'_>, index: usize) -> Self {
        let mut span = Self { anchor: Anchor::Due, earliest: 0, latest: None, time: None };
        let mut index = index;
        let mut followed = false;
        // A step follows an earlier one, so there are at most as many turns as steps.
        while let Some((_, step)) = steps.get(index) {
            span.earliest = span.earliest.saturating_add(earliest_days(step.at.offset));
            if let Anchor::After(before) = step.at.anchor {
                (index, followed) = (before, true);
                continue;
            }
            span.anchor = step.at.anchor;
            if !followed {
                span.latest = match step.every {
                    None => Some(latest_days(step.at.offset)),
                    Some(every) if every.until.anchor == step.at.anchor => Some(latest_days(every.until.offset)),
                    Some(_) => None,
                };
                let exact = step.every.is_none() && matches!(step.at.offset, Offset::Days(_));
                span.time = exact.then_some(step.at.time);
            }
            break;
        }
        span
    }

    /// Whether this one can only lie after the other.
    pub(super) fn only_after(self, other: Self) -> bool {
        let Some(latest) = other.latest.filter(|_| self.anchor == other.anchor) else { return false };
        self.earliest > latest || (self.earliest == latest && self.time.zip(other.time).is_some_and(|(mine, theirs)| mine > theirs))
    }
}

/// Refuses a step whose instant can only lie after the `write_off` or `assign` that ends the ladder.
///
/// An end with a condition may not come, so it ends nothing for sure.
pub(super) fn nothing_after_the_end(reader: &mut Reader<'_>, steps: &Steps<'_>) {
    let ends = |act: &Act| matches!(act, Act::WriteOff | Act::Assign(_));
    let Some(end) = steps.iter().position(|(_, step)| ends(&step.act) && step.condition.is_none()) else { return };
    let Some((_, last)) = steps.get(end) else { return };
    for (index, (draft, step)) in steps.iter().enumerate() {
        if index != end && Span::of(steps, index).only_after(Span::of(steps, end)) {
            let key = if draft.fields.get("at").is_some() { "at" } else { "after" };
            let mend = format!("move it before `{}`, or let the ladder end later", last.id);
            reader.error(draft.fields.mark(key), format!("`{}` can only lie after `{}`, which ends the ladder", step.id, last.id), mend);
        }
    }
}

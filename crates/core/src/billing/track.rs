//! What is true from which day on.

use serde::{Deserialize, Serialize};

use crate::time::Day;

/// A value, and the days from which another one holds, in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Track<T> {
    first: T,
    steps: Vec<(Day, T)>,
}

impl<T: PartialEq> Track<T> {
    pub(super) const fn new(first: T) -> Self {
        Self { first, steps: Vec::new() }
    }

    /// What holds on a day.
    pub(super) fn at(&self, day: Day) -> &T {
        self.steps.iter().rev().find(|step| step.0 <= day).map_or(&self.first, |step| &step.1)
    }

    /// Holds from a day on, whatever was to come after it.
    pub(super) fn set(&mut self, from: Day, value: T) {
        self.steps.retain(|step| step.0 < from);
        if *self.at(from) != value {
            self.steps.push((from, value));
        }
    }

    /// The changes after a day, in order.
    pub(super) fn after(&self, day: Day) -> impl Iterator<Item = (Day, &T)> {
        self.steps.iter().filter(move |step| step.0 > day).map(|step| (step.0, &step.1))
    }

    /// When what holds on a day began to, if that is known.
    pub(super) fn since(&self, day: Day) -> Option<Day> {
        self.steps.iter().rev().find(|step| step.0 <= day).map(|step| step.0)
    }

    /// Forgets what held before a day only.
    pub(super) fn forget_before(&mut self, day: Day) {
        let past = self.steps.iter().take_while(|step| step.0 <= day).count();
        if let Some((_, value)) = self.steps.drain(..past).next_back() {
            self.first = value;
        }
    }
}

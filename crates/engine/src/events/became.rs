//! What receivables became, compared with what the log said of them last: what others act on and facts only imply.

use regua_core::facts::{Closed, Walk};
use regua_core::words::AccessState;

use crate::case::Case;
use crate::log::Became;

/// What of a walk the log tells when it changes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stood {
    closed: Option<Closed>,
    access: AccessState,
}

impl Stood {
    /// Where a receivable stands that enters.
    const NEW: Self = Self { closed: None, access: AccessState::Active };

    /// Where it stands.
    pub(crate) fn of(walk: &Walk) -> Self {
        Self { closed: walk.closed.filter(|_| !walk.closed_in_shadow), access: walk.access }
    }
}

impl Case {
    /// What walks became since the log last said so.
    pub(crate) fn became(&self) -> Vec<Became> {
        let mut became = Vec::new();
        for (place, (walk, held)) in self.facts.walks.iter().zip(&self.held).enumerate() {
            let (was, is) = (self.stood_of(place), Stood::of(walk));
            if was == is {
                continue;
            }
            let receivable = held.receivable.to_string();
            match is.closed {
                None if was.closed.is_some() => became.push(Became::Reopened { receivable: receivable.clone() }),
                Some(closed) if was.closed.map(how) != Some(how(closed)) => {
                    became.push(Became::Closed { receivable: receivable.clone(), how: how(closed).to_owned() });
                }
                None | Some(_) => {}
            }
            if let (Some(Closed::Paid(at)), None) = (is.closed, was.closed)
                && let Some(kept) = walk.promises.iter().rfind(|promise| promise.breaks >= at)
            {
                became.push(Became::Kept { receivable: receivable.clone(), on: kept.on });
            }
            if was.access != is.access {
                became.extend(self.access_changed(place, receivable));
            }
        }
        became
    }

    fn stood_of(&self, place: usize) -> Stood {
        self.stood.get(place).copied().unwrap_or(Stood::NEW)
    }

    /// Whether what may be used of a walk's subscription changed with the walk; told once, by the first walk that changed.
    fn access_changed(&self, place: usize, receivable: String) -> Option<Became> {
        let own = key(self.facts.walks.get(place)?);
        let (mut was, mut state) = (AccessState::Active, AccessState::Active);
        for (other, walk) in self.facts.walks.iter().enumerate().filter(|(_, walk)| key(walk) == own) {
            let stood = self.stood_of(other);
            if other < place && stood.access != walk.access {
                return None;
            }
            was = was.max(stood.access);
            state = state.max(walk.access);
        }
        (was != state).then(|| Became::Access { subscription: own.map(str::to_owned), was, state, receivable: Some(receivable) })
    }
}

fn key(walk: &Walk) -> Option<&str> {
    walk.subscription.as_ref().map(|sub| &*sub.key)
}

/// How a receivable ended, as the log says it.
const fn how(closed: Closed) -> &'static str {
    match closed {
        Closed::Paid(_) => "paid",
        Closed::Void(_) => "void",
        Closed::WrittenOff(_) => "written_off",
        Closed::Assigned(_) => "assigned",
    }
}

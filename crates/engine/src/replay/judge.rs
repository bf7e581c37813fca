//! What is asked of a pass that was decided again: whether it came to the same, and whether it was lawful.

use regua_core::decide::{Decisions, Outcome, StepRef};
use regua_core::facts::SlotKind;
use regua_core::ids::ReceivableId;
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::Mode;

use crate::case::Case;
use crate::log::Decided;
use crate::tenancy::Tenancy;

/// In what a pass comes to something else than it did.
pub(super) fn difference(recorded: &Decided, again: Option<&Decided>) -> Option<String> {
    let none = (Vec::new(), Vec::new());
    let (rows, waits) = again.map_or(none, |again| (again.rows.clone(), again.waits.clone()));
    first_difference(&recorded.rows, &rows, |(receivable, step, cycle, occurrence, outcome, message)| {
        let message = message.as_ref().map_or(String::new(), |message| format!(" in {message}"));
        (format!("{receivable} `{step}` {cycle}.{occurrence}"), format!("{outcome}{message}"))
    })
    .or_else(|| {
        first_difference(&recorded.waits, &waits, |(receivable, step, occurrence, reason, until)| {
            (format!("{receivable} `{step}` {occurrence}"), format!("waits for {reason} until {}", Zone::utc().rfc3339(*until)))
        })
    })
}

/// The first key of which two lists, in whatever order, say something else.
fn first_difference<T>(recorded: &[T], again: &[T], told: impl Fn(&T) -> (String, String)) -> Option<String> {
    let sorted = |list: &[T]| {
        let mut list: Vec<(String, String)> = list.iter().map(&told).collect();
        list.sort_unstable();
        list
    };
    let (recorded, again) = (sorted(recorded), sorted(again));
    let lost = recorded.iter().find(|row| again.binary_search(row).is_err());
    let new = again.iter().find(|row| recorded.binary_search(row).is_err());
    match (lost, new) {
        (None, None) => (recorded.len() != again.len()).then(|| "the same is decided twice".to_owned()),
        (Some((key, was)), Some((other, is))) if key == other => Some(format!("{key}: recorded `{was}`, comes to `{is}`")),
        (Some((key, was)), _) => Some(format!("{key}: recorded `{was}`, comes to nothing")),
        (None, Some((key, is))) => Some(format!("{key}: nothing is recorded, comes to `{is}`")),
    }
}

/// An adverse step that was announced before a pass.
pub(super) struct Named {
    receivable: ReceivableId,
    step: usize,
    on: Day,
    at: Instant,
    shadow: bool,
}

impl Named {
    pub(super) fn of(case: &Case, tenancy: &Tenancy) -> Vec<Self> {
        let policies = tenancy.policies(case.customer);
        let mut named = Vec::new();
        for (walk, held) in case.facts.walks.iter().zip(&case.held) {
            if walk.announcements.is_empty() {
                continue;
            }
            let Some(segment) = policies.get(walk.policy).segments.get(walk.segment) else { continue };
            let slots = policies.slots(walk.policy, segment.ladder);
            for known in &walk.announcements {
                let Some(slot) = slots.get(known.slot) else { continue };
                named.push(Self { receivable: held.receivable, step: slot.step, on: known.named, at: known.at, shadow: known.shadow });
            }
        }
        named
    }
}

/// Adverse steps that were carried out though no announcement made before named them for that day or an earlier one.
pub(super) fn unannounced(case: &Case, tenancy: &Tenancy, decided: &Decisions, named: &[Named], now: Instant) -> Vec<String> {
    let policies = tenancy.policies(case.customer);
    let today = case.facts.zone.day_of(now);
    let mut found = Vec::new();
    for row in decided.rows.iter().filter(|row| row.outcome == Outcome::Done) {
        let StepRef::Step(step) = row.step else { continue };
        let Some((walk, held)) = case.facts.walks.get(row.walk).zip(case.held.get(row.walk)) else { continue };
        let Some(segment) = policies.get(walk.policy).segments.get(walk.segment) else { continue };
        let adverse = policies.slots(walk.policy, segment.ladder).iter().any(|slot| slot.step == step && slot.kind == SlotKind::Adverse);
        let stands = |known: &&Named| {
            let seen = !known.shadow || row.mode == Mode::Shadow;
            let in_time = known.on <= today && known.at >= walk.entered_at && known.at < now;
            seen && in_time && known.receivable == held.receivable && known.step == step
        };
        if adverse && !named.iter().any(|known| stands(&known)) {
            let step = crate::order::name(case, tenancy, row.walk, row.step).map_or("", |name| name);
            found.push(format!("{} `{step}` was carried out, and nothing had announced it", held.receivable));
        }
    }
    found
}

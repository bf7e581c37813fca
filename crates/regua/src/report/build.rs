//! From gathered numbers to the page's data: steps get their words and places, sums their order.

use std::collections::BTreeMap;

use regua_core::decide::StepRef;
use regua_core::policy::Policy;
use regua_core::time::Day;
use regua_core::words::Channel;
use regua_sim::backtest::Summary;

use super::data::{Counts, Floating, Ladder, Lang, Message, Origin, Plan, Recovered, RecoveredStep, ReportData, Step, Week};
use super::format::{Format, fill};
use super::gather::{Gather, Numbers, WITHIN_DAYS};
use super::steps;

/// What a page tells beside the numbers of a backtest.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// The language of the page.
    pub(crate) lang: Lang,
    /// Whose portfolio it is.
    pub(crate) title: String,
    /// What comes next: see [`super::Coming`].
    pub(crate) plan: Plan,
    /// Messages as their readers will get them, if any are shown.
    pub(crate) messages: Vec<Message>,
    /// What the portfolio was drawn from, if it was.
    pub(crate) seed: Option<u64>,
    /// What to type for the same page.
    pub(crate) commands: Vec<String>,
}

impl ReportData {
    /// The page of a backtest that [`Gather`] looked on at.
    pub(crate) fn new(gather: Gather<'_>, summary: &Summary, told: Told) -> Self {
        let (backtest, as_of, numbers) = gather.finish();
        let policy = backtest.policies().newest();
        let today = policy.zone.day_of(as_of);
        let first = numbers.days.map_or(today, |(first, _)| first);
        let lang = told.lang;
        let texts = lang.texts();
        let format = Format { lang, currency: policy.currency };
        let mut notes = Vec::new();
        if numbers.foreign > 0 {
            notes.push(fill(texts.note_foreign, &[&format.count(numbers.foreign), policy.currency.code()]));
        }
        let versions = [("régua", env!("CARGO_PKG_VERSION").to_owned())].into_iter();
        let versions = versions.chain(summary.versions.iter().map(|(name, version)| (*name, version.clone())));
        Self {
            lang,
            title: told.title,
            period: (first.min(today), today),
            policy: policy.name.clone(),
            policy_hash: policy.hash.clone(),
            currency: policy.currency,
            notes,
            figures: numbers.figures,
            receipts: numbers.receipts,
            ladders: ladders(policy, &numbers, lang),
            cohorts: numbers.collection.cohorts(today, lang),
            aging: numbers.aging,
            weeks: weeks(&numbers),
            skips: numbers.skips.iter().map(|(reason, count)| (*reason, *count)).collect(),
            defers: numbers.defers.iter().map(|(reason, count)| (*reason, *count)).collect(),
            recovered: recovered(policy, &numbers, lang),
            hours: numbers.hours,
            debtors: numbers.debtors,
            plan: told.plan,
            messages: told.messages,
            origin: Origin {
                versions: versions.map(|(name, version)| (name.to_owned(), version)).collect(),
                seed: told.seed,
                commands: told.commands,
            },
        }
    }
}

/// Ladders that something walked, the most walked first.
fn ladders(policy: &Policy, numbers: &Numbers, lang: Lang) -> Vec<Ladder> {
    let mut ladders: Vec<Ladder> = numbers.ladders.keys().filter_map(|index| ladder(policy, *index, numbers, lang)).collect();
    ladders.sort_by_key(|ladder| std::cmp::Reverse(ladder.receivables));
    ladders
}

fn ladder(policy: &Policy, index: usize, numbers: &Numbers, lang: Lang) -> Option<Ladder> {
    let file = policy.ladders.get(index)?;
    let walked = numbers.ladders.get(&index).copied().unwrap_or_default();
    let mean = walked.issued_before.checked_div(walked.receivables).unwrap_or(0);
    let issued_before = i32::try_from(mean).unwrap_or(0);
    let counts = |step: StepRef| numbers.steps.get(&(index, step)).copied().unwrap_or_default();
    let mut ladder = Ladder { name: file.name.clone(), receivables: walked.receivables, steps: Vec::new(), floating: Vec::new() };
    let mut float = |label: String, counts: Counts| {
        if counts != Counts::default() {
            ladder.floating.push(Floating { label, counts });
        }
    };
    for (place, step) in file.steps.iter().enumerate() {
        float(steps::notice(lang, &step.act), counts(StepRef::Notice(place)));
        let label = steps::label(lang, &step.act);
        match steps::day(file, step.at, issued_before) {
            Some(day) => ladder.steps.push(Step {
                label,
                at: steps::when(lang, file, step),
                day,
                repeat: steps::repeat(file, step, issued_before),
                kind: steps::kind(&step.act),
                counts: counts(StepRef::Step(place)),
            }),
            None => float(label, counts(StepRef::Step(place))),
        }
    }
    for (place, reaction) in policy.reactions.iter().enumerate() {
        float(steps::reaction(lang, reaction), counts(StepRef::Reaction(place)));
    }
    Some(ladder)
}

fn weeks(numbers: &Numbers) -> Vec<Week> {
    let week = |(monday, counts): (&Day, &[i64; Channel::ALL.len()])| Week {
        monday: *monday,
        contacts: Channel::ALL.iter().copied().zip(*counts).filter(|(_, count)| *count > 0).collect(),
    };
    numbers.weeks.iter().map(week).collect()
}

/// Steps after which something was paid, in the order of the rule; those that read alike in several ladders together.
fn recovered(policy: &Policy, numbers: &Numbers, lang: Lang) -> Recovered {
    let mut places: BTreeMap<(i32, String), RecoveredStep> = BTreeMap::new();
    for ((ladder, step), counts) in &numbers.steps {
        let Some(file) = policy.ladders.get(*ladder) else { continue };
        let (label, day) = match *step {
            StepRef::Step(place) => {
                let Some(step) = file.steps.get(place).filter(|step| step.act.contact().is_some()) else { continue };
                let label = format!("{} · {}", steps::when(lang, file, step), steps::label(lang, &step.act));
                (label, steps::day(file, step.at, i32::MAX).unwrap_or(i32::MAX))
            }
            StepRef::Notice(place) => {
                let Some(step) = file.steps.get(place) else { continue };
                (steps::notice(lang, &step.act), i32::MAX)
            }
            StepRef::Reaction(place) => {
                let Some(reaction) = policy.reactions.get(place).filter(|reaction| reaction.act.contact().is_some()) else { continue };
                (steps::reaction(lang, reaction), i32::MAX)
            }
        };
        let followed = numbers.followed.get(&(*ladder, *step)).copied().unwrap_or_default();
        let line = places.entry((day, label.clone())).or_insert(RecoveredStep { label, done: 0, followed: 0, paid_minor: 0 });
        line.done += counts.done;
        line.followed += followed.contacts;
        line.paid_minor = line.paid_minor.saturating_add(followed.paid_minor);
    }
    let steps = places.into_values().filter(|step| step.followed > 0).collect();
    Recovered { within_days: WITHIN_DAYS, steps }
}

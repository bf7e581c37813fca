//! When the next try is: the best lawful hour, or with a small known share any lawful hour, so that something is learnt.
//!
//! The rule, whole: the tries that are left are spread evenly over the rest of the window, which gives the pace. Admissible
//! are the whole local hours that the rulebook allows, up to twice the pace after the last attempt. The best of them has the
//! highest chance together with what the tries after it are still worth ([`super::rest`]). After a technical failure the pace
//! is a matter of hours: there the best has the highest estimate, less what it costs to come before its pace.
//! Deliberately absent: features and weights ([`super::timing`]), what is lawful (`rulebook::charge`), how weights are learnt
//! (crates/model), and the instants of a `fixed` plan (the walk).

use super::rest::Rest;
use super::timing::{Cause, Features, Funding, Situation, Timing, fresh, logistic_bp};
use super::{Scheme, Trigger, last_settled};
use crate::calendar::Calendar;
use crate::rulebook::{ChargeAnswer, ChargeAsk, PixCycle, charge, ends, on_open_days_only, room};
use crate::time::{Day, Instant, LocalTime};
use crate::words::Rail;

/// A question for the moment of the next try of a series that failed.
#[derive(Clone, Copy, Debug)]
pub struct Choose<'a> {
    /// Method, attempts so far, amount, series, zone, now, limits: what the rulebook is asked with at each moment.
    pub ask: ChargeAsk<'a>,
    /// Whose business days count; `br-banking` also makes the fifth business day a payday.
    pub calendar: Calendar,
    /// Where the money comes from, if known.
    pub funding: Funding,
    /// `retry.window` of the policy, in days after the first failure of the series.
    pub window_days: u16,
    /// `retry.max` of the policy: tries after the first attempt.
    pub tries_max: u16,
    /// The weights to score by.
    pub timing: &'a Timing,
    /// The share of choices that are drawn from all admissible moments, in basis points.
    pub floor_bp: u16,
    /// Decides the draw: a hash of what is chosen for.
    pub seed: u64,
}

/// The moment of the next try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// When: a whole local hour.
    pub at: Instant,
    /// The probability with which this moment was to be chosen, in basis points, rounded, at least 1.
    pub propensity_bp: u16,
    /// Thousandths of log-odds of success, as estimated.
    pub score: i32,
    /// Whether it was drawn and is not the best.
    pub explored: bool,
    /// What the estimate saw of it: to be stored with the attempt, and learnt from.
    pub features: Features,
}

/// Local hours in which nothing is tried: 01:00 to 04:59, when more is declined (facts, international.md §3.1).
const NIGHT: std::ops::RangeInclusive<i64> = 1..=4;
/// The local hour at which debits that settle by day are sent.
const DAILY_HOUR: u16 = 9;
/// The longest window that is looked at, in days: candidates are bounded by it.
const DAYS_MAX: u16 = 190;
/// Hours between two tries of a series, unless the failure was technical (facts, international.md §1.4).
const SPACING_HOURS: i64 = 24;
/// The pace after a technical failure: so many hours, doubled with each attempt, up to a day (half-life of 8 hours).
const TECHNICAL_PACE_HOURS: i64 = 4;
/// What a moment loses that comes a whole pace early, in thousandths of log-odds.
const EARLY_COST: i64 = 600;
/// One share, in basis points.
const WHOLE_BP: u16 = 10_000;

/// The next try, if any is lawful and within the policy's window and number.
///
/// None also when nothing of the series failed yet, and while the outcome of an attempt is unknown. A caller asks again
/// when something changes.
#[must_use]
pub fn choose(choose: Choose<'_>) -> Option<Chosen> {
    let plan = Plan::of(&choose)?;
    let candidates = plan.candidates(&choose);
    let rest = plan.rest.map(|tries| Rest::of(&plan.situation, plan.end, tries, choose.timing));
    let worth = |candidate: &Candidate| match &rest {
        Some(rest) => rest.with(logistic_bp(candidate.score), plan.situation.zone.day_of(candidate.at)),
        None => i64::from(candidate.score) - plan.early_cost(candidate.at),
    };
    // Of equal ones the first.
    let (best, _) = candidates.iter().enumerate().min_by_key(|(index, candidate)| (std::cmp::Reverse(worth(candidate)), *index))?;
    let drawn = draw(choose.seed, choose.floor_bp.min(WHOLE_BP), candidates.len());
    let index = drawn.unwrap_or(best);
    let chosen = candidates.get(index)?;
    Some(Chosen {
        at: chosen.at,
        propensity_bp: propensity(choose.floor_bp.min(WHOLE_BP), candidates.len(), index == best),
        score: chosen.score,
        explored: index != best,
        features: chosen.features,
    })
}

struct Candidate {
    at: Instant,
    score: i32,
    features: Features,
}

/// What was tried so far, and how much room is left.
struct Plan {
    situation: Situation,
    /// What the pace is counted from: the last attempt, or now where its failure became known later.
    base: Instant,
    /// No later than this, if anything is found by then.
    until: Instant,
    /// The window's end, the policy's or the scheme's.
    end: Instant,
    /// No earlier than this.
    from: Instant,
    /// Microseconds between two tries that are spread evenly.
    pace: i64,
    /// Tries after the next one, where they are planned ahead by days.
    rest: Option<usize>,
}

impl Plan {
    fn of(choose: &Choose<'_>) -> Option<Self> {
        let ask = &choose.ask;
        let all = || ask.tried.iter().filter(|tried| tried.series == ask.series);
        // What is left after money came is a series of its own, with a window and tries of its own.
        let settled = last_settled(all());
        let series = || all().filter(move |tried| settled.is_none_or(|at| tried.at > at));
        let failed = || series().filter(|tried| tried.failed.is_some());
        let first = failed().min_by_key(|tried| tried.at)?;
        let last = failed().max_by_key(|tried| tried.at)?;
        let reason = last.failed?.reason;
        let window = first.at.plus_hours(i64::from(choose.window_days.min(DAYS_MAX)) * 24);
        let end = ends(ask).map_or(window, |scheme| scheme.min(window));
        let counted = series().filter(|tried| tried.trigger.counts() && tried.at > first.at).count();
        let left = usize::from(choose.tries_max).checked_sub(counted)?;
        // Where the budgets leave none now, the rulebook says when the next is.
        let left = i64::try_from(left.min(room(ask, end).max(1))).ok().filter(|left| *left > 0)?;

        let technical = Cause::of(reason) == Cause::Technical;
        let base = last.at.max(ask.now);
        let even = end.micros().saturating_sub(base.micros()).max(0) / left;
        let attempts = series().count();
        let pace = if technical { even.min(technical_pace(attempts)) } else { even };
        let spaced = if technical { last.at } else { last.at.plus_hours(SPACING_HOURS) };
        let from = ask.now.plus_hours(1).max(spaced);
        // A late caller still has the same stretch to choose from.
        let reach = from.max(last.at).micros().saturating_add(pace.saturating_mul(2).max(HOUR));
        Some(Self {
            situation: Situation {
                reason,
                rail: ask.method.scheme.rail(),
                funding: choose.funding,
                amount: ask.amount,
                first_failed_at: first.at,
                last_failed_at: last.at,
                attempts: u16::try_from(attempts).unwrap_or(u16::MAX),
                zone: ask.zone,
                calendar: choose.calendar,
            },
            base,
            end,
            until: end.min(Instant::from_micros(reach)),
            from,
            pace,
            rest: (!technical).then(|| usize::try_from(left - 1).unwrap_or(0)),
        })
    }

    /// The admissible moments, in order.
    fn candidates(&self, choose: &Choose<'_>) -> Vec<Candidate> {
        let zone = choose.ask.zone;
        let scheme = choose.ask.method.scheme;
        let mut found: Vec<Candidate> = Vec::new();
        let mut earliest = self.from;
        // The rulebook may put the first lawful moment beyond the stretch: then the stretch begins there.
        let mut until = self.until;
        let end = self.end;
        let mut day = zone.day_of(earliest);
        let mut fresh = FreshOf::default();
        loop {
            // At least one moment is looked for, up to the end of the window.
            let latest = if found.is_empty() { end } else { until };
            if zone.midnight(day) > latest {
                break;
            }
            if is_open(scheme, day) {
                for at in hours(scheme.rail()).filter_map(|hour| LocalTime::new(hour, 0)).map(|time| zone.at(day, time)) {
                    let hour = zone.local(at).1 / 3600;
                    let latest = if found.is_empty() { end } else { until };
                    if at < earliest || at > latest || NIGHT.contains(&hour) || found.last().is_some_and(|last| last.at >= at) {
                        continue;
                    }
                    match charge(ChargeAsk { now: at, trigger: Trigger::Retry, ..choose.ask }) {
                        ChargeAnswer::Allowed(_) => found.push(self.candidate(choose, at, &mut fresh)),
                        ChargeAnswer::Until(later, _) => {
                            earliest = later;
                            if found.is_empty() {
                                until = until.max(later.plus_hours(SPACING_HOURS)).min(end);
                            }
                        }
                        ChargeAnswer::Never(_) => return found,
                    }
                }
            }
            let next = day.plus(1).max(zone.day_of(earliest));
            if next == day {
                break;
            }
            day = next;
        }
        found
    }

    fn candidate(&self, choose: &Choose<'_>, at: Instant, fresh: &mut FreshOf) -> Candidate {
        // What is asked for today settles in the morning of the next day.
        let settles = if choose.ask.method.scheme == Scheme::PixAutomatico {
            choose.ask.zone.at(PixCycle::asked(at), LocalTime::hour(DAILY_HOUR))
        } else {
            at
        };
        let features = Features::with(&self.situation, settles, fresh.on(&self.situation, self.situation.zone.day_of(settles)));
        Candidate { at, score: choose.timing.log_odds(features), features }
    }

    /// What a moment loses for coming before its pace.
    fn early_cost(&self, at: Instant) -> i64 {
        let gap = at.micros().saturating_sub(self.base.micros());
        let early = self.pace.saturating_sub(gap).max(0) / HOUR;
        early.saturating_mul(EARLY_COST) / (self.pace / HOUR).max(1)
    }
}

/// The fresh money of the last day that was asked for: a day's hours share it.
#[derive(Default)]
struct FreshOf(Option<(Day, i64)>);

impl FreshOf {
    fn on(&mut self, situation: &Situation, day: Day) -> i64 {
        match self.0 {
            Some((known, fresh)) if known == day => fresh,
            Some(_) | None => {
                let fresh = fresh(situation, day);
                self.0 = Some((day, fresh));
                fresh
            }
        }
    }
}

const HOUR: i64 = 3600 * 1_000_000;

/// Four hours, eight, sixteen, then a day.
fn technical_pace(attempts: usize) -> i64 {
    let doubled = (1..attempts.min(8)).fold(TECHNICAL_PACE_HOURS, |hours, _| hours * 2);
    doubled.min(SPACING_HOURS) * HOUR
}

/// The local hours that are looked at.
fn hours(rail: Rail) -> std::ops::RangeInclusive<u16> {
    if rail == Rail::PixAutomatico || on_open_days_only(rail) { DAILY_HOUR..=DAILY_HOUR } else { 0..=23 }
}

/// Whether debits of a scheme are sent on a day: cards and Pix on any, bank debits on business days.
fn is_open(scheme: Scheme, day: Day) -> bool {
    if !on_open_days_only(scheme.rail()) {
        return true;
    }
    let calendar = match scheme {
        Scheme::Ach => Calendar::UsFederal,
        Scheme::Sepa | Scheme::SepaB2b => Calendar::EuTarget2,
        Scheme::Bacs => Calendar::UkBanking,
        Scheme::Debit150 => Calendar::BrBanking,
        // No calendar of Australia and Canada is known here: weekdays.
        Scheme::Becs
        | Scheme::Pad
        | Scheme::Visa
        | Scheme::Mastercard
        | Scheme::Amex
        | Scheme::Elo
        | Scheme::Hipercard
        | Scheme::Discover
        | Scheme::Diners
        | Scheme::Jcb
        | Scheme::UnionPay
        | Scheme::OtherCard
        | Scheme::PixAutomatico => Calendar::None,
    };
    calendar.is_open(day) && day.weekday() < 5
}

/// Which of `n` moments is drawn, if this choice is one of the share that is drawn.
fn draw(seed: u64, floor_bp: u16, n: usize) -> Option<usize> {
    let first = mixed(seed);
    if first % u64::from(WHOLE_BP) >= u64::from(floor_bp) {
        return None;
    }
    let n = u64::try_from(n).ok().filter(|n| *n > 0)?;
    usize::try_from(mixed(first) % n).ok()
}

/// The share with which a moment is chosen: its part of the drawn ones, and all others if it is the best.
fn propensity(floor_bp: u16, n: usize, best: bool) -> u16 {
    let n = u32::try_from(n).unwrap_or(u32::MAX).max(1);
    let drawn = (u32::from(floor_bp) + n / 2) / n;
    let share = drawn + if best { u32::from(WHOLE_BP - floor_bp) } else { 0 };
    u16::try_from(share).unwrap_or(WHOLE_BP).clamp(1, WHOLE_BP)
}

/// One step of splitmix64: spreads a seed over all bits.
const fn mixed(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_all_moments_add_up() {
        for (floor, n) in [(500, 1_usize), (500, 7), (500, 83), (0, 10), (10_000, 4), (1, 3)] {
            let all = u32::from(propensity(floor, n, true)) + u32::try_from(n - 1).unwrap() * u32::from(propensity(floor, n, false));
            let error = i64::from(all) - 10_000;
            assert!(error.abs() <= i64::try_from(n).unwrap(), "{floor} {n}: {all}");
        }
        assert_eq!(propensity(500, 10, true), 9550);
        assert_eq!(propensity(500, 10, false), 50);
    }

    #[test]
    fn a_draw_is_made_as_often_as_the_floor_says_and_falls_on_all_alike() {
        let mut counts = [0_u32; 10];
        for seed in 0..100_000 {
            if let Some(index) = draw(seed, 500, 10) {
                counts[index] += 1;
            }
        }
        let all: u32 = counts.iter().sum();
        assert!((4_750..5_250).contains(&all), "{all}");
        assert!(counts.iter().all(|count| (400..600).contains(count)), "{counts:?}");
        assert!((0..1000).all(|seed| draw(seed, 0, 10).is_none() && draw(seed, 10_000, 10).is_some()));
    }

    #[test]
    fn a_technical_pace_doubles_up_to_a_day() {
        assert_eq!([1, 2, 3, 4, 9].map(|attempts| technical_pace(attempts) / HOUR), [4, 8, 16, 24, 24]);
    }
}

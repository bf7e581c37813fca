//! Policies that are compared: schedules that were published, those of the shipped baselines, and our own choice.
//!
//! Deliberately absent: a vendor's own choice of moments, which is not published. Its window and number are spread evenly
//! instead, the way its own documentation shows them.

use regua_core::policy::program::{At, Offset, Retry};
use regua_core::time::{Instant, LocalTime, Zone};

use super::Payment;

const DAY_SECS: i64 = 86_400;

/// Where one try of a schedule lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// So many seconds after the first failure.
    Elapsed(i64),
    /// At a local hour, so many civil days after the first failure.
    Local(i32, LocalTime),
}

impl Moment {
    /// The moment for a payment.
    #[must_use]
    pub fn of(self, payment: &Payment) -> Instant {
        self.after(payment.failed_at, payment.zone)
    }

    fn after(self, failed_at: Instant, zone: Zone) -> Instant {
        match self {
            Self::Elapsed(secs) => Instant::from_secs(failed_at.secs().saturating_add(secs)),
            Self::Local(days, time) => zone.at(zone.day_of(failed_at).plus(days), time),
        }
    }
}

/// A way of trying again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// What it is called in a table.
    pub name: String,
    /// Days after the first failure in which tries are made.
    pub window_days: u16,
    /// Most tries after the first failure.
    pub tries: u16,
    /// When; none for moments that are chosen.
    pub moments: Option<Vec<Moment>>,
}

impl Plan {
    /// At whole days after the failure.
    #[must_use]
    pub fn days(days: &[i64]) -> Self {
        let name = format!("days {}", days.iter().map(i64::to_string).collect::<Vec<_>>().join(", "));
        Self::fixed(name, days.iter().map(|day| Moment::Elapsed(day * DAY_SECS)).collect(), days.last().copied().unwrap_or(0))
    }

    /// Spread evenly, to the second.
    #[must_use]
    pub fn even(tries: u16, days: u16) -> Self {
        let (count, window) = (i64::from(tries.max(1)), i64::from(days));
        let moments = (1..=count).map(|nth| Moment::Elapsed(window * DAY_SECS * nth / count)).collect();
        Self::fixed(format!("{tries} even in {days} d"), moments, window)
    }

    /// Spread evenly over civil days, each at nine in the morning of the payer: what `fixed` of a policy file does.
    #[must_use]
    pub fn mornings(tries: u16, days: u16) -> Self {
        let (count, window) = (i32::from(tries.max(1)), i32::from(days));
        let moments = (1..=count).map(|nth| Moment::Local(window * nth / count, LocalTime::hour(9))).collect();
        Self::fixed(format!("{tries} in {days} d, at 09:00"), moments, i64::from(days))
    }

    /// The `retry` section of a policy: a schedule as it stands, and a vendor's choice spread evenly.
    #[must_use]
    pub fn of(name: &str, retry: &Retry) -> Self {
        match retry {
            Retry::Fixed { at } => {
                let moments: Vec<Moment> = at.iter().map(moment).collect();
                let window = moments.iter().map(|moment| days(*moment)).max().unwrap_or(0);
                Self::fixed(name.to_owned(), moments, window)
            }
            Retry::Smart { window_days, max } => {
                Self { name: name.to_owned(), ..Self::even(*max, u16::try_from(*window_days).unwrap_or(u16::MAX)) }
            }
        }
    }

    /// Chosen by estimated success.
    #[must_use]
    pub fn smart(name: &str, tries: u16, window_days: u16) -> Self {
        Self { name: name.to_owned(), window_days, tries, moments: None }
    }

    fn fixed(name: String, moments: Vec<Moment>, window_days: i64) -> Self {
        let tries = u16::try_from(moments.len()).unwrap_or(u16::MAX);
        Self { name, window_days: u16::try_from(window_days).unwrap_or(u16::MAX), tries, moments: Some(moments) }
    }
}

/// Open days count as civil ones: the simulator's rails are cards.
fn moment(at: &At) -> Moment {
    match at.offset {
        Offset::Days(days) | Offset::OpenDays(days) => Moment::Local(days, at.time),
        Offset::Hours(hours) => Moment::Elapsed(i64::from(hours) * 3600),
    }
}

fn days(moment: Moment) -> i64 {
    match moment {
        Moment::Elapsed(secs) => (secs + DAY_SECS - 1) / DAY_SECS,
        Moment::Local(days, _) => i64::from(days),
    }
}

/// The schedules whose outcomes the facts give, with these outcomes in hundredths of a percent, N = 60,000 each. "4 tries in
/// 21 d" names no days; 3, 8, 14, 21 give its three figures, evenly spread ones do not.
#[must_use]
pub fn referenced() -> Vec<(Plan, u32)> {
    vec![
        (Plan::days(&[3, 5, 7]), 3770),
        (Plan::days(&[1, 3, 5, 7]), 4050),
        (Plan::days(&[3, 8, 14, 21]), 4810),
        (Plan::even(8, 14), 5120),
        (Plan::even(12, 28), 5560),
        (Plan::even(15, 30), 5650),
    ]
}

/// Schedules that a smart one with the same number of tries and the same window is held against: each spread in more than
/// one way, so that it is not held against a weak one.
#[must_use]
pub fn rivals(tries: u16, window_days: u16) -> Vec<Plan> {
    let published = referenced().into_iter().map(|(plan, _)| plan).chain([Plan::days(&[2, 4, 6, 8, 10])]);
    let same = |plan: &Plan| plan.tries == tries && plan.window_days <= window_days;
    let mut rivals: Vec<Plan> = published.filter(same).collect();
    for plan in [Plan::even(tries, window_days), Plan::mornings(tries, window_days)] {
        if !rivals.contains(&plan) {
            rivals.push(plan);
        }
    }
    rivals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_end_with_their_window_and_have_their_number() {
        for plan in [Plan::even(8, 14), Plan::mornings(8, 14), Plan::even(15, 30), Plan::mornings(3, 28), Plan::days(&[1, 3, 5, 7])] {
            let moments = plan.moments.clone().unwrap_or_default();
            assert_eq!(moments.len(), usize::from(plan.tries), "{}", plan.name);
            assert_eq!(moments.last().map(|last| days(*last)), Some(i64::from(plan.window_days)), "{}", plan.name);
        }
    }

    #[test]
    fn every_rival_has_the_same_number_of_tries_and_no_longer_window() {
        for (tries, window) in [(3, 28), (4, 21), (5, 10), (8, 14), (12, 28), (15, 30)] {
            let rivals = rivals(tries, window);
            assert!(rivals.len() >= 2 && rivals.iter().all(|plan| plan.tries == tries && plan.window_days <= window), "{tries} {window}");
        }
        assert!(rivals(3, 28).contains(&Plan::days(&[3, 5, 7])));
    }
}

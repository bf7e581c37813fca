//! What goes wrong, and when: by the number of the request, by its route, by chance from a seed, or in a window of time.
//!
//! Deliberately absent: doing it, which is `serve`'s.

use std::time::Duration;

/// What happens to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is done, later.
    Delay(Duration),
    /// The connection ends before anything was done.
    CutBefore,
    /// It is done, and the connection ends without an answer.
    CutAfter,
    /// Nothing is done, and no answer comes for so long; then the connection ends.
    HangBefore(Duration),
    /// It is done, and no answer comes for so long; then the connection ends.
    HangAfter(Duration),
    /// Nothing is done, and the answer is this status.
    ErrorBefore(u16),
    /// It is done, and the answer is this status all the same.
    ErrorAfter(u16),
    /// Nothing is done: too many requests; seconds to wait, when it says so.
    Busy(Option<u32>),
}

/// When a fault happens. All that is said must hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    fault: Fault,
    verb: Option<String>,
    route: String,
    nth: Option<u64>,
    times: Option<u64>,
    per_mille: u64,
    seen: u64,
    used: u64,
}

impl Rule {
    /// Happens on every request.
    #[must_use]
    pub fn always(fault: Fault) -> Self {
        Self { fault, verb: None, route: String::new(), nth: None, times: None, per_mille: 1000, seen: 0, used: 0 }
    }

    /// Only on requests with this verb whose path has this beginning; an empty verb is any.
    #[must_use]
    pub fn on(mut self, verb: &str, route: &str) -> Self {
        self.verb = (!verb.is_empty()).then(|| verb.to_owned());
        route.clone_into(&mut self.route);
        self
    }

    /// Only on the n-th request that it is about, counted from 1.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = Some(nth);
        self
    }

    /// At most so many times.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Only by chance, so many times in a thousand.
    #[must_use]
    pub fn chance(mut self, per_mille: u64) -> Self {
        self.per_mille = per_mille;
        self
    }

    fn hits(&mut self, verb: &str, path: &str, dice: &mut u64) -> bool {
        if self.verb.as_deref().is_some_and(|wanted| wanted != verb) || !path.starts_with(&self.route) {
            return false;
        }
        self.seen += 1;
        if self.nth.is_some_and(|nth| nth != self.seen) || self.times.is_some_and(|times| self.used >= times) {
            return false;
        }
        if self.per_mille < 1000 && roll(dice) % 1000 >= self.per_mille {
            return false;
        }
        self.used += 1;
        true
    }
}

/// All that goes wrong. The first rule that fits is what happens.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Faults {
    rules: Vec<Rule>,
    outages: Vec<(i64, i64)>,
    dice: u64,
}

impl Faults {
    /// Nothing goes wrong; chance comes from the seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { rules: Vec::new(), outages: Vec::new(), dice: seed }
    }

    /// Adds a rule after the others.
    pub fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    /// From a moment until before another of the fake's clock, nothing is done and every answer is 503.
    pub fn outage(&mut self, from: i64, until: i64) {
        self.outages.push((from, until));
    }

    /// Nothing goes wrong any more.
    pub fn clear(&mut self) {
        self.rules.clear();
        self.outages.clear();
    }

    /// What happens to a request.
    pub fn next(&mut self, verb: &str, path: &str, now: i64) -> Option<Fault> {
        if self.outages.iter().any(|&(from, until)| (from..until).contains(&now)) {
            return Some(Fault::ErrorBefore(503));
        }
        let mut happens = None;
        for rule in &mut self.rules {
            // Each rule counts what it is about, also behind one that fits first.
            if rule.hits(verb, path, &mut self.dice) && happens.is_none() {
                happens = Some(rule.fault);
            }
        }
        happens
    }
}

/// The next number from a seed (splitmix64).
pub fn roll(dice: &mut u64) -> u64 {
    *dice = dice.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *dice;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_counts_only_what_it_is_about() {
        let mut faults = Faults::default();
        faults.add(Rule::always(Fault::CutAfter).on("POST", "/v1/payment_intents").nth(2));
        assert_eq!(faults.next("POST", "/v1/payment_intents", 0), None);
        assert_eq!(faults.next("GET", "/v1/payment_intents", 0), None);
        assert_eq!(faults.next("POST", "/v1/payment_intents/pi_1/confirm", 0), Some(Fault::CutAfter));
        assert_eq!(faults.next("POST", "/v1/payment_intents", 0), None);
    }

    #[test]
    fn chance_is_the_same_from_the_same_seed_and_near_its_share() {
        let run = |seed| {
            let mut faults = Faults::seeded(seed);
            faults.add(Rule::always(Fault::CutBefore).chance(100));
            (0..10_000).filter(|_| faults.next("GET", "/", 0).is_some()).count()
        };
        assert_eq!(run(7), run(7));
        assert!((900..1100).contains(&run(7)), "{}", run(7));
    }

    #[test]
    fn an_outage_lasts_from_its_first_second_until_before_its_last() {
        let mut faults = Faults::default();
        faults.outage(10, 20);
        let at: Vec<bool> = [9, 10, 19, 20].into_iter().map(|now| faults.next("GET", "/", now).is_some()).collect();
        assert_eq!(at, [false, true, true, false]);
        faults.clear();
        assert_eq!(faults.next("GET", "/", 15), None);
    }
}

//! One failed payment: what a policy sees of it, and the hidden state that answers its tries.
//!
//! What chance decides about an hour is drawn from the payment's number and that hour, so two policies that try in the same
//! hour meet the same luck: their difference is a paired one. Deliberately absent: whatever a policy would have to guess.

use regua_core::charging::Scheme;
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, Instant, LocalTime, Zone};

use super::cause::{Cause, Code, Parameters, Period};
use super::chance::{MILLION, exponential, happens, late};
use super::paydays::Habit;
use crate::draw::Draw;

/// Days after the failure in which the world goes on: longer than any window of a policy here.
const HORIZON_DAYS: i32 = 62;
const DAY_SECS: i64 = 86_400;
/// The first day on which a payment may fail: 2026-01-01; they fail within a year.
const FIRST: Day = Day::from_epoch(20_454);

/// The schemes of cards, and how often each.
const SCHEMES: [(Scheme, u64); 5] =
    [(Scheme::Visa, 55), (Scheme::Mastercard, 33), (Scheme::Amex, 6), (Scheme::Elo, 4), (Scheme::Discover, 2)];
/// Amounts in cents.
const AMOUNTS: [(i64, u64); 5] = [(1_900, 20), (4_900, 30), (9_900, 25), (29_900, 20), (99_900, 5)];
/// Zones of payers.
const ZONES: [(&str, u64); 6] = [
    ("America/New_York", 35),
    ("America/Chicago", 20),
    ("America/Los_Angeles", 15),
    ("America/Sao_Paulo", 15),
    ("Europe/London", 8),
    ("Europe/Berlin", 7),
];

/// A payment that failed once.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Its number in the world.
    pub number: u64,
    /// When it failed.
    pub failed_at: Instant,
    /// The payer's zone.
    pub zone: Zone,
    /// What it failed with; each further failure says the same.
    pub code: Code,
    /// Whose card.
    pub scheme: Scheme,
    /// How much.
    pub amount: Money,
    hidden: Hidden,
}

#[derive(Clone, Debug)]
struct Hidden {
    cause: Cause,
    /// When there is money, in seconds after the failure: `from..to`.
    funds: Vec<(i64, i64)>,
    /// Seconds after the failure from which on nothing stands in the way any more.
    ready: Option<i64>,
    noise: Draw,
    parameters: Parameters,
}

impl Payment {
    /// The payment of a number in the world of a seed.
    #[must_use]
    pub fn draw(parameters: &Parameters, seed: u64, number: u64) -> Self {
        let own = Draw::new(seed).part(number);
        let mut draw = own.part(1);
        let (code, cause) = parameters.failure(&mut draw);
        let zone = draw.weighted(&ZONES).and_then(|name| Zone::parse(name).ok()).unwrap_or(Zone::utc());
        let scheme = draw.weighted(&SCHEMES).unwrap_or(Scheme::Visa);
        let amount = Money::new(draw.weighted(&AMOUNTS).unwrap_or(9_900), Currency::USD);
        let day = FIRST.plus(draw.between(0, 364));
        let second = draw.between(0, 86_399);
        let failed_at = Instant::from_secs(zone.midnight(day).secs() + i64::from(second));
        let hidden = Hidden { cause, funds: Vec::new(), ready: None, noise: own.part(3), parameters: *parameters };
        let mut payment = Self { number, failed_at, zone, code, scheme, amount, hidden };
        payment.fate(&mut own.part(2));
        payment
    }

    fn fate(&mut self, draw: &mut Draw) {
        let parameters = self.hidden.parameters;
        let delayed = |draw: &mut Draw, ever: u64, secs: u64| happens(draw, ever).then(|| exponential(draw, secs));
        match self.hidden.cause {
            Cause::Funds => self.funds(draw),
            Cause::Technical => self.hidden.ready = delayed(draw, parameters.mended, parameters.mended_secs),
            Cause::Limit => self.hidden.ready = delayed(draw, MILLION, parameters.limit_secs),
            Cause::Credential => self.hidden.ready = delayed(draw, parameters.updated, parameters.updated_secs),
            Cause::Risk | Cause::Permission | Cause::Hard | Cause::Authentication => {}
        }
    }

    /// Paydays and deposits. A failure comes late in the cycle rather than early, so on usual days it is the payday that is
    /// given and the failure that is placed before it.
    fn funds(&mut self, draw: &mut Draw) {
        let parameters = self.hidden.parameters;
        let period = draw.weighted(&parameters.periods).unwrap_or(Period::Biweekly);
        let usual = draw.chance(parameters.usual_percent);
        let before = late(draw, period.secs());
        let never = happens(draw, parameters.never_funded);
        let lasts = period.lasts_days() * 864 * parameters.lasts_percent;
        let mut add = |from: i64, secs: u64, draw: &mut Draw| {
            let to = from.saturating_add(exponential(draw, secs));
            self.hidden.funds.push((from, to));
        };
        let horizon = i64::from(HORIZON_DAYS) * DAY_SECS;
        let paydays: Vec<i64> = if usual {
            let habit = Habit::usual(period, draw);
            // The account is credited somewhere between midnight and nine in the morning.
            let hour = u16::try_from(draw.below(9)).ok().and_then(|hour| LocalTime::new(hour, 0)).unwrap_or(LocalTime::MIDNIGHT);
            let paid = |day: Day| self.zone.at(day, hour).secs();
            let first = habit.days(self.zone.day_of(self.failed_at), HORIZON_DAYS).next().map_or(self.failed_at.secs(), paid);
            self.failed_at = Instant::from_secs(first - before);
            habit.days(self.zone.day_of(self.failed_at), HORIZON_DAYS).map(paid).map(|at| at - self.failed_at.secs()).collect()
        } else {
            (0..).map(|number| before + number * period.secs()).take_while(|at| *at < horizon).collect()
        };
        if never {
            return;
        }
        for at in paydays.into_iter().filter(|at| *at >= before) {
            add(at, lasts, draw);
        }
        let mut at = exponential(draw, parameters.deposit_secs);
        while at < horizon {
            add(at, parameters.deposit_lasts_secs, draw);
            at = at.saturating_add(exponential(draw, parameters.deposit_secs));
        }
    }

    /// Whether a try brings money: the `nth` after the first failure, from 1.
    #[must_use]
    pub fn pays(&self, at: Instant, nth: u16) -> bool {
        let Hidden { cause, funds, ready, noise, parameters } = &self.hidden;
        let after = at.secs() - self.failed_at.secs();
        let odds = match cause {
            Cause::Funds => {
                let there = funds.iter().any(|(from, to)| *from <= after && after < *to);
                if there { parameters.funded } else { 0 }
            }
            Cause::Technical | Cause::Limit | Cause::Credential => {
                if ready.is_some_and(|ready| ready <= after) {
                    MILLION
                } else {
                    0
                }
            }
            Cause::Risk => (1..nth).fold(parameters.risk, |odds, _| odds * parameters.tires_percent / 100),
            Cause::Permission => parameters.permission,
            Cause::Hard | Cause::Authentication => 0,
        };
        let (_, second) = self.zone.local(at);
        let night = (3600..4 * 3600).contains(&second);
        let odds = if night { odds * parameters.night_percent / 100 } else { odds };
        let hour = u64::try_from(after / 3600).unwrap_or(0);
        odds > 0 && happens(&mut noise.part(hour), odds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payments(parameters: &Parameters) -> impl Iterator<Item = Payment> + '_ {
        (0..20_000).map(|number| Payment::draw(parameters, 5, number))
    }

    #[test]
    fn the_same_number_is_the_same_payment_and_the_same_hour_the_same_luck() {
        let one = Payment::draw(&Parameters::REFERENCE, 1, 77);
        let other = Payment::draw(&Parameters::REFERENCE, 1, 77);
        for hour in 0..500 {
            let at = one.failed_at.plus_hours(hour);
            assert_eq!(one.pays(at, 1), other.pays(at, 1), "{hour}");
        }
        assert_ne!(one.failed_at, Payment::draw(&Parameters::REFERENCE, 2, 77).failed_at);
    }

    #[test]
    fn money_is_there_after_a_payday_and_not_at_the_failure() {
        let mut at_failure = 0;
        for payment in payments(&Parameters::USUAL_DAYS).filter(|payment| payment.hidden.cause == Cause::Funds) {
            at_failure += u32::from(payment.pays(payment.failed_at, 1));
        }
        assert!(at_failure < 20, "{at_failure}");
    }

    #[test]
    fn on_usual_days_most_biweekly_money_comes_on_fridays() {
        let parameters = Parameters {
            periods: [(Period::Biweekly, 1), (Period::Weekly, 0), (Period::Monthly, 0), (Period::Semimonthly, 0)],
            ..Parameters::USUAL_DAYS
        };
        let mut by_weekday = [0_u32; 7];
        for payment in payments(&parameters).filter(|payment| payment.hidden.cause == Cause::Funds) {
            let first = payment.hidden.funds.first().map(|(from, _)| payment.failed_at.secs() + from);
            if let Some(first) = first {
                let weekday = payment.zone.day_of(Instant::from_secs(first)).weekday();
                by_weekday[usize::try_from(weekday).unwrap_or(0)] += 1;
            }
        }
        let all: u32 = by_weekday.iter().sum();
        assert!(by_weekday[4] * 100 / all > 40, "{by_weekday:?}");
        assert!(by_weekday[5] * 100 / all < 10, "{by_weekday:?}");
    }

    #[test]
    fn the_issuer_tires_and_a_world_without_memory_does_not() {
        let rate = |parameters: &Parameters, nth: u16| {
            let risky = payments(parameters).filter(|payment| payment.hidden.cause == Cause::Risk);
            let tries: Vec<bool> = risky.map(|payment| payment.pays(payment.failed_at.plus_hours(12), nth)).collect();
            tries.iter().filter(|paid| **paid).count() * 1000 / tries.len()
        };
        assert!(rate(&Parameters::REFERENCE, 1) > rate(&Parameters::REFERENCE, 6) * 2);
        assert_eq!(rate(&Parameters::MEMORYLESS, 1), rate(&Parameters::MEMORYLESS, 6));
        assert!((150..170).contains(&rate(&Parameters::MEMORYLESS, 1)), "{}", rate(&Parameters::MEMORYLESS, 1));
    }
}

//! Sums over many payments, and two plans over the same ones. Deliberately absent: floats; intervals are `regua_model`'s.

use super::walk::Outcome;

const DAY_SECS: i64 = 86_400;

/// What came of many payments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// How many.
    pub payments: u64,
    /// Of which money came.
    pub recovered: u64,
    /// Of these, within ten days.
    pub within_10_days: u64,
    /// Seconds from failure to money, added up.
    pub secs: i64,
    /// Tries after the first failures.
    pub tries: u64,
    /// Tries that a fixed schedule had to move or leave out.
    pub refused: u64,
    /// Tries that a network charges for.
    pub excess: u64,
    /// Choices that the rulebook refused.
    pub unlawful: u64,
    /// Cents that came.
    pub money: i64,
    /// Cents that came, less what the tries cost.
    pub net: i64,
}

impl Tally {
    /// Adds up.
    #[must_use]
    pub fn of(outcomes: &[Outcome]) -> Self {
        let mut tally = Self::default();
        for outcome in outcomes {
            tally.payments += 1;
            tally.tries += u64::from(outcome.tries);
            tally.refused += u64::from(outcome.refused);
            tally.excess += u64::from(outcome.excess);
            tally.unlawful += u64::from(outcome.unlawful);
            tally.net += outcome.net;
            if let Some(secs) = outcome.paid_after {
                tally.recovered += 1;
                tally.secs += secs;
                tally.within_10_days += u64::from(secs <= 10 * DAY_SECS);
                tally.money += outcome.amount;
            }
        }
        tally
    }

    /// Those of two worlds together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            payments: self.payments + other.payments,
            recovered: self.recovered + other.recovered,
            within_10_days: self.within_10_days + other.within_10_days,
            secs: self.secs + other.secs,
            tries: self.tries + other.tries,
            refused: self.refused + other.refused,
            excess: self.excess + other.excess,
            unlawful: self.unlawful + other.unlawful,
            money: self.money + other.money,
            net: self.net + other.net,
        }
    }

    /// Recovered, in hundredths of a percent, rounded down.
    #[must_use]
    pub fn share_bp(&self) -> u64 {
        self.recovered * 10_000 / self.payments.max(1)
    }

    /// Days to the money on average, in hundredths.
    #[must_use]
    pub fn days_hundredths(&self) -> i64 {
        let paid = i64::try_from(self.recovered.max(1)).unwrap_or(i64::MAX);
        self.secs / (DAY_SECS / 100) / paid
    }

    /// Tries a payment, in hundredths.
    #[must_use]
    pub fn tries_hundredths(&self) -> u64 {
        self.tries * 100 / self.payments.max(1)
    }

    /// Cents a payment, less costs.
    #[must_use]
    pub fn net_each(&self) -> i64 {
        self.net / i64::try_from(self.payments.max(1)).unwrap_or(i64::MAX)
    }
}

/// Two plans over the same payments.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pairs {
    /// Payments that only the first brought in.
    pub only_one: u64,
    /// Payments that only the second brought in.
    pub only_other: u64,
    /// Payments.
    pub of: u64,
    /// Tries of the first less those of the second, added up.
    pub tries: i64,
    /// For each payment the net cents of the first less those of the second.
    pub net: Vec<i64>,
}

impl Pairs {
    /// Adds the payments of one world.
    pub fn add(&mut self, one: &[Outcome], other: &[Outcome]) {
        for (one, other) in one.iter().zip(other) {
            self.of += 1;
            self.only_one += u64::from(one.paid_after.is_some() && other.paid_after.is_none());
            self.only_other += u64::from(one.paid_after.is_none() && other.paid_after.is_some());
            self.tries += i64::from(one.tries) - i64::from(other.tries);
            self.net.push(one.net - other.net);
        }
    }

    /// Cents that the first brings more, a payment.
    #[must_use]
    pub fn net_each(&self) -> i64 {
        self.net.iter().sum::<i64>() / i64::try_from(self.of.max(1)).unwrap_or(i64::MAX)
    }
}

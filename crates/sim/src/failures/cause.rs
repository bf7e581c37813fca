//! The table of the simulator: codes with their shares, the causes hidden behind them, and every parameter.
//!
//! Deliberately absent: what a policy may see of it, which is the code alone.
//!
//! Source: the shares of codes are Churnkey's of five million failed payments in 2024, restated by a parameter file on GitHub;
//! the shares of pay periods are those of US establishments, Bureau of Labor Statistics, March 2013. Every other number is an
//! assumption, calibrated on three published outcomes; `docs/retries-evidence.md` says which, and what follows from that.

use regua_core::charging::{CodeSpace, Signal};

use crate::draw::Draw;

/// Why a payment really fails: no policy sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// No money now, and money after a payday or a deposit.
    Funds,
    /// The issuer's view of risk: a small chance each time, smaller with each try.
    Risk,
    /// Something is broken and will be mended.
    Technical,
    /// Not permitted: a tiny chance each time.
    Permission,
    /// A limit that is lifted at some time.
    Limit,
    /// The number is wrong or old, until an updater knows the new one.
    Credential,
    /// Never.
    Hard,
    /// Not without the payer.
    Authentication,
}

/// A code that a payment fails with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Code {
    /// Whose code.
    pub space: CodeSpace,
    /// As it is told.
    pub name: &'static str,
}

impl Code {
    /// As a failed attempt tells it.
    #[must_use]
    pub fn signal(self) -> Signal {
        Signal { space: self.space, code: self.name.into() }
    }
}

/// Whose code, the code, how often, and what hides behind it.
type Listed = (CodeSpace, &'static str, u64, &'static [(Cause, u64)]);

/// Codes in hundredths of a percent, with the causes behind each in percent. The second row of funds is the code of a partner, which
/// says the same; the last, 5.44 %, is every other code, told as one that no table knows.
const CODES: [Listed; 13] = [
    (CodeSpace::Stripe, "insufficient_funds", 4056, &[(Cause::Funds, 100)]),
    (CodeSpace::Stripe, "transaction_not_allowed", 883, &[(Cause::Permission, 100)]),
    (CodeSpace::StripeOutcome, "highest_risk_level", 799, &[(Cause::Hard, 100)]),
    (CodeSpace::Stripe, "do_not_honor", 756, UNNAMED),
    (CodeSpace::StripeOutcome, "previously_declined_do_not_retry", 644, &[(Cause::Hard, 100)]),
    (CodeSpace::Stripe, "generic_decline", 578, UNNAMED),
    (CodeSpace::Stripe, "incorrect_number", 469, &[(Cause::Credential, 100)]),
    (CodeSpace::Stripe, "try_again_later", 413, &[(Cause::Technical, 50), (Cause::Risk, 30), (Cause::Funds, 20)]),
    (CodeSpace::Stripe, "insufficient_funds", 368, &[(Cause::Funds, 100)]),
    (CodeSpace::Stripe, "invalid_account", 271, &[(Cause::Credential, 100)]),
    (CodeSpace::Stripe, "expired_card", 114, &[(Cause::Credential, 100)]),
    (CodeSpace::Stripe, "card_velocity_exceeded", 105, &[(Cause::Limit, 100)]),
    (
        CodeSpace::Stripe,
        "simulated_other",
        544,
        &[(Cause::Technical, 30), (Cause::Authentication, 25), (Cause::Hard, 20), (Cause::Risk, 25)],
    ),
];

/// Behind the codes that say nothing.
const UNNAMED: &[(Cause, u64)] = &[(Cause::Funds, 50), (Cause::Risk, 35), (Cause::Hard, 15)];

/// How often a payer is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Period {
    /// Each week.
    Weekly,
    /// Each second week.
    Biweekly,
    /// Twice a month.
    Semimonthly,
    /// Once a month.
    Monthly,
}

impl Period {
    /// Its length on average, in seconds: 7, 14, 15.2 and 30.4 days.
    #[must_use]
    pub const fn secs(self) -> i64 {
        match self {
            Self::Weekly => 7 * 86_400,
            Self::Biweekly => 14 * 86_400,
            Self::Semimonthly => 152 * 8_640,
            Self::Monthly => 304 * 8_640,
        }
    }

    /// How long money lasts after a payday on average, in days.
    #[must_use]
    pub const fn lasts_days(self) -> u64 {
        match self {
            Self::Weekly => 4,
            Self::Biweekly | Self::Semimonthly => 7,
            Self::Monthly => 12,
        }
    }
}

/// Everything that a world is made from. [`Parameters::REFERENCE`] is the table of the facts; each field says its range there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parameters {
    /// Pay periods in thousandths.
    pub periods: [(Period, u64); 4],
    /// Payers whose paydays are those that most are paid on (Fridays, ends and middles of months), in percent; those of the
    /// others are any days. The table of the facts says nothing of it, so the reference has none.
    pub usual_percent: u64,
    /// Of payments without funds, those that never have any, in millionths: 50,000 to 250,000.
    pub never_funded: u64,
    /// How long money lasts, in percent of [`Period::lasts_days`]: 50 to 200.
    pub lasts_percent: u64,
    /// Seconds between deposits that come at any time, on average: one in 11 to 50 days.
    pub deposit_secs: u64,
    /// How long such a deposit lasts on average.
    pub deposit_lasts_secs: u64,
    /// Success with funds, in millionths: 900,000 to 990,000.
    pub funded: u64,
    /// Technical failures that are ever mended, in millionths.
    pub mended: u64,
    /// Seconds until one is, on average: a half-life of 2 to 24 hours.
    pub mended_secs: u64,
    /// Success of the first retry where the issuer sees a risk, in millionths: 80,000 to 300,000.
    pub risk: u64,
    /// What is left of that with each further try, in percent: the issuer tires. 100 is a world without memory.
    pub tires_percent: u64,
    /// Seconds until a limit is lifted, on average: 3 to 30 days.
    pub limit_secs: u64,
    /// Success where it is not permitted, in millionths: up to 50,000.
    pub permission: u64,
    /// Credentials that an updater reaches, in millionths: 100,000 to 600,000.
    pub updated: u64,
    /// Seconds until it does, on average.
    pub updated_secs: u64,
    /// What is left of any success from 01:00 to 03:59 of the payer, in percent: 85 to 100.
    pub night_percent: u64,
    /// Whether every failure is the issuer's view of risk: a world in which the moment does not matter.
    pub only_risk: bool,
}

impl Parameters {
    /// The table of the facts.
    pub const REFERENCE: Self = Self {
        periods: [(Period::Weekly, 324), (Period::Biweekly, 365), (Period::Semimonthly, 198), (Period::Monthly, 113)],
        usual_percent: 0,
        never_funded: 120_000,
        lasts_percent: 100,
        deposit_secs: 1_920_000, // 0.045 a day
        deposit_lasts_secs: 2 * 86_400,
        funded: 960_000,
        mended: 950_000,
        mended_secs: 41_550, // a half-life of 8 hours
        risk: 160_000,
        tires_percent: 80,
        limit_secs: 3 * 86_400,
        permission: 20_000,
        updated: 250_000,
        updated_secs: 100 * 86_400, // 0.01 a day
        night_percent: 90,
        only_risk: false,
    };

    /// The same, with eight in ten payers paid on usual days: what a rule that knows the calendar can use.
    pub const USUAL_DAYS: Self = Self { usual_percent: 80, ..Self::REFERENCE };

    /// The same with the pay periods of Europe: most are paid once a month.
    pub const MONTHLY: Self = Self {
        periods: [(Period::Weekly, 50), (Period::Biweekly, 100), (Period::Semimonthly, 0), (Period::Monthly, 850)],
        ..Self::USUAL_DAYS
    };

    /// A world without memory, hours or days: whoever finds a best moment here fools himself.
    pub const MEMORYLESS: Self = Self { only_risk: true, tires_percent: 100, night_percent: 100, ..Self::REFERENCE };

    /// A code and the cause behind it.
    pub(super) fn failure(&self, draw: &mut Draw) -> (Code, Cause) {
        // The first entry, should the table ever be empty.
        let place = draw.weighted(&places()).unwrap_or(0);
        let Some((space, name, _, causes)) = CODES.get(place).copied() else {
            return (Code { space: CodeSpace::Stripe, name: "insufficient_funds" }, Cause::Funds);
        };
        let cause = draw.weighted(causes).unwrap_or(Cause::Hard);
        (Code { space, name }, if self.only_risk { Cause::Risk } else { cause })
    }
}

fn places() -> [(usize, u64); CODES.len()] {
    let mut places = [(0, 0); CODES.len()];
    for (place, (cell, (_, _, weight, _))) in places.iter_mut().zip(CODES).enumerate() {
        *cell = (place, weight);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(CODES.iter().map(|(_, _, weight, _)| weight).sum::<u64>(), 10_000);
        for (_, name, _, causes) in CODES {
            assert_eq!(causes.iter().map(|(_, percent)| percent).sum::<u64>(), 100, "{name}");
        }
        for parameters in [Parameters::REFERENCE, Parameters::MONTHLY] {
            assert_eq!(parameters.periods.iter().map(|(_, share)| share).sum::<u64>(), 1000);
        }
    }

    #[test]
    fn causes_come_as_often_as_their_codes_say() {
        let mut draw = Draw::new(8);
        let drawn: Vec<_> = (0..50_000).map(|_| Parameters::REFERENCE.failure(&mut draw)).collect();
        let funds = drawn.iter().filter(|(_, cause)| *cause == Cause::Funds).count();
        // 40.56 + 3.68 + half of 7.56 and 5.78 + a fifth of 4.13 = 51.7 %.
        assert!((25_300..26_450).contains(&funds), "{funds} of 50,000");
        assert!((0..1000).all(|_| Parameters::MEMORYLESS.failure(&mut draw).1 == Cause::Risk));
    }
}

//! A company to look at: two years of a small Brazilian software house's bills, made up from a seed.
//!
//! The customers pay as people do: days before, on the day, after a weekend, always late, after the second reminder,
//! late in summer, in parts, one day never again. Some play a [`Scene`] that every collector knows. The result is the
//! canonical files of SPEC §17 and a facts file; the portfolio is what reading them gives, so that the demo and its
//! files cannot differ. Deliberately absent: effects of contacts on payments, which a backtest could not show.

mod life;
mod names;
mod people;
mod places;
mod scenes;
mod tax_ids;
mod write;

use regua_core::calendar::Calendar;
use regua_core::policy::Policy;
use regua_core::time::{Day, Instant, Zone};
use regua_wire::files::{Options, Portfolio, RejectList, read_payments, read_receivables};

use crate::draw::Draw;
use crate::facts_file::FactEvent;
use life::{Bill, Times};
use people::Account;

pub use scenes::Scene;

/// December 2024, in months since year 0.
const FIRST: i32 = 2024 * 12 + 11;
/// December 2026.
const LAST: i32 = 2026 * 12 + 11;
/// The last day of which the demo knows: Monday, 30 November 2026.
const TODAY: i32 = 20_787;
/// Customers of the demo.
const CUSTOMERS: u32 = 320;

/// A made-up company's books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Demo {
    /// `receivables.csv` (SPEC §17).
    pub receivables_csv: String,
    /// `payments.csv`.
    pub payments_csv: String,
    /// What the files cannot say: subscriptions, failed charges, disputes, promises …
    pub facts: Vec<FactEvent>,
    /// Who plays which scene, in the order of [`Scene::ALL`].
    pub cast: Vec<Cast>,
}

/// Who plays a scene.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cast {
    /// The scene.
    pub scene: Scene,
    /// The customer's id.
    pub customer: String,
    /// The receivable's id.
    pub receivable: String,
}

/// The demo's own files could not be read back.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the demo's {file} does not read back: {what}; this is a bug, please report it with the seed")]
pub struct BadDemo {
    file: &'static str,
    what: String,
}

impl Demo {
    /// The company of a seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let world = Draw::new(seed);
        let mut accounts = people::accounts(&world, CUSTOMERS);
        let mut bills: Vec<Bill> = Vec::new();
        let mut starring = Vec::new();
        for (number, who) in accounts.iter_mut().enumerate() {
            let scene = Scene::of(number);
            if let Some(scene) = scene {
                scene.dress(who);
            }
            let times = times(who);
            let mut draw = world.part(1 << 32 | u64::try_from(number).unwrap_or(0));
            let mut own = life::bills(number, who, &times, &mut draw);
            if let Some(scene) = scene {
                starring.push((scene, number, bills.len() + scene.play(number, &mut own, &times)));
            }
            bills.append(&mut own);
        }
        write::demo(&accounts, &bills, &starring)
    }

    /// The last day of which the demo knows.
    #[must_use]
    pub const fn today() -> Day {
        Day::from_epoch(TODAY)
    }

    /// The moment at which the story is told: 09:00 on the day after the last, in the policy's zone.
    #[must_use]
    pub fn now(policy: &Policy) -> Instant {
        policy.zone.at(Self::today().plus(1), policy.time)
    }

    /// The portfolio that reading the files gives.
    ///
    /// # Errors
    /// [`BadDemo`] when a file is refused or a row of it rejected, which is a bug.
    pub fn portfolio(&self) -> Result<Portfolio, BadDemo> {
        let options = Options::default();
        let mut rejects = RejectList::new(1);
        let receivables =
            read_receivables(self.receivables_csv.as_bytes(), "receivables.csv", &options, Portfolio::default(), &mut rejects);
        let receivables = receivables.map_err(|refused| BadDemo { file: "receivables.csv", what: refused.to_string() })?;
        if let Some(reject) = rejects.rows.first() {
            return Err(BadDemo { file: "receivables.csv", what: format!("row {}: {}", reject.row, reject.reason) });
        }
        let payments = read_payments(self.payments_csv.as_bytes(), "payments.csv", &options, receivables.portfolio, &mut rejects);
        let payments = payments.map_err(|refused| BadDemo { file: "payments.csv", what: refused.to_string() })?;
        match rejects.rows.first() {
            Some(reject) => Err(BadDemo { file: "payments.csv", what: format!("row {}: {}", reject.row, reject.reason) }),
            None => Ok(payments.portfolio),
        }
    }
}

fn times(who: &Account) -> Times {
    let zone = if who.zone.is_empty() { "America/Sao_Paulo" } else { who.zone };
    // Every zone of the demo is in the bundled database: a test walks over them.
    let zone = Zone::parse(zone).unwrap_or(Zone::utc());
    Times { zone, calendar: Calendar::BrBanking, today: Demo::today() }
}

#[cfg(test)]
mod tests;

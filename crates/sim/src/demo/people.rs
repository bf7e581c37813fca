//! Who buys: the customers of the demo with how they pay.

use std::collections::BTreeSet;

use regua_core::words::Rail;

use super::names::{BRANDS, FAMILIES, GIVEN, TRADES, slug};
use super::places::{PLACES, Place};
use super::tax_ids::{cnpj, cpf};
use super::{FIRST, LAST};
use crate::draw::Draw;

/// A customer of the demo.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// `C-001`
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) whatsapp: String,
    pub(super) tax_id: String,
    pub(super) language: &'static str,
    pub(super) zone: &'static str,
    /// Channels opted into, joined by blanks.
    pub(super) consent: &'static str,
    pub(super) preferred: &'static str,
    pub(super) state: &'static str,
    pub(super) city: &'static str,
    pub(super) plan: Plan,
    pub(super) tier: &'static str,
    pub(super) currency: &'static str,
    pub(super) yearly: bool,
    pub(super) method: Rail,
    /// Whether the stored method is charged without asking.
    pub(super) automatic: bool,
    /// Day of the month on which it is due, 1 to 28.
    pub(super) due_day: i8,
    /// First and last month billed, as months since year 0.
    pub(super) months: (i32, i32),
    pub(super) payer: Payer,
    /// Receivables each month: a franchise has one per unit.
    pub(super) units: u32,
}

/// What is sold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Plan {
    Essential,
    Professional,
    Team,
    Enterprise,
}

impl Plan {
    /// The name on the price list.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Essential => "essencial",
            Self::Professional => "profissional",
            Self::Team => "equipe",
            Self::Enterprise => "corporativo",
        }
    }

    /// Cents a month; prices rose in January 2026.
    pub(super) const fn price(self, year: i32) -> i64 {
        match (self, year < 2026) {
            (Self::Essential, true) => 8_900,
            (Self::Essential, false) => 9_390,
            (Self::Professional, true) => 24_900,
            (Self::Professional, false) => 26_190,
            (Self::Team, true) => 59_000,
            (Self::Team, false) => 61_900,
            (Self::Enterprise, true) => 189_000,
            (Self::Enterprise, false) => 198_000,
        }
    }
}

/// How somebody pays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Payer {
    /// Days before it is due.
    Exemplary,
    /// On the day, or on the next open one.
    OnTheDay,
    /// On the day, but a weekend makes it Tuesday.
    Weekend,
    /// Always late, one to three weeks.
    Chronic,
    /// After the second reminder.
    Forgetful,
    /// On time, but for the summer and July; the thirteenth salary catches up.
    Seasonal,
    /// Pays for a while, then never again.
    Leaving,
    /// Half now, half later.
    InParts,
}

const PAYERS: &[(Payer, u64)] = &[
    (Payer::Exemplary, 30),
    (Payer::OnTheDay, 21),
    (Payer::Weekend, 8),
    (Payer::Chronic, 11),
    (Payer::Forgetful, 12),
    (Payer::Seasonal, 8),
    (Payer::Leaving, 5),
    (Payer::InParts, 5),
];

const PLANS: &[(Plan, u64)] = &[(Plan::Essential, 48), (Plan::Professional, 33), (Plan::Team, 15), (Plan::Enterprise, 4)];

const METHODS: &[(Rail, u64)] = &[(Rail::Boleto, 46), (Rail::Pix, 29), (Rail::Card, 21), (Rail::PixAutomatico, 4)];

const CONSENTS: &[(&str, u64)] = &[("", 38), ("whatsapp", 34), ("email whatsapp", 12), ("email whatsapp sms", 10), ("email", 6)];

/// Draws `count` customers; each has a sequence of its own, so that one more leaves the others as they were.
pub(super) fn accounts(world: &Draw, count: u32) -> Vec<Account> {
    let mut names = BTreeSet::new();
    (0..count).map(|number| account(world.part(u64::from(number)), number, &mut names)).collect()
}

fn account(mut draw: Draw, number: u32, names: &mut BTreeSet<String>) -> Account {
    let company = draw.chance(72);
    let place = draw.weighted(PLACES).unwrap_or(PLACES[0].0);
    let (name, local, domain) = named(&mut draw, company, names);
    let number_of = |draw: &mut Draw| phone(draw, place);
    let whatsapp = number_of(&mut draw);
    let plan = if company { draw.weighted(PLANS).unwrap_or(Plan::Essential) } else { Plan::Essential };
    let method = draw.weighted(METHODS).unwrap_or(Rail::Boleto);
    let since = if draw.chance(62) { FIRST } else { draw.between(FIRST + 1, LAST - 1) };
    let payer = draw.weighted(PAYERS).unwrap_or(Payer::OnTheDay);
    let consent = draw.weighted(CONSENTS).unwrap_or("");
    let yearly = draw.chance(14);
    let gold = plan == Plan::Enterprise || (plan == Plan::Team && draw.chance(12));
    // The big ones want an invoice.
    let method = if gold { Rail::Boleto } else { method };
    Account {
        id: format!("C-{:03}", number + 1),
        email: format!("{local}@{domain}.example"),
        phone: if draw.chance(70) { number_of(&mut draw) } else { String::new() },
        whatsapp: if draw.chance(80) { whatsapp } else { String::new() },
        tax_id: if company { cnpj(&mut draw, since >= FIRST + 19) } else { cpf(&mut draw) },
        name,
        language: "pt-BR",
        zone: place.zone,
        consent,
        preferred: if consent.contains("whatsapp") && draw.chance(55) { "whatsapp" } else { "" },
        state: place.state,
        city: place.city,
        plan,
        tier: if gold { "gold" } else { "" },
        currency: "BRL",
        yearly,
        method,
        automatic: matches!(method, Rail::Card | Rail::PixAutomatico),
        due_day: draw.pick(&[5, 10, 15, 20, 25]).copied().unwrap_or(10),
        months: (since, LAST),
        payer,
        units: 1,
    }
}

/// A name that nobody else has, and the two halves of an address.
fn named(draw: &mut Draw, company: bool, names: &mut BTreeSet<String>) -> (String, String, String) {
    loop {
        let family = draw.pick(FAMILIES).copied().unwrap_or("Silva");
        let (name, local, domain) = if company {
            let (trade, word) = draw.pick(TRADES).copied().unwrap_or(("Loja", "loja"));
            let brand = if draw.chance(70) { draw.pick(BRANDS).copied().unwrap_or("Aurora") } else { family };
            let local = draw.pick(&["financeiro", "contato", "contas", "administrativo"]).copied().unwrap_or("contato");
            (format!("{trade} {brand}"), local.to_owned(), format!("{word}-{}", slug(brand)))
        } else {
            let given = draw.pick(GIVEN).copied().unwrap_or("Maria");
            (format!("{given} {family}"), format!("{}.{}", slug(given), slug(family)), "correio".to_owned())
        };
        if names.insert(name.clone()) {
            return (name, local, domain);
        }
    }
}

/// A mobile number in a range that is not assigned: after the 9 comes a 0.
fn phone(draw: &mut Draw, place: Place) -> String {
    format!("+55{}90{:07}", place.area, draw.below(10_000_000))
}

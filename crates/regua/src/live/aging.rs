//! `regua report aging`: what was open at the end of a day, by how long it was late.

use std::collections::BTreeMap;

use anyhow::Context as _;
use regua_core::currency::Currency;
use regua_core::ids::TenantId;
use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use regua_engine::Engine;
use regua_store::db::Scope;
use regua_store::reports;

use super::installation::Installation;
use crate::cli::ListingArgs;
use crate::cli::live::PlaceArgs;
use crate::exit::Exit;
use crate::output::{Cell, Format, Listing, Out};
use crate::why::day;
use crate::world::World;

/// Days late that each band ends with; what is beyond all of them is the last.
const BANDS: [(i32, &str); 6] = [(0, "not due"), (30, "1–30"), (60, "31–60"), (90, "61–90"), (180, "91–180"), (360, "181–360")];
const BEYOND: &str = "over 360";

/// Prints the report.
pub(crate) fn run(
    on: Option<Day>,
    hindsight: bool,
    place: &PlaceArgs,
    listing: &ListingArgs,
    world: &World,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let installation = Installation::open(place, world)?;
    let zone = installation.zone()?;
    let on = on.unwrap_or_else(|| zone.day_of(world.now));
    let known_before = if hindsight { Instant::NEVER } else { zone.midnight(on.plus(1)) };
    let sums = sums(&installation.engine, installation.tenant, on, known_before)?;
    let mut rows =
        Listing::new(&[("currency", "currency"), ("days_late", "days late"), ("receivables", "receivables"), ("balance", "balance")]);
    let mut totals: BTreeMap<&str, (u64, i128)> = BTreeMap::new();
    for ((currency, band), (count, sum)) in &sums {
        let name = BANDS.get(*band).map_or(BEYOND, |&(_, name)| name);
        rows.row([currency.as_str().into(), name.into(), (*count).into(), Cell::Amount(amount(currency, *sum))]);
        let total = totals.entry(currency).or_default();
        total.0 += count;
        total.1 += sum;
    }
    if listing.format == Format::Table {
        let known = if hindsight { "is known now" } else { "was known then" };
        out.paragraph(0, &format!("Open at the end of {}, by all that {}; days count from the due date as written.", day(on), known))?;
        out.gap()?;
        for (currency, (count, sum)) in totals {
            rows.row([currency.into(), "in all".into(), count.into(), Cell::Amount(amount(currency, sum))]);
        }
        if sums.is_empty() {
            out.line(if hindsight {
                "Nothing was open."
            } else {
                "Nothing was open that was known; --hindsight counts what became known later."
            })?;
            return Ok(Exit::Done);
        }
    }
    out.listing(&rows, listing.format)?;
    Ok(Exit::Done)
}

/// What was open at the end of a day: per currency and band, how many receivables and their balance.
type Sums = BTreeMap<(String, usize), (u64, i128)>;

fn sums(engine: &Engine, tenant: TenantId, on: Day, known_before: Instant) -> anyhow::Result<Sums> {
    let mut sums = Sums::new();
    engine.db().read(Scope::Tenant(tenant), |tx| {
        reports::aging(tx, tenant, on, known_before, |row| {
            let late = on.since(row.due_on);
            let band = BANDS.iter().position(|&(most, _)| late <= most).unwrap_or(BANDS.len());
            let (count, sum) = sums.entry((row.currency, band)).or_default();
            *count += 1;
            *sum += i128::from(row.balance);
            Ok(())
        })
    })?;
    Ok(sums)
}

/// One currency by age: the name of each band, how many receivables are in it and their balance.
pub(crate) fn bands(
    engine: &Engine,
    tenant: TenantId,
    (on, zone): (Day, Zone),
    currency: Currency,
) -> anyhow::Result<Vec<(&'static str, u64, Money)>> {
    let mut bands = Vec::new();
    for ((_, band), (count, sum)) in
        sums(engine, tenant, on, zone.midnight(on.plus(1)))?.into_iter().filter(|((code, _), _)| *code == currency.code())
    {
        let name = BANDS.get(band).map_or(BEYOND, |&(_, name)| name);
        bands.push((name, count, Money::new(i64::try_from(sum).context("the sum of a band is larger than an amount")?, currency)));
    }
    Ok(bands)
}

/// A sum of many balances, which may be larger than one amount can be.
fn amount(currency: &str, minor: i128) -> String {
    let money = Currency::parse(currency).zip(i64::try_from(minor).ok());
    money.map_or_else(|| format!("{minor} (minor units of {currency})"), |(currency, minor)| Money::new(minor, currency).to_string())
}

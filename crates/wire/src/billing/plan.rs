//! Plan files: YAML → [`Plan`], with the line and column of what is wrong (`docs/billing.md`).
//!
//! Amounts are decimal numbers in the plan's currency; they are never floats. Deliberately absent: taxes, coupons and due
//! dates, which belong to subscriptions.

use std::fmt;
use std::num::NonZeroU32;

use regua_core::billing::{Aggregate, Kind, Plan, Price, Rates, Scale, Tier, Tiers, Timing};
use regua_core::currency::Currency;
use regua_core::money::Money;
use serde::Deserialize;
use serde_saphyr::{Location, Spanned};

use super::cycle;

/// The largest plan file, in bytes.
const PLAN_BYTES_MAX: usize = 256 * 1024;
/// Characters of a key.
const KEY_MAX: usize = 60;

/// What is wrong with a plan file, where, and the mend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanError {
    /// Line and column, from 1; none when it is the file as a whole.
    pub place: Option<(u64, u64)>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{line}:{column}: {}; {}", self.message, self.mend),
            None => write!(f, "{}; {}", self.message, self.mend),
        }
    }
}

impl std::error::Error for PlanError {}

/// A plan file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanIn {
    /// The version of the format: 1.
    plan: u32,
    key: Spanned<String>,
    name: Spanned<String>,
    currency: Spanned<String>,
    #[serde(default)]
    cycle: Option<Spanned<String>>,
    prices: Vec<Spanned<PriceIn>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceIn {
    key: Spanned<String>,
    name: Spanned<String>,
    #[serde(default)]
    flat: Option<Spanned<String>>,
    #[serde(default)]
    unit: Option<Spanned<String>>,
    #[serde(default)]
    per: Option<Spanned<NonZeroU32>>,
    #[serde(default)]
    tiers: Option<Spanned<String>>,
    #[serde(default)]
    steps: Option<Spanned<Vec<Spanned<StepIn>>>>,
    #[serde(default)]
    timing: Option<Spanned<String>>,
    #[serde(default)]
    meter: Option<Spanned<String>>,
    #[serde(default)]
    aggregate: Option<Spanned<String>>,
    #[serde(default)]
    minimum: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepIn {
    #[serde(default)]
    upto: Option<u64>,
    #[serde(default)]
    unit: Option<Spanned<String>>,
    #[serde(default)]
    fixed: Option<Spanned<String>>,
}

/// The JSON Schema of plan files, for editors.
#[must_use]
pub const fn plan_schema() -> &'static str {
    include_str!("plan.schema.json")
}

/// Reads a plan file.
///
/// ```
/// let text = "plan: 1\nkey: team\nname: Team\ncurrency: BRL\ncycle: month\nprices:\n  - { key: seat, name: Seat, unit: 30.00 }\n";
/// let plan = regua_wire::billing::parse_plan(text)?;
/// assert_eq!((plan.key(), plan.prices().len()), ("team", 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`PlanError`]: the first thing that is wrong.
pub fn parse_plan(text: &str) -> Result<Plan, PlanError> {
    if text.len() > PLAN_BYTES_MAX {
        let message = format!("the file has {} bytes, at most {PLAN_BYTES_MAX} are read", text.len());
        return Err(PlanError { place: None, message, mend: "split it into several plans".to_owned() });
    }
    let file: PlanIn = serde_saphyr::from_str(text).map_err(unread)?;
    if file.plan != 1 {
        let message = format!("`plan: {}` is a version that is not known here", file.plan);
        return Err(PlanError { place: Some((1, 1)), message, mend: "write `plan: 1`".to_owned() });
    }
    let key = word(&file.key, "a plan's key")?;
    let told = || format!("`{}` is not a currency", file.currency.value);
    let currency =
        Currency::parse(&file.currency.value).ok_or_else(|| wrong(&file.currency, told(), "write its three letters, such as BRL"))?;
    let cycle = match &file.cycle {
        None => regua_core::billing::Cycle::MONTHLY,
        Some(text) => cycle(&text.value).map_err(|bad| split(text, &bad.to_string()))?,
    };
    let prices = file.prices.iter().map(|price| price_of(price, currency)).collect::<Result<Vec<_>, _>>()?;
    Plan::new(key, line(&file.name)?, currency, cycle, prices).map_err(|bad| split(&file.key, &bad.to_string()))
}

/// What the parser says, without its snippet.
fn unread(error: serde_saphyr::Error) -> PlanError {
    let error = error.without_snippet();
    let place = error.location().map(|at| (at.line(), at.column()));
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let text = text.split(" at line ").next().unwrap_or(text);
    let message = text.lines().next().unwrap_or_default().to_owned();
    PlanError { place, message, mend: "see docs/billing.md, or `regua price schema`".to_owned() }
}

fn wrong<T>(at: &Spanned<T>, message: String, mend: &str) -> PlanError {
    PlanError { place: place(&at.referenced), message, mend: mend.to_owned() }
}

/// A message of core's, which says the mend behind a colon or semicolon.
fn split<T>(at: &Spanned<T>, told: &str) -> PlanError {
    let parts = told.split_once("; ").or_else(|| told.split_once(": "));
    let (message, mend) = parts.unwrap_or((told, "see docs/billing.md"));
    wrong(at, message.to_owned(), mend)
}

fn place(at: &Location) -> Option<(u64, u64)> {
    Some((at.line(), at.column())).filter(|&(line, _)| line > 0)
}

/// A key: what other files and invoices name it by.
fn word<'t>(text: &'t Spanned<String>, what: &str) -> Result<&'t str, PlanError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let fits = !text.value.is_empty() && text.value.len() <= KEY_MAX && text.value.chars().all(plain);
    let told = format!("`{}` is not {what}", text.value);
    if fits { Ok(&text.value) } else { Err(wrong(text, told, &format!("write 1 to {KEY_MAX} letters, digits, `-`, `_` or `.`"))) }
}

/// One line that a customer reads.
fn line(text: &Spanned<String>) -> Result<&str, PlanError> {
    let trimmed = text.value.trim();
    let fits = !trimmed.is_empty() && trimmed.chars().count() <= 200 && !trimmed.chars().any(char::is_control);
    if fits {
        Ok(trimmed)
    } else {
        Err(wrong(text, "a name is one line of 1 to 200 characters".to_owned(), "write what invoices shall call it"))
    }
}

fn amount(text: &Spanned<String>, currency: Currency) -> Result<i64, PlanError> {
    let example = Money::new(12_345, currency).to_string();
    let told = format!("`{}` is not an amount of {currency}", text.value);
    let money = Money::parse(&text.value, currency);
    money.map(Money::minor).map_err(|_bad| wrong(text, told, &format!("write a number such as that of {example}, without separators")))
}

fn price_of(price: &Spanned<PriceIn>, currency: Currency) -> Result<Price, PlanError> {
    let PriceIn { key, name, flat, unit, per, tiers, steps, timing, meter, aggregate, minimum } = &price.value;
    let key = word(key, "a price's key")?;
    let kind = match (flat, unit, tiers) {
        (Some(flat), None, None) => {
            let other = (per.as_ref().map(|_| "per")).or(meter.as_ref().map(|_| "meter")).or(steps.as_ref().map(|_| "steps"));
            if let Some(other) = other {
                return Err(wrong(price, format!("the price `{key}` is flat and has `{other}`"), &format!("take `{other}` out")));
            }
            Kind::Flat { amount: amount(flat, currency)?, timing: timing_of(timing.as_ref())? }
        }
        (None, Some(_), None) | (None, None, Some(_)) => {
            let rates = match (unit, tiers) {
                (Some(unit), _) => Rates::Unit(amount(unit, currency)?),
                (None, tiers) => tiered(price, tiers.as_ref(), steps.as_ref(), currency)?,
            };
            let scale = Scale { per: per.as_ref().map_or(NonZeroU32::MIN, |per| per.value), rates };
            match meter {
                None => Kind::PerUnit { scale, timing: timing_of(timing.as_ref())? },
                Some(meter) => metered(meter, timing.as_ref(), aggregate.as_ref(), minimum.as_ref(), scale, currency)?,
            }
        }
        (_, _, _) => {
            let told = format!("the price `{key}` has none or several of `flat`, `unit` and `tiers`");
            return Err(wrong(price, told, "write one: `flat` per period, `unit` for each, or `tiers` with `steps`"));
        }
    };
    if meter.is_none() && (aggregate.is_some() || minimum.is_some()) {
        let told = format!("the price `{key}` has `aggregate` or `minimum` without a `meter`");
        return Err(wrong(price, told, "name the meter that counts, or take them out"));
    }
    Ok(Price { key: key.into(), name: line(name)?.into(), kind })
}

fn timing_of(text: Option<&Spanned<String>>) -> Result<Timing, PlanError> {
    let Some(text) = text else { return Ok(Timing::Advance) };
    let told = || format!("`{}` is not a timing", text.value);
    text.value.parse().map_err(|_bad| wrong(text, told(), "write `advance` (before the period) or `arrears` (after it)"))
}

fn metered(
    meter: &Spanned<String>,
    timing: Option<&Spanned<String>>,
    aggregate: Option<&Spanned<String>>,
    minimum: Option<&Spanned<String>>,
    scale: Scale,
    currency: Currency,
) -> Result<Kind, PlanError> {
    if let Some(timing) = timing {
        return Err(wrong(timing, "what is metered is billed after its period".to_owned(), "take `timing` out"));
    }
    let aggregate = match aggregate {
        None => Aggregate::Sum,
        Some(text) => {
            let told = || format!("`{}` does not say how reports become one number", text.value);
            text.value.parse().map_err(|_bad| wrong(text, told(), "write `sum`, `max` or `last`"))?
        }
    };
    let minimum = minimum.map_or(Ok(0), |text| amount(text, currency))?;
    Ok(Kind::Metered { meter: word(meter, "a meter")?.into(), aggregate, scale, minimum })
}

fn tiered(
    price: &Spanned<PriceIn>,
    mode: Option<&Spanned<String>>,
    steps: Option<&Spanned<Vec<Spanned<StepIn>>>>,
    currency: Currency,
) -> Result<Rates, PlanError> {
    let (Some(mode), Some(steps)) = (mode, steps) else {
        return Err(wrong(price, "tiers have no `steps`".to_owned(), "list them: steps: [{ upto: 10, unit: 5.00 }, { unit: 3.00 }]"));
    };
    let Some((last, before)) = steps.value.split_last() else {
        return Err(wrong(steps, "`steps` is empty".to_owned(), "list them: steps: [{ upto: 10, unit: 5.00 }, { unit: 3.00 }]"));
    };
    let tier = |step: &StepIn| {
        let of = |text: &Option<Spanned<String>>| text.as_ref().map_or(Ok(0), |text| amount(text, currency));
        Ok(Tier { unit: of(&step.unit)?, fixed: of(&step.fixed)? })
    };
    if last.value.upto.is_some() {
        return Err(wrong(last, "the last step has an end".to_owned(), "leave its `upto` out: it is for whatever lies above"));
    }
    let mut upto = Vec::new();
    for step in before {
        let end = step
            .value
            .upto
            .ok_or_else(|| wrong(step, "a step before the last has no `upto`".to_owned(), "write the largest quantity that it is for"))?;
        upto.push((end, tier(&step.value)?));
    }
    let tiers = Tiers::new(upto, tier(&last.value)?).map_err(|bad| split(steps, &bad.to_string()))?;
    match mode.value.as_str() {
        "graduated" => Ok(Rates::Graduated(tiers)),
        "volume" => Ok(Rates::Volume(tiers)),
        other => {
            let mend =
                "write `graduated` (each unit costs what its own step says) or `volume` (all cost what the whole quantity's step says)";
            Err(wrong(mode, format!("`{other}` is no kind of tiers"), mend))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "plan: 1\nkey: team\nname: Time\ncurrency: BRL\ncycle: month\nprices:\n";

    #[test]
    fn every_kind_of_price_is_read() {
        let prices = "  - { key: fee, name: Mensalidade, flat: 99.90 }
  - { key: seat, name: Usuário, unit: 30.00, timing: arrears }
  - { key: calls, name: Chamadas, meter: calls, unit: 0.15, per: 100, minimum: 10.00 }
  - key: gb
    name: Armazenamento
    meter: storage
    aggregate: max
    tiers: volume
    steps: [{ upto: 100, unit: 0.50 }, { unit: 0.30, fixed: 5.00 }]
";
        let plan = parse_plan(&format!("{HEAD}{prices}")).unwrap();
        assert_eq!(plan.prices().len(), 4);
        assert_eq!(plan.prices()[0].kind, Kind::Flat { amount: 9_990, timing: Timing::Advance });
        assert!(matches!(
            &plan.prices()[3].kind,
            Kind::Metered { aggregate: Aggregate::Max, scale: Scale { rates: Rates::Volume(_), .. }, .. }
        ));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_the_mend() {
        for (prices, told) in [
            ("  - { key: a, name: A, flat: 1,5 }\n", "7:"),
            ("  - { key: a, name: A }\n", "7:5: the price `a` has none or several of `flat`, `unit` and `tiers`; write one"),
            ("  - { key: a, name: A, flat: 1.555 }\n", "7:30: `1.555` is not an amount of BRL; write a number such as that of BRL 123.45"),
            ("  - { key: a, name: A, flat: 1.00, unit: 2.00 }\n", "none or several"),
            ("  - { key: a, name: A, flta: 1.00 }\n", "flta"),
            ("  - { key: a, name: A, flat: 1.00 }\n  - { key: a, name: B, flat: 1.00 }\n", "two prices `a`; give each its own key"),
            ("  - { key: a, name: A, tiers: volume, steps: [{ upto: 5, unit: 1.00 }] }\n", "the last step has an end"),
            ("  - { key: a, name: A, tiers: volume, steps: [{ upto: 5 }, { upto: 4 }, {}] }\n", "write the upper ends in rising order"),
            ("  - { key: a, name: A, unit: 1.00, minimum: 5.00 }\n", "without a `meter`"),
            ("[]\n", "has no price"),
        ] {
            let error =
                parse_plan(&format!("{}{}", HEAD.trim_end(), if prices == "[]\n" { " []\n".to_owned() } else { format!("\n{prices}") }))
                    .unwrap_err();
            assert!(error.to_string().contains(told), "{prices}\n{error}");
        }
        assert!(parse_plan("plan: 2\nkey: a\nname: A\ncurrency: BRL\nprices: []\n").unwrap_err().to_string().contains("write `plan: 1`"));
        assert!(parse_plan("plan: 1\nkey: a b\nname: A\ncurrency: BRL\nprices: []\n").unwrap_err().to_string().contains("2:6: `a b`"));
    }

    #[test]
    fn the_schema_has_the_keys_that_are_read() {
        let schema: serde_json::Value = serde_json::from_str(plan_schema()).unwrap();
        let keys = |path: &str| {
            let mut keys: Vec<&str> = schema.pointer(path).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
            keys.sort_unstable();
            keys.join(" ")
        };
        assert_eq!(keys("/properties"), "currency cycle key name plan prices");
        assert_eq!(keys("/$defs/price/properties"), "aggregate flat key meter minimum name per steps tiers timing unit");
        assert_eq!(keys("/$defs/step/properties"), "fixed unit upto");
    }
}

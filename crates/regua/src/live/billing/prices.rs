//! `regua price`: plan files, and what is published.

use regua_core::billing::{DraftInvoice, Kind, NewSubscription, Plan, Price, Rates, Scale, Terms, preview};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Zone;
use regua_core::words::Language;
use regua_engine::billing::Published;
use regua_wire::billing::{parse_plan, plan_schema};
use serde_json::{Value, json};

use super::{Desk, paper, refused, said};
use crate::cli::billing::{PriceArgs, PriceVerb, PublishPriceArgs, WhenArgs};
use crate::cli::live::LookArgs;
use crate::config;
use crate::exit::{BadInput, Exit};
use crate::live::installation::act;
use crate::live::sure;
use crate::output::{Cell, Format, Listing, Out, Paint};
use crate::source;
use crate::why::moment;
use crate::world::World;

/// Carries out a verb of `price`.
pub(crate) fn run(verb: &PriceVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        PriceVerb::Check(args) => check(args, world, out),
        PriceVerb::Publish(args) => publish(args, world, out),
        PriceVerb::List { all, look } => list(*all, look, world, out),
        PriceVerb::Show { key, version, look } => show(key, *version, look, world, out),
        PriceVerb::Schema => {
            out.text(plan_schema())?;
            Ok(Exit::Done)
        }
    }
}

/// A plan file, read.
fn read(args: &PriceArgs) -> anyhow::Result<Plan> {
    let source = source::policy_text(&args.file)?;
    parse_plan(&source.text).map_err(|error| {
        let place = error.place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
        BadInput::new(format!("{}{place}: {}\n  mend: {}", source.name, error.message, error.mend)).into()
    })
}

/// Reads a plan and shows it; an installation is not needed, and says terms and language when there is one.
fn check(args: &PriceArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let plan = read(args)?;
    let at_home = args.look.place.dir.is_some() || config::folder(None, &world.environment).is_ok();
    let desk = at_home.then(|| Desk::open(&args.look.place, None, world)).transpose()?;
    shown(&plan, args, desk.as_ref(), world, out)?;
    Ok(Exit::Done)
}

/// Shows the first three invoices.
fn shown(plan: &Plan, args: &PriceArgs, desk: Option<&Desk>, world: &World, out: &mut Out) -> anyhow::Result<()> {
    let said = said(&args.terms)?;
    let today = desk.map_or_else(|| Zone::utc().day_of(world.now), |desk| desk.today);
    let terms = match desk {
        Some(desk) => desk.terms(said),
        None => said.over(Terms::default(), regua_core::calendar::Calendar::None),
    };
    let language = desk.map_or(args.language.unwrap_or(Language::En), |desk| desk.language(args.language));
    let new = NewSubscription {
        key: "preview".into(),
        plan: plan.clone(),
        quantity: args.quantity,
        begins_on: args.from.unwrap_or(today),
        trial_until: None,
        anchor: None,
        terms,
        coupons: Vec::new(),
    };
    let usage: Vec<(Box<str>, u64)> = args.usage.iter().map(|(meter, quantity)| (meter.as_str().into(), *quantity)).collect();
    let unknown = usage.iter().find(|(meter, _)| !meters(plan).any(|own| own == &**meter));
    if let Some((meter, _)) = unknown {
        let own: Vec<&str> = meters(plan).collect();
        let mend = if own.is_empty() { "it counts none".to_owned() } else { format!("it counts {}", own.join(", ")) };
        return Err(BadInput::new(format!("the plan counts no `{meter}`; {mend}")).into());
    }
    let drafts = preview(new, &usage).map_err(refused)?;
    tell(plan, &drafts, language, args.look.listing.format, out)
}

fn meters(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.prices().iter().filter_map(|price| match &price.kind {
        Kind::Metered { meter, .. } => Some(&**meter),
        Kind::Flat { .. } | Kind::PerUnit { .. } => None,
    })
}

fn tell(plan: &Plan, drafts: &[DraftInvoice], language: Language, format: Format, out: &mut Out) -> anyhow::Result<()> {
    match format {
        Format::Table => {
            out.aside(Paint::Bold, &format!("{} ({}): {} every {}", plan.name(), plan.key(), plan.currency(), cycle(plan)))?;
            out.listing(&costs(plan), Format::Table)?;
            out.heading("The first three invoices, as the customer sees them")?;
            for (number, draft) in (1..).zip(drafts) {
                out.gap()?;
                paper::print(draft, &number.to_string(), language, out)?;
            }
        }
        Format::Json => {
            let drafts = (1..).zip(drafts).map(|(number, draft)| paper::as_json(draft, &number.to_string()));
            out.json(&json!({ "plan": as_json(plan), "invoices": drafts.collect::<Vec<_>>() }))?;
        }
        Format::Csv => out.listing(&costs(plan), Format::Csv)?,
    }
    Ok(())
}

fn publish(args: &PublishPriceArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let plan = read(&args.price)?;
    let WhenArgs { as_of } = args.when;
    let desk = Desk::open(&args.price.look.place, Some(WhenArgs { as_of }), world)?;
    let (engine, tenant) = (&desk.installation.engine, desk.installation.tenant);
    let known = engine.plans(tenant)?.into_iter().rfind(|known| known.plan.key() == plan.key());
    if let Some(known) = known.as_ref().filter(|known| known.plan == plan) {
        out.line(&format!("{} is published so already, as version {}; nothing changed.", plan.key(), known.version))?;
        return Ok(Exit::Done);
    }
    shown(&plan, &args.price, Some(&desk), world, out)?;
    let question = match &known {
        None => format!("{} is new. Once published, subscriptions can begin with it.", plan.key()),
        Some(known) => {
            format!("{} has version {} already. Subscriptions that have it keep it; new ones get this.", plan.key(), known.version)
        }
    };
    if args.price.look.listing.format == Format::Table {
        out.gap()?;
        if !sure::sure(args.sure, &question, world, out)? {
            return Ok(Exit::Input);
        }
    } else if !args.sure.yes {
        return Err(BadInput::new("nothing was published; add --yes to do it").into());
    }
    let version = engine.publish_plan(tenant, &plan, &act(&args.act, world), desk.now)?;
    if args.price.look.listing.format == Format::Table {
        out.aside(Paint::Green, &format!("{} is published as version {version}.", plan.key()))?;
    }
    Ok(Exit::Done)
}

fn list(all: bool, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&look.place, None, world)?;
    let format = look.listing.format;
    let mut plans = desk.installation.engine.plans(desk.installation.tenant)?;
    if !all {
        let newest =
            |place: usize| plans.get(place + 1).is_none_or(|after| plans.get(place).is_some_and(|own| own.plan.key() != after.plan.key()));
        let keep: Vec<bool> = (0..plans.len()).map(newest).collect();
        let mut keep = keep.into_iter();
        plans.retain(|_| keep.next().unwrap_or(true));
    }
    if plans.is_empty() && format == Format::Table {
        out.line("No plan is published; publish one: regua price publish FILE")?;
        return Ok(Exit::Done);
    }
    let columns = [
        ("plan", "plan"),
        ("name", "name"),
        ("version", "version"),
        ("currency", "currency"),
        ("cycle", "every"),
        ("prices", "prices"),
        ("published_at", "published"),
    ];
    let mut rows = Listing::new(&columns);
    for Published { plan, version, at } in plans {
        let zone = desk.policy.zone;
        let at = if format == Format::Table { moment(zone, at) } else { zone.rfc3339(at) };
        let prices: Vec<&str> = plan.prices().iter().map(|price| &*price.key).collect();
        rows.row([
            plan.key().into(),
            plan.name().into(),
            u64::try_from(version).unwrap_or(0).into(),
            plan.currency().code().into(),
            cycle(&plan).into(),
            prices.join(", ").into(),
            at.into(),
        ]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

fn show(key: &str, version: Option<i64>, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let desk = Desk::open(&look.place, None, world)?;
    let plans = desk.installation.engine.plans(desk.installation.tenant)?;
    let found = plans.into_iter().rfind(|one| one.plan.key() == key && version.is_none_or(|version| version == one.version));
    let Some(Published { plan, version, at }) = found else {
        return Err(BadInput::new(format!("no such plan is published: {key}; see: regua price list --all")).into());
    };
    match look.listing.format {
        Format::Table => {
            out.aside(Paint::Bold, &format!("{} ({}): {} every {}", plan.name(), plan.key(), plan.currency(), cycle(&plan)))?;
            out.line(&format!("version {version}, published {}", moment(desk.policy.zone, at)))?;
            out.listing(&costs(&plan), Format::Table)?;
        }
        Format::Json => out.json(&json!({ "version": version, "published_at": desk.policy.zone.rfc3339(at), "plan": as_json(&plan) }))?,
        Format::Csv => out.listing(&costs(&plan), Format::Csv)?,
    }
    Ok(Exit::Done)
}

/// `month`, `3 months`
pub(super) fn cycle(plan: &Plan) -> String {
    let cycle = plan.cycle();
    if cycle.every.get() == 1 { cycle.unit.to_string() } else { format!("{} {}s", cycle.every, cycle.unit) }
}

/// What each price costs; one with tiers has a row for each.
fn costs(plan: &Plan) -> Listing {
    let mut rows = Listing::new(&[("price", "price"), ("name", "name"), ("amount", "amount"), ("for", "for"), ("billed", "billed")]);
    for price in plan.prices() {
        let billed = match price.timing() {
            regua_core::billing::Timing::Advance => "in advance",
            regua_core::billing::Timing::Arrears => "afterwards",
        };
        for (place, (amount, what)) in cost(price, plan.currency()).into_iter().enumerate() {
            let (key, name) = if place == 0 { (&*price.key, &*price.name) } else { ("", "") };
            rows.row([key.into(), name.into(), Cell::Amount(amount), what.into(), if place == 0 { billed.into() } else { Cell::Empty }]);
        }
    }
    rows
}

fn cost(price: &Price, currency: Currency) -> Vec<(String, String)> {
    let money = |minor: i64| Money::new(minor, currency).to_string();
    match &price.kind {
        Kind::Flat { amount, .. } => vec![(money(*amount), "each period".to_owned())],
        Kind::PerUnit { scale, .. } => scaled(scale, "unit", currency),
        Kind::Metered { meter, aggregate, scale, minimum } => {
            let mut rows = scaled(scale, meter, currency);
            if let Some((_, what)) = rows.first_mut() {
                what.push_str(&format!(", {aggregate} of the period"));
            }
            if *minimum > 0 {
                rows.push((money(*minimum), "each period at least".to_owned()));
            }
            rows
        }
    }
}

fn scaled(scale: &Scale, unit: &str, currency: Currency) -> Vec<(String, String)> {
    let money = |minor: i64| Money::new(minor, currency).to_string();
    let per = if scale.per.get() == 1 { format!("each {unit}") } else { format!("{} {unit}", scale.per) };
    let tiers = match &scale.rates {
        Rates::Unit(amount) => return vec![(money(*amount), per)],
        Rates::Graduated(tiers) | Rates::Volume(tiers) => tiers,
    };
    let how = if matches!(scale.rates, Rates::Volume(_)) { "of all" } else { "of these" };
    let mut rows = Vec::new();
    let mut from = 1;
    for (upto, tier) in tiers.rows() {
        let range = upto.map_or_else(|| format!("from {from} on"), |upto| format!("{from} to {upto}"));
        rows.push((money(tier.unit), format!("{per} {how}, {range}")));
        if tier.fixed > 0 {
            rows.push((money(tier.fixed), format!("once, {range}")));
        }
        from = upto.map_or(from, |upto| upto.saturating_add(1));
    }
    rows
}

fn as_json(plan: &Plan) -> Value {
    let prices = plan.prices().iter().map(|price| {
        let costs = cost(price, plan.currency()).into_iter().map(|(amount, what)| json!({ "amount": amount, "for": what }));
        json!({ "key": price.key, "name": price.name, "timing": price.timing().as_str(), "costs": costs.collect::<Vec<_>>() })
    });
    json!({
        "key": plan.key(), "name": plan.name(), "currency": plan.currency().code(), "cycle": cycle(plan),
        "prices": prices.collect::<Vec<_>>(),
    })
}

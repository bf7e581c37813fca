//! `regua method`, `charge`, `pay-by` and `sandbox`: stored methods, attempts, and ways to pay.

use regua_core::charging::timing::Timing;
use regua_core::charging::{Scheme, Trigger};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use regua_engine::Act;
use regua_engine::charging::{Asking, Charging, NewMethod};
use regua_engine::commands::tell::About;
use regua_engine::hooks::Hook;
use regua_model::timing::{Outcome, Weigh, learn};
use regua_wire::gateways::sandbox;

use super::authorise;
use super::gateway::{gateways, verify, work_hooks, zone_of};
use super::installation::{Installation, act};
use crate::cli::ListingArgs;
use crate::cli::charging::{
    AddMethodArgs, ChargeListArgs, ChargeNowArgs, ChargeVerb, MethodListArgs, MethodVerb, PayByArgs, RemoveMethodArgs, RetriesVerb,
    SandboxPayArgs, SandboxVerb, Way,
};
use crate::cli::live::{LookArgs, PlaceArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Listing, Out, Paint};
use crate::time::Span;
use crate::why::moment;
use crate::world::World;

/// What a list shows at most.
const LIST_MAX: i64 = 1_000;

/// Carries out a verb of `method`.
pub(crate) fn method(verb: &MethodVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        MethodVerb::Add(args) => add(args, world, out),
        MethodVerb::List(args) => methods(args, world, out),
        MethodVerb::Remove(args) => remove(args, world, out),
        MethodVerb::Ask(args) => authorise::ask(args, world, out),
        MethodVerb::Show(args) => authorise::show(args, world, out),
        MethodVerb::Cancel(args) => authorise::cancel(args, world, out),
    }
}

fn add(args: &AddMethodArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let now = installation.moment(args.told.as_of, world)?;
    let digits = args.token.bytes().filter(u8::is_ascii_digit).count();
    if digits >= 12 && digits == args.token.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).count() {
        return Err(BadInput::new("--token looks like a card number; store the card at the gateway and give its token").into());
    }
    let scheme: Scheme = args.scheme.parse().map_err(|bad: regua_core::words::UnknownWord| BadInput::new(format!("--scheme: {bad}")))?;
    let expires_on = args.expires.as_deref().map(Day::parse).transpose().map_err(|bad| BadInput::new(format!("--expires: {bad}")))?;
    gateways(&installation, now)?;
    let new = NewMethod {
        gateway: args.gateway.clone(),
        customer_token: args.customer_token.clone(),
        token: args.token.clone(),
        scheme,
        fingerprint: args.fingerprint.clone(),
        last4: args.last4.clone(),
        expires_on,
        allows_retry: args.allows_retry,
        consent: args.consent.clone(),
    };
    let about = About::Customer(args.customer.clone());
    let act = act(&args.told.act, world);
    let id = installation.engine.add_method(installation.tenant, &about, &new, Some(&act), now)?;
    out.aside(Paint::Green, &format!("{id} is stored; it is charged from now on."))?;
    Ok(Exit::Done)
}

fn methods(args: &MethodListArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.look.place, world)?;
    let zone = zone_of(&installation);
    let mut rows = Listing::new(&[
        ("method", "method"),
        ("gateway", "gateway"),
        ("scheme", "scheme"),
        ("last4", "ends in"),
        ("expires", "expires"),
        ("status", "status"),
        ("added", "added"),
    ]);
    for one in installation.engine.methods(installation.tenant, &About::Customer(args.customer.clone()))? {
        let expires = one.expires_on.map(|day| day.to_string()).unwrap_or_default();
        rows.row([
            one.method.to_string().into(),
            one.gateway.into(),
            one.scheme.as_str().into(),
            one.last4.unwrap_or_default().into(),
            expires.into(),
            one.status.as_str().into(),
            moment(zone, one.added_at).into(),
        ]);
    }
    out.listing(&rows, args.look.listing.format)?;
    Ok(Exit::Done)
}

fn remove(args: &RemoveMethodArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let now = installation.moment(args.told.as_of, world)?;
    let method = args.method.parse().map_err(|bad| BadInput::new(format!("{bad}; `regua method list CUSTOMER` lists them")))?;
    installation.engine.remove_method(installation.tenant, method, &act(&args.told.act, world), now)?;
    out.aside(Paint::Green, "It is charged no more.")?;
    Ok(Exit::Done)
}

/// Carries out a verb of `charge`.
pub(crate) fn charge(verb: &ChargeVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        ChargeVerb::Now(args) => now(args, world, out),
        ChargeVerb::List(args) => list(args, world, out),
        ChargeVerb::Second(args) => second(args, world, out),
    }
}

fn now(args: &ChargeNowArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let now = installation.moment(args.told.as_of, world)?;
    let mut gateways = gateways(&installation, now)?;
    let method = args.method.as_deref().map(str::parse).transpose().map_err(|bad| BadInput::new(format!("--method: {bad}")))?;
    let about = About::Receivable(args.id.clone());
    let engine = &installation.engine;
    let id = engine.charge_now(installation.tenant, &about, method, Trigger::Operator, &act(&args.told.act, world), now)?;
    engine.charge_due(&|| now, &mut gateways, Charging::default())?;
    let all = engine.attempts(installation.tenant, Some(&about), false, LIST_MAX)?;
    let Some(one) = all.iter().find(|one| one.row.charge == id) else { return Ok(Exit::Done) };
    let reason = one.row.reason.map(|reason| format!(": {}", reason.as_str().replace('_', " "))).unwrap_or_default();
    let said = one.row.said.as_deref().map(|said| format!(" ({said})")).unwrap_or_default();
    let paint = if one.row.status == "settled" { Paint::Green } else { Paint::Yellow };
    out.aside(paint, &format!("{} of {}: {}{reason}{said}", amount(&one.row.currency, one.row.amount), args.id, one.row.status))?;
    Ok(if one.row.status == "declined" || one.row.status == "dropped" { Exit::Failed } else { Exit::Done })
}

fn amount(currency: &str, minor: i64) -> String {
    Currency::parse(currency).map_or_else(String::new, |currency| Money::new(minor, currency).to_string())
}

fn list(args: &ChargeListArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.look.place, world)?;
    let zone = zone_of(&installation);
    let about = args.id.as_deref().map(|id| installation.engine.resolve(installation.tenant, id)).transpose()?;
    let mut rows = Listing::new(&[
        ("charge", "attempt"),
        ("receivable", "receivable"),
        ("ordered", "ordered"),
        ("trigger", "by"),
        ("gateway", "gateway"),
        ("amount", "amount"),
        ("status", "status"),
        ("reason", "reason"),
        ("said", "said"),
    ]);
    for one in installation.engine.attempts(installation.tenant, about.as_ref(), args.needing, args.limit)? {
        let row = one.row;
        rows.row([
            row.charge.to_string().into(),
            one.receivable.into(),
            moment(zone, row.ordered_at).into(),
            row.trigger.as_str().into(),
            row.gateway.into(),
            amount(&row.currency, row.amount).into(),
            row.status.into(),
            row.reason.map(|reason| reason.as_str()).unwrap_or_default().into(),
            row.said.unwrap_or_default().into(),
        ]);
    }
    out.listing(&rows, args.look.listing.format)?;
    Ok(Exit::Done)
}

fn second(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let mut rows = Listing::new(&[
        ("gateway", "gateway"),
        ("reference", "payment"),
        ("paid_on", "paid on"),
        ("amount", "amount"),
        ("fate", "what became of it"),
    ]);
    for one in installation.engine.second_payments(installation.tenant, LIST_MAX)? {
        let paid = amount(&one.currency, one.amount);
        rows.row([one.gateway.into(), one.reference.into(), one.paid_on.to_string().into(), paid.into(), one.fate.into()]);
    }
    out.listing(&rows, args.listing.format)?;
    Ok(Exit::Done)
}

/// `regua pay-by`: something to pay a receivable by.
pub(crate) fn pay_by(args: &PayByArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let now = installation.moment(args.told.as_of, world)?;
    let mut gateways = gateways(&installation, now)?;
    let rail = match args.way {
        Way::Pix => Rail::Pix,
        Way::Boleto => Rail::Boleto,
        Way::Card => Rail::Card,
    };
    let asking = Asking { gateway: args.gateway.clone(), rail, valid_until: None };
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let act = act(&args.told.act, world);
    let id = engine.ask_instrument(tenant, &About::Receivable(args.id.clone()), &asking, &act, now)?;
    engine.instruments_due(&|| now, &mut gateways, Charging::default())?;
    let (row, given) = engine.instrument(tenant, id)?;
    let Some(given) = given.filter(|_| row.status == "open") else {
        let said = row.said.unwrap_or_else(|| format!("it is {}", row.status));
        out.aside(Paint::Red, &format!("The gateway has not made it: {said}"))?;
        return Ok(Exit::Failed);
    };
    let mut rows = Listing::new(&[("what", "what"), ("value", "value")]);
    rows.row(["amount".into(), amount(&row.currency, row.amount).into()]);
    rows.row(["valid until".into(), row.valid_until.to_string().into()]);
    rows.row(["reference".into(), row.reference.clone().unwrap_or_default().into()]);
    for (what, value) in [("pix code", given.brcode), ("boleto", given.boleto_line), ("page", given.link)] {
        if let Some(value) = value {
            rows.row([what.into(), value.into()]);
        }
    }
    out.listing(&rows, args.listing.format)?;
    Ok(Exit::Done)
}

/// Carries out a verb of `sandbox`.
pub(crate) fn sandbox(verb: &SandboxVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let SandboxVerb::Pay(args) = verb;
    pay(args, world, out)
}

/// Pays what is open at the sandbox: its webhook is signed, verified, stored and processed as any other.
fn pay(args: &SandboxPayArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let now = installation.moment(args.told.as_of, world)?;
    pay_at_sandbox(&installation, &args.id, now)?;
    out.aside(Paint::Green, &format!("{} was paid at the sandbox.", args.id))?;
    Ok(Exit::Done)
}

/// Pays what is open of a receivable at the sandbox.
pub(super) fn pay_at_sandbox(installation: &Installation, id: &str, now: Instant) -> anyhow::Result<()> {
    gateways(installation, now)?;
    let own = installation.config.gateway.sandbox.as_ref().and_then(|one| one.secret.clone());
    let Some(secret) = own else {
        return Err(BadInput::new("the sandbox has no secret to sign with; set gateway.sandbox.enabled and gateway.sandbox.secret").into());
    };
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let open = engine.open_instruments(tenant, &About::Receivable(id.to_owned()))?;
    let Some(reference) = open.into_iter().find(|row| row.gateway == "sandbox").and_then(|row| row.reference) else {
        let mend = format!("{id}: nothing of the sandbox's can be paid; make it with: regua pay-by {id} pix --gateway sandbox");
        return Err(BadInput::new(mend).into());
    };
    let body = sandbox::instrument_paid(&reference, 0, None, now).map_err(|trouble| anyhow::anyhow!("{trouble}"))?;
    let signature = sandbox::sign(secret.expose().as_bytes(), now, &body);
    let headers = [(sandbox::SIGNATURE.to_owned(), signature)];
    let hook = Hook { gateway: "sandbox", path: "", headers: &headers, body: &body };
    let (config, zone) = (&installation.config, zone_of(installation));
    engine.take_hook(tenant, &hook, now, &|hook: &Hook<'_>, now: Instant| verify(config, zone, "", hook, now))?;
    work_hooks(installation, now, Charging::default())?;
    Ok(())
}

/// Retries that are learnt from at most.
const OUTCOMES_MAX: usize = 2_000_000;

/// Learns from the company's own retries; from how many, and how far a weight moved at most, in log-odds.
pub(super) fn learn_anew(installation: &Installation, act: &Act, now: Instant) -> anyhow::Result<(usize, String)> {
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let outcomes = engine.retry_outcomes(tenant, OUTCOMES_MAX)?;
    let seen = outcomes.iter().map(|one| Outcome { features: one.features, success: one.settled, propensity_bp: one.propensity_bp });
    let learnt = learn(Timing::shipped(), &seen.collect::<Vec<Outcome>>(), Weigh::Even).map_err(|why| BadInput::new(why.to_string()))?;
    engine.set_timing(tenant, &learnt.timing, i64::try_from(learnt.outcomes).unwrap_or(i64::MAX), act, now)?;
    Ok((outcomes.len(), format!("{}.{:03}", learnt.change_max / 1_000, learnt.change_max % 1_000)))
}

/// Carries out a verb of `retries`.
pub(crate) fn retries(verb: &RetriesVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let (RetriesVerb::Show(args) | RetriesVerb::Learn(args)) = verb;
    let installation = Installation::open(&args.place, world)?;
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let zone = zone_of(&installation);
    if matches!(verb, RetriesVerb::Learn(_)) {
        let act = Act { by: world.user.clone(), reason: None };
        let (count, far) = learn_anew(&installation, &act, world.now)?;
        out.aside(Paint::Green, &format!("Learnt from {}; no weight moved by more than {far} log-odds.", counted_retries(count)))?;
    }
    let outcomes = engine.retry_outcomes(tenant, OUTCOMES_MAX)?;
    let settled = outcomes.iter().filter(|one| one.settled).count();
    let since = match engine.timing(tenant)? {
        Some((at, attempts)) => {
            format!("learnt on {} from {}", moment(zone, at), counted_retries(usize::try_from(attempts).unwrap_or_default()))
        }
        None => "as shipped".to_owned(),
    };
    let mut rows = Listing::new(&[("what", "what"), ("value", "value")]);
    rows.row(["weights".into(), since.into()]);
    rows.row(["retries at chosen moments".into(), counted(outcomes.len())]);
    rows.row(["of these paid".into(), counted(settled)]);
    out.listing(&rows, args.listing.format)?;
    Ok(Exit::Done)
}

fn counted(count: usize) -> crate::output::Cell {
    u64::try_from(count).unwrap_or(u64::MAX).into()
}

fn counted_retries(count: usize) -> String {
    if count == 1 { "one retry".to_owned() } else { format!("{count} retries") }
}

/// `regua report discounts`: what the progressive discount cost.
pub(crate) fn discounts(
    span: Option<Span>,
    place: &PlaceArgs,
    listing: &ListingArgs,
    world: &World,
    out: &mut Out,
) -> anyhow::Result<Exit> {
    let installation = Installation::open(place, world)?;
    let zone = zone_of(&installation);
    let (from, until) = match span {
        Some(span) => span.instants(zone).map_err(BadInput::new)?,
        None => (Instant::DAWN, Instant::NEVER),
    };
    let mut rows = Listing::new(&[
        ("discount", "discount"),
        ("currency", "currency"),
        ("payments", "payments"),
        ("cost", "cost"),
        ("paid", "paid with it"),
    ]);
    for one in installation.engine.autopay_discounts(installation.tenant, from, until)? {
        rows.row([
            "automatic payment".into(),
            one.currency.clone().into(),
            u64::try_from(one.payments).unwrap_or_default().into(),
            amount(&one.currency, one.discount).into(),
            amount(&one.currency, one.paid).into(),
        ]);
    }
    out.listing(&rows, listing.format)?;
    Ok(Exit::Done)
}

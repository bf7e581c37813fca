//! The gateways of the settings: made ready, listed, read; and the webhooks that they send.

use std::collections::BTreeSet;

use anyhow::Context as _;
use regua_core::ids::TenantId;
use regua_core::time::{Instant, Zone};
use regua_engine::adapters::Roots;
use regua_engine::adapters::gateways::{Asaas, AsaasSettings, Pix, PixSettings, Purse, Sandbox, Stripe, StripeSettings};
use regua_engine::adapters::http;
use regua_engine::charging::{Charging, Gateways};
use regua_engine::hooks::{Acted, Hook, Kept};
use regua_engine::ports::Gateway;
use regua_engine::secret::Secret;
use regua_engine::{Act, Engine};
use regua_wire::gateways::{Heard, HookRefused, News, asaas, pix, sandbox, stripe};

use super::installation::Installation;
use super::overlay;
use crate::cli::charging::{GatewayReadArgs, GatewayVerb, ReplayArgs};
use crate::cli::live::LookArgs;
use crate::config;
use crate::exit::{BadInput, Exit};
use crate::output::{Cell, Listing, Out, Paint};
use crate::why::moment;
use crate::world::{World, clock};

/// Webhooks that one pass processes at most.
const HOOKS_MAX: u64 = 10_000;
/// Further from the real clock than this a moment is played, in microseconds.
const PLAYED_MICROS: u64 = 60_000_000;
/// What a list shows at most.
const LIST_MAX: i64 = 1_000;

/// A gateway of the settings, ready.
pub(super) struct Ready {
    pub(super) name: &'static str,
    pub(super) mirror: bool,
    pub(super) gateway: Box<dyn Gateway>,
}

/// How each gateway of the settings is: it can be used, or why not and the mend.
pub(crate) fn states(config: &config::Config) -> Vec<(&'static str, Result<String, String>)> {
    let asked = |mut one: Ready| (one.name, one.gateway.check().map_err(|trouble| trouble.to_string()));
    match ready(config, Zone::utc(), clock()) {
        Ok(all) => all.into_iter().map(asked).collect(),
        Err(bad) => vec![("gateways", Err(bad.to_string()))],
    }
}

/// Makes every gateway of the settings ready. A moment that is only played is the sandbox's now too.
pub(super) fn ready(config: &config::Config, zone: Zone, now: Instant) -> anyhow::Result<Vec<Ready>> {
    let mut all: Vec<Ready> = Vec::new();
    let told = |name: &str, bad: http::BadSettings| BadInput::new(format!("gateway.{name}: {bad}"));
    if config.gateway.sandbox.is_some() {
        let played = clock().micros().abs_diff(now.micros()) > PLAYED_MICROS;
        let gateway = Sandbox::new(move || if played { now } else { clock() });
        all.push(Ready { name: "sandbox", mirror: false, gateway: Box::new(gateway) });
    }
    if let Some(account) = &config.gateway.stripe {
        let mut settings = StripeSettings::new(account.key.clone(), zone);
        based(&mut settings.api, account.base.as_deref());
        let page = config.gateway.return_url.as_deref();
        settings.back = page.map(|page| stripe::requests::Return { done: page.to_owned(), back: page.to_owned() });
        settings.mirror = account.mirror;
        settings.check().map_err(|bad| told("stripe", bad))?;
        let gateway = Stripe::new(settings, clock).map_err(|bad| told("stripe", bad))?;
        all.push(Ready { name: "stripe", mirror: account.mirror, gateway: Box::new(gateway) });
    }
    if let Some(account) = &config.gateway.asaas {
        let mut settings = AsaasSettings::new(account.key.clone());
        based(&mut settings.api, account.base.as_deref());
        settings.check().map_err(|bad| told("asaas", bad))?;
        let gateway = Asaas::new(settings, clock).map_err(|bad| told("asaas", bad))?;
        all.push(Ready { name: "asaas", mirror: account.mirror, gateway: Box::new(gateway) });
    }
    if let Some(bank) = &config.gateway.pix {
        let mut api = http::Settings::new(&bank.base);
        api.identity = bank.identity.clone().map(|(chain, key)| http::Identity { chain, key });
        if let Some(pem) = &bank.authorities {
            api.roots = Roots::Pem(pem.clone());
        }
        let settings = PixSettings {
            api,
            tokens_base: None,
            tokens_path: bank.token_path.clone(),
            client_id: bank.client_id.clone(),
            client_secret: bank.client_secret.clone(),
            key: bank.key.clone(),
            account: bank.account.clone(),
        };
        settings.check().map_err(|bad| told("pix", bad))?;
        let gateway = Pix::new(&settings, &Purse::default(), clock).map_err(|bad| told("pix", bad))?;
        all.push(Ready { name: "pix", mirror: false, gateway: Box::new(gateway) });
    }
    Ok(all)
}

pub(super) fn based(api: &mut http::Settings, base: Option<&str>) {
    if let Some(base) = base {
        base.clone_into(&mut api.base);
    }
}

/// The gateways by which Régua charges, known to the database.
pub(crate) fn gateways(installation: &Installation, now: Instant) -> anyhow::Result<Gateways> {
    super::channels::add_hooks(installation, now)?;
    let mut gateways = Gateways::default();
    for ready in ready(&installation.config, zone_of(installation), now)? {
        add(installation, ready.name, ready.mirror, now)?;
        gateways.add(installation.tenant, ready.name, ready.gateway);
    }
    Ok(gateways)
}

pub(super) fn add(installation: &Installation, name: &str, mirror: bool, now: Instant) -> anyhow::Result<()> {
    let role = if mirror { "mirror" } else { "owner" };
    let act = Act { by: "settings".to_owned(), reason: None };
    installation.engine.add_gateway(installation.tenant, name, name, role, &act, now)?;
    Ok(())
}

/// Whether any gateway moves real money.
pub(crate) fn is_real(config: &config::Config) -> bool {
    config.gateway.stripe.is_some() || config.gateway.asaas.is_some() || config.gateway.pix.is_some()
}

/// The policy's zone; UTC before one is published.
pub(crate) fn zone_of(installation: &Installation) -> Zone {
    installation.zone().unwrap_or_else(|_unpublished| Zone::utc())
}

/// Verifies a webhook by the settings of its gateway or channel, and reads it.
///
/// * `company` — as the address names it, which some sign.
pub(crate) fn verify(config: &config::Config, zone: Zone, company: &str, hook: &Hook<'_>, now: Instant) -> Result<Vec<Heard>, HookRefused> {
    if let Some(read) = super::channels::verify(config, (config.serve.public_address.as_deref(), company), hook, now) {
        return read;
    }
    let header = |name: &str| hook.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let secret = |account: &Option<config::Account>| account.as_ref().and_then(|one| one.hook.clone()).ok_or(HookRefused::Unsigned);
    match hook.gateway {
        "sandbox" => {
            let own = config.gateway.sandbox.as_ref().and_then(|one| one.secret.clone()).ok_or(HookRefused::Unsigned)?;
            sandbox::hear(hook.body, header(sandbox::SIGNATURE), own.expose().as_bytes(), now)
        }
        "stripe" => {
            stripe::webhook::verify(header("stripe-signature"), hook.body, secret(&config.gateway.stripe)?.expose(), now)?;
            stripe::webhook::hear(hook.body, zone)
        }
        "asaas" => {
            asaas::verify(header("asaas-access-token"), secret(&config.gateway.asaas)?.expose())?;
            asaas::heard(hook.body)
        }
        // Who sent it is known by its certificate, which the proxy in front looks at (docs/gateways-pix.md).
        "pix" if config.gateway.pix.is_some() => of_bank(hook.path, hook.body),
        _ => Err(HookRefused::Unsigned),
    }
}

/// What a stored webhook says; its signature was looked at when it came.
fn heard(config: &config::Config, zone: Zone, gateway: &str, kept: &Kept) -> Result<Vec<Heard>, HookRefused> {
    if let Some(read) = super::channels::heard(config, gateway, kept) {
        return read;
    }
    match gateway {
        "sandbox" => {
            let own = config.gateway.sandbox.as_ref().and_then(|one| one.secret.clone()).unwrap_or_else(|| Secret::new("-"));
            let signature = sandbox::sign(own.expose().as_bytes(), kept.received_at, &kept.body);
            sandbox::hear(&kept.body, Some(&signature), own.expose().as_bytes(), kept.received_at)
        }
        "stripe" => stripe::webhook::hear(&kept.body, zone),
        "asaas" => {
            // Also as a mirror hears it, which then reads anew what is named; of an account that nobody mirrors it is nothing.
            let mut all = asaas::heard(&kept.body)?;
            all.extend(asaas::mirror::heard(&kept.body)?);
            Ok(all)
        }
        "pix" => of_bank(&kept.path, &kept.body),
        other => Err(HookRefused::Unreadable(format!("no gateway `{other}` is known to this program"))),
    }
}

fn of_bank(path: &str, body: &[u8]) -> Result<Vec<Heard>, HookRefused> {
    let unknown = || HookRefused::Unreadable("its address ends in none of pix, rec and cobr".to_owned());
    pix::Hook::of_path(&format!("/{path}")).ok_or_else(unknown)?.read(body)
}

/// Processes what gateways told and is due.
pub(crate) fn work_hooks(installation: &Installation, now: Instant, how: Charging) -> anyhow::Result<u64> {
    let (config, zone) = (&installation.config, zone_of(installation));
    let engine: &Engine = &installation.engine;
    let mut named = BTreeSet::new();
    let worked = engine.work_hooks(
        now,
        HOOKS_MAX,
        &|_tenant: TenantId, gateway: &str, kept: &Kept| heard(config, zone, gateway, kept),
        &mut |tx, tenant, gateway, heard| {
            if let News::Mirror { object, reference } = &heard.news {
                named.insert((gateway.to_owned(), object.clone(), reference.clone()));
                return Ok(Acted::Done);
            }
            let known = engine.hear_in(tx, tenant, gateway, heard, how, now)?;
            Ok(if known { Acted::Done } else { Acted::Nothing })
        },
    )?;
    // Behind the transactions of webhooks: the biller is asked, and that takes as long as it takes.
    overlay::read_anew(installation, &named, now)?;
    Ok(worked.taken)
}

/// Carries out a verb.
pub(crate) fn run(verb: &GatewayVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        GatewayVerb::List(args) => list(args, world, out),
        GatewayVerb::Read(args) => read(args, world, out),
        GatewayVerb::Poison(args) => poison(args, world, out),
        GatewayVerb::Replay(args) => replay(args, world, out),
        GatewayVerb::Codes(args) => codes(args, world, out),
        GatewayVerb::Switch(args) => overlay::switches(args, world, out),
    }
}

fn list(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let zone = zone_of(&installation);
    let mut rows = Listing::new(&[("gateway", "gateway"), ("role", "role"), ("listed", "listed until"), ("state", "state")]);
    let mut all_well = true;
    let mut all = ready(&installation.config, zone, world.now)?;
    for one in &all {
        add(&installation, one.name, one.mirror, world.now)?;
    }
    let known = installation.engine.gateways(installation.tenant)?;
    for one in &mut all {
        let listed = known.iter().find(|row| row.gateway == one.name).map(|row| moment(zone, row.listed_at)).unwrap_or_default();
        let state = one.gateway.check();
        all_well &= state.is_ok();
        let role = if one.mirror { "mirror" } else { "owner" };
        let state = state.unwrap_or_else(|trouble| trouble.to_string());
        rows.row([one.name.into(), role.into(), listed.into(), state.into()]);
    }
    out.listing(&rows, args.listing.format)?;
    if all.is_empty() {
        out.aside(Paint::Yellow, "No gateway is set up: see [gateway] in `regua config --manual`.")?;
    }
    Ok(if all_well { Exit::Done } else { Exit::Failed })
}

fn read(args: &GatewayReadArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let mut gateways = gateways(&installation, world.now)?;
    let listed = installation.engine.list_gateway(installation.tenant, &args.gateway, &mut gateways, Charging::default(), world.now)?;
    let told = format!("{}: {} told, {} of them about what is known here.", args.gateway, listed.heard, listed.known);
    out.aside(Paint::Green, &told)?;
    Ok(Exit::Done)
}

fn poison(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let zone = zone_of(&installation);
    let mut rows = Listing::new(&[
        ("hook", "webhook"),
        ("gateway", "gateway"),
        ("kind", "kind"),
        ("received", "received"),
        ("tries", "tries"),
        ("why", "why"),
    ]);
    for one in installation.engine.poison_hooks(installation.tenant, None, LIST_MAX)? {
        let tries = u64::try_from(one.tries).unwrap_or_default();
        let came = moment(zone, one.received_at);
        rows.row([hex(&one.hook).into(), one.gateway.into(), one.kind.into(), came.into(), tries.into(), one.why.into()]);
    }
    out.listing(&rows, args.listing.format)?;
    Ok(Exit::Done)
}

fn replay(args: &ReplayArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let all = installation.engine.poison_hooks(installation.tenant, None, LIST_MAX)?;
    let meant: Vec<_> = all.iter().filter(|one| one.gateway == args.gateway && hex(&one.hook).starts_with(&args.hook)).collect();
    let [one] = meant.as_slice() else {
        let mend = format!("{} webhooks begin with `{}`; `regua gateway poison` lists them", meant.len(), args.hook);
        return Err(BadInput::new(mend).into());
    };
    let act = Act { by: world.user.clone(), reason: None };
    installation.engine.replay_hook(installation.tenant, &one.gateway, one.hook, &act, world.now)?;
    work_hooks(&installation, world.now, Charging::default()).context("failed to process webhooks")?;
    if let Some(again) = installation.engine.poison_hook(installation.tenant, &one.gateway, one.hook)? {
        out.aside(Paint::Red, &format!("It cannot be processed still: {}", again.why))?;
        return Ok(Exit::Failed);
    }
    out.aside(Paint::Green, "It was processed.")?;
    Ok(Exit::Done)
}

fn codes(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let zone = zone_of(&installation);
    let mut rows = Listing::new(&[("space", "whose"), ("code", "code"), ("seen", "seen"), ("first", "first"), ("last", "last")]);
    for one in installation.engine.unmapped_codes(installation.tenant, LIST_MAX)? {
        let seen: Cell = u64::try_from(one.seen).unwrap_or_default().into();
        rows.row([one.space.into(), one.code.into(), seen, moment(zone, one.first_at).into(), moment(zone, one.last_at).into()]);
    }
    out.listing(&rows, args.listing.format)?;
    Ok(Exit::Done)
}

/// Bytes as people read them.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! Gateways, billers and authorisations, as the API tells of them.

use regua_core::ids::PaymentMethodId;
use regua_engine::charging::{Charging, Wanted};
use regua_engine::commands::tell::About;
use regua_engine::overlay::Syncing;
use regua_engine::{Act, Error};
use regua_web::office::Authorising;
use regua_wire::gateways::MethodStanding;
use regua_wire::gateways::authorise::{Authorised, Notice};
use regua_wire::gateways::pix::rec;
use serde_json::{Value, json};

use super::moment;
use crate::live::authorise::NOTICE_HOURS;
use crate::live::gateway::{add, gateways, ready, work_hooks, zone_of};
use crate::live::installation::Installation;
use crate::live::overlay::{as_json, biller, hand_over_to, is_mirror, on};
use crate::world::{SystemRng, clock};

/// Pages of a biller's account that one request reads.
const PAGES: u64 = 5;

fn no_gateway(name: &str) -> Error {
    Error::not_found("no_gateway", format!("no gateway `{name}` is in the settings"))
}

/// The gateways of the settings, with what the database knows of them.
pub(super) fn list(installation: &Installation) -> anyhow::Result<Vec<Value>> {
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let mut told = Vec::new();
    let all = ready(&installation.config, zone_of(installation), clock())?;
    let known = engine.gateways(tenant)?;
    for one in &all {
        let row = known.iter().find(|row| row.gateway == one.name);
        let role = row.map_or(if one.mirror { "mirror" } else { "owner" }, |row| row.role.as_str());
        let mirror = engine.mirror_of(tenant, one.name)?;
        told.push(json!({
            "gateway": one.name,
            "role": role,
            "listed_until": row.map(|row| moment(row.listed_at)),
            "synced_until": mirror.as_ref().and_then(|mirror| mirror.synced_at).map(moment),
            "trouble": mirror.and_then(|mirror| mirror.trouble),
        }));
    }
    Ok(told)
}

/// Asks a gateway whether it can be used.
pub(super) fn check(installation: &Installation, name: &str) -> anyhow::Result<Value> {
    let mut all = ready(&installation.config, zone_of(installation), clock())?;
    let one = all.iter_mut().find(|one| one.name == name).ok_or_else(|| no_gateway(name))?;
    let (works, found) = match one.gateway.check() {
        Ok(found) => (true, found),
        Err(trouble) => (false, trouble.to_string()),
    };
    Ok(json!({ "gateway": name, "works": works, "found": found }))
}

/// Reads what it lists.
pub(super) fn read(installation: &Installation, name: &str) -> anyhow::Result<Value> {
    let now = clock();
    let mut reach = gateways(installation, now)?;
    let listed = installation.engine.list_gateway(installation.tenant, name, &mut reach, Charging::default(), now)?;
    Ok(json!({ "heard": listed.heard, "known": listed.known }))
}

/// Processes a webhook again that could not be.
pub(super) fn replay(installation: &Installation, gateway: &str, hook: [u8; 16], act: &Act) -> anyhow::Result<Value> {
    let (engine, tenant, now) = (&installation.engine, installation.tenant, clock());
    if !engine.replay_hook(tenant, gateway, hook, act, now)? {
        return Err(Error::not_found("no_webhook", "no such webhook waits to be processed again").into());
    }
    work_hooks(installation, now, Charging::default())?;
    let again = engine.poison_hook(tenant, gateway, hook)?;
    Ok(json!({ "processed": again.is_none(), "why": again.map(|again| again.why) }))
}

/// Reads some pages of a biller's account.
pub(super) fn sync(installation: &Installation, name: &str, full: bool, dry_run: bool) -> anyhow::Result<Value> {
    let (engine, tenant, now) = (&installation.engine, installation.tenant, clock());
    let mut biller = biller(installation, name)?;
    if !dry_run {
        add(installation, name, is_mirror(installation, name), now)?;
    }
    let how = Syncing { full, dry_run, pages: Some(PAGES) };
    let synced = engine.sync(tenant, name, &mut *biller, how, now, &mut SystemRng, &mut |_| {})?;
    let mut told = as_json(&synced, dry_run);
    if let Some(told) = told.as_object_mut() {
        told.insert("more".to_owned(), synced.more.into());
    }
    Ok(told)
}

/// Hands control back.
pub(super) fn eject(installation: &Installation, name: &str, dry_run: bool, act: &Act) -> anyhow::Result<Value> {
    // The lines are asked for on their own: what is written here goes nowhere.
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let (done, _written) = hand_over_to(engine, tenant, (name, dry_run), act, clock(), std::io::sink())?;
    let under_way: Vec<Value> = done.under_way.iter().map(|one| json!({ "receivable": one.receivable, "status": one.status })).collect();
    Ok(json!({
        "written": !dry_run,
        "already": done.already,
        "open": done.open,
        "held": done.held,
        "held_before": done.held_before,
        "under_way": under_way,
        "switches": on(name).iter().map(|switch| json!({ "switch": switch.as_str(), "on": switch.on() })).collect::<Vec<_>>(),
    }))
}

/// What a biller must know.
pub(super) fn handover(installation: &Installation, name: &str) -> anyhow::Result<Vec<u8>> {
    let act = Act { by: "handover".to_owned(), reason: None };
    let mut bytes = Vec::new();
    let (_done, written) = hand_over_to(&installation.engine, installation.tenant, (name, true), &act, clock(), &mut bytes)?;
    written?;
    Ok(bytes)
}

/// Asks a customer to authorise debits.
pub(super) fn authorise(installation: &Installation, asked: &Authorising, act: &Act) -> anyhow::Result<Value> {
    let now = clock();
    let until = now.plus_hours(NOTICE_HOURS);
    let wanted = Wanted {
        gateway: asked.gateway.clone(),
        what: asked.what.clone(),
        from: asked.from,
        every: match asked.every.as_str() {
            "week" => rec::Every::Week,
            "quarter" => rec::Every::Quarter,
            "half-year" => rec::Every::Half,
            "year" => rec::Every::Year,
            _ => rec::Every::Month,
        },
        fixed: asked.fixed,
        retries: asked.retries,
        notice: asked.notice.clone().map(|(bank, branch, account)| Notice { bank, branch, account, until }),
    };
    let mut reach = gateways(installation, now)?;
    let about = About::Customer(asked.customer.clone());
    let (method, told) = installation.engine.authorise(installation.tenant, &about, &wanted, &mut reach, act, now)?;
    Ok(told_of(method, &told))
}

/// Asks the bank where one stands.
pub(super) fn authorisation(installation: &Installation, method: PaymentMethodId) -> anyhow::Result<Value> {
    let now = clock();
    let mut reach = gateways(installation, now)?;
    let stands = installation.engine.authorisation(installation.tenant, method, &mut reach, now)?;
    Ok(told_of(method, &stands))
}

/// Ends one at its bank.
pub(super) fn end(installation: &Installation, method: PaymentMethodId, act: &Act) -> anyhow::Result<()> {
    let now = clock();
    let mut reach = gateways(installation, now)?;
    installation.engine.end_authorisation(installation.tenant, method, &mut reach, act, now)?;
    Ok(())
}

fn told_of(method: PaymentMethodId, stands: &Authorised) -> Value {
    let state = match stands.method.standing {
        MethodStanding::Active => "authorised",
        MethodStanding::Pending => "pending",
        MethodStanding::Gone => "ended",
    };
    json!({
        "method": method.to_string(),
        "reference": stands.method.method_token,
        "state": state,
        "allows_retry": stands.method.allows_retry,
        "pix_code": stands.brcode,
        "why": stands.why,
    })
}

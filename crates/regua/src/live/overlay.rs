//! `regua sync`, `regua gateway switch`, `regua eject`: another biller's account mirrored, what it still does by itself, and
//! control handed back.
//!
//! Deliberately absent: turning a switch at the biller. Whoever runs the account does that.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use regua_core::ids::TenantId;
use regua_core::time::{Instant, Zone};
use regua_engine::adapters::gateways::{AsaasBiller, AsaasSettings, StripeBiller, StripeSettings};
use regua_engine::adapters::http::BadSettings;
use regua_engine::overlay::{Ejected, Handed, SwitchCount, Synced, Syncing, Told};
use regua_engine::ports::Biller;
use regua_engine::{Act, Engine, Kind};
use regua_wire::files::{Reject, Rejects as _};
use regua_wire::gateways::mirror::Switch;
use serde_json::{Value, json};

use super::gateway::{add, based, zone_of};
use super::import::{REJECTS, forget, rejected};
use super::installation::{Installation, act};
use crate::cli::overlay::{EjectArgs, SwitchesArgs, SyncArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Cell, Format, Listing, Out, Paint, counted};
use crate::progress::Progress;
use crate::rejects::RejectFile;
use crate::world::{SystemRng, World, clock};

/// How often a reading that cannot go on now is begun again, and the first wait before that, doubled each time.
const AGAIN_MAX: u32 = 6;
const WAIT: Duration = Duration::from_secs(2);
/// The billers that can be mirrored.
const BILLERS: [&str; 2] = ["stripe", "asaas"];

/// Reads a biller's account.
pub(crate) fn sync(args: &SyncArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let (engine, tenant, name) = (&installation.engine, installation.tenant, args.gateway.as_str());
    let mut biller = biller(&installation, name)?;
    if !args.dry_run {
        add(&installation, name, is_mirror(&installation, name), world.now)?;
    }
    if args.take_over {
        let act = Act { by: world.user.clone(), reason: None };
        engine.take_over(tenant, name, &act, world.now)?;
    }
    let path = installation.config.dir.join(REJECTS);
    let how = Syncing { full: args.full, dry_run: args.dry_run, pages: None };
    let synced = patiently(engine, tenant, name, &mut *biller, how)?;
    let mut rejects = if args.dry_run {
        RejectFile::unwritten()
    } else {
        forget(&path)?;
        RejectFile::at(path.clone())
    };
    refused(&synced, name, &mut rejects)?;
    match args.listing.format {
        Format::Table => {
            told(&synced, args.dry_run, out)?;
            rejected(&rejects, &path, args.dry_run, out)?;
            turn(&synced.switches, out)?;
        }
        Format::Csv => out.listing(&counts(&synced), Format::Csv)?,
        Format::Json => out.json(&as_json(&synced, args.dry_run))?,
    }
    Ok(if synced.refusals == 0 { Exit::Done } else { Exit::Rejected })
}

/// A reading, with patience for a biller that cannot be read now: it goes on where it stopped.
fn patiently(engine: &Engine, tenant: TenantId, name: &str, biller: &mut dyn Biller, how: Syncing) -> anyhow::Result<Synced> {
    let progress = Progress::of_count("reading", "objects");
    let report = |synced: &Synced| progress.reach(read_of(synced));
    let (mut again, mut wait, mut so_far) = (0, WAIT, Synced::default());
    loop {
        // A full reading that was cut off goes on by itself, and would begin anew if it were asked for again.
        let how = Syncing { full: how.full && again == 0, ..how };
        let mut last = Synced::default();
        let mut keep = |synced: &Synced| {
            report(synced);
            last = synced.clone();
        };
        match engine.sync(tenant, name, biller, how, clock(), &mut SystemRng, &mut keep) {
            Ok(synced) => return Ok(together(so_far, synced)),
            Err(error) if error.kind == Kind::Busy && again < AGAIN_MAX && !how.dry_run => {
                so_far = together(so_far, last);
                again += 1;
                super::run::sleep(wait);
                wait = wait.saturating_mul(2);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn read_of(synced: &Synced) -> u64 {
    let all = |told: &Told| told.new + told.changed + told.same + told.left;
    all(&synced.customers) + all(&synced.invoices) + all(&synced.attempts)
}

/// What two parts of one reading brought.
fn together(before: Synced, rest: Synced) -> Synced {
    let sum = |a: Told, b: Told| Told { new: a.new + b.new, changed: a.changed + b.changed, same: a.same + b.same, left: a.left + b.left };
    let mut refused = before.refused;
    refused.extend(rest.refused);
    Synced {
        full: rest.full,
        resumed: before.resumed || (rest.resumed && before.pages == 0),
        more: rest.more,
        pages: before.pages + rest.pages,
        customers: sum(before.customers, rest.customers),
        invoices: sum(before.invoices, rest.invoices),
        attempts: sum(before.attempts, rest.attempts),
        payments: before.payments + rest.payments,
        methods: before.methods + rest.methods,
        paused: before.paused + rest.paused,
        released: before.released + rest.released,
        switches: rest.switches,
        refused,
        refusals: before.refusals + rest.refusals,
    }
}

/// Whether the settings say that another charges by it.
pub(super) fn is_mirror(installation: &Installation, name: &str) -> bool {
    let gateway = &installation.config.gateway;
    let account = if name == "asaas" { &gateway.asaas } else { &gateway.stripe };
    account.as_ref().is_none_or(|account| account.mirror)
}

/// What reads an account; it can do nothing else.
pub(super) fn biller(installation: &Installation, name: &str) -> anyhow::Result<Box<dyn Biller>> {
    let variable = name.to_ascii_uppercase();
    let missing = || BadInput::new(format!("no key of {name}; put it into REGUA_GATEWAY_{variable}_KEY or gateway.{name}.key_file"));
    let told = |bad: BadSettings| BadInput::new(format!("gateway.{name}: {bad}"));
    let gateway = &installation.config.gateway;
    match name {
        "stripe" => {
            let account = gateway.stripe.as_ref().ok_or_else(missing)?;
            let mut settings = StripeSettings::new(account.key.clone(), zone_of(installation));
            based(&mut settings.api, account.base.as_deref());
            settings.mirror = true;
            Ok(Box::new(StripeBiller::new(settings, clock).map_err(told)?))
        }
        "asaas" => {
            let account = gateway.asaas.as_ref().ok_or_else(missing)?;
            let mut settings = AsaasSettings::new(account.key.clone());
            based(&mut settings.api, account.base.as_deref());
            Ok(Box::new(AsaasBiller::new(settings, clock).map_err(told)?))
        }
        other => Err(BadInput::new(format!("`{other}` is no biller that can be mirrored; use one of {}", BILLERS.join(", "))).into()),
    }
}

/// Reads anew what webhooks of a mirrored account named. What cannot be read now comes with the next reading.
pub(super) fn read_anew(installation: &Installation, named: &BTreeSet<(String, String, String)>, now: Instant) -> anyhow::Result<()> {
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let mut billers: BTreeMap<&str, Box<dyn Biller>> = BTreeMap::new();
    for (gateway, object, reference) in named {
        if !engine.is_mirrored(tenant, gateway)? {
            continue;
        }
        let biller = match billers.entry(gateway) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(biller(installation, gateway)?),
        };
        match engine.mirror_again(tenant, gateway, &mut **biller, (object, reference), now, &mut SystemRng) {
            Err(error) if error.kind != Kind::Busy => return Err(error.into()),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}

fn refused(synced: &Synced, name: &str, rejects: &mut RejectFile) -> anyhow::Result<()> {
    rejects.begin(name);
    for one in &synced.refused {
        let (reason, mend) = one.reason.split_once("; ").unwrap_or((&one.reason, ""));
        let reject = Reject {
            row: 0,
            column: one.object.to_owned(),
            reason: reason.to_owned(),
            mend: mend.to_owned(),
            original: one.reference.clone(),
        };
        rejects.reject(reject).context("failed to write what could not be taken in")?;
    }
    rejects.finish().context("failed to write what could not be taken in")
}

fn counts(synced: &Synced) -> Listing {
    let mut rows = Listing::new(&[("what", "what"), ("new", "new"), ("changed", "changed"), ("same", "as before"), ("left", "left out")]);
    let mut row = |what: &'static str, told: Told| {
        rows.row([what.into(), told.new.into(), told.changed.into(), told.same.into(), told.left.into()]);
    };
    row("customers", synced.customers);
    row("invoices", synced.invoices);
    row("attempts", synced.attempts);
    rows.row(["payments".into(), synced.payments.into(), Cell::Empty, Cell::Empty, Cell::Empty]);
    rows.row(["methods".into(), synced.methods.into(), Cell::Empty, Cell::Empty, Cell::Empty]);
    rows
}

fn told(synced: &Synced, dry: bool, out: &mut Out) -> anyhow::Result<()> {
    if dry {
        out.aside(Paint::Yellow, "Nothing was written; this is what a reading would do:")?;
    } else if synced.resumed {
        out.aside(Paint::Dim, "It went on where an earlier reading had stopped.")?;
    }
    out.listing(&counts(synced), Format::Table)?;
    if synced.paused > 0 {
        out.aside(Paint::Yellow, &format!("{} paused: the biller still acts on it.", counted(synced.paused, "receivable")))?;
    }
    if synced.released > 0 {
        out.aside(Paint::Green, &format!("{} released: the biller acts on it no more.", counted(synced.released, "receivable")))?;
    }
    Ok(())
}

/// The switches to turn before anything is charged or reminded here.
fn turn(switches: &[SwitchCount], out: &mut Out) -> anyhow::Result<()> {
    if switches.is_empty() {
        return Ok(());
    }
    out.heading("Turn off at the biller")?;
    for count in switches {
        out.hanging(&format!("{} ({})  ", count.switch.as_str(), counted(count.receivables, "receivable")), count.switch.off())?;
    }
    Ok(())
}

fn switches_json(switches: &[SwitchCount]) -> Value {
    let one = |count: &SwitchCount| json!({ "switch": count.switch.as_str(), "receivables": count.receivables, "off": count.switch.off() });
    Value::Array(switches.iter().map(one).collect())
}

/// What a reading brought, for programs.
pub(super) fn as_json(synced: &Synced, dry: bool) -> Value {
    let told = |told: Told| json!({ "new": told.new, "changed": told.changed, "same": told.same, "left": told.left });
    let refused: Vec<Value> =
        synced.refused.iter().map(|one| json!({ "object": one.object, "reference": one.reference, "reason": one.reason })).collect();
    json!({
        "written": !dry, "full": synced.full, "resumed": synced.resumed, "pages": synced.pages, "customers": told(synced.customers),
        "invoices": told(synced.invoices), "attempts": told(synced.attempts), "payments": synced.payments, "methods": synced.methods,
        "paused": synced.paused, "released": synced.released, "switches": switches_json(&synced.switches), "refused": refused,
        "refusals": synced.refusals,
    })
}

/// Shows by which switches the biller still acts.
pub(crate) fn switches(args: &SwitchesArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let switches = installation.engine.biller_switches(installation.tenant, &args.gateway)?;
    match args.listing.format {
        Format::Json => out.json(&switches_json(&switches))?,
        Format::Table if switches.is_empty() => out.line("The biller does nothing by itself on what is mirrored.")?,
        Format::Table => turn(&switches, out)?,
        Format::Csv => {
            let mut rows = Listing::new(&[("switch", "switch"), ("receivables", "receivables"), ("off", "how")]);
            for count in &switches {
                rows.row([count.switch.as_str().into(), count.receivables.into(), count.switch.off().into()]);
            }
            out.listing(&rows, Format::Csv)?;
        }
    }
    Ok(Exit::Done)
}

/// Hands control back.
pub(crate) fn eject(args: &EjectArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let (engine, tenant, name) = (&installation.engine, installation.tenant, args.gateway.as_str());
    let path = args.out.clone().unwrap_or_else(|| installation.config.dir.join(format!("{name}-handed-back.csv")));
    let done = hand_over(engine, tenant, (name, args.dry_run), &act(&args.act, world), world.now, &path)?;
    match args.listing.format {
        Format::Json => {
            let under_way: Vec<Value> =
                done.under_way.iter().map(|one| json!({ "receivable": one.receivable, "status": one.status })).collect();
            out.json(&json!({
                "written": !args.dry_run, "already": done.already, "open": done.open, "held": done.held, "held_before": done.held_before,
                "under_way": under_way, "file": path.display().to_string(),
                "switches": on(name).iter().map(|switch| json!({ "switch": switch.as_str(), "on": switch.on() })).collect::<Vec<_>>(),
            }))?;
        }
        Format::Csv => return Err(BadInput::new("what was handed back is in the file; use --format json for what came of it").into()),
        Format::Table => handed_back(&done, name, args.dry_run, &path, out)?,
    }
    Ok(if done.under_way.is_empty() || args.dry_run { Exit::Done } else { Exit::Failed })
}

fn hand_over(
    engine: &Engine,
    tenant: TenantId,
    (name, dry_run): (&str, bool),
    act: &Act,
    now: Instant,
    path: &Path,
) -> anyhow::Result<Ejected> {
    let failed = || format!("failed to write {}", path.display());
    let file = File::create(path).with_context(failed)?;
    let (done, written) = hand_over_to(engine, tenant, (name, dry_run), act, now, BufWriter::new(file))?;
    written.with_context(failed)?;
    Ok(done)
}

/// Hands control back, and writes what the biller must know; whether it could be written is the second answer.
pub(super) fn hand_over_to(
    engine: &Engine,
    tenant: TenantId,
    (name, dry_run): (&str, bool),
    act: &Act,
    now: Instant,
    to: impl Write,
) -> anyhow::Result<(Ejected, csv::Result<()>)> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(to);
    let mut bad = csv.write_record(COLUMNS).err();
    let mut write = |handed: &Handed| {
        if bad.is_none() {
            bad = csv.write_record(columns(handed)).err();
        }
    };
    let done = engine.eject(tenant, name, dry_run, act, now, &mut write)?;
    let written = match bad {
        Some(error) => Err(error),
        None => csv.flush().map_err(csv::Error::from),
    };
    Ok((done, written))
}

const COLUMNS: [&str; 14] = [
    "invoice",
    "customer",
    "currency",
    "due_on",
    "balance",
    "amount_due",
    "promised_on",
    "agreement",
    "frozen_by",
    "tries_30_days",
    "last_try_at",
    "last_try_failed",
    "opted_out",
    "note",
];

fn columns(handed: &Handed) -> [String; 14] {
    let last = |what: fn((Instant, Option<&'static str>)) -> String| handed.last_try.map(what).unwrap_or_default();
    let note = match (handed.promised_on, handed.agreement) {
        (_, true) => "an agreement stands: do not charge",
        (Some(_), false) => "a promise stands: do not remind before its day",
        (None, false) => "",
    };
    [
        handed.invoice.clone(),
        handed.customer.clone(),
        handed.due.currency().code().to_owned(),
        handed.due_on.to_string(),
        handed.balance.to_string(),
        handed.due.to_string(),
        handed.promised_on.map(|day| day.to_string()).unwrap_or_default(),
        handed.agreement.to_string(),
        handed.frozen_by.iter().map(|cause| cause.as_str()).collect::<Vec<_>>().join(";"),
        handed.tries.to_string(),
        last(|(at, _)| Zone::utc().rfc3339(at)),
        last(|(_, failed)| failed.unwrap_or_default().to_owned()),
        handed.opted_out.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(";"),
        note.to_owned(),
    ]
}

fn handed_back(done: &Ejected, name: &str, dry: bool, path: &Path, out: &mut Out) -> anyhow::Result<()> {
    let held = if dry { "would be held" } else { "held" };
    let head = format!("{} open: {} {held}, {} before.", counted(done.open, "receivable"), done.held, done.held_before);
    out.aside(if dry { Paint::Yellow } else { Paint::Green }, &head)?;
    out.line(&format!("What the biller must know is in {}", path.display()))?;
    if !done.under_way.is_empty() {
        let count = u64::try_from(done.under_way.len()).unwrap_or(u64::MAX);
        let told = format!("{} under way; run `regua run` and this again until there is none.", counted(count, "attempt"));
        out.aside(Paint::Red, &told)?;
        return Ok(());
    }
    out.heading("Turn on again at the biller")?;
    for switch in on(name) {
        out.hanging(&format!("{}  ", switch.as_str()), switch.on())?;
    }
    Ok(())
}

/// The switches of a biller.
pub(super) fn on(name: &str) -> &'static [Switch] {
    match name {
        "stripe" => &[Switch::StripeInvoice, Switch::StripeRetries, Switch::StripeFailedMails, Switch::StripeReminders],
        "asaas" => &[Switch::AsaasMessages, Switch::AsaasCard],
        _ => &[],
    }
}

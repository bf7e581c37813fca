//! `regua pause` and `resume`: one receivable or customer, what a condition matches, or everything.

use regua_core::facts::{Cause, Fact};
use regua_core::ids::HoldId;
use regua_core::time::Instant;
use regua_store::tenants::StoredPause;

use super::acts;
use super::installation::{Installation, act};
use super::sure;
use crate::cli::live::{PauseArgs, ResumeArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Format, Listing, Out, Paint, counted};
use crate::why::moment;
use crate::world::{SystemRng, World};

/// Pauses.
pub(crate) fn pause(args: &PauseArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    if let Some(id) = &args.id {
        let fact = Fact::Froze { cause: Cause::Pause };
        return acts::tell(&args.place, id, fact, &act(&args.act, world), "is paused until it is resumed", world, out);
    }
    let installation = Installation::open(&args.place, world)?;
    if args.list {
        return list(&installation, args.listing.format, world, out);
    }
    let until = args.until.map(|until| installation.moment(Some(until), world)).transpose()?;
    let (engine, tenant, filter) = (&installation.engine, installation.tenant, args.filter.as_deref());
    let found = engine.matching(tenant, filter, world.now)?;
    let (receivables, customers) = (counted(found.receivables, "open receivable"), counted(found.customers, "customer"));
    let question = match filter {
        Some(_) => format!("The filter matches {receivables} of {customers} now, and whatever it will match later."),
        None => format!("Everything stands still: {receivables} of {customers}, and whatever comes in."),
    };
    if !sure::sure(args.sure, &question, world, out)? {
        return Ok(Exit::Input);
    }
    let pause = engine.pause(tenant, filter, until, &act(&args.act, world), world.now, &mut SystemRng)?;
    let until = match until {
        Some(until) => format!("until {}", moment(installation.zone()?, until)),
        None => "until it is resumed".to_owned(),
    };
    out.aside(Paint::Green, &format!("Paused {until}, messages on their way included: {pause}"))?;
    Ok(Exit::Done)
}

/// Lets go on.
pub(crate) fn resume(args: &ResumeArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let act = act(&args.act, world);
    let id = args.id.as_deref().map(|id| (id, id.parse::<HoldId>().ok()));
    if let Some((id, None)) = id {
        let fact = Fact::Thawed { cause: Cause::Pause };
        return acts::tell(&args.place, id, fact, &act, "goes on", world, out);
    }
    let installation = Installation::open(&args.place, world)?;
    let meant = |pause: &StoredPause| match (id, &args.filter) {
        (Some((_, id)), _) => Some(pause.pause) == id,
        (None, filter) => pause.filter == *filter,
    };
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let running: Vec<HoldId> =
        engine.pauses(tenant)?.iter().filter(|pause| pause.until_at > world.now && meant(pause)).map(|pause| pause.pause).collect();
    if running.is_empty() {
        return Err(BadInput::new("no such pause is running; see: regua pause --list").into());
    }
    let question = "What was announced before the pause does not count any more: adverse steps are announced anew.";
    if !sure::sure(args.sure, question, world, out)? {
        return Ok(Exit::Input);
    }
    let mut ended = 0;
    for pause in running {
        ended += u64::from(engine.resume(tenant, pause, &act, world.now)?);
    }
    out.aside(Paint::Green, &format!("{} ended.", counted(ended, "pause")))?;
    Ok(Exit::Done)
}

/// Lists the pauses that run.
fn list(installation: &Installation, format: Format, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let zone = installation.zone()?;
    let at = |at: Instant| if format == Format::Table { moment(zone, at) } else { zone.rfc3339(at) };
    let columns = [("pause", "pause"), ("filter", "whom"), ("reason", "reason"), ("from", "since"), ("until", "until")];
    let mut rows = Listing::new(&columns);
    for pause in installation.engine.pauses(installation.tenant)?.into_iter().filter(|pause| pause.until_at > world.now) {
        let whom = if format == Format::Table { pause.filter.or_else(|| Some("everything".to_owned())) } else { pause.filter };
        let until = (pause.until_at != Instant::NEVER).then(|| at(pause.until_at));
        rows.row([pause.pause.to_string().into(), whom.into(), pause.reason.into(), at(pause.from_at).into(), until.into()]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

//! Acts on one receivable or customer: hold, release, pause, resume, promise, dispute, approve, reject.

use regua_core::facts::{Cause, Fact};
use regua_engine::Act;
use regua_engine::commands::tell::About;

use super::installation::{Installation, act};
use crate::cli::live::{DisputeArgs, HoldArgs, PlaceArgs, PromiseArgs, VerdictArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Cell, Format, Listing, Out, Paint};
use crate::why::{day, moment};
use crate::world::World;

/// `hold` and, `frozen` being false, `release`.
pub(crate) fn hold(args: &HoldArgs, frozen: bool, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let cause: Cause = args.cause.parse().map_err(|bad: regua_core::words::UnknownWord| BadInput::new(bad.to_string()))?;
    let fact = if frozen { Fact::Froze { cause } } else { Fact::Thawed { cause } };
    let told = if frozen { format!("stands still ({cause}) until it is released") } else { format!("goes on; {cause} is lifted") };
    tell(&args.place, &args.id, fact, &act(&args.act, world), &told, world, out)
}

/// `promise`.
pub(crate) fn promise(args: &PromiseArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let told = format!("is promised for {}; nobody is reminded until then", day(args.on));
    tell(&args.place, &args.id, Fact::Promised { on: args.on }, &act(&args.act, world), &told, world, out)
}

/// `dispute`.
pub(crate) fn dispute(args: &DisputeArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let cause = Cause::Dispute;
    let (fact, told) = if args.settled {
        (Fact::Thawed { cause }, "is not disputed any more; the rule goes on")
    } else {
        (Fact::Froze { cause }, "is disputed; nothing happens to it until that is settled")
    };
    tell(&args.place, &args.id, fact, &act(&args.act, world), told, world, out)
}

/// `approve` and `reject` of a step.
pub(crate) fn verdict(args: &VerdictArgs, id: &str, step: &str, released: bool, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let step: Box<str> = step.into();
    let (fact, told) = if released {
        (Fact::Released { step: step.clone() }, format!("may have {step}: it is carried out with the next run"))
    } else {
        (Fact::Rejected { step: step.clone() }, format!("will not have {step}"))
    };
    tell(&args.place, id, fact, &act(&args.act, world), &told, world, out)
}

/// Enters a fact and says so.
pub(crate) fn tell(place: &PlaceArgs, id: &str, fact: Fact, act: &Act, told: &str, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(place, world)?;
    let about = installation.engine.resolve(installation.tenant, id)?;
    installation.engine.tell(installation.tenant, &about, fact, Some(act), world.now)?;
    let whom = match about {
        About::Receivable(_) => id.to_owned(),
        About::Customer(_) => format!("{id}, with all receivables,"),
    };
    out.aside(Paint::Green, &format!("{whom} {told}."))?;
    Ok(Exit::Done)
}

/// Customers whose waiting steps are listed.
const AWAITING_MAX: i64 = 1_000;

/// Lists what waits for a person.
pub(crate) fn awaiting(args: &VerdictArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let (zone, format) = (installation.zone()?, args.listing.format);
    let found = installation.engine.awaiting(installation.tenant, AWAITING_MAX, world.now)?;
    if found.is_empty() && format == Format::Table {
        out.line("Nothing waits for a person.")?;
        return Ok(Exit::Done);
    }
    let columns = [("receivable", "receivable"), ("customer", "customer"), ("step", "step"), ("due", "due now"), ("since", "waits since")];
    let mut rows = Listing::new(&columns);
    for one in found {
        let since = if format == Format::Table { moment(zone, one.since) } else { zone.rfc3339(one.since) };
        rows.row([one.receivable.into(), one.customer.into(), one.step.into(), Cell::Amount(one.due.to_string()), since.into()]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

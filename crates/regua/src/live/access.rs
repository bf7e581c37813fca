//! `regua access`: what a customer may use, why, what changes it next, and how it came about.

use regua_core::time::Zone;
use regua_core::words::AccessState;
use regua_engine::commands::access::{Access, Change, Coming, Why};
use regua_engine::replay::Ended;

use super::installation::Installation;
use crate::cli::owed::AccessArgs;
use crate::exit::Exit;
use crate::meaning;
use crate::output::{Cell, Format, Listing, Out, Paint};
use crate::why::{day, moment};
use crate::world::World;

/// Carries out the verb.
pub(crate) fn run(args: &AccessArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let (zone, format) = (installation.zone()?, args.listing.format);
    if args.timeline {
        let (changes, past) = installation.engine.access_timeline(installation.tenant, &args.id)?;
        if let Some(ended) = past.ended {
            out.aside(Paint::Yellow, &format!("{}: what came later is not shown.", why_ended(&ended)))?;
        }
        return timeline(&args.id, &changes, zone, format, out);
    }
    let all = installation.engine.access(installation.tenant, &args.id, world.now)?;
    match format {
        Format::Table => {
            for access in &all {
                tell(access, zone, out)?;
            }
        }
        Format::Json | Format::Csv => out.listing(&rows(&all, zone), format)?,
    }
    Ok(Exit::Done)
}

fn why_ended(ended: &Ended) -> String {
    match ended {
        Ended::Erased => "The person was erased".to_owned(),
        Ended::OtherVersion => "Another version of this program decided".to_owned(),
        Ended::Broken(why) => format!("The log does not come to the same again ({why}); run: regua verify"),
    }
}

fn tell(access: &Access, zone: Zone, out: &mut Out) -> anyhow::Result<()> {
    let name = match (&access.subscription, &access.plan) {
        (Some(key), Some(plan)) => format!("{key} ({plan})"),
        (Some(key), None) => key.clone(),
        (None, _) => "What bills no subscription".to_owned(),
    };
    let since = access.since.map(|at| format!(" since {}", moment(zone, at))).unwrap_or_default();
    let by = access.because.as_ref().map(|(receivable, step)| format!(", by {step} of {receivable}")).unwrap_or_default();
    let paint = match access.state {
        AccessState::Active => Paint::Green,
        AccessState::Grace => Paint::Yellow,
        AccessState::Limited | AccessState::Suspended | AccessState::Cancelled => Paint::Red,
    };
    out.aside(paint, &format!("{name}: {}{since}{by}.", access.state))?;
    if !access.owed.is_empty() {
        let parts: Vec<String> = access.owed.iter().map(|(receivable, amount)| format!("{receivable} {amount}")).collect();
        out.paragraph(2, &format!("Restored at once when this is paid: {}.", parts.join(", ")))?;
    }
    if let Some(next) = &access.next {
        out.paragraph(2, &coming(next))?;
    }
    Ok(())
}

fn coming(next: &Coming) -> String {
    let Some((receivable, step)) = &next.because else {
        return format!("It ends on {}.", day(next.not_before));
    };
    let announced = if next.announced { "announced" } else { "not announced yet" };
    let waits = next.waits.map(|reason| format!("; it waits ({reason})")).unwrap_or_default();
    format!("Next: {}, not before {}, by {step} of {receivable} ({announced}){waits}.", next.state, day(next.not_before))
}

fn rows(all: &[Access], zone: Zone) -> Listing {
    let mut rows = Listing::new(&[
        ("subscription", "subscription"),
        ("plan", "plan"),
        ("state", "state"),
        ("since", "since"),
        ("receivable", "receivable"),
        ("step", "step"),
        ("owed", "owed"),
        ("next", "next"),
        ("next_not_before", "not before"),
        ("next_announced", "announced"),
        ("next_waits", "waits"),
    ]);
    for one in all {
        let (receivable, step) = one.because.clone().unzip();
        let owed: Vec<String> = one.owed.iter().map(|(receivable, amount)| format!("{receivable} {amount}")).collect();
        let next = one.next.as_ref();
        rows.row([
            one.subscription.clone().into(),
            one.plan.clone().into(),
            one.state.as_str().into(),
            one.since.map(|at| zone.rfc3339(at)).into(),
            receivable.into(),
            step.into(),
            owed.join(";").into(),
            next.map(|next| next.state.as_str()).into(),
            next.map(|next| next.not_before.to_string()).into(),
            next.map(|next| if next.announced { "yes" } else { "no" }).into(),
            next.and_then(|next| next.waits).map(|reason| reason.as_str()).into(),
        ]);
    }
    rows
}

fn timeline(id: &str, changes: &[Change], zone: Zone, format: Format, out: &mut Out) -> anyhow::Result<Exit> {
    if changes.is_empty() && format == Format::Table {
        out.line(&format!("The access of {id} was never restricted."))?;
        return Ok(Exit::Done);
    }
    let columns = [
        ("at", "when"),
        ("subscription", "subscription"),
        ("was", "was"),
        ("state", "became"),
        ("receivable", "receivable"),
        ("why", "why"),
    ];
    let mut rows = Listing::new(&columns);
    for change in changes {
        let at = if format == Format::Table { moment(zone, change.at) } else { zone.rfc3339(change.at) };
        let why = match &change.why {
            Why::Step(step) => step.clone(),
            Why::Told(fact) => meaning::fact(fact),
            Why::Unknown => String::new(),
        };
        let (was, state) = (change.was.as_str(), change.state.as_str());
        let key: Cell = change.subscription.clone().into();
        rows.row([at.into(), key, was.into(), state.into(), change.receivable.clone().into(), why.into()]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

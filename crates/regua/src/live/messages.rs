//! `regua messages`: those on their way, those that need a person, and one as its reader got it.

use regua_core::time::{Instant, Zone};
use regua_engine::commands::messages::{Listed, Settled, Shown};
use regua_store::outbox::Overview;
use serde_json::json;

use super::installation::{Installation, act};
use crate::cli::live::{LookArgs, MessagesArgs, MessagesVerb, Outcome, Status};
use crate::exit::Exit;
use crate::output::{Format, Listing, Out, Paint};
use crate::why::{day, moment};
use crate::world::World;

/// Messages that are listed.
const LISTED_MAX: i64 = 1_000;

/// Lists, shows or settles.
pub(crate) fn run(args: &MessagesArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match &args.verb {
        None => list(args, world, out),
        Some(MessagesVerb::Show { id, look }) => show(id, look, world, out),
        Some(MessagesVerb::Settle { id, outcome, act: acting, place }) => {
            let installation = Installation::open(place, world)?;
            let (settled, told) = match outcome {
                Outcome::Sent => (Settled::Sent, "counts as sent"),
                Outcome::Again => (Settled::Again, "goes out again with the next run, if it still should"),
                Outcome::Failed => (Settled::Failed, "counts as not sent: what it announced was not announced"),
            };
            installation.engine.settle(installation.tenant, id, settled, &act(acting, world), world.now)?;
            out.aside(Paint::Green, &format!("{id} {told}."))?;
            Ok(Exit::Done)
        }
    }
}

fn list(args: &MessagesArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.look.place, world)?;
    let (zone, format) = (installation.zone()?, args.look.listing.format);
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let mut found: Vec<Overview> = match &args.customer {
        Some(id) => engine.messages(tenant, Listed::To(id), LISTED_MAX)?,
        None => {
            let mut found = engine.messages(tenant, Listed::Needing, LISTED_MAX)?;
            found.extend(engine.messages(tenant, Listed::Waiting, LISTED_MAX)?);
            found
        }
    };
    if let Some(status) = args.status {
        found.retain(|one| meant(status, &one.status));
    }
    if found.is_empty() && format == Format::Table {
        out.line(if args.customer.is_some() { "No message." } else { "No message waits, and none needs a person." })?;
        return Ok(Exit::Done);
    }
    let at = |at: Instant| if format == Format::Table { moment(zone, at) } else { zone.rfc3339(at) };
    let columns = [
        ("message", "message"),
        ("customer", "customer"),
        ("status", "status"),
        ("channel", "channel"),
        ("tone", "tone"),
        ("decided_at", "decided"),
        ("due_at", "next try"),
        ("tries", "tries"),
        ("reply", "what was said"),
    ];
    let mut rows = Listing::new(&columns);
    for one in found {
        rows.row([
            one.message.to_string().into(),
            one.customer.into(),
            one.status.into(),
            one.channel.unwrap_or(one.channels).into(),
            one.tone.into(),
            at(one.decided_at).into(),
            one.due_at.map(at).into(),
            u64::try_from(one.tries).unwrap_or(0).into(),
            one.reply.into(),
        ]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

fn meant(status: Status, stored: &str) -> bool {
    match status {
        Status::Queued => matches!(stored, "queued" | "sending"),
        Status::Sent => stored == "sent",
        Status::Failed => stored == "failed",
        Status::Unknown => stored == "unknown",
        Status::Cancelled => stored == "cancelled",
    }
}

fn show(id: &str, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&look.place, world)?;
    let zone = installation.zone()?;
    let shown = installation.engine.message(installation.tenant, id)?;
    match look.listing.format {
        Format::Table => told(&shown, zone, out)?,
        Format::Json => out.json(&as_json(&shown, zone))?,
        Format::Csv => {
            let mut rows = Listing::new(&[("receivable_id", "receivable_id"), ("step", "step"), ("dropped", "dropped")]);
            for (receivable, step) in shown.items {
                rows.row([receivable.into(), step.into(), "".into()]);
            }
            for (receivable, step, reason, _) in shown.dropped {
                rows.row([receivable.into(), step.into(), reason.into()]);
            }
            out.listing(&rows, Format::Csv)?;
        }
    }
    Ok(Exit::Done)
}

fn told(shown: &Shown, zone: Zone, out: &mut Out) -> anyhow::Result<()> {
    let one = &shown.overview;
    out.aside(Paint::Bold, &format!("{} to {}: {} ({}, {})", one.message, one.customer, one.status, one.mode, one.tone))?;
    out.line(&format!("  decided {}, tried {} times", moment(zone, one.decided_at), one.tries))?;
    if let Some(at) = one.finished_at {
        out.line(&format!("  ended {}", moment(zone, at)))?;
    }
    if let Some(reply) = &one.reply {
        out.hanging("  ", reply)?;
    }
    for (receivable, step) in &shown.items {
        out.line(&format!("  about {receivable}: {step}"))?;
    }
    for (receivable, step, on) in &shown.announces {
        out.line(&format!("  announces {step} of {receivable} for {}", day(*on)))?;
    }
    for (receivable, step, reason, at) in &shown.dropped {
        out.line(&format!("  {step} of {receivable} fell out {} ({reason})", moment(zone, *at)))?;
    }
    let Some(letter) = &shown.letter else {
        out.heading("Its text is kept from the moment it is sent, until the person is erased.")?;
        return Ok(());
    };
    out.heading(&format!("── {} to {}", letter.channel, letter.to))?;
    if let Some(subject) = &letter.subject {
        out.paragraph(2, &out.paint(Paint::Bold, subject))?;
        out.gap()?;
    }
    out.paragraph(2, &letter.text)?;
    Ok(())
}

fn as_json(shown: &Shown, zone: Zone) -> serde_json::Value {
    let one = &shown.overview;
    let letter = shown
        .letter
        .as_ref()
        .map(|letter| json!({ "channel": letter.channel.as_str(), "to": letter.to, "subject": letter.subject, "text": letter.text }));
    json!({
        "message": one.message.to_string(),
        "customer": one.customer,
        "status": one.status,
        "mode": one.mode,
        "channels": one.channels,
        "channel": one.channel,
        "tone": one.tone,
        "decided_at": zone.rfc3339(one.decided_at),
        "due_at": one.due_at.map(|at| zone.rfc3339(at)),
        "tries": one.tries,
        "finished_at": one.finished_at.map(|at| zone.rfc3339(at)),
        "reply": one.reply,
        "items": shown.items.iter().map(|(receivable, step)| json!({ "receivable": receivable, "step": step })).collect::<Vec<_>>(),
        "announces": shown.announces.iter()
            .map(|(receivable, step, on)| json!({ "receivable": receivable, "step": step, "on": on.to_string() })).collect::<Vec<_>>(),
        "dropped": shown.dropped.iter()
            .map(|(receivable, step, reason, at)| {
                json!({ "receivable": receivable, "step": step, "reason": reason, "at": zone.rfc3339(*at) })
            }).collect::<Vec<_>>(),
        "letter": letter,
    })
}

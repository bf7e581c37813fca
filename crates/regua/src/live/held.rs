//! `regua held`: acts above somebody's limit, which wait for a second person.
//!
//! Deliberately absent: approving. A second person does that, signed in.

use regua_core::ids::ActId;
use regua_engine::requests::{HeldAct, HeldState};
use serde_json::{Value, json};

use super::gateway::zone_of;
use super::installation::Installation;
use super::people::{in_name, times};
use crate::cli::feed::HeldVerb;
use crate::cli::live::LookArgs;
use crate::exit::{BadInput, Exit};
use crate::output::{Cell, Format, Listing, Out, Paint};
use crate::world::World;

/// Acts that are listed at most.
const LISTED_MAX: i64 = 1_000;

/// Carries out a verb.
pub(crate) fn run(verb: &HeldVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        HeldVerb::List { state, look } => list(HeldState::parse(state), look, world, out),
        HeldVerb::Show { act, look } => show(act, look, world, out),
        HeldVerb::Refuse { act, reason, by, place } => {
            let installation = Installation::open(place, world)?;
            let by = in_name(&installation, by)?;
            installation.engine.refuse_act(installation.tenant, named(act)?, &by, reason.as_deref(), world.now)?;
            out.aside(Paint::Green, &format!("{act} is refused, and is not carried out."))?;
            Ok(Exit::Done)
        }
    }
}

fn named(text: &str) -> anyhow::Result<ActId> {
    text.parse().map_err(|_bad| BadInput::new(format!("`{text}` is no held act; `regua held list` lists them")).into())
}

fn list(state: Option<HeldState>, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&look.place, world)?;
    let format = look.listing.format;
    let at = times(zone_of(&installation), format);
    let mut rows = Listing::new(&[
        ("act", "act"),
        ("operation", "operation"),
        ("stake", "about"),
        ("state", "state"),
        ("by", "asked by"),
        ("reason", "reason"),
        ("at", "asked"),
        ("until", "until"),
    ]);
    for one in installation.engine.held_acts(installation.tenant, state, None, LISTED_MAX)? {
        rows.row([
            one.id.to_string().into(),
            one.operation.into(),
            Cell::Amount(one.stake.to_string()),
            one.state.as_str().into(),
            one.by.into(),
            one.reason.into(),
            at(one.created_at).into(),
            at(one.expires_at).into(),
        ]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

fn show(act: &str, look: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&look.place, world)?;
    let one = installation.engine.held_act(installation.tenant, named(act)?)?;
    let at = times(zone_of(&installation), look.listing.format);
    if look.listing.format == Format::Json {
        out.json(&as_json(&one, &at))?;
        return Ok(Exit::Done);
    }
    let mut rows = Listing::new(&[("what", "what"), ("value", "value")]);
    let mut row = |what: &'static str, value: Cell| rows.row([what.into(), value]);
    row("act", one.id.to_string().into());
    row("operation", one.operation.as_str().into());
    row("about", one.stake.to_string().into());
    row("state", one.state.as_str().into());
    row("asked by", one.by.as_str().into());
    row("reason", one.reason.clone().into());
    row("asked", at(one.created_at).into());
    row("until", at(one.expires_at).into());
    row("decided by", one.decided_by.clone().into());
    row("decided", one.decided_at.map(&at).into());
    row("refused because", one.refused_because.clone().into());
    row("request", String::from_utf8_lossy(&one.request).into_owned().into());
    row("answer", one.answer.as_ref().map(|(status, _)| status.to_string()).into());
    out.listing(&rows, look.listing.format)?;
    Ok(Exit::Done)
}

fn as_json(one: &HeldAct, at: &impl Fn(regua_core::time::Instant) -> String) -> Value {
    let body = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or(Value::Null);
    json!({
        "act": one.id.to_string(),
        "operation": one.operation,
        "stake": one.stake.to_string(),
        "state": one.state.as_str(),
        "by": one.by,
        "reason": one.reason,
        "at": at(one.created_at),
        "until": at(one.expires_at),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at.map(at),
        "refused_because": one.refused_because,
        "request": body(&one.request),
        "answer": one.answer.as_ref().map(|(status, bytes)| json!({ "status": status, "body": body(bytes) })),
    })
}

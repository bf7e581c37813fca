//! `regua mode`: how real decisions are, and what more of it would mean.

use regua_core::party::Email;
use regua_core::time::Instant;
use regua_core::words::Mode;
use regua_engine::commands::preview::Entering;

use super::installation::{Installation, act};
use super::sure;
use crate::cli::live::ModeArgs;
use crate::config::Config;
use crate::exit::{BadInput, Exit};
use crate::output::Format;
use crate::output::{Listing, Out, Paint, counted};
use crate::world::World;

/// Hours that the preview looks ahead.
const AHEAD_HOURS: i64 = 24;

/// Shows the mode, or changes it.
pub(crate) fn run(args: &ModeArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let stored = installation.stored()?;
    let Some(mode) = args.mode else {
        out.line(&format!("{}: {}, which {}", stored.name, stored.mode, means(stored.mode.parse().unwrap_or(Mode::Shadow))))?;
        return Ok(Exit::Done);
    };
    let to = redirect(args, mode)?;
    if stored.mode == mode.as_str() && mode != Mode::Redirect {
        // Those whom an earlier change that was cut off did not reach are moved now.
        let act = act(&args.act, world);
        let moved = installation.engine.set_mode(installation.tenant, mode, None, &act, world.now)?;
        out.line(&format!("{}: {mode} already; {} moved", stored.name, counted(moved, "customer")))?;
        return Ok(Exit::Done);
    }
    if mode != Mode::Shadow {
        ready(&installation)?;
    }
    let entering = stored.mode == Mode::Shadow.as_str() && mode != Mode::Shadow;
    let mut question = format!("{} becomes {mode}, which {}.", stored.name, means(mode));
    if entering {
        let until = world.now.plus_hours(AHEAD_HOURS);
        preview(&installation, mode, world.now, until, out)?;
        question = format!("{question} Every open receivable enters anew: what was announced in shadow counts for nothing.");
    }
    if !sure::sure(args.sure, &question, world, out)? {
        return Ok(Exit::Input);
    }
    let act = act(&args.act, world);
    let moved = installation.engine.set_mode(installation.tenant, mode, to.as_ref().map(Email::as_str), &act, world.now)?;
    out.aside(Paint::Green, &format!("{}: {mode} now; {} moved.", stored.name, counted(moved, "customer")))?;
    if mode != Mode::Shadow {
        out.line("The next `regua run` acts on it.")?;
    }
    Ok(Exit::Done)
}

/// The address of redirect mode, and only of that.
fn redirect(args: &ModeArgs, mode: Mode) -> Result<Option<Email>, BadInput> {
    match (mode, &args.to) {
        (Mode::Redirect, None) => {
            Err(BadInput::new("redirect mode sends everything to one address; say which: regua mode redirect ADDRESS"))
        }
        (Mode::Redirect, Some(to)) => Email::parse(to).map(Some).map_err(|bad| BadInput::new(bad.to_string())),
        (Mode::Shadow | Mode::Approve | Mode::Live, Some(to)) => {
            Err(BadInput::new(format!("`{to}`: only redirect mode takes an address; leave it out")))
        }
        (Mode::Shadow | Mode::Approve | Mode::Live, None) => Ok(None),
    }
}

const fn means(mode: Mode) -> &'static str {
    match mode {
        Mode::Shadow => "decides and shows, and sends nothing",
        Mode::Redirect => "sends every message to one address instead of the customer's",
        Mode::Approve => "does nothing before a person has released it",
        Mode::Live => "writes to customers and restricts them",
    }
}

/// Refuses to leave the shadow while no message could be written or sent.
fn ready(installation: &Installation) -> Result<(), BadInput> {
    let missing = lacks(&installation.config);
    if missing.is_empty() { Ok(()) } else { Err(BadInput::new(format!("not ready: {}", missing.join("; ")))) }
}

/// What lacks before a message could be written and sent.
pub(super) fn lacks(config: &Config) -> Vec<String> {
    let mut missing: Vec<String> = config.company.as_ref().err().cloned().into_iter().collect();
    if config.email.from.is_none() {
        missing.push("email.from is empty; messages need a sender".to_owned());
    }
    if config.email.smtp.is_none() && config.email.capture.is_none() {
        missing.push("email.smtp.host is empty and nothing is captured; messages need a way out".to_owned());
    }
    missing
}

/// Says what leaving the shadow means.
fn preview(installation: &Installation, mode: Mode, now: Instant, until: Instant, out: &mut Out) -> anyhow::Result<()> {
    let Entering { customers, receivables, messages, steps } = installation.engine.preview_mode(installation.tenant, mode, now, until)?;
    let enter = if receivables == 1 { "enters" } else { "enter" };
    let told = format!("{} of {} {enter}.", counted(receivables, "open receivable"), counted(customers, "customer"));
    out.paragraph(0, &told)?;
    let asked = if mode == Mode::Approve { ", once they are released" } else { "" };
    let told = format!("In the first {AHEAD_HOURS} hours {} would go out{asked}, if nobody pays:", counted(messages, "message"));
    out.paragraph(0, &told)?;
    let mut rows = Listing::new(&[("step", "step"), ("count", "receivables")]);
    for (step, count) in steps {
        rows.row([step.into(), count.into()]);
    }
    out.listing(&rows, Format::Table)?;
    out.gap()?;
    Ok(())
}

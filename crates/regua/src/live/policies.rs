//! `regua policy publish|migrate` and the list of published versions.

use regua_core::policy::hash;
use regua_engine::commands::policy::Migration;

use super::installation::{EVERYBODY_BP, Installation, act};
use super::sure;
use crate::cli::live::{MigrateArgs, PlaceArgs, PublishArgs};
use crate::exit::Exit;
use crate::output::{Format, Listing, Out, Paint, counted};
use crate::source;
use crate::why::moment;
use crate::world::World;

/// Refused receivables that are shown.
const REFUSED_SHOWN_MAX: usize = 20;

/// Publishes a policy.
pub(crate) fn publish(args: &PublishArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    // Read and compiled here for the messages; the engine compiles again what it publishes.
    let (source, policy) = source::policy(&args.file)?;
    let installation = Installation::open(&args.place, world)?;
    let share_bp = args.share.unwrap_or(EVERYBODY_BP);
    let act = act(&args.act, world);
    let published = installation.engine.publish(installation.tenant, &source.name, &source.text, share_bp, &act, world.now)?;
    let short = published.hash.get(..12).unwrap_or(&published.hash);
    if published.unchanged {
        out.line(&format!("\"{}\" is the newest version already, {short}; nothing changed", policy.name))?;
        return Ok(Exit::Done);
    }
    let whom = if share_bp == EVERYBODY_BP { "all customers".to_owned() } else { format!("{} of customers", percent(share_bp)) };
    out.aside(Paint::Green, &format!("\"{}\" is published as version {}, {short}, for {whom}.", policy.name, published.number))?;
    out.paragraph(0, "Receivables that enter from now on walk it; those that have entered stay with theirs. What moving them would mean:")?;
    out.command(&format!("regua policy migrate --to {short} --preview"))?;
    Ok(Exit::Done)
}

/// Moves open receivables, or says what that would do.
pub(crate) fn migrate(args: &MigrateArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let act = act(&args.act, world);
    let migrate = |preview: bool| {
        installation.engine.migrate_receivables(installation.tenant, &args.to, args.filter.as_deref(), preview, &act, world.now)
    };
    let found = migrate(true)?;
    if args.preview || args.listing.format != Format::Table {
        told(&found, args.listing.format, out)?;
        if args.preview || !args.sure.yes {
            return Ok(Exit::Done);
        }
    } else {
        told(&found, Format::Table, out)?;
        if found.moved == 0 {
            return Ok(Exit::Done);
        }
        let question = "Steps that both versions have stay decided; adverse steps are announced anew before they happen.";
        if !sure::sure(args.sure, question, world, out)? {
            return Ok(Exit::Input);
        }
    }
    let done = migrate(false)?;
    if args.listing.format == Format::Table {
        out.aside(Paint::Green, &format!("{} moved.", counted(done.moved, "receivable")))?;
    }
    Ok(Exit::Done)
}

fn told(found: &Migration, format: Format, out: &mut Out) -> anyhow::Result<()> {
    let mut rows = Listing::new(&[("what", "what"), ("count", "count")]);
    let refused = u64::try_from(found.refused.len()).unwrap_or(u64::MAX);
    for (what, count) in [
        ("receivables that move", found.moved),
        ("their steps that stay decided", found.kept_steps),
        ("their steps that are open", found.open_steps),
        ("receivables that walk it already", found.there),
        ("receivables that it refuses", refused),
    ] {
        rows.row([what.into(), count.into()]);
    }
    out.listing(&rows, format)?;
    if format == Format::Table && !found.refused.is_empty() {
        out.heading("Refused")?;
        for (id, why) in found.refused.iter().take(REFUSED_SHOWN_MAX) {
            out.line(&format!("  {id}: {why}"))?;
        }
    }
    Ok(())
}

/// Lists the published versions.
pub(crate) fn published(place: &PlaceArgs, format: Format, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(place, world)?;
    let zone = installation.zone()?;
    let columns = [("version", "version"), ("name", "name"), ("hash", "hash"), ("share", "share"), ("published_at", "published")];
    let mut rows = Listing::new(&columns);
    for policy in installation.published()? {
        debug_assert_eq!(policy.hash, hash(&policy.body));
        let hash = if format == Format::Table { policy.hash.get(..12).unwrap_or(&policy.hash).to_owned() } else { policy.hash };
        let at = if format == Format::Table { moment(zone, policy.published_at) } else { zone.rfc3339(policy.published_at) };
        rows.row([policy.number.to_string().into(), policy.name.into(), hash.into(), percent(policy.share_bp).into(), at.into()]);
    }
    out.listing(&rows, format)?;
    Ok(Exit::Done)
}

/// Basis points as a share: `100%`, `0.25%`.
fn percent(bp: i64) -> String {
    match (bp / 100, bp % 100) {
        (whole, 0) => format!("{whole}%"),
        (whole, part) => format!("{whole}.{part:02}").trim_end_matches('0').to_owned() + "%",
    }
}

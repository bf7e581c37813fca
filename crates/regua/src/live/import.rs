//! `regua import`: files into an installation, and what that changed.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use regua_core::time::Instant;
use regua_engine::Act;
use regua_engine::commands::import::{Doing, Import, Imported};
use regua_engine::commands::tenant::FILES;
use regua_wire::files::{Reject, Rejects as _, Report};
use serde_json::json;

use super::installation::Installation;
use crate::cli::live::ImportArgs;
use crate::exit::Exit;
use crate::input::Wanted;
use crate::output::{Cell, Format, Listing, Out, Paint, counted, grouped};
use crate::progress::Progress;
use crate::rejects::RejectFile;
use crate::understood::understood;
use crate::world::{SystemRng, World};

/// Where rejected rows go.
pub(super) const REJECTS: &str = "rejects.csv";

/// Takes files in.
pub(crate) fn run(args: &ImportArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let wanted = Wanted::imported(args)?;
    let installation = Installation::open(&args.place, world)?;
    let now = installation.moment(args.as_of, world)?;
    let path = installation.config.dir.join(REJECTS);
    let mut rejects = if args.dry_run {
        RejectFile::unwritten()
    } else {
        forget(&path)?;
        RejectFile::at(path.clone())
    };
    let (imported, reports) = take(&installation, &wanted, args.dry_run, &mut rejects, (None, now))?;
    match args.listing.format {
        Format::Table => {
            understood(&reports, Format::Table, out)?;
            told(&imported, args.dry_run, out)?;
            rejected(&rejects, &path, args.dry_run, out)?;
        }
        Format::Csv => out.listing(&counts(&imported), Format::Csv)?,
        Format::Json => out.json(&as_json(&imported, args.dry_run, rejects.count()))?,
    }
    Ok(if rejects.count() == 0 { Exit::Done } else { Exit::Rejected })
}

/// Takes files in: what changed, and what was understood of each file.
pub(super) fn take(
    installation: &Installation,
    wanted: &Wanted<'_>,
    dry_run: bool,
    rejects: &mut RejectFile,
    (act, now): (Option<&Act>, Instant),
) -> anyhow::Result<(Imported, Vec<Report>)> {
    let (engine, tenant) = (&installation.engine, installation.tenant);
    let mut known = 0;
    let mut add_known = |ids: &[&str], portfolio: &mut _| {
        known = engine.add_known(tenant, ids, portfolio)?;
        Ok(())
    };
    let loaded = wanted.load_with(rejects, Some(&mut add_known))?;
    let progress = Progress::of_customers("taking in", loaded.portfolio.customers.len());
    let doing = if dry_run { Doing::DryRun } else { Doing::Write };
    let mut advance = |count: usize| progress.advance(u64::try_from(count).unwrap_or(0));
    let import = Import { act, ..Import::of(&loaded.portfolio, FILES) };
    let mut imported = engine.import(tenant, import, doing, now, &mut SystemRng, &mut advance)?;
    drop(progress);
    // Those that only the payments brought in are in no file.
    imported.receivables_same = imported.receivables_same.saturating_sub(u64::try_from(known).unwrap_or(0));
    refused(&imported, rejects)?;
    Ok((imported, loaded.reports))
}

/// The rejects of an earlier import say nothing of this one.
pub(super) fn forget(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", path.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What the engine could not take in goes where rows of files go that could not be read.
fn refused(imported: &Imported, rejects: &mut RejectFile) -> anyhow::Result<()> {
    rejects.begin("the installation");
    for refusal in &imported.refused {
        let (reason, mend) = refusal.reason.split_once("; ").unwrap_or((&refusal.reason, ""));
        let reject = Reject {
            row: 0,
            column: "receivable_id".to_owned(),
            reason: reason.to_owned(),
            mend: mend.to_owned(),
            original: refusal.receivable.clone(),
        };
        rejects.reject(reject).context("failed to write the rejected rows")?;
    }
    rejects.finish().context("failed to write the rejected rows")
}

fn counts(imported: &Imported) -> Listing {
    let mut rows = Listing::new(&[("what", "what"), ("new", "new"), ("changed", "changed"), ("same", "as before")]);
    let Imported {
        customers_new,
        customers_changed,
        receivables_new,
        receivables_changed,
        receivables_same,
        payments_new,
        payments_changed,
        payments_same,
        ..
    } = *imported;
    rows.row(["customers".into(), customers_new.into(), customers_changed.into(), Cell::Empty]);
    rows.row(["receivables".into(), receivables_new.into(), receivables_changed.into(), receivables_same.into()]);
    rows.row(["payments".into(), payments_new.into(), payments_changed.into(), payments_same.into()]);
    rows
}

fn told(imported: &Imported, dry: bool, out: &mut Out) -> anyhow::Result<()> {
    if dry {
        out.aside(Paint::Yellow, "Nothing was written; this is what an import would do:")?;
    }
    out.listing(&counts(imported), Format::Table)?;
    if imported.changes.is_empty() {
        return Ok(());
    }
    out.heading("Told otherwise than before")?;
    let mut rows = Listing::new(&[("id", "id"), ("what", "what"), ("was", "was"), ("is", "is")]);
    for change in &imported.changes {
        rows.row([change.id.as_str().into(), change.what.into(), change.was.as_str().into(), change.is.as_str().into()]);
    }
    out.listing(&rows, Format::Table)?;
    let all = imported.receivables_changed + imported.customers_changed;
    let shown = u64::try_from(imported.changes.len()).unwrap_or(u64::MAX);
    if all > shown {
        out.aside(Paint::Dim, &format!("and more: {} changed in all", grouped(all)))?;
    }
    Ok(())
}

pub(super) fn rejected(rejects: &RejectFile, path: &Path, dry: bool, out: &mut Out) -> anyhow::Result<()> {
    if rejects.count() == 0 {
        return Ok(());
    }
    out.gap()?;
    let place = if dry { String::new() } else { format!("; all are in {}", path.display()) };
    out.aside(Paint::Yellow, &format!("{} rejected{place}:", counted(rejects.count(), "row")))?;
    out.listing(&rejects.listing(), Format::Table)
}

/// What came of an import, for programs.
pub(super) fn as_json(imported: &Imported, dry: bool, rejected: u64) -> serde_json::Value {
    let changes = imported.changes.iter().map(|change| json!({ "id": change.id, "what": change.what, "was": change.was, "is": change.is }));
    json!({
        "written": !dry,
        "customers": { "new": imported.customers_new, "changed": imported.customers_changed },
        "receivables": {
            "new": imported.receivables_new, "changed": imported.receivables_changed, "same": imported.receivables_same,
        },
        "payments": { "new": imported.payments_new, "changed": imported.payments_changed, "same": imported.payments_same },
        "rejected": rejected,
        "changes": changes.collect::<Vec<_>>(),
    })
}

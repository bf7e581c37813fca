//! Files that come by the API: read as those that are named on a command line, from a folder of their own that goes with them.

use std::fs;

use anyhow::Context as _;
use regua_core::time::Instant;
use regua_engine::Act;
use regua_web::office::Reading;
use regua_wire::files::Report;
use serde_json::{Value, json};

use crate::cli::ReadingArgs;
use crate::input::Wanted;
use crate::live::import::{as_json, take};
use crate::live::installation::Installation;
use crate::rejects::RejectFile;

/// Rejected rows and warnings that are told.
const TOLD_MAX: usize = 200;

/// Takes a file in.
pub(super) fn import(installation: &Installation, file: &[u8], how: &Reading, act: &Act, now: Instant) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir().context("failed to make a folder for the file")?;
    let path = folder.path().join("file");
    fs::write(&path, file).context("failed to write the file down")?;
    let reading = ReadingArgs {
        dates: how.dates.clone(),
        decimal: how.decimal.clone(),
        delimiter: how.delimiter.clone(),
        encoding: how.encoding.clone(),
        currency: how.currency.clone(),
        country: how.country.clone(),
    };
    let wanted = Wanted::handed(&path, how.payments, &reading, how.map.as_deref())?.called(&how.name);
    let mut rejects = RejectFile::keeping(TOLD_MAX);
    let (imported, reports) = take(installation, &wanted, how.dry_run, &mut rejects, (Some(act), now))?;
    let mut told = as_json(&imported, how.dry_run, rejects.count());
    if let Some(told) = told.as_object_mut() {
        told.insert("columns".to_owned(), reports.iter().flat_map(columns).collect());
        told.insert("warnings".to_owned(), reports.iter().flat_map(warnings).take(TOLD_MAX).collect());
        let rejected = rejects
            .kept()
            .map(|one| json!({ "row": one.row, "column": one.column, "reason": one.reason, "mend": one.mend, "original": one.original }));
        told.insert("rejects".to_owned(), rejected.collect());
    }
    Ok(told)
}

fn columns(report: &Report) -> impl Iterator<Item = Value> {
    report.columns.iter().map(|column| {
        json!({
            "column": column.header, "meaning": column.meaning.to_string(), "format": column.format, "example": column.example,
        })
    })
}

fn warnings(report: &Report) -> impl Iterator<Item = Value> {
    report
        .warnings
        .iter()
        .map(|warning| json!({ "row": warning.row, "column": warning.column, "text": warning.text, "times": warning.times }))
}

//! Pages of the log and the roots of days: that no chain was cut short together with its head.

use std::collections::BTreeSet;

use regua_core::ids::TenantId;
use regua_core::time::Day;
use regua_store::chain::{self, Page};
use regua_store::db::Tx;
use regua_store::log::{self, StoredPage};

use super::PAGE;
use super::chain::stream_name;
use super::verdict::{Report, Sort, Stage};
use crate::commands::days::hex;
use crate::error::Result;

/// What was checked.
pub(super) struct Pages {
    pub(super) count: u64,
    pub(super) root: Option<(Day, [u8; 32])>,
}

/// Checks every page against the log and every root against its pages.
///
/// * `events` — how many events the chains have.
/// * `told` — the roots that the tenant's chain tells: day, pages, root.
pub(super) fn check(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    events: u64,
    told: &[(Day, i64, String)],
    report: &mut Report,
    progress: &mut dyn FnMut(Stage, u64),
) -> Result<Pages> {
    let (mut count, mut named, mut last, mut days) = (0, 0, Vec::new(), BTreeSet::new());
    loop {
        let pages = log::pages(tx, tenant, &last, PAGE)?;
        let Some(end) = pages.last() else { break };
        last = end.digest.to_vec();
        for page in &pages {
            days.extend(page.day);
            named += against_log(tx, tenant, page, report)?;
            count += 1;
        }
        progress(Stage::Pages, count);
    }
    if events > named {
        report.add(Sort::UnknownEvent, format!("{} of {events} events are in no page of the log", events - named));
    }
    let root = roots(tx, tenant, told, days, report)?;
    Ok(Pages { count, root })
}

/// Whether the events of a page are those that were written; how many it names.
fn against_log(tx: &mut Tx<'_>, tenant: TenantId, page: &StoredPage, report: &mut Report) -> Result<u64> {
    let name = page_name(page);
    let Some(runs) = Page::read(&page.runs).filter(|runs| !runs.is_empty()) else {
        report.add(Sort::WrongPage, format!("{name} cannot be read"));
        return Ok(0);
    };
    let (mut hashes, mut named, mut whole) = (Vec::new(), 0, true);
    for run in &runs {
        let found = log::hashes(tx, tenant, run)?;
        named += u64::from(run.count);
        if u32::try_from(found.len()) != Ok(run.count) {
            let last = run.first + i64::from(run.count) - 1;
            let chain = stream_name(tenant, &run.stream);
            report.add(Sort::CutOff, format!("{chain}: {name} has its events {} to {last}, of which {} are there", run.first, found.len()));
            whole = false;
        }
        hashes.extend(found);
    }
    if whole && chain::digest(tenant, hashes.into_iter()) != page.digest {
        let chains = runs.iter().take(3).map(|run| stream_name(tenant, &run.stream)).collect::<Vec<_>>().join(", ");
        let more = if runs.len() > 3 { ", …" } else { "" };
        report.add(Sort::WrongPage, format!("{name}: the events of {chains}{more} are not those that were written"));
    }
    Ok(named)
}

fn page_name(page: &StoredPage) -> String {
    let short: String = hex(&page.digest).chars().take(12).collect();
    match page.day {
        Some(day) => format!("page {short} of {day}"),
        None => format!("page {short}"),
    }
}

/// Checks the roots in their order; the last one.
fn roots(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    told: &[(Day, i64, String)],
    mut days: BTreeSet<Day>,
    report: &mut Report,
) -> Result<Option<(Day, [u8; 32])>> {
    let mut before = [0; 32];
    let stored = log::roots(tx, tenant)?;
    for root in &stored {
        let pages = log::of_day(tx, tenant, root.day)?;
        let same = u64::try_from(root.pages) == u64::try_from(pages.len());
        if !same || chain::root(&before, root.day, pages.into_iter()) != root.root {
            report.add(Sort::WrongRoot, format!("the root of {} is not that of its pages", root.day));
        }
        days.remove(&root.day);
        let says = (root.day, root.pages, hex(&root.root));
        if !told.contains(&says) {
            report.add(Sort::WrongRoot, format!("the root of {} is not the one that the tenant's own chain tells", root.day));
        }
        before = root.root;
    }
    for day in days {
        report.add(Sort::WrongRoot, format!("{day} has pages and no root"));
    }
    for (day, _, _) in told.iter().filter(|(day, _, _)| !stored.iter().any(|root| root.day == *day)) {
        report.add(Sort::WrongRoot, format!("the tenant's own chain tells a root of {day}, which is not there"));
    }
    Ok(stored.last().map(|root| (root.day, root.root)))
}

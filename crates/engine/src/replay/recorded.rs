//! Customers whose past cannot be decided again: that the decisions of their rows are those of their log, and that a
//! person is erased where the log says so, and nowhere else.

use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::time::Instant;
use regua_store::db::Tx;
use regua_store::log;
use regua_store::person::{self, StoredDecision};

use super::tenant::payload;
use super::verdict::{Report, Sort};
use super::{Left, LeftOut, PAGE};
use crate::error::Result;
use crate::log::Decided;

/// A decision as event and row both have it: event, receivable, step, cycle, occurrence, outcome, message, moment.
type Row = (i64, ReceivableId, String, i64, i64, String, Option<MessageId>, Instant);

/// Checks every customer whose rows were not compared and whose log is whole.
pub(super) fn check(tx: &mut Tx<'_>, tenant: TenantId, left: &LeftOut, report: &mut Report) -> Result<()> {
    for (stream, why) in left.iter().filter(|(_, why)| **why != Left::Broken) {
        let Ok(customer) = CustomerId::from_bytes(*stream) else { continue };
        let log = read(tx, tenant, *stream)?;
        let mut rows: Vec<Row> = person::decisions(tx, tenant, customer)?.into_iter().map(row).collect();
        let mut recorded = log.rows;
        recorded.sort_unstable();
        rows.sort_unstable();
        compare(customer, &recorded, &rows, report);
        erasure(tx, tenant, customer, *why, log.erased_at, report)?;
    }
    Ok(())
}

/// What a chain says of decisions and erasure.
#[derive(Default)]
struct Log {
    rows: Vec<Row>,
    erased_at: Option<Instant>,
}

fn read(tx: &mut Tx<'_>, tenant: TenantId, stream: [u8; 16]) -> Result<Log> {
    let (mut log, mut last) = (Log::default(), 0);
    loop {
        let page = log::of(tx, tenant, stream, last, PAGE)?;
        let Some(end) = page.last() else { return Ok(log) };
        last = end.seq;
        for event in &page {
            match event.kind.as_str() {
                "erased" => log.erased_at = Some(event.at),
                "decided" => {
                    let Ok(decided) = payload::<Decided>(event) else { continue }; // another version's, and not ours to judge
                    log.rows.extend(decided.rows.into_iter().filter_map(|(receivable, step, cycle, occurrence, outcome, message)| {
                        let message = message.map(|message| message.parse()).transpose().ok()?;
                        Some((event.seq, receivable.parse().ok()?, step, cycle, occurrence, outcome, message, event.at))
                    }));
                }
                _ => {}
            }
        }
    }
}

fn row(known: StoredDecision) -> Row {
    let StoredDecision { seq, receivable, step, cycle, occurrence, outcome, message, decided_at, .. } = known;
    (seq, receivable, step, cycle, occurrence, outcome, message, decided_at)
}

fn compare(customer: CustomerId, recorded: &[Row], rows: &[Row], report: &mut Report) {
    let name = |row: &Row| format!("decisions {}, `{}`, {}.{} ({customer}, event {})", row.1, row.2, row.3, row.4, row.0);
    let key = |row: &Row| (row.0, row.1, row.2.clone(), row.3, row.4);
    for row in rows.iter().filter(|row| recorded.binary_search(row).is_err()) {
        match recorded.iter().find(|other| key(other) == key(row)) {
            Some(_) => report.add(Sort::AlteredRow, format!("{}: it is not what the log says", name(row))),
            None => report.add(Sort::UnknownRow, format!("{}: the log does not know it", name(row))),
        }
    }
    for row in recorded.iter().filter(|row| rows.binary_search(row).is_err()) {
        if !rows.iter().any(|other| key(other) == key(row)) {
            report.add(Sort::MissingRow, format!("{}: the log says that it is there", name(row)));
        }
    }
}

fn erasure(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    customer: CustomerId,
    why: Left,
    erased_at: Option<Instant>,
    report: &mut Report,
) -> Result<()> {
    let has_key = !log::keys(tx, tenant, &[customer.to_bytes()])?.is_empty();
    let Some(person) = person::person(tx, tenant, customer)? else { return Ok(()) }; // its chain was reported
    match erased_at {
        None if why == Left::Erased => {
            report.add(Sort::Erasure, format!("{customer}: its key is gone, and no event says that it was erased"))
        }
        None => {}
        Some(_) if has_key => report.add(Sort::Erasure, format!("{customer}: it was erased, and its key is there")),
        Some(at) if person.erased_at != Some(at) || person.external_id != customer.to_string() => {
            report.add(Sort::Erasure, format!("{customer}: it was erased, and its row does not say so"));
        }
        Some(_) => {}
    }
    Ok(())
}

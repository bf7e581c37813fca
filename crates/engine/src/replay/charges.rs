//! Attempts made again: one that no decision ordered is told of beside its fact, one that a decision ordered is decided again,
//! and where it came to its end an event says how.
//!
//! Deliberately absent: whatever stands in a row between the two. Who sends it when, and what a gateway said in its own words,
//! is no event; `store/src/audit.rs` names those columns.

use regua_core::charging::Trigger;
use regua_core::facts::Fact;
use regua_core::ids::{BadId, ChargeId, CustomerId};
use regua_store::charging::charges::{self, ChargeRow};
use regua_store::db::Tx;
use regua_store::log::StoredEvent;

use super::Left;
use super::events::{Events, receivable_of};
use super::tenant::payload;
use crate::error::{Error, Result};
use crate::log::{ChargeNote, ToldFact};

/// Where an event can say that an attempt ended.
const ENDS: [&str; 4] = ["settled", "declined", "dropped", "lost"];

/// The row of an attempt that was told of; none for another fact, or in a log that says too little of it.
pub(super) fn attempt_of(customer: CustomerId, told: &ToldFact) -> Result<Option<ChargeRow>> {
    let (Fact::Tried { tried }, Some(note)) = (&told.fact, &told.attempt) else { return Ok(None) };
    let missing = || Error::bug("event", "an attempt is told of without its id or its receivable");
    let (charge, receivable) = tried.charge.zip(told.receivable.as_deref()).ok_or_else(missing)?;
    // Another system's has ended long before it is told of.
    let ended = tried.trigger == Trigger::Biller;
    let status = match (ended, tried.failed) {
        (false, _) => "ordered",
        (true, None) => "settled",
        (true, Some(_)) => "declined",
    };
    Ok(Some(ChargeRow {
        charge,
        customer,
        receivable: receivable_of(receivable)?,
        gateway: note.gateway.clone(),
        method: note.method,
        scheme: note.scheme,
        credential: tried.credential,
        trigger: tried.trigger,
        step: None,
        cycle: note.cycle,
        occurrence: note.occurrence,
        retry: note.retry,
        series: tried.series,
        currency: tried.amount.currency().code().to_owned(),
        amount: tried.amount.minor(),
        status: status.to_owned(),
        reference: note.reference.clone(),
        ordered_at: tried.at,
        sent_at: ended.then_some(tried.at),
        due_at: None,
        tries: 0,
        finished_at: ended.then_some(tried.at),
        reason: tried.failed.map(|advice| advice.reason),
        signals: None,
        said: None,
        propensity: None,
        features: None,
        discount: 0,
    }))
}

impl Events<'_> {
    /// An attempt came to its end. What the facts heard of it stands in events of their own.
    pub(super) fn charge(&mut self, copy: &mut Tx<'_>, event: &StoredEvent) -> Result<Option<Left>> {
        let note: ChargeNote = payload(event)?;
        let id: ChargeId = note.charge.parse().map_err(|bad: BadId| Error::bug("event", format!("it is about no attempt: {bad}")))?;
        if !ENDS.contains(&note.status.as_str()) {
            return Err(Error::bug("event", format!("`{}` is no end of an attempt", note.status)));
        }
        let left = self.passed_over(copy, event)?;
        // A row that the log cannot make is found where rows are compared.
        let Some(row) = charges::load(copy, self.tenant, &[id.to_bytes()])?.pop() else { return Ok(left) };
        let ended = ChargeRow {
            status: note.status,
            reason: note.reason,
            amount: note.amount.unwrap_or(row.amount),
            discount: note.discount.unwrap_or(row.discount),
            sent_at: note.sent_at,
            reference: note.reference,
            due_at: None,
            finished_at: Some(event.at),
            ..row
        };
        charges::set(copy, self.tenant, &[ended])?;
        Ok(left)
    }
}

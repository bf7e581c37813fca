//! What people note of customers: it stands in their chain and in a list, sealed under the customer's key, and goes with the person.

use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant, Zone};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::lists::NEWEST;
use regua_store::notes::{self, NoteRow};
use regua_store::tasks::{self, TaskRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::codes::FOLLOW_UP_DAYS_MAX;
use crate::Engine;
use crate::case::Case;
use crate::commands::days::hex;
use crate::commands::tell::{About, find};
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::ports::Rng;
use crate::profile;
use crate::tenancy::Tenancy;

/// The longest note, in characters.
pub const NOTE_MAX: usize = 4_000;
/// Most notes that are listed at once.
const PAGE_MAX: i64 = 1_000;

/// Something that somebody notes.
#[derive(Clone, Copy)]
pub struct NewNote<'a> {
    /// The text.
    pub text: &'a str,
    /// About which receivable, by our id or what its source calls it.
    pub receivable: Option<&'a str>,
    /// The day on which somebody is to look again.
    pub follow_up_on: Option<Day>,
}

/// A note as a person is shown it.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub note: [u8; 16],
    /// Of whom.
    pub customer: CustomerId,
    /// About which receivable.
    pub receivable: Option<ReceivableId>,
    /// When.
    pub at: Instant,
    /// Who noted it.
    pub by: String,
    /// The day on which somebody is to look again.
    pub follow_up_on: Option<Day>,
    /// The text; nothing once the person is erased.
    pub text: Option<String>,
}

/// What is noted of people is theirs: it does not show.
impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Note({} of {})", hex(&self.note), self.customer)
    }
}

/// The payload of an event of kind `note`; the text is sealed beside it.
#[derive(Serialize, Deserialize)]
pub(crate) struct NoteNote {
    /// Which.
    pub(crate) note: String,
    /// About which receivable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receivable: Option<String>,
    /// The day on which somebody is to look again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) follow_up_on: Option<Day>,
    /// Who noted it.
    pub(crate) act: Act,
}

impl Engine {
    /// Keeps a note of a customer.
    ///
    /// * `id` — the customer, ours or what its source calls it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer, or `no_receivable` when they have no such receivable;
    /// [`crate::Kind::Refused`]: `erased`, `empty_note`, `long_note` beyond [`NOTE_MAX`], `follow_up_day`.
    pub fn add_note(&self, tenant: TenantId, id: &str, new: NewNote<'_>, act: &Act, now: Instant, rng: &mut dyn Rng) -> Result<Note> {
        let note = MessageId::new(millis(now), rng.bytes()).to_bytes();
        let act = Act { by: act.by.clone(), reason: None };
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            let receivable = new.receivable.map(|of| receivable_of(tx, tenant, customer, of)).transpose()?;
            self.beside(tx, tenant, customer, &[], now, |tx, case, tenancy, batch| {
                let today = case.facts.zone.day_of(now);
                if new.follow_up_on.is_some_and(|day| day <= today || day.since(today) > FOLLOW_UP_DAYS_MAX) {
                    let mend = format!("write a day after today, at most {FOLLOW_UP_DAYS_MAX} days ahead");
                    return Err(Error::refused("follow_up_day", mend));
                }
                let row = note_row(note, (customer, receivable), new.follow_up_on, &act, now);
                let row = enter(case, tenancy, row, new.text, now, batch)?;
                notes::add(tx, tenant, &row)?;
                if let Some(day) = new.follow_up_on {
                    // Somebody is to look again: that is a task, which has the note's id.
                    let task = TaskRow {
                        step: "note".to_owned(),
                        due_at: case.facts.zone.midnight(day),
                        follow_up_on: Some(day),
                        ..TaskRow::new(note, "task", customer, receivable, now)
                    };
                    tasks::add(tx, tenant, &task, today)?;
                }
                Ok(shown(row, Some(new.text.trim().to_owned())))
            })
        })
    }

    /// A customer's notes before one, the newest first; at most a thousand.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such customer; whatever the database says.
    pub fn notes_of(&self, tenant: TenantId, id: &str, before: Option<[u8; 16]>, limit: i64) -> Result<Vec<Note>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let customer = find(tx, tenant, &About::Customer(id.to_owned()))?.customer;
            self.notes(tx, tenant, customer, before, limit)
        })
    }

    /// What was noted of a customer, for an export of everything that is held.
    pub(crate) fn noted_of(&self, tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Vec<Value>> {
        let utc = Zone::utc();
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let page = self.notes(tx, tenant, customer, before, PAGE_MAX)?;
            before = page.last().map(|last| last.note);
            if before.is_none() {
                return Ok(all);
            }
            all.extend(page.into_iter().map(|one| {
                json!({
                    "note": hex(&one.note), "at": utc.rfc3339(one.at), "by": one.by, "text": one.text,
                    "receivable": one.receivable.map(|id| id.to_string()), "follow_up_on": one.follow_up_on.map(|day| day.to_string()),
                })
            }));
        }
    }

    fn notes(&self, tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId, before: Option<[u8; 16]>, limit: i64) -> Result<Vec<Note>> {
        let key = regua_store::log::keys(tx, tenant, &[customer.to_bytes()])?.pop();
        let key = key.map(|(_, wrapped)| profile::unwrap(&self.master, tenant, customer, &wrapped)).transpose()?;
        let rows = notes::of(tx, tenant, customer, before.unwrap_or(NEWEST), limit.clamp(0, PAGE_MAX))?;
        let notes = rows.into_iter().map(|row| {
            let plain = key.as_ref().map(|key| profile::open_message(key, tenant, customer, &row.body)).transpose()?;
            Ok(shown(row, plain.map(|plain| String::from_utf8_lossy(&plain).into_owned())))
        });
        notes.collect()
    }
}

/// The receivable of a customer that a note is about.
pub(super) fn receivable_of(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId, of: &str) -> Result<ReceivableId> {
    let found = find(tx, tenant, &About::Receivable(of.to_owned()))?;
    let own = found.receivable.filter(|_| found.customer == customer);
    own.ok_or_else(|| Error::not_found("no_receivable", format!("this customer has no receivable `{of}`")))
}

/// A note before it is written.
pub(super) fn note_row(
    note: [u8; 16],
    (customer, receivable): (CustomerId, Option<ReceivableId>),
    follow_up_on: Option<Day>,
    act: &Act,
    at: Instant,
) -> NoteRow {
    NoteRow { note, customer, receivable, at, by: act.by.clone(), follow_up_on, body: Vec::new() }
}

/// Enters a note into the customer's chain; the row as it is stored, sealed.
pub(super) fn enter(case: &mut Case, tenancy: &Tenancy, row: NoteRow, text: &str, now: Instant, batch: &mut Batch) -> Result<NoteRow> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::refused("empty_note", "write what is to be noted"));
    }
    if text.chars().count() > NOTE_MAX {
        return Err(Error::refused("long_note", format!("write at most {NOTE_MAX} characters")));
    }
    let erased = || Error::refused("erased", "this person was erased; nothing of them is kept any more");
    let key = case.key.clone().ok_or_else(erased)?;
    let payload = NoteNote {
        note: hex(&row.note),
        receivable: row.receivable.map(|id| id.to_string()),
        follow_up_on: row.follow_up_on,
        act: Act { by: row.by.clone(), reason: None },
    };
    case.note(tenancy, now, "note", (log::json(&payload)?, Some(text)), batch)?;
    let body = profile::seal_message(&key, tenancy.stored.tenant, row.customer, text.as_bytes())?;
    Ok(NoteRow { body, ..row })
}

fn shown(row: NoteRow, text: Option<String>) -> Note {
    let NoteRow { note, customer, receivable, at, by, follow_up_on, body: _ } = row;
    Note { note, customer, receivable, at, by, follow_up_on, text }
}

//! Ways in which people look at lists, saved under a name: filters and columns.
//!
//! A view is its author's; one that is shared is seen by everybody of the company, and changed by its author and by whoever may
//! change settings. Deliberately absent: what a list is searched for, and whose it is: nothing of a customer is kept here.

use std::collections::BTreeMap;

use regua_core::ids::{PersonId, TenantId, ViewId};
use regua_core::time::Instant;
use regua_store::db::{Scope as Reach, StoreError, Tx};
use regua_store::saved::{self, ViewRow};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::log;
use crate::people::{Caller, Scope, Who};
use crate::ports::Rng;

/// Views that a person has, at most.
pub const OWN_MAX: i64 = 100;
/// Views that a company shares, at most.
pub const SHARED_MAX: i64 = 200;

/// What a view shows.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub struct Shows {
    /// Filters by their names in the address of the page.
    pub filters: BTreeMap<String, String>,
    /// Columns in order; none means those that the page has by itself.
    pub columns: Vec<String>,
}

/// A view.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedView {
    /// Its row.
    pub row: ViewRow,
    /// What it shows.
    pub shows: Shows,
    /// Whether it is the caller's own.
    pub own: bool,
    /// Whether the caller may change it.
    pub changeable: bool,
}

/// What changes of a view; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Whether everybody of the company sees it.
    pub shared: Option<bool>,
    /// Filters.
    pub filters: Option<BTreeMap<String, String>>,
    /// Columns.
    pub columns: Option<Vec<String>>,
}

impl Engine {
    /// The views that a person sees: their own by page and name, then those that others share.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`], `people_only`, for a key.
    pub fn views(&self, by: &Caller) -> Result<Vec<SavedView>> {
        let person = person(by)?;
        self.db.read(Reach::Tenant(by.tenant), |tx| {
            let mut rows = saved::own(tx, by.tenant, person, OWN_MAX)?;
            rows.extend(saved::shared(tx, by.tenant, SHARED_MAX)?.into_iter().filter(|row| row.person != person));
            rows.into_iter().map(|row| seen(row, by, person)).collect()
        })
    }

    /// Saves a view of a page.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`]: `people_only`; `many_views`; `view_name` when the person has one of this name on this page.
    pub fn save_view(
        &self,
        by: &Caller,
        (page, name): (&str, &str),
        shared: bool,
        shows: Shows,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<SavedView> {
        let person = person(by)?;
        let row = ViewRow {
            view: ViewId::new(millis(now), rng.bytes()),
            person,
            by: by.name.clone(),
            page: page.to_owned(),
            name: name.trim().to_owned(),
            shared,
            body: log::json(&shows)?,
            saved_at: now,
        };
        self.db.write(Reach::Tenant(by.tenant), |tx| {
            // The tenant's row is locked, so that nobody else adds one beyond the limit meanwhile.
            self.locked_tenant(tx, by.tenant)?;
            if len(&saved::own(tx, by.tenant, person, OWN_MAX)?) >= OWN_MAX {
                return Err(Error::refused("many_views", format!("a person saves at most {OWN_MAX} views; delete one first")));
            }
            room_to_share(tx, by.tenant, shared)?;
            saved::add(tx, by.tenant, &row).map_err(|error| taken(error, &row))?;
            seen(row.clone(), by, person)
        })
    }

    /// Changes a view.
    ///
    /// # Errors
    /// As [`Engine::save_view`]; [`crate::Kind::NotFound`] when there is none that the caller sees; `not_yours` when it is another's
    /// and the caller may not change settings.
    pub fn change_view(&self, by: &Caller, id: ViewId, changes: &Changes<'_>, now: Instant) -> Result<SavedView> {
        let person = person(by)?;
        self.db.write(Reach::Tenant(by.tenant), |tx| {
            self.locked_tenant(tx, by.tenant)?;
            let known = changeable(tx, by, person, id)?;
            let shared = changes.shared.unwrap_or(known.row.shared);
            room_to_share(tx, by.tenant, shared && !known.row.shared)?;
            let shows = Shows {
                filters: changes.filters.clone().unwrap_or(known.shows.filters),
                columns: changes.columns.clone().unwrap_or(known.shows.columns),
            };
            let name = changes.name.map_or(known.row.name, |name| name.trim().to_owned());
            let row = ViewRow { name, shared, body: log::json(&shows)?, saved_at: now, ..known.row };
            saved::set(tx, by.tenant, &row).map_err(|error| taken(error, &row))?;
            seen(row.clone(), by, person)
        })
    }

    /// Deletes a view.
    ///
    /// # Errors
    /// As [`Engine::change_view`].
    pub fn delete_view(&self, by: &Caller, id: ViewId) -> Result<()> {
        let person = person(by)?;
        self.db.write(Reach::Tenant(by.tenant), |tx| {
            changeable(tx, by, person, id)?;
            Ok(saved::remove(tx, by.tenant, id)?)
        })
    }
}

fn person(by: &Caller) -> Result<PersonId> {
    match by.who {
        Who::Person(person) => Ok(person),
        Who::Key(_) => Err(Error::refused("people_only", "views are people's; sign in")),
    }
}

/// A view as the caller sees it.
fn seen(row: ViewRow, by: &Caller, person: PersonId) -> Result<SavedView> {
    let own = row.person == person;
    let changeable = own || (row.shared && by.allows(Scope::SettingsAct));
    let unread = |why: serde_json::Error| Error::bug("view_read", format!("the view {} cannot be read: {why}", row.view));
    Ok(SavedView { shows: serde_json::from_str(&row.body).map_err(unread)?, own, changeable, row })
}

/// The view, if the caller may change it.
fn changeable(tx: &mut Tx<'_>, by: &Caller, person: PersonId, id: ViewId) -> Result<SavedView> {
    let row = saved::one(tx, by.tenant, id)?.filter(|row| row.shared || row.person == person);
    let view = seen(row.ok_or_else(|| Error::not_found("no_view", "there is no such view"))?, by, person)?;
    match view.changeable {
        true => Ok(view),
        false => Err(Error::refused("not_yours", format!("this view is {}'s; save one of your own", view.row.by))),
    }
}

fn room_to_share(tx: &mut Tx<'_>, tenant: TenantId, shares: bool) -> Result<()> {
    if shares && len(&saved::shared(tx, tenant, SHARED_MAX)?) >= SHARED_MAX {
        return Err(Error::refused("many_views", format!("a company shares at most {SHARED_MAX} views; delete one first")));
    }
    Ok(())
}

fn taken(error: StoreError, row: &ViewRow) -> Error {
    if matches!(error, StoreError::Unique { .. }) {
        return Error::refused("view_name", format!("there is a view `{}` of yours on this page; choose another name", row.name));
    }
    error.into()
}

fn len(rows: &[ViewRow]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(i64::MAX)
}

//! Who may come in: people, what proves that it is them, their sessions, and keys of programs. One file a noun.
//!
//! Of secrets these rows have hashes only, or sealed bytes; comparing and opening them is the engine's. Deliberately absent:
//! what a role may do, and locks of its own: whoever changes people holds the tenant's row.

pub mod failures;
pub mod identities;
pub mod keys;
pub mod persons;
pub mod sessions;
pub mod tokens;
pub mod trail;

use regua_core::ids::PersonId;

use crate::db::{Row, StoreError};

/// A person's id.
fn person(row: &Row<'_>, column: usize) -> Result<PersonId, StoreError> {
    PersonId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of a person", "another"))
}

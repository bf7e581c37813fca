//! Who asks, and what they may do.

use std::fmt;

use regua_core::ids::{KeyId, PersonId, SessionId, TenantId};

use super::role::Role;
use super::scope::{Scope, Scopes};
use crate::error::{Error, Result};
use crate::log::Act;

/// A person or a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Who {
    /// Somebody who signed in.
    Person(PersonId),
    /// A program with a key.
    Key(KeyId),
}

/// The id, with its prefix.
impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => id.fmt(f),
            Self::Key(id) => id.fmt(f),
        }
    }
}

/// How much somebody may decide alone: an amount in minor units of whatever currency an act is in. 0 is nothing at all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Limit {
    /// Minor units, never negative.
    pub minor: i64,
}

impl Limit {
    /// A limit; none below zero.
    #[must_use]
    pub const fn new(minor: i64) -> Option<Self> {
        if minor < 0 { None } else { Some(Self { minor }) }
    }

    /// Whether an amount lies within it. The sign of an amount says in which direction money goes and does not matter.
    #[must_use]
    pub fn allows(self, amount_minor: i64) -> bool {
        amount_minor.unsigned_abs() <= u64::try_from(self.minor).unwrap_or(0)
    }

    /// Whether one limit, or none, gives no more than another, or none.
    #[must_use]
    pub fn within(own: Option<Self>, other: Option<Self>) -> bool {
        match (own, other) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(other)) => own <= other,
        }
    }

    /// The narrower of two.
    #[must_use]
    pub fn narrower(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (None, limit) | (limit, None) => limit,
            (Some(one), Some(other)) => Some(one.min(other)),
        }
    }
}

/// Who asks: found by a session's or a key's token.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// Whose data.
    pub tenant: TenantId,
    /// Which person or key.
    pub who: Who,
    /// What the audit calls them.
    pub name: String,
    /// The role of a person; keys have scopes of their own.
    pub role: Option<Role>,
    /// What they may do.
    pub scopes: Scopes,
    /// How much they may decide alone; none is without limit.
    pub limit: Option<Limit>,
    /// Of a session: what a form must repeat.
    pub csrf: Option<[u8; 32]>,
    /// Which session, where it is one.
    pub session: Option<SessionId>,
}

/// Without the token of forms.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("tenant", &self.tenant)
            .field("who", &self.who)
            .field("role", &self.role)
            .field("scopes", &self.scopes)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

impl Caller {
    /// Whether they may do this.
    #[must_use]
    pub const fn allows(&self, scope: Scope) -> bool {
        self.scopes.has(scope)
    }

    /// Refuses what they may not do.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`], `not_allowed`, with the scope that is missing.
    pub fn need(&self, scope: Scope) -> Result<()> {
        if self.allows(scope) {
            return Ok(());
        }
        Err(Error::refused("not_allowed", format!("this needs `{scope}`, which {} has not", self.who)))
    }

    /// Whether they may decide alone over an amount, in minor units.
    #[must_use]
    pub fn may(&self, amount_minor: i64) -> bool {
        self.limit.is_none_or(|limit| limit.allows(amount_minor))
    }

    /// An act of theirs, as the log names it.
    #[must_use]
    pub fn act(&self, reason: Option<&str>) -> Act {
        Act { by: format!("{} ({})", self.name, self.who), reason: reason.map(str::to_owned) }
    }

    /// The person, where it is one.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self.who {
            Who::Person(id) => Some(id),
            Who::Key(_) => None,
        }
    }

    /// Whether it is an owner in person.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.role == Some(Role::Owner) && self.person().is_some()
    }
}

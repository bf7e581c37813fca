//! What can go wrong in the engine, as callers branch on it.

use regua_store::StoreError;

/// Why something was not done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// What was asked for does not exist.
    NotFound,
    /// It was asked for on the ground of something that has changed.
    Stale,
    /// It may not be done, and the text says what to do instead.
    Refused,
    /// Somebody else is at it, or the database cannot be reached: try again.
    Busy,
    /// A mistake of ours.
    Bug,
}

/// An error with its kind, a stable code and a text that fits behind "failed to …".
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    /// What a caller can do about it.
    pub kind: Kind,
    /// Names it in documentation and in the API.
    pub code: &'static str,
    /// What is wrong, where, and the mend.
    pub detail: String,
    #[source]
    source: Option<Box<StoreError>>,
}

impl Error {
    /// What was asked for does not exist.
    pub fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: Kind::NotFound, code, detail: detail.into(), source: None }
    }

    /// It was asked for on the ground of something that has changed.
    pub fn stale(code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: Kind::Stale, code, detail: detail.into(), source: None }
    }

    /// It may not be done.
    pub fn refused(code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: Kind::Refused, code, detail: detail.into(), source: None }
    }

    /// Something outside does not answer now: try again.
    pub fn busy(code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: Kind::Busy, code, detail: detail.into(), source: None }
    }

    /// A mistake of ours, or rows that nobody but us should have written.
    pub fn bug(code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: Kind::Bug, code, detail: detail.into(), source: None }
    }

    /// What the store said, when it said it.
    #[must_use]
    pub fn store(&self) -> Option<&StoreError> {
        self.source.as_deref()
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else a database says is nothing that a caller can mend")]
        let (kind, code) = match &error {
            StoreError::Busy { .. } => (Kind::Busy, "database_busy"),
            // Perhaps while it committed: then what was asked for may have happened.
            StoreError::Gone { .. } => (Kind::Busy, "database_gone"),
            StoreError::Unique { .. } => (Kind::Bug, "happened_before"),
            StoreError::Newer { .. } => (Kind::Refused, "database_newer"),
            StoreError::Vanished { .. } => (Kind::Stale, "row_vanished"),
            _ => (Kind::Bug, "database"),
        };
        Self { kind, code, detail: error.to_string(), source: Some(Box::new(error)) }
    }
}

/// What the engine's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

//! What can go wrong in the store, in the few kinds that callers branch on.
//!
//! Deliberately absent: values. An error names statement, column and constraint, never what a row holds: it may end in a
//! log, and rows are about people.

use std::fmt;

/// A statement's first words, for a person who looks for it in the source.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Place(pub &'static str);

impl Place {
    /// Most characters shown.
    const SHOWN: usize = 90;
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = 0;
        for word in self.0.split_whitespace() {
            if shown > 0 {
                f.write_str(" ")?;
            }
            f.write_str(word)?;
            shown += word.chars().count() + 1;
            if shown > Self::SHOWN {
                return f.write_str(" …");
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why the store could not do it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A row with this key is there already.
    #[error("there is a row with this key of {constraint} already")]
    Unique {
        /// Table and columns, the same on both databases: `customer(tenant, external)`.
        constraint: String,
    },
    /// A row that this one names is missing, or others still name this one.
    #[error("a row names another that is not there, or is named by others that are: {place}")]
    Foreign {
        /// The statement.
        place: Place,
    },
    /// A value that the table refuses: missing, or against a check.
    #[error("the table refuses the row ({why}): {place}")]
    Check {
        /// The database's word for it.
        why: String,
        /// The statement.
        place: Place,
    },
    /// Somebody else holds what is needed, or it took too long. Nothing was done; trying again may work.
    #[error("the database is busy ({why}); try again")]
    Busy {
        /// What was waited for.
        why: String,
    },
    /// The connection is lost. If it was while committing, only looking tells whether the transaction happened.
    #[error("the connection to the database is lost ({why})")]
    Gone {
        /// The driver's word for it.
        why: String,
    },
    /// The address of a database cannot be used.
    #[error("cannot use the database address: {why}")]
    Address {
        /// What is wrong and the mend; never the address, which may hold a password.
        why: String,
    },
    /// The database was made by a newer program.
    #[error("the database is newer than this program: it has {found}, and this program knows none after {known}; update the program")]
    Newer {
        /// The newest that the database has.
        found: String,
        /// The newest that the program knows.
        known: String,
    },
    /// A migration that this database has run is not the one that this program has.
    #[error("migration {migration} is not the one that made this database ({why}); run the program that made it, or restore a backup")]
    Edited {
        /// Its number and name.
        migration: String,
        /// In what it differs.
        why: &'static str,
    },
    /// The database lacks migrations.
    #[error("the database lacks migration {next}; run `regua init`, or start the program once with the right to migrate")]
    Older {
        /// The first that is missing.
        next: String,
    },
    /// A column does not hold what is read from it.
    #[error("column {column} holds {found} where {wanted} is read: {place}")]
    Column {
        /// The statement.
        place: Place,
        /// Counted from 0.
        column: usize,
        /// What the reader asked for.
        wanted: &'static str,
        /// The kind that is there.
        found: String,
    },
    /// A value of the wrong kind for a parameter or for a column of a bulk statement, or too few or many of them.
    #[error("{parameter} is given {given} where {wanted} is wanted: {place}")]
    Parameter {
        /// The statement, or the table of a bulk insert.
        place: Place,
        /// `$2`, or a column's name.
        parameter: String,
        /// What the statement takes.
        wanted: String,
        /// What it was given.
        given: String,
    },
    /// A statement's text is wrong in a way that only shows when it is made ready for a database.
    #[error("a statement cannot be read: {why}: {place}")]
    Text {
        /// The statement.
        place: Place,
        /// What is wrong and the mend.
        why: String,
    },
    /// A statement that may find one row found more.
    #[error("more than one row where one is wanted: {place}")]
    Many {
        /// The statement.
        place: Place,
    },
    /// An earlier statement of this transaction failed, so that nothing more of it can be done.
    ///
    /// PostgreSQL refuses the rest of such a transaction; the layer does the same on SQLite. Use `ON CONFLICT DO NOTHING` and
    /// the count of rows where a conflict is expected.
    #[error("an earlier statement of this transaction failed: {place}")]
    Aborted {
        /// The statement that failed.
        place: Place,
    },
    /// An update did not find every row that was locked or read before: somebody removed it.
    #[error("{rows} of {wanted} rows of {table} were found to be changed; look again and try again")]
    Vanished {
        /// The table.
        table: &'static str,
        /// Rows that were to change.
        wanted: usize,
        /// Rows that did.
        rows: u64,
    },
    /// A transaction inside a transaction of the same database and thread, which would wait for itself.
    #[error("a transaction was begun inside another on the same database; pass the outer one on")]
    Nested,
    /// The disk is full.
    #[error("the database's disk is full ({why})")]
    Full {
        /// The database's word for it.
        why: String,
    },
    /// The file is not a database, or not a whole one.
    #[error("the database or backup is damaged ({why}); restore a backup")]
    Damaged {
        /// The database's word for it.
        why: String,
    },
    /// A backup does not fit this database.
    #[error("the backup does not fit: {why}")]
    Mismatch {
        /// In what, and the mend.
        why: String,
    },
    /// A backup is restored into an empty database only.
    #[error("the database is not empty: {table} has rows; restore into a new one")]
    NotEmpty {
        /// A table with rows.
        table: String,
    },
    /// A file beside the database cannot be read or written.
    #[error("{why}")]
    File {
        /// What was tried, on which file, and what the system said.
        why: String,
    },
    /// Anything else: most likely a mistake of ours.
    #[error("the database says `{why}` ({code}): {place}")]
    Other {
        /// The statement.
        place: Place,
        /// SQLSTATE, or SQLite's extended code.
        code: String,
        /// The database's message.
        why: String,
    },
}

impl StoreError {
    /// Whether the same transaction may succeed when it is tried again.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Gone { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_shown_by_its_first_words() {
        let long =
            "SELECT   a,\n       b FROM t WHERE tenant = $1 AND something_quite_long = $2 AND something_else_as_long = $3 ORDER BY a";
        let text = Place(long).to_string();
        assert!(text.starts_with("SELECT a, b FROM t WHERE tenant = $1 AND") && text.ends_with(" …"), "{text}");
        assert_eq!(Place("SELECT 1").to_string(), "SELECT 1");
    }
}

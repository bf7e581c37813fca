//! What comes out of a statement: the caller says the kind of each column, and a column of another kind is an error.

use super::encode::{Cell, Foreign};
use super::{Place, StoreError};
use regua_core::time::{Day, Instant};

/// One row of an answer. Columns count from 0.
pub struct Row<'r> {
    place: Place,
    columns: Columns<'r>,
}

enum Columns<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

/// Getters by kind: the plain one refuses a column without a value, `opt_` gives `None`.
macro_rules! getters {
    ($($(#[$meta:meta])* $name:ident, $optional:ident: $type:ty = $wanted:literal, $read:path);+ $(;)?) => {
        $(
            $(#[$meta])*
            ///
            /// # Errors
            /// [`StoreError::Column`] when there is no such column, no value, or one of another kind.
            pub fn $name(&self, column: usize) -> Result<$type, StoreError> {
                self.$optional(column)?.ok_or_else(|| self.bad(column, $wanted, "no value"))
            }

            #[doc = concat!("As [`Row::", stringify!($name), "`], or nothing.")]
            ///
            /// # Errors
            /// [`StoreError::Column`] when there is no such column, or it is of another kind.
            pub fn $optional(&self, column: usize) -> Result<Option<$type>, StoreError> {
                let cell = self.cell(column)?;
                if cell.is_null() { Ok(None) } else { $read(&cell).map(Some).map_err(|found| self.bad(column, $wanted, &found)) }
            }
        )+
    };
}

impl<'r> Row<'r> {
    pub(crate) const fn sqlite(place: Place, row: &'r rusqlite::Row<'r>) -> Self {
        Self { place, columns: Columns::Sqlite(row) }
    }

    pub(crate) const fn postgres(place: Place, row: &'r postgres::Row) -> Self {
        Self { place, columns: Columns::Postgres(row) }
    }

    getters! {
        /// A whole number. A sum is one only after `CAST(SUM(x) AS BIGINT)`: PostgreSQL makes it a decimal.
        int, opt_int: i64 = "an int", Cell::int;
        /// Yes or no.
        bool, opt_bool: bool = "a bool", Cell::bool;
        /// A text, copied.
        text, opt_text: String = "a text", Cell::text;
        /// A text or JSON, lent for as long as the row.
        str, opt_str: &str = "a text", Cell::str;
        /// Bytes, copied.
        bytes, opt_bytes: Vec<u8> = "bytes", Cell::bytes;
        /// Bytes, lent for as long as the row.
        slice, opt_slice: &[u8] = "bytes", Cell::slice;
        /// An id.
        id, opt_id: [u8; 16] = "an id", Cell::id;
        /// A moment.
        at, opt_at: Instant = "a moment", Cell::at;
        /// A civil date.
        date, opt_date: Day = "a date", Cell::date;
    }

    /// The error for a value that was read and means nothing, such as a word of no enum.
    ///
    /// ```text
    /// let state = State::parse(row.str(2)?).ok_or_else(|| row.bad(2, "a state", "another word"))?;
    /// ```
    #[must_use]
    pub fn bad(&self, column: usize, wanted: &'static str, found: &str) -> StoreError {
        StoreError::Column { place: self.place, column, wanted, found: found.to_owned() }
    }

    fn cell(&self, column: usize) -> Result<Cell<'_>, StoreError> {
        let missing = || self.bad(column, "a column", "nothing: the statement has fewer columns");
        match self.columns {
            Columns::Sqlite(row) => row.get_ref(column).map(Cell::Sqlite).or(Err(missing())),
            Columns::Postgres(row) => match row.try_get::<_, Option<Foreign<'_>>>(column) {
                Ok(found) => Ok(found.map_or(Cell::Null, Cell::Postgres)),
                Err(_) => Err(missing()),
            },
        }
    }
}

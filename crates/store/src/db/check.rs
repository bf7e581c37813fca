//! What a statement is given is what it takes: checked here for both databases, so that both refuse the same.

use super::dialect::Translated;
use super::{Place, StoreError, Type, Value};

impl Place {
    pub(crate) fn misfit(self, parameter: &str, wanted: &str, given: &str) -> StoreError {
        StoreError::Parameter { place: self, parameter: parameter.to_owned(), wanted: wanted.to_owned(), given: given.to_owned() }
    }

    /// As many parameters as the text numbers.
    pub(crate) fn count(self, given: usize, taken: usize) -> Result<(), StoreError> {
        if given == taken { Ok(()) } else { Err(self.misfit("the statement", &format!("{taken} parameters"), &given.to_string())) }
    }

    /// As many values in a row as columns.
    pub(crate) fn width(self, given: usize, taken: usize) -> Result<(), StoreError> {
        if given == taken { Ok(()) } else { Err(self.misfit("a row", &format!("{taken} values"), &given.to_string())) }
    }

    /// A value of the column's kind.
    pub(crate) fn fits(self, column: &str, kind: Type, value: &Value<'_>) -> Result<(), StoreError> {
        if kind.takes(value) { Ok(()) } else { Err(self.misfit(column, kind.word(), value.kind())) }
    }

    /// A statement that is only executed answers nothing.
    pub(crate) fn answers(self, columns: usize) -> Result<(), StoreError> {
        let why = "it answers rows, which nobody reads; use `rows`, `one` or `each`".to_owned();
        if columns == 0 { Ok(()) } else { Err(StoreError::Text { place: self, why }) }
    }

    /// A bulk update says where its rows go.
    pub(crate) fn takes_rows(self, text: &Translated) -> Result<(), StoreError> {
        let why = "a bulk update needs `FROM /*+rows: …*/ AS v`".to_owned();
        if text.rows.is_empty() { Err(StoreError::Text { place: self, why }) } else { Ok(()) }
    }
}

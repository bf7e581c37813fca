//! Where a field's value comes from.

use std::borrow::Cow;

use super::rows::{Cell, Kind, Row};

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// Nowhere.
    Absent,
    /// A column of the file.
    Column(usize),
    /// The same for every row.
    Fixed(Box<str>),
}

impl Source {
    /// The value for a row.
    pub(super) fn fetch<'a>(&'a self, row: &'a Row) -> Cell<'a> {
        match self {
            Self::Absent => Cell::text(""),
            Self::Column(index) => row.cell(*index),
            Self::Fixed(text) => Cell { text: Cow::Borrowed(text), kind: Kind::Text },
        }
    }

    /// The column, when it is one.
    pub(super) const fn column(&self) -> Option<usize> {
        match self {
            Self::Column(index) => Some(*index),
            Self::Absent | Self::Fixed(_) => None,
        }
    }
}

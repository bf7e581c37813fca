//! Where a field's value comes from.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::rows::{Cell, Kind, Row};

/// Where a value comes from. Without a mapping it is a column or nowhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// Nowhere.
    Absent,
    /// A column of the file.
    Column(usize),
    /// The same for every row.
    Fixed(Box<str>),
    /// Pieces put together; nothing when one of them is empty.
    Text(Vec<Piece>),
    /// The first of these that is not empty.
    First(Vec<Source>),
    /// Chosen by the word in a column.
    By(usize, BTreeMap<Box<str>, Source>),
    /// Another source's value, changed.
    Changed(Box<Change>),
}

/// A piece of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece {
    Text(Box<str>),
    /// The row's number.
    Row,
    Column(usize),
    /// A column that the file does not have.
    Empty,
}

/// What is done to a value, in this order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Change {
    pub(super) of: Source,
    pub(super) strip: Option<Box<str>>,
    pub(super) strip_zeros: bool,
    pub(super) map: BTreeMap<Box<str>, Box<str>>,
    pub(super) otherwise: Option<Box<str>>,
}

impl Source {
    /// The value for a row.
    pub(super) fn fetch<'a>(&'a self, row: &'a Row) -> Cell<'a> {
        match self {
            Self::Absent => Cell::text(""),
            Self::Column(index) => row.cell(*index),
            Self::Fixed(text) => Cell::text(text),
            Self::Text(pieces) => Cell { text: Cow::Owned(join(pieces, row)), kind: Kind::Text },
            Self::First(sources) => {
                let mut cells = sources.iter().map(|source| source.fetch(row));
                cells.find(|cell| !cell.text.is_empty()).unwrap_or(Cell::text(""))
            }
            Self::By(column, of) => of.get(row.cell(*column).text.as_ref()).map_or(Cell::text(""), |source| source.fetch(row)),
            Self::Changed(change) => change.fetch(row),
        }
    }

    /// The column, when the value is one as it stands.
    pub(super) const fn column(&self) -> Option<usize> {
        match self {
            Self::Column(index) => Some(*index),
            Self::Absent | Self::Fixed(_) | Self::Text(_) | Self::First(_) | Self::By(..) | Self::Changed(_) => None,
        }
    }

    /// Whether the value needs a column.
    pub(super) fn uses(&self, index: usize) -> bool {
        match self {
            Self::Absent | Self::Fixed(_) => false,
            Self::Column(column) => *column == index,
            Self::Text(pieces) => pieces.contains(&Piece::Column(index)),
            Self::First(sources) => sources.iter().any(|source| source.uses(index)),
            Self::By(column, of) => *column == index || of.values().any(|source| source.uses(index)),
            Self::Changed(change) => change.of.uses(index),
        }
    }
}

fn join(pieces: &[Piece], row: &Row) -> String {
    let mut joined = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => joined.push_str(text),
            Piece::Row => joined.push_str(&row.number.to_string()),
            Piece::Column(index) => {
                let cell = row.cell(*index);
                if cell.text.is_empty() {
                    return String::new();
                }
                joined.push_str(&cell.text);
            }
            Piece::Empty => return String::new(),
        }
    }
    joined
}

impl Change {
    fn fetch<'a>(&'a self, row: &'a Row) -> Cell<'a> {
        let Cell { mut text, kind } = self.of.fetch(row);
        if let Some(ending) = &self.strip
            && let Some(stripped) = text.strip_suffix(&**ending)
        {
            text = Cow::Owned(stripped.to_owned());
        }
        if self.strip_zeros && text.starts_with('0') {
            text = Cow::Owned(text.trim_start_matches('0').to_owned());
        }
        match (self.map.get(text.as_ref()), &self.otherwise) {
            (Some(word), _) | (None, Some(word)) => Cell::text(word),
            (None, None) => Cell { text, kind },
        }
    }
}

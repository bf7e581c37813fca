//! Boxes on pages, in whole thousandths of a point from the top left corner. Deliberately absent: what stands in them, the
//! PDF, and floats.

mod items;
mod sheet;
mod table;
mod tree;

pub(crate) use items::{Furniture, Ink, Item, Module, Owner, Page, Shape};
pub(crate) use sheet::{Align, LEFT, RIGHT, Sheet, WIDTH};
pub(crate) use table::{Cell, Column, Table};
pub(crate) use tree::{Child, Tag, Tree};

/// A length in thousandths of a point; 72 points are an inch.
pub(crate) type Mpt = i32;

/// Width of a page: A4.
pub(crate) const PAGE_WIDTH: Mpt = 595_276;
/// Height of a page: A4.
pub(crate) const PAGE_HEIGHT: Mpt = 841_890;

/// Whole points.
pub(crate) const fn pt(points: i32) -> Mpt {
    points * 1_000
}

/// Tenths of a millimetre.
pub(crate) const fn tenths(tenths: i32) -> Mpt {
    // A millimetre has 2834.646 thousandths of a point.
    tenths * 28_346 / 100
}

/// Millimetres.
pub(crate) const fn mm(millimetres: i32) -> Mpt {
    tenths(millimetres * 10)
}

/// An index or count as a length.
pub(crate) fn length(count: usize) -> Mpt {
    Mpt::try_from(count).unwrap_or(Mpt::MAX)
}

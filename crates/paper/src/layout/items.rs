//! What can stand on a page. Deliberately absent: colours, which the theme gives to inks, and the order of reading, which
//! is the tree's.

use super::{Mpt, length};
use crate::text::{Line, Style};

/// What something is printed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ink {
    /// Almost black.
    Text,
    /// Grey, for labels; readable on white and on a tint.
    Quiet,
    /// Light grey, for rules; nothing is written in it.
    Rule,
    /// The brand's colour, as dark as it must be to be read.
    Brand,
    /// The brand's colour as it is, for areas.
    Band,
    /// The breath of it behind a panel.
    Tint,
    /// Black, for codes and forms.
    Black,
    /// White.
    White,
}

/// A dark part of a row of a symbol, in modules.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Module {
    pub(crate) column: u16,
    pub(crate) row: u16,
    pub(crate) width: u16,
}

/// A shape and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// A line of text that begins at `x`, its letters standing on `baseline`.
    Text { x: Mpt, baseline: Mpt, line: Line, style: Style },
    /// Lines that are one code: copied from the page, it is `actual` without breaks.
    Code { x: Mpt, baseline: Mpt, lines: Vec<Line>, style: Style, actual: String },
    /// A filled area with round corners of a radius.
    Area { x: Mpt, y: Mpt, width: Mpt, height: Mpt, radius: Mpt, ink: Ink },
    /// A dashed line across.
    Dashes { x: Mpt, y: Mpt, width: Mpt },
    /// A barcode or QR code: its dark modules, each `across` wide and `down` high.
    Symbol { x: Mpt, y: Mpt, across: Mpt, down: Mpt, modules: Vec<Module> },
    /// The brand's logo.
    Logo { x: Mpt, y: Mpt, width: Mpt, height: Mpt },
}

impl Shape {
    /// Where it ends downwards.
    pub(crate) fn bottom(&self) -> Mpt {
        match self {
            Self::Text { baseline, style, .. } => baseline + style.descent(),
            Self::Code { baseline, lines, style, .. } => {
                let below = length(lines.len().saturating_sub(1)) * style.line_height();
                baseline + below + style.descent()
            }
            Self::Area { y, height, .. } | Self::Logo { y, height, .. } => y + height,
            Self::Dashes { y, .. } => *y,
            Self::Symbol { y, down, modules, .. } => {
                let rows = modules.iter().map(|module| module.row).max().map_or(0, |row| Mpt::from(row) + 1);
                y + down * rows
            }
        }
    }
}

/// What belongs to no part of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Furniture {
    /// Repeated at the top of a page.
    Header,
    /// Repeated at its end.
    Footer,
    /// Rules and areas.
    Layout,
}

/// Whose a shape is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Owner {
    /// A node of the tree, by index.
    Node(usize),
    /// Nobody's: a reader that speaks passes over it.
    Furniture(Furniture),
}

/// A shape and whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Item {
    pub(crate) shape: Shape,
    pub(crate) owner: Owner,
}

/// A page.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    /// Where its footer stands, if not at the end: above a form that is cut off.
    pub(crate) footer: Option<Mpt>,
}

//! Each kind of document, from its struct to boxes on pages. Deliberately absent: the PDF, and sums: what a document says
//! comes with it.

mod form;
mod head;
mod hero;
mod invoice;
mod receipt;
mod slip;
mod statement;
mod symbols;

pub(crate) use invoice::invoice;
pub(crate) use receipt::receipt;
pub(crate) use slip::slip_alone;
pub(crate) use statement::statement;

use crate::layout::{Ink, Mpt, pt};
use crate::text::{Style, Weight};

/// Small text of a page.
const SMALL: Style = Style::new(Weight::Regular, pt(8) + 500, Ink::Text);
/// Labels of a page.
const LABEL: Style = Style::new(Weight::Semibold, pt(7) + 500, Ink::Brand);
/// The same size, for what a label stands beside.
const ASIDE: Style = Style::new(Weight::Regular, pt(8) + 500, Ink::Quiet);
/// A heading within a document.
const HEADING: Style = Style::new(Weight::Semibold, pt(9) + 500, Ink::Text);
/// Least height of type that is still read without effort.
const LEAST: Mpt = pt(6);

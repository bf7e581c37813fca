//! Plots as SVG: every length is an integer in tenths of a pixel, every colour a class of the page's style sheet.
//!
//! Each plot draws itself at a given width, so that a phone gets its own drawing instead of a shrunken one.
//! Deliberately absent: floats, scripts, colours, and any text that is not escaped.

pub(super) mod bars;
pub(super) mod canvas;
pub(super) mod columns;
pub(super) mod curve;
pub(super) mod heat;
pub(super) mod label;
pub(super) mod rule;
pub(super) mod scale;
pub(super) mod step;
pub(super) mod tall;
pub(super) mod wide;

pub(super) use canvas::Canvas;

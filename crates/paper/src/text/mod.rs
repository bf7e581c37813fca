//! Text as glyphs: cleaned, shaped, measured and wrapped. Deliberately absent: hyphenation, and scripts that are written
//! from right to left, for which the fonts have no glyphs.

mod clean;
mod faces;
mod setter;

pub(crate) use clean::one_line;
pub(crate) use faces::{Faces, Glyph, UNITS_PER_EM, Weight};
pub(crate) use setter::{Line, Setter, Style};

//! The two weights of the embedded typeface: which characters they have, and text as glyphs. Deliberately absent: fallback
//! fonts. A character that the typeface lacks is printed as `□` and counted.

use std::ops::Range;

use krilla::Data;
use krilla::text::Font;
use rustybuzz::ttf_parser::{GlyphId, Tag};
use rustybuzz::{Direction, Feature, UnicodeBuffer};

use crate::error::PaperError;

/// Units of the typeface in the height of a line of it.
pub(crate) const UNITS_PER_EM: i32 = 2_048;
/// What stands for a character that the typeface lacks.
const REPLACEMENT: char = '□';

// The files stand unchanged under `fonts/`, beside their licence.
const REGULAR: &[u8] = include_bytes!("../../fonts/Inter-Regular.ttf");
const SEMIBOLD: &[u8] = include_bytes!("../../fonts/Inter-SemiBold.ttf");

/// A weight of the typeface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Weight {
    /// 400.
    Regular,
    /// 600.
    Semibold,
}

/// One glyph, its places in units of the typeface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) advance: i32,
    pub(crate) dx: i32,
    pub(crate) dy: i32,
    /// The bytes of the text that it stands for.
    pub(crate) range: Range<usize>,
}

/// A word in glyphs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Shaped {
    /// The text with replacements.
    pub(crate) text: String,
    pub(crate) glyphs: Vec<Glyph>,
    /// Characters that were replaced.
    pub(crate) missing: usize,
}

/// The weights, read.
pub(crate) struct Faces {
    regular: Face,
    semibold: Face,
}

struct Face {
    shaper: rustybuzz::Face<'static>,
    font: Font,
}

impl Faces {
    /// Reads what is compiled in.
    pub(crate) fn embedded() -> Result<Self, PaperError> {
        Ok(Self { regular: Face::read(REGULAR)?, semibold: Face::read(SEMIBOLD)? })
    }

    /// The font as the PDF writer knows it.
    pub(crate) fn font(&self, weight: Weight) -> Font {
        self.face(weight).font.clone()
    }

    /// A text as glyphs from left to right; what the typeface lacks is replaced.
    ///
    /// * `tabular` — whether all figures are equally wide, so that they stand below each other.
    pub(crate) fn shape(&self, text: &str, weight: Weight, tabular: bool) -> Shaped {
        let face = self.face(weight);
        let mut missing = 0;
        let legible = |c: char| {
            if face.has(c) {
                return c;
            }
            missing += 1;
            REPLACEMENT
        };
        let text: String = text.chars().map(legible).collect();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let mut features = Vec::from(AS_WRITTEN);
        if tabular {
            features.extend(figures(&text));
        }
        let output = rustybuzz::shape(&face.shaper, &features, buffer);
        let starts: Vec<usize> = output.glyph_infos().iter().map(|info| usize::try_from(info.cluster).unwrap_or(0)).collect();
        let place = |(at, (info, position)): (usize, (&rustybuzz::GlyphInfo, &rustybuzz::GlyphPosition))| {
            let start = starts.get(at).copied().unwrap_or(0);
            // Glyphs of one cluster all stand for its whole text.
            let end = starts.iter().skip(at).find(|next| **next > start).copied().unwrap_or(text.len());
            Glyph { id: info.glyph_id, advance: position.x_advance, dx: position.x_offset, dy: position.y_offset, range: start..end }
        };
        let glyphs = output.glyph_infos().iter().zip(output.glyph_positions()).enumerate().map(place).collect();
        Shaped { text, glyphs, missing }
    }

    const fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Semibold => &self.semibold,
        }
    }
}

impl Face {
    fn read(bytes: &'static [u8]) -> Result<Self, PaperError> {
        let bad = || PaperError::Pdf("an embedded font cannot be read".to_owned());
        let shaper = rustybuzz::Face::from_slice(bytes, 0).filter(|face| face.units_per_em() == UNITS_PER_EM).ok_or_else(bad)?;
        Ok(Self { shaper, font: Font::new(Data::from(bytes), 0).ok_or_else(bad)? })
    }

    /// Whether a character can be printed. Those for private use mean nothing to a reader and are not allowed in PDF/A.
    fn has(&self, c: char) -> bool {
        let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
        !private && self.shaper.glyph_index(c).is_some_and(|id| id != GlyphId(0))
    }
}

// Contextual alternates would turn `->` into an arrow: what is printed is what was written.
const AS_WRITTEN: [Feature; 2] = [off(b"calt"), off(b"dlig")];

const fn off(tag: &[u8; 4]) -> Feature {
    Feature { tag: Tag::from_bytes(tag), value: 0, start: 0, end: u32::MAX }
}

/// Equal width for each figure, and for nothing else: a hyphen between two of them stays a hyphen.
fn figures(text: &str) -> impl Iterator<Item = Feature> {
    let places = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).filter_map(|(at, _)| u32::try_from(at).ok());
    places.map(|start| Feature { tag: Tag::from_bytes(b"tnum"), value: 1, start, end: start.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_table_are_equally_wide() {
        let faces = Faces::embedded().unwrap();
        for weight in [Weight::Regular, Weight::Semibold] {
            let shaped = faces.shape("0123456789", weight, true);
            assert!(shaped.glyphs.iter().all(|glyph| glyph.advance == shaped.glyphs[0].advance), "{weight:?}");
        }
    }

    #[test]
    fn what_the_typeface_lacks_is_replaced_and_counted() {
        let faces = Faces::embedded().unwrap();
        for (text, printed, missing) in
            [("Ação Łódź Ήλιος Юг €₱", "Ação Łódź Ήλιος Юг €₱", 0), ("שלום", "□□□□", 4), ("a\u{e000}b", "a□b", 1), ("😀->", "□->", 1)]
        {
            let shaped = faces.shape(text, Weight::Regular, false);
            assert_eq!((shaped.text.as_str(), shaped.missing), (printed, missing), "{text}");
            assert!(shaped.glyphs.iter().all(|glyph| glyph.id != 0));
        }
    }
}

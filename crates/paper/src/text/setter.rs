//! Setting: lines of a width from words, each word shaped once for a document. Deliberately absent: places on a page.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::clean::one_line;
use super::faces::{Faces, Glyph, Shaped, UNITS_PER_EM, Weight};
use crate::layout::{Ink, Mpt};

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    /// Height of the type in thousandths of a point.
    pub(crate) size: Mpt,
    /// From one line to the next, in percent of the size.
    pub(crate) leading: Mpt,
    pub(crate) ink: Ink,
    /// Whether all figures are equally wide.
    pub(crate) tabular: bool,
}

impl Style {
    pub(crate) const fn new(weight: Weight, size: Mpt, ink: Ink) -> Self {
        Self { weight, size, leading: 138, ink, tabular: false }
    }

    /// With figures that stand below each other.
    pub(crate) const fn figures(self) -> Self {
        Self { tabular: true, ..self }
    }

    pub(crate) const fn sized(self, size: Mpt) -> Self {
        Self { size, ..self }
    }

    pub(crate) const fn inked(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    pub(crate) const fn tight(self) -> Self {
        Self { leading: 122, ..self }
    }

    /// From one line to the next.
    pub(crate) const fn line_height(self) -> Mpt {
        self.size * self.leading / 100
    }

    /// From the baseline up to the highest part of a letter with its accent.
    pub(crate) const fn ascent(self) -> Mpt {
        self.size * 97 / 100
    }

    /// From the baseline down to the lowest part of a letter.
    pub(crate) const fn descent(self) -> Mpt {
        self.size * 24 / 100
    }

    /// From the top of a line to its baseline.
    pub(crate) const fn baseline(self) -> Mpt {
        (self.line_height() - self.ascent() - self.descent()) / 2 + self.ascent()
    }
}

/// A set line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<Glyph>,
    /// Its width in thousandths of a point.
    pub(crate) width: Mpt,
    /// Characters in it that were replaced.
    pub(crate) missing: usize,
}

/// What sets the texts of one document.
pub(crate) struct Setter<'a> {
    faces: &'a Faces,
    /// Words by text: regular, regular with equal figures, semibold, semibold with equal figures.
    words: [BTreeMap<String, Rc<Shaped>>; 4],
}

/// Units of the typeface as thousandths of a point.
fn scaled(units: i64, size: Mpt) -> Mpt {
    Mpt::try_from(units * i64::from(size) / i64::from(UNITS_PER_EM)).unwrap_or(Mpt::MAX)
}

impl<'a> Setter<'a> {
    pub(crate) fn new(faces: &'a Faces) -> Self {
        Self { faces, words: [const { BTreeMap::new() }; 4] }
    }

    /// A text in one line, however long.
    pub(crate) fn line(&mut self, text: &str, style: Style) -> Line {
        self.wrap(text, style, Mpt::MAX).into_iter().next().unwrap_or_default()
    }

    /// A text in lines of at most `width`; a word that is longer is broken where it must be. No text is no line.
    pub(crate) fn wrap(&mut self, text: &str, style: Style, width: Mpt) -> Vec<Line> {
        let text = one_line(text);
        let mut lines = Lines::new(style.size, width);
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let word = self.word(word, style);
            let space = self.word(" ", style);
            lines.word(&word, &space);
        }
        lines.done()
    }

    /// A code in lines of at most `width`, broken after any character: nothing is added to it or taken away.
    pub(crate) fn code(&mut self, text: &str, style: Style, width: Mpt) -> Vec<Line> {
        let shaped = self.faces.shape(text, style.weight, style.tabular);
        let mut lines = Lines::new(style.size, width);
        lines.broken(&shaped);
        lines.done()
    }

    /// A text in at most `count` lines of a width: smaller as far as `least`, then cut with `…`. Says whether it was cut.
    pub(crate) fn fit(&mut self, text: &str, style: Style, width: Mpt, count: usize, least: Mpt) -> (Style, Vec<Line>, bool) {
        const STEP: Mpt = 250;
        let mut style = style;
        loop {
            let lines = self.wrap(text, style, width);
            if lines.len() <= count {
                return (style, lines, false);
            }
            if style.size <= least {
                let kept: Vec<String> = lines.into_iter().take(count).map(|line| line.text).collect();
                return (style, self.cut(&kept, style, width), true);
            }
            style.size = (style.size - STEP).max(least);
        }
    }

    /// Lines of which the last loses characters until a `…` has room behind it.
    fn cut(&mut self, kept: &[String], style: Style, width: Mpt) -> Vec<Line> {
        let mut lines: Vec<Line> = kept.iter().map(|text| self.line(text, style)).collect();
        let mut text = lines.pop().map(|line| line.text).unwrap_or_default();
        loop {
            let line = self.line(&format!("{text}…"), style);
            if line.width <= width || text.pop().is_none() {
                lines.push(line);
                return lines;
            }
        }
    }

    fn word(&mut self, word: &str, style: Style) -> Rc<Shaped> {
        let faces = self.faces;
        let at = usize::from(style.weight == Weight::Semibold) * 2 + usize::from(style.tabular);
        let Some(words) = self.words.get_mut(at) else { return Rc::default() };
        if let Some(known) = words.get(word) {
            return Rc::clone(known);
        }
        let shaped = Rc::new(faces.shape(word, style.weight, style.tabular));
        words.insert(word.to_owned(), Rc::clone(&shaped));
        shaped
    }
}

/// Lines while they fill.
struct Lines {
    size: Mpt,
    width: Mpt,
    done: Vec<Line>,
    open: Line,
    /// Width of the open line in units of the typeface.
    units: i64,
}

impl Lines {
    const fn new(size: Mpt, width: Mpt) -> Self {
        Self { size, width, done: Vec::new(), open: Line { text: String::new(), glyphs: Vec::new(), width: 0, missing: 0 }, units: 0 }
    }

    fn word(&mut self, word: &Shaped, space: &Shaped) {
        let (word_units, space_units) = (units(&word.glyphs), units(&space.glyphs));
        let before = if self.open.text.is_empty() { 0 } else { space_units };
        if self.fits(before + word_units) {
            if before > 0 {
                self.push(&space.text, &space.glyphs, 0);
            }
            self.push(&word.text, &word.glyphs, word.missing);
            return;
        }
        self.close();
        if self.fits(word_units) {
            self.push(&word.text, &word.glyphs, word.missing);
        } else {
            self.broken(word);
        }
    }

    /// Appends what may stand in several lines, one cluster after the other.
    fn broken(&mut self, shaped: &Shaped) {
        for cluster in shaped.glyphs.chunk_by(|a, b| a.range == b.range) {
            if !self.open.text.is_empty() && !self.fits(units(cluster)) {
                self.close();
            }
            let Some(range) = cluster.first().map(|glyph| glyph.range.clone()) else { continue };
            let start = range.start;
            let moved: Vec<Glyph> = cluster.iter().map(|glyph| shift(glyph, 0, start)).collect();
            self.push(shaped.text.get(range).unwrap_or_default(), &moved, 0);
        }
        self.open.missing += shaped.missing;
    }

    fn push(&mut self, text: &str, glyphs: &[Glyph], missing: usize) {
        let from = self.open.text.len();
        self.open.glyphs.extend(glyphs.iter().map(|glyph| shift(glyph, from, 0)));
        self.open.text.push_str(text);
        self.open.missing += missing;
        self.units += units(glyphs);
    }

    fn fits(&self, more: i64) -> bool {
        scaled(self.units + more, self.size) <= self.width
    }

    fn close(&mut self) {
        if self.open.text.is_empty() {
            return;
        }
        self.open.width = scaled(self.units, self.size);
        self.units = 0;
        self.done.push(std::mem::take(&mut self.open));
    }

    fn done(mut self) -> Vec<Line> {
        self.close();
        self.done
    }
}

fn units(glyphs: &[Glyph]) -> i64 {
    glyphs.iter().map(|glyph| i64::from(glyph.advance)).sum()
}

fn shift(glyph: &Glyph, up: usize, down: usize) -> Glyph {
    Glyph { range: glyph.range.start + up - down..glyph.range.end + up - down, ..glyph.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::pt;
    use proptest::prelude::*;

    const STYLE: Style = Style::new(Weight::Regular, pt(9), Ink::Text);

    #[test]
    fn a_text_that_does_not_fit_is_first_smaller_and_then_cut() {
        let faces = Faces::embedded().unwrap();
        let mut setter = Setter::new(&faces);
        let text = "Condomínio Edifício das Palmeiras Imperiais do Norte";
        let (style, lines, cut) = setter.fit(text, STYLE, pt(200), 1, pt(5));
        assert!(style.size < pt(9) && lines.len() == 1 && !cut && lines[0].text == text);
        let (style, lines, cut) = setter.fit(text, STYLE, pt(60), 1, pt(7));
        assert!(style.size == pt(7) && lines.len() == 1 && cut && lines[0].text.ends_with('…') && lines[0].width <= pt(60));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_place_and_no_letter_is_lost(text in "(\\PC{0,30}|[a-z]{0,60}| ){0,12}", width in 40..300_i32) {
            let faces = Faces::embedded().unwrap();
            let mut setter = Setter::new(&faces);
            let lines = setter.wrap(&text, STYLE, pt(width));
            prop_assert!(lines.iter().all(|line| line.width <= pt(width)));
            for line in &lines {
                prop_assert!(line.glyphs.iter().all(|glyph| line.text.get(glyph.range.clone()).is_some_and(|text| !text.is_empty())));
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').count();
            prop_assert_eq!(lines.iter().map(|line| letters(&line.text)).sum::<usize>(), letters(&one_line(&text)));
        }
    }
}

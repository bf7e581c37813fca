//! A canvas of given size in tenths of a pixel, and the few shapes that the plots are made of.

use std::fmt;

use super::super::markup::Markup;

/// Whole pixels as tenths.
pub(in super::super) const fn px(pixels: i64) -> i64 {
    pixels * 10
}

/// A length in tenths of a pixel, printed in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) struct Tenths(pub(in super::super) i64);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, tenth) = (self.0.unsigned_abs() / 10, self.0.unsigned_abs() % 10);
        if tenth == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{tenth}") }
    }
}

/// A place: right and down from the upper left corner.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in super::super) struct At {
    /// Rightwards.
    pub(in super::super) x: i64,
    /// Downwards.
    pub(in super::super) y: i64,
}

/// A place from its coordinates.
pub(in super::super) const fn at(x: i64, y: i64) -> At {
    At { x, y }
}

/// An upright rectangle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in super::super) struct Area {
    /// Left edge.
    pub(in super::super) x: i64,
    /// Upper edge.
    pub(in super::super) y: i64,
    /// Width.
    pub(in super::super) w: i64,
    /// Height.
    pub(in super::super) h: i64,
}

impl Area {
    /// An area from its upper left corner and its size.
    pub(in super::super) const fn new(x: i64, y: i64, w: i64, h: i64) -> Self {
        Self { x, y, w, h }
    }

    /// Its right edge.
    pub(in super::super) const fn right(self) -> i64 {
        self.x + self.w
    }

    /// Its lower edge.
    pub(in super::super) const fn bottom(self) -> i64 {
        self.y + self.h
    }
}

/// A line of straight and curved pieces.
#[derive(Clone, Debug)]
pub(in super::super) struct Path(String);

impl Path {
    /// Begins somewhere.
    pub(in super::super) fn from(start: At) -> Self {
        Self(format!("M{} {}", Tenths(start.x), Tenths(start.y)))
    }

    /// Goes straight on.
    pub(in super::super) fn to(mut self, end: At) -> Self {
        self.0.push_str(&format!("L{} {}", Tenths(end.x), Tenths(end.y)));
        self
    }

    /// Goes on in a curve that two places pull at.
    pub(in super::super) fn curve(mut self, first: At, second: At, end: At) -> Self {
        let [a, b, c] = [first, second, end].map(|place| format!("{} {}", Tenths(place.x), Tenths(place.y)));
        self.0.push_str(&format!("C{a} {b} {c}"));
        self
    }

    /// Goes back to its beginning.
    pub(in super::super) fn closed(mut self) -> Self {
        self.0.push('Z');
        self
    }
}

/// Where shapes are drawn.
pub(in super::super) struct Canvas<'a> {
    out: &'a mut Markup,
}

impl<'a> Canvas<'a> {
    /// Draws an image of `size`, shown where `class` is shown; `told` is what someone who cannot see it is told.
    pub(in super::super) fn draw(out: &'a mut Markup, class: &str, size: (i64, i64), told: &str, body: impl FnOnce(&mut Canvas<'_>)) {
        let (w, h) = (Tenths(size.0), Tenths(size.1));
        let view = format!("0 0 {w} {h}");
        out.block("svg", &[("class", &class), ("viewBox", &view), ("role", &"img"), ("aria-label", &told)], |out| {
            body(&mut Canvas { out });
        });
    }

    /// Draws an image that is stretched to whatever box its class gives it, so nothing in it may need its proportions.
    pub(in super::super) fn stretched(out: &'a mut Markup, class: &str, size: (i64, i64), told: &str, body: impl FnOnce(&mut Canvas<'_>)) {
        let (w, h) = (Tenths(size.0), Tenths(size.1));
        let view = format!("0 0 {w} {h}");
        let stretch: (&'static str, &dyn fmt::Display) = ("preserveAspectRatio", &"none");
        out.block("svg", &[("class", &class), ("viewBox", &view), stretch, ("role", &"img"), ("aria-label", &told)], |out| {
            body(&mut Canvas { out });
        });
    }

    /// Draws a small sign beside words that say the same.
    pub(in super::super) fn hidden(out: &'a mut Markup, size: (i64, i64), body: impl FnOnce(&mut Canvas<'_>)) {
        let (w, h) = (Tenths(size.0), Tenths(size.1));
        let view = format!("0 0 {w} {h}");
        out.tag("svg", &[("class", &"sign"), ("viewBox", &view), ("width", &w), ("height", &h), ("aria-hidden", &"true")], |out| {
            body(&mut Canvas { out });
        });
    }

    /// A rectangle with rounded corners.
    pub(in super::super) fn area(&mut self, class: &str, area: Area, radius: i64) {
        let [x, y, w, h] = [area.x, area.y, area.w.max(0), area.h.max(0)].map(Tenths);
        let radius = Tenths(radius);
        if radius.0 == 0 {
            self.out.leaf("rect", &[("class", &class), ("x", &x), ("y", &y), ("width", &w), ("height", &h)]);
        } else {
            self.out.leaf("rect", &[("class", &class), ("x", &x), ("y", &y), ("width", &w), ("height", &h), ("rx", &radius)]);
        }
    }

    /// A straight line.
    pub(in super::super) fn line(&mut self, class: &str, from: At, to: At) {
        let [x1, y1, x2, y2] = [from.x, from.y, to.x, to.y].map(Tenths);
        self.out.leaf("line", &[("class", &class), ("x1", &x1), ("y1", &y1), ("x2", &x2), ("y2", &y2)]);
    }

    /// A path.
    pub(in super::super) fn path(&mut self, class: &str, path: &Path) {
        self.out.leaf("path", &[("class", &class), ("d", &path.0)]);
    }

    /// A disc.
    pub(in super::super) fn disc(&mut self, class: &str, centre: At, radius: i64) {
        let [cx, cy, r] = [centre.x, centre.y, radius].map(Tenths);
        self.out.leaf("circle", &[("class", &class), ("cx", &cx), ("cy", &cy), ("r", &r)]);
    }

    /// A text whose baseline begins, is centred or ends at a place, as its class says.
    pub(in super::super) fn text(&mut self, class: &str, place: At, text: &str) {
        let (x, y) = (Tenths(place.x), Tenths(place.y));
        self.out.tag("text", &[("class", &class), ("x", &x), ("y", &y)], |out| out.text(text));
    }

    /// Shapes that tell their name when a pointer rests on them.
    pub(in super::super) fn named(&mut self, name: &str, body: impl FnOnce(&mut Canvas<'_>)) {
        self.out.tag("g", &[], |out| {
            out.line("title", "", name);
            body(&mut Canvas { out });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_print_as_pixels() {
        for (tenths, text) in [(0, "0"), (5, "0.5"), (-5, "-0.5"), (125, "12.5"), (-120, "-12"), (i64::MIN, "-922337203685477580.8")] {
            assert_eq!(Tenths(tenths).to_string(), text);
        }
    }
}

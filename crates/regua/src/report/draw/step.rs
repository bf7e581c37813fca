//! What a step looks like on any rule: its mark, its colour, its card, its repetitions.

use super::super::data::{Kind, Step};
use super::super::format::Format;
use super::Canvas;
use super::canvas::{Area, At, Path, at, px};
use super::label::{fit, width, wrap};
use regua_core::words::Tone;

/// Most repetitions that get a mark of their own.
const MARKS_MAX: i32 = 60;

/// The class that gives a step its colour.
pub(in super::super) const fn colour(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact(Tone::Friendly) => "kf",
        Kind::Contact(Tone::Neutral) => "kn",
        Kind::Contact(Tone::Firm) => "kx",
        Kind::Charge => "kc",
        Kind::Adverse => "ka",
        Kind::Neutral => "kq",
    }
}

/// Every kind, in the order of the legend.
pub(in super::super) const KINDS: [Kind; 6] =
    [Kind::Contact(Tone::Friendly), Kind::Contact(Tone::Neutral), Kind::Contact(Tone::Firm), Kind::Charge, Kind::Adverse, Kind::Neutral];

/// Whether it stands above the rule.
pub(in super::super) const fn is_above(kind: Kind) -> bool {
    match kind {
        Kind::Contact(_) | Kind::Charge => true,
        Kind::Adverse | Kind::Neutral => false,
    }
}

/// Days on which a step may happen, the first first.
pub(in super::super) fn days(step: &Step) -> Vec<i32> {
    let Some(repeat) = step.repeat else { return vec![step.day] };
    let every = repeat.every_days.max(1);
    let more = (1..MARKS_MAX).map(|index| step.day.saturating_add(every.saturating_mul(index)));
    std::iter::once(step.day).chain(more.take_while(|day| *day <= repeat.until_day)).collect()
}

/// The mark of a kind: colour and shape say the same, so that no one needs the colour.
pub(in super::super) fn mark(canvas: &mut Canvas<'_>, kind: Kind, centre: At) {
    let class = |shape: &str| format!("{} {shape}", colour(kind));
    let At { x, y } = centre;
    let square = Area::new(x - 40, y - 40, 80, 80);
    match kind {
        Kind::Contact(Tone::Friendly) => canvas.disc(&class("mk"), centre, 48),
        Kind::Contact(Tone::Neutral) => {
            let diamond = Path::from(at(x, y - 58)).to(at(x + 58, y)).to(at(x, y + 58)).to(at(x - 58, y));
            canvas.path(&class("mk"), &diamond.closed());
        }
        Kind::Contact(Tone::Firm) => {
            let triangle = Path::from(at(x, y - 56)).to(at(x + 56, y + 44)).to(at(x - 56, y + 44));
            canvas.path(&class("mk"), &triangle.closed());
        }
        Kind::Charge => canvas.disc(&class("mo"), centre, 42),
        Kind::Adverse => canvas.area(&class("mk"), Area::new(x - 46, y - 46, 92, 92), 10),
        Kind::Neutral => canvas.area(&class("mo"), square, 10),
    }
}

/// How many lines a step's words take on a card of some width.
pub(in super::super) fn lines(step: &Step, card: i64) -> i64 {
    i64::try_from(wrap(&step.label, 120, card - px(20)).len()).unwrap_or(1)
}

/// Draws the card of a step; `done` is the word behind the first number.
pub(in super::super) fn card(canvas: &mut Canvas<'_>, step: &Step, area: Area, format: Format, done: &str) {
    let class = colour(step.kind);
    canvas.area(&format!("{class} kb"), area, px(6));
    canvas.area("card", Area::new(area.x + px(3), area.y, area.w - px(3), area.h), px(5));
    let (x, room) = (area.x + px(12), area.w - px(20));
    canvas.text(&format!("{class} kt s11 b"), at(x, area.y + 165), &fit(&step.at, 110, room));
    for (line, index) in wrap(&step.label, 120, room).iter().zip(0..) {
        canvas.text("s12", at(x, area.y + 325 + index * px(15)), line);
    }
    let count = format.count_short(step.counts.done);
    canvas.text("s16 b n", at(x, area.bottom() - px(26)), &count);
    if width(&count, 160) + px(5) + width(done, 110) <= room {
        canvas.text("s11 q", at(x + width(&count, 160) + px(5), area.bottom() - px(26)), done);
    }
    let base = area.bottom() - px(9);
    let mut x = x;
    for (glyph, count) in [(Glyph::Skipped, step.counts.skipped), (Glyph::Deferred, step.counts.deferred)] {
        let text = format.count_short(count);
        glyph.draw(canvas, at(x + px(4), base - px(4)));
        canvas.text("s11 q n", at(x + px(12), base), &text);
        x += px(12) + width(&text, 110) + px(9);
    }
}

/// What became of a step, as a small sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Glyph {
    /// A ring with a bar across.
    Skipped,
    /// Two upright bars.
    Deferred,
}

impl Glyph {
    /// Draws the sign.
    pub(in super::super) fn draw(self, canvas: &mut Canvas<'_>, centre: At) {
        let At { x, y } = centre;
        match self {
            Self::Skipped => {
                canvas.disc("gl", centre, 38);
                canvas.line("gl", at(x - 26, y + 26), at(x + 26, y - 26));
            }
            Self::Deferred => {
                canvas.line("gl", at(x - 18, y - 34), at(x - 18, y + 34));
                canvas.line("gl", at(x + 18, y - 34), at(x + 18, y + 34));
            }
        }
    }
}

//! Horizontal bars with words before them and numbers behind them: reasons, amounts after each step.

use super::super::markup::Markup;
use super::Canvas;
use super::canvas::{Area, at, px};
use super::label::{fit, width};
use super::scale::Scale;

/// One bar.
#[derive(Clone, Debug)]
pub(in super::super) struct Bar {
    /// What it is.
    pub(in super::super) label: String,
    /// How long it is.
    pub(in super::super) value: i64,
    /// The value as it is written.
    pub(in super::super) text: String,
    /// A word more, quieter; empty when there is none.
    pub(in super::super) more: String,
}

/// Draws bars `w` wide; on a narrow drawing the words stand over their bars.
pub(in super::super) fn draw(out: &mut Markup, (class, w): (&str, i64), bars: &[Bar], told: &str) {
    let over = w < px(420);
    let pitch = if over { px(44) } else { px(30) };
    let count = i64::try_from(bars.len()).unwrap_or(0);
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let behind = bars.iter().map(|bar| tail(bar, over)).max().unwrap_or(0) + px(10);
    let names = bars.iter().map(|bar| width(&bar.label, 120)).max().unwrap_or(0) + px(14);
    let left = if over { 0 } else { names.min(w * 45 / 100) };
    let scale = Scale::new((0, most.max(1)), (0, (w - left - behind).max(px(20))));
    Canvas::draw(out, class, (w, count * pitch + px(2)), told, |canvas| {
        for (bar, index) in bars.iter().zip(0..) {
            let top = index * pitch;
            // Something is never drawn as nothing.
            let length = scale.at(bar.value).max(if bar.value > 0 { px(2) } else { 0 });
            let (track, base) = if over {
                (Area::new(0, top + px(20), length, px(14)), top + px(14))
            } else {
                (Area::new(left, top + px(7), length, px(16)), top + px(19))
            };
            if over {
                canvas.text("s13", at(0, base), &fit(&bar.label, 130, w));
            } else {
                canvas.text("s12 e", at(left - px(12), base), &fit(&bar.label, 120, left - px(12)));
            }
            canvas.area("br", track, px(2));
            let baseline = track.y + track.h / 2 + 42;
            let x = track.right() + px(7);
            canvas.text("s12 b n", at(x, baseline), &bar.text);
            if !bar.more.is_empty() {
                canvas.text("s11 q n", at(x + width(&bar.text, 120) + px(7), baseline), &bar.more);
            }
        }
    });
}

fn tail(bar: &Bar, over: bool) -> i64 {
    let more = if bar.more.is_empty() { 0 } else { width(&bar.more, 110) + px(7) };
    width(&bar.text, 120) + more + if over { 0 } else { px(2) }
}

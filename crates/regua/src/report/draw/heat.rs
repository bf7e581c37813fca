//! Weekdays by hours: how many contacts, in five steps of one colour, an outline where there were none.

use super::super::format::{Format, fill};
use super::super::markup::Markup;
use super::super::texts::Texts;
use super::Canvas;
use super::canvas::{Area, at, px};
use super::scale::Scale;

/// Draws the map `w` wide.
pub(in super::super) fn draw(out: &mut Markup, (class, w): (&str, i64), hours: &[[i64; 24]; 7], format: Format, texts: &Texts, told: &str) {
    let most = hours.iter().flatten().copied().max().unwrap_or(0).max(1);
    let (left, top, row) = (px(34), px(18), px(24));
    let x = Scale::new((0, 24), (left, w));
    Canvas::draw(out, class, (w, top + 7 * row), told, |canvas| {
        for hour in (0..24_i64).step_by(3) {
            canvas.text("s11 q n m", at((x.at(hour) + x.at(hour + 1)) / 2, px(10)), &format!("{hour:02}"));
        }
        for ((counts, name), day) in hours.iter().zip(texts.weekdays).zip(0_i64..) {
            let y = top + day * row;
            canvas.text("s11 q", at(0, y + row / 2 + 38), name);
            for (count, hour) in counts.iter().zip(0_i64..) {
                let area = Area::new(x.at(hour) + 10, y + 10, x.at(hour + 1) - x.at(hour) - 20, row - 20);
                if *count > 0 {
                    let named = fill(texts.hour_cell, &[name, &format!("{hour:02}"), &format.count(*count)]);
                    canvas.named(&named, |canvas| canvas.area(shade(*count, most), area, px(2)));
                } else {
                    canvas.area("e0", area, px(2));
                }
            }
        }
    });
}

/// Five steps by square root, so that one contact can be told from none and many from most.
fn shade(count: i64, most: i64) -> &'static str {
    let (count, most) = (i128::from(count) * 25, i128::from(most));
    // count / most compared with (n / 5)².
    ["e1", "e2", "e3", "e4"].into_iter().zip(1_i128..).find(|(_, n)| count <= most * n * n).map_or("e5", |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_rise_with_the_count() {
        for (count, most, class) in
            [(1, 1, "e5"), (1, 100, "e1"), (4, 100, "e1"), (5, 100, "e2"), (36, 100, "e3"), (i64::MAX, i64::MAX, "e5")]
        {
            assert_eq!(shade(count, most), class, "{count} of {most}");
        }
    }
}

//! Shares paid over the days around the due date: a thin line for each cohort, a bold one for all together.

use super::super::format::{Format, share_bps};
use super::super::markup::Markup;
use super::Canvas;
use super::canvas::{At, Path, at, px};
use super::label::{spread, width};
use super::rule::Rule;
use super::scale::{Scale, ticks};

/// One line: shares in basis points by day, days ascending.
#[derive(Clone, Debug)]
pub(in super::super) struct Curve {
    /// Written at its end.
    pub(in super::super) label: String,
    /// Day relative to the due date, share paid.
    pub(in super::super) points: Vec<(i32, i64)>,
}

/// Days that the plot shows, as those of the rule.
const DAYS: (i32, i32) = (-10, 90);

/// Draws the curves, the last of which is the bold one. `due` is what is written at day 0.
pub(in super::super) fn draw(out: &mut Markup, (class, w, h): (&str, i64, i64), curves: &[Curve], format: Format, due: &str, told: &str) {
    let most = curves.iter().flat_map(|curve| curve.points.iter().map(|(_, share)| *share)).max().unwrap_or(0);
    let marks = ticks(most.max(10_000), 4);
    let top = marks.last().copied().unwrap_or(10_000);
    let labels: Vec<String> = curves.iter().enumerate().map(|(index, curve)| end_label(curve, format, named(index, curves, w))).collect();
    let right = w - px(14) - labels.iter().map(|label| width(label, 110)).max().unwrap_or(0);
    let left = px(10) + marks.iter().map(|mark| width(&format.percent(*mark), 110)).max().unwrap_or(0);
    let (upper, lower) = (px(24), h - px(26));
    let (x, y) = (Rule::new(std::iter::empty(), (left, right)), Scale::new((0, top), (lower, upper)));
    Canvas::draw(out, class, (w, h), told, |canvas| {
        for mark in marks {
            canvas.line("gr", at(left, y.at(mark)), at(right, y.at(mark)));
            canvas.text("s11 q n e", at(left - px(6), y.at(mark) + 38), &format.percent(mark));
        }
        for tick in x.ticks(px(26)).iter().filter(|tick| tick.numbered) {
            canvas.line("tk", at(tick.place, lower), at(tick.place, lower + px(4)));
            canvas.text("s11 q n m", at(tick.place, lower + px(17)), &super::wide::number(tick.day));
        }
        canvas.line("dl", at(x.at(0), upper - px(6)), at(x.at(0), lower + px(4)));
        canvas.text("s11 b ac", at(x.at(0) + px(5), upper - px(8)), due);
        lines(canvas, (curves, &labels), (&x, y), (right, upper, lower));
    });
}

fn lines(canvas: &mut Canvas<'_>, (curves, labels): (&[Curve], &[String]), (x, y): (&Rule, Scale), (right, upper, lower): (i64, i64, i64)) {
    let place = |(day, share): (i32, i64)| at(x.at(day), y.at(share));
    let mut ends: Vec<(At, usize)> = Vec::new();
    let last = curves.len().saturating_sub(1);
    for (index, curve) in curves.iter().enumerate() {
        let shown = curve.points.iter().copied().filter(|(day, _)| (DAYS.0..=DAYS.1).contains(day));
        let mut path: Option<Path> = None;
        let mut end = None;
        for point in shown {
            let here = place(point);
            // A share changes on a day, not between two: a stair, not a slope.
            path = Some(match (path, end) {
                (Some(path), Some(At { y, .. })) => path.to(at(here.x, y)).to(here),
                (Some(path), None) => path.to(here),
                (None, _) => Path::from(here),
            });
            end = Some(here);
        }
        if let (Some(path), Some(end)) = (path, end) {
            canvas.path(line_class(index, last), &path);
            ends.push((end, index));
        }
    }
    for (end, index) in &ends {
        canvas.disc(if *index == last { "ep" } else { "eq" }, *end, if *index == last { 30 } else { 20 });
    }
    ends.retain(|(_, index)| labels.get(*index).is_some_and(|label| !label.is_empty()));
    ends.sort_by_key(|(end, _)| end.y);
    let wished: Vec<i64> = ends.iter().map(|(end, _)| end.y).collect();
    for ((end, index), place) in ends.into_iter().zip(spread(&wished, px(14), (upper, lower))) {
        if end.x == right {
            canvas.line("ld", end, at(right + px(5), place));
        }
        let class = if index == last { "s11 b n ac" } else { "s11 q n" };
        canvas.text(class, at(right + px(8), place + 38), labels.get(index).map_or("", String::as_str));
    }
}

/// Whether a curve is named at its end: all of them, or on a narrow plot the oldest, the newest and all together.
fn named(index: usize, curves: &[Curve], w: i64) -> bool {
    w > px(420) || index == 0 || index + 2 >= curves.len()
}

/// Older cohorts are paler.
const fn line_class(index: usize, last: usize) -> &'static str {
    match last - index {
        0 => "cv c0",
        1 => "cv c1",
        2 => "cv c2",
        3 => "cv c3",
        _ => "cv c4",
    }
}

/// The cohort and what it has paid; and when that was, for one that is not at the end yet.
fn end_label(curve: &Curve, format: Format, named: bool) -> String {
    if !named {
        return String::new();
    }
    let (day, share) = curve.points.iter().rfind(|(day, _)| *day <= DAYS.1).copied().unwrap_or_default();
    let when = if day < DAYS.1 { format!(" · D{}", super::wide::number(i64::from(day))) } else { String::new() };
    format!("{} {}{when}", curve.label, format.percent(share))
}

/// A curve from cumulated amounts.
pub(in super::super) fn curve(label: &str, billed_minor: i64, paid: &[(i32, i64)]) -> Curve {
    let share = |(day, paid): &(i32, i64)| share_bps(*paid, billed_minor).map(|share| (*day, share));
    Curve { label: label.to_owned(), points: paid.iter().filter_map(share).collect() }
}

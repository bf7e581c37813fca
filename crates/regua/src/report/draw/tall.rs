//! The ladder on a narrow page: a standing rule at the left, every step beside it from top to bottom.

use super::super::data::{Ladder, Step};
use super::super::format::{Format, fill};
use super::super::markup::Markup;
use super::super::texts::Texts;
use super::Canvas;
use super::canvas::{Area, Path, at, px};
use super::label::{fit, spread};
use super::rule::Rule;
use super::step::{colour, days, mark};
use super::wide::number;

const WIDTH: i64 = px(340);
const STRIP: i64 = px(44);
const CARD_X: i64 = px(76);
const CARD_H: i64 = px(62);
const GAP: i64 = px(7);
const MARGIN: i64 = px(12);
const HEIGHT_MIN: i64 = px(640);

/// Draws a ladder 340 pixels wide, shown where `class` is shown.
pub(in super::super) fn draw(out: &mut Markup, class: &str, ladder: &Ladder, format: Format, texts: &Texts, told: &str) {
    let mut steps: Vec<&Step> = ladder.steps.iter().collect();
    steps.sort_by_key(|step| step.day);
    let count = i64::try_from(steps.len()).unwrap_or(i64::MAX / px(1_000));
    let height = (count * (CARD_H + GAP) + px(4)).max(HEIGHT_MIN);
    let rule = Rule::new(ladder.steps.iter().flat_map(days), (MARGIN, height - MARGIN));
    let wished: Vec<i64> = steps.iter().map(|step| rule.at(step.day)).collect();
    let half = CARD_H / 2 + px(2);
    let places = spread(&wished, CARD_H + GAP, (half, height - half));
    let marks = spread(&wished, px(12), (MARGIN, height - MARGIN));
    Canvas::draw(out, class, (WIDTH, height), told, |canvas| {
        body(canvas, &rule, height, texts);
        for ((step, place), mark) in steps.iter().zip(&places).zip(&marks) {
            let half = (STRIP + CARD_X) / 2;
            let line = Path::from(at(CARD_X, *place)).curve(at(half, *place), at(half, *mark), at(STRIP, *mark));
            canvas.path(&format!("{} kl", colour(step.kind)), &line);
        }
        for (step, place) in steps.iter().zip(&places) {
            card(canvas, step, Area::new(CARD_X, place - CARD_H / 2, WIDTH - CARD_X, CARD_H), format, texts);
        }
        for (step, place) in steps.iter().zip(&marks) {
            let days = days(step);
            if let Some(last) = days.last().filter(|_| days.len() > 1) {
                canvas.line(&format!("{} kr", colour(step.kind)), at(STRIP, *place), at(STRIP, rule.at(*last)));
            }
            mark(canvas, step.kind, at(STRIP, *place));
            for day in days.iter().skip(1) {
                mark(canvas, step.kind, at(STRIP, rule.at(*day)));
            }
        }
    });
}

/// The strip with its ticks and numbers.
fn body(canvas: &mut Canvas<'_>, rule: &Rule, height: i64, texts: &Texts) {
    let due = rule.at(0);
    canvas.area("rb", Area::new(0, 0, STRIP, height), px(5));
    canvas.area("rd", Area::new(0, 0, STRIP, due), px(5));
    for tick in rule.ticks(px(18)) {
        let length = [px(5), px(8), px(11)].get(tick.weight).copied().unwrap_or_default();
        canvas.line("tk", at(0, tick.place), at(length, tick.place));
        if tick.numbered && (tick.place - due).abs() > px(16) {
            canvas.text("s11 q n m", at(px(25), tick.place + 38), &number(tick.day));
        }
    }
    canvas.line("du", at(0, due), at(STRIP, due));
    canvas.area("dp", Area::new(px(6), due - px(10), STRIP - px(14), px(20)), px(10));
    canvas.text("s11 b m on", at(px(21), due + 38), texts.due_letter);
}

/// A card with the counts in words.
fn card(canvas: &mut Canvas<'_>, step: &Step, area: Area, format: Format, texts: &Texts) {
    let class = colour(step.kind);
    canvas.area(&format!("{class} kb"), area, px(6));
    canvas.area("card", Area::new(area.x + px(3), area.y, area.w - px(3), area.h), px(5));
    let (x, room) = (area.x + px(13), area.w - px(20));
    canvas.text(&format!("{class} kt s11 b"), at(x, area.y + 175), &fit(&step.at, 110, room));
    canvas.text("s13", at(x, area.y + 345), &fit(&step.label, 130, room));
    let [done, skipped, deferred] = [step.counts.done, step.counts.skipped, step.counts.deferred].map(|count| format.count_short(count));
    let counts = fill(texts.counts_short, &[&done, &skipped, &deferred]);
    canvas.text("s11 q n", at(x, area.y + 515), &fit(&counts, 110, room));
}

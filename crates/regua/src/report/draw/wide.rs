//! The ladder on a wide page: a lying rule, contacts and charges above it, restrictions, tasks and the end below it.

use super::super::data::{Ladder, Step};
use super::super::format::Format;
use super::super::markup::Markup;
use super::super::texts::Texts;
use super::Canvas;
use super::canvas::{Area, Path, at, px};
use super::label::spread;
use super::rule::Rule;
use super::step::{card as draw_card, colour, days, is_above, lines, mark};

const WIDTH: i64 = px(1_120);
const MARGIN: i64 = px(24);
/// Widths of cards to try, and their height without words.
const CARDS: [i64; 2] = [px(126), px(108)];
const CARD_H: i64 = px(70);
const GAP: i64 = px(10);
/// Between cards and rule.
const REACH: i64 = px(34);
const BODY: i64 = px(46);
/// Marks of two steps on one day stand side by side.
const MARK: i64 = px(12);

/// The cards of one side of the rule.
struct Side<'a> {
    cards: Vec<Card<'a>>,
    size: (i64, i64),
    rows: i64,
}

struct Card<'a> {
    step: &'a Step,
    /// The middle of the card.
    place: i64,
    /// The mark on the rule.
    mark: i64,
    /// 0 lies next to the rule.
    row: i64,
}

impl<'a> Side<'a> {
    /// Lays the cards of one side out; nothing when they do not fit into two rows.
    fn lay(ladder: &'a Ladder, above: bool, rule: &Rule) -> Option<Self> {
        let mut steps: Vec<&Step> = ladder.steps.iter().filter(|step| is_above(step.kind) == above).collect();
        steps.sort_by_key(|step| step.day);
        CARDS.into_iter().find_map(|card| Self::lay_cards(&steps, card, rule))
    }

    fn lay_cards(steps: &[&'a Step], card: i64, rule: &Rule) -> Option<Self> {
        let wished: Vec<i64> = steps.iter().map(|step| rule.at(step.day)).collect();
        let (room, apart) = ((card / 2, WIDTH - card / 2), card + GAP);
        let count = i64::try_from(steps.len()).ok()?;
        let fits = |apart: i64| (count - 1) * apart <= room.1 - room.0;
        let far = |places: &[i64]| places.iter().zip(&wished).any(|(place, wish)| (place - wish).abs() > px(90));
        let one_row = Some(spread(&wished, apart, room)).filter(|places| fits(apart) && !far(places));
        // As bricks: a card of the second row stands over the gap of the first, where its line comes down.
        let (places, rows) = match one_row {
            Some(places) => (places, 1),
            None if fits(apart / 2) => (spread(&wished, apart / 2, room), 2),
            None => return None,
        };
        let marks = spread(&wished, MARK, (MARGIN, WIDTH - MARGIN));
        let placed = steps.iter().zip(places).zip(marks).zip(0_i64..);
        let cards = placed.map(|(((step, place), mark), index)| Card { step, place, mark, row: (index + 1) % rows });
        let words = steps.iter().map(|step| lines(step, card)).max().unwrap_or(0) * px(15);
        Some(Self { cards: cards.collect(), size: (card, CARD_H + words), rows: if count == 0 { 0 } else { rows } })
    }

    /// From the rule's edge to the far end of the last row.
    const fn depth(&self) -> i64 {
        if self.rows == 0 { px(10) } else { REACH + self.rows * self.size.1 + (self.rows - 1) * GAP }
    }

    /// Draws lines, then cards, then marks on the edge; `out` is -1 upwards and 1 downwards.
    fn draw(&self, canvas: &mut Canvas<'_>, rule: &Rule, (edge, out): (i64, i64), format: Format, texts: &Texts) {
        let (near, half) = (edge + out * REACH, edge + out * REACH / 2);
        let start = |card: &Card<'_>| near + out * card.row * (self.size.1 + GAP);
        for card in &self.cards {
            let line = Path::from(at(card.place, start(card))).to(at(card.place, near));
            let line = line.curve(at(card.place, half), at(card.mark, half), at(card.mark, edge));
            canvas.path(&format!("{} kl", colour(card.step.kind)), &line);
        }
        for card in &self.cards {
            let top = if out < 0 { start(card) - self.size.1 } else { start(card) };
            draw_card(canvas, card.step, Area::new(card.place - self.size.0 / 2, top, self.size.0, self.size.1), format, texts.done_word);
        }
        for card in &self.cards {
            let (kind, days) = (card.step.kind, days(card.step));
            if let Some(last) = days.last().filter(|_| days.len() > 1) {
                canvas.line(&format!("{} kr", colour(kind)), at(card.mark, edge), at(rule.at(*last), edge));
            }
            mark(canvas, kind, at(card.mark, edge));
            for day in days.iter().skip(1) {
                mark(canvas, kind, at(rule.at(*day), edge));
            }
        }
    }
}

/// Draws a ladder 1120 pixels wide; false when it has too many steps for that.
pub(in super::super) fn draw(out: &mut Markup, ladder: &Ladder, format: Format, texts: &Texts, told: &str) -> bool {
    let rule = Rule::new(ladder.steps.iter().flat_map(days), (MARGIN, WIDTH - MARGIN));
    let (Some(above), Some(below)) = (Side::lay(ladder, true, &rule), Side::lay(ladder, false, &rule)) else { return false };
    let top = px(4) + above.depth();
    let height = top + BODY + below.depth() + px(4);
    Canvas::draw(out, "wide", (WIDTH, height), told, |canvas| {
        body(canvas, &rule, top, texts);
        above.draw(canvas, &rule, (top, -1), format, texts);
        below.draw(canvas, &rule, (top + BODY, 1), format, texts);
    });
    true
}

/// The strip with its ticks and numbers.
fn body(canvas: &mut Canvas<'_>, rule: &Rule, top: i64, texts: &Texts) {
    let (due, bottom, middle) = (rule.at(0), top + BODY, top + BODY / 2);
    canvas.area("rb", Area::new(0, top, WIDTH, BODY), px(5));
    canvas.area("rd", Area::new(0, top, due, BODY), px(5));
    for tick in rule.ticks(px(28)) {
        let length = [px(5), px(8), px(11)].get(tick.weight).copied().unwrap_or_default();
        canvas.line("tk", at(tick.place, top), at(tick.place, top + length));
        canvas.line("tk", at(tick.place, bottom), at(tick.place, bottom - length));
        if tick.numbered && (tick.place - due).abs() > px(60) {
            canvas.text("s11 q n m", at(tick.place, middle + 38), &number(tick.day));
        }
    }
    let pill = Area::new(due - px(46), middle - px(11), px(92), px(22));
    canvas.line("du", at(due, top), at(due, bottom));
    canvas.area("dp", pill, px(11));
    canvas.text("s11 b m on", at(due, middle + 38), texts.due);
}

/// A day of the rule as it is written on it.
pub(in super::super) fn number(day: i64) -> String {
    match day {
        0 => "D".to_owned(),
        1.. => format!("+{day}"),
        _ => format!("−{}", day.unsigned_abs()),
    }
}

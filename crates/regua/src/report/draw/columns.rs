//! Upright columns: contacts per week stacked by channel, open amounts by age.

use super::super::format::Format;
use super::super::markup::Markup;
use super::super::texts::Texts;
use super::Canvas;
use super::canvas::{Area, at, px};
use super::label::width;
use super::scale::{Scale, ticks};
use regua_core::time::Day;
use regua_core::words::Channel;

/// Contacts of a span of weeks, one count for each of the plot's channels.
#[derive(Clone, Debug)]
pub(in super::super) struct Stack {
    /// The first Monday.
    pub(in super::super) from: Day,
    /// Counts in the order of the channels.
    pub(in super::super) counts: Vec<i64>,
    /// What a pointer is told.
    pub(in super::super) name: String,
}

/// The class of a channel's colour.
pub(in super::super) const fn channel_class(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "h1",
        Channel::Whatsapp => "h2",
        Channel::Sms => "h3",
        Channel::Push => "h4",
        Channel::InApp => "h5",
        Channel::Voice => "h6",
        Channel::Letter => "h7",
    }
}

/// Draws stacks of counts over time, the first channel at the bottom.
pub(in super::super) fn stacks(
    out: &mut Markup,
    (class, w, h): (&str, i64, i64),
    (stacks, channels): (&[Stack], &[Channel]),
    format: Format,
    texts: &Texts,
    told: &str,
) {
    let most = stacks.iter().map(total).max().unwrap_or(0);
    let marks = ticks(most, 4);
    let top = marks.last().copied().unwrap_or(1);
    let left = px(10) + marks.iter().map(|mark| width(&format.count_short(*mark), 110)).max().unwrap_or(0);
    let (right, upper, lower) = (w - px(2), px(10), h - px(24));
    let y = Scale::new((0, top), (lower, upper));
    let count = i64::try_from(stacks.len().max(1)).unwrap_or(i64::MAX);
    let x = Scale::new((0, count), (left, right));
    Canvas::draw(out, class, (w, h), told, |canvas| {
        for mark in marks {
            canvas.line("gr", at(left, y.at(mark)), at(right, y.at(mark)));
            canvas.text("s11 q n e", at(left - px(6), y.at(mark) + 38), &format.count_short(mark));
        }
        for (stack, index) in stacks.iter().zip(0..) {
            let (from, to) = (x.at(index), x.at(index + 1));
            let gap = ((to - from) / 5).min(px(4));
            canvas.named(&stack.name, |canvas| {
                let mut base = 0_i64;
                for (count, channel) in stack.counts.iter().zip(channels) {
                    let next = base.saturating_add(*count);
                    let area = Area::new(from + gap / 2, y.at(next), to - from - gap, y.at(base) - y.at(next));
                    if area.h > 0 {
                        canvas.area(channel_class(*channel), area, 0);
                    }
                    base = next;
                }
            });
        }
        for (place, label) in month_labels(stacks, x, right, texts) {
            canvas.line("tk", at(place, lower), at(place, lower + px(5)));
            canvas.text("s11 q", at(place, lower + px(18)), &label);
        }
        canvas.line("bl", at(left, lower), at(right, lower));
    });
}

fn total(stack: &Stack) -> i64 {
    stack.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

/// Where each month begins and what is written there: years first, then the beginning, then what still has room.
fn month_labels(stacks: &[Stack], x: Scale, right: i64, texts: &Texts) -> Vec<(i64, String)> {
    let mut wished: Vec<(i64, i64, String)> = Vec::new();
    let mut before = None;
    for (stack, index) in stacks.iter().zip(0..) {
        let date = stack.from.civil();
        if before.replace((date.year(), date.month())) == Some((date.year(), date.month())) {
            continue;
        }
        let name = usize::try_from(date.month() - 1).ok().and_then(|index| texts.months.get(index)).copied().unwrap_or_default();
        let (rank, name) = match (date.month(), index) {
            (1, _) => (0, format!("{name} {}", date.year())),
            (_, 0) => (1, format!("{name} {}", date.year())),
            _ => (2, name.to_owned()),
        };
        wished.push((rank, x.at(index), name));
    }
    wished.sort();
    let mut kept: Vec<(i64, String)> = Vec::new();
    for (_, from, name) in wished {
        let to = |from: i64, name: &str| from + width(name, 110) + px(12);
        let free = kept.iter().all(|(other, text)| to(from, &name) <= *other || to(*other, text) <= from);
        if free && from + width(&name, 110) <= right {
            kept.push((from, name));
        }
    }
    kept
}

/// A column with two lines of text over it.
#[derive(Clone, Debug)]
pub(in super::super) struct Column {
    /// Under it.
    pub(in super::super) label: String,
    /// How high it is.
    pub(in super::super) value: i64,
    /// Its value as it is written.
    pub(in super::super) text: String,
    /// Quieter, over the value's text.
    pub(in super::super) more: String,
}

/// Draws a few columns whose colour warms from left to right.
pub(in super::super) fn columns(out: &mut Markup, (class, w, h): (&str, i64, i64), columns: &[Column], told: &str) {
    let most = columns.iter().map(|column| column.value).max().unwrap_or(0);
    let (upper, lower) = (px(38), h - px(24));
    let y = Scale::new((0, most.max(1)), (lower, upper));
    let count = i64::try_from(columns.len().max(1)).unwrap_or(i64::MAX);
    let x = Scale::new((0, count), (0, w));
    Canvas::draw(out, class, (w, h), told, |canvas| {
        for (column, index) in columns.iter().zip(0..) {
            let (from, to) = (x.at(index), x.at(index + 1));
            let (gap, middle) = ((to - from) / 5, (from + to) / 2);
            let head = y.at(column.value).min(if column.value > 0 { lower - px(2) } else { lower });
            let class = ["a0", "a1", "a2", "a3", "a4"].get(usize::try_from(index).unwrap_or(0)).copied().unwrap_or("a4");
            canvas.area(class, Area::new(from + gap / 2, head, to - from - gap, lower - head), px(2));
            canvas.text("s12 b n m", at(middle, head - px(7)), &column.text);
            canvas.text("s11 q n m", at(middle, head - px(22)), &column.more);
            canvas.text("s11 q n m", at(middle, lower + px(17)), &column.label);
        }
        canvas.line("bl", at(0, lower), at(w, lower));
    });
}

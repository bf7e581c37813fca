//! The heart of the page: each ladder along its due date, with what became of every step.

use super::data::{Counts, Kind, Ladder};
use super::draw::canvas::{at, px};
use super::draw::step::{Glyph, KINDS, days, mark};
use super::draw::wide::number;
use super::draw::{Canvas, tall, wide};
use super::figure::{Figure, Narrow, Page, Table, numbers, words};
use super::format::fill;
use super::markup::Markup;
use super::texts;

/// Writes the first ladder large and the others behind a fold.
pub(super) fn write(out: &mut Markup, page: &Page<'_>) {
    let figure = |told| Figure { id: "rule", class: "full hero", title: page.texts.rule, told, caption: page.texts.rule_caption };
    let Some((first, others)) = page.data.ladders.split_first() else {
        figure("").empty(out, page.texts.rule_nothing);
        return;
    };
    let said = told(first, page);
    figure(&said).frame(out, |out| {
        legend(out, page);
        drawing(out, first, page, &said);
        floating(out, first, page);
        numbers_of(out, first, page);
        if !others.is_empty() {
            out.block("details", &[], |out| {
                out.line("summary", "", page.texts.ladders_more);
                others.iter().for_each(|ladder| other(out, ladder, page));
            });
        }
    });
}

fn other(out: &mut Markup, ladder: &Ladder, page: &Page<'_>) {
    out.block("section", &[("class", &"other")], |out| {
        let said = told(ladder, page);
        out.line("h3", "", &name(ladder, page));
        out.line("p", "told", &said);
        drawing(out, ladder, page, &said);
        floating(out, ladder, page);
        numbers_of(out, ladder, page);
    });
}

fn numbers_of(out: &mut Markup, ladder: &Ladder, page: &Page<'_>) {
    out.block("details", &[], |out| {
        out.line("summary", "", page.texts.see_numbers);
        table(ladder, page).write(out, &name(ladder, page));
    });
}

fn drawing(out: &mut Markup, ladder: &Ladder, page: &Page<'_>, told: &str) {
    if ladder.steps.is_empty() {
        out.line("p", "empty", page.texts.rule_nothing);
        return;
    }
    let lies = wide::draw(out, ladder, page.format, page.texts, told);
    // Too many steps to lie side by side: they stand, on wide pages too.
    tall::draw(out, if lies { "narrow" } else { "any" }, ladder, page.format, page.texts, told);
}

fn name(ladder: &Ladder, page: &Page<'_>) -> String {
    fill(page.texts.ladder, &[&ladder.name])
}

fn told(ladder: &Ladder, page: &Page<'_>) -> String {
    let days: Vec<i32> = ladder.steps.iter().flat_map(days).collect();
    let [from, to] = [days.iter().min(), days.iter().max()].map(|day| {
        let day = day.map_or(0, |day| i64::from(*day));
        if day == 0 { "D".to_owned() } else { format!("D{}", number(day)) }
    });
    let sum = |of: fn(&Counts) -> i64| {
        let counts = ladder.steps.iter().map(|step| of(&step.counts));
        page.format.count(counts.fold(0_i64, i64::saturating_add))
    };
    let steps = page.format.count(i64::try_from(ladder.steps.len()).unwrap_or(i64::MAX));
    let (done, skipped, deferred) = (sum(|counts| counts.done), sum(|counts| counts.skipped), sum(|counts| counts.deferred));
    let ladder = fill(page.texts.ladder_told, &[&ladder.name, &page.format.count(ladder.receivables)]);
    format!("{ladder} {}", fill(page.texts.rule_told, &[&steps, &from, &to, &done, &skipped, &deferred]))
}

/// Marks and signs with their words; those kinds only that a ladder has.
fn legend(out: &mut Markup, page: &Page<'_>) {
    let occurs = |kind: Kind| page.data.ladders.iter().flat_map(|ladder| &ladder.steps).any(|step| step.kind == kind);
    let size = (px(14), px(14));
    out.block("ul", &[("class", &"legend")], |out| {
        for kind in KINDS.into_iter().filter(|kind| occurs(*kind)) {
            let name = texts::kind(page.data.lang, kind);
            out.tag("li", &[], |out| {
                Canvas::hidden(out, size, |canvas| mark(canvas, kind, at(70, 70)));
                out.text(name);
            });
        }
        for (glyph, name) in [(Glyph::Skipped, page.texts.skipped), (Glyph::Deferred, page.texts.deferred)] {
            out.tag("li", &[], |out| {
                Canvas::hidden(out, size, |canvas| glyph.draw(canvas, at(70, 70)));
                out.text(&name.to_lowercase());
            });
        }
    });
}

/// Reactions and notices, which have no day of their own.
fn floating(out: &mut Markup, ladder: &Ladder, page: &Page<'_>) {
    if ladder.floating.is_empty() {
        return;
    }
    out.block("div", &[("class", &"floating")], |out| {
        out.tag("p", &[], |out| {
            out.line("strong", "", page.texts.off_rule);
            out.text(&format!(" · {}", page.texts.off_rule_hint));
        });
        out.tag("ul", &[], |out| {
            for step in &ladder.floating {
                out.tag("li", &[], |out| {
                    out.text(&step.label);
                    out.text(" ");
                    out.line("b", "n", &page.format.count(step.counts.done));
                });
            }
        });
    });
}

fn table(ladder: &Ladder, page: &Page<'_>) -> Table {
    let texts = page.texts;
    let columns =
        vec![words(texts.when), words(texts.step), words(texts.what), numbers(texts.done), numbers(texts.skipped), numbers(texts.deferred)];
    let counts = |counts: &Counts| [counts.done, counts.skipped, counts.deferred].map(|count| page.format.count(count));
    let mut rows: Vec<Vec<String>> = Vec::new();
    for step in &ladder.steps {
        let kind = texts::kind(page.data.lang, step.kind).to_owned();
        rows.push([step.label.clone(), step.at.clone(), kind].into_iter().chain(counts(&step.counts)).collect());
    }
    for step in &ladder.floating {
        rows.push(
            [step.label.clone(), page.texts.off_rule.to_lowercase(), String::new()].into_iter().chain(counts(&step.counts)).collect(),
        );
    }
    Table { columns, rows, narrow: Narrow::Scroll }
}

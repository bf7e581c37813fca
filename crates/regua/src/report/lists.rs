//! What a person acts on: next week's plan day by day, and who owes most.

use regua_wire::messages::locale;

use super::data::PlanRow;
use super::draw::step::colour;
use super::figure::{Narrow, Page, Table, numbers, words};
use super::format::fill;
use super::markup::Markup;
use super::texts;

/// Writes both lists.
pub(super) fn write(out: &mut Markup, page: &Page<'_>) {
    out.block("section", &[("class", &"list"), ("aria-labelledby", &"plan")], |out| plan(out, page));
    out.block("section", &[("class", &"list"), ("aria-labelledby", &"debtors")], |out| debtors(out, page));
}

fn plan(out: &mut Markup, page: &Page<'_>) {
    let (plan, texts, format) = (&page.data.plan, page.texts, page.format);
    let language = page.data.lang.language();
    out.tag("h2", &[("id", &"plan")], |out| out.text(texts.plan));
    let [from, to] = [plan.days.0, plan.days.1].map(|day| locale::date_short(language, day));
    out.line("p", "told", &fill(texts.plan_told, &[&from, &to, &format.count(plan.total)]));
    if plan.rows.is_empty() {
        out.line("p", "empty", texts.plan_nothing);
        return;
    }
    out.tag("div", &[("class", &"agenda")], |out| {
        for day in plan.rows.chunk_by(|a, b| a.on == b.on) {
            let Some(first) = day.first() else { continue };
            out.block("section", &[], |out| {
                out.tag("h3", &[], |out| {
                    out.line("span", "", &capital(&locale::date_long(language, first.on)));
                    out.text(" ");
                    out.line("span", "n", &format.count(i64::try_from(day.len()).unwrap_or(i64::MAX)));
                });
                out.tag("ul", &[], |out| day.iter().for_each(|row| planned(out, page, row)));
            });
        }
    });
    let left = plan.total.saturating_sub(i64::try_from(plan.rows.len()).unwrap_or(i64::MAX));
    if left > 0 {
        out.line("p", "hint", &fill(texts.plan_cut, &[&format.count(left)]));
    }
}

/// A text that begins a line.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn planned(out: &mut Markup, page: &Page<'_>, row: &PlanRow) {
    let class = colour(row.kind);
    out.block("li", &[("class", &class)], |out| {
        out.line("time", "n", &row.at.to_string());
        out.line("b", "who", &row.customer);
        out.tag("span", &[("class", &"what")], |out| {
            out.text(&row.step);
            if let Some(channel) = row.channel {
                out.text(" ");
                out.line("span", "chip", texts::channel(page.data.lang, channel));
            }
        });
        out.line("span", "n sum", &page.format.money(row.amount_minor));
    });
}

fn debtors(out: &mut Markup, page: &Page<'_>) {
    let (texts, format) = (page.texts, page.format);
    out.tag("h2", &[("id", &"debtors")], |out| out.text(texts.debtors));
    if page.data.debtors.is_empty() {
        out.line("p", "empty", texts.debtors_nothing);
        return;
    }
    let columns =
        vec![words(texts.customer), numbers(texts.open), numbers(texts.overdue), numbers(texts.oldest), numbers(texts.receivables)];
    let rows = page.data.debtors.iter().map(|debtor| {
        let [open, overdue] = [debtor.open_minor, debtor.overdue_minor].map(|minor| format.money(minor));
        vec![debtor.customer.clone(), open, overdue, format.count(debtor.oldest_days.max(0)), format.count(debtor.receivables)]
    });
    Table { columns, rows: rows.collect(), narrow: Narrow::Stack }.write(out, texts.debtors);
}

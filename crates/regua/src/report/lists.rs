//! What a person acts on: next week's plan day by day, and who owes most.

use regua_wire::messages::locale;

use super::data::{Plan, PlanDay, PlanRow};
use super::draw::step::colour;
use super::figure::{Narrow, Page, Table, numbers, words};
use super::format::{capital, fill};
use super::markup::Markup;
use super::texts;

/// Writes the plan, day by day.
pub(super) fn plan(out: &mut Markup, page: &Page<'_>, plan: &Plan) {
    section(out, ("plan", page.texts.plan), |out| days(out, page, plan));
}

/// Writes who owes most.
pub(super) fn debtors(out: &mut Markup, page: &Page<'_>) {
    section(out, ("debtors", page.texts.debtors), |out| rows(out, page));
}

fn section(out: &mut Markup, (id, title): (&'static str, &'static str), body: impl FnOnce(&mut Markup)) {
    out.block("section", &[("class", &"list"), ("aria-labelledby", &id)], |out| {
        out.tag("h2", &[("id", &id)], |out| out.text(title));
        body(out);
    });
}

fn days(out: &mut Markup, page: &Page<'_>, plan: &Plan) {
    let (texts, format) = (page.texts, page.format);
    let language = page.data.lang.language();
    let [from, to] = [plan.span.0, plan.span.1].map(|day| locale::date_short(language, day));
    let total = plan.days.iter().fold(0_i64, |sum, day| sum.saturating_add(day.total));
    out.line("p", "told", &fill(texts.plan_told, &[&from, &to, &format.count(total)]));
    if plan.days.is_empty() {
        out.line("p", "empty", texts.plan_nothing);
        return;
    }
    out.tag("div", &[("class", &"agenda")], |out| plan.days.iter().for_each(|day| planned_day(out, page, day)));
}

fn planned_day(out: &mut Markup, page: &Page<'_>, day: &PlanDay) {
    let (texts, format) = (page.texts, page.format);
    out.block("section", &[], |out| {
        out.tag("h3", &[], |out| {
            out.line("span", "", &capital(&locale::date_long(page.data.lang.language(), day.on)));
            out.text(" ");
            out.line("span", "n", &format.count(day.total));
        });
        let steps = day.steps.iter().map(|(step, count)| format!("{}\u{a0}×\u{a0}{step}", format.count(*count)));
        out.line("p", "sums", &steps.collect::<Vec<_>>().join(" · "));
        out.tag("ul", &[], |out| day.rows.iter().for_each(|row| planned(out, page, row)));
        let left = day.total.saturating_sub(i64::try_from(day.rows.len()).unwrap_or(i64::MAX));
        if left > 0 {
            out.line("p", "hint", &fill(texts.plan_cut, &[&format.count(left)]));
        }
    });
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
        if !row.amount.is_zero() {
            out.line("span", "n sum", &locale::money(page.data.lang.language(), row.amount));
        }
    });
}

fn rows(out: &mut Markup, page: &Page<'_>) {
    let (texts, format) = (page.texts, page.format);
    if page.data.debtors.is_empty() {
        out.line("p", "empty", texts.debtors_nothing);
        return;
    }
    let columns =
        vec![words(texts.customer), numbers(texts.overdue), numbers(texts.open), numbers(texts.oldest), numbers(texts.receivables)];
    let rows = page.data.debtors.iter().map(|debtor| {
        let [open, overdue] = [debtor.open_minor, debtor.overdue_minor].map(|minor| format.money(minor));
        vec![debtor.customer.clone(), overdue, open, format.count(debtor.oldest_days.max(0)), format.count(debtor.receivables)]
    });
    Table { columns, rows: rows.collect(), narrow: Narrow::Stack }.write(out, texts.debtors);
}

//! What customers tell: that they have paid, when they will, that they contest it, what they ask, how it was.

use std::fmt::Write as _;

use regua_core::words::Rail;
use regua_engine::links::FILE_MAX;

use super::super::ctx::Ctx;
use super::super::page::Page;
use super::super::words::fill;
use super::{about, area, called, choice, day_field, field};
use crate::looks::escaped;

/// Characters of what somebody writes.
pub(in super::super) const WORDS_MAX: usize = 2_000;
/// Days back for which a payment may be claimed.
pub(in super::super) const CLAIM_DAYS: i32 = 60;
/// Parts in which may be asked to pay.
pub(in super::super) const PARTS: std::ops::RangeInclusive<u16> = 2..=12;

/// By which rails may be said to have paid.
pub(in super::super) const RAILS: [Rail; 5] = [Rail::Pix, Rail::Boleto, Rail::Card, Rail::Transfer, Rail::Other];

/// It was paid already.
pub(super) fn paid(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let (owed, mut html) = match about(ctx, Page::Paid) {
        Ok(found) => found,
        Err(instead) => return instead,
    };
    let today = ctx.portal.today;
    let mut inner = day_field(w.paid_on, "on", (Some(today.plus(-CLAIM_DAYS)), Some(today)), Some(today));
    inner.push_str(&field(w.paid_amount, "amount", "text", " inputmode=\"decimal\" autocomplete=\"off\" maxlength=\"20\" required"));
    let says = [w.pix, w.boleto, w.card, w.by_transfer, w.reason_other];
    let ways: Vec<(&str, &str)> = RAILS.iter().map(|rail| rail.as_str()).zip(says).collect();
    inner.push_str(&choice(w.paid_how, "how", &ways, "pix"));
    let size = (FILE_MAX >> 20).to_string();
    let label = fill(w.paid_proof, &[("size", &size)]);
    inner.push_str(&field(&label, "proof", "file", " accept=\"application/pdf,image/png,image/jpeg\""));
    inner.push_str(&area(w.note, "words", WORDS_MAX, false));
    let _ = writeln!(html, "<p>{}</p>", escaped(w.paid_says));
    html.push_str(&ctx.form_with_file(Page::Paid, Some(owed.receivable), &inner, w.send));
    html
}

/// When it will be paid.
pub(super) fn promise(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let (owed, mut html) = match about(ctx, Page::Promise) {
        Ok(found) => found,
        Err(instead) => return instead,
    };
    let Some(room) = owed.promise else {
        let _ = writeln!(
            html,
            "<p>{}</p><p><a class=\"button\" href=\"{}\">{}</a></p>",
            escaped(w.promise_none),
            ctx.href(Page::Question, &[]),
            escaped(w.question)
        );
        return html;
    };
    let says = fill(w.promise_says, &[("from", &ctx.day(room.from)), ("until", &ctx.day(room.until))]);
    let _ = writeln!(html, "<p>{}</p>", escaped(&says));
    let inner = day_field(w.promise_on, "on", (Some(room.from), Some(room.until)), None);
    html.push_str(&ctx.form(Page::Promise, Some(owed.receivable), &inner, w.promise_send));
    html
}

/// In parts.
pub(super) fn split(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let (owed, mut html) = match about(ctx, Page::Split) {
        Ok(found) => found,
        Err(instead) => return instead,
    };
    let _ = writeln!(html, "<p>{}</p>", escaped(w.split_says));
    let parts: Vec<(String, String)> = PARTS.map(|parts| (parts.to_string(), format!("{parts}×"))).collect();
    let options: Vec<(&str, &str)> = parts.iter().map(|(value, says)| (value.as_str(), says.as_str())).collect();
    let mut inner = choice(w.split_parts, "parts", &options, "2");
    let today = ctx.portal.today;
    inner.push_str(&day_field(w.split_first, "on", (Some(today), Some(today.plus(60))), None));
    inner.push_str(&area(w.note, "words", WORDS_MAX, false));
    html.push_str(&ctx.form(Page::Split, Some(owed.receivable), &inner, w.send));
    html
}

/// Why a bill is contested, as the form offers it.
pub(in super::super) const REASONS: [&str; 5] = ["not_mine", "amount", "paid", "service", "other"];

/// It is contested.
pub(super) fn dispute(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let (owed, mut html) = match about(ctx, Page::Dispute) {
        Ok(found) => found,
        Err(instead) => return instead,
    };
    if owed.disputed {
        let _ = writeln!(html, "<p>{}</p>", escaped(w.dispute_open));
        return html;
    }
    let _ = writeln!(html, "<p>{}</p>", escaped(w.dispute_says));
    let says = [w.reason_not_mine, w.reason_amount, w.reason_paid, w.reason_service, w.reason_other];
    let options: Vec<(&str, &str)> = REASONS.into_iter().zip(says).collect();
    let mut inner = choice(w.dispute_reason, "reason", &options, "other");
    inner.push_str(&area(w.dispute_words, "words", WORDS_MAX, true));
    html.push_str(&ctx.form(Page::Dispute, Some(owed.receivable), &inner, w.dispute_send));
    html
}

/// A question to a person.
pub(super) fn question(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let mut html = format!("<p>{}</p>\n", escaped(w.question_says));
    let owed = if ctx.allows(Page::Owed) { ctx.receivable() } else { None };
    if let Some(owed) = owed {
        let _ = writeln!(html, "<p class=\"about\"><span>{}</span></p>", escaped(&called(ctx, owed)));
    }
    let inner = area(w.question_words, "words", WORDS_MAX, true);
    html.push_str(&ctx.form(Page::Question, owed.map(|owed| owed.receivable), &inner, w.send));
    html
}

/// One question: how easy it was.
pub(super) fn survey(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let mut inner = format!("<fieldset class=\"marks\"><legend>{}</legend><ul>", escaped(w.survey_says));
    for mark in 1..=5 {
        let _ = write!(
            inner,
            "<li><input id=\"f-mark-{mark}\" type=\"radio\" name=\"mark\" value=\"{mark}\" required><label \
             for=\"f-mark-{mark}\">{mark}</label></li>"
        );
    }
    let _ = write!(inner, "</ul><p class=\"soft\">{}</p></fieldset>", escaped(w.survey_scale));
    inner.push_str(&area(w.note, "words", WORDS_MAX, false));
    ctx.form(Page::Survey, None, &inner, w.send)
}

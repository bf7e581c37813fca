//! The pages, by what they are about, and the parts that several have.

mod debt;
pub(super) mod own;
pub(super) mod papers;
pub(super) mod pay;
mod rule;
pub(super) mod say;

use std::fmt::Write as _;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use regua_core::time::Day;
use regua_engine::Result;
use regua_engine::links::Owed;

use super::ctx::Ctx;
use super::page::{self, Page, private};
use super::words::fill;
use crate::looks::escaped;

/// A page as it is looked at.
///
/// # Errors
/// What the engine says.
pub(super) fn shown(ctx: &Ctx<'_>, page: Page) -> Result<Response> {
    if !ctx.allows(page) {
        return Ok(away(&ctx.after(ctx.first(), &[])));
    }
    if page == Page::Owed && ctx.first() != Page::Owed {
        return Ok(away(&ctx.after(ctx.first(), &[])));
    }
    if page.is_act() && !ctx.visitor.may_act {
        return Ok(page::page(ctx, page, &fresher(ctx)));
    }
    let body = match page {
        Page::Owed => debt::owed(ctx),
        Page::Months => debt::months(ctx)?,
        Page::Pay => pay::page(ctx)?,
        Page::Paid => say::paid(ctx),
        Page::Promise => say::promise(ctx),
        Page::Split => say::split(ctx),
        Page::Dispute => say::dispute(ctx),
        Page::Question => say::question(ctx),
        Page::Survey => say::survey(ctx),
        Page::Method => own::method(ctx)?,
        Page::Contact => own::contact(ctx),
        Page::Preferences => own::preferences(ctx),
        Page::NotMe => own::not_me(ctx),
        Page::Stop => own::stop(ctx),
        Page::Papers => papers::list(ctx)?,
        Page::Privacy => papers::privacy(ctx),
        Page::Policy => rule::page(ctx),
        Page::Receipt => return Ok(papers::receipt(ctx)),
        Page::Statement => return Ok(papers::statement(ctx)),
        Page::Data => return papers::data(ctx),
    };
    Ok(page::page(ctx, page, &body))
}

/// Somewhere else, to be looked at.
pub(super) fn away(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(to) = HeaderValue::from_str(to) {
        headers.insert(header::LOCATION, to);
    }
    private(headers);
    response
}

/// A file to keep. What it is called says nothing of whose it is.
pub(super) fn file(bytes: Vec<u8>, kind: &'static str, name: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    private(headers);
    response
}

/// That a link of some days ago is not enough, and how to get another.
fn fresher(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let inner = "<input type=\"hidden\" name=\"new\" value=\"1\">";
    format!("<p>{}</p>\n{}", escaped(w.fresher_says), ctx.form(Page::Owed, None, inner, w.new_link))
}

/// A text that is asked for.
fn field(label: &str, name: &str, kind: &str, more: &str) -> String {
    format!(
        "<p class=\"field\"><label for=\"f-{name}\">{}</label><input id=\"f-{name}\" name=\"{name}\" type=\"{kind}\"{more}></p>",
        escaped(label)
    )
}

/// A text of several lines.
fn area(label: &str, name: &str, max: usize, needed: bool) -> String {
    let needed = if needed { " required" } else { "" };
    format!(
        "<p class=\"field\"><label for=\"f-{name}\">{}</label><textarea id=\"f-{name}\" name=\"{name}\" rows=\"4\" maxlength=\"{max}\"\
         {needed}></textarea></p>",
        escaped(label)
    )
}

/// One of several: values with what they are called, and the one that holds.
fn choice(label: &str, name: &str, options: &[(&str, &str)], own: &str) -> String {
    let mut html = format!("<p class=\"field\"><label for=\"f-{name}\">{}</label><select id=\"f-{name}\" name=\"{name}\">", escaped(label));
    for (value, says) in options {
        let chosen = if *value == own { " selected" } else { "" };
        let _ = write!(html, "<option value=\"{}\"{chosen}>{}</option>", escaped(value), escaped(says));
    }
    html.push_str("</select></p>");
    html
}

/// A box that is ticked or not.
fn tick(label: &str, name: &str, ticked: bool, needed: bool) -> String {
    let (ticked, needed) = (if ticked { " checked" } else { "" }, if needed { " required" } else { "" });
    format!(
        "<p class=\"tick\"><input id=\"f-{name}\" name=\"{name}\" type=\"checkbox\" value=\"1\"{ticked}{needed}><label for=\"f-{name}\">{}\
         </label></p>",
        escaped(label)
    )
}

/// A day that is asked for, between two.
fn day_field(label: &str, name: &str, (from, until): (Option<Day>, Option<Day>), own: Option<Day>) -> String {
    let mut more = String::from(" required");
    for (what, day) in [("min", from), ("max", until), ("value", own)] {
        if let Some(day) = day {
            let _ = write!(more, " {what}=\"{day}\"");
        }
    }
    field(label, name, "date", &more)
}

/// What a bill is called: its plan, else that it is a bill, with its number.
fn called(ctx: &Ctx<'_>, owed: &Owed) -> String {
    owed.plan.clone().unwrap_or_else(|| fill(ctx.w.bill_named, &[("number", &owed.external_id)]))
}

/// Bills that are offered on one page to choose from.
const PICKED: usize = 50;

/// Which bill is meant, where there are several.
fn which(ctx: &Ctx<'_>, page: Page) -> String {
    let mut html = format!("<p>{}</p>\n<ul class=\"pick\">\n", escaped(ctx.w.which_bill));
    for owed in ctx.portal.owed.iter().skip(ctx.from()).take(PICKED) {
        let id = owed.receivable.to_string();
        let _ = writeln!(
            html,
            "<li><a href=\"{}\"><span>{}</span><span>{}</span></a></li>",
            ctx.href(page, &[("r", &id)]),
            escaped(&called(ctx, owed)),
            ctx.money(owed.copy.amount.total)
        );
    }
    html.push_str("</ul>\n");
    html.push_str(&further(ctx, page, PICKED));
    html
}

/// Where the bills are that a page had no room for, if there are any.
fn further(ctx: &Ctx<'_>, page: Page, shown: usize) -> String {
    let next = ctx.from().saturating_add(shown);
    let left = ctx.portal.owed.len().saturating_sub(next);
    if left == 0 {
        return String::new();
    }
    let says = fill(ctx.w.more_bills, &[("count", &left.to_string())]);
    format!("<p><a class=\"quiet\" href=\"{}\">{}</a></p>\n", ctx.href(page, &[("from", &next.to_string())]), escaped(&says))
}

/// The bill that a page is about in a line, or the choice of one; an error is what the page says instead.
fn about<'c>(ctx: &Ctx<'c>, page: Page) -> std::result::Result<(&'c Owed, String), String> {
    if ctx.portal.owed.is_empty() {
        return Err(format!("<p class=\"card calm\">{}</p>\n", escaped(ctx.w.nothing_owed)));
    }
    let Some(owed) = ctx.receivable() else { return Err(which(ctx, page)) };
    let line = format!(
        "<p class=\"about\"><span>{}</span><strong>{}</strong></p>\n",
        escaped(&called(ctx, owed)),
        ctx.money(owed.copy.amount.total)
    );
    Ok((owed, line))
}

//! Receipts, the statement of account, and what is held about the customer.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use regua_core::currency::Currency;
use regua_core::ids::ReceivableId;
use regua_engine::Result;
use regua_engine::links::{Owed, Settled};

use super::super::ctx::Ctx;
use super::super::page::{Page, private};
use super::super::words::fill;
use super::{file, tick};
use crate::looks::escaped;
use crate::office::{Paper, Printed};

/// Receipts that are listed.
const RECEIPTS_MAX: usize = 60;

/// Receipts and the statement.
///
/// # Errors
/// What the engine says.
pub(super) fn list(ctx: &Ctx<'_>) -> Result<String> {
    let w = ctx.w;
    let mut html = String::new();
    let settled = ctx.host.engine().portal_settled(ctx.visitor, RECEIPTS_MAX)?;
    let prints = ctx.host.office().is_some();
    if prints {
        let _ = writeln!(
            html,
            "<section class=\"card\"><h2>{}</h2><p>{}</p>{}</section>",
            escaped(w.statement),
            escaped(w.statement_says),
            statements(ctx, &settled)
        );
    }
    let _ = writeln!(html, "<h2>{}</h2>", escaped(w.receipts));
    let in_part: Vec<&Owed> = ctx.portal.owed.iter().filter(|owed| !owed.copy.paid.is_zero()).take(RECEIPTS_MAX / 4).collect();
    if settled.is_empty() && in_part.is_empty() {
        let _ = writeln!(html, "<p class=\"card calm\">{}</p>", escaped(w.receipts_none));
        return Ok(html);
    }
    html.push_str("<ul class=\"card lines\">\n");
    let in_part = in_part.into_iter().map(|owed| (owed.receivable, &owed.external_id, w.already_paid.to_owned(), owed.copy.paid));
    let whole = settled.iter().map(|one| {
        let on = ctx.day(ctx.portal.zone.day_of(one.at));
        (one.receivable, &one.external_id, on, one.amount)
    });
    for (receivable, number, on, amount) in in_part.chain(whole) {
        let id = receivable.to_string();
        let named = fill(w.bill_named, &[("number", number)]);
        let inner =
            format!("<span>{}<span class=\"soft\">{}</span></span><strong>{}</strong>", escaped(&named), escaped(&on), ctx.money(amount));
        if prints {
            let href = ctx.href(Page::Receipt, &[("r", &id)]);
            let _ = writeln!(html, "<li><a href=\"{href}\">{inner}</a></li>");
        } else {
            let _ = writeln!(html, "<li>{inner}</li>");
        }
    }
    html.push_str("</ul>\n");
    Ok(html)
}

/// Where the statement is; one for each currency of who has several.
fn statements(ctx: &Ctx<'_>, settled: &[Settled]) -> String {
    let owed = ctx.portal.owed.iter().map(|owed| owed.copy.billed.currency());
    let other = settled.iter().map(|one| one.amount.currency()).chain(ctx.portal.credit.iter().map(|credit| credit.currency()));
    let codes: BTreeSet<&str> = owed.chain(other).map(Currency::code).collect();
    let says = escaped(ctx.w.download);
    if codes.len() < 2 {
        return format!("<p><a class=\"button\" href=\"{}\">{says}</a></p>", ctx.href(Page::Statement, &[]));
    }
    let link = |code: &&str| {
        let href = ctx.href(Page::Statement, &[("u", code)]);
        format!("<p><a class=\"button\" href=\"{href}\">{says} ({code})</a></p>")
    };
    codes.iter().map(link).collect()
}

/// The receipt of a bill of this customer's, as PDF.
pub(super) fn receipt(ctx: &Ctx<'_>) -> Response {
    let named = ctx.asked("r").and_then(|text| text.parse::<ReceivableId>().ok());
    // Whoever asks for a bill of somebody else's is told as for none.
    let own = ctx.host.engine().portal_settled(ctx.visitor, usize::MAX).unwrap_or_default();
    let Some(id) = named.filter(|id| own.iter().any(|one| one.receivable == *id) || ctx.portal.owed(*id).is_some()) else {
        return nothing();
    };
    printed(ctx, &Paper::Receipt(id.to_string()), "receipt.pdf", Page::Papers)
}

/// The statement of account, as PDF.
pub(super) fn statement(ctx: &Ctx<'_>) -> Response {
    let customer = ctx.visitor.customer.to_string();
    let currency = ctx.asked("u").and_then(Currency::parse);
    printed(ctx, &Paper::Statement { customer, from: None, until: None, currency }, "statement.pdf", Page::Papers)
}

/// A document, or the page on which it was asked for with why it cannot be had.
pub(in super::super) fn printed(ctx: &Ctx<'_>, paper: &Paper, name: &'static str, back: Page) -> Response {
    let Some(office) = ctx.host.office() else { return nothing() };
    match office.print(paper, Some(ctx.language), &super::super::acts::by()) {
        Ok(Printed { bytes, .. }) => file(bytes, "application/pdf", name),
        Err(problem) if problem.status == 409 || problem.status == 503 => super::away(&ctx.after(back, &[("m", "busy")])),
        Err(_told) => super::away(&ctx.after(back, &[("m", "no_paper")])),
    }
}

fn nothing() -> Response {
    let mut response = StatusCode::NOT_FOUND.into_response();
    private(response.headers_mut());
    response
}

/// What is held about the customer, and asking for it to be erased.
pub(super) fn privacy(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let inner = tick(w.erase_confirm, "sure", false, true);
    format!(
        "<section class=\"card\"><h2>{}</h2><p>{}</p><p><a class=\"button\" href=\"{}\">{}</a></p></section>\n<section \
         class=\"card\"><h2>{}</h2><p>{}</p>{}</section>\n",
        escaped(w.data),
        escaped(w.data_says),
        ctx.href(Page::Data, &[]),
        escaped(w.download),
        escaped(w.erase),
        escaped(w.erase_says),
        ctx.quiet_form(Page::Privacy, None, &inner, w.erase_send)
    )
}

/// Everything that is held about the customer, as JSON.
///
/// # Errors
/// What the engine says.
pub(super) fn data(ctx: &Ctx<'_>) -> Result<Response> {
    let held = ctx.host.engine().export(ctx.visitor.tenant, &ctx.visitor.customer.to_string(), ctx.now)?;
    let text = serde_json::to_vec_pretty(&held).unwrap_or_default();
    Ok(file(text, "application/json", "data.json"))
}

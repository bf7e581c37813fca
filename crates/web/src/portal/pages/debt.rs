//! What is owed and why, and what the next months bring.

use std::fmt::Write as _;

use regua_core::money::Money;
use regua_engine::Result;
use regua_engine::links::Owed;
use regua_wire::messages::locale;

use super::super::ctx::Ctx;
use super::super::page::Page;
use super::super::words::fill;
use super::{called, further};
use crate::looks::escaped;

/// Bills on one page: a page stays small for who owes many.
const BILLS: usize = 10;

/// What is owed.
pub(super) fn owed(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    if ctx.portal.owed.is_empty() {
        let mut html = format!("<p class=\"card calm\">{}</p>\n", escaped(w.nothing_owed));
        html.push_str(&credit(ctx));
        return html;
    }
    let totals: Vec<String> = ctx.portal.totals().into_iter().map(|total| ctx.money(total)).collect();
    let mut html = format!(
        "<p class=\"card total\"><span>{}</span><strong>{}</strong><span class=\"soft\">{}</span></p>\n",
        escaped(w.total_today),
        totals.join(" + "),
        escaped(&ctx.day(ctx.portal.today))
    );
    html.push_str(&credit(ctx));
    // Beside other bills a bill's rarer ways stay folded, so that paying stands out.
    let is_only = ctx.portal.owed.len() == 1;
    for owed in ctx.portal.owed.iter().skip(ctx.from()).take(BILLS) {
        html.push_str(&bill(ctx, owed, is_only));
    }
    html.push_str(&further(ctx, Page::Owed, BILLS));
    html
}

fn credit(ctx: &Ctx<'_>) -> String {
    if ctx.portal.credit.is_empty() {
        return String::new();
    }
    let credit: Vec<String> = ctx.portal.credit.iter().map(|credit| ctx.money(*credit)).collect();
    format!("<p class=\"soft\">{} {}</p>\n", escaped(ctx.w.credit), credit.join(" + "))
}

/// One bill with its parts.
fn bill(ctx: &Ctx<'_>, owed: &Owed, is_only: bool) -> String {
    let w = ctx.w;
    let copy = &owed.copy;
    let id = owed.receivable.to_string();
    let due = escaped(&ctx.day(copy.due));
    let late = copy.amount.days_late;
    let (state, sort) = if owed.disputed {
        (w.is_disputed, "chip")
    } else if owed.on_its_way {
        (w.is_on_its_way, "chip good")
    } else if owed.promised_on.is_some() {
        (w.is_promised, "chip good")
    } else if late > 0 {
        (w.is_late, "chip late")
    } else {
        (w.is_open, "chip")
    };
    let number = if owed.plan.is_some() { format!(" · {} {}", escaped(w.number), escaped(&owed.external_id)) } else { String::new() };
    let mut html = format!(
        "<section class=\"card bill\" aria-labelledby=\"b-{id}\">\n<div class=\"head\"><h2 id=\"b-{id}\">{}</h2><span \
         class=\"{sort}\">{}</span></div>\n<p class=\"soft\">{} {due}{number}</p>\n",
        escaped(&called(ctx, owed)),
        escaped(state),
        escaped(w.due_on)
    );
    html.push_str("<dl class=\"sum\">\n");
    row(ctx, &mut html, w.billed, copy.billed);
    let shown = |amount: Money| !amount.is_zero();
    let zero = Money::zero(copy.billed.currency());
    let less = |amount: Money| zero.minus(amount).unwrap_or(zero);
    for (label, amount) in [
        (w.already_paid, less(copy.paid)),
        (w.lowered, less(copy.lowered)),
        (w.fine, copy.amount.fine),
        (w.interest, copy.amount.interest),
        (w.fees, copy.amount.fixed),
        (w.discount, less(copy.amount.discount)),
    ] {
        if shown(amount) {
            row(ctx, &mut html, label, amount);
        }
    }
    let _ = writeln!(html, "<dt class=\"all\">{}</dt><dd class=\"all\">{}</dd>", escaped(w.to_pay), ctx.money(copy.amount.total));
    html.push_str("</dl>\n");
    let mut notes = Vec::new();
    if late > 0 {
        let days = locale::number(ctx.language, u64::try_from(late).unwrap_or(0));
        notes.push(fill(w.why_late, &[("days", &days)]));
    }
    if let Some(until) = copy.valid_until() {
        notes.push(fill(w.valid_until, &[("date", &ctx.day(until))]));
    }
    if !notes.is_empty() {
        let _ = writeln!(html, "<p class=\"soft\">{}</p>", escaped(&notes.join(" ")));
    }
    if let Some(on) = owed.promised_on {
        let _ = writeln!(html, "<p class=\"note\">{}</p>", escaped(&fill(w.promised_for, &[("date", &ctx.day(on))])));
    }
    html.push_str(&ways(ctx, owed, is_only));
    html.push_str("</section>\n");
    html
}

/// What can be done about a bill: paying it, and behind that everything else.
fn ways(ctx: &Ctx<'_>, owed: &Owed, is_only: bool) -> String {
    let w = ctx.w;
    let id = owed.receivable.to_string();
    let mut html = String::new();
    // Who hears only the links must hear which bill each is for.
    let link = |to: Page, sort: &str, says: &str| {
        format!("<a class=\"{sort}\" href=\"{}\" aria-describedby=\"b-{id}\">{}</a>", ctx.href(to, &[("r", &id)]), escaped(says))
    };
    if ctx.allows(Page::Pay) {
        // Whoever has paid or contests it is not urged to pay.
        let sort = if owed.on_its_way || owed.disputed { "quiet" } else { "button" };
        let amount = locale::money(ctx.language, owed.copy.amount.total);
        let _ = writeln!(html, "<p class=\"act\">{}</p>", link(Page::Pay, sort, &fill(w.pay_now, &[("amount", &amount)])));
    }
    let offered = |to: Page| (to != Page::Promise || owed.promise.is_some()) && (to != Page::Dispute || !owed.disputed);
    let others = [Page::Paid, Page::Promise, Page::Split, Page::Dispute, Page::Question];
    let items: Vec<String> = others
        .into_iter()
        .filter(|to| ctx.allows(*to) && offered(*to))
        .map(|to| format!("<li>{}</li>", link(to, "way", to.title(w))))
        .collect();
    if !items.is_empty() {
        let open = if is_only { " open" } else { "" };
        let _ =
            writeln!(html, "<details{open}><summary>{}</summary><ul class=\"do\">{}</ul></details>", escaped(w.other_ways), items.concat());
    }
    html
}

fn row(ctx: &Ctx<'_>, html: &mut String, label: &str, amount: Money) {
    let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escaped(label), ctx.money(amount));
}

/// The bills of the next twelve months.
///
/// # Errors
/// What the engine says.
pub(super) fn months(ctx: &Ctx<'_>) -> Result<String> {
    let w = ctx.w;
    let coming = ctx.host.engine().portal_coming(ctx.visitor, ctx.portal)?;
    if coming.is_empty() {
        return Ok(format!("<p class=\"card calm\">{}</p>\n", escaped(w.nothing_comes)));
    }
    let mut html = format!("<p>{}</p>\n<ul class=\"card lines\">\n", escaped(w.months_says));
    for one in coming {
        let note = if one.is_billed { String::new() } else { format!("<span class=\"soft\">{}</span>", escaped(w.expected)) };
        let is_numbered = |owed: &Owed| owed.plan.is_none() && owed.external_id == one.what;
        let named = one.is_billed && ctx.portal.owed.iter().any(is_numbered);
        let what = if named { fill(w.bill_named, &[("number", &one.what)]) } else { one.what.clone() };
        let _ = writeln!(
            html,
            "<li><span>{}<span class=\"soft\">{}</span></span><strong>{}{note}</strong></li>",
            escaped(&what),
            escaped(&ctx.day(one.on)),
            ctx.money(one.amount)
        );
    }
    html.push_str("</ul>\n");
    Ok(html)
}

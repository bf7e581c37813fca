//! What is owed and why, and what the next months bring.

use std::fmt::Write as _;

use regua_core::money::Money;
use regua_engine::Result;
use regua_engine::links::Owed;
use regua_wire::messages::locale;

use super::super::ctx::Ctx;
use super::super::page::Page;
use super::super::words::fill;
use super::called;
use crate::looks::escaped;

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
    for owed in &ctx.portal.owed {
        html.push_str(&bill(ctx, owed));
    }
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
fn bill(ctx: &Ctx<'_>, owed: &Owed) -> String {
    let w = ctx.w;
    let copy = &owed.copy;
    let id = owed.receivable.to_string();
    let due = escaped(&ctx.day(copy.due));
    let late = copy.amount.days_late;
    let state = if owed.disputed {
        w.is_disputed
    } else if owed.on_its_way {
        w.is_on_its_way
    } else if owed.promised_on.is_some() {
        w.is_promised
    } else if late > 0 {
        w.is_late
    } else {
        w.is_open
    };
    let sort = if late > 0 && !owed.disputed && !owed.on_its_way && owed.promised_on.is_none() { "chip late" } else { "chip" };
    let mut html = format!(
        "<section class=\"card bill\" aria-labelledby=\"b-{id}\">\n<h2 id=\"b-{id}\">{}</h2>\n<p><span class=\"{sort}\">{}</span> {} \
         {due}</p>\n",
        escaped(called(owed)),
        escaped(state),
        escaped(w.due_on)
    );
    if owed.plan.is_some() {
        let _ = writeln!(html, "<p class=\"soft\">{} {}</p>", escaped(w.number), escaped(&owed.external_id));
    }
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
    if late > 0 {
        let days = locale::number(ctx.language, u64::try_from(late).unwrap_or(0));
        let _ = writeln!(html, "<p class=\"why\">{}</p>", escaped(&fill(w.why_late, &[("days", &days)])));
    }
    if let Some(until) = copy.valid_until() {
        let _ = writeln!(html, "<p class=\"soft\">{}</p>", escaped(&fill(w.valid_until, &[("date", &ctx.day(until))])));
    }
    if let Some(on) = owed.promised_on {
        let _ = writeln!(html, "<p class=\"soft\">{}</p>", escaped(&fill(w.promised_for, &[("date", &ctx.day(on))])));
    }
    html.push_str("<ul class=\"do\">\n");
    for (to, sort) in [
        (Page::Pay, "button"),
        (Page::Paid, "quiet"),
        (Page::Promise, "quiet"),
        (Page::Split, "quiet"),
        (Page::Dispute, "quiet"),
        (Page::Question, "quiet"),
    ] {
        let offered = (to != Page::Promise || owed.promise.is_some()) && (to != Page::Dispute || !owed.disputed);
        if offered && ctx.allows(to) {
            // Who hears only the links must hear which bill each is for.
            let _ = writeln!(
                html,
                "<li><a class=\"{sort}\" href=\"{}\" aria-describedby=\"b-{id}\">{}</a></li>",
                ctx.href(to, &[("r", &id)]),
                escaped(to.title(w))
            );
        }
    }
    html.push_str("</ul>\n</section>\n");
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
    let mut html = format!(
        "<p>{}</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table>\n<thead><tr><th scope=\"col\">{}</th><th \
         scope=\"col\">{}</th><th scope=\"col\" class=\"num\">{}</th></tr></thead>\n<tbody>\n",
        escaped(w.months_says),
        escaped(w.months),
        escaped(w.when),
        escaped(w.what),
        escaped(w.amount)
    );
    for one in coming {
        let note = if one.is_billed { "" } else { w.expected };
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{} <span class=\"soft\">{}</span></td><td class=\"num\">{}</td></tr>",
            escaped(&ctx.day(one.on)),
            escaped(&one.what),
            escaped(note),
            ctx.money(one.amount)
        );
    }
    html.push_str("</tbody></table></div>\n");
    Ok(html)
}

//! Paying: a Pix with its QR code, a boleto, a stored way, a page of the gateway that takes a card.
//!
//! What waits for the payer is asked of the gateway by a form and shown once it is made; what asks for another amount than is due today is
//! not shown. Deliberately absent: card data, which only the gateway's own page takes.

use std::fmt::Write as _;

use regua_core::charging::{MethodStatus, Scheme};
use regua_core::currency::Currency;
use regua_core::words::Rail;
use regua_engine::Result;
use regua_engine::charging::{Given, Stored};
use regua_engine::commands::tell::About;
use regua_engine::links::Owed;
use regua_store::charging::instruments::InstrumentRow;

use super::super::ctx::Ctx;
use super::super::page::Page;
use super::super::qr;
use super::super::words::fill;
use super::about;
use crate::looks::escaped;

/// Things to pay by that are looked at: there are few.
const LOOKED_AT: usize = 20;

/// By which rails a sort of gateway has something to pay by that this page can show.
fn rails(kind: &str) -> &'static [Rail] {
    match kind {
        "sandbox" | "asaas" => &[Rail::Pix, Rail::Boleto],
        "pix" => &[Rail::Pix],
        "stripe" => &[Rail::Card],
        _ => &[],
    }
}

/// The first gateway of ours that has something to pay by on a rail in a currency, with what sort it is.
pub(in super::super) fn gateway(ctx: &Ctx<'_>, rail: Rail, currency: Currency) -> Result<Option<(String, String)>> {
    if matches!(rail, Rail::Pix | Rail::Boleto) && currency != Currency::BRL {
        return Ok(None);
    }
    let own = ctx.host.engine().gateways(ctx.visitor.tenant)?.into_iter();
    let fits = own.filter(|row| row.role == "owner").find(|row| rails(&row.kind).contains(&rail));
    Ok(fits.map(|row| (row.gateway, row.kind)))
}

/// Paying one bill.
///
/// # Errors
/// What the engine says.
pub(super) fn page(ctx: &Ctx<'_>) -> Result<String> {
    let w = ctx.w;
    let (owed, mut html) = match about(ctx, Page::Pay) {
        Ok(found) => found,
        Err(instead) => return Ok(instead),
    };
    if owed.on_its_way {
        let _ = writeln!(html, "<p class=\"said\">{}</p>", escaped(w.on_its_way_says));
    }
    let mut ways = 0;
    let made = made(ctx, owed)?;
    let sections: [(Rail, Section); 3] = [(Rail::Pix, pix), (Rail::Boleto, boleto), (Rail::Card, card_page)];
    for (rail, section) in sections {
        let Some((_, kind)) = gateway(ctx, rail, owed.copy.amount.total.currency())? else { continue };
        ways += 1;
        let own = made.iter().find(|(row, _)| row.rail == rail);
        html.push_str(&section(ctx, owed, own, &kind));
    }
    if own_slips(ctx, owed)? {
        ways += 1;
        let inner = "<input type=\"hidden\" name=\"way\" value=\"slip\">";
        let _ = writeln!(
            html,
            "<section class=\"card\"><h2>{}</h2><p>{}</p>{}</section>",
            escaped(w.slip),
            escaped(w.slip_says),
            ctx.quiet_form(Page::Pay, Some(owed.receivable), inner, w.slip_pdf)
        );
    }
    let stored = stored(ctx)?;
    if !stored.is_empty() && ctx.visitor.may_act {
        ways += 1;
        html.push_str(&stored_ways(ctx, owed, &stored));
    }
    if ctx.allows(Page::Method) {
        let _ = writeln!(html, "<p><a class=\"quiet\" href=\"{}\">{}</a></p>", ctx.href(Page::Method, &[]), escaped(w.other_method));
    }
    if ways == 0 {
        let _ = writeln!(html, "<p class=\"card calm\">{}</p>", escaped(w.no_way_to_pay));
    }
    Ok(html)
}

type Made = (InstrumentRow, Given);
type Section = fn(&Ctx<'_>, &Owed, Option<&Made>, &str) -> String;

/// What can be paid now and is over what is due today.
fn made(ctx: &Ctx<'_>, owed: &Owed) -> Result<Vec<Made>> {
    let (engine, tenant) = (ctx.host.engine(), ctx.visitor.tenant);
    let mut made = Vec::new();
    let rows = engine.open_instruments(tenant, &About::Receivable(owed.receivable.to_string()))?;
    let due = owed.copy.amount.total.minor();
    for row in
        rows.into_iter().filter(|row| row.status == "open" && row.amount == due && row.valid_until >= ctx.portal.today).take(LOOKED_AT)
    {
        if let (row, Some(given)) = engine.instrument(tenant, row.instrument)? {
            made.push((row, given));
        }
    }
    Ok(made)
}

fn pix(ctx: &Ctx<'_>, owed: &Owed, made: Option<&Made>, kind: &str) -> String {
    let w = ctx.w;
    let mut html = format!("<section class=\"card\"><h2>{}</h2>\n", escaped(w.pix));
    match made.and_then(|(row, given)| Some((row, given.brcode.as_deref()?))) {
        Some((row, code)) => {
            let until = fill(w.valid_until, &[("date", &ctx.day(row.valid_until))]);
            let id = owed.receivable.to_string();
            let _ = write!(
                html,
                "<p>{}</p>\n<div class=\"pix\">{}<div>{}<p class=\"soft\">{}</p></div></div>\n<p class=\"note\">{} <a \
                 href=\"{}\">{}</a></p>\n",
                escaped(w.pix_how),
                qr::svg(code, &escaped(w.qr_label)).unwrap_or_default(),
                to_copy(ctx, "pix-code", w.pix_code, code),
                escaped(&until),
                escaped(w.pix_after),
                ctx.href(Page::Pay, &[("r", &id)]),
                escaped(w.pix_look)
            );
            html.push_str(&simulated(ctx, owed, kind));
        }
        None => {
            let inner = "<input type=\"hidden\" name=\"way\" value=\"pix\">";
            let _ = write!(html, "<p>{}</p>{}", escaped(w.pix_says), ctx.form(Page::Pay, Some(owed.receivable), inner, w.pix_make));
        }
    }
    html.push_str("</section>\n");
    html
}

/// A text to be copied: touching it chooses all of it, without a script.
fn to_copy(ctx: &Ctx<'_>, id: &str, label: &str, text: &str) -> String {
    format!(
        "<p class=\"field\"><span class=\"label\" id=\"{id}-label\">{}</span><span id=\"{id}\" class=\"code\" role=\"textbox\" \
         aria-readonly=\"true\" aria-multiline=\"true\" aria-labelledby=\"{id}-label\" tabindex=\"0\">{}</span><span \
         class=\"soft\">{}</span></p>",
        escaped(label),
        escaped(text),
        escaped(ctx.w.copy_hint)
    )
}

/// In a sandbox nobody has a bank: a button pays as a payer would.
fn simulated(ctx: &Ctx<'_>, owed: &Owed, kind: &str) -> String {
    if kind != "sandbox" || ctx.host.office().is_none() {
        return String::new();
    }
    let inner = format!("<input type=\"hidden\" name=\"way\" value=\"simulate\"><p>{}</p>", escaped(ctx.w.sandbox_says));
    let form = ctx.form(Page::Pay, Some(owed.receivable), &inner, ctx.w.sandbox_pay);
    format!("<div class=\"trial\">{form}</div>\n")
}

fn boleto(ctx: &Ctx<'_>, owed: &Owed, made: Option<&Made>, kind: &str) -> String {
    let w = ctx.w;
    let mut html = format!("<section class=\"card\"><h2>{}</h2>\n", escaped(w.boleto));
    match made.and_then(|(row, given)| Some((row, given, given.boleto_line.as_deref()?))) {
        Some((row, given, line)) => {
            let _ = write!(
                html,
                "{}<p class=\"soft\">{}</p>",
                to_copy(ctx, "boleto-line", w.boleto_line, line),
                escaped(&fill(w.valid_until, &[("date", &ctx.day(row.valid_until))]))
            );
            html.push_str(&outside(given, w.boleto_open));
            html.push_str(&simulated(ctx, owed, kind));
        }
        None => {
            let inner = "<input type=\"hidden\" name=\"way\" value=\"boleto\">";
            let _ =
                write!(html, "<p>{}</p>{}", escaped(w.boleto_says), ctx.quiet_form(Page::Pay, Some(owed.receivable), inner, w.boleto_make));
        }
    }
    html.push_str("</section>\n");
    html
}

fn card_page(ctx: &Ctx<'_>, owed: &Owed, made: Option<&Made>, _kind: &str) -> String {
    let w = ctx.w;
    let mut html = format!("<section class=\"card\"><h2>{}</h2>\n<p>{}</p>", escaped(w.card), escaped(w.card_says));
    match made.filter(|(_, given)| given.link.is_some()) {
        Some((_, given)) => html.push_str(&outside(given, w.card_open)),
        None => {
            let inner = "<input type=\"hidden\" name=\"way\" value=\"card\">";
            html.push_str(&ctx.form(Page::Pay, Some(owed.receivable), inner, w.card_make));
        }
    }
    html.push_str("</section>\n");
    html
}

/// A page of the gateway's: only one that is reached by TLS.
fn outside(given: &Given, says: &str) -> String {
    match given.link.as_deref().filter(|link| link.starts_with("https://")) {
        Some(link) => format!("<p><a class=\"button\" rel=\"noreferrer noopener\" href=\"{}\">{}</a></p>", escaped(link), escaped(says)),
        None => String::new(),
    }
}

/// Whether the company's own bank has slips for this bill.
fn own_slips(ctx: &Ctx<'_>, owed: &Owed) -> Result<bool> {
    if ctx.host.office().is_none() || owed.copy.amount.total.currency() != Currency::BRL {
        return Ok(false);
    }
    let accounts = ctx.host.engine().bank_accounts(ctx.visitor.tenant)?;
    Ok(accounts.iter().any(|named| !named.account.wallet.is_empty()))
}

/// Stored ways that can be charged.
pub(in super::super) fn stored(ctx: &Ctx<'_>) -> Result<Vec<Stored>> {
    let about = About::Customer(ctx.visitor.customer.to_string());
    let all = ctx.host.engine().methods(ctx.visitor.tenant, &about)?;
    let today = ctx.portal.today;
    let good = |one: &Stored| one.status == MethodStatus::Active && one.expires_on.is_none_or(|last| today <= last);
    Ok(all.into_iter().filter(good).collect())
}

fn stored_ways(ctx: &Ctx<'_>, owed: &Owed, stored: &[Stored]) -> String {
    let w = ctx.w;
    let mut html = format!("<section class=\"card\"><h2>{}</h2>\n<p>{}</p>", escaped(w.stored), escaped(w.stored_says));
    for one in stored {
        let inner = format!(
            "<input type=\"hidden\" name=\"way\" value=\"stored\"><input type=\"hidden\" name=\"method\" value=\"{}\">",
            one.method
        );
        let amount = regua_wire::messages::locale::money(ctx.language, owed.copy.amount.total);
        let says = fill(w.stored_charge, &[("amount", &amount), ("method", &named(one))]);
        html.push_str(&ctx.form(Page::Pay, Some(owed.receivable), &inner, &says));
    }
    html.push_str("</section>\n");
    html
}

/// What a stored way is called: whose rules bind it, and its last characters.
pub(in super::super) fn named(one: &Stored) -> String {
    let scheme = match one.scheme {
        Scheme::Visa => "Visa",
        Scheme::Mastercard => "Mastercard",
        Scheme::Amex => "American Express",
        Scheme::Elo => "Elo",
        Scheme::Hipercard => "Hipercard",
        Scheme::Discover => "Discover",
        Scheme::Diners => "Diners",
        Scheme::Jcb => "JCB",
        Scheme::UnionPay => "UnionPay",
        Scheme::OtherCard => "••",
        Scheme::Ach => "ACH",
        Scheme::Sepa | Scheme::SepaB2b => "SEPA",
        Scheme::Bacs => "Bacs",
        Scheme::Becs => "BECS",
        Scheme::Pad => "PAD",
        Scheme::PixAutomatico => "Pix Automático",
        Scheme::Debit150 => "Débito automático",
    };
    one.last4.as_deref().map_or_else(|| scheme.to_owned(), |last| format!("{scheme} •••• {last}"))
}

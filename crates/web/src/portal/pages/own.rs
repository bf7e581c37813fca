//! What is the customer's own: ways to pay, ways to be reached, and what they choose.
//!
//! Addresses are shown so that who knows them recognises them, and nobody else learns them: a link may have been forwarded.

use std::fmt::Write as _;

use regua_core::party::Consent;
use regua_core::words::{Channel, Language};
use regua_engine::Result;
use regua_engine::commands::tell::About;

use super::super::ctx::Ctx;
use super::super::page::Page;
use super::super::sandbox;
use super::super::words::{Words, own_name};
use super::pay::named;
use super::{choice, field, tick};
use crate::looks::escaped;

/// What a channel is called.
pub(in super::super) const fn channel_name(w: &'static Words, channel: Channel) -> &'static str {
    match channel {
        Channel::Email => w.by_email,
        Channel::Sms => w.by_sms,
        Channel::Whatsapp => w.by_whatsapp,
        Channel::Push => w.by_push,
        Channel::InApp => w.by_in_app,
        Channel::Voice => w.by_voice,
        Channel::Letter => w.by_letter,
    }
}

/// The channels on which the customer can be reached, each once.
pub(in super::super) fn channels(ctx: &Ctx<'_>) -> Vec<Channel> {
    let known = |channel: &Channel| ctx.portal.profile.on(*channel).next().is_some();
    Channel::ALL.iter().copied().filter(known).collect()
}

/// Stored ways, and another.
///
/// # Errors
/// What the engine says.
pub(super) fn method(ctx: &Ctx<'_>) -> Result<String> {
    let w = ctx.w;
    let engine = ctx.host.engine();
    let about = About::Customer(ctx.visitor.customer.to_string());
    let all = engine.methods(ctx.visitor.tenant, &about)?;
    let mut html = format!("<p>{}</p>\n", escaped(w.method_says));
    let kept: Vec<_> = all.iter().filter(|one| one.status != regua_core::charging::MethodStatus::Removed).collect();
    if kept.is_empty() {
        let _ = writeln!(html, "<p class=\"card calm\">{}</p>", escaped(w.method_none));
    }
    for one in kept {
        let ends = one.expires_on.map_or_else(String::new, |day| format!("{} {}", w.expires, ctx.day(day)));
        let inner = format!(
            "<input type=\"hidden\" name=\"way\" value=\"remove\"><input type=\"hidden\" name=\"method\" value=\"{}\">",
            one.method
        );
        let _ = writeln!(
            html,
            "<section class=\"card row\"><div><h2>{}</h2><p class=\"soft\">{}</p></div>{}</section>",
            escaped(&named(one)),
            escaped(&ends),
            ctx.quiet_form(Page::Method, None, &inner, w.remove)
        );
    }
    let has_sandbox = engine.gateways(ctx.visitor.tenant)?.iter().any(|row| row.kind == "sandbox" && row.role == "owner");
    if has_sandbox {
        let mut inner = format!("<input type=\"hidden\" name=\"way\" value=\"add\"><p class=\"soft\">{}</p>", escaped(w.sandbox_cards));
        inner.push_str("<ul class=\"cards soft\">");
        for number in sandbox::NUMBERS {
            let _ = write!(inner, "<li class=\"code\">{number}</li>");
        }
        inner.push_str("</ul>");
        inner.push_str(&field(w.card_number, "number", "text", " inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"23\" required"));
        inner.push_str(&field(w.card_expiry, "expiry", "text", " placeholder=\"12/30\" autocomplete=\"off\" maxlength=\"7\" required"));
        inner.push_str(&tick(w.card_consent, "consent", false, true));
        let _ = writeln!(
            html,
            "<section class=\"card\"><h2>{}</h2>{}</section>",
            escaped(w.card_new),
            ctx.form(Page::Method, None, &inner, w.save)
        );
    } else {
        let _ = writeln!(html, "<p>{}</p><p><a href=\"{}\">{}</a></p>", escaped(w.method_at_pay), ctx.href(Page::Pay, &[]), escaped(w.pay));
    }
    Ok(html)
}

/// Ways to be reached.
pub(super) fn contact(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let contacts = &ctx.portal.profile.contacts;
    let mut html = format!("<p>{}</p>\n", escaped(w.contact_says));
    for (place, point) in contacts.iter().enumerate() {
        let state = if point.is_usable() { "" } else { w.contact_off };
        let _ = write!(
            html,
            "<section class=\"card row\"><div><h2>{}</h2><p>{} <span class=\"soft\">{}</span></p></div>",
            escaped(channel_name(w, point.channel)),
            escaped(&point.address.masked()),
            escaped(state)
        );
        if contacts.len() > 1 {
            let inner = format!(
                "<input type=\"hidden\" name=\"way\" value=\"remove\"><input type=\"hidden\" name=\"place\" value=\"{place}\"><input \
                 type=\"hidden\" name=\"masked\" value=\"{}\">",
                escaped(&point.address.masked())
            );
            html.push_str(&ctx.quiet_form(Page::Contact, None, &inner, w.remove));
        }
        html.push_str("</section>\n");
    }
    let mut inner = String::from("<input type=\"hidden\" name=\"way\" value=\"email\">");
    inner.push_str(&field(w.contact_email, "email", "email", " autocomplete=\"email\" maxlength=\"254\" required"));
    let _ = writeln!(
        html,
        "<section class=\"card\"><h2>{}</h2>{}</section>",
        escaped(w.contact_add_email),
        ctx.form(Page::Contact, None, &inner, w.save)
    );
    let mut inner = String::from("<input type=\"hidden\" name=\"way\" value=\"phone\">");
    inner.push_str(&field(w.contact_phone, "phone", "tel", " autocomplete=\"tel\" maxlength=\"30\" required"));
    inner.push_str(&tick(w.contact_sms, "sms", false, false));
    inner.push_str(&tick(w.contact_whatsapp, "whatsapp", false, false));
    let _ = writeln!(
        html,
        "<section class=\"card\"><h2>{}</h2>{}</section>",
        escaped(w.contact_add_phone),
        ctx.form(Page::Contact, None, &inner, w.save)
    );
    html
}

/// Channel, language, day.
pub(super) fn preferences(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let profile = &ctx.portal.profile;
    let mut inner = String::from("<input type=\"hidden\" name=\"way\" value=\"all\">");
    let languages: Vec<(&str, &str)> = Language::ALL.iter().map(|language| (language.as_str(), own_name(*language))).collect();
    inner.push_str(&choice(w.pref_language, "language", &languages, ctx.portal.language.as_str()));
    let channels = channels(ctx);
    let mut preferred: Vec<(&str, &str)> = vec![("", w.pref_any)];
    preferred.extend(channels.iter().map(|channel| (channel.as_str(), channel_name(w, *channel))));
    inner.push_str(&choice(w.pref_channel, "channel", &preferred, profile.preferred.map_or("", Channel::as_str)));
    let _ = write!(inner, "<fieldset><legend>{}</legend>", escaped(w.pref_allowed));
    for channel in &channels {
        let on = profile.on(*channel).any(|point| point.consent != Consent::OptedOut);
        inner.push_str(&tick(channel_name(w, *channel), &format!("on-{}", channel.as_str()), on, false));
    }
    let _ = write!(inner, "<p class=\"soft\">{}</p></fieldset>", escaped(w.pref_allowed_says));
    let mut html = ctx.form(Page::Preferences, None, &inner, w.save);
    let mut inner = String::from("<input type=\"hidden\" name=\"way\" value=\"day\">");
    inner.push_str(&field(w.pref_day, "day", "number", " min=\"1\" max=\"28\" inputmode=\"numeric\" required"));
    let _ = writeln!(
        html,
        "<section class=\"card\"><h2>{}</h2><p>{}</p>{}</section>",
        escaped(w.pref_day_title),
        escaped(w.pref_day_says),
        ctx.form(Page::Preferences, None, &inner, w.send)
    );
    html
}

/// The message came to somebody else.
pub(super) fn not_me(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    match ctx.portal.reached_at() {
        None => format!("<p>{}</p>\n", escaped(w.not_me_nobody)),
        Some(point) => format!(
            "<p>{}</p>\n<p class=\"about\"><strong>{}</strong></p>\n{}",
            escaped(w.not_me_says),
            escaped(&point.address.masked()),
            ctx.form(Page::NotMe, None, "", w.not_me_send)
        ),
    }
}

/// No messages there any more.
pub(super) fn stop(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    match ctx.portal.reached_at() {
        None => format!("<p>{}</p>\n", escaped(w.not_me_nobody)),
        Some(point) => format!(
            "<p>{}</p>\n<p class=\"about\"><strong>{}</strong></p>\n{}",
            escaped(w.stop_says),
            escaped(&point.address.masked()),
            ctx.form(Page::Stop, None, "", w.stop_send)
        ),
    }
}

//! The rule in plain words, made of the policy that holds: no names of segments or steps, and no conditions.

use std::fmt::Write as _;

use regua_core::policy::program::{Anchor, At, Offset};
use regua_core::rate::Rate;
use regua_core::rulebook::RulebookName;
use regua_core::words::AccessState;
use regua_engine::links::{Doing, RuleStep};
use regua_wire::messages::locale;

use super::super::ctx::Ctx;
use super::super::words::fill;
use super::own::channel_name;
use crate::looks::escaped;

/// The page.
pub(super) fn page(ctx: &Ctx<'_>) -> String {
    let w = ctx.w;
    let rule = &ctx.portal.rule;
    let mut html = format!("<p>{}</p>\n<section class=\"card\"><h2>{}</h2>\n<ul>\n", escaped(w.rule_says), escaped(w.rule_costs));
    let mut costs = Vec::new();
    if rule.late.fine != Rate::default() {
        costs.push(fill(w.rule_fine, &[("rate", &percent(ctx, rule.late.fine))]));
    }
    if rule.late.interest.rate != Rate::default() {
        let days = rule.late.interest.base_days.to_string();
        let known = match rule.late.interest.base_days {
            1 => Some(w.rule_per_day),
            30 => Some(w.rule_per_month),
            360 | 365 => Some(w.rule_per_year),
            _ => None,
        };
        let per = known.map_or_else(|| fill(w.rule_per_days, &[("days", &days)]), str::to_owned);
        costs.push(fill(w.rule_interest, &[("rate", &percent(ctx, rule.late.interest.rate)), ("per", &per)]));
    }
    for sum in &rule.late.fixed {
        costs.push(fill(
            w.rule_fixed,
            &[("amount", &locale::money(ctx.language, sum.sum)), ("from", &locale::money(ctx.language, sum.from))],
        ));
    }
    for early in &rule.early {
        let until = inner(&offset(ctx, early.until, false));
        costs.push(fill(w.rule_early, &[("rate", &percent(ctx, early.percent)), ("when", &until)]));
    }
    if costs.is_empty() {
        costs.push(w.rule_free.to_owned());
    }
    items(&mut html, &costs);
    let _ = write!(html, "</ul></section>\n<section class=\"card\"><h2>{}</h2>\n<ul>\n", escaped(w.rule_messages));
    let mut messages = Vec::new();
    let caps = rule.caps;
    for (cap, says) in [(caps.per_day, w.rule_cap_day), (caps.per_week, w.rule_cap_week), (caps.per_month, w.rule_cap_month)] {
        if let Some(cap) = cap {
            messages.push(fill(says, &[("count", &locale::number(ctx.language, u64::from(cap)))]));
        }
    }
    if !rule.channels.is_empty() {
        let names: Vec<String> = rule.channels.iter().map(|channel| channel_name(w, *channel).to_owned()).collect();
        messages.push(fill(w.rule_channels, &[("channels", &locale::list(ctx.language, &names))]));
    }
    messages.push(
        match rule.rulebook {
            RulebookName::Br => w.rule_hours_br,
            RulebookName::Us => w.rule_hours_us,
            RulebookName::Eu => w.rule_hours_eu,
            RulebookName::Uk => w.rule_hours_uk,
            RulebookName::None => w.rule_hours_none,
        }
        .to_owned(),
    );
    messages.push(w.rule_stops.to_owned());
    items(&mut html, &messages);
    let _ = write!(
        html,
        "</ul></section>\n<section class=\"card\"><h2>{}</h2>\n<p>{}</p>\n<ol class=\"steps\">\n",
        escaped(w.rule_steps),
        escaped(w.rule_steps_says)
    );
    for step in &rule.steps {
        let _ = writeln!(html, "<li><strong>{}</strong> {}</li>", escaped(&when(ctx, step)), escaped(&begun(&what(ctx, step))));
    }
    html.push_str("</ol></section>\n");
    let _ = writeln!(html, "<p class=\"soft\">{}</p>", escaped(w.rule_end));
    html
}

fn items(html: &mut String, items: &[String]) {
    for item in items {
        let _ = writeln!(html, "<li>{}</li>", escaped(item));
    }
}

/// A phrase that stands within a sentence, as it begins one.
fn begun(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A phrase that begins a line, as it stands within a sentence.
fn inner(phrase: &str) -> String {
    let phrase = phrase.trim_end_matches([':', ' ', '\u{a0}']);
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A rate as a language writes it: at most four digits behind the mark.
fn percent(ctx: &Ctx<'_>, rate: Rate) -> String {
    // A rate counts in parts of `Rate::ONE`; a percent is a hundredth of it.
    let hundredth = Rate::ONE / 100;
    let (whole, rest) = (rate.units() / hundredth, rate.units() % hundredth);
    let mut text = whole.to_string();
    if rest > 0 {
        let digits = format!("{:04}", rest * 10_000 / hundredth);
        let digits = digits.trim_end_matches('0');
        let mark = if ctx.language == regua_core::words::Language::En { '.' } else { ',' };
        if !digits.is_empty() {
            text.push(mark);
            text.push_str(digits);
        }
    }
    text.push('%');
    text
}

/// When a step comes.
fn when(ctx: &Ctx<'_>, step: &RuleStep) -> String {
    let w = ctx.w;
    let At { anchor, offset: far, .. } = step.at;
    let at = match anchor {
        Anchor::Issue => offset(ctx, far, true),
        Anchor::Due => offset(ctx, far, false),
        Anchor::Failed => w.when_failed.to_owned(),
        Anchor::Promise => w.when_promise.to_owned(),
        Anchor::Expiry => w.when_expiry.to_owned(),
        Anchor::Renewal => w.when_renewal.to_owned(),
        Anchor::After(_) => w.when_after.to_owned(),
    };
    let at = at.trim_end_matches([':', ' ', '\u{a0}']);
    if step.repeats { format!("{at} {}", w.when_again) } else { at.to_owned() }
}

/// A distance from the due date, or from the day of issue.
fn offset(ctx: &Ctx<'_>, far: Offset, of_issue: bool) -> String {
    let w = ctx.w;
    let count = |days: i32| locale::number(ctx.language, u64::from(days.unsigned_abs()));
    match far {
        Offset::Days(0) if of_issue => w.on_issue.to_owned(),
        Offset::Days(0) => w.on_due.to_owned(),
        Offset::Hours(hours) => fill(w.hours_after, &[("count", &count(hours))]),
        Offset::Days(days) if of_issue => fill(w.days_after_issue, &[("count", &count(days))]),
        Offset::OpenDays(days) if of_issue => fill(w.days_after_issue, &[("count", &count(days))]),
        Offset::Days(days) if days < 0 => fill(w.days_before, &[("count", &count(days))]),
        Offset::Days(days) => fill(w.days_after, &[("count", &count(days))]),
        Offset::OpenDays(days) if days < 0 => fill(w.open_days_before, &[("count", &count(days))]),
        Offset::OpenDays(days) => fill(w.open_days_after, &[("count", &count(days))]),
    }
}

/// What a step does.
fn what(ctx: &Ctx<'_>, step: &RuleStep) -> String {
    let w = ctx.w;
    let mut says = match &step.what {
        Doing::Message => w.does_message.to_owned(),
        Doing::Offer(terms) if terms.instalments > 1 => fill(w.does_offer, &[("parts", &terms.instalments.to_string())]),
        Doing::Offer(_) => w.does_offer_once.to_owned(),
        Doing::Charge => w.does_charge.to_owned(),
        Doing::Access(state) => match state {
            AccessState::Active | AccessState::Grace => w.does_grace,
            AccessState::Limited => w.does_limit,
            AccessState::Suspended => w.does_suspend,
            AccessState::Cancelled => w.does_cancel,
        }
        .to_owned(),
        Doing::Fee(fee) => fill(w.does_fee, &[("amount", &locale::money(ctx.language, *fee))]),
        Doing::Report(bureau) => fill(w.does_report, &[("name", &begun(bureau))]),
        Doing::Assign(agency) => fill(w.does_assign, &[("name", &begun(agency))]),
        Doing::End => w.does_end.to_owned(),
    };
    if step.announced {
        says.push(' ');
        says.push_str(w.does_announced);
    }
    if step.perhaps {
        says.push(' ');
        says.push_str(w.does_perhaps);
    }
    says
}

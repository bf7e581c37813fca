//! The top of the page: whose report, one sentence, where the money is, the headline figures.

use regua_wire::messages::locale;

use super::draw::Canvas;
use super::draw::canvas::{Area, px};
use super::draw::scale::Scale;
use super::figure::Page;
use super::format::fill;
use super::markup::Markup;

/// Writes the header.
pub(super) fn write(out: &mut Markup, page: &Page<'_>) {
    let (data, texts) = (page.data, page.texts);
    let language = data.lang.language();
    let (from, to) = data.period;
    out.block("header", &[], |out| {
        out.line("p", "eyebrow", texts.report);
        out.line("h1", "", &data.title);
        out.tag("p", &[("class", &"meta")], |out| {
            out.line("span", "", &fill(texts.period, &[&locale::date(language, from), &locale::date(language, to)]));
            out.tag("span", &[], |out| {
                out.text(&fill(texts.policy, &[&data.policy]));
                out.text(" ");
                out.line("code", "", data.policy_hash.get(..12).unwrap_or(&data.policy_hash));
            });
        });
        for note in &data.notes {
            out.line("p", "note", note);
        }
        lead(out, page);
        figures(out, page);
    });
}

/// The sentence and the bar that a founder reads first.
fn lead(out: &mut Markup, page: &Page<'_>) {
    let (figures, texts, format) = (page.data.figures, page.texts, page.format);
    if figures.billed_minor <= 0 {
        out.line("p", "lead", texts.lead_nothing);
        return;
    }
    let [billed, collected, open, overdue] =
        [figures.billed_minor, figures.collected_minor, figures.open_minor, figures.overdue_minor].map(|minor| format.money_short(minor));
    let share = format.share(figures.collected_minor, figures.billed_minor);
    out.line("p", "lead", &fill(texts.lead, &[&billed, &collected, &share, &open, &overdue]));
    let not_due = figures.open_minor.saturating_sub(figures.overdue_minor).max(0);
    let parts = [figures.collected_minor, not_due, figures.overdue_minor];
    let [a, b, c] = parts.map(|minor| format.share(minor, figures.billed_minor));
    let told = fill(texts.split, &[&a, &b, &c]);
    let gone = figures.billed_minor.saturating_sub(figures.collected_minor).saturating_sub(figures.open_minor);
    let gone =
        super::format::share_bps(gone, figures.billed_minor).filter(|bps| *bps >= 5).map(|bps| ("i0", texts.gone, format.percent(bps)));
    let all = parts.iter().fold(0_i64, |sum, part| sum.saturating_add((*part).max(0)));
    let scale = Scale::new((0, all.max(figures.billed_minor)), (0, px(1_120)));
    Canvas::stretched(out, "split", (px(1_120), px(10)), &told, |canvas| {
        canvas.area("s0", Area::new(0, 0, px(1_120), px(10)), 0);
        let mut from = 0_i64;
        for (part, class) in parts.iter().zip(["s1", "s2", "s3"]) {
            let to = from.saturating_add((*part).max(0));
            canvas.area(class, Area::new(scale.at(from), 0, scale.at(to) - scale.at(from), px(10)), 0);
            from = to;
        }
    });
    out.tag("p", &[("class", &"key")], |out| {
        let parts = [("i1", texts.collected, a), ("i2", texts.not_due, b), ("i3", texts.overdue, c)];
        for (class, name, share) in parts.into_iter().chain(gone) {
            out.tag("span", &[], |out| {
                out.tag("i", &[("class", &class)], |_| {});
                out.text(&format!("{name} {share}"));
            });
        }
    });
}

/// The tiles: what it is, the number, a word more.
fn figures(out: &mut Markup, page: &Page<'_>) {
    let (figures, texts, format) = (page.data.figures, page.texts, page.format);
    let of_billed = |minor: i64| match figures.billed_minor {
        ..=0 => String::new(),
        billed => fill(texts.of_billed, &[&format.share(minor, billed)]),
    };
    let count = |count: i64| format.count_fit(count);
    let per = super::format::share_bps(figures.contacts, figures.receivables);
    let per = per.map_or_else(String::new, |bps| fill(texts.per_receivable, &[&format.ratio(bps)]));
    let receipts = match page.data.receipts {
        ..=0 => per,
        receipts => format!("{per}, {}", fill(texts.and_receipts, &[&count(receipts)])),
    };
    let followed = fill(texts.of_contacts, &[&count(figures.followed_by_payment), &count(figures.contacts)]);
    let tiles = [
        (texts.billed, format.money_short(figures.billed_minor), format.money(figures.billed_minor)),
        (texts.collected, format.money_short(figures.collected_minor), of_billed(figures.collected_minor)),
        (texts.open, format.money_short(figures.open_minor), of_billed(figures.open_minor)),
        (texts.overdue, format.money_short(figures.overdue_minor), of_billed(figures.overdue_minor)),
        (texts.receivables, count(figures.receivables), String::new()),
        (texts.customers, count(figures.customers), String::new()),
        (texts.contacts, count(figures.contacts), receipts),
        (texts.adverse, count(figures.adverse), texts.adverse_hint.to_owned()),
    ];
    out.block("dl", &[("class", &"tiles")], |out| {
        for (name, value, more) in tiles {
            tile(out, "", name, &value, &[&more]);
        }
        let value = format.share(figures.followed_by_payment, figures.contacts);
        tile(out, "wide-tile", texts.followed, &value, &[&followed, texts.followed_hint]);
    });
}

fn tile(out: &mut Markup, class: &'static str, name: &str, value: &str, more: &[&str]) {
    out.block("div", &[("class", &class)], |out| {
        out.line("dt", "", name);
        out.line("dd", "value", value);
        for more in more.iter().filter(|more| !more.is_empty()) {
            out.line("dd", "more", more);
        }
    });
}

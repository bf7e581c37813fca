//! The settings that hold for every ladder: money, contacts, blackouts, retries.

use super::finding::{Complaint, Mark};
use super::keys;
use super::program::{
    Anchor, Blackout, Caps, ContactRules, DaysFrom, Delay, EarlyDiscount, FixedSum, Interest, LateCharges, Offset, Retry, Rounding,
};
use super::read::{Fields, Reader};
use super::yaml::Node;
use super::{near, units};
use crate::money::Money;
use crate::rate::Rate;
use crate::rulebook::RulebookName;
use crate::time::Zone;
use crate::words::{Channel, Rail};

/// Days of the longest clearing.
const CLEARING_DAYS_MAX: i32 = 60;
/// Civil days of the longest retry window.
const RETRY_DAYS_MAX: i32 = 180;

/// An IANA time zone.
pub(super) fn zone(reader: &mut Reader<'_>, node: &Node) -> Option<Zone> {
    reader.parsed(node, "timezone", |text| {
        Zone::parse(text).map_err(|bad| {
            let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            let mend = match near::nearest(text, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a name of the IANA time zone database".to_owned(),
            };
            Complaint::new(bad.to_string(), mend)
        })
    })
}

/// How long after its day a payment may still become known, per rail.
pub(super) fn clearing(reader: &mut Reader<'_>, node: &Node) -> Vec<(Rail, Delay)> {
    let mut clearing = Vec::new();
    for (key, value) in reader.map(node, "`clearing`").unwrap_or_default() {
        let rail = key.text.parse::<Rail>();
        let delay = reader.delay(value, &key.text);
        match (rail, delay) {
            (Err(_), _) => reader.error(key.mark, format!("unknown payment rail `{}`", key.text), near::mend(&key.text, &keys::rails())),
            (Ok(_), Some(Delay::Days(days) | Delay::OpenDays(days))) if days > CLEARING_DAYS_MAX => {
                reader.error(
                    value.mark,
                    format!("`{}` clears in more than {CLEARING_DAYS_MAX} days", key.text),
                    "a shorter length, as in `1bd`",
                );
            }
            (Ok(rail), Some(delay)) => clearing.push((rail, delay)),
            (Ok(_), None) => {}
        }
    }
    clearing
}

/// What lateness costs.
pub(super) fn late_charges(reader: &mut Reader<'_>, node: &Node) -> Option<LateCharges> {
    let fields = reader.fields(node, &keys::LATE_CHARGES)?;
    let mut charges = LateCharges::default();
    if let Some(fine) = reader.optional(fields, "fine", |reader, node| reader.percent(node, "fine")) {
        charges.fine = fine;
    }
    if let Some(interest) = reader.optional(fields, "interest", interest) {
        charges.interest = interest;
    }
    if let Some(list) = fields.get("fixed") {
        charges.fixed = fixed_sums(reader, list);
    }
    if let Some(word) =
        reader.optional(fields, "rounding", |reader, node| reader.choice(node, "rounding", &["half_up", "half_even", "truncate"]))
    {
        charges.rounding = match word {
            "half_even" => Rounding::HalfEven,
            "truncate" => Rounding::Truncate,
            _ => Rounding::HalfUp,
        };
    }
    if let Some(word) = reader.optional(fields, "days_from", |reader, node| reader.choice(node, "days_from", &["adjusted", "original"])) {
        charges.days_from = if word == "original" { DaysFrom::Original } else { DaysFrom::Adjusted };
    }
    Some(charges)
}

fn interest(reader: &mut Reader<'_>, node: &Node) -> Option<Interest> {
    let fields = reader.fields(node, &keys::INTEREST)?;
    let rate = reader.optional(fields, "rate", |reader, node| reader.percent(node, "rate"));
    let per = reader.optional(fields, "per", |reader, node| reader.choice(node, "per", &["day", "month", "year"]));
    reader.optional(fields, "method", |reader, node| reader.choice(node, "method", &["simple"]));
    let base = reader.optional(fields, "base", |reader, node| reader.whole(node, "base", 1, 366));
    let (rate, per) = (rate?, per?);
    let usual = match per {
        "day" => 1,
        "month" => 30,
        _ => 365,
    };
    let fits = match per {
        "day" => 1..=1,
        "month" => 28..=31,
        _ => 360..=366,
    };
    let base = base.unwrap_or(usual);
    if !fits.contains(&base) {
        let mend = format!("from {} to {}, or leave it out for {usual}", fits.start(), fits.end());
        reader.error(fields.mark("base"), format!("a {per} has not {base} days"), mend);
    }
    Some(Interest { rate, base_days: i32::from(base) })
}

fn fixed_sums(reader: &mut Reader<'_>, node: &Node) -> Vec<FixedSum> {
    let mut sums: Vec<FixedSum> = Vec::new();
    for item in reader.list(node, "fixed") {
        let Some(fields) = reader.fields(item, &keys::FIXED_SUM) else { continue };
        let sum = reader.optional(fields, "sum", |reader, node| reader.money(node, "sum"));
        let from = reader.optional(fields, "from", |reader, node| reader.money(node, "from"));
        let Some(sum) = sum else { continue };
        let from = from.unwrap_or(Money::new(0, sum.currency()));
        if from.currency() != sum.currency() {
            reader.error(fields.mark("from"), "`from` and `sum` are in two currencies", "write both in one");
        }
        if sums.iter().any(|last| last.from.currency() == from.currency() && last.from.minor() >= from.minor()) {
            reader.error(fields.mark("from"), "`fixed` is not in the order of `from`", "start with the smallest principal");
        }
        sums.push(FixedSum { from, sum });
    }
    sums
}

/// What paying early saves, earliest date first.
pub(super) fn early_discounts(reader: &mut Reader<'_>, node: &Node) -> Vec<EarlyDiscount> {
    let mut discounts: Vec<EarlyDiscount> = Vec::new();
    for item in reader.list(node, "early_discount") {
        let Some(fields) = reader.fields(item, &keys::EARLY_DISCOUNT) else { continue };
        let percent = reader.optional(fields, "percent", |reader, node| reader.percent(node, "percent"));
        let until = reader.optional(fields, "until", |reader, node| reader.due_offset(node, "until", "D-3"));
        let (Some(percent), Some(until)) = (percent, until) else { continue };
        if days(until) > 0 {
            reader.error(fields.mark("until"), "an early discount ends after the due date", "`D` or earlier, as in `D-3`");
        }
        discounts.push(EarlyDiscount { percent, until });
    }
    discounts.sort_by_key(|discount| days(discount.until));
    discounts
}

/// About how many civil days an offset is: exact for days, the sign for open days.
const fn days(offset: Offset) -> i32 {
    match offset {
        Offset::Days(days) | Offset::OpenDays(days) => days,
        Offset::Hours(hours) => hours / 24,
    }
}

/// Progressive discount for consecutive on-time automatic payments.
pub(super) fn autopay_discounts(reader: &mut Reader<'_>, node: &Node) -> Vec<Rate> {
    reader.list(node, "autopay_discount").iter().filter_map(|item| reader.percent(item, "autopay_discount")).collect()
}

/// Law, caps, channels and consolidation; the defaults of SPEC §2 without `node`.
pub(super) fn contact(reader: &mut Reader<'_>, node: Option<&Node>) -> ContactRules {
    let mut rules = ContactRules { rulebook: RulebookName::None, caps: Caps::default(), channels: vec![Channel::Email], consolidate: true };
    let Some(fields) = node.and_then(|node| reader.fields(node, &keys::CONTACT_RULES)) else { return rules };
    if let Some(name) = reader.optional(fields, "rulebook", |reader, node| reader.word(node, "rulebook")) {
        rules.rulebook = name;
    }
    if let Some(list) = fields.get("caps") {
        rules.caps = caps(reader, list);
    }
    if let Some(list) = fields.get("channels") {
        rules.channels = reader.words(list, "channels");
    }
    if let Some(yes) = reader.optional(fields, "consolidate", |reader, node| reader.yes(node, "consolidate")) {
        rules.consolidate = yes;
    }
    rules
}

/// Most contacts per customer.
pub(super) fn caps(reader: &mut Reader<'_>, node: &Node) -> Caps {
    let mut caps = Caps::default();
    for item in reader.list(node, "caps") {
        reader.parsed(item, "caps", |text| units::cap(text, &mut caps));
    }
    caps
}

/// Spans of the year in which some steps stop.
pub(super) fn blackouts(reader: &mut Reader<'_>, node: &Node) -> Vec<Blackout> {
    let mut blackouts = Vec::new();
    for item in reader.list(node, "blackouts") {
        let Some(fields) = reader.fields(item, &keys::BLACKOUT) else { continue };
        let from = reader.optional(fields, "from", |reader, node| reader.parsed(node, "from", units::month_day));
        let to = reader.optional(fields, "to", |reader, node| reader.parsed(node, "to", units::month_day));
        reader.optional(fields, "then", |reader, node| reader.choice(node, "then", &["shift"]));
        let mut stops = Vec::new();
        if let Some(list) = fields.get("stop") {
            for item in reader.list(list, "stop") {
                if let Some(word) = reader.choice(item, "stop", &["adverse", "contacts", "charges"]) {
                    reader.once(&mut stops, word, item, "stop");
                }
            }
        }
        if let (Some(from), Some(to)) = (from, to) {
            let stops = |word| stops.contains(&word);
            blackouts.push(Blackout { from, to, adverse: stops("adverse"), contacts: stops("contacts"), charges: stops("charges") });
        }
    }
    whole_year(reader, node.mark, &blackouts);
    blackouts
}

/// Refuses blackouts that together leave no day of the year.
fn whole_year(reader: &mut Reader<'_>, at: Mark, blackouts: &[Blackout]) {
    let holds = |blackout: &Blackout, day: (i8, i8)| {
        if blackout.from <= blackout.to { (blackout.from..=blackout.to).contains(&day) } else { day >= blackout.from || day <= blackout.to }
    };
    for (index, what) in ["adverse step", "contact", "charge"].into_iter().enumerate() {
        let stops = |blackout: &Blackout| [blackout.adverse, blackout.contacts, blackout.charges].get(index) == Some(&true);
        let mut days = (1..).zip(units::MONTH_DAYS).flat_map(|(month, last)| (1..=last).map(move |day| (month, day)));
        if days.all(|day| blackouts.iter().any(|blackout| stops(blackout) && holds(blackout, day))) {
            reader.error(at, format!("the blackouts leave no day of the year for any {what}"), "shorten one of them");
        }
    }
}

/// How failed charges are tried again.
pub(super) fn retry(reader: &mut Reader<'_>, node: &Node) -> Option<Retry> {
    let fields = reader.fields(node, &keys::RETRY)?;
    let mode = reader.optional(fields, "mode", |reader, node| reader.choice(node, "mode", &["fixed", "smart"]))?;
    let (mine, other): (&[&str], &[&str]) = if mode == "fixed" { (&["at"], &["window", "max"]) } else { (&["window", "max"], &["at"]) };
    for key in mine.iter().filter(|key| fields.get(key).is_none()) {
        let example = if *key == "at" {
            "[F+1d, F+3d, F+5d]"
        } else if *key == "window" {
            "21d"
        } else {
            "8"
        };
        reader.error(fields.start(), format!("retry mode `{mode}` has no `{key}`"), format!("add `{key}: {example}`"));
    }
    for key in other.iter().filter(|key| fields.get(key).is_some()) {
        reader.error(fields.mark(key), format!("`{key}` does not belong to retry mode `{mode}`"), "remove it, or change the mode");
    }
    if mode == "fixed" { fixed_retry(reader, fields) } else { smart_retry(reader, fields) }
}

fn smart_retry(reader: &mut Reader<'_>, fields: Fields<'_>) -> Option<Retry> {
    let window = reader.optional(fields, "window", |reader, node| reader.days(node, "window", 1, RETRY_DAYS_MAX));
    let max = reader.optional(fields, "max", |reader, node| reader.whole(node, "max", 1, 50));
    Some(Retry::Smart { window_days: window?, max: max? })
}

fn fixed_retry(reader: &mut Reader<'_>, fields: Fields<'_>) -> Option<Retry> {
    let mut at = Vec::new();
    let mut last = 0;
    for item in reader.list(fields.get("at")?, "at") {
        let Some(moment) = reader.moment(item, "at") else { continue };
        let hours = match moment.offset {
            Offset::Days(days) | Offset::OpenDays(days) => days.saturating_mul(24),
            Offset::Hours(hours) => hours,
        };
        if moment.anchor != Anchor::Failed || hours <= 0 {
            reader.error(item.mark, "a retry is counted from the first failure", "as in `F+1d`");
        } else if hours <= last {
            reader.error(item.mark, "a retry is not later than the one before it", "put them in order");
        } else if hours > RETRY_DAYS_MAX * 24 {
            reader.error(item.mark, format!("a retry is later than {RETRY_DAYS_MAX} days"), "a nearer day");
        }
        last = hours;
        at.push(moment);
    }
    Some(Retry::Fixed { at })
}

//! What several answers show, and how what is stored is written in them.

use regua_core::charges::Due;
use regua_core::facts::SecondCopy;
use regua_core::time::{Day, Instant};
use regua_engine::views::receivables::money;
use serde_json::{Value, json};

use super::super::problem::Problem;
use super::super::reply::{self, opt_day};
use super::super::shape::{Field, Kind, may, must};

/// Where a receivable can stand.
pub(super) const STATUSES: &[&str] = &["open", "paid", "void", "written_off", "assigned"];
/// Ways that money moves.
pub(super) const RAILS: &[&str] =
    &["pix", "pix_automatico", "boleto", "card", "ach", "sepa", "bacs", "direct_debit", "transfer", "cash", "check", "other"];
/// Ways to reach a person.
pub(super) const CHANNELS: &[&str] = &["email", "sms", "whatsapp", "push", "in_app", "voice", "letter"];
/// How real decisions are.
pub(super) const MODES: &[&str] = &["shadow", "redirect", "approve", "live"];
/// What a product may give.
pub(super) const ACCESS: &[&str] = &["active", "grace", "limited", "suspended", "cancelled"];
/// Any count.
pub(super) const COUNT: Kind = Kind::Int(0, i64::MAX);

/// An amount that may be below zero, or in a currency of the database's.
pub(super) fn amount(minor: i64, code: &str) -> Result<Value, Problem> {
    Ok(reply::money(money(minor, code)?))
}

/// A text; null for an empty one.
pub(super) fn filled(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

/// A moment; null when it never comes.
pub(super) fn moment(at: Instant) -> Value {
    reply::moment(at)
}

/// A day; null when it is beyond all days.
pub(super) fn known_day(day: Day) -> Value {
    opt_day(Some(day).filter(|day| *day != Day::MAX))
}

/// The members of what settles something on a day.
pub(super) const DUE: &[Field] = &[
    must("principal", Kind::Money, "Unpaid principal."),
    must("fine", Kind::Money, "Unpaid fine."),
    must("interest", Kind::Money, "Unpaid interest."),
    must("fees", Kind::Money, "Unpaid fees and fixed compensation."),
    must("discount", Kind::Money, "What settling on that day saves."),
    must("total", Kind::Money, "What settles it on that day."),
    must("days_late", Kind::Int(0, i64::MAX), "Days late."),
    may("valid_until", Kind::Day, "The last day on which that total settles it, if nothing else happens; null when it does not change."),
];

/// What settles something, by parts.
pub(super) fn due(due: &Due) -> Value {
    json!({
        "principal": reply::money(due.principal),
        "fine": reply::money(due.fine),
        "interest": reply::money(due.interest),
        "fees": reply::money(due.fixed),
        "discount": reply::money(due.discount),
        "total": reply::money(due.total),
        "days_late": due.days_late.max(0),
        "valid_until": known_day(due.valid_until),
    })
}

/// The members of a second copy.
pub(super) const COPY: &[Field] = &[
    must("receivable_external_id", Kind::Name, "What the source calls the receivable."),
    must("on", Kind::Day, "The day that it is of."),
    must("issued_on", Kind::Day, "The day of issue."),
    must("due_on", Kind::Day, "The due date as written."),
    must("due_rolled", Kind::Day, "The due date rolled to an open day."),
    must("billed", Kind::Money, "What was billed."),
    must("paid", Kind::Money, "What was paid."),
    must("lowered", Kind::Money, "What credits and discounts took off."),
    must("due", Kind::Object(DUE), "What settles it on that day."),
    may("closed", Kind::Word(&["paid", "void", "written_off", "assigned"]), "How it ended, if it did."),
    may("valid_until", Kind::Day, "The last day on which this is right; null when it does not change by itself."),
];

/// A second copy.
pub(super) fn copy(receivable: &str, copy: &SecondCopy) -> Value {
    use regua_core::facts::Closed;
    let closed = copy.closed.map(|closed| match closed {
        Closed::Paid(_) => "paid",
        Closed::Void(_) => "void",
        Closed::WrittenOff(_) => "written_off",
        Closed::Assigned(_) => "assigned",
    });
    json!({
        "receivable_external_id": receivable,
        "on": reply::day(copy.on),
        "issued_on": reply::day(copy.issued_on),
        "due_on": reply::day(copy.due_on),
        "due_rolled": reply::day(copy.due),
        "billed": reply::money(copy.billed),
        "paid": reply::money(copy.paid),
        "lowered": reply::money(copy.lowered),
        "due": due(&copy.amount),
        "closed": closed,
        "valid_until": opt_day(copy.valid_until()),
    })
}

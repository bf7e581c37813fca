//! What templates see: the context as values, and the few filters that print them.

use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, context, escape_formatter};
use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::{Channel, Language, Tone};

use super::context::{Access, Announced, Consequence, Item, MessageContext, Offer, Payment, Settled};
use super::locale;
use super::text::Line;

/// Items listed of one block; the rest is counted, and shown behind the link.
const LISTED_MAX: usize = 25;

/// Amounts that cannot be added up, by the label of the item that broke it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct BadSum(pub(super) Line);

/// An amount inside a template: printed by the filter `money` only.
#[derive(Debug)]
struct Amount(Money);

/// A date inside a template: printed by `date` and its kin only.
#[derive(Debug)]
struct Date(Day);

impl Object for Amount {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

impl Object for Date {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

/// Prints texts and numbers; what is not known, and what needs a filter, is an error and never a strange word in a message.
pub(super) fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let bad = |why: &'static str| Err(Error::new(ErrorKind::InvalidOperation, why));
    if value.downcast_object_ref::<Amount>().is_some() {
        return bad("an amount is printed with `| money`");
    }
    if value.downcast_object_ref::<Date>().is_some() {
        return bad("a date is printed with `| date`, `| date_long`, `| date_short` or `| month`");
    }
    if value.is_none() {
        return bad("not known here: ask first, with `{% if … %}`");
    }
    if matches!(value.kind(), ValueKind::String | ValueKind::Number) {
        escape_formatter(out, state, value)
    } else {
        bad("only texts and numbers can be printed")
    }
}

/// The only filters that a template has.
pub(super) fn add_filters(env: &mut Environment<'_>, language: Language) {
    env.add_filter("money", move |value: &Value| money(language, value));
    env.add_filter("date", move |value: &Value| day(value).map(|day| locale::date(language, day)));
    env.add_filter("date_long", move |value: &Value| day(value).map(|day| locale::date_long(language, day)));
    env.add_filter("date_short", move |value: &Value| day(value).map(|day| locale::date_short(language, day)));
    env.add_filter("month", move |value: &Value| day(value).map(|day| locale::month(language, day)));
    env.add_filter("number", move |value: u64| locale::number(language, value));
    env.add_filter("plural", move |count: u64, one: String, many: String| if locale::is_singular(language, count) { one } else { many });
}

/// One amount, or a list of them as a sentence has it.
fn money(language: Language, value: &Value) -> Result<String, Error> {
    let one = |value: &Value| value.downcast_object_ref::<Amount>().map(|amount| locale::money(language, amount.0));
    let bad = || Error::new(ErrorKind::InvalidOperation, "`money` prints amounts only");
    if value.kind() == ValueKind::Seq {
        let parts: Option<Vec<String>> = value.try_iter()?.map(|part| one(&part)).collect();
        return Ok(locale::list(language, &parts.ok_or_else(bad)?));
    }
    one(value).ok_or_else(bad)
}

fn day(value: &Value) -> Result<Day, Error> {
    let date = value.downcast_object_ref::<Date>();
    date.map(|date| date.0).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "`date` prints dates only"))
}

/// The whole context. Every name is always there: what is absent is none, so a misspelt name is an error and nothing else is.
pub(super) fn values(channel: Channel, tone: Tone, message: &MessageContext) -> Result<Value, BadSum> {
    let blocks = [&message.overdue, &message.upcoming, &message.disputed];
    let creditor = &message.creditor;
    Ok(context! {
        channel => channel.as_str(),
        tone => tone.as_str(),
        name => line(&message.name),
        creditor => context! {
            name => line(&creditor.name), address => line(&creditor.address), tax_id => line(&creditor.tax_id), contact => line(&creditor.contact),
        },
        overdue => block(&message.overdue)?,
        upcoming => block(&message.upcoming)?,
        disputed => block(&message.disputed)?,
        blocks => blocks.iter().filter(|block| !block.is_empty()).count(),
        announced => message.announced.iter().map(announced).collect::<Vec<_>>(),
        offer => message.offer.as_ref().map(offer),
        failure => message.failure.map(|failure| failure.as_str()),
        method => message.method.as_ref().map_or("", line),
        method_expires_on => message.method_expires_on.map(date),
        charge_on => message.charge_on.map(date),
        payment => message.payment.as_ref().map(payment),
        promise => message.promise.as_ref().map(|promise| context! { amount => amount(promise.amount), on => date(promise.on) }),
        renewal => message.renewal.as_ref().map(|renewal| {
            context! { plan => line(&renewal.plan), amount => amount(renewal.amount), on => date(renewal.on) }
        }),
        access => message.access.as_ref().map(access),
        link => message.link.as_str(),
        preferences => message.preferences.as_ref().map(super::text::Link::as_str),
        valid_until => valid_until(&message.overdue).map(date),
    })
}

fn amount(money: Money) -> Value {
    Value::from_object(Amount(money))
}

/// Zero is "none": nothing to print.
fn some_amount(money: Money) -> Option<Value> {
    (!money.is_zero()).then(|| amount(money))
}

fn date(day: Day) -> Value {
    Value::from_object(Date(day))
}

/// An empty line is an empty text, which `{% if … %}` takes for false.
fn line(line: &Line) -> &str {
    line.as_str()
}

fn block(items: &[Item]) -> Result<Value, BadSum> {
    let listed: Vec<Value> = items.iter().take(LISTED_MAX).map(item).collect();
    Ok(context! {
        items => listed,
        count => items.len(),
        more => items.len().saturating_sub(LISTED_MAX),
        totals => totals(items)?,
        first_due => items.iter().map(|item| item.due_on).min().map(date),
        last_due => items.iter().map(|item| item.due_on).max().map(date),
    })
}

fn item(item: &Item) -> Value {
    let due = &item.due;
    let charges = [due.fine, due.interest, due.fixed, due.discount];
    context! {
        label => line(&item.label),
        description => line(&item.description),
        due_on => date(item.due_on),
        days_late => due.days_late.max(0),
        amount => amount(due.total),
        itemised => charges.iter().any(|part| !part.is_zero()),
        principal => amount(due.principal),
        paid => item.paid.and_then(some_amount),
        fine => some_amount(due.fine),
        interest => some_amount(due.interest),
        fee => some_amount(due.fixed),
        discount => some_amount(due.discount),
        discount_until => (!due.discount.is_zero() && due.valid_until < Day::MAX).then(|| date(due.valid_until)),
    }
}

/// One sum per currency, in order of first appearance.
fn totals(items: &[Item]) -> Result<Vec<Value>, BadSum> {
    let mut sums: Vec<Money> = Vec::new();
    for item in items {
        let total = item.due.total;
        match sums.iter_mut().find(|sum| sum.currency() == total.currency()) {
            Some(sum) => *sum = sum.plus(total).or(Err(BadSum(item.label.clone())))?,
            None => sums.push(total),
        }
    }
    Ok(sums.into_iter().map(amount).collect())
}

/// The last day on which all amounts of a block hold; none when they do not change. A discount says its own date.
fn valid_until(items: &[Item]) -> Option<Day> {
    let growing = items.iter().filter(|item| !item.due.total.is_zero() && item.due.discount.is_zero());
    growing.map(|item| item.due.valid_until).min().filter(|day| *day < Day::MAX)
}

fn announced(step: &Announced) -> Value {
    let (kind, sum, to) = match &step.what {
        Consequence::Access(state) => (state.as_str(), None, ""),
        Consequence::Fee(fee) => ("fee", Some(amount(*fee)), ""),
        Consequence::Report(bureau) => ("report", None, line(bureau)),
        Consequence::Assign(agency) => ("assign", None, line(agency)),
    };
    context! { kind, on => date(step.on), amount => sum, to }
}

fn offer(offer: &Offer) -> Value {
    context! {
        instalments => offer.instalments.max(1),
        first => amount(offer.first),
        further => offer.further.map(amount),
        even => offer.further == Some(offer.first),
        discount => some_amount(offer.discount),
        until => offer.until.map(date),
    }
}

fn payment(payment: &Payment) -> Value {
    let settled =
        |part: &Settled| context! { label => line(&part.label), description => line(&part.description), amount => amount(part.amount) };
    context! {
        amount => amount(payment.amount),
        on => date(payment.on),
        settled => payment.settled.iter().take(LISTED_MAX).map(settled).collect::<Vec<_>>(),
    }
}

fn access(access: &Access) -> Value {
    context! { state => access.state.as_str(), since => date(access.since) }
}

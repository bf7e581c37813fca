//! `regua second-copy`: what settles a debt today or on a day to come, by its parts.

use std::collections::BTreeMap;

use regua_core::facts::{Closed, SecondCopy};
use regua_core::money::Money;

use super::installation::Installation;
use crate::cli::owed::SecondCopyArgs;
use crate::exit::Exit;
use crate::output::{Cell, Format, Listing, Out, Paint};
use crate::why::day;
use crate::world::World;

/// Carries out the verb.
pub(crate) fn run(args: &SecondCopyArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let copies = installation.engine.second_copy(installation.tenant, &args.id, args.on, world.now)?;
    match args.listing.format {
        Format::Table => tell(&args.id, &copies, out)?,
        format @ (Format::Json | Format::Csv) => out.listing(&rows(&copies), format)?,
    }
    Ok(Exit::Done)
}

fn tell(id: &str, copies: &[(String, SecondCopy)], out: &mut Out) -> anyhow::Result<()> {
    if copies.is_empty() {
        out.line(&format!("{id} owes nothing."))?;
        return Ok(());
    }
    let mut totals: BTreeMap<&str, Money> = BTreeMap::new();
    for (place, (receivable, copy)) in copies.iter().enumerate() {
        if place > 0 {
            out.gap()?;
        }
        let rolls = if copy.due == copy.due_on { String::new() } else { format!(", which rolls to {}", day(copy.due)) };
        out.aside(Paint::Bold, &format!("{receivable}, issued {}, due {}{rolls}", day(copy.issued_on), day(copy.due_on)))?;
        let mut parts = Listing::new(&[("what", "part"), ("amount", "amount")]);
        for (what, amount) in shown(copy) {
            parts.row([what.into(), Cell::Amount(amount.to_string())]);
        }
        out.listing(&parts, Format::Table)?;
        out.paragraph(0, &settles(copy))?;
        let total = copy.amount.total;
        let sum = totals.entry(total.currency().code()).or_insert_with(|| Money::zero(total.currency()));
        *sum = sum.plus(total)?;
    }
    if copies.len() > 1 {
        out.gap()?;
        for sum in totals.values() {
            out.aside(Paint::Bold, &format!("In all {sum}"))?;
        }
    }
    Ok(())
}

/// The parts that there are: what was billed and lowered, and what is open of it.
fn shown(copy: &SecondCopy) -> Vec<(&'static str, Money)> {
    let due = &copy.amount;
    // All of it is open: that is said by what was billed.
    let open = if due.principal == copy.billed { Money::zero(copy.billed.currency()) } else { due.principal };
    let parts = [
        ("paid", copy.paid),
        ("credits and discounts", copy.lowered),
        ("open principal", open),
        ("fine", due.fine),
        ("interest", due.interest),
        ("fees", due.fixed),
        ("discount if paid now", due.discount),
    ];
    let there = parts.into_iter().filter(|(_, amount)| !amount.is_zero());
    std::iter::once(("billed", copy.billed)).chain(there).chain([("to pay", due.total)]).collect()
}

fn settles(copy: &SecondCopy) -> String {
    let late = match copy.amount.days_late {
        0 => String::new(),
        1 => " It is 1 day late.".to_owned(),
        days => format!(" It is {days} days late."),
    };
    let ended = match copy.closed {
        Some(Closed::Paid(_)) => return "It is paid.".to_owned(),
        Some(Closed::Void(_)) => return "It was cancelled; nothing is asked for.".to_owned(),
        Some(Closed::WrittenOff(_)) => " It was written off.",
        Some(Closed::Assigned(_)) => " It was handed to an agency.",
        None => "",
    };
    let valid = match copy.valid_until() {
        Some(until) if until == copy.on => format!("That is for {}, and grows by the day.", day(copy.on)),
        Some(until) => format!("That is for {}, and holds until {}.", day(copy.on), day(until)),
        None => format!("That is for {}, and does not change by itself.", day(copy.on)),
    };
    format!("{valid}{late}{ended}")
}

fn rows(copies: &[(String, SecondCopy)]) -> Listing {
    let mut rows = Listing::new(&[
        ("receivable", "receivable"),
        ("on", "on"),
        ("issued_on", "issued"),
        ("due_on", "due"),
        ("due_rolled", "rolls to"),
        ("billed", "billed"),
        ("paid", "paid"),
        ("lowered", "lowered"),
        ("principal", "principal"),
        ("fine", "fine"),
        ("interest", "interest"),
        ("fees", "fees"),
        ("discount", "discount"),
        ("total", "to pay"),
        ("valid_until", "valid until"),
        ("days_late", "days late"),
    ]);
    for (receivable, copy) in copies {
        let due = &copy.amount;
        let amount = |money: Money| Cell::Amount(money.to_string());
        rows.row([
            receivable.clone().into(),
            copy.on.to_string().into(),
            copy.issued_on.to_string().into(),
            copy.due_on.to_string().into(),
            copy.due.to_string().into(),
            amount(copy.billed),
            amount(copy.paid),
            amount(copy.lowered),
            amount(due.principal),
            amount(due.fine),
            amount(due.interest),
            amount(due.fixed),
            amount(due.discount),
            amount(due.total),
            copy.valid_until().map(|until| until.to_string()).into(),
            u64::try_from(due.days_late).unwrap_or(0).into(),
        ]);
    }
    rows
}

//! The bank's side: statements as a bank would write them, for tests and demonstrations.
//!
//! What is written is read back equal, as far as a format can say it; each function tells what it leaves out. Deliberately
//! absent: being a bank. Nothing is invented here: no ids, no days, no balances but those that are given.

mod camt;
mod ofx;

use regua_core::bank::{Event, Line, Statement};
use regua_core::money::Money;

pub use camt::camt053;
pub use ofx::ofx102;

/// Which way the money of a line went: 1 came, -1 left, 0 none that a statement of an account would tell.
fn sign(line: &Line) -> i64 {
    match line.event {
        Event::Paid | Event::Pending => 1,
        Event::Returned | Event::Fee | Event::Spent => -1,
        Event::PaidClosed | Event::Registered | Event::Rejected | Event::Closed | Event::Changed | Event::Other => 0,
    }
}

/// Lines that an account's statement tells, with their amounts and signs.
fn told(statement: &Statement) -> impl Iterator<Item = (&Line, Money, i64)> {
    let moved = statement.lines.iter().filter_map(|line| Some((line, line.amount?, sign(line))));
    moved.filter(|(_, amount, sign)| *sign != 0 && amount.currency() == statement.currency)
}

/// The balance after the booked lines of a statement.
fn closing(statement: &Statement, opening: Money) -> Money {
    let booked = told(statement).filter(|(line, _, _)| line.event != Event::Pending);
    let minor = booked.fold(opening.minor(), |minor, (_, amount, sign)| minor.saturating_add(amount.minor().saturating_mul(sign)));
    Money::new(minor, statement.currency)
}

/// An amount as digits with a point, without its currency.
fn plain(amount: Money) -> String {
    amount.to_string().split_once(' ').map_or_else(String::new, |(_, digits)| digits.to_owned())
}

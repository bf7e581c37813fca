//! `regua statement`: what a customer owes and has, entry by entry.

use regua_engine::commands::statement::{Account, Line, Statement};
use serde_json::json;

use super::installation::Installation;
use crate::cli::money::StatementArgs;
use crate::exit::Exit;
use crate::output::{Cell, Format, Listing, Out, clean};
use crate::why::day;
use crate::world::World;

/// Prints the statement.
pub(crate) fn run(args: &StatementArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let statement = installation.engine.statement(installation.tenant, &args.id, args.from, args.as_of, world.now)?;
    match args.listing.format {
        Format::Table => table(&statement, out)?,
        Format::Json => out.json(&as_json(&statement))?,
        Format::Csv => out.listing(&rows(&statement), Format::Csv)?,
    }
    Ok(Exit::Done)
}

/// An entry in words.
fn says(kind: &str) -> &str {
    match kind {
        "charge" => "billed",
        "fee" => "fee",
        "compensation" => "fixed sum for lateness",
        "discount" => "discount for paying early",
        "overpayment" => "too much: to the credit",
        "application" => "paid from the credit",
        "withholding" => "tax withheld",
        "credit" => "reduction",
        "refund" => "given back",
        "chargeback" => "taken back",
        "write_off" => "given up",
        "void" => "cancelled",
        "received" => "payment that no receivable takes",
        "refunded" => "credit given back",
        other => other,
    }
}

fn table(statement: &Statement, out: &mut Out) -> anyhow::Result<()> {
    let name = statement.name.as_deref().map_or_else(String::new, |name| format!(", {}", clean(name)));
    let head = format!("{}{name}: what was known and counted at the end of {}.", clean(&statement.customer), day(statement.as_of));
    out.paragraph(0, &head)?;
    if statement.accounts.is_empty() {
        out.line("Nothing was billed and nothing paid.")?;
    }
    for account in &statement.accounts {
        let Account { currency, opening, opening_credit, lines, closing, credit, due } = account;
        out.heading(currency.code())?;
        let columns =
            [("on", "day"), ("entry", "entry"), ("receivable", "receivable"), ("amount", "amount"), ("open", "open"), ("credit", "credit")];
        let mut rows = Listing::new(&columns);
        let amount = |money: regua_core::money::Money| Cell::Amount(decimals(money));
        rows.row(["".into(), "opening balance".into(), Cell::Empty, Cell::Empty, amount(*opening), amount(*opening_credit)]);
        for line in lines {
            let Line { on, receivable, kind, amount: moved, balance, credit, .. } = line;
            let receivable = receivable.as_deref().map_or(Cell::Empty, Cell::from);
            rows.row([on.to_string().into(), says(kind).into(), receivable, amount(*moved), amount(*balance), amount(*credit)]);
        }
        rows.row(["".into(), "closing balance".into(), Cell::Empty, Cell::Empty, amount(*closing), amount(*credit)]);
        out.listing(&rows, Format::Table)?;
        out.gap()?;
        let has = match credit.minor() {
            0 => String::new(),
            ..0 => format!(" The credit is {credit}: what was taken back had been used."),
            _ => format!(" The customer has a credit of {credit}."),
        };
        out.paragraph(0, &format!("{due} settles everything on {}, charges that run included.{has}", day(statement.as_of)))?;
    }
    Ok(())
}

/// An amount without its currency, which stands above the table.
fn decimals(money: regua_core::money::Money) -> String {
    let text = money.to_string();
    text.split_once(' ').map_or_else(|| text.clone(), |(_, amount)| amount.to_owned())
}

fn as_json(statement: &Statement) -> serde_json::Value {
    let line = |line: &Line| {
        json!({
            "on": line.on.to_string(), "known_at": statement.zone.rfc3339(line.at), "entry": line.kind, "receivable": line.receivable,
            "amount": line.amount.to_string(), "open": line.balance.to_string(), "credit": line.credit.to_string(),
        })
    };
    let account = |account: &Account| {
        json!({
            "currency": account.currency.code(), "opening": account.opening.to_string(),
            "opening_credit": account.opening_credit.to_string(), "entries": account.lines.iter().map(line).collect::<Vec<_>>(),
            "closing": account.closing.to_string(), "credit": account.credit.to_string(), "due": account.due.to_string(),
        })
    };
    json!({
        "customer": statement.customer,
        "name": statement.name,
        "as_of": statement.as_of.to_string(),
        "accounts": statement.accounts.iter().map(account).collect::<Vec<_>>(),
    })
}

fn rows(statement: &Statement) -> Listing {
    let columns = [
        ("on", "on"),
        ("known_at", "known_at"),
        ("entry", "entry"),
        ("receivable", "receivable"),
        ("amount", "amount"),
        ("open", "open"),
        ("credit", "credit"),
    ];
    let mut rows = Listing::new(&columns);
    for line in statement.accounts.iter().flat_map(|account| &account.lines) {
        rows.row([
            line.on.to_string().into(),
            statement.zone.rfc3339(line.at).into(),
            line.kind.into(),
            line.receivable.as_deref().map_or(Cell::Empty, Cell::from),
            Cell::Amount(line.amount.to_string()),
            Cell::Amount(line.balance.to_string()),
            Cell::Amount(line.credit.to_string()),
        ]);
    }
    rows
}

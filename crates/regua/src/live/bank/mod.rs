//! `regua bank`: accounts, files of banks, the lines that a person is asked about, slips and the files that register them.

mod lines;
mod read;
pub(super) mod slips;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_engine::bank::Account;

use super::installation::{Installation, act};
use crate::cli::bank::{AddAccountArgs, BankVerb};
use crate::cli::live::LookArgs;
use crate::exit::Exit;
use crate::output::{Cell, Listing, Out, Paint};
use crate::world::World;

/// Carries out a verb.
pub(crate) fn run(verb: &BankVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        BankVerb::Add(args) => add(args, world, out),
        BankVerb::List(args) => list(args, world, out),
        BankVerb::Read(args) => read::run(args, world, out),
        BankVerb::Lines(args) => lines::list(args, world, out),
        BankVerb::Book(args) => lines::book(args, world, out),
        BankVerb::SetAside(args) => lines::set_aside(args, world, out),
        BankVerb::Undo(args) => lines::undo(args, world, out),
        BankVerb::Slip(args) => slips::slip(args, world, out),
        BankVerb::Remit(args) => slips::remit(args, world, out),
    }
}

fn add(args: &AddAccountArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.told.place, world)?;
    let account = Account {
        bank: args.bank.clone(),
        branch: args.branch.clone(),
        number: args.number.clone(),
        wallet: args.wallet.clone(),
        agreement: args.agreement.clone(),
        post: args.post.clone(),
        pix_key: args.pix_key.clone(),
    };
    let now = installation.moment(args.told.as_of, world)?;
    installation.engine.add_bank_account(installation.tenant, &args.name, &account, args.first, &act(&args.told.act, world), now)?;
    out.aside(Paint::Green, &format!("The account {} is known; read its files with `regua bank read FILE`.", args.name))?;
    Ok(Exit::Done)
}

fn list(args: &LookArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let installation = Installation::open(&args.place, world)?;
    let accounts = installation.engine.bank_accounts(installation.tenant)?;
    let sums = installation.engine.bank_sums(installation.tenant)?;
    let mut rows = Listing::new(&[
        ("account", "account"),
        ("bank", "bank"),
        ("branch", "branch"),
        ("number", "number"),
        ("wallet", "wallet"),
        ("next_slip", "next slip"),
        ("lines", "lines"),
        ("booked", "booked"),
        ("waiting", "waiting"),
    ]);
    for one in &accounts {
        let own = || sums.iter().filter(|sum| sum.account == one.name);
        let count = |status: &str| own().filter(|sum| sum.status == status).map(|sum| sum.count).sum::<i64>();
        let booked: Vec<String> = own()
            .filter(|sum| sum.status == "booked")
            .filter_map(|sum| Some(Money::new(sum.amount, Currency::parse(&sum.currency)?).to_string()))
            .collect();
        rows.row([
            one.name.clone().into(),
            one.account.bank.clone().into(),
            some(&one.account.branch),
            one.account.number.clone().into(),
            some(&one.account.wallet),
            whole(one.next_number),
            whole(own().map(|sum| sum.count).sum::<i64>()),
            booked.join(" ").into(),
            whole(count("waiting")),
        ]);
    }
    out.listing(&rows, args.listing.format)?;
    Ok(Exit::Done)
}

/// A count as a cell.
fn whole(count: i64) -> Cell {
    u64::try_from(count).unwrap_or(0).into()
}

/// A cell that is empty when there is nothing to say.
fn some(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { text.to_owned().into() }
}

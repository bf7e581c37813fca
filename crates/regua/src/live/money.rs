//! Money entered by hand: payments, what goes back, reductions, fees, credit that pays, and receivables that end.

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::Instant;
use regua_engine::Act;
use regua_engine::commands::account::{Booking, Moved, Payment};
use regua_engine::commands::tell::About;

use super::installation::{Installation, act};
use super::statement;
use crate::cli::money::{ApplyArgs, BackArgs, EndArgs, EntryArgs, LowerArgs, MoneyVerb, PaymentArgs, ToldArgs};
use crate::exit::{BadInput, Exit};
use crate::output::{Out, Paint};
use crate::world::World;

/// Carries out a verb.
pub(crate) fn run(verb: &MoneyVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        MoneyVerb::Payment(args) => payment(args, world, out),
        MoneyVerb::Refund(args) => refund(args, world, out),
        MoneyVerb::Chargeback(args) => chargeback(args, world, out),
        MoneyVerb::Credit(args) => lower(args, Booking::Reduction, "is owed less", world, out),
        MoneyVerb::Withheld(args) => lower(args, Booking::Withheld, "was withheld as tax", world, out),
        MoneyVerb::Fee(args) => lower(args, Booking::Fee, "is added as a fee", world, out),
        MoneyVerb::ApplyCredit(args) => apply(args, world, out),
        MoneyVerb::WriteOff(args) => end(args, Booking::WriteOff, "is given up", world, out),
        MoneyVerb::Void(args) => end(args, Booking::Void, "is cancelled", world, out),
        MoneyVerb::Statement(args) => statement::run(args, world, out),
    }
}

/// Where something is entered, by whom and when.
struct Entering {
    installation: Installation,
    about: About,
    act: Act,
    now: Instant,
}

impl Entering {
    fn on(id: &str, told: &ToldArgs, world: &World) -> anyhow::Result<Self> {
        let installation = Installation::open(&told.place, world)?;
        let about = installation.engine.resolve(installation.tenant, id)?;
        let now = installation.moment(told.as_of, world)?;
        Ok(Self { about, act: act(&told.act, world), now, installation })
    }

    fn currency(&self, args: &EntryArgs) -> anyhow::Result<Currency> {
        let own = || self.installation.engine.currency_of(self.installation.tenant, &self.about);
        Ok(args.currency.map_or_else(own, Ok)?)
    }

    fn amount(&self, text: &str, args: &EntryArgs) -> anyhow::Result<Money> {
        let currency = self.currency(args)?;
        Ok(Money::parse(text, currency).map_err(|bad| BadInput::new(format!("`{text}` is not an amount of {}: {bad}", currency.code())))?)
    }
}

fn payment(args: &PaymentArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let entering = Entering::on(&args.id, &args.entry.told, world)?;
    let amount = entering.amount(&args.amount, &args.entry)?;
    let payment = Payment { amount, on: args.on, named: &args.named, id: args.payment.as_deref() };
    let Installation { engine, tenant, .. } = &entering.installation;
    let moved = engine.pay(*tenant, &entering.about, payment, &entering.act, entering.now)?;
    if moved.known {
        out.aside(Paint::Dim, "This payment is known; nothing was changed.")?;
        return Ok(Exit::Done);
    }
    told(&moved, "pays on it", out)?;
    if !moved.rest.is_zero() {
        out.aside(Paint::Yellow, &format!("{} no receivable takes: it is the customer's credit.", moved.rest))?;
    }
    credit(&moved, out)
}

fn refund(args: &BackArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let entering = Entering::on(&args.id, &args.entry.told, world)?;
    let amount = args.amount.as_deref().map(|text| entering.amount(text, &args.entry)).transpose()?;
    let currency = entering.currency(&args.entry)?;
    let Installation { engine, tenant, .. } = &entering.installation;
    let moved = engine.refund(*tenant, &entering.about, (amount, currency), args.on, &entering.act, entering.now)?;
    told(&moved, "was given back", out)?;
    if moved.parts.is_empty() {
        out.aside(Paint::Green, &format!("{} of the credit was given back.", moved.rest))?;
    }
    credit(&moved, out)
}

fn chargeback(args: &BackArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let entering = Entering::on(&args.id, &args.entry.told, world)?;
    let amount = args.amount.as_deref().map(|text| entering.amount(text, &args.entry)).transpose()?;
    let Installation { engine, tenant, .. } = &entering.installation;
    let moved = engine.book(*tenant, &entering.about, Booking::ChargedBack(amount), args.on, &entering.act, entering.now)?;
    told(&moved, "was taken back", out)?;
    credit(&moved, out)
}

fn lower(args: &LowerArgs, what: fn(Money) -> Booking, says: &str, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let entering = Entering::on(&args.id, &args.entry.told, world)?;
    let amount = entering.amount(&args.amount, &args.entry)?;
    let Installation { engine, tenant, .. } = &entering.installation;
    let moved = engine.book(*tenant, &entering.about, what(amount), args.on, &entering.act, entering.now)?;
    told(&moved, says, out)?;
    credit(&moved, out)
}

fn apply(args: &ApplyArgs, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let entering = Entering::on(&args.id, &args.entry.told, world)?;
    let amount = args.amount.as_deref().map(|text| entering.amount(text, &args.entry)).transpose()?;
    let currency = entering.currency(&args.entry)?;
    let Installation { engine, tenant, .. } = &entering.installation;
    let moved = engine.apply_credit(*tenant, &entering.about, (amount, currency), &entering.act, entering.now)?;
    told(&moved, "of the credit pays on it", out)?;
    credit(&moved, out)
}

fn end(args: &EndArgs, what: Booking, says: &str, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    let entering = Entering::on(&args.id, &args.told, world)?;
    let Installation { engine, tenant, .. } = &entering.installation;
    let moved = engine.book(*tenant, &entering.about, what, None, &entering.act, entering.now)?;
    told(&moved, says, out)?;
    credit(&moved, out)
}

/// What moved on each receivable.
fn told(moved: &Moved, says: &str, out: &mut Out) -> anyhow::Result<()> {
    for part in &moved.parts {
        let due = if part.due.is_zero() { "nothing is due on it".to_owned() } else { format!("{} settles it today", part.due) };
        out.aside(Paint::Green, &format!("{}: {} {says}; {due}.", part.receivable, part.amount))?;
    }
    Ok(())
}

/// The credit that is there now.
fn credit(moved: &Moved, out: &mut Out) -> anyhow::Result<Exit> {
    match moved.credit.minor() {
        0 => {}
        ..0 => out.aside(
            Paint::Red,
            &format!("The customer's credit is {}: what was taken back had been used. What comes next fills it up.", moved.credit),
        )?,
        _ => out.aside(Paint::Dim, &format!("The customer's credit is {}; let it pay with `regua apply-credit`.", moved.credit))?,
    }
    Ok(Exit::Done)
}

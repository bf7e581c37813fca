//! Files of banks: how fast they are read, beside counting their lines, and how fast a return is booked.
//!
//! Booking has no floor of its own here: its rows are those of payments, which the rule's floor holds. Deliberately absent:
//! files of real banks; what is read is written here, by the writers that the tests use.

use std::time::Instant as Clock;

use anyhow::{Result, ensure};
use regua_core::bank::{BankAccount, BankFile, Event, Format, Line, Names, Parts, Payer, Statement};
use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_engine::Act;
use regua_engine::bank::{Account, Reading};
use regua_engine::commands::import::{Doing, Import};
use regua_engine::commands::tell::About;
use regua_wire::cnab::{self, bank_side};
use regua_wire::statements::{self, bank_side as statement_side};
use sha2::{Digest as _, Sha256};

use crate::world::{self, portfolio};
use crate::{System, open, rate, row};

/// Lines in each file that is read.
const LINES: u32 = 100_000;

/// Slips that are paid in one return, of customers with four receivables each.
const SLIPS: u32 = 10_000;

/// Measures how fast files are read.
pub(crate) fn files() -> Result<()> {
    let statement = statement(LINES);
    for (name, format) in [("CNAB 240", Format::Cnab240), ("CNAB 400", Format::Cnab400)] {
        let bytes = bank_side::write(format, "Bench", &statement)?;
        read(name, &bytes, &|bytes| Ok(cnab::read(bytes)?))?;
    }
    let ofx = statement_side::ofx102(&statement, None);
    read("OFX", ofx.as_bytes(), &|bytes| Ok(statements::ofx::read(bytes)?))?;
    let camt = statement_side::camt053(&statement, None);
    read("camt.053", camt.as_bytes(), &|bytes| Ok(statements::camt::read(bytes)?))
}

fn read(name: &str, bytes: &[u8], decode: &dyn Fn(&[u8]) -> Result<BankFile>) -> Result<()> {
    let begun = Clock::now();
    let file = decode(bytes)?;
    let own = begun.elapsed();
    let begun = Clock::now();
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
    let bare = begun.elapsed();
    ensure!(file.refused.is_empty() && ends > 0, "{name}: lines were refused");
    let lines: usize = file.statements.iter().map(|statement| statement.lines.len()).sum();
    ensure!(lines == usize::try_from(LINES)?, "{name}: {lines} lines were read");
    let times = format!("{}", own.as_micros() / bare.as_micros().max(1));
    let (mega, lines) = (u64::try_from(bytes.len())?, u64::try_from(lines)?);
    row("files", &format!("{name}: bytes a second ({} MB)", mega / 1_000_000), rate(mega, own), &rate(mega, bare), &times);
    row("files", &format!("{name}: lines a second ({lines})"), rate(lines, own), "", "");
    Ok(())
}

/// Measures how fast a return is booked.
pub(crate) fn booked(name: &str, url: &str) -> Result<()> {
    let engine = open(url)?;
    engine.db().migrate(world::START)?;
    let tenant = engine.add_tenant("Bench", world::START, &mut System)?;
    let act = Act { by: "bench".to_owned(), reason: None };
    engine.publish(tenant, "bench.yaml", world::POLICY, 10_000, &act, world::START)?;
    let account =
        Account { bank: "341".into(), branch: "0811".into(), number: "53678-8".into(), wallet: "109".into(), ..Account::default() };
    engine.add_bank_account(tenant, "bench", &account, 1, &act, world::START)?;
    let portfolio = portfolio(0..SLIPS / 4, 0, 0);
    engine.import(tenant, Import::of(&portfolio, "files"), Doing::Write, world::START, &mut System, &mut |_| {})?;
    let begun = Clock::now();
    for receivable in &portfolio.receivables {
        engine.issue_slip(tenant, &About::Receivable(receivable.id.to_string()), "bench", &act, world::START)?;
    }
    let slips = u64::try_from(portfolio.receivables.len())?;
    row(name, &format!("slips issued a second, one by one ({slips})"), rate(slips, begun.elapsed()), "", "");
    let mut told = statement(u32::try_from(slips)?);
    for (line, receivable) in told.lines.iter_mut().zip(&portfolio.receivables) {
        line.amount = Some(receivable.amount);
        line.parts.billed = Some(receivable.amount);
    }
    let bytes = bank_side::write(Format::Cnab400, "Bench", &told)?;
    let now = Instant::from_micros(world::START.micros() + 40 * 86_400 * 1_000_000);
    engine.db().analyze()?;
    let begun = Clock::now();
    let file = cnab::read(&bytes)?;
    let reading = Reading::of("bench.ret", Sha256::digest(&bytes).into(), &file);
    let done = engine.read_bank_file(tenant, &reading, &act, now)?;
    ensure!(done.booked == slips, "{} of {slips} lines were booked", done.booked);
    row(name, &format!("lines of a return booked a second ({slips})"), rate(slips, begun.elapsed()), "", "");
    let again = Reading { digest: [1; 32], ..reading };
    let begun = Clock::now();
    let done = engine.read_bank_file(tenant, &again, &act, now)?;
    ensure!(done.known == slips, "{} of {slips} lines were known", done.known);
    row(name, &format!("lines known from another file a second ({slips})"), rate(slips, begun.elapsed()), "", "");
    Ok(())
}

fn statement(lines: u32) -> Statement {
    let day = Day::from_epoch(20_520);
    let line = |number: u32| {
        let names = Names {
            bank_id: Some(format!("B{number}").into()),
            our_number: Some((number + 1).to_string().into()),
            document: Some(format!("D{number}").into()),
            ..Names::default()
        };
        let amount = Some(Money::new(10_000 + i64::from(number % 977), Currency::BRL));
        Line {
            place: 0,
            event: Event::Paid,
            amount,
            paid_on: Some(day),
            posted_on: Some(day.plus(1)),
            names,
            payer: Payer::default(),
            parts: Parts { billed: amount, ..Parts::default() },
            text: "LIQUIDACAO".into(),
            codes: vec!["06".into()],
        }
    };
    Statement {
        account: BankAccount { bank: "341".into(), branch: "0811".into(), number: "53678-8".into() },
        currency: Currency::BRL,
        number: Some(1),
        made_on: Some(day.plus(1)),
        until: Some(day.plus(1)),
        lines: (0..lines).map(line).collect(),
    }
}

//! A bank's file is taken in: each line once whatever the number of files that tell it, each booked, kept, or put before a
//! person; then the slips that it speaks of, the sums that a statement makes of a return, and what was waiting.
//!
//! A chunk of lines is one transaction under the locks of the account and of every customer that a line may be about. A
//! kill in between loses nothing: the file is read again, and what was booked is known by its id.

use std::collections::BTreeMap;

use regua_core::bank::matching::{Verdict, Why, judge};
use regua_core::bank::{BankFile, Event, Format, Line, Statement};
use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::time::{Instant, Zone};
use regua_store::bank::{self, FileRow, LineRow};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::tenants;
use regua_wire::boleto::banks::Beneficiary;

use super::accounts::{named_accounts, of_file};
use super::candidates::{Finds, Names, Place};
use super::remit::beneficiary;
use super::row::{line_id, open, payment_id, seal, slip_noted};
use crate::Engine;
use crate::case::{self, Case};
use crate::commands::account::{enter, take_payment};
use crate::commands::tenant::{FILES, note};
use crate::error::{Error, Kind, Result};
use crate::log::{self, Act};
use crate::tenancy::Tenancy;

/// Lines in one transaction.
const CHUNK: usize = 500;

/// Lines of earlier files that are looked at again after a file.
const AGAIN_MAX: i64 = 2_000;

/// Payments of a day that a statement may show as one sum.
const SUM_MAX: i64 = 100_000;

/// A file to take in.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// What it is called, for people.
    pub name: &'a str,
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// What it says.
    pub file: &'a BankFile,
    /// The company's account that it is of, when somebody says so.
    pub account: Option<&'a str>,
    /// The source whose payments it tells: what waits for that goes on.
    pub source: &'a str,
}

impl<'a> Reading<'a> {
    /// A file of the account that it names itself, telling what imported files do not.
    #[must_use]
    pub const fn of(name: &'a str, digest: [u8; 32], file: &'a BankFile) -> Self {
        Self { name, digest, file, account: None, source: FILES }
    }
}

/// A line that could not be taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Its place in the file.
    pub place: u32,
    /// Why, and the mend.
    pub what: String,
}

/// What came of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BankRead {
    /// When the very same file was read before: then nothing was done.
    pub already: Option<Instant>,
    /// The accounts that it is of.
    pub accounts: Vec<String>,
    /// Good lines.
    pub lines: u64,
    /// Lines that another file had told.
    pub known: u64,
    /// Lines that were booked, and their money by currency.
    pub booked: u64,
    /// Minor units booked, by currency.
    pub money: BTreeMap<&'static str, i64>,
    /// Payments that were taken back.
    pub undone: u64,
    /// Lines that a person is asked about.
    pub waiting: u64,
    /// Lines from which nothing follows: fees, news of slips, the company's own spending, sums of what returns told.
    pub kept: u64,
    /// Lines of earlier files that could be booked now.
    pub again: u64,
    /// Lines that could not be read, or not be taken in.
    pub refused: Vec<Refusal>,
}

/// What is known of a line while it is taken in.
struct Taken<'a> {
    id: [u8; 16],
    line: std::borrow::Cow<'a, Line>,
    row: LineRow,
    /// Whether it stands in the table already, waiting.
    stored: bool,
}

/// Where lines come from.
#[derive(Clone, Copy)]
struct Origin<'a> {
    tenant: TenantId,
    account: &'a str,
    reading: &'a Reading<'a>,
    act: &'a Act,
    now: Instant,
}

impl Engine {
    /// Takes a bank's file in.
    ///
    /// # Errors
    /// [`Kind::Refused`] when it is of an account that is none of the company's; whatever the database says. What cannot be
    /// taken in of a line is no error: it is in what is returned.
    pub fn read_bank_file(&self, tenant: TenantId, reading: &Reading<'_>, act: &Act, now: Instant) -> Result<BankRead> {
        let mut read = BankRead::default();
        let refused = reading.file.refused.iter().map(|bad| Refusal { place: bad.place, what: bad.what.clone() });
        read.refused = refused.collect();
        let (accounts, before) = self.begin_file(tenant, reading, now)?;
        if let Some(before) = before {
            read.already = Some(before);
            return Ok(read);
        }
        let mut counts: BTreeMap<[u8; 16], u32> = BTreeMap::new();
        for (statement, account) in reading.file.statements.iter().zip(&accounts) {
            let origin = Origin { tenant, account, reading, act, now };
            for chunk in statement.lines.chunks(CHUNK) {
                let ids: Vec<[u8; 16]> = chunk.iter().map(|line| nth_id(&mut counts, account, line)).collect();
                let mut one = read.clone();
                self.db.write(Scope::Tenant(tenant), |tx| {
                    one = read.clone(); // a transaction that is tried again counts anew
                    self.take_lines(tx, origin, statement, (chunk, &ids), &mut one)
                })?;
                read = one;
            }
            if !read.accounts.contains(account) {
                read.accounts.push(account.clone());
            }
            self.look_again(origin, &mut read)?;
        }
        self.end_file(tenant, reading, &accounts, act, now)?;
        Ok(read)
    }

    /// Finds the accounts, and enters the file; when it was read to its end before, that moment.
    fn begin_file(&self, tenant: TenantId, reading: &Reading<'_>, now: Instant) -> Result<(Vec<String>, Option<Instant>)> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let known = named_accounts(tx, tenant)?;
            let mut accounts = Vec::with_capacity(reading.file.statements.len());
            for statement in &reading.file.statements {
                let name = match reading.account {
                    Some(name) if known.iter().any(|one| one.name == name) => name.to_owned(),
                    Some(name) => return Err(Error::not_found("no_account", format!("there is no account {name}; see: regua bank list"))),
                    None => of_file(&known, &statement.account)?.name.clone(),
                };
                accounts.push(name);
            }
            let before = bank::file(tx, tenant, &reading.digest)?;
            if let Some(before) = before.filter(|before| before.complete) {
                return Ok((accounts, Some(before.read_at)));
            }
            bank::put_file(tx, tenant, &file_row(reading, now, false))?;
            Ok((accounts, None))
        })
    }

    /// Says that the file was read to its end, and until when its source has told everything.
    fn end_file(&self, tenant: TenantId, reading: &Reading<'_>, accounts: &[String], act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            bank::put_file(tx, tenant, &file_row(reading, now, true))?;
            let payload = serde_json::json!({
                "digest": hex(&reading.digest), "format": reading.file.format.as_str(), "accounts": accounts,
                "lines": lines(reading.file), "refused": reading.file.refused.len(), "act": act,
            });
            note(tx, &mut stored, now, "bank_file_read", log::json(&payload)?)?;
            let zone = self.tenancies.read(tx, tenant)?.published.zone();
            if let Some(until) = reading.file.statements.iter().filter_map(|statement| told_until(statement, zone, now)).min() {
                tenants::read(tx, tenant, reading.source, until)?;
                tenants::wake_readers(tx, tenant, now)?;
            }
            Ok(())
        })
    }

    fn take_lines(
        &self,
        tx: &mut Tx<'_>,
        origin: Origin<'_>,
        statement: &Statement,
        (chunk, ids): (&[Line], &[[u8; 16]]),
        read: &mut BankRead,
    ) -> Result<()> {
        let Origin { tenant, account, reading, .. } = origin;
        bank::lock_account(tx, tenant, account)?;
        let known: BTreeMap<[u8; 16], String> = bank::known(tx, tenant, ids)?.into_iter().collect();
        let mut taken: Vec<Taken<'_>> = Vec::with_capacity(chunk.len());
        for (line, id) in chunk.iter().zip(ids) {
            read.lines += 1;
            if known.contains_key(id) {
                read.known += 1;
                continue;
            }
            let row = LineRow {
                line: *id,
                account: account.to_owned(),
                digest: reading.digest,
                place: i64::from(line.place),
                event: line.event.as_str().to_owned(),
                currency: line.amount.map_or(statement.currency, Money::currency).code().to_owned(),
                amount: line.amount.map(Money::minor),
                paid_on: line.paid_on,
                posted_on: line.posted_on.or(line.paid_on).or(statement.made_on).or(Some(Zone::utc().day_of(origin.now))),
                from_return: is_return(reading.file.format),
                status: String::new(),
                reason: String::new(),
                percent: None,
                customer: None,
                receivable: None,
                summed: None,
                body: Some(seal(&self.master, tenant, id, line)?),
            };
            taken.push(Taken { id: *id, line: std::borrow::Cow::Borrowed(line), row, stored: false });
        }
        self.book_lines(tx, origin, &mut taken, read)?;
        let rows: Vec<LineRow> = taken.into_iter().map(|taken| taken.row).collect();
        bank::add_lines(tx, tenant, &rows)?;
        self.sums(tx, origin, &rows)
    }

    /// Looks again at what waits of an account: the other half of it may be known now.
    fn look_again(&self, origin: Origin<'_>, read: &mut BankRead) -> Result<()> {
        let Origin { tenant, account, .. } = origin;
        let mut one = read.clone();
        self.db.write(Scope::Tenant(tenant), |tx| {
            one = read.clone();
            bank::lock_account(tx, tenant, account)?;
            let mut taken = Vec::new();
            for row in bank::waiting_of(tx, tenant, account, AGAIN_MAX)? {
                let Some(body) = &row.body else { continue };
                let line = open(&self.master, tenant, &row.line, body)?;
                taken.push(Taken { id: row.line, line: std::borrow::Cow::Owned(line), row, stored: true });
            }
            let before: u64 = one.booked + one.undone;
            self.book_lines(tx, origin, &mut taken, &mut one)?;
            one.again += one.booked + one.undone - before;
            let rows: Vec<LineRow> = taken.into_iter().map(|taken| taken.row).collect();
            for row in rows.iter().filter(|row| row.status != "waiting") {
                bank::set_line(tx, tenant, row)?;
            }
            self.sums(tx, origin, &rows)
        })?;
        *read = one;
        Ok(())
    }

    /// Books what is sure, and says of every line where it stands.
    fn book_lines(&self, tx: &mut Tx<'_>, origin: Origin<'_>, taken: &mut [Taken<'_>], read: &mut BankRead) -> Result<()> {
        let Origin { tenant, account, now, .. } = origin;
        let Some(currency) = taken.first().map(|one| one.row.currency.clone()) else { return Ok(()) };
        let company = at_bank(tx, tenant, account)?;
        let place = Place { master: &self.master, tenant, account, company: company.as_ref(), currency: &currency };
        let mut finds = {
            let lines: Vec<&Line> = taken.iter().map(|one| &*one.line).collect();
            Finds::of(tx, place, &lines, Names::Left)?
        };
        let customers = finds.customers();
        due::lock(tx, tenant, &customers)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut cases: BTreeMap<CustomerId, Case> = BTreeMap::new();
        for (customer, case) in case::load_also(tx, &tenancy, &self.master, &customers, Which::Live, &finds.receivables())? {
            let Ok(mut case) = case else { continue }; // it cannot be loaded: its lines wait, and doctor shows it
            case.act = Some(origin.act.clone());
            cases.insert(customer, case);
        }
        let mut batch = Batch::default();
        for one in taken.iter_mut() {
            let booking = Booking { finds: &finds, cases: &mut cases, tenancy: &tenancy, place, now };
            booking.line(one, read)?;
            self.slip_moves(tx, origin, one, (&mut finds, &mut cases, &tenancy), &mut batch)?;
        }
        for case in cases.values_mut() {
            case.save_if_changed(&tenancy, now, &mut batch)?;
        }
        batch.write(tx, tenant)?;
        Ok(())
    }

    /// Where a slip stands after a line of it.
    fn slip_moves(
        &self,
        tx: &mut Tx<'_>,
        origin: Origin<'_>,
        one: &Taken<'_>,
        (finds, cases, tenancy): (&mut Finds, &mut BTreeMap<CustomerId, Case>, &Tenancy),
        batch: &mut Batch,
    ) -> Result<()> {
        let Some(slip) = finds.slip(&one.line, cases) else { return Ok(()) };
        let status = match one.line.event {
            Event::Registered => "registered",
            Event::Rejected => "rejected",
            Event::Closed => "closed",
            Event::Paid | Event::PaidClosed => "paid",
            Event::Pending | Event::Returned | Event::Changed | Event::Fee | Event::Spent | Event::Other => return Ok(()),
        };
        // A payment is the last word on a slip, whatever order files come in; news of its registration come before all else.
        let older = slip.status == "paid" || (status == "registered" && slip.status != "issued" && slip.status != "sent");
        if one.stored || older || slip.status == status {
            return Ok(());
        }
        let (slip, number) = (slip.clone(), slip.number.clone());
        let Some(case) = cases.get_mut(&slip.customer) else { return Ok(()) };
        case.note(tenancy, origin.now, "slip", (log::json(&slip_noted(&slip, status, slip.file))?, None), batch)?;
        bank::set_slip(tx, origin.tenant, (origin.account, &number), status, slip.file)?;
        finds.set_slip(&number, status);
        Ok(())
    }

    /// Lines of a statement that are the sum of what returns told of a day: the same money, told a second time.
    fn sums(&self, tx: &mut Tx<'_>, origin: Origin<'_>, rows: &[LineRow]) -> Result<()> {
        let Origin { tenant, account, .. } = origin;
        for row in rows.iter().filter(|row| !row.from_return && row.status == "waiting") {
            let (Some(day), Some(amount)) = (row.posted_on, row.amount) else { continue };
            let parts = bank::unsummed(tx, tenant, account, day, SUM_MAX)?;
            let sum: i64 = parts.iter().map(|(_, amount)| *amount).fold(0, i64::saturating_add);
            if parts.is_empty() || sum != amount {
                continue;
            }
            for (part, _) in parts {
                bank::set_summed(tx, tenant, part, row.line)?;
            }
            bank::set_summed(tx, tenant, row.line, row.line)?;
            bank::set_line(tx, tenant, &LineRow { status: "kept".to_owned(), reason: "sum_of_returns".to_owned(), ..row.clone() })?;
        }
        Ok(())
    }
}

/// The company at an account's bank, where slips can be made for it.
pub(super) fn at_bank(tx: &mut Tx<'_>, tenant: TenantId, account: &str) -> Result<Option<Beneficiary>> {
    let known = named_accounts(tx, tenant)?;
    Ok(known.iter().find(|one| one.name == account).and_then(|one| beneficiary(&one.account).ok()))
}

/// What one line is booked with.
struct Booking<'b> {
    finds: &'b Finds,
    cases: &'b mut BTreeMap<CustomerId, Case>,
    tenancy: &'b Tenancy,
    place: Place<'b>,
    now: Instant,
}

impl Booking<'_> {
    fn line(self, one: &mut Taken<'_>, read: &mut BankRead) -> Result<()> {
        let line = &*one.line;
        if line.event == Event::Returned {
            return self.returned(one, read);
        }
        let day = line.paid_on.or(line.posted_on).or(one.row.posted_on).unwrap_or_else(|| Zone::utc().day_of(self.now));
        let (candidates, ids) = self.finds.candidates(self.place, line, day, self.cases, self.tenancy, Names::Left);
        let verdict = judge(line.event, line.amount, &candidates);
        let (found, all) = match verdict {
            Verdict::Keep => {
                settle(&mut one.row, "kept", line.event.as_str(), None);
                read.kept += 1;
                return Ok(());
            }
            Verdict::Ask(why, ranked) => {
                wait(one, why, ranked.first().map(|best| best.percent), read);
                return Ok(());
            }
            Verdict::Book(found) => (found, false),
            Verdict::BookAll(found) => (found, true),
        };
        let Some(&(customer, receivable)) = ids.get(found.place) else { return Err(Error::bug("match", "a match is of no candidate")) };
        let Some((case, amount)) = self.cases.get_mut(&customer).zip(line.amount) else {
            return Err(Error::bug("match", "a match is of nobody in hand"));
        };
        let named: Vec<usize> = if all { Vec::new() } else { case.walk_of(receivable).into_iter().collect() };
        let on = day.min(case.facts.zone.day_of(self.now));
        let before = case.noted.len();
        match take_payment(case, self.tenancy, &named, (amount, on), Some(&payment_id(&one.id)), self.now) {
            Ok(_) => {
                settle(&mut one.row, "booked", found.by.as_str(), Some(found.percent));
                (one.row.customer, one.row.receivable) = (Some(customer), Some(receivable));
                read.booked += 1;
                *read.money.entry(amount.currency().code()).or_default() += amount.minor();
            }
            // What does not fit its ledger is for a person, and holds up no other line.
            Err(error) if error.kind == Kind::Refused && case.noted.len() == before => wait(one, Why::Unsure, Some(found.percent), read),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Money that was taken back: of the receivable that its slip or charge is of, when that much was booked on it.
    fn returned(self, one: &mut Taken<'_>, read: &mut BankRead) -> Result<()> {
        let Some(amount) = one.line.amount.filter(|amount| amount.minor() > 0) else {
            wait(one, Why::NoAmount, None, read);
            return Ok(());
        };
        let paid = self.finds.booked_before(self.place.account, &one.line, amount);
        let by_slip = self.finds.slip(&one.line, self.cases).map(|slip| (slip.customer, slip.receivable));
        let Some((customer, receivable)) = paid.or(by_slip) else {
            wait(one, Why::Returned, None, read);
            return Ok(());
        };
        let Some(case) = self.cases.get_mut(&customer) else {
            wait(one, Why::Returned, None, read);
            return Ok(());
        };
        let Some(walk) = case.walk_of(receivable) else {
            wait(one, Why::Returned, None, read);
            return Ok(());
        };
        let on = one.line.posted_on.or(one.line.paid_on).unwrap_or_else(|| case.facts.zone.day_of(self.now));
        let on = on.min(case.facts.zone.day_of(self.now));
        match enter(case, self.tenancy, Some(walk), Fact::ChargedBack { on, amount: Some(amount) }, self.now) {
            Ok(_) => {
                settle(&mut one.row, "undone", "returned", Some(100));
                (one.row.customer, one.row.receivable) = (Some(customer), Some(receivable));
                read.undone += 1;
            }
            Err(error) if error.kind == Kind::Refused => wait(one, Why::Returned, None, read),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn settle(row: &mut LineRow, status: &str, reason: &str, percent: Option<u8>) {
    status.clone_into(&mut row.status);
    reason.clone_into(&mut row.reason);
    row.percent = percent.map(i64::from);
}

fn wait(one: &mut Taken<'_>, why: Why, percent: Option<u8>, read: &mut BankRead) {
    if !one.stored {
        read.waiting += 1;
    }
    settle(&mut one.row, "waiting", why.as_str(), percent);
}

/// The id of a line; equal lines of one file are counted.
fn nth_id(counts: &mut BTreeMap<[u8; 16], u32>, account: &str, line: &Line) -> [u8; 16] {
    let count = counts.entry(line_id(account, line, 0)).or_insert(0);
    let id = line_id(account, line, *count);
    *count += 1;
    id
}

/// Whether a format tells of slips and debits, not of an account.
const fn is_return(format: Format) -> bool {
    match format {
        Format::Cnab240 | Format::Cnab400 | Format::Debit150 | Format::Nacha => true,
        Format::Ofx | Format::Camt | Format::Mt940 => false,
    }
}

/// Until when a statement has told everything: the end of the day before the one on which it was made, or of its last day
/// when it was made after that. A day that is not over may bring more, and one that is to come brings nothing yet.
fn told_until(statement: &Statement, zone: Zone, now: Instant) -> Option<Instant> {
    let day = match (statement.until, statement.made_on) {
        (Some(until), Some(made)) => made.min(until.plus(1)),
        (Some(day), None) | (None, Some(day)) => day,
        (None, None) => return None,
    };
    Some(zone.midnight(day).min(now))
}

fn file_row(reading: &Reading<'_>, now: Instant, complete: bool) -> FileRow {
    FileRow {
        digest: reading.digest,
        name: reading.name.to_owned(),
        format: reading.file.format.as_str().to_owned(),
        read_at: now,
        lines: lines(reading.file),
        refused: case::count(reading.file.refused.len()),
        complete,
    }
}

fn lines(file: &BankFile) -> i64 {
    file.statements.iter().map(|statement| case::count(statement.lines.len())).sum()
}

/// A digest as people read it.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The company's bank accounts, the slips of receivables, and what banks told, each line once.
//!
//! That a line is booked once is the key of `bank_lines`, made of what makes two lines the same. Deliberately absent: what a
//! line means; locks of its own: whoever books one holds its customer's row, and whoever reads files the account's.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::{customer, receivable};
use crate::statements::Statement;

/// An account of the company's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountRow {
    /// What people call it.
    pub account: String,
    /// Bank, branch, number and so on, JSON.
    pub body: String,
    /// When it was added.
    pub added_at: Instant,
    /// The next number of a slip.
    pub next_number: i64,
    /// The next number of a file to the bank.
    pub next_file: i64,
}

/// A slip of a receivable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlipRow {
    /// On which account it is paid.
    pub account: String,
    /// The bank's number of it: digits without its check digit and without zeros in front.
    pub number: String,
    /// What it is for.
    pub receivable: ReceivableId,
    /// Whose that is.
    pub customer: CustomerId,
    /// As issued, in minor units of BRL.
    pub amount: i64,
    /// As issued.
    pub due_on: Day,
    /// When.
    pub issued_at: Instant,
    /// The file to the bank that it went out in.
    pub file: Option<i64>,
    /// issued, sent, registered, rejected, paid, closed.
    pub status: String,
}

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileRow {
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// What it was called.
    pub name: String,
    /// Its format.
    pub format: String,
    /// When it was read.
    pub read_at: Instant,
    /// Good lines.
    pub lines: i64,
    /// Bad lines.
    pub refused: i64,
    /// Whether it was read to its end.
    pub complete: bool,
}

/// A line of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineRow {
    /// Made of what makes it the same.
    pub line: [u8; 16],
    /// The company's account.
    pub account: String,
    /// The file that told it first.
    pub digest: [u8; 32],
    /// Its place there.
    pub place: i64,
    /// What happened.
    pub event: String,
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub amount: Option<i64>,
    /// The payer's day.
    pub paid_on: Option<Day>,
    /// The bank's day.
    pub posted_on: Option<Day>,
    /// Whether it is of a return, not of a statement.
    pub from_return: bool,
    /// booked, waiting, kept, undone, taken_back, set_aside.
    pub status: String,
    /// By what it was booked, or why a person is asked.
    pub reason: String,
    /// How sure that was.
    pub percent: Option<i64>,
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// What it is for.
    pub receivable: Option<ReceivableId>,
    /// The statement's line that has its money in a sum, or itself where it is such a sum.
    pub summed: Option<[u8; 16]>,
    /// The line as it was read, sealed.
    pub body: Option<Vec<u8>>,
}

static SLIPS: Insert = Insert::new(
    "slips",
    &[
        ("tenant", Type::Id),
        ("account", Type::Text),
        ("number", Type::Text),
        ("receivable", Type::Id),
        ("customer", Type::Id),
        ("amount", Type::Int),
        ("due_on", Type::Date),
        ("issued_at", Type::At),
        ("file", Type::Int),
        ("status", Type::Text),
    ],
);
static LINES: Insert = Insert::new(
    "bank_lines",
    &[
        ("tenant", Type::Id),
        ("line", Type::Id),
        ("account", Type::Text),
        ("digest", Type::Bytes),
        ("place", Type::Int),
        ("event", Type::Text),
        ("currency", Type::Text),
        ("amount", Type::Int),
        ("paid_on", Type::Date),
        ("posted_on", Type::Date),
        ("from_return", Type::Bool),
        ("status", Type::Text),
        ("reason", Type::Text),
        ("percent", Type::Int),
        ("customer", Type::Id),
        ("receivable", Type::Id),
        ("summed", Type::Id),
        ("body", Type::Bytes),
    ],
);
pub(crate) static MARKS: Insert =
    Insert::new("customer_marks", &[("tenant", Type::Id), ("mark", Type::Id), ("customer", Type::Id)]).or_leave();

/// The columns of a line.
macro_rules! line {
    ($rest:literal) => {
        concat!(
            "SELECT line, account, digest, place, event, currency, amount, paid_on, posted_on, from_return, status, reason, percent, ",
            "customer, receivable, summed, body FROM bank_lines ",
            $rest
        )
    };
}
/// The columns of a slip.
macro_rules! slip {
    ($rest:literal) => {
        concat!("SELECT account, number, receivable, customer, amount, due_on, issued_at, file, status FROM slips ", $rest)
    };
}

const ACCOUNTS: &str = "SELECT account, body, added_at, next_number, next_file FROM bank_accounts WHERE tenant = $1 ORDER BY account";
const LOCK_ACCOUNT: &str =
    "SELECT account, body, added_at, next_number, next_file FROM bank_accounts WHERE tenant = $1 AND account = $2 /*+for_update*/";
const ADD_ACCOUNT: &str =
    "INSERT INTO bank_accounts (tenant, account, body, added_at, next_number, next_file) VALUES ($1, $2, $3, $4, $5, $6)";
const COUNT_ON: &str = "UPDATE bank_accounts SET next_number = $3, next_file = $4 WHERE tenant = $1 AND account = $2";
const SLIPS_NUMBERED: &str = slip!("WHERE tenant = $1 AND account = $2 AND number IN /*+list*/ ($3)");
const SLIPS_OF: &str = slip!("WHERE tenant = $1 AND receivable IN /*+list*/ ($2)");
const SLIPS_IN: &str = slip!("WHERE tenant = $1 AND account = $2 AND file = $3 ORDER BY issued_at, number LIMIT $4");
const SLIPS_UNSENT: &str = slip!("WHERE tenant = $1 AND account = $2 AND status = 'issued' ORDER BY issued_at, number LIMIT $3");
const SET_SLIP: &str = "UPDATE slips SET status = $4, file = $5 WHERE tenant = $1 AND account = $2 AND number = $3";
const FILE: &str = "SELECT digest, name, format, read_at, lines, refused, complete FROM bank_files WHERE tenant = $1 AND digest = $2";
const PUT_FILE: &str = "
    INSERT INTO bank_files (tenant, digest, name, format, read_at, lines, refused, complete) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (tenant, digest) DO UPDATE SET complete = excluded.complete, read_at = excluded.read_at";
const KNOWN: &str = "SELECT line, status FROM bank_lines WHERE tenant = $1 AND line IN /*+list*/ ($2)";
const LINE: &str = line!("WHERE tenant = $1 AND line = $2");
const LINES_BETWEEN: &str = "SELECT line FROM bank_lines WHERE tenant = $1 AND line >= $2 AND line <= $3 ORDER BY line LIMIT 2";
const WAITING: &str = line!("WHERE tenant = $1 AND status = 'waiting' AND (posted_on, line) > ($2, $3) ORDER BY posted_on, line LIMIT $4");
const WAITING_OF: &str = line!("WHERE tenant = $1 AND account = $2 AND status = 'waiting' ORDER BY posted_on, line LIMIT $3");
const BOOKED: &str = "
    SELECT line, customer, receivable, amount FROM bank_lines
     WHERE tenant = $1 AND line IN /*+list*/ ($2) AND status = 'booked'";
const PARTS_OF: &str = "
    SELECT p.receivable, p.amount FROM receivables r CROSS JOIN payments p
     WHERE r.tenant = $1 AND r.customer = $2 AND p.tenant = r.tenant AND p.receivable = r.receivable AND p.external_id = $3";
const OF_CUSTOMER: &str = line!("WHERE tenant = $1 AND customer = $2 ORDER BY posted_on, line");
const UNSUMMED: &str = "
    SELECT line, amount FROM bank_lines
     WHERE tenant = $1 AND account = $2 AND posted_on = $3 AND from_return AND summed IS NULL AND event IN ('paid', 'paid_closed')
     LIMIT $4";
const SET_SUMMED: &str = "UPDATE bank_lines SET summed = $3 WHERE tenant = $1 AND line = $2";
const SET_LINE: &str = "
    UPDATE bank_lines SET status = $3, reason = $4, percent = $5, customer = $6, receivable = $7 WHERE tenant = $1 AND line = $2";
const SUMS: &str = "
    SELECT account, currency, event, status, COUNT(*), CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM bank_lines
     WHERE tenant = $1
     GROUP BY account, currency, event, status
     ORDER BY account, currency, event, status";
const MARKED: &str = "SELECT mark, customer FROM customer_marks WHERE tenant = $1 AND mark IN /*+list*/ ($2) ORDER BY mark, customer";
const UNMARK: &str = "DELETE FROM customer_marks WHERE tenant = $1 AND customer = $2";
const FORGET: &str = "UPDATE bank_lines SET body = NULL WHERE tenant = $1 AND customer = $2";
const OPEN_OF: &str = "
    SELECT receivable, customer FROM receivables
     WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND status = 'open' AND currency = $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("bank.accounts", ACCOUNTS),
    ("bank.lock_account", LOCK_ACCOUNT),
    ("bank.add_account", ADD_ACCOUNT),
    ("bank.count_on", COUNT_ON),
    ("bank.slips_numbered", SLIPS_NUMBERED),
    ("bank.slips_of", SLIPS_OF),
    ("bank.slips_in", SLIPS_IN),
    ("bank.slips_unsent", SLIPS_UNSENT),
    ("bank.set_slip", SET_SLIP),
    ("bank.file", FILE),
    ("bank.put_file", PUT_FILE),
    ("bank.known", KNOWN),
    ("bank.line", LINE),
    ("bank.lines_between", LINES_BETWEEN),
    ("bank.waiting", WAITING),
    ("bank.waiting_of", WAITING_OF),
    ("bank.booked", BOOKED),
    ("bank.parts_of", PARTS_OF),
    ("bank.of_customer", OF_CUSTOMER),
    ("bank.unsummed", UNSUMMED),
    ("bank.set_summed", SET_SUMMED),
    ("bank.set_line", SET_LINE),
    ("bank.sums", SUMS),
    ("bank.marked", MARKED),
    ("bank.unmark", UNMARK),
    ("bank.forget", FORGET),
    ("bank.open_of", OPEN_OF),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&SLIPS, &LINES, &MARKS];

fn account(row: &Row<'_>) -> Result<AccountRow, StoreError> {
    Ok(AccountRow { account: row.text(0)?, body: row.text(1)?, added_at: row.at(2)?, next_number: row.int(3)?, next_file: row.int(4)? })
}

fn slip(row: &Row<'_>) -> Result<SlipRow, StoreError> {
    Ok(SlipRow {
        account: row.text(0)?,
        number: row.text(1)?,
        receivable: receivable(row, 2)?,
        customer: customer(row, 3)?,
        amount: row.int(4)?,
        due_on: row.date(5)?,
        issued_at: row.at(6)?,
        file: row.opt_int(7)?,
        status: row.text(8)?,
    })
}

fn line(row: &Row<'_>) -> Result<LineRow, StoreError> {
    Ok(LineRow {
        line: row.id(0)?,
        account: row.text(1)?,
        digest: crate::due::hash(row, 2)?,
        place: row.int(3)?,
        event: row.text(4)?,
        currency: row.text(5)?,
        amount: row.opt_int(6)?,
        paid_on: row.opt_date(7)?,
        posted_on: row.opt_date(8)?,
        from_return: row.bool(9)?,
        status: row.text(10)?,
        reason: row.text(11)?,
        percent: row.opt_int(12)?,
        customer: row.opt_id(13)?.map(|_| customer(row, 13)).transpose()?,
        receivable: row.opt_id(14)?.map(|_| receivable(row, 14)).transpose()?,
        summed: row.opt_id(15)?,
        body: row.opt_bytes(16)?,
    })
}

/// The company's accounts, by name.
///
/// # Errors
/// Whatever the database says.
pub fn accounts(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<AccountRow>, StoreError> {
    tx.rows(ACCOUNTS, &[own.into()], account)
}

/// An account, its row locked until the transaction ends.
///
/// # Errors
/// Whatever the database says.
pub fn lock_account(tx: &mut Tx<'_>, own: TenantId, name: &str) -> Result<Option<AccountRow>, StoreError> {
    tx.one(LOCK_ACCOUNT, &[own.into(), Value::Text(name)], account)
}

/// Adds an account.
///
/// # Errors
/// [`StoreError::Unique`] when there is one of this name.
pub fn add_account(tx: &mut Tx<'_>, own: TenantId, new: &AccountRow) -> Result<(), StoreError> {
    let values =
        [own.into(), Value::Text(&new.account), Value::Text(&new.body), new.added_at.into(), new.next_number.into(), new.next_file.into()];
    tx.execute(ADD_ACCOUNT, &values).map(drop)
}

/// Says which numbers come next.
///
/// # Errors
/// Whatever the database says.
pub fn count_on(tx: &mut Tx<'_>, own: TenantId, name: &str, (next_number, next_file): (i64, i64)) -> Result<(), StoreError> {
    tx.execute(COUNT_ON, &[own.into(), Value::Text(name), next_number.into(), next_file.into()]).map(drop)
}

/// Writes slips.
///
/// # Errors
/// [`StoreError::Unique`] when a number is taken.
pub fn add_slips(tx: &mut Tx<'_>, own: TenantId, slips: &[SlipRow]) -> Result<(), StoreError> {
    let own = Value::from(own);
    let rows = slips.iter().map(|row| {
        [
            own,
            Value::Text(&row.account),
            Value::Text(&row.number),
            row.receivable.into(),
            row.customer.into(),
            row.amount.into(),
            row.due_on.into(),
            row.issued_at.into(),
            row.file.into(),
            Value::Text(&row.status),
        ]
    });
    tx.insert(&SLIPS, rows).map(drop)
}

/// The slips of these numbers.
///
/// # Errors
/// Whatever the database says.
pub fn slips_numbered(tx: &mut Tx<'_>, own: TenantId, account: &str, numbers: &[&str]) -> Result<Vec<SlipRow>, StoreError> {
    tx.rows(SLIPS_NUMBERED, &[own.into(), Value::Text(account), Value::Texts(numbers)], slip)
}

/// The slips of receivables, by account and age.
///
/// # Errors
/// Whatever the database says.
pub fn slips_of(tx: &mut Tx<'_>, own: TenantId, receivables: &[[u8; 16]]) -> Result<Vec<SlipRow>, StoreError> {
    // Sorted here: SQLite would walk the key for the order, and so every slip of the tenant.
    let mut slips = tx.rows(SLIPS_OF, &[own.into(), Value::List(receivables)], slip)?;
    slips.sort_by(|a, b| (&a.account, a.issued_at, &a.number).cmp(&(&b.account, b.issued_at, &b.number)));
    Ok(slips)
}

/// Up to `limit` slips of an account that the bank does not know yet, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn slips_unsent(tx: &mut Tx<'_>, own: TenantId, account: &str, limit: i64) -> Result<Vec<SlipRow>, StoreError> {
    tx.rows(SLIPS_UNSENT, &[own.into(), Value::Text(account), limit.into()], slip)
}

/// Up to `limit` slips that went to the bank in a file, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn slips_in(tx: &mut Tx<'_>, own: TenantId, account: &str, file: i64, limit: i64) -> Result<Vec<SlipRow>, StoreError> {
    tx.rows(SLIPS_IN, &[own.into(), Value::Text(account), file.into(), limit.into()], slip)
}

/// Says where a slip stands.
///
/// # Errors
/// Whatever the database says.
pub fn set_slip(
    tx: &mut Tx<'_>,
    own: TenantId,
    (account, number): (&str, &str),
    status: &str,
    file: Option<i64>,
) -> Result<(), StoreError> {
    tx.execute(SET_SLIP, &[own.into(), Value::Text(account), Value::Text(number), Value::Text(status), file.into()]).map(drop)
}

/// A file that was read, by the digest of its bytes.
///
/// # Errors
/// Whatever the database says.
pub fn file(tx: &mut Tx<'_>, own: TenantId, digest: &[u8; 32]) -> Result<Option<FileRow>, StoreError> {
    tx.one(FILE, &[own.into(), Value::Bytes(digest)], |row| {
        Ok(FileRow {
            digest: crate::due::hash(row, 0)?,
            name: row.text(1)?,
            format: row.text(2)?,
            read_at: row.at(3)?,
            lines: row.int(4)?,
            refused: row.int(5)?,
            complete: row.bool(6)?,
        })
    })
}

/// Adds a file, or says that it was read to its end.
///
/// # Errors
/// Whatever the database says.
pub fn put_file(tx: &mut Tx<'_>, own: TenantId, file: &FileRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        Value::Bytes(&file.digest),
        Value::Text(&file.name),
        Value::Text(&file.format),
        file.read_at.into(),
        file.lines.into(),
        file.refused.into(),
        file.complete.into(),
    ];
    tx.execute(PUT_FILE, &values).map(drop)
}

/// Which of these lines are known, and where they stand.
///
/// # Errors
/// Whatever the database says.
pub fn known(tx: &mut Tx<'_>, own: TenantId, lines: &[[u8; 16]]) -> Result<Vec<([u8; 16], String)>, StoreError> {
    tx.rows(KNOWN, &[own.into(), Value::List(lines)], |row| Ok((row.id(0)?, row.text(1)?)))
}

/// Writes lines.
///
/// # Errors
/// [`StoreError::Unique`] when one is there already.
pub fn add_lines(tx: &mut Tx<'_>, own: TenantId, lines: &[LineRow]) -> Result<(), StoreError> {
    let own = Value::from(own);
    let rows = lines.iter().map(|row| {
        [
            own,
            Value::Id(row.line),
            Value::Text(&row.account),
            Value::Bytes(&row.digest),
            row.place.into(),
            Value::Text(&row.event),
            Value::Text(&row.currency),
            row.amount.into(),
            row.paid_on.into(),
            row.posted_on.into(),
            row.from_return.into(),
            Value::Text(&row.status),
            Value::Text(&row.reason),
            row.percent.into(),
            row.customer.into(),
            row.receivable.into(),
            row.summed.map_or(Value::Null, Value::Id),
            row.body.as_deref().into(),
        ]
    });
    tx.insert(&LINES, rows).map(drop)
}

/// A line.
///
/// # Errors
/// Whatever the database says.
pub fn one_line(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16]) -> Result<Option<LineRow>, StoreError> {
    tx.one(LINE, &[own.into(), Value::Id(id)], line)
}

/// The first two lines with ids from one to another.
///
/// # Errors
/// Whatever the database says.
pub fn lines_between(tx: &mut Tx<'_>, own: TenantId, first: [u8; 16], last: [u8; 16]) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.rows(LINES_BETWEEN, &[own.into(), Value::Id(first), Value::Id(last)], |row| row.id(0))
}

/// Up to `limit` lines that wait for a person, by the bank's day, after one.
///
/// # Errors
/// Whatever the database says.
pub fn waiting(tx: &mut Tx<'_>, own: TenantId, after: (Day, [u8; 16]), limit: i64) -> Result<Vec<LineRow>, StoreError> {
    tx.rows(WAITING, &[own.into(), after.0.into(), Value::Id(after.1), limit.into()], line)
}

/// Up to `limit` lines of an account that wait for a person, by the bank's day.
///
/// # Errors
/// Whatever the database says.
pub fn waiting_of(tx: &mut Tx<'_>, own: TenantId, account: &str, limit: i64) -> Result<Vec<LineRow>, StoreError> {
    tx.rows(WAITING_OF, &[own.into(), Value::Text(account), limit.into()], line)
}

/// A line that was booked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Booked {
    /// Which.
    pub line: [u8; 16],
    /// Whose money it was.
    pub customer: CustomerId,
    /// What it paid on first.
    pub receivable: ReceivableId,
    /// Minor units.
    pub amount: i64,
}

/// Those of these lines that were booked.
///
/// # Errors
/// Whatever the database says.
pub fn booked(tx: &mut Tx<'_>, own: TenantId, lines: &[[u8; 16]]) -> Result<Vec<Booked>, StoreError> {
    tx.rows(BOOKED, &[own.into(), Value::List(lines)], |row| {
        let (customer, receivable) = (customer(row, 1)?, receivable(row, 2)?);
        Ok(Booked { line: row.id(0)?, customer, receivable, amount: row.int(3)? })
    })
}

/// What a customer's receivables took of the payment with this key, in minor units.
///
/// # Errors
/// Whatever the database says.
pub fn parts_of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, key: &str) -> Result<Vec<(ReceivableId, Option<i64>)>, StoreError> {
    tx.rows(PARTS_OF, &[own.into(), id.into(), Value::Text(key)], |row| Ok((receivable(row, 0)?, row.opt_int(1)?)))
}

/// The lines that are a customer's, by the bank's day.
///
/// # Errors
/// Whatever the database says.
pub fn of_customer(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<LineRow>, StoreError> {
    tx.rows(OF_CUSTOMER, &[own.into(), id.into()], line)
}

/// Up to `limit` payments of returns that an account was credited for on a day and that no statement has shown in a sum.
///
/// # Errors
/// Whatever the database says.
pub fn unsummed(tx: &mut Tx<'_>, own: TenantId, account: &str, day: Day, limit: i64) -> Result<Vec<([u8; 16], i64)>, StoreError> {
    tx.rows(UNSUMMED, &[own.into(), Value::Text(account), day.into(), limit.into()], |row| Ok((row.id(0)?, row.opt_int(1)?.unwrap_or(0))))
}

/// Says which line of a statement has a line's money in its sum.
///
/// # Errors
/// Whatever the database says.
pub fn set_summed(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16], sum: [u8; 16]) -> Result<(), StoreError> {
    tx.execute(SET_SUMMED, &[own.into(), Value::Id(id), Value::Id(sum)]).map(drop)
}

/// Says where a line stands now: its status, reason, confidence, customer and receivable.
///
/// # Errors
/// Whatever the database says.
pub fn set_line(tx: &mut Tx<'_>, own: TenantId, row: &LineRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        Value::Id(row.line),
        Value::Text(&row.status),
        Value::Text(&row.reason),
        row.percent.into(),
        row.customer.into(),
        row.receivable.into(),
    ];
    tx.execute(SET_LINE, &values).map(drop)
}

/// What an account's lines come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineSum {
    /// The account.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// What happened.
    pub event: String,
    /// Where the lines stand.
    pub status: String,
    /// How many.
    pub count: i64,
    /// Minor units.
    pub amount: i64,
}

/// The sums of all lines.
///
/// # Errors
/// Whatever the database says.
pub fn sums(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<LineSum>, StoreError> {
    tx.rows(SUMS, &[own.into()], |row| {
        Ok(LineSum {
            account: row.text(0)?,
            currency: row.text(1)?,
            event: row.text(2)?,
            status: row.text(3)?,
            count: row.int(4)?,
            amount: row.int(5)?,
        })
    })
}

/// Whom these marks are of.
///
/// # Errors
/// Whatever the database says.
pub fn marked(tx: &mut Tx<'_>, own: TenantId, marks: &[[u8; 16]]) -> Result<Vec<([u8; 16], CustomerId)>, StoreError> {
    tx.rows(MARKED, &[own.into(), Value::List(marks)], |row| Ok((row.id(0)?, customer(row, 1)?)))
}

/// Forgets a customer's marks.
///
/// # Errors
/// Whatever the database says.
pub fn unmark(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<(), StoreError> {
    tx.execute(UNMARK, &[own.into(), id.into()]).map(drop)
}

/// Forgets what banks wrote of a customer; that money came stays.
///
/// # Errors
/// Whatever the database says.
pub fn forget(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<(), StoreError> {
    unmark(tx, own, id)?;
    tx.execute(FORGET, &[own.into(), id.into()]).map(drop)
}

/// What is open of customers in a currency.
///
/// # Errors
/// Whatever the database says.
pub fn open_of(
    tx: &mut Tx<'_>,
    own: TenantId,
    customers: &[[u8; 16]],
    currency: &str,
) -> Result<Vec<(ReceivableId, CustomerId)>, StoreError> {
    tx.rows(OPEN_OF, &[own.into(), Value::List(customers), Value::Text(currency)], |row| Ok((receivable(row, 0)?, customer(row, 1)?)))
}

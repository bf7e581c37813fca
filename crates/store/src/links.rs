//! Links to customers, and what customers ask for behind them.
//!
//! Links themselves are not stored: each says who it is for and until when, and is signed. What is stored is what takes them back, how
//! often a new one was asked for, and the few that are to be sent. Deliberately absent: what customers write, which is sealed.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::customer;
use crate::statements::Statement;

/// What has happened to a customer's links.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Links that say an earlier one are void.
    pub epoch: i64,
    /// The last day (UTC) on which a new one was asked for.
    pub asked_on: Option<Day>,
    /// How often on that day.
    pub asked: i64,
}

/// A new link that is to be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LetterRow {
    /// Which.
    pub letter: [u8; 16],
    /// Whose.
    pub customer: CustomerId,
    /// A keyed hash of the contact point.
    pub point: [u8; 16],
}

/// Something that a customer asked of a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestRow {
    /// Which.
    pub request: [u8; 16],
    /// Whose.
    pub customer: CustomerId,
    /// About which receivable, if it is about one.
    pub receivable: Option<ReceivableId>,
    /// paid, split, question, dispute, pay_day, erase, not_me, survey.
    pub what: String,
    /// open, done.
    pub state: String,
    /// When.
    pub asked_at: Instant,
    /// When somebody was done with it.
    pub done_at: Option<Instant>,
    /// What they wrote, sealed.
    pub body: Vec<u8>,
}

/// Something that a customer sent with a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileRow {
    /// Which.
    pub file: [u8; 16],
    /// With which request.
    pub request: [u8; 16],
    /// Whose.
    pub customer: CustomerId,
    /// pdf, png, jpeg.
    pub kind: String,
    /// Its length before it was sealed, in bytes.
    pub size: i64,
    /// What it is, sealed; empty in lists.
    pub body: Vec<u8>,
}

/// The columns of a request.
macro_rules! request {
    ($rest:literal) => {
        concat!(
            "SELECT request, customer, receivable, what, state, asked_at, done_at, body FROM customer_requests WHERE tenant = $1 ",
            $rest
        )
    };
}

const ONE: &str = "SELECT epoch, asked_on, asked FROM customer_links WHERE tenant = $1 AND customer = $2";
const EPOCHS: &str = "SELECT customer, epoch FROM customer_links WHERE tenant = $1 AND customer IN /*+list*/ ($2)";
const PUT: &str = "
    INSERT INTO customer_links (tenant, customer, epoch, asked_on, asked) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, customer) DO UPDATE SET epoch = excluded.epoch, asked_on = excluded.asked_on, asked = excluded.asked";
const ADD_LETTER: &str = "
    INSERT INTO link_letters (tenant, letter, customer, point, status, asked_at, due_at) VALUES ($1, $2, $3, $4, 'waiting', $5, $6)";
const TAKE_LETTERS: &str = "
    SELECT letter, customer, point FROM link_letters
     WHERE tenant = $1 AND due_at <= $2 AND due_at IS NOT NULL ORDER BY due_at LIMIT $3";
const SET_LETTER: &str = "
    UPDATE link_letters SET status = $4, due_at = $5, finished_at = $6 WHERE tenant = $1 AND letter = $2 AND status = $3";
const ADD_REQUEST: &str = "
    INSERT INTO customer_requests (tenant, request, customer, receivable, what, state, asked_at, done_at, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const IN_STATE: &str = request!("AND state = $2 AND request < $3 ORDER BY request DESC LIMIT $4");
const OF: &str = request!("AND customer = $2 ORDER BY request DESC LIMIT $3");
const REQUEST: &str = request!("AND request = $2");
const OPEN: &str = "SELECT COUNT(*) FROM customer_requests WHERE tenant = $1 AND customer = $2 AND state = 'open'";
const SINCE: &str = "SELECT COUNT(*) FROM customer_requests WHERE tenant = $1 AND customer = $2 AND request > $3";
const CLOSE: &str = "UPDATE customer_requests SET state = 'done', done_at = $3 WHERE tenant = $1 AND request = $2 AND state = 'open'";
const ADD_FILE: &str = "
    INSERT INTO customer_files (tenant, file, request, customer, kind, size, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const FILES: &str = "SELECT file, request, customer, kind, size FROM customer_files WHERE tenant = $1 AND request = $2";
const FILES_OF: &str = "SELECT file, request, customer, kind, size FROM customer_files WHERE tenant = $1 AND customer = $2";
const FILE: &str = "SELECT file, request, customer, kind, size, body FROM customer_files WHERE tenant = $1 AND file = $2";
const DROP_FILES: &str = "DELETE FROM customer_files WHERE tenant = $1 AND customer = $2";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("links.one", ONE),
    ("links.epochs", EPOCHS),
    ("links.put", PUT),
    ("links.add_letter", ADD_LETTER),
    ("links.take_letters", TAKE_LETTERS),
    ("links.set_letter", SET_LETTER),
    ("links.add_request", ADD_REQUEST),
    ("links.in_state", IN_STATE),
    ("links.of", OF),
    ("links.request", REQUEST),
    ("links.open", OPEN),
    ("links.since", SINCE),
    ("links.close", CLOSE),
    ("links.add_file", ADD_FILE),
    ("links.files", FILES),
    ("links.files_of", FILES_OF),
    ("links.file", FILE),
    ("links.drop_files", DROP_FILES),
];

fn request(row: &Row<'_>) -> Result<RequestRow, StoreError> {
    let receivable = row.opt_id(2)?.map(ReceivableId::from_bytes).transpose();
    Ok(RequestRow {
        request: row.id(0)?,
        customer: customer(row, 1)?,
        receivable: receivable.map_err(|_bad| row.bad(2, "the id of a receivable", "another"))?,
        what: row.text(3)?,
        state: row.text(4)?,
        asked_at: row.at(5)?,
        done_at: row.opt_at(6)?,
        body: row.bytes(7)?,
    })
}

fn listed(row: &Row<'_>) -> Result<FileRow, StoreError> {
    Ok(FileRow {
        file: row.id(0)?,
        request: row.id(1)?,
        customer: customer(row, 2)?,
        kind: row.text(3)?,
        size: row.int(4)?,
        body: Vec::new(),
    })
}

/// What has happened to a customer's links, if anything has.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Option<Standing>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], |row| Ok(Standing { epoch: row.int(0)?, asked_on: row.opt_date(1)?, asked: row.int(2)? }))
}

/// The epochs of those among these customers that have one.
///
/// # Errors
/// Whatever the database says.
pub fn epochs(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<(CustomerId, i64)>, StoreError> {
    tx.rows(EPOCHS, &[own.into(), Value::List(customers)], |row| Ok((customer(row, 0)?, row.int(1)?)))
}

/// Writes what has happened to a customer's links.
///
/// # Errors
/// Whatever the database says.
pub fn put(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, standing: &Standing) -> Result<(), StoreError> {
    let values = [own.into(), id.into(), standing.epoch.into(), standing.asked_on.into(), standing.asked.into()];
    tx.execute(PUT, &values).map(drop)
}

/// A new link is to be sent now.
///
/// # Errors
/// Whatever the database says.
pub fn add_letter(tx: &mut Tx<'_>, own: TenantId, row: &LetterRow, at: Instant) -> Result<(), StoreError> {
    let values = [own.into(), Value::Id(row.letter), row.customer.into(), Value::Id(row.point), at.into(), at.into()];
    tx.execute(ADD_LETTER, &values).map(drop)
}

/// New links that may be sent, the oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn take_letters(tx: &mut Tx<'_>, own: TenantId, now: Instant, limit: i64) -> Result<Vec<LetterRow>, StoreError> {
    tx.rows(TAKE_LETTERS, &[own.into(), now.into(), limit.into()], |row| {
        Ok(LetterRow { letter: row.id(0)?, customer: customer(row, 1)?, point: row.id(2)? })
    })
}

/// A letter goes from one status to another, if it has that one; whether it had.
///
/// * `due_at` — when it may be sent; nothing when it may not.
/// * `finished_at` — when it ended, if it did.
///
/// # Errors
/// Whatever the database says.
pub fn set_letter(
    tx: &mut Tx<'_>,
    own: TenantId,
    letter: [u8; 16],
    (was, is): (&str, &str),
    due_at: Option<Instant>,
    finished_at: Option<Instant>,
) -> Result<bool, StoreError> {
    let values = [own.into(), Value::Id(letter), Value::Text(was), Value::Text(is), due_at.into(), finished_at.into()];
    Ok(tx.execute(SET_LETTER, &values)? > 0)
}

/// A customer asks for something.
///
/// # Errors
/// Whatever the database says.
pub fn add_request(tx: &mut Tx<'_>, own: TenantId, row: &RequestRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        Value::Id(row.request),
        row.customer.into(),
        row.receivable.into(),
        Value::Text(&row.what),
        Value::Text(&row.state),
        row.asked_at.into(),
        row.done_at.into(),
        Value::Bytes(&row.body),
    ];
    tx.execute(ADD_REQUEST, &values).map(drop)
}

/// Requests of a state before one, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn in_state(tx: &mut Tx<'_>, own: TenantId, state: &str, before: [u8; 16], limit: i64) -> Result<Vec<RequestRow>, StoreError> {
    tx.rows(IN_STATE, &[own.into(), Value::Text(state), Value::Id(before), limit.into()], request)
}

/// A customer's requests, the newest first.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, limit: i64) -> Result<Vec<RequestRow>, StoreError> {
    tx.rows(OF, &[own.into(), id.into(), limit.into()], request)
}

/// A request, if it is there.
///
/// # Errors
/// Whatever the database says.
pub fn one_request(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16]) -> Result<Option<RequestRow>, StoreError> {
    tx.one(REQUEST, &[own.into(), Value::Id(id)], request)
}

/// How many requests of a customer nobody has answered yet.
///
/// # Errors
/// Whatever the database says.
pub fn open(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<i64, StoreError> {
    Ok(tx.one(OPEN, &[own.into(), id.into()], |row| row.int(0))?.unwrap_or(0))
}

/// How often a customer asked for something after a request, or after the moment that an id of none stands for.
///
/// # Errors
/// Whatever the database says.
pub fn since(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, after: [u8; 16]) -> Result<i64, StoreError> {
    Ok(tx.one(SINCE, &[own.into(), id.into(), Value::Id(after)], |row| row.int(0))?.unwrap_or(0))
}

/// Somebody is done with a request; whether it was open.
///
/// # Errors
/// Whatever the database says.
pub fn close(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16], at: Instant) -> Result<bool, StoreError> {
    Ok(tx.execute(CLOSE, &[own.into(), Value::Id(id), at.into()])? > 0)
}

/// A customer sends something with a request.
///
/// # Errors
/// Whatever the database says.
pub fn add_file(tx: &mut Tx<'_>, own: TenantId, row: &FileRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        Value::Id(row.file),
        Value::Id(row.request),
        row.customer.into(),
        Value::Text(&row.kind),
        row.size.into(),
        Value::Bytes(&row.body),
    ];
    tx.execute(ADD_FILE, &values).map(drop)
}

/// What was sent with a request, without what it holds.
///
/// # Errors
/// Whatever the database says.
pub fn files(tx: &mut Tx<'_>, own: TenantId, request: [u8; 16]) -> Result<Vec<FileRow>, StoreError> {
    tx.rows(FILES, &[own.into(), Value::Id(request)], listed)
}

/// What a customer sent, without what it holds.
///
/// # Errors
/// Whatever the database says.
pub fn files_of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<FileRow>, StoreError> {
    tx.rows(FILES_OF, &[own.into(), id.into()], listed)
}

/// A file, if it is there.
///
/// # Errors
/// Whatever the database says.
pub fn file(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16]) -> Result<Option<FileRow>, StoreError> {
    tx.one(FILE, &[own.into(), Value::Id(id)], |row| Ok(FileRow { body: row.bytes(5)?, ..listed(row)? }))
}

/// Everything that a customer sent is gone.
///
/// # Errors
/// Whatever the database says.
pub fn drop_files(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<u64, StoreError> {
    tx.execute(DROP_FILES, &[own.into(), id.into()])
}

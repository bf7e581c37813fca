//! Receivables in the order that is asked for: the newest first, by due date, or by what is open of them.
//!
//! Of everybody's there is one walk of an index for each status and currency that is wanted; the walks are merged here. What is
//! wanted besides the order is compared with what the index holds, and a walk looks at [`LOOKED_AT_MAX`] entries at most, so that a
//! page costs the same whatever is wanted: it may hold fewer than were asked for, and says where the next begins. A customer's, and
//! what a search found, are few enough to be sorted.

use std::collections::BTreeMap;

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::Day;

use crate::db::{Row, StoreError, Tx, Value};
use crate::due::{customer, receivable};
use crate::person::OwedRow;
use crate::statements::Statement;

/// Entries of an index that one walk looks at for a page, at most.
pub const LOOKED_AT_MAX: i64 = 4_000;

/// The columns of a receivable in a list.
macro_rules! receivable {
    ($rest:literal) => {
        concat!(
            "SELECT receivable, external_id, currency, amount, issued_on, due_on, method, policy, status, balance, entered_at, closed_at,
                    customer
               FROM receivables WHERE tenant = $1 ",
            $rest
        )
    };
}

/// What an index of [`Sort`] holds of a receivable, and nothing but the index is read for.
macro_rules! walk {
    ($rest:literal) => {
        concat!(
            "SELECT receivable, due_on, balance FROM receivables
              WHERE tenant = $1 AND policy > 0 AND status = $2 AND currency = $3 ",
            $rest
        )
    };
}

const NEWEST: &str = receivable!("AND receivable < $2 ORDER BY receivable DESC LIMIT $3");
// A customer's are sorted here: asked for in order, SQLite would walk everybody's.
const OF: &str = "
    SELECT receivable, due_on, balance FROM receivables
     WHERE tenant = $1 AND customer = $2 AND (status = $3 OR $3 IS NULL) AND (currency = $4 OR $4 IS NULL)";
const THOSE: &str = "
    SELECT receivable, due_on, balance FROM receivables
     WHERE tenant = $1 AND receivable IN /*+list*/ ($2) AND (status = $3 OR $3 IS NULL) AND (currency = $4 OR $4 IS NULL)";
const DUE_FIRST: &str = walk!("AND (due_on, receivable) > ($4, $5) AND due_on >= $4 AND due_on <= $6 ORDER BY due_on, receivable LIMIT $7");
const DUE_LAST: &str =
    walk!("AND (due_on, receivable) < ($4, $5) AND due_on <= $4 AND due_on >= $6 ORDER BY due_on DESC, receivable DESC LIMIT $7");
const ENTERED_LAST: &str = walk!("AND receivable < $4 ORDER BY receivable DESC LIMIT $5");
const SMALLEST: &str =
    walk!("AND (balance, receivable) > ($4, $5) AND balance >= $4 AND balance <= $6 ORDER BY balance, receivable LIMIT $7");
const LARGEST: &str =
    walk!("AND (balance, receivable) < ($4, $5) AND balance <= $4 AND balance >= $6 ORDER BY balance DESC, receivable DESC LIMIT $7");
// What is counted is what an index is bounded by; what else is wanted is compared with what it holds.
const COUNT_DUE: &str = "
    SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN balance >= $6 AND balance <= $7 THEN 1 ELSE 0 END), 0) AS BIGINT),
           CAST(COALESCE(SUM(CASE WHEN balance >= $6 AND balance <= $7 THEN balance ELSE 0 END), 0) AS BIGINT)
      FROM (SELECT balance FROM receivables
             WHERE tenant = $1 AND policy > 0 AND status = $2 AND currency = $3 AND due_on >= $4 AND due_on <= $5
             ORDER BY due_on LIMIT $8) AS bounded";
const COUNT_BALANCE: &str = "
    SELECT COUNT(*), COUNT(*), CAST(COALESCE(SUM(balance), 0) AS BIGINT)
      FROM (SELECT balance FROM receivables
             WHERE tenant = $1 AND policy > 0 AND status = $2 AND currency = $3 AND balance >= $4 AND balance <= $5
             ORDER BY balance LIMIT $6) AS bounded";
const CURRENCY_AFTER: &str = "
    SELECT currency FROM receivables WHERE tenant = $1 AND policy > 0 AND status = $2 AND currency > $3 ORDER BY currency LIMIT 1";
const THESE: &str = receivable!("AND receivable IN /*+list*/ ($2)");

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("lists_receivables.newest", NEWEST),
    ("lists_receivables.of", OF),
    ("lists_receivables.those", THOSE),
    ("lists_receivables.due_first", DUE_FIRST),
    ("lists_receivables.due_last", DUE_LAST),
    ("lists_receivables.entered_last", ENTERED_LAST),
    ("lists_receivables.smallest", SMALLEST),
    ("lists_receivables.largest", LARGEST),
    ("lists_receivables.count_due", COUNT_DUE),
    ("lists_receivables.count_balance", COUNT_BALANCE),
    ("lists_receivables.currency_after", CURRENCY_AFTER),
    ("lists_receivables.these", THESE),
];

/// Every status.
pub const STATUSES: &[&str] = &["open", "paid", "void", "written_off", "assigned"];

/// A receivable in a list, and whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListedReceivable {
    /// What it is.
    pub row: OwedRow,
    /// Whose.
    pub customer: CustomerId,
}

/// Whose are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Among<'a> {
    /// Everybody's.
    All,
    /// A customer's.
    Customer(CustomerId),
    /// These, in no order.
    These(&'a [[u8; 16]]),
}

/// Which are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted<'a> {
    /// Whose.
    pub among: Among<'a>,
    /// Only those that stand so.
    pub status: Option<&'a str>,
    /// Only those in a currency, ISO 4217.
    pub currency: Option<&'a str>,
    /// Due on this day or later.
    pub from: Day,
    /// Due on this day or earlier.
    pub until: Day,
    /// With this balance or a larger one, in minor units.
    pub least: i64,
    /// With this balance or a smaller one, in minor units.
    pub most: i64,
}

impl Wanted<'_> {
    /// Everything.
    pub const ALL: Self =
        Wanted { among: Among::All, status: None, currency: None, from: Day::MIN, until: Day::MAX, least: i64::MIN, most: i64::MAX };

    fn takes(&self, entry: &Place) -> bool {
        (self.from..=self.until).contains(&entry.due) && (self.least..=self.most).contains(&entry.balance)
    }
}

/// In which order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    /// What entered last first.
    Newest,
    /// By due date, the earliest first.
    DueFirst,
    /// By due date, the latest first.
    DueLast,
    /// By what is open, the smallest first.
    Smallest,
    /// By what is open, the largest first.
    Largest,
}

impl Sort {
    /// What is compared, and whether the smaller one comes first.
    fn key(self, of: &Place) -> (i64, [u8; 16]) {
        let by = match self {
            Self::Newest => 0,
            Self::DueFirst | Self::DueLast => i64::from(of.due.epoch()),
            Self::Smallest | Self::Largest => of.balance,
        };
        (by, of.receivable)
    }

    /// Whether one place comes before another.
    fn compare(self, a: &Place, b: &Place) -> std::cmp::Ordering {
        match self {
            Self::DueFirst | Self::Smallest => self.key(a).cmp(&self.key(b)),
            Self::Newest | Self::DueLast | Self::Largest => self.key(b).cmp(&self.key(a)),
        }
    }

    /// The place before everything that is wanted.
    fn begin(self, wanted: &Wanted<'_>) -> Place {
        match self {
            Self::DueFirst | Self::Smallest => Place { receivable: [0; 16], due: wanted.from, balance: wanted.least },
            Self::Newest | Self::DueLast | Self::Largest => Place { receivable: super::NEWEST, due: wanted.until, balance: wanted.most },
        }
    }
}

/// A place in a list of any order: a receivable with what it is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Which.
    pub receivable: [u8; 16],
    /// When it is due.
    pub due: Day,
    /// What is open of it, in minor units.
    pub balance: i64,
}

impl Place {
    fn of(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self { receivable: row.id(0)?, due: row.date(1)?, balance: row.int(2)? })
    }
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// What was found, in order.
    pub rows: Vec<ListedReceivable>,
    /// Behind which place the next part begins; nothing when this was the last.
    pub next: Option<Place>,
}

/// A part of a list, behind a place.
///
/// # Errors
/// Whatever the database says.
pub fn page(tx: &mut Tx<'_>, own: TenantId, wanted: &Wanted<'_>, sort: Sort, after: Option<Place>, limit: i64) -> Result<Page, StoreError> {
    let everything = Wanted { among: wanted.among, ..Wanted::ALL } == *wanted;
    if wanted.among == Among::All && sort == Sort::Newest && everything {
        return newest(tx, own, after.map_or(super::NEWEST, |place| place.receivable), limit);
    }
    let (places, next) = places(tx, own, wanted, sort, after, limit)?;
    let ids: Vec<[u8; 16]> = places.iter().map(|place| place.receivable).collect();
    let mut rows = by_ids(tx, own, &ids)?;
    let at = |one: &ListedReceivable| Place { receivable: one.row.receivable.to_bytes(), due: one.row.due_on, balance: one.row.balance };
    rows.sort_by(|a, b| sort.compare(&at(a), &at(b)));
    Ok(Page { rows, next })
}

/// The places of up to `limit` receivables that are wanted behind one, in order, and behind which the next ones begin.
///
/// # Errors
/// Whatever the database says.
pub fn places(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: &Wanted<'_>,
    sort: Sort,
    after: Option<Place>,
    limit: i64,
) -> Result<(Vec<Place>, Option<Place>), StoreError> {
    // How far every walk has looked: what lies behind is not known yet.
    let mut horizon = None;
    let mut found = Vec::new();
    let params = |of: Value<'static>| [own.into(), of, wanted.status.into(), wanted.currency.into()];
    match wanted.among {
        Among::Customer(of) => found = tx.rows(OF, &params(of.into()), Place::of)?,
        Among::These([]) => {}
        Among::These(ids) => {
            found = tx.rows(THOSE, &[own.into(), Value::List(ids), wanted.status.into(), wanted.currency.into()], Place::of)?;
        }
        Among::All => {
            let one = wanted.status.map(|status| [status]);
            for status in one.as_ref().map_or(STATUSES, |one| one.as_slice()) {
                for currency in currencies(tx, own, status, wanted.currency)? {
                    let walk = walk(tx, own, wanted, (sort, status, &currency), after, limit)?;
                    let last = walk.places.last().copied().filter(|_| walk.may_go_on);
                    let sooner = |a: Place, b: Place| if sort.compare(&a, &b).is_le() { a } else { b };
                    horizon = match (horizon, last) {
                        (Some(known), Some(last)) => Some(sooner(known, last)),
                        (known, last) => known.or(last),
                    };
                    found.extend(walk.places);
                }
            }
        }
    }
    found.retain(|place| {
        wanted.takes(place)
            && after.is_none_or(|after| sort.compare(&after, place).is_lt())
            && horizon.is_none_or(|horizon| sort.compare(place, &horizon).is_le())
    });
    found.sort_by(|a, b| sort.compare(a, b));
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = if more { found.last().copied() } else { horizon };
    Ok((found, next))
}

/// How many receivables there are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counted {
    /// As many were counted.
    pub count: i64,
    /// What is open of those, by currency: ISO 4217 and minor units.
    pub totals: Vec<(String, i64)>,
    /// Whether there may be more.
    pub about: bool,
}

/// How many are wanted, counted up to `most` looked at.
///
/// # Errors
/// Whatever the database says.
pub fn count(tx: &mut Tx<'_>, own: TenantId, wanted: &Wanted<'_>, most: i64) -> Result<Counted, StoreError> {
    let mut counted = Counted::default();
    let mut totals: BTreeMap<String, i64> = BTreeMap::new();
    if wanted.among != Among::All {
        let (places, next) = places(tx, own, wanted, Sort::Newest, None, most)?;
        let ids: Vec<[u8; 16]> = places.iter().map(|place| place.receivable).collect();
        for one in by_ids(tx, own, &ids)? {
            counted.count += 1;
            let sum = totals.entry(one.row.currency).or_default();
            *sum = sum.saturating_add(one.row.balance);
        }
        return Ok(Counted { totals: totals.into_iter().collect(), about: next.is_some(), ..counted });
    }
    let mut left = most;
    let one = wanted.status.map(|status| [status]);
    for status in one.as_ref().map_or(STATUSES, |one| one.as_slice()) {
        for currency in currencies(tx, own, status, wanted.currency)? {
            if left <= 0 {
                break;
            }
            let (looked, found, balance) = count_walk(tx, own, wanted, (status, &currency), left)?;
            counted.count = counted.count.saturating_add(found);
            if found > 0 {
                let sum = totals.entry(currency).or_default();
                *sum = sum.saturating_add(balance);
            }
            left = left.saturating_sub(looked);
        }
    }
    Ok(Counted { totals: totals.into_iter().collect(), about: left <= 0, ..counted })
}

/// Entries that were looked at, those of them that are wanted, and the balance of these.
fn count_walk(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: &Wanted<'_>,
    (status, currency): (&str, &str),
    most: i64,
) -> Result<(i64, i64, i64), StoreError> {
    let (own, status, currency) = (own.into(), Value::Text(status), Value::Text(currency));
    let (least, biggest) = (Value::from(wanted.least), Value::from(wanted.most));
    let by_due = wanted.from != Day::MIN || wanted.until != Day::MAX;
    let counted = |row: &Row<'_>| Ok((row.int(0)?, row.int(1)?, row.int(2)?));
    let found = if by_due {
        let params = [own, status, currency, wanted.from.into(), wanted.until.into(), least, biggest, most.into()];
        tx.one(COUNT_DUE, &params, counted)
    } else {
        tx.one(COUNT_BALANCE, &[own, status, currency, least, biggest, most.into()], counted)
    };
    Ok(found?.unwrap_or_default())
}

/// What a walk of an index came by, and whether there may be more behind it.
struct Walked {
    places: Vec<Place>,
    may_go_on: bool,
}

fn walk(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: &Wanted<'_>,
    (sort, status, currency): (Sort, &str, &str),
    after: Option<Place>,
    limit: i64,
) -> Result<Walked, StoreError> {
    let begin = sort.begin(wanted);
    // A page before may have ended before what is wanted begins; then that is where this one begins.
    let at = after.filter(|after| sort.compare(&begin, after).is_lt()).unwrap_or(begin);
    let by_balance = matches!(sort, Sort::Smallest | Sort::Largest);
    let by_due = matches!(sort, Sort::DueFirst | Sort::DueLast);
    let of_order = Wanted {
        from: if by_due { wanted.from } else { Day::MIN },
        until: if by_due { wanted.until } else { Day::MAX },
        least: if by_balance { wanted.least } else { i64::MIN },
        most: if by_balance { wanted.most } else { i64::MAX },
        ..*wanted
    };
    // What the index itself is bounded by needs no more entries than are shown.
    let look = if of_order == *wanted { limit.saturating_add(1) } else { LOOKED_AT_MAX.max(limit) };
    let (own, status, currency, id) = (own.into(), Value::Text(status), Value::Text(currency), Value::Id(at.receivable));
    let (due, balance, look_at) = (Value::from(at.due), Value::from(at.balance), Value::from(look));
    let places = match sort {
        Sort::Newest => tx.rows(ENTERED_LAST, &[own, status, currency, id, look_at], Place::of),
        Sort::DueFirst => tx.rows(DUE_FIRST, &[own, status, currency, due, id, wanted.until.into(), look_at], Place::of),
        Sort::DueLast => tx.rows(DUE_LAST, &[own, status, currency, due, id, wanted.from.into(), look_at], Place::of),
        Sort::Smallest => tx.rows(SMALLEST, &[own, status, currency, balance, id, wanted.most.into(), look_at], Place::of),
        Sort::Largest => tx.rows(LARGEST, &[own, status, currency, balance, id, wanted.least.into(), look_at], Place::of),
    }?;
    let may_go_on = i64::try_from(places.len()).unwrap_or(i64::MAX) >= look;
    Ok(Walked { places, may_go_on })
}

fn newest(tx: &mut Tx<'_>, own: TenantId, before: [u8; 16], limit: i64) -> Result<Page, StoreError> {
    let mut rows = tx.rows(NEWEST, &[own.into(), Value::Id(before), limit.saturating_add(1).into()], listed)?;
    let limit = usize::try_from(limit).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let place = |one: &ListedReceivable| Place { receivable: one.row.receivable.to_bytes(), due: one.row.due_on, balance: one.row.balance };
    let next = rows.last().filter(|_| more).map(place);
    Ok(Page { rows, next })
}

/// The currencies of receivables that stand so, or the one that is wanted: hops over an index, one for each.
///
/// # Errors
/// Whatever the database says.
pub fn currencies(tx: &mut Tx<'_>, own: TenantId, status: &str, wanted: Option<&str>) -> Result<Vec<String>, StoreError> {
    if let Some(wanted) = wanted {
        return Ok(vec![wanted.to_owned()]);
    }
    let mut found: Vec<String> = Vec::new();
    loop {
        let last = found.last().map_or("", String::as_str);
        let next = tx.one(CURRENCY_AFTER, &[own.into(), Value::Text(status), Value::Text(last)], |row| row.text(0))?;
        match next {
            Some(next) => found.push(next),
            None => return Ok(found),
        }
    }
}

/// These receivables, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn these(tx: &mut Tx<'_>, own: TenantId, ids: &[ReceivableId]) -> Result<Vec<ListedReceivable>, StoreError> {
    let ids: Vec<[u8; 16]> = ids.iter().map(|id| id.to_bytes()).collect();
    by_ids(tx, own, &ids)
}

fn by_ids(tx: &mut Tx<'_>, own: TenantId, ids: &[[u8; 16]]) -> Result<Vec<ListedReceivable>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.rows(THESE, &[own.into(), Value::List(ids)], listed)
}

fn listed(row: &Row<'_>) -> Result<ListedReceivable, StoreError> {
    Ok(ListedReceivable {
        row: OwedRow {
            receivable: receivable(row, 0)?,
            external_id: row.text(1)?,
            currency: row.text(2)?,
            amount: row.int(3)?,
            issued_on: row.date(4)?,
            due_on: row.date(5)?,
            method: row.opt_text(6)?,
            policy: row.int(7)?,
            status: row.text(8)?,
            balance: row.int(9)?,
            entered_at: row.at(10)?,
            closed_at: row.opt_at(11)?,
        },
        customer: customer(row, 12)?,
    })
}

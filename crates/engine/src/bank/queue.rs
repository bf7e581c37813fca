//! What a person is asked about lines of banks: what waits, with what it may be, and what they answer.

use std::collections::BTreeMap;

use regua_core::bank::matching::{Match, Verdict, judge};
use regua_core::bank::{Event, Line};
use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, TenantId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use regua_store::bank::{self, LineRow, LineSum};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};

use super::candidates::{Finds, Names, Place};
use super::reading::at_bank;
use super::row::{open, payment_id};
use crate::Engine;
use crate::case::{self, Case};
use crate::commands::account::{Moved, enter, moved, take_payment};
use crate::commands::payments::own_key;
use crate::commands::tell::{About, find};
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};

/// Candidates that are shown of one line.
const SHOWN: usize = 5;

/// A line that waits for a person.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked {
    /// Its id, by which it is answered.
    pub id: [u8; 16],
    /// The company's account.
    pub account: String,
    /// What the bank said; nothing once its customer was erased.
    pub line: Option<Line>,
    /// The bank's day.
    pub posted_on: Option<Day>,
    /// Why it was not booked.
    pub why: String,
    /// What it may be, the most likely first.
    pub suggestions: Vec<Suggestion>,
}

/// What a line may be about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// What its source calls the receivable.
    pub receivable: String,
    /// What its source calls the customer.
    pub customer: String,
    /// What settles it on the payer's day.
    pub owes: Money,
    /// By what it was found, and how sure that is.
    pub found: Match,
}

impl Engine {
    /// Up to `limit` lines that wait for a person, by the bank's day, each with what it may be.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn bank_waiting(&self, tenant: TenantId, after: Option<(Day, [u8; 16])>, limit: u16, now: Instant) -> Result<Vec<Asked>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let rows = bank::waiting(tx, tenant, after.unwrap_or((Day::MIN, [0; 16])), i64::from(limit))?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let mut asked = Vec::with_capacity(rows.len());
            for row in rows {
                let line = row.body.as_deref().map(|body| open(&self.master, tenant, &row.line, body)).transpose()?;
                let suggestions = match &line {
                    Some(line) => self.suggestions(tx, (tenant, &tenancy), &row, line, now)?,
                    None => Vec::new(),
                };
                asked.push(Asked { id: row.line, account: row.account, line, posted_on: row.posted_on, why: row.reason, suggestions });
            }
            Ok(asked)
        })
    }

    fn suggestions(
        &self,
        tx: &mut Tx<'_>,
        (tenant, tenancy): (TenantId, &crate::tenancy::Tenancy),
        row: &LineRow,
        line: &Line,
        now: Instant,
    ) -> Result<Vec<Suggestion>> {
        let company = at_bank(tx, tenant, &row.account)?;
        let place = Place { master: &self.master, tenant, account: &row.account, company: company.as_ref(), currency: &row.currency };
        let finds = Finds::of(tx, place, &[line], Names::Looked)?;
        let customers = finds.customers();
        let mut cases: BTreeMap<CustomerId, Case> = BTreeMap::new();
        for (customer, case) in case::load_also(tx, tenancy, &self.master, &customers, Which::Live, &finds.receivables())? {
            cases.extend(case.ok().map(|case| (customer, case)));
        }
        let day = line.paid_on.or(row.posted_on).unwrap_or_else(|| Zone::utc().day_of(now));
        let (candidates, ids) = finds.candidates(place, line, day, &cases, tenancy, Names::Looked);
        // What money would be for: a return is of the same receivables.
        let event = if line.event == Event::Returned { Event::Paid } else { line.event };
        let ranked = match judge(event, line.amount, &candidates) {
            Verdict::Ask(_, ranked) => ranked,
            Verdict::Book(found) | Verdict::BookAll(found) => vec![found],
            Verdict::Keep => Vec::new(),
        };
        let shown = ranked.into_iter().take(SHOWN).filter_map(|found| {
            let (customer, receivable) = ids.get(found.place)?;
            let case = cases.get(customer)?;
            let held = case.walk_of(*receivable).and_then(|walk| case.held.get(walk))?;
            let owes = candidates.get(found.place)?.owes;
            Some(Suggestion { receivable: held.external_id.clone(), customer: case.external_id.clone(), owes, found })
        });
        Ok(shown.collect())
    }

    /// Books a waiting line as a person says: on these receivables in this order, or on what is open of a customer.
    ///
    /// Money that was taken back is taken from the first of them.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the line does not wait any more or brought nothing; [`crate::Kind::NotFound`].
    pub fn book_bank_line(&self, tenant: TenantId, id: [u8; 16], about: &[About], act: &Act, now: Instant) -> Result<Moved> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let (mut row, line) = self.waiting_line(tx, tenant, id)?;
            let amount = line.amount.filter(|amount| amount.minor() > 0);
            let amount = amount.ok_or_else(|| Error::refused("no_amount", "no money moved with this line; set it aside"))?;
            let mut receivables = Vec::new();
            let mut owner: Option<CustomerId> = None;
            for one in about {
                let found = find(tx, tenant, one)?;
                if owner.is_some_and(|owner| owner != found.customer) {
                    return Err(Error::refused("another_customer", format!("{} is another customer's", found.external_id)));
                }
                owner = Some(found.customer);
                receivables.extend(found.receivable);
            }
            let customer = owner.ok_or_else(|| Error::refused("no_subject", "say which receivable or customer it is for"))?;
            let moved = self.with_case(tx, tenant, customer, &receivables, now, |case, tenancy| {
                case.act = Some(act.clone());
                let today = case.facts.zone.day_of(now);
                let on = line.paid_on.or(line.posted_on).unwrap_or(today).min(today);
                let named: Vec<usize> = receivables.iter().filter_map(|id| case.walk_of(*id)).collect();
                if line.event == Event::Returned {
                    let walk = named.first().copied();
                    let walk = walk.ok_or_else(|| Error::refused("of_receivable", "say from which receivable it was taken back"))?;
                    let taken = enter(case, tenancy, Some(walk), Fact::ChargedBack { on, amount: Some(amount) }, now)?;
                    return Ok(moved(case, tenancy, &[(walk, taken)], Money::zero(amount.currency()), now));
                }
                let allocation = take_payment(case, tenancy, &named, (amount, on), Some(&payment_id(&id)), now)?;
                Ok(moved(case, tenancy, &allocation.parts, allocation.rest, now))
            })?;
            let status = if line.event == Event::Returned { "undone" } else { "booked" };
            (row.status, row.reason, row.percent) = (status.to_owned(), "person".to_owned(), None);
            (row.customer, row.receivable) = (Some(customer), receivables.first().copied());
            bank::set_line(tx, tenant, &row)?;
            Ok(moved)
        })
    }

    /// Says of a waiting line that it is no customer's business.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when the line does not wait any more; [`crate::Kind::NotFound`] when there is none.
    pub fn set_bank_line_aside(&self, tenant: TenantId, id: [u8; 16], act: &Act, now: Instant) -> Result<()> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let (mut row, _) = self.waiting_line(tx, tenant, id)?;
            (row.status, row.reason) = ("set_aside".to_owned(), "person".to_owned());
            bank::set_line(tx, tenant, &row)?;
            let payload = serde_json::json!({ "line": super::reading::hex(&id), "act": act });
            note(tx, &mut stored, now, "bank_line_set_aside", log::json(&payload)?)
        })
    }

    /// Takes back what a line was booked on, as money that never came. The line stays as taken back.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when it was not booked, or its ledger does not let so much be taken back.
    pub fn undo_bank_line(&self, tenant: TenantId, id: [u8; 16], act: &Act, now: Instant) -> Result<Moved> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let row = self.locked_line(tx, tenant, id)?;
            let (Some(customer), "booked") = (row.customer, row.status.as_str()) else {
                return Err(Error::refused("not_booked", "this line is not booked, so there is nothing to take back"));
            };
            let parts = bank::parts_of(tx, tenant, customer, &own_key(&payment_id(&id)))?;
            let [(receivable, _)] = parts.as_slice() else {
                let told = "it paid on several receivables; take each part back with `regua chargeback`, then book it anew by hand";
                return Err(Error::refused("several_receivables", told));
            };
            let receivable = *receivable;
            self.with_case(tx, tenant, customer, &[receivable], now, |case, tenancy| {
                case.act = Some(act.clone());
                let walk = case.walk_of(receivable).ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?;
                let currency = case.facts.walks[walk].ledger.currency();
                let amount = Money::new(parts.iter().map(|(_, amount)| amount.unwrap_or(0)).sum(), currency);
                let on = case.facts.zone.day_of(now);
                let taken = enter(case, tenancy, Some(walk), Fact::ChargedBack { on, amount: Some(amount) }, now)?;
                Ok(moved(case, tenancy, &[(walk, taken)], Money::zero(currency), now))
            })
            .and_then(|moved| {
                let again = LineRow { status: "taken_back".to_owned(), reason: "person".to_owned(), percent: None, ..row };
                bank::set_line(tx, tenant, &again)?;
                Ok(moved)
            })
        })
    }

    /// What all lines come to, by account, currency, event and where they stand.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn bank_sums(&self, tenant: TenantId) -> Result<Vec<LineSum>> {
        self.db.read(Scope::Tenant(tenant), |tx| bank::sums(tx, tenant).map_err(Error::from))
    }

    fn locked_line(&self, tx: &mut Tx<'_>, tenant: TenantId, id: [u8; 16]) -> Result<LineRow> {
        let missing = || Error::not_found("no_line", "there is no such line; `regua bank lines` lists those that wait");
        let row = bank::one_line(tx, tenant, id)?.ok_or_else(missing)?;
        bank::lock_account(tx, tenant, &row.account)?;
        if let Some(customer) = row.customer {
            due::lock(tx, tenant, &[customer.to_bytes()])?;
        }
        bank::one_line(tx, tenant, id)?.ok_or_else(missing) // as it is under the lock
    }

    fn waiting_line(&self, tx: &mut Tx<'_>, tenant: TenantId, id: [u8; 16]) -> Result<(LineRow, Line)> {
        let row = self.locked_line(tx, tenant, id)?;
        if row.status != "waiting" {
            return Err(Error::refused("not_waiting", format!("this line does not wait any more: it is {}", row.status)));
        }
        let body = row.body.as_deref().ok_or_else(|| Error::refused("erased", "what the bank wrote was erased with its customer"))?;
        let line = open(&self.master, tenant, &row.line, body)?;
        Ok((row, line))
    }
}

/// The line whose id begins with these hexadecimal digits.
///
/// # Errors
/// [`crate::Kind::NotFound`] when there is none, [`crate::Kind::Refused`] when there are several or it is no id.
pub fn line_of(engine: &Engine, tenant: TenantId, text: &str) -> Result<[u8; 16]> {
    let bad = || Error::refused("bad_line", format!("`{text}` is no line; `regua bank lines` shows the ids"));
    let digits = text.as_bytes();
    if digits.is_empty() || digits.len() > 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(bad());
    }
    let bound = |fill: &str| {
        let whole = format!("{text}{}", fill.repeat(32 - digits.len()));
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(whole.as_bytes().chunks_exact(2)) {
            *byte = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or_else(bad)?;
        }
        Ok::<_, Error>(bytes)
    };
    let (first, last) = (bound("0")?, bound("f")?);
    let found = engine.db.read(Scope::Tenant(tenant), |tx| bank::lines_between(tx, tenant, first, last))?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::not_found("no_line", format!("no line begins with `{text}`; `regua bank lines` shows the ids"))),
        _ => Err(Error::refused("several_lines", format!("several lines begin with `{text}`; write more of it"))),
    }
}

//! Tasks: listed by what is at stake, taken by one person at a time, worked with the code of a call.
//!
//! Deliberately absent: what a code means, which [`super::codes`] decides.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use regua_core::currency::Currency;
use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::party::{Address, Customer, Health};
use regua_core::time::{Day, Instant};
use regua_core::words::Channel;
use regua_store::db::{Scope, Tx};
use regua_store::due::Which;
use regua_store::lists::names;
use regua_store::notes;
use regua_store::tasks::{self, TaskRow, Wanted};
use serde::{Deserialize, Serialize};

use super::codes::{Call, Code, Misfit, Next, Then, next};
use super::notes::{enter, note_row};
use crate::Engine;
use crate::case::{self, Case};
use crate::commands::days::hex;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::people::{Caller, Role, Who};
use crate::ports::Rng;
use crate::tenancy::Tenancy;

/// For how many minutes a task is one person's, unless they ask again.
pub const CLAIM_MINUTES: i64 = 30;
/// Days after which a task that nobody took has overflowed, when nothing else is said.
pub const OVERFLOW_DAYS: i64 = 3;
/// Most tasks that are listed at once.
const PAGE_MAX: i64 = 1_000;

/// In which order tasks are listed, and behind which place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sorted {
    /// The largest amount first: behind an amount in minor units and an id.
    ByStake(Option<(i64, [u8; 16])>),
    /// Who waits longest first: behind a moment and an id.
    Oldest(Option<(Instant, [u8; 16])>),
    /// Those that are over, what was done last first: behind a moment and an id.
    Done(Option<(Instant, [u8; 16])>),
}

/// A task as a person is shown it.
#[derive(Clone, PartialEq)]
pub struct Task {
    /// What is stored.
    pub row: TaskRow,
    /// What settles today what of the customer is overdue, in the currency of the task.
    pub at_stake: Option<Money>,
    /// The most days that anything of it is late.
    pub days_late: i32,
    /// What the customer is called; nothing once the person is erased.
    pub name: Option<String>,
    /// What its source calls the customer.
    pub customer_external_id: Option<String>,
    /// What its source calls the receivable.
    pub receivable_external_id: Option<String>,
}

/// Names of people do not show.
impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Task({} {} of {})", self.row.kind, hex(&self.row.task), self.row.customer)
    }
}

/// What a call came to.
#[derive(Clone, Copy)]
pub struct Worked<'a> {
    /// Its code.
    pub code: Code,
    /// The day promised.
    pub on: Option<Day>,
    /// The day on which somebody is to look again.
    pub follow_up_on: Option<Day>,
    /// What there is to note.
    pub note: Option<&'a str>,
    /// The number that was called, as it is stored; the first that works when nothing is said.
    pub number: Option<&'a str>,
}

/// The payload of an event of kind `task`.
#[derive(Serialize, Deserialize)]
pub(crate) struct TaskNote {
    /// Which.
    pub(crate) task: String,
    /// claimed, released, worked, reopened.
    pub(crate) is: String,
    /// Of which receivable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receivable: Option<String>,
    /// What it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// The day on which it comes back; nothing when it is over or waits now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) back_on: Option<Day>,
    /// Until when it is somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Instant>,
    /// Who did it.
    pub(crate) act: Act,
}

impl TaskNote {
    fn of(row: &TaskRow, is: &str, act: &Act) -> Self {
        Self {
            task: hex(&row.task),
            is: is.to_owned(),
            receivable: row.receivable.map(|id| id.to_string()),
            code: None,
            back_on: None,
            until: None,
            act: Act { by: act.by.clone(), reason: None },
        }
    }
}

impl Engine {
    /// Tasks, at most a thousand.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn tasks(&self, tenant: TenantId, wanted: Wanted<'_>, sorted: Sorted, limit: i64) -> Result<Vec<Task>> {
        let limit = limit.clamp(0, PAGE_MAX);
        self.db.read(Scope::Tenant(tenant), |tx| {
            let rows = match sorted {
                Sorted::ByStake(after) => tasks::by_stake(tx, tenant, wanted, after, limit)?,
                Sorted::Oldest(after) => tasks::oldest(tx, tenant, wanted, after, limit)?,
                Sorted::Done(before) => tasks::done(tx, tenant, (wanted.kind, wanted.queue), before, limit)?,
            };
            self.tasks_shown(tx, tenant, rows, wanted.now)
        })
    }

    /// The tasks of a kind that somebody has now, sorted, behind a place.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn tasks_of(&self, tenant: TenantId, caller: &Caller, wanted: Wanted<'_>, sorted: Sorted, limit: i64) -> Result<Vec<Task>> {
        let limit = usize::try_from(limit.clamp(0, PAGE_MAX)).unwrap_or(0);
        self.db.read(Scope::Tenant(tenant), |tx| {
            let mut rows = tasks::mine(tx, tenant, who(caller), wanted.kind, wanted.now, PAGE_MAX)?;
            rows.retain(|row| wanted.queue.is_none_or(|queue| row.queue == queue));
            match sorted {
                Sorted::ByStake(after) => {
                    rows.retain(|row| after.is_none_or(|(stake, task)| (Reverse(row.stake), row.task) > (Reverse(stake), task)));
                    rows.sort_by_key(|row| (Reverse(row.stake), row.task));
                }
                Sorted::Oldest(after) | Sorted::Done(after) => {
                    rows.retain(|row| after.is_none_or(|place| (row.due_at, row.task) > place));
                    rows.sort_by_key(|row| (row.due_at, row.task));
                }
            }
            rows.truncate(limit);
            self.tasks_shown(tx, tenant, rows, wanted.now)
        })
    }

    /// A task.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`], `no_task`; whatever the database says.
    pub fn task(&self, tenant: TenantId, task: [u8; 16], now: Instant) -> Result<Task> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let row = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
            self.tasks_shown(tx, tenant, vec![row], now)?.pop().ok_or_else(no_task)
        })
    }

    /// Takes a task for [`CLAIM_MINUTES`], or keeps it for as long again.
    ///
    /// # Errors
    /// [`crate::Kind::Stale`]: `task_claimed` while somebody else has it or another task of the customer, `task_done` when it is over; [`crate::Kind::NotFound`],
    /// `no_task`.
    pub fn claim_task(&self, tenant: TenantId, task: [u8; 16], caller: &Caller, now: Instant) -> Result<Task> {
        let until = Instant::from_micros(now.micros().saturating_add(CLAIM_MINUTES * 60 * 1_000_000));
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?.customer;
            self.beside(tx, tenant, customer, &[], now, |tx, case, tenancy, batch| {
                // Under the customer's lock it stands as it will.
                let row = open_task(tx, tenant, task)?;
                let mine = row.held_at(now).is_some_and(|(id, _)| *id == who(caller));
                // Two people do not call one customer at once, whatever it is about.
                let all = tasks::of(tx, tenant, customer, PAGE_MAX)?;
                let theirs = all.iter().find(|one| one.held_at(now).is_some_and(|(id, _)| *id != who(caller)));
                if let Some(theirs) = theirs {
                    return Err(taken(theirs, now));
                }
                if !tasks::claim(tx, tenant, task, (who(caller), &caller.name), until, now)? {
                    return Err(taken(&row, now));
                }
                if !mine {
                    let note = TaskNote { until: Some(until), ..TaskNote::of(&row, "claimed", &caller.act(None)) };
                    case.note(tenancy, now, "task", (log::json(&note)?, None), batch)?;
                }
                Ok(())
            })?;
            let row = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
            self.tasks_shown(tx, tenant, vec![row], now)?.pop().ok_or_else(no_task)
        })
    }

    /// Gives a task back. Owners and managers may take it from somebody else so.
    ///
    /// # Errors
    /// As [`Engine::claim_task`].
    pub fn release_task(&self, tenant: TenantId, task: [u8; 16], caller: &Caller, now: Instant) -> Result<Task> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let customer = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?.customer;
            self.beside(tx, tenant, customer, &[], now, |tx, case, tenancy, batch| {
                let row = open_task(tx, tenant, task)?;
                let may = matches!(caller.role, Some(Role::Owner | Role::Manager));
                match row.held_at(now) {
                    Some((id, _)) if *id != who(caller) && !may => return Err(taken(&row, now)),
                    Some(_) => {
                        let note = TaskNote::of(&row, "released", &caller.act(None));
                        case.note(tenancy, now, "task", (log::json(&note)?, None), batch)?;
                    }
                    None => {}
                }
                tasks::release(tx, tenant, task)?;
                Ok(())
            })?;
            let row = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
            self.tasks_shown(tx, tenant, vec![row], now)?.pop().ok_or_else(no_task)
        })
    }

    /// Ends a task, or puts it off, with what a call came to; what follows from the code is entered with it.
    ///
    /// # Errors
    /// As [`Engine::claim_task`]. [`crate::Kind::Refused`]: `promise_day`, `follow_up_day`, `no_receivable`, `no_number`,
    /// `empty_note`, `long_note`, `erased`, or why what becomes known does not fit.
    pub fn work_task(
        &self,
        tenant: TenantId,
        task: [u8; 16],
        worked: Worked<'_>,
        caller: &Caller,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Result<Task> {
        let note = MessageId::new(millis(now), rng.bytes()).to_bytes();
        let act = caller.act(None);
        self.db.write(Scope::Tenant(tenant), |tx| {
            let known = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
            let about: Vec<ReceivableId> = known.receivable.into_iter().collect();
            self.beside(tx, tenant, known.customer, &about, now, |tx, case, tenancy, batch| {
                let row = open_task(tx, tenant, task)?;
                if row.held_at(now).is_some_and(|(id, _)| *id != who(caller)) {
                    return Err(taken(&row, now));
                }
                case.act = Some(act.clone());
                let called = called(&case.facts.customer, worked.number);
                let next = Self::next_of(tenancy, case, &row, &worked, &called, now)?;
                self.heed_biller(tx, tenant, row.receivable, next.fact.as_slice())?;
                carry_out(case, tenancy, &row, &next, &called, now)?;
                let back_on = match next.then {
                    Then::Back(day) => Some(day),
                    Then::Over | Then::Now => None,
                };
                let said = TaskNote { code: Some(worked.code.as_str().to_owned()), back_on, ..TaskNote::of(&row, "worked", &act) };
                case.note(tenancy, now, "task", (log::json(&said)?, None), batch)?;
                if let Some(text) = worked.note {
                    let row = note_row(note, (row.customer, row.receivable), back_on, &act, now);
                    notes::add(tx, tenant, &enter(case, tenancy, row, text, now, batch)?)?;
                }
                let zone = case.facts.zone;
                let stands = TaskRow {
                    state: if next.then == Then::Over { "done" } else { "open" }.to_owned(),
                    due_at: back_on.map_or(now, |day| zone.midnight(day)),
                    follow_up_on: back_on,
                    attempts: row.attempts + i64::from(next.counts),
                    code: Some(worked.code.as_str().to_owned()),
                    worked_by: Some(act.by.clone()),
                    worked_at: Some(now),
                    ..row
                };
                tasks::set(tx, tenant, &stands)?;
                if stands.kind == "request" && next.then == Then::Over {
                    self.end_request(tx, tenant, (task, stands.customer), &act, now)?;
                }
                Ok(())
            })?;
            let row = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
            self.tasks_shown(tx, tenant, vec![row], now)?.pop().ok_or_else(no_task)
        })
    }

    /// Lets a task wait for somebody now that was ended or put off. What became known with it stays.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`], `no_task`; [`crate::Kind::Stale`], `task_ended`, when its receivable is closed or what was asked is
    /// answered, `task_claimed` while somebody else has it.
    pub fn reopen_task(&self, tenant: TenantId, task: [u8; 16], caller: &Caller, now: Instant) -> Result<Task> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let known = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
            let about: Vec<ReceivableId> = known.receivable.into_iter().collect();
            self.beside(tx, tenant, known.customer, &about, now, |tx, case, tenancy, batch| {
                let row = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
                if row.held_at(now).is_some_and(|(id, _)| *id != who(caller)) {
                    return Err(taken(&row, now));
                }
                let walk = row.receivable.and_then(|id| case.walk_of(id)).and_then(|place| case.facts.walks.get(place));
                let closed = walk.is_some_and(|walk| walk.closed.is_some());
                if case.key.is_none() || closed || (row.state == "done" && row.kind == "request") {
                    return Err(Error::stale("task_ended", "there is nothing to do about this any more"));
                }
                let note = TaskNote::of(&row, "reopened", &caller.act(None));
                case.note(tenancy, now, "task", (log::json(&note)?, None), batch)?;
                let counted = i64::from(row.code.as_deref() == Some(Code::NoAnswer.as_str()));
                let attempts = (row.attempts - counted).max(0);
                let stands = TaskRow { state: "open".to_owned(), due_at: now, follow_up_on: None, code: None, attempts, ..row };
                tasks::set(tx, tenant, &stands)?;
                Ok(())
            })?;
            let row = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
            self.tasks_shown(tx, tenant, vec![row], now)?.pop().ok_or_else(no_task)
        })
    }

    fn next_of(tenancy: &Tenancy, case: &Case, row: &TaskRow, worked: &Worked<'_>, called: &Called, now: Instant) -> Result<Next> {
        if worked.code == Code::WrongNumber && called.places.is_empty() {
            return Err(Error::refused("no_number", "no such number of this customer is known; end the task as `other`"));
        }
        let call = Call {
            code: worked.code,
            on: worked.on,
            follow_up_on: worked.follow_up_on,
            of_receivable: row.receivable.is_some(),
            other_number: called.others,
            today: case.facts.zone.day_of(now),
            calendar: tenancy.policies(case.customer).newest().calendar,
        };
        next(&call).map_err(|Misfit(code, mend)| Error::refused(code, mend))
    }

    /// Rows with what is known of their customers.
    fn tasks_shown(&self, tx: &mut Tx<'_>, tenant: TenantId, rows: Vec<TaskRow>, now: Instant) -> Result<Vec<Task>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut ids: Vec<[u8; 16]> = rows.iter().map(|row| row.customer.to_bytes()).collect();
        ids.sort_unstable();
        ids.dedup();
        // Of a customer somewhere else a day may begin earlier; which it is, their own zone says below.
        let overdue = tasks::overdue(tx, tenant, &ids, tenancy.published.zone().day_of(now).plus(1))?;
        let cases = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &overdue)?;
        // Of whom nothing can be read, nothing is told: the task is there all the same.
        let cases: BTreeMap<CustomerId, Case> = cases.into_iter().filter_map(|(id, case)| Some((id, case.ok()?))).collect();
        let receivables = names::receivables(tx, tenant, rows.iter().filter_map(|row| row.receivable))?;
        let task = |row: TaskRow| {
            let case = cases.get(&row.customer);
            let (at_stake, days_late) = case.map_or((None, 0), |case| at_stake(case, &tenancy, &row.currency, now));
            Task {
                at_stake,
                days_late,
                name: case.and_then(|case| case.facts.customer.name.as_deref()).map(str::to_owned),
                customer_external_id: case.map(|case| case.external_id.clone()),
                receivable_external_id: row.receivable.and_then(|id| receivables.get(&id).cloned()),
                row,
            }
        };
        Ok(rows.into_iter().map(task).collect())
    }
}

/// What settles today what of a customer is overdue in a currency, and how late the oldest of it is.
fn at_stake(case: &Case, tenancy: &Tenancy, currency: &str, now: Instant) -> (Option<Money>, i32) {
    let Some(currency) = Currency::parse(currency) else { return (None, 0) };
    let (policies, today) = (tenancy.policies(case.customer), case.facts.zone.day_of(now));
    let late = case.facts.walks.iter().filter(|walk| walk.closed.is_none() && walk.due_on < today && walk.ledger.currency() == currency);
    let (mut sum, mut days) = (0_i64, 0);
    for walk in late {
        sum = sum.saturating_add(walk.ledger.amount_due(&walk.terms(policies), today).total.minor());
        days = days.max(today.since(walk.due_on));
    }
    (Some(Money::new(sum, currency)), days)
}

/// The number of a call: the contact points that have it, and whether another number works.
struct Called {
    places: Vec<(Channel, u16)>,
    others: bool,
}

/// The number that was called: the one that is named, else the first that works, telephones before messages.
fn called(customer: &Customer, number: Option<&str>) -> Called {
    let phones = || {
        let all = customer.contacts.iter().zip(0_u16..);
        all.filter(|(point, _)| matches!(point.address, Address::Phone(_)) && point.health == Health::Usable)
    };
    let first = || {
        let voice = phones().find(|(point, _)| point.channel == Channel::Voice).or_else(|| phones().next());
        voice.map(|(point, _)| point.address.as_str())
    };
    let Some(number) = number.or_else(first) else { return Called { places: Vec::new(), others: false } };
    let places = phones().filter(|(point, _)| point.address.as_str() == number).map(|(point, place)| (point.channel, place)).collect();
    Called { places, others: phones().any(|(point, _)| point.address.as_str() != number) }
}

/// Enters what became known in a call.
fn carry_out(case: &mut Case, tenancy: &Tenancy, row: &TaskRow, next: &Next, called: &Called, now: Instant) -> Result<()> {
    let misfit = |bad: regua_core::facts::FactError| Error::refused("does_not_fit", bad.to_string());
    if let Some(fact) = &next.fact {
        let walk = row.receivable.and_then(|id| case.walk_of(id));
        let walk = walk.ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?;
        case.tell(tenancy, Some(walk), fact.clone(), now).map_err(misfit)?;
    }
    if next.ends_number {
        for (channel, place) in &called.places {
            case.tell(tenancy, None, Fact::Bounced { channel: *channel, point: Some(*place) }, now).map_err(misfit)?;
        }
    }
    Ok(())
}

const fn who(caller: &Caller) -> [u8; 16] {
    match caller.who {
        Who::Person(id) => id.to_bytes(),
        Who::Key(id) => id.to_bytes(),
    }
}

fn no_task() -> Error {
    Error::not_found("no_task", "there is no such task")
}

/// A task that is not over.
fn open_task(tx: &mut Tx<'_>, tenant: TenantId, task: [u8; 16]) -> Result<TaskRow> {
    let row = tasks::one(tx, tenant, task)?.ok_or_else(no_task)?;
    if row.state == "open" { Ok(row) } else { Err(Error::stale("task_done", "this task is over; look at the list again")) }
}

/// That somebody else has a task, and who.
fn taken(row: &TaskRow, now: Instant) -> Error {
    let by = row.held_at(now).map_or("somebody else", |(_, name)| name);
    Error::stale("task_claimed", format!("{by} has this task; take another, or ask them to give it back"))
}

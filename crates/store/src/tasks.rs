//! What people are to do: ranked, taken by one of them at a time, and worked.
//!
//! A row is made with the decision, the request or the note behind it; it ends with its receivable. The amount that lists are sorted
//! by is written whenever something happens to the customer, so that a page is a walk of an index. Deliberately absent: what a code
//! brings about, which is the engine's.

use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Day, Instant, Zone};
use sha2::{Digest as _, Sha256};

use crate::batch::Batch;
use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::customer;
use crate::statements::Statement;

/// Something that a person is to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskRow {
    /// Which.
    pub task: [u8; 16],
    /// task, mend, request.
    pub kind: String,
    /// Of whom.
    pub customer: CustomerId,
    /// Of which receivable, if it is of one.
    pub receivable: Option<ReceivableId>,
    /// The step behind it; `portal` of a request, `note` of a note.
    pub step: String,
    /// How real.
    pub mode: String,
    /// The cycle of the step.
    pub cycle: i64,
    /// Its repetition.
    pub occurrence: i64,
    /// The queue, what is to be mended, or what is asked.
    pub queue: String,
    /// Since when.
    pub since: Instant,
    /// open, done.
    pub state: String,
    /// From when on it waits for somebody.
    pub due_at: Instant,
    /// The day that it was put off to.
    pub follow_up_on: Option<Day>,
    /// The currency of what is at stake; empty where nothing is owed.
    pub currency: String,
    /// What lists are sorted by, in minor units.
    pub stake: i64,
    /// Who is or was at it: id and name.
    pub claimed_by: Option<([u8; 16], String)>,
    /// Until when nobody else is.
    pub claimed_until: Option<Instant>,
    /// How often nobody was reached.
    pub attempts: i64,
    /// What it came to last.
    pub code: Option<String>,
    /// By whom.
    pub worked_by: Option<String>,
    /// When.
    pub worked_at: Option<Instant>,
}

impl TaskRow {
    /// One that begins to wait.
    #[must_use]
    pub fn new(task: [u8; 16], kind: &str, customer: CustomerId, receivable: Option<ReceivableId>, at: Instant) -> Self {
        Self {
            task,
            kind: kind.to_owned(),
            customer,
            receivable,
            step: String::new(),
            mode: "live".to_owned(),
            cycle: 0,
            occurrence: 0,
            queue: String::new(),
            since: at,
            state: "open".to_owned(),
            due_at: at,
            follow_up_on: None,
            currency: String::new(),
            stake: 0,
            claimed_by: None,
            claimed_until: None,
            attempts: 0,
            code: None,
            worked_by: None,
            worked_at: None,
        }
    }

    /// Who has it at a moment: nobody once the time is over.
    #[must_use]
    pub fn held_at(&self, now: Instant) -> Option<(&[u8; 16], &str)> {
        let (id, name) = self.claimed_by.as_ref()?;
        self.claimed_until.filter(|until| *until > now).map(|_| (id, name.as_str()))
    }

    fn values(&self) -> [Value<'_>; 14] {
        [
            Value::Id(self.task),
            Value::Text(&self.kind),
            self.customer.into(),
            self.receivable.into(),
            Value::Text(&self.step),
            Value::Text(&self.mode),
            self.cycle.into(),
            self.occurrence.into(),
            Value::Text(&self.queue),
            self.since.into(),
            Value::Text(&self.state),
            self.due_at.into(),
            self.follow_up_on.into(),
            Value::Text(&self.currency),
        ]
    }
}

static TASKS: Insert = Insert::new(
    "tasks",
    &[
        ("tenant", Type::Id),
        ("task", Type::Id),
        ("kind", Type::Text),
        ("customer", Type::Id),
        ("receivable", Type::Id),
        ("step", Type::Text),
        ("mode", Type::Text),
        ("cycle", Type::Int),
        ("occurrence", Type::Int),
        ("queue", Type::Text),
        ("since", Type::At),
        ("state", Type::Text),
        ("due_at", Type::At),
        ("follow_up_on", Type::Date),
        ("currency", Type::Text),
        ("stake", Type::Int),
        ("attempts", Type::Int),
    ],
);

/// The columns of a task.
macro_rules! task {
    ($rest:literal) => {
        concat!(
            "SELECT task, kind, customer, receivable, step, mode, cycle, occurrence, queue, since, state, due_at, follow_up_on, currency,
                    stake, claimed_by, claimed_name, claimed_until, attempts, code, worked_by, worked_at
               FROM tasks WHERE tenant = $1 ",
            $rest
        )
    };
}

/// One list of open tasks: of everybody or of a queue, waiting for anybody, put off, or left alone since a moment.
macro_rules! listed {
    ($queue:literal, $rest:literal) => {
        concat!(
            "SELECT task, kind, customer, receivable, step, mode, cycle, occurrence, queue, since, state, due_at, follow_up_on, currency,
                    stake, claimed_by, claimed_name, claimed_until, attempts, code, worked_by, worked_at
               FROM tasks WHERE tenant = $1 AND state = 'open' AND kind = $2 AND ",
            $queue,
            " AND (($5 = 'ready' AND due_at <= $4)
                OR ($5 = 'open' AND due_at <= $4 AND (claimed_until IS NULL OR claimed_until <= $4))
                OR ($5 = 'claimed' AND claimed_until > $4)
                OR ($5 = 'waiting' AND due_at > $4))
              AND ((due_at <= $6 AND (claimed_until IS NULL OR claimed_until <= $4)) OR $6 IS NULL) ",
            $rest
        )
    };
}

const BY_STAKE: &str =
    listed!("(queue = $3 OR $3 IS NULL)", "AND stake <= $7 AND (stake < $7 OR task > $8) ORDER BY stake DESC, task LIMIT $9");
// A queue may be a small part of all: it has an index of its own.
const BY_STAKE_OF: &str = listed!("queue = $3", "AND stake <= $7 AND (stake < $7 OR task > $8) ORDER BY stake DESC, task LIMIT $9");
const OLDEST: &str =
    listed!("(queue = $3 OR $3 IS NULL)", "AND due_at >= $7 AND (due_at > $7 OR task > $8) ORDER BY due_at, task LIMIT $9");
// Few, since a lock ends soon: they are sorted here.
const MINE: &str = task!("AND state = 'open' AND claimed_by = $2 AND claimed_until > $3 AND kind = $4 LIMIT $5");
const DONE: &str = task!(
    "AND state = 'done' AND kind = $2 AND (queue = $3 OR $3 IS NULL) AND worked_at <= $4 AND (worked_at < $4 OR task > $5)
     ORDER BY worked_at DESC, task LIMIT $6"
);
const ONE: &str = task!("AND task = $2");
const OF: &str = task!("AND customer = $2 AND state = 'open' ORDER BY due_at, task LIMIT $3");
const CLAIM: &str = "
    UPDATE tasks SET claimed_by = $3, claimed_name = $4, claimed_until = $5
     WHERE tenant = $1 AND task = $2 AND state = 'open' AND (claimed_by = $3 OR claimed_until IS NULL OR claimed_until <= $6)";
const RELEASE: &str = "
    UPDATE tasks SET claimed_by = NULL, claimed_name = NULL, claimed_until = NULL WHERE tenant = $1 AND task = $2 AND state = 'open'";
const SET: &str = "
    UPDATE tasks SET state = $3, due_at = $4, follow_up_on = $5, claimed_by = NULL, claimed_name = NULL, claimed_until = NULL,
           attempts = $6, code = $7, worked_by = $8, worked_at = $9
     WHERE tenant = $1 AND task = $2";
const END: &str = "
    UPDATE tasks SET state = 'done', code = 'ended', claimed_by = NULL, claimed_name = NULL, claimed_until = NULL,
           worked_by = NULL, worked_at = $3
     WHERE tenant = $1 AND receivable IN /*+list*/ ($2) AND receivable IS NOT NULL AND state = 'open' AND kind <> 'request'";
const END_ALL: &str = "
    UPDATE tasks SET state = 'done', code = 'ended', claimed_by = NULL, claimed_name = NULL, claimed_until = NULL,
           worked_by = NULL, worked_at = $3
     WHERE tenant = $1 AND customer = $2 AND state = 'open' AND kind <> 'request'";
const CUSTOMERS: &str = "SELECT DISTINCT customer FROM tasks WHERE tenant = $1 AND state = 'open' AND customer IN /*+list*/ ($2)";
const CURRENCY: &str = "
    UPDATE tasks
       SET currency = COALESCE(
               (SELECT r.currency FROM receivables r WHERE r.tenant = $1 AND r.receivable = tasks.receivable),
               (SELECT MIN(r.currency) FROM receivables r WHERE r.tenant = $1 AND r.customer = tasks.customer AND r.status = 'open'), '')
     WHERE tenant = $1 AND state = 'open' AND currency = '' AND customer IN /*+list*/ ($2)";
const STAKE: &str = "
    UPDATE tasks
       SET stake = (SELECT CAST(COALESCE(SUM(r.balance), 0) AS BIGINT) FROM receivables r
                     WHERE r.tenant = $1 AND r.customer = tasks.customer AND r.status = 'open' AND r.currency = tasks.currency
                       AND r.due_on < $3)
     WHERE tenant = $1 AND state = 'open' AND customer IN /*+list*/ ($2)";
const OVERDUE: &str = "
    SELECT receivable FROM receivables
     WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND status = 'open' AND due_on < $3";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("tasks.by_stake", BY_STAKE),
    ("tasks.by_stake_of", BY_STAKE_OF),
    ("tasks.oldest", OLDEST),
    ("tasks.mine", MINE),
    ("tasks.done", DONE),
    ("tasks.one", ONE),
    ("tasks.of", OF),
    ("tasks.claim", CLAIM),
    ("tasks.release", RELEASE),
    ("tasks.set", SET),
    ("tasks.end", END),
    ("tasks.end_all", END_ALL),
    ("tasks.customers", CUSTOMERS),
    ("tasks.currency", CURRENCY),
    ("tasks.stake", STAKE),
    ("tasks.overdue", OVERDUE),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&TASKS];

fn task(row: &Row<'_>) -> Result<TaskRow, StoreError> {
    let receivable = row.opt_id(3)?.map(ReceivableId::from_bytes).transpose();
    Ok(TaskRow {
        task: row.id(0)?,
        kind: row.text(1)?,
        customer: customer(row, 2)?,
        receivable: receivable.map_err(|_bad| row.bad(3, "the id of a receivable", "another"))?,
        step: row.text(4)?,
        mode: row.text(5)?,
        cycle: row.int(6)?,
        occurrence: row.int(7)?,
        queue: row.text(8)?,
        since: row.at(9)?,
        state: row.text(10)?,
        due_at: row.at(11)?,
        follow_up_on: row.opt_date(12)?,
        currency: row.text(13)?,
        stake: row.int(14)?,
        claimed_by: row.opt_id(15)?.zip(row.opt_text(16)?),
        claimed_until: row.opt_at(17)?,
        attempts: row.int(18)?,
        code: row.opt_text(19)?,
        worked_by: row.opt_text(20)?,
        worked_at: row.opt_at(21)?,
    })
}

/// Which open tasks are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// task, mend, request.
    pub kind: &'a str,
    /// Only of a queue.
    pub queue: Option<&'a str>,
    /// ready: those that wait for somebody, taken or not; open: not taken; claimed: taken; waiting: put off.
    pub state: &'a str,
    /// Only those that nobody has and that wait since this moment or longer.
    pub left_since: Option<Instant>,
    /// Now.
    pub now: Instant,
}

/// Open tasks, the largest amount first.
///
/// * `after` — the amount and the id that the page before ended with.
///
/// # Errors
/// Whatever the database says.
pub fn by_stake(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: Wanted<'_>,
    after: Option<(i64, [u8; 16])>,
    limit: i64,
) -> Result<Vec<TaskRow>, StoreError> {
    let (stake, id) = after.unwrap_or((i64::MAX, [0; 16]));
    let statement = if wanted.queue.is_some() { BY_STAKE_OF } else { BY_STAKE };
    tx.rows(statement, &wanted.params(own, stake.into(), id, limit), task)
}

/// Open tasks, who waits longest first.
///
/// * `after` — the moment and the id that the page before ended with.
///
/// # Errors
/// Whatever the database says.
pub fn oldest(
    tx: &mut Tx<'_>,
    own: TenantId,
    wanted: Wanted<'_>,
    after: Option<(Instant, [u8; 16])>,
    limit: i64,
) -> Result<Vec<TaskRow>, StoreError> {
    let (at, id) = after.unwrap_or((Instant::DAWN, [0; 16]));
    tx.rows(OLDEST, &wanted.params(own, at.into(), id, limit), task)
}

impl<'a> Wanted<'a> {
    fn params(&self, own: TenantId, from: Value<'a>, id: [u8; 16], limit: i64) -> [Value<'a>; 9] {
        [
            own.into(),
            Value::Text(self.kind),
            self.queue.into(),
            self.now.into(),
            Value::Text(self.state),
            self.left_since.into(),
            from,
            Value::Id(id),
            limit.into(),
        ]
    }
}

/// The tasks of a kind that somebody has now, in no order.
///
/// # Errors
/// Whatever the database says.
pub fn mine(tx: &mut Tx<'_>, own: TenantId, who: [u8; 16], kind: &str, now: Instant, limit: i64) -> Result<Vec<TaskRow>, StoreError> {
    tx.rows(MINE, &[own.into(), Value::Id(who), now.into(), Value::Text(kind), limit.into()], task)
}

/// Tasks that are over, what was done last first.
///
/// # Errors
/// Whatever the database says.
pub fn done(
    tx: &mut Tx<'_>,
    own: TenantId,
    (kind, queue): (&str, Option<&str>),
    before: Option<(Instant, [u8; 16])>,
    limit: i64,
) -> Result<Vec<TaskRow>, StoreError> {
    let (at, id) = before.unwrap_or((Instant::NEVER, [0; 16]));
    tx.rows(DONE, &[own.into(), Value::Text(kind), queue.into(), at.into(), Value::Id(id), limit.into()], task)
}

/// A task.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16]) -> Result<Option<TaskRow>, StoreError> {
    tx.one(ONE, &[own.into(), Value::Id(id)], task)
}

/// The open tasks of a customer, who waits longest first.
///
/// # Errors
/// Whatever the database says.
pub fn of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, limit: i64) -> Result<Vec<TaskRow>, StoreError> {
    tx.rows(OF, &[own.into(), id.into(), limit.into()], task)
}

/// Something begins to wait for a person.
///
/// # Errors
/// Whatever the database says.
pub fn add(tx: &mut Tx<'_>, own: TenantId, row: &TaskRow, today: Day) -> Result<(), StoreError> {
    enter(tx, own, std::slice::from_ref(row))?;
    stake(tx, own, &[row.customer.to_bytes()], today)
}

/// Somebody takes a task until a moment, unless somebody else has it: whether they have it now.
///
/// # Errors
/// Whatever the database says.
pub fn claim(
    tx: &mut Tx<'_>,
    own: TenantId,
    id: [u8; 16],
    (by, name): ([u8; 16], &str),
    until: Instant,
    now: Instant,
) -> Result<bool, StoreError> {
    let values = [own.into(), Value::Id(id), Value::Id(by), Value::Text(name), until.into(), now.into()];
    Ok(tx.execute(CLAIM, &values)? > 0)
}

/// Nobody has a task any more.
///
/// # Errors
/// Whatever the database says.
pub fn release(tx: &mut Tx<'_>, own: TenantId, id: [u8; 16]) -> Result<(), StoreError> {
    tx.execute(RELEASE, &[own.into(), Value::Id(id)]).map(drop)
}

/// Writes where a task stands after it was worked; nobody has it then.
///
/// # Errors
/// Whatever the database says.
pub fn set(tx: &mut Tx<'_>, own: TenantId, row: &TaskRow) -> Result<(), StoreError> {
    let values = [
        own.into(),
        Value::Id(row.task),
        Value::Text(&row.state),
        row.due_at.into(),
        row.follow_up_on.into(),
        row.attempts.into(),
        row.code.as_deref().into(),
        row.worked_by.as_deref().into(),
        row.worked_at.into(),
    ];
    tx.execute(SET, &values).map(drop)
}

/// What was to be done about a customer is over, but for what they asked.
///
/// # Errors
/// Whatever the database says.
pub fn end_all(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, at: Instant) -> Result<(), StoreError> {
    tx.execute(END_ALL, &[own.into(), id.into(), at.into()]).map(drop)
}

/// The open receivables of customers that are overdue on a day.
///
/// # Errors
/// Whatever the database says.
pub fn overdue(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]], today: Day) -> Result<Vec<[u8; 16]>, StoreError> {
    tx.rows(OVERDUE, &[own.into(), Value::List(customers), today.into()], |row| row.id(0))
}

/// What a batch means for tasks: those that its decisions asked for begin, those of receivables that ended are over, and what is at
/// stake is counted anew.
pub(crate) fn follow(tx: &mut Tx<'_>, own: TenantId, batch: &Batch) -> Result<(), StoreError> {
    let Some(event) = batch.events.last() else { return Ok(()) };
    let begun: Vec<TaskRow> = batch
        .effects
        .iter()
        .filter(|effect| effect.status == "open")
        .map(|effect| TaskRow {
            step: effect.step.to_string(),
            mode: effect.mode.to_owned(),
            cycle: effect.cycle,
            occurrence: effect.occurrence,
            queue: effect.detail.clone(),
            ..TaskRow::new(
                id_of(effect.receivable, (effect.mode, &effect.step, effect.cycle, effect.occurrence)),
                effect.kind,
                effect.customer,
                Some(effect.receivable),
                effect.at,
            )
        })
        .collect();
    enter(tx, own, &begun)?;
    let ended: Vec<[u8; 16]> =
        batch.receivables.iter().filter(|row| row.closed_at.is_some()).map(|row| row.receivable.to_bytes()).collect();
    if !ended.is_empty() {
        tx.execute(END, &[own.into(), Value::List(&ended), event.at.into()])?;
    }
    let mut moved: Vec<[u8; 16]> = batch.facts.iter().map(|row| row.customer.to_bytes()).collect();
    moved.sort_unstable();
    moved.dedup();
    stake(tx, own, &moved, Zone::utc().day_of(event.at))
}

fn enter(tx: &mut Tx<'_>, own: TenantId, rows: &[TaskRow]) -> Result<(), StoreError> {
    let own = Value::from(own);
    let values = rows.iter().map(|row| {
        let [task, kind, customer, receivable, step, mode, cycle, occurrence, queue, since, state, due_at, follow_up_on, currency] =
            row.values();
        let behind = [row.stake.into(), row.attempts.into()];
        let [stake, attempts] = behind;
        [
            own,
            task,
            kind,
            customer,
            receivable,
            step,
            mode,
            cycle,
            occurrence,
            queue,
            since,
            state,
            due_at,
            follow_up_on,
            currency,
            stake,
            attempts,
        ]
    });
    tx.insert(&TASKS, values).map(drop)
}

/// Counts anew what is at stake of those among these customers of whom something is to be done.
fn stake(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]], today: Day) -> Result<(), StoreError> {
    if customers.is_empty() {
        return Ok(());
    }
    let worked = tx.rows(CUSTOMERS, &[own.into(), Value::List(customers)], |row| row.id(0))?;
    if worked.is_empty() {
        return Ok(());
    }
    tx.execute(CURRENCY, &[own.into(), Value::List(&worked)])?;
    tx.execute(STAKE, &[own.into(), Value::List(&worked), today.into()]).map(drop)
}

/// The id of a decision's task: the same whenever the decision is made again.
fn id_of(receivable: ReceivableId, (mode, step, cycle, occurrence): (&str, &str, i64, i64)) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(b"regua task 1");
    hash.update(receivable.to_bytes());
    for text in [mode, step] {
        hash.update(i64::try_from(text.len()).unwrap_or(i64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.update(cycle.to_be_bytes());
    hash.update(occurrence.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    id
}

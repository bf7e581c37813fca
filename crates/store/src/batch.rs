//! Everything that one transaction writes, gathered as rows and written table by table.
//!
//! The engine fills a batch while it decides; nothing is written before all of it is known. Deliberately absent: reading,
//! and catching a violated key: under the customer's lock that is a mistake of ours, so the transaction ends.

use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::ledger::StoredEntry;
use regua_core::time::{Day, Instant};

use crate::account::{self, AccountRow};
use crate::bank;
use crate::chain::Page;
use crate::charging::charges::{self, ChargeRow};
use crate::db::{Insert, StoreError, Tx, Type, Value};
use crate::statements::Statement;
use crate::tasks;

/// A customer that becomes known.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    /// Its id.
    pub customer: CustomerId,
    /// What its source calls it.
    pub external_id: String,
    /// What reports its payments.
    pub source: String,
    /// The sealed profile.
    pub profile: Vec<u8>,
    /// The wrapped key.
    pub key: Vec<u8>,
    /// When it became known.
    pub created_at: Instant,
    /// The facts to begin with.
    pub facts: FactsRow,
}

/// What changes of a customer with every pass.
#[derive(Clone, Debug)]
pub struct FactsRow {
    /// Whose.
    pub customer: CustomerId,
    /// When to look again.
    pub wake_at: Instant,
    /// Receivables that a decision looks at.
    pub live: i64,
    /// Whether something waits for the source to be read.
    pub awaits_source: bool,
    /// Whether something waits for a person.
    pub awaits_release: bool,
    /// The saved facts.
    pub facts: Vec<u8>,
    /// Length of the chain.
    pub seq: i64,
    /// Last hash of the chain.
    pub head: [u8; 32],
    /// Why it is parked.
    pub parked: Option<String>,
}

/// A receivable that enters.
#[derive(Clone, Debug)]
pub struct NewReceivable {
    /// Its id.
    pub receivable: ReceivableId,
    /// Who owes it.
    pub customer: CustomerId,
    /// What its source calls it.
    pub external_id: String,
    /// ISO 4217.
    pub currency: &'static str,
    /// What else is kept of it.
    pub row: ReceivableRow,
}

/// What may change of a receivable.
#[derive(Clone, Debug)]
pub struct ReceivableRow {
    /// Which.
    pub receivable: ReceivableId,
    /// Billed, in minor units.
    pub amount: i64,
    /// Date of issue.
    pub issued_on: Day,
    /// Due date as written.
    pub due_on: Day,
    /// The rail it is expected on.
    pub method: Option<&'static str>,
    /// Number of the policy.
    pub policy: i64,
    /// Open, or how it ended.
    pub status: &'static str,
    /// The balance, in minor units.
    pub balance: i64,
    /// How many ledger entries it has.
    pub entries: i64,
    /// When it entered.
    pub entered_at: Instant,
    /// When it ended.
    pub closed_at: Option<Instant>,
    /// Whether decisions may leave it out.
    pub resting: bool,
    /// The saved walk.
    pub walk: Vec<u8>,
}

/// A ledger entry of a receivable.
#[derive(Clone, Copy, Debug)]
pub struct EntryRow {
    /// Of which.
    pub receivable: ReceivableId,
    /// Its place, from 0.
    pub number: i64,
    /// What it is.
    pub entry: StoredEntry,
}

/// A payment as its source told it.
#[derive(Clone, Debug)]
pub struct PaymentRow {
    /// For which receivable.
    pub receivable: ReceivableId,
    /// What its source calls it.
    pub external_id: String,
    /// How much, in minor units; none settled in full.
    pub amount: Option<i64>,
    /// The payer's day.
    pub paid_on: Day,
    /// When it became known.
    pub known_at: Instant,
}

/// A final decision.
#[derive(Clone, Debug)]
pub struct DecisionRow {
    /// Of which receivable.
    pub receivable: ReceivableId,
    /// How real.
    pub mode: &'static str,
    /// The step's name, `<id>.notice` and `on.<event>` included.
    pub step: Name,
    /// The receivable's cycle.
    pub cycle: i64,
    /// 0 for a plain step.
    pub occurrence: i64,
    /// `done`, or why it was skipped.
    pub outcome: &'static str,
    /// When.
    pub decided_at: Instant,
    /// The message that it became part of.
    pub message: Option<MessageId>,
    /// The rule of law behind it.
    pub rule: Option<&'static str>,
    /// Number of the policy.
    pub policy: i64,
    /// The event with its receipt.
    pub seq: i64,
}

/// A step's name, shared by all decisions of it.
pub type Name = std::sync::Arc<str>;

/// A message that is to be sent.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// Its id.
    pub message: MessageId,
    /// To whom.
    pub customer: CustomerId,
    /// How real.
    pub mode: &'static str,
    /// The channels joined by `;`.
    pub channels: String,
    /// How it speaks.
    pub tone: &'static str,
    /// What the law sees in it.
    pub class: &'static str,
    /// The step that leads it: its most severe item.
    pub step: String,
    /// What a last look needs.
    pub plan: Vec<u8>,
    /// `queued`, or in shadow `sent` at once.
    pub status: &'static str,
    /// When it was decided.
    pub decided_at: Instant,
    /// When the outbox takes it; none when it is finished.
    pub due_at: Option<Instant>,
}

/// Anything else that a decision ordered.
#[derive(Clone, Debug)]
pub struct EffectRow {
    /// Of which receivable.
    pub receivable: ReceivableId,
    /// How real.
    pub mode: &'static str,
    /// The step.
    pub step: Name,
    /// The cycle.
    pub cycle: i64,
    /// The occurrence.
    pub occurrence: i64,
    /// Whose.
    pub customer: CustomerId,
    /// What sort.
    pub kind: &'static str,
    /// The state, queue, bureau …
    pub detail: String,
    /// When.
    pub at: Instant,
    /// `recorded`, or `open` for a task.
    pub status: &'static str,
}

/// An entry of the log.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Whose chain: a customer's id, or the tenant's.
    pub stream: [u8; 16],
    /// Its place, from 1.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What sort.
    pub kind: &'static str,
    /// What happened, JSON.
    pub payload: String,
    /// Personal data, sealed.
    pub sealed: Option<Vec<u8>>,
    /// Hash over it and the one before.
    pub hash: [u8; 32],
}

/// All rows of one transaction for one tenant.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Customers that become known, with their keys and facts.
    pub new_customers: Vec<NewCustomer>,
    /// Profiles that changed, sealed.
    pub profiles: Vec<(CustomerId, Vec<u8>)>,
    /// What customers are found by as payers. A mark that is there already stays, and so does that of an earlier name.
    pub marks: Vec<([u8; 16], CustomerId)>,
    /// Facts that changed.
    pub facts: Vec<FactsRow>,
    /// Receivables that enter.
    pub new_receivables: Vec<NewReceivable>,
    /// Receivables that changed.
    pub receivables: Vec<ReceivableRow>,
    /// Ledger entries.
    pub entries: Vec<EntryRow>,
    /// Payments.
    pub payments: Vec<PaymentRow>,
    /// What moved the credit of customers.
    pub accounts: Vec<AccountRow>,
    /// Decisions.
    pub decisions: Vec<DecisionRow>,
    /// Messages.
    pub messages: Vec<MessageRow>,
    /// Other effects.
    pub effects: Vec<EffectRow>,
    /// Events.
    pub events: Vec<EventRow>,
    /// Attempts to take money that were ordered.
    pub charges: Vec<ChargeRow>,
}

static CUSTOMERS: Insert = Insert::new(
    "customers",
    &[
        ("tenant", Type::Id),
        ("customer", Type::Id),
        ("external_id", Type::Text),
        ("source", Type::Text),
        ("profile", Type::Bytes),
        ("created_at", Type::At),
    ],
);
static KEYS: Insert = Insert::new("customer_keys", &[("tenant", Type::Id), ("customer", Type::Id), ("wrapped", Type::Bytes)]);
static FACTS: Insert = Insert::new(
    "customer_facts",
    &[
        ("tenant", Type::Id),
        ("customer", Type::Id),
        ("wake_at", Type::At),
        ("live", Type::Int),
        ("awaits_source", Type::Bool),
        ("awaits_release", Type::Bool),
        ("facts", Type::Bytes),
        ("seq", Type::Int),
        ("head", Type::Bytes),
        ("parked", Type::Text),
    ],
);
static RECEIVABLES: Insert = Insert::new(
    "receivables",
    &[
        ("tenant", Type::Id),
        ("receivable", Type::Id),
        ("customer", Type::Id),
        ("external_id", Type::Text),
        ("currency", Type::Text),
        ("amount", Type::Int),
        ("issued_on", Type::Date),
        ("due_on", Type::Date),
        ("method", Type::Text),
        ("policy", Type::Int),
        ("status", Type::Text),
        ("balance", Type::Int),
        ("entries", Type::Int),
        ("entered_at", Type::At),
        ("closed_at", Type::At),
        ("resting", Type::Bool),
        ("walk", Type::Bytes),
    ],
);
static ENTRIES: Insert = Insert::new(
    "ledger_entries",
    &[
        ("tenant", Type::Id),
        ("receivable", Type::Id),
        ("number", Type::Int),
        ("kind", Type::Text),
        ("amount", Type::Int),
        ("counts_on", Type::Date),
        ("known_at", Type::At),
        ("origin", Type::Int),
    ],
);
static PAYMENTS: Insert = Insert::new(
    "payments",
    &[
        ("tenant", Type::Id),
        ("receivable", Type::Id),
        ("external_id", Type::Text),
        ("amount", Type::Int),
        ("paid_on", Type::Date),
        ("known_at", Type::At),
    ],
);
static DECISIONS: Insert = Insert::new(
    "decisions",
    &[
        ("tenant", Type::Id),
        ("receivable", Type::Id),
        ("mode", Type::Text),
        ("step", Type::Text),
        ("cycle", Type::Int),
        ("occurrence", Type::Int),
        ("outcome", Type::Text),
        ("decided_at", Type::At),
        ("message", Type::Id),
        ("rule", Type::Text),
        ("policy", Type::Int),
        ("seq", Type::Int),
    ],
);
static MESSAGES: Insert = Insert::new(
    "messages",
    &[
        ("tenant", Type::Id),
        ("message", Type::Id),
        ("customer", Type::Id),
        ("mode", Type::Text),
        ("channels", Type::Text),
        ("tone", Type::Text),
        ("class", Type::Text),
        ("step", Type::Text),
        ("plan", Type::Bytes),
        ("status", Type::Text),
        ("decided_at", Type::At),
        ("due_at", Type::At),
        ("tries", Type::Int),
    ],
);
static EFFECTS: Insert = Insert::new(
    "effects",
    &[
        ("tenant", Type::Id),
        ("receivable", Type::Id),
        ("mode", Type::Text),
        ("step", Type::Text),
        ("cycle", Type::Int),
        ("occurrence", Type::Int),
        ("customer", Type::Id),
        ("kind", Type::Text),
        ("detail", Type::Text),
        ("at", Type::At),
        ("status", Type::Text),
    ],
);
static EVENTS: Insert = Insert::new(
    "events",
    &[
        ("tenant", Type::Id),
        ("stream", Type::Id),
        ("seq", Type::Int),
        ("at", Type::At),
        ("kind", Type::Text),
        ("payload", Type::Text),
        ("sealed", Type::Bytes),
        ("hash", Type::Bytes),
    ],
);

static PAGES: Insert = Insert::new("log_pages", &[("tenant", Type::Id), ("digest", Type::Bytes), ("runs", Type::Bytes)]);

const UPDATE_PROFILES: &str = "
    UPDATE customers SET profile = v.profile
      FROM /*+rows: customer id, profile bytes*/ AS v
     WHERE customers.tenant = $1 AND customers.customer = v.customer";

const UPDATE_FACTS: &str = "
    UPDATE customer_facts
       SET wake_at = v.wake_at, live = v.live, awaits_source = v.awaits_source, awaits_release = v.awaits_release,
           facts = v.facts, seq = v.seq, head = v.head, parked = v.parked
      FROM /*+rows: customer id, wake_at at, live int, awaits_source bool, awaits_release bool, facts bytes, seq int, head bytes, parked text*/ AS v
     WHERE customer_facts.tenant = $1 AND customer_facts.customer = v.customer";

const UPDATE_RECEIVABLES: &str = "
    UPDATE receivables
       SET amount = v.amount, issued_on = v.issued_on, due_on = v.due_on, method = v.method, policy = v.policy,
           status = v.status, balance = v.balance, entries = v.entries, entered_at = v.entered_at, closed_at = v.closed_at,
           resting = v.resting, walk = v.walk
      FROM /*+rows: receivable id, amount int, issued_on date, due_on date, method text, policy int, status text, balance int, entries int, entered_at at, closed_at at, resting bool, walk bytes*/ AS v
     WHERE receivables.tenant = $1 AND receivables.receivable = v.receivable";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] =
    &[("batch.update_profiles", UPDATE_PROFILES), ("batch.update_facts", UPDATE_FACTS), ("batch.update_receivables", UPDATE_RECEIVABLES)];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] =
    &[&CUSTOMERS, &KEYS, &FACTS, &RECEIVABLES, &ENTRIES, &PAYMENTS, &DECISIONS, &MESSAGES, &EFFECTS, &EVENTS, &PAGES];

impl Batch {
    /// Whether nothing would be written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    /// How many rows would be written.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.new_customers.len() * 3
            + self.profiles.len()
            + self.marks.len()
            + self.facts.len()
            + self.new_receivables.len()
            + self.receivables.len()
            + self.entries.len()
            + self.payments.len()
            + self.accounts.len()
            + self.decisions.len()
            + self.messages.len()
            + self.effects.len()
            + self.events.len()
            + self.charges.len()
    }

    /// Writes all of it. Parents before children, so that foreign keys hold at every moment.
    ///
    /// # Errors
    /// [`StoreError::Unique`] when something would happen twice: roll back and look; whatever else the database says.
    pub fn write(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<(), StoreError> {
        let own = Value::from(tenant);
        self.write_customers(tx, &own)?;
        self.write_receivables(tx, &own)?;
        tx.insert(&account::ENTRIES, self.accounts.iter().map(|row| row.values(own)))?;
        self.write_decided(tx, &own)?;
        if !self.charges.is_empty() {
            charges::enter(tx, tenant, &self.charges)?;
        }
        tx.insert(
            &EVENTS,
            self.events.iter().map(|row| {
                [
                    own,
                    Value::Id(row.stream),
                    row.seq.into(),
                    row.at.into(),
                    row.kind.into(),
                    Value::Text(&row.payload),
                    row.sealed.as_deref().into(),
                    Value::Bytes(&row.hash),
                ]
            }),
        )?;
        if let Some(page) = Page::of(tenant, self.events.iter().map(|row| (row.stream, row.seq, row.hash))) {
            tx.insert(&PAGES, [[own, Value::Bytes(&page.digest), Value::Bytes(&page.runs)]])?;
        }
        tasks::follow(tx, tenant, self)
    }

    fn write_customers(&self, tx: &mut Tx<'_>, own: &Value<'_>) -> Result<(), StoreError> {
        let own = *own;
        let new = &self.new_customers;
        tx.insert(
            &CUSTOMERS,
            new.iter().map(|row| {
                [
                    own,
                    row.customer.into(),
                    Value::Text(&row.external_id),
                    Value::Text(&row.source),
                    Value::Bytes(&row.profile),
                    row.created_at.into(),
                ]
            }),
        )?;
        tx.insert(&KEYS, new.iter().map(|row| [own, row.customer.into(), Value::Bytes(&row.key)]))?;
        tx.insert(
            &FACTS,
            new.iter().map(|row| {
                let [customer, wake_at, live, source, release, facts, seq, head, parked] = row.facts.values();
                [own, customer, wake_at, live, source, release, facts, seq, head, parked]
            }),
        )?;
        changed(
            tx.update(
                UPDATE_PROFILES,
                &[own],
                self.profiles.iter().map(|(customer, profile)| [(*customer).into(), Value::Bytes(profile)]),
            )?,
            self.profiles.len(),
            "customers",
        )?;
        tx.insert(&bank::MARKS, self.marks.iter().map(|(mark, customer)| [own, Value::Id(*mark), (*customer).into()]))?;
        changed(tx.update(UPDATE_FACTS, &[own], self.facts.iter().map(FactsRow::values))?, self.facts.len(), "customer_facts")
    }

    fn write_receivables(&self, tx: &mut Tx<'_>, own: &Value<'_>) -> Result<(), StoreError> {
        let own = *own;
        tx.insert(
            &RECEIVABLES,
            self.new_receivables.iter().map(|new| {
                let [receivable, amount, issued_on, due_on, method, policy, status, balance, entries, entered_at, closed_at, resting, walk] =
                    new.row.values();
                [
                    own,
                    receivable,
                    new.customer.into(),
                    Value::Text(&new.external_id),
                    new.currency.into(),
                    amount,
                    issued_on,
                    due_on,
                    method,
                    policy,
                    status,
                    balance,
                    entries,
                    entered_at,
                    closed_at,
                    resting,
                    walk,
                ]
            }),
        )?;
        changed(
            tx.update(UPDATE_RECEIVABLES, &[own], self.receivables.iter().map(ReceivableRow::values))?,
            self.receivables.len(),
            "receivables",
        )?;
        tx.insert(
            &ENTRIES,
            self.entries.iter().map(|row| {
                [
                    own,
                    row.receivable.into(),
                    row.number.into(),
                    row.entry.kind.as_str().into(),
                    row.entry.amount.minor().into(),
                    row.entry.on.into(),
                    row.entry.at.into(),
                    row.entry.origin.into(),
                ]
            }),
        )?;
        tx.insert(
            &PAYMENTS,
            self.payments.iter().map(|row| {
                [own, row.receivable.into(), Value::Text(&row.external_id), row.amount.into(), row.paid_on.into(), row.known_at.into()]
            }),
        )?;
        Ok(())
    }

    fn write_decided(&self, tx: &mut Tx<'_>, own: &Value<'_>) -> Result<(), StoreError> {
        let own = *own;
        tx.insert(
            &MESSAGES,
            self.messages.iter().map(|row| {
                [
                    own,
                    row.message.into(),
                    row.customer.into(),
                    row.mode.into(),
                    Value::Text(&row.channels),
                    row.tone.into(),
                    row.class.into(),
                    Value::Text(&row.step),
                    Value::Bytes(&row.plan),
                    row.status.into(),
                    row.decided_at.into(),
                    row.due_at.into(),
                    Value::Int(0),
                ]
            }),
        )?;
        tx.insert(
            &DECISIONS,
            self.decisions.iter().map(|row| {
                [
                    own,
                    row.receivable.into(),
                    row.mode.into(),
                    Value::Text(&row.step),
                    row.cycle.into(),
                    row.occurrence.into(),
                    row.outcome.into(),
                    row.decided_at.into(),
                    row.message.into(),
                    row.rule.into(),
                    row.policy.into(),
                    row.seq.into(),
                ]
            }),
        )?;
        tx.insert(
            &EFFECTS,
            self.effects.iter().map(|row| {
                [
                    own,
                    row.receivable.into(),
                    row.mode.into(),
                    Value::Text(&row.step),
                    row.cycle.into(),
                    row.occurrence.into(),
                    row.customer.into(),
                    row.kind.into(),
                    Value::Text(&row.detail),
                    row.at.into(),
                    row.status.into(),
                ]
            }),
        )?;
        Ok(())
    }
}

/// An update that misses a row means that what was locked is gone.
fn changed(rows: u64, wanted: usize, table: &'static str) -> Result<(), StoreError> {
    if u64::try_from(wanted) == Ok(rows) { Ok(()) } else { Err(StoreError::Vanished { table, wanted, rows }) }
}

impl FactsRow {
    fn values(&self) -> [Value<'_>; 9] {
        [
            self.customer.into(),
            self.wake_at.into(),
            self.live.into(),
            self.awaits_source.into(),
            self.awaits_release.into(),
            Value::Bytes(&self.facts),
            self.seq.into(),
            Value::Bytes(&self.head),
            self.parked.as_deref().into(),
        ]
    }
}

impl ReceivableRow {
    fn values(&self) -> [Value<'_>; 13] {
        [
            self.receivable.into(),
            self.amount.into(),
            self.issued_on.into(),
            self.due_on.into(),
            self.method.into(),
            self.policy.into(),
            self.status.into(),
            self.balance.into(),
            self.entries.into(),
            self.entered_at.into(),
            self.closed_at.into(),
            self.resting.into(),
            Value::Bytes(&self.walk),
        ]
    }
}

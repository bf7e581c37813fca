//! Every table as `verify` compares it with what a replay of the log makes of it: rows in the order of their keys, a page
//! at a time, each column read as what it is.
//!
//! A column or table that is left out stands here with why, and a test holds this file against the schema: what is added
//! there is compared, or somebody has said why not.

use std::fmt;

use regua_core::ids::{ChargeId, CustomerId, HoldId, InvoiceId, KeyId, MessageId, PersonId, ReceivableId, SubscriptionId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Row, StoreError, Tx, Type, Value};
use crate::statements::Statement;

/// A table whose rows follow from the log.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// The columns of its key behind the tenant.
    pub key: &'static [(&'static str, Type)],
    /// The other columns that are compared.
    pub columns: &'static [(&'static str, Type)],
    /// Columns that are not, and why.
    pub left: &'static [(&'static str, &'static str)],
    sql: &'static str,
}

/// A row, with whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditRow {
    /// The customer, of a table that has customers' rows; nothing when the row has lost its receivable.
    pub owner: Option<[u8; 16]>,
    /// The key behind the tenant.
    pub key: Vec<Cell>,
    /// The other columns, in the order of [`Table::columns`].
    pub cells: Vec<Cell>,
}

/// What stands in a column.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// An id.
    Id([u8; 16]),
    /// A moment.
    At(Instant),
    /// A civil date.
    Date(Day),
    /// Bytes.
    Bytes(Vec<u8>),
}

macro_rules! expression {
    ($name:ident) => {
        concat!("t.", stringify!($name))
    };
    ($name:ident = $sql:literal) => {
        $sql
    };
}

/// A table: `of` says whose its rows are, `after` numbers the key's parameters and the page's.
macro_rules! table {
    ($const:ident = $table:ident, of $owner:literal $(in $join:literal)?, after $after:literal limit $limit:literal,
     key { $first:ident: $first_type:ident $(, $key:ident: $key_type:ident)* }
     columns { $($name:ident: $type:ident $(= $sql:literal)?),* $(,)? }
     left { $($left:ident: $why:literal),* $(,)? }) => {
        static $const: Table = Table {
            name: stringify!($table),
            key: &[(stringify!($first), Type::$first_type) $(, (stringify!($key), Type::$key_type))*],
            columns: &[$((stringify!($name), Type::$type)),*],
            left: &[$((stringify!($left), $why)),*],
            sql: concat!(
                "SELECT ", $owner, ", t.", stringify!($first) $(, ", t.", stringify!($key))* $(, ", ", expression!($name $(= $sql)?))*,
                " FROM ", stringify!($table), " t", $(" ", $join,)?
                " WHERE t.tenant = $1 AND (t.", stringify!($first) $(, ", t.", stringify!($key))*, ") > (", $after,
                ") ORDER BY t.", stringify!($first) $(, ", t.", stringify!($key))*, " LIMIT ", $limit
            ),
        };
    };
}

table!(TENANTS = tenants, of "t.tenant", after "$2" limit "$3",
    key { tenant: Id }
    columns { name: Text, mode: Text, redirect_to: Bytes, created_at: At, seq: Int, head: Bytes }
    left {});
table!(POLICIES = policies, of "t.tenant", after "$2" limit "$3",
    key { number: Int }
    columns { hash: Text, name: Text, body: Text, share_bp: Int, published_at: At }
    left {});
table!(PAUSES = pauses, of "t.tenant", after "$2" limit "$3",
    key { pause: Id }
    columns { filter: Text, reason: Text, from_at: At, until_at: At }
    left {});
table!(CUSTOMERS = customers, of "t.customer", after "$2" limit "$3",
    key { customer: Id }
    columns { external_id: Text, source: Text, profile: Bytes, created_at: At, erased_at: At }
    left {});
table!(KEYS = customer_keys, of "t.customer", after "$2" limit "$3",
    key { customer: Id }
    columns {}
    left { wrapped: "it is no fact: that it is the right one shows when it opens what the log has sealed" });
table!(FACTS = customer_facts, of "t.customer", after "$2" limit "$3",
key { customer: Id }
columns { live: Int, awaits_source: Bool, awaits_release: Bool, facts: Bytes, seq: Int, head: Bytes }
left {
    wake_at: "a customer may be woken for nothing, and a pass that changes nothing leaves no event",
    parked: "what went wrong with this program and this machine"
});
table!(RECEIVABLES = receivables, of "t.customer", after "$2" limit "$3",
    key { receivable: Id }
    columns {
        customer: Id, external_id: Text, currency: Text, amount: Int, issued_on: Date, due_on: Date, method: Text, policy: Int,
        status: Text, balance: Int, entries: Int, entered_at: At, closed_at: At, resting: Bool, walk: Bytes
    }
    left {});
table!(ENTRIES = ledger_entries, of "r.customer" in "LEFT JOIN receivables r ON r.tenant = t.tenant AND r.receivable = t.receivable",
    after "$2, $3" limit "$4",
    key { receivable: Id, number: Int }
    columns { kind: Text, amount: Int, counts_on: Date, known_at: At, origin: Int }
    left {});
table!(PAYMENTS = payments, of "r.customer" in "LEFT JOIN receivables r ON r.tenant = t.tenant AND r.receivable = t.receivable",
    after "$2, $3" limit "$4",
    key { receivable: Id, external_id: Text }
    columns { amount: Int, paid_on: Date, known_at: At }
    left {});
table!(ACCOUNTS = account_entries, of "t.customer", after "$2, $3" limit "$4",
    key { customer: Id, seq: Int }
    columns { currency: Text, kind: Text, amount: Int, receivable: Id, payment: Text, counts_on: Date, known_at: At }
    left {});
table!(DECISIONS = decisions, of "r.customer" in "LEFT JOIN receivables r ON r.tenant = t.tenant AND r.receivable = t.receivable",
    after "$2, $3, $4, $5, $6" limit "$7",
    key { receivable: Id, mode: Text, step: Text, cycle: Int, occurrence: Int }
    columns { outcome: Text, decided_at: At, message: Id, rule: Text, policy: Int, seq: Int }
    left {});
table!(MESSAGES = messages, of "t.customer", after "$2" limit "$3",
key { message: Id }
columns {
    customer: Id, mode: Text, channels: Text, tone: Text, class: Text, decided_at: At, finished_at: At,
    status: Text = "CASE WHEN t.status = 'sending' THEN 'queued' ELSE t.status END",
    channel: Text = "CASE WHEN t.status IN ('queued', 'sending') THEN NULL ELSE t.channel END",
    reply: Text = "CASE WHEN t.status IN ('queued', 'sending') THEN NULL ELSE t.reply END",
}
left {
    step: "an aid to list by: the first item of the plan, of older messages the first step by name",
    plan: "what the next look needs; that decisions name their message is compared, and what fell out of it",
    due_at: "when somebody looks next: the outbox's own",
    lease_until: "the outbox's own",
    tries: "the outbox's own: a try that may be tried again leaves no event"
});
table!(DROPPED = dropped_items, of "r.customer" in "LEFT JOIN receivables r ON r.tenant = t.tenant AND r.receivable = t.receivable",
    after "$2, $3, $4" limit "$5",
    key { message: Id, receivable: Id, step: Text }
    columns { reason: Text, at: At }
    left {});
table!(EFFECTS = effects, of "t.customer", after "$2, $3, $4, $5, $6" limit "$7",
    key { receivable: Id, mode: Text, step: Text, cycle: Int, occurrence: Int }
    columns { customer: Id, kind: Text, detail: Text, at: At, status: Text }
    left {});
table!(PLANS = plans, of "t.tenant", after "$2, $3" limit "$4",
    key { plan: Text, version: Int }
    columns { body: Text, published_at: At }
    left {});
table!(SUBSCRIPTIONS = subscriptions, of "t.customer", after "$2" limit "$3",
    key { subscription: Id }
    columns {
        customer: Id, external_id: Text, plan: Text, method: Text, bill_at: At, renews_on: Date, created_at: At, body: Bytes
    }
    left { parked: "what went wrong with this program and this machine" });
table!(INVOICES = invoices, of "t.customer", after "$2" limit "$3",
    key { invoice: Id }
    columns {
        customer: Id, subscription: Id, key: Text, kind: Text, currency: Text, total: Int, credit_left: Int, issued_on: Date,
        due_on: Date, voided_at: At, body: Text, created_at: At
    }
    left {});
table!(PARTS = invoice_receivables, of "i.customer" in "LEFT JOIN invoices i ON i.tenant = t.tenant AND i.invoice = t.invoice",
    after "$2, $3" limit "$4",
    key { invoice: Id, number: Int }
    columns { receivable: Id }
    left {});
table!(BANK_ACCOUNTS = bank_accounts, of "t.tenant", after "$2" limit "$3",
key { account: Text }
columns { body: Text, added_at: At }
left {
    next_number: "a count that only goes on: a number that is taken is a key of `slips`",
    next_file: "a count that only goes on"
});
table!(SLIPS = slips, of "t.customer", after "$2, $3" limit "$4",
    key { account: Text, number: Text }
    columns { receivable: Id, customer: Id, amount: Int, due_on: Date, issued_at: At, file: Int, status: Text }
    left {});
table!(CHARGES = charges, of "t.customer", after "$2" limit "$3",
key { charge: Id }
columns {
    customer: Id, receivable: Id, gateway: Text, method: Id, scheme: Text, credential: Id, trigger: Text, step: Text, cycle: Int,
    occurrence: Int, retry: Int, series: Id, currency: Text, ordered_at: At, finished_at: At, reason: Text,
    status: Text = "CASE WHEN t.status IN ('sending', 'pending', 'unknown') THEN 'ordered' ELSE t.status END",
    // What a last look, a first byte or an answer changes is an event once the attempt has ended.
    amount: Int = "CASE WHEN t.status IN ('ordered', 'sending', 'pending', 'unknown') THEN NULL ELSE t.amount END",
    discount: Int = "CASE WHEN t.status IN ('ordered', 'sending', 'pending', 'unknown') THEN NULL ELSE t.discount END",
    sent_at: At = "CASE WHEN t.status IN ('ordered', 'sending', 'pending', 'unknown') THEN NULL ELSE t.sent_at END",
    reference: Text = "CASE WHEN t.status IN ('ordered', 'sending', 'pending', 'unknown') THEN NULL ELSE t.reference END",
}
left {
    due_at: "when somebody looks next: the sender's own",
    tries: "the sender's own: a call that may be made again leaves no event",
    signals: "codes as the gateway wrote them; what they mean, the reason, is compared",
    said: "the gateway's own words, which may hold anything",
    propensity: "how the moment of a retry was drawn: weights learnt since would draw another; the moment is a fact, which is compared",
    features: "what the chooser saw, kept to learn from"
});
table!(PEOPLE = people, of "t.tenant", after "$2" limit "$3",
key { person: Id }
columns { role: Text, limit_minor: Int, founder: Int, created_at: At, disabled_at: At }
left {
    email: "of a person: the log names people by id only",
    name: "of a person, as above",
    password: "a secret's hash: the log says when it was changed",
    totp: "a sealed secret: the log says when it was confirmed and removed",
    totp_at: "as above",
    totp_step: "which codes were used up"
});
table!(API_KEYS = api_keys, of "t.tenant", after "$2" limit "$3",
key { api_key: Id }
columns { scopes: Text, limit_minor: Int, person: Id, made_at: At, expires_at: At, revoked_at: At }
left {
    name: "what people call it: it decides nothing",
    hash: "a secret's hash: the log says when it was changed",
    old_hash: "as above",
    old_until: "until when the secret before counts, which the log says where it was changed",
    used_at: "when it was last used"
});

/// Every table that is compared.
pub static TABLES: &[&Table] = &[
    &TENANTS,
    &POLICIES,
    &PAUSES,
    &CUSTOMERS,
    &KEYS,
    &FACTS,
    &RECEIVABLES,
    &ENTRIES,
    &PAYMENTS,
    &ACCOUNTS,
    &DECISIONS,
    &MESSAGES,
    &DROPPED,
    &EFFECTS,
    &PLANS,
    &SUBSCRIPTIONS,
    &INVOICES,
    &PARTS,
    &BANK_ACCOUNTS,
    &SLIPS,
    &CHARGES,
    &PEOPLE,
    &API_KEYS,
];

/// Tables that are not compared row by row, and why.
pub const LEFT: &[(&str, &str)] = &[
    ("events", "the log itself: its chains are checked"),
    ("letters", "what was sent; no replay can make it again"),
    ("log_pages", "checked against the log"),
    ("day_roots", "checked against the pages, and against the tenant's chain"),
    ("sources", "only says when each was read; that a customer's is there is a foreign key"),
    ("bank_files", "which files were read, so that none is read twice"),
    ("bank_lines", "what banks told, each line once; what followed from it is in the log"),
    ("customer_marks", "an index of profiles, which are compared; what is missing is only found less"),
    ("inbox", "what was read from mailboxes, so that it is not read twice; what followed from it is in the log"),
    ("gateways", "which there are and up to where each was read: settings and a place, no facts"),
    ("gateway_customers", "what gateways call customers: asked of them again when it is missing"),
    ("methods", "what gateways hold for customers; what followed from it is in the log"),
    ("instruments", "what waits for payers, as outbox entries; what followed from it is in the log"),
    ("gateway_payments", "what gateways took, each once; what it paid stands in the ledger, which is compared"),
    ("refunds", "what goes back, as outbox entries; what it took stands in the ledger, which is compared"),
    ("carriages", "what carriers call messages and how far each came, as they told; what followed from it is in the log"),
    ("opens", "which e-mails were seen to be opened; that one was is in the log"),
    ("soft_bounces", "counts mails that an address did not take; what followed is in the log"),
    ("replies", "what people wrote, once each: its words are in the log, sealed"),
    ("conversations", "when an address wrote last: an aid to what a channel allows"),
    ("suppressions", "addresses that are left alone: who added and lifted one is in the log, and their marks alone stand here"),
    ("reached", "whom a channel reached within a day, as its carrier counts"),
    ("channel_states", "what carriers tell of templates and numbers: asked of them again when it is missing"),
    ("webhooks", "what gateways told, each once; what followed from it is in the log"),
    ("mirrored", "what another system told of its objects; what followed from it is in the log"),
    ("unmapped_codes", "counts what nobody has a meaning for"),
    ("timings", "weights learnt from attempts: an aid to choose by, no facts"),
    ("people_tokens", "open invitations and resets; that they were made and used is in the log"),
    ("people_recovery", "codes that are left; that one was used is in the log"),
    ("people_identities", "what other systems call people: the log says when one was linked, not its name there"),
    ("people_failures", "counts failed sign-ins for as long as they matter"),
    ("sessions", "who is signed in now: the log says when they came"),
    ("feeds", "how far each feed goes"),
    ("feed", "the log once more, as it is told outside, in an order of its own"),
    ("endpoints", "settings; who changed them and where they stood is in the tenant's chain"),
    ("deliveries", "what goes to endpoints, as outbox entries; what they say is in the feed"),
    ("requests", "answers that are given again for a day"),
    ("held_acts", "what waits for a second person: its steps are in the tenant's chain, what was asked for is forgotten some day"),
    ("brands", "settings; verify compares each with the digest that the tenant's chain says"),
    ("template_texts", "settings; verify compares each with the digest that the tenant's chain says"),
    ("in_app_secrets", "secrets that companies' own servers sign with, sealed; that one was made or ended is in the company's chain"),
    ("in_app_seen", "what customers put away in an app: it says nothing of money, and is asked again the next day"),
    ("customer_links", "what takes links back and how often new ones were asked for; that they were taken back is in the customer's chain"),
    ("link_letters", "links on their way, as outbox entries: they say nothing that is kept"),
    ("customer_requests", "what waits for a person; that it was asked, and in which words, is in the customer's chain"),
    ("tasks", "what waits for people: that it was asked for, and what was done about it, is in customers' chains"),
    ("customer_notes", "what people noted, sealed; that and what was noted is in the customer's chain, gone when they are erased"),
    ("names_to_mark", "how far names were marked, which is done again from the start without harm"),
    ("saved_views", "how people look at lists: nothing of money or of customers"),
    ("customer_files", "what customers sent with it, sealed; gone when they are erased"),
    ("regua_migration", "the steps of the schema, checked whenever a database is opened"),
];

const BALANCES: &str = "
    SELECT receivable, currency, balance, entries FROM receivables
     WHERE tenant = $1 AND receivable > $2
     ORDER BY receivable LIMIT $3";
const SUMS: &str = "
    SELECT receivable, kind, CAST(SUM(amount) AS BIGINT), COUNT(*) FROM ledger_entries
     WHERE tenant = $1 AND receivable > $2 AND receivable <= $3
     GROUP BY receivable, kind
     ORDER BY receivable, kind";

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("audit.tenants", TENANTS.sql),
    ("audit.policies", POLICIES.sql),
    ("audit.pauses", PAUSES.sql),
    ("audit.customers", CUSTOMERS.sql),
    ("audit.keys", KEYS.sql),
    ("audit.facts", FACTS.sql),
    ("audit.receivables", RECEIVABLES.sql),
    ("audit.entries", ENTRIES.sql),
    ("audit.payments", PAYMENTS.sql),
    ("audit.accounts", ACCOUNTS.sql),
    ("audit.decisions", DECISIONS.sql),
    ("audit.messages", MESSAGES.sql),
    ("audit.dropped", DROPPED.sql),
    ("audit.effects", EFFECTS.sql),
    ("audit.plans", PLANS.sql),
    ("audit.subscriptions", SUBSCRIPTIONS.sql),
    ("audit.invoices", INVOICES.sql),
    ("audit.parts", PARTS.sql),
    ("audit.bank_accounts", BANK_ACCOUNTS.sql),
    ("audit.slips", SLIPS.sql),
    ("audit.charges", CHARGES.sql),
    ("audit.people", PEOPLE.sql),
    ("audit.api_keys", API_KEYS.sql),
    ("audit.balances", BALANCES),
    ("audit.sums", SUMS),
];

impl Table {
    /// Up to `limit` rows behind a key, in the order of keys; from the first without one.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn page(&'static self, tx: &mut Tx<'_>, own: TenantId, after: Option<&[Cell]>, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        let least: Vec<Cell> = self.key.iter().map(|(_, kind)| Cell::least(*kind)).collect();
        let mut values: Vec<Value<'_>> = vec![own.into()];
        values.extend(after.unwrap_or(&least).iter().map(Cell::value));
        values.push(limit.into());
        tx.rows(self.sql, &values, |row| {
            let width = self.key.len();
            let kinds = self.key.iter().chain(self.columns).map(|(_, kind)| *kind);
            let mut cells = kinds.zip(1..).map(|(kind, column)| Cell::read(row, column, kind)).collect::<Result<Vec<_>, _>>()?;
            let rest = cells.split_off(width);
            Ok(AuditRow { owner: row.opt_id(0)?, key: cells, cells: rest })
        })
    }

    /// A row's key as people read it.
    #[must_use]
    pub fn name_of(&self, row: &AuditRow) -> String {
        let parts = self
            .key
            .iter()
            .zip(&row.key)
            .map(|((name, _), cell)| if let Cell::Id(id) = cell { id_text(name, id) } else { format!("{name} {cell}") });
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// An id with the prefix of what its column names.
fn id_text(column: &str, id: &[u8; 16]) -> String {
    let text = match column {
        "tenant" => TenantId::from_bytes(*id).map(|id| id.to_string()),
        "customer" => CustomerId::from_bytes(*id).map(|id| id.to_string()),
        "receivable" => ReceivableId::from_bytes(*id).map(|id| id.to_string()),
        "message" => MessageId::from_bytes(*id).map(|id| id.to_string()),
        "charge" => ChargeId::from_bytes(*id).map(|id| id.to_string()),
        "subscription" => SubscriptionId::from_bytes(*id).map(|id| id.to_string()),
        "invoice" => InvoiceId::from_bytes(*id).map(|id| id.to_string()),
        "person" => PersonId::from_bytes(*id).map(|id| id.to_string()),
        "api_key" => KeyId::from_bytes(*id).map(|id| id.to_string()),
        "pause" => HoldId::from_bytes(*id).map(|id| id.to_string()),
        _ => return format!("{column} {}", Cell::Id(*id)),
    };
    text.unwrap_or_else(|_| format!("{column} {}", Cell::Id(*id)))
}

impl Cell {
    fn read(row: &Row<'_>, column: usize, kind: Type) -> Result<Self, StoreError> {
        Ok(match kind {
            Type::Id => row.opt_id(column)?.map(Self::Id),
            Type::Int => row.opt_int(column)?.map(Self::Int),
            Type::Text | Type::Json => row.opt_text(column)?.map(Self::Text),
            Type::Bool => row.opt_bool(column)?.map(Self::Bool),
            Type::At => row.opt_at(column)?.map(Self::At),
            Type::Date => row.opt_date(column)?.map(Self::Date),
            Type::Bytes => row.opt_bytes(column)?.map(Self::Bytes),
        }
        .unwrap_or(Self::Null))
    }

    /// What comes before every value of a kind that a key has.
    const fn least(kind: Type) -> Self {
        match kind {
            Type::Id => Self::Id([0; 16]),
            Type::Int => Self::Int(i64::MIN),
            Type::Bool => Self::Bool(false),
            Type::At => Self::At(Instant::DAWN),
            Type::Date => Self::Date(Day::MIN),
            Type::Bytes => Self::Bytes(Vec::new()),
            Type::Text | Type::Json => Self::Text(String::new()),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(int) => Value::Int(*int),
            Self::Text(text) => Value::Text(text),
            Self::Bool(is) => Value::Bool(*is),
            Self::Id(id) => Value::Id(*id),
            Self::At(at) => Value::At(*at),
            Self::Date(day) => Value::Date(*day),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}

/// Bytes are named by their number only: they may be sealed, or long.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Int(int) => write!(f, "{int}"),
            Self::Text(text) => write!(f, "`{text}`"),
            Self::Bool(is) => write!(f, "{is}"),
            Self::Id(id) => id.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::At(at) => f.write_str(&regua_core::time::Zone::utc().rfc3339(*at)),
            Self::Date(day) => write!(f, "{day}"),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// A receivable's balance beside the sums of its ledger, in minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SumRow {
    /// Which.
    pub receivable: ReceivableId,
    /// ISO 4217.
    pub currency: String,
    /// The balance of its row.
    pub balance: i64,
    /// The number of entries of its row.
    pub entries: i64,
    /// The sum of its entries.
    pub sum: i64,
    /// How many entries there are.
    pub count: i64,
    /// What was billed.
    pub billed: i64,
}

/// The sums of the next `limit` receivables after one.
///
/// # Errors
/// Whatever the database says.
pub fn sums(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<SumRow>, StoreError> {
    let mut rows = tx.rows(BALANCES, &[own.into(), Value::Id(after), limit.into()], |row| {
        let (receivable, currency) = (crate::due::receivable(row, 0)?, row.text(1)?);
        let (balance, entries) = (row.int(2)?, row.int(3)?);
        Ok(SumRow { receivable, currency, balance, entries, sum: 0, count: 0, billed: 0 })
    })?;
    let Some(last) = rows.last().map(|row| row.receivable.to_bytes()) else { return Ok(rows) };
    let mut at = 0;
    tx.each(SUMS, &[own.into(), Value::Id(after), Value::Id(last)], |row| {
        let (receivable, amount) = (crate::due::receivable(row, 0)?, row.int(2)?);
        while rows.get(at).is_some_and(|known| known.receivable < receivable) {
            at += 1;
        }
        // Entries without a receivable are found where tables are compared.
        let Some(known) = rows.get_mut(at).filter(|known| known.receivable == receivable) else { return Ok(()) };
        known.sum += amount;
        known.count += row.int(3)?;
        if row.text(1)? == "charge" {
            known.billed += amount;
        }
        Ok(())
    })?;
    Ok(rows)
}

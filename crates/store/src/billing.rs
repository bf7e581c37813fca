//! Plans, subscriptions and invoices: what is due to be billed, what is loaded for it, and what is written after.
//!
//! That a period is billed once is the unique key of an invoice. Deliberately absent: locks of its own: whoever changes a
//! subscription holds its customer's row, as for everything else.

use regua_core::ids::{CustomerId, InvoiceId, ReceivableId, SubscriptionId, TenantId};
use regua_core::time::{Day, Instant};

use crate::db::{Insert, Row, StoreError, Tx, Type, Value};
use crate::due::{customer, receivable, tenant};
use crate::statements::Statement;

/// A version of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredPlan {
    /// Its key.
    pub plan: String,
    /// Its place among the versions, from 1.
    pub version: i64,
    /// The plan, JSON.
    pub body: String,
    /// When it was published.
    pub published_at: Instant,
}

/// A subscription as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubscriptionRow {
    /// Which.
    pub subscription: SubscriptionId,
    /// Whose.
    pub customer: CustomerId,
    /// The caller's name for it.
    pub external_id: String,
    /// The key of its plan.
    pub plan: String,
    /// The rail on which its receivables are expected.
    pub method: Option<String>,
    /// When a document is due next.
    pub bill_at: Instant,
    /// The next renewal.
    pub renews_on: Option<Day>,
    /// When it became known.
    pub created_at: Instant,
    /// All of it, saved.
    pub body: Vec<u8>,
}

/// A document of a subscription as stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoiceRow {
    /// Which.
    pub invoice: InvoiceId,
    /// Whose.
    pub customer: CustomerId,
    /// Of which subscription.
    pub subscription: SubscriptionId,
    /// What makes it the only one.
    pub key: String,
    /// `invoice` or `credit`.
    pub kind: String,
    /// ISO 4217.
    pub currency: String,
    /// Minor units; below zero for a credit.
    pub total: i64,
    /// What of a credit was not applied yet.
    pub credit_left: i64,
    /// The day of issue.
    pub issued_on: Day,
    /// When it is due first.
    pub due_on: Day,
    /// When it was taken back.
    pub voided_at: Option<Instant>,
    /// The document, JSON.
    pub body: String,
    /// When it was made.
    pub created_at: Instant,
}

/// A part of an invoice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PartRow {
    /// Of which.
    pub invoice: InvoiceId,
    /// Its place, from 1.
    pub number: i64,
    /// What it is to the rule.
    pub receivable: ReceivableId,
}

/// A part of an invoice with where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartState {
    /// Of which.
    pub invoice: InvoiceId,
    /// What it is to the rule.
    pub receivable: ReceivableId,
    /// Open, or how it ended.
    pub status: String,
    /// What is open of it, in minor units.
    pub balance: i64,
}

/// A credit that was not applied to receivables as a whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenCredit {
    /// Which document.
    pub invoice: InvoiceId,
    /// Of which subscription.
    pub subscription: SubscriptionId,
    /// ISO 4217.
    pub currency: String,
    /// What is left of it, in minor units.
    pub left: i64,
}

/// What billing writes in one transaction, besides the rows of its batch, which come first.
#[derive(Clone, Debug, Default)]
pub struct BillingRows {
    /// Subscriptions that begin.
    pub begun: Vec<SubscriptionRow>,
    /// Subscriptions that changed.
    pub changed: Vec<SubscriptionRow>,
    /// Documents.
    pub invoices: Vec<InvoiceRow>,
    /// Their parts.
    pub parts: Vec<PartRow>,
    /// What is left of credits that were there before.
    pub credits: Vec<(InvoiceId, i64)>,
    /// Documents that are taken back.
    pub voided: Vec<(InvoiceId, Instant)>,
}

/// The columns that say what a subscription is.
macro_rules! subscription {
    ($rest:literal) => {
        concat!("SELECT subscription, customer, external_id, plan, method, bill_at, renews_on, created_at, body FROM subscriptions ", $rest)
    };
}
/// The columns that say what an invoice is.
macro_rules! invoice {
    ($rest:literal) => {
        concat!(
            "SELECT invoice, customer, subscription, key, kind, currency, total, credit_left, issued_on, due_on, voided_at, body,
                    created_at FROM invoices ",
            $rest
        )
    };
}

const CLAIM: &str = "
    SELECT s.tenant, s.customer FROM subscriptions s
      JOIN customer_facts f ON f.tenant = s.tenant AND f.customer = s.customer
     WHERE s.bill_at <= $1 AND s.parked IS NULL
     ORDER BY s.bill_at, s.tenant, s.customer
     LIMIT $2 /*+skip_locked of f*/";
const NEXT: &str = "SELECT bill_at FROM subscriptions WHERE parked IS NULL ORDER BY bill_at LIMIT 1";
const DUE: &str =
    subscription!("WHERE tenant = $1 AND customer IN /*+list*/ ($2) AND bill_at <= $3 AND parked IS NULL ORDER BY customer, external_id");
const OF_CUSTOMERS: &str = subscription!("WHERE tenant = $1 AND customer IN /*+list*/ ($2) ORDER BY customer, external_id");
const ONE: &str = subscription!("WHERE tenant = $1 AND subscription = $2");
const NAMED: &str = subscription!("WHERE tenant = $1 AND external_id = $2");
const PAGE: &str = subscription!("WHERE tenant = $1 AND subscription > $2 ORDER BY subscription LIMIT $3");
const REST: &str = "UPDATE subscriptions SET bill_at = $3 WHERE tenant = $1 AND customer = $2";
const PARK: &str = "
    UPDATE subscriptions SET parked = $4 WHERE tenant = $1 AND customer = $2 AND bill_at <= $3 AND parked IS NULL";
const PARKED: &str = "
    SELECT external_id, parked FROM subscriptions
     WHERE tenant = $1 AND parked IS NOT NULL
     ORDER BY subscription LIMIT $2";
const UNPARK: &str = "
    UPDATE subscriptions SET parked = NULL WHERE tenant = $1 AND external_id = $2 AND parked IS NOT NULL";
const LATEST: &str = "
    SELECT plan, version, body, published_at FROM plans
     WHERE tenant = $1 AND plan = $2
     ORDER BY version DESC LIMIT 1";
const PLANS: &str = "SELECT plan, version, body, published_at FROM plans WHERE tenant = $1 ORDER BY plan, version";
const ADD_PLAN: &str = "INSERT INTO plans (tenant, plan, version, body, published_at) VALUES ($1, $2, $3, $4, $5)";
const INVOICE: &str = invoice!("WHERE tenant = $1 AND invoice = $2");
const INVOICE_NAMED: &str = invoice!("WHERE tenant = $1 AND key = $2");
const INVOICE_OF_PART: &str = "
    SELECT i.key FROM invoice_receivables p
      JOIN invoices i ON i.tenant = p.tenant AND i.invoice = p.invoice
     WHERE p.tenant = $1 AND p.receivable = $2";
const INVOICES_OF: &str = invoice!("WHERE tenant = $1 AND customer = $2 ORDER BY created_at, key");
const INVOICES_PAGE: &str = invoice!("WHERE tenant = $1 AND invoice > $2 ORDER BY invoice LIMIT $3");
const CREDITS: &str = "
    SELECT invoice, subscription, currency, credit_left FROM invoices
     WHERE tenant = $1 AND subscription IN /*+list*/ ($2) AND credit_left > 0
     ORDER BY subscription, invoice";
const PARTS: &str = "
    SELECT p.invoice, p.receivable, r.status, r.balance FROM invoice_receivables p
      JOIN receivables r ON r.tenant = p.tenant AND r.receivable = p.receivable
     WHERE p.tenant = $1 AND p.invoice IN /*+list*/ ($2)
     ORDER BY p.invoice, p.number";
const UPDATE_SUBSCRIPTIONS: &str = "
    UPDATE subscriptions SET plan = v.plan, method = v.method, bill_at = v.bill_at, renews_on = v.renews_on, body = v.body,
           parked = NULL
      FROM /*+rows: subscription id, plan text, method text, bill_at at, renews_on date, body bytes*/ AS v
     WHERE subscriptions.tenant = $1 AND subscriptions.subscription = v.subscription";
const UPDATE_CREDITS: &str = "
    UPDATE invoices SET credit_left = v.credit_left FROM /*+rows: invoice id, credit_left int*/ AS v
     WHERE invoices.tenant = $1 AND invoices.invoice = v.invoice";
const VOID: &str = "
    UPDATE invoices SET voided_at = v.voided_at FROM /*+rows: invoice id, voided_at at*/ AS v
     WHERE invoices.tenant = $1 AND invoices.invoice = v.invoice";

static SUBSCRIPTIONS: Insert = Insert::new(
    "subscriptions",
    &[
        ("tenant", Type::Id),
        ("subscription", Type::Id),
        ("customer", Type::Id),
        ("external_id", Type::Text),
        ("plan", Type::Text),
        ("method", Type::Text),
        ("bill_at", Type::At),
        ("renews_on", Type::Date),
        ("created_at", Type::At),
        ("body", Type::Bytes),
    ],
);
static INVOICES: Insert = Insert::new(
    "invoices",
    &[
        ("tenant", Type::Id),
        ("invoice", Type::Id),
        ("customer", Type::Id),
        ("subscription", Type::Id),
        ("key", Type::Text),
        ("kind", Type::Text),
        ("currency", Type::Text),
        ("total", Type::Int),
        ("credit_left", Type::Int),
        ("issued_on", Type::Date),
        ("due_on", Type::Date),
        ("voided_at", Type::At),
        ("body", Type::Text),
        ("created_at", Type::At),
    ],
);
static INVOICE_RECEIVABLES: Insert =
    Insert::new("invoice_receivables", &[("tenant", Type::Id), ("invoice", Type::Id), ("number", Type::Int), ("receivable", Type::Id)]);

/// What this file prepares.
pub(crate) const STATEMENTS: &[Statement] = &[
    ("billing.claim", CLAIM),
    ("billing.next", NEXT),
    ("billing.due", DUE),
    ("billing.of_customers", OF_CUSTOMERS),
    ("billing.one", ONE),
    ("billing.named", NAMED),
    ("billing.page", PAGE),
    ("billing.rest", REST),
    ("billing.park", PARK),
    ("billing.parked", PARKED),
    ("billing.unpark", UNPARK),
    ("billing.latest", LATEST),
    ("billing.plans", PLANS),
    ("billing.add_plan", ADD_PLAN),
    ("billing.invoice", INVOICE),
    ("billing.invoice_named", INVOICE_NAMED),
    ("billing.invoice_of_part", INVOICE_OF_PART),
    ("billing.invoices_of", INVOICES_OF),
    ("billing.invoices_page", INVOICES_PAGE),
    ("billing.credits", CREDITS),
    ("billing.parts", PARTS),
    ("billing.update_subscriptions", UPDATE_SUBSCRIPTIONS),
    ("billing.update_credits", UPDATE_CREDITS),
    ("billing.void", VOID),
];

/// What this file writes in bulk.
pub(crate) const INSERTS: &[&Insert] = &[&SUBSCRIPTIONS, &INVOICES, &INVOICE_RECEIVABLES];

/// Takes up to `limit` subscriptions whose time has come and locks their customers; each customer once, by tenant and id.
///
/// It is the customer's row that is locked and skipped, so nobody waits for a billing run, and it for nobody. Another worker may
/// have billed one in between: look at what is due again under the lock. Call it in the scope of the claim.
///
/// # Errors
/// Whatever the database says.
pub fn claim(tx: &mut Tx<'_>, now: Instant, limit: i64) -> Result<Vec<(TenantId, CustomerId)>, StoreError> {
    let mut claimed = tx.rows(CLAIM, &[now.into(), limit.into()], |row| Ok((tenant(row, 0)?, customer(row, 1)?)))?;
    claimed.sort_unstable();
    claimed.dedup();
    Ok(claimed)
}

/// When the next document of any tenant is due; [`Instant::NEVER`] when none is.
///
/// # Errors
/// Whatever the database says.
pub fn next(tx: &mut Tx<'_>) -> Result<Instant, StoreError> {
    Ok(tx.one(NEXT, &[], |row| row.at(0))?.unwrap_or(Instant::NEVER))
}

/// The customers' subscriptions whose time has come, by customer and external id.
///
/// # Errors
/// Whatever the database says.
pub fn due(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]], now: Instant) -> Result<Vec<SubscriptionRow>, StoreError> {
    tx.rows(DUE, &[own.into(), Value::List(customers), now.into()], subscription_row)
}

/// All subscriptions of customers, by customer and external id.
///
/// # Errors
/// Whatever the database says.
pub fn of_customers(tx: &mut Tx<'_>, own: TenantId, customers: &[[u8; 16]]) -> Result<Vec<SubscriptionRow>, StoreError> {
    tx.rows(OF_CUSTOMERS, &[own.into(), Value::List(customers)], subscription_row)
}

/// A subscription.
///
/// # Errors
/// Whatever the database says.
pub fn one(tx: &mut Tx<'_>, own: TenantId, id: SubscriptionId) -> Result<Option<SubscriptionRow>, StoreError> {
    tx.one(ONE, &[own.into(), id.into()], subscription_row)
}

/// The subscription that its caller names so.
///
/// # Errors
/// Whatever the database says.
pub fn named(tx: &mut Tx<'_>, own: TenantId, external_id: &str) -> Result<Option<SubscriptionRow>, StoreError> {
    tx.one(NAMED, &[own.into(), Value::Text(external_id)], subscription_row)
}

/// The next `limit` subscriptions after an id.
///
/// # Errors
/// Whatever the database says.
pub fn page(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<SubscriptionRow>, StoreError> {
    tx.rows(PAGE, &[own.into(), Value::Id(after), limit.into()], subscription_row)
}

/// Nothing of a customer is billed any more.
///
/// # Errors
/// Whatever the database says.
pub fn rest(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<u64, StoreError> {
    tx.execute(REST, &[own.into(), id.into(), Instant::NEVER.into()])
}

/// Sets what is due of a customer aside with why: nothing of it is billed until it is changed.
///
/// # Errors
/// Whatever the database says.
pub fn park(tx: &mut Tx<'_>, own: TenantId, id: CustomerId, now: Instant, why: &str) -> Result<u64, StoreError> {
    tx.execute(PARK, &[own.into(), id.into(), now.into(), Value::Text(why)])
}

/// Subscriptions that are set aside, each with why.
///
/// # Errors
/// Whatever the database says.
pub fn parked(tx: &mut Tx<'_>, own: TenantId, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    tx.rows(PARKED, &[own.into(), limit.into()], |row| Ok((row.text(0)?, row.text(1)?)))
}

/// Lets a subscription that is set aside be billed again; whether it was.
///
/// # Errors
/// Whatever the database says.
pub fn unpark(tx: &mut Tx<'_>, own: TenantId, external_id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute(UNPARK, &[own.into(), Value::Text(external_id)])? > 0)
}

/// The newest version of a plan.
///
/// # Errors
/// Whatever the database says.
pub fn latest(tx: &mut Tx<'_>, own: TenantId, plan: &str) -> Result<Option<StoredPlan>, StoreError> {
    tx.one(LATEST, &[own.into(), Value::Text(plan)], plan_row)
}

/// Every version of every plan.
///
/// # Errors
/// Whatever the database says.
pub fn plans(tx: &mut Tx<'_>, own: TenantId) -> Result<Vec<StoredPlan>, StoreError> {
    tx.rows(PLANS, &[own.into()], plan_row)
}

/// Adds a version of a plan.
///
/// # Errors
/// [`StoreError::Unique`] when the version is there already.
pub fn add_plan(tx: &mut Tx<'_>, own: TenantId, new: &StoredPlan) -> Result<(), StoreError> {
    let values = [own.into(), Value::Text(&new.plan), new.version.into(), Value::Text(&new.body), new.published_at.into()];
    tx.execute(ADD_PLAN, &values).map(drop)
}

/// An invoice.
///
/// # Errors
/// Whatever the database says.
pub fn invoice(tx: &mut Tx<'_>, own: TenantId, id: InvoiceId) -> Result<Option<InvoiceRow>, StoreError> {
    tx.one(INVOICE, &[own.into(), id.into()], invoice_row)
}

/// The invoice with a key.
///
/// # Errors
/// Whatever the database says.
pub fn invoice_named(tx: &mut Tx<'_>, own: TenantId, key: &str) -> Result<Option<InvoiceRow>, StoreError> {
    tx.one(INVOICE_NAMED, &[own.into(), Value::Text(key)], invoice_row)
}

/// The key of the invoice of which a receivable is a part; none when it was not billed here.
///
/// # Errors
/// Whatever the database says.
pub fn invoice_of_part(tx: &mut Tx<'_>, own: TenantId, part: ReceivableId) -> Result<Option<String>, StoreError> {
    tx.one(INVOICE_OF_PART, &[own.into(), part.into()], |row| row.text(0))
}

/// A customer's invoices, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn invoices_of(tx: &mut Tx<'_>, own: TenantId, id: CustomerId) -> Result<Vec<InvoiceRow>, StoreError> {
    tx.rows(INVOICES_OF, &[own.into(), id.into()], invoice_row)
}

/// The next `limit` invoices after an id.
///
/// # Errors
/// Whatever the database says.
pub fn invoices_page(tx: &mut Tx<'_>, own: TenantId, after: [u8; 16], limit: i64) -> Result<Vec<InvoiceRow>, StoreError> {
    tx.rows(INVOICES_PAGE, &[own.into(), Value::Id(after), limit.into()], invoice_row)
}

/// Credits of subscriptions that are not used up, oldest first.
///
/// # Errors
/// Whatever the database says.
pub fn credits(tx: &mut Tx<'_>, own: TenantId, subscriptions: &[[u8; 16]]) -> Result<Vec<OpenCredit>, StoreError> {
    tx.rows(CREDITS, &[own.into(), Value::List(subscriptions)], |row| {
        Ok(OpenCredit { invoice: invoice_id(row, 0)?, subscription: subscription_id(row, 1)?, currency: row.text(2)?, left: row.int(3)? })
    })
}

/// The parts of invoices with where they stand, in their order.
///
/// # Errors
/// Whatever the database says.
pub fn parts(tx: &mut Tx<'_>, own: TenantId, invoices: &[[u8; 16]]) -> Result<Vec<PartState>, StoreError> {
    tx.rows(PARTS, &[own.into(), Value::List(invoices)], |row| {
        Ok(PartState { invoice: invoice_id(row, 0)?, receivable: receivable(row, 1)?, status: row.text(2)?, balance: row.int(3)? })
    })
}

fn plan_row(row: &Row<'_>) -> Result<StoredPlan, StoreError> {
    Ok(StoredPlan { plan: row.text(0)?, version: row.int(1)?, body: row.text(2)?, published_at: row.at(3)? })
}

pub(crate) fn subscription_row(row: &Row<'_>) -> Result<SubscriptionRow, StoreError> {
    Ok(SubscriptionRow {
        subscription: subscription_id(row, 0)?,
        customer: customer(row, 1)?,
        external_id: row.text(2)?,
        plan: row.text(3)?,
        method: row.opt_text(4)?,
        bill_at: row.at(5)?,
        renews_on: row.opt_date(6)?,
        created_at: row.at(7)?,
        body: row.bytes(8)?,
    })
}

pub(crate) fn invoice_row(row: &Row<'_>) -> Result<InvoiceRow, StoreError> {
    Ok(InvoiceRow {
        invoice: invoice_id(row, 0)?,
        customer: customer(row, 1)?,
        subscription: subscription_id(row, 2)?,
        key: row.text(3)?,
        kind: row.text(4)?,
        currency: row.text(5)?,
        total: row.int(6)?,
        credit_left: row.int(7)?,
        issued_on: row.date(8)?,
        due_on: row.date(9)?,
        voided_at: row.opt_at(10)?,
        body: row.text(11)?,
        created_at: row.at(12)?,
    })
}

fn subscription_id(row: &Row<'_>, column: usize) -> Result<SubscriptionId, StoreError> {
    SubscriptionId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of a subscription", "another"))
}

fn invoice_id(row: &Row<'_>, column: usize) -> Result<InvoiceId, StoreError> {
    InvoiceId::from_bytes(row.id(column)?).map_err(|_bad| row.bad(column, "the id of an invoice", "another"))
}

impl BillingRows {
    /// Writes all of it. The customers and receivables that it names must be there.
    ///
    /// # Errors
    /// [`StoreError::Unique`] when a document would be made twice; [`StoreError::Vanished`]; whatever else the database says.
    pub fn write(&self, tx: &mut Tx<'_>, own: TenantId) -> Result<(), StoreError> {
        let own = Value::from(own);
        tx.insert(
            &SUBSCRIPTIONS,
            self.begun.iter().map(|row| {
                [
                    own,
                    row.subscription.into(),
                    row.customer.into(),
                    Value::Text(&row.external_id),
                    Value::Text(&row.plan),
                    row.method.as_deref().into(),
                    row.bill_at.into(),
                    row.renews_on.into(),
                    row.created_at.into(),
                    Value::Bytes(&row.body),
                ]
            }),
        )?;
        let rows = self.changed.iter().map(|row| {
            [
                row.subscription.into(),
                Value::Text(&row.plan),
                row.method.as_deref().into(),
                row.bill_at.into(),
                row.renews_on.into(),
                Value::Bytes(&row.body),
            ]
        });
        changed(tx.update(UPDATE_SUBSCRIPTIONS, &[own], rows)?, self.changed.len(), "subscriptions")?;
        self.write_invoices(tx, own)
    }

    fn write_invoices(&self, tx: &mut Tx<'_>, own: Value<'_>) -> Result<(), StoreError> {
        tx.insert(
            &INVOICES,
            self.invoices.iter().map(|row| {
                [
                    own,
                    row.invoice.into(),
                    row.customer.into(),
                    row.subscription.into(),
                    Value::Text(&row.key),
                    Value::Text(&row.kind),
                    Value::Text(&row.currency),
                    row.total.into(),
                    row.credit_left.into(),
                    row.issued_on.into(),
                    row.due_on.into(),
                    row.voided_at.into(),
                    Value::Text(&row.body),
                    row.created_at.into(),
                ]
            }),
        )?;
        tx.insert(&INVOICE_RECEIVABLES, self.parts.iter().map(|row| [own, row.invoice.into(), row.number.into(), row.receivable.into()]))?;
        let left = self.credits.iter().map(|(invoice, left)| [(*invoice).into(), (*left).into()]);
        changed(tx.update(UPDATE_CREDITS, &[own], left)?, self.credits.len(), "invoices")?;
        let voided = self.voided.iter().map(|(invoice, at)| [(*invoice).into(), (*at).into()]);
        changed(tx.update(VOID, &[own], voided)?, self.voided.len(), "invoices")
    }
}

/// An update that misses a row means that what was locked is gone.
fn changed(rows: u64, wanted: usize, table: &'static str) -> Result<(), StoreError> {
    if u64::try_from(wanted) == Ok(rows) { Ok(()) } else { Err(StoreError::Vanished { table, wanted, rows }) }
}

//! Import: what a receivables file says now, against what is known. A file that is imported again changes nothing.
//!
//! Facts keep the moment at which they became known: a receivable now, a payment of one that is known now, a payment of
//! one that enters with it at the payment's own moment, so that a backlog sends no receipts of last year. Deliberately
//! absent: reading files, which is `wire::files`'.

use std::collections::BTreeMap;

use regua_core::facts::{Entry, Fact, Subscription};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::party::{Consent, Customer, Health};
use regua_core::time::{Day, Instant, Zone};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::lookup::StoredPayment;
use regua_store::seal::CustomerKey;
use regua_store::{lookup, tenants};
use regua_wire::files::portfolio::{self, PaymentId, Portfolio, When};

use crate::Engine;
use crate::case::{self, Case};
use crate::commands::payments;
use crate::commands::tenant::millis;
use crate::error::{Error, Result};
use crate::log::Act;
use crate::ports::Rng;
use crate::profile::{self, Profile};
use crate::tenancy::Tenancy;

/// What an import did, or with `dry_run` would do.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Imported {
    /// Customers that became known.
    pub customers_new: u64,
    /// Customers whose data changed.
    pub customers_changed: u64,
    /// Receivables that entered.
    pub receivables_new: u64,
    /// Receivables that the file tells otherwise than before.
    pub receivables_changed: u64,
    /// Receivables that are as they were.
    pub receivables_same: u64,
    /// Payments that became known.
    pub payments_new: u64,
    /// Payments that the file tells otherwise than before.
    pub payments_changed: u64,
    /// Payments that were known.
    pub payments_same: u64,
    /// What changed, the first [`CHANGES_MAX`] of it.
    pub changes: Vec<Change>,
    /// What could not be taken in, each with why.
    pub refused: Vec<Refusal>,
}

/// Something that the file tells otherwise than before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The receivable or customer, as the source calls it.
    pub id: String,
    /// What changed: `due_on`, `amount`, `issued_on`, `method`, `subscription`, `payment`, `customer`.
    pub what: &'static str,
    /// As it was; nothing for personal data and for what has no one value.
    pub was: String,
    /// As it is.
    pub is: String,
}

/// A row that could not be taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// The receivable, as the source calls it.
    pub receivable: String,
    /// Why, and the mend.
    pub reason: String,
}

/// What is taken in.
#[derive(Clone, Copy)]
pub struct Import<'a> {
    /// What was read.
    pub portfolio: &'a Portfolio,
    /// Who tells it: new customers have their payments reported by this source.
    pub source: &'a str,
    /// What receivables bill, by external id, where it is known: a segment may ask for it at entry.
    pub subscriptions: &'a BTreeMap<Box<str>, Subscription>,
    /// Whether this is all that the source had to tell, so that it counts as read; a single row pushed by it does not.
    pub reads: bool,
    /// Who tells it and why, where a person or a program does so by name.
    pub act: Option<&'a Act>,
}

impl<'a> Import<'a> {
    /// Everything that a source has to tell, of receivables of which no subscription is known.
    #[must_use]
    pub const fn of(portfolio: &'a Portfolio, source: &'a str) -> Self {
        const NONE: &BTreeMap<Box<str>, Subscription> = &BTreeMap::new();
        Self { portfolio, source, subscriptions: NONE, reads: true, act: None }
    }
}

/// Changes that are listed; the others are counted.
pub const CHANGES_MAX: usize = 200;

/// Receivables in one transaction, unless a single customer has more.
const CHUNK_RECEIVABLES: usize = 2_000;

/// How an import goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// Everything is written.
    Write,
    /// Nothing is: what would be is told.
    DryRun,
}

impl Engine {
    /// Takes a portfolio in as its source tells it at `now`.
    ///
    /// `progress` is told how many customers were just taken in.
    ///
    /// # Errors
    /// Whatever the database says; a row that cannot be taken in is no error but a [`Refusal`].
    pub fn import(
        &self,
        tenant: TenantId,
        import: Import<'_>,
        doing: Doing,
        now: Instant,
        rng: &mut dyn Rng,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Imported> {
        let plan = Plan::of(import.portfolio);
        let mut imported = Imported::default();
        if doing == Doing::Write {
            // Read from now on, even if it has nothing to tell.
            self.db.write(Scope::Tenant(tenant), |tx| {
                self.locked_tenant(tx, tenant)?;
                tenants::read(tx, tenant, import.source, Instant::DAWN).map_err(Error::from)
            })?;
        }
        let mut places = 0;
        for chunk in plan.chunks() {
            let before = imported.clone();
            let mut one = before.clone();
            self.db.write(Scope::Tenant(tenant), |tx| {
                one = before.clone(); // a transaction that is tried again counts anew
                let mut taking = Taking { engine: self, tenant, import, plan: &plan, now, imported: &mut one, places: &mut places };
                let batch = taking.chunk(tx, chunk, rng)?;
                if doing == Doing::Write { batch.write(tx, tenant).map_err(Error::from) } else { Ok(()) }
            })?;
            imported = one;
            progress(chunk.len());
        }
        if doing == Doing::Write && import.reads {
            self.source_read(tenant, import.source, now)?;
        }
        Ok(imported)
    }
}

/// The portfolio by customer.
struct Plan {
    /// Per customer: receivables, by index.
    receivables: Vec<Vec<u32>>,
    /// Per receivable: payments, by index.
    payments: Vec<Vec<u32>>,
    order: Vec<usize>,
}

impl Plan {
    fn of(portfolio: &Portfolio) -> Self {
        let mut receivables = vec![Vec::new(); portfolio.customers.len()];
        for (row, index) in portfolio.receivables.iter().zip(0..) {
            if let Some(own) = usize::try_from(row.customer).ok().and_then(|customer| receivables.get_mut(customer)) {
                own.push(index);
            }
        }
        let mut payments = vec![Vec::new(); portfolio.receivables.len()];
        for (row, index) in portfolio.payments.iter().zip(0..) {
            if let Some(own) = usize::try_from(row.receivable).ok().and_then(|receivable| payments.get_mut(receivable)) {
                own.push(index);
            }
        }
        Self { receivables, payments, order: (0..portfolio.customers.len()).collect() }
    }

    /// Customers by index, so many at a time that a transaction stays small.
    fn chunks(&self) -> Vec<&[usize]> {
        let mut chunks = Vec::new();
        let (mut from, mut size) = (0, 0);
        for index in 0..self.order.len() {
            let own = self.receivables[index].len().max(1);
            if index > from && size + own > CHUNK_RECEIVABLES {
                chunks.push(&self.order[from..index]);
                (from, size) = (index, 0);
            }
            size += own;
        }
        if from < self.order.len() {
            chunks.push(&self.order[from..]);
        }
        chunks
    }
}

/// One chunk being taken in.
struct Taking<'a> {
    engine: &'a Engine,
    tenant: TenantId,
    import: Import<'a>,
    plan: &'a Plan,
    now: Instant,
    imported: &'a mut Imported,
    /// How many ids were made.
    places: &'a mut u32,
}

/// What is known of the chunk's receivables.
struct Known {
    /// By external id.
    receivables: BTreeMap<String, (ReceivableId, CustomerId)>,
    /// Payments as they were told, by receivable.
    payments: BTreeMap<ReceivableId, Vec<StoredPayment>>,
}

impl Taking<'_> {
    fn chunk(&mut self, tx: &mut Tx<'_>, chunk: &[usize], rng: &mut dyn Rng) -> Result<Batch> {
        let tenancy = self.engine.tenancies.read(tx, self.tenant)?;
        let external: Vec<&str> = chunk.iter().map(|&index| &*self.import.portfolio.customers[index].id).collect();
        let customers = lookup::customers(tx, self.tenant, &external)?;
        let known = self.known(tx, chunk)?;
        let ids: Vec<[u8; 16]> = customers.iter().map(|(id, _)| id.to_bytes()).collect();
        due::lock(tx, self.tenant, &ids)?;
        let mut cases = BTreeMap::new();
        // Of what is at rest only what the file names is looked at: a customer may have paid thousands.
        let named: Vec<[u8; 16]> = known.receivables.values().map(|(id, _)| id.to_bytes()).collect();
        for (customer, case) in case::load_also(tx, &tenancy, &self.engine.master, &ids, Which::Live, &named)? {
            cases.insert(customer, case);
        }
        let by_external: BTreeMap<&str, CustomerId> = customers.iter().map(|(id, external)| (external.as_str(), *id)).collect();
        let mut batch = Batch::default();
        for &index in chunk {
            let file = &self.import.portfolio.customers[index];
            let mut case = match by_external.get(&*file.id).and_then(|id| cases.remove(id)) {
                Some(Ok(case)) => case,
                Some(Err(error)) => {
                    self.refuse_customer(index, &error);
                    continue;
                }
                None => self.new_case(&tenancy, file, rng)?,
            };
            self.take_in(&mut case, &tenancy, index, &known, &mut batch, rng)?;
        }
        Ok(batch)
    }

    fn known(&self, tx: &mut Tx<'_>, chunk: &[usize]) -> Result<Known> {
        let rows = chunk.iter().flat_map(|&index| &self.plan.receivables[index]);
        let external: Vec<&str> = rows.filter_map(|&row| portfolio_row(self.import.portfolio, row)).map(|row| &*row.id).collect();
        let found = lookup::receivables(tx, self.tenant, &external)?;
        let ids: Vec<[u8; 16]> = found.iter().map(|(id, _, _)| id.to_bytes()).collect();
        let mut payments: BTreeMap<ReceivableId, Vec<StoredPayment>> = BTreeMap::new();
        if !ids.is_empty() {
            for payment in lookup::payments(tx, self.tenant, &ids)? {
                payments.entry(payment.receivable).or_default().push(payment);
            }
        }
        Ok(Known { receivables: found.into_iter().map(|(id, customer, external)| (external, (id, customer))).collect(), payments })
    }

    /// The next place among what this import makes.
    const fn place(&mut self) -> u32 {
        *self.places = self.places.wrapping_add(1);
        *self.places
    }

    fn new_case(&mut self, tenancy: &Tenancy, file: &portfolio::CustomerRow, rng: &mut dyn Rng) -> Result<Case> {
        let customer = CustomerId::placed(millis(self.now), self.place(), rng.bytes());
        let key = CustomerKey::new(rng.bytes());
        let wrapped = profile::wrap(&self.engine.master, self.tenant, customer, &key)?;
        let profile = Profile { external_id: file.id.to_string(), customer: file.customer.clone() };
        self.imported.customers_new += 1;
        Ok(Case::new(tenancy, customer, profile, self.import.source, (key, wrapped), self.now))
    }

    fn refuse_customer(&mut self, index: usize, error: &Error) {
        for &row in &self.plan.receivables[index] {
            if let Some(row) = portfolio_row(self.import.portfolio, row) {
                self.imported.refused.push(Refusal { receivable: row.id.to_string(), reason: error.to_string() });
            }
        }
    }

    fn take_in(
        &mut self,
        case: &mut Case,
        tenancy: &Tenancy,
        index: usize,
        known: &Known,
        batch: &mut Batch,
        rng: &mut dyn Rng,
    ) -> Result<()> {
        let file = &self.import.portfolio.customers[index];
        case.act = self.import.act.cloned();
        if !case.is_new() && differs(&case.facts.customer, &file.customer) {
            let merged = merged(&case.facts.customer, &file.customer);
            case.tell(tenancy, None, Fact::Profile(Box::new(merged)), self.now).map_err(|bad| Error::bug("profile", bad.to_string()))?;
            self.imported.customers_changed += 1;
            self.change(&file.id, "customer", String::new(), String::new());
        }
        let mut rows: Vec<Row<'_>> = Vec::new();
        for &receivable in &self.plan.receivables[index] {
            let Some(row) = portfolio_row(self.import.portfolio, receivable) else { continue };
            let hour = tenancy.policies(case.customer).newest().time;
            rows.push(Row { row, index: receivable, known_at: known_at(row.issued, case.facts.zone, hour), rank: 0 });
        }
        rows.sort_by(|a, b| a.row.id.cmp(&b.row.id));
        for (row, rank) in rows.iter_mut().zip(0..) {
            row.rank = rank;
        }
        // As they became known, so that what a segment asks of the past is there when a receivable enters.
        rows.sort_by_key(|row| (row.known_at, row.rank));
        let entered = case.held.len();
        self.tell_rows(case, tenancy, &rows, known, rng);
        if case.held.len() > entered {
            case.rank();
        }
        if case.is_new() || !case.noted.is_empty() {
            case.save(tenancy, self.now, self.now, batch)?;
        }
        Ok(())
    }

    /// Entries and payments of a customer in the order of their own moments.
    fn tell_rows(&mut self, case: &mut Case, tenancy: &Tenancy, rows: &[Row<'_>], known: &Known, rng: &mut dyn Rng) {
        let zone = case.facts.zone;
        let mut walks: BTreeMap<String, usize> = case.held.iter().map(|held| held.external_id.clone()).zip(0..).collect();
        let mut steps: Vec<Step<'_>> = Vec::new();
        for row in rows {
            steps.push(Step { at: row.known_at, order: 0, tie: (0, 0), row, payment: None });
            let mut equals: BTreeMap<String, u32> = BTreeMap::new();
            for &payment in self.plan.payments.get(usize::try_from(row.index).unwrap_or(usize::MAX)).map_or(&[][..], Vec::as_slice) {
                let Some(file) = usize::try_from(payment).ok().and_then(|payment| self.import.portfolio.payments.get(payment)) else {
                    continue;
                };
                let paid_on = day_of(file.paid, zone);
                let content = payments::content(file, paid_on);
                let count = equals.entry(content.clone()).or_insert(0);
                *count += u32::from(file.id == PaymentId::Content);
                let key = format!("{content}#{count}");
                let at = seen_at(file.paid, zone).max(row.known_at);
                let tie = (paid_on.epoch(), file.amount.map_or(i64::MAX, regua_core::money::Money::minor));
                steps.push(Step { at, order: 1, tie, row, payment: Some(Payment { file, paid_on, key }) });
            }
        }
        steps.sort_by_key(|step| (step.at, step.order, step.row.rank, step.tie));
        for step in &steps {
            match &step.payment {
                None => self.tell_receivable(case, tenancy, step.row, known, &mut walks, rng),
                Some(payment) => {
                    // A receivable that was refused has no walk: it was named already.
                    if let Some(&walk) = walks.get(&*step.row.row.id) {
                        self.tell_payment(case, tenancy, (walk, step), payment, known);
                    }
                }
            }
        }
    }

    fn tell_receivable(
        &mut self,
        case: &mut Case,
        tenancy: &Tenancy,
        row: &Row<'_>,
        known: &Known,
        walks: &mut BTreeMap<String, usize>,
        rng: &mut dyn Rng,
    ) {
        let file = row.row;
        let issued_on = day_of(file.issued, case.facts.zone);
        let result = match known.receivables.get(&*file.id) {
            Some((_, customer)) if *customer != case.customer => {
                Err("it is known as another customer's; correct the customer, or give the receivable another id".to_owned())
            }
            Some(_) => match walks.get(&*file.id) {
                Some(&walk) => self.amend(case, tenancy, walk, file, issued_on),
                None => Err("it is not among its customer's; run: regua verify".to_owned()),
            },
            None => {
                let receivable = ReceivableId::placed(millis(self.now), self.place(), rng.bytes());
                let entry = Entry {
                    issued_on,
                    due_on: file.due_on,
                    amount: file.amount,
                    method: file.method,
                    subscription: self.import.subscriptions.get(&file.id).cloned(),
                    policy: None,
                    mode: regua_core::words::Mode::Live,
                };
                match case.take_in(tenancy, receivable, &file.id, entry, self.now) {
                    Ok(walk) => {
                        walks.insert(file.id.to_string(), walk);
                        self.imported.receivables_new += 1;
                        Ok(())
                    }
                    Err(bad) => Err(bad.to_string()),
                }
            }
        };
        if let Err(reason) = result {
            self.imported.refused.push(Refusal { receivable: file.id.to_string(), reason });
        }
    }

    /// Enters what the file tells otherwise of a receivable that is known.
    fn amend(
        &mut self,
        case: &mut Case,
        tenancy: &Tenancy,
        walk: usize,
        file: &portfolio::ReceivableRow,
        issued_on: Day,
    ) -> Result<(), String> {
        let known = &case.facts.walks[walk];
        let (billed, method) = (known.ledger.billed(), file.method.or(known.method));
        let mut changes = Vec::new();
        if known.due_on != file.due_on {
            changes.push(("due_on", known.due_on.to_string(), file.due_on.to_string()));
        }
        if known.issued_on != issued_on {
            changes.push(("issued_on", known.issued_on.to_string(), issued_on.to_string()));
        }
        if billed != file.amount {
            changes.push(("amount", billed.to_string(), file.amount.to_string()));
        }
        if known.method != method {
            let word = |rail: Option<regua_core::words::Rail>| rail.map_or(String::new(), |rail| rail.as_str().to_owned());
            changes.push(("method", word(known.method), word(method)));
        }
        let mut facts = Vec::new();
        if !changes.is_empty() {
            facts.push(Fact::Amended { issued_on, due_on: file.due_on, amount: file.amount, method });
        }
        if let Some(subscription) = self.import.subscriptions.get(&file.id).filter(|&told| known.subscription.as_ref() != Some(told)) {
            facts.push(Fact::Subscribed(subscription.clone()));
            changes.push(("subscription", String::new(), String::new()));
        }
        if facts.is_empty() {
            self.imported.receivables_same += 1;
            return Ok(());
        }
        for fact in facts {
            case.tell(tenancy, Some(walk), fact, self.now).map_err(|bad| bad.to_string())?;
        }
        self.imported.receivables_changed += 1;
        for (what, was, is) in changes {
            self.change(&file.id, what, was, is);
        }
        Ok(())
    }

    fn tell_payment(&mut self, case: &mut Case, tenancy: &Tenancy, (walk, step): (usize, &Step<'_>), payment: &Payment<'_>, known: &Known) {
        let id = &*step.row.row.id;
        let receivable = case.held[walk].receivable;
        let before = known.payments.get(&receivable).map_or(&[][..], Vec::as_slice);
        let told = match payments::news(payment.file, case.facts.walks[walk].ledger.currency(), payment.paid_on, &payment.key, before) {
            Ok(Some(told)) => told,
            Ok(None) => {
                self.imported.payments_same += 1;
                return;
            }
            Err(reason) => {
                self.imported.refused.push(Refusal { receivable: id.to_owned(), reason });
                return;
            }
        };
        let entered_now = !known.receivables.contains_key(id);
        let at = if entered_now { step.at.min(self.now) } else { self.now };
        match case.tell(tenancy, Some(walk), told.fact, at) {
            Ok(_) => {
                case.name_payment(told.key);
                match told.corrects {
                    None => self.imported.payments_new += 1,
                    Some((was, is)) => {
                        self.imported.payments_changed += 1;
                        self.change(id, "payment", was, is);
                    }
                }
            }
            Err(bad) => {
                let reason = format!("a payment of {}: {bad}", payment.paid_on);
                self.imported.refused.push(Refusal { receivable: id.to_owned(), reason });
            }
        }
    }

    fn change(&mut self, id: &str, what: &'static str, was: String, is: String) {
        if self.imported.changes.len() < CHANGES_MAX {
            self.imported.changes.push(Change { id: id.to_owned(), what, was, is });
        }
    }
}

/// A receivable of the file with the moment at which it becomes known by itself.
struct Row<'p> {
    row: &'p portfolio::ReceivableRow,
    index: u32,
    known_at: Instant,
    /// Its place in the byte order of ids among those of its customer in the file.
    rank: u32,
}

/// Something that the file tells, at its own moment.
struct Step<'p> {
    at: Instant,
    order: u8,
    tie: (i32, i64),
    row: &'p Row<'p>,
    payment: Option<Payment<'p>>,
}

/// A payment of the file.
struct Payment<'p> {
    file: &'p portfolio::PaymentRow,
    paid_on: Day,
    key: String,
}

fn portfolio_row(portfolio: &Portfolio, index: u32) -> Option<&portfolio::ReceivableRow> {
    usize::try_from(index).ok().and_then(|index| portfolio.receivables.get(index))
}

/// What is known by date is known from the policy's hour of that day (SPEC §17).
fn known_at(when: When, zone: Zone, hour: regua_core::time::LocalTime) -> Instant {
    match when {
        When::On(day) => zone.at(day, hour),
        When::At(at) => at,
    }
}

/// A payment by date is visible at 00:00 of the next local day, one with a time at that time (SPEC §17).
fn seen_at(when: When, zone: Zone) -> Instant {
    match when {
        When::On(day) => zone.midnight(day.plus(1)),
        When::At(at) => at,
    }
}

fn day_of(when: When, zone: Zone) -> Day {
    match when {
        When::On(day) => day,
        When::At(at) => zone.day_of(at),
    }
}

/// Whether a file tells anything of a customer that is not known so.
pub(crate) fn differs(known: &Customer, file: &Customer) -> bool {
    merged(known, file) != *known
}

/// What is known with what a file tells. What the file leaves out stays; a contact point that is gone is gone, unless it
/// has a role, which no file gives; what is known of an address (bounces, opt-outs) stays with the address.
pub(crate) fn merged(known: &Customer, file: &Customer) -> Customer {
    let mut contacts = file.contacts.clone();
    for point in &mut contacts {
        let same = |old: &&regua_core::party::ContactPoint| old.channel == point.channel && old.address == point.address;
        let Some(old) = known.contacts.iter().find(same) else { continue };
        point.role = point.role.or(old.role);
        if old.health != Health::Usable {
            point.health = old.health;
        }
        if old.consent == Consent::OptedOut {
            point.consent = Consent::OptedOut;
        }
    }
    let gone =
        |old: &&regua_core::party::ContactPoint| !contacts.iter().any(|new| new.channel == old.channel && new.address == old.address);
    let kept: Vec<_> = known.contacts.iter().filter(gone).filter(|old| old.role.is_some() || contacts.is_empty()).cloned().collect();
    contacts.extend(kept);
    let mut attributes = known.attributes.clone();
    attributes.extend(file.attributes.iter().map(|(key, value)| (key.clone(), value.clone())));
    Customer {
        name: file.name.clone().or_else(|| known.name.clone()),
        tax_id: file.tax_id.clone().or_else(|| known.tax_id.clone()),
        language: file.language.or(known.language),
        zone: file.zone.or(known.zone),
        state: file.state.clone().or_else(|| known.state.clone()),
        preferred: file.preferred.or(known.preferred),
        contacts,
        attributes,
    }
}

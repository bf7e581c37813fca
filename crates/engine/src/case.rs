//! A customer in hand: rows become facts, facts become rows again, and what happened in between becomes one event.
//!
//! Deliberately absent: decisions and transactions. Whoever has a case holds the customer's lock.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regua_core::account::{Account, AccountEntry};
use regua_core::currency::Currency;
use regua_core::decide::View;
use regua_core::facts::saved::{SavedCustomer, SavedWalk, WalkColumns};
use regua_core::facts::{Applied, Closed, Deferral, Fact, FactError, Facts, Span, Walk};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::ledger::{EntryKind, StoredEntry};
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::policy::Verdict;
use regua_core::time::{Day, Instant};
use regua_core::words::{DeferReason, Rail};
use regua_store::account::{self, AccountRow};
use regua_store::batch::{Batch, EntryRow, FactsRow, NewCustomer, NewReceivable, PaymentRow, ReceivableRow};
use regua_store::charging::charges::ChargeRow;
use regua_store::db::Tx;
use regua_store::due::{self, StoredCustomer, StoredReceivable, Which};
use regua_store::outbox;
use regua_store::seal::{CustomerKey, MasterKey};

use crate::bank;
use crate::blob;
use crate::channels;
use crate::error::{Error, Result};
use crate::events::Stood;
use crate::log::{self, Act, Chain, Noted};
use crate::named;
use crate::order::Plan;
use crate::profile::{self, Profile};
use crate::tenancy::Tenancy;

/// A customer under its lock, with everything that a decision looks at.
pub(crate) struct Case {
    /// Who.
    pub(crate) customer: CustomerId,
    /// What its source calls it.
    pub(crate) external_id: String,
    /// What reports its payments.
    pub(crate) source: String,
    /// The key of what is sealed; none once the person is erased.
    pub(crate) key: Option<CustomerKey>,
    /// What is known.
    pub(crate) facts: Facts<'static>,
    /// Per walk of the facts: its receivable.
    pub(crate) held: Vec<Held>,
    /// The customer's chain of events.
    pub(crate) chain: Chain,
    /// Why nothing is decided, if so.
    pub(crate) parked: Option<String>,
    /// Who acts and why, where a person does.
    pub(crate) act: Option<Act>,
    /// What happened in this transaction and is not yet in the log.
    pub(crate) noted: Vec<Noted>,
    /// What moved the customer's credit in this transaction.
    credits: Vec<AccountRow>,
    /// Payments with a name of their source's in this transaction.
    payments: Vec<PaymentRow>,
    /// How many entries the customer's account has.
    account_entries: i64,
    /// Whether an event was entered.
    moved: bool,
    /// Whether something became known, so that the customer has to be looked at again.
    told: bool,
    /// When the customer was to be looked at next.
    wake_at: Instant,
    /// Whether the log knows the customer.
    introduced: bool,
    /// The profile as stored, sealed; nothing for a new customer.
    sealed: Option<Vec<u8>>,
    /// The facts as stored; nothing for a new customer.
    saved: Option<Vec<u8>>,
    /// The wrapped key of a new customer.
    wrapped: Vec<u8>,
    created_at: Instant,
    /// Per walk where it stood when the log last said what it became; nothing for those that entered since.
    pub(crate) stood: Vec<Stood>,
}

/// A receivable in hand.
pub(crate) struct Held {
    /// Which.
    pub(crate) receivable: ReceivableId,
    /// What its source calls it.
    pub(crate) external_id: String,
    /// How many of its ledger entries are stored.
    entries: usize,
    /// Its walk as stored; nothing for a new one.
    saved: Option<Vec<u8>>,
    /// What of its walk is stored beside that, in columns of its own; nothing for a new one.
    columns: Option<OwnColumns>,
}

/// What of a walk has columns of its own: policy, date of issue, due date, how it is expected to be paid.
type OwnColumns = (usize, Day, Day, Option<Rail>);

const fn own_columns(walk: &Walk) -> OwnColumns {
    (walk.policy, walk.issued_on, walk.due_on, walk.method)
}

/// Loads customers under their locks, in the order of their ids. One that cannot be loaded comes with why.
pub(crate) fn load(
    tx: &mut Tx<'_>,
    tenancy: &Tenancy,
    master: &MasterKey,
    customers: &[[u8; 16]],
    which: Which,
) -> Result<Vec<(CustomerId, Result<Case>)>> {
    load_also(tx, tenancy, master, customers, which, &[])
}

/// As [`load`], with these receivables of theirs even if nothing can happen to them by itself.
pub(crate) fn load_also(
    tx: &mut Tx<'_>,
    tenancy: &Tenancy,
    master: &MasterKey,
    customers: &[[u8; 16]],
    which: Which,
    also: &[[u8; 16]],
) -> Result<Vec<(CustomerId, Result<Case>)>> {
    let tenant = tenancy.stored.tenant;
    let mut receivables = due::receivables(tx, tenant, customers, which)?;
    if which == Which::Live && !also.is_empty() {
        receivables.extend(due::resting(tx, tenant, also)?);
        receivables.sort_by(|a, b| (a.customer, &a.external_id).cmp(&(b.customer, &b.external_id)));
    }
    assemble(tx, tenancy, master, customers, receivables)
}

/// As [`load`], with nothing but these receivables of theirs: enough to tell what is due of them and what holds them, but for
/// what depends on others of the customer.
pub(crate) fn load_these(
    tx: &mut Tx<'_>,
    tenancy: &Tenancy,
    master: &MasterKey,
    customers: &[[u8; 16]],
    these: &[[u8; 16]],
) -> Result<Vec<(CustomerId, Result<Case>)>> {
    let receivables = due::these(tx, tenancy.stored.tenant, these)?;
    assemble(tx, tenancy, master, customers, receivables)
}

/// Customers with receivables of theirs, which are in the order of customers and of their own names.
fn assemble(
    tx: &mut Tx<'_>,
    tenancy: &Tenancy,
    master: &MasterKey,
    customers: &[[u8; 16]],
    receivables: Vec<StoredReceivable>,
) -> Result<Vec<(CustomerId, Result<Case>)>> {
    let tenant = tenancy.stored.tenant;
    let rows = due::customers(tx, tenant, customers)?;
    let mut ledgers = ledgers(tx, tenant, &receivables)?;
    let mut unsent = unsent(tx, tenant, customers)?;
    let mut balances = account::balances(tx, tenant, customers)?.into_iter().peekable();
    let mut rest = receivables.into_iter().peekable();
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let customer = row.customer;
        let mut own = Vec::new();
        while let Some(receivable) = rest.next_if(|receivable| receivable.customer == customer) {
            own.push(receivable);
        }
        let case = Case::restore(tenancy, master, row, own, &mut ledgers).and_then(|mut case| {
            case.facts.unsent = unsent.remove(&customer).transpose()?.unwrap_or_default();
            Ok(case)
        });
        let mut credit = Vec::new();
        while let Some(balance) = balances.next_if(|balance| balance.customer == customer) {
            credit.push(balance);
        }
        let case = case.and_then(|mut case| {
            case.restore_account(&credit)?;
            Ok(case)
        });
        cases.push((customer, case));
    }
    Ok(cases)
}

/// The moments of what was decided and is not known to be sent, of customers who have such messages.
fn unsent(tx: &mut Tx<'_>, tenant: TenantId, customers: &[[u8; 16]]) -> Result<BTreeMap<CustomerId, Result<Vec<Instant>>>> {
    let mut unsent: BTreeMap<CustomerId, Result<Vec<Instant>>> = BTreeMap::new();
    for (customer, plan) in outbox::unsent(tx, tenant, customers)? {
        let at = blob::decode::<Plan>(&plan, "the plan of a message").map(|plan| plan.looked_at);
        match (unsent.entry(customer).or_insert_with(|| Ok(Vec::new())), at) {
            (Ok(moments), Ok(at)) => moments.push(at),
            (slot, Err(bad)) => *slot = Err(bad),
            (Err(_), Ok(_)) => {}
        }
    }
    Ok(unsent)
}

type Ledgers = BTreeMap<ReceivableId, Vec<StoredEntry>>;

/// The ledgers of those receivables that have more than their charge.
fn ledgers(tx: &mut Tx<'_>, tenant: TenantId, receivables: &[StoredReceivable]) -> Result<Ledgers> {
    let moved: Vec<&StoredReceivable> = receivables.iter().filter(|row| row.entries > 1).collect();
    let mut ledgers = Ledgers::new();
    if moved.is_empty() {
        return Ok(ledgers);
    }
    let currencies: BTreeMap<ReceivableId, Currency> =
        moved.iter().filter_map(|row| Some((row.receivable, Currency::parse(&row.currency)?))).collect();
    let ids: Vec<[u8; 16]> = moved.iter().map(|row| row.receivable.to_bytes()).collect();
    for (receivable, entry) in due::entries(tx, tenant, &ids, |id| currencies.get(&id).copied())? {
        ledgers.entry(receivable).or_default().push(entry);
    }
    Ok(ledgers)
}

impl Case {
    /// A customer who becomes known.
    pub(crate) fn new(
        tenancy: &Tenancy,
        customer: CustomerId,
        profile: Profile,
        source: &str,
        (key, wrapped): (CustomerKey, Vec<u8>),
        now: Instant,
    ) -> Self {
        let policies = tenancy.policies(customer);
        let zone = profile.customer.zone.unwrap_or(policies.newest().zone);
        let mut facts = Facts::new(Cow::Owned(profile.customer), zone);
        facts.mode = tenancy.mode;
        Self {
            customer,
            external_id: profile.external_id,
            source: source.to_owned(),
            key: Some(key),
            facts,
            held: Vec::new(),
            chain: Chain::new(customer.to_bytes()),
            parked: None,
            act: None,
            noted: Vec::new(),
            credits: Vec::new(),
            payments: Vec::new(),
            account_entries: 0,
            moved: false,
            told: false,
            wake_at: Instant::NEVER,
            introduced: false,
            sealed: None,
            saved: None,
            wrapped,
            created_at: now,
            stood: Vec::new(),
        }
    }

    fn restore(
        tenancy: &Tenancy,
        master: &MasterKey,
        row: StoredCustomer,
        receivables: Vec<StoredReceivable>,
        ledgers: &mut Ledgers,
    ) -> Result<Self> {
        let tenant = tenancy.stored.tenant;
        let policies = tenancy.policies(row.customer);
        let key = row.key.as_deref().map(|wrapped| profile::unwrap(master, tenant, row.customer, wrapped)).transpose()?;
        let customer = match &key {
            Some(key) => profile::open(key, tenant, row.customer, &row.profile)?.customer,
            None => Customer::default(), // erased: nobody to write to
        };
        let zone = customer.zone.unwrap_or(policies.newest().zone);
        let saved: SavedCustomer = blob::decode(&row.facts, "the facts of a customer")?;
        let mut facts = Facts::restore(saved, Cow::Owned(customer), zone);
        facts.source_read_at = row.source_read_at;
        facts.walks.reserve(receivables.len());
        let mut held = Vec::with_capacity(receivables.len());
        for (stored, rank) in receivables.into_iter().zip(0..) {
            let saved: SavedWalk = blob::decode(&stored.walk, "a walk")?;
            let (columns, entries) = columns(&stored, rank, ledgers)?;
            let walk = facts.restore_walk(saved, columns, policies);
            let walk = walk.map_err(|bad| Error::bug("walk", format!("{}: {bad}", stored.receivable)))?;
            facts.walks[walk].series = stored.receivable.to_bytes();
            let columns = Some(own_columns(&facts.walks[walk]));
            held.push(Held { receivable: stored.receivable, external_id: stored.external_id, entries, saved: Some(stored.walk), columns });
        }
        let stood = facts.walks.iter().map(Stood::of).collect();
        Ok(Self {
            customer: row.customer,
            external_id: row.external_id,
            source: row.source,
            key,
            facts,
            held,
            chain: Chain { stream: row.customer.to_bytes(), seq: row.seq, head: row.head },
            parked: row.parked,
            act: None,
            noted: Vec::new(),
            credits: Vec::new(),
            payments: Vec::new(),
            account_entries: 0,
            moved: false,
            told: false,
            wake_at: row.wake_at,
            introduced: true,
            sealed: Some(row.profile),
            saved: Some(row.facts),
            wrapped: Vec::new(),
            created_at: Instant::DAWN,
            stood,
        })
    }

    /// The customer's credit, as stored.
    fn restore_account(&mut self, stored: &[account::Balance]) -> Result<()> {
        let credit = stored.iter().map(|balance| {
            let unknown = || Error::bug("account_read", format!("`{}` is no currency", balance.currency));
            Ok(Money::new(balance.amount, Currency::parse(&balance.currency).ok_or_else(unknown)?))
        });
        self.facts.account = Account::restore(credit.collect::<Result<Vec<Money>>>()?);
        self.account_entries = stored.iter().map(|balance| balance.entries).sum();
        Ok(())
    }

    /// Lays the tenant's pauses over the receivables that they match, as they stand at `now`.
    pub(crate) fn pause(&mut self, tenancy: &Tenancy, now: Instant) {
        if tenancy.pauses.is_empty() {
            return;
        }
        let policies = tenancy.policies(self.customer);
        for walk in 0..self.facts.walks.len() {
            let view = View::new(&self.facts, &self.facts.walks[walk], policies, now);
            let matching = tenancy.pauses.iter().filter(|pause| match &pause.filter {
                None => true,
                Some(filter) => filter.eval(&view) == Verdict::True,
            });
            let spans: Vec<Span> = matching.map(|pause| pause.span).collect();
            self.facts.walks[walk].paused = spans;
        }
    }

    /// Enters a fact and notes it for the log. Promises that break before it are entered first.
    pub(crate) fn tell(&mut self, tenancy: &Tenancy, walk: Option<usize>, fact: Fact, at: Instant) -> Result<Applied, FactError> {
        self.keep_time(tenancy, at);
        self.enter(tenancy, walk, fact, at)
    }

    /// As [`Case::tell`], without looking for broken promises: for a replay, which is told of them.
    pub(crate) fn enter(&mut self, tenancy: &Tenancy, walk: Option<usize>, fact: Fact, at: Instant) -> Result<Applied, FactError> {
        let applied = self.facts.apply(walk, &fact, at, tenancy.policies(self.customer))?;
        let receivable = walk.and_then(|walk| self.held.get(walk)).map(|held| held.receivable);
        self.noted.push(Noted { receivable, external_id: None, key: None, attempt: None, at, fact });
        for entry in self.facts.account.take_moved() {
            self.credit(entry);
        }
        Ok(applied)
    }

    fn credit(&mut self, entry: AccountEntry) {
        let AccountEntry { kind, amount, walk, on, at } = entry;
        self.account_entries += 1;
        self.credits.push(AccountRow {
            customer: self.customer,
            seq: self.account_entries,
            currency: amount.currency().code().to_owned(),
            kind: kind.as_str().to_owned(),
            amount: amount.minor(),
            receivable: walk.and_then(|walk| self.held.get(walk)).map(|held| held.receivable),
            payment: None,
            counts_on: on,
            known_at: at,
        });
    }

    /// Says what its source calls the payment that was entered last.
    pub(crate) fn name_payment(&mut self, key: String) {
        let Some(noted) = self.noted.last_mut() else { return };
        if let (Fact::Received { .. }, Some(row)) = (&noted.fact, self.credits.last_mut()) {
            row.payment = Some(key.clone());
        }
        if let (Some(receivable), Fact::Paid { paid_on, amount } | Fact::Corrected { paid_on, amount, .. }) =
            (noted.receivable, &noted.fact)
        {
            let (external_id, amount) = (key.clone(), amount.map(Money::minor));
            self.payments.push(PaymentRow { receivable, external_id, amount, paid_on: *paid_on, known_at: noted.at });
        }
        noted.key = Some(key);
    }

    /// Says what the row of the attempt says that was entered last, so that the log can make it again.
    pub(crate) fn name_attempt(&mut self, row: &ChargeRow) {
        if let Some(noted) = self.noted.last_mut().filter(|noted| matches!(noted.fact, Fact::Tried { .. })) {
            noted.attempt = Some(log::AttemptNote::of(row));
        }
    }

    /// Enters the promises that broke before a moment.
    pub(crate) fn keep_time(&mut self, tenancy: &Tenancy, before: Instant) {
        while let Some(broken) = self.facts.next_break().filter(|broken| broken.at < before) {
            if self.enter(tenancy, Some(broken.walk), Fact::PromiseBroken { on: broken.on }, broken.at).is_err() {
                break; // a promise of a walk that is there can always break
            }
        }
    }

    /// A receivable enters; its place among the others follows from its external id.
    pub(crate) fn take_in(
        &mut self,
        tenancy: &Tenancy,
        receivable: ReceivableId,
        external_id: &str,
        entry: regua_core::facts::Entry,
        at: Instant,
    ) -> Result<usize, FactError> {
        self.keep_time(tenancy, at);
        let fact = Fact::Entered(entry);
        let Applied::Entered(walk) = self.facts.apply(None, &fact, at, tenancy.policies(self.customer))? else {
            return Err(FactError::OfCustomer);
        };
        self.facts.walks[walk].series = receivable.to_bytes();
        self.held.push(Held { receivable, external_id: external_id.to_owned(), entries: 0, saved: None, columns: None });
        let external_id = Some(external_id.to_owned());
        self.noted.push(Noted { receivable: Some(receivable), external_id, key: None, attempt: None, at, fact });
        Ok(walk)
    }

    /// Gives every receivable its place in the byte order of external ids: call it after all of a file's have entered.
    pub(crate) fn rank(&mut self) {
        let mut order: Vec<usize> = (0..self.held.len()).collect();
        order.sort_by(|&a, &b| self.held[a].external_id.cmp(&self.held[b].external_id));
        for (walk, rank) in order.into_iter().zip(0..) {
            if self.facts.walks[walk].rank != rank {
                self.facts.rank(walk, rank);
            }
        }
    }

    /// The walk of a receivable in hand.
    pub(crate) fn walk_of(&self, receivable: ReceivableId) -> Option<usize> {
        self.held.iter().position(|held| held.receivable == receivable)
    }

    /// When the customer is to be looked at next.
    pub(crate) const fn wakes_at(&self) -> Instant {
        self.wake_at
    }

    /// Whether the customer is not stored yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.saved.is_none()
    }

    /// Writes what was told into a batch: rows, and one event. The customer wakes at `wake_at`.
    pub(crate) fn save(&mut self, tenancy: &Tenancy, now: Instant, wake_at: Instant, batch: &mut Batch) -> Result<()> {
        self.log_told(tenancy, now, batch)?;
        self.save_walks(batch)?;
        let facts = blob::encode(&self.facts.save())?;
        self.save_facts(facts, wake_at, batch);
        Ok(())
    }

    /// As [`Case::save`], when anything happened; the customer is looked at again now if that can change anything for it.
    pub(crate) fn save_if_changed(&mut self, tenancy: &Tenancy, now: Instant, batch: &mut Batch) -> Result<()> {
        if self.noted.is_empty() && !self.moved {
            return Ok(());
        }
        let news = self.told || !self.noted.is_empty();
        let wake_at = if news { now } else { self.wake_at };
        self.save(tenancy, now, wake_at, batch)
    }

    /// Something that is no fact of the log bears on decisions: the customer is looked at again.
    pub(crate) const fn awake(&mut self) {
        self.told = true;
    }

    /// Whether a step waits for a message that announces it, and so for news of one.
    pub(crate) fn awaits_notice(&self) -> bool {
        let waits = |known: &Deferral| known.reason == DeferReason::Unannounced && known.until == Instant::NEVER;
        self.facts.walks.iter().any(|walk| walk.slots.iter().any(|slot| slot.deferral.as_ref().is_some_and(waits)))
    }

    /// Writes what a decision changed: rows, and one event unless nothing is different.
    pub(crate) fn save_decided(
        &mut self,
        tenancy: &Tenancy,
        now: Instant,
        wake_at: Instant,
        payload: String,
        concluded: bool,
        batch: &mut Batch,
    ) -> Result<()> {
        let walks = self.save_walks(batch)?;
        let facts = blob::encode(&self.facts.save())?;
        if concluded || walks > 0 || self.saved.as_ref() != Some(&facts) {
            batch.events.push(self.chain.append(tenancy.stored.tenant, now, "decided", payload, None));
            self.stood = self.facts.walks.iter().map(Stood::of).collect();
        }
        self.save_facts(facts, wake_at, batch);
        Ok(())
    }

    /// Enters an event about this customer that is no fact, behind the facts that were told before it.
    ///
    /// `personal` is what of it may tell who the customer is: it is sealed, and gone once the person is erased.
    pub(crate) fn note(
        &mut self,
        tenancy: &Tenancy,
        now: Instant,
        kind: &'static str,
        (payload, personal): (String, Option<&str>),
        batch: &mut Batch,
    ) -> Result<()> {
        let tenant = tenancy.stored.tenant;
        self.log_told(tenancy, now, batch)?;
        let sealed = self.key.as_ref().zip(personal).map(|(key, text)| profile::seal_message(key, tenant, self.customer, text.as_bytes()));
        batch.events.push(self.chain.append(tenant, now, kind, payload, sealed.transpose()?));
        self.moved = true;
        Ok(())
    }

    /// Puts what was noted into the log as one event, and the profile where it changed.
    pub(crate) fn log_told(&mut self, tenancy: &Tenancy, now: Instant, batch: &mut Batch) -> Result<()> {
        let tenant = tenancy.stored.tenant;
        if self.noted.is_empty() && self.introduced {
            return Ok(());
        }
        (self.moved, self.told) = (true, true);
        let sealed = self.seal(tenant)?;
        let noted = std::mem::take(&mut self.noted);
        let known = (!self.introduced).then(|| log::Known { source: self.source.clone(), mode: self.facts.mode });
        let told = log::told(known, self.act.as_ref(), tenancy.seen(self.customer), &noted, self.became())?;
        self.stood = self.facts.walks.iter().map(Stood::of).collect();
        batch.events.push(self.chain.append(tenant, now, "told", told, sealed.clone()));
        if let Some(sealed) = sealed {
            if !self.is_new() {
                batch.profiles.push((self.customer, sealed.clone()));
            }
            if let Some(master) = &tenancy.marker {
                for marks in [bank::marks, channels::mark::marks, named::marks] {
                    batch.marks.extend(marks(master, tenant, &self.facts.customer).into_iter().map(|mark| (mark, self.customer)));
                }
            }
            self.sealed = Some(sealed);
        }
        self.introduced = true;
        Ok(())
    }

    fn save_facts(&mut self, facts: Vec<u8>, wake_at: Instant, batch: &mut Batch) {
        let row = FactsRow {
            customer: self.customer,
            wake_at: if self.parked.is_some() { Instant::NEVER } else { wake_at },
            live: count(self.facts.walks.iter().filter(|walk| !walk.is_at_rest()).count()),
            awaits_source: self.facts.awaits_source(),
            awaits_release: self.facts.awaits_release(),
            facts,
            seq: self.chain.seq,
            head: self.chain.head,
            parked: self.parked.clone(),
        };
        if self.is_new() {
            batch.new_customers.push(NewCustomer {
                customer: self.customer,
                external_id: self.external_id.clone(),
                source: self.source.clone(),
                profile: self.sealed.clone().unwrap_or_default(),
                key: std::mem::take(&mut self.wrapped),
                created_at: self.created_at,
                facts: row,
            });
        } else {
            batch.facts.push(row);
        }
    }

    /// The profile sealed, when it is new or has changed.
    fn seal(&self, tenant: TenantId) -> Result<Option<Vec<u8>>> {
        let Some(key) = &self.key else { return Ok(None) };
        let sealed = profile::seal(key, tenant, self.customer, &self.external_id, &self.facts.customer)?;
        Ok((self.sealed.as_ref() != Some(&sealed)).then_some(sealed))
    }

    /// Writes the walks that changed; how many.
    fn save_walks(&mut self, batch: &mut Batch) -> Result<usize> {
        let mut changed = 0;
        batch.accounts.append(&mut self.credits);
        batch.payments.append(&mut self.payments);
        for (walk, held) in self.facts.walks.iter().zip(&self.held) {
            let saved = blob::encode(&walk.save())?;
            let same_columns = held.columns == Some(own_columns(walk));
            if same_columns && held.saved.as_ref() == Some(&saved) && held.entries == walk.ledger.entries().count() {
                continue;
            }
            changed += 1;
            let mut entries = 0;
            for entry in walk.ledger.stored() {
                if entries >= held.entries {
                    batch.entries.push(EntryRow { receivable: held.receivable, number: count(entries), entry });
                }
                entries += 1;
            }
            let row = row(held.receivable, walk, entries, saved);
            if held.saved.is_none() {
                batch.new_receivables.push(NewReceivable {
                    receivable: held.receivable,
                    customer: self.customer,
                    external_id: held.external_id.clone(),
                    currency: walk.ledger.currency().code(),
                    row,
                });
            } else {
                batch.receivables.push(row);
            }
        }
        Ok(changed)
    }
}

/// The columns of a stored receivable that its walk is made of, and how many ledger entries are stored.
fn columns(stored: &StoredReceivable, rank: u32, ledgers: &mut Ledgers) -> Result<(WalkColumns, usize)> {
    let bad = |what: String| Error::bug("receivable_read", format!("{}: {what}; run: regua verify", stored.receivable));
    let currency = Currency::parse(&stored.currency).ok_or_else(|| bad(format!("`{}` is no currency", stored.currency)))?;
    let entries = ledgers.remove(&stored.receivable).unwrap_or_else(|| {
        let charge = StoredEntry {
            kind: EntryKind::Charge,
            amount: Money::new(stored.amount, currency),
            on: stored.issued_on,
            at: stored.entered_at,
            origin: Some(0),
        };
        vec![charge]
    });
    if count(entries.len()) != stored.entries {
        return Err(bad(format!("{} ledger entries are stored where {} are counted", entries.len(), stored.entries)));
    }
    let method = stored.method.as_deref().map(str::parse::<Rail>).transpose().map_err(|error| bad(error.to_string()))?;
    let policy = stored.policy.checked_sub(1).and_then(|policy| usize::try_from(policy).ok());
    let known = entries.len();
    let columns = WalkColumns {
        rank,
        policy: policy.ok_or_else(|| bad("its policy has no number".to_owned()))?,
        issued_on: stored.issued_on,
        due_on: stored.due_on,
        method,
        entered_at: stored.entered_at,
        entries,
    };
    Ok((columns, known))
}

fn row(receivable: ReceivableId, walk: &Walk, entries: usize, saved: Vec<u8>) -> ReceivableRow {
    let (status, closed_at) = match walk.closed {
        None => ("open", None),
        Some(Closed::Paid(at)) => ("paid", Some(at)),
        Some(Closed::Void(at)) => ("void", Some(at)),
        Some(Closed::WrittenOff(at)) => ("written_off", Some(at)),
        Some(Closed::Assigned(at)) => ("assigned", Some(at)),
    };
    ReceivableRow {
        receivable,
        amount: walk.ledger.billed().minor(),
        issued_on: walk.issued_on,
        due_on: walk.due_on,
        method: walk.method.map(Rail::as_str),
        policy: count(walk.policy + 1),
        status,
        balance: walk.ledger.balance().minor(),
        entries: count(entries),
        entered_at: walk.entered_at,
        closed_at,
        resting: walk.is_at_rest(),
        walk: saved,
    }
}

/// A count as a column holds it.
pub(crate) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as a sum holds it.
pub(crate) fn count_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

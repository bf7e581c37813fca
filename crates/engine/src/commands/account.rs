//! Money that a person or a program enters: payments over all receivables of a customer, what is given or taken back,
//! reductions, fees, voids, write-offs, and what becomes of a customer's credit.
//!
//! What is entered becomes facts of receivables and of the customer in one event, so that a replay divides nothing anew.
//! Deliberately absent: charging, and applying credit that nobody asked to apply.

use regua_core::account::{Allocation, Open, allocate};
use regua_core::currency::Currency;
use regua_core::facts::{Applied, Closed, Fact, FactError};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_store::db::{Scope, Tx};
use regua_store::{account, billing, due};

use crate::Engine;
use crate::case::Case;
use crate::commands::payments::own_key;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::log::Act;
use crate::tenancy::Tenancy;

/// A payment as somebody enters it.
#[derive(Clone, Copy, Debug)]
pub struct Payment<'a> {
    /// The money.
    pub amount: Money,
    /// The payer's day; today when absent.
    pub on: Option<Day>,
    /// Receivables that the payer named, in that order, besides the one that it is entered on.
    pub named: &'a [String],
    /// What its source calls it: entered again under the same name it changes nothing.
    pub id: Option<&'a str>,
}

/// Something that is entered on one receivable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Booking {
    /// Less is owed.
    Reduction(Money),
    /// The payer withheld a tax.
    Withheld(Money),
    /// A fee is added.
    Fee(Money),
    /// Money was taken back; all of the newest payment when absent.
    ChargedBack(Option<Money>),
    /// Cancelled as if never billed.
    Void,
    /// Given up.
    WriteOff,
}

/// What moved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// Receivables that took part of it.
    pub parts: Vec<Part>,
    /// What of it no receivable took, or the credit that was paid out.
    pub rest: Money,
    /// The customer's credit in this currency afterwards.
    pub credit: Money,
    /// It was known: nothing was changed.
    pub known: bool,
}

/// What moved on one receivable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What its source calls it.
    pub receivable: String,
    /// How much.
    pub amount: Money,
    /// What settles it today.
    pub due: Money,
}

impl Engine {
    /// The currency of amounts that name none: a receivable's own, else the company's.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such subject.
    pub fn currency_of(&self, tenant: TenantId, about: &About) -> Result<Currency> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let stored = match found.receivable {
                Some(id) => due::currency(tx, tenant, id)?.and_then(|code| Currency::parse(&code)),
                None => None,
            };
            stored.map_or_else(|| Ok(self.tenancies.read(tx, tenant)?.published.currency()), Ok)
        })
    }

    /// Enters a payment: it pays on what the payer named, in that order, else on what is due for longest; what is left is
    /// the customer's credit.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such subject; [`crate::Kind::Refused`] when it does not fit.
    pub fn pay(&self, tenant: TenantId, about: &About, payment: Payment<'_>, act: &Act, now: Instant) -> Result<Moved> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let mut named: Vec<ReceivableId> = found.receivable.into_iter().collect();
            for name in payment.named {
                let one = find(tx, tenant, &About::Receivable(name.clone()))?;
                if one.customer != found.customer {
                    return Err(Error::refused("another_customer", format!("{name} is another customer's; enter its part there")));
                }
                named.extend(one.receivable);
            }
            due::lock(tx, tenant, &[found.customer.to_bytes()])?;
            let known = payment.id.map(|id| known(tx, tenant, found.customer, id)).transpose()?.flatten();
            self.with_case(tx, tenant, found.customer, &named, now, |case, tenancy| {
                let on = case_day(case, payment.on, now)?;
                let named = places(case, &named)?;
                if let Some((amount, paid_on)) = known {
                    return known_before(case, &payment, (amount, paid_on), on);
                }
                case.act = Some(act.clone());
                let Allocation { parts, rest } = take_payment(case, tenancy, &named, (payment.amount, on), payment.id, now)?;
                Ok(moved(case, tenancy, &parts, rest, now))
            })
        })
    }

    /// Gives money back: of a receivable what was paid on it, the newest first, which is owed again; of a customer credit.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when more is given back than there is, or what is credit no more.
    pub fn refund(
        &self,
        tenant: TenantId,
        about: &About,
        (amount, currency): (Option<Money>, Currency),
        on: Option<Day>,
        act: &Act,
        now: Instant,
    ) -> Result<Moved> {
        self.on_subject(tenant, about, act, now, |case, tenancy, walk| {
            let on = case_day(case, on, now)?;
            let Some(walk) = walk else {
                let amount = amount.unwrap_or_else(|| case.facts.account.credit(currency));
                if amount.minor() <= 0 {
                    return Err(Error::refused("no_credit", format!("the customer has no credit in {}", currency.code())));
                }
                enter(case, tenancy, None, Fact::CreditRefunded { on, amount }, now)?;
                return Ok(moved(case, tenancy, &[], amount, now));
            };
            let currency = case.facts.walks[walk].ledger.currency();
            let before = case.facts.account.credit(currency);
            let amount = enter(case, tenancy, Some(walk), Fact::Refunded { on, amount }, now)?;
            let after = case.facts.account.credit(currency);
            if after.minor() < before.minor().min(0) {
                let told = format!(
                    "what was paid too much on it is not there any more: the customer's credit is {before}; give back at most what it is"
                );
                return Err(Error::refused("credit_used", told));
            }
            Ok(moved(case, tenancy, &[(walk, amount)], Money::zero(currency), now))
        })
    }

    /// Lets the customer's credit pay: on one receivable, or on all that are open, due for longest first.
    ///
    /// * `amount` — at most so much; all of it when absent.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when there is no credit, less than asked for, or nothing that it could pay.
    pub fn apply_credit(
        &self,
        tenant: TenantId,
        about: &About,
        (amount, currency): (Option<Money>, Currency),
        act: &Act,
        now: Instant,
    ) -> Result<Moved> {
        self.on_subject(tenant, about, act, now, |case, tenancy, walk| {
            let (asked, named) = (amount.unwrap_or_else(|| case.facts.account.credit(currency)), walk.as_slice());
            let Allocation { parts, .. } = use_credit(case, tenancy, named, asked, now)?;
            if parts.is_empty() {
                return Err(Error::refused("nothing_due", "nothing is due that this credit could pay"));
            }
            Ok(moved(case, tenancy, &parts, Money::zero(asked.currency()), now))
        })
    }

    /// Enters something on one receivable.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when it does not fit, with why.
    pub fn book(&self, tenant: TenantId, about: &About, what: Booking, on: Option<Day>, act: &Act, now: Instant) -> Result<Moved> {
        if what == Booking::Void {
            self.is_no_part(tenant, about)?;
        }
        self.on_subject(tenant, about, act, now, |case, tenancy, walk| {
            let walk = walk.ok_or_else(|| Error::refused("of_receivable", "this is entered on a receivable, not on a customer"))?;
            let on = case_day(case, on, now)?;
            let ledger = &case.facts.walks[walk].ledger;
            let fact = match what {
                Booking::Reduction(amount) => Fact::Credited { on, amount },
                Booking::Withheld(amount) => Fact::TaxWithheld { on, amount },
                Booking::Fee(amount) => Fact::FeeAdded { on, amount },
                Booking::ChargedBack(amount) => Fact::ChargedBack { on, amount },
                Booking::Void if ledger.is_void() => return Err(Error::refused("void", "it is void already")),
                Booking::Void => Fact::Voided,
                Booking::WriteOff if ledger.is_settled() => {
                    return Err(Error::refused("settled", "nothing is due, so there is nothing to write off"));
                }
                Booking::WriteOff => Fact::WrittenOff,
            };
            let currency = ledger.currency();
            let amount = enter(case, tenancy, Some(walk), fact, now)?;
            Ok(moved(case, tenancy, &[(walk, amount)], Money::zero(currency), now))
        })
    }

    /// What an invoice bills is cancelled with it: alone, it would leave an invoice of which nothing is owed and nothing was
    /// paid. Of which invoice a receivable is a part never changes.
    fn is_no_part(&self, tenant: TenantId, about: &About) -> Result<()> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let invoice = found.receivable.map(|part| billing::invoice_of_part(tx, tenant, part)).transpose()?.flatten();
            invoice.map_or(Ok(()), |key| {
                let told = format!("{} is a part of the invoice {key}: void that, or make a credit note on it", found.external_id);
                Err(Error::refused("part_of_invoice", told))
            })
        })
    }

    fn on_subject(
        &self,
        tenant: TenantId,
        about: &About,
        act: &Act,
        now: Instant,
        work: impl FnOnce(&mut Case, &Tenancy, Option<usize>) -> Result<Moved>,
    ) -> Result<Moved> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            self.with_case(tx, tenant, found.customer, found.receivable.as_slice(), now, |case, tenancy| {
                let walk = places(case, found.receivable.as_slice())?.pop();
                case.act = Some(act.clone());
                work(case, tenancy, walk)
            })
        })
    }
}

/// Lets credit pay: on these receivables, in this order, or with none on all that are open, due for longest first.
///
/// # Errors
/// [`crate::Kind::Refused`] when there is less credit than asked for.
fn use_credit(case: &mut Case, tenancy: &Tenancy, among: &[usize], asked: Money, now: Instant) -> Result<Allocation> {
    let credit = case.facts.account.credit(asked.currency());
    if asked.minor() <= 0 || asked.minor() > credit.minor() {
        return Err(Error::refused("no_credit", format!("the customer's credit is {credit}; use at most that")));
    }
    let (policies, today) = (tenancy.policies(case.customer), case.facts.zone.day_of(now));
    let walks =
        case.facts.walks.iter().enumerate().filter(|(place, walk)| among.contains(place) || (among.is_empty() && !walk.has_ended()));
    let open: Vec<Open> = walks
        .map(|(place, walk)| {
            let owes = walk.ledger.amount_due(&walk.terms(policies), today).total;
            Open { walk: place, due: walk.due, rank: walk.rank, owes }
        })
        .collect();
    let allocation = allocate(&open, among, asked);
    for &(walk, amount) in &allocation.parts {
        enter(case, tenancy, Some(walk), Fact::CreditUsed { on: today, amount }, now)?;
    }
    Ok(allocation)
}

/// Lets money pay on what was named, in that order, else on what is due for longest; what is left is the customer's credit.
pub(crate) fn take_payment(
    case: &mut Case,
    tenancy: &Tenancy,
    named: &[usize],
    (amount, on): (Money, Day),
    id: Option<&str>,
    now: Instant,
) -> Result<Allocation> {
    let open = open(case, tenancy, named, amount, (on, now))?;
    let allocation = allocate(&open, named, amount);
    let key = id.map(own_key);
    for &(walk, amount) in &told(&allocation.parts, allocation.rest, named) {
        let fact = match walk {
            Some(_) => Fact::Paid { paid_on: on, amount: Some(amount) },
            None => Fact::Received { on, amount },
        };
        enter(case, tenancy, walk, fact, now)?;
        key.iter().for_each(|key| case.name_payment(key.clone()));
    }
    Ok(allocation)
}

/// Enters a fact; the money that it moved.
pub(crate) fn enter(case: &mut Case, tenancy: &Tenancy, walk: Option<usize>, fact: Fact, now: Instant) -> Result<Money> {
    let name = walk.and_then(|walk| case.held.get(walk)).map_or_else(|| case.external_id.clone(), |held| held.external_id.clone());
    let misfit = |bad: FactError| Error::refused("does_not_fit", format!("{name}: {bad}"));
    match case.tell(tenancy, walk, fact, now).map_err(misfit)? {
        Applied::Moved(receipt) => Ok(receipt.amount),
        Applied::Known | Applied::Entered(_) => Ok(Money::zero(tenancy.published.currency())),
    }
}

/// The receivables of a customer that may take of a payment, and how much.
fn open(case: &Case, tenancy: &Tenancy, named: &[usize], amount: Money, (on, now): (Day, Instant)) -> Result<Vec<Open>> {
    let policies = tenancy.policies(case.customer);
    let mut open = Vec::new();
    for (place, walk) in case.facts.walks.iter().enumerate() {
        let owed = !walk.has_ended() || matches!(walk.closed, Some(Closed::Assigned(_)));
        let (is_named, currency) = (named.contains(&place), walk.ledger.currency());
        if is_named && currency != amount.currency() {
            let told = format!("{} is in {}, and {amount} is not", case.held[place].external_id, currency.code());
            return Err(Error::refused("currency", told));
        }
        let may_take = is_named || (owed && currency == amount.currency());
        if !may_take {
            continue;
        }
        // What it would take of all: a payment of a day before others makes everything be reckoned anew.
        let receipt = walk.ledger.clone().pay(&walk.terms(policies), on, Some(amount), now);
        let receipt = receipt.map_err(|bad| Error::refused("does_not_fit", bad.to_string()))?;
        let owes = Money::new(amount.minor() - receipt.credit.minor(), currency);
        open.push(Open { walk: place, due: walk.due, rank: walk.rank, owes });
    }
    Ok(open)
}

/// What is told of a payment: of each receivable its part. What no one takes is told of the last one that the payer named,
/// which then has too much, so that taking the payment back takes all of it; of the customer where nothing was named.
fn told(parts: &[(usize, Money)], rest: Money, named: &[usize]) -> Vec<(Option<usize>, Money)> {
    let mut told: Vec<(Option<usize>, Money)> = parts.iter().map(|&(walk, amount)| (Some(walk), amount)).collect();
    if rest.is_zero() {
        return told;
    }
    match (told.last_mut(), named.first()) {
        (Some((_, amount)), Some(_)) => *amount = Money::new(amount.minor() + rest.minor(), rest.currency()),
        (_, on) => told.push((on.copied(), rest)),
    }
    told
}

/// What is known of a payment with this id: its money and its day.
fn known(tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId, id: &str) -> Result<Option<(i64, Day)>> {
    let key = own_key(id);
    let mut known: Option<(i64, Day)> = None;
    let credit = account::of(tx, tenant, customer)?.into_iter().filter(|row| row.payment.as_deref() == Some(key.as_str()));
    let credit: Vec<(Option<i64>, Day)> = credit.map(|row| (Some(row.amount), row.counts_on)).collect();
    for (amount, on) in account::told(tx, tenant, customer, &key)?.into_iter().chain(credit) {
        known = Some((known.map_or(0, |(sum, _)| sum) + amount.unwrap_or(0), on));
    }
    Ok(known)
}

/// A payment with an id that is known says the same, or it is refused.
fn known_before(case: &Case, payment: &Payment<'_>, (amount, paid_on): (i64, Day), on: Day) -> Result<Moved> {
    let was = Money::new(amount, payment.amount.currency());
    if was == payment.amount && payment.on.is_none_or(|_| paid_on == on) {
        let credit = case.facts.account.credit(was.currency());
        return Ok(Moved { parts: Vec::new(), rest: Money::zero(was.currency()), credit, known: true });
    }
    let id = payment.id.unwrap_or_default();
    let told = format!("the payment {id} is known as {was} of {paid_on}; give another id, or correct it in a payments file");
    Err(Error::refused("known_otherwise", told))
}

pub(crate) fn moved(case: &Case, tenancy: &Tenancy, parts: &[(usize, Money)], rest: Money, now: Instant) -> Moved {
    let (policies, today) = (tenancy.policies(case.customer), case.facts.zone.day_of(now));
    let parts = parts.iter().filter_map(|&(walk, amount)| {
        let (known, held) = case.facts.walks.get(walk).zip(case.held.get(walk))?;
        let due = known.ledger.amount_due(&known.terms(policies), today).total;
        Some(Part { receivable: held.external_id.clone(), amount, due })
    });
    Moved { parts: parts.collect(), rest, credit: case.facts.account.credit(rest.currency()), known: false }
}

fn places(case: &Case, ids: &[ReceivableId]) -> Result<Vec<usize>> {
    let missing = || Error::bug("walk", "the receivable is not among its customer's");
    ids.iter().map(|id| case.walk_of(*id).ok_or_else(missing)).collect()
}

/// The day for which something counts: none that is to come.
fn case_day(case: &Case, on: Option<Day>, now: Instant) -> Result<Day> {
    let today = case.facts.zone.day_of(now);
    match on {
        Some(on) if on > today => Err(Error::refused("day_to_come", format!("{on} is to come; enter it when it has happened"))),
        on => Ok(on.unwrap_or(today)),
    }
}

//! What a line may be about: found set-based for many lines by ids of ours, documents and payers, then looked at one by one.

use std::collections::{BTreeMap, BTreeSet};

use regua_core::bank::matching::{Candidate, Found, folded, words};
use regua_core::bank::{Event, Line};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::time::Day;
use regua_store::bank::{self, Booked, SlipRow};
use regua_store::db::Tx;
use regua_store::lookup;
use regua_store::seal::MasterKey;
use regua_wire::boleto::banks::{self, Beneficiary, OurNumber};

use super::accounts::bare;
use super::row::line_id;
use crate::case::Case;
use crate::error::Result;
use crate::tenancy::Tenancy;

/// Receivables that are looked at for one payer.
const OPEN_MAX: usize = 1_000;

/// Customers that have one tax id or name: more are nobody's mark.
const MARKED_MAX: usize = 20;

/// What was found for many lines.
pub(super) struct Finds {
    company: Option<Beneficiary>,
    /// Slips by number.
    slips: BTreeMap<String, SlipRow>,
    /// Receivables by what their source calls them.
    called: BTreeMap<String, (ReceivableId, CustomerId)>,
    /// Receivables by our id.
    own: BTreeMap<ReceivableId, CustomerId>,
    /// Customers by mark.
    marked: BTreeMap<[u8; 16], Vec<CustomerId>>,
    /// What is open of those customers.
    open: BTreeMap<CustomerId, Vec<ReceivableId>>,
    /// Payments that were booked, by their lines: what a return may be of.
    booked: BTreeMap<[u8; 16], Booked>,
}

/// Whether payers are looked for by their names, too: for a person who is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// No: a name alone books nothing.
    Left,
    /// Yes.
    Looked,
}

/// Where lines are looked up.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) master: &'a MasterKey,
    pub(super) tenant: TenantId,
    pub(super) account: &'a str,
    /// The company at this bank, where slips can be made for it: what a slip's number is there.
    pub(super) company: Option<&'a Beneficiary>,
    pub(super) currency: &'a str,
}

impl Finds {
    /// Looks for what lines may be about.
    pub(super) fn of(tx: &mut Tx<'_>, place: Place<'_>, lines: &[&Line], names: Names) -> Result<Self> {
        let Place { master, tenant, account, currency, company } = place;
        let numbers: BTreeSet<String> = lines.iter().flat_map(|line| slip_numbers(line, company)).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let slips = bank::slips_numbered(tx, tenant, account, &numbers)?;
        let called: BTreeSet<&str> = lines.iter().flat_map(|line| documents(line).chain(words(&line.text))).collect();
        let called: Vec<&str> = called.into_iter().collect();
        let called = lookup::receivables(tx, tenant, &called)?;
        let mut own = BTreeMap::new();
        for id in lines.iter().filter_map(|line| receivable_of_txid(line.names.txid.as_deref()?)) {
            if let Some((customer, _)) = lookup::receivable_of(tx, tenant, id)? {
                own.insert(id, customer);
            }
        }
        let marks: BTreeSet<[u8; 16]> = lines.iter().flat_map(|line| marks_of(master, tenant, line, names)).collect();
        let marks: Vec<[u8; 16]> = marks.into_iter().collect();
        let mut marked: BTreeMap<[u8; 16], Vec<CustomerId>> = BTreeMap::new();
        for (mark, customer) in bank::marked(tx, tenant, &marks)? {
            marked.entry(mark).or_default().push(customer);
        }
        marked.retain(|_, customers| customers.len() <= MARKED_MAX);
        let payers: BTreeSet<[u8; 16]> = marked.values().flatten().map(|id| id.to_bytes()).collect();
        let payers: Vec<[u8; 16]> = payers.into_iter().collect();
        let mut open: BTreeMap<CustomerId, Vec<ReceivableId>> = BTreeMap::new();
        for (receivable, customer) in bank::open_of(tx, tenant, &payers, currency)? {
            open.entry(customer).or_default().push(receivable);
        }
        open.retain(|_, receivables| receivables.len() <= OPEN_MAX);
        let paid: Vec<[u8; 16]> = lines.iter().filter_map(|line| paid_line(account, line)).collect();
        let booked = bank::booked(tx, tenant, &paid)?;
        Ok(Self {
            company: company.cloned(),
            booked: booked.into_iter().map(|booked| (booked.line, booked)).collect(),
            slips: slips.into_iter().map(|slip| (slip.number.clone(), slip)).collect(),
            called: called.into_iter().map(|(id, customer, external)| (external, (id, customer))).collect(),
            own,
            marked,
            open,
        })
    }

    /// Every customer that is looked at, in the order of locks.
    pub(super) fn customers(&self) -> Vec<[u8; 16]> {
        let slips = self.slips.values().map(|slip| slip.customer);
        let called = self.called.values().map(|(_, customer)| *customer).chain(self.own.values().copied());
        let booked = self.booked.values().map(|booked| booked.customer);
        let all: BTreeSet<CustomerId> = slips.chain(called).chain(booked).chain(self.open.keys().copied()).collect();
        all.into_iter().map(|id| id.to_bytes()).collect()
    }

    /// Receivables that are looked at even if nothing can happen to them by itself.
    pub(super) fn receivables(&self) -> Vec<[u8; 16]> {
        let slips = self.slips.values().map(|slip| slip.receivable);
        let booked = self.booked.values().map(|booked| booked.receivable);
        let called = self.called.values().map(|(id, _)| *id);
        let all: BTreeSet<ReceivableId> = slips.chain(called).chain(booked).chain(self.own.keys().copied()).collect();
        all.into_iter().map(|id| id.to_bytes()).collect()
    }

    /// The slip that a line is of. What we wrote beside its number the bank sends back: where that is something else, the slip
    /// is another program's, of another wallet or agreement whose numbers may be the same.
    pub(super) fn slip(&self, line: &Line, cases: &BTreeMap<CustomerId, Case>) -> Option<&SlipRow> {
        let slip = slip_numbers(line, self.company.as_ref()).iter().find_map(|number| self.slips.get(number))?;
        let Some(told) = line.names.company_use.as_deref() else { return Some(slip) };
        let held = cases.get(&slip.customer).and_then(|case| case.held.get(case.walk_of(slip.receivable)?));
        let ours = told == slip.number || held.is_some_and(|held| held.external_id.eq_ignore_ascii_case(told));
        ours.then_some(slip)
    }

    /// What the line that a return names was booked on, when it brought so much.
    pub(super) fn booked_before(&self, account: &str, line: &Line, amount: Money) -> Option<(CustomerId, ReceivableId)> {
        let booked = self.booked.get(&paid_line(account, line)?)?;
        (booked.amount == amount.minor()).then_some((booked.customer, booked.receivable))
    }

    /// Says where a slip stands now, for the lines behind.
    pub(super) fn set_slip(&mut self, number: &str, status: &str) {
        if let Some(slip) = self.slips.get_mut(number) {
            status.clone_into(&mut slip.status);
        }
    }

    /// The receivables that a line may be about, the strongest way of finding each; with what to call them.
    pub(super) fn candidates(
        &self,
        place: Place<'_>,
        line: &Line,
        day: Day,
        cases: &BTreeMap<CustomerId, Case>,
        tenancy: &Tenancy,
        names: Names,
    ) -> (Vec<Candidate>, Vec<(CustomerId, ReceivableId)>) {
        let mut found: BTreeMap<(CustomerId, ReceivableId), Found> = BTreeMap::new();
        let mut add = |customer, receivable, by: Found| {
            let known = found.entry((customer, receivable)).or_insert(by);
            *known = (*known).min(by);
        };
        if let Some(slip) = self.slip(line, cases) {
            add(slip.customer, slip.receivable, Found::OurNumber);
        }
        if let Some(id) = line.names.txid.as_deref().and_then(receivable_of_txid)
            && let Some(customer) = self.own.get(&id)
        {
            add(*customer, id, Found::Txid);
        }
        for (by, text) in documents(line).map(|text| (Found::Document, text)).chain(words(&line.text).map(|word| (Found::Text, word))) {
            if let Some((id, customer)) = self.called.get(text) {
                add(*customer, *id, by);
            }
        }
        let tax_id = line.payer.tax_id.as_deref().map(|id| mark(place.master, place.tenant, Kind::TaxId, id));
        for mark in marks_of(place.master, place.tenant, line, names) {
            let by = if Some(mark) == tax_id { Found::Payer } else { Found::Name };
            for customer in self.marked.get(&mark).into_iter().flatten() {
                for receivable in self.open.get(customer).into_iter().flatten() {
                    add(*customer, *receivable, by);
                }
            }
        }
        let mut customers: Vec<CustomerId> = Vec::new();
        let (mut candidates, mut ids) = (Vec::new(), Vec::new());
        for ((customer, receivable), by) in found {
            let Some(case) = cases.get(&customer) else { continue };
            let Some(walk) = case.walk_of(receivable) else { continue };
            if customers.last() != Some(&customer) {
                customers.push(customer);
            }
            let (place, owner) = (candidates.len(), customers.len() - 1);
            candidates.push(candidate((case, tenancy), walk, line, (place, owner, by), day));
            ids.push((customer, receivable));
        }
        (candidates, ids)
    }
}

fn candidate(
    (case, tenancy): (&Case, &Tenancy),
    walk: usize,
    line: &Line,
    (place, customer, by): (usize, usize, Found),
    day: Day,
) -> Candidate {
    let policies = tenancy.policies(case.customer);
    let own = &case.facts.walks[walk];
    let currency = own.ledger.currency();
    let owes = own.ledger.amount_due(&own.terms(policies), day).total;
    let all = case.facts.walks.iter().filter(|walk| !walk.has_ended() && walk.ledger.currency() == currency);
    let all = all.map(|walk| walk.ledger.amount_due(&walk.terms(policies), day).total.minor()).fold(0_i64, i64::saturating_add);
    let order = case.facts.walks.iter().filter(|other| (other.due, other.rank) < (own.due, own.rank)).count();
    let known = &case.facts.customer;
    Candidate {
        place,
        customer,
        by,
        owes,
        owed_by_all: Money::new(all, currency),
        payer: line.payer.tax_id.as_deref().is_some_and(|told| tax_id(known).is_some_and(|own| bare(&own) == bare(told))),
        name: line.payer.name.as_deref().is_some_and(|told| name(known).is_some_and(|own| own == folded(told))),
        early: day < own.issued_on,
        order,
    }
}

/// The line that told of the payment that a return is of, where both have the id of a Pix.
fn paid_line(account: &str, line: &Line) -> Option<[u8; 16]> {
    if line.event != Event::Returned {
        return None;
    }
    let mut paid = Line { event: Event::Paid, ..line.clone() };
    paid.names.end_to_end = line.names.of.clone().or_else(|| line.names.end_to_end.clone());
    paid.names.end_to_end.is_some().then(|| line_id(account, &paid, 0))
}

/// What lines are called by documents of the company's.
fn documents(line: &Line) -> impl Iterator<Item = &str> {
    [line.names.document.as_deref(), line.names.company_use.as_deref()].into_iter().flatten()
}

/// What a slip's number may be as it is stored, the likeliest first: as the bank wrote it, without what the bank puts before
/// the company's own digits, and without a check digit that agrees.
fn slip_numbers(line: &Line, company: Option<&Beneficiary>) -> Vec<String> {
    let told = line.names.our_number.as_deref().unwrap_or_default();
    let told: String = told.chars().filter(char::is_ascii_alphanumeric).collect();
    let bare = |digits: &str| digits.trim_start_matches('0').to_owned();
    let mut numbers = vec![bare(&told)];
    if let Some(company) = company {
        let bank = company.bank();
        // The company's own digits, when the bank makes of them what it wrote.
        let own = |text: &str| {
            let number = OurNumber::new(bank, text.get(text.len().saturating_sub(bank.our_number_len())..)?).ok()?;
            let at_bank = banks::our_number_at_bank(company, &number).ok()?;
            (bare(&at_bank) == bare(text)).then_some(number)
        };
        numbers.extend(own(&told).map(|number| bare(number.as_str())));
        if let Some((before, check)) = told.char_indices().next_back().map(|(at, check)| (&told[..at], check)) {
            let agrees = |number: &OurNumber| banks::our_number_digit(company, number) == Ok(Some(check));
            numbers.extend(own(before).filter(agrees).map(|number| bare(number.as_str())));
        }
    }
    numbers.retain(|number| !number.is_empty());
    numbers.dedup();
    numbers
}

/// Digits of a receivable's id in base 36: 25 of them hold 128 bits, and are as many as a static Pix code takes.
const TXID_LEN: usize = 25;

/// The transaction id of a static Pix code for a receivable: its id in another spelling, so that the payment names it.
///
/// ```
/// # use regua_core::ids::ReceivableId;
/// let id = ReceivableId::new(1_796_083_200_000, [7; 10]);
/// let txid = regua_engine::bank::txid_of(id);
/// assert_eq!(txid.len(), 25);
/// assert_eq!(regua_engine::bank::receivable_of_txid(&txid), Some(id));
/// assert_eq!(regua_engine::bank::receivable_of_txid("PED0000123"), None);
/// ```
#[must_use]
pub fn txid_of(receivable: ReceivableId) -> String {
    let mut rest = u128::from_be_bytes(receivable.to_bytes());
    let mut digits = [b'0'; TXID_LEN];
    for digit in digits.iter_mut().rev() {
        let value = u32::try_from(rest % 36).unwrap_or(0);
        *digit = char::from_digit(value, 36).map_or(b'0', |letter| u8::try_from(letter.to_ascii_uppercase()).unwrap_or(b'0'));
        rest /= 36;
    }
    digits.iter().copied().map(char::from).collect()
}

/// The receivable that a transaction id of ours names.
#[must_use]
pub fn receivable_of_txid(txid: &str) -> Option<ReceivableId> {
    if txid.len() != TXID_LEN || !txid.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
        return None;
    }
    let value = u128::from_str_radix(txid, 36).ok()?; // none when it does not fit
    ReceivableId::from_bytes(value.to_be_bytes()).ok()
}

/// What a mark is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    TaxId,
    Name,
}

fn mark(master: &MasterKey, tenant: TenantId, kind: Kind, text: &str) -> [u8; 16] {
    match kind {
        Kind::TaxId => master.mark("payer tax id", &tenant.to_bytes(), bare(text).as_bytes()),
        Kind::Name => master.mark("payer name", &tenant.to_bytes(), folded(text).as_bytes()),
    }
}

fn marks_of(master: &MasterKey, tenant: TenantId, line: &Line, names: Names) -> Vec<[u8; 16]> {
    let tax_id = line.payer.tax_id.as_deref().filter(|id| bare(id).len() >= 5).map(|id| mark(master, tenant, Kind::TaxId, id));
    let name = line.payer.name.as_deref().filter(|name| names == Names::Looked && folded(name).len() >= 5);
    tax_id.into_iter().chain(name.map(|name| mark(master, tenant, Kind::Name, name))).collect()
}

/// The marks by which a customer is found as a payer.
pub(crate) fn marks(master: &MasterKey, tenant: TenantId, customer: &Customer) -> Vec<[u8; 16]> {
    let tax_id = tax_id(customer).filter(|id| bare(id).len() >= 5).map(|id| mark(master, tenant, Kind::TaxId, &id));
    let name = name(customer).filter(|name| name.len() >= 5).map(|name| mark(master, tenant, Kind::Name, &name));
    tax_id.into_iter().chain(name).collect()
}

fn tax_id(customer: &Customer) -> Option<String> {
    customer.tax_id.as_ref().map(|id| id.as_str().to_owned())
}

fn name(customer: &Customer) -> Option<String> {
    customer.name.as_deref().map(folded)
}

//! The ledger of one receivable: immutable entries whose sum is the balance, and the amount due at a day.
//!
//! Entries come in two sorts. *Given* ones say what happened: the charge, payments, credits, withholdings, refunds,
//! chargebacks, fees, write-offs, a void. *Computed* ones follow from them and from the terms: interest, fine, compensation,
//! early discount, overpayment. They are entered when a payment or a write-off uses them. A movement that becomes
//! known late, for a day before others, makes everything be reckoned anew in the order of days; the differences are
//! entered, and no entry is ever changed.
//!
//! Deliberately absent: which payment belongs to which receivable, and what becomes of a customer's credit
//! ([`crate::account`]).

mod standing;
mod stored;

use crate::charges::{Due, Terms};
use crate::currency::Currency;
use crate::money::Money;
use crate::time::{Day, Instant};
use crate::words::text_enum;

pub use stored::StoredEntry;

use standing::{Ended, Standing};

text_enum! {
    /// What a ledger entry is (SPEC §1).
    EntryKind, "ledger entry" {
        Charge = "charge", Fee = "fee", Interest = "interest", Fine = "fine", Compensation = "compensation", Discount = "discount",
        Payment = "payment", Overpayment = "overpayment", Withholding = "withholding", Credit = "credit", Refund = "refund",
        Chargeback = "chargeback", WriteOff = "write_off", Void = "void", Application = "application",
    }
}

/// An immutable movement on a receivable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Signed: what raises the balance is positive, so a payment is negative and an overpayment, which is moved to the
    /// customer's credit, is positive.
    pub amount: Money,
    /// The local day for which it counts: of a payment, the payer's.
    pub on: Day,
    /// When it became known.
    pub at: Instant,
    origin: Origin,
}

/// Where an entry comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Origin {
    /// It happened.
    Given,
    /// It happened to the payment with this number.
    Reverses(usize),
    /// It follows from the given ones and the terms.
    Computed,
}

/// How a payment is undone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reversal {
    /// The money was taken back (card chargeback, returned debit or slip): charges run as if it had never been paid.
    Chargeback,
    /// The creditor gave it back: the amount is owed again from that day on, without a second fine.
    Refund,
}

impl Reversal {
    /// What it is entered as.
    #[must_use]
    pub const fn kind(self) -> EntryKind {
        match self {
            Self::Chargeback => EntryKind::Chargeback,
            Self::Refund => EntryKind::Refund,
        }
    }
}

/// What a movement did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// The number of its entry in [`Ledger::entries`]; none when there was nothing to enter.
    pub entry: Option<usize>,
    /// The money that moved.
    pub amount: Money,
    /// What the customer's credit gains by it (loses when negative).
    pub credit: Money,
    /// Whether nothing is open now.
    pub settled: bool,
}

/// The entries of one receivable and where they leave it.
///
/// ```
/// # use regua_core::{calendar::Calendar, charges::Terms, currency::Currency, ledger::Ledger, money::Money, rate::Rate};
/// # use regua_core::{policy::program::{Interest, LateCharges}, time::{Day, Instant}};
/// // SPEC §3: R$ 100.00 due Saturday 2026-12-12, paid Tuesday the 15th at 2 % and 1 % a month.
/// let late = LateCharges { fine: Rate::from_bps(200), interest: Interest { rate: Rate::from_bps(100), base_days: 30 }, ..LateCharges::default() };
/// let terms = Terms::new(&late, &[], Calendar::BrBanking, Day::parse("2026-12-12")?);
/// let mut ledger = Ledger::new(Money::new(10_000, Currency::BRL), Day::parse("2026-12-01")?, Instant::default())?;
/// let tuesday = Day::parse("2026-12-15")?;
/// assert_eq!(ledger.amount_due(&terms, tuesday).total.to_string(), "BRL 102.03");
/// ledger.pay(&terms, tuesday, None, Instant::default())?;
/// assert!(ledger.is_settled());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ledger {
    charge: Entry,
    /// Nothing while nothing has moved, so that an open receivable costs no allocation.
    moved: Option<Box<Moved>>,
}

/// The entries after the first and where they lead.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Moved {
    entries: Vec<Entry>,
    standing: Standing,
    /// The latest day of a given entry that stands.
    last: Day,
}

impl Ledger {
    /// The largest amount of one receivable, in minor units: ten million million.
    ///
    /// It keeps every product of amount, rate and days within `i128`.
    pub const MINOR_MAX: i64 = 1_000_000_000_000_000;

    /// A receivable of `principal`, issued on a day and known since an instant.
    ///
    /// # Errors
    /// [`LedgerError::Amount`] when the principal is negative or above [`Ledger::MINOR_MAX`].
    pub fn new(principal: Money, issued_on: Day, known_at: Instant) -> Result<Self, LedgerError> {
        if !(0..=Self::MINOR_MAX).contains(&principal.minor()) {
            return Err(LedgerError::Amount(principal));
        }
        let charge = Entry { kind: EntryKind::Charge, amount: principal, on: issued_on, at: known_at, origin: Origin::Given };
        Ok(Self { charge, moved: None })
    }

    /// The currency of every entry.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.charge.amount.currency()
    }

    /// What was billed, as last amended.
    #[must_use]
    pub fn billed(&self) -> Money {
        let amended = self.moved.iter().flat_map(|moved| &moved.entries).filter(|entry| entry.kind == EntryKind::Charge);
        self.money(amended.map(|entry| entry.amount.minor()).fold(self.charge.amount.minor(), i64::saturating_add))
    }

    /// Every entry in the order of becoming known; the first is the charge.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.charge).chain(self.moved.iter().flat_map(|moved| &moved.entries))
    }

    /// The sum of the entries.
    #[must_use]
    pub fn balance(&self) -> Money {
        self.money(self.standing().balance())
    }

    /// The principal that is unpaid.
    #[must_use]
    pub fn principal_open(&self) -> Money {
        self.money(self.standing().principal)
    }

    /// Whether nothing is open.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.standing().balance() == 0
    }

    /// Whether nothing is open and nothing was given up or cancelled: a write-off that was recovered in full is paid.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.standing().is_paid()
    }

    /// Whether it was cancelled as if never billed.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.standing().ended == Some(Ended::Void)
    }

    /// What was paid too much and moved to the customer's credit.
    #[must_use]
    pub fn overpaid(&self) -> Money {
        self.money(self.standing().entered.overpayment)
    }

    /// What was given up and has not been recovered.
    #[must_use]
    pub fn written_off(&self) -> Money {
        self.money(self.standing().entered.write_off)
    }

    /// The principal that a write-off or a void left unpaid; what was recovered since is not in it.
    #[must_use]
    pub fn principal_lost(&self) -> Money {
        self.money(self.standing().lost)
    }

    /// The day that settled the receivable, as counted by the payer; none while something is open, given up or void.
    #[must_use]
    pub fn settled_on(&self) -> Option<Day> {
        // The day on which a bill was mended is no day on which anything was paid.
        let moved = self.moved.iter().flat_map(|moved| standing_entries(&moved.entries));
        let moved = moved.filter(|(_, entry)| entry.kind != EntryKind::Charge);
        self.is_paid().then(|| moved.map(|(_, entry)| entry.on).max().unwrap_or(self.charge.on))
    }

    /// What settles the receivable on a day: the balance plus what has accrued by then.
    ///
    /// Computed, never stored. For a day before the last movement it answers for the day of that movement.
    #[must_use]
    pub fn amount_due(&self, terms: &Terms<'_>, on: Day) -> Due {
        self.standing().due(terms, self.moved.as_ref().map_or(on, |moved| moved.last.max(on)))
    }

    /// As [`Ledger::amount_due`], also for a day before the last movement: what counts for later days is left out.
    #[must_use]
    pub fn amount_due_then(&self, terms: &Terms<'_>, on: Day) -> Due {
        self.standing_on(terms, on).due(terms, on)
    }

    /// A payment on the payer's day `paid_on`; without an amount it settles in full.
    ///
    /// Within the receivable it pays interest, fine, fixed sums, principal; the rest becomes the customer's credit.
    /// When it settles what is due after an early discount, the discount is entered.
    ///
    /// # Errors
    /// [`LedgerError::Amount`] when the amount is not positive or too large, [`LedgerError::Currency`] when it is in another currency.
    pub fn pay(&mut self, terms: &Terms<'_>, paid_on: Day, amount: Option<Money>, known_at: Instant) -> Result<Receipt, LedgerError> {
        let amount = match amount {
            Some(amount) => self.positive(amount)?,
            None => {
                let then = self.standing_on(terms, paid_on);
                let due = then.due(terms, paid_on);
                // What was given up is owed by whoever pays in full after all.
                let all = self.money(due.total.minor().saturating_add(then.entered.write_off));
                if due.principal.is_zero() && all.is_zero() {
                    return Ok(Receipt { entry: None, amount: all, credit: all, settled: self.is_settled() });
                }
                all
            }
        };
        Ok(self.enter(terms, EntryKind::Payment, amount.minor(), (paid_on, known_at), Origin::Given))
    }

    /// The customer's credit pays on it, as money would.
    ///
    /// # Errors
    /// As [`Ledger::pay`]; [`LedgerError::TooMuch`] when it is more than is due on that day.
    pub fn pay_from_credit(&mut self, terms: &Terms<'_>, amount: Money, on: Day, known_at: Instant) -> Result<Receipt, LedgerError> {
        let (kind, amount) = (EntryKind::Application, self.positive(amount)?);
        let left = self.standing_on(terms, on).due(terms, on).total;
        if amount.minor() > left.minor() {
            return Err(LedgerError::TooMuch { kind, amount, left });
        }
        Ok(self.enter(terms, kind, amount.minor(), (on, known_at), Origin::Given))
    }

    /// A credit note or a granted reduction: lowers what was owed.
    ///
    /// # Errors
    /// As [`Ledger::pay`]; [`LedgerError::TooMuch`] when it is more than is due on that day.
    pub fn credit(&mut self, terms: &Terms<'_>, amount: Money, on: Day, known_at: Instant) -> Result<Receipt, LedgerError> {
        self.lower(terms, EntryKind::Credit, amount, (on, known_at))
    }

    /// A tax that the payer withheld and pays to the state.
    ///
    /// # Errors
    /// As [`Ledger::credit`].
    pub fn withhold(&mut self, terms: &Terms<'_>, amount: Money, on: Day, known_at: Instant) -> Result<Receipt, LedgerError> {
        self.lower(terms, EntryKind::Withholding, amount, (on, known_at))
    }

    /// A fee of the policy: due, but no base of fine or interest.
    ///
    /// # Errors
    /// As [`Ledger::pay`].
    pub fn fee(&mut self, terms: &Terms<'_>, amount: Money, on: Day, known_at: Instant) -> Result<Receipt, LedgerError> {
        let amount = self.positive(amount)?;
        Ok(self.enter(terms, EntryKind::Fee, amount.minor(), (on, known_at), Origin::Given))
    }

    /// What was billed was told otherwise: the difference is entered as a charge of its own, negative when less was
    /// billed, and what follows from all entries is reckoned anew by the terms, which may have changed too.
    ///
    /// # Errors
    /// [`LedgerError::Amount`] as in [`Ledger::new`], [`LedgerError::Currency`] when it is in another currency.
    pub fn amend(&mut self, terms: &Terms<'_>, amount: Money, on: Day, known_at: Instant) -> Result<Receipt, LedgerError> {
        if amount.currency() != self.currency() {
            return Err(LedgerError::Currency { amount, currency: self.currency() });
        }
        if !(0..=Self::MINOR_MAX).contains(&amount.minor()) {
            return Err(LedgerError::Amount(amount));
        }
        let difference = amount.minor() - self.billed().minor();
        if difference == 0 && self.moved.is_none() {
            return Ok(Receipt { entry: None, amount: self.money(0), credit: self.money(0), settled: self.is_settled() });
        }
        Ok(self.enter(terms, EntryKind::Charge, difference, (on, known_at), Origin::Given))
    }

    /// Gives up everything that is due on a day. A payment that comes later is a recovery and takes its part of it back.
    ///
    /// # Errors
    /// [`LedgerError::Settled`] when nothing is due.
    pub fn write_off(&mut self, terms: &Terms<'_>, on: Day, known_at: Instant) -> Result<Receipt, LedgerError> {
        let due = self.standing_on(terms, on).due(terms, on);
        if due.principal.is_zero() && due.total.is_zero() {
            return Err(LedgerError::Settled);
        }
        Ok(self.enter(terms, EntryKind::WriteOff, 0, (on, known_at), Origin::Given))
    }

    /// Cancels it as if it had never been billed: nothing is owed, and what was paid is the customer's credit.
    ///
    /// # Errors
    /// [`LedgerError::Void`] when it was cancelled before.
    pub fn void(&mut self, terms: &Terms<'_>, on: Day, known_at: Instant) -> Result<Receipt, LedgerError> {
        if self.is_void() {
            return Err(LedgerError::Void);
        }
        Ok(self.enter(terms, EntryKind::Void, 0, (on, known_at), Origin::Given))
    }

    /// Undoes the payment with this entry number, wholly or in part.
    ///
    /// # Errors
    /// [`LedgerError::NotAPayment`] when the entry is none; [`LedgerError::TooMuch`] when more is taken back than is left
    /// of the payment; as [`Ledger::pay`] for the amount.
    pub fn reverse(
        &mut self,
        terms: &Terms<'_>,
        how: Reversal,
        payment: usize,
        amount: Option<Money>,
        on: Day,
        known_at: Instant,
    ) -> Result<Receipt, LedgerError> {
        let paid = self.entries().nth(payment).filter(|entry| entry.kind == EntryKind::Payment);
        let paid = paid.ok_or(LedgerError::NotAPayment(payment))?.amount.minor();
        let reversed: i64 =
            self.entries().filter(|entry| entry.origin == Origin::Reverses(payment)).map(|entry| entry.amount.minor()).sum();
        let left = self.money(-paid - reversed);
        let amount = amount.map_or(Ok(left), |amount| self.positive(amount))?;
        let kind = how.kind();
        if amount.minor() > left.minor() || left.is_zero() {
            return Err(LedgerError::TooMuch { kind, amount, left });
        }
        Ok(self.enter(terms, kind, amount.minor(), (on, known_at), Origin::Reverses(payment)))
    }

    /// Money that was taken or given back, when nobody says from which payment: the newest give first. Without an
    /// amount, all that is left of the newest.
    ///
    /// # Errors
    /// [`LedgerError::TooMuch`] when more is taken back than is left of all payments; as [`Ledger::pay`] for the amount.
    pub fn take_back(
        &mut self,
        terms: &Terms<'_>,
        how: Reversal,
        amount: Option<Money>,
        on: Day,
        known_at: Instant,
    ) -> Result<Receipt, LedgerError> {
        let kind = how.kind();
        let payments = self.entries().enumerate().filter(|(_, entry)| entry.kind == EntryKind::Payment);
        let left: Vec<(usize, i64)> =
            payments.map(|(number, entry)| (number, self.left_of(number, entry))).filter(|(_, left)| *left > 0).collect();
        let mut rest = match amount {
            Some(amount) => self.positive(amount)?.minor(),
            None => left.last().map_or(0, |(_, left)| *left),
        };
        let (amount, all) = (self.money(rest), self.money(left.iter().map(|(_, left)| left).sum()));
        if rest == 0 || rest > all.minor() {
            return Err(LedgerError::TooMuch { kind, amount, left: all });
        }
        let mut receipt = Receipt { entry: None, amount, credit: self.money(0), settled: self.is_settled() };
        for &(payment, left) in left.iter().rev() {
            let part = rest.min(left);
            if part == 0 {
                break;
            }
            rest -= part;
            let done = self.enter(terms, kind, part, (on, known_at), Origin::Reverses(payment));
            let credit = self.money(receipt.credit.minor() + done.credit.minor());
            receipt = Receipt { amount, credit, ..done };
        }
        Ok(receipt)
    }

    /// A payment was told wrongly: the one that counted for `was_on` (of `was`, when its amount was told) is taken out as if
    /// it had never been, and what is right is entered in its place.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchPayment`] when there is none of which all is left; as [`Ledger::pay`] for what is right.
    pub fn correct(
        &mut self,
        terms: &Terms<'_>,
        (was_on, was): (Day, Option<Money>),
        (paid_on, amount): (Day, Option<Money>),
        known_at: Instant,
    ) -> Result<Receipt, LedgerError> {
        let amount = amount.map(|amount| self.positive(amount)).transpose()?;
        let meant = |(number, entry): &(usize, &Entry)| {
            let whole = self.left_of(*number, entry) == -entry.amount.minor();
            entry.kind == EntryKind::Payment && entry.on == was_on && whole && was.is_none_or(|was| was.minor() == -entry.amount.minor())
        };
        let (number, _) = self.entries().enumerate().filter(meant).last().ok_or(LedgerError::NoSuchPayment { on: was_on })?;
        self.reverse(terms, Reversal::Chargeback, number, None, was_on, known_at)?;
        self.pay(terms, paid_on, amount, known_at)
    }
}

impl Ledger {
    /// What has not been taken or given back of a payment.
    fn left_of(&self, number: usize, payment: &Entry) -> i64 {
        let reversals = self.entries().filter(|entry| entry.origin == Origin::Reverses(number));
        let reversed: i64 = reversals.map(|entry| entry.amount.minor()).sum();
        -payment.amount.minor() - reversed
    }

    fn lower(&mut self, terms: &Terms<'_>, kind: EntryKind, amount: Money, when: (Day, Instant)) -> Result<Receipt, LedgerError> {
        let amount = self.positive(amount)?;
        let mut open = self.standing_on(terms, when.0);
        open.enter_charges(terms, when.0);
        // What was given up can still turn out not to have been owed.
        let left = self.money(open.balance().saturating_add(open.entered.write_off));
        if amount.minor() > left.minor() {
            return Err(LedgerError::TooMuch { kind, amount, left });
        }
        Ok(self.enter(terms, kind, amount.minor(), when, Origin::Given))
    }

    /// Appends a movement and the computed entries that follow from it.
    fn enter(&mut self, terms: &Terms<'_>, kind: EntryKind, amount: i64, (on, at): (Day, Instant), origin: Origin) -> Receipt {
        let charge = self.charge.amount;
        let moved =
            self.moved.get_or_insert_with(|| Box::new(Moved { entries: Vec::new(), standing: Standing::new(charge), last: Day::MIN }));
        let before = moved.standing.entered;
        let signed = if lowers(kind) { -amount } else { amount };
        let number = moved.entries.len() + 1;
        let given = Entry { kind, amount: Money::new(signed, charge.currency()), on, at, origin };
        // An amendment that changes terms and not the amount enters only what follows.
        let amends = kind == EntryKind::Charge;
        let enters = !amends || amount != 0;
        if enters {
            moved.entries.push(given);
        }
        if on >= moved.last && kind != EntryKind::Chargeback && !amends {
            apply(&mut moved.standing, terms, &given, amount);
        } else {
            moved.standing = replay(charge, terms, &moved.entries, Day::MAX);
        }
        if kind == EntryKind::Chargeback {
            moved.last = last_day(&moved.entries);
        } else if enters {
            moved.last = moved.last.max(on);
        }

        let after = moved.standing.entered;
        let computed = [
            (EntryKind::Interest, after.interest - before.interest),
            (EntryKind::Fine, after.fine - before.fine),
            (EntryKind::Compensation, after.compensation - before.compensation),
            (EntryKind::Discount, before.discount - after.discount),
            (EntryKind::Overpayment, after.overpayment - before.overpayment),
            (EntryKind::WriteOff, before.write_off - after.write_off),
            (EntryKind::Void, before.voided - after.voided),
        ];
        for (computed_kind, minor) in computed.into_iter().filter(|(_, minor)| *minor != 0) {
            let amount = Money::new(minor, charge.currency());
            match moved.entries.get_mut(number - 1) {
                // How much a write-off or a void takes away is known only now.
                Some(given) if matches!(kind, EntryKind::WriteOff | EntryKind::Void) && computed_kind == kind => given.amount = amount,
                _ => moved.entries.push(Entry { kind: computed_kind, amount, on, at, origin: Origin::Computed }),
            }
        }
        let credit = Money::new(after.overpayment - before.overpayment, charge.currency());
        let settled = moved.standing.balance() == 0;
        let moved_amount = moved.entries.get(number - 1).filter(|_| enters).map_or(given.amount, |entry| entry.amount);
        let entry = enters.then_some(number);
        Receipt { entry, amount: Money::new(moved_amount.minor().abs(), charge.currency()), credit, settled }
    }

    /// Where the movements up to and including a day lead.
    fn standing_on(&self, terms: &Terms<'_>, on: Day) -> Standing {
        match &self.moved {
            None => Standing::new(self.charge.amount),
            Some(moved) if moved.last <= on => moved.standing,
            Some(moved) => replay(self.charge.amount, terms, &moved.entries, on),
        }
    }

    fn standing(&self) -> Standing {
        self.moved.as_ref().map_or_else(|| Standing::new(self.charge.amount), |moved| moved.standing)
    }

    fn positive(&self, amount: Money) -> Result<Money, LedgerError> {
        if amount.currency() != self.currency() {
            return Err(LedgerError::Currency { amount, currency: self.currency() });
        }
        if (1..=Self::MINOR_MAX).contains(&amount.minor()) { Ok(amount) } else { Err(LedgerError::Amount(amount)) }
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency())
    }
}

/// Whether an entry of this kind, when given, lowers the balance.
const fn lowers(kind: EntryKind) -> bool {
    match kind {
        EntryKind::Payment
        | EntryKind::Application
        | EntryKind::Withholding
        | EntryKind::Credit
        | EntryKind::Discount
        | EntryKind::WriteOff
        | EntryKind::Void => true,
        EntryKind::Charge
        | EntryKind::Fee
        | EntryKind::Interest
        | EntryKind::Fine
        | EntryKind::Compensation
        | EntryKind::Overpayment
        | EntryKind::Refund
        | EntryKind::Chargeback => false,
    }
}

/// The given entries with their numbers, but for payments that were taken out again on their own day: as if they had
/// never been.
fn standing_entries(entries: &[Entry]) -> impl Iterator<Item = (usize, &Entry)> {
    let undone = move |number: usize, payment: &Entry| {
        let back = entries
            .iter()
            .filter(|other| other.kind == EntryKind::Chargeback && other.origin == Origin::Reverses(number) && other.on == payment.on);
        let back: i64 = back.map(|other| other.amount.minor()).sum();
        back != 0 && back == -payment.amount.minor()
    };
    // Entries are numbered from the charge, which stands outside the slice.
    let numbered = entries.iter().enumerate().map(|(place, entry)| (place + 1, entry));
    numbered.filter(move |&(number, entry)| match (entry.kind, entry.origin) {
        (_, Origin::Computed) => false,
        (EntryKind::Payment, _) => !undone(number, entry),
        (EntryKind::Chargeback, Origin::Reverses(payment)) => {
            let paid = payment.checked_sub(1).and_then(|place| entries.get(place));
            paid.is_none_or(|paid| entry.on != paid.on || !undone(payment, paid))
        }
        _ => true,
    })
}

/// The latest day of a given entry that stands.
fn last_day(entries: &[Entry]) -> Day {
    standing_entries(entries).map(|(_, entry)| entry.on).max().unwrap_or(Day::MIN)
}

/// Reckons everything anew in the order of days, up to and including `until`.
fn replay(charge: Money, terms: &Terms<'_>, entries: &[Entry], until: Day) -> Standing {
    let mut given: Vec<(usize, &Entry)> = standing_entries(entries).filter(|(_, entry)| entry.on <= until).collect();
    given.sort_by_key(|(_, entry)| entry.on);
    let mut standing = Standing::new(charge);
    for &(number, entry) in &given {
        let taken_back = given.iter().filter(|(_, other)| other.kind == EntryKind::Chargeback && other.origin == Origin::Reverses(number));
        let taken_back: i64 = taken_back.map(|(_, other)| other.amount.minor()).sum();
        let amount = if entry.kind == EntryKind::Charge { entry.amount.minor() } else { entry.amount.minor().abs() - taken_back };
        apply(&mut standing, terms, entry, amount);
    }
    standing
}

/// Applies one given entry of `amount` minor units.
fn apply(standing: &mut Standing, terms: &Terms<'_>, entry: &Entry, amount: i64) {
    match entry.kind {
        // A payment that was wholly taken back never happened; one of nothing may still take a full discount.
        EntryKind::Payment if amount == 0 && !entry.amount.is_zero() => {}
        EntryKind::Payment | EntryKind::Application => standing.pay(terms, entry.on, amount),
        EntryKind::Withholding | EntryKind::Credit => standing.credit(terms, entry.on, amount),
        EntryKind::Refund => standing.refund(terms, entry.on, amount),
        EntryKind::Fee => standing.fee(amount),
        EntryKind::WriteOff => standing.write_off(terms, entry.on),
        EntryKind::Void => standing.void(),
        // The payment itself is lowered; what has run up by now is entered with it.
        EntryKind::Chargeback => standing.enter_charges(terms, entry.on),
        EntryKind::Charge => standing.amend(terms, entry.on, amount),
        EntryKind::Interest | EntryKind::Fine | EntryKind::Compensation | EntryKind::Discount | EntryKind::Overpayment => {}
    }
}

/// Why a movement was refused. The ledger is as it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LedgerError {
    /// The amount is negative, nothing, or absurd.
    #[error("{0} is not an amount that can be entered: it must be positive and at most ten million million minor units")]
    Amount(Money),
    /// The amount is in another currency.
    #[error("{amount} cannot be entered on a receivable in {currency}: convert it first")]
    Currency {
        /// What was to be entered.
        amount: Money,
        /// The receivable's currency.
        currency: Currency,
    },
    /// More than there is to lower.
    #[error("a {kind} of {amount} is more than the {left} there is: enter at most that")]
    TooMuch {
        /// What it was to be.
        kind: EntryKind,
        /// What was to be entered.
        amount: Money,
        /// What there is.
        left: Money,
    },
    /// Nothing is due.
    #[error("nothing is due, so there is nothing to write off")]
    Settled,
    /// It was cancelled before.
    #[error("it is void already")]
    Void,
    /// The entry that was to be undone is no payment.
    #[error("entry {0} is not a payment: name the number that the payment's receipt gave")]
    NotAPayment(usize),
    /// No payment of that day and amount is there whole.
    #[error("there is no payment of {on} as it was told of which nothing was given back: enter what is right by hand")]
    NoSuchPayment {
        /// The day for which it counted.
        on: Day,
    },
}

#[cfg(test)]
mod tests;

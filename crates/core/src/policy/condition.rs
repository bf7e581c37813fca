//! Conditions: CEL compiled to a small typed program without maps, strings to look up or floats.

use crate::currency::Currency;
use crate::time::Day;

/// What a condition can read, with its meaning at the moment of decision. The vocabulary of SPEC §2.
///
/// `decide` implements [`Vars`] for it; the compiler maps `customer.language` and the like to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Var {
    /// `customer.attributes.<key>`.
    Attribute(Box<str>),
    /// `customer.language`, text.
    Language,
    /// `customer.state`, text.
    State,
    /// `customer.preferred_channel`, text.
    PreferredChannel,
    /// `customer.open_count`: receivables known, open and not ended.
    OpenCount,
    /// `customer.open_amount`: their amounts due in the receivable's currency, money.
    OpenAmount,
    /// `subscription.plan`, text.
    Plan,
    /// `subscription.collection`, text: `automatic` or `invoice`.
    Collection,
    /// `subscription.renewal_on`, date.
    RenewalOn,
    /// `receivable.amount`: what was billed, money.
    Amount,
    /// `receivable.amount_due`: balance plus charges accrued to now, money.
    AmountDue,
    /// `receivable.balance`: the sum of ledger entries, money.
    Balance,
    /// `receivable.method`: the payment rail, text.
    Method,
    /// `receivable.sequence`: the how-manieth receivable of the customer by entry, from 1, whole.
    Sequence,
    /// `receivable.days_late`: civil days after D, 0 before, whole.
    DaysLate,
    /// `receivable.currency`, text.
    CurrencyCode,
    /// `history.paid_count`: receivables known to be paid, whole.
    PaidCount,
    /// `history.late_count`: of those, paid after D, whole.
    LateCount,
    /// `history.late_rate_12m`: share paid late of those paid in the 365 days before now, number; absent when none.
    LateRate12m,
    /// `history.average_days_late`: over all paid, number; absent when none.
    AverageDaysLate,
    /// `history.broken_promises`: whole.
    BrokenPromises,
    /// `last_failure.needs_payer`: bool; absent without a failure.
    FailureNeedsPayer,
    /// `last_failure.reason`: text; absent without a failure.
    FailureReason,
    /// `last_failure.count`: failed charges of this receivable, whole.
    FailureCount,
    /// `risk.late`: probability of being late, number; absent without a model.
    RiskLate,
    /// `risk.self_cure`: probability of paying unasked, number; absent without a model.
    RiskSelfCure,
}

/// A value at decision time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// Not known: every comparison with it is false.
    Absent,
    /// True or false.
    Bool(bool),
    /// A fixed-point number in millionths; whole numbers too.
    Number(i64),
    /// An amount.
    Money {
        /// Minor units.
        minor: i64,
        /// Of this currency.
        currency: Currency,
    },
    /// A text.
    Text(&'a str),
    /// A date.
    Day(Day),
}

/// Where a condition's variables come from.
pub trait Vars {
    /// The value of a variable now.
    fn get(&self, var: &Var) -> Value<'_>;
}

/// What a condition says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It compares amounts of two currencies: neither (SPEC §2, skip reason `currency`).
    AcrossCurrencies,
}

/// A checked, compiled condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {}

impl Condition {
    /// Judges the condition.
    #[must_use]
    pub fn eval<V: Vars>(&self, _vars: &V) -> Verdict {
        Verdict::True
    }
}

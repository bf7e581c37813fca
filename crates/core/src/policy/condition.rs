//! Conditions: CEL compiled to a small typed program without maps, strings to look up or floats.
//!
//! `parse` makes a tree with places and exact numbers, `check` types it against `vocabulary` and makes
//! the program, `eval` runs it.

mod check;
mod eval;
mod parse;
#[cfg(test)]
mod tests;
mod vocabulary;

use crate::currency::Currency;
use crate::time::Day;

pub use vocabulary::{Kind, VocabularyRow, Words, vocabulary};

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

/// What is wrong with a condition, and at which byte of its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// Byte offset into the condition's text.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub mend: String,
}

impl Problem {
    fn new(at: usize, message: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { at, message: message.into(), mend: mend.into() }
    }
}

/// A checked, compiled condition.
///
/// ```
/// # use regua_core::currency::Currency;
/// # use regua_core::policy::{Condition, Value, Var, Vars, Verdict};
/// struct Owes(i64);
/// impl Vars for Owes {
///     fn get(&self, var: &Var) -> Value<'_> {
///         match var {
///             Var::AmountDue => Value::Money { minor: self.0, currency: Currency::BRL },
///             _ => Value::Absent,
///         }
///     }
/// }
/// let big = Condition::compile("receivable.amount_due > money('150.00')", Currency::BRL).unwrap();
/// assert_eq!(big.eval(&Owes(15_001)), Verdict::True);
/// assert_eq!(big.eval(&Owes(15_000)), Verdict::False);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Condition {
    source: Box<str>,
    test: eval::Test,
}

impl Condition {
    /// Compiles a condition; `money('10.00')` is in `currency`.
    ///
    /// # Errors
    /// Everything that is wrong with it: syntax, unknown names, types that do not fit, words that a closed
    /// list does not have.
    pub fn compile(source: &str, currency: Currency) -> Result<Self, Vec<Problem>> {
        let tree = parse::parse(source)?;
        let test = check::check(&tree, currency)?;
        Ok(Self { source: source.into(), test })
    }

    /// Judges the condition. Nothing is allocated and nothing can fail.
    #[must_use]
    pub fn eval<V: Vars>(&self, vars: &V) -> Verdict {
        self.test.judge(vars)
    }

    /// The condition as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

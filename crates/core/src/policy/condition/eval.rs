//! The typed program and how it runs: no allocation, no look-up by text, no floats, no failure.

use std::cmp::Ordering;

use super::{Value, Var, Vars, Verdict};
use crate::currency::Currency;
use crate::time::Day;

/// Millionths in a whole number.
pub(super) const ONE: i64 = 1_000_000;

/// Something that holds or not.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Test {
    /// Always the same.
    Always(bool),
    Not(Box<Test>),
    /// All hold. Like CEL's: false beside an unanswerable part is false.
    And(Box<[Test]>),
    /// One holds. Like CEL's: true beside an unanswerable part is true.
    Or(Box<[Test]>),
    Compare(Comparison, Operand, Operand),
    /// The value is among these.
    In(Operand, Box<[Operand]>),
    /// The name has a value.
    Has(Var),
    Match(Matching, Operand, Operand),
    /// The value is `true`.
    Holds(Operand),
    /// The second if the first holds, else the third.
    Choose(Box<[Test; 3]>),
}

/// Something that has a value.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Operand {
    Var(Var),
    Bool(bool),
    Number(i64),
    Money(i64, Currency),
    Text(Box<str>),
    Day(Day),
    Calculate(Calculation, Box<[Operand; 2]>),
    /// The second if the first holds, else the third.
    Choose(Box<(Test, Operand, Operand)>),
    /// Whether a test holds.
    Test(Box<Test>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Matching {
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Calculation {
    Add,
    Subtract,
    Multiply,
}

/// Amounts of two currencies met.
struct Across;

impl Test {
    pub(super) fn judge<V: Vars>(&self, vars: &V) -> Verdict {
        match self {
            Self::Always(holds) => verdict(*holds),
            Self::Not(test) => match test.judge(vars) {
                Verdict::True => Verdict::False,
                Verdict::False => Verdict::True,
                Verdict::AcrossCurrencies => Verdict::AcrossCurrencies,
            },
            Self::And(tests) => fold(tests, vars, Verdict::False, Verdict::True),
            Self::Or(tests) => fold(tests, vars, Verdict::True, Verdict::False),
            Self::Compare(comparison, left, right) => match (left.value(vars), right.value(vars)) {
                (Ok(left), Ok(right)) => comparison.judge(left, right),
                (Err(Across), _) | (_, Err(Across)) => Verdict::AcrossCurrencies,
            },
            Self::In(operand, items) => match operand.value(vars) {
                Ok(value) => any(items.iter().map(|item| match item.value(vars) {
                    Ok(item) => Comparison::Equal.judge(value, item),
                    Err(Across) => Verdict::AcrossCurrencies,
                })),
                Err(Across) => Verdict::AcrossCurrencies,
            },
            Self::Has(var) => verdict(vars.get(var) != Value::Absent),
            Self::Match(matching, text, part) => match (text.value(vars), part.value(vars)) {
                (Ok(Value::Text(text)), Ok(Value::Text(part))) => verdict(matching.holds(text, part)),
                (Ok(_), Ok(_)) => Verdict::False,
                (Err(Across), _) | (_, Err(Across)) => Verdict::AcrossCurrencies,
            },
            Self::Holds(operand) => match operand.value(vars) {
                Ok(value) => verdict(value == Value::Bool(true)),
                Err(Across) => Verdict::AcrossCurrencies,
            },
            Self::Choose(parts) => {
                let [test, then, otherwise] = parts.as_ref();
                match test.judge(vars) {
                    Verdict::True => then.judge(vars),
                    Verdict::False => otherwise.judge(vars),
                    Verdict::AcrossCurrencies => Verdict::AcrossCurrencies,
                }
            }
        }
    }
}

impl Operand {
    fn value<'a, V: Vars>(&'a self, vars: &'a V) -> Result<Value<'a>, Across> {
        Ok(match self {
            Self::Var(var) => vars.get(var),
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(millionths) => Value::Number(*millionths),
            Self::Money(minor, currency) => Value::Money { minor: *minor, currency: *currency },
            Self::Text(text) => Value::Text(text),
            Self::Day(day) => Value::Day(*day),
            Self::Calculate(calculation, operands) => {
                let [left, right] = operands.as_ref();
                return calculation.of(left.value(vars)?, right.value(vars)?);
            }
            Self::Choose(parts) => {
                let (test, then, otherwise) = parts.as_ref();
                return match test.judge(vars) {
                    Verdict::True => then.value(vars),
                    Verdict::False => otherwise.value(vars),
                    Verdict::AcrossCurrencies => Err(Across),
                };
            }
            Self::Test(test) => match test.judge(vars) {
                Verdict::True => Value::Bool(true),
                Verdict::False => Value::Bool(false),
                Verdict::AcrossCurrencies => return Err(Across),
            },
        })
    }
}

impl Comparison {
    /// A comparison with an absent value, or of two kinds of value, is false (SPEC §2).
    fn judge(self, left: Value<'_>, right: Value<'_>) -> Verdict {
        let order = match (left, right) {
            (Value::Number(left), Value::Number(right)) => left.cmp(&right),
            (Value::Money { minor: left, currency }, Value::Money { minor: right, currency: other }) => {
                if currency != other {
                    return Verdict::AcrossCurrencies;
                }
                left.cmp(&right)
            }
            (Value::Text(left), Value::Text(right)) => left.cmp(right),
            (Value::Bool(left), Value::Bool(right)) => left.cmp(&right),
            (Value::Day(left), Value::Day(right)) => left.cmp(&right),
            _ => return Verdict::False,
        };
        verdict(match self {
            Self::Equal => order == Ordering::Equal,
            Self::Unequal => order != Ordering::Equal,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
        })
    }
}

impl Matching {
    fn holds(self, text: &str, part: &str) -> bool {
        match self {
            Self::StartsWith => text.starts_with(part),
            Self::EndsWith => text.ends_with(part),
            Self::Contains => text.contains(part),
        }
    }
}

impl Calculation {
    /// What does not fit into its integer is absent, and a comparison with it false.
    fn of<'a>(self, left: Value<'a>, right: Value<'a>) -> Result<Value<'a>, Across> {
        let number = |value: Option<i64>| value.map_or(Value::Absent, Value::Number);
        Ok(match (self, left, right) {
            (Self::Add, Value::Number(left), Value::Number(right)) => number(left.checked_add(right)),
            (Self::Subtract, Value::Number(left), Value::Number(right)) => number(left.checked_sub(right)),
            (Self::Multiply, Value::Number(left), Value::Number(right)) => number(scale(left, right)),
            (Self::Multiply, Value::Money { minor, currency }, Value::Number(factor))
            | (Self::Multiply, Value::Number(factor), Value::Money { minor, currency }) => {
                scale(minor, factor).map_or(Value::Absent, |minor| Value::Money { minor, currency })
            }
            (Self::Add | Self::Subtract, Value::Money { minor: left, currency }, Value::Money { minor: right, currency: other }) => {
                if currency != other {
                    return Err(Across);
                }
                let minor = if self == Self::Add { left.checked_add(right) } else { left.checked_sub(right) };
                minor.map_or(Value::Absent, |minor| Value::Money { minor, currency })
            }
            (Self::Subtract, Value::Day(left), Value::Day(right)) => Value::Number(i64::from(left.since(right)) * ONE),
            (Self::Add, Value::Day(day), Value::Number(days)) | (Self::Add, Value::Number(days), Value::Day(day)) => moved(day, days),
            (Self::Subtract, Value::Day(day), Value::Number(days)) => days.checked_neg().map_or(Value::Absent, |days| moved(day, days)),
            _ => Value::Absent,
        })
    }
}

/// A day moved by whole days; a fraction of a day is dropped.
fn moved<'a>(day: Day, millionths: i64) -> Value<'a> {
    i32::try_from(millionths / ONE).map_or(Value::Absent, |days| Value::Day(day.plus(days)))
}

/// `value` times a factor in millionths, half away from zero.
fn scale(value: i64, factor: i64) -> Option<i64> {
    let one = i128::from(ONE);
    let product = i128::from(value) * i128::from(factor);
    let half = if product < 0 { -one / 2 } else { one / 2 };
    i64::try_from((product + half) / one).ok()
}

const fn verdict(holds: bool) -> Verdict {
    if holds { Verdict::True } else { Verdict::False }
}

/// `decisive` when one part says so; else unanswerable when one part is; else `otherwise`.
fn fold<V: Vars>(tests: &[Test], vars: &V, decisive: Verdict, otherwise: Verdict) -> Verdict {
    let mut result = otherwise;
    for test in tests {
        let verdict = test.judge(vars);
        if verdict == decisive {
            return decisive;
        }
        if verdict == Verdict::AcrossCurrencies {
            result = verdict;
        }
    }
    result
}

fn any(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let mut result = Verdict::False;
    for verdict in verdicts {
        match verdict {
            Verdict::True => return Verdict::True,
            Verdict::AcrossCurrencies => result = verdict,
            Verdict::False => {}
        }
    }
    result
}

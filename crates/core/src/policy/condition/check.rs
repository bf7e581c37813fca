//! Types: what fits together, and the program that a condition becomes.

use cel::common::ast::operators;

use super::eval::{Calculation, Comparison, Matching, Operand, Test};
use super::parse::{Body, Expr};
use super::vocabulary::{ATTRIBUTES, Kind, Words, lookup, vocabulary};
use super::{Problem, Var};
use crate::currency::Currency;
use crate::policy::near;
use crate::policy::units;
use crate::time::Day;

/// Types a condition and makes its program.
///
/// # Errors
/// Every part that does not fit.
pub(super) fn check(tree: &Expr, currency: Currency) -> Result<Test, Vec<Problem>> {
    let mut checker = Checker { currency, problems: Vec::new() };
    let test = checker.expr(tree).and_then(|typed| checker.test(typed));
    match test {
        Some(test) if checker.problems.is_empty() => Ok(test),
        _ => Err(checker.problems),
    }
}

/// A checked part.
struct Typed {
    at: usize,
    kind: Kind,
    operand: Operand,
    /// The closed list that a name's text comes from.
    words: Words,
}

struct Checker {
    currency: Currency,
    problems: Vec<Problem>,
}

impl Checker {
    fn refuse<T>(&mut self, at: usize, message: impl Into<String>, mend: impl Into<String>) -> Option<T> {
        self.problems.push(Problem::new(at, message, mend));
        None
    }

    /// A part that must hold or not.
    fn test(&mut self, typed: Typed) -> Option<Test> {
        match (typed.kind, typed.operand) {
            (Kind::Bool, Operand::Test(test)) => Some(*test),
            (Kind::Bool, Operand::Bool(value)) => Some(Test::Always(value)),
            (Kind::Bool | Kind::Attribute, operand) => Some(Test::Holds(operand)),
            (kind @ (Kind::Number | Kind::Money | Kind::Text | Kind::Date), _) => {
                self.refuse(typed.at, format!("{} neither holds nor fails", kind.one()), "compare it, as in `receivable.days_late > 3`")
            }
        }
    }

    fn expr(&mut self, expr: &Expr) -> Option<Typed> {
        let at = expr.at;
        let typed = |kind, operand| Some(Typed { at, kind, operand, words: Words::Open });
        match &expr.body {
            Body::Bool(value) => typed(Kind::Bool, Operand::Bool(*value)),
            Body::Number(millionths) => typed(Kind::Number, Operand::Number(*millionths)),
            Body::Text(text) => typed(Kind::Text, Operand::Text(text.as_str().into())),
            Body::Name(parts) => self.name(at, parts),
            Body::Has(name) => {
                let named = self.expr(name)?;
                let Operand::Var(var) = named.operand else {
                    return self.refuse(at, "`has` asks for a name", "as in `has(customer.attributes.tier)`");
                };
                typed(Kind::Bool, Operand::Test(Box::new(Test::Has(var))))
            }
            Body::List(_) => self.refuse(at, "a list stands only after `in`", "as in `receivable.method in ['pix', 'boleto']`"),
            Body::Call(name, arguments) => self.call(at, name, arguments),
            Body::Method(target, name, arguments) => self.method(target, name, arguments),
            Body::Operator(name, arguments) => self.operator(at, name, arguments),
        }
    }

    fn name(&mut self, at: usize, parts: &[String]) -> Option<Typed> {
        let name = parts.join(".");
        if let [customer, attributes, key] = parts
            && customer == "customer"
            && attributes == "attributes"
        {
            let var = Var::Attribute(key.as_str().into());
            return Some(Typed { at, kind: Kind::Attribute, operand: Operand::Var(var), words: Words::Open });
        }
        if let Some(row) = lookup(&name) {
            return Some(Typed { at, kind: row.kind, operand: Operand::Var(row.var.clone()), words: row.words });
        }
        self.refuse(at, format!("unknown name `{name}` in a condition"), mend_name(&name, parts))
    }

    fn call(&mut self, at: usize, name: &str, arguments: &[Expr]) -> Option<Typed> {
        let texts: Option<Vec<&str>> =
            arguments.iter().map(|argument| if let Body::Text(text) = &argument.body { Some(text.as_str()) } else { None }).collect();
        match (name, texts.as_deref()) {
            ("money", Some([amount])) => self.money(at, amount, self.currency),
            ("money", Some([amount, code])) => match Currency::parse(code) {
                Some(currency) => self.money(at, amount, currency),
                None => {
                    self.refuse(at, format!("`{code}` is not an ISO 4217 currency"), "three capital letters, as in `money('10.00','USD')`")
                }
            },
            ("money", _) => self.refuse(at, "`money` takes texts", "as in `money('10.00')` or `money('10.00','USD')`"),
            ("date", Some([date])) => match Day::parse(date) {
                Ok(day) => Some(Typed { at, kind: Kind::Date, operand: Operand::Day(day), words: Words::Open }),
                Err(bad) => self.refuse(at, bad.to_string(), "year, month and day, as in `date('2026-01-31')`"),
            },
            ("date", _) => self.refuse(at, "`date` takes one text", "as in `date('2026-01-31')`"),
            _ => {
                let known = ["money", "date", "has"];
                self.refuse(at, format!("unknown function `{name}`"), near::mend(name, &known))
            }
        }
    }

    fn money(&mut self, at: usize, amount: &str, currency: Currency) -> Option<Typed> {
        match units::amount(amount, currency) {
            Ok(money) => {
                let operand = Operand::Money(money.minor(), currency);
                Some(Typed { at, kind: Kind::Money, operand, words: Words::Open })
            }
            Err(bad) => self.refuse(at, bad.message, bad.mend),
        }
    }

    fn method(&mut self, target: &Expr, name: &str, arguments: &[Expr]) -> Option<Typed> {
        let matching = match name {
            "startsWith" => Matching::StartsWith,
            "endsWith" => Matching::EndsWith,
            "contains" => Matching::Contains,
            _ => {
                let known = ["startsWith", "endsWith", "contains"];
                return self.refuse(target.at, format!("unknown function `{name}`"), near::mend(name, &known));
            }
        };
        let [part] = arguments else {
            return self.refuse(target.at, format!("`{name}` takes one text"), format!("as in `customer.state.{name}('S')`"));
        };
        let (text, part) = (self.expr(target), self.expr(part));
        let (text, part) = (text?, part?);
        for side in [&text, &part] {
            if !matches!(side.kind, Kind::Text | Kind::Attribute) {
                return self.refuse(side.at, format!("`{name}` asks a text, not {}", side.kind.one()), "compare with an operator instead");
            }
        }
        Some(holds(text.at, Test::Match(matching, text.operand, part.operand)))
    }

    fn operator(&mut self, at: usize, name: &str, arguments: &[Expr]) -> Option<Typed> {
        if name == operators::IN {
            return self.among(arguments);
        }
        // All parts are checked before one of them can stop the rest, so that all findings come at once.
        let checked: Vec<Option<Typed>> = arguments.iter().map(|argument| self.expr(argument)).collect();
        if name == operators::LOGICAL_AND || name == operators::LOGICAL_OR {
            let tests: Vec<Option<Test>> = checked.into_iter().map(|part| part.and_then(|part| self.test(part))).collect();
            let tests = tests.into_iter().collect::<Option<Vec<_>>>()?;
            return Some(holds(at, if name == operators::LOGICAL_AND { and(tests) } else { or(tests) }));
        }
        let mut checked = checked.into_iter().collect::<Option<Vec<_>>>()?.into_iter();
        match (name, checked.next(), checked.next(), checked.next()) {
            (operators::LOGICAL_NOT, Some(part), None, None) => {
                let test = self.test(part)?;
                Some(holds(at, Test::Not(Box::new(test))))
            }
            (operators::NEGATE, Some(part), None, None) => self.negate(at, part),
            (operators::CONDITIONAL, Some(test), Some(then), Some(otherwise)) => self.choose(test, then, otherwise),
            (_, Some(left), Some(right), None) => match (comparison(name), calculation(name)) {
                (Some(comparison), _) => self.compare(comparison, left, right),
                (None, Some(calculation)) => self.calculate(calculation, left, right),
                (None, None) => self.refuse(
                    at,
                    format!("the operator `{}` is not part of conditions", name.trim_matches('_')),
                    "multiply instead, as in `x * 0.5`",
                ),
            },
            _ => self.refuse(at, "an operator without its values", "write both sides"),
        }
    }

    fn among(&mut self, arguments: &[Expr]) -> Option<Typed> {
        let [value, list] = arguments else {
            return self.refuse(0, "`in` takes a value and a list", "as in `receivable.method in ['pix', 'boleto']`");
        };
        let value = self.expr(value);
        let Body::List(items) = &list.body else {
            return self.refuse(list.at, "`in` takes a list", "as in `receivable.method in ['pix', 'boleto']`");
        };
        let items: Vec<Option<Typed>> = items.iter().map(|item| self.expr(item)).collect();
        let (value, items) = (value?, items.into_iter().collect::<Option<Vec<_>>>()?);
        if items.is_empty() {
            return self.refuse(list.at, "an empty list holds nothing", "name at least one value");
        }
        let fits: Vec<bool> = items.iter().map(|item| self.comparable(Comparison::Equal, &value, item)).collect();
        let operands = items.into_iter().map(|item| item.operand).collect();
        fits.iter().all(|fits| *fits).then(|| holds(value.at, Test::In(value.operand, operands)))
    }

    fn compare(&mut self, comparison: Comparison, left: Typed, right: Typed) -> Option<Typed> {
        let at = left.at;
        self.comparable(comparison, &left, &right).then(|| holds(at, Test::Compare(comparison, left.operand, right.operand)))
    }

    /// Whether two parts can be compared; says why not.
    fn comparable(&mut self, comparison: Comparison, left: &Typed, right: &Typed) -> bool {
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
        let refusal = match (left.kind, right.kind) {
            (Kind::Money, Kind::Number) => Some(self.bare(right)),
            (Kind::Number, Kind::Money) => Some(self.bare(left)),
            (Kind::Text, Kind::Text) | (Kind::Bool, Kind::Bool) if ordered => {
                Some(Problem::new(left.at, format!("{} is not less or more than another", left.kind.one()), "use `==`, `!=` or `in`"))
            }
            (Kind::Text, Kind::Text) => refuse_word(left, right).or_else(|| refuse_word(right, left)),
            (Kind::Attribute, Kind::Text | Kind::Bool) | (Kind::Text | Kind::Bool, Kind::Attribute) if ordered => Some(Problem::new(
                left.at,
                "an attribute is less or more than a number only",
                "use `==`, `!=` or `in`, or compare with a number",
            )),
            (Kind::Attribute, Kind::Money | Kind::Date) => Some(never(left.at, left.kind, right.kind)),
            (Kind::Money | Kind::Date, Kind::Attribute) => Some(never(right.at, right.kind, left.kind)),
            (Kind::Attribute, _) | (_, Kind::Attribute) => None,
            (a, b) if a == b => None,
            (Kind::Date, Kind::Text) => Some(Problem::new(right.at, "a date is compared with a text", "write `date('2026-01-31')`")),
            (Kind::Text, Kind::Date) => Some(Problem::new(left.at, "a date is compared with a text", "write `date('2026-01-31')`")),
            (a, b) => Some(never(left.at, a, b)),
        };
        match refusal {
            None => true,
            Some(problem) => {
                self.problems.push(problem);
                false
            }
        }
    }

    /// A bare number where an amount belongs.
    fn bare(&self, number: &Typed) -> Problem {
        let mend =
            if let Operand::Number(millionths) = &number.operand { self.money_of(*millionths) } else { "money('150.00')".to_owned() };
        Problem::new(number.at, "an amount is compared with a bare number", format!("write `{mend}`"))
    }

    /// The call that means a number of whole units of the policy's currency.
    fn money_of(&self, millionths: i64) -> String {
        let digits = self.currency.digits().min(6);
        let (minor, whole) = (millionths / 10_i64.saturating_pow(6 - digits), 10_i64.saturating_pow(digits));
        match usize::try_from(digits) {
            Ok(0) | Err(_) => format!("money('{minor}')"),
            Ok(width) => format!("money('{}.{:0width$}')", minor / whole, (minor % whole).abs()),
        }
    }

    fn calculate(&mut self, calculation: Calculation, left: Typed, right: Typed) -> Option<Typed> {
        use Calculation::{Add, Multiply, Subtract};
        let at = left.at;
        // An attribute in a sum can only be a number; another kind makes the sum absent.
        let number = |kind| matches!(kind, Kind::Number | Kind::Attribute);
        let kind = match (calculation, left.kind, right.kind) {
            (_, a, b) if number(a) && number(b) => Kind::Number,
            (Add | Subtract, Kind::Money, Kind::Money) => Kind::Money,
            (Multiply, Kind::Money, b) if number(b) => Kind::Money,
            (Multiply, a, Kind::Money) if number(a) => Kind::Money,
            (Subtract, Kind::Date, Kind::Date) => Kind::Number,
            (Add | Subtract, Kind::Date, b) if number(b) => Kind::Date,
            (Add, a, Kind::Date) if number(a) => Kind::Date,
            (Add | Subtract, Kind::Money, Kind::Number) => {
                let problem = self.bare(&right);
                return self.refuse(problem.at, "a bare number is added to an amount", problem.mend);
            }
            (_, a, b) => {
                let sign = match calculation {
                    Add => "+",
                    Subtract => "-",
                    Multiply => "*",
                };
                let message = format!("`{sign}` does not work on {} and {}", a.one(), b.one());
                return self.refuse(at, message, "amounts and amounts, amounts times numbers, numbers, dates and days");
            }
        };
        let operand = Operand::Calculate(calculation, Box::new([left.operand, right.operand]));
        Some(Typed { at, kind, operand, words: Words::Open })
    }

    fn negate(&mut self, at: usize, part: Typed) -> Option<Typed> {
        if !matches!(part.kind, Kind::Number | Kind::Money | Kind::Attribute) {
            return self.refuse(at, format!("{} has no negative", part.kind.one()), "remove the minus");
        }
        let kind = if part.kind == Kind::Money { Kind::Money } else { Kind::Number };
        let minus = Operand::Number(-super::eval::ONE);
        Some(Typed { at, kind, operand: Operand::Calculate(Calculation::Multiply, Box::new([part.operand, minus])), words: Words::Open })
    }

    fn choose(&mut self, test: Typed, then: Typed, otherwise: Typed) -> Option<Typed> {
        let (at, kind) = (test.at, then.kind);
        let test = self.test(test)?;
        if kind != otherwise.kind {
            let message = format!("`? :` gives {} or {}", kind.one(), otherwise.kind.one());
            return self.refuse(otherwise.at, message, "both sides must be of one type");
        }
        if kind == Kind::Bool {
            let (then, otherwise) = (self.test(then)?, self.test(otherwise)?);
            return Some(holds(at, Test::Choose(Box::new([test, then, otherwise]))));
        }
        let operand = Operand::Choose(Box::new((test, then.operand, otherwise.operand)));
        Some(Typed { at, kind, operand, words: Words::Open })
    }
}

/// What an unknown name should have been: the nearest of its group, else its group, else the groups.
fn mend_name(name: &str, parts: &[String]) -> String {
    if name.starts_with(ATTRIBUTES) {
        return "name one attribute, as in `customer.attributes.tier` or `customer.attributes['Any key']`".to_owned();
    }
    let known = || vocabulary().iter().map(|row| row.name);
    let [group, key] = parts else {
        return match near::nearest(name, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => GROUPS.to_owned(),
        };
    };
    let same: Vec<&str> = known().filter_map(|known| known.strip_prefix(group.as_str())?.strip_prefix('.')).collect();
    match (near::nearest(key, same.iter().copied()), near::nearest(name, known())) {
        (Some(near), _) => format!("did you mean `{group}.{near}`?"),
        (None, Some(near)) if same.is_empty() => format!("did you mean `{near}`?"),
        (None, _) if same.is_empty() => GROUPS.to_owned(),
        (None, _) if group == "customer" => format!("a further column is `{ATTRIBUTES}.{key}`; customer has {}", same.join(", ")),
        (None, _) => format!("{group} has {}", same.join(", ")),
    }
}

const GROUPS: &str =
    "names start with customer, subscription, receivable, history, last_failure or risk; a further column is `customer.attributes.<key>`";

fn holds(at: usize, test: Test) -> Typed {
    Typed { at, kind: Kind::Bool, operand: Operand::Test(Box::new(test)), words: Words::Open }
}

fn never(at: usize, left: Kind, right: Kind) -> Problem {
    Problem::new(at, format!("{} is never {}", left.one(), right.one()), "compare values of one type")
}

/// Why a literal can never be the text of a name with a closed list.
fn refuse_word(name: &Typed, literal: &Typed) -> Option<Problem> {
    let Operand::Text(text) = &literal.operand else { return None };
    let (what, known) = name.words.refuse(text)?;
    Some(Problem::new(literal.at, format!("`{text}` is not {what}, so this never holds"), near::mend(text, &known)))
}

/// One flat list: a conjunction among the parts brings its own.
fn and(tests: Vec<Test>) -> Test {
    Test::And(tests.into_iter().flat_map(|test| if let Test::And(inner) = test { inner.into_vec() } else { vec![test] }).collect())
}

fn or(tests: Vec<Test>) -> Test {
    Test::Or(tests.into_iter().flat_map(|test| if let Test::Or(inner) = test { inner.into_vec() } else { vec![test] }).collect())
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::Unequal,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn calculation(name: &str) -> Option<Calculation> {
    Some(match name {
        operators::ADD => Calculation::Add,
        operators::SUBSTRACT => Calculation::Subtract,
        operators::MULTIPLY => Calculation::Multiply,
        _ => return None,
    })
}

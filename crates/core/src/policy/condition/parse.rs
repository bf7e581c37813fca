//! CEL text → a tree in which every part knows its place and every number is exact.
//!
//! The `cel` crate parses; its tree has neither places nor exact decimals (they are floats there). Both are
//! recovered from the crate's own lexer: names and literals stand in the tree in the order of the text,
//! so walking the tree and the tokens side by side pairs them up.

use cel::common::ast::{CallExpr, Expr as Cel, IdedExpr, LiteralValue, SelectExpr, operators};
use cel::parser::PrattParser;
use cel::parser::pratt_parser::{Lexer, Token, TokenKind};

use super::Problem;
use crate::policy::units::decimal;

/// Bytes of one condition.
pub(super) const SOURCE_MAX: usize = 1000;
/// Levels of nesting in one condition.
const DEPTH_MAX: usize = 40;
/// Decimals of a number: millionths.
const DECIMALS: u32 = 6;

/// A part of a condition and the byte where it starts.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) at: usize,
    pub(super) body: Body,
}

#[derive(Clone, Debug)]
pub(super) enum Body {
    /// A dotted name; an index with a text is one more part.
    Name(Vec<String>),
    Bool(bool),
    /// Millionths.
    Number(i64),
    Text(String),
    List(Vec<Expr>),
    /// A function of its arguments.
    Call(String, Vec<Expr>),
    /// A function of a value and its arguments, as in `x.contains('y')`.
    Method(Box<Expr>, String, Vec<Expr>),
    /// An operator by CEL's name for it, as in `_&&_`.
    Operator(String, Vec<Expr>),
    Has(Box<Expr>),
}

/// Parses a condition.
///
/// # Errors
/// What is wrong and at which byte, all that the parser found.
pub(super) fn parse(source: &str) -> Result<Expr, Vec<Problem>> {
    if source.len() > SOURCE_MAX {
        return Err(vec![Problem::new(0, format!("the condition has more than {SOURCE_MAX} bytes"), "split the step in two")]);
    }
    if source.trim().is_empty() {
        return Err(vec![Problem::new(0, "the condition is empty", "write one, as in `receivable.days_late > 3`, or leave the key out")]);
    }
    let leaves = lex(source).map_err(|problem| vec![problem])?;
    let parser = PrattParser::new().max_recursion_depth(32).error_reporting_limit(5).max_expression_node_count(SOURCE_MAX);
    let tree = parser.parse(source).map_err(|errors| {
        let problem = |error: &cel::ParseError| Problem::new(byte_at(source, error.pos), soften(&error.msg), SYNTAX_MEND);
        errors.errors.iter().map(problem).collect::<Vec<_>>()
    })?;
    let mut walker = Walker { source, leaves, next: 0 };
    walker.expr(&tree, 0).map_err(|problem| vec![problem])
}

const SYNTAX_MEND: &str = "conditions are CEL: names, literals, `&& || ! == != < <= > >= in + - *` and parentheses";

/// The names under which the parser's tree holds operators; every other name is a function's.
const OPERATORS: [&str; 17] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::SUBSTRACT,
    operators::ADD,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::GREATER_EQUALS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::LESS,
    operators::NEGATE,
    operators::IN,
];

/// The parser's words in ours.
fn soften(message: &str) -> String {
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    message.replace("<EOF>", "the end")
}

/// The byte of a line and column, both from 1 (0 when the parser knows no place).
fn byte_at(source: &str, (line, column): (isize, isize)) -> usize {
    let whole = |number: isize| usize::try_from(number).unwrap_or(0).saturating_sub(1);
    let start: usize = source.split_inclusive('\n').take(whole(line)).map(str::len).sum();
    (start + whole(column)).min(source.len())
}

/// The kinds of token that stand in the tree as a name or a literal.
const LEAVES: [TokenKind; 10] = [
    TokenKind::TokIdent,
    TokenKind::TokReservedWord,
    TokenKind::TokInt,
    TokenKind::TokUint,
    TokenKind::TokFloat,
    TokenKind::TokString,
    TokenKind::TokBytes,
    TokenKind::TokNull,
    TokenKind::TokTrue,
    TokenKind::TokFalse,
];

/// The tokens that stand for names and literals, in order. Every other word of the text is checked too,
/// so that the parser sees only tokens that are whole characters.
fn lex(source: &str) -> Result<Vec<Token>, Problem> {
    let mut lexer = Lexer::new(source);
    let mut leaves = Vec::new();
    loop {
        let token = lexer.lex();
        if token.kind == TokenKind::TokEnd {
            return Ok(leaves);
        }
        if token.kind == TokenKind::TokError {
            let message = lexer.get_error().map_or_else(|| "unexpected character".to_owned(), |error| error.message.clone());
            return Err(Problem::new(token.start, message, "quote texts with '…'; names are plain letters, digits and `_`"));
        }
        if LEAVES.contains(&token.kind) {
            leaves.push(token);
        }
    }
}

struct Walker<'a> {
    source: &'a str,
    leaves: Vec<Token>,
    next: usize,
}

impl Walker<'_> {
    fn expr(&mut self, ided: &IdedExpr, depth: usize) -> Result<Expr, Problem> {
        if depth > DEPTH_MAX {
            return Err(Problem::new(self.here(), "the condition is nested too deeply", "split the step in two"));
        }
        match &ided.expr {
            Cel::Ident(name) => {
                let at = self.leaf(name)?.start;
                Ok(Expr { at, body: Body::Name(vec![name.clone()]) })
            }
            Cel::Literal(value) => self.literal(value),
            Cel::Select(select) => self.select(select, depth),
            Cel::Call(call) => self.call(call, depth),
            Cel::List(list) => {
                let at = self.here();
                let items = list.elements.iter().map(|item| self.expr(item, depth + 1)).collect::<Result<_, _>>()?;
                Ok(Expr { at, body: Body::List(items) })
            }
            Cel::Comprehension(_) | Cel::Map(_) | Cel::Struct(_) | Cel::Unspecified => {
                Err(Problem::new(self.here(), "maps and loops over lists are not part of conditions", SYNTAX_MEND))
            }
        }
    }

    fn select(&mut self, select: &SelectExpr, depth: usize) -> Result<Expr, Problem> {
        let start = if select.test { Some(self.leaf("has")?.start) } else { None };
        let operand = self.expr(&select.operand, depth + 1)?;
        self.leaf(&select.field)?;
        let named = self.join(operand, &select.field)?;
        Ok(match start {
            Some(at) => Expr { at, body: Body::Has(Box::new(named)) },
            None => named,
        })
    }

    /// One more part of a dotted name.
    fn join(&self, operand: Expr, field: &str) -> Result<Expr, Problem> {
        let Body::Name(mut parts) = operand.body else {
            return Err(Problem::new(
                operand.at,
                format!("this has no part `{field}`"),
                "parts belong to names, as in `receivable.balance`",
            ));
        };
        parts.push(field.to_owned());
        Ok(Expr { at: operand.at, body: Body::Name(parts) })
    }

    fn call(&mut self, call: &CallExpr, depth: usize) -> Result<Expr, Problem> {
        if let Some(target) = &call.target {
            let target = self.expr(target, depth + 1)?;
            self.leaf(&call.func_name)?;
            let arguments = self.arguments(call, depth)?;
            return Ok(Expr { at: target.at, body: Body::Method(Box::new(target), call.func_name.clone(), arguments) });
        }
        if call.func_name == operators::INDEX {
            return self.index(call, depth);
        }
        if !OPERATORS.contains(&call.func_name.as_str()) {
            let at = self.leaf(&call.func_name)?.start;
            let arguments = self.arguments(call, depth)?;
            return Ok(Expr { at, body: Body::Call(call.func_name.clone(), arguments) });
        }
        let arguments = self.arguments(call, depth)?;
        let at = arguments.first().map_or_else(|| self.here(), |first| first.at);
        Ok(Expr { at, body: Body::Operator(call.func_name.clone(), arguments) })
    }

    /// `name['part']`: the part of a name that is not a plain word.
    fn index(&mut self, call: &CallExpr, depth: usize) -> Result<Expr, Problem> {
        let mut arguments = self.arguments(call, depth)?.into_iter();
        let (Some(operand), Some(index)) = (arguments.next(), arguments.next()) else {
            return Err(Problem::new(self.here(), "an index without a value", SYNTAX_MEND));
        };
        let Body::Text(field) = index.body else {
            return Err(Problem::new(index.at, "an index that is not a text", "as in `customer.attributes['Any key']`"));
        };
        self.join(operand, &field)
    }

    fn arguments(&mut self, call: &CallExpr, depth: usize) -> Result<Vec<Expr>, Problem> {
        call.args.iter().map(|argument| self.expr(argument, depth + 1)).collect()
    }

    fn literal(&mut self, value: &LiteralValue) -> Result<Expr, Problem> {
        let token = self.take()?;
        let (at, text) = (token.start, self.text(token));
        let body = match (value, token.kind) {
            (LiteralValue::Boolean(_), TokenKind::TokTrue) => Body::Bool(true),
            (LiteralValue::Boolean(_), TokenKind::TokFalse) => Body::Bool(false),
            (LiteralValue::String(text), TokenKind::TokString) => Body::Text(text.inner().to_owned()),
            (LiteralValue::Int(_) | LiteralValue::Double(_), TokenKind::TokInt | TokenKind::TokFloat) => {
                let Some(number) = decimal(text, DECIMALS) else {
                    return Err(Problem::new(
                        at,
                        format!("`{text}` is not a number"),
                        "digits, a point and at most six decimals, as in `0.25`",
                    ));
                };
                Body::Number(if is_negative(value) { -number } else { number })
            }
            _ => {
                return Err(Problem::new(
                    at,
                    format!("`{text}` has no meaning here"),
                    "literals are texts in '…', numbers, `true` and `false`",
                ));
            }
        };
        Ok(Expr { at, body })
    }

    /// The next name, which must be this one.
    fn leaf(&mut self, name: &str) -> Result<Token, Problem> {
        let token = self.take()?;
        let text = self.text(token);
        if text == name.trim_start_matches('.') {
            Ok(token)
        } else {
            Err(Problem::new(token.start, format!("`{text}` cannot stand here"), SYNTAX_MEND))
        }
    }

    fn take(&mut self) -> Result<Token, Problem> {
        let token = self.leaves.get(self.next).copied();
        self.next += 1;
        token.ok_or_else(|| Problem::new(self.source.len(), "the condition ends too early", SYNTAX_MEND))
    }

    fn here(&self) -> usize {
        self.leaves.get(self.next).map_or(self.source.len(), |token| token.start)
    }

    fn text(&self, token: Token) -> &str {
        self.source.get(token.start..token.end).unwrap_or_default()
    }
}

/// Whether the parser took the minus before a number into the literal.
fn is_negative(value: &LiteralValue) -> bool {
    // A zero's sign says nothing, and a minus before it changes nothing.
    match value {
        LiteralValue::Int(value) => *value.inner() < 0,
        LiteralValue::Double(value) => value.inner().is_sign_negative(),
        LiteralValue::Boolean(_) | LiteralValue::Bytes(_) | LiteralValue::Null | LiteralValue::String(_) | LiteralValue::UInt(_) => false,
    }
}

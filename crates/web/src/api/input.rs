//! What a request brought, read and checked: values by the names of its description.

use std::collections::BTreeMap;

use regua_core::money::Money;
use regua_core::time::{Day, Instant};

use super::problem::{FieldError, Problem};

/// A value that was read.
#[derive(Clone, Debug)]
pub(crate) enum Parsed {
    /// Nothing, said outright.
    Null,
    Text(String),
    Int(i64),
    Bool(bool),
    Day(Day),
    Moment(Instant),
    Money(Money),
    List(Vec<Parsed>),
    Object(Input),
    Texts(Vec<(String, String)>),
    /// A row that is wrong, beside others that may be right.
    Wrong(Vec<FieldError>),
}

/// The values of an object or a query by name. What its description calls required is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Input(BTreeMap<&'static str, Parsed>);

impl Input {
    pub(super) fn put(&mut self, name: &'static str, value: Parsed) {
        self.0.insert(name, value);
    }

    /// Whether a value, or an outright null, was given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether null was said outright: what it names is to go.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Parsed::Null))
    }

    /// A text, a word, a name or a currency's code.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        if let Some(Parsed::Text(text)) = self.0.get(name) { Some(text) } else { None }
    }

    /// A whole number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        if let Some(Parsed::Int(number)) = self.0.get(name) { Some(*number) } else { None }
    }

    /// Yes or no; no when it was not said.
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Parsed::Bool(true)))
    }

    /// Yes, no, or not said.
    pub(crate) fn said(&self, name: &str) -> Option<bool> {
        if let Some(Parsed::Bool(is)) = self.0.get(name) { Some(*is) } else { None }
    }

    /// A day.
    pub(crate) fn day(&self, name: &str) -> Option<Day> {
        if let Some(Parsed::Day(day)) = self.0.get(name) { Some(*day) } else { None }
    }

    /// A moment.
    pub(crate) fn moment(&self, name: &str) -> Option<Instant> {
        if let Some(Parsed::Moment(at)) = self.0.get(name) { Some(*at) } else { None }
    }

    /// An amount.
    pub(crate) fn money(&self, name: &str) -> Option<Money> {
        if let Some(Parsed::Money(money)) = self.0.get(name) { Some(*money) } else { None }
    }

    /// A list; empty when it was not said.
    pub(crate) fn list(&self, name: &str) -> &[Parsed] {
        if let Some(Parsed::List(list)) = self.0.get(name) { list } else { &[] }
    }

    /// A list of texts.
    pub(crate) fn texts_of(&self, name: &str) -> Vec<String> {
        let text = |one: &Parsed| if let Parsed::Text(text) = one { Some(text.clone()) } else { None };
        self.list(name).iter().filter_map(text).collect()
    }

    /// A list of objects.
    pub(crate) fn objects(&self, name: &str) -> impl Iterator<Item = &Input> {
        self.list(name).iter().filter_map(|one| if let Parsed::Object(input) = one { Some(input) } else { None })
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Option<&Input> {
        if let Some(Parsed::Object(input)) = self.0.get(name) { Some(input) } else { None }
    }

    /// Texts by name.
    pub(crate) fn by_name(&self, name: &str) -> Option<&[(String, String)]> {
        if let Some(Parsed::Texts(texts)) = self.0.get(name) { Some(texts) } else { None }
    }

    /// A required text.
    pub(crate) fn must_text(&self, name: &'static str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// A required amount.
    pub(crate) fn must_money(&self, name: &'static str) -> Result<Money, Problem> {
        self.money(name).ok_or_else(|| missing(name))
    }

    /// A required day.
    pub(crate) fn must_day(&self, name: &'static str) -> Result<Day, Problem> {
        self.day(name).ok_or_else(|| missing(name))
    }
}

/// Its description does not call it required, though the operation needs it: a mistake of ours that is told as the caller's.
fn missing(name: &'static str) -> Problem {
    Problem::field(&format!("/{name}"), "required", "is missing")
}

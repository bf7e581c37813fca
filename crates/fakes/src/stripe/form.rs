//! Form bodies: `a[b]=c` as flat names, which parameters there are, and what they say.
//!
//! Deliberately absent: JSON bodies, which this version of the API does not read.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::errors::{Wrong, invalid, missing};
use crate::serve::Ask;

/// Names with brackets to values. Of a list (`a[]`, `a[0]`) each item has its place as a name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Form {
    fields: BTreeMap<String, String>,
}

impl Form {
    /// Of a body, or of the query of a request that only reads.
    pub(crate) fn of(ask: &Ask) -> Self {
        let text = if ask.body.is_empty() { ask.query.as_bytes() } else { &ask.body };
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(text) {
            let mut name = name.into_owned();
            if let Some(list) = name.strip_suffix("[]") {
                let next = form.fields.keys().filter(|have| have.starts_with(&format!("{list}["))).count();
                name = format!("{list}[{next}]");
            }
            form.fields.insert(name, value.into_owned());
        }
        form
    }

    /// What identifies the parameters, whatever their order.
    pub(crate) fn fingerprint(&self) -> String {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(&self.fields);
        text.finish()
    }

    /// Refuses parameters whose first name is not among those known.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Wrong> {
        for name in self.fields.keys() {
            let first = name.split('[').next().unwrap_or_default();
            if !known.contains(&first) && first != "expand" {
                return Err(invalid("parameter_unknown", name, &format!("Received unknown parameter: {name}")));
            }
        }
        Ok(())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether it was said at all, also as empty.
    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    pub(crate) fn needed(&self, name: &str) -> Result<&str, Wrong> {
        self.text(name).ok_or_else(|| missing(name))
    }

    pub(crate) fn whole(&self, name: &str) -> Result<Option<i64>, Wrong> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let wrong = || invalid("parameter_invalid_integer", name, &format!("Invalid integer: {text}"));
        text.parse().map(Some).map_err(|_bad: std::num::ParseIntError| wrong())
    }

    pub(crate) fn truth(&self, name: &str) -> Result<bool, Wrong> {
        match self.text(name) {
            Some("true") => Ok(true),
            Some("false") | None => Ok(false),
            Some(other) => Err(invalid("", name, &format!("Invalid boolean: {other}"))),
        }
    }

    /// Every item of a list.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let begin = format!("{name}[");
        self.fields.iter().filter(|(have, _)| have.starts_with(&begin)).map(|(_, value)| value.as_str()).collect()
    }

    /// Names that begin so, without that beginning.
    pub(crate) fn under<'a>(&'a self, begin: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.fields.iter().filter_map(move |(name, value)| Some((name.strip_prefix(begin)?, value.as_str())))
    }

    /// `metadata[…]` laid over what is there: an empty value takes a key away.
    pub(crate) fn metadata(&self, have: &Value) -> Value {
        let mut all: Map<String, Value> = have.as_object().cloned().unwrap_or_default();
        for (name, value) in &self.fields {
            let Some(key) = name.strip_prefix("metadata[").and_then(|rest| rest.strip_suffix(']')) else { continue };
            if value.is_empty() {
                all.remove(key);
            } else {
                all.insert(key.to_owned(), json!(value));
            }
        }
        Value::Object(all)
    }

    /// Only names of `wanted` as texts, for an object; those not said are left out.
    pub(crate) fn texts(&self, wanted: &[&str]) -> Vec<(String, Value)> {
        let said =
            |&name: &&str| Some((name.to_owned(), self.said(name).map(|text| if text.is_empty() { Value::Null } else { json!(text) })?));
        wanted.iter().filter_map(said).collect()
    }
}

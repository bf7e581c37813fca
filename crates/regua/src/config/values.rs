//! The values of all keys, laid over each other: defaults, then the file, then the environment; each with its origin.

use std::collections::BTreeMap;
use std::fmt;

use regua_core::policy::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::exit::BadInput;

/// The manual and the defaults in one.
pub(crate) const MANUAL: &str = include_str!("default.toml");

/// What every variable of ours begins with.
const PREFIX: &str = "REGUA_";

/// A value as a file has it.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Scalar {
    /// Between quotes.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// Nobody says otherwise.
    Default,
    /// A line of the file, from 1.
    File(usize),
    /// A variable.
    Environment(String),
}

/// The value of one key.
pub(super) struct Entry {
    /// Its name with those of its tables: `email.smtp.host`.
    pub(super) key: String,
    pub(super) value: Scalar,
    pub(super) origin: Origin,
}

/// Every key there is, in the order of the manual.
pub(crate) struct Values {
    /// What the file is called in messages.
    file: String,
    pub(super) entries: Vec<Entry>,
}

/// The variables whose names begin with `REGUA_`. Their values may be secrets.
#[derive(Clone, Default)]
pub(crate) struct Environment(pub(crate) BTreeMap<String, String>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// Those of the process.
    pub(crate) fn read() -> Self {
        // A variable that is not Unicode is none of ours.
        let ours = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self(ours.filter(|(name, _)| name.starts_with(PREFIX)).collect())
    }

    /// A variable's value, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// The variable that overrides a key.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_ascii_uppercase())
}

impl Values {
    /// The defaults.
    pub(crate) fn defaults() -> Self {
        let entries = flat(MANUAL).unwrap_or_default(); // a test reads it
        let entries = entries.into_iter().filter_map(|found| {
            let value = found.value?;
            Some(Entry { key: found.key, value, origin: Origin::Default })
        });
        Self { file: String::new(), entries: entries.collect() }
    }

    /// The defaults, with a file and the environment over them.
    ///
    /// # Errors
    /// All that is wrong, each with its place and mend.
    pub(crate) fn read(file: &str, text: &str, environment: &Environment) -> Result<Self, BadInput> {
        let mut values = Self { file: file.to_owned(), ..Self::defaults() };
        let found = flat(text).map_err(|wrong| BadInput::new(format!("{file}:{}: {}", wrong.line, wrong.what)))?;
        let mut problems = Vec::new();
        for found in found {
            if let Err(problem) = values.lay(found) {
                problems.push(problem);
            }
        }
        for entry in &mut values.entries {
            let name = variable(&entry.key);
            let Some(text) = environment.0.get(&name) else { continue };
            match entry.value.same_kind(text) {
                Some(value) => (entry.value, entry.origin) = (value, Origin::Environment(name)),
                None => problems.push(format!("{name}: `{text}` is not a whole number")),
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(BadInput::new(problems.join("\n"))) }
    }

    fn lay(&mut self, found: Found) -> Result<(), String> {
        let place = format!("{}:{}", self.file, found.line);
        let known = self.entries.iter_mut().find(|entry| entry.key == found.key);
        let Some(entry) = known else {
            let mend = self
                .near(&found.key)
                .map_or_else(|| "; `regua config --manual` lists all keys".to_owned(), |near| format!("; did you mean `{near}`?"));
            return Err(format!("{place}: no key `{}`{mend}", found.key));
        };
        match (found.value, &entry.value) {
            (Some(Scalar::Text(text)), Scalar::Text(_)) => entry.value = Scalar::Text(text),
            (Some(Scalar::Number(number)), Scalar::Number(_)) => entry.value = Scalar::Number(number),
            (_, Scalar::Text(_)) => return Err(format!("{place}: `{}` is a text; write it between quotes", found.key)),
            (_, Scalar::Number(_)) => return Err(format!("{place}: `{}` is a whole number without quotes", found.key)),
        }
        entry.origin = Origin::File(found.line);
        Ok(())
    }

    /// The key that was meant: one of nearly this name, or of this very name in another table.
    fn near(&self, key: &str) -> Option<&str> {
        let last = |key: &str| key.rsplit('.').next().map(str::to_owned);
        let keys = || self.entries.iter().map(|entry| entry.key.as_str());
        nearest(key, keys()).or_else(|| keys().find(|known| last(known) == last(key)))
    }

    /// Variables that look like keys and are none.
    pub(crate) fn strangers(&self, environment: &Environment) -> Vec<String> {
        let known: Vec<String> = self.entries.iter().map(|entry| variable(&entry.key)).collect();
        let near = |name: &str| nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        let strange = environment.0.keys().filter(|name| !known.contains(name));
        strange.filter_map(|name| Some(format!("{name} is no key; did you mean {}?", near(name)?))).collect()
    }

    /// The value of a key and where it comes from, as errors name it.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// A place of a value, for a message.
    pub(crate) fn place(&self, origin: &Origin) -> String {
        match origin {
            Origin::Default => "default".to_owned(),
            Origin::File(line) => format!("{}:{line}", self.file),
            Origin::Environment(name) => name.clone(),
        }
    }
}

impl Entry {
    /// Whether nobody may see its value.
    pub(super) fn is_secret(&self) -> bool {
        [".password", ".key", "secret", "_token"].iter().any(|end| self.key.ends_with(end))
    }
}

impl Scalar {
    /// A text of the environment as a value of the same kind.
    fn same_kind(&self, text: &str) -> Option<Self> {
        match self {
            Self::Text(_) => Some(Self::Text(text.to_owned())),
            Self::Number(_) => text.trim().parse().ok().map(Self::Number),
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A key that a text has.
struct Found {
    key: String,
    /// Nothing for a value of a kind that no key has.
    value: Option<Scalar>,
    line: usize,
}

/// What keeps a text from being TOML.
#[derive(Debug)]
struct Wrong {
    line: usize,
    what: String,
}

/// The keys of a text with their values, in its order.
fn flat(text: &str) -> Result<Vec<Found>, Wrong> {
    let line = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let table = DeTable::parse(text).map_err(|error| {
        let what = error.message().lines().collect::<Vec<_>>().join(", ");
        Wrong { line: error.span().map_or(1, |span| line(span.start)), what }
    })?;
    let mut found: Vec<(usize, Found)> = Vec::new();
    gather(table.get_ref(), "", &line, &mut found);
    found.sort_by_key(|(at, _)| *at);
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

fn gather(table: &DeTable<'_>, before: &str, line: &impl Fn(usize) -> usize, found: &mut Vec<(usize, Found)>) {
    for (key, value) in table {
        let name = format!("{before}{}", key.get_ref());
        let at = key.span().start;
        let inner = value.get_ref();
        if let DeValue::Table(inner) = inner {
            gather(inner, &format!("{name}."), line, found);
        } else {
            found.push((at, Found { key: name, value: scalar(value, inner), line: line(at) }));
        }
    }
}

fn scalar(_spanned: &Spanned<DeValue<'_>>, value: &DeValue<'_>) -> Option<Scalar> {
    if let Some(text) = value.as_str() {
        return Some(Scalar::Text(text.to_owned()));
    }
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok().map(Scalar::Number)
}

/// The manual as a file of one's own: every key commented out but those that differ from their defaults.
pub(crate) fn own_file(differing: &BTreeMap<&str, &str>) -> String {
    let mut table = String::new();
    let mut out = String::new();
    for line in MANUAL.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = format!("{name}.");
        }
        let key = line.split_once(" = ").filter(|_| !line.starts_with('#')).map(|(key, _)| key);
        match key.map(|key| (key, differing.get(format!("{table}{key}").as_str()))) {
            Some((key, Some(value))) => out.push_str(&format!("{key} = {}", quoted(value))),
            Some((_, None)) => out.push_str(&format!("# {line}")),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// A text as TOML has it between quotes.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

//! Mapping files: how a file that is not canonical becomes one (`docs/mapping.md`).
//!
//! A mapping says, for each canonical field, which column or constant it comes from and what is done to it on the
//! way. Deliberately absent: expressions, loops and joins. What needs them is a script's work before the import.

mod resolve;
mod value;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::header::Field;
use super::options::{DateOrder, DecimalMark, Delimiter, Encoding, Options};
use super::refused::{Refused, RefusedKind};

pub(super) use resolve::Filter;
use value::Value;

/// The largest mapping file, in bytes.
const MAPPING_BYTES_MAX: usize = 256 * 1024;

/// A mapping file, read and checked.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The mapping file's name, for messages.
    file: String,
    document: Document,
}

/// The mapping file as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// The version of the language: 1.
    mapping: u32,
    name: String,
    #[serde(default)]
    file: Dialect,
    receivables: Option<BTreeMap<Field, Value>>,
    payments: Option<BTreeMap<Field, Value>>,
    /// Attributes of the customer, by name.
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    /// Columns that a file need not have.
    #[serde(default)]
    optional: Vec<String>,
    #[serde(default)]
    skip: Vec<Skip>,
    events: Option<Events>,
}

/// How the file is written; what is absent is detected.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Dialect {
    delimiter: Option<Delimiter>,
    encoding: Option<Encoding>,
    dates: Option<DateOrder>,
    decimal: Option<DecimalMark>,
    country: Option<Box<str>>,
}

/// Rows that are left out, and counted.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Skip {
    column: String,
    is: Vec<String>,
    because: String,
}

/// An event log: several rows make a receivable.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Events {
    /// The column of the case, which is the receivable.
    pub(super) case: String,
    /// The column of the event's name.
    pub(super) activity: String,
    /// The column of the event's date.
    pub(super) date: String,
    /// The event that opens a receivable, on its date of issue. It must stand before the case's others.
    pub(super) opens: String,
    pub(super) due: Due,
    /// Which column each event adds to the amount.
    pub(super) amounts: BTreeMap<String, String>,
    /// Which column of each event is a payment.
    pub(super) payments: BTreeMap<String, String>,
}

/// When a case is due: so many days after the first `after`, or after `otherwise` in a case without it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Due {
    pub(super) days: i32,
    pub(super) after: String,
    #[serde(rename = "else")]
    pub(super) otherwise: Option<String>,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// ```
    /// use regua_wire::files::Mapping;
    /// let text = "mapping: 1\nname: ERP\nreceivables:\n  receivable_id: Titulo\n  curency: { fixed: BRL }\n";
    /// let refused = Mapping::parse("erp.yaml", text).map(|_| ()).unwrap_err();
    /// assert!(refused.to_string().starts_with("erp.yaml:5:3: `curency` is not a canonical column"));
    /// ```
    ///
    /// # Errors
    /// [`Refused`] with line and column when it is no YAML, has an unknown key, or says two things at once.
    pub fn parse(file: &str, text: &str) -> Result<Self, Refused> {
        let refuse = |problem: String| Err(Refused::new(file, RefusedKind::Mapping, problem, "see docs/mapping.md"));
        if text.len() > MAPPING_BYTES_MAX {
            return refuse(format!("the mapping has {} bytes, at most {MAPPING_BYTES_MAX} are read", text.len()));
        }
        let document: Document = match serde_saphyr::from_str(text) {
            Ok(document) => document,
            Err(error) => {
                let error = error.without_snippet();
                let place = error.location().map_or_else(|| file.to_owned(), |at| format!("{file}:{}:{}", at.line(), at.column()));
                return Err(Refused::new(&place, RefusedKind::Mapping, message(error), "see docs/mapping.md"));
            }
        };
        if document.mapping != 1 {
            return refuse(format!("`mapping: {}` is a version that is not known here; it is 1", document.mapping));
        }
        if document.events.is_none() && document.receivables.is_none() && document.payments.is_none() {
            return refuse("the mapping says neither `receivables`, `payments` nor `events`".to_owned());
        }
        Ok(Self { file: file.to_owned(), document })
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.document.name
    }

    /// The event log's shape, when the mapping is of one.
    pub(super) const fn events(&self) -> Option<&Events> {
        self.document.events.as_ref()
    }

    /// The options, filled up with what the mapping says of the file's dialect.
    pub(super) fn options(&self, options: &Options) -> Options {
        let dialect = &self.document.file;
        Options {
            dates: options.dates.or(dialect.dates),
            decimal: options.decimal.or(dialect.decimal),
            delimiter: options.delimiter.or(dialect.delimiter),
            encoding: options.encoding.or(dialect.encoding),
            country: options.country.clone().or_else(|| dialect.country.clone()),
            ..options.clone()
        }
    }
}

/// The parser's message without the place, which stands before it.
fn message(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let text = text.split(" at line ").next().unwrap_or(text);
    text.lines().next().unwrap_or_default().to_owned()
}

/// Reads a word of a list of ours.
macro_rules! word {
    ($($name:ident $what:literal),+ $(,)?) => {
        $(impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                Self::parse(&word).ok_or_else(|| {
                    let known: Vec<&str> = Self::ALL.iter().map(|value| value.as_str()).collect();
                    serde::de::Error::custom(format!(concat!("`{}` is not ", $what, " ({})"), word, known.join(", ")))
                })
            }
        })+
    };
}

word!(
    Delimiter "a delimiter",
    Encoding "an encoding",
    DateOrder "an order of dates",
    DecimalMark "a decimal mark",
    Field "a canonical column",
);

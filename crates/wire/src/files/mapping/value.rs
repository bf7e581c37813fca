//! Where a mapped value comes from, as a mapping file writes it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// A value: a column, or a base with what is done to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Value {
    pub(super) base: Base,
    /// An ending that is taken off.
    pub(super) strip: Option<String>,
    /// Whether zeros at the start are taken off.
    pub(super) strip_zeros: bool,
    /// Words and what they are replaced by.
    pub(super) map: BTreeMap<String, String>,
    /// What stands for every word that `map` does not have.
    pub(super) otherwise: Option<String>,
    /// Days added to a date.
    pub(super) plus_days: i32,
    /// Whether an amount with too many decimals is rounded, half away from zero.
    pub(super) round: bool,
}

/// Where a value begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Base {
    /// A column, by its header.
    Column(String),
    /// The same text for every row.
    Fixed(String),
    /// A text with `{row}` and `{header}` in it; empty when one of these is.
    Text(String),
    /// The first of these that is not empty.
    First(Vec<Value>),
    /// A value chosen by the word in a column; empty for other words.
    By(String, BTreeMap<String, Value>),
}

impl Value {
    const fn of(base: Base) -> Self {
        Self { base, strip: None, strip_zeros: false, map: BTreeMap::new(), otherwise: None, plus_days: 0, round: false }
    }

    /// The headers it needs.
    pub(super) fn headers(&self) -> Vec<&str> {
        match &self.base {
            Base::Column(header) => vec![header],
            Base::Fixed(_) => Vec::new(),
            Base::Text(text) => pieces(text).filter_map(|piece| piece.err()).filter(|name| *name != "row").collect(),
            Base::First(values) => values.iter().flat_map(Self::headers).collect(),
            Base::By(header, values) => std::iter::once(header.as_str()).chain(values.values().flat_map(Self::headers)).collect(),
        }
    }
}

impl Value {
    /// Whether a value within this one has a change that only a field can have.
    pub(super) fn has_inner_changes(&self) -> bool {
        let changed = |value: &Self| value.plus_days != 0 || value.round || value.has_inner_changes();
        match &self.base {
            Base::Column(_) | Base::Fixed(_) | Base::Text(_) => false,
            Base::First(values) => values.iter().any(changed),
            Base::By(_, values) => values.values().any(changed),
        }
    }
}

/// The pieces of a text: `Ok` as written, `Err` a name in braces.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Result<&str, &str>> {
    text.split_inclusive('}')
        .flat_map(|part| match part.strip_suffix('}').and_then(|open| open.split_once('{')) {
            Some((before, name)) => [Some(Ok(before)), Some(Err(name))],
            None => [Some(Ok(part)), None],
        })
        .flatten()
}

/// The long form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    column: Option<String>,
    fixed: Option<String>,
    text: Option<String>,
    first: Option<Vec<Value>>,
    by: Option<String>,
    of: Option<BTreeMap<String, Value>>,
    strip: Option<String>,
    #[serde(default)]
    strip_zeros: bool,
    #[serde(default)]
    map: BTreeMap<String, String>,
    #[serde(rename = "else")]
    otherwise: Option<String>,
    #[serde(default)]
    plus_days: i32,
    #[serde(default)]
    round: bool,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Form)
    }
}

struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's header, or a map with `column`, `fixed`, `text`, `first` or `by`")
    }

    fn visit_str<E: Error>(self, header: &str) -> Result<Value, E> {
        Ok(Value::of(Base::Column(header.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        let long = Long::deserialize(MapAccessDeserializer::new(map))?;
        let bases = [
            long.column.map(Base::Column),
            long.fixed.map(Base::Fixed),
            long.text.map(Base::Text),
            long.first.map(Base::First),
            long.by.map(|header| Base::By(header, long.of.clone().unwrap_or_default())),
        ];
        let mut bases = bases.into_iter().flatten();
        let (Some(base), None) = (bases.next(), bases.next()) else {
            return Err(A::Error::custom("a value has exactly one of `column`, `fixed`, `text`, `first` and `by`"));
        };
        if let Base::By(..) = base {
            if long.of.is_none() {
                return Err(A::Error::custom("`by` needs `of`: the value for each word of the column"));
            }
        } else if long.of.is_some() {
            return Err(A::Error::custom("`of` belongs to `by`"));
        }
        if let Base::Text(text) = &base
            && text.matches('{').count() != pieces(text).filter(Result::is_err).count()
        {
            return Err(A::Error::custom(format!("`{text}` has a brace without its other: write {{row}} or {{header}}")));
        }
        Ok(Value {
            strip: long.strip,
            strip_zeros: long.strip_zeros,
            map: long.map,
            otherwise: long.otherwise,
            plus_days: long.plus_days,
            round: long.round,
            ..Value::of(base)
        })
    }
}

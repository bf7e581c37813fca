//! JSON Lines as rows: one object per line, its keys are the columns.
//!
//! A key may come up in any row; it is a column from there on. Lists of texts are joined by blanks (a consent may be
//! one); other nested values have no meaning here and are named so.

use std::fmt;
use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::decode::decode;
use super::delimited::COLUMNS_MAX;
use super::lines::{Line, Lines};
use super::open::{Text, broken};
use super::options::Encoding;
use super::refused::Refused;
use super::reject::Fault;
use super::rows::{Kind, Row, Rows};

/// A file of JSON Lines.
pub(super) struct JsonLines<'r> {
    file: String,
    lines: Lines<Box<dyn Read + 'r>>,
    encoding: Option<Encoding>,
    headers: Vec<String>,
    number: u64,
}

impl<'r> JsonLines<'r> {
    pub(super) fn new(text: Text<'r>, file: &str) -> Self {
        Self { file: file.to_owned(), lines: Lines::new(text.bytes, b'\n'), encoding: text.encoding, headers: Vec::new(), number: 0 }
    }
}

impl Rows for JsonLines<'_> {
    fn headers(&self) -> &[String] {
        &self.headers
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, Refused> {
        let file = self.file.as_str();
        let stopped = |error: std::io::Error| broken(file, &error);
        loop {
            self.number += 1;
            row.clear(self.number);
            let (end, next) = match self.lines.line(0).map_err(stopped)? {
                Line::None => return Ok(false),
                Line::TooLong => {
                    row.fault = Some(Fault::row("the line is longer than 1 MiB", "write one object per line, or take out the line"));
                    row.set_line(&String::from_utf8_lossy(self.lines.bytes(0, 1024)));
                    self.lines.skip_line().map_err(stopped)?;
                    return Ok(true);
                }
                Line::Ends { end, next } => (end, next),
            };
            let bytes = self.lines.bytes(0, end);
            if bytes.trim_ascii().is_empty() {
                self.lines.advance(next);
                continue;
            }
            match decode(bytes, &mut self.encoding) {
                Ok(line) => {
                    row.set_line(&line);
                    let mut json = serde_json::Deserializer::from_str(&line);
                    let read = Object { row, headers: &mut self.headers }.deserialize(&mut json).and_then(|()| json.end());
                    row.fault = read.err().map(|error| fault(&error));
                }
                Err(fault) => {
                    row.set_line(&String::from_utf8_lossy(bytes));
                    row.fault = Some(fault);
                }
            }
            self.lines.advance(next);
            return Ok(true);
        }
    }
}

fn fault(error: &serde_json::Error) -> Fault {
    let text = error.to_string();
    // Every line is a document of its own: "at line 1" says nothing.
    Fault::row(text.replace(" at line 1 column ", " at column "), "write one JSON object per line, each key once")
}

/// An object whose values become the cells of a row.
struct Object<'r> {
    row: &'r mut Row,
    headers: &'r mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut expected = 0; // objects mostly have their keys in one order
        let mut seen = vec![false; self.headers.len()];
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let index = match self.headers.get(expected) {
                Some(header) if *header == key => expected,
                Some(_) | None => self.headers.iter().position(|header| *header == key).unwrap_or(self.headers.len()),
            };
            if index == self.headers.len() {
                if index >= COLUMNS_MAX {
                    return Err(serde::de::Error::custom(format!("more than {COLUMNS_MAX} different keys so far")));
                }
                self.headers.push(key.clone().into_owned());
                seen.push(false);
            }
            match seen.get_mut(index) {
                Some(seen) if !*seen => *seen = true,
                Some(_) | None => return Err(serde::de::Error::custom(format!("the key `{key}` comes twice"))),
            }
            expected = index + 1;
            let value = map.next_value::<Value>()?;
            self.row.put_cell(index, &value.text, value.kind);
        }
        Ok(())
    }
}

/// A value as a cell holds it.
struct Value {
    text: String,
    kind: Kind,
}

impl<'de> serde::Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Scalar)
    }
}

struct Scalar;

impl Scalar {
    fn text(text: impl Into<String>) -> Value {
        Value { text: text.into(), kind: Kind::Text }
    }
}

impl<'de> Visitor<'de> for Scalar {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Self::text(""))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Self::text(if value { "true" } else { "false" }))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Self::text(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value { text: value.to_string(), kind: Kind::Number })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value { text: value.to_string(), kind: Kind::Number })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        let text = value.to_string(); // the shortest text that reads back: what the file had, up to 15 digits
        let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
        Ok(Value { text, kind: if digits > 15 { Kind::Blurred } else { Kind::Number } })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut words = Vec::new();
        let mut kind = Kind::Text;
        while let Some(value) = list.next_element::<Value>()? {
            if value.kind == Kind::Nested {
                kind = Kind::Nested;
            }
            words.push(value.text);
        }
        Ok(Value { text: words.join(" "), kind })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value { text: "{…}".to_owned(), kind: Kind::Nested })
    }
}

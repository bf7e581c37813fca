//! Values as the drivers carry them: parameters and cells of SQLite, the binary format of PostgreSQL.
//!
//! Source: PostgreSQL's `src/backend/utils/adt/*` `_send` and `_recv` functions: integers big-endian, instants in
//! microseconds and days since 2000-01-01, `jsonb` as a version byte and text, arrays with their own header.

use super::{Type, Value};
use bytes::{BufMut, BytesMut};
use postgres::types::{self, FromSql, IsNull, ToSql};
use regua_core::time::{Day, Instant};
use rusqlite::types::ValueRef;
use std::error::Error;
use std::rc::Rc;

/// 2000-01-01, in microseconds after 1970-01-01.
const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// 2000-01-01, in days after 1970-01-01.
const EPOCH_DAYS: i32 = 10_957;

/// Why a value does not fit a parameter: what the statement takes.
#[derive(Debug, thiserror::Error)]
#[error("{wanted}")]
pub(crate) struct Misfit {
    pub(crate) wanted: String,
}

type Encoded = Result<IsNull, Box<dyn Error + Sync + Send>>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &types::Type, out: &mut BytesMut) -> Encoded {
        let misfit = || -> Box<dyn Error + Sync + Send> { Box::new(Misfit { wanted: kind.name().to_owned() }) };
        match (self, kind) {
            (Self::Null, _) => return Ok(IsNull::Yes),
            // PostgreSQL finds the width of a parameter by what stands beside it.
            (Self::Int(int), kind) if *kind == types::Type::INT4 => out.put_i32(i32::try_from(*int)?),
            (Self::Int(int), kind) if *kind == types::Type::INT2 => out.put_i16(i16::try_from(*int)?),
            (Self::Text(text), kind) if [types::Type::VARCHAR, types::Type::NAME, types::Type::UNKNOWN].contains(kind) => {
                out.put_slice(text.as_bytes());
            }
            (Self::Json(text), kind) if *kind == types::Type::JSON => out.put_slice(text.as_bytes()),
            (Self::List(ids), kind) if *kind == types::Type::UUID_ARRAY => {
                head(out, types::Type::UUID.oid(), ids.len(), false)?;
                for id in *ids {
                    out.put_i32(16);
                    out.put_slice(id);
                }
            }
            (Self::Texts(texts), kind) if *kind == types::Type::TEXT_ARRAY => {
                head(out, types::Type::TEXT.oid(), texts.len(), false)?;
                for text in *texts {
                    out.put_i32(length(text.len())?);
                    out.put_slice(text.as_bytes());
                }
            }
            (value, kind) => match natural(value) {
                Some(own) if own == *kind => plain(value, out)?,
                _ => return Err(misfit()),
            },
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &types::Type) -> bool {
        true
    }

    fn to_sql_checked(&self, kind: &types::Type, out: &mut BytesMut) -> Encoded {
        self.to_sql(kind, out)
    }
}

/// The one type of PostgreSQL that a kind of value is at home in.
fn natural(value: &Value<'_>) -> Option<types::Type> {
    Some(match value {
        Value::Null => return None,
        Value::Int(_) => types::Type::INT8,
        Value::Text(_) => types::Type::TEXT,
        Value::Bytes(_) => types::Type::BYTEA,
        Value::Bool(_) => types::Type::BOOL,
        Value::Id(_) => types::Type::UUID,
        Value::At(_) => types::Type::TIMESTAMPTZ,
        Value::Date(_) => types::Type::DATE,
        Value::Json(_) => types::Type::JSONB,
        Value::List(_) => types::Type::UUID_ARRAY,
        Value::Texts(_) => types::Type::TEXT_ARRAY,
    })
}

fn element(kind: Type) -> types::Type {
    match kind {
        Type::Id => types::Type::UUID,
        Type::Int => types::Type::INT8,
        Type::Text => types::Type::TEXT,
        Type::Bool => types::Type::BOOL,
        Type::At => types::Type::TIMESTAMPTZ,
        Type::Date => types::Type::DATE,
        Type::Json => types::Type::JSONB,
        Type::Bytes => types::Type::BYTEA,
    }
}

/// A value in the binary format of its own type, without its length.
fn plain(value: &Value<'_>, out: &mut impl BufMut) -> Result<(), Misfit> {
    match value {
        Value::Int(int) => out.put_i64(*int),
        Value::Text(text) => out.put_slice(text.as_bytes()),
        Value::Bytes(bytes) => out.put_slice(bytes),
        Value::Bool(is) => out.put_u8(u8::from(*is)),
        Value::Id(id) => out.put_slice(id),
        Value::At(at) => out.put_i64(since_2000(*at)?),
        Value::Date(day) => out.put_i32(day.epoch() - EPOCH_DAYS),
        Value::Json(text) => {
            out.put_u8(1);
            out.put_slice(text.as_bytes());
        }
        Value::Null | Value::List(_) | Value::Texts(_) => return Err(Misfit { wanted: "a single value".to_owned() }),
    }
    Ok(())
}

/// The ends of time keep their bits: PostgreSQL's infinities are the ends of 64 bits too.
fn since_2000(at: Instant) -> Result<i64, Misfit> {
    if at == Instant::NEVER || at == Instant::DAWN {
        return Ok(at.micros());
    }
    at.micros().checked_sub(EPOCH_MICROS).ok_or_else(|| Misfit { wanted: "a moment after the year -290000".to_owned() })
}

/// A length in front of a value or an element.
fn length(bytes: usize) -> Result<i32, Misfit> {
    i32::try_from(bytes).or(Err(Misfit { wanted: "at most 2 GiB".to_owned() }))
}

/// An array's header.
fn head(out: &mut impl BufMut, element: u32, count: usize, nulls: bool) -> Result<(), Misfit> {
    out.put_i32(i32::from(count > 0));
    out.put_i32(i32::from(nulls));
    out.put_u32(element);
    if count > 0 {
        out.put_i32(length(count)?);
        out.put_i32(1);
    }
    Ok(())
}

/// A value behind its length, `-1` when there is none: an element of an array, a field of a binary `COPY`.
pub(crate) fn framed(value: &Value<'_>, out: &mut Vec<u8>) -> Result<(), Misfit> {
    let frame = match value {
        Value::Null => -1,
        Value::Int(_) | Value::At(_) => 8,
        Value::Bool(_) => 1,
        Value::Id(_) => 16,
        Value::Date(_) => 4,
        Value::Text(text) => length(text.len())?,
        Value::Bytes(bytes) => length(bytes.len())?,
        Value::Json(text) => length(text.len() + 1)?,
        Value::List(_) | Value::Texts(_) => return Err(Misfit { wanted: "a single value".to_owned() }),
    };
    out.put_i32(frame);
    if frame >= 0 { plain(value, out) } else { Ok(()) }
}

/// A column of many rows, as one array parameter.
#[derive(Debug)]
pub(crate) struct Column {
    kind: Type,
    count: usize,
    nulls: bool,
    elements: Vec<u8>,
}

impl Column {
    pub(crate) const fn new(kind: Type) -> Self {
        Self { kind, count: 0, nulls: false, elements: Vec::new() }
    }

    pub(crate) const fn kind(&self) -> Type {
        self.kind
    }

    pub(crate) fn push(&mut self, value: &Value<'_>) -> Result<(), Misfit> {
        framed(value, &mut self.elements)?;
        self.count += 1;
        self.nulls |= *value == Value::Null;
        Ok(())
    }

    pub(crate) const fn size(&self) -> usize {
        self.elements.len()
    }

    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.nulls = false;
        self.elements.clear();
    }
}

impl ToSql for Column {
    fn to_sql(&self, _: &types::Type, out: &mut BytesMut) -> Encoded {
        head(out, element(self.kind).oid(), self.count, self.nulls)?;
        out.put_slice(&self.elements);
        Ok(IsNull::No)
    }

    fn accepts(_: &types::Type) -> bool {
        true
    }

    fn to_sql_checked(&self, kind: &types::Type, out: &mut BytesMut) -> Encoded {
        self.to_sql(kind, out)
    }
}

/// A value of PostgreSQL as it came.
pub(crate) struct Foreign<'r> {
    kind: types::Type,
    raw: &'r [u8],
}

impl<'r> FromSql<'r> for Foreign<'r> {
    fn from_sql(kind: &types::Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self { kind: kind.clone(), raw })
    }

    fn accepts(_: &types::Type) -> bool {
        true
    }
}

/// One column of one row.
pub(crate) enum Cell<'r> {
    Null,
    Sqlite(ValueRef<'r>),
    Postgres(Foreign<'r>),
}

impl<'r> Cell<'r> {
    pub(crate) const fn is_null(&self) -> bool {
        matches!(self, Self::Null | Self::Sqlite(ValueRef::Null))
    }

    /// The kind that is there, in the database's word.
    fn found(&self) -> String {
        match self {
            Self::Null => "no value".to_owned(),
            Self::Sqlite(value) => format!("{} (SQLite)", value.data_type()).to_lowercase().replace("(sqlite)", "(SQLite)"),
            Self::Postgres(cell) if cell.kind == types::Type::NUMERIC => "numeric (PostgreSQL; cast a sum to BIGINT)".to_owned(),
            Self::Postgres(cell) => format!("{} (PostgreSQL)", cell.kind.name()),
        }
    }

    fn is(&self, kind: &types::Type) -> Option<&'r [u8]> {
        match self {
            Self::Postgres(cell) if cell.kind == *kind => Some(cell.raw),
            Self::Null | Self::Sqlite(_) | Self::Postgres(_) => None,
        }
    }

    fn fixed<const N: usize>(&self, kind: &types::Type) -> Option<[u8; N]> {
        self.is(kind)?.try_into().ok()
    }

    pub(crate) fn int(&self) -> Result<i64, String> {
        if let Self::Sqlite(ValueRef::Integer(int)) = self {
            return Ok(*int);
        }
        let eight = self.fixed(&types::Type::INT8).map(i64::from_be_bytes);
        let four = || self.fixed(&types::Type::INT4).map(|raw| i64::from(i32::from_be_bytes(raw)));
        let two = || self.fixed(&types::Type::INT2).map(|raw| i64::from(i16::from_be_bytes(raw)));
        eight.or_else(four).or_else(two).ok_or_else(|| self.found())
    }

    pub(crate) fn bool(&self) -> Result<bool, String> {
        match self {
            Self::Sqlite(ValueRef::Integer(0)) => Ok(false),
            Self::Sqlite(ValueRef::Integer(1)) => Ok(true),
            Self::Null | Self::Sqlite(_) | Self::Postgres(_) => {
                self.fixed::<1>(&types::Type::BOOL).map(|raw| raw != [0]).ok_or_else(|| self.found())
            }
        }
    }

    pub(crate) fn str(&self) -> Result<&'r str, String> {
        let raw = match self {
            Self::Sqlite(ValueRef::Text(raw)) => Some(*raw),
            Self::Postgres(cell)
                if [types::Type::TEXT, types::Type::VARCHAR, types::Type::JSON, types::Type::NAME].contains(&cell.kind) =>
            {
                Some(cell.raw)
            }
            // A version byte comes first.
            Self::Postgres(cell) if cell.kind == types::Type::JSONB => cell.raw.strip_prefix(&[1]),
            Self::Null | Self::Sqlite(_) | Self::Postgres(_) => None,
        };
        std::str::from_utf8(raw.ok_or_else(|| self.found())?).or(Err("bytes that are no UTF-8".to_owned()))
    }

    pub(crate) fn text(&self) -> Result<String, String> {
        self.str().map(str::to_owned)
    }

    pub(crate) fn slice(&self) -> Result<&'r [u8], String> {
        match self {
            Self::Sqlite(ValueRef::Blob(raw)) => Ok(raw),
            Self::Null | Self::Sqlite(_) | Self::Postgres(_) => self.is(&types::Type::BYTEA).ok_or_else(|| self.found()),
        }
    }

    pub(crate) fn bytes(&self) -> Result<Vec<u8>, String> {
        self.slice().map(<[u8]>::to_vec)
    }

    pub(crate) fn id(&self) -> Result<[u8; 16], String> {
        match self {
            Self::Sqlite(ValueRef::Blob(raw)) => <[u8; 16]>::try_from(*raw).or(Err(format!("{} bytes", raw.len()))),
            Self::Null | Self::Sqlite(_) | Self::Postgres(_) => self.fixed(&types::Type::UUID).ok_or_else(|| self.found()),
        }
    }

    pub(crate) fn at(&self) -> Result<Instant, String> {
        if let Self::Sqlite(ValueRef::Integer(micros)) = self {
            return Ok(Instant::from_micros(*micros));
        }
        let micros = self.fixed(&types::Type::TIMESTAMPTZ).map(i64::from_be_bytes).ok_or_else(|| self.found())?;
        if micros == i64::MAX || micros == i64::MIN {
            return Ok(Instant::from_micros(micros));
        }
        micros.checked_add(EPOCH_MICROS).map(Instant::from_micros).ok_or_else(|| "a moment beyond our range".to_owned())
    }

    pub(crate) fn date(&self) -> Result<Day, String> {
        if let Self::Sqlite(ValueRef::Text(raw)) = self {
            let day = std::str::from_utf8(raw).ok().and_then(|text| Day::parse(text).ok());
            return day.ok_or_else(|| "a text that is no date of the years 1900 to 2199".to_owned());
        }
        let days = self.fixed(&types::Type::DATE).map(i32::from_be_bytes).ok_or_else(|| self.found())?;
        let days = days.checked_add(EPOCH_DAYS).filter(|days| (Day::MIN.epoch()..=Day::MAX.epoch()).contains(days));
        days.map(Day::from_epoch).ok_or_else(|| "a date outside the years 1900 to 2199".to_owned())
    }
}

/// Binds a value to a parameter of SQLite, counted from 1.
pub(crate) fn bind(statement: &mut rusqlite::Statement<'_>, index: usize, value: &Value<'_>) -> rusqlite::Result<()> {
    match value {
        Value::Null => statement.raw_bind_parameter(index, rusqlite::types::Null),
        Value::Int(int) => statement.raw_bind_parameter(index, int),
        Value::Text(text) | Value::Json(text) => statement.raw_bind_parameter(index, text),
        Value::Bytes(bytes) => statement.raw_bind_parameter(index, bytes),
        Value::Bool(is) => statement.raw_bind_parameter(index, i64::from(*is)),
        Value::Id(id) => statement.raw_bind_parameter(index, id.as_slice()),
        Value::At(at) => statement.raw_bind_parameter(index, at.micros()),
        Value::Date(day) => statement.raw_bind_parameter(index, day.to_string()),
        Value::List(ids) => {
            let ids = ids.iter().map(|id| rusqlite::types::Value::Blob(id.to_vec())).collect();
            statement.raw_bind_parameter(index, Rc::<Vec<rusqlite::types::Value>>::new(ids))
        }
        Value::Texts(texts) => {
            let texts = texts.iter().map(|text| rusqlite::types::Value::Text((*text).to_owned())).collect();
            statement.raw_bind_parameter(index, Rc::<Vec<rusqlite::types::Value>>::new(texts))
        }
    }
}

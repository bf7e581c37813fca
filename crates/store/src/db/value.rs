//! What goes into a statement: values, and the kinds of columns that take them.

use regua_core::ids;
use regua_core::time::{Day, Instant};

/// One parameter of a statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// No value; fits every kind.
    Null,
    /// A whole number.
    Int(i64),
    /// A text. Not JSON: PostgreSQL tells them apart.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Yes or no.
    Bool(bool),
    /// An id.
    Id([u8; 16]),
    /// A moment; [`Instant::NEVER`] and [`Instant::DAWN`] are `infinity` and `-infinity` on PostgreSQL.
    At(Instant),
    /// A civil date.
    Date(Day),
    /// A JSON text. PostgreSQL gives it back in its own spelling: compare what it means, not how it is written.
    Json(&'a str),
    /// Ids for `IN /*+list*/ ($n)`.
    List(&'a [[u8; 16]]),
    /// Texts for `IN /*+list*/ ($n)`.
    Texts(&'a [&'a str]),
}

impl Value<'_> {
    /// The kind in words.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => Type::Int.word(),
            Self::Text(_) => Type::Text.word(),
            Self::Bytes(_) => Type::Bytes.word(),
            Self::Bool(_) => Type::Bool.word(),
            Self::Id(_) => Type::Id.word(),
            Self::At(_) => Type::At.word(),
            Self::Date(_) => Type::Date.word(),
            Self::Json(_) => Type::Json.word(),
            Self::List(_) => "a list of ids",
            Self::Texts(_) => "a list of texts",
        }
    }
}

/// The kind of a column, named by the type words of the migrations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// `{id}`: 16 bytes, `UUID` on PostgreSQL.
    Id,
    /// `{int}`: 64 bits.
    Int,
    /// `{text}`: compared byte by byte.
    Text,
    /// `{bool}`.
    Bool,
    /// `{at}`: microseconds, `TIMESTAMPTZ` on PostgreSQL.
    At,
    /// `{date}`: `2026-12-31`, `DATE` on PostgreSQL.
    Date,
    /// `{json}`: text, `JSONB` on PostgreSQL.
    Json,
    /// `{bytes}`.
    Bytes,
}

impl Type {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Id, Self::Int, Self::Text, Self::Bool, Self::At, Self::Date, Self::Json, Self::Bytes];

    /// The type word, without its braces.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Int => "int",
            Self::Text => "text",
            Self::Bool => "bool",
            Self::At => "at",
            Self::Date => "date",
            Self::Json => "json",
            Self::Bytes => "bytes",
        }
    }

    /// Whether a column of this kind takes the value.
    #[must_use]
    pub const fn takes(self, value: &Value<'_>) -> bool {
        matches!(
            (self, value),
            (_, Value::Null)
                | (Self::Id, Value::Id(_))
                | (Self::Int, Value::Int(_))
                | (Self::Text, Value::Text(_))
                | (Self::Bool, Value::Bool(_))
                | (Self::At, Value::At(_))
                | (Self::Date, Value::Date(_))
                | (Self::Json, Value::Json(_))
                | (Self::Bytes, Value::Bytes(_))
        )
    }
}

/// A table and the columns that a bulk insert fills, in the order of its values.
///
/// ```
/// use regua_store::db::{Insert, Type};
/// static NOTES: Insert = Insert::new("note", &[("tenant", Type::Id), ("id", Type::Id), ("text", Type::Text)]);
/// static ONCE: Insert = Insert::new("note", &[("tenant", Type::Id), ("id", Type::Id)]).or_leave();
/// ```
#[derive(Debug)]
pub struct Insert {
    /// The table.
    pub table: &'static str,
    /// Its columns, in the order of each row's values.
    pub columns: &'static [(&'static str, Type)],
    /// Whether a row whose key is there already is left out, instead of failing the whole.
    pub leave: bool,
}

impl Insert {
    /// Rows that must all be new.
    #[must_use]
    pub const fn new(table: &'static str, columns: &'static [(&'static str, Type)]) -> Self {
        Self { table, columns, leave: false }
    }

    /// The same, but a row whose key is there already is left as it is and not counted.
    #[must_use]
    pub const fn or_leave(self) -> Self {
        Self { leave: true, ..self }
    }
}

impl<'a, T> From<Option<T>> for Value<'a>
where
    Value<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// Plain conversions, one variant each.
macro_rules! from {
    ($($from:ty => |$name:ident| $value:expr),+ $(,)?) => {
        $(impl<'a> From<$from> for Value<'a> {
            fn from($name: $from) -> Self {
                $value
            }
        })+
    };
}

from! {
    i64 => |int| Self::Int(int),
    i32 => |int| Self::Int(i64::from(int)),
    u32 => |int| Self::Int(i64::from(int)),
    u16 => |int| Self::Int(i64::from(int)),
    u8 => |int| Self::Int(i64::from(int)),
    &'a str => |text| Self::Text(text),
    &'a String => |text| Self::Text(text),
    &'a [u8] => |bytes| Self::Bytes(bytes),
    &'a Vec<u8> => |bytes| Self::Bytes(bytes),
    &'a [u8; 32] => |bytes| Self::Bytes(bytes),
    bool => |is| Self::Bool(is),
    [u8; 16] => |id| Self::Id(id),
    Instant => |at| Self::At(at),
    Day => |day| Self::Date(day),
    &'a [[u8; 16]] => |ids| Self::List(ids),
    &'a Vec<[u8; 16]> => |ids| Self::List(ids),
}

/// Ids of nouns.
macro_rules! from_ids {
    ($($id:ident),+ $(,)?) => {
        $(impl From<ids::$id> for Value<'_> {
            fn from(id: ids::$id) -> Self {
                Self::Id(id.to_bytes())
            }
        })+
    };
}

from_ids! {
    TenantId, BrandId, CustomerId, ContactPointId, PaymentMethodId, SubscriptionId, InvoiceId, ReceivableId, EntryId, PaymentId, PolicyId,
    DecisionId, MessageId, ChargeId, TaskId, PromiseId, AgreementId, DisputeId, HoldId, EventId, EndpointId, PersonId, KeyId, SessionId,
    ActId, ViewId,
}

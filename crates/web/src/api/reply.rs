//! What an operation answers, and how values are written in it.

use regua_core::money::Money;
use regua_core::time::{Day, Instant, Zone};
use serde_json::{Value, json};

/// An answer.
#[derive(Debug)]
pub enum Reply {
    /// JSON with a status; what the operation's description says.
    Json(u16, Value),
    /// JSON that may be kept for so many seconds, and is known again by its ETag.
    Cached(Value, u32),
    /// A part of a list.
    Page(Vec<Value>, Option<String>),
    /// Nothing to say: it is done.
    Nothing,
    /// A file: its type, its name and its bytes.
    File {
        /// Its media type.
        kind: &'static str,
        /// What it is called when it is saved.
        name: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// JSON and a cookie: name, value and seconds it lasts; no value takes it away.
    WithCookie(Value, Cookie),
    /// Go there.
    Redirect(String, Vec<Cookie>),
}

/// A cookie that a script cannot read.
#[derive(Debug)]
pub struct Cookie {
    /// Its name.
    pub name: &'static str,
    /// Its value; none takes it away.
    pub value: Option<String>,
    /// How long it lasts.
    pub seconds: u64,
}

impl Reply {
    /// 200 with something.
    pub(crate) fn one(value: Value) -> Self {
        Self::Json(200, value)
    }

    /// 201 with what was made.
    pub(crate) fn created(value: Value) -> Self {
        Self::Json(201, value)
    }
}

/// An amount with its currency.
pub(crate) fn money(money: Money) -> Value {
    let text = money.to_string();
    let amount = text.split_once(' ').map_or(text.as_str(), |(_, amount)| amount);
    json!({"amount": amount, "currency": money.currency().code()})
}

/// A moment, in UTC.
pub(crate) fn moment(at: Instant) -> Value {
    if at == Instant::NEVER { Value::Null } else { Value::from(Zone::utc().rfc3339(at)) }
}

/// A moment or nothing.
pub(crate) fn opt_moment(at: Option<Instant>) -> Value {
    at.map_or(Value::Null, moment)
}

/// A day.
pub(crate) fn day(day: Day) -> Value {
    Value::from(day.to_string())
}

/// A day or nothing.
pub(crate) fn opt_day(on: Option<Day>) -> Value {
    on.map_or(Value::Null, day)
}

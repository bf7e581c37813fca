//! What lists have in common: places as cursors, and pages of what is in memory already.

use regua_core::time::{Day, Instant};
use serde_json::Value;

use super::super::op::{Call, bad_cursor, cursor_of};
use super::super::problem::Problem;
use super::super::reply::Reply;

/// A place as a cursor: what sorts the list, in order.
pub(super) fn cursor(place: &Value) -> String {
    cursor_of(place.to_string().as_bytes())
}

/// The place that the cursor names: so many values.
pub(super) fn place(call: &Call<'_>, parts: usize) -> Result<Option<Place>, Problem> {
    let Some(bytes) = call.cursor_bytes()? else { return Ok(None) };
    let read: Vec<Value> = serde_json::from_slice(&bytes).map_err(|_bad| bad_cursor())?;
    if read.len() == parts { Ok(Some(Place(read))) } else { Err(bad_cursor()) }
}

/// The values of a cursor. One that a page of the list did not give is a problem of the caller's.
pub(super) struct Place(Vec<Value>);

impl Place {
    pub(super) fn text(&self, at: usize) -> Result<String, Problem> {
        let text = self.0.get(at).and_then(Value::as_str).ok_or_else(bad_cursor)?;
        // No text that is stored has one, and PostgreSQL takes none.
        if text.contains('\0') { Err(bad_cursor()) } else { Ok(text.to_owned()) }
    }

    pub(super) fn int(&self, at: usize) -> Result<i64, Problem> {
        self.0.get(at).and_then(Value::as_i64).ok_or_else(bad_cursor)
    }

    pub(super) fn moment(&self, at: usize) -> Result<Instant, Problem> {
        // The database tells moments of these years and no others.
        let range = Instant::DAWN.micros()..=Instant::NEVER.micros();
        Some(self.int(at)?).filter(|micros| range.contains(micros)).map(Instant::from_micros).ok_or_else(bad_cursor)
    }

    pub(super) fn day(&self, at: usize) -> Result<Day, Problem> {
        Day::parse(&self.text(at)?).map_err(|_bad| bad_cursor())
    }

    pub(super) fn id(&self, at: usize) -> Result<[u8; 16], Problem> {
        unhex16(&self.text(at)?).ok_or_else(bad_cursor)
    }
}

/// Sixteen bytes of hexadecimal digits.
pub(super) fn unhex16(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.is_ascii() {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    cursor_of(bytes)
}

/// How many rows are read to know whether there is a page behind this one.
pub(super) fn one_more(call: &Call<'_>) -> i64 {
    call.limit() + 1
}

/// A page of rows of which one more than its limit was read: each shown, the next page behind the last that is.
pub(super) fn page<T>(
    call: &Call<'_>,
    mut rows: Vec<T>,
    place: impl Fn(&T) -> String,
    shown: impl FnMut(&T) -> Result<Value, Problem>,
) -> Result<Reply, Problem> {
    let limit = usize::try_from(call.limit()).unwrap_or(0);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(place);
    Ok(Reply::Page(rows.iter().map(shown).collect::<Result<_, _>>()?, next))
}

/// A page of a list that is in memory as a whole, each item behind what names it.
pub(super) fn part(call: &Call<'_>, items: Vec<(String, Value)>) -> Result<Reply, Problem> {
    let from = match place(call, 1)? {
        None => 0,
        Some(place) => {
            let last = place.text(0)?;
            items.iter().position(|(name, _)| *name == last).ok_or_else(bad_cursor)? + 1
        }
    };
    let rest: Vec<(String, Value)> = items.into_iter().skip(from).collect();
    page(call, rest, |(name, _)| cursor(&Value::from(vec![name.clone()])), |(_, value)| Ok(value.clone()))
}

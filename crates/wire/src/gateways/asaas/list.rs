//! Pages of what Asaas lists, and days and hours that it tells without a zone.
//!
//! Deliberately absent: cursors, which Asaas has not: what is added while pages are read shifts them, so that something may be
//! read twice, which does no harm, since lists are read from the oldest side of a time that ended.

use regua_core::time::{Day, Instant, LocalTime};
use serde::Deserialize;

use crate::gateways::Request;
use crate::gateways::br::{get, read, with_query, zone};

/// Items of a page: the most that Asaas gives.
pub const PAGE_ITEMS: u32 = 100;
/// Where lists end, however many there are: beyond, a narrower time is read.
pub const OFFSET_MAX: u32 = 1_000_000;

/// A page.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    has_more: bool,
    offset: u32,
    /// What is on it.
    pub data: Vec<T>,
}

impl<T: for<'de> Deserialize<'de>> Page<T> {
    /// Reads a reply.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        read(body)
    }

    /// Where the next page begins.
    #[must_use]
    pub fn next(&self) -> Option<u32> {
        let read = u32::try_from(self.data.len()).ok().filter(|read| *read > 0)?;
        let next = self.offset.checked_add(read)?;
        (self.has_more && next < OFFSET_MAX).then_some(next)
    }
}

/// A request for a page, with filters.
#[must_use]
pub(super) fn request(path: &str, filters: &[(&str, &str)], offset: u32) -> Request {
    let (offset, limit) = (offset.to_string(), PAGE_ITEMS.to_string());
    let mut pairs = filters.to_vec();
    pairs.extend([("offset", offset.as_str()), ("limit", limit.as_str())]);
    get(with_query(path, &pairs))
}

/// A day and hour without a zone, `2024-06-12 16:45:03`: those of São Paulo.
#[must_use]
pub fn moment(text: &str) -> Option<Instant> {
    let (day, clock) = text.split_at_checked(10)?;
    let day = Day::parse(day).ok()?;
    let mut parts = clock.strip_prefix([' ', 'T'])?.split(':');
    let mut number = || parts.next()?.parse::<u16>().ok();
    let (hour, minute) = (number()?, number()?);
    let secs = number().filter(|secs| *secs < 60).unwrap_or(0);
    let at = zone().at(day, LocalTime::new(hour, minute)?);
    Some(Instant::from_secs(at.secs().saturating_add(i64::from(secs))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_without_a_zone_is_that_of_sao_paulo() {
        let at = moment("2024-06-12 16:45:03").unwrap();
        assert_eq!(at, Instant::parse("2024-06-12T16:45:03-03:00").unwrap());
        for text in ["", "2024-06-12", "2024-06-12 25:00:00", "2024-06-31 10:00:00", "2024-06-1é 10:00:00", "2024-06-12 1é:00"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}

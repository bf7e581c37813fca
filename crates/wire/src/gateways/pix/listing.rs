//! What changed at a bank, as pages: what webhooks tell, read besides, since their delivery is best effort.
//!
//! Four lists, one behind the other: Pix that came in, Pix of which something went back, recurring charges, authorisations. The
//! last three are listed by when they began, so they are read from further back. Deliberately absent: `cob` and `cobv`, whose
//! payments are in the first list.

use regua_core::time::Instant;

use super::payments::{self, Page};
use super::window::Window;
use super::{cobr, errors, rec};
use crate::gateways::br::{read, unreadable};
use crate::gateways::{Heard, Listing, Request, Response, Trouble};

/// How far back Pix are read of which something went back: a payer may claim one for 80 days, and a bank decides within eleven.
pub const RETURNED_BACK_HOURS: i64 = 24 * 100;
/// How far back recurring charges are read: made ten days ahead, tried again for seven.
pub const CHARGES_BACK_HOURS: i64 = 24 * 31;
/// How far back authorisations are read whose answer may still come.
pub const RECS_BACK_HOURS: i64 = 24 * 31;
/// Pages of one list at most: what lies beyond is read by a narrower time.
pub const PAGES_MAX: u32 = 10_000;

/// Which list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum List {
    Pix,
    Returned,
    Charges,
    Recs,
}

/// A place in the lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    list: List,
    page: u32,
}

impl Place {
    /// Reads `pix:0`; the beginning when there is none.
    fn parse(text: Option<&str>) -> Result<Self, Trouble> {
        let Some(text) = text else { return Ok(Self { list: List::Pix, page: 0 }) };
        let bad = || Trouble::Refused {
            code: "place".to_owned(),
            why: "the place in the bank's lists has another form: read them anew".to_owned(),
        };
        let (name, page) = text.split_once(':').ok_or_else(bad)?;
        let list = match name {
            "pix" => List::Pix,
            "returned" => List::Returned,
            "charges" => List::Charges,
            "recs" => List::Recs,
            _ => return Err(bad()),
        };
        let page = page.parse().ok().filter(|page| *page < PAGES_MAX).ok_or_else(bad)?;
        Ok(Self { list, page })
    }

    fn text(self) -> String {
        let name = match self.list {
            List::Pix => "pix",
            List::Returned => "returned",
            List::Charges => "charges",
            List::Recs => "recs",
        };
        format!("{name}:{}", self.page)
    }

    /// What comes behind: the next page, or the next list. `recurring` says whether there is Pix Automático.
    fn behind(self, next: Option<u32>, recurring: bool) -> Option<Self> {
        if let Some(page) = next.filter(|page| *page > self.page && *page < PAGES_MAX) {
            return Some(Self { list: self.list, page });
        }
        let list = match self.list {
            List::Pix => List::Returned,
            List::Returned if recurring => List::Charges,
            List::Charges => List::Recs,
            List::Returned | List::Recs => return None,
        };
        Some(Self { list, page: 0 })
    }
}

/// A page of what changed in a time.
///
/// # Errors
/// [`Trouble::Refused`] when the place is none of [`listed`]'s.
pub fn list(since: Instant, until: Instant, place: Option<&str>) -> Result<Request, Trouble> {
    let Place { list, page } = Place::parse(place)?;
    let back = |hours: i64| Window { from: since.plus_hours(-hours), until, page };
    Ok(match list {
        List::Pix => payments::list(&back(0), false),
        List::Returned => payments::list(&back(RETURNED_BACK_HOURS), true),
        List::Charges => cobr::list(&back(CHARGES_BACK_HOURS), None),
        List::Recs => rec::list(&back(RECS_BACK_HOURS)),
    })
}

/// Reads the reply.
///
/// # Errors
/// [`Trouble::Outage`] when it cannot be read now.
pub fn listed(place: Option<&str>, response: &Response, recurring: bool) -> Result<Listing, Trouble> {
    let place = Place::parse(place)?;
    if !(200..300).contains(&response.status) {
        return Err(errors::trouble(response, true));
    }
    let (heard, next) = page(place.list, &response.body).map_err(|why| unreadable(true, &why))?;
    Ok(Listing { heard, next: place.behind(next, recurring).map(Place::text) })
}

fn page(list: List, body: &[u8]) -> Result<(Vec<Heard>, Option<u32>), String> {
    match list {
        List::Pix | List::Returned => {
            let page: Page = read(body)?;
            if !page.pix.iter().all(payments::Pix::is_sound) {
                return Err("an id in it has another form".to_owned());
            }
            Ok((page.pix.iter().flat_map(payments::Pix::heard).collect(), page.parametros.next()))
        }
        List::Charges => cobr::read_list(body).map(|(charges, next)| (charges.iter().flat_map(cobr::Cobr::heard).collect(), next)),
        List::Recs => rec::read_list(body).map(|(recs, next)| (recs.iter().map(rec::Rec::heard).collect(), next)),
    }
}

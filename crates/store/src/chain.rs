//! Hashes that make the log tamper-evident: each event over the one before, each page over the events that one
//! transaction added, each day over its pages and the day before. `docs/adr/0005-event-log.md` says why.
//!
//! Every part is hashed with its length in front, so that no two different events read the same.

use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What of an event its hash is over.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Whose log.
    pub tenant: TenantId,
    /// Whose chain: a customer's id, or the tenant's.
    pub stream: [u8; 16],
    /// Its place, from 1.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// What sort.
    pub kind: &'a str,
    /// What happened.
    pub payload: &'a str,
    /// Personal data, sealed.
    pub sealed: Option<&'a [u8]>,
}

/// The hash of an event, over that of the one before; the first one's before is all zero.
#[must_use]
pub fn hash(previous: &[u8; 32], link: &Link<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"regua event 1");
    hash.update(previous);
    hash.update(link.tenant.to_bytes());
    hash.update(link.stream);
    hash.update(link.seq.to_be_bytes());
    hash.update(link.at.micros().to_be_bytes());
    part(&mut hash, link.kind.as_bytes());
    part(&mut hash, link.payload.as_bytes());
    match link.sealed {
        None => hash.update([0]),
        Some(sealed) => {
            hash.update([1]);
            part(&mut hash, sealed);
        }
    }
    hash.finalize().into()
}

/// Consecutive events of one chain, of those that one transaction added.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// Whose chain.
    pub stream: [u8; 16],
    /// The place of the first.
    pub first: i64,
    /// How many.
    pub count: u32,
}

/// What one transaction added to the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Over the hash of every event.
    pub digest: [u8; 32],
    /// Which events, for whoever checks the digest later.
    pub runs: Vec<u8>,
}

impl Page {
    /// The page of a transaction that added these events: chain, place and hash of each. Nothing without events.
    #[must_use]
    pub fn of(tenant: TenantId, events: impl Iterator<Item = ([u8; 16], i64, [u8; 32])>) -> Option<Self> {
        let mut events: Vec<([u8; 16], i64, [u8; 32])> = events.collect();
        events.sort_unstable();
        let mut runs: Vec<Run> = Vec::new();
        for &(stream, seq, _) in &events {
            match runs.last_mut() {
                Some(run) if run.stream == stream && run.first + i64::from(run.count) == seq => run.count += 1,
                _ => runs.push(Run { stream, first: seq, count: 1 }),
            }
        }
        let digest = digest(tenant, events.into_iter().map(|(_, _, hash)| hash));
        // Plain numbers can always be written.
        let runs = postcard::to_allocvec(&runs).ok().filter(|_| !runs.is_empty())?;
        Some(Self { digest, runs })
    }

    /// The runs of a page in their order; nothing when the bytes are none.
    #[must_use]
    pub fn read(runs: &[u8]) -> Option<Vec<Run>> {
        postcard::take_from_bytes(runs).ok().filter(|(_, rest)| rest.is_empty()).map(|(runs, _)| runs)
    }
}

/// The digest of a page over its events' hashes, in the order of its runs. A hash says whose event it is and where.
#[must_use]
pub fn digest(tenant: TenantId, events: impl Iterator<Item = [u8; 32]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"regua page 1");
    hash.update(tenant.to_bytes());
    for event in events {
        hash.update(event);
    }
    hash.finalize().into()
}

/// The root of a day over the root before and the day's pages in the order of their digests.
#[must_use]
pub fn root(previous: &[u8; 32], day: Day, pages: impl Iterator<Item = [u8; 32]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"regua root 1");
    hash.update(previous);
    hash.update(day.epoch().to_be_bytes());
    for page in pages {
        hash.update(page);
    }
    hash.finalize().into()
}

fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link<'a>(kind: &'a str, payload: &'a str, sealed: Option<&'a [u8]>) -> Link<'a> {
        Link { tenant: TenantId::new(1, [7; 10]), stream: [3; 16], seq: 5, at: Instant::from_secs(9), kind, payload, sealed }
    }

    #[test]
    fn every_part_of_an_event_is_in_its_hash() {
        let base = hash(&[0; 32], &link("told", "{}", None));
        let others = [
            hash(&[1; 32], &link("told", "{}", None)),
            hash(&[0; 32], &Link { tenant: TenantId::new(2, [7; 10]), ..link("told", "{}", None) }),
            hash(&[0; 32], &Link { stream: [4; 16], ..link("told", "{}", None) }),
            hash(&[0; 32], &Link { seq: 6, ..link("told", "{}", None) }),
            hash(&[0; 32], &Link { at: Instant::from_secs(10), ..link("told", "{}", None) }),
            hash(&[0; 32], &link("tol", "d{}", None)),
            hash(&[0; 32], &link("told", "{} ", None)),
            hash(&[0; 32], &link("told", "{}", Some(b""))),
            hash(&[0; 32], &link("told", "{}", Some(b"x"))),
        ];
        for (place, other) in others.iter().enumerate() {
            assert_ne!(*other, base, "{place}");
        }
        assert_eq!(base, hash(&[0; 32], &link("told", "{}", None)));
    }

    #[test]
    fn a_page_is_over_every_event_in_whatever_order_they_were_written() {
        let tenant = TenantId::new(1, [7; 10]);
        let events = [([2; 16], 1, [8; 32]), ([1; 16], 4, [9; 32]), ([1; 16], 3, [6; 32])];
        let page = Page::of(tenant, events.into_iter()).unwrap();
        assert_eq!(page, Page::of(tenant, events.into_iter().rev()).unwrap());
        let runs = Page::read(&page.runs).unwrap();
        assert_eq!(runs, [Run { stream: [1; 16], first: 3, count: 2 }, Run { stream: [2; 16], first: 1, count: 1 }]);
        assert_eq!(page.digest, digest(tenant, [[6; 32], [9; 32], [8; 32]].into_iter()));
        assert_ne!(page.digest, Page::of(tenant, events.into_iter().take(2)).unwrap().digest);
        assert_eq!(Page::of(tenant, std::iter::empty()), None);
        assert_eq!(Page::read(&page.runs[1..page.runs.len() - 1]), None);
    }

    #[test]
    fn a_root_is_over_every_page_and_the_root_before() {
        let day = Day::from_epoch(20_000);
        let pages = [[9; 32], [8; 32]];
        let base = root(&[0; 32], day, pages.into_iter());
        assert_ne!(base, root(&[1; 32], day, pages.into_iter()));
        assert_ne!(base, root(&[0; 32], day.plus(1), pages.into_iter()));
        assert_ne!(base, root(&[0; 32], day, pages.into_iter().take(1)));
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_hashes_are_those_that_were_stored_before() {
        // Computed with another implementation (Python's `hashlib`) from the description alone.
        let first = hash(&[0; 32], &link("told", "{}", None));
        assert_eq!(hex(&first), "89ddef714701e94498875855d79aeb5802a866a840a9cf58b700c224d66aec35");
        let second = hash(&first, &Link { seq: 6, at: Instant::from_secs(10), ..link("paid", "{\"é\":1}", Some(b"\x00\xff")) });
        assert_eq!(hex(&second), "b2d9fd8f46fda6e072eda10ad3e2290b012c4929e0b29f9b71a23ec395b15b1f");
        let page = Page::of(TenantId::new(1, [7; 10]), [([2; 16], 1, [8; 32]), ([1; 16], 4, [9; 32]), ([1; 16], 3, [6; 32])].into_iter());
        assert_eq!(hex(&page.unwrap().digest), "6d75414537eb51bad525d338805dcece21ef1034a0a369f34427fcb3b57cdd9f");
        let root = root(&[0; 32], Day::from_epoch(20_000), [[9; 32], [8; 32]].into_iter());
        assert_eq!(hex(&root), "307adf9bc18551ef126d826069fff53b94cfe96331aa76a795c01626fc113be5");
    }

    #[test]
    fn an_event_that_was_altered_removed_moved_or_cut_off_changes_the_head() {
        let head = |events: &[(i64, &str)]| {
            events.iter().fold([0; 32], |head, (seq, payload)| hash(&head, &Link { seq: *seq, ..link("told", payload, None) }))
        };
        let whole = head(&[(1, "a"), (2, "b"), (3, "c")]);
        for (what, events) in [
            ("altered", &[(1, "a"), (2, "x"), (3, "c")][..]),
            ("removed", &[(1, "a"), (3, "c")]),
            ("removed and renumbered", &[(1, "a"), (2, "c")]),
            ("moved", &[(1, "b"), (2, "a"), (3, "c")]),
            ("cut off", &[(1, "a"), (2, "b")]),
            ("added", &[(1, "a"), (2, "b"), (3, "c"), (4, "d")]),
        ] {
            assert_ne!(head(events), whole, "{what}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_two_different_events_read_the_same(
            a in ("[a-c]{0,3}", "[a-c]{0,3}", proptest::option::of("[a-c]{0,3}")),
            b in ("[a-c]{0,3}", "[a-c]{0,3}", proptest::option::of("[a-c]{0,3}")),
        ) {
            let of = |(kind, payload, sealed): &(String, String, Option<String>)| hash(&[0; 32], &link(kind, payload, sealed.as_ref().map(String::as_bytes)));
            proptest::prop_assert_eq!(of(&a) == of(&b), a == b);
        }
    }
}

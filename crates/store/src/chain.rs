//! Hashes that make the log tamper-evident: each event over the one before, each day over all heads.
//!
//! Every part is hashed with its length in front, so that no two different events read the same.

use regua_core::ids::TenantId;
use regua_core::time::{Day, Instant};
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

/// The root of a day over the root before and all heads in the order of their chains; and how many there were.
#[must_use]
pub fn root(previous: &[u8; 32], day: Day, heads: impl Iterator<Item = ([u8; 16], i64, [u8; 32])>) -> ([u8; 32], i64) {
    let mut hash = Sha256::new();
    hash.update(b"regua root 1");
    hash.update(previous);
    hash.update(day.epoch().to_be_bytes());
    let mut count = 0;
    for (stream, seq, head) in heads {
        hash.update(stream);
        hash.update(seq.to_be_bytes());
        hash.update(head);
        count += 1;
    }
    (hash.finalize().into(), count)
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
    fn a_root_is_over_every_head_and_the_root_before() {
        let day = Day::from_epoch(20_000);
        let heads = [([1; 16], 3, [9; 32]), ([2; 16], 1, [8; 32])];
        let (base, count) = root(&[0; 32], day, heads.into_iter());
        assert_eq!(count, 2);
        assert_ne!(base, root(&[1; 32], day, heads.into_iter()).0);
        assert_ne!(base, root(&[0; 32], day.plus(1), heads.into_iter()).0);
        assert_ne!(base, root(&[0; 32], day, heads.into_iter().take(1)).0);
    }
}

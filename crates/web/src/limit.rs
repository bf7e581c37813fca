//! How much one address may ask for: requests by a bucket that fills again, connections by a count.
//!
//! Memory is bounded: so many addresses have a bucket of their own, and when all are in use the others share one. An address
//! of IPv6 is its network of 64 bits, which is what one customer of a provider is given.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What one address may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// Requests a second, in the long run.
    pub per_second: u32,
    /// Requests at once after a pause.
    pub burst: u32,
    /// Connections at the same time.
    pub connections: u32,
}

impl Default for Rate {
    /// More than the busiest gateway sends to one company, whose addresses are few.
    fn default() -> Self {
        Self { per_second: 100, burst: 1_000, connections: 128 }
    }
}

/// How much one person or key may ask for, whatever addresses it comes from.
pub(crate) struct Pace(Limiter);

impl Pace {
    /// At most so much of each.
    pub(crate) fn new(rate: Option<Rate>, now: Instant) -> Self {
        Self(Limiter::new(rate, now))
    }

    /// Whether whoever has this id may ask for something now.
    pub(crate) fn admit(&self, id: u128) -> bool {
        self.0.admit_key(id, Instant::now())
    }
}

/// Addresses with a bucket of their own.
const ADDRESSES_MAX: usize = 4_096;
/// How often buckets that are full again are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// What one request takes out of a bucket, so that a bucket fills by the rate each microsecond.
const REQUEST: u64 = 1_000_000;

/// Who may ask for how much.
pub(crate) struct Limiter {
    rate: Option<Rate>,
    known: Mutex<Known>,
}

struct Known {
    buckets: BTreeMap<u128, Bucket>,
    /// Of all addresses without a bucket of their own.
    others: Bucket,
    swept: Instant,
}

#[derive(Clone, Copy)]
struct Bucket {
    credit: u64,
    at: Instant,
    connections: u32,
}

/// The place of a connection, given back when it is dropped.
pub(crate) struct Seat {
    limiter: Arc<Limiter>,
    /// None for a connection that shares the bucket of the others.
    key: Option<u128>,
    counted: bool,
}

impl Limiter {
    /// Without a rate nobody is limited.
    pub(crate) fn new(rate: Option<Rate>, now: Instant) -> Self {
        let others = Bucket { credit: rate.map_or(0, cap), at: now, connections: 0 };
        Self { rate, known: Mutex::new(Known { buckets: BTreeMap::new(), others, swept: now }) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Nothing panics while it is held; if it did, counts would be off by one.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an address may ask for something now.
    pub(crate) fn admit(&self, address: IpAddr, now: Instant) -> bool {
        self.admit_key(key(address), now)
    }

    fn admit_key(&self, key: u128, now: Instant) -> bool {
        let Some(rate) = self.rate else { return true };
        let mut known = self.known();
        let (_, bucket) = known.bucket(key, rate, now);
        bucket.fill(rate, now);
        let left = bucket.credit.checked_sub(REQUEST);
        bucket.credit = left.unwrap_or(bucket.credit);
        left.is_some()
    }

    /// A place for a connection, if the address has one left.
    pub(crate) fn connect(limiter: &Arc<Self>, address: IpAddr, now: Instant) -> Option<Seat> {
        let Some(rate) = limiter.rate else { return Some(Seat { limiter: Arc::clone(limiter), key: None, counted: false }) };
        let mut known = limiter.known();
        let (key, bucket) = known.bucket(key(address), rate, now);
        if bucket.connections >= rate.connections {
            return None;
        }
        bucket.connections += 1;
        drop(known);
        Some(Seat { limiter: Arc::clone(limiter), key, counted: true })
    }
}

impl Known {
    /// The bucket of an address, made when there is none and room is left; its key, or none for that of the others.
    fn bucket(&mut self, key: u128, rate: Rate, now: Instant) -> (Option<u128>, &mut Bucket) {
        if !self.buckets.contains_key(&key) && self.buckets.len() >= ADDRESSES_MAX && now.duration_since(self.swept) >= SWEEP {
            self.swept = now;
            self.buckets.retain(|_, bucket| {
                bucket.fill(rate, now);
                bucket.connections > 0 || bucket.credit < cap(rate)
            });
        }
        if self.buckets.len() >= ADDRESSES_MAX && !self.buckets.contains_key(&key) {
            return (None, &mut self.others);
        }
        (Some(key), self.buckets.entry(key).or_insert(Bucket { credit: cap(rate), at: now, connections: 0 }))
    }
}

impl Bucket {
    fn fill(&mut self, rate: Rate, now: Instant) {
        let micros = u64::try_from(now.saturating_duration_since(self.at).as_micros()).unwrap_or(u64::MAX);
        self.credit = self.credit.saturating_add(micros.saturating_mul(rate.per_second.into())).min(cap(rate));
        self.at = now.max(self.at);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if !self.counted {
            return;
        }
        let mut known = self.limiter.known();
        let bucket = match self.key {
            Some(key) => known.buckets.get_mut(&key),
            None => Some(&mut known.others),
        };
        if let Some(bucket) = bucket {
            bucket.connections = bucket.connections.saturating_sub(1);
        }
    }
}

fn cap(rate: Rate) -> u64 {
    u64::from(rate.burst).saturating_mul(REQUEST)
}

pub(crate) fn key(address: IpAddr) -> u128 {
    match address.to_canonical() {
        // Below the bits of every network of IPv6.
        IpAddr::V4(four) => u128::from(u32::from(four)),
        IpAddr::V6(six) => u128::from(six) >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    const RATE: Rate = Rate { per_second: 2, burst: 3, connections: 2 };

    fn four(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from(number))
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_fills_by_its_rate() {
        let start = Instant::now();
        let limiter = Limiter::new(Some(RATE), start);
        let admitted = |after: u64| limiter.admit(four(1), start + Duration::from_millis(after));
        let at_once: Vec<bool> = (0..5).map(|_| admitted(0)).collect();
        assert_eq!(at_once, [true, true, true, false, false]);
        assert_eq!((admitted(499), admitted(500), admitted(501), admitted(1_000)), (false, true, false, true));
        assert!(limiter.admit(four(2), start), "another address has its own");
        let later: Vec<bool> = (0..4).map(|_| admitted(1_000_000)).collect();
        assert_eq!(later, [true, true, true, false], "no more than the burst after any pause");
        assert!(!admitted(0), "a clock that goes back gives nothing");
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_a_mapped_ipv4_is_itself() {
        let six = |text: &str| key(IpAddr::V6(text.parse::<Ipv6Addr>().unwrap()));
        assert_eq!(six("2001:db8:1:2::1"), six("2001:db8:1:2:ffff::9"));
        assert_ne!(six("2001:db8:1:2::1"), six("2001:db8:1:3::1"));
        assert_eq!(six("::ffff:192.0.2.7"), key("192.0.2.7".parse().unwrap()));
    }

    #[test]
    fn a_connection_gives_its_place_back() {
        let now = Instant::now();
        let limiter = Arc::new(Limiter::new(Some(RATE), now));
        let first = Limiter::connect(&limiter, four(1), now).unwrap();
        let _second = Limiter::connect(&limiter, four(1), now).unwrap();
        assert!(Limiter::connect(&limiter, four(1), now).is_none());
        assert!(Limiter::connect(&limiter, four(2), now).is_some());
        drop(first);
        assert!(Limiter::connect(&limiter, four(1), now).is_some());
    }

    #[test]
    fn a_million_addresses_take_no_more_memory_than_a_few() {
        let start = Instant::now();
        let limiter = Limiter::new(Some(RATE), start);
        let admitted = (0..1_000_000).filter(|number| limiter.admit(four(*number), start)).count();
        assert_eq!(admitted, ADDRESSES_MAX + 3, "the others share one bucket");
        assert_eq!(limiter.known().buckets.len(), ADDRESSES_MAX);
        assert!(limiter.admit(four(7), start), "who was there before keeps its own");
        // Once theirs are full again they make room.
        assert!(limiter.admit(four(2_000_000), start + Duration::from_secs(10)));
        assert_eq!(limiter.known().buckets.len(), 1);
    }

    #[test]
    fn without_a_rate_nobody_is_limited() {
        let now = Instant::now();
        let limiter = Arc::new(Limiter::new(None, now));
        assert!((0..100_000).all(|_| limiter.admit(four(1), now)));
        let seats: Vec<Seat> = (0..1_000).filter_map(|_| Limiter::connect(&limiter, four(1), now)).collect();
        assert_eq!(seats.len(), 1_000);
    }
}

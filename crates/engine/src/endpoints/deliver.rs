//! Webhooks on their way: endpoints take turns, each has a few under way, and what does not arrive goes again later.
//!
//! That a delivery is being sent is committed before the first byte goes out, with a moment at which it is taken for lost: one
//! whose process died is sent again. So it arrives at least once, and receivers know by its id what they had before.

use std::collections::BTreeMap;

use regua_core::ids::{EndpointId, TenantId};
use regua_core::time::Instant;
use regua_store::db::{Scope, Tx};
use regua_store::endpoints::{self as rows, EndpointRow, IN_FLIGHT, Outgoing, Tried};
use regua_wire::webhooks_out::{self, SigningKey, Told};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{State, after_secs, locked};
use crate::Engine;
use crate::commands::tenant::note;
use crate::error::{Kind, Result};
use crate::events;
use crate::log;
use crate::ports::{Deliver, Post, Posted};

/// How long one waits after each try that did not arrive, in seconds; after the last there is no more.
const WAITS_SECS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How often a webhook is tried before it is given up.
pub const TRIES_MAX: i64 = 10;
/// The longest wait that a receiver can ask for: a day.
const ASKED_SECS_MAX: u64 = 86_400;
/// After so many seconds without an answer to be written down, a delivery is taken for lost. A call ends long before.
const LEASE_SECS: i64 = 120;
/// An endpoint to which nothing arrived for so many seconds is given up: five days.
const FAILING_SECS_MAX: i64 = 5 * 86_400;
/// Between two tries where nothing arrives: this part of the time for which nothing has, at most a quarter of an hour.
const REST_PART: i64 = 20;
const REST_SECS_MAX: i64 = 900;
/// Endpoints that are looked at in one go.
const ENDPOINTS_AT_ONCE: i64 = 64;

/// What a round of deliveries came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Delivered {
    /// Tries.
    pub tried: u64,
    /// Those that arrived.
    pub delivered: u64,
    /// Those that go again later.
    pub later: u64,
    /// Those that were given up.
    pub failed: u64,
    /// Endpoints that were given up.
    pub disabled: u64,
}

impl Delivered {
    /// Adds what another round did.
    pub fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.delivered += other.delivered;
        self.later += other.later;
        self.failed += other.failed;
        self.disabled += other.disabled;
    }
}

/// A delivery that was taken.
struct Going {
    tenant: TenantId,
    endpoint: EndpointId,
    position: i64,
    /// The number of this try, from 1.
    tries: i64,
    post: Post,
}

/// What becomes of an endpoint after a round.
#[derive(Clone, Copy, Default)]
struct Health {
    arrived: bool,
    missed: bool,
    gone: bool,
}

impl Engine {
    /// Sends up to `limit` webhooks that are due, of whichever tenants, in groups as large as `deliverer` takes; `clock` is asked
    /// before each group and after it. Several threads and processes may do so at once.
    ///
    /// # Errors
    /// When the database cannot be reached: what was sent and could not be written down is sent again.
    pub fn deliver_due(&self, clock: &dyn Fn() -> Instant, deliverer: &mut dyn Deliver, limit: u64) -> Result<Delivered> {
        let mut all = Delivered::default();
        while all.tried < limit {
            let room = usize::try_from(limit - all.tried).unwrap_or(usize::MAX).min(deliverer.at_a_time().max(1));
            let (going, looked_at) = self.take_deliveries(clock(), room)?;
            if going.is_empty() {
                if looked_at {
                    continue; // what was due there was taken by others, or is not due yet: the next ones
                }
                break;
            }
            let posts: Vec<Post> = going.iter().map(|one| one.post.clone()).collect();
            let answers = deliverer.deliver(&posts);
            all.add(self.write_down(&going, &answers, clock())?);
        }
        Ok(all)
    }

    /// When the next webhook is due; [`Instant::NEVER`] when none is.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn next_delivery(&self) -> Result<Instant> {
        Ok(self.db.read(Scope::Claim, rows::next_due)?)
    }

    /// Takes up to `room` deliveries of endpoints that are due, and whether any endpoint was.
    fn take_deliveries(&self, now: Instant, room: usize) -> Result<(Vec<Going>, bool)> {
        self.db.write(Scope::Claim, |tx| {
            let taken = rows::take(tx, now, ENDPOINTS_AT_ONCE)?;
            // Of each endpoint so many that all of them get a turn.
            let share = (room / taken.len().max(1)).clamp(1, IN_FLIGHT);
            let mut tenants: BTreeMap<TenantId, Vec<EndpointId>> = BTreeMap::new();
            for (tenant, endpoint) in in_turns(&taken).into_iter().take(room) {
                tenants.entry(tenant).or_default().push(endpoint);
            }
            let mut going = Vec::new();
            for (tenant, endpoints) in tenants {
                tx.scope(Scope::Tenant(tenant))?;
                self.take_of(tx, tenant, &endpoints, now, share, &mut going)?;
            }
            Ok((going, !taken.is_empty()))
        })
    }

    /// Takes what is due of a tenant's endpoints, each up to its share and up to what may be under way.
    fn take_of(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        endpoints: &[EndpointId],
        now: Instant,
        share: usize,
        going: &mut Vec<Going>,
    ) -> Result<()> {
        let ids: Vec<[u8; 16]> = endpoints.iter().map(|id| id.to_bytes()).collect();
        let under_way = rows::sending(tx, tenant, &ids, now)?;
        let lost_at = after_secs(now, LEASE_SECS);
        let mut stands = Vec::new();
        for row in rows::lock(tx, tenant, &ids)?.iter().filter(|row| row.state == State::Active.word()) {
            let own: Vec<Instant> = under_way.iter().filter(|(id, _)| *id == row.endpoint).map(|(_, until)| *until).collect();
            // Where nothing arrives one at a time is enough to see whether something does.
            let most = if row.failing_since.is_some() { 1 } else { IN_FLIGHT };
            let mut due = if own.len() < most { rows::due(tx, tenant, row.endpoint, now)? } else { Vec::new() };
            due.truncate(share.min(most - own.len().min(most)));
            let keys = if due.is_empty() { Vec::new() } else { self.open_keys(tenant, row, now)? };
            let marks: Vec<(EndpointId, i64, i64)> =
                due.iter().map(|one| (row.endpoint, one.position, one.tries.saturating_add(1))).collect();
            rows::send(tx, tenant, now, lost_at, &marks)?;
            going.extend(due.iter().map(|one| posted(tenant, row, one, &keys, now)));
            let full = own.len() + due.len() >= most;
            let next = if full { own.iter().copied().min().or(Some(lost_at)) } else { rows::next_of(tx, tenant, row.endpoint)? };
            // Behind those who have waited: not before now.
            stands.push((row.endpoint, next.map(|next| next.max(now)), row.failing_since));
        }
        Ok(rows::stand(tx, tenant, &stands)?)
    }

    /// Writes down what came back, each tenant's in one transaction, and gives up endpoints where nothing arrives any more.
    fn write_down(&self, going: &[Going], answers: &[Posted], now: Instant) -> Result<Delivered> {
        let mut done = Delivered::default();
        let mut tenants: BTreeMap<TenantId, Vec<(&Going, Posted)>> = BTreeMap::new();
        for (place, one) in going.iter().enumerate() {
            let answer = answers.get(place).copied().unwrap_or(Posted::Missed("none"));
            tenants.entry(one.tenant).or_default().push((one, answer));
        }
        for (tenant, answered) in tenants {
            let (mut tried, mut health) = (Vec::new(), BTreeMap::<EndpointId, Health>::new());
            for (one, answer) in &answered {
                let row = judge(one, *answer, now);
                done.tried += 1;
                match row.status {
                    "delivered" => done.delivered += 1,
                    "failed" => done.failed += 1,
                    _ => done.later += 1,
                }
                let health = health.entry(one.endpoint).or_default();
                health.arrived |= row.status == "delivered";
                health.missed |= row.status != "delivered";
                health.gone |= matches!(answer, Posted::Answered { status: 410, .. });
                tried.push(row);
            }
            let ending = self.db.write(Scope::Tenant(tenant), |tx| record(tx, tenant, &tried, &health, now))?;
            for (endpoint, reason) in ending {
                done.disabled += u64::from(self.give_up(tenant, endpoint, reason, now)?);
            }
        }
        Ok(done)
    }

    /// Nothing goes to an endpoint any more; whether that is new. In a transaction of its own: whoever changes a tenant takes the
    /// tenant's lock before the endpoint's.
    fn give_up(&self, tenant: TenantId, endpoint: EndpointId, reason: &'static str, now: Instant) -> Result<bool> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            let mut row = match locked(tx, tenant, endpoint) {
                Ok(row) => row,
                Err(error) if error.kind == Kind::NotFound => return Ok(false),
                Err(error) => return Err(error),
            };
            if row.state != State::Active.word() || (reason == FAILING && !is_failing(row.failing_since, now)) {
                return Ok(false); // somebody was faster, or something arrived
            }
            State::Disabled.word().clone_into(&mut row.state);
            (row.reason, row.due_at) = (Some(reason.to_owned()), None);
            rows::set(tx, tenant, &row)?;
            let payload = log::json(&json!({ "endpoint": endpoint.to_string(), "state": row.state, "reason": reason }))?;
            note(tx, &mut stored, now, "endpoint_disabled", payload)?;
            Ok(true)
        })
    }
}

/// Why an endpoint is given up.
const GONE: &str = "gone";
const FAILING: &str = "failing";

fn is_failing(since: Option<Instant>, now: Instant) -> bool {
    since.is_some_and(|since| after_secs(since, FAILING_SECS_MAX) <= now)
}

/// When an endpoint is tried again where nothing arrives, whatever waits for it: the longer nothing has, the later. A slow one
/// that gets much would hold up others else.
fn rested(since: Instant, now: Instant) -> Instant {
    let micros = now.micros().saturating_sub(since.micros()).max(0) / REST_PART;
    Instant::from_micros(now.micros().saturating_add(micros.min(REST_SECS_MAX * 1_000_000)))
}

/// Endpoints so that tenants take turns, each with the one that has waited longest.
fn in_turns(taken: &[(TenantId, EndpointId)]) -> Vec<(TenantId, EndpointId)> {
    let mut seen: BTreeMap<TenantId, usize> = BTreeMap::new();
    let mut turns: Vec<(usize, usize)> = Vec::with_capacity(taken.len());
    for (place, (tenant, _)) in taken.iter().enumerate() {
        let turn = seen.entry(*tenant).or_default();
        turns.push((*turn, place));
        *turn += 1;
    }
    turns.sort_unstable();
    turns.into_iter().filter_map(|(_, place)| taken.get(place).copied()).collect()
}

/// A delivery as it goes out: its body is the same in every try, its time and signatures are the try's.
fn posted(tenant: TenantId, row: &EndpointRow, one: &Outgoing, keys: &[SigningKey], now: Instant) -> Going {
    let id = events::id_of(tenant, one.position);
    let body = webhooks_out::body(&Told { id: &id, kind: &one.kind, at: one.at, data: &one.data });
    let headers = webhooks_out::headers(&id, now.secs(), &body, keys);
    let post = Post { url: row.url.clone(), headers, body };
    Going { tenant, endpoint: row.endpoint, position: one.position, tries: one.tries.saturating_add(1), post }
}

/// What an answer makes of a delivery.
fn judge(one: &Going, answer: Posted, now: Instant) -> Tried {
    let base = Tried {
        endpoint: one.endpoint,
        position: one.position,
        tries: one.tries,
        status: "delivered",
        due_at: None,
        finished_at: Some(now),
        code: None,
        error: None,
    };
    let (code, error, asked) = match answer {
        Posted::Answered { status, .. } if (200..300).contains(&status) => {
            return Tried { code: Some(status.into()), ..base };
        }
        Posted::Answered { status, wait_secs } => {
            let error = if (300..400).contains(&status) { "redirect" } else { "status" };
            (Some(i64::from(status)), error, wait_secs)
        }
        Posted::Missed(why) => (None, why, None),
    };
    let base = Tried { code, error: Some(error), ..base };
    let wait = usize::try_from(one.tries.saturating_sub(1)).ok().and_then(|place| WAITS_SECS.get(place));
    let Some(wait) = wait.filter(|_| code != Some(410)) else { return Tried { status: "failed", ..base } };
    let asked = asked.map_or(0, |secs| i64::try_from(secs.min(ASKED_SECS_MAX)).unwrap_or(0));
    let micros = jittered(*wait, one).max(asked.saturating_mul(1_000_000));
    Tried { status: "waiting", due_at: Some(Instant::from_micros(now.micros().saturating_add(micros))), finished_at: None, ..base }
}

/// A wait a tenth longer or shorter, in microseconds: the same for the same try, so that many that failed together do not come
/// back together and a test knows when.
fn jittered(secs: i64, one: &Going) -> i64 {
    let mut hash = Sha256::new();
    hash.update(one.endpoint.to_bytes());
    hash.update(one.position.to_be_bytes());
    hash.update(one.tries.to_be_bytes());
    let digest = hash.finalize();
    let draw = digest.iter().take(2).fold(0_i64, |draw, byte| (draw << 8) | i64::from(*byte)); // 0 to 65535
    let micros = secs.saturating_mul(1_000_000);
    let tenth = micros / 10;
    micros - tenth + tenth.saturating_mul(2 * draw) / 65_535
}

/// Writes down tries and how their endpoints are; which of these are to be given up, and why.
fn record(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    tried: &[Tried],
    health: &BTreeMap<EndpointId, Health>,
    now: Instant,
) -> Result<Vec<(EndpointId, &'static str)>> {
    let ids: Vec<[u8; 16]> = health.keys().map(|id| id.to_bytes()).collect();
    let locked = rows::lock(tx, tenant, &ids)?;
    rows::tried(tx, tenant, tried)?;
    let (mut stands, mut ending) = (Vec::new(), Vec::new());
    for row in &locked {
        let own = health.get(&row.endpoint).copied().unwrap_or_default();
        let failing = match (own.arrived, own.missed) {
            (true, _) => None,
            (false, true) => Some(row.failing_since.unwrap_or(now)),
            (false, false) => row.failing_since,
        };
        let next = rows::next_of(tx, tenant, row.endpoint)?;
        let rested = failing.map_or(now, |since| rested(since, now));
        stands.push((row.endpoint, next.map(|next| next.max(rested)), failing));
        if own.gone {
            ending.push((row.endpoint, GONE));
        } else if is_failing(failing, now) {
            ending.push((row.endpoint, FAILING));
        }
    }
    rows::stand(tx, tenant, &stands)?;
    Ok(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn going(tries: i64) -> Going {
        let post = Post { url: String::new(), headers: Vec::new(), body: Vec::new() };
        Going { tenant: TenantId::new(1, [1; 10]), endpoint: EndpointId::new(1, [2; 10]), position: 7, tries, post }
    }

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    #[test]
    fn waits_grow_to_a_day_and_the_tenth_try_is_the_last() {
        let failed = Posted::Missed("connect");
        let mut waits = Vec::new();
        for tries in 1..TRIES_MAX {
            let row = judge(&going(tries), failed, NOW);
            assert_eq!((row.status, row.finished_at, row.error), ("waiting", None, Some("connect")));
            waits.push(row.due_at.unwrap().micros() - NOW.micros());
            assert_eq!(row, judge(&going(tries), failed, NOW), "the same try waits as long");
        }
        for (wait, secs) in waits.iter().zip(WAITS_SECS) {
            assert!((secs * 900_000..=secs * 1_100_000).contains(wait), "{wait} for {secs}");
        }
        assert_eq!(usize::try_from(TRIES_MAX), Ok(WAITS_SECS.len() + 1));
        for tries in [TRIES_MAX, TRIES_MAX + 1, i64::MAX] {
            let row = judge(&going(tries), failed, NOW);
            assert_eq!((row.status, row.due_at, row.finished_at), ("failed", None, Some(NOW)));
        }
    }

    #[test]
    fn what_a_receiver_answers_decides() {
        let answered = |status: u16, wait_secs: Option<u64>| judge(&going(1), Posted::Answered { status, wait_secs }, NOW);
        for status in [200, 201, 204, 299] {
            let row = answered(status, Some(99));
            assert_eq!((row.status, row.code, row.error, row.due_at), ("delivered", Some(status.into()), None, None));
        }
        for (status, error) in [(199, "status"), (301, "redirect"), (307, "redirect"), (400, "status"), (500, "status"), (503, "status")] {
            let row = answered(status, None);
            assert_eq!((row.status, row.code, row.error), ("waiting", Some(status.into()), Some(error)));
        }
        let gone = answered(410, Some(5));
        assert_eq!((gone.status, gone.due_at), ("failed", None));
        let until = |row: Tried| row.due_at.unwrap().micros() - NOW.micros();
        assert_eq!(until(answered(429, Some(3_600))), 3_600_000_000);
        assert_eq!(until(answered(503, Some(u64::MAX))), 86_400_000_000, "a day at most");
        assert!(until(answered(503, Some(1))) > 4_000_000, "never sooner than our own wait");
    }

    #[test]
    fn where_nothing_arrives_tries_become_rare() {
        let after = |secs: i64| rested(NOW, after_secs(NOW, secs)).secs() - NOW.secs() - secs;
        assert_eq!([0, 5, 100, 3_600, 86_400].map(after), [0, 0, 5, 180, 900]);
        assert_eq!(rested(NOW, Instant::from_secs(0)), Instant::from_secs(0), "whatever clocks do");
    }

    #[test]
    fn tenants_take_turns() {
        let (a, b, c) = (TenantId::new(1, [1; 10]), TenantId::new(1, [2; 10]), TenantId::new(1, [3; 10]));
        let end = |seed: u8| EndpointId::new(1, [seed; 10]);
        let taken = [(a, end(1)), (a, end(2)), (a, end(3)), (b, end(4)), (c, end(5)), (b, end(6))];
        let turns: Vec<EndpointId> = in_turns(&taken).into_iter().map(|(_, endpoint)| endpoint).collect();
        assert_eq!(turns, [end(1), end(4), end(5), end(2), end(6), end(3)]);
    }
}

//! Messages on their way: a last look, then `sending` is written down, then the first byte, then what came of it.
//!
//! Messages are taken in groups. One transaction writes what came of the group before and takes the next, so that a mail
//! costs half a commit of a group. What is found `sending` when its lease has run out is `unknown`: it is not sent again,
//! and a person is shown it (SPEC §5). Deliberately absent: sockets, which are the courier's.

use std::collections::BTreeMap;

use regua_core::facts::Channels;
use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::outbox::{self, MessageState, StoredMessage};

use crate::Engine;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::letters::Stationery;
use crate::look::{self, Look};
use crate::order::Plan;
use crate::ports::{Courier, Parcel, Sent};
use crate::tenancy::Tenancy;
use crate::{blob, log, profile};

/// How messages are sent.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// Messages that one transaction takes: what a crash can leave `unknown`.
    pub group: i64,
    /// Microseconds after which a message that is still `sending` is `unknown`.
    pub lease_micros: i64,
    /// Most tries of one message at one address.
    pub tries_max: i64,
    /// Microseconds before the second try; doubled for each after it.
    pub back_off_micros: i64,
    /// Longest wait between two tries, in microseconds.
    pub back_off_max_micros: i64,
}

const MINUTE_MICROS: i64 = 60 * 1_000_000;

impl Default for Sending {
    fn default() -> Self {
        Self {
            group: 32,
            lease_micros: 15 * MINUTE_MICROS,
            tries_max: 8,
            back_off_micros: MINUTE_MICROS,
            back_off_max_micros: 360 * MINUTE_MICROS,
        }
    }
}

/// What became of messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Dispatched {
    /// Messages looked at.
    pub taken: u64,
    /// Accepted by the far side.
    pub sent: u64,
    /// Put off: by the last look, or because the far side could not take them.
    pub later: u64,
    /// Nothing was left to say.
    pub cancelled: u64,
    /// Failed at every contact point.
    pub failed: u64,
    /// Nobody knows whether they went out.
    pub unknown: u64,
}

impl Dispatched {
    /// Adds what became of others.
    pub fn add(&mut self, other: Self) {
        self.taken += other.taken;
        self.sent += other.sent;
        self.later += other.later;
        self.cancelled += other.cancelled;
        self.failed += other.failed;
        self.unknown += other.unknown;
    }
}

/// A message that is written down as `sending`.
struct Going {
    tenant: TenantId,
    message: MessageId,
    customer: CustomerId,
    plan: Plan,
    /// The channel that carries it.
    channel: Channel,
    /// The contact point, as a place among the customer's.
    point: u16,
    tries: i64,
    parcel: Parcel,
}

/// A message and what the far side said.
struct Answered {
    going: Going,
    sent: Sent,
}

/// What a transaction needs besides its rows.
struct Work<'w> {
    now: Instant,
    sending: Sending,
    stationery: &'w Stationery,
    carries: Channels,
    done: Dispatched,
    states: Vec<MessageState>,
    dropped: Vec<outbox::DroppedRow>,
    batch: Batch,
}

impl Engine {
    /// Sends what is due at `now`, at most `limit` messages; `clock` is asked before each group.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the database is; whatever else it says. What the far side says is no error.
    pub fn dispatch(
        &self,
        clock: &dyn Fn() -> Instant,
        courier: &mut dyn Courier,
        stationery: &Stationery,
        sending: Sending,
        limit: u64,
    ) -> Result<Dispatched> {
        let mut all = Dispatched::default();
        let mut answered: Vec<Answered> = Vec::new();
        loop {
            let more = all.taken < limit;
            let (going, done) = self.turn(clock(), &answered, more, courier.carries(), stationery, sending)?;
            all.add(done);
            answered.clear();
            if going.is_empty() && (done.taken == 0 || !more) {
                return Ok(all);
            }
            let parcels: Vec<&Parcel> = going.iter().map(|going| &going.parcel).collect();
            let sent = courier.send(&parcels);
            answered = going.into_iter().zip(sent).map(|(going, sent)| Answered { going, sent }).collect();
        }
    }

    /// One transaction: what came of the last group, and the next one.
    fn turn(
        &self,
        now: Instant,
        answered: &[Answered],
        more: bool,
        carries: Channels,
        stationery: &Stationery,
        sending: Sending,
    ) -> Result<(Vec<Going>, Dispatched)> {
        self.db.write(Scope::Claim, |tx| {
            let taken = if more { outbox::take(tx, now, sending.group)? } else { Vec::new() };
            let mut tenants: Vec<TenantId> = taken.iter().map(|one| one.tenant).collect();
            tenants.extend(answered.iter().map(|one| one.going.tenant));
            tenants.sort_unstable();
            tenants.dedup();
            let mut going = Vec::new();
            let mut done = Dispatched::default();
            for tenant in tenants {
                tx.scope(Scope::Tenant(tenant))?;
                let mut work = Work {
                    now,
                    sending,
                    stationery,
                    carries,
                    done: Dispatched::default(),
                    states: Vec::new(),
                    dropped: Vec::new(),
                    batch: Batch::default(),
                };
                going.extend(self.turn_of(tx, tenant, &taken, answered, &mut work)?);
                work.batch.write(tx, tenant)?;
                outbox::set(tx, tenant, &work.states)?;
                outbox::drop_items(tx, tenant, &work.dropped)?;
                done.add(work.done);
            }
            Ok::<_, Error>((going, done))
        })
    }

    fn turn_of(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        taken: &[StoredMessage],
        answered: &[Answered],
        work: &mut Work<'_>,
    ) -> Result<Vec<Going>> {
        let taken: Vec<&StoredMessage> = taken.iter().filter(|one| one.tenant == tenant).collect();
        let answered: Vec<&Answered> = answered.iter().filter(|one| one.going.tenant == tenant).collect();
        let mut ids: Vec<[u8; 16]> = taken.iter().map(|one| one.customer.to_bytes()).collect();
        ids.extend(answered.iter().map(|one| one.going.customer.to_bytes()));
        ids.sort_unstable();
        ids.dedup();
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut cases: BTreeMap<CustomerId, Result<Case>> =
            case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.into_iter().collect();
        for one in &answered {
            if let Some(Ok(case)) = cases.get_mut(&one.going.customer) {
                work.answer(case, &tenancy, one)?;
            }
        }
        let mut going = Vec::new();
        for message in taken {
            match cases.get_mut(&message.customer) {
                Some(Ok(case)) => {
                    work.done.taken += 1;
                    going.extend(self.take(case, &tenancy, message, work)?);
                }
                // Parked: it stays where it is, and is looked at again when the lease would have run out.
                Some(Err(_)) | None => work.put_off(message, work.now.plus_hours(1))?,
            }
        }
        for case in cases.into_values().flatten() {
            let mut case = case;
            case.save_if_changed(&tenancy, work.now, &mut work.batch)?;
        }
        Ok(going)
    }

    /// A last look at one message; what goes out is written down as `sending`.
    fn take(&self, case: &mut Case, tenancy: &Tenancy, message: &StoredMessage, work: &mut Work<'_>) -> Result<Option<Going>> {
        let mut plan: Plan = blob::decode(&message.plan, "the plan of a message")?;
        if message.status == "sending" {
            work.done.unknown += 1;
            work.finish(case, tenancy, message, plan, "unknown", Some("found as it was being sent; nobody knows whether it went out".to_owned()))?;
            return Ok(None);
        }
        case.keep_time(tenancy, Instant::from_micros(work.now.micros().saturating_add(1)));
        case.pause(tenancy, work.now);
        match look::again(case, tenancy, message, &mut plan, work.carries, work.now, &mut work.dropped)? {
            Look::Later(until) => {
                work.done.later += 1;
                work.state(message, plan, "queued", Some(until), message.tries)?;
                Ok(None)
            }
            Look::Nothing(why) => {
                let (status, count) = if why.is_failure { ("failed", &mut work.done.failed) } else { ("cancelled", &mut work.done.cancelled) };
                *count += 1;
                work.finish(case, tenancy, message, plan, status, Some(why.text))?;
                Ok(None)
            }
            Look::Go { channel, point } => {
                let parcel = work.stationery.parcel(case, tenancy, message, &plan, (channel, point), work.now)?;
                let lease = Instant::from_micros(work.now.micros().saturating_add(work.sending.lease_micros));
                let sealed = match &case.key {
                    Some(key) => Some(profile::seal_message(key, message.tenant, case.customer, &parcel.bytes)?),
                    None => None,
                };
                work.states.push(MessageState {
                    message: message.message,
                    channel: Some(channel.as_str()),
                    plan: blob::encode(&plan)?,
                    status: "sending",
                    due_at: Some(lease),
                    lease_until: Some(lease),
                    tries: message.tries + 1,
                    finished_at: None,
                    reply: None,
                    rendered: sealed,
                });
                Ok(Some(Going {
                    tenant: message.tenant,
                    message: message.message,
                    customer: case.customer,
                    plan,
                    channel,
                    point,
                    tries: message.tries + 1,
                    parcel,
                }))
            }
        }
    }
}

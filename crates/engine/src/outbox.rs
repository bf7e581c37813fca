//! Messages on their way: a last look, then `sending` is written down, then the first byte, then what came of it.
//!
//! Messages are taken in groups. One transaction writes what came of a group before and takes the next, so that a mail
//! costs half a commit of a group. What is found `sending` when its lease has run out is `unknown`: it is not sent again,
//! and a person is shown it (SPEC §5). Deliberately absent: in which order groups are taken, sent and answered, which is
//! `dispatch`'s, and sockets, which are the courier's.

use std::collections::BTreeMap;

use regua_core::facts::{Channels, Fact};
use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::time::Instant;
use regua_core::words::{Channel, Mode, SkipReason};
use regua_store::batch::{Batch, EffectRow};
use regua_store::channels::{self, CarriageRow, SuppressionRow};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::outbox::{self, MessageState, StoredMessage};
use regua_wire::channels::{bounce, whatsapp};

use crate::Engine;
use crate::brands::Writers;
use crate::case::{self, Case};
use crate::channels::heed::{Dressed, Heed};
use crate::channels::mark::mark;
use crate::channels::worth::{place_behind, worth};
use crate::channels::{REFUSED, STOPPED, Says, soft};
use crate::error::{Error, Result};
use crate::links::Mint;
use crate::log::MessageNote;
use crate::look::{self, Look};
use crate::order::Plan;
use crate::ports::{Filled, Parcel, Sent};
use crate::stationery::{Stationery, Written};
use crate::tenancy::Tenancy;
use crate::{blob, log, profile};

/// How messages are sent.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// Messages that one transaction takes at most, and fewer if the courier wants fewer at a time. A crash leaves no more
    /// than two groups `unknown`: the one that is being sent, and the one that waits behind it.
    pub group: i64,
    /// Microseconds after which a message that is still `sending` is `unknown`. Whoever sends it renews them.
    pub lease_micros: i64,
    /// Most tries of one message at one address.
    pub tries_max: i64,
    /// Microseconds before the second try; doubled for each after it.
    pub back_off_micros: i64,
    /// Longest wait between two tries, in microseconds.
    pub back_off_max_micros: i64,
    /// How many people WhatsApp's number may write to in a day outside their conversations, as the settings have it; none for any
    /// number. What its far side tells counts before it.
    pub people_a_day: Option<u32>,
}

const MINUTE_MICROS: i64 = 60 * 1_000_000;

impl Default for Sending {
    fn default() -> Self {
        Self {
            group: 64,
            lease_micros: 15 * MINUTE_MICROS,
            tries_max: 8,
            back_off_micros: MINUTE_MICROS,
            back_off_max_micros: 360 * MINUTE_MICROS,
            people_a_day: None,
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

/// Which message, and how often it was tried.
#[derive(Clone, Copy)]
pub(crate) struct Of {
    pub(crate) tenant: TenantId,
    pub(crate) message: MessageId,
    pub(crate) tries: i64,
}

/// A message that is written down as `sending`.
pub(crate) struct Going {
    pub(crate) of: Of,
    customer: CustomerId,
    plan: Plan,
    /// The contact point, as a place among the customer's.
    point: u16,
    pub(crate) parcel: Parcel,
}

/// How a message ended.
struct Ended {
    status: &'static str,
    channel: Option<Channel>,
    reply: String,
}

/// A message and what the far side said.
pub(crate) struct Answered {
    pub(crate) going: Going,
    pub(crate) sent: Sent,
}

/// Over which channels messages can go.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ways {
    /// Those that carry now.
    pub(crate) open: Channels,
    /// Those that are closed for a while: what could only go there waits.
    pub(crate) closed: Channels,
}

impl Ways {
    /// With these channels closed, as far as they were open.
    fn without(self, stopped: Channels) -> Self {
        let of = |wanted: bool| self.open.iter().filter(move |channel| stopped.meets(Channels::of(*channel)) == wanted);
        Self { open: of(false).collect(), closed: self.closed.with(of(true).collect()) }
    }
}

/// What a transaction needs besides its rows.
struct Work<'w> {
    now: Instant,
    sending: Sending,
    stationery: &'w Stationery,
    writers: Writers,
    ways: Ways,
    done: Dispatched,
    states: Vec<MessageState>,
    dropped: Vec<outbox::DroppedRow>,
    batch: Batch,
    /// What channels allow just now.
    heed: Heed,
    /// Messages that a carrier took by a name of its own.
    carriages: Vec<CarriageRow>,
    /// Addresses that do not work, or whose owners want nothing more, as their carrier said.
    stopped: Vec<SuppressionRow>,
    /// What a carrier said of itself: a person must look.
    troubles: Vec<Trouble>,
}

/// What a carrier said of itself when it took a message or did not.
enum Trouble {
    /// The channel, the word and why.
    Channel(Channel, &'static str, String),
    /// The template with its language, and why.
    Template(Filled, String),
}

impl Engine {
    /// One transaction: what came of a group, and the next one, of at most `take` messages.
    pub(crate) fn turn(
        &self,
        now: Instant,
        answered: &[Answered],
        take: i64,
        ways: Ways,
        stationery: &Stationery,
        sending: Sending,
    ) -> Result<(Vec<Going>, Dispatched)> {
        self.db.write(Scope::Claim, |tx| {
            let taken = if take > 0 { outbox::take(tx, now, take)? } else { Vec::new() };
            let mut tenants: Vec<TenantId> = taken.iter().map(|one| one.tenant).collect();
            tenants.extend(answered.iter().map(|one| one.going.of.tenant));
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
                    writers: Writers::read(tx, tenant, &stationery.company)?,
                    ways,
                    done: Dispatched::default(),
                    states: Vec::new(),
                    dropped: Vec::new(),
                    batch: Batch::default(),
                    heed: Heed::default(),
                    carriages: Vec::new(),
                    stopped: Vec::new(),
                    troubles: Vec::new(),
                };
                going.extend(self.turn_of(tx, tenant, &taken, answered, &mut work)?);
                work.batch.write(tx, tenant)?;
                outbox::set(tx, tenant, &work.states)?;
                outbox::drop_items(tx, tenant, &work.dropped)?;
                work.write_channels(tx, tenant)?;
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
        let answered: Vec<&Answered> = answered.iter().filter(|one| one.going.of.tenant == tenant).collect();
        let mut ids: Vec<[u8; 16]> = taken.iter().map(|one| one.customer.to_bytes()).collect();
        ids.extend(answered.iter().map(|one| one.going.customer.to_bytes()));
        ids.sort_unstable();
        ids.dedup();
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let portal = work.stationery.portal.as_ref().filter(|_| !taken.is_empty());
        work.writers.mint = portal.map(|base| Mint::read(tx, &self.master, tenant, base, &ids, work.now)).transpose()?;
        work.writers.texts = self.shelf.read(tx, tenant, &work.stationery.templates)?;
        let about = about(&taken, &answered);
        let mut cases: BTreeMap<CustomerId, Result<Case>> =
            case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &about)?.into_iter().collect();
        let standing = standing(tx, tenant, &answered)?;
        if !taken.is_empty() {
            work.heed = Heed::read(tx, &self.master, tenant, work.ways.open, &cases, work.sending.people_a_day, work.now)?;
            work.ways = work.ways.without(work.heed.stopped());
            for case in cases.values_mut().flatten() {
                work.heed.suppress(case, &tenancy, &self.master, work.now)?;
            }
        }
        for one in answered.iter().filter(|one| standing.get(&one.going.of.message) == Some(&one.going.of.tries)) {
            if let Some(Ok(case)) = cases.get_mut(&one.going.customer) {
                let mark = mark(&self.master, tenant, &one.going.parcel.to);
                let is_worn = refused_as(&one.sent, one.going.parcel.channel) == Some(bounce::Kind::Soft)
                    && soft::came_back(tx, tenant, mark, work.now)?;
                work.answer(case, &tenancy, one, (mark, is_worn))?;
            }
        }
        let mut going = Vec::new();
        for message in by_value(taken, &cases) {
            match cases.get_mut(&message.customer) {
                Some(Ok(case)) => {
                    work.done.taken += 1;
                    going.extend(self.take(case, &tenancy, message, work)?);
                }
                // Parked: it stays where it is, and is looked at again when the lease would have run out.
                Some(Err(_)) | None => work.put_off(message, work.now.plus_hours(1))?,
            }
        }
        for mut case in cases.into_values().flatten() {
            case.save_if_changed(&tenancy, work.now, &mut work.batch)?;
        }
        Ok(going)
    }

    /// A last look at one message; what goes out is written down as `sending`.
    fn take(&self, case: &mut Case, tenancy: &Tenancy, message: &StoredMessage, work: &mut Work<'_>) -> Result<Option<Going>> {
        let mut plan: Plan = blob::decode(&message.plan, "the plan of a message")?;
        let of = Of { tenant: message.tenant, message: message.message, tries: message.tries };
        if message.status == "sending" {
            work.done.unknown += 1;
            let why = "found as it was being sent: nobody knows whether it went out";
            work.finish(case, tenancy, &of, &plan, Ended { status: "unknown", channel: None, reply: why.to_owned() })?;
            return Ok(None);
        }
        case.keep_time(tenancy, Instant::from_micros(work.now.micros().saturating_add(1)));
        case.pause(tenancy, work.now);
        let before = work.dropped.len();
        // In redirect mode everything goes to one mailbox: no channel that reaches the customer carries anything, and without a mailbox,
        // as between a change of mode and the next look at it, nothing goes anywhere.
        let ways = if case.facts.mode == Mode::Redirect {
            if work.stationery.redirect_to.is_none() || !work.ways.open.meets(Channels::of(Channel::Email)) {
                work.done.later += 1;
                let until = Instant::from_micros(work.now.micros().saturating_add(work.sending.back_off_micros));
                work.wait(&of, &plan, until, message.tries)?;
                return Ok(None);
            }
            Ways { open: Channels::of(Channel::Email), closed: Channels::default() }
        } else {
            work.ways
        };
        let look = look::again(case, tenancy, message, &mut plan, ways, work.now, &mut work.dropped)?;
        work.note_dropped(case, tenancy, &of, before)?;
        match look {
            Look::Later(until) => {
                work.done.later += 1;
                work.wait(&of, &plan, until, message.tries)?;
                Ok(None)
            }
            Look::Nothing { why: SkipReason::Unreachable } => {
                work.fail(case, tenancy, &of, &plan, "nobody can be reached".to_owned())?;
                Ok(None)
            }
            Look::Nothing { why } => {
                work.done.cancelled += 1;
                work.finish(case, tenancy, &of, &plan, Ended { status: "cancelled", channel: None, reply: why.as_str().to_owned() })?;
                Ok(None)
            }
            Look::Go(channels) => self.write(case, tenancy, &of, plan, channels, work),
        }
    }

    /// Writes the message for the first contact point that has not failed, and marks it `sending`.
    fn write(
        &self,
        case: &mut Case,
        tenancy: &Tenancy,
        of: &Of,
        mut plan: Plan,
        channels: Channels,
        work: &mut Work<'_>,
    ) -> Result<Option<Going>> {
        let left: Vec<Channel> = channels.iter().filter(|channel| !plan.carried.contains(channel)).collect();
        let written = left
            .iter()
            .find_map(|&channel| work.stationery.write(&work.writers, case, tenancy, of.message, &plan, channel, work.now).transpose());
        let Some(Written { mut parcel, point }) = written.transpose()? else {
            work.fail(case, tenancy, of, &plan, "no contact point is left".to_owned())?;
            return Ok(None);
        };
        let address = mark(&self.master, of.tenant, &parcel.to);
        match work.heed.dress(&mut parcel, address) {
            Dressed::Go => {}
            Dressed::Later(until) => {
                work.done.later += 1;
                // Of those that wait for the same place the most valuable comes first.
                let behind = place_behind(worth(case, plan.items.iter().map(|item| &item.receivable)));
                let until = Instant::from_micros(until.max(work.now).micros().saturating_add(behind));
                work.wait(of, &plan, until, of.tries)?;
                return Ok(None);
            }
            Dressed::Elsewhere(_why) => {
                plan.failed.push(point);
                work.done.later += 1;
                work.wait(of, &plan, work.now, 0)?; // the next contact point, after another look
                return Ok(None);
            }
        }
        let kept = log::kept(&parcel)?;
        let letter = case.key.as_ref().map(|key| profile::seal_message(key, of.tenant, case.customer, kept.as_bytes())).transpose()?;
        let lease = Instant::from_micros(work.now.micros().saturating_add(work.sending.lease_micros));
        work.states.push(MessageState {
            message: of.message,
            channel: Some(parcel.channel.as_str()),
            plan: blob::encode(&plan)?,
            status: "sending",
            due_at: Some(lease),
            lease_until: Some(lease),
            tries: of.tries + 1,
            finished_at: None,
            reply: None,
            letter,
        });
        let of = Of { tries: of.tries + 1, ..*of };
        Ok(Some(Going { of, customer: case.customer, plan, point, parcel }))
    }
}

/// Messages in the order in which they are made ready: what goes over a channel that counts people or seconds goes by its value,
/// the most first, so that what waits is worth the least. Mails keep their places among themselves, before them.
fn by_value<'m>(taken: Vec<&'m StoredMessage>, cases: &BTreeMap<CustomerId, Result<Case>>) -> Vec<&'m StoredMessage> {
    let value = |message: &StoredMessage| -> i64 {
        if message.channels == Channel::Email.as_str() {
            return i64::MAX;
        }
        let (Some(Ok(case)), Ok(plan)) = (cases.get(&message.customer), blob::decode::<Plan>(&message.plan, "the plan of a message"))
        else {
            return 0;
        };
        worth(case, plan.items.iter().map(|item| &item.receivable))
    };
    let mut valued: Vec<(i64, &StoredMessage)> = taken.into_iter().map(|message| (value(message), message)).collect();
    valued.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
    valued.into_iter().map(|(_, message)| message).collect()
}

/// The messages that still are what they were when they were handed over, with their tries. Another process may have found
/// one after its lease, and its bounce may have come back before its answer: what was written then stands.
fn standing(tx: &mut Tx<'_>, tenant: TenantId, answered: &[&Answered]) -> Result<BTreeMap<MessageId, i64>> {
    let ids: Vec<[u8; 16]> = answered.iter().map(|one| one.going.of.message.to_bytes()).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(outbox::standing(tx, tenant, &ids)?.into_iter().collect())
}

/// What a mail server's refusal says of the address.
fn refused_as(sent: &Sent, channel: Channel) -> Option<bounce::Kind> {
    match sent {
        Sent::Refused { code, reply } if channel == Channel::Email => Some(bounce::of_reply(*code, reply)),
        Sent::Refused { .. } | Sent::Accepted { .. } | Sent::Later { .. } | Sent::Unknown { .. } => None,
    }
}

/// The receivables that messages are about: a receipt is of one to which nothing happens any more.
fn about(taken: &[&StoredMessage], answered: &[&Answered]) -> Vec<[u8; 16]> {
    // A plan that cannot be read is named when its message is looked at.
    let plans = taken.iter().filter_map(|message| blob::decode::<Plan>(&message.plan, "the plan of a message").ok());
    let mut about: Vec<[u8; 16]> = plans.flat_map(|plan| plan.items).map(|item| item.receivable).collect();
    about.extend(answered.iter().flat_map(|one| &one.going.plan.items).map(|item| item.receivable));
    about.sort_unstable();
    about.dedup();
    about
}

impl Work<'_> {
    /// What the far side said of a message.
    ///
    /// * `is_worn` — whether its address did not take a mail once too often.
    fn answer(&mut self, case: &mut Case, tenancy: &Tenancy, answered: &Answered, (mark, is_worn): ([u8; 16], bool)) -> Result<()> {
        let going = &answered.going;
        let mut plan = going.plan.clone();
        self.note_carrier(case, tenancy, answered, mark)?;
        match &answered.sent {
            Sent::Accepted { reply } => {
                plan.carried.push(going.parcel.channel);
                let left = plan.channels.iter().any(|channel| !plan.carried.contains(channel));
                if left {
                    return self.wait(&going.of, &plan, self.now, 0); // over all its channels: the next one
                }
                self.done.sent += 1;
                let ended = Ended { status: "sent", channel: Some(going.parcel.channel), reply: reply.clone() };
                self.finish(case, tenancy, &going.of, &plan, ended)
            }
            Sent::Unknown { why } => {
                self.done.unknown += 1;
                let ended = Ended { status: "unknown", channel: Some(going.parcel.channel), reply: why.clone() };
                self.finish(case, tenancy, &going.of, &plan, ended)
            }
            // Its turn has not come, or its channel is closed: that was no try.
            Sent::Later { .. } if matches!(answered.sent.says(), Says::Rate | Says::Closed) => {
                self.done.later += 1;
                let wait = i64::try_from(answered.sent.wait_secs().unwrap_or(1)).unwrap_or(i64::MAX).saturating_mul(1_000_000);
                let until = Instant::from_micros(self.now.micros().saturating_add(wait));
                self.wait(&going.of, &plan, until, going.of.tries.saturating_sub(1))
            }
            Sent::Later { .. } if going.of.tries < self.sending.tries_max => {
                self.done.later += 1;
                let doubled = self.sending.back_off_micros.saturating_mul(1 << going.of.tries.clamp(1, 20).saturating_sub(1));
                let asked = answered.sent.wait_secs().and_then(|secs| i64::try_from(secs).ok()).unwrap_or(0).saturating_mul(1_000_000);
                let wait = doubled.min(self.sending.back_off_max_micros).max(asked);
                self.wait(&going.of, &plan, Instant::from_micros(self.now.micros().saturating_add(wait)), going.of.tries)
            }
            Sent::Later { .. } | Sent::Refused { .. } => {
                plan.failed.push(going.point);
                if is_worn || refused_as(&answered.sent, going.parcel.channel) == Some(bounce::Kind::Hard) {
                    let fact = Fact::Bounced { channel: going.parcel.channel, point: Some(going.point) };
                    case.tell(tenancy, None, fact, self.now).map_err(|bad| Error::bug("bounced", bad.to_string()))?;
                    self.leave_alone(going, mark, "bounced");
                }
                self.done.later += 1;
                self.wait(&going.of, &plan, self.now, 0) // the next contact point, after another look
            }
        }
    }

    /// What a carrier's words mean besides the message: its name of it, its address, its template, the channel.
    fn note_carrier(&mut self, case: &mut Case, tenancy: &Tenancy, answered: &Answered, mark: [u8; 16]) -> Result<()> {
        let Answered { going, sent } = answered;
        let (channel, point) = (going.parcel.channel, Some(going.point));
        // Mail servers tell of none by a name of theirs.
        if sent.is_carried() && channel != Channel::Email {
            let message = going.of.message;
            self.carriages.push(CarriageRow {
                channel: channel.as_str().to_owned(),
                reference: sent.reference().map_or_else(|| message.to_string(), str::to_owned),
                message,
                customer: going.customer,
                mark,
                standing: "taken".to_owned(),
                code: None,
                sent_at: self.now,
                changed_at: self.now,
                clicked_at: None,
            });
        }
        let why = || match sent {
            Sent::Accepted { reply } | Sent::Refused { reply, .. } | Sent::Later { reply, .. } | Sent::Unknown { why: reply } => {
                reply.clone()
            }
        };
        let fact = match sent.says() {
            Says::BadAddress => {
                self.leave_alone(going, mark, "bounced");
                Fact::Bounced { channel, point }
            }
            Says::OptedOut => {
                self.leave_alone(going, mark, "opted_out");
                Fact::OptedOut { channel, point }
            }
            Says::OtherTemplate => {
                self.troubles.extend(going.parcel.template.clone().map(|template| Trouble::Template(template, why())));
                return Ok(());
            }
            Says::Alert => {
                self.troubles.push(Trouble::Channel(channel, STOPPED, why()));
                return Ok(());
            }
            Says::Mend => {
                self.troubles.push(Trouble::Channel(channel, REFUSED, why()));
                return Ok(());
            }
            Says::Rate | Says::Closed | Says::Nothing => return Ok(()),
        };
        case.tell(tenancy, None, fact, self.now).map(drop).map_err(|bad| Error::bug("carrier", bad.to_string()))
    }

    /// The address of a message goes onto its channel's list of those that are left alone.
    fn leave_alone(&mut self, going: &Going, mark: [u8; 16], why: &'static str) {
        let (channel, customer) = (going.parcel.channel.as_str().to_owned(), Some(going.customer));
        self.stopped.push(SuppressionRow { channel, mark, why: why.to_owned(), customer, begun_at: self.now });
    }

    /// Writes down what carriers said, and whom a channel reached.
    fn write_channels(&self, tx: &mut Tx<'_>, tenant: TenantId) -> Result<()> {
        for row in &self.carriages {
            channels::keep(tx, tenant, row)?;
        }
        for row in &self.stopped {
            channels::suppress(tx, tenant, row)?;
        }
        for trouble in &self.troubles {
            match trouble {
                Trouble::Channel(channel, what, why) => crate::channels::trouble(tx, tenant, *channel, what, why, self.now)?,
                Trouble::Template(filled, why) => {
                    let language = whatsapp::language(filled.language);
                    crate::channels::template_refused(tx, tenant, &filled.name, language, why, self.now)?;
                }
            }
        }
        self.heed.write(tx, tenant, self.now)
    }

    /// The message stays queued until a moment.
    fn wait(&mut self, of: &Of, plan: &Plan, until: Instant, tries: i64) -> Result<()> {
        self.states.push(MessageState {
            message: of.message,
            channel: None,
            plan: blob::encode(plan)?,
            status: "queued",
            due_at: Some(until),
            lease_until: None,
            tries,
            finished_at: None,
            reply: None,
            letter: None,
        });
        Ok(())
    }

    /// A message of a customer that cannot be loaded: it is looked at again later, as it is.
    fn put_off(&mut self, message: &StoredMessage, until: Instant) -> Result<()> {
        let plan: Plan = blob::decode(&message.plan, "the plan of a message")?;
        self.done.later += 1;
        let of = Of { tenant: message.tenant, message: message.message, tries: message.tries };
        self.wait(&of, &plan, until, message.tries)
    }

    /// Nobody was reached: nothing of it was announced or counts, and somebody must mend the data.
    fn fail(&mut self, case: &mut Case, tenancy: &Tenancy, of: &Of, plan: &Plan, why: String) -> Result<()> {
        self.done.failed += 1;
        look::undelivered(case, tenancy, plan, self.now)?;
        self.batch.effects.extend(mend(case, of.message, plan, &why, self.now)?);
        self.finish(case, tenancy, of, plan, Ended { status: "failed", channel: None, reply: why })
    }

    /// The message has ended, and the log says how.
    fn finish(&mut self, case: &mut Case, tenancy: &Tenancy, of: &Of, plan: &Plan, ended: Ended) -> Result<()> {
        let note = MessageNote {
            message: of.message.to_string(),
            status: ended.status.to_owned(),
            channel: ended.channel,
            act: None,
            dropped: Vec::new(),
        };
        case.note(tenancy, self.now, "message", (log::json(&note)?, Some(&ended.reply)), &mut self.batch)?;
        if ended.status == "sent" && case.awaits_notice() {
            case.awake();
        }
        self.states.push(MessageState {
            message: of.message,
            channel: ended.channel.map(Channel::as_str),
            plan: blob::encode(plan)?,
            status: ended.status,
            due_at: None,
            lease_until: None,
            tries: of.tries,
            finished_at: Some(self.now),
            reply: Some(ended.reply),
            letter: None,
        });
        Ok(())
    }

    /// The log says what fell out of a message.
    fn note_dropped(&mut self, case: &mut Case, tenancy: &Tenancy, of: &Of, from: usize) -> Result<()> {
        let dropped = self.dropped.get(from..).unwrap_or_default();
        if dropped.is_empty() {
            return Ok(());
        }
        let note = MessageNote {
            message: of.message.to_string(),
            status: "queued".to_owned(),
            channel: None,
            act: None,
            dropped: dropped.iter().map(|row| (row.receivable.to_string(), row.step.clone(), row.reason.to_owned())).collect(),
        };
        case.note(tenancy, self.now, "message", (log::json(&note)?, None), &mut self.batch)
    }
}

/// The task that a message leaves behind that reached nobody.
pub(crate) fn mend(case: &Case, message: MessageId, plan: &Plan, why: &str, now: Instant) -> Result<Option<EffectRow>> {
    let Some(item) = plan.items.first() else { return Ok(None) };
    let receivable = regua_core::ids::ReceivableId::from_bytes(item.receivable).map_err(|bad| Error::bug("plan", bad.to_string()))?;
    Ok(Some(EffectRow {
        receivable,
        mode: case.facts.mode.as_str(),
        step: format!("{}#{message}", item.step).into(),
        cycle: item.cycle.into(),
        occurrence: item.occurrence.into(),
        customer: case.customer,
        kind: "mend",
        detail: format!("a message reached nobody: {why}"),
        at: now,
        status: "open",
    }))
}

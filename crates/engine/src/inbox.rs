//! What comes back: bounces, complaints and requests to stop, taken in once each and entered as facts.
//!
//! A mail that came back is queued again for the next contact point; the last look says whether it is still worth
//! sending. A letter that names no address is about the one that its mail was sent to. Deliberately absent: mailboxes, which are
//! adapters.

use regua_core::facts::{Cause, Fact};
use regua_core::ids::TenantId;
use regua_core::party::{Address, ContactPoint};
use regua_core::time::Instant;
use regua_core::words::{Channel, Mode};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::outbox::{self, MessageState, StoredMessage};
use sha2::{Digest as _, Sha256};

use crate::Engine;
use crate::case::{self, Case};
use crate::channels::mark::mark;
use crate::channels::{left_alone, soft};
use crate::error::{Error, Result};
use crate::log::{self, Kept, MessageNote};
use crate::order::Plan;
use crate::ports::{Letter, Mailbox, Unreadable};
use crate::tenancy::Tenancy;
use crate::{blob, look, profile};
use regua_wire::channels::bounce::{self, Bounce, Kind};
use regua_wire::channels::shown;

/// What a mailbox held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Received {
    /// Letters read.
    pub letters: u64,
    /// Those that were taken in before.
    pub known: u64,
    /// Mails that came back from an address that is given up.
    pub bounced: u64,
    /// Mails that came back from one that may be good.
    pub returned: u64,
    /// Complaints and requests to stop.
    pub stopped: u64,
    /// Answers, which a person is shown.
    pub replies: u64,
    /// Those that say nothing about a message of ours, or nothing that anybody must do something about.
    pub others: u64,
}

/// Letters that one call takes in at most.
const LETTERS_MAX: usize = 500;
/// Characters of an answer that are kept.
const REPLY_CHARS_MAX: usize = 20_000;

impl Engine {
    /// Reads a tenant's mailbox for what came back of its mails. A letter that was read before changes nothing.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when the mailbox cannot be read now; whatever the database says.
    pub fn receive(&self, tenant: TenantId, mailbox: &mut dyn Mailbox, now: Instant) -> Result<Received> {
        let unreadable = |error: Unreadable| Error::busy("mailbox", format!("the mailbox cannot be read: {error}"));
        let mut received = Received::default();
        for letter in mailbox.fetch(LETTERS_MAX).map_err(unreadable)? {
            self.receive_one(tenant, &letter, now, &mut received)?;
            mailbox.done(&letter.uid).map_err(unreadable)?;
        }
        Ok(received)
    }

    fn receive_one(&self, tenant: TenantId, letter: &Letter, now: Instant, received: &mut Received) -> Result<()> {
        received.letters += 1;
        let digest: [u8; 32] = Sha256::digest(&letter.bytes).into();
        let read = bounce::read(&letter.bytes);
        self.db.write(Scope::Tenant(tenant), |tx| {
            let about = read.as_ref().and_then(|read| read.message);
            let message = about.map(|id| outbox::one(tx, tenant, id)).transpose()?.flatten();
            let kind = read.as_ref().map_or("no mail".to_owned(), |read| format!("{:?}", read.kind).to_lowercase());
            if !outbox::receive(tx, tenant, &digest, now, &kind, message.as_ref().map(|message| message.message))? {
                received.known += 1;
                return Ok(());
            }
            match (read, message) {
                (Some(read), Some(message)) if read.kind == Kind::Reply => {
                    received.replies += 1;
                    let shown = shown::read(&letter.bytes).unwrap_or_default();
                    let text: String = shown.text.unwrap_or(shown.subject).chars().take(REPLY_CHARS_MAX).collect();
                    let from = read.address.as_ref().map_or(shown.from.as_str(), |address| address.as_str());
                    self.take_letter(tx, tenant, (message.customer, message.message), (&digest, from, &text), now)
                }
                (Some(read), Some(message)) => self.take_back(tx, &message, &read, now, received),
                _ => {
                    received.others += 1;
                    Ok(())
                }
            }
        })
    }

    fn take_back(&self, tx: &mut Tx<'_>, message: &StoredMessage, read: &Bounce, now: Instant, received: &mut Received) -> Result<()> {
        let ids = [message.customer.to_bytes()];
        due::lock(tx, message.tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, message.tenant)?;
        let Some((_, case)) = case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.pop() else { return Ok(()) };
        let mut case = case?;
        // Under the lock: somebody else may have sent it elsewhere meanwhile.
        let Some(message) = outbox::one(tx, message.tenant, message.message)? else { return Ok(()) };
        let about = About::of(tx, &case, &message, read)?;
        let mut batch = Batch::default();
        match read.kind {
            Kind::Hard | Kind::Soft | Kind::Blocked => {
                self.came_back(tx, (&mut case, &tenancy), &message, (read, &about), now, (&mut batch, received))?;
            }
            Kind::Complaint => {
                received.stopped += 1;
                if about.point.is_some() {
                    tell(&mut case, &tenancy, Fact::Suppressed { channel: Channel::Email, point: about.point }, now)?;
                    tell(&mut case, &tenancy, Fact::OptedOut { channel: Channel::Email, point: about.point }, now)?;
                }
                tell(&mut case, &tenancy, Fact::Froze { cause: Cause::Complaint }, now)?;
                if let Some(address) = about.address.as_ref().filter(|_| about.point.is_some()) {
                    left_alone(self, tx, (message.tenant, message.customer), address, "complaint", now)?;
                }
            }
            Kind::Unsubscribe => {
                received.stopped += 1;
                tell(&mut case, &tenancy, Fact::OptedOut { channel: Channel::Email, point: about.point }, now)?;
            }
            Kind::Delayed | Kind::Delivered | Kind::AutoReply | Kind::Reply => received.others += 1,
        }
        case.save_if_changed(&tenancy, now, &mut batch)?;
        batch.write(tx, message.tenant).map_err(Error::from)
    }

    /// A mail came back: what that says of its address, and whether it goes to the next contact point.
    fn came_back(
        &self,
        tx: &mut Tx<'_>,
        (case, tenancy): (&mut Case, &Tenancy),
        message: &StoredMessage,
        (read, about): (&Bounce, &About),
        now: Instant,
        (batch, received): (&mut Batch, &mut Received),
    ) -> Result<()> {
        let is_dead = match (read.kind, &about.address) {
            (Kind::Hard, _) => true,
            (Kind::Soft, Some(address)) if about.point.is_some() => {
                soft::came_back(tx, message.tenant, mark(&self.master, message.tenant, address), now)?
            }
            (_, _) => false,
        };
        received.bounced += u64::from(is_dead);
        received.returned += u64::from(!is_dead);
        if is_dead && about.point.is_some() {
            tell(case, tenancy, Fact::Bounced { channel: Channel::Email, point: about.point }, now)?;
        }
        if let Some(address) = about.address.as_ref().filter(|_| is_dead && about.point.is_some()) {
            left_alone(self, tx, (message.tenant, message.customer), address, "bounced", now)?;
        }
        if !about.is_its_reader || !goes_again(case, message)? {
            return Ok(());
        }
        let state = again(case, tenancy, message, about.point, now)?;
        let (id, status) = (message.message.to_string(), state.status.to_owned());
        let note = MessageNote { message: id, status, channel: None, act: None, dropped: Vec::new() };
        case.note(tenancy, now, "message", (log::json(&note)?, None), batch)?;
        outbox::set(tx, message.tenant, &[state]).map_err(Error::from)
    }
}

/// Which address a letter is about.
struct About {
    address: Option<String>,
    /// As a place among the customer's contact points; none when it is not theirs, or not any more.
    point: Option<u16>,
    /// Whether it is the one that the mail was to when it went last: one that gets a copy is not.
    is_its_reader: bool,
}

impl About {
    /// What a letter names, else whom the mail was written to.
    fn of(tx: &mut Tx<'_>, case: &Case, message: &StoredMessage, read: &Bounce) -> Result<Self> {
        let reader = written(tx, case, message)?.filter(|kept| kept.channel == Channel::Email).map(|kept| kept.to);
        let named = read.address.as_ref().map(|address| address.as_str().to_owned());
        // An address that is not theirs is one that mails are passed on to, and the one that was written to is meant. Nobody stops an
        // address of somebody else by a letter.
        let named = named.filter(|named| place(case, named).is_some());
        let is_its_reader = match (&named, &reader) {
            (Some(named), Some(reader)) => named.eq_ignore_ascii_case(reader),
            (_, _) => true,
        };
        let address = named.or(reader);
        let point = address.as_deref().and_then(|address| place(case, address));
        Ok(Self { address, point, is_its_reader })
    }
}

/// The customer's contact point with an e-mail address, as a place among all.
fn place(case: &Case, address: &str) -> Option<u16> {
    let same = |point: &ContactPoint| matches!(&point.address, Address::Email(email) if email.as_str().eq_ignore_ascii_case(address));
    case.facts.customer.contacts.iter().position(same).and_then(|place| u16::try_from(place).ok())
}

/// A message as it was written last, while its customer is not erased.
pub(crate) fn written(tx: &mut Tx<'_>, case: &Case, message: &StoredMessage) -> Result<Option<Kept>> {
    let (Some(key), Some(sealed)) = (&case.key, outbox::letter(tx, message.tenant, message.message)?) else { return Ok(None) };
    let plain = profile::open_message(key, message.tenant, case.customer, &sealed)?;
    let bad = |bad: serde_json::Error| Error::bug("message", format!("a letter cannot be read: {bad}"));
    serde_json::from_slice(&plain).map(Some).map_err(bad)
}

/// Whether a mail that came back may go to somebody else: not when it waits for that already, when another channel brought it, or
/// when everything goes to whoever tries messages out.
fn goes_again(case: &Case, message: &StoredMessage) -> Result<bool> {
    let plan: Plan = blob::decode(&message.plan, "the plan of a message")?;
    let stands = matches!(message.status.as_str(), "sent" | "sending" | "unknown");
    let elsewhere = plan.carried.iter().any(|carried| *carried != Channel::Email);
    Ok(stands && !elsewhere && case.facts.mode != Mode::Redirect)
}

fn tell(case: &mut Case, tenancy: &Tenancy, fact: Fact, now: Instant) -> Result<()> {
    case.tell(tenancy, None, fact, now).map(drop).map_err(|bad| Error::bug("inbox", bad.to_string()))
}

/// A mail that came back: nothing of it was announced or counts, and it waits for the next contact point.
pub(crate) fn again(case: &mut Case, tenancy: &Tenancy, message: &StoredMessage, point: Option<u16>, now: Instant) -> Result<MessageState> {
    let mut plan: Plan = blob::decode(&message.plan, "the plan of a message")?;
    look::undelivered(case, tenancy, &plan, now)?;
    plan.failed.extend(point);
    plan.carried.clear();
    Ok(MessageState {
        message: message.message,
        channel: None,
        plan: blob::encode(&plan)?,
        status: "queued",
        due_at: Some(now),
        lease_until: None,
        tries: 0,
        finished_at: None,
        reply: None,
        letter: None,
    })
}

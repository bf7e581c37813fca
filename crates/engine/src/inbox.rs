//! What comes back: bounces, complaints and requests to stop, taken in once each and entered as facts.
//!
//! A mail that came back is queued again for the next contact point; the last look says whether it is still worth
//! sending. Deliberately absent: mailboxes, which are adapters.

use regua_core::facts::{Cause, Fact};
use regua_core::ids::TenantId;
use regua_core::party::Address;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::outbox::{self, MessageState, StoredMessage};
use sha2::{Digest as _, Sha256};

use crate::Engine;
use crate::case::{self, Case};
use crate::channels::complained_by;
use crate::error::{Error, Result};
use crate::log::{self, MessageNote};
use crate::order::Plan;
use crate::ports::{Letter, Mailbox, Unreadable};
use crate::tenancy::Tenancy;
use crate::{blob, look};
use regua_wire::channels::bounce::{self, Bounce, Kind};
use regua_wire::channels::shown;

/// What a mailbox held.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Received {
    /// Letters read.
    pub letters: u64,
    /// Those that were taken in before.
    pub known: u64,
    /// Mails that came back for good.
    pub bounced: u64,
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
        let mut batch = Batch::default();
        let point = point(&case, read);
        match read.kind {
            Kind::Hard => {
                received.bounced += 1;
                tell(&mut case, &tenancy, Fact::Bounced { channel: Channel::Email, point }, now)?;
                let state = again(&mut case, &tenancy, message, point, now)?;
                let (id, status) = (message.message.to_string(), state.status.to_owned());
                let note = MessageNote { message: id, status, channel: None, act: None, dropped: Vec::new() };
                case.note(&tenancy, now, "message", (log::json(&note)?, None), &mut batch)?;
                outbox::set(tx, message.tenant, &[state])?;
            }
            Kind::Complaint => {
                received.stopped += 1;
                tell(&mut case, &tenancy, Fact::Suppressed { channel: Channel::Email, point }, now)?;
                tell(&mut case, &tenancy, Fact::Froze { cause: Cause::Complaint }, now)?;
                if let Some(address) = &read.address {
                    let complained = (Channel::Email, address.as_str());
                    complained_by(self, tx, message.tenant, message.customer, complained, now)?;
                }
            }
            Kind::Unsubscribe => {
                received.stopped += 1;
                tell(&mut case, &tenancy, Fact::OptedOut { channel: Channel::Email, point: None }, now)?;
            }
            Kind::Soft | Kind::Blocked | Kind::Delayed | Kind::Delivered | Kind::AutoReply | Kind::Reply => received.others += 1,
        }
        case.save_if_changed(&tenancy, now, &mut batch)?;
        batch.write(tx, message.tenant).map_err(Error::from)
    }
}

fn tell(case: &mut Case, tenancy: &Tenancy, fact: Fact, now: Instant) -> Result<()> {
    case.tell(tenancy, None, fact, now).map(drop).map_err(|bad| Error::bug("inbox", bad.to_string()))
}

/// The contact point that a letter is about, as a place among the customer's.
fn point(case: &Case, read: &Bounce) -> Option<u16> {
    let address = read.address.as_ref()?;
    let same = |point: &regua_core::party::ContactPoint| matches!(&point.address, Address::Email(email) if email == address);
    case.facts.customer.contacts.iter().position(same).and_then(|place| u16::try_from(place).ok())
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

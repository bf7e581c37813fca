//! What people write to us: kept sealed on their customer's timeline, once each, and shown to a person.
//!
//! Words that stop messages stop them at once on that channel, for everybody who has the address, and for whoever is given it
//! later. Deliberately absent: answering, which is a person's.

use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::party::{Customer, Health};
use regua_core::time::{Instant, Zone};
use regua_core::words::Channel;
use regua_store::bank;
use regua_store::batch::Batch;
use regua_store::channels::{self, ConversationRow, ReplyRow, SuppressionRow};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::{lookup, opens};
use regua_wire::channels::news;
use regua_wire::channels::stop::Wish;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ReplyNote;
use super::mark::{of_sender, places};
use crate::Engine;
use crate::case;
use crate::commands::days::hex;
use crate::error::{Error, Result};
use crate::log::{self, Act};
use crate::profile;

/// What answers of nobody's are sealed for.
const PURPOSE: &str = "reply";
/// Customers who share an address and are told of what it says at most.
const SHARED_MAX: usize = 50;
/// Answers that an export of one customer has at most, the newest.
const EXPORTED_MAX: i64 = 10_000;

/// Who wrote, and what. Personal: it does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyWords {
    /// The address that wrote, as its carrier names it.
    pub from: String,
    /// What.
    pub text: String,
}

impl std::fmt::Debug for ReplyWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReplyWords")
    }
}

/// An answer as a person is shown it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// What is kept of it.
    pub row: ReplyRow,
    /// What its source calls the customer, when the address is one's.
    pub external_id: Option<String>,
    /// Who wrote, and what; none once the person is erased.
    pub words: Option<ReplyWords>,
}

/// The word of a wish in rows and events.
const fn word(wish: Wish) -> &'static str {
    match wish {
        Wish::Stop => "stop",
        Wish::Start => "start",
        Wish::Help => "help",
    }
}

/// An answer that comes in.
struct Coming<'c> {
    channel: Channel,
    id: [u8; 16],
    mark: [u8; 16],
    /// The customer on whose timeline it stands.
    whose: Option<CustomerId>,
    message: Option<MessageId>,
    wish: Option<Wish>,
    words: ReplyWords,
    told: &'c news::Reply,
}

impl Engine {
    pub(super) fn hear_reply(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        channel: Option<Channel>,
        told: &news::Reply,
        at: Instant,
        now: Instant,
    ) -> Result<bool> {
        let said: Option<MessageId> = told.message.as_deref().and_then(|id| id.parse().ok());
        let mut about = said.map(|id| channels::carriages_of(tx, tenant, id)).transpose()?.unwrap_or_default().pop();
        // A carrier of the tenant's own that names neither message nor channel speaks for people, not for paper.
        let channel = channel.or_else(|| about.as_ref()?.channel.parse().ok()).or(told.channel).unwrap_or(Channel::Voice);
        if about.is_none()
            && let Some(answers) = &told.answers
        {
            about = channels::carriage(tx, tenant, channel.as_str(), answers)?;
        }
        let mark = of_sender(&self.master, tenant, &told.from);
        let mut sharing: Vec<CustomerId> = bank::marked(tx, tenant, &[mark])?.into_iter().map(|(_, customer)| customer).collect();
        let whose = match &about {
            Some(row) => Some(row.customer),
            None => channels::wrote_to(tx, tenant, &[mark])?.or_else(|| sharing.first().copied()),
        };
        sharing.extend(whose);
        sharing.sort_unstable();
        sharing.dedup();
        sharing.truncate(SHARED_MAX);
        let coming = Coming {
            channel,
            id: id_of(channel, &told.reference),
            mark,
            whose,
            message: about.map(|row| row.message),
            wish: told.wish,
            words: ReplyWords { from: told.from.clone(), text: told.text.clone() },
            told,
        };
        self.take_reply(tx, tenant, &coming, &sharing, at, now)?;
        Ok(true)
    }

    /// An answer that came by e-mail: known by its letter, about a message of ours.
    pub(crate) fn take_letter(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        (customer, message): (CustomerId, MessageId),
        (digest, from, text): (&[u8; 32], &str, &str),
        now: Instant,
    ) -> Result<()> {
        let mark = of_sender(&self.master, tenant, from);
        // Who writes from an address has a mailbox that works.
        opens::forget_soft(tx, tenant, &[mark])?;
        let (reference, from, text) = (hex(digest), from.to_owned(), text.to_owned());
        let told = news::Reply { reference, from, text, answers: None, message: None, channel: None, wish: None };
        let coming = Coming {
            channel: Channel::Email,
            id: id_of(Channel::Email, &told.reference),
            mark,
            whose: Some(customer),
            message: Some(message),
            wish: None,
            words: ReplyWords { from: told.from.clone(), text: told.text.clone() },
            told: &told,
        };
        self.take_reply(tx, tenant, &coming, &[customer], now, now)
    }

    fn take_reply(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        coming: &Coming<'_>,
        sharing: &[CustomerId],
        at: Instant,
        now: Instant,
    ) -> Result<()> {
        let ids: Vec<[u8; 16]> = sharing.iter().map(|customer| customer.to_bytes()).collect();
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let cases = case::load(tx, &tenancy, &self.master, &ids, Which::Live)?;
        // An erased person's key is gone, and with it the place for what they write.
        let key = cases.iter().find(|(customer, _)| Some(*customer) == coming.whose).and_then(|(_, case)| case.as_ref().ok()?.key.clone());
        let plain = log::json(&coming.words)?;
        let (whose, sealed) = match (coming.whose, key) {
            (Some(customer), Some(key)) => (Some(customer), profile::seal_message(&key, tenant, customer, plain.as_bytes())?),
            (_, _) => {
                let sealed = self.master.seal(PURPOSE, &owner(tenant, coming.id), plain.as_bytes());
                (None, sealed.map_err(|why| Error::bug("sealed", format!("an answer cannot be sealed: {why}")))?)
            }
        };
        let plain_wish = coming.wish.filter(|wish| matches!(wish, Wish::Stop | Wish::Start));
        let row = ReplyRow {
            reply: coming.id,
            channel: coming.channel.as_str().to_owned(),
            customer: whose,
            mark: coming.mark,
            message: coming.message,
            wish: coming.wish.map(|wish| word(wish).to_owned()),
            received_at: now,
            status: if plain_wish.is_some() { "done" } else { "open" }.to_owned(),
            done_at: plain_wish.map(|_| now),
            done_by: plain_wish.map(|_| "regua".to_owned()),
            sealed,
        };
        if !channels::receive(tx, tenant, &row)? {
            return Ok(());
        }
        let (channel, mark) = (row.channel.clone(), row.mark);
        channels::wrote(tx, tenant, &ConversationRow { channel, mark, customer: whose, wrote_at: at })?;
        // What somebody writes from works.
        channels::lift_for(tx, tenant, &row.channel, mark, "bounced")?;
        match coming.wish {
            Some(Wish::Stop) => {
                let (channel, why) = (row.channel.clone(), "opted_out".to_owned());
                channels::suppress(tx, tenant, &SuppressionRow { channel, mark, why, customer: whose, begun_at: now })?;
            }
            Some(Wish::Start) => {
                channels::lift_for(tx, tenant, &row.channel, mark, "opted_out")?;
            }
            Some(Wish::Help) | None => {}
        }
        let mut batch = Batch::default();
        for (customer, case) in cases {
            // One that cannot be loaded is set aside already; the others are told all the same.
            let Ok(mut case) = case else { continue };
            let points = places(&self.master, tenant, &case.facts.customer, coming.channel, &[coming.mark]);
            for fact in facts(coming, &case.facts.customer, &points) {
                case.tell(&tenancy, None, fact, now).map_err(|bad| Error::bug("reply", bad.to_string()))?;
            }
            if Some(customer) == whose {
                let note = ReplyNote {
                    reply: hex(&coming.id),
                    channel: coming.channel,
                    message: coming.message.map(|id| id.to_string()),
                    wish: row.wish.clone(),
                };
                case.note(&tenancy, now, "reply", (log::json(&note)?, Some(&coming.told.text)), &mut batch)?;
            }
            case.save_if_changed(&tenancy, now, &mut batch)?;
        }
        batch.write(tx, tenant).map_err(Error::from)
    }

    /// Up to `limit` answers that came before a place, newest first: all, or those that a person shall look at.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn replies(&self, tenant: TenantId, open: bool, before: (Instant, [u8; 16]), limit: i64) -> Result<Vec<Reply>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let rows = channels::replies(tx, tenant, open, before, limit)?;
            rows.into_iter().map(|row| self.shown(tx, tenant, row)).collect()
        })
    }

    /// Up to `limit` answers of a customer, newest first.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn replies_of(&self, tenant: TenantId, customer: CustomerId, limit: i64) -> Result<Vec<Reply>> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let rows = channels::replies_of(tx, tenant, customer, limit)?;
            rows.into_iter().map(|row| self.shown(tx, tenant, row)).collect()
        })
    }

    /// What a customer wrote, for an export of everything that is held.
    pub(crate) fn written_by(&self, tx: &mut Tx<'_>, tenant: TenantId, customer: CustomerId) -> Result<Vec<Value>> {
        let utc = Zone::utc();
        let rows = channels::replies_of(tx, tenant, customer, EXPORTED_MAX)?.into_iter().map(|row| {
            let Reply { row, words, .. } = self.shown(tx, tenant, row)?;
            let (from, text) = words.map(|words| (words.from, words.text)).unzip();
            Ok(json!({ "channel": row.channel, "received_at": utc.rfc3339(row.received_at), "from": from, "text": text }))
        });
        rows.collect()
    }

    /// A person is done with an answer.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such answer; whatever the database says.
    pub fn reply_done(&self, tenant: TenantId, reply: [u8; 16], act: &Act, now: Instant) -> Result<Reply> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            channels::done(tx, tenant, reply, now, &act.by)?;
            let row = channels::reply(tx, tenant, reply)?;
            let row = row.ok_or_else(|| Error::not_found("no_reply", "there is no such answer; see: regua channel replies"))?;
            self.shown(tx, tenant, row)
        })
    }

    fn shown(&self, tx: &mut Tx<'_>, tenant: TenantId, row: ReplyRow) -> Result<Reply> {
        let external_id = match row.customer {
            Some(customer) => lookup::customer_of(tx, tenant, customer)?,
            None => None,
        };
        let plain = match row.customer {
            Some(customer) => match due::customers(tx, tenant, &[customer.to_bytes()])?.pop().and_then(|stored| stored.key) {
                Some(wrapped) => {
                    let key = profile::unwrap(&self.master, tenant, customer, &wrapped)?;
                    Some(profile::open_message(&key, tenant, customer, &row.sealed)?)
                }
                None => None,
            },
            None => {
                let opened = self.master.open(PURPOSE, &owner(tenant, row.reply), &row.sealed);
                Some(opened.map_err(|why| Error::bug("sealed", format!("an answer cannot be opened: {why}")))?)
            }
        };
        let unreadable = |bad: serde_json::Error| Error::bug("reply", format!("an answer cannot be read: {bad}"));
        let words = plain.map(|plain| serde_json::from_slice(&plain).map_err(unreadable)).transpose()?;
        Ok(Reply { row, external_id, words })
    }
}

/// What an answer says of the addresses that it came from.
fn facts(coming: &Coming<'_>, customer: &Customer, points: &[u16]) -> Vec<Fact> {
    let channel = coming.channel;
    let said = |point: u16| match coming.wish {
        Some(Wish::Stop) => Some(Fact::OptedOut { channel, point: Some(point) }),
        Some(Wish::Start) => Some(Fact::OptedIn { channel, point: Some(point) }),
        Some(Wish::Help) | None => None,
    };
    let works = |point: u16| {
        let bounced = customer.contacts.get(usize::from(point)).is_some_and(|known| known.health == Health::Bounced);
        bounced.then_some(Fact::Mended { channel, point: Some(point) })
    };
    points.iter().flat_map(|&point| [works(point), said(point)]).flatten().collect()
}

/// The same answer twice has one id.
fn id_of(channel: Channel, reference: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(channel.as_str());
    hash.update([0]);
    hash.update(reference);
    let mut id = [0; 16];
    id.copy_from_slice(&hash.finalize()[..16]);
    id
}

/// For whom an answer of nobody's is sealed.
fn owner(tenant: TenantId, id: [u8; 16]) -> [u8; 32] {
    let mut owner = [0; 32];
    owner[..16].copy_from_slice(&tenant.to_bytes());
    owner[16..].copy_from_slice(&id);
    owner
}

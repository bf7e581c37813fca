//! How far messages came, as their carriers tell it: in any order and twice, and never back.
//!
//! A message that its carrier took and that does not arrive goes to the next contact point, as one that was refused at once. One of
//! which nobody knew whether it went out is known again when its carrier tells of it. Deliberately absent: who told it, which was
//! looked at before it was stored.

use regua_core::facts::Fact;
use regua_core::ids::{MessageId, TenantId};
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::batch::Batch;
use regua_store::channels::{self, CarriageRow, SuppressionRow};
use regua_store::db::Tx;
use regua_store::due::{self, Which};
use regua_store::outbox::{self, MessageState, StoredMessage};
use regua_wire::channels::answer::{Next, Refusal, Standing};

use super::mark::{mark, places};
use super::{DeliveryNote, REFUSED, STOPPED, code};
use crate::Engine;
use crate::blob;
use crate::case::{self, Case};
use crate::error::{Error, Result};
use crate::inbox;
use crate::log::{self, MessageNote};
use crate::order::Plan;
use crate::tenancy::Tenancy;

/// What a carrier told of a message.
pub(super) struct Told<'t> {
    /// Its name of it; empty when it knows ours alone.
    pub(super) reference: &'t str,
    /// Our id of it, when the carrier repeats it.
    pub(super) message: Option<&'t str>,
    pub(super) standing: Standing,
    pub(super) refusal: Option<&'t Refusal>,
}

/// The standing of a word that was stored.
fn standing(word: &str) -> Standing {
    Standing::ALL.into_iter().find(|standing| standing.as_str() == word).unwrap_or(Standing::Taken)
}

impl Engine {
    pub(super) fn hear_status(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        channel: Option<Channel>,
        told: &Told<'_>,
        now: Instant,
    ) -> Result<bool> {
        let message: Option<MessageId> = told.message.and_then(|id| id.parse().ok());
        let known = known(tx, tenant, channel, told.reference, message)?;
        let customer = match (&known, message) {
            (Some(row), _) => row.customer,
            (None, Some(id)) => match outbox::one(tx, tenant, id)? {
                Some(stored) => stored.customer,
                None => return Ok(false),
            },
            (None, None) => return Ok(false),
        };
        let ids = [customer.to_bytes()];
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let Some((_, case)) = case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.pop() else { return Ok(true) };
        let mut case = case?;
        // Under the lock: somebody else may have heard more meanwhile.
        let row = match known {
            Some(row) => channels::carriage(tx, tenant, &row.channel, &row.reference)?,
            None => match message {
                Some(id) => self.found_at_carrier(tx, &case, tenant, (id, channel, told.reference), now)?,
                None => None,
            },
        };
        let Some(row) = row else { return Ok(false) };
        let was = standing(&row.standing);
        let is = was.with(told.standing);
        let stored = outbox::one(tx, tenant, row.message)?;
        if is == was && stored.as_ref().is_none_or(|stored| stored.status != "unknown") {
            return Ok(true);
        }
        let code = code(told.refusal);
        channels::stand(tx, tenant, (&row.channel, &row.reference), (is.as_str(), code), now)?;
        let over: Channel = row.channel.parse().map_err(|bad: regua_core::words::UnknownWord| Error::bug("carriage", bad.to_string()))?;
        let mut batch = Batch::default();
        if is != was && matches!(is, Standing::Delivered | Standing::Read | Standing::Failed) {
            let (message, is) = (row.message.to_string(), is.as_str().to_owned());
            let note = DeliveryNote { message, channel: over, is, code: code.map(str::to_owned) };
            case.note(&tenancy, now, "delivery", (log::json(&note)?, None), &mut batch)?;
        }
        match (is, stored) {
            (Standing::Failed, Some(stored)) => {
                self.not_arrived(tx, (&mut case, &tenancy), (&row, over, told.refusal), &stored, now, &mut batch)?;
            }
            (Standing::Sent | Standing::Delivered | Standing::Read, Some(stored)) if stored.status == "unknown" => {
                went_out(tx, (&mut case, &tenancy), over, &stored, now, &mut batch)?;
            }
            (_, _) => {}
        }
        case.save_if_changed(&tenancy, now, &mut batch)?;
        batch.write(tx, tenant)?;
        Ok(true)
    }

    /// A message that a carrier has and whose answer did not come to us, or not yet. The address is that of the message as it was
    /// written.
    fn found_at_carrier(
        &self,
        tx: &mut Tx<'_>,
        case: &Case,
        tenant: TenantId,
        (message, channel, reference): (MessageId, Option<Channel>, &str),
        now: Instant,
    ) -> Result<Option<CarriageRow>> {
        let Some(stored) = outbox::one(tx, tenant, message)?.filter(|stored| stored.customer == case.customer) else { return Ok(None) };
        if stored.status == "sending" {
            return Err(Error::busy("early", "a carrier tells of a message whose answer is not written down yet"));
        }
        let Some(kept) = inbox::written(tx, case, &stored)? else { return Ok(None) };
        if channel.is_some_and(|channel| channel != kept.channel) {
            return Ok(None);
        }
        let row = CarriageRow {
            channel: kept.channel.as_str().to_owned(),
            reference: if reference.is_empty() { message.to_string() } else { reference.to_owned() },
            message,
            customer: case.customer,
            mark: mark(&self.master, tenant, &kept.to),
            standing: Standing::Taken.as_str().to_owned(),
            code: None,
            sent_at: now,
            changed_at: now,
            clicked_at: None,
        };
        channels::keep(tx, tenant, &row)?;
        channels::carriage(tx, tenant, &row.channel, &row.reference).map_err(Error::from)
    }

    /// What follows when a message did not arrive that its carrier had taken.
    fn not_arrived(
        &self,
        tx: &mut Tx<'_>,
        (case, tenancy): (&mut Case, &Tenancy),
        (row, channel, refusal): (&CarriageRow, Channel, Option<&Refusal>),
        stored: &StoredMessage,
        now: Instant,
        batch: &mut Batch,
    ) -> Result<()> {
        let tenant = stored.tenant;
        let points = places(&self.master, tenant, &case.facts.customer, channel, &[row.mark]);
        for &point in &points {
            let fact = match refusal.map(|refusal| refusal.next) {
                Some(Next::BadAddress) => Fact::Bounced { channel, point: Some(point) },
                Some(Next::OptedOut) => Fact::OptedOut { channel, point: Some(point) },
                Some(
                    Next::Later { .. }
                    | Next::OtherChannel
                    | Next::NoOffers
                    | Next::AsTemplate
                    | Next::OtherTemplate
                    | Next::Mend
                    | Next::Alert,
                )
                | None => continue,
            };
            case.tell(tenancy, None, fact, now).map_err(|bad| Error::bug("delivery", bad.to_string()))?;
        }
        note_refusal(tx, tenant, (row, channel, refusal), now)?;
        let plan: Plan = blob::decode(&stored.plan, "the plan of a message")?;
        // Over another channel it has reached its reader; without the contact point it would come back to the same one.
        let elsewhere = plan.carried.iter().any(|carried| *carried != channel);
        let stands = matches!(stored.status.as_str(), "sent" | "unknown");
        // An address that is not theirs any more has no place among the others, and cannot come back.
        let point = points.first().copied();
        if !stands || elsewhere || case.key.is_none() {
            return Ok(());
        }
        // The far side's window closed before ours: the same again, and the next look takes the template. Once, since from now on the
        // window is closed here too.
        let as_template =
            refusal.is_some_and(|refusal| refusal.next == Next::AsTemplate) && channels::close(tx, tenant, channel.as_str(), row.mark)?;
        let state = inbox::again(case, tenancy, stored, point.filter(|_| !as_template), now)?;
        let (message, status) = (stored.message.to_string(), state.status.to_owned());
        let note = MessageNote { message, status, channel: None, act: None, dropped: Vec::new() };
        case.note(tenancy, now, "message", (log::json(&note)?, None), batch)?;
        outbox::set(tx, tenant, &[state]).map_err(Error::from)
    }
}

/// What a refusal says besides the message: an address that is left alone from now on, a channel that needs a person.
fn note_refusal(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (row, channel, refusal): (&CarriageRow, Channel, Option<&Refusal>),
    now: Instant,
) -> Result<()> {
    let Some(Refusal { next, code, why }) = refusal else { return Ok(()) };
    let what = match next {
        Next::BadAddress | Next::OptedOut => {
            let why = if *next == Next::OptedOut { "opted_out" } else { "bounced" }.to_owned();
            let (channel, customer) = (channel.as_str().to_owned(), Some(row.customer));
            return Ok(channels::suppress(tx, tenant, &SuppressionRow { channel, mark: row.mark, why, customer, begun_at: now }).map(drop)?);
        }
        Next::Alert => STOPPED,
        Next::Mend => REFUSED,
        Next::Later { .. } | Next::OtherChannel | Next::NoOffers | Next::AsTemplate | Next::OtherTemplate => return Ok(()),
    };
    super::trouble(tx, tenant, channel, what, &format!("{what} ({code}): {why}"), now)
}

/// The carriage that a carrier tells of: by its name, or else by ours.
fn known(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    channel: Option<Channel>,
    reference: &str,
    message: Option<MessageId>,
) -> Result<Option<CarriageRow>> {
    if let Some(channel) = channel.filter(|_| !reference.is_empty())
        && let Some(row) = channels::carriage(tx, tenant, channel.as_str(), reference)?
    {
        return Ok(Some(row));
    }
    // A carrier of the tenant's own names the order, or our id alone: then the last that had the message is meant.
    let (None, Some(message)) = (channel, message) else { return Ok(None) };
    let mut all = channels::carriages_of(tx, tenant, message)?;
    Ok(if reference.is_empty() { all.pop() } else { all.into_iter().find(|row| row.reference == reference) })
}

/// A message of which nobody knew whether it went out did: its carrier has told so.
fn went_out(
    tx: &mut Tx<'_>,
    (case, tenancy): (&mut Case, &Tenancy),
    channel: Channel,
    stored: &StoredMessage,
    now: Instant,
    batch: &mut Batch,
) -> Result<()> {
    let mut plan: Plan = blob::decode(&stored.plan, "the plan of a message")?;
    plan.carried.push(channel);
    let reply = "its carrier tells that it went out".to_owned();
    let (message, status) = (stored.message.to_string(), "sent".to_owned());
    let note = MessageNote { message, status, channel: Some(channel), act: None, dropped: Vec::new() };
    case.note(tenancy, now, "message", (log::json(&note)?, Some(&reply)), batch)?;
    case.awake(); // what it announces stands from now on
    let state = MessageState {
        message: stored.message,
        channel: Some(channel.as_str()),
        plan: blob::encode(&plan)?,
        status: "sent",
        due_at: None,
        lease_until: None,
        tries: stored.tries,
        finished_at: Some(now),
        reply: Some(reply),
        letter: None,
    };
    outbox::set(tx, stored.tenant, &[state]).map_err(Error::from)
}

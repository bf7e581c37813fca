//! What people and programs decide about addresses: left alone, and not any more; and what a reader did with a message.
//!
//! An address that is left alone stays so whatever becomes of its customer, until a person lifts it and says why. Deliberately
//! absent: what people say by writing to us, which is `replies`.

use regua_core::facts::Fact;
use regua_core::ids::{CustomerId, MessageId, TenantId};
use regua_core::party::{Email, Phone};
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::Channel;
use regua_store::batch::Batch;
use regua_store::channels::{self, CarriageRow, SuppressionRow};
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::{bank, opens, outbox};
use regua_wire::channels::answer::Standing;

use super::DeliveryNote;
use super::mark::{mark, of_sender, places};
use super::opened::AT_ONCE_SECS;
use crate::Engine;
use crate::case;
use crate::commands::days::hex;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};

/// The mark that a text of 32 hexadecimal digits is.
#[must_use]
pub fn mark_of_text(text: &str) -> Option<[u8; 16]> {
    let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)).flatten()
}

/// An address of a channel as it is stored: one that is written otherwise would be left alone in vain.
///
/// # Errors
/// [`crate::Kind::Refused`] when it is none, or a telephone without its country.
pub fn normal(channel: Channel, address: &str) -> Result<String> {
    let odd = |why: &dyn std::fmt::Display| Error::refused("no_address", format!("that is no address of {channel}: {why}"));
    let address = address.trim();
    match channel {
        Channel::Sms | Channel::Whatsapp | Channel::Voice if !address.starts_with('+') => {
            Err(odd(&"write the number with its country, such as +5511987654321"))
        }
        Channel::Sms | Channel::Whatsapp | Channel::Voice => {
            Phone::parse(address, "BR").map(|phone| phone.as_str().to_owned()).map_err(|bad| odd(&bad))
        }
        Channel::Email => Email::parse(address).map(|email| email.as_str().to_owned()).map_err(|bad| odd(&bad)),
        Channel::Push | Channel::InApp | Channel::Letter if address.is_empty() => Err(odd(&"it is empty")),
        Channel::Push | Channel::InApp | Channel::Letter => Ok(address.to_owned()),
    }
}

impl Engine {
    /// The mark of an address as it is stored: what stands for it in the list of those that are left alone.
    #[must_use]
    pub fn mark_of(&self, tenant: TenantId, address: &str) -> [u8; 16] {
        mark(&self.master, tenant, address)
    }

    /// Leaves an address alone on a channel from now on, whoever has it; whether it was not already.
    ///
    /// * `why` — `complaint` or `person`.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when that is no address of the channel; whatever the database says.
    pub fn suppress(
        &self,
        tenant: TenantId,
        (channel, address): (Channel, &str),
        why: &'static str,
        act: &Act,
        now: Instant,
    ) -> Result<bool> {
        let address = normal(channel, address)?;
        let mark = mark(&self.master, tenant, &address);
        self.db.write(Scope::Tenant(tenant), |tx| {
            let having = having(tx, tenant, &[mark])?;
            let row = SuppressionRow {
                channel: channel.as_str().to_owned(),
                mark,
                why: why.to_owned(),
                customer: having.first().copied(),
                begun_at: now,
            };
            if !channels::suppress(tx, tenant, &row)? {
                return Ok(false);
            }
            self.tell_all_of(tx, tenant, &having, (channel, mark), Some(act), now, |point| Fact::Suppressed { channel, point })?;
            self.listed(tx, tenant, "suppression_added", (channel, mark, why), act, now)?;
            Ok(true)
        })
    }

    /// Leaves an address alone no more.
    ///
    /// * `which` — the address, or its mark in hexadecimal digits as the list shows it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when it was not left alone, [`crate::Kind::Refused`] without a reason; whatever the database says.
    pub fn lift_suppression(&self, tenant: TenantId, (channel, which): (Channel, &str), act: &Act, now: Instant) -> Result<()> {
        if act.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(Error::refused("no_reason", "say why this address may be written to again: its owner once wanted that it is not"));
        }
        let mark = mark_of_text(which).unwrap_or_else(|| mark(&self.master, tenant, which));
        self.db.write(Scope::Tenant(tenant), |tx| {
            let known = channels::suppressed(tx, tenant, channel.as_str(), &[mark])?.pop();
            let known = known.ok_or_else(|| {
                let mend = format!("no such address is left alone on {channel}; see: regua channel suppressed");
                Error::not_found("not_suppressed", mend)
            })?;
            channels::lift(tx, tenant, channel.as_str(), mark)?;
            let mut having = having(tx, tenant, &[mark])?;
            having.extend(known.customer);
            having.sort_unstable();
            having.dedup();
            self.tell_all_of(tx, tenant, &having, (channel, mark), Some(act), now, |point| Fact::Mended { channel, point })?;
            self.listed(tx, tenant, "suppression_lifted", (channel, mark, &known.why), act, now)
        })
    }

    /// A customer came in by the link of a message: the newest that had been sent when the link was made counts as read, and its link
    /// as followed. Whether that was not known. What comes at once after an e-mail was sent is a program that looks at links.
    ///
    /// * `made_on` — the day (UTC) on which the link was made.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn followed(&self, tenant: TenantId, customer: CustomerId, made_on: Day, now: Instant) -> Result<bool> {
        // A link is made just before its message goes, and midnight may be between them.
        let until = Zone::utc().midnight(made_on.plus(1)).plus_hours(1);
        let newest = self.db.read(Scope::Tenant(tenant), |tx| {
            let Some((message, channel, sent)) = outbox::newest_sent(tx, tenant, customer, until)? else { return Ok(None) };
            let known = channels::carriages_of(tx, tenant, message)?;
            let followed = known.iter().any(|row| row.clicked_at.is_some());
            Ok::<_, Error>((!followed).then_some((message, channel, sent)))
        })?;
        let at_once = |sent: Instant| now.micros() < sent.micros().saturating_add(AT_ONCE_SECS * 1_000_000);
        let newest = newest.and_then(|(message, channel, sent)| {
            let channel = channel.parse::<Channel>().ok()?;
            (channel != Channel::Email || !at_once(sent)).then_some((message, channel))
        });
        let Some((message, channel)) = newest else { return Ok(false) };
        self.db.write(Scope::Tenant(tenant), |tx| {
            let ids = [customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            let row = carried(tx, tenant, (customer, message, channel), now)?;
            let place = (row.channel.as_str(), row.reference.as_str());
            if !channels::click(tx, tenant, place, now)? {
                return Ok(false);
            }
            let read = Standing::Read.as_str();
            let was_read = row.standing == read;
            if !was_read {
                channels::stand(tx, tenant, place, (read, None), now)?;
            }
            let tenancy = self.tenancies.read(tx, tenant)?;
            let Some((_, case)) = case::load(tx, &tenancy, &self.master, &ids, Which::Live)?.pop() else { return Ok(false) };
            let mut case = case?;
            let mut batch = Batch::default();
            // Whoever follows a link has seen the message.
            for is in [(!was_read).then_some("read"), Some("clicked")].into_iter().flatten() {
                let note = DeliveryNote { message: message.to_string(), channel, is: is.to_owned(), code: None };
                case.note(&tenancy, now, "delivery", (log::json(&note)?, None), &mut batch)?;
            }
            case.save_if_changed(&tenancy, now, &mut batch)?;
            batch.write(tx, tenant)?;
            Ok(true)
        })
    }

    /// Tells customers of their contact points with a mark on a channel.
    #[expect(clippy::too_many_arguments, reason = "whom, of what, by whom and when")]
    fn tell_all_of(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        customers: &[CustomerId],
        (channel, mark): (Channel, [u8; 16]),
        act: Option<&Act>,
        now: Instant,
        fact: impl Fn(Option<u16>) -> Fact,
    ) -> Result<()> {
        if customers.is_empty() {
            return Ok(());
        }
        let ids: Vec<[u8; 16]> = customers.iter().map(|customer| customer.to_bytes()).collect();
        due::lock(tx, tenant, &ids)?;
        let tenancy = self.tenancies.read(tx, tenant)?;
        let mut batch = Batch::default();
        for (_, case) in case::load(tx, &tenancy, &self.master, &ids, Which::Live)? {
            let Ok(mut case) = case else { continue };
            case.act = act.cloned();
            for place in places(&self.master, tenant, &case.facts.customer, channel, &[mark]) {
                case.tell(&tenancy, None, fact(Some(place)), now).map_err(|bad| Error::bug("suppression", bad.to_string()))?;
            }
            case.save_if_changed(&tenancy, now, &mut batch)?;
        }
        batch.write(tx, tenant).map_err(Error::from)
    }

    /// Enters into the company's own log that the list changed, and who changed it.
    fn listed(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        kind: &'static str,
        (channel, mark, why): (Channel, [u8; 16], &str),
        act: &Act,
        now: Instant,
    ) -> Result<()> {
        let mut stored = self.locked_tenant(tx, tenant)?;
        let payload = log::json(&serde_json::json!({ "channel": channel, "mark": hex(&mark), "why": why, "act": act }))?;
        note(tx, &mut stored, now, kind, payload)
    }
}

/// The customers who have an address, as far as it is known whose it is.
fn having(tx: &mut Tx<'_>, tenant: TenantId, marks: &[[u8; 16]]) -> Result<Vec<CustomerId>> {
    let mut having: Vec<CustomerId> = bank::marked(tx, tenant, marks)?.into_iter().map(|(_, customer)| customer).collect();
    having.extend(channels::wrote_to(tx, tenant, marks)?);
    having.sort_unstable();
    having.dedup();
    Ok(having)
}

/// The newest that is known of a message over a channel. Mail servers tell of none by a name of theirs: ours is the name.
fn carried(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (customer, message, channel): (CustomerId, MessageId, Channel),
    now: Instant,
) -> Result<CarriageRow> {
    let known = channels::carriages_of(tx, tenant, message)?;
    if let Some(row) = known.into_iter().rev().find(|row| row.channel == channel.as_str()) {
        return Ok(row);
    }
    let row = CarriageRow {
        channel: channel.as_str().to_owned(),
        reference: message.to_string(),
        message,
        customer,
        mark: [0; 16],
        standing: Standing::Taken.as_str().to_owned(),
        code: None,
        sent_at: now,
        changed_at: now,
        clicked_at: None,
    };
    channels::keep(tx, tenant, &row)?;
    Ok(row)
}

/// Lifts what leaves these addresses of a customer alone, since a person said that they can be written to.
///
/// * `all` — whatever the reason; otherwise an opt-out only, which its person took back.
pub(crate) fn mended(tx: &mut Tx<'_>, tenant: TenantId, channel: Channel, marks: &[[u8; 16]], all: bool) -> Result<()> {
    opens::forget_soft(tx, tenant, marks)?;
    for mark in marks {
        if all {
            channels::lift(tx, tenant, channel.as_str(), *mark)?;
        } else {
            channels::lift_for(tx, tenant, channel.as_str(), *mark, "opted_out")?;
        }
    }
    Ok(())
}

/// Leaves an e-mail address alone that a letter is about.
///
/// * `why` — `complaint` or `bounced`.
pub(crate) fn left_alone(
    engine: &Engine,
    tx: &mut Tx<'_>,
    (tenant, customer): (TenantId, CustomerId),
    address: &str,
    why: &str,
    now: Instant,
) -> Result<()> {
    let mark = of_sender(&engine.master, tenant, address);
    let (channel, why) = (Channel::Email.as_str().to_owned(), why.to_owned());
    channels::suppress(tx, tenant, &SuppressionRow { channel, mark, why, customer: Some(customer), begun_at: now })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_from_its_digits_alone() {
        assert_eq!(mark_of_text("000102030405060708090a0b0c0d0e0f"), Some([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]));
        for odd in [
            "",
            "+5511987654321",
            "000102030405060708090a0b0c0d0e0",
            "000102030405060708090a0b0c0d0e0g",
            "+00102030405060708090a0b0c0d0e0f",
        ] {
            assert_eq!(mark_of_text(odd), None, "{odd}");
        }
    }
}

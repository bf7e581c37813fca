//! Channels in the engine: what carriers tell of messages, what people answer, and which addresses are left alone.
//!
//! `said` what a carrier answered, `heed` what a message heeds before it goes, `statuses` how far it came, `replies` what somebody
//! wrote, `opened` that an e-mail was seen to be opened, `soft` mails that came back for a reason that may pass, `acts` what people
//! and programs decide about addresses, `mark` addresses that nobody reads, `worth` which goes first. What is told comes through
//! [`crate::hooks`], once each whatever its number and order. Deliberately absent: sockets, which are adapters, and law.

mod acts;
pub(crate) mod heed;
pub(crate) mod mark;
mod opened;
mod replies;
mod said;
pub(crate) mod soft;
mod statuses;
pub(crate) mod worth;

use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_store::channels::{self, StateRow};
use regua_store::db::{Scope, Tx};
use regua_wire::channels::answer::Refusal;
use regua_wire::channels::news::News;
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::error::Result;

pub(crate) use acts::{left_alone, mended};
pub use acts::{mark_of_text, normal};
pub use replies::{Reply, ReplyWords};
pub use said::Says;

/// What the state is called that says how many people may be written to.
pub(crate) const LIMIT: &str = "limit";
/// The word of the tier without a limit.
const UNLIMITED: &str = "unlimited";

/// The names that channels have as senders of webhooks, beside those of gateways.
pub const NAMES: &[&str] = &["sms", "whatsapp", "callback"];

/// The payload of an event of kind `delivery`: what a carrier told of a message.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct DeliveryNote {
    /// Which message.
    pub(crate) message: String,
    /// Over which channel.
    pub(crate) channel: Channel,
    /// delivered, read, failed, clicked, opened, prefetched.
    pub(crate) is: String,
    /// The carrier's code of why it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
}

/// The payload of an event of kind `reply`: somebody wrote. The words are sealed beside it.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct ReplyNote {
    /// Which answer, in hexadecimal digits.
    pub(crate) reply: String,
    /// Over which channel.
    pub(crate) channel: Channel,
    /// The message of ours that it answers, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// stop, start, help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) wish: Option<String>,
}

/// The channel of a name, when all that it tells is of one.
fn channel_of(name: &str) -> Option<Channel> {
    match name {
        "sms" => Some(Channel::Sms),
        "whatsapp" => Some(Channel::Whatsapp),
        _ => None,
    }
}

/// What a template is called among states: its name with its language.
pub(crate) fn template_name(name: &str, language: &str) -> String {
    format!("{name} {language}")
}

impl Engine {
    /// Takes in what a carrier told, in a transaction that is under way; whether it was about anything that is known here.
    ///
    /// * `name` — of the channel, as its webhooks' address has it.
    /// * `at` — when the carrier says that it happened.
    ///
    /// # Errors
    /// [`crate::Kind::Busy`] when it came before what it is about; whatever the database says.
    pub(crate) fn hear_channel(
        &self,
        tx: &mut Tx<'_>,
        tenant: TenantId,
        name: &str,
        news: &News,
        at: Option<Instant>,
        now: Instant,
    ) -> Result<bool> {
        // What is told of another moment than those that were is told now.
        let at = at.unwrap_or(now).min(now);
        match news {
            News::Status { reference, message, standing, refusal } => {
                let told = statuses::Told { reference, message: message.as_deref(), standing: *standing, refusal: refusal.as_ref() };
                self.hear_status(tx, tenant, channel_of(name), &told, now)
            }
            News::Reply(reply) => self.hear_reply(tx, tenant, channel_of(name), reply, at, now),
            News::Template { name: template, language, event, why } => {
                let name = template_name(template, language);
                state(tx, tenant, name_of(name, "template"), (event, why.as_deref()), at)
            }
            News::Category { name: template, language, now: category } => {
                let name = template_name(template, language);
                state(tx, tenant, name_of(name, "category"), (category, None), at)
            }
            News::Number { number, event, limit } => {
                if let Some(limit) = limit {
                    let most = limit.map_or_else(|| UNLIMITED.to_owned(), |most| most.to_string());
                    state(tx, tenant, name_of(LIMIT.to_owned(), "tier"), (&most, Some(event)), at)?;
                }
                state(tx, tenant, name_of(number.clone(), "number"), (event, None), at)
            }
        }
    }

    /// What carriers told of themselves: templates, numbers, tiers, and what stopped a channel.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn channel_states(&self, tenant: TenantId) -> Result<Vec<StateRow>> {
        Ok(self.db.read(Scope::Tenant(tenant), |tx| channels::states(tx, tenant))?)
    }

    /// A person has looked at what stopped a channel; whether anything had.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn channel_mended(&self, tenant: TenantId, channel: Channel) -> Result<bool> {
        Ok(self.db.write(Scope::Tenant(tenant), |tx| channels::end_state(tx, tenant, (channel.as_str(), "trouble", TROUBLE)))?)
    }
}

/// What a state is called that says what stopped a channel.
pub(crate) const TROUBLE: &str = "last";
/// The state of a channel over which nothing goes until a person has looked.
pub(crate) const STOPPED: &str = "stopped";
/// The state of a channel that refused something of ours, which a person must mend.
pub(crate) const REFUSED: &str = "refused";
/// For how many seconds a channel stays closed after its far side said that a person must look: then the next message finds out.
pub(crate) const CLOSED_SECS: i64 = 300;

const fn name_of(name: String, kind: &'static str) -> (String, &'static str) {
    (name, kind)
}

/// Keeps what a carrier of WhatsApp told of itself: no other one tells such things.
fn state(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (name, kind): (String, &'static str),
    (state, detail): (&str, Option<&str>),
    at: Instant,
) -> Result<bool> {
    let row = StateRow {
        channel: Channel::Whatsapp.as_str().to_owned(),
        kind: kind.to_owned(),
        name,
        state: state.to_owned(),
        detail: detail.map(str::to_owned),
        at,
    };
    channels::set_state(tx, tenant, &row)?;
    Ok(true)
}

/// Keeps that a channel needs a person, and why.
pub(crate) fn trouble(tx: &mut Tx<'_>, tenant: TenantId, channel: Channel, what: &str, why: &str, now: Instant) -> Result<()> {
    let row = StateRow {
        channel: channel.as_str().to_owned(),
        kind: "trouble".to_owned(),
        name: TROUBLE.to_owned(),
        state: what.to_owned(),
        detail: Some(why.chars().take(300).collect()),
        at: now,
    };
    channels::set_state(tx, tenant, &row).map(drop).map_err(Into::into)
}

/// A template that the far side did not take: it is not tried again until the far side says that it is approved.
pub(crate) fn template_refused(tx: &mut Tx<'_>, tenant: TenantId, name: &str, language: &str, why: &str, now: Instant) -> Result<()> {
    state(tx, tenant, name_of(template_name(name, language), "template"), ("PAUSED", Some(why)), now).map(drop)
}

/// The code of a refusal.
fn code(refusal: Option<&Refusal>) -> Option<&str> {
    refusal.map(|refusal| refusal.code.as_str())
}

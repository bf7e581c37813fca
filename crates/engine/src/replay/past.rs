//! One customer's past, carried out again and shown: what became known, what was decided and on what grounds, what became
//! of messages.
//!
//! It is made again in memory by the code that `verify` uses, so that what is told is what happened and not what a second
//! telling makes of it. Deliberately absent: judging, which is `verify`'s.

use regua_core::facts::{Fact, Facts, Policies};
use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::{Day, Instant};
use regua_core::words::Channel;
use regua_store::db::{Db, Options, Scope, Tx};
use regua_store::log;

use super::customers::Keys;
use super::events::Events;
use super::timeline::Timeline;
use super::verdict::Report;
use super::{Left, PAGE, tenant};
use crate::Engine;
use crate::commands::ahead::Ahead;
use crate::error::Result;
use crate::log::Act;

/// A moment of a customer's life.
pub enum Moment<'a> {
    /// Something became known.
    Told {
        /// When.
        at: Instant,
        /// What its source calls the receivable that it is about; the customer when absent.
        receivable: Option<&'a str>,
        /// What.
        fact: &'a Fact,
        /// Whose act it was.
        act: Option<&'a Act>,
    },
    /// Everything of one event has become known, and this is how things stand.
    Known {
        /// When.
        at: Instant,
        /// All that is known.
        facts: &'a Facts<'a>,
        /// The policies as this customer's decisions see them.
        policies: &'a Policies,
    },
    /// The customer was decided.
    Decided(Ahead<'a>),
    /// A message came to something.
    Message {
        /// When.
        at: Instant,
        /// Its id.
        message: &'a str,
        /// What it was about: receivable, as its source calls it, and step.
        items: &'a [(String, String)],
        /// Where it stands from then on.
        status: &'a str,
        /// What carried it.
        channel: Option<Channel>,
        /// What fell out of it: receivable, step and reason.
        dropped: &'a [(String, String, String)],
        /// What the far side said.
        reply: Option<&'a str>,
        /// Whose act it was.
        act: Option<&'a Act>,
    },
    /// Something was heard of a message, or of its reader, that changes nothing by itself.
    Heard {
        /// When.
        at: Instant,
        /// delivered, read, failed, clicked, opened, prefetched, replied.
        is: &'a str,
        /// Over which channel.
        channel: Channel,
        /// The message, when it is known which.
        message: Option<&'a str>,
    },
    /// Somebody noted something.
    Noted {
        /// When.
        at: Instant,
        /// What its source calls the receivable that it is about; the customer when absent.
        receivable: Option<&'a str>,
        /// The text.
        text: &'a str,
        /// Who.
        by: &'a str,
    },
    /// Somebody did something about a task.
    Worked {
        /// When.
        at: Instant,
        /// What its source calls the receivable that it is about; the customer when absent.
        receivable: Option<&'a str>,
        /// claimed, released, worked, reopened.
        is: &'a str,
        /// What a call came to.
        code: Option<&'a str>,
        /// The day on which it comes back.
        back_on: Option<Day>,
        /// Who.
        by: &'a str,
    },
    /// How things stand now: everything known, and what would be decided.
    Now(Ahead<'a>),
}

/// How far a past could be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recalled {
    /// The last event that was.
    pub until: i64,
    /// Why no further, if so.
    pub ended: Option<Ended>,
}

/// Why a past cannot be shown to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The person was erased: nobody can tell any more what was known of them.
    Erased,
    /// Another version of this program decided, which may have had other grounds.
    OtherVersion,
    /// The log does not come to the same again, and why: `regua verify` tells all.
    Broken(String),
}

/// Shows a customer's past, event after event.
pub(crate) fn past(
    engine: &Engine,
    tx: &mut Tx<'_>,
    tenant: TenantId,
    customer: CustomerId,
    see: &mut dyn FnMut(Moment<'_>),
) -> Result<Recalled> {
    let copy = Db::open("sqlite::memory:", &Options::default())?;
    copy.migrate(Instant::from_secs(0))?;
    let mut report = Report::default();
    let own = tenant::rebuild(tx, &copy, tenant, &mut report)?;
    let timeline = Timeline::of(&own.stored, own.policies, &mut report);
    let stream = customer.to_bytes();
    let keys: Keys = log::keys(tx, tenant, &[stream])?.into_iter().map(|(id, key)| (id.to_bytes(), key)).collect();
    let mut events = Events::new(&engine.master, tenant, timeline);
    let mut recalled = Recalled { until: 0, ended: None };
    loop {
        let page = log::of(tx, tenant, stream, recalled.until, PAGE)?;
        if page.is_empty() {
            return Ok(recalled);
        }
        for event in &page {
            let carried = copy.write(Scope::Tenant(tenant), |copy| events.seen(copy, std::slice::from_ref(event), &keys, see))?;
            recalled.ended = carried.left.map(|left| match left {
                Left::Erased => Ended::Erased,
                Left::OtherVersion => Ended::OtherVersion,
                Left::Broken => Ended::Broken(carried.findings.first().map_or_else(String::new, |found| found.what.clone())),
            });
            if recalled.ended.is_some() {
                return Ok(recalled);
            }
            recalled.until = event.seq;
        }
    }
}

//! The verbs for billing: prices, subscriptions and invoices of an installation.
//!
//! What something comes to is asked of `core::billing` on a copy and shown before it is done.

mod changes;
mod files;
pub(super) mod invoices;
mod paper;
pub(super) mod prices;
mod subscriptions;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use regua_core::billing::{Attachment, DraftInvoice, Subscription, Terms};
use regua_core::policy::Policy;
use regua_core::rulebook::RulebookName;
use regua_core::time::{Day, Instant};
use regua_core::words::Language;
use regua_wire::billing::TermsWords;
use sha2::{Digest as _, Sha256};

use super::installation::Installation;
use crate::cli::billing::{SubscriptionVerb, TermsArgs, WhenArgs};
use crate::cli::live::PlaceArgs;
use crate::exit::{BadInput, Exit};
use crate::output::Out;
use crate::source::unreadable;
use crate::world::World;

/// Carries out a verb of `subscription`.
pub(super) fn subscription(verb: &SubscriptionVerb, world: &World, out: &mut Out) -> anyhow::Result<Exit> {
    match verb {
        SubscriptionVerb::Add(args) => subscriptions::add(args, world, out),
        SubscriptionVerb::Show { id, when, look } => subscriptions::show(id, *when, look, world, out),
        SubscriptionVerb::List(args) => subscriptions::list(args, world, out),
        SubscriptionVerb::Change(args) => changes::change(args, world, out),
        SubscriptionVerb::Pause(args) => changes::pause(args, world, out),
        SubscriptionVerb::Resume(args) => changes::resume(args, world, out),
        SubscriptionVerb::Cancel(args) => changes::cancel(args, world, out),
        SubscriptionVerb::Usage(args) => changes::usage(args, world, out),
        SubscriptionVerb::Import(args) => files::import(args, world, out),
    }
}

/// An installation, and the day on which something is done.
struct Desk {
    installation: Installation,
    policy: Arc<Policy>,
    now: Instant,
    today: Day,
}

impl Desk {
    fn open(place: &PlaceArgs, when: Option<WhenArgs>, world: &World) -> anyhow::Result<Self> {
        let installation = Installation::open(place, world)?;
        let policy = installation.policy()?;
        let now = installation.moment(when.and_then(|when| when.as_of), world)?;
        let today = policy.zone.day_of(now);
        Ok(Self { installation, policy, now, today })
    }

    /// The language of documents, unless another is said.
    fn language(&self, said: Option<Language>) -> Language {
        said.or(self.installation.config.language).unwrap_or(match self.policy.contact.rulebook {
            RulebookName::Br => Language::PtBr,
            RulebookName::Us | RulebookName::Eu | RulebookName::Uk | RulebookName::None => Language::En,
        })
    }

    /// The terms of something that begins: what is said, else what the settings say.
    fn terms(&self, said: TermsWords) -> Terms {
        said.or(self.installation.config.billing.clone()).over(Terms::default(), self.policy.calendar)
    }
}

/// Terms as they were said.
fn said(args: &TermsArgs) -> anyhow::Result<TermsWords> {
    let attachments = args.attach.iter().map(|text| attachment(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let taxes = if args.no_tax { Some(Vec::new()) } else { Some(args.taxes.clone()).filter(|taxes| !taxes.is_empty()) };
    Ok(TermsWords {
        collection: args.collection,
        net: args.net,
        instalments: args.instalments,
        taxes,
        purchase_order: args.purchase_order.as_deref().map(|text| text.trim().into()),
        attachments: Some(attachments).filter(|attachments| !attachments.is_empty()),
    })
}

/// An address as it is, or a file by its name, place and digest.
fn attachment(text: &str) -> anyhow::Result<Attachment> {
    let name = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
    if text.starts_with("https://") {
        return Ok(Attachment { name: name.into(), place: text.into(), sha256: None });
    }
    let path = Path::new(text);
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    let digest = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(name);
    Ok(Attachment { name: name.into(), place: text.into(), sha256: Some(digest.into()) })
}

/// Documents that are counted or shown at most: beyond them something is wrong with the days.
const DOCUMENTS_MAX: usize = 2_000;

/// What is due of a subscription by a day, in order; the subscription moves on.
fn due_by(subscription: &mut Subscription, day: Day) -> anyhow::Result<Vec<DraftInvoice>> {
    let mut due = Vec::new();
    while due.len() < DOCUMENTS_MAX {
        let Some(draft) = subscription.bill(day).map_err(refused)? else { break };
        due.push(draft);
    }
    Ok(due)
}

/// The next document of a subscription as it stands, made on its day or, when that has passed, today.
fn next(subscription: &Subscription, today: Day) -> anyhow::Result<Option<DraftInvoice>> {
    let mut copy = subscription.clone();
    let Some(on) = copy.next_billing().map_err(refused)? else { return Ok(None) };
    copy.bill(on.max(today)).map_err(refused)
}

/// What core refuses, for the caller to mend.
fn refused(why: impl std::fmt::Display) -> anyhow::Error {
    BadInput::new(why.to_string()).into()
}

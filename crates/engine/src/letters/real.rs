//! Letters about real customers that nobody gets: what a template would say of one, and what approving would send.

use std::collections::BTreeMap;

use regua_core::decide::{Announced, Decisions, Outcome, StepRef, decide};
use regua_core::facts::{Channels, Fact, SlotKind, Stand, Walk};
use regua_core::ids::{CustomerId, ReceivableId, TenantId};
use regua_core::time::{Instant, Zone};
use regua_core::words::{Channel, Language, Tone};
use regua_store::db::Scope;
use regua_store::due::Which;
use regua_wire::channels::mime;
use regua_wire::messages::{Line, MessageContext, Templates};

use super::{Asked, Company, NOTICE, default_language, says, write};
use crate::Engine;
use crate::brands::Writers;
use crate::case::{self, Case};
use crate::commands::awaiting;
use crate::commands::tell::{About, find};
use crate::error::{Error, Result};
use crate::found;
use crate::tenancy::Tenancy;

/// Receivables that a letter about a customer speaks of, at most.
const ITEMS_MAX: usize = 500;
/// Moments that are looked at behind an approval, and how far they lie ahead, in hours.
const LOOKS_MAX: usize = 100;
const AHEAD_HOURS: i64 = 14 * 24;

/// What a letter about a real customer is made of.
#[derive(Clone, Debug)]
pub struct Understood {
    /// What there is to say.
    pub context: MessageContext,
    /// The customer's language, or the company's.
    pub language: Language,
    /// How the step speaks; neutral where no step uses the template.
    pub tone: Tone,
    /// The template: the one asked for, or the step's.
    pub template: String,
    /// The step whose message it is.
    pub step: Option<String>,
    /// What its source calls the customer.
    pub customer: String,
    /// What their source calls the receivables that it speaks of.
    pub receivables: Vec<String>,
    /// Who writes mails to this customer, where a brand of its own does.
    pub mail: Option<mime::Brand>,
    /// Where the customer's days begin.
    pub zone: Zone,
}

/// A letter that nobody got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadLetter {
    /// How it would go.
    pub channel: Channel,
    /// Its template.
    pub template: String,
    /// How it speaks.
    pub tone: Tone,
    /// Where it would go, masked.
    pub to: Option<String>,
    /// Its subject, on channels that have one.
    pub subject: Option<String>,
    /// Its text.
    pub text: String,
}

/// Letters by the receivable and step that they would carry out.
pub type Released = BTreeMap<(ReceivableId, String), Vec<ReadLetter>>;

impl Engine {
    /// What a letter about a customer, or one of its receivables, would say now. It speaks of what is overdue, or else of what is open,
    /// or else of the receivable that ended last; of the receivable alone where one is named.
    ///
    /// * `template`, `step` — one of both: the template is the step's where only that is said.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] without such a customer, receivable or step; [`crate::Kind::Refused`] `no_letter` when there is nothing
    /// to speak of, or the step sends nothing. Whatever the database says.
    pub fn letter_about(
        &self,
        tenant: TenantId,
        about: &About,
        (template, step): (Option<&str>, Option<&str>),
        company: &Company,
        now: Instant,
    ) -> Result<Understood> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let ids = [found.customer.to_bytes()];
            let gone = || Error::not_found("no_customer", "the customer is not there any more");
            let (_, case) = case::load(tx, &tenancy, &self.master, &ids, Which::All)?.pop().ok_or_else(gone)?;
            let case = case?;
            let writers = Writers::read(tx, tenant, company)?;
            let items = items(&case, found.receivable, now);
            let (lead, place) = lead(&case, &tenancy, &items, template, step)?;
            let policies = tenancy.policies(case.customer);
            let nothing = || Error::refused("no_letter", "there is nothing to speak of: the customer never owed anything");
            let walk = case.facts.walks.get(lead).ok_or_else(nothing)?;
            let at = found::find(policies, walk, place).ok_or_else(nothing)?;
            let own = at.contact().filter(|contact| template.is_none_or(|wanted| wanted == contact.template));
            let is_notice = matches!(place, StepRef::Notice(_));
            let template = template.map(str::to_owned).or_else(|| own.map(|contact| contact.template.clone()));
            let template = template.or_else(|| is_notice.then(|| NOTICE.to_owned()));
            let silent = || Error::refused("no_letter", format!("the step `{}` sends no message by itself", at.name()));
            let template = template.ok_or_else(silent)?;
            let tone = own.map_or(if is_notice { Tone::Firm } else { Tone::Neutral }, |contact| contact.tone);
            let announces = announced(&case, &tenancy, lead, place, now);
            let label = |walk: usize| case.held.get(walk).map(|held| Line::new(&held.external_id)).unwrap_or_default();
            let promised = |walk: usize| case.facts.walks.get(walk).and_then(|walk| walk.promises.last()).map(|promise| promise.on);
            let asked = Asked {
                facts: &case.facts,
                policies,
                items: &items,
                lead: (lead, place),
                tone,
                channels: Channels::of(Channel::Email),
                announces: &announces,
                label: &label,
                promised: &promised,
                now,
            };
            let writer = writers.of(&case.facts.customer);
            let company = writer.map_or(company, |writer| &writer.company);
            Ok(Understood {
                context: says::context(&asked, company, walk, at),
                language: case.facts.customer.language.or(company.language).unwrap_or_else(|| default_language(policies)),
                tone,
                template,
                step: (own.is_some() || is_notice).then(|| at.name()),
                customer: case.external_id.clone(),
                receivables: items.iter().filter_map(|&walk| case.held.get(walk)).map(|held| held.external_id.clone()).collect(),
                mail: writer.map(|writer| writer.mail.clone()),
                zone: case.facts.zone,
            })
        })
    }

    /// What would be sent if everything of these customers that waits for a person were approved now: decided as in earnest, up to two
    /// weeks ahead, and nothing is kept. A step that sends nothing, or whose letter cannot be written, is not in it.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn letters_if_released(
        &self,
        tenant: TenantId,
        customers: &[CustomerId],
        (company, templates): (&Company, &Templates),
        now: Instant,
    ) -> Result<Released> {
        let mut ids: Vec<[u8; 16]> = customers.iter().map(|id| id.to_bytes()).collect();
        ids.sort_unstable();
        ids.dedup();
        self.db.read(Scope::Tenant(tenant), |tx| {
            let tenancy = self.tenancies.read(tx, tenant)?;
            let writers = Writers::read(tx, tenant, company)?;
            let mut released = Released::new();
            for (_, case) in case::load(tx, &tenancy, &self.master, &ids, Which::Live)? {
                let Ok(mut case) = case else { continue }; // parked: shown by doctor
                let writer = writers.of(&case.facts.customer);
                let company = writer.map_or(company, |writer| &writer.company).clone();
                case.facts.approvals = self.tenancies.approvals();
                release(&mut case, &tenancy, (&company, templates), now, &mut released);
            }
            Ok(released)
        })
    }
}

/// What a letter speaks of.
fn items(case: &Case, receivable: Option<ReceivableId>, now: Instant) -> Vec<usize> {
    if let Some(receivable) = receivable {
        return case.walk_of(receivable).into_iter().collect();
    }
    let walks = || case.facts.walks.iter().enumerate();
    let today = case.facts.zone.day_of(now);
    let mut open: Vec<(usize, &Walk)> = walks().filter(|(_, walk)| walk.closed.is_none()).collect();
    open.sort_by_key(|(index, walk)| (walk.due, *index));
    let overdue: Vec<usize> = open.iter().filter(|(_, walk)| walk.due < today).map(|(index, _)| *index).collect();
    let mut found = if overdue.is_empty() { open.into_iter().map(|(index, _)| index).collect() } else { overdue };
    found.truncate(ITEMS_MAX);
    if found.is_empty() {
        found.extend(walks().max_by_key(|(index, walk)| (walk.due, *index)).map(|(index, _)| index));
    }
    found
}

/// The receivable and step whose message it is: the step that is named, the first that uses the template, or else any.
fn lead(case: &Case, tenancy: &Tenancy, items: &[usize], template: Option<&str>, step: Option<&str>) -> Result<(usize, StepRef)> {
    let policies = tenancy.policies(case.customer);
    let first =
        *items.first().ok_or_else(|| Error::refused("no_letter", "there is nothing to speak of: the customer never owed anything"))?;
    if let Some(step) = step {
        let named = items.iter().find_map(|&item| {
            let walk = case.facts.walks.get(item)?;
            Some((item, tenancy.published.names.get(walk.policy)?.find(policies, walk, step)?))
        });
        return named.ok_or_else(|| Error::not_found("no_step", format!("no step `{step}` in the policy that it walks")));
    }
    let uses = |item: usize| {
        let walk = case.facts.walks.get(item)?;
        let policy = policies.get(walk.policy);
        let ladder = policy.ladders.get(policy.segments.get(walk.segment)?.ladder)?;
        let is_of = |contact: &regua_core::policy::program::Contact| Some(contact.template.as_str()) == template;
        let step = ladder.steps.iter().position(|step| step.act.contact().is_some_and(is_of)).map(StepRef::Step);
        let reaction = || policy.reactions.iter().position(|one| one.act.contact().is_some_and(is_of)).map(StepRef::Reaction);
        step.or_else(reaction).map(|step| (item, step))
    };
    Ok(items.iter().find_map(|&item| uses(item)).unwrap_or((first, StepRef::Step(0))))
}

/// The adverse steps that a contact names, as far as they lie ahead, with the days on which they now stand.
fn announced(case: &Case, tenancy: &Tenancy, lead: usize, place: StepRef, now: Instant) -> Vec<Announced> {
    let policies = tenancy.policies(case.customer);
    let Some((walk, found)) = case.facts.walks.get(lead).and_then(|walk| Some((walk, found::find(policies, walk, place)?))) else {
        return Vec::new();
    };
    let named: Vec<usize> = match (found.place, place) {
        (found::Place::Step(step), _) => step.announces.clone(),
        (found::Place::Notice(_), StepRef::Notice(step)) => vec![step],
        (found::Place::Notice(_) | found::Place::Reaction(_), _) => Vec::new(),
    };
    let Some(segment) = policies.get(walk.policy).segments.get(walk.segment) else { return Vec::new() };
    let slots = policies.slots(walk.policy, segment.ladder).iter().zip(&walk.slots);
    let ahead = slots.filter(|(slot, state)| {
        let is_open = state.stand == Stand::Open && state.raw != Instant::NEVER && state.raw > now;
        is_open && slot.kind != SlotKind::Notice && named.contains(&slot.step)
    });
    ahead.map(|(slot, state)| Announced { walk: lead, step: slot.step, named: case.facts.zone.day_of(state.raw) }).collect()
}

/// Releases what waits of one customer, walks on, and reads what would be sent.
fn release(case: &mut Case, tenancy: &Tenancy, (company, templates): (&Company, &Templates), now: Instant, released: &mut Released) {
    let mut waiting: Vec<(ReceivableId, String)> = Vec::new();
    for one in awaiting::of(case, tenancy, now) {
        let walk = case.walk_of(one.receivable_id);
        if case.tell(tenancy, walk, Fact::Released { step: one.step.as_str().into() }, now).is_ok() {
            waiting.push((one.receivable_id, one.step));
        }
    }
    let policies = tenancy.policies(case.customer);
    let until = now.plus_hours(AHEAD_HOURS);
    let mut decisions = Decisions::default();
    let mut at = now;
    for _ in 0..LOOKS_MAX {
        if waiting.is_empty() || at >= until {
            return;
        }
        case.keep_time(tenancy, Instant::from_micros(at.micros().saturating_add(1)));
        case.pause(tenancy, at);
        decisions.clear();
        let next = decide(&mut case.facts, policies, at, &mut decisions);
        for row in &decisions.rows {
            let named = case.facts.walks.get(row.walk).and_then(|walk| {
                let name = tenancy.published.names.get(walk.policy)?.name(policies, walk, row.step)?;
                Some((case.held.get(row.walk)?.receivable, name.to_string()))
            });
            let Some(place) = named.and_then(|named| waiting.iter().position(|one| *one == named)) else { continue };
            let key = waiting.swap_remove(place);
            let message = row.message.filter(|_| row.outcome == Outcome::Done).and_then(|message| decisions.messages.get(message));
            if let Some(message) = message
                && let Ok(letters) = read(case, tenancy, (company, templates), (&decisions, message), at)
            {
                released.insert(key, letters);
            }
        }
        if next <= at {
            return; // parked when it is decided in earnest
        }
        at = case.facts.next_break().map_or(next, |broken| broken.at.min(next)).max(Instant::from_micros(at.micros().saturating_add(1)));
    }
}

/// A message that was decided, as its readers would get it.
fn read(
    case: &Case,
    tenancy: &Tenancy,
    (company, templates): (&Company, &Templates),
    (decisions, message): (&Decisions, &regua_core::decide::Message),
    now: Instant,
) -> Result<Vec<ReadLetter>, String> {
    let lead = decisions.rows.get(message.lead).ok_or("the message has no lead")?;
    let mut items = vec![lead.walk];
    for row in message.rows.iter().filter_map(|&row| decisions.rows.get(row)) {
        if !items.contains(&row.walk) {
            items.push(row.walk);
        }
    }
    let label = |walk: usize| case.held.get(walk).map(|held| Line::new(&held.external_id)).unwrap_or_default();
    let promised = |walk: usize| case.facts.walks.get(walk).and_then(|walk| walk.promises.last()).map(|promise| promise.on);
    let asked = Asked {
        facts: &case.facts,
        policies: tenancy.policies(case.customer),
        items: &items,
        lead: (lead.walk, lead.step),
        tone: message.tone,
        channels: message.channels,
        announces: &message.announces,
        label: &label,
        promised: &promised,
        now,
    };
    let written = write(&asked, company, templates)?;
    let letters = written.letters.iter().map(|letter| ReadLetter {
        channel: letter.channel,
        template: written.template.to_owned(),
        tone: message.tone,
        to: letter.recipients.to.first().map(|point| point.address.masked()),
        subject: letter.subject.clone(),
        text: letter.body.clone(),
    });
    Ok(letters.collect())
}

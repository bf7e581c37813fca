//! One event carried out again, by the code that wrote it: what was told is entered, what was decided is decided.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use regua_core::decide::{Decisions, ENGINE_VERSION};
use regua_core::facts::{Applied, Approvals, Fact, FactError, Span};
use regua_core::ids::{CustomerId, MessageId, ReceivableId, TenantId};
use regua_core::time::Instant;
use regua_core::words::{Channel, SkipReason};
use regua_store::batch::Batch;
use regua_store::db::Tx;
use regua_store::due::Which;
use regua_store::log::StoredEvent;
use regua_store::outbox::{self, DroppedRow, MessageState};
use regua_store::seal::MasterKey;
use regua_store::{lookup, tenants};

use super::Left;
use super::chain::stream_name;
use super::charges::attempt_of;
use super::customers::Keys;
use super::judge::{Named, difference, unannounced};
use super::past::Moment;
use super::tenant::{payload, unknown};
use super::timeline::Timeline;
use super::verdict::{Finding, Sort};
use crate::blob;
use crate::case::{self, Case};
use crate::channels::{DeliveryNote, ReplyNote};
use crate::commands::ahead::Ahead;
use crate::commands::messages::names;
use crate::error::{Error, Result};
use crate::log::{Act, Decided, MessageNote, Seen, Told, ToldFact};
use crate::order::{Item, Plan};
use crate::outbox::mend;
use crate::profile;
use crate::tenancy::Tenancy;
use crate::tick;
use crate::work::{NoteNote, TaskNote};

/// What came of a chain's part.
#[derive(Default)]
pub(super) struct Carried {
    /// Why the rest of the chain cannot be carried out, if so.
    pub(super) left: Option<Left>,
    pub(super) findings: Vec<Finding>,
}

/// Whoever carries out events.
pub(super) struct Events<'e> {
    pub(super) master: &'e MasterKey,
    pub(super) tenant: TenantId,
    pub(super) timeline: Timeline,
    decisions: Decisions,
}

impl<'e> Events<'e> {
    pub(super) fn new(master: &'e MasterKey, tenant: TenantId, timeline: Timeline) -> Self {
        Self { master, tenant, timeline, decisions: Decisions::default() }
    }

    /// Carries out consecutive events of one chain, until one cannot be.
    ///
    /// # Errors
    /// What the database says; everything else is in what is returned.
    pub(super) fn group(&mut self, copy: &mut Tx<'_>, events: &[StoredEvent], keys: &Keys) -> Result<Carried> {
        self.seen(copy, events, keys, &mut |_| {})
    }

    /// As [`Events::group`]; `see` is shown what they come to.
    ///
    /// # Errors
    /// As [`Events::group`].
    pub(super) fn seen(
        &mut self,
        copy: &mut Tx<'_>,
        events: &[StoredEvent],
        keys: &Keys,
        see: &mut dyn FnMut(Moment<'_>),
    ) -> Result<Carried> {
        let mut carried = Carried::default();
        for event in events {
            let done = match event.kind.as_str() {
                "told" => self.told(copy, event, keys, see),
                "decided" => self.decided(copy, event, &mut carried.findings, see),
                "message" => self.message(copy, event, see),
                "subscription" => self.subscription(copy, event),
                "billed" => self.billed(copy, event, &mut carried.findings),
                // What carriers and people tell changes nothing but the chain; the facts that follow stand in events of their own.
                "delivery" | "reply" => heard(event, see).and_then(|()| self.passed_over(copy, event)),
                "slip" => self.slip(copy, event),
                // What became known with it stands in events of its own; the rows are of what is under way.
                "asked" | "links_revoked" => self.passed_over(copy, event),
                "note" => self.noted(copy, event, see),
                "task" => self.worked(copy, event, see),
                "charge" => self.charge(copy, event),
                "invoice_voided" => self.voided(copy, event),
                "invoice_credited" => self.credited(copy, event, &mut carried.findings),
                "erased" => Ok(Some(Left::Erased)),
                kind => Err(unknown(kind)),
            };
            match done {
                Ok(None) => {}
                Ok(left) => {
                    carried.left = left;
                    break;
                }
                Err(error) if error.store().is_some() => return Err(error),
                Err(error) => {
                    let what = format!("{}, event {}: {error}", stream_name(self.tenant, &event.stream), event.seq);
                    carried.findings.push(Finding { sort: Sort::NotReplayed, what });
                    carried.left = Some(Left::Broken);
                    break;
                }
            }
        }
        Ok(carried)
    }

    fn load(&self, copy: &mut Tx<'_>, tenancy: &Tenancy, customer: CustomerId, which: Which) -> Result<Case> {
        let missing = || Error::bug("customer", "no event before it made the customer known");
        case::load(copy, tenancy, self.master, &[customer.to_bytes()], which)?.pop().ok_or_else(missing)?.1
    }

    fn told(&mut self, copy: &mut Tx<'_>, event: &StoredEvent, keys: &Keys, see: &mut dyn FnMut(Moment<'_>)) -> Result<Option<Left>> {
        let told: Told = payload(event)?;
        let customer = customer_of(event)?;
        let tenancy = self.timeline.at(told.seen)?;
        let mut case = match &told.known {
            None => self.load(copy, &tenancy, customer, Which::All)?,
            Some(known) => {
                let Some(wrapped) = keys.get(&event.stream) else { return Ok(Some(Left::Erased)) };
                let key = profile::unwrap(self.master, self.tenant, customer, wrapped)?;
                let sealed = event.sealed.as_deref().ok_or_else(|| Error::bug("event", "a customer becomes known without a profile"))?;
                let profile = profile::open(&key, self.tenant, customer, sealed)?;
                tenants::read(copy, self.tenant, &known.source, Instant::DAWN)?;
                let mut case = Case::new(&tenancy, customer, profile, &known.source, (key, wrapped.clone()), event.at);
                case.facts.mode = known.mode;
                case
            }
        };
        let Some(key) = case.key.clone() else { return Ok(Some(Left::Erased)) };
        let person = event.sealed.as_deref().map(|sealed| profile::open(&key, self.tenant, customer, sealed)).transpose()?;
        let mut batch = Batch::default();
        for fact in told.facts {
            let fact = if matches!(fact.fact, Fact::Profile(_)) {
                let told = person.as_ref().map_or_else(|| case.facts.customer.clone().into_owned(), |person| person.customer.clone());
                ToldFact { fact: Fact::Profile(Box::new(told)), ..fact }
            } else {
                fact
            };
            show(&case, &fact, told.act.as_ref(), see);
            batch.charges.extend(attempt_of(customer, &fact)?);
            enter(&mut case, &tenancy, fact)?;
        }
        case.rank();
        if let Some(person) = person
            && (person.customer != *case.facts.customer || person.external_id != case.external_id)
        {
            return Err(Error::bug("profile", "what it has sealed is not what its facts come to"));
        }
        see(Moment::Known { at: event.at, facts: &case.facts, policies: tenancy.policies(customer) });
        case.save(&tenancy, event.at, Instant::NEVER, &mut batch)?;
        as_recorded(&mut batch, customer, event);
        batch.write(copy, self.tenant)?;
        Ok(None)
    }

    fn decided(
        &mut self,
        copy: &mut Tx<'_>,
        event: &StoredEvent,
        findings: &mut Vec<Finding>,
        see: &mut dyn FnMut(Moment<'_>),
    ) -> Result<Option<Left>> {
        let recorded: Decided = payload(event)?;
        if recorded.engine != ENGINE_VERSION || recorded.rulebook != regua_core::rulebook::VERSION {
            return Ok(Some(Left::OtherVersion));
        }
        let customer = customer_of(event)?;
        let tenancy = self.timeline.at(Seen { policy: recorded.policy, published: self.timeline.published() })?;
        let mut case = self.load(copy, &tenancy, customer, Which::Live)?;
        if case.key.is_none() {
            return Ok(Some(Left::Erased));
        }
        case.facts.approvals = if recorded.at_once { Approvals::AtOnce } else { Approvals::Asked };
        case.facts.source_read_at = recorded.read_at;
        pause(&mut case, &recorded)?;
        let named: Vec<Named> = Named::of(&case, &tenancy);
        let mut batch = Batch::default();
        let decided = &mut self.decisions;
        // What a bug does to one customer is told of that customer.
        let caught = catch_unwind(AssertUnwindSafe(|| tick::conclude(&mut case, &tenancy, event.at, decided, &mut batch)));
        caught.unwrap_or_else(|_| Err(Error::bug("panicked", "deciding it again failed; this is a bug, please report it")))?;
        let again = batch.events.pop().map(|event| serde_json::from_str::<Decided>(&event.payload)).transpose();
        let again = again.map_err(|why| Error::bug("event_read", why.to_string()))?;
        if !recorded.attempted {
            batch.charges.retain(|row| row.method.is_some());
        }
        let name = format!("{}, event {}", stream_name(self.tenant, &event.stream), event.seq);
        if let Some(what) = difference(&recorded, again.as_ref()) {
            findings.push(Finding { sort: Sort::DecidedOtherwise, what: format!("{name}: {what}") });
            return Ok(Some(Left::Broken));
        }
        for what in unannounced(&case, &tenancy, &self.decisions, &named, event.at) {
            findings.push(Finding { sort: Sort::Unannounced, what: format!("{name}: {what}") });
        }
        let receivables: Vec<&str> = case.held.iter().map(|held| held.external_id.as_str()).collect();
        see(Moment::Decided(Ahead {
            now: event.at,
            customer: &case.external_id,
            receivables: &receivables,
            facts: &case.facts,
            policies: tenancy.policies(customer),
            decisions: &self.decisions,
        }));
        as_recorded(&mut batch, customer, event);
        batch.write(copy, self.tenant)?;
        Ok(None)
    }
}

impl Events<'_> {
    /// An event that changes nothing of a customer but the chain.
    pub(super) fn passed_over(&mut self, copy: &mut Tx<'_>, event: &StoredEvent) -> Result<Option<Left>> {
        let customer = customer_of(event)?;
        let tenancy = self.timeline.latest()?;
        let mut case = self.load(copy, &tenancy, customer, Which::Live)?;
        let mut batch = Batch::default();
        case.save(&tenancy, event.at, Instant::NEVER, &mut batch)?;
        as_recorded(&mut batch, customer, event);
        batch.write(copy, self.tenant)?;
        Ok(None)
    }

    /// What a person noted: it is shown, and changes nothing but the chain.
    fn noted(&mut self, copy: &mut Tx<'_>, event: &StoredEvent, see: &mut dyn FnMut(Moment<'_>)) -> Result<Option<Left>> {
        let note: NoteNote = payload(event)?;
        let customer = customer_of(event)?;
        let tenancy = self.timeline.latest()?;
        let case = self.load(copy, &tenancy, customer, Which::Live)?;
        let Some(key) = case.key.as_ref() else { return Ok(Some(Left::Erased)) };
        let text = event.sealed.as_deref().map(|sealed| profile::open_message(key, self.tenant, customer, sealed)).transpose()?;
        let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let of = note.receivable.as_deref().map(receivable_of).transpose()?;
        let of = of.map(|id| lookup::receivable_of(copy, self.tenant, id)).transpose()?.flatten().map(|(_, external_id)| external_id);
        see(Moment::Noted { at: event.at, receivable: of.as_deref(), text: &text, by: &note.act.by });
        self.passed_over(copy, event)
    }

    /// What a person did about a task: it is shown, and changes nothing but the chain.
    fn worked(&mut self, copy: &mut Tx<'_>, event: &StoredEvent, see: &mut dyn FnMut(Moment<'_>)) -> Result<Option<Left>> {
        let note: TaskNote = payload(event)?;
        let of = note.receivable.as_deref().map(receivable_of).transpose()?;
        let of = of.map(|id| lookup::receivable_of(copy, self.tenant, id)).transpose()?.flatten().map(|(_, external_id)| external_id);
        let (at, receivable, is, by) = (event.at, of.as_deref(), note.is.as_str(), note.act.by.as_str());
        see(Moment::Worked { at, receivable, is, code: note.code.as_deref(), back_on: note.back_on, by });
        self.passed_over(copy, event)
    }

    /// What became of a message. What the facts heard of it stands in events of its own.
    fn message(&mut self, copy: &mut Tx<'_>, event: &StoredEvent, see: &mut dyn FnMut(Moment<'_>)) -> Result<Option<Left>> {
        let note: MessageNote = payload(event)?;
        let id =
            note.message.parse().map_err(|bad: regua_core::ids::BadId| Error::bug("event", format!("it is about no message: {bad}")))?;
        let customer = customer_of(event)?;
        let tenancy = self.timeline.latest()?;
        let mut case = self.load(copy, &tenancy, customer, Which::Live)?;
        let Some(key) = case.key.clone() else { return Ok(Some(Left::Erased)) };
        let known = outbox::one(copy, self.tenant, id)?.ok_or_else(|| Error::bug("event", format!("{id} was not decided")))?;
        let mut plan: Plan = blob::decode(&known.plan, "the plan of a message")?;
        let called = names(copy, self.tenant, &plan)?;
        let (dropped, fell) = dropped(&note, id, event)?;
        if !plan.items.iter().all(&fell) {
            plan.items.retain(|item| !fell(item)); // of a message of which nothing is left, the items stay
        }
        let reply = event.sealed.as_deref().map(|sealed| profile::open_message(&key, self.tenant, customer, sealed)).transpose()?;
        let reply = reply.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        show_message(&note, (&plan, &called), reply.as_deref(), event.at, see);
        let status = STATUSES.iter().copied().find(|status| *status == note.status);
        let status = status.ok_or_else(|| Error::bug("event", format!("`{}` is no status of a message", note.status)))?;
        let ended = status != "queued";
        let mut batch = Batch::default();
        if status == "failed" && note.act.is_none() {
            batch.effects.extend(mend(&case, id, &plan, reply.as_deref().unwrap_or_default(), event.at)?);
        }
        case.save(&tenancy, event.at, Instant::NEVER, &mut batch)?;
        as_recorded(&mut batch, customer, event);
        batch.write(copy, self.tenant)?;
        let state = MessageState {
            message: id,
            channel: note.channel.map(Channel::as_str),
            plan: blob::encode(&plan)?,
            status,
            due_at: None,
            lease_until: None,
            tries: known.tries,
            finished_at: ended.then_some(event.at),
            reply,
            letter: None,
        };
        outbox::set(copy, self.tenant, &[state])?;
        outbox::drop_items(copy, self.tenant, &dropped)?;
        Ok(None)
    }
}

/// Shows a fact before it is entered.
fn show(case: &Case, told: &ToldFact, act: Option<&Act>, see: &mut dyn FnMut(Moment<'_>)) {
    let known = told.receivable.as_deref().and_then(|id| receivable_of(id).ok()).and_then(|id| case.walk_of(id));
    let known = known.and_then(|walk| case.held.get(walk)).map(|held| held.external_id.as_str());
    see(Moment::Told { at: told.at, receivable: told.external_id.as_deref().or(known), fact: &told.fact, act });
}

/// Shows what became of a message.
fn show_message(
    note: &MessageNote,
    (plan, called): (&Plan, &BTreeMap<[u8; 16], String>),
    reply: Option<&str>,
    at: Instant,
    see: &mut dyn FnMut(Moment<'_>),
) {
    let name = |id: &[u8; 16]| called.get(id).cloned().unwrap_or_default();
    let items: Vec<(String, String)> = plan.items.iter().map(|item| (name(&item.receivable), item.step.clone())).collect();
    let fell = note.dropped.iter().map(|(receivable, step, reason)| {
        let receivable = receivable_of(receivable).map_or_else(|_| receivable.clone(), |id| name(&id.to_bytes()));
        (receivable, step.clone(), reason.clone())
    });
    let dropped: Vec<(String, String, String)> = fell.collect();
    let (message, status, channel, act) = (note.message.as_str(), note.status.as_str(), note.channel, note.act.as_ref());
    see(Moment::Message { at, message, items: &items, status, channel, dropped: &dropped, reply, act });
}

/// Shows what was heard of a message or of its reader.
fn heard(event: &StoredEvent, see: &mut dyn FnMut(Moment<'_>)) -> Result<()> {
    let at = event.at;
    if event.kind == "reply" {
        let note: ReplyNote = payload(event)?;
        see(Moment::Heard { at, is: "replied", channel: note.channel, message: note.message.as_deref() });
    } else {
        let note: DeliveryNote = payload(event)?;
        see(Moment::Heard { at, is: &note.is, channel: note.channel, message: Some(&note.message) });
    }
    Ok(())
}

/// Where an event can say that a message stands.
const STATUSES: [&str; 5] = ["queued", "sent", "unknown", "failed", "cancelled"];

/// The items that fell out of a message as rows, and whether an item is one of them.
fn dropped<'n>(
    note: &'n MessageNote,
    message: MessageId,
    event: &StoredEvent,
) -> Result<(Vec<DroppedRow>, impl Fn(&Item) -> bool + use<'n>)> {
    let mut rows = Vec::with_capacity(note.dropped.len());
    let mut fell: Vec<([u8; 16], &str)> = Vec::with_capacity(note.dropped.len());
    for (receivable, step, reason) in &note.dropped {
        let receivable = receivable_of(receivable)?;
        let reason: SkipReason =
            reason.parse().map_err(|bad: regua_core::words::UnknownWord| Error::bug("event", format!("an item fell out: {bad}")))?;
        rows.push(DroppedRow { message, receivable, step: step.clone(), reason: reason.as_str(), at: event.at });
        fell.push((receivable.to_bytes(), step));
    }
    Ok((rows, move |item: &Item| fell.iter().any(|(receivable, step)| *receivable == item.receivable && *step == item.step)))
}

/// Enters one fact as it was told.
fn enter(case: &mut Case, tenancy: &Tenancy, told: ToldFact) -> Result<()> {
    let misfit = |bad: FactError| Error::bug("fact", format!("a fact does not fit: {bad}"));
    let receivable = told.receivable.as_deref().map(receivable_of).transpose()?;
    if let Fact::Entered(entry) = told.fact {
        let (Some(receivable), Some(external_id)) = (receivable, told.external_id) else {
            return Err(Error::bug("event", "a receivable enters without its ids"));
        };
        return case.take_in(tenancy, receivable, &external_id, entry, told.at).map(drop).map_err(misfit);
    }
    let known = |id: ReceivableId| case.walk_of(id).ok_or_else(|| Error::bug("event", format!("{id} has not entered")));
    let walk = receivable.map(known).transpose()?;
    match case.enter(tenancy, walk, told.fact, told.at).map_err(misfit)? {
        Applied::Known | Applied::Entered(_) | Applied::Moved(_) => {}
    }
    told.payment.into_iter().for_each(|key| case.name_payment(key));
    Ok(())
}

/// Lays the pauses on that lay over receivables then.
fn pause(case: &mut Case, recorded: &Decided) -> Result<()> {
    for (receivable, from, until) in &recorded.paused {
        let receivable = receivable_of(receivable)?;
        let walk = case.walk_of(receivable).and_then(|walk| case.facts.walks.get_mut(walk));
        let walk = walk.ok_or_else(|| Error::bug("event", format!("{receivable}, which was paused, is not there")))?;
        walk.paused.push(Span { from: *from, until: *until });
    }
    Ok(())
}

/// The event stays the one of the log, whatever today's program would write: its place, its hash, and what it has sealed.
pub(super) fn as_recorded(batch: &mut Batch, customer: CustomerId, event: &StoredEvent) {
    batch.events.clear();
    for row in batch.facts.iter_mut().chain(batch.new_customers.iter_mut().map(|new| &mut new.facts)) {
        (row.seq, row.head) = (event.seq, event.hash);
    }
    if let Some(sealed) = event.sealed.as_ref().filter(|_| event.kind == "told") {
        batch.profiles.clear();
        match batch.new_customers.first_mut() {
            Some(new) => new.profile.clone_from(sealed),
            None => batch.profiles.push((customer, sealed.clone())),
        }
    }
}

pub(super) fn customer_of(event: &StoredEvent) -> Result<CustomerId> {
    CustomerId::from_bytes(event.stream).map_err(|bad| Error::bug("event", format!("its chain is nobody's: {bad}")))
}

pub(super) fn receivable_of(text: &str) -> Result<ReceivableId> {
    text.parse().map_err(|bad: regua_core::ids::BadId| Error::bug("event", format!("`{text}` is no receivable: {bad}")))
}

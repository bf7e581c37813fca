//! Messages as the debtor gets them: facts and decisions of a moment → template, and who it goes to.

use std::fs;
use std::num::NonZeroU16;
use std::path::Path;

use regua_core::currency::Currency;
use regua_core::decide::{Message, StepRef};
use regua_core::facts::{Policies, Walk};
use regua_core::ledger::EntryKind;
use regua_core::money::Money;
use regua_core::party::Customer;
use regua_core::policy::program::{Act, Contact, Event, Rounding, Terms};
use regua_core::rulebook::RulebookName;
use regua_core::time::Day;
use regua_core::words::{Channel, Language, Tone};
use regua_sim::backtest::{Backtest, Step};
use regua_sim::facts_file::{About, FactEvent, Told};
use regua_wire::files::ReceivableRow;
use regua_wire::messages::context::{Access, Announced, Consequence, Creditor, Failure, Item, Offer, Payment, Promise, Renewal, Settled};
use regua_wire::messages::{Line, Link, MessageContext, Templates, render};
use serde::Deserialize;

use crate::exit::BadInput;
use crate::found::{self, Found, Place};
use crate::source::unreadable;

/// Who writes, and where the reader goes to.
pub(crate) struct Company {
    creditor: Creditor,
    link: Link,
    language: Option<Language>,
}

/// The file of `--company`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyFile {
    name: String,
    address: String,
    tax_id: String,
    contact: String,
    link: String,
    language: Option<String>,
}

impl Company {
    /// Reads a company's file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        let file: CompanyFile = serde_saphyr::from_str(&text)
            .map_err(|error| BadInput::new(format!("{name}: {error}; write name, address, tax_id, contact and link, each with a text")))?;
        let link = Link::parse(&file.link).map_err(|bad| BadInput::new(format!("{name}: link: {bad}")))?;
        let language = file.language.as_deref().map(str::parse::<Language>).transpose();
        let language = language.map_err(|bad| BadInput::new(format!("{name}: language: {bad}")))?;
        let creditor = Creditor {
            name: Line::name(&file.name),
            address: Line::new(&file.address),
            tax_id: Line::new(&file.tax_id),
            contact: Line::new(&file.contact),
        };
        Ok(Self { creditor, link, language })
    }

    /// A company for examples.
    pub(crate) fn example() -> Self {
        Self { creditor: regua_wire::messages::samples::creditor(), link: regua_wire::messages::samples::link(), language: None }
    }

    /// What the company is called.
    pub(crate) fn name(&self) -> &str {
        self.creditor.name.as_str()
    }
}

/// A message as one channel carries it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Letter {
    pub(crate) channel: Channel,
    pub(crate) template: String,
    pub(crate) tone: Tone,
    /// Where it goes, masked: enough to recognise it.
    pub(crate) to: String,
    pub(crate) subject: Option<String>,
    pub(crate) body: String,
}

/// Writes messages.
pub(crate) struct Letters<'a> {
    pub(crate) templates: &'a Templates,
    pub(crate) company: &'a Company,
    /// What was told beside the files: promises are kept nowhere else.
    pub(crate) events: &'a [FactEvent],
}

impl Letters<'_> {
    /// The message over each of its channels.
    ///
    /// # Errors
    /// Why it cannot be rendered, with the mend.
    pub(crate) fn write(&self, backtest: &Backtest<'_>, step: &Step<'_>, message: &Message) -> Result<Vec<Letter>, String> {
        let (facts, policies) = (step.facts, backtest.policies());
        let lead = step.decisions.rows.get(message.lead).and_then(|row| {
            let walk = facts.walks.get(row.walk)?;
            Some((walk, found::find(policies, walk, row.step)?))
        });
        let (walk, lead) = lead.ok_or("the message has no lead")?;
        let template = lead.contact().map_or("adverse_notice", |contact| &contact.template);
        let language = facts.customer.language.or(self.company.language).unwrap_or_else(|| default_language(policies));
        let letter = Writing { letters: self, backtest, step, message, today: facts.zone.day_of(step.now) };
        let context = letter.context(walk, lead);
        let letters = message.channels.iter().map(|channel| {
            let rendered =
                render(self.templates, template, channel, language, message.tone, &context).map_err(|error| error.to_string())?;
            let to = address(&facts.customer, channel, lead.contact());
            Ok(Letter { channel, template: template.to_owned(), tone: message.tone, to, subject: rendered.subject, body: rendered.body })
        });
        letters.collect()
    }
}

/// The language of a customer who has none, where the company says none either: that of the rulebook's country.
pub(crate) fn default_language(policies: &Policies) -> Language {
    match policies.newest().contact.rulebook {
        RulebookName::Br => Language::PtBr,
        RulebookName::Us | RulebookName::Eu | RulebookName::Uk | RulebookName::None => Language::En,
    }
}

/// The first usable address of a channel, those of the roles addressed first.
fn address(customer: &Customer, channel: Channel, contact: Option<&Contact>) -> String {
    let wanted = contact.map_or(&[][..], |contact| contact.to.as_slice());
    let usable = || customer.contacts.iter().filter(|point| point.channel == channel && point.is_usable());
    let found = usable().find(|point| point.role.is_some_and(|role| wanted.contains(&role))).or_else(|| usable().next());
    found.map_or_else(String::new, |point| point.address.masked())
}

/// One message being written.
struct Writing<'w> {
    letters: &'w Letters<'w>,
    backtest: &'w Backtest<'w>,
    step: &'w Step<'w>,
    message: &'w Message,
    today: Day,
}

impl Writing<'_> {
    fn context(&self, walk: &Walk, lead: Found<'_>) -> MessageContext {
        let company = self.letters.company;
        let facts = self.step.facts;
        let mut context = MessageContext::new(company.creditor.clone(), company.link.clone());
        context.name = facts.customer.name.as_deref().map(Line::name).unwrap_or_default();
        for index in self.items() {
            let Some(walk) = facts.walks.get(index) else { continue };
            let item = self.item(index, walk);
            if self.today > walk.due { context.overdue.push(item) } else { context.upcoming.push(item) }
        }
        context.announced = self.message.announces.iter().filter_map(|named| self.announced(named.walk, named.step, named.named)).collect();
        // What several bills have in common is said once, what comes first stands first.
        context.announced.sort_by_key(|named| named.on);
        context.announced.dedup_by_key(|named| (named.on, format!("{:?}", named.what)));
        let currency = walk.ledger.currency();
        if let Some(Act::Offer(_, terms)) = lead.act() {
            let total = walk.ledger.amount_due(&walk.terms(self.backtest.policies()), self.today).total;
            context.offer = offer(total, terms);
        }
        context.charge_on = self.next_charge(walk);
        context.failure = walk.failures.last().map(|failure| failure_of(&failure.reason));
        if let Some(subscription) = &walk.subscription {
            let plan = subscription.plan.as_deref().map(Line::new).unwrap_or_default();
            context.renewal = subscription.renewal_on.map(|on| Renewal { plan, on, amount: walk.ledger.billed() });
        }
        let since = self.today;
        context.access = Some(Access { state: facts.access_in_force(walk.subscription.as_ref()), since });
        if let Place::Reaction(reaction) = lead.place {
            match reaction.on {
                Event::Paid => {
                    context.payment = self.payment(walk, currency);
                    // What was just paid is told as such, not asked for again.
                    context.overdue.retain(|item| !item.due.total.is_zero());
                    context.upcoming.retain(|item| !item.due.total.is_zero());
                }
                Event::PromiseBroken | Event::PromiseMade => context.promise = self.promise(walk),
                Event::PaymentFailed | Event::MethodExpiring | Event::DisputeOpened | Event::AccessRestored | Event::Renewal => {}
            }
        }
        context
    }

    /// The walks of the message's rows, each once, in the order of severity.
    fn items(&self) -> Vec<usize> {
        let mut items = Vec::new();
        for row in self.message.rows.iter().filter_map(|&row| self.step.decisions.rows.get(row)) {
            if !items.contains(&row.walk) {
                items.push(row.walk);
            }
        }
        items
    }

    fn row(&self, walk: usize) -> Option<&ReceivableRow> {
        at(&self.backtest.portfolio().receivables, *self.step.receivables.get(walk)?)
    }

    fn label(&self, walk: usize) -> Line {
        self.row(walk).map(|row| Line::new(&row.id)).unwrap_or_default()
    }

    fn item(&self, index: usize, walk: &Walk) -> Item {
        let due = walk.ledger.amount_due(&walk.terms(self.backtest.policies()), self.today);
        let paid = paid(walk);
        Item { label: self.label(index), description: description(walk), due_on: walk.due, due, paid: (!paid.is_zero()).then_some(paid) }
    }

    fn announced(&self, walk: usize, step: usize, on: Day) -> Option<Announced> {
        let walk = self.step.facts.walks.get(walk)?;
        let what = match found::find(self.backtest.policies(), walk, StepRef::Step(step))?.act()? {
            Act::Access(state) => Consequence::Access(*state),
            Act::Fee(fee) => Consequence::Fee(*fee),
            Act::Report(bureau) => Consequence::Report(Line::name(bureau)),
            Act::Assign(agency) => Consequence::Assign(Line::name(agency)),
            Act::Notify(_) | Act::Offer(..) | Act::Charge | Act::Task(_) | Act::WriteOff => return None,
        };
        Some(Announced { what, on })
    }

    /// The day of the next charge that is still to come.
    fn next_charge(&self, walk: &Walk) -> Option<Day> {
        let policies = self.backtest.policies();
        let ladder = policies.get(walk.policy).segments.get(walk.segment)?.ladder;
        let slots = policies.slots(walk.policy, ladder).iter().zip(&walk.slots);
        let open = slots.filter(|(slot, state)| slot.kind == regua_core::facts::SlotKind::Charge && state.stand.is_open());
        let raw = open.map(|(_, state)| state.raw).filter(|raw| *raw >= self.step.now).min()?;
        (raw != regua_core::time::Instant::NEVER).then(|| self.step.facts.zone.day_of(raw))
    }

    /// The last payment of a receivable.
    fn payment(&self, walk: &Walk, currency: Currency) -> Option<Payment> {
        let entry = walk.ledger.entries().filter(|entry| entry.kind == EntryKind::Payment).last()?;
        let amount = Money::zero(currency).minus(entry.amount).ok()?;
        let index = self.step.facts.walks.iter().position(|known| std::ptr::eq(known, walk));
        let label = index.map(|index| self.label(index)).unwrap_or_default();
        let settled = vec![Settled { label, description: description(walk), amount }];
        Some(Payment { amount, on: entry.on, settled })
    }

    /// The promise that the facts file told last.
    fn promise(&self, walk: &Walk) -> Option<Promise> {
        let index = self.step.facts.walks.iter().position(|known| std::ptr::eq(known, walk))?;
        let id = &self.row(index)?.id;
        let of_this = |event: &&FactEvent| matches!(&event.about, About::Receivable(about) if about == id);
        let promised =
            self.letters.events.iter().filter(of_this).filter_map(|event| if let Told::Promise(on) = event.told { Some(on) } else { None });
        let on = promised.filter(|on| *on <= self.today).max()?;
        let amount = walk.ledger.amount_due(&walk.terms(self.backtest.policies()), self.today).total;
        Some(Promise { amount, on })
    }
}

/// The row at a 32-bit place.
pub(crate) fn at<T>(rows: &[T], place: u32) -> Option<&T> {
    rows.get(usize::try_from(place).ok()?)
}

fn description(walk: &Walk) -> Line {
    walk.subscription.as_ref().and_then(|subscription| subscription.plan.as_deref()).map(Line::new).unwrap_or_default()
}

fn paid(walk: &Walk) -> Money {
    let payments = walk.ledger.entries().filter(|entry| entry.kind == EntryKind::Payment);
    let zero = Money::zero(walk.ledger.currency());
    payments.fold(zero, |sum, entry| sum.minus(entry.amount).unwrap_or(sum))
}

/// The terms of an offer on an amount; nothing when there is nothing to offer.
fn offer(total: Money, terms: &Terms) -> Option<Offer> {
    let discount = total.times(terms.discount, Rounding::HalfUp).ok()?;
    let rest = total.minus(discount).ok()?;
    let parts = NonZeroU16::new(terms.instalments.max(1))?;
    let down = rest.times(terms.down_payment, Rounding::HalfUp).ok()?;
    let (first, further) = match (down.is_zero(), NonZeroU16::new(parts.get() - 1)) {
        (_, None) => (rest, None),
        (true, Some(_)) => {
            let split = rest.split(parts);
            (*split.first()?, split.get(1).copied())
        }
        (false, Some(others)) => (down, rest.minus(down).ok()?.split(others).first().copied()),
    };
    Some(Offer { instalments: u32::from(parts.get()), first, further, discount, until: None })
}

/// A normalised decline reason as a message may give it.
fn failure_of(reason: &str) -> Failure {
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if has(&["authentication", "3ds", "sca"]) {
        Failure::Authentication
    } else if has(&["funds", "limit", "balance"]) {
        Failure::Funds
    } else if has(&["expired", "method", "hard", "closed", "cancelled"]) {
        Failure::NewMethod
    } else if has(&["data", "number", "cvc", "address"]) {
        Failure::Data
    } else if has(&["soft", "temporary", "unavailable", "timeout"]) {
        Failure::Temporary
    } else {
        Failure::Other
    }
}

//! What a message is written on: who writes, in which texts, from which address, and to which contact point.
//!
//! Deliberately absent: sending. The parcel that comes out is the same for the same arguments.

use regua_core::decide::{Announced, StepRef};
use regua_core::facts::Channels;
use regua_core::ids::{MessageId, ReceivableId};
use regua_core::party::{Address, ContactPoint, Email};
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_wire::channels::mime::{self, Brand, Mail};
use regua_wire::messages::{Line, Link, Rendered, Templates};

use crate::brands::Writers;
use crate::case::Case;
use crate::error::{Error, Result};
use crate::found;
use crate::letters::{self, Asked, Company};
use crate::links::Purpose;
use crate::order::Plan;
use crate::ports::{EffectKey, Filled, Outgoing, Parcel, Whose};
use crate::tenancy::Tenancy;

/// Everything that messages are made with.
pub struct Stationery {
    /// The creditor, where to go, and the language of who stated none.
    pub company: Company,
    /// The texts of every language.
    pub templates: Templates,
    /// Who mails are from; without it none is written.
    pub brand: Option<Brand>,
    /// Where a mail program's own unsubscribe button posts to.
    pub unsubscribe: Option<Link>,
    /// Where a mail to unsubscribe goes.
    pub unsubscribe_by_mail: Option<Email>,
    /// The domain to which bounces return as `bounces+<message>@domain`; the sender's own address without it.
    pub bounce_domain: Option<String>,
    /// Where everything goes in redirect mode.
    pub redirect_to: Option<Email>,
    /// Where the portal is: each message then shows a link of its own in place of the company's.
    pub portal: Option<Link>,
    /// What WhatsApp's readers get who did not write within the day.
    pub whatsapp: Option<WhatsappTemplates>,
    /// Whether e-mails hold a picture by which they are seen to be opened: only where the portal is, and only to one reader.
    pub asks_opens: bool,
}

/// The approved templates of WhatsApp. Both have two places: who writes, and the text in one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhatsappTemplates {
    /// For what is not overdue, receipts and other news.
    pub informative: String,
    /// For what is overdue.
    pub collection: String,
    /// What the address of the templates' button begins with, where they have one: the rest of a message's link stands behind it.
    pub button: Option<String>,
}

/// Characters of a text in a template: the far side takes 1,024 with the template's own words.
const TEMPLATE_TEXT_CHARS_MAX: usize = 900;

impl WhatsappTemplates {
    /// The template that says what a message says.
    fn filled(&self, written: &letters::Written<'_>, text: &str) -> Filled {
        let overdue = !written.context.overdue.is_empty();
        let name = if overdue { &self.collection } else { &self.informative };
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(TEMPLATE_TEXT_CHARS_MAX).collect();
        let button = self.button.as_deref().and_then(|base| written.context.link.as_str().strip_prefix(base));
        let button = button.map(|rest| rest.trim_start_matches('/').to_owned());
        let parameters = vec![written.context.creditor.name.as_str().to_owned(), line];
        Filled { name: name.clone(), language: written.language, parameters, button }
    }
}

/// A message for one contact point.
pub(crate) struct Written {
    /// Ready to go.
    pub(crate) parcel: Parcel,
    /// The contact point, as a place among the customer's.
    pub(crate) point: u16,
}

/// The addresses that a message has of its own, where the portal is known.
#[derive(Default)]
struct Own {
    /// Where its reader comes in.
    link: Option<Link>,
    /// Where a mail program's button posts to.
    stops: Option<Link>,
    /// The picture by which it is seen to be opened.
    picture: Option<Link>,
}

impl Stationery {
    /// Without ways to unsubscribe by a button, with bounces to the sender, and nothing redirected.
    #[must_use]
    pub const fn new(company: Company, templates: Templates, brand: Option<Brand>) -> Self {
        Self {
            company,
            templates,
            brand,
            unsubscribe: None,
            unsubscribe_by_mail: None,
            bounce_domain: None,
            redirect_to: None,
            portal: None,
            whatsapp: None,
            asks_opens: false,
        }
    }

    /// Writes a message for the first contact point of a channel that has not failed; nothing when there is none. It is the
    /// customer's brand that writes, or who the settings say.
    #[expect(clippy::too_many_arguments, reason = "a message is made of exactly these")]
    pub(crate) fn write(
        &self,
        writers: &Writers,
        case: &Case,
        tenancy: &Tenancy,
        message: MessageId,
        plan: &Plan,
        channel: Channel,
        now: Instant,
    ) -> Result<Option<Written>> {
        let policies = tenancy.policies(case.customer);
        let unwritable = |why: String| Error::bug("unwritable", format!("a message cannot be written: {why}"));
        let walks = plan.items.iter().filter_map(|item| case.walk_of(ReceivableId::from_bytes(item.receivable).ok()?));
        let mut items: Vec<usize> = Vec::new();
        for walk in walks {
            if !items.contains(&walk) {
                items.push(walk);
            }
        }
        let first = items.first().copied().ok_or_else(|| unwritable("it is about nothing".to_owned()))?;
        let names = case.facts.walks.get(first).and_then(|walk| Some((walk, tenancy.published.names.get(walk.policy)?)));
        let lead = names.and_then(|(walk, names)| names.find(policies, walk, &plan.items.first()?.step));
        let lead = lead.ok_or_else(|| unwritable("its step is not in its policy".to_owned()))?;
        let announces: Vec<Announced> = plan.announces.iter().filter_map(|named| Self::announced(case, tenancy, named)).collect();
        let label = |walk: usize| case.held.get(walk).map(|held| Line::new(&held.external_id)).unwrap_or_default();
        let promised = |walk: usize| case.facts.walks.get(walk).and_then(|walk| walk.promises.last()).map(|promise| promise.on);
        let asked = Asked {
            facts: &case.facts,
            policies,
            items: &items,
            lead: (first, lead),
            tone: plan.tone,
            channels: Channels::of(channel),
            announces: &announces,
            label: &label,
            promised: &promised,
            now,
        };
        let writer = writers.of(&case.facts.customer);
        let (company, brand) = writer.map_or((&self.company, self.brand.as_ref()), |writer| (&writer.company, Some(&writer.mail)));
        let contact = case.facts.walks.get(first).and_then(|walk| found::find(policies, walk, lead)?.contact());
        let place = |point: &ContactPoint| case.facts.customer.contacts.iter().position(|known| std::ptr::eq(known, point));
        let found = letters::recipients(&case.facts, channel, contact).to.into_iter().find_map(|point| {
            let place = u16::try_from(place(point)?).ok()?;
            (!plan.failed.contains(&place)).then_some((place, point))
        });
        let Some((point, to)) = found else { return Ok(None) };
        let own = self.own(writers, case, message, to, writer.and_then(|writer| writer.portal_domain.as_deref()))?;
        let linked = own.link.clone().map(|link| Company { link, ..company.clone() });
        let company = linked.as_ref().unwrap_or(company);
        let written = letters::write(&asked, company, writers.texts.as_deref().unwrap_or(&self.templates)).map_err(unwritable)?;
        let Some(letter) = written.letters.first() else { return Ok(None) };
        let text = Rendered { subject: letter.subject.clone(), body: letter.body.clone() };
        let (mail, address) = match (&to.address, brand) {
            (Address::Email(email), Some(brand)) if channel == Channel::Email => {
                let elsewhere = self.redirect_to.as_ref().filter(|_| redirected(case));
                let copies = letter.recipients.copies.iter().filter_map(|copy| match &copy.address {
                    Address::Email(email) if elsewhere.is_none() => Some(email),
                    Address::Email(_) | Address::Phone(_) | Address::Token(_) => None,
                });
                let (email, copies): (_, Vec<&Email>) = (elsewhere.unwrap_or(email), copies.collect());
                (Some(self.mail((company, brand), case, message, (email, &copies), &own, &text, &written, now)), email.as_str().to_owned())
            }
            _ => (None, to.address.as_str().to_owned()),
        };
        let key = EffectKey(message.to_string());
        let due = items.iter().filter_map(|&walk| case.held.get(walk)).map(|held| held.receivable).collect();
        let whose = Some(Whose { customer: case.customer, language: written.language, due });
        let templates = self.whatsapp.as_ref().filter(|_| channel == Channel::Whatsapp);
        let template = templates.map(|templates| templates.filled(&written, &text.body));
        let parcel = Parcel { key, channel, to: address, subject: text.subject, text: text.body, mail, template, whose };
        Ok(Some(Written { parcel, point }))
    }

    /// The addresses that a message has of its own. Whoever tries messages out is not the customer: what is redirected opens nothing of
    /// theirs.
    fn own(&self, writers: &Writers, case: &Case, message: MessageId, to: &ContactPoint, domain: Option<&str>) -> Result<Own> {
        let Some(mint) = writers.mint.as_ref().filter(|_| !redirected(case)) else { return Ok(Own::default()) };
        let link = |purpose: Purpose| mint.link(case.customer, purpose, to, domain);
        let asks = self.asks_opens && to.channel == Channel::Email;
        Ok(Own {
            link: Some(link(Purpose::Portal)?),
            stops: Some(link(Purpose::Unsubscribe)?),
            picture: asks.then(|| mint.picture(case.customer, message, domain)).transpose()?,
        })
    }

    #[expect(clippy::too_many_arguments, reason = "a mail is made of exactly these")]
    fn mail(
        &self,
        (company, brand): (&Company, &Brand),
        case: &Case,
        message: MessageId,
        (to, copies): (&Email, &[&Email]),
        own: &Own,
        text: &Rendered,
        written: &letters::Written<'_>,
        now: Instant,
    ) -> Outgoing {
        let mail = Mail {
            id: message,
            brand,
            creditor: &company.creditor,
            to,
            copies,
            at: now,
            zone: case.facts.zone,
            language: written.language,
            text,
            link: &written.context.link,
            preferences: written.context.preferences.as_ref(),
            unsubscribe: own.stops.as_ref().or(self.unsubscribe.as_ref()),
            unsubscribe_by_mail: self.unsubscribe_by_mail.as_ref(),
            // Of several readers nobody could tell which.
            picture: own.picture.as_ref().filter(|_| copies.is_empty()),
        };
        let from = match &self.bounce_domain {
            Some(domain) => format!("bounces+{message}@{domain}"),
            None => brand.sender.as_str().to_owned(),
        };
        let copies = copies.iter().map(|copy| copy.as_str().to_owned()).collect();
        Outgoing { key: EffectKey(message.to_string()), from, to: to.as_str().to_owned(), copies, bytes: mime::write(&mail) }
    }

    fn announced(case: &Case, tenancy: &Tenancy, named: &crate::order::Named) -> Option<Announced> {
        let walk = case.walk_of(ReceivableId::from_bytes(named.receivable).ok()?)?;
        let receivable = case.facts.walks.get(walk)?;
        let names = tenancy.published.names.get(receivable.policy)?;
        match names.find(tenancy.policies(case.customer), receivable, &named.step)? {
            StepRef::Step(step) => Some(Announced { walk, step, named: named.on }),
            StepRef::Notice(_) | StepRef::Reaction(_) => None,
        }
    }
}

fn redirected(case: &Case) -> bool {
    case.facts.mode == regua_core::words::Mode::Redirect
}

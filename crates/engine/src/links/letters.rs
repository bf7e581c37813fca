//! New links on their way: each is written down as `sending` before it goes out, and is never sent twice.
//!
//! It is an answer to whoever asked a moment ago, so that neither hours nor caps hold it back; a company that does not write to
//! customers yet does not send it. Deliberately absent: a second try. Whoever got nothing asks again.

use regua_core::ids::{MessageId, TenantId};
use regua_core::party::Address;
use regua_core::time::Instant;
use regua_core::words::{Channel, Language, Mode};
use regua_store::db::Scope;
use regua_store::links::{self, LetterRow};
use regua_wire::channels::mime::{self, Mail};
use regua_wire::messages::{Link, Rendered};

use super::ask::carries;
use super::mint::Mint;
use super::token::Purpose;
use crate::Engine;
use crate::brands::Writers;
use crate::error::{Error, Result};
use crate::letters::{Company, default_language};
use crate::ports::{Courier, EffectKey, Outgoing, Parcel, Sent, Whose};
use crate::stationery::Stationery;

/// Letters that one look takes.
const GROUP: i64 = 32;

impl Engine {
    /// Sends the new links that were asked for; how many were begun.
    ///
    /// # Errors
    /// Whatever the database says. What the far side says is no error.
    pub fn send_links(&self, clock: &dyn Fn() -> Instant, courier: &mut dyn Courier, stationery: &Stationery) -> Result<u64> {
        let Some(base) = stationery.portal.as_ref() else { return Ok(0) };
        let mut begun = 0;
        for tenant in self.tenants()?.into_iter().map(|stored| stored.tenant) {
            let waiting = self.db.read(Scope::Tenant(tenant), |tx| links::take_letters(tx, tenant, clock(), GROUP).map_err(Error::from))?;
            for row in waiting {
                let Some(parcel) = self.link_parcel(tenant, &row, base, stationery, &*courier, clock())? else { continue };
                begun += 1;
                let said = courier.send(&[&parcel]).pop();
                let status = match said {
                    Some(Sent::Accepted { .. }) => "sent",
                    Some(Sent::Refused { .. } | Sent::Later { .. }) => "failed",
                    Some(Sent::Unknown { .. }) | None => "unknown",
                };
                let done = clock();
                self.db.write(Scope::Tenant(tenant), |tx| {
                    links::set_letter(tx, tenant, row.letter, ("sending", status), None, Some(done)).map_err(Error::from)
                })?;
            }
        }
        Ok(begun)
    }

    /// Writes a letter and marks it `sending`; nothing when it is not to go out, or somebody else has it.
    fn link_parcel(
        &self,
        tenant: TenantId,
        row: &LetterRow,
        base: &Link,
        stationery: &Stationery,
        courier: &dyn Courier,
        now: Instant,
    ) -> Result<Option<Parcel>> {
        let carried = courier.carries();
        self.db.write(Scope::Tenant(tenant), |tx| {
            let tenancy = self.tenancies.read(tx, tenant)?;
            let writes = match tenancy.mode {
                Mode::Live | Mode::Approve => true,
                Mode::Shadow | Mode::Redirect => false,
            };
            let person = self.person_behind(tx, tenant, row.customer)?;
            let whose = (tenant, row.customer);
            let point =
                person.as_ref().and_then(|person| person.contacts.iter().find(|point| self.point_mark_of(whose, point) == row.point));
            let point = point
                .filter(|point| writes && point.is_usable() && carries(point.channel) && carried.iter().any(|own| own == point.channel));
            let (Some(person), Some(point)) = (person.as_ref(), point) else {
                links::set_letter(tx, tenant, row.letter, ("waiting", "dropped"), None, Some(now))?;
                return Ok(None);
            };
            let writers = Writers::read(tx, tenant, &stationery.company)?;
            let mint = Mint::read(tx, &self.master, tenant, base, &[row.customer.to_bytes()], now)?;
            let writer = writers.of(person);
            let link = mint.link(row.customer, Purpose::Portal, point, writer.and_then(|writer| writer.portal_domain.as_deref()))?;
            let (company, brand) = writer.map_or((&stationery.company, stationery.brand.as_ref()), |own| (&own.company, Some(&own.mail)));
            let language = person.language.or(company.language).unwrap_or_else(|| default_language(tenancy.policies(row.customer)));
            let zone = person.zone.unwrap_or_else(|| tenancy.published.zone());
            let text = written(language, company, &link, point.channel);
            let id = MessageId::from_bytes(row.letter).map_err(|bad| Error::bug("link_letter", bad.to_string()))?;
            let key = EffectKey(id.to_string());
            let mail = match (&point.address, brand) {
                (Address::Email(to), Some(brand)) if point.channel == Channel::Email => {
                    let mail = Mail {
                        id,
                        brand,
                        creditor: &company.creditor,
                        to,
                        copies: &[],
                        at: now,
                        zone,
                        language,
                        text: &text,
                        link: &link,
                        preferences: None,
                        unsubscribe: None,
                        unsubscribe_by_mail: None,
                        picture: None,
                    };
                    // A bounce is of no message of the outbox: it goes to the sender.
                    let from = brand.sender.as_str().to_owned();
                    Some(Outgoing { key: key.clone(), from, to: to.as_str().to_owned(), copies: Vec::new(), bytes: mime::write(&mail) })
                }
                _ => None,
            };
            if point.channel == Channel::Email && mail.is_none() {
                links::set_letter(tx, tenant, row.letter, ("waiting", "dropped"), None, Some(now))?;
                return Ok(None);
            }
            let is_ours = links::set_letter(tx, tenant, row.letter, ("waiting", "sending"), None, None)?;
            let to = point.address.as_str().to_owned();
            let whose = Some(Whose { customer: row.customer, language, due: Vec::new() });
            Ok(is_ours.then_some(Parcel {
                key,
                channel: point.channel,
                to,
                subject: text.subject,
                text: text.body,
                mail,
                template: None,
                whose,
            }))
        })
    }
}

/// A letter with a new link; a text message is one line.
fn written(language: Language, company: &Company, link: &Link, channel: Channel) -> Rendered {
    let (name, link) = (company.name(), link.as_str());
    if channel == Channel::Sms {
        let body = match language {
            Language::PtBr => format!("{name}: seu novo link: {link}"),
            Language::En => format!("{name}: your new link: {link}"),
            Language::Es => format!("{name}: su nuevo enlace: {link}"),
            Language::It => format!("{name}: il suo nuovo link: {link}"),
            Language::Fr => format!("{name} : votre nouveau lien : {link}"),
            Language::De => format!("{name}: Ihr neuer Link: {link}"),
        };
        return Rendered { subject: None, body };
    }
    let (subject, says, unasked) = match language {
        Language::PtBr => (
            "Seu novo link",
            "Você pediu um novo link para ver e resolver suas cobranças. Ele vale por 30 dias.",
            "Se não foi você, ignore esta mensagem: nada muda.",
        ),
        Language::En => (
            "Your new link",
            "You asked for a new link to see and settle your bills. It is good for 30 days.",
            "If this was not you, ignore this message: nothing changes.",
        ),
        Language::Es => (
            "Su nuevo enlace",
            "Ha pedido un nuevo enlace para ver y resolver sus recibos. Es válido durante 30 días.",
            "Si no ha sido usted, ignore este mensaje: nada cambia.",
        ),
        Language::It => (
            "Il suo nuovo link",
            "Ha chiesto un nuovo link per vedere e saldare i suoi conti. È valido per 30 giorni.",
            "Se non è stato lei, ignori questo messaggio: non cambia nulla.",
        ),
        Language::Fr => (
            "Votre nouveau lien",
            "Vous avez demandé un nouveau lien pour voir et régler vos factures. Il est valable 30 jours.",
            "Si ce n’était pas vous, ignorez ce message : rien ne change.",
        ),
        Language::De => (
            "Ihr neuer Link",
            "Sie haben einen neuen Link angefordert, um Ihre Rechnungen zu sehen und zu begleichen. Er gilt 30 Tage.",
            "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht: Es ändert sich nichts.",
        ),
    };
    let creditor = &company.creditor;
    let (tax_id, address, contact) = (creditor.tax_id.as_str(), creditor.address.as_str(), creditor.contact.as_str());
    let body = format!("{says}\n\n{link}\n\n{unasked}\n\n{name} · {tax_id}\n{address}\n{contact}\n");
    Rendered { subject: Some(subject.to_owned()), body }
}

//! Authorisations of Pix Automático at a bank: made with a code that asks for them or with a notice, looked at, and ended.
//!
//! The API has no key of ours for one, so after a lost reply the bank's list is searched for one of the same contract and terms.
//! Deliberately absent: authorisations that come with a payment (journeys 3 and 4).

use regua_core::time::Instant;
use regua_wire::gateways::authorise::{Authorise, Authorised, Notice};
use regua_wire::gateways::pix::rec::{self, Rec, RecBody};
use regua_wire::gateways::pix::solicrec::{self, Recipient, RequestExpiry, SolicrecBody};
use regua_wire::gateways::pix::{Window, errors};
use regua_wire::gateways::{MethodStanding, Request, Trouble};
use regua_wire::pix::RecurrenceId;

use super::{Pix, only_outage};
use crate::adapters::http::Carrier;

/// How far back an authorisation is searched for whose reply was lost: it was made a moment ago.
const LOST_HOURS: i64 = 1;
/// Pages of that search.
const PAGES_MAX: u32 = 20;

impl<C: Carrier, T: Carrier> Pix<C, T> {
    /// Makes an authorisation and asks the payer for it.
    pub(super) fn ask_payer(&mut self, order: &Authorise) -> Result<Authorised, Trouble> {
        if self.dialect.account.is_none() {
            let why = "the settings name no account to receive recurring charges: set account, branch and account_kind of gateway.pix";
            return Err(Trouble::Refused { code: "account".to_owned(), why: why.to_owned() });
        }
        let mut body = RecBody::of(order)?;
        let notice = order.notice.as_ref().map(|notice| recipient(order, notice)).transpose()?;
        if notice.is_none() {
            // A place more or less asks nobody for anything.
            let place = self.answer(&rec::place(), true).map_err(only_outage)?;
            body.loc = Some(rec::read_place(&place).map_err(unread)?);
        }
        let made = self.make(&body)?;
        if let Some((destinatario, until)) = notice {
            self.notify(&made.id_rec, destinatario, until)?;
        }
        // It is made: where it cannot be looked at now, what was said when it was made holds.
        Ok(self.look_at(&made.id_rec).unwrap_or_else(|_trouble| authorised(made)))
    }

    /// Makes one. When nobody knows whether it was, the bank's list is asked.
    fn make(&mut self, body: &RecBody) -> Result<Rec, Trouble> {
        let made = self.answer(&rec::create(body), false).and_then(|reply| {
            // What was made and cannot be read is looked for, as one whose reply was lost.
            Rec::read(&reply).map_err(|why| Trouble::Unknown { why: format!("its reply cannot be read: {why}") })
        });
        match made {
            // A list that cannot be read leaves it as it is: not known.
            Err(Trouble::Unknown { why }) => self.find(body).unwrap_or_default().ok_or(Trouble::Unknown { why }),
            made => made,
        }
    }

    /// Has the payer's bank show a notice. Where it surely will not, the authorisation is taken back: nobody could answer it.
    fn notify(&mut self, id_rec: &str, destinatario: Recipient, until: Instant) -> Result<(), Trouble> {
        let calendario = RequestExpiry { data_expiracao_solicitacao: until };
        let body = SolicrecBody { id_rec: id_rec.to_owned(), calendario, destinatario };
        match self.answer(&solicrec::ask(&body), false) {
            Ok(_reply) => Ok(()),
            Err(trouble @ Trouble::Unknown { .. }) => Err(trouble),
            Err(trouble @ (Trouble::Refused { .. } | Trouble::Outage { .. } | Trouble::NotFound)) => {
                // One that stays by mistake is pending, and expires.
                let _left = self.take_back(id_rec);
                Err(trouble)
            }
        }
    }

    /// Where an authorisation stands.
    pub(super) fn look_at(&mut self, reference: &str) -> Result<Authorised, Trouble> {
        let body = self.answer(&rec::one(&id(reference)?, None), true)?;
        Rec::read(&body).map(authorised).map_err(unread)
    }

    /// Ends one. What has ended already stays so.
    pub(super) fn take_back(&mut self, reference: &str) -> Result<Authorised, Trouble> {
        match self.answer(&rec::cancel(&id(reference)?), false) {
            Ok(body) => Rec::read(&body).map(authorised).map_err(unread),
            Err(refused @ Trouble::Refused { .. }) => {
                let known = self.look_at(reference)?;
                if known.method.standing == MethodStanding::Gone { Ok(known) } else { Err(refused) }
            }
            Err(trouble @ (Trouble::Unknown { .. } | Trouble::Outage { .. } | Trouble::NotFound)) => Err(trouble),
        }
    }

    /// The one that was asked for so a moment ago, if the bank made it.
    fn find(&mut self, body: &RecBody) -> Result<Option<Rec>, Trouble> {
        let now = (self.clock)();
        let mut page = 0;
        for _ in 0..PAGES_MAX {
            let window = Window { from: now.plus_hours(-LOST_HOURS), until: now.plus_hours(LOST_HOURS), page };
            let reply = self.answer(&rec::list(&window), true)?;
            let (all, next) = rec::read_list(&reply).map_err(unread)?;
            if let Some(found) = all.into_iter().find(|rec| rec.is_of(body)) {
                return Ok(Some(found));
            }
            let Some(next) = next else { return Ok(None) };
            page = next;
        }
        Ok(None)
    }

    /// The body of a good answer.
    fn answer(&mut self, request: &Request, only_reads: bool) -> Result<Vec<u8>, Trouble> {
        let response = self.call(request)?;
        if (200..300).contains(&response.status) { Ok(response.body) } else { Err(errors::trouble(&response, only_reads)) }
    }
}

/// Whom the bank shows a notice, and until when it can be answered.
fn recipient(order: &Authorise, notice: &Notice) -> Result<(Recipient, Instant), Trouble> {
    let tax_id = order.payer.tax_id.as_deref().unwrap_or_default();
    let known = Recipient::new(tax_id, notice.branch.as_deref(), &notice.account, &notice.bank)?;
    Ok((known, notice.until))
}

fn id(reference: &str) -> Result<RecurrenceId, Trouble> {
    RecurrenceId::parse(reference).map_err(|bad| Trouble::Refused { code: "form".to_owned(), why: bad.to_string() })
}

fn unread(why: String) -> Trouble {
    Trouble::Outage { why: format!("its reply cannot be read: {why}"), wait_secs: None }
}

fn authorised(rec: Rec) -> Authorised {
    let (waits, method, why) = (rec.waits(), rec.method(), rec.why());
    Authorised { method, brcode: rec.dados_qr.and_then(|code| code.copy_paste).filter(|_| waits), why }
}

//! Authorisations of Pix Automático at a bank: made with a code that asks for them or with a notice, looked at, and ended.
//!
//! The API has no key of ours for one, so after a lost reply the bank's list is searched for the contract. Deliberately absent:
//! authorisations that come with a payment (journeys 3 and 4).

use regua_wire::gateways::authorise::{Authorise, Authorised};
use regua_wire::gateways::pix::rec::{self, Rec, RecBody};
use regua_wire::gateways::pix::solicrec::{self, Recipient, RequestExpiry, SolicrecBody};
use regua_wire::gateways::pix::{Window, errors};
use regua_wire::gateways::{Request, Trouble};
use regua_wire::pix::RecurrenceId;

use super::Pix;
use crate::adapters::http::Carrier;

/// How far back an authorisation is searched for whose reply was lost: it was made a moment ago.
const LOST_HOURS: i64 = 1;
/// Pages of that search.
const PAGES_MAX: u32 = 20;

impl<C: Carrier, T: Carrier> Pix<C, T> {
    /// Makes an authorisation and asks the payer for it.
    pub(super) fn ask_payer(&mut self, order: &Authorise) -> Result<Authorised, Trouble> {
        if self.dialect.account.is_none() {
            let why = "the settings of this gateway name no account to receive recurring charges: add branch, number and kind";
            return Err(Trouble::Refused { code: "account".to_owned(), why: why.to_owned() });
        }
        let mut body = RecBody::of(order)?;
        let recipient = order.notice.as_ref().map(|notice| {
            let tax_id = order.payer.tax_id.as_deref().unwrap_or_default();
            Recipient::new(tax_id, notice.branch.as_deref(), &notice.account, &notice.bank).map(|known| (known, notice.until))
        });
        let recipient = recipient.transpose()?;
        if recipient.is_none() {
            let place = self.answer(&rec::place(), false)?;
            body.loc = Some(rec::read_place(&place).map_err(unread)?);
        }
        let made = self.answer(&rec::create(&body), false).and_then(|body| {
            // What was made and cannot be read is looked for, as one whose reply was lost.
            Rec::read(&body).map_err(|why| Trouble::Unknown { why: format!("its reply cannot be read: {why}") })
        });
        let made = match made {
            Err(Trouble::Unknown { why }) => self.find(&order.key)?.ok_or(Trouble::Unknown { why })?,
            made => made?,
        };
        if let Some((destinatario, until)) = recipient {
            let calendario = RequestExpiry { data_expiracao_solicitacao: until };
            self.answer(&solicrec::ask(&SolicrecBody { id_rec: made.id_rec.clone(), calendario, destinatario }), false)?;
        }
        self.look_at(&made.id_rec)
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
                let ended = known.method.standing == regua_wire::gateways::MethodStanding::Gone;
                if ended { Ok(known) } else { Err(refused) }
            }
            Err(trouble @ (Trouble::Unknown { .. } | Trouble::Outage { .. } | Trouble::NotFound)) => Err(trouble),
        }
    }

    /// The newest authorisation of a contract that was made a moment ago and waits.
    fn find(&mut self, contract: &str) -> Result<Option<Rec>, Trouble> {
        let now = (self.clock)();
        let (mut page, mut found) = (0, None);
        for _ in 0..PAGES_MAX {
            let window = Window { from: now.plus_hours(-LOST_HOURS), until: now.plus_hours(LOST_HOURS), page };
            let body = self.answer(&rec::list(&window), true)?;
            let (all, next) = rec::read_list(&body).map_err(unread)?;
            let ours = |rec: &Rec| rec.status == "CRIADA" && rec.vinculo.as_ref().is_some_and(|bond| bond.contrato == contract);
            found = all.into_iter().rfind(ours).or(found);
            match next {
                Some(next) => page = next,
                None => break,
            }
        }
        Ok(found)
    }

    /// The body of a good answer.
    fn answer(&mut self, request: &Request, only_reads: bool) -> Result<Vec<u8>, Trouble> {
        let response = self.call(request)?;
        if (200..300).contains(&response.status) { Ok(response.body) } else { Err(errors::trouble(&response, only_reads)) }
    }
}

fn id(reference: &str) -> Result<RecurrenceId, Trouble> {
    RecurrenceId::parse(reference).map_err(|bad| Trouble::Refused { code: "form".to_owned(), why: bad.to_string() })
}

fn unread(why: String) -> Trouble {
    Trouble::Outage { why: format!("its reply cannot be read: {why}"), wait_secs: None }
}

fn authorised(rec: Rec) -> Authorised {
    let waits = rec.status == "CRIADA";
    let (method, why) = (rec.method(), rec.why());
    Authorised { method, brcode: rec.dados_qr.and_then(|code| code.copy_paste).filter(|_| waits), why }
}

//! Orders of any gateway as requests of the Pix API, and its replies as answers.
//!
//! | order | request |
//! | --- | --- |
//! | an instrument that is due | `PUT /cob/{txid}` |
//! | one that is due later | `PUT /cobv/{txid}` |
//! | a charge of Pix Automático | `PUT /cobr/{txid}`, ten to two days ahead |
//! | a further try of it | `POST /cobr/{txid}/retentativa/{data}` |
//! | a refund | `PUT /pix/{e2eid}/devolucao/{id}` |
//!
//! Deliberately absent: the clock (today is an argument), tokens, and customers, which the API does not know: a payer stands
//! in each charge, and an authorisation names our customer as its contract.

use regua_core::calendar::Calendar;
use regua_core::charging::Scheme;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;

use super::amount::Figure;
use super::cob::{self, Cob, CobBody, Expiry, INFO_MAX, Info, Kind, Original};
use super::cobr::{self, Cobr, CobrBody, CobrCalendar, Which};
use super::cobv::{self, CobvBody, DueCalendar, DueValue};
use super::payer::{Account, Debtor};
use super::{errors, payments};
use crate::gateways::br::{cut, day, some_cut, unreadable, zone};
use crate::gateways::{
    ChargeOrder, Charged, Instrument, InstrumentOrder, InstrumentStanding, Refund, RefundOrder, Request, Response, Trouble,
};
use crate::pix::{BadPixId, PixKey, RETRIES_MAX, RecurrenceId, Txid, attempt};

/// Seconds for which a charge that is paid at once stands at least, however late in the day it was ordered.
const STANDS_SECS_MIN: i64 = 3_600;
/// And at most: a year.
const STANDS_SECS_MAX: i64 = 31_536_000;

/// One receiver at one bank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dialect {
    /// Where payers send their money.
    pub key: PixKey,
    /// Where recurring charges go; needed for Pix Automático alone.
    pub account: Option<Account>,
}

fn refused(code: &str, why: impl Into<String>) -> Trouble {
    Trouble::Refused { code: code.to_owned(), why: why.into() }
}

fn bad(error: BadPixId) -> Trouble {
    refused("form", error.to_string())
}

fn txid(key: &str) -> Result<Txid, Trouble> {
    Txid::parse(key).map_err(bad)
}

fn is_done(response: &Response) -> bool {
    (200..300).contains(&response.status)
}

impl Dialect {
    /// Something to pay by: at once when it is due, else with its due date, for which the payer is named.
    ///
    /// # Errors
    /// [`Trouble::Refused`] names what the order lacks, or that another rail than Pix was asked for.
    pub fn issue(&self, order: &InstrumentOrder, now: Instant) -> Result<Request, Trouble> {
        if order.rail != Rail::Pix {
            return Err(refused("rail", format!("the Pix API makes no {}: order it from another gateway", order.rail)));
        }
        if order.amount.minor() <= 0 {
            return Err(refused("amount", "a Pix is of at least one cent"));
        }
        let (id, original) = (txid(&order.key)?, Figure::of(order.amount).map_err(bad)?);
        let (chave, words) = (self.key.as_str().to_owned(), some_cut(&order.description, cob::WORDS_MAX));
        let info_adicionais = info(&order.reference);
        if order.due_on > day(now) {
            let body = CobvBody {
                calendario: DueCalendar::until(order.due_on, order.valid_until),
                devedor: Debtor::of(&order.payer)?,
                valor: DueValue::new(original, order.late).map_err(bad)?,
                chave,
                solicitacao_pagador: words,
                info_adicionais,
            };
            return Ok(cobv::put(&id, &body));
        }
        let body = CobBody {
            calendario: Expiry { expiracao: seconds_until(order.valid_until, now) },
            // Who pays it at once need not be known; a payer without a document is left out.
            devedor: Debtor::of(&order.payer).ok(),
            valor: Original { original },
            chave,
            solicitacao_pagador: words,
            info_adicionais,
        };
        Ok(cob::put(&id, &body))
    }

    /// Reads the reply to [`Dialect::issue`].
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when there is a charge of this txid that is not open any more: look at it.
    pub fn issued(&self, response: &Response) -> Result<Instrument, Trouble> {
        instrument(response, false)
    }

    /// Where a charge stands: two questions, the second for when the first is answered by [`Trouble::NotFound`]. The reply to
    /// either is read by [`Dialect::looked`].
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the key is no txid.
    pub fn look(&self, key: &str) -> Result<[Request; 2], Trouble> {
        let id = txid(key)?;
        Ok([Kind::Due.get(&id), Kind::Now.get(&id)])
    }

    /// Reads the reply to [`Dialect::look`].
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when there is none of this kind.
    pub fn looked(&self, response: &Response) -> Result<Instrument, Trouble> {
        instrument(response, true)
    }

    /// Takes a charge away: two requests, as [`Dialect::look`] has them.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the key is no txid.
    pub fn cancel(&self, key: &str) -> Result<[Request; 2], Trouble> {
        let id = txid(key)?;
        Ok([Kind::Due.remove(&id), Kind::Now.remove(&id)])
    }

    /// Reads the reply to [`Dialect::cancel`]. A charge that cannot be taken away any more is paid, or gone already: the reply
    /// that refuses does not say which.
    ///
    /// # Errors
    /// [`Trouble::Unknown`] then: look at it.
    pub fn cancelled(&self, response: &Response) -> Result<Instrument, Trouble> {
        match instrument(response, false) {
            Err(Trouble::Refused { code, why }) if response.status != 401 && response.status != 403 => {
                Err(Trouble::Unknown { why: format!("{code}: it was not taken away ({why}); look where it stands") })
            }
            answer => answer,
        }
    }

    /// A charge of Pix Automático on `order.on`, or a further try of one.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the bank would: outside of the ten to two days ahead, a further try that the authorisation does
    /// not allow or that is not for a day to come, an account that the settings lack.
    pub fn charge(&self, order: &ChargeOrder, today: Day) -> Result<Request, Trouble> {
        let rec = recurrence(order)?;
        if order.amount.minor() <= 0 {
            return Err(refused("amount", "a Pix is of at least one cent"));
        }
        if order.retry > 0 {
            return retry(order, &rec, today);
        }
        let days = attempt(order.on, Calendar::BrBanking, None);
        if !(days.instruct_from..=days.instruct_until).contains(&today) {
            return Err(refused(
                "window",
                format!(
                    "a Pix Automático for {} reaches the payer's bank between {} and {}; today is {today}: choose another day",
                    days.settles_on, days.instruct_from, days.instruct_until
                ),
            ));
        }
        let account = self.account.clone().ok_or_else(|| {
            refused(
                "account",
                "the settings name no account to receive recurring charges: set account, branch and account_kind of gateway.pix",
            )
        })?;
        let body = CobrBody {
            id_rec: rec.as_str().to_owned(),
            info_adicional: some_cut(&order.description, cobr::WORDS_MAX),
            calendario: CobrCalendar { data_de_vencimento: order.on },
            valor: Original { original: Figure::of(order.amount).map_err(bad)? },
            ajuste_dia_util: true,
            recebedor: account,
        };
        Ok(cobr::put(&cobr::txid_of(order.charge).map_err(bad)?, &body))
    }

    /// Reads the reply to [`Dialect::charge`].
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when it may have been made: ask.
    pub fn charged(&self, order: &ChargeOrder, response: &Response) -> Result<Charged, Trouble> {
        let cobr = recurring(response, false)?;
        // A bank that does not list a new try at once took it all the same.
        Ok(cobr.charged(which(order)).unwrap_or_else(|| Charged::Pending { reference: reference(order, &cobr.txid) }))
    }

    /// What became of an attempt.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when neither the order nor its first try names the charge.
    pub fn ask(&self, order: &ChargeOrder) -> Result<Request, Trouble> {
        recurrence(order)?;
        Ok(cobr::one(&first(order)?))
    }

    /// Reads the reply to [`Dialect::ask`].
    ///
    /// # Errors
    /// [`Trouble::NotFound`] when the bank has no such charge, or no such try of it.
    pub fn asked(&self, order: &ChargeOrder, response: &Response) -> Result<Charged, Trouble> {
        recurring(response, true)?.charged(which(order)).ok_or(Trouble::NotFound)
    }

    /// Calls a first try off, until 22:00 of the eve; a further one cannot be.
    ///
    /// # Errors
    /// [`Trouble::Refused`] for a further try.
    pub fn call_off(&self, order: &ChargeOrder) -> Result<Request, Trouble> {
        recurrence(order)?;
        if order.retry > 0 {
            return Err(refused("retry", "a further try of a Pix Automático cannot be called off: the bank has no request for it"));
        }
        Ok(cobr::cancel(&first(order)?))
    }

    /// Gives money back.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the payment is no `endToEndId`, or the key none of a refund.
    pub fn refund(&self, order: &RefundOrder) -> Result<Request, Trouble> {
        payments::give_back(order).map_err(bad)
    }

    /// Asks what became of it.
    ///
    /// # Errors
    /// As [`Dialect::refund`].
    pub fn ask_refund(&self, order: &RefundOrder) -> Result<Request, Trouble> {
        payments::given_back(&order.payment, &order.key).map_err(bad)
    }

    /// Reads the reply to either; `asked` says that it was only a question.
    ///
    /// # Errors
    /// [`Trouble::Unknown`] when it may have happened.
    pub fn refunded(&self, order: &RefundOrder, response: &Response, asked: bool) -> Result<Refund, Trouble> {
        if !is_done(response) {
            return Err(errors::trouble(response, asked));
        }
        payments::read_return(&order.payment, &response.body).map_err(|why| unreadable(asked, &why))
    }
}

/// What stands beside a charge.
fn info(reference: &str) -> Vec<Info> {
    let valor = cut(reference, INFO_MAX.1);
    if valor.is_empty() { Vec::new() } else { vec![Info { nome: "Referência".to_owned(), valor }] }
}

/// Until the end of a day, from now.
fn seconds_until(last_on: Day, now: Instant) -> u32 {
    let end = zone().midnight(last_on.plus(1)).secs();
    let secs = end.saturating_sub(now.secs()).clamp(STANDS_SECS_MIN, STANDS_SECS_MAX);
    u32::try_from(secs).unwrap_or(u32::MAX)
}

fn instrument(response: &Response, only_reads: bool) -> Result<Instrument, Trouble> {
    if !is_done(response) {
        return Err(errors::trouble(response, only_reads));
    }
    let cob = Cob::read(&response.body).map_err(|why| unreadable(only_reads, &why))?;
    let instrument = cob.instrument();
    // A reply to a change does not list what paid it: only a look does.
    if cob.status == "CONCLUIDA" && instrument.standing == InstrumentStanding::Open {
        return Err(Trouble::Unknown { why: "it is paid, and the reply does not say by which Pix; look at it".to_owned() });
    }
    Ok(instrument)
}

fn recurring(response: &Response, only_reads: bool) -> Result<Cobr, Trouble> {
    if !is_done(response) {
        return Err(errors::trouble(response, only_reads));
    }
    Cobr::read(&response.body).map_err(|why| unreadable(only_reads, &why))
}

fn recurrence(order: &ChargeOrder) -> Result<RecurrenceId, Trouble> {
    if order.scheme != Scheme::PixAutomatico {
        return Err(refused("scheme", format!("the Pix API charges no {}: use another gateway for this method", order.scheme)));
    }
    RecurrenceId::parse(&order.method_token).map_err(bad)
}

/// The txid of the first try of what is charged.
fn first(order: &ChargeOrder) -> Result<Txid, Trouble> {
    match (&order.first, order.retry) {
        (_, 0) => cobr::txid_of(order.charge).map_err(bad),
        // The name of an earlier further try begins with the same txid.
        (Some(first), _) => txid(first.split('/').next().unwrap_or_default()),
        (None, _) => Err(refused("first", "a further try of a Pix Automático needs the bank's name of the first")),
    }
}

fn which(order: &ChargeOrder) -> Which {
    if order.retry == 0 { Which::First } else { Which::On(order.on) }
}

fn reference(order: &ChargeOrder, txid: &str) -> String {
    match which(order) {
        Which::First => txid.to_owned(),
        Which::On(day) => cobr::retry_reference(txid, day),
    }
}

fn retry(order: &ChargeOrder, rec: &RecurrenceId, today: Day) -> Result<Request, Trouble> {
    if !rec.allows_retries() {
        return Err(refused("policy", "the authorisation allows no further try of a charge that failed: bill it another way"));
    }
    if usize::from(order.retry) > RETRIES_MAX {
        return Err(refused("retries", format!("a Pix Automático is tried again at most {RETRIES_MAX} times")));
    }
    if order.on <= today {
        return Err(refused("window", format!("a further try is for a day to come, and {} is not: choose a later day", order.on)));
    }
    Ok(cobr::retry(&first(order)?, order.on))
}

//! A Pix that came in, and money that goes back of one.
//!
//! The natural key of a Pix is its `endToEndId`, of a refund its `rtrId`: whoever tells of one twice tells of the same.
//! What the payer wrote is not read. Deliberately absent: withdrawals (Pix Saque, Pix Troco).
//!
//! Source: Pix API 2.9.0, schemas `Pix`, `Devolucao`, `DevolucaoSolicitada`, `PixConsultados`.

use regua_core::money::Money;
use regua_core::time::Instant;
use regua_core::words::Rail;
use serde::{Deserialize, Serialize};

use super::amount::Figure;
use super::window::{Parameters, Window};
use crate::gateways::br::{day, get, is_id, read, segment, send, some_cut};
use crate::gateways::{Heard, InstrumentStanding, News, Refund, RefundOrder, RefundStanding, Request, Settlement, Verb};
use crate::pix::{BadPixId, EndToEndId, RefundId, Txid};

/// Characters of what a refund says.
const DESCRIPTION_MAX: usize = 140;

/// A Pix that came in.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pix {
    /// From end to end: its key.
    pub end_to_end_id: String,
    /// Of the charge that it pays; none when it was sent to the key alone.
    #[serde(default)]
    pub txid: Option<String>,
    /// How much.
    pub valor: Figure,
    /// When.
    pub horario: Instant,
    /// What went back of it.
    #[serde(default)]
    pub devolucoes: Vec<Return>,
}

/// Money that goes back of a Pix.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Return {
    /// The receiver's id, one of its own for each Pix.
    pub id: String,
    /// From end to end.
    #[serde(default)]
    pub rtr_id: Option<String>,
    /// How much.
    pub valor: Figure,
    /// Who wants it back.
    #[serde(default)]
    pub natureza: Option<String>,
    /// When it was asked for and done.
    #[serde(default)]
    pub horario: ReturnTimes,
    /// `EM_PROCESSAMENTO`, `DEVOLVIDO`, `NAO_REALIZADO`.
    pub status: String,
}

/// When money that goes back was asked for and went.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
pub struct ReturnTimes {
    /// Asked for.
    #[serde(default)]
    pub solicitacao: Option<Instant>,
    /// Gone.
    #[serde(default)]
    pub liquidacao: Option<Instant>,
}

/// A page of Pix that came in.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub(super) struct Page {
    pub(super) parametros: Parameters,
    #[serde(default)]
    pub(super) pix: Vec<Pix>,
}

#[derive(Serialize)]
struct ReturnBody {
    valor: Figure,
    natureza: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    descricao: Option<String>,
}

/// `GET /pix`: a page of what came in. With `returned`, only those of which something went back, which is how a refund that a
/// bank forced months later is found.
#[must_use]
pub fn list(window: &Window, returned: bool) -> Request {
    let filters: &[(&str, &str)] = if returned { &[("devolucaoPresente", "true")] } else { &[] };
    window.request("/pix", filters)
}

/// `GET /pix/{e2eid}`.
#[must_use]
pub fn one(id: &EndToEndId) -> Request {
    get(format!("/pix/{}", segment(id.as_str())))
}

/// `PUT /pix/{e2eid}/devolucao/{id}`: gives money back; the id makes it happen once.
///
/// # Errors
/// [`BadPixId`] when the payment, the key or the amount has not the form that the API wants.
pub fn give_back(order: &RefundOrder) -> Result<Request, BadPixId> {
    let body =
        ReturnBody { valor: Figure::of(order.amount)?, natureza: "ORIGINAL", descricao: some_cut(&order.description, DESCRIPTION_MAX) };
    Ok(send(Verb::Put, return_path(&order.payment, &order.key)?, &body, true))
}

/// `GET /pix/{e2eid}/devolucao/{id}`: what became of one that was ordered.
///
/// # Errors
/// As [`give_back`].
pub fn given_back(payment: &str, key: &str) -> Result<Request, BadPixId> {
    Ok(get(return_path(payment, key)?))
}

fn return_path(payment: &str, key: &str) -> Result<String, BadPixId> {
    let (payment, key) = (EndToEndId::parse(payment)?, RefundId::parse(key)?);
    Ok(format!("/pix/{}/devolucao/{}", payment.as_str(), key.as_str()))
}

/// Reads the reply to either of a payment.
///
/// # Errors
/// Where it cannot be read.
pub fn read_return(payment: &str, body: &[u8]) -> Result<Refund, String> {
    let back: Return = read(body)?;
    let standing = match back.status.as_str() {
        "DEVOLVIDO" => RefundStanding::Done,
        "NAO_REALIZADO" => RefundStanding::Refused { why: "the payer's bank did not take it".to_owned() },
        // A new word is none that says that it ended.
        _ => RefundStanding::Pending,
    };
    Ok(Refund { reference: back.reference(payment), standing })
}

impl Return {
    /// The gateway's name of it, the same in replies, webhooks and lists.
    #[must_use]
    pub fn reference(&self, payment: &str) -> String {
        self.rtr_id.as_ref().filter(|id| is_id(id)).cloned().unwrap_or_else(|| format!("{payment}/{}", self.id))
    }

    /// Whether the payer's bank took it by the special return mechanism (MED): fraud, a failure, or a debit that was not wanted.
    #[must_use]
    pub fn is_forced(&self) -> bool {
        self.natureza.as_deref().is_some_and(|natureza| natureza.starts_with("MED_"))
    }

    /// What it says, once it is done.
    fn news(&self, payment: &str, paid: Instant) -> News {
        if self.status != "DEVOLVIDO" {
            return News::Nothing;
        }
        let at = self.horario.liquidacao.or(self.horario.solicitacao).unwrap_or(paid);
        let (payment, reference, amount, on) = (payment.to_owned(), self.reference(payment), self.valor.money(), day(at));
        if self.is_forced() {
            News::ChargedBack { payment, dispute: reference, amount, on }
        } else {
            News::Refunded { payment, refund: reference, amount, on }
        }
    }
}

impl Pix {
    /// Whether its key can be kept.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        is_id(&self.end_to_end_id) && self.txid.as_deref().is_none_or(is_id)
    }

    /// The money of it.
    #[must_use]
    pub fn settlement(&self, rail: Rail) -> Settlement {
        Settlement {
            reference: self.end_to_end_id.clone(),
            amount: self.valor.money(),
            paid_on: day(self.horario),
            at: Some(self.horario),
            rail,
            fee: None,
        }
    }

    /// What it says: the money, and each return. One without `txid` says nothing here: the statement of the account does.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        let mut heard = vec![Heard {
            event: format!("pix:{}", self.end_to_end_id),
            kind: "pix".to_owned(),
            news: self.txid.as_deref().map_or(News::Nothing, |txid| self.news(txid)),
            at: Some(self.horario),
        }];
        for back in &self.devolucoes {
            heard.push(Heard {
                event: format!("devolucao:{}:{}", back.reference(&self.end_to_end_id), back.status),
                kind: "devolucao".to_owned(),
                news: back.news(&self.end_to_end_id, self.horario),
                at: back.horario.liquidacao.or(back.horario.solicitacao),
            });
        }
        heard
    }

    /// A txid tells what was paid: an attempt of ours is written in the txid of its recurring charge, all else is an instrument.
    fn news(&self, txid: &str) -> News {
        match super::cobr::charge_of(txid) {
            Some(charge) => News::Charge {
                charge: Some(charge),
                reference: txid.to_owned(),
                charged: crate::gateways::Charged::Settled(self.settlement(Rail::PixAutomatico)),
            },
            None => News::Instrument {
                reference: txid.to_owned(),
                key: Txid::parse(txid).is_ok().then(|| txid.to_owned()),
                standing: InstrumentStanding::Paid(vec![self.settlement(Rail::Pix)]),
            },
        }
    }
}

/// The sum of what went back of a Pix for good.
#[must_use]
pub fn returned(pix: &Pix) -> Money {
    let done = pix.devolucoes.iter().filter(|back| back.status == "DEVOLVIDO");
    let cents = done.map(|back| back.valor.money().minor()).fold(0_i64, i64::saturating_add);
    Money::new(cents, pix.valor.money().currency())
}

//! Charges that are paid at once (`cob`), and what the API says of a charge of either kind.
//!
//! Deliberately absent: charges whose payer chooses the amount, and those that pay out cash.
//!
//! Source: Pix API 2.9.0, schemas `CobSolicitada`, `CobRevisada`, `CobCompleta`.

use regua_core::calendar::Calendar;
use regua_core::time::{Day, Instant};
use regua_core::words::Rail;
use serde::{Deserialize, Serialize};

use super::amount::Figure;
use super::payer::Debtor;
use super::payments::Pix;
use super::window::{Parameters, Window};
use crate::gateways::br::{get, is_id, read, send, zone};
use crate::gateways::{Instrument, InstrumentStanding, Request, Verb};
use crate::pix::{Txid, VALIDITY_DAYS, payable};

/// Characters of the words to the payer (`solicitacaoPagador`).
pub(super) const WORDS_MAX: usize = 140;
/// Characters of a name and a value of what stands beside (`infoAdicionais`).
pub(super) const INFO_MAX: (usize, usize) = (50, 200);

/// Until when a charge can be paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Expiry {
    /// Seconds from its making.
    pub expiracao: u32,
}

/// How much a charge is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Original {
    /// In reais.
    pub original: Figure,
}

/// What stands beside a charge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Info {
    /// What it is.
    pub nome: String,
    /// What it says.
    pub valor: String,
}

/// A charge that is paid at once, as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CobBody {
    /// Until when.
    pub calendario: Expiry,
    /// Who pays; anybody when none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devedor: Option<Debtor>,
    /// How much.
    pub valor: Original,
    /// The receiver's key.
    pub chave: String,
    /// For the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solicitacao_pagador: Option<String>,
    /// Beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub info_adicionais: Vec<Info>,
}

/// What is changed of a charge that nobody paid yet.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CobChange {
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendario: Option<Expiry>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valor: Option<Original>,
}

#[derive(Serialize)]
struct Removal {
    status: &'static str,
}

/// The word by which a receiver takes a charge away; nothing else may be said with it.
const REMOVED: Removal = Removal { status: "REMOVIDA_PELO_USUARIO_RECEBEDOR" };

/// Which of the two kinds of charge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Paid at once.
    Now,
    /// With a due date.
    Due,
}

impl Kind {
    const fn path(self) -> &'static str {
        match self {
            Self::Now => "/cob",
            Self::Due => "/cobv",
        }
    }

    pub(super) fn of(self, txid: &Txid) -> String {
        format!("{}/{txid}", self.path())
    }

    /// `GET`: where a charge stands.
    #[must_use]
    pub fn get(self, txid: &Txid) -> Request {
        get(self.of(txid))
    }

    /// `PATCH` that takes a charge away.
    #[must_use]
    pub fn remove(self, txid: &Txid) -> Request {
        send(Verb::Patch, self.of(txid), &REMOVED, true)
    }

    /// `GET`: a page of charges by when they were made.
    #[must_use]
    pub fn list(self, window: &Window) -> Request {
        window.request(self.path(), &[])
    }
}

/// `PUT /cob/{txid}`: makes a charge; sent again it is the same charge.
#[must_use]
pub fn put(txid: &Txid, body: &CobBody) -> Request {
    send(Verb::Put, Kind::Now.of(txid), body, true)
}

/// `PATCH /cob/{txid}`: changes one that was not paid.
#[must_use]
pub fn change(txid: &Txid, change: &CobChange) -> Request {
    send(Verb::Patch, Kind::Now.of(txid), change, true)
}

/// A charge of either kind as the API has it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Cob {
    /// Its id.
    pub txid: String,
    /// `ATIVA`, `CONCLUIDA`, `REMOVIDA_PELO_USUARIO_RECEBEDOR`, `REMOVIDA_PELO_PSP`.
    pub status: String,
    /// How much.
    pub valor: Original,
    /// Until when.
    #[serde(default)]
    pub calendario: CalendarTold,
    /// The text of its code.
    #[serde(default, rename = "pixCopiaECola")]
    pub copy_paste: Option<String>,
    /// Where its code leads.
    #[serde(default)]
    pub location: Option<String>,
    /// What paid it.
    #[serde(default)]
    pub pix: Vec<Pix>,
}

/// Until when a charge can be paid, as the API says it of either kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarTold {
    /// When it was made.
    #[serde(default)]
    pub criacao: Option<Instant>,
    /// Of one that is paid at once: seconds from then.
    #[serde(default)]
    pub expiracao: Option<u32>,
    /// Of one with a due date: the date.
    #[serde(default)]
    pub data_de_vencimento: Option<Day>,
    /// And calendar days after it.
    #[serde(default)]
    pub validade_apos_vencimento: Option<u16>,
}

impl Cob {
    /// The last moment at which it can be paid, when the reply says: no state of the API tells that it has passed.
    ///
    /// Of one with a due date it is the end of the last day by the national calendar; the payer's town may have one more.
    #[must_use]
    pub fn payable_until(&self) -> Option<Instant> {
        let calendar = self.calendario;
        if let Some(due_on) = calendar.data_de_vencimento {
            let days = calendar.validade_apos_vencimento.unwrap_or(VALIDITY_DAYS);
            return Some(zone().midnight(payable(due_on, days, Calendar::BrBanking).last_on.plus(1)));
        }
        let secs = i64::from(calendar.expiracao?);
        Some(Instant::from_secs(calendar.criacao?.secs().saturating_add(secs)))
    }

    /// Reads a reply about a charge of either kind.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let cob: Self = read(body)?;
        if cob.is_sound() { Ok(cob) } else { Err("an id in it has another form".to_owned()) }
    }

    fn is_sound(&self) -> bool {
        is_id(&self.txid) && self.pix.iter().all(Pix::is_sound)
    }

    /// Where it stands. Money decides before words: a charge that was paid and then removed is paid.
    #[must_use]
    pub fn standing(&self) -> InstrumentStanding {
        if !self.pix.is_empty() {
            return InstrumentStanding::Paid(self.pix.iter().map(|pix| pix.settlement(Rail::Pix)).collect());
        }
        match self.status.as_str() {
            "REMOVIDA_PELO_USUARIO_RECEBEDOR" | "REMOVIDA_PELO_PSP" => InstrumentStanding::Closed,
            // Paid, by a Pix that this reply does not name: until it is named there is no key to take it by.
            _ => InstrumentStanding::Open,
        }
    }

    /// As an instrument. The code that the bank gives goes to the payer as it is.
    #[must_use]
    pub fn instrument(&self) -> Instrument {
        Instrument {
            reference: self.txid.clone(),
            brcode: self.copy_paste.clone(),
            boleto_line: None,
            link: None,
            standing: self.standing(),
        }
    }
}

/// A page of charges.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Page {
    parametros: Parameters,
    #[serde(default)]
    cobs: Vec<Cob>,
}

/// Reads a page of charges of either kind, and which page comes next.
///
/// # Errors
/// Where it cannot be read.
pub fn read_list(body: &[u8]) -> Result<(Vec<Cob>, Option<u32>), String> {
    let page: Page = read(body)?;
    if !page.cobs.iter().all(Cob::is_sound) {
        return Err("an id in it has another form".to_owned());
    }
    Ok((page.cobs, page.parametros.next()))
}

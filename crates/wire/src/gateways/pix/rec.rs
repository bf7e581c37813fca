//! Authorisations of Pix Automático (`rec`), and the four ways to one.
//!
//! | journey | what the payer does | requests |
//! | --- | --- | --- |
//! | 1 | answers a notice of the bank | [`create`], then [`super::solicrec::ask`] |
//! | 2 | reads a code that only asks for the authorisation | [`place`], [`create`] with it, [`one`] |
//! | 3 | pays at once by a code, and authorises with it | [`super::cob::put`], [`place`], [`create`] with both, [`one`] with the txid |
//! | 4 | reads the code of a bill that also offers it | [`super::cobv::put`], [`place`], [`create`] with the place, [`one`] with the txid |
//!
//! `POST /rec` has no key of ours: sent twice it makes two, and a lost reply is looked for by listing the contract.
//! Deliberately absent: changes of an authorisation, since a new one is asked for where terms change.
//!
//! Source: Pix API 2.9.0, schemas `RecSolicitada`, `RecCompleta`, `RecNotification`.

use std::fmt;

use regua_core::charging::Scheme;
use regua_core::time::Day;
use serde::{Deserialize, Serialize};

use super::amount::Figure;
use super::cobr::Ending;
use super::payer::Debtor;
use super::window::{Parameters, Window};
use crate::gateways::authorise::Authorise;
use crate::gateways::br::{bare, code, get, is_id, read, segment, send, some_cut, with_query};
use crate::gateways::{Heard, MethodNews, MethodStanding, News, Request, Trouble, Verb};
use crate::pix::{RecurrenceId, Txid};

/// Characters of what is contracted, and of the contract's number.
pub const CONTRACT_MAX: usize = 35;
/// The status of one that the payer has not answered.
const WAITS: &str = "CRIADA";

/// How often it charges.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Every {
    /// Each week.
    #[serde(rename = "SEMANAL")]
    Week,
    /// Each month.
    #[serde(rename = "MENSAL")]
    Month,
    /// Each quarter.
    #[serde(rename = "TRIMESTRAL")]
    Quarter,
    /// Twice a year.
    #[serde(rename = "SEMESTRAL")]
    Half,
    /// Each year.
    #[serde(rename = "ANUAL")]
    Year,
}

impl Every {
    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Week => "SEMANAL",
            Self::Month => "MENSAL",
            Self::Quarter => "TRIMESTRAL",
            Self::Half => "SEMESTRAL",
            Self::Year => "ANUAL",
        }
    }
}

/// Whether a charge that failed may be tried again, fixed for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Retries {
    /// Not.
    #[serde(rename = "NAO_PERMITE")]
    None,
    /// Three times in seven days.
    #[serde(rename = "PERMITE_3R_7D")]
    ThreeInSeven,
}

/// The word for [`Retries::ThreeInSeven`].
const THREE_IN_SEVEN: &str = "PERMITE_3R_7D";

/// What is authorised, and by whom. Personal: it does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bond {
    /// Our number of the contract: what the authorisation is found again by.
    pub contrato: String,
    /// Who pays.
    pub devedor: Debtor,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objeto: Option<String>,
}

impl fmt::Debug for Bond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bond")
    }
}

/// When it charges.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecCalendar {
    /// From.
    pub data_inicial: Day,
    /// Until, when it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_final: Option<Day>,
    /// How often.
    pub periodicidade: Every,
}

/// How much it may charge: the same each time, or what comes, for which the payer's limit is at least the minimum here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RecValue {
    /// Always this much.
    #[serde(rename = "valorRec")]
    Fixed(Figure),
    /// The payer may not set a lower limit.
    #[serde(rename = "valorMinimoRecebedor")]
    Variable(Figure),
}

/// The cob that pays first, of journey 3.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Activation {
    /// Its txid.
    pub dados_jornada: JourneyData,
}

/// As [`Activation`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JourneyData {
    /// Of the first payment.
    pub txid: String,
}

/// An authorisation as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecBody {
    /// What and who.
    pub vinculo: Bond,
    /// When.
    pub calendario: RecCalendar,
    /// How much; the payer's limit alone when none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valor: Option<RecValue>,
    /// Whether it may be tried again.
    pub politica_retentativa: Retries,
    /// The place of its code, of journeys 2 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loc: Option<u64>,
    /// The first payment, of journey 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ativacao: Option<Activation>,
}

impl RecBody {
    /// Of what a payer is asked for; the place of its code is added where a code asks.
    ///
    /// # Errors
    /// [`Trouble::Refused`] names what lacks: the payer's name or document, a number of the contract that fits, an amount that is one.
    pub fn of(order: &Authorise) -> Result<Self, Trouble> {
        let refused = |code: &str, why: String| Trouble::Refused { code: code.to_owned(), why };
        if order.key.is_empty() || order.key.chars().count() > CONTRACT_MAX {
            return Err(refused("contract", format!("the number of the contract has 1 to {CONTRACT_MAX} characters")));
        }
        let fixed = order.fixed.map(|money| match money.minor() {
            ..=0 => Err(refused("amount", "a Pix is of at least one cent".to_owned())),
            _ => Figure::of(money).map_err(|bad| refused("amount", bad.to_string())),
        });
        Ok(Self {
            vinculo: Bond {
                contrato: order.key.clone(),
                devedor: Debtor::of_rec(&order.payer)?,
                objeto: some_cut(&order.what, CONTRACT_MAX),
            },
            calendario: RecCalendar { data_inicial: order.from, data_final: None, periodicidade: order.every },
            valor: fixed.transpose()?.map(RecValue::Fixed),
            politica_retentativa: if order.retries { Retries::ThreeInSeven } else { Retries::None },
            loc: None,
            ativacao: None,
        })
    }

    /// With the txid of the cob that pays first (journey 3).
    #[must_use]
    pub fn first_paid_by(mut self, txid: &Txid) -> Self {
        self.ativacao = Some(Activation { dados_jornada: JourneyData { txid: txid.to_string() } });
        self
    }
}

#[derive(Serialize)]
struct Cancel {
    status: &'static str,
}

/// `POST /locrec`: a place for a code.
#[must_use]
pub fn place() -> Request {
    bare(Verb::Post, "/locrec".to_owned(), false)
}

/// Reads the reply: the number of the place.
///
/// # Errors
/// Where it cannot be read.
pub fn read_place(body: &[u8]) -> Result<u64, String> {
    #[derive(Deserialize)]
    struct Place {
        id: u64,
    }
    read(body).map(|place: Place| place.id)
}

/// `POST /rec`.
#[must_use]
pub fn create(body: &RecBody) -> Request {
    send(Verb::Post, "/rec".to_owned(), body, false)
}

/// `GET /rec/{idRec}`; with the txid of a charge the code of both comes with it (journeys 3 and 4).
#[must_use]
pub fn one(id: &RecurrenceId, with: Option<&Txid>) -> Request {
    let path = path(id);
    match with {
        Some(txid) => get(with_query(&path, &[("txid", txid.as_str())])),
        None => get(path),
    }
}

/// `PATCH /rec/{idRec}`: ends it.
#[must_use]
pub fn cancel(id: &RecurrenceId) -> Request {
    send(Verb::Patch, path(id), &Cancel { status: "CANCELADA" }, true)
}

/// `GET /rec`: a page of those made in a time.
#[must_use]
pub fn list(window: &Window) -> Request {
    window.request("/rec", &[])
}

fn path(id: &RecurrenceId) -> String {
    format!("/rec/{}", segment(id.as_str()))
}

/// An authorisation as the API has it; a webhook says less.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rec {
    /// Its id.
    pub id_rec: String,
    /// `CRIADA`, `APROVADA`, `REJEITADA`, `EXPIRADA`, `CANCELADA`.
    pub status: String,
    /// What and who.
    #[serde(default)]
    pub vinculo: Option<BondTold>,
    /// When.
    #[serde(default)]
    pub calendario: Option<CalendarTold>,
    /// How much.
    #[serde(default)]
    pub valor: Option<ValueTold>,
    /// Whether it may be tried again.
    #[serde(default)]
    pub politica_retentativa: Option<String>,
    /// The place of its code.
    #[serde(default)]
    pub loc: Option<PlaceTold>,
    /// Why it ended.
    #[serde(default)]
    pub encerramento: Option<Ending>,
    /// The code to authorise by.
    #[serde(default, rename = "dadosQR")]
    pub dados_qr: Option<CodeTold>,
}

/// Our number of the contract; who pays is not read.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct BondTold {
    /// The number.
    pub contrato: String,
}

/// From when until when, and how often. A word that is new is kept as it is: only we compare it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CalendarTold {
    /// The first day.
    #[serde(default)]
    pub data_inicial: Option<Day>,
    /// The last day.
    #[serde(default)]
    pub data_final: Option<Day>,
    /// How often, as in [`Every::as_str`].
    #[serde(default)]
    pub periodicidade: Option<String>,
}

/// How much, when it is the same each time. The least limit is not read.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct ValueTold {
    /// Reais, as in `99.90`.
    #[serde(default, rename = "valorRec")]
    pub fixed: Option<String>,
}

/// The place of a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub struct PlaceTold {
    /// Its number.
    #[serde(default)]
    pub id: Option<u64>,
}

/// A code, and for which journey.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct CodeTold {
    /// `JORNADA_2`, `JORNADA_3`, `JORNADA_4`.
    #[serde(default)]
    pub jornada: Option<String>,
    /// The text of the code.
    #[serde(default, rename = "pixCopiaECola")]
    pub copy_paste: Option<String>,
}

impl Rec {
    /// Reads a reply.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let rec: Self = read(body)?;
        if rec.is_sound() { Ok(rec) } else { Err("an id in it has another form".to_owned()) }
    }

    pub(super) fn is_sound(&self) -> bool {
        is_id(&self.id_rec)
    }

    /// As a stored method: the customer is told by our number of the contract.
    #[must_use]
    pub fn method(&self) -> MethodNews {
        let standing = match self.status.as_str() {
            "APROVADA" => MethodStanding::Active,
            "REJEITADA" | "EXPIRADA" | "CANCELADA" => MethodStanding::Gone,
            // It waits, or the word is new: what nobody knows cannot be charged.
            _ => MethodStanding::Pending,
        };
        let by_id = RecurrenceId::parse(&self.id_rec).is_ok_and(|id| id.allows_retries());
        MethodNews {
            customer_token: self.vinculo.as_ref().map(|bond| bond.contrato.clone()),
            method_token: self.id_rec.clone(),
            scheme: Scheme::PixAutomatico,
            fingerprint: Some(self.id_rec.clone()),
            last4: None,
            expires_on: self.calendario.as_ref().and_then(|calendar| calendar.data_final),
            standing,
            allows_retry: self.politica_retentativa.as_deref().map_or(by_id, |policy| policy == THREE_IN_SEVEN),
        }
    }

    /// Whether the payer was asked and said nothing yet.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.status == WAITS
    }

    /// Whether it is the one that was asked for so, and waits: the same contract, terms and place of its code.
    #[must_use]
    pub fn is_of(&self, body: &RecBody) -> bool {
        let (Some(bond), Some(calendar)) = (&self.vinculo, &self.calendario) else { return false };
        let fixed = self.valor.as_ref().and_then(|value| value.fixed.as_deref());
        let wanted = match body.valor {
            Some(RecValue::Fixed(figure)) => Some(figure.to_string()),
            Some(RecValue::Variable(_)) | None => None,
        };
        let retries = body.politica_retentativa == Retries::ThreeInSeven;
        self.waits()
            && bond.contrato == body.vinculo.contrato
            && calendar.data_inicial == Some(body.calendario.data_inicial)
            && calendar.periodicidade.as_deref() == Some(body.calendario.periodicidade.as_str())
            && fixed == wanted.as_deref()
            && self.method().allows_retry == retries
            && self.loc.and_then(|place| place.id) == body.loc
    }

    /// Why it was refused or ended, as a code.
    #[must_use]
    pub fn why(&self) -> Option<String> {
        let ending = self.encerramento.as_ref()?;
        ending.rejeicao.as_ref().or(ending.cancelamento.as_ref()).map(|said| code(&said.codigo))
    }

    /// What it says.
    #[must_use]
    pub fn heard(&self) -> Heard {
        Heard {
            event: format!("rec:{}:{}", self.id_rec, code(&self.status)),
            kind: "rec".to_owned(),
            news: News::Method(self.method()),
            at: None,
        }
    }
}

/// A page of authorisations.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Page {
    parametros: Parameters,
    #[serde(default)]
    recs: Vec<Rec>,
}

/// Reads a page of authorisations, and which page comes next.
///
/// # Errors
/// Where it cannot be read.
pub fn read_list(body: &[u8]) -> Result<(Vec<Rec>, Option<u32>), String> {
    let page: Page = read(body)?;
    if !page.recs.iter().all(Rec::is_sound) {
        return Err("an id in it has another form".to_owned());
    }
    Ok((page.recs, page.parametros.next()))
}

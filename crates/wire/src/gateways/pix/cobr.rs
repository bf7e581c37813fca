//! Recurring charges of Pix Automático (`cobr`): made, called off, tried again, and what became of each try.
//!
//! A first try is named by its txid, which is made of our attempt; a further one by the txid and its day, since it belongs to
//! the first at the bank. The receiver is never told that funds lacked: a try that brought nothing expires.
//! Deliberately absent: `POST /cobr`, where the bank chooses the txid and a lost reply cannot be asked about.
//!
//! Source: Pix API 2.9.0, schemas `CobRSolicitada`, `CobRCompleta`, `CobRTentativas`.

use regua_core::charging::{CodeSpace, Signal};
use regua_core::ids::ChargeId;
use regua_core::time::Day;
use regua_core::words::Rail;
use serde::{Deserialize, Serialize};

use super::cob::Original;
use super::payer::Account;
use super::payments::Pix;
use super::window::{Parameters, Window};
use crate::gateways::br::{bare, code, get, is_id, read, send};
use crate::gateways::{Charged, Heard, News, Request, Settlement, Verb};
use crate::pix::{BadPixId, RecurrenceId, Txid};

/// Characters of the words to the payer.
pub(super) const WORDS_MAX: usize = 140;
/// The code of a try that brought nothing and says no more; ours, since the API has a state and no code for it.
pub const EXPIRED: &str = "EXPIRADA";
/// The same of one that was called off.
pub const CANCELLED: &str = "CANCELADA";

/// The due date of a recurring charge.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CobrCalendar {
    /// The day; with `ajusteDiaUtil` the next business day of the payer's town.
    pub data_de_vencimento: Day,
}

/// A recurring charge as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CobrBody {
    /// The authorisation.
    pub id_rec: String,
    /// For the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info_adicional: Option<String>,
    /// When.
    pub calendario: CobrCalendar,
    /// How much.
    pub valor: Original,
    /// Whether a closed day moves it to the next open one.
    pub ajuste_dia_util: bool,
    /// Where the money goes.
    pub recebedor: Account,
}

#[derive(Serialize)]
struct Cancel {
    status: &'static str,
}

/// The txid of the first try of an attempt, which tells the attempt when it comes back.
///
/// # Errors
/// None: an attempt's id has the room.
pub fn txid_of(charge: ChargeId) -> Result<Txid, BadPixId> {
    Txid::of(&charge.to_string(), 0)
}

/// The attempt of a txid, when it is one of ours.
#[must_use]
pub fn charge_of(txid: &str) -> Option<ChargeId> {
    let id = txid.strip_prefix(ChargeId::PREFIX)?.strip_suffix("x0")?;
    format!("{}_{id}", ChargeId::PREFIX).parse().ok()
}

/// The gateway's name of a further try.
#[must_use]
pub fn retry_reference(txid: &str, on: Day) -> String {
    format!("{txid}/{on}")
}

/// `PUT /cobr/{txid}`. Sent again it is refused, since the txid is taken: money is taken once either way.
#[must_use]
pub fn put(txid: &Txid, body: &CobrBody) -> Request {
    send(Verb::Put, format!("/cobr/{txid}"), body, true)
}

/// `PATCH /cobr/{txid}`: calls one off, until 22:00 of the eve.
#[must_use]
pub fn cancel(txid: &Txid) -> Request {
    send(Verb::Patch, format!("/cobr/{txid}"), &Cancel { status: CANCELLED }, true)
}

/// `POST /cobr/{txid}/retentativa/{data}`: tries it again on a day to come. There is one try of a day, so it is repeatable.
#[must_use]
pub fn retry(txid: &Txid, on: Day) -> Request {
    bare(Verb::Post, format!("/cobr/{txid}/retentativa/{on}"), true)
}

/// `GET /cobr/{txid}`.
#[must_use]
pub fn one(txid: &Txid) -> Request {
    get(format!("/cobr/{txid}"))
}

/// `GET /cobr`: a page of those made in a time, of one authorisation or all.
#[must_use]
pub fn list(window: &Window, rec: Option<&RecurrenceId>) -> Request {
    match rec {
        Some(rec) => window.request("/cobr", &[("idRec", rec.as_str())]),
        None => window.request("/cobr", &[]),
    }
}

/// A recurring charge as the API has it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Cobr {
    /// Its id.
    pub txid: String,
    /// `CRIADA`, `ATIVA`, `CONCLUIDA`, `EXPIRADA`, `REJEITADA`, `CANCELADA`.
    pub status: String,
    /// How much; a webhook does not say.
    #[serde(default)]
    pub valor: Option<Original>,
    /// Every try.
    #[serde(default)]
    pub tentativas: Vec<Attempt>,
    /// Why it ended.
    #[serde(default)]
    pub encerramento: Option<Ending>,
    /// What paid it.
    #[serde(default)]
    pub pix: Vec<Pix>,
}

/// A try.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The day it settles on.
    pub data_liquidacao: Day,
    /// `AGND` the first, `NTAG` one that was asked for again, `RIFL` the bank's own repetition.
    pub tipo: String,
    /// Of its Pix.
    #[serde(default)]
    pub end_to_end_id: Option<String>,
    /// `SOLICITADA`, `AGENDADA`, `PAGA`, `CANCELADA`, `REJEITADA`, `EXPIRADA`.
    pub status: String,
    /// Why it was refused.
    #[serde(default)]
    pub rejeicao: Option<Said>,
}

/// Why a charge or an authorisation ended.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Ending {
    /// It was called off.
    #[serde(default)]
    pub cancelamento: Option<Said>,
    /// It was refused.
    #[serde(default)]
    pub rejeicao: Option<Said>,
}

/// A code of the arrangement.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Said {
    /// The code.
    pub codigo: String,
}

impl Said {
    fn signal(&self) -> Signal {
        signal(&self.codigo)
    }
}

fn signal(text: &str) -> Signal {
    Signal { space: CodeSpace::PixAutomatico, code: code(text).into() }
}

impl Attempt {
    fn is_waiting(&self) -> bool {
        matches!(self.status.as_str(), "SOLICITADA" | "AGENDADA")
    }

    fn is_again(&self) -> bool {
        self.tipo == "NTAG"
    }
}

/// Which try of a charge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// The first, whatever day the payer's calendar moved it to.
    First,
    /// The one that was asked for a day.
    On(Day),
}

impl Cobr {
    /// Reads a reply.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let cobr: Self = read(body)?;
        if cobr.is_sound() { Ok(cobr) } else { Err("an id in it has another form".to_owned()) }
    }

    pub(super) fn is_sound(&self) -> bool {
        let mut ends = self.tentativas.iter().filter_map(|attempt| attempt.end_to_end_id.as_deref());
        is_id(&self.txid) && ends.all(is_id) && self.pix.iter().all(Pix::is_sound)
    }

    /// What became of a try; none when the bank has no such try.
    #[must_use]
    pub fn charged(&self, which: Which) -> Option<Charged> {
        let reference = match which {
            Which::First => self.txid.clone(),
            Which::On(day) => retry_reference(&self.txid, day),
        };
        let tries = self.tries(which);
        if let Some(paid) = tries.iter().find(|attempt| attempt.status == "PAGA").and_then(|attempt| self.settlement(attempt)) {
            return Some(Charged::Settled(paid));
        }
        let live = matches!(self.status.as_str(), "CRIADA" | "ATIVA");
        if tries.is_empty() {
            return match (which, live) {
                (Which::First, true) => Some(Charged::Pending { reference }),
                (Which::On(_), _) => None,
                (Which::First, false) => Some(self.ended(reference, &[])),
            };
        }
        let waiting = live && tries.iter().any(|attempt| attempt.is_waiting());
        // Without a single try that failed there is nothing to say but that the bank will tell.
        if waiting || tries.iter().any(|attempt| attempt.status == "PAGA") {
            return Some(Charged::Pending { reference });
        }
        Some(self.ended(reference, &tries))
    }

    /// The tries that belong together: those asked for on a day, or the first with what the bank repeated by itself.
    fn tries(&self, which: Which) -> Vec<&Attempt> {
        let again = self.tentativas.iter().filter(|attempt| attempt.is_again()).map(|attempt| attempt.data_liquidacao).min();
        let belongs = |attempt: &&Attempt| match which {
            Which::First => !attempt.is_again() && again.is_none_or(|again| attempt.data_liquidacao < again),
            Which::On(day) => attempt.data_liquidacao == day && attempt.tipo != "AGND",
        };
        self.tentativas.iter().filter(belongs).collect()
    }

    /// How it ended when none of these tries is paid: by a Pix that names no try, or with every code that was told.
    fn ended(&self, reference: String, tries: &[&Attempt]) -> Charged {
        if let Some(pix) = self.pix.first().filter(|_| tries.is_empty()) {
            return Charged::Settled(pix.settlement(Rail::PixAutomatico));
        }
        if self.status == "CONCLUIDA" && tries.is_empty() {
            // Paid, by a Pix that this reply does not name: asked again it will.
            return Charged::Pending { reference };
        }
        let refused = tries.iter().filter_map(|attempt| attempt.rejeicao.as_ref());
        let mut signals: Vec<Signal> = refused.map(Said::signal).collect();
        let said = self.encerramento.iter().flat_map(|ending| [&ending.rejeicao, &ending.cancelamento]).flatten();
        signals.extend(said.map(Said::signal));
        if tries.iter().any(|attempt| attempt.status == EXPIRED) {
            signals.push(signal(EXPIRED));
        }
        if signals.is_empty() {
            // No code at all: the state is all that is known.
            let state = tries.iter().rfind(|attempt| !attempt.is_waiting()).map_or(&self.status, |attempt| &attempt.status);
            signals.push(signal(state));
        }
        signals.sort();
        signals.dedup();
        Charged::Declined { reference: Some(reference), signals }
    }

    /// The money of a paid try: by its Pix where the reply has it, else by the try and the amount of the charge.
    fn settlement(&self, attempt: &Attempt) -> Option<Settlement> {
        let id = attempt.end_to_end_id.as_deref();
        if let Some(pix) = self.pix.iter().find(|pix| Some(pix.end_to_end_id.as_str()) == id) {
            return Some(pix.settlement(Rail::PixAutomatico));
        }
        Some(Settlement {
            reference: id?.to_owned(),
            amount: self.valor?.original.money(),
            paid_on: attempt.data_liquidacao,
            at: None,
            rail: Rail::PixAutomatico,
            fee: None,
        })
    }

    /// What it says of each try.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        let mut days: Vec<Day> =
            self.tentativas.iter().filter(|attempt| attempt.is_again()).map(|attempt| attempt.data_liquidacao).collect();
        days.sort_unstable();
        days.dedup();
        let which = std::iter::once(Which::First).chain(days.into_iter().map(Which::On));
        which.filter_map(|which| self.charged(which).map(|charged| self.one_heard(which, charged))).collect()
    }

    fn one_heard(&self, which: Which, charged: Charged) -> Heard {
        let (charge, reference) = match which {
            Which::First => (charge_of(&self.txid), self.txid.clone()),
            Which::On(day) => (None, retry_reference(&self.txid, day)),
        };
        let how = match &charged {
            Charged::Settled(_) => "settled",
            Charged::Pending { .. } => "pending",
            Charged::Declined { .. } => "declined",
            Charged::NeedsPayer { .. } => "payer",
        };
        Heard {
            event: format!("cobr:{reference}:{}:{how}", self.status),
            kind: "cobr".to_owned(),
            news: News::Charge { charge, reference, charged },
            at: None,
        }
    }
}

/// A page of recurring charges.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Page {
    parametros: Parameters,
    #[serde(default)]
    cobsr: Vec<Cobr>,
}

/// Reads a page of recurring charges, and which page comes next.
///
/// # Errors
/// Where it cannot be read.
pub fn read_list(body: &[u8]) -> Result<(Vec<Cobr>, Option<u32>), String> {
    let page: Page = read(body)?;
    if !page.cobsr.iter().all(Cobr::is_sound) {
        return Err("an id in it has another form".to_owned());
    }
    Ok((page.cobsr, page.parametros.next()))
}

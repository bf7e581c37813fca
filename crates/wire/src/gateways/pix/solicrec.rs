//! A request to a payer's bank to authorise (`solicrec`), of journey 1.
//!
//! Deliberately absent: where the payer banks, which the payer says: nobody else may.
//!
//! Source: Pix API 2.9.0, schemas `SolicRecSolicitada`, `SolicRecCompleta`.

use std::fmt;

use regua_core::time::Instant;
use serde::{Deserialize, Serialize};

use super::payer::document;
use crate::gateways::br::{get, is_id, read, segment, send};
use crate::gateways::{Request, Trouble, Verb};
use crate::pix::RecurrenceRequestId;

/// Until when the payer can answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestExpiry {
    /// The moment.
    pub data_expiracao_solicitacao: Instant,
}

/// The payer's account. Personal: it does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpf: Option<String>,
    /// Of a company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnpj: Option<String>,
    /// Branch, when the account has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agencia: Option<String>,
    /// Account.
    pub conta: String,
    /// The bank.
    pub ispb_participante: String,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recipient")
    }
}

impl Recipient {
    /// From what the payer gave.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the document is neither a CPF nor a CNPJ.
    pub fn new(tax_id: &str, branch: Option<&str>, account: &str, ispb: &str) -> Result<Self, Trouble> {
        let (cpf, cnpj) = document(tax_id)?;
        let (agencia, conta) = (branch.map(str::to_owned), account.to_owned());
        Ok(Self { cpf, cnpj, agencia, conta, ispb_participante: ispb.to_owned() })
    }
}

/// A request as it is sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SolicrecBody {
    /// The authorisation.
    pub id_rec: String,
    /// Until when.
    pub calendario: RequestExpiry,
    /// Whom.
    pub destinatario: Recipient,
}

#[derive(Serialize)]
struct Cancel {
    status: &'static str,
}

/// `POST /solicrec`: one at a time of an authorisation, which the bank sees to.
#[must_use]
pub fn ask(body: &SolicrecBody) -> Request {
    send(Verb::Post, "/solicrec".to_owned(), body, false)
}

/// `GET /solicrec/{idSolicRec}`.
#[must_use]
pub fn one(id: &RecurrenceRequestId) -> Request {
    get(path(id))
}

/// `PATCH /solicrec/{idSolicRec}`: takes it back while the payer did not answer.
#[must_use]
pub fn cancel(id: &RecurrenceRequestId) -> Request {
    send(Verb::Patch, path(id), &Cancel { status: "CANCELADA" }, true)
}

fn path(id: &RecurrenceRequestId) -> String {
    format!("/solicrec/{}", segment(id.as_str()))
}

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestStanding {
    /// On its way, or with the payer.
    Open,
    /// The payer said yes.
    Accepted,
    /// The payer said no, it was taken back, or nobody answered.
    Closed,
}

/// A request as the API has it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Solicrec {
    /// Its id.
    pub id_solic_rec: String,
    /// Of which authorisation.
    pub id_rec: String,
    /// `CRIADA`, `ENVIADA`, `RECEBIDA`, `REJEITADA`, `ACEITA`, `EXPIRADA`, `CANCELADA`.
    pub status: String,
}

impl Solicrec {
    /// Reads a reply.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, String> {
        let asked: Self = read(body)?;
        let sound = is_id(&asked.id_solic_rec) && is_id(&asked.id_rec);
        if sound { Ok(asked) } else { Err("an id in it has another form".to_owned()) }
    }

    /// Where it stands.
    #[must_use]
    pub fn standing(&self) -> RequestStanding {
        match self.status.as_str() {
            "ACEITA" => RequestStanding::Accepted,
            "REJEITADA" | "EXPIRADA" | "CANCELADA" => RequestStanding::Closed,
            _ => RequestStanding::Open,
        }
    }
}

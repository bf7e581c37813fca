//! Who pays, and who receives, in bodies of the Pix API.
//!
//! Deliberately absent: addresses. A charge can be paid without one, and what is not sent cannot leak.

use std::fmt;

use regua_core::party::TaxId;
use regua_core::party::tax_id::TaxIdKind;
use serde::{Deserialize, Serialize};

use crate::gateways::br::cut;
use crate::gateways::{Payer, Trouble};

/// Characters of a payer's name in a charge, and in an authorisation.
const NAME_MAX: usize = 200;
const NAME_MAX_REC: usize = 140;

/// A payer by document and name (`devedor`). Personal: it does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debtor {
    /// Of a person: eleven digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpf: Option<String>,
    /// Of a company: fourteen digits or letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnpj: Option<String>,
    /// Name.
    pub nome: String,
}

impl fmt::Debug for Debtor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Debtor")
    }
}

/// What a payer lacks, named.
fn lacks(code: &str, what: &str) -> Trouble {
    Trouble::Refused { code: code.to_owned(), why: what.to_owned() }
}

impl Debtor {
    /// The payer of a charge.
    ///
    /// # Errors
    /// [`Trouble::Refused`] that names what lacks: the document, the name, or a document that is none.
    pub fn of(payer: &Payer) -> Result<Self, Trouble> {
        Self::named(payer, NAME_MAX)
    }

    /// The payer of an authorisation, whose name is shorter.
    ///
    /// # Errors
    /// As [`Debtor::of`].
    pub fn of_rec(payer: &Payer) -> Result<Self, Trouble> {
        Self::named(payer, NAME_MAX_REC)
    }

    fn named(payer: &Payer, chars: usize) -> Result<Self, Trouble> {
        let nome = cut(&payer.name, chars);
        if nome.is_empty() {
            return Err(lacks("payer-name", "a Pix that is due later or authorised names its payer: give the customer a name"));
        }
        let text = payer.tax_id.as_deref().unwrap_or_default();
        if text.is_empty() {
            return Err(lacks("payer-document", "a Pix that is due later or authorised names its payer: give the customer a CPF or CNPJ"));
        }
        let (cpf, cnpj) = document(text)?;
        Ok(Self { cpf, cnpj, nome })
    }
}

/// A document as CPF or as CNPJ.
pub(super) fn document(text: &str) -> Result<(Option<String>, Option<String>), Trouble> {
    let bad = || lacks("payer-document", "the payer's document is neither a CPF nor a CNPJ: correct it at the customer");
    let id = TaxId::parse(text, "BR").or(Err(bad()))?;
    match id.kind() {
        TaxIdKind::Cpf => Ok((Some(id.as_str().to_owned()), None)),
        TaxIdKind::Cnpj => Ok((None, Some(id.as_str().to_owned()))),
        TaxIdKind::Other => Err(bad()),
    }
}

/// A sort of account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum AccountKind {
    /// Current account.
    #[serde(rename = "CORRENTE")]
    Current,
    /// Savings.
    #[serde(rename = "POUPANCA")]
    Savings,
    /// Payment account.
    #[serde(rename = "PAGAMENTO")]
    Payment,
}

/// The account that a recurring charge pays into (`recebedor` of a cobr). It does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Branch, up to four characters; payment accounts have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agencia: Option<String>,
    /// Account, up to twenty characters.
    pub conta: String,
    /// Which sort.
    pub tipo_conta: AccountKind,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account")
    }
}

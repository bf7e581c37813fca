//! A hybrid slip: a boleto and the Pix code of the same debt. Deliberately absent: how its numbers are composed, which is
//! `regua_wire`'s, and its registration, which is a bank's.

use regua_core::money::Money;
use regua_core::time::Day;
use regua_core::words::Language;

use super::Party;

/// A slip. Its form is in Portuguese, whatever the customer's language: a bank's clerk reads it too.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slip {
    /// The customer's language, for what stands around the form.
    pub language: Language,
    /// The bank that issues it.
    pub bank: SlipBank,
    /// The 44 digits of the barcode.
    pub barcode: String,
    /// The digitable line as it is printed, e.g. `23791.23405 91234.567897 …`.
    pub line: String,
    /// The copy-and-paste code of the Pix for the same debt, at most 512 characters.
    pub pix: Option<String>,
    /// *Local de pagamento*: where it can be paid.
    pub place_of_payment: String,
    /// Who is paid.
    pub beneficiary: Party,
    /// *Agência/código do beneficiário*.
    pub agency_and_code: String,
    /// *Nosso número*: the bank's number of the slip.
    pub our_number: String,
    /// *Número do documento*: the number that the payer knows.
    pub document_number: String,
    /// *Data do documento*.
    pub document_on: Day,
    /// *Data de processamento*.
    pub processed_on: Day,
    /// *Vencimento*.
    pub due_on: Day,
    /// *Espécie do documento*, e.g. `DM`.
    pub document_kind: String,
    /// *Aceite*.
    pub is_accepted: bool,
    /// *Carteira*.
    pub portfolio: String,
    /// *Valor do documento*.
    pub amount: Money,
    /// *Instruções*, which are the beneficiary's: fine, interest, discount. One line each.
    pub instructions: Vec<String>,
    /// *Pagador*.
    pub payer: Party,
    /// *Sacador/avalista*.
    pub guarantor: Option<Party>,
}

/// The bank of a slip.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SlipBank {
    /// Its name.
    pub name: String,
    /// Its code with the check digit, e.g. `237-2`.
    pub code: String,
}

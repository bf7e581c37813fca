//! A transaction within an entry (`TxDtls`), and who, what and why in it.
//!
//! Deliberately absent: what it means, which its entry decides (`entry`).

use regua_core::bank::{Names, Payer};
use regua_core::currency::Currency;
use regua_core::time::Day;

use super::super::text::{clean, joined, word};
use super::super::{day, pix};
use super::tree::Node;

/// What EndToEndId holds when the payer gave none.
const NOT_PROVIDED: &str = "NOTPROVIDED";

/// A transaction of an entry.
#[derive(Debug)]
pub(super) struct Detail {
    pub(super) place: u32,
    /// Currency and text of its amounts, the one in the account's currency wherever it stands.
    pub(super) amounts: Vec<(Box<str>, Box<str>)>,
    /// `CdtDbtInd` of its own.
    pub(super) sign: Option<bool>,
    pub(super) names: Names,
    pub(super) payer: Payer,
    pub(super) text: Box<str>,
    /// Bank transaction codes and return reasons.
    pub(super) codes: Vec<Box<str>>,
    /// The sub-family, which says fee or return.
    pub(super) sub_family: Box<str>,
    pub(super) paid_on: Option<Day>,
    /// Whether it is the return of an earlier one (`RtrInf`).
    pub(super) returned: bool,
    /// Whether charges were taken out of it (`Chrgs`).
    pub(super) charged: bool,
    /// A day that does not exist, where.
    pub(super) bad: Option<(u32, String)>,
}

/// Most references of one transaction that are kept; more than one name no document anyway.
const REFERENCES_MAX: usize = 32;

/// Reads `TxDtls`.
pub(super) fn read(node: &Node) -> Detail {
    let mut names = Names::default();
    let refs = |name: &str| node.word(&["Refs", name]);
    names.bank_id = refs("AcctSvcrRef").or_else(|| refs("UETR")).or_else(|| refs("TxId"));
    let end_to_end = refs("EndToEndId").filter(|id| &**id != NOT_PROVIDED);
    if end_to_end.as_ref().is_some_and(|id| pix::is_id(id, 'E')) {
        names.end_to_end = end_to_end;
    } else {
        names.company_use = end_to_end;
    }
    let references = references(node);
    names.document = match references.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    let mut codes = Vec::new();
    let sub_family = codes_of(node, &mut codes);
    let reasons = node.at(&["RtrInf"]);
    if let Some(reason) = reasons {
        codes.extend(reason.word(&["Rsn", "Cd"]).or_else(|| reason.word(&["Rsn", "Prtry"])));
    }
    let (paid_on, bad) = match acted(node) {
        Ok(day) => (day, None),
        Err(bad) => (None, Some(bad)),
    };
    Detail {
        place: node.place,
        amounts: amounts(node),
        sign: sign(node),
        names,
        payer: payer(node),
        text: text(node, if references.len() > 1 { &references } else { &[] }),
        codes,
        sub_family,
        paid_on,
        returned: reasons.is_some(),
        charged: node.at(&["Chrgs"]).is_some(),
        bad,
    }
}

/// `CdtDbtInd`, if it is one of its two words.
pub(super) fn sign(node: &Node) -> Option<bool> {
    match node.text(&["CdtDbtInd"]) {
        "CRDT" => Some(true),
        "DBIT" => Some(false),
        _ => None,
    }
}

/// Puts the codes of `BkTxCd` behind others; its sub-family.
pub(super) fn codes_of(node: &Node, codes: &mut Vec<Box<str>>) -> Box<str> {
    let Some(code) = node.at(&["BkTxCd"]) else { return "".into() };
    let sub_family = code.clean(&["Domn", "Fmly", "SubFmlyCd"]);
    let domain = [&*code.clean(&["Domn", "Cd"]), &*code.clean(&["Domn", "Fmly", "Cd"]), &*sub_family].join("/");
    codes.extend(word(domain.trim_matches('/')));
    codes.extend(code.word(&["Prtry", "Cd"]));
    sub_family
}

/// Amounts that may be in the account's currency: its own, that of the transaction, the counter-value.
fn amounts(node: &Node) -> Vec<(Box<str>, Box<str>)> {
    const PATHS: [&[&str]; 3] = [&["Amt"], &["AmtDtls", "TxAmt", "Amt"], &["AmtDtls", "CntrValAmt", "Amt"]];
    let found = PATHS.iter().filter_map(|path| node.at(path));
    found.map(|amount| (amount.currency.clone(), clean(amount.text(&[])))).collect()
}

/// The day on which the payer acted, if it is told.
fn acted(node: &Node) -> Result<Option<Day>, (u32, String)> {
    for name in ["AccptncDtTm", "TxDtTm"] {
        if let Some(found) = node.at(&["RltdDts", name]).filter(|found| !found.text(&[]).is_empty()) {
            let bad = || (found.place, format!("RltdDts/{name}: not a day that exists, such as 2026-11-30"));
            return day::iso(found.text(&[])).map(Some).ok_or_else(bad);
        }
    }
    Ok(None)
}

/// The references that the payer gave in structure: of the creditor, else of documents.
fn references(node: &Node) -> Vec<Box<str>> {
    let Some(remittance) = node.at(&["RmtInf"]) else { return Vec::new() };
    let mut found: Vec<Box<str>> = Vec::new();
    for structured in remittance.all("Strd") {
        if found.len() == REFERENCES_MAX {
            break;
        }
        let reference = structured.word(&["CdtrRefInf", "Ref"]).or_else(|| structured.word(&["RfrdDocInf", "Nb"]));
        found.extend(reference.filter(|reference| !found.contains(reference)));
    }
    found
}

fn text(node: &Node, references: &[Box<str>]) -> Box<str> {
    let mut pieces: Vec<Box<str>> = Vec::new();
    if let Some(remittance) = node.at(&["RmtInf"]) {
        pieces.extend(remittance.all("Ustrd").map(|text| text.clean(&[])));
        pieces.extend(references.iter().cloned());
        let further = remittance.all("Strd").flat_map(|structured| structured.all("AddtlRmtInf"));
        pieces.extend(further.map(|text| text.clean(&[])));
    }
    pieces.extend(node.at(&["RtrInf"]).iter().flat_map(|info| info.all("AddtlInf")).map(|text| text.clean(&[])));
    pieces.push(node.clean(&["AddtlTxInf"]));
    clean(&joined(pieces.iter().map(AsRef::as_ref), " / "))
}

/// The debtor: a party, wrapped in `Pty` from version 8 on, or an institution.
fn payer(node: &Node) -> Payer {
    let Some(parties) = node.at(&["RltdPties"]) else { return Payer::default() };
    let party = |name: &'static str| {
        let outer = parties.at(&[name])?;
        outer.at(&["Pty"]).or_else(|| outer.at(&["Agt", "FinInstnId"])).or(Some(outer))
    };
    let (debtor, ultimate) = (party("Dbtr"), party("UltmtDbtr"));
    let either = |path: &[&str]| debtor.and_then(|party| party.word(path)).or_else(|| ultimate.and_then(|party| party.word(path)));
    let id = either(&["Id", "OrgId", "Othr", "Id"]).or_else(|| either(&["Id", "PrvtId", "Othr", "Id"]));
    let plain = |id: Box<str>| id.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
    Payer {
        name: either(&["Nm"]),
        tax_id: id.and_then(|id| word(&plain(id))),
        account: parties.word(&["DbtrAcct", "Id", "IBAN"]).or_else(|| parties.word(&["DbtrAcct", "Id", "Othr", "Id"])),
    }
}

impl Detail {
    /// Its amount in a currency.
    pub(super) fn amount(&self, currency: Currency) -> Option<&str> {
        self.amounts.iter().find(|(code, _)| &**code == currency.code()).map(|(_, text)| &**text)
    }
}

//! Slips (boletos) of receivables: issued with a number of the account's, one that can be paid at a time.
//!
//! Issuing makes no document and tells the bank nothing: the file to the bank does (`remit`), and the paper shows it.

use regua_core::currency::Currency;
use regua_core::ids::{ReceivableId, TenantId};
use regua_core::money::Money;
use regua_core::party::{Attribute, TaxId};
use regua_core::policy::program::LateCharges;
use regua_core::time::{Day, Instant};
use regua_core::words::Language;
use regua_store::bank::{self, SlipRow};
use regua_store::batch::Batch;
use regua_store::db::{Scope, Tx};
use regua_store::due::{self, Which};
use regua_store::lookup;

use super::accounts::{NamedAccount, named};
use super::row::{IssuedNote, SlipNote};
use crate::Engine;
use crate::case::{self, Case};
use crate::commands::tell::{About, Found, find};
use crate::error::{Error, Result};
use crate::log::{self, Act};

/// Who is to pay a slip.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Debtor {
    /// The name; what the source calls the customer where none is known.
    pub name: String,
    /// CPF or CNPJ.
    pub tax_id: Option<TaxId>,
    /// The address, one line each; empty where none is known.
    pub address: Vec<String>,
    /// The language that the customer stated.
    pub language: Option<Language>,
}

/// Shows nothing of the person.
impl std::fmt::Debug for Debtor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Debtor(***)")
    }
}

/// A slip with the account that it is paid on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slip {
    /// The account.
    pub account: NamedAccount,
    /// Its number at the bank: digits without check digit.
    pub number: String,
    /// What the source calls the receivable.
    pub receivable: String,
    /// As issued.
    pub amount: Money,
    /// As issued: the receivable's due date as written, or the day of issue when that has passed.
    pub due_on: Day,
    /// The day of issue.
    pub issued_on: Day,
    /// issued, sent, registered, rejected, paid, closed.
    pub status: String,
    /// It was there before.
    pub known: bool,
    /// Our id of the receivable.
    pub id: ReceivableId,
    /// What lateness costs, unless the slip was issued late: then its amount has that.
    pub late: Option<LateCharges>,
    /// Who is to pay it.
    pub debtor: Debtor,
}

impl Engine {
    /// The slip with which a receivable can be paid now: the one that is out, else a new one.
    ///
    /// A slip's amount and day are what was issued: what accrues after its day the bank adds by what the file told it.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when nothing is due, or it is not in BRL; [`crate::Kind::NotFound`] when there is no such
    /// receivable or account.
    pub fn issue_slip(&self, tenant: TenantId, about: &About, account: &str, act: &Act, now: Instant) -> Result<Slip> {
        self.db.write(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let id = found.receivable.ok_or_else(|| Error::refused("of_receivable", "a slip is of a receivable, not of a customer"))?;
            let row = bank::lock_account(tx, tenant, account)?
                .ok_or_else(|| Error::not_found("no_account", format!("there is no account {account}; see: regua bank list")))?;
            let own = named(&row)?;
            let ids = [found.customer.to_bytes()];
            due::lock(tx, tenant, &ids)?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let cases = case::load_also(tx, &tenancy, &self.master, &ids, Which::Live, &[id.to_bytes()])?.pop();
            let mut case = cases.ok_or_else(missing)?.1?;
            let zone = case.facts.zone;
            let (today, policies) = (zone.day_of(now), tenancy.policies(case.customer));
            let walk = case.walk_of(id).and_then(|place| case.facts.walks.get(place));
            let walk = walk.ok_or_else(|| Error::bug("walk", "the receivable is not among its customer's"))?;
            let debtor = debtor(&case);
            let late = |issued_on: Day| (issued_on <= walk.due).then(|| walk.terms(policies).late.clone());
            if let Some(slip) = payable(tx, tenant, account, &found)? {
                let issued_on = zone.day_of(slip.issued_at);
                return Ok(as_slip(own, &slip, (found.external_id, true), issued_on, (late(issued_on), debtor)));
            }
            let late = late(today);
            let amount = walk.ledger.amount_due(&walk.terms(policies), today).total;
            if amount.currency() != Currency::BRL {
                return Err(Error::refused("not_brl", format!("{}: a boleto is in BRL, and {amount} is not", found.external_id)));
            }
            if amount.minor() <= 0 || walk.has_ended() {
                return Err(Error::refused(
                    "nothing_due",
                    format!("{}: nothing is due on it, so there is no slip for it", found.external_id),
                ));
            }
            let slip = SlipRow {
                account: account.to_owned(),
                number: row.next_number.to_string(),
                receivable: id,
                customer: found.customer,
                amount: amount.minor(),
                due_on: walk.due_on.max(today),
                issued_at: now,
                file: None,
                status: "issued".to_owned(),
            };
            let note = SlipNote {
                account: slip.account.clone(),
                number: slip.number.clone(),
                status: slip.status.clone(),
                issued: Some(IssuedNote { receivable: id.to_string(), amount: slip.amount, due_on: slip.due_on }),
                file: None,
                act: Some(act.clone()),
            };
            bank::count_on(tx, tenant, account, (row.next_number + 1, row.next_file))?;
            bank::add_slips(tx, tenant, std::slice::from_ref(&slip))?;
            let mut batch = Batch::default();
            case.note(&tenancy, now, "slip", (log::json(&note)?, None), &mut batch)?;
            case.save_if_changed(&tenancy, now, &mut batch)?;
            batch.write(tx, tenant)?;
            Ok(as_slip(own, &slip, (found.external_id, false), today, (late, debtor)))
        })
    }
}

impl Engine {
    /// Who owes a receivable, or who a customer is, as documents show it.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such subject.
    pub fn debtor(&self, tenant: TenantId, about: &About) -> Result<Debtor> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let tenancy = self.tenancies.read(tx, tenant)?;
            let missing = || Error::not_found("no_customer", "the customer is not there any more");
            let case = case::load(tx, &tenancy, &self.master, &[found.customer.to_bytes()], Which::Live)?.pop().ok_or_else(missing)?.1?;
            Ok(debtor(&case))
        })
    }

    /// Whose a receivable is and what their source calls both, with its due date as written.
    ///
    /// # Errors
    /// [`crate::Kind::NotFound`] when there is no such receivable, [`crate::Kind::Refused`] for a customer.
    pub fn owner(&self, tenant: TenantId, about: &About) -> Result<(String, String, Day)> {
        self.db.read(Scope::Tenant(tenant), |tx| {
            let found = find(tx, tenant, about)?;
            let asked = || Error::refused("of_receivable", "name a receivable, not a customer");
            found.receivable.ok_or_else(asked)?;
            let missing = || Error::not_found("no_receivable", "the receivable is not there any more");
            let told = lookup::as_told(tx, tenant, &[found.external_id.as_str()])?.pop().ok_or_else(missing)?;
            Ok((told.customer, told.external_id, told.due_on))
        })
    }
}

/// The slip of a receivable on an account that can still be paid.
fn payable(tx: &mut Tx<'_>, tenant: TenantId, account: &str, found: &Found) -> Result<Option<SlipRow>> {
    let ids: Vec<[u8; 16]> = found.receivable.iter().map(|id| id.to_bytes()).collect();
    let slips = bank::slips_of(tx, tenant, &ids)?;
    Ok(slips.into_iter().find(|slip| slip.account == account && matches!(slip.status.as_str(), "issued" | "sent" | "registered")))
}

fn debtor(case: &Case) -> Debtor {
    let known = &case.facts.customer;
    let text = |key: &str| match known.attributes.get(key) {
        Some(Attribute::Text(text)) => Some(text.to_string()),
        Some(Attribute::Bool(_) | Attribute::Number(_)) | None => None,
    };
    let joined = |parts: &[Option<String>], by: &str| parts.iter().flatten().cloned().collect::<Vec<_>>().join(by);
    let state = known.state.as_deref().map(str::to_owned).or_else(|| text("state"));
    let lines = [joined(&[text("address"), text("district")], ", "), joined(&[text("postal_code"), text("city"), state], " ")];
    Debtor {
        name: known.name.as_deref().map_or_else(|| case.external_id.clone(), str::to_owned),
        tax_id: known.tax_id.clone(),
        address: lines.into_iter().filter(|line| !line.is_empty()).collect(),
        language: known.language,
    }
}

fn as_slip(
    account: NamedAccount,
    slip: &SlipRow,
    (receivable, known): (String, bool),
    issued_on: Day,
    (late, debtor): (Option<LateCharges>, Debtor),
) -> Slip {
    Slip {
        id: slip.receivable,
        late,
        debtor,
        account,
        number: slip.number.clone(),
        receivable,
        amount: Money::new(slip.amount, Currency::BRL),
        due_on: slip.due_on,
        issued_on,
        status: slip.status.clone(),
        known,
    }
}

//! The company's bank accounts: what people call one, and by what its files are known.

use regua_core::bank::BankAccount;
use regua_core::ids::TenantId;
use regua_core::time::Instant;
use regua_store::bank::{self, AccountRow};
use regua_store::db::{Scope, StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::commands::tenant::note;
use crate::error::{Error, Result};
use crate::log::{self, Act};

/// An account as it is set up.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// The bank: three digits in Brazil, else what identifies it.
    pub bank: String,
    /// The branch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub branch: String,
    /// The account, with its check digit behind a `-` where there is one; an IBAN as it is.
    pub number: String,
    /// Portfolio of its slips (carteira).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub wallet: String,
    /// What the bank calls the company (convênio, código do beneficiário).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agreement: String,
    /// Post of a cooperative (posto).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub post: String,
    /// The key that Pix charges are paid to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pix_key: String,
}

/// An account with its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedAccount {
    /// What people call it.
    pub name: String,
    /// What it is.
    pub account: Account,
    /// The next number of a slip.
    pub next_number: i64,
}

/// The payload of an event of kind `bank_account_added`.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountAdded {
    pub(crate) account: String,
    pub(crate) body: String,
    pub(crate) next_number: i64,
    pub(crate) act: Act,
}

impl Engine {
    /// Adds an account of the company's.
    ///
    /// * `first` — the number of its first slip: beyond those that were issued elsewhere.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] when there is one of this name, or when its files could not be told from another's.
    pub fn add_bank_account(&self, tenant: TenantId, name: &str, account: &Account, first: i64, act: &Act, now: Instant) -> Result<()> {
        let named = !name.is_empty() && name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !named {
            return Err(Error::refused("bad_name", format!("`{name}` is no name for an account; use letters, digits and `-`, at most 40")));
        }
        if account.number.trim().is_empty() || account.bank.trim().is_empty() || first < 1 {
            return Err(Error::refused("bad_account", "an account has a bank, a number, and a first slip from 1 on"));
        }
        self.db.write(Scope::Tenant(tenant), |tx| {
            let mut stored = self.locked_tenant(tx, tenant)?;
            for other in named_accounts(tx, tenant)? {
                if same(&other.account, &file_account(account)) {
                    let told = format!("{} is the same account; files could not be told apart", other.name);
                    return Err(Error::refused("same_account", told));
                }
            }
            let body = log::json(account)?;
            let row = AccountRow { account: name.to_owned(), body: body.clone(), added_at: now, next_number: first, next_file: 1 };
            let known = || Error::refused("known_account", format!("there is an account {name} already"));
            let added = bank::add_account(tx, tenant, &row);
            added.map_err(|error| if matches!(error, StoreError::Unique { .. }) { known() } else { Error::from(error) })?;
            let payload = AccountAdded { account: name.to_owned(), body, next_number: first, act: act.clone() };
            note(tx, &mut stored, now, "bank_account_added", log::json(&payload)?)
        })
    }

    /// The company's accounts, by name.
    ///
    /// # Errors
    /// Whatever the database says.
    pub fn bank_accounts(&self, tenant: TenantId) -> Result<Vec<NamedAccount>> {
        self.db.read(Scope::Tenant(tenant), |tx| named_accounts(tx, tenant))
    }
}

/// The company's accounts, by name.
pub(super) fn named_accounts(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<NamedAccount>> {
    bank::accounts(tx, tenant)?.into_iter().map(|row| named(&row)).collect()
}

/// A row as an account.
pub(super) fn named(row: &AccountRow) -> Result<NamedAccount> {
    let unread = |why: serde_json::Error| Error::bug("account_read", format!("the account {} cannot be read: {why}", row.account));
    let account: Account = serde_json::from_str(&row.body).map_err(unread)?;
    Ok(NamedAccount { name: row.account.clone(), account, next_number: row.next_number })
}

/// The account that a file tells of.
///
/// # Errors
/// [`crate::Kind::Refused`] when it is none of the company's, or may be several.
pub(super) fn of_file<'a>(known: &'a [NamedAccount], told: &BankAccount) -> Result<&'a NamedAccount> {
    let mut fitting = known.iter().filter(|one| same(&one.account, told));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => {
            let told = format!("the file's account may be {} or {}; say which", one.name, other.name);
            Err(Error::refused("several_accounts", told))
        }
        (None, _) => {
            let told = format!(
                "the file is of account {} {} {}, which is none of the company's; add it, or say which one it is",
                told.bank, told.branch, told.number
            );
            Err(Error::refused("unknown_account", told))
        }
    }
}

/// How an account would stand in its file.
fn file_account(account: &Account) -> BankAccount {
    BankAccount { bank: bare(&account.bank).into(), branch: bare(&account.branch).into(), number: bare(&account.number).into() }
}

/// Whether a file's account is this one: what both say is equal. Banks leave out the branch or the check digit, write the
/// agreement in place of the account, or another name for themselves.
fn same(own: &Account, told: &BankAccount) -> bool {
    let (own_number, told_number) = (bare(&own.number), bare(&told.number));
    let digitless = |number: &str, other: &str| number.len() == other.len() + 1 && number.starts_with(other);
    let number = own_number == told_number
        || (own.number.contains('-') && digitless(&own_number, &told_number))
        || (told.number.contains('-') && digitless(&told_number, &own_number))
        || (!own.agreement.is_empty() && bare(&own.agreement) == told_number);
    let bank = |own: &str, told: &str| own == told || own.len() != told.len();
    let branch = |own: &str, told: &str| own.is_empty() || told.is_empty() || own == told || digitless(own, told) || digitless(told, own);
    number && !told_number.is_empty() && bank(&bare(&own.bank), &bare(&told.bank)) && branch(&bare(&own.branch), &bare(&told.branch))
}

/// Letters and digits without zeros in front.
pub(super) fn bare(text: &str) -> String {
    let kept: String = text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
    kept.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_known_with_and_without_branch_zeros_and_check_digit() {
        let own = Account { bank: "341".into(), branch: "0057".into(), number: "12345-7".into(), ..Account::default() };
        let told = |bank: &str, branch: &str, number: &str| BankAccount { bank: bank.into(), branch: branch.into(), number: number.into() };
        for fits in [told("341", "57", "12345-7"), told("341", "", "123457"), told("341", "0057", "12345"), told("ITAU", "57", "0123457")] {
            assert!(same(&own, &fits), "{fits:?}");
        }
        for other in [told("237", "57", "12345-7"), told("341", "58", "12345-7"), told("341", "57", "12346"), told("341", "57", "")] {
            assert!(!same(&own, &other), "{other:?}");
        }
    }
}

//! Where a record names the company's account.

use regua_core::bank::BankAccount;

use super::told::account_number;
use crate::fixed::{BadField, Column, Columns, Pen};

/// The columns of an account.
#[derive(Clone, Copy)]
pub(super) struct AccountColumns {
    pub(super) branch: Option<Column>,
    pub(super) number: Column,
    pub(super) check: Option<Column>,
}

impl AccountColumns {
    /// An account without a branch or a check digit of their own.
    pub(super) const fn number(number: Column) -> Self {
        Self { branch: None, number, check: None }
    }

    /// Branch and number without a check digit.
    pub(super) const fn plain(branch: Column, number: Column) -> Self {
        Self { branch: Some(branch), number, check: None }
    }

    /// Branch, number and check digit.
    pub(super) const fn whole(branch: Column, number: Column, check: Column) -> Self {
        Self { branch: Some(branch), number, check: Some(check) }
    }

    pub(super) fn read(self, bank: &str, line: &Columns<'_>) -> BankAccount {
        let branch = self.branch.and_then(|column| line.number_text(column)).unwrap_or_else(|| "".into());
        let check = self.check.map(|column| line.text(column)).unwrap_or_default();
        BankAccount { bank: bank.into(), branch, number: account_number(line.number_text(self.number), &check) }
    }

    pub(super) fn write(self, account: &BankAccount, pen: &mut Pen) -> Result<(), BadField> {
        if let Some(branch) = self.branch {
            pen.text(branch, &account.branch)?;
        }
        let (number, check) = account.number.rsplit_once('-').unwrap_or((&account.number, ""));
        match self.check {
            Some(column) => {
                pen.text(self.number, number)?.text(column, check)?;
            }
            None => {
                pen.text(self.number, &account.number.replace('-', ""))?;
            }
        }
        Ok(())
    }
}

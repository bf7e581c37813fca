//! What a slip prints of the company's numbers: «Agência/Código do beneficiário», «Nosso número», «Carteira».
//!
//! Deliberately absent: the rest of the slip, which is the same for all banks.

use super::layout::{account_check, agreement_check, branch_check, our_number_at_bank, our_number_digit};
use super::{BadBeneficiary, Bank, Beneficiary, OurNumber};

/// «Agência/Código do beneficiário», e.g. `0548-7 / 00001448-6`.
#[must_use]
pub fn printed_beneficiary(company: &Beneficiary) -> String {
    let Beneficiary { bank, branch, account, agreement, post, wallet: _ } = company;
    let behind = |check: Option<char>| check.map(|check| format!("-{check}")).unwrap_or_default();
    match bank {
        Bank::BancoDoBrasil | Bank::Bradesco | Bank::Itau => {
            format!("{branch}{} / {account}{}", behind(branch_check(company)), behind(account_check(company)))
        }
        Bank::Santander | Bank::Caixa | Bank::Sicoob => format!("{branch} / {agreement}{}", behind(agreement_check(company))),
        Bank::Sicredi => format!("{branch}.{post}.{agreement}"),
    }
}

/// «Nosso número», e.g. `06/00000004042-8`.
///
/// # Errors
/// [`BadBeneficiary::OtherBank`] when the number was made for another bank.
pub fn printed_our_number(company: &Beneficiary, number: &OurNumber) -> Result<String, BadBeneficiary> {
    let at_bank = our_number_at_bank(company, number)?;
    let check = our_number_digit(company, number)?.map(|check| format!("-{check}")).unwrap_or_default();
    Ok(match company.bank {
        Bank::BancoDoBrasil | Bank::Santander | Bank::Caixa | Bank::Sicoob => format!("{at_bank}{check}"),
        Bank::Bradesco | Bank::Itau => format!("{}/{at_bank}{check}", company.wallet),
        Bank::Sicredi => format!("{}/{}{check}", &at_bank[..2], &at_bank[2..]),
    })
}

/// «Carteira».
#[must_use]
pub fn printed_wallet(company: &Beneficiary) -> &str {
    &company.wallet
}

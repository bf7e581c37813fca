//! What each bank wants of a contract, its free field, and the check digits of its own. Sources: `SOURCE.md`.
//!
//! | bank | free field, 25 digits |
//! | --- | --- |
//! | Banco do Brasil | `000000`, agreement 7, number 10, wallet 2 |
//! | Santander | `9`, agreement 7, number 12 and its digit, `0`, wallet 3 |
//! | Caixa | agreement 6 and its digit or 7, number 3, `1`, 3 more, `4`, the last 9, digit of the 24 |
//! | Bradesco | branch 4, wallet 2, number 11, account 7, `0` |
//! | Itaú | wallet 3, number 8 and its digit, branch 4, account 5 and its digit, `000` |
//! | Sicredi | `11`, number 8 and its digit, branch 4, post 2, agreement 5, `10`, digit of the 24 |
//! | Sicoob | wallet 1, branch 4, `01`, agreement 7, number 7 and its digit, `001` |
//!
//! Fixed digits: Santander's `0` is for insurers, Caixa's `1` and `4` say registered and printed by the company, Sicredi's
//! `11` registered and simple and its `10` that the slip has an amount, Sicoob's `01` the simple modality and `001` one
//! instalment. Deliberately absent: what these digits may be in other contracts.

use super::{BadBeneficiary, Bank, Beneficiary, Contract, FreeField, OurNumber, Part};
use crate::boleto::digits::{digit, mod10, mod11_utility, rest11};

/// Checks a contract, one bank after the other.
pub(super) fn check(bank: Bank, contract: &Contract<'_>) -> Result<Beneficiary, BadBeneficiary> {
    let part = |part, text, len| padded(bank, part, text, len);
    let (branch, branch_digit) = part(Part::Branch, contract.branch, 4)?;
    let wallet = wallet(bank, contract.wallet)?;
    let mut company = Beneficiary { bank, branch, account: "".into(), wallet, agreement: "".into(), post: "".into() };
    let (mut account_digit, mut agreement_digit) = (None, None);
    match bank {
        Bank::BancoDoBrasil => {
            (company.account, account_digit) = part(Part::Account, contract.account, 8)?;
            (company.agreement, agreement_digit) = exact(bank, contract.agreement, 7, "the 7 digits of a convênio, none shorter")?;
        }
        Bank::Santander => (company.agreement, agreement_digit) = part(Part::Agreement, contract.agreement, 7)?,
        Bank::Caixa => (company.agreement, agreement_digit) = caixa_agreement(contract.agreement)?,
        Bank::Bradesco => (company.account, account_digit) = part(Part::Account, contract.account, 7)?,
        Bank::Itau => (company.account, account_digit) = part(Part::Account, contract.account, 5)?,
        Bank::Sicredi => {
            (company.agreement, agreement_digit) = part(Part::Agreement, contract.agreement, 5)?;
            let (post, post_digit) = part(Part::Post, contract.post, 2)?;
            company.post = post;
            agrees(bank, Part::Post, post_digit, None)?;
        }
        Bank::Sicoob => (company.agreement, agreement_digit) = part(Part::Agreement, contract.agreement, 7)?,
    }
    agrees(bank, Part::Branch, branch_digit, branch_check(&company))?;
    agrees(bank, Part::Account, account_digit, account_check(&company))?;
    agrees(bank, Part::Agreement, agreement_digit, agreement_check(&company))?;
    Ok(company)
}

/// A number with zeros in front, and its check digit where it was written behind a hyphen.
fn padded(bank: Bank, part: Part, text: &str, len: usize) -> Result<(Box<str>, Option<char>), BadBeneficiary> {
    let (number, check) = apart(text);
    let expected = match len {
        2 => "1 or 2 digits",
        4 => "1 to 4 digits",
        5 => "1 to 5 digits",
        7 => "1 to 7 digits",
        _ => "1 to 8 digits",
    };
    if number.is_empty() || number.len() > len || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadBeneficiary::Part { bank, part, expected });
    }
    Ok((format!("{number:0>len$}").into(), check))
}

/// An agreement of one length only.
fn exact(bank: Bank, text: &str, len: usize, expected: &'static str) -> Result<(Box<str>, Option<char>), BadBeneficiary> {
    let (number, check) = apart(text);
    if number.len() != len || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadBeneficiary::Part { bank, part: Part::Agreement, expected });
    }
    Ok((number.into(), check))
}

/// Codes of seven digits, given out since those of six ran short, begin above 1100000.
fn caixa_agreement(text: &str) -> Result<(Box<str>, Option<char>), BadBeneficiary> {
    let expected = "the 6 digits of a código do beneficiário, or 7 from 1100001 on";
    let long = apart(text).0.len() == 7;
    if long && apart(text).0 <= "1100000" {
        return Err(BadBeneficiary::Part { bank: Bank::Caixa, part: Part::Agreement, expected });
    }
    exact(Bank::Caixa, text, if long { 7 } else { 6 }, expected)
}

/// A number and what stands behind its hyphen, if that is one character.
fn apart(text: &str) -> (&str, Option<char>) {
    let text = text.trim();
    let mut parts = text.rsplitn(2, '-');
    match (parts.next(), parts.next()) {
        (Some(check), Some(number)) if check.chars().count() == 1 => (number, check.chars().next()),
        _ => (text, None),
    }
}

fn agrees(bank: Bank, part: Part, written: Option<char>, rule: Option<char>) -> Result<(), BadBeneficiary> {
    match (written, rule) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(BadBeneficiary::NoCheckDigit { bank, part }),
        (Some(written), Some(right)) if written.eq_ignore_ascii_case(&right) => Ok(()),
        (Some(_), Some(_)) => Err(BadBeneficiary::CheckDigit { bank, part }),
    }
}

/// Itaú's wallets with a layout or a check digit of their own, on which implementations disagree.
const ITAU_OTHER_WALLETS: &[&str] = &["106", "107", "112", "122", "126", "131", "142", "143", "146", "150", "168", "195", "196", "198"];

fn wallet(bank: Bank, text: &str) -> Result<Box<str>, BadBeneficiary> {
    let text = text.trim();
    let digits = |len: usize| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
    let (good, expected) = match bank {
        Bank::BancoDoBrasil | Bank::Bradesco => (digits(2), "2 digits"),
        Bank::Santander => (matches!(text, "101" | "102" | "201"), "101, 102 or 201"),
        Bank::Caixa => (text == "RG", "RG, registered and printed by the company"),
        Bank::Itau => (
            digits(3) && !ITAU_OTHER_WALLETS.contains(&text),
            "3 digits, such as 109; wallets with rules of their own, such as 112, are not known here",
        ),
        Bank::Sicredi | Bank::Sicoob => (text == "1", "1, the simple one"),
    };
    if good { Ok(text.into()) } else { Err(BadBeneficiary::Part { bank, part: Part::Wallet, expected }) }
}

/// Modulo 11 with weights up to `weight_max`; ten is a letter.
fn mod11_letter(digits: &str, weight_max: u32, ten: char) -> char {
    match rest11(digits, weight_max) {
        0 => '0',
        1 => ten,
        rest => digit(11 - rest),
    }
}

/// The check digit of a branch, where the bank's rule is known and printed.
pub(super) fn branch_check(company: &Beneficiary) -> Option<char> {
    match company.bank {
        Bank::BancoDoBrasil => Some(mod11_letter(&company.branch, 9, 'X')),
        Bank::Bradesco => Some(mod11_letter(&company.branch, 9, 'P')),
        Bank::Santander | Bank::Caixa | Bank::Itau | Bank::Sicredi | Bank::Sicoob => None,
    }
}

/// The check digit of an account, where the bank uses it.
pub(super) fn account_check(company: &Beneficiary) -> Option<char> {
    match company.bank {
        Bank::BancoDoBrasil => Some(mod11_letter(&company.account, 9, 'X')),
        Bank::Bradesco => Some(mod11_letter(&company.account, 9, 'P')),
        Bank::Itau => Some(mod10(&[&*company.branch, &*company.account].concat())),
        Bank::Santander | Bank::Caixa | Bank::Sicredi | Bank::Sicoob => None,
    }
}

/// The check digit of an agreement, where it has one that is not part of it.
pub(super) fn agreement_check(company: &Beneficiary) -> Option<char> {
    match company.bank {
        Bank::Caixa => Some(mod11_utility(&company.agreement)),
        Bank::BancoDoBrasil | Bank::Santander | Bank::Bradesco | Bank::Itau | Bank::Sicredi | Bank::Sicoob => None,
    }
}

/// The slip's number as the bank keeps it, without its check digit: the digits that the company chose, behind the agreement
/// at Banco do Brasil and behind `14` at Caixa.
///
/// # Errors
/// [`BadBeneficiary::OtherBank`] when the number was made for another bank.
pub fn our_number_at_bank(company: &Beneficiary, number: &OurNumber) -> Result<String, BadBeneficiary> {
    if number.bank != company.bank {
        return Err(BadBeneficiary::OtherBank { number: number.bank, company: company.bank });
    }
    Ok(match company.bank {
        Bank::BancoDoBrasil => [&*company.agreement, &*number.digits].concat(),
        Bank::Caixa => ["14", &*number.digits].concat(),
        Bank::Santander | Bank::Bradesco | Bank::Itau | Bank::Sicredi | Bank::Sicoob => number.digits.to_string(),
    })
}

/// The check digit of a slip's number: a digit, or `P` at Bradesco. Numbers of 17 digits at Banco do Brasil have none.
///
/// # Errors
/// [`BadBeneficiary::OtherBank`] when the number was made for another bank.
///
/// ```
/// # use regua_wire::boleto::banks::{Bank, Beneficiary, Contract, OurNumber, our_number_digit};
/// let contract = Contract { branch: "1", wallet: "1", agreement: "19", ..Contract::default() };
/// let company = Beneficiary::new(Bank::Sicoob, &contract)?;
/// assert_eq!(our_number_digit(&company, &OurNumber::new(Bank::Sicoob, "21")?)?, Some('8'), "the cooperative's own example");
/// # Ok::<(), regua_wire::boleto::banks::BadBeneficiary>(())
/// ```
pub fn our_number_digit(company: &Beneficiary, number: &OurNumber) -> Result<Option<char>, BadBeneficiary> {
    let at_bank = our_number_at_bank(company, number)?;
    let number = at_bank.as_str();
    let Beneficiary { bank, branch, account, wallet, agreement, post } = company;
    Ok(match bank {
        Bank::BancoDoBrasil => None,
        Bank::Santander | Bank::Caixa => Some(mod11_utility(number)),
        Bank::Bradesco => Some(mod11_letter(&[&**wallet, number].concat(), 7, 'P')),
        Bank::Itau => Some(mod10(&[&**branch, &**account, &**wallet, number].concat())),
        Bank::Sicredi => Some(mod11_utility(&[&**branch, &**post, &**agreement, number].concat())),
        Bank::Sicoob => Some(sicoob_digit(&format!("{branch}{agreement:0>10}{number}"))),
    })
}

/// Weights 3, 1, 9, 7 from the left over 4 digits of the cooperative, 10 of the client, 7 of the number.
fn sicoob_digit(digits: &str) -> char {
    let weights = [3, 1, 9, 7].into_iter().cycle();
    let sum: u32 = digits.bytes().zip(weights).map(|(byte, weight)| u32::from(byte.saturating_sub(b'0')) * weight).sum();
    match sum % 11 {
        0 | 1 => '0',
        rest => digit(11 - rest),
    }
}

/// The free field of a slip's barcode.
///
/// At Sicredi it says that the slip has an amount: give the barcode one.
///
/// # Errors
/// [`BadBeneficiary::OtherBank`] when the number was made for another bank.
pub fn free_field(company: &Beneficiary, number: &OurNumber) -> Result<FreeField, BadBeneficiary> {
    let check = our_number_digit(company, number)?.map(String::from).unwrap_or_default();
    let Beneficiary { bank, branch, account, wallet, agreement, post } = company;
    let digits = number.as_str();
    let text = match bank {
        Bank::BancoDoBrasil => format!("000000{agreement}{digits}{wallet}"),
        Bank::Santander => format!("9{agreement}{digits}{check}0{wallet}"),
        Bank::Caixa => {
            let code = agreement_check(company).filter(|_| agreement.len() == 6).map(String::from).unwrap_or_default();
            with_check(format!("{agreement}{code}{}1{}4{}", &digits[..3], &digits[3..6], &digits[6..]))
        }
        Bank::Bradesco => format!("{branch}{wallet}{digits}{account}0"),
        Bank::Itau => format!("{wallet}{digits}{check}{branch}{account}{}000", mod10(&format!("{branch}{account}"))),
        Bank::Sicredi => with_check(format!("11{digits}{check}{branch}{post}{agreement}10")),
        Bank::Sicoob => format!("{wallet}{branch}01{agreement}{digits}{check}001"),
    };
    // Widths are fixed by `check` and `OurNumber::new`; were one wrong, the number is what does not fit.
    FreeField::parse(&text).or(Err(BadBeneficiary::OurNumber { bank: *bank, len: digits.len() }))
}

fn with_check(mut digits: String) -> String {
    digits.push(mod11_utility(&digits));
    digits
}

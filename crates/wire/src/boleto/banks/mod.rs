//! Banks whose slips we can make: how each lays out the free field, and numbers a slip.
//!
//! A bank stands here when two independent public implementations agree on its layout; `SOURCE.md` beside this file names
//! them, and what was left out because they disagree. Everything else is refused: a slip with a guessed free field pays
//! into somebody else's account. A bank still has to accept the first slips of a company before any are sent.
//! Deliberately absent: contracts in which the bank numbers or prints the slips, and slips without registration, which no
//! longer exist.

mod layout;
mod print;

use super::{BankCode, FreeField};
pub use layout::{free_field, our_number_at_bank, our_number_digit};
pub use print::{printed_beneficiary, printed_our_number, printed_wallet};

/// A bank of the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Bank {
    /// 001.
    BancoDoBrasil,
    /// 033.
    Santander,
    /// 104, its system SIGCB.
    Caixa,
    /// 237.
    Bradesco,
    /// 341.
    Itau,
    /// 748.
    Sicredi,
    /// 756.
    Sicoob,
}

impl Bank {
    /// Every bank, by its code.
    pub const ALL: &'static [Self] =
        &[Self::BancoDoBrasil, Self::Santander, Self::Caixa, Self::Bradesco, Self::Itau, Self::Sicredi, Self::Sicoob];

    /// The bank of a code.
    ///
    /// # Errors
    /// [`BadBeneficiary::Bank`] when its layout is not known here.
    pub fn of(code: BankCode) -> Result<Self, BadBeneficiary> {
        Self::ALL.iter().copied().find(|bank| bank.code() == code.as_str()).ok_or(BadBeneficiary::Bank(code))
    }

    /// Its code in the clearing system.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BancoDoBrasil => "001",
            Self::Santander => "033",
            Self::Caixa => "104",
            Self::Bradesco => "237",
            Self::Itau => "341",
            Self::Sicredi => "748",
            Self::Sicoob => "756",
        }
    }

    /// Its code as a slip prints it beside the logo, with its check digit: `001-9`.
    #[must_use]
    pub const fn printed_code(self) -> &'static str {
        match self {
            Self::BancoDoBrasil => "001-9",
            Self::Santander => "033-7",
            Self::Caixa => "104-0",
            Self::Bradesco => "237-2",
            Self::Itau => "341-7",
            Self::Sicredi => "748-X",
            Self::Sicoob => "756-0",
        }
    }

    /// Its name on a slip.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BancoDoBrasil => "Banco do Brasil",
            Self::Santander => "Banco Santander",
            Self::Caixa => "Caixa Econômica Federal",
            Self::Bradesco => "Banco Bradesco",
            Self::Itau => "Itaú Unibanco",
            Self::Sicredi => "Sicredi",
            Self::Sicoob => "Sicoob",
        }
    }

    /// How many digits of a slip's number the company chooses.
    #[must_use]
    pub const fn our_number_len(self) -> usize {
        match self {
            Self::BancoDoBrasil => 10,
            Self::Santander => 12,
            Self::Caixa => 15,
            Self::Bradesco => 11,
            Self::Itau | Self::Sicredi => 8,
            Self::Sicoob => 7,
        }
    }
}

/// What a contract with a bank says, as the company copied it; what the bank does not use stays empty.
///
/// A check digit may follow `branch`, `account` and `agreement` behind a hyphen where the bank's rule for it is known: it is
/// checked, so that a slip of the pen is found before the first boleto.
///
/// | bank | branch | account | wallet | agreement | post |
/// | --- | --- | --- | --- | --- | --- |
/// | Banco do Brasil | 4, checked | 8, checked | 2 | convênio of 7, none shorter | |
/// | Santander | 4 | | 101, 102 or 201 | código do beneficiário, 7 | |
/// | Caixa | 4 | | RG | código do beneficiário, 6 checked, or 7 from 1100001 on | |
/// | Bradesco | 4, checked | 7, checked | 2 | | |
/// | Itaú | 4 | 5, checked with the branch | 3, see `SOURCE.md` | | |
/// | Sicredi | cooperativa, 4 | | 1 | código do beneficiário, 5 | 2 |
/// | Sicoob | cooperativa, 4 | | 1 | código do cliente with its digit, 7 | |
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Contract<'a> {
    /// Agência, or cooperativa.
    pub branch: &'a str,
    /// Conta corrente.
    pub account: &'a str,
    /// Carteira.
    pub wallet: &'a str,
    /// Convênio, código do beneficiário or do cliente.
    pub agreement: &'a str,
    /// Posto, of Sicredi.
    pub post: &'a str,
}

/// A company at its bank: a contract that was checked, each number with the zeros that the bank wants in front.
///
/// ```
/// # use regua_wire::boleto::banks::{self, Bank, Beneficiary, Contract, OurNumber};
/// let contract = Contract { branch: "0811", account: "53678-8", wallet: "109", ..Contract::default() };
/// let company = Beneficiary::new(Bank::Itau, &contract)?;
/// let number = OurNumber::new(Bank::Itau, "4711")?;
/// assert_eq!(banks::printed_beneficiary(&company), "0811 / 53678-8");
/// assert_eq!(banks::printed_our_number(&company, &number)?, "109/00004711-7");
/// assert_eq!(banks::free_field(&company, &number)?.as_str(), "1090000471170811536788000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beneficiary {
    bank: Bank,
    branch: Box<str>,
    account: Box<str>,
    wallet: Box<str>,
    agreement: Box<str>,
    post: Box<str>,
}

impl Beneficiary {
    /// Checks a contract against what its bank wants.
    ///
    /// # Errors
    /// [`BadBeneficiary`] names the number that is wrong, and how it should be.
    pub fn new(bank: Bank, contract: &Contract<'_>) -> Result<Self, BadBeneficiary> {
        layout::check(bank, contract)
    }

    /// The bank.
    #[must_use]
    pub const fn bank(&self) -> Bank {
        self.bank
    }

    /// The branch without its check digit, four digits.
    #[must_use]
    pub fn branch(&self) -> &str {
        &self.branch
    }

    /// The account without its check digit; empty where the bank does not use it.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The wallet (carteira).
    #[must_use]
    pub fn wallet(&self) -> &str {
        &self.wallet
    }

    /// The agreement without its check digit; empty where the bank does not use it.
    #[must_use]
    pub fn agreement(&self) -> &str {
        &self.agreement
    }

    /// The post of Sicredi; empty at other banks.
    #[must_use]
    pub fn post(&self) -> &str {
        &self.post
    }
}

/// The number of a slip at its bank (nosso número): the digits that the company chooses, with zeros in front.
///
/// Each contract uses a number once. At Sicredi it is the year in two digits, one digit from 2 to 9, and five that count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OurNumber {
    bank: Bank,
    digits: Box<str>,
}

impl OurNumber {
    /// A number for a slip of a bank.
    ///
    /// # Errors
    /// [`BadBeneficiary::OurNumber`] when it is zero, longer than the bank allows, or not as Sicredi wants it.
    pub fn new(bank: Bank, digits: &str) -> Result<Self, BadBeneficiary> {
        let len = bank.our_number_len();
        let bad = BadBeneficiary::OurNumber { bank, len };
        if digits.is_empty() || digits.len() > len || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.bytes().all(|b| b == b'0') {
            return Err(bad);
        }
        let digits = format!("{digits:0>len$}");
        // A 1 is for slips that the cooperative printed.
        if bank == Bank::Sicredi && !matches!(digits.as_bytes().get(2), Some(b'2'..=b'9')) {
            return Err(bad);
        }
        Ok(Self { bank, digits: digits.into() })
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.digits
    }
}

/// A number of a contract.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Agência, or cooperativa.
    Branch,
    /// Conta corrente.
    Account,
    /// Carteira.
    Wallet,
    /// Convênio, código do beneficiário or do cliente.
    Agreement,
    /// Posto.
    Post,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Branch => "branch (agência)",
            Self::Account => "account (conta)",
            Self::Wallet => "wallet (carteira)",
            Self::Agreement => "agreement (convênio, código do beneficiário)",
            Self::Post => "post (posto)",
        }
    }
}

/// Why no slip can be made for a company at its bank.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadBeneficiary {
    /// A bank that is not in the registry.
    #[error(
        "boletos of bank {0} cannot be made here, only those of 001, 033, 104, 237, 341, 748 and 756: let the bank or a gateway make them"
    )]
    Bank(BankCode),
    /// A number that does not fit.
    #[error("{}: the {} is written with {expected}", bank.name(), part.name())]
    Part {
        /// Of which bank.
        bank: Bank,
        /// Which number.
        part: Part,
        /// What it should be.
        expected: &'static str,
    },
    /// A check digit that does not agree.
    #[error("{}: the check digit of the {} is wrong: compare both with the contract", bank.name(), part.name())]
    CheckDigit {
        /// Of which bank.
        bank: Bank,
        /// Of which number.
        part: Part,
    },
    /// A check digit whose rule is not known.
    #[error("{}: write the {} without a hyphen and check digit", bank.name(), part.name())]
    NoCheckDigit {
        /// Of which bank.
        bank: Bank,
        /// Of which number.
        part: Part,
    },
    /// A number of a slip that does not fit.
    #[error("{}: the slip's number (nosso número) is above zero and has at most {len} digits{}", bank.name(), sicredi_form(*bank))]
    OurNumber {
        /// Of which bank.
        bank: Bank,
        /// How many digits it may have.
        len: usize,
    },
    /// A number of a slip that was made for another bank.
    #[error("the slip's number (nosso número) was made for {} and not for {}", number.name(), company.name())]
    OtherBank {
        /// The number's bank.
        number: Bank,
        /// The company's.
        company: Bank,
    },
}

fn sicredi_form(bank: Bank) -> &'static str {
    if bank == Bank::Sicredi { ": the year in two, a digit from 2 to 9, and five that count" } else { "" }
}

#[cfg(test)]
mod tests;

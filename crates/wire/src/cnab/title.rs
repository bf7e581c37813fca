//! What a company asks of its bank: a slip to register, or a change of one.
//!
//! Deliberately absent: where any of it stands in a file, and how a nosso número is made.

use regua_core::money::Money;
use regua_core::party::TaxId;
use regua_core::rate::Rate;
use regua_core::time::{Day, LocalTime};

/// What the bank is asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Instruction {
    /// Register the slip (01).
    Register,
    /// Write it off: it can no longer be paid (02).
    WriteOff,
    /// Grant the abatement of the title (04).
    GrantAbatement,
    /// Take the abatement back (05).
    CancelAbatement,
    /// Move the due date to that of the title (06).
    ChangeDue,
}

impl Instruction {
    /// Every instruction.
    pub const ALL: [Self; 5] = [Self::Register, Self::WriteOff, Self::GrantAbatement, Self::CancelAbatement, Self::ChangeDue];

    /// Its code, the same in all formats that are written here.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Register => "01",
            Self::WriteOff => "02",
            Self::GrantAbatement => "04",
            Self::CancelAbatement => "05",
            Self::ChangeDue => "06",
        }
    }

    /// The instruction of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|instruction| instruction.code() == code)
    }
}

/// A fixed amount, or a share of the title's. Files hold shares in hundredths of a percent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Charge {
    /// Reais.
    Amount(Money),
    /// A share of the title.
    Share(Rate),
}

/// What is added once when the title is late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fine {
    /// The first day on which it is due.
    pub from: Day,
    /// How much.
    pub charge: Charge,
}

/// How interest runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InterestRate {
    /// Reais a day.
    Daily(Money),
    /// A share of the title a month.
    Monthly(Rate),
}

/// What is added each day when the title is late.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interest {
    /// The first day of it.
    pub from: Day,
    /// How much.
    pub rate: InterestRate,
}

/// What is taken off for paying early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Discount {
    /// The last day of it.
    pub until: Day,
    /// How much.
    pub charge: Charge,
}

/// Who is to pay. Names and places are folded to upper case ASCII, and cut where their column ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// CPF or CNPJ.
    pub tax_id: TaxId,
    /// Name.
    pub name: Box<str>,
    /// Street and number.
    pub street: Box<str>,
    /// District.
    pub district: Box<str>,
    /// CEP: eight digits.
    pub postcode: Box<str>,
    /// City.
    pub city: Box<str>,
    /// State: two letters.
    pub state: Box<str>,
}

/// A slip and what is asked for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Title {
    /// What is asked.
    pub instruction: Instruction,
    /// Nosso número: digits, without its check digit where the layout gives that a column of its own.
    pub our_number: Box<str>,
    /// Its check digit; not written where the bank works it out.
    pub check_digit: Option<char>,
    /// The company's number of the document; printed on the slip.
    pub document: Box<str>,
    /// What the bank sends back unread; 25 characters.
    pub company_use: Box<str>,
    /// Until when it is paid without fine.
    pub due: Day,
    /// How much, in reais.
    pub amount: Money,
    /// When the debt was made out.
    pub issued_on: Day,
    /// What sort of debt: two digits of the bank's list, such as `02` (DM) at FEBRABAN.
    pub sort: Box<str>,
    /// What is added once.
    pub fine: Option<Fine>,
    /// What is added each day.
    pub interest: Option<Interest>,
    /// At most three.
    pub discounts: Vec<Discount>,
    /// What is taken off whenever it is paid.
    pub abatement: Option<Money>,
    /// Who is to pay.
    pub payer: Place,
    /// How many days after `due` the bank writes it off by itself; not written at Sicoob, where it is agreed for all slips.
    pub write_off_days: Option<u16>,
    /// At most two lines of 40 characters; ASCII.
    pub messages: Vec<Box<str>>,
}

/// Who asks, and in which file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Company {
    /// Three digits.
    pub bank: Box<str>,
    /// The company's name; folded and cut like a payer's.
    pub name: Box<str>,
    /// CPF or CNPJ.
    pub tax_id: TaxId,
    /// The branch without its check digit.
    pub branch: Box<str>,
    /// The branch's check digit, or `""`.
    pub branch_digit: Box<str>,
    /// The account without its check digit.
    pub account: Box<str>,
    /// The account's check digit.
    pub account_digit: Box<str>,
    /// The agreement with the bank (convênio, código da empresa), or `""`.
    pub agreement: Box<str>,
    /// The portfolio (carteira), as the bank names it.
    pub portfolio: Box<str>,
    /// The file's number in the company's count, from 1.
    pub file_number: u32,
    /// When the file is made.
    pub made_on: Day,
    /// At what time.
    pub made_at: LocalTime,
}

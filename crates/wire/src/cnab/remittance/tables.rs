//! What each bank does with the columns that FEBRABAN leaves to it in a remittance of CNAB 240.
//!
//! Segment P: where branch and account stand, how the nosso número and its check digit fill 38-57, what 58-62 say; headers:
//! where agreement and account stand, and the versions of the layout. Deliberately absent: Itaú, whose segment P is another
//! record and which takes CNAB 400. Sources: `tests/cnab/SOURCE.md`.

use crate::fixed::Column;

/// Where the check digit of a nosso número goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Digit {
    /// Nowhere: the bank works it out.
    Absent,
    /// Behind the number, in the same column.
    Joined,
    /// Into a column of its own.
    At(Column),
}

/// What column 58 says of the portfolio.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Portfolio {
    /// What the company says.
    Given,
    /// Always 1, simple collection.
    Simple,
    /// Banco do Brasil: 7 for portfolio 17, else 1.
    Brasil,
    /// Santander: 1 for portfolios above 200, else 5.
    Santander,
}

/// How a bank takes the days after which it writes a slip off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteOff {
    /// As the title says.
    Given,
    /// Always 60 days.
    Sixty,
    /// Not at all: it is agreed for all slips of the company.
    Agreed,
}

/// A header: of the file, or of a batch.
pub(super) struct Head {
    pub(super) kind: Column,
    pub(super) id: Column,
    pub(super) agreement: Option<Column>,
    pub(super) wallet: Option<Column>,
    pub(super) branch: Column,
    pub(super) branch_digit: Option<Column>,
    pub(super) account: Option<(Column, Column)>,
    pub(super) fixed: &'static [(Column, &'static str)],
}

/// A bank's CNAB 240.
pub(super) struct Layout {
    pub(super) name: &'static str,
    pub(super) file: Head,
    pub(super) batch: Head,
    pub(super) branch: Column,
    pub(super) branch_digit: Option<Column>,
    pub(super) accounts: &'static [(Column, Column)],
    pub(super) agreement: Option<Column>,
    pub(super) wallet: Option<Column>,
    pub(super) number: Column,
    pub(super) digit: Digit,
    pub(super) portfolio: Portfolio,
    /// Columns 59-62: registered, kind of document, who writes and who sends it.
    pub(super) habits: &'static str,
    pub(super) document: Column,
    /// The code of no interest.
    pub(super) no_interest: &'static str,
    pub(super) write_off: WriteOff,
    /// What overrides the rest of segment P.
    pub(super) fixed: &'static [(Column, &'static str)],
    /// A batch's trailer counts and sums titles.
    pub(super) sums: bool,
}

const BRANCH: Column = Column::number(18, 22, "branch");
const BRANCH_DIGIT: Column = Column::text(23, 23, "branch's check digit");
const ACCOUNT: (Column, Column) = (Column::number(24, 35, "account"), Column::text(36, 36, "account's check digit"));
const DOCUMENT: Column = Column::text(63, 77, "document");
const VERSION: Column = Column::text(164, 166, "version");
const DENSITY: Column = Column::text(167, 171, "density");
const BATCH_VERSION: Column = Column::text(14, 16, "version of the batch");

const FILE: Head = Head {
    kind: Column::text(18, 18, "kind of the company's id"),
    id: Column::number(19, 32, "company's id"),
    agreement: Some(Column::text(33, 52, "agreement")),
    wallet: None,
    branch: Column::number(53, 57, "branch"),
    branch_digit: Some(Column::text(58, 58, "branch's check digit")),
    account: Some((Column::number(59, 70, "account"), Column::text(71, 71, "account's check digit"))),
    fixed: &[(VERSION, "084"), (DENSITY, "01600")],
};

const BATCH: Head = Head {
    kind: Column::text(18, 18, "kind of the company's id"),
    id: Column::number(19, 33, "company's id"),
    agreement: Some(Column::text(34, 53, "agreement")),
    wallet: None,
    branch: Column::number(54, 58, "branch"),
    branch_digit: Some(Column::text(59, 59, "branch's check digit")),
    account: Some((Column::number(60, 71, "account"), Column::text(72, 72, "account's check digit"))),
    fixed: &[(BATCH_VERSION, "042")],
};

const GENERAL: Layout = Layout {
    name: "",
    file: FILE,
    batch: BATCH,
    branch: BRANCH,
    branch_digit: Some(BRANCH_DIGIT),
    accounts: &[ACCOUNT],
    agreement: None,
    wallet: None,
    number: Column::text(38, 57, "nosso número"),
    digit: Digit::Absent,
    portfolio: Portfolio::Given,
    habits: "1122",
    document: DOCUMENT,
    no_interest: "3",
    write_off: WriteOff::Given,
    fixed: &[],
    sums: true,
};

/// 38-40 portfolio · 41-45 zeros · 46-56 number · 57 digit; the agreement is a number.
const BRADESCO: Layout = Layout {
    name: "BRADESCO",
    file: Head { agreement: Some(Column::number(33, 52, "agreement")), ..FILE },
    batch: Head { agreement: Some(Column::number(34, 53, "agreement")), ..BATCH },
    wallet: Some(Column::number(38, 40, "portfolio")),
    number: Column::number(46, 56, "nosso número"),
    digit: Digit::At(Column::text(57, 57, "check digit of the nosso número")),
    portfolio: Portfolio::Simple,
    fixed: &[(Column::number(41, 45, "zeros"), "0")],
    ..GENERAL
};

/// 38-57 agreement and number, 17 digits from the left. Headers: agreement in 9 digits, `0014`, portfolio in 2, variation in 3
/// (zeros: the bank then takes the one that the agreement has).
const BRASIL: Layout = Layout {
    name: "BANCO DO BRASIL S.A.",
    file: Head {
        agreement: Some(Column::number(33, 41, "agreement")),
        wallet: Some(Column::number(46, 47, "portfolio")),
        fixed: &[
            (VERSION, "084"),
            (DENSITY, "01600"),
            (Column::text(42, 45, "collection"), "0014"),
            (Column::number(48, 50, "variation"), "0"),
        ],
        ..FILE
    },
    batch: Head {
        agreement: Some(Column::number(34, 42, "agreement")),
        wallet: Some(Column::number(47, 48, "portfolio")),
        fixed: &[(BATCH_VERSION, "042"), (Column::text(43, 46, "collection"), "0014"), (Column::number(49, 51, "variation"), "0")],
        ..BATCH
    },
    portfolio: Portfolio::Brasil,
    habits: "",
    sums: false,
    ..GENERAL
};

/// 18-21 branch · 23-31 and 33-41 account · 45-57 number and digit. Headers: the transmission code is branch, zeros, agreement.
const SANTANDER: Layout = Layout {
    name: "BANCO SANTANDER",
    file: Head {
        kind: Column::text(17, 17, "kind of the company's id"),
        id: Column::number(18, 32, "company's id"),
        agreement: Some(Column::number(41, 47, "agreement")),
        branch: Column::number(33, 36, "branch"),
        branch_digit: None,
        account: None,
        fixed: &[(VERSION, "040"), (Column::number(37, 40, "zeros"), "0")],
        ..FILE
    },
    batch: Head {
        agreement: Some(Column::number(62, 68, "agreement")),
        branch: Column::number(54, 57, "branch"),
        branch_digit: None,
        account: None,
        fixed: &[(BATCH_VERSION, "030"), (Column::number(58, 61, "zeros"), "0")],
        ..BATCH
    },
    branch: Column::number(18, 21, "branch"),
    branch_digit: None,
    accounts: &[
        (Column::number(23, 31, "account"), Column::text(32, 32, "account's check digit")),
        (Column::number(33, 41, "account"), Column::text(42, 42, "account's check digit")),
    ],
    number: Column::number(45, 57, "nosso número"),
    digit: Digit::Joined,
    portfolio: Portfolio::Santander,
    habits: "12",
    no_interest: "0",
    fixed: &[
        (Column::number(22, 22, "branch's check digit"), "0"),
        (Column::text(221, 223, "protest"), "000"),
        (Column::text(228, 229, "currency"), "00"),
    ],
    sums: false,
    ..GENERAL
};

/// 24-30 agreement in the account's place · 40-56 number · 57 digit · 63-73 document.
const CAIXA: Layout = Layout {
    name: "CAIXA ECONOMICA FEDERAL",
    file: Head {
        agreement: Some(Column::number(59, 65, "agreement")),
        account: None,
        fixed: &[
            (VERSION, "101"),
            (DENSITY, "00000"),
            (Column::number(33, 52, "zeros"), "0"),
            (Column::number(66, 72, "zeros"), "0"),
            (Column::text(192, 211, "kind of file"), "REMESSA-PRODUCAO"),
        ],
        ..FILE
    },
    batch: Head {
        agreement: Some(Column::number(34, 40, "agreement")),
        account: None,
        fixed: &[(BATCH_VERSION, "060"), (Column::number(41, 53, "zeros"), "0"), (Column::number(60, 73, "zeros"), "0")],
        ..BATCH
    },
    accounts: &[],
    agreement: Some(Column::number(24, 30, "agreement")),
    number: Column::number(40, 56, "nosso número"),
    digit: Digit::At(Column::text(57, 57, "check digit of the nosso número")),
    portfolio: Portfolio::Simple,
    habits: "1220",
    document: Column::text(63, 73, "document"),
    fixed: &[(Column::number(31, 37, "zeros"), "0"), (Column::number(38, 39, "zeros"), "0")],
    ..GENERAL
};

/// 38-57 number and digit, zeros in front; a slip is always written off after 60 days.
const SICREDI: Layout = Layout {
    name: "SICREDI",
    file: Head { agreement: Some(Column::number(33, 52, "agreement")), fixed: &[(VERSION, "081"), (DENSITY, "01600")], ..FILE },
    batch: Head { agreement: Some(Column::number(34, 53, "agreement")), fixed: &[(BATCH_VERSION, "040")], ..BATCH },
    number: Column::number(38, 57, "nosso número"),
    digit: Digit::Joined,
    portfolio: Portfolio::Simple,
    write_off: WriteOff::Sixty,
    ..GENERAL
};

/// 38-47 number and digit · 48-52 `01014`: one instalment, registered, on plain paper.
const SICOOB: Layout = Layout {
    name: "SICOOB",
    file: Head { agreement: None, fixed: &[(VERSION, "081"), (DENSITY, "00000")], ..FILE },
    batch: Head { agreement: None, fixed: &[(BATCH_VERSION, "040")], ..BATCH },
    number: Column::number(38, 47, "nosso número"),
    digit: Digit::Joined,
    portfolio: Portfolio::Given,
    habits: "0 22",
    no_interest: "0",
    write_off: WriteOff::Agreed,
    fixed: &[(Column::text(48, 52, "instalment"), "01014")],
    ..GENERAL
};

/// The layout of a bank, FEBRABAN's own for one that is not known; none for Itaú.
pub(super) fn layout(bank: &str) -> Option<&'static Layout> {
    match bank {
        "001" => Some(&BRASIL),
        "033" => Some(&SANTANDER),
        "104" => Some(&CAIXA),
        "237" => Some(&BRADESCO),
        "341" => None,
        "748" => Some(&SICREDI),
        "756" => Some(&SICOOB),
        _ => Some(&GENERAL),
    }
}

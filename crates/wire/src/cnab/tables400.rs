//! Columns of CNAB 400 returns, a table for each bank.
//!
//! All: header 1-9 `02RETORNO` · 77-79 bank · 95-100 day; details begin with 1 (Banco do Brasil with 7); trailer 1 `9`;
//! 395-400 number of the line. Most details: 38-62 company use · 109-110 occurrence · 111-116 its day · 117-126 document ·
//! 147-152 due · 153-165 amount · 176-188 fee · 189-201 other expenses · 215-227 IOF · 228-240 abatement · 241-253 discount ·
//! 254-266 paid · 267-279 interest (and fine) · 296-301 day of credit. The nosso número stands elsewhere in each.
//!
//! What is the bank's own is in its table below. Itaú's 254-266 is what it credited, its fee taken off. Sources:
//! `tests/cnab/SOURCE.md`.

use super::accounts::AccountColumns;
use super::occurrences::{
    BANRISUL_400, BRADESCO_400, BRASIL_400, BRB_400, CAIXA_400, ITAU, NORDESTE_400, Occurrences, SANTANDER_400, SICOOB_400, SICREDI_400,
};
use crate::fixed::Column;

/// Columns of a line.
pub(super) const WIDTH: usize = 400;

pub(super) const BANK: Column = Column::number(77, 79, "bank");
pub(super) const HEADER_LITERAL: Column = Column::text(1, 26, "literals of the header");
pub(super) const COMPANY: Column = Column::text(47, 76, "company");
pub(super) const BANK_NAME: Column = Column::text(80, 94, "bank's name");
pub(super) const KIND: Column = Column::text(1, 1, "kind of record");
pub(super) const TRAILER_LITERAL: Column = Column::text(1, 7, "literals of the trailer");

/// Columns of a detail.
#[derive(Clone, Copy)]
pub(super) struct SlipColumns {
    pub(super) our_number: Column,
    pub(super) document: Column,
    pub(super) company_use: Column,
    pub(super) occurrence: Column,
    pub(super) occurred_on: Column,
    pub(super) billed: Column,
    pub(super) fee: Column,
    pub(super) expenses: Option<Column>,
    pub(super) tax: Option<Column>,
    pub(super) abatement: Column,
    pub(super) discount: Column,
    pub(super) paid: Column,
    pub(super) added: Option<Column>,
    /// The fine, where it has a column beside the interest.
    pub(super) fine: Option<Column>,
    pub(super) credited_on: Column,
    /// Reasons, and how many characters each has.
    pub(super) reasons: Option<(Column, usize)>,
    /// How it was settled.
    pub(super) settlement: Option<Column>,
    pub(super) payer_name: Option<Column>,
}

/// What a trailer says of its file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trailer {
    /// The number of lines, in its own number; the rest tells of the bank's whole portfolio.
    Lines,
    /// Also the details (213-220) and the sum of their titles (221-234).
    Itau,
    /// Also details by occurrence: 02 (58-62), 06 (87-91, paid 92-103), 09 and 10 (104-108), 14 (138-142).
    Bradesco,
}

/// A bank's CNAB 400.
pub(super) struct Layout {
    pub(super) bank: &'static str,
    pub(super) name: &'static str,
    /// What a detail begins with.
    pub(super) detail: u8,
    pub(super) account: AccountColumns,
    /// The account stands in the first detail, not in the header.
    pub(super) account_in_detail: bool,
    pub(super) made_on: Column,
    pub(super) number: Option<Column>,
    pub(super) slip: SlipColumns,
    /// `paid` is what the bank credited: its fee is taken off.
    pub(super) net: bool,
    pub(super) trailer: Trailer,
    pub(super) occurrences: Occurrences,
}

const MADE_ON: Column = Column::ddmmyy(95, "day of the file");
const NUMBER: Column = Column::number(109, 113, "number of the file");
const BRANCH: Column = Column::number(27, 30, "branch");

const ITAU_SLIP: SlipColumns = SlipColumns {
    our_number: Column::number(86, 93, "nosso número"),
    document: Column::text(117, 126, "document"),
    company_use: Column::text(38, 62, "company use"),
    occurrence: Column::text(109, 110, "occurrence"),
    occurred_on: Column::ddmmyy(111, "day of occurrence"),
    billed: Column::number(153, 165, "amount"),
    fee: Column::number(176, 188, "fee"),
    expenses: None,
    tax: Some(Column::number(215, 227, "IOF")),
    abatement: Column::number(228, 240, "abatement"),
    discount: Column::number(241, 253, "discount"),
    paid: Column::number(254, 266, "paid"),
    added: Some(Column::number(267, 279, "interest")),
    fine: None,
    credited_on: Column::ddmmyy(296, "day of credit"),
    reasons: Some((Column::text(378, 385, "reasons"), 2)),
    settlement: Some(Column::text(393, 394, "settlement")),
    payer_name: Some(Column::text(325, 354, "payer's name")),
};

/// What most banks share, with other expenses and no more.
const COMMON: SlipColumns = SlipColumns {
    expenses: Some(Column::number(189, 201, "other expenses")),
    reasons: None,
    settlement: None,
    payer_name: None,
    ..ITAU_SLIP
};

const ITAU_400: Layout = Layout {
    bank: "341",
    name: "BANCO ITAU S.A.",
    detail: b'1',
    account: AccountColumns::whole(BRANCH, Column::number(33, 37, "account"), Column::text(38, 38, "account's check digit")),
    account_in_detail: false,
    made_on: MADE_ON,
    number: Some(NUMBER),
    slip: ITAU_SLIP,
    net: true,
    trailer: Trailer::Itau,
    occurrences: ITAU,
};

/// 71-81 nosso número · 82 its digit · 319-328 reasons, 5 of 2 · detail 25-29 branch, 30-36 account, 37 its digit.
const BRADESCO: Layout = Layout {
    bank: "237",
    name: "BRADESCO",
    account: AccountColumns::whole(
        Column::number(25, 29, "branch"),
        Column::number(30, 36, "account"),
        Column::text(37, 37, "account's check digit"),
    ),
    account_in_detail: true,
    slip: SlipColumns {
        our_number: Column::number(71, 81, "nosso número"),
        reasons: Some((Column::text(319, 328, "reasons"), 2)),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Bradesco,
    occurrences: BRADESCO_400,
    ..ITAU_400
};

/// CBR643 of agreements with 7 digits: details are 7 · 39-63 company use · 64-80 nosso número · 87-88 reason · 176-181 credit ·
/// 182-188 fee.
const BRASIL: Layout = Layout {
    bank: "001",
    name: "BANCO DO BRASIL",
    detail: b'7',
    account: AccountColumns::whole(BRANCH, Column::number(32, 39, "account"), Column::text(40, 40, "account's check digit")),
    number: Some(Column::number(101, 107, "number of the file")),
    slip: SlipColumns {
        our_number: Column::number(64, 80, "nosso número"),
        company_use: Column::text(39, 63, "company use"),
        credited_on: Column::ddmmyy(176, "day of credit"),
        fee: Column::number(182, 188, "fee"),
        reasons: Some((Column::text(87, 88, "reason"), 2)),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Lines,
    occurrences: BRASIL_400,
    ..ITAU_400
};

/// 63-69 nosso número · 70 its digit · 137-145 reasons, 3 of 3.
const SANTANDER: Layout = Layout {
    bank: "033",
    name: "SANTANDER",
    account: AccountColumns::plain(BRANCH, Column::number(39, 46, "account")),
    number: None,
    slip: SlipColumns {
        our_number: Column::number(63, 69, "nosso número"),
        reasons: Some((Column::text(137, 145, "reasons"), 3)),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Lines,
    occurrences: SANTANDER_400,
    ..ITAU_400
};

/// 32-56 company use · 57-73 nosso número · 80-82 reason · 280-292 fine · 294-299 credit.
const CAIXA: Layout = Layout {
    bank: "104",
    name: "C ECON FEDERAL",
    account: AccountColumns::plain(BRANCH, Column::number(31, 36, "beneficiary")),
    number: None,
    slip: SlipColumns {
        our_number: Column::number(57, 73, "nosso número"),
        company_use: Column::text(32, 56, "company use"),
        fine: Some(Column::number(280, 292, "fine")),
        credited_on: Column::ddmmyy(294, "day of credit"),
        reasons: Some((Column::text(80, 82, "reason"), 3)),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Lines,
    occurrences: CAIXA_400,
    ..ITAU_400
};

/// 63-69 nosso número · 70 its digit; no IOF.
const NORDESTE: Layout = Layout {
    bank: "004",
    name: "B.DO NORDESTE",
    account: AccountColumns::whole(BRANCH, Column::number(33, 39, "account"), Column::text(40, 40, "account's check digit")),
    slip: SlipColumns { our_number: Column::number(63, 69, "nosso número"), tax: None, ..COMMON },
    net: false,
    trailer: Trailer::Lines,
    occurrences: NORDESTE_400,
    ..ITAU_400
};

/// 63-72 nosso número with its two digits · 383-392 reasons, 5 of 2; no IOF.
const BANRISUL: Layout = Layout {
    bank: "041",
    name: "BANRISUL",
    account: AccountColumns::plain(BRANCH, Column::number(31, 39, "beneficiary")),
    number: None,
    slip: SlipColumns {
        our_number: Column::number(63, 72, "nosso número"),
        tax: None,
        reasons: Some((Column::text(383, 392, "reasons"), 2)),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Lines,
    occurrences: BANRISUL_400,
    ..ITAU_400
};

/// 48-62 nosso número with its digit · 280-292 fine · 319-328 reasons, 5 of 2 · 329-336 credit as YYYYMMDD; no IOF, no company
/// use. Header 27-31 beneficiary · 95-102 day as YYYYMMDD · 111-117 number.
const SICREDI: Layout = Layout {
    bank: "748",
    name: "SICREDI",
    account: AccountColumns::number(Column::number(27, 31, "beneficiary")),
    made_on: Column::yyyymmdd(95, "day of the file"),
    number: Some(Column::number(111, 117, "number of the file")),
    slip: SlipColumns {
        our_number: Column::text(48, 62, "nosso número"),
        // It has none: a column of no width is always blank.
        company_use: Column::text(38, 37, "company use"),
        tax: None,
        fine: Some(Column::number(280, 292, "fine")),
        credited_on: Column::yyyymmdd(329, "day of credit"),
        reasons: Some((Column::text(319, 328, "reasons"), 2)),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Lines,
    occurrences: SICREDI_400,
    ..ITAU_400
};

/// 63-73 nosso número, its digit the last (73 is apart) · 176-181 credit · 182-188 fee.
const SICOOB: Layout = Layout {
    bank: "756",
    name: "BANCOOBCED",
    account: AccountColumns::whole(BRANCH, Column::number(32, 39, "account"), Column::text(40, 40, "account's check digit")),
    number: Some(Column::number(101, 107, "number of the file")),
    slip: SlipColumns {
        our_number: Column::number(63, 73, "nosso número"),
        credited_on: Column::ddmmyy(176, "day of credit"),
        fee: Column::number(182, 188, "fee"),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Lines,
    occurrences: SICOOB_400,
    ..ITAU_400
};

/// Days have 8 digits, so what follows stands 2 places later: 71-82 nosso número · 111-118 day of occurrence · 157-169 amount ·
/// 180-192 fee · 219-231 IOF · 232-244 abatement · 245-257 discount · 258-270 paid · 300-307 credit · 365-394 reasons.
const BRB: Layout = Layout {
    bank: "070",
    name: "BRB",
    account: AccountColumns::number(Column::number(27, 46, "beneficiary")),
    made_on: Column::ddmmyyyy(95, "day of the file"),
    number: None,
    slip: SlipColumns {
        our_number: Column::number(71, 82, "nosso número"),
        document: Column::text(119, 128, "document"),
        occurred_on: Column::ddmmyyyy(111, "day of occurrence"),
        billed: Column::number(157, 169, "amount"),
        fee: Column::number(180, 192, "fee"),
        expenses: None,
        tax: Some(Column::number(219, 231, "IOF")),
        abatement: Column::number(232, 244, "abatement"),
        discount: Column::number(245, 257, "discount"),
        paid: Column::number(258, 270, "paid"),
        added: None,
        credited_on: Column::ddmmyyyy(300, "day of credit"),
        reasons: Some((Column::text(365, 394, "reasons"), 2)),
        ..COMMON
    },
    net: false,
    trailer: Trailer::Lines,
    occurrences: BRB_400,
    ..ITAU_400
};

/// Every bank whose CNAB 400 is known here.
pub(super) const BANKS: [&Layout; 10] = [&BRASIL, &NORDESTE, &SANTANDER, &BANRISUL, &BRB, &CAIXA, &BRADESCO, &ITAU_400, &SICREDI, &SICOOB];

/// The table of a bank, by its three digits.
pub(super) fn layout(bank: &str) -> Option<&'static Layout> {
    BANKS.iter().find(|layout| layout.bank == bank).copied()
}

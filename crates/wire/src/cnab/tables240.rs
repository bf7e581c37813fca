//! Columns of CNAB 240.
//!
//! All records: 1-3 bank · 4-7 batch · 8 kind: 0 header of the file, 1 header of a batch, 3 detail, 5 trailer of a batch,
//! 9 trailer of the file. Details: 9-13 number in the batch · 14 segment · 16-17 occurrence.
//!
//! T: 38-57 nosso número · 59-73 document · 74-81 due · 82-96 amount · 106-130 company use · 133 kind of id (1 CPF, 2 CNPJ) ·
//! 134-148 id · 149-188 name · 199-213 fee · 214-223 reasons, 5 of 2.
//! U: 18-32 fine and interest · 33-47 discount · 48-62 abatement · 63-77 IOF · 78-92 paid · 93-107 credited · 108-122 other
//! expenses · 123-137 other credits · 138-145 day of occurrence · 146-153 day of credit.
//! Trailer of a batch: 18-23 lines · 24-29, 47-52, 70-75, 93-98 titles · 30-46, 53-69, 76-92, 99-115 their amounts.
//! Trailer of the file: 18-23 batches · 24-29 lines.
//!
//! Santander's T begins its columns of numbers and names elsewhere; Itaú, Caixa, Bradesco and Sicoob fill columns 38-57 each
//! in its own way. Sources: `tests/cnab/SOURCE.md`.

use super::accounts::AccountColumns;
use super::occurrences::{BANRISUL_240, CAIXA_240, FEBRABAN, ITAU, Occurrences};
use crate::fixed::Column;

/// Columns of a line.
pub(super) const WIDTH: usize = 240;

pub(super) const BANK: Column = Column::number(1, 3, "bank");
pub(super) const BATCH: Column = Column::number(4, 7, "batch");
pub(super) const KIND: Column = Column::text(8, 8, "kind of record");
pub(super) const SEQUENCE: Column = Column::number(9, 13, "number in the batch");
pub(super) const SEGMENT: Column = Column::text(14, 14, "segment");
pub(super) const OCCURRENCE: Column = Column::text(16, 17, "occurrence");
pub(super) const FILE_DIRECTION: Column = Column::text(143, 143, "remittance or return");
pub(super) const FILE_MADE_ON: Column = Column::ddmmyyyy(144, "day of the file");
pub(super) const FILE_NUMBER: Column = Column::number(158, 163, "number of the file");
pub(super) const FILE_COMPANY: Column = Column::text(73, 102, "company");
pub(super) const BATCH_NUMBER: Column = Column::number(184, 191, "number of the return");
pub(super) const BATCH_MADE_ON: Column = Column::ddmmyyyy(192, "day of the batch");
pub(super) const BATCH_COMPANY: Column = Column::text(74, 103, "company");
pub(super) const BATCH_OPERATION: Column = Column::text(9, 9, "operation");
pub(super) const BATCH_SERVICE: Column = Column::number(10, 11, "service");
pub(super) const TRAILER_LINES: Column = Column::number(18, 23, "lines of the batch");
pub(super) const TRAILER_TITLES: [(Column, Column); 4] = [
    (Column::number(24, 29, "titles, simple"), Column::number(30, 46, "amount, simple")),
    (Column::number(47, 52, "titles, linked"), Column::number(53, 69, "amount, linked")),
    (Column::number(70, 75, "titles, pledged"), Column::number(76, 92, "amount, pledged")),
    (Column::number(93, 98, "titles, discounted"), Column::number(99, 115, "amount, discounted")),
];
pub(super) const END_BATCHES: Column = Column::number(18, 23, "batches of the file");
pub(super) const END_LINES: Column = Column::number(24, 29, "lines of the file");

/// Segment U, the same at all banks.
pub(super) mod money {
    use crate::fixed::Column;

    pub(in super::super) const ADDED: Column = Column::number(18, 32, "fine and interest");
    pub(in super::super) const DISCOUNT: Column = Column::number(33, 47, "discount");
    pub(in super::super) const ABATEMENT: Column = Column::number(48, 62, "abatement");
    pub(in super::super) const TAX: Column = Column::number(63, 77, "IOF");
    pub(in super::super) const PAID: Column = Column::number(78, 92, "paid");
    pub(in super::super) const NET: Column = Column::number(93, 107, "credited");
    pub(in super::super) const EXPENSES: Column = Column::number(108, 122, "other expenses");
    pub(in super::super) const CREDITS: Column = Column::number(123, 137, "other credits");
    pub(in super::super) const OCCURRED_ON: Column = Column::ddmmyyyy(138, "day of occurrence");
    pub(in super::super) const CREDITED_ON: Column = Column::ddmmyyyy(146, "day of credit");
}

/// Segment T.
#[derive(Clone, Copy)]
pub(super) struct TitleColumns {
    pub(super) our_number: Column,
    /// Zeros here say that the number stands in the second column, between a portfolio and a check digit.
    pub(super) packed: Option<(Column, Column)>,
    pub(super) document: Column,
    pub(super) due: Column,
    pub(super) billed: Column,
    pub(super) company_use: Column,
    pub(super) payer_kind: Column,
    pub(super) payer_id: Column,
    pub(super) payer_name: Column,
    pub(super) fee: Column,
    pub(super) reasons: Column,
}

/// What is a bank's own in CNAB 240.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) file_account: AccountColumns,
    pub(super) batch_account: AccountColumns,
    pub(super) title: TitleColumns,
    pub(super) occurrences: Occurrences,
}

const TITLE: TitleColumns = TitleColumns {
    our_number: Column::text(38, 57, "nosso número"),
    packed: None,
    document: Column::text(59, 73, "document"),
    due: Column::ddmmyyyy(74, "due"),
    billed: Column::number(82, 96, "amount"),
    company_use: Column::text(106, 130, "company use"),
    payer_kind: Column::text(133, 133, "kind of the payer's id"),
    payer_id: Column::number(134, 148, "payer's id"),
    payer_name: Column::text(149, 188, "payer's name"),
    fee: Column::number(199, 213, "fee"),
    reasons: Column::text(214, 223, "reasons"),
};

const GENERAL: Layout = Layout {
    file_account: AccountColumns::whole(
        Column::number(53, 57, "branch"),
        Column::number(59, 70, "account"),
        Column::text(71, 71, "account's check digit"),
    ),
    batch_account: AccountColumns::whole(
        Column::number(54, 58, "branch"),
        Column::number(60, 71, "account"),
        Column::text(72, 72, "account's check digit"),
    ),
    title: TITLE,
    occurrences: FEBRABAN,
};

const ITAU_240: Layout = Layout {
    file_account: AccountColumns::whole(
        Column::number(53, 57, "branch"),
        Column::number(66, 70, "account"),
        Column::text(72, 72, "account's check digit"),
    ),
    batch_account: AccountColumns::whole(
        Column::number(54, 58, "branch"),
        Column::number(67, 71, "account"),
        Column::text(73, 73, "account's check digit"),
    ),
    title: TitleColumns { our_number: Column::number(41, 48, "nosso número"), document: Column::text(59, 68, "document"), ..TITLE },
    occurrences: ITAU,
};

const SANTANDER: Layout = Layout {
    file_account: AccountColumns::whole(
        Column::number(33, 36, "branch"),
        Column::number(38, 46, "account"),
        Column::text(47, 47, "account's check digit"),
    ),
    batch_account: AccountColumns::whole(
        Column::number(54, 57, "branch"),
        Column::number(59, 67, "account"),
        Column::text(68, 68, "account's check digit"),
    ),
    title: TitleColumns {
        our_number: Column::number(41, 52, "nosso número"),
        packed: None,
        document: Column::text(55, 69, "document"),
        due: Column::ddmmyyyy(70, "due"),
        billed: Column::number(78, 92, "amount"),
        company_use: Column::text(101, 125, "company use"),
        payer_kind: Column::text(128, 128, "kind of the payer's id"),
        payer_id: Column::number(129, 143, "payer's id"),
        payer_name: Column::text(144, 183, "payer's name"),
        fee: Column::number(194, 208, "fee"),
        reasons: Column::text(209, 218, "reasons"),
    },
    occurrences: FEBRABAN,
};

const CAIXA: Layout = Layout {
    title: TitleColumns { our_number: Column::number(40, 56, "nosso número"), document: Column::text(59, 69, "document"), ..TITLE },
    occurrences: CAIXA_240,
    ..GENERAL
};

const BRADESCO: Layout = Layout {
    title: TitleColumns { packed: Some((Column::text(41, 45, "zeros"), Column::number(46, 56, "nosso número"))), ..TITLE },
    ..GENERAL
};

const SICOOB: Layout = Layout { title: TitleColumns { our_number: Column::number(38, 46, "nosso número"), ..TITLE }, ..GENERAL };

/// The layout of a bank; FEBRABAN's when the bank has nothing of its own or is not known.
pub(super) fn layout(bank: &str) -> &'static Layout {
    match bank {
        "341" => &ITAU_240,
        "033" => &SANTANDER,
        "104" => &CAIXA,
        "237" => &BRADESCO,
        "756" => &SICOOB,
        "041" => &BANRISUL,
        _ => &GENERAL,
    }
}

const BANRISUL: Layout = Layout { occurrences: BANRISUL_240, ..GENERAL };

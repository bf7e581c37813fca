//! Charges with a due date (`cobv`): what is added after it, what is taken off before it, and until when they can be paid.
//!
//! The bank computes fine, interest and discount on the day of payment. A monthly rate is said as a monthly rate (modality 3):
//! with two decimals there is no daily percentage that is a thirtieth of one percent. Deliberately absent: batches (`lotecobv`),
//! and interest by business days, which no contract of ours has.
//!
//! Source: Pix API 2.9.0, schemas `CobVSolicitada`, `CobVRevisada`, `CobVValor`.

use regua_core::calendar::Calendar;
use regua_core::time::Day;
use serde::{Deserialize, Serialize};

use super::amount::Figure;
use super::cob::{Info, Kind};
use super::payer::Debtor;
use crate::gateways::br::send;
use crate::gateways::{Late, Request, Verb};
use crate::pix::{BadPixId, Payable, Txid, payable};

/// Days of validity at most: what is asked for beyond is cut.
const VALIDITY_MAX: i32 = 3_650;

/// A figure and how it counts (`multa`, `juros`, `abatimento`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Modal {
    /// 1 an amount, 2 a percentage; of interest per day, and 3 a percentage per month, 4 per year.
    pub modalidade: u8,
    /// The figure.
    pub valor_perc: Figure,
}

/// A discount: by days (`descontoDataFixa`, modality 1 and 2) or by each day ahead (`valorPerc`, 3 to 6).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Discount {
    /// 1 amounts until days, 2 percentages until days, 3 and 4 an amount per calendar or business day ahead, 5 and 6 a percentage.
    pub modalidade: u8,
    /// Of modality 1 and 2: one to three, none after the due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desconto_data_fixa: Option<Vec<Until>>,
    /// Of modality 3 to 6.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valor_perc: Option<Figure>,
}

/// A discount through the end of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Until {
    /// The last day.
    pub data: Day,
    /// How much.
    pub valor_perc: Figure,
}

/// How much a charge with a due date is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DueValue {
    /// In reais.
    pub original: Figure,
    /// Added once after the due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multa: Option<Modal>,
    /// Added by time after the due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub juros: Option<Modal>,
    /// Taken off whenever it is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abatimento: Option<Modal>,
    /// Taken off when it is paid early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desconto: Option<Discount>,
}

impl DueValue {
    /// An amount with what the rail adds when it is late; a rate of nothing is not said.
    ///
    /// ```
    /// # use regua_core::{currency::Currency, money::Money};
    /// # use regua_wire::gateways::{Late, pix::{DueValue, Figure}};
    /// let amount = Figure::of(Money::new(10_000, Currency::BRL))?;
    /// let value = DueValue::new(amount, Late { fine_bp: 200, interest_month_bp: 100 })?;
    /// let juros = value.juros.map(|juros| (juros.modalidade, juros.valor_perc.to_string()));
    /// assert_eq!(juros, Some((3, "1.00".to_owned())));
    /// # Ok::<(), regua_wire::pix::BadPixId>(())
    /// ```
    ///
    /// # Errors
    /// [`BadPixId`] when a rate has no room.
    pub fn new(original: Figure, late: Late) -> Result<Self, BadPixId> {
        let modal = |modalidade, bp: u32| {
            let some = (bp > 0).then(|| Figure::percent(bp)).transpose()?;
            Ok::<_, BadPixId>(some.map(|valor_perc| Modal { modalidade, valor_perc }))
        };
        let (multa, juros) = (modal(2, late.fine_bp)?, modal(3, late.interest_month_bp)?);
        Ok(Self { original, multa, juros, abatimento: None, desconto: None })
    }
}

/// When a charge is due, and until when it can be paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DueCalendar {
    /// The due date.
    pub data_de_vencimento: Day,
    /// Calendar days after it.
    pub validade_apos_vencimento: u16,
}

impl DueCalendar {
    /// The longest validity that does not reach beyond a day, so that nobody pays after what was ordered; none of it when the
    /// day lies before the due date.
    ///
    /// ```
    /// # use regua_core::time::Day;
    /// # use regua_wire::gateways::pix::DueCalendar;
    /// let days = DueCalendar::until(Day::parse("2020-12-25")?, Day::parse("2021-01-03")?);
    /// assert_eq!((days.validade_apos_vencimento, days.payable().last_on), (3, Day::parse("2020-12-31")?));
    /// # Ok::<(), regua_core::time::BadTime>(())
    /// ```
    #[must_use]
    pub fn until(due_on: Day, last_on: Day) -> Self {
        let adjusted = Calendar::BrBanking.roll(due_on);
        let mut days = u16::try_from(last_on.since(adjusted).clamp(0, VALIDITY_MAX)).unwrap_or(0);
        // The last day rolls to an open one: a bridge of holidays is at most a week long.
        while days > 0 && payable(due_on, days, Calendar::BrBanking).last_on > last_on {
            days -= 1;
        }
        Self { data_de_vencimento: due_on, validade_apos_vencimento: days }
    }

    /// The last day on which it can be paid, by the national calendar.
    #[must_use]
    pub fn payable(&self) -> Payable {
        payable(self.data_de_vencimento, self.validade_apos_vencimento, Calendar::BrBanking)
    }
}

/// A charge with a due date, as it is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CobvBody {
    /// When.
    pub calendario: DueCalendar,
    /// Who pays.
    pub devedor: Debtor,
    /// How much.
    pub valor: DueValue,
    /// The receiver's key.
    pub chave: String,
    /// For the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solicitacao_pagador: Option<String>,
    /// Beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub info_adicionais: Vec<Info>,
}

/// What is changed of a charge that nobody paid yet.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct CobvChange {
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendario: Option<DueCalendar>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valor: Option<DueValue>,
}

/// `PUT /cobv/{txid}`: makes a charge; sent again it is the same charge.
#[must_use]
pub fn put(txid: &Txid, body: &CobvBody) -> Request {
    send(Verb::Put, Kind::Due.of(txid), body, true)
}

/// `PATCH /cobv/{txid}`: changes one that was not paid.
#[must_use]
pub fn change(txid: &Txid, change: &CobvChange) -> Request {
    send(Verb::Patch, Kind::Due.of(txid), change, true)
}

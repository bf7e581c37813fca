//! On what terms a subscription is invoiced and collected.

use std::num::NonZeroU16;

use serde::{Deserialize, Serialize};

use super::{Anchor, BillingError, Cycle, Instalment, Tax, tax};
use crate::calendar::Calendar;
use crate::money::Money;
use crate::policy::program::Rounding;
use crate::time::Day;
use crate::words::text_enum;

text_enum! {
    /// How an invoice is collected: charged to a stored method, or sent to be paid. The words are those of
    /// `subscription.collection` in a policy's conditions.
    Collection, "way of collecting" { Automatic = "automatic", Invoice = "invoice" }
}

/// When an invoice is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Net {
    /// So many civil days after its issue; on which the policy's calendar may still roll.
    Days(u16),
    /// So many civil days after its issue, and on the next open day when that one is closed.
    Rolled(u16),
    /// The so-manieth open day after its issue.
    OpenDays(u16),
}

/// On what terms a subscription is invoiced.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// How it is collected.
    pub collection: Collection,
    /// When it is due.
    pub net: Net,
    /// Which days are open, for [`Net::Rolled`] and [`Net::OpenDays`].
    pub calendar: Calendar,
    /// In how many monthly parts an invoice is due.
    pub instalments: NonZeroU16,
    /// The taxes on it.
    pub taxes: Vec<Tax>,
    /// How fractions of a minor unit are rounded, once per line.
    pub rounding: Rounding,
    /// The number that the customer's purchasing wants to read.
    pub purchase_order: Option<Box<str>>,
    /// What is sent with it.
    pub attachments: Vec<Attachment>,
}

/// Something that goes with an invoice. What it holds is kept elsewhere: here it is named, and told apart from another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attachment {
    /// What the reader sees: a file's name.
    pub name: Box<str>,
    /// Where it is: an address, or a path that the sender understands.
    pub place: Box<str>,
    /// The SHA-256 of its bytes in hexadecimal, where they were at hand when it was named.
    pub sha256: Option<Box<str>>,
}

impl Default for Terms {
    /// Sent to be paid on the day of issue, in one part, without tax, halves to the even neighbour.
    fn default() -> Self {
        Self {
            collection: Collection::Invoice,
            net: Net::Days(0),
            calendar: Calendar::None,
            instalments: NonZeroU16::MIN,
            taxes: Vec::new(),
            rounding: Rounding::HalfEven,
            purchase_order: None,
            attachments: Vec::new(),
        }
    }
}

impl Terms {
    /// When something issued on a day is due. Held at the end of 2199.
    ///
    /// ```
    /// # use regua_core::{billing::{Net, Terms}, calendar::Calendar, time::Day};
    /// let terms = Terms { net: Net::Rolled(10), calendar: Calendar::BrBanking, ..Terms::default() };
    /// // 10 days after 2 December 2026 is Saturday the 12th.
    /// assert_eq!(terms.due_on(Day::parse("2026-12-02")?), Day::parse("2026-12-14")?);
    /// # Ok::<(), regua_core::time::BadTime>(())
    /// ```
    #[must_use]
    pub fn due_on(&self, issued_on: Day) -> Day {
        match self.net {
            Net::Days(days) => issued_on.plus(i32::from(days)),
            Net::Rolled(days) => self.calendar.roll(issued_on.plus(i32::from(days))),
            Net::OpenDays(days) => self.calendar.add_open_days(issued_on, i32::from(days)),
        }
    }

    /// The parts in which a total is due: monthly from the due date on, aiming at its day of the month, the larger parts
    /// first. None when nothing is owed; fewer when there are fewer minor units than parts.
    pub(super) fn instalments(&self, total: Money, due_on: Day) -> Result<Vec<Instalment>, BillingError> {
        if total.minor() <= 0 {
            return Ok(Vec::new());
        }
        let anchor = Anchor::on(due_on);
        let dated = (0..).zip(total.split(self.instalments)).filter(|(_, part)| !part.is_zero());
        let instalment = |(k, part): (i32, Money)| {
            let day = if k == 0 { due_on } else { Cycle::MONTHLY.boundary(anchor, k)? };
            let due_on = match self.net {
                Net::Days(_) => day,
                Net::Rolled(_) | Net::OpenDays(_) => self.calendar.roll(day),
            };
            Ok(Instalment { due_on, amount: part.minor() })
        };
        dated.map(instalment).collect()
    }

    pub(super) fn check(&self) -> Result<(), BillingError> {
        tax::check(&self.taxes)
    }
}

//! Bank debits: how often and until when one may be presented again, as rows with sources; and the days of Pix Automático.
//!
//! Here the first presentment does not count: the schemes count what follows it. Deliberately absent: notices to the payer
//! (policy), return rates per merchant, and the file formats.

use std::sync::OnceLock;

use super::Rule;
use crate::calendar::Calendar;
use crate::charging::{Reason, Scheme};
use crate::time::{Day, Instant, LocalTime, Zone};

/// Until when something may be presented again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Within {
    /// So many days of 24 hours after the first.
    Days(i64),
    /// The tenant's window of SEPA.
    Sepa,
    /// A civil month after the day of the first.
    Month,
}

/// How a bank debit may be presented again.
#[derive(Debug)]
pub(super) struct Represent {
    /// At most so many times after the first; none where only the code's own number counts.
    pub(super) max: Option<usize>,
    /// Not later than this.
    pub(super) within: Option<Within>,
    /// Only with the amount of the first.
    pub(super) same_amount: bool,
    /// Only after failures for these reasons.
    pub(super) reasons: &'static [Reason],
    pub(super) rule: &'static Rule,
}

/// Source: Nacha rules on reinitiation (bulletin 2013; Bank Five Nine, Stockman Bank, Buckley); facts, international.md §2.1.
static ACH: Represent = Represent {
    max: Some(2),
    within: Some(Within::Days(180)),
    same_amount: true,
    reasons: &[Reason::InsufficientFunds],
    rule: &Rule {
        id: "ach.reinitiation",
        says: "an ACH entry returned R01 or R09 is presented again at most twice, with the same amount, within 180 days of the first",
        source: "Nacha rules, reinitiation (bulletin 2013)",
        good_practice: false,
    },
};

/// Source: Adyen Auto Rescue for SEPA; no number of the scheme was found; facts, international.md §2.2.
static SEPA: Represent = Represent {
    max: Some(2),
    within: Some(Within::Sepa),
    same_amount: false,
    // MS03 says no reason; ED05 and TM01 are the banks' own failures.
    reasons: &[Reason::InsufficientFunds, Reason::Generic, Reason::Technical],
    rule: &Rule {
        id: "sepa.represent",
        says: "a SEPA direct debit is collected again at most twice within 42 days (a tenant may set 1 to 48)",
        source: "Adyen Auto Rescue SEPA (2 tries, 42 days, 1 to 48); EPC names no number",
        good_practice: true,
    },
};

/// Source: Access PaySuite (one month); GoCardless (3 retries); facts, international.md §2.3.
static BACS: Represent = Represent {
    max: Some(3),
    within: Some(Within::Month),
    same_amount: false,
    reasons: &[Reason::InsufficientFunds],
    rule: &Rule {
        id: "bacs.represent",
        says: "a Bacs direct debit returned `refer to payer` is presented again at most three times, within a month of the first",
        source: "Bacs ARUDD 0, re-presentment for up to one month (Access PaySuite); at most 3 (GoCardless)",
        good_practice: false,
    },
};

/// Source: ours, as no number of the scheme was found; facts, international.md §2.3 and decline-codes.csv (becs 6).
static BECS: Represent = Represent {
    max: Some(3),
    within: Some(Within::Days(28)),
    same_amount: false,
    reasons: &[Reason::InsufficientFunds],
    rule: &Rule {
        id: "becs.represent",
        says: "a BECS debit is presented again at most three times within 28 days, and only after `refer to customer`",
        source: "ours: no number of the scheme was found (code 6: Pay Advantage)",
        good_practice: true,
    },
};

/// Source: Payments Canada rule H1 as remembered; recoverable codes of Flinks, LoanPro, VoPay; facts, international.md §2.3.
static PAD: Represent = Represent {
    max: Some(1),
    within: Some(Within::Days(30)),
    same_amount: true,
    reasons: &[Reason::InsufficientFunds],
    rule: &Rule {
        id: "pad.represent",
        says: "a Canadian PAD returned 901 or 908 is presented once more, with the same amount, within 30 days",
        source: "Payments Canada rule H1 (unverified); Flinks, LoanPro, VoPay for the codes",
        good_practice: false,
    },
};

/// Source: FEBRABAN, débito automático 150 v4; facts, brazil.md §5.1.
static DEBIT150: Represent = Represent {
    max: None,
    within: None,
    same_amount: false,
    reasons: &[Reason::InsufficientFunds, Reason::Limit],
    rule: &Rule {
        id: "debit150.represent",
        says: "a débito automático is asked for again only after 01 (funds) or 05 (limit)",
        source: "FEBRABAN débito automático 150 v4",
        good_practice: false,
    },
};

/// How a scheme's debits may be presented again; none for cards and for Pix Automático, which has days.
pub(super) fn represent(scheme: Scheme) -> Option<&'static Represent> {
    match scheme {
        Scheme::Ach => Some(&ACH),
        Scheme::Sepa | Scheme::SepaB2b => Some(&SEPA),
        Scheme::Bacs => Some(&BACS),
        Scheme::Becs => Some(&BECS),
        Scheme::Pad => Some(&PAD),
        Scheme::Debit150 => Some(&DEBIT150),
        Scheme::Visa
        | Scheme::Mastercard
        | Scheme::Amex
        | Scheme::Elo
        | Scheme::Hipercard
        | Scheme::Discover
        | Scheme::Diners
        | Scheme::Jcb
        | Scheme::UnionPay
        | Scheme::OtherCard
        | Scheme::PixAutomatico => None,
    }
}

/// Source: Open Finance guide quoting IN BCB 513; Cielo, Asaas, Celcoin; facts, brazil.md §3.8.
pub(super) static PIX_NOTICE: Rule = Rule {
    id: "pix_automatico.notice",
    says: "a Pix Automático charge reaches the payer's institution 10 to 2 days before its settlement",
    source: "IN BCB 513 (Open Finance guide); Cielo, Asaas, Celcoin",
    good_practice: false,
};

/// Source: Pix API 2.9.0, `PERMITE_3R_7D`; facts, brazil.md §3.8.
pub(super) static PIX_RETRY: Rule = Rule {
    id: "pix_automatico.retry",
    says: "a Pix Automático charge is tried again on at most 3 distinct days within 7 days after its first settlement day, before the next \
           cycle, with the same amount, each asked for a future day, and only if the authorisation says so",
    source: "Pix API 2.9.0 (PERMITE_3R_7D); Cielo, Asaas, Celcoin",
    good_practice: false,
};

/// Source: Pix API 2.9.0; facts, brazil.md §3.8.
pub(super) const PIX_RETRIES: usize = 3;
/// Source: Pix API 2.9.0; facts, brazil.md §3.8.
const PIX_RETRY_DAYS: i32 = 7;
/// Source: IN BCB 513; facts, brazil.md §3.8.
const PIX_NOTICE_DAYS: (i32, i32) = (10, 2);
/// Source: facts, brazil.md §3.8.
const PIX_RECEIVER_CANCELS: LocalTime = LocalTime::hour(22);

/// One cycle of a Pix Automático authorisation.
///
/// ```
/// # use regua_core::{rulebook::PixCycle, time::Day};
/// let cycle = PixCycle { settles_on: Day::parse("2026-12-15")?, next: None };
/// assert_eq!(cycle.send(), (Day::parse("2026-12-05")?, Day::parse("2026-12-13")?));
/// assert_eq!(cycle.retry(), (Day::parse("2026-12-16")?, Day::parse("2026-12-22")?));
/// # Ok::<(), regua_core::time::BadTime>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PixCycle {
    /// The first settlement day, moved to an open day where the charge says so (see [`PixCycle::of`]).
    pub settles_on: Day,
    /// The settlement day of the next cycle, if there is one: no try on it or after it.
    pub next: Option<Day>,
}

/// The fewest days before its settlement on which an attempt must be sent: 0 for a card, which is taken at once.
///
/// Source: IN BCB 513 for Pix Automático; facts, international.md §2 for bank debits (SEPA and ACH one business day, Bacs two).
#[must_use]
pub const fn lead_days(scheme: Scheme) -> i32 {
    match scheme {
        Scheme::PixAutomatico | Scheme::Bacs => PIX_NOTICE_DAYS.1,
        Scheme::Ach | Scheme::Sepa | Scheme::SepaB2b | Scheme::Becs | Scheme::Pad | Scheme::Debit150 => 1,
        Scheme::Visa
        | Scheme::Mastercard
        | Scheme::Amex
        | Scheme::Elo
        | Scheme::Hipercard
        | Scheme::Discover
        | Scheme::Diners
        | Scheme::Jcb
        | Scheme::UnionPay
        | Scheme::OtherCard => 0,
    }
}

impl PixCycle {
    /// The cycle of a due date. `open_days`: the charge moves to the next business day (`ajusteDiaUtil`).
    #[must_use]
    pub fn of(due: Day, open_days: bool, next: Option<Day>) -> Self {
        Self { settles_on: if open_days { Calendar::BrBanking.roll(due) } else { due }, next }
    }

    /// The first and the last day on which the charge may be sent.
    ///
    /// Source: IN BCB 513; facts, brazil.md §3.8.
    #[must_use]
    pub const fn send(self) -> (Day, Day) {
        (self.settles_on.plus(-PIX_NOTICE_DAYS.0), self.settles_on.plus(-PIX_NOTICE_DAYS.1))
    }

    /// The first and the last day on which another try may settle; none when the first lies behind the last.
    ///
    /// Source: Pix API 2.9.0 (`PERMITE_3R_7D`); facts, brazil.md §3.8.
    #[must_use]
    pub fn retry(self) -> (Day, Day) {
        let last = self.settles_on.plus(PIX_RETRY_DAYS);
        (self.settles_on.plus(1), self.next.map_or(last, |next| last.min(next.plus(-1))))
    }

    /// The moment until which the receiver can cancel the charge, and the day until whose end the payer can.
    ///
    /// Source: facts, brazil.md §3.8.
    #[must_use]
    pub fn cancel(self) -> (Instant, Day) {
        let eve = self.settles_on.plus(-1);
        (brasilia().at(eve, PIX_RECEIVER_CANCELS), eve)
    }

    /// The day on which a further try settles that is asked for at a moment: the next one.
    #[must_use]
    pub fn asked(at: Instant) -> Day {
        brasilia().day_of(at).plus(1)
    }
}

/// The zone in which Pix and the Brazilian card networks count days.
pub(super) fn brasilia() -> Zone {
    static ZONE: OnceLock<Zone> = OnceLock::new();
    *ZONE.get_or_init(|| Zone::parse("America/Sao_Paulo").unwrap_or_else(|_| Zone::utc()))
}

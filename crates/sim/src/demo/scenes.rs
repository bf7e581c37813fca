//! What happens to whom: the first customers of the demo each play one scene that every collector knows.

use regua_core::time::Day;
use regua_core::words::{Channel, Rail};
use regua_wire::files::portfolio::When;

use super::FIRST;
use super::life::{Bill, Payment, Times, at};
use super::people::{Account, Payer, Plan};
use crate::facts_file::{Cause, Told};

/// A scene of the demo. The customer with the same number plays it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scene {
    /// A bill is contested, looked at, and paid when the dispute is closed.
    Dispute,
    /// A promise to pay is kept.
    PromiseKept,
    /// A promise to pay is broken; the money comes much later.
    PromiseBroken,
    /// A person holds a bill for some days.
    Hold,
    /// A customer is paused.
    Pause,
    /// The entry with the credit bureau is refused by a person.
    ApprovalRejected,
    /// Nobody answers the request to enter it.
    ApprovalWithheld,
    /// E-mails begin to bounce, and there is no other way.
    Bounced,
    /// There is no contact point at all.
    Unreachable,
    /// A debt from an old system is too old to be collected.
    Prescribed,
    /// A card payment is charged back.
    Chargeback,
    /// The payer says that it was paid, and it was.
    Claimed,
    /// A payment is on its way and does not arrive.
    FailedToArrive,
    /// A complaint stops everything until it is closed.
    Complaint,
    /// A lawyer speaks for the customer.
    Lawyer,
    /// The customer becomes insolvent.
    Insolvency,
    /// The customer dies.
    Death,
    /// The customer does not want WhatsApp any more.
    OptOut,
    /// The number turns out to be somebody else's.
    Suppressed,
    /// A few cents are not worth a message.
    Small,
    /// A customer abroad, billed in dollars.
    Foreign,
    /// Six units, six due dates: the caps hold messages back.
    Franchise,
    /// Only WhatsApp, and carnival.
    OnlyWhatsapp,
    /// A bill is cancelled.
    Void,
    /// A strategic customer is late.
    Strategic,
    /// For two days the bank tells nothing.
    SourceSilent,
}

impl Scene {
    /// Every scene, in the order of the customers who play it.
    pub const ALL: &'static [Self] = &[
        Self::Dispute,
        Self::PromiseKept,
        Self::PromiseBroken,
        Self::Hold,
        Self::Pause,
        Self::ApprovalRejected,
        Self::ApprovalWithheld,
        Self::Bounced,
        Self::Unreachable,
        Self::Prescribed,
        Self::Chargeback,
        Self::Claimed,
        Self::FailedToArrive,
        Self::Complaint,
        Self::Lawyer,
        Self::Insolvency,
        Self::Death,
        Self::OptOut,
        Self::Suppressed,
        Self::Small,
        Self::Foreign,
        Self::Franchise,
        Self::OnlyWhatsapp,
        Self::Void,
        Self::Strategic,
        Self::SourceSilent,
    ];

    /// The scene of a customer by number from 0.
    pub(super) fn of(number: usize) -> Option<Self> {
        Self::ALL.get(number).copied()
    }

    /// What the customer must be to play it.
    pub(super) fn dress(self, who: &mut Account) {
        who.months.0 = FIRST;
        (who.yearly, who.automatic, who.tier, who.due_day) = (false, false, "", 10);
        (who.method, who.payer, who.plan) = (Rail::Boleto, Payer::OnTheDay, Plan::Professional);
        match self {
            Self::Dispute => (who.method, who.plan) = (Rail::Pix, Plan::Team),
            Self::Chargeback => (who.method, who.automatic) = (Rail::Card, true),
            Self::Bounced => (who.phone, who.whatsapp, who.consent, who.preferred) = (String::new(), String::new(), "", ""),
            Self::Unreachable => {
                (who.email, who.phone, who.whatsapp) = (String::new(), String::new(), String::new());
                (who.consent, who.preferred, who.payer) = ("", "", Payer::Forgetful);
            }
            Self::OptOut => (who.consent, who.preferred, who.payer) = ("email whatsapp", "whatsapp", Payer::Chronic),
            Self::Suppressed | Self::OnlyWhatsapp => {
                (who.email, who.phone) = (String::new(), String::new());
                (who.consent, who.preferred) = ("whatsapp", "whatsapp");
                who.due_day = if self == Self::OnlyWhatsapp { 12 } else { 20 };
                who.payer = if self == Self::OnlyWhatsapp { Payer::OnTheDay } else { Payer::Chronic };
            }
            Self::Foreign => foreign(who),
            Self::Franchise => (who.units, who.due_day, who.payer, who.plan) = (6, 5, Payer::Chronic, Plan::Essential),
            Self::Strategic => (who.plan, who.tier) = (Plan::Enterprise, "gold"),
            Self::PromiseKept
            | Self::PromiseBroken
            | Self::Hold
            | Self::Pause
            | Self::ApprovalRejected
            | Self::ApprovalWithheld
            | Self::Prescribed
            | Self::Claimed
            | Self::FailedToArrive
            | Self::Complaint
            | Self::Lawyer
            | Self::Insolvency
            | Self::Death
            | Self::Small
            | Self::Void
            | Self::SourceSilent => {}
        }
        if matches!(self, Self::OptOut | Self::OnlyWhatsapp | Self::Suppressed) && who.whatsapp.is_empty() {
            "+5511900000000".clone_into(&mut who.whatsapp);
        }
    }

    /// What happens to one bill, or to the customer in its time. Returns the place of that bill.
    pub(super) fn play(self, account: usize, bills: &mut Vec<Bill>, times: &Times) -> usize {
        let (year, month) = self.month();
        let first = bills.iter().position(|bill| {
            let due = bill.due_on.civil();
            (due.year(), due.month()) == (year, month)
        });
        let place = first.unwrap_or(0);
        match self {
            Self::Prescribed => return extra(bills, account, (Day::new(2025, 2, 3), Day::new(2019, 8, 12)), 74_900),
            Self::Small => return extra(bills, account, (Day::new(2026, 2, 2), Day::new(2026, 2, 10)), 50),
            Self::Insolvency | Self::Death | Self::Lawyer | Self::ApprovalRejected | Self::ApprovalWithheld => {
                // Nothing is paid from here on, and after four bills nobody bills any more.
                bills.truncate(place + 4);
                bills.iter_mut().skip(place).for_each(|bill| bill.payments.clear());
            }
            Self::Dispute
            | Self::PromiseKept
            | Self::PromiseBroken
            | Self::Hold
            | Self::Pause
            | Self::Bounced
            | Self::Unreachable
            | Self::Chargeback
            | Self::Claimed
            | Self::FailedToArrive
            | Self::Complaint
            | Self::OptOut
            | Self::Suppressed
            | Self::Foreign
            | Self::Franchise
            | Self::OnlyWhatsapp
            | Self::Void
            | Self::Strategic
            | Self::SourceSilent => {}
        }
        if let Some(bill) = bills.get_mut(place) {
            self.happen(bill, times);
        }
        place
    }

    /// When the bill of the scene is due.
    const fn month(self) -> (i16, i8) {
        match self {
            Self::Dispute => (2026, 5),
            Self::PromiseKept | Self::Lawyer => (2026, 9),
            Self::PromiseBroken | Self::Death => (2026, 8),
            Self::Hold | Self::Insolvency => (2026, 6),
            Self::Pause | Self::OptOut => (2026, 4),
            Self::ApprovalRejected | Self::OnlyWhatsapp | Self::Small => (2026, 2),
            Self::ApprovalWithheld | Self::Bounced => (2026, 3),
            Self::Chargeback => (2026, 7),
            Self::Void | Self::SourceSilent => (2026, 10),
            Self::Strategic => (2025, 10),
            Self::Unreachable | Self::Prescribed | Self::Claimed | Self::FailedToArrive | Self::Complaint => (2025, 8),
            Self::Suppressed | Self::Foreign | Self::Franchise => (2025, 11),
        }
    }

    /// What is told of the bill and when it is paid.
    fn happen(self, bill: &mut Bill, times: &Times) {
        let due = times.calendar.roll(bill.due_on);
        let on = |after: i32, hour: i32| at(times, due.plus(after), hour, 15);
        bill.told.extend(self.told(due).into_iter().map(|(after, told)| (on(after, 10), told)));
        let paid = |after: i32| Payment { paid: on(after, 14), minor: None };
        match self.money() {
            Money::AsEver => {}
            Money::Never => bill.payments.clear(),
            Money::After(days) => bill.payments = vec![paid(days)],
            Money::Again(days) => bill.payments.push(paid(days)),
        }
    }

    /// What is told, with the days after D.
    fn told(self, due: Day) -> Vec<(i32, Told)> {
        let frozen = |cause, from: i32, to: i32| vec![(from, Told::Freezes(cause)), (to, Told::Lifts(cause))];
        match self {
            Self::Dispute => frozen(Cause::Dispute, 4, 16),
            // Long enough that two restrictions come due together.
            Self::Hold => frozen(Cause::Hold, 3, 25),
            Self::Pause => frozen(Cause::Pause, -4, 10),
            Self::Complaint => frozen(Cause::Complaint, 6, 15),
            Self::Lawyer => vec![(8, Told::Freezes(Cause::Lawyer))],
            Self::Insolvency => vec![(1, Told::Freezes(Cause::Insolvency))],
            Self::Death => vec![(5, Told::Freezes(Cause::Death))],
            Self::PromiseKept => vec![(6, Told::Promise(due.plus(10)))],
            Self::PromiseBroken => vec![(7, Told::Promise(due.plus(11)))],
            Self::ApprovalRejected => vec![(40, Told::ApprovalRejected("bureau".into()))],
            Self::ApprovalWithheld => vec![(40, Told::ApprovalWithheld("bureau".into()))],
            Self::Bounced => vec![(-3, Told::Bounced(Channel::Email))],
            Self::OptOut => vec![(-8, Told::OptOut(Channel::Whatsapp))],
            Self::Suppressed => vec![(3, Told::Suppressed(Channel::Whatsapp))],
            Self::Chargeback => vec![(21, Told::ChargedBack(None))],
            Self::Claimed => vec![(1, Told::PaymentClaimed)],
            Self::FailedToArrive => vec![(1, Told::PaymentInitiated(Some(Rail::Boleto))), (4, Told::PaymentFailedToArrive)],
            Self::Void => vec![(5, Told::Void)],
            Self::SourceSilent => vec![(0, Told::SourceSilent(When::On(due.plus(3))))],
            Self::Unreachable | Self::Prescribed | Self::Small | Self::Foreign | Self::Franchise | Self::OnlyWhatsapp | Self::Strategic => {
                Vec::new()
            }
        }
    }

    /// When the bill is paid.
    const fn money(self) -> Money {
        match self {
            Self::Dispute => Money::After(18),
            Self::PromiseKept => Money::After(10),
            Self::PromiseBroken => Money::After(34),
            Self::Hold | Self::Strategic => Money::After(36),
            Self::Pause => Money::After(16),
            Self::Complaint => Money::After(17),
            Self::Bounced => Money::After(9),
            Self::Claimed => Money::After(2),
            Self::FailedToArrive => Money::After(11),
            Self::Foreign => Money::After(27),
            Self::OnlyWhatsapp => Money::After(8),
            Self::SourceSilent => Money::After(6),
            Self::Chargeback => Money::Again(52),
            Self::ApprovalRejected | Self::ApprovalWithheld | Self::Lawyer | Self::Insolvency | Self::Death | Self::Void => Money::Never,
            Self::OptOut | Self::Suppressed | Self::Unreachable | Self::Prescribed | Self::Small | Self::Franchise => Money::AsEver,
        }
    }
}

/// When the bill of a scene is paid.
#[derive(Clone, Copy)]
enum Money {
    /// As the customer always does.
    AsEver,
    /// Not at all.
    Never,
    /// So many days after D, and not otherwise.
    After(i32),
    /// As ever, and again so many days after D.
    Again(i32),
}

/// Billed in dollars, in English, on the other side of the equator.
fn foreign(who: &mut Account) {
    "Harbor Street Dental LLC".clone_into(&mut who.name);
    "billing@harbor-street-dental.example".clone_into(&mut who.email);
    (who.phone, who.whatsapp, who.tax_id) = (String::new(), String::new(), String::new());
    (who.language, who.zone, who.currency) = ("en", "America/New_York", "USD");
    (who.consent, who.preferred, who.state, who.city) = ("email", "", "", "Boston");
    who.method = Rail::Transfer;
}

/// A bill beside the subscription's, never paid.
fn extra(bills: &mut Vec<Bill>, account: usize, days: (Option<Day>, Option<Day>), minor: i64) -> usize {
    if let (Some(issued_on), Some(due_on)) = days {
        bills.push(Bill { account, issued_on, due_on, minor, payments: Vec::new(), told: Vec::new() });
    }
    bills.len().saturating_sub(1)
}

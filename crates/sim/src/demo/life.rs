//! What is billed and when it is paid: each payer's habits over two years.

use regua_core::calendar::Calendar;
use regua_core::time::{Day, LocalTime, Zone};
use regua_core::words::Rail;
use regua_wire::files::portfolio::When;

use super::people::{Account, Payer};
use crate::draw::Draw;
use crate::facts_file::Told;

/// An amount of the demo, its payments and what is told of it.
#[derive(Clone, Debug)]
pub(super) struct Bill {
    /// Index of the customer.
    pub(super) account: usize,
    pub(super) issued_on: Day,
    pub(super) due_on: Day,
    /// Minor units.
    pub(super) minor: i64,
    pub(super) payments: Vec<Payment>,
    pub(super) told: Vec<(When, Told)>,
}

/// A payment; without an amount it settles in full.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payment {
    pub(super) paid: When,
    pub(super) minor: Option<i64>,
}

/// Where the demo is and what its bank holidays are.
pub(super) struct Times {
    pub(super) zone: Zone,
    pub(super) calendar: Calendar,
    /// The last day of which anything is known.
    pub(super) today: Day,
}

/// The bills of a customer in order of their due dates.
pub(super) fn bills(account: usize, who: &Account, times: &Times, draw: &mut Draw) -> Vec<Bill> {
    let mut bills = Vec::new();
    let leaves = who.months.0 + draw.between(3, 16);
    let mut unpaid = 0;
    for month in who.months.0..=who.months.1 {
        if who.yearly && (month - who.months.0) % 12 != 0 {
            continue;
        }
        let (year, of_year) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        for unit in 0..who.units {
            let due_day = (i32::from(who.due_day) + i32::try_from(unit).unwrap_or(0) * 4 - 1) % 28 + 1;
            let Some(due_on) = day(year, of_year, due_day) else { continue };
            // What is charged without asking is billed later.
            let issued_on = due_on.plus(if who.automatic { -5 } else { -10 });
            if issued_on > times.today {
                continue;
            }
            let gone = who.payer == Payer::Leaving && month >= leaves;
            unpaid += i32::from(gone);
            // After three unpaid bills nobody bills any more.
            if unpaid > 3 {
                return bills;
            }
            let months = if who.yearly { 10 } else { 1 };
            let minor = who.plan.price(year) * months;
            let mut bill = Bill { account, issued_on, due_on, minor, payments: Vec::new(), told: Vec::new() };
            if !gone {
                pay(&mut bill, who, times, draw);
            }
            bill.payments.retain(|payment| on(payment.paid, times.zone) <= times.today);
            bills.push(bill);
        }
    }
    bills
}

fn day(year: i32, month: i32, day: i32) -> Option<Day> {
    Day::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// The local day of a date or moment.
pub(super) fn on(when: When, zone: Zone) -> Day {
    match when {
        When::On(day) => day,
        When::At(at) => zone.day_of(at),
    }
}

/// Enters when and how somebody pays.
fn pay(bill: &mut Bill, who: &Account, times: &Times, draw: &mut Draw) {
    if who.automatic && who.payer != Payer::Leaving {
        charge(bill, times, draw);
        return;
    }
    let due = times.calendar.roll(bill.due_on);
    let month = bill.due_on.civil().month();
    let after = match who.payer {
        Payer::Exemplary | Payer::Leaving => -draw.between(0, 6),
        Payer::OnTheDay => 0,
        Payer::Weekend => i32::from(due > bill.due_on || due.weekday() == 4) * draw.between(2, 4),
        Payer::Chronic => draw.between(4, 19) + i32::from(draw.chance(15)) * 14,
        // The day after the fifth open day, when the second reminder goes out.
        Payer::Forgetful => times.calendar.add_open_days(due, 5).since(due) + draw.between(0, 2),
        Payer::Seasonal => match month {
            1 | 2 | 7 => draw.between(8, 26),
            12 => draw.between(2, 9),
            _ => -draw.between(0, 2),
        },
        Payer::InParts => 0,
    };
    // One bill in twelve of anybody is late for no reason.
    let slip = i32::from(draw.chance(8)) * draw.between(1, 6);
    let day = due.plus(after + slip);
    if who.payer == Payer::InParts && draw.chance(60) {
        let part = bill.minor * i64::from(draw.between(4, 7)) / 10;
        bill.payments.push(Payment { paid: moment(who.method, day, times, draw), minor: Some(part) });
        let rest = day.plus(draw.between(6, 24));
        bill.payments.push(Payment { paid: moment(who.method, rest, times, draw), minor: None });
        return;
    }
    bill.payments.push(Payment { paid: moment(who.method, day, times, draw), minor: None });
}

/// A slip is paid on an open day and told by date; Pix and cards are told to the minute.
fn moment(method: Rail, day: Day, times: &Times, draw: &mut Draw) -> When {
    match method {
        Rail::Pix | Rail::PixAutomatico | Rail::Card => at(times, day, draw.between(7, 21), draw.between(0, 59)),
        Rail::Boleto
        | Rail::Ach
        | Rail::Sepa
        | Rail::Bacs
        | Rail::DirectDebit
        | Rail::Transfer
        | Rail::Cash
        | Rail::Check
        | Rail::Other => When::On(times.calendar.roll(day)),
    }
}

/// A local hour and minute of a day.
pub(super) fn at(times: &Times, day: Day, hour: i32, minute: i32) -> When {
    let part = |number: i32| u16::try_from(number).unwrap_or(0);
    When::At(times.zone.at(day, LocalTime::new(part(hour), part(minute)).unwrap_or_default()))
}

/// A stored method is charged on the day at 09:00: it settles within minutes, or fails and is mended days later.
fn charge(bill: &mut Bill, times: &Times, draw: &mut Draw) {
    let due = times.calendar.roll(bill.due_on);
    if !draw.chance(7) {
        bill.payments.push(Payment { paid: at(times, due, 9, draw.between(1, 9)), minor: None });
        return;
    }
    let failures = [("insufficient_funds", false), ("expired_card", true), ("do_not_honor", false), ("authentication_required", true)];
    let (reason, needs_payer) = draw.pick(&failures).copied().unwrap_or(("unknown", false));
    let failed = Told::ChargeFailed { reason: reason.into(), needs_payer, step: Some("charge".into()) };
    if due <= times.today {
        bill.told.push((at(times, due, 9, 1), failed));
    }
    let mended = due.plus(if needs_payer { draw.between(2, 15) } else { draw.between(1, 6) });
    bill.payments.push(Payment { paid: at(times, mended, draw.between(8, 20), draw.between(0, 59)), minor: None });
}

//! The demo as files: canonical CSV and facts.

use std::fmt::Write as _;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::time::{Day, Instant};
use regua_wire::files::portfolio::When;

use super::life::{Bill, on};
use super::people::Account;
use super::{Cast, Demo, Scene, times};
use crate::facts_file::{About, FactEvent, Told};

const RECEIVABLES: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency,method,name,email,phone,whatsapp,tax_id,language,\
                           time_zone,consent,preferred_channel,state,city,plan,tier\n";

/// Writes the files: bills in the order of issue, numbered so; facts in the order in which they became known.
pub(super) fn demo(accounts: &[Account], bills: &[Bill], starring: &[(Scene, usize, usize)]) -> Demo {
    let mut order: Vec<usize> = (0..bills.len()).collect();
    order.sort_by_key(|&place| bills.get(place).map(|bill| (bill.issued_on, bill.account, bill.due_on)));
    let mut ids = vec![String::new(); bills.len()];
    let mut demo = Demo {
        receivables_csv: RECEIVABLES.to_owned(),
        payments_csv: "receivable_id,paid_on,paid_at,amount\n".to_owned(),
        facts: Vec::new(),
        cast: Vec::new(),
    };
    let mut payments = Vec::new();
    for (number, &place) in order.iter().enumerate() {
        let Some((bill, id)) = bills.get(place).zip(ids.get_mut(place)) else { continue };
        let Some(who) = accounts.get(bill.account) else { continue };
        *id = format!("FAT-{:05}", number + 1);
        receivable(&mut demo.receivables_csv, id, bill, who);
        for payment in &bill.payments {
            payments.push((moment(payment.paid, who), id.clone(), *payment, who));
        }
        tell(&mut demo.facts, id, bill, who);
    }
    payments.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    for (_, id, payment, who) in &payments {
        let (on, at) = match payment.paid {
            When::On(day) => (day.to_string(), String::new()),
            When::At(at) => (String::new(), times(who).zone.rfc3339(at)),
        };
        let amount = payment.minor.map(|minor| amount(minor, who)).unwrap_or_default();
        line(&mut demo.payments_csv, &[id, &on, &at, &amount]);
    }
    demo.facts.sort_by_key(|event| fact_day(event.at));
    demo.cast = starring
        .iter()
        .filter_map(|&(scene, account, place)| {
            let (who, receivable) = accounts.get(account).zip(ids.get(place))?;
            Some(Cast { scene, customer: who.id.clone(), receivable: receivable.clone() })
        })
        .collect();
    demo
}

fn receivable(csv: &mut String, id: &str, bill: &Bill, who: &Account) {
    let (issued, due, amount) = (bill.issued_on.to_string(), bill.due_on.to_string(), amount(bill.minor, who));
    let columns: [&str; 20] = [
        id,
        &who.id,
        &issued,
        &due,
        &amount,
        who.currency,
        who.method.as_str(),
        &who.name,
        &who.email,
        &who.phone,
        &who.whatsapp,
        &who.tax_id,
        who.language,
        who.zone,
        who.consent,
        who.preferred,
        who.state,
        who.city,
        who.plan.as_str(),
        who.tier,
    ];
    line(csv, &columns);
}

/// The facts of a bill: its subscription when the method is charged without asking, then what happened.
fn tell(facts: &mut Vec<FactEvent>, id: &str, bill: &Bill, who: &Account) {
    if who.automatic {
        let renewal_on = bill.issued_on.plus(if who.yearly { 365 } else { 30 });
        let told = Told::Subscription {
            key: who.id.as_str().into(),
            plan: Some(who.plan.as_str().into()),
            collection: Some("automatic".into()),
            renewal_on: Some(renewal_on),
        };
        facts.push(FactEvent { line: 0, at: When::On(bill.issued_on), about: About::Receivable(id.into()), told });
    }
    for (at, told) in &bill.told {
        if on(*at, times(who).zone) > Demo::today() {
            continue;
        }
        let about = if of_customer(told) { About::Customer(who.id.as_str().into()) } else { About::Receivable(id.into()) };
        facts.push(FactEvent { line: 0, at: *at, about, told: told.clone() });
    }
}

/// Whether the demo tells this of the customer rather than of one bill.
fn of_customer(told: &Told) -> bool {
    use crate::facts_file::Cause;
    match told {
        Told::Freezes(cause) | Told::Lifts(cause) => !matches!(cause, Cause::Dispute | Cause::Hold),
        Told::OptOut(_) | Told::Bounced(_) | Told::Suppressed(_) | Told::SourceSilent(_) => true,
        Told::Subscription { .. }
        | Told::Promise(_)
        | Told::PaymentInitiated(_)
        | Told::PaymentClaimed
        | Told::PaymentFailedToArrive
        | Told::ChargeFailed { .. }
        | Told::ChargedBack(_)
        | Told::Void
        | Told::WrittenOff
        | Told::ApprovalRejected(_)
        | Told::ApprovalWithheld(_) => false,
    }
}

fn moment(when: When, who: &Account) -> Instant {
    match when {
        When::On(day) => times(who).zone.midnight(day.plus(1)),
        When::At(at) => at,
    }
}

fn fact_day(when: When) -> (Day, Instant) {
    match when {
        When::On(day) => (day, Instant::DAWN),
        When::At(at) => (regua_core::time::Zone::utc().day_of(at), at),
    }
}

/// `89.00`
fn amount(minor: i64, who: &Account) -> String {
    let currency = Currency::parse(who.currency).unwrap_or(Currency::BRL);
    let text = Money::new(minor, currency).to_string();
    text.split_once(' ').map_or_else(String::new, |(_, digits)| digits.to_owned())
}

fn line(csv: &mut String, columns: &[&str]) {
    for (place, column) in columns.iter().enumerate() {
        if place > 0 {
            csv.push(',');
        }
        // No name of the demo holds a quote; some hold a comma or could.
        if column.contains(',') {
            // Writing to a String cannot fail.
            let _ = write!(csv, "\"{column}\"");
        } else {
            csv.push_str(column);
        }
    }
    csv.push('\n');
}

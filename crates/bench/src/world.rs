//! The portfolio that is measured, and the policy that it walks.

use std::ops::Range;

use regua_core::currency::Currency;
use regua_core::money::Money;
use regua_core::party::{ContactPoint, Customer, Email};
use regua_core::time::{Day, Instant, Zone};
use regua_engine::letters::Company;
use regua_engine::stationery::Stationery;
use regua_wire::channels::mime::Brand;
use regua_wire::files::portfolio::{CustomerRow, Portfolio, ReceivableRow, When};
use regua_wire::messages::{Line, Templates, samples};

/// 2026-03-02T08:00 in São Paulo: the files are read.
pub(crate) const START: Instant = Instant::from_secs(1_772_449_200);
/// A day earlier nothing is due.
pub(crate) const BEFORE: Instant = Instant::from_secs(1_772_449_200 - 86_400);
/// Half an hour later those invoices are announced whose customers live an hour to the east.
pub(crate) const EAST_DUE: Instant = Instant::from_secs(1_772_449_200 + 1_800);
/// An hour later every receivable's invoice is announced.
pub(crate) const ALL_DUE: Instant = Instant::from_secs(1_772_449_200 + 3_600);
/// Nine days later a tenth of them is upcoming: the due date, a Sunday, counts on Monday.
pub(crate) const TENTH_DUE: Instant = Instant::from_secs(1_772_449_200 + 3_600 + 9 * 86_400);

/// The shipped rule of a Brazilian software company, by e-mail only.
pub(crate) const POLICY: &str = "
regua: 1
name: Bench
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
late_charges: { fine: 2%, interest: { rate: 1%, per: month, method: simple, base: 30 } }
contact: { rulebook: br, caps: [1/day, 3/week], channels: [email], consolidate: true }
segments: [{ name: default }]
ladders:
  default:
    - { id: issued,   at: I,     do: notify, template: invoice_issued, tone: friendly }
    - { id: upcoming, at: D-5,   do: notify, template: upcoming, tone: friendly }
    - { id: due,      at: D,     do: notify, template: due_today, tone: friendly }
    - { id: late2,    at: D+2,   do: notify, template: overdue, tone: friendly }
    - { id: late5,    at: D+5bd, do: notify, template: overdue, tone: neutral, announces: [limit] }
    - { id: offer,    at: D+10,  do: offer, tone: neutral, template: offer, terms: { instalments: 3 }, if: \"receivable.amount_due > money('150.00')\" }
    - { id: limit,    at: D+12,  do: access, state: limited }
    - { id: final,    at: D+15,  do: notify, template: final_notice, tone: firm, announces: [suspend] }
    - { id: suspend,  at: D+22,  do: access, state: suspended }
    - { id: end,      at: D+90,  do: write_off }
reactions:
  - { on: paid, do: notify, template: receipt }
";

/// Customers with four receivables each; those of the first `early` are due two weeks on, the others two months.
///
/// * `east` — every so-many-th customer lives where it is nine an hour earlier; 0 for none.
pub(crate) fn portfolio(customers: Range<u32>, early: u32, east: u32) -> Portfolio {
    let mut portfolio = Portfolio::default();
    let noronha = Zone::parse("America/Noronha").ok();
    let issued = Day::from_epoch(20_514); // 2026-03-02
    for (customer, row) in customers.zip(0..) {
        let email = Email::parse(&format!("c{customer}@customer.example")).ok().map(ContactPoint::email);
        portfolio.customers.push(CustomerRow {
            id: format!("C{customer:07}").into(),
            customer: Customer {
                name: Some(format!("Cliente {customer}").into()),
                contacts: email.into_iter().collect(),
                zone: noronha.filter(|_| customer.checked_rem(east) == Some(0)),
                ..Customer::default()
            },
        });
        let due_on = issued.plus(if customer < early { 13 } else { 60 });
        for part in 0..4 {
            portfolio.receivables.push(ReceivableRow {
                id: format!("R{customer:07}-{part}").into(),
                customer: row,
                issued: When::On(issued),
                due_on,
                amount: Money::new(10_000 + i64::from(part), Currency::BRL),
                method: None,
            });
        }
    }
    portfolio
}

/// Whoever writes the mails.
pub(crate) fn stationery() -> Stationery {
    let brand = Email::parse("contas@bench.example").ok().map(|sender| Brand {
        name: Line::name("Bench"),
        sender,
        reply_to: None,
        colour: None,
        logo: None,
    });
    Stationery::new(Company { creditor: samples::creditor(), link: samples::link(), language: None }, Templates::shipped(), brand)
}

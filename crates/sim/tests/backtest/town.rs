//! Small portfolios, written in a line per row, and the decisions over them as text.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::sync::Arc;

use regua_core::currency::Currency;
use regua_core::facts::Policies;
use regua_core::money::Money;
use regua_core::party::{Attribute, ContactPoint, Customer, Email};
use regua_core::policy::{Names, compile};
use regua_core::time::{Day, Instant, Zone};
use regua_sim::backtest::{Backtest, Reject, Span, Spill, Summary};
use regua_sim::facts_file::{self, FactEvent};
use regua_wire::files::portfolio::{CustomerRow, PaymentId, PaymentRow, Portfolio, ReceivableRow, When};

/// The policy of SPEC §2.
pub(crate) const SPEC: &str = include_str!("../../../../policies/spec-example.yaml");

/// A policy file compiled.
pub(crate) fn policies(file: &str) -> Policies {
    let policy = compile(file, &Names::any()).unwrap_or_else(|findings| panic!("{findings:#?}"));
    Policies::new(vec![Arc::new(policy)]).unwrap()
}

/// A portfolio under construction.
#[derive(Default)]
pub(crate) struct Town(pub(crate) Portfolio);

impl Town {
    /// A customer with an e-mail address, in a zone, with attributes.
    pub(crate) fn customer(mut self, id: &str, zone: Option<&str>, attributes: &[(&str, &str)]) -> Self {
        let customer = Customer {
            zone: zone.map(|zone| Zone::parse(zone).unwrap()),
            contacts: vec![ContactPoint::email(Email::parse(&format!("{id}@town.example")).unwrap())],
            attributes: attributes.iter().map(|(key, value)| ((*key).into(), Attribute::Text((*value).into()))).collect(),
            ..Customer::default()
        };
        self.0.customers.push(CustomerRow { id: id.into(), customer });
        self
    }

    /// A receivable of the last customer, with payments such as `2026-12-15` or `2026-12-15 50.00`.
    pub(crate) fn owes(mut self, id: &str, issued: &str, due: &str, amount: &str, paid: &[&str]) -> Self {
        let receivable = u32::try_from(self.0.receivables.len()).unwrap();
        self.0.receivables.push(ReceivableRow {
            id: id.into(),
            customer: u32::try_from(self.0.customers.len()).unwrap() - 1,
            issued: when(issued),
            due_on: Day::parse(due).unwrap(),
            amount: Money::parse(amount, Currency::BRL).unwrap(),
            method: None,
        });
        for paid in paid {
            let (on, amount) = paid.split_once(' ').map_or((*paid, None), |(on, amount)| (on, Some(amount)));
            let amount = amount.map(|amount| Money::parse(amount, Currency::BRL).unwrap());
            self.0.payments.push(PaymentRow { receivable, paid: when(on), amount, id: PaymentId::Content });
        }
        self
    }

    /// Runs a policy over it.
    pub(crate) fn run(&self, policy: &str, span: &Span, events: &str) -> Ran {
        let (events, bad) = facts_file::read(&mut events.as_bytes()).unwrap();
        assert_eq!(bad, []);
        run(&policies(policy), &self.0, &events, span, usize::MAX)
    }
}

/// What a backtest gave.
pub(crate) struct Ran {
    pub(crate) csv: String,
    pub(crate) summary: Summary,
    pub(crate) rejects: Vec<Reject>,
}

/// Runs with a memory budget.
pub(crate) fn run(policies: &Policies, portfolio: &Portfolio, events: &[FactEvent], span: &Span, budget_bytes: usize) -> Ran {
    let backtest = Backtest::new(policies, portfolio, events, span).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut walked = backtest.run(Spill { budget_bytes, dir: dir.path().into() }, || (), |_| ()).unwrap();
    let mut csv = Vec::new();
    let bytes = walked.write_csv(&mut csv).unwrap();
    assert_eq!(bytes, u64::try_from(csv.len()).unwrap());
    Ran { csv: String::from_utf8(csv).unwrap(), summary: walked.summary, rejects: walked.rejects }
}

/// A date, or a moment.
pub(crate) fn when(text: &str) -> When {
    Day::parse(text).map_or_else(|_| When::At(Instant::parse(text).unwrap()), When::On)
}

/// The first moment of a date in São Paulo.
pub(crate) fn midnight(day: &str) -> Instant {
    Zone::parse("America/Sao_Paulo").unwrap().midnight(Day::parse(day).unwrap())
}

/// Asleep from the first date's midnight to the second's.
pub(crate) fn down(from: &str, to: &str) -> Span {
    Span { until: None, down: vec![(midnight(from), midnight(to))] }
}

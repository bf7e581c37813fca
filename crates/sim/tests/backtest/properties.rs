//! What holds for every portfolio.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use regua_core::decide::{Outcome, StepRef};
use regua_core::time::{Day, Instant};
use regua_core::words::{Channel, Rail};
use regua_sim::backtest::{Backtest, Decision, Span, Spill};
use regua_sim::facts_file::{About, Cause, FactEvent, Told};
use regua_wire::files::portfolio::{PaymentId, PaymentRow, Portfolio, ReceivableRow, When};

use crate::town::{SPEC, Town, policies, run};

/// A receivable: customer, issue, term and amount, the payments as days after due and cents.
type Debt = (usize, i32, i32, i64, Vec<(i32, Option<i64>)>);

const ZONES: [Option<&str>; 4] = [None, Some("America/Manaus"), Some("America/Noronha"), Some("Europe/Lisbon")];

/// The first day of the small worlds: new year, holidays, carnival and a blackout follow.
fn day(after: i32) -> Day {
    Day::new(2026, 11, 20).unwrap().plus(after)
}

/// Ids sort by bytes, not by number or letter, and need quotes in CSV.
fn id(number: usize) -> String {
    format!("{}{}", ["r", "R", "é", "10", "9", "a,b", "a\"b"][number % 7], number)
}

fn portfolio(debts: &[Debt]) -> Portfolio {
    let mut town = Town::default();
    for (number, zone) in ZONES.iter().enumerate() {
        town = town.customer(&format!("c{number}"), *zone, if number == 3 { &[("tier", "gold")] } else { &[] });
    }
    let mut portfolio = town.0;
    for (number, (customer, issued, term, minor, paid)) in debts.iter().enumerate() {
        let currency = regua_core::currency::Currency::BRL;
        let receivable = u32::try_from(portfolio.receivables.len()).unwrap();
        let due_on = day(issued + term);
        portfolio.receivables.push(ReceivableRow {
            id: id(number).into(),
            customer: u32::try_from(*customer).unwrap(),
            issued: When::On(day(*issued)),
            due_on,
            amount: regua_core::money::Money::new(*minor, currency),
            method: (number % 3 == 0).then_some(Rail::Boleto),
        });
        for (after, minor) in paid {
            let amount = minor.map(|minor| regua_core::money::Money::new(minor, currency));
            portfolio.payments.push(PaymentRow { receivable, paid: When::On(due_on.plus(*after)), amount, id: PaymentId::Content });
        }
    }
    portfolio
}

fn debts() -> impl Strategy<Value = Vec<Debt>> {
    let payment = (-8..70_i32, proptest::option::of(1..20_000_i64));
    let debt = (0..4_usize, 0..60_i32, 0..35_i32, 50..200_000_i64, proptest::collection::vec(payment, 0..3));
    proptest::collection::vec(debt, 0..14)
}

fn span() -> impl Strategy<Value = Span> {
    let moment = |days: i32| Instant::from_secs(i64::from(day(days).epoch()) * 86_400 + 3 * 3600);
    let down = proptest::collection::vec((0..90_i32, 1..40_i32), 0..3);
    (down, proptest::option::of(0..150_i32)).prop_map(move |(down, until)| Span {
        until: until.map(moment),
        down: down.into_iter().map(|(from, days)| (moment(from), moment(from + days))).collect(),
    })
}

/// The same rows in another order, with everything that points at them.
fn shuffled(portfolio: &Portfolio, by: usize) -> Portfolio {
    let count = portfolio.receivables.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.rotate_left(by % count.max(1));
    order.sort_by_key(|place| place * 7 % count.max(1));
    let place = |old: u32| u32::try_from(order.iter().position(|&at| u32::try_from(at) == Ok(old)).unwrap()).unwrap();
    let row = |at: usize| {
        let ReceivableRow { id, customer, issued, due_on, amount, method } = &portfolio.receivables[at];
        ReceivableRow { id: id.clone(), customer: *customer, issued: *issued, due_on: *due_on, amount: *amount, method: *method }
    };
    let pay = |row: &PaymentRow| PaymentRow { receivable: place(row.receivable), paid: row.paid, amount: row.amount, id: row.id.clone() };
    let mut town = Town::default();
    for (number, zone) in ZONES.iter().enumerate() {
        town = town.customer(&format!("c{number}"), *zone, if number == 3 { &[("tier", "gold")] } else { &[] });
    }
    Portfolio {
        customers: town.0.customers,
        receivables: order.iter().map(|&at| row(at)).collect(),
        payments: portfolio.payments.iter().rev().map(pay).collect(),
    }
}

/// Where a step stands in the file: a notice directly before its step, reactions behind the ladder.
fn place(step: StepRef) -> (u8, usize, u8) {
    match step {
        StepRef::Notice(step) => (0, step, 0),
        StepRef::Step(step) => (0, step, 1),
        StepRef::Reaction(reaction) => (1, reaction, 0),
    }
}

fn check_order_and_keys(decisions: &[Decision<'_>], portfolio: &Portfolio) -> Result<(), TestCaseError> {
    let id = |receivable: u32| portfolio.receivables[usize::try_from(receivable).unwrap()].id.as_bytes();
    let key = |row: &Decision<'_>| (row.at, id(row.receivable), place(row.step_ref), row.cycle, row.occurrence);
    for pair in decisions.windows(2) {
        prop_assert!(key(&pair[0]) < key(&pair[1]), "{:?}\n{:?}", pair[0], pair[1]);
    }
    let keys: BTreeSet<_> = decisions.iter().map(|row| (row.receivable, row.step, row.cycle, row.occurrence)).collect();
    prop_assert_eq!(keys.len(), decisions.len(), "a step was decided twice");
    Ok(())
}

/// A message is named by its first row, and all its rows show the same message.
fn check_messages(decisions: &[Decision<'_>]) -> Result<(), TestCaseError> {
    let mut messages: BTreeMap<_, Vec<&Decision<'_>>> = BTreeMap::new();
    for row in decisions {
        if let Some(message) = row.message {
            prop_assert_eq!(row.outcome, Outcome::Done);
            messages.entry((message.receivable, message.step, message.cycle, message.occurrence)).or_default().push(row);
        }
    }
    for (name, rows) in messages {
        let first = rows[0];
        prop_assert_eq!((first.receivable, first.step, first.cycle, first.occurrence), name);
        let items: BTreeSet<u32> = rows.iter().map(|row| row.receivable).collect();
        for row in rows {
            prop_assert_eq!(row.at, first.at);
            let message = row.message.unwrap();
            prop_assert_eq!(message.channels, first.message.unwrap().channels);
            prop_assert_eq!(message.items().collect::<BTreeSet<_>>(), items.clone());
            prop_assert_eq!(message.items().count(), items.len(), "an item twice");
        }
    }
    Ok(())
}

/// Anything that a facts file can tell, of anybody, at any time, in any order.
fn events() -> impl Strategy<Value = Vec<FactEvent>> {
    let channel = (0..Channel::ALL.len()).prop_map(|place| Channel::ALL[place]);
    let freezes = prop_oneof![Just(Cause::Dispute), Just(Cause::Hold), Just(Cause::Pause)];
    let stops = prop_oneof![Just(Cause::Complaint), Just(Cause::Lawyer), Just(Cause::Insolvency), Just(Cause::Death), Just(Cause::Pause)];
    let step = prop_oneof![Just("bureau"), Just("end"), Just("offer"), Just("charge"), Just("nothing")].prop_map(Into::into);
    let amount = proptest::option::of((1..300_i64).prop_map(|whole| format!("{whole}.00").into()));
    let collection = proptest::option::of(Just("automatic".into()));
    let subscribed = move |collection| Told::Subscription { key: "s".into(), plan: None, collection, renewal_on: None };
    let failed = |needs_payer| Told::ChargeFailed { reason: "expired_card".into(), needs_payer, step: Some("charge".into()) };
    let of_receivable = prop_oneof![
        freezes.clone().prop_map(Told::Freezes),
        freezes.prop_map(Told::Lifts),
        (0..120_i32).prop_map(|after| Told::Promise(day(after))),
        proptest::option::of(Just(Rail::Boleto)).prop_map(Told::PaymentInitiated),
        Just(Told::PaymentClaimed),
        Just(Told::PaymentFailedToArrive),
        any::<bool>().prop_map(failed),
        amount.prop_map(Told::ChargedBack),
        Just(Told::Void),
        Just(Told::WrittenOff),
        Strategy::prop_map(step.clone(), Told::ApprovalRejected),
        Strategy::prop_map(step, Told::ApprovalWithheld),
        collection.prop_map(subscribed),
    ];
    let of_customer = prop_oneof![
        stops.clone().prop_map(Told::Freezes),
        stops.prop_map(Told::Lifts),
        channel.clone().prop_map(Told::OptOut),
        channel.clone().prop_map(Told::Bounced),
        channel.prop_map(Told::Suppressed),
        (0..120_i32).prop_map(|after| Told::SourceSilent(When::On(day(after)))),
    ];
    let about = prop_oneof![
        (0..14_usize, of_receivable).prop_map(|(number, told)| (About::Receivable(id(number).into()), told)),
        (0..4_usize, of_customer).prop_map(|(number, told)| (About::Customer(format!("c{number}").into()), told)),
    ];
    let event = (-5..150_i32, proptest::option::of(0..1440_i64), about).prop_map(|(after, minute, (about, told))| {
        let moment = |minute: i64| Instant::from_secs(i64::from(day(after).epoch()) * 86_400 + minute * 60);
        FactEvent { line: 1, at: minute.map_or(When::On(day(after)), |minute| When::At(moment(minute))), about, told }
    });
    proptest::collection::vec(event, 0..16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn decisions_are_ordered_and_unique_and_messages_whole(debts in debts(), span in span()) {
        let portfolio = portfolio(&debts);
        let policies = policies(SPEC);
        let backtest = Backtest::new(&policies, &portfolio, &[], &span).unwrap();
        let mut walked = backtest.run(Spill::to(std::env::temp_dir()), || (), |_| ()).unwrap();
        let (decided, rejects) = (walked.summary.decisions, walked.rejects.clone());
        let decisions: Vec<Decision<'_>> = walked.decisions().unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(rejects, vec![]);
        prop_assert_eq!(u64::try_from(decisions.len()).unwrap(), decided);
        check_order_and_keys(&decisions, &portfolio)?;
        check_messages(&decisions)?;
        for row in &decisions {
            prop_assert!(span.until.is_none_or(|until| row.at < until));
            prop_assert!(span.down.iter().all(|&(from, to)| row.at < from || to <= row.at), "decided asleep: {:?}", row);
        }
    }

    #[test]
    fn whatever_happens_every_customer_comes_to_an_end(debts in debts(), span in span(), events in events()) {
        let portfolio = portfolio(&debts);
        let policies = policies(SPEC);
        let backtest = Backtest::new(&policies, &portfolio, &events, &span).unwrap();
        let mut walked = backtest.run(Spill::to(std::env::temp_dir()), || (), |_| ()).unwrap();
        let decisions: Vec<Decision<'_>> = walked.decisions().unwrap().map(Result::unwrap).collect();
        check_order_and_keys(&decisions, &portfolio)?;
        check_messages(&decisions)?;
        let moved = shuffled(&portfolio, 5);
        let expected = run(&policies, &portfolio, &events, &span, usize::MAX);
        prop_assert_eq!(run(&policies, &moved, &events, &span, 100).csv, expected.csv);
    }

    #[test]
    fn threads_budget_and_row_order_do_not_show(debts in debts(), span in span(), by in 0..14_usize) {
        let portfolio = portfolio(&debts);
        let policies = policies(SPEC);
        let expected = run(&policies, &portfolio, &[], &span, usize::MAX);
        let spilled = run(&policies, &portfolio, &[], &span, 200);
        prop_assert_eq!(&spilled.csv, &expected.csv);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let parallel = pool.install(|| run(&policies, &portfolio, &[], &span, 1000));
        prop_assert_eq!(&parallel.csv, &expected.csv);
        prop_assert_eq!(parallel.summary, expected.summary);
        let moved = run(&policies, &shuffled(&portfolio, by), &[], &span, usize::MAX);
        prop_assert_eq!(&moved.csv, &expected.csv);
    }

    #[test]
    fn an_earlier_end_gives_the_beginning_of_the_same_file(debts in debts(), cut in 0..150_i32) {
        let portfolio = portfolio(&debts);
        let policies = policies(SPEC);
        let whole = run(&policies, &portfolio, &[], &Span::default(), usize::MAX);
        let until = Some(Instant::from_secs(i64::from(day(cut).epoch()) * 86_400));
        let part = run(&policies, &portfolio, &[], &Span { until, down: Vec::new() }, usize::MAX);
        prop_assert!(whole.csv.starts_with(&part.csv));
    }
}

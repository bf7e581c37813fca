//! Backtests over real receivables, where `REGUA_DATA` says they are: set and missing fails, unset prints what was skipped.
//!
//! The sets name no contact points, so each customer gets some by its number: an e-mail address, WhatsApp with or without
//! consent, both or none, in one of several zones and states. What no file can express comes from the demo's facts.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]
#![expect(clippy::print_stdout, reason = "the counts are part of the result")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use regua_core::facts::Policies;
use regua_core::party::{Attribute, Consent, ContactPoint, Email, Phone};
use regua_core::policy::{Names, compile};
use regua_core::time::{Day, Instant, Zone};
use regua_core::words::Channel;
use regua_sim::backtest::{Backtest, Span, Spill, Summary};
use regua_sim::demo::Demo;
use regua_sim::facts_file::FactEvent;
use regua_wire::files::{CustomerRow, Mapping, Options, Portfolio, RejectList, read_receivables};

const BRASIL: &str = include_str!("../../../../policies/brasil-saas.yaml");
const SPEC: &str = include_str!("../../../../policies/spec-example.yaml");
const US: &str = include_str!("../../../../policies/us-saas.yaml");
const DATARISK: &str = include_str!("../../../../mappings/datarisk.yaml");
const CLOSED: &str = include_str!("../../../../mappings/highradius-closed.yaml");
const OPEN: &str = include_str!("../../../../mappings/highradius-open.yaml");

/// Where the public sets are.
fn data(test: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "tests take the place of the data sets from the environment")]
    let path = std::env::var("REGUA_DATA").ok().map(PathBuf::from);
    if path.is_none() {
        println!("skipped: REGUA_DATA is not set, {test} did not run");
    }
    path
}

/// Reads files through their mappings into one portfolio.
fn read(data: &std::path::Path, files: &[(&str, &str)]) -> Portfolio {
    let mut portfolio = Portfolio::default();
    for (file, mapping) in files {
        let path = data.join(file);
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let options = Options { mapping: Some(Mapping::parse(file, mapping).unwrap()), ..Options::default() };
        let mut rejects = RejectList::new(0);
        portfolio = read_receivables(bytes.as_slice(), file, &options, portfolio, &mut rejects).unwrap().portfolio;
        println!("{file}: {} rows rejected", rejects.count);
    }
    portfolio
}

/// Gives every customer a place and ways to be reached, by its number.
fn reachable(portfolio: &mut Portfolio, places: &[(&str, &str)]) {
    for (number, row) in portfolio.customers.iter_mut().enumerate() {
        let (zone, state) = places[number % places.len()];
        row.customer.zone = Some(Zone::parse(zone).unwrap());
        row.customer.state = Some(state.into());
        if number.is_multiple_of(17) {
            row.customer.attributes.insert("tier".into(), Attribute::Text("gold".into()));
        }
        contact(row, number);
    }
}

fn contact(row: &mut CustomerRow, number: usize) {
    if number % 10 < 8 {
        row.customer.contacts.push(ContactPoint::email(Email::parse(&format!("c{number}@customer.example")).unwrap()));
    }
    if number % 5 < 3 {
        let phone = Phone::parse(&format!("+551190{number:07}"), "BR").unwrap();
        let consent = if number.is_multiple_of(3) { Consent::OptedIn } else { Consent::None };
        row.customer.contacts.push(ContactPoint::phone(Channel::Whatsapp, phone).with_consent(consent));
    }
}

/// Counts of every done, skip and defer reason over several runs.
#[derive(Default)]
struct Seen(BTreeMap<(&'static str, &'static str), u64>);

impl Seen {
    fn run(&mut self, name: &str, policy: &str, portfolio: &Portfolio, facts: &[FactEvent], span: &Span) {
        let policy = compile(policy, &Names::any()).unwrap_or_else(|findings| panic!("{findings:#?}"));
        let policies = Policies::new(vec![Arc::new(policy)]).unwrap();
        let backtest = Backtest::new(&policies, portfolio, facts, span).unwrap();
        let walked = backtest.run(Spill::to(std::env::temp_dir()), || (), |_| ()).unwrap();
        assert_eq!(walked.rejects, [], "{name}");
        self.count(name, &walked.summary);
    }

    fn count(&mut self, name: &str, summary: &Summary) {
        let total = &summary.total;
        println!(
            "{name}: {} receivables of {} customers, {} messages, done {}",
            summary.receivables, summary.customers, summary.messages, total.done
        );
        println!("  skipped  {:?}\n  deferred {:?}", total.skipped, total.deferred);
        assert!(total.done > 0, "{name}");
        for (kind, counts) in [("skipped", &total.skipped), ("deferred", &total.deferred)] {
            for (reason, count) in counts {
                *self.0.entry((kind, reason)).or_default() += count;
            }
        }
    }
}

/// Asleep over some days in São Paulo.
fn down(spans: &[(&str, i32)]) -> Span {
    let zone = Zone::parse("America/Sao_Paulo").unwrap();
    let span = |(from, days): &(&str, i32)| {
        let from = Day::parse(from).unwrap();
        (zone.midnight(from), zone.midnight(from.plus(*days)))
    };
    Span { until: None::<Instant>, down: spans.iter().map(span).collect() }
}

#[test]
fn every_reason_occurs_over_real_receivables_and_the_demo() {
    let mut seen = Seen::default();
    let demo = Demo::seeded(2026);
    let portfolio = demo.portfolio().unwrap();
    seen.run("demo", BRASIL, &portfolio, &demo.facts, &Span::default());
    seen.run("demo, specification's policy", SPEC, &portfolio, &demo.facts, &Span::default());
    let Some(data) = data("every_reason_occurs_over_real_receivables_and_the_demo") else { return };

    let mut datarisk = read(&data, &[("datarisk/payments.csv.gz", DATARISK), ("datarisk/open_charges.csv.gz", DATARISK)]);
    let places = [
        ("America/Sao_Paulo", "SP"),
        ("America/Manaus", "AM"),
        ("America/Fortaleza", "MA"),
        ("America/Rio_Branco", "AC"),
        ("America/Noronha", "PE"),
        ("America/Cuiaba", "MT"),
    ];
    reachable(&mut datarisk, &places);
    seen.run("datarisk", BRASIL, &datarisk, &[], &Span::default());
    let outages = down(&[("2019-02-20", 1), ("2019-06-10", 5), ("2020-03-01", 40)]);
    seen.run("datarisk, down 1, 5 and 40 days", BRASIL, &datarisk, &[], &outages);
    seen.run("datarisk, specification's policy, down", SPEC, &datarisk, &[], &outages);

    let mut highradius = read(&data, &[("highradius/closed.csv.gz", CLOSED), ("highradius/open.csv.gz", OPEN)]);
    let places = [("America/New_York", "NY"), ("America/Chicago", "TX"), ("America/Los_Angeles", "CA"), ("America/Toronto", "ON")];
    reachable(&mut highradius, &places);
    seen.run("highradius", BRASIL, &highradius, &[], &Span::default());
    seen.run(
        "highradius, down 1, 5 and 40 days",
        BRASIL,
        &highradius,
        &[],
        &down(&[("2019-03-08", 1), ("2019-07-01", 5), ("2020-01-10", 40)]),
    );
    seen.run("highradius, US policy", US, &highradius, &[], &Span::default());

    assert_eq!(seen.0.len(), 15 + 9);
    for (reason, count) in seen.0 {
        assert!(count > 0, "{reason:?} never occurs");
    }
}

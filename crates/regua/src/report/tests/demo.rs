//! The demo's own numbers, as the binary gathers them.

use std::path::Path;

use regua_core::time::{LocalTime, Zone};
use regua_sim::backtest::{Backtest, Span, Spill, Summary};
use regua_sim::demo::Demo;
use regua_sim::report::{Report, Reporter};
use regua_wire::messages::Templates;

use super::super::*;
use crate::letters::{self, Letters};
use crate::witness::{Wanted, Witness};

/// The page's data of the demo.
pub(super) fn data(lang: Lang) -> ReportData {
    gathered(lang).0
}

/// The page's data of the demo, with what the walk itself and the terminal's report counted.
pub(super) fn gathered(lang: Lang) -> (ReportData, Summary, Report) {
    let (_, policy) = crate::source::policy(Path::new("brasil-saas")).expect("it ships");
    let demo = Demo::seeded(2026);
    let portfolio = demo.portfolio().expect("it reads back");
    let policies = crate::backtest::policies(&policy).expect("one policy");
    let now = Demo::now(&policy);
    let today = policy.zone.day_of(now);
    let until = policy.zone.at(today.plus(7), LocalTime::MIDNIGHT);
    let spill = || Spill::to(std::env::temp_dir());
    let [past, ahead] = [now, until].map(|until| {
        let span = Span { until: Some(until), down: Vec::new() };
        Backtest::new(&policies, &portfolio, &demo.facts, &span).expect("it is small")
    });
    let walked = past.run(spill(), || Gather::new(&past, now), |_| ()).expect("it walks");
    let (templates, company) = (Templates::shipped(), letters::example());
    let letters = Letters { templates: &templates, company: &company, events: &demo.facts };
    let wanted = Wanted { backtest: &ahead, from: now, to: until, letters: Some(&letters), ends: false };
    let events = ahead.run(spill(), || Witness::new(wanted), |_| ()).expect("it walks").watch.in_order();
    let zones: Vec<Zone> = portfolio.customers.iter().map(|row| row.customer.zone.unwrap_or(policy.zone)).collect();
    let coming = Coming { events: &events, zones: &zones, portfolio: &portfolio, policy: &policy, lang };
    let name = regua_wire::messages::samples::creditor().name;
    let told = Told {
        lang,
        title: name.as_str().to_owned(),
        plan: coming.plan((today, today.plus(6))),
        messages: coming.messages(name.as_str()),
        seed: Some(2026),
        commands: vec!["regua demo --seed 2026".to_owned()],
    };
    let reported = past.run(spill(), || Reporter::new(&past, now, 7), |_| ()).expect("it walks");
    let report = reported.watch.report(&reported.summary);
    (ReportData::new(walked.watch, &walked.summary, told), walked.summary, report)
}

//! The worked example of SPEC §3, to the minute.

use crate::harness::{Drive, Fact, customer, day, known, live, policies};
use regua_core::currency::Currency;
use regua_core::party::Consent;
use regua_core::time::{LocalTime, Zone};
use regua_core::words::{Channel, DeferReason};

const POLICY: &str = include_str!("../../../../policies/spec-example.yaml");

fn life(down: Option<(&str, &str)>) -> (Vec<String>, Vec<DeferReason>) {
    let policies = policies(POLICY);
    let zone = Zone::parse("America/Sao_Paulo").expect("a zone");
    let customer = customer(&[(Channel::Email, Consent::Contract)]);
    let issued_on = day("2026-12-02");
    let enter = Fact::Enter { issued_on, due_on: day("2026-12-12"), minor: 10_000, currency: Currency::BRL, method: None };
    let midnight = |text: &str| zone.at(day(text), LocalTime::MIDNIGHT);
    let down = down.map(|(from, until)| (midnight(from), midnight(until))).into_iter().collect();
    let life = live(&policies, &customer, zone, &[(known(zone, issued_on, 9), enter)], &Drive { down, ..Drive::default() });
    let reasons = life.deferrals.iter().map(|known| known.3).collect();
    (life.lines(zone), reasons)
}

#[test]
fn an_unpaid_receivable_walks_the_ladder_around_new_year() {
    let (lines, _) = life(None);
    assert_eq!(
        lines,
        [
            "r0 issued done 2026-12-02T09:00 email",
            "r0 upcoming done 2026-12-09T09:00 email",
            "r0 due done 2026-12-14T09:00 email",
            "r0 late2 done 2026-12-16T09:00 email",
            "r0 late5 done 2026-12-21T09:00 email",
            "r0 offer condition 2026-12-24T09:00",
            "r0 final done 2026-12-29T09:00 email",
            "r0 limit done 2027-01-04T09:00",
            "r0 suspend done 2027-01-05T09:00",
            "r0 call condition 2027-01-05T09:00",
            "r0 weekly.1 done 2027-01-13T09:00 email",
            "r0 weekly.2 done 2027-01-20T09:00 email",
            "r0 weekly.3 done 2027-01-27T09:00 email",
            "r0 bureau done 2027-01-28T09:00",
            "r0 weekly.4 done 2027-02-03T09:00 email",
            "r0 weekly.5 done 2027-02-10T09:00 email",
            "r0 end done 2027-03-14T09:00",
        ]
    );
}

#[test]
fn an_outage_of_sixteen_days_sends_no_burst_and_announces_again() {
    let (lines, reasons) = life(Some(("2026-12-10", "2026-12-26")));
    assert_eq!(
        lines[..9],
        [
            "r0 issued done 2026-12-02T09:00 email",
            "r0 upcoming done 2026-12-09T09:00 email",
            "r0 due superseded 2026-12-26T00:00",
            "r0 late2 stale 2026-12-26T00:00",
            "r0 late5 stale 2026-12-26T00:00",
            "r0 offer condition 2026-12-26T00:00",
            "r0 limit.notice done 2026-12-26T09:00 email",
            "r0 final done 2026-12-29T09:00 email",
            "r0 limit done 2027-01-04T09:00",
        ]
    );
    assert_eq!(lines[9], "r0 suspend done 2027-01-05T09:00");
    assert!(reasons.contains(&DeferReason::Unannounced));
}

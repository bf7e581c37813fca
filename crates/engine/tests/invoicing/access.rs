//! Access through a subscription's life: announced, restricted, asked for, paid, given back at once, ended.

use regua_core::billing::{Change, Cycle};
use regua_core::facts::Fact;
use regua_core::time::Instant;
use regua_core::words::AccessState;
use regua_engine::adapters::post::Memory;
use regua_engine::commands::access::{Access, Change as Changed, Why};
use regua_engine::commands::tell::About;
use regua_engine::outbox::Sending;
use regua_engine::{Engine, Kind};
use regua_store::seal::MasterKey;

use crate::common::{Company1, POLICY, brl, day, on_both, open};
use crate::harness::{flat, hour, letterhead, new};

/// The policy of these tests, with words for access that is back and for a renewal.
fn company(url: &str) -> Company1 {
    let more = "  - { on: access_restored, do: notify, template: access_restored }
  - { on: renewal, at: R-10, do: notify, template: renewal, if: \"subscription.plan == 'yearly'\" }
";
    Company1::with(Engine::new(open(url), MasterKey::new([7; 32])), &format!("{POLICY}{more}"))
}

/// A pass at 09:00 and one at 10:00 of each day: what is due is billed, decided and sent.
fn live(company: &Company1, from: &str, to: &str, memory: &mut Memory) {
    let (mut on, to) = (day(from), day(to));
    while on <= to {
        for at in [hour(&on.to_string(), 9), hour(&on.to_string(), 10)] {
            pass(company, at, memory);
        }
        on = on.plus(1);
    }
}

fn pass(company: &Company1, at: Instant, memory: &mut Memory) {
    company.engine.bill_due(at, 1).unwrap();
    company.engine.decide_due(at, 1, &|_| {}).unwrap();
    company.engine.dispatch(&|| at, memory, &letterhead(), Sending::default(), &|_| true).unwrap();
    company.engine.decide_due(at, 1, &|_| {}).unwrap();
}

fn told(access: &Access) -> String {
    let because = access.because.as_ref().map(|(receivable, step)| format!(" by {step} of {receivable}")).unwrap_or_default();
    let owed: String = access.owed.iter().map(|(receivable, amount)| format!(", owes {amount} for {receivable}")).collect();
    let next = access.next.as_ref().map(|next| {
        let by = next.because.as_ref().map(|(receivable, step)| format!(" by {step} of {receivable}")).unwrap_or_default();
        format!(", then {} from {}{by}{}", next.state, next.not_before, if next.announced { " (announced)" } else { "" })
    });
    format!("{}: {}{because}{owed}{}", access.subscription.as_deref().unwrap_or("-"), access.state, next.unwrap_or_default())
}

fn access(company: &Company1, at: Instant) -> Vec<String> {
    company.engine.access(company.tenant, "C1", at).unwrap().iter().map(told).collect()
}

fn story(company: &Company1) -> Vec<String> {
    let (changes, past) = company.engine.access_timeline(company.tenant, "C1").unwrap();
    assert_eq!(past.ended, None);
    let line = |change: &Changed| {
        let why = match &change.why {
            Why::Step(step) => step.clone(),
            Why::Told(fact) => serde_json::to_value(fact).unwrap()["fact"].as_str().unwrap().to_owned(),
            Why::Unknown => "unknown".to_owned(),
        };
        let key = change.subscription.as_deref().unwrap_or("-");
        format!("{} {key} {} → {}, {} {why}", hour_of(change.at), change.was, change.state, change.receivable.as_deref().unwrap_or("-"))
    };
    changes.iter().map(line).collect()
}

fn hour_of(at: Instant) -> String {
    regua_core::time::Zone::parse("America/Sao_Paulo").unwrap().rfc3339(at)[..16].to_owned()
}

#[test]
fn access_is_announced_restricted_and_given_back_the_moment_a_payment_is_known() {
    on_both(|url| {
        let mut company = company(url);
        let mut memory = Memory::default();
        company.subscribe("C1", new("pro", flat("monthly", 10_000, Cycle::MONTHLY), "2026-03-02"), hour("2026-03-02", 8));
        company.subscribe("C1", new("extra", flat("other", 4_000, Cycle::MONTHLY), "2026-03-20"), hour("2026-03-02", 8));
        assert_eq!(access(&company, hour("2026-03-02", 8)), ["extra: active", "pro: active"]);
        live(&company, "2026-03-02", "2026-03-12", &mut memory);
        // Due at once, so the 14th is twelve days later, a Saturday: announced on the 9th for Monday the 16th.
        assert_eq!(
            access(&company, hour("2026-03-12", 12)),
            ["extra: active", "pro: active, then limited from 2026-03-16 by limit of pro/0/period (announced)"]
        );
        live(&company, "2026-03-13", "2026-03-16", &mut memory);
        let limited = access(&company, hour("2026-03-16", 12));
        assert_eq!(
            limited[1],
            "pro: limited by limit of pro/0/period, owes BRL 102.47 for pro/0/period, then suspended from 2026-03-24 by suspend of pro/0/period"
        );
        let copies = company.engine.second_copy(company.tenant, "pro/0/period", None, hour("2026-03-16", 12)).unwrap();
        assert_eq!((copies.len(), copies[0].1.amount.total), (1, brl(10_247)), "the same function answers");
        // Paid at noon: given back at noon, and told by the next pass.
        let about = About::Receivable("pro/0/period".to_owned());
        let paid = Fact::Paid { paid_on: day("2026-03-16"), amount: None };
        company.engine.tell(company.tenant, &about, paid, None, hour("2026-03-16", 12)).unwrap();
        assert_eq!(access(&company, hour("2026-03-16", 12)), ["extra: active", "pro: active"]);
        let before = memory.parcels.len();
        pass(&company, hour("2026-03-16", 13), &mut memory);
        let subjects: Vec<&str> = memory.parcels[before..].iter().filter_map(|parcel| parcel.subject.as_deref()).collect();
        assert_eq!(subjects.len(), 2, "a receipt, and that access is back: {subjects:?}");
        assert_eq!(
            story(&company),
            ["2026-03-16T09:00 pro active → limited, pro/0/period limit", "2026-03-16T12:00 pro limited → active, pro/0/period paid",]
        );
        company.assert_clean();
    });
}

#[test]
fn a_subscription_that_ends_is_cancelled_on_its_day() {
    on_both(|url| {
        let mut company = company(url);
        company.subscribe("C1", new("pro", flat("monthly", 10_000, Cycle::MONTHLY), "2026-03-02"), hour("2026-03-02", 8));
        company.bill(hour("2026-03-02", 9));
        company.change("pro", Change::CancelledAtPeriodEnd, hour("2026-03-02", 10)).unwrap();
        let limited = "pro: active, then limited from 2026-03-16 by limit of pro/0/period";
        assert_eq!(access(&company, hour("2026-03-02", 10)), [limited], "what comes first is told");
        let about = About::Receivable("pro/0/period".to_owned());
        let paid = Fact::Paid { paid_on: day("2026-03-02"), amount: None };
        company.engine.tell(company.tenant, &about, paid, None, hour("2026-03-02", 12)).unwrap();
        assert_eq!(access(&company, hour("2026-03-02", 12)), ["pro: active, then cancelled from 2026-04-02 (announced)"]);
        let ended = company.engine.access(company.tenant, "C1", hour("2026-04-02", 0)).unwrap();
        assert_eq!((ended[0].state, ended[0].since), (AccessState::Cancelled, Some(hour("2026-04-02", 0))));
    });
}

#[test]
fn a_renewal_is_told_with_the_price_of_the_new_period_and_only_for_plans_that_ask_for_it() {
    on_both(|url| {
        let mut company = company(url);
        let mut memory = Memory::default();
        company.subscribe("C1", new("year", flat("yearly", 120_000, Cycle::YEARLY), "2026-03-02"), hour("2026-03-02", 8));
        company.subscribe("C1", new("month", flat("monthly", 1_000, Cycle::MONTHLY), "2026-03-02"), hour("2026-03-02", 8));
        pass(&company, hour("2026-03-02", 9), &mut memory);
        for receivable in ["year/0/period", "month/0/period"] {
            let about = About::Receivable(receivable.to_owned());
            let paid = Fact::Paid { paid_on: day("2026-03-02"), amount: None };
            company.engine.tell(company.tenant, &about, paid, None, hour("2026-03-02", 12)).unwrap();
        }
        live(&company, "2026-03-03", "2026-03-31", &mut memory);
        let renews =
            |parcel: &&regua_engine::ports::Parcel| parcel.subject.as_deref().is_some_and(|subject| subject.ends_with("vai renovar"));
        let renewals = |memory: &Memory| memory.parcels.iter().filter(renews).count();
        assert_eq!(renewals(&memory), 0);
        live(&company, "2027-02-18", "2027-02-19", &mut memory);
        assert_eq!(renewals(&memory), 0);
        live(&company, "2027-02-20", "2027-02-24", &mut memory);
        let told: Vec<&str> = memory.parcels.iter().filter(renews).map(|parcel| parcel.text.as_str()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("yearly") && told[0].contains("1.200,00") && told[0].contains("2 de março de 2027"), "{}", told[0]);
        company.assert_clean();
    });
}

#[test]
fn a_second_copy_is_never_of_the_past() {
    on_both(|url| {
        let mut company = company(url);
        company.subscribe("C1", new("pro", flat("monthly", 10_000, Cycle::MONTHLY), "2026-03-02"), hour("2026-03-02", 8));
        company.bill(hour("2026-03-02", 9));
        let now = hour("2026-03-10", 9);
        let past = company.engine.second_copy(company.tenant, "C1", Some(day("2026-03-09")), now).unwrap_err();
        assert_eq!((past.kind, past.code), (Kind::Refused, "past"));
        let of = |on: &str| company.engine.second_copy(company.tenant, "C1", Some(day(on)), now).unwrap().remove(0).1;
        // Eight days late: 2.00 and 8 × 100.00 × 1 % / 30; a day later one more.
        assert_eq!((of("2026-03-10").amount.total, of("2026-03-11").amount.total), (brl(10_227), brl(10_230)));
        assert_eq!(of("2026-03-10").valid_until(), Some(day("2026-03-10")));
        assert_eq!(company.engine.second_copy(company.tenant, "C9", None, now).unwrap_err().kind, Kind::NotFound);
    });
}

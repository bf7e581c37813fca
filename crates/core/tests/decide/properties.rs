//! What must hold for every life (SPEC §18), over seeded random customers, facts, zones and outages.

use proptest::prelude::*;
use regua_core::calendar::Calendar;
use regua_core::currency::Currency;
use regua_core::decide::Outcome;
use regua_core::facts::Policies;
use regua_core::party::Consent;
use regua_core::policy::program::Delay;
use regua_core::rulebook::Class;
use regua_core::time::{Day, Instant, LocalTime, Zone};
use regua_core::words::{Channel, Rail, SkipReason};

use crate::harness::{Drive, Fact, Life, customer, day, live, policies};

const SPEC: &str = include_str!("../../../../policies/spec-example.yaml");

/// Tight caps, one message per contact, clearing, follow-ups, fixed retries, repeated adverse steps.
const TIGHT: &str = r#"
regua: 1
name: Tight
currency: BRL
timezone: America/Sao_Paulo
calendar: br-banking
time: "10:30"
max_delay: 2d
minimum: { BRL: 5.00 }
clearing: { boleto: 1bd, pix: 0d }
late_charges: { fine: 2%, interest: { rate: 1%, per: month, method: simple, base: 30 } }
contact: { rulebook: br, caps: [1/day, 2/week], channels: [sms, email], consolidate: false }
blackouts: [{ from: 01-20, to: 01-24, stop: [adverse, contacts], then: shift }]
retry: { mode: fixed, at: [F+1d, F+3d] }
segments:
  - { name: default }
ladders:
  default:
    - { id: before, at: D-2, do: notify, template: upcoming_charge, tone: friendly }
    - { id: today,  at: D, do: notify, template: upcoming_charge, tone: friendly }
    - { id: again,  at: D, do: notify, template: upcoming_charge, tone: neutral, if: "receivable.amount_due > money('300.00')" }
    - { id: charge, at: D+1, do: charge }
    - { id: mend,   after: charge+1d, do: notify, template: update_method, tone: neutral, if: "last_failure.needs_payer" }
    - { id: late3,  at: D+3bd, do: notify, template: overdue, tone: neutral, announces: [limit] }
    - { id: fee,    at: D+6, do: fee, amount: 3.00 }
    - { id: limit,  at: D+7, do: access, state: limited }
    - { id: call,   at: "D+8 17:00", do: task, queue: collectors, if: "receivable.days_late < 12" }
    - { id: stop,   at: D+8, do: access, state: suspended, notice: 5d }
    - { id: final,  at: D+9, every: 3d, until: D+21, do: notify, template: final_notice, tone: firm, announces: [stop, fee] }
    - { id: end,    at: D+40, do: write_off, approval: true }
reactions:
  - { on: paid, do: notify, template: receipt }
  - { on: payment_failed, do: notify, template: payment_failed }
  - { on: promise_broken, at: P+2bd, do: notify, template: promise_broken }
  - { on: access_restored, do: notify, template: access_restored }
  - { on: renewal, at: R-3, do: notify, template: renewal }
"#;

fn zones() -> impl Strategy<Value = Zone> {
    // Zones with summer time on both hemispheres; São Paulo had it until 2019.
    prop::sample::select(vec!["America/Sao_Paulo", "America/Manaus", "Europe/Rome", "America/New_York", "Australia/Sydney"])
        .prop_map(|name| Zone::parse(name).expect("a zone"))
}

/// Starts in February 2018 (summer time ends in São Paulo), October 2018 (it begins) or December 2026 (blackout).
fn starts() -> impl Strategy<Value = Day> {
    prop::sample::select(vec![day("2018-02-01"), day("2018-10-15"), day("2026-12-01"), day("2026-03-10")])
}

#[derive(Clone, Debug)]
struct Case {
    tight: bool,
    zone: Zone,
    channels: Vec<(Channel, Consent)>,
    script: Vec<(Instant, Fact)>,
}

fn fact(zone: Zone, start: Day) -> impl Strategy<Value = (Instant, Fact)> {
    let which = 0..13u8;
    (which, 0..4usize, 0..70i32, 0..1440u16, 1..40_000i64, 0..14usize).prop_map(move |(which, receivable, ahead, minute, minor, step)| {
        let on = start.plus(ahead);
        let at = zone.at(on, LocalTime::new(minute / 60, minute % 60).expect("a minute of the day"));
        let overnight = zone.midnight(on.plus(1));
        match which {
            0 => (overnight, Fact::Pay { receivable, on, minor: None }),
            1 | 2 => (overnight, Fact::Pay { receivable, on, minor: Some(minor) }),
            3 => (at, Fact::Hold { receivable: Some(receivable) }),
            4 => (at, Fact::Release { receivable: Some(receivable) }),
            5 => (at, Fact::Promise { receivable, on: on.plus(3) }),
            6 => (at, Fact::Initiated { receivable }),
            7 => (at, Fact::ChargeFailed { receivable, needs_payer: minor % 2 == 0 }),
            8 => (at, Fact::Reopen { receivable }),
            9 => (at, Fact::Reject { receivable, step }),
            10 => (at, Fact::Withhold { receivable, step }),
            11 => {
                let renewal_on = (minor % 5 != 0).then(|| on.plus(i32::from(minute % 40)));
                (at, Fact::Subscribe { receivable, key: step % 2, renewal_on })
            }
            _ => (at, if minor % 2 == 0 { Fact::Hold { receivable: None } } else { Fact::Release { receivable: None } }),
        }
    })
}

fn entry(zone: Zone, start: Day) -> impl Strategy<Value = (Instant, Fact)> {
    (0..25i32, -20..30i32, 100..60_000i64, 0..4u8).prop_map(move |(issued, term, minor, rail)| {
        let issued_on = start.plus(issued);
        let method = [None, Some(Rail::Boleto), Some(Rail::Pix), Some(Rail::Card)][usize::from(rail)];
        let due_on = issued_on.plus(term);
        (zone.at(issued_on, LocalTime::hour(9)), Fact::Enter { issued_on, due_on, minor, currency: Currency::BRL, method })
    })
}

fn channels() -> impl Strategy<Value = Vec<(Channel, Consent)>> {
    let email = prop::sample::select(vec![Consent::Contract, Consent::OptedIn, Consent::OptedOut]);
    let sms = prop::sample::select(vec![Consent::OptedIn, Consent::None]);
    (email, sms, any::<bool>()).prop_map(|(email, sms, whatsapp)| {
        let mut found = vec![(Channel::Email, email), (Channel::Sms, sms)];
        if whatsapp {
            found.push((Channel::Whatsapp, Consent::OptedIn));
        }
        found
    })
}

fn cases() -> impl Strategy<Value = Case> {
    (any::<bool>(), zones(), starts(), channels()).prop_flat_map(|(tight, zone, start, channels)| {
        let entries = prop::collection::vec(entry(zone, start), 1..5);
        let facts = prop::collection::vec(fact(zone, start), 0..8);
        (entries, facts).prop_map(move |(entries, facts)| {
            let script = entries.into_iter().chain(facts).collect();
            Case { tight, zone, channels: channels.clone(), script }
        })
    })
}

fn rules(case: &Case) -> Policies {
    policies(if case.tight { TIGHT } else { SPEC })
}

fn walk(case: &Case, rules: &Policies, drive: &Drive) -> Life {
    live(rules, &customer(&case.channels), case.zone, &case.script, drive)
}

fn counted(life: &Life) -> impl Iterator<Item = &(Instant, regua_core::decide::Message)> {
    let receipt = |message: &regua_core::decide::Message, life: &Life, index: usize| {
        let _ = message;
        life.rows.iter().any(|row| row.message == Some(index) && ["on.paid", "on.access_restored"].contains(&row.step.as_str()))
    };
    life.messages.iter().enumerate().filter(move |(index, (_, message))| !receipt(message, life, *index)).map(|(_, sent)| sent)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_same_facts_give_the_same_decisions(case in cases()) {
        let rules = rules(&case);
        let first = walk(&case, &rules, &Drive::default());
        let second = walk(&case, &rules, &Drive { touch: true, ..Drive::default() });
        prop_assert_eq!(first.lines(case.zone), second.lines(case.zone), "with and without caches");
    }

    #[test]
    fn what_is_kept_between_decisions_and_what_rests_changes_none(case in cases()) {
        let rules = rules(&case);
        let first = walk(&case, &rules, &Drive::default());
        let second = walk(&case, &rules, &Drive { reload: true, ..Drive::default() });
        prop_assert_eq!(first.lines(case.zone), second.lines(case.zone));
        // What is read back is looked at whole, which may tell a wait that nobody was woken for.
        let first = walk(&case, &rules, &Drive { touch: true, ..Drive::default() });
        let sorted = |life: &Life| {
            let mut waits = life.deferrals.clone();
            waits.sort();
            waits
        };
        prop_assert_eq!(sorted(&first), sorted(&second), "deferrals");
        let named = |life: &Life| life.messages.iter().map(|(at, message)| (*at, message.announces.clone())).collect::<Vec<_>>();
        prop_assert_eq!(named(&first), named(&second), "announcements");
    }

    #[test]
    fn deciding_at_any_instant_more_changes_nothing(case in cases(), minutes in prop::collection::vec(0..60 * 24 * 100i64, 1..200)) {
        let rules = rules(&case);
        let start = case.script.iter().map(|(at, _)| *at).min().expect("an entry");
        let extra = minutes.into_iter().map(|minute| Instant::from_secs(start.secs() + minute * 60)).collect();
        let lazy = walk(&case, &rules, &Drive::default());
        let eager = walk(&case, &rules, &Drive { extra, touch: true, ..Drive::default() });
        prop_assert_eq!(lazy.lines(case.zone), eager.lines(case.zone));
    }

    #[test]
    fn contacts_keep_hours_caps_and_consent(case in cases()) {
        let rules = rules(&case);
        let life = walk(&case, &rules, &Drive::default());
        for (at, message) in &life.messages {
            let (today, secs) = case.zone.local(*at);
            let hour = secs / 3600;
            for channel in message.channels.iter() {
                prop_assert!((7..21).contains(&hour), "{} at {}", channel, hour);
                let holiday = Calendar::BrBanking.is_holiday(today);
                if message.class == Class::Collection {
                    prop_assert!(today.weekday() != 6 && !holiday, "collection on {}", today);
                    if channel != Channel::Email {
                        prop_assert!((9..19).contains(&hour) && today.weekday() < 5, "{} on {} at {}", channel, today, hour);
                    }
                }
                let consent = case.channels.iter().find(|known| known.0 == channel).map(|known| known.1);
                prop_assert!(matches!(
                    (channel, consent),
                    (_, Some(Consent::OptedIn)) | (Channel::Email, Some(Consent::Contract))
                ));
            }
        }
        let (day_cap, week_cap) = if case.tight { (1, 2) } else { (1, 3) };
        for (at, _) in counted(&life) {
            let today = case.zone.day_of(*at);
            let within = |days: i32| {
                counted(&life).filter(|(other, _)| (0..days).contains(&today.since(case.zone.day_of(*other)))).count()
            };
            prop_assert!(within(1) <= day_cap && within(7) <= week_cap, "caps on {}", today);
        }
    }

    #[test]
    fn a_step_is_decided_once_and_nothing_follows_payment(case in cases()) {
        let rules = rules(&case);
        let life = walk(&case, &rules, &Drive::default());
        let mut keys: Vec<_> = life.rows.iter().map(|row| (row.receivable, row.step.clone(), row.cycle, row.occurrence)).collect();
        keys.sort();
        let all = keys.len();
        keys.dedup();
        prop_assert_eq!(keys.len(), all, "one row per receivable, step, cycle and occurrence");
        let closed = |row: &&crate::harness::Told| row.outcome == Outcome::Skipped(SkipReason::Closed) && !row.step.starts_with("on.");
        for end in life.rows.iter().filter(closed) {
            let after = life.rows.iter().filter(|row| {
                (row.receivable, row.cycle) == (end.receivable, end.cycle) && row.at > end.at && !row.step.starts_with("on.")
            });
            prop_assert_eq!(after.count(), 0, "nothing of the ladder follows its closing");
        }
    }

    #[test]
    fn adverse_steps_are_announced_in_time_and_one_a_day(case in cases()) {
        let rules = rules(&case);
        let life = walk(&case, &rules, &Drive::default());
        let adverse = |row: &&crate::harness::Told| {
            row.outcome == Outcome::Done && ["limit", "suspend", "stop", "fee", "bureau"].contains(&row.step.as_str())
        };
        let policy = rules.newest();
        for row in life.rows.iter().filter(adverse) {
            let today = case.zone.day_of(row.at);
            let steps = || policy.ladders.iter().flat_map(|ladder| ladder.steps.iter().enumerate());
            let (step, rule) = steps().find(|(_, step)| step.id == row.step).expect("a step of the ladder");
            let told = life.messages.iter().filter_map(|(at, message)| {
                let named = message.announces.iter().find(|named| named.walk == row.receivable && named.step == step)?;
                (at < &row.at).then_some((case.zone.day_of(*at), named.named))
            });
            let told: Vec<(Day, Day)> = told.collect();
            prop_assert!(!told.is_empty(), "{} was never announced", row.step);
            let earliest = told.iter().map(|(on, _)| *on).min().expect("some");
            let noticed = match rule.notice {
                Delay::Days(days) => earliest.plus(days),
                Delay::OpenDays(days) => Calendar::BrBanking.add_open_days(earliest, days),
            };
            prop_assert!(noticed <= today, "{} came too soon after its announcement", row.step);
            prop_assert!(told.iter().any(|(_, named)| *named <= today), "{} came before its named date", row.step);
            prop_assert!(Calendar::BrBanking.is_open(today), "{} on a closed day", row.step);
            let same_day = life.rows.iter().filter(adverse).filter(|other| {
                other.receivable == row.receivable && case.zone.day_of(other.at) == today
            });
            prop_assert_eq!(same_day.count(), 1, "one adverse step a day");
        }
    }

    #[test]
    fn outages_send_no_burst(case in cases(), length in prop::sample::select(vec![1, 5, 40]), from in 0..60i32) {
        let rules = rules(&case);
        let start = case.zone.day_of(case.script.iter().map(|(at, _)| *at).min().expect("an entry")).plus(from);
        let span = (case.zone.midnight(start), case.zone.midnight(start.plus(length)));
        let life = walk(&case, &rules, &Drive { down: vec![span], ..Drive::default() });
        prop_assert!(life.rows.iter().all(|row| row.at < span.0 || row.at >= span.1), "asleep");
        // The day of waking sees no more messages than any other day may, and each receivable at most once.
        let woken = case.zone.day_of(span.1);
        let that_day = counted(&life).filter(|(at, _)| case.zone.day_of(*at) == woken);
        prop_assert!(that_day.count() <= 1);
        for receivable in 0..4 {
            let contacts = life.rows.iter().filter(|row| {
                row.receivable == receivable && row.message.is_some() && row.at == span.1 && !row.step.starts_with("on.") && !row.step.ends_with(".notice")
            });
            prop_assert!(contacts.count() <= 1);
        }
    }
}

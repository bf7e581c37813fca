//! The worked example of SPEC §3, as a file of decisions.

use regua_sim::backtest::Span;

use crate::town::{SPEC, Town, down, midnight};

fn debtor(paid: &[&str]) -> Town {
    Town::default().customer("c1", Some("America/Sao_Paulo"), &[]).owes("r1", "2026-12-01", "2026-12-12", "100.00", paid)
}

#[test]
fn the_worked_example_is_decided_to_the_minute() {
    let ran = debtor(&[]).run(SPEC, &Span::default(), "");
    insta::assert_snapshot!(ran.csv);
    assert_eq!(ran.rejects, []);
}

#[test]
fn an_outage_sends_no_burst_and_announces_late() {
    let ran = debtor(&[]).run(SPEC, &down("2026-12-10", "2026-12-26"), "");
    insta::assert_snapshot!(ran.csv);
}

#[test]
fn a_payment_ends_the_ladder_and_is_seen_the_night_after() {
    for (paid, seen) in [
        ("2026-12-15", "r1,c1,on.paid,0,done,,2026-12-16T09:00:00-03:00,email,r1/on.paid/0,r1"),
        ("2026-12-15T18:30:00-03:00", "r1,c1,on.paid,0,done,,2026-12-15T18:30:00-03:00,email,r1/on.paid/0,r1"),
    ] {
        let ran = debtor(&[paid]).run(SPEC, &Span::default(), "");
        assert!(ran.csv.contains(seen), "{}", ran.csv);
        assert!(ran.csv.contains("r1,c1,late2,0,skipped,closed,"), "{}", ran.csv);
        assert!(!ran.csv.contains("late5"), "{}", ran.csv);
    }
}

#[test]
fn nothing_is_decided_at_or_after_until() {
    let all = debtor(&[]).run(SPEC, &Span::default(), "");
    let some = debtor(&[]).run(SPEC, &Span { until: Some(midnight("2026-12-21").plus_hours(9)), down: Vec::new() }, "");
    assert!(all.csv.starts_with(&some.csv));
    assert!(!some.csv.contains("late5") && all.csv.contains("late5"));
}

#[test]
fn the_summary_lists_every_reason_and_adds_up() {
    let ran = debtor(&[]).run(SPEC, &Span::default(), "");
    let rows = u64::try_from(ran.csv.lines().count() - 1).unwrap();
    assert_eq!(ran.summary.decisions, rows);
    assert_eq!(ran.summary.steps.values().map(|counts| counts.decisions()).sum::<u64>(), rows);
    let json = ran.summary.to_json().replace(&ran.summary.policy_hash, "the file's hash");
    // Without the steps, which all look like the total.
    let (before, after) = (json.find("  \"steps\"").unwrap(), json.find("  \"total\"").unwrap());
    insta::assert_snapshot!(format!("{}{}", &json[..before], &json[after..]));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    sorted(&value);
    assert_eq!(value["steps"]["weekly"]["done"], 5);
    assert_eq!(value["steps"]["weekly"]["skipped"].as_object().unwrap().len(), 15);
    assert_eq!(value["steps"]["weekly"]["deferred"].as_object().unwrap().len(), 9);
}

/// The keys of every object ascend.
fn sorted(value: &serde_json::Value) {
    let Some(object) = value.as_object() else { return };
    assert!(object.keys().is_sorted(), "{:?}", object.keys().collect::<Vec<_>>());
    object.values().for_each(sorted);
}

#[test]
fn a_customer_with_two_receivables_gets_one_message_over_both() {
    let town = debtor(&[]).owes("r0", "2026-12-01", "2026-12-14", "50.00", &[]);
    let ran = town.run(SPEC, &Span::default(), "");
    let rows: Vec<&str> = ran.csv.lines().filter(|row| row.contains("2026-12-16")).collect();
    assert_eq!(
        rows,
        [
            "r0,c1,late2,0,done,,2026-12-16T09:00:00-03:00,email,r0/late2/0,r0;r1",
            "r1,c1,late2,0,done,,2026-12-16T09:00:00-03:00,email,r0/late2/0,r0;r1",
        ],
        "{}",
        ran.csv
    );
}

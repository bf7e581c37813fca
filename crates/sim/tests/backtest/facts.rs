//! What the facts file tells reaches the decisions.

use regua_sim::backtest::Span;

use crate::town::{SPEC, Town};

fn debtor(paid: &[&str]) -> Town {
    Town::default().customer("c1", Some("America/Sao_Paulo"), &[]).owes("r1", "2026-12-01", "2026-12-12", "100.00", paid)
}

/// Runs the worked example's debtor with facts; `expected` rows are there, those after a `!` are not.
fn check(paid: &[&str], events: &str, expected: &[&str]) {
    let ran = debtor(paid).run(SPEC, &Span::default(), events);
    assert_eq!(ran.rejects, []);
    for row in expected {
        match row.strip_prefix('!') {
            Some(absent) => assert!(!ran.csv.contains(absent), "{absent} in\n{}", ran.csv),
            None => assert!(ran.csv.contains(row), "{row} not in\n{}", ran.csv),
        }
    }
}

#[test]
fn what_freezes_holds_until_the_last_cause_is_lifted() {
    let frozen = r#"{"at":"2026-12-10","receivable":"r1","event":"dispute_opened"}"#;
    check(&[], frozen, &["r1,c1,due,0,skipped,frozen,2026-12-15T00:00:00", "!,done,,2026-12-1", "!,done,,2026-12-2"]);
    // The window of `late2` ends on the 19th at 09:00: closed on the 18th, it goes out at once that morning.
    let closed = r#"{"at":"2026-12-18","receivable":"r1","event":"dispute_closed"}"#;
    check(&[], &format!("{frozen}\n{closed}"), &["r1,c1,late2,0,done,,2026-12-18T09:00:00"]);
    let held = r#"{"at":"2026-12-11","receivable":"r1","event":"hold"}"#;
    let released = r#"{"at":"2026-12-19","receivable":"r1","event":"release"}"#;
    check(&[], &format!("{frozen}\n{held}\n{closed}"), &["!,late2,0,done", "r1,c1,late2,0,skipped,frozen,"]);
    check(&[], &format!("{frozen}\n{held}\n{closed}\n{released}"), &["!,late2,0,done", "r1,c1,late5,0,done"]);
    for event in ["complaint", "lawyer", "insolvency", "death", "pause", "hold"] {
        let told = format!(r#"{{"at":"2026-12-10","customer":"c1","event":"{event}"}}"#);
        check(&[], &told, &["r1,c1,due,0,skipped,frozen,", "!,done,,2026-12-1", "!,done,,2026-12-2"]);
    }
}

#[test]
fn a_promise_freezes_and_breaks_unless_paid_by_the_end_of_the_next_business_day() {
    // Promised for Friday the 18th: broken at the end of Monday the 21st.
    let promise = r#"{"at":"2026-12-15","receivable":"r1","event":"promise","on":"2026-12-18"}"#;
    check(&[], promise, &["r1,c1,late2,0,skipped,frozen,", "r1,c1,on.promise_broken,0,done,,2026-12-22T09:00:00"]);
    // Paid on Monday by bank slip, seen on Tuesday at 00:00, the moment it would have broken: kept.
    check(&["2026-12-21"], promise, &["!promise_broken", "r1,c1,on.paid,0,done,,2026-12-22T09:00:00"]);
    check(&["2026-12-22"], promise, &["r1,c1,on.promise_broken,0,done,,2026-12-22T09:00:00"]);
}

#[test]
fn money_in_flight_waits_until_it_settles_fails_or_has_cleared() {
    let claimed = r#"{"at":"2026-12-15T12:00:00-03:00","receivable":"r1","event":"payment_claimed"}"#;
    // Without a rail a claim clears the same day.
    check(&[], claimed, &["r1,c1,late2,0,done,,2026-12-16T09:00:00"]);
    let initiated = r#"{"at":"2026-12-15T12:00:00-03:00","receivable":"r1","event":"payment_initiated","method":"boleto"}"#;
    check(&[], initiated, &["r1,c1,late2,0,done,,2026-12-17T09:00:00"]);
    let failed = r#"{"at":"2026-12-16T08:00:00-03:00","receivable":"r1","event":"payment_failed_to_arrive"}"#;
    check(&[], &format!("{initiated}\n{failed}"), &["r1,c1,late2,0,done,,2026-12-16T09:00:00"]);
}

#[test]
fn a_charge_back_begins_a_new_cycle() {
    let back = r#"{"at":"2027-01-11T10:00:00-03:00","receivable":"r1","event":"charged_back"}"#;
    check(
        &["2026-12-15"],
        back,
        &["r1,c1,late2,0,skipped,closed,2026-12-16T00:00:00", "!due,1,", "r1,c1,limit.notice,1,done", "r1,c1,suspend,1,done"],
    );
    let ran = debtor(&[]).run(SPEC, &Span::default(), back);
    assert_eq!(ran.rejects.len(), 1, "nothing was paid: {:?}", ran.rejects);
    assert_eq!(ran.rejects[0].line, Some(1));
}

#[test]
fn verdicts_and_endings_reach_their_step() {
    let bureau = |event: &str| format!(r#"{{"at":"2026-12-10","receivable":"r1","event":"{event}","step":"bureau"}}"#);
    check(&[], &bureau("approval_rejected"), &["r1,c1,bureau,0,skipped,rejected,"]);
    check(&[], &bureau("approval_withheld"), &["r1,c1,bureau,0,skipped,not_approved,"]);
    for event in ["void", "written_off"] {
        let told = format!(r#"{{"at":"2026-12-15","receivable":"r1","event":"{event}"}}"#);
        check(&[], &told, &["r1,c1,late2,0,skipped,closed,2026-12-15T09:00:00", "!late5"]);
    }
    let ran = debtor(&[]).run(SPEC, &Span::default(), r#"{"at":"2026-12-10","receivable":"r1","event":"approval_rejected","step":"x"}"#);
    assert_eq!(ran.rejects[0].reason, "the receivable's ladder has no step `x`; use the id of one of its steps");
}

#[test]
fn a_subscription_known_at_entry_chooses_the_segment_and_a_failed_charge_is_followed() {
    let subscribed = r#"{"at":"2026-12-01","receivable":"r1","event":"subscription","plan":"pro","collection":"automatic"}"#;
    let failed = concat!(
        r#"{"at":"2026-12-14T09:00:05-03:00","receivable":"r1","event":"charge_failed","#,
        r#""reason":"expired_card","needs_payer":true,"step":"charge"}"#
    );
    check(
        &[],
        &format!("{subscribed}\n{failed}"),
        &[
            "r1,c1,notice,0,done,,2026-12-11T09:00:00",
            "r1,c1,charge,0,done,,2026-12-14T09:00:00",
            "r1,c1,on.payment_failed,0,done,",
            "r1,c1,mend,0,done,,2026-12-16T09:00:00",
            "!upcoming",
        ],
    );
    let later = subscribed.replace("2026-12-01", "2026-12-02");
    check(&[], &later, &["r1,c1,upcoming,0,done", "!charge"]);
}

#[test]
fn a_contact_point_that_is_lost_makes_unreachable() {
    for event in ["opt_out", "bounced", "suppressed"] {
        let told = format!(r#"{{"at":"2026-12-10","customer":"c1","event":"{event}","channel":"email"}}"#);
        check(&[], &told, &["r1,c1,upcoming,0,done,", "r1,c1,due,0,skipped,unreachable,"]);
    }
}

#[test]
fn without_news_of_payments_nobody_is_called_overdue() {
    let silent = r#"{"at":"2026-12-14","customer":"c1","event":"source_silent","until":"2026-12-17"}"#;
    // Readable again from the 17th 09:00, it is read at the next local 00:00.
    check(&[], silent, &["r1,c1,late2,0,done,,2026-12-18T09:00:00"]);
}

#[test]
fn facts_about_nobody_are_rejected_with_their_line_and_the_others_hold() {
    let events = concat!(
        r#"{"at":"2026-12-10","receivable":"r9","event":"void"}"#,
        "\n",
        r#"{"at":"2026-12-10","customer":"c9","event":"death"}"#,
        "\n",
        r#"{"at":"2026-12-15","receivable":"r1","event":"void"}"#
    );
    let ran = debtor(&[]).run(SPEC, &Span::default(), events);
    let rejects: Vec<_> = ran.rejects.iter().map(|reject| (reject.line, reject.reason.as_str())).collect();
    assert_eq!(
        rejects,
        [
            (Some(1), "no receivable `r9` in the files; correct the id or remove the line"),
            (Some(2), "no customer `c9` in the files; correct the id or remove the line"),
        ]
    );
    assert!(ran.csv.contains("r1,c1,late2,0,skipped,closed,"));
}

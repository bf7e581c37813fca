//! How real a decision is (SPEC §3.13).

use regua_core::facts::{Fact, Facts};
use regua_core::party::{Consent, Customer};
use regua_core::words::{AccessState, Channel, DeferReason, Mode};

use crate::facts::{Case, LATE, at};
use crate::harness::{customer, day};

const WARN: &str = "id: warn, at: D+1, do: notify, template: overdue, announces: [limit]";
const LIMIT: &str = "id: limit, at: D+8, do: access, state: limited";
const DAILY: &str = "contact: { caps: [1/day], channels: [email] }";

fn email() -> Customer {
    customer(&[(Channel::Email, Consent::Contract)])
}

fn shadow(facts: &mut Facts<'_>) {
    facts.mode = Mode::Shadow;
}

#[test]
fn a_shadow_tenant_decides_everything_under_its_own_mode_and_restricts_nothing() {
    let mut case = Case::new(&[&[WARN, LIMIT, "id: end, at: D+20, do: write_off"]]);
    shadow(&mut case.facts);
    let walk = case.enter();
    assert_eq!(
        case.until("2026-04-30 12:00"),
        ["03-11T09:00 warn done shadow", "03-18T09:00 limit done shadow", "03-30T09:00 end done shadow"]
    );
    let receivable = &case.facts.walks[walk];
    assert_eq!((receivable.access, receivable.has_ended()), (AccessState::Active, false));
    assert!(!receivable.is_at_rest(), "it is open outside of shadow");
    // A real payment ends it for good.
    case.tell(Some(walk), "2026-05-01 00:00", &Fact::Paid { paid_on: day("2026-04-30"), amount: None });
    assert!(case.facts.walks[walk].has_ended());
}

#[test]
fn leaving_shadow_is_an_entry_of_what_is_open() {
    for mode in [Mode::Redirect, Mode::Live] {
        let late2 = "id: late2, at: D+2, do: notify, template: overdue";
        let mut case = Case::of(DAILY, &[&[WARN, late2, LIMIT]], email());
        shadow(&mut case.facts);
        let walk = case.enter();
        assert_eq!(case.until("2026-03-12 10:00"), ["03-11T09:00 warn done shadow", "03-12T09:00 late2 done shadow"]);
        // Thu 12 March: the window of `late2` is open until Sun 15; that shadow sent today counts for nothing.
        case.tell(None, "2026-03-12 11:00", &Fact::WentTo { mode });
        let suffix = if mode == Mode::Live { String::new() } else { format!(" {mode}") };
        assert_eq!(
            case.until("2026-03-12 12:00"),
            [format!("03-12T11:00 warn superseded{suffix}"), format!("03-12T11:00 late2 done{suffix}")]
        );
        // Nothing of shadow was announced: a notice of its own, and then three open days.
        assert_eq!(
            case.until("2026-03-30 12:00"),
            [format!("03-18T09:00 limit.notice done{suffix}"), format!("03-23T09:00 limit done{suffix}")]
        );
        assert_eq!(case.facts.walks[walk].access, AccessState::Limited);
    }
}

#[test]
fn adverse_steps_from_before_leaving_shadow_are_not_carried_out() {
    let mut case = Case::new(&[&[WARN, LIMIT]]);
    shadow(&mut case.facts);
    case.enter();
    assert_eq!(case.until("2026-03-19 10:00"), ["03-11T09:00 warn done shadow", "03-18T09:00 limit done shadow"]);
    case.tell(None, "2026-03-20 11:00", &Fact::WentTo { mode: Mode::Live });
    assert_eq!(case.until("2026-04-20 12:00"), ["03-20T11:00 limit before_entry", "03-20T11:00 warn stale"]);
}

#[test]
fn what_was_sent_before_going_into_shadow_is_not_sent_again() {
    let late2 = "id: late2, at: D+2, do: notify, template: overdue";
    let mut case = Case::new(&[&[LATE, late2]]);
    case.enter();
    assert_eq!(case.until("2026-03-11 10:00"), ["03-11T09:00 late done"]);
    case.tell(None, "2026-03-11 11:00", &Fact::WentTo { mode: Mode::Shadow });
    assert_eq!(case.until("2026-03-12 10:00"), ["03-12T09:00 late2 done shadow"]);
    case.tell(None, "2026-03-12 11:00", &Fact::WentTo { mode: Mode::Live });
    assert_eq!(case.until("2026-04-12 10:00"), ["03-12T11:00 late2 done"]);
}

#[test]
fn the_policy_of_one_receivable_leaves_shadow_alone() {
    let mut case = Case::new(&[&[LATE]]);
    let (first, second) = (case.enter_in(Mode::Shadow), case.enter_in(Mode::Shadow));
    case.tell(Some(second), "2026-03-10 11:00", &Fact::WentTo { mode: Mode::Live });
    let mut lines = case.until("2026-03-12 12:00");
    lines.sort();
    assert_eq!(lines, ["03-11T09:00 late done", "03-11T09:00 late done shadow"]);
    assert_eq!(case.facts.walks[first].mode, Mode::Shadow);
}

#[test]
fn a_shadow_step_of_a_live_tenant_counts_merges_and_closes_nothing() {
    // At one instant the last of the file remains, within each world; the cap of one a day is not used up by shadow.
    let probe = "id: probe, at: D+1, do: notify, template: overdue, tone: firm, mode: shadow";
    let mut case = Case::of(DAILY, &[&[LATE, probe]], email());
    case.enter();
    assert_eq!(case.until("2026-03-11 12:00"), ["03-11T09:00 late done"]);
    assert_eq!(case.facts.contacts.iter().filter(|known| !known.shadow).count(), 1);
    // In shadow the real message counts: `probe` waits for the next day.
    assert_eq!(case.waits(0, 1), Some(DeferReason::Capped));
    assert_eq!(case.until("2026-03-12 12:00"), ["03-12T09:00 probe done shadow"]);

    let mut case = Case::new(&[&[LATE, probe]]);
    case.enter();
    let mut lines = case.until("2026-03-11 12:00");
    lines.sort();
    assert_eq!(lines, ["03-11T09:00 late done", "03-11T09:00 probe done shadow"]);
    let modes: Vec<_> = case.facts.contacts.iter().map(|known| known.shadow).collect();
    assert_eq!(modes, [false, true], "two messages, one of them real");
}

#[test]
fn an_announcement_in_shadow_announces_nothing_that_is_not() {
    let warn = "id: warn, at: D+1, do: notify, template: overdue, announces: [limit], mode: shadow";
    let mut case = Case::new(&[&[warn, LIMIT]]);
    case.enter();
    assert_eq!(case.until("2026-03-30 12:00"), ["03-11T09:00 warn done shadow", "03-18T09:00 limit.notice done", "03-23T09:00 limit done"]);
}

#[test]
fn a_shadow_restriction_restricts_nothing_and_no_message_speaks_of_it() {
    let warn = "id: warn, at: D+1, do: notify, template: overdue, announces: [limit, stop]";
    let limit = "id: limit, at: D+8, do: access, state: limited, mode: shadow";
    let stop = "id: stop, at: D+8, do: access, state: suspended";
    let mut case = Case::new(&[&[warn, limit, stop]]);
    let walk = case.enter();
    assert_eq!(case.until("2026-03-11 09:00"), ["03-11T09:00 warn done"]);
    let named: Vec<usize> = case.out.messages[0].announces.iter().map(|named| named.step).collect();
    assert_eq!(named, [2], "`stop` only");
    // Both on the same day: what is in shadow takes none of the days that are real.
    assert_eq!(case.until("2026-03-30 12:00"), ["03-18T09:00 limit done shadow", "03-18T09:00 stop done"]);
    assert_eq!((case.facts.walks[walk].access, case.facts.walks[walk].shadow_access), (AccessState::Suspended, AccessState::Limited));
}

#[test]
fn a_redirected_step_has_a_message_of_its_own_and_counts() {
    let other = "id: other, at: D+1, do: notify, template: overdue, mode: redirect";
    let mut case = Case::new(&[&["id: soon, at: D-1, do: notify, template: upcoming"], &[other]]);
    case.enter();
    let hash = Box::from(case.policies.get(0).hash.as_str());
    let walk = case.enter();
    case.tell(Some(walk), "2026-03-03 10:00", &Fact::Migrated { policy: hash, segment: None });
    assert_eq!(case.until("2026-03-12 12:00"), ["03-09T09:00 soon done", "03-11T09:00 other done redirect"]);
    assert_eq!(case.facts.contacts.iter().filter(|known| !known.shadow).count(), 2);
}

#[test]
fn in_approve_nothing_goes_out_before_a_person_releases_it() {
    let mut case = Case::new(&[&[LATE, "id: more, at: D+10, do: notify, template: overdue"]]);
    case.facts.mode = Mode::Approve;
    let walk = case.enter();
    assert_eq!(case.until("2026-03-11 10:00"), [""; 0]);
    assert_eq!(case.waits(walk, 0), Some(DeferReason::Approval));
    assert!(case.facts.awaits_release());
    case.tell(Some(walk), "2026-03-12 15:00", &Fact::Released { step: "late".into() });
    assert_eq!(case.until("2026-03-13 10:00"), ["03-12T15:00 late done approve"]);
    // A reaction asks too.
    case.tell(Some(walk), "2026-03-13 11:00", &Fact::Promised { on: day("2026-03-13") });
    assert_eq!(case.until("2026-03-17 10:00"), [""; 0]);
    assert!(case.facts.awaits_release());
    case.tell(Some(walk), "2026-03-17 11:00", &Fact::Released { step: "on.promise_broken".into() });
    assert_eq!(case.until("2026-03-17 12:00"), ["03-17T11:00 on.promise_broken done approve"]);
    assert_eq!(case.until("2026-03-30 12:00"), ["03-23T09:00 more not_approved approve"]);
}

#[test]
fn the_less_real_of_scopes_holds() {
    for (tenant, policy, step, expected) in [
        (Mode::Live, Mode::Live, "", Mode::Live),
        (Mode::Live, Mode::Redirect, "", Mode::Redirect),
        (Mode::Shadow, Mode::Live, ", mode: live", Mode::Shadow),
        (Mode::Redirect, Mode::Live, ", mode: live", Mode::Redirect),
        (Mode::Live, Mode::Live, ", mode: shadow", Mode::Shadow),
        (Mode::Live, Mode::Shadow, ", mode: redirect", Mode::Shadow),
    ] {
        let mut case = Case::new(&[&[&format!("{LATE}{step}")]]);
        case.facts.mode = tenant;
        case.enter_in(policy);
        case.until("2026-03-11 08:00");
        case.decide(at("2026-03-11 09:00"));
        let modes: Vec<Mode> =
            case.out.rows.iter().map(|row| row.mode).chain(case.out.messages.iter().map(|message| message.mode)).collect();
        assert_eq!(modes, [expected, expected], "{tenant} {policy} {step}");
    }
}

//! Small cases, one rule each: a ladder, a life, and the rows it leaves.

use regua_core::currency::Currency;
use regua_core::party::{Attribute, Consent, Customer};
use regua_core::time::{Instant, LocalTime, Zone};
use regua_core::words::{Channel, DeferReason, Rail};

use crate::harness::{Drive, Fact, Life, customer, day, live, policies};

/// A policy of these steps: BRL, São Paulo, bank days, 09:00, no law unless `extra` names one.
fn policy(extra: &str, steps: &[&str]) -> String {
    let steps = steps.iter().map(|step| format!("    - {{ {step} }}\n")).collect::<String>();
    format!(
        "regua: 1\nname: T\ncurrency: BRL\ntimezone: America/Sao_Paulo\ncalendar: br-banking\n{extra}\nsegments: [{{ name: default }}]\nladders:\n  default:\n{steps}"
    )
}

fn zone() -> Zone {
    Zone::parse("America/Sao_Paulo").expect("a zone")
}

fn at(text: &str) -> Instant {
    let (date, time) = text.split_once(' ').expect("date and time");
    zone().at(day(date), LocalTime::parse(time).expect("a time"))
}

/// R$ 100.00 issued on Mon 2 March 2026, due Tue 10 March 2026.
fn bill() -> (Instant, Fact) {
    (at("2026-03-02 09:00"), enter("2026-03-02", "2026-03-10", None))
}

fn enter(issued: &str, due: &str, method: Option<Rail>) -> Fact {
    Fact::Enter { issued_on: day(issued), due_on: day(due), minor: 10_000, currency: Currency::BRL, method }
}

fn email() -> Customer {
    customer(&[(Channel::Email, Consent::Contract)])
}

fn walk(policy: &str, customer: &Customer, script: &[(Instant, Fact)]) -> Life {
    live(&policies(policy), customer, zone(), script, &Drive::default())
}

#[track_caller]
fn check(policy: &str, customer: &Customer, script: &[(Instant, Fact)], rows: &[&str]) -> Vec<DeferReason> {
    let life = walk(policy, customer, script);
    assert_eq!(life.lines(zone()), rows.iter().map(|row| format!("r{row}")).collect::<Vec<_>>());
    life.deferrals.iter().map(|known| known.3).collect()
}

const LATE: &str = "id: late, at: D+1, do: notify, template: overdue";

#[test]
fn a_false_condition_closes_no_window_and_an_unreachable_contact_does() {
    let hold = (at("2026-03-11 08:00"), Fact::Hold { receivable: Some(0) });
    let release = (at("2026-03-12 12:00"), Fact::Release { receivable: Some(0) });
    let wealthy = "id: rich, at: D+2, do: notify, template: overdue, if: \"receivable.amount_due > money('500.00')\"";
    let reasons = check(
        &policy("", &[LATE, wealthy]),
        &email(),
        &[bill(), hold.clone(), release.clone()],
        &["0 rich condition 2026-03-12T09:00", "0 late done 2026-03-12T12:00 email"],
    );
    assert_eq!(reasons, [DeferReason::Frozen]);
    let by_sms = "id: sms, at: D+2, do: notify, template: overdue, channels: [sms]";
    check(
        &policy("", &[LATE, by_sms]),
        &email(),
        &[bill(), hold, release],
        &["0 late superseded 2026-03-12T09:00", "0 sms unreachable 2026-03-12T09:00"],
    );
}

#[test]
fn at_one_instant_the_last_contact_of_the_file_remains() {
    let firm = "id: firm, at: D+1, do: notify, template: overdue, tone: firm";
    check(&policy("", &[LATE, firm]), &email(), &[bill()], &["0 late superseded 2026-03-11T09:00", "0 firm done 2026-03-11T09:00 email"]);
}

#[test]
fn a_frozen_contact_ends_frozen_and_a_payment_ends_the_ladder_once() {
    let hold = (at("2026-03-11 08:00"), Fact::Hold { receivable: None });
    let pay = (at("2026-03-20 00:00"), Fact::Pay { receivable: 0, on: day("2026-03-19"), minor: None });
    let last = "id: last, at: D+20, do: notify, template: overdue";
    check(
        &policy("", &[LATE, last]),
        &email(),
        &[bill(), hold, pay],
        &["0 late frozen 2026-03-14T09:00", "0 last closed 2026-03-20T00:00"],
    );
}

#[test]
fn overdue_contacts_wait_for_the_rail_to_clear() {
    let slip = (at("2026-03-02 09:00"), enter("2026-03-02", "2026-03-10", Some(Rail::Boleto)));
    let reasons = check(
        &policy("clearing: { boleto: 1bd }", &[LATE]),
        &email(),
        &[slip],
        // D Tue 10; one bank day for the slip, Wed 11; read at 00:00 of Thu 12.
        &["0 late done 2026-03-12T09:00 email"],
    );
    assert_eq!(reasons, [DeferReason::StaleSource]);
}

#[test]
fn a_claimed_payment_defers_until_its_rail_has_cleared() {
    let claimed = (at("2026-03-11 08:00"), Fact::Initiated { receivable: 0 });
    let reasons = check(&policy("", &[LATE]), &email(), &[bill(), claimed], &["0 late done 2026-03-12T09:00 email"]);
    assert_eq!(reasons, [DeferReason::InFlight]);
}

#[test]
fn a_promise_freezes_until_the_end_of_the_first_business_day_after_it() {
    // Promised for Fri 13: broken at the end of Mon 16.
    let promise = (at("2026-03-11 08:00"), Fact::Promise { receivable: 0, on: day("2026-03-13") });
    let more = "id: more, at: D+6, do: notify, template: overdue";
    let text = policy("", &[LATE, more]) + "reactions:\n  - { on: promise_broken, at: P+2bd, do: notify, template: promise_broken }\n";
    check(
        &text,
        &email(),
        &[bill(), promise],
        // Thawed at 00:00 of Tue 17, each goes on at its hour; they are one message.
        &["0 late frozen 2026-03-14T09:00", "0 more done 2026-03-17T09:00 email", "0 on.promise_broken done 2026-03-17T09:00 email"],
    );
}

#[test]
fn an_old_debt_is_forbidden_and_one_of_another_currency_is_not_compared() {
    let old = (at("2026-03-02 09:00"), enter("2026-03-02", "2021-02-20", None));
    let rows = ["0 late forbidden 2026-03-02T09:00", "0 stop before_entry 2026-03-02T09:00"];
    let stop = "id: stop, at: D+9, do: access, state: suspended";
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [stop]";
    check(&policy("contact: { rulebook: br }", &[told, stop]), &email(), &[old], &rows);
    let dollars =
        Fact::Enter { issued_on: day("2026-03-02"), due_on: day("2026-03-10"), minor: 10_000, currency: Currency::USD, method: None };
    let rich = "id: late, at: D+1, do: notify, template: overdue, if: \"receivable.amount_due > money('50.00')\"";
    check(&policy("", &[rich]), &email(), &[(at("2026-03-02 09:00"), dollars)], &["0 late currency 2026-03-11T09:00"]);
}

#[test]
fn what_is_small_is_left_alone() {
    let pay = (at("2026-03-05 00:00"), Fact::Pay { receivable: 0, on: day("2026-03-04"), minor: Some(9_950) });
    check(&policy("minimum: { BRL: 1.00 }", &[LATE]), &email(), &[bill(), pay], &["0 late minimum 2026-03-11T09:00"]);
}

#[test]
fn approvals_are_rejected_or_run_out() {
    let end = "id: end, at: D+3, do: write_off, approval: true";
    let reject = (at("2026-03-05 00:00"), Fact::Reject { receivable: 0, step: 0 });
    check(&policy("", &[end]), &email(), &[bill(), reject], &["0 end rejected 2026-03-13T09:00"]);
    let withhold = (at("2026-03-05 00:00"), Fact::Withhold { receivable: 0, step: 0 });
    let reasons = check(&policy("", &[end]), &email(), &[bill(), withhold], &["0 end not_approved 2026-04-12T09:00"]);
    assert_eq!(reasons, [DeferReason::Approval]);
}

#[test]
fn caps_let_the_more_severe_go_first() {
    let other = (at("2026-03-02 09:00"), enter("2026-03-02", "2026-03-06", None));
    let steps = [LATE, "id: firm, at: D+5, do: notify, template: overdue, tone: firm"];
    let caps = "contact: { caps: [1/day], consolidate: false }";
    // Wed 11: the first (due 10) asks for `late`, the second (due 6) for the firmer one; the loser goes the next day.
    let reasons = check(
        &policy(caps, &steps),
        &email(),
        &[bill(), other],
        &[
            "1 late done 2026-03-07T09:00 email",
            "1 firm done 2026-03-11T09:00 email",
            "0 late done 2026-03-12T09:00 email",
            "0 firm done 2026-03-15T09:00 email",
        ],
    );
    assert_eq!(reasons, [DeferReason::Capped]);
}

#[test]
fn open_contacts_of_one_customer_are_one_message() {
    let other = (at("2026-03-02 09:00"), enter("2026-03-02", "2026-03-10", None));
    let life = walk(&policy("", &[LATE]), &email(), &[bill(), other]);
    assert_eq!(life.rows.len(), 2);
    assert_eq!(life.messages.len(), 1);
    assert_eq!(life.messages[0].1.rows.len(), 2);
}

#[test]
fn restrictions_are_announced_wait_for_a_business_day_and_are_not_repeated() {
    let other = (at("2026-03-02 09:00"), enter("2026-03-02", "2026-03-09", None));
    let stop = "id: stop, at: D+3, do: access, state: suspended";
    let told = "id: late, at: D+2, do: notify, template: overdue, announces: [stop]";
    // The second is due Mon 9: told Wed 11, three bank days later is Mon 16. The first is told Thu 12, and found suspended.
    let reasons = check(
        &policy("", &[told, stop]),
        &email(),
        &[bill(), other],
        &[
            "1 late done 2026-03-11T09:00 email",
            "0 late done 2026-03-12T09:00 email",
            "0 stop superseded 2026-03-16T09:00",
            "1 stop done 2026-03-16T09:00",
        ],
    );
    assert_eq!(reasons, [DeferReason::Unannounced, DeferReason::Unannounced]);
}

#[test]
fn two_adverse_steps_never_share_a_day() {
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [limit, fee]";
    let limit = "id: limit, at: D+6, do: access, state: limited";
    let fee = "id: fee, at: D+6, do: fee, amount: 5.00";
    let reasons = check(
        &policy("", &[told, limit, fee]),
        &email(),
        &[bill()],
        &["0 late done 2026-03-11T09:00 email", "0 limit done 2026-03-16T09:00", "0 fee done 2026-03-17T09:00"],
    );
    assert_eq!(reasons, [DeferReason::OnePerDay]);
}

#[test]
fn a_blackout_moves_what_is_adverse() {
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [limit]";
    let limit = "id: limit, at: D+6, do: access, state: limited";
    let blackout = "blackouts: [{ from: 03-14, to: 03-17, stop: [adverse], then: shift }]";
    let reasons = check(
        &policy(blackout, &[told, limit]),
        &email(),
        &[bill()],
        &["0 late done 2026-03-11T09:00 email", "0 limit done 2026-03-18T09:00"],
    );
    assert_eq!(reasons, [DeferReason::Blackout]);
}

#[test]
fn a_returned_payment_opens_a_new_cycle_and_announces_again() {
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [limit]";
    let limit = "id: limit, at: D+6, do: access, state: limited";
    let pay = (at("2026-03-18 00:00"), Fact::Pay { receivable: 0, on: day("2026-03-17"), minor: None });
    let back = (at("2026-03-25 12:00"), Fact::Reopen { receivable: 0 });
    check(
        &policy("", &[told, limit]),
        &email(),
        &[bill(), pay, back],
        &[
            "0 late done 2026-03-11T09:00 email",
            "0 limit done 2026-03-16T09:00",
            "0 limit.notice/1 done 2026-03-25T12:00 email",
            "0 limit/1 done 2026-03-30T09:00",
        ],
    );
}

#[test]
fn whatsapp_needs_an_opt_in_and_gives_way_to_mail_when_overdue() {
    let both = [(Channel::Email, Consent::Contract), (Channel::Whatsapp, Consent::OptedIn)];
    let due = "id: due, at: D, do: notify, template: due_today";
    let steps = policy("contact: { channels: [whatsapp, email] }", &[due, LATE]);
    check(&steps, &customer(&both), &[bill()], &["0 due done 2026-03-10T09:00 whatsapp", "0 late done 2026-03-11T09:00 email"]);
    let unasked = [(Channel::Email, Consent::Contract), (Channel::Whatsapp, Consent::None)];
    check(&steps, &customer(&unasked), &[bill()], &["0 due done 2026-03-10T09:00 email", "0 late done 2026-03-11T09:00 email"]);
    let mut chosen = customer(&both);
    chosen.preferred = Some(Channel::Whatsapp);
    check(&steps, &chosen, &[bill()], &["0 due done 2026-03-10T09:00 whatsapp", "0 late done 2026-03-11T09:00 whatsapp"]);
}

#[test]
fn segments_are_chosen_at_entry_and_hold_back_what_is_overdue() {
    let text = "regua: 1\nname: T\ncurrency: BRL\ntimezone: America/Sao_Paulo\nsegments:\n  - { name: gold, when: \"customer.attributes.tier == 'gold'\", not_before: D+5 }\n  - { name: default }\nladders:\n  default:\n    - { id: due, at: D, do: notify, template: due_today }\n    - { id: late, at: D+1, do: notify, template: overdue }\n    - { id: later, at: D+6, do: notify, template: overdue }\n";
    let mut gold = email();
    gold.attributes.insert("tier".into(), Attribute::Text("gold".into()));
    check(
        text,
        &gold,
        &[bill()],
        &["0 due done 2026-03-10T09:00 email", "0 late not_before 2026-03-11T09:00", "0 later done 2026-03-16T09:00 email"],
    );
}

#[test]
fn receipts_leave_in_the_hours_of_waking_and_do_not_count() {
    let pay = (at("2026-03-11 00:00"), Fact::Pay { receivable: 0, on: day("2026-03-10"), minor: None });
    let text =
        policy("contact: { rulebook: br, caps: [1/day] }", &[LATE]) + "reactions:\n  - { on: paid, do: notify, template: receipt }\n";
    check(&text, &email(), &[bill(), pay], &["0 late closed 2026-03-11T00:00", "0 on.paid done 2026-03-11T09:00 email"]);
}

#[test]
fn a_push_preview_announces_nothing() {
    let told = "id: late, at: D+1, do: notify, template: overdue, channels: [push], announces: [limit]";
    let limit = "id: limit, at: D+6, do: access, state: limited";
    let both = [(Channel::Push, Consent::OptedIn), (Channel::Email, Consent::Contract)];
    check(
        &policy("", &[told, limit]),
        &customer(&both),
        &[bill()],
        &["0 late done 2026-03-11T09:00 push", "0 limit.notice done 2026-03-16T09:00 email", "0 limit done 2026-03-19T09:00"],
    );
}

#[test]
fn one_message_names_a_day_for_each_of_two_adverse_steps() {
    // Whatever the order of the list: told Thu 7 May, both may happen from Sun 10; on Mon 11 the one whose hour is earlier.
    for list in ["adv1, adv2", "adv2, adv1"] {
        let told = format!("id: late8, at: D+8, do: notify, template: overdue, announces: [{list}]");
        let text =
            policy("", &[&told, "id: adv1, at: 'D+12 14:00', do: fee, amount: 5.00", "id: adv2, at: 'D+12 10:30', do: fee, amount: 5.00"])
                .replace("calendar: br-banking\n", "");
        check(
            &text,
            &email(),
            &[(at("2026-04-14 09:00"), enter("2026-04-14", "2026-04-29", None))],
            &["0 late8 done 2026-05-07T09:00 email", "0 adv2 done 2026-05-11T10:30", "0 adv1 done 2026-05-12T14:00"],
        );
    }
}

#[test]
fn a_debt_that_is_written_off_in_the_same_second_is_not_written_about() {
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [stop]";
    let stop = "id: stop, at: D+10, do: access, state: suspended";
    let last = "id: last, at: D+34, do: notify, template: overdue";
    let end = "id: end, at: D+35, do: write_off";
    let life = live(
        &policies(&policy("", &[told, stop, last, end])),
        &email(),
        zone(),
        &[bill()],
        &Drive { down: vec![(at("2026-03-10 00:00"), at("2026-04-14 12:00"))], ..Drive::default() },
    );
    assert_eq!(life.lines(zone()), ["r0 late closed 2026-04-14T12:00", "r0 end done 2026-04-14T12:00"]);
}

#[test]
fn what_nothing_but_time_can_end_ends_with_prescription() {
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [stop]";
    for condition in ["", ", if: \"receivable.amount_due > money('1.00')\""] {
        let stop = format!("id: stop, at: D+10, do: access, state: suspended{condition}");
        check(
            &policy("contact: { rulebook: br }", &[told, &stop]),
            &customer(&[]),
            &[bill()],
            &["0 late unreachable 2026-03-11T09:00", "0 stop.notice unreachable 2026-03-20T09:00", "0 stop forbidden 2031-03-10T00:00"],
        );
    }
}

#[test]
fn an_evening_payment_has_its_receipt_and_a_write_off_restores_nothing() {
    let pay = (at("2026-03-05 23:10"), Fact::Pay { receivable: 0, on: day("2026-03-05"), minor: None });
    let text =
        policy("max_delay: 1d\ncontact: { rulebook: br }", &[LATE]) + "reactions:\n  - { on: paid, do: notify, template: receipt }\n";
    check(&text, &email(), &[bill(), pay], &["0 late closed 2026-03-05T23:10", "0 on.paid done 2026-03-06T09:00 email"]);

    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [stop]";
    let (stop, end) = ("id: stop, at: D+6, do: access, state: suspended", "id: end, at: D+8, do: write_off");
    let other = (at("2026-03-02 09:00"), enter("2026-03-02", "2026-03-12", None));
    check(
        &policy("", &[told, stop, end]),
        &email(),
        &[bill(), other],
        &[
            "0 late done 2026-03-11T09:00 email",
            "1 late done 2026-03-13T09:00 email",
            "0 stop done 2026-03-16T09:00",
            "0 end done 2026-03-18T09:00",
            "1 stop superseded 2026-03-18T09:00",
            "1 end done 2026-03-20T09:00",
        ],
    );
}

#[test]
fn an_overdue_item_does_not_ride_on_a_channel_that_is_closed_to_it() {
    // Saturday 13 June: a reminder may go by WhatsApp, collection may not.
    let due = "id: due, at: D, do: notify, template: due_today, tone: firm";
    let text = policy("contact: { rulebook: br, channels: [whatsapp, email] }", &[due, LATE]).replace("calendar: br-banking\n", "");
    let both = customer(&[(Channel::Email, Consent::Contract), (Channel::Whatsapp, Consent::OptedIn)]);
    let script = [
        (at("2026-06-01 09:00"), enter("2026-06-01", "2026-06-13", None)),
        (at("2026-06-01 09:00"), enter("2026-06-01", "2026-06-12", None)),
    ];
    check(
        &text,
        &both,
        &script,
        &[
            "1 due done 2026-06-12T09:00 whatsapp",
            "0 due done 2026-06-13T09:00 whatsapp",
            "1 late done 2026-06-13T09:00 email",
            "0 late done 2026-06-15T09:00 email",
        ],
    );
}

#[test]
fn a_shifted_step_keeps_its_hour_after_an_outage() {
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [fee]";
    let fee = "id: fee, at: D+11, do: fee, amount: 5.00"; // a Saturday, moved to Mon 23 at 09:00
    for down in [vec![], vec![(at("2026-03-21 00:00"), at("2026-03-23 00:00"))]] {
        let drive = Drive { down, ..Drive::default() };
        let life = live(&policies(&policy("", &[told, fee])), &email(), zone(), &[bill()], &drive);
        assert_eq!(life.lines(zone()), ["r0 late done 2026-03-11T09:00 email", "r0 fee done 2026-03-23T09:00"]);
    }
}

#[test]
fn a_step_whose_hour_is_closed_happens_at_the_opening_of_the_next_day() {
    let task = "id: call, at: 'D+2 20:00', do: task, queue: collectors";
    let fee = "id: fee, at: 'D+3 21:30', do: fee, amount: 5.00";
    let by_sms = "id: sms, at: D+1, do: notify, template: overdue, channels: [sms], announces: [fee]";
    check(
        &policy("contact: { rulebook: br }", &[by_sms, task, fee]),
        &email(),
        &[bill()],
        // D is Tue 10: calls until 19:00, mail until 21:00; the fee is told on Sat 14 and due three bank days later.
        &[
            "0 sms unreachable 2026-03-11T09:00",
            "0 call done 2026-03-13T09:00",
            "0 fee.notice done 2026-03-14T07:00 email",
            "0 fee done 2026-03-18T21:30",
        ],
    );
}

#[test]
fn an_unreachable_notice_is_known_at_once() {
    let fee = "id: fee, at: D+2, do: fee, amount: 5.00";
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [fee]";
    let slip = (at("2026-03-02 09:00"), enter("2026-03-02", "2026-03-10", Some(Rail::Boleto)));
    check(
        &policy("clearing: { boleto: 2bd }", &[told, fee]),
        &customer(&[]),
        &[slip],
        &["0 late unreachable 2026-03-11T09:00", "0 fee.notice unreachable 2026-03-12T09:00"],
    );
}

#[test]
fn a_restriction_of_an_early_hour_waits_for_nine() {
    let told = "id: late, at: D+1, do: notify, template: overdue, announces: [limit]";
    let limit = "id: limit, at: D+6, do: access, state: limited";
    for rulebook in ["none", "br"] {
        let extra = format!("time: \"08:00\"\ncontact: {{ rulebook: {rulebook} }}");
        check(
            &policy(&extra, &[told, limit]),
            &email(),
            &[bill()],
            &["0 late done 2026-03-11T08:00 email", "0 limit done 2026-03-16T09:00"],
        );
    }
}

//! The pains of today's open systems, each a test on each database: what they do twice, lose, move or forget.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use regua_core::currency::Currency;
use regua_core::decide::{Decisions, Outcome, StepRef, decide};
use regua_core::facts::{Approvals, Cause, Entry, Fact, Facts, Policies};
use regua_core::money::Money;
use regua_core::party::{ContactPoint, Customer, Email};
use regua_core::time::{Day, Instant};
use regua_core::words::Mode;
use regua_engine::commands::import::{Doing, Imported};

use crate::SPEC;
use crate::compare::Rows;
use crate::town::{assert_unchanged, at, portfolio, zone};
use crate::world::{Living, act, databases, policies};
use regua_sim::live::Drawn;

/// Bills of five customers, told at once.
const BILLS: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency,method,name,email\n\
    R01,A,2026-10-20,2026-11-05,100.00,BRL,boleto,Ana,ana@a.example\n\
    R02,A,2026-10-20,2026-11-20,250.00,BRL,pix,Ana,ana@a.example\n\
    R03,B,2026-10-20,2026-11-05,1500.00,BRL,pix,Bia,bia@b.example\n\
    R04,C,2026-10-20,2026-11-10,80.00,BRL,boleto,Caio,caio@c.example\n\
    R05,C,2026-10-20,2026-11-12,900.00,BRL,boleto,Caio,caio@c.example\n\
    R06,D,2026-10-20,2026-11-06,300.00,BRL,pix,Davi,davi@d.example\n\
    R07,E,2026-10-20,2026-11-06,300.00,BRL,pix,,\n";
const TOLD: &str = "2026-10-20 09:00";
const END: &str = "2027-05-01 00:00";

fn town(kind: &str) -> Living {
    let living = Living::on(kind, SPEC, at(TOLD));
    let imported = living.import(BILLS, "", at(TOLD));
    assert_eq!((imported.customers_new, imported.receivables_new, imported.refused.len()), (5, 7, 0));
    living
}

fn brl(minor: i64) -> Money {
    Money::new(minor, Currency::parse("BRL").unwrap())
}

/// What was carried out of some receivables in a span of time: receivable, step, instant.
fn done(rows: &Rows, of: &[&str], from: &str, until: &str) -> Vec<(String, String, Instant)> {
    let (from, until) = (at(from), at(until));
    rows.iter()
        .filter(|((receivable, ..), (_, outcome, when, ..))| {
            of.contains(&receivable.as_str()) && outcome == "done" && (from..until).contains(when)
        })
        .map(|((receivable, step, ..), (_, _, when, ..))| (receivable.clone(), step.clone(), *when))
        .collect()
}

/// The rows of some receivables.
fn only(rows: &Rows, of: &[&str]) -> Rows {
    rows.iter().filter(|((receivable, ..), _)| of.contains(&receivable.as_str())).map(|(key, row)| (key.clone(), row.clone())).collect()
}

#[test]
fn a_job_that_runs_again_does_nothing_twice() {
    const HOUR: i64 = 1;
    for kind in databases() {
        let (living, twin) = (town(kind), town(kind));
        let now = at("2026-12-03 15:00");
        assert!(living.go(at(TOLD), now).messages > 10);
        let before = living.dump();
        for hours in [0, 0, -HOUR, -24, -24 * 40, -24 * 400] {
            assert_eq!(living.tick(now.plus_hours(hours)).customers, 0, "{hours} hours");
        }
        assert_unchanged(kind, &before, &living.dump());
        // Even when everybody is looked at again, with a clock that went back.
        for hours in [0, 0, -HOUR, -24] {
            let moment = now.plus_hours(hours);
            living.wake_all(moment);
            let ticked = living.tick(moment);
            assert_eq!((ticked.customers, ticked.decisions, ticked.messages, ticked.effects), (5, 0, 0, 0), "{hours} hours");
        }
        // Another process that does the same finds nothing to do, and life goes on as if nothing had been.
        living.go(now, at(END));
        twin.go(at(TOLD), at(END));
        crate::compare::assert_same(kind, &living.rows(), &twin.rows());
        assert_eq!(living.effects(), twin.effects());
    }
}

#[test]
fn a_missed_run_loses_no_timely_step() {
    const BILL: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n\
        R1,A,2026-12-01,2026-12-12,100.00,BRL,Ana,ana@a.example\n";
    let told = at("2026-12-01 09:00");
    for kind in databases() {
        // Two days late, but still in time: it goes out on waking.
        let living = Living::on(kind, SPEC, told);
        living.import(BILL, "", told);
        living.go(told, at("2026-12-16 08:00"));
        living.read_source(at("2026-12-18 10:30"));
        living.go(at("2026-12-18 10:30"), at("2026-12-18 10:31"));
        assert_eq!(done(&living.rows(), &["R1"], "2026-12-15 00:00", "2026-12-19 00:00"), [step("late2", "2026-12-18 10:30")]);

        // The worked example of the specification: asleep over sixteen days, and no burst.
        let living = Living::on(kind, SPEC, told);
        living.import(BILL, "", told);
        living.go(told, at("2026-12-10 00:00"));
        living.read_source(at("2026-12-26 00:00"));
        living.go(at("2026-12-26 00:00"), at("2027-01-06 00:00"));
        let rows = living.rows();
        let skipped = |step: &str| rows[&("R1".to_owned(), step.to_owned(), 0, 0)].1.clone();
        assert_eq!(["due", "late2", "late5"].map(skipped), ["superseded", "stale", "stale"]);
        let mut carried_out = done(&rows, &["R1"], "2026-12-02 00:00", "2027-01-06 00:00");
        carried_out.sort_by_key(|(_, _, when)| *when);
        let expected = [
            step("upcoming", "2026-12-09 09:00"),
            step("limit.notice", "2026-12-26 09:00"),
            step("final", "2026-12-29 09:00"),
            step("limit", "2027-01-04 09:00"),
            step("suspend", "2027-01-05 09:00"),
        ];
        assert_eq!(carried_out, expected, "{kind}");
    }
}

fn step(name: &str, when: &str) -> (String, String, Instant) {
    ("R1".to_owned(), name.to_owned(), at(when))
}

/// The policy with two steps of the default ladder at other times.
fn edited() -> String {
    let text = SPEC.replace("{ id: late2,    at: D+2, ", "{ id: late2,    at: D+3, ");
    let text = text.replace("{ id: suspend,  at: D+22,  do: access", "{ id: suspend,  at: D+25,  do: access");
    assert_ne!(text, SPEC);
    text
}

#[test]
fn a_policy_that_is_edited_while_cases_are_open_moves_none_of_them() {
    const LATER: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email\n\
        R09,N,2026-10-20,2026-11-06,300.00,BRL,Nina,nina@n.example\n";
    for kind in databases() {
        let (living, twin) = (town(kind), town(kind));
        let now = at("2026-11-02 12:00");
        living.go(at(TOLD), now);
        let published = living.engine.publish(living.tenant, "edited.yaml", &edited(), 10_000, &act(), now).unwrap();
        assert_eq!((published.number, published.unchanged), (2, false));
        let again = living.engine.publish(living.tenant, "edited.yaml", &edited(), 10_000, &act(), now).unwrap();
        assert!(again.unchanged, "publishing the same changes nothing");
        living.import(LATER, "", now);
        living.go(now, at(END));
        twin.go(at(TOLD), at(END));
        let mut rows = living.rows();
        let newcomer = only(&rows, &["R09"]);
        rows.retain(|(receivable, ..), _| receivable != "R09");
        crate::compare::assert_same(kind, &rows, &twin.rows());
        let late2 = &newcomer[&("R09".to_owned(), "late2".to_owned(), 0, 0)];
        assert_eq!((late2.1.as_str(), late2.2), ("done", at("2026-11-09 09:00")), "{kind}: who enters later walks the new one");
    }
}

#[test]
fn open_cases_move_to_another_policy_only_when_asked_and_as_previewed() {
    for kind in databases() {
        let living = town(kind);
        let now = at("2026-11-09 12:00");
        living.go(at(TOLD), now);
        living.engine.publish(living.tenant, "edited.yaml", &edited(), 10_000, &act(), now).unwrap();
        let hash = regua_core::policy::compile(&edited(), &regua_core::policy::Names::any()).unwrap().hash;
        let before = living.dump();
        let migrate = |filter, preview| living.engine.migrate_receivables(living.tenant, &hash, filter, preview, &act(), now).unwrap();
        let filter = Some("receivable.amount_due > money('200.00')");
        let (some, all) = (migrate(filter, true), migrate(None, true));
        assert_eq!((some.moved, all.moved, all.there, all.refused.len()), (5, 7, 0, 0), "{kind}");
        assert_unchanged(kind, &before, &living.dump());
        assert_eq!(migrate(filter, false), some, "{kind}: moved as previewed");
        assert_eq!(migrate(filter, true).there, 5, "{kind}: there by now");
        living.go(now, at(END));
        let rows = living.rows();
        // Announced anew after the move, and at its new time; the others went on as they were.
        let of = |receivable: &str, step: &str| rows[&(receivable.to_owned(), step.to_owned(), 0, 0)].clone();
        assert_eq!(of("R01", "suspend").2, at("2026-11-27 09:00"), "{kind}");
        assert!(of("R03", "suspend").2 >= at("2026-11-30 09:00"), "{kind}: {:?}", of("R03", "suspend"));
        assert_eq!(of("R03", "late2").2, at("2026-11-07 09:00"), "{kind}: what was decided stays");
    }
}

/// What may happen to a bill at a rung of its ladder.
const MOVEMENTS: [&str; 5] = ["part", "parts", "credit", "refund", "void"];

fn movement(name: &str, rung: Instant) -> Vec<(Instant, Fact)> {
    let (soon, later) = (Instant::from_micros(rung.micros() + 60_000_000), rung.plus_hours(49));
    let (on, then) = (zone().day_of(soon), zone().day_of(later));
    match name {
        "part" => vec![(soon, Fact::Paid { paid_on: on, amount: Some(brl(30_000)) })],
        "parts" => vec![(soon, Fact::Paid { paid_on: on, amount: Some(brl(30_000)) }), (later, Fact::Paid { paid_on: then, amount: None })],
        "credit" => vec![(soon, Fact::Credited { on, amount: brl(30_000) })],
        "refund" => vec![(soon, Fact::Paid { paid_on: on, amount: None }), (later, Fact::Refunded { on: then, amount: None })],
        _ => vec![(soon, Fact::Voided)],
    }
}

const BILLED: i64 = 100_000;
const ISSUED: &str = "2026-10-20";
const DUE: &str = "2026-11-05";

/// Decisions of one receivable by step, cycle and occurrence.
type Walked = BTreeMap<(String, i64, i64), (String, Instant)>;

/// The same facts decided from scratch in memory, never saved: decisions and the balance.
fn recompute(policies: &Policies, told: &[(Instant, Fact)]) -> (Walked, i64) {
    let mut customer = Customer::default();
    customer.contacts.push(ContactPoint::email(Email::parse("debtor@customer.example").unwrap()));
    let mut facts = Facts::new(Cow::Owned(customer), zone());
    facts.approvals = Approvals::AtOnce;
    let entry = Entry {
        issued_on: Day::parse(ISSUED).unwrap(),
        due_on: Day::parse(DUE).unwrap(),
        amount: brl(BILLED),
        method: None,
        subscription: None,
        policy: None,
        mode: Mode::Live,
    };
    facts.apply(None, &Fact::Entered(entry), at(TOLD), policies).unwrap();
    let (mut rows, mut out, mut now, mut rest) = (Walked::new(), Decisions::default(), at(TOLD), told);
    while now < at(END) {
        facts.source_read_at = zone().midnight(zone().day_of(now));
        while let Some((when, fact)) = rest.first().filter(|(when, _)| *when <= now) {
            facts.apply(Some(0), fact, *when, policies).unwrap();
            rest = &rest[1..];
        }
        out.clear();
        let next = decide(&mut facts, policies, now, &mut out);
        for row in &out.rows {
            let rules = policies.newest();
            let ladder = &rules.ladders[rules.segments[facts.walks[0].segment].ladder];
            let name = match row.step {
                StepRef::Step(step) => ladder.steps[step].id.clone(),
                StepRef::Notice(step) => format!("{}.notice", ladder.steps[step].id),
                StepRef::Reaction(reaction) => rules.reactions[reaction].id.clone(),
            };
            let outcome = match row.outcome {
                Outcome::Done => "done",
                Outcome::Skipped(reason) => reason.as_str(),
            };
            let twice = rows.insert((name, row.cycle.into(), row.occurrence.into()), (outcome.to_owned(), now));
            assert_eq!(twice, None);
        }
        now = next.min(rest.first().map_or(Instant::NEVER, |(when, _)| *when));
    }
    (rows, facts.walks[0].ledger.balance().minor())
}

#[test]
fn a_payment_in_part_a_credit_note_a_refund_and_a_cancellation_at_every_rung_give_what_a_recomputation_gives() {
    let rules = policies(SPEC);
    let (undisturbed, _) = recompute(&rules, &[]);
    let rungs: BTreeSet<Instant> = undisturbed.values().map(|(_, when)| *when).collect();
    assert!(rungs.len() >= 14, "{rungs:?}");
    let mut cases: BTreeMap<String, Vec<(Instant, Fact)>> = BTreeMap::new();
    for name in MOVEMENTS {
        for (rung, number) in rungs.iter().zip(0..) {
            cases.insert(format!("{name}-{number:02}"), movement(name, *rung));
        }
    }
    let mut bills = "receivable_id,customer_id,issued_on,due_on,amount,currency,email\n".to_owned();
    let mut story: Vec<(Instant, &str, &Fact)> = Vec::new();
    for (case, told) in &cases {
        bills.push_str(&format!("{case},of {case},{ISSUED},{DUE},1000.00,BRL,debtor@customer.example\n"));
        story.extend(told.iter().map(|(when, fact)| (*when, case.as_str(), fact)));
    }
    story.sort_by_key(|(when, case, _)| (*when, *case));
    for kind in databases() {
        // Once from wake to wake, once with an engine that is made anew again and again and looks at everybody.
        let living = [false, true].map(|restless| {
            let mut living = Living::on(kind, SPEC, at(TOLD));
            living.import(&bills, "", at(TOLD));
            let mut now = at(TOLD);
            for (nth, (when, case, fact)) in story.iter().enumerate() {
                living.go(now, *when);
                living.tell(case, (*fact).clone(), *when);
                if restless && nth.is_multiple_of(5) {
                    living.wake_all(*when);
                    living = living.anew();
                }
                now = *when;
            }
            living.go(now, at(END));
            living
        });
        let [once, again] = &living;
        crate::compare::assert_same(kind, &once.rows(), &again.rows());
        let (states, others) = (once.states(), again.states());
        for (case, told) in &cases {
            assert_eq!(states[case], others[case], "{kind}");
            let (expected, balance) = recompute(&rules, told);
            let rows = only(&once.rows(), &[case]);
            let found: Walked = rows.into_iter().map(|((_, step, cycle, nth), row)| ((step, cycle, nth), (row.1, row.2))).collect();
            assert_eq!(found, expected, "{kind}, {case}");
            assert!(states[case].contains(&format!(" balance {balance} ")), "{kind}, {case}: {balance}\n{}", states[case]);
        }
    }
}

#[test]
fn one_receivable_or_one_customer_is_paused_and_goes_on() {
    const FROM: &str = "2026-11-06 12:00";
    const TO: &str = "2026-11-24 10:00";
    for kind in databases() {
        let (living, twin) = (town(kind), town(kind));
        living.go(at(TOLD), at(FROM));
        living.tell("R05", Fact::Froze { cause: Cause::Pause }, at(FROM));
        living.tell_of("B", Fact::Froze { cause: Cause::Pause }, at(FROM));
        living.go(at(FROM), at(TO));
        living.tell("R05", Fact::Thawed { cause: Cause::Pause }, at(TO));
        living.tell_of("B", Fact::Thawed { cause: Cause::Pause }, at(TO));
        living.go(at(TO), at(END));
        twin.go(at(TOLD), at(END));
        let (rows, others) = (living.rows(), twin.rows());
        let paused = ["R03", "R05"];
        assert!(done(&others, &paused, FROM, TO).len() >= 6, "{kind}: there was something to pause");
        assert_eq!(done(&rows, &paused, FROM, TO), [], "{kind}");
        for receivable in paused {
            assert!(done(&rows, &[receivable], TO, END).len() > 3, "{kind}: {receivable} goes on");
        }
        assert!(done(&rows, &["R04"], FROM, TO).len() > 3, "{kind}: the same customer's other receivable goes on");
        let untouched = ["R01", "R02", "R06", "R07"];
        crate::compare::assert_same(kind, &only(&rows, &untouched), &only(&others, &untouched));
        announced(&living, kind);
    }
}

/// Every restriction was announced after the last moment that voids announcements, three open days before.
fn announced(living: &Living, kind: &str) {
    let rows = living.rows();
    let announcers: BTreeMap<&str, &[&str]> =
        [("limit", &["late5", "limit.notice"][..]), ("suspend", &["final", "suspend.notice"])].into_iter().collect();
    let calendar = regua_core::calendar::Calendar::BrBanking;
    for effect in living.effects().iter().filter(|effect| effect.kind == "access") {
        let stands = rows.iter().any(|((receivable, step, ..), (_, outcome, when, ..))| {
            *receivable == effect.receivable
                && announcers[effect.step.as_str()].contains(&step.as_str())
                && outcome == "done"
                && calendar.add_open_days(zone().day_of(*when), 3) <= zone().day_of(effect.at)
        });
        assert!(stands, "{kind}: {effect:?}");
    }
}

#[test]
fn the_tenant_or_what_a_filter_matches_is_paused_and_goes_on() {
    const FROM: &str = "2026-11-06 12:00";
    const TO: &str = "2026-11-24 10:00";
    const RICH: [&str; 2] = ["R03", "R05"];
    const EVERYBODY: [&str; 7] = ["R01", "R02", "R03", "R04", "R05", "R06", "R07"];
    for kind in databases() {
        let twin = town(kind);
        twin.go(at(TOLD), at(END));
        let others = twin.rows();
        for (filter, paused) in [(None, &EVERYBODY[..]), (Some("receivable.amount_due > money('500.00')"), &RICH)] {
            // Ended by a person, or by itself.
            for until in [None, Some(at(TO))] {
                let living = town(kind);
                let mut rng = Drawn::new(3);
                living.go(at(TOLD), at(FROM));
                let pause = living.engine.pause(living.tenant, filter, until, &act(), at(FROM), &mut rng).unwrap();
                living.go(at(FROM), at(TO));
                if until.is_none() {
                    assert!(living.engine.resume(living.tenant, pause, &act(), at(TO)).unwrap());
                    assert!(!living.engine.resume(living.tenant, pause, &act(), at(TO)).unwrap(), "it has ended");
                }
                living.go(at(TO), at(END));
                let rows = living.rows();
                assert!(done(&others, paused, FROM, TO).len() >= 6, "{kind}: there was something to pause");
                assert_eq!(done(&rows, paused, FROM, TO), [], "{kind}, {filter:?}");
                assert!(done(&rows, paused, TO, END).len() > 6, "{kind}, {filter:?}: it goes on");
                announced(&living, kind);
                let free: Vec<&str> = EVERYBODY.into_iter().filter(|id| !paused.contains(id) && *id != "R04").collect();
                crate::compare::assert_same(kind, &only(&rows, &free), &only(&others, &free));
                let kinds = living.events();
                assert!(kinds.contains(&"paused".to_owned()) && kinds.contains(&"resumed".to_owned()) == until.is_none(), "{kinds:?}");
            }
        }
        let bad = town(kind).engine.pause(twin.tenant, Some("receivable.colour == 'red'"), None, &act(), at(FROM), &mut Drawn::new(3));
        assert_eq!(bad.unwrap_err().code, "bad_filter");
    }
}

#[test]
fn a_file_that_is_imported_again_changes_nothing_and_an_edited_one_never_duplicates() {
    const PAID: &str = "receivable_id,paid_on,amount\nR04,2026-11-09,80.00\nR05,2026-11-13,100.00\nR05,2026-11-13,100.00\n";
    for kind in databases() {
        let living = town(kind);
        living.go(at(TOLD), at("2026-11-14 08:00"));
        let now = at("2026-11-14 08:00");
        let first = living.import(BILLS, PAID, now);
        assert_eq!((first.receivables_same, first.payments_new, first.payments_same, first.changes.len()), (7, 3, 0, 0), "{kind}");
        living.tick(now);
        let before = living.dump();
        for doing in [Doing::Write, Doing::DryRun, Doing::Write] {
            let again = living.take_in(&portfolio(BILLS, PAID), doing, at("2026-11-14 10:00"));
            let expected = Imported { receivables_same: 7, payments_same: 3, ..Imported::default() };
            assert_eq!(again, expected, "{kind}");
        }
        assert_unchanged(kind, &before, &living.dump());

        // Another due date, another amount, another address, one more payment and one more bill.
        let bills = BILLS.replace("R02,A,2026-10-20,2026-11-20,250.00", "R02,A,2026-10-20,2026-11-24,255.00");
        let bills =
            bills.replace("davi@d.example", "davi@new.example") + "R08,D,2026-11-14,2026-11-30,10.00,BRL,pix,Davi,davi@new.example\n";
        let paid = format!("{PAID}R05,2026-11-13,100.00\n");
        let dry = living.take_in(&portfolio(&bills, &paid), Doing::DryRun, at("2026-11-14 11:00"));
        assert_unchanged(kind, &before, &living.dump());
        let edited = living.take_in(&portfolio(&bills, &paid), Doing::Write, at("2026-11-14 11:00"));
        assert_eq!(edited, dry, "{kind}: as shown before");
        let changes: Vec<(&str, &str, &str, &str)> =
            edited.changes.iter().map(|change| (change.id.as_str(), change.what, change.was.as_str(), change.is.as_str())).collect();
        let expected =
            [("R02", "due_on", "2026-11-20", "2026-11-24"), ("R02", "amount", "BRL 250.00", "BRL 255.00"), ("D", "customer", "", "")];
        assert_eq!(changes, expected, "{kind}");
        let counts = (edited.customers_new, edited.customers_changed, edited.receivables_new, edited.receivables_changed);
        assert_eq!((counts, edited.receivables_same), ((0, 1, 1, 1), 6), "{kind}");
        assert_eq!((edited.payments_new, edited.payments_same), (1, 3), "{kind}");
        let after = living.dump();
        assert_eq!(living.take_in(&portfolio(&bills, &paid), Doing::Write, at("2026-11-14 12:00")).changes, []);
        assert_unchanged(kind, &after, &living.dump());
        living.go(at("2026-11-14 12:00"), at(END));
        let due = &living.rows()[&("R02".to_owned(), "due".to_owned(), 0, 0)];
        assert_eq!((due.1.as_str(), due.2), ("done", at("2026-11-24 09:00")), "{kind}: at its new date");
    }
}

/// A payment that is told otherwise is that payment, whether the source gives it an id or the receivable's own row tells it.
#[test]
fn an_edited_payment_is_not_a_second_one() {
    const HEAD: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,email,paid_on,paid_amount\n";
    let row = |paid: &str| format!("{HEAD}R1,A,2026-10-20,2026-11-05,100.00,BRL,Ana,ana@a.example,{paid}\n");
    let own = |paid: &str| format!("receivable_id,payment_id,paid_on,amount\nR2,P1,{paid}\n");
    let bills = |paid: &str| row(paid) + "R2,B,2026-10-20,2026-11-05,100.00,BRL,Bia,bia@b.example,,\n";
    // What the row and the payment say, one import after the other, and what is open then of each.
    let told = [
        ("2026-10-25,30.00", "2026-10-25,30.00", (7_000, 7_000), (2, 0, 0)),
        ("2026-10-25,30.00", "2026-10-25,30.00", (7_000, 7_000), (0, 0, 2)),
        // Thirty more, and forty instead.
        ("2026-10-27,60.00", "2026-10-26,40.00", (4_000, 6_000), (1, 1, 0)),
        ("2026-10-27,50.00", "2026-10-26,100.00", (5_000, 0), (0, 2, 0)),
        ("2026-10-28,100.00", "2026-10-27,100.00", (0, 0), (1, 1, 0)),
        ("2026-10-28,100.00", "2026-10-27,90.00", (0, 1_000), (0, 1, 1)),
        ("2026-10-28,100.00", "2026-10-27,100.00", (0, 0), (0, 1, 1)),
        ("2026-10-28,100.00", "2026-10-27,100.00", (0, 0), (0, 0, 2)),
    ];
    for kind in databases() {
        let living = Living::on(kind, SPEC, at(TOLD));
        let mut now = at("2026-10-28 12:00");
        for (row, payment, open, counts) in &told {
            let done = living.import(&bills(row), &own(payment), now);
            assert_eq!(done.refused, [], "{kind}");
            assert_eq!((done.payments_new, done.payments_changed, done.payments_same), *counts, "{kind}: {row} and {payment}");
            living.tick(now);
            assert_eq!((living.balance("R1"), living.balance("R2")), *open, "{kind}: {row} and {payment}");
            now = now.plus_hours(1);
        }
        // Settled by the wrong payment and by the right one is settled once; open again for an hour is another cycle.
        let receipts = |of: &str| living.rows().keys().filter(|(known, step, ..)| known == of && step == "on.paid").count();
        assert_eq!((receipts("R1"), receipts("R2")), (1, 2), "{kind}");
        living.assert_comes_to_the_same(kind);
    }
}

#[test]
fn who_opted_out_stays_so_when_a_file_says_again_that_they_had_agreed() {
    const BILL: &str = "receivable_id,customer_id,issued_on,due_on,amount,currency,name,whatsapp,consent\n\
        R1,A,2026-10-20,2026-11-05,100.00,BRL,Ana,+5511987654321,whatsapp\n";
    for kind in databases() {
        let living = Living::on(kind, SPEC, at(TOLD));
        living.import(BILL, "", at(TOLD));
        living.go(at(TOLD), at("2026-10-25 12:00"));
        assert_eq!(done(&living.rows(), &["R1"], TOLD, END).len(), 1, "{kind}: it was used");
        let out = Fact::OptedOut { channel: regua_core::words::Channel::Whatsapp, point: None };
        living.tell_of("A", out, at("2026-10-25 12:00"));
        living.import(BILL, "", at("2026-10-26 12:00"));
        living.go(at("2026-10-26 12:00"), at(END));
        assert!(
            done(&living.rows(), &["R1"], "2026-10-25 12:00", END)
                .iter()
                .all(|(_, step, _)| ["call", "end", "bureau"].contains(&step.as_str()))
        );
    }
}

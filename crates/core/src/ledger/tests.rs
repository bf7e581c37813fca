//! Ledgers by example, a line per movement, and the laws that hold for any.

use proptest::prelude::*;

use super::*;
use crate::calendar::Calendar;
use crate::policy::program::{DaysFrom, EarlyDiscount, FixedSum, Interest, LateCharges, Offset, Rounding};
use crate::rate::Rate;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a date in a test")
}

fn real(minor: i64) -> Money {
    Money::new(minor, Currency::BRL)
}

/// 2 % once and 1 % a month.
fn usual() -> LateCharges {
    LateCharges {
        fine: Rate::from_bps(200),
        interest: Interest { rate: Rate::from_bps(100), base_days: 30 },
        fixed: Vec::new(),
        rounding: Rounding::HalfUp,
        days_from: DaysFrom::Adjusted,
    }
}

fn percent_until(bps: i32, days: i32) -> EarlyDiscount {
    EarlyDiscount { percent: Rate::from_bps(bps), until: Offset::Days(days) }
}

/// Applies movements to a receivable of 100.00 due Monday 2026-12-14 and renders what is left of the story.
///
/// A movement is `<what> <on> [<minor units>]`; `back` and `refund` undo the payment whose entry number follows.
fn check(late: &LateCharges, early: &[EarlyDiscount], movements: &[&str], entries: &str, due_on: &str, due: &str) {
    let terms = Terms::new(late, early, Calendar::BrBanking, day("2026-12-14"));
    let mut ledger = Ledger::new(real(10_000), day("2026-11-30"), Instant::default()).unwrap();
    for movement in movements {
        let words: Vec<&str> = movement.split_whitespace().collect();
        let (on, at) = (day(words[1]), Instant::default());
        let amount = words.get(2).map(|minor| real(minor.parse().unwrap()));
        let number = words.get(3).map_or(0, |number| number.parse().unwrap());
        let done = match words[0] {
            "pay" => ledger.pay(&terms, on, amount, at),
            "credit" => ledger.credit(&terms, amount.unwrap(), on, at),
            "withhold" => ledger.withhold(&terms, amount.unwrap(), on, at),
            "fee" => ledger.fee(&terms, amount.unwrap(), on, at),
            "write_off" => ledger.write_off(&terms, on, at),
            "void" => ledger.void(&terms, on, at),
            "use" => ledger.pay_from_credit(&terms, amount.unwrap(), on, at),
            "amend" => ledger.amend(&terms, amount.unwrap(), on, at),
            "back" => ledger.reverse(&terms, Reversal::Chargeback, number, amount, on, at),
            "reopen" => ledger.take_back(&terms, Reversal::Chargeback, amount, on, at),
            "refund" => ledger.reverse(&terms, Reversal::Refund, number, amount, on, at),
            other => panic!("{other} is no movement"),
        };
        done.unwrap_or_else(|error| panic!("{movement}: {error}"));
    }
    let told: Vec<String> = ledger.entries().skip(1).map(|entry| format!("{} {}", entry.kind, entry.amount.minor())).collect();
    assert_eq!(told.join(", "), entries, "{movements:?}");
    let sum: i64 = ledger.entries().map(|entry| entry.amount.minor()).sum();
    assert_eq!(ledger.balance().minor(), sum, "{movements:?}");
    let now = ledger.amount_due(&terms, day(due_on));
    let parts = [now.interest, now.fine, now.fixed, now.principal, now.total].map(|money| money.minor().to_string());
    assert_eq!(parts.join(" "), due, "interest fine fixed principal total after {movements:?}");
}

#[test]
fn payments_pay_interest_then_fine_then_principal() {
    let late = usual();
    for (movements, entries, due_on, due) in [
        (&[][..], "", "2026-12-14", "0 0 0 10000 10000"),
        (&[], "", "2026-12-15", "3 200 0 10000 10203"),
        (&["pay 2026-12-14"], "payment -10000", "2027-12-14", "0 0 0 0 0"),
        (&["pay 2026-12-15"], "payment -10203, interest 3, fine 200", "2027-12-14", "0 0 0 0 0"),
        // Half on time: the fine is on the rest.
        (&["pay 2026-12-10 5000"], "payment -5000", "2026-12-24", "17 100 0 5000 5117"),
        // Half late: 0.17 interest and 2.00 fine are paid first, 52.17 of principal stay open, no second fine.
        (&["pay 2026-12-19 5000"], "payment -5000, interest 17, fine 200", "2026-12-19", "0 0 0 5217 5217"),
        (&["pay 2026-12-19 5000"], "payment -5000, interest 17, fine 200", "2026-12-24", "9 0 0 5217 5226"),
        // A cent: what it does not pay stays open and bears nothing.
        (&["pay 2026-12-19 1"], "payment -1, interest 17, fine 200", "2026-12-19", "16 200 0 10000 10216"),
        (
            &["pay 2026-12-15 5000", "pay 2026-12-20"],
            "payment -5000, interest 3, fine 200, payment -5212, interest 9",
            "2027-01-20",
            "0 0 0 0 0",
        ),
        // Too much, and once more.
        (&["pay 2026-12-14 12000"], "payment -12000, overpayment 2000", "2026-12-31", "0 0 0 0 0"),
        (&["pay 2026-12-14", "pay 2026-12-14 10000"], "payment -10000, payment -10000, overpayment 10000", "2026-12-31", "0 0 0 0 0"),
        (&["pay 2026-12-14", "pay 2026-12-20"], "payment -10000", "2026-12-31", "0 0 0 0 0"),
    ] {
        check(&late, &[], movements, entries, due_on, due);
    }
}

#[test]
fn movements_known_late_are_reckoned_in_the_order_of_days() {
    let late = usual();
    for (movements, entries, due_on, due) in [
        // The statement of the 14th comes after a late payment had entered charges: they are taken back.
        (
            &["pay 2026-12-19 10217", "pay 2026-12-14 10000"][..],
            "payment -10217, interest 17, fine 200, payment -10000, interest -17, fine -200, overpayment 10217",
            "2026-12-31",
            "0 0 0 0 0",
        ),
        // The first half was paid on time after all: the fine is halved, the rest owes less.
        (
            &["pay 2026-12-19 5000", "pay 2026-12-10 5000"],
            "payment -5000, interest 17, fine 200, payment -5000, interest -9, fine -100",
            "2026-12-19",
            "0 0 0 108 108",
        ),
        // Settled in full on the 10th, says a statement that comes after: what was due then.
        (
            &["pay 2026-12-19 5000", "pay 2026-12-10"],
            "payment -5000, interest 17, fine 200, payment -10000, interest -17, fine -200, overpayment 5000",
            "2026-12-31",
            "0 0 0 0 0",
        ),
    ] {
        check(&late, &[], movements, entries, due_on, due);
    }
}

#[test]
fn a_reversed_payment_opens_the_receivable_again() {
    let late = usual();
    for (movements, entries, due_on, due) in [
        // Taken back: as if never paid, fine and interest from the due date.
        (
            &["pay 2026-12-14", "back 2026-12-24 10000 1"][..],
            "payment -10000, chargeback 10000, interest 33, fine 200",
            "2026-12-24",
            "33 200 0 10000 10233",
        ),
        // Taken back in part.
        (
            &["pay 2026-12-14", "back 2026-12-24 5000 1"],
            "payment -10000, chargeback 5000, interest 17, fine 100",
            "2026-12-24",
            "17 100 0 5000 5117",
        ),
        // Given back: owed from that day on, and no fine, since nothing was unpaid at the first late day.
        (&["pay 2026-12-14", "refund 2026-12-24 10000 1"], "payment -10000, refund 10000", "2026-12-24", "0 0 0 10000 10000"),
        (&["pay 2026-12-14", "refund 2026-12-24 10000 1"], "payment -10000, refund 10000", "2026-12-27", "10 0 0 10000 10010"),
        // A second payment given back takes the credit with it.
        (
            &["pay 2026-12-14", "pay 2026-12-14 10000", "refund 2026-12-15 10000 2"],
            "payment -10000, payment -10000, overpayment 10000, refund 10000, overpayment -10000",
            "2026-12-31",
            "0 0 0 0 0",
        ),
        // The first payment taken back: the second one, until then credit, settles the debt.
        (
            &["pay 2026-12-14", "pay 2026-12-14 10000", "back 2026-12-20 10000 1"],
            "payment -10000, payment -10000, overpayment 10000, chargeback 10000, overpayment -10000",
            "2026-12-31",
            "0 0 0 0 0",
        ),
        // Charges that had been paid are owed again, without interest on them.
        (
            &["pay 2026-12-19", "refund 2026-12-19 10217 1"],
            "payment -10217, interest 17, fine 200, refund 10217",
            "2026-12-22",
            "10 0 217 10000 10227",
        ),
        // Nobody says which payment: the newest give first.
        (
            &["pay 2026-12-10 4000", "pay 2026-12-14 6000", "reopen 2026-12-14 7000"],
            "payment -4000, payment -6000, chargeback 6000, chargeback 1000",
            "2026-12-14",
            "0 0 0 7000 7000",
        ),
        (
            &["pay 2026-12-10 4000", "pay 2026-12-14 6000", "reopen 2026-12-14"],
            "payment -4000, payment -6000, chargeback 6000",
            "2026-12-14",
            "0 0 0 6000 6000",
        ),
    ] {
        check(&late, &[], movements, entries, due_on, due);
    }
}

#[test]
fn credits_fees_and_write_offs_are_entries() {
    let late = usual();
    for (movements, entries, due_on, due) in [
        (&["withhold 2026-12-14 1500", "pay 2026-12-14"][..], "withholding -1500, payment -8500", "2026-12-31", "0 0 0 0 0"),
        (&["credit 2026-12-01 4000"], "credit -4000", "2026-12-15", "2 120 0 6000 6122"),
        // A credit note while late: five days on all, five on the rest.
        (&["credit 2026-12-19 4000"], "credit -4000", "2026-12-24", "27 200 0 6000 6227"),
        // A credit note lowers what was owed, not what lateness has cost.
        (
            &["pay 2026-12-19 1", "credit 2026-12-19 4000"],
            "payment -1, interest 17, fine 200, credit -4000",
            "2026-12-19",
            "16 200 0 6000 6216",
        ),
        (&["fee 2026-12-20 500"], "fee 500", "2026-12-24", "33 200 500 10000 10733"),
        (&["fee 2026-12-20 500", "pay 2026-12-24 700"], "fee 500, payment -700, interest 33, fine 200", "2026-12-24", "0 0 33 10000 10033"),
        (&["write_off 2026-12-24"], "write_off -10233, interest 33, fine 200", "2027-12-24", "0 0 0 0 0"),
        // Paid after all: a recovery, no credit. More than was given up: credit.
        (
            &["write_off 2026-12-24", "pay 2027-01-10 5000"],
            "write_off -10233, interest 33, fine 200, payment -5000, write_off 5000",
            "2027-12-24",
            "0 0 0 0 0",
        ),
        (
            &["write_off 2026-12-24", "pay 2027-01-10 11000"],
            "write_off -10233, interest 33, fine 200, payment -11000, overpayment 767, write_off 10233",
            "2027-12-24",
            "0 0 0 0 0",
        ),
    ] {
        check(&late, &[], movements, entries, due_on, due);
    }
}

#[test]
fn what_is_given_up_stays_given_up_and_what_is_void_owes_nothing() {
    let late = usual();
    for (movements, entries) in [
        // A backdated payment of half: 1.00 fine and 0.17 interest, 50.00 are given up instead of 102.33.
        (
            &["write_off 2026-12-24", "pay 2026-12-10 5000"][..],
            "write_off -10233, interest 33, fine 200, payment -5000, interest -16, fine -100, write_off 5116",
        ),
        // Given back, taken back, charged or billed more after it: that is given up too.
        (
            &["pay 2026-12-10 5000", "write_off 2026-12-24", "refund 2026-12-28 5000 1"],
            "payment -5000, write_off -5117, interest 17, fine 100, refund 5000, write_off -5000",
        ),
        (
            &["pay 2026-12-10 5000", "write_off 2026-12-24", "back 2026-12-28 5000 1"],
            "payment -5000, write_off -5117, interest 17, fine 100, chargeback 5000, interest 16, fine 100, write_off -5116",
        ),
        (&["write_off 2026-12-14", "fee 2026-12-15 500"], "write_off -10000, fee 500, write_off -500"),
        (&["write_off 2026-12-14", "amend 2026-12-15 12000"], "write_off -10000, charge 2000, write_off -2000"),
        // Without an amount, whoever pays after all pays what was given up.
        (&["write_off 2026-12-24", "pay 2027-01-10"], "write_off -10233, interest 33, fine 200, payment -10233, write_off 10233"),
        // Never billed: nothing is owed, and what was paid is credit.
        (&["void 2026-12-24"], "void -10000"),
        (&["pay 2026-12-10 4000", "void 2026-12-24"], "payment -4000, void -10000, overpayment 4000"),
        (&["pay 2026-12-15", "void 2026-12-24"], "payment -10203, interest 3, fine 200, void -10203, overpayment 10203"),
        (&["void 2026-12-10", "pay 2026-12-24 100"], "void -10000, payment -100, overpayment 100"),
        (&["void 2026-12-10", "fee 2026-12-24 100", "amend 2026-12-24 9000"], "void -10000, fee 100, void -100, charge -1000, void 1000"),
        (
            &["pay 2026-12-10 4000", "void 2026-12-24", "refund 2026-12-28 4000 1"],
            "payment -4000, void -10000, overpayment 4000, refund 4000, overpayment -4000",
        ),
        (
            &["pay 2026-12-10 4000", "void 2026-12-24", "back 2026-12-28 4000 1"],
            "payment -4000, void -10000, overpayment 4000, chargeback 4000, overpayment -4000",
        ),
        // Given up, partly recovered, and then cancelled: all that came in is credit.
        (
            &["write_off 2026-12-14", "pay 2026-12-20 3000", "void 2026-12-24"],
            "write_off -10000, payment -3000, write_off 3000, void -10000, overpayment 3000, write_off 7000",
        ),
        // Credit pays as money does.
        (&["use 2026-12-15 10203"], "application -10203, interest 3, fine 200"),
        (&["use 2026-12-10 4000", "void 2026-12-12"], "application -4000, void -10000, overpayment 4000"),
    ] {
        check(&late, &[], movements, entries, "2027-12-24", "0 0 0 0 0");
    }
}

#[test]
fn an_early_discount_counts_when_the_payment_settles_by_its_date() {
    let (late, early) = (usual(), [percent_until(1_000, -10), percent_until(500, -3)]);
    for (movements, entries, due_on, due) in [
        (&[][..], "", "2026-12-04", "0 0 0 10000 9000"),
        (&[], "", "2026-12-11", "0 0 0 10000 9500"),
        (&[], "", "2026-12-12", "0 0 0 10000 10000"),
        (&["pay 2026-12-04"], "payment -9000, discount -1000", "2026-12-31", "0 0 0 0 0"),
        (&["pay 2026-12-04 8999"], "payment -8999", "2026-12-04", "0 0 0 1001 1"),
        (&["pay 2026-12-04 8999", "pay 2026-12-11"], "payment -8999, payment -501, discount -500", "2026-12-31", "0 0 0 0 0"),
        (&["pay 2026-12-12 9500"], "payment -9500", "2026-12-12", "0 0 0 500 500"),
        // Asked for a day before the last movement: the answer is for that movement's day.
        (&["pay 2026-12-12 5000"], "payment -5000", "2026-12-04", "0 0 0 5000 5000"),
        (&["pay 2026-12-11 10000"], "payment -10000, discount -500, overpayment 500", "2026-12-31", "0 0 0 0 0"),
        // The discount falls with the payment that earned it.
        (
            &["pay 2026-12-11", "back 2026-12-13 9500 1"],
            "payment -9500, discount -500, chargeback 9500, discount 500",
            "2026-12-14",
            "0 0 0 10000 10000",
        ),
    ] {
        check(&late, &early, movements, entries, due_on, due);
    }
}

#[test]
fn a_discount_of_everything_settles_without_money() {
    let (late, early) = (usual(), [percent_until(10_000, -3)]);
    check(&late, &early, &["pay 2026-12-01"], "payment 0, discount -10000", "2026-12-31", "0 0 0 0 0");
}

#[test]
fn the_total_says_how_long_it_is_valid() {
    let early = [EarlyDiscount { percent: Rate::from_bps(500), until: Offset::OpenDays(-3) }];
    let (late, free) = (usual(), LateCharges::default());
    let fined = LateCharges { interest: Interest::default(), ..usual() };
    for (late, early, on, expected) in [
        (&late, &early[..], "2026-12-01", "2026-12-09"),
        (&late, &early[..], "2026-12-10", "2026-12-14"),
        (&late, &[], "2026-12-01", "2026-12-14"),
        (&late, &[], "2026-12-15", "2026-12-15"),
        (&fined, &[], "2026-12-14", "2026-12-14"),
        (&fined, &[], "2026-12-15", "2199-12-31"),
        (&free, &[], "2026-12-01", "2199-12-31"),
    ] {
        let terms = Terms::new(late, early, Calendar::BrBanking, day("2026-12-12"));
        let ledger = Ledger::new(real(10_000), day("2026-11-30"), Instant::default()).unwrap();
        assert_eq!(ledger.amount_due(&terms, day(on)).valid_until, day(expected), "{on}");
    }
}

#[test]
fn europe_and_the_uk_charge_a_fixed_sum_and_interest_per_year() {
    // facts/international.md §4.5. Columns: principal, yearly rate in bp, days late, fixed sums, interest, fixed.
    let euro = |minor| Money::new(minor, Currency::EUR);
    let pound = |minor| Money::new(minor, Currency::GBP);
    let eu = vec![FixedSum { from: euro(0), sum: euro(4_000) }];
    let uk: Vec<FixedSum> =
        [(0, 4_000), (100_000, 7_000), (1_000_000, 10_000)].map(|(from, sum)| FixedSum { from: pound(from), sum: pound(sum) }).into();
    for (principal, bps, days, fixed, interest, sum) in [
        (euro(100_000), 1_015, 45, &eu, 1_251, 4_000),
        (euro(100_000), 1_115, 75, &eu, 2_291, 4_000),
        (pound(1_000_000), 1_175, 30, &uk, 9_658, 10_000),
        (pound(999_999), 0, 1, &uk, 0, 7_000),
        (pound(100_000), 0, 1, &uk, 0, 7_000),
        (pound(99_999), 0, 1, &uk, 0, 4_000),
        (pound(99_999), 0, 0, &uk, 0, 0),
        (real(99_999), 0, 1, &uk, 0, 0), // no sums across currencies
    ] {
        let interest_terms = Interest { rate: Rate::from_bps(bps), base_days: 365 };
        let late = LateCharges { fine: Rate::default(), interest: interest_terms, fixed: fixed.clone(), ..usual() };
        let due_on = day("2026-06-01");
        let terms = Terms::new(&late, &[], Calendar::None, due_on);
        let due = Ledger::new(principal, due_on, Instant::default()).unwrap().amount_due(&terms, due_on.plus(days));
        assert_eq!((due.interest.minor(), due.fixed.minor()), (interest, sum), "{principal} at {bps} bp for {days} days");
    }
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let late = usual();
    let terms = Terms::new(&late, &[], Calendar::BrBanking, day("2026-12-14"));
    let (on, at) = (day("2026-12-14"), Instant::default());
    for minor in [-1, Ledger::MINOR_MAX + 1] {
        assert!(matches!(Ledger::new(real(minor), on, at), Err(LedgerError::Amount(_))));
    }
    let mut ledger = Ledger::new(real(10_000), on, at).unwrap();
    let dollars = Money::new(100, Currency::USD);
    assert_eq!(ledger.pay(&terms, on, Some(dollars), at), Err(LedgerError::Currency { amount: dollars, currency: Currency::BRL }));
    for minor in [0, -5, i64::MAX] {
        assert_eq!(ledger.pay(&terms, on, Some(real(minor)), at), Err(LedgerError::Amount(real(minor))));
    }
    assert!(matches!(ledger.credit(&terms, real(10_001), on, at), Err(LedgerError::TooMuch { .. })));
    assert_eq!(ledger.reverse(&terms, Reversal::Refund, 0, None, on, at), Err(LedgerError::NotAPayment(0)));
    let untouched = Ledger::new(real(10_000), on, at).unwrap();
    assert_eq!(ledger, untouched);

    let receipt = ledger.pay(&terms, on, None, at).unwrap();
    assert_eq!(ledger.write_off(&terms, on, at), Err(LedgerError::Settled));
    let payment = receipt.entry.unwrap();
    ledger.reverse(&terms, Reversal::Refund, payment, Some(real(6_000)), on, at).unwrap();
    let refused = ledger.reverse(&terms, Reversal::Chargeback, payment, Some(real(4_001)), on, at);
    let text = "a chargeback of BRL 40.01 is more than the BRL 40.00 there is: enter at most that";
    assert_eq!(refused.map_err(|error| error.to_string()), Err(text.to_owned()));
    ledger.reverse(&terms, Reversal::Chargeback, payment, None, on, at).unwrap();
    assert_eq!(ledger.balance(), real(10_000));
    assert_eq!(ledger.settled_on(), None);
    assert!(matches!(ledger.take_back(&terms, Reversal::Chargeback, None, on, at), Err(LedgerError::TooMuch { .. })));
}

#[test]
fn absurd_rates_end_at_the_largest_amount() {
    let late =
        LateCharges { fine: Rate::from_units(i64::MAX), interest: Interest { rate: Rate::from_units(i64::MAX), base_days: 1 }, ..usual() };
    let due_on = day("1900-01-01");
    let terms = Terms::new(&late, &[], Calendar::None, due_on);
    let ledger = Ledger::new(real(Ledger::MINOR_MAX), due_on, Instant::default()).unwrap();
    assert_eq!(ledger.amount_due(&terms, Day::MAX).total, real(i64::MAX));
    let refunding = LateCharges { fine: Rate::from_units(-1), interest: Interest { rate: Rate::from_bps(-100), base_days: 0 }, ..usual() };
    let terms = Terms::new(&refunding, &[], Calendar::None, due_on);
    assert_eq!(ledger.amount_due(&terms, Day::MAX).total, ledger.billed(), "lateness never pays the debtor");
}

/// One random movement: which, days after 2026-11-30, minor units.
type Movement = (u8, i32, i64);

/// Applies what is accepted.
fn walk(terms: &Terms<'_>, movements: &[Movement]) -> Ledger {
    let start = day("2026-11-30");
    let mut ledger = Ledger::new(real(10_000), start, Instant::default()).unwrap();
    for &(which, days, minor) in movements {
        let (on, at, amount) = (start.plus(days), Instant::default(), real(minor));
        let payment = ledger.entries().position(|entry| entry.kind == EntryKind::Payment).unwrap_or(0);
        let _refused_ones_change_nothing = match which {
            0..=3 => ledger.pay(terms, on, Some(amount), at),
            4 => ledger.pay(terms, on, None, at),
            5 => ledger.credit(terms, amount, on, at),
            6 => ledger.fee(terms, amount, on, at),
            7 => ledger.reverse(terms, Reversal::Chargeback, payment, Some(amount), on, at),
            8 => ledger.reverse(terms, Reversal::Refund, payment, Some(amount), on, at),
            9 => ledger.write_off(terms, on, at),
            10 => ledger.void(terms, on, at),
            _ => ledger.pay_from_credit(terms, amount, on, at),
        };
    }
    ledger
}

fn movements() -> impl Strategy<Value = Vec<Movement>> {
    proptest::collection::vec((0..12_u8, 0..60_i32, 1..12_000_i64), 0..7)
}

#[test]
fn what_was_given_up_can_turn_out_not_to_have_been_owed() {
    let late = usual();
    let terms = Terms::new(&late, &[], Calendar::BrBanking, day("2026-12-12"));
    let mut ledger = Ledger::new(real(10_000), day("2026-12-01"), Instant::default()).unwrap();
    ledger.write_off(&terms, day("2026-12-15"), Instant::default()).unwrap(); // 100.00, 2.00 fine, 0.03 interest
    let receipt = ledger.credit(&terms, real(3_000), day("2026-12-16"), Instant::default()).unwrap();
    assert_eq!((receipt.amount, ledger.balance().minor()), (real(3_000), 0));
    let given_up: i64 = ledger.entries().filter(|entry| entry.kind == EntryKind::WriteOff).map(|entry| entry.amount.minor()).sum();
    assert_eq!(given_up, -(10_203 - 3_000));
    let more = ledger.credit(&terms, real(7_204), day("2026-12-16"), Instant::default());
    assert_eq!(more, Err(LedgerError::TooMuch { kind: EntryKind::Credit, amount: real(7_204), left: real(7_203) }));
}

proptest! {
    #[test]
    fn a_ledger_read_back_stands_where_it_stood(movements in movements()) {
        let (late, early) = (usual(), [percent_until(500, -3)]);
        let terms = Terms::new(&late, &early, Calendar::BrBanking, day("2026-12-12"));
        let ledger = walk(&terms, &movements);
        prop_assert_eq!(Ledger::restore(ledger.stored(), &terms), Ok(ledger));
    }

    #[test]
    fn entries_sum_to_the_balance(movements in movements()) {
        let (late, early) = (usual(), [percent_until(500, -3)]);
        let terms = Terms::new(&late, &early, Calendar::BrBanking, day("2026-12-12"));
        let ledger = walk(&terms, &movements);
        let sum: i64 = ledger.entries().map(|entry| entry.amount.minor()).sum();
        prop_assert_eq!(ledger.balance().minor(), sum);
        prop_assert!(sum >= 0);
    }

    #[test]
    fn the_amount_due_is_its_parts_and_never_falls_with_time(movements in movements(), from in 0..70_i32, days in 0..400_i32) {
        let (late, early) = (usual(), [percent_until(500, -3)]);
        let terms = Terms::new(&late, &early, Calendar::BrBanking, day("2026-12-12"));
        let ledger = walk(&terms, &movements);
        let first = day("2026-11-30").plus(from);
        let (now, later) = (ledger.amount_due(&terms, first), ledger.amount_due(&terms, first.plus(days)));
        prop_assert!(now.total.minor() <= later.total.minor());
        let parts = [now.principal, now.interest, now.fine, now.fixed].map(Money::minor);
        prop_assert!(parts.iter().all(|part| *part >= 0));
        prop_assert_eq!(parts.iter().sum::<i64>() - now.discount.minor(), now.total.minor());
        if first.plus(days) <= now.valid_until {
            prop_assert_eq!(now.total, later.total);
        }
    }

    #[test]
    fn paying_the_amount_due_settles(movements in movements(), days in 60..200_i32) {
        let (late, early) = (usual(), [percent_until(500, -3)]);
        let terms = Terms::new(&late, &early, Calendar::BrBanking, day("2026-12-12"));
        let mut ledger = walk(&terms, &movements);
        let on = day("2026-11-30").plus(days);
        let due = real(ledger.amount_due(&terms, on).total.minor() + ledger.written_off().minor());
        let receipt = ledger.pay(&terms, on, None, Instant::default()).unwrap();
        prop_assert_eq!(receipt.amount, due);
        prop_assert!(ledger.is_void() || ledger.is_paid());
        prop_assert!(ledger.is_settled() && receipt.settled && ledger.amount_due(&terms, Day::MAX).total.is_zero());
    }

    #[test]
    fn the_order_in_which_payments_become_known_does_not_matter(mut movements in proptest::collection::vec((0..4_u8, 0..60_i32, 1..6_000_i64), 0..5)) {
        let (late, early) = (usual(), [percent_until(500, -3)]);
        let terms = Terms::new(&late, &early, Calendar::BrBanking, day("2026-12-12"));
        let as_drawn = walk(&terms, &movements);
        movements.sort_by_key(|movement| movement.1);
        let in_order = walk(&terms, &movements);
        let on = day("2027-03-01");
        // Two payments of one day may change places: what they pay together is the same.
        prop_assert_eq!(as_drawn.amount_due(&terms, on), in_order.amount_due(&terms, on));
        prop_assert_eq!(as_drawn.balance(), in_order.balance());
    }

    #[test]
    fn a_corrected_payment_leaves_what_the_right_one_would_have_left(
        others in proptest::collection::vec((0..4_u8, 0..60_i32, 1..6_000_i64), 0..4),
        (wrong, right) in ((0..60_i32, 1..12_000_i64), (0..60_i32, 1..12_000_i64)),
    ) {
        let (late, early) = (usual(), [percent_until(500, -3)]);
        let terms = Terms::new(&late, &early, Calendar::BrBanking, day("2026-12-12"));
        let paid = |(days, minor): (i32, i64)| (day("2026-11-30").plus(days), Some(real(minor)));
        let mut corrected = walk(&terms, &others);
        corrected.pay(&terms, paid(wrong).0, paid(wrong).1, Instant::default()).unwrap();
        let before = corrected.clone();
        let elsewhere = (paid(wrong).0.plus(100), paid(wrong).1);
        prop_assert!(corrected.correct(&terms, elsewhere, paid(right), Instant::default()).is_err());
        prop_assert_eq!(&corrected, &before);
        corrected.correct(&terms, paid(wrong), paid(right), Instant::default()).unwrap();
        let mut told = walk(&terms, &others);
        told.pay(&terms, paid(right).0, paid(right).1, Instant::default()).unwrap();
        let on = day("2027-03-01");
        prop_assert_eq!(corrected.amount_due(&terms, on), told.amount_due(&terms, on));
        prop_assert_eq!((corrected.balance(), corrected.is_settled()), (told.balance(), told.is_settled()));
        prop_assert_eq!(corrected.settled_on(), told.settled_on());
    }

    #[test]
    fn money_in_is_money_applied_plus_credit_plus_money_back(movements in movements()) {
        let late = usual();
        let terms = Terms::new(&late, &[], Calendar::BrBanking, day("2026-12-12"));
        let ledger = walk(&terms, &movements);
        let sum = |kinds: &[EntryKind]| -> i64 { ledger.entries().filter(|entry| kinds.contains(&entry.kind)).map(|entry| entry.amount.minor()).sum() };
        let owed = sum(&[EntryKind::Charge, EntryKind::Fee, EntryKind::Interest, EntryKind::Fine, EntryKind::Compensation]);
        let forgiven = -sum(&[EntryKind::Credit, EntryKind::WriteOff, EntryKind::Void, EntryKind::Discount]);
        let money_in = -sum(&[EntryKind::Payment, EntryKind::Application]) - sum(&[EntryKind::Refund, EntryKind::Chargeback]);
        let credit = sum(&[EntryKind::Overpayment]);
        prop_assert!(credit >= 0);
        prop_assert_eq!(credit, ledger.overpaid().minor());
        prop_assert!(!ledger.is_void() || (ledger.balance().is_zero() && credit == money_in));
        prop_assert!(ledger.written_off().minor() >= 0 && ledger.principal_lost().minor() >= 0);
        prop_assert_eq!(money_in, owed - forgiven - ledger.balance().minor() + credit);
    }
}

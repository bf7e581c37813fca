//! The statement of a day says what was known and counted by its end.

use regua_engine::commands::account::Booking;
use regua_engine::commands::statement::Statement;

use crate::common::{Company1, brl, day, on_both};
use crate::house::{company, cus, hour, rcv};

fn lines(statement: &Statement) -> Vec<String> {
    let accounts = statement.accounts.iter();
    let line = accounts.flat_map(|account| &account.lines).map(|line| {
        let of = line.receivable.as_deref().unwrap_or("-");
        format!("{} {of} {} {}: {} {}", line.on, line.kind, line.amount.minor(), line.balance.minor(), line.credit.minor())
    });
    line.collect()
}

fn lived(url: &str) -> Company1 {
    let mut company = company(url);
    company.issue("C1", "R1", ("2026-03-01", "2026-03-10"), brl(10_000), hour("2026-03-01", 9));
    company.issue("C1", "R2", ("2026-03-05", "2026-03-20"), brl(5_000), hour("2026-03-05", 9));
    company.pays(&rcv("R1"), brl(4_000), Some("2026-03-10"), hour("2026-03-12", 9)).unwrap();
    company.pays(&rcv("R1"), brl(7_000), None, hour("2026-03-15", 9)).unwrap();
    company.refunds(&cus("C1"), Some(brl(300)), hour("2026-03-16", 9)).unwrap();
    company.books("R2", Booking::WriteOff, hour("2026-03-25", 9)).unwrap();
    company
}

#[test]
fn every_entry_has_what_is_open_and_what_is_credit_after_it() {
    on_both(|url| {
        let company = lived(url);
        let statement = company.engine.statement(company.tenant, "C1", None, None, hour("2026-03-31", 9)).unwrap();
        // 60.00 five days late: 1.20 fine, 0.10 interest. 50.00 five days late: 1.00 fine, 0.08 interest.
        let expected = [
            "2026-03-01 R1 charge 10000: 10000 0",
            "2026-03-05 R2 charge 5000: 15000 0",
            "2026-03-10 R1 payment -4000: 11000 0",
            "2026-03-15 R1 payment -7000: 4000 0",
            "2026-03-15 R1 interest 10: 4010 0",
            "2026-03-15 R1 fine 120: 4130 0",
            "2026-03-15 R1 overpayment 870: 5000 870",
            "2026-03-16 - refunded -300: 5000 570",
            "2026-03-25 R2 write_off -5108: -108 570",
            "2026-03-25 R2 interest 8: -100 570",
            "2026-03-25 R2 fine 100: 0 570",
        ];
        assert_eq!(lines(&statement), expected);
        let [account] = statement.accounts.as_slice() else { panic!("{statement:?}") };
        assert_eq!([account.opening, account.closing, account.credit, account.due].map(|money| money.minor()), [0, 0, 570, 0]);
        company.clean();
    });
}

#[test]
fn a_past_day_does_not_know_what_came_later_and_a_first_day_has_an_opening_balance() {
    on_both(|url| {
        let company = lived(url);
        let of = |from: Option<&str>, as_of: &str| {
            let statement = company.engine.statement(company.tenant, "C1", from.map(day), Some(day(as_of)), hour("2026-03-31", 9)).unwrap();
            let account = statement.accounts.first().map(|account| {
                let sums = [account.opening, account.opening_credit, account.closing, account.credit, account.due];
                sums.map(|money| money.minor())
            });
            (lines(&statement).len(), account)
        };
        assert_eq!(of(None, "2026-02-28"), (0, None));
        // Paid on the 10th, and told on the 12th: 2.00 fine and 0.03 interest ran on all of it as it was known on the 11th.
        assert_eq!(of(None, "2026-03-11"), (2, Some([0, 0, 15_000, 0, 15_203])));
        // As it is known on the 12th: 60.00 two days late are 1.20 and 0.04.
        assert_eq!(of(None, "2026-03-12"), (3, Some([0, 0, 11_000, 0, 11_124])));
        assert_eq!(of(Some("2026-03-10"), "2026-03-15"), (5, Some([15_000, 0, 5_000, 870, 5_000])));
        assert_eq!(of(Some("2026-03-16"), "2026-03-24"), (1, Some([5_000, 870, 5_000, 570, 5_107])));
    });
}

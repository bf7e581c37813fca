//! Attempts: one of a receivable under way, sent once, counted by whoever asks.

use super::{attempt, book, customer, later, receivable, within};
use crate::common::{NOW, id, on_both_real, tenant};
use regua_core::charging::{Reason, Scheme, Trigger};
use regua_core::ids::{ChargeId, TenantId};
use regua_store::charging::charges::{self, ChargeRow};
use regua_store::db::{Scope, StoreError};

fn charge(number: u32, of: u32) -> ChargeRow {
    ChargeRow {
        charge: attempt(number),
        customer: customer(of / 10),
        receivable: receivable(of),
        gateway: "cards".to_owned(),
        method: None,
        scheme: Scheme::Visa,
        credential: [9; 16],
        trigger: Trigger::Schedule,
        step: Some("charge1".to_owned()),
        cycle: 0,
        occurrence: 0,
        retry: 0,
        series: [8; 16],
        currency: "BRL".to_owned(),
        amount: 100,
        status: "ordered".to_owned(),
        reference: None,
        ordered_at: NOW,
        sent_at: None,
        due_at: Some(NOW),
        tries: 0,
        finished_at: None,
        reason: None,
        signals: None,
        said: None,
        propensity: Some(2_500),
        features: None,
        discount: 120,
    }
}

fn standing(row: &ChargeRow, status: &str) -> ChargeRow {
    ChargeRow { status: status.to_owned(), ..row.clone() }
}

#[test]
fn at_most_one_attempt_of_a_receivable_is_under_way() {
    on_both_real(|db| {
        let own = book(db);
        within(db, own, |tx| charges::enter(tx, own, &[charge(1, 11), charge(2, 12)])).unwrap();
        let second = within(db, own, |tx| charges::enter(tx, own, &[charge(3, 11)]));
        assert_eq!(second, Err(StoreError::Unique { constraint: "charges(tenant, receivable)".to_owned() }));
        let under_way = within(db, own, |tx| charges::under_way(tx, own, &[id(11), id(21)])).unwrap();
        assert_eq!(under_way, [charge(1, 11)], "every column comes back as it went in");
        // Once it has ended, another may follow; and an old one does not come back beside it.
        let declined = ChargeRow {
            due_at: None,
            finished_at: Some(later(1)),
            reason: Some(Reason::InsufficientFunds),
            signals: Some("[]".to_owned()),
            said: Some("no".to_owned()),
            ..standing(&charge(1, 11), "declined")
        };
        within(db, own, |tx| charges::set(tx, own, std::slice::from_ref(&declined))).unwrap();
        assert_eq!(within(db, own, |tx| charges::load(tx, own, &[id(1)])), Ok(vec![declined.clone()]));
        within(db, own, |tx| charges::enter(tx, own, &[charge(3, 11)])).unwrap();
        let back = within(db, own, |tx| charges::set(tx, own, &[standing(&declined, "pending")]));
        assert!(matches!(back, Err(StoreError::Unique { .. })), "{back:?}");
        // What another system did is over when it becomes known.
        let foreign = ChargeRow { trigger: Trigger::Biller, status: "settled".to_owned(), due_at: None, ..charge(4, 11) };
        within(db, own, |tx| charges::enter(tx, own, &[foreign])).unwrap();
        let of = within(db, own, |tx| charges::of_receivable(tx, own, customer(1), receivable(11), 2)).unwrap();
        assert_eq!(of.len(), 2, "no more than asked");
    });
}

#[test]
fn an_attempt_is_sent_only_from_where_it_may_and_stays_settled() {
    on_both_real(|db| {
        let own = book(db);
        let row = ChargeRow { reference: Some("ch_1".to_owned()), sent_at: Some(NOW), ..charge(1, 11) };
        within(db, own, |tx| charges::enter(tx, own, std::slice::from_ref(&row))).unwrap();
        let goes = |to: &str| within(db, own, |tx| charges::set(tx, own, &[standing(&row, to)])).is_ok();
        assert!(goes("sending"), "what is ordered is sent");
        assert!(!goes("sending"), "a second sender fails before its first byte");
        assert!(goes("unknown") && goes("sending"), "what nobody knows anything of may be sent again");
        assert!(goes("pending") && !goes("sending"), "what the far side has is not sent again");
        assert!(goes("settled") && goes("settled"));
        for back in ["ordered", "sending", "pending", "unknown", "dropped", "lost"] {
            assert!(!goes(back), "settled, and then {back}");
        }
        assert!(goes("declined"), "a debit that came back");
        let missing = within(db, own, |tx| charges::set(tx, own, &[charge(7, 11)]));
        assert!(matches!(missing, Err(StoreError::Vanished { table: "charges", wanted: 1, rows: 0 })), "{missing:?}");
    });
}

#[test]
fn whoever_sends_renews_its_lease_and_nobody_else() {
    on_both_real(|db| {
        let own = book(db);
        let row = ChargeRow { status: "sending".to_owned(), tries: 2, ..charge(1, 11) };
        within(db, own, |tx| charges::enter(tx, own, &[row])).unwrap();
        let renew = |tries: i64| within(db, own, |tx| charges::renew(tx, own, &[(attempt(1), tries)], later(60)));
        assert_eq!((renew(1), renew(2)), (Ok(0), Ok(1)), "not an earlier try's sender");
        let due = db.write(Scope::Claim, |tx| charges::take(tx, later(59), 10)).unwrap();
        assert_eq!(due, []);
        assert_eq!(db.read(Scope::Claim, charges::next_due), Ok(later(60)));
    });
}

#[test]
fn due_attempts_of_all_tenants_are_found_the_longest_first() {
    on_both_real(|db| {
        let (own, other) = (book(db), tenant(2));
        let due = |number: u32, of: u32, at: i64| ChargeRow { due_at: Some(later(at)), ..charge(number, of) };
        within(db, own, |tx| charges::enter(tx, own, &[due(1, 11, 3), due(2, 12, 1), due(3, 21, 99)])).unwrap();
        within(db, other, |tx| charges::enter(tx, other, &[due(1, 11, 2)])).unwrap();
        let taken = |limit: i64| db.write(Scope::Claim, |tx| charges::take(tx, later(10), limit)).unwrap();
        let seen: Vec<(TenantId, ChargeId)> = taken(10).iter().map(|one| (one.tenant, one.charge)).collect();
        assert_eq!(seen, [(own, attempt(2)), (other, attempt(1)), (own, attempt(1))]);
        assert_eq!(taken(2).len(), 2);
        assert_eq!((taken(1)[0].customer, taken(1)[0].due_at), (customer(1), later(1)));
    });
}

#[test]
fn budgets_see_what_was_sent_and_what_will_be_whoever_made_it() {
    on_both_real(|db| {
        let own = book(db);
        let sent = |number: u32, of: u32, status: &str, at: Option<i64>, credential: u8| ChargeRow {
            status: status.to_owned(),
            sent_at: at.map(later),
            credential: [credential; 16],
            due_at: None,
            ..charge(number, of)
        };
        let rows = [
            sent(1, 11, "declined", Some(-100), 1),
            sent(2, 11, "declined", Some(10), 1),
            sent(3, 11, "dropped", None, 1),
            sent(4, 11, "ordered", None, 1),
            sent(5, 21, "declined", Some(20), 1),
            sent(6, 21, "settled", Some(30), 2),
        ];
        within(db, own, |tx| charges::enter(tx, own, &rows)).unwrap();
        let numbers = |rows: Vec<ChargeRow>| {
            let mut ids: Vec<[u8; 16]> = rows.iter().map(|row| row.charge.to_bytes()).collect();
            ids.sort_unstable();
            ids
        };
        let of = within(db, own, |tx| charges::of_customers(tx, own, &[id(1)], NOW, 100)).unwrap();
        assert_eq!(numbers(of), [id(2), id(4)], "not what is too old, nor what was never sent");
        let by = within(db, own, |tx| charges::of_credentials(tx, own, &[[1; 16]], NOW, 100)).unwrap();
        assert_eq!(by.iter().map(|row| row.charge).collect::<Vec<_>>(), [attempt(5), attempt(2)], "whosever, the last first");
        assert_eq!(within(db, own, |tx| charges::of_credentials(tx, own, &[[1; 16], [2; 16]], NOW, 2)).unwrap().len(), 2);
        let named = ChargeRow { reference: Some("ch_6".to_owned()), ..rows[5].clone() };
        within(db, own, |tx| charges::set(tx, own, &[named])).unwrap();
        let found = within(db, own, |tx| charges::by_reference(tx, own, "cards", &["ch_6", "ch_7"])).unwrap();
        assert_eq!(numbers(found), [id(6)]);
    });
}

#[test]
fn lists_of_attempts_name_customer_and_receivable_as_their_source_does() {
    on_both_real(|db| {
        let own = book(db);
        let unknown = ChargeRow { due_at: Some(later(5)), ..standing(&charge(1, 11), "unknown") };
        let lost = ChargeRow { due_at: None, ..standing(&charge(2, 12), "lost") };
        within(db, own, |tx| charges::enter(tx, own, &[unknown, lost, charge(3, 21)])).unwrap();
        let named = |rows: Vec<charges::Overview>| -> Vec<(String, String, String)> {
            rows.into_iter().map(|one| (one.customer, one.receivable, one.row.status)).collect()
        };
        let line = |customer: &str, receivable: &str, status: &str| (customer.to_owned(), receivable.to_owned(), status.to_owned());
        let needing = within(db, own, |tx| charges::needing(tx, own, 10)).unwrap();
        assert_eq!(named(needing), [line("C1", "R11", "unknown"), line("C1", "R12", "lost")]);
        let waiting = within(db, own, |tx| charges::waiting(tx, own, 10)).unwrap();
        assert_eq!(named(waiting), [line("C2", "R21", "ordered"), line("C1", "R11", "unknown")]);
        let of = within(db, own, |tx| charges::of_customer(tx, own, customer(2), 10)).unwrap();
        assert_eq!(named(of), [line("C2", "R21", "ordered")]);
        let just = within(db, own, |tx| charges::just(tx, own, attempt(3))).unwrap();
        assert_eq!(just.map(|one| one.receivable), Some("R21".to_owned()));
        assert_eq!(within(db, tenant(2), |tx| charges::waiting(tx, tenant(2), 10)).unwrap(), []);
    });
}

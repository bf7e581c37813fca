//! What waits for the payer, what was taken, and what goes back.

use super::{DAY, book, customer, later, receivable, within};
use crate::common::{NOW, id, on_both_real, on_postgres_real};
use regua_core::words::Rail;
use regua_store::charging::instruments::{self, InstrumentRow};
use regua_store::charging::payments::{self, PaymentRow};
use regua_store::charging::refunds::{self, RefundRow};
use regua_store::db::{Db, Options, Scope, StoreError};

fn instrument(number: u32, of: u32) -> InstrumentRow {
    InstrumentRow {
        instrument: id(number),
        customer: customer(of / 10),
        receivable: receivable(of),
        gateway: "cards".to_owned(),
        rail: Rail::Pix,
        key: format!("key{number}"),
        reference: None,
        currency: "BRL".to_owned(),
        amount: 100,
        valid_until: DAY,
        status: "ordered".to_owned(),
        issued_at: later(i64::from(number)),
        due_at: Some(later(i64::from(number))),
        tries: 0,
        finished_at: None,
        said: None,
        body: None,
    }
}

#[test]
fn instruments_stand_beside_each_other_and_stay_paid() {
    on_both_real(|db| {
        let own = book(db);
        within(db, own, |tx| instruments::enter(tx, own, &[instrument(1, 11), instrument(2, 11), instrument(3, 21)])).unwrap();
        let again = within(db, own, |tx| instruments::enter(tx, own, &[InstrumentRow { key: "key1".to_owned(), ..instrument(4, 12) }]));
        assert!(matches!(again, Err(StoreError::Unique { .. })), "{again:?}");
        let goes = |row: &InstrumentRow, to: &str| {
            let row = InstrumentRow { status: to.to_owned(), ..row.clone() };
            within(db, own, |tx| instruments::set(tx, own, &[row])).is_ok()
        };
        let open = InstrumentRow { reference: Some("tx1".to_owned()), body: Some(b"code".to_vec()), ..instrument(1, 11) };
        assert!(goes(&open, "sending") && goes(&open, "sending"), "its key makes it the same when its sender is gone");
        assert!(goes(&open, "open") && !goes(&open, "sending"));
        let (by_key, by_reference) = (
            within(db, own, |tx| instruments::by_key(tx, own, "cards", &["key1"])).unwrap(),
            within(db, own, |tx| instruments::by_reference(tx, own, "cards", &["tx1"])).unwrap(),
        );
        assert_eq!(by_key, [InstrumentRow { status: "open".to_owned(), ..open.clone() }]);
        assert_eq!(by_key, by_reference);
        assert_eq!(by_key, within(db, own, |tx| instruments::load(tx, own, &[id(1)])).unwrap());
        assert!(goes(&open, "paid") && goes(&open, "paid") && !goes(&open, "closed") && !goes(&open, "open"));
        let of = within(db, own, |tx| instruments::of_receivables(tx, own, &[id(11), id(21)])).unwrap();
        assert_eq!(of, [instrument(2, 11), instrument(3, 21)], "the paid one is over");
        let every = within(db, own, |tx| instruments::every_of(tx, own, receivable(11), 10)).unwrap();
        assert_eq!(every.iter().map(|row| row.instrument).collect::<Vec<_>>(), [id(2), id(1)]);
        let waiting = within(db, own, |tx| instruments::waiting(tx, own, 2)).unwrap();
        assert_eq!(waiting.iter().map(|one| one.receivable.as_str()).collect::<Vec<_>>(), ["R11", "R11"]);
        let due = db.write(Scope::Claim, |tx| instruments::take(tx, later(2), 10)).unwrap();
        assert_eq!(due.iter().map(|one| one.instrument).collect::<Vec<_>>(), [id(1), id(2)]);
        assert!(goes(&instrument(2, 11), "closing"));
        assert_eq!(within(db, own, |tx| instruments::renew(tx, own, &[(id(2), 0), (id(3), 0)], later(60))), Ok(1));
    });
}

fn payment(reference: &str, of: u32) -> PaymentRow {
    PaymentRow {
        gateway: "cards".to_owned(),
        reference: reference.to_owned(),
        customer: customer(of / 10),
        receivable: receivable(of),
        rail: Rail::Card,
        currency: "BRL".to_owned(),
        amount: 100,
        fee: Some(3),
        paid_on: DAY,
        known_at: NOW,
        kind: "kept".to_owned(),
        fate: "kept".to_owned(),
        returned: 0,
    }
}

#[test]
fn a_payment_of_a_gateway_is_new_once() {
    on_both_real(|db| {
        let own = book(db);
        let enter = |rows: &[PaymentRow]| within(db, own, |tx| payments::enter(tx, own, "cards", rows)).unwrap();
        assert_eq!(enter(&[payment("b", 11), payment("a", 12), payment("b", 21)]), ["b", "a"], "the first of two counts");
        assert_eq!(enter(&[payment("a", 12), payment("c", 12)]), ["c"]);
        assert!(enter(&[]).is_empty());
        let second = PaymentRow { kind: "second".to_owned(), fate: "refunding".to_owned(), known_at: later(1), ..payment("d", 11) };
        assert_eq!(enter(std::slice::from_ref(&second)), ["d"]);
        let found = within(db, own, |tx| payments::by_reference(tx, own, "cards", &["b"])).unwrap();
        assert_eq!(found, [payment("b", 11)]);
        let of = within(db, own, |tx| payments::of_receivables(tx, own, &[id(11)])).unwrap();
        assert_eq!(of, [payment("b", 11), second.clone()]);
        assert_eq!(within(db, own, |tx| payments::seconds(tx, own, 10)).unwrap(), [second]);
    });
}

#[test]
fn two_who_take_in_the_same_payment_at_once_do_not_both_find_it_new() {
    // On SQLite there is one writer. On PostgreSQL the second one waits for the first and then finds it there.
    on_postgres_real(|fresh| {
        let db = Db::open(fresh.url(), &Options::default()).unwrap();
        let own = book(&db);
        let (entered, wait) = std::sync::mpsc::channel::<()>();
        std::thread::scope(|scope| {
            let db = &db;
            let first = scope.spawn(move || {
                within(db, own, |tx| {
                    let new = payments::enter(tx, own, "cards", &[payment("a", 11)])?;
                    entered.send(()).unwrap();
                    // The other one has looked by then, and waits for this transaction to end.
                    let (_open, never) = std::sync::mpsc::channel::<()>();
                    never.recv_timeout(std::time::Duration::from_millis(400)).unwrap_err();
                    Ok(new)
                })
            });
            wait.recv().unwrap();
            let both = [payment("a", 11), payment("b", 11)];
            let second = within(db, own, |tx| payments::enter(tx, own, "cards", &both));
            assert!(matches!(second, Err(StoreError::Busy { .. })), "{second:?}");
            assert_eq!(first.join().unwrap(), Ok(vec!["a".to_owned()]));
            let again = within(db, own, |tx| payments::enter(tx, own, "cards", &both));
            assert_eq!(again, Ok(vec!["b".to_owned()]), "tried again, it knows");
        });
    });
}

#[test]
fn no_more_goes_back_than_was_paid() {
    on_both_real(|db| {
        let own = book(db);
        within(db, own, |tx| payments::enter(tx, own, "cards", &[payment("a", 11), payment("b", 11)])).unwrap();
        let back = |rows: &[(&str, i64, &str)]| within(db, own, |tx| payments::add_returned(tx, own, "cards", rows));
        back(&[("a", 60, "refunding"), ("b", 100, "charged_back")]).unwrap();
        assert!(matches!(back(&[("a", 41, "refunded")]), Err(StoreError::Vanished { .. })), "more than was left");
        back(&[("a", 40, "refunded")]).unwrap();
        back(&[("b", -100, "kept")]).unwrap();
        assert!(back(&[("b", -1, "kept")]).is_err() && back(&[("c", 1, "kept")]).is_err());
        let rows = within(db, own, |tx| payments::of_receivables(tx, own, &[id(11)])).unwrap();
        let stands: Vec<(i64, &str)> = rows.iter().map(|row| (row.returned, row.fate.as_str())).collect();
        assert_eq!(stands, [(100, "refunded"), (0, "kept")]);
    });
}

#[test]
fn money_goes_back_once_by_our_id_and_by_the_gateways_name() {
    on_both_real(|db| {
        let own = book(db);
        within(db, own, |tx| payments::enter(tx, own, "cards", &[payment("a", 11)])).unwrap();
        let refund = |number: u32, reference: Option<&str>| RefundRow {
            refund: id(number),
            gateway: "cards".to_owned(),
            payment: "a".to_owned(),
            reference: reference.map(str::to_owned),
            customer: customer(1),
            receivable: receivable(11),
            kind: "refund".to_owned(),
            currency: "BRL".to_owned(),
            amount: 10,
            counts_on: DAY,
            status: "ordered".to_owned(),
            ordered_at: later(i64::from(number)),
            due_at: Some(later(i64::from(number))),
            tries: 0,
            finished_at: None,
            said: None,
        };
        let enter = |row: &RefundRow| within(db, own, |tx| refunds::enter(tx, own, row));
        assert_eq!(enter(&refund(1, None)), Ok(true));
        assert_eq!(enter(&refund(1, None)), Ok(false));
        assert_eq!(enter(&refund(2, Some("re_2"))), Ok(true));
        assert_eq!(enter(&refund(3, Some("re_2"))), Ok(false), "the gateway told of it under its own name");
        let chargeback = RefundRow { kind: "chargeback".to_owned(), ..refund(4, Some("re_2")) };
        assert_eq!(enter(&chargeback), Ok(true), "a name of another kind of thing");
        assert!(matches!(enter(&RefundRow { payment: "b".to_owned(), ..refund(5, None) }), Err(StoreError::Foreign { .. })));
        let goes = |status: &str, reference: Option<&str>| {
            let row = RefundRow { status: status.to_owned(), ..refund(1, reference) };
            within(db, own, |tx| refunds::set(tx, own, &[row])).is_ok()
        };
        assert!(goes("sending", None) && !goes("sending", None));
        assert_eq!(within(db, own, |tx| refunds::renew(tx, own, &[(id(1), 0), (id(2), 0)], later(60))), Ok(1));
        assert!(goes("unknown", None) && goes("sending", None) && goes("done", Some("re_1")) && !goes("pending", Some("re_1")));
        let named = within(db, own, |tx| refunds::by_reference(tx, own, ("cards", "refund"), &["re_1", "re_2"])).unwrap();
        assert_eq!(named.len(), 2);
        let of = within(db, own, |tx| refunds::of_payment(tx, own, "cards", "a", 2)).unwrap();
        assert_eq!(of.iter().map(|row| row.refund).collect::<Vec<_>>(), [id(1), id(2)]);
        assert_eq!(within(db, own, |tx| refunds::load(tx, own, &[id(4)])), Ok(vec![chargeback]));
        let list = within(db, own, |tx| refunds::list(tx, own, id(4), 10)).unwrap();
        let shown: Vec<(&str, [u8; 16])> = list.iter().map(|one| (one.receivable.as_str(), one.row.refund)).collect();
        assert_eq!(shown, [("R11", id(2)), ("R11", id(1))]);
        let due = db.write(Scope::Claim, |tx| refunds::take(tx, later(2), 10)).unwrap();
        assert_eq!(due.iter().map(|one| one.refund).collect::<Vec<_>>(), [id(1), id(2)]);
    });
}

//! What gateways are, hold for customers, and tell.

use super::{DAY, book, customer, gateway, later, receivable, within};
use crate::common::{NOW, id, on_both_real, tenant};
use regua_core::charging::{CodeSpace, MethodStatus, Scheme, Signal};
use regua_core::ids::PaymentMethodId;
use regua_core::time::Instant;
use regua_store::charging::codes;
use regua_store::charging::gateways::{self, GatewayRow};
use regua_store::charging::methods::{self, GatewayCustomerRow, MethodRow};
use regua_store::charging::mirrored::{self, MirroredRow};
use regua_store::charging::webhooks::{self, HookRow};
use regua_store::db::{Scope, StoreError};

#[test]
fn a_gateway_is_added_once_and_remembers_up_to_where_it_was_read() {
    on_both_real(|db| {
        let own = book(db);
        let other = GatewayRow { role: "mirror".to_owned(), ..gateway("cards") };
        assert_eq!(within(db, own, |tx| gateways::add(tx, own, &other)), Ok(false));
        within(db, own, |tx| gateways::set_listed(tx, own, "cards", later(5), Some("page 2"))).unwrap();
        let expected = GatewayRow { listed_at: later(5), place: Some("page 2".to_owned()), ..gateway("cards") };
        assert_eq!(within(db, own, |tx| gateways::all(tx, own)), Ok(vec![expected.clone()]), "the one that was there stays");
        within(db, own, |tx| gateways::set_role(tx, own, "cards", "mirror")).unwrap();
        let expected = GatewayRow { role: "mirror".to_owned(), ..expected };
        assert_eq!(within(db, own, |tx| gateways::one(tx, own, "cards")), Ok(Some(expected)));
        assert_eq!(within(db, own, |tx| gateways::one(tx, own, "none")), Ok(None));
        let missing = within(db, own, |tx| gateways::set_listed(tx, own, "none", NOW, None));
        assert!(matches!(missing, Err(StoreError::Vanished { .. })), "{missing:?}");
    });
}

#[test]
fn methods_are_found_by_customer_and_by_mark_and_change_as_a_whole() {
    on_both_real(|db| {
        let own = book(db);
        let method = |number: u32, of: u32| MethodRow {
            method: PaymentMethodId::from_bytes(id(number)).expect("an id"),
            customer: customer(of),
            gateway: "cards".to_owned(),
            mark: id(number + 100),
            scheme: Scheme::Elo,
            credential: [7; 16],
            status: MethodStatus::Pending,
            expires_on: None,
            added_at: later(i64::from(number)),
            changed_at: NOW,
            body: b"sealed".to_vec(),
        };
        let rows = [method(1, 1), method(2, 1), method(3, 2)];
        within(db, own, |tx| methods::enter(tx, own, &rows)).unwrap();
        let again = within(db, own, |tx| methods::enter(tx, own, &[MethodRow { method: rows[2].method, ..method(4, 2) }]));
        assert!(matches!(again, Err(StoreError::Unique { .. })), "{again:?}");
        let changed = MethodRow {
            status: MethodStatus::Active,
            expires_on: Some(DAY),
            credential: [6; 16],
            changed_at: later(9),
            body: b"other".to_vec(),
            ..rows[1].clone()
        };
        within(db, own, |tx| methods::set(tx, own, std::slice::from_ref(&changed))).unwrap();
        let of = |numbers: &[u32]| {
            let ids: Vec<[u8; 16]> = numbers.iter().map(|number| id(*number)).collect();
            within(db, own, |tx| methods::of_customers(tx, own, &ids)).unwrap()
        };
        assert_eq!(of(&[1]), [rows[0].clone(), changed.clone()]);
        assert_eq!((of(&[1, 2]).len(), of(&[]).len()), (3, 0));
        let marked = within(db, own, |tx| methods::by_marks(tx, own, "cards", &[id(102), id(999)])).unwrap();
        assert_eq!(marked, std::slice::from_ref(&changed));
        assert_eq!(within(db, own, |tx| methods::one(tx, own, changed.method)), Ok(Some(changed)));
        assert_eq!(within(db, tenant(2), |tx| methods::one(tx, tenant(2), rows[0].method)), Ok(None), "another tenant's");
    });
}

#[test]
fn a_token_stays_whose_it_was() {
    on_both_real(|db| {
        let own = book(db);
        let row = |mark: u8, of: u32| GatewayCustomerRow {
            gateway: "cards".to_owned(),
            mark: [mark; 16],
            customer: customer(of),
            token: vec![mark],
        };
        assert_eq!(within(db, own, |tx| methods::enter_customers(tx, own, &[row(1, 1), row(2, 2)])), Ok(2));
        assert_eq!(within(db, own, |tx| methods::enter_customers(tx, own, &[row(1, 2), row(3, 2)])), Ok(1));
        let found = within(db, own, |tx| methods::customers_by_marks(tx, own, "cards", &[[1; 16]])).unwrap();
        assert_eq!(found, [row(1, 1)]);
        assert_eq!(within(db, own, |tx| methods::customers_of(tx, own, &[id(2)])).unwrap().len(), 2);
    });
}

fn hook(number: u8) -> HookRow {
    HookRow {
        gateway: "cards".to_owned(),
        hook: [number; 16],
        event: format!("evt_{number}"),
        kind: "paid".to_owned(),
        received_at: later(i64::from(number)),
        status: "waiting".to_owned(),
        due_at: Some(later(i64::from(number))),
        tries: 0,
        done_at: None,
        said: None,
        body: Some(b"sealed".to_vec()),
    }
}

#[test]
fn a_webhook_is_stored_once_and_its_body_goes_when_it_is_done() {
    on_both_real(|db| {
        let own = book(db);
        let receive = |row: &HookRow| within(db, own, |tx| webhooks::receive(tx, own, row));
        assert_eq!((receive(&hook(1)), receive(&hook(1)), receive(&hook(2))), (Ok(true), Ok(false), Ok(true)));
        let stranger = receive(&HookRow { gateway: "others".to_owned(), ..hook(3) });
        assert!(matches!(stranger, Err(StoreError::Foreign { .. })), "{stranger:?}");
        let due = db.write(Scope::Claim, |tx| webhooks::take(tx, later(9), 1)).unwrap();
        assert_eq!((due.len(), due[0].hook, due[0].gateway.as_str(), due[0].tenant), (1, [1; 16], "cards", own));
        let put = |row: HookRow| within(db, own, |tx| webhooks::set(tx, own, "cards", &[row]));
        let done = HookRow { status: "done".to_owned(), due_at: None, done_at: Some(later(9)), ..hook(1) };
        put(done.clone()).unwrap();
        assert_eq!(within(db, own, |tx| webhooks::load(tx, own, "cards", &[[1; 16]])), Ok(vec![HookRow { body: None, ..done }]));
        assert!(matches!(put(hook(1)), Err(StoreError::Vanished { .. })), "what is done does not wait again");
        let poison = HookRow { status: "poison".to_owned(), due_at: None, tries: 8, said: Some("no".to_owned()), ..hook(2) };
        put(poison.clone()).unwrap();
        assert_eq!(within(db, own, |tx| webhooks::poison(tx, own, (later(0), "", [0; 16]), 10)).unwrap(), [poison]);
        assert_eq!(db.read(Scope::Claim, webhooks::next_due), Ok(Instant::NEVER));
        let replay = |number: u8| within(db, own, |tx| webhooks::replay(tx, own, "cards", [number; 16], later(20)));
        assert_eq!((replay(1), replay(2), replay(2)), (Ok(false), Ok(true), Ok(false)));
        let again = HookRow { due_at: Some(later(20)), ..hook(2) };
        assert_eq!(within(db, own, |tx| webhooks::load(tx, own, "cards", &[[2; 16]])).unwrap(), [again]);
        let counts = within(db, own, |tx| webhooks::counts(tx, own)).unwrap();
        let counts: Vec<(&str, i64)> = counts.iter().map(|one| (one.status.as_str(), one.count)).collect();
        assert_eq!(counts, [("done", 1), ("waiting", 1)]);
        assert_eq!(within(db, own, |tx| webhooks::forget(tx, own, later(9), 10)), Ok(0));
        assert_eq!(within(db, own, |tx| webhooks::forget(tx, own, later(10), 10)), Ok(1));
    });
}

#[test]
fn a_mirror_writes_new_objects_and_known_ones_alike() {
    on_both_real(|db| {
        let own = book(db);
        let row = |reference: &str, acts: bool, digest: u8| MirroredRow {
            object: "invoice".to_owned(),
            reference: reference.to_owned(),
            customer: None,
            receivable: None,
            biller_acts: acts,
            digest: [digest; 32],
            seen_at: NOW,
        };
        let put = |rows: &[MirroredRow]| within(db, own, |tx| mirrored::put(tx, own, "cards", rows)).unwrap();
        put(&[row("a", true, 1), row("b", true, 1)]);
        let owned = MirroredRow { customer: Some(customer(1)), receivable: Some(receivable(11)), ..row("c", true, 1) };
        put(&[row("b", false, 2), owned.clone()]);
        put(&[]);
        let of = |references: &[&str]| within(db, own, |tx| mirrored::of(tx, own, ("cards", "invoice"), references)).unwrap();
        assert_eq!((of(&["b"]), of(&["c", "d"])), (vec![row("b", false, 2)], vec![owned.clone()]));
        let acting = |after: &str, limit| within(db, own, |tx| mirrored::acting(tx, own, ("cards", "invoice"), after, limit)).unwrap();
        assert_eq!(acting("", 10), [row("a", true, 1), owned.clone()]);
        assert_eq!((acting("", 1).len(), acting("a", 10)), (1, vec![owned.clone()]));
        assert_eq!(within(db, own, |tx| mirrored::acting_on(tx, own, &[id(11), id(12)])).unwrap(), std::slice::from_ref(&owned));
        assert_eq!(within(db, own, |tx| mirrored::of_customers(tx, own, &[id(1)])).unwrap(), [owned]);
        let counts = within(db, own, |tx| mirrored::counts(tx, own)).unwrap();
        let counts: Vec<(bool, i64)> = counts.iter().map(|one| (one.biller_acts, one.count)).collect();
        assert_eq!(counts, [(false, 1), (true, 2)]);
    });
}

#[test]
fn codes_that_nobody_knows_are_counted() {
    on_both_real(|db| {
        let own = book(db);
        let signal = |code: &str| Signal { space: CodeSpace::Stripe, code: code.into() };
        within(db, own, |tx| codes::count(tx, own, &[signal("x"), signal("y"), signal("x")], NOW)).unwrap();
        within(db, own, |tx| codes::count(tx, own, &[signal("x")], later(-5))).unwrap();
        within(db, own, |tx| codes::count(tx, own, &[signal("y")], later(5))).unwrap();
        within(db, own, |tx| codes::count(tx, own, &[], NOW)).unwrap();
        let list = within(db, own, |tx| codes::list(tx, own, 10)).unwrap();
        let seen: Vec<(&str, i64, Instant, Instant)> =
            list.iter().map(|row| (row.code.as_str(), row.seen, row.first_at, row.last_at)).collect();
        assert_eq!(seen, [("x", 3, NOW, NOW), ("y", 2, NOW, later(5))]);
        assert_eq!(within(db, own, |tx| codes::list(tx, own, 1)).unwrap().len(), 1);
    });
}

//! Acts above a limit wait for a second person, and requests sent again with their key are carried out once.

#[path = "common/door.rs"]
mod door;

mod common;

use common::{Answer, Site, at, on_both, on_one};
use door::{Browser, hire, set_up};
use regua_core::time::Instant;
use regua_engine::people::{Role, Scope};
use regua_web::Host as _;
use serde_json::{Value, json};

const ANA: &str = "ana@nuvem.example";

/// Ana owns the place; Bea collects, up to R$ 100 alone; Caio and Dora manage, up to R$ 1,000; Eva only reads.
fn office(site: &Site) {
    set_up(site);
    hire(site, "Bea", Role::Collector, Some(10_000));
    hire(site, "Caio", Role::Manager, Some(100_000));
    hire(site, "Dora", Role::Manager, Some(100_000));
    hire(site, "Eva", Role::Reader, None);
    let now = at("2026-01-05T10:00");
    site.bill("C1", "R1", ("2026-01-01", "2026-01-10"), 500_000, now);
    site.program.set_now(now);
}

fn come(site: &Site, name: &str) -> Browser {
    Browser::signed_in(site, &format!("{name}@nuvem.example"))
}

/// What is owed on R1 by the book, in minor units.
fn owed(site: &Site) -> i64 {
    let key = site.key(&[Scope::ReceivablesRead, Scope::CustomersRead, Scope::MoneyRead]);
    let receivable = site.ok(&key, "/v1/receivables/R1");
    let text = receivable["balance"]["amount"].as_str().or(receivable["due"]["amount"].as_str()).unwrap_or_else(|| panic!("{receivable}"));
    text.replace('.', "").parse().expect("an amount")
}

fn brl(amount: &str) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}

/// Asks to reduce R1.
fn reduce(site: &Site, who: &Browser, amount: &str) -> Answer {
    who.act(site, "POST", "/v1/receivables/R1/reduce", &json!({"amount": brl(amount), "reason": "goodwill"}))
}

/// Asks for more than Bea may; the act that waits.
fn held(site: &Site, who: &Browser, amount: &str) -> String {
    let answer = reduce(site, who, amount);
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["held_act"].as_str().expect("an id").to_owned()
}

#[test]
fn an_act_above_ones_limit_waits_and_happens_when_somebody_else_approves_it() {
    on_both(|site| {
        office(site);
        let (bea, caio, eva) = (come(site, "bea"), come(site, "caio"), come(site, "eva"));
        let before = owed(site);
        assert_eq!(reduce(site, &bea, "99.00").status, 200, "within the limit it happens at once");
        assert_eq!(owed(site), before - 9_900);
        let act = held(site, &bea, "150.00");
        assert_eq!(owed(site), before - 9_900, "nothing happened yet");
        let path = format!("/v1/held-acts/{act}");
        let seen = bea.get(site, &path).json();
        assert_eq!((&seen["state"], &seen["own"], &seen["stake"]), (&json!("waiting"), &json!(true), &brl("150.00")));
        assert_eq!(seen["request"]["body"]["reason"], "goodwill");
        let list = caio.get(site, "/v1/held-acts?state=waiting").json();
        assert_eq!((&list["items"][0]["id"], &list["items"][0]["own"]), (&json!(act), &json!(false)));
        // Who may not do it themselves neither sees nor approves it, and nobody approves their own.
        assert_eq!((eva.get(site, &path).status, eva.act(site, "POST", &format!("{path}/approve"), &json!({})).status), (404, 404));
        assert_eq!(eva.get(site, "/v1/held-acts").json()["items"], json!([]));
        assert_eq!(bea.act(site, "POST", &format!("{path}/approve"), &json!({})).code(), "own_act");
        let key = site.key(Scope::ALL);
        assert_eq!(site.act(&key, "POST", &format!("{path}/approve"), &json!({})).status, 403, "a person approves");
        let done = caio.act(site, "POST", &format!("{path}/approve"), &json!({})).json();
        assert_eq!((&done["state"], &done["status"]), (&json!("done"), &json!(200)), "{done}");
        assert_eq!(owed(site), before - 24_900);
        // The record names both.
        let audit = log(site);
        assert!(audit.contains("Caio (per_") && audit.contains(") for Bea (per_"), "{audit}");
        let again = caio.act(site, "POST", &format!("{path}/approve"), &json!({}));
        assert_eq!(again.code(), "held_act_decided");
        assert_eq!(owed(site), before - 24_900);
    });
}

/// Everything that the log says, payloads as they are.
fn log(site: &Site) -> String {
    let scope = regua_store::db::Scope::Tenant(site.tenant());
    let read = site.engine().db().read(scope, |tx| regua_store::log::after(tx, site.tenant(), ([0; 16], 0), 100_000));
    read.expect("the log").iter().map(|event| event.payload.clone()).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_act_is_refused_or_taken_back_and_then_never_happens() {
    on_both(|site| {
        office(site);
        let (bea, caio) = (come(site, "bea"), come(site, "caio"));
        let before = owed(site);
        let (refused, taken_back) = (held(site, &bea, "150.00"), held(site, &bea, "160.00"));
        let seen = caio.act(site, "POST", &format!("/v1/held-acts/{refused}/refuse"), &json!({"reason": "too much"})).json();
        assert_eq!(
            (&seen["state"], &seen["refused_because"], &seen["decided_by"]),
            (&json!("refused"), &json!("too much"), &json!("Caio"))
        );
        assert_eq!(bea.act(site, "POST", &format!("/v1/held-acts/{taken_back}/refuse"), &json!({})).json()["state"], "refused");
        for act in [refused, taken_back] {
            assert_eq!(caio.act(site, "POST", &format!("/v1/held-acts/{act}/approve"), &json!({})).code(), "held_act_decided");
        }
        // Above the approver's own limit, too, somebody with a higher one decides.
        let high = held(site, &bea, "2000.00");
        assert_eq!(caio.act(site, "POST", &format!("/v1/held-acts/{high}/approve"), &json!({})).code(), "beyond_limit");
        assert_eq!(owed(site), before);
        let ana = Browser::signed_in(site, ANA);
        assert_eq!(ana.act(site, "POST", &format!("/v1/held-acts/{high}/approve"), &json!({})).json()["state"], "done");
        assert_eq!(owed(site), before - 200_000);
    });
}

#[test]
fn two_who_approve_at_once_carry_it_out_once() {
    on_both(|site| {
        office(site);
        let bea = come(site, "bea");
        let (caio, dora) = (come(site, "caio"), come(site, "dora"));
        let before = owed(site);
        for round in 1..=5 {
            let act = held(site, &bea, "150.00");
            let path = format!("/v1/held-acts/{act}/approve");
            let (one, two) = std::thread::scope(|scope| {
                let (one, two) =
                    (scope.spawn(|| caio.act(site, "POST", &path, &json!({}))), scope.spawn(|| dora.act(site, "POST", &path, &json!({}))));
                (one.join().unwrap(), two.join().unwrap())
            });
            let done = [&one, &two].iter().filter(|answer| answer.status == 200).count();
            assert_eq!(done, 1, "{} {}", one.text(), two.text());
            assert_eq!(owed(site), before - round * 15_000);
        }
    });
}

#[test]
fn what_cannot_be_done_any_more_is_told_and_kept() {
    on_one(|site| {
        office(site);
        let (bea, caio, ana) = (come(site, "bea"), come(site, "caio"), Browser::signed_in(site, ANA));
        let act = held(site, &bea, "150.00");
        assert_eq!(ana.act(site, "POST", "/v1/receivables/R1/void", &json!({"reason": "wrong"})).status, 200);
        let done = caio.act(site, "POST", &format!("/v1/held-acts/{act}/approve"), &json!({})).json();
        assert_eq!(done["state"], "done");
        assert!(done["status"].as_i64().unwrap() >= 400 && done["answer"]["code"].is_string(), "{done}");
        // One that nobody decides over in time is over.
        site.bill("C2", "R2", ("2026-01-01", "2026-01-10"), 500_000, site.program.now());
        let late = bea.act(site, "POST", "/v1/receivables/R2/reduce", &json!({"amount": brl("150.00"), "reason": "goodwill"}));
        let late = late.json()["held_act"].as_str().unwrap().to_owned();
        site.program.set_now(at("2026-01-12T10:01"));
        let caio = come(site, "caio");
        assert_eq!(caio.act(site, "POST", &format!("/v1/held-acts/{late}/approve"), &json!({})).code(), "held_act_decided");
        assert_eq!(caio.get(site, &format!("/v1/held-acts/{late}")).json()["state"], "expired");
    });
}

/// Sends a payment with an idempotency key.
fn pay(site: &Site, token: &str, key: &str, amount: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json"), ("Idempotency-Key", key)];
    let body = json!({"receivable": "R1", "amount": brl(amount), "reason": "test"}).to_string();
    site.send("POST", "/v1/payments", &headers, body.as_bytes())
}

#[test]
fn the_same_request_sent_again_is_answered_the_same_and_happens_once() {
    on_both(|site| {
        office(site);
        let (token, other) = (site.key(Scope::ALL), site.key(Scope::ALL));
        let before = owed(site);
        let first = pay(site, &token, "order-1", "10.00");
        assert_eq!(first.status, 201, "{}", first.text());
        let again = pay(site, &token, "order-1", "10.00");
        assert_eq!((again.status, again.json()), (first.status, first.json()));
        assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
        assert_eq!(owed(site), before - 1_000);
        let changed = pay(site, &token, "order-1", "11.00");
        assert_eq!((changed.status, changed.code().as_str()), (422, "idempotency_other"));
        assert_eq!(pay(site, &other, "order-1", "10.00").status, 201, "keys are a caller's own");
        assert_eq!(owed(site), before - 2_000);
        // What was wrong is told again, and may be asked for aright under another key.
        let wrong = pay(site, &token, "order-2", "-1.00");
        assert_eq!((wrong.status, pay(site, &token, "order-2", "-1.00").json()), (422, wrong.json()));
        for bad in ["a b", &"k".repeat(201), "ação"] {
            assert!(pay(site, &token, bad, "10.00").status >= 400, "{bad}");
        }
        assert_eq!(owed(site), before - 2_000);
        // A day later the key may be used anew.
        site.program.set_now(Instant::from_micros(site.program.now().micros() + 25 * 3_600_000_000));
        assert_eq!(pay(site, &token, "order-1", "12.00").status, 201);
        assert_eq!(owed(site), before - 3_200);
    });
}

#[test]
fn of_many_sent_at_once_one_happens() {
    on_both(|site| {
        office(site);
        let token = site.key(Scope::ALL);
        let before = owed(site);
        for round in 1..=3 {
            let key = format!("burst-{round}");
            let answers: Vec<Answer> = std::thread::scope(|scope| {
                let asks: Vec<_> = (0..6).map(|_| scope.spawn(|| pay(site, &token, &key, "10.00"))).collect();
                asks.into_iter().map(|ask| ask.join().unwrap()).collect()
            });
            for answer in &answers {
                assert!([201, 409].contains(&answer.status), "{} {}", answer.status, answer.text());
                assert!(answer.status == 201 || answer.code() == "idempotency_under_way", "{}", answer.text());
            }
            assert!(answers.iter().any(|answer| answer.status == 201));
            assert_eq!(owed(site), before - round * 1_000);
        }
    });
}

#[test]
fn what_failed_on_our_side_may_be_tried_again_with_its_key() {
    on_one(|site| {
        office(site);
        let token = site.key(Scope::ALL);
        let before = owed(site);
        let engine = site.engine();
        // Nobody may write to the customer's rows for a while, as when somebody holds them or the disk is full.
        let spoil = "CREATE TRIGGER spoilt BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
        engine.db().write(regua_store::db::Scope::Owner, |tx| tx.batch(spoil)).expect("it is spoilt");
        let failed = pay(site, &token, "order-9", "10.00");
        assert!(failed.status >= 500, "{} {}", failed.status, failed.text());
        assert!(!failed.text().contains("disk"), "what it was goes to the log: {}", failed.text());
        engine.db().write(regua_store::db::Scope::Owner, |tx| tx.batch("DROP TRIGGER spoilt")).expect("it is mended");
        assert_eq!(pay(site, &token, "order-9", "10.00").status, 201);
        assert_eq!(owed(site), before - 1_000);
    });
}

#[test]
fn an_act_that_waits_is_asked_for_once_with_its_key_and_secrets_are_shown_again_to_who_lost_the_line() {
    on_both(|site| {
        office(site);
        let bea = come(site, "bea");
        let body = json!({"amount": brl("150.00"), "reason": "goodwill"});
        let ask = || bea.act_with(site, "POST", "/v1/receivables/R1/reduce", &[("Idempotency-Key", "r-1")], &body);
        let (one, two) = (ask(), ask());
        assert_eq!((one.status, one.json()), (202, two.json()));
        assert_eq!(bea.get(site, "/v1/held-acts").json()["items"].as_array().unwrap().len(), 1);
        let ana = Browser::signed_in(site, ANA);
        let new = json!({"name": "BI", "scopes": ["customers:read"]});
        let make = || ana.act_with(site, "POST", "/v1/keys", &[("Idempotency-Key", "k-1")], &new).json();
        let (one, two) = (make(), make());
        assert!(one["secret"].is_string() && one == two, "{one} {two}");
    });
}

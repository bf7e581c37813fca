//! `regua serve` as somebody runs it: the built binary, asked over HTTP, woken by what it is told, and ended by a signal.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up has failed")]

mod channels;
mod demo;
mod house;
mod mails;
mod office;
mod receiver;

use std::time::{Duration, Instant as Clock};

use house::House;
use receiver::Receiver;
use serde_json::{Value, json};

fn postgres() -> regua_testkit::postgres::TempDatabase {
    regua_testkit::postgres::database("serving", |_| {})
}

#[test]
fn a_first_owner_is_set_up_once_and_a_key_opens_the_api() {
    let house = House::new(None, 1);
    let served = house.serve();
    assert!(served.said.contains("person set-up") && served.said.contains("/v1/setup with the token "), "{}", served.said);
    assert!(served.said.contains("/v1/docs"), "{}", served.said);
    assert_eq!(served.ask("GET", "/health", "", None).status, 200);
    assert_eq!(served.ready(), 200);
    assert_eq!(served.ask("GET", "/v1/me", "", None).status, 401);
    // The token that was printed lets nobody in who has another one.
    let body = json!({ "token": "0".repeat(32), "name": "Eve", "email": "eve@example.com", "password": "tapir-lua-goiaba-7" });
    let refused = served.ask("POST", "/v1/setup", "", Some(&body.to_string()));
    assert_eq!(refused.status, 401, "{refused:?}");
    let who = ["person", "set-up", "--name", "Ana Souza", "--email", "ana@acme.example", "--password-file", "password", "--dir", "acme"];
    let (code, told) = house.run(&who);
    assert_eq!(code, 2, "no such file: {told}");
    std::fs::write(house.path("password"), "tapir-lua-goiaba-7\n").unwrap();
    let (code, told) = house.run(&who);
    assert_eq!(code, 0, "{told}");
    let (code, told) = house.run(&who);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("somebody has set this up before"), "{told}");
    let key = house.made("everything", "all");
    let me = served.get("/v1/me", &key);
    assert_eq!((me["kind"].as_str(), me["name"].as_str()), (Some("key"), Some("everything")), "{me}");
    let narrow = house.made("narrow", "customers:read");
    assert_eq!(served.ask("POST", "/v1/run", &narrow, None).status, 403);
    assert_eq!(served.ask("POST", "/v1/run", &key, None).status, 204);
    assert_eq!(served.ask("GET", "/captured", "", None).status, 404, "only a demo shows its messages");
    let (code, told) = house.run(&["key", "revoke", me["id"].as_str().unwrap(), "--dir", "acme"]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(served.ask("GET", "/v1/me", &key, None).status, 401, "a key that was ended opens nothing");
    served.ended();
    let log = house.logged();
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "a line of the log is no JSON: {log}");
    for secret in [key.as_str(), "tapir-lua", "ana@acme.example", "Cliente"] {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
}

#[test]
fn people_and_keys_are_looked_after_from_the_shell() {
    let house = House::new(None, 1);
    let json = |line: &str| -> Value {
        let words: Vec<&str> = line.split(' ').chain(["--dir", "acme", "--format", "json"]).collect();
        let (code, told) = house.run(&words);
        assert_eq!(code, 0, "{line}: {told}");
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error} in {told}"))
    };
    let done = |line: &str| {
        let words: Vec<&str> = line.split(' ').chain(["--dir", "acme"]).collect();
        house.run(&words)
    };
    let (code, told) = done("key create x --scopes all");
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("person set-up"), "nobody can answer for a key yet: {told}");
    house.owner();
    let (code, told) = done("person invite --name Bia --email bia@acme.example --role collector --limit 500.00");
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("/v1/invitations/accept"), "{told}");
    assert_eq!(done("person invite --name Bia --email bia@acme.example").0, 2, "nobody is invited twice");
    assert_eq!(done("person invite --email bia@acme.example --again").0, 0);
    let rows = json("person list");
    let of = |rows: &Value, email: &str| rows.as_array().unwrap().iter().find(|row| row["email"] == email).unwrap().clone();
    let bia = of(&rows, "bia@acme.example");
    assert_eq!((bia["role"].as_str(), bia["state"].as_str()), (Some("collector"), Some("invited")), "{bia}");
    assert!(bia["limit"].as_str().unwrap().contains("500"), "{bia}");
    assert_eq!(done("person role bia@acme.example manager").0, 0);
    assert_eq!(done("person limit bia@acme.example none").0, 0);
    assert_eq!(done("person disable bia@acme.example").0, 0);
    let bia = of(&json("person list"), "bia@acme.example");
    assert_eq!((bia["role"].as_str(), bia["state"].as_str(), bia["limit"].is_null()), (Some("manager"), Some("kept out"), true), "{bia}");
    assert_eq!(done("person reset bia@acme.example").0, 2, "nobody resets who is kept out");
    assert_eq!(done("person enable bia@acme.example").0, 0);
    assert_eq!(done("person disable ana@acme.example").0, 2, "the last owner stays");
    assert_eq!(done("person role nobody@acme.example reader").0, 2);
    assert_eq!(done("person disable bia@acme.example --as bia@acme.example").0, 2, "nobody keeps themselves out");
    let made = json("key create erp --scopes customers:read,money:act --limit 100.00 --expires 2099-12-31");
    let id = made["key"].as_str().unwrap().to_owned();
    assert!(made["secret"].as_str().unwrap().starts_with("rk_"), "{id}");
    assert_eq!(done("key create bad --scopes wishes:act").0, 2);
    let again = json(&format!("key rotate {id} --overlap-hours 1"));
    assert_ne!(again["secret"], made["secret"]);
    assert_eq!(done(&format!("key revoke {id}")).0, 0);
    let rows = json("key list");
    assert_eq!((rows[0]["state"].as_str(), rows[0]["name"].as_str()), (Some("revoked"), Some("erp")), "{rows}");
    assert!(!rows.to_string().contains(made["secret"].as_str().unwrap()), "no secret is listed");
    let (code, told) = done("held list");
    assert_eq!(code, 0, "{told}");
    assert_eq!(done("held show act_nothing").0, 2);
}

#[test]
fn an_act_is_carried_out_at_once_and_a_signal_ends_it_well() {
    let house = House::new(None, 2);
    let key = house.key();
    let receiver = Receiver::start();
    let served = house.serve();
    assert_eq!(served.ready(), 200);
    // The first pass is over: from now on only the bell wakes the worker before half a minute has gone.
    std::thread::park_timeout(Duration::from_secs(2));
    let (code, told) = house.run(&["endpoint", "add", &receiver.url(), "--types", "receivable.paid", "--dir", "acme"]);
    assert_eq!(code, 0, "{told}");
    let ordered = served.post("/v1/receivables/R-0/charges", &key, &json!({}));
    assert_eq!(ordered["status"], "ordered", "{ordered}");
    let begun = Clock::now();
    served.until_paid("R-0", &key, Duration::from_secs(3));
    receiver.until(1, Duration::from_secs(6));
    assert!(begun.elapsed() < Duration::from_secs(9));
    let events = house.run(&["events", "--types", "receivable.paid", "--dir", "acme", "--format", "json"]);
    assert!(events.1.contains("receivable.paid"), "{}", events.1);
    let took = served.ended();
    assert!(took < Duration::from_secs(10), "{took:?}");
    house.verified();
}

#[test]
fn two_processes_on_one_postgresql_do_each_thing_once() {
    const BILLS: usize = 16;
    let house = House::new(Some(postgres()), BILLS);
    let key = house.key();
    let receiver = Receiver::start();
    let (code, told) = house.run(&["endpoint", "add", &receiver.url(), "--types", "receivable.paid", "--dir", "acme"]);
    assert_eq!(code, 0, "{told}");
    let both = [house.serve(), house.serve()];
    for served in &both {
        assert_eq!(served.ready(), 200);
    }
    for bill in 0..BILLS {
        let served = &both[bill % 2];
        let ordered = served.post(&format!("/v1/receivables/R-{bill}/charges"), &key, &json!({}));
        assert_eq!(ordered["status"], "ordered", "{ordered}");
    }
    for bill in 0..BILLS {
        // Either says the same.
        both[(bill + 1) % 2].until_paid(&format!("R-{bill}"), &key, Duration::from_secs(60));
    }
    receiver.until(BILLS, Duration::from_secs(60));
    std::thread::park_timeout(Duration::from_secs(2));
    let ids = receiver.ids();
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!((ids.len(), once.len()), (BILLS, BILLS), "each is told once: {ids:?}");
    for served in both {
        let took = served.ended();
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
    let (code, told) = house.run(&["charge", "list", "--dir", "acme", "--format", "json", "R-0"]);
    assert_eq!(code, 0, "{told}");
    let attempts: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(attempts.as_array().map(Vec::len), Some(1), "{attempts}");
    house.verified();
}

//! The list of what people are to do: ranked, taken by one of them, worked with the code of a call; and what they note.

use std::sync::Barrier;

use regua_engine::people::{NewKey, Scope, Scopes};
use regua_wire::files::portfolio::Portfolio;
use serde_json::{Value, json};

use crate::common::{Answer, Site, customer, hour, on_both, on_one, receivable};
use crate::desk::{Desk, reais};

/// Two customers on the list of calls: F-1 of C1 over 100.00, F-3 of C2 over 80.00; it is Wednesday, 28 January.
fn called(site: &Site) -> Desk<'_> {
    let desk = Desk::new(site).with_bills();
    for (id, numbers) in [("C1", ["+5511987654321", "+5511912345678"]), ("C2", ["+5511955554444", "+5511955554444"])] {
        let contacts: Vec<Value> = std::iter::once(json!({"channel": "email", "address": format!("{id}@c.example")}))
            .chain([json!({"channel": "voice", "address": numbers[0]}), json!({"channel": "sms", "address": numbers[1]})])
            .collect();
        desk.is(200, "PATCH", &format!("/customers/{id}"), &json!({ "contacts": contacts }));
    }
    site.pass_days("2026-01-02", "2026-01-27");
    site.program.set_now(hour("2026-01-28", 10));
    desk
}

/// A key of somebody else that may do some things.
fn other(desk: &Desk<'_>, name: &str, scopes: Scopes) -> String {
    let mut rng = desk.site.program.random();
    let new = NewKey { name, scopes, limit: None, expires_at: None };
    desk.site.engine().create_key(&desk.owner, new, desk.now(), &mut rng).unwrap().secret.expose().to_owned()
}

fn list(desk: &Desk<'_>, query: &str) -> Vec<Value> {
    desk.site.all(&desk.key, &format!("/v1/tasks?sort=stake{query}"), 50)
}

fn task_of(desk: &Desk<'_>, receivable: &str) -> String {
    let found = list(desk, "").into_iter().find(|task| task["receivable_external_id"] == json!(receivable)).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

fn close(desk: &Desk<'_>, task: &str, body: &Value) -> Value {
    desk.post(&format!("/tasks/{task}/close"), body)
}

fn needs(desk: &Desk<'_>) -> Value {
    desk.is(200, "GET", "/needs", &Value::Null)
}

#[test]
fn the_largest_amount_comes_first_by_small_pages_and_by_large_ones() {
    on_both(|site| {
        let desk = called(site);
        let by_stake = list(&desk, "");
        let named: Vec<&str> = by_stake.iter().map(|task| task["receivable_external_id"].as_str().unwrap()).collect();
        assert_eq!(named, ["F-1", "F-3"]);
        // Eight days late: fine of 2 % and 1 % a month.
        assert_eq!(by_stake[0]["at_stake"], reais("102.27"));
        assert_eq!((&by_stake[0]["days_late"], &by_stake[0]["state"], &by_stake[0]["attempts"]), (&json!(8), &json!("open"), &json!(0)));
        assert_eq!((&by_stake[0]["detail"], &by_stake[0]["step"]), (&json!("collections"), &json!("call")));
        assert!(by_stake[0]["customer_name"].is_string(), "{}", by_stake[0]);
        for query in ["sort=stake", "sort=oldest", "state=open", "queue=collections", "sort=stake&queue=collections&state=open"] {
            let path = format!("/v1/tasks?{query}");
            assert_eq!(site.all(&desk.key, &path, 1), site.all(&desk.key, &path, 200), "{query}");
            assert_eq!(site.all(&desk.key, &path, 1).len(), 2, "{query}");
        }
        for query in ["&queue=managers", "&mine=true", "&state=claimed", "&state=waiting", "&state=done", "&kind=mend", "&kind=request"] {
            assert_eq!(list(&desk, query).len(), 0, "{query}");
        }
        for cursor in ["00", "zz", &format!("8{}", "0".repeat(47)), &format!("7{}", "f".repeat(47)), &"0".repeat(50)] {
            let answer = desk.ask("GET", &format!("/tasks?sort=oldest&cursor={cursor}"), &Value::Null);
            assert_eq!(answer.status, 422, "{cursor}: {}", answer.text());
        }
        // Whoever may not read customers is told no name.
        let blind = other(&desk, "blind", Scopes::of(&[Scope::ReceivablesRead]));
        assert!(site.all(&blind, "/v1/tasks", 10).iter().all(|task| task["customer_name"].is_null()));
        assert_eq!(desk.ask("GET", "/tasks/nothing", &Value::Null).status, 404);
        let same = desk.is(200, "GET", &format!("/tasks/{}", task_of(&desk, "F-1")), &Value::Null);
        assert_eq!(same, by_stake[0]);
        desk.assert_clean();
    });
}

#[test]
fn a_task_is_one_persons_for_half_an_hour() {
    on_both(|site| {
        let desk = called(site);
        let task = task_of(&desk, "F-1");
        let bea = other(&desk, "Bea", Scopes::ALL);
        let ask = |key: &str, what: &str| site.act(key, "POST", &format!("/v1/tasks/{task}/{what}"), &Value::Null);
        let mine = ask(&desk.key, "claim").json();
        assert_eq!((&mine["state"], &mine["mine"]), (&json!("claimed"), &json!(true)), "{mine}");
        let refused = |answer: Answer| {
            assert_eq!((answer.status, answer.code().as_str()), (409, "task_claimed"), "{}", answer.text());
            answer.json()["detail"].as_str().unwrap().to_owned()
        };
        assert!(refused(ask(&bea, "claim")).contains("robot"), "it says who has it");
        refused(ask(&bea, "reopen"));
        refused(site.act(&bea, "POST", &format!("/v1/tasks/{task}/close"), &json!({"code": "other"})));
        refused(ask(&bea, "release"));
        let seen = site.all(&bea, "/v1/tasks?state=claimed", 10).pop().unwrap();
        assert_eq!((&seen["claimed_by"], &seen["mine"]), (&json!("robot"), &json!(false)));
        assert_eq!((list(&desk, "&mine=true").len(), site.all(&bea, "/v1/tasks?mine=true", 10).len()), (1, 0));
        assert_eq!(needs(&desk)["tasks"], json!(2), "one's own counts");
        assert_eq!(site.ok(&bea, "/v1/needs")["tasks"], json!(1), "somebody else's does not");
        // It is renewed by asking again, and over when nobody asks.
        site.program.set_now(desk.now().plus_hours(1));
        assert_eq!(list(&desk, "&state=claimed").len(), 0);
        assert_eq!(ask(&bea, "claim").status, 200);
        assert!(refused(ask(&desk.key, "claim")).contains("Bea"));
        let until = |answer: Answer| answer.json()["claimed_until"].as_str().unwrap().to_owned();
        let before = until(ask(&bea, "claim"));
        site.program.set_now(regua_core::time::Instant::from_secs(desk.now().secs() + 60));
        assert!(until(ask(&bea, "claim")) > before);
        assert_eq!(ask(&bea, "release").json()["state"], json!("open"));
        assert_eq!(ask(&desk.key, "claim").status, 200);
        let id = site.engine().customer_state(site.tenant(), "C1").unwrap().id;
        let log = desk.chain(id.to_bytes());
        assert_eq!(log.matches("\"is\":\"claimed\"").count(), 3, "what is renewed is not told again: {log}");
        desk.assert_clean();
    });
}

#[test]
fn nobody_takes_a_customer_whom_somebody_else_is_calling() {
    on_one(|site| {
        let desk = called(site);
        desk.is(201, "POST", "/customers/C1/notes", &json!({"text": "ask again", "follow_up_on": "2026-01-29"}));
        site.program.set_now(hour("2026-01-29", 10));
        let of = |step: &str| {
            let found = list(&desk, "").into_iter().find(|task| task["customer_external_id"] == json!("C1") && task["step"] == json!(step));
            found.unwrap()["id"].as_str().unwrap().to_owned()
        };
        let (call, note) = (of("call"), of("note"));
        let bea = other(&desk, "Bea", Scopes::ALL);
        desk.post(&format!("/tasks/{call}/claim"), &Value::Null);
        let refused = site.act(&bea, "POST", &format!("/v1/tasks/{note}/claim"), &Value::Null);
        assert_eq!((refused.status, refused.code().as_str()), (409, "task_claimed"), "{}", refused.text());
        desk.post(&format!("/tasks/{note}/claim"), &Value::Null);
        desk.post(&format!("/tasks/{call}/release"), &Value::Null);
        desk.post(&format!("/tasks/{note}/release"), &Value::Null);
        assert_eq!(site.act(&bea, "POST", &format!("/v1/tasks/{note}/claim"), &Value::Null).status, 200);
        desk.assert_clean();
    });
}

#[test]
fn of_many_who_ask_at_once_one_gets_it() {
    on_both(|site| {
        let desk = called(site);
        let task = task_of(&desk, "F-1");
        let keys: Vec<String> = (0..6).map(|nth| other(&desk, &format!("caller {nth}"), Scopes::ALL)).collect();
        let barrier = Barrier::new(keys.len());
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let ask = |key: &String| {
                let (key, path) = (key.clone(), format!("/v1/tasks/{task}/claim"));
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    site.act(&key, "POST", &path, &Value::Null)
                })
            };
            let asked: Vec<_> = keys.iter().map(ask).collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((count(200), count(409)), (1, 5), "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    });
}

#[test]
fn a_code_sets_the_next_state() {
    on_both(|site| {
        let desk = called(site);
        let (one, two) = (task_of(&desk, "F-1"), task_of(&desk, "F-3"));
        // Nobody there: the next open day, and it is counted.
        let told = close(&desk, &one, &json!({"code": "no_answer", "note": "rang out"}));
        assert_eq!((&told["state"], &told["follow_up_on"], &told["attempts"]), (&json!("waiting"), &json!("2026-01-29"), &json!(1)));
        assert_eq!((list(&desk, "").len(), list(&desk, "&state=waiting").len()), (1, 1));
        // Taken back, it waits again, and does not count.
        let told = desk.post(&format!("/tasks/{one}/reopen"), &Value::Null);
        assert_eq!((&told["state"], &told["attempts"]), (&json!("open"), &json!(0)));
        // A day that is said; on that day it is there again.
        close(&desk, &one, &json!({"code": "pays_later", "follow_up_on": "2026-02-03"}));
        site.program.set_now(hour("2026-02-02", 23));
        assert_eq!(list(&desk, "").len(), 1);
        site.program.set_now(hour("2026-02-03", 8));
        assert_eq!(list(&desk, "").len(), 2);
        // A promise is the same as where it is entered on the receivable.
        for (body, place) in [
            (json!({"code": "promised"}), "/on"),
            (json!({"code": "promised", "on": "2026-02-02"}), "/on"),
            (json!({"code": "other", "on": "2026-02-10"}), "/on"),
            (json!({"code": "other", "follow_up_on": "2026-02-03"}), "/follow_up_on"),
            (json!({"code": "other", "note": "  "}), "/note"),
            (json!({"code": "wrong_number", "number": "+5511900000000"}), "/number"),
            (json!({"code": "sold"}), "/code"),
        ] {
            assert_eq!(desk.wrong("POST", &format!("/tasks/{one}/close"), &body).0, place, "{body}");
        }
        let told = close(&desk, &one, &json!({"code": "promised", "on": "2026-02-10"}));
        assert_eq!((&told["state"], &told["last_code"], &told["worked_by"]), (&json!("done"), &json!("promised"), &json!("robot")));
        let standing = desk.is(200, "GET", "/receivables/F-1", &Value::Null);
        assert!(standing.to_string().contains("2026-02-10"), "{standing}");
        assert_eq!(desk.ask("POST", &format!("/tasks/{one}/close"), &json!({"code": "other"})).code(), "task_done");
        assert_eq!(desk.ask("POST", &format!("/tasks/{one}/claim"), &Value::Null).code(), "task_done");
        site.program.set_now(hour("2026-02-03", 9));
        // A number of somebody else's is used no more, on no channel. There was one only.
        let told = close(&desk, &two, &json!({"code": "wrong_number"}));
        assert_eq!(told["state"], json!("done"));
        let known = site.engine().customer_state(site.tenant(), "C2").unwrap().customer;
        assert_eq!(known.contacts.iter().filter(|point| point.is_usable()).count(), 1, "the address is left");
        // Done, the newest first.
        let done: Vec<Value> = list(&desk, "&state=done");
        assert_eq!(done.iter().map(|task| task["id"].as_str().unwrap()).collect::<Vec<_>>(), [two.as_str(), one.as_str()]);
        let path = "/v1/tasks?state=done";
        assert_eq!(site.all(&desk.key, path, 1), site.all(&desk.key, path, 200));
        // A dispute.
        desk.post(&format!("/tasks/{two}/reopen"), &Value::Null);
        assert_eq!(close(&desk, &two, &json!({"code": "disputes"}))["state"], json!("done"));
        let held = desk.post("/receivables/F-3/settle-dispute", &json!({}));
        assert_eq!(held["held_for"], json!([]));
        desk.post(&format!("/tasks/{two}/reopen"), &Value::Null);
        assert_eq!(close(&desk, &two, &json!({"code": "paid_already"}))["state"], json!("done"));
        // What was done is told in the life of the customer.
        let told = site.all(&desk.key, "/v1/customers/C1/timeline", 200);
        let of = |kind: &str| told.iter().filter(|moment| moment["kind"] == json!(kind)).count();
        assert_eq!((of("task"), of("note")), (4, 1), "{told:#?}");
        desk.assert_clean();
    });
}

#[test]
fn with_another_number_the_task_stays() {
    on_one(|site| {
        let desk = called(site);
        let task = task_of(&desk, "F-1");
        desk.post(&format!("/tasks/{task}/claim"), &Value::Null);
        let told = close(&desk, &task, &json!({"code": "wrong_number"}));
        assert_eq!((&told["state"], &told["mine"]), (&json!("open"), &json!(false)), "{told}");
        let usable = || {
            let known = site.engine().customer_state(site.tenant(), "C1").unwrap().customer;
            known.contacts.iter().filter(|point| point.is_usable()).map(|point| point.address.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert!(!usable().contains(&"+5511987654321".to_owned()) && usable().contains(&"C1@c.example".to_owned()), "{:?}", usable());
        assert_eq!(desk.wrong("POST", &format!("/tasks/{task}/close"), &json!({"code": "wrong_number", "number": "x"})).0, "/number");
        // Without the scope for customers nothing is said of their numbers, and nothing noted.
        let narrow = other(&desk, "narrow", Scopes::of(&[Scope::ReceivablesRead, Scope::ReceivablesAct]));
        for body in [json!({"code": "wrong_number"}), json!({"code": "other", "note": "x"})] {
            assert_eq!(site.act(&narrow, "POST", &format!("/v1/tasks/{task}/close"), &body).status, 403, "{body}");
        }
        assert_eq!(site.act(&narrow, "POST", &format!("/v1/tasks/{task}/close"), &json!({"code": "other"})).status, 200);
        desk.assert_clean();
    });
}

#[test]
fn what_is_paid_or_erased_is_nobodys_task_any_more() {
    on_both(|site| {
        let desk = called(site);
        let (one, two) = (task_of(&desk, "F-1"), task_of(&desk, "F-3"));
        desk.post(&format!("/tasks/{one}/claim"), &Value::Null);
        // Part of it: less is at stake.
        desk.is(201, "POST", "/payments", &json!({"receivable": "F-1", "amount": reais("40.00")}));
        let named: Vec<Value> = list(&desk, "").iter().map(|task| task["receivable_external_id"].clone()).collect();
        assert_eq!(named, [json!("F-3"), json!("F-1")]);
        desk.is(201, "POST", "/payments", &json!({"receivable": "F-1", "amount": reais("80.00")}));
        assert_eq!(list(&desk, "").len(), 1);
        let ended = desk.is(200, "GET", &format!("/tasks/{one}"), &Value::Null);
        assert_eq!((&ended["state"], &ended["last_code"], &ended["claimed_by"]), (&json!("done"), &json!("ended"), &Value::Null));
        assert_eq!(desk.ask("POST", &format!("/tasks/{one}/reopen"), &Value::Null).code(), "task_ended");
        desk.post("/customers/C2/erase", &json!({"confirm": "C2"}));
        assert_eq!(list(&desk, "").len(), 0);
        assert_eq!(desk.ask("POST", &format!("/tasks/{two}/reopen"), &Value::Null).code(), "task_ended");
        desk.assert_clean();
    });
}

#[test]
fn what_nobody_took_overflows() {
    on_both(|site| {
        let desk = called(site);
        assert_eq!(list(&desk, "&overflow=true&overflow_days=366").len(), 0);
        site.program.set_now(hour("2026-01-31", 12));
        assert_eq!(list(&desk, "&overflow=true").len(), 2);
        assert!(list(&desk, "").iter().all(|task| task["overflow"] == json!(true)));
        let task = task_of(&desk, "F-1");
        desk.post(&format!("/tasks/{task}/claim"), &Value::Null);
        assert_eq!(list(&desk, "&overflow=true").len(), 1, "what somebody has is no overflow");
        close(&desk, &task, &json!({"code": "no_answer"}));
        site.program.set_now(hour("2026-02-03", 12));
        assert_eq!(list(&desk, "&overflow=true").len(), 1, "it came back on 2 February");
        site.program.set_now(hour("2026-02-06", 12));
        assert_eq!(list(&desk, "&overflow=true").len(), 2);
    });
}

#[test]
fn notes_are_sealed_told_exported_and_go_with_the_person() {
    on_both(|site| {
        let desk = called(site);
        let path = "/customers/C1/notes";
        let made = desk.is(201, "POST", path, &json!({"text": " prefers mornings ", "receivable": "F-1"}));
        assert_eq!((&made["text"], &made["by"]), (&json!("prefers mornings"), &json!("robot")));
        let later = json!({"text": "ask for Maria", "follow_up_on": "2026-02-02"});
        desk.is(201, "POST", path, &later);
        assert_eq!(site.all(&desk.key, &format!("/v1{path}"), 1), site.all(&desk.key, &format!("/v1{path}"), 200));
        let texts: Vec<Value> = site.all(&desk.key, &format!("/v1{path}"), 1).iter().map(|note| note["text"].clone()).collect();
        assert_eq!(texts, [json!("ask for Maria"), json!("prefers mornings")]);
        for (body, place) in [
            (json!({"text": ""}), "/text"),
            (json!({"text": "  "}), "/text"),
            (json!({"text": "n".repeat(4_001)}), "/text"),
            (json!({"text": "x", "receivable": "F-3"}), "/receivable"),
            (json!({"text": "x", "receivable": "F-9"}), "/receivable"),
            (json!({"text": "x", "follow_up_on": "2026-01-28"}), "/follow_up_on"),
        ] {
            assert_eq!(desk.wrong("POST", path, &body).0, place, "{body}");
        }
        assert_eq!(desk.ask("POST", "/customers/nobody/notes", &json!({"text": "x"})).status, 404);
        assert_eq!(desk.ask("GET", "/customers/nobody/notes", &Value::Null).status, 404);
        // Somebody is to look again: a task, on that day.
        assert_eq!((list(&desk, "").len(), list(&desk, "&state=waiting").len()), (2, 1));
        site.program.set_now(hour("2026-02-02", 9));
        let again = list(&desk, "").into_iter().find(|task| task["step"] == json!("note")).unwrap();
        assert_eq!((&again["customer_external_id"], &again["receivable"]), (&json!("C1"), &Value::Null));
        assert_eq!(again["at_stake"]["currency"], json!("BRL"));
        let task = again["id"].as_str().unwrap();
        let refused = desk.wrong("POST", &format!("/tasks/{task}/close"), &json!({"code": "promised", "on": "2026-02-10"}));
        assert_eq!(refused, ("/code".to_owned(), "no_receivable".to_owned()));
        close(&desk, task, &json!({"code": "other"}));
        // Told, exported, and in no log in plain words.
        let told = site.all(&desk.key, "/v1/customers/C1/timeline", 200);
        let noted: Vec<&Value> = told.iter().filter(|moment| moment["kind"] == json!("note")).collect();
        assert!(noted[0]["sentence"].as_str().unwrap().contains("prefers mornings"), "{noted:?}");
        assert_eq!(noted[0]["receivable_external_id"], json!("F-1"));
        let export = site.ok(&desk.key, "/v1/customers/C1/export");
        assert_eq!(export["data"]["notes"].as_array().unwrap().len(), 2);
        let id = site.engine().customer_state(site.tenant(), "C1").unwrap().id;
        assert!(!desk.chain(id.to_bytes()).contains("Maria"));
        desk.assert_clean();
        desk.post("/customers/C1/erase", &json!({"confirm": "C1"}));
        assert_eq!(site.all(&desk.key, &format!("/v1/customers/{id}/notes"), 10).len(), 0);
        assert_eq!(desk.ask("POST", &format!("/customers/{id}/notes"), &json!({"text": "x"})).code(), "erased");
        assert!(!site.ok(&desk.key, &format!("/v1/customers/{id}/export")).to_string().contains("Maria"));
        desk.assert_clean();
    });
}

#[test]
fn needs_count_what_one_may_look_at() {
    on_both(|site| {
        let desk = called(site);
        let told = needs(&desk);
        let none = ["held", "approvals", "mend", "requests", "replies", "charges", "bank_lines", "failed_webhooks", "stopped_channels"];
        assert!(none.iter().all(|name| told[name] == json!(0)), "{told}");
        assert_eq!((&told["tasks"], &told["about"]), (&json!(2), &json!(false)), "{told}");
        close(&desk, &task_of(&desk, "F-1"), &json!({"code": "no_answer"}));
        assert_eq!(needs(&desk)["tasks"], json!(1));
        site.pass_days("2026-01-28", "2026-02-12");
        assert_eq!(needs(&desk)["approvals"], json!(2), "two customers with a step to release");
        // What is beyond a limit waits for a second person, and is seen by whoever may approve it.
        let limited = desk.limited(Some(10));
        let answer = site.act(&limited, "POST", "/v1/receivables/F-3/write-off", &json!({"reason": "x"}));
        assert_eq!(answer.status, 202, "{}", answer.text());
        assert_eq!(needs(&desk)["held"], json!(1));
        let narrow = other(&desk, "narrow", Scopes::of(&[Scope::MessagesRead]));
        let told = site.ok(&narrow, "/v1/needs");
        let mut names: Vec<&str> = told.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["about", "held", "messages", "replies", "stopped_channels"]);
        assert_eq!(told["held"], json!(0));
    });
}

#[test]
fn what_a_customer_asked_is_worked_like_a_task() {
    use regua_engine::links::{Asks, NewAsk, Opened, Purpose};
    on_both(|site| {
        let desk = called(site);
        let token = site.engine().make_link(site.tenant(), "C1", Purpose::Portal, desk.now()).unwrap();
        let Opened::Good(visitor) = site.engine().open_link(site.tenant(), &token, desk.now()).unwrap() else { panic!("the link is good") };
        let words = json!({"text": "in three parts?"});
        let mut rng = site.program.random();
        let new = |what: Asks| NewAsk { what, receivable: None, words: &words, file: None };
        for what in [Asks::Split, Asks::Question, Asks::Survey] {
            site.engine().ask_person(&visitor, &new(what), desk.now(), &mut rng).unwrap();
        }
        let asked = list(&desk, "&kind=request");
        assert_eq!(asked.len(), 2, "a survey wants nothing");
        assert_eq!(needs(&desk)["requests"], json!(2));
        let (one, two) = (asked[0]["id"].as_str().unwrap(), asked[1]["id"].as_str().unwrap());
        assert_eq!(asked[0]["request"], json!(one));
        desk.post(&format!("/tasks/{one}/claim"), &Value::Null);
        close(&desk, one, &json!({"code": "other", "note": "offered two"}));
        assert_eq!(site.all(&desk.key, "/v1/customer-requests", 10).len(), 1, "it is answered");
        desk.is(204, "POST", &format!("/customer-requests/{two}/close"), &json!({}));
        assert_eq!(list(&desk, "&kind=request").len(), 0);
        assert_eq!(desk.ask("POST", &format!("/tasks/{two}/reopen"), &Value::Null).code(), "task_ended");
        desk.assert_clean();
    });
}

#[test]
fn many_tasks_are_ranked_whatever_the_order_in_which_they_came() {
    on_one(|site| {
        let desk = Desk::new(site);
        let amounts = [3_000, 9_000, 1_000, 7_000, 5_000, 9_000];
        let portfolio = Portfolio {
            customers: (0..amounts.len()).map(|nth| customer(&format!("M{nth}"))).collect(),
            receivables: (0..)
                .zip(amounts)
                .map(|(nth, minor)| receivable(&format!("B{nth}"), nth, "2026-01-02", "2026-01-20", minor))
                .collect(),
            payments: Vec::new(),
        };
        assert!(site.import_of(site.tenant(), &portfolio, hour("2026-01-02", 10)).refused.is_empty());
        site.pass_days("2026-01-02", "2026-01-27");
        site.program.set_now(hour("2026-01-28", 10));
        let ranked: Vec<Value> = site.all(&desk.key, "/v1/tasks?sort=stake", 2);
        let amounts: Vec<f64> = ranked.iter().map(|task| task["at_stake"]["amount"].as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(amounts.len(), 6);
        for task in &ranked {
            desk.post(&format!("/tasks/{}/claim", task["id"].as_str().unwrap()), &Value::Null);
        }
        let ids = |path: &str, limit| site.all(&desk.key, path, limit).iter().map(|task| task["id"].clone()).collect::<Vec<_>>();
        let all: Vec<Value> = ranked.iter().map(|task| task["id"].clone()).collect();
        assert_eq!(ids("/v1/tasks?sort=stake&mine=true", 2), all);
        assert_eq!(ids("/v1/tasks?sort=stake&mine=true&queue=collections", 200), all);
        assert_eq!(ids("/v1/tasks?sort=oldest&mine=true", 1), ids("/v1/tasks?sort=oldest", 200));
        assert_eq!(ids("/v1/tasks?sort=stake&queue=collections", 1), all);
        assert_eq!(ids("/v1/tasks?mine=true&queue=nobodys", 1), Vec::<Value>::new());
        assert!(amounts.windows(2).all(|pair| pair[0] >= pair[1]), "{amounts:?}");
    });
}

#[test]
fn a_reaction_that_is_work_for_a_person_writes_to_nobody() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let policies = desk.is(200, "GET", "/policies", &Value::Null);
        let hash = policies["items"][0]["hash"].as_str().unwrap().to_owned();
        let text = desk.is(200, "GET", &format!("/policies/{hash}"), &Value::Null)["body"].as_str().unwrap().to_owned();
        assert!(!text.contains("dispute_opened"), "{text}");
        let reaction = "  - { on: dispute_opened, do: task, queue: disputes }\n  - { on: promise_broken, do: task, queue: promises }\n";
        let text = if text.contains("\nreactions:\n") {
            text.replace("\nreactions:\n", &format!("\nreactions:\n{reaction}"))
        } else {
            format!("{}\nreactions:\n{reaction}", text.trim_end())
        };
        let published = desk.is(201, "POST", "/policies", &json!({ "text": text }));
        desk.post(&format!("/policies/{}/migrate", published["hash"].as_str().unwrap()), &json!({}));
        desk.post("/receivables/F-1/dispute", &json!({ "reason": "it was billed twice" }));
        site.pass_days("2026-01-02", "2026-01-02");
        let tasks = list(&desk, "");
        let found = tasks.iter().find(|task| task["step"] == json!("on.dispute_opened")).unwrap_or_else(|| panic!("{tasks:?}"));
        assert_eq!((&found["detail"], &found["receivable_external_id"]), (&json!("disputes"), &json!("F-1")));
        let messages = site.all(&desk.key, "/v1/messages?step=on.dispute_opened", 200);
        assert!(messages.is_empty(), "nobody is written to: {messages:?}");
        let decided = desk.is(200, "GET", "/receivables/F-1/decisions", &Value::Null);
        let row = decided["items"].as_array().unwrap().iter().find(|row| row["step"] == json!("on.dispute_opened")).unwrap();
        assert_eq!((&row["outcome"], &row["message"]), (&json!("done"), &Value::Null), "{row}");
        desk.assert_clean();
    });
}

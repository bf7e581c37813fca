//! What moves along a ladder: steps, messages, pauses, the mode, policies.

use regua_core::facts::Channels;
use regua_core::words::Channel;
use regua_engine::commands::messages::Listed;
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Sent};
use serde_json::{Value, json};

use crate::common::{hour, on_one, stationery};
use crate::desk::Desk;

#[test]
fn steps_are_released_and_refused_and_messages_settled() {
    on_one(|site| {
        let desk = Desk::new(site).with_bills();
        site.pass_days("2026-01-02", "2026-02-12");
        let waiting = || site.engine().awaiting(site.tenant(), 100, desk.now()).unwrap();
        let steps: Vec<(String, String)> = waiting().into_iter().map(|one| (one.receivable, one.step)).collect();
        assert_eq!(steps, [("F-1".to_owned(), "suspend".to_owned()), ("F-3".to_owned(), "suspend".to_owned())]);
        desk.post("/receivables/F-3/reject", &json!({"step": "suspend", "reason": "an old customer"}));
        assert_eq!(waiting().len(), 1);
        let released = desk.post("/customers/C1/approve", &json!({}));
        assert_eq!(released["released"], json!([{"receivable": "F-1", "step": "suspend"}]));
        assert_eq!(desk.post("/customers/C1/approve", &json!({}))["released"], json!([]));
        assert_eq!(desk.ask("POST", "/customers/nobody/approve", &json!({})).status, 404);
        site.pass(hour("2026-02-13", 10));
        assert!(waiting().is_empty());
        // A message of which nobody knows whether it arrived.
        let now = hour("2026-02-15", 10);
        site.program.set_now(now);
        site.engine().pass(&|| now, 1, &mut Unsure, &stationery(), Sending::default(), &|_| {}).unwrap();
        for day in ["2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-02-21", "2026-02-22", "2026-02-23"] {
            let now = hour(day, 10);
            site.program.set_now(now);
            site.engine().source_read(site.tenant(), "files", now).unwrap();
            site.engine().pass(&|| now, 1, &mut Unsure, &stationery(), Sending::default(), &|_| {}).unwrap();
        }
        let needing = || site.engine().messages(site.tenant(), Listed::Needing, 100).unwrap();
        let unknown =
            needing().into_iter().find(|one| one.status == "unknown").expect("a message of which nobody knows").message.to_string();
        let path = format!("/messages/{unknown}/settle");
        assert_eq!(desk.wrong("POST", &path, &json!({"outcome": "perhaps"})).0, "/outcome");
        assert_eq!(desk.post(&path, &json!({"outcome": "sent", "reason": "the reader answered"}))["status"], json!("sent"));
        assert_eq!(desk.ask("POST", &path, &json!({"outcome": "sent"})).code(), "not_unknown");
        assert_eq!(desk.ask("POST", "/messages/msg_x/settle", &json!({"outcome": "sent"})).status, 404);
        desk.assert_clean();
    });
}

/// Hears nothing back.
struct Unsure;

impl Courier for Unsure {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        parcels.iter().map(|_| Sent::Unknown { why: "the line broke".to_owned() }).collect()
    }
}

#[test]
fn pauses_stop_what_a_condition_matches_and_everything() {
    on_one(|site| {
        let desk = Desk::new(site).with_bills();
        let found = site.get(&desk.key, "/v1/pauses/matching?filter=receivable.amount_due%20%3E%20money('60.00')").json();
        assert_eq!(found, json!({"receivables": 2, "customers": 2}));
        assert_eq!(site.get(&desk.key, "/v1/pauses/matching").json()["receivables"], json!(3));
        assert_eq!(
            site.get(&desk.key, "/v1/pauses/matching?filter=receivable.amount_due%20%3E").json()["fields"][0]["at"],
            json!("query/filter")
        );
        let until = json!({"filter": "receivable.amount_due > money('60.00')", "until": "2026-01-10T12:00:00-03:00", "reason": "new year"});
        let made = desk.is(201, "POST", "/pauses", &until);
        assert_eq!((made["running"].clone(), made["until"].clone()), (json!(true), json!("2026-01-10T15:00:00+00:00")));
        let all = desk.is(201, "POST", "/pause-everything", &json!({}));
        assert_eq!((all["filter"].clone(), all["until"].clone()), (Value::Null, Value::Null));
        let resume = |one: &Value| format!("/pauses/{}/resume", one["id"].as_str().unwrap());
        assert_eq!(desk.ask("POST", &resume(&all), &json!({})).code(), "of_everything");
        assert_eq!(desk.post(&resume(&made), &json!({}))["running"], json!(false));
        assert_eq!(desk.post("/resume-everything", &json!({}))["ended"], json!(1));
        assert_eq!(desk.post("/resume-everything", &json!({}))["ended"], json!(0));
        let past = json!({"filter": "receivable.amount_due > money('60.00')", "until": "2026-01-01T12:00:00-03:00"});
        assert_eq!(desk.wrong("POST", "/pauses", &past), ("/until".to_owned(), "bad_end".to_owned()));
        assert_eq!(desk.wrong("POST", "/pauses", &json!({"filter": "colour = red"})), ("/filter".to_owned(), "bad_filter".to_owned()));
        assert_eq!(desk.wrong("POST", "/pauses", &json!({})).0, "/filter");
        assert_eq!(desk.ask("POST", "/pauses/hold_x/resume", &json!({})).status, 404);
        assert!(desk.chain(site.tenant().to_bytes()).contains("new year"));
        desk.assert_clean();
    });
}

#[test]
fn the_mode_is_set_and_looked_at_before() {
    on_one(|site| {
        let desk = Desk::new(site).with_bills();
        assert_eq!(desk.is(200, "PUT", "/mode", &json!({"mode": "shadow"}))["moved"], json!(2));
        let would = desk.post("/mode/preview", &json!({"mode": "live", "hours": 48}));
        assert_eq!((would["receivables"].clone(), would["customers"].clone()), (json!(3), json!(2)));
        assert_eq!(desk.wrong("PUT", "/mode", &json!({"mode": "redirect"})).0, "/redirect_to");
        assert_eq!(desk.wrong("PUT", "/mode", &json!({"mode": "live", "redirect_to": "a@b.example"})).1, "only_redirect");
        assert_eq!(desk.wrong("PUT", "/mode", &json!({"mode": "redirect", "redirect_to": "nowhere"})).0, "/redirect_to");
        let set = desk.is(200, "PUT", "/mode", &json!({"mode": "redirect", "redirect_to": "a@b.example", "reason": "trying it out"}));
        assert_eq!((set["moved"].clone(), set["redirect_to"].clone()), (json!(2), json!("a@b.example")));
        assert_eq!(desk.is(200, "PUT", "/mode", &json!({"mode": "redirect"}))["redirect_to"], json!("a@b.example"), "asked again it stays");
        assert_eq!(desk.is(200, "PUT", "/mode", &json!({"mode": "live"}))["moved"], json!(2));
        assert_eq!(desk.wrong("PUT", "/mode", &json!({"mode": "loud"})).0, "/mode");
        assert!(desk.chain(site.tenant().to_bytes()).contains("trying it out"));
        desk.assert_clean();
    });
}

#[test]
fn policies_are_checked_compared_published_and_moved_to() {
    on_one(|site| {
        let desk = Desk::new(site).with_bills();
        let right = crate::common::POLICY.replace("D+2,", "D+3,");
        let wrong = crate::common::POLICY.replace("tone: firm", "tone: furious");
        let checked = desk.post("/policies/check", &json!({"text": wrong}));
        assert_eq!(checked["right"], json!(false));
        let found = &checked["findings"][0];
        assert!(found["line"].as_i64().unwrap() > 10 && found["mend"].as_str().is_some_and(|mend| !mend.is_empty()), "{checked}");
        assert_eq!(desk.post("/policies/check", &json!({"text": right}))["right"], json!(true));
        let changes = desk.post("/policies/diff", &json!({"before": {"text": crate::common::POLICY}, "after": {"text": right}}));
        assert_eq!((changes["same_text"].clone(), changes["changes"].as_array().unwrap().len()), (json!(false), 1), "{changes}");
        assert_eq!(desk.wrong("POST", "/policies", &json!({"text": wrong})), ("/text".to_owned(), "bad_policy".to_owned()));
        assert_eq!(desk.wrong("POST", "/policies", &json!({"text": right, "share_bp": 0})).0, "/share_bp");
        let made = desk.is(201, "POST", "/policies", &json!({"text": right, "reason": "a day later"}));
        assert_eq!((made["number"].clone(), made["share_bp"].clone()), (json!(2), json!(10_000)));
        assert_eq!(desk.is(200, "POST", "/policies", &json!({"text": right}))["unchanged"], json!(true));
        let hash = made["hash"].as_str().unwrap();
        let by_hash = desk.post("/policies/diff", &json!({"before": {"hash": hash}, "after": {"text": right}}));
        assert_eq!(by_hash["same_text"], json!(true));
        assert_eq!(desk.wrong("POST", "/policies/diff", &json!({"before": {"hash": "zz"}, "after": {"text": right}})).0, "/before/hash");
        assert_eq!(desk.wrong("POST", "/policies/diff", &json!({"before": {}, "after": {"text": right}})).1, "required");
        let would = desk.post(&format!("/policies/{hash}/migration-preview"), &json!({"filter": "receivable.amount_due > money('60.00')"}));
        assert_eq!((would["moved"].clone(), would["done"].clone()), (json!(2), json!(false)));
        let short = hash.get(..12).unwrap();
        let done = desk.post(&format!("/policies/{short}/migrate"), &json!({"reason": "all of them"}));
        assert_eq!((done["moved"].clone(), done["there"].clone()), (json!(3), json!(0)));
        assert_eq!(desk.post(&format!("/policies/{short}/migrate"), &json!({}))["there"], json!(3));
        assert_eq!(desk.ask("POST", "/policies/ffff/migrate", &json!({})).status, 404);
        assert_eq!(desk.wrong("POST", &format!("/policies/{short}/migrate"), &json!({"filter": "???"})).1, "bad_filter");
        desk.assert_clean();
    });
}

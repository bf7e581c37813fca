//! Channels over the API: what people answered, addresses that are left alone, and how far messages came.

mod common;

use common::{at, on_both, on_one};
use regua_core::time::Instant;
use regua_engine::charging::Charging;
use regua_engine::people::Scope;
use regua_wire::channels::news;
use serde_json::{Value, json};

const ANA: &str = "+5511987654321";
const NOW: &str = "2026-01-05T10:00";

fn hear(site: &common::Site, body: &str, now: Instant) {
    for heard in news::of_sms("", body.as_bytes()).expect("a post of the provider") {
        site.engine().hear(site.tenant(), "sms", &heard, Charging::default(), now).expect("the database answers");
    }
}

#[test]
fn an_answer_is_listed_until_somebody_has_looked_at_it() {
    on_both(|site| {
        let now = at(NOW);
        site.bill("C1", "R1", ("2026-01-01", "2026-01-10"), 10_000, now);
        site.program.set_now(now);
        hear(site, "MessageSid=SM1&From=%2B5511987654321&Body=Quem+%C3%A9%3F", now);
        hear(site, "MessageSid=SM2&From=%2B5511987654321&Body=Sair", now.plus_hours(1));
        let (read, act) = (site.key(&[Scope::MessagesRead]), site.key(&[Scope::MessagesAct]));
        let all = site.all(&read, "/v1/replies", 1);
        let texts: Vec<&str> = all.iter().filter_map(|one| one["text"].as_str()).collect();
        assert_eq!(texts, ["Sair", "Quem é?"], "the newest first, a page each");
        assert_eq!((&all[0]["wish"], &all[0]["status"], &all[1]["status"]), (&json!("stop"), &json!("done"), &json!("open")));
        assert_eq!((&all[1]["customer"], &all[1]["from"]), (&Value::Null, &json!(ANA)));
        let open = site.ok(&read, "/v1/replies?status=open");
        assert_eq!(open["items"].as_array().map(Vec::len), Some(1), "{open}");
        let id = open["items"][0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(site.act(&read, "POST", &format!("/v1/replies/{id}/done"), &json!({})).status, 403);
        let done = site.act(&act, "POST", &format!("/v1/replies/{id}/done"), &json!({}));
        assert_eq!((done.status, &done.json()["status"]), (200, &json!("done")));
        assert_eq!(site.ok(&read, "/v1/replies?status=open")["items"], json!([]));
        for odd in ["x", "00000000000000000000000000000000"] {
            assert_eq!(site.act(&act, "POST", &format!("/v1/replies/{odd}/done"), &json!({})).status, 404, "{odd}");
        }
        let talks = site.ok(&read, "/v1/conversations");
        assert!(
            talks["items"].as_array().is_some_and(|items| !items.is_empty() && items.iter().all(|one| one["channel"] == "sms")),
            "{talks}"
        );
        assert_eq!(site.ok(&read, "/v1/customers/C1/replies")["items"], json!([]));
    });
}

#[test]
fn an_address_is_left_alone_by_an_act_and_only_with_a_reason_no_more() {
    on_both(|site| {
        let now = at(NOW);
        site.bill("C1", "R1", ("2026-01-01", "2026-01-10"), 10_000, now);
        site.program.set_now(now);
        let (read, act) = (site.key(&[Scope::MessagesRead]), site.key(&[Scope::MessagesAct]));
        let body = json!({"channel": "sms", "address": ANA, "reason": "asked by phone"});
        let first = site.act(&act, "POST", "/v1/suppressions", &body).json();
        let second = site.act(&act, "POST", "/v1/suppressions", &body).json();
        assert_eq!((&first["new"], &second["new"], &first["mark"]), (&json!(true), &json!(false), &second["mark"]));
        let listed = site.ok(&read, "/v1/suppressions");
        assert_eq!((&listed["items"][0]["why"], &listed["items"][0]["mark"]), (&json!("person"), &first["mark"]));
        assert!(!listed.to_string().contains("98765"), "an address is not in the list: {listed}");
        let mark = first["mark"].as_str().expect("a mark");
        let path = format!("/v1/suppressions/sms/{mark}/lift");
        assert_eq!(site.act(&act, "POST", &path, &json!({})).status, 422, "without a reason");
        assert_eq!(site.act(&act, "POST", &path, &json!({"reason": " "})).status, 422);
        let telephone = site.act(&act, "POST", "/v1/suppressions/sms/5511987654321/lift", &json!({"reason": "x"}));
        assert_eq!(telephone.status, 404, "an address stands in no path");
        assert!((200..300).contains(&site.act(&act, "POST", &path, &json!({"reason": "she called"})).status));
        assert_eq!(site.act(&act, "POST", &path, &json!({"reason": "again"})).status, 404);
        assert_eq!(site.ok(&read, "/v1/suppressions")["items"], json!([]));
    });
}

#[test]
fn a_message_that_no_carrier_has_has_no_deliveries_and_channels_need_the_settings() {
    on_one(|site| {
        let now = at("2026-01-01T10:00");
        site.bill("C1", "R1", ("2026-01-01", "2026-01-10"), 10_000, now);
        site.program.set_now(now);
        site.pass(now);
        let read = site.key(&[Scope::MessagesRead, Scope::SettingsRead, Scope::SettingsAct]);
        let messages = site.ok(&read, "/v1/messages");
        let id = messages["items"][0]["id"].as_str().expect("a message").to_owned();
        assert_eq!(site.ok(&read, &format!("/v1/messages/{id}/deliveries"))["items"], json!([]), "mail servers tell by letters");
        assert_eq!(site.get(&read, "/v1/messages/msg_01jf2z8s9ge1ca12r2r7mgyhg8/deliveries").status, 404);
        assert_eq!(site.ok(&read, "/v1/channel-states")["items"], json!([]));
        assert!(site.get(&read, "/v1/channels").status >= 400, "a server without settings has none");
        assert_eq!(site.act(&read, "POST", "/v1/channels/smoke/test", &json!({"to": ANA})).status, 404);
    });
}

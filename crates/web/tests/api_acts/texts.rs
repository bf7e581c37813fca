//! Texts of a company's own, first batches that are read and approved at once, and the list of messages with what it is asked by.

use regua_core::words::Language;
use regua_wire::messages::Templates;
use serde_json::{Value, json};

use crate::common::{hour, on_both, on_one};
use crate::desk::Desk;

fn shipped(name: &str) -> String {
    Templates::shipped().source(Language::PtBr, name).unwrap().to_owned()
}

/// The shipped text of a template with a line of the company's own in each e-mail.
fn own(name: &str, line: &str) -> String {
    shipped(name).replace("{% include \"greeting\" %}", &format!("{{% include \"greeting\" %}}\n\n{line}"))
}

/// The words of the newest message of a step.
fn words(desk: &Desk<'_>, step: &str) -> String {
    let list = desk.is(200, "GET", &format!("/messages?step={step}"), &Value::Null);
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    desk.is(200, "GET", &format!("/messages/{id}"), &Value::Null)["letter"]["text"].as_str().unwrap().to_owned()
}

#[test]
fn messages_are_written_with_the_companys_own_text_until_it_is_withdrawn() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let all = desk.is(200, "GET", "/templates", &Value::Null);
        let overdue = all["items"].as_array().unwrap().iter().find(|one| one["name"] == "overdue").unwrap().clone();
        assert_eq!(overdue["used_by"], json!(["late2", "late5"]));
        assert_eq!((overdue["own"].clone(), overdue["languages"].as_array().unwrap().len()), (json!([]), 6));
        let line = "Escreva para a Ana, que cuida da sua conta.";
        let text = own("overdue", line);
        let put = |text: &str| desk.is(200, "PUT", "/templates/overdue", &json!({"language": "pt-BR", "text": text, "reason": "warmer"}));
        assert_eq!(put(&text), json!({"name": "overdue", "language": "pt-BR", "own": true, "number": 1, "unchanged": false}));
        assert_eq!(put(&text)["unchanged"], json!(true));
        let read = desk.is(200, "GET", "/templates/overdue?language=pt-BR&tone=friendly", &Value::Null);
        assert_eq!(
            (read["own"].clone(), read["text"].clone(), read["section_tone"].clone()),
            (json!(true), json!(text), json!("friendly"))
        );
        assert!(read["section"].as_str().unwrap().contains(line) && !read["shipped"].as_str().unwrap().contains(line));
        assert!(read["variables"].as_array().unwrap().contains(&json!("link")));
        let other = desk.is(200, "GET", "/templates/overdue?language=en", &Value::Null);
        assert_eq!((other["own"].clone(), other["number"].clone()), (json!(false), Value::Null));
        // F-1 and F-3 are two days late on the 22nd.
        site.pass_days("2026-01-02", "2026-01-22");
        let first = words(&desk, "late2");
        assert!(first.contains(line), "{first}");
        let back = desk.post("/templates/overdue/withdraw", &json!({"language": "pt-BR"}));
        assert_eq!((back["own"].clone(), back["number"].clone()), (json!(false), json!(2)));
        site.pass_days("2026-01-23", "2026-01-28");
        assert!(!words(&desk, "late5").contains(line));
        assert_eq!(words(&desk, "late2"), first, "what was sent keeps its words");
        let versions = desk.is(200, "GET", "/templates/overdue/versions?language=pt-BR&limit=1", &Value::Null);
        assert_eq!((versions["items"][0]["number"].clone(), versions["items"][0]["text"].clone()), (json!(2), Value::Null));
        let next = versions["next"].as_str().unwrap();
        let versions = desk.is(200, "GET", &format!("/templates/overdue/versions?language=pt-BR&limit=1&cursor={next}"), &Value::Null);
        assert_eq!((versions["items"][0]["reason"].clone(), versions["items"][0]["text"].clone()), (json!("warmer"), json!(text)));
        assert!(desk.chain(site.tenant().to_bytes()).contains("text_published"));
        desk.assert_clean();
    });
}

#[test]
fn what_no_customer_should_read_is_found_with_its_place_and_not_published() {
    on_one(|site| {
        let desk = Desk::new(site);
        let check = |text: &str| desk.post("/templates/check", &json!({"name": "overdue", "language": "pt-BR", "text": text}));
        assert_eq!(check(&shipped("overdue"))["right"], json!(true));
        let threat = own("overdue", "Do contrário haverá um processo judicial.");
        let line = threat.lines().position(|line| line.starts_with("Do contrário")).unwrap() + 1;
        let found = check(&threat);
        assert_eq!(found["right"], json!(false));
        let first = found["findings"].as_array().unwrap().iter().find(|one| one["severity"] == "error").unwrap().clone();
        assert_eq!(first["line"], json!(line), "{found}");
        assert!(first["column"].as_u64().unwrap() > 1 && first["mend"].as_str().unwrap().contains("say what happens next"), "{first}");
        // A name that no message has, a text that is cut off, and a part that is left out.
        let misspelt = check(&own("overdue", "Plano: {{ segment }}"));
        assert!(misspelt["findings"].to_string().contains("`segment`"), "{misspelt}");
        assert_eq!(check("--- subject\nOlá")["right"], json!(false));
        assert_eq!(check("{% if")["findings"][0]["line"], json!(1));
        let silent = check(&shipped("overdue").replace("{% include \"footer\" %}", ""));
        assert!(silent["findings"].to_string().contains("creditor.tax_id"), "{silent}");
        let put = json!({"language": "pt-BR", "text": threat});
        assert_eq!(desk.wrong("PUT", "/templates/overdue", &put), ("/text".to_owned(), "bad_text".to_owned()));
        assert_eq!(desk.ask("PUT", "/templates/poem", &put).status, 404);
        assert_eq!(desk.ask("PUT", "/templates/_parts", &put).status, 404);
        assert_eq!(desk.ask("GET", "/templates/poem", &Value::Null).status, 404);
        assert!(!desk.chain(site.tenant().to_bytes()).contains("text_published"));
    });
}

#[test]
fn a_first_batch_is_read_and_approved_in_one_act_and_each_of_it_once() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        desk.is(200, "PUT", "/mode", &json!({"mode": "approve"}));
        site.pass_days("2026-01-02", "2026-01-15");
        let list = |query: &str| desk.is(200, "GET", &format!("/approvals{query}"), &Value::Null)["items"].as_array().unwrap().clone();
        let waiting = list("");
        let upcoming: Vec<&Value> = waiting.iter().filter(|one| one["step"] == "upcoming").collect();
        assert_eq!(upcoming.len(), 2, "{waiting:?}");
        assert_eq!((upcoming[0]["do"].clone(), upcoming[0]["template"].clone()), (json!("notify"), json!("upcoming")));
        assert_eq!(upcoming[0]["letters"], json!([]), "nobody asked for them");
        let sample = list("?letters=true").into_iter().find(|one| one["step"] == "upcoming").unwrap();
        let letter = &sample["letters"][0];
        assert!(letter["text"].as_str().unwrap().contains("R$"), "{sample}");
        assert_eq!((letter["template"].clone(), letter["channel"].clone()), (json!("upcoming"), json!("email")));
        assert!(
            desk.is(200, "GET", "/messages?step=upcoming", &Value::Null)["items"].as_array().unwrap().is_empty(),
            "looking sends nothing"
        );
        assert_eq!(list("").len(), waiting.len(), "looking releases nothing");
        let of = list("?customer=C2&letters=true");
        assert!(!of.is_empty() && of.iter().all(|one| one["customer_external_id"] == "C2"), "{of:?}");
        assert_eq!(desk.ask("GET", "/approvals?customer=nobody", &Value::Null).status, 404);
        let mut items: Vec<Value> = waiting.iter().map(|one| json!({"receivable": one["receivable"], "step": one["step"]})).collect();
        items.push(json!({"receivable": "F-9", "step": "upcoming"}));
        items.push(items[0].clone());
        let done = desk.post("/approvals/bulk", &json!({"act": "approve", "items": items, "reason": "read three of them"}));
        assert_eq!(done["answered"], json!(waiting.len()), "{done}");
        let outcomes: Vec<&str> =
            done["results"].as_array().unwrap().iter().rev().take(2).map(|one| one["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["gone", "failed"]);
        assert!(list("").is_empty());
        let again = desk.post("/approvals/bulk", &json!({"act": "refuse", "items": items[..1]}));
        assert_eq!((again["answered"].clone(), again["results"][0]["outcome"].clone()), (json!(0), json!("gone")));
        site.pass(hour("2026-01-15", 11));
        site.pass(hour("2026-01-16", 10));
        let sent = desk.is(200, "GET", "/messages?status=sent&step=upcoming", &Value::Null);
        assert_eq!(sent["items"].as_array().unwrap().len(), 2, "each customer heard once: {sent}");
        desk.assert_clean();
    });
}

#[test]
fn refusing_a_batch_sends_nothing() {
    on_one(|site| {
        let desk = Desk::new(site).with_bills();
        desk.is(200, "PUT", "/mode", &json!({"mode": "approve"}));
        site.pass_days("2026-01-02", "2026-01-15");
        let waiting = desk.is(200, "GET", "/approvals", &Value::Null)["items"].as_array().unwrap().clone();
        let items: Vec<Value> =
            waiting.iter().map(|one| json!({"receivable": one["receivable_external_id"], "step": one["step"]})).collect();
        let done = desk.post("/approvals/bulk", &json!({"act": "refuse", "items": items, "reason": "wrong list"}));
        assert_eq!(done["answered"], json!(items.len()));
        site.pass(hour("2026-01-16", 10));
        assert!(desk.is(200, "GET", "/messages?status=sent", &Value::Null)["items"].as_array().unwrap().is_empty());
        desk.assert_clean();
    });
}

#[test]
fn messages_are_listed_by_step_channel_standing_and_day() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        site.pass_days("2026-01-02", "2026-01-28");
        let get = |query: &str| desk.is(200, "GET", &format!("/messages?{query}"), &Value::Null);
        let items = |query: &str| get(query)["items"].as_array().unwrap().clone();
        let late = items("step=late2");
        assert_eq!(late.len(), 2, "{late:?}");
        for one in &late {
            assert_eq!((one["step"].clone(), one["channel"].clone()), (json!("late2"), json!("email")));
            assert!(one["receivables_external_ids"] == json!(["F-1"]) || one["receivables_external_ids"] == json!(["F-3"]), "{one}");
            assert!(one["receivables"][0].as_str().unwrap().starts_with("rcv_"), "{one}");
        }
        assert_eq!(items("step=late2&customer=C2").len(), 1);
        assert_eq!(items("step=late2&status=failed").len(), 0);
        assert_eq!(items("channel=sms").len(), 0);
        let all = items("channel=email&limit=200");
        assert_eq!(all.len(), items("limit=200").len());
        assert_eq!(items("from=2026-01-22&until=2026-01-22"), late, "both were decided on that day");
        assert_eq!(items("from=2026-01-22&until=2026-01-22&step=late5").len(), 0);
        // Mail servers tell nothing of deliveries, so that no message of these stands anywhere.
        assert_eq!((items("standing=read").len(), late[0]["standing"].clone()), (0, Value::Null));
        // Page by page there are the same, each once.
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(&format!("channel=email&status=sent&limit=2{cursor}"));
            paged.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, items("channel=email&status=sent&limit=200"));
        assert!(paged.len() > 4);
    });
}

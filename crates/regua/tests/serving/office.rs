//! What the API asks of the program's settings: documents, plans, files, gateways, health.

use std::time::{Duration, Instant as Clock};

use serde_json::{Value, json};

use crate::house::{House, Served};

#[test]
fn what_needs_settings_is_answered_by_the_binary() {
    let house = House::new(None, 3);
    let served = house.serve();
    assert_eq!(served.ready(), 200);

    // The first owner comes in with the token that the server printed.
    let token = served.said.split("/v1/setup with the token ").nth(1).unwrap().split_whitespace().next().unwrap();
    let who = json!({ "token": token, "name": "Ana Souza", "email": "ana@acme.example", "password": "tapir-lua-goiaba-7" });
    let signed_in = served.ask("POST", "/v1/setup", "", Some(&who.to_string()));
    assert_eq!(signed_in.status, 200, "{}", String::from_utf8_lossy(&signed_in.body));
    assert!(signed_in.head.to_ascii_lowercase().contains("set-cookie: regua_session="), "{}", signed_in.head);
    let key = house.made("everything", "all");

    // Files in: a dry run changes nothing, the same file again neither.
    let file = std::fs::read(house.path("receivables.csv")).unwrap();
    let told = served.send("POST", "/v1/imports?dry_run=true&name=erp.csv", &key, "text/csv", &file).json("a dry run");
    assert_eq!(
        (told["written"].as_bool(), told["receivables"]["same"].as_i64(), told["rejected"].as_i64()),
        (Some(false), Some(3), Some(0))
    );
    assert!(told["columns"].as_array().unwrap().iter().any(|column| column["column"] == "receivable_id"), "{told}");
    let bad = String::from_utf8(file).unwrap().replace("R-0,C-0,", "R-7,C-7,20x6-01-01,")
        + "R-9,C-9,2026-01-01,2026-02-01,ten,BRL,Nina,n@x.example\n";
    let told = served.send("POST", "/v1/imports", &key, "text/csv", bad.as_bytes()).json("an import");
    assert!(told["rejected"].as_i64().unwrap() >= 1 && !told["rejects"].as_array().unwrap().is_empty(), "{told}");
    let refused = served.send("POST", "/v1/imports", &key, "text/csv", b"nothing of ours\n1\n");
    assert_eq!(refused.status, 422, "{}", String::from_utf8_lossy(&refused.body));

    // What will happen, and how it reads.
    let plan = served.get("/v1/plan?days=92&render=true", &key);
    let steps = plan["steps"].as_array().unwrap();
    let late = steps.iter().find(|step| step["receivable"] == "R-1" && step["outcome"] == "done").unwrap_or_else(|| panic!("{plan}"));
    assert_eq!((late["step"].as_str(), late["due"]["currency"].as_str()), (Some("late"), Some("BRL")), "{late}");
    assert!(late["letters"][0]["text"].as_str().unwrap().contains("Acme"), "{late}");
    let own = served.get("/v1/customers/C-1/plan?days=92&most=1", &key);
    assert_eq!(own["steps"].as_array().map(Vec::len), Some(1), "{own}");
    assert!(own["steps"].as_array().unwrap().iter().all(|step| step["customer"] == "C-1"), "{own}");
    assert_eq!(served.ask("GET", "/v1/customers/C-nobody/plan", &key, None).status, 404);

    under_another_policy(&served, &key);

    // Money that moves at the sandbox.
    let asked = served.post("/v1/receivables/R-1/instruments", &key, &json!({ "gateway": "sandbox", "rail": "pix" }));
    assert_eq!(asked["gateway"], "sandbox", "{asked}");
    let begun = Clock::now();
    let paid = loop {
        let answer = served.ask("POST", "/v1/sandbox/pay", &key, Some("{\"receivable\":\"R-1\"}"));
        if answer.status == 204 || begun.elapsed() > Duration::from_secs(10) {
            break answer.status;
        }
        std::thread::park_timeout(Duration::from_millis(100));
    };
    assert_eq!(paid, 204, "what is open at the sandbox is paid");
    served.until_paid("R-1", &key, Duration::from_secs(10));
    assert_eq!(served.ask("POST", "/v1/sandbox/pay", &key, Some("{\"receivable\":\"R-0\"}")).status, 422);

    // Documents.
    for path in ["/v1/receivables/R-1/receipt", "/v1/customers/C-1/statement.pdf?language=en"] {
        let printed = served.ask("GET", path, &key, None);
        assert_eq!(printed.status, 200, "{path}: {}", String::from_utf8_lossy(&printed.body));
        assert!(printed.body.starts_with(b"%PDF-") && printed.head.to_ascii_lowercase().contains("application/pdf"), "{}", printed.head);
    }
    assert_eq!(served.ask("GET", "/v1/receivables/R-0/receipt", &key, None).status, 422, "nothing was paid on it");
    assert_eq!(served.ask("GET", "/v1/invoices/none/document", &key, None).status, 404);

    // Gateways.
    let listed = served.get("/v1/gateways", &key);
    assert_eq!(listed["items"][0]["gateway"], "sandbox", "{listed}");
    let checked = served.post("/v1/gateways/sandbox/check", &key, &json!({}));
    assert_eq!(checked["works"], true, "{checked}");
    let nobody = served.ask("POST", "/v1/gateways/stripe/check", &key, None);
    assert_eq!(nobody.status, 404, "{}", String::from_utf8_lossy(&nobody.body));
    assert_eq!(served.get("/v1/failed-webhooks", &key)["items"], json!([]));

    // Messages about made-up facts.
    let read = served.post("/v1/messages/preview", &key, &json!({ "template": "overdue", "language": "en", "tone": "firm" }));
    assert!(read["text"].as_str().unwrap().contains("Acme") && read["html"].as_str().unwrap().contains("<html"), "{read}");
    assert_eq!(served.ask("POST", "/v1/messages/preview", &key, Some("{\"template\":\"poem\"}")).status, 404);
    let test = |to: &str| served.ask("POST", "/v1/messages/test", &key, Some(&json!({ "to": to, "template": "overdue" }).to_string()));
    assert_eq!(test("stranger@example.com").status, 422, "tests go to people of the company only");
    assert_eq!(test("ana@acme.example").status, 204);
    let mails = || {
        let files = std::fs::read_dir(house.path("acme/captured")).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect::<Vec<_>>()
    };
    assert!(mails().iter().any(|mail| mail.contains("[Teste]") || mail.contains("[Test]") || mail.contains("=5BTest")), "{:?}", mails());
    let before = mails().len();
    let try_email = |to: &str| served.ask("POST", "/v1/channels/email/test", &key, Some(&json!({ "to": to }).to_string()));
    assert_eq!(try_email("stranger@example.com").status, 422);
    assert_eq!(mails().len(), before, "a stranger gets nothing");
    assert_eq!(served.post("/v1/channels/email/test", &key, &json!({ "to": "ana@acme.example" }))["taken"], true);

    // And about real ones: as they stand, in a text that nobody has published.
    let preview = |body: &Value| served.ask("POST", "/v1/messages/preview", &key, Some(&body.to_string()));
    let real = served.post("/v1/messages/preview", &key, &json!({ "template": "overdue", "receivable": "R-0", "channel": "sms" }));
    assert_eq!((real["customer"].clone(), real["receivables"].clone()), (json!("C-0"), json!(["R-0"])), "{real}");
    assert!(real["subject"].is_null() && real["text"].as_str().unwrap().contains("Acme"), "{real}");
    let shipped = served.get("/v1/templates/overdue?language=pt-BR", &key)["text"].as_str().unwrap().to_owned();
    let draft = shipped.replace("{% include \"greeting\" %}", "Salve {{ name }}!");
    let body = json!({ "template": "overdue", "customer": "C-0", "language": "pt-BR", "text": draft });
    assert!(served.post("/v1/messages/preview", &key, &body)["html"].as_str().unwrap().contains("Salve"), "the draft is read");
    let plain = json!({ "template": "overdue", "customer": "C-0", "language": "pt-BR" });
    assert!(!served.post("/v1/messages/preview", &key, &plain)["text"].as_str().unwrap().contains("Salve"), "nothing was published");
    served.ask("PUT", "/v1/templates/overdue", &key, Some(&json!({ "language": "pt-BR", "text": draft }).to_string()));
    assert!(served.post("/v1/messages/preview", &key, &plain)["text"].as_str().unwrap().contains("Salve"), "now it was");
    for (body, status) in [
        (json!({ "template": "overdue", "customer": "nobody" }), 404),
        (json!({ "receivable": "R-0", "step": "no such step" }), 404),
        (json!({ "template": "overdue", "customer": "C-0", "receivable": "R-0" }), 422),
        (json!({ "step": "due" }), 422),
        (json!({}), 422),
        (json!({ "template": "overdue", "text": "{% if" }), 422),
    ] {
        assert_eq!(preview(&body).status, status, "{body}");
    }

    // Health.
    let doctor = served.get("/v1/doctor", &key);
    let found = |what: &str| doctor["items"].as_array().unwrap().iter().any(|one| one["what"] == what && one["state"] == "works");
    assert!(found("key") && found("database") && found("sandbox"), "{doctor}");
    let verifying = served.post("/v1/verify", &key, &json!({}));
    assert!(verifying["began_at"].is_string(), "{verifying}");
    let begun = Clock::now();
    let verdict = loop {
        let state = served.get("/v1/verify", &key);
        if state["running"] == false {
            break state;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{state}");
        std::thread::park_timeout(Duration::from_millis(100));
    };
    assert_eq!((verdict["verdict"]["clean"].as_bool(), verdict["failed"].is_null()), (Some(true), true), "{verdict}");
    served.ended();
    house.verified();
}

/// What a text that nobody published would do, from here on and over what was: nothing of it is kept.
fn under_another_policy(served: &Served, key: &str) {
    let published = served.get("/v1/policies", key)["items"][0]["hash"].as_str().unwrap().to_owned();
    let text = served.get(&format!("/v1/policies/{published}"), key)["body"].as_str().unwrap().to_owned();
    let late = "    - { id: late, at: D+60, do: notify, template: overdue }\n";
    let other =
        "    - { id: soon, at: D-25, do: notify, template: upcoming }\n    - { id: late, at: D+63, do: notify, template: overdue }\n";
    let draft = text.replace(late, other);
    assert_ne!(draft, text, "{text}");
    let days = |plan: &Value| {
        let late = plan["steps"].as_array().unwrap().iter().find(|step| step["receivable"] == "R-1" && step["outcome"] == "done");
        late.unwrap_or_else(|| panic!("{plan}"))["at"].as_str().unwrap()[..10].to_owned()
    };
    let (now, then) =
        (served.get("/v1/plan?days=92", key), served.post("/v1/policies/plan", key, &json!({ "text": draft, "days": 92, "most": 500 })));
    assert!(days(&then) > days(&now), "three days later: {then}");
    assert_eq!((then["moves"]["there"].as_i64(), then["moves"]["refused_count"].as_i64()), (Some(0), Some(0)), "{then}");
    assert!(then["moves"]["moved"].as_i64().unwrap() > 0, "{then}");
    let same = served.post("/v1/policies/plan", key, &json!({ "text": text, "days": 92 }));
    assert_eq!((&same["steps"], same["moves"]["moved"].as_i64()), (&now["steps"], Some(0)), "the published text is what is planned");
    assert_eq!(served.get("/v1/policies", key)["items"].as_array().map(Vec::len), Some(1), "nothing was published");
    let bad = served.ask("POST", "/v1/policies/plan", key, Some("{\"text\":\"policy: 1\"}"));
    assert_eq!(bad.status, 422, "{}", String::from_utf8_lossy(&bad.body));

    let begun = Clock::now();
    served.post(
        "/v1/policies/backtest",
        key,
        &json!({ "policy": { "text": draft }, "against": { "hash": published }, "from": "2020-01-01" }),
    );
    let told = loop {
        let told = served.get("/v1/policies/backtest", key);
        if told["running"] == false || begun.elapsed() > Duration::from_secs(60) {
            break told;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    };
    assert_eq!((told["running"].as_bool(), told["failed"].is_null()), (Some(false), true), "{told}");
    let (policy, against) = (&told["result"]["policy"], &told["result"]["against"]);
    assert_eq!((policy["receivables"].as_i64(), against["receivables"].as_i64()), (Some(3), Some(3)), "{told}");
    assert_eq!((&policy["billed"], &policy["received"]), (&against["billed"], &against["received"]), "what was paid is what was paid");
    assert_eq!(against["hash"].as_str(), Some(published.as_str()));
    // Twenty days after they were issued, the step of 25 days before the due date lies behind them; the one that is late does not.
    let done = |side: &Value| -> Vec<(String, i64)> {
        let steps = side["steps"].as_array().unwrap().iter();
        steps
            .map(|step| (step["step"].as_str().unwrap().to_owned(), step["done"].as_i64().unwrap()))
            .filter(|(_, done)| *done > 0)
            .collect()
    };
    assert_eq!((done(policy), done(against)), (vec![("soon".to_owned(), 3)], Vec::new()), "{told}");
    let days = policy["days"].as_array().unwrap();
    let sent: i64 = days.iter().map(|day| day["messages"].as_i64().unwrap()).sum();
    assert_eq!(Some(sent), policy["messages"].as_i64(), "{told}");

    // A text that covers a share of the customers is looked at as if it covered everybody.
    served.post("/v1/policies", key, &json!({ "text": draft, "share_bp": 1 }));
    let whole = served.post("/v1/policies/plan", key, &json!({ "text": draft, "days": 2 }));
    assert_eq!((whole["moves"]["moved"].as_i64(), whole["moves"]["refused_count"].as_i64()), (Some(3), Some(0)), "{whole}");
}

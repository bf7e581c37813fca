//! What the API asks of the program's settings: documents, plans, files, gateways, health.

use std::time::{Duration, Instant as Clock};

use serde_json::{Value, json};

use crate::house::House;

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

//! Every act over HTTP: what it does is seen in the engine, what is wrong with its input is told with its place, what is beyond a
//! limit waits for a second person, and all of it is whole afterwards.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Answer, Site, act, at, brl, customer, hour, on_both, on_one, receivable, stationery};
use regua_core::facts::Channels;
use regua_core::time::Instant;
use regua_core::words::Channel;
use regua_engine::commands::messages::Listed;
use regua_engine::commands::tell::About;
use regua_engine::outbox::Sending;
use regua_engine::people::{Caller, Limit, NewKey, Scopes};
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::replay::verify;
use regua_store::db::Scope;
use regua_store::log;
use regua_web::Host as _;
use regua_web::api::{Method, Needs, ops};
use regua_wire::files::portfolio::Portfolio;
use serde_json::{Value, json};

/// A company whose owner made keys.
struct Desk<'s> {
    site: &'s Site,
    owner: Caller,
    /// A key that may do everything.
    key: String,
}

impl<'s> Desk<'s> {
    fn new(site: &'s Site) -> Self {
        let owner = site.keeper(site.tenant());
        let mut desk = Self { site, owner, key: String::new() };
        desk.key = desk.limited(None);
        desk
    }

    /// A key that may do everything up to an amount.
    fn limited(&self, minor: Option<i64>) -> String {
        key(self.site, &self.owner, minor)
    }

    fn now(&self) -> Instant {
        self.site.program.now()
    }

    /// Asks with the key that may do everything.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.site.act(&self.key, method, &format!("/v1{path}"), body)
    }

    /// The same, answered as it must be.
    fn is(&self, status: u16, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(method, path, body);
        assert_eq!(answer.status, status, "{method} {path} {body}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.is(200, "POST", path, body)
    }

    /// The place and code of the first thing that is wrong.
    fn wrong(&self, method: &str, path: &str, body: &Value) -> (String, String) {
        let answer = self.ask(method, path, body);
        assert_eq!(answer.status, 422, "{method} {path} {body}: {}", answer.text());
        let told = answer.json();
        let text = |name: &str| told["fields"][0][name].as_str().unwrap_or_default().to_owned();
        (text("at"), text("code"))
    }

    /// Bills of two customers: F-1 and F-2 of C1 over 100.00 and 50.00, F-3 of C2 over 80.00.
    fn with_bills(self) -> Self {
        let now = at("2026-01-02T10:00");
        self.site.program.set_now(now);
        let portfolio = Portfolio {
            customers: vec![customer("C1"), customer("C2")],
            receivables: vec![
                receivable("F-1", 0, "2026-01-02", "2026-01-20", 10_000),
                receivable("F-2", 0, "2026-01-02", "2026-02-20", 5_000),
                receivable("F-3", 1, "2026-01-02", "2026-01-20", 8_000),
            ],
            payments: Vec::new(),
        };
        assert!(self.site.import_of(self.site.tenant(), &portfolio, now).refused.is_empty());
        self
    }

    fn balance(&self, id: &str) -> i64 {
        let about = About::Receivable(id.to_owned());
        self.site.engine().receivable_state(self.site.tenant(), &about, self.now()).unwrap().balance.minor()
    }

    /// Ledger, log and decisions are whole.
    fn assert_clean(&self) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(self.site.engine(), self.site.tenant(), scratch.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    }

    /// The log of the company's own chain, or of a customer's, as one text.
    fn chain(&self, stream: [u8; 16]) -> String {
        let tenant = self.site.tenant();
        let events = self.site.engine().db().read(Scope::Tenant(tenant), |tx| log::of(tx, tenant, stream, 0, 1_000)).unwrap();
        events.iter().map(|event| format!("{} {}\n", event.kind, event.payload)).collect()
    }
}

fn key(site: &Site, owner: &Caller, minor: Option<i64>) -> String {
    let mut rng = site.program.random();
    let new = NewKey { name: "robot", scopes: Scopes::ALL, limit: minor.and_then(Limit::new), expires_at: None };
    site.engine().create_key(owner, new, site.program.now(), &mut rng).unwrap().secret.expose().to_owned()
}

fn reais(amount: &str) -> Value {
    json!({"amount": amount, "currency": "BRL"})
}

/// Something that fits every path: it is read before anything is looked for.
fn path_of(op: &regua_web::api::Op) -> String {
    let parts: Vec<String> =
        op.path.split('/').map(|part| if part.starts_with('{') { "x-1".to_owned() } else { part.to_owned() }).collect();
    format!("/v1{}", parts.join("/"))
}

#[test]
fn every_act_refuses_bodies_that_are_not_what_it_takes() {
    on_one(|site| {
        let desk = Desk::new(site);
        let mut seen = 0;
        for op in ops().filter(|op| matches!(op.needs, Needs::Scope(_)) && !op.method.is_safe()) {
            let send = |body: &str| {
                let bearer = format!("Bearer {}", desk.key);
                let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
                site.send(op.method.as_str(), &path_of(op), &headers, body.as_bytes())
            };
            let takes_json = !op.body_is_none() && !op.body_is_file();
            if op.body_is_none() {
                // What the query lacks is told as well.
                assert!(matches!(send("{\"surely_not_a_field\":1}").status, 400 | 422), "{}", op.id);
                continue;
            }
            if !takes_json {
                continue;
            }
            seen += 1;
            assert_eq!(send("{").status, 400, "{}", op.id);
            let answer = send("{\"surely_not_a_field\":1}");
            assert_eq!(answer.status, 422, "{}: {}", op.id, answer.text());
            let told = answer.json();
            let places: Vec<&str> = told["fields"].as_array().unwrap().iter().filter_map(|field| field["at"].as_str()).collect();
            assert!(places.contains(&"/surely_not_a_field"), "{}: {told}", op.id);
            assert_eq!(send("[]").status, 422, "{}", op.id);
            for body in ["{\"reason\":7}".to_owned(), format!("{{\"reason\":\"{}\"}}", "long ".repeat(500))] {
                let answer = send(&body);
                assert_eq!(answer.status, 422, "{}: {}", op.id, answer.text());
            }
        }
        assert!(seen > 50, "{seen} acts were tried");
    });
}

#[test]
fn customers_are_entered_changed_held_and_erased() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let made = desk.is(201, "PUT", "/customers/C9", &json!({
            "name": "Bia", "tax_id": "529.982.247-25", "language": "pt-BR", "time_zone": "America/Recife", "state": "BR-PE",
            "contacts": [{"channel": "email", "address": "bia@c.example"}, {"channel": "whatsapp", "address": "11 98765-4321", "consent": "opted_in"}],
            "attributes": {"plan": "gold", "since": "2019", "vip": "true"}, "reason": "moved from the old system",
        }));
        assert_eq!((made["external_id"].as_str(), made["open_receivables"].as_i64()), (Some("C9"), Some(0)));
        let known = || site.engine().customer_state(site.tenant(), "C9").unwrap().customer;
        assert_eq!((known().contacts.len(), known().attributes.len(), known().state.as_deref()), (2, 3, Some("PE")));
        // What is left out stays; null takes away.
        desk.is(200, "PUT", "/customers/C9", &json!({"name": "Bia Lima"}));
        assert_eq!((known().name.as_deref(), known().contacts.len()), (Some("Bia Lima"), 2));
        desk.is(
            200,
            "PATCH",
            "/customers/C9",
            &json!({"tax_id": null, "attributes": {"plan": "", "seats": "3"}, "preferred_channel": "whatsapp"}),
        );
        assert_eq!((known().tax_id, known().attributes.len(), known().preferred), (None, 3, Some(Channel::Whatsapp)));
        desk.is(200, "PATCH", "/customers/C9", &json!({"contacts": [{"channel": "email", "address": "bia@c.example", "role": "billing"}]}));
        assert_eq!(known().contacts.len(), 1);
        // News of one address.
        desk.post("/customers/C9/contact-news", &json!({"channel": "email", "address": "bia@c.example", "news": "bounced"}));
        assert!(!known().contacts[0].is_usable());
        desk.post("/customers/C9/contact-news", &json!({"channel": "email", "news": "arrives"}));
        desk.post("/customers/C9/contact-news", &json!({"channel": "email", "news": "opted_out", "reason": "asked by phone"}));
        assert!(!known().contacts[0].is_usable());
        desk.post("/customers/C9/contact-news", &json!({"channel": "email", "news": "opted_in"}));
        assert!(known().contacts[0].is_usable());
        assert_eq!(desk.wrong("POST", "/customers/C9/contact-news", &json!({"channel": "sms", "news": "arrives"})).0, "/channel");
        let news = json!({"channel": "email", "address": "other@c.example", "news": "arrives"});
        assert_eq!(desk.wrong("POST", "/customers/C9/contact-news", &news), ("/address".to_owned(), "no_contact".to_owned()));
        // Holds.
        assert_eq!(
            desk.post("/customers/C1/hold", &json!({"cause": "lawyer", "reason": "letter of 3 January"}))["held_for"],
            json!(["lawyer"])
        );
        assert_eq!(desk.post("/customers/C1/release", &json!({"cause": "lawyer"}))["held_for"], json!([]));
        assert_eq!(desk.post("/customers/C1/pause", &json!({}))["held_for"], json!(["pause"]));
        assert_eq!(desk.post("/customers/C1/resume", &json!({}))["held_for"], json!([]));
        // Mistakes have places, and text that is none is refused.
        for (body, place) in [
            (json!({"contacts": [{"channel": "email", "address": "nobody"}]}), "/contacts/0/address"),
            (
                json!({"contacts": [{"channel": "email", "address": "a@b.example"}, {"channel": "email", "address": "a@b.example"}]}),
                "/contacts/1",
            ),
            (json!({"tax_id": "529.982.247-24"}), "/tax_id"),
            (json!({"time_zone": "Mars/Olympus"}), "/time_zone"),
            (json!({"state": "São Paulo"}), "/state"),
            (json!({"language": "tlh"}), "/language"),
            (json!({"name": "a\u{0}b"}), "/name"),
            (json!({"name": "n".repeat(301)}), "/name"),
        ] {
            assert_eq!(desk.wrong("PUT", "/customers/C9", &body).0, place, "{body}");
            assert_eq!(desk.wrong("PATCH", "/customers/C9", &body).0, place, "{body}");
        }
        assert_eq!(desk.wrong("PUT", "/customers/C8", &json!({"source": "a b"})).0, "/source");
        assert_eq!(desk.ask("PATCH", "/customers/nobody", &json!({"name": "x"})).status, 404);
        // Who did it stands in the log; what it was is sealed.
        let id = site.engine().customer_state(site.tenant(), "C9").unwrap().id;
        let log = desk.chain(id.to_bytes());
        assert!(log.contains("robot (key_") && log.contains("moved from the old system") && log.contains("asked by phone"), "{log}");
        assert!(!log.contains("Bia") && !log.contains("c.example"), "{log}");
        // The end.
        assert_eq!(desk.wrong("POST", "/customers/C9/erase", &json!({"confirm": "C8"})), ("/confirm".to_owned(), "confirm".to_owned()));
        assert_eq!(desk.post("/customers/C9/erase", &json!({"confirm": "C9", "reason": "asked for it"}))["erased"], json!(true));
        assert_eq!(desk.ask("PATCH", &format!("/customers/{id}"), &json!({"name": "x"})).code(), "erased");
        desk.assert_clean();
    });
}

#[test]
fn receivables_are_entered_amended_and_held() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let body = json!({
            "customer": {"id": "C7", "name": "Caio", "contacts": [{"channel": "email", "address": "caio@c.example"}]},
            "issued_on": "2026-01-02", "due_on": "2026-01-25", "amount": reais("300.00"), "method": "pix",
            "subscription": {"key": "s-7", "plan": "gold", "renewal_on": "2026-02-01"},
            "payments": [{"id": "p-1", "paid_on": "2026-01-02", "amount": reais("120.00")}],
        });
        let made = desk.is(201, "PUT", "/receivables/F-7", &body);
        assert_eq!((made["balance"].clone(), made["customer_external_id"].as_str()), (reais("180.00"), Some("C7")));
        assert_eq!(desk.is(200, "PUT", "/receivables/F-7", &body)["balance"], reais("180.00"), "told again it changes nothing");
        let mut other = body.clone();
        other["amount"] = reais("310.00");
        other["method"] = json!("boleto");
        assert_eq!(desk.is(200, "PUT", "/receivables/F-7", &other)["balance"], reais("190.00"));
        let told = |method: &str| {
            let mut record = other.clone();
            (record["id"], record["method"]) = (json!("F-7"), json!(method));
            desk.post("/imports/records", &json!({"records": [record], "only_look": true}))["receivables_same"].clone()
        };
        assert_eq!((told("boleto"), told("pix")), (json!(1), json!(0)), "how it is paid is kept though nothing else of it moved");
        // By our id the same one is meant.
        let id = made["id"].as_str().unwrap();
        assert_eq!(desk.is(200, "PUT", &format!("/receivables/{id}"), &other)["external_id"], json!("F-7"));
        other["customer"] = json!({"id": "C1"});
        assert_eq!(desk.ask("PUT", "/receivables/F-7", &other).code(), "refused");
        for (change, place) in [
            (json!({"issued_on": null}), "/issued_on"),
            (json!({"issued_at": "2026-01-02T10:00:00Z"}), "/issued_at"),
            (json!({"amount": reais("0.00")}), "/amount"),
            (json!({"amount": reais("-1.00")}), "/amount"),
            (json!({"amount": {"amount": "1.0", "currency": "BRL"}}), "/amount/amount"),
            (json!({"amount": {"amount": "1.00", "currency": "XXQ"}}), "/amount/currency"),
            (json!({"due_on": "2026-02-30"}), "/due_on"),
            (json!({"method": "barter"}), "/method"),
            (json!({"customer": {"id": "  "}}), "/customer/id"),
            (json!({"customer": {"name": "x"}}), "/customer/id"),
            (
                json!({"payments": [{"paid_on": "2026-01-03", "amount": {"amount": "1.00", "currency": "USD"}}]}),
                "/payments/0/amount/currency",
            ),
            (json!({"payments": [{"amount": reais("1.00")}]}), "/payments/0/paid_on"),
        ] {
            let mut wrong = body.clone();
            for (name, value) in change.as_object().unwrap() {
                wrong[name] = value.clone();
            }
            assert_eq!(desk.wrong("PUT", "/receivables/F-8", &wrong).0, place, "{change}");
        }
        // What holds it.
        assert_eq!(desk.post("/receivables/F-1/hold", &json!({"cause": "complaint"}))["held_for"], json!(["complaint"]));
        assert_eq!(desk.post("/receivables/F-1/release", &json!({"cause": "complaint"}))["held_for"], json!([]));
        assert_eq!(desk.post("/receivables/F-1/pause", &json!({}))["held_for"], json!(["pause"]));
        assert_eq!(desk.post("/receivables/F-1/resume", &json!({}))["held_for"], json!([]));
        assert_eq!(desk.post("/receivables/F-1/dispute", &json!({"reason": "never ordered"}))["held_for"], json!(["dispute"]));
        assert_eq!(desk.post("/receivables/F-1/settle-dispute", &json!({}))["held_for"], json!([]));
        assert_eq!(desk.post("/receivables/F-1/promises", &json!({"on": "2026-01-28"}))["promised_on"], json!("2026-01-28"));
        assert_eq!(desk.wrong("POST", "/receivables/F-1/hold", &json!({"cause": "boredom"})).0, "/cause");
        assert_eq!(desk.wrong("POST", "/receivables/F-1/promises", &json!({})).0, "/on");
        assert_eq!(desk.ask("POST", "/receivables/F-1/approve", &json!({"step": "nothing"})).status, 422);
        assert_eq!(desk.ask("POST", "/receivables/F-99/dispute", &json!({})).status, 404);
        assert!(site.program.rung.load(std::sync::atomic::Ordering::SeqCst) > 8, "the workers are told");
        desk.assert_clean();
    });
}

#[test]
fn good_records_are_taken_beside_bad_ones() {
    on_both(|site| {
        let desk = Desk::new(site);
        site.program.set_now(at("2026-01-05T10:00"));
        let record = |id: &str, who: &str, amount: &str| json!({"id": id, "customer": {"id": who}, "issued_on": "2026-01-02", "due_on": "2026-02-02", "amount": reais(amount)});
        let mut bad = record("R-3", "K1", "10.00");
        bad["due_on"] = json!("tomorrow");
        bad["colour"] = json!("red");
        let body = json!({"records": [
            record("R-1", "K1", "10.00"), record("R-2", "K2", "20.00"), bad, record("R-1", "K1", "11.00"), record("R-4", "K2", "0.00"),
        ]});
        let mut look = body.clone();
        look["only_look"] = json!(true);
        let would = desk.post("/imports/records", &look);
        assert_eq!((would["written"].clone(), would["receivables_new"].clone()), (json!(false), json!(2)));
        assert_eq!(desk.ask("POST", "/receivables/R-1/dispute", &json!({})).status, 404, "nothing was written");
        let done = desk.post("/imports/records", &body);
        assert_eq!((done["customers_new"].clone(), done["receivables_new"].clone()), (json!(2), json!(2)));
        let refused: Vec<(i64, &str)> =
            done["refused"].as_array().unwrap().iter().map(|one| (one["index"].as_i64().unwrap(), one["at"].as_str().unwrap())).collect();
        assert_eq!(refused, [(2, "/records/2/colour"), (2, "/records/2/due_on"), (3, "/records/3/id"), (4, "/records/4/amount")]);
        assert_eq!((desk.balance("R-1"), desk.balance("R-2")), (1_000, 2_000));
        let again = desk.post("/imports/records", &body);
        assert_eq!((again["receivables_new"].clone(), again["receivables_same"].clone()), (json!(0), json!(2)));
        // Another customer's is refused by the engine, with its place.
        let done = desk
            .post("/imports/records", &json!({"records": [record("R-5", "K1", "1.00"), record("R-2", "K1", "20.00")], "complete": true}));
        assert_eq!((done["refused"][0]["index"].clone(), done["refused"][0]["code"].clone()), (json!(1), json!("refused")));
        assert_eq!(desk.wrong("POST", "/imports/records", &json!({"records": [record("", "K1", "1.00")]})).0, "/records/0/id");
        assert_eq!(desk.wrong("POST", "/imports/records", &json!({"records": "none"})), ("/records".to_owned(), "type".to_owned()));
        let many: Vec<Value> = (0..1_001).map(|n| json!({"id": n.to_string()})).collect();
        assert_eq!(desk.wrong("POST", "/imports/records", &json!({"records": many})).1, "too_many");
        // A source is known once something of it is, and is told to be read.
        assert_eq!(desk.ask("POST", "/sources/elsewhere/read", &json!({})).status, 404);
        assert_eq!(desk.post("/sources/api/read", &json!({"reason": "nightly job"}))["source"], json!("api"));
        assert!(desk.chain(site.tenant().to_bytes()).contains("nightly job"));
        desk.assert_clean();
    });
}

#[test]
fn money_moves_as_it_is_entered() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let paid = desk.is(
            201,
            "POST",
            "/payments",
            &json!({"customer": "C1", "amount": reais("120.00"), "named": ["F-2", "F-1"], "id": "pix-1"}),
        );
        assert_eq!(paid["parts"].as_array().unwrap().len(), 2, "{paid}");
        assert_eq!((desk.balance("F-2"), desk.balance("F-1")), (0, 3_000));
        let again = desk.is(
            200,
            "POST",
            "/payments",
            &json!({"customer": "C1", "amount": reais("120.00"), "named": ["F-2", "F-1"], "id": "pix-1"}),
        );
        assert_eq!((again["known"].clone(), desk.balance("F-1")), (json!(true), 3_000));
        desk.is(201, "POST", "/payments", &json!({"receivable": "F-1", "amount": reais("40.00"), "on": "2026-01-02"}));
        let refund = desk.post("/receivables/F-2/refund", &json!({"amount": reais("20.00"), "reason": "returned one"}));
        assert_eq!((refund["parts"][0]["amount"].clone(), desk.balance("F-2")), (reais("20.00"), 2_000));
        // 10.00 of the second payment are credit.
        let used = desk.post("/receivables/F-2/apply-credit", &json!({"amount": reais("4.00")}));
        assert_eq!((used["credit"].clone(), desk.balance("F-2")), (reais("6.00"), 1_600));
        desk.post("/customers/C1/apply-credit", &json!({"amount": reais("1.00")}));
        assert_eq!(desk.post("/customers/C1/pay-out-credit", &json!({}))["rest"], reais("5.00"));
        assert_eq!(desk.wrong("POST", "/customers/C1/pay-out-credit", &json!({"amount": reais("5.00")})).0.as_str(), "");
        desk.post("/receivables/F-2/charge-back", &json!({"amount": reais("10.00")}));
        assert_eq!(desk.balance("F-2"), 2_500);
        desk.post("/receivables/F-2/reduce", &json!({"amount": reais("3.00"), "reason": "goodwill"}));
        desk.post("/receivables/F-2/withhold", &json!({"amount": reais("2.00")}));
        desk.post("/receivables/F-2/fee", &json!({"amount": reais("1.50"), "on": "2026-01-02"}));
        assert_eq!(desk.balance("F-2"), 2_150);
        desk.post("/receivables/F-2/write-off", &json!({"reason": "too small"}));
        desk.post("/receivables/F-3/void", &json!({}));
        let state = |id: &str| site.engine().receivable_state(site.tenant(), &About::Receivable(id.to_owned()), desk.now()).unwrap().status;
        assert_eq!((state("F-1"), state("F-2"), state("F-3")), ("paid", "written_off", "void"));
        // Mistakes.
        for (path, body, place, code) in [
            ("/payments", json!({"amount": reais("1.00")}), "/customer", "required"),
            ("/payments", json!({"customer": "C1", "receivable": "F-1", "amount": reais("1.00")}), "/customer", "twice"),
            ("/payments", json!({"customer": "nobody", "amount": reais("1.00")}), "/customer", "no_customer"),
            ("/payments", json!({"receivable": "nothing", "amount": reais("1.00")}), "/receivable", "no_receivable"),
            ("/payments", json!({"customer": "C1", "amount": reais("0.00")}), "/amount", "money"),
            ("/payments", json!({"customer": "C1", "amount": reais("1.00"), "on": "2026-01-03"}), "/on", "day_to_come"),
            ("/payments", json!({"customer": "C1", "amount": reais("1.00"), "named": ["F-3"]}), "/named", "another_customer"),
            ("/payments", json!({"customer": "C1", "amount": reais("9.00"), "id": "pix-1"}), "/id", "known_otherwise"),
            ("/receivables/F-1/reduce", json!({}), "/amount", "required"),
            ("/receivables/F-1/fee", json!({"amount": "1.00"}), "/amount", "money"),
            ("/receivables/F-1/fee", json!({"amount": {"amount": "1.00", "currency": "BRL", "of": 1}}), "/amount", "money"),
        ] {
            assert_eq!(desk.wrong("POST", path, &body), (place.to_owned(), code.to_owned()), "{path} {body}");
        }
        assert_eq!(desk.ask("POST", "/receivables/F-3/void", &json!({})).code(), "void");
        assert_eq!(desk.ask("POST", "/receivables/F-2/refund", &json!({"amount": reais("999.00")})).status, 422);
        desk.assert_clean();
    });
}

#[test]
fn what_is_beyond_a_limit_waits_and_changes_nothing() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        desk.is(201, "POST", "/payments", &json!({"receivable": "F-3", "amount": reais("60.00")}));
        let small = desk.limited(Some(1_000));
        let before = (desk.balance("F-1"), desk.balance("F-2"), desk.balance("F-3"));
        for (method, path, body) in [
            ("POST", "/payments", json!({"customer": "C1", "amount": reais("10.01")})),
            ("POST", "/receivables/F-1/reduce", json!({"amount": reais("10.01"), "reason": "kind"})),
            ("POST", "/receivables/F-1/withhold", json!({"amount": reais("10.01")})),
            ("POST", "/receivables/F-1/fee", json!({"amount": reais("10.01")})),
            ("POST", "/receivables/F-1/void", json!({})),
            ("POST", "/receivables/F-1/write-off", json!({})),
            ("POST", "/receivables/F-3/refund", json!({})),
            ("POST", "/receivables/F-3/charge-back", json!({})),
            ("POST", "/receivables/F-1/charges", json!({})),
            (
                "PUT",
                "/receivables/F-1",
                json!({
                    "customer": {"id": "C1"}, "issued_on": "2026-01-02", "due_on": "2026-01-20", "amount": reais("1.00"),
                }),
            ),
            (
                "POST",
                "/imports/records",
                json!({"records": [{
                    "id": "F-9", "customer": {"id": "C1"}, "issued_on": "2026-01-02", "due_on": "2026-01-20", "amount": reais("90.00"),
                    "payments": [{"paid_on": "2026-01-02"}],
                }]}),
            ),
        ] {
            let answer = site.act(&small, method, &format!("/v1{path}"), &body);
            assert_eq!(answer.status, 202, "{method} {path}: {}", answer.text());
            assert!(answer.json()["held_act"].as_str().is_some_and(|held| !held.is_empty()), "{path}");
        }
        assert_eq!((desk.balance("F-1"), desk.balance("F-2"), desk.balance("F-3")), before);
        assert_eq!(desk.ask("POST", "/receivables/F-9/dispute", &json!({})).status, 404);
        // Within it, it is done; and a limit of nothing leaves nothing.
        let answer = site.act(&small, "POST", "/v1/receivables/F-1/reduce", &json!({"amount": reais("10.00")}));
        assert_eq!((answer.status, desk.balance("F-1")), (200, before.0 - 1_000), "{}", answer.text());
        let none = desk.limited(Some(0));
        assert_eq!(site.act(&none, "POST", "/v1/receivables/F-1/fee", &json!({"amount": reais("0.01")})).status, 202);
        assert_eq!(site.act(&none, "POST", "/v1/receivables/F-1/dispute", &json!({})).status, 200, "no money is in it");
        desk.assert_clean();
    });
}

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
        let right = common::POLICY.replace("D+2,", "D+3,");
        let wrong = common::POLICY.replace("tone: firm", "tone: furious");
        let checked = desk.post("/policies/check", &json!({"text": wrong}));
        assert_eq!(checked["right"], json!(false));
        let found = &checked["findings"][0];
        assert!(found["line"].as_i64().unwrap() > 10 && found["mend"].as_str().is_some_and(|mend| !mend.is_empty()), "{checked}");
        assert_eq!(desk.post("/policies/check", &json!({"text": right}))["right"], json!(true));
        let changes = desk.post("/policies/diff", &json!({"before": {"text": common::POLICY}, "after": {"text": right}}));
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

const PLAN: &str = "plan: 1\nkey: team\nname: Team\ncurrency: BRL\ncycle: month\nprices:\n  - { key: seat, name: Seat, unit: 30.00 }\n  - { key: calls, name: Calls, meter: calls, unit: 0.10 }\n";

#[test]
fn subscriptions_begin_change_and_end_and_invoices_are_taken_back() {
    on_both(|site| {
        let desk = Desk::new(site);
        let now = at("2026-01-05T10:00");
        site.program.set_now(now);
        assert_eq!(desk.wrong("POST", "/plans", &json!({"text": "plan: 2"})), ("/text".to_owned(), "bad_plan".to_owned()));
        let made = desk.is(201, "POST", "/plans", &json!({"text": PLAN, "reason": "new prices"}));
        assert_eq!((made["version"].clone(), made["currency"].clone()), (json!(1), json!("BRL")));
        assert_eq!(desk.is(200, "POST", "/plans", &json!({"text": PLAN}))["unchanged"], json!(true));
        let seen = desk.post("/plans/preview", &json!({"plan": "team", "quantity": 2, "usage": [{"meter": "calls", "quantity": 50}]}));
        assert_eq!(seen["documents"][1]["total"], reais("65.00"), "{seen}");
        assert_eq!(
            desk.wrong("POST", "/plans/preview", &json!({"plan": "team", "usage": [{"meter": "x", "quantity": 1}]})).0,
            "/usage/0/meter"
        );
        assert_eq!(desk.wrong("POST", "/plans/preview", &json!({"plan": "none"})).0, "/plan");

        let new = json!({
            "key": "sub-1", "customer": {"id": "C1", "name": "Ana", "contacts": [{"channel": "email", "address": "ana@c.example"}]},
            "plan": "team", "quantity": 2, "terms": {"net": "10d", "taxes": ["ISS=5%:within"], "purchase_order": "PO-1"}, "reason": "signed",
        });
        assert_eq!(desk.post("/subscriptions/preview", &new)["documents"][0]["total"], reais("60.00"));
        let begun = desk.is(201, "POST", "/subscriptions", &new);
        assert_eq!((begun["state"].clone(), begun["quantity"].clone(), begun["net"].clone()), (json!("active"), json!(2), json!("10d")));
        assert_eq!(desk.wrong("POST", "/subscriptions", &new), ("/key".to_owned(), "subscription_known".to_owned()));
        for (change, place) in [
            (json!({"key": "a b"}), "/key"),
            (json!({"plan": "none"}), "/plan"),
            (json!({"terms": {"net": "soon"}}), "/terms/net"),
            (json!({"terms": {"taxes": ["5%"]}}), "/terms/taxes"),
            (json!({"terms": {"attachments": ["/etc/passwd"]}}), "/terms/attachments"),
            (json!({"coupons": ["HALF"]}), "/coupons"),
            (json!({"anchor": "32"}), "/anchor"),
            (json!({"from": "2025-09-01"}), "/from"),
            (json!({"quantity": -1}), "/quantity"),
            (json!({"customer": {"id": "C1", "tax_id": "1"}}), "/customer/tax_id"),
        ] {
            let mut wrong = new.clone();
            wrong["key"] = json!("sub-x");
            for (name, value) in change.as_object().unwrap() {
                wrong[name] = value.clone();
            }
            assert_eq!(desk.wrong("POST", "/subscriptions", &wrong).0, place, "{change}");
        }
        let row = |key: &str, plan: &str| json!({"key": key, "customer": {"id": "C2", "name": "Bruno"}, "plan": plan});
        let done = desk.post(
            "/subscriptions/batch",
            &json!({"subscriptions": [row("b-1", "team"), row("b-2", "none"), row("b-1", "team"), {"key": 7}]}),
        );
        assert_eq!(
            (
                done["new"].clone(),
                done["refused"].as_array().unwrap().iter().map(|one| one["index"].as_i64().unwrap()).collect::<Vec<_>>().len()
            ),
            (json!(1), 5),
            "{done}"
        );
        assert_eq!(desk.post("/subscriptions/batch", &json!({"subscriptions": [row("b-1", "team")]}))["same"], json!(1));
        assert_eq!(desk.post("/subscriptions/b-1/bill-again", &json!({}))["was_set_aside"], json!(false));
        assert_eq!(desk.ask("POST", "/subscriptions/none/bill-again", &json!({})).status, 404);

        site.engine().bill_due(now, 1).unwrap();
        let change = |body: Value| desk.post("/subscriptions/sub-1/changes", &body);
        let more = json!({"what": "quantity", "quantity": 3});
        let seen = desk.post("/subscriptions/sub-1/changes/preview", &more);
        assert!(seen["at_once"][0]["total"]["amount"].as_str().is_some_and(|sum| sum != "0.00"), "{seen}");
        assert_eq!(change(more.clone())["subscription"]["quantity"], json!(3));
        assert_eq!(change(more)["changed"], json!(false));
        change(json!({"what": "quantity", "quantity": 4, "effect": "period_end"}));
        change(json!({"what": "plan", "plan": "team", "effect": "period_end"}));
        assert_eq!(change(json!({"what": "coupon", "coupon": "HALF=50%:once"}))["subscription"]["coupons"], json!(["HALF"]));
        change(json!({"what": "remove_coupon", "coupon": "HALF"}));
        assert_eq!(change(json!({"what": "terms", "terms": {"net": "30d"}}))["subscription"]["net"], json!("30d"));
        change(json!({"what": "usage", "meter": "calls", "quantity": 40, "report": "week-1"}));
        assert_eq!(change(json!({"what": "usage", "meter": "calls", "quantity": 40, "report": "week-1"}))["changed"], json!(false));
        change(json!({"what": "pause", "until": "2026-04-01"}));
        change(json!({"what": "resume", "settle": "next"}));
        assert_eq!(change(json!({"what": "cancel"}))["subscription"]["state"], json!("ending"));
        assert_eq!(change(json!({"what": "keep_running"}))["subscription"]["state"], json!("active"));
        for (body, place) in [
            (json!({"what": "quantity"}), "/quantity"),
            (json!({"what": "plan"}), "/plan"),
            (json!({"what": "plan", "plan": "none"}), "/plan"),
            (json!({"what": "coupon", "coupon": "X"}), "/coupon"),
            (json!({"what": "terms"}), "/terms"),
            (json!({"what": "terms", "terms": {}}), "/terms"),
            (json!({"what": "usage", "quantity": 1}), "/meter"),
            (json!({"what": "wish"}), "/what"),
            (json!({}), "/what"),
        ] {
            assert_eq!(desk.wrong("POST", "/subscriptions/sub-1/changes", &body).0, place, "{body}");
        }
        assert_eq!(desk.ask("POST", "/subscriptions/none/changes", &json!({"what": "cancel"})).status, 404);
        // What it gives back is beyond a small limit.
        let small = desk.limited(Some(100));
        let end = json!({"what": "cancel_now", "on": "2026-01-10"});
        assert_eq!(site.act(&small, "POST", "/v1/subscriptions/sub-1/changes", &end).status, 202);

        let cheap = json!({"key": "sub-2", "customer": {"id": "C1"}, "plan": "team", "coupons": ["FREE=100%:forever"]});
        assert_eq!(site.act(&small, "POST", "/v1/subscriptions", &cheap).status, 202);
        assert_eq!(site.act(&small, "POST", "/v1/subscriptions/batch", &json!({"subscriptions": [cheap]})).status, 202);

        // Invoices.
        let invoices = || site.engine().invoices(site.tenant(), "C1").unwrap();
        let first = invoices()[0].row.key.replace('/', "%2F");
        let amount = json!({"amount": reais("10.00"), "reason": "goodwill"});
        let would = desk.post(&format!("/invoices/{first}/credits/preview"), &amount);
        assert_eq!((would["made"].clone(), would["applied"].clone()), (json!(false), reais("10.00")));
        assert_eq!(site.act(&small, "POST", &format!("/v1/invoices/{first}/credits"), &amount).status, 202);
        assert_eq!(site.act(&small, "POST", &format!("/v1/invoices/{first}/void"), &json!({})).status, 202);
        let made = desk.is(201, "POST", &format!("/invoices/{first}/credits"), &amount);
        assert_eq!(made["invoice"]["open"], reais("50.00"));
        desk.is(
            201,
            "POST",
            &format!("/invoices/{first}/credits"),
            &json!({"lines": [{"line": 1, "amount": reais("5.00")}], "reason": "one day"}),
        );
        for (body, place) in [
            (json!({"amount": reais("1.00")}), "/reason"),
            (json!({"reason": "x"}), "/all"),
            (json!({"reason": "x", "all": true, "amount": reais("1.00")}), "/all"),
            (json!({"reason": "x", "amount": {"amount": "1.00", "currency": "USD"}}), "/amount/currency"),
            (json!({"reason": "x", "lines": [{"line": 99}]}), "/lines/0/line"),
        ] {
            assert_eq!(desk.wrong("POST", &format!("/invoices/{first}/credits"), &body).0, place, "{body}");
        }
        assert_eq!(desk.ask("POST", &format!("/invoices/{first}/void"), &json!({})).code(), "credited");
        let other = site.engine().invoices(site.tenant(), "C2").unwrap()[0].row.key.replace('/', "%2F");
        assert_eq!(desk.post(&format!("/invoices/{other}/void"), &json!({"reason": "wrong customer"}))["status"], json!("void"));
        assert_eq!(desk.ask("POST", "/invoices/none/void", &json!({})).status, 404);
        desk.post("/subscriptions/sub-1/changes", &json!({"what": "cancel_now", "credit": false}));
        desk.assert_clean();
    });
}

#[test]
fn methods_are_stored_and_charges_ordered() {
    on_one(|site| {
        let desk = Desk::new(site).with_bills();
        site.engine().add_gateway(site.tenant(), "far", "sandbox", "owner", &act(), desk.now()).unwrap();
        let new = json!({"gateway": "far", "token": "tok_1", "scheme": "visa", "last4": "4242", "expires_on": "2028-12-31", "consent": "terms v3"});
        assert_eq!(desk.ask("POST", "/receivables/F-1/charges", &json!({})).status, 422, "there is no method yet");
        let made = desk.is(201, "POST", "/customers/C1/methods", &new);
        assert_eq!((made["last4"].clone(), made["status"].clone()), (json!("4242"), json!("active")));
        for (change, place) in [
            (json!({"token": "4111 1111 1111 1111"}), "/token"),
            (json!({"gateway": "none"}), "/gateway"),
            (json!({"scheme": "beads"}), "/scheme"),
            (json!({"last4": "12345"}), "/last4"),
        ] {
            let mut wrong = new.clone();
            for (name, value) in change.as_object().unwrap() {
                wrong[name] = value.clone();
            }
            assert_eq!(desk.wrong("POST", "/customers/C1/methods", &wrong).0, place, "{change}");
        }
        assert_eq!(desk.ask("POST", "/customers/nobody/methods", &new).status, 404);
        let ordered = desk.is(201, "POST", "/receivables/F-1/charges", &json!({"method": made["id"], "reason": "asked by phone"}));
        assert_eq!((ordered["amount"].clone(), ordered["status"].clone()), (reais("100.00"), json!("ordered")));
        let about = About::Receivable("F-1".to_owned());
        assert_eq!(site.engine().attempts(site.tenant(), Some(&about), false, 10).unwrap().len(), 1);
        assert_eq!(desk.wrong("POST", "/receivables/F-1/charges", &json!({"method": "none"})).0, "/method");
        let asked = desk.is(201, "POST", "/receivables/F-3/instruments", &json!({"gateway": "far", "rail": "pix"}));
        assert_eq!((asked["amount"].clone(), asked["brcode"].clone()), (reais("80.00"), Value::Null));
        assert_eq!(desk.wrong("POST", "/receivables/F-3/instruments", &json!({"gateway": "none", "rail": "pix"})).0, "/gateway");
        assert_eq!(desk.wrong("POST", "/receivables/F-3/instruments", &json!({"gateway": "far", "rail": "cash"})).0, "/rail");
        let path = format!("/v1/methods/{}", made["id"].as_str().unwrap());
        let bearer = format!("Bearer {}", desk.key);
        let delete = |path: &str| site.send("DELETE", path, &[("Authorization", bearer.as_str())], b"").status;
        assert_eq!((delete(&path), delete("/v1/methods/none")), (204, 404));
        assert_eq!(site.engine().methods(site.tenant(), &About::Customer("C1".to_owned())).unwrap()[0].status.as_str(), "removed");
        desk.assert_clean();
    });
}

const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:UTF-8\nCHARSET:NONE\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL\
    <BANKACCTFROM><BANKID>0341<BRANCHID>0057<ACCTID>12345-7<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260102<DTEND>20260105\
    <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>33.00<FITID>X1<MEMO>PIX RECEBIDO</STMTTRN>\
    <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>44.00<FITID>X2<MEMO>PIX RECEBIDO</STMTTRN>\
    <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>55.00<FITID>X3<MEMO>PIX RECEBIDO</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n";

#[test]
fn files_of_banks_are_read_and_their_lines_answered() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let account = json!({"name": "itau", "bank": "341", "branch": "0057", "number": "12345-7", "wallet": "109", "first_slip": 7});
        let made = desk.is(201, "POST", "/bank/accounts", &account);
        assert_eq!((made["issues_slips"].clone(), made["next_slip"].clone()), (json!(true), json!(7)));
        assert_eq!(desk.wrong("POST", "/bank/accounts", &account).1, "same_account");
        let mut other = account.clone();
        (other["number"], other["name"]) = (json!("99999-1"), json!("it au"));
        assert_eq!(desk.wrong("POST", "/bank/accounts", &other), ("/name".to_owned(), "bad_name".to_owned()));
        let bearer = format!("Bearer {}", desk.key);
        let read = |query: &str, file: &[u8]| site.send("POST", &format!("/v1/bank/files{query}"), &[("Authorization", &bearer)], file);
        let done = read("?name=jan.ofx", OFX.as_bytes());
        assert_eq!(done.status, 200, "{}", done.text());
        assert_eq!((done.json()["lines"].clone(), done.json()["waiting"].clone()), (json!(3), json!(3)), "{}", done.text());
        assert!(read("?name=jan.ofx", OFX.as_bytes()).json()["read_before"].is_string());
        assert_eq!(read("?name=x", b"nothing of a bank's").status, 422);
        assert_eq!(read("", OFX.as_bytes()).status, 422, "it has no name");
        assert_eq!(read("?name=x", b"").status, 400);
        let waiting = || site.engine().bank_waiting(site.tenant(), None, 10, desk.now()).unwrap();
        let hex = |id: &[u8; 16]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let lines: Vec<String> = waiting().iter().map(|one| hex(&one.id)).collect();
        let moved = desk.post(&format!("/bank/lines/{}/book", lines[0]), &json!({"receivables": ["F-1"], "reason": "named by phone"}));
        let paid: i64 = moved["parts"][0]["amount"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap();
        assert_eq!(desk.balance("F-1"), 10_000 - paid);
        assert_eq!(desk.ask("POST", &format!("/bank/lines/{}/book", lines[0]), &json!({"customer": "C1"})).code(), "not_waiting");
        desk.post(&format!("/bank/lines/{}/undo", lines[0]), &json!({}));
        assert_eq!(desk.balance("F-1"), 10_000);
        assert_eq!(desk.post(&format!("/bank/lines/{}/set-aside", lines[1]), &json!({}))["status"], json!("set_aside"));
        assert_eq!(waiting().len(), 1);
        for (body, place) in [
            (json!({}), "/receivables"),
            (json!({"receivables": ["F-1"], "customer": "C1"}), "/customer"),
            (json!({"receivables": ["nothing"]}), "/receivables"),
            (json!({"customer": "nobody"}), "/customer"),
        ] {
            assert_eq!(desk.wrong("POST", &format!("/bank/lines/{}/book", lines[2]), &body).0, place, "{body}");
        }
        assert_eq!(desk.ask("POST", "/bank/lines/ff/undo", &json!({})).status, 404);
        assert_eq!(desk.ask("POST", &format!("/bank/lines/{}/undo", "f".repeat(32)), &json!({})).status, 404);
        // Slips.
        let slip = desk.is(201, "POST", "/receivables/F-1/slips", &json!({}));
        assert_eq!(
            (slip["number"].clone(), slip["amount"].clone(), slip["barcode"].as_str().map(str::len)),
            (json!("7"), reais("100.00"), Some(44))
        );
        assert_eq!(desk.is(200, "POST", "/receivables/F-1/slips", &json!({"account": "itau"}))["number"], json!("7"));
        assert_eq!(desk.wrong("POST", "/receivables/F-1/slips", &json!({"account": "none"})).0, "/account");
        // A server without settings does not know the company's number.
        assert_eq!(desk.ask("POST", "/bank/accounts/itau/remittances", &json!({})).code(), "not_ready");
        desk.assert_clean();
    });
}

#[test]
fn another_companys_things_are_not_there() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let stranger = key(site, &site.keeper(site.other), None);
        let state = site.engine().receivable_state(site.tenant(), &About::Receivable("F-1".to_owned()), desk.now()).unwrap();
        let (receivable, customer) = (state.id.to_string(), state.customer.to_string());
        for (path, body) in [
            (format!("/receivables/{receivable}/dispute"), json!({})),
            ("/receivables/F-1/dispute".to_owned(), json!({})),
            (format!("/receivables/{receivable}/reduce"), json!({"amount": reais("1.00")})),
            (format!("/receivables/{receivable}/charges"), json!({})),
            (format!("/customers/{customer}/hold"), json!({"cause": "hold"})),
            (format!("/customers/{customer}/approve"), json!({})),
            (format!("/customers/{customer}/erase"), json!({"confirm": customer})),
            (format!("/customers/{customer}/contact-news"), json!({"channel": "email", "news": "opted_out"})),
        ] {
            let answer = site.act(&stranger, "POST", &format!("/v1{path}"), &body);
            assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        }
        let answer = site.act(&stranger, "PATCH", &format!("/v1/customers/{customer}"), &json!({"name": "x"}));
        assert_eq!(answer.status, 404, "{}", answer.text());
        let paid = site.act(&stranger, "POST", "/v1/payments", &json!({"receivable": receivable, "amount": reais("1.00")}));
        assert_eq!(paid.json()["fields"][0]["at"], json!("/receivable"), "{}", paid.text());
        assert_eq!(desk.balance("F-1"), brl(10_000).minor());
        desk.assert_clean();
    });
}

#[test]
fn the_rows_of_acts_are_whole() {
    let mut ids: Vec<&str> = ops().map(|op| op.id).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "each operation has a name of its own");
    for op in ops().filter(|op| op.method != Method::Get) {
        assert!(!op.summary.is_empty() && !op.tag.is_empty(), "{}", op.id);
        assert!(op.path.starts_with('/') && !op.path.ends_with('/'), "{}", op.path);
    }
}

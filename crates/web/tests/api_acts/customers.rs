//! Customers entered, changed, held and erased.

use regua_core::words::Channel;
use serde_json::json;

use crate::common::on_both;
use crate::desk::Desk;

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

//! Stored methods, charges and what is asked for to pay.

use regua_engine::commands::tell::About;
use serde_json::{Value, json};

use crate::common::{act, on_one};
use crate::desk::{Desk, reais};

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

//! Commands on endpoints, and that whoever acts is in the log while secrets and addresses are not.

use regua_core::ids::EndpointId;
use regua_engine::Kind;
use regua_engine::endpoints::{ENDPOINTS_MAX, EndpointChange, NewEndpoint, OVERLAP_SECS_MAX, Reach, State};
use regua_engine::events::Type;
use regua_store::db::Scope;
use regua_store::log;

use crate::House;
use crate::common::{act, on_both};

#[test]
fn what_is_told_is_chosen_by_type_and_comes_signed() {
    on_both(|url| {
        let mut house = House::new(url);
        let (all, key) = house.add("all", &[]);
        let (some, other) = house.add("some", &[Type::ReceivablePaid, Type::ReceivableChanged]);
        house.happen();
        let done = house.deliver();
        let (came, chosen) = (house.far.of("all"), house.far.of("some"));
        assert_eq!((done.delivered, chosen.len()), (u64::try_from(came.len() + 1).unwrap(), 1));
        let event = house.events().into_iter().find(|event| event.kind == Type::ReceivableChanged).unwrap();
        let [one] = chosen.as_slice() else { panic!("{chosen:?}") };
        assert_eq!((&one.id, one.secs), (&event.id, house.now.secs()));
        assert!(one.is_by(&other) && !one.is_by(&key), "each endpoint has a secret of its own");
        let body = one.json();
        assert_eq!(body["type"], "receivable.changed");
        assert_eq!(body["data"]["amount"], serde_json::json!({ "amount": "0.01", "currency": "BRL" }));
        assert_eq!((body["id"].as_str(), body["data"]["external_id"].as_str()), (Some(event.id.as_str()), Some("R1")));
        assert_eq!(body["data"].to_string(), event.data, "what is delivered is what is read");
        // What had happened before there was an endpoint does not go there.
        assert!(came.iter().all(|came| came.json()["type"] != "receivable.created"));
        // Once.
        assert_eq!(house.deliver().tried, 0);
        assert!(
            house.deliveries(all.id).iter().chain(&house.deliveries(some.id)).all(|one| one.state.word() == "delivered" && one.tries == 1)
        );
        house.verify();
    });
}

#[test]
fn endpoints_are_added_changed_paused_resumed_and_removed() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, _) = house.add("one", &[]);
        let (tenant, now) = (house.tenant(), house.now);
        let change = EndpointChange { types: Some(&[Type::ReceivablePaid]), description: Some(" Produto "), ..EndpointChange::default() };
        let changed = house.engine().change_endpoint(tenant, one.id, &change, Reach::Public, &act(), now).unwrap();
        assert_eq!(
            (changed.types.as_slice(), changed.description.as_str(), &changed.url),
            (&[Type::ReceivablePaid][..], "Produto", &one.url)
        );
        let all = EndpointChange { types: Some(&[]), ..EndpointChange::default() };
        house.engine().change_endpoint(tenant, one.id, &all, Reach::Public, &act(), now).unwrap();

        house.engine().pause_endpoint(tenant, one.id, &act(), now).unwrap();
        house.happen();
        assert_eq!((house.deliver().tried, house.endpoint(one.id).state), (0, State::Paused));
        assert_eq!(house.engine().next_delivery().unwrap(), regua_core::time::Instant::NEVER);
        assert_eq!(house.engine().test_endpoint(tenant, one.id, &act(), now).unwrap_err().code, "endpoint_not_active");
        house.later(60);
        house.engine().resume_endpoint(tenant, one.id, &act(), house.now).unwrap();
        house.deliver();
        assert!(house.far.of("one").iter().any(|came| came.json()["type"] == "receivable.changed"), "what has waited goes");

        // A test goes to its endpoint alone, whatever its filter.
        let (two, _) = house.add("two", &[Type::ReceivablePaid]);
        house.engine().test_endpoint(tenant, two.id, &act(), house.now).unwrap();
        house.deliver();
        let tests = house.far.came.iter().filter(|came| came.json()["type"] == "endpoint.test");
        let tests: Vec<(String, String)> = tests.map(|came| (came.name.clone(), came.json()["data"]["endpoint"].to_string())).collect();
        assert_eq!(tests, [("two".to_owned(), format!("\"{}\"", two.id))]);

        house.engine().remove_endpoint(tenant, two.id, &act(), house.now).unwrap();
        house.happen();
        house.deliver();
        assert_eq!(house.far.of("two").len(), 1, "nothing more goes there");
        for gone in [two.id, EndpointId::new(1, [1; 10])] {
            assert_eq!(house.engine().endpoint(tenant, gone, house.now).unwrap_err().kind, Kind::NotFound);
            assert_eq!(house.engine().resume_endpoint(tenant, gone, &act(), house.now).unwrap_err().kind, Kind::NotFound);
            assert_eq!(house.engine().deliveries(tenant, gone, None, None, 1).unwrap_err().kind, Kind::NotFound);
        }
        let ids: Vec<EndpointId> = house.engine().endpoints(tenant, house.now).unwrap().iter().map(|one| one.id).collect();
        assert_eq!(ids, [one.id]);
        house.verify();

        // Whoever acted is in the log; where to and what signs is not.
        let said = house.engine().db().read(Scope::Tenant(tenant), |tx| log::of(tx, tenant, tenant.to_bytes(), 0, 1_000)).unwrap();
        let own: Vec<&log::StoredEvent> = said.iter().filter(|event| event.kind.starts_with("endpoint_")).collect();
        assert_eq!(own.len(), 8);
        assert!(own.iter().all(|event| event.payload.contains("\"by\":\"test\"") && !event.payload.contains("example.com")));
        assert!(own.iter().all(|event| !event.payload.contains("whsec_") && !event.payload.contains("Produto")));
    });
}

#[test]
fn a_secret_that_is_replaced_signs_for_as_long_as_was_said() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, old) = house.add("one", &[Type::ReceivableChanged]);
        let (tenant, now) = (house.tenant(), house.now);
        let engine = &house.company.engine;
        let long = engine.rotate_endpoint(tenant, one.id, OVERLAP_SECS_MAX + 1, &act(), now, &mut house.company.rng);
        assert_eq!(long.unwrap_err().code, "overlap_too_long");
        let (rotated, secret) = engine.rotate_endpoint(tenant, one.id, 3_600, &act(), now, &mut house.company.rng).unwrap();
        let new = regua_wire::webhooks_out::SigningKey::parse(secret.expose()).unwrap();
        assert!(new != old && rotated.rotating_until.is_some());
        let signed = |house: &mut House| {
            house.happen();
            house.deliver();
            let last = house.far.came.last().cloned().unwrap();
            (last.is_by(&new), last.is_by(&old))
        };
        assert_eq!(signed(&mut house), (true, true));
        house.later(3_600);
        assert_eq!(signed(&mut house), (true, false));
        assert_eq!(house.endpoint(one.id).rotating_until, None);
        // At once.
        let (engine, now) = (&house.company.engine, house.now);
        engine.rotate_endpoint(tenant, one.id, 0, &act(), now, &mut house.company.rng).unwrap();
        assert_eq!(signed(&mut house), (false, false));
    });
}

#[test]
fn what_cannot_be_an_endpoint_is_refused_and_twenty_are_enough() {
    on_both(|url| {
        let mut house = House::new(url);
        let tenant = house.tenant();
        let long = "a".repeat(201);
        for (url, description, code) in [
            ("http://example.com/", "", "bad_endpoint_url"),
            ("https://10.0.0.1/", "", "bad_endpoint_url"),
            ("https://example.com/", long.as_str(), "bad_description"),
            ("https://example.com/", "a\nb", "bad_description"),
        ] {
            let new = NewEndpoint { url, types: &[], description };
            let (engine, rng) = (&house.company.engine, &mut house.company.rng);
            assert_eq!(engine.add_endpoint(tenant, &new, Reach::Public, &act(), house.now, rng).unwrap_err().code, code, "{url}");
        }
        for number in 0..ENDPOINTS_MAX {
            house.add(&format!("e{number}"), &[]);
        }
        let new = NewEndpoint { url: "https://one.example.com/", types: &[], description: "" };
        let now = house.now;
        let refused = house.company.engine.add_endpoint(tenant, &new, Reach::Public, &act(), now, &mut house.company.rng);
        assert_eq!(refused.unwrap_err().code, "too_many_endpoints");
        let first = house.engine().endpoints(tenant, now).unwrap()[0].id;
        house.engine().remove_endpoint(tenant, first, &act(), now).unwrap();
        house.add("again", &[]);
        // All of them get what happens.
        house.happen();
        house.deliver();
        let changed = house.far.came.iter().filter(|came| came.json()["type"] == "receivable.changed").count();
        assert_eq!(changed, ENDPOINTS_MAX);
    });
}

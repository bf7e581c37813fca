//! When a webhook is tried again, and when an endpoint is given up.

use regua_core::time::Instant;
use regua_engine::endpoints::{DeliveryState, State, TRIES_MAX};
use regua_engine::events::Type;
use regua_engine::ports::Posted;

use crate::House;
use crate::common::{act, on_both};
use crate::far::{FINE, status};

const CHANGED: &[Type] = &[Type::ReceivableChanged];
const DAY: i64 = 86_400;

#[test]
fn what_does_not_arrive_is_tried_ten_times_with_the_same_id_and_body_and_then_given_up() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, key) = house.add("one", CHANGED);
        house.far.answers.insert("one".to_owned(), status(500));
        house.happen();
        house.deliver();
        let start = house.now;
        // Woken when something is due, it is never idle for long and never early.
        loop {
            let next = house.engine().next_delivery().unwrap();
            if next == Instant::NEVER {
                break;
            }
            assert!(next > house.now);
            house.now = Instant::from_micros(next.micros() - 1);
            assert_eq!(house.deliver().tried, 0, "not before its time");
            house.now = next;
            assert_eq!(house.deliver().tried, 1);
        }
        let came = house.far.of("one");
        assert_eq!(i64::try_from(came.len()), Ok(TRIES_MAX));
        assert!(came.iter().all(|one| one.id == came[0].id && one.body == came[0].body && one.is_by(&key)));
        let whole: i64 = 5 + 300 + 1_800 + 7_200 + 18_000 + 36_000 + 50_400 + 72_000 + 86_400;
        let took = house.now.secs() - start.secs();
        assert!((whole * 9 / 10..=whole * 11 / 10).contains(&took), "{took} of {whole}");
        let [delivery] = house.deliveries(one.id).try_into().unwrap();
        assert_eq!((delivery.state, delivery.tries, delivery.code), (DeliveryState::Failed, TRIES_MAX, Some(500)));
        assert_eq!(delivery.error.as_deref(), Some("status"));
        // Three days are not five: it may still come back.
        assert_eq!(house.endpoint(one.id).state, State::Active);
        assert_eq!(house.endpoint(one.id).failing_since, Some(start));
        house.far.answers.clear();
        house.happen();
        house.deliver();
        assert_eq!(house.endpoint(one.id).failing_since, None);
    });
}

#[test]
fn an_endpoint_where_nothing_arrives_for_five_days_is_given_up_and_says_so() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, _) = house.add("one", CHANGED);
        let (watch, _) = house.add("watch", &[Type::EndpointDisabled]);
        house.far.answers.insert("one".to_owned(), Posted::Missed("connect"));
        let mut disabled = 0;
        for _ in 0..6 {
            house.happen();
            disabled += house.deliver().disabled;
            house.later(DAY);
        }
        assert_eq!((disabled, house.endpoint(one.id).state), (1, State::Disabled));
        assert_eq!(house.endpoint(one.id).reason.as_deref(), Some("failing"));
        assert!(house.deliveries(one.id).iter().any(|delivery| delivery.error.as_deref() == Some("connect") && delivery.code.is_none()));
        house.deliver();
        let told = house.far.of("watch");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].json()["data"], serde_json::json!({ "endpoint": one.id.to_string(), "reason": "failing" }));
        // What happens now does not wait for it.
        let before = house.deliveries(one.id).len();
        house.happen();
        assert_eq!((house.deliver().tried, house.deliveries(one.id).len()), (0, before));
        // It comes back, and gets what waited.
        house.far.answers.clear();
        house.engine().resume_endpoint(house.tenant(), one.id, &act(), house.now).unwrap();
        house.deliver();
        house.later(2 * DAY);
        house.deliver();
        assert!(house.deliveries(one.id).iter().all(|delivery| delivery.state == DeliveryState::Delivered));
        assert_eq!(house.endpoint(watch.id).state, State::Active);
        house.verify();
    });
}

#[test]
fn gone_ends_an_endpoint_at_once_and_a_wait_that_is_asked_for_is_kept() {
    on_both(|url| {
        let mut house = House::new(url);
        let (gone, _) = house.add("gone", CHANGED);
        let (busy, _) = house.add("busy", CHANGED);
        house.far.answers.insert("gone".to_owned(), status(410));
        house.far.answers.insert("busy".to_owned(), Posted::Answered { status: 429, wait_secs: Some(7_200) });
        house.happen();
        let done = house.deliver();
        assert_eq!((done.tried, done.failed, done.later, done.disabled), (2, 1, 1, 1));
        assert_eq!((house.endpoint(gone.id).state, house.endpoint(gone.id).reason.as_deref()), (State::Disabled, Some("gone")));
        house.far.answers.insert("busy".to_owned(), FINE);
        house.later(7_199);
        assert_eq!(house.deliver().tried, 0);
        house.later(1);
        assert_eq!(house.deliver().delivered, 1);
        assert_eq!(house.deliveries(busy.id)[0].tries, 2);
        house.verify();
    });
}

#[test]
fn a_redirect_is_no_arrival() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, _) = house.add("one", CHANGED);
        house.far.answers.insert("one".to_owned(), status(302));
        house.happen();
        house.deliver();
        let delivery = &house.deliveries(one.id)[0];
        assert_eq!((delivery.state, delivery.code, delivery.error.as_deref()), (DeliveryState::Waiting, Some(302), Some("redirect")));
    });
}

#[test]
fn one_with_much_to_get_takes_its_turn_like_the_others_and_eight_are_under_way_at_most() {
    on_both(|url| {
        let mut house = House::new(url);
        house.add("busy", &[]);
        for _ in 0..60 {
            house.happen();
        }
        house.feed();
        house.later(10);
        house.add("seldom", CHANGED);
        house.happen();
        house.feed();
        let now = house.now;
        house.company.engine.deliver_due(&|| now, &mut house.far, 20).unwrap();
        assert_eq!(house.far.of("seldom").len(), 1, "it does not wait until the other one is through");
        assert!(house.far.of("busy").len() < 60);
        house.deliver();
        let changed = house.far.of("busy").iter().filter(|came| came.json()["type"] == "receivable.changed").count();
        assert_eq!(changed, 61);
        assert!(house.far.together["busy"] <= 8, "{:?}", house.far.together);
        // In order, as long as nothing fails.
        let ids: Vec<String> = house.far.of("busy").into_iter().map(|came| came.id).collect();
        assert!(ids.is_sorted());
    });
}

#[test]
fn one_where_nothing_arrives_is_asked_seldom_however_much_waits_for_it() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, _) = house.add("one", CHANGED);
        house.far.answers.insert("one".to_owned(), Posted::Missed("timeout"));
        for _ in 0..40 {
            house.happen();
        }
        house.deliver();
        house.later(3_600);
        let before = house.far.of("one").len();
        house.deliver();
        assert_eq!(house.far.of("one").len(), before + 1, "one try says that nothing arrives yet");
        house.far.answers.clear();
        house.later(900);
        house.deliver();
        house.later(DAY);
        house.deliver();
        assert!(house.deliveries(one.id).iter().all(|delivery| delivery.state == DeliveryState::Delivered));
    });
}

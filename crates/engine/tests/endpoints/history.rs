//! What went to an endpoint: listed, sent once more, forgotten.

use regua_engine::Kind;
use regua_engine::endpoints::{DeliveryState, REPLAY_MAX};
use regua_engine::events::Type;

use crate::House;
use crate::common::{act, on_both};
use crate::far::status;

const CHANGED: &[Type] = &[Type::ReceivableChanged];
const DAY: i64 = 86_400;

#[test]
fn deliveries_are_listed_page_by_page_and_by_state() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, _) = house.add("one", CHANGED);
        for _ in 0..5 {
            house.happen();
        }
        house.deliver();
        house.far.answers.insert("one".to_owned(), status(500));
        house.happen();
        house.deliver();
        let list = |state: Option<DeliveryState>, before: Option<i64>, limit: usize| {
            house.engine().deliveries(house.tenant(), one.id, state, before, limit).unwrap()
        };
        let all = list(None, None, 200);
        assert_eq!((all.items.len(), all.next), (6, None));
        assert!(all.items.is_sorted_by_key(|one| std::cmp::Reverse(one.position)), "the newest first");
        let (mut paged, mut before) = (Vec::new(), None);
        loop {
            let page = list(None, before, 4);
            paged.extend(page.items);
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(paged, all.items);
        assert_eq!(list(Some(DeliveryState::Delivered), None, 200).items, all.items[1..]);
        assert_eq!(list(Some(DeliveryState::Waiting), None, 200).items, all.items[..1]);
        assert!(list(Some(DeliveryState::Failed), None, 200).items.is_empty());
        assert!(all.items.iter().all(|one| one.kind == Some(Type::ReceivableChanged)));
    });
}

#[test]
fn what_went_or_never_went_goes_once_more_under_its_own_id() {
    on_both(|url| {
        let mut house = House::new(url);
        house.happen(); // before there is an endpoint
        house.feed();
        let (one, _) = house.add("one", CHANGED);
        house.happen();
        house.happen();
        house.deliver();
        assert_eq!(house.far.of("one").len(), 2);
        let (tenant, last) = (house.tenant(), house.engine().latest_position(house.tenant()).unwrap());
        house.later(5);
        let count = house.engine().replay_deliveries(tenant, one.id, (1, last), &act(), house.now).unwrap();
        assert_eq!(count, 3, "as far as it takes the types");
        house.deliver();
        let ids: Vec<String> = house.far.of("one").into_iter().map(|came| came.id).collect();
        assert_eq!((ids.len(), ids[2] < ids[0], &ids[3..]), (5, true, &ids[..2]));
        // One alone.
        let again = house.engine().replay_delivery(tenant, one.id, &ids[0], &act(), house.now).unwrap();
        assert_eq!((again.state, again.tries, &again.event), (DeliveryState::Waiting, 0, &ids[0]));
        house.deliver();
        assert_eq!(house.far.of("one").last().unwrap().id, ids[0]);
        for (range, code) in [((5, 4), "bad_range"), ((1, REPLAY_MAX + 1), "bad_range")] {
            assert_eq!(house.engine().replay_deliveries(tenant, one.id, range, &act(), house.now).unwrap_err().code, code);
        }
        let unknown = regua_engine::events::id_of(tenant, last + 1_000);
        assert_eq!(house.engine().replay_delivery(tenant, one.id, &unknown, &act(), house.now).unwrap_err().kind, Kind::NotFound);
        house.engine().pause_endpoint(tenant, one.id, &act(), house.now).unwrap();
        let refused = house.engine().replay_deliveries(tenant, one.id, (1, last), &act(), house.now);
        assert_eq!(refused.unwrap_err().code, "endpoint_not_active");
        house.verify();
    });
}

#[test]
fn what_ended_thirty_days_ago_is_forgotten_and_what_waits_is_not() {
    on_both(|url| {
        let mut house = House::new(url);
        let (one, _) = house.add("one", CHANGED);
        let (two, _) = house.add("two", CHANGED);
        let (gone, _) = house.add("gone", CHANGED);
        let tenant = house.tenant();
        house.engine().pause_endpoint(tenant, two.id, &act(), house.now).unwrap();
        for _ in 0..7 {
            house.happen();
        }
        house.deliver();
        house.engine().remove_endpoint(tenant, gone.id, &act(), house.now).unwrap();
        house.later(29 * DAY);
        house.happen();
        house.deliver();
        let sweep = |house: &House| {
            let mut all = 0;
            loop {
                let gone = house.engine().forget_deliveries(tenant, house.now, 3).unwrap();
                assert!(gone <= 3 + 7 + 3, "bounded, but for what ended at one moment");
                if gone == 0 {
                    return all;
                }
                all += gone;
            }
        };
        assert_eq!(sweep(&house), 7, "of the one that was removed");
        assert_eq!((house.deliveries(one.id).len(), house.deliveries(two.id).len()), (8, 8));
        house.later(2 * DAY);
        assert_eq!(sweep(&house), 14);
        assert_eq!((house.deliveries(one.id).len(), house.deliveries(two.id).len()), (1, 1));
        assert_eq!(sweep(&house), 0);
        house.verify();
    });
}

//! What a channel takes: the most valuable first, no more people a day than its tier, and templates only while they may be used.

use regua_core::facts::Channels;
use regua_core::words::Channel;
use regua_engine::adapters::channels::{Line, Sms, Switchboard};
use regua_engine::outbox::Sending;
use regua_fakes::whatsapp::NUMBER;
use regua_store::channels;

use crate::common::{at, on_both};
use crate::house::{House, TEMPLATE, phone, sms_settings};

const AFTER: &str = "2026-03-02T10:01";
const LATER: &str = "2026-03-02T10:05";
const NEXT_DAY: &str = "2026-03-03T10:02";

fn numbers(count: u32) -> Vec<Vec<regua_core::party::ContactPoint>> {
    (0..count).map(|place| vec![phone(Channel::Whatsapp, &format!("+55119876{:05}", 40_000 + place))]).collect()
}

#[test]
fn no_more_people_a_day_than_the_tier_and_the_most_is_owed_by_those_who_go_first() {
    on_both(|url| {
        let mut house = House::with(url, numbers(5));
        house.sending = Sending { people_a_day: Some(2), ..Sending::default() };
        let done = house.send(AFTER);
        assert_eq!((done.sent, done.later), (2, 3), "{done:?}");
        let to: Vec<String> = house.whatsapp.messages().into_iter().map(|message| message.to).collect();
        assert_eq!(to, ["5511987640004", "5511987640003"], "500.00 and 400.00");
        for when in [LATER, "2026-03-02T15:00", "2026-03-03T10:00"] {
            assert_eq!(house.send(when).sent, 0, "{when}");
        }
        assert_eq!(house.send(NEXT_DAY).sent, 2);
        assert_eq!(house.whatsapp.messages().len(), 4, "within no 24 hours more than two");
        house.is_whole();
    });
}

#[test]
fn the_most_valuable_goes_first_whatever_the_size_of_a_group() {
    on_both(|url| {
        let mut house = House::with(url, numbers(5));
        house.sending = Sending { people_a_day: Some(2), group: 1, ..Sending::default() };
        assert_eq!(house.send(AFTER).sent, 2);
        assert_eq!(house.send(NEXT_DAY).sent, 2);
        let to: Vec<String> = house.whatsapp.messages().into_iter().map(|message| message.to).collect();
        assert_eq!(to, ["5511987640004", "5511987640003", "5511987640002", "5511987640001"], "500.00, 400.00, 300.00 and 200.00");
        house.is_whole();
    });
}

#[test]
fn what_waits_for_its_turn_was_not_tried_and_the_most_valuable_went() {
    on_both(|url| {
        let points = (0..4).map(|place| vec![phone(Channel::Sms, &format!("+551198764000{place}"))]).collect();
        let mut house = House::with(url, points);
        let sms = Sms::new(sms_settings(&house.sms.base())).unwrap();
        house.board = Switchboard::new(None, vec![Line::new(Channels::of(Channel::Sms), vec![Box::new(sms)], 1)]);
        let done = house.send(AFTER);
        assert_eq!((done.sent, done.later), (2, 2), "{done:?}");
        let to: Vec<String> = house.sms.messages().into_iter().map(|message| message.to).collect();
        assert_eq!(to, ["+5511987640003", "+5511987640002"], "400.00 and 300.00");
        let (tenant, customer) = (house.company.tenant, house.customer("C1"));
        let waiting = house.read(|tx| regua_store::outbox::of_customer(tx, tenant, customer, 10)).remove(0);
        assert_eq!((waiting.status.as_str(), waiting.tries), ("queued", 0));
        assert_eq!(house.send(LATER).sent, 2);
        house.is_whole();
    });
}

#[test]
fn what_the_far_side_tells_of_its_tier_counts_before_the_settings() {
    on_both(|url| {
        let mut house = House::with(url, numbers(4));
        house.sending = Sending { people_a_day: Some(1), ..Sending::default() };
        house.whatsapp.quality(NUMBER, "UPGRADE", "TIER_2K");
        house.hear_whatsapp(&house.whatsapp.hooks(), AFTER);
        assert_eq!(house.send(LATER).sent, 4);
        let count = house.read(|tx| channels::reached_since(tx, house.company.tenant, "whatsapp", at(AFTER)));
        assert_eq!(count.0, 4);
        house.is_whole();
    });
}

#[test]
fn a_paused_template_and_a_flagged_number_send_people_by_other_channels() {
    for flagged in [false, true] {
        on_both(|url| {
            let mut house = House::with(url, numbers(2));
            if flagged {
                house.whatsapp.quality(NUMBER, "FLAGGED", "TIER_250");
            } else {
                house.whatsapp.template(TEMPLATE, "pt_BR", "PAUSED");
            }
            house.hear_whatsapp(&house.whatsapp.hooks(), AFTER);
            assert_eq!(house.send(LATER).sent, 2, "by mail");
            assert!(house.whatsapp.messages().is_empty());
            let told = house.company.engine.channel_states(house.company.tenant).unwrap();
            assert!(told.iter().any(|row| ["FLAGGED", "PAUSED"].contains(&row.state.as_str())), "{told:?}");
            house.is_whole();
        });
    }
}

#[test]
fn a_template_that_the_far_side_refuses_is_not_tried_again_with_the_next_reader() {
    on_both(|url| {
        let mut house = House::with(url, numbers(1));
        // Paused, and nobody has told us.
        house.whatsapp.template(TEMPLATE, "pt_BR", "PAUSED");
        assert_eq!(house.send(AFTER).sent, 1, "by mail");
        let told = house.company.engine.channel_states(house.company.tenant).unwrap();
        assert!(told.iter().any(|row| row.kind == "template" && row.name == format!("{TEMPLATE} pt_BR")), "{told:?}");
        house.is_whole();
    });
}

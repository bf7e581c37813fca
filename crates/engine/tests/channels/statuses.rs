//! How far messages came: in any order and twice, never back; and what follows when one does not arrive.

use regua_core::words::Channel;
use regua_fakes::faults::{Fault, Rule};
use regua_fakes::hooks::Hook;

use regua_engine::adapters::channels::Switchboard;

use crate::common::on_both;
use crate::house::{House, Mails, callback_line, phone};

const SMS: &str = "+5511987654321";
const OTHER: &str = "+5511987654322";
/// Taken, and then told as not in use.
const SMS_GONE: &str = "+5511987630005";
/// Taken, and then told as without WhatsApp.
const NO_WHATSAPP: &str = "+5511900131026";
const AFTER: &str = "2026-03-02T10:01";
const LATER: &str = "2026-03-02T10:05";

/// A list in an order that a seed gives, everything twice.
fn storm(hooks: &[Hook], seed: usize) -> Vec<Hook> {
    let mut all: Vec<Hook> = hooks.iter().chain(hooks).cloned().collect();
    let mut dice = seed;
    for place in (1..all.len()).rev() {
        dice = dice.wrapping_mul(1_103_515_245).wrapping_add(12_345) % 2_147_483_648;
        all.swap(place, dice % (place + 1));
    }
    all
}

#[test]
fn a_message_stands_where_it_came_to_whatever_the_order_of_the_news() {
    for seed in [1, 7, 42] {
        on_both(|url| {
            let mut house = House::new(url, vec![phone(Channel::Sms, SMS)]);
            assert_eq!(house.send(AFTER).sent, 1);
            house.sms.clock().set(crate::common::at(LATER).secs());
            let posted = house.sms.messages();
            assert_eq!(posted[0].status, "delivered");
            house.hear_sms(&storm(&house.sms.hooks(), seed), LATER);
            let (message, status) = house.messages("C1").remove(0);
            let stands: Vec<String> = house.carriages(message).into_iter().map(|row| row.standing).collect();
            assert_eq!((status.as_str(), stands), ("sent", vec!["delivered".to_owned()]));
            assert_eq!(house.events("C1", "delivery").len(), 1, "it is told once (seed {seed})");
            house.is_whole();
        });
    }
}

#[test]
fn what_does_not_arrive_by_whatsapp_goes_by_sms_and_then_by_mail() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Whatsapp, NO_WHATSAPP), phone(Channel::Sms, SMS_GONE)]);
        assert_eq!(house.send(AFTER).sent, 1);
        assert_eq!((house.whatsapp.messages().len(), house.sms.messages().len()), (1, 0));
        house.whatsapp.clock().set(crate::common::at(LATER).secs());
        let _moved = house.whatsapp.messages();
        house.hear_whatsapp(&storm(&house.whatsapp.hooks(), 3), LATER);
        assert_eq!(house.messages("C1")[0].1, "queued", "it waits for the next contact point");
        assert_eq!(house.send(LATER).sent, 1);
        assert_eq!((house.whatsapp.messages().len(), house.sms.messages().len()), (1, 1));
        house.sms.clock().set(crate::common::at("2026-03-02T10:10").secs());
        let _moved = house.sms.messages();
        house.hear_sms(&house.sms.hooks(), "2026-03-02T10:10");
        assert_eq!(house.send("2026-03-02T10:10").sent, 1, "by mail");
        assert_eq!((house.whatsapp.messages().len(), house.sms.messages().len()), (1, 1));
        let (message, status) = house.messages("C1").remove(0);
        assert_eq!((status.as_str(), house.carriages(message).len()), ("sent", 2));
        // The same news once more change nothing.
        house.hear_whatsapp(&house.whatsapp.hooks(), "2026-03-02T10:11");
        house.hear_sms(&house.sms.hooks(), "2026-03-02T10:11");
        assert_eq!(house.send("2026-03-02T10:12").taken, 0);
        let bad: Vec<String> =
            house.events("C1", "told").into_iter().map(|event| event.payload).filter(|told| told.contains("bounced")).collect();
        assert_eq!(bad.len(), 2, "both addresses are known not to work: {bad:?}");
        house.is_whole();
    });
}

#[test]
fn a_carrier_of_one_s_own_carries_a_message_to_one_address_after_the_other_and_tells_of_each() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Sms, SMS), phone(Channel::Sms, OTHER)]);
        let (fake, line) = callback_line(Channel::Sms);
        house.board = Switchboard::new(Some(Box::new(Mails::default())), vec![line]);
        let tell = |house: &House, which: usize, evt: &str, when: &str| {
            let message = &fake.messages()[which].id;
            let body = serde_json::json!({"id": evt, "type": "message.status",
                "data": {"message": message, "status": "failed", "refused": "bad_address"}});
            let heard = regua_wire::channels::news::of_callback(body.to_string().as_bytes()).unwrap();
            house.hear("callback", &heard, crate::common::at(when))
        };
        assert_eq!(house.send(AFTER).sent, 1);
        assert_eq!(tell(&house, 0, "evt_1", AFTER), 1);
        assert_eq!(house.send(LATER).sent, 1);
        let to: Vec<String> = fake.messages().iter().map(|message| message.data["to"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(to, [SMS, OTHER], "the second is no second try of the first");
        // The first is told of once more, in other words: the second still stands.
        tell(&house, 0, "evt_2", LATER);
        assert_eq!(house.messages("C1")[0].1, "sent");
        assert_eq!(tell(&house, 1, "evt_3", LATER), 1);
        assert_eq!(house.send("2026-03-02T10:06").sent, 1, "by mail");
        let (message, status) = house.messages("C1").remove(0);
        assert_eq!((status.as_str(), house.carriages(message).len(), fake.messages().len()), ("sent", 2, 2));
        house.is_whole();
    });
}

#[test]
fn a_cut_line_is_unknown_is_never_sent_again_and_its_carrier_s_news_settle_it() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Sms, SMS)]);
        house.sms.fault(Rule::always(Fault::CutAfter).on("POST", "/2010-04-01").times(1));
        let done = house.send(AFTER);
        assert_eq!((done.unknown, done.sent), (1, 0), "{done:?}");
        for when in [LATER, "2026-03-02T18:00", "2026-03-04T10:00"] {
            assert_eq!(house.send(when).taken, 0, "it is not sent again");
        }
        assert_eq!((house.sms.messages().len(), house.messages("C1")[0].1.as_str()), (1, "unknown"));
        house.sms.clock().set(crate::common::at(LATER).secs());
        let _moved = house.sms.messages();
        house.hear_sms(&storm(&house.sms.hooks(), 5), "2026-03-04T10:01");
        let (message, status) = house.messages("C1").remove(0);
        assert_eq!((status.as_str(), house.carriages(message)[0].standing.as_str()), ("sent", "delivered"));
        house.is_whole();
    });
}

#[test]
fn a_text_that_comes_too_late_for_its_window_goes_again_as_a_template() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Whatsapp, SMS)]);
        // We think that the reader wrote; the far side does not.
        let wrote = serde_json::json!({"from": "5511987654321", "id": "wamid.in", "timestamp": "1772456400", "type": "text", "text": {"body": "oi"}});
        let value = serde_json::json!({"metadata": {"phone_number_id": "1"}, "messages": [wrote]});
        let body =
            serde_json::json!({"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]});
        let heard = regua_wire::channels::news::of_whatsapp("1", body.to_string().as_bytes()).unwrap();
        assert_eq!(house.hear("whatsapp", &heard, crate::common::at(AFTER)), 1);
        assert_eq!(house.send(AFTER).sent, 1);
        assert!(house.whatsapp.messages()[0].template.is_none());
        house.whatsapp.clock().set(crate::common::at(LATER).secs());
        let _moved = house.whatsapp.messages();
        house.hear_whatsapp(&storm(&house.whatsapp.hooks(), 9), LATER);
        assert_eq!(house.send(LATER).sent, 1);
        let all = house.whatsapp.messages();
        assert_eq!((all.len(), all[1].template.as_deref()), (2, Some(crate::house::TEMPLATE)));
        house.is_whole();
    });
}

#[test]
fn a_link_that_is_followed_is_told_once_and_the_message_counts_as_read() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Sms, SMS)]);
        let (tenant, customer) = (house.company.tenant, house.customer("C1"));
        let follow = |house: &House| {
            house.company.engine.followed(tenant, customer, crate::common::day("2026-03-02"), crate::common::at(LATER)).unwrap()
        };
        assert!(!follow(&house), "nothing was sent yet");
        assert_eq!(house.send(AFTER).sent, 1);
        assert!(follow(&house) && !follow(&house), "once");
        let (message, _) = house.messages("C1").remove(0);
        let row = house.carriages(message).remove(0);
        assert_eq!((row.standing.as_str(), row.clicked_at), ("read", Some(crate::common::at(LATER))));
        assert_eq!(house.events("C1", "delivery").len(), 2, "read and clicked");
        // What the carrier tells afterwards takes nothing back.
        house.sms.clock().set(crate::common::at(LATER).secs());
        let _moved = house.sms.messages();
        house.hear_sms(&house.sms.hooks(), LATER);
        assert_eq!(house.carriages(message)[0].standing, "read");
        house.is_whole();
    });
}

#[test]
fn news_of_nobody_s_message_change_nothing() {
    on_both(|url| {
        let house = House::new(url, vec![phone(Channel::Sms, SMS)]);
        let heard = regua_wire::channels::news::of_sms("", b"MessageSid=SMother&MessageStatus=delivered").unwrap();
        assert_eq!(house.hear("sms", &heard, crate::common::at(AFTER)), 0);
        let heard = regua_wire::channels::news::of_sms("msg_01jf2z8s9ge1ca12r2r7mgyhg8", b"MessageSid=SM1&MessageStatus=failed").unwrap();
        assert_eq!(house.hear("sms", &heard, crate::common::at(AFTER)), 0);
        house.is_whole();
    });
}

#[test]
fn an_address_that_its_provider_refuses_at_once_gives_way_and_is_known_not_to_work() {
    on_both(|url| {
        // Stopped at the provider, of which we hear with the first message.
        let mut house = House::new(url, vec![phone(Channel::Sms, SMS)]);
        house.sms.write(SMS, regua_fakes::sms::NUMBER, "STOP").unwrap();
        assert_eq!(house.send(AFTER).sent, 1, "it went by mail");
        assert!(house.sms.messages().is_empty());
        let told: Vec<String> = house.events("C1", "told").into_iter().map(|event| event.payload).collect();
        assert!(told.iter().any(|told| told.contains("opted_out")), "{told:?}");
        house.is_whole();
    });
}

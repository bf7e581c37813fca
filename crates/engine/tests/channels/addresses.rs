//! Addresses that are left alone because they do not work, and how they are written.

use regua_core::words::Channel;
use regua_engine::Kind;
use regua_engine::adapters::channels::Switchboard;
use regua_store::channels;

use crate::common::{act, at, on_both};
use crate::house::{HOOK, House, Mails, callback_line, phone};

const ANA: &str = "+5511987654321";
/// Taken, and then told as not in use.
const GONE: &str = "+5511987630005";
const AFTER: &str = "2026-03-02T10:01";
const LATER: &str = "2026-03-02T10:05";

fn listed(house: &House) -> Vec<(String, String)> {
    let rows = house.read(|tx| channels::suppressions(tx, house.company.tenant, channels::BEGINNING, 10));
    rows.into_iter().map(|row| (row.channel, row.why)).collect()
}

#[test]
fn a_number_that_does_not_work_is_left_alone_for_everybody_until_somebody_writes_from_it() {
    on_both(|url| {
        let mut house = House::with(url, vec![vec![phone(Channel::Sms, GONE)], vec![phone(Channel::Sms, GONE)]]);
        // The second waits until it is known how the first fared.
        house.sending.group = 1;
        let one =
            house.company.engine.dispatch(&|| at(AFTER), &mut house.board, &crate::house::texts(), house.sending, &|done| done.taken == 0);
        assert!(one.unwrap().sent >= 1);
        let tried = house.sms.messages().len();
        house.sms.clock().set(at(LATER).secs());
        let _moved = house.sms.messages();
        house.hear_sms(&house.sms.hooks(), LATER);
        assert_eq!(listed(&house), [("sms".to_owned(), "bounced".to_owned())]);
        let done = house.send(LATER);
        assert!(done.sent >= 1 && done.failed == 0, "by mail: {done:?}");
        assert_eq!(house.sms.messages().len(), tried, "nobody tries that number again");
        // Somebody writes from it: it works.
        house.sms.account(regua_fakes::sms::ACCOUNT, |account| account.inbound = Some(HOOK.to_owned()));
        let known = house.sms.hooks().len();
        house.sms.write(GONE, regua_fakes::sms::NUMBER, "Esse número é meu de novo").unwrap();
        house.hear_sms(&house.sms.hooks().split_off(known), "2026-03-02T11:00");
        assert!(listed(&house).is_empty());
        let told = house.events("C2", "told");
        assert!(told.last().is_some_and(|event| event.payload.contains("mended")), "{told:?}");
        house.is_whole();
    });
}

#[test]
fn a_carrier_of_one_s_own_says_on_which_channel_somebody_wants_no_more() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Sms, ANA)]);
        let (fake, line) = callback_line(Channel::Sms);
        house.board = Switchboard::new(Some(Box::new(Mails::default())), vec![line]);
        let body = br#"{"id":"evt_1","type":"message.reply","data":{"from":"+5511987654321","text":"Basta, grazie","channel":"sms"}}"#;
        house.hear("callback", &regua_wire::channels::news::of_callback(body).unwrap(), at(AFTER));
        assert_eq!(listed(&house), [("sms".to_owned(), "opted_out".to_owned())]);
        assert_eq!(house.send(LATER).sent, 1, "by mail");
        assert!(fake.messages().is_empty());
        house.is_whole();
    });
}

#[test]
fn a_reason_that_lasts_takes_the_place_of_one_that_passes() {
    on_both(|url| {
        let house = House::new(url, vec![phone(Channel::Sms, ANA)]);
        let (engine, tenant) = (&house.company.engine, house.company.tenant);
        let heard = |body: &str| {
            let heard = regua_wire::channels::news::of_sms("", body.as_bytes()).unwrap();
            house.hear("sms", &heard, at(AFTER));
        };
        heard("MessageSid=SM1&From=%2B5511987654321&Body=Sair");
        assert_eq!(listed(&house), [("sms".to_owned(), "opted_out".to_owned())], "once, however it is spelt");
        assert!(engine.suppress(tenant, (Channel::Sms, ANA), "person", &act(), at(LATER)).unwrap());
        heard("MessageSid=SM2&From=%2B5511987654321&Body=Voltar");
        assert_eq!(listed(&house), [("sms".to_owned(), "person".to_owned())], "its owner cannot lift what a person decided");
        house.is_whole();
    });
}

#[test]
fn an_address_is_left_alone_as_it_is_stored_however_it_is_written() {
    on_both(|url| {
        let house = House::new(url, vec![phone(Channel::Sms, ANA)]);
        let (engine, tenant) = (&house.company.engine, house.company.tenant);
        assert!(engine.suppress(tenant, (Channel::Sms, " +55 (11) 98765-4321 "), "person", &act(), at(AFTER)).unwrap());
        assert!(!engine.suppress(tenant, (Channel::Sms, ANA), "person", &act(), at(AFTER)).unwrap(), "it is the same");
        assert!(engine.suppress(tenant, (Channel::Email, "ANA@x.example"), "person", &act(), at(AFTER)).unwrap());
        for (channel, odd) in
            [(Channel::Sms, "11987654321"), (Channel::Whatsapp, "+551198765"), (Channel::Email, "ana"), (Channel::Push, " ")]
        {
            let refused = engine.suppress(tenant, (channel, odd), "person", &act(), at(AFTER)).unwrap_err();
            assert_eq!((refused.kind, refused.code), (Kind::Refused, "no_address"), "{odd}");
        }
        house.is_whole();
    });
}

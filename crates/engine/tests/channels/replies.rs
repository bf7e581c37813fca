//! What people write: kept once, shown to a person, and heeded at once when it is a word that stops messages.

use regua_core::words::Channel;
use regua_engine::Kind;
use regua_fakes::hooks::Hook;
use regua_fakes::sms::{ACCOUNT, NUMBER};
use regua_store::channels;

use crate::common::{act, at, on_both};
use crate::house::{HOOK, House, phone};

const ANA: &str = "+5511987654321";
const AFTER: &str = "2026-03-02T10:01";
const LATER: &str = "2026-03-02T10:05";
const BEGINNING: (regua_core::time::Instant, [u8; 16]) = (regua_core::time::Instant::NEVER, [0; 16]);

fn written(house: &House, from: &str, text: &str) -> Vec<Hook> {
    let known = house.sms.hooks().len();
    house.sms.account(ACCOUNT, |account| account.inbound = Some(HOOK.to_owned()));
    house.sms.write(from, NUMBER, text).unwrap();
    house.sms.hooks().split_off(known)
}

#[test]
fn an_answer_stands_once_on_its_customer_s_timeline_and_waits_for_a_person() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Sms, ANA)]);
        assert_eq!(house.send(AFTER).sent, 1);
        let hooks = written(&house, ANA, "Já paguei ontem, podem conferir?");
        house.hear_sms(&hooks, LATER);
        house.hear_sms(&hooks, LATER);
        let open = house.company.engine.replies(house.company.tenant, true, BEGINNING, 10).unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].external_id.as_deref(), open[0].row.channel.as_str()), (Some("C1"), "sms"));
        assert_eq!(open[0].words.as_ref().unwrap().text, "Já paguei ontem, podem conferir?");
        let events = house.events("C1", "reply");
        assert!(events.len() == 1 && events[0].sealed.is_some() && !events[0].payload.contains("paguei"), "{events:?}");
        let done = house.company.engine.reply_done(house.company.tenant, open[0].row.reply, &act(), at(LATER)).unwrap();
        assert_eq!(done.row.status, "done");
        assert!(house.company.engine.replies(house.company.tenant, true, BEGINNING, 10).unwrap().is_empty());
        assert_eq!(house.company.engine.replies(house.company.tenant, false, BEGINNING, 10).unwrap().len(), 1);
        let missing = house.company.engine.reply_done(house.company.tenant, [9; 16], &act(), at(LATER));
        assert_eq!(missing.unwrap_err().kind, Kind::NotFound);
        house.is_whole();
    });
}

#[test]
fn a_word_that_stops_messages_stops_those_that_wait_and_those_of_whoever_shares_the_number() {
    on_both(|url| {
        let mut house = House::with(url, vec![vec![phone(Channel::Sms, ANA)], vec![phone(Channel::Sms, ANA)]]);
        // Both messages wait.
        house.hear_sms(&written(&house, ANA, "Sair, por favor"), AFTER);
        assert_eq!(house.send(LATER).sent, 2, "by mail");
        assert!(house.sms.messages().is_empty());
        for name in ["C1", "C2"] {
            let told = house.events(name, "told");
            assert!(told.iter().any(|event| event.payload.contains("opted_out")), "{name}: {told:?}");
        }
        let rows = house.read(|tx| channels::suppressions(tx, house.company.tenant, channels::BEGINNING, 10));
        assert!(rows.iter().all(|row| (row.channel.as_str(), row.why.as_str()) == ("sms", "opted_out")) && !rows.is_empty(), "{rows:?}");
        // The person takes it back: by the same channel, and nobody else has to.
        house.hear_sms(&written(&house, ANA, "VOLTAR"), "2026-03-02T11:00");
        assert!(house.read(|tx| channels::suppressions(tx, house.company.tenant, channels::BEGINNING, 10)).is_empty());
        let told = house.events("C1", "told");
        assert!(told.iter().any(|event| event.payload.contains("opted_in")), "{told:?}");
        house.is_whole();
    });
}

#[test]
fn an_address_that_is_left_alone_is_so_for_everybody_until_a_person_says_why_not() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Sms, ANA)]);
        let (engine, tenant) = (&house.company.engine, house.company.tenant);
        assert!(engine.suppress(tenant, (Channel::Sms, ANA), "person", &act(), at(AFTER)).unwrap());
        assert!(!engine.suppress(tenant, (Channel::Sms, ANA), "person", &act(), at(AFTER)).unwrap(), "it was already");
        assert_eq!(house.send(LATER).sent, 1);
        assert!(house.sms.messages().is_empty(), "by mail");
        let engine = &house.company.engine;
        let refused = engine.lift_suppression(tenant, (Channel::Sms, ANA), &act(), at(LATER)).unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Refused, "no_reason"));
        let why = regua_engine::Act { reason: Some("she called".to_owned()), ..act() };
        engine.lift_suppression(tenant, (Channel::Sms, ANA), &why, at(LATER)).unwrap();
        let gone = engine.lift_suppression(tenant, (Channel::Sms, ANA), &why, at(LATER)).unwrap_err();
        assert_eq!(gone.kind, Kind::NotFound);
        let told = house.events("C1", "told");
        assert!(told.iter().any(|event| event.payload.contains("mended")), "{told:?}");
        house.is_whole();
    });
}

#[test]
fn whoever_writes_by_whatsapp_opens_a_window_and_is_found_without_the_ninth_digit() {
    on_both(|url| {
        let mut house = House::new(url, vec![phone(Channel::Whatsapp, ANA)]);
        let _id = house.whatsapp.write("551187654321", regua_fakes::whatsapp::NUMBER, "bom dia");
        let _id = house.whatsapp.write("551187654321", regua_fakes::whatsapp::NUMBER, "qual o valor?");
        let _id = house.whatsapp.write("5511987654321", regua_fakes::whatsapp::NUMBER, "oi");
        house.hear_whatsapp(&house.whatsapp.hooks(), AFTER);
        assert_eq!(house.send(LATER).sent, 1);
        let sent = house.whatsapp.messages();
        assert!(sent[0].template.is_none() && sent[0].in_window, "free text, since the reader wrote: {:?}", sent[0].template);
        let replies = house.company.engine.replies(house.company.tenant, true, BEGINNING, 10).unwrap();
        assert!(!replies.is_empty() && replies.iter().all(|one| one.external_id.as_deref() == Some("C1")), "{replies:?}");
        house.is_whole();
    });
}

#[test]
fn a_stranger_s_words_are_kept_for_a_person_and_are_nobody_s() {
    on_both(|url| {
        let house = House::new(url, vec![phone(Channel::Sms, ANA)]);
        house.hear_sms(&written(&house, "+5521912345678", "quem é?"), AFTER);
        let open = house.company.engine.replies(house.company.tenant, true, BEGINNING, 10).unwrap();
        assert_eq!((open.len(), open[0].external_id.as_deref(), open[0].row.customer), (1, None, None));
        assert_eq!(open[0].words.as_ref().unwrap().from, "+5521912345678");
        assert!(house.events("C1", "reply").is_empty());
        house.is_whole();
    });
}

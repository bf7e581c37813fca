//! Channels whose far sides say that a person must look: other channels take over, and what could only go there waits.

use regua_core::words::Channel;
use regua_engine::adapters::channels::{Switchboard, Whatsapp};
use regua_engine::secret::Secret;

use crate::common::on_both;
use crate::house::{House, Mails, line, phone, whatsapp_settings};

const ANA: &str = "+5511987654321";
/// Taken, and then told as not sent, since people report the number.
const REPORTED: &str = "+5511900131048";
const AFTER: &str = "2026-03-02T10:01";
const LATER: &str = "2026-03-02T10:05";

fn board(house: &House, token: Option<&str>) -> Switchboard {
    let mut settings = whatsapp_settings(&house.whatsapp.base());
    if let Some(token) = token {
        settings.token = Secret::new(token);
    }
    Switchboard::new(Some(Box::new(Mails::default())), vec![line(Channel::Whatsapp, Whatsapp::new(&settings).unwrap())])
}

#[test]
fn what_could_only_go_over_a_closed_channel_waits_and_goes_when_a_person_has_looked() {
    on_both(|url| {
        let mut house = House::under("channels: [whatsapp]", url, vec![vec![phone(Channel::Whatsapp, ANA)]]);
        house.board = board(&house, Some("worn"));
        let first = house.send(AFTER);
        assert_eq!((first.sent, first.failed, first.later), (0, 0, 1), "{first:?}");
        for when in ["2026-03-02T10:03", "2026-03-02T10:05"] {
            let done = house.send(when);
            assert_eq!((done.sent, done.failed), (0, 0), "nobody is lost: {done:?}");
        }
        assert_eq!(house.messages("C1")[0].1, "queued");
        // The settings are mended, and another process knows from the database that it should not try yet.
        let (engine, tenant) = (&house.company.engine, house.company.tenant);
        let told = engine.channel_states(tenant).unwrap();
        assert!(told.iter().any(|row| (row.kind.as_str(), row.state.as_str()) == ("trouble", "stopped")), "{told:?}");
        assert!(engine.channel_mended(tenant, Channel::Whatsapp).unwrap() && !engine.channel_mended(tenant, Channel::Whatsapp).unwrap());
        house.board = board(&house, None);
        assert_eq!(house.send("2026-03-02T10:15").sent, 1);
        assert_eq!(house.whatsapp.messages().len(), 1);
        house.is_whole();
    });
}

#[test]
fn what_a_status_says_of_the_account_closes_the_channel_for_every_process() {
    on_both(|url| {
        let mut house = House::with(url, vec![vec![phone(Channel::Whatsapp, ANA)], vec![phone(Channel::Whatsapp, REPORTED)]]);
        house.sending.group = 1;
        house.sending.people_a_day = Some(1);
        house.board = board(&house, None);
        assert_eq!(house.send(AFTER).sent, 1, "the more valuable");
        house.whatsapp.clock().set(crate::common::at(LATER).secs());
        let _moved = house.whatsapp.messages();
        house.hear_whatsapp(&house.whatsapp.hooks(), LATER);
        let told = house.company.engine.channel_states(house.company.tenant).unwrap();
        let trouble = told.iter().find(|row| row.kind == "trouble").unwrap();
        assert_eq!((trouble.channel.as_str(), trouble.state.as_str()), ("whatsapp", "stopped"));
        assert!(trouble.detail.as_deref().is_some_and(|why| why.contains("131048")), "{trouble:?}");
        // Its own message and one that would have gone there take the mail.
        house.sending.people_a_day = None;
        assert_eq!(house.send("2026-03-02T10:06").sent, 1);
        assert_eq!(house.whatsapp.messages().len(), 1);
        house.is_whole();
    });
}

//! Asking for a new link, saying that one is somebody else, and stopping messages.

use super::{Kept, by_message, company, good, is_clean, links, now, pass};
use crate::common::{Counting, act, on_both};
use regua_core::party::{Consent, Health};
use regua_engine::links::{ASKS_A_DAY, Asks, NewAsk, Opened, Purpose};
use serde_json::json;

#[test]
fn a_new_link_goes_to_the_contact_on_file_and_three_times_a_day_at_most() {
    on_both(|url| {
        let company = company(url);
        let (_, token) = by_message(&company);
        let later = now().plus_hours(24 * 40);
        assert!(good(&company, &token, later).is_none());
        let mut rng = Counting(9);
        for _ in 0..ASKS_A_DAY + 3 {
            company.engine.ask_link(company.tenant, &token, later, &mut rng).unwrap();
        }
        let mut courier = Kept::default();
        pass(&company, &mut courier, later);
        let new: Vec<&(String, String)> = courier.0.iter().filter(|(_, text)| text.contains("novo link")).collect();
        assert_eq!(i64::try_from(new.len()).unwrap(), ASKS_A_DAY);
        for (to, text) in new {
            assert_eq!(to, "c1@customer.example");
            let visitor = good(&company, &links(text).pop().unwrap(), later).unwrap();
            assert!(visitor.may_act && visitor.purpose == Purpose::Portal);
        }
        // Each goes out once, and the next day there are new ones.
        let mut courier = Kept::default();
        pass(&company, &mut courier, later.plus_hours(1));
        assert!(!courier.0.iter().any(|(_, text)| text.contains("novo link")));
        company.engine.ask_link(company.tenant, &token, later.plus_hours(24), &mut rng).unwrap();
        pass(&company, &mut courier, later.plus_hours(24));
        assert_eq!(courier.0.iter().filter(|(_, text)| text.contains("novo link")).count(), 1);
        is_clean(&company);
    });
}

#[test]
fn asking_with_what_is_no_link_does_nothing_and_says_nothing() {
    on_both(|url| {
        let company = company(url);
        let mut rng = Counting(9);
        for text in ["", "x", &"a".repeat(95)] {
            company.engine.ask_link(company.tenant, text, now(), &mut rng).unwrap();
        }
        let mut courier = Kept::default();
        pass(&company, &mut courier, now());
        assert!(!courier.0.iter().any(|(_, text)| text.contains("novo link")));
    });
}

#[test]
fn not_me_ends_the_use_of_the_address_and_its_links() {
    on_both(|url| {
        let company = company(url);
        let (visitor, token) = by_message(&company);
        company.engine.not_me(&visitor, now(), &mut Counting(9)).unwrap();
        let state = company.engine.customer_state(company.tenant, "C1").unwrap();
        assert_eq!(state.customer.contacts[0].health, Health::Suppressed);
        assert!(matches!(company.engine.open_link(company.tenant, &token, now()).unwrap(), Opened::Stale));
        let mut courier = Kept::default();
        for day in 1..40 {
            pass(&company, &mut courier, now().plus_hours(24 * day));
        }
        company.engine.ask_link(company.tenant, &token, now(), &mut Counting(9)).unwrap();
        pass(&company, &mut courier, now().plus_hours(24 * 41));
        assert!(courier.0.iter().all(|(to, _)| to != "c1@customer.example"), "nothing more is sent there");
        let open = company.engine.customer_requests(company.tenant, true, None, 10).unwrap();
        assert_eq!(open.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["not_me"]);
        is_clean(&company);
    });
}

#[test]
fn a_link_that_was_sent_to_nobody_blocks_nobody() {
    on_both(|url| {
        let company = company(url);
        let visitor = super::visitor(&company, "C1", now());
        let refused = company.engine.not_me(&visitor, now(), &mut Counting(9)).unwrap_err();
        assert_eq!(refused.code, "no_contact");
        assert!(!company.engine.unsubscribe(&visitor, now()).unwrap());
    });
}

#[test]
fn stopping_messages_is_an_opt_out_of_that_address() {
    on_both(|url| {
        let company = company(url);
        let (visitor, token) = by_message(&company);
        assert!(company.engine.unsubscribe(&visitor, now()).unwrap());
        let state = company.engine.customer_state(company.tenant, "C1").unwrap();
        assert_eq!(state.customer.contacts[0].consent, Consent::OptedOut);
        assert!(good(&company, &token, now()).is_some(), "who stops messages may still look");
        is_clean(&company);
    });
}

#[test]
fn a_request_is_closed_once_by_a_person() {
    on_both(|url| {
        let company = company(url);
        let visitor = super::visitor(&company, "C1", now());
        let ask = NewAsk { what: Asks::Question, receivable: None, words: &json!({ "words": "quanto devo?" }), file: None };
        let id = company.engine.ask_person(&visitor, &ask, now(), &mut Counting(9)).unwrap();
        assert!(company.engine.close_request(company.tenant, id, &act(), now()).unwrap());
        assert!(!company.engine.close_request(company.tenant, id, &act(), now()).unwrap());
        assert_eq!(company.engine.close_request(company.tenant, [9; 16], &act(), now()).unwrap_err().code, "no_request");
        let done = company.engine.customer_requests(company.tenant, false, None, 10).unwrap();
        assert_eq!(done[0].words, Some(json!({ "words": "quanto devo?" })));
        is_clean(&company);
    });
}

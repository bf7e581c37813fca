//! Which texts open the portal, for whom, and until when.

use super::{by_message, chain, company, good, is_clean, now, visitor};
use crate::common::{act, day, on_both};
use regua_core::time::{Instant, Zone};
use regua_engine::links::{Opened, Purpose};

#[test]
fn no_byte_of_a_link_can_be_another() {
    on_both(|url| {
        let company = company(url);
        let token = company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap();
        assert!(good(&company, &token, now()).is_some());
        for place in 0..token.len() {
            for other in [b'a', b'q', b'7', b'A', b'-'] {
                let mut bytes = token.clone().into_bytes();
                if bytes[place] != other {
                    bytes[place] = other;
                    let text = String::from_utf8(bytes).unwrap();
                    let opened = company.engine.open_link(company.tenant, &text, now()).unwrap();
                    assert!(matches!(opened, Opened::Unknown), "{place}");
                }
            }
        }
        for text in ["", "x", &token[1..], &format!("{token}a"), &token.to_uppercase()] {
            assert!(matches!(company.engine.open_link(company.tenant, text, now()).unwrap(), Opened::Unknown));
        }
    });
}

#[test]
fn a_link_ends_with_its_last_day_and_acts_end_before() {
    on_both(|url| {
        let company = company(url);
        for purpose in Purpose::ALL {
            let token = company.engine.make_link(company.tenant, "C1", purpose, now()).unwrap();
            let days = i64::from(purpose.days());
            assert!(good(&company, &token, now().plus_hours(24 * days)).is_some(), "{purpose:?}");
            assert!(good(&company, &token, now().plus_hours(24 * (days + 1))).is_none(), "{purpose:?}");
        }
        let token = company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap();
        let may = |days: i64| good(&company, &token, now().plus_hours(24 * days)).unwrap().may_act;
        assert!(may(0) && may(6) && !may(7) && !may(30));
    });
}

#[test]
fn a_link_is_good_for_the_whole_of_its_last_day_wherever_that_ends_and_no_longer() {
    on_both(|url| {
        let company = company(url);
        for (purpose, last) in [(Purpose::Portal, "2026-04-12"), (Purpose::Pay, "2026-03-20"), (Purpose::Unsubscribe, "2026-06-11")] {
            let token = company.engine.make_link(company.tenant, "C1", purpose, now()).unwrap();
            assert_eq!(good(&company, &token, now()).unwrap().expires_on, day(last));
            // The day ends last twelve hours west of Greenwich.
            let over = Zone::utc().midnight(day(last).plus(1)).plus_hours(12);
            let before = Instant::from_micros(over.micros() - 1);
            assert!(good(&company, &token, before).is_some(), "{purpose:?}");
            assert!(matches!(company.engine.open_link(company.tenant, &token, over).unwrap(), Opened::Stale), "{purpose:?}");
        }
        let token = company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap();
        let over = Zone::utc().midnight(day("2026-03-20")).plus_hours(12);
        assert!(good(&company, &token, Instant::from_micros(over.micros() - 1)).unwrap().may_act);
        assert!(!good(&company, &token, over).unwrap().may_act);
    });
}

#[test]
fn who_comes_by_a_message_is_counted_once_and_nothing_is_written_after() {
    on_both(|url| {
        let company = company(url);
        let (visitor, _) = by_message(&company);
        let later = now().plus_hours(1);
        let follow = || company.engine.followed(company.tenant, visitor.customer, visitor.made_on(), later).unwrap();
        assert!(follow(), "the first time");
        let known = chain(&company);
        for _ in 0..5 {
            assert!(!follow());
        }
        assert_eq!(chain(&company), known);
        is_clean(&company);
    });
}

#[test]
fn a_link_is_of_one_company_only() {
    on_both(|url| {
        let mut company = company(url);
        let other = company.engine.add_tenant("Outra", now(), &mut company.rng).unwrap();
        let token = company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap();
        assert!(matches!(company.engine.open_link(other, &token, now()).unwrap(), Opened::Unknown));
    });
}

#[test]
fn taking_links_back_ends_those_made_before_and_none_after() {
    on_both(|url| {
        let company = company(url);
        let (before, of_other) = (
            company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap(),
            company.engine.make_link(company.tenant, "C2", Purpose::Portal, now()).unwrap(),
        );
        company.engine.revoke_links(company.tenant, "C1", &act(), now()).unwrap();
        let after = company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap();
        assert!(good(&company, &before, now()).is_none());
        assert!(good(&company, &after, now()).is_some() && good(&company, &of_other, now()).is_some());
        is_clean(&company);
    });
}

#[test]
fn an_erased_person_has_no_link() {
    on_both(|url| {
        let company = company(url);
        let token = company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap();
        company.engine.erase(company.tenant, "C1", true, &act(), now()).unwrap();
        assert!(matches!(company.engine.open_link(company.tenant, &token, now()).unwrap(), Opened::Stale));
    });
}

#[test]
fn a_link_shows_its_own_customer_only() {
    on_both(|url| {
        let company = company(url);
        let (one, other) = (visitor(&company, "C1", now()), visitor(&company, "C2", now()));
        let (mine, theirs) = (company.engine.portal(&one, now()).unwrap(), company.engine.portal(&other, now()).unwrap());
        assert_eq!((mine.external_id.as_str(), theirs.external_id.as_str()), ("C1", "C2"));
        assert_eq!(mine.owed.iter().map(|owed| owed.external_id.as_str()).collect::<Vec<_>>(), ["R1"]);
        assert!(mine.owed(theirs.owed[0].receivable).is_none());
        let total = mine.owed[0].copy.amount;
        assert!(total.total.minor() > 10_000 && total.fine.minor() == 200, "late: {total:?}");
    });
}

#[test]
fn the_text_of_a_link_says_nothing_of_the_person() {
    on_both(|url| {
        let company = company(url);
        let (visitor, token) = by_message(&company);
        assert!(token.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert!(!format!("{visitor:?}").contains("customer.example"));
    });
}

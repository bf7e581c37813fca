//! Reading the feed: pages, filters, one customer, one event.

use regua_core::facts::Fact;
use regua_core::ids::TenantId;
use regua_core::words::Mode;
use regua_engine::Kind;
use regua_engine::commands::tell::About;
use regua_engine::events::{Type, id_of};
use regua_wire::files::portfolio::Portfolio;

use crate::common::{Company1, act, at, customer, day, on_both, receivable};
use crate::{feed, read, size};

#[test]
fn pages_follow_each_other_through_filters_and_one_customer_has_a_feed_of_its_own() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let portfolio = Portfolio {
            customers: (0..30).map(|one| customer(&format!("C{one}"))).collect(),
            receivables: (0..30).map(|one| receivable(&format!("R{one}"), one, "2026-03-01", "2026-03-10", 10_000)).collect(),
            payments: vec![],
        };
        company.import(&portfolio, at("2026-03-01T09:00"));
        let (engine, tenant) = (&company.engine, company.tenant);
        let paid = Fact::Paid { paid_on: day("2026-03-02"), amount: None };
        engine.tell(tenant, &About::Receivable("R7".to_owned()), paid, Some(&act()), at("2026-03-02T09:00")).unwrap();
        feed(engine, at("2026-03-02T10:00"), 500);
        let all = read(engine, tenant);
        let paid = all.iter().find(|event| event.kind == Type::ReceivablePaid).unwrap();
        assert!(paid.data.contains("\"external_id\":\"R7\""), "{}", paid.data);

        // A filter leaves gaps, and a page says where the next begins.
        let (mut found, mut after, mut pages) = (Vec::new(), 0, 0);
        loop {
            let page = engine.events(tenant, after, &[Type::ReceivableCreated, Type::ReceivablePaid], None, 4).unwrap();
            pages += 1;
            found.extend(page.items);
            match page.next {
                Some(next) => after = next,
                None => {
                    assert_eq!(page.seen, size(all.len()), "everything was looked at");
                    break;
                }
            }
        }
        let wanted: Vec<_> =
            all.iter().filter(|event| [Type::ReceivableCreated, Type::ReceivablePaid].contains(&event.kind)).cloned().collect();
        assert_eq!((found, pages), (wanted, 8));

        let own = engine.events(tenant, 0, &[], paid.customer, 1_000).unwrap();
        let wanted: Vec<_> = all.iter().filter(|event| event.customer == paid.customer).cloned().collect();
        assert_eq!((own.items, own.next), (wanted.clone(), None));
        let behind = engine.events(tenant, wanted[1].position, &[], paid.customer, 1).unwrap();
        assert_eq!((behind.items, behind.next), (wanted[2..3].to_vec(), Some(wanted[2].position)));
        assert!(engine.events(tenant, size(all.len()), &[], None, 10).unwrap().items.is_empty());

        assert_eq!(engine.event(tenant, &paid.id).unwrap(), *paid);
        let other = TenantId::new(1, [9; 10]);
        for odd in [id_of(other, paid.position), id_of(tenant, size(all.len()) + 1), String::new(), "evt_é".to_owned()] {
            assert_eq!(engine.event(tenant, &odd).unwrap_err().kind, Kind::NotFound, "{odd}");
        }
        // Another tenant has none of it.
        assert_eq!((engine.latest_position(other).unwrap(), engine.events(other, 0, &[], None, 10).unwrap().items.len()), (0, 0));
    });
}

#[test]
fn a_decision_in_shadow_says_so_and_one_that_is_real_too() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let (tenant, start) = (company.tenant, at("2026-01-02T00:00"));
        company.engine.set_mode(tenant, Mode::Shadow, None, &act(), start).unwrap();
        let portfolio = Portfolio {
            customers: vec![customer("C1")],
            receivables: vec![receivable("R1", 0, "2026-03-01", "2026-03-10", 10_000)],
            payments: vec![],
        };
        company.import(&portfolio, at("2026-03-01T09:00"));
        company.engine.decide_due(at("2026-03-01T10:00"), 1, &|_| {}).unwrap();
        company.engine.set_mode(tenant, Mode::Live, None, &act(), at("2026-03-10T00:00")).unwrap();
        company.engine.decide_due(at("2026-03-10T12:00"), 1, &|_| {}).unwrap();
        feed(&company.engine, at("2026-03-10T12:00"), 500);
        let done = company.engine.events(tenant, 0, &[Type::StepDone], None, 100).unwrap().items;
        let modes: Vec<bool> = done.iter().map(|event| event.data.contains("\"mode\":\"shadow\"")).collect();
        assert!(modes.contains(&true) && modes.contains(&false), "{done:?}");
        assert!(done.iter().all(|event| event.data.contains("\"mode\":\"shadow\"") || event.data.contains("\"mode\":\"live\"")));
    });
}

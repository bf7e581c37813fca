//! Each message has a link of its own.

use super::{Kept, PORTAL, company, good, links, now, pass};
use crate::common::{act, on_both};
use regua_core::words::Mode;
use regua_engine::brands::Brand;

#[test]
fn every_message_opens_its_own_customers_portal() {
    on_both(|url| {
        let company = company(url);
        let mut courier = Kept::default();
        pass(&company, &mut courier, now());
        assert_eq!(courier.0.len(), 2);
        let mut seen = Vec::new();
        for (to, text) in &courier.0 {
            let token = links(text).pop().unwrap();
            let visitor = good(&company, &token, now()).unwrap();
            let portal = company.engine.portal(&visitor, now()).unwrap();
            assert_eq!(*to, format!("{}@customer.example", portal.external_id.to_lowercase()));
            assert_eq!(portal.reached_at().unwrap().address.as_str(), to);
            assert!(visitor.came_by_message());
            seen.push(token);
        }
        assert_ne!(seen[0], seen[1]);
    });
}

#[test]
fn a_brand_with_a_domain_of_its_own_leads_there() {
    on_both(|url| {
        let mut company = company(url);
        let brand = Brand {
            name: "Acme".into(),
            address: "Rua das Flores 12, 01310-100 São Paulo SP".into(),
            tax_id: "CNPJ 12.345.678/0001-95".into(),
            contact: "contas@acme.example".into(),
            link: "https://pay.acme.example".into(),
            sender: "contas@acme.example".into(),
            portal_domain: "portal.acme.example".into(),
            ..Brand::default()
        };
        let id = company.engine.put_brand(company.tenant, "acme", &brand, &act(), now(), &mut company.rng).unwrap();
        company.engine.make_default_brand(company.tenant, Some(id), &act(), now()).unwrap();
        let mut courier = Kept::default();
        pass(&company, &mut courier, now());
        assert!(!courier.0.is_empty());
        for (_, text) in &courier.0 {
            assert!(text.contains("https://portal.acme.example/p/") && !text.contains(PORTAL), "{text}");
        }
    });
}

#[test]
fn what_is_redirected_opens_nothing() {
    on_both(|url| {
        let company = company(url);
        company.engine.set_mode(company.tenant, Mode::Redirect, Some("tests@nuvem.example"), &act(), now()).unwrap();
        let mut courier = Kept::default();
        pass(&company, &mut courier, now().plus_hours(1));
        assert!(courier.0.iter().all(|(_, text)| links(text).is_empty()));
    });
}

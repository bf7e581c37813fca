//! Each message has a link of its own.

use std::collections::BTreeSet;

use super::{Kept, PORTAL, company, good, links, now, pass};
use crate::common::{self, Company1, POLICY, act, on_both};
use regua_core::party::{Consent, ContactPoint, Phone};
use regua_core::words::{Channel, Mode};
use regua_engine::Engine;
use regua_engine::brands::Brand;
use regua_engine::commands::tell::About;
use regua_store::seal::MasterKey;
use regua_wire::files::portfolio::Portfolio;

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
fn a_text_message_and_a_whatsapp_have_links_of_their_own_to_whom_they_are_sent() {
    on_both(|url| {
        let policy = POLICY.replace("channels: [email]", "channels: [whatsapp, sms, email]");
        let mut company = Company1::with(Engine::new(common::open(url), MasterKey::new([7; 32])), &policy);
        let mut file = Portfolio { customers: Vec::new(), receivables: Vec::new(), payments: Vec::new() };
        for (place, channel) in [(0, Channel::Email), (1, Channel::Sms), (2, Channel::Whatsapp)] {
            let mut row = common::customer(&format!("C{place}"));
            if channel != Channel::Email {
                let phone = Phone::parse(&format!("+551198765432{place}"), "BR").unwrap();
                row.customer.contacts = vec![ContactPoint::phone(channel, phone).with_consent(Consent::OptedIn)];
            }
            file.customers.push(row);
            // Five days before it is due: on WhatsApp nothing is said of what is overdue.
            file.receivables.push(common::receivable(&format!("R{place}"), place, "2026-03-01", "2026-03-18", 10_000));
        }
        company.import(&file, now());
        let mut courier = Kept::default();
        pass(&company, &mut courier, now());
        let mut seen = BTreeSet::new();
        for (to, text) in &courier.0 {
            let token = links(text).pop().unwrap_or_else(|| panic!("{to}: {text}"));
            let visitor = good(&company, &token, now()).unwrap();
            let portal = company.engine.portal(&visitor, now()).unwrap();
            let point = portal.reached_at().unwrap();
            assert_eq!(point.address.as_str(), to);
            for part in [to.trim_start_matches('+'), "C0", "C1", "C2", "Cliente"] {
                assert!(!token.contains(part), "{part}");
            }
            seen.insert((point.channel.as_str(), token));
        }
        let channels: Vec<&str> = seen.iter().map(|(channel, _)| *channel).collect();
        assert_eq!(channels, ["email", "sms", "whatsapp"]);
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
        let of = |about: About| company.engine.brand_of(company.tenant, &about).unwrap().map(|brand| brand.name);
        assert_eq!(of(About::Customer("C1".to_owned())), None, "nobody chose it");
        company.engine.make_default_brand(company.tenant, Some(id), &act(), now()).unwrap();
        for about in [About::Customer("C1".to_owned()), About::Receivable("R2".to_owned())] {
            assert_eq!(of(about).as_deref(), Some("Acme"));
        }
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
        assert!(!courier.0.is_empty(), "it goes to whoever tries messages out");
        assert!(courier.0.iter().all(|(to, text)| to == "tests@nuvem.example" && links(text).is_empty()));
    });
}

//! Each message has a link of its own.

use std::collections::BTreeSet;

use super::{Kept, PORTAL, company, good, letterhead, links, now, pass, pass_with};
use crate::common::{self, Company1, POLICY, act, on_both};
use regua_core::facts::Channels;
use regua_core::party::{Consent, ContactPoint, Email, Phone};
use regua_core::words::{Channel, Mode};
use regua_engine::Engine;
use regua_engine::brands::Brand;
use regua_engine::commands::tell::About;
use regua_engine::links::Purpose;
use regua_engine::outbox::Sending;
use regua_engine::ports::{Courier, Parcel, Sent};
use regua_engine::stationery::Stationery;
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
fn the_button_of_a_mail_program_has_a_link_that_only_stops_messages() {
    struct Mails(Vec<Vec<u8>>);
    impl Courier for Mails {
        fn carries(&self) -> Channels {
            Channels::of(Channel::Email)
        }

        fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
            self.0.extend(parcels.iter().filter_map(|parcel| Some(parcel.mail.as_ref()?.bytes.clone())));
            parcels.iter().map(|_| Sent::Accepted { reply: "taken".to_owned() }).collect()
        }
    }
    on_both(|url| {
        let company = company(url);
        let mut courier = Mails(Vec::new());
        company.engine.source_read(company.tenant, "files", now()).unwrap();
        company.engine.pass(&now, 1, &mut courier, &letterhead(), Sending::default(), &|_| {}).unwrap();
        assert_eq!(courier.0.len(), 2);
        for mail in courier.0 {
            // Lines of headers are folded.
            let text = String::from_utf8(mail).unwrap().replace("\r\n ", "").replace("\r\n\t", "");
            let head = text.split("\r\n\r\n").next().unwrap();
            assert!(head.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{head}");
            let stops = head.split("List-Unsubscribe:").nth(1).unwrap().split("\r\n").next().unwrap();
            let visitor = good(&company, &links(stops).pop().unwrap(), now()).unwrap();
            assert_eq!((visitor.purpose, visitor.may_act), (Purpose::Unsubscribe, false));
            assert!(company.engine.unsubscribe(&visitor, now()).unwrap());
            let subject = head.split("Subject:").nth(1).unwrap().split("\r\n").next().unwrap();
            assert!(!subject.contains("100") && !subject.contains("Cliente"), "{subject}");
        }
        for id in ["C1", "C2"] {
            let person = company.engine.customer_state(company.tenant, id).unwrap().customer;
            assert_eq!(person.contacts[0].consent, Consent::OptedOut);
        }
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
        pass_with(&company, &mut courier, &letterhead(), now().plus_hours(1));
        assert!(courier.0.is_empty(), "whoever does not know the mailbox yet sends to nobody");
        let paper = Stationery { redirect_to: Email::parse("tests@nuvem.example").ok(), ..letterhead() };
        pass_with(&company, &mut courier, &paper, now().plus_hours(2));
        assert!(!courier.0.is_empty(), "it goes to whoever tries messages out");
        assert!(courier.0.iter().all(|(to, text)| to == "tests@nuvem.example" && links(text).is_empty()));
    });
}

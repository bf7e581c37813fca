//! The portal as a browser without scripts sees it: pages, forms, and what follows from them in the engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod common;
#[path = "portal/guard.rs"]
mod guard;

use std::collections::BTreeSet;

use common::{Answer, Site, act, day, hour, on_both, on_one};
use regua_core::facts::Cause;
use regua_core::party::{Consent, Health};
use regua_core::time::Instant;
use regua_core::words::{Channel, Language};
use regua_engine::commands::tell::About;
use regua_engine::links::Purpose;
use regua_engine::replay::verify;
use regua_engine::stationery::Stationery;
use regua_web::{Host as _, Rate, Settings};
use regua_wire::messages::Link;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Every page that a link of the portal leads to.
const PAGES: [&str; 17] = [
    "",
    "/months",
    "/pay",
    "/paid",
    "/method",
    "/contact",
    "/preferences",
    "/promise",
    "/split",
    "/dispute",
    "/question",
    "/papers",
    "/policy",
    "/privacy",
    "/survey",
    "/not-me",
    "/stop",
];

fn site(url: &str) -> Site {
    let site = Site::with(url, Settings { rate: None, pace: None, links: None, ..Settings::default() });
    site.bill("C1", "R1", ("2026-03-01", "2026-03-10"), 10_000, now());
    site.program.set_now(now());
    site
}

/// Three days after the due date of the bill, a Friday.
fn now() -> Instant {
    hour("2026-03-13", 10)
}

fn link(site: &Site, purpose: Purpose) -> String {
    site.engine().make_link(site.tenant(), "C1", purpose, site.program.now()).unwrap()
}

/// The link of a message to the customer.
fn sent_link(site: &Site) -> String {
    struct Kept(Vec<String>);
    impl regua_engine::ports::Courier for Kept {
        fn carries(&self) -> regua_core::facts::Channels {
            regua_core::facts::Channels::of(Channel::Email)
        }

        fn send(&mut self, parcels: &[&regua_engine::ports::Parcel]) -> Vec<regua_engine::ports::Sent> {
            self.0.extend(parcels.iter().map(|parcel| parcel.text.clone()));
            parcels.iter().map(|_| regua_engine::ports::Sent::Accepted { reply: String::new() }).collect()
        }
    }
    let mut kept = Kept(Vec::new());
    let paper = Stationery { portal: Some(Link::parse("https://portal.example").unwrap()), ..common::stationery() };
    site.engine().source_read(site.tenant(), regua_engine::commands::tenant::FILES, now()).unwrap();
    site.engine().pass(&now, 1, &mut kept, &paper, regua_engine::outbox::Sending::default(), &|_| {}).unwrap();
    let text = kept.0.pop().unwrap();
    text.split("https://portal.example/p/").nth(1).unwrap().chars().take_while(char::is_ascii_alphanumeric).collect()
}

fn look(site: &Site, token: &str, page: &str) -> Answer {
    site.send("GET", &format!("/p/{token}{page}"), &[], b"")
}

/// The value of a hidden field of the first form that has it.
fn hidden(html: &str, name: &str) -> String {
    let begin = format!("name=\"{name}\" value=\"");
    html.split(&begin).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

/// The form of a page with these fields, as a browser would send it.
fn filled(html: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for name in ["n", "c", "r"] {
        let value = hidden(html, name);
        if !value.is_empty() {
            form.append_pair(name, &value);
        }
    }
    for (name, value) in fields {
        form.append_pair(name, value);
    }
    form.finish().into_bytes()
}

/// Looks at a page, sends its form, and says where it led.
fn send(site: &Site, token: &str, page: &str, fields: &[(&str, &str)]) -> Answer {
    let html = look(site, token, page).text();
    let plain = page.split('?').next().unwrap();
    site.send("POST", &format!("/p/{token}{plain}"), &[FORM], &filled(&html, fields))
}

fn led(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap().to_owned()
}

fn is_clean(site: &Site) {
    let scratch = tempfile::tempdir().unwrap();
    let verdict = verify(site.engine(), site.tenant(), scratch.path(), &mut |_, _| {}).unwrap();
    assert!(verdict.is_clean(), "{:?}", verdict.findings);
}

#[test]
fn every_page_is_whole_in_every_language_without_scripts_and_says_nothing_in_its_address_or_title() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Portal);
        for page in PAGES {
            let mut texts = BTreeSet::new();
            for language in ["pt", "en", "es", "it", "fr", "de"] {
                let answer = look(&site, &token, &format!("{page}?l={language}"));
                assert_eq!(answer.status, 200, "{page} {language}: {}", answer.text());
                let html = answer.text();
                assert!(html.len() < 50_000, "{page}: {} bytes", html.len());
                assert!(!html.contains("<script") && !html.contains(" style=") && !html.contains(" onclick"), "{page}");
                let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned();
                for personal in ["Cliente", "C1", "R1", "customer.example"] {
                    assert!(!title.contains(personal), "{title}");
                }
                for address in html.split("href=\"").skip(1).chain(html.split("action=\"").skip(1)) {
                    let address = address.split('"').next().unwrap();
                    assert!(address.starts_with("/p/") || address.starts_with('#'), "{page}: {address}");
                    assert!(!address.contains("C1") && !address.contains('@'), "{address}");
                }
                assert!(html.contains("noindex") && html.contains("name=\"referrer\" content=\"no-referrer\""));
                texts.insert(html.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap().to_owned());
            }
            assert!(texts.len() >= 5, "{page} is not in six languages: {texts:?}");
        }
    });
}

#[test]
fn headers_keep_a_page_to_itself() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        for token in [link(&site, Purpose::Portal), "nothing".to_owned()] {
            let answer = look(&site, &token, "");
            let policy = answer.header("content-security-policy").unwrap();
            for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "style-src 'nonce-"] {
                assert!(policy.contains(part), "{policy}");
            }
            assert!(!policy.contains("unsafe"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
            assert!(answer.header("x-robots-tag").unwrap().contains("noindex"));
            assert_eq!(answer.header("set-cookie"), None);
        }
    });
}

#[test]
fn a_link_that_is_not_good_gets_the_same_page_whatever_is_wrong() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let ended = link(&site, Purpose::Portal);
        let foreign = {
            let portfolio = regua_wire::files::portfolio::Portfolio { customers: vec![common::customer("C9")], ..Default::default() };
            site.import_of(site.other, &portfolio, now());
            site.engine().make_link(site.other, "C9", Purpose::Portal, now()).unwrap()
        };
        site.program.set_now(now().plus_hours(24 * 31));
        let mut altered = ended.clone();
        altered.replace_range(10..11, if &ended[10..11] == "a" { "b" } else { "a" });
        let bare = |token: &str| {
            let answer = look(&site, token, "");
            assert_eq!(answer.status, 404);
            let html = answer.text().replace(token, "TOKEN");
            let nonce = html.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            html.replace(&nonce, "NONCE")
        };
        let expected = bare(&ended);
        for token in [altered.as_str(), "unknown", foreign.as_str()] {
            assert_eq!(bare(token), expected);
        }
        let new = |token: &str| site.send("POST", &format!("/p/{token}"), &[FORM], b"new=1");
        let (one, other) = (new(&ended), new("unknown"));
        assert_eq!((one.status, other.status), (404, 404));
        assert!(one.text().contains("três vezes por dia") && other.text().contains("três vezes por dia"));
    });
}

#[test]
fn what_is_owed_is_told_by_its_parts() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let html = look(&site, &link(&site, Purpose::Portal), "?l=pt").text();
        for part in ["R$\u{a0}100,00", "R$\u{a0}2,00", "Multa", "Juros", "R1"] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let html = look(&site, &link(&site, Purpose::Portal), "/policy?l=en").text();
        assert!(html.contains("A fine of 2%, once.") && html.contains("Interest of 1% per month"), "{html}");
        for name in ["late2", "final_notice", "default"] {
            assert!(!html.contains(name), "{name}");
        }
    });
}

#[test]
fn forms_do_what_they_say_once() {
    on_both(|seed| {
        // The common site is of another clock; this one is the portal's own.
        seed.bill("C1", "R1", ("2026-03-01", "2026-03-10"), 10_000, now());
        seed.program.set_now(now());
        let (site, engine, tenant) = (seed, seed.engine(), seed.tenant());
        let token = link(site, Purpose::Portal);
        let receivable = About::Receivable("R1".to_owned());

        let html = look(site, &token, "/promise").text();
        let body = filled(&html, &[("on", "2026-03-20")]);
        let first = site.send("POST", &format!("/p/{token}/promise"), &[FORM], &body);
        assert!(led(&first).contains("m=promised"));
        let again = site.send("POST", &format!("/p/{token}/promise"), &[FORM], &body);
        assert_eq!(led(&again), led(&first), "the same form is answered as the first time");
        let state = engine.receivable_state(tenant, &receivable, now()).unwrap();
        assert_eq!(state.promised_on, Some(day("2026-03-20")));
        let view = engine.receivable_view(tenant, "R1", now()).unwrap();
        assert_eq!(view.now.unwrap().promises.len(), 1);

        assert!(led(&send(site, &token, "/promise", &[("on", "2027-03-20")])).contains("m=bad_day"));
        assert!(led(&send(site, &token, "/split", &[("parts", "3"), ("on", "2026-03-25"), ("words", "por favor")])).contains("m=asked"));
        assert!(led(&send(site, &token, "/question", &[("words", "quanto devo?")])).contains("m=asked"));
        assert!(led(&send(site, &token, "/question", &[("words", "")])).contains("m=no_words"));
        assert!(led(&send(site, &token, "/survey", &[("mark", "5")])).contains("m=thanks"));
        assert!(led(&send(site, &token, "/privacy", &[("sure", "1")])).contains("m=asked"));
        assert!(led(&send(site, &token, "/privacy", &[])).contains("m=not_sure"));
        assert!(led(&send(site, &token, "/dispute", &[("reason", "amount"), ("words", "valor errado")])).contains("m=disputed"));
        let state = engine.receivable_state(tenant, &receivable, now()).unwrap();
        assert_eq!(state.causes, [Cause::Dispute]);
        let open: BTreeSet<String> = engine.customer_requests(tenant, true, None, 20).unwrap().into_iter().map(|one| one.what).collect();
        let expected = ["dispute", "erase", "question", "split"].map(str::to_owned);
        assert_eq!(open, BTreeSet::from(expected));
        is_clean(site);
    });
}

#[test]
fn contacts_and_preferences_are_the_customers_own() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let (engine, tenant, token) = (site.engine(), site.tenant(), link(&site, Purpose::Portal));
        let html = look(&site, &token, "/contact").text();
        assert!(!html.contains("c1@customer.example"), "an address is not shown whole");
        let email = [("way", "email"), ("email", "novo@customer.example")];
        assert!(led(&post_form(&site, &token, "/contact", &email)).contains("m=saved"));
        assert!(led(&post_form(&site, &token, "/contact", &[("way", "email"), ("email", "@")])).contains("m=bad_email"));
        let phone = [("way", "phone"), ("phone", "11 98765-4321"), ("sms", "1")];
        assert!(led(&post_form(&site, &token, "/contact", &phone)).contains("m=saved"));
        let person = engine.customer_state(tenant, "C1").unwrap().customer;
        assert_eq!(person.contacts.len(), 3);
        assert_eq!((person.contacts[0].channel, person.contacts[0].consent), (Channel::Sms, Consent::OptedIn));
        let all = [("way", "all"), ("language", "de"), ("channel", "sms"), ("on-sms", "1")];
        assert!(led(&post_form(&site, &token, "/preferences", &all)).contains("m=saved"));
        let person = engine.customer_state(tenant, "C1").unwrap().customer;
        assert_eq!((person.language, person.preferred), (Some(Language::De), Some(Channel::Sms)));
        assert!(person.on(Channel::Email).all(|point| point.consent == Consent::OptedOut), "e-mail was not ticked");
        assert!(look(&site, &token, "").text().contains("<html lang=\"de\">"), "the portal speaks it from now on");
        is_clean(&site);
    });
}

/// Sends a form by the number of a page's first form, with the fields of another form of that page.
fn post_form(site: &Site, token: &str, page: &str, fields: &[(&str, &str)]) -> Answer {
    let html = look(site, token, page).text();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("n", &hidden(&html, "n")).append_pair("c", &hidden(&html, "c"));
    for (name, value) in fields {
        form.append_pair(name, value);
    }
    site.send("POST", &format!("/p/{token}{page}"), &[FORM], form.finish().as_bytes())
}

#[test]
fn a_payment_is_claimed_with_a_proof() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let (engine, tenant, token) = (site.engine(), site.tenant(), link(&site, Purpose::Portal));
        let claim = |file: &[u8]| {
            let html = look(&site, &token, "/paid").text();
            let mut body = Vec::new();
            for (name, value) in [("n", hidden(&html, "n")), ("c", hidden(&html, "c")), ("r", hidden(&html, "r"))] {
                body.extend_from_slice(format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
            }
            for (name, value) in [("on", "2026-03-12"), ("amount", "102,17")] {
                body.extend_from_slice(format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
            }
            body.extend_from_slice(b"--xyz\r\nContent-Disposition: form-data; name=\"proof\"; filename=\"a.pdf\"\r\n\r\n");
            body.extend_from_slice(file);
            body.extend_from_slice(b"\r\n--xyz--\r\n");
            let kind = [("Content-Type", "multipart/form-data; boundary=xyz")];
            site.send("POST", &format!("/p/{token}/paid"), &kind, &body)
        };
        assert!(led(&claim(b"MZ")).contains("m=bad_file"));
        assert!(led(&claim(b"%PDF-1.7 recibo")).contains("m=claimed"));
        let request = engine.customer_requests(tenant, true, None, 10).unwrap().pop().unwrap();
        assert_eq!(request.words.as_ref().unwrap()["amount"], "BRL 102.17");
        assert_eq!(engine.customer_file(tenant, request.files[0].0).unwrap().bytes, b"%PDF-1.7 recibo");
        is_clean(&site);
    });
}

#[test]
fn a_form_is_bound_to_its_link_and_page_and_time() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Portal);
        let html = look(&site, &token, "/survey").text();
        let body = filled(&html, &[("mark", "5")]);
        let post = |path: &str, headers: &[(&str, &str)]| site.send("POST", path, headers, &body);
        assert!(led(&post(&format!("/p/{token}/question"), &[FORM])).contains("m=old_form"));
        assert!(led(&site.send("POST", &format!("/p/{token}/survey"), &[FORM], b"mark=5")).contains("m=old_form"));
        let elsewhere = [FORM, ("Sec-Fetch-Site", "cross-site")];
        assert!(led(&post(&format!("/p/{token}/survey"), &elsewhere)).contains("m=bad_form"));
        site.program.set_now(now().plus_hours(13));
        assert!(led(&post(&format!("/p/{token}/survey"), &[FORM])).contains("m=old_form"));
        assert_eq!(site.engine().customer_requests(site.tenant(), false, None, 10).unwrap().len(), 0);
    });
}

#[test]
fn old_links_look_and_pay_and_ask_but_change_nothing() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Portal);
        let fresh = look(&site, &token, "/contact").text();
        assert!(fresh.contains("name=\"email\""));
        site.program.set_now(now().plus_hours(24 * 8));
        for page in ["/contact", "/preferences", "/promise", "/dispute", "/method", "/privacy", "/data.json"] {
            let html = look(&site, &token, page).text();
            assert!(html.contains("name=\"new\"") && !html.contains("name=\"email\""), "{page}");
        }
        for page in ["", "/pay", "/question", "/policy", "/papers"] {
            assert_eq!(look(&site, &token, page).status, 200);
        }
        let pay = link(&site, Purpose::Pay);
        assert_eq!(look(&site, &pay, "/contact").status, 303);
        assert_eq!(look(&site, &pay, "/pay").status, 200);
    });
}

#[test]
fn a_card_of_the_sandbox_is_stored_and_no_other() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let (engine, tenant) = (site.engine(), site.tenant());
        engine.add_gateway(tenant, "sandbox", "sandbox", "owner", &act(), now()).unwrap();
        let token = link(&site, Purpose::Portal);
        let card = |number: &str| {
            post_form(&site, &token, "/method", &[("way", "add"), ("number", number), ("expiry", "12/30"), ("consent", "1")])
        };
        assert!(led(&card("4111 1111 1111 1111")).contains("m=bad_card"));
        assert!(led(&card("4242 4242 4242 4242")).contains("m=method"));
        let stored = engine.methods(tenant, &About::Customer("C1".to_owned())).unwrap();
        assert_eq!(stored.iter().map(|one| one.last4.as_deref()).collect::<Vec<_>>(), [Some("4242")]);
        let html = look(&site, &token, "/pay").text();
        assert!(html.contains("•••• 4242") && html.contains("value=\"pix\""), "{html}");
        let id = stored[0].method.to_string();
        let html = look(&site, &token, "/pay").text();
        let body = filled(&html, &[("way", "stored"), ("method", &id)]);
        assert!(led(&site.send("POST", &format!("/p/{token}/pay"), &[FORM], &body)).contains("m=charging"));
        let attempts = engine.attempts(tenant, Some(&About::Customer("C1".to_owned())), false, 10).unwrap();
        assert_eq!(attempts.len(), 1);
        is_clean(&site);
    });
}

#[test]
fn not_me_ends_the_link_and_the_use_of_the_address() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = sent_link(&site);
        let answer = send(&site, &token, "/not-me", &[]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(look(&site, &token, "").status, 404);
        let person = site.engine().customer_state(site.tenant(), "C1").unwrap().customer;
        assert_eq!(person.contacts[0].health, Health::Suppressed);
        is_clean(&site);
    });
}

#[test]
fn a_mail_programs_button_stops_messages_without_a_page() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Unsubscribe);
        assert_eq!(look(&site, &token, "").status, 303, "a look changes nothing");
        let answer = site.send("POST", &format!("/p/{token}"), &[FORM], b"List-Unsubscribe=One-Click");
        assert_eq!((answer.status, answer.text().as_str()), (200, ""));
        // The same of a link of the portal is no form of ours.
        let other = link(&site, Purpose::Portal);
        assert_eq!(site.send("POST", &format!("/p/{other}"), &[FORM], b"List-Unsubscribe=One-Click").status, 303);
    });
}

#[test]
fn data_are_given_as_a_file_without_a_name() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let answer = look(&site, &link(&site, Purpose::Portal), "/data.json");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"data.json\""));
        assert_eq!(answer.json()["customer"], "C1");
    });
}

#[test]
fn one_link_and_one_stranger_may_ask_for_so_much() {
    on_one(|_| {
        let rate = Some(Rate { per_second: 1, burst: 5, connections: u32::MAX });
        let site = Site::with("sqlite::memory:", Settings { rate: None, pace: None, links: rate, ..Settings::default() });
        site.bill("C1", "R1", ("2026-03-01", "2026-03-10"), 10_000, now());
        site.program.set_now(now());
        let token = link(&site, Purpose::Portal);
        let seen: Vec<u16> = (0..12).map(|_| look(&site, &token, "").status).collect();
        assert!(seen.starts_with(&[200, 200, 200]) && seen.contains(&429), "{seen:?}");
        // Each is another link, so that only the address counts.
        let seen: Vec<u16> = (0..90).map(|n| look(&site, &format!("unknown{n}"), "").status).collect();
        assert!(seen.starts_with(&[404, 404, 404]) && seen.contains(&429), "{seen:?}");
        // Whoever has a good link comes in from the same address all the while.
        assert_eq!(look(&site, &link(&site, Purpose::Pay), "").status, 200);
        assert_eq!(look(&site, &format!("x{token}"), "").status, 429);
    });
}

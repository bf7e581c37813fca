//! What strangers, forwarders and hurried people do with links and forms.

use std::collections::{BTreeMap, BTreeSet};

use super::{FORM, PAGES, filled, hidden, is_clean, led, link, look, now, send, sent_link, site};
use crate::common::{self, Answer, Site, act, day, on_both, on_one, payment};
use regua_core::billing::{Cycle, Kind, NewSubscription, Plan, Price, Terms, Timing};
use regua_core::currency::Currency;
use regua_core::party::Consent;
use regua_engine::adapters::gateways::Sandbox;
use regua_engine::billing::{SELF, Subscribe};
use regua_engine::brands::Brand;
use regua_engine::charging::{Charging, Gateways};
use regua_engine::commands::tell::About;
use regua_engine::links::{FILE_MAX, Purpose};
use regua_engine::people::Scope;
use regua_web::Host as _;
use regua_wire::files::portfolio::Portfolio;

/// A page without what is another one each time.
fn bare(answer: &Answer, token: &str) -> String {
    let html = answer.text().replace(token, "TOKEN");
    match html.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()) {
        Some(nonce) if !nonce.is_empty() => html.replace(nonce, "NONCE"),
        Some(_) | None => html,
    }
}

/// The headers of an answer without what is another one each time.
fn marks(answer: &Answer) -> BTreeMap<String, String> {
    let varies = ["date", "x-request-id", "content-security-policy"];
    answer.headers.iter().filter(|(name, _)| !varies.contains(&name.as_str())).cloned().collect()
}

fn is_private(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", answer.status);
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("x-robots-tag").unwrap().contains("noindex"));
    assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    assert_eq!(answer.header("set-cookie"), None);
}

#[test]
fn a_link_with_one_letter_changed_is_none_and_is_told_as_any_other_that_is_none() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Portal);
        assert_eq!(look(&site, &token, "").status, 200);
        let mut told = BTreeSet::new();
        for place in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[place] = if other[place] == b'a' { b'b' } else { b'a' };
            let other = String::from_utf8(other).unwrap();
            let answer = look(&site, &other, if place % 2 == 0 { "" } else { "/contact" });
            assert_eq!(answer.status, 404, "letter {place}");
            told.insert((bare(&answer, &other), answer.body.len()));
        }
        assert_eq!(told.len(), 1, "one page and one size for all of them");
        for other in ["", "x", &token[1..], &format!("{token}a"), &token.to_uppercase(), "..%2f..%2fetc", "%00", &"a".repeat(300)] {
            let status = look(&site, other, "").status;
            assert!(status == 404, "{other}: {status}");
        }
    });
}

#[test]
fn whatever_is_wrong_with_a_link_nobody_learns_what() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let (engine, tenant) = (site.engine(), site.tenant());
        let by_mail = sent_link(&site);
        let revoked = link(&site, Purpose::Portal);
        engine.revoke_links(tenant, "C1", &act(), now()).unwrap();
        assert_eq!(look(&site, &by_mail, "").status, 404, "those of messages end as well");
        let portfolio = Portfolio { customers: vec![common::customer("C8"), common::customer("C9")], ..Portfolio::default() };
        site.import_of(site.other, &portfolio, now());
        site.import_of(tenant, &portfolio, now());
        let foreign = engine.make_link(site.other, "C9", Purpose::Portal, now()).unwrap();
        let erased = engine.make_link(tenant, "C8", Purpose::Portal, now()).unwrap();
        engine.erase(tenant, "C8", true, &act(), now()).unwrap();
        let expired = engine.make_link(tenant, "C9", Purpose::Pay, now().plus_hours(-24 * 9)).unwrap();
        let unknown = "a".repeat(revoked.len());
        let expected = look(&site, &unknown, "");
        is_private(&expected);
        for (name, token) in [("revoked", &revoked), ("foreign", &foreign), ("erased", &erased), ("expired", &expired)] {
            for page in ["", "/pay", "/data.json", "/receipt.pdf"] {
                let answer = look(&site, token, page);
                assert_eq!(answer.status, expected.status, "{name}{page}");
                assert_eq!(bare(&answer, token), bare(&expected, &unknown), "{name}{page}");
                assert_eq!(answer.body.len(), expected.body.len(), "{name}{page}");
                assert_eq!(marks(&answer), marks(&expected), "{name}{page}");
            }
            let form = site.send("POST", &format!("/p/{token}/contact"), &[FORM], b"way=email&email=a%40b.example");
            assert_eq!((form.status, bare(&form, token)), (404, bare(&expected, &unknown)), "{name}");
        }
        // One that is made after the others were taken back is good.
        assert_eq!(look(&site, &link(&site, Purpose::Portal), "").status, 200);
    });
}

#[test]
fn nothing_that_leaves_the_portal_is_kept_listed_or_told_on() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Portal);
        for page in PAGES.iter().copied().chain(["/data.json", "/receipt.pdf", "/statement.pdf", "/none"]) {
            let answer = look(&site, &token, page);
            is_private(&answer);
            let html = answer.text();
            for preview in ["og:", "twitter:", "name=\"description\"", "<link", "<img", "<iframe", "http-equiv", "@import", "url("] {
                assert!(!html.contains(preview), "{page}: {preview}");
            }
        }
        is_private(&send(&site, &token, "/survey", &[("mark", "5")]));
        is_private(&site.send("POST", &format!("/p/{token}/question"), &[FORM], &vec![b'a'; 70 << 10]));
        is_private(&look(&site, "unknown", ""));
    });
}

#[test]
fn titles_say_the_page_and_the_company_and_no_more() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = sent_link(&site);
        let mut titles = BTreeSet::new();
        for page in PAGES {
            let html = look(&site, &token, &format!("{page}?l=en")).text();
            let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
            let (page, company) = title.split_once(" · ").unwrap();
            assert_eq!(company, "Nuvem");
            assert!(page.chars().all(|c| c.is_alphabetic() || " -?".contains(c) || c.is_ascii_digit()), "{title}");
            titles.insert(title.to_owned());
        }
        assert_eq!(titles.len(), PAGES.len(), "no two pages have one title");
    });
}

#[test]
fn a_form_that_is_sent_twice_at_once_is_done_once() {
    on_both(|site| {
        site.bill("C1", "R1", ("2026-03-01", "2026-03-10"), 10_000, now());
        site.program.set_now(now());
        let token = link(site, Purpose::Portal);
        let forms = [("/promise", vec![("on", "2026-03-20")]), ("/question", vec![("words", "quanto devo?")])];
        for (page, fields) in forms {
            let body = filled(&look(site, &token, page).text(), &fields);
            let post = || site.send("POST", &format!("/p/{token}{page}"), &[FORM], &body).status;
            let seen: Vec<u16> = std::thread::scope(|scope| {
                let sent: Vec<_> = (0..6).map(|_| scope.spawn(post)).collect();
                sent.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert_eq!(seen, [303; 6], "{page}");
        }
        let view = site.engine().receivable_view(site.tenant(), "R1", now()).unwrap();
        assert_eq!(view.now.unwrap().promises.len(), 1);
        assert_eq!(site.engine().customer_requests(site.tenant(), true, None, 20).unwrap().len(), 1);
        is_clean(site);
    });
}

#[test]
fn a_form_of_another_customer_or_about_anothers_bill_does_nothing() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        site.bill("C2", "R2", ("2026-03-01", "2026-03-10"), 20_000, now());
        let (engine, tenant) = (site.engine(), site.tenant());
        let (mine, theirs) = (link(&site, Purpose::Portal), engine.make_link(tenant, "C2", Purpose::Portal, now()).unwrap());
        // Their form behind my link.
        let body = filled(&look(&site, &theirs, "/question").text(), &[("words", "x")]);
        assert!(led(&site.send("POST", &format!("/p/{mine}/question"), &[FORM], &body)).contains("m=old_form"));
        // My form about their bill: told as for none, and their bill is not shown.
        let bill = hidden(&look(&site, &theirs, "/promise").text(), "r");
        let html = look(&site, &mine, "/promise").text();
        let body = String::from_utf8(filled(&html, &[("on", "2026-03-20")])).unwrap().replace(&hidden(&html, "r"), &bill);
        assert!(led(&site.send("POST", &format!("/p/{mine}/promise"), &[FORM], body.as_bytes())).contains("m=bad_bill"));
        for page in ["/pay", "/dispute", "/promise"] {
            let html = look(&site, &mine, &format!("{page}?r={bill}")).text();
            assert!(!html.contains("R2") && !html.contains("200,00") && !html.contains("name=\"r\""), "{page}");
        }
        assert_eq!(look(&site, &mine, &format!("/receipt.pdf?r={bill}")).status, 404);
        assert_eq!(engine.receivable_state(tenant, &About::Receivable("R2".to_owned()), now()).unwrap().promised_on, None);
        assert_eq!(engine.customer_requests(tenant, true, None, 10).unwrap().len(), 0);
    });
}

#[test]
fn bodies_that_are_too_long_are_told_so_and_a_photograph_gets_a_page() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Portal);
        let long = vec![b'a'; 70 << 10];
        assert_eq!(site.send("POST", &format!("/p/{token}/question"), &[FORM], &long).status, 413);
        let kind = [("Content-Type", "multipart/form-data; boundary=xyz")];
        for length in [FILE_MAX + (65 << 10), FILE_MAX * 2] {
            let answer = site.send("POST", &format!("/p/{token}/paid"), &kind, &vec![b'a'; length]);
            assert_eq!(led(&answer), format!("/p/{token}/paid?m=bad_file"));
        }
        // The same for a link that is none, so that it tells nothing.
        let unknown = "a".repeat(token.len());
        let answer = site.send("POST", &format!("/p/{unknown}/paid"), &kind, &vec![b'a'; FILE_MAX * 2]);
        assert_eq!(led(&answer), format!("/p/{unknown}/paid?m=bad_file"));
        let html = look(&site, &token, "/paid?m=bad_file&l=en").text();
        assert!(html.contains("at most 5 MB"));
        for bad in [&b""[..], b"--xyz", b"--xyz\r\n\r\n", b"\xff\xfe"] {
            assert!(led(&site.send("POST", &format!("/p/{token}/paid"), &kind, bad)).contains("m=bad_form"));
        }
    });
}

#[test]
fn whoever_owes_much_gets_small_pages_and_all_of_it() {
    on_one(|_| {
        let site = Site::with("sqlite::memory:", regua_web::Settings { rate: None, pace: None, links: None, ..Default::default() });
        let count = 130;
        let name = |n: u32| format!("FATURA-2026-{n:06}");
        let receivables = (0..count).map(|n| common::receivable(&name(n), 0, "2026-01-05", "2026-02-10", 10_000 + i64::from(n)));
        let paid = (count..count + 70).map(|n| common::receivable(&name(n), 0, "2025-12-05", "2026-01-10", 10_000));
        let payments = (count..count + 70).map(|n| payment(n, "2026-01-09", None));
        let file = Portfolio {
            customers: vec![common::customer("C1")],
            receivables: receivables.chain(paid).collect(),
            payments: payments.collect(),
        };
        site.import_of(site.tenant(), &file, now());
        site.program.set_now(now());
        let token = link(&site, Purpose::Portal);
        for page in PAGES {
            for language in ["pt", "en", "es", "it", "fr", "de"] {
                let html = look(&site, &token, &format!("{page}?l={language}")).text();
                assert!(html.len() < 50_000, "{page} {language}: {} bytes", html.len());
            }
        }
        let mut seen = BTreeSet::new();
        for from in (0..count).step_by(10) {
            let html = look(&site, &token, &format!("?l=en&from={from}")).text();
            assert!(html.len() < 50_000, "{from}: {} bytes", html.len());
            seen.extend((0..count).filter(|n| html.contains(&name(*n))));
            assert_eq!(html.contains("more bills"), from + 10 < count, "{from}");
        }
        assert_eq!(seen.len(), usize::try_from(count).unwrap(), "each bill stands on a page");
        assert_eq!(look(&site, &token, "?from=99999999999999999999999").status, 200);
    });
}

#[test]
fn what_customers_ask_waits_where_collectors_look_until_one_is_done_with_it() {
    on_both(|site| {
        site.bill("C1", "R1", ("2026-03-01", "2026-03-10"), 10_000, now());
        site.program.set_now(now());
        let token = link(site, Purpose::Portal);
        let key = site.key(&[Scope::ReceivablesRead, Scope::CustomersRead, Scope::CustomersAct]);
        let forms: [(&str, &[(&str, &str)]); 3] = [
            ("/split", &[("parts", "3"), ("on", "2026-03-25")]),
            ("/question", &[("words", "quanto devo?")]),
            ("/dispute", &[("reason", "amount"), ("words", "valor errado")]),
        ];
        for (page, fields) in forms {
            led(&send(site, &token, page, fields));
            site.program.set_now(site.program.now().plus_hours(1));
        }
        // Who waits longest first, over pages.
        let tasks = site.all(&key, "/v1/tasks?kind=request", 2);
        let asked: Vec<&str> = tasks.iter().map(|task| task["detail"].as_str().unwrap()).collect();
        assert_eq!(asked, ["split", "question", "dispute"]);
        assert_eq!(tasks[2]["receivable_external_id"], "R1");
        assert_eq!(tasks[0]["customer_external_id"], "C1");
        let listed = site.all(&key, "/v1/customer-requests", 2);
        assert_eq!(listed.iter().map(|one| one["asks"].as_str().unwrap()).collect::<Vec<_>>(), ["dispute", "question", "split"]);
        assert_eq!(listed[1]["wrote"]["words"], "quanto devo?");
        let id = tasks[1]["request"].as_str().unwrap();
        assert_eq!(id, listed[1]["id"].as_str().unwrap());
        assert_eq!(site.act(&key, "POST", &format!("/v1/customer-requests/{id}/close"), &serde_json::json!({})).status, 204);
        assert_eq!(site.all(&key, "/v1/tasks?kind=request", 10).len(), 2);
        assert_eq!(site.all(&key, "/v1/customer-requests?state=done", 10).len(), 1);
        is_clean(site);
    });
}

#[test]
fn a_link_that_a_person_makes_can_be_taken_back() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let key = site.key(&[Scope::CustomersRead, Scope::CustomersAct]);
        let made = site.act(&key, "POST", "/v1/customers/C1/links", &serde_json::json!({}));
        assert_eq!(made.status, 201, "{}", made.text());
        let path = made.json()["link"].as_str().unwrap().to_owned();
        assert_eq!(site.send("GET", &path, &[], b"").status, 200);
        assert_eq!(site.act(&key, "DELETE", "/v1/customers/C1/links", &serde_json::json!({})).status, 204);
        assert_eq!(site.send("GET", &path, &[], b"").status, 404);
        let reads = site.key(&[Scope::CustomersRead]);
        assert_eq!(site.act(&reads, "POST", "/v1/customers/C1/links", &serde_json::json!({})).status, 403);
        assert_eq!(site.act(&key, "POST", "/v1/customers/C77/links", &serde_json::json!({})).status, 404);
    });
}

#[test]
fn looking_changes_nothing_and_only_buttons_do() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = sent_link(&site);
        let state = || {
            let person = site.engine().customer_state(site.tenant(), "C1").unwrap().customer;
            (
                person.contacts[0].consent,
                person.contacts[0].health,
                site.engine().customer_requests(site.tenant(), true, None, 10).unwrap().len(),
            )
        };
        let before = state();
        // Programs that look at links in mail follow each of them.
        for page in PAGES.iter().copied().chain(["/data.json"]) {
            for method in ["GET", "HEAD"] {
                site.send(method, &format!("/p/{token}{page}"), &[], b"");
            }
        }
        assert_eq!(state(), before);
        assert_eq!(look(&site, &token, "").status, 200);
        assert!(led(&send(&site, &token, "/stop", &[])).contains("m=stopped"));
        assert_eq!(state().0, Consent::OptedOut);
    });
}

#[test]
fn what_sources_and_people_write_is_shown_as_text() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let odd = "<b>\"x'&";
        site.bill("C1", odd, ("2026-03-01", "2026-03-11"), 5_000, now());
        let token = link(&site, Purpose::Portal);
        for page in ["", "/pay", "/promise", "/papers"] {
            let html = look(&site, &token, page).text();
            assert!(!html.contains("<b>") && !html.contains("\"x'"), "{page}");
        }
        assert!(look(&site, &token, "").text().contains("&lt;b&gt;"));
        for query in ["?m=%3Cscript%3E", "?l=%3Cscript%3E", "?r=%22%3E%3Cscript%3E", "?from=%22%3E%3Cscript%3E", "?u=%22%3E"] {
            let html = look(&site, &token, query).text();
            assert!(!html.contains("<script") && !html.contains("%3Cscript"), "{query}");
        }
        // What is written to a person is kept as it was written, and goes into no page.
        led(&send(&site, &token, "/question", &[("words", "<script>alert(1)</script>")]));
        let asked = site.engine().customer_requests(site.tenant(), true, None, 10).unwrap();
        assert_eq!(asked[0].words.as_ref().unwrap()["words"], "<script>alert(1)</script>");
    });
}

#[test]
fn pages_are_in_the_name_and_colour_of_the_customers_brand() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let token = link(&site, Purpose::Portal);
        let html = look(&site, &token, "?l=en").text();
        assert!(html.contains(" · Nuvem</title>") && !html.contains("#7a1fa2"));
        let brand = Brand {
            name: "Acme & Filhos".into(),
            address: "Rua das Flores 12, 01310-100 São Paulo SP".into(),
            tax_id: "CNPJ 12.345.678/0001-95".into(),
            contact: "contas@acme.example".into(),
            link: "https://pay.acme.example".into(),
            sender: "contas@acme.example".into(),
            colour: "#7a1fa2".into(),
            ..Brand::default()
        };
        let mut rng = site.program.random();
        let id = site.engine().put_brand(site.tenant(), "acme", &brand, &act(), now(), &mut rng).unwrap();
        site.engine().make_default_brand(site.tenant(), Some(id), &act(), now()).unwrap();
        for page in PAGES {
            let html = look(&site, &token, page).text();
            for part in [" · Acme &amp; Filhos</title>", "--accent:#7a1fa2", "contas@acme.example"] {
                assert!(html.contains(part), "{page}: {part}");
            }
            assert!(!html.contains("Nuvem"), "{page}");
        }
    });
}

#[test]
fn the_next_twelve_months_are_those_of_the_subscription() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let (engine, tenant) = (site.engine(), site.tenant());
        let token = link(&site, Purpose::Portal);
        assert!(!look(&site, &token, "/months?l=en").text().contains("49.90"));
        let fee = Price { key: "fee".into(), name: "Mensalidade".into(), kind: Kind::Flat { amount: 4_990, timing: Timing::Advance } };
        let plan = Plan::new("basic", "Básico", Currency::BRL, Cycle::MONTHLY, vec![fee]).unwrap();
        engine.publish_plan(tenant, &plan, &act(), now()).unwrap();
        let new = NewSubscription {
            key: "S1".into(),
            plan,
            quantity: 1,
            begins_on: day("2026-03-13"),
            trial_until: None,
            anchor: None,
            terms: Terms::default(),
            coupons: Vec::new(),
        };
        let subscribe = Subscribe { customer: &common::customer("C1"), source: SELF, new, method: None };
        engine.subscribe(tenant, &subscribe, &act(), now(), &mut site.program.random()).unwrap();
        engine.bill_due(now(), 1).unwrap();
        let html = look(&site, &token, "/months?l=en").text();
        assert_eq!((html.matches("49.90").count(), html.matches("Básico").count()), (13, 13), "{html}");
        assert!(html.contains("March 13, 2027") && !html.contains("April 13, 2027") && html.contains("expected"), "{html}");
        // What is billed already is called by the plan's name as well, not by its key.
        let html = look(&site, &token, "?l=en").text();
        assert!(html.contains("Básico") && !html.contains("basic"), "{html}");
    });
}

#[test]
fn a_pix_is_shown_as_a_code_and_a_picture_and_is_made_once() {
    on_one(|_| {
        let site = site("sqlite::memory:");
        let (engine, tenant) = (site.engine(), site.tenant());
        engine.add_gateway(tenant, "sandbox", "sandbox", "owner", &act(), now()).unwrap();
        let token = link(&site, Purpose::Portal);
        // Three windows that were opened before anything was made.
        let form = |way: &str| filled(&look(&site, &token, "/pay").text(), &[("way", way)]);
        let forms = [(form("pix"), "pix-code"), (form("boleto"), "boleto-line"), (form("pix"), "pix-code")];
        for (form, shown) in &forms {
            // Somebody else makes it meanwhile: the page waits for it.
            let answer = std::thread::scope(|scope| {
                let asked = scope.spawn(|| site.send("POST", &format!("/p/{token}/pay"), &[FORM], form));
                while !asked.is_finished() {
                    let mut gateways = Gateways::default();
                    gateways.add(tenant, "sandbox", Box::new(Sandbox::waiting(now, |_| {})));
                    engine.instruments_due(&now, &mut gateways, Charging::default()).unwrap();
                    std::thread::yield_now();
                }
                asked.join().unwrap()
            });
            let to = led(&answer);
            assert!(to.contains("m=made"), "{to}");
            let html = site.send("GET", &to, &[], b"").text();
            assert!(html.contains(&format!("id=\"{shown}\"")), "{html}");
        }
        for language in ["pt", "en", "es", "it", "fr", "de"] {
            let html = look(&site, &token, &format!("/pay?l={language}")).text();
            assert!(html.contains("class=\"qr\"") && html.contains("br.gov.bcb.pix"), "{language}");
            assert!(html.len() < 50_000, "{language}: {} bytes", html.len());
        }
        let made = engine.open_instruments(tenant, &About::Receivable("R1".to_owned())).unwrap();
        assert_eq!(made.len(), 2, "one a rail, however often it is asked for");
        is_clean(&site);
    });
}

//! What is done behind a link follows in the engine as if a person had entered it.

use super::{Kept, bill, company, is_clean, now, pass, visitor};
use crate::common::{Counting, act, day, on_both};
use regua_core::facts::Cause;
use regua_core::time::Instant;
use regua_engine::commands::tell::About;
use regua_engine::links::{Asks, DAY_MAX, FILE_MAX, FileKind, NewAsk, OPEN_MAX, PROMISE_DAYS_MAX, Purpose};
use serde_json::json;

fn ask(what: Asks, receivable: Option<regua_core::ids::ReceivableId>, words: &serde_json::Value) -> NewAsk<'_> {
    NewAsk { what, receivable, words, file: None }
}

#[test]
fn a_promise_holds_the_ladder_and_only_within_its_limits() {
    on_both(|url| {
        let company = company(url);
        let one = visitor(&company, "C1", now());
        let receivable = bill(&company, &one, now());
        let room = company.engine.portal(&one, now()).unwrap().owed[0].promise.unwrap();
        assert_eq!((room.from, room.until), (day("2026-03-13"), day("2026-03-13").plus(PROMISE_DAYS_MAX)));
        for on in [room.from.plus(-1), room.until.plus(1)] {
            assert_eq!(company.engine.promise_by_link(&one, receivable, on, now()).unwrap_err().code, "promise_day");
        }
        company.engine.promise_by_link(&one, receivable, day("2026-03-20"), now()).unwrap();
        company.engine.promise_by_link(&one, receivable, day("2026-03-25"), now()).unwrap();
        assert_eq!(company.engine.promise_by_link(&one, receivable, day("2026-03-26"), now()).unwrap_err().code, "promises");
        let owed = &company.engine.portal(&one, now()).unwrap().owed[0];
        assert_eq!((owed.promised_on, owed.promise), (Some(day("2026-03-25")), None));
        // Nobody promises for somebody else.
        let other = visitor(&company, "C2", now());
        assert_eq!(company.engine.promise_by_link(&other, receivable, day("2026-03-20"), now()).unwrap_err().code, "no_receivable");
        is_clean(&company);
    });
}

#[test]
fn a_dispute_and_a_claim_of_having_paid_hold_the_ladder() {
    on_both(|url| {
        let company = company(url);
        let one = visitor(&company, "C1", now());
        let receivable = bill(&company, &one, now());
        company
            .engine
            .ask_person(&one, &ask(Asks::Paid, Some(receivable), &json!({ "amount": "BRL 100.00" })), now(), &mut Counting(9))
            .unwrap();
        let later = Instant::from_micros(now().micros() + 1);
        assert!(company.engine.portal(&one, later).unwrap().owed[0].on_its_way);
        company
            .engine
            .ask_person(&one, &ask(Asks::Dispute, Some(receivable), &json!({ "words": "errado" })), later, &mut Counting(10))
            .unwrap();
        let state = company.engine.receivable_state(company.tenant, &About::Receivable("R1".to_owned()), later).unwrap();
        assert_eq!(state.causes, [Cause::Dispute]);
        let portal = company.engine.portal(&one, later).unwrap();
        assert!(portal.owed[0].disputed && portal.owed[0].promise.is_none());
        let other = visitor(&company, "C2", now());
        let foreign = company.engine.ask_person(&other, &ask(Asks::Dispute, Some(receivable), &json!({})), later, &mut Counting(11));
        assert_eq!(foreign.unwrap_err().code, "no_receivable");
        is_clean(&company);
    });
}

#[test]
fn who_contests_a_bill_or_has_paid_it_is_left_alone() {
    on_both(|url| {
        let company = company(url);
        let (one, other) = (visitor(&company, "C1", now()), visitor(&company, "C2", now()));
        let (paid, contested) = (bill(&company, &one, now()), bill(&company, &other, now()));
        company.engine.ask_person(&one, &ask(Asks::Paid, Some(paid), &json!({ "rail": "pix" })), now(), &mut Counting(9)).unwrap();
        let words = json!({ "words": "errado" });
        company.engine.ask_person(&other, &ask(Asks::Dispute, Some(contested), &words), now(), &mut Counting(10)).unwrap();
        // Without either both would hear of it today: `every_message_opens_its_own_customers_portal`.
        let mut courier = Kept::default();
        pass(&company, &mut courier, now());
        assert_eq!(courier.0, []);
        for days in 1..30 {
            pass(&company, &mut courier, now().plus_hours(24 * days));
        }
        let to = |address: &str| courier.0.iter().filter(|(to, _)| to == address).count();
        assert_eq!(to("c2@customer.example"), 0, "a contested bill rests until a person has answered");
        assert!(to("c1@customer.example") > 0, "a payment that never came is asked for again once its rail has cleared");
        is_clean(&company);
    });
}

#[test]
fn a_link_in_wrong_hands_fills_no_list() {
    on_both(|url| {
        let company = company(url);
        let one = visitor(&company, "C1", now());
        let words = json!({ "mark": 1 });
        let survey =
            |when: Instant, seed: u64| company.engine.ask_person(&one, &ask(Asks::Survey, None, &words), when, &mut Counting(seed));
        for seed in 0..u64::try_from(DAY_MAX).unwrap() {
            survey(now(), 200 + seed).unwrap();
        }
        assert_eq!(survey(now().plus_hours(23), 300).unwrap_err().code, "many_requests");
        survey(now().plus_hours(25), 301).unwrap();
    });
}

#[test]
fn a_proof_is_kept_sealed_and_goes_with_the_person() {
    on_both(|url| {
        let company = company(url);
        let one = visitor(&company, "C1", now());
        let receivable = bill(&company, &one, now());
        let words = json!({ "words": "segredo" });
        let send = |bytes: &[u8], seed: u64| {
            let new = NewAsk { what: Asks::Paid, receivable: Some(receivable), words: &words, file: Some(bytes) };
            company.engine.ask_person(&one, &new, now(), &mut Counting(seed))
        };
        for bad in [&b"MZ..."[..], b"", &[b"%PDF-".as_slice(), &vec![0; FILE_MAX]].concat()] {
            assert_eq!(send(bad, 8).unwrap_err().code, "bad_file");
        }
        send(b"%PDF-1.7 recibo da Ana", 9).unwrap();
        let request = company.engine.requests_of(company.tenant, one.customer, 10).unwrap().pop().unwrap();
        assert_eq!(request.words, Some(words.clone()));
        let (file, kind, size) = request.files[0].clone();
        assert_eq!((kind.as_str(), size), ("pdf", 22));
        let kept = company.engine.customer_file(company.tenant, file).unwrap();
        assert_eq!((kept.kind, kept.bytes.as_slice()), (FileKind::Pdf, &b"%PDF-1.7 recibo da Ana"[..]));
        let export = company.engine.export(company.tenant, "C1", now()).unwrap();
        assert_eq!(export["requests"][0]["wrote"], words);
        is_clean(&company);
        let id = one.customer.to_string();
        company.engine.erase(company.tenant, &id, true, &act(), now()).unwrap();
        assert_eq!(company.engine.customer_file(company.tenant, file).unwrap_err().code, "no_file");
        let left = company.engine.requests_of(company.tenant, one.customer, 10).unwrap().pop().unwrap();
        assert_eq!(left.words, None);
        is_clean(&company);
    });
}

#[test]
fn nobody_fills_the_list_of_people_who_answer() {
    on_both(|url| {
        let company = company(url);
        let one = visitor(&company, "C1", now());
        for seed in 0..u64::try_from(OPEN_MAX).unwrap() {
            company.engine.ask_person(&one, &ask(Asks::Question, None, &json!({})), now(), &mut Counting(100 + seed)).unwrap();
        }
        let more = company.engine.ask_person(&one, &ask(Asks::Question, None, &json!({})), now(), &mut Counting(99));
        assert_eq!(more.unwrap_err().code, "many_requests");
        company.engine.ask_person(&one, &ask(Asks::Survey, None, &json!({ "mark": 5 })), now(), &mut Counting(98)).unwrap();
    });
}

#[test]
fn the_rule_is_told_without_names() {
    on_both(|url| {
        let company = company(url);
        let token = company.engine.make_link(company.tenant, "C1", Purpose::Portal, now()).unwrap();
        let one = super::good(&company, &token, now()).unwrap();
        let portal = company.engine.portal(&one, now()).unwrap();
        let said = format!("{:?}", portal.rule);
        for name in ["default", "late2", "final_notice", "segment"] {
            assert!(!said.contains(name), "{name}: {said}");
        }
        assert_eq!(portal.rule.steps.len(), 9);
        assert!(portal.rule.steps.iter().any(|step| step.announced));
    });
}

#[test]
fn what_was_paid_is_listed_with_its_day() {
    on_both(|url| {
        let company = company(url);
        let one = visitor(&company, "C1", now());
        let amount = company.engine.portal(&one, now()).unwrap().owed[0].copy.amount.total;
        let payment = regua_engine::commands::account::Payment { amount, on: None, named: &[], id: Some("P1") };
        company.engine.pay(company.tenant, &About::Receivable("R1".to_owned()), payment, &act(), now()).unwrap();
        let settled = company.engine.portal_settled(&one, 10).unwrap();
        assert_eq!(settled.iter().map(|one| one.external_id.as_str()).collect::<Vec<_>>(), ["R1"]);
        assert!(company.engine.portal(&one, now()).unwrap().owed.is_empty());
        assert!(company.engine.portal_settled(&visitor(&company, "C2", now()), 10).unwrap().is_empty());
    });
}

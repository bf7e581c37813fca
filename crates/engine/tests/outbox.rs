//! Messages on their way: sent once, looked at once more before, and what nobody knows is shown.

mod common;

use common::{Company1, POLICY, act, at, brl, customer, day, on_both, receivable, stationery};
use regua_core::facts::{Channels, Fact};
use regua_core::time::Instant;
use regua_core::words::{Channel, Role};
use regua_engine::adapters::post::Memory;
use regua_engine::commands::messages::Settled;
use regua_engine::commands::tell::About;
use regua_engine::outbox::{Dispatched, Sending};
use regua_engine::ports::{Courier, Letter, Mailbox, Parcel, Sent, Unreadable};
use regua_engine::{Engine, Scratch};
use regua_store::db::Scope;
use regua_store::outbox::troubled;
use regua_store::seal::MasterKey;
use regua_wire::files::portfolio::Portfolio;

/// A courier that answers what it is told to.
struct Answers(Vec<Sent>, Vec<String>);

impl Courier for Answers {
    fn carries(&self) -> Channels {
        Channels::of(Channel::Email)
    }

    fn send(&mut self, parcels: &[&Parcel]) -> Vec<Sent> {
        self.1.extend(parcels.iter().map(|parcel| parcel.to.clone()));
        parcels.iter().map(|_| if self.0.len() > 1 { self.0.remove(0) } else { self.0[0].clone() }).collect()
    }
}

fn one_late() -> Portfolio {
    Portfolio {
        customers: vec![customer("C1")],
        receivables: vec![receivable("R1", 0, "2026-03-01", "2026-03-10", 10_000)],
        payments: vec![],
    }
}

fn decide(company: &Company1, now: Instant) {
    let mut scratch = Scratch::default();
    while company.engine.tick(now, &mut scratch).expect("a batch").customers > 0 {}
}

fn dispatch(company: &Company1, now: Instant, courier: &mut dyn Courier) -> Dispatched {
    company.engine.dispatch(&|| now, courier, &stationery(), Sending::default(), &|_| true).expect("a dispatch")
}

/// A company whose only customer got an invoice and is one contact behind.
fn with_one_queued(url: &str) -> Company1 {
    let mut company = Company1::new(url);
    company.import(&one_late(), at("2026-03-01T09:00"));
    decide(&company, at("2026-03-01T09:00"));
    company
}

#[test]
fn a_message_is_sent_once_and_kept_as_it_was_sent() {
    on_both(|url| {
        let company = with_one_queued(url);
        let mut memory = Memory::default();
        let done = dispatch(&company, at("2026-03-01T09:01"), &mut memory);
        assert_eq!((done.taken, done.sent), (1, 1), "{done:?}");
        let parcel = &memory.parcels[0];
        assert_eq!(parcel.to, "c1@customer.example");
        assert!(parcel.text.contains("R1") && parcel.mail.is_some(), "{}", parcel.text);
        decide(&company, at("2026-03-01T09:02"));
        assert_eq!(dispatch(&company, at("2026-03-01T09:02"), &mut memory), Dispatched::default());
        assert_eq!(memory.parcels.len(), 1);
    });
}

#[test]
fn whoever_a_step_copies_gets_the_mail_too_and_nobody_does_in_its_place() {
    on_both(|url| {
        let policy = POLICY.replace("template: invoice_issued,", "template: invoice_issued, cc: [accountant],");
        let mut company = Company1::with(Engine::new(common::open(url), MasterKey::new([7; 32])), &policy);
        let mut portfolio = one_late();
        let books = customer("books").customer.contacts.remove(0).with_role(Role::Accountant);
        portfolio.customers[0].customer.contacts.push(books);
        company.import(&portfolio, at("2026-03-01T09:00"));
        decide(&company, at("2026-03-01T09:00"));
        let mut memory = Memory::default();
        assert_eq!(dispatch(&company, at("2026-03-01T09:01"), &mut memory).sent, 1);
        let mail = memory.parcels[0].mail.as_ref().expect("a mail");
        assert_eq!((mail.to.as_str(), mail.copies.as_slice()), ("c1@customer.example", &["books@customer.example".to_owned()][..]));
        let text = String::from_utf8_lossy(&mail.bytes);
        assert!(text.contains("\r\nCc: books@customer.example\r\n"), "{text}");
    });
}

#[test]
fn a_payment_between_decision_and_sending_cancels_the_message() {
    on_both(|url| {
        let company = with_one_queued(url);
        let fact = Fact::Paid { paid_on: day("2026-03-01"), amount: Some(brl(10_000)) };
        company.engine.tell(company.tenant, &About::Receivable("R1".to_owned()), fact, Some(&act()), at("2026-03-01T09:00")).expect("paid");
        let mut memory = Memory::default();
        let done = dispatch(&company, at("2026-03-01T09:01"), &mut memory);
        assert_eq!((done.cancelled, done.sent), (1, 0), "{done:?}");
        assert!(memory.parcels.is_empty());
    });
}

#[test]
fn a_message_that_cannot_be_taken_now_is_tried_again_later_and_not_before() {
    on_both(|url| {
        let company = with_one_queued(url);
        let busy = Sent::Later { code: Some(451), reply: "try again".to_owned() };
        let mut courier = Answers(vec![busy, Sent::Accepted { reply: "ok".to_owned() }], Vec::new());
        assert_eq!(dispatch(&company, at("2026-03-01T09:01"), &mut courier).later, 1);
        assert_eq!(dispatch(&company, at("2026-03-01T09:01"), &mut courier).taken, 0, "the wait is not over");
        assert_eq!(dispatch(&company, at("2026-03-01T09:03"), &mut courier).sent, 1);
        assert_eq!(courier.1.len(), 2);
    });
}

#[test]
fn what_is_found_being_sent_is_unknown_and_never_sent_again() {
    on_both(|url| {
        let company = with_one_queued(url);
        struct Dies;
        impl Courier for Dies {
            fn carries(&self) -> Channels {
                Channels::of(Channel::Email)
            }
            fn send(&mut self, _: &[&Parcel]) -> Vec<Sent> {
                panic!("the process ends here");
            }
        }
        let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&company, at("2026-03-01T09:01"), &mut Dies)));
        assert!(died.is_err());
        let mut memory = Memory::default();
        assert_eq!(dispatch(&company, at("2026-03-01T09:02"), &mut memory).taken, 0, "its lease has not run out");
        let done = dispatch(&company, at("2026-03-01T10:00"), &mut memory);
        assert_eq!((done.unknown, done.sent), (1, 0), "{done:?}");
        assert!(memory.parcels.is_empty());
        let shown = company.engine.db().read(Scope::Tenant(company.tenant), |tx| troubled(tx, company.tenant, 10)).expect("a list");
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].status.as_str(), shown[0].customer.as_str()), ("unknown", "C1"));
    });
}

#[test]
fn an_address_that_is_refused_gives_way_to_the_next_and_the_last_leaves_work_for_a_person() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let mut portfolio = one_late();
        portfolio.customers[0].customer.contacts.extend(customer("C1b").customer.contacts);
        company.import(&portfolio, at("2026-03-01T09:00"));
        decide(&company, at("2026-03-01T09:00"));
        let refused = || Sent::Refused { code: Some(550), reply: "no such user".to_owned() };
        let mut courier = Answers(vec![refused(), refused()], Vec::new());
        let done = dispatch(&company, at("2026-03-01T09:01"), &mut courier);
        assert_eq!(courier.1, ["c1@customer.example", "c1b@customer.example"]);
        assert_eq!(done.failed, 1, "{done:?}");
        // Nothing counts as sent, so the next contact is free to go and finds nobody.
        decide(&company, at("2026-03-05T09:00"));
        let mut memory = Memory::default();
        assert_eq!(dispatch(&company, at("2026-03-05T09:01"), &mut memory).sent, 0);
    });
}

/// A mailbox with some letters.
struct Letters(Vec<Letter>);

impl Mailbox for Letters {
    fn fetch(&mut self, max: usize) -> Result<Vec<Letter>, Unreadable> {
        Ok(self.0.iter().take(max).cloned().collect())
    }

    fn done(&mut self, _: &str) -> Result<(), Unreadable> {
        Ok(())
    }
}

fn bounce(address: &str, message: &str) -> Letter {
    let text = format!(
        "From: MAILER-DAEMON@relay.example\r\nTo: contas@nuvem.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         It came back.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nX-Regua-Message: {message}\r\nTo: {address}\r\n\r\n--b--\r\n"
    );
    Letter { uid: "1".to_owned(), bytes: text.into_bytes() }
}

#[test]
fn a_mail_that_came_back_goes_to_the_next_address_once_however_often_the_letter_is_read() {
    on_both(|url| {
        let mut company = Company1::new(url);
        let mut portfolio = one_late();
        portfolio.customers[0].customer.contacts.extend(customer("C1b").customer.contacts);
        company.import(&portfolio, at("2026-03-01T09:00"));
        decide(&company, at("2026-03-01T09:00"));
        let mut memory = Memory::default();
        assert_eq!(dispatch(&company, at("2026-03-01T09:01"), &mut memory).sent, 1);
        let message = memory.parcels[0].key.0.clone();
        let mut letters = Letters(vec![bounce("c1@customer.example", &message)]);
        for (round, known) in [(1, 0), (2, 1)] {
            let received = company.engine.receive(company.tenant, &mut letters, at("2026-03-01T09:30")).expect("a mailbox");
            assert_eq!((received.bounced, received.known), (1 - known, known), "round {round}: {received:?}");
        }
        dispatch(&company, at("2026-03-01T09:31"), &mut memory);
        let to: Vec<&str> = memory.parcels.iter().map(|parcel| parcel.to.as_str()).collect();
        assert_eq!(to, ["c1@customer.example", "c1b@customer.example"]);
    });
}

/// Decides and dispatches every six hours from one moment to another, to a courier.
fn days(company: &Company1, from: Instant, until: Instant, courier: &mut dyn Courier) -> Dispatched {
    let mut all = Dispatched::default();
    let mut now = from;
    while now < until {
        decide(company, now);
        all.add(dispatch(company, now, courier));
        now = now.plus_hours(6);
    }
    all
}

/// The adverse steps that were carried out, with when.
fn adverse(company: &Company1) -> Vec<(String, Instant)> {
    let mut found = Vec::new();
    let scope = Scope::Tenant(company.tenant);
    company
        .engine
        .db()
        .read(scope, |tx| {
            regua_store::reports::decisions(tx, company.tenant, |row| {
                if row.outcome == "done" && ["limit", "suspend"].contains(&row.step.as_str()) {
                    found.push((row.step, row.decided_at));
                }
                Ok(())
            })
        })
        .expect("decisions");
    found
}

/// While the mail server is down nothing is announced, so nobody is restricted, and no second notice is written. Once it is
/// back, the notice goes out and the step comes as many days later as it has to.
#[test]
fn no_adverse_step_comes_before_its_notice_was_sent() {
    on_both(|url| {
        let mut company = Company1::new(url);
        company.import(&one_late(), at("2026-03-01T09:00"));
        company.engine.source_read(company.tenant, "files", at("2026-03-12T00:00")).expect("read");
        days(&company, at("2026-03-01T09:00"), at("2026-03-17T00:00"), &mut Memory::default());
        // The notice of `limit` (22 March) is due on the 17th.
        let mut down = Answers(vec![Sent::Later { code: None, reply: "nobody answers".to_owned() }], Vec::new());
        days(&company, at("2026-03-17T00:00"), at("2026-03-24T00:00"), &mut down);
        assert!(!down.1.is_empty(), "something was tried");
        assert_eq!(adverse(&company), [], "nobody was told");
        let mut memory = Memory::default();
        days(&company, at("2026-03-24T00:00"), at("2026-04-05T00:00"), &mut memory);
        let told: Vec<&str> = memory.parcels.iter().map(|parcel| parcel.text.as_str()).collect();
        let limited = adverse(&company);
        assert_eq!(limited.first().map(|(step, _)| step.as_str()), Some("limit"), "{told:#?}");
        assert!(limited[0].1 > at("2026-03-26T00:00"), "{limited:?}: the days of notice count from when it was sent");
    });
}

#[test]
fn no_adverse_step_comes_while_nobody_knows_whether_its_notice_was_sent() {
    on_both(|url| {
        let mut company = Company1::new(url);
        company.import(&one_late(), at("2026-03-01T09:00"));
        company.engine.source_read(company.tenant, "files", at("2026-03-12T00:00")).expect("read");
        days(&company, at("2026-03-01T09:00"), at("2026-03-17T00:00"), &mut Memory::default());
        let mut lost = Answers(vec![Sent::Unknown { why: "the line broke".to_owned() }], Vec::new());
        assert_eq!(days(&company, at("2026-03-17T00:00"), at("2026-03-18T00:00"), &mut lost).unknown, 1);
        let mut memory = Memory::default();
        days(&company, at("2026-03-18T00:00"), at("2026-03-30T00:00"), &mut memory);
        assert_eq!(adverse(&company), [], "nobody knows whether they were told");
        let troubled = company.engine.db().read(Scope::Tenant(company.tenant), |tx| troubled(tx, company.tenant, 10)).expect("a list");
        let id = troubled[0].message.to_string();
        company.engine.settle(company.tenant, &id, Settled::Sent, &act(), at("2026-03-30T09:00")).expect("settled");
        days(&company, at("2026-03-30T12:00"), at("2026-04-02T00:00"), &mut memory);
        assert_eq!(adverse(&company).first().map(|(step, _)| step.as_str()), Some("limit"));
    });
}

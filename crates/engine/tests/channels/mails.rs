//! E-mails over a mail server and what comes back of them into a Maildir: bounces, complaints, requests to stop, pictures and links.

use std::path::{Path, PathBuf};

use regua_core::ids::MessageId;
use regua_core::party::{Consent, Health};
use regua_core::time::Instant;
use regua_core::words::{Mode, Role};
use regua_engine::adapters::Security;
use regua_engine::adapters::mailbox::Maildir;
use regua_engine::adapters::post::Post;
use regua_engine::adapters::smtp::{Settings, Smtp};
use regua_engine::links::{Opened, Visitor};
use regua_engine::outbox::{Dispatched, Sending};
use regua_engine::ports::Mailer;
use regua_engine::replay::verify;
use regua_engine::stationery::Stationery;
use regua_engine::{Engine, Received, Scratch};
use regua_store::channels;
use regua_store::db::Scope;
use regua_store::seal::MasterKey;
use regua_testkit::smtp::{Act, Fault, Sink, Stage, Transaction};
use regua_wire::channels::shown;
use regua_wire::files::portfolio::Portfolio;
use regua_wire::messages::Link;

use crate::common::{self, Company1, POLICY, act, at, customer, on_both, receivable};

const PORTAL: &str = "https://portal.nuvem.example";
const BOUNCES: &str = "bounces.nuvem.example";
/// A Sunday; the first message is due then.
const FIRST: &str = "2026-03-01T09:00";
/// The days of the first four messages.
const DAYS: [&str; 4] = [FIRST, "2026-03-05T09:00", "2026-03-10T09:00", "2026-03-12T09:00"];
const ANA: &str = "c1@customer.example";
const BIA: &str = "c1b@customer.example";
const BOOKS: &str = "books@customer.example";

/// A company with a mail server that takes everything and a folder to which mails come back.
struct Mailed {
    company: Company1,
    sink: Sink,
    post: Post,
    folder: tempfile::TempDir,
    paper: Stationery,
}

fn letterhead(asks_opens: bool) -> Stationery {
    let (portal, bounce_domain) = (Some(Link::parse(PORTAL).unwrap()), Some(BOUNCES.to_owned()));
    let unsubscribe_by_mail = Some(regua_core::party::Email::parse("sair@nuvem.example").unwrap());
    Stationery { portal, bounce_domain, unsubscribe_by_mail, asks_opens, ..common::stationery() }
}

impl Mailed {
    /// With one customer, C1, who has these addresses besides the first.
    fn new(url: &str, others: &[(&str, Option<Role>)]) -> Self {
        let policy = POLICY.replace("template: invoice_issued,", "template: invoice_issued, cc: [accountant],");
        let mut company = Company1::with(Engine::new(common::open(url), MasterKey::new([7; 32])), &policy);
        let mut row = customer("C1");
        for (address, role) in others {
            let mut point = customer(address.split('@').next().unwrap()).customer.contacts.remove(0);
            point.role = *role;
            row.customer.contacts.push(point);
        }
        let receivables = vec![receivable("R1", 0, "2026-03-01", "2026-03-10", 10_000)];
        company.import(&Portfolio { customers: vec![row], receivables, payments: vec![] }, at(FIRST));
        let sink = Sink::start().unwrap();
        let settings = Settings::new("localhost", sink.address().port(), Security::Plain, "mail.nuvem.example");
        let mailer: Box<dyn Mailer> = Box::new(Smtp::new(settings).unwrap());
        let post = Post::new(vec![mailer]);
        let folder = tempfile::tempdir().unwrap();
        for part in ["new", "cur", "tmp"] {
            std::fs::create_dir(folder.path().join(part)).unwrap();
        }
        Self { company, sink, post, folder, paper: letterhead(false) }
    }

    /// Decides and sends what is due; the mails that the server has now and had not before.
    fn pass(&mut self, now: Instant) -> (Dispatched, Vec<Transaction>) {
        self.company.engine.source_read(self.company.tenant, "files", now).unwrap();
        let mut scratch = Scratch::default();
        while self.company.engine.tick(now, &mut scratch).unwrap().customers > 0 {}
        let done = self.company.engine.dispatch(&|| now, &mut self.post, &self.paper, Sending::default(), &|_| true).unwrap();
        (done, self.sink.take())
    }

    /// The one mail of a pass.
    fn one(&mut self, now: Instant) -> Mail {
        let (_, mut mails) = self.pass(now);
        assert_eq!(mails.len(), 1, "{mails:#?}");
        let transaction = mails.remove(0);
        assert_eq!(transaction.violations, Vec::<String>::new());
        Mail(transaction)
    }

    fn new_letters(&self) -> PathBuf {
        self.folder.path().join("new")
    }

    /// Puts a letter into the folder and reads it.
    fn comes(&self, letter: &str, now: Instant) -> Received {
        put(&self.new_letters(), letter);
        let mut maildir = Maildir::new(self.folder.path());
        let received = self.company.engine.receive(self.company.tenant, &mut maildir, now).unwrap();
        assert_eq!(std::fs::read_dir(self.new_letters()).unwrap().count(), 0, "what was read is put away");
        received
    }

    /// Health and consent of an address.
    fn stands(&self, address: &str) -> (Health, Consent) {
        let view = self.company.engine.customer_view(self.company.tenant, "C1", at(FIRST)).unwrap();
        let point = view.card.profile.unwrap().contacts.into_iter().find(|point| point.address.as_str() == address).unwrap();
        (point.health, point.consent)
    }

    fn status(&self, message: &str) -> String {
        self.company.engine.message(self.company.tenant, message).unwrap().overview.status
    }

    fn is_listed(&self, address: &str) -> bool {
        let (tenant, mark) = (self.company.tenant, self.company.engine.mark_of(self.company.tenant, address));
        let read = |tx: &mut regua_store::db::Tx<'_>| channels::suppressed(tx, tenant, "email", &[mark]);
        !self.company.engine.db().read(Scope::Tenant(tenant), read).unwrap().is_empty()
    }

    /// What the timeline says of messages: words and when.
    fn heard(&self) -> Vec<String> {
        let zone = regua_core::time::Zone::utc();
        let story = self.company.engine.story(self.company.tenant, "cus:C1", zone, at("2026-04-20T09:00")).unwrap();
        let words = ["delivered", "read", "failed", "clicked", "opened", "prefetched", "replied"];
        story.lines.into_iter().filter(|line| words.contains(&line.reason.as_str())).map(|line| line.reason).collect()
    }

    fn is_whole(&self) {
        let scratch = tempfile::tempdir().unwrap();
        let verdict = verify(&self.company.engine, self.company.tenant, scratch.path(), &mut |_, _| {}).unwrap();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    }
}

fn put(folder: &Path, letter: &str) {
    let name = format!("{}.letter", std::fs::read_dir(folder).unwrap().count());
    std::fs::write(folder.join(name), letter.replace("\r\n", "\n").replace('\n', "\r\n")).unwrap();
}

/// A mail as the far side has it.
struct Mail(Transaction);

impl Mail {
    fn text(&self) -> String {
        String::from_utf8(self.0.data.clone()).unwrap()
    }

    fn to(&self) -> Vec<&str> {
        self.0.to.iter().map(String::as_str).collect()
    }

    /// A header, its lines joined.
    fn header(&self, name: &str) -> Option<String> {
        let text = self.text().replace("\r\n ", " ");
        let head = text.split("\r\n\r\n").next().unwrap().to_owned();
        head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
    }

    fn message(&self) -> String {
        self.header("X-Regua-Message").unwrap()
    }

    /// What HTML part and text hold of an address of the portal.
    fn tokens(&self, path: &str) -> Vec<String> {
        let shown = shown::read(&self.0.data).unwrap();
        let page = html(&self.0.data);
        let begin = format!("{PORTAL}/{path}/");
        let both = format!("{} {page}", shown.text.unwrap_or_default());
        both.split(&begin).skip(1).map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
    }
}

/// The HTML part, with its quoted-printable undone as far as addresses need it.
fn html(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let part = text.split("Content-Type: text/html").nth(1).unwrap_or_default().to_owned();
    part.replace("=\r\n", "").replace("=3D", "=").replace("=22", "\"")
}

/// A report of a mail system (RFC 3464), with the mail as it was returned.
fn dsn(mail: &Mail, reporter: &str, fields: &str) -> String {
    format!(
        "From: MAILER-DAEMON@{reporter}\nTo: {}\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"frontier\"\n\n--frontier\nContent-Type: text/plain\n\n\
         It could not be delivered.\n\n--frontier\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {reporter}\n\n{fields}\n\n\
         --frontier\nContent-Type: message/rfc822\n\n{}\n--frontier--\n",
        mail.0.from,
        mail.text()
    )
}

fn failed(address: &str, status: &str, words: &str) -> String {
    format!("Final-Recipient: rfc822; {address}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; {words}")
}

const GONE: (&str, &str) = ("5.1.1", "550 5.1.1 no such user here");
const FULL: (&str, &str) = ("5.2.2", "552 5.2.2 mailbox is full");

/// A complaint (RFC 5965); providers leave the address out to protect their user.
fn arf(mail: &Mail, address: Option<&str>) -> String {
    let named = address.map(|address| format!("Original-Rcpt-To: <{address}>\n")).unwrap_or_default();
    format!(
        "From: feedback@provider.example\nTo: fbl@nuvem.example\nSubject: Complaint\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"frontier\"\n\n--frontier\nContent-Type: text/plain\n\n\
         Somebody called this spam.\n\n--frontier\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Loop/1\n\
         Version: 1\n{named}Original-Mail-From: <{}>\n\n--frontier\nContent-Type: message/rfc822\n\n{}\n--frontier--\n",
        mail.0.from,
        mail.text()
    )
}

#[test]
fn an_address_that_is_gone_is_left_alone_and_its_mail_goes_to_the_next_once() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[(BIA, None)]);
        let mail = mailed.one(at(FIRST));
        let message = mail.message();
        assert_eq!((mail.to(), mail.0.from.clone()), (vec![ANA], format!("bounces+{message}@{BOUNCES}")));
        // Every mail that is not asked for can be stopped with one press and by mail (RFC 2369, 8058).
        let stops = mail.header("List-Unsubscribe").unwrap();
        assert!(stops.starts_with(&format!("<{PORTAL}/p/")) && stops.contains("<mailto:sair@nuvem.example?subject="), "{stops}");
        assert_eq!(mail.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        let report = dsn(&mail, "mx.customer.example", &failed(ANA, GONE.0, GONE.1));
        let received = mailed.comes(&report, at("2026-03-01T09:30"));
        assert_eq!((received.letters, received.bounced), (1, 1), "{received:?}");
        assert_eq!((mailed.stands(ANA).0, mailed.stands(BIA).0), (Health::Bounced, Health::Usable));
        assert!(mailed.is_listed(ANA) && !mailed.is_listed(BIA), "whoever else has that address is not written to either");
        let again = mailed.one(at("2026-03-01T09:31"));
        assert_eq!((again.to(), again.message()), (vec![BIA], message.clone()));
        // The same letter, and another mail system that reports the same, send nothing more.
        assert_eq!(mailed.comes(&report, at("2026-03-01T09:40")).known, 1);
        let other = dsn(&mail, "relay.nuvem.example", &failed(ANA, GONE.0, GONE.1));
        assert_eq!(mailed.comes(&other, at("2026-03-01T09:41")).known, 0);
        assert_eq!(mailed.pass(at("2026-03-01T09:42")).1, Vec::new());
        assert_eq!(mailed.status(&message), "sent");
        mailed.is_whole();
    });
}

#[test]
fn a_copy_that_came_back_brings_its_mail_to_nobody_twice() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[(BOOKS, Some(Role::Accountant)), (BIA, None)]);
        let mail = mailed.one(at(FIRST));
        assert_eq!(mail.to(), [ANA, BOOKS]);
        let received = mailed.comes(&dsn(&mail, "mx.customer.example", &failed(BOOKS, GONE.0, GONE.1)), at("2026-03-01T09:30"));
        assert_eq!(received.bounced, 1);
        assert_eq!((mailed.stands(BOOKS).0, mailed.stands(ANA).0), (Health::Bounced, Health::Usable));
        assert_eq!(mailed.pass(at("2026-03-01T09:31")).1, Vec::new(), "its reader has it");
        assert_eq!(mailed.status(&mail.message()), "sent");
        mailed.is_whole();
    });
}

#[test]
fn a_report_that_names_no_address_is_of_the_one_that_was_written_to() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[(BIA, None)]);
        let mail = mailed.one(at(FIRST));
        mailed.comes(&dsn(&mail, "mx.customer.example", "Action: failed\nStatus: 5.1.1"), at("2026-03-01T09:30"));
        assert_eq!((mailed.stands(ANA).0, mailed.stands(BIA).0), (Health::Bounced, Health::Usable));
        assert_eq!(mailed.one(at("2026-03-01T09:31")).to(), [BIA]);
        mailed.is_whole();
    });
}

#[test]
fn nobody_stops_the_address_of_somebody_else_by_a_letter() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[(BIA, None)]);
        let mail = mailed.one(at(FIRST));
        let other = "c9@customer.example";
        mailed.comes(&dsn(&mail, "mx.customer.example", &failed(other, GONE.0, GONE.1)), at("2026-03-01T09:30"));
        assert!(!mailed.is_listed(other));
        assert_eq!((mailed.stands(ANA).0, mailed.stands(BIA).0), (Health::Bounced, Health::Usable), "a mail that was passed on is hers");
        let again = mailed.one(at("2026-03-01T09:31"));
        mailed.comes(&arf(&again, Some(other)), at("2026-03-01T10:00"));
        assert!(!mailed.is_listed(other) && mailed.is_listed(BIA));
        mailed.is_whole();
    });
}

#[test]
fn a_mailbox_that_is_full_is_tried_again_and_given_up_after_four_days_of_it() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[]);
        for (nth, day) in DAYS.into_iter().enumerate() {
            let mail = mailed.one(at(day));
            assert_eq!((mail.to(), mailed.stands(ANA).0), (vec![ANA], Health::Usable), "the {nth}th");
            let full = |reporter: &str| dsn(&mail, reporter, &failed(ANA, FULL.0, FULL.1));
            let received = mailed.comes(&full("mx.customer.example"), at(day).plus_hours(1));
            let is_last = nth + 1 == DAYS.len();
            assert_eq!((received.returned, received.bounced), (u64::from(!is_last), u64::from(is_last)), "{received:?}");
            if !is_last {
                // A day's mails count once.
                assert_eq!(mailed.comes(&full("relay.nuvem.example"), at(day).plus_hours(2)).returned, 1);
            }
            // Nobody else is there: a person hears that the message did not arrive.
            let (done, mails) = mailed.pass(at(day).plus_hours(3));
            assert_eq!((done.failed, mails.len()), (1, 0), "{done:?}");
            assert_eq!(mailed.status(&mail.message()), "failed");
        }
        assert_eq!(mailed.stands(ANA).0, Health::Bounced);
        mailed.is_whole();
    });
}

#[test]
fn a_server_that_refuses_at_once_for_a_full_mailbox_counts_like_a_letter() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[]);
        mailed.sink.script([Fault::at(Stage::Rcpt, Act::Reply(552, "5.2.2 mailbox is full"))]);
        for (nth, day) in DAYS.into_iter().enumerate() {
            assert_eq!(mailed.stands(ANA).0, Health::Usable, "the {nth}th");
            assert_eq!(mailed.pass(at(day)).0.failed, 1);
        }
        assert_eq!(mailed.stands(ANA).0, Health::Bounced);
        mailed.is_whole();
    });
}

#[test]
fn whoever_complains_is_left_alone_and_has_taken_consent_back() {
    for named in [Some(ANA), None] {
        on_both(|url| {
            let mut mailed = Mailed::new(url, &[(BIA, None)]);
            let mail = mailed.one(at(FIRST));
            let received = mailed.comes(&arf(&mail, named), at("2026-03-01T09:30"));
            assert_eq!((received.stopped, received.others), (1, 0), "{received:?}");
            assert_eq!(mailed.stands(ANA), (Health::Suppressed, Consent::OptedOut));
            assert_eq!(mailed.stands(BIA).0, Health::Usable, "of the other address nobody complained");
            assert!(mailed.is_listed(ANA) && !mailed.is_listed(BIA));
            // The ladder waits for a person.
            assert_eq!(mailed.pass(at("2026-03-05T09:00")).1, Vec::new());
            mailed.is_whole();
        });
    }
}

#[test]
fn a_mail_to_unsubscribe_stops_the_address_that_it_is_about() {
    for (from, stopped, left) in [(ANA, ANA, BIA), (BIA, BIA, ANA), ("forwarded@elsewhere.example", ANA, BIA)] {
        on_both(|url| {
            let mut mailed = Mailed::new(url, &[(BIA, None)]);
            let mail = mailed.one(at(FIRST));
            let stops = mail.header("List-Unsubscribe").unwrap();
            let subject = stops.split("?subject=").nth(1).unwrap().trim_end_matches('>').replace("%20", " ");
            let letter = format!("From: <{from}>\nTo: sair@nuvem.example\nSubject: {subject}\nMIME-Version: 1.0\n\n\n");
            assert_eq!(mailed.comes(&letter, at("2026-03-01T09:30")).stopped, 1);
            assert_eq!((mailed.stands(stopped).1, mailed.stands(left).1), (Consent::OptedOut, Consent::Contract), "{from}");
            assert_eq!(mailed.one(at("2026-03-05T09:00")).to(), [left]);
            mailed.is_whole();
        });
    }
}

#[test]
fn an_answer_waits_for_a_person_stands_on_the_timeline_and_is_given_with_everything_that_is_held() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[]);
        let mail = mailed.one(at(FIRST));
        let letter = format!(
            "From: <{ANA}>\nTo: contas@nuvem.example\nSubject: Re: a sua fatura\nIn-Reply-To: {}\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\n\nJá paguei ontem.\n",
            mail.header("Message-ID").unwrap()
        );
        assert_eq!(mailed.comes(&letter, at("2026-03-01T10:00")).replies, 1);
        let (engine, tenant) = (&mailed.company.engine, mailed.company.tenant);
        let all = engine.replies(tenant, true, (Instant::NEVER, [0; 16]), 10).unwrap();
        let words = all[0].words.as_ref().unwrap();
        assert_eq!((all.len(), words.from.as_str(), words.text.trim()), (1, ANA, "Já paguei ontem."));
        assert_eq!(mailed.heard(), ["replied"]);
        let export = engine.export(tenant, "C1", at("2026-03-02T10:00")).unwrap();
        assert_eq!((export["replies"][0]["from"].as_str(), export["replies"][0]["channel"].as_str()), (Some(ANA), Some("email")));
        assert!(!format!("{all:?}").contains("paguei"), "what people write does not show");
        mailed.is_whole();
    });
}

fn visitor(mailed: &Mailed, token: &str, now: Instant) -> Visitor {
    match mailed.company.engine.open_link(mailed.company.tenant, token, now).unwrap() {
        Opened::Good(visitor) => visitor,
        Opened::Stale | Opened::Unknown => panic!("the link of a message is good"),
    }
}

#[test]
fn a_link_that_is_followed_counts_for_its_own_message_and_not_when_nobody_can_have_read_it() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[]);
        let (first, second) = (mailed.one(at(FIRST)), mailed.one(at("2026-03-05T09:00")));
        let (tenant, later) = (mailed.company.tenant, at("2026-03-05T09:00"));
        let follow = |mail: &Mail, now: Instant| {
            let visitor = visitor(&mailed, &mail.tokens("p")[0], now);
            mailed.company.engine.followed(tenant, visitor.customer, visitor.made_on(), now).unwrap()
        };
        let clicked = |mail: &Mail| mailed.company.engine.message(tenant, &mail.message()).unwrap().clicked_at;
        assert!(!follow(&second, Instant::from_micros(later.micros() + 9_000_000)), "a scanner of links");
        assert!(follow(&first, later.plus_hours(1)) && !follow(&first, later.plus_hours(2)), "once");
        assert_eq!((clicked(&first), clicked(&second)), (Some(later.plus_hours(1)), None));
        assert!(follow(&second, later.plus_hours(3)));
        assert_eq!(clicked(&second), Some(later.plus_hours(3)));
        assert_eq!(mailed.heard(), ["read", "clicked", "read", "clicked"]);
        mailed.is_whole();
    });
}

#[test]
fn no_mail_asks_whether_it_was_opened_unless_somebody_switched_that_on() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[]);
        let mail = mailed.one(at(FIRST));
        assert!(!mail.text().contains("<img") && mail.tokens("o").is_empty());
        mailed.paper = letterhead(true);
        let mail = mailed.one(at("2026-03-05T09:00"));
        assert_eq!((mail.tokens("o").len(), html(&mail.0.data).matches("<img").count()), (1, 1), "one, and in the HTML alone");
        assert!(!mail.tokens("p").contains(&mail.tokens("o")[0]));
        // Whoever tries messages out is no reader, and of two readers nobody can tell which.
        mailed
            .company
            .engine
            .set_mode(mailed.company.tenant, Mode::Redirect, Some("test@nuvem.example"), &act(), at("2026-03-06T00:00"))
            .unwrap();
        mailed.paper.redirect_to = Some(regua_core::party::Email::parse("test@nuvem.example").unwrap());
        let mail = mailed.one(at("2026-03-10T09:00"));
        assert!(mail.to() == ["test@nuvem.example"] && mail.tokens("o").is_empty());
    });
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[(BOOKS, Some(Role::Accountant))]);
        mailed.paper = letterhead(true);
        let mail = mailed.one(at(FIRST));
        assert!(mail.to().len() == 2 && mail.tokens("o").is_empty());
    });
}

#[test]
fn that_a_mail_was_opened_is_told_once_of_a_program_and_once_of_its_reader() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[]);
        mailed.paper = letterhead(true);
        let mail = mailed.one(at(FIRST));
        let (tenant, token) = (mailed.company.tenant, mail.tokens("o").remove(0));
        let after = |secs: i64| Instant::from_micros(at(FIRST).micros() + secs * 1_000_000);
        let fetch = |mailed: &Mailed, text: &str, by_program: bool, now: Instant| {
            mailed.company.engine.mail_opened(tenant, text, by_program, now).unwrap()
        };
        let of = |mailed: &Mailed, mail: &Mail| mailed.company.engine.message(tenant, &mail.message()).unwrap().opens;
        assert!(fetch(&mailed, &token, false, after(3)), "nobody reads that fast");
        assert!(!fetch(&mailed, &token, true, after(60)), "a program is told once");
        assert!(fetch(&mailed, &token, false, after(600)) && !fetch(&mailed, &token, false, after(601)), "so is a reader");
        assert_eq!((of(&mailed, &mail).prefetched_at, of(&mailed, &mail).opened_at), (Some(after(3)), Some(after(600))));
        // After its reader no program is of interest.
        let other = mailed.one(at("2026-03-05T09:00"));
        let own = other.tokens("o").remove(0);
        assert!(fetch(&mailed, &own, false, at("2026-03-06T09:00")) && !fetch(&mailed, &own, true, at("2026-03-06T10:00")));
        assert_eq!((of(&mailed, &other).prefetched_at, of(&mailed, &other).opened_at), (None, Some(at("2026-03-06T09:00"))));
        assert_eq!(mailed.heard(), ["prefetched", "opened", "opened"]);
        let standing = outbox_standing(&mailed, &mail);
        assert!(standing.is_empty(), "that it was opened says nothing of how far it came: {standing:?}");
        mailed.is_whole();
    });
}

fn outbox_standing(mailed: &Mailed, mail: &Mail) -> Vec<String> {
    let (tenant, message): (_, MessageId) = (mailed.company.tenant, mail.message().parse().unwrap());
    let read = |tx: &mut regua_store::db::Tx<'_>| channels::carriages_of(tx, tenant, message);
    let rows = mailed.company.engine.db().read(Scope::Tenant(tenant), read).unwrap();
    rows.into_iter().map(|row| row.standing).collect()
}

#[test]
fn a_picture_that_is_none_or_counts_no_more_tells_nothing() {
    on_both(|url| {
        let mut mailed = Mailed::new(url, &[]);
        mailed.paper = letterhead(true);
        let mail = mailed.one(at(FIRST));
        let (token, link) = (mail.tokens("o").remove(0), mail.tokens("p").remove(0));
        let tenant = mailed.company.tenant;
        let stranger = mailed.company.engine.add_tenant("Outra", at(FIRST), &mut mailed.company.rng).unwrap();
        let engine = &mailed.company.engine;
        let later = at("2026-03-02T09:00");
        let mut forged = token.clone().into_bytes();
        forged[20] = if forged[20] == b'a' { b'b' } else { b'a' };
        for text in ["", "x", &link, &token[1..], std::str::from_utf8(&forged).unwrap()] {
            assert!(!engine.mail_opened(tenant, text, false, later).unwrap(), "{text}");
        }
        assert!(!engine.mail_opened(stranger, &token, false, later).unwrap());
        assert!(!engine.mail_opened(tenant, &token, false, at("2026-04-02T09:00")).unwrap(), "it ends with the link");
        engine.revoke_links(tenant, "C1", &act(), later).unwrap();
        assert!(!engine.mail_opened(tenant, &token, false, later).unwrap(), "and is taken back with it");
        assert_eq!(mailed.heard(), Vec::<String>::new());
    });
}

//! The mailer against a sink that fails in every way at every stage.

use regua_testkit::smtp::{AUTHORITY, Act, Counts, Fault, Options, Sink, Stage, Tls};

use super::*;
use crate::ports::EffectKey;

const PATIENCE: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(300);

fn settings(sink: &Sink) -> Settings {
    let limits = Limits { connect: PATIENCE, greeting: PATIENCE, command: PATIENCE, content: PATIENCE, end: PATIENCE };
    Settings { limits, ..Settings::new("127.0.0.1", sink.address().port(), Security::Plain, "test.example") }
}

fn smtp(sink: &Sink) -> Smtp {
    Smtp::new(settings(sink)).unwrap()
}

fn mail(to: &str) -> Outgoing {
    let bytes = b"Subject: x\r\n\r\n.a\r\nb\r\n".to_vec();
    Outgoing { key: EffectKey("msg_1".to_owned()), from: "bounces@us.example".to_owned(), to: to.to_owned(), copies: Vec::new(), bytes }
}

/// The kind of an answer and its code.
fn kind(sent: &Sent) -> (&'static str, Option<u16>) {
    match sent {
        Sent::Accepted { reply } => ("accepted", reply.get(..3).and_then(|code| code.parse().ok())),
        Sent::Refused { code, .. } => ("refused", *code),
        Sent::Later { code, .. } => ("later", *code),
        Sent::Unknown { .. } => ("unknown", None),
    }
}

/// The counts once every connection is closed.
fn settled(sink: &Sink) -> Counts {
    assert!(sink.wait(PATIENCE, |counts| counts.open == 0));
    sink.counts()
}

#[test]
fn a_mail_arrives_as_it_was_given() {
    for pipelining in [true, false] {
        let sink = Sink::with(Options { pipelining, ..Options::default() }).unwrap();
        let sent = smtp(&sink).send(&mail("ana@x.example"));
        assert_eq!(sent, Sent::Accepted { reply: "250 2.0.0 kept as 0".to_owned() });
        let all = sink.take();
        assert_eq!((all[0].from.as_str(), all[0].to.as_slice()), ("bounces@us.example", &["ana@x.example".to_owned()][..]));
        assert_eq!((all[0].parameters.as_str(), all[0].data.as_slice()), ("SIZE=21", mail("").bytes.as_slice()));
        assert!(all[0].violations.is_empty(), "{all:?}");
        assert_eq!(settled(&sink).accepted, 1);
    }
}

#[test]
fn a_copy_goes_along_and_one_that_is_refused_holds_nothing_up() {
    for pipelining in [true, false] {
        let sink = Sink::with(Options { pipelining, ..Options::default() }).unwrap();
        sink.script([Fault::at(Stage::Rcpt, Act::Reply(550, "no such user")).to("gone@x.example")]);
        let copies = vec!["gone@x.example".to_owned(), "bia@x.example".to_owned(), "not an address".to_owned()];
        let sent = smtp(&sink).send(&Outgoing { copies, ..mail("ana@x.example") });
        assert_eq!(kind(&sent), ("accepted", Some(250)), "{sent:?}");
        let all = sink.take();
        assert_eq!(all[0].to, ["ana@x.example", "bia@x.example"]);
        assert_eq!(settled(&sink).accepted, 1);
    }
}

/// For each fault what is reported. The middle word is what matters: `unknown` exactly when the far side may have the mail.
#[test]
fn each_fault_at_each_stage_is_reported_as_what_it_is() {
    let reply = |code| Act::Reply(code, "x");
    let leave = |code| Act::ReplyAndDrop(code, "x");
    let raw = |bytes: &str| Act::Raw(bytes.as_bytes().to_vec());
    let long = "250 ".to_owned() + &"x".repeat(5_000);
    let endless = "250-x\r\n".repeat(200);
    let mut cases = Vec::new();
    for stage in [Stage::Connect, Stage::Hello, Stage::Mail, Stage::Rcpt, Stage::Data] {
        let own = stage >= Stage::Mail;
        cases.extend([
            (stage, reply(451), ("later", Some(451))),
            (stage, reply(554), (if own { "refused" } else { "later" }, Some(554))),
            (stage, reply(530), ("later", Some(530))),
            (stage, leave(421), ("later", Some(421))),
            (stage, leave(550), (if own { "refused" } else { "later" }, Some(550))),
            (stage, Act::Drop, ("later", None)),
            (stage, Act::Silence, ("later", None)),
            (stage, Act::Delay(Duration::from_millis(5)), ("accepted", Some(250))),
            (stage, Act::Slowly(Duration::from_micros(100)), ("accepted", Some(250))),
            (stage, raw("hello\r\n"), ("later", None)),
            (stage, raw(&long), ("later", None)),
            (stage, raw(&endless), ("later", None)),
            (stage, raw("\u{0}\u{1}\n"), ("later", None)),
        ]);
    }
    // A server that says 354 to MAIL, or 250 to DATA, and one that answers twice: what it holds is unclear, but not a mail.
    cases.extend([Stage::Connect, Stage::Hello, Stage::Mail, Stage::Rcpt].map(|stage| (stage, Act::AnswerAndDrop, ("later", None))));
    cases.extend([
        (Stage::Mail, raw("354 go\r\n"), ("later", Some(354))),
        (Stage::Data, raw("250 ok\r\n"), ("later", Some(250))),
        (Stage::Data, raw("354 go\r\n250 kept\r\n"), ("later", None)),
        (Stage::Dot, reply(451), ("later", Some(451))),
        (Stage::Dot, reply(554), ("refused", Some(554))),
        (Stage::Dot, leave(421), ("later", Some(421))),
        (Stage::Dot, leave(550), ("refused", Some(550))),
        (Stage::Dot, Act::Drop, ("unknown", None)),
        (Stage::Dot, Act::AnswerAndDrop, ("accepted", Some(250))),
        (Stage::Dot, Act::Silence, ("unknown", None)),
        (Stage::Dot, Act::Delay(Duration::from_millis(5)), ("accepted", Some(250))),
        (Stage::Dot, Act::Slowly(Duration::from_micros(100)), ("accepted", Some(250))),
        (Stage::Dot, raw("hello\r\n"), ("unknown", None)),
        (Stage::Dot, raw("354 go on\r\n"), ("unknown", None)),
        (Stage::Dot, raw(&long), ("unknown", None)),
        (Stage::Dot, raw(&endless), ("unknown", None)),
    ]);
    for (stage, act, expected) in cases {
        for pipelining in [true, false] {
            let sink = Sink::with(Options { pipelining, ..Options::default() }).unwrap();
            sink.script([Fault::at(stage, act.clone())]);
            let mut settings = settings(&sink);
            if act == Act::Silence {
                let limit = if stage == Stage::Connect { &mut settings.limits.greeting } else { &mut settings.limits.command };
                *if stage == Stage::Dot { &mut settings.limits.end } else { limit } = SHORT;
            }
            let mut smtp = Smtp::new(settings).unwrap();
            let sent = smtp.send(&mail("ana@x.example"));
            assert_eq!(kind(&sent), expected, "{act:?} at {stage:?}, pipelining {pipelining}: {sent:?}");
            drop(smtp);
            let counts = settled(&sink);
            let has = matches!(sent, Sent::Accepted { .. } | Sent::Unknown { .. });
            assert_eq!(counts.accepted, u64::from(has), "{act:?} at {stage:?}: {counts:?}");
        }
    }
}

#[test]
fn a_connection_that_breaks_inside_the_mail_is_not_taken_for_an_answer() {
    let big = Outgoing { bytes: b"Subject: x\r\n\r\n0123456789\r\n".repeat(300_000), ..mail("ana@x.example") };
    for (act, expected) in [
        (Act::Drop, ("later", None)),
        (Act::ReplyAndDrop(552, "5.3.4 too big for today"), ("refused", Some(552))),
        (Act::ReplyAndDrop(421, "4.3.2 going down"), ("later", Some(421))),
        (Act::Silence, ("later", None)),
    ] {
        let sink = Sink::start().unwrap();
        sink.script([Fault::at(Stage::Body, act.clone())]);
        let mut settings = settings(&sink);
        if act == Act::Silence {
            // The sink goes on reading and never answers; it gets no dot within the time that the mail may take.
            settings.limits.content = Duration::from_nanos(1);
        }
        let sent = Smtp::new(settings).unwrap().send(&big);
        // Whether the server's last words survive its hanging up is not ours to say.
        let (word, code) = kind(&sent);
        assert!((word, code) == expected || (word, code) == ("later", None), "{act:?}: {sent:?}");
        assert_eq!(settled(&sink).accepted, 0);
    }
    // A small mail can be on its way as a whole before it is seen that the far side has hung up: nobody can know.
    for (stage, act) in [(Stage::Data, Act::AnswerAndDrop), (Stage::Body, Act::Drop), (Stage::Body, Act::Reply(552, "5.3.4 too big"))] {
        let sink = Sink::start().unwrap();
        sink.script([Fault::at(stage, act), Fault::at(Stage::Dot, Act::Drop)]);
        let sent = smtp(&sink).send(&mail("ana@x.example"));
        let refused = matches!(sent, Sent::Refused { code: Some(552), .. });
        assert!(refused || matches!(sent, Sent::Unknown { .. } | Sent::Later { .. }), "{sent:?}");
    }
}

#[test]
fn one_connection_serves_many_mails_and_survives_refusals() {
    for pipelining in [true, false] {
        let sink = Sink::with(Options { pipelining, ..Options::default() }).unwrap();
        sink.script([
            Fault::at(Stage::Mail, Act::Reply(452, "4.3.1 full")).nth(1),
            Fault::at(Stage::Rcpt, Act::Reply(550, "5.1.1 nobody")).to("gone@x.example"),
            Fault::at(Stage::Data, Act::Reply(451, "4.3.0 wait")).nth(5),
            Fault::at(Stage::Dot, Act::Reply(554, "5.7.1 spam")).nth(7),
        ]);
        let mut smtp = smtp(&sink);
        let words: Vec<&str> =
            (0..10).map(|n| kind(&smtp.send(&mail(if n == 3 { "gone@x.example" } else { "ana@x.example" }))).0).collect();
        let expected = ["accepted", "later", "accepted", "refused", "accepted", "later", "accepted", "refused", "accepted", "accepted"];
        assert_eq!(words, expected);
        assert_eq!((sink.counts().connections, sink.counts().accepted), (1, 6));
    }
}

#[test]
fn a_connection_that_died_while_it_waited_is_replaced_and_the_mail_sent_once() {
    for fault in [
        Fault::at(Stage::Dot, Act::AnswerAndDrop).nth(0),
        Fault::at(Stage::Mail, Act::ReplyAndDrop(421, "4.4.2 idle for too long")).nth(1),
        Fault::at(Stage::Mail, Act::Drop).nth(1),
        Fault::at(Stage::Rcpt, Act::Drop).nth(1),
        Fault::at(Stage::Data, Act::Drop).nth(1),
        Fault::at(Stage::Dot, Act::Raw(b"250 ok\r\n421 4.4.2 too slow\r\n".to_vec())).nth(0),
    ] {
        let sink = Sink::start().unwrap();
        sink.script([fault.clone()]);
        let mut smtp = smtp(&sink);
        for _ in 0..2 {
            let sent = smtp.send(&mail("ana@x.example"));
            assert_eq!(kind(&sent), ("accepted", Some(250)), "{fault:?}: {sent:?}");
        }
        drop(smtp);
        let counts = settled(&sink);
        assert_eq!((counts.accepted, counts.connections), (2, 2), "{fault:?}");
    }
}

#[test]
fn a_mail_that_may_have_arrived_is_not_tried_on_a_new_connection() {
    let sink = Sink::start().unwrap();
    sink.script([Fault::at(Stage::Dot, Act::Drop).nth(1)]);
    let mut smtp = smtp(&sink);
    let words: Vec<&str> = (0..3).map(|_| kind(&smtp.send(&mail("ana@x.example"))).0).collect();
    assert_eq!(words, ["accepted", "unknown", "accepted"]);
    assert_eq!((sink.counts().dots, sink.counts().connections), (3, 2));
}

#[test]
fn a_connection_is_retired_after_its_share_of_mails_and_after_idling() {
    let sink = Sink::start().unwrap();
    let mut smtp = Smtp::new(Settings { mails_max: 2, ..settings(&sink) }).unwrap();
    for _ in 0..5 {
        assert_eq!(kind(&smtp.send(&mail("ana@x.example"))).0, "accepted");
    }
    assert_eq!(sink.counts().connections, 3);
    let mut smtp = Smtp::new(Settings { idle_max: Duration::ZERO, ..settings(&sink) }).unwrap();
    for _ in 0..2 {
        assert_eq!(kind(&smtp.send(&mail("ana@x.example"))).0, "accepted");
    }
    assert_eq!(sink.counts().connections, 5);
}

#[test]
fn nobody_listening_is_no_loss() {
    let sink = Sink::start().unwrap();
    let settings = settings(&sink);
    drop(sink);
    let sent = Smtp::new(settings).unwrap().send(&mail("ana@x.example"));
    assert!(matches!(&sent, Sent::Later { code: None, reply } if reply.starts_with("no connection to 127.0.0.1:")), "{sent:?}");
}

#[test]
fn what_cannot_be_written_in_smtp_is_refused_before_it_is_tried() {
    let sink = Sink::with(Options { eight_bit: false, size_max: 1_000, ..Options::default() }).unwrap();
    let mut smtp = smtp(&sink);
    let big = Outgoing { bytes: b"x\r\n".repeat(400), ..mail("ana@x.example") };
    let eight = Outgoing { bytes: "é\r\n".into(), ..mail("ana@x.example") };
    let sender = Outgoing { from: "a@x.example>\r\nRCPT TO:<b@y.example".to_owned(), ..mail("ana@x.example") };
    let recipients = ["", "ana", "a b@x.example", "a@x.example\r\nDATA", "<a@x.example>", "é@x.example"].map(mail);
    for bad in recipients.iter().chain([&big, &eight, &sender]) {
        let sent = smtp.send(bad);
        assert!(matches!(sent, Sent::Refused { code: None, .. }), "{} {sent:?}", bad.to);
    }
    assert_eq!(sink.counts().begun, 0);
    assert_eq!(kind(&smtp.send(&Outgoing { from: String::new(), ..mail("ana@x.example") })).0, "accepted");
}

fn with_login(settings: Settings, password: &str) -> Settings {
    Settings { login: Some(Login { user: "ana".to_owned(), password: Secret::new(password) }), ..settings }
}

#[test]
fn tls_and_login_are_spoken_and_a_wrong_password_loses_no_mail() {
    let login = Some(("ana".to_owned(), "segrédo".to_owned()));
    for (tls, security) in [(Tls::Offered, Security::StartTls), (Tls::FromStart, Security::Tls), (Tls::No, Security::Plain)] {
        let sink = Sink::with(Options { tls, login: login.clone(), ..Options::default() }).unwrap();
        for host in ["127.0.0.1", "localhost"] {
            let roots = Roots::Pem(AUTHORITY.as_bytes().to_vec());
            let settings = Settings { security, roots, host: host.to_owned(), ..settings(&sink) };
            let mut smtp = Smtp::new(with_login(settings.clone(), "segrédo")).unwrap();
            let big = Outgoing { bytes: b"0123456789\r\n".repeat(100_000), ..mail("ana@x.example") };
            for mail in [mail("ana@x.example"), big, mail("bia@x.example")] {
                assert_eq!(kind(&smtp.send(&mail)), ("accepted", Some(250)));
            }
            let sent = Smtp::new(with_login(settings, "wrong")).unwrap().send(&mail("ana@x.example"));
            assert_eq!(kind(&sent), ("later", Some(535)), "{sent:?}");
        }
        assert_eq!((sink.counts().accepted, sink.counts().violations), (6, 0));
    }
}

#[test]
fn faults_over_tls_are_reported_as_what_they_are() {
    for (stage, act, expected) in [
        (Stage::Data, Act::Drop, "later"),
        (Stage::Dot, Act::Drop, "unknown"),
        (Stage::Dot, Act::Silence, "unknown"),
        (Stage::Dot, Act::Reply(451, "x"), "later"),
        (Stage::Dot, Act::AnswerAndDrop, "accepted"),
    ] {
        let sink = Sink::with(Options { tls: Tls::FromStart, ..Options::default() }).unwrap();
        sink.script([Fault::at(stage, act.clone())]);
        let roots = Roots::Pem(AUTHORITY.as_bytes().to_vec());
        let mut settings = Settings { security: Security::Tls, roots, ..settings(&sink) };
        if act == Act::Silence {
            settings.limits.end = SHORT;
        }
        let sent = Smtp::new(settings).unwrap().send(&mail("ana@x.example"));
        assert_eq!(kind(&sent).0, expected, "{act:?} at {stage:?}: {sent:?}");
        assert_eq!(settled(&sink).accepted, u64::from(matches!(expected, "unknown" | "accepted")));
    }
}

#[test]
fn nothing_is_sent_without_the_protection_that_was_asked_for() {
    let own = || Roots::Pem(AUTHORITY.as_bytes().to_vec());
    let injected = Act::Raw(b"220 go on\r\n250 injected\r\n".to_vec());
    for (tls, security, roots, fault, what) in [
        (Tls::No, Security::StartTls, own(), None, "does not offer STARTTLS"),
        (Tls::Offered, Security::StartTls, Roots::Public, None, "no TLS with"),
        (Tls::FromStart, Security::Tls, Roots::Public, None, "no TLS with"),
        (Tls::Offered, Security::StartTls, own(), Some(injected), "spoke before TLS"),
        (Tls::Offered, Security::StartTls, own(), Some(Act::Reply(454, "4.7.0 not now")), "454 4.7.0 not now"),
        (Tls::Offered, Security::StartTls, own(), Some(Act::Drop), "no answer"),
    ] {
        let sink = Sink::with(Options { tls, ..Options::default() }).unwrap();
        sink.script(fault.map(|act| Fault::at(Stage::StartTls, act)));
        let sent = Smtp::new(Settings { security, roots, ..settings(&sink) }).unwrap().send(&mail("ana@x.example"));
        assert!(matches!(&sent, Sent::Later { reply, .. } if reply.contains(what)), "{what}: {sent:?}");
        assert_eq!(settled(&sink).begun, 0);
    }
}

#[test]
fn settings_that_cannot_work_or_are_unsafe_are_refused_with_the_mend() {
    let good = || Settings::new("smtp.example.com", 587, Security::StartTls, "billing.example.com");
    assert!(Smtp::new(good()).is_ok());
    let open = Settings { security: Security::Plain, ..with_login(good(), "x") };
    let limit = Settings { limits: Limits { end: Duration::ZERO, ..Limits::default() }, ..good() };
    for (settings, expected) in [
        (Settings { host: "smtp example".to_owned(), ..good() }, "is not the name of a mail server"),
        (Settings { hello: String::new(), ..good() }, "is not a name for this machine"),
        (open, "use `starttls` (port 587) or `tls` (port 465)"),
        (with_login(good(), "a\0b"), "must not be empty or hold control characters"),
        (limit, "must be longer than zero"),
        (Settings { roots: Roots::Pem(b"x".to_vec()), ..good() }, "holds no certificate"),
    ] {
        let error = Smtp::new(settings).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(expected), "{error}");
    }
    assert!(!format!("{:?}", with_login(good(), "hunter2")).contains("hunter2"));
}

//! Letters as mail systems write them. The texts are ours, in the shape of theirs.

use proptest::prelude::*;
use regua_core::time::{Instant, Zone};
use regua_core::words::Language;

use super::*;
use crate::channels::mime::{self, Brand, Mail};
use crate::messages::{Line, Rendered, samples};

const ID: &str = "msg_01mbec31g0ew3re1r70w3ge1r7";

fn id() -> MessageId {
    ID.parse().unwrap()
}

/// One of our mails, as a far side would return it.
fn ours() -> String {
    let email = |text: &str| Email::parse(text).unwrap();
    let brand =
        Brand { name: Line::name("Nuvem Clara"), sender: email("contas@nuvemclara.example"), reply_to: None, colour: None, logo: None };
    let context = samples::minimal();
    let text = Rendered { subject: Some("Sobre a sua assinatura".to_owned()), body: "Olá,\n\ntexto".to_owned() };
    let mail = Mail {
        id: id(),
        brand: &brand,
        creditor: &context.creditor,
        to: &email("ana@x.example"),
        copies: &[],
        at: Instant::from_secs(1_799_064_000),
        zone: Zone::utc(),
        language: Language::PtBr,
        text: &text,
        link: &context.link,
        preferences: None,
        unsubscribe: None,
        unsubscribe_by_mail: None,
        picture: None,
    };
    String::from_utf8(mime::write(&mail)).unwrap()
}

fn head(lines: &[&str], body: &str) -> String {
    format!("{}\r\n\r\n{}", lines.join("\r\n"), body.replace("\r\n", "\n").replace('\n', "\r\n"))
}

/// A report in three parts: words, fields, what is returned.
fn report(to: &str, kind: &str, fields_kind: &str, fields: &str, returned_kind: &str, returned: &str) -> String {
    let body = format!(
        "--b\nContent-Type: text/plain\n\nSorry.\n\n--b\nContent-Type: {fields_kind}\n\n{fields}\n\n--b\nContent-Type: {returned_kind}\n\n{returned}\n--b--\n"
    );
    let kind = format!("Content-Type: multipart/report; report-type={kind}; boundary=\"b\"");
    head(
        &[
            "From: Mail Delivery System <MAILER-DAEMON@mx.example>",
            &format!("To: {to}"),
            "Subject: Undelivered Mail",
            "MIME-Version: 1.0",
            &kind,
        ],
        &body,
    )
}

fn dsn(fields: &str) -> String {
    let fields = format!("Reporting-MTA: dns; mx.example\nArrival-Date: Mon, 4 Jan 2027 12:00:00 +0000\n\n{fields}");
    report("bounces@nuvemclara.example", "delivery-status", "message/delivery-status", &fields, "message/rfc822", &ours())
}

fn short(letter: &str) -> (Kind, Option<String>, Option<String>, bool) {
    let bounce = read(letter.as_bytes()).unwrap();
    let address = bounce.address.map(|address| address.as_str().to_owned());
    (bounce.kind, bounce.status.map(|status| status.to_string()), address, bounce.message == Some(id()))
}

#[test]
fn a_delivery_report_says_what_failed() {
    let ana = "Final-Recipient: rfc822; ana@x.example\n";
    for (fields, kind, status) in [
        ("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <ana@x.example>: User unknown", Kind::Hard, Some("5.1.1")),
        (
            "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550-5.1.1 The email account that you\n tried to reach does not exist",
            Kind::Hard,
            Some("5.1.1"),
        ),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 Mailbox unavailable", Kind::Hard, Some("5.0.0")),
        ("Action: failed (giving up)\nStatus: 5.2.2", Kind::Soft, Some("5.2.2")),
        (
            "Action: failed\nStatus: 4.4.7\nDiagnostic-Code: X-Postfix; connect to x.example[192.0.2.1]:25: Connection timed out",
            Kind::Soft,
            Some("4.4.7"),
        ),
        ("Action: failed\nStatus: 5.4.4\nDiagnostic-Code: X-Postfix; Host or domain name not found", Kind::Hard, Some("5.4.4")),
        ("ACTION:FAILED\nSTATUS:5.7.1 (blocked)\nDIAGNOSTIC-CODE:smtp;550 5.7.1 spam", Kind::Blocked, Some("5.7.1")),
        ("Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Fri, 8 Jan 2027 12:00:00 +0000", Kind::Delayed, Some("4.4.1")),
        ("Action: relayed\nStatus: 2.0.0", Kind::Delivered, Some("2.0.0")),
        ("Status: 5.1.1", Kind::Hard, Some("5.1.1")),
    ] {
        let expected = (kind, status.map(str::to_owned), Some("ana@x.example".to_owned()), true);
        assert_eq!(short(&dsn(&format!("{ana}{fields}"))), expected, "{fields}");
    }
    // The original address counts, not the one that it was forwarded to; of several recipients the worst.
    let forwarded = "Final-Recipient: rfc822;hidden@y.example\nOriginal-Recipient: rfc822;ana@x.example\nAction: failed\nStatus: 5.1.1";
    assert_eq!(short(&dsn(forwarded)).2.as_deref(), Some("ana@x.example"));
    let two = format!("Final-Recipient: rfc822; bia@x.example\nAction: delivered\nStatus: 2.1.5\n\n{ana}Action: failed\nStatus: 5.1.1");
    assert_eq!((short(&dsn(&two)).0, short(&dsn(&two)).2.as_deref()), (Kind::Hard, Some("ana@x.example")));
}

#[test]
fn our_message_is_found_wherever_the_report_names_it() {
    let fields = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; ana@x.example\nAction: failed\nStatus: 5.1.1";
    let make = |to: &str, kind: &str, returned: &str| report(to, "delivery-status", "message/delivery-status", fields, kind, returned);
    let upper = ID.to_uppercase();
    for (found, letter) in [
        (true, make(&format!("bounces+{ID}@nuvemclara.example"), "text/plain", "gone")),
        (true, make(&format!("<Bounces+{upper}@NUVEMCLARA.example>"), "text/plain", "gone")),
        (true, make("bounces@nuvemclara.example", "text/rfc822-headers", &format!("From: x\nX-Regua-Message: {ID}\nSubject: y\n"))),
        (true, make("bounces@nuvemclara.example", "message/rfc822", &ours())),
        (true, make("bounces@nuvemclara.example", "text/plain", &format!("> Message-ID: <{ID}@nuvemclara.example>"))),
        (
            true,
            make("b@x.example", "text/plain", "gone").replace("Subject:", &format!("In-Reply-To: <{ID}@nuvemclara.example>\r\nSubject:")),
        ),
        (
            true,
            make("b@x.example", "text/plain", "gone")
                .replace("Subject:", &format!("References: <1@x> <{ID}@nuvemclara.example>\r\nSubject:")),
        ),
        (false, make("bounces+msg_01mbec31g0@nuvemclara.example", "text/plain", "gone")),
        (false, make(&format!("bounces+cus_{}@nuvemclara.example", &ID[4..]), "text/plain", "gone")),
        (false, make("bounces@nuvemclara.example", "text/plain", "gone")),
    ] {
        assert_eq!(read(letter.as_bytes()).unwrap().message, found.then(id), "{letter}");
    }
    // The address that the report came to counts more than what is quoted in it.
    let other = "msg_01mbec31g0ew3re1r70w3ge1r8";
    let letter = make(&format!("bounces+{ID}@nuvemclara.example"), "text/rfc822-headers", &format!("X-Regua-Message: {other}\n"));
    assert_eq!(read(letter.as_bytes()).unwrap().message, Some(id()));
}

#[test]
fn a_complaint_is_told_from_other_feedback() {
    for (kind, expected) in [
        ("abuse", Kind::Complaint),
        ("fraud", Kind::Complaint),
        ("opt-out", Kind::Unsubscribe),
        ("not-spam", Kind::Delivered),
        ("", Kind::Complaint),
    ] {
        let fields = format!(
            "Feedback-Type: {kind}\nUser-Agent: Loop/1\nVersion: 1\nOriginal-Rcpt-To: <ana@x.example>\nOriginal-Mail-From: <bounces@nuvemclara.example>"
        );
        let letter = report("fbl@nuvemclara.example", "feedback-report", "message/feedback-report", &fields, "message/rfc822", &ours());
        assert_eq!(short(&letter), (expected, None, Some("ana@x.example".to_owned()), true), "{kind}");
    }
}

#[test]
fn reports_in_plain_words_are_read_by_their_form() {
    let qmail = head(
        &["From: MAILER-DAEMON@mx.example", "To: bounces@nuvemclara.example", "Subject: failure notice"],
        &format!(
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\
             This is a permanent error; I've given up. Sorry it didn't work out.\n\n<ana@x.example>:\n192.0.2.7 does not like recipient.\n\
             Remote host said: 550 5.1.1 User unknown\nGiving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\n{}",
            ours()
        ),
    );
    let exim = head(
        &[
            "From: Mail Delivery System <Mailer-Daemon@mx.example>",
            "To: bounces@nuvemclara.example",
            "Auto-Submitted: auto-replied",
            "X-Failed-Recipients: ana@x.example",
            "Subject: Mail delivery failed: returning message to sender",
        ],
        &format!(
            "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\n\
             recipients. This is a permanent error. The following address(es) failed:\n\n  ana@x.example\n    host mx.x.example [192.0.2.7]\n    \
             SMTP error from remote mail server after RCPT TO:<ana@x.example>:\n    552 5.2.2 mailbox is full\n\n\
             ------ This is a copy of the message, including all the headers. ------\n\n{}",
            ours()
        ),
    );
    let postfix = head(
        &[
            "From: MAILER-DAEMON@mx.example (Mail Delivery System)",
            &format!("To: bounces+{ID}@nuvemclara.example"),
            "Subject: Undelivered Mail Returned to Sender",
        ],
        "This is the mail system at host mx.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n\
         <ana@x.example>: host mx.x.example[192.0.2.7] said: 554 5.7.1 Service unavailable;\n    Client host [192.0.2.1] blocked (in reply to RCPT TO command)",
    );
    let delayed = head(
        &[
            "From: Mail Delivery System <Mailer-Daemon@mx.example>",
            "X-Failed-Recipients: ana@x.example",
            "Subject: Warning: message delayed 24 hours",
        ],
        &format!("This message was created automatically by mail delivery software.\n\n  Message-ID: <{ID}@nuvemclara.example>"),
    );
    let portuguese = head(
        &[
            "From: postmaster@mx.example",
            &format!("To: bounces+{ID}@nuvemclara.example"),
            "Subject: =?UTF-8?Q?N=C3=A3o_foi_poss=C3=ADvel_entregar?=",
            "Content-Type: text/plain; charset=utf-8",
        ],
        "<ana@x.example>\n\nUsuário desconhecido",
    );
    for (letter, kind, status) in [
        (qmail, Kind::Hard, Some("5.1.1")),
        (exim, Kind::Soft, Some("5.2.2")),
        (postfix, Kind::Blocked, Some("5.7.1")),
        (delayed, Kind::Delayed, None),
        (portuguese, Kind::Hard, None),
    ] {
        assert_eq!(short(&letter), (kind, status.map(str::to_owned), Some("ana@x.example".to_owned()), true), "{letter}");
    }
}

#[test]
fn machines_that_answer_and_people_who_write_are_told_apart() {
    let refers = format!("In-Reply-To: <{ID}@nuvemclara.example>");
    for (line, subject, kind) in [
        ("Auto-Submitted: auto-replied (vacation)", "Re: Sobre a sua assinatura", Kind::AutoReply),
        ("X-Autoreply: yes", "Ausente", Kind::AutoReply),
        ("Precedence: auto_reply", "x", Kind::AutoReply),
        ("X-Other: 1", "Resposta automática: Sobre a sua assinatura", Kind::AutoReply),
        ("X-Other: 1", "Automatic reply: x", Kind::AutoReply),
        ("X-Other: 1", "Abwesenheitsnotiz", Kind::AutoReply),
        ("Auto-Submitted: no", "Re: Sobre a sua assinatura", Kind::Reply),
        ("X-Autorespond: no", "Was my payment undeliverable?", Kind::Reply),
        ("X-Other: 1", "Undelivered mail", Kind::Reply),
        ("X-Other: 1", &format!("unsubscribe {ID}"), Kind::Unsubscribe),
        ("X-Other: 1", "Descadastrar", Kind::Unsubscribe),
        ("X-Other: 1", "Unsubscribed by mistake, please help", Kind::Reply),
    ] {
        let subject = format!("Subject: {subject}");
        let letter = head(
            &[
                "From: Ana <ana@x.example>",
                "To: contas@nuvemclara.example",
                &refers,
                line,
                &subject,
                "Content-Type: text/plain; charset=utf-8",
            ],
            "Oi",
        );
        assert_eq!(short(&letter), (kind, None, Some("ana@x.example".to_owned()), true), "{letter}");
    }
}

#[test]
fn what_is_no_mail_is_none() {
    for bytes in [&b""[..], b"\r\n\r\n", b"hello", b"\xff\xfe\x00"] {
        assert_eq!(read(bytes), None, "{bytes:?}");
    }
    let bounce = read(b"Subject: x\r\n\r\n").unwrap();
    assert_eq!((bounce.kind, bounce.message, bounce.address), (Kind::Reply, None, None));
}

#[test]
fn a_huge_letter_is_read_in_bounded_time_and_keeps_bounded_words() {
    let letter = dsn(&format!(
        "Final-Recipient: rfc822; ana@x.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; {}",
        "550 no ".repeat(300_000)
    ));
    let bounce = read(letter.as_bytes()).unwrap();
    assert!(bounce.kind == Kind::Hard && bounce.words.chars().count() <= WORDS_MAX);
    let folded = head(&["Subject: x"], &"msg_ <msg_ X-Regua-Message".repeat(40_000));
    assert_eq!(read(folded.as_bytes()).unwrap().message, None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        drop(read(&bytes));
    }

    /// Real reports with pieces cut out, doubled and spoilt.
    #[test]
    fn no_spoilt_report_makes_it_panic(cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 0..8), which in 0..3_usize) {
        let letters = [
            dsn("Final-Recipient: rfc822; ana@x.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 gone"),
            report("fbl@x.example", "feedback-report", "message/feedback-report", "Feedback-Type: abuse", "message/rfc822", &ours()),
            head(&["From: MAILER-DAEMON@x", "Subject: failure notice"], "Hi. This is the qmail-send program.\n\n<ana@x.example>:\n550 İ gone\n\n--- Below this line is a copy of the message.\n"),
        ];
        let mut bytes = letters[which].clone().into_bytes();
        for (from, to, byte) in cuts {
            if bytes.is_empty() { break; }
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            match byte % 3 {
                0 => bytes[from] = byte,
                1 => drop(bytes.drain(from.min(to)..from.max(to))),
                _ => { let piece = bytes[from.min(to)..from.max(to)].to_vec(); bytes.splice(from..from, piece); }
            }
            bytes.truncate(20_000);
        }
        drop(read(&bytes));
    }
}

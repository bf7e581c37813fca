//! Mail that comes back, and mail as it is shown to a person.

use regua_wire::channels::{bounce, shown};

use crate::target::{Target, words_of};

const REPORT: &str = "From: mailer-daemon@example.net\r\nTo: cobranca@example.com\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno\r\n\
     --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; example.net\r\n\r\n\
     Final-Recipient: rfc822; ana@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\
     Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n--b--\r\n";

const WRITTEN: &str = "From: Acme <us@example.com>\r\nTo: ana@example.com, Bia <b@example.com>\r\nDate: Tue, 01 Dec 2026 09:00:00 -0300\r\n\
     Subject: =?utf-8?Q?Ol=C3=A1?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\
     Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nOl=C3=A1\r\n\
     --b\r\nContent-Type: text/html\r\n\r\n<p>Oi</p>\r\n--b--\r\n";

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "bounce",
        letter,
        &[REPORT, "From: a@example.com\r\nSubject: Re\r\nAuto-Submitted: auto-replied\r\n\r\nfora do escrit\u{f3}rio\r\n"],
    )
    .words(WORDS)
    .len_max(3_000),
    Target::new("mail_shown", mail, &[WRITTEN, REPORT]).words(WORDS).len_max(3_000),
];

const WORDS: &str = "\r\n¦--b\r\n¦--b--\r\n¦Content-Type: ¦multipart/report¦message/rfc822¦message/delivery-status¦boundary=b¦Status: 5.1.1¦\
     Action: failed¦Content-Transfer-Encoding: base64\r\n¦=?utf-8?Q?¦?=¦<¦>¦: ¦Final-Recipient: rfc822; ";

fn mail(input: &[u8]) -> u64 {
    match shown::read(input) {
        None => 2,
        Some(shown) => {
            let both = [&shown.text, &shown.html].into_iter().flatten().map(String::len);
            assert!(both.sum::<usize>() <= input.len().saturating_mul(8), "what is shown is not much longer than the mail");
            u64::from(shown.html.is_some() && shown.text.is_some())
        }
    }
}

fn letter(input: &[u8]) -> u64 {
    match bounce::read(input) {
        None => 2,
        Some(bounce) => {
            assert!(bounce.words.chars().count() <= 500, "what the far side said is kept short");
            match bounce.status {
                Some(_) => 1,
                None => words_of(&format!("{:?}", bounce.kind)),
            }
        }
    }
}

//! Mails read back by a parser that is not ours, and what a reader sees of them.

use mail_parser::{Message, MessageParser};
use proptest::prelude::*;
use regua_core::words::{Channel, Tone};

use super::*;
use crate::messages::{MessageContext, Templates, render, samples};

fn brand(name: &str) -> Brand {
    let email = |text: &str| Email::parse(text).unwrap();
    Brand {
        name: Line::name(name),
        sender: email("contas@nuvemclara.example"),
        reply_to: Some(email("atendimento@nuvemclara.example")),
        colour: Colour::parse("#0a7d55"),
        logo: None,
    }
}

fn id() -> MessageId {
    MessageId::new(1_799_000_000_000, [7; 10])
}

/// A mail of a brand to Ana, from a text and what it was made of.
fn written(brand: &Brand, language: Language, text: &Rendered, context: &MessageContext) -> Vec<u8> {
    let (to, unsubscribe) = (Email::parse("ana@x.example").unwrap(), Link::parse("https://conta.nuvemclara.example/u/1").unwrap());
    write(&Mail {
        id: id(),
        brand,
        creditor: &context.creditor,
        to: &to,
        copies: &[],
        at: Instant::from_secs(1_799_064_000),
        zone: Zone::parse("America/Sao_Paulo").unwrap(),
        language,
        text,
        link: &context.link,
        preferences: context.preferences.as_ref(),
        unsubscribe: Some(&unsubscribe),
        unsubscribe_by_mail: Some(&brand.sender),
        picture: None,
    })
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

/// Every shipped template in every language and tone, over every sample.
fn each(mut look: impl FnMut(Language, &Rendered, &MessageContext)) {
    let templates = Templates::shipped();
    for &language in Language::ALL {
        for (_, context) in samples::all(language) {
            for name in templates.names(language) {
                let text = render(&templates, name, Channel::Email, language, Tone::Firm, &context).unwrap();
                look(language, &text, &context);
            }
        }
    }
}

/// The bounds of RFC 5321 and 5322: ASCII, lines that end and are short.
fn keeps_to_its_lines(bytes: &[u8]) {
    assert!(bytes.is_ascii() && bytes.ends_with(b"\r\n"));
    for line in bytes.strip_suffix(b"\r\n").unwrap().split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        assert!(line.len() <= 998 && !line.contains(&b'\r') && !line.contains(&0), "{:?}", String::from_utf8_lossy(line));
    }
    assert_eq!(bytes.iter().filter(|b| **b == b'\n').count(), bytes.windows(2).filter(|pair| pair == b"\r\n").count());
}

#[test]
fn a_parser_reads_back_every_shipped_text() {
    let brand = brand("Nuvem Clara");
    each(|language, text, context| {
        let bytes = written(&brand, language, text, context);
        keeps_to_its_lines(&bytes);
        let mail = parsed(&bytes);
        assert_eq!(mail.subject(), text.subject.as_deref());
        assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), text.body);
        assert_eq!((mail.text_body_count(), mail.html_body_count(), mail.attachment_count()), (1, 1, 0));
    });
}

#[test]
fn the_headers_are_those_of_a_careful_sender() {
    let context = samples::full(Language::PtBr);
    let text = render(&Templates::shipped(), "overdue", Channel::Email, Language::PtBr, Tone::Friendly, &context).unwrap();
    let bytes = written(&brand("Nuvem Clara Serviços"), Language::PtBr, &text, &context);
    let head = String::from_utf8(bytes).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap();
    let expected = "\
From: =?UTF-8?Q?Nuvem_Clara_Servi=C3=A7os?=
 <contas@nuvemclara.example>
Reply-To: =?UTF-8?Q?Nuvem_Clara_Servi=C3=A7os?=
 <atendimento@nuvemclara.example>
To: ana@x.example
Subject: Um lembrete sobre a sua assinatura Nuvem Clara
Date: Mon, 4 Jan 2027 09:00:00 -0300
Message-ID: <msg_01mbec31g0ew3re1r70w3ge1r7@nuvemclara.example>
X-Regua-Message: msg_01mbec31g0ew3re1r70w3ge1r7
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: OOF, AutoReply
List-Id: <account.nuvemclara.example>
List-Unsubscribe: <https://conta.nuvemclara.example/u/1>,
 <mailto:contas@nuvemclara.example?subject=unsubscribe%20msg_01mbec31g0ew3re1r70w3ge1r7>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Content-Language: pt-BR
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=\"=_msg_01mbec31g0ew3re1r70w3ge1r7\"";
    assert_eq!(head.replace("\r\n", "\n"), expected);
}

#[test]
fn a_second_try_is_the_same_mail() {
    let context = samples::full(Language::En);
    let text = render(&Templates::shipped(), "overdue", Channel::Email, Language::En, Tone::Firm, &context).unwrap();
    let brand = brand("Nuvem Clara");
    assert_eq!(written(&brand, Language::En, &text, &context), written(&brand, Language::En, &text, &context));
}

#[test]
fn a_mail_has_a_picture_that_tells_only_where_one_is_asked_for() {
    let (brand, context) = (brand("Nuvem Clara"), samples::full(Language::En));
    let text = Rendered { subject: Some("x".to_owned()), body: "Hello,\n\ntext".to_owned() };
    let html = |picture: Option<&Link>| {
        let to = Email::parse("ana@x.example").unwrap();
        let mail = Mail {
            id: id(),
            brand: &brand,
            creditor: &context.creditor,
            to: &to,
            copies: &[],
            at: Instant::from_secs(0),
            zone: Zone::utc(),
            language: Language::En,
            text: &text,
            link: &context.link,
            preferences: None,
            unsubscribe: None,
            unsubscribe_by_mail: None,
            picture,
        };
        let bytes = write(&mail);
        keeps_to_its_lines(&bytes);
        parsed(&bytes).body_html(0).unwrap().into_owned()
    };
    assert!(!html(None).contains("<img"), "nothing is fetched by itself");
    let link = Link::parse("https://conta.nuvemclara.example/o/abc").unwrap();
    let with = html(Some(&link));
    assert_eq!((with.matches("<img").count(), with.matches("https://conta.nuvemclara.example/o/abc").count()), (1, 1), "{with}");
    assert!(with.contains("width=\"1\" height=\"1\" alt=\"\""), "{with}");
}

#[test]
fn the_date_is_written_as_mail_writes_it() {
    for (at, zone, expected) in [
        ("2027-01-04T12:00:00Z", "America/Sao_Paulo", "Mon, 4 Jan 2027 09:00:00 -0300"),
        ("2026-12-31T23:59:59Z", "UTC", "Thu, 31 Dec 2026 23:59:59 +0000"),
        ("2026-02-28T20:00:07Z", "Asia/Kolkata", "Sun, 1 Mar 2026 01:30:07 +0530"),
        ("2026-07-01T02:00:00Z", "America/St_Johns", "Tue, 30 Jun 2026 23:30:00 -0230"),
    ] {
        assert_eq!(date(Instant::parse(at).unwrap(), Zone::parse(zone).unwrap()), expected);
    }
}

#[test]
fn a_link_that_is_too_long_for_a_header_is_left_out_of_it() {
    let brand = brand("Nuvem Clara");
    let context = samples::minimal();
    let text = Rendered { subject: Some("x".to_owned()), body: "x".to_owned() };
    let head = |link: &str, address: Option<&Email>| {
        let to = Email::parse("ana@x.example").unwrap();
        let link = Link::parse(link).unwrap();
        let mail = Mail {
            id: id(),
            brand: &brand,
            creditor: &context.creditor,
            to: &to,
            copies: &[],
            at: Instant::from_secs(0),
            zone: Zone::utc(),
            language: Language::En,
            text: &text,
            link: &context.link,
            preferences: None,
            unsubscribe: Some(&link),
            unsubscribe_by_mail: address,
            picture: None,
        };
        let bytes = write(&mail);
        keeps_to_its_lines(&bytes);
        let mail = parsed(&bytes);
        let has = |name: &str| mail.headers().iter().any(|header| header.name.as_str() == name);
        (has("List-Unsubscribe"), has("List-Unsubscribe-Post"))
    };
    let long = format!("https://x.example/{}", "u".repeat(1_500));
    assert_eq!(head("https://x.example/u", None), (true, true));
    assert_eq!(head("http://localhost:8080/u", None), (true, false), "one click needs https");
    assert_eq!(head(&long, None), (false, false));
    assert_eq!(head(&long, Some(&brand.sender)), (true, false));
}

#[test]
fn a_bounce_returns_to_an_address_of_its_own() {
    let path = |base: &str| return_path(&Email::parse(base).unwrap(), id()).as_str().to_owned();
    assert_eq!(path("bounces@x.example"), "bounces+msg_01mbec31g0ew3re1r70w3ge1r7@x.example");
    let long = format!("{}@x.example", "b".repeat(40));
    assert_eq!(path(&long), long);
}

/// The text of a page as a reader sees it: tags away, entities read, white space as one.
fn seen(html: &str) -> String {
    let body = html.split_once("</head>").unwrap().1;
    let mut out = String::new();
    for piece in body.split('<') {
        out.push_str(piece.split_once('>').map_or("", |(_, text)| text));
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#847;", ""), ("&#8199;", " "), ("&amp;", "&")];
    let out = entities.iter().fold(out, |out, (entity, text)| out.replace(entity, text));
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_says_what_the_text_says() {
    let brand = brand("Nuvem Clara");
    each(|language, text, context| {
        let bytes = written(&brand, language, text, context);
        let mail = parsed(&bytes);
        let html = mail.body_html(0).unwrap();
        let page = seen(&html);
        for line in text.body.lines() {
            // A link behind words shows the words.
            let preferences = context.preferences.as_ref().map_or("", Link::as_str);
            let line = line.trim().trim_start_matches("• ").replace(preferences, "");
            let line = line.trim().trim_end_matches(':').split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(page.contains(&line), "{line:?} is not in {page}");
        }
        for must in [context.creditor.name.as_str(), context.creditor.tax_id.as_str(), context.creditor.address.as_str()] {
            assert!(page.contains(must), "{must:?} is not in {page}");
        }
        assert_eq!(html.matches(&format!("href=\"{}\"", context.link.as_str())).count(), 2, "the button and its address");
        assert!(html.contains(&format!("<html lang=\"{}\"", language.as_str())));
        assert!(html.len() < 60_000, "{} bytes: clients cut long mails", html.len());
    });
}

#[test]
fn tags_close_in_order_and_nothing_is_fetched() {
    let brand = brand("Nuvem Clara");
    each(|language, text, context| {
        let bytes = written(&brand, language, text, context);
        let html = parsed(&bytes).body_html(0).unwrap().into_owned();
        let mut open = Vec::new();
        for tag in html.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(tag, _)| tag) {
            let name = tag.split([' ', '\n']).next().unwrap();
            if let Some(name) = name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{html}");
            } else if !matches!(name, "!doctype" | "meta" | "br" | "img") {
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{open:?}");
        assert!(!html.contains("<img") && !html.contains("<script") && !html.contains("url(") && !html.contains("<table"));
    });
}

/// What a list of mails shows: the subject and the first words of the page.
#[test]
fn no_amount_is_in_subject_or_preview() {
    let brand = brand("Nuvem Clara");
    each(|language, text, context| {
        let bytes = written(&brand, language, text, context);
        let mail = parsed(&bytes);
        let html = mail.body_html(0).unwrap();
        let hidden = html.split_once("aria-hidden=\"true\">").unwrap().1.split_once("</div>").unwrap().0;
        let (words, end) = hidden.split_once("&#847;").unwrap();
        assert!(!words.is_empty() && !words.contains(|c: char| c.is_numeric()), "{words}");
        assert!(end.len() > 1_000, "what follows would be shown");
        assert!(!mail.subject().unwrap().contains(|c: char| c.is_numeric()));
    });
}

#[test]
fn what_outsiders_write_makes_no_link_and_no_tag() {
    let mut context = samples::full(Language::En);
    context.overdue[0].description = Line::new("<b>Win</b> & more: https://evil.example/x");
    context.name = Line::name("<img src=x onerror=alert(1)>");
    let text = render(&Templates::shipped(), "overdue", Channel::Email, Language::En, Tone::Firm, &context).unwrap();
    let bytes = written(&brand("A \"quoted\" <Brand>"), Language::En, &text, &context);
    let mail = parsed(&bytes);
    let html = mail.body_html(0).unwrap();
    assert!(!html.contains("<b>") && !html.contains("<img") && html.contains("&lt;b&gt;Win&lt;/b&gt; &amp; more"));
    assert!(!html.contains("href=\"https://evil.example"));
    assert_eq!(mail.from().unwrap().first().unwrap().name(), Some("A \"quoted\" <Brand>"));
}

#[test]
fn a_text_without_the_creditor_gets_a_page_with_it() {
    let context = samples::minimal();
    let text = Rendered { subject: None, body: format!("Nuvem Clara greets.\n\n{}", context.link.as_str()) };
    let mut brand = brand("Nuvem Clara");
    brand.logo = Link::parse("https://nuvemclara.example/logo.png?a=1&b=2").ok();
    let bytes = written(&brand, Language::En, &text, &context);
    let mail = parsed(&bytes);
    let html = mail.body_html(0).unwrap();
    assert!(seen(&html).contains("Nuvem Clara CNPJ 12.345.678/0001-95"));
    assert!(html.contains("src=\"https://nuvemclara.example/logo.png?a=1&amp;b=2\" alt=\"Nuvem Clara\""));
    assert_eq!(mail.subject(), Some("Nuvem Clara"));
}

proptest! {
    /// Whatever a tenant or a debtor is called and whatever a template prints, the mail has the headers that it should have.
    #[test]
    fn no_text_becomes_a_header(
        name in "[\\r\\n\u{0}\u{85}\u{2028}:<>\",;é a-zA-Z=?_]{0,80}",
        subject in "[\\r\\n\u{0}:\u{85}\u{2028} éa-zA-Z=?_-]{1,200}",
        body in "[\\r\\n\u{0}. •:é<>a-z=_-]{0,300}",
    ) {
        let context = samples::minimal();
        let text = Rendered { subject: Some(subject.clone()), body: format!("{body}\r\n.\r\n--=_{}\r\nBcc: x", id()) };
        let bytes = written(&brand(&name), Language::En, &text, &context);
        keeps_to_its_lines(&bytes);
        let mail = parsed(&bytes);
        let names: Vec<String> = mail.headers().iter().map(|header| header.name.as_str().to_owned()).collect();
        let expected = ["From", "Reply-To", "To", "Subject", "Date", "Message-ID", "X-Regua-Message", "Auto-Submitted", "X-Auto-Response-Suppress",
            "List-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language", "MIME-Version", "Content-Type"];
        prop_assert_eq!(names, expected);
        prop_assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
        let words = |text: &str| text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(words(mail.subject().unwrap_or_default()), words(&subject));
        prop_assert_eq!(mail.to().unwrap().iter().count(), 1);
    }
}

use super::*;

/// A good line of each event.
const GOOD: &str = r#"
{"at":"2026-03-01","receivable":"r1","event":"subscription","key":"s1","plan":"pro","collection":"automatic","renewal_on":"2027-01-31"}
{"at":"2026-03-01","receivable":"r1","event":"subscription","plan":"pro"}
{"at":"2026-03-02T17:30:00+00:00","receivable":"r1","event":"dispute_opened"}
{"at":"2026-03-03","receivable":"r1","event":"dispute_closed"}
{"at":"2026-03-03","receivable":"r1","event":"hold"}
{"at":"2026-03-03","customer":"c1","event":"hold"}
{"at":"2026-03-03","customer":"c1","event":"release"}
{"at":"2026-03-03","customer":"c1","event":"pause"}
{"at":"2026-03-03","receivable":"r1","event":"resume"}
{"at":"2026-03-03","receivable":"r1","event":"promise","on":"2026-03-13"}
{"at":"2026-03-03","receivable":"r1","event":"payment_initiated","method":"boleto"}
{"at":"2026-03-03","receivable":"r1","event":"payment_initiated"}
{"at":"2026-03-03","receivable":"r1","event":"payment_claimed"}
{"at":"2026-03-03","receivable":"r1","event":"payment_failed_to_arrive"}
{"at":"2026-03-03","receivable":"r1","event":"charge_failed","reason":"expired_card","needs_payer":true,"step":"charge"}
{"at":"2026-03-03","receivable":"r1","event":"charged_back","amount":"150.00"}
{"at":"2026-03-03","receivable":"r1","event":"charged_back"}
{"at":"2026-03-03","receivable":"r1","event":"void"}
{"at":"2026-03-03","receivable":"r1","event":"written_off"}
{"at":"2026-03-03","receivable":"r1","event":"approval_rejected","step":"bureau"}
{"at":"2026-03-03","receivable":"r1","event":"approval_withheld","step":"end"}
{"at":"2026-03-03","customer":"c1","event":"complaint"}
{"at":"2026-03-03","customer":"c1","event":"complaint_closed"}
{"at":"2026-03-03","customer":"c1","event":"lawyer"}
{"at":"2026-03-03","customer":"c1","event":"insolvency"}
{"at":"2026-03-03","customer":"c1","event":"death"}
{"at":"2026-03-03","customer":"c1","event":"opt_out","channel":"sms"}
{"at":"2026-03-03","customer":"c1","event":"bounced","channel":"email"}
{"at":"2026-03-03","customer":"c1","event":"suppressed","channel":"voice"}
{"at":"2026-03-03","customer":"c1","event":"source_silent","until":"2026-03-05"}
"#;

#[test]
fn every_event_reads_back_as_it_was_written() {
    let (events, bad) = read(&mut GOOD.as_bytes()).unwrap();
    assert_eq!(bad, []);
    assert_eq!(events.len(), GOOD.lines().count() - 1, "all but the empty first line");
    for (name, ..) in EVENTS {
        assert!(events.iter().any(|event| event.told.name() == *name), "no line of `{name}`");
    }
    let mut text = Vec::new();
    write(&events, &mut text).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), GOOD.trim_start());
    assert_eq!(events[0].line, 2);
}

#[test]
fn a_bad_line_is_left_out_with_its_mend_and_the_others_hold() {
    let good = r#"{"at":"2026-03-03","receivable":"r1","event":"void"}"#;
    for (line, mend) in [
        ("nonsense", "not JSON: expected ident at line 1 column 2; write one object a line"),
        ("[1]", "not an object; write"),
        (r#"{"receivable":"r1","event":"void"}"#, "`at` is missing; add"),
        (r#"{"at":"03/03/2026","receivable":"r1","event":"void"}"#, "`at`: `03/03/2026` is not an RFC 3339 time with an offset"),
        (r#"{"at":"2026-03-03","event":"void"}"#, "about nobody; add `receivable` or `customer`"),
        (r#"{"at":"2026-03-03","receivable":"r","customer":"c","event":"void"}"#, "`receivable` and `customer` together; keep"),
        (r#"{"at":"2026-03-03","receivable":12,"event":"void"}"#, "`receivable` is 12; write it as a text in quotes"),
        (r#"{"at":"2026-03-03","receivable":"r"}"#, "`event` is missing; add one of subscription, dispute_opened"),
        (r#"{"at":"2026-03-03","receivable":"r","event":"disput"}"#, "`disput` is not an event; use one of subscription"),
        (r#"{"at":"2026-03-03","customer":"c","event":"void"}"#, "`void` is told of a receivable; replace `customer` with `receivable`"),
        (r#"{"at":"2026-03-03","receivable":"r","event":"death"}"#, "`death` is told of a customer; replace `receivable` with `customer`"),
        (r#"{"at":"2026-03-03","receivable":"r","event":"void","why":"x"}"#, "`void` has no `why`; remove it or correct its name"),
        (r#"{"at":"2026-03-03","receivable":"r","event":"promise"}"#, "`on` is missing; add the date promised"),
        (r#"{"at":"2026-03-03","receivable":"r","event":"promise","on":"soon"}"#, "`on`: `soon` is not a date such as 2026-12-31"),
        (r#"{"at":"2026-03-03","receivable":"r","event":"approval_rejected"}"#, "`step` is missing; add the step's id"),
        (r#"{"at":"2026-03-03","customer":"c","event":"opt_out"}"#, "`channel` is missing; add email, sms"),
        (r#"{"at":"2026-03-03","customer":"c","event":"opt_out","channel":"fax"}"#, "`channel`: `fax` is not a channel (email, sms"),
        (r#"{"at":"2026-03-03","receivable":"r","event":"payment_initiated","method":"gold"}"#, "`method`: `gold` is not a payment rail"),
        (
            r#"{"at":"2026-03-03","receivable":"r","event":"charge_failed","needs_payer":"yes"}"#,
            "`needs_payer` is \"yes\"; write true or false",
        ),
        (r#"{"at":"2026-03-03","receivable":"r","event":"charged_back","amount":150}"#, "`amount` is 150; write it as a text in quotes"),
        (r#"{"at":"2026-03-03","customer":"c","event":"source_silent"}"#, "`until` is missing; add"),
    ] {
        let (events, bad) = read(&mut format!("{good}\n{line}\r\n\n{good}").as_bytes()).unwrap();
        assert_eq!(events.len(), 2, "{line}");
        assert_eq!(bad.len(), 1, "{line}");
        assert_eq!(bad[0].line, 2, "{line}");
        assert!(bad[0].what.starts_with(mend), "{line}\n{}", bad[0].what);
    }
}

#[test]
fn bytes_that_are_not_utf8_and_a_byte_order_mark_do_no_harm() {
    let good = b"{\"at\":\"2026-03-03\",\"receivable\":\"r\",\"event\":\"void\"}\n";
    let bytes = [b"\xef\xbb\xbf".as_slice(), good, b"{\"at\":\"\xff\"}\n", good].concat();
    let (events, bad) = read(&mut bytes.as_slice()).unwrap();
    assert_eq!((events.len(), bad.len()), (2, 1));
    assert_eq!(bad[0].to_string(), "line 2: not UTF-8; save the file as UTF-8");
}

//! Files of banks, and their lines.

use serde_json::json;

use crate::common::on_both;
use crate::desk::{Desk, reais};

const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:UTF-8\nCHARSET:NONE\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL\
    <BANKACCTFROM><BANKID>0341<BRANCHID>0057<ACCTID>12345-7<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260102<DTEND>20260105\
    <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>33.00<FITID>X1<MEMO>PIX RECEBIDO</STMTTRN>\
    <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>44.00<FITID>X2<MEMO>PIX RECEBIDO</STMTTRN>\
    <STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>55.00<FITID>X3<MEMO>PIX RECEBIDO</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n";

#[test]
fn files_of_banks_are_read_and_their_lines_answered() {
    on_both(|site| {
        let desk = Desk::new(site).with_bills();
        let account = json!({"name": "itau", "bank": "341", "branch": "0057", "number": "12345-7", "wallet": "109", "first_slip": 7});
        let made = desk.is(201, "POST", "/bank/accounts", &account);
        assert_eq!((made["issues_slips"].clone(), made["next_slip"].clone()), (json!(true), json!(7)));
        assert_eq!(desk.wrong("POST", "/bank/accounts", &account).1, "same_account");
        let mut other = account.clone();
        (other["number"], other["name"]) = (json!("99999-1"), json!("it au"));
        assert_eq!(desk.wrong("POST", "/bank/accounts", &other), ("/name".to_owned(), "bad_name".to_owned()));
        let bearer = format!("Bearer {}", desk.key);
        let read = |query: &str, file: &[u8]| site.send("POST", &format!("/v1/bank/files{query}"), &[("Authorization", &bearer)], file);
        let done = read("?name=jan.ofx", OFX.as_bytes());
        assert_eq!(done.status, 200, "{}", done.text());
        assert_eq!((done.json()["lines"].clone(), done.json()["waiting"].clone()), (json!(3), json!(3)), "{}", done.text());
        assert!(read("?name=jan.ofx", OFX.as_bytes()).json()["read_before"].is_string());
        assert_eq!(read("?name=x", b"nothing of a bank's").status, 422);
        assert_eq!(read("", OFX.as_bytes()).status, 422, "it has no name");
        assert_eq!(read("?name=x", b"").status, 400);
        let waiting = || site.engine().bank_waiting(site.tenant(), None, 10, desk.now()).unwrap();
        let hex = |id: &[u8; 16]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let lines: Vec<String> = waiting().iter().map(|one| hex(&one.id)).collect();
        let moved = desk.post(&format!("/bank/lines/{}/book", lines[0]), &json!({"receivables": ["F-1"], "reason": "named by phone"}));
        let paid: i64 = moved["parts"][0]["amount"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap();
        assert_eq!(desk.balance("F-1"), 10_000 - paid);
        assert_eq!(desk.ask("POST", &format!("/bank/lines/{}/book", lines[0]), &json!({"customer": "C1"})).code(), "not_waiting");
        desk.post(&format!("/bank/lines/{}/undo", lines[0]), &json!({}));
        assert_eq!(desk.balance("F-1"), 10_000);
        assert_eq!(desk.post(&format!("/bank/lines/{}/set-aside", lines[1]), &json!({}))["status"], json!("set_aside"));
        assert_eq!(waiting().len(), 1);
        for (body, place) in [
            (json!({}), "/receivables"),
            (json!({"receivables": ["F-1"], "customer": "C1"}), "/customer"),
            (json!({"receivables": ["nothing"]}), "/receivables"),
            (json!({"customer": "nobody"}), "/customer"),
        ] {
            assert_eq!(desk.wrong("POST", &format!("/bank/lines/{}/book", lines[2]), &body).0, place, "{body}");
        }
        assert_eq!(desk.ask("POST", "/bank/lines/ff/undo", &json!({})).status, 404);
        assert_eq!(desk.ask("POST", &format!("/bank/lines/{}/undo", "f".repeat(32)), &json!({})).status, 404);
        // Slips.
        let slip = desk.is(201, "POST", "/receivables/F-1/slips", &json!({}));
        assert_eq!(
            (slip["number"].clone(), slip["amount"].clone(), slip["barcode"].as_str().map(str::len)),
            (json!("7"), reais("100.00"), Some(44))
        );
        assert_eq!(desk.is(200, "POST", "/receivables/F-1/slips", &json!({"account": "itau"}))["number"], json!("7"));
        assert_eq!(desk.wrong("POST", "/receivables/F-1/slips", &json!({"account": "none"})).0, "/account");
        // A server without settings does not know the company's number.
        assert_eq!(desk.ask("POST", "/bank/accounts/itau/remittances", &json!({})).code(), "not_ready");
        desk.assert_clean();
    });
}

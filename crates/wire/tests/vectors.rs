//! The published and computed vectors of `vectors/`, each row checked; see `vectors/SOURCE.md`.

use serde_json::Value;

fn vectors(text: &str) -> Value {
    serde_json::from_str(text).expect("the vectors are JSON")
}

fn rows(value: &Value) -> &Vec<Value> {
    value.as_array().filter(|rows| !rows.is_empty()).expect("a list with rows")
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_else(|| panic!("{key} is text in {row}"))
}

fn whole(row: &Value, key: &str) -> i64 {
    row[key].as_i64().unwrap_or_else(|| panic!("{key} is a whole number in {row}"))
}

mod boleto {
    use regua_core::currency::Currency;
    use regua_core::money::Money;
    use regua_core::time::Day;
    use regua_wire::boleto::banks::{self, Bank, Beneficiary, Contract, OurNumber};
    use regua_wire::boleto::utility::Segment;
    use regua_wire::boleto::{BankCode, Barcode, DueFactor, Slip, Written, decode, itf, mod10};

    use super::{Value, rows, text, vectors, whole};

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day of the vectors")
    }

    /// What both writings of a slip read as, which must be the same but for the writing.
    fn both(row: &Value, reference: Day) -> Slip {
        let read = |key: &str| decode(text(row, key), reference).unwrap_or_else(|error| panic!("{key} of {row}: {error}"));
        let (line, barcode) = (read("linha"), read("barcode"));
        assert_eq!((line.written, barcode.written), (Written::Line, Written::Barcode));
        assert_eq!((line.slip, line.due_on), (barcode.slip, barcode.due_on), "{row}");
        line.slip
    }

    #[test]
    fn boletos() {
        for row in rows(&vectors(include_str!("vectors/boleto.json"))) {
            let due = &row["due"];
            let reference = day(text(due, "reference_date"));
            let Slip::Bank(slip) = both(row, reference) else { panic!("a boleto: {row}") };
            assert_eq!(slip.line(), row["linha_formatted"].as_str().unwrap_or(&slip.line()));
            assert_eq!((slip.line_digits().as_str(), slip.to_string().as_str()), (text(row, "linha"), text(row, "barcode")));
            assert_eq!((slip.bank().as_str(), slip.free().as_str()), (text(row, "bank"), text(row, "free_field")));
            assert_eq!(slip.amount().map_or(0, Money::minor), whole(row, "amount_cents"), "{row}");
            assert_eq!(slip.check_digit().to_string(), whole(row, "general_dv").to_string());
            assert_eq!(
                slip.due().map_or(0, DueFactor::number).to_string(),
                text(row, "factor").trim_start_matches('0').parse().unwrap_or(0).to_string()
            );
            assert_eq!(slip.due_on(reference).map(|day| day.to_string()).as_deref(), due["decoded_due"].as_str(), "{row}");
            for (field, key) in [(1, "field1"), (2, "field2"), (3, "field3")] {
                assert_eq!(mod10(text(&row[key], "data")).to_string(), whole(&row[key], "dv").to_string(), "{field} {row}");
            }
            // Made from its parts it is the same slip; the day may be the one 9000 days off that the factor shares.
            let due_on = due["issued_due"].as_str().or(due["decoded_due"].as_str()).map(day);
            assert_eq!(Barcode::new(slip.bank(), due_on, slip.amount(), slip.free()), Ok(slip), "{row}");
        }
    }

    #[test]
    fn spoilt_boletos() {
        for row in rows(&vectors(include_str!("vectors/boleto_invalid.json"))) {
            assert!(decode(text(row, "linha"), day("2026-11-21")).is_err(), "{}", row["reason"]);
        }
    }

    #[test]
    fn slips_of_utilities() {
        for row in rows(&vectors(include_str!("vectors/arrecadacao.json"))) {
            let Slip::Utility(slip) = both(row, day("2026-11-21")) else { panic!("a slip of a utility: {row}") };
            assert_eq!((slip.line_digits().as_str(), slip.to_string().as_str()), (text(row, "linha"), text(row, "barcode")));
            let blocks: Vec<String> =
                rows(&row["blocks"]).iter().map(|block| format!("{}-{}", text(block, "data"), whole(block, "dv"))).collect();
            assert_eq!(slip.line(), blocks.join(" "));
            assert_eq!(slip.company(), text(row, "company_id"), "{row}");
            let amount = if row["amount_is_effective"] == true { slip.amount().map(Money::minor) } else { slip.quantity() };
            assert_eq!(amount.unwrap_or(0), whole(row, "amount_cents"), "{row}");
            let segment = match text(row, "segment") {
                "3" => Segment::Energy,
                "4" => Segment::Telecom,
                "6" => Segment::Company,
                other => panic!("no segment {other} is in the vectors"),
            };
            assert_eq!(slip.segment(), segment);
        }
    }

    #[test]
    fn due_date_factors() {
        for row in rows(&vectors(include_str!("vectors/due_date_factor.json"))["vectors"]) {
            let due = day(text(row, "date"));
            let factor = DueFactor::of(due).unwrap_or_else(|error| panic!("{error} in {row}"));
            assert_eq!(factor.number().to_string(), text(row, "factor"), "{row}");
            assert_eq!(factor.day(due), due, "{row}");
        }
    }

    #[test]
    fn check_digits_of_fields() {
        for row in rows(&vectors(include_str!("vectors/boleto_mod10.json"))) {
            assert_eq!(mod10(text(row, "data")).to_string(), whole(row, "dv").to_string(), "{row}");
        }
    }

    #[test]
    fn interleaved_two_of_five() {
        for row in rows(&vectors(include_str!("vectors/itf.json"))["vectors"]) {
            let bars = itf::bars(text(row, "digits")).unwrap_or_else(|error| panic!("{error} in {row}"));
            let widths: String = bars.iter().map(|bar| if bar.modules == itf::WIDE { 'W' } else { 'N' }).collect();
            let modules: i64 = bars.iter().map(|bar| i64::from(bar.modules)).sum();
            assert_eq!((widths.as_str(), modules), (text(row, "widths"), whole(row, "modules_at_3to1")), "{row}");
        }
    }

    #[test]
    fn slips_of_each_bank() {
        let file = vectors(include_str!("vectors/boleto_banks.json"));
        for row in rows(&file) {
            let contract = |key: &str| row["contract"][key].as_str().unwrap_or_default();
            let contract = Contract {
                branch: contract("branch"),
                account: contract("account"),
                wallet: contract("wallet"),
                agreement: contract("agreement"),
                post: contract("post"),
            };
            let code = BankCode::parse(text(row, "bank")).expect("a code");
            let bank = Bank::of(code).expect("a bank of the registry");
            let company = Beneficiary::new(bank, &contract).unwrap_or_else(|error| panic!("{error} in {row}"));
            let number = OurNumber::new(bank, text(row, "number")).unwrap_or_else(|error| panic!("{error} in {row}"));
            let free = banks::free_field(&company, &number).expect("a free field");
            let digit = banks::our_number_digit(&company, &number).expect("of one bank").map(String::from);
            let number = banks::printed_our_number(&company, &number).expect("of one bank");
            for (key, is) in [
                ("digit", digit.as_deref().unwrap_or_default()),
                ("free_field", free.as_str()),
                ("our_number", &number),
                ("beneficiary", &banks::printed_beneficiary(&company)),
            ] {
                assert_eq!(is, row[key].as_str().unwrap_or(is), "{key} of {row}");
            }
            if let Some(due) = row["due"].as_str() {
                let amount = Money::new(whole(row, "cents"), Currency::BRL);
                let slip = Barcode::new(code, Some(day(due)), Some(amount), free).expect("a slip");
                assert_eq!((slip.to_string().as_str(), slip.line().as_str()), (text(row, "barcode"), text(row, "line")), "{row}");
            }
        }
        let seen: std::collections::BTreeSet<&str> = rows(&file).iter().map(|row| text(row, "bank")).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), Bank::ALL.iter().map(|bank| bank.code()).collect::<Vec<_>>());
    }
}

mod pix {
    use regua_core::calendar::Calendar;
    use regua_core::time::Day;
    use regua_wire::pix::{
        Amount, BadPixId, BrCode, EndToEndId, Initiation, Payment, PixKey, PixKeyKind, RETRIES_MAX, RecurrenceId, RecurrenceRequestId,
        RefundId, ReturnId, StaticTxid, Txid, attempt, crc16, payable,
    };

    use super::{Value, rows, text, vectors, whole};

    fn day(row: &Value, key: &str) -> Day {
        Day::parse(text(row, key)).unwrap_or_else(|error| panic!("{error} in {row}"))
    }

    #[test]
    fn codes() {
        for row in rows(&vectors(include_str!("vectors/brcode.json"))) {
            let (payload, fields) = (text(row, "payload"), &row["fields"]);
            let code = BrCode::decode(payload).unwrap_or_else(|error| panic!("{error} in {row}"));
            assert_eq!(code.encode().as_deref(), Ok(payload));
            let (key, url, amount, info) = match &code.payment {
                Payment::Static { key, amount, note, .. } => (Some(key.as_str()), None, *amount, note.as_ref()),
                Payment::Dynamic(location) => (None, Some(location.as_str()), None, None),
                Payment::Nothing => (None, None, None, None),
            };
            let initiation = code.initiation.map(|initiation| if initiation == Initiation::Once { "12" } else { "11" });
            let merchant = &code.merchant;
            for (field, is) in [
                ("key", key),
                ("url", url),
                ("amount", amount.map(|amount| amount.to_string()).as_deref()),
                ("info", info.map(|note| note.as_str())),
                ("point_of_initiation", initiation),
                ("merchant_name", Some(merchant.name.as_str())),
                ("merchant_city", Some(merchant.city.as_str())),
                ("mcc", Some(merchant.category.as_str())),
                ("txid", Some(code.txid.as_ref().map_or("***", StaticTxid::as_str))),
                ("recurrence_url", code.recurrence.as_ref().map(|url| url.as_str())),
                ("crc", payload.get(payload.len() - 4..)),
            ] {
                assert_eq!(is, fields[field].as_str(), "{field} of {row}");
            }
            assert!(code.others.is_empty());
        }
    }

    #[test]
    fn a_code_that_only_asks_for_a_recurrence() {
        // The example of journey 2 in the central bank's manual, which some libraries refuse.
        let payload = "00020126180014br.gov.bcb.pix5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***\
                       80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/2353c790eefb11eaadc10242ac120002630462C9";
        let code = BrCode::decode(payload).expect("a code");
        assert_eq!((&code.payment, code.encode().as_deref()), (&Payment::Nothing, Ok(payload)));
    }

    #[test]
    fn spoilt_codes() {
        for row in rows(&vectors(include_str!("vectors/brcode_invalid.json"))) {
            assert!(BrCode::decode(text(row, "payload")).is_err(), "{}", row["reason"]);
        }
    }

    #[test]
    fn checksums() {
        for row in rows(&vectors(include_str!("vectors/crc16.json"))) {
            assert_eq!(format!("{:04X}", crc16(text(row, "ascii").as_bytes())), text(row, "crc"));
        }
    }

    #[test]
    fn keys() {
        let file = vectors(include_str!("vectors/pix_key.json"));
        for row in rows(&file["valid"]) {
            let kind = match text(row, "type") {
                "cpf" => PixKeyKind::Cpf,
                "cnpj" => PixKeyKind::Cnpj,
                "phone" => PixKeyKind::Phone,
                "email" => PixKeyKind::Email,
                "evp" => PixKeyKind::Random,
                other => panic!("there is no kind {other}"),
            };
            assert_eq!(PixKey::parse_normal(text(row, "key")).map(|key| key.kind()), Ok(kind), "{row}");
        }
        for row in rows(&file["invalid"]) {
            let key = PixKey::parse(text(row, "key"));
            if text(row, "reason").starts_with("AMBIGUOUS") {
                assert_eq!(key.map(|key| key.kind()), Ok(PixKeyKind::Cpf), "{row}");
            } else {
                assert!(key.is_err(), "{row}");
            }
        }
        for row in rows(&file["canonicalisation"]) {
            assert_eq!(PixKey::parse(text(row, "input")).map(|key| key.as_str().to_owned()).as_deref(), Ok(text(row, "canonical")));
        }
    }

    #[test]
    fn identifiers() {
        let file = vectors(include_str!("vectors/identifiers.json"));
        type Parse = fn(&str) -> Result<String, BadPixId>;
        let static_txid: Parse = |text| if text == "***" { Ok(text.to_owned()) } else { StaticTxid::parse(text).map(|id| id.to_string()) };
        let parsers: [(&str, Parse); 8] = [
            ("txid_dynamic", |text| Txid::parse(text).map(|id| id.to_string())),
            ("txid_static", static_txid),
            ("e2eid", |text| EndToEndId::parse(text).map(|id| id.to_string())),
            ("devolucao_rtrid", |text| ReturnId::parse(text).map(|id| id.to_string())),
            ("devolucao_id", |text| RefundId::parse(text).map(|id| id.to_string())),
            ("idRec", |text| RecurrenceId::parse(text).map(|id| id.to_string())),
            ("idSolicRec", |text| RecurrenceRequestId::parse(text).map(|id| id.to_string())),
            ("valor", |text| Amount::parse(text).map(|amount| amount.to_string())),
        ];
        for (name, parse) in parsers {
            let list = |key: &str| file[name][key].as_array().cloned().unwrap_or_default();
            for good in list("valid") {
                assert_eq!(parse(good.as_str().expect("text")).as_deref(), Ok(good.as_str().expect("text")), "{name}");
            }
            for bad in list("invalid") {
                assert!(parse(bad.as_str().expect("text")).is_err(), "{name} {bad}");
            }
        }
        let named = file.as_object().expect("an object").keys().filter(|key| *key != "verified_by").count();
        assert_eq!(named, parsers.len(), "every identifier of the file is read");
    }

    #[test]
    fn last_days_of_charges() {
        for row in rows(&vectors(include_str!("vectors/cobv_validity.json"))["vectors"]) {
            let validity = u16::try_from(whole(row, "validade")).expect("days");
            let payable = payable(day(row, "due"), validity, Calendar::BrBanking);
            assert_eq!((payable.adjusted_due_on, payable.last_on), (day(row, "adjusted_due"), day(row, "last_payable")), "{row}");
            assert_eq!(payable.last_on.plus(1), day(row, "first_denied"), "{row}");
        }
    }

    #[test]
    fn days_of_recurring_charges() {
        for row in rows(&vectors(include_str!("vectors/pix_automatico_windows.json"))["vectors"]) {
            let calendar = if row["ajusteDiaUtil"] == true { Calendar::BrBanking } else { Calendar::None };
            let days = attempt(day(row, "cobr_due"), calendar, None);
            assert_eq!(days.settles_on, day(row, "settlement"), "{row}");
            assert_eq!((days.instruct_from, days.instruct_until), (day(row, "instruct_from"), day(row, "instruct_until")), "{row}");
            let until = |(day, time): (Day, regua_core::time::LocalTime)| format!("{day}T{time}");
            assert_eq!(until(days.payer_cancels_until), text(row, "payer_cancel_until"));
            assert_eq!(until(days.receiver_cancels_until), text(row, "receiver_cancel_until"));
            let retries: Vec<String> = days.retry_days.iter().map(Day::to_string).collect();
            let listed: Vec<&str> = rows(&row["retry_dates_allowed"]).iter().filter_map(Value::as_str).collect();
            assert_eq!(retries, listed, "{row}");
            assert_eq!(i64::try_from(RETRIES_MAX).expect("a count"), whole(row, "max_retry_dates"));
        }
    }
}

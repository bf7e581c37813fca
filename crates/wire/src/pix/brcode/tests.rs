//! BR Codes that must not be read, and what must hold of all that are.
use super::*;
use proptest::prelude::*;

/// A text with the right checksum behind it.
fn sealed(body: &str) -> String {
    let text = format!("{body}6304");
    format!("{text}{:04X}", crc16(text.as_bytes()))
}

const GOOD: &str =
    "00020126330014br.gov.bcb.pix0111529982247255204000053039865406150.005802BR5911MARIA SILVA6009SAO PAULO62150511FAT20261201";

#[test]
fn each_spoilt_field_is_named() {
    let root = Tag::root;
    assert!(BrCode::decode(&sealed(GOOD)).is_ok());
    for (from, to, expected) in [
        ("000201", "000202", BadBrCode::Form(root(0), "01")),
        ("000201", "", BadBrCode::Missing(root(0))),
        ("000201", "000201010212", BadBrCode::Form(root(1), "11 or absent in a static code, which can be paid again")),
        ("000201", "000201010213", BadBrCode::Form(root(1), "11 or 12")),
        ("0014br.gov.bcb.pix", "0014br.gov.bcb.pux", BadBrCode::Form(Tag::inner(26, 0), GUI)),
        ("52998224725", "52998224726", BadBrCode::Key(Tag::inner(26, 1), PixKey::parse("52998224726").unwrap_err())),
        ("52040000", "5204000x", BadBrCode::Form(root(52), "four digits")),
        ("5303986", "5303840", BadBrCode::Form(root(53), "986")),
        ("5802BR", "5802AR", BadBrCode::Form(root(58), "BR")),
        ("5802BR", "5802br", BadBrCode::Form(root(58), "BR")),
        ("5406150.00", "5406150,00", BadBrCode::Id(root(54), Amount::parse("150,00").unwrap_err())),
        ("5406150.00", "54070150.00", BadBrCode::Form(root(54), "reais without zeros in front")),
        ("5911MARIA SILVA", "", BadBrCode::Missing(root(59))),
        ("5911MARIA SILVA", "5926MARIA SILVA MARIA SILVA MA", BadBrCode::Text(root(59), BadText::Length { count: 26, max: 25 })),
        ("5911MARIA SILVA6009SAO PAULO", "6009SAO PAULO5911MARIA SILVA", BadBrCode::Order(root(59))),
        ("6009SAO PAULO", "6009SAO PAULO6009SAO PAULO", BadBrCode::Twice(root(60))),
        ("6009SAO PAULO", "6008SAO PAULO", BadBrCode::Grammar { within: None, field: 9 }),
        ("62150511FAT20261201", "", BadBrCode::Missing(root(62))),
        ("62150511FAT20261201", "62090505FAT-2", BadBrCode::Id(Tag::inner(62, 5), StaticTxid::parse("FAT-2").unwrap_err())),
        ("62150511FAT20261201", "62150512FAT20261201", BadBrCode::Length(Tag::inner(62, 5))),
        ("62150511FAT20261201", "62150511FAT2026120180180014br.gov.bcb.pix", BadBrCode::Missing(Tag::inner(80, 25))),
    ] {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        assert_eq!(BrCode::decode(&sealed(&text)).err(), Some(expected), "{to}");
    }
}

#[test]
fn the_checksum_is_the_last_word() {
    let good = sealed(GOOD);
    for (text, expected) in [
        (GOOD.to_owned(), BadBrCode::NoChecksum),
        (String::new(), BadBrCode::NoChecksum),
        (format!("{good}0001A"), BadBrCode::Order(Tag::root(0))),
        (good.replace("49F4", "49f4"), BadBrCode::Checksum),
        (good.replace("MARIA", "MARIO"), BadBrCode::Checksum),
        (good.replace("630449F4", "6305049F4"), BadBrCode::NoChecksum),
        ("0".repeat(CODE_MAX + 1), BadBrCode::Long),
    ] {
        assert_eq!(BrCode::decode(&text), Err(expected), "{text}");
    }
}

#[test]
fn a_code_asks_for_one_thing_and_no_less() {
    let with = |account: &str| {
        let account = format!("0014br.gov.bcb.pix{account}");
        sealed(&format!("00020126{:02}{account}5204000053039865802BR5901A6001B62070503***", account.len()))
    };
    for (account, expected) in [
        ("", BadBrCode::Nothing),
        ("011252998224725", BadBrCode::Length(Tag::inner(26, 1))),
        ("0207Obrigad", BadBrCode::NotStatic(Tag::inner(26, 2))),
        ("0308123456782510a.b/cdefgh", BadBrCode::NotStatic(Tag::inner(26, 3))),
        ("0111529982247252510a.b/cdefgh", BadBrCode::KeyAndLocation),
        ("2510a.b\\cdefgh", BadBrCode::Text(Tag::inner(26, 25), BadText::Location)),
    ] {
        assert_eq!(BrCode::decode(&with(account)).err(), Some(expected), "{account}");
    }
}

#[test]
fn what_is_not_known_is_kept_in_its_place() {
    let body = "00020126390014BR.GOV.BCB.PIX0111529982247259902XX27080004abcd5204000053039865502015802BR5911Maria Silva6009SAO \
         PAULO\
                610801310100622205031238011TELEFONE1XX64110002PT0101A8801Z";
    let body = body.replace("622205031238011TELEFONE1XX", "62220503***8011TELEFONE1XX");
    let text = sealed(&body);
    let code = BrCode::decode(&text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(code.others.len(), 6, "{:?}", code.others);
    let lower = sealed(&body.replace("BR.GOV.BCB.PIX", "br.gov.bcb.pix"));
    assert_eq!(code.encode().as_deref(), Ok(lower.as_str()), "only the case of the id of Pix is not kept");
}

#[test]
fn what_cannot_be_written_is_refused() {
    let note = |len: usize| Some(Note::parse(&"n".repeat(len)).unwrap());
    let key = PixKey::parse("financeiro@example.com").unwrap();
    let merchant = Merchant::new("Loja", "Natal").unwrap();
    let fixed = |note| Payment::Static { key: key.clone(), amount: None, note, facilitator: None };
    // 18 of the id of Pix, 26 of the key, 4 before the note: 51 are left.
    assert!(BrCode::new(fixed(note(51)), merchant.clone()).encode().is_ok());
    assert_eq!(BrCode::new(fixed(note(52)), merchant.clone()).encode(), Err(BadBrCode::Length(Tag::root(26))));
    assert_eq!(BrCode::new(Payment::Nothing, merchant.clone()).encode(), Err(BadBrCode::Nothing));
    let once = BrCode { initiation: Some(Initiation::Once), ..BrCode::new(fixed(None), merchant.clone()) };
    assert!(matches!(once.encode(), Err(BadBrCode::Form(tag, _)) if tag == Tag::root(1)));
    for id in [53, 63] {
        let others = vec![OtherField { tag: Tag::root(id), value: "986".into() }];
        assert_eq!(BrCode { others, ..BrCode::new(fixed(None), merchant.clone()) }.encode(), Err(BadBrCode::Twice(Tag::root(id))));
    }
    let others = vec![OtherField { tag: Tag::inner(80, 26), value: "x".into() }];
    assert_eq!(BrCode { others, ..BrCode::new(fixed(None), merchant.clone()) }.encode(), Err(BadBrCode::Missing(Tag::root(80))));
    let others = (65..70).map(|id| OtherField { tag: Tag::root(id), value: "x".repeat(99).into() }).collect();
    assert_eq!(BrCode { others, ..BrCode::new(fixed(None), merchant.clone()) }.encode(), Err(BadBrCode::Long));
    assert!(Merchant::new("Companhia Brasileira de Nomes Compridos", "Natal").is_err());
}

fn payment() -> impl Strategy<Value = Payment> {
    let key =
        prop::sample::select(vec!["52998224725", "12ABC34501DE35", "+5511987654321", "a@b.com", "123e4567-e12b-12d1-a456-426655440000"]);
    let fixed = (key, prop::option::of(0..1_000_000_000_000_i64), prop::option::of("[ -~]{1,20}"), prop::option::of("[0-9A-Z]{8}"));
    prop_oneof![
        fixed.prop_map(|(key, cents, note, ispb)| Payment::Static {
            key: PixKey::parse(key).unwrap(),
            amount: cents.map(|cents| Amount::of(regua_core::money::Money::new(cents, regua_core::currency::Currency::BRL)).unwrap()),
            note: note.map(|note| Note::parse(&note).unwrap()),
            facilitator: ispb.map(|ispb| Ispb::parse(&ispb).unwrap()),
        }),
        "[a-z]{1,9}\\.[a-z]{2,9}/[a-z0-9/]{0,30}[a-z]"
            .prop_filter("two slashes", |url| !url.contains("//"))
            .prop_map(|url| Payment::Dynamic(Location::parse(&url).unwrap())),
        Just(Payment::Nothing),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same(
        payment in payment(), recurs in any::<bool>(), name in "[ -~ãé]{1,25}", city in "[A-Z ]{1,15}",
        zip in prop::option::of("[0-9]{8}"), txid in prop::option::of("[a-zA-Z0-9]{1,25}"), once in prop::option::of(any::<bool>()),
        other in prop::collection::btree_map(81..99_u8, "\\PC{1,20}", 0..3),
    ) {
        let recurs = recurs || payment == Payment::Nothing;
        let once = if matches!(payment, Payment::Static { .. }) { once.map(|_| false) } else { once };
        let merchant = Merchant {
            name: MerchantName::parse(&name).unwrap(),
            city: MerchantCity::parse(&city).unwrap(),
            postal_code: zip.map(|zip| PostalCode::parse(&zip).unwrap()),
            category: Digits::parse("7392").unwrap(),
        };
        let code = BrCode {
            recurrence: recurs.then(|| Location::parse("pix.example.com/qr/v2/rec/1").unwrap()),
            initiation: once.map(|once| if once { Initiation::Once } else { Initiation::Reusable }),
            txid: txid.map(|txid| StaticTxid::parse(&txid).unwrap()),
            others: other.into_iter().map(|(id, value)| OtherField { tag: Tag::root(id), value: value.into() }).collect(),
            ..BrCode::new(payment, merchant)
        };
        let text = code.encode().unwrap();
        prop_assert_eq!(BrCode::decode(&text), Ok(code), "{}", text);
    }

    #[test]
    fn an_altered_character_is_noticed(place in any::<prop::sample::Index>(), by in 1..96_u8) {
        let mut bytes = sealed(GOOD).into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = b' ' + (bytes[place] - b' ' + by) % 96;
        prop_assert!(BrCode::decode(&String::from_utf8(bytes).unwrap()).is_err(), "{place}");
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}", body in "([0-9]{2}0[0-9][a-z0-9.]{0,9}){0,12}") {
        let _ = BrCode::decode(&text);
        if let Ok(code) = BrCode::decode(&sealed(&body)) {
            prop_assert_eq!(code.encode(), Ok(sealed(&body)));
        }
    }
}

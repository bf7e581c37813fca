//! Pix: codes, keys, identifiers, names.

use regua_wire::pix::{
    Amount, BrCode, EndToEndId, Location, MerchantName, PixKey, ReceivedTxid, RecurrenceId, RecurrenceRequestId, RefundId, ReturnId,
    StaticTxid, Txid, crc16,
};

use crate::repair::lengths;
use crate::target::{Target, kind};

pub(super) const TARGETS: &[Target] = &[
    Target::new(
        "brcode",
        code,
        &[
            "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal60\
             08BRASILIA62070503***63041D3D",
            "00020126330014br.gov.bcb.pix0111529982247255204000053039865406150.005802BR5911MARIA SILVA6009SAO PAULO621505\
             11FAT20261201630449F4",
            "00020101021226760014br.gov.bcb.pix2554pix.example.com/qr/v2/8b3da2f39a4140d1a91abd93113bd4415204000053039865\
             802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/94ed2badcbc\
             04c15b0bb7fa35319489063047741",
            "00020126180014br.gov.bcb.pix5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.\
             pix2558pix.example.com/qr/v2/rec/2353c790eefb11eaadc10242ac120002630462C9",
            "00020126500014br.gov.bcb.pix0114112223330001810210Fatura 12352040000530398654071234.565802BR5918ACME COBRANC\
             A LTDA6008CURITIBA62140510PED0000123630453F0",
        ],
    )
    .words(
        "000201¦010211¦010212¦0014br.gov.bcb.pix¦0014BR.GOV.BCB.PIX¦0111¦0136¦2554¦52040000¦5303986¦5406150.00¦5802BR¦5913¦\
         6008¦610801310100¦62070503***¦80800014br.gov.bcb.pix¦6304¦2601¦0300¦99",
    )
    .repair(lengths_and_checksum)
    .len_max(640),
    Target::new(
        "pix-key",
        key,
        &["529.982.247-25", "12.ABC.345/01DE-35", "(11) 98765-4321", "+5511987654321", "a@b.com", "123e4567-e12b-12d1-a456-426655440000"],
    )
    .words("+55¦(11)¦@¦.com¦-¦/¦+351¦11¦9")
    .len_max(120),
    Target::new(
        "pix-ids",
        ids,
        &[
            "7978c0c97ea847e78e8849634473c1f1",
            "E12345678202009091221abcdef12345",
            "D12345678202009091000123abcde123",
            "RR1234567820240115abcdefghijk",
            "SC876456782024021577825445312",
            "1234567890.99",
        ],
    )
    .words("E¦D¦RR¦RN¦SC¦20261131¦.00¦.")
    .len_max(64),
    Target::new("pix-names", names, &["Açaí & Cia. Ltda", "Straße – 2ª Loja", "pix.example.com/qr/v2/8b3da2f39a4140d1"])
        .words("ã¦\u{301}¦ß¦ﬁ¦İ¦ ¦\u{a0}¦/¦.¦://")
        .len_max(120),
];

fn code(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let answer = BrCode::decode(&text);
    if let Ok(code) = &answer {
        let written = code.encode().unwrap_or_else(|error| panic!("what was read cannot be written: {error}"));
        assert_eq!(BrCode::decode(&written).as_ref(), Ok(code));
        // Only the case of the two ids of Pix is ours, and with it the checksum.
        let before = |text: &str| text.get(..text.len() - 4).unwrap_or_default().to_ascii_lowercase();
        assert_eq!(before(&written), before(&text));
    }
    kind(&answer)
}

fn key(input: &[u8]) -> u64 {
    let answer = PixKey::parse(&String::from_utf8_lossy(input));
    if let Ok(key) = &answer {
        assert_eq!(PixKey::parse_normal(key.as_str()).as_ref(), Ok(key));
    }
    kind(&answer)
}

fn ids(input: &[u8]) -> u64 {
    let text = &*String::from_utf8_lossy(input);
    let amount = Amount::parse(text);
    if let Ok(amount) = amount {
        assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
        assert_eq!(Amount::of(amount.money()), Ok(amount));
    }
    let recurrence = RecurrenceId::parse(text);
    let days = (
        EndToEndId::parse(text).map(|id| (id.day(), id.participant().len())),
        recurrence.as_ref().map(|id| (id.day(), id.allows_retries())),
    );
    let good = [
        Txid::parse(text).is_ok(),
        StaticTxid::parse(text).is_ok(),
        ReceivedTxid::parse(text).is_ok(),
        days.0.is_ok(),
        ReturnId::parse(text).is_ok(),
        RefundId::parse(text).is_ok(),
        days.1.is_ok(),
        RecurrenceRequestId::parse(text).is_ok(),
        amount.is_ok(),
    ];
    // A Pix that came in may have any txid of either kind.
    assert!(good[2] || !(good[0] || good[1]));
    assert_eq!(good[2], good[5]);
    if good[0] { 1 } else { good.iter().fold(2, |kind, good| kind * 2 + u64::from(*good)) }
}

fn names(input: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(input);
    let answer = MerchantName::fold(&text);
    if let Ok(name) = &answer {
        assert_eq!(MerchantName::fold(name.as_str()).as_ref(), Ok(name));
        assert!(name.as_str().is_ascii() && name.as_str().len() <= 25);
    }
    let location = Location::parse(&text);
    assert!(location.is_err() || MerchantName::parse(&text).is_ok() || text.len() > 25);
    kind(&answer)
}

/// Sets lengths and the checksum.
fn lengths_and_checksum(input: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(input).into_owned();
    let body = text.rfind("6304").map_or(&*text, |end| &text[..end]);
    let mut repaired = format!("{}6304", lengths(body, &["26", "62", "80"]));
    let crc = crc16(repaired.as_bytes());
    repaired.push_str(&format!("{crc:04X}"));
    *input = repaired.into_bytes();
}

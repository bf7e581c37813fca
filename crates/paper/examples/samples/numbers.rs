//! Numbers of made-up documents with check digits that are right, so that readers take them.
//! Deliberately absent: any bank's layout; the free field is counted up.

/// Days from the first due date that factor 1000 stands for (2025-02-22) to a day, as the factor.
pub(crate) fn factor(days_since_2025_02_22: u32) -> u32 {
    1_000 + days_since_2025_02_22
}

/// A barcode of 44 digits and its line as it is printed.
pub(crate) fn boleto(bank: &str, factor: u32, cents: u32, free: &str) -> (String, String) {
    let rest = format!("{bank}9{factor:04}{cents:010}{free}");
    let check = mod11(&rest);
    let barcode = format!("{bank}9{check}{factor:04}{cents:010}{free}");
    let field = |digits: &str, split: usize| {
        let digits = format!("{digits}{}", mod10(digits));
        format!("{}.{}", &digits[..split], &digits[split..])
    };
    let first = field(&format!("{bank}9{}", &free[..5]), 5);
    let line = format!("{first} {} {} {check} {factor:04}{cents:010}", field(&free[5..15], 5), field(&free[15..25], 5));
    (barcode, line)
}

fn mod10(digits: &str) -> u32 {
    let products = digits.chars().rev().zip([2, 1].into_iter().cycle()).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight);
    (10 - products.map(|product| product / 10 + product % 10).sum::<u32>() % 10) % 10
}

fn mod11(digits: &str) -> u32 {
    let sum: u32 = digits.chars().rev().zip((2..=9).cycle()).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    match 11 - sum % 11 {
        10 | 11 => 1,
        digit => digit,
    }
}

/// A Pix copy-and-paste code of a charge at an address.
pub(crate) fn pix(address: &str, name: &str, city: &str) -> String {
    let field = |id: &str, value: &str| format!("{id}{:02}{value}", value.len());
    let account = field("26", &(field("00", "br.gov.bcb.pix") + &field("25", address)));
    let reference = field("62", &field("05", "***"));
    let text = field("00", "01")
        + &field("01", "12")
        + &account
        + "520400005303986"
        + &field("58", "BR")
        + &field("59", name)
        + &field("60", city)
        + &reference
        + "6304";
    format!("{text}{:04X}", crc16(text.as_bytes()))
}

fn crc16(bytes: &[u8]) -> u16 {
    let shifted = |crc: u16| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 };
    bytes.iter().fold(0xffff, |crc, byte| (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| shifted(crc)))
}

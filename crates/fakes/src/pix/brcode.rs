//! The text of a dynamic QR code: tags, lengths and the checksum, written again here, apart from `wire`.
//!
//! Deliberately absent: reading one, and static codes.

/// A code whose payload is fetched at an address without its scheme.
#[must_use]
pub fn brcode(url: &str) -> String {
    let account = format!("{}{}", tag("00", "br.gov.bcb.pix"), tag("25", url));
    let mut text = tag("00", "01");
    text.push_str(&tag("01", "12"));
    text.push_str(&tag("26", &account));
    for (id, value) in [("52", "0000"), ("53", "986"), ("58", "BR"), ("59", "FAKE PSP"), ("60", "BRASILIA"), ("62", "0503***")] {
        text.push_str(&tag(id, value));
    }
    text.push_str("6304");
    let sum = crc(text.as_bytes());
    format!("{text}{sum:04X}")
}

fn tag(id: &str, value: &str) -> String {
    format!("{id}{:02}{value}", value.len())
}

/// CRC-16 with polynomial 0x1021 from 0xFFFF.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ (u16::from(*byte) << 8), |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_its_catalogue_entry_and_of_the_central_banks_example() {
        assert_eq!(crc(b"123456789"), 0x29B1);
        let example = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de \
                       Tal6008BRASILIA62070503***6304";
        assert_eq!(crc(example.as_bytes()), 0x1D3D);
    }
}

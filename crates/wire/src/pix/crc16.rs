//! The checksum at the end of a BR Code: CRC-16/CCITT-FALSE.
//!
//! Polynomial 0x1021, begun with 0xFFFF, nothing reflected, nothing inverted at the end. Deliberately absent: a table; a code
//! has 512 characters at most. Source: EMV QR Code Specification for Payment Systems, merchant-presented mode, §4.7.3.

/// The checksum of some bytes.
///
/// ```
/// # use regua_wire::pix::crc16;
/// assert_eq!(crc16(b"123456789"), 0x29B1);
/// ```
#[must_use]
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc: u16, _| if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 })
    })
}

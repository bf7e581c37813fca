//! One-time codes by the clock (RFC 6238, over RFC 4226): SHA-1, six digits, steps of 30 seconds, as every authenticator reads
//! them. Deliberately absent: what is stored, and that a code is good once, which the rows prove.

use hmac::{Hmac, KeyInit as _, Mac as _};
use regua_core::time::Instant;
use sha1::Sha1;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes of a shared secret: as many as SHA-1 gives (RFC 4226 §4).
pub(super) const SECRET: usize = 20;
/// Seconds of a step.
const STEP: i64 = 30;
/// Steps by which a clock may be off.
const DRIFT: i64 = 1;
const DIGITS: usize = 6;

/// The step of a moment.
pub(super) const fn step(at: Instant) -> i64 {
    at.secs().div_euclid(STEP)
}

/// The code of a step, six digits.
fn code(secret: &[u8], step: i64) -> Zeroizing<String> {
    // A key of any length will do.
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(&step.to_be_bytes());
    let mac: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(mac[19] & 15);
    let word = mac.get(at..at + 4).map_or(0, |bytes| bytes.iter().fold(0_u32, |word, byte| (word << 8) | u32::from(*byte)));
    Zeroizing::new(format!("{:06}", (word & 0x7fff_ffff) % 1_000_000))
}

/// The step of which a typed text is the code, the latest first; every step is looked at, so that it takes as long.
pub(super) fn matching(secret: &[u8], typed: &str, now: Instant) -> Option<i64> {
    let typed: Zeroizing<String> = Zeroizing::new(typed.chars().filter(|c| !c.is_whitespace()).collect());
    if typed.len() != DIGITS {
        return None;
    }
    let mut found = None;
    for step in (step(now) - DRIFT)..=(step(now) + DRIFT) {
        if bool::from(code(secret, step).as_bytes().ct_eq(typed.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// What an authenticator reads from a QR code.
pub(super) fn uri(secret: &[u8], issuer: &str, email: &str) -> String {
    let (issuer, email) = (escaped(issuer), escaped(email));
    let secret = Zeroizing::new(base32(secret));
    format!("otpauth://totp/{issuer}:{email}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}", *secret)
}

/// RFC 4648 §6, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = ((held & 31) << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.extend(letter(ALPHABET, held >> bits));
        }
    }
    if bits > 0 {
        text.extend(letter(ALPHABET, held << (5 - bits)));
    }
    text
}

fn letter(alphabet: &[u8; 32], bits: u32) -> Option<char> {
    usize::try_from(bits & 31).ok().and_then(|at| alphabet.get(at)).copied().map(char::from)
}

/// Percent-encoded: everything but the unreserved characters of RFC 3986.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standards() {
        let secret = b"12345678901234567890";
        // RFC 4226 appendix D.
        let hotp = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (count, expected) in hotp.iter().zip(0..) {
            assert_eq!(code(secret, expected).as_str(), *count);
        }
        // RFC 6238 appendix B, SHA-1, the last six of its eight digits.
        for (secs, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, step(Instant::from_secs(secs))).as_str(), expected, "{secs}");
        }
    }

    #[test]
    fn a_code_counts_a_step_before_and_after_its_own() {
        let (secret, now) = ([9; SECRET], Instant::from_secs(1_800_000_010));
        for (off, counts) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(&secret, step(now) + off);
            assert_eq!(matching(&secret, &typed, now), counts.then_some(step(now) + off), "{off}");
        }
        let typed = code(&secret, step(now));
        assert_eq!(matching(&secret, &format!(" {} {} ", &typed[..3], &typed[3..]), now), Some(step(now)));
        for bad in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(matching(&secret, bad, now), None, "{bad}");
        }
    }

    #[test]
    fn base_32_is_that_of_the_standard() {
        // RFC 4648 §10, without padding.
        for (bytes, expected) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), expected);
        }
    }

    #[test]
    fn an_authenticator_gets_everything_escaped() {
        assert_eq!(
            uri(b"12345678901234567890", "Nuvem & Cia: SaaS", "ana+1@nuvem.example"),
            "otpauth://totp/Nuvem%20%26%20Cia%3A%20SaaS:ana%2B1%40nuvem.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Nuvem%20%26%20Cia%3A%20SaaS&algorithm=SHA1&digits=6&period=30"
        );
    }
}

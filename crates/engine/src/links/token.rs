//! The text of a link: who it is for, what for, until when, and a code that only the holder of the master key can compute.
//!
//! Everything but the code can be read by whoever has the link; it is ids and numbers. One text is one link: no other spelling of
//! it is good. Deliberately absent: whether it was taken back, which the database says.

use regua_core::ids::{CustomerId, TenantId};
use regua_core::time::Day;
use regua_store::seal::MasterKey;
use subtle::ConstantTimeEq as _;

/// What a link is good for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Purpose {
    /// The portal: to look and pay until it ends, to do anything else in the first days.
    Portal,
    /// To look at what is owed and to pay it.
    Pay,
    /// To give another way to be charged.
    Method,
    /// To stop messages to the contact point that it was sent to.
    Unsubscribe,
}

impl Purpose {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Portal, Self::Pay, Self::Method, Self::Unsubscribe];

    /// Days for which such a link is good, counted from the day on which it was made.
    #[must_use]
    pub const fn days(self) -> i32 {
        match self {
            Self::Portal => 30,
            Self::Pay | Self::Method => 7,
            // A mail is unsubscribed from long after it was read.
            Self::Unsubscribe => 90,
        }
    }

    /// Days for which it may be used for more than looking, paying, asking a person and stopping messages.
    #[must_use]
    pub const fn days_to_act(self) -> i32 {
        match self {
            Self::Portal | Self::Method => 7,
            Self::Pay | Self::Unsubscribe => 0,
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::Portal => 1,
            Self::Pay => 2,
            Self::Method => 3,
            Self::Unsubscribe => 4,
        }
    }

    fn numbered(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.number() == number)
    }
}

/// What a link says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Claims {
    pub(super) tenant: TenantId,
    pub(super) customer: CustomerId,
    pub(super) purpose: Purpose,
    /// The last day on which it is good.
    pub(super) expires_on: Day,
    /// Links of an earlier epoch than the customer's are void.
    pub(super) epoch: u16,
    /// Of the contact point that it was sent to; zeros for one that was sent to none.
    pub(super) point: [u8; 4],
}

/// The form of what is signed.
const VERSION: u8 = 1;
/// Which key signs: the one that is derived from the master key. Another is another number.
const KEY: u8 = 1;
/// Bytes of what is signed, and of the code behind them.
const SIGNED: usize = 43;
const CODE: usize = 16;
/// What the code is computed for.
const CODE_FOR: &str = "portal link";
/// What contact points are marked for.
const POINT_FOR: &str = "portal contact point";
/// What forms are marked for.
const FORM_FOR: &str = "portal form";

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl Claims {
    fn bytes(&self) -> Option<[u8; SIGNED]> {
        let day = u16::try_from(self.expires_on.epoch()).ok()?;
        let mut bytes = [0; SIGNED];
        bytes[0] = VERSION;
        bytes[1] = KEY;
        bytes[2..18].copy_from_slice(&self.tenant.to_bytes());
        bytes[18..34].copy_from_slice(&self.customer.to_bytes());
        bytes[34] = self.purpose.number();
        bytes[35..37].copy_from_slice(&day.to_be_bytes());
        bytes[37..39].copy_from_slice(&self.epoch.to_be_bytes());
        bytes[39..43].copy_from_slice(&self.point);
        Some(bytes)
    }

    fn of_bytes(bytes: &[u8; SIGNED]) -> Option<Self> {
        let id = |from: usize| -> Option<[u8; 16]> { bytes.get(from..from + 16)?.try_into().ok() };
        let number = |from: usize| -> Option<u16> { Some(u16::from_be_bytes(bytes.get(from..from + 2)?.try_into().ok()?)) };
        if bytes[0] != VERSION || bytes[1] != KEY {
            return None;
        }
        Some(Self {
            tenant: TenantId::from_bytes(id(2)?).ok()?,
            customer: CustomerId::from_bytes(id(18)?).ok()?,
            purpose: Purpose::numbered(bytes[34])?,
            expires_on: Day::from_epoch(i32::from(number(35)?)),
            epoch: number(37)?,
            point: bytes.get(39..43)?.try_into().ok()?,
        })
    }
}

/// The text of a link; nothing for a day that no link can name (before 1970, after 2149).
pub(super) fn write(master: &MasterKey, claims: &Claims) -> Option<String> {
    let signed = claims.bytes()?;
    let code = master.mark(CODE_FOR, &[], &signed);
    let mut all = signed.to_vec();
    all.extend_from_slice(&code);
    Some(spelt(&all))
}

/// What a text says, when it is a link of this installation's. How long that takes does not depend on how much of the code fits.
pub(super) fn read(master: &MasterKey, text: &str) -> Option<Claims> {
    let all = unspelt(text, SIGNED + CODE)?;
    let (signed, code) = all.split_first_chunk::<SIGNED>()?;
    let expected = master.mark(CODE_FOR, &[], signed);
    if !bool::from(expected.as_slice().ct_eq(code)) {
        return None;
    }
    Claims::of_bytes(signed)
}

/// By what a contact point is known again without being named.
pub(super) fn point_mark(master: &MasterKey, whose: (TenantId, CustomerId), channel: &str, address: &str) -> [u8; 16] {
    let owner = [whose.0.to_bytes(), whose.1.to_bytes()].concat();
    master.mark(POINT_FOR, &owner, format!("{channel}\0{address}").as_bytes())
}

/// The part of a mark that stands in a link; never zeros.
pub(super) fn short(mark: [u8; 16]) -> [u8; 4] {
    let mut short = [0; 4];
    short.copy_from_slice(&mark[..4]);
    if short == [0; 4] { [0, 0, 0, 1] } else { short }
}

/// By what a form behind a link proves that it came from our page.
pub(super) fn form_mark(master: &MasterKey, link: &str, what: &str) -> [u8; 16] {
    master.mark(FORM_FOR, link.as_bytes(), what.as_bytes())
}

/// Bytes in five-bit characters, the last one filled up with zeros.
pub(super) fn spelt(bytes: &[u8]) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(character((held >> bits) & 31));
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        text.push(character((held << (5 - bits)) & 31));
    }
    text
}

fn character(five: u32) -> char {
    usize::try_from(five).ok().and_then(|five| ALPHABET.get(five)).copied().map_or('a', char::from)
}

/// The bytes of a text, when they are so many and spelt as we spell.
pub(super) fn unspelt(text: &str, count: usize) -> Option<Vec<u8>> {
    if text.len() != (count * 8).div_ceil(5) {
        return None;
    }
    let mut bytes = Vec::with_capacity(count);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for character in text.bytes() {
        let five = ALPHABET.iter().position(|known| *known == character)?;
        held = (held << 5) | u32::try_from(five).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    // What fills the last character up is zeros, so that one link has one spelling.
    (held == 0 && bytes.len() == count).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Characters of a link: five bits each.
    const CHARS: usize = ((SIGNED + CODE) * 8).div_ceil(5);

    fn claims() -> Claims {
        Claims {
            tenant: TenantId::new(1_700_000_000_000, [1; 10]),
            customer: CustomerId::new(1_700_000_000_001, [2; 10]),
            purpose: Purpose::Portal,
            expires_on: Day::parse("2027-01-30").unwrap(),
            epoch: 7,
            point: [1, 2, 3, 4],
        }
    }

    #[test]
    fn a_link_says_what_was_written_and_nobody_else_can_write_one() {
        let key = MasterKey::new([5; 32]);
        for purpose in Purpose::ALL {
            let claims = Claims { purpose, ..claims() };
            let text = write(&key, &claims).unwrap();
            assert_eq!(text.len(), CHARS);
            assert_eq!(read(&key, &text), Some(claims));
            assert_eq!(read(&MasterKey::new([6; 32]), &text), None);
        }
    }

    #[test]
    fn no_other_text_is_that_link() {
        let key = MasterKey::new([5; 32]);
        let text = write(&key, &claims()).unwrap();
        for place in 0..text.len() {
            for other in ALPHABET.iter().chain(b"A1-=. ") {
                let mut altered = text.clone().into_bytes();
                if altered[place] == *other {
                    continue;
                }
                altered[place] = *other;
                assert_eq!(read(&key, std::str::from_utf8(&altered).unwrap()), None, "{place}");
            }
        }
        for bad in ["", &text[1..], &format!("{text}a"), &text.to_uppercase()] {
            assert_eq!(read(&key, bad), None);
        }
    }

    #[test]
    fn no_bit_of_it_can_be_another_however_it_is_spelt() {
        let key = MasterKey::new([5; 32]);
        let bytes = unspelt(&write(&key, &claims()).unwrap(), SIGNED + CODE).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&key, &spelt(&altered)), None, "bit {bit}");
        }
    }

    #[test]
    fn nobody_lengthens_widens_or_moves_a_link_with_the_code_of_another() {
        let key = MasterKey::new([5; 32]);
        let code = key.mark(CODE_FOR, &[], &claims().bytes().unwrap());
        let others = [
            Claims { purpose: Purpose::Pay, ..claims() },
            Claims { expires_on: claims().expires_on.plus(1), ..claims() },
            Claims { epoch: 8, ..claims() },
            Claims { point: [0; 4], ..claims() },
            Claims { customer: CustomerId::new(1_700_000_000_001, [3; 10]), ..claims() },
            Claims { tenant: TenantId::new(1_700_000_000_000, [2; 10]), ..claims() },
        ];
        for other in others {
            let forged = [other.bytes().unwrap().as_slice(), code.as_slice()].concat();
            assert_eq!(read(&key, &spelt(&forged)), None, "{other:?}");
        }
        // A code of the same key for something else is none.
        let signed = claims().bytes().unwrap();
        for purpose in [POINT_FOR, FORM_FOR] {
            assert_eq!(read(&key, &spelt(&[signed.as_slice(), &key.mark(purpose, &[], &signed)].concat())), None);
        }
    }

    #[test]
    fn every_byte_comes_back() {
        let bytes: Vec<u8> = (0..59).map(|n: u8| n.wrapping_mul(37)).collect();
        assert_eq!(unspelt(&spelt(&bytes), 59), Some(bytes));
    }
}

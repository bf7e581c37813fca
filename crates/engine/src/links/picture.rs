//! The address of the picture by which an e-mail is seen to be opened: of which message, and until when; nothing of the person.
//!
//! Its code is computed for this purpose alone, so that it opens nothing, and a link is no picture. It ends with the links of its
//! message. Deliberately absent: what follows when it is fetched, which is `channels`'.

use regua_core::ids::{MessageId, TenantId};
use regua_core::time::Day;
use regua_store::seal::MasterKey;
use subtle::ConstantTimeEq as _;

use super::token::{spelt, unspelt};

/// What the address says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pictured {
    pub(crate) tenant: TenantId,
    pub(crate) message: MessageId,
    /// The last day (UTC) on which it counts.
    pub(crate) expires_on: Day,
    /// It counts no more once links of this epoch were taken back.
    pub(crate) epoch: u16,
}

/// The form of what is signed, and which key signs, as in links.
const VERSION: u8 = 1;
const KEY: u8 = 1;
/// Bytes of what is signed, and of the code behind them.
const SIGNED: usize = 38;
const CODE: usize = 16;
/// What the code is computed for.
const CODE_FOR: &str = "e-mail picture";

impl Pictured {
    fn bytes(&self) -> Option<[u8; SIGNED]> {
        let day = u16::try_from(self.expires_on.epoch()).ok()?;
        let mut bytes = [0; SIGNED];
        bytes[0] = VERSION;
        bytes[1] = KEY;
        bytes[2..18].copy_from_slice(&self.tenant.to_bytes());
        bytes[18..34].copy_from_slice(&self.message.to_bytes());
        bytes[34..36].copy_from_slice(&day.to_be_bytes());
        bytes[36..38].copy_from_slice(&self.epoch.to_be_bytes());
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
            message: MessageId::from_bytes(id(18)?).ok()?,
            expires_on: Day::from_epoch(i32::from(number(34)?)),
            epoch: number(36)?,
        })
    }
}

/// The text of an address; nothing for a day that none can name.
pub(super) fn write(master: &MasterKey, pictured: &Pictured) -> Option<String> {
    let signed = pictured.bytes()?;
    let mut all = signed.to_vec();
    all.extend_from_slice(&master.mark(CODE_FOR, &[], &signed));
    Some(spelt(&all))
}

/// What a text says, when it is a picture's of this installation. How long that takes does not depend on how much of the code fits.
pub(crate) fn read(master: &MasterKey, text: &str) -> Option<Pictured> {
    let all = unspelt(text, SIGNED + CODE)?;
    let (signed, code) = all.split_first_chunk::<SIGNED>()?;
    let expected = master.mark(CODE_FOR, &[], signed);
    if !bool::from(expected.as_slice().ct_eq(code)) {
        return None;
    }
    Pictured::of_bytes(signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictured() -> Pictured {
        Pictured {
            tenant: TenantId::new(1_700_000_000_000, [1; 10]),
            message: MessageId::new(1_700_000_000_001, [2; 10]),
            expires_on: Day::parse("2027-01-30").unwrap(),
            epoch: 7,
        }
    }

    #[test]
    fn an_address_says_what_was_written_and_nobody_else_can_write_one() {
        let key = MasterKey::new([5; 32]);
        let text = write(&key, &pictured()).unwrap();
        assert_eq!(read(&key, &text), Some(pictured()));
        assert_eq!(read(&MasterKey::new([6; 32]), &text), None);
        for place in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[place] = if altered[place] == b'a' { b'b' } else { b'a' };
            assert_eq!(read(&key, std::str::from_utf8(&altered).unwrap()), None, "{place}");
        }
        for bad in ["", &text[1..], &format!("{text}a"), &text.to_uppercase()] {
            assert_eq!(read(&key, bad), None, "{bad}");
        }
    }

    #[test]
    fn a_code_that_was_computed_for_links_makes_no_picture() {
        let key = MasterKey::new([5; 32]);
        let signed = pictured().bytes().unwrap();
        let mut all = signed.to_vec();
        all.extend_from_slice(&key.mark("portal link", &[], &signed));
        assert_eq!(read(&key, &spelt(&all)), None);
    }
}

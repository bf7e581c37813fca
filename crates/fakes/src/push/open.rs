//! Opening a sealed message as a browser does (RFC 8291 §3, RFC 8188 §2), one record or several.
//!
//! Deliberately absent: the older encoding `aesgcm`.

use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

/// Bytes of the tag behind each record.
const TAG: usize = 16;

/// How many bytes are wanted.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

fn derived<const N: usize>(salt: &[u8], material: &[u8], info: &[&[u8]]) -> Option<[u8; N]> {
    let mut out = [0; N];
    let pseudo = Salt::new(HKDF_SHA256, salt).extract(material);
    pseudo.expand(info, Bytes(N)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

/// The words of a message, or why it is not opened.
pub(crate) fn open(key: &SecretKey, point: &[u8], secret: &[u8; 16], sealed: &[u8]) -> Result<Vec<u8>, &'static str> {
    // A message without a payload is shown without words.
    if sealed.is_empty() {
        return Ok(Vec::new());
    }
    let (salt, rest) = sealed.split_first_chunk::<16>().ok_or("no salt")?;
    let (size, rest) = rest.split_first_chunk::<4>().ok_or("no record size")?;
    let (len, rest) = rest.split_first().ok_or("no length of the key's name")?;
    let (theirs, records) = rest.split_at_checked(usize::from(*len)).ok_or("no key")?;
    let size = usize::try_from(u32::from_be_bytes(*size)).unwrap_or(0);
    if size < TAG + 2 {
        return Err("a record is too small");
    }
    let public = PublicKey::from_sec1_bytes(theirs).map_err(|_bad| "the sender's key is no point")?;
    let shared = p256::ecdh::diffie_hellman(key.to_nonzero_scalar(), public.as_affine());
    let material: [u8; 32] = derived(secret, shared.raw_secret_bytes(), &[b"WebPush: info\0", point, theirs]).ok_or("no key")?;
    let content: [u8; 16] = derived(salt, &material, &[b"Content-Encoding: aes128gcm\0"]).ok_or("no key")?;
    let nonce: [u8; 12] = derived(salt, &material, &[b"Content-Encoding: nonce\0"]).ok_or("no nonce")?;
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content).map_err(|_bad| "no key")?);
    let mut words = Vec::new();
    let count = records.chunks(size).count();
    for (place, record) in records.chunks(size).enumerate() {
        let mut of_record = nonce;
        // The record's number is in the last bits of its nonce.
        let number = u64::try_from(place).unwrap_or(u64::MAX).to_be_bytes();
        of_record.iter_mut().skip(4).zip(number).for_each(|(byte, bits)| *byte ^= bits);
        let mut record = record.to_vec();
        let opened =
            cipher.open_in_place(Nonce::assume_unique_for_key(of_record), Aad::empty(), &mut record).map_err(|_bad| "it does not open")?;
        let end = opened.iter().rposition(|byte| *byte != 0).ok_or("nothing but padding")?;
        let mark = if place + 1 == count { 2 } else { 1 };
        if opened.get(end) != Some(&mark) {
            return Err("a record does not end as it should");
        }
        words.extend_from_slice(opened.get(..end).unwrap_or_default());
    }
    if count == 0 { Err("no record") } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::vapid::decode;

    const SEALED: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_\
                          yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    #[test]
    fn the_standards_message_is_opened_and_a_spoilt_one_is_not() {
        // RFC 8291 §5.
        let key = SecretKey::from_slice(&decode("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94").unwrap()).unwrap();
        let point = key.public_key().to_sec1_bytes();
        let secret: [u8; 16] = decode("BTBZMqHH6r4Tts7J_aSIgg").unwrap().try_into().unwrap();
        let sealed = decode(SEALED).unwrap();
        let opened = open(&key, &point, &secret, &sealed).unwrap();
        assert_eq!(opened, b"When I grow up, I want to be a watermelon");
        for place in 0..sealed.len() {
            let mut spoilt = sealed.clone();
            spoilt[place] ^= 1;
            // The size of the record is signed by nothing; a larger one changes nothing for a single record.
            if !(16..20).contains(&place) {
                assert!(open(&key, &point, &secret, &spoilt).is_err(), "byte {place}");
            }
            assert!(open(&key, &point, &secret, &sealed[..place]).is_err() || place == 0, "cut at {place}");
        }
    }
}

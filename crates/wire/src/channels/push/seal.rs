//! A payload that only one browser opens: a key from both sides' points and the shared secret, then one record of AES-128-GCM.
//!
//! Deliberately absent: more than one record, and opening, which browsers do.
//!
//! Source: RFC 8291 §3, RFC 8188 §2, RFC 5869.

use hmac::{Hmac, KeyInit, Mac};
use p256::ecdh::diffie_hellman;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sha2::Sha256;

use super::{Subscription, Wrong};

/// Bytes of a payload, padding included: with header, tag and mark no more than the 4,096 that every push service takes.
pub const PLAIN_BYTES_MAX: usize = 3_993;
/// Bytes of the record, as the header says.
const RECORD_BYTES: u32 = 4_096;
/// What ends the last record's words, before padding.
const LAST: u8 = 2;

/// Seals a payload for one browser.
///
/// * `plain` — what the browser's own script is given.
/// * `padded` — bytes that it is made to have with padding, so that its length says less; shorter than it for none.
/// * `salt` — 16 random bytes, never used before.
/// * `key` — 32 random bytes: the private key of this message alone.
///
/// # Errors
/// [`Wrong::Long`], or [`Wrong::Key`] for bytes that are no private key: draw others (one in 2³² is none).
pub fn seal(to: &Subscription, plain: &[u8], padded: usize, salt: [u8; 16], key: [u8; 32]) -> Result<Vec<u8>, Wrong> {
    if plain.len().max(padded) > PLAIN_BYTES_MAX {
        return Err(Wrong::Long);
    }
    let theirs = point(&to.point)?;
    let ours = SecretKey::from_slice(&key).or(Err(Wrong::Key))?;
    let own = ours.public_key().to_sec1_bytes();
    let shared = diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());
    // RFC 8291 §3.4: the shared secret of the subscription goes into the key.
    let both = mac(&to.secret, &[shared.raw_secret_bytes()])?;
    let material = mac(&both, &[b"WebPush: info\0", &to.point, &own, &[1]])?;
    let pseudo = mac(&salt, &[&material])?;
    let content = mac(&pseudo, &[b"Content-Encoding: aes128gcm\0", &[1]])?;
    let nonce = mac(&pseudo, &[b"Content-Encoding: nonce\0", &[1]])?;
    let (Some((content, _)), Some((nonce, _))) = (content.split_first_chunk::<16>(), nonce.split_first_chunk::<12>()) else {
        return Err(Wrong::Key);
    };
    let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, content).or(Err(Wrong::Key))?);
    let mut record = plain.to_vec();
    record.push(LAST);
    record.resize(record.len().max(padded.saturating_add(1)), 0);
    cipher.seal_in_place_append_tag(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut record).or(Err(Wrong::Key))?;
    let mut sealed = Vec::with_capacity(86 + record.len());
    sealed.extend_from_slice(&salt);
    sealed.extend_from_slice(&RECORD_BYTES.to_be_bytes());
    sealed.push(u8::try_from(own.len()).or(Err(Wrong::Key))?);
    sealed.extend_from_slice(&own);
    sealed.extend_from_slice(&record);
    Ok(sealed)
}

/// A public key that is a point of the curve, uncompressed.
pub(super) fn point(bytes: &[u8; 65]) -> Result<PublicKey, Wrong> {
    PublicKey::from_sec1_bytes(bytes).or(Err(Wrong::Point))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], Wrong> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).or(Err(Wrong::Key))?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac.finalize().into_bytes().into())
}

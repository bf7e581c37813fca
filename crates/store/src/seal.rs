//! Personal data at rest: sealed under a key of the customer's own, which is wrapped by the installation's master key.
//!
//! AES-256-GCM-SIV with a nonce made of what is sealed, so that sealing the same twice gives the same bytes, and a replay
//! of the log equal rows; the cipher stays safe when a nonce comes twice. Deliberately absent: randomness; keys come in.

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use sha2::{Digest as _, Sha256};

/// The key of an installation, kept outside the database.
#[derive(Clone)]
pub struct MasterKey(Aes256GcmSiv);

/// The key of one customer. Without it what was sealed under it is noise.
#[derive(Clone)]
pub struct CustomerKey {
    bytes: [u8; 32],
    cipher: Aes256GcmSiv,
}

/// Why something cannot be opened or sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealError {
    /// Another key, another owner, or altered bytes.
    #[error("it was sealed with another key, for somebody else, or was altered")]
    Opened,
    /// More than the cipher takes.
    #[error("it is too long to be sealed")]
    TooLong,
    /// A key that is none.
    #[error("a key is 64 hexadecimal digits")]
    NoKey,
}

/// Bytes of a nonce.
const NONCE: usize = 12;

impl MasterKey {
    /// Of 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Aes256GcmSiv::new(&bytes.into()))
    }

    /// Of 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SealError::NoKey`] for anything else.
    pub fn from_hex(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(SealError::NoKey);
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            let pair = text.get(2 * place..2 * place + 2).ok_or(SealError::NoKey)?;
            *byte = u8::from_str_radix(pair, 16).or(Err(SealError::NoKey))?;
        }
        Ok(Self::new(bytes))
    }

    /// Wraps a customer's key, for nobody but the owner that `aad` names.
    ///
    /// # Errors
    /// [`SealError::TooLong`], which 32 bytes never are.
    pub fn wrap(&self, aad: &[u8], key: &CustomerKey) -> Result<Vec<u8>, SealError> {
        seal(&self.0, "key", aad, &key.bytes)
    }

    /// The key that was wrapped.
    ///
    /// # Errors
    /// [`SealError::Opened`] when it was not wrapped by this key for this owner.
    pub fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Result<CustomerKey, SealError> {
        let bytes: [u8; 32] = open(&self.0, "key", aad, wrapped)?.try_into().or(Err(SealError::Opened))?;
        Ok(CustomerKey::new(bytes))
    }
}

impl CustomerKey {
    /// Of 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { bytes, cipher: Aes256GcmSiv::new(&bytes.into()) }
    }

    /// Seals bytes for a purpose and an owner.
    ///
    /// # Errors
    /// [`SealError::TooLong`] beyond 64 GiB.
    pub fn seal(&self, purpose: &str, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        seal(&self.cipher, purpose, aad, plain)
    }

    /// Opens what was sealed for the same purpose and owner.
    ///
    /// # Errors
    /// [`SealError::Opened`] for anything else.
    pub fn open(&self, purpose: &str, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        open(&self.cipher, purpose, aad, sealed)
    }
}

fn seal(cipher: &Aes256GcmSiv, purpose: &str, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let aad = owner(purpose, aad);
    let mut digest = Sha256::new();
    digest.update(&aad);
    digest.update(plain);
    let digest = digest.finalize();
    let nonce: [u8; NONCE] = digest.first_chunk().copied().ok_or(SealError::TooLong)?;
    let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad }).or(Err(SealError::TooLong))?;
    let mut out = Vec::with_capacity(NONCE + sealed.len());
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

fn open(cipher: &Aes256GcmSiv, purpose: &str, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Opened)?;
    let aad = owner(purpose, aad);
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &aad }).or(Err(SealError::Opened))
}

/// Purpose and owner with the purpose's length in front, so that none reads as another.
fn owner(purpose: &str, aad: &[u8]) -> Vec<u8> {
    let mut owner = Vec::with_capacity(8 + purpose.len() + aad.len());
    owner.extend_from_slice(&u64::try_from(purpose.len()).unwrap_or(u64::MAX).to_be_bytes());
    owner.extend_from_slice(purpose.as_bytes());
    owner.extend_from_slice(aad);
    owner
}

/// Shows nothing.
impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

/// Shows nothing.
impl std::fmt::Debug for CustomerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_purpose_and_owner_only() {
        let (key, other) = (CustomerKey::new([1; 32]), CustomerKey::new([2; 32]));
        let sealed = key.seal("profile", b"ana", b"secret").unwrap();
        assert_eq!(sealed, key.seal("profile", b"ana", b"secret").unwrap(), "the same bytes again");
        assert_eq!(key.open("profile", b"ana", &sealed).unwrap(), b"secret");
        for (key, purpose, owner) in
            [(&other, "profile", &b"ana"[..]), (&key, "message", b"ana"), (&key, "profile", b"bob"), (&key, "profil", b"eana")]
        {
            assert_eq!(key.open(purpose, owner, &sealed), Err(SealError::Opened));
        }
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            assert_eq!(key.open("profile", b"ana", &altered), Err(SealError::Opened), "{place}");
        }
        assert_eq!(key.open("profile", b"ana", b"short"), Err(SealError::Opened));
    }

    #[test]
    fn a_key_is_unwrapped_by_the_master_key_that_wrapped_it() {
        let (master, other) = (MasterKey::from_hex(&"0f".repeat(32)).unwrap(), MasterKey::new([3; 32]));
        let wrapped = master.wrap(b"ana", &CustomerKey::new([1; 32])).unwrap();
        assert_eq!(master.unwrap(b"ana", &wrapped).unwrap().bytes, [1; 32]);
        assert!(other.unwrap(b"ana", &wrapped).is_err() && master.unwrap(b"bob", &wrapped).is_err());
        for bad in ["", "0f", &"0g".repeat(32), &"é".repeat(32)] {
            assert!(MasterKey::from_hex(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_show_nothing() {
        assert_eq!(format!("{:?} {:?}", MasterKey::new([0xab; 32]), CustomerKey::new([0xab; 32])), "MasterKey(***) CustomerKey(***)");
    }
}

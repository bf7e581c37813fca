//! Personal data at rest: sealed under a key of the customer's own, which is wrapped by the installation's master key.
//!
//! AES-256-GCM-SIV with a nonce made of what is sealed, so that sealing the same twice gives the same bytes, and a replay
//! of the log equal rows; the cipher stays safe when a nonce comes twice. The nonce stands in the clear beside what is sealed
//! and outlives the key, so it is a hash that only the key's holder can compute: otherwise whoever guesses a telephone number
//! could confirm the guess after the person was erased. Deliberately absent: randomness; keys come in.

use aes_gcm_siv::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The key of an installation, kept outside the database.
#[derive(Clone)]
pub struct MasterKey(Sealer);

/// The key of one customer. Without it what was sealed under it is noise.
#[derive(Clone)]
pub struct CustomerKey {
    bytes: Zeroizing<[u8; 32]>,
    sealer: Sealer,
}

/// What a key is good for. Its parts are wiped from memory when it goes.
#[derive(Clone)]
struct Sealer {
    cipher: Aes256GcmSiv,
    /// A second key, made of the first: what nonces are hashed with.
    nonces: Zeroizing<[u8; 32]>,
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
        Self(Sealer::new(&bytes))
    }

    /// Of 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`SealError::NoKey`] for anything else.
    pub fn from_hex(text: &str) -> Result<Self, SealError> {
        let text = text.trim();
        let mut bytes = Zeroizing::new([0; 32]);
        if text.len() != 64 || !text.is_ascii() {
            return Err(SealError::NoKey);
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            let pair = text.get(2 * place..2 * place + 2).ok_or(SealError::NoKey)?;
            *byte = u8::from_str_radix(pair, 16).or(Err(SealError::NoKey))?;
        }
        Ok(Self(Sealer::new(&bytes)))
    }

    /// Seals bytes that are no customer's for a purpose and an owner.
    ///
    /// # Errors
    /// [`SealError::TooLong`] beyond 64 GiB.
    pub fn seal(&self, purpose: &str, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.seal(purpose, aad, plain)
    }

    /// Opens what was sealed for the same purpose and owner.
    ///
    /// # Errors
    /// [`SealError::Opened`] for anything else.
    pub fn open(&self, purpose: &str, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.0.open(purpose, aad, sealed)
    }

    /// A mark by which something can be found again without being readable: equal for equal bytes, purpose and owner, and
    /// computed by nobody who has not this key.
    #[must_use]
    pub fn mark(&self, purpose: &str, aad: &[u8], plain: &[u8]) -> [u8; 16] {
        let digest = self.0.digest(&owner(purpose, aad), plain);
        let mut mark = [0; 16];
        mark.copy_from_slice(&digest[16..]); // nonces are made of the other half
        mark
    }

    /// Wraps a customer's key, for nobody but the owner that `aad` names.
    ///
    /// # Errors
    /// [`SealError::TooLong`], which 32 bytes never are.
    pub fn wrap(&self, aad: &[u8], key: &CustomerKey) -> Result<Vec<u8>, SealError> {
        self.0.seal("key", aad, key.bytes.as_slice())
    }

    /// The key that was wrapped.
    ///
    /// # Errors
    /// [`SealError::Opened`] when it was not wrapped by this key for this owner.
    pub fn unwrap(&self, aad: &[u8], wrapped: &[u8]) -> Result<CustomerKey, SealError> {
        let bytes: [u8; 32] = Zeroizing::new(self.0.open("key", aad, wrapped)?).as_slice().try_into().or(Err(SealError::Opened))?;
        Ok(CustomerKey::new(bytes))
    }
}

impl CustomerKey {
    /// Of 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { sealer: Sealer::new(&bytes), bytes: Zeroizing::new(bytes) }
    }

    /// Seals bytes for a purpose and an owner.
    ///
    /// # Errors
    /// [`SealError::TooLong`] beyond 64 GiB.
    pub fn seal(&self, purpose: &str, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.sealer.seal(purpose, aad, plain)
    }

    /// Opens what was sealed for the same purpose and owner.
    ///
    /// # Errors
    /// [`SealError::Opened`] for anything else.
    pub fn open(&self, purpose: &str, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.sealer.open(purpose, aad, sealed)
    }
}

impl Sealer {
    fn new(key: &[u8; 32]) -> Self {
        let nonces = Sha256::new().chain_update(b"regua nonce key 1").chain_update(key).finalize();
        Self { cipher: Aes256GcmSiv::new(key.into()), nonces: Zeroizing::new(nonces.into()) }
    }

    /// A hash that only the key's holder can compute.
    fn digest(&self, owner: &[u8], plain: &[u8]) -> [u8; 32] {
        let digest = Sha256::new()
            .chain_update(self.nonces.as_slice())
            .chain_update(u64::try_from(owner.len()).unwrap_or(u64::MAX).to_be_bytes())
            .chain_update(owner)
            .chain_update(plain)
            .finalize();
        digest.into()
    }

    fn seal(&self, purpose: &str, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let aad = owner(purpose, aad);
        let digest = self.digest(&aad, plain);
        let nonce: [u8; NONCE] = digest.first_chunk().copied().ok_or(SealError::TooLong)?;
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &aad }).or(Err(SealError::TooLong))?;
        let mut out = Vec::with_capacity(NONCE + sealed.len());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    fn open(&self, purpose: &str, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Opened)?;
        let aad = owner(purpose, aad);
        self.cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &aad }).or(Err(SealError::Opened))
    }
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
        assert_eq!(master.unwrap(b"ana", &wrapped).unwrap().bytes.as_slice(), [1; 32]);
        assert!(other.unwrap(b"ana", &wrapped).is_err() && master.unwrap(b"bob", &wrapped).is_err());
        for bad in ["", "0f", &"0g".repeat(32), &"é".repeat(32)] {
            assert!(MasterKey::from_hex(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_show_nothing() {
        assert_eq!(format!("{:?} {:?}", MasterKey::new([0xab; 32]), CustomerKey::new([0xab; 32])), "MasterKey(***) CustomerKey(***)");
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn the_format_is_the_one_that_was_stored_before() {
        // Computed with another implementation (Python's `cryptography`), which was checked against RFC 8452 appendix C.2.
        let key = CustomerKey::new(std::array::from_fn(|place| u8::try_from(place).unwrap()));
        let sealed = key.seal("profile", b"tenant customer", "Ana Lúcia, +55 11 98765-4321".as_bytes()).unwrap();
        let expected = "18e7050e681f3d15644d01a2f177699e19ed031bfd99c33ee13984d09f4ed4fe6dca8c0d5823fe978c220e21bd9fbba7e24180b07e0abf78b2";
        assert_eq!(hex(&sealed), expected);
        let wrapped = MasterKey::new([9; 32]).wrap(b"ana", &key).unwrap();
        let expected =
            "ed2552be3c896c7f26e130fa7bfbf95ee1c380fdd640abe2030df68ba8dc6db1e0b34e92cfafe75d68ec5bae6af83bf9c877d8e357e06b8933f1eb34";
        assert_eq!(hex(&wrapped), expected);
    }

    #[test]
    fn the_cipher_gives_the_answers_of_its_standard() {
        // RFC 8452 appendix C.2.
        let (mut key, mut nonce) = ([0; 32], [0; 12]);
        (key[0], nonce[0]) = (1, 3);
        let cipher = Aes256GcmSiv::new(&key.into());
        for (plain, expected) in
            [(&[][..], "07f5f4169bbf55a8400cd47ea6fd400f"), (&[1, 0, 0, 0, 0, 0, 0, 0], "c2ef328e5c71c83b843122130f7364b761e0b97427e3df28")]
        {
            assert_eq!(hex(&cipher.encrypt(&Nonce::from(nonce), plain).unwrap()), expected);
        }
    }

    #[test]
    fn the_nonce_confirms_no_guess_without_the_key() {
        let sealed = |key: u8| CustomerKey::new([key; 32]).seal("profile", b"ana", b"+55 11 98765-4321").unwrap();
        assert_ne!(sealed(1)[..NONCE], sealed(2)[..NONCE]);
    }

    #[test]
    fn owner_and_text_do_not_run_into_each_other() {
        let key = CustomerKey::new([1; 32]);
        let nonce = |owner: &[u8], plain: &[u8]| key.seal("profile", owner, plain).unwrap()[..NONCE].to_vec();
        assert_ne!(nonce(b"ana", b"bob"), nonce(b"an", b"abob"));
    }

    #[test]
    fn what_was_cut_or_lengthened_does_not_open() {
        let key = CustomerKey::new([1; 32]);
        let mut sealed = key.seal("profile", b"ana", b"secret").unwrap();
        for length in 0..sealed.len() {
            assert_eq!(key.open("profile", b"ana", &sealed[..length]), Err(SealError::Opened), "{length}");
        }
        sealed.push(0);
        assert_eq!(key.open("profile", b"ana", &sealed), Err(SealError::Opened));
    }
}

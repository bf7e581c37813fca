//! Tokens: what a browser or a program shows to say who it is. One says whose it is in the clear, so that it is looked up among
//! the rows of its own tenant, and then 32 random bytes, of which only a hash is stored.

use regua_core::ids::TenantId;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::ports::Rng;
use crate::secret::Secret;

/// What a token is for; its text begins with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    /// A program's key.
    Key,
    /// A person's session.
    Session,
    /// An invitation or a reset.
    Once,
}

impl Sort {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Key => "rk",
            Self::Session => "rs",
            Self::Once => "rt",
        }
    }
}

/// A token that somebody shows. Its secret is wiped when it goes.
pub(super) struct Token {
    /// Whose rows it is looked for in.
    pub(super) tenant: TenantId,
    /// The row.
    pub(super) id: [u8; 16],
    secret: Zeroizing<[u8; 32]>,
}

impl Token {
    /// A new one.
    pub(super) fn new(tenant: TenantId, id: [u8; 16], rng: &mut dyn Rng) -> Self {
        Self { tenant, id, secret: Zeroizing::new(rng.bytes()) }
    }

    /// Reads one: exactly as it was written, or not at all.
    pub(super) fn parse(sort: Sort, text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        if parts.next()? != sort.prefix() {
            return None;
        }
        let tenant = TenantId::from_bytes(unhex(parts.next()?)?).ok()?;
        let (id, secret) = (unhex(parts.next()?)?, Zeroizing::new(unhex(parts.next()?)?));
        parts.next().is_none().then_some(Self { tenant, id, secret })
    }

    /// Its text, which is shown once.
    pub(super) fn text(&self, sort: Sort) -> Secret {
        Secret::new(&Zeroizing::new(format!("{}{}", self.open(sort), hex(self.secret.as_slice()))))
    }

    /// What is no secret of it: everything before the random part.
    pub(super) fn open(&self, sort: Sort) -> String {
        open(sort, self.tenant, self.id)
    }

    /// What is stored of it.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.as_slice()).into()
    }

    /// Whether this is what was stored of it. Takes as long whatever differs.
    pub(super) fn is(&self, hash: &[u8]) -> bool {
        self.hash().as_slice().ct_eq(hash).into()
    }

    /// What a form of a session must repeat: made of the secret, so that it is stored nowhere.
    pub(super) fn csrf(&self) -> [u8; 32] {
        Sha256::new().chain_update(b"regua form token 1").chain_update(self.secret.as_slice()).finalize().into()
    }
}

/// The part of a token that is no secret.
pub(super) fn open(sort: Sort, tenant: TenantId, id: [u8; 16]) -> String {
    format!("{}_{}_{}_", sort.prefix(), hex(&tenant.to_bytes()), hex(&id))
}

/// The tenant that a token names, whatever it is for. It says nothing of whether the token is good.
#[must_use]
pub fn tenant_of(token: &str) -> Option<TenantId> {
    [Sort::Key, Sort::Session, Sort::Once].iter().find_map(|sort| Token::parse(*sort, token)).map(|token| token.tenant)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Lower-case digits of exactly as many bytes.
fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)) {
        return None;
    }
    let mut bytes = [0; N];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Rng;
    use proptest::prelude::*;

    struct Fixed(u8);

    impl Rng for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn token(secret: u8) -> Token {
        Token::new(TenantId::new(1_700_000_000_000, [1; 10]), [2; 16], &mut Fixed(secret))
    }

    #[test]
    fn a_token_is_read_as_it_was_written_and_as_nothing_else() {
        let one = token(0xab);
        let text = one.text(Sort::Key);
        let read = Token::parse(Sort::Key, text.expose()).unwrap();
        assert_eq!((read.tenant, read.id), (one.tenant, one.id));
        assert!(read.is(&one.hash()) && !read.is(&token(0xac).hash()) && !read.is(&[]));
        assert_eq!(text.expose().len(), 3 + 32 + 1 + 32 + 1 + 64);
        assert!(text.expose().starts_with(&one.open(Sort::Key)));
        let text = text.expose();
        for bad in [&text.to_uppercase(), &format!("{text}_"), &format!("{text}0"), &text[1..], &text.replace("rk_", "rs_"), ""] {
            assert!(Token::parse(Sort::Key, bad).is_none(), "{bad}");
        }
        assert_eq!(tenant_of(text), Some(one.tenant));
        assert_eq!(tenant_of("rk_0_0_0"), None);
    }

    #[test]
    fn what_a_form_repeats_tells_nothing_of_what_is_stored() {
        assert_ne!(token(1).csrf(), token(1).hash());
        assert_ne!(token(1).csrf(), token(2).csrf());
    }

    proptest! {
        #[test]
        fn nothing_that_is_shown_panics(text in "\\PC{0,200}", cut in 0..140_usize) {
            prop_assert!(Token::parse(Sort::Session, &text).is_none());
            let good = token(3).text(Sort::Session);
            let spoilt: String = good.expose().chars().take(cut).chain(text.chars()).collect();
            if let Some(read) = Token::parse(Sort::Session, &spoilt) {
                let text = read.text(Sort::Session);
                prop_assert_eq!(text.expose(), spoilt.as_str());
            }
        }
    }
}

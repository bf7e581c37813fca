//! A company with people.

use hmac::{Hmac, KeyInit, Mac};
use regua_core::ids::{PersonId, TenantId};
use regua_core::time::Instant;
use regua_engine::people::{Caller, Credentials, Limit, NewPerson, Role, SignIn, SignedIn, Standing, Who};
use regua_engine::replay::{Verdict, verify};
use regua_engine::secret::Secret;
use regua_engine::{Engine, Error, Result};
use regua_store::seal::MasterKey;
use sha1::Sha1;

use crate::common::{Counting, at, on_both, open};

pub(crate) const ANA: NewPerson<'_> = NewPerson { name: "Ana Souza", email: "Ana.Souza@Nuvem.example" };
pub(crate) const BIA: NewPerson<'_> = NewPerson { name: "Bia Lima", email: "bia@nuvem.example" };
pub(crate) const CAIO: NewPerson<'_> = NewPerson { name: "Caio Reis", email: "caio@nuvem.example" };
pub(crate) const ANA_WORD: &str = "pão de queijo às sete";
pub(crate) const BIA_WORD: &str = "correct horse battery staple";
pub(crate) const FROM: &str = "203.0.113.7";

/// A company whose owner is Ana.
pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) tenant: TenantId,
    pub(crate) rng: Counting,
    pub(crate) ana: PersonId,
}

pub(crate) fn now() -> Instant {
    at("2026-03-02T09:00")
}

/// So many seconds later.
pub(crate) fn later(at: Instant, secs: i64) -> Instant {
    Instant::from_micros(at.micros() + secs * 1_000_000)
}

pub(crate) fn engine(url: &str) -> Engine {
    Engine::new(open(url), MasterKey::new([7; 32]))
}

/// Runs a test over a company on every database; afterwards the log explains everything.
pub(crate) fn on_houses(test: impl Fn(&mut House)) {
    on_both(|url| {
        let mut house = House::new(url);
        test(&mut house);
        house.assert_clean();
    });
}

impl House {
    pub(crate) fn new(url: &str) -> Self {
        let engine = engine(url);
        let mut rng = Counting(1);
        let tenant = engine.add_tenant("Nuvem", at("2026-01-01T00:00"), &mut rng).unwrap();
        let ana = engine.set_up(tenant, ANA, ANA_WORD, now(), &mut rng).unwrap();
        Self { engine, tenant, rng, ana }
    }

    pub(crate) fn try_in(&mut self, email: &str, password: &str, code: Option<&str>, at: Instant) -> SignIn {
        let typed = Credentials { email, password, code };
        self.engine.sign_in(self.tenant, typed, FROM, at, &mut self.rng).unwrap()
    }

    pub(crate) fn sign_in(&mut self, email: &str, password: &str, at: Instant) -> SignedIn {
        match self.try_in(email, password, None, at) {
            SignIn::Done(done) => *done,
            other @ (SignIn::NeedsCode | SignIn::Refused | SignIn::Throttled { .. }) => panic!("{other:?}"),
        }
    }

    /// Ana, signed in.
    pub(crate) fn ana(&mut self) -> Caller {
        self.sign_in(ANA.email, ANA_WORD, now()).caller
    }

    /// Somebody who was invited by Ana and has accepted, signed in.
    pub(crate) fn somebody(&mut self, new: NewPerson<'_>, role: Role, limit: Option<i64>) -> Caller {
        let ana = self.ana();
        let standing = Standing { role, limit: limit.and_then(Limit::new) };
        let (_, token) = self.engine.invite(&ana, new, standing, now(), &mut self.rng).unwrap();
        self.engine.accept(token.expose(), BIA_WORD, now(), &mut self.rng).unwrap();
        self.sign_in(new.email, BIA_WORD, now()).caller
    }

    /// Turns a second factor on; its secret and the recovery codes.
    pub(crate) fn second_factor(&mut self, of: &Caller, at: Instant) -> (Vec<u8>, Vec<Secret>) {
        let enrolment = self.engine.enrol_second_factor(of, at, &mut self.rng).unwrap();
        let secret = unbase32(enrolment.secret.expose());
        let codes = self.engine.confirm_second_factor(of, &code(&secret, at), at, &mut self.rng).unwrap();
        (secret, codes)
    }

    /// Somebody as a session would find them.
    pub(crate) fn caller(&self, person: PersonId, role: Role, limit: Option<Limit>) -> Caller {
        let (tenant, who, name) = (self.tenant, Who::Person(person), "Maker".to_owned());
        Caller { tenant, who, name, role: Some(role), scopes: role.scopes(), limit, csrf: None, session: None }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let scratch = tempfile::tempdir().unwrap();
        verify(&self.engine, self.tenant, scratch.path(), &mut |_, _| {}).unwrap()
    }

    pub(crate) fn assert_clean(&self) {
        let verdict = self.verdict();
        assert!(verdict.is_clean(), "{:#?}", verdict.findings);
    }
}

/// Whether it ended in somebody being let in.
pub(crate) fn is_in(done: &SignIn) -> bool {
    matches!(done, SignIn::Done(_))
}

pub(crate) fn is_refused(done: &SignIn) -> bool {
    matches!(done, SignIn::Refused)
}

/// The code of an error.
pub(crate) fn refused<T>(done: Result<T>) -> &'static str {
    done.err().map_or("done", |error: Error| error.code)
}

/// RFC 6238, once more.
pub(crate) fn code(secret: &[u8], at: Instant) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).unwrap();
    mac.update(&(at.secs() / 30).to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let from = usize::from(mac[19] % 16);
    let word = u32::from_be_bytes(mac[from..from + 4].try_into().unwrap()) % (1 << 31);
    format!("{:06}", word % 1_000_000)
}

fn unbase32(text: &str) -> Vec<u8> {
    let bits: Vec<u8> = text
        .bytes()
        .map(|c| if c.is_ascii_uppercase() { c - b'A' } else { c - b'2' + 26 })
        .flat_map(|five| (0..5).rev().map(move |bit| (five >> bit) & 1))
        .collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value * 2 + bit)).collect()
}

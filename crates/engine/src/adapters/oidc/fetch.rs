//! Asking a provider, within the time of one sign-in.
//!
//! Each request has a connection of its own, to the address that the provider's document names. Deliberately absent: redirects,
//! and bodies beyond [`BODY_BYTES_MAX`].

use std::time::{Duration, Instant};

use regua_wire::gateways::{Request, Response, Trouble, Verb};
use regua_wire::oidc::{Address, BODY_BYTES_MAX, What, Wrong};

use super::error::OidcError;
use crate::adapters::http::{self, BadSettings, Carrier, Credential, Http};
use crate::adapters::net::Roots;

/// Bytes that are read of a body: one more than are taken, so that a longer one is known.
const CUT: u64 = 1 + (256 << 10);
const _: () = assert!(BODY_BYTES_MAX == 256 << 10, "a longer body must be known for what it is");

/// How providers are asked.
#[derive(Debug)]
pub(super) struct Fetch {
    roots: Roots,
    pub(super) patience: Duration,
}

/// The requests of one sign-in, and when it began.
pub(super) struct Sent<'a> {
    fetch: &'a Fetch,
    began: Instant,
}

impl Fetch {
    pub(super) fn new(roots: &Roots, patience: Duration) -> Result<Self, BadSettings> {
        http::Settings { roots: roots.clone(), ..http::Settings::new("https://provider.invalid") }.check()?;
        Ok(Self { roots: roots.clone(), patience })
    }

    pub(super) fn start(&self) -> Sent<'_> {
        Sent { fetch: self, began: Instant::now() }
    }
}

impl Sent<'_> {
    /// The body of a 200.
    pub(super) fn get(&mut self, what: What, address: &Address, credential: Option<&Credential>) -> Result<Vec<u8>, OidcError> {
        let answer = self.carry(what, address, request(Verb::Get, address, Vec::new()), credential)?;
        if answer.status == 200 { Ok(answer.body) } else { Err(OidcError::Answered { what, status: answer.status }) }
    }

    /// The answer to a form, whatever its status.
    pub(super) fn post(
        &mut self,
        what: What,
        address: &Address,
        form: Vec<u8>,
        credential: Option<&Credential>,
    ) -> Result<Response, OidcError> {
        let mut request = request(Verb::Post, address, form);
        request.headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        self.carry(what, address, request, credential)
    }

    fn carry(&mut self, what: What, address: &Address, request: Request, credential: Option<&Credential>) -> Result<Response, OidcError> {
        let left = self.fetch.patience.saturating_sub(self.began.elapsed());
        let unreachable = |why: String| OidcError::Unreachable { what, why };
        if left.is_zero() {
            return Err(unreachable("the provider took too long before".to_owned()));
        }
        // Whether it may be spoken with in the clear was settled where the address was read.
        let roots = self.fetch.roots.clone();
        let settings = http::Settings { roots, connect: left, whole: left, ..http::Settings::new(&address.origin) };
        let mut http = Http::new(&settings).map_err(|bad| unreachable(bad.0))?.cut_at(CUT);
        let answer = http.carry(&request, credential.map(std::slice::from_ref).unwrap_or_default());
        let answer = answer.map_err(|trouble| match trouble {
            Trouble::Refused { code, .. } if code == "redirect" => OidcError::Redirected { what },
            Trouble::Outage { why, .. } | Trouble::Unknown { why } | Trouble::Refused { why, .. } => unreachable(why),
            Trouble::NotFound => unreachable("it is not there".to_owned()),
        })?;
        if answer.body.len() > BODY_BYTES_MAX { Err(Wrong::TooLong(what).into()) } else { Ok(answer) }
    }
}

fn request(method: Verb, address: &Address, body: Vec<u8>) -> Request {
    Request { method, path: address.path.clone(), headers: Vec::new(), body, repeatable: false }
}

//! Requests of a gateway's dialect over real HTTP, one at a time, and exactly what became of each.
//!
//! What may be done next hangs on one question: can the far side have it? Until the first byte of a request was handed to the
//! system it surely has not ([`Trouble::Outage`]). From then on a request that changes something is in doubt
//! ([`Trouble::Unknown`]), until an answer says otherwise. Deliberately absent: redirects, proxies, cookies, compression, a
//! way to accept a certificate that does not check out, and what an answer means, which its dialect knows.

pub(super) mod dial;

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use regua_wire::gateways::{Request, Response, Trouble, Verb};
use ureq::http::{self, HeaderValue, Uri};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector, TcpConnector};

use super::net::{Roots, is_this_machine};
use crate::secret::Secret;
use dial::Dial;

/// Bytes of an answer that are read; a longer one is none.
pub const ANSWER_BYTES_MAX: u64 = 4 << 20;
/// How often a repeatable request is sent again, within the time of the whole call, when nobody knows what became of it.
pub const REPEATS_MAX: u32 = 2;
/// What is left of the time of a call for which it is begun again.
const LEFT_MIN: Duration = Duration::from_millis(500);
/// The longest wait that a far side can ask for: a day.
const WAIT_SECS_MAX: u64 = 86_400;
/// How long a connection may lie unused and be used again.
const IDLE_MAX: Duration = Duration::from_secs(10);
const AGENT: &str = concat!("regua/", env!("CARGO_PKG_VERSION"));

/// Carries a request, and says what came back. A test, the read-only switch and the network are behind it.
pub trait Carrier: Send {
    /// Sends a request with what authenticates it.
    ///
    /// # Errors
    /// [`Trouble::Outage`] when the far side surely did nothing, [`Trouble::Unknown`] when it may have, [`Trouble::Refused`]
    /// when it was not sent because it must not be. An answer is no error, whatever it says, except for 429, 503 with
    /// `Retry-After`, and a redirect.
    fn carry(&mut self, request: &Request, credentials: &[Credential]) -> Result<Response, Trouble>;
}

impl<C: Carrier + ?Sized> Carrier for Box<C> {
    fn carry(&mut self, request: &Request, credentials: &[Credential]) -> Result<Response, Trouble> {
        (**self).carry(request, credentials)
    }
}

/// A header that authenticates. Its value does not show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credential {
    name: &'static str,
    value: Secret,
}

impl Credential {
    /// A header of the gateway's own.
    #[must_use]
    pub const fn header(name: &'static str, value: Secret) -> Self {
        Self { name, value }
    }

    /// `Authorization: Bearer …`.
    #[must_use]
    pub fn bearer(token: &Secret) -> Self {
        Self::header("authorization", Secret::new(&format!("Bearer {}", token.expose())))
    }

    /// `Authorization: Basic …`.
    #[must_use]
    pub fn basic(user: &str, password: &Secret) -> Self {
        let pair = BASE64.encode(format!("{user}:{}", password.expose()));
        Self::header("authorization", Secret::new(&format!("Basic {pair}")))
    }
}

/// What says who we are in TLS: a certificate that the gateway demands (mTLS).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The certificate and those between it and its authority, in PEM.
    pub chain: Vec<u8>,
    /// Its private key, in PEM.
    pub key: Secret,
}

/// Where a gateway is and how it is reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// `https://` with host, port if another, and whatever every path begins with.
    pub base: String,
    /// Who may have signed its certificate.
    pub roots: Roots,
    /// For gateways that demand a certificate of us.
    pub identity: Option<Identity>,
    /// Whether `http://` may leave this machine. Only for a network that protects by itself.
    pub plain_anywhere: bool,
    /// How long finding and reaching it may take, TLS included.
    pub connect: Duration,
    /// How long a call may take in all, repeats included.
    pub whole: Duration,
}

impl Settings {
    /// A gateway behind a public certificate, with patience for a card network: 10 seconds to reach it, 60 in all.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let (connect, whole) = (Duration::from_secs(10), Duration::from_secs(60));
        Self { base: base.to_owned(), roots: Roots::Public, identity: None, plain_anywhere: false, connect, whole }
    }

    /// Whether they can be used, without asking anybody.
    ///
    /// # Errors
    /// [`BadSettings`] says which is wrong, and the mend.
    pub fn check(&self) -> Result<(), BadSettings> {
        self.base()?;
        dial::client(&self.roots, self.identity.as_ref()).map(drop).map_err(BadSettings)
    }

    fn base(&self) -> Result<String, BadSettings> {
        let bad = |why: &str| Err(BadSettings(format!("the gateway's address {why}; write it as https://host/path")));
        let Ok(uri) = self.base.parse::<Uri>() else { return bad("cannot be read") };
        let Some(authority) = uri.authority() else { return bad("has no host") };
        if authority.as_str().contains('@') {
            return bad("holds a user's name: keys have settings of their own");
        }
        if uri.query().is_some() || self.base.contains('#') {
            return bad("ends in a query");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if self.plain_anywhere || is_this_machine(host) => {}
            Some("http") => return bad("is not protected by TLS, and is not on this machine"),
            _ => return bad("is no web address"),
        }
        Ok(self.base.trim_end_matches('/').to_owned())
    }
}

/// Settings that cannot be used, and why.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadSettings(pub String);

/// A gateway over the network.
pub struct Http {
    base: String,
    whole: Duration,
    /// Keeps connections: for requests that do no harm when they meet one that just closed.
    kept: ureq::Agent,
    /// A connection for each request: for those whose doubt would stay.
    fresh: ureq::Agent,
    /// Whether a byte of the request at hand was handed to the system.
    sent: Arc<AtomicBool>,
    /// Bytes after which an answer is cut, when whoever asks wants that.
    cut: Option<u64>,
}

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Http({})", self.base)
    }
}

/// What became of one try.
enum Missed {
    /// The far side surely does not have it.
    NotSent(String),
    /// It says that it does nothing now.
    Busy { why: String, wait_secs: Option<u64> },
    /// It has it, or not.
    InDoubt(String),
    /// It must not be sent as it is.
    Bad { code: &'static str, why: String },
}

impl Http {
    /// Gets ready; nothing is sent.
    ///
    /// # Errors
    /// [`BadSettings`], as [`Settings::check`].
    pub fn new(settings: &Settings) -> Result<Self, BadSettings> {
        let base = settings.base()?;
        let tls = dial::client(&settings.roots, settings.identity.as_ref()).map_err(BadSettings)?;
        let sent = Arc::new(AtomicBool::new(false));
        let agent = |idle: usize| {
            let config = ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .proxy(None)
                .user_agent(AGENT)
                .accept("application/json")
                .timeout_resolve(Some(settings.connect))
                .timeout_connect(Some(settings.connect))
                .timeout_global(Some(settings.whole))
                .max_idle_connections(idle)
                .max_idle_connections_per_host(idle)
                .max_idle_age(IDLE_MAX)
                .build();
            let dial = ().chain(TcpConnector::default()).chain(Dial { tls: Arc::clone(&tls), sent: Arc::clone(&sent) });
            ureq::Agent::with_parts(config, dial, DefaultResolver::default())
        };
        Ok(Self { base, whole: settings.whole, kept: agent(1), fresh: agent(0), sent, cut: None })
    }

    /// An answer of more bytes is cut there, instead of being none: for whoever tells one that is too long from one that broke off.
    #[must_use]
    pub fn cut_at(mut self, bytes: u64) -> Self {
        self.cut = Some(bytes);
        self
    }

    /// One try, in the time that is left.
    fn once(&self, request: &Request, credentials: &[Credential], left: Duration) -> Result<Response, Missed> {
        let built = self.build(request, credentials)?;
        let agent = if request.repeatable || request.method.only_reads() { &self.kept } else { &self.fresh };
        self.sent.store(false, Ordering::SeqCst);
        let (parts, ()) = built.into_parts();
        let answer = if request.body.is_empty() && matches!(request.method, Verb::Get | Verb::Delete) {
            let built = http::Request::from_parts(parts, ());
            agent.run(agent.configure_request(built).timeout_global(Some(left)).build())
        } else {
            let built = http::Request::from_parts(parts, request.body.as_slice());
            agent.run(agent.configure_request(built).timeout_global(Some(left)).build())
        };
        let (parts, body) = answer.map_err(|error| self.missed(&error))?.into_parts();
        let headers: Vec<(String, String)> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let later = headers.iter().find(|(name, _)| name == "retry-after").map(|(_, value)| value.trim());
        let status = parts.status.as_u16();
        if status == 429 || (status == 503 && later.is_some()) {
            return Err(Missed::Busy { why: format!("it answers {status}: too much, or not now"), wait_secs: later.and_then(wait) });
        }
        if parts.status.is_redirection() {
            let why = format!("it answers {status} and sends us elsewhere, where no key is sent; compare the gateway's address");
            return Err(Missed::Bad { code: "redirect", why });
        }
        let body = match self.cut {
            None => body.into_with_config().limit(ANSWER_BYTES_MAX).read_to_vec(),
            Some(bytes) => {
                let mut cut = Vec::new();
                body.into_reader().take(bytes).read_to_end(&mut cut).map(|_bytes| cut).map_err(ureq::Error::from)
            }
        };
        let body = body.map_err(|error| Missed::InDoubt(format!("its answer ({status}) broke off: {}", describe(&error))))?;
        Ok(Response { status, headers, body })
    }

    fn build(&self, request: &Request, credentials: &[Credential]) -> Result<http::Request<()>, Missed> {
        let bad = |why: &str| Missed::Bad { code: "request", why: why.to_owned() };
        if !request.path.starts_with('/') {
            return Err(bad("the path does not begin with /; this is a mistake of the dialect's"));
        }
        let uri: Uri =
            format!("{}{}", self.base, request.path).parse().or(Err(bad("its path is no path; a name or key may hold blanks")))?;
        let mut built = http::Request::builder().method(request.method.as_str()).uri(uri);
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        for credential in credentials {
            let value = HeaderValue::from_str(credential.value.expose());
            let mut value = value.or(Err(bad("the key cannot stand in a header; it may hold a line's end")))?;
            value.set_sensitive(true);
            built = built.header(credential.name, value);
        }
        built.body(()).or(Err(bad("one of its headers cannot be sent; a name or key may hold a line's end")))
    }

    /// What an error means for the far side.
    fn missed(&self, error: &ureq::Error) -> Missed {
        if dial::is_turned_away(error) {
            return Missed::NotSent(format!("it does not take our certificate: {}", describe(error)));
        }
        if self.sent.load(Ordering::SeqCst) {
            return Missed::InDoubt(describe(error));
        }
        if matches!(error, ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::Protocol(_)) {
            return Missed::Bad { code: "request", why: "it cannot be sent as it is; this is a mistake of the dialect's".to_owned() };
        }
        Missed::NotSent(describe(error))
    }
}

impl Carrier for Http {
    fn carry(&mut self, request: &Request, credentials: &[Credential]) -> Result<Response, Trouble> {
        let start = Instant::now();
        let mut doubt: Option<String> = None;
        for turn in 0..=REPEATS_MAX {
            let left = self.whole.saturating_sub(start.elapsed());
            if turn > 0 && left < LEFT_MIN {
                break;
            }
            let missed = match self.once(request, credentials, left) {
                // One that was not let in, or met a failure, says nothing of the one before it.
                Ok(Response { status: 401 | 403 | 500.., .. }) if doubt.is_some() => break,
                Ok(response) => return Ok(response),
                Err(missed) => missed,
            };
            match missed {
                Missed::InDoubt(why) => {
                    doubt.get_or_insert(why);
                }
                // The earlier try may still have arrived: what is sure of this one says nothing of that one.
                Missed::NotSent(_) | Missed::Busy { .. } | Missed::Bad { .. } if doubt.is_some() => break,
                Missed::NotSent(why) => return Err(Trouble::Outage { why, wait_secs: None }),
                Missed::Busy { why, wait_secs } => return Err(Trouble::Outage { why, wait_secs }),
                Missed::Bad { code, why } => return Err(Trouble::Refused { code: code.to_owned(), why }),
            }
            if !request.repeatable {
                break;
            }
        }
        let why = doubt.unwrap_or_else(|| "no time was left for it".to_owned());
        Err(if request.method.only_reads() { Trouble::Outage { why, wait_secs: None } } else { Trouble::Unknown { why } })
    }
}

/// Lets through only what changes nothing at the far side: over a biller whose money is not ours to move.
#[derive(Debug)]
pub struct ReadOnly<C>(pub C);

impl<C: Carrier> Carrier for ReadOnly<C> {
    fn carry(&mut self, request: &Request, credentials: &[Credential]) -> Result<Response, Trouble> {
        if request.method.only_reads() {
            return self.0.carry(request, credentials);
        }
        let why = format!(
            "{} is not sent: this gateway is only mirrored; take over collection first, or give it a gateway of its own",
            request.method.as_str()
        );
        Err(Trouble::Refused { code: "read_only".to_owned(), why })
    }
}

/// For how many seconds the far side asks not to be asked. Of a date nothing is made: clocks differ.
fn wait(secs: &str) -> Option<u64> {
    let digits = !secs.is_empty() && secs.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too long is a long wait.
    digits.then(|| secs.parse().unwrap_or(WAIT_SECS_MAX).min(WAIT_SECS_MAX))
}

/// What happened, without the address: a path may hold a name.
fn describe(error: &ureq::Error) -> String {
    if let ureq::Error::Timeout(which) = error {
        return format!("it took too long ({which})");
    }
    if let ureq::Error::BodyExceedsLimit(bytes) = error {
        return format!("its answer is longer than {bytes} bytes");
    }
    if matches!(error, ureq::Error::HostNotFound) {
        return "its host has no address; compare the gateway's address and look at the network".to_owned();
    }
    if matches!(error, ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_)) {
        return "its address cannot be used".to_owned();
    }
    error.to_string()
}

#[cfg(test)]
mod tests;

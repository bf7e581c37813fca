//! Webhooks out over HTTPS, to addresses that anybody may have entered: only to machines that everybody can reach, and not an
//! inch further.
//!
//! A name is resolved once, each of its addresses is looked at, and what was looked at is what is connected to: a name that
//! changes its mind in between (DNS rebinding) changes nothing. Deliberately absent: redirects, proxies, kept connections, and
//! reading what the other side answers beyond its status.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{self, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Connector, NextTimeout, TcpConnector};

use super::http::dial::{self, Dial};
use super::net::Roots;
use crate::endpoints::{Reach, check_url, is_public};
use crate::ports::{Deliver, Post, Posted};

const AGENT: &str = concat!("regua/", env!("CARGO_PKG_VERSION"), " (webhooks)");

/// How webhooks go out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// How far they reach.
    pub reach: Reach,
    /// Who may have signed certificates.
    pub roots: Roots,
    /// How long finding and reaching a server may take, TLS included.
    pub connect: Duration,
    /// How long a webhook may take in all.
    pub whole: Duration,
    /// How many go at a time.
    pub at_a_time: usize,
}

impl Default for Settings {
    /// To everybody's machines over TLS, 16 at a time, 5 seconds to reach one and 15 in all.
    fn default() -> Self {
        let (connect, whole) = (Duration::from_secs(5), Duration::from_secs(15));
        Self { reach: Reach::Public, roots: Roots::Public, connect, whole, at_a_time: 16 }
    }
}

/// Carries webhooks over HTTPS.
pub struct HttpsDeliverer {
    agent: ureq::Agent,
    reach: Reach,
    at_a_time: usize,
}

impl std::fmt::Debug for HttpsDeliverer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HttpsDeliverer({:?}, {} at a time)", self.reach, self.at_a_time)
    }
}

impl HttpsDeliverer {
    /// Gets ready; nothing is sent.
    ///
    /// # Errors
    /// When the authorities cannot be read: why, in words.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        Self::over(settings, DefaultResolver::default())
    }

    fn over(settings: &Settings, names: impl Resolver) -> Result<Self, String> {
        let tls = dial::client(&settings.roots, None)?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(AGENT)
            .timeout_resolve(Some(settings.connect))
            .timeout_connect(Some(settings.connect))
            .timeout_global(Some(settings.whole))
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .build();
        let dial = ().chain(TcpConnector::default()).chain(Dial { tls, sent: Arc::new(AtomicBool::new(false)) });
        let agent = ureq::Agent::with_parts(config, dial, Checked { names, reach: settings.reach });
        Ok(Self { agent, reach: settings.reach, at_a_time: settings.at_a_time.max(1) })
    }

    fn post(&self, post: &Post) -> Posted {
        // What was entered before a rule was made does not pass it.
        if check_url(&post.url, self.reach).is_err() {
            return Posted::Missed("address");
        }
        let mut built = http::Request::builder().method("POST").uri(&post.url);
        if !post.headers.iter().any(|(name, _)| *name == "content-type") {
            built = built.header("content-type", "application/json");
        }
        for (name, value) in &post.headers {
            built = built.header(*name, value);
        }
        let Ok(built) = built.body(post.body.as_slice()) else { return Posted::Missed("address") };
        match self.agent.run(built) {
            Ok(answer) => {
                let wait_secs = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()).and_then(secs);
                Posted::Answered { status: answer.status().as_u16(), wait_secs }
            }
            Err(error) => Posted::Missed(word(&error)),
        }
    }
}

impl Deliver for HttpsDeliverer {
    fn at_a_time(&self) -> usize {
        self.at_a_time
    }

    fn deliver(&mut self, posts: &[Post]) -> Vec<Posted> {
        let this = &*self;
        let mut all = Vec::with_capacity(posts.len());
        for group in posts.chunks(self.at_a_time) {
            if let [only] = group {
                all.push(this.post(only));
                continue;
            }
            std::thread::scope(|scope| {
                let threads: Vec<_> = group.iter().map(|post| scope.spawn(move || this.post(post))).collect();
                all.extend(threads.into_iter().map(|thread| thread.join().unwrap_or(Posted::Missed("broken"))));
            });
        }
        all
    }
}

/// Finds the addresses of a name, and refuses the name when one of them is not open to everybody.
#[derive(Debug)]
struct Checked<R> {
    names: R,
    reach: Reach,
}

impl<R: Resolver> Resolver for Checked<R> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        if self.reach == Reach::Public && found.iter().any(|address| !is_public(address.ip())) {
            return Err(ureq::Error::Other(Box::new(NotPublic)));
        }
        Ok(found)
    }
}

/// A name that leads to a machine of ours, or of somebody's private network.
#[derive(Debug, thiserror::Error)]
#[error("an address that is not open to everybody")]
struct NotPublic;

/// For how many seconds the other side asks to be left alone. Of a date nothing is made: clocks differ.
fn secs(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // A number that is too long is a long wait.
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Why nothing came back, in a word that may be shown to whoever entered the address.
#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else goes wrong on a line is a line that broke")]
fn word(error: &ureq::Error) -> &'static str {
    use std::io::ErrorKind;
    match error {
        ureq::Error::Other(inner) if inner.is::<NotPublic>() => "address",
        ureq::Error::HostNotFound => "dns",
        ureq::Error::Timeout(ureq::Timeout::Resolve) => "dns",
        ureq::Error::Timeout(_) => "timeout",
        ureq::Error::ConnectionFailed => "connect",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "tls",
        ureq::Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => "tls",
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "connect",
            ErrorKind::TimedOut | ErrorKind::WouldBlock => "timeout",
            // What the system's resolver says has no kind of its own.
            ErrorKind::Other if error.raw_os_error().is_none() => "dns",
            _ => "broken",
        },
        _ => "broken",
    }
}

#[cfg(test)]
mod tests;

//! Asking a server on this machine: how a fake sends webhooks, and how tests talk to a fake.
//!
//! A thread of its own waits for each answer. Deliberately absent: redirects, retries, kept connections.

use std::time::Duration;

use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::tls::Identity;

/// How long a webhook waits for an answer.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Most that is read of an answer.
const ANSWER_MAX: u64 = 16 << 20;

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// A client; with an identity it speaks mutual TLS.
#[derive(Debug)]
pub struct Client {
    agent: ureq::Agent,
}

impl Client {
    /// A client that waits at most so long. `identity` is what it shows of itself over TLS, `roots` whom it trusts (PEM).
    ///
    /// # Errors
    /// When a certificate is not PEM.
    pub fn new(patience: Duration, roots: Option<&str>, identity: Option<&Identity>) -> Result<Self, String> {
        let mut tls = TlsConfig::builder();
        if let Some(pem) = roots {
            let root = Certificate::from_pem(pem.as_bytes()).map_err(|error| format!("the authority is not PEM: {error}"))?;
            tls = tls.root_certs(RootCerts::new_with_certs(&[root]));
        }
        if let Some(identity) = identity {
            let own = Certificate::from_pem(identity.certificate.as_bytes()).map_err(|error| format!("not a certificate: {error}"))?;
            let key = PrivateKey::from_pem(identity.key.as_bytes()).map_err(|error| format!("not a key: {error}"))?;
            tls = tls.client_cert(Some(ClientCert::new_with_certs(&[own], key)));
        }
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .proxy(None)
            .tls_config(tls.build())
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// A client in the clear.
    ///
    /// # Errors
    /// Never in practice; see [`Client::new`].
    pub fn plain(patience: Duration) -> Result<Self, String> {
        Self::new(patience, None, None)
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// What happened instead of an answer.
    pub fn send(&self, verb: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, String> {
        let mut request = axum::http::Request::builder().method(verb).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = if body.is_empty() && matches!(verb, "GET" | "DELETE") {
            self.agent.run(request.body(()).map_err(|error| error.to_string())?)
        } else {
            self.agent.run(request.body(body.to_vec()).map_err(|error| error.to_string())?)
        };
        let mut answer = sent.map_err(|error| error.to_string())?;
        let headers = answer.headers().iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        let headers: Vec<(String, String)> = headers.collect();
        let body = answer.body_mut().with_config().limit(ANSWER_MAX).read_to_vec().map_err(|error| error.to_string())?;
        Ok(Answer { status: answer.status().as_u16(), headers, body })
    }
}

//! An authority of a fake's own, made when it starts, with a certificate for the server and one for its client.
//!
//! Deliberately absent: anything that lasts. A key lives as long as the fake does.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// A certificate and its key, as PEM. The key does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// Its key, PKCS #8.
    pub key: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity")
    }
}

/// What both sides of mutual TLS need.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The authority that signed everything, as PEM.
    pub authority: String,
    /// What a client shows of itself.
    pub client: Identity,
    /// What the fake shows of itself when it delivers webhooks.
    pub sender: Identity,
    server: Arc<ServerConfig>,
}

impl Trust {
    /// A new authority and all that it signs. The server refuses a client without a certificate of this authority.
    ///
    /// # Errors
    /// When a key cannot be made.
    pub fn make() -> Result<Self, String> {
        Self::build().map_err(|error| format!("no certificates could be made: {error}"))
    }

    /// The settings of the server's side.
    #[must_use]
    pub fn server(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.server)
    }

    fn build() -> Result<Self, Box<dyn std::error::Error>> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Fake PSP authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let sign = |name: &str, usage: ExtendedKeyUsagePurpose| -> Result<(rcgen::Certificate, KeyPair), rcgen::Error> {
            let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()])?;
            params.distinguished_name.push(DnType::CommonName, name);
            params.extended_key_usages = vec![usage];
            let key = KeyPair::generate()?;
            Ok((params.signed_by(&key, &authority)?, key))
        };
        let (server, server_key) = sign("Fake PSP", ExtendedKeyUsagePurpose::ServerAuth)?;
        let (client, client_key) = sign("Receiver", ExtendedKeyUsagePurpose::ClientAuth)?;
        let (sender, sender_key) = sign("Fake PSP webhooks", ExtendedKeyUsagePurpose::ClientAuth)?;

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone())?;
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build()?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![server.der().clone()], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            authority: authority.pem(),
            client: Identity { certificate: client.pem(), key: client_key.serialize_pem() },
            sender: Identity { certificate: sender.pem(), key: sender_key.serialize_pem() },
            server: Arc::new(config),
        })
    }
}

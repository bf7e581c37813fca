//! The last steps of a connection: TLS, and noting that a request began to leave.
//!
//! Ours instead of ureq's own TLS, since that one gives up the process over a key that is not its certificate's, and tells
//! nobody whether bytes of a request have left. It stands on ureq's `unversioned` interface: a new minor version may need
//! changes here, and only here. Deliberately absent: sockets, which ureq opens.

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{AlertDescription, ClientConfig, ClientConnection, StreamOwned};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport, TransportAdapter};

use super::Identity;
use crate::adapters::net::Roots;

/// Puts TLS on a connection where the address says so.
pub(in crate::adapters) struct Dial {
    pub(in crate::adapters) tls: Arc<ClientConfig>,
    pub(in crate::adapters) sent: Arc<AtomicBool>,
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dial")
    }
}

impl<In: Transport> Connector<In> for Dial {
    type Out = Line;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Line>, ureq::Error> {
        let Some(tcp) = chained else { return Ok(None) };
        let tcp: Box<dyn Transport> = Box::new(tcp);
        let sent = Arc::clone(&self.sent);
        if !details.needs_tls() {
            return Ok(Some(Line { wire: Wire::Plain(tcp), sent }));
        }
        let host = details.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).or(Err(ureq::Error::Tls("the host's name cannot be in a certificate")))?;
        let mut connection = ClientConnection::new(Arc::clone(&self.tls), name).map_err(ureq::Error::Rustls)?;
        let mut sock = TransportAdapter::new(tcp, Arc::clone(&details.current_time));
        sock.set_timeout(details.timeout);
        while connection.is_handshaking() {
            connection.complete_io(&mut sock)?;
        }
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        let stream = Box::new(StreamOwned::new(connection, sock));
        Ok(Some(Line { wire: Wire::Tls { buffers, stream }, sent }))
    }
}

enum Wire {
    Plain(Box<dyn Transport>),
    Tls { buffers: LazyBuffers, stream: Box<StreamOwned<ClientConnection, TransportAdapter>> },
}

/// A connection that is ready for a request.
pub(in crate::adapters) struct Line {
    wire: Wire,
    sent: Arc<AtomicBool>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

impl Transport for Line {
    fn buffers(&mut self) -> &mut dyn Buffers {
        match &mut self.wire {
            Wire::Plain(tcp) => tcp.buffers(),
            Wire::Tls { buffers, .. } => buffers,
        }
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        // Before the write: one that fails may have put some of it on the way.
        if amount > 0 {
            self.sent.store(true, Ordering::SeqCst);
        }
        match &mut self.wire {
            Wire::Plain(tcp) => tcp.transmit_output(amount, timeout),
            Wire::Tls { buffers, stream } => {
                stream.get_mut().set_timeout(timeout);
                stream.write_all(buffers.output().get(..amount).unwrap_or_default())?;
                Ok(stream.flush()?)
            }
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        match &mut self.wire {
            Wire::Plain(tcp) => tcp.await_input(timeout),
            Wire::Tls { buffers, stream } => {
                stream.get_mut().set_timeout(timeout);
                let amount = stream.read(buffers.input_append_buf())?;
                buffers.input_appended(amount);
                Ok(amount > 0)
            }
        }
    }

    fn is_open(&mut self) -> bool {
        match &mut self.wire {
            Wire::Plain(tcp) => tcp.is_open(),
            Wire::Tls { stream, .. } => stream.get_mut().get_mut().is_open(),
        }
    }

    fn is_tls(&self) -> bool {
        matches!(self.wire, Wire::Tls { .. })
    }
}

/// The TLS settings of a client that trusts these authorities and, where it has one, shows its certificate.
pub(in crate::adapters) fn client(roots: &Roots, identity: Option<&Identity>) -> Result<Arc<ClientConfig>, String> {
    let Some(identity) = identity else { return roots.client() };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&identity.chain)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the file of our certificate is not PEM: {error}"))?;
    if chain.is_empty() {
        return Err("the file of our certificate holds none; it is text that begins `-----BEGIN CERTIFICATE-----`".to_owned());
    }
    // The library's error may show what it read.
    let key = PrivateKeyDer::from_pem_slice(identity.key.expose().as_bytes())
        .or(Err("the file of our certificate's key holds none; it is text that begins `-----BEGIN PRIVATE KEY-----`".to_owned()))?;
    let config = roots.builder()?.with_client_auth_cert(chain, key);
    config.map(Arc::new).map_err(|error| format!("our certificate and its key cannot be used together: {error}"))
}

/// Whether the far side ended the handshake over our certificate, or the lack of one. With TLS 1.3 it says so only after the
/// first bytes of a request were sent, which it never hands on.
pub(super) fn is_turned_away(error: &ureq::Error) -> bool {
    let ureq::Error::Io(error) = error else { return false };
    let alert = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(rustls::Error::AlertReceived(alert)) = alert else { return false };
    matches!(
        alert,
        AlertDescription::CertificateRequired
            | AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            // What a signature by another key of an authority of the same name is called.
            | AlertDescription::DecryptError
            | AlertDescription::HandshakeFailure
    )
}

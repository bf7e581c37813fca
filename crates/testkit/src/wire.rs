//! A socket with or without TLS.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const CERTIFICATE: &[u8] = include_bytes!("tls/sink.pem");
const KEY: &[u8] = include_bytes!("tls/sink.key");

pub(crate) enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Wire {
    /// The handshake happens with the first byte.
    pub(crate) fn new(socket: TcpStream, secure: bool) -> io::Result<Self> {
        if !secure {
            return Ok(Self::Plain(socket));
        }
        let connection = ServerConnection::new(config()).map_err(io::Error::other)?;
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, socket))))
    }

    pub(crate) const fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &stream.sock,
        }
    }

    pub(crate) const fn is_secure(&self) -> bool {
        matches!(self, Self::Tls(_))
    }
}

fn config() -> Arc<ServerConfig> {
    static CONFIG: OnceLock<Arc<ServerConfig>> = OnceLock::new();
    let make = || {
        let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate that ships with the crate")];
        let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key that ships with the crate");
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("the provider has the usual versions");
        Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).expect("the key belongs to the certificate"))
    };
    Arc::clone(CONFIG.get_or_init(make))
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

//! A talk in lines over TCP, with TLS or without: what SMTP and POP3 have in common.
//!
//! Every wait has an end, every line a limit. Deliberately absent: retries, and any way to accept a certificate that
//! does not check out; a private authority is named as one ([`Roots::Pem`]).

use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::WantsClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, ConfigBuilder, RootCertStore, StreamOwned};

/// How a connection is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Security {
    /// Not at all: for a relay on this machine. A password is never sent over it, except to this machine.
    Plain,
    /// It begins in the clear and must turn to TLS before anything else (`STARTTLS`, `STLS`).
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// Which authorities may have signed the server's certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Roots {
    /// Those that browsers trust, compiled in.
    Public,
    /// Exactly these, in PEM: a company's own authority.
    Pem(Vec<u8>),
}

impl Roots {
    /// The TLS settings of a client that trusts these authorities.
    pub(super) fn client(&self) -> Result<Arc<ClientConfig>, String> {
        Ok(Arc::new(self.builder()?.with_no_client_auth()))
    }

    /// The same, for whoever shows a certificate itself.
    pub(super) fn builder(&self) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, String> {
        let mut store = RootCertStore::empty();
        match self {
            Self::Public => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
            Self::Pem(pem) => {
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|error| format!("the file of authorities is not PEM: {error}"))?;
                    store.add(certificate).map_err(|error| format!("the file of authorities holds a bad certificate: {error}"))?;
                }
                if store.is_empty() {
                    return Err(
                        "the file of authorities holds no certificate; it is text that begins `-----BEGIN CERTIFICATE-----`".to_owned()
                    );
                }
            }
        }
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().map_err(|error| format!("TLS is not available: {error}"))?;
        Ok(builder.with_root_certificates(store))
    }
}

enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// The other end of a talk in lines.
pub(super) struct Peer {
    wire: Wire,
    /// Bytes received and not yet read, from `start`.
    buffer: Vec<u8>,
    start: usize,
    patience: Duration,
}

impl Peer {
    /// Connects to the first of the host's addresses that answers, and waits at most `patience` for each.
    pub(super) fn connect(host: &str, port: u16, patience: Duration) -> io::Result<Self> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in (host, port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, patience) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    let mut peer = Self { wire: Wire::Plain(stream), buffer: Vec::new(), start: 0, patience: Duration::ZERO };
                    peer.patience(patience)?;
                    return Ok(peer);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Turns the connection to TLS and completes the handshake.
    ///
    /// Bytes that came before it are an attack or a mistake: they would be read as if TLS had protected them.
    pub(super) fn secure(&mut self, host: &str, config: Arc<ClientConfig>) -> io::Result<()> {
        let Wire::Plain(stream) = &self.wire else { return Ok(()) };
        if !self.is_quiet() {
            return Err(bad("the server spoke before TLS began"));
        }
        let mut stream = stream.try_clone()?;
        let name = ServerName::try_from(host.to_owned()).map_err(|_name| bad("the host's name cannot be in a certificate"))?;
        let mut connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
        let start = Instant::now();
        while connection.is_handshaking() {
            connection.complete_io(&mut stream).map_err(plain)?;
            within(start, self.patience)?;
        }
        self.wire = Wire::Tls(Box::new(StreamOwned::new(connection, stream)));
        Ok(())
    }

    /// How long each line, and each write, may take from now on.
    pub(super) fn patience(&mut self, patience: Duration) -> io::Result<()> {
        if patience != self.patience {
            let stream = self.stream();
            stream.set_read_timeout(Some(patience))?;
            stream.set_write_timeout(Some(patience))?;
            self.patience = patience;
        }
        Ok(())
    }

    const fn stream(&self) -> &TcpStream {
        match &self.wire {
            Wire::Plain(stream) => stream,
            Wire::Tls(stream) => &stream.sock,
        }
    }

    /// Whether nothing has come that was not read.
    pub(super) const fn is_quiet(&self) -> bool {
        self.buffer.len() == self.start
    }

    /// Fails if the other end has hung up, or has said something that was not read, by now. It does not wait.
    pub(super) fn listen(&mut self) -> io::Result<()> {
        if !self.is_quiet() {
            return Err(bad("the server spoke out of turn"));
        }
        let stream = self.stream();
        stream.set_nonblocking(true)?;
        let peeked = stream.peek(&mut [0]);
        stream.set_nonblocking(false)?;
        match (peeked, &self.wire) {
            (Ok(0), _) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
            // TLS has words of its own, which wait for the next read.
            (Ok(_), Wire::Tls(_)) => Ok(()),
            (Ok(_), Wire::Plain(_)) => Err(bad("the server spoke out of turn")),
            (Err(error), _) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            (Err(error), _) => Err(error),
        }
    }

    /// Hands all bytes to the system. After an error at least the last byte was not.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let start = Instant::now();
        while !bytes.is_empty() {
            let written = match &mut self.wire {
                Wire::Plain(stream) => stream.write(bytes),
                Wire::Tls(stream) => stream.write(bytes),
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(plain(error)),
            }
            within(start, self.patience)?;
        }
        match &mut self.wire {
            Wire::Plain(_) => Ok(()),
            Wire::Tls(stream) => stream.flush().map_err(plain),
        }
    }

    /// The next line without its end, which must be shorter than `max` bytes.
    pub(super) fn line(&mut self, max: usize) -> io::Result<Vec<u8>> {
        let start = Instant::now();
        let mut seen = self.start;
        loop {
            let new = self.buffer.get(seen..).unwrap_or_default();
            if let Some(at) = new.iter().position(|byte| *byte == b'\n') {
                let end = seen + at;
                let line = self.buffer.get(self.start..end).unwrap_or_default();
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.start = end + 1;
                return if line.len() < max { Ok(line) } else { Err(bad("the server sent a line without end")) };
            }
            seen = self.buffer.len();
            if seen - self.start >= max {
                return Err(bad("the server sent a line without end"));
            }
            within(start, self.patience)?;
            self.buffer.drain(..self.start);
            seen -= self.start;
            self.start = 0;
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut chunk = [0; 4_096];
        loop {
            let read = match &mut self.wire {
                Wire::Plain(stream) => stream.read(&mut chunk),
                Wire::Tls(stream) => stream.read(&mut chunk),
            };
            match read {
                Ok(0) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
                Ok(read) => {
                    self.buffer.extend(chunk.iter().take(read));
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(plain(error)),
            }
        }
    }
}

/// A time limit shows as one of two kinds, whose own texts say little.
fn plain(error: io::Error) -> io::Error {
    if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) { late() } else { error }
}

fn late() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the server did not answer in time")
}

fn bad(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn within(start: Instant, patience: Duration) -> io::Result<()> {
    if start.elapsed() <= patience { Ok(()) } else { Err(late()) }
}

/// Whether a text can be the name or address of a machine.
pub(super) fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte))
}

/// Whether what is sent there stays on this machine.
pub(super) fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

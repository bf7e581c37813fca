//! A server on a loopback port of its own, in a thread of its own: requests in, answers out, faults between.
//!
//! What a fake does with a request is a value in, a value out ([`Service`]). Deliberately absent: any service.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::faults::{Fault, Faults};
use crate::tls::Trust;

/// Largest body that is read; a longer one ends the connection.
const BODY_MAX: usize = 4 << 20;
/// Most requests that are written down; later ones are only counted.
const LOG_MAX: usize = 200_000;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a server waits to accept again after it could not.
const BREATH: Duration = Duration::from_millis(20);

/// A request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// `GET` and the like.
    pub verb: String,
    /// Without the query, as it was sent.
    pub path: String,
    /// After the `?`.
    pub query: String,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Ask {
    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// The path's parts, decoded; an empty one at an end is left out.
    #[must_use]
    pub fn parts(&self) -> Vec<String> {
        let parts = self.path.trim_matches('/').split('/');
        parts.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
    }

    /// A value of the query, decoded.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(have, _)| have == name).map(|(_, value)| value.into_owned())
    }

    /// Whether it can change something.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.verb != "GET" && self.verb != "HEAD"
    }
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Besides the length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// An answer in JSON.
    #[must_use]
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::typed(status, "application/json", value)
    }

    /// An answer in a dialect of JSON.
    #[must_use]
    pub fn typed(status: u16, kind: &str, value: &serde_json::Value) -> Self {
        Self { status, headers: vec![("content-type".to_owned(), kind.to_owned())], body: value.to_string().into_bytes() }
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Why a request is refused before a service sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Too many requests; seconds to wait.
    Busy(Option<u32>),
    /// The server has trouble of its own, told by this status.
    Broken(u16),
}

/// What a fake does with requests.
pub trait Service: Send + 'static {
    /// Before any wait: an answer ends the request here, as for a key that is in use.
    fn begin(&mut self, _: &Ask) -> Option<Reply> {
        None
    }

    /// Does it.
    fn answer(&mut self, ask: &Ask) -> Reply;

    /// It was done, and whoever asked is told something else by the script.
    fn replaced(&mut self, _: &Ask, _: &Reply) {}

    /// After [`Service::begin`] gave nothing, whether it was done or not.
    fn end(&mut self, _: &Ask) {}

    /// How the service words a refusal.
    fn refusal(&self, refusal: Refusal) -> Reply;
}

/// A request as it was written down.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// When, by the fake's clock.
    pub at: i64,
    /// `GET` and the like.
    pub verb: String,
    /// Without the query.
    pub path: String,
    /// What went wrong with it by the script.
    pub fault: Option<Fault>,
    /// What was answered; none when the connection ended.
    pub status: Option<u16>,
}

/// Every request, as far as it was written down.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Log {
    /// The first of them.
    pub seen: Vec<Seen>,
    /// How many there were.
    pub requests: u64,
    /// How many of them could change something.
    pub writes: u64,
}

struct Shared<S> {
    service: Mutex<S>,
    faults: Mutex<Faults>,
    log: Mutex<Log>,
    clock: Clock,
}

/// A poisoned lock is a test that failed elsewhere: what it holds is still the truth.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server. Dropping it stops it.
pub struct Server<S> {
    address: SocketAddr,
    secure: bool,
    shared: Arc<Shared<S>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl<S> std::fmt::Debug for Server<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({})", self.address)
    }
}

impl<S: Service> Server<S> {
    /// Starts one on a port of 127.0.0.1 (0 for any free one).
    ///
    /// # Errors
    /// When the port is not to be had.
    pub fn start(port: u16, service: S, faults: Faults, clock: Clock, trust: Option<&Trust>) -> std::io::Result<Self> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shared = Arc::new(Shared { service: Mutex::new(service), faults: Mutex::new(faults), log: Mutex::default(), clock });
        let acceptor = trust.map(|trust| TlsAcceptor::from(trust.server()));
        let (stop, stopped) = oneshot::channel();
        let own = Arc::clone(&shared);
        let secure = acceptor.is_some();
        let thread = std::thread::Builder::new().name("fake".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = accept(listener, own, acceptor) => {}
                    _ = stopped => {}
                }
            });
            // Requests that still wait are dropped here, as when a process ends.
            runtime.shutdown_background();
        })?;
        Ok(Self { address, secure, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:port`, or https.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http{}://{}", if self.secure { "s" } else { "" }, self.address)
    }

    /// Looks at the service, or changes it, between two requests.
    pub fn with<R>(&self, work: impl FnOnce(&mut S) -> R) -> R {
        work(&mut locked(&self.shared.service))
    }

    /// Changes what goes wrong.
    pub fn faults<R>(&self, work: impl FnOnce(&mut Faults) -> R) -> R {
        work(&mut locked(&self.shared.faults))
    }

    /// Every request so far.
    #[must_use]
    pub fn log(&self) -> Log {
        locked(&self.shared.log).clone()
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Ends it: connections end, the port is free.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl<S> Drop for Server<S> {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept<S: Service>(listener: TcpListener, shared: Arc<Shared<S>>, acceptor: Option<TlsAcceptor>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&shared), acceptor.clone()));
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

async fn connection<S: Service>(stream: TcpStream, shared: Arc<Shared<S>>, acceptor: Option<TlsAcceptor>) {
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => talk(TokioIo::new(stream), shared).await,
        Some(acceptor) => {
            // A client without a certificate of the authority ends here.
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                talk(TokioIo::new(stream), shared).await;
            }
        }
    }
}

async fn talk<S: Service, I>(io: I, shared: Arc<Shared<S>>)
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move {
            // A task of its own: a client that goes away does not undo what is being done.
            let task = tokio::spawn(handle(request, shared));
            match task.await {
                Ok(Some(reply)) => Ok(response(reply)),
                Ok(None) | Err(_) => Err(Cut),
            }
        }
    });
    // An error is a connection that ended, by the script or by the client.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}

/// The connection ends without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut by the script")
    }
}

impl std::error::Error for Cut {}

async fn handle<S: Service>(request: Request<Incoming>, shared: Arc<Shared<S>>) -> Option<Reply> {
    let ask = read(request).await?;
    let now = shared.clock.now();
    let fault = locked(&shared.faults).next(&ask.verb, &ask.path, now);
    let reply = perform(&ask, fault, &shared).await;
    let mut log = locked(&shared.log);
    log.requests += 1;
    log.writes += u64::from(ask.writes());
    if log.seen.len() < LOG_MAX {
        let status = reply.as_ref().map(|reply| reply.status);
        log.seen.push(Seen { at: now, verb: ask.verb, path: ask.path, fault, status });
    }
    reply
}

async fn perform<S: Service>(ask: &Ask, fault: Option<Fault>, shared: &Shared<S>) -> Option<Reply> {
    match fault {
        Some(Fault::Busy(wait)) => return Some(locked(&shared.service).refusal(Refusal::Busy(wait))),
        Some(Fault::ErrorBefore(status)) => return Some(locked(&shared.service).refusal(Refusal::Broken(status))),
        Some(Fault::CutBefore) => return None,
        Some(Fault::HangBefore(time)) => {
            tokio::time::sleep(time).await;
            return None;
        }
        Some(Fault::Delay(_) | Fault::CutAfter | Fault::HangAfter(_) | Fault::ErrorAfter(_)) | None => {}
    }
    let refused = locked(&shared.service).begin(ask);
    if refused.is_some() {
        return refused;
    }
    if let Some(Fault::Delay(time)) = fault {
        tokio::time::sleep(time).await;
    }
    let reply = {
        let mut service = locked(&shared.service);
        let reply = service.answer(ask);
        service.end(ask);
        reply
    };
    match fault {
        Some(Fault::CutAfter) => None,
        Some(Fault::HangAfter(time)) => {
            tokio::time::sleep(time).await;
            None
        }
        Some(Fault::ErrorAfter(status)) => {
            let mut service = locked(&shared.service);
            let reply = service.refusal(Refusal::Broken(status));
            service.replaced(ask, &reply);
            Some(reply)
        }
        Some(Fault::Delay(_) | Fault::CutBefore | Fault::HangBefore(_) | Fault::ErrorBefore(_) | Fault::Busy(_)) | None => Some(reply),
    }
}

async fn read(request: Request<Incoming>) -> Option<Ask> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), BODY_MAX).await.ok()?;
    let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Some(Ask {
        verb: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(header).collect(),
        body: body.to_vec(),
    })
}

fn response(reply: Reply) -> Response<Body> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap_or_else(|_: axum::http::Error| Response::new(Body::empty()))
}

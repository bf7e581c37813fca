//! The socket: connections in bounded number and for bounded time, and a stop that lets what is under way end.
//!
//! Nobody may hold a connection by being slow: its headers, its body and the connection as a whole have their time.
//! Deliberately absent: a log of what comes. Operations of the API are logged where they are answered, by their names; anything
//! else that an address asks for is nobody's business, and a forger would fill the log.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::api::answer::Around;
use crate::headers::{self, RequestIds};
use crate::limit::{Limiter, Pace, Rate, Seat};
use crate::routes::{From, Shared, again, router};
use crate::stream::Lasting;
use crate::{Hooks, Host, in_app, opens, portal};

/// Threads that speak HTTP: it is little work beside storing.
const WORKERS: usize = 2;
/// Headers of a request at most.
const HEADERS_MAX: usize = 64;
/// Bytes of them at most, and of what is read ahead.
const HEADER_BYTES_MAX: usize = 16 << 10;
/// After a connection that could not be accepted: descriptors are used up, say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a call that waits for the database is waited for when everything else has ended.
const STRAGGLERS: Duration = Duration::from_secs(1);

/// How much is served at once, and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Connections at the same time; further ones wait in the system's queue.
    pub connections: usize,
    /// Calls to [`Hooks`] at the same time: about as many as the database has connections.
    pub hops: usize,
    /// Until the headers of a request are there, counted from the connection or the last answer.
    pub header_time: Duration,
    /// Until its body is.
    pub body_time: Duration,
    /// Until [`Hooks`] has answered, waiting for its turn included.
    pub hop_time: Duration,
    /// How long one connection is kept, however much is asked over it. One that carries an event stream is kept as long as that.
    pub connection_time: Duration,
    /// How long one event stream is kept: whoever reads it opens the next by itself.
    pub stream_time: Duration,
    /// How often it is looked whether the session or key of a stream has ended.
    pub stream_check: Duration,
    /// How long what is under way may take after a stop. One second more, and [`serve`] returns whatever happens.
    pub stop_time: Duration,
    /// What one address may ask for; nothing for no limit.
    pub rate: Option<Rate>,
    /// What one person or key may ask for; nothing for no limit.
    pub pace: Option<Rate>,
    /// What may be asked for behind one link of a customer; nothing for no limit, and none for links that are none.
    pub links: Option<Rate>,
    /// Whether a proxy of ours stands in front, so that the last address in `X-Forwarded-For` is who asks. Without a proxy
    /// this would let anybody be anybody.
    pub behind_proxy: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 512,
            hops: 16,
            header_time: Duration::from_secs(10),
            body_time: Duration::from_secs(10),
            hop_time: Duration::from_secs(20),
            connection_time: Duration::from_secs(300),
            stream_time: Duration::from_secs(15 * 60),
            stream_check: Duration::from_secs(30),
            stop_time: Duration::from_secs(10),
            rate: Some(Rate::default()),
            pace: Some(Rate { per_second: 50, burst: 500, connections: u32::MAX }),
            links: Some(Rate { per_second: 5, burst: 100, connections: u32::MAX }),
            behind_proxy: false,
        }
    }
}

/// Ends what serves; its copies are one.
#[derive(Clone, Debug, Default)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// From now on nothing new is accepted. Calling it twice does no more.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

/// Waits until it is to end.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody can stop it any more, which nobody wants either.
    let _ = stop.wait_for(|stopped| *stopped).await;
}

/// Serves until it is stopped, and returns when what was under way has ended or its time is up. It blocks.
///
/// # Errors
/// When the socket cannot be used, or no threads can be made.
pub fn serve(listener: std::net::TcpListener, hooks: Arc<dyn Hooks>, settings: Settings, stop: &Stop) -> std::io::Result<()> {
    serve_both(listener, hooks, None, settings, stop)
}

/// As [`serve`], with the API beside the webhooks.
///
/// # Errors
/// As [`serve`].
pub fn serve_api(listener: std::net::TcpListener, host: Arc<dyn Host>, settings: Settings, stop: &Stop) -> std::io::Result<()> {
    let hooks: Arc<dyn Hooks> = Arc::<dyn Host>::clone(&host);
    serve_both(listener, hooks, Some(host), settings, stop)
}

fn serve_both(
    listener: std::net::TcpListener,
    hooks: Arc<dyn Hooks>,
    host: Option<Arc<dyn Host>>,
    settings: Settings,
    stop: &Stop,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(WORKERS).max_blocking_threads(settings.hops.max(1)).thread_name("web").enable_all().build()?;
    let limiter = Arc::new(Limiter::new(settings.rate, Instant::now()));
    let hops = Arc::new(Semaphore::new(settings.hops.max(1)));
    let around = Arc::new(Around::new(settings.pace, Instant::now()));
    let (ids, seats, in_app_seats) = (RequestIds::new(), Arc::default(), Arc::new(in_app::seats()));
    let gates = portal::Gates::new(settings.links, Instant::now());
    let pictures = Pace::new(settings.links.map(|_| opens::RATE), Instant::now());
    let shared = Arc::new(Shared {
        hooks,
        host,
        around,
        settings,
        limiter,
        hops,
        stop: stop.0.subscribe(),
        ids,
        seats,
        in_app_seats,
        gates,
        pictures,
    });
    // Held until the runtime is gone: whoever drops the last connection to PostgreSQL inside of it panics.
    let held = Arc::clone(&shared);
    let ended = runtime.block_on(accept(listener, shared, stop.0.subscribe()));
    runtime.shutdown_timeout(STRAGGLERS);
    drop(held);
    ended
}

async fn accept(listener: std::net::TcpListener, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(shared.settings.connections.max(1)));
    let router = router(Arc::clone(&shared));
    let mut going = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = stopped(&mut stop) => break,
        };
        // What has ended is forgotten, so that memory does not grow with time.
        while going.try_join_next().is_some() {}
        let (Ok(place), Ok((stream, from))) = (place, accepted) else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Behind a proxy all connections are the proxy's.
        let seat = if shared.settings.behind_proxy { None } else { Limiter::connect(&shared.limiter, from.ip(), Instant::now()) };
        if seat.is_none() && !shared.settings.behind_proxy {
            continue;
        }
        let held = Held { _place: place, _seat: seat };
        going.spawn(talk(stream, from.ip(), held, Arc::clone(&shared), router.clone(), stop.clone()));
    }
    drop(listener);
    // What does not end in time is cut off.
    let ending = async { while going.join_next().await.is_some() {} };
    if timeout(shared.settings.stop_time, ending).await.is_err() {
        going.abort_all();
    }
    Ok(())
}

/// What a connection holds until it ends.
struct Held {
    _place: OwnedSemaphorePermit,
    _seat: Option<Seat>,
}

/// One connection, until it ends, its time is up or everything stops; then what was asked for is still answered.
async fn talk(stream: TcpStream, from: IpAddr, held: Held, shared: Arc<Shared>, router: Router, mut stop: watch::Receiver<bool>) {
    // Answers are short and wait for nothing; without it they are only later.
    let _ = stream.set_nodelay(true);
    let (header_time, connection_time) = (shared.settings.header_time, shared.settings.connection_time);
    let (stop_time, stream_time) = (shared.settings.stop_time, shared.settings.stream_time);
    let answers = TowerToHyperService::new(router);
    let lasting = Lasting::default();
    let lasts = lasting.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        let who = if shared.settings.behind_proxy { forwarded(request.headers()).unwrap_or(from) } else { from };
        let admitted = shared.limiter.admit(who, Instant::now());
        let id = shared.ids.of(request.headers());
        let extensions = request.extensions_mut();
        extensions.insert(From(who.to_string()));
        extensions.insert(id.clone());
        extensions.insert(lasting.clone());
        let answers = answers.clone();
        async move {
            let mut answer = if admitted { answers.call(request).await? } else { again(StatusCode::TOO_MANY_REQUESTS) };
            headers::complete(answer.headers_mut(), &id);
            Ok::<_, Infallible>(answer)
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(header_time).max_headers(HEADERS_MAX).max_header_size(HEADER_BYTES_MAX);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        // A line that broke is the far side's business.
        _ended = connection.as_mut() => true,
        () = stopped(&mut stop) => false,
        () = sleep(connection_time) => false,
    };
    if !ended {
        connection.as_mut().graceful_shutdown();
        // An event stream has a time of its own, and ends by itself at a stop.
        let over = lasts.is_open()
            && tokio::select! {
                ended = timeout(stream_time, connection.as_mut()) => ended.is_ok(),
                () = stopped(&mut stop) => false,
            };
        if !over {
            let _ = timeout(stop_time, connection).await;
        }
    }
    drop(held);
}

/// Who asks, as the proxy in front says: it adds the address that it saw at the end.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

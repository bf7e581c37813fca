//! Events as they come, over one answer that does not end (server-sent events, `text/event-stream`).
//!
//! A stream looks into the feed when the bell rings and each second, and holds a thread only while it looks. It ends when
//! whoever reads it goes away or does not read, with its session or key, at a stop, and when its time is up; the reader opens
//! the next one and says which event it saw last. Deliberately absent: what an event says, which is in `api::events`.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::{Body as HttpBody, Bytes, Frame};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::Host;
use crate::api::answer::{Asked, Known};
use crate::api::events::{self, Told, Wanted};
use crate::api::{Op, Problem};
use crate::routes::Shared;
use crate::serve::stopped;

/// Streams at the same time, and of one person or key.
const STREAMS_MAX: usize = 64;
const STREAMS_OF_ONE: usize = 4;
/// Frames that wait for a reader.
pub(crate) const WAITING: usize = 16;
/// How long a reader may take to read one.
pub(crate) const SLOW: Duration = Duration::from_secs(30);
/// How often the feed is looked into when nothing rings.
const LOOK: Duration = Duration::from_secs(1);
/// How often something is said when nothing happens, so that nobody between takes the line for dead.
pub(crate) const STILL_HERE: Duration = Duration::from_secs(15);

/// Rings when the event feed has grown; its copies are one.
///
/// ```
/// let bell = regua_web::Bell::default();
/// let copy = bell.clone();
/// copy.ring();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Bell(watch::Sender<u64>);

impl Bell {
    /// Event streams look now.
    pub fn ring(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Wakes whoever waits for it, from now on.
    pub(crate) fn heard(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// Whether a connection carries a stream that is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lasting(Arc<AtomicUsize>);

impl Lasting {
    /// Whether it does.
    pub(crate) fn is_open(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

/// Places for streams.
pub(crate) struct Seats {
    taken: Mutex<BTreeMap<[u8; 16], usize>>,
    /// Of one, and of all.
    most: (usize, usize),
}

impl Default for Seats {
    fn default() -> Self {
        Self::of(STREAMS_OF_ONE, STREAMS_MAX)
    }
}

impl Seats {
    /// So many for one, and so many for all.
    pub(crate) fn of(one: usize, all: usize) -> Self {
        Self { taken: Mutex::default(), most: (one, all) }
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<[u8; 16], usize>> {
        // Nothing panics while it is held.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> usize {
        self.known().values().sum()
    }

    /// A place for whoever has this id, if there is one.
    pub(crate) fn take(seats: &Arc<Self>, id: [u8; 16]) -> Option<Seat> {
        let mut known = seats.known();
        let own = known.get(&id).copied().unwrap_or_default();
        if own >= seats.most.0 || known.values().sum::<usize>() >= seats.most.1 {
            return None;
        }
        known.insert(id, own + 1);
        drop(known);
        Some(Seat { seats: Arc::clone(seats), id })
    }
}

/// A place, given back when it is dropped.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    id: [u8; 16],
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut known = self.seats.known();
        match known.get_mut(&self.id) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                known.remove(&self.id);
            }
        }
    }
}

/// A connection's mark while its stream is open.
pub(crate) struct Lasts(Lasting);

impl Lasts {
    pub(crate) fn new(lasting: &Lasting) -> Self {
        lasting.0.fetch_add(1, Ordering::SeqCst);
        Self(lasting.clone())
    }
}

impl Drop for Lasts {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Answers with events as they come.
pub(crate) async fn open(op: &'static Op, host: Arc<dyn Host>, shared: &Arc<Shared>, asked: Asked, lasting: &Lasting) -> Response {
    let asked = Arc::new(asked);
    let begun = {
        let (host, asked, around) = (Arc::clone(&host), Arc::clone(&asked), Arc::clone(&shared.around));
        shared.wait_for(move || events::wanted(host.as_ref(), &around, op, &asked)).await
    };
    let wanted = match begun {
        Some(Ok(wanted)) => wanted,
        Some(Err(problem)) => return problem.response(),
        None => return Problem::busy().response(),
    };
    let Some(seat) = Seats::take(&shared.seats, wanted.caller) else {
        let told = format!("at most {STREAMS_OF_ONE} event streams of one person or key are open at once, and {STREAMS_MAX} of all");
        return Problem { retry_after: Some(5), ..Problem::new(429, "too_many_streams", told) }.response();
    };
    let known = Known(wanted.name.clone());
    shared.around.metrics.streams(shared.seats.open());
    let (frames, reader) = mpsc::channel(WAITING);
    let lasts = Lasts::new(lasting);
    let teller = Teller { op, host, shared: Arc::clone(shared), asked, wanted, frames };
    tokio::spawn(async move {
        teller.until_the_end().await;
        drop((seat, lasts));
    });
    let mut response = Response::new(Body::new(Frames(reader)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers before they pass them on let this one through.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.extensions_mut().insert(known);
    response
}

/// One stream.
struct Teller {
    op: &'static Op,
    host: Arc<dyn Host>,
    shared: Arc<Shared>,
    asked: Arc<Asked>,
    wanted: Wanted,
    frames: mpsc::Sender<Bytes>,
}

impl Teller {
    async fn until_the_end(mut self) {
        let mut stop = self.shared.stop.clone();
        let (frames, shared) = (self.frames.clone(), Arc::clone(&self.shared));
        tokio::select! {
            () = stopped(&mut stop) => {}
            () = sleep(shared.settings.stream_time) => {}
            () = frames.closed() => {}
            // Nothing is an error here: it ends, and the reader comes again.
            _ended = self.tell() => {}
        }
    }

    /// Tells until it must not; none then.
    async fn tell(&mut self) -> Option<()> {
        let mut bell = self.host.bell().map(Bell::heard);
        let (mut checked, mut said) = (Instant::now(), Instant::now());
        // At once, so that whoever reads knows that it is open; and where it begins, for when it breaks before an event comes.
        self.say(format!("retry: 2000\nid: {}\n\n", self.wanted.after)).await?;
        loop {
            if checked.elapsed() >= self.shared.settings.stream_check {
                checked = Instant::now();
                self.may_go_on().await?;
            }
            if let Some(told) = self.look().await {
                self.wanted.after = told.after;
                for text in told.events {
                    self.say(text).await?;
                    said = Instant::now();
                }
                if told.more {
                    continue;
                }
            }
            if said.elapsed() >= STILL_HERE {
                // The place goes with it: events that were left out are not looked through again.
                self.say(format!(": still here\nid: {}\n\n", self.wanted.after)).await?;
                said = Instant::now();
            }
            match &mut bell {
                Some(bell) => match timeout(LOOK, bell.changed()).await {
                    Ok(Ok(())) | Err(_) => {}
                    // Nobody rings any more.
                    Ok(Err(_)) => sleep(LOOK).await,
                },
                None => sleep(LOOK).await,
            }
        }
    }

    /// Hands a frame over; none when nobody reads it.
    async fn say(&self, text: String) -> Option<()> {
        hand_over(&self.frames, text, SLOW).await
    }

    /// Whether the session or key is still good; none when it is not. A database that cannot be asked ends nothing.
    async fn may_go_on(&self) -> Option<()> {
        let (host, asked, op) = (Arc::clone(&self.host), Arc::clone(&self.asked), self.op);
        match self.shared.wait_for(move || events::still(host.as_ref(), op, &asked)).await {
            Some(true) | None => Some(()),
            Some(false) => None,
        }
    }

    /// What is new in the feed; nothing when it cannot be read now.
    async fn look(&self) -> Option<Told> {
        let (host, wanted) = (Arc::clone(&self.host), self.wanted.clone());
        self.shared.wait_for(move || events::told(host.as_ref(), &wanted)).await?.ok()
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        // Its own seat is given back right after.
        self.shared.around.metrics.streams(self.shared.seats.open().saturating_sub(1));
    }
}

/// Hands a frame over to who reads; none when nobody has taken one of those that wait for so long, or it has gone away.
pub(crate) async fn hand_over(frames: &mpsc::Sender<Bytes>, text: String, slow: Duration) -> Option<()> {
    timeout(slow, frames.send(Bytes::from(text))).await.ok()?.ok()
}

/// Frames as a body.
pub(crate) struct Frames(pub(crate) mpsc::Receiver<Bytes>);

impl HttpBody for Frames {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_reader_is_cut_off_and_one_that_has_gone_at_once() {
        let (frames, mut reader) = mpsc::channel(WAITING);
        let short = Duration::from_millis(20);
        for n in 0..WAITING {
            assert_eq!(hand_over(&frames, n.to_string(), short).await, Some(()), "{n} waits for who reads");
        }
        assert_eq!(hand_over(&frames, "more".to_owned(), short).await, None, "nobody reads");
        assert_eq!(reader.recv().await, Some(Bytes::from("0")));
        assert_eq!(hand_over(&frames, "again".to_owned(), short).await, Some(()), "who reads on is told on");
        drop(reader);
        assert_eq!(hand_over(&frames, "gone".to_owned(), Duration::MAX).await, None);
    }

    #[test]
    fn one_has_four_places_and_all_have_sixty_four() {
        let seats = Arc::new(Seats::default());
        let own: Vec<Seat> = (0..4).filter_map(|_| Seats::take(&seats, [1; 16])).collect();
        assert_eq!(own.len(), 4);
        assert!(Seats::take(&seats, [1; 16]).is_none());
        let others: Vec<Seat> = (2..100).filter_map(|n| Seats::take(&seats, [n; 16])).collect();
        assert_eq!((others.len(), seats.open()), (60, 64));
        drop(own);
        assert!(Seats::take(&seats, [1; 16]).is_some());
        drop(others);
        assert_eq!(seats.open(), 0);
        assert!(seats.known().is_empty(), "nothing is kept of who has gone");
    }
}

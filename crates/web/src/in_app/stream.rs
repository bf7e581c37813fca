//! News for an app, over one answer that does not end: what to show, at once and whenever it becomes another.
//!
//! It looks at one row when the bell rings, and reads everything anew when that row says so, when a moment comes at which
//! something changes by itself, and twice a minute. It ends with its token; the script comes again with another.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Request, State as With};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Bytes;
use regua_core::time::Instant as Moment;
use regua_engine::in_app::Reader;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::{allow, listed, reader, token, told};
use crate::Host;
use crate::api::Problem;
use crate::routes::Shared;
use crate::serve::stopped;
use crate::stream::{Frames, Lasting, Lasts, SLOW, STILL_HERE, Seats, WAITING, hand_over};

/// Streams of apps at the same time, and of one customer. Whoever gets none asks now and then instead.
const ALL_MAX: usize = 256;
const OF_ONE_MAX: usize = 4;
/// How often the one row is looked at at most, whatever rings.
const PACE: Duration = Duration::from_secs(1);
/// How often it is looked at when nothing rings.
const LOOK: Duration = Duration::from_secs(5);
/// How often everything is read, whatever that row says: pauses of a whole company are not in it.
const ANEW: Duration = Duration::from_secs(30);

/// Places for streams of apps: others than those of programs, so that neither takes the other's.
pub(crate) fn seats() -> Seats {
    Seats::of(OF_ONE_MAX, ALL_MAX)
}

/// Answers with what to show, as it changes.
pub(crate) async fn open(With(shared): With<Arc<Shared>>, request: Request) -> Response {
    let began = Instant::now();
    let Some(host) = shared.host.clone() else { return StatusCode::NOT_FOUND.into_response() };
    let (head, _no_body) = request.into_parts();
    let origin = listed(host.as_ref(), &head.headers);
    let lasting = head.extensions.get::<Lasting>().cloned().unwrap_or_default();
    let mut response = begun(host, &shared, head.headers, &lasting).await.unwrap_or_else(|problem| problem.response());
    allow(response.headers_mut(), origin);
    shared.around.metrics.answered("in_app_stream", response.status().as_u16(), began.elapsed());
    response
}

async fn begun(host: Arc<dyn Host>, shared: &Arc<Shared>, asked: HeaderMap, lasting: &Lasting) -> Result<Response, Problem> {
    let known = {
        let (host, shared, asked) = (Arc::clone(&host), Arc::clone(shared), asked.clone());
        let around = Arc::clone(&shared);
        shared.wait_for(move || reader(host.as_ref(), &around, &asked, host.now())).await
    };
    let reader = known.unwrap_or_else(|| Err(Problem::busy()))?;
    let id = reader.customer.map_or_else(|| reader.tenant.to_bytes(), |customer| customer.to_bytes());
    let seat = Seats::take(&shared.in_app_seats, id).ok_or_else(|| {
        let told = format!("at most {OF_ONE_MAX} streams of one customer are open at once, and {ALL_MAX} of all; ask /in-app/feed");
        Problem { retry_after: Some(30), ..Problem::new(429, "too_many_streams", told) }
    })?;
    let (frames, taken) = mpsc::channel(WAITING);
    let lasts = Lasts::new(lasting);
    let teller = Teller { host, shared: Arc::clone(shared), asked, reader, frames };
    tokio::spawn(async move {
        teller.until_the_end().await;
        drop((seat, lasts));
    });
    let mut response = Response::new(Body::new(Frames(taken)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers before they pass them on let this one through.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// One stream.
struct Teller {
    host: Arc<dyn Host>,
    shared: Arc<Shared>,
    asked: HeaderMap,
    reader: Reader,
    frames: mpsc::Sender<Bytes>,
}

impl Teller {
    async fn until_the_end(self) {
        let mut stop = self.shared.stop.clone();
        let (frames, time) = (self.frames.clone(), self.shared.settings.stream_time);
        let left = self.reader.expires_at.secs().saturating_sub(self.host.now().secs());
        let left = Duration::from_secs(u64::try_from(left).unwrap_or(0));
        tokio::select! {
            () = stopped(&mut stop) => {}
            () = sleep(time.min(left)) => {}
            () = frames.closed() => {}
            // Nothing is an error here: it ends, and the reader comes again.
            _ended = self.tell() => {}
        }
    }

    /// Tells until it must not; none then.
    async fn tell(&self) -> Option<()> {
        let mut bell = self.host.bell().map(|bell| bell.heard());
        let (mut checked, mut said, mut read) = (Instant::now(), Instant::now(), Instant::now());
        let (mut shown, mut until) = self.look().await?;
        let mut moved = self.moved().await;
        self.say(format!("retry: 2000\nevent: state\ndata: {shown}\n\n")).await?;
        loop {
            match &mut bell {
                Some(bell) => match timeout(LOOK, bell.changed()).await {
                    // Much may happen at once to others.
                    Ok(Ok(())) => sleep(PACE).await,
                    Err(_nothing_rang) => {}
                    // Nobody rings any more.
                    Ok(Err(_)) => sleep(LOOK).await,
                },
                None => sleep(LOOK).await,
            }
            if checked.elapsed() >= self.shared.settings.stream_check {
                checked = Instant::now();
                self.may_go_on().await?;
            }
            let now_moved = self.moved().await;
            if now_moved != moved || read.elapsed() >= ANEW || self.host.now() >= until {
                (moved, read) = (now_moved, Instant::now());
                // What cannot be read now is read at the next look.
                if let Some((anew, next)) = self.look().await {
                    until = next;
                    if anew != shown {
                        shown = anew;
                        self.say(format!("event: state\ndata: {shown}\n\n")).await?;
                        said = Instant::now();
                    }
                }
            }
            if said.elapsed() >= STILL_HERE {
                self.say(": still here\n\n".to_owned()).await?;
                said = Instant::now();
            }
        }
    }

    /// Hands a frame over; none when nobody reads it.
    async fn say(&self, text: String) -> Option<()> {
        hand_over(&self.frames, text, SLOW).await
    }

    /// Whether the token still counts; none when it does not. A database that cannot be asked ends nothing.
    async fn may_go_on(&self) -> Option<()> {
        let (host, asked) = (Arc::clone(&self.host), self.asked.clone());
        let counts = move || token(&asked).map(|token| host.engine().in_app_reader(token, host.now()));
        match self.shared.wait_for(counts).await {
            Some(Some(Ok(Some(_)) | Err(_))) | None => Some(()),
            Some(Some(Ok(None)) | None) => None,
        }
    }

    /// How much has happened to the customer; none when it cannot be asked now.
    async fn moved(&self) -> Option<i64> {
        let (host, reader) = (Arc::clone(&self.host), self.reader.clone());
        let customer = reader.customer?;
        self.shared.wait_for(move || host.engine().in_app_moved(reader.tenant, customer)).await?.ok()?
    }

    /// What to show; none when it cannot be read now.
    async fn look(&self) -> Option<(Value, Moment)> {
        let (host, reader) = (Arc::clone(&self.host), self.reader.clone());
        self.shared.wait_for(move || told(host.as_ref(), &reader, host.now())).await?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_has_four_places_and_all_have_so_many() {
        let seats = Arc::new(seats());
        let own: Vec<_> = (0..9).filter_map(|_| Seats::take(&seats, [1; 16])).collect();
        assert_eq!(own.len(), OF_ONE_MAX);
        let id = |n: u16| u128::from(n).to_be_bytes();
        let others: Vec<_> = (2..2_000).filter_map(|n| Seats::take(&seats, id(n))).collect();
        assert_eq!(own.len() + others.len(), ALL_MAX);
        drop(own);
        assert!(Seats::take(&seats, [1; 16]).is_some(), "a place that is given back is anybody's");
    }
}

//! The customer portal: pages behind a signed link, for people who have no password and may have no JavaScript.
//!
//! A page is made of what the engine says and of words in one of six languages, and goes out whole: style inside, no script, nothing
//! fetched. What somebody does is a form that is posted, done at most once, and answered with where to look. Nothing of the person is in
//! an address or a title. Deliberately absent: what may be done, which the engine says.

mod acts;
mod colour;
mod ctx;
mod form;
mod multipart;
mod page;
mod pages;
mod qr;
mod sandbox;
mod words;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use regua_core::ids::CustomerId;
use regua_core::time::Day;
use regua_core::words::Language;
use regua_engine::links::{FILE_MAX, Opened, Purpose, Visitor};
use sha2::{Digest as _, Sha256};
use tokio::time::{sleep, timeout};

use self::page::Page;
use crate::Host;
use crate::limit::{Pace, Rate, key};
use crate::program;
use crate::routes::{From, Shared, again};

/// The longest link and the longest query, in bytes: whatever is longer is none of ours.
const TOKEN_MAX: usize = 200;
const QUERY_MAX: usize = 400;
/// The longest form, and what a form with a file may have besides the file.
const FORM_MAX: usize = 64 << 10;
/// How many times as long as it may be a body is read, before who sends it is cut off.
const DRAINED_TIMES: usize = 5;
/// How much longer than any other body one with a file may take.
const FILE_TIMES: u32 = 6;
/// How long something to pay by is waited for before the page says that it is being made.
const LOOKS: u32 = 12;
const LOOK: Duration = Duration::from_millis(250);
/// Links that are none, from one address.
const STRANGERS: Rate = Rate { per_second: 1, burst: 60, connections: u32::MAX };

/// How much may be asked for behind one link, and by an address whose links are none.
pub(crate) struct Gates {
    links: Pace,
    strangers: Pace,
}

impl Gates {
    /// With so much for each link; nothing is limited without.
    pub(crate) fn new(rate: Option<Rate>, now: Clock) -> Self {
        Self { links: Pace::new(rate, now), strangers: Pace::new(rate.map(|_| STRANGERS), now) }
    }
}

/// What a request asks of the portal.
pub(crate) struct Asked {
    /// The text of the link.
    token: String,
    /// Which page.
    page: Page,
    /// The query, as it came.
    query: String,
    headers: HeaderMap,
    /// The form; nothing when it is only looked.
    form: Option<Vec<u8>>,
    /// Whether whoever asks is known to be no person: a scanner of links, or a browser that fetches ahead.
    by_program: bool,
}

/// What is answered, and what is waited for before.
pub(crate) struct Told {
    response: Response,
    /// Something to pay by that is being made: by its id.
    awaits: Option<[u8; 16]>,
    /// Whose link of a message was followed, and on which day it was made.
    followed: Option<(CustomerId, Day)>,
}

impl Told {
    /// An answer that nothing is waited for.
    fn of(response: Response) -> Self {
        Self { response, awaits: None, followed: None }
    }
}

/// Answers a request for a page, from its address on. Whatever the answer is, nobody keeps it, lists it, or says where it came from.
pub(crate) async fn answer(shared: Arc<Shared>, token: String, page: String, request: Request) -> Response {
    let mut response = answered(shared, token, page, request).await;
    page::private(response.headers_mut());
    response
}

async fn answered(shared: Arc<Shared>, token: String, page: String, request: Request) -> Response {
    let Some(host) = shared.host.clone() else { return StatusCode::NOT_FOUND.into_response() };
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let Some(page) = Page::named(&page).filter(|_| token.len() <= TOKEN_MAX && query.len() <= QUERY_MAX) else {
        return page::gone(host.as_ref(), &head.headers, &query, &token, false);
    };
    let link = Sha256::digest(token.as_bytes()).first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes));
    if !shared.gates.links.admit(link) {
        return again(StatusCode::TOO_MANY_REQUESTS);
    }
    let address = head.extensions.get::<From>().and_then(|from| from.0.parse().ok()).map_or(0, key);
    let form = if head.method == Method::POST {
        let max = if page.takes_a_file() { FILE_MAX + FORM_MAX } else { FORM_MAX };
        // A photograph over a slow line takes its time.
        let time = if page.takes_a_file() { shared.settings.body_time.saturating_mul(FILE_TIMES) } else { shared.settings.body_time };
        match timeout(time, taken(body, max)).await {
            Ok(Taken::Whole(body)) => Some(body),
            // The page says how long a file may be.
            Ok(Taken::TooLong) if page.takes_a_file() && is_plain(&token) => {
                return pages::away(&format!("/p/{token}/{}?m=bad_file", page.slug()));
            }
            Ok(Taken::TooLong) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
            Ok(Taken::Broken) => return StatusCode::BAD_REQUEST.into_response(),
            Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
        }
    } else {
        None
    };
    let by_program = program::asks(&head.method, &head.headers);
    let asked = Asked { token, page, query, headers: head.headers, form, by_program };
    let own = Arc::clone(&shared);
    let told = shared.wait_for(move || told(&own, host.as_ref(), address, &asked)).await;
    let Some(told) = told else { return again(StatusCode::SERVICE_UNAVAILABLE) };
    if let Some((customer, made_on)) = told.followed {
        // That a message was read is written down once; the page does not wait for it, and none fails by it.
        let own = Arc::clone(&shared);
        tokio::spawn(async move {
            let Some(host) = own.host.clone() else { return };
            let _written = own.wait_for(move || host.engine().followed(host.tenant(), customer, made_on, host.now()).is_ok()).await;
        });
    }
    if let Some(id) = told.awaits {
        wait_until_made(&shared, id).await;
    }
    told.response
}

/// What came of reading a body.
enum Taken {
    Whole(Vec<u8>),
    TooLong,
    Broken,
}

/// Reads a body. The rest of one that is too long is read as well, to a limit, and thrown away: a browser that is answered while it
/// still sends shows its user a broken connection.
async fn taken(mut body: Body, max: usize) -> Taken {
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else { return Taken::Broken };
        let Some(data) = frame.data_ref() else { continue };
        length = length.saturating_add(data.len());
        if length <= max {
            kept.extend_from_slice(data);
        } else if length <= max.saturating_mul(DRAINED_TIMES) {
            kept = Vec::new();
        } else {
            return Taken::TooLong;
        }
    }
    if length > max { Taken::TooLong } else { Taken::Whole(kept) }
}

/// Whether a text can be a link as far as its letters go, so that it may be repeated in an address.
fn is_plain(token: &str) -> bool {
    !token.is_empty() && token.len() <= TOKEN_MAX && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Waits a little for something to pay by, so that most people see it at once.
async fn wait_until_made(shared: &Arc<Shared>, id: [u8; 16]) {
    for _ in 0..LOOKS {
        let Some(host) = shared.host.clone() else { return };
        let made = shared.wait_for(move || host.engine().instrument(host.tenant(), id).is_ok_and(|(_, given)| given.is_some())).await;
        if made != Some(false) {
            return;
        }
        sleep(LOOK).await;
    }
}

/// Opens the link, and shows or does what is asked.
fn told(shared: &Shared, host: &dyn Host, address: u128, asked: &Asked) -> Told {
    let now = host.now();
    let opened = host.engine().open_link(host.tenant(), &asked.token, now);
    let visitor = match opened {
        Ok(Opened::Good(visitor)) => visitor,
        Ok(stale @ (Opened::Stale | Opened::Unknown)) => {
            if matches!(stale, Opened::Unknown) && !shared.gates.strangers.admit(address) {
                return Told::of(again(StatusCode::TOO_MANY_REQUESTS));
            }
            return Told::of(not_good(host, asked));
        }
        Err(_unanswered) => return Told::of(again(StatusCode::SERVICE_UNAVAILABLE)),
    };
    let is_read = visitor.came_by_message() && visitor.purpose != Purpose::Unsubscribe && !asked.by_program;
    let followed = is_read.then(|| (visitor.customer, visitor.made_on()));
    let done = match &asked.form {
        Some(form) => acts::act(host, &visitor, asked, form),
        None => shown(host, &visitor, asked).map(|response| Told { followed, ..Told::of(response) }),
    };
    done.unwrap_or_else(|error| {
        tracing::warn!(code = error.code, "a page of the portal could not be made");
        let status = match error.kind {
            regua_engine::Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
            regua_engine::Kind::NotFound | regua_engine::Kind::Stale | regua_engine::Kind::Refused => {
                return Told::of(page::gone(host, &asked.headers, &asked.query, &asked.token, false));
            }
            regua_engine::Kind::Bug => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Told::of(again(status))
    })
}

/// A link that is not good: the same page whatever is wrong with it, and a new link for who asks, sent to whom the old one was for.
fn not_good(host: &dyn Host, asked: &Asked) -> Response {
    let wants_new =
        asked.form.as_ref().is_some_and(|form| form::is_ours(&asked.headers) && form::plain(form).iter().any(|(name, _)| name == "new"));
    if wants_new {
        let mut rng = host.rng();
        // What comes of it is not told, a failure included: it would tell who is known.
        if let Err(error) = host.engine().ask_link(host.tenant(), &asked.token, host.now(), rng.as_mut()) {
            tracing::warn!(code = error.code, "a new link could not be asked for");
        }
        host.ring();
    }
    page::gone(host, &asked.headers, &asked.query, &asked.token, wants_new)
}

fn shown(host: &dyn Host, visitor: &Visitor, asked: &Asked) -> regua_engine::Result<Response> {
    let portal = host.engine().portal(visitor, host.now())?;
    let ctx = ctx::Ctx::new(host, visitor, &portal, asked);
    pages::shown(&ctx, asked.page)
}

/// What a browser asks to be spoken to in, among what we speak.
fn accepted(headers: &HeaderMap) -> Option<Language> {
    let said = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    said.split(',').take(10).find_map(|one| words::spoken(one.split(';').next().unwrap_or_default().trim().get(..2)?))
}

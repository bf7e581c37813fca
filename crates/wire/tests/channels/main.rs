//! Each channel against its fake, over real HTTP: what is sent is taken, what is told is understood, every refusal says what may be
//! done next. The fakes know nothing of this crate.

#![expect(clippy::unwrap_used, reason = "a test may stop at what must be there")]

mod callback;
mod push;
mod receiver;
mod sms;
mod whatsapp;

use std::time::Duration;

use regua_fakes::client::Client;
use regua_wire::channels::answer::{Answer, Next, Refusal};
use regua_wire::gateways::{Request, Response};

/// Carries a request as an adapter does.
fn carry(base: &str, request: &Request, credentials: &[(&str, &str)]) -> Response {
    let mut headers: Vec<(&str, &str)> = request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    headers.extend(credentials);
    let client = Client::plain(Duration::from_secs(5)).unwrap();
    let answer = client.send(request.method.as_str(), &format!("{base}{}", request.path), &headers, &request.body).unwrap();
    Response { status: answer.status, headers: answer.headers, body: answer.body }
}

fn taken(answer: Answer) -> String {
    match answer {
        Answer::Taken { reference } => reference,
        other @ (Answer::Refused(_) | Answer::Unknown { .. }) => panic!("{other:?}"),
    }
}

fn refused(answer: Answer) -> Refusal {
    match answer {
        Answer::Refused(refusal) => refusal,
        other @ (Answer::Taken { .. } | Answer::Unknown { .. }) => panic!("{other:?}"),
    }
}

/// A code and what it asks for.
fn told(refusal: &Refusal) -> (&str, Next) {
    (refusal.code.as_str(), refusal.next)
}
